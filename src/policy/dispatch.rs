//! Dispatch: what a policy sees of trucks, hauls and sites, and the built-in policies.

mod floor;

use super::decide::{BuiltIn, Decide, Decision, Policy, chosen};
use super::energy_sites::{FuelSitesByFleet, SitesByFleet};
use super::floor::{FLOOR, floor};
use super::kind::Dispatch;
use super::parameter::{Parameter, PolicyError};
use super::spec::Choice;
use crate::kernel::ids::SiteId;
use crate::kernel::units::LHV_KWH_PER_KG;
use crate::place::travel::Travel;
use crate::scenario::Scenario;
use crate::scenario::loaded::Schedule;

/// No site, no fleet.
const NOBODY: u32 = u32::MAX;

/// What a truck has to refill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Carrier {
    /// Nothing that is followed.
    None = 0,
    /// A battery.
    Battery = 1,
    /// Hydrogen. Its energy is in kWh of the lower heating value, so that one range check serves both.
    Hydrogen = 2,
}

/// Trucks that wait for a decision, in id order.
#[derive(Debug, Default)]
pub struct TruckColumns {
    /// Identity, for orders.
    pub id: Vec<u32>,
    /// Fleet.
    pub fleet: Vec<u32>,
    /// Where it stands.
    pub site: Vec<u32>,
    /// 1 on duty, 0 off duty.
    pub on_duty: Vec<u8>,
    /// Home site, or `u32::MAX`.
    pub home: Vec<u32>,
    /// 0 nothing to refill, 1 battery, 2 hydrogen (see [`Carrier`]).
    pub carrier: Vec<u8>,
    /// State of charge, or level of the hydrogen tank; 1 without either.
    pub soc: Vec<f64>,
    /// Energy on board (hydrogen: lower heating value); infinite without a battery or a hydrogen tank.
    pub energy_kwh: Vec<f64>,
    /// Usable energy when full; 0 without a battery or a hydrogen tank.
    pub usable_kwh: Vec<f64>,
    /// Use per freeway km at the present temperature without a container; 0 without either.
    pub bobtail_kwh_per_km: Vec<f64>,
    /// The same with an empty container.
    pub empty_kwh_per_km: Vec<f64>,
    /// The same with a loaded container.
    pub loaded_kwh_per_km: Vec<f64>,
    /// End of its shift, seconds from the start of the run.
    pub shift_end_s: Vec<u32>,
    /// Time at the wheel that the driver has left, seconds.
    pub driving_left_s: Vec<u32>,
}

/// Hauls that no truck has yet, in the order of the time from which they can be taken.
#[derive(Debug, Default)]
pub struct HaulColumns {
    /// Identity, for orders.
    pub id: Vec<u32>,
    /// Where it starts.
    pub origin: Vec<u32>,
    /// Where it goes.
    pub destination: Vec<u32>,
    /// From when it can be taken, seconds from the start of the run.
    pub ready_s: Vec<u32>,
    /// When it should have arrived.
    pub due_s: Vec<u32>,
    /// 1 loaded container, 0 empty container.
    pub loaded: Vec<u8>,
    /// The fleet that must carry it, or `u32::MAX`.
    pub fleet: Vec<u32>,
}

/// All sites, in id order.
#[derive(Debug, Default)]
pub struct SiteColumns {
    /// Ports that trucks may use.
    pub ports: Vec<u32>,
    /// Of them taken.
    pub ports_in_use: Vec<u32>,
    /// Vehicles that wait for one.
    pub queue: Vec<u32>,
    /// Positions of its hydrogen station.
    pub h2_positions: Vec<u32>,
    /// Of them taken.
    pub h2_taken: Vec<u32>,
    /// Vehicles that wait for one.
    pub h2_queue: Vec<u32>,
    /// Hydrogen that is promised to nobody at the station or in its queue, kg; may be negative.
    pub h2_free_kg: Vec<f64>,
    /// Mean time of a truck at the place for one container, seconds.
    pub stay_s: Vec<u32>,
}

