//! At the boundaries of control intervals: electrolysers, compressors and pipelines get their flows, policies are asked,
//! trailers ordered, intervals become rows.

use super::record::{plant_row, station_row};
use super::rules::{at_hour, interpolate, kwh_per_kg, next_load, pro_rata};
use super::spec::{ElectrolyserSpec, HydrogenPlantSpec};
use super::state::{
    AskedByHour, Credits, DueKind, Electrolyser, Flows, HydrogenAgenda, Plant, PlantBooks, PlantSums, Station,
    StationBooks, Trailer, Trailers,
};
use super::station::{Positions, StationParts};
use super::storage::{Bulk, COST_COMPRESSION, COST_CREDIT, COST_PRODUCTION, COST_PURCHASE, COSTS, Cascade, Lot};
use crate::account::credit;
use crate::grid::state::{Headroom, HydrogenLoad, LimitTree, NodeLoads, node_of};
use crate::kernel::agenda::Due;
use crate::kernel::calendar::Calendar;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{PlantId, Roster};
use crate::kernel::random::{Purpose, Seed, key_of};
use crate::kernel::sums::Accumulate;
use crate::kernel::units::{Hours, Kw, Kwh, S_PER_H};
use crate::policy::kind::HydrogenSupply;
use crate::policy::{Fault, HydrogenOrders, HydrogenView, LOAD_STEPS, PolicySlot};
use crate::record::Records;
use crate::record::hydrogen::{HydrogenRow, PlantRow};
use bevy_ecs::prelude::*;
use bevy_ecs::query::QueryData;
use bevy_ecs::system::SystemParam;

/// Supply policies look this far ahead, hours.
pub(super) const LOOK_AHEAD_H: usize = 48;

/// At a boundary: settles all stations, writes the rows of the interval that ended, and tells the meters its load.
pub(super) fn close_stations(
    clock: Res<Clock>,
    roster: Res<Roster<Station>>,
    mut stations: Query<StationParts>,
    electrolysers: Query<Option<&Electrolyser>>,
    mut positions: Positions<'_, '_>,
    mut drawn: NodeLoads<'_, '_, HydrogenLoad>,
    mut rows: ResMut<Records<HydrogenRow>>,
) {
    if clock.now_s() == 0 {
        return;
    }
    let start_s = clock.last_interval_start_s();
    let time = Hours::from_s(clock.now_s() - start_s);
    drawn.clear();
    for id in 0..roster.len() {
        let mut here = roster.get_mut(&mut stations, id);
        here.settle(&mut positions, clock.now_s());
        here.boil_off(&clock);
        drawn.add(node_of(here.station.site), Kwh(here.books.interval.grid_kwh) / time);
        let load = roster.get(&electrolysers, id).map_or(0.0, |electrolyser| electrolyser.load);
        rows.push(station_row(&here, load, start_s, time));
        let ended = core::mem::take(&mut here.books.interval);
        here.books.total.accumulate(&ended, 1.0);
    }
}

/// At a boundary: the interval that ended becomes a row of each plant.
pub(super) fn close_plants(
    clock: Res<Clock>,
    roster: Res<Roster<Plant>>,
    mut plants: Query<(&Plant, &mut PlantBooks)>,
    mut rows: ResMut<Records<PlantRow>>,
) {
    if clock.now_s() == 0 {
        return;
    }
    let start_s = clock.last_interval_start_s();
    for id in 0..roster.len() {
        let (plant, mut books) = roster.get_mut(&mut plants, id);
        rows.push(plant_row(plant, &books, start_s));
        books.interval = PlantSums::default();
    }
}

/// What the supply works with in one interval.
#[derive(SystemParam)]
pub(super) struct Interval<'w> {
    clock: Res<'w, Clock>,
    calendar: Res<'w, Calendar>,
    tree: Res<'w, LimitTree>,
}

