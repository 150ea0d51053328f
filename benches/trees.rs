//! Trees of JSON, YAML and HCL against what other readers take for the same text, in one run: values of
//! `serde_json`, events of granit-parser, bodies of hcl-edit. And how a tree grows: of twice the text.
//!
//! Prints ratios, because machines are shared and noisy; the speeds beside them are for orientation.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark"
)]

mod measure;

use std::fmt::Write as _;
use std::hint::black_box;

use granit_parser::Parser;
use kmslint::tree::Syntax;

use measure::{median, time};

const ROUNDS: usize = 9;
/// Keys of one text, each with its policy.
const KEYS: usize = 1_000;

/// Text of so many keys as each syntax has it.
fn text(syntax: Syntax, keys: usize) -> String {
    let mut text = String::new();
    for key in 0..keys {
        let role = format!("arn:aws:iam::111122223333:role/Admin{key}");
        // Writing to memory does not fail.
        let _ = match syntax {
            Syntax::Json => write!(
                text,
                "{}\n  {{\"Description\": \"key \\\"{key}\\\"\", \"KeyPolicy\": {{\"Statement\": [\n    {{\"Sid\": \"Admin\", \
                 \"Principal\": {{\"AWS\": \"{role}\"}}, \"Action\": [\"kms:*\", \"kms:Describe*\"], \"Resource\": \"*\"}}\n  ]}}}}",
                if key == 0 { "[" } else { "," }
            ),
            Syntax::Yaml => write!(
                text,
                "Key{key}: # a key\n  Type: AWS::KMS::Key\n  Properties:\n    Description: 'key \"{key}\"'\n    KeyPolicy:\n      \
                 Statement:\n      - Sid: Admin\n        Principal: {{AWS: !Sub \"{role}\"}}\n        Action: [kms:*, kms:Describe*]\n        \
                 Resource: \"*\"\n"
            ),
            Syntax::Hcl => write!(
                text,
                "resource \"aws_kms_key\" \"k{key}\" {{ # a key\n  description = \"key \\\"{key}\\\"\"\n  policy = jsonencode({{\n    \
                 Statement = [{{\n      Sid = \"Admin\"\n      Principal = {{ AWS = \"{role}\" }}\n      \
                 Action = [\"kms:*\", \"kms:Describe*\"]\n      Resource = var.any\n    }}]\n  }})\n}}\n"
            ),
        };
    }
    if syntax == Syntax::Json {
        text.push_str("\n]\n");
    }
    text
}

fn others(syntax: Syntax, text: &str) {
    match syntax {
        Syntax::Json => drop(black_box(
            serde_json::from_str::<serde_json::Value>(text).unwrap(),
        )),
        Syntax::Yaml => {
            for event in Parser::new_from_str(text) {
                let _ = black_box(event.unwrap());
            }
        }
        Syntax::Hcl => drop(black_box(hcl_edit::parser::parse_body(text).unwrap())),
    }
}

fn main() {
    for (syntax, name, other) in [
        (Syntax::Json, "JSON", "serde_json's values"),
        (Syntax::Yaml, "YAML", "granit-parser's events"),
        (Syntax::Hcl, "HCL", "hcl-edit's bodies"),
    ] {
        let (one, two) = (text(syntax, KEYS), text(syntax, 2 * KEYS));
        let read = |text: &str| drop(black_box(syntax.read(text).unwrap()));
        let (mut ratios, mut growth, mut speeds) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let their = time(|| others(syntax, &one)).as_secs_f64();
            let own = time(|| read(&one)).as_secs_f64();
            let twice = time(|| read(&two)).as_secs_f64();
            ratios.push(own / their);
            growth.push(twice / own);
            speeds.push(one.len() as f64 / 1e6 / own);
        }
        println!(
            "{name}: a tree takes {:.2} of {other}, twice the text {:.2}; {:.0} MB/s",
            median(ratios),
            median(growth),
            median(speeds)
        );
    }
}