/// What a dispatch policy sees.
#[derive(Debug)]
pub struct DispatchView<'a> {
    /// Now, seconds from the start of the run.
    pub time_s: u32,
    /// Local hour of the day, 0 to 23.
    pub hour: usize,
    /// Trucks that wait for a decision.
    pub trucks: TruckColumns,
    /// Open hauls.
    pub hauls: &'a HaulColumns,
    /// Sites.
    pub sites: SiteColumns,
    /// Distances and times.
    pub travel: &'a Travel,
    /// Sites where each fleet may charge.
    pub may_charge: &'a SitesByFleet,
    /// Sites where each fleet may fuel hydrogen.
    pub may_fuel: &'a FuelSitesByFleet,
}

/// A truck takes a haul.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assign {
    /// The truck's id.
    pub truck: u32,
    /// The haul's id.
    pub haul: u32,
}

/// A truck goes to charge, or to fuel when it runs on hydrogen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChargeAt {
    /// The truck's id.
    pub truck: u32,
    /// The site's id.
    pub site: u32,
    /// It leaves with this state of charge or level.
    pub to_soc: f64,
}

/// What a dispatch policy orders.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Orders {
    /// Hauls taken.
    pub assign: Vec<Assign>,
    /// Trucks sent to charge or fuel.
    pub charge: Vec<ChargeAt>,
}

const PARAMETERS: &[Parameter] = &[
    Parameter::new("reserve_soc", 0.1, (0.0, 0.9)),
    Parameter::new("charge_below_soc", 0.35, (0.0, 1.0)),
    Parameter::new("charge_to_soc", 0.8, (0.05, 1.0)),
    Parameter::new("early_min", 15.0, (0.0, 600.0)),
    Parameter::new("fuel_below_level", 0.25, (0.0, 1.0)),
    Parameter::new("fuel_to_level", 1.0, (0.05, 1.0)),
    Parameter::new("session_min", 60.0, (0.0, 1_440.0)),
    Parameter::new("fill_min", 15.0, (0.0, 1_440.0)),
    Parameter::new("off_duty_below_soc", 0.95, (0.0, 1.0)),
];

const BUILT_IN: &[BuiltIn] = &[
    BuiltIn::new(
        "nearest_feasible",
        "Nearest feasible haul for each truck",
        "truck by truck: the nearest haul that it can carry out",
        PARAMETERS,
    ),
    BuiltIn::new(
        "least_empty_km",
        "Least empty distance",
        "pair by pair: the shortest way to a haul first, whichever truck it is",
        PARAMETERS,
    ),
];

impl Decision for Dispatch {
    type View<'a> = DispatchView<'a>;
    type Orders = Orders;

    fn choice(scenario: &Scenario) -> Option<&Choice<Self>> {
        Some(&scenario.policy.dispatch)
    }

    fn is_asked(scenario: &Scenario) -> bool {
        scenario.freight.is_some() && !scenario.fleet.is_empty()
    }

    fn built_in() -> Vec<BuiltIn> {
        [BUILT_IN, &FLOOR].concat()
    }

    fn make(choice: &Choice<Self>, _schedule: Option<&Schedule>) -> Result<Box<dyn Decide<Self>>, PolicyError> {
        if let Some(policy) = floor(&choice.name) {
            return chosen(&FLOOR, choice).map(|_| policy);
        }
        let values = chosen(BUILT_IN, choice)?;
        let is_by_truck = choice.name == BUILT_IN[0].name;
        Ok(Box::new(Matcher {
            matching: if is_by_truck { Matching::TruckByTruck } else { Matching::ShortestFirst },
            rules: Rules {
                reserve_soc: values[0],
                charge_below_soc: values[1],
                charge_to_soc: values[2],
                early_s: (values[3] * 60.0) as u32,
                fuel_below_level: values[4],
                fuel_to_level: values[5],
                session_s: values[6] * 60.0,
                fill_s: values[7] * 60.0,
                off_duty_below_soc: values[8],
            },
            geography: Geography::default(),
        }))
    }
}

