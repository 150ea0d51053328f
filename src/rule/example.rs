//! The executed examples of a rule page.

/// What a rule says about an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It finds something.
    Fires,
    /// It finds nothing.
    Silent,
    /// It finds nothing: the example that fires, put right.
    Fixed,
}

impl Outcome {
    /// The outcome that this word of a code block's first line names.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        match word {
            "fires" => Some(Self::Fires),
            "silent" => Some(Self::Silent),
            "fixed" => Some(Self::Fixed),
            _ => None,
        }
    }
}

/// One example: the files of one directory.
///
/// Each is a code block whose first line is for example `json fires` or `json fires key.json`. A
/// block belongs to the example before it where the outcome is the same and the file's name is
/// new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// What the rule says about it.
    pub outcome: Outcome,
    /// Names, for example `policy.json`, and texts.
    pub files: Vec<(String, String)>,
    /// Line of the first block in the page, from 1.
    pub line: usize,
}

impl Example {
    /// Adds a block to the last example, or begins a new one.
    pub(super) fn add(
        examples: &mut Vec<Self>,
        outcome: Outcome,
        file: (String, String),
        line: usize,
    ) {
        if let Some(last) = examples.last_mut()
            && last.outcome == outcome
            && last.files.iter().all(|(name, _)| *name != file.0)
        {
            last.files.push(file);
        } else {
            examples.push(Self {
                outcome,
                files: vec![file],
                line,
            });
        }
    }
}
