//! Headline numbers, folded from the rows as they are written: the same figures that anyone gets from the tables.

use super::groups::Groups;
use super::hydrogen::{HydrogenSummary, RefuelRow};
use super::metrics::{Metric, MetricName, ScopeKind, ScopeMetrics, TOTAL};
use super::names::Names;
use super::overload::Overloads;
use super::rows::{
    BillRow, CallRow, EquipmentRow, FuelRow, HaulRow, IdlingRow, NodeRow, PowerRow, SessionRow, VesselRow,
};
use super::tally::{ChargingTally, EquipmentTally, FleetTally, Overdue, SiteTally, VesselTally};
use super::words::{HaulState, Leave, VehicleKind, VesselMode};
use crate::account::emissions::{EmissionsSpec, emitted};
use crate::account::load::Meter;
use crate::account::sector::Sector;
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::kernel::ids::SiteId;
use crate::kernel::sums::Accumulate;
use crate::kernel::units::S_PER_H;
use std::collections::BTreeMap;

/// The summary of a run.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    interval_s: u32,
    days: f64,
    ports: Vec<u32>,
    emissions: Option<EmissionsSpec>,
    /// By site.
    pub sites: Vec<SiteTally>,
    /// By fleet.
    pub fleets: Vec<FleetTally>,
    /// The hub: waits and peaks are its own, sums are of the sites.
    pub hub: SiteTally,
    /// Hydrogen stations.
    pub hydrogen: HydrogenSummary,
    /// Hauls requested.
    pub requested: u64,
    /// Hauls that lapsed.
    pub lapsed: u64,
    /// Hauls open at the end.
    pub open: u64,
    /// Of these, those that were due by then.
    pub overdue: Overdue,
    /// A haul that no truck takes lapses this long after its due, s.
    pub lapses_after_s: u32,
    /// Of those put up, how many were open before this summary began.
    pub open_before: u64,
    /// Energy delivered to visitors, battery side, kWh.
    pub visitors_kwh: f64,
    has_visitors: bool,
    /// Sites and nodes against their limits.
    pub overloads: Overloads,
    /// Meters of the sites that have a tariff; may be shorter than the sites.
    pub meters: Vec<Option<Meter>>,
    /// By number of the site and class of equipment.
    pub classes: BTreeMap<(u32, String), EquipmentTally>,
    /// For [`MeterTally::energy_by_hour_kwh`](super::tally::MeterTally::energy_by_hour_kwh).
    pub calendar: Option<Calendar>,
    /// Policy orders refused.
    pub rejected: u64,
    /// Calls of policies.
    pub policy_calls: u64,
    /// What rooms leave at the end of a run.
    pub extra: Vec<Metric>,
    /// Groups of chargers.
    pub groups: Groups,
    /// Sites that are in no sum of the hub, by number: their power is not in its peak.
    pub neighbours: Vec<bool>,
    /// When the first row of this summary can begin, s from the start of the run.
    pub begins_s: u32,
    /// Decisions of plugins.
    pub plugin_calls: u64,
    /// Orders of plugins that were dropped before the simulation saw them.
    pub plugin_rejected: u64,
    running_interval: Option<(u32, f64)>,
    /// What vehicles lacked when they last left a charging port or a queue, by kind and number, kWh.
    lacking_kwh: BTreeMap<(VehicleKind, u32), f64>,
}

impl Summary {
    /// Of hauls that wait past their due, the share that lapses: as of those that were settled in the run, as lapsed or late. None
    /// where the run says nothing of it, as it is shorter than hauls wait, or none was late.
    #[must_use]
    pub fn lapsing_share(&self) -> Option<f64> {
        let settled = self.lapsed + self.overdue.came_late;
        (settled > 0).then(|| self.lapsed as f64 / settled as f64)
    }

