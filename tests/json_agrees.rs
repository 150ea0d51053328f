//! Our JSON reader and `serde_json` accept and refuse the same texts and see the same values.

use kmslint::tree::json;
use serde_json::Value;

fn agree(text: &str) {
    let (ours, theirs) = (json::parse(text), serde_json::from_str::<Value>(text));
    assert_eq!(
        ours.is_ok(),
        theirs.is_ok(),
        "{text:?}: ours {ours:?}, serde_json {theirs:?}"
    );
    if let (Ok(node), Ok(value)) = (&ours, &theirs) {
        assert_eq!(Value::from(node), *value, "{text:?}");
    }
}

/// Texts after the groups of `JSONTestSuite`: what must be read, must not, and may.
const TEXTS: &[&str] = &[
    "[]",
    "[[]   ]",
    "{}",
    "null",
    "true",
    "\"\"",
    " [1] ",
    "[1,null,\"1\",{}]",
    "-0",
    "[-0]",
    "0e1",
    "0e+1",
    "[1E22]",
    "[1E-2]",
    "[123.456e78]",
    "[-1]",
    "[-123]",
    "1.5",
    "[0.0]",
    "{\"a\":\"b\",\"a\":\"c\"}",
    "{\"\":0}",
    "{\"a\":[]}",
    "\"\\u0060\\u012a\\u12AB\"",
    "\"\\uD801\\udc37\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\u0000\"",
    "\"\u{7f}\"",
    "\"€𝄞\"",
    "\"\u{2028}\"",
    "\"\\uDBFF\\uDFFF\"",
    "\"\\uFFFE\"",
    "[\"a\",\n4\n,1]",
    "\t[]\r\n",
    "",
    " ",
    "[",
    "]",
    "{",
    "}",
    "[1 true]",
    "[,1]",
    "[1,]",
    "[1,,2]",
    "[\"x\"",
    "[1}",
    "{]",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{a:1}",
    "{'a':1}",
    "{\"a\" 1}",
    "{\"a\":1,,\"b\":2}",
    "{1:1}",
    "{\"a\":\"a\" 1}",
    "[1]x",
    "[][]",
    "[-]",
    "[+1]",
    "[.5]",
    "[1.]",
    "[01]",
    "[-01]",
    "[1e]",
    "[1e+]",
    "[0x1]",
    "[1_0]",
    "[Infinity]",
    "[NaN]",
    "[- 1]",
    "[1.e1]",
    "[2.e-3]",
    "[\"\\a\"]",
    "[\"\\u00\"]",
    "[\"\\u00g0\"]",
    "[\"\\ud800\"]",
    "[\"\\udc00\"]",
    "[\"\\ud800\\u\"]",
    "[\"\\ud800\\n\"]",
    "[\"\\\"]",
    "[\"\t\"]",
    "[\"\n\"]",
    "[\"\0\"]",
    "tru",
    "nul",
    "True",
    "// x\n[]",
    "/**/[]",
    "#\n[]",
    "[\u{a0}]",
    "\u{feff}[]",
    "\u{b}[]",
    "1e999",
    "[-1e9999]",
    "1e-999",
    "123456789012345678901234567890",
    "[1,\n2\n",
    "\"",
    "\"\\",
    "\"abc",
    "{\"a",
    "{\"a\":tru",
    "[\"asd]",
    "é",
    "[é]",
    "<null>",
    "[<null>]",
    "*",
    "{\"x\":1}}",
];

#[test]
fn both_read_the_same_texts() {
    for text in TEXTS {
        agree(text);
    }
    for depth in [1, 126, 127, 128, 200] {
        agree(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        agree(&format!(
            "{}1{}",
            "{\"a\":".repeat(depth),
            "}".repeat(depth)
        ));
    }
}

/// Cuts, doubles and swaps characters of texts that are near to JSON.
#[test]
fn both_read_the_same_mutations() {
    let seeds = [
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"a\u0041\\","Effect":"Allow","Action":["kms:*",1.5e3]}]}"#,
        r#"[true,false,null,-0.1,"\ud83d\ude00 é",{"a":{"b":[[],{}]}},""]"#,
    ];
    let alphabet: Vec<char> = "{}[]\",:\\u0d8e+-.19tfn /\t\né".chars().collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
    };
    for _ in 0..100_000 {
        let mut text: Vec<char> = seeds.get(random(seeds.len())).unwrap().chars().collect();
        for _ in 0..=random(3) {
            let at = random(text.len());
            match random(3) {
                0 => drop(text.remove(at)),
                1 => text.insert(at, *alphabet.get(random(alphabet.len())).unwrap()),
                _ => *text.get_mut(at).unwrap() = *alphabet.get(random(alphabet.len())).unwrap(),
            }
        }
        agree(&text.iter().collect::<String>());
    }
}
