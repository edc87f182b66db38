//! Where a result comes from, line by line: what every page ends with.

use crate::record::folder::Manifest;
use crate::record::notes::PluginNotes;
use serde::Serialize;
use utoipa::ToSchema;

/// A line of the section on where the result comes from.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Fact {
    label: String,
    value: String,
}

/// The facts of a manifest, without those that say nothing.
pub(super) fn facts(manifest: &Manifest) -> Vec<Fact> {
    let mut facts = vec![
        ("Portvolt".to_owned(), manifest.portvolt.clone()),
        ("Scenario".to_owned(), manifest.scenario.clone()),
        ("Overlays".to_owned(), manifest.overlays.join(", ")),
        ("Settings".to_owned(), manifest.settings.join(", ")),
        ("Seed, replication".to_owned(), format!("{}, {}", manifest.seed, manifest.replication)),
    ];
    let qualities: Vec<String> = manifest.provenance.iter().map(|(word, count)| format!("{count} {word}")).collect();
    facts.push(("Numbers of the scenario by quality".to_owned(), qualities.join(", ")));
    facts.extend(manifest.inputs.iter().map(|(path, hash)| (format!("Input {path}, blake3"), hash.clone())));
    for plugin in &manifest.plugin_notes {
        let PluginNotes { kind, name, version, hash, calls, dropped, examples, .. } = plugin;
        facts.push((format!("Plugin {name} {version} ({kind}), blake3"), hash.clone()));
        let bad = if *dropped > 0 { format!("; the first: {}", examples.join("; ")) } else { String::new() };
        facts.push((format!("Plugin {name}"), format!("{calls} decisions, {dropped} bad orders dropped{bad}")));
    }
    facts.extend(manifest.rows.iter().map(|(table, hash)| (format!("Rows of {table}, blake3"), hash.clone())));
    facts.into_iter().filter(|fact| !fact.1.is_empty()).map(|(label, value)| Fact { label, value }).collect()
}
