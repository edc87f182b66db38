//! Charging stations drawn in OpenStreetMap, from an export of the Overpass API: its JSON, or the `GeoJSON` of Overpass Turbo and
//! of `osmtogeojson`. Read are `amenity=charging_station` with `socket:*`, `socket:*:output`, `capacity`,
//! `charging_station:output` and `access`.
//!
//! Where a station has no `capacity`, its sockets of different kinds are taken to stand at the same ports, for most posts have a
//! cable of each: the largest number counts.

use super::afdc::{self, Options, Ports, Station, Stations};
use super::geojson::Layout;
use crate::document::json;
use crate::document::problem::{Mistakes, Problem};
use serde_json::{Map, Value, json};

/// An export of more values is not read: that of a large country has less.
const MOST_VALUES: usize = 3_000_000;
/// Sockets of direct current, and those of alternating current that are faster than a household's.
const DC: [&str; 8] = [
    "type1_combo",
    "type2_combo",
    "chademo",
    "tesla_supercharger",
    "tesla_supercharger_ccs",
    "mcs",
    "gb_dc",
    "nacs_dc",
];
const AC: [&str; 7] = ["type1", "type1_cable", "type2", "type2_cable", "tesla_destination", "gb_ac", "nacs"];
/// A port of more power is one of direct current, kW: 43 kW is the most that cars took of alternating current.
const MOST_AC_KW: f64 = 43.0;
/// Words of `access` that are not public.
const PRIVATE: [&str; 6] = ["private", "no", "permit", "employees", "residents", "delivery"];
/// More sockets of a kind, or more power, is a slip, kW.
const MOST_SOCKETS: f64 = 1_000.0;
const MOST_KW: f64 = 20_000.0;

/// Is a text such an export, and not a CSV?
#[must_use]
pub fn is_osm(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
}

/// Reads an export. Mistakes go to `problems`, by line or by the element's name.
pub fn read(path: &str, text: &str, options: &Options, problems: &mut Vec<Problem>) -> Stations {
    let mut mistakes = Mistakes::of(path, problems);
    let mut out = Stations::default();
    let document = match json::parse(text, MOST_VALUES) {
        Ok(document) => document,
        Err((line, message)) => {
            mistakes.push(Some(line), "", message, Some(HELP.to_owned()));
            mistakes.close();
            return out;
        }
    };
    let elements = document["elements"].as_array().or_else(|| document["features"].as_array());
    let Some(elements) = elements else {
        let message = "is no export of OpenStreetMap: it has neither `elements` nor `features`".to_owned();
        mistakes.push(None, "", message, Some(HELP.to_owned()));
        mistakes.close();
        return out;
    };
    for (at, element) in elements.iter().enumerate() {
        if let Some(reason) = take(element, at, options, &mut out.layout, &mut mistakes) {
            *out.left_out.entry(reason).or_insert(0) += 1;
        }
    }
    if out.layout.sites.is_empty() && out.left_out.keys().all(|reason| *reason == NO_STATION) && mistakes.found() == 0 {
        mistakes.push(None, "", "holds no charging station".to_owned(), Some(HELP.to_owned()));
    }
    mistakes.close();
    out
}

const HELP: &str =
    "ask Overpass for `nwr[amenity=charging_station]` in a box, with `out center;`, and save its JSON or GeoJSON";
const NO_STATION: &str = "no charging stations";

