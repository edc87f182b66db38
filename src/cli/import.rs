//! `portvolt import`: reads files of others and writes ours.

use super::args::port_power;
use super::exit::Exit;
use super::files::{bytes_of, write, write_map};
use super::map::MapArgs;
use super::output::console::Console;
use super::output::diagnose;
use super::plan::{self, PlanArgs};
use super::traffic::{self, GatesArgs, HaulsArgs};
use super::trips::{TripsArgs, trips};
use crate::disk::is_same_file;
use crate::disk::read::{self, Kind, ReadError};
use crate::document::problem::{Problem, Problems};
use crate::import::sessions::{self, DRAWN, to_visits_csv};
use crate::import::template::{measured, origin};
use crate::import::{self, afdc, geojson, osm, weather};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Public charging stations, from the station CSV of the Alternative Fuels Data Center or an export of `OpenStreetMap`
    /// (Overpass JSON or `GeoJSON`).
    #[command(
        visible_alias = "stations",
        after_help = "Example: portvolt import afdc alt_fuel_stations.csv --bbox=-118.5,33.6,-117.9,34.1 --out chargers.geojson"
    )]
    Afdc(AfdcArgs),
    /// Charging sessions, from a table (CSV, workbook), ACN-Data, OCPI records or OCPP messages: a CSV for `[visits]` or
    /// `replay`.
    #[command(alias = "acn", after_help = "Example: portvolt import sessions caltech.json --out sessions.csv")]
    Sessions(SessionsArgs),
    /// A metered load, from a utility's download (CSV, workbook, Green Button XML) or a list of a year: a CSV for `load` of
    /// a site or `bill`.
    #[command(after_help = "Example: portvolt import load green_button.xml --out load.csv")]
    Load(LoadArgs),
    /// A fleet's trips from telematics (Geotab or a table): sites, hauls, distances, and which trucks a battery could replace.
    #[command(
        after_help = "Example: portvolt import trips trips.csv --out fleet --battery-kwh 400 --kwh-per-km 1.3 --charge-kw 150"
    )]
    Trips(TripsArgs),
    /// A gate's log: opening hours and arrivals of terminals as an overlay, and their visits for `calibrate --gate`.
    #[command(after_help = "Example: portvolt import gates gate_log.csv --terminal pier --out gates")]
    Gates(GatesArgs),
    /// Hauls, from any table with origins, destinations and times: a CSV for `hauls` of `[freight]`.
    #[command(after_help = "Example: portvolt import hauls dispatch.xlsx --map orders.toml --out hauls.csv")]
    Hauls(HaulsArgs),
    /// A terminal's plan, from drawings: KML, KMZ, shapefiles, DXF, `GeoJSON`. A `GeoJSON` for `file` of `[terminal.KEY.plan]`.
    #[command(
        after_help = "Example: portvolt import plan pier.dxf --units ft --machine rtg --map layers.toml --out pier.geojson"
    )]
    Plan(PlanArgs),
    /// Air temperature and clearness by month, from a year's weather (EPW, TMY3, NSRDB, PVWatts): tables for a scenario.
    #[command(after_help = "Example: portvolt import weather long_beach.epw --out weather.toml")]
    Weather(YearArgs),
    /// The output of a solar array by the hour, from the hourly CSV of `PVWatts`: a CSV for `csv` of `[solar]`.
    #[command(after_help = "Example: portvolt import solar pvwatts_hourly.csv --out solar.csv")]
    Solar(YearArgs),
}

#[derive(Debug, clap::Args)]
struct AfdcArgs {
    /// The station CSV, or the export.
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
struct YearArgs {
    /// The file.
    file: PathBuf,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Overwrite it.
    #[arg(long)]
    force: bool,
}

#[derive(Debug, clap::Args)]
struct LoadArgs {
    /// The file.
    load: PathBuf,
    /// The CSV file to write; otherwise only what was read is said.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Overwrite it.
    #[arg(long)]
    force: bool,
    /// Write a mapping file to fill in, with the columns that the file has.
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    write_map: Option<PathBuf>,
    #[command(flatten)]
    map: MapArgs,
}

#[derive(Debug, clap::Args)]
struct SessionsArgs {
    /// The file.
    sessions: PathBuf,
    /// The CSV file to write.
    #[arg(long, value_name = "FILE", required_unless_present = "write_map")]
    out: Option<PathBuf>,
    /// Overwrite it.
    #[arg(long)]
    force: bool,
    /// Write a mapping file to fill in, with the columns that the file has.
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    write_map: Option<PathBuf>,
    #[command(flatten)]
    map: MapArgs,
    /// Most power of every port, kW; otherwise what the file tells of it, the highest mean power of its sessions, or 6.656 kW.
    #[arg(long, value_name = "KW", value_parser = port_power)]
    max_kw: Option<f64>,
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

impl What {
    /// The files that are read, and the one that is written, where it is one.
    fn files(&self) -> Option<(&[PathBuf], &Path)> {
        use std::slice::from_ref;
        match self {
            Self::Afdc(args) => Some((from_ref(&args.stations), &args.out)),
            Self::Sessions(args) => Some((from_ref(&args.sessions), args.out.as_deref()?)),
            Self::Load(args) => Some((from_ref(&args.load), args.out.as_deref()?)),
            Self::Hauls(args) => Some((from_ref(&args.hauls), args.out.as_deref()?)),
            Self::Plan(args) => Some((&args.files, args.out.as_deref()?)),
            Self::Weather(args) | Self::Solar(args) => Some((from_ref(&args.file), &args.out)),
            Self::Trips(_) | Self::Gates(_) => None,
        }
    }

