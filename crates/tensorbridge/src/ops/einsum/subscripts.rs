//! What is written: labels of axes, in letters or numbers, and what they mean for given shapes.

use std::fmt;

use tensorbridge_core::{Error, Result};

/// The label of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// All axes that have no label of their own: an ellipsis.
    Rest,
    /// A letter's code, or a number.
    Axis(u32),
}

/// Labels of the axes of operands and, if they are given, of the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscripts {
    inputs: Vec<Vec<Label>>,
    output: Option<Vec<Label>>,
    letters: bool,
}

impl fmt::Display for Subscripts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let term = |labels: &[Label]| -> String {
            let one = |label: &Label| match label {
                Label::Rest => "...".to_owned(),
                Label::Axis(code) if self.letters => char::from_u32(*code).into_iter().collect(),
                Label::Axis(number) => number.to_string(),
            };
            let all: Vec<String> = labels.iter().map(one).collect();
            if self.letters { all.concat() } else { format!("[{}]", all.join(", ")) }
        };
        let inputs: Vec<String> = self.inputs.iter().map(|labels| term(labels)).collect();
        f.write_str(&inputs.join(","))?;
        match &self.output {
            Some(output) => write!(f, "->{}", term(output)),
            None => Ok(()),
        }
    }
}

impl Subscripts {
    /// Reads `"ij,jk->ik"`, with spaces anywhere.
    ///
    /// # Errors
    ///
    /// `Value` for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let refuse =
            |why: String| Err(Error::value(format!("einsum: {why} in subscripts {text:?}")));
        let bare: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        let term = |part: &str| -> Result<Vec<Label>> {
            let mut labels = Vec::new();
            let mut rest = part;
            while let Some(letter) = rest.chars().next() {
                let (label, len) = match letter {
                    '.' if rest.starts_with("...") => (Label::Rest, 3),
                    letter if letter.is_alphabetic() => {
                        (Label::Axis(letter.into()), letter.len_utf8())
                    }
                    other => return refuse(format!("there is a {other:?}, which is no label")),
                };
                if label == Label::Rest && labels.contains(&Label::Rest) {
                    return refuse("there are two ellipses in one term".to_owned());
                }
                labels.push(label);
                rest = &rest[len..];
            }
            Ok(labels)
        };
        let (inputs, output) = match bare.split_once("->") {
            Some((inputs, output)) => (inputs, Some(term(output)?)),
            None => (bare.as_str(), None),
        };
        let inputs = inputs.split(',').map(term).collect::<Result<_>>()?;
        Ok(Self { inputs, output, letters: true })
    }

    /// Labels in lists, one for each operand and one for the result.
    #[must_use]
    pub fn listed(inputs: Vec<Vec<Label>>, output: Option<Vec<Label>>) -> Self {
        Self { inputs, output, letters: false }
    }

    /// How many operands there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.inputs.len()
    }

    /// What the labels mean for operands of these shapes.
    ///
    /// # Errors
    ///
    /// `Value` for a number of operands or axes that is not that of the labels, or a result that
    /// cannot be made; `Shape` for lengths that differ under one label.
    pub fn resolve(&self, shapes: &[&[usize]]) -> Result<Labelled> {
        let refuse = |why: String| Err(Error::value(format!("einsum({self}): {why}")));
        if shapes.len() != self.inputs.len() {
            return refuse(format!(
                "the subscripts name {} operands, and {} were given",
                self.inputs.len(),
                shapes.len()
            ));
        }
        // Axes without labels of their own are counted from the last.
        let mut rest = 0;
        for (place, (labels, shape)) in self.inputs.iter().zip(shapes).enumerate() {
            let named = labels.iter().filter(|&&label| label != Label::Rest).count();
            let fits = if labels.contains(&Label::Rest) {
                named <= shape.len()
            } else {
                named == shape.len()
            };
            if !fits {
                return refuse(format!(
                    "operand {place} has shape {shape:?}, of {} axes, and its subscripts name {named}",
                    shape.len()
                ));
            }
            if labels.contains(&Label::Rest) {
                rest = rest.max(shape.len() - named);
            }
        }
        let mut found = Labelled { names: Vec::new(), rest, ..Labelled::default() };
        for (place, (labels, shape)) in self.inputs.iter().zip(shapes).enumerate() {
            let named = labels.iter().filter(|&&label| label != Label::Rest).count();
            let mut axes = Vec::new();
            for &label in labels {
                match label {
                    Label::Axis(_) => axes.push(found.number(label)),
                    Label::Rest => axes.extend(rest - (shape.len() - named)..rest),
                }
            }
            for (&axis, &length) in axes.iter().zip(*shape) {
                if found.lengths.len() <= axis {
                    found.lengths.resize(axis + 1, 1);
                }
                let known = &mut found.lengths[axis];
                if *known == 1 {
                    *known = length;
                } else if length != 1 && length != *known {
                    let shapes: Vec<String> =
                        shapes.iter().map(|shape| format!("{shape:?}")).collect();
                    return Err(Error::shape(format!(
                        "einsum({self}): an axis of operand {place} has length {length}, and the same label means {known} before; the shapes are {}",
                        shapes.join(", ")
                    )));
                }
            }
            found.inputs.push(axes);
        }
        found.lengths.resize(rest + found.names.len(), 1);
        if found.lengths.len() > u128::BITS as usize {
            return refuse(format!("there are more than {} labels", u128::BITS));
        }
        found.output = self.result(&found)?;
        Ok(found)
    }

    /// The result's axes: those that were given, or else the axes of ellipses and then, in order,
    /// the labels that are there once.
    fn result(&self, found: &Labelled) -> Result<Vec<usize>> {
        let refuse = |why: String| Err(Error::value(format!("einsum({self}): {why}")));
        let everything = || self.inputs.iter().flatten();
        let Some(output) = &self.output else {
            let mut once: Vec<Label> = everything()
                .copied()
                .filter(|&label| {
                    label != Label::Rest
                        && everything().filter(|&&other| other == label).count() == 1
                })
                .collect();
            once.sort_unstable();
            return Ok((0..found.rest)
                .chain(once.into_iter().map(|label| found.place(label)))
                .collect());
        };
        let mut axes: Vec<usize> = Vec::new();
        for &label in output {
            if label == Label::Rest {
                axes.extend(0..found.rest);
            } else if !everything().any(|&other| other == label) {
                return refuse("a label of the result is on no operand".to_owned());
            } else if output.iter().filter(|&&other| other == label).count() > 1 {
                return refuse("a label is twice on the result".to_owned());
            } else {
                axes.push(found.place(label));
            }
        }
        if found.rest > 0 && !output.contains(&Label::Rest) {
            return refuse(format!(
                "operands have {} axes under an ellipsis, and the result has no ellipsis",
                found.rest
            ));
        }
        Ok(axes)
    }
}

