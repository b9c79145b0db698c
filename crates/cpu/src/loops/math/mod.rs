//! The functions of analysis for real numbers. The 16-bit floats compute in `f32`.

use std::marker::PhantomData;

use tensorbridge_core::DType;
use tensorbridge_core::dtype::{bf16, f16};
use tensorbridge_core::op::{Binary, Unary};

use super::Loop;
use super::body::{Map1, Map2, One, Two};
use super::half::Half;
use crate::isa::pick;

macro_rules! pick_float {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            DType::Float16 => pick_float!(@ f16, $T => $body),
            DType::BFloat16 => pick_float!(@ bf16, $T => $body),
            DType::Float32 => pick_float!(@ f32, $T => $body),
            DType::Float64 => pick_float!(@ f64, $T => $body),
            _ => None,
        }
    };
    (@ $type:ty, $T:ident => $body:expr) => {{ type $T = $type; Some($body) }};
}

macro_rules! unary_functions {
    ($($name:ident($a:ident) $value:expr;)+) => {
        $(
            struct $name<T>(PhantomData<T>);
            unary_functions! { @float f32 $name($a) $value }
            unary_functions! { @float f64 $name($a) $value }
            unary_functions! { @half f16 $name }
            unary_functions! { @half bf16 $name }
        )+

        /// The loop of `op` on `dtype`; operands `[out, a]`. `None` where it has no meaning.
        pub(crate) fn unary(op: Unary, dtype: DType) -> Option<Loop<2>> {
            match op {
                $(Unary::$name => pick_float!(dtype, T => pick::<2, One<$name<T>>>()),)+
                _ => None,
            }
        }
    };
    (@float $type:ident $name:ident($a:ident) $value:expr) => {
        impl Map1 for $name<$type> {
            type In = $type;
            type Out = $type;
            #[inline(always)]
            #[allow(clippy::useless_conversion)]
            fn apply($a: $type) -> $type {
                $value
            }
        }
    };
    (@half $type:ident $name:ident) => {
        impl Map1 for $name<$type> {
            type In = $type;
            type Out = $type;
            #[inline(always)]
            fn apply(a: $type) -> $type {
                Half::narrow($name::<f32>::apply(a.widen()))
            }
        }
    };
}

unary_functions! {
    Reciprocal(a) a.recip();
    Sqrt(a) a.sqrt();
    Exp(a) a.exp();
    Exp2(a) a.exp2();
    Expm1(a) a.exp_m1();
    Log(a) a.ln();
    Log2(a) a.log2();
    Log10(a) a.log10();
    Log1p(a) a.ln_1p();
    Sin(a) a.sin();
    Cos(a) a.cos();
    Tan(a) a.tan();
    Asin(a) a.asin();
    Acos(a) a.acos();
    Atan(a) a.atan();
    Sinh(a) a.sinh();
    Cosh(a) a.cosh();
    Tanh(a) a.tanh();
    Asinh(a) libm::asinh(a.into()) as _;
    Acosh(a) libm::acosh(a.into()) as _;
    Atanh(a) libm::atanh(a.into()) as _;
    Erf(a) libm::erf(a.into()) as _;
    Erfc(a) libm::erfc(a.into()) as _;
    // The exponential that does not overflow.
    Sigmoid(a) {
        let small = (-a.abs()).exp();
        (if a < 0.0 { small } else { 1.0 }) / (1.0 + small)
    };
    // Through the complement, which keeps its digits where `a` is far below 0.
    Gelu(a) {
        let wide = f64::from(a);
        let value = 0.5 * wide * libm::erfc(-wide * std::f64::consts::FRAC_1_SQRT_2);
        if a == f64::NEG_INFINITY as _ { -0.0 } else { value as _ }
    };
}

macro_rules! binary_functions {
    ($($name:ident($a:ident, $b:ident) $value:expr;)+) => {$(
        struct $name<T>(PhantomData<T>);
        binary_functions! { @float f32 $name($a, $b) $value }
        binary_functions! { @float f64 $name($a, $b) $value }
    )+};
    (@float $type:ident $name:ident($a:ident, $b:ident) $value:expr) => {
        impl Map2 for $name<$type> {
            type In = $type;
            type Out = $type;
            #[inline(always)]
            fn apply($a: $type, $b: $type) -> $type {
                $value
            }
        }
    };
}

binary_functions! {
    Atan2(a, b) a.atan2(b);
    Hypot(a, b) a.hypot(b);
    CopySign(a, b) a.copysign(b);
    NextAfter(a, b) {
        if a.is_nan() || b.is_nan() {
            a + b
        } else if a == b {
            b
        } else if a < b {
            a.next_up()
        } else {
            a.next_down()
        }
    };
    LogAddExp(a, b) {
        let (high, low) = if a < b { (b, a) } else { (a, b) };
        // Equal infinities are no distance apart.
        let gap = if high == low { 0.0 } else { low - high };
        high + gap.exp().ln_1p()
    };
}

macro_rules! halves {
    ($($type:ident)+) => {$(
        halves! { @through $type Atan2 Hypot CopySign LogAddExp }

        /// The neighbour among the 16-bit numbers.
        impl Map2 for NextAfter<$type> {
            type In = $type;
            type Out = $type;
            #[inline(always)]
            fn apply(a: $type, b: $type) -> $type {
                let (from, to) = (a.widen(), b.widen());
                let bits = a.to_bits();
                if from.is_nan() || to.is_nan() {
                    Half::narrow(from + to)
                } else if from == to {
                    b
                } else if from == 0.0 {
                    <$type>::from_bits(b.to_bits() & 0x8000 | 1)
                } else if (from < to) == (from > 0.0) {
                    <$type>::from_bits(bits + 1)
                } else {
                    <$type>::from_bits(bits - 1)
                }
            }
        }
    )+};
    (@through $type:ident $($name:ident)+) => {$(
        impl Map2 for $name<$type> {
            type In = $type;
            type Out = $type;
            #[inline(always)]
            fn apply(a: $type, b: $type) -> $type {
                Half::narrow($name::<f32>::apply(a.widen(), b.widen()))
            }
        }
    )+};
}

halves! { f16 bf16 }

/// The loop of `op` on `dtype`; operands `[out, a, b]`. `None` where it has no meaning.
pub(crate) fn binary(op: Binary, dtype: DType) -> Option<Loop<3>> {
    match op {
        Binary::Atan2 => pick_float!(dtype, T => pick::<3, Two<Atan2<T>>>()),
        Binary::Hypot => pick_float!(dtype, T => pick::<3, Two<Hypot<T>>>()),
        Binary::CopySign => pick_float!(dtype, T => pick::<3, Two<CopySign<T>>>()),
        Binary::NextAfter => pick_float!(dtype, T => pick::<3, Two<NextAfter<T>>>()),
        Binary::LogAddExp => pick_float!(dtype, T => pick::<3, Two<LogAddExp<T>>>()),
        _ => None,
    }
}
