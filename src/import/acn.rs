//! Charging sessions of ACN-Data (Caltech, JPL and an office garage) as its API writes them:
//! `{"_items": [{"sessionID", "spaceID", "connectionTime", "disconnectTime", "kWhDelivered", "userInputs", ...}]}`, with
//! times as in RFC 1123, `Wed, 25 Apr 2018 11:08:04 GMT`.

use crate::disk::name::steers;
use crate::document::json;
use crate::document::problem::{Mistakes, Problem};
use crate::kernel::calendar::{DAY_S, MOST_DAYS};
use crate::record::table::plain_cell;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A file of more values is not read: a year of the largest site has a twentieth.
const MOST_VALUES: usize = 10_000_000;

/// What the data do not say, and which of it counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Time zone; none: the sessions' own.
    pub zone: Option<String>,
    /// Most power of a port, kW. The garages have ports of 32 A at 208 V, 6.656 kW.
    pub max_kw: f64,
    /// Take what drivers asked for (energy and departure of their last input) where they said it, instead of what they
    /// got and when they left.
    pub as_requested: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { zone: None, max_kw: 6.656, as_requested: false }
    }
}

/// One session.
#[derive(Debug, Clone, PartialEq)]
pub struct AcnSession {
    /// `sessionID`.
    pub session_id: String,
    /// `userID`, or the session where the driver is unknown.
    pub vehicle_id: String,
    /// `spaceID`, or `stationID`.
    pub charger_id: String,
    /// Plug-in, seconds from local midnight of the first day.
    pub arrive_s: u32,
    /// Departure.
    pub depart_s: u32,
    /// Energy asked for, kWh.
    pub energy_kwh: f64,
    /// Most power, kW.
    pub max_kw: f64,
}

/// All sessions of a file, in the order of arrival.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AcnSessions {
    /// The first local day.
    pub start: String,
    /// Its time zone.
    pub zone: String,
    /// The sessions.
    pub list: Vec<AcnSession>,
    /// Sessions that had not ended when the file was made: left out.
    pub open: usize,
}

/// Reads a file. Mistakes go to `problems`, by session and key.
pub fn read(path: &str, text: &str, options: &Options, problems: &mut Vec<Problem>) -> AcnSessions {
    let mut reader = Reader { mistakes: Mistakes::of(path, problems) };
    let out = reader.sessions(text, options).unwrap_or_default();
    reader.mistakes.close();
    out
}

/// As the CSV that `[visits]` and `replay` read.
#[must_use]
pub fn to_csv(sessions: &AcnSessions) -> String {
    let mut out = "session_id,vehicle_id,charger_id,arrive_s,depart_s,energy_kwh,max_kw\n".to_owned();
    for row in &sessions.list {
        let words = [&row.session_id, &row.vehicle_id, &row.charger_id].map(|word| quoted(word));
        let (words, numbers) = (words.join(","), (row.arrive_s, row.depart_s, row.energy_kwh, row.max_kw));
        let _ = writeln!(out, "{words},{},{},{},{}", numbers.0, numbers.1, numbers.2, numbers.3);
    }
    out
}

/// An identifier of others as a cell: on one line, and no formula where a spreadsheet opens it.
fn quoted(word: &str) -> String {
    let word: String = word.chars().map(|c| if steers(c) { ' ' } else { c }).collect();
    let word = plain_cell(&word);
    if word.contains([',', '"', '\n']) { format!("\"{}\"", word.replace('"', "\"\"")) } else { word }
}

/// A session with absolute times.
struct Stay {
    label: String,
    session_id: String,
    vehicle_id: String,
    charger_id: String,
    arrive: Timestamp,
    depart: Timestamp,
    energy_kwh: f64,
}

struct Reader<'a> {
    mistakes: Mistakes<'a>,
}

