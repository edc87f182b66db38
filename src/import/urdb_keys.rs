//! The values of one object of the Utility Rate Database, checked one by one: every mistake is noted with its key path.

use crate::account::tariff::{Per, Schedule};
use crate::document::problem::{Place, Problem};
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Prices above this are no prices, $/kWh or $/kW.
const MOST_USD: f64 = 100_000.0;

/// Other names of the same keys: those of the bulk file, and older ones.
const ALIASES: [(&str, &str); 19] = [
    ("energyratestrux", "energyratestructure"),
    ("energyweekdaysched", "energyweekdayschedule"),
    ("energyweekendsched", "energyweekendschedule"),
    ("energyfueladjustments", "fueladjustmentsmonthly"),
    ("demandratestrux", "demandratestructure"),
    ("demandweekdaysched", "demandweekdayschedule"),
    ("demandweekendsched", "demandweekendschedule"),
    ("demandrateunits", "demandrateunit"),
    ("demandratchetpct", "demandratchetpercentage"),
    ("demandunit", "demandunits"),
    ("holiday", "holidays"),
    ("flatdemandstrux", "flatdemandstructure"),
    ("flatdemandunits", "flatdemandunit"),
    ("coincidentratestrux", "coincidentratestructure"),
    ("coincidentsched", "coincidentrateschedule"),
    ("coincidentrateunits", "coincidentrateunit"),
    ("ratename", "name"),
    ("utilityname", "utility"),
    ("effectivedate", "startdate"),
];

/// The keys that are read. Others are the database's notes, and left alone.
const READ: [&str; 49] = [
    "annualmincharge",
    "coincidentrateschedule",
    "coincidentratestructure",
    "coincidentrateunit",
    "demandratchetpercentage",
    "demandratestructure",
    "demandrateunit",
    "demandunits",
    "demandreactivepowercharge",
    "demandweekdayschedule",
    "demandweekendschedule",
    "demandwindow",
    "dgrules",
    "enddate",
    "energyratestructure",
    "energyweekdayschedule",
    "energyweekendschedule",
    "fixedchargefirstmeter",
    "fixedchargeunits",
    "fixedmonthlycharge",
    "flatdemandmonths",
    "flatdemandstructure",
    "flatdemandunit",
    "fueladjustmentsmonthly",
    "holidays",
    "holidays_observed",
    "label",
    "leastbilleddemand",
    "lookbackmonths",
    "lookbackpercent",
    "lookbackrange",
    "mincharge",
    "minchargeunits",
    "minmonthlycharge",
    "name",
    "peakkwcapacitymax",
    "peakkwcapacitymin",
    "period_names",
    "powerfactor",
    "quality",
    "source",
    "startdate",
    "startyear",
    "subscribedkw",
    "subscriptionblockkw",
    "subscriptionblockusd",
    "subscriptionoverageusd",
    "utility",
    "warning",
];

/// Keys of a tier.
const TIER: [&str; 5] = ["adj", "max", "rate", "sell", "unit"];

/// The known key that an unknown one is a slip of: two letters of a long name, one of a short one.
fn slip_of<'k>(key: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let most = if key.chars().count() > 6 { 2 } else { 1 };
    let nearest = known.into_iter().map(|name| (strsim::osa_distance(key, name), name)).min()?;
    (nearest.0 > 0 && nearest.0 <= most).then_some(nearest.1)
}

/// A tier as written.
#[derive(Debug, Clone, Default)]
pub(super) struct RawTier {
    rate: f64,
    adj: f64,
    max: Option<f64>,
    /// Price of exported energy.
    pub(super) sell: Option<f64>,
    /// Unit.
    pub(super) unit: Option<String>,
}

impl RawTier {
    /// Price with its adjustment.
    pub(super) fn usd(&self) -> f64 {
        self.rate + self.adj
    }

    /// Where the tier ends; the last never does, whatever it says.
    pub(super) fn up_to(&self, at: usize, tiers: &[Self]) -> f64 {
        if at + 1 == tiers.len() { f64::INFINITY } else { self.max.unwrap_or(f64::INFINITY) }
    }
}