/// Operands whose axes have numbers, equal where labels are: first those of ellipses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labelled {
    /// The numbers of each operand's axes.
    pub inputs: Vec<Vec<usize>>,
    /// Those of the result's.
    pub output: Vec<usize>,
    /// How long each numbered axis is.
    pub lengths: Vec<usize>,
    /// How many of them are under ellipses.
    rest: usize,
    names: Vec<Label>,
}

impl Labelled {
    fn number(&mut self, label: Label) -> usize {
        if !self.names.contains(&label) {
            self.names.push(label);
        }
        self.place(label)
    }

    fn place(&self, label: Label) -> usize {
        self.rest + self.names.iter().position(|&name| name == label).unwrap_or(self.names.len())
    }

    /// Axes as text: the letters that were written, or any.
    #[must_use]
    pub fn text(&self, axes: impl IntoIterator<Item = usize>) -> String {
        let letter = |axis: usize| match axis.checked_sub(self.rest).map(|place| self.names[place])
        {
            Some(Label::Axis(code)) if code >= 52 => char::from_u32(code).unwrap_or('?'),
            Some(Label::Axis(number)) if number < 26 => (b'a' + number as u8).into(),
            Some(Label::Axis(number)) => (b'A' + (number - 26) as u8).into(),
            // Letters of their own, beyond those that anybody writes.
            _ => char::from_u32(0x3b1 + axis as u32).unwrap_or('?'),
        };
        axes.into_iter().map(letter).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labelled(text: &str, shapes: &[&[usize]]) -> Result<Labelled> {
        Subscripts::parse(text)?.resolve(shapes)
    }

    #[test]
    fn results_that_were_given_and_that_were_not() {
        let found = labelled("ij, jk -> ki", &[&[2, 3], &[3, 4]]).unwrap();
        assert_eq!(found.inputs, [vec![0, 1], vec![1, 2]]);
        assert_eq!((found.output, found.lengths), (vec![2, 0], vec![2, 3, 4]));
        assert_eq!(labelled("ba", &[&[2, 3]]).unwrap().output, [1, 0]);
        let rest = labelled("...i,i", &[&[5, 2, 3], &[3]]).unwrap();
        assert_eq!((rest.output, rest.lengths), (vec![0, 1], vec![5, 2, 3]));
        let shorter = labelled("...i,...->i...", &[&[5, 2, 3], &[2]]).unwrap();
        assert_eq!(shorter.inputs, [vec![0, 1, 2], vec![1]]);
        assert_eq!(shorter.output, [2, 0, 1]);
        assert_eq!(labelled("i,i", &[&[1], &[4]]).unwrap().lengths, [4]);
    }

    #[test]
    fn mistakes_are_named() {
        let mistakes: [(&str, &[&[usize]]); 10] = [
            ("ij", &[&[2]]),
            ("i", &[&[2], &[3]]),
            ("i->j", &[&[2]]),
            ("i->ii", &[&[2]]),
            ("i,i", &[&[2], &[3]]),
            ("i..", &[&[2]]),
            ("i...j...", &[&[2]]),
            ("...i->i", &[&[2, 2]]),
            ("i->i->i", &[&[2]]),
            ("i1", &[&[2, 2]]),
        ];
        for (text, shapes) in mistakes {
            let error = labelled(text, shapes).unwrap_err();
            assert!(error.message().starts_with("einsum"), "{text}: {error}");
        }
    }
}
