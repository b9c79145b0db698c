//! Many elements to one: how each is lifted into an accumulator, and how accumulators merge.

use std::marker::PhantomData;

use tensorbridge_core::dtype::{Complex32, Complex64, bf16, f16};
use tensorbridge_core::op::{Binary, Reduce};
use tensorbridge_core::{Bool, DType, Element, Scalar, with_dtype};

use super::arithmetic::{Add, Maximum, Minimum, Multiply};
use super::body::{Map2, at, load, store};
use super::half::Half;
use super::kinds::{with_number, with_real};
use super::{Loop, binary};
use crate::isa::{Body, pick};

/// How one reduction of one dtype works.
pub(crate) struct Folding {
    /// The dtype of the accumulators.
    pub(crate) accumulator: DType,
    /// The accumulator of no elements.
    pub(crate) start: Scalar,
    /// Operands `[accumulators, from]`: folds each element into the accumulator beside it, or,
    /// where the first step is 0, all elements into one.
    pub(crate) fold: Loop<2>,
    /// Operands `[out, a, b]`: merges accumulators; `out` is `a`.
    pub(crate) merge: Loop<3>,
}

/// How to reduce `dtype` by `op`. `None` where it has no meaning.
pub(crate) fn folding(op: Reduce, dtype: DType) -> Option<Folding> {
    match op {
        Reduce::All => return Some(with_dtype!(dtype, T => of::<All<T>>(Binary::BitwiseAnd)?)),
        Reduce::Any => return Some(with_dtype!(dtype, T => of::<Any<T>>(Binary::BitwiseOr)?)),
        Reduce::Min if dtype.is_bool() => return folding(Reduce::All, dtype),
        Reduce::Max if dtype.is_bool() => return folding(Reduce::Any, dtype),
        Reduce::Sum if dtype.is_bool() => return of::<Sum<Bool>>(Binary::Add),
        Reduce::Product if dtype.is_bool() => return of::<Product<Bool>>(Binary::Multiply),
        Reduce::Sum => with_number!(dtype, T => of::<Sum<T>>(Binary::Add)),
        Reduce::Product => with_number!(dtype, T => of::<Product<T>>(Binary::Multiply)),
        Reduce::Min => with_real!(dtype, T => of::<Least<T>>(Binary::Minimum)),
        Reduce::Max => with_real!(dtype, T => of::<Greatest<T>>(Binary::Maximum)),
    }
    .flatten()
}

fn of<F: Fold>(merge: Binary) -> Option<Folding> {
    let accumulator = F::Accumulator::DTYPE;
    Some(Folding {
        accumulator,
        start: F::start(),
        fold: pick::<2, Accumulate<F>>(),
        merge: binary(merge, accumulator)?,
    })
}

/// What a reduction means.
trait Fold {
    type In: Element;
    type Accumulator: Element;
    const START: Self::Accumulator;
    fn start() -> Scalar;
    fn lift(value: Self::In) -> Self::Accumulator;
    fn merge(a: Self::Accumulator, b: Self::Accumulator) -> Self::Accumulator;
}

struct Accumulate<F>(PhantomData<F>);

/// Folds a contiguous run into one accumulator through `LANES` independent ones: what the
/// compiler needs to vectorise a float sum, and the first level of pairwise summation.
///
/// # Safety
///
/// As [`Loop`], for `len` elements at `from`.
#[inline(always)]
unsafe fn fold_lanes<F: Fold, const LANES: usize>(len: usize, from: *mut u8) -> F::Accumulator {
    let fold = |sum, value| F::merge(sum, F::lift(value));
    let mut lanes = [F::START; LANES];
    // SAFETY: the caller's contract.
    unsafe {
        for chunk in 0..len / LANES {
            let values: [F::In; LANES] = load(from, chunk);
            for lane in 0..LANES {
                lanes[lane] = fold(lanes[lane], values[lane]);
            }
        }
        for index in len / LANES * LANES..len {
            lanes[index % LANES] = fold(lanes[index % LANES], load(from, index));
        }
    }
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] = F::merge(lanes[lane], lanes[lane + width]);
        }
        width /= 2;
    }
    lanes[0]
}

impl<F: Fold> Body<2> for Accumulate<F> {
    #[inline(always)]
    unsafe fn run(len: usize, &[sums, from]: &[*mut u8; 2], &[sum_step, step]: &[isize; 2]) {
        let size = size_of::<F::In>() as isize;
        let sum_size = size_of::<F::Accumulator>() as isize;
        let fold = |sum, value| F::merge(sum, F::lift(value));
        // SAFETY: the contract of `Loop`: every index below `len` is in reach of both operands;
        // the accumulators are the reduction's own memory.
        unsafe {
            if sum_step == 0 && step == size && len >= 8 {
                // Four to eight vector registers of accumulators, whatever their size.
                let sum = match size_of::<F::Accumulator>() {
                    1..=4 => fold_lanes::<F, 32>(len, from),
                    8 => fold_lanes::<F, 16>(len, from),
                    _ => fold_lanes::<F, 8>(len, from),
                };
                store(sums, 0, F::merge(load(sums, 0), sum));
            } else if sum_step == 0 {
                let mut sum = load(sums, 0);
                for index in 0..len {
                    sum = fold(sum, load(at(from, step, index), 0));
                }
                store(sums, 0, sum);
            } else if sum_step == sum_size && step == size {
                for index in 0..len {
                    store(sums, index, fold(load(sums, index), load(from, index)));
                }
            } else {
                for index in 0..len {
                    let sum = at(sums, sum_step, index);
                    store(sum, 0, fold(load(sum, 0), load(at(from, step, index), 0)));
                }
            }
        }
    }
}

