//! `portvolt export`: writes files for other tools.

use super::args::ScenarioArgs;
use super::exit::Exit;
use super::files::{self, warn_changed, write};
use super::output::console::Console;
use super::output::diagnose;
use crate::disk::name;
use crate::export::{self, Loads, loadshape, ocpp};
use crate::import::geojson::{self, Layout, PlacedCharger};
use crate::record::folder::Manifest;
use crate::scenario::Scenario;
use crate::scenario::load::load;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// A scenario's sites and chargers as `GeoJSON`.
    #[command(after_help = "Example: portvolt export geojson scenarios/layout_study --out map.geojson")]
    Geojson {
        #[command(flatten)]
        scenario: ScenarioArgs,
        /// The file to write; otherwise it is printed.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Overwrite it.
        #[arg(long)]
        force: bool,
    },
    /// The load of a run's sites as `OpenDSS` load shapes.
    #[command(after_help = "Example: portvolt export loadshape runs/my_depot --out shapes")]
    Loadshape(RunArgs),
    /// The charging power of a run's sites as OCPP charging profiles.
    #[command(after_help = "Example: portvolt export ocpp runs/my_depot --out profiles --version 1.6")]
    Ocpp {
        #[command(flatten)]
        run: RunArgs,
        #[command(flatten)]
        ocpp: OcppArgs,
    },
}

#[derive(Debug, clap::Args)]
struct OcppArgs {
    /// The protocol's version.
    #[arg(long, value_enum, default_value_t = OcppVersion::V201)]
    version: OcppVersion,
    /// Write limits in amperes a phase instead of watts; `--volts` is needed.
    #[arg(long, requires = "volts")]
    amperes: bool,
    /// Voltage between a phase and neutral, V, such as 277 or 230.
    #[arg(long, requires = "amperes", value_parser = clap::value_parser!(u32).range(50..=1_000))]
    volts: Option<u32>,
    /// Phases of the station.
    #[arg(long, requires = "amperes", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=3))]
    phases: u8,
    /// Most periods of one profile that the station takes.
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = clap::value_parser!(u16).range(1..=1024))]
    max_periods: u16,
}

impl OcppArgs {
    fn options(&self) -> ocpp::Options {
        let version = match self.version {
            OcppVersion::V16 => ocpp::Version::V16,
            OcppVersion::V201 => ocpp::Version::V201,
        };
        let unit = match self.volts {
            Some(volts) => ocpp::Unit::Amperes { volts: f64::from(volts), phases: self.phases },
            None => ocpp::Unit::Watts,
        };
        ocpp::Options { version, unit, most_periods: usize::from(self.max_periods) }
    }
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    /// The folder that a run left.
    run_dir: PathBuf,
    /// The folder for the files.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Overwrite files in it.
    #[arg(long)]
    force: bool,
    /// Which load.
    #[arg(long, value_enum)]
    load: Option<Which>,
}

/// Which load of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    /// The whole meter.
    Total,
    /// Chargers only.
    Charging,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum OcppVersion {
    /// OCPP 1.6.
    #[value(name = "1.6")]
    V16,
    /// OCPP 2.0.1.
    #[value(name = "2.0.1")]
    V201,
}

pub(super) fn export(args: &ExportArgs, console: &Console) -> Exit {
    let done = match &args.what {
        What::Geojson { scenario, out, force } => return map(scenario, out.as_ref(), *force, console),
        What::Loadshape(args) => export_files(args, console, |loads| shapes(args, loads)),
        What::Ocpp { run, ocpp } => export_files(run, console, |loads| profiles(run, ocpp.options(), loads, console)),
    };
    done.unwrap_or_else(|exit| exit)
}

fn map(scenario: &ScenarioArgs, out: Option<&PathBuf>, force: bool, console: &Console) -> Exit {
    let loaded = match load(&scenario.request()) {
        Ok(loaded) => loaded,
        Err(problems) => return diagnose::show(&problems, console),
    };
    let text = geojson::write(&layout(&loaded.scenario));
    match out {
        None => console.print(&text),
        Some(path) => match write(path, &text, force, console) {
            Ok(()) => console.note(&format!("{}: written", path.display())),
            Err(exit) => return exit,
        },
    }
    Exit::Done
}

