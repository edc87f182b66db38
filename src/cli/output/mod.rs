//! What commands say: results on stdout, progress and messages on stderr.

pub(crate) mod console;
pub(crate) mod diagnose;
pub(crate) mod interrupt;
pub(crate) mod screen;
