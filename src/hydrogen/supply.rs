//! At the boundaries of control intervals: electrolysers, compressors and pipelines get their flows, policies are asked,
//! trailers ordered, intervals become rows.

use super::record::{hub_row, station_row};
use super::rules::{at_hour, interpolate, kwh_per_kg, next_load, pro_rata};
use super::spec::ElectrolyserSpec;
use super::state::{
    COST_COMPRESSION, COST_CREDIT, COST_PRODUCTION, COST_PURCHASE, COSTS, Hub, HubSums, Hydrogen, Lot, Stack, Station,
    Trailer, kind,
};
use crate::account::credit;
use crate::grid::state::{Headroom, LimitTree, OtherLoad};
use crate::grid::systems::node_of;
use crate::kernel::agenda::Due;
use crate::kernel::calendar::Calendar;
use crate::kernel::clock::Clock;
use crate::kernel::ids::StationId;
use crate::kernel::random::{Purpose, Seed, key_of};
use crate::kernel::sums::Accumulate;
use crate::kernel::units::{Hours, Kw, Kwh};
use crate::policy::kind::HydrogenSupply;
use crate::policy::{Fault, HydrogenOrders, HydrogenView, LOAD_STEPS, PolicySlot};
use crate::record::Records;
use crate::record::hydrogen::{HubRow, HydrogenRow};
use bevy_ecs::prelude::*;

/// Supply policies look this far ahead, hours.
pub(super) const LOOK_AHEAD_H: usize = 48;

/// At a boundary: settles all stations, writes the rows of the interval that ended, and tells the meters its load.
pub(super) fn close_interval(
    clock: Res<Clock>,
    mut hydrogen: ResMut<Hydrogen>,
    mut other: ResMut<OtherLoad>,
    mut rows: ResMut<Records<HydrogenRow>>,
    mut hub_rows: ResMut<Records<HubRow>>,
) {
    if !clock.starts_interval() || clock.now_s() == 0 || hydrogen.stations.is_empty() {
        return;
    }
    let start_s = clock.last_interval_start_s();
    let time = Hours::from_s(clock.now_s() - start_s);
    other.hydrogen.fill(Kw::ZERO);
    for (id, station) in hydrogen.stations.iter_mut().enumerate() {
        station.settle(clock.now_s());
        station.boil_off(&clock);
        other.hydrogen[station.site.index()] += Kwh(station.interval.grid_kwh) / time;
        rows.push(station_row(StationId::at(id), station, start_s, time));
        let ended = core::mem::take(&mut station.interval);
        station.total.accumulate(&ended, 1.0);
    }
    for (id, hub) in hydrogen.hubs.iter_mut().enumerate() {
        hub_rows.push(hub_row(id, hub, start_s));
        hub.interval = HubSums::default();
    }
}

/// What the supply works with in one interval.
struct Moment<'a> {
    now_s: u32,
    until_s: u32,
    time: Hours,
    hour: usize,
    day: i64,
    tree: &'a LimitTree,
}

impl Moment<'_> {
    fn hour_of_run(&self) -> usize {
        (self.now_s / 3600) as usize
    }
}

/// At a boundary: asks the policy in each new hour, then sets what flows until the next boundary, within what the limits
/// leave. Compressors go first, then electrolysers; both before charging.
pub(super) fn plan_supply(
    clock: Res<Clock>,
    calendar: Res<Calendar>,
    seed: Res<Seed>,
    tree: Res<LimitTree>,
    mut headroom: ResMut<Headroom>,
    mut policy: ResMut<PolicySlot<HydrogenSupply>>,
    mut fault: ResMut<Fault>,
    mut hydrogen: ResMut<Hydrogen>,
) {
    if !clock.starts_interval() || clock.done() || hydrogen.stations.is_empty() {
        return;
    }
    let now = i64::from(clock.now_s());
    let moment = Moment {
        now_s: clock.now_s(),
        until_s: clock.interval_end_s(),
        time: Hours::from_s(clock.interval_end_s() - clock.now_s()),
        hour: calendar.hour_of_week(now),
        day: calendar.day(now),
        tree: &tree,
    };
    let is_new_hour = now == 0 || calendar.hour_of_week(now - i64::from(clock.interval_s())) != moment.hour;
    if is_new_hour {
        ask_policy(&moment, &seed, &headroom, &mut policy, &mut fault, &mut hydrogen);
    }
    let Hydrogen { stations, hubs, credits, .. } = &mut *hydrogen;
    for station in stations.iter_mut() {
        station.flows.until_s = moment.until_s;
        plan_compressor(station, &moment, &mut headroom);
    }
    for station in stations.iter_mut() {
        plan_electrolyser(station, credits, &moment, &mut headroom);
    }
    for (id, hub) in hubs.iter_mut().enumerate() {
        plan_hub(id, hub, stations, &moment);
    }
}

