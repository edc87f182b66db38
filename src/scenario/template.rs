//! Scenarios that come with the binary, to copy out and edit.

use crate::disk::{WriteError, whole};
use std::path::Path;

/// A scenario's files: path inside its folder, text.
pub type Files = &'static [(&'static str, &'static str)];

/// All templates by name.
pub const TEMPLATES: &[(&str, Files)] = &[
    (
        "depot_night",
        &[
            ("scenario.toml", include_str!("../../scenarios/depot_night/scenario.toml")),
            ("hauls.csv", include_str!("../../scenarios/depot_night/hauls.csv")),
            ("README.md", include_str!("../../scenarios/depot_night/README.md")),
        ],
    ),
    (
        "hub_2045",
        &[
            ("scenario.toml", include_str!("../../scenarios/hub_2045/scenario.toml")),
            ("bau.toml", include_str!("../../scenarios/hub_2045/bau.toml")),
            ("acf_as_adopted.toml", include_str!("../../scenarios/hub_2045/acf_as_adopted.toml")),
            ("acf_repealed.toml", include_str!("../../scenarios/hub_2045/acf_repealed.toml")),
            ("least_cost.toml", include_str!("../../scenarios/hub_2045/least_cost.toml")),
            ("fastest_abatement.toml", include_str!("../../scenarios/hub_2045/fastest_abatement.toml")),
            ("hydrogen_heavy.toml", include_str!("../../scenarios/hub_2045/hydrogen_heavy.toml")),
            ("managed_charging_first.toml", include_str!("../../scenarios/hub_2045/managed_charging_first.toml")),
            ("renewable_diesel.toml", include_str!("../../scenarios/hub_2045/renewable_diesel.toml")),
            ("slow_turns.toml", include_str!("../../scenarios/hub_2045/slow_turns.toml")),
            ("tier_5.toml", include_str!("../../scenarios/hub_2045/tier_5.toml")),
            ("README.md", include_str!("../../scenarios/hub_2045/README.md")),
            ("hub.toml", include_str!("../../scenarios/san_pedro_bay/scenario.toml")),
            ("california.toml", include_str!("../../scenarios/policies/california.toml")),
        ],
    ),
    (
        "hydrogen_corridor",
        &[
            ("scenario.toml", include_str!("../../scenarios/hydrogen_corridor/scenario.toml")),
            ("README.md", include_str!("../../scenarios/hydrogen_corridor/README.md")),
        ],
    ),
    (
        "port_terminal",
        &[
            ("scenario.toml", include_str!("../../scenarios/port_terminal/scenario.toml")),
            ("battery_swap.toml", include_str!("../../scenarios/port_terminal/battery_swap.toml")),
            ("README.md", include_str!("../../scenarios/port_terminal/README.md")),
        ],
    ),
    (
        "layout_study",
        &[
            ("scenario.toml", include_str!("../../scenarios/layout_study/scenario.toml")),
            ("few_fast.toml", include_str!("../../scenarios/layout_study/few_fast.toml")),
            ("many_slow.toml", include_str!("../../scenarios/layout_study/many_slow.toml")),
            ("decentralised.toml", include_str!("../../scenarios/layout_study/decentralised.toml")),
            ("README.md", include_str!("../../scenarios/layout_study/README.md")),
            ("base.toml", include_str!("../../scenarios/port_terminal/scenario.toml")),
        ],
    ),
    (
        "san_pedro_bay",
        &[
            ("scenario.toml", include_str!("../../scenarios/san_pedro_bay/scenario.toml")),
            ("all_electric.toml", include_str!("../../scenarios/san_pedro_bay/all_electric.toml")),
            ("README.md", include_str!("../../scenarios/san_pedro_bay/README.md")),
        ],
    ),
];

/// What scenarios extend, and the name that it has beside a copy.
const BESIDE: [(&str, &str); 3] = [
    ("\"../port_terminal/scenario.toml\"", "\"base.toml\""),
    ("\"../san_pedro_bay/scenario.toml\"", "\"hub.toml\""),
    ("\"../policies/california.toml\"", "\"california.toml\""),
];

/// The files of a template.
#[must_use]
pub fn find(name: &str) -> Option<Files> {
    TEMPLATES.iter().find(|template| template.0 == name).map(|template| template.1)
}

/// Copies a template's files into a folder, which is made: all of them or none.
///
/// # Errors
/// When something is there, or the system refuses.
pub fn copy_out(files: Files, folder: &Path) -> Result<(), WriteError> {
    let written = files.iter().map(|(name, text)| {
        // A copied scenario has no schema beside it; `portvolt schema` prints one.
        let text = text.strip_prefix("#:schema ../scenario.schema.json\n").unwrap_or(text);
        // What it builds on comes along as a file beside it.
        let text = BESIDE.iter().fold(text.to_owned(), |text, (there, beside)| text.replace(there, beside));
        ((*name).to_owned(), text.into_bytes())
    });
    whole::folder(folder, &written.collect::<Vec<_>>())
}