/// The keys of one object, by their lower-case names.
pub(super) struct Keys<'a> {
    path: &'a str,
    prefix: String,
    values: Option<BTreeMap<String, (&'a str, &'a Value)>>,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Keys<'a> {
    pub(super) fn new(path: &'a str, prefix: String, object: &'a Value, problems: &'a mut Vec<Problem>) -> Self {
        let canonical = |key: &str| {
            let lower = key.to_lowercase();
            ALIASES.iter().find(|alias| alias.0 == lower).map_or(lower, |alias| alias.1.to_owned())
        };
        let mut keys = Self { path, prefix, values: object.as_object().map(|_| BTreeMap::new()), problems };
        for (key, value) in object.as_object().into_iter().flatten().filter(|entry| !entry.1.is_null()) {
            let name = canonical(key);
            let before = keys.values.as_mut().and_then(|values| values.insert(name, (key.as_str(), value)));
            if let Some((other, _)) = before {
                keys.wrong(key, &format!("is there twice, the other time as `{other}`"), None);
            }
        }
        keys.refuse_slips();
        keys
    }

    /// A misspelt key would be taken for a note, and its charge left out of the bill.
    fn refuse_slips(&mut self) {
        let names: Vec<String> = self.values.iter().flat_map(|values| values.keys().cloned()).collect();
        for name in &names {
            let known = READ.iter().chain(ALIASES.iter().map(|alias| &alias.0)).copied();
            if let Some(meant) = slip_of(name, known) {
                self.wrong(name, "is not a key of a tariff", Some(format!("did you mean `{meant}`?")));
            }
        }
    }

    pub(super) fn is_object(&self) -> bool {
        self.values.is_some()
    }

    /// How many problems there are so far.
    pub(super) fn problems(&self) -> usize {
        self.problems.len()
    }

    /// Notes a mistake at a key path.
    pub(super) fn wrong(&mut self, field: &str, message: &str, help: Option<String>) {
        let (key, rest) = field.find('[').map_or((field, ""), |at| field.split_at(at));
        let written = self.values.as_ref().and_then(|values| values.get(key)).map_or(key, |entry| entry.0);
        let field = format!("{}{written}{rest}", self.prefix);
        let place = Some(Place::File(self.path.to_owned()));
        let field = field.trim_end_matches('.').to_owned();
        self.problems.push(Problem { place, field, message: message.to_owned(), help });
    }

    fn get(&self, key: &str) -> Option<&'a Value> {
        debug_assert!(READ.contains(&key), "{key} is read and must stand in the list");
        self.values.as_ref()?.get(key).map(|entry| entry.1)
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.get(key)?.as_str().map(str::to_owned)
    }

    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        let list = self.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        list.iter().map(|name| name.as_str().unwrap_or_default().to_owned()).collect()
    }

    pub(super) fn number(&mut self, key: &str, least: f64, most: f64) -> Option<f64> {
        let value = self.get(key)?;
        self.checked(key, value, least, most)
    }

    fn checked(&mut self, field: &str, value: &Value, least: f64, most: f64) -> Option<f64> {
        match value.as_f64() {
            Some(number) if (least..=most).contains(&number) => Some(number),
            Some(number) => {
                self.wrong(field, &format!("{number} is out of the plausible range {least} to {most}"), None);
                None
            }
            None => {
                self.wrong(field, &format!("must be a number, not {value}"), None);
                None
            }
        }
    }

    /// A list of exactly this many entries.
    fn list(&mut self, field: &str, value: &'a Value, length: usize, of: &str) -> Option<&'a [Value]> {
        let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
        if list.len() != length {
            let message = format!("must be a list of {length} {of}, has {}", list.len());
            self.wrong(field, &message, None);
            return None;
        }
        Some(list)
    }

    /// Twelve numbers.
    pub(super) fn months(&mut self, key: &str, least: f64, most: f64) -> Option<[f64; 12]> {
        let value = self.get(key)?;
        let list = self.list(key, value, 12, "numbers, one a month")?;
        let mut out = [0.0; 12];
        for (at, value) in list.iter().enumerate() {
            out[at] = self.checked(&format!("{key}[{at}]"), value, least, most)?;
        }
        Some(out)
    }

    /// Which months: twelve of true and false (or 1 and 0), or the numbers of months.
    pub(super) fn month_flags(&mut self, key: &str) -> Option<[bool; 12]> {
        let list = self.get(key)?.as_array().map(Vec::as_slice).unwrap_or_default();
        let number = |value: &Value| value.as_bool().map(u64::from).or_else(|| value.as_u64());
        let numbers: Option<Vec<u64>> = list.iter().map(number).collect();
        let Some(numbers) = numbers.filter(|numbers| !numbers.is_empty() && numbers.iter().all(|n| *n <= 12)) else {
            let help = Some("such as [1, 4, 12], or twelve times 0 or 1".to_owned());
            self.wrong(key, "must be a list of months", help);
            return None;
        };
        let mut out = [false; 12];
        if numbers.len() == 12 && numbers.iter().all(|number| *number <= 1) {
            numbers.iter().zip(&mut out).for_each(|(number, flag)| *flag = *number == 1);
        } else {
            for number in numbers {
                match number.checked_sub(1) {
                    Some(month) => out[month as usize] = true,
                    None => self.wrong(key, "has a month 0; months are 1 to 12", None),
                }
            }
        }
        Some(out)
    }

    /// Does a structure have a period?
    pub(super) fn has_periods(&mut self, key: &str) -> bool {
        self.get(key).is_some_and(|value| value.as_array().is_none_or(|periods| !periods.is_empty()))
    }

    /// Does a schedule name periods; with `beyond_first`, others than the first?
    pub(super) fn names_periods(&mut self, key: &str, beyond_first: bool) -> bool {
        fn any(value: &Value, is_named: &impl Fn(f64) -> bool) -> bool {
            match value {
                Value::Array(values) => values.iter().any(|value| any(value, is_named)),
                value => value.as_f64().is_some_and(is_named),
            }
        }
        self.get(key).is_some_and(|value| any(value, &|period| !beyond_first || period > 0.0))
    }

    /// Periods, each a list of tiers. The bulk file wraps the list in an object.
    pub(super) fn structure(&mut self, key: &str) -> Option<Vec<Vec<RawTier>>> {
        let value = self.get(key)?;
        let Some(periods) = value.as_array() else {
            self.wrong(key, "must be a list of periods, each a list of tiers", None);
            return None;
        };
        if periods.is_empty() {
            return None;
        }
        let mut out = Vec::with_capacity(periods.len());
        for (at, period) in periods.iter().enumerate() {
            let wrapped = period.as_object().and_then(|object| {
                object.iter().find(|entry| entry.0.to_lowercase().ends_with("tiers")).map(|entry| entry.1)
            });
            let field = format!("{key}[{at}]");
            match wrapped.unwrap_or(period).as_array() {
                Some(tiers) if !tiers.is_empty() => out.push(self.tiers(&field, tiers)),
                _ => self.wrong(&field, "must be a list of at least one tier", None),
            }
        }
        (out.len() == periods.len()).then_some(out)
    }

    fn tiers(&mut self, field: &str, tiers: &'a [Value]) -> Vec<RawTier> {
        let mut out: Vec<RawTier> = Vec::with_capacity(tiers.len());
        for (at, value) in tiers.iter().enumerate() {
            let field = format!("{field}[{at}]");
            let Some(object) = value.as_object() else {
                self.wrong(&field, "must be a tier such as {\"rate\": 0.12}", None);
                continue;
            };
            let tier = self.tier(&field, object);
            let is_last = at + 1 == tiers.len();
            // Ends in unlike units rise or fall with the load: the bill says which tiers it passes over.
            let alike = |before: &&RawTier| before.unit.is_none() || before.unit == tier.unit;
            let below = out.last().filter(alike).and_then(|tier| tier.max).unwrap_or(0.0);
            match tier.max {
                None if !is_last => {
                    let help = Some("only the last tier is open; give this one the usage at which it ends".to_owned());
                    self.wrong(&format!("{field}.max"), "is missing", help);
                }
                Some(max) if max <= below && !is_last => {
                    let message = format!("{max} does not lie above the tier before, which ends at {below}");
                    self.wrong(&format!("{field}.max"), &message, None);
                }
                _ => {}
            }
            out.push(tier);
        }
        out
    }

    fn tier(&mut self, field: &str, object: &'a Map<String, Value>) -> RawTier {
        let mut tier = RawTier::default();
        let mut has_price = false;
        for (key, value) in object.iter().filter(|entry| !entry.1.is_null()) {
            let inner = format!("{field}.{key}");
            match key.to_lowercase().as_str() {
                "rate" => tier.rate = self.checked(&inner, value, -MOST_USD, MOST_USD).unwrap_or_default(),
                "adj" => tier.adj = self.checked(&inner, value, -MOST_USD, MOST_USD).unwrap_or_default(),
                "sell" => tier.sell = self.checked(&inner, value, -MOST_USD, MOST_USD),
                "max" => tier.max = self.checked(&inner, value, 0.0, f64::MAX).or(Some(f64::MAX)),
                "unit" => tier.unit = value.as_str().map(str::to_owned),
                other => {
                    if let Some(meant) = slip_of(other, TIER) {
                        self.wrong(&inner, "is not a key of a tier", Some(format!("did you mean `{meant}`?")));
                    }
                }
            }
            has_price |= matches!(key.to_lowercase().as_str(), "rate" | "adj" | "sell");
        }
        if !has_price {
            self.wrong(&format!("{field}.rate"), "is missing", None);
        }
        tier
    }

    /// The two 12 x 24 tables of periods of a structure.
    pub(super) fn schedule(
        &mut self,
        weekday: &str,
        weekend: &str,
        structure: &str,
        periods: &[Vec<RawTier>],
    ) -> Option<Schedule> {
        if self.get(weekday).is_none() && self.get(weekend).is_none() && periods.len() == 1 {
            return Some(Schedule::always());
        }
        let weekdays = self.hours(weekday, structure, periods.len());
        let weekends = if weekend == weekday { weekdays } else { self.hours(weekend, structure, periods.len()) };
        Some(Schedule::hourly(&weekdays?, &weekends?))
    }

    fn hours(&mut self, key: &str, structure: &str, periods: usize) -> Option<[[u16; 24]; 12]> {
        let Some(value) = self.get(key) else {
            self.wrong(key, &format!("is missing; {structure} needs it"), None);
            return None;
        };
        let months = self.list(key, value, 12, "months of 24 hours")?;
        let mut out = [[0; 24]; 12];
        let mut is_whole = true;
        for (month, value) in months.iter().enumerate() {
            let Some(hours) = self.list(&format!("{key}[{month}]"), value, 24, "hours") else {
                is_whole = false;
                continue;
            };
            for (hour, value) in hours.iter().enumerate() {
                match self.period(&format!("{key}[{month}][{hour}]"), value, structure, periods) {
                    Some(period) => out[month][hour] = period,
                    None => return None,
                }
            }
        }
        is_whole.then_some(out)
    }

    fn period(&mut self, field: &str, value: &Value, structure: &str, periods: usize) -> Option<u16> {
        let number =
            value.as_u64().or_else(|| value.as_f64().filter(|x| x.fract() == 0.0 && *x >= 0.0).map(|x| x as u64));
        match number {
            Some(period) if period < periods as u64 => Some(period as u16),
            Some(period) => {
                let last = periods - 1;
                let help = Some(format!("{structure} has the periods 0 to {last}"));
                self.wrong(field, &format!("there is no period {period}"), help);
                None
            }
            None => {
                self.wrong(field, &format!("must be the number of a period, not {value}"), None);
                None
            }
        }
    }

    /// The period of each month; not needed where there is only one.
    pub(super) fn month_periods(&mut self, key: &str, structure: &str, periods: &[Vec<RawTier>]) -> Option<[u16; 12]> {
        let Some(value) = self.get(key) else {
            if periods.len() == 1 {
                return Some([0; 12]);
            }
            self.wrong(key, &format!("is missing; {structure} needs it"), None);
            return None;
        };
        let list = self.list(key, value, 12, "periods, one a month")?;
        let mut out = [0; 12];
        for (at, value) in list.iter().enumerate() {
            out[at] = self.period(&format!("{key}[{at}]"), value, structure, periods.len())?;
        }
        Some(out)
    }

    /// A list of words, or one word.
    pub(super) fn words(&mut self, key: &str) -> Option<Vec<String>> {
        let value = self.get(key)?;
        let word = |value: &Value| value.as_str().map(str::to_owned);
        let words = match value {
            Value::Array(list) => list.iter().map(word).collect(),
            one => word(one).map(|word| vec![word]),
        };
        if words.is_none() {
            self.wrong(key, "must be a list of words in quotes", None);
        }
        words
    }

    /// A date: seconds since 1970 (as the database writes it, midnight UTC), or ISO text.
    pub(super) fn date(&mut self, key: &str) -> Option<Date> {
        let value = self.get(key)?;
        let inner = value.get("$date").unwrap_or(value);
        let inner = inner.get("$numberLong").unwrap_or(inner);
        let from_s = |seconds: i64| {
            // The bulk file counts milliseconds.
            let seconds = if seconds.abs() > 100_000_000_000 { seconds / 1000 } else { seconds };
            let at = jiff::Timestamp::from_second(seconds).ok()?;
            Some(jiff::tz::TimeZone::UTC.to_datetime(at).date())
        };
        let found = match inner {
            Value::Number(number) => number.as_i64().and_then(from_s),
            Value::String(text) => {
                let day = text.get(..10).and_then(|day| day.parse::<Date>().ok());
                day.or_else(|| text.parse::<i64>().ok().and_then(from_s))
            }
            _ => None,
        };
        if found.is_none() {
            let help = Some("write it as \"2024-03-01\", or as seconds since 1970".to_owned());
            self.wrong(key, &format!("{value} is not a date"), help);
        }
        found
    }

    /// The first day of a year.
    pub(super) fn new_year(&mut self, key: &str) -> Option<Date> {
        let year = self.number(key, 1900.0, 2200.0)?;
        Date::new(year as i16, 1, 1).ok()
    }

    /// What an amount of money is for. A month, unless it says otherwise.
    pub(super) fn per(&mut self, key: &str) -> Per {
        match self.text(key).as_deref().map(str::trim) {
            None | Some("" | "$/month") => Per::Month,
            Some("$/day") => Per::Day,
            Some("$/year") => Per::Year,
            Some(other) => {
                let message = format!("the unit `{other}` is not supported");
                self.wrong(key, &message, Some("supported are $/day, $/month and $/year".to_owned()));
                Per::Month
            }
        }
    }
}