impl Interval<'_> {
    /// Does an hour begin with it?
    fn begins_hour(&self) -> bool {
        let before = i64::from(self.clock.now_s()) - i64::from(self.clock.interval_s());
        self.clock.now_s() == 0 || self.calendar.hour_of_week(before) != self.hour()
    }

    fn hours(&self) -> f64 {
        self.time().0
    }

    fn time(&self) -> Hours {
        Hours::from_s(self.clock.interval_end_s() - self.clock.now_s())
    }

    /// Hour of the week.
    fn hour(&self) -> usize {
        self.calendar.hour_of_week(i64::from(self.clock.now_s()))
    }

    fn day(&self) -> i64 {
        self.calendar.day(i64::from(self.clock.now_s()))
    }

    fn hour_of_run(&self) -> usize {
        (self.clock.now_s() / 3600) as usize
    }

    /// Price of electricity at a station, USD per kWh.
    fn price(&self, station: &Station) -> f64 {
        station.prices.at(self.hour_of_run(), self.hour())
    }

    /// Carbon of grid electricity at a station, kg `CO2e` per kWh.
    fn grid_kg_per_kwh(&self, station: &Station) -> f64 {
        at_hour(&station.grid_kg_per_mwh, self.hour()) / 1000.0
    }

    /// Power that the limits above a station still leave, kW.
    fn power_left(&self, station: &Station, headroom: &Headroom) -> f64 {
        let left = self.tree.upwards(node_of(station.site)).map(|node| headroom.at(node));
        left.fold(Kw(f64::INFINITY), Kw::min).max(Kw::ZERO).0
    }
}

/// Compressors refill the cascades, and follow vehicles whenever they come. Their power is kept for the interval whether it
/// is used or not; the meter shows what was used. They go first, then electrolysers; both before charging.
pub(super) fn run_compressors(
    interval: Interval<'_>,
    roster: Res<Roster<Station>>,
    mut stations: Query<(&Station, &mut Flows)>,
    mut headroom: ResMut<Headroom>,
) {
    let time = interval.time();
    for id in 0..roster.len() {
        let (station, mut flows) = roster.get_mut(&mut stations, id);
        let spec = &station.spec.compressor;
        let wanted_kg = spec.kg_per_h * time.0;
        let left_kwh = interval.power_left(station, &headroom) * time.0;
        let kg = if spec.kwh_per_kg > 0.0 { wanted_kg.min(left_kwh / spec.kwh_per_kg) } else { wanted_kg };
        headroom.take(&interval.tree, node_of(station.site), Kwh(kg * spec.kwh_per_kg) / time);
        let co2e_kg = spec.kwh_per_kg * interval.grid_kg_per_kwh(station);
        let mut compressed = Lot { co2e_kg, ..Lot::default() };
        compressed.usd[COST_COMPRESSION] = spec.kwh_per_kg * interval.price(station);
        flows.until_s = interval.clock.interval_end_s();
        flows.compress_kg_s = spec.kg_per_h / S_PER_H;
        flows.compress_left_kg = kg;
        flows.compressed = compressed;
    }
}

/// Electrolysers take the load that the policy wants, as far as ramp, room and limits allow; else they stand by.
pub(super) fn run_electrolysers(
    interval: Interval<'_>,
    credits: Res<Credits>,
    roster: Res<Roster<Station>>,
    mut stations: Query<(&Station, Option<&mut Electrolyser>, &mut Flows, &mut Bulk, &mut StationBooks)>,
    mut headroom: ResMut<Headroom>,
) {
    let hours = interval.hours();
    for id in 0..roster.len() {
        let (station, electrolyser, mut flows, mut bulk, mut books) = roster.get_mut(&mut stations, id);
        let Some(mut electrolyser) = electrolyser else { continue };
        let spec = station.spec.electrolyser.as_ref().expect("an electrolyser was specified");
        let solar_kw = spec.solar_kw.as_ref().map_or(0.0, |list| at_hour(list, interval.hour()));
        let run = run(spec, &electrolyser, &bulk, interval.power_left(station, &headroom) + solar_kw, hours);
        let solar_kwh = run.power_kw.min(solar_kw) * hours;
        let grid_kwh = run.power_kw * hours - solar_kwh;
        let usd = grid_kwh * interval.price(station) + solar_kwh * spec.solar_usd_per_kwh;
        let grid_co2e_kg = grid_kwh * interval.grid_kg_per_kwh(station);
        let co2e_kg = grid_co2e_kg + solar_kwh * spec.solar_kg_per_mwh / 1000.0;
        electrolyser.turn_to(run.load, hours);
        headroom.take(&interval.tree, node_of(station.site), Kwh(grid_kwh) / interval.time());
        books.interval.grid_kwh += grid_kwh;
        books.interval.grid_co2e_kg += grid_co2e_kg;
        books.interval.solar_kwh += solar_kwh;
        books.interval.electricity_usd += usd;
        flows.produce_kg_s = 0.0;
        if run.kg > 0.0 {
            let mut costs = [0.0; COSTS];
            costs[COST_PRODUCTION] = usd / run.kg;
            costs[COST_CREDIT] = -credit::usd_per_kg(&credits.0, interval.day(), co2e_kg / run.kg);
            flows.produced = Lot::of(1.0, co2e_kg / run.kg, costs);
            flows.produce_kg_s = run.kg / (hours * S_PER_H);
        } else {
            // Standing by costs money and carbon too: the stock bears it.
            bulk.0.lot_mut().usd[COST_PRODUCTION] += usd;
            bulk.0.lot_mut().co2e_kg += co2e_kg;
        }
    }
}

