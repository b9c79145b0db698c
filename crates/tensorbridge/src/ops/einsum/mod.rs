//! Einstein's summation: products of tensors whose axes have labels, summed over those that the
//! result has not.

mod contraction;
mod path;
mod subscripts;

pub use path::Order;
pub use subscripts::{Label, Labelled, Subscripts};

use std::fmt::Write;

use tensorbridge_core::{DType, Error, Result, Tensor};

use super::elementwise::check_out;
use super::moments::finish;
use super::{Operand, result_dtype, views};
use crate::{casting, transfer};
use contraction::{Term, as_dtype, pair};
use path::Network;

fn sets(labelled: &Labelled) -> Vec<u128> {
    let set = |axes: &Vec<usize>| axes.iter().fold(0_u128, |set, &axis| set | 1 << axis);
    labelled.inputs.iter().map(set).collect()
}

/// The sums of products that `subscripts` says: a view of a single operand where nothing is summed
/// up, else a fresh tensor, in any order of memory; or into `out`.
///
/// All operands are of `dtype` first, or of what they promote to.
///
/// # Errors
///
/// `Value` for subscripts that do not fit the operands, `Shape` for lengths that differ, both
/// naming them; `Type` where the dtypes do not promote; for `out` as [`super::binary_into`].
pub fn einsum(
    subscripts: &Subscripts,
    operands: &[Tensor],
    order: &Order,
    dtype: Option<DType>,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    let shapes: Vec<&[usize]> = operands.iter().map(Tensor::shape).collect();
    let labelled = subscripts.resolve(&shapes)?;
    let inputs: Vec<Operand<'_>> = operands.iter().map(Operand::from).collect();
    let promoted = result_dtype(inputs.iter())?;
    let dtype = dtype.unwrap_or(promoted);
    casting::check_kind(promoted, dtype)?;
    transfer::same_device(operands.iter().chain(out))?;
    if let Some(out) = out {
        let shape: Vec<usize> =
            labelled.output.iter().map(|&axis| labelled.lengths[axis]).collect();
        check_out(out, &shape, dtype, "einsum")?;
    }
    let terms = operands.iter().zip(&labelled.inputs).map(|(tensor, axes)| {
        let term = Term { tensor: tensor.clone(), axes: axes.clone() };
        as_dtype(term.distinct(&labelled.lengths)?, dtype)
    });
    let found = contract(&labelled, terms.collect::<Result<Vec<_>>>()?, order)?;
    finish(found, dtype, "einsum", out)
}

fn contract(labelled: &Labelled, mut terms: Vec<Term>, order: &Order) -> Result<Tensor> {
    let output = labelled.output.iter().fold(0_u128, |set, &axis| set | 1 << axis);
    let inputs: Vec<u128> = terms.iter().map(Term::set).collect();
    let network = Network { inputs: &inputs, output, lengths: &labelled.lengths };
    let path = network.path(order);
    check_path(&path, terms.len())?;
    let steps = path.len();
    for (step, places) in path.into_iter().enumerate() {
        let taken = take(&mut terms, &places);
        let others = terms.iter().fold(output, |set, term| set | term.set());
        let wanted = (step + 1 == steps).then_some(labelled.output.as_slice());
        let mut taken = taken.into_iter();
        let Some(mut product) = taken.next() else { continue };
        while let Some(factor) = taken.next() {
            let kept = taken.as_slice().iter().fold(others, |set, term| set | term.set());
            let wanted = wanted.filter(|_| taken.as_slice().is_empty());
            product = pair(product, factor, kept, wanted)?;
        }
        terms.push(product.summed(others)?);
    }
    let [term] = &terms[..] else {
        return Err(Error::runtime("einsum: operands are left over"));
    };
    let aligned = term.aligned(&labelled.output)?;
    // Axes that no operand has any more are repeated by nobody: they have length 1.
    let shape: Vec<usize> = labelled.output.iter().map(|&axis| labelled.lengths[axis]).collect();
    match aligned.shape() == shape {
        true => Ok(aligned),
        false => views::broadcast_to(&aligned, &shape),
    }
}

/// Takes the terms at these places out of the list, in order.
fn take<T>(list: &mut Vec<T>, places: &[usize]) -> Vec<T> {
    let mut places = places.to_vec();
    places.sort_unstable();
    let mut taken: Vec<T> = places.iter().rev().map(|&place| list.remove(place)).collect();
    taken.reverse();
    taken
}

/// Checks that a path that was given takes what is there, and leaves one.
fn check_path(path: &[Vec<usize>], count: usize) -> Result<()> {
    let mut left = count;
    for places in path {
        let mut seen = places.clone();
        seen.sort_unstable();
        seen.dedup();
        if seen.len() != places.len()
            || places.is_empty()
            || seen.iter().any(|&place| place >= left)
        {
            return Err(Error::value(format!(
                "einsum: the path {path:?} takes operands at {places:?} out of {left}"
            )));
        }
        left = left - places.len() + 1;
    }
    match left {
        1 => Ok(()),
        _ => Err(Error::value(format!(
            "einsum: the path {path:?} leaves {left} of {count} operands"
        ))
        .hint("each tuple takes operands out of the list, and their product goes to its end")),
    }
}

/// The order in which [`einsum`] contracts, as places in the list that shrinks, and a report of
/// what it saves in NumPy's form.
///
/// # Errors
///
/// As [`einsum`].
pub fn einsum_path(
    subscripts: &Subscripts,
    shapes: &[&[usize]],
    order: &Order,
) -> Result<(Vec<Vec<usize>>, String)> {
    let labelled = subscripts.resolve(shapes)?;
    let inputs = sets(&labelled);
    let output = labelled.output.iter().fold(0_u128, |set, &axis| set | 1 << axis);
    let network = Network { inputs: &inputs, output, lengths: &labelled.lengths };
    let path = network.path(order);
    check_path(&path, inputs.len())?;
    let report = report(&labelled, &network, &path);
    Ok((path, report))
}

