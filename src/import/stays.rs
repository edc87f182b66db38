//! Recorded charging sessions, whatever file they come from, as the rows that `[visits]` and `replay` read.

use crate::disk::name::steers;
use crate::document::problem::Mistakes;
use crate::kernel::calendar::{Calendar, DAY_S, MOST_DAYS};
use crate::record::table::plain_cell;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Power of a port of which nothing is known, kW: 32 A at 208 V, as in the garages of ACN-Data.
const USUAL_KW: f64 = 6.656;
/// No port gives more, kW.
const MOST_KW: f64 = 100_000.0;
/// A charger delivers at least this share of what it draws; assumed, below the efficiencies of chargers that are sold. A recorded
/// power is what was delivered, a port's power in a scenario what it draws.
const LEAST_EFFICIENCY: f64 = 0.9;
/// Names that are said one by one; of more the rest is counted.
const NAMED: usize = 6;

/// A session with absolute times.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stay {
    /// Where it stands in its file: a line, or a key path.
    pub(super) line: Option<u64>,
    pub(super) label: String,
    pub(super) session_id: String,
    pub(super) vehicle_id: String,
    pub(super) charger_id: String,
    pub(super) arrive: Timestamp,
    pub(super) depart: Timestamp,
    pub(super) energy_kwh: f64,
    /// Highest power that the file tells of, kW.
    pub(super) power_kw: Option<f64>,
}

impl Stay {
    fn hours(&self) -> f64 {
        self.depart.duration_since(self.arrive).as_secs_f64() / 3600.0
    }
}

/// The stays of a log.
#[derive(Debug, Clone, Default)]
pub(super) struct Recorded {
    pub(super) stays: Vec<Stay>,
    /// Those that had not ended, which are not among them.
    pub(super) open: usize,
    /// What else is left out.
    pub(super) notes: Vec<String>,
}

/// One session.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Its name.
    pub session_id: String,
    /// Its vehicle, or the session where the vehicle is unknown.
    pub vehicle_id: String,
    /// Its port.
    pub charger_id: String,
    /// Plug-in, seconds from local midnight of the first day.
    pub arrive_s: u32,
    /// Departure.
    pub depart_s: u32,
    /// Energy asked for, kWh.
    pub energy_kwh: f64,
    /// Most power that was delivered, or is taken to be, kW.
    pub max_kw: f64,
    /// What a port has to draw for it at most, kW; the same where the power of the port was given or assumed.
    pub draws_kw: f64,
}

/// All sessions of a file, in the order of arrival.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sessions {
    /// The first local day.
    pub start: String,
    /// Its time zone.
    pub zone: String,
    /// The sessions.
    pub list: Vec<Session>,
    /// Sessions that had not ended when the file was made: left out.
    pub open: usize,
    /// What was assumed, and what does not fit.
    pub notes: Vec<String>,
}

impl Sessions {
    /// What they are, in a sentence.
    #[must_use]
    pub fn told(&self) -> String {
        let open = if self.open > 0 { format!(", {} that had not ended left out", self.open) } else { String::new() };
        format!("{} sessions from {} ({}){open}", self.list.len(), self.start, self.zone)
    }

    /// Those that lie within the days of a calendar, with seconds from its start; and how many do not.
    #[must_use]
    pub fn within(&self, calendar: &Calendar, days: u32) -> (Self, usize) {
        let Ok(own) = Calendar::new(&self.start, &self.zone, 1) else { return (Self::default(), self.list.len()) };
        let shift_s = own.unix_s(0) - calendar.unix_s(0);
        let end_s = calendar.elapsed_s(i64::from(days) * DAY_S);
        let moved = |session: &Session| {
            let (arrive_s, depart_s) = (i64::from(session.arrive_s) + shift_s, i64::from(session.depart_s) + shift_s);
            let is_within = arrive_s >= 0 && arrive_s < end_s;
            is_within.then(|| Session { arrive_s: arrive_s as u32, depart_s: depart_s as u32, ..session.clone() })
        };
        let list: Vec<Session> = self.list.iter().filter_map(moved).collect();
        let left_out = self.list.len() - list.len();
        let (start, zone) = (calendar.start().to_string(), calendar.zone().to_owned());
        (Self { start, zone, list, open: self.open, notes: self.notes.clone() }, left_out)
    }
}

