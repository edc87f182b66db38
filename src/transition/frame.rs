//! What does not change over the years: models, holdings, who may charge where, and how the first fleet is made.

use super::build::{Capacity, Project};
use super::scope::Scope;
use super::spec::{BuyerSpec, OfferSpec, ProjectKind, SurvivalSpec, TRUCK, TransitionSpec};
use super::stock::{Holding, Model, Stock, life};
use super::year::YearPlan;
use crate::charging::spec::ChargerSpec;
use crate::grid::spec::{SiteKind, SiteSpec};
use crate::hydrogen::spec::HydrogenSpec;
use crate::kernel::random::{Purpose, Seed, key_of};
use crate::scenario::Scenario;
use crate::scenario::loaded::Loaded;
use crate::truck::spec::FleetSpec;
use crate::vehicle::spec::{Powertrain, TankSpec, is_for_fleet, is_public};
use std::collections::BTreeMap;

/// Of a class without `[survival]`: as good as for ever.
const LASTING: SurvivalSpec = SurvivalSpec { median_age: 60.0, shape: 20.0, most_age: 80, most_use: None };

/// The scenario as the years see it.
#[derive(Debug)]
pub struct Frame<'a> {
    /// The scenario with its files.
    pub loaded: &'a Loaded,
    /// Its transition.
    pub spec: &'a TransitionSpec,
    /// Trucks, then equipment, each in the order of their keys.
    pub models: Vec<Model>,
    /// Fleets, then classes of equipment at terminals, each in the order of their keys.
    pub holdings: Vec<Holding>,
    /// Fleets in the order of their keys.
    pub fleets: Vec<(&'a String, &'a FleetSpec)>,
    /// Sites in the order of their keys.
    pub sites: Vec<(&'a String, &'a SiteSpec)>,
    /// Charger groups in the order of their keys.
    pub groups: Vec<(&'a String, &'a ChargerSpec)>,
    buyers: Vec<&'a BuyerSpec>,
}

impl<'a> Frame<'a> {
    /// The frame of a scenario with a transition.
    #[must_use]
    pub fn new(loaded: &'a Loaded, spec: &'a TransitionSpec) -> Self {
        let scenario = &loaded.scenario;
        let model =
            |key: &String, class: &str, powertrain| Model { key: key.clone(), class: class.to_owned(), powertrain };
        let trucks = scenario.truck_model.iter().map(|(key, it)| model(key, TRUCK, it.powertrain));
        let units = scenario.equipment_model.iter().map(|(key, it)| model(key, &it.class, it.powertrain));
        let buyers: Vec<&BuyerSpec> = scenario.buyer.values().collect();
        let buyer = |owner: &String| buyers.iter().position(|buyer| buyer.fleets.contains(owner));
        let mut holdings = Vec::new();
        for (key, fleet) in &scenario.fleet {
            let first = fleet.trucks.values().map(|count| count.0).sum();
            holdings.push(Holding { owner: key.clone(), class: TRUCK.to_owned(), first, buyer: buyer(key) });
        }
        for (key, terminal) in &scenario.terminal {
            let mut classes: BTreeMap<&str, u32> = BTreeMap::new();
            for (model, count) in &terminal.equipment {
                *classes.entry(&scenario.equipment_model[model].class).or_default() += count.0;
            }
            let of_class = |(class, first): (&str, u32)| Holding {
                owner: key.clone(),
                class: class.to_owned(),
                first,
                buyer: buyer(key),
            };
            holdings.extend(classes.into_iter().map(of_class));
        }
        Self {
            loaded,
            spec,
            models: trucks.chain(units).collect(),
            holdings,
            fleets: scenario.fleet.iter().collect(),
            sites: scenario.site.iter().collect(),
            groups: scenario.charger.iter().collect(),
            buyers,
        }
    }