/// Power that the limits above a station still leave.
fn power_left(station: &Station, tree: &LimitTree, headroom: &Headroom) -> f64 {
    let left = tree.upwards(node_of(station.site)).map(|node| headroom.0[node.index()]);
    left.fold(Kw(f64::INFINITY), Kw::min).max(Kw::ZERO).0
}

/// The compressor refills the cascade, and follows vehicles whenever they come. Its power is kept for the interval whether
/// it is used or not; the meter shows what was used.
fn plan_compressor(station: &mut Station, moment: &Moment<'_>, headroom: &mut Headroom) {
    let spec = &station.spec.compressor;
    let wanted_kg = spec.kg_per_h * moment.time.0;
    let left_kwh = power_left(station, moment.tree, headroom) * moment.time.0;
    let kg = if spec.kwh_per_kg > 0.0 { wanted_kg.min(left_kwh / spec.kwh_per_kg) } else { wanted_kg };
    headroom.take(moment.tree, node_of(station.site), Kwh(kg * spec.kwh_per_kg) / moment.time);
    let mut compressed = Lot { co2e_kg: spec.kwh_per_kg * grid_kg_per_kwh(station, moment.hour), ..Lot::default() };
    compressed.usd[COST_COMPRESSION] = spec.kwh_per_kg * station.prices.at(moment.hour_of_run(), moment.hour);
    station.flows.compress_kg_s = spec.kg_per_h / 3600.0;
    station.flows.compress_left_kg = kg;
    station.flows.compressed = compressed;
}

fn grid_kg_per_kwh(station: &Station, hour: usize) -> f64 {
    at_hour(&station.grid_kg_per_mwh, hour) / 1000.0
}

/// The electrolyser takes the load its policy wants, as far as ramp, room and limits allow; else it stands by.
fn plan_electrolyser(station: &mut Station, credits: &[credit::Credit], moment: &Moment<'_>, headroom: &mut Headroom) {
    station.flows.produce_kg_s = 0.0;
    let Some(spec) = &station.spec.electrolyser else { return };
    let solar_kw = spec.solar_kw.as_ref().map_or(0.0, |list| at_hour(list, moment.hour));
    let left_kw = power_left(station, moment.tree, headroom) + solar_kw;
    let most_change = spec.ramp_per_min * moment.time.0 * 60.0;
    let wanted = next_load(station.stack.load, station.wanted.load, spec.least_load, most_change);
    let electrolyser = Electrolyser { spec, stack: station.stack };
    let most_kg_h = station.bulk.room_kg() / moment.time.0;
    let load = electrolyser.largest_load(wanted, left_kw, most_kg_h);
    let power_kw = if load > 0.0 { electrolyser.power_kw(load) } else { spec.standby_kw.min(left_kw) };
    let kg = electrolyser.kg_per_h(load) * moment.time.0;
    let solar_kwh = power_kw.min(solar_kw) * moment.time.0;
    let grid_kwh = power_kw * moment.time.0 - solar_kwh;
    let usd = grid_kwh * station.prices.at(moment.hour_of_run(), moment.hour) + solar_kwh * spec.solar_usd_per_kwh;
    let grid_co2e_kg = grid_kwh * grid_kg_per_kwh(station, moment.hour);
    let co2e_kg = grid_co2e_kg + solar_kwh * spec.solar_kg_per_mwh / 1000.0;
    let stack = &mut station.stack;
    stack.starts += u32::from(load > 0.0 && stack.load <= 0.0);
    stack.operated_h += if load > 0.0 { moment.time.0 } else { 0.0 };
    stack.load = load;
    headroom.take(moment.tree, node_of(station.site), Kwh(grid_kwh) / moment.time);
    station.interval.grid_kwh += grid_kwh;
    station.interval.grid_co2e_kg += grid_co2e_kg;
    station.interval.solar_kwh += solar_kwh;
    station.interval.electricity_usd += usd;
    if kg > 0.0 {
        let mut costs = [0.0; COSTS];
        costs[COST_PRODUCTION] = usd / kg;
        costs[COST_CREDIT] = -credit::usd_per_kg(credits, moment.day, co2e_kg / kg);
        station.flows.produced = Lot::of(1.0, co2e_kg / kg, costs);
        station.flows.produce_kg_s = kg / (moment.time.0 * 3600.0);
    } else {
        // Standing by costs money and carbon too: the stock bears it.
        station.bulk.lot.usd[COST_PRODUCTION] += usd;
        station.bulk.lot.co2e_kg += co2e_kg;
    }
}

