//! `portvolt replay`: recorded charging sessions through the same engine, under any policy.

use super::exit::Exit;
use super::files;
use super::output::console::Console;
use super::output::diagnose;
use super::simulate::{begin, carry_out};
use crate::document::problem::Problems;
use crate::import::map::Map;
use crate::import::stamp::DateOrder;
use crate::job::{Bounded, Job};
use crate::policy::charging::UNCONTROLLED;
use crate::record::folder::Manifest;
use crate::scenario::Allocation;
use crate::scenario::map_file::map_of;
use crate::scenario::replay::{POOLS, POWERS_KW, Replay, load, name};
use crate::sim::Options;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct ReplayArgs {
    /// CSV with the columns `session_id, vehicle_id, charger_id, arrive_s, depart_s, energy_kwh, max_kw` and optionally
    /// `vehicle_max_kw`; or a log: a table with times (CSV, workbook), ACN-Data, OCPI records, OCPP messages.
    sessions: PathBuf,
    /// A mapping file (TOML) that says what the columns of a log are.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Which number of a date such as 3/4/2025 is the month.
    #[arg(long, value_enum)]
    dates: Option<DateOrder>,
    /// Charging policy; `portvolt policies` lists them.
    #[arg(long, default_value = UNCONTROLLED)]
    policy: String,
    /// A parameter of the policy; may be given more than once.
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
    params: Vec<(String, f64)>,
    /// Limit of the connection, kW, at the meter. The policy `uncontrolled` is compared with it, not held to it.
    #[arg(long, value_parser = power)]
    limit_kw: Option<f64>,
    /// Control interval, such as 15min, 300s or 1h.
    #[arg(long, default_value = "15min", value_parser = duration_s)]
    interval: u32,
    /// Share power under a limit at the boundaries of control intervals, as simulators do that go in steps, or at each event
    /// (plug-in, unplug, full battery), so that the limit holds in every second and waits do not depend on the interval.
    #[arg(long, default_value = "interval", value_name = "WHEN", value_parser = allocation)]
    allocation: Allocation,
    /// Let vehicles keep their ports until they depart, also when they are done, as where nobody unplugs them.
    #[arg(long)]
    stay_plugged: bool,
    /// Let the sessions queue for a pool of this many charging ports, whatever their `charger_id`.
    #[arg(long, value_parser = clap::value_parser!(u32).range(i64::from(*POOLS.start())..=i64::from(*POOLS.end())))]
    chargers: Option<u32>,
    /// Maximum power of a charging port of the pool, kW. A replay has no losses: grid and battery side are the same.
    #[arg(long, requires = "chargers", value_parser = power)]
    port_kw: Option<f64>,
    /// Most power of every port of a log, kW; otherwise what the log tells of it, or 6.656 kW.
    #[arg(long, value_name = "KW", value_parser = power)]
    max_kw: Option<f64>,
    /// Bill the load by this tariff: a URDB or CSV file, or the name of a shipped one such as `sce_tou_ev_9`.
    #[arg(long, value_name = "FILE")]
    tariff: Option<PathBuf>,
    /// Which tariff of the file, when it holds several.
    #[arg(long, value_name = "NAME", requires = "tariff")]
    tariff_name: Option<String>,
    /// Local day on which second 0 of the sessions falls. Default: the log's own, else 2025-01-06.
    #[arg(long)]
    start: Option<String>,
    /// Time zone. Default: the log's own, else `America/Los_Angeles`.
    #[arg(long)]
    zone: Option<String>,
    /// Seed; used where a policy only gets estimates.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder for the results. Default: runs/NAME-of-the-file.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Overwrite a finished run.
    #[arg(long)]
    force: bool,
    /// Write the tables as CSV too.
    #[arg(long)]
    csv: bool,
    /// Make the HTML report too.
    #[arg(long)]
    report: bool,
    /// Exit with 6 when a session left below its target or the limit was passed.
    #[arg(long)]
    strict: bool,
    /// Say how far this policy is from the best possible with full knowledge: energy, peak, cost.
    #[arg(long)]
    bound: bool,
    /// Print the time of each step of the simulation.
    #[arg(long)]
    profile: bool,
}

