//! Real files, where they are beside the checkout.

use super::*;

#[test]
fn strings_of_real_yaml_lead_back_to_their_bytes() {
    let Some(shared) = shared() else {
        eprintln!("no corpus here");
        return;
    };
    for path in files(&shared, &[".yaml", ".yml"]) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let name = path.file_name().unwrap().to_str().unwrap();
        match Syntax::Yaml.read(&text) {
            Ok(documents) => {
                let strings: usize = documents.iter().map(|d| strings_lead_back(Syntax::Yaml, &text, d, name)).sum();
                eprintln!("{name}: {} {strings}", documents.len());
            }
            Err(error) => eprintln!("{name}: {error} at {:?} {:?}", error.span, error.span.of(&text)),
        }
    }
}

#[test]
fn strings_of_real_hcl_lead_back_to_their_bytes() {
    let Some(shared) = shared() else {
        eprintln!("no corpus here");
        return;
    };
    for path in files(&shared, &[".tf", ".hcl"]) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let name = path.file_name().unwrap().to_str().unwrap();
        match Syntax::Hcl.read(&text) {
            Ok(documents) => {
                let strings: usize = documents.iter().map(|d| strings_lead_back(Syntax::Hcl, &text, d, name)).sum();
                eprintln!("{name}: {} {strings}", documents.len());
            }
            Err(error) => eprintln!("{name}: {error} at {:?} {:?}", error.span, error.span.of(&text)),
        }
    }
}