/// What an electrolyser does in an interval.
struct Run {
    load: f64,
    power_kw: f64,
    kg: f64,
}

/// The load that is wanted, within ramp, room and `left_kw` of power.
fn run(spec: &ElectrolyserSpec, electrolyser: &Electrolyser, bulk: &Bulk, left_kw: f64, hours: f64) -> Run {
    let most_change = spec.ramp_per_min * hours * 60.0;
    let wanted = next_load(electrolyser.load, electrolyser.wanted_load, spec.least_load, most_change);
    let performance = Performance { spec, state: electrolyser };
    let load = performance.largest_load(wanted, left_kw, bulk.0.room_kg() / hours);
    let power_kw = if load > 0.0 { performance.power_kw(load) } else { spec.standby_kw.min(left_kw) };
    Run { load, power_kw, kg: performance.kg_per_h(load) * hours }
}

/// What an electrolyser needs and gives as it is now.
struct Performance<'a> {
    spec: &'a ElectrolyserSpec,
    state: &'a Electrolyser,
}

impl Performance<'_> {
    fn kg_per_h(&self, load: f64) -> f64 {
        let by_hours = self.spec.loss_per_1000_h * (self.spec.operated_h + self.state.operated_h) / 1000.0;
        let by_starts = self.spec.loss_per_start * f64::from(self.state.starts);
        load * self.spec.rated_kw / kwh_per_kg(&self.spec.kwh_per_kg, load, by_hours, by_starts)
    }

    /// With the compression into the bulk storage.
    fn power_kw(&self, load: f64) -> f64 {
        load * self.spec.rated_kw + self.kg_per_h(load) * self.spec.compress_kwh_per_kg
    }

    /// The largest load up to `wanted` with no more power and no more hydrogen than this; 0 when the least is too much.
    fn largest_load(&self, wanted: f64, most_kw: f64, most_kg_h: f64) -> f64 {
        let fits = |load: f64| self.power_kw(load) <= most_kw && self.kg_per_h(load) <= most_kg_h;
        let least = self.spec.least_load.max(1e-6);
        if wanted < least || !fits(least) {
            return 0.0;
        }
        if fits(wanted) {
            return wanted;
        }
        // Power and hydrogen rise with load: halve the gap until it is below a billionth.
        let (mut low, mut high) = (least, wanted);
        for _ in 0..30 {
            let middle = f64::midpoint(low, high);
            if fits(middle) { low = middle } else { high = middle }
        }
        low
    }
}

