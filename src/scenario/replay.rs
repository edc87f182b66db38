//! Recorded sessions as a scenario: one site, one group of ports, visitors from a file. The same engine as any other run.

use super::files::read_bytes;
use super::load::sorted;
use super::loaded::{Background, FIRST_SOC, Levels, Loaded, Plugins, Visit, Visits};
use super::provenance::Provenance;
use super::rows::tariff;
use super::visits::{twice, visits};
use super::{Allocation, Scenario};
use crate::disk::read::{Kind, utf8};
use crate::document::problem::{MOST_TOLD, Place, Problem, Problems};
use crate::import::map::Map;
use crate::import::sessions as recorded;
use crate::kernel::calendar::Calendar;
use crate::policy;
use crate::policy::charging::UNCONTROLLED;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const DAY_S: u32 = crate::kernel::calendar::DAY_S as u32;
/// No replay is longer than this, s.
const LAST_S: u32 = 1_100 * DAY_S;

/// Ports of a pool.
pub const POOLS: RangeInclusive<u32> = 1..=100_000;
/// Power of a port, or limit of a connection, kW.
pub const POWERS_KW: RangeInclusive<f64> = 0.0..=1e7;

/// The key of the only site of a replay.
pub const SITE: &str = "site";

/// What to replay.
#[derive(Debug, Clone)]
pub struct Replay {
    /// Sessions as CSV: `session_id, vehicle_id, charger_id, arrive_s, depart_s, energy_kwh, max_kw` and optionally
    /// `vehicle_max_kw`; or a log of others, as [`recorded::read`] takes it.
    pub sessions: PathBuf,
    /// How a table of others is read.
    pub map: Map,
    /// Charging policy.
    pub policy: String,
    /// Its parameters.
    pub params: BTreeMap<String, f64>,
    /// Limit of the connection, kW. The policy `uncontrolled` is not held to it.
    pub limit_kw: Option<f64>,
    /// Control interval, seconds.
    pub interval_s: u32,
    /// When sessions share power under a limit.
    pub allocation: Allocation,
    /// Do vehicles keep their ports until they depart, also when they are done?
    pub stay_plugged: bool,
    /// A pool of this many ports that sessions queue for; none: each session has the port of its `charger_id`.
    pub chargers: Option<u32>,
    /// Most power of a port of the pool, kW.
    pub port_kw: Option<f64>,
    /// Most power of every port of a log of others, kW; none: as [`recorded::Options::max_kw`] has it.
    pub max_kw: Option<f64>,
    /// A tariff to bill by: a file, or the name of a shipped one.
    pub tariff: Option<PathBuf>,
    /// Which tariff of the file, when it holds several.
    pub tariff_name: Option<String>,
    /// First local day; none: the file's own, or a Monday in January.
    pub start: Option<String>,
    /// Time zone; none: the file's own, or that of Los Angeles.
    pub zone: Option<String>,
}

impl Replay {
    /// Sessions at their own ports under a policy, by the quarter of an hour, without limit and tariff.
    #[must_use]
    #[cfg_attr(private_rooms, allow(dead_code, reason = "benches and fuzz targets begin with it"))]
    pub fn new(sessions: PathBuf, policy: &str) -> Self {
        Self {
            sessions,
            map: Map::default(),
            policy: policy.to_owned(),
            params: BTreeMap::new(),
            limit_kw: None,
            interval_s: 900,
            allocation: Allocation::Interval,
            stay_plugged: false,
            chargers: None,
            port_kw: None,
            max_kw: None,
            tariff: None,
            tariff_name: None,
            start: None,
            zone: None,
        }
    }
}

