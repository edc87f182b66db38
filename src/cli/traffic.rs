//! `portvolt import gates` and `import hauls`: logs of trucks at gates, and lists of what they carry.

use super::exit::Exit;
use super::files::{bytes_of, write, write_all, write_map};
use super::map::MapArgs;
use super::output::console::Console;
use super::output::diagnose;
use crate::disk::name::inside;
use crate::document::problem::Problems;
use crate::import::gates::{self, Gates, Told};
use crate::import::hauls::{self, Hauls};
use crate::import::template::{measured, origin};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct GatesArgs {
    /// The log: a table (CSV, workbook) with a row a visit, a container or a passage.
    log: PathBuf,
    /// The folder for `gates.toml` and a CSV of each terminal's visits; otherwise only what was read is said.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Overwrite files in it.
    #[arg(long)]
    force: bool,
    /// The terminal of a log that names none: a key of `[terminal]`.
    #[arg(long, value_name = "KEY")]
    terminal: Option<String>,
    /// Write a mapping file to fill in, with the columns that the file has.
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    write_map: Option<PathBuf>,
    #[command(flatten)]
    map: MapArgs,
}

#[derive(Debug, clap::Args)]
pub(super) struct HaulsArgs {
    /// The list: a table (CSV, workbook) with origin, destination and times.
    pub(super) hauls: PathBuf,
    /// The CSV file to write; otherwise only what was read is said.
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Overwrite it.
    #[arg(long)]
    force: bool,
    /// How long after it is ready a haul is due that has no time, hours.
    #[arg(long, value_name = "H", value_parser = hours)]
    due_after_h: Option<f64>,
    /// Write a mapping file to fill in, with the columns that the file has.
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    write_map: Option<PathBuf>,
    #[command(flatten)]
    map: MapArgs,
}

fn hours(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(hours) if (0.1..=1_000.0).contains(&hours) => Ok(hours),
        _ => Err("write hours of 0.1 to 1000".to_owned()),
    }
}

pub(super) fn gates(args: &GatesArgs, console: &Console) -> Exit {
    let (name, bytes) = match bytes_of(&args.log, console) {
        Ok(read) => read,
        Err(exit) => return exit,
    };
    if let Some(path) = &args.write_map {
        return write_map(path, "gates", &name, &bytes, args.force, console);
    }
    let mut list = Vec::new();
    let terminal = args.terminal.as_deref();
    let found = args.map.map(&mut list).and_then(|map| gates::read(&name, &bytes, &map, terminal, &mut list));
    let Some(found) = found else {
        return diagnose::show(&Problems { files: Vec::new(), list }, console);
    };
    let mut said = found.said.clone();
    let overlay = found.to_toml(&origin(&name, &bytes), &mut said);
    if let Some(out) = &args.out {
        let mut files = vec![(out.join("gates.toml"), overlay)];
        for terminal in found.visits.keys() {
            match inside(out, &format!("{terminal}.csv")) {
                Ok(path) => files.push((path, measured(&name, &bytes) + &found.to_csv(terminal))),
                Err(error) => return diagnose::show(&Problems::of_file(&name, error.to_string(), None), console),
            }
        }
        if let Err(exit) = write_all(out, &files, args.force, console) {
            return exit;
        }
    }
    tell_gates(args, &found, &said, console);
    Exit::Done
}

fn tell_gates(args: &GatesArgs, found: &Gates, said: &[String], console: &Console) {
    let told: Vec<(&String, Told)> = found.visits.keys().map(|terminal| (terminal, found.told(terminal))).collect();
    if console.is_json() {
        let terminals = told.iter().map(|(terminal, told)| {
            serde_json::json!({
                "terminal": terminal, "visits": told.visits, "turn_mean_min": told.mean_min, "turn_p90_min": told.p90_min,
                "moves_per_visit": told.moves, "weekday": told.arrivals[0], "saturday": told.arrivals[1], "sunday": told.arrivals[2],
            })
        });
        console.print_json(&serde_json::json!({
            "schema": 1, "dir": args.out, "terminals": terminals.collect::<Vec<_>>(), "kinds": found.kinds,
            "zone": found.zone, "notes": said,
        }));
        return;
    }
    for (terminal, told) in &told {
        let (visits, mean_min, p90_min) = (told.visits, told.mean_min, told.p90_min);
        let moves = told.moves.map_or(String::new(), |moves| format!(", {moves:.2} containers a visit"));
        console.print(&format!(
            "{terminal}: {visits} visits, {mean_min:.1} min from gate to gate (p90 {p90_min:.1}){moves}"
        ));
        if let Some(weekday) = told.arrivals[0] {
            let busiest = (0..24).rev().max_by(|a, b| weekday[*a].total_cmp(&weekday[*b])).unwrap_or(0);
            let (day, hour) = (weekday.iter().sum::<f64>(), weekday[busiest]);
            console.print(&format!("  {day:.1} arrivals a weekday, most from {busiest:02}:00: {hour:.1}"));
        }
    }
    if !found.kinds.is_empty() {
        let kinds: Vec<String> = found.kinds.iter().take(12).map(|(kind, count)| format!("{kind} {count}")).collect();
        console.print(&format!("  - kinds of moves, which no field of a scenario takes: {}", kinds.join(", ")));
    }
    for line in said {
        console.print(&format!("  - {line}"));
    }
}

pub(super) fn hauls(args: &HaulsArgs, console: &Console) -> Exit {
    let (name, bytes) = match bytes_of(&args.hauls, console) {
        Ok(read) => read,
        Err(exit) => return exit,
    };
    if let Some(path) = &args.write_map {
        return write_map(path, "hauls", &name, &bytes, args.force, console);
    }
    let mut list = Vec::new();
    let found = args.map.map(&mut list).and_then(|map| hauls::read(&name, &bytes, &map, args.due_after_h, &mut list));
    let Some(found) = found else {
        return diagnose::show(&Problems { files: Vec::new(), list }, console);
    };
    if let Some(out) = &args.out
        && let Err(exit) = write(out, &(measured(&name, &bytes) + &found.csv), args.force, console)
    {
        return exit;
    }
    tell_hauls(args, &found, console);
    Exit::Done
}

fn tell_hauls(args: &HaulsArgs, found: &Hauls, console: &Console) {
    let mut busy: Vec<(&(String, String), &usize)> = found.between.iter().collect();
    busy.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    if console.is_json() {
        let between = busy
            .iter()
            .map(|((from, to), count)| serde_json::json!({ "origin": from, "destination": to, "hauls": count }));
        console.print_json(&serde_json::json!({
            "schema": 1, "file": args.out, "hauls": found.count, "between": between.collect::<Vec<_>>(), "notes": found.said,
        }));
        return;
    }
    let name = args.out.as_ref().map_or_else(|| args.hauls.display().to_string(), |out| out.display().to_string());
    console.print(&format!("{name}: {}", found.told()));
    for ((from, to), count) in busy.iter().take(8) {
        console.print(&format!("  {count:>6}  {from} to {to}"));
    }
    found.said.iter().for_each(|said| console.print(&format!("  - {said}")));
}
