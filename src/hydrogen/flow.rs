//! Mass that moves through a station between events. Within a stretch every flow follows one law; a stretch ends where a
//! storage could run dry, or where the level of the cascade may have changed so much that the law would be another. So a
//! fill takes the same time whatever the control interval is, and whoever else arrives.

use super::state::{Dispenser, Fill, Trailer};
use super::station::{Positions, StationPartsItem};
use super::storage::Lot;
use crate::kernel::calendar::DAY_S;
use crate::kernel::clock::Clock;

/// A cascade that would be empty within this time feeds vehicles no faster than the compressor, seconds.
const LEAST_STRETCH_S: f64 = 2.0;
/// The flow into vehicles is looked at again when the level of the cascade may have changed by this share of what can be
/// taken out of it...
const MOST_CHANGE: f64 = 0.05;
/// ... but not sooner than after this time, seconds.
const LEAST_LOOK_S: f64 = 5.0;
/// A vehicle that needs less than this is full, kg.
pub(super) const FULL_KG: f64 = 1e-6;

impl StationPartsItem<'_, '_> {
    /// Moves mass up to a time, with the present flows.
    pub(super) fn settle(&mut self, positions: &mut Positions<'_, '_>, to_s: u32) {
        let stretch_s = to_s.saturating_sub(self.flows.settled_s);
        if stretch_s == 0 {
            return;
        }
        let seconds = f64::from(stretch_s);
        self.supply(seconds);
        let drawn = self.draws(positions, seconds);
        self.compress(seconds, drawn.iter().sum());
        self.give(positions, &drawn, self.flows.fill_factor * seconds);
        self.books.interval.waiting_s += self.queue.waiting().len() as f64 * seconds;
        self.note_shortage(positions, seconds);
        self.bulk.0.note();
        self.cascade.0.note();
        self.flows.settled_s = to_s;
    }

    /// Electrolyser and pipeline into the bulk storage.
    fn supply(&mut self, seconds: f64) {
        let made = self.flows.produce_kg_s * seconds;
        let piped = self.flows.pipeline_kg_s * seconds;
        let bulk = self.bulk.0.lot_mut();
        bulk.add(&scaled(&self.flows.produced, made));
        bulk.add(&scaled(&self.flows.piped, piped));
        let interval = &mut self.books.interval;
        interval.produced_kg += made;
        interval.piped_kg += piped;
        interval.purchased_co2e_kg += self.flows.piped.co2e_kg * piped;
    }

    /// What each position draws, kg.
    fn draws(&self, positions: &Positions<'_, '_>, seconds: f64) -> Vec<f64> {
        let draw = |dispenser: &Dispenser| {
            let fill = dispenser.fill.as_ref().filter(|fill| fill.flow_s <= self.flows.settled_s)?;
            let (tank, target_kg) = (fill.arrival.tank, fill.arrival.target_kg);
            let scaled_s = self.flows.fill_factor * seconds;
            Some(
                self.station.curve.after(tank.capacity_kg(), tank.kg(), target_kg.max(tank.kg()), scaled_s) - tank.kg(),
            )
        };
        positions.of(self.station).map(|dispenser| draw(dispenser).unwrap_or(0.0)).collect()
    }

    /// Bulk storage into the cascade: it follows what vehicles draw when the cascade is full.
    fn compress(&mut self, seconds: f64, drawn_kg: f64) {
        let flows = &mut self.flows;
        let most = (flows.compress_kg_s * seconds).min(flows.compress_left_kg).min(self.bulk.0.usable_kg());
        let moved = most.min(self.cascade.0.room_kg() + drawn_kg).max(0.0);
        flows.compress_left_kg -= moved;
        let mut lot = self.bulk.0.lot_mut().take(moved);
        let effort = flows.compressed;
        lot.co2e_kg += effort.co2e_kg * moved;
        for (usd, more) in lot.usd.iter_mut().zip(effort.usd) {
            *usd += more * moved;
        }
        self.cascade.0.lot_mut().add(&lot);
        let interval = &mut self.books.interval;
        interval.compressed_kg += moved;
        interval.grid_kwh += moved * self.station.spec.compressor.kwh_per_kg;
        interval.grid_co2e_kg += effort.co2e_kg * moved;
        interval.electricity_usd += effort.usd.iter().sum::<f64>() * moved;
    }

