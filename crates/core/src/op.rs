//! The vocabulary of operations: plain names that an engine gives meaning to.

/// One input, elementwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unary {
    /// `-a`
    Negative,
    /// `|a|`; of a complex number its real magnitude.
    Absolute,
    /// `~a`: bitwise of integers, logical of bool.
    Invert,
    /// Complex conjugate; the identity on reals.
    Conjugate,
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
    Unary: Negative "negative" Absolute "abs" Invert "bitwise_invert" Conjugate "conj";
    Binary: Add "add" Subtract "subtract" Multiply "multiply" Divide "divide"
        FloorDivide "floor_divide" Remainder "remainder" Power "pow" BitwiseAnd "bitwise_and"
        BitwiseOr "bitwise_or" BitwiseXor "bitwise_xor" LeftShift "bitwise_left_shift"
        RightShift "bitwise_right_shift" Maximum "maximum" Minimum "minimum";
    Compare: Equal "equal" NotEqual "not_equal" Less "less" LessEqual "less_equal"
        Greater "greater" GreaterEqual "greater_equal";
    Reduce: Sum "sum" Product "prod" Min "min" Max "max" All "all" Any "any";
}
