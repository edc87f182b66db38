//! The built-in `nearest_feasible` as a guest: each truck in turn takes the nearest haul it can do, and charges when it
//! runs low or finds none. A test of the host holds it to the same results, bit for bit.

use portvolt_guest::dispatch::{Orders, Policy, View};
use portvolt_guest::{About, NONE, Parameter, Values};

/// A truck looks at no more hauls than this, so that a decision's cost is bounded.
const LOOKS_PER_TRUCK: usize = 24;
/// Lower heating value of hydrogen: the view counts the energy of a tank by it.
const LHV_KWH_PER_KG: f64 = 33.32;
/// The word of the view for a truck that fuels hydrogen.
const HYDROGEN: u8 = 2;

/// The policy: its parameters, and what never changes in a run.
#[derive(Debug)]
pub struct NearestFeasible {
    reserve_soc: f64,
    charge_below_soc: f64,
    charge_to_soc: f64,
    early_s: u32,
    fuel_below_level: f64,
    fuel_to_level: f64,
    session_s: f64,
    fill_s: f64,
    off_duty_below_soc: f64,
    /// For each site all sites, nearest first.
    near: Vec<Vec<u32>>,
    /// For each fleet and site: freeway km to the nearest site where it may charge.
    to_charger_km: Vec<Vec<f64>>,
    /// The same to the nearest site where it may fuel.
    to_station_km: Vec<Vec<f64>>,
}

impl Policy for NearestFeasible {
    const ABOUT: About = About {
        name: "nearest_feasible_guest",
        version: env!("CARGO_PKG_VERSION"),
        help: "Each truck in turn takes the nearest haul it can do.",
        parameters: &[
            Parameter::number(
                "reserve_soc",
                0.1,
                (0.0, 0.9),
                "State of charge left on reaching a charger after a haul.",
            ),
            Parameter::number("charge_below_soc", 0.35, (0.0, 1.0), "A truck on duty below it charges first."),
            Parameter::number("charge_to_soc", 0.8, (0.05, 1.0), "A truck on duty charges to it."),
            Parameter::number("early_min", 15.0, (0.0, 600.0), "A truck may be this much too early at the origin."),
            Parameter::number("fuel_below_level", 0.25, (0.0, 1.0), "A fuel-cell truck on duty below it fuels first."),
            Parameter::number("fuel_to_level", 1.0, (0.05, 1.0), "A fuel-cell truck on duty fuels to it."),
            Parameter::number("session_min", 60.0, (0.0, 1_440.0), "Wait that a vehicle before it at a port stands for."),
            Parameter::number("fill_min", 15.0, (0.0, 1_440.0), "The same at a hydrogen station."),
            Parameter::number("off_duty_below_soc", 0.95, (0.0, 1.0), "A truck off duty below it is plugged in."),
        ],
    };

    fn start(values: &Values, _seed: u64) -> Result<Self, String> {
        Ok(Self {
            reserve_soc: values.get("reserve_soc"),
            charge_below_soc: values.get("charge_below_soc"),
            charge_to_soc: values.get("charge_to_soc"),
            early_s: (values.get("early_min") * 60.0) as u32,
            fuel_below_level: values.get("fuel_below_level"),
            fuel_to_level: values.get("fuel_to_level"),
            session_s: values.get("session_min") * 60.0,
            fill_s: values.get("fill_min") * 60.0,
            off_duty_below_soc: values.get("off_duty_below_soc"),
            near: Vec::new(),
            to_charger_km: Vec::new(),
            to_station_km: Vec::new(),
        })
    }

    fn decide(&mut self, view: &View, orders: &mut Orders) -> Result<(), String> {
        self.prepare(view);
        let mut round = Round::new(self, view, orders);
        for truck in 0..view.truck_id().len() {
            if !round.charges_first(truck) && !round.takes_nearest(truck) {
                round.charges_while_idle(truck);
            }
        }
        Ok(())
    }
}

