//! Naive judgement of single values, exactly: what the kernels must agree with.

use tensorbridge_core::dtype::Complex64;
use tensorbridge_core::scalar::{FromScalar, integer_range};
use tensorbridge_core::{DType, Element, Kind, Operand, Scalar, with_dtype};

use super::{Exactness, Fate, exactness, first_change};

/// How far apart a value and its cast are.
#[derive(Clone, Copy)]
struct Error {
    absolute: f64,
    magnitude: f64,
    spacing: f64,
}

/// What must be known of the new dtype to judge a value in it.
#[derive(Clone, Copy)]
struct Target {
    kind: Kind,
    /// Range of an integer dtype.
    low: i128,
    high: i128,
    /// The least normal number of a floating-point dtype, and the spacing at 1.
    tiny: f64,
    epsilon: f64,
}

impl Target {
    fn of(dtype: DType) -> Self {
        let (low, high) = if dtype.is_integer() { integer_range(dtype) } else { (0, 1) };
        // Least normal exponent and bits of the fraction: IEEE 754, and bfloat16's float32 range.
        let (least, fraction) = match dtype.real() {
            DType::Float16 => (-14, 10),
            DType::BFloat16 => (-126, 7),
            DType::Float32 => (-126, 23),
            _ => (-1022, 52),
        };
        let (tiny, epsilon) = (f64::powi(2.0, least), f64::powi(2.0, -fraction));
        Self { kind: dtype.kind(), low, high, tiny, epsilon }
    }

    /// The distance between neighbours at a value of the new dtype.
    fn spacing(&self, value: f64) -> f64 {
        match self.kind {
            Kind::Float | Kind::Complex => {
                let magnitude = value.abs().clamp(self.tiny, f64::MAX);
                // The power of two at or below it: its exponent bits alone.
                f64::from_bits(magnitude.to_bits() & 0x7ff0_0000_0000_0000) * self.epsilon
            }
            _ => 1.0,
        }
    }

    /// The fate of a real value that became `cast`.
    fn judge(&self, value: Real, cast: Real) -> (Fate, Error) {
        let error = Error {
            absolute: value.distance(cast),
            magnitude: value.approximately().abs(),
            spacing: self.spacing(value.approximately()),
        };
        let fate = match self.kind {
            Kind::Float | Kind::Complex => {
                if value.is_nan() || value.equals(cast) {
                    Fate::Exact
                } else if cast.approximately().is_infinite() {
                    Fate::Overflowed
                } else if error.magnitude < self.tiny {
                    Fate::Underflowed
                } else {
                    Fate::Rounded
                }
            }
            Kind::Bool => match value.whole() {
                Some((0 | 1, true)) => Fate::Exact,
                _ => Fate::Truncated,
            },
            Kind::Signed | Kind::Unsigned => match value.whole() {
                None if value.is_nan() => Fate::Invalid,
                None => Fate::Overflowed,
                Some((whole, _)) if whole < 0 && self.low == 0 => Fate::SignLost,
                Some((whole, _)) if !(self.low..=self.high).contains(&whole) => Fate::Overflowed,
                Some((_, false)) => Fate::Truncated,
                Some(_) => Fate::Exact,
            },
        };
        (fate, error)
    }
}

/// A real number, exactly.
#[derive(Clone, Copy)]
enum Real {
    Integer(i128),
    Float(f64),
}