/// What to do with two vehicles at one port at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overlaps {
    /// It is a mistake.
    Wrong,
    /// The charger has more than one port.
    MorePorts,
}

/// Sessions with seconds from the first local midnight. `max_kw` is the power of every port, if given.
pub(super) fn sessions(
    mut stays: Vec<Stay>,
    zone: &TimeZone,
    max_kw: Option<f64>,
    overlaps: Overlaps,
    mistakes: &mut Mistakes<'_>,
) -> Option<Sessions> {
    stays.sort_by(|a, b| (a.arrive, &a.session_id).cmp(&(b.arrive, &b.session_id)));
    let mut notes = Vec::new();
    match overlaps {
        Overlaps::Wrong => refuse_overlaps(&stays, mistakes),
        Overlaps::MorePorts => notes.extend(more_ports(&mut stays)),
    }
    let first = stays.first()?.arrive.to_zoned_datetime(zone.clone()).start_of_day().ok()?;
    not_too_long(&stays, first.timestamp(), mistakes);
    let elapsed_s = |time: Timestamp| (time.as_second() - first.timestamp().as_second()) as u32;
    own_names(&stays, mistakes);
    let of_port = port_powers(&stays, max_kw, &mut notes);
    not_too_strong(&stays, &of_port, mistakes);
    notes.extend(misfits(&stays, &of_port));
    let list = stays.iter().map(|stay| Session {
        session_id: stay.session_id.clone(),
        vehicle_id: stay.vehicle_id.clone(),
        charger_id: stay.charger_id.clone(),
        arrive_s: elapsed_s(stay.arrive),
        depart_s: elapsed_s(stay.depart),
        energy_kwh: stay.energy_kwh,
        max_kw: of_port[stay.charger_id.as_str()].kw,
        draws_kw: of_port[stay.charger_id.as_str()].draws_kw(),
    });
    let name = zone.iana_name().unwrap_or("UTC").to_owned();
    Some(Sessions { start: first.date().to_string(), zone: name, list: list.collect(), open: 0, notes })
}

/// A slip in a year would make seconds that do not fit.
fn not_too_long(stays: &[Stay], first: Timestamp, mistakes: &mut Mistakes<'_>) {
    for stay in stays {
        let days = (stay.depart.as_second() - first.as_second()) / DAY_S;
        if days > i64::from(MOST_DAYS) {
            let field =
                if stay.label.is_empty() { "depart".to_owned() } else { format!("{}.disconnectTime", stay.label) };
            let message = format!("is {days} days after the first session");
            mistakes.push(stay.line, &field, message, Some("is its year right?".to_owned()));
        }
    }
}

/// No two sessions have one name: what is read of one would be that of the other.
fn own_names(stays: &[Stay], mistakes: &mut Mistakes<'_>) {
    let mut known: BTreeMap<&str, &Stay> = BTreeMap::new();
    for stay in stays {
        if let Some(first) = known.insert(&stay.session_id, stay) {
            let where_first = first.line.map_or_else(|| first.label.clone(), |line| format!("line {line}"));
            let message = format!("`{}` is the name of another session too: {where_first}", stay.session_id);
            let field = if stay.label.is_empty() { "session_id" } else { &stay.label };
            mistakes.push(stay.line, field, message, Some("is it in the file twice?".to_owned()));
        }
    }
}

