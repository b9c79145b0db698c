//! Joins the decompositions of two halves by the element between them.

use faer::{MatMut, Par};

use super::deflate::deflate;
use crate::linalg::bidiagonal_svd::Real;
use crate::linalg::halves::{
    Deflated, Entry, Groups, Join, Support, correct, gather, range, solve, workers,
};
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
    let par = workers(n, par);
    let largest = values.iter().fold(beside, |most, value| most.max(value.abs()));
    let (down, up) = range(largest);
    let root = (beside * down).sqrt();
    let entries = (0..n).map(|column| {
        let (row, support) =
            if column < top { (top - 1, Support::Top) } else { (top, Support::Bottom) };
        Entry { value: values[column] * down, z: root * u[(row, column)].wide(), column, support }
    });
    let tolerance = 8.0 * R::EPSILON * largest * down;
    let Deflated { kept, found } = deflate(entries.collect(), tolerance, u.as_mut(), top);
    let k = kept.len();

    let poles: Vec<_> = kept.iter().map(|entry| Plain(entry.value)).collect();
    let mut z: Vec<f64> = kept.iter().map(|entry| entry.z).collect();
    let roots = solve(&poles, &z, par);
    correct(&poles, &roots, &mut z, par);
    for (value, root) in values.iter_mut().zip(&roots) {
        *value = (poles[root.pole].0 + root.offset) * up;
    }
    for (value, entry) in values[k..].iter_mut().zip(&found) {
        *value = entry.value * up;
    }

    let groups = Groups::of(&kept);
    let mut vectors = vectors.submatrix_mut(0, 0, k, k);
    Join::of(&groups, &poles, &z, &roots).write(vectors.as_mut(), None, par);
    for (to, entry) in groups.order.iter().map(|&i| &kept[i]).chain(&found).enumerate() {
        gather(gathered.as_mut(), to, u.as_ref(), entry, [top, top]);
    }
    groups.multiply(gathered.as_ref(), vectors.as_ref(), u, [top, top], par);
}
