//! Hydrogen of plants from year to year: cost by producer, demand by customer, and whether enough is left for a lever.

use super::hydrogen::{CUSTOMERS, GJ_PER_T, PLANTS, Producer, clear};
use super::path::{Industry, Plant, Project};
use super::record::{HydrogenMarketRow, PlantProjectState};
use super::rules::{Outside, hydrogen_t, plant_year};
use super::spec::{HydrogenMarketSpec, HydrogenPrice, LeverSpec, PlantSpec};
use crate::account::levelised::capital_recovery_factor;

/// What hydrogen costs in a year in which its producers decide it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HydrogenYear {
    /// At the end of the pipe, USD/kg.
    pub piped_usd_per_kg: f64,
    /// At the dispenser, USD/kg.
    pub dispensed_usd_per_kg: f64,
    /// What the pipe has for neighbours and stations, t a year.
    pub left_t: f64,
}

impl Industry<'_> {
    /// The market, where producers decide.
    fn sold(&self) -> Option<&HydrogenMarketSpec> {
        self.spec.hydrogen.as_ref().filter(|spec| spec.price == HydrogenPrice::Producers)
    }

    /// Prices of a year with that of hydrogen.
    pub(super) fn priced(&self, outside: Outside) -> Outside {
        let piped = self.hydrogen(outside.year).map(|hydrogen| hydrogen.piped_usd_per_kg * 1000.0 / GJ_PER_T);
        Outside { hydrogen_usd_per_gj: piped, ..outside }
    }

    /// What hydrogen costs in the year that runs.
    #[must_use]
    pub fn hydrogen(&self, year: u16) -> Option<HydrogenYear> {
        let (spec, market) = (self.sold()?, self.market.as_ref()?);
        let piped_usd_per_kg = market.usd_per_kg + spec.pipe_usd_per_kg.at(year);
        Some(HydrogenYear {
            piped_usd_per_kg,
            dispensed_usd_per_kg: piped_usd_per_kg + spec.station_usd_per_kg.at(year),
            left_t: market.supply_t - market.served_t[PLANTS],
        })
    }

    /// Clears the market of a year. Plants that buy hydrogen to make it pay the price of the year before.
    pub(super) fn clear_hydrogen(&mut self, outside: Outside, others_t: [f64; CUSTOMERS]) {
        let year = outside.year;
        let Some(spec) = self.sold() else { return };
        let pipe_t = spec.pipe_t.at(year);
        let before = self.priced(outside);
        let open = self.plants.iter().filter(|plant| plant.closed_t.is_none());
        let producers = open.clone().filter_map(|plant| self.producer(plant, before)).collect();
        let mut asked_t = others_t;
        asked_t[PLANTS] +=
            open.map(|plant| self.bought_t(plant.spec, &self.levers(plant.key, false), year)).sum::<f64>();
        let market = clear(producers, asked_t, self.market.as_ref().map(|market| market.served_t), pipe_t);
        self.market = Some(market);
        let row = self.hydrogen_row(year);
        self.tables.hydrogen.extend(row);
    }

    fn bought_t(&self, plant: &PlantSpec, levers: &[&LeverSpec], year: u16) -> f64 {
        hydrogen_t(self.spec, plant, levers, plant.output.at(year))
    }

    /// A plant that makes hydrogen, with its levelised cost: what it runs on, what stood before, and the annuities of its levers less
    /// their credits.
    fn producer(&self, plant: &Plant<'_>, outside: Outside) -> Option<Producer> {
        let t = plant.spec.output.at(outside.year);
        if !plant.spec.makes_hydrogen || t <= 0.0 {
            return None;
        }
        let levers = self.levers(plant.key, false);
        let made = plant_year(self.spec, plant.spec, &levers, outside, t);
        let is_scrapped = levers.iter().any(|lever| lever.replaces_plant);
        let standing_usd = if is_scrapped { 0.0 } else { plant.spec.standing_usd_per_unit.at(outside.year) * t };
        let rate = plant.spec.rate.unwrap_or(self.spec.rate);
        let yearly_usd = |project: &Project| {
            let lever = self.spec.lever.get(&project.lever)?;
            let own_usd = (project.effect.capex_usd - project.public_usd).max(0.0);
            Some(own_usd * capital_recovery_factor(rate, lever.life_years) - project.effect.credit_usd_per_year)
        };
        let works = |it: &&Project| it.plant == plant.key && it.state == PlantProjectState::Operating;
        let levers_usd: f64 = self.projects.iter().filter(works).filter_map(yearly_usd).sum();
        let usd = made.running_usd() + standing_usd + levers_usd;
        Some(Producer { plant: plant.key.to_owned(), t, usd_per_kg: usd / t / 1000.0 })
    }

    /// Is there hydrogen for a lever when it starts, beside all who take it and what is being built?
    pub(super) fn has_hydrogen(&self, plant: &PlantSpec, has: &[&LeverSpec], lever: &LeverSpec, starts: u16) -> bool {
        let (Some(spec), Some(market)) = (self.sold(), &self.market) else { return true };
        let with: Vec<&LeverSpec> = has.iter().copied().chain([lever]).collect();
        let more_t = self.bought_t(plant, &with, starts) - self.bought_t(plant, has, starts);
        if more_t <= 0.0 {
            return true;
        }
        let open = self.plants.iter().filter(|it| it.closed_t.is_none());
        let plants_t: f64 = open.map(|it| self.bought_t(it.spec, &self.levers(it.key, true), starts)).sum();
        let others_t: f64 = market.asked_t.iter().sum::<f64>() - market.asked_t[PLANTS];
        others_t + plants_t + more_t <= market.made_t.min(spec.pipe_t.at(starts))
    }

    fn hydrogen_row(&self, year: u16) -> Option<HydrogenMarketRow> {
        let (hydrogen, market) = (self.hydrogen(year)?, self.market.as_ref()?);
        let [neighbours_t, plants_t, fleets_t] = market.asked_t;
        let lacking_t = market.lacking_t();
        Some(HydrogenMarketRow {
            year: u32::from(year),
            dearest: market.dearest.clone(),
            usd_per_kg: market.usd_per_kg,
            piped_usd_per_kg: hydrogen.piped_usd_per_kg,
            dispensed_usd_per_kg: hydrogen.dispensed_usd_per_kg,
            made_t: market.made_t,
            supply_t: market.supply_t,
            neighbours_t,
            plants_t,
            fleets_t,
            neighbours_lacking_t: lacking_t[0],
            plants_lacking_t: lacking_t[PLANTS],
            fleets_lacking_t: lacking_t[2],
        })
    }
}
