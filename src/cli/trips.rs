//! `portvolt import trips`: a fleet's trips as sites, hauls and distances, and which of its days a battery could do.

use super::args::{battery_energy, energy_per_km, port_power, radius};
use super::exit::Exit;
use super::files::{bytes_of, write_set};
use super::map::MapArgs;
use super::output::console::Console;
use super::output::diagnose;
use crate::disk::read::Kind;
use crate::document::problem::{Problem, Problems};
use crate::import::duties::Duties;
use crate::import::template::origin;
use crate::import::trips::{Days, Options, Trips, Truck, read};
use crate::scenario::files::read_text;
use std::path::PathBuf;

/// All files that it may write: one set, of which none makes sense beside those of another.
const SET: [&str; 5] = ["sites.toml", "hauls.csv", "matrix.csv", "scenario.toml", "duties.csv"];

#[derive(Debug, clap::Args)]
pub(super) struct TripsArgs {
    /// The trips: a table (CSV, workbook), or the trips of Geotab's interface as JSON.
    trips: PathBuf,
    /// The folder for `sites.toml`, `hauls.csv` and `matrix.csv`; with a battery also for `scenario.toml` and `duties.csv`.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replace the set of these files that is in it.
    #[arg(long)]
    force: bool,
    /// Known places, as CSV (`site,lat,lon`) or TOML (`[site.KEY]` with `lat` and `lon`, such as a scenario). Otherwise stops that lie together become places.
    #[arg(long, value_name = "FILE")]
    sites: Option<PathBuf>,
    /// Stops within this distance belong together, km.
    #[arg(long, value_name = "KM", default_value_t = 0.5, value_parser = radius)]
    radius_km: f64,
    /// Fewer stops make no place.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    least_stops: u32,
    /// Usable energy of a battery truck, kWh: which of the trucks' days could it do?
    #[arg(long, value_name = "KWH", requires = "kwh_per_km", requires = "charge_kw", value_parser = battery_energy)]
    battery_kwh: Option<f64>,
    /// Its energy of a kilometre, kWh.
    #[arg(long, value_name = "KWH", requires = "battery_kwh", value_parser = energy_per_km)]
    kwh_per_km: Option<f64>,
    /// Power at which it charges where the truck stands longest, kW.
    #[arg(long, value_name = "KW", requires = "battery_kwh", value_parser = port_power)]
    charge_kw: Option<f64>,
    #[command(flatten)]
    map: MapArgs,
}

pub(super) fn trips(args: &TripsArgs, console: &Console) -> Exit {
    let (name, bytes) = match bytes_of(&args.trips, console) {
        Ok(read) => read,
        Err(exit) => return exit,
    };
    let mut list = Vec::new();
    let found = options(args, &mut list).and_then(|options| read(&name, &bytes, &options, &mut list));
    let Some(trips) = found.filter(|_| list.is_empty()) else {
        return diagnose::show(&Problems { files: Vec::new(), list }, console);
    };
    let (hauls, count) = trips.hauls_csv();
    let origin = origin(&name, &bytes);
    let truck = args.battery_kwh.zip(args.kwh_per_km).zip(args.charge_kw);
    let truck = truck.map(|((battery_kwh, kwh_per_km), charge_kw)| Truck { battery_kwh, kwh_per_km, charge_kw });
    let days = truck.map(|truck| trips.days(truck)).unwrap_or_default();
    let duties = truck.filter(|_| count > 0).map(|truck| trips.duties(truck, &origin));
    let mut files =
        vec![("sites.toml", trips.sites_toml(&origin)), ("hauls.csv", hauls), ("matrix.csv", trips.matrix_csv())];
    if let Some(duties) = &duties {
        files.push(("scenario.toml", duties.scenario.clone()));
        files.push(("duties.csv", duties.hauls.clone()));
    }
    let files: Vec<(String, Vec<u8>)> =
        files.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())).collect();
    if let Err(exit) = write_set(&args.out, &files, &SET, args.force, console) {
        return exit;
    }
    let duties = duties.unwrap_or_default();
    if console.is_json() {
        console.print_json(&json(args, &trips, count, (&days, &duties)));
    } else {
        show(args, &trips, count, &days, console);
        tell_duties(args, &duties, console);
    }
    Exit::Done
}

/// What the scenario is, and what it leaves out.
fn tell_duties(args: &TripsArgs, duties: &Duties, console: &Console) {
    if duties.trucks.is_empty() {
        return;
    }
    let (out, trucks) = (args.out.display(), duties.trucks.len());
    let hauls: usize = duties.trucks.iter().map(|truck| truck.2).sum();
    console.print(&format!(
        "{out}/scenario.toml: {hauls} hauls of {trucks} trucks, each a fleet of its own; `portvolt run {out}` drives them, with charging by day"
    ));
    duties.said.iter().for_each(|said| console.print(&format!("  - {said}")));
}

fn options(args: &TripsArgs, problems: &mut Vec<Problem>) -> Option<Options> {
    let map = args.map.map(problems)?;
    let mut places = Vec::new();
    if let Some(path) = &args.sites {
        let name = path.display().to_string();
        match read_text(path, Kind::Csv, None) {
            Ok(text) => places = crate::import::places::known(&name, &text, problems),
            Err((message, help)) => problems.extend(Problems::of_file(&name, message, help).list),
        }
    }
    let (radius_km, least_stops) = (args.radius_km, args.least_stops as usize);
    problems.is_empty().then_some(Options { map, places, radius_km, least_stops })
}

fn json(args: &TripsArgs, trips: &Trips, hauls: usize, (days, duties): (&[Days], &Duties)) -> serde_json::Value {
    let fleets = duties
        .trucks
        .iter()
        .map(|(vehicle, fleet, hauls)| serde_json::json!({ "vehicle": vehicle, "fleet": fleet, "hauls": hauls }));
    let notes: Vec<&String> = trips.notes.iter().chain(&duties.said).collect();
    let days = days.iter().map(|truck| {
        serde_json::json!({
            "vehicle": truck.vehicle, "home": truck.home, "days": truck.days, "days_done": truck.done,
            "longest_day_km": truck.longest_km, "lowest_kwh": truck.lowest_kwh,
        })
    });
    serde_json::json!({
        "schema": 1, "dir": args.out, "trips": trips.list.len(), "sites": trips.places.len(), "hauls": hauls,
        "trucks": days.collect::<Vec<_>>(), "fleets": fleets.collect::<Vec<_>>(), "notes": notes,
    })
}

fn show(args: &TripsArgs, trips: &Trips, hauls: usize, days: &[Days], console: &Console) {
    let (out, count, places) = (args.out.display(), trips.list.len(), trips.places.len());
    console.print(&format!("{out}: {count} trips, {places} places, {hauls} hauls between them"));
    trips.notes.iter().for_each(|note| console.print(&format!("  - {note}")));
    if days.is_empty() {
        return;
    }
    let able = days.iter().filter(|truck| truck.done == truck.days).count();
    console.print(&format!("{able} of {} trucks could do all of their days on this battery:", days.len()));
    for truck in days {
        let (vehicle, done, days, longest, lowest) =
            (&truck.vehicle, truck.done, truck.days, truck.longest_km, truck.lowest_kwh);
        let home = if truck.home.is_empty() { "no place" } else { &truck.home };
        console.print(&format!(
            "  {vehicle:<20} {done:>4} of {days:>4} days, longest {longest:>6.0} km, lowest {lowest:>7.0} kWh, charges at {home}"
        ));
    }
    console.note("charging on the way, cold and load are not in these days: the scenario beside them can have them");
}
