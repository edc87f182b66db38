//! Trips as a scenario: each truck is a fleet of one with the duties that it had, its trips are hauls that only it may take, and
//! a battery stands in for its engine. A run then says which trucks get their hauls done, and how late.

use super::map::key_of;
use super::trips::{Place, Trip, Trips, Truck, home, toml_key};
use crate::kernel::math::great_circle_km;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// A stop of this length ends a duty, s: shorter ones are breaks and loading.
const REST_S: i64 = 6 * 3600;
/// A shift of a scenario is not longer, h.
const LONGEST_SHIFT_H: f64 = 16.0;
/// Shifts are so much longer than the longest duty, h: a truck that is late still comes home.
const SLACK_H: f64 = 1.0;
/// A scenario has no more days.
const MOST_DAYS: i64 = 1_100;
const DAY_MIN: i64 = 24 * 60;

/// Trips as a scenario.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Duties {
    /// `scenario.toml`.
    pub scenario: String,
    /// Its `duties.csv`.
    pub hauls: String,
    /// By truck: its name, the key of its fleet, how many hauls it has.
    pub trucks: Vec<(String, String, usize)>,
    /// What was assumed or left out.
    pub said: Vec<String>,
}

/// A truck's trips as they are simulated.
struct Fleet<'t> {
    key: String,
    vehicle: &'t str,
    home: usize,
    trips: &'t [Trip],
    hauls: usize,
    shift: Shift,
}

/// The window of a truck's duties.
struct Shift {
    start_min: i64,
    hours: f64,
    is_cut: bool,
    /// Has it duties on weekdays, Saturdays, Sundays?
    days: [bool; 3],
}

