//! Public charging stations from the station CSV of the Alternative Fuels Data Center (AFDC), as its download page and its
//! API (`alt-fuel-stations/v1.csv` and `ev-charging-units.csv`) write it. Columns go by name; the headers of 2012, of the
//! 2020s and the API's own field names are all understood.

use super::geojson::{Layout, PlacedCharger};
use crate::charging::spec::ChargerSpec;
use crate::document::problem::{Mistakes, Problem, nearest};
use crate::document::records::Records;
use crate::grid::spec::SiteSpec;
use crate::kernel::sources::Sources;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Columns that give the power of a connector and how many there are: any of these that charge with direct current.
const DC_CONNECTORS: [&str; 4] = ["ccs", "chademo", "j3400", "j3271"];

/// Rows this far apart are one station, degrees (about a kilometre).
const SAME_PLACE_DEG: f64 = 0.01;

/// What is taken, and what stands in for what the file does not say.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// West, south, east, north, degrees; none: everywhere.
    pub bbox: Option<[f64; 4]>,
    /// Take ports of level 2 too?
    pub level2: bool,
    /// Take planned and temporarily closed stations too?
    pub not_open: bool,
    /// Take stations that are not public too?
    pub not_public: bool,
    /// Power of a fast port where the file has none, kW.
    pub dc_kw: f64,
    /// Power of a port of level 2 where the file has none, kW.
    pub level2_kw: f64,
    /// Battery energy per grid energy.
    pub efficiency: f64,
}

impl Default for Options {
    /// 150 kW is what 23 CFR 680.106 asks of a federally funded fast port, 6 kW of one of level 2 (final rule of 28 February
    /// 2023, read in its summary). For a given station both are assumed, and so is the efficiency; the file written says so.
    fn default() -> Self {
        Self {
            bbox: None,
            level2: false,
            not_open: false,
            not_public: false,
            dc_kw: 150.0,
            level2_kw: 6.0,
            efficiency: 0.92,
        }
    }
}

/// The stations that were taken, and how many were not and why.
#[derive(Debug, Clone, Default)]
pub struct Stations {
    /// One site a station, one group of chargers a station and kind of port.
    pub layout: Layout,
    /// Rows that were left out, by reason.
    pub left_out: BTreeMap<&'static str, usize>,
}

/// One station, over all its rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Station {
    pub(super) name: String,
    pub(super) lat: f64,
    pub(super) lon: f64,
    pub(super) dc: Ports,
    pub(super) level2: Ports,
}

/// Ports of one kind: how many of each power, W, and of none that is known. Unlike ports are not averaged: two of 250 kW and
/// two of 50 kW serve other trucks than four of 150 kW.
#[derive(Debug, Clone, Default)]
pub(super) struct Ports {
    by_power: BTreeMap<Option<u32>, u32>,
}

impl Ports {
    /// Of so many ports with these connectors (power in kW, number): a port serves one vehicle at a time by its strongest
    /// connector, so the strongest connectors are the ports'; where there are fewer, the rest is as weak as the weakest.
    pub(super) fn new(count: u32, mut connectors: Vec<(f64, f64)>) -> Self {
        connectors.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (mut left, mut by_power) = (count, BTreeMap::new());
        for (at, (kw, number)) in connectors.iter().enumerate() {
            let is_last = at + 1 == connectors.len();
            let these = if is_last { left } else { left.min(number.max(1.0) as u32) };
            if these > 0 {
                *by_power.entry(Some((kw * 1000.0).round() as u32)).or_insert(0) += these;
            }
            left -= these;
        }
        if left > 0 {
            by_power.insert(None, left);
        }
        Self { by_power }
    }

    pub(super) fn count(&self) -> u32 {
        self.by_power.values().sum()
    }

    fn add(&mut self, other: Self) {
        for (power, count) in other.by_power {
            *self.by_power.entry(power).or_insert(0) += count;
        }
    }
}

/// Reads a station CSV. Mistakes go to `problems`, by line and column.
pub fn read(path: &str, text: &str, options: &Options, problems: &mut Vec<Problem>) -> Stations {
    let mut mistakes = Mistakes::of(path, problems);
    let Some(mut records) = Records::open(text, &mut mistakes) else { return Stations::default() };
    let columns: BTreeMap<String, usize> =
        records.columns().iter().enumerate().map(|(at, name)| (plain(name), at)).collect();
    let mut table = Table { columns, mistakes };
    let mut out = Stations::default();
    if !table.is_usable() {
        return out;
    }
    let mut stations: BTreeMap<String, Station> = BTreeMap::new();
    let mut record = csv::StringRecord::new();
    while let Some(line) = records.next(&mut record, &mut table.mistakes) {
        if let Some(reason) = table.take(&record, line, options, &mut stations) {
            *out.left_out.entry(reason).or_insert(0) += 1;
        }
    }
    table.mistakes.close();
    for (id, station) in stations {
        add(&mut out.layout, (&format!("afdc_{id}"), "afdc"), &station, options);
    }
    out
}

