//! Joins the decompositions of two halves by the element between them.

use faer::{MatMut, Par};

use super::deflate::deflate;
use crate::linalg::bidiagonal_svd::Real;
use crate::linalg::halves::{Entry, Join, Support, range};
use crate::linalg::secular::Plain;

/// The vectors of a part of a tridiagonal matrix, and room for two matrices as large.
pub(super) struct Part<'a, R> {
    pub(super) u: MatMut<'a, R>,
    pub(super) room: [MatMut<'a, R>; 2],
}

/// Joins what is above row `top` and what is below it, both decomposed in their places, `values` and
/// vectors: `beside` is the element between them, by which the diagonal of each was reduced.
pub(super) fn merge<R: Real>(
    values: &mut [f64],
    part: Part<'_, R>,
    top: usize,
    beside: f64,
    par: Par,
) {
    let Part { mut u, room: [mut gathered, vectors] } = part;
    let n = values.len();
    let largest = values.iter().fold(beside, |most, value| most.max(value.abs()));
    let (down, up) = range(largest);
    let root = (beside * down).sqrt();
    let entries = (0..n).map(|column| {
        let (row, support) =
            if column < top { (top - 1, Support::Top) } else { (top, Support::Bottom) };
        Entry { value: values[column] * down, z: root * u[(row, column)].wide(), column, support }
    });
    let tolerance = 8.0 * R::EPSILON * largest * down;
    let join = Join::<Plain>::solve(deflate(entries.collect(), tolerance, u.as_mut(), top), par);
    join.values(values, up);

    let k = join.solved();
    let mut vectors = vectors.submatrix_mut(0, 0, k, k);
    join.write(vectors.as_mut(), None);
    join.gather(gathered.as_mut(), u.as_ref(), [top, top]);
    join.multiply(gathered.as_ref(), vectors.as_ref(), u, [top, top]);
}