impl ReplayArgs {
    /// The replay of a manifest, in another folder; or the setting that it cannot read.
    pub(super) fn again(manifest: &Manifest, out: &Path) -> Result<Self, String> {
        let is_csv = |path: &String| Path::new(path).extension().is_some_and(|extension| extension == "csv");
        let mut args = Self {
            sessions: PathBuf::from(&manifest.scenario),
            map: None,
            dates: None,
            policy: String::new(),
            params: Vec::new(),
            limit_kw: None,
            interval: 900,
            allocation: Allocation::Interval,
            stay_plugged: false,
            chargers: None,
            port_kw: None,
            max_kw: None,
            tariff: None,
            tariff_name: None,
            start: None,
            zone: None,
            seed: manifest.seed,
            out: Some(out.to_path_buf()),
            force: true,
            csv: manifest.outputs.keys().any(is_csv),
            report: manifest.outputs.contains_key("report.html"),
            strict: false,
            bound: manifest.settings.iter().any(|setting| setting == "bound=true"),
            profile: false,
        };
        for setting in &manifest.settings {
            args.set(setting).ok_or_else(|| setting.clone())?;
        }
        Ok(args)
    }

    /// A manifest is data: what it sets is held to what the command line takes.
    fn set(&mut self, setting: &str) -> Option<()> {
        let (name, value) = setting.split_once('=')?;
        let text = || Some(value.to_owned());
        match name {
            "policy" => value.clone_into(&mut self.policy),
            "interval_s" => self.interval = duration_s(value).ok()?,
            "stay_plugged" => self.stay_plugged = value == "true",
            "allocation" => self.allocation = allocation(value).ok()?,
            "limit_kw" => self.limit_kw = Some(power(value).ok()?),
            "chargers" => self.chargers = Some(value.parse().ok().filter(|ports| POOLS.contains(ports))?),
            "port_kw" => self.port_kw = Some(power(value).ok()?),
            "map" => self.map = Some(PathBuf::from(value)),
            "dates" => self.dates = <DateOrder as clap::ValueEnum>::from_str(value, false).ok(),
            "max_kw" => self.max_kw = Some(power(value).ok()?),
            "tariff" => self.tariff = Some(PathBuf::from(value)),
            "tariff_name" => self.tariff_name = text(),
            "start" => self.start = text(),
            "zone" => self.zone = text(),
            "bound" => {}
            _ => self.params.push((name.strip_prefix("param.")?.to_owned(), value.parse().ok()?)),
        }
        Some(())
    }
}

/// `15min`, `300s`, `1h`, or plain seconds.
fn duration_s(text: &str) -> Result<u32, String> {
    let (number, unit_s) = match text {
        _ if text.ends_with("min") => (text.trim_end_matches("min"), 60),
        _ if text.ends_with('h') => (text.trim_end_matches('h'), 3600),
        _ => (text.trim_end_matches('s'), 1),
    };
    let seconds = number.trim().parse::<u32>().ok().and_then(|number| number.checked_mul(unit_s));
    match seconds {
        // Hours are what tariffs and tables count by: an interval over their border would belong to two of them.
        Some(seconds @ 1..=3600) if 3600_u32.is_multiple_of(seconds) => Ok(seconds),
        Some(1..=3600) => {
            Err("write a time that divides the hour, such as 5min, 10min, 15min, 20min or 30min".to_owned())
        }
        _ => Err("write a time of 1 s to 1 h, such as 15min or 300s".to_owned()),
    }
}

fn allocation(text: &str) -> Result<Allocation, String> {
    Allocation::parse(text).ok_or_else(|| "write `interval` or `event`".to_owned())
}

fn power(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(kw) if POWERS_KW.contains(&kw) => Ok(kw),
        _ => Err("write a power of 0 to 10000000 kW".to_owned()),
    }
}