    /// An empty summary for a run: length of the interval, days, ports by site, number of fleets.
    #[must_use]
    pub fn new(interval_s: u32, days: u32, ports: Vec<u32>, fleets: usize, emissions: Option<EmissionsSpec>) -> Self {
        Self {
            interval_s,
            days: f64::from(days),
            sites: ports.iter().map(|ports| of_ports(*ports)).collect(),
            overloads: Overloads::new(interval_s, vec![None; ports.len()], 0),
            ports,
            fleets: vec![FleetTally::default(); fleets],
            emissions,
            ..Self::default()
        }
    }

    /// Folds sessions in.
    pub fn sessions(&mut self, rows: &[SessionRow]) {
        for row in rows {
            let is_short = row.requested_kwh - row.delivered_kwh > 1e-3;
            if row.vehicle_kind == VehicleKind::Visitor {
                self.visitors_kwh += row.delivered_kwh;
                self.has_visitors = true;
            }
            if let Some(fleet) = row.fleet {
                let fleet = &mut self.fleets[fleet.index()];
                // A truck with a time to leave is off duty until then: no driver waits in it.
                fleet.port_wait_h += if row.depart_s.is_none() { f64::from(row.wait_s) / S_PER_H } else { 0.0 };
                fleet.port_h +=
                    row.start_s.map_or(0.0, |start_s| f64::from(row.end_s.saturating_sub(start_s)) / S_PER_H);
                fleet.charged_kwh += row.grid_kwh;
                fleet.priced_kwh += row.paid_usd.map_or(0.0, |_| row.grid_kwh);
                fleet.paid_usd += row.paid_usd.unwrap_or(0.0);
            }
            self.groups.add(row);
            let is_over = !matches!(row.leave, Leave::Open | Leave::Outage | Leave::BreakOver);
            let newly_kwh = self.newly_requested_kwh(row);
            for tally in [&mut self.sites[row.site.index()], &mut self.hub] {
                let tally = &mut tally.charging;
                if let Some(start_s) = row.start_s {
                    tally.sessions += 1;
                    tally.busy_s += f64::from(row.end_s.saturating_sub(start_s));
                }
                tally.left += u64::from(is_over);
                tally.unmet += u64::from(is_short && is_over);
                tally.breaks_unmet += u64::from(is_short && row.leave == Leave::BreakOver);
                tally.waiting += u64::from(row.leave == Leave::Open && row.start_s.is_none());
                tally.requested_kwh += newly_kwh;
                tally.delivered_kwh += row.delivered_kwh;
                tally.grid_kwh += row.grid_kwh;
                tally.priced_kwh += row.paid_usd.map_or(0.0, |_| row.grid_kwh);
                tally.revenue_usd += row.paid_usd.unwrap_or(0.0);
                tally.waits.add(row.wait_s);
            }
        }
    }

    /// What a vehicle requests that it did not request when it last left without it: the same energy is not requested twice.
    fn newly_requested_kwh(&mut self, row: &SessionRow) -> f64 {
        let key = (row.vehicle_kind, row.vehicle_id);
        let lacked_kwh = self.lacking_kwh.remove(&key).unwrap_or(0.0);
        let lacking_kwh = lacked_kwh.max(row.requested_kwh) - row.delivered_kwh;
        // A visitor comes once, but for an outage of its charger.
        let may_return = row.vehicle_kind != VehicleKind::Visitor || row.leave == Leave::Outage;
        if may_return && lacking_kwh > 0.0 {
            self.lacking_kwh.insert(key, lacking_kwh);
        }
        (row.requested_kwh - lacked_kwh).max(0.0)
    }

