//! The functions of `tensorbridge`, one file per chapter.

mod closeness;
mod combination;
mod constants;
mod creation;
mod data_type;
mod diagonals;
mod division;
mod doors;
mod elementwise;
mod extremes;
mod fourier;
mod histograms;
mod info;
mod joining;
mod linalg;
mod logic;
mod manipulation;
mod math;
mod numbers;
mod of_three;
mod options;
mod ordered;
mod padding;
mod questions;
mod random;
mod repetition;
mod rounding;
mod scattering;
mod searching;
mod set;
pub(crate) mod sharing;
mod sorting;
mod spread;
mod statistical;
mod tables;
mod utility;

use pyo3::prelude::*;

pub(crate) use options::lengths;

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    doors::register(module)?;
    manipulation::register(module)?;
    constants::register(module)?;
    creation::register(module)?;
    data_type::register(module)?;
    division::register(module)?;
    elementwise::register(module)?;
    fourier::register(module)?;
    closeness::register(module)?;
    combination::register(module)?;
    diagonals::register(module)?;
    info::register(module)?;
    joining::register(module)?;
    linalg::register(module)?;
    logic::register(module)?;
    math::register(module)?;
    numbers::register(module)?;
    of_three::register(module)?;
    questions::register(module)?;
    random::register(module)?;
    rounding::register(module)?;
    padding::register(module)?;
    repetition::register(module)?;
    histograms::register(module)?;
    ordered::register(module)?;
    scattering::register(module)?;
    searching::register(module)?;
    set::register(module)?;
    sharing::register(module)?;
    sorting::register(module)?;
    extremes::register(module)?;
    spread::register(module)?;
    statistical::register(module)?;
    utility::register(module)
}
