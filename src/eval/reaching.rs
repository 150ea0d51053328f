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
    let (mut reached, mut next) = (Vec::new(), Vec::new());
    arrive(0, &tokens, &mut reached);
    for byte in text.bytes() {
        next.clear();
        for index in &reached {
            let after = index.saturating_add(1);
            match tokens.get(*index) {
                Some(Token::Byte(wanted)) if *wanted == byte => arrive(after, &tokens, &mut next),
                Some(Token::One { colon }) if *colon || byte != b':' => {
                    arrive(after, &tokens, &mut next);
                }
                Some(Token::Run { colon }) if *colon || byte != b':' => {
                    arrive(*index, &tokens, &mut next);
                }
                _ => {}
            }
        }
        if next.is_empty() {
            return false;
        }
        std::mem::swap(&mut reached, &mut next);
    }
    reached.contains(&tokens.len())
}

/// Adds a position in the pattern, and those behind it while it is a run, which may be empty.
fn arrive(mut index: usize, tokens: &[Token], reached: &mut Vec<usize>) {
    while !reached.contains(&index) {
        reached.push(index);
        if !matches!(tokens.get(index), Some(Token::Run { .. })) {
            return;
        }
        index = index.saturating_add(1);
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
