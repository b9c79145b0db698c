//! Which values and vectors of two halves stay as they are when the halves are joined.
//!
//! As LAPACK's `dlaed2` has it, after J. J. Dongarra and D. C. Sorensen, "A fully parallel
//! algorithm for the symmetric eigenvalue problem", SIAM Journal on Scientific and Statistical
//! Computing 8, 1987: an element of the row that is negligible, and values so close that what a
//! rotation leaves beside the diagonal, when it makes one of their elements 0, is.

use faer::MatMut;

use crate::linalg::bidiagonal_svd::Real;
use crate::linalg::halves::{Deflated, Entry, Support, complete, rotate};
use crate::linalg::turn::Turn;

/// Sorts out `entries`, whose vectors are columns of `u`, cut at row `top`. `tolerance` is an error
/// of values that is negligible.
pub(super) fn deflate<R: Real>(
    mut entries: Vec<Entry>,
    tolerance: f64,
    mut u: MatMut<'_, R>,
    top: usize,
) -> Deflated {
    entries.sort_unstable_by(|a, b| a.value.total_cmp(&b.value).then(a.column.cmp(&b.column)));
    let norm = entries.iter().map(|entry| entry.z * entry.z).sum::<f64>().sqrt();
    let mut kept = Vec::with_capacity(entries.len());
    let mut found = Vec::with_capacity(entries.len());
    let mut last: Option<Entry> = None;
    for mut entry in entries {
        if entry.z.abs() * norm <= tolerance {
            found.push(entry);
            continue;
        }
        let Some(mut before) = last.replace(entry) else { continue };
        let turn = Turn::of(entry.z, before.z);
        let gap = entry.value - before.value;
        if (gap * turn.cos * turn.sin).abs() > tolerance {
            kept.push(before);
            continue;
        }
        if entry.support != before.support {
            for one in [&mut entry, &mut before] {
                complete(u.as_mut(), one, [top, top]);
                one.support = Support::Both;
            }
        }
        rotate(u.as_mut(), entry.column, before.column, turn);
        (entry.z, before.z) = (turn.length, 0.0);
        entry.value = before.value + gap * turn.cos * turn.cos;
        before.value += gap * turn.sin * turn.sin;
        found.push(before);
        last = Some(entry);
    }
    kept.extend(last);
    Deflated { kept, found }
}
