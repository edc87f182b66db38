//! `portvolt run`: simulates a scenario, prints one screen, leaves a folder.

use super::console::Console;
use super::{Exit, ScenarioArgs, diagnose};
use crate::kernel::calendar::DAY_S;
use crate::record::folder::{FolderError, Manifest, RunFolder, SCHEMA, SummaryFile};
use crate::record::summary::{Metric, Summary};
use crate::report;
use crate::scenario::Quality;
use crate::scenario::load::{Loaded, Request, load};
use crate::scenario::problem::Problems;
use crate::sim::output::{Output, Written};
use crate::sim::run::Effort;
use crate::sim::{Options, RunError, Simulation};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Debug, clap::Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// First day, such as 2025-06-02 (instead of the scenario's).
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Last day, such as 2025-06-08.
    #[arg(long, value_name = "DATE", conflicts_with = "days")]
    to: Option<String>,
    /// How many days (instead of the scenario's).
    #[arg(long)]
    days: Option<u32>,
    /// Seed of every random stream.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Which replication of the seed.
    #[arg(long, default_value_t = 0)]
    replication: u32,
    /// Folder for the results. Default: runs/NAME-of-the-scenario.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Overwrite a finished run.
    #[arg(long)]
    force: bool,
    /// Operational step, seconds.
    #[arg(long, value_name = "SECONDS")]
    tick: Option<u32>,
    /// Control interval, seconds.
    #[arg(long, value_name = "SECONDS")]
    interval: Option<u32>,
    /// Write the tables as CSV too.
    #[arg(long)]
    csv: bool,
    /// Exit with 6 when a vehicle left short or found no hydrogen, a haul was cancelled, work was left undone or a limit was passed.
    #[arg(long)]
    strict: bool,
    /// Print the time of each step of the simulation.
    #[arg(long)]
    profile: bool,
}

pub(super) fn run(args: &RunArgs, console: &Console) -> Exit {
    let request = match request(args) {
        Ok(request) => request,
        Err(message) => {
            console.error(&message);
            return Exit::BadFiles;
        }
    };
    let loaded = match load(&request) {
        Ok(loaded) => loaded,
        Err(problems) => return diagnose::show(&problems, console),
    };
    let folder = match RunFolder::begin(&target(args), args.force) {
        Ok(folder) => folder,
        Err(error) => {
            console.error(&error.to_string());
            return if matches!(error, FolderError::Io { .. }) { Exit::Failed } else { Exit::BadFiles };
        }
    };
    match simulate(args, &request, &loaded, folder, console) {
        Ok(exit) => exit,
        Err(Failure::Run(error, kept)) => {
            console.error(&format!("{error}{kept}"));
            match error {
                RunError::Interrupted { .. } => Exit::Interrupted,
                RunError::Fault { .. } | RunError::Policy(_) => Exit::BadPolicy,
                _ => Exit::Failed,
            }
        }
        Err(Failure::Folder(error)) => {
            console.error(&error.to_string());
            Exit::Failed
        }
    }
}

enum Failure {
    Run(RunError, String),
    Folder(FolderError),
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        Self::Folder(error)
    }
}

/// Options of the command line become settings, which the scenario's own checks then judge.
fn request(args: &RunArgs) -> Result<Request, String> {
    let mut request = args.scenario.request();
    let mut set = |path: &str, value: String| request.settings.push(format!("{path}={value}"));
    if let Some(from) = &args.from {
        set("time.start", format!("\"{from}\""));
    }
    if let Some(tick) = args.tick {
        set("time.tick_s", tick.to_string());
    }
    if let Some(interval) = args.interval {
        set("time.interval_s", interval.to_string());
    }
    if let Some(days) = args.days {
        set("time.days", days.to_string());
    }
    if let Some(to) = &args.to {
        let last: jiff::civil::Date = to.parse().map_err(|error| format!("--to {to}: {error}"))?;
        let from = match &args.from {
            Some(from) => from.clone(),
            None => load(&request).map_err(|problems: Problems| problems.to_string())?.scenario.time.start,
        };
        let first: jiff::civil::Date = from.parse().map_err(|error| format!("--from {from}: {error}"))?;
        let days = last.duration_since(first).as_secs() / DAY_S + 1;
        if days < 1 {
            return Err(format!("--to {to} is before the first day, {from}"));
        }
        request.settings.push(format!("time.days={days}"));
    }
    Ok(request)
}

