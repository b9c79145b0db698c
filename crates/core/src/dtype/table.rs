//! The one list of dtypes. Everything that enumerates dtypes is generated from it.

/// Calls `callback!` (written `[callback] arguments`) with one row per dtype, in promotion order inside each kind.
///
/// Columns: variant, Rust type, name, kind, NumPy type string without byte order, DLPack
/// `(code, bits)`, PEP 3118 format. `bfloat16` has no NumPy type string and no buffer format
/// of its own: NumPy knows it only through `ml_dtypes`.
#[macro_export]
macro_rules! for_each_dtype {
    ([$($callback:tt)+] $($argument:tt)*) => {
        $($callback)+! {
            [$($argument)*]
            (Bool,       $crate::Bool,              "bool",       Bool,    "b1",  (6, 8),   "?")
            (Int8,       i8,                        "int8",       Signed,  "i1",  (0, 8),   "b")
            (Int16,      i16,                       "int16",      Signed,  "i2",  (0, 16),  "h")
            (Int32,      i32,                       "int32",      Signed,  "i4",  (0, 32),  "i")
            (Int64,      i64,                       "int64",      Signed,  "i8",  (0, 64),  "q")
            (UInt8,      u8,                        "uint8",      Unsigned,"u1",  (1, 8),   "B")
            (UInt16,     u16,                       "uint16",     Unsigned,"u2",  (1, 16),  "H")
            (UInt32,     u32,                       "uint32",     Unsigned,"u4",  (1, 32),  "I")
            (UInt64,     u64,                       "uint64",     Unsigned,"u8",  (1, 64),  "Q")
            (Float16,    $crate::dtype::f16,        "float16",    Float,   "f2",  (2, 16),  "e")
            (BFloat16,   $crate::dtype::bf16,       "bfloat16",   Float,   "",    (4, 16),  "")
            (Float32,    f32,                       "float32",    Float,   "f4",  (2, 32),  "f")
            (Float64,    f64,                       "float64",    Float,   "f8",  (2, 64),  "d")
            (Complex64,  $crate::dtype::Complex32,  "complex64",  Complex, "c8",  (5, 64),  "Zf")
            (Complex128, $crate::dtype::Complex64,  "complex128", Complex, "c16", (5, 128), "Zd")
        }
    };
}