/// `EV Level2 EVSE Num`, `ev_level2_evse_num` and `EV CCS Power Output (kW)` in one spelling.
fn plain(name: &str) -> String {
    let spaced: String =
        name.trim().chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join("_")
}

struct Table<'a> {
    columns: BTreeMap<String, usize>,
    mistakes: Mistakes<'a>,
}

impl Table<'_> {
    fn wrong(&mut self, line: u64, column: &str, message: String, help: Option<String>) {
        self.mistakes.push(Some(line), column, message, help);
    }

    fn is_usable(&mut self) -> bool {
        let needed: [&[&str]; 6] = [
            &["fuel_type_code"],
            &["station_name"],
            &["latitude"],
            &["longitude"],
            &["id", "station_id"],
            &["ev_dc_fast_count", "ev_dc_fast_num"],
        ];
        let missing: Vec<&str> = needed
            .iter()
            .filter(|names| !names.iter().any(|name| self.columns.contains_key(*name)))
            .map(|names| names[0])
            .collect();
        for name in &missing {
            let help = nearest(name, self.columns.keys().map(String::as_str));
            self.wrong(1, name, "the column is missing".to_owned(), help);
        }
        missing.is_empty()
    }

    fn cell<'r>(&self, record: &'r csv::StringRecord, names: &[&str]) -> &'r str {
        let column = names.iter().find_map(|name| self.columns.get(*name));
        column.and_then(|column| record.get(*column)).unwrap_or_default().trim()
    }

    fn number(&mut self, record: &csv::StringRecord, line: u64, names: &[&str], most: f64) -> Option<f64> {
        let text = self.cell(record, names);
        if text.is_empty() {
            return Some(0.0);
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() && number.abs() <= most => Some(number),
            Ok(number) => {
                self.wrong(line, names[0], format!("{number} is out of the plausible range up to {most}"), None);
                None
            }
            Err(_) => {
                self.wrong(line, names[0], format!("`{text}` is not a number"), None);
                None
            }
        }
    }

    /// Adds a row to its station, or says why it is left out.
    fn take(
        &mut self,
        record: &csv::StringRecord,
        line: u64,
        options: &Options,
        stations: &mut BTreeMap<String, Station>,
    ) -> Option<&'static str> {
        if self.cell(record, &["fuel_type_code"]) != "ELEC" {
            return Some("other fuels");
        }
        if !options.not_open && !matches!(self.cell(record, &["status_code"]), "E" | "") {
            return Some("not open");
        }
        if !options.not_public && !self.is_public(record) {
            return Some("not public");
        }
        let lat = self.number(record, line, &["latitude"], 180.0)?;
        let lon = self.number(record, line, &["longitude"], 180.0)?;
        if lat.abs() > 90.0 {
            let help = Some("latitude and longitude are swapped".to_owned());
            self.wrong(line, "latitude", format!("{lat} is no latitude"), help);
            return None;
        }
        if lat == 0.0 && lon == 0.0 {
            return Some("no coordinates");
        }
        let is_outside = |[west, south, east, north]: [f64; 4]| lon < west || lon > east || lat < south || lat > north;
        if options.bbox.is_some_and(is_outside) {
            return Some("outside the box");
        }
        let (dc, level2) = (self.dc(record, line)?, self.level2(record, line)?);
        if dc.count() == 0 && (!options.level2 || level2.count() == 0) {
            return Some("no charging ports of the requested kinds");
        }
        let id = self.cell(record, &["id", "station_id"]);
        if id.is_empty() {
            self.wrong(line, "id", "is empty".to_owned(), None);
            return None;
        }
        let name = self.cell(record, &["station_name"]);
        // The file of charging units has several rows a station, all of one name and place.
        let station = stations.entry(plain(id)).or_insert_with(|| Station {
            name: name.to_owned(),
            lat,
            lon,
            ..Station::default()
        });
        if station.name != name
            || (station.lat - lat).abs() > SAME_PLACE_DEG
            || (station.lon - lon).abs() > SAME_PLACE_DEG
        {
            let message = format!("{id} is also the id of `{}` at {}, {}", station.name, station.lat, station.lon);
            self.wrong(line, "id", message, Some("give each station an id of its own".to_owned()));
            return None;
        }
        station.dc.add(dc);
        station.level2.add(level2);
        None
    }

    /// Newer files have `Access Code`, older ones only words that begin with `Public` or `Private`.
    fn is_public(&self, record: &csv::StringRecord) -> bool {
        let code = self.cell(record, &["access_code"]);
        let words = if code.is_empty() { self.cell(record, &["groups_with_access_code"]) } else { code };
        words.is_empty() || words.to_ascii_lowercase().starts_with("public")
    }

    fn dc(&mut self, record: &csv::StringRecord, line: u64) -> Option<Ports> {
        let count = self.number(record, line, &["ev_dc_fast_count", "ev_dc_fast_num"], 10_000.0)?;
        let connectors: Option<Vec<_>> = DC_CONNECTORS.iter().map(|name| self.connectors(record, line, name)).collect();
        Some(Ports::new(count.max(0.0) as u32, connectors?.into_iter().flatten().collect()))
    }

    fn level2(&mut self, record: &csv::StringRecord, line: u64) -> Option<Ports> {
        let count = self.number(record, line, &["ev_level2_evse_num"], 10_000.0)?;
        let connectors = self.connectors(record, line, "j1772")?;
        Some(Ports::new(count.max(0.0) as u32, connectors.into_iter().collect()))
    }

    /// Power of a kind of connector, kW, and how many there are; none inside where its power is not known.
    #[expect(clippy::option_option, reason = "wrong and unknown are two answers")]
    fn connectors(&mut self, record: &csv::StringRecord, line: u64, name: &str) -> Option<Option<(f64, f64)>> {
        let count = self.number(record, line, &[&format!("ev_{name}_connector_count")], 10_000.0)?;
        let kw = self.number(record, line, &[&format!("ev_{name}_power_output_kw")], 10_000.0)?;
        Some((kw > 0.0).then_some((kw, count)))
    }
}

