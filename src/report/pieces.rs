//! Thousands of findings are written on all cores, in the order in which they are given.

use std::io::{self, Write};

use rayon::prelude::*;

/// Items in one piece of work.
const ITEMS: usize = 64;
/// Pieces at a time for each core, so that they need little memory.
const PIECES: usize = 4;

/// Makes a piece of some items after the other on all cores, and hands them on in their order.
///
/// # Errors
/// The first error of either.
pub(super) fn in_pieces<'a, T: Sync, P: Send>(
    items: &'a [T],
    make: impl Fn(&'a [T]) -> io::Result<P> + Sync,
    mut take: impl FnMut(P) -> io::Result<()>,
) -> io::Result<()> {
    if items.len() <= ITEMS {
        // Waking other cores takes longer.
        return items.chunks(ITEMS).try_for_each(|all| take(make(all)?));
    }
    let pieces = PIECES.saturating_mul(rayon::current_num_threads());
    for some in items.chunks(ITEMS.saturating_mul(pieces)) {
        let pieces = some.par_chunks(ITEMS).map(&make);
        let pieces: Vec<_> = pieces.collect::<io::Result<_>>()?;
        pieces.into_iter().try_for_each(&mut take)?;
    }
    Ok(())
}

/// Writes every item by `write`.
///
/// # Errors
/// Where writing fails.
pub(super) fn each<T: Sync>(
    out: &mut impl Write,
    items: &[T],
    write: impl Fn(&mut Vec<u8>, &T) -> io::Result<()> + Sync,
) -> io::Result<()> {
    let make = |items: &[T]| {
        let mut piece = Vec::new();
        items.iter().try_for_each(|item| write(&mut piece, item))?;
        Ok(piece)
    };
    in_pieces(items, make, |piece| out.write_all(&piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_stays() {
        for count in [0, 1, 63, 64, 65, 10_000] {
            let numbers: Vec<usize> = (0..count).collect();
            let mut text = Vec::new();
            each(&mut text, &numbers, |out, number| writeln!(out, "{number}")).unwrap();
            let lines = String::from_utf8(text).unwrap();
            let read: Vec<usize> = lines.lines().map(|line| line.parse().unwrap()).collect();
            assert_eq!(read, numbers);
        }
    }

    #[test]
    fn an_error_ends_it() {
        let refused = |_: &mut Vec<u8>, number: &usize| match number {
            9_000 => Err(io::Error::other("refused")),
            _ => Ok(()),
        };
        let numbers: Vec<usize> = (0..10_000).collect();
        assert!(each(&mut Vec::new(), &numbers, refused).is_err());
    }
}
