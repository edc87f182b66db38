//! `portvolt import`: reads files of others and writes ours.

use super::args::port_power;
use super::exit::Exit;
use super::output::console::Console;
use super::output::diagnose;
use crate::disk::read::{self, Kind, ReadError};
use crate::disk::whole;
use crate::document::problem::{Problem, Problems};
use crate::import::{acn, afdc, geojson};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Public charging stations, from the station CSV of the Alternative Fuels Data Center.
    #[command(
        after_help = "Example: portvolt import afdc alt_fuel_stations.csv --bbox=-118.5,33.6,-117.9,34.1 --out chargers.geojson"
    )]
    Afdc(AfdcArgs),
    /// Charging sessions, from a JSON file of ACN-Data: a CSV for `[visits]` or `replay`.
    #[command(after_help = "Example: portvolt import acn caltech.json --out sessions.csv")]
    Acn(AcnArgs),
}

#[derive(Debug, clap::Args)]
struct AfdcArgs {
    /// The station CSV.
    stations: PathBuf,
    /// Only what lies in this box, degrees.
    #[arg(long, value_name = "WEST,SOUTH,EAST,NORTH", value_parser = bbox, allow_hyphen_values = true)]
    bbox: Option<[f64; 4]>,
    /// The file to write: `.geojson`, or `.toml` for tables to paste into a scenario.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Overwrite it.
    #[arg(long)]
    force: bool,
    /// Take ports of level 2 too.
    #[arg(long)]
    level2: bool,
    /// Take planned and temporarily closed stations too.
    #[arg(long)]
    not_open: bool,
    /// Take stations that are not public too.
    #[arg(long)]
    not_public: bool,
    /// Power of a fast port where the file has none, kW.
    #[arg(long, value_name = "KW", default_value_t = 150.0, value_parser = port_power)]
    dc_kw: f64,
    /// Power of a port of level 2 where the file has none, kW.
    #[arg(long, value_name = "KW", default_value_t = 6.0, value_parser = port_power)]
    level2_kw: f64,
}

#[derive(Debug, clap::Args)]
struct AcnArgs {
    /// The JSON file.
    sessions: PathBuf,
    /// The CSV file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Overwrite it.
    #[arg(long)]
    force: bool,
    /// Time zone, such as `America/Los_Angeles` (instead of the sessions' own).
    #[arg(long)]
    zone: Option<String>,
    /// Most power of a port, kW; the data do not say.
    #[arg(long, value_name = "KW", default_value_t = 6.656, value_parser = port_power)]
    max_kw: f64,
    /// Take the energy that drivers requested instead of what was delivered.
    #[arg(long)]
    as_requested: bool,
}

fn bbox(text: &str) -> Result<[f64; 4], String> {
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|word| word.trim().parse::<f64>()).collect();
    let numbers = numbers.map_err(|error| error.to_string())?;
    let [west, south, east, north] =
        <[f64; 4]>::try_from(numbers).map_err(|_| "needs four numbers: west,south,east,north".to_owned())?;
    let is_box = west < east && south < north && (-90.0..=90.0).contains(&south) && north <= 90.0;
    if is_box { Ok([west, south, east, north]) } else { Err("is no box: west < east, south < north".to_owned()) }
}

pub(super) fn import(args: &ImportArgs, console: &Console) -> Exit {
    match &args.what {
        What::Afdc(args) => stations(args, console),
        What::Acn(args) => sessions(args, console),
    }
}

fn stations(args: &AfdcArgs, console: &Console) -> Exit {
    let as_toml = match args.out.extension().and_then(|extension| extension.to_str()) {
        Some("geojson" | "json") => false,
        Some("toml") => true,
        _ => {
            console.error(&format!("{}: the file to write ends in .geojson or .toml", args.out.display()));
            return Exit::BadFiles;
        }
    };
    let text = match text_of(&args.stations, Kind::Csv) {
        Ok(text) => text,
        Err(problems) => return diagnose::show(&problems, console),
    };
    let options = afdc::Options {
        bbox: args.bbox,
        level2: args.level2,
        not_open: args.not_open,
        not_public: args.not_public,
        dc_kw: args.dc_kw,
        level2_kw: args.level2_kw,
        ..afdc::Options::default()
    };
    let mut list = Vec::new();
    let found = afdc::read(&args.stations.display().to_string(), &text, &options, &mut list);
    if let Some(exit) = told(list, console) {
        return exit;
    }
    let layout = &found.layout;
    let file = args.stations.file_name().unwrap_or_default().to_string_lossy();
    let written = if as_toml { afdc::to_toml(layout, &file) } else { geojson::write(layout) };
    if let Err(exit) = write(&args.out, &written, args.force, console) {
        return exit;
    }
    let left_out: Vec<String> = found.left_out.iter().map(|(reason, rows)| format!("{rows} {reason}")).collect();
    if console.is_json() {
        console.print_json(&serde_json::json!({
            "schema": 1, "file": args.out, "stations": layout.sites.len(), "chargers": layout.chargers.len(),
            "left_out": found.left_out,
        }));
    } else {
        let of = if left_out.is_empty() { String::new() } else { format!("; rows left out: {}", left_out.join(", ")) };
        console.print(&format!("{}: {} stations{of}", args.out.display(), layout.sites.len()));
    }
    Exit::Done
}

fn sessions(args: &AcnArgs, console: &Console) -> Exit {
    let text = match text_of(&args.sessions, Kind::Sessions) {
        Ok(text) => text,
        Err(problems) => return diagnose::show(&problems, console),
    };
    let options = acn::Options { zone: args.zone.clone(), max_kw: args.max_kw, as_requested: args.as_requested };
    let mut list = Vec::new();
    let found = acn::read(&args.sessions.display().to_string(), &text, &options, &mut list);
    if let Some(exit) = told(list, console) {
        return exit;
    }
    if let Err(exit) = write(&args.out, &acn::to_csv(&found), args.force, console) {
        return exit;
    }
    let (count, open) = (found.list.len(), found.open);
    if console.is_json() {
        console.print_json(&serde_json::json!({
            "schema": 1, "file": args.out, "sessions": count, "open": open, "start": found.start, "zone": found.zone,
        }));
    } else {
        let open = if open > 0 { format!(", {open} that had not ended left out") } else { String::new() };
        let file = args.out.display();
        console.print(&format!("{file}: {count} sessions from {} ({}){open}", found.start, found.zone));
    }
    Exit::Done
}

fn told(list: Vec<Problem>, console: &Console) -> Option<Exit> {
    (!list.is_empty()).then(|| diagnose::show(&Problems { files: Vec::new(), list }, console))
}

/// The text of a user's file.
fn text_of(path: &Path, kind: Kind) -> Result<String, Problems> {
    read::text(path, kind).map_err(|error| {
        let help = matches!(error, ReadError::NoText { .. }).then(|| "save the file as UTF-8".to_owned());
        Problems::of_file(&path.display().to_string(), error.to_string(), help)
    })
}

/// Writes a file that was not there, or is meant to be overwritten.
pub(super) fn write(path: &Path, text: &str, force: bool, console: &Console) -> Result<(), Exit> {
    let written = if force { whole::write(path, text) } else { whole::write_new(path, text) };
    written.map_err(|error| {
        if error.is_taken() {
            let path = path.display();
            console.error(&format!("{path} is there already; choose another file, or overwrite it with --force"));
            return Exit::BadFiles;
        }
        console.error(&error.to_string());
        Exit::Failed
    })
}