    /// The scenario.
    #[must_use]
    pub fn scenario(&self) -> &'a Scenario {
        &self.loaded.scenario
    }

    /// The buyer of a holding.
    #[must_use]
    pub fn buyer(&self, holding: usize) -> Option<&'a BuyerSpec> {
        self.holdings[holding].buyer.map(|at| self.buyers[at])
    }

    /// The offer of a model.
    #[must_use]
    pub fn offer(&self, model: usize) -> Option<&'a OfferSpec> {
        self.scenario().offer.get(&self.models[model].key)
    }

    /// A model and its successors, each the next of the one before it.
    #[must_use]
    pub fn line_of(&self, model: usize) -> Vec<usize> {
        let mut line = vec![model];
        while let Some(next) = self.offer(line[line.len() - 1]).and_then(|offer| offer.successor.as_ref()) {
            match self.models.iter().position(|model| model.key == *next) {
                Some(next) if !line.contains(&next) => line.push(next),
                _ => break,
            }
        }
        line
    }

    /// Models of a class.
    pub fn models_of<'b>(&'b self, class: &'b str) -> impl Iterator<Item = usize> + 'b {
        (0..self.models.len()).filter(move |model| self.models[*model].class == class)
    }

    /// How long vehicles of a class live.
    #[must_use]
    pub fn survival(&self, class: &str) -> &'a SurvivalSpec {
        self.scenario().survival.get(class).unwrap_or(&LASTING)
    }

    /// The scope of a holding in tables.
    #[must_use]
    pub fn scope(&self, holding: usize) -> Scope {
        let holding = &self.holdings[holding];
        let scope = if holding.class == TRUCK { Scope::fleet } else { Scope::site };
        scope(&holding.owner)
    }

    /// Vehicles that a holding needs at work in a year.
    #[must_use]
    pub fn need(&self, holding: usize, year: u16) -> u32 {
        (self.registered_need(holding, year) * self.active_share(holding)).round() as u32
    }

    /// Vehicles that it keeps in reserve.
    #[must_use]
    pub fn reserve_need(&self, holding: usize, year: u16) -> u32 {
        (self.registered_need(holding, year).round() as u32).saturating_sub(self.need(holding, year))
    }

    fn registered_need(&self, holding: usize, year: u16) -> f64 {
        let growth = self.spec.volume.at(year) / self.spec.volume.at(self.spec.from);
        f64::from(self.holdings[holding].first) * growth
    }

    /// Does it have trucks and no depot?
    #[must_use]
    pub fn is_depotless(&self, holding: usize) -> bool {
        let holding = &self.holdings[holding];
        let fleet = self.scenario().fleet.get(&holding.owner).filter(|_| holding.class == TRUCK);
        fleet.is_some_and(|fleet| fleet.home.is_none())
    }

    /// Use of a vehicle at an age over that of others.
    #[must_use]
    pub fn use_at(&self, class: &str, age: u16) -> f64 {
        let ages = &self.spec.use_by_age;
        match ages.last().filter(|_| class == TRUCK) {
            None => 1.0,
            Some(last) => *ages.get(usize::from(age)).unwrap_or(last),
        }
    }

    /// The age at which a vehicle with this number dies, when it lives at `age`.
    #[must_use]
    pub fn life(&self, seed: Seed, class: &str, id: u32, age: u16) -> u16 {
        let draw = seed.stream(Purpose::VehicleLives, key_of(class), id).uniform();
        life(self.survival(class), age, draw)
    }

    /// The first fleet: model years evenly between those of the offer, older ones first.
    #[must_use]
    pub fn first_stock(&self, seed: Seed) -> Stock {
        let mut stock = Stock::default();
        let first = self.spec.from;
        for (at, holding) in self.holdings.iter().enumerate() {
            for model in self.models_of(&holding.class) {
                let count = self.first_count(at, model);
                let built = self.offer(model).map_or(&[][..], |offer| &offer.built);
                let (from, until) = match built {
                    [from, until] => (*from, *until),
                    [year] => (*year, *year),
                    _ => (first, first),
                };
                let span = u32::from(until - from) + 1;
                for number in 0..count {
                    let built = from + (number * span / count) as u16;
                    let age = first.saturating_sub(built);
                    let life = self.life(seed, &holding.class, stock.next_id(), age);
                    // Who sells after some years bought the older ones from others, one such time after the other.
                    let hold = self.buyer(at).map_or(u16::MAX, |buyer| buyer.hold_years.max(1));
                    let bought = built + age / hold * hold;
                    stock.add(at, model, built, bought, life, 0.0);
                }
            }
            let _ = stock.set_aside(at, self.reserve_need(at, first), |_| true);
        }
        stock
    }

    fn first_count(&self, holding: usize, model: usize) -> u32 {
        let (holding, key) = (&self.holdings[holding], &self.models[model].key);
        let counts = match holding.class.as_str() {
            TRUCK => &self.scenario().fleet[&holding.owner].trucks,
            _ => &self.scenario().terminal[&holding.owner].equipment,
        };
        counts.get(key).map_or(0, |count| count.0)
    }

    /// What stands and drives in a year.
    #[must_use]
    pub fn plan(&self, year: u16, stock: &Stock, projects: &[Project]) -> YearPlan {
        let mut plan = YearPlan { year, projects: projects.to_vec(), ..YearPlan::default() };
        for (holding, counts) in self.holdings.iter().zip(stock.by_model(self.holdings.len(), self.models.len())) {
            let owners = if holding.class == TRUCK { &mut plan.trucks } else { &mut plan.equipment };
            let owned = owners.entry(holding.owner.clone()).or_default();
            let held = counts.iter().enumerate().filter(|(_, count)| **count > 0);
            owned.extend(held.map(|(model, count)| (self.models[model].key.clone(), *count)));
        }
        plan
    }

    /// What a kWh costs at ports that every truck may use, by their power: their own price, or the public one.
    #[must_use]
    pub fn public_usd_per_kwh(&self, year: u16) -> f64 {
        let common = self.spec.price.public_usd_per_kwh.at(year);
        let open = self.groups.iter().filter(|(_, group)| is_public(&group.users));
        let priced = open.map(|(_, group)| {
            let kw = f64::from(group.cabinets) * group.cabinet_kw;
            (kw, kw * group.price_usd_per_kwh.unwrap_or(common))
        });
        let (kw, usd) = priced.fold((0.0, 0.0), |sum, each| (sum.0 + each.0, sum.1 + each.1));
        if kw > 0.0 { usd / kw } else { common }
    }

    /// The charger groups that vehicles of a holding and model may use: number of the group.
    pub fn groups_of(&self, holding: usize, model: usize) -> impl Iterator<Item = usize> + '_ {
        let (holding, key) = (&self.holdings[holding], &self.models[model].key);
        let is_truck = holding.class == TRUCK;
        let home = self.scenario().fleet.get(&holding.owner).and_then(|fleet| fleet.home.as_deref());
        let chargers = self.groups.iter().enumerate();
        let may = move |users: &[String], site: &str| {
            if !is_truck {
                return site == holding.owner && users.contains(key);
            }
            // A fleet with a home plans with its home; the public ones are for those without.
            let is_user = is_for_fleet(users, &holding.owner);
            is_user && home.is_none_or(|home| site == home)
        };
        chargers.filter(move |(_, (_, spec))| may(&spec.users, &spec.site)).map(|(at, _)| at)
    }

    /// May some hydrogen station fill this model of this holding?
    #[must_use]
    pub fn has_station(&self, holding: usize, model: usize) -> bool {
        self.stations_of(holding, model).next().is_some()
    }

    /// The hydrogen stations that fill this model of this holding.
    pub fn stations_of(&self, holding: usize, model: usize) -> impl Iterator<Item = &'a HydrogenSpec> {
        let tank = self.tank(model);
        let (holding, key) = (&self.holdings[holding], &self.models[model].key);
        let is_truck = holding.class == TRUCK;
        self.scenario().hydrogen.values().filter(move |station| {
            let is_user = if is_truck {
                is_for_fleet(&station.users, &holding.owner)
            } else {
                station.site == holding.owner && station.users.contains(key)
            };
            is_user && tank.is_some_and(|tank| station.dispense_bar >= tank.pressure_bar)
        })
    }

    /// Exhaust of a new vehicle of a model: nitrogen oxides and particles, g a km of a truck, g a gallon of equipment.
    #[must_use]
    pub fn exhaust_g(&self, model: usize) -> [f64; 2] {
        let (model, scenario) = (&self.models[model], self.scenario());
        if model.class == TRUCK {
            let spec = &scenario.truck_model[&model.key];
            return [spec.nox_g_per_km, spec.pm25_g_per_km];
        }
        let spec = &scenario.equipment_model[&model.key];
        [spec.nox_g_per_gal, spec.pm25_g_per_gal]
    }

    fn tank(&self, model: usize) -> Option<&'a TankSpec> {
        let (model, scenario) = (&self.models[model], self.scenario());
        match model.class.as_str() {
            TRUCK => scenario.truck_model[&model.key].tank.as_ref(),
            _ => scenario.equipment_model[&model.key].tank.as_ref(),
        }
    }

    /// Cabinets of a group with what projects add.
    #[must_use]
    pub fn cabinets(&self, group: usize, capacity: &Capacity) -> u32 {
        let (key, spec) = self.groups[group];
        spec.cabinets + capacity.of_kind(ProjectKind::Chargers, key) as u32
    }

    /// The site that a project is at.
    #[must_use]
    pub fn site_of<'b>(&'b self, kind: ProjectKind, at: &'b str) -> &'b str {
        let scenario = self.scenario();
        match kind {
            ProjectKind::Chargers => scenario.charger[at].site.as_str(),
            ProjectKind::Solar => scenario.solar[at].site.as_str(),
            ProjectKind::Hydrogen => scenario.hydrogen[at].site.as_str(),
            ProjectKind::Grid | ProjectKind::Storage => at,
        }
    }

    /// Is a scope an industrial neighbour? It shares connections and hydrogen, not the books of the hub.
    #[must_use]
    pub fn is_neighbour(&self, scope: &Scope) -> bool {
        matches!(scope, Scope::Site(key) if self.scenario().site[key].kind == SiteKind::Plant)
    }

    /// Share of a holding's vehicles that work in a week.
    #[must_use]
    pub fn active_share(&self, holding: usize) -> f64 {
        let holding = &self.holdings[holding];
        let fleet = self.scenario().fleet.get(&holding.owner).filter(|_| holding.class == TRUCK);
        fleet.map_or(1.0, |fleet| fleet.active_share)
    }

    /// Does the powertrain charge at ports?
    #[must_use]
    pub fn charges(&self, model: usize) -> bool {
        self.models[model].powertrain == Powertrain::BatteryElectric
    }
}