/// Reads the sessions and makes a scenario of them.
///
/// # Errors
/// All problems of the file and of the settings.
pub fn load(replay: &Replay) -> Result<Loaded, Problems> {
    let path = replay.sessions.display().to_string();
    let bytes =
        read_bytes(&replay.sessions, Kind::Csv).map_err(|(message, help)| Problems::of_file(&path, message, help))?;
    let mut problems = Problems { list: out_of_range(replay), ..Problems::default() };
    let hash = blake3::hash(&bytes).to_hex().to_string();
    let Sessions { visits, start, zone, notes } = sessions(replay, &path, bytes, &mut problems.list);
    if visits.list.is_empty() && problems.list.is_empty() {
        problems.list.extend(Problems::of_file(&path, "holds no sessions", None).list);
    }
    let is_pool = replay.chargers.is_some();
    let apart = || if is_pool { Vec::new() } else { own_ports(&path, &visits) };
    let (alike, at_once) = rayon::join(|| own_names(&path, &visits), apart);
    let found: Vec<Problem> = alike.into_iter().chain(at_once).collect();
    let (told, rest) = found.split_at(found.len().min(MOST_TOLD));
    problems.list.extend_from_slice(told);
    if !rest.is_empty() {
        let message = format!("and {} more errors in this file", rest.len());
        let place = Some(Place::Rest(path.clone(), rest.len()));
        problems.list.push(Problem { place, field: String::new(), message, help: None });
    }
    let mut inputs = BTreeMap::from([(path, hash)]);
    let mut tariffs = BTreeMap::new();
    if let Some(file) = &replay.tariff {
        let (file, label) = (file.display().to_string(), replay.tariff_name.as_deref());
        let tariff = tariff(&file, label, &mut inputs, &mut problems.list);
        tariffs.extend(tariff.map(|tariff| (SITE.to_owned(), tariff)));
    }
    let last_s = visits.list.iter().map(|visit| visit.stay.depart_s).max().unwrap_or(0);
    problems.list.extend(too_long(replay, last_s));
    if last_s > LAST_S || visits.list.is_empty() {
        // What is wrong with the sessions is told; they tell no day and no zone.
        return Err(sorted(problems));
    }
    let (calendar, days) = calendar(&start, &zone, last_s, &mut problems.list);
    problems.list.extend(uneven_interval(replay, calendar.as_ref(), days));
    let scenario = scenario(replay, &visits, (&start, &zone), days);
    if let Err(error) = policy::charging(&replay.policy, &replay.params, None) {
        let (field, message, help) = ("--policy".to_owned(), error.to_string(), error.help());
        problems.list.push(Problem { place: None, field, message, help });
    }
    match calendar {
        Some(calendar) if problems.list.is_empty() => Ok(Loaded {
            scenario,
            calendar,
            hauls: None,
            visits: BTreeMap::from([("sessions".to_owned(), visits)]),
            fuel_visits: BTreeMap::new(),
            plans: BTreeMap::new(),
            lot_ways: BTreeMap::new(),
            background: Background::default(),
            matrix: Vec::new(),
            tariffs,
            solar: BTreeMap::new(),
            site_loads: BTreeMap::new(),
            schedule: None,
            pin_visits: replay.chargers.is_none(),
            record_views: None,
            first_soc: FIRST_SOC,
            first_levels: Levels::default(),
            inputs,
            plugins: Plugins::new(),
            canonical: String::new(),
            provenance: Provenance::default(),
            notes,
        }),
        _ => Err(sorted(problems)),
    }
}

/// Settings that no replay can have.
fn out_of_range(replay: &Replay) -> Vec<Problem> {
    let wrong = |option: &str, message: String| {
        Some(Problem { place: None, field: format!("--{option}"), message, help: None })
    };
    let powers = [("limit-kw", replay.limit_kw), ("port-kw", replay.port_kw), ("max-kw", replay.max_kw)];
    let powers = powers.into_iter().filter_map(|(option, power_kw)| {
        let power_kw = power_kw.filter(|power_kw| !POWERS_KW.contains(power_kw))?;
        wrong(option, format!("{power_kw} is not a power of 0 to {} kW", POWERS_KW.end()))
    });
    let ports = replay.chargers.filter(|ports| !POOLS.contains(ports));
    let ports = ports.and_then(|ports| wrong("chargers", format!("{ports} is not from 1 to {}", POOLS.end())));
    let lone = replay.port_kw.filter(|_| replay.chargers.is_none());
    let lone = lone.and_then(|_| wrong("port-kw", "is of a pool of ports: say of how many".to_owned()));
    powers.chain(ports).chain(lone).collect()
}