/// How trucks and hauls are brought together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Matching {
    /// Each truck in turn takes the nearest haul it can do.
    TruckByTruck,
    /// The shortest empty trip of all goes first.
    ShortestFirst,
}

/// What makes a haul feasible, and when trucks charge.
#[derive(Debug, Clone, Copy)]
struct Rules {
    /// State of charge that must be left on reaching a charger after the haul.
    reserve_soc: f64,
    /// A truck on duty below it charges before anything else.
    charge_below_soc: f64,
    /// A truck on duty charges to it.
    charge_to_soc: f64,
    /// A truck may be this much too early at the origin.
    early_s: u32,
    /// The same two for the tank of a fuel-cell truck on duty.
    fuel_below_level: f64,
    fuel_to_level: f64,
    /// A vehicle in a queue for charging ports counts as this much waiting time over the number of ports.
    session_s: f64,
    /// The same at a hydrogen station.
    fill_s: f64,
    /// A truck off duty with less than this is plugged in.
    off_duty_below_soc: f64,
}

/// A truck looks at no more hauls than this, so that a decision's cost is bounded.
const LOOKS_PER_TRUCK: usize = 24;

/// What never changes in a run, worked out at the first call.
#[derive(Debug, Default)]
struct Geography {
    /// For each site all sites, nearest first.
    near: Vec<Vec<u32>>,
    /// All pairs of sites by distance.
    pairs: Vec<(u32, u32)>,
    /// For each fleet and site: freeway km (by energy) to the nearest site where it may charge.
    to_charger_km: Vec<Vec<f64>>,
    /// The same to the nearest site where it may fuel.
    to_station_km: Vec<Vec<f64>>,
}

impl Geography {
    fn prepare(&mut self, view: &DispatchView<'_>, with_pairs: bool) {
        let sites = view.travel.sites();
        if self.near.len() == sites {
            return;
        }
        let km = |a: u32, b: u32| view.travel.km(SiteId(a), SiteId(b));
        let all = 0..u32::try_from(sites).expect("fewer than 2^32 sites");
        for from in all.clone() {
            let mut order: Vec<u32> = all.clone().collect();
            order.sort_by(|a, b| km(from, *a).total_cmp(&km(from, *b)).then(a.cmp(b)));
            self.near.push(order);
        }
        if with_pairs {
            self.pairs = all.clone().flat_map(|from| all.clone().map(move |to| (from, to))).collect();
            self.pairs.sort_by(|a, b| km(a.0, a.1).total_cmp(&km(b.0, b.1)).then(a.cmp(b)));
        }
        let nearest = |from: u32, sites: &[SiteId]| {
            let km = sites.iter().map(|to| view.travel.energy_km(SiteId(from), *to));
            km.fold(f64::INFINITY, f64::min)
        };
        for (chargers, stations) in view.may_charge.sites().iter().zip(view.may_fuel.sites()) {
            self.to_charger_km.push(all.clone().map(|from| nearest(from, chargers)).collect());
            self.to_station_km.push(all.clone().map(|from| nearest(from, stations)).collect());
        }
    }
}

#[derive(Debug)]
struct Matcher {
    matching: Matching,
    rules: Rules,
    geography: Geography,
}

impl Policy for Matcher {
    fn name(&self) -> &str {
        match self.matching {
            Matching::TruckByTruck => "nearest_feasible",
            Matching::ShortestFirst => "least_empty_km",
        }
    }
}

