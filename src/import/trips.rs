//! Trips of trucks from telematics: the stops become sites (of a list, or clusters of stops), the trips between two of them
//! hauls, and each truck's days are driven once more on a battery.
//!
//! Tables (CSV, workbook) and the trips of Geotab's interface (a list of `Trip` objects, or `{"result": [...]}`) are read.

use super::local_clock::Clock;
use super::map::Map;
use super::number::{Decimal, decimal_or_point, number};
use super::sheet::{self, Cell, SheetRow};
use super::stamp::{DateOrder, one_way, order_of, when};
use super::trip_columns::Columns;
use crate::disk::name::{plain as plain_name, steers};
use crate::document::json;
use crate::document::problem::{Mistakes, Problem};
use crate::document::table::Table;
use crate::kernel::math::{cos, great_circle_km};
use crate::record::table::plain_cell;
use dbscan::Classification;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

const MOST_VALUES: usize = 10_000_000;
const ROWS_LOOKED_AT: usize = 60;
/// A degree of latitude, km (mean radius 6,371 km).
const DEGREE_KM: f64 = 111.195;
/// Stops this close are one point, degrees: about ten metres, what receivers resolve.
const SAME_STOP_DEG: f64 = 1e-4;
/// More different points are not clustered: the time grows with their square.
const MOST_POINTS: usize = 30_000;
/// No trip is longer, km.
const LONGEST_KM: f64 = 5_000.0;
/// Shorter stops at home charge nothing: they are a manoeuvre, s.
const LEAST_CHARGE_S: i64 = 600;

/// A trip.
#[derive(Debug, Clone, PartialEq)]
pub struct Trip {
    /// The truck.
    pub vehicle: String,
    /// Departure.
    pub start: Timestamp,
    /// Arrival.
    pub stop: Timestamp,
    /// Distance, km.
    pub km: f64,
    /// Latitude and longitude of the arrival, degrees.
    pub place: (f64, f64),
}

/// A place where trucks stop.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Key of its site.
    pub key: String,
    /// Latitude and longitude, degrees.
    pub place: (f64, f64),
    /// How many trips end there.
    pub stops: usize,
}

/// How stops become places.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// How the table is read.
    pub map: Map,
    /// Known places: key, latitude, longitude. Empty: clusters of stops.
    pub places: Vec<(String, f64, f64)>,
    /// Stops within this distance belong together, km.
    pub radius_km: f64,
    /// Fewer stops make no place.
    pub least_stops: usize,
}

impl Default for Options {
    /// Half a kilometre: a yard with its gate. Five stops: one a day of a working week.
    fn default() -> Self {
        Self { map: Map::default(), places: Vec::new(), radius_km: 0.5, least_stops: 5 }
    }
}

/// Trips with their places.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trips {
    /// By truck and time.
    pub list: Vec<Trip>,
    /// Where they end.
    pub places: Vec<Place>,
    /// Place of each trip's end; none where it is no place.
    pub ends: Vec<Option<usize>>,
    /// Time zone.
    pub zone: String,
    /// What was assumed or left out.
    pub notes: Vec<String>,
}

/// A battery truck that drives the same trips.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Truck {
    /// Usable energy, kWh.
    pub battery_kwh: f64,
    /// Energy of a kilometre, kWh.
    pub kwh_per_km: f64,
    /// Power at the truck's home, kW.
    pub charge_kw: f64,
}

/// A truck's days.
#[derive(Debug, Clone, PartialEq)]
pub struct Days {
    /// The truck.
    pub vehicle: String,
    /// Key of the place where it stands longest.
    pub home: String,
    /// Days with trips.
    pub days: usize,
    /// Of them those on which the battery never runs empty.
    pub done: usize,
    /// Distance of the longest day, km.
    pub longest_km: f64,
    /// Lowest energy left, kWh; below 0 where it would not have sufficed.
    pub lowest_kwh: f64,
}