impl Trips {
    /// The scenario of these trips on battery trucks. `origin` names the file and its hash.
    #[must_use]
    pub fn duties(&self, truck: Truck, origin: &str) -> Duties {
        let zone = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC);
        let mut out = Duties { hauls: "origin,destination,ready,due,fleet,note_km\n".to_owned(), ..Duties::default() };
        let (mut fleets, mut homeless, mut km) = (Vec::new(), 0, (0.0, 0.0));
        let (mut from, mut keys) = (0, BTreeSet::new());
        for trips in self.list.chunk_by(|a, b| a.vehicle == b.vehicle) {
            let range = from..from + trips.len();
            from = range.end;
            km.1 += trips.iter().map(|trip| trip.km).sum::<f64>();
            let Some(home) = home(trips, &self.ends[range.clone()]).or(self.ends[range.start]) else {
                homeless += 1;
                continue;
            };
            let key = own_key(&trips[0].vehicle, &mut keys);
            let (hauls, of_hauls) = self.own_hauls(range, home, &key, &zone, &mut out.hauls);
            km.0 += of_hauls;
            out.trucks.push((trips[0].vehicle.clone(), key.clone(), hauls));
            let shift = shift(trips, &zone);
            fleets.push(Fleet { key, vehicle: &trips[0].vehicle, home, trips, hauls, shift });
        }
        let cut = fleets.iter().filter(|fleet| fleet.shift.is_cut).count();
        let mut say = |is_so: bool, what: String| out.said.extend(is_so.then_some(what));
        say(homeless > 0, format!("{homeless} trucks stop at no place and are not in the scenario"));
        say(
            cut > 0,
            format!("{cut} trucks are on duty for longer than {LONGEST_SHIFT_H} h; their shifts are cut to that"),
        );
        let missing_km = km.1 - km.0;
        say(
            missing_km > 0.5,
            format!(
                "the hauls have {:.0} of {:.0} km: the rest leads to no place, or round to the same one; `--least-stops 1` makes every stop a place",
                km.0, km.1
            ),
        );
        out.scenario = self.scenario(&fleets, truck, origin, &zone);
        out
    }

    /// A truck's trips between places as rows of hauls: due when it left again. How many, and their km.
    fn own_hauls(
        &self,
        range: std::ops::Range<usize>,
        home: usize,
        key: &str,
        zone: &TimeZone,
        out: &mut String,
    ) -> (usize, f64) {
        let local = |time: Timestamp| time.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let (mut count, mut km) = (0, 0.0);
        for at in range.clone() {
            // Before its first trip a truck stood at home.
            let begin = if at == range.start { Some(home) } else { self.begin(at) };
            let (Some(from), Some(to)) = (begin, self.ends[at]) else { continue };
            if from == to {
                continue;
            }
            let trip = &self.list[at];
            let due = if at + 1 < range.end { self.list[at + 1].start.max(trip.stop) } else { trip.stop };
            let (from, to) = (&self.places[from].key, &self.places[to].key);
            let _ = writeln!(out, "{from},{to},{},{},{key},{:.1}", local(trip.start), local(due), trip.km);
            (count, km) = (count + 1, km + trip.km);
        }
        (count, km)
    }

    fn scenario(&self, fleets: &[Fleet<'_>], truck: Truck, origin: &str, zone: &TimeZone) -> String {
        let date = |time: Timestamp| time.to_zoned_datetime(zone.clone()).date();
        let first = self.list.iter().map(|trip| date(trip.start)).min().unwrap_or_default();
        let last = self.list.iter().map(|trip| date(trip.stop)).max().unwrap_or_default();
        let days = first.until(last).map_or(0, |span| i64::from(span.get_days())).clamp(0, MOST_DAYS - 1) + 1;
        let (zone, title) =
            (toml::Value::from(self.zone.as_str()), toml::Value::from(format!("{} trucks on batteries", fleets.len())));
        let mut out = format!(
            "# Made by `portvolt import trips` of {origin}.\ntitle = {title}\ndescription = \"Logged trips as hauls that only their own truck may take: those that get all of theirs done could be electric.\"\n\n[time]\nstart = \"{first}\"\ndays = {days}\nzone = {zone}\n\n[policy.dispatch]\nname = \"nearest_feasible\"\n\n[policy.charging]\nname = \"uncontrolled\"\n\n[freight]\nhauls = \"duties.csv\"\nknown_before_h = 1\n\n"
        );
        out.push_str(&self.travel());
        out.push_str(&vehicles(truck));
        let mut homes: BTreeMap<usize, usize> = BTreeMap::new();
        for fleet in fleets {
            *homes.entry(fleet.home).or_insert(0) += 1;
        }
        for (home, trucks) in homes {
            let site = toml::Value::from(self.places[home].key.as_str());
            let key = toml_key(&format!("at_{}", self.places[home].key));
            let _ = write!(
                out,
                "# As many as trucks stand here: take away what is not needed.\n[charger.{key}]\nsite = {site}\ncabinets = {trucks}\ncabinet_kw = {}\nefficiency = 1.0\nsources = {{ cabinet_kw = \"options\", default = \"assumed\" }}\n\n",
                truck.charge_kw
            );
        }
        for fleet in fleets {
            write_fleet(&mut out, fleet, &self.places[fleet.home]);
        }
        out + &self.sites_toml(origin)
    }

    /// Ways as they were driven; between places that no trip joins as far and fast as in the mean.
    fn travel(&self) -> String {
        let (mut km, mut straight_km, mut hours) = (0.0, 0.0, 0.0);
        for (at, trip) in self.list.iter().enumerate() {
            if let (Some(from), Some(to)) = (self.begin(at), self.ends[at]) {
                km += trip.km;
                straight_km += great_circle_km(self.places[from].place, self.places[to].place);
                hours += trip.stop.duration_since(trip.start).as_secs_f64() / 3600.0;
            }
        }
        let mean =
            |sum: f64, of: f64, (least, most): (f64, f64)| if of > 0.0 { (sum / of).clamp(least, most) } else { least };
        let (circuity, kmh) = (mean(km, straight_km, (1.0, 3.0)), mean(km, hours, (5.0, 130.0)));
        let traffic = ["1.0"; 24].join(", ");
        format!(
            "# Ways are those of the trips (matrix.csv), with their time; places that no trip joins are as far and fast as in the mean.\n[travel]\nmatrix = \"matrix.csv\"\ncircuity = {circuity:.3}\nlocal_up_to_km = 0\narterial_up_to_km = 0\nlocal_kmh = {kmh:.1}\narterial_kmh = {kmh:.1}\nfreeway_kmh = {kmh:.1}\ntraffic = [{traffic}]\nlocal_energy_factor = 1.0\narterial_energy_factor = 1.0\nsources = {{ default = \"trips\" }}\n\n# Without effect until the model has `cold_per_c` or `hot_per_c`: `portvolt import weather` makes that of your place.\n[weather]\nmean_c = [{}]\ndaily_range_c = 0\nsources = {{ default = \"assumed\" }}\n\n",
            ["20"; 12].join(", ")
        )
    }
}

