//! Which casts may be made: the rule in force, and the one place where a cast is judged by it,
//! before anything is written.
//!
//! A scope is of one thread, the one that entered it.

use std::cell::Cell;
use std::fmt::Display;
use std::sync::atomic::{AtomicUsize, Ordering};

pub use tensorbridge_core::Casting;
use tensorbridge_core::engine::Operand as Prepared;
use tensorbridge_core::layout::Slice;
use tensorbridge_core::scalar::{FromScalar, integer_range};
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, DeviceKind, Dims, Error, Result, Scalar, Tensor, with_dtype};

use crate::engines::engine;
use crate::ops::Operand;
use crate::values;

/// Open scopes of all threads: 0 nearly always, and then a cast pays one relaxed load.
static SCOPES: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static RULE: Cell<Option<Casting>> = const { Cell::new(None) };
}

/// Casts on this thread obey `rule` from here on, where they are told no other; gives what was in
/// force before, for [`leave`].
#[must_use]
pub fn enter(rule: Casting) -> Option<Casting> {
    SCOPES.fetch_add(1, Ordering::Relaxed);
    RULE.replace(Some(rule))
}

/// Ends the scope that [`enter`] began.
pub fn leave(before: Option<Casting>) {
    RULE.set(before);
    SCOPES.fetch_sub(1, Ordering::Relaxed);
}

/// The rule of the scope that this thread is in; `None` where each operation has its own.
#[inline]
#[must_use]
pub fn in_force() -> Option<Casting> {
    if SCOPES.load(Ordering::Relaxed) == 0 { None } else { RULE.get() }
}

/// Checks that `rule` lets the values of `source` become elements of `to`.
///
/// # Errors
///
/// `Type` where the dtypes alone forbid it; `Inexact` naming the first value, in C order, that
/// would change; `Device` for values that are not on the host.
pub fn check(rule: Casting, source: &Tensor, to: DType) -> Result<()> {
    check_block(rule, source, to, source.shape(), 0)
}

/// As [`check`], for elements that are those from `place` on of something of `shape`.
pub(crate) fn check_block(
    rule: Casting,
    source: &Tensor,
    to: DType,
    shape: &[usize],
    place: usize,
) -> Result<()> {
    let from = source.dtype();
    if rule != Casting::Exact {
        return check_dtypes(rule, from, to);
    }
    // A meta tensor has no value that could change.
    if rule.allows(from, to) || source.device().kind == DeviceKind::Meta {
        return Ok(());
    }
    values::check_readable(source)?;
    let once = once(source)?;
    // SAFETY: [reach] and [alive]: a tensor, alive here; its memory is the host's.
    let first = unsafe { tensorbridge_cpu::exactness::first_change(Prepared::read(&once), to)? };
    let Some(first) = first else { return Ok(()) };
    let index = unravelled(first, once.shape());
    let element = element(source, &index)?;
    let value = values::item(&element)?;
    let becomes = values::item(&cast(&element, to)?)?;
    let first = index.iter().zip(source.shape()).fold(0, |place, (i, length)| place * length + i);
    Err(inexact(&from, to, value, becomes, Some((place + first, shape))))
}

/// The elements of `tensor`, each once that a stride of 0 repeats: at the first of its indices.
fn once(tensor: &Tensor) -> Result<Tensor> {
    let mut layout = tensor.layout().clone();
    for axis in 0..tensor.ndim() {
        if tensor.strides()[axis] == 0 && tensor.shape()[axis] > 1 {
            layout = layout.slice(axis, Slice { start: 0, step: 1, length: 1 });
        }
    }
    tensor.with_layout(layout)
}

/// Checks that `rule` lets any values of `from` become elements of `to`, whatever they are; that
/// of [`Casting::Exact`] depends on them, and is not judged here.
///
/// # Errors
///
/// `Type` naming both, in NumPy's words.
pub fn check_dtypes(rule: Casting, from: DType, to: DType) -> Result<()> {
    if rule == Casting::Exact || rule.allows(from, to) {
        return Ok(());
    }
    Err(refused(rule, &from, to, "array data from "))
}

/// Checks that `rule` lets one number become an element of `to`. Numbers are weak: by dtype, only
/// their kind counts. Outside the range of an integer dtype nothing is allowed.
///
/// # Errors
///
/// As [`check`]; `Overflow` for a number out of range, `Type` for a complex one in a real dtype.
pub fn check_number(rule: Casting, number: Scalar, to: DType) -> Result<()> {
    check_number_at(rule, number, to, None)
}

