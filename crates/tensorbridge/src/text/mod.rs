//! Tensors as text, laid out as PyTorch lays them out.
//!
//! Above [`Options::threshold`] elements only the edges of each axis are read, so that the text
//! of a huge tensor costs what its edges cost.

mod numbers;
mod options;

pub use options::{Options, options, set_options};

use std::fmt::Write as _;

use numbers::Columns;
use tensorbridge_core::dtype::promote::complex_of;
use tensorbridge_core::layout::Slice;
use tensorbridge_core::{DType, Device, DeviceKind, Error, Result, Tensor};

use crate::{ops, values};

const PREFIX: &str = "tensor(";

/// A summary never shows more elements than this, whatever its edges; `set_printoptions` with a
/// higher threshold shows all.
const MOST_SUMMARISED: usize = 1 << 16;

/// `tensor([[1., 2.], [3., 4.]])`: values, and whatever about the tensor they do not show.
///
/// # Errors
///
/// `Device` for a tensor whose values are on another device than the host.
pub fn repr(tensor: &Tensor, options: &Options) -> Result<String> {
    let mut notes = Vec::new();
    if tensor.device() != Device::CPU {
        notes.push(format!("device='{}'", tensor.device()));
    }
    let size = || format!("size={}", tuple(tensor.shape()));
    let dtype = || format!("dtype=tensorbridge.{}", tensor.dtype());
    let default = ops::default_dtype();
    if tensor.device().kind == DeviceKind::Meta {
        notes.push(size());
        if tensor.dtype() != default {
            notes.push(dtype());
        }
        return Ok(close(format!("{PREFIX}..."), &notes, options));
    }
    if tensor.count() == 0 {
        if tensor.ndim() != 1 {
            notes.push(size());
        }
        // No element shows whether it is an integer.
        if tensor.dtype() != default {
            notes.push(dtype());
        }
        return Ok(close(format!("{PREFIX}[]"), &notes, options));
    }
    let edges = Edges::of(tensor, options);
    if edges == Edges::Only(0) || options.edge_items == 0 {
        notes.push(size());
    }
    let plain = [default, complex_of(default), DType::Int64, DType::Bool];
    if !plain.contains(&tensor.dtype()) {
        notes.push(dtype());
    }
    let mut page = Page { text: PREFIX.to_owned(), edges, columns: Columns::default(), options };
    // Before anything is read, in the narrowest columns; and in those that were chosen.
    page.reserve(tensor)?;
    page.measure(tensor)?;
    page.reserve(tensor)?;
    page.write(tensor, PREFIX.len())?;
    Ok(close(page.text, &notes, options))
}