impl Decide<Dispatch> for Matcher {
    fn decide(&mut self, view: &DispatchView<'_>) -> Result<Orders, String> {
        self.geography.prepare(view, self.matching == Matching::ShortestFirst);
        let mut round = Round::new(view, self.rules, &self.geography);
        match self.matching {
            Matching::TruckByTruck => round.truck_by_truck(),
            Matching::ShortestFirst => round.shortest_first(),
        }
        Ok(round.orders)
    }
}

/// One decision in the making.
struct Round<'a> {
    view: &'a DispatchView<'a>,
    rules: Rules,
    geography: &'a Geography,
    /// Rows of open hauls by origin, in the order of readiness.
    from: Vec<Vec<u32>>,
    /// Trucks sent to each site in this round.
    sent: Vec<u32>,
    orders: Orders,
}

impl<'a> Round<'a> {
    fn new(view: &'a DispatchView<'a>, rules: Rules, geography: &'a Geography) -> Self {
        let sites = view.travel.sites();
        let mut from = vec![Vec::new(); sites];
        let horizon_s = view.time_s + view.travel.longest_s() + rules.early_s;
        // They are in the order of readiness: what is ready later is out of reach for every truck.
        let in_reach = view.hauls.ready_s.partition_point(|ready_s| *ready_s <= horizon_s);
        for (row, origin) in (0..).zip(&view.hauls.origin[..in_reach]) {
            from[*origin as usize].push(row);
        }
        Self { view, rules, geography, from, sent: vec![0; sites], orders: Orders::default() }
    }

    fn truck_by_truck(&mut self) {
        for truck in 0..self.view.trucks.id.len() {
            if !self.charges_first(truck) && !self.takes_nearest(truck) {
                self.charges_while_idle(truck);
            }
        }
    }

    fn shortest_first(&mut self) {
        let mut at: Vec<Vec<usize>> = vec![Vec::new(); self.view.travel.sites()];
        for truck in 0..self.view.trucks.id.len() {
            if !self.charges_first(truck) {
                at[self.view.trucks.site[truck] as usize].push(truck);
            }
        }
        for (place, origin) in &self.geography.pairs {
            if !self.from[*origin as usize].is_empty() && !at[*place as usize].is_empty() {
                at[*place as usize].retain(|truck| !self.takes_from(*truck, *origin, &mut LOOKS_PER_TRUCK.clone()));
            }
        }
        for truck in at.into_iter().flatten() {
            self.charges_while_idle(truck);
        }
    }

    /// Trucks off duty, and trucks on duty that run low, go to a charger.
    fn charges_first(&mut self, truck: usize) -> bool {
        let trucks = &self.view.trucks;
        if trucks.usable_kwh[truck] <= 0.0 {
            return trucks.on_duty[truck] == 0;
        }
        if trucks.on_duty[truck] == 0 {
            if trucks.soc[truck] < self.rules.off_duty_below_soc {
                self.charge(truck, 1.0);
            }
            return true;
        }
        // On duty after the shift's end: it has not enough energy to go home.
        let is_stuck = trucks.shift_end_s[truck] <= self.view.time_s;
        let (below, to) = self.refill_levels(truck);
        (is_stuck || trucks.soc[truck] < below) && self.charge(truck, to)
    }

    /// A truck that finds no work it can do charges, if that can change anything.
    fn charges_while_idle(&mut self, truck: usize) {
        let trucks = &self.view.trucks;
        let (below, to) = self.refill_levels(truck);
        if trucks.usable_kwh[truck] > 0.0 && trucks.soc[truck] < f64::midpoint(below, to) {
            self.charge(truck, to);
        }
    }

    fn takes_nearest(&mut self, truck: usize) -> bool {
        let place = self.view.trucks.site[truck] as usize;
        let mut looks = LOOKS_PER_TRUCK;
        let near = &self.geography.near[place];
        near.iter().any(|origin| looks > 0 && self.takes_from(truck, *origin, &mut looks))
    }