fn target(args: &RunArgs) -> PathBuf {
    args.out.clone().unwrap_or_else(|| {
        let path = &args.scenario.scenario;
        let path = if path.is_file() { path.parent().unwrap_or(path) } else { path };
        let name = path.canonicalize().ok().and_then(|path| path.file_name().map(PathBuf::from));
        PathBuf::from("runs").join(name.unwrap_or_else(|| PathBuf::from("run")))
    })
}

fn simulate(
    args: &RunArgs,
    request: &Request,
    loaded: &Loaded,
    folder: RunFolder,
    console: &Console,
) -> Result<Exit, Failure> {
    let fail = |error: RunError| Failure::Run(error, String::new());
    let options =
        Options { seed: args.seed, replication: args.replication, profile: args.profile, ..Options::default() };
    let mut simulation = Simulation::new(loaded, &options).map_err(fail)?;
    let zone = &loaded.scenario.time.zone;
    let summary = simulation.empty_summary(&loaded.scenario);
    let mut output = Output::new(Some(&folder.tables()), args.csv, zone, summary).map_err(|e| fail(e.into()))?;
    let stop = Arc::new(AtomicBool::new(false));
    listen_for_interrupt(&stop);
    let bar = console.progress(loaded.scenario.time.days * 24);
    let ran = simulation.run(&mut output, &stop, |done, _| {
        bar.set_position(u64::from(done));
    });
    bar.finish_and_clear();
    let written = output.finish().map_err(|error| fail(error.into()))?;
    let effort = match ran {
        Ok(effort) => effort,
        Err(error) => {
            let kept = format!("\nWhat was simulated until then is in {}", folder.path().display());
            return Err(Failure::Run(error, kept));
        }
    };
    let digest = written.digest();
    let Written { mut summary, digests, .. } = written;
    let metrics = summary.metrics(simulation.names());
    let file = SummaryFile { schema: SCHEMA, metrics: &metrics };
    folder.write("summary.json", &serde_json::to_string_pretty(&file).unwrap_or_default())?;
    let manifest = manifest(args, request, loaded, digests);
    match report::build(folder.path(), loaded, &manifest, &metrics) {
        Ok(html) => folder.write("report.html", &html)?,
        Err(error) => console.note(&format!("the report could not be made: {error}")),
    }
    let path = folder.finish(manifest)?;
    if console.is_json() {
        console.print_json(&serde_json::json!({ "schema": 1, "dir": path, "digest": digest, "events": effort.events, "metrics": metrics }));
    } else {
        console.print(&screen(loaded, &summary, &metrics, &effort));
        console.print(&format!("\nResults: {0}  (open {0}/report.html)", path.display()));
        console.note(&format!("digest of all rows: {}", &digest[..16]));
    }
    let is_broken = args.strict && broken_constraints(&summary);
    Ok(if is_broken { Exit::Broken } else { Exit::Done })
}

fn listen_for_interrupt(stop: &Arc<AtomicBool>) {
    let stop = Arc::clone(stop);
    // A handler may be set once a process; a second run in one process keeps the first.
    let _ = ctrlc::set_handler(move || stop.store(true, Ordering::Relaxed));
}

fn broken_constraints(summary: &Summary) -> bool {
    let hub = &summary.hub;
    let is_undone = hub.required_h - hub.served_h > 1e-3 * hub.required_h.max(1.0);
    let is_over = summary.sites.iter().any(|site| site.overloads > 0);
    let is_dry = summary.hydrogen.stations.iter().any(|station| station.turned_away + station.gave_up > 0);
    hub.unmet > 0 || is_dry || summary.cancelled > 0 || is_undone || is_over
}