/// As [`check_number`], for the element at that place of something of that shape.
pub(crate) fn check_number_at(
    rule: Casting,
    number: Scalar,
    to: DType,
    place: Option<(usize, &[usize])>,
) -> Result<()> {
    let by_kind = matches!(rule, Casting::Safe | Casting::SameKind);
    if by_kind && number.rank() > to.kind().rank() {
        return Err(refused(rule, &kind(number), to, ""));
    }
    check_range(number, to)?;
    if rule != Casting::Exact {
        return Ok(());
    }
    let becomes = with_dtype!(to, T => number.cast::<T>().to_scalar());
    if equal(number, becomes) {
        return Ok(());
    }
    Err(inexact(&kind(number), to, number, becomes, place))
}

/// Checks that `value` may be assigned to elements of `to`: by `rule`, or where there is none by
/// that of assignments: a number must be representable, and no kind may be higher.
///
/// # Errors
///
/// As [`check`] and [`check_number`].
pub(crate) fn check_assigned(rule: Option<Casting>, value: &Operand<'_>, to: DType) -> Result<()> {
    match (value, rule) {
        (Operand::PythonScalar(number), None) => number.check_fits(to),
        (Operand::PythonScalar(number), Some(rule)) => check_number(rule, *number, to),
        (Operand::Tensor(tensor), None) => check_kind(tensor.dtype(), to),
        (Operand::Tensor(tensor), Some(rule)) => check(rule, tensor, to),
    }
}

/// Checks that values of dtype `from` may be written into memory of dtype `to`.
///
/// # Errors
///
/// `Type` when the kind of `from` is higher (bool < int < float < complex).
pub(crate) fn check_kind(from: DType, to: DType) -> Result<()> {
    if from.kind().rank() <= to.kind().rank() {
        return Ok(());
    }
    Err(Error::dtype(format!("result type {from} can't be cast to the desired output type {to}"))
        .hint(format!("cast it yourself if that is meant: `.to(tb.{to})`")))
}

/// Whether a single value may become an element of `dtype`: integers in range, floats truncated
/// towards zero and then in range, nothing complex in a real dtype.
fn check_range(value: Scalar, dtype: DType) -> Result<()> {
    if let Scalar::Complex(value) = value
        && !dtype.is_complex()
        && !dtype.is_bool()
    {
        return Err(Error::dtype(format!(
            "must be real number, not complex: {value} does not fit {dtype}"
        ))
        .hint("pass `value.real`, or ask for a complex dtype"));
    }
    if !dtype.is_integer() {
        return Ok(());
    }
    let (low, high) = integer_range(dtype);
    let fits = match value {
        Scalar::Int(value) => (low..=high).contains(&value),
        // Exact: powers of two, and `as` saturates where `high` itself is no float.
        Scalar::Float(value) => {
            value.is_finite() && (low..=high).contains(&(value.trunc() as i128))
        }
        Scalar::Bool(_) | Scalar::Complex(_) => true,
    };
    if fits {
        return Ok(());
    }
    let value = match value {
        Scalar::Int(value) => value.to_string(),
        Scalar::Float(value) => value.to_string(),
        other => format!("{other:?}"),
    };
    Err(Error::overflow(format!(
        "value cannot be converted to type {dtype} without overflow: {value} is outside [{low}, {high}]"
    ))
    .hint("ask for a wider dtype, or make an array first and cast that, which wraps around"))
}

/// Whether two values are one number; NaN counts as itself.
fn equal(a: Scalar, b: Scalar) -> bool {
    let real = |scalar| match scalar {
        Scalar::Bool(value) => (Scalar::Int(value.into()), 0.0),
        Scalar::Complex(value) => (Scalar::Float(value.re), value.im),
        real => (real, 0.0),
    };
    let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
    let ((a, a_imaginary), (b, b_imaginary)) = (real(a), real(b));
    same(a_imaginary, b_imaginary)
        && match (a, b) {
            (Scalar::Float(a), Scalar::Float(b)) => same(a, b),
            (Scalar::Int(a), Scalar::Float(b)) | (Scalar::Float(b), Scalar::Int(a)) => {
                // `as` is exact where a whole float is an `i128`, and saturates beyond.
                b.fract() == 0.0 && b.abs() < 1e38 && b as i128 == a
            }
            (a, b) => a == b,
        }
}

/// The element of `tensor` at `index`, as a tensor of one element.
fn element(tensor: &Tensor, index: &[usize]) -> Result<Tensor> {
    let mut layout = tensor.layout().clone();
    for (axis, &start) in index.iter().enumerate() {
        layout = layout.slice(axis, Slice { start, step: 1, length: 1 });
    }
    tensor.with_layout(layout)
}

/// `element` cast: what a copy would make of it.
fn cast(element: &Tensor, to: DType) -> Result<Tensor> {
    let result = Tensor::allocate(element.shape(), to, element.device(), Fill::Uninitialized)?;
    // SAFETY: [reach] and [alive]: both are tensors, alive here. [permit] and [alias]: the result
    // is fresh.
    unsafe { engine(element.device())?.copy(Prepared::read(element), Prepared::write(&result)?)? };
    Ok(result)
}

