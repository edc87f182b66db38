//! `portvolt calibrate`: fits numbers of a scenario to what was measured.

use super::args::ScenarioArgs;
use super::exit::Exit;
use super::files;
use super::init::refused;
use super::map::MapArgs;
use super::output::console::Console;
use super::output::diagnose;
use crate::disk::read::Kind;
use crate::disk::whole;
use crate::document::problem::{Problem, Problems};
use crate::import::observed::{self, Column};
use crate::import::{self, map::Map};
use crate::scenario::files::{read_bytes, scenario_name};
use crate::scenario::load::load;
use crate::scenario::loaded::Loaded;
use crate::study::calibration::{Calibrated, Data, calibrate, columns, overlay, page};
use std::path::{Path, PathBuf};

/// Names of the files that are left.
const OVERLAY: &str = "calibrated.toml";
const PAGE: &str = "calibration.html";
const RESULT: &str = "calibration.json";

#[derive(Debug, clap::Args)]
pub(super) struct CalibrateArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Trips of one truck model with their energy: columns start, distance, `energy_kwh`; pull, temperature, idle where known.
    #[arg(long, value_name = "FILE", requires = "truck_model")]
    trips: Option<PathBuf>,
    /// Readings of charging of one truck model: columns time, soc, kw; session where known.
    #[arg(long, value_name = "FILE", requires = "truck_model")]
    charging: Option<PathBuf>,
    /// Charging sessions of one fleet at its depot: columns vehicle, `plug_in`, `plug_out`. They tell its shifts: when trucks leave and
    /// come back, and on which days.
    #[arg(long, value_name = "FILE", requires = "fleet")]
    sessions: Option<PathBuf>,
    /// A gate's log of one terminal: columns `gate_in`, `gate_out`; moves where known.
    #[arg(long, value_name = "FILE", requires = "terminal")]
    gate: Option<PathBuf>,
    /// A meter of one site's load without its chargers, in any form that `import load` reads.
    #[arg(long, value_name = "FILE", requires = "site")]
    meter: Option<PathBuf>,
    /// The truck model that trips and charging are of: a key of `[truck_model]`.
    #[arg(long, value_name = "KEY")]
    truck_model: Option<String>,
    /// The fleet of the sessions: a key of `[fleet]`.
    #[arg(long, value_name = "KEY")]
    fleet: Option<String>,
    /// The terminal of the gate's log: a key of `[terminal]`.
    #[arg(long, value_name = "KEY")]
    terminal: Option<String>,
    /// The site of the meter: a key of `[site]`.
    #[arg(long, value_name = "KEY")]
    site: Option<String>,
    /// Share of each file, its latest rows, that the fit does not see and is tried on.
    #[arg(long, default_value_t = 0.25, value_parser = share)]
    holdout: f64,
    /// Folder for the overlay, the page and the numbers as JSON; it must be new or empty. By default `runs/calibrate_NAME`.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    map: MapArgs,
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=0.5).contains(&share) => Ok(share),
        _ => Err("write a share of 0 to 0.5".to_owned()),
    }
}

pub(super) fn run(args: &CalibrateArgs, console: &Console) -> Exit {
    let loaded = match load(&args.scenario.request()) {
        Ok(loaded) => loaded,
        Err(problems) => return diagnose::show(&problems, console),
    };
    let mut list = Vec::new();
    let Some(fits) = fitted(args, &loaded, &mut list) else {
        return diagnose::show(&Problems { files: Vec::new(), list }, console);
    };
    if fits.is_empty() {
        console.error("no measurements were given: use --trips, --charging, --sessions, --gate or --meter");
        return Exit::Usage;
    }
    let title = format!("{}, calibrated", loaded.scenario.title);
    let overlay = match overlay(&title, &fits) {
        Ok(overlay) => overlay,
        Err(message) => {
            console.error(&message);
            return Exit::BadFiles;
        }
    };
    let name = format!("calibrate_{}", scenario_name(&args.scenario.scenario).unwrap_or_default());
    let out = match files::out(args.out.as_ref(), &name, console) {
        Ok(out) => out,
        Err(exit) => return exit,
    };
    let result = serde_json::json!({ "schema": 1, "scenario": loaded.scenario.title, "fits": fits });
    let files = [
        (OVERLAY.to_owned(), overlay.into_bytes()),
        (PAGE.to_owned(), page(&title, &fits).into_bytes()),
        (RESULT.to_owned(), format!("{result:#}\n").into_bytes()),
    ];
    if let Err(error) = whole::folder(&out, &files) {
        return refused(&error, console);
    }
    if console.is_json() {
        console.print_json(&result);
    } else {
        for fit in &fits {
            show(fit, console);
        }
        let overlay = out.join(OVERLAY);
        console.print(&format!(
            "\nOverlay: {}  (use it with --strategy; {} shows the fits)",
            overlay.display(),
            out.join(PAGE).display()
        ));
    }
    Exit::Done
}

