//! What a run says, however wide the terminal is.

use std::process::Output;

/// The exit code, and all that was said in one line: where lines break depends on the width.
pub(crate) fn one_line(output: Output) -> (i32, String) {
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    let words = text.concat();
    let words = words.split_whitespace().filter(|word| *word != "│");
    (
        output.status.code().unwrap(),
        words.collect::<Vec<_>>().join(" "),
    )
}