    fn takes_from(&mut self, truck: usize, origin: u32, looks: &mut usize) -> bool {
        let hauls = &self.from[origin as usize];
        if hauls.is_empty() {
            return false;
        }
        let trucks = &self.view.trucks;
        let to_origin_s = self.view.travel.drive_s(SiteId(trucks.site[truck]), SiteId(origin), self.view.hour);
        let there_s = self.view.time_s + to_origin_s;
        for (at, row) in hauls.iter().enumerate() {
            let row = *row as usize;
            if self.view.hauls.ready_s[row] > there_s + self.rules.early_s || *looks == 0 {
                return false;
            }
            *looks -= 1;
            if self.can_do(truck, row, to_origin_s) {
                let order = Assign { truck: trucks.id[truck], haul: self.view.hauls.id[row] };
                self.orders.assign.push(order);
                self.from[origin as usize].remove(at);
                return true;
            }
        }
        false
    }

    fn can_do(&self, truck: usize, row: usize, to_origin_s: u32) -> bool {
        let (trucks, hauls, travel) = (&self.view.trucks, self.view.hauls, self.view.travel);
        if hauls.fleet[row] != NOBODY && hauls.fleet[row] != trucks.fleet[truck] {
            return false;
        }
        let (origin, destination) = (SiteId(hauls.origin[row]), SiteId(hauls.destination[row]));
        let loaded_s = travel.drive_s(origin, destination, self.view.hour);
        if to_origin_s + loaded_s > trucks.driving_left_s[truck] {
            return false;
        }
        let start_s = (self.view.time_s + to_origin_s).max(hauls.ready_s[row]);
        if start_s + self.view.sites.stay_s[origin.index()] + loaded_s > trucks.shift_end_s[truck] {
            return false;
        }
        if trucks.usable_kwh[truck] <= 0.0 {
            return true;
        }
        let bobtail = trucks.bobtail_kwh_per_km[truck];
        let with_box =
            if hauls.loaded[row] == 1 { trucks.loaded_kwh_per_km[truck] } else { trucks.empty_kwh_per_km[truck] };
        let refill_km =
            if self.is_hydrogen(truck) { &self.geography.to_station_km } else { &self.geography.to_charger_km };
        let after_km = refill_km[trucks.fleet[truck] as usize][destination.index()];
        // Luck and waiting with the systems on make a trip dearer than its mean; the reserve is for that.
        let needed = bobtail * (travel.energy_km(SiteId(trucks.site[truck]), origin) + after_km)
            + with_box * travel.energy_km(origin, destination);
        needed <= trucks.energy_kwh[truck] - self.rules.reserve_soc * trucks.usable_kwh[truck]
    }

    fn is_hydrogen(&self, truck: usize) -> bool {
        self.view.trucks.carrier[truck] == Carrier::Hydrogen as u8
    }

    /// Below which level a truck on duty refills, and to which.
    fn refill_levels(&self, truck: usize) -> (f64, f64) {
        let rules = &self.rules;
        if self.is_hydrogen(truck) {
            (rules.fuel_below_level, rules.fuel_to_level)
        } else {
            (rules.charge_below_soc, rules.charge_to_soc)
        }
    }

    /// Sends a fuel-cell truck to the station within reach that has enough for it and will probably serve it first.
    fn fuel(&mut self, truck: usize, to_level: f64) -> bool {
        let (trucks, travel, columns) = (&self.view.trucks, self.view.travel, &self.view.sites);
        let here = SiteId(trucks.site[truck]);
        let reach_km = trucks.energy_kwh[truck] / trucks.bobtail_kwh_per_km[truck].max(1e-9);
        let need_kg = (to_level - trucks.soc[truck]).max(0.0) * trucks.usable_kwh[truck] / LHV_KWH_PER_KG;
        let stations = &self.view.may_fuel.sites()[trucks.fleet[truck] as usize];
        let is_near = |site: &&SiteId| travel.energy_km(here, **site) <= reach_km;
        let has_enough = |site: &&SiteId| {
            let on_the_way_kg = f64::from(self.sent[site.index()]) * need_kg;
            columns.h2_positions[site.index()] > 0 && columns.h2_free_kg[site.index()] - on_the_way_kg >= need_kg
        };
        let places = Places {
            number: &columns.h2_positions,
            taken: &columns.h2_taken,
            queue: &columns.h2_queue,
            each_s: self.rules.fill_s,
        };
        let best = self.soonest(here, stations.iter().filter(is_near).filter(has_enough), &places);
        // Out of reach of every station: the nearest one that has enough, by tow.
        let by_tow = || {
            if stations.iter().any(|site| is_near(&site)) {
                None
            } else {
                self.nearest(here, stations.iter().filter(has_enough))
            }
        };
        let site = best.or_else(by_tow);
        self.send(truck, site, to_level)
    }