/// Each plant makes what its profile says and its storage takes; neighbours and stations share it in proportion to what they
/// ask when it is short.
pub(super) fn share_plants(
    interval: Interval<'_>,
    plant_roster: Res<Roster<Plant>>,
    roster: Res<Roster<Station>>,
    mut plants: Query<(&Plant, &mut PlantBooks)>,
    mut stations: Query<(&Station, &Bulk, &mut Flows)>,
) {
    let hours = interval.hours();
    for id in 0..plant_roster.len() {
        let (plant, mut books) = plant_roster.get_mut(&mut plants, id);
        let piped: Vec<usize> = roster
            .iter(&stations)
            .enumerate()
            .filter(|(_, it)| it.0.plant == Some(plant.id))
            .map(|(at, _)| at)
            .collect();
        let asked = |at: &usize| {
            let (station, bulk, flows) = roster.get(&stations, *at);
            let kg_per_h = station.spec.pipeline.as_ref().map_or(0.0, |pipeline| pipeline.kg_per_h);
            let room_kg = bulk.0.room_kg() - flows.produce_kg_s * hours * S_PER_H;
            (kg_per_h * hours).min(room_kg).max(0.0)
        };
        let asked: Vec<f64> = piped.iter().map(asked).collect();
        let given = books.share(&plant.spec, &asked, interval.hour(), hours);
        let mut costs = [0.0; COSTS];
        costs[COST_PURCHASE] = plant.spec.usd_per_kg;
        for (at, kg) in piped.into_iter().zip(given) {
            let (_, _, mut flows) = roster.get_mut(&mut stations, at);
            flows.pipeline_kg_s = kg / (hours * S_PER_H);
            flows.piped = Lot::of(1.0, plant.spec.co2e_kg_per_kg, costs);
        }
    }
}

impl PlantBooks {
    /// Makes hydrogen for an interval and shares it among neighbours and stations, which ask for `asked` kg. Returns what
    /// the stations get, kg.
    fn share(&mut self, spec: &HydrogenPlantSpec, asked: &[f64], hour: usize, hours: f64) -> Vec<f64> {
        let neighbours: Vec<f64> =
            spec.neighbour.values().map(|it| at_hour(&it.kg_per_day, hour) / 24.0 * hours).collect();
        let demands: Vec<f64> = neighbours.iter().chain(asked).copied().collect();
        let could_make = at_hour(&spec.production_kg_per_day, hour) / 24.0 * hours;
        let mut given = pro_rata(&demands, self.stock_kg + could_make);
        let out: f64 = given.iter().sum();
        let made = could_make.min(spec.capacity_kg - self.stock_kg + out).max(0.0);
        self.stock_kg = (self.stock_kg + made - out).max(0.0);
        let to_stations = given.split_off(neighbours.len());
        self.interval = PlantSums {
            produced_kg: made,
            neighbours_asked_kg: neighbours.iter().sum(),
            neighbours_kg: given.iter().sum(),
            stations_kg: to_stations.iter().sum(),
        };
        self.total.accumulate(&self.interval, 1.0);
        to_stations
    }
}

/// A station as the supply policy is told of it.
#[derive(QueryData)]
#[query_data(mutable)]
pub(super) struct StationOrders {
    station: &'static Station,
    bulk: &'static Bulk,
    cascade: &'static Cascade,
    asked: &'static mut AskedByHour,
    trailers: &'static mut Trailers,
    electrolyser: Option<&'static mut Electrolyser>,
}