/// A shape as Python writes a tuple.
fn tuple(shape: &[usize]) -> String {
    match shape {
        [length] => format!("({length},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// Appends the notes, each on the last line while it fits, and closes the parenthesis.
fn close(mut text: String, notes: &[String], options: &Options) -> String {
    let mut column = match text.rfind('\n') {
        Some(newline) => text.len() - newline + 1,
        None => text.len() + 2,
    };
    for note in notes {
        if column + note.len() + 2 > options.line_width {
            let indent = PREFIX.len();
            let _ = write!(text, ",\n{:indent$}{note}", "");
            column = indent + note.len();
        } else {
            let _ = write!(text, ", {note}");
            column += note.len() + 2;
        }
    }
    text.push(')');
    text
}

/// How much of each axis is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edges {
    /// All of it.
    All,
    /// This many elements at either end, where there are more.
    Only(usize),
}

impl Edges {
    fn of(tensor: &Tensor, options: &Options) -> Self {
        if tensor.count() <= options.threshold {
            return Self::All;
        }
        // Many short axes, of a repeated view say, can leave too much even of the edges.
        let shown = |edge: usize| {
            tensor
                .shape()
                .iter()
                .map(|&length| Self::Only(edge).count(length))
                .fold(1, usize::saturating_mul)
        };
        let mut edge = options.edge_items;
        if shown(edge) > MOST_SUMMARISED.max(options.threshold) {
            edge = edge.min(3);
            while edge > 0 && shown(edge) > MOST_SUMMARISED {
                edge -= 1;
            }
        }
        Self::Only(edge)
    }

    /// Whether an axis of this length is cut, and to how many at either end.
    fn cut(self, length: usize) -> Option<usize> {
        match self {
            Self::Only(edge) if length > edge.saturating_mul(2) => Some(edge),
            _ => None,
        }
    }

    /// Elements shown of an axis of this length.
    fn count(self, length: usize) -> usize {
        self.cut(length).map_or(length, |edge| 2 * edge)
    }

    /// The pieces shown of an axis of this length: one, or two with a gap between them.
    fn pieces(self, length: usize) -> (Slice, Option<Slice>) {
        let piece = |start, length| Slice { start, step: 1, length };
        match self.cut(length) {
            None => (piece(0, length), None),
            Some(edge) => (piece(0, edge), Some(piece(length - edge, edge))),
        }
    }
}

/// A text in the making.
struct Page<'a> {
    text: String,
    edges: Edges,
    columns: Columns,
    options: &'a Options,
}

impl Page<'_> {
    /// Makes room for all values that are shown.
    fn reserve(&mut self, tensor: &Tensor) -> Result<()> {
        let shown = tensor.shape().iter().map(|&length| self.edges.count(length));
        let room = shown.fold(self.columns.width().max(1) + 2, usize::saturating_mul);
        self.text.try_reserve(room).map_err(|_| {
            Error::memory(format!("there is no memory for a text of {room} characters"))
        })
    }

    /// Looks at every shown value, to find the style and width they share.
    fn measure(&mut self, tensor: &Tensor) -> Result<()> {
        self.columns = Columns::new(tensor.dtype());
        let edges = self.edges;
        let columns = &mut self.columns;
        each_row(tensor, edges, &mut |row| {
            values::iter(row)?.for_each(|value| columns.see(value));
            Ok(())
        })?;
        columns.choose(self.options);
        each_row(tensor, edges, &mut |row| {
            values::iter(row)?.for_each(|value| columns.fit(value));
            Ok(())
        })
    }

    fn write(&mut self, tensor: &Tensor, indent: usize) -> Result<()> {
        let Some(&length) = tensor.shape().first() else {
            let value = values::item(tensor)?;
            self.columns.write(&mut self.text, value);
            return Ok(());
        };
        if tensor.ndim() == 1 {
            return self.write_row(tensor, indent);
        }
        let (head, tail) = self.edges.pieces(length);
        self.text.push('[');
        let mut first = true;
        for (piece, gap) in [(Some(head), tail.is_some()), (tail, false)] {
            let Some(piece) = piece else { continue };
            for index in piece.start..piece.start + piece.length {
                self.separate(tensor.ndim(), indent, &mut first);
                let row = tensor.with_layout(tensor.layout().select(0, index))?;
                self.write(&row, indent + 1)?;
            }
            if gap {
                self.separate(tensor.ndim(), indent, &mut first);
                self.text.push_str("...");
            }
        }
        self.text.push(']');
        Ok(())
    }

    /// What stands between two rows of a tensor of `ndim` axes.
    fn separate(&mut self, ndim: usize, indent: usize, first: &mut bool) {
        if !std::mem::replace(first, false) {
            self.text.push(',');
            self.text.extend(std::iter::repeat_n('\n', ndim - 1));
            self.text.extend(std::iter::repeat_n(' ', indent + 1));
        }
    }

    /// The innermost axis: as many values a line as fit.
    fn write_row(&mut self, row: &Tensor, indent: usize) -> Result<()> {
        let room = self.options.line_width.saturating_sub(indent);
        let per_line = (room / (self.columns.width() + 2)).max(1);
        let (head, tail) = self.edges.pieces(row.shape()[0]);
        self.text.push('[');
        let mut place = 0;
        let mut next = |text: &mut String| {
            if place != 0 {
                text.push(',');
                if place % per_line == 0 {
                    text.push('\n');
                    text.extend(std::iter::repeat_n(' ', indent + 1));
                } else {
                    text.push(' ');
                }
            }
            place += 1;
        };
        for (slice, gap) in [(Some(head), tail.is_some()), (tail, false)] {
            let Some(slice) = slice else { continue };
            let part = row.with_layout(row.layout().slice(0, slice))?;
            for value in values::iter(&part)? {
                next(&mut self.text);
                self.columns.write(&mut self.text, value);
            }
            if gap {
                next(&mut self.text);
                self.text.push_str(if head.length == 0 { "..." } else { " ..." });
            }
        }
        self.text.push(']');
        Ok(())
    }
}

