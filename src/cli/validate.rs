//! `portvolt validate`: every mistake at once, and where the numbers come from.

use super::args::ScenarioArgs;
use super::exit::Exit;
use super::output::console::Console;
use super::output::diagnose;
use super::output::screen::warning;
use super::plugin::compiled;
use crate::scenario::Quality;
use crate::scenario::doubt::doubts;
use crate::scenario::load::load;
use crate::scenario::loaded::Loaded;
use std::fmt::Write;

#[derive(Debug, clap::Args)]
pub(super) struct ValidateArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Print every number with its source, not only the doubtful ones.
    #[arg(long)]
    all: bool,
}

pub(super) fn validate(args: &ValidateArgs, console: &Console) -> Exit {
    let loaded = match load(&args.scenario.request()) {
        Ok(loaded) => loaded,
        Err(problems) => return diagnose::show(&problems, console),
    };
    if let Err(exit) = compiled::prepare(&loaded, console) {
        return exit;
    }
    if console.is_json() {
        console.print_json(&json(&loaded));
    } else {
        console.print(&text(&loaded, args.all));
    }
    Exit::Done
}

fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn json(loaded: &Loaded) -> serde_json::Value {
    let numbers: Vec<_> = loaded
        .provenance
        .origins
        .iter()
        .map(|origin| {
            serde_json::json!({
                "field": origin.field, "value": origin.value, "source": origin.source,
                "quality": origin.quality.map(Quality::word), "inherited": origin.inherited,
            })
        })
        .collect();
    let (title, doubts) = (&loaded.scenario.title, doubts(loaded));
    let known = &loaded.scenario.rule.as_of;
    serde_json::json!({
        "schema": 1, "title": title, "problems": [], "doubts": doubts, "numbers": numbers, "notes": loaded.notes,
        "rules_as_of": known,
    })
}

/// What is still as the files have it that the scenario extends.
fn inherited(loaded: &Loaded) -> String {
    let (provenance, mut out) = (&loaded.provenance, String::new());
    for (file, tables) in provenance.inherited() {
        let (count, all) = (tables.values().sum::<usize>(), provenance.origins.len());
        let tables: Vec<String> = tables.iter().map(|(table, count)| format!("{table} {count}")).collect();
        let _ = writeln!(out, "\nUnchanged from {file}: {count} of {all} numbers, by table: {}", tables.join(", "));
        let words = provenance.inherited_words.iter().filter(|words| words.1 == file);
        let words: Vec<&str> = words.map(|words| words.0.as_str()).collect();
        if !words.is_empty() {
            let _ = writeln!(out, "and its {}: check that they describe this scenario", words.join(" and "));
        }
    }
    out
}

fn text(loaded: &Loaded, all: bool) -> String {
    let scenario = &loaded.scenario;
    let mut out = String::new();
    let trucks: u64 =
        scenario.fleet.values().flat_map(|fleet| fleet.trucks.values()).map(|count| u64::from(count.0)).sum();
    let units: u64 =
        scenario.terminal.values().flat_map(|t| t.equipment.values()).map(|count| u64::from(count.0)).sum();
    let ports: u64 =
        scenario.charger.values().map(|charger| u64::from(charger.cabinets) * u64::from(charger.ports)).sum();
    let _ = writeln!(out, "{}: no errors found.", scenario.title);
    let _ = writeln!(
        out,
        "{}, {}, {} in {}, {}, {}.",
        counted(scenario.site.len() as u64, "site", "sites"),
        counted(scenario.terminal.len() as u64, "terminal", "terminals"),
        counted(trucks, "truck", "trucks"),
        counted(scenario.fleet.len() as u64, "fleet", "fleets"),
        counted(units, "piece of equipment", "pieces of equipment"),
        counted(ports, "charging port", "charging ports"),
    );
    for doubt in doubts(loaded) {
        let _ = writeln!(out, "\n{}", warning(&doubt));
    }
    for note in &loaded.notes {
        let _ = writeln!(out, "\nnote: {note}");
    }
    if let Some(known) = scenario.transition.as_ref().and_then(|spec| scenario.rule.known(spec.until)) {
        let _ = writeln!(out, "\n{known}");
    }
    out.push_str(&inherited(loaded));
    let _ = writeln!(out, "\nWhere its {} numbers come from:", loaded.provenance.origins.len());
    for quality in Quality::ALL {
        let _ = writeln!(out, "  {:>6}  {}", loaded.provenance.count(quality), quality.word());
    }
    let unsourced: Vec<_> = loaded.provenance.unsourced().collect();
    if !unsourced.is_empty() {
        let _ = writeln!(out, "  {:>6}  without a source", unsourced.len());
        for origin in unsourced.iter().take(if all { usize::MAX } else { 20 }) {
            let _ = writeln!(out, "          {} = {}", origin.field, origin.value);
        }
    }
    let shown: &[Quality] =
        if all { &Quality::ALL } else { &[Quality::Unverified, Quality::Assumed, Quality::Measured] };
    for quality in shown {
        for (source, origins) in loaded.provenance.by_source(*quality) {
            let title = scenario.source.get(source).map_or("", |source| source.title.as_str());
            let _ = writeln!(out, "\n{} - {source}: {title}", quality.word());
            let mut fields: Vec<String> =
                origins.iter().map(|origin| format!("{} = {}", origin.field, origin.value)).collect();
            let more = fields.len().saturating_sub(8);
            if !all && more > 0 {
                fields.truncate(8);
                fields.push(format!("and {more} more (--all shows them)"));
            }
            for field in fields {
                let _ = writeln!(out, "  {field}");
            }
        }
    }
    out
}