    /// Into the tanks; `full_s` is how long it would have taken with a full cascade.
    fn give(&mut self, positions: &mut Positions<'_, '_>, drawn: &[f64], full_s: f64) {
        for (at, kg) in self.station.positions().zip(drawn).filter(|(_, kg)| **kg > 0.0) {
            let mut dispenser = positions.get_mut(at);
            let fill = dispenser.fill.as_mut().expect("only a vehicle draws");
            fill.got.add(&self.cascade.0.lot_mut().take(*kg));
            let content = fill.arrival.tank.kg() + kg;
            fill.arrival.tank.fill_to(content);
            fill.left_s = (fill.left_s - full_s).max(0.0);
            self.books.interval.dispensed_kg += kg;
        }
    }

    /// Hydrogen is short from the moment a vehicle cannot be served until the stock could serve it.
    fn note_shortage(&mut self, positions: &Positions<'_, '_>, seconds: f64) {
        if self.shortage.0.is_some() {
            self.books.interval.out_s += seconds;
            self.look_whether_short(positions);
        }
    }

    /// The shortage is over when the stock could serve the vehicle that was turned away.
    pub(super) fn look_whether_short(&mut self, positions: &Positions<'_, '_>) {
        let free_kg = self.free_kg(positions);
        self.shortage.0 = self.shortage.0.filter(|needed_kg| free_kg < *needed_kg);
    }

    /// Chooses the flow into vehicles until the interval's end, and when each of them is full. Returns when to look again,
    /// where the cascade could be empty before that.
    ///
    /// Flow falls linearly with the level of the cascade: a stretch has the flow of the level in its middle. Where the peak
    /// of all flows could empty the cascade, this stretch ends before it is; once it is empty vehicles share what the
    /// compressor gives. So it is never drawn below its least.
    pub(super) fn plan_flows(&mut self, positions: &mut Positions<'_, '_>, now_s: u32) -> Option<u32> {
        let left_s = f64::from(self.flows.until_s.saturating_sub(now_s));
        self.flows.fill_factor = 0.0;
        for at in self.station.positions() {
            if let Some(fill) = &mut positions.get_mut(at).fill {
                fill.finish_s = None;
            }
        }
        let fills = positions.fills(self.station).filter(|fill| fill.flow_s <= now_s);
        let peak_at_full: f64 = fills.map(|fill| self.peak(fill)).sum();
        if left_s <= 0.0 || peak_at_full <= 0.0 {
            return None;
        }
        let inflow = self.sure_compression(left_s);
        let spare_kg = self.cascade.0.usable_kg();
        let look_s = self.same_level_s(peak_at_full, inflow);
        let middle_kg = (spare_kg + (inflow - peak_at_full * self.cascade_rate(spare_kg)) * look_s.min(left_s) / 2.0)
            .clamp(0.0, self.cascade.0.span_kg());
        let factor = self.cascade_rate(middle_kg);
        let peak = peak_at_full * factor;
        let mut again_s = (look_s < left_s).then(|| now_s + look_s as u32);
        self.flows.fill_factor = factor;
        if spare_kg < (peak - inflow) * look_s.min(left_s) {
            let lasts_s = (spare_kg / (peak - inflow)).floor();
            if lasts_s >= LEAST_STRETCH_S {
                again_s = Some(now_s + lasts_s as u32);
            } else {
                self.flows.fill_factor = factor * inflow / peak;
            }
        }
        self.foresee_finishes(positions, now_s);
        again_s
    }

    /// Flow into vehicles over that of a full cascade, when so much can be taken out of it.
    fn cascade_rate(&self, spare_kg: f64) -> f64 {
        let low = self.station.spec.dispenser.low_cascade_rate;
        low + (1.0 - low) * (spare_kg / self.cascade.0.span_kg()).min(1.0)
    }

