//! Resource patterns in which a `*` that ends its part of the ARN reaches past the colon.
//!
//! The current IAM page says that such a `*` can stand for later parts, too
//! (`reference_policies_elements_resource`), as in `arn:aws:kms:*`.

use crate::policy::{Atom, Atoms};

/// One element of a pattern, with how far its wildcard goes.
#[derive(Clone, Copy)]
enum Token {
    Byte(u8),
    One { colon: bool },
    Run { colon: bool },
}

/// Whether the pattern has a `*` that ends one of the first five parts.
pub(super) fn can_reach<P: Atoms + ?Sized>(pattern: &P) -> bool {
    let mut colons = 0_usize;
    for index in 0.. {
        match (pattern.atom(index), pattern.atom(index.saturating_add(1))) {
            (None, _) => break,
            (Some(Atom::AnyRun), None | Some(Atom::Byte(b':'))) if colons < 5 => return true,
            (Some(Atom::Byte(b':')), _) => colons = colons.saturating_add(1),
            _ => {}
        }
    }
    false
}

/// Whether the text matches. Follows all ways through the pattern at once, so the cost is bounded
/// by the product of both lengths.
pub(super) fn matches<P: Atoms + ?Sized>(pattern: &P, text: &str) -> bool {
    let tokens = tokens(pattern);
    let mut reached = vec![false; tokens.len().saturating_add(1)];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    pass_runs(&tokens, &mut reached);
    for byte in text.bytes() {
        let mut next = vec![false; reached.len()];
        for (index, token) in tokens.iter().enumerate() {
            if !reached.get(index).copied().unwrap_or_default() {
                continue;
            }
            let (taken, stays) = match token {
                Token::Byte(wanted) => (*wanted == byte, false),
                Token::One { colon } => (*colon || byte != b':', false),
                Token::Run { colon } => (*colon || byte != b':', true),
            };
            let target = if stays {
                index
            } else {
                index.saturating_add(1)
            };
            if let (true, Some(slot)) = (taken, next.get_mut(target)) {
                *slot = true;
            }
        }
        pass_runs(&tokens, &mut next);
        reached = next;
    }
    reached.last().copied().unwrap_or_default()
}

/// A run may be empty.
fn pass_runs(tokens: &[Token], reached: &mut [bool]) {
    for (index, token) in tokens.iter().enumerate() {
        let here = reached.get(index).copied().unwrap_or_default();
        if let (true, Token::Run { .. }, Some(after)) =
            (here, token, reached.get_mut(index.saturating_add(1)))
        {
            *after = true;
        }
    }
}

fn tokens<P: Atoms + ?Sized>(pattern: &P) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut colons = 0_usize;
    while let Some(atom) = pattern.atom(tokens.len()) {
        let last_part = colons >= 5;
        let ends_part = || {
            matches!(
                pattern.atom(tokens.len().saturating_add(1)),
                None | Some(Atom::Byte(b':'))
            )
        };
        tokens.push(match atom {
            Atom::Byte(byte) => {
                colons = colons.saturating_add(usize::from(byte == b':'));
                Token::Byte(byte)
            }
            Atom::AnyOne => Token::One { colon: last_part },
            Atom::AnyRun => Token::Run {
                colon: last_part || ends_part(),
            },
        });
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_reaches_only_where_it_ends_its_part() {
        let key = "arn:aws:kms:us-east-1:111122223333:key/1234";
        for hit in [
            "arn:aws:kms:*",
            "arn:*",
            "arn:aws:kms:*:key/1234",
            "arn:aws:kms:us-*",
            "arn:aws:kms:us-*:key/*",
        ] {
            assert!(can_reach(hit) && matches(hit, key), "{hit}");
        }
        for miss in [
            "arn:aws:kms:*1:key/1234",
            "arn:aws:kms:*:alias/x",
            "arn:aws:s3:*",
        ] {
            assert!(!matches(miss, key), "{miss}");
        }
        assert!(!can_reach("arn:aws:kms:us-east-1:111122223333:key/*"));
    }
}