    /// Takes back what sessions that are under way when this summary begins had before it: they are folded in whole when
    /// they end.
    pub(crate) fn take_back_sessions(&mut self, sessions: &[SessionRow]) {
        for row in sessions {
            if row.vehicle_kind == VehicleKind::Visitor {
                self.visitors_kwh -= row.delivered_kwh;
            }
            let busy_s = row.start_s.map_or(0.0, |start_s| f64::from(row.end_s.saturating_sub(start_s)));
            let paid_kwh = row.paid_usd.map_or(0.0, |_| row.grid_kwh);
            if let Some(fleet) = row.fleet {
                let fleet = &mut self.fleets[fleet.index()];
                fleet.port_wait_h -= if row.depart_s.is_none() { f64::from(row.wait_s) / S_PER_H } else { 0.0 };
                fleet.port_h -= busy_s / S_PER_H;
                fleet.charged_kwh -= row.grid_kwh;
                fleet.priced_kwh -= paid_kwh;
                fleet.paid_usd -= row.paid_usd.unwrap_or(0.0);
            }
            for tally in [&mut self.sites[row.site.index()], &mut self.hub] {
                let tally = &mut tally.charging;
                tally.busy_s -= busy_s;
                tally.delivered_kwh -= row.delivered_kwh;
                tally.grid_kwh -= row.grid_kwh;
                tally.priced_kwh -= paid_kwh;
                tally.revenue_usd -= row.paid_usd.unwrap_or(0.0);
            }
        }
    }

    /// The same for fills that are under way.
    pub(crate) fn take_back_refuelings(&mut self, refuelings: &[RefuelRow]) {
        for row in refuelings {
            self.fuel_hours(row, -1.0);
        }
        self.hydrogen.take_back(refuelings);
    }

    /// Counts hauls that are open when this summary begins.
    pub(crate) fn begin_with_open_hauls(&mut self, count: u64) {
        self.open_before = count;
    }

    /// Folds hydrogen fills in: the time of drivers who wait or fuel.
    pub fn refuelings(&mut self, rows: &[RefuelRow]) {
        for row in rows {
            self.fuel_hours(row, 1.0);
        }
        self.hydrogen.refuelings(rows);
    }

    fn fuel_hours(&mut self, row: &RefuelRow, sign: f64) {
        if let Some(fleet) = row.fleet {
            let fleet = &mut self.fleets[fleet.index()];
            fleet.fuel_wait_h += sign * f64::from(row.wait_s) / S_PER_H;
            let busy_s = row.start_s.map_or(0, |start_s| row.end_s.saturating_sub(start_s));
            fleet.fuel_h += sign * f64::from(busy_s) / S_PER_H;
        }
    }

    /// Folds power in. Rows come interval by interval.
    pub fn power(&mut self, rows: &[PowerRow]) {
        for row in rows {
            let hours = f64::from(self.interval_s) / S_PER_H;
            if self.running_interval.is_none_or(|(start_s, _)| start_s != row.start_s) {
                self.close_interval();
                self.running_interval = Some((row.start_s, 0.0));
            }
            // After the interval before is closed: sites of one interval are added up together.
            self.overloads.site(row.site.index(), row.into());
            let is_neighbour = self.neighbours.get(row.site.index()).is_some_and(|is_neighbour| *is_neighbour);
            if let Some((_, sum)) = self.running_interval.as_mut().filter(|_| !is_neighbour) {
                *sum += row.total_kw;
            }
            if let Some(Some(meter)) = self.meters.get_mut(row.site.index()) {
                meter.read(row.start_s.saturating_sub(self.begins_s), self.interval_s, row.total_kw);
            }
            let tally = &mut self.sites[row.site.index()].meter;
            if let Some(calendar) = &self.calendar {
                tally.energy_by_hour_kwh[calendar.hour(i64::from(row.start_s))] += row.total_kw * hours;
            }
            if row.total_kw > tally.peak_kw {
                tally.peak_kw = row.total_kw;
                tally.peak_at_s = row.start_s;
            }
            for tally in [tally, &mut self.hub.meter] {
                tally.energy_kwh += row.total_kw * hours;
                tally.charging_kwh += row.charging_kw * hours;
            }
            self.sites[row.site.index()].vessels.shore_kwh += row.shore_kw * hours;
            self.hub.vessels.shore_kwh += row.shore_kw * hours;
            self.sites[row.site.index()].meter.metered_s += f64::from(self.interval_s);
        }
    }

    /// Folds the nodes of `[node]` in.
    pub fn nodes(&mut self, rows: &[NodeRow]) {
        for row in rows {
            self.overloads.node(row.node.index() - self.sites.len(), row.into());
        }
    }

