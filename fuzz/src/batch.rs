//! Lines of the batch protocol.

use kmslint::simulate::{answer_line, run_batch};
use serde_json::Value;

use super::obeyed::obeyed;

/// Each line that is not empty gets one line of JSON: a decision, or an error; the same alone.
pub fn batch_lines(data: &[u8]) {
    let mut output = Vec::new();
    let summary = run_batch(data, &mut output).unwrap();
    let text = std::str::from_utf8(&output).unwrap();
    let found = obeyed(text, false, false);
    assert!(found.is_empty(), "{found:#?}");
    let lines = data.split(|byte| *byte == b'\n');
    let lines: Vec<_> = lines.filter(|line| !line.trim_ascii().is_empty()).collect();
    assert_eq!(
        (summary.lines, text.lines().count()),
        (lines.len(), lines.len())
    );
    let mut errors = 0;
    for (line, answer) in lines.iter().zip(text.lines()) {
        let mut alone = Vec::new();
        let answered = answer_line(line, &mut alone);
        assert_eq!(alone, answer.as_bytes());
        let answer: Value = serde_json::from_str(answer).unwrap();
        assert_eq!(answer.get("decision").is_some(), answered, "{answer}");
        assert_eq!(answer.get("error").is_some(), !answered, "{answer}");
        errors += usize::from(!answered);
    }
    assert_eq!(summary.errors, errors);
}