/// Adds the station of an element, or says why it is left out.
fn take(
    element: &Value,
    at: usize,
    options: &Options,
    layout: &mut Layout,
    mistakes: &mut Mistakes<'_>,
) -> Option<&'static str> {
    let empty = Map::new();
    let tags = Tags(tags(element).unwrap_or(&empty));
    if tags.text("amenity") != "charging_station" {
        return Some(NO_STATION);
    }
    if !options.not_public && PRIVATE.contains(&tags.text("access")) {
        return Some("not public");
    }
    let id = name_of(element, at);
    let Some((lat, lon)) = place(element) else { return Some("no coordinates") };
    if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
        let help = "GeoJSON has the longitude first".to_owned();
        mistakes.push(None, &id, format!("{lat}, {lon} is no place on earth"), Some(help));
        return None;
    }
    let is_outside = |[west, south, east, north]: [f64; 4]| lon < west || lon > east || lat < south || lat > north;
    if options.bbox.is_some_and(is_outside) {
        return Some("outside the box");
    }
    let (dc, level2) = match tags.ports() {
        Ok(ports) => ports,
        Err((tag, message)) => {
            mistakes.push(None, &format!("{id}.{tag}"), message, Some("mend the tag in the file".to_owned()));
            return None;
        }
    };
    if dc.count() == 0 && level2.count() == 0 {
        return Some("no sockets or power told");
    }
    if dc.count() == 0 && !options.level2 {
        return Some("no charging ports of the requested kinds");
    }
    let name = ["name", "operator", "brand"].into_iter().map(|key| tags.text(key)).find(|name| !name.is_empty());
    let station = Station { name: name.unwrap_or_default().to_owned(), lat, lon, dc, level2 };
    let key = format!("osm_{}", id.replace(['/', ' '], "_"));
    if layout.sites.contains_key(&key) {
        mistakes.push(None, &id, "is in the file twice".to_owned(), None);
        return None;
    }
    afdc::add(layout, (&key, "osm"), &station, options);
    None
}

/// The tags of an element of Overpass, or the properties of a feature, in which they may lie one deeper.
fn tags(element: &Value) -> Option<&Map<String, Value>> {
    let properties = element.get("properties");
    let inner = properties.and_then(|properties| properties.get("tags")).filter(|tags| tags.is_object());
    element.get("tags").or(inner).or(properties)?.as_object()
}

/// `node/123`, as the export names it.
fn name_of(element: &Value, at: usize) -> String {
    let properties = &element["properties"];
    let told = [&properties["@id"], &properties["id"], &element["id"]].into_iter().find_map(Value::as_str);
    let number = || Some(format!("{}/{}", element["type"].as_str()?, element["id"].as_u64()?));
    let is_plain = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-'));
    told.map(str::to_owned).or_else(number).filter(|name| is_plain(name)).unwrap_or_else(|| format!("element/{at}"))
}

/// Latitude and longitude: of a node, the centre of a way, or the mean of a feature's points.
fn place(element: &Value) -> Option<(f64, f64)> {
    for owner in [element, &element["center"]] {
        if let (Some(lat), Some(lon)) = (owner["lat"].as_f64(), owner["lon"].as_f64()) {
            return Some((lat, lon));
        }
    }
    let mut points = Vec::new();
    positions(&element["geometry"]["coordinates"], &mut points);
    let n = points.len() as f64;
    let sum = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.1, sum.1 + point.0));
    (!points.is_empty()).then(|| (sum.0 / n, sum.1 / n))
}

/// All positions of a geometry: longitude, latitude.
fn positions(value: &Value, out: &mut Vec<(f64, f64)>) {
    let Some(list) = value.as_array() else { return };
    if let (Some(lon), Some(lat)) = (list.first().and_then(Value::as_f64), list.get(1).and_then(Value::as_f64)) {
        out.push((lon, lat));
    } else {
        for inner in list {
            positions(inner, out);
        }
    }
}

struct Tags<'a>(&'a Map<String, Value>);

