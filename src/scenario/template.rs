//! Scenarios that come with the binary, to copy out and edit.

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

/// The files of a template.
#[must_use]
pub fn find(name: &str) -> Option<Files> {
    TEMPLATES.iter().find(|template| template.0 == name).map(|template| template.1)
}