struct Sum<T>(PhantomData<T>);
struct Product<T>(PhantomData<T>);
struct Least<T>(PhantomData<T>);
struct Greatest<T>(PhantomData<T>);
struct All<T>(PhantomData<T>);
struct Any<T>(PhantomData<T>);

/// `Name<type> -> accumulator: start, lift, the operation that merges`.
macro_rules! folds {
    ($($name:ident [$($type:ty),+] -> $accumulator:ty: $start:expr, $scalar:expr, |$value:ident| $lift:expr, $merge:ident;)+) => {$($(
        impl Fold for $name<$type> {
            type In = $type;
            type Accumulator = $accumulator;
            const START: $accumulator = $start;
            fn start() -> Scalar {
                $scalar
            }
            #[inline(always)]
            fn lift($value: $type) -> $accumulator {
                $lift
            }
            #[inline(always)]
            fn merge(a: $accumulator, b: $accumulator) -> $accumulator {
                $merge::<$accumulator>::apply(a, b)
            }
        }
    )+)+};
}

const ZERO: Scalar = Scalar::Int(0);
const ONE: Scalar = Scalar::Int(1);

folds! {
    Sum [i8, i16, i32] -> i64: 0, ZERO, |value| i64::from(value), Add;
    Sum [i64] -> i64: 0, ZERO, |value| value, Add;
    Sum [u8, u16, u32] -> u64: 0, ZERO, |value| u64::from(value), Add;
    Sum [u64] -> u64: 0, ZERO, |value| value, Add;
    Sum [Bool] -> i64: 0, ZERO, |value| i64::from(value.get()), Add;
    Sum [f16, bf16] -> f32: 0.0, ZERO, |value| value.widen(), Add;
    Sum [f32] -> f32: 0.0, ZERO, |value| value, Add;
    Sum [f64] -> f64: 0.0, ZERO, |value| value, Add;
    Sum [Complex32] -> Complex32: Complex32::new(0.0, 0.0), ZERO, |value| value, Add;
    Sum [Complex64] -> Complex64: Complex64::new(0.0, 0.0), ZERO, |value| value, Add;
    Product [i8, i16, i32] -> i64: 1, ONE, |value| i64::from(value), Multiply;
    Product [i64] -> i64: 1, ONE, |value| value, Multiply;
    Product [u8, u16, u32] -> u64: 1, ONE, |value| u64::from(value), Multiply;
    Product [u64] -> u64: 1, ONE, |value| value, Multiply;
    Product [Bool] -> i64: 1, ONE, |value| i64::from(value.get()), Multiply;
    Product [f16, bf16] -> f32: 1.0, ONE, |value| value.widen(), Multiply;
    Product [f32] -> f32: 1.0, ONE, |value| value, Multiply;
    Product [f64] -> f64: 1.0, ONE, |value| value, Multiply;
    Product [Complex32] -> Complex32: Complex32::new(1.0, 0.0), ONE, |value| value, Multiply;
    Product [Complex64] -> Complex64: Complex64::new(1.0, 0.0), ONE, |value| value, Multiply;
    Least [f16, bf16] -> f32: f32::INFINITY, INFINITY, |value| value.widen(), Minimum;
    Least [f32] -> f32: f32::INFINITY, INFINITY, |value| value, Minimum;
    Least [f64] -> f64: f64::INFINITY, INFINITY, |value| value, Minimum;
    Greatest [f16, bf16] -> f32: f32::NEG_INFINITY, MINUS_INFINITY, |value| value.widen(), Maximum;
    Greatest [f32] -> f32: f32::NEG_INFINITY, MINUS_INFINITY, |value| value, Maximum;
    Greatest [f64] -> f64: f64::NEG_INFINITY, MINUS_INFINITY, |value| value, Maximum;
}

const INFINITY: Scalar = Scalar::Float(f64::INFINITY);
const MINUS_INFINITY: Scalar = Scalar::Float(f64::NEG_INFINITY);

macro_rules! extremes {
    ($($type:ident)+) => { folds! { $(
        Least [$type] -> $type: $type::MAX, Scalar::Int(i128::from($type::MAX)), |value| value, Minimum;
        Greatest [$type] -> $type: $type::MIN, Scalar::Int(i128::from($type::MIN)), |value| value, Maximum;
    )+ } };
}

extremes! { i8 i16 i32 i64 u8 u16 u32 u64 }

/// Truth by "not zero", NaN included.
macro_rules! truths {
    ($([$($type:ty),+] |$value:ident| $truth:expr;)+) => {$($(
        impl Fold for All<$type> {
            type In = $type;
            type Accumulator = Bool;
            const START: Bool = Bool(1);
            fn start() -> Scalar {
                Scalar::Bool(true)
            }
            #[inline(always)]
            fn lift($value: $type) -> Bool {
                Bool(u8::from($truth))
            }
            #[inline(always)]
            fn merge(a: Bool, b: Bool) -> Bool {
                Bool(a.0 & b.0)
            }
        }
        impl Fold for Any<$type> {
            type In = $type;
            type Accumulator = Bool;
            const START: Bool = Bool(0);
            fn start() -> Scalar {
                Scalar::Bool(false)
            }
            #[inline(always)]
            fn lift($value: $type) -> Bool {
                Bool(u8::from($truth))
            }
            #[inline(always)]
            fn merge(a: Bool, b: Bool) -> Bool {
                Bool(a.0 | b.0)
            }
        }
    )+)+};
}

truths! {
    [Bool] |value| value.get();
    [i8, i16, i32, i64, u8, u16, u32, u64] |value| value != 0;
    [f16, bf16] |value| value.widen() != 0.0;
    [f32, f64] |value| value != 0.0;
    [Complex32, Complex64] |value| value.re != 0.0 || value.im != 0.0;
}