    /// Time in which the level of the cascade surely changes little, whole seconds; without end where that changes nothing.
    fn same_level_s(&self, peak_at_full: f64, inflow: f64) -> f64 {
        let is_steady = self.station.spec.dispenser.low_cascade_rate >= 1.0;
        let stays_full = self.cascade.0.room_kg() <= 0.0 && inflow >= peak_at_full;
        if is_steady || stays_full {
            return f64::INFINITY;
        }
        let peak = peak_at_full * self.cascade_rate(self.cascade.0.usable_kg());
        let refill = if self.cascade.0.room_kg() > 0.0 { inflow } else { 0.0 };
        (MOST_CHANGE * self.cascade.0.span_kg() / (peak - inflow).max(refill)).floor().max(LEAST_LOOK_S)
    }

    /// Highest flow of the rest of a fill with a full cascade, kg/s.
    fn peak(&self, fill: &Fill) -> f64 {
        let tank = fill.arrival.tank;
        self.station.curve.peak(tank.capacity_kg(), tank.kg(), fill.arrival.target_kg.max(tank.kg()))
    }

    /// What the compressor surely gives at every moment until the interval's end, kg/s.
    fn sure_compression(&self, left_s: f64) -> f64 {
        let flows = &self.flows;
        let from_bulk = self.bulk.0.usable_kg() / left_s + flows.produce_kg_s + flows.pipeline_kg_s;
        flows.compress_kg_s.min(flows.compress_left_kg / left_s).min(from_bulk).max(0.0)
    }

    fn foresee_finishes(&self, positions: &mut Positions<'_, '_>, now_s: u32) {
        let factor = self.flows.fill_factor;
        for at in self.station.positions() {
            let mut dispenser = positions.get_mut(at);
            let Some(fill) = dispenser.fill.as_mut().filter(|fill| fill.flow_s <= now_s) else { continue };
            let seconds = fill.left_s / factor;
            // Without flow it is never full: 0 / 0 and x / 0 both fail this test.
            if seconds < f64::from(u32::MAX / 4) {
                fill.finish_s = Some(now_s + (seconds - 1e-6).ceil().max(0.0) as u32);
            }
        }
    }

    /// Puts a trailer's load into the bulk storage, as far as there is room beyond what still flows in.
    pub(super) fn unload(&mut self, trailer: &Trailer, loss_share: f64, now_s: u32) {
        let lot = trailer.lot;
        let coming_s = f64::from(self.flows.until_s.saturating_sub(now_s));
        let coming_kg = (self.flows.produce_kg_s + self.flows.pipeline_kg_s) * coming_s;
        let usable_kg = lot.kg * (1.0 - loss_share);
        let kg = usable_kg.min((self.bulk.0.room_kg() - coming_kg).max(0.0));
        let mut left = lot;
        // What is lost in unloading was paid for and emitted; what goes back with the trailer was not.
        left.lose(lot.kg - usable_kg);
        let mut put = left.take(kg);
        // A trip is driven whether the trailer comes back empty or not.
        put.co2e_kg += trailer.trip_co2e_kg;
        self.bulk.0.lot_mut().add(&put);
        let interval = &mut self.books.interval;
        interval.delivered_kg += kg;
        interval.unload_lost_kg += lot.kg - usable_kg;
        interval.returned_kg += usable_kg - kg;
        interval.trailers += 1;
        interval.purchased_co2e_kg += put.co2e_kg;
    }

    /// At the end of an interval: what boiled off in it is vented.
    pub(super) fn boil_off(&mut self, clock: &Clock) {
        let seconds = f64::from(clock.now_s() - clock.last_interval_start_s());
        let kg = self.bulk.0.kg() * self.station.spec.bulk.boil_off_per_day * seconds / DAY_S as f64;
        let kg = kg.min(self.bulk.0.kg());
        self.bulk.0.lot_mut().lose(kg);
        self.books.interval.vented_kg += kg;
    }
}

/// `kg` of something whose kg is given.
fn scaled(each: &Lot, kg: f64) -> Lot {
    Lot { kg, co2e_kg: each.co2e_kg * kg, usd: each.usd.map(|usd| usd * kg) }
}