/// Reads a file. None: it holds no trips; the problems say why.
pub fn read(path: &str, bytes: &[u8], options: &Options, problems: &mut Vec<Problem>) -> Option<Trips> {
    let mut mistakes = Mistakes::of(path, problems);
    let zone = options.map.zone.clone().unwrap_or_else(|| super::meter_time::DEFAULT_ZONE.to_owned());
    let mut notes = Vec::new();
    if options.map.zone.is_none() {
        notes.push(format!("the time zone is assumed: {zone}; `--zone` changes that"));
    }
    let is_json = bytes.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| matches!(byte, b'{' | b'['));
    let list = match TimeZone::get(&zone) {
        Err(_) => {
            mistakes.push(None, "--zone", format!("`{zone}` is no time zone"), None);
            None
        }
        Ok(_) if is_json => geotab(bytes, &mut mistakes),
        Ok(zone) => table(bytes, options, &zone, &mut notes, &mut mistakes),
    };
    let found =
        list.filter(|_| mistakes.found() == 0).and_then(|list| placed(list, options, zone, notes, &mut mistakes));
    mistakes.close();
    found
}

/// Reads known places: `site, lat, lon`.
pub fn sites(path: &str, text: &str, problems: &mut Vec<Problem>) -> Vec<(String, f64, f64)> {
    let mut table = Table::open(path, text, &["site", "lat", "lon"], &[], problems);
    let [site, lat, lon] = table.columns(["site", "lat", "lon"]);
    let mut out: Vec<(String, f64, f64)> = Vec::new();
    let mut known: BTreeMap<String, u64> = BTreeMap::new();
    while let Some(row) = table.next_row() {
        let key = row.get(site).unwrap_or_default().to_owned();
        if let Err(message) = is_key(&key) {
            table.wrong(row.line, "site", message, None);
        } else if let Some(line) = known.insert(key.clone(), row.line) {
            table.wrong(row.line, "site", format!("`{key}` stands in line {line} too"), None);
        }
        let place = (table.number(&row, lat, -90.0, 90.0), table.number(&row, lon, -180.0, 180.0));
        if let (Some(lat), Some(lon)) = place {
            out.push((key, lat, lon));
        }
    }
    out
}

/// May a word be the key of a site in the files that are written? It stands in TOML and in cells of CSV, and names files later.
pub(super) fn is_key(key: &str) -> Result<(), String> {
    plain_name(key).map_err(|error| error.to_string())?;
    if key.contains(',') || plain_cell(key) != key {
        return Err(format!("`{key}` is no key: it would be another cell, or a formula"));
    }
    Ok(())
}

/// Trips of Geotab's interface. Times are points in time, distances km.
fn geotab(bytes: &[u8], mistakes: &mut Mistakes<'_>) -> Option<Vec<Trip>> {
    let text = sheet::decoded(bytes, &mut Vec::new());
    let document: Value = match json::parse(&text, MOST_VALUES) {
        Ok(document) => document,
        Err((line, message)) => {
            mistakes.push(Some(line), "", message, None);
            return None;
        }
    };
    let list = document.get("result").unwrap_or(&document).as_array().cloned().unwrap_or_default();
    let mut out = Vec::new();
    for (at, trip) in list.iter().enumerate() {
        let label = format!("[{at}]");
        let vehicle = trip["device"]["id"].as_str().or_else(|| trip["device"].as_str());
        let time = |key: &str| trip[key].as_str().and_then(|text| text.parse::<Timestamp>().ok());
        let point = trip["stopPoint"]["y"].as_f64().zip(trip["stopPoint"]["x"].as_f64()).filter(is_place);
        let km = trip["distance"].as_f64().filter(is_distance);
        match (vehicle, time("start"), time("stop"), km, point) {
            (Some(vehicle), Some(start), Some(stop), Some(km), Some(place)) if stop >= start => {
                out.push(Trip { vehicle: vehicle.to_owned(), start, stop, km, place });
            }
            _ => {
                let help = "a trip has device, start, stop, distance (0 to 5000 km) and stopPoint {x, y} in degrees"
                    .to_owned();
                mistakes.push(None, &label, "is no trip".to_owned(), Some(help));
            }
        }
    }
    Some(out)
}

fn is_place((lat, lon): &(f64, f64)) -> bool {
    lat.abs() <= 90.0 && lon.abs() <= 180.0
}

fn is_distance(km: &f64) -> bool {
    (0.0..=LONGEST_KM).contains(km)
}