/// An electrolyser as it is now.
struct Electrolyser<'a> {
    spec: &'a ElectrolyserSpec,
    stack: Stack,
}

impl Electrolyser<'_> {
    fn kg_per_h(&self, load: f64) -> f64 {
        let by_hours = self.spec.loss_per_1000_h * (self.spec.operated_h + self.stack.operated_h) / 1000.0;
        let by_starts = self.spec.loss_per_start * f64::from(self.stack.starts);
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

/// The plant makes what its profile says and its storage takes; neighbours and stations share it in proportion to what
/// they ask when it is short.
fn plan_hub(id: usize, hub: &mut Hub, stations: &mut [Station], moment: &Moment<'_>) {
    let hours = moment.time.0;
    let spec = &hub.spec;
    let neighbours: Vec<f64> =
        spec.neighbour.values().map(|it| at_hour(&it.kg_per_day, moment.hour) / 24.0 * hours).collect();
    let asks = |station: &Station| {
        let pipeline = station.spec.pipeline.as_ref().filter(|_| station.hub.is_some_and(|hub| hub.index() == id))?;
        let room_kg = station.bulk.room_kg() - station.flows.produce_kg_s * hours * 3600.0;
        Some((pipeline.kg_per_h * hours).min(room_kg).max(0.0))
    };
    let demands: Vec<f64> =
        neighbours.iter().copied().chain(stations.iter().map(|station| asks(station).unwrap_or(0.0))).collect();
    let could_make = at_hour(&spec.production_kg_per_day, moment.hour) / 24.0 * hours;
    let given = pro_rata(&demands, hub.stock_kg + could_make);
    let out: f64 = given.iter().sum();
    let made = could_make.min(spec.capacity_kg - hub.stock_kg + out).max(0.0);
    hub.stock_kg = (hub.stock_kg + made - out).max(0.0);
    let to_neighbours: f64 = given[..neighbours.len()].iter().sum();
    hub.interval = HubSums {
        produced_kg: made,
        neighbours_asked_kg: neighbours.iter().sum(),
        neighbours_kg: to_neighbours,
        stations_kg: given[neighbours.len()..].iter().sum(),
    };
    hub.total.accumulate(&hub.interval, 1.0);
    let mut costs = [0.0; COSTS];
    costs[COST_PURCHASE] = spec.usd_per_kg;
    for (station, kg) in stations.iter_mut().zip(&given[neighbours.len()..]) {
        if station.hub.is_some_and(|hub| hub.index() == id) {
            station.flows.pipeline_kg_s = kg / (hours * 3600.0);
            station.flows.piped = Lot::of(1.0, spec.co2e_kg_per_kg, costs);
        }
    }
}

/// Asks the policy about every station, and orders the trailers it wants.
fn ask_policy(
    moment: &Moment<'_>,
    seed: &Seed,
    headroom: &Headroom,
    policy: &mut PolicySlot<HydrogenSupply>,
    fault: &mut Fault,
    hydrogen: &mut Hydrogen,
) {
    let mut view = HydrogenView::new(moment.now_s, moment.hour, LOOK_AHEAD_H);
    let shares: Vec<f64> = (0..hydrogen.hubs.len()).map(|hub| pipeline_share(hub, hydrogen)).collect();
    for (id, station) in hydrogen.stations.iter_mut().enumerate() {
        station.asked_hours += 1;
        push_row(&mut view, id, station, moment);
        let kept_kw = station.spec.compressor.kg_per_h * station.spec.compressor.kwh_per_kg;
        view.most_kw.push((power_left(station, moment.tree, headroom) - kept_kw).max(0.0));
        let share = station.hub.map_or(0.0, |hub| shares[hub.index()]);
        view.piped_kg_per_h.push(station.spec.pipeline.as_ref().map_or(0.0, |pipeline| pipeline.kg_per_h * share));
        // The hour that begins is counted afresh; what it held a week ago has just been looked at.
        station.asked[moment.hour] = 0.0;
    }
    let orders = match policy.0.decide(&view) {
        Ok(orders) => orders,
        Err(message) => return fault.set(policy.0.name(), message),
    };
    let HydrogenOrders { load, trailers } = orders;
    if load.len() != hydrogen.stations.len() || trailers.len() != hydrogen.stations.len() {
        let message = format!("gave {} loads for {} stations", load.len(), hydrogen.stations.len());
        return fault.set(policy.0.name(), message);
    }
    for id in 0..hydrogen.stations.len() {
        hydrogen.stations[id].wanted.load = if load[id].is_finite() { load[id].clamp(0.0, 1.0) } else { 0.0 };
        for _ in 0..trailers[id] {
            order_trailer(id, seed, moment.now_s, hydrogen);
        }
    }
}

/// Share of their size that the pipelines of a plant can be expected to bring: what it has and makes, against what
/// neighbours and pipelines may ask, over the time that policies look ahead.
fn pipeline_share(id: usize, hydrogen: &Hydrogen) -> f64 {
    let hub = &hydrogen.hubs[id];
    let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len() as f64 / 24.0;
    let has_kg_h = hub.stock_kg / LOOK_AHEAD_H as f64 + mean(&hub.spec.production_kg_per_day);
    let neighbours: f64 = hub.spec.neighbour.values().map(|neighbour| mean(&neighbour.kg_per_day)).sum();
    let of_hub = |station: &&Station| station.hub.is_some_and(|hub| hub.index() == id);
    let pipes = hydrogen.stations.iter().filter(of_hub).filter_map(|station| station.spec.pipeline.as_ref());
    let asked_kg_h = neighbours + pipes.map(|pipeline| pipeline.kg_per_h).sum::<f64>();
    if asked_kg_h > 0.0 { (has_kg_h / asked_kg_h).min(1.0) } else { 0.0 }
}

fn order_trailer(id: usize, seed: &Seed, now_s: u32, hydrogen: &mut Hydrogen) {
    let station = &mut hydrogen.stations[id];
    let Some(spec) = &station.spec.delivery else { return };
    if station.trailers.len() >= spec.most_on_order as usize {
        return;
    }
    let mut stream = seed.stream(Purpose::Deliveries, key_of(&station.key), station.ordered);
    let lead_h = if spec.lead_cv > 0.0 { stream.lognormal(spec.lead_h, spec.lead_cv) } else { spec.lead_h };
    let at_s = now_s + ((lead_h + spec.unload_min / 60.0) * 3600.0).round().max(1.0) as u32;
    let mut costs = [0.0; COSTS];
    costs[COST_PURCHASE] = spec.usd_per_kg;
    let lot = Lot::of(spec.payload_kg, spec.co2e_kg_per_kg, costs);
    station.trailers.push(Trailer { at_s, lot, trip_co2e_kg: spec.trip_km * spec.trip_kg_per_km });
    station.ordered += 1;
    hydrogen.agenda.push(Due { at_s, kind: kind::UNLOAD, id: id as u32 });
}

fn push_row(view: &mut HydrogenView, id: usize, station: &Station, moment: &Moment<'_>) {
    view.station.push(id as u32);
    view.stock_kg.push(station.bulk.usable_kg() + station.cascade.usable_kg());
    view.capacity_kg.push(station.bulk.span_kg() + station.cascade.span_kg());
    view.on_order_kg.push(station.on_order_kg());
    view.trailers_on_order.push(station.trailers.len() as u32);
    let delivery = station.spec.delivery.as_ref();
    view.payload_kg.push(delivery.map_or(0.0, |delivery| delivery.payload_kg));
    view.reorder_kg.push(delivery.map_or(0.0, |delivery| delivery.reorder_kg));
    view.most_trailers.push(delivery.map_or(0, |delivery| delivery.most_on_order));
    view.load.push(station.stack.load);
    let electrolyser = station.spec.electrolyser.as_ref().map(|spec| Electrolyser { spec, stack: station.stack });
    view.least_load.push(electrolyser.as_ref().map_or(0.0, |electrolyser| electrolyser.spec.least_load));
    view.ramp_per_h.push(electrolyser.as_ref().map_or(0.0, |electrolyser| electrolyser.spec.ramp_per_min * 60.0));
    view.solar_usd_per_kwh.push(electrolyser.as_ref().map_or(0.0, |electrolyser| electrolyser.spec.solar_usd_per_kwh));
    for step in 1..=LOAD_STEPS {
        let load = step as f64 / LOAD_STEPS as f64;
        view.kg_per_h.push(electrolyser.as_ref().map_or(0.0, |electrolyser| electrolyser.kg_per_h(load)));
        view.power_kw.push(electrolyser.as_ref().map_or(0.0, |electrolyser| electrolyser.power_kw(load)));
    }
    for ahead in 0..LOOK_AHEAD_H {
        let hour = (moment.hour + ahead) % 168;
        view.usd_per_kwh.push(station.prices.at(moment.hour_of_run() + ahead, hour));
        view.demand_kg.push(forecast_kg(station, hour));
        let solar = electrolyser.as_ref().and_then(|electrolyser| electrolyser.spec.solar_kw.as_ref());
        view.solar_kw.push(solar.map_or(0.0, |list| at_hour(list, hour)));
    }
}

/// What the station expects to be asked in an hour of the week, kg: what the scenario says, or the larger of what was
/// asked in that hour a week and a day before; in the first day as much as it can store in a day.
fn forecast_kg(station: &Station, hour: usize) -> f64 {
    if let Some(list) = &station.spec.forecast_kg_per_h {
        return at_hour(list, hour);
    }
    if station.asked_hours <= 24 {
        return (station.bulk.span_kg() + station.cascade.span_kg()) / 24.0;
    }
    station.asked[hour].max(station.asked[(hour + 144) % 168])
}

/// What hydrogen that was there before the run cost and emitted: a kg of the station's first kind of supply.
#[must_use]
pub(super) fn opening_lot(station: &Station, hubs: &[Hub], kg: f64) -> Lot {
    let mut costs = [0.0; COSTS];
    let spec = &station.spec;
    if let Some(delivery) = &spec.delivery {
        costs[COST_PURCHASE] = delivery.usd_per_kg;
        return Lot::of(kg, delivery.co2e_kg_per_kg, costs);
    }
    if let Some(hub) = station.hub {
        let hub = &hubs[hub.index()].spec;
        costs[COST_PURCHASE] = hub.usd_per_kg;
        return Lot::of(kg, hub.co2e_kg_per_kg, costs);
    }
    let Some(electrolyser) = &spec.electrolyser else { return Lot::of(kg, 0.0, costs) };
    let kwh = interpolate(&electrolyser.kwh_per_kg, 1.0) + electrolyser.compress_kwh_per_kg;
    let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len() as f64;
    costs[COST_PRODUCTION] = kwh * station.prices.mean();
    Lot::of(kg, kwh * mean(&station.grid_kg_per_mwh) / 1000.0, costs)
}