/// At the first boundary of each hour: asks the policy about every station, and orders the trailers that it wants.
pub(super) fn ask_policy(
    interval: Interval<'_>,
    seed: Res<Seed>,
    headroom: Res<Headroom>,
    roster: Res<Roster<Station>>,
    plants: Query<(&Plant, &PlantBooks)>,
    mut stations: Query<StationOrders>,
    mut policy: ResMut<PolicySlot<HydrogenSupply>>,
    mut fault: ResMut<Fault>,
    mut agenda: ResMut<HydrogenAgenda>,
) {
    if !interval.begins_hour() {
        return;
    }
    let mut view = HydrogenView::new(interval.clock.now_s(), interval.hour(), LOOK_AHEAD_H);
    let pipes: Vec<(PlantId, f64)> = roster.iter(&stations).filter_map(|here| pipe(here.station)).collect();
    for id in 0..roster.len() {
        let mut here = roster.get_mut(&mut stations, id);
        here.asked.hours += 1;
        here.push_row(&mut view, &interval);
        let compressor = &here.station.spec.compressor;
        let kept_kw = compressor.kg_per_h * compressor.kwh_per_kg;
        view.most_kw.push((interval.power_left(here.station, &headroom) - kept_kw).max(0.0));
        let (piped_kg_per_h, piped_usd_per_kg) = pipe(here.station).map_or((0.0, 0.0), |(of, kg_per_h)| {
            let (plant, books) = plants.iter().find(|(plant, _)| plant.id == of).expect("the check found every plant");
            (kg_per_h * pipeline_share(plant, books, &pipes), plant.spec.usd_per_kg)
        });
        view.piped_kg_per_h.push(piped_kg_per_h);
        view.piped_usd_per_kg.push(piped_usd_per_kg);
        // The hour that begins is counted afresh; what it held a week ago has just been looked at.
        here.asked.kg[interval.hour()] = 0.0;
    }
    let orders = match policy.0.decide(&view) {
        Ok(orders) => orders,
        Err(message) => return fault.set(policy.0.name(), message),
    };
    let HydrogenOrders { load, trailers } = orders;
    if load.len() != roster.len() || trailers.len() != roster.len() {
        let message = format!("gave {} loads for {} stations", load.len(), roster.len());
        return fault.set(policy.0.name(), message);
    }
    for id in 0..roster.len() {
        let mut here = roster.get_mut(&mut stations, id);
        if let Some(electrolyser) = &mut here.electrolyser {
            electrolyser.wanted_load = if load[id].is_finite() { load[id].clamp(0.0, 1.0) } else { 0.0 };
        }
        for _ in 0..trailers[id] {
            here.order_trailer(*seed, interval.clock.now_s(), &mut agenda);
        }
    }
}

/// The plant and the size of a station's pipeline, kg/h.
fn pipe(station: &Station) -> Option<(PlantId, f64)> {
    Some((station.plant?, station.spec.pipeline.as_ref()?.kg_per_h))
}

/// Share of their size that the pipelines of a plant can be expected to bring: what it has and makes, against what
/// neighbours and pipelines may ask, over the time that policies look ahead.
fn pipeline_share(plant: &Plant, books: &PlantBooks, pipes: &[(PlantId, f64)]) -> f64 {
    let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len() as f64 / 24.0;
    let has_kg_h = books.stock_kg / LOOK_AHEAD_H as f64 + mean(&plant.spec.production_kg_per_day);
    let neighbours: f64 = plant.spec.neighbour.values().map(|neighbour| mean(&neighbour.kg_per_day)).sum();
    let of_plant = pipes.iter().filter(|(of, _)| *of == plant.id);
    let asked_kg_h = neighbours + of_plant.map(|(_, kg_per_h)| kg_per_h).sum::<f64>();
    if asked_kg_h > 0.0 { (has_kg_h / asked_kg_h).min(1.0) } else { 0.0 }
}

impl StationOrdersItem<'_, '_> {
    fn order_trailer(&mut self, seed: Seed, now_s: u32, agenda: &mut HydrogenAgenda) {
        let (station, trailers) = (self.station, &mut self.trailers);
        let Some(spec) = &station.spec.delivery else { return };
        if trailers.coming.len() >= spec.most_on_order as usize {
            return;
        }
        let mut stream = seed.stream(Purpose::Deliveries, key_of(&station.key), trailers.ordered);
        let lead_h = if spec.lead_cv > 0.0 { stream.lognormal(spec.lead_h, spec.lead_cv) } else { spec.lead_h };
        let at_s = now_s + ((lead_h + spec.unload_min / 60.0) * S_PER_H).round().max(1.0) as u32;
        let mut costs = [0.0; COSTS];
        costs[COST_PURCHASE] = spec.usd_per_kg;
        let lot = Lot::of(spec.payload_kg, spec.co2e_kg_per_kg, costs);
        trailers.coming.push(Trailer { at_s, lot, trip_co2e_kg: spec.trip_km * spec.trip_kg_per_km });
        trailers.ordered += 1;
        agenda.0.push(Due { at_s, kind: DueKind::Unload, id: station.id.0 });
    }

