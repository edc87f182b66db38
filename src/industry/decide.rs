//! What a policy decides about levers: the questions of a year, what it sees of them, and what its orders change.

use super::path::{Industry, Project};
use super::record::PlantProjectState;
use super::rules::{Candidate, Effect, Outside, PlantYear, effect, plant_year};
use crate::account::sector::Sector;
use crate::policy::decide::Decide;
use crate::policy::industry::{IndustryOrder, IndustryView};
use crate::policy::kind::IndustryDecision;

impl<'a> Industry<'a> {
    /// Decisions of a year; by plant the investment, and the public money in it, USD. Each decision is asked for by itself, and
    /// leaves one lever or plant less to decide about.
    pub(super) fn decide(
        &mut self,
        outside: Outside,
        policy: &mut dyn Decide<IndustryDecision>,
    ) -> Result<Vec<[f64; 2]>, String> {
        let mut paid = vec![[0.0; 2]; self.plants.len()];
        self.decide_announced(outside, policy, &mut paid)?;
        loop {
            let options = self.options(outside);
            match policy.decide(&self.view(outside, &options, false))? {
                IndustryOrder::Decide(row) => match options.get(row) {
                    Some(option) => self.undertake(*option, outside.year, &mut paid),
                    None => return Ok(paid),
                },
                IndustryOrder::Close(row) => {
                    let plant = self.open().nth(row);
                    let Some(plant) = plant else { return Ok(paid) };
                    let made = self.at_full(plant, outside);
                    self.shut(plant, made.co2e_t());
                }
                IndustryOrder::Nothing | IndustryOrder::Cancel => return Ok(paid),
            }
        }
    }

    /// Plants that work, by their places.
    fn open(&self) -> impl Iterator<Item = usize> {
        (0..self.plants.len()).filter(|at| self.plants[*at].closed_t.is_none())
    }

    /// A plant with all levers that it has or builds.
    pub(super) fn at_full(&self, plant: usize, outside: Outside) -> PlantYear {
        let plant = &self.plants[plant];
        let output = plant.spec.output.at(outside.year);
        plant_year(self.spec, plant.spec, &self.levers(plant.key, true), outside, output)
    }

    /// What a plant that makes so much earns in a year: its margin and its credits, less what running it costs, USD. None: the
    /// scenario has no margin of it.
    pub(super) fn earned_usd(&self, plant: usize, year: u16, made: &PlantYear) -> Option<f64> {
        let margin = self.plants[plant].spec.margin_usd_per_unit.as_ref()?;
        let credit_usd = self.credit_usd(plant, year, made);
        Some(margin.at(year) * made.output - made.running_usd() + credit_usd)
    }

    /// Owners of announced projects decide in their year. A project that cannot be has no option.
    fn decide_announced(
        &mut self,
        outside: Outside,
        policy: &mut dyn Decide<IndustryDecision>,
        paid: &mut [[f64; 2]],
    ) -> Result<(), String> {
        let year = outside.year;
        for at in 0..self.projects.len() {
            // A project that was decided here and never announced is in no list of the scenario.
            let Some(spec) = self.spec.project.get(&self.projects[at].key) else { continue };
            if self.projects[at].state != PlantProjectState::Announced || spec.decides > year {
                continue;
            }
            let plant = self.plants.iter().position(|plant| plant.key == spec.plant);
            let plant = plant.expect("a checked project is at a plant of the scenario");
            let [public_usd, withdrawn_usd] = spec.funds_usd(year);
            let option = self.option(plant, &spec.lever, outside, public_usd);
            let order = policy.decide(&self.view(outside, option.as_slice(), true))?;
            if order == IndustryOrder::Nothing {
                continue;
            }
            let late = self.late(&self.projects[at].key, year);
            let project = &mut self.projects[at];
            if let Some(option) = option {
                (project.effect, project.public_usd) = (option.effect, public_usd);
                project.withdrawn_usd = withdrawn_usd;
            }
            match option.filter(|_| order == IndustryOrder::Decide(0)) {
                Some(option) => {
                    project.state = PlantProjectState::Building;
                    project.decided = Some(year);
                    project.starts = Some(option.starts + late);
                    paid[plant][0] += option.effect.capex_usd;
                    paid[plant][1] += public_usd.min(option.effect.capex_usd);
                }
                None => project.state = PlantProjectState::Cancelled,
            }
        }
        Ok(())
    }