impl Tags<'_> {
    fn text(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default().trim()
    }

    /// Ports of direct current and of level 2. Err: the tag, and what is wrong with it.
    fn ports(&self) -> Result<(Ports, Ports), (String, String)> {
        let capacity = self.number("capacity")?.map(|count| count as u32);
        let (dc, ac) = (self.sockets(&DC)?, self.sockets(&AC)?);
        // A plug of both currents, such as `nacs`, is told apart by its power.
        let (fast, slow): (Vec<_>, Vec<_>) = ac.into_iter().partition(|(kw, _)| *kw > MOST_AC_KW);
        let dc: Vec<(f64, f64)> = dc.into_iter().chain(fast).collect();
        let most = |sockets: &[(f64, f64)]| sockets.iter().map(|socket| socket.1 as u32).max().unwrap_or(0);
        let (mut dc_ports, mut ac_ports) = (most(&dc), most(&slow));
        if let Some(capacity) = capacity {
            // One kind of socket stands at all ports; of two, the faster ones are what their sockets say.
            dc_ports = if slow.is_empty() && !dc.is_empty() { capacity } else { dc_ports.min(capacity) };
            ac_ports = if dc.is_empty() && !slow.is_empty() { capacity } else { capacity - dc_ports.min(capacity) };
            ac_ports = if slow.is_empty() { 0 } else { ac_ports };
        }
        let of_station_kw = self.power("charging_station:output")?.or(self.power("maxpower")?);
        if dc.is_empty() && slow.is_empty() {
            let Some(kw) = of_station_kw else { return Ok((Ports::default(), Ports::default())) };
            let ports = Ports::new(capacity.unwrap_or(1), vec![(kw, 1.0)]);
            return Ok(if kw > MOST_AC_KW { (ports, Ports::default()) } else { (Ports::default(), ports) });
        }
        let known = |sockets: Vec<(f64, f64)>, or_kw: Option<f64>| {
            let sockets =
                sockets.into_iter().map(|(kw, count)| (if kw > 0.0 { kw } else { or_kw.unwrap_or(0.0) }, count));
            sockets.filter(|socket| socket.0 > 0.0).collect()
        };
        let dc_kw = of_station_kw.filter(|kw| *kw > MOST_AC_KW || slow.is_empty());
        let ac_kw = of_station_kw.filter(|kw| *kw <= MOST_AC_KW);
        Ok((Ports::new(dc_ports, known(dc, dc_kw)), Ports::new(ac_ports, known(slow, ac_kw))))
    }

    /// Power, kW (0: not told), and number of the sockets of some kinds.
    fn sockets(&self, kinds: &[&str]) -> Result<Vec<(f64, f64)>, (String, String)> {
        let mut out = Vec::new();
        for kind in kinds {
            let key = format!("socket:{kind}");
            let count = match self.text(&key) {
                "" | "no" | "0" => continue,
                "yes" => 1.0,
                _ => self.number(&key)?.unwrap_or(0.0),
            };
            out.push((self.power(&format!("{key}:output"))?.unwrap_or(0.0), count));
        }
        Ok(out)
    }

    fn number(&self, key: &str) -> Result<Option<f64>, (String, String)> {
        let text = self.0.get(key).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
        let number = text.trim().parse::<f64>().ok().filter(|number| (1.0..=MOST_SOCKETS).contains(number));
        number
            .map(Some)
            .ok_or_else(|| (key.to_owned(), format!("`{text}` is not a number from 1 to {MOST_SOCKETS:.0}")))
    }

    /// The highest power of a tag, kW: `150 kW`, `22 kW;50 kW`, `43000 W`; a number alone is kW, or W above 1,000.
    fn power(&self, key: &str) -> Result<Option<f64>, (String, String)> {
        let text = self.text(key);
        let mut most: Option<f64> = None;
        for part in text.split([';', '/']).map(str::trim).filter(|part| !part.is_empty()) {
            let part = part.to_ascii_lowercase().replace(',', ".");
            let digits = part.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(part.len());
            let (number, unit) = part.split_at(digits);
            let number = number.parse::<f64>().ok();
            let kw = match (number, unit.trim()) {
                (Some(number), "kw" | "kva") => Some(number),
                (Some(number), "mw") => Some(number * 1e3),
                (Some(number), "w" | "va") => Some(number / 1e3),
                (Some(number), "") => Some(if number > 1_000.0 { number / 1e3 } else { number }),
                _ => None,
            };
            let Some(kw) = kw.filter(|kw| *kw > 0.0 && *kw <= MOST_KW) else {
                return Err((key.to_owned(), format!("`{text}` is no power such as `150 kW`")));
            };
            most = Some(most.unwrap_or(0.0).max(kw));
        }
        Ok(most)
    }
}

/// The `[source]`, `[site]` and `[charger]` tables of a scenario.
#[must_use]
pub fn to_toml(layout: &Layout, file: &str) -> String {
    let sources = json!({
        "osm": {
            "quality": "unverified",
            "title": format!("OpenStreetMap contributors (ODbL), export {file}"),
            "address": "https://www.openstreetmap.org/copyright",
        },
        "osm_assumed": {
            "quality": "assumed",
            "title": "What the map does not say: power where it gives none, one cabinet a port, efficiency; sockets of different \
                      kinds at the same ports where no capacity is given",
        },
    });
    afdc::tables(layout, sources)
}