impl NearestFeasible {
    fn prepare(&mut self, view: &View) {
        let sites = view.sites() as u32;
        if self.near.len() != sites as usize {
            let km = view.pair_km();
            let by_distance = |from: u32| {
                let at = |to: u32| km[view.pair(from, to)];
                let mut order: Vec<u32> = (0..sites).collect();
                order.sort_by(|a, b| at(*a).total_cmp(&at(*b)).then(a.cmp(b)));
                order
            };
            self.near = (0..sites).map(by_distance).collect();
        }
        let fleets = view.truck_fleet().iter().max().map_or(0, |fleet| *fleet as usize + 1);
        for fleet in self.to_charger_km.len()..fleets {
            let nearest = |from: u32, usable: &[u32]| {
                let km = usable.iter().map(|to| view.pair_energy_km()[view.pair(from, *to)]);
                km.fold(f64::INFINITY, f64::min)
            };
            let (chargers, stations) = (view.charging_sites(fleet as u32), view.fueling_sites(fleet as u32));
            self.to_charger_km.push((0..sites).map(|from| nearest(from, chargers)).collect());
            self.to_station_km.push((0..sites).map(|from| nearest(from, stations)).collect());
        }
    }
}

/// One decision in the making. Columns of the inner loops are looked up once.
struct Round<'a> {
    policy: &'a NearestFeasible,
    view: &'a View,
    orders: &'a mut Orders,
    sites: usize,
    time_s: u32,
    drive_s: &'a [u32],
    energy_km: &'a [f64],
    stay_s: &'a [u32],
    truck_site: &'a [u32],
    shift_end_s: &'a [u32],
    driving_left_s: &'a [u32],
    hauls: Vec<Haul>,
    /// Rows of open hauls by origin, in the order of readiness.
    from: Vec<Vec<u32>>,
    /// Trucks sent to each site in this round.
    sent: Vec<u32>,
}

/// What the inner loop reads of a haul, side by side in memory.
#[derive(Debug, Clone, Copy)]
struct Haul {
    ready_s: u32,
    fleet: u32,
    destination: u32,
    is_loaded: bool,
}

/// Of sites with (is nothing working there, expected time, number) the one that serves first; one where everything is out of
/// order only if nothing works elsewhere.
fn soonest(sites: impl Iterator<Item = (bool, f64, u32)>) -> Option<u32> {
    let first = sites.min_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    first.map(|(_, _, site)| site)
}

impl<'a> Round<'a> {
    fn new(policy: &'a NearestFeasible, view: &'a View, orders: &'a mut Orders) -> Self {
        let (sites, time_s) = (view.sites(), view.time_s());
        let mut from = vec![Vec::new(); sites];
        let horizon_s = time_s + view.longest_drive_s() + policy.early_s;
        let rows = view.haul_origin().iter().zip(view.haul_ready_s()).zip(view.haul_fleet());
        let rows = rows.zip(view.haul_destination()).zip(view.haul_loaded()).enumerate();
        let hauls = rows.map(|(row, ((((origin, ready_s), fleet), destination), loaded))| {
            if *ready_s <= horizon_s {
                from[*origin as usize].push(row as u32);
            }
            Haul { ready_s: *ready_s, fleet: *fleet, destination: *destination, is_loaded: *loaded == 1 }
        });
        let hauls = hauls.collect();
        let (drive_s, energy_km, stay_s) = (view.pair_drive_s(view.hour()), view.pair_energy_km(), view.site_stay_s());
        Self {
            policy,
            view,
            orders,
            sites,
            time_s,
            drive_s,
            energy_km,
            stay_s,
            truck_site: view.truck_site(),
            shift_end_s: view.truck_shift_end_s(),
            driving_left_s: view.truck_driving_left_s(),
            hauls,
            from,
            sent: vec![0; sites],
        }
    }

    fn pair(&self, from: u32, to: u32) -> usize {
        from as usize * self.sites + to as usize
    }

    /// Trucks off duty, and trucks on duty that run low, go to a charger.
    fn charges_first(&mut self, truck: usize) -> bool {
        let view = self.view;
        let on_duty = view.truck_on_duty()[truck] == 1;
        if view.truck_usable_kwh()[truck] <= 0.0 {
            return !on_duty;
        }
        let soc = view.truck_soc()[truck];
        if !on_duty {
            if soc < self.policy.off_duty_below_soc {
                self.charge(truck, 1.0);
            }
            return true;
        }
        // On duty after the shift's end: it has not enough energy to go home.
        let is_stuck = view.truck_shift_end_s()[truck] <= view.time_s();
        let (below, to) = self.refill_levels(truck);
        (is_stuck || soc < below) && self.charge(truck, to)
    }