    /// Closes the last interval: the hub's peak is then whole.
    pub fn close_interval(&mut self) {
        self.overloads.close();
        if let Some((start_s, sum)) = self.running_interval.take() {
            let meter = &mut self.hub.meter;
            meter.metered_s += f64::from(self.interval_s);
            if sum > meter.peak_kw {
                meter.peak_kw = sum;
                meter.peak_at_s = start_s;
            }
        }
    }

    /// Folds hauls in.
    pub fn hauls(&mut self, rows: &[HaulRow]) {
        let end_s = self.days * DAY_S as f64;
        for row in rows {
            self.requested += 1;
            match row.state {
                HaulState::Lapsed => self.lapsed += 1,
                HaulState::Open => {
                    self.open += 1;
                    let is_overdue = u64::from(f64::from(row.due_s) < end_s);
                    let sum = if row.truck.is_some() { &mut self.overdue.under_way } else { &mut self.overdue.waiting };
                    *sum += is_overdue;
                }
                HaulState::Completed => {
                    if let (Some(fleet), Some(done_s)) = (row.fleet, row.done_s) {
                        let fleet = &mut self.fleets[fleet.index()];
                        fleet.completed += 1;
                        // Of these only: a queue of hauls that are not done at the end is not one of those that are.
                        fleet.gate_queue_h += f64::from(row.gate_queue_s.unwrap_or(0)) / S_PER_H;
                        fleet.late += u64::from(done_s > row.due_s);
                        let could_lapse = f64::from(row.due_s) + f64::from(self.lapses_after_s) <= end_s;
                        self.overdue.came_late += u64::from(could_lapse && done_s > row.due_s);
                    }
                    self.visited(row.origin, row.at_origin_s);
                    self.visited(row.destination, row.at_destination_s);
                }
            }
        }
    }

    /// Folds in what leaves the tailpipes of trucks that idle at sites.
    pub fn idling(&mut self, rows: &[IdlingRow]) {
        for row in rows {
            self.exhaust(row.site, row.start_s, [row.nox_g, row.pm25_g]);
        }
    }

    fn exhaust(&mut self, site: SiteId, start_s: u32, [nox_g, pm25_g]: [f64; 2]) {
        if let Some(calendar) = &self.calendar {
            let hour = calendar.hour(i64::from(start_s));
            let sum = &mut self.sites[site.index()].exhaust.by_hour_g[hour];
            *sum = [sum[0] + nox_g, sum[1] + pm25_g];
        }
    }

    fn visited(&mut self, site: SiteId, at_s: Option<u32>) {
        if let Some((calendar, at_s)) = self.calendar.as_ref().zip(at_s) {
            self.sites[site.index()].exhaust.trucks_by_hour[calendar.hour(i64::from(at_s))] += 1;
        }
    }

    /// Folds equipment hours in.
    pub fn equipment(&mut self, rows: &[EquipmentRow]) {
        for row in rows {
            let class = self.classes.entry((row.site.0, row.class.clone())).or_default();
            let hour = EquipmentTally::from(row);
            class.accumulate(&hour, 1.0);
            self.exhaust(row.site, row.start_s, [row.nox_g, row.pm25_g]);
            for tally in [&mut self.sites[row.site.index()], &mut self.hub] {
                tally.equipment.accumulate(&hour, 1.0);
                tally.backlog.add(row.start_s, row.backlog_h);
            }
        }
    }

    /// Folds the days of fleets in.
    pub fn fuel(&mut self, rows: &[FuelRow]) {
        for row in rows {
            let fleet = &mut self.fleets[row.fleet.index()];
            fleet.km += row.km;
            fleet.empty_km += row.empty_km;
            fleet.diesel_gal += row.diesel_gal;
            fleet.battery_kwh += row.battery_kwh;
            fleet.hydrogen_kg += row.hydrogen_kg;
            fleet.nox_g += row.nox_g;
            fleet.pm25_g += row.pm25_g;
            fleet.idling_h += row.idling_h;
            fleet.stranded += u64::from(row.stranded);
        }
    }

