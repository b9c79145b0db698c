//! Sorting along an axis.
//!
//! Elements become words (`key`), words are sorted by what suits their number (`network` for many
//! short lines, `counting` for words that lie close together, `radix` for the rest; `survey` sees
//! what is in order already), and words become elements again (`values`) or are followed by where
//! they came from (`places`). Only the first and the last step know dtypes.
//!
//! Elements are read once, into memory of our own: nobody who changes a tensor meanwhile can lead
//! an access astray. Besides its result, which is fresh and serves as memory to work in, sorting
//! takes one word for each element: 2 to 8 bytes, and 8 for places; twice that where the axis is
//! not the densest one.

mod counting;
mod gap;
mod key;
mod lines;
mod network;
mod places;
mod radix;
mod ranked;
mod select;
mod survey;
#[cfg(test)]
mod tests;
mod values;
mod word;

pub(crate) use key::Prefix;
pub(crate) use lines::{Lines, side_by_side};
pub(crate) use places::{argsort, prefixes};
pub(crate) use ranked::ranked;
pub(crate) use select::argselect;
pub(crate) use values::sort;