    /// A truck that finds no work it can do charges, if that can change anything.
    fn charges_while_idle(&mut self, truck: usize) {
        let (below, to) = self.refill_levels(truck);
        if self.view.truck_usable_kwh()[truck] > 0.0 && self.view.truck_soc()[truck] < f64::midpoint(below, to) {
            self.charge(truck, to);
        }
    }

    fn is_hydrogen(&self, truck: usize) -> bool {
        self.view.truck_carrier()[truck] == HYDROGEN
    }

    /// Below which level a truck on duty refills, and to which.
    fn refill_levels(&self, truck: usize) -> (f64, f64) {
        if self.is_hydrogen(truck) {
            (self.policy.fuel_below_level, self.policy.fuel_to_level)
        } else {
            (self.policy.charge_below_soc, self.policy.charge_to_soc)
        }
    }

    fn takes_nearest(&mut self, truck: usize) -> bool {
        let policy = self.policy;
        let mut looks = LOOKS_PER_TRUCK;
        let near = &policy.near[self.truck_site[truck] as usize];
        near.iter().any(|origin| looks > 0 && self.takes_from(truck, *origin, &mut looks))
    }

    fn takes_from(&mut self, truck: usize, origin: u32, looks: &mut usize) -> bool {
        let hauls = &self.from[origin as usize];
        if hauls.is_empty() {
            return false;
        }
        let to_origin_s = self.drive_s[self.pair(self.truck_site[truck], origin)];
        let latest_s = self.time_s + to_origin_s + self.policy.early_s;
        for (at, row) in hauls.iter().enumerate() {
            let haul = self.hauls[*row as usize];
            if haul.ready_s > latest_s || *looks == 0 {
                return false;
            }
            *looks -= 1;
            if self.can_do(truck, origin, haul, to_origin_s) {
                self.orders.assign(self.view.truck_id()[truck], self.view.haul_id()[*row as usize]);
                self.from[origin as usize].remove(at);
                return true;
            }
        }
        false
    }

    fn can_do(&self, truck: usize, origin: u32, haul: Haul, to_origin_s: u32) -> bool {
        let pair = self.pair(origin, haul.destination);
        let loaded_s = self.drive_s[pair];
        let start_s = (self.time_s + to_origin_s).max(haul.ready_s);
        if to_origin_s + loaded_s > self.driving_left_s[truck]
            || start_s + self.stay_s[origin as usize] + loaded_s > self.shift_end_s[truck]
        {
            return false;
        }
        let view = self.view;
        let fleet = view.truck_fleet()[truck];
        if haul.fleet != NONE && haul.fleet != fleet {
            return false;
        }
        let usable_kwh = view.truck_usable_kwh()[truck];
        if usable_kwh <= 0.0 {
            return true;
        }
        let per_km = if haul.is_loaded { view.truck_loaded_kwh_per_km() } else { view.truck_empty_kwh_per_km() };
        let refill_km = if self.is_hydrogen(truck) { &self.policy.to_station_km } else { &self.policy.to_charger_km };
        let after_km = refill_km[fleet as usize][haul.destination as usize];
        let there_km = self.energy_km[self.pair(self.truck_site[truck], origin)];
        let needed_kwh =
            view.truck_bobtail_kwh_per_km()[truck] * (there_km + after_km) + per_km[truck] * self.energy_km[pair];
        needed_kwh <= view.truck_energy_kwh()[truck] - self.policy.reserve_soc * usable_kwh
    }

    /// Sends a fuel-cell truck to the station within reach that has enough for it and will probably serve it first.
    fn fuel(&mut self, truck: usize, to_level: f64) -> bool {
        let view = self.view;
        let here = view.truck_site()[truck];
        let reach_km = view.truck_energy_kwh()[truck] / view.truck_bobtail_kwh_per_km()[truck].max(1e-9);
        let need_kg = (to_level - view.truck_soc()[truck]).max(0.0) * view.truck_usable_kwh()[truck] / LHV_KWH_PER_KG;
        let stations = view.fueling_sites(view.truck_fleet()[truck]);
        let has_enough = |site: &u32| {
            let on_the_way_kg = f64::from(self.sent[*site as usize]) * need_kg;
            let at = *site as usize;
            view.site_h2_positions()[at] > 0 && view.site_h2_free_kg()[at] - on_the_way_kg >= need_kg
        };
        let is_near = |site: &u32| self.energy_km[self.pair(here, *site)] <= reach_km;
        let expected_s = |site: u32| {
            let at = site as usize;
            let (positions, taken) = (view.site_h2_positions()[at], view.site_h2_taken()[at]);
            let waiting = (taken + view.site_h2_queue()[at] + self.sent[at] + 1).saturating_sub(positions);
            f64::from(self.drive_s[self.pair(here, site)]) + f64::from(waiting) * self.policy.fill_s / f64::from(positions.max(1))
        };
        let near = stations.iter().copied().filter(is_near).filter(has_enough);
        let best = soonest(near.map(|site| (false, expected_s(site), site)));
        // Out of reach of every station: the nearest one that has enough, by tow.
        let best = best.or_else(|| {
            let km = |site: &u32| view.pair_km()[self.pair(here, *site)];
            let nearest = stations.iter().copied().filter(has_enough).min_by(|a, b| km(a).total_cmp(&km(b)));
            if stations.iter().any(is_near) { None } else { nearest }
        });
        let Some(site) = best else { return false };
        self.sent[site as usize] += 1;
        self.orders.charge(view.truck_id()[truck], site, to_level);
        true
    }