/// What every file tells. None: something is wrong, and the problems say what.
fn fitted(args: &CalibrateArgs, loaded: &Loaded, list: &mut Vec<Problem>) -> Option<Vec<Calibrated>> {
    let mut map = args.map.map(list)?;
    map.zone.get_or_insert_with(|| loaded.scenario.time.zone.clone());
    let mut fits = Vec::new();
    let files = [
        (&args.trips, &args.truck_model, Some(columns::TRIPS)),
        (&args.charging, &args.truck_model, Some(columns::CHARGING)),
        (&args.gate, &args.terminal, Some(columns::GATE)),
        (&args.sessions, &args.fleet, Some(columns::SESSIONS)),
        (&args.meter, &args.site, None),
    ];
    for (at, (file, key, columns)) in files.into_iter().enumerate() {
        let (Some(file), Some(key)) = (file, key) else { continue };
        let name = file.display().to_string();
        let bytes = match read_bytes(file, Kind::Csv) {
            Ok(bytes) => bytes,
            Err((message, help)) => {
                list.extend(Problems::of_file(&name, message, help).list);
                continue;
            }
        };
        let Some(data) = data((at, columns), key, (&name, &bytes), &map, list) else { continue };
        let hash = blake3::hash(&bytes).to_hex().to_string();
        match calibrate(loaded, &short(file), &hash, &data, args.holdout) {
            Ok(fit) => fits.push(fit),
            Err(message) => list.extend(Problems::of_file(&name, message, None).list),
        }
    }
    list.is_empty().then_some(fits)
}

fn data(
    (at, columns): (usize, Option<&[Column]>),
    key: &str,
    (name, bytes): (&str, &[u8]),
    map: &Map,
    list: &mut Vec<Problem>,
) -> Option<Data> {
    let Some(columns) = columns else {
        let metered = import::load::read(name, bytes, map, list)?;
        return Some(Data::Meter(key.to_owned(), metered.load));
    };
    let observed = observed::read(name, bytes, map, columns, list)?;
    let kinds = [Data::Trips, Data::Charging, Data::Gate, Data::Sessions];
    Some(kinds[at](key.to_owned(), observed))
}

/// The file's own name: what the page and the sources say.
fn short(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.chars().filter(|c| !c.is_control()).collect()
}

fn show(fit: &Calibrated, console: &Console) {
    console.print(&format!("{} ({})", fit.title, fit.file));
    console.print(&format!("  {:<44} {:>10} {:>10}   99 % interval", "number", "before", "fitted"));
    for estimate in &fit.estimates {
        let before = estimate.before.map_or("-".to_owned(), |before| estimate.word(before));
        let (fitted, interval) = (estimate.word(estimate.value), estimate.interval());
        console.print(&format!("  {:<44} {before:>10} {fitted:>10}   {interval} {}", estimate.path, estimate.unit));
    }
    let check = &fit.check;
    console.print(&format!(
        "  error {:.4} {unit} over {} rows, {:.4} {unit} over {} later rows held out (the fit explains up to {:.4})",
        check.error_fitted,
        check.rows_fitted,
        check.error_held_out,
        check.rows_held_out,
        check.error_explained,
        unit = check.unit
    ));
    fit.said.iter().for_each(|said| console.print(&format!("  - {said}")));
    if check.is_contradicted {
        let file = &fit.file;
        console.warn(&format!(
            "{file}: the rows held out contradict the model: their error is beyond what the fit and its intervals explain; find out \
             why before you use it"
        ));
        check.reasons().iter().for_each(|reason| console.warn(&format!("{file}: {reason}")));
    }
}
