//! Charging sessions of ACN-Data (Caltech, JPL and an office garage) as its API writes them:
//! `{"_items": [{"sessionID", "spaceID", "connectionTime", "disconnectTime", "kWhDelivered", "userInputs", ...}]}`, with
//! times as in RFC 1123, `Wed, 25 Apr 2018 11:08:04 GMT`.

use super::stays::{self, Overlaps, Stay};
pub use super::stays::{Session, Sessions, to_csv};
use crate::document::json;
use crate::document::problem::{Mistakes, Problem};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

/// A file of more values is not read: a year of the largest site has a twentieth.
const MOST_VALUES: usize = 10_000_000;

/// What the data do not say, and which of it counts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    /// Time zone; none: the sessions' own.
    pub zone: Option<String>,
    /// Most power of every port, kW. None: 6.656 kW, the garages' ports of 32 A at 208 V, or where a port delivered more, the
    /// highest mean power of its sessions.
    pub max_kw: Option<f64>,
    /// Take what drivers asked for (energy and departure of their last input) where they said it, instead of what they
    /// got and when they left.
    pub as_requested: bool,
}

/// Reads a file. Mistakes go to `problems`, by session and key.
pub fn read(path: &str, text: &str, options: &Options, problems: &mut Vec<Problem>) -> Sessions {
    let mut reader = Reader { mistakes: Mistakes::of(path, problems) };
    let document: Value = match json::parse(text, MOST_VALUES) {
        Ok(document) => document,
        Err((line, message)) => {
            reader.mistakes.push(Some(line), "", message, None);
            return Sessions::default();
        }
    };
    let out = reader.sessions(&document, options).unwrap_or_default();
    reader.mistakes.close();
    out
}

/// Are these the sessions of ACN-Data?
pub(super) fn is_acn(document: &Value) -> bool {
    let items = document.get("_items").unwrap_or(document);
    document.get("_items").is_some() || items.get(0).is_some_and(|item| item.get("connectionTime").is_some())
}

struct Reader<'a> {
    mistakes: Mistakes<'a>,
}

impl Reader<'_> {
    fn wrong(&mut self, field: String, message: impl Into<String>, help: Option<&str>) {
        self.mistakes.push(None, &field, message.into(), help.map(str::to_owned));
    }

    fn sessions(&mut self, document: &Value, options: &Options) -> Option<Sessions> {
        let items = document.get("_items").unwrap_or(document);
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
        let sessions = stays::sessions(stays, &zone, options.max_kw, Overlaps::Wrong, &mut self.mistakes)?;
        Some(Sessions { open, ..sessions })
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
            let value = &item["kWhDelivered"];
            let found = if value.is_null() {
                "is missing".to_owned()
            } else {
                format!("{value} is no energy from 0 to 10000 kWh")
            };
            self.wrong(format!("{label}.kWhDelivered"), found, Some("write it as a number without quotes"));
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
        let (line, power_kw) = (None, None);
        Some(Stay { line, label, session_id, vehicle_id, charger_id, arrive, depart, energy_kwh, power_kw })
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
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