fn manifest(args: &RunArgs, request: &Request, loaded: &Loaded, rows: BTreeMap<String, String>) -> Manifest {
    let qualities = [
        Quality::Verified,
        Quality::VerifiedSecondary,
        Quality::Derived,
        Quality::Chosen,
        Quality::Assumed,
        Quality::Recalled,
    ];
    let mut provenance: BTreeMap<String, usize> =
        qualities.into_iter().map(|quality| (quality.word().to_owned(), loaded.provenance.count(quality))).collect();
    provenance.insert("without_source".to_owned(), loaded.provenance.unsourced().count());
    Manifest {
        schema: SCHEMA,
        portvolt: env!("CARGO_PKG_VERSION").to_owned(),
        title: loaded.scenario.title.clone(),
        scenario: request.path.display().to_string(),
        overlays: request.overlays.iter().map(|path| path.display().to_string()).collect(),
        seed: args.seed,
        replication: args.replication,
        settings: request.settings.clone(),
        inputs: loaded.inputs.clone(),
        plugins: BTreeMap::new(),
        outputs: BTreeMap::new(),
        rows,
        provenance,
    }
}

/// One screen: service, energy, peaks, queues, the five worst sites.
fn screen(loaded: &Loaded, summary: &Summary, metrics: &[Metric], effort: &Effort) -> String {
    let time = &loaded.scenario.time;
    let mut out = format!("{}, {} days from {}\n\n", loaded.scenario.title, time.days, time.start);
    out.push_str(&service(summary, metrics));
    out.push_str(&energy(metrics));
    out.push_str(&hydrogen(metrics));
    out.push_str(&worst_sites(loaded, summary));
    let doubtful = loaded.doubtful();
    if doubtful > 0 {
        let of = loaded.provenance.origins.len();
        let _ =
            writeln!(out, "\n{doubtful} of its {of} numbers are recalled or assumed: `portvolt validate` lists them.");
    }
    out.push_str(&step_times(effort));
    out
}

fn total(metrics: &[Metric], name: &str) -> f64 {
    let found = metrics.iter().find(|metric| metric.name == name && metric.scope == "total");
    found.and_then(|metric| metric.value).unwrap_or(0.0)
}

fn percent(part: f64, whole: f64) -> String {
    if whole > 0.0 { format!("{:.1} %", 100.0 * part / whole) } else { "-".to_owned() }
}

/// Hauls, trucks, equipment.
fn service(summary: &Summary, metrics: &[Metric]) -> String {
    let total = |name| total(metrics, name);
    let mut out = String::new();
    if summary.requested > 0 {
        let (asked, done) = (total("hauls_requested"), total("hauls_completed"));
        let _ = writeln!(
            out,
            "Hauls      {asked:.0} asked for, {done:.0} done ({}), {:.0} late, {:.0} cancelled, {:.0} still open",
            percent(done, asked),
            total("hauls_late"),
            total("hauls_cancelled"),
            total("hauls_open"),
        );
        let _ = writeln!(
            out,
            "Trucks     {:.0} km ({} without a container), gate queue {:.1} min a haul, {:.0} stranded",
            total("truck_km"),
            percent(total("truck_empty_km"), total("truck_km")),
            total("gate_queue_mean_min"),
            total("trucks_stranded"),
        );
    }
    if total("equipment_hours_required") > 0.0 {
        let (asked, done) = (total("equipment_hours_required"), total("equipment_hours_served"));
        let _ = writeln!(out, "Equipment  {asked:.0} unit-hours asked for, {} served", percent(done, asked));
    }
    out
}