    /// Sends the truck to the site within reach where it will probably be plugged in first.
    fn charge(&mut self, truck: usize, to_soc: f64) -> bool {
        if self.is_hydrogen(truck) {
            return self.fuel(truck, to_soc);
        }
        let (trucks, travel, columns) = (&self.view.trucks, self.view.travel, &self.view.sites);
        let here = SiteId(trucks.site[truck]);
        let usable = &self.view.may_charge.sites()[trucks.fleet[truck] as usize];
        let is_home = trucks.home[truck] == here.0;
        let reach_km = trucks.energy_kwh[truck] / trucks.bobtail_kwh_per_km[truck].max(1e-9);
        let off_duty_at_home = trucks.on_duty[truck] == 0 && is_home;
        let sites = usable
            .iter()
            .filter(|site| if off_duty_at_home { **site == here } else { travel.energy_km(here, **site) <= reach_km });
        let places = Places {
            number: &columns.ports,
            taken: &columns.ports_in_use,
            queue: &columns.queue,
            each_s: self.rules.session_s,
        };
        // Out of reach of every charger: the nearest one, by tow.
        let by_tow = || if off_duty_at_home { None } else { self.nearest(here, usable.iter()) };
        let site = self.soonest(here, sites, &places).or_else(by_tow);
        self.send(truck, site, to_soc)
    }

    /// The site that will probably serve a truck first: the drive there, and those before it over the places.
    fn soonest<'s>(
        &self,
        here: SiteId,
        sites: impl Iterator<Item = &'s SiteId>,
        places: &Places<'_>,
    ) -> Option<SiteId> {
        let expected_s = |site: SiteId| {
            let (at, number) = (site.index(), places.number[site.index()]);
            let waiting = (places.taken[at] + places.queue[at] + self.sent[at] + 1).saturating_sub(number);
            f64::from(self.view.travel.drive_s(here, site, self.view.hour))
                + f64::from(waiting) * places.each_s / f64::from(number.max(1))
        };
        // Where everything is out of order, only if nothing works elsewhere.
        let timed = sites.map(|site| (places.number[site.index()] == 0, expected_s(*site), *site));
        let soonest = timed.min_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
        soonest.map(|(_, _, site)| site)
    }

    fn nearest<'s>(&self, here: SiteId, sites: impl Iterator<Item = &'s SiteId>) -> Option<SiteId> {
        let km = |site: &SiteId| self.view.travel.km(here, *site);
        sites.min_by(|a, b| km(a).total_cmp(&km(b))).copied()
    }

    /// Orders it, if there is a site.
    fn send(&mut self, truck: usize, site: Option<SiteId>, to_soc: f64) -> bool {
        let Some(site) = site else { return false };
        self.sent[site.index()] += 1;
        self.orders.charge.push(ChargeAt { truck: self.view.trucks.id[truck], site: site.0, to_soc });
        true
    }
}

/// Ports or fuelling positions of all sites.
struct Places<'a> {
    number: &'a [u32],
    taken: &'a [u32],
    queue: &'a [u32],
    /// How long a vehicle before the truck keeps one.
    each_s: f64,
}