/// A scenario's chargers stand where their sites are.
fn layout(scenario: &Scenario) -> Layout {
    let place = |spec: &crate::charging::spec::ChargerSpec| {
        scenario.site.get(&spec.site).map_or((0.0, 0.0), |site| (site.lat, site.lon))
    };
    let chargers = scenario.charger.iter().map(|(key, spec)| {
        let (lat, lon) = place(spec);
        (key.clone(), PlacedCharger { spec: spec.clone(), lat, lon })
    });
    Layout { sites: scenario.site.clone(), chargers: chargers.collect() }
}

/// Reads the loads, writes the files made of them, says which.
fn export_files(
    args: &RunArgs,
    console: &Console,
    make: impl Fn(&Loads) -> Vec<(String, String)>,
) -> Result<Exit, Exit> {
    let loads = export::loads(&args.run_dir).map_err(|error| {
        console.error(&error.to_string());
        Exit::BadFiles
    })?;
    match Manifest::read(&args.run_dir) {
        Ok(manifest) => warn_changed(&args.run_dir, &manifest, "the export is made from the present files", console),
        Err(error) => console.warn(&format!("{error}; nothing says that a run left these tables")),
    }
    let files = make(&loads);
    write_all(&args.out, &files, args.force, console)?;
    let names: Vec<&str> = files.iter().map(|file| file.0.as_str()).collect();
    if console.is_json() {
        console.print_json(&serde_json::json!({ "schema": 1, "dir": args.out, "files": names }));
    } else {
        console.print(&format!("{}: {}", args.out.display(), names.join(", ")));
    }
    Ok(Exit::Done)
}

/// Writes files that are named after sites, whose names come from the folder of a run: all names are looked at first.
fn write_all(folder: &Path, files: &[(String, String)], force: bool, console: &Console) -> Result<(), Exit> {
    let refused = |message: String| {
        console.error(&message);
        Exit::BadFiles
    };
    let mut paths = BTreeMap::new();
    for (name, text) in files {
        let path = name::inside(folder, name).map_err(|error| refused(error.to_string()))?;
        // Many file systems do not tell `A` from `a`: the second would replace the first.
        if paths.insert(name.to_lowercase(), (path, text.clone())).is_some() {
            return Err(refused(format!("two sites would have the file {name}; give one another key")));
        }
    }
    files::write_all(folder, &paths.into_values().collect::<Vec<_>>(), force, console)
}

fn shapes(args: &RunArgs, loads: &Loads) -> Vec<(String, String)> {
    let mut lines = format!("! Load shapes of {}, kW by interval of {} s\n", args.run_dir.display(), loads.interval_s);
    let mut files = Vec::new();
    for (site, load) in &loads.sites {
        let kw = if args.load == Some(Which::Charging) { &load.charging_kw } else { &load.total_kw };
        lines.push_str(&loadshape::lines(site, kw, loads.interval_s));
        files.push((format!("{}.csv", loadshape::element_name(site)), loadshape::csv(kw)));
    }
    files.push(("loadshapes.dss".to_owned(), lines));
    files
}

fn profiles(args: &RunArgs, options: ocpp::Options, loads: &Loads, console: &Console) -> Vec<(String, String)> {
    let charging = loads.sites.iter().filter(|(_, load)| load.charging_kw.iter().any(|kw| *kw > 0.0));
    let mut levels = 0;
    let mut file = |(site, load): (&String, &export::Load)| {
        let kw = if args.load == Some(Which::Total) { &load.total_kw } else { &load.charging_kw };
        let schedules = ocpp::schedules(kw, loads.interval_s, options);
        levels = levels.max(schedules.len());
        let requests = ocpp::requests(options, &schedules, loads.start_unix_s);
        (format!("{site}.json"), serde_json::to_string_pretty(&requests).expect("JSON from JSON: nothing can fail"))
    };
    let files = charging.map(&mut file).collect();
    if options.version == ocpp::Version::V16 && levels > 1 {
        let last = levels - 1;
        console.note(&format!(
            "note: the profiles of a site have the stack levels 0 to {last}; the station's ChargeProfileMaxStackLevel must be {last} at least"
        ));
    }
    files
}
