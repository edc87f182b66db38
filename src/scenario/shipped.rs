//! The scenarios that come with the binary. A path such as `shipped:depot_night/scenario.toml` is read from the binary and
//! not from the disk, so a shipped scenario runs by its name in any folder, and `verify` repeats it on any machine.

use std::path::{Component, Path, PathBuf};

/// What the path of a shipped file begins with.
const MARK: &str = "shipped:";

macro_rules! files {
    ($($path:literal),* $(,)?) => { &[$(($path, include_str!(concat!("../../scenarios/", $path)))),*] };
}

/// All shipped files: path below `scenarios`, text.
const FILES: &[(&str, &str)] = files![
    "depot_night/README.md",
    "depot_night/blocked.toml",
    "depot_night/hauls.csv",
    "depot_night/scenario.toml",
    "depot_night/yard.toml",
    "hub_2045/README.md",
    "hub_2045/acf_as_adopted.toml",
    "hub_2045/acf_repealed.toml",
    "hub_2045/all_sectors.toml",
    "hub_2045/bau.toml",
    "hub_2045/fastest_abatement.toml",
    "hub_2045/hub_electrify_all.toml",
    "hub_2045/hub_fastest_abatement.toml",
    "hub_2045/hub_funding_withdrawn.toml",
    "hub_2045/hub_hydrogen.toml",
    "hub_2045/hub_least_cost.toml",
    "hub_2045/hub_policy_as_adopted.toml",
    "hub_2045/hydrogen_heavy.toml",
    "hub_2045/least_cost.toml",
    "hub_2045/managed_charging_first.toml",
    "hub_2045/renewable_diesel.toml",
    "hub_2045/scenario.toml",
    "hub_2045/slow_turns.toml",
    "hub_2045/tier_5.toml",
    "hydrogen_corridor/README.md",
    "hydrogen_corridor/scenario.toml",
    "layout_study/README.md",
    "layout_study/automated.toml",
    "layout_study/decentralised.toml",
    "layout_study/few_fast.toml",
    "layout_study/many_slow.toml",
    "layout_study/opportunity.toml",
    "layout_study/planned.toml",
    "layout_study/planned_lots.toml",
    "layout_study/scenario.toml",
    "policies/california.toml",
    "policies/port_district_agreement.toml",
    "port_terminal/README.md",
    "port_terminal/automated.toml",
    "port_terminal/battery_swap.toml",
    "port_terminal/lots_at_blocks.toml",
    "port_terminal/opportunity.toml",
    "port_terminal/planned.toml",
    "port_terminal/scenario.toml",
    "port_terminal/swap_yard.toml",
    "san_pedro_bay/README.md",
    "san_pedro_bay/all_electric.toml",
    "san_pedro_bay/megawatt.toml",
    "san_pedro_bay/planned.toml",
    "san_pedro_bay/scenario.toml",
    "vessels/container.toml",
];

/// Names of the shipped scenarios.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().filter_map(|(path, _)| path.strip_suffix("/scenario.toml"))
}

/// The files of a shipped folder: name inside it, text.
pub fn files_of(folder: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().filter_map(move |(path, text)| {
        let (of, name) = path.split_once('/')?;
        (of == folder).then_some((name, *text))
    })
}

/// The path of the shipped scenario of this name; none where no scenario has it.
#[must_use]
pub fn path_of(name: &Path) -> Option<PathBuf> {
    let name = names().find(|shipped| name == Path::new(shipped))?;
    Some(PathBuf::from(format!("{MARK}{name}")))
}

/// The path of a shipped scenario or of one of its files, as `san_pedro_bay` or `policies/california.toml`; none where
/// nothing shipped has this name.
#[must_use]
pub fn path_of_any(name: &Path) -> Option<PathBuf> {
    let file = || FILES.iter().find(|(path, _)| name == Path::new(path));
    path_of(name).or_else(|| file().map(|(path, _)| PathBuf::from(format!("{MARK}{path}"))))
}

/// The path below `scenarios` that a path of a shipped file means; none for a path on the disk.
pub(super) fn inner(path: &Path) -> Option<String> {
    let rest = path.to_str()?.strip_prefix(MARK)?;
    let mut parts = Vec::new();
    for part in Path::new(rest).components() {
        match part {
            Component::Normal(name) => parts.push(name.to_str()?),
            Component::ParentDir => drop(parts.pop()?),
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir => return None,
        }
    }
    Some(parts.join("/"))
}

/// Is this the path of something shipped, there or not?
#[must_use]
pub fn is_shipped(path: &Path) -> bool {
    inner(path).is_some()
}

/// The name of the shipped scenario whose path this is.
#[must_use]
pub fn name_of(path: &Path) -> Option<&'static str> {
    let inner = inner(path)?;
    names().find(|name| *name == inner)
}

/// Does a shipped file of this path exist?
#[must_use]
pub fn is_file(path: &Path) -> bool {
    text(path).is_some()
}

/// Is this the path of a shipped folder?
#[must_use]
pub fn is_folder(path: &Path) -> bool {
    inner(path).is_some_and(|inner| files_of(&inner).next().is_some())
}

/// Names of the files in a shipped folder.
#[must_use]
pub fn list(folder: &Path) -> Vec<String> {
    let inner = inner(folder).unwrap_or_default();
    files_of(&inner).map(|(name, _)| name.to_owned()).collect()
}

/// The text of a shipped file.
#[must_use]
pub fn text(path: &Path) -> Option<&'static str> {
    let inner = inner(path)?;
    FILES.iter().find(|(path, _)| *path == inner).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_the_file_that_it_would_lead_to_on_the_disk() {
        let is_there = |path: &str| is_file(Path::new(path));
        assert!(is_there("shipped:hub_2045/bau.toml"));
        assert!(is_there("shipped:hub_2045/../san_pedro_bay/scenario.toml"));
        assert!(!is_there("shipped:hub_2045/../../Cargo.toml") && !is_there("shipped:/hub_2045/bau.toml"));
        assert!(!is_there("hub_2045/bau.toml"), "on the disk");
        assert!(is_folder(Path::new("shipped:hub_2045")) && !is_folder(Path::new("shipped:hub")));
        assert_eq!(path_of(Path::new("depot_night")), Some(PathBuf::from("shipped:depot_night")));
        assert_eq!(path_of(Path::new("policies")), None, "no scenario");
    }
}
