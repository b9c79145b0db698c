//! Dispatch on a subset of the dtypes: `Some(body)` for its members, `None` for the others.
//!
//! Each macro takes `dtype, T => body`, like `with_dtype!`, whose table it reads.

/// Makes `$name!(dtype, T => body)` for the dtypes of the named kinds.
macro_rules! subset {
    ($($(#[$doc:meta])* $name:ident $arm:ident [$($kind:ident)+];)+) => {
        $(subset! { @one ($) $(#[$doc])* $name $arm [$($kind)+] })+
    };
    (@one ($d:tt) $(#[$doc:meta])* $name:ident $arm:ident [$($kind:ident)+]) => {
        /// One dtype's answer: by its kind.
        macro_rules! $arm {
            $((($kind $d type:ty) $d T:ident $d body:expr) => {{ type $d T = $d type; Some($d body) }};)+
            (($d other:ident $d type:ty) $d T:ident $d body:expr) => { None };
        }
        $(#[$doc])*
        macro_rules! $name {
            ($d dtype:expr, $d T:ident => $d body:expr) => {
                tensorbridge_core::for_each_dtype!([crate::loops::kinds::arms] ($arm ($d dtype) $d T ($d body)))
            };
        }
        pub(crate) use $arm;
        pub(crate) use $name;
    };
}

macro_rules! arms {
    ([($arm:ident $dtype:tt $T:ident $body:tt)] $(($variant:ident, $type:ty, $name:literal, $kind:ident, $($rest:tt)*))+) => {
        crate::loops::kinds::arms_match!($arm $dtype $T $body $(($variant $kind $type))+)
    };
}

macro_rules! arms_match {
    ($arm:ident ($dtype:expr) $T:ident $body:tt $(($variant:ident $kind:ident $type:ty))+) => {
        match $dtype {
            $(tensorbridge_core::DType::$variant => crate::loops::kinds::$arm!(($kind $type) $T $body),)+
        }
    };
}

pub(crate) use {arms, arms_match};

subset! {
    /// Signed and unsigned integers.
    with_integer integer_arm [Signed Unsigned];
    /// `bool` and the integers.
    with_bits bits_arm [Bool Signed Unsigned];
    /// Floats.
    with_float float_arm [Float];
    /// Integers and floats.
    with_real real_arm [Signed Unsigned Float];
    /// Whatever has an order: `bool`, integers and floats.
    with_ordered ordered_arm [Bool Signed Unsigned Float];
    /// Integers, floats and complex numbers.
    with_number number_arm [Signed Unsigned Float Complex];
    /// Floats and complex numbers.
    with_inexact inexact_arm [Float Complex];
}