impl Reader<'_> {
    fn wrong(&mut self, field: String, message: impl Into<String>, help: Option<&str>) {
        self.mistakes.push(None, &field, message.into(), help.map(str::to_owned));
    }

    fn sessions(&mut self, text: &str, options: &Options) -> Option<AcnSessions> {
        let document: Value = match json::parse(text, MOST_VALUES) {
            Ok(document) => document,
            Err((line, message)) => {
                self.mistakes.push(Some(line), "", message, None);
                return None;
            }
        };
        let items = document.get("_items").unwrap_or(&document);
        let Some(items) = items.as_array().filter(|items| !items.is_empty()) else {
            self.wrong("_items".to_owned(), "holds no sessions", Some("ACN-Data writes {\"_items\": [...]}"));
            return None;
        };
        let zone = self.zone(items, options)?;
        let mut open = 0;
        let mut stays = Vec::new();
        for (at, item) in items.iter().enumerate() {
            if item["disconnectTime"].is_null() && !item["connectionTime"].is_null() {
                open += 1;
            } else if let Some(stay) = self.stay(at, item, options) {
                stays.push(stay);
            }
        }
        self.overlaps(&stays);
        stays.sort_by(|a, b| (a.arrive, &a.session_id).cmp(&(b.arrive, &b.session_id)));
        let first = stays.first()?.arrive.to_zoned_datetime(zone.clone()).start_of_day().ok()?;
        self.not_too_long(&stays, first.timestamp());
        let elapsed_s = |time: Timestamp| (time.as_second() - first.timestamp().as_second()) as u32;
        let list = stays.iter().map(|stay| AcnSession {
            session_id: stay.session_id.clone(),
            vehicle_id: stay.vehicle_id.clone(),
            charger_id: stay.charger_id.clone(),
            arrive_s: elapsed_s(stay.arrive),
            depart_s: elapsed_s(stay.depart),
            energy_kwh: stay.energy_kwh,
            max_kw: options.max_kw,
        });
        let name = zone.iana_name().unwrap_or("UTC").to_owned();
        Some(AcnSessions { start: first.date().to_string(), zone: name, list: list.collect(), open })
    }

    /// A slip in a year would make seconds that do not fit.
    fn not_too_long(&mut self, stays: &[Stay], first: Timestamp) {
        for stay in stays {
            let days = (stay.depart.as_second() - first.as_second()) / DAY_S;
            if days > i64::from(MOST_DAYS) {
                let field = format!("{}.disconnectTime", stay.label);
                self.wrong(field, format!("is {days} days after the first session"), Some("is its year right?"));
            }
        }
    }

    fn zone(&mut self, items: &[Value], options: &Options) -> Option<TimeZone> {
        let own = items.iter().find_map(|item| item["timezone"].as_str());
        let name = options.zone.as_deref().or(own).unwrap_or("America/Los_Angeles");
        let zone = TimeZone::get(name).ok();
        if zone.is_none() {
            self.wrong("timezone".to_owned(), format!("`{name}` is no time zone"), Some("such as America/Los_Angeles"));
        }
        zone
    }

    fn stay(&mut self, at: usize, item: &Value, options: &Options) -> Option<Stay> {
        let text = |names: &[&str]| names.iter().find_map(|name| word(&item[*name]));
        let session_id = text(&["sessionID", "_id"]).unwrap_or_else(|| at.to_string());
        let label = format!("_items[{at}] ({session_id})");
        let arrive = self.time(&label, "connectionTime", &item["connectionTime"]);
        let left = self.time(&label, "disconnectTime", &item["disconnectTime"]);
        let input = item["userInputs"].as_array().and_then(|inputs| inputs.last()).filter(|_| options.as_requested);
        let asked_kwh = input.and_then(|input| input["kWhRequested"].as_f64());
        let energy_kwh = asked_kwh.or_else(|| item["kWhDelivered"].as_f64()).filter(|kwh| (0.0..=1e4).contains(kwh));
        if energy_kwh.is_none() {
            self.wrong(format!("{label}.kWhDelivered"), "is no energy from 0 to 10000 kWh", None);
        }
        let Some(charger_id) = text(&["spaceID", "stationID"]) else {
            self.wrong(format!("{label}.spaceID"), "is missing, and so is stationID", None);
            return None;
        };
        let (arrive, left, energy_kwh) = (arrive?, left?, energy_kwh?);
        let depart = match input.map(|input| &input["requestedDeparture"]).filter(|time| !time.is_null()) {
            Some(time) => self.time(&label, "userInputs.requestedDeparture", time)?,
            None => left,
        };
        if depart <= arrive {
            let key = if depart == left { "disconnectTime" } else { "userInputs.requestedDeparture" };
            self.wrong(format!("{label}.{key}"), "is not after connectionTime", Some("a session ends after it starts"));
            return None;
        }
        let vehicle_id = text(&["userID"]).unwrap_or_else(|| session_id.clone());
        Some(Stay { label, session_id, vehicle_id, charger_id, arrive, depart, energy_kwh })
    }

    fn time(&mut self, label: &str, key: &str, value: &Value) -> Option<Timestamp> {
        let text = value.as_str().unwrap_or_default();
        let parsed = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok();
        let time = parsed.or_else(|| text.parse::<Timestamp>().ok());
        if time.is_none() {
            let shown = if value.is_null() { "is missing".to_owned() } else { format!("{value} is no time") };
            self.wrong(format!("{label}.{key}"), shown, Some("such as \"Wed, 25 Apr 2018 11:08:04 GMT\""));
        }
        time
    }

    /// No port serves two vehicles at once.
    fn overlaps(&mut self, stays: &[Stay]) {
        let mut of_charger: BTreeMap<&str, Vec<&Stay>> = BTreeMap::new();
        for stay in stays {
            of_charger.entry(&stay.charger_id).or_default().push(stay);
        }
        for (charger, mut mine) in of_charger {
            mine.sort_by_key(|stay| stay.arrive);
            for pair in mine.windows(2) {
                if pair[1].arrive < pair[0].depart {
                    let message = format!("overlaps session {} on the port `{charger}`", pair[0].session_id);
                    self.wrong(pair[1].label.clone(), message, Some("one port serves one vehicle at a time"));
                }
            }
        }
    }
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