/// Adds a station under a key; its numbers come from the source of this name, or from the one of what it leaves open.
pub(super) fn add(layout: &mut Layout, (key, told): (&str, &str), station: &Station, options: &Options) {
    let assumed = format!("{told}_assumed");
    let sources = |pairs: &[(&str, &str)]| -> Sources {
        pairs.iter().map(|(field, source)| ((*field).to_owned(), (*source).to_owned())).collect()
    };
    // Both tables are made from their file form, so that a key that is added to them later takes its default here too.
    let site = json!({
        "name": Some(&station.name).filter(|name| !name.is_empty()),
        "kind": "public",
        "lat": station.lat,
        "lon": station.lon,
        "sources": sources(&[("lat", told), ("lon", told), ("default", &assumed)]),
    });
    let Ok(site) = serde_json::from_value::<SiteSpec>(site) else {
        return;
    };
    layout.sites.insert(key.to_owned(), site);
    let kinds =
        [("dc", &station.dc, options.dc_kw, true), ("level2", &station.level2, options.level2_kw, options.level2)];
    for (kind, ports, otherwise_kw, is_asked_for) in kinds {
        if !is_asked_for {
            continue;
        }
        for (power, count) in &ports.by_power {
            let kw = power.map_or(otherwise_kw, |watts| f64::from(watts) / 1000.0);
            let source = if power.is_some() { told } else { &assumed };
            let group = json!({
                "site": key,
                "cabinets": count,
                "cabinet_kw": kw,
                "efficiency": options.efficiency,
                "sources": sources(&[("cabinets", told), ("cabinet_kw", source), ("default", &assumed)]),
            });
            // Several groups of a kind are told apart by their power.
            let power = if ports.by_power.len() > 1 { format!("_{kw}kw").replace('.', "_") } else { String::new() };
            if let Ok(spec) = serde_json::from_value::<ChargerSpec>(group) {
                let placed = PlacedCharger { spec, lat: station.lat, lon: station.lon };
                layout.chargers.insert(format!("{key}_{kind}{power}"), placed);
            }
        }
    }
}

/// The `[source]`, `[site]` and `[charger]` tables of a scenario.
///
/// # Panics
/// Never: a table of texts and numbers can be written.
#[must_use]
pub fn to_toml(layout: &Layout, file: &str) -> String {
    let sources = json!({
        "afdc": {
            "quality": "verified",
            "title": format!("Alternative Fuels Data Center, station file {file}"),
            "address": "https://afdc.energy.gov/data_download",
        },
        "afdc_assumed": {
            "quality": "assumed",
            "title": "What the station file does not say: power where it gives none, one cabinet a port, efficiency",
        },
    });
    tables(layout, sources)
}

/// The tables of a scenario, with these sources.
pub(super) fn tables(layout: &Layout, sources: Value) -> String {
    let table = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let sites: serde_json::Map<String, Value> =
        layout.sites.iter().map(|(key, spec)| (key.clone(), super::geojson::properties(spec).into())).collect();
    let chargers: serde_json::Map<String, Value> = layout
        .chargers
        .iter()
        .map(|(key, charger)| (key.clone(), super::geojson::properties(&charger.spec).into()))
        .collect();
    let mut document = table(&json!({ "source": sources }));
    document.insert("site".to_owned(), sites.into());
    document.insert("charger".to_owned(), chargers.into());
    toml::to_string(&document).expect("a table of texts and numbers: nothing can fail")
}