fn parameter(text: &str) -> Result<(String, f64), String> {
    let parsed = text.split_once('=').and_then(|(name, value)| {
        let value: f64 = value.parse().ok()?;
        value.is_finite().then(|| (name.to_owned(), value))
    });
    parsed.ok_or_else(|| "write it as name=number".to_owned())
}

pub(super) fn replay(args: &ReplayArgs, console: &Console) -> Exit {
    let mut problems = Vec::new();
    let Some(map) = map_of(args.map.as_deref(), &mut problems) else {
        return diagnose::show(&Problems { files: Vec::new(), list: problems }, console);
    };
    let replay = Replay {
        sessions: args.sessions.clone(),
        map: Map { dates: args.dates.or(map.dates), ..map },
        policy: args.policy.clone(),
        params: args.params.iter().cloned().collect::<BTreeMap<_, _>>(),
        limit_kw: args.limit_kw,
        interval_s: args.interval,
        allocation: args.allocation,
        stay_plugged: args.stay_plugged,
        chargers: args.chargers,
        port_kw: args.port_kw,
        max_kw: args.max_kw,
        tariff: args.tariff.clone(),
        tariff_name: args.tariff_name.clone(),
        start: args.start.clone(),
        zone: args.zone.clone(),
    };
    let loaded = match load(&replay) {
        Ok(loaded) => loaded,
        Err(problems) => return diagnose::show(&problems, console),
    };
    loaded.notes.iter().for_each(|note| console.note(&format!("note: {note}")));
    let out = files::out(args.out.as_ref(), &name(&args.sessions), console);
    let folder = match out.and_then(|out| begin(&out, args.force, console)) {
        Ok(folder) => folder,
        Err(exit) => return exit,
    };
    // Uncontrolled charging has no limit, and so has what it is compared with.
    let limit_kw = args.limit_kw.filter(|_| args.policy != UNCONTROLLED).unwrap_or(f64::INFINITY);
    let job = Job {
        loaded: &loaded,
        options: Options { seed: args.seed, profile: args.profile, ..Options::default() },
        command: "replay",
        scenario: args.sessions.display().to_string(),
        overlays: Vec::new(),
        settings: settings(args),
        with_csv: args.csv,
        with_report: args.report,
        bound: if args.bound { Bounded::Replay(limit_kw) } else { Bounded::No },
        sensitivity: None,
        fork: None,
        baseline: None,
    };
    carry_out(&job, args.strict, folder, console)
}

/// What was asked for, as the manifest keeps it: the options that change results.
fn settings(args: &ReplayArgs) -> Vec<String> {
    let mut out = vec![format!("policy={}", args.policy), format!("interval_s={}", args.interval)];
    out.extend((args.allocation != Allocation::Interval).then(|| format!("allocation={}", args.allocation.word())));
    out.extend(args.stay_plugged.then(|| "stay_plugged=true".to_owned()));
    out.extend(args.params.iter().map(|(name, value)| format!("param.{name}={value}")));
    out.extend(args.limit_kw.map(|kw| format!("limit_kw={kw}")));
    out.extend(args.chargers.map(|ports| format!("chargers={ports}")));
    out.extend(args.port_kw.map(|kw| format!("port_kw={kw}")));
    out.extend(args.map.as_ref().map(|map| format!("map={}", map.display())));
    out.extend(
        args.dates.and_then(|dates| Some(format!("dates={}", clap::ValueEnum::to_possible_value(&dates)?.get_name()))),
    );
    out.extend(args.max_kw.map(|kw| format!("max_kw={kw}")));
    out.extend(args.tariff.as_ref().map(|file| format!("tariff={}", file.display())));
    out.extend(args.tariff_name.as_ref().map(|name| format!("tariff_name={name}")));
    out.extend(args.bound.then(|| "bound=true".to_owned()));
    out.extend(args.start.as_ref().map(|day| format!("start={day}")));
    out.extend(args.zone.as_ref().map(|zone| format!("zone={zone}")));
    out
}
