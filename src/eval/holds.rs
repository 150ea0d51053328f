//! Three-valued truth, for one request and for all of them at once.

use std::ops::Not;

use super::{Case, CaseSet};

/// Whether something holds for one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It does not.
    No,
    /// It hangs on something that was not given.
    Unknown,
    /// It does.
    Yes,
}

impl Truth {
    /// Both hold.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Unknown,
        }
    }

    /// What both say.
    #[must_use]
    pub(super) const fn where_both(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Unknown,
        }
    }

    /// At least one holds.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
            _ => Self::Unknown,
        }
    }

    /// At least one of them holds; stops at the first that surely does.
    pub fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut found = Self::No;
        for truth in truths {
            found = found.or(truth);
            if found == Self::Yes {
                break;
            }
        }
        found
    }

    /// All of them hold; stops at the first that surely does not.
    pub fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut found = Self::Yes;
        for truth in truths {
            found = found.and(truth);
            if found == Self::No {
                break;
            }
        }
        found
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

impl Not for Truth {
    type Output = Self;
    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
            Self::Yes => Self::No,
        }
    }
}

/// For which cases something surely holds, and for which it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holds {
    // INVARIANT: `surely` is a part of `maybe`.
    surely: CaseSet,
    maybe: CaseSet,
}

impl Holds {
    /// For no case.
    pub const NEVER: Self = Self {
        surely: CaseSet::NONE,
        maybe: CaseSet::NONE,
    };
    /// For every case.
    pub const ALWAYS: Self = Self {
        surely: CaseSet::ALL,
        maybe: CaseSet::ALL,
    };
    /// Unknown for every case.
    pub const UNKNOWN: Self = Self {
        surely: CaseSet::NONE,
        maybe: CaseSet::ALL,
    };

    /// Surely for these cases, and for no other.
    pub(super) const fn sure(cases: CaseSet) -> Self {
        Self {
            surely: cases,
            maybe: cases,
        }
    }

    /// Surely for the one set of cases, perhaps for the other, which includes it.
    pub(super) const fn between(surely: CaseSet, maybe: CaseSet) -> Self {
        Self { surely, maybe }
    }

    /// Asks for each case.
    pub fn for_each(mut truth: impl FnMut(Case) -> Truth) -> Self {
        let mut holds = Self::NEVER;
        for case in Case::all() {
            match truth(case) {
                Truth::No => {}
                Truth::Unknown => holds.maybe = holds.maybe.with(case),
                Truth::Yes => {
                    holds.maybe = holds.maybe.with(case);
                    holds.surely = holds.surely.with(case);
                }
            }
        }
        holds
    }

    /// The cases for which it surely holds.
    pub const fn surely(self) -> CaseSet {
        self.surely
    }

    /// The cases for which it may hold.
    pub const fn maybe(self) -> CaseSet {
        self.maybe
    }

    /// The cases for which it is not known.
    pub const fn uncertain(self) -> CaseSet {
        self.maybe.without(self.surely)
    }

    /// Whether it holds for no case.
    pub const fn is_never(self) -> bool {
        self.maybe.is_empty()
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            surely: self.surely & other.surely,
            maybe: self.maybe & other.maybe,
        }
    }

    /// At least one holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            surely: self.surely | other.surely,
            maybe: self.maybe | other.maybe,
        }
    }
}

impl From<Truth> for Holds {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::No => Self::NEVER,
            Truth::Unknown => Self::UNKNOWN,
            Truth::Yes => Self::ALWAYS,
        }
    }
}

impl Not for Holds {
    type Output = Self;
    fn not(self) -> Self {
        Self {
            surely: !self.maybe,
            maybe: !self.surely,
        }
    }
}