/// Sessions, queues, the grid, the air.
fn energy(metrics: &[Metric]) -> String {
    let total = |name| total(metrics, name);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "Charging   {:.0} sessions, {:.0} MWh delivered of {:.0} asked for, {:.0} left short",
        total("sessions"),
        total("energy_delivered_kwh") / 1e3,
        total("energy_requested_kwh") / 1e3,
        total("sessions_unmet"),
    );
    let _ = writeln!(
        out,
        "Queues     mean {:.1} min, 95 % within {:.0} min; ports taken {} of the time",
        total("queue_wait_mean_min"),
        total("queue_wait_p95_min"),
        percent(total("charger_utilization"), 1.0),
    );
    let _ = writeln!(
        out,
        "Grid       {:.0} MWh, peak {:.2} MW, load factor {:.2}",
        total("energy_grid_kwh") / 1e3,
        total("peak_kw") / 1e3,
        total("load_factor"),
    );
    let _ = writeln!(
        out,
        "Air        {:.0} gal diesel, {:.1} t CO2e at tailpipes, {:.1} t upstream, {:.0} kg NOx, {:.1} kg PM2.5",
        total("diesel_gal"),
        total("co2e_tailpipe_t"),
        total("co2e_upstream_t"),
        total("nox_kg"),
        total("pm25_kg"),
    );
    out
}

/// Fills, queue and cost of hydrogen, where there are stations.
fn hydrogen(metrics: &[Metric]) -> String {
    let total = |name| total(metrics, name);
    let mut out = String::new();
    if total("h2_requested_kg") > 0.0 {
        let _ = writeln!(
            out,
            "Hydrogen   {:.0} kg in {:.0} fills, 95 % wait up to {:.0} min, {:.0} sent away, {:.0} gave up, short {:.1} h; {:.2} USD and {:.1} kg CO2e a kg",
            total("h2_dispensed_kg"),
            total("h2_fills"),
            total("h2_queue_wait_p95_min"),
            total("h2_turned_away"),
            total("h2_gave_up"),
            total("h2_stockout_h"),
            total("h2_cost_usd_per_kg"),
            total("h2_co2e_kg_per_kg"),
        );
    }
    out
}

/// Where the time went, when it was measured.
fn step_times(effort: &Effort) -> String {
    let mut out = String::new();
    if effort.step_us.is_empty() {
        return out;
    }
    let whole: u64 = effort.step_us.iter().map(|step| step.1).sum();
    let _ = writeln!(out, "\nTime by step ({} events):", effort.events);
    for (step, spent) in &effort.step_us {
        let share = percent(*spent as f64, whole as f64);
        let _ = writeln!(out, "  {step:<10} {:>8.1} ms  {share}", *spent as f64 / 1e3);
    }
    let _ = writeln!(out, "  {:<10} {:>8.1} ms", "all", whole as f64 / 1e3);
    out
}

fn worst_sites(loaded: &Loaded, summary: &Summary) -> String {
    let mut ranked: Vec<_> = loaded
        .scenario
        .site
        .iter()
        .zip(&summary.sites)
        .filter(|(_, tally)| tally.sessions > 0 || tally.unmet > 0)
        .collect();
    let key = |tally: &crate::record::summary::Tally| {
        let unmet = tally.unmet as f64 / (tally.sessions + tally.unmet).max(1) as f64;
        unmet * 1e6 + tally.waits.quantile_min(0.95).unwrap_or(0.0)
    };
    ranked.sort_by(|a, b| key(b.1).total_cmp(&key(a.1)).then(a.0.0.cmp(b.0.0)));
    let mut out = String::new();
    if ranked.is_empty() {
        return out;
    }
    let _ = writeln!(out, "\nWorst sites            sessions   short   wait 95 %      peak     limit");
    for ((site, spec), tally) in ranked.into_iter().take(5) {
        let limit = spec.limit_kw.map_or("-".to_owned(), |kw| format!("{kw:.0} kW"));
        let wait = tally.waits.quantile_min(0.95).unwrap_or(0.0);
        let _ = writeln!(
            out,
            "  {site:<20} {:>8} {:>7} {wait:>7.0} min {:>6.0} kW {limit:>9}",
            tally.sessions, tally.unmet, tally.peak_kw
        );
    }
    out
}
