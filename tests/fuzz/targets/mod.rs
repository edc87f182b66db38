//! The list of targets.

mod arguments;
mod drawings;
mod folders;
mod layout;
mod orders;
mod plans;
mod plugin;
mod runs;
mod scenario;
mod server;
mod sessions;
mod strangers;
mod tables;
mod tariff;
mod workbook;

/// A target: its name, what it does with bytes, what it needs once before.
type Target = (&'static str, fn(&[u8]), fn());

pub(crate) const ALL: &[Target] = &[
    ("arguments", arguments::run, nothing),
    ("drawings", drawings::run, nothing),
    ("folders", folders::run, nothing),
    ("layout", layout::run, nothing),
    ("orders", orders::run, nothing),
    ("plans", plans::run, nothing),
    ("plugin", plugin::run, plugin::let_the_encoder_panic),
    ("runs", runs::run, nothing),
    ("scenario", scenario::run, nothing),
    ("server", server::run, server::ignore_hang_ups),
    ("sessions", sessions::run, nothing),
    ("strangers", strangers::run, server::ignore_hang_ups),
    ("tables", tables::run, nothing),
    ("tariff", tariff::run, nothing),
    ("workbook", workbook::run, workbook::let_the_reader_panic),
];

fn nothing() {}
