//! Why a copy is made or refused: a closed list, each reason with its sentence and its remedy.

use std::fmt;

use smallvec::SmallVec;
use tensorbridge_core::{DType, Device, Error};

use super::Unsupported;

/// Why something was copied or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The caller asked for a copy.
    Requested,
    /// The bytes are in the other byte order.
    ByteOrder,
    /// Another dtype was asked for.
    Cast {
        /// The source's dtype.
        from: DType,
        /// The wanted dtype.
        to: DType,
    },
    /// Another device was asked for.
    Transfer {
        /// Where the bytes are.
        from: Device,
        /// Where they are wanted.
        to: Device,
    },
    /// The source is read-only and a writable result was asked for.
    ReadOnly,
    /// The source is a sequence or a Python number: there is no memory to share.
    Sequence,
    /// No tensor can hold the source's elements.
    Unsupported(Unsupported),
    /// The operation needs dense memory.
    Layout,
    /// The operation computes in another dtype.
    Promote {
        /// The operand's dtype.
        from: DType,
        /// The dtype that the operation computes in.
        to: DType,
    },
    /// Input and output overlap in memory.
    Overlap,
    /// An index array picks elements that no strides can name.
    Index,
    /// The protocol's strides count elements, and these strides are no whole number of them.
    Strides,
    /// The protocol needs aligned memory.
    Alignment,
    /// Values are written into an existing tensor.
    Assign,
}

/// The reasons of one copy; there are rarely two.
pub type Reasons = SmallVec<[Reason; 2]>;

impl Reason {
    /// The reason's name in traces: `byte order`, `cast`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::ByteOrder => "byte order",
            Self::Cast { .. } => "cast",
            Self::Transfer { .. } => "transfer",
            Self::ReadOnly => "read-only",
            Self::Sequence => "sequence",
            Self::Unsupported(_) => "unsupported",
            Self::Layout => "layout",
            Self::Promote { .. } => "promote",
            Self::Overlap => "overlap",
            Self::Index => "index",
            Self::Strides => "strides",
            Self::Alignment => "alignment",
            Self::Assign => "assign",
        }
    }

    /// What can be done so that no copy is needed.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Requested => "leave out `copy=True` to share",
            Self::ByteOrder => {
                "convert it: `tb.asarray(a)` or `a.astype(a.dtype.newbyteorder(\"=\"))`"
            }
            Self::Cast { .. } => "leave out `dtype=` to share",
            Self::Transfer { .. } => "leave out `device=` to share",
            Self::ReadOnly => "leave out `writable=True` to share it read-only",
            Self::Sequence => "make it an array first and share that",
            Self::Unsupported(what) => what.remedy(),
            Self::Layout => "make the operand dense first: `t.contiguous()`",
            Self::Promote { .. } => "give both operands the same dtype first",
            Self::Overlap => "write to memory that no input uses",
            Self::Index => "index with slices, which are views",
            Self::Strides | Self::Alignment => {
                "ask for a copy (`copy=True`, or `t.contiguous()`), or use `.numpy()`, which shares any strides"
            }
            Self::Assign => "share the memory instead of assigning to it",
        }
    }

    /// The refusal of a request that forbade the copy this reason calls for.
    #[must_use]
    pub fn refusal(self) -> Error {
        let error = match self {
            Self::ByteOrder => Error::copy(
                "given numpy array has byte order different from the native byte order: it cannot be shared without a copy",
            ),
            Self::Cast { from, to } => Error::copy(format!(
                "can't alias tensor with dtype '{from}' into dtype '{to}': a cast is a copy"
            )),
            Self::Transfer { from, to } => Error::copy(format!(
                "can't alias tensor on device '{from}' into device '{to}': a transfer is a copy"
            )),
            Self::Sequence => Error::copy(
                "can't alias arbitrary sequence into a tensor: there is no memory to share",
            ),
            Self::ReadOnly => Error::copy(
                "a writable tensor was asked for and the memory is read-only: it cannot be shared writable",
            ),
            Self::Unsupported(what) => return what.refusal("this object"),
            other => Error::copy(format!("a copy would be needed: {other}")),
        };
        match self {
            Self::Cast { .. } | Self::Transfer { .. } | Self::Sequence => {
                error.hint(format!("pass `copy=None`, or {}", self.remedy()))
            }
            Self::ReadOnly => error.hint(format!("copy it (`tb.tensor(a)`), or {}", self.remedy())),
            _ => error.hint(self.remedy()),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Requested => formatter.write_str("a copy was asked for"),
            Self::ByteOrder => formatter.write_str("the bytes are in the other byte order"),
            Self::Cast { from, to } => write!(formatter, "{from} was asked for as {to}"),
            Self::Transfer { from, to } => {
                write!(formatter, "memory on {from} was asked for on {to}")
            }
            Self::ReadOnly => {
                formatter.write_str("the memory is read-only and a writable tensor was asked for")
            }
            Self::Sequence => formatter.write_str("a sequence has no memory to share"),
            Self::Unsupported(what) => write!(formatter, "{what} cannot be elements of a tensor"),
            Self::Layout => formatter.write_str("the operation needs dense memory"),
            Self::Promote { from, to } => {
                write!(formatter, "the operation computes {from} as {to}")
            }
            Self::Overlap => formatter.write_str("input and output overlap in memory"),
            Self::Index => formatter.write_str("an index array picks elements no strides can name"),
            Self::Strides => formatter.write_str("the strides are no whole number of elements"),
            Self::Alignment => formatter.write_str("the memory is misaligned for its dtype"),
            Self::Assign => formatter.write_str("values are written into an existing tensor"),
        }
    }
}

impl Unsupported {
    /// The way out for data of this type.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Object => {
                "object arrays come from ragged lists, strings or None in the data; if all items are numbers: `a.astype(float)`"
            }
            Self::Text => "parse the text first: `a.astype(float)`, or encode it as integers",
            Self::Time => {
                "share the integers underneath and keep the unit yourself: `a.view(\"i8\")`"
            }
            Self::LongDouble => {
                "cast it, which rounds: `a.astype(np.float64)` or `a.astype(np.complex128)`"
            }
            Self::Structured => {
                "share one field, which costs no copy: `a[\"field\"]`; for plain bytes: `a.view(np.uint8)`"
            }
            Self::Masked => "say what masked entries become: `a.filled(0)`; or share `a.data`",
            Self::Other => "cast it to a supported dtype first: `a.astype(np.float32)`",
        }
    }

    /// The refusal of an ndarray, in PyTorch's words; `found` is NumPy's name for the type.
    #[must_use]
    pub fn refusal(self, found: &str) -> Error {
        match self {
            Self::Masked => self.refusal_of(found),
            _ => self.refusal_of(&format!("np.ndarray of type {found}")),
        }
    }

    /// The refusal of anything: `subject` is what it is, and of which type.
    #[must_use]
    pub fn refusal_of(self, subject: &str) -> Error {
        Error::dtype(match self {
            Self::Masked => format!(
                "can't convert {subject}: a tensor has no mask, and dropping it would make masked values count"
            ),
            _ => format!(
                "can't convert {subject}. The only supported types are: float64, float32, float16, bfloat16, complex64, complex128, int64, int32, int16, int8, uint64, uint32, uint16, uint8, and bool."
            ),
        })
        .hint(self.remedy())
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Object => "Python objects",
            Self::Text => "strings",
            Self::Time => "dates and times",
            Self::LongDouble => "long doubles",
            Self::Structured => "records",
            Self::Masked => "masked values",
            Self::Other => "items of this dtype",
        })
    }
}
