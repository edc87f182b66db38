//! A metered load, in whatever form people have it: CSV of utilities, workbooks, Green Button XML, lists of a year. What the
//! file leaves open is decided by the data, assumed and said, or asked for.

use super::map::Map;
use super::meter;
use super::meter_columns::Unit;
use super::meter_time::{DEFAULT_ZONE, Series, series, zone};
use super::{espi, sheet};
use crate::account::load::Load;
use crate::document::problem::{Mistakes, Problem};
use std::collections::BTreeSet;

/// A load, and what was assumed to read it.
#[derive(Debug, Clone)]
pub struct Metered {
    /// The load.
    pub load: Load,
    /// What was assumed, dropped or filled.
    pub said: Vec<String>,
}

impl Metered {
    /// All of its energy, kWh.
    #[must_use]
    pub fn energy_kwh(&self) -> f64 {
        self.load.kw().iter().sum::<f64>() * self.load.hours()
    }

    /// Its highest mean power of an interval, kW.
    #[must_use]
    pub fn peak_kw(&self) -> f64 {
        self.load.kw().iter().copied().fold(0.0, f64::max)
    }

    /// What it is, in a sentence.
    #[must_use]
    pub fn told(&self) -> String {
        let (count, minutes, zone) = (self.load.kw().len(), self.load.interval_s() / 60, self.load.zone());
        let ((first, last), energy_kwh, peak_kw) = (self.load.span(), self.energy_kwh(), self.peak_kw());
        format!(
            "{count} intervals of {minutes} min from {first} to {last} ({zone}), {energy_kwh:.1} kWh, highest {peak_kw:.2} kW"
        )
    }
}

/// Reads a load. None when something is wrong; the problems say what.
pub fn read(path: &str, bytes: &[u8], map: &Map, problems: &mut Vec<Problem>) -> Option<Metered> {
    let mut mistakes = Mistakes::of(path, problems);
    let load = metered(bytes, map, &mut mistakes);
    mistakes.close();
    load
}

fn metered(bytes: &[u8], map: &Map, mistakes: &mut Mistakes<'_>) -> Option<Metered> {
    let mut said = Vec::new();
    let text = sheet::decoded(bytes, &mut Vec::new());
    let is_xml = !bytes.starts_with(b"PK") && espi::is_espi(&text);
    let mut table = if is_xml {
        espi::read(&text, mistakes)?
    } else {
        let before = mistakes.found();
        let sheet = sheet::read(bytes, map, mistakes)?;
        said.extend(sheet.said.clone());
        let table = meter::read(&sheet, map, map.zone.as_deref().unwrap_or(DEFAULT_ZONE), mistakes)?;
        if mistakes.found() > before {
            return None;
        }
        table
    };
    said.append(&mut table.said);
    if table.channels.iter().all(|channel| channel.readings.is_empty()) {
        mistakes.push(None, "", "holds no readings".to_owned(), None);
        return None;
    }
    let bought_first = !table.channels[0].readings.is_empty();
    let zone = zone(map, &table.channels[usize::from(!bought_first)], table.clock_s, &mut said);
    let [bought, fed] = &table.channels;
    let mut lay =
        |channel: &meter::Channel, said: &mut Vec<String>| series(channel, table.stamps, map, &zone, mistakes, said);
    let bought = if bought_first { Some(lay(bought, &mut said)?) } else { None };
    let is_silent = fed.readings.iter().all(|reading| reading.value == 0.0);
    let fed =
        if fed.readings.is_empty() || is_silent && bought_first { None } else { Some(lay(fed, &mut Vec::new())?) };
    let net = match (bought, fed) {
        (Some(bought), None) => bought,
        (bought, Some(fed)) => net(bought, fed, mistakes)?,
        (None, None) => return None,
    };
    let hours = net.interval_s as f64 / 3600.0;
    let factor = match table.unit {
        Unit::Power(factor) => factor,
        Unit::Energy(factor) => factor / hours,
    };
    if matches!(table.unit, Unit::Energy(_)) {
        said.push(format!("the values are energy of each interval and become mean power (column `{}`)", table.names.1));
    }
    let kw = net.values.iter().map(|value| value * factor).collect();
    match Load::new(net.calendar, net.start_s, net.interval_s as u32, kw) {
        Ok(load) => {
            // Sections of one file say the same.
            let mut seen = BTreeSet::new();
            said.retain(|line| seen.insert(line.clone()));
            Some(Metered { load, said })
        }
        Err(error) => {
            mistakes.push(None, "", error.to_string(), None);
            None
        }
    }
}

/// What was bought less what was fed back, over the same intervals.
fn net(bought: Option<Series>, fed: Series, mistakes: &mut Mistakes<'_>) -> Option<Series> {
    let Some(mut bought) = bought else {
        let values = fed.values.iter().map(|value| -value).collect();
        return Some(Series { values, ..fed });
    };
    let is_same = bought.start_unix_s() == fed.start_unix_s()
        && bought.interval_s == fed.interval_s
        && bought.values.len() == fed.values.len();
    if !is_same {
        let message = "what was delivered and what was received do not cover the same intervals".to_owned();
        mistakes.push(None, "", message, Some("download both for the same days".to_owned()));
        return None;
    }
    bought.values.iter_mut().zip(&fed.values).for_each(|(bought, fed)| *bought -= fed);
    Some(bought)
}