    /// What a policy sees.
    fn view(&self, outside: Outside, options: &[Chosen<'a>], is_project: bool) -> IndustryView {
        let open: Vec<usize> = self.open().collect();
        let made: Vec<PlantYear> = open.iter().map(|plant| self.at_full(*plant, outside)).collect();
        let earned = |(plant, made): (&usize, &PlantYear)| self.earned_usd(*plant, outside.year, made);
        let code = |sector: Sector| Sector::ALL.iter().position(|known| *known == sector).unwrap_or(0) as u8;
        let lever = |key: &str| self.spec.lever.keys().position(|known| known == key).unwrap_or(0) as u32;
        let row = |plant: usize| open.iter().position(|known| *known == plant).unwrap_or(0);
        let misses = self.misses(outside);
        let each = |of: fn(&Effect) -> f64| options.iter().map(|option| of(&option.effect)).collect();
        IndustryView {
            year: outside.year,
            is_project,
            most_usd_per_t: self.spec.most_usd_per_t.as_ref().map_or(f64::INFINITY, |most| most.at(outside.year)),
            plant: open.iter().map(|plant| *plant as u32).collect(),
            plant_sector: open.iter().map(|plant| code(self.plants[*plant].spec.sector)).collect(),
            plant_output: made.iter().map(|made| made.output).collect(),
            plant_direct_t: made.iter().map(|made| made.direct_t).collect(),
            plant_co2e_t: made.iter().map(PlantYear::co2e_t).collect(),
            plant_earned_usd: open.iter().zip(&made).map(earned).collect(),
            option_plant: options.iter().map(|option| row(option.plant)).collect(),
            option_lever: options.iter().map(|option| lever(option.lever)).collect(),
            option_starts: options.iter().map(|option| option.starts).collect(),
            option_capex_usd: each(|it| it.capex_usd),
            option_usd_per_year: each(|it| it.usd_per_year),
            option_net_usd_per_year: options.iter().map(|option| self.pays(&option.effect)).collect(),
            option_resource_usd_per_year: each(|it| it.resource_usd_per_year),
            option_abated_t: each(|it| it.abated_t),
            option_captured_t: each(|it| it.captured_t),
            option_electricity_mwh: each(|it| it.electricity_mwh),
            option_hydrogen_t: each(|it| it.hydrogen_t),
            option_is_asked: options.iter().map(misses).collect(),
        }
    }

    /// What a decision at least cost looks at: below 0 it is taken, USD a year.
    fn pays(&self, effect: &Effect) -> f64 {
        effect.usd_per_year + self.spec.margin * effect.gross_usd_per_year
    }

    /// Would the sector of an option miss its path by the time the lever works?
    fn misses(&self, outside: Outside) -> impl Fn(&Chosen<'a>) -> bool {
        let paths: Vec<_> = self.spec.path.values().filter(|path| path.on).collect();
        let sectors = Sector::ALL.iter().filter(|sector| paths.iter().any(|path| path.sector == **sector));
        let intensities: Vec<(Sector, f64)> =
            sectors.map(|sector| (*sector, self.intensity(*sector, outside))).collect();
        move |option: &Chosen<'a>| {
            let sector = self.plants[option.plant].spec.sector;
            let kg = intensities.iter().find(|it| it.0 == sector).map_or(0.0, |it| it.1);
            paths
                .iter()
                .filter(|path| path.sector == sector)
                .any(|path| kg > path.base_kg_per_unit * (1.0 - path.reduction.at(option.starts)) + 1e-9)
        }
    }

    /// Emissions of a unit of a sector with all levers that work or are built, kg.
    fn intensity(&self, sector: Sector, outside: Outside) -> f64 {
        let alike = self.open().filter(|plant| self.plants[*plant].spec.sector == sector);
        let mut sums = [0.0, 0.0];
        for plant in alike {
            let made = self.at_full(plant, outside);
            sums = [sums[0] + made.direct_t * 1000.0, sums[1] + made.output];
        }
        if sums[1] > 0.0 { sums[0] / sums[1] } else { 0.0 }
    }