    /// Folds calls in.
    pub fn calls(&mut self, rows: &[CallRow]) {
        for row in rows {
            for tally in [&mut self.sites[row.site.index()], &mut self.hub] {
                tally.vessels.calls += 1;
                tally.vessels.lifts += u64::from(row.lifts);
                tally.vessels.shore_calls += u64::from(row.shore_power);
            }
        }
    }

    /// Folds what vessels burnt in, as far as it came after this summary begins: their load is constant in a row.
    pub fn vessels(&mut self, rows: &[VesselRow]) {
        let begins_s = self.begins_s;
        for row in rows.iter().filter(|row| row.end_s > begins_s.max(row.start_s)) {
            let whole_s = f64::from(row.end_s - row.start_s);
            let share = f64::from(row.end_s - row.start_s.max(begins_s)) / whole_s;
            let tally = VesselTally::from(row);
            for sum in [&mut self.sites[row.site.index()].vessels, &mut self.hub.vessels] {
                sum.accumulate(&tally, share);
            }
            if row.mode == VesselMode::Berth {
                self.funnels(row);
            }
        }
    }

    /// Exhaust of a vessel at berth, hour by hour.
    fn funnels(&mut self, row: &VesselRow) {
        let Some(calendar) = &self.calendar else { return };
        let hours = &mut self.sites[row.site.index()].exhaust.vessels_by_hour_g;
        let whole_s = f64::from(row.end_s - row.start_s);
        let mut from_s = row.start_s.max(self.begins_s);
        while from_s < row.end_s {
            let until_s = ((from_s / 3_600 + 1) * 3_600).min(row.end_s);
            let share = f64::from(until_s - from_s) / whole_s;
            let hour = &mut hours[calendar.hour(i64::from(from_s))];
            *hour = [hour[0] + row.nox_g * share, hour[1] + row.pm25_g * share];
            from_s = until_s;
        }
    }

    /// Folds bills in.
    pub fn bills(&mut self, rows: &[BillRow]) {
        for row in rows {
            for tally in [&mut self.sites[row.site.index()], &mut self.hub] {
                let bill = tally.bill.get_or_insert_default();
                bill.net_kwh += row.energy_kwh - row.exported_kwh;
                bill.energy_usd += row.energy_usd;
                bill.demand_usd += row.demand_usd;
                bill.fixed_usd += row.fixed_usd + row.minimum_usd;
                bill.total_usd += row.total_usd;
            }
        }
    }

    /// All fleets together.
    #[must_use]
    pub fn all_fleets(&self) -> FleetTally {
        let mut all = FleetTally::default();
        self.fleets.iter().for_each(|fleet| all.accumulate(fleet, 1.0));
        all
    }

    /// What each sector emits itself: its electricity is in the sum of the hub.
    fn sectors(&self, fleets: &FleetTally, out: &mut Vec<Metric>) {
        let Some(factors) = &self.emissions else { return };
        let (equipment, vessels) = (&self.hub.equipment, &self.hub.vessels);
        if !self.fleets.is_empty() {
            let mut sector = ScopeMetrics::new(Sector::Trucks.scope(), out);
            sector.exhaust(&emitted(factors, fleets.diesel_gal, 0.0, fleets.nox_g, fleets.pm25_g));
        }
        if equipment.required_h > 0.0 {
            let mut sector = ScopeMetrics::new(Sector::Equipment.scope(), out);
            sector.exhaust(&emitted(factors, equipment.diesel_gal, 0.0, equipment.nox_g, equipment.pm25_g));
        }
        if vessels.is_seen() {
            ScopeMetrics::new(Sector::Vessels.scope(), out).funnels(&vessels.burnt);
        }
    }