impl Real {
    fn approximately(self) -> f64 {
        match self {
            Self::Integer(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    fn is_nan(self) -> bool {
        matches!(self, Self::Float(value) if value.is_nan())
    }

    /// The integer part, and whether that is all of it; `None` of what is larger than any
    /// integer dtype, or no number.
    fn whole(self) -> Option<(i128, bool)> {
        match self {
            Self::Integer(value) => Some((value, true)),
            Self::Float(value) if value.abs() < 1e38 => Some((value as i128, value.fract() == 0.0)),
            Self::Float(_) => None,
        }
    }

    fn equals(self, other: Self) -> bool {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => a == b,
            (a, b) => {
                matches!((a.whole(), b.whole()), (Some((a, true)), Some((b, true))) if a == b)
            }
        }
    }

    /// The distance, in the precision of `f64`.
    fn distance(self, other: Self) -> f64 {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => (a - b).abs(),
            // An integer beside a float of its size: the difference is exact in integers.
            (a, b) => match (a.whole(), b.whole()) {
                (Some((a, true)), Some((b, true))) => (a - b).unsigned_abs() as f64,
                _ => (a.approximately() - b.approximately()).abs(),
            },
        }
    }
}

/// A value, as a real number with an imaginary part.
fn parts(scalar: Scalar) -> (Real, f64) {
    match scalar {
        Scalar::Bool(value) => (Real::Integer(value.into()), 0.0),
        Scalar::Int(value) => (Real::Integer(value), 0.0),
        Scalar::Float(value) => (Real::Float(value), 0.0),
        Scalar::Complex(Complex64 { re, im }) => (Real::Float(re), im),
    }
}

/// What a cast does to values one after another.
fn naive<A: FromScalar>(values: &[A], to: DType) -> Exactness {
    let mut found = Exactness::default();
    let (target, kind, new) = (Target::of(to), A::DTYPE.kind(), to.kind());
    for (place, &value) in values.iter().enumerate() {
        let (real, imaginary) = parts(value.to_scalar());
        let cast = with_dtype!(to, B => {
            let mut cast = [0_u128; 1];
            let addresses = [cast.as_mut_ptr().cast::<u8>(), (&raw const value).cast_mut().cast()];
            // SAFETY: one element of either dtype.
            unsafe { crate::loops::cast(A::DTYPE, to)(1, &addresses, &[0, 0]) };
            // SAFETY: the loop wrote it.
            unsafe { cast.as_ptr().cast::<B>().read() }.to_scalar()
        });
        let (new_real, new_imaginary) = parts(cast);
        let (mut fate, mut error) = target.judge(real, new_real);
        if kind == Kind::Complex {
            let (other, apart) = if new == Kind::Complex {
                target.judge(Real::Float(imaginary), Real::Float(new_imaginary))
            } else {
                let lost = if imaginary == 0.0 { Fate::Exact } else { Fate::Truncated };
                let absolute = imaginary.abs();
                (lost, Error { absolute, magnitude: absolute, spacing: absolute })
            };
            if other > fate || (other == fate && apart.absolute > error.absolute) {
                (fate, error) = (other, apart);
            }
        }
        found.counts[fate as usize] += 1;
        if fate == Fate::Exact {
            continue;
        }
        found.first = found.first.or(Some(place));
        if error.absolute.is_finite() {
            found.absolute.note(error.absolute, place);
            found.relative.note(error.absolute / error.magnitude, place);
            found.ulps.note(error.absolute / error.spacing, place);
        }
    }
    found
}

/// Numbers at the edges of every dtype, and between them.
fn edges() -> Vec<Scalar> {
    let mut edges = vec![Scalar::Bool(true), Scalar::Float(f64::NAN), Scalar::Float(-0.0)];
    for bits in [0, 1, 2, 7, 8, 11, 15, 16, 23, 24, 31, 32, 52, 53, 62, 63, 64] {
        for near in [-1, 0, 1, 3] {
            let whole = (1_i128 << bits) + near;
            for value in [whole, -whole] {
                edges.push(Scalar::Int(value));
                edges.push(Scalar::Float(value as f64 + 0.5));
                edges.push(Scalar::Float(value as f64));
            }
        }
    }
    for exponent in [-1074, -149, -133, -126, -24, -14, 15, 16, 127, 128, 1023] {
        for factor in [1.0, 1.1, -1.99999, 1.0 + f64::EPSILON] {
            edges.push(Scalar::Float(
                f64::powi(2.0, exponent / 2) * factor * f64::powi(2.0, exponent - exponent / 2),
            ));
        }
    }
    edges.extend([1e37, 1e38, -1e39, f64::INFINITY, f64::NEG_INFINITY].map(Scalar::Float));
    let floats: Vec<f64> = edges
        .iter()
        .filter_map(|edge| if let Scalar::Float(value) = edge { Some(*value) } else { None })
        .collect();
    for (&re, &im) in floats.iter().zip(floats.iter().rev().chain(&[0.0])) {
        edges.push(Scalar::Complex(Complex64::new(re, im)));
        edges.push(Scalar::Complex(Complex64::new(re, 0.0)));
        edges.push(Scalar::Complex(Complex64::new(f64::NAN, im)));
    }
    edges
}

fn agree<A: FromScalar + Element>(values: &[A], to: DType) {
    let (shape, strides) = ([values.len()], [size_of::<A>() as isize]);
    let address = values.as_ptr().cast_mut().cast();
    let from = Operand { address, shape: &shape, strides: &strides, dtype: A::DTYPE };
    let expected = naive(values, to);
    // SAFETY: a slice, read as what it is.
    let (found, first) = unsafe { (exactness(from, to).unwrap(), first_change(from, to).unwrap()) };
    assert_eq!(found, expected, "{} {to}", A::DTYPE);
    assert_eq!(first, expected.first, "{} {to}", A::DTYPE);
}

#[test]
fn kernels_judge_as_the_model_does() {
    let edges = edges();
    for from in DType::ALL {
        for to in DType::ALL {
            with_dtype!(from, A => {
                let values: Vec<A> = edges.iter().map(|edge| edge.cast()).collect();
                agree(&values, to);
                // One value after blocks of others, so that tests pass before it.
                for &value in values.iter().step_by(7) {
                    let mut alone = vec![Scalar::Int(1).cast::<A>(); 600];
                    alone[555] = value;
                    agree(&alone, to);
                }
            });
        }
    }
}

#[test]
fn bits_of_all_kinds_are_judged_alike() {
    // Numbers of a linear congruence (Knuth, The Art of Computer Programming, volume 2, 3.3.4).
    let mut state = 1_u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state ^ (state >> 33)
    };
    let words: Vec<u64> = (0..2048).map(|_| next()).collect();
    for from in DType::ALL {
        for to in DType::ALL {
            with_dtype!(from, A => {
                let count = words.len() * 8 / size_of::<A>();
                // SAFETY: every bit pattern is an element, and the words are aligned for each.
                let values = unsafe { std::slice::from_raw_parts(words.as_ptr().cast::<A>(), count) };
                agree(values, to);
            });
        }
    }
}
