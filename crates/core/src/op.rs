//! The vocabulary of operations: plain names that an engine gives meaning to.

/// One input, elementwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unary {
    /// `+a`: `a` itself.
    Positive,
    /// `-a`
    Negative,
    /// `|a|`; of a complex number its real magnitude.
    Absolute,
    /// `~a`: bitwise of integers, logical of bool.
    Invert,
    /// Complex conjugate; the identity on reals.
    Conjugate,
    /// `1 / a`
    Reciprocal,
    /// The square root.
    Sqrt,
    /// `1 / sqrt(a)`
    ReciprocalSqrt,
    /// The cube root.
    CubeRoot,
    /// `e ** a`
    Exp,
    /// `2 ** a`
    Exp2,
    /// `e ** a - 1`, exact near 0.
    Expm1,
    /// The natural logarithm.
    Log,
    /// The logarithm to base 2.
    Log2,
    /// The logarithm to base 10.
    Log10,
    /// `log(1 + a)`, exact near 0.
    Log1p,
    /// The sine of radians.
    Sin,
    /// The cosine of radians.
    Cos,
    /// The tangent of radians.
    Tan,
    /// Degrees in radians.
    DegreesToRadians,
    /// Radians in degrees.
    RadiansToDegrees,
    /// `sin(π a) / (π a)`, and 1 at 0.
    Sinc,
    /// The arc sine, in radians.
    Asin,
    /// The arc cosine, in radians.
    Acos,
    /// The arc tangent, in radians.
    Atan,
    /// The hyperbolic sine.
    Sinh,
    /// The hyperbolic cosine.
    Cosh,
    /// The hyperbolic tangent.
    Tanh,
    /// The inverse hyperbolic sine.
    Asinh,
    /// The inverse hyperbolic cosine.
    Acosh,
    /// The inverse hyperbolic tangent.
    Atanh,
    /// The error function.
    Erf,
    /// `1 - erf(a)`, exact where that is small.
    Erfc,
    /// The inverse of the error function.
    ErfInverse,
    /// `1 / (1 + e ** -a)`
    Sigmoid,
    /// The logarithm of `1 / (1 + e ** -a)`.
    LogSigmoid,
    /// `log(1 + e ** a)` without overflow.
    Softplus,
    /// `a / (1 + e ** -a)`
    Silu,
    /// `a * (1 + erf(a / sqrt(2))) / 2`
    Gelu,
    /// The same by `tanh`: `a * (1 + tanh(sqrt(2 / pi) * (a + 0.044715 * a ** 3))) / 2`
    GeluTanh,
    /// `a`, or 0 where it is less; NaN stays.
    Relu,
    /// Rounded towards minus infinity.
    Floor,
    /// Rounded towards plus infinity.
    Ceil,
    /// Rounded towards zero.
    Trunc,
    /// Rounded to the nearest whole number, ties to even.
    Round,
    /// What `trunc` leaves: `a - trunc(a)`.
    Fraction,
    /// `m` of `a = m * 2 ** e` with `|m|` from 0.5 to 1; `a` itself where it has no such.
    Mantissa,
    /// `e` of `a = m * 2 ** e`, as an `int32`; 0 where it has no such.
    Exponent,
    /// -1, 0 or 1; of a complex number `a / |a|`, or 0.
    Sign,
    /// Whether the sign bit is set.
    SignBit,
    /// Whether it is NaN; of a complex number, whether a part is.
    IsNan,
    /// Whether it is an infinity; of a complex number, whether a part is.
    IsInf,
    /// Whether it is neither NaN nor an infinity.
    IsFinite,
}

/// Two inputs of one dtype, elementwise, a result of that dtype.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    /// `a + b`
    Add,
    /// `a - b`
    Subtract,
    /// `a * b`
    Multiply,
    /// `a / b`, of floats and complex numbers only.
    Divide,
    /// `a // b`, rounded towards minus infinity.
    FloorDivide,
    /// `a % b`, with the sign of `b`.
    Remainder,
    /// `a ** b`
    Power,
    /// `a & b`
    BitwiseAnd,
    /// `a | b`
    BitwiseOr,
    /// `a ^ b`
    BitwiseXor,
    /// `a << b`
    LeftShift,
    /// `a >> b`
    RightShift,
    /// The greater; NaN if either is.
    Maximum,
    /// The lesser; NaN if either is.
    Minimum,
    /// The angle of the point `(b, a)`, in radians.
    Atan2,
    /// `sqrt(a * a + b * b)` without overflow.
    Hypot,
    /// The magnitude of `a` with the sign of `b`.
    CopySign,
    /// The next number after `a` towards `b`.
    NextAfter,
    /// `log(exp(a) + exp(b))` without overflow.
    LogAddExp,
    /// `a * log(b)`, and 0 where `a` is 0 and `b` not NaN.
    TimesLog,
    /// What division rounded towards zero leaves, with the sign of `a`.
    Fmod,
    /// The greater; the other where one is NaN.
    Fmax,
    /// The lesser; the other where one is NaN.
    Fmin,
    /// 0 where `a` is below 0, 1 where above, `b` where it is 0; NaN where it is.
    Heaviside,
    /// The greatest common divisor.
    Gcd,
    /// The least common multiple.
    Lcm,
    /// `a * 2 ** b`, rounded once.
    Ldexp,
    /// `round(a * b) / b`, part by part of complex numbers; `a` where that overflows.
    RoundFraction,
    /// `a` rounded to the nearest multiple of `b`, ties to even ones; part by part of complex
    /// numbers.
    RoundMultiple,
}