/// A slip in a unit makes power that no port has.
fn not_too_strong(stays: &[Stay], of_port: &BTreeMap<&str, PortPower>, mistakes: &mut Mistakes<'_>) {
    let is_wrong = |stay: &&Stay| {
        let told = stay.power_kw.is_none_or(|kw| (0.0..=MOST_KW).contains(&kw));
        !told || !(0.0..=MOST_KW).contains(&of_port[stay.charger_id.as_str()].kw)
    };
    for stay in stays.iter().filter(is_wrong) {
        let kw = stay.power_kw.unwrap_or(stay.energy_kwh / stay.hours());
        let message = format!("a power of {kw:.0} kW at `{}` is not from 0 to {MOST_KW:.0} kW", stay.charger_id);
        let help = Some("are times, energy and power in the units that the file says?".to_owned());
        mistakes.push(stay.line, &stay.label, message, help);
    }
}

/// The power of a port.
#[derive(Debug, Clone, Copy, Default)]
struct PortPower {
    kw: f64,
    /// Does the file tell of it, beside what it did in the mean?
    is_told: bool,
    /// Is it what was delivered?
    is_seen: bool,
}

impl PortPower {
    /// What the port has to draw for it, kW.
    fn draws_kw(self) -> f64 {
        if self.is_seen { rounded_up(self.kw / LEAST_EFFICIENCY) } else { self.kw }
    }
}

/// To hundredths, kW: times are whole seconds.
fn rounded_up(kw: f64) -> f64 {
    (kw * 100.0 - 1e-6).ceil() / 100.0
}

/// The power of each port, and what was assumed for it.
fn port_powers<'s>(stays: &'s [Stay], max_kw: Option<f64>, notes: &mut Vec<String>) -> BTreeMap<&'s str, PortPower> {
    let mut of_port: BTreeMap<&str, PortPower> = BTreeMap::new();
    for stay in stays {
        let port = of_port.entry(&stay.charger_id).or_default();
        port.kw = port.kw.max(stay.energy_kwh / stay.hours()).max(stay.power_kw.unwrap_or(0.0));
        port.is_told |= stay.power_kw.is_some();
    }
    if let Some(given) = max_kw {
        for port in of_port.values_mut() {
            port.kw = given;
        }
        return of_port;
    }
    let (mut strong, mut told, mut usual) = (Vec::new(), 0, 0);
    for (name, port) in &mut of_port {
        port.is_seen = port.is_told || port.kw > USUAL_KW;
        // What a port did in the mean of a session it can do.
        port.kw = if port.is_seen { rounded_up(port.kw) } else { USUAL_KW };
        if port.is_told {
            told += 1;
        } else if port.is_seen {
            strong.push(format!("{name} {} kW", port.kw));
        } else {
            usual += 1;
        }
    }
    if told > 0 {
        notes.push(format!("power of {told} ports is the highest that the file tells of; --max-kw sets another"));
    }
    if !strong.is_empty() {
        let ports = named(&strong);
        notes.push(format!(
            "power of ports is assumed from the highest mean power of their sessions, which may be below their rating: {ports}; --max-kw sets it"
        ));
    }
    if usual > 0 {
        notes.push(format!("power of {usual} ports is assumed as {USUAL_KW} kW (32 A at 208 V); --max-kw sets it"));
    }
    of_port
}

/// Sessions whose energy their port cannot deliver while they are there.
fn misfits(stays: &[Stay], of_port: &BTreeMap<&str, PortPower>) -> Option<String> {
    let is_over = |stay: &&Stay| stay.energy_kwh > of_port[stay.charger_id.as_str()].kw * stay.hours() * 1.001;
    let over: Vec<String> = stays.iter().filter(is_over).map(|stay| stay.session_id.clone()).collect();
    let (sessions, have) = if over.len() == 1 { ("session", "has") } else { ("sessions", "have") };
    (!over.is_empty()).then(|| {
        let (count, names) = (over.len(), named(&over));
        format!("{count} {sessions} {have} more energy than the port can deliver while the vehicle is there: {names}")
    })
}