    /// Every lever that could be decided at every plant.
    pub(super) fn options(&self, outside: Outside) -> Vec<Chosen<'a>> {
        let mut out = Vec::new();
        for (at, plant) in self.plants.iter().enumerate().filter(|(_, plant)| plant.closed_t.is_none()) {
            for key in self.spec.lever.keys() {
                let waits = |project: &Project| {
                    project.plant == plant.key && project.lever == *key && project.state == PlantProjectState::Announced
                };
                if !self.projects.iter().any(waits) {
                    out.extend(self.option(at, key, outside, 0.0).filter(|chosen| chosen.effect.abated_t > 0.0));
                }
            }
        }
        out
    }

    /// A lever at a plant; none where it cannot be.
    fn option(&self, at: usize, key: &str, outside: Outside, public_usd: f64) -> Option<Chosen<'a>> {
        let plant = &self.plants[at];
        let (key, lever) = self.spec.lever.get_key_value(key)?;
        let fits = if lever.plants.is_empty() {
            lever.sectors.contains(&plant.spec.sector)
        } else {
            lever.plants.iter().any(|known| known == plant.key)
        };
        let has = self.lever_keys(plant.key, true);
        let excluded = |other: &&str| {
            lever.excludes.iter().any(|key| key == other)
                || self.spec.lever.get(*other).is_some_and(|other| other.excludes.contains(key))
        };
        let is_ready = lever.ready <= outside.year && lever.after.iter().all(|key| has.contains(&key.as_str()));
        if !fits || !is_ready || has.contains(&key.as_str()) || has.iter().any(excluded) {
            return None;
        }
        let starts = outside.year + lever.lead_years;
        if plant.spec.closes.is_some_and(|closes| closes <= starts) {
            return None;
        }
        let levers = self.levers(plant.key, true);
        let built = self.built(key, outside.year);
        let candidate = Candidate { plant: plant.spec, has: &levers, key, lever, public_usd, built };
        let effect = effect(self.spec, &candidate, outside);
        let has_room = lever.network.as_ref().is_none_or(|network| self.has_room(network, starts, effect.captured_t));
        let has_hydrogen = || self.has_hydrogen(plant.spec, &levers, lever, starts);
        (has_room && has_hydrogen()).then_some(Chosen { plant: at, lever: key, starts, effect })
    }

    /// Is a shared pipe or store open when a lever starts, and large enough for it beside those before?
    fn has_room(&self, network: &str, starts: u16, captured_t: f64) -> bool {
        let spec = &self.spec.network[network];
        let uses = |project: &&Project| {
            let of = self.spec.lever.get(&project.lever).and_then(|lever| lever.network.as_deref());
            of == Some(network) && matches!(project.state, PlantProjectState::Building | PlantProjectState::Operating)
        };
        let taken_t: f64 = self.projects.iter().filter(uses).map(|project| project.effect.captured_t).sum();
        spec.opens <= starts && taken_t + captured_t <= spec.capacity_t.at(starts)
    }

    fn undertake(&mut self, chosen: Chosen<'a>, year: u16, paid: &mut [[f64; 2]]) {
        let plant = self.plants[chosen.plant].key;
        let key = format!("{plant}/{}", chosen.lever);
        let starts = chosen.starts + self.late(&key, year);
        paid[chosen.plant][0] += chosen.effect.capex_usd;
        self.projects.push(Project {
            key,
            plant: plant.to_owned(),
            lever: chosen.lever.to_owned(),
            state: PlantProjectState::Building,
            decided: Some(year),
            starts: Some(starts),
            effect: chosen.effect,
            public_usd: 0.0,
            withdrawn_usd: 0.0,
        });
    }
}

/// A lever that could be decided.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen<'a> {
    pub(super) plant: usize,
    lever: &'a str,
    starts: u16,
    pub(super) effect: Effect,
}