/// Three inputs of one dtype, elementwise, a result of that dtype.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ternary {
    /// `min(max(a, b), c)`; NaN if any is.
    Clip,
    /// `a + b * c`
    AddProduct,
    /// `a + b / c`
    AddQuotient,
    /// `a + c * (b - a)`, exact at both ends.
    Lerp,
}

/// Two inputs of one dtype, elementwise, a `bool` result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compare {
    /// `a == b`
    Equal,
    /// `a != b`
    NotEqual,
    /// `a < b`
    Less,
    /// `a <= b`
    LessEqual,
    /// `a > b`
    Greater,
    /// `a >= b`
    GreaterEqual,
}

/// Many elements to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduce {
    /// The sum, pairwise for floats.
    Sum,
    /// The product.
    Product,
    /// The least element; NaN if any is.
    Min,
    /// The greatest element; NaN if any is.
    Max,
    /// Whether all are true.
    All,
    /// Whether any is true.
    Any,
    /// How many are true.
    Count,
    /// Where the least element is, or the first NaN: its number among the reduced, in C order.
    ArgMin,
    /// Where the greatest element is, or the first NaN: its number among the reduced, in C order.
    ArgMax,
    /// The sum of the squared distances from the mean.
    Deviations,
    /// The sum of what is not NaN.
    NanSum,
    /// The product of what is not NaN.
    NanProduct,
    /// The least of what is not NaN; NaN if there is nothing else.
    NanMin,
    /// The greatest of what is not NaN; NaN if there is nothing else.
    NanMax,
}

/// How elements are sorted. NaN is greater than any number; complex numbers are ordered by their
/// real parts, then by their imaginary parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sorting {
    /// The greatest first.
    pub descending: bool,
    /// Elements that compare equal keep their order.
    pub stable: bool,
}

/// What is made of the exponentials of each line, the greatest element taken off first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Softmax {
    /// `e ** a / Σ e ** a`
    Shares,
    /// `a - log(Σ e ** a)`
    Logarithms,
    /// `log(Σ e ** a)`, one number for each line.
    Sum,
}

/// A discrete Fourier transform along one axis: `out[k] = scale * Σ in[j] e**(∓2πi jk / length)`,
/// minus where it is not `inverse`.
///
/// Real and complex dtypes of input and output say which kind it is. Between complex numbers, and
/// from real to `length` complex numbers, it is the sum. To `length / 2 + 1` complex numbers it is
/// the first half of the sum, and from them to real numbers the sum over the half and its mirror
/// image, `in[length - k] = conj(in[k])`. Along the axis, the input is cut off or continued with
/// zeros.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fourier {
    /// The axis.
    pub axis: usize,
    /// How many numbers are transformed, at least 1.
    pub length: usize,
    /// Whether the exponent is positive.
    pub inverse: bool,
    /// The factor.
    pub scale: f64,
}

/// What is done to each matrix of a batch. The shapes are those of one matrix's inputs and
/// outputs, `k` is the lesser of `m` and `n`, and what stands in brackets may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinearAlgebra {
    /// `(n, n)` to `(n, n)`: `L` of `L @ L.mH`, or `U` of `U.mH @ U`, of a Hermitian positive
    /// definite matrix, of which that triangle alone is read.
    Cholesky {
        /// Whether it is `U`.
        upper: bool,
    },
    /// `(n, n)` to real values `(n)` in ascending order, and the vectors in the columns of
    /// `[(n, n)]`, of a Hermitian matrix, of which one triangle alone is read.
    EigenHermitian {
        /// Whether it is the upper one.
        upper: bool,
    },
    /// `(n, n)` to complex values `(n)` and the vectors of length 1 in the columns of `[(n, n)]`.
    Eigen,
    /// `(m, n)` to real values `(k)` in descending order, `[U (m, k) or (m, m)]` and
    /// `[Vh (k, n) or (n, n)]`.
    Singular,
    /// `(m, n)` to `R (k, n) or (m, n)` and `[Q (m, k) or (m, m)]`.
    Orthogonal,
    /// `(m, n)` to `L` and `U` in one `(m, n)`, `int64` rows `(m)` and `int32` pivots `(k)`: row
    /// `i` of the product is row `rows[i]` of the matrix, and that order comes from exchanging
    /// row `i` with row `pivots[i] - 1`, one after the other.
    Lu,
    /// `L` and `U` in one `(n, n)`, `int32` pivots `(n)` and `(n, c)` to `(n, c)`.
    LuSolve,
    /// `(n, n)` and `(n, c)` to `(n, c)`.
    Solve,
    /// `(n, n)` to `(n, n)`.
    Inverse,
    /// `(n, n)` to `()`.
    Determinant,
    /// `(n, n)` to the sign `()` and the real logarithm of the magnitude `()` of the determinant.
    LogDeterminant,
    /// `(n, n)` and `(n, c)` to `(n, c)`, of a triangular matrix, of which no more is read.
    SolveTriangular {
        /// Whether it is the upper triangle.
        upper: bool,
        /// Whether the diagonal is taken as ones.
        unit: bool,
    },
    /// `(n, n)` to `(n, n)`: `e` to the power of a matrix.
    Exponential,
}