/// Sessions that end later than a replay may last.
fn too_long(replay: &Replay, last_s: u32) -> Vec<Problem> {
    if last_s <= LAST_S {
        return Vec::new();
    }
    let message =
        format!("its last session ends after {} days; a replay has at most {}", last_s / DAY_S, LAST_S / DAY_S);
    let help = Some("are `arrive_s` and `depart_s` seconds from the start?".to_owned());
    Problems::of_file(&replay.sessions.display().to_string(), message, help).list
}

/// Visits, with the day and the zone that their seconds count from.
struct Sessions {
    visits: Visits,
    start: String,
    zone: String,
    notes: Vec<String>,
}

/// Reads the plain CSV, or a log of others.
fn sessions(replay: &Replay, path: &str, bytes: Vec<u8>, problems: &mut Vec<Problem>) -> Sessions {
    let (mut start, mut zone) = ("2025-01-06".to_owned(), "America/Los_Angeles".to_owned());
    let mut notes = Vec::new();
    let visits = if recorded::is_own(&bytes) {
        match utf8(bytes) {
            Ok(text) => visits(path, &text, problems),
            Err(error) => {
                let help = Some("save the file as UTF-8".to_owned());
                problems.extend(Problems::of_file(path, error.to_string(), help).list);
                Visits::default()
            }
        }
    } else {
        let map = Map { zone: replay.zone.clone().or_else(|| replay.map.zone.clone()), ..replay.map.clone() };
        let options = recorded::Options { map, max_kw: replay.max_kw, as_requested: false };
        let sessions = recorded::read(path, &bytes, &options, problems);
        (start, zone) = (sessions.start.clone(), sessions.zone.clone());
        if sessions.open > 0 {
            notes.push(format!("{} sessions that had not ended are left out", sessions.open));
        }
        notes.extend(sessions.notes.iter().cloned());
        visits(path, &recorded::to_csv(&sessions), problems)
    };
    Sessions { visits, start: replay.start.clone().unwrap_or(start), zone: replay.zone.clone().unwrap_or(zone), notes }
}

/// No two sessions may have one name.
fn own_names(path: &str, visits: &Visits) -> Vec<Problem> {
    let wrong = |(line, session): (u64, Arc<str>)| {
        let message = format!("`{session}` is the name of another session too");
        Problem { place: Some(Place::Line(path.to_owned(), line)), field: "session_id".to_owned(), message, help: None }
    };
    twice(&visits.list).into_iter().map(wrong).collect()
}

/// Without a pool each session needs a charger, and no two may be there at once.
fn own_ports(path: &str, visits: &Visits) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut wrong = |line: u64, field: &str, message: String, help: &str| {
        let place = Some(Place::Line(path.to_owned(), line));
        problems.push(Problem { place, field: field.to_owned(), message, help: Some(help.to_owned()) });
    };
    for visit in visits.list.iter().filter(|visit| visit.stay.charger.is_none()) {
        wrong(
            visit.line,
            "charger_id",
            "the session has none".to_owned(),
            "name one, or let sessions queue: --chargers N",
        );
    }
    let entry = |(at, visit): (u32, &Visit)| {
        Some(u128::from(visit.stay.charger?) << 64 | u128::from(visit.stay.arrive_s) << 32 | u128::from(at))
    };
    let mut order: Vec<u128> = (0..).zip(&visits.list).filter_map(entry).collect();
    order.sort_unstable();
    for pair in order.windows(2) {
        let [before, after] = [pair[0], pair[1]].map(|entry| &visits.list[entry as u32 as usize]);
        if let Some(charger) = before.stay.charger.filter(|charger| after.stay.charger == Some(*charger))
            && after.stay.arrive_s < before.stay.depart_s
        {
            let name = &visits.chargers[charger as usize];
            let message = format!("arrives at charger `{name}` before the session of line {} leaves it", before.line);
            wrong(
                after.line,
                "arrive_s",
                message,
                "a port serves one vehicle at a time; let sessions queue: --chargers N",
            );
        }
    }
    problems
}

