//! What the next year looks like to those who decide: how vehicles are used, what stations and ports could serve, and what a
//! builder sees.

use super::build::Capacity;
use super::comply::Bound;
use super::offer::Choice;
use super::operated::OperatingYear;
use super::pathway::Pathway;
use super::room::SiteLoads;
use super::spec::{BuildSpec, ProjectKind, TRUCK};
use crate::policy::build_out::BuildOutView;
use crate::record::groups::GroupTally;
use crate::vehicle::spec::Powertrain;
use std::sync::Arc;

impl Pathway<'_> {
    /// By holding: the use of its vehicles at work by their age, mean.
    pub(super) fn mean_use(&self, year: u16) -> Vec<f64> {
        let mut sums = vec![(0.0, 0.0); self.frame.holdings.len()];
        for vehicle in self.stock.vehicles().iter().filter(|vehicle| !vehicle.in_reserve) {
            let sum = &mut sums[vehicle.holding as usize];
            let class = &self.frame.holdings[vehicle.holding as usize].class;
            *sum = (sum.0 + self.frame.use_at(class, vehicle.age(year)), sum.1 + 1.0);
        }
        sums.into_iter().map(|(sum, count): (f64, f64)| if count > 0.0 { sum / count } else { 1.0 }).collect()
    }

    /// Bounds purchases by what stations and public ports can serve in the year: trucks more than there are. Where somebody
    /// builds ports for the vehicles that come, and they can stand within the year, ports bound nobody.
    pub(super) fn hold_to_room(&mut self, year: u16, choices: &[Choice], builds_for_vehicles: bool) {
        let frame = Arc::clone(&self.frame);
        let counts = self.stock.by_model(frame.holdings.len(), frame.models.len());
        let room = |capacity: f64, is_of: &dyn Fn(usize, usize) -> bool| {
            let of_kind = choices.iter().filter(|choice| is_of(choice.holding, choice.model));
            let needs: Vec<f64> = of_kind
                .map(|it| it.ownership.use_per_year * it.ownership.energy_per_use)
                .filter(|it| *it > 0.0)
                .collect();
            let each = needs.iter().sum::<f64>() / needs.len().max(1) as f64;
            let has = |holding: usize| (0..frame.models.len()).filter(move |model| is_of(holding, *model));
            let there: u32 = (0..counts.len())
                .flat_map(|at| has(at).map(move |model| (at, model)))
                .map(|(at, model)| counts[at][model])
                .sum();
            (each > 0.0).then(|| ((capacity / each).floor() as u32).saturating_sub(there))
        };
        let is_truck = |model: usize| frame.models[model].class == TRUCK;
        let on_hydrogen =
            |_: usize, model: usize| is_truck(model) && frame.models[model].powertrain == Powertrain::FuelCell;
        let kg = frame.public_hydrogen_kg(&self.projects, year, None);
        self.ramp.hold(Bound::Stations, room(kg, &on_hydrogen));
        let on_public =
            |holding: usize, model: usize| is_truck(model) && frame.charges(model) && frame.is_depotless(holding);
        let lead_months = frame.spec.build.get(&ProjectKind::Chargers).map_or(f64::INFINITY, BuildSpec::lead_months);
        let kwh = frame.public_kwh(&self.projects, year);
        let bound = room(kwh, &on_public).filter(|_| !(builds_for_vehicles && lead_months <= 12.0));
        self.ramp.hold(Bound::PublicPorts, bound);
    }

    /// What a builder sees: chargers and connections with what is on the way, and the vehicles of the year to come.
    pub(super) fn build_out_view(&self, year: u16, shown: &OperatingYear, coming: &Capacity) -> BuildOutView {
        let scenario = self.frame.scenario();
        let serving = Capacity::at(&self.projects, f64::from(year));
        let sites: Vec<&String> = scenario.site.keys().collect();
        let at_site = |key: &String| sites.iter().position(|site| *site == key).unwrap_or(0);
        let groups = 0..scenario.charger.len();
        let mut rooms_kw = SiteLoads::new();
        self.rooms.iter().for_each(|room| room.coming(year, &mut rooms_kw));
        let most_kw = |key: &String| rooms_kw.get(key).map_or(0.0, |kw| kw.iter().copied().fold(0.0, f64::max));
        let site: Vec<usize> = scenario.charger.values().map(|spec| at_site(&spec.site)).collect();
        BuildOutView {
            year,
            cabinets: groups.clone().map(|group| self.frame.cabinets(group, coming)).collect(),
            in_service: groups.map(|group| self.frame.cabinets(group, &serving)).collect(),
            cabinet_kw: scenario.charger.values().map(|spec| spec.cabinet_kw).collect(),
            vehicle_kw: self.vehicle_kw(),
            cabinet_ports: scenario.charger.values().map(|spec| spec.ports).collect(),
            users: self.users(),
            wait_p95_min: shown.groups.iter().map(|group| group.waits.quantile_min(0.95)).collect(),
            present: shown.groups.iter().map(GroupTally::peak_present).collect(),
            service_min: shown.groups.iter().map(GroupTally::service_min).collect(),
            site_limit_kw: scenario
                .site
                .iter()
                .map(|(key, spec)| spec.limit_kw.map(|kw| kw + coming.of_kind(ProjectKind::Grid, key)))
                .collect(),
            site_peak_kw: shown.sites.iter().map(|site| site.peak_kw).collect(),
            site_load_kw: scenario
                .site
                .keys()
                .map(|site| self.frame.load_kw(site, coming, year) + most_kw(site))
                .collect(),
            site_behind: scenario.site.values().map(|spec| spec.behind.as_ref().map(at_site)).collect(),
            site,
        }
    }

    /// Charging power that vehicles count on, by group; shared evenly by power among the groups that they may use.
    fn vehicle_kw(&self) -> Vec<f64> {
        let scenario = self.frame.scenario();
        let mut kw = vec![0.0; scenario.charger.len()];
        let counts = self.stock.by_model(self.frame.holdings.len(), self.frame.models.len());
        for (holding, counts) in counts.iter().enumerate() {
            for (model, count) in counts.iter().enumerate().filter(|it| *it.1 > 0 && self.frame.charges(it.0)) {
                let offer = self.frame.offer(model).expect("every vehicle has an offer");
                let groups: Vec<usize> = self.frame.groups_of(holding, model).collect();
                for group in &groups {
                    kw[*group] += f64::from(*count) * offer.charging_kw / groups.len() as f64;
                }
            }
        }
        kw
    }

    /// Vehicles at work that may use each group.
    fn users(&self) -> Vec<u32> {
        let mut users = vec![0; self.frame.groups.len()];
        let counts = self.stock.by_model(self.frame.holdings.len(), self.frame.models.len());
        for (holding, counts) in counts.iter().enumerate() {
            for (model, count) in counts.iter().enumerate().filter(|it| *it.1 > 0 && self.frame.charges(it.0)) {
                for group in self.frame.groups_of(holding, model) {
                    users[group] += count;
                }
            }
        }
        users
    }
}