/// What is asked about a value and a line in ascending order, in which NaN stands last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Search {
    /// How many elements are less.
    Left,
    /// How many elements are less or equal.
    Right,
    /// Whether an element is equal; NaN equals nothing.
    Member,
}

/// Each element and all before it along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scan {
    /// The running sum.
    Sum,
    /// The running product.
    Product,
    /// The running maximum; NaN from the first NaN on.
    Max,
    /// The running minimum; NaN from the first NaN on.
    Min,
    /// The logarithm of the running sum of exponentials.
    LogSumExp,
}

/// Gives each operation the name that people know it by.
macro_rules! names {
    ($($type:ident: $($variant:ident $name:literal)+;)+) => {$(
        impl $type {
            /// The operation's name: the function's, not the operator's.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    )+};
}

names! {
    Unary: Positive "positive" Negative "negative" Absolute "abs" Invert "bitwise_invert" Conjugate "conj"
        Reciprocal "reciprocal" Sqrt "sqrt" ReciprocalSqrt "rsqrt" CubeRoot "cbrt" Exp "exp" Exp2 "exp2" Expm1 "expm1" Log "log" Log2 "log2"
        Log10 "log10" Log1p "log1p" Sin "sin" Cos "cos" Tan "tan" DegreesToRadians "deg2rad" RadiansToDegrees "rad2deg" Sinc "sinc" Asin "asin" Acos "acos"
        Atan "atan" Sinh "sinh" Cosh "cosh" Tanh "tanh" Asinh "asinh" Acosh "acosh" Atanh "atanh"
        Erf "erf" Erfc "erfc" ErfInverse "erfinv" Sigmoid "sigmoid" LogSigmoid "logsigmoid" Softplus "softplus" Silu "silu" Gelu "gelu" GeluTanh "gelu" Relu "relu" Floor "floor" Ceil "ceil"
        Trunc "trunc" Round "round" Fraction "frac" Mantissa "frexp" Exponent "frexp" Sign "sign" SignBit "signbit" IsNan "isnan" IsInf "isinf"
        IsFinite "isfinite";
    Binary: Add "add" Subtract "subtract" Multiply "multiply" Divide "divide"
        FloorDivide "floor_divide" Remainder "remainder" Power "pow" BitwiseAnd "bitwise_and"
        BitwiseOr "bitwise_or" BitwiseXor "bitwise_xor" LeftShift "bitwise_left_shift"
        RightShift "bitwise_right_shift" Maximum "maximum" Minimum "minimum"
        Atan2 "atan2" Hypot "hypot" CopySign "copysign" NextAfter "nextafter"
        LogAddExp "logaddexp" TimesLog "xlogy" Fmod "fmod" Fmax "fmax" Fmin "fmin" Heaviside "heaviside" Gcd "gcd"
        Lcm "lcm" Ldexp "ldexp" RoundFraction "round" RoundMultiple "round";
    Ternary: Clip "clip" AddProduct "addcmul" AddQuotient "addcdiv" Lerp "lerp";
    Compare: Equal "equal" NotEqual "not_equal" Less "less" LessEqual "less_equal"
        Greater "greater" GreaterEqual "greater_equal";
    Scan: Sum "cumsum" Product "cumprod" Max "cummax" Min "cummin" LogSumExp "logcumsumexp";
    Reduce: Sum "sum" Product "prod" Min "min" Max "max" All "all" Any "any" Count "count_nonzero"
        ArgMin "argmin" ArgMax "argmax" Deviations "var" NanSum "nansum" NanProduct "nanprod"
        NanMin "nanmin" NanMax "nanmax";
    Softmax: Shares "softmax" Logarithms "log_softmax" Sum "logsumexp";
}