    /// The file that is read, and would be replaced by what was read of it.
    fn replaced(&self) -> Option<&PathBuf> {
        let (read, written) = self.files()?;
        read.iter().find(|read| is_same_file(read, written))
    }
}

pub(super) fn import(args: &ImportArgs, console: &Console) -> Exit {
    if let Some(read) = args.what.replaced() {
        let read = read.display();
        console.error(&format!("--out would overwrite the input file {read}; choose another file"));
        return Exit::BadFiles;
    }
    match &args.what {
        What::Afdc(args) => stations(args, console),
        What::Sessions(args) => recorded(args, console),
        What::Load(args) => load(args, console),
        What::Trips(args) => trips(args, console),
        What::Gates(args) => traffic::gates(args, console),
        What::Hauls(args) => traffic::hauls(args, console),
        What::Plan(args) => plan::run(args, console),
        What::Weather(args) => of_year(args, console, |name, bytes, list| {
            let year = weather::read(name, bytes, list)?;
            Some((weather::to_toml(&year, &origin(name, bytes)), year.told()))
        }),
        What::Solar(args) => of_year(args, console, |name, bytes, list| {
            let hours = weather::solar(name, bytes.to_vec(), list);
            let text = measured(name, bytes) + &weather::to_csv(&hours);
            list.is_empty().then(|| (text, weather::told_output(&hours)))
        }),
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
    let name = args.stations.display().to_string();
    let is_osm = osm::is_osm(&text);
    let read = if is_osm { osm::read } else { afdc::read };
    let found = read(&name, &text, &options, &mut list);
    if let Some(exit) = told(list, console) {
        return exit;
    }
    let layout = &found.layout;
    let file = args.stations.file_name().unwrap_or_default().to_string_lossy();
    let to_toml = if is_osm { osm::to_toml } else { afdc::to_toml };
    let written = if as_toml { to_toml(layout, &file) } else { geojson::write(layout) };
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

fn recorded(args: &SessionsArgs, console: &Console) -> Exit {
    let (name, bytes) = match bytes_of(&args.sessions, console) {
        Ok(read) => read,
        Err(exit) => return exit,
    };
    if let Some(path) = &args.write_map {
        return write_map(path, "sessions", &name, &bytes, args.force, console);
    }
    let mut list = Vec::new();
    let map = args.map.map(&mut list).unwrap_or_default();
    let options = sessions::Options { map, max_kw: args.max_kw, as_requested: args.as_requested };
    let found = sessions::read(&name, &bytes, &options, &mut list);
    if let Some(exit) = told(list, console) {
        return exit;
    }
    let out = args.out.clone().unwrap_or_default();
    if let Err(exit) = write(&out, &(measured(&name, &bytes) + &to_visits_csv(&found)), args.force, console) {
        return exit;
    }
    let (count, open) = (found.list.len(), found.open);
    if console.is_json() {
        console.print_json(&serde_json::json!({
            "schema": 1, "file": out, "sessions": count, "open": open, "start": found.start, "zone": found.zone,
            "notes": found.notes,
        }));
    } else {
        console.print(&format!("{}: {}", out.display(), found.told()));
    }
    found.notes.iter().for_each(|note| console.note(&format!("note: {note}")));
    if found.list.iter().any(|session| session.draws_kw > session.max_kw) {
        console.note(&format!("note: {DRAWN}"));
    }
    Exit::Done
}

/// Says what of a load was read, and writes it as `start` and `kw`.
fn load(args: &LoadArgs, console: &Console) -> Exit {
    let (name, bytes) = match bytes_of(&args.load, console) {
        Ok(read) => read,
        Err(exit) => return exit,
    };
    if let Some(path) = &args.write_map {
        return write_map(path, "load", &name, &bytes, args.force, console);
    }
    let mut list = Vec::new();
    let found = args.map.map(&mut list).and_then(|map| import::load::read(&name, &bytes, &map, &mut list));
    let Some(metered) = found else {
        return diagnose::show(&Problems { files: Vec::new(), list }, console);
    };
    let load = &metered.load;
    if let Some(out) = &args.out
        && let Err(exit) = write(out, &(measured(&name, &bytes) + &load.to_csv()), args.force, console)
    {
        return exit;
    }
    if console.is_json() {
        let (count, energy_kwh, peak_kw) = (load.kw().len(), metered.energy_kwh(), metered.peak_kw());
        let (first, last) = load.span();
        console.print_json(&serde_json::json!({
            "schema": 1, "file": args.out, "intervals": count, "interval_s": load.interval_s(), "zone": load.zone(),
            "start": first, "end": last, "energy_kwh": energy_kwh, "peak_kw": peak_kw, "notes": metered.said,
        }));
    } else {
        console.print(&format!("{name}: {}", metered.told()));
        metered.said.iter().for_each(|said| console.print(&format!("  - {said}")));
    }
    if let Some(out) = &args.out {
        console.note(&format!("{}: written", out.display()));
    }
    Exit::Done
}

/// Reads a file of a year and writes what was made of it; says what it is.
fn of_year(
    args: &YearArgs,
    console: &Console,
    read: impl FnOnce(&str, &[u8], &mut Vec<Problem>) -> Option<(String, String)>,
) -> Exit {
    let (name, bytes) = match bytes_of(&args.file, console) {
        Ok(read) => read,
        Err(exit) => return exit,
    };
    let mut list = Vec::new();
    let Some((text, said)) = read(&name, &bytes, &mut list) else {
        return diagnose::show(&Problems { files: Vec::new(), list }, console);
    };
    if let Err(exit) = write(&args.out, &text, args.force, console) {
        return exit;
    }
    if console.is_json() {
        console.print_json(&serde_json::json!({ "schema": 1, "file": args.out, "read": said }));
    } else {
        console.print(&format!("{}: {said}", args.out.display()));
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