fn report(labelled: &Labelled, network: &Network<'_>, path: &[Vec<usize>]) -> String {
    let axes = |set: u128| (0..labelled.lengths.len()).filter(move |&axis| set >> axis & 1 == 1);
    let mut list: Vec<(u128, String)> = network
        .inputs
        .iter()
        .zip(&labelled.inputs)
        .map(|(&set, axes)| (set, labelled.text(axes.iter().copied())))
        .collect();
    let result = labelled.text(labelled.output.iter().copied());
    let joined = |list: &[(u128, String)]| {
        list.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(",")
    };
    let whole = format!("{}->{result}", joined(&list));
    let everything = network.inputs.iter().fold(0, |all, set| all | set);
    let naive = network.cost(everything, network.output, network.inputs.len());
    let (mut total, mut largest, mut scaling) = (0.0_f64, network.size(network.output), 0);
    let mut rows = String::new();
    for (step, places) in path.iter().enumerate() {
        let taken = take(&mut list, places);
        let all = taken.iter().fold(0, |all, (set, _)| all | set);
        let kept = all & list.iter().fold(network.output, |needed, (set, _)| needed | set);
        let product = match step + 1 == path.len() {
            true => result.clone(),
            false => labelled.text(axes(kept)),
        };
        total += network.cost(all, kept, taken.len());
        largest = largest.max(network.size(kept));
        scaling = scaling.max(all.count_ones());
        let current = format!("{}->{product}", joined(&taken));
        list.push((kept, product));
        let remaining = format!("{}->{result}", joined(&list));
        let _ = write!(rows, "\n{:4}    {current:>24} {remaining:>40}", all.count_ones());
    }
    let line = "-".repeat(74);
    format!(
        "  Complete contraction:  {whole}\n         Naive scaling:  {}\n     Optimized scaling:  {scaling}\n      Naive FLOP count:  {}\n  Optimized FLOP count:  {}\n   Theoretical speedup:  {:.3}\n  Largest intermediate:  {} elements\n{line}\nscaling {:>22} {:>40}\n{line}{rows}",
        everything.count_ones(),
        scientific(naive),
        scientific(total),
        naive / total,
        scientific(largest),
        "current",
        "remaining",
    )
}

/// As C's `%.3e`.
fn scientific(value: f64) -> String {
    let text = format!("{value:.3e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let exponent: i32 = exponent.parse().unwrap_or(0);
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{tensor, values};

    fn of(text: &str, operands: &[Tensor]) -> Result<Tensor> {
        einsum(&Subscripts::parse(text)?, operands, &Order::Automatic, None, None)
    }

    #[test]
    fn products_sums_and_views() {
        let a = tensor(&[2, 3], &[1., 2., 3., 4., 5., 6.], DType::Float32);
        let b = tensor(&[3, 2], &[1., 0., 0., 1., 1., 1.], DType::Float32);
        let product = of("ij,jk->ki", &[a.clone(), b.clone()]).unwrap();
        assert_eq!((product.shape(), values(&product)), (&[2, 2][..], vec![4., 10., 5., 11.]));
        assert_eq!(values(&of("ij,ji", &[a.clone(), b.clone()]).unwrap()), [15.]);
        assert_eq!(values(&of("ij->j", std::slice::from_ref(&a)).unwrap()), [5., 7., 9.]);
        assert!(of("ij,k->ik", &[a.clone(), b.clone()]).is_err());
        let square =
            a.with_layout(tensorbridge_core::Layout::new(&[2, 2], &[12, 4], 0).unwrap()).unwrap();
        let diagonal = of("ii->i", std::slice::from_ref(&square)).unwrap();
        assert!(diagonal.storage().same(a.storage()));
        assert_eq!(values(&diagonal), [1., 5.]);
        assert_eq!(values(&of("ii", &[square]).unwrap()), [6.]);
        let many = of("ij,jk,kl->il", &[a.clone(), b, a]).unwrap();
        assert_eq!(values(&many), [24., 33., 42., 54., 75., 96.]);
    }

    #[test]
    fn one_among_longer_is_the_same_for_all() {
        let a = tensor(&[1, 3], &[1., 2., 3.], DType::Int16);
        let b = tensor(&[2, 3], &[1., 1., 1., 2., 2., 2.], DType::Int16);
        assert_eq!(values(&of("ij,ij->i", &[a.clone(), b.clone()]).unwrap()), [6., 12.]);
        assert_eq!(values(&of("ij,ij->", &[a, b]).unwrap()), [18.]);
    }

    #[test]
    fn reports_are_numpy_s() {
        let subscripts = Subscripts::parse("ab,bc,cd->ad").unwrap();
        let shapes: [&[usize]; 3] = [&[100, 2], &[2, 100], &[100, 2]];
        let (path, report) = einsum_path(&subscripts, &shapes, &Order::Cheapest).unwrap();
        assert_eq!(path, [vec![1, 2], vec![0, 1]]);
        assert!(report.contains("Complete contraction:  ab,bc,cd->ad"), "{report}");
        assert!(report.contains("Optimized FLOP count:  1.600e+03"), "{report}");
        let wrong = Order::Path(vec![vec![0, 0]]);
        assert!(einsum_path(&subscripts, &shapes, &wrong).is_err());
    }
}
