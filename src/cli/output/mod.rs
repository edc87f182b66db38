//! What commands say: results on stdout, progress and messages on stderr.

pub(crate) mod console;
mod cost;
pub(crate) mod diagnose;
mod excerpt;
pub(crate) mod interrupt;
pub(crate) mod screen;