    /// Every metric, in a fixed order: the hub, then sites, then fleets.
    #[must_use]
    pub fn metrics(&mut self, names: &Names) -> Vec<Metric> {
        self.close_interval();
        self.hub.charging.ports = self.ports.iter().sum();
        let all = self.all_fleets();
        let mut out = Vec::new();
        let mut hub = ScopeMetrics::new(TOTAL, &mut out);
        hub.count(MetricName::HaulsRequested, self.requested);
        hub.count(MetricName::HaulsLapsed, self.lapsed);
        hub.count(MetricName::HaulsOpen, self.open);
        hub.count(MetricName::PolicyRejected, self.rejected);
        hub.count(MetricName::PolicyCalls, self.policy_calls);
        hub.count(MetricName::PluginCalls, self.plugin_calls);
        hub.count(MetricName::PluginRejected, self.plugin_rejected);
        hub.fleet(&all);
        hub.charging(&self.hub, self.days);
        let unmet_kwh = self.hub.charging.requested_kwh - self.hub.charging.delivered_kwh;
        hub.add(MetricName::EnergyUnmetKwh, unmet_kwh);
        hub.add(MetricName::EnergyVisitorsKwh, self.has_visitors.then_some(self.visitors_kwh));
        hub.overloads(self.overloads.sites().iter().chain(self.overloads.nodes()));
        hub.terminal(&self.hub);
        hub.bill(self.hub.bill);
        hub.air(self.emissions.as_ref(), &all, &self.hub, self.hydrogen.supply());
        self.sectors(&all, &mut out);
        self.hydrogen.metrics(&mut out);
        for ((tally, connection), key) in self.sites.iter().zip(self.overloads.sites()).zip(&names.sites) {
            let mut site = ScopeMetrics::new(ScopeKind::Site.of(key), &mut out);
            site.charging(tally, self.days);
            site.overloads([connection].into_iter());
            site.terminal(tally);
            site.beside(tally);
            site.bill(tally.bill);
        }
        for (connection, key) in self.overloads.nodes().iter().zip(&names.nodes) {
            let mut node = ScopeMetrics::new(ScopeKind::Node.of(key), &mut out);
            node.add(MetricName::PeakKw, connection.peak_kw);
            node.overloads([connection].into_iter());
        }
        for (tally, key) in self.fleets.iter().zip(&names.fleets) {
            ScopeMetrics::new(ScopeKind::Fleet.of(key), &mut out).fleet(tally);
        }
        out.extend(self.extra.iter().cloned());
        out
    }
}