/// Calls `see` with every shown piece of the innermost axis.
fn each_row(
    tensor: &Tensor,
    edges: Edges,
    see: &mut dyn FnMut(&Tensor) -> Result<()>,
) -> Result<()> {
    let Some(&length) = tensor.shape().first() else {
        return see(tensor);
    };
    let (head, tail) = edges.pieces(length);
    for piece in [Some(head), tail].into_iter().flatten() {
        if tensor.ndim() == 1 {
            see(&tensor.with_layout(tensor.layout().slice(0, piece))?)?;
        } else {
            for index in piece.start..piece.start + piece.length {
                each_row(&tensor.with_layout(tensor.layout().select(0, index))?, edges, see)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::storage::host::Fill;

    use super::*;
    use crate::ops::views;

    fn count_up(shape: &[usize]) -> Tensor {
        let tensor =
            Tensor::allocate(shape, DType::Int64, Device::CPU, Fill::Uninitialized).unwrap();
        let base = tensor.write_address().unwrap().as_ptr().cast::<i64>();
        for index in 0..tensor.count() {
            // SAFETY: [reach], [alive], [permit]: a fresh dense tensor of our own.
            unsafe { base.add(index).write(index as i64) };
        }
        tensor
    }

    fn text(tensor: &Tensor, change: impl FnOnce(&mut Options)) -> String {
        let mut options = Options::default();
        change(&mut options);
        repr(tensor, &options).unwrap()
    }

    #[test]
    fn rows_line_up() {
        assert_eq!(
            text(&count_up(&[2, 6]), |_| ()),
            "tensor([[ 0,  1,  2,  3,  4,  5],\n        [ 6,  7,  8,  9, 10, 11]])"
        );
        assert_eq!(text(&count_up(&[]), |_| ()), "tensor(0)");
        assert_eq!(
            text(&count_up(&[2, 0]), |_| ()),
            "tensor([], size=(2, 0), dtype=tensorbridge.int64)"
        );
    }

    #[test]
    fn long_rows_are_broken_and_cut() {
        let t = count_up(&[7]);
        assert_eq!(
            text(&t, |o| o.line_width = 16),
            "tensor([0, 1, 2,\n        3, 4, 5,\n        6])"
        );
        assert_eq!(text(&t, |o| o.threshold = 6), "tensor([0, 1, 2,  ..., 4, 5, 6])");
        let zero = |o: &mut Options| {
            o.threshold = 6;
            o.edge_items = 0;
        };
        assert_eq!(text(&t, zero), "tensor([...], size=(7,))");
        assert_eq!(text(&count_up(&[7, 7]), zero), "tensor([...], size=(7, 7))");
    }

    #[test]
    fn only_the_edges_of_huge_tensors_are_read() {
        let one = count_up(&[1]);
        let huge = views::expand(&one, &[1 << 20, 1 << 20, 1 << 19]).unwrap();
        assert!(text(&huge, |_| ()).len() < 4000);
        let many = views::expand(&views::view(&one, &[1; 59]).unwrap(), &[2; 59]).unwrap();
        assert!(text(&many, |_| ()).starts_with("tensor([...],\n       size=(2, 2,"));
    }

    #[test]
    fn meta_says_its_size() {
        let meta = Tensor::allocate(&[2], DType::Int8, Device::META, Fill::Zero).unwrap();
        assert_eq!(
            text(&meta, |_| ()),
            "tensor(..., device='meta', size=(2,), dtype=tensorbridge.int8)"
        );
    }
}