fn vehicles(truck: Truck) -> String {
    let Truck { battery_kwh, kwh_per_km, charge_kw } = truck;
    format!(
        "[source.options]\nquality = \"chosen\"\ntitle = \"Options of `portvolt import trips`\"\n\n[source.assumed]\nquality = \"assumed\"\ntitle = \"Stands in until it is known\"\n\n# One use for all kilometres: give it those of bobtail, empty and loaded trips, and of cold and heat, where they are known.\n[truck_model.battery]\npowertrain = \"battery_electric\"\nbobtail_per_km = {kwh_per_km}\nempty_per_km = {kwh_per_km}\nloaded_per_km = {kwh_per_km}\nsources = {{ default = \"options\" }}\n\n[truck_model.battery.battery]\nusable_kwh = {battery_kwh}\naccepts_kw = [[0.0, {charge_kw}], [1.0, {charge_kw}]]\nsources = {{ default = \"options\" }}\n\n"
    )
}

fn write_fleet(out: &mut String, fleet: &Fleet<'_>, home: &Place) {
    let Shift { start_min, hours, days, .. } = fleet.shift;
    let share = |works: bool| if works { "1.0" } else { "0.0" };
    let name = toml::Value::from(format!("{}, {} hauls of {} trips", fleet.vehicle, fleet.hauls, fleet.trips.len()));
    let home = toml::Value::from(home.key.as_str());
    let _ = write!(
        out,
        "[fleet.{}]\nname = {name}\nhome = {home}\ntrucks = {{ battery = 1 }}\ndriving_h = {hours}\nsources = {{ default = \"trips\" }}\n\n[[fleet.{}.shift]]\nstart = \"{:02}:{:02}\"\nhours = {hours}\nweekday = {}\nsaturday = {}\nsunday = {}\n\n",
        fleet.key,
        fleet.key,
        start_min / 60,
        start_min % 60,
        share(days[0]),
        share(days[1]),
        share(days[2]),
    );
}

/// The key of a truck's fleet, which no other has.
fn own_key(vehicle: &str, taken: &mut BTreeSet<String>) -> String {
    let base = format!("truck_{}", key_of(vehicle));
    let numbered = (2..).map(|number| format!("{base}_{number}"));
    let key = [base.clone()].into_iter().chain(numbered).find(|key| !taken.contains(key)).unwrap_or(base);
    taken.insert(key.clone());
    key
}

/// One window of the day that holds all duties of a truck: trips without a rest between them.
fn shift(trips: &[Trip], zone: &TimeZone) -> Shift {
    let mut duties: Vec<(ZonedDateTime, i64)> = Vec::new();
    let mut before: Option<Timestamp> = None;
    for trip in trips {
        let start = trip.start.to_zoned_datetime(zone.clone());
        match (duties.last_mut(), before) {
            (Some(last), Some(stop)) if trip.start.duration_since(stop).as_secs() < REST_S => {
                last.1 = trip.stop.duration_since(last.0.timestamp()).as_secs() / 60 + 1;
            }
            _ => duties.push((start, trip.stop.duration_since(trip.start).as_secs() / 60 + 1)),
        }
        before = Some(trip.stop);
    }
    let minute = |start: &ZonedDateTime| i64::from(start.hour()) * 60 + i64::from(start.minute());
    let mut starts: Vec<i64> = duties.iter().map(|duty| minute(&duty.0)).collect();
    starts.sort_unstable();
    // The window begins after the longest time of the day in which no duty begins.
    let gap = |at: usize| {
        let previous = if at == 0 { starts[starts.len() - 1] - DAY_MIN } else { starts[at - 1] };
        starts[at] - previous
    };
    let first = (0..starts.len()).max_by_key(|at| (gap(*at), std::cmp::Reverse(*at))).map_or(0, |at| starts[at]);
    let start_min = first / 15 * 15;
    let into = |start: &ZonedDateTime| (minute(start) - start_min).rem_euclid(DAY_MIN);
    let longest_min = duties.iter().map(|(start, length)| into(start) + length).max().unwrap_or(0);
    let needed_h = (longest_min as f64 / 30.0).ceil() / 2.0 + SLACK_H;
    let mut days = [false; 3];
    for (start, _) in &duties {
        let day: Date = start.date();
        // What begins before the window's time of day belongs to the window of the day before.
        let day = if minute(start) < start_min { day.yesterday().unwrap_or(day) } else { day };
        days[match day.weekday() {
            Weekday::Saturday => 1,
            Weekday::Sunday => 2,
            _ => 0,
        }] = true;
    }
    let hours = needed_h.min(LONGEST_SHIFT_H);
    Shift { start_min, hours, is_cut: needed_h - SLACK_H > LONGEST_SHIFT_H, days }
}