fn table(
    bytes: &[u8],
    options: &Options,
    zone: &TimeZone,
    notes: &mut Vec<String>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Vec<Trip>> {
    let sheet = sheet::read(bytes, &options.map, mistakes)?;
    notes.extend(sheet.said.clone());
    let mut wrong: Option<(usize, u64, String)> = None;
    let header =
        sheet.rows.iter().take(ROWS_LOOKED_AT).enumerate().find_map(|(at, row)| match Columns::of(row, &options.map) {
            Ok(columns) => Some((at, columns)),
            Err(message) => {
                if wrong.as_ref().is_none_or(|wrong| row.cells.len() > wrong.0) {
                    wrong = Some((row.cells.len(), row.line, message));
                }
                None
            }
        });
    let Some((header, columns)) = header else {
        let (_, line, message) = wrong.unwrap_or((0, 1, "holds no rows".to_owned()));
        let help =
            "name them in a mapping file (--map): vehicle, start, stop, distance, latitude, longitude".to_owned();
        mistakes.push(Some(line), "", message, Some(help));
        return None;
    };
    let body = || sheet.rows[header + 1..].iter();
    let name = zone.iana_name().unwrap_or("UTC").to_owned();
    if let Err(mixed) = one_way(body().map(|row| row.cell(columns.stop))) {
        mistakes.push(None, "stop", mixed.message, Some(mixed.help.to_owned()));
    }
    let order = match order_of(body().map(|row| row.cell(columns.start)), options.map.dates, &name) {
        Ok((order, said)) => {
            notes.extend(said);
            order
        }
        Err(undecided) => {
            mistakes.push(None, "start", undecided.message, Some(undecided.help.to_owned()));
            return None;
        }
    };
    if columns.distance.1.is_none() {
        notes.push("distances are km, as no column says miles".to_owned());
    }
    // Sums of a report name no truck or no time.
    let is_sum = |row: &SheetRow| row.cell(columns.vehicle).is_empty() || row.cell(columns.start).is_empty();
    let sums = body().filter(|row| is_sum(row)).count();
    if sums > 0 {
        notes.push(format!("{sums} rows without a truck or a start are left out"));
    }
    let decimal = decimal((&sheet.rows[header..], sheet.delimiter), &columns, options, notes, mistakes)?;
    let (rows, mut clock) = (body().filter(|row| !is_sum(row)), Clock::new(zone));
    let mut read = |row| trip(row, &sheet.rows[header], &columns, (order, decimal), &mut clock, mistakes);
    let list = rows.filter_map(&mut read).collect();
    notes.extend(clock.told());
    Some(list)
}

/// What stands before the decimals of distances and places, in rows from the header on.
fn decimal(
    (rows, delimiter): (&[SheetRow], Option<char>),
    columns: &Columns,
    options: &Options,
    notes: &mut Vec<String>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Decimal> {
    if let Some(decimal) = options.map.decimal() {
        return Some(decimal);
    }
    let (header, body) = rows.split_first()?;
    let names: Vec<String> = header.cells.iter().map(|cell| cell.text().into_owned()).collect();
    let numbers = [columns.distance.0, columns.place.0, columns.place.1];
    decimal_or_point(body.iter(), &numbers, delimiter, |at| names.get(at).map_or("", String::as_str), notes, mistakes)
}

fn trip(
    row: &SheetRow,
    header: &SheetRow,
    columns: &Columns,
    (order, decimal): (DateOrder, Decimal),
    clock: &mut Clock<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Trip> {
    if let Some((message, help)) = row.beyond(header) {
        mistakes.push(Some(row.line), "", message, help);
        return None;
    }
    let vehicle = row.cell(columns.vehicle).text().into_owned();
    let mut time = |cell: &Cell| when(cell, order).and_then(|at| clock.instant(row.line, at));
    let value = |at: usize| number(row.cell(at), decimal);
    let (start, stop) = (time(row.cell(columns.start)), time(row.cell(columns.stop)));
    let km = value(columns.distance.0).map(|distance| distance * columns.distance.1.unwrap_or(1.0)).filter(is_distance);
    let place = value(columns.place.0).zip(value(columns.place.1)).filter(is_place);
    let checks = [
        ("start", start.is_some(), vec![columns.start], "a time"),
        ("stop", stop.is_some(), vec![columns.stop], "a time"),
        ("distance", km.is_some(), vec![columns.distance.0], "a distance up to 5000 km"),
        ("latitude, longitude", place.is_some(), vec![columns.place.0, columns.place.1], "a place in degrees"),
    ];
    for (name, _, columns, what) in checks.into_iter().filter(|check| !check.1) {
        let written: Vec<String> = columns.into_iter().map(|at| row.cell(at).text().into_owned()).collect();
        let message = if written.iter().any(String::is_empty) {
            "is empty".to_owned()
        } else {
            format!("`{}` is not {what}", written.join(", "))
        };
        mistakes.push(Some(row.line), name, message, None);
    }
    let (start, stop, km, place) = (start?, stop?, km?, place?);
    if stop < start {
        mistakes.push(Some(row.line), "stop", "is before the start".to_owned(), None);
        return None;
    }
    Some(Trip { vehicle, start, stop, km, place })
}

/// Trips in order, with the places where they end.
fn placed(
    mut list: Vec<Trip>,
    options: &Options,
    zone: String,
    mut notes: Vec<String>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Trips> {
    if list.is_empty() {
        mistakes.push(None, "", "holds no trips".to_owned(), None);
        return None;
    }
    list.sort_by(|a, b| (&a.vehicle, a.start).cmp(&(&b.vehicle, b.start)));
    notes.extend(once_each(&mut list));
    notes.extend(overlaps(&list, &zone));
    let (mut places, ends) =
        if options.places.is_empty() { clusters(&list, options, mistakes)? } else { listed(&list, options) };
    for end in ends.iter().flatten() {
        places[*end].stops += 1;
    }
    let elsewhere = ends.iter().filter(|end| end.is_none()).count();
    if elsewhere > 0 {
        notes.push(format!(
            "{elsewhere} of {} trips end at no place with {} stops or more",
            list.len(),
            options.least_stops
        ));
    }
    Some(Trips { list, places, ends, zone, notes })
}

/// Drops trips that are in the file twice, and says how many: a truck drives one trip at a time.
fn once_each(list: &mut Vec<Trip>) -> Option<String> {
    let before = list.len();
    let key = |trip: &Trip| (trip.stop, trip.km.to_bits(), trip.place.0.to_bits(), trip.place.1.to_bits());
    // Trips of one truck and start stand together already.
    for same in list.chunk_by_mut(|a, b| a.vehicle == b.vehicle && a.start == b.start) {
        same.sort_by_key(key);
    }
    list.dedup();
    let twice = before - list.len();
    (twice > 0).then(|| format!("{twice} rows repeat a trip and are left out: of each one is read"))
}

/// What is said of trips that begin before the truck's trip before has ended.
fn overlaps(list: &[Trip], zone: &str) -> Option<String> {
    let is_over = |pair: &&[Trip]| pair[0].vehicle == pair[1].vehicle && pair[1].start < pair[0].stop;
    let first = &list.windows(2).find(is_over)?[1];
    let count = list.windows(2).filter(is_over).count();
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let at = first.start.to_zoned_datetime(zone).strftime("%Y-%m-%d %H:%M");
    Some(format!(
        "{count} trips begin before the trip before of the same truck has ended, the first of `{}` at {at}: have several trucks one name?",
        first.vehicle
    ))
}

/// The nearest of the known places, within the radius.
fn listed(list: &[Trip], options: &Options) -> (Vec<Place>, Vec<Option<usize>>) {
    let place = |(key, lat, lon): &(String, f64, f64)| Place { key: key.clone(), place: (*lat, *lon), stops: 0 };
    let places: Vec<Place> = options.places.iter().map(place).collect();
    let nearest = |trip: &Trip| {
        let km = |at: &usize| great_circle_km(trip.place, places[*at].place);
        let at = (0..places.len()).min_by(|a, b| km(a).total_cmp(&km(b)))?;
        (km(&at) <= options.radius_km).then_some(at)
    };
    let ends = list.iter().map(nearest).collect();
    (places, ends)
}

/// Clusters of stops by density (DBSCAN: Ester et al. 1996), on a plane of km. Points of the same ten metres count as one.
fn clusters(list: &[Trip], options: &Options, mistakes: &mut Mistakes<'_>) -> Option<(Vec<Place>, Vec<Option<usize>>)> {
    let cell = |(lat, lon): (f64, f64)| ((lat / SAME_STOP_DEG).round() as i64, (lon / SAME_STOP_DEG).round() as i64);
    let mut points: BTreeMap<(i64, i64), usize> = BTreeMap::new();
    for trip in list {
        *points.entry(cell(trip.place)).or_insert(0) += 1;
    }
    if points.len() > MOST_POINTS {
        let message = format!("its trips end at {} points; the limit is {MOST_POINTS}", points.len());
        mistakes.push(None, "", message, Some("name the places: --sites sites.csv".to_owned()));
        return None;
    }
    let middle_lat = list.iter().map(|trip| trip.place.0).sum::<f64>() / list.len() as f64;
    let wide_km = DEGREE_KM * cos(middle_lat.to_radians());
    let plane =
        |cell: &(i64, i64)| vec![cell.0 as f64 * SAME_STOP_DEG * DEGREE_KM, cell.1 as f64 * SAME_STOP_DEG * wide_km];
    let on_plane: Vec<Vec<f64>> = points.keys().map(plane).collect();
    // Each point begins a cluster of its own or joins one: how many stops it has is counted afterwards.
    let classes = dbscan::cluster(options.radius_km / 2.0, 1, &on_plane);
    let mut of_cluster: BTreeMap<usize, (usize, f64, f64)> = BTreeMap::new();
    let mut of_point: BTreeMap<(i64, i64), usize> = BTreeMap::new();
    for ((point, stops), class) in points.iter().zip(&classes) {
        let (Classification::Core(cluster) | Classification::Edge(cluster)) = class else { continue };
        of_point.insert(*point, *cluster);
        let sums = of_cluster.entry(*cluster).or_insert((0, 0.0, 0.0));
        let weight = *stops as f64;
        *sums = (
            sums.0 + stops,
            sums.1 + weight * point.0 as f64 * SAME_STOP_DEG,
            sums.2 + weight * point.1 as f64 * SAME_STOP_DEG,
        );
    }
    let mut busy: Vec<(usize, (usize, f64, f64))> =
        of_cluster.into_iter().filter(|entry| entry.1.0 >= options.least_stops).collect();
    busy.sort_by(|a, b| b.1.0.cmp(&a.1.0).then(a.0.cmp(&b.0)));
    let number: BTreeMap<usize, usize> = busy.iter().enumerate().map(|(at, entry)| (entry.0, at)).collect();
    let place = |(at, (_, (stops, lat, lon))): (usize, &(usize, (usize, f64, f64)))| Place {
        key: format!("stop_{}", at + 1),
        place: (lat / *stops as f64, lon / *stops as f64),
        stops: 0,
    };
    let places = busy.iter().enumerate().map(place).collect();
    let ends = list.iter().map(|trip| of_point.get(&cell(trip.place)).and_then(|cluster| number.get(cluster)).copied());
    Some((places, ends.collect()))
}

/// A key as TOML has it.
pub(super) fn toml_key(key: &str) -> String {
    let is_bare = key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if is_bare { key.to_owned() } else { toml::Value::from(key).to_string() }
}

impl Trips {
    /// Where a trip begins: where the truck's trip before has ended.
    pub(super) fn begin(&self, at: usize) -> Option<usize> {
        let before = at.checked_sub(1)?;
        (self.list[before].vehicle == self.list[at].vehicle).then_some(())?;
        self.ends[before]
    }

    /// The tables of sites of a scenario, with their source.
    #[must_use]
    pub fn sites_toml(&self, origin: &str) -> String {
        let title = toml::Value::from(format!("trips {origin}"));
        let mut out = format!("[source.trips]\nquality = \"measured\"\ntitle = {title}\n");
        for place in &self.places {
            let (lat, lon) = place.place;
            let _ = write!(
                out,
                "\n# {} trips end here; set its kind: terminal, depot, yard, warehouse, public, rail or plant\n[site.{}]\nkind = \"yard\"\nlat = {lat:.5}\nlon = {lon:.5}\nsources = {{ default = \"trips\" }}\n",
                place.stops,
                toml_key(&place.key)
            );
        }
        out
    }

    /// Trips between two places as hauls: ready when the truck left, due when it arrived.
    #[must_use]
    pub fn hauls_csv(&self) -> (String, usize) {
        let zone = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC);
        let local = |time: Timestamp| time.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let (mut out, mut count) = ("origin,destination,ready,due,note_vehicle,note_km\n".to_owned(), 0);
        for (at, trip) in self.list.iter().enumerate() {
            let (Some(from), Some(to)) = (self.begin(at), self.ends[at]) else { continue };
            if from != to {
                let (from, to, km) = (&self.places[from].key, &self.places[to].key, trip.km);
                let vehicle: String =
                    trip.vehicle.chars().map(|c| if matches!(c, ',' | '"') || steers(c) { ' ' } else { c }).collect();
                let vehicle = plain_cell(&vehicle);
                let _ = writeln!(out, "{from},{to},{},{},{vehicle},{km:.1}", local(trip.start), local(trip.stop));
                count += 1;
            }
        }
        (out, count)
    }

    /// Mean distance and time between places.
    #[must_use]
    pub fn matrix_csv(&self) -> String {
        let mut sums: BTreeMap<(usize, usize), (f64, f64, u32)> = BTreeMap::new();
        for (at, trip) in self.list.iter().enumerate() {
            if let (Some(from), Some(to)) = (self.begin(at), self.ends[at])
                && from != to
            {
                let sum = sums.entry((from, to)).or_insert((0.0, 0.0, 0));
                *sum = (sum.0 + trip.km, sum.1 + trip.stop.duration_since(trip.start).as_secs_f64() / 60.0, sum.2 + 1);
            }
        }
        let mut out = "origin,destination,km,minutes\n".to_owned();
        for ((from, to), (km, minutes, count)) in sums {
            let (from, to, count) = (&self.places[from].key, &self.places[to].key, f64::from(count));
            let _ = writeln!(out, "{from},{to},{:.2},{:.1}", km / count, minutes / count);
        }
        out
    }

    /// Drives each truck's trips on a battery that charges where the truck stands longest: which of its days it could do. It
    /// begins full; a day counts as done when the energy never falls below 0 on it.
    #[must_use]
    pub fn days(&self, truck: Truck) -> Vec<Days> {
        let zone = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC);
        let mut out = Vec::new();
        let mut from = 0;
        for trips in self.list.chunk_by(|a, b| a.vehicle == b.vehicle) {
            out.push(driven(trips, &self.ends[from..from + trips.len()], &self.places, truck, &zone));
            from += trips.len();
        }
        out
    }
}

/// How long a truck stays where a trip has ended, s.
fn stay_s(trips: &[Trip], at: usize) -> i64 {
    trips.get(at + 1).map_or(0, |next| next.start.duration_since(trips[at].stop).as_secs())
}

/// The place where a truck stands longest.
pub(super) fn home(trips: &[Trip], ends: &[Option<usize>]) -> Option<usize> {
    let mut stood: BTreeMap<usize, i64> = BTreeMap::new();
    for (at, end) in ends.iter().enumerate() {
        if let Some(end) = end {
            *stood.entry(*end).or_insert(0) += stay_s(trips, at);
        }
    }
    stood.iter().max_by_key(|(place, stood)| (**stood, std::cmp::Reverse(**place))).map(|entry| *entry.0)
}

fn driven(trips: &[Trip], ends: &[Option<usize>], places: &[Place], truck: Truck, zone: &TimeZone) -> Days {
    let stay_s = |at: usize| stay_s(trips, at);
    let home = home(trips, ends);
    let (mut energy_kwh, mut lowest_kwh) = (truck.battery_kwh, truck.battery_kwh);
    let mut by_day: BTreeMap<jiff::civil::Date, (f64, bool)> = BTreeMap::new();
    for (at, trip) in trips.iter().enumerate() {
        energy_kwh -= trip.km * truck.kwh_per_km;
        lowest_kwh = lowest_kwh.min(energy_kwh);
        let day = by_day.entry(trip.start.to_zoned_datetime(zone.clone()).date()).or_insert((0.0, true));
        *day = (day.0 + trip.km, day.1 && energy_kwh >= 0.0);
        // What could not have been driven is not owed on the next day.
        energy_kwh = energy_kwh.max(0.0);
        if ends[at].is_some() && ends[at] == home && stay_s(at) >= LEAST_CHARGE_S {
            energy_kwh = (energy_kwh + truck.charge_kw * stay_s(at) as f64 / 3600.0).min(truck.battery_kwh);
        }
    }
    Days {
        vehicle: trips[0].vehicle.clone(),
        home: home.map_or(String::new(), |home| places[home].key.clone()),
        days: by_day.len(),
        done: by_day.values().filter(|day| day.1).count(),
        longest_km: by_day.values().map(|day| day.0).fold(0.0, f64::max),
        lowest_kwh,
    }
}