/// A calendar that covers the last departure, and its days.
fn calendar(start: &str, zone: &str, last_s: u32, problems: &mut Vec<Problem>) -> (Option<Calendar>, u32) {
    let mut days = last_s.div_ceil(DAY_S).max(1);
    loop {
        match Calendar::new(start, zone, days) {
            // The hour that spring takes away may push the last departure beyond the last midnight.
            Ok(calendar) if calendar.elapsed_s(i64::from(days) * i64::from(DAY_S)) < i64::from(last_s) => days += 1,
            Ok(calendar) => return (Some(calendar), days),
            Err(error) => {
                let help =
                    Some("--start is a date such as 2025-01-06, --zone a name such as America/Los_Angeles".to_owned());
                problems.push(Problem {
                    place: None,
                    field: "--start, --zone".to_owned(),
                    message: error.to_string(),
                    help,
                });
                return (None, days);
            }
        }
    }
}

/// What is wrong with the control interval: hours are what tariffs and tables count by, and one over the border of an hour, or
/// of a local midnight, would belong to two of them.
fn uneven_interval(replay: &Replay, calendar: Option<&Calendar>, days: u32) -> Option<Problem> {
    let interval_s = replay.interval_s;
    let message = if interval_s == 0 || !3600_u32.is_multiple_of(interval_s) {
        format!("{interval_s} s does not divide the hour")
    } else {
        let change_min = calendar?.uneven_change_s(interval_s, days)? / 60;
        format!("the clocks of the zone change by {change_min} min, which {interval_s} s does not divide")
    };
    let help = Some("choose 15min, for example".to_owned());
    Some(Problem { place: None, field: "--interval".to_owned(), message, help })
}

/// Times that all fall on boundaries need no finer tick than the interval; ports that are handed on do.
fn tick_s(replay: &Replay, visits: &[Visit]) -> u32 {
    let is_aligned = |visit: &Visit| {
        visit.stay.arrive_s.is_multiple_of(replay.interval_s) && visit.stay.depart_s.is_multiple_of(replay.interval_s)
    };
    if replay.chargers.is_none() && visits.iter().all(is_aligned) {
        return replay.interval_s;
    }
    (1..=60).rev().find(|tick| replay.interval_s.is_multiple_of(*tick)).unwrap_or(1)
}

fn scenario(replay: &Replay, visits: &Visits, (start, zone): (&str, &str), days: u32) -> Scenario {
    let tick_s = tick_s(replay, &visits.list);
    let ports = replay.chargers.unwrap_or(visits.chargers.len().max(1) as u32);
    let strongest_kw = visits.list.iter().map(|visit| visit.stay.max_kw).fold(1.0, f64::max);
    let limit_kw = replay.limit_kw.filter(|_| replay.policy != UNCONTROLLED);
    let text = serde_json::json!({
        "title": format!("Replay of {}", replay.sessions.display()),
        "time": {
            "start": start, "zone": zone, "days": days,
            "tick_s": tick_s, "interval_s": replay.interval_s, "dispatch_s": replay.interval_s,
            "allocation": replay.allocation.word()
        },
        "policy": { "charging": { "name": replay.policy, "params": replay.params } },
        "site": { SITE: { "kind": "public", "lat": 0.0, "lon": 0.0, "limit_kw": limit_kw } },
        "charger": { "port": {
            "site": SITE, "cabinets": 1, "cabinet_kw": f64::MAX, "ports": ports,
            "port_kw": replay.port_kw.unwrap_or(strongest_kw), "efficiency": 1.0, "users": ["visitors"]
        } },
        "visits": { "sessions": { "site": SITE, "csv": replay.sessions, "stay_plugged": replay.stay_plugged } },
    });
    serde_json::from_value(text).expect("a replay is a scenario")
}

/// The name of a replay's folder: that of its file.
#[must_use]
pub fn name(sessions: &Path) -> String {
    sessions.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