    fn push_row(&self, view: &mut HydrogenView, interval: &Interval<'_>) {
        let (station, bulk, cascade) = (self.station, &self.bulk.0, &self.cascade.0);
        view.station.push(station.id.0);
        view.stock_kg.push(bulk.usable_kg() + cascade.usable_kg());
        view.capacity_kg.push(bulk.span_kg() + cascade.span_kg());
        view.on_order_kg.push(self.trailers.on_order_kg());
        view.trailers_on_order.push(self.trailers.coming.len() as u32);
        let delivery = station.spec.delivery.as_ref();
        view.payload_kg.push(delivery.map_or(0.0, |delivery| delivery.payload_kg));
        view.reorder_kg.push(delivery.map_or(0.0, |delivery| delivery.reorder_kg));
        view.most_trailers.push(delivery.map_or(0, |delivery| delivery.most_on_order));
        let electrolyser = station.spec.electrolyser.as_ref().zip(self.electrolyser.as_deref());
        let performance = electrolyser.map(|(spec, state)| Performance { spec, state });
        let performance = performance.as_ref();
        view.load.push(performance.map_or(0.0, |it| it.state.load));
        view.least_load.push(performance.map_or(0.0, |it| it.spec.least_load));
        view.ramp_per_h.push(performance.map_or(0.0, |it| it.spec.ramp_per_min * 60.0));
        view.solar_usd_per_kwh.push(performance.map_or(0.0, |it| it.spec.solar_usd_per_kwh));
        for step in 1..=LOAD_STEPS {
            let load = step as f64 / LOAD_STEPS as f64;
            view.kg_per_h.push(performance.map_or(0.0, |it| it.kg_per_h(load)));
            view.power_kw.push(performance.map_or(0.0, |it| it.power_kw(load)));
        }
        let solar = performance.and_then(|it| it.spec.solar_kw.as_ref());
        for ahead in 0..LOOK_AHEAD_H {
            let hour = (interval.hour() + ahead) % 168;
            view.usd_per_kwh.push(station.prices.at(interval.hour_of_run() + ahead, hour));
            view.demand_kg.push(self.forecast_kg(hour));
            view.solar_kw.push(solar.map_or(0.0, |list| at_hour(list, hour)));
        }
    }

    /// What the station expects to be asked in an hour of the week, kg: what the scenario says, or the larger of what was
    /// asked in that hour a week and a day before; in the first day as much as it can store in a day.
    fn forecast_kg(&self, hour: usize) -> f64 {
        if let Some(list) = &self.station.spec.forecast_kg_per_h {
            return at_hour(list, hour);
        }
        if self.asked.hours <= 24 {
            return (self.bulk.0.span_kg() + self.cascade.0.span_kg()) / 24.0;
        }
        self.asked.kg[hour].max(self.asked.kg[(hour + 144) % 168])
    }
}

impl Electrolyser {
    /// Runs at a load for an interval.
    fn turn_to(&mut self, load: f64, hours: f64) {
        self.starts += u32::from(load > 0.0 && self.load <= 0.0);
        self.operated_h += if load > 0.0 { hours } else { 0.0 };
        self.load = load;
    }
}

/// What hydrogen that was there before the run cost and emitted: a kg of the station's first kind of supply.
#[must_use]
pub(super) fn opening_lot(station: &Station, plant: Option<&HydrogenPlantSpec>, kg: f64) -> Lot {
    let mut costs = [0.0; COSTS];
    let spec = &station.spec;
    if let Some(delivery) = &spec.delivery {
        costs[COST_PURCHASE] = delivery.usd_per_kg;
        return Lot::of(kg, delivery.co2e_kg_per_kg, costs);
    }
    if let Some(plant) = plant {
        costs[COST_PURCHASE] = plant.usd_per_kg;
        return Lot::of(kg, plant.co2e_kg_per_kg, costs);
    }
    let Some(electrolyser) = &spec.electrolyser else { return Lot::of(kg, 0.0, costs) };
    let kwh = interpolate(&electrolyser.kwh_per_kg, 1.0) + electrolyser.compress_kwh_per_kg;
    let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len() as f64;
    costs[COST_PRODUCTION] = kwh * station.prices.mean();
    Lot::of(kg, kwh * mean(&station.grid_kg_per_mwh) / 1000.0, costs)
}