/// The index of an element that is counted in C order.
fn unravelled(mut place: usize, shape: &[usize]) -> Dims<usize> {
    let mut index = Dims::from_elem(0, shape.len());
    for (index, &length) in index.iter_mut().zip(shape).rev() {
        (*index, place) = (place % length, place / length);
    }
    index
}

fn kind(number: Scalar) -> &'static str {
    match number {
        Scalar::Bool(_) => "bool",
        Scalar::Int(_) => "int",
        Scalar::Float(_) => "float",
        Scalar::Complex(_) => "complex",
    }
}

/// A number in Python's spelling, or nearly so.
fn shown(value: Scalar) -> String {
    let real = |value: f64| if value.is_nan() { "nan".into() } else { format!("{value:?}") };
    match value {
        Scalar::Bool(true) => "True".into(),
        Scalar::Bool(false) => "False".into(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Float(value) => real(value),
        Scalar::Complex(value) if value.im.is_sign_negative() => {
            format!("({}-{}j)", real(value.re), real(-value.im))
        }
        Scalar::Complex(value) => format!("({}+{}j)", real(value.re), real(value.im)),
    }
}

#[cold]
fn refused(rule: Casting, from: &dyn Display, to: DType, what: &str) -> Error {
    Error::dtype(format!(
        "Cannot cast {what}{from} to {to} according to the rule '{}'",
        rule.name()
    ))
    .hint(
        "`casting=\"exact\"` looks at the values instead, and `casting=\"unsafe\"` allows any cast",
    )
}

#[cold]
fn inexact(
    from: &dyn Display,
    to: DType,
    value: Scalar,
    becomes: Scalar,
    place: Option<(usize, &[usize])>,
) -> Error {
    let at = match place {
        Some((place, shape)) if !shape.is_empty() => {
            format!(" at {:?}", unravelled(place, shape).as_slice())
        }
        _ => String::new(),
    };
    Error::inexact(format!(
        "casting {from} to {to} would change a value: {}{at} would become {}",
        shown(value),
        shown(becomes)
    ))
    .hint(format!(
        "ask for a dtype that holds it, or say that it may change: `casting=\"unsafe\"`; `tb.exactness(x, tb.{to})` tells how much does"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(values: &[f64]) -> Tensor {
        crate::ops::testing::tensor(&[values.len()], values, DType::Float64)
    }

    #[test]
    fn scopes_nest_and_are_of_one_thread() {
        assert_eq!(in_force(), None);
        let outer = enter(Casting::Exact);
        let inner = enter(Casting::Unsafe);
        assert_eq!(in_force(), Some(Casting::Unsafe));
        leave(inner);
        assert_eq!(in_force(), Some(Casting::Exact));
        assert_eq!(std::thread::spawn(in_force).join().unwrap(), None);
        leave(outer);
        assert_eq!(in_force(), None);
    }

    #[test]
    fn the_first_value_is_named() {
        let values = numbers(&[1.0, 0.5, 0.1, 1e300]);
        assert!(check(Casting::Exact, &values, DType::Float64).is_ok());
        let error = check(Casting::Exact, &values, DType::Float32).unwrap_err().to_string();
        assert!(error.contains("0.1 at [2] would become 0.10000000149011612"), "{error}");
        let error = check(Casting::Safe, &values, DType::Float32).unwrap_err();
        assert_eq!(error.kind(), tensorbridge_core::ErrorKind::Type);
        assert!(check(Casting::SameKind, &values, DType::Float32).is_ok());
        assert!(check(Casting::Unsafe, &values, DType::Int8).is_ok());
    }

    #[test]
    fn numbers_are_weak_and_in_range() {
        use Scalar::{Bool, Float, Int};
        assert!(check_number(Casting::Safe, Int(5), DType::Int8).is_ok());
        assert!(check_number(Casting::Safe, Float(0.1), DType::Float16).is_ok());
        assert!(check_number(Casting::Safe, Float(1.0), DType::Int64).is_err());
        for rule in Casting::ALL {
            assert!(check_number(rule, Int(300), DType::Int8).is_err());
            assert!(check_number(rule, Bool(true), DType::Int8).is_ok());
        }
        for (number, dtype, exact) in [
            (Float(0.1), DType::Float32, false),
            (Float(0.5), DType::Float16, true),
            (Float(2.0), DType::Int8, true),
            (Float(2.5), DType::Int8, false),
            (Float(f64::NAN), DType::Float16, true),
            (Float(f64::NAN), DType::Bool, false),
            (Float(-0.0), DType::UInt8, true),
            (Float(1e300), DType::Float32, false),
            (Int(1 << 24), DType::Float32, true),
            (Int((1 << 24) + 1), DType::Float32, false),
            (Int(1 << 64), DType::Float64, true),
            (Int(2), DType::Bool, false),
        ] {
            assert_eq!(check_number(Casting::Exact, number, dtype).is_ok(), exact, "{number:?}");
        }
    }
}
