//! Where things are: sites, ways between them, and the weather.

pub(crate) mod build;
pub mod site;
pub mod spec;
pub mod travel;
pub mod weather;
