//! Real files, where they are beside the checkout.

use kmslint::tree::Syntax;

use super::{files, shared, strings_lead_back};

/// Reads the files with these endings, checks each string, and returns the names of those that are
/// refused with the number of strings of the others.
fn read_all(syntax: Syntax, endings: &[&str]) -> Option<(Vec<String>, usize)> {
    let (mut refused, mut strings) = (Vec::new(), 0);
    for path in files(&shared()?, endings) {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        match syntax.read(&text) {
            Ok(documents) => {
                let count = |document| strings_lead_back(syntax, &text, document, name);
                strings += documents.iter().map(count).sum::<usize>();
            }
            Err(error) => {
                assert!(!error.label.is_empty(), "{name}: {error:?}");
                refused.push(name.to_owned());
            }
        }
    }
    Some((refused, strings))
}

#[test]
fn strings_of_real_yaml_lead_back_to_their_bytes() {
    let Some((refused, strings)) = read_all(Syntax::Yaml, &[".yaml", ".yml"]) else {
        eprintln!("no corpus here");
        return;
    };
    // One is a template of another tool; the others are hostile, see `hostile.rs`.
    let real: Vec<_> = refused.iter().filter(|name| name.contains("__")).collect();
    assert_eq!(real.len(), 1, "{real:?}");
    assert!(real[0].ends_with("DenyRegions.yaml"));
    assert!(strings > 3_000, "{strings}");
}

#[test]
fn strings_of_real_hcl_lead_back_to_their_bytes() {
    let Some((refused, strings)) = read_all(Syntax::Hcl, &[".tf", ".hcl"]) else {
        eprintln!("no corpus here");
        return;
    };
    // A quoted string with a line break, which Terraform refuses, too.
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].ends_with("deny_kms_custom_key_store.tf"));
    assert!(strings > 900, "{strings}");
}