/// A site with so many charging ports.
fn of_ports(ports: u32) -> SiteTally {
    SiteTally { charging: ChargingTally { ports, ..ChargingTally::default() }, ..SiteTally::default() }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the numbers are chosen to be exact")]
mod tests {
    //! Contract: what is asked for, lacked and waited for is said of those it concerns, once.

    use super::*;
    use crate::kernel::ids::PortId;
    use crate::record::metrics::value_of;

    fn summary() -> Summary {
        Summary::new(300, 1, vec![2, 2], 1, None)
    }

    fn names() -> Names {
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        let calendar = Calendar::new("2025-06-02", "UTC", 1).unwrap();
        Names { sites: keys(&["a", "b"]), fleets: keys(&["f"]), ..Names::none(calendar) }
    }

    /// A session of equipment 7 at a site, which asks for something and gets something.
    fn session(site: u32, requested_kwh: f64, delivered_kwh: f64, leave: Leave) -> SessionRow {
        SessionRow {
            vehicle_kind: VehicleKind::Equipment,
            vehicle_id: 7,
            session_id: None,
            fleet: None,
            site: SiteId(site),
            port: (delivered_kwh > 0.0).then_some(PortId(0)),
            arrive_s: 0,
            start_s: (delivered_kwh > 0.0).then_some(0),
            end_s: 600,
            depart_s: None,
            wait_s: if delivered_kwh > 0.0 { 0 } else { 600 },
            requested_kwh,
            delivered_kwh,
            grid_kwh: delivered_kwh,
            v2g_export_kwh: 0.0,
            paid_usd: None,
            accepts_kw: 100.0,
            start_soc: 0.0,
            end_soc: 0.0,
            leave,
        }
    }

    fn told(summary: &mut Summary, scope: &str, name: MetricName) -> f64 {
        let metrics = summary.metrics(&names());
        value_of(&metrics, scope, name).unwrap_or_else(|| panic!("{name:?} of {scope}"))
    }

    /// A unit lacks 100 kWh and gets 30 in its first break, nothing in the second, where it lacks 10 more; at the end of
    /// the third it lacks 20 less: it has asked for 110 kWh, got 60 and lacks 50. Asked each time anew, it were 260.
    #[test]
    fn the_same_energy_is_asked_for_once() {
        let mut summary = summary();
        let break_over = |requested_kwh, delivered_kwh| session(0, requested_kwh, delivered_kwh, Leave::BreakOver);
        summary.sessions(&[break_over(100.0, 30.0), break_over(80.0, 0.0), break_over(80.0, 30.0)]);
        assert_eq!(told(&mut summary, TOTAL, MetricName::EnergyRequestedKwh), 110.0);
        assert_eq!(told(&mut summary, TOTAL, MetricName::EnergyDeliveredKwh), 60.0);
        assert_eq!(told(&mut summary, TOTAL, MetricName::EnergyUnmetKwh), 50.0);
        // A smaller wish takes nothing of a larger one back; full, it owes nothing.
        summary.sessions(&[break_over(20.0, 20.0), session(1, 45.0, 45.0, Leave::Done)]);
        assert_eq!(told(&mut summary, TOTAL, MetricName::EnergyRequestedKwh), 125.0);
        assert_eq!(told(&mut summary, TOTAL, MetricName::EnergyUnmetKwh), 0.0);
        assert_eq!(told(&mut summary, "site:b", MetricName::EnergyRequestedKwh), 15.0);
    }

    /// The table says when a session began and ended; one that ends before it begins is a fault that the audit tells. Here it
    /// adds no time, and does not stop the run with an overflow.
    #[test]
    fn a_session_that_ends_before_it_starts_adds_no_time() {
        let mut summary = summary();
        let turned = SessionRow { start_s: Some(900), ..session(0, 30.0, 30.0, Leave::Done) };
        summary.sessions(&[turned]);
        assert_eq!(summary.hub.charging.busy_s, 0.0);
        assert_eq!(summary.hub.charging.sessions, 1);
        summary.sessions(&[session(0, 30.0, 30.0, Leave::Done)]);
        assert_eq!(summary.hub.charging.busy_s, 600.0);
    }

    /// A visitor that leaves short does not come again; thrown out by an outage it does, as the same.
    #[test]
    fn visitors_come_once_but_for_outages() {
        let mut summary = summary();
        let visit = |requested_kwh, delivered_kwh, leave| SessionRow {
            vehicle_kind: VehicleKind::Visitor,
            ..session(0, requested_kwh, delivered_kwh, leave)
        };
        summary.sessions(&[visit(50.0, 20.0, Leave::Outage), visit(30.0, 10.0, Leave::TimeUp)]);
        assert_eq!(told(&mut summary, TOTAL, MetricName::EnergyRequestedKwh), 50.0);
        assert_eq!(told(&mut summary, TOTAL, MetricName::SessionsUnmet), 1.0);
        summary.sessions(&[visit(30.0, 30.0, Leave::Done)]);
        assert_eq!(told(&mut summary, TOTAL, MetricName::EnergyRequestedKwh), 80.0, "another one of the same number");
    }

    /// Breaks that end short are counted apart, and so are waits that are still open.
    #[test]
    fn what_is_unfinished_is_counted_apart() {
        let mut summary = summary();
        summary.sessions(&[
            session(0, 100.0, 0.0, Leave::BreakOver),
            session(0, 100.0, 0.0, Leave::Open),
            session(1, 10.0, 10.0, Leave::BreakOver),
        ]);
        assert_eq!(told(&mut summary, TOTAL, MetricName::BreaksUnmet), 1.0);
        assert_eq!(told(&mut summary, "site:b", MetricName::BreaksUnmet), 0.0);
        assert_eq!(told(&mut summary, TOTAL, MetricName::SessionsUnmet), 0.0);
        assert_eq!(told(&mut summary, TOTAL, MetricName::QueueWaiting), 1.0);
    }
}
