//! Numbers of one tensor in one style and one width.

use std::fmt::Write as _;

use tensorbridge_core::dtype::Complex64;
use tensorbridge_core::{DType, Scalar};

use super::Options;

/// The column of a tensor's values, or the two columns of its complex parts.
///
/// Values are seen twice: first to choose the style they share, then to find their width.
#[derive(Debug, Default)]
pub(super) struct Columns {
    real: Column,
    imaginary: Option<Column>,
}

impl Columns {
    pub(super) fn new(dtype: DType) -> Self {
        Self { real: Column::default(), imaginary: dtype.is_complex().then(Column::default) }
    }

    /// First pass.
    pub(super) fn see(&mut self, value: Scalar) {
        self.each(value, Column::see);
    }

    /// Between the passes.
    pub(super) fn choose(&mut self, options: &Options) {
        self.real.choose(options);
        if let Some(column) = &mut self.imaginary {
            column.choose(options);
        }
    }

    /// Second pass.
    pub(super) fn fit(&mut self, value: Scalar) {
        self.each(value, Column::fit);
    }

    fn each(&mut self, value: Scalar, act: impl Fn(&mut Column, Scalar)) {
        match (&mut self.imaginary, value) {
            (Some(imaginary), Scalar::Complex(value)) => {
                act(&mut self.real, Scalar::Float(value.re));
                act(imaginary, Scalar::Float(value.im));
            }
            _ => act(&mut self.real, value),
        }
    }

    /// Characters of one value.
    pub(super) fn width(&self) -> usize {
        self.real.width + self.imaginary.as_ref().map_or(0, |column| column.width + 1)
    }

    /// Appends a value, padded on the left.
    pub(super) fn write(&self, text: &mut String, value: Scalar) {
        match (&self.imaginary, value) {
            (Some(column), Scalar::Complex(Complex64 { re, im })) => {
                self.real.pad(text, &self.real.number(Scalar::Float(re)));
                let number = column.number(Scalar::Float(im));
                // The sign joins the parts: the second column is not padded.
                if !number.starts_with('-') {
                    text.push('+');
                }
                text.push_str(&number);
                text.push('j');
            }
            _ => self.real.pad(text, &self.real.number(value)),
        }
    }
}

/// How the floats of a column are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Style {
    /// All are whole: `1.`, and `nan` and `inf` without a point.
    #[default]
    Whole,
    /// A fixed number of digits after the point.
    Fixed(usize),
    /// With an exponent.
    Scientific(usize),
}

#[derive(Debug)]
struct Column {
    style: Style,
    width: usize,
    /// Least and greatest magnitude of the finite values that are not 0.
    range: Option<(f64, f64)>,
    whole: bool,
}

impl Default for Column {
    fn default() -> Self {
        Self { style: Style::Whole, width: 1, range: None, whole: true }
    }
}

impl Column {
    fn see(&mut self, value: Scalar) {
        if let Scalar::Float(value) = value
            && value.is_finite()
            && value != 0.0
        {
            let size = value.abs();
            let (low, high) = self.range.unwrap_or((size, size));
            self.range = Some((low.min(size), high.max(size)));
            self.whole &= value == value.ceil();
        }
    }

    fn choose(&mut self, options: &Options) {
        let Some((low, high)) = self.range else { return };
        let wide = high / low > 1000.0 || high > 1e8 || low < 1e-4;
        self.style = if options.scientific.unwrap_or(wide) {
            Style::Scientific(options.precision)
        } else if self.whole {
            Style::Whole
        } else {
            Style::Fixed(options.precision)
        };
    }

    fn fit(&mut self, value: Scalar) {
        // Zeros, infinities and NaN take what room the others leave.
        if let Scalar::Float(value) = value
            && (!value.is_finite() || value == 0.0)
        {
            return;
        }
        self.width = self.width.max(self.number(value).len());
    }

    fn number(&self, value: Scalar) -> String {
        match value {
            Scalar::Bool(true) => "True".to_owned(),
            Scalar::Bool(false) => "False".to_owned(),
            Scalar::Int(value) => value.to_string(),
            Scalar::Float(value) => float(value, self.style),
            Scalar::Complex(value) => value.to_string(),
        }
    }

    fn pad(&self, text: &mut String, number: &str) {
        let width = self.width;
        let _ = write!(text, "{number:>width$}");
    }
}

/// A float as Python's `format` writes it.
fn float(value: f64, style: Style) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    match style {
        Style::Whole => format!("{value:.0}."),
        Style::Fixed(precision) => format!("{value:.precision$}"),
        Style::Scientific(precision) => {
            let text = format!("{value:.precision$e}");
            // Python writes at least two digits of exponent, and always its sign.
            match text.split_once('e') {
                Some((digits, exponent)) => match exponent.strip_prefix('-') {
                    Some(exponent) => format!("{digits}e-{exponent:0>2}"),
                    None => format!("{digits}e+{exponent:0>2}"),
                },
                None => text,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_python_writes_them() {
        for (value, style, expected) in [
            (0.5, Style::Whole, "0."),
            (1.5, Style::Whole, "2."),
            (2.5, Style::Whole, "2."),
            (-0.0, Style::Whole, "-0."),
            (0.25, Style::Fixed(1), "0.2"),
            (0.35, Style::Fixed(1), "0.3"),
            (1e22, Style::Whole, "10000000000000000000000."),
            (1234.5, Style::Scientific(4), "1.2345e+03"),
            (5e-324, Style::Scientific(2), "4.94e-324"),
            (0.0, Style::Scientific(1), "0.0e+00"),
            (1e100, Style::Scientific(0), "1e+100"),
            (f64::NAN, Style::Fixed(2), "nan"),
            (f64::NEG_INFINITY, Style::Whole, "-inf"),
        ] {
            assert_eq!(float(value, style), expected);
        }
    }
}