    /// Sends the truck to the site within reach where it will probably be plugged in first.
    fn charge(&mut self, truck: usize, to_soc: f64) -> bool {
        if self.is_hydrogen(truck) {
            return self.fuel(truck, to_soc);
        }
        let view = self.view;
        let here = view.truck_site()[truck];
        let usable = view.charging_sites(view.truck_fleet()[truck]);
        let reach_km = view.truck_energy_kwh()[truck] / view.truck_bobtail_kwh_per_km()[truck].max(1e-9);
        let off_duty_at_home = view.truck_on_duty()[truck] == 0 && view.truck_home()[truck] == here;
        let sites = usable.iter().copied().filter(|site| {
            if off_duty_at_home { *site == here } else { self.energy_km[self.pair(here, *site)] <= reach_km }
        });
        let expected_s = |site: u32| {
            let at = site as usize;
            let (ports, taken, queue) = (view.site_ports()[at], view.site_ports_taken()[at], view.site_queue()[at]);
            let waiting = (taken + queue + self.sent[at] + 1).saturating_sub(ports);
            f64::from(self.drive_s[self.pair(here, site)]) + f64::from(waiting) * self.policy.session_s / f64::from(ports.max(1))
        };
        let best = soonest(sites.map(|site| (view.site_ports()[site as usize] == 0, expected_s(site), site)));
        // Out of reach of every charger: the nearest one, by tow.
        let best = best.or_else(|| {
            let km = |site: &u32| view.pair_km()[self.pair(here, *site)];
            let nearest = usable.iter().min_by(|a, b| km(a).total_cmp(&km(b))).copied();
            if off_duty_at_home { None } else { nearest }
        });
        let Some(site) = best else { return false };
        self.sent[site as usize] += 1;
        self.orders.charge(view.truck_id()[truck], site, to_soc);
        true
    }
}

portvolt_guest::export_dispatch!(NearestFeasible);

#[cfg(test)]
mod tests {
    use super::*;
    use portvolt_guest::dispatch::TestView;

    /// Two diesel trucks at site 0; one haul there and one at site 1, 10 km away. The first takes the near one.
    #[test]
    fn near_hauls_go_first() {
        let view = TestView::default()
            .truck_id([1, 2])
            .truck_fleet([0, 0])
            .truck_site([0, 0])
            .truck_on_duty([1, 1])
            .truck_carrier([0, 0])
            .truck_usable_kwh([0.0, 0.0])
            .truck_shift_end_s([36_000, 36_000])
            .truck_driving_left_s([36_000, 36_000])
            .haul_id([7, 8])
            .haul_origin([1, 0])
            .haul_destination([0, 1])
            .haul_ready_s([0, 0])
            .haul_loaded([1, 1])
            .haul_fleet([NONE, NONE])
            .longest_drive_s(900)
            .site_ports([0, 0])
            .site_stay_s([600, 600])
            .pair_km([0.0, 10.0, 10.0, 0.0])
            .pair_energy_km([0.0, 10.0, 10.0, 0.0])
            .pair_drive_s(&[0, 900, 900, 0])
            .build();
        let mut policy = NearestFeasible::start(&Values::defaults(NearestFeasible::ABOUT), 1).unwrap();
        let mut orders = Orders::default();
        policy.decide(&view, &mut orders).unwrap();
        assert_eq!(orders.assign, (vec![1, 2], vec![8, 7]));
    }
}