/// A few of a list, and how many more.
pub(super) fn named(list: &[String]) -> String {
    let more = list.len().saturating_sub(NAMED);
    let shown = list[..list.len() - more].join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// No port serves two vehicles at once.
fn refuse_overlaps(stays: &[Stay], mistakes: &mut Mistakes<'_>) {
    let mut last: BTreeMap<&str, &Stay> = BTreeMap::new();
    for stay in stays {
        if let Some(before) = last.get(stay.charger_id.as_str()).filter(|before| stay.arrive < before.depart) {
            let message = format!("overlaps session {} on the port `{}`", before.session_id, stay.charger_id);
            let help = Some("one port serves one vehicle at a time".to_owned());
            mistakes.push(stay.line, &stay.label, message, help);
        }
        last.insert(&stay.charger_id, stay);
    }
}

/// Gives vehicles that are at a charger at the same time ports of their own.
fn more_ports(stays: &mut [Stay]) -> Option<String> {
    // By charger: when each of its ports is free.
    let mut free: BTreeMap<String, Vec<Timestamp>> = BTreeMap::new();
    let mut shared: BTreeMap<String, usize> = BTreeMap::new();
    for stay in stays.iter_mut() {
        let ports = free.entry(stay.charger_id.clone()).or_default();
        let at = ports.iter().position(|free| *free <= stay.arrive).unwrap_or_else(|| {
            ports.push(Timestamp::MIN);
            ports.len() - 1
        });
        ports[at] = stay.depart;
        if at > 0 {
            shared.insert(stay.charger_id.clone(), ports.len());
            stay.charger_id = format!("{} ({})", stay.charger_id, at + 1);
        }
    }
    let names: Vec<String> = shared.iter().map(|(name, ports)| format!("{name} {ports}")).collect();
    (!names.is_empty())
        .then(|| format!("chargers with several vehicles at a time have so many ports: {}", named(&names)))
}

/// As the CSV that `replay` reads, whose ports lose nothing.
#[must_use]
pub fn to_csv(sessions: &Sessions) -> String {
    let mut out = "session_id,vehicle_id,charger_id,arrive_s,depart_s,energy_kwh,max_kw\n".to_owned();
    for row in &sessions.list {
        let _ = writeln!(out, "{},{}", cells(row), row.max_kw);
    }
    out
}

/// As the CSV that `[visits]` reads, whose chargers lose a part of what they draw: `max_kw` is what a port has to draw,
/// `vehicle_max_kw` what was delivered.
#[must_use]
pub fn to_visits_csv(sessions: &Sessions) -> String {
    let mut out = "session_id,vehicle_id,charger_id,arrive_s,depart_s,energy_kwh,max_kw,vehicle_max_kw\n".to_owned();
    for row in &sessions.list {
        let _ = writeln!(out, "{},{},{}", cells(row), row.draws_kw, row.max_kw);
    }
    out
}

/// What `max_kw` and `vehicle_max_kw` of [`to_visits_csv`] mean, for people.
pub const DRAWN: &str = "max_kw is what a port draws, vehicle_max_kw what was delivered: chargers are taken to deliver 0.9 of what \
                         they draw at least";

fn cells(row: &Session) -> String {
    let words = [&row.session_id, &row.vehicle_id, &row.charger_id].map(|word| quoted(word));
    format!("{},{},{},{}", words.join(","), row.arrive_s, row.depart_s, row.energy_kwh)
}

/// An identifier of others as a cell: on one line, and no formula where a spreadsheet opens it.
fn quoted(word: &str) -> String {
    let word: String = word.chars().map(|c| if steers(c) { ' ' } else { c }).collect();
    let word = plain_cell(&word);
    if word.contains([',', '"', '\n']) { format!("\"{}\"", word.replace('"', "\"\"")) } else { word }
}
