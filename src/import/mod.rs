//! Formats that people already have.

pub mod acn;
pub mod afdc;
pub mod geojson;
