//! From year to year: plants make what they make, decide about levers, close; projects are built, late or cancelled.

use super::hydrogen::{CUSTOMERS, Cleared};
use super::record::{HydrogenMarketRow, IndustryRow, PlantProjectRow, PlantProjectState};
use super::rules::{Candidate, Effect, Outside, PlantYear, effect, load_kw, plant_year};
use super::spec::{IndustrySpec, LeverSpec, PlantDecision, PlantProjectSpec, PlantSpec};
use crate::kernel::random::{Purpose, Seed, key_of};
use crate::transition::regulation::Payer;
use jiff::civil::date;
use std::collections::BTreeMap;

/// A draw beyond these years is one of them: longer than any pathway.
const LONGEST_DELAY_YEARS: f64 = 30.0;

/// All years of all plants.
#[derive(Debug, Clone, Default)]
pub struct IndustryTables {
    /// Plants by year.
    pub plants: Vec<IndustryRow>,
    /// Projects by year.
    pub projects: Vec<PlantProjectRow>,
    /// Hydrogen by year, where its producers decide the price.
    pub hydrogen: Vec<HydrogenMarketRow>,
}

/// What a plant does in a year.
#[derive(Debug)]
struct Made {
    year: PlantYear,
    /// The levers that it has, with `+` between them.
    levers: String,
    /// What it draws from the grid, by local hour of the week from Monday, kW.
    load_kw: Vec<f64>,
}

/// A plant under way.
#[derive(Debug)]
pub(super) struct Plant<'a> {
    pub(super) key: &'a str,
    pub(super) spec: &'a PlantSpec,
    /// What it emitted in its last year, t; none while it works.
    pub(super) closed_t: Option<f64>,
    last_t: f64,
}

/// A project under way.
#[derive(Debug, Clone)]
pub(super) struct Project {
    key: String,
    pub(super) plant: String,
    pub(super) lever: String,
    pub(super) state: PlantProjectState,
    decided: Option<u16>,
    starts: Option<u16>,
    pub(super) effect: Effect,
    pub(super) public_usd: f64,
    withdrawn_usd: f64,
}

/// Plants and their projects, year after year. Plain values and no entities: they live in the steps of years, outside of the world
/// whose systems share the ticks, and one function after the other changes them.
#[derive(Debug)]
pub struct Industry<'a> {
    pub(super) spec: &'a IndustrySpec,
    seed: Seed,
    pub(super) plants: Vec<Plant<'a>>,
    pub(super) projects: Vec<Project>,
    /// How many of each lever were decided.
    built: BTreeMap<&'a str, u32>,
    /// What plants do in the year that runs, in their order.
    made: Vec<Made>,
    /// Hydrogen of the year that runs, where its producers decide the price.
    pub(super) market: Option<Cleared>,
    /// Everything so far.
    pub tables: IndustryTables,
}

impl<'a> Industry<'a> {
    /// Before the first year.
    #[must_use]
    pub fn new(spec: &'a IndustrySpec, seed: Seed) -> Self {
        let plant = |(key, spec): (&'a String, &'a PlantSpec)| Plant { key, spec, closed_t: None, last_t: 0.0 };
        Self {
            spec,
            seed,
            plants: spec.plant.iter().map(plant).collect(),
            projects: Vec::new(),
            built: BTreeMap::new(),
            made: Vec::new(),
            market: None,
            tables: IndustryTables::default(),
        }
    }

    /// A whole year: [`Self::begin`], then [`Self::finish`].
    pub fn run(&mut self, outside: Outside) -> Vec<(Payer, f64)> {
        self.begin(outside, [0.0; CUSTOMERS]);
        self.finish(outside)
    }

    /// A year begins: what starts, what closes, what hydrogen costs, what is made. `others_t`: hydrogen that customers beside
    /// plants ask for, t.
    pub fn begin(&mut self, outside: Outside, others_t: [f64; CUSTOMERS]) {
        self.announce(outside.year);
        self.go_on(outside.year);
        self.close(outside.year);
        self.clear_hydrogen(outside, others_t);
        let outside = self.priced(outside);
        self.made = (0..self.plants.len()).map(|at| self.make(at, outside)).collect();
    }

    /// It ends with decisions, which change later years. Returns the public money in them, by who pays.
    pub fn finish(&mut self, outside: Outside) -> Vec<(Payer, f64)> {
        let outside = self.priced(outside);
        let year = outside.year;
        let paid = self.decide(outside);
        self.close_losers(outside);
        for ((plant, made), paid) in self.plants.iter_mut().zip(&self.made).zip(paid) {
            plant.last_t = if made.year.output > 0.0 { made.year.co2e_t() } else { plant.last_t };
            self.tables.plants.push(plant.row(year, made, paid));
        }
        let rows = self.projects.iter().map(|project| project.row(year));
        self.tables.projects.extend(rows);
        self.granted(year)
    }

    /// What plants with a site draw from the grid in the year that runs: site, and kW by local hour of the week from Monday.
    pub fn loads_kw(&self) -> impl Iterator<Item = (&'a str, &[f64])> {
        let sited = self.plants.iter().zip(&self.made);
        sited.filter_map(|(plant, made)| Some((plant.spec.site.as_deref()?, made.load_kw.as_slice())))
    }

    /// The same of a year to come, with all levers that are being built: what connections must carry.
    pub fn coming_kw(&self, year: u16) -> impl Iterator<Item = (&'a str, Vec<f64>)> {
        let open = self.plants.iter().filter(|plant| plant.closed_t.is_none());
        open.filter_map(move |plant| {
            let site = plant.spec.site.as_deref()?;
            let levers = self.levers(plant.key, true);
            Some((site, load_kw(self.spec, plant.spec, &levers, plant.spec.output.at(year), hours_of(year))))
        })
    }

    /// Public money in projects that were decided in a year.
    fn granted(&self, year: u16) -> Vec<(Payer, f64)> {
        let decided = self.projects.iter().filter(|project| project.decided == Some(year));
        let specs = decided.filter_map(|project| self.spec.project.get(&project.key));
        let parts = specs.flat_map(|spec| spec.funding.values());
        parts.filter(|part| part.withdrawn.is_none_or(|at| at > year)).map(|part| (part.payer, part.usd)).collect()
    }

    /// What investments of a plant are still worth at the end of a year, straight line over their lives, USD.
    #[must_use]
    pub fn residual_usd(&self, plant: &str, year: u16) -> f64 {
        let left = |project: &Project| {
            let life = f64::from(self.spec.lever.get(&project.lever)?.life_years);
            let is_there = matches!(project.state, PlantProjectState::Building | PlantProjectState::Operating);
            let age = f64::from(i32::from(year) + 1 - i32::from(project.starts?)).max(0.0);
            (is_there && project.plant == plant).then(|| project.effect.capex_usd * (1.0 - age / life).max(0.0))
        };
        self.projects.iter().filter_map(left).sum()
    }

    /// Projects of this year, and of those before the first, are announced.
    fn announce(&mut self, year: u16) {
        for (key, project) in self.spec.project.iter().filter(|(_, project)| project.announced <= year) {
            if self.projects.iter().all(|known| known.key != *key) {
                self.projects.push(Project::announced(key, project));
            }
        }
    }

    /// Projects start, or are cancelled by chance while they are built.
    fn go_on(&mut self, year: u16) {
        for project in self.projects.iter_mut().filter(|it| it.state == PlantProjectState::Building) {
            let mut stream = self.seed.stream(Purpose::PlantProjects, key_of(&project.key), u32::from(year) * 2);
            if stream.uniform() < self.spec.cancelled_per_year {
                project.state = PlantProjectState::Cancelled;
            } else if project.starts.is_some_and(|starts| starts <= year) {
                project.state = PlantProjectState::Operating;
            }
        }
    }

    fn close(&mut self, year: u16) {
        for plant in &mut self.plants {
            if plant.closed_t.is_none() && plant.spec.closes.is_some_and(|closes| closes <= year) {
                plant.closed_t = Some(plant.last_t);
                close_projects(&mut self.projects, plant.key);
            }
        }
    }

    /// The levers of a plant: those that work, or (`coming`) also those that are built.
    pub(super) fn levers(&self, plant: &str, coming: bool) -> Vec<&'a LeverSpec> {
        self.lever_keys(plant, coming).into_iter().filter_map(|key| self.spec.lever.get(key)).collect()
    }

    fn lever_keys(&self, plant: &str, coming: bool) -> Vec<&str> {
        let has = |project: &&Project| {
            project.plant == plant
                && (project.state == PlantProjectState::Operating
                    || coming && project.state == PlantProjectState::Building)
        };
        self.projects.iter().filter(has).map(|project| project.lever.as_str()).collect()
    }

    fn make(&self, at: usize, outside: Outside) -> Made {
        let plant = &self.plants[at];
        let output = if plant.closed_t.is_some() { 0.0 } else { plant.spec.output.at(outside.year) };
        let levers = self.levers(plant.key, false);
        Made {
            year: plant_year(self.spec, plant.spec, &levers, outside, output),
            levers: self.lever_keys(plant.key, false).join("+"),
            load_kw: load_kw(self.spec, plant.spec, &levers, output, hours_of(outside.year)),
        }
    }

    /// Decisions of a year; by plant the investment, and the public money in it, USD.
    fn decide(&mut self, outside: Outside) -> Vec<[f64; 2]> {
        let mut paid = vec![[0.0; 2]; self.plants.len()];
        if self.spec.decision == PlantDecision::BusinessAsUsual {
            return paid;
        }
        self.decide_announced(outside, &mut paid);
        if self.spec.decision == PlantDecision::PlanFile {
            return paid;
        }
        while let Some(best) = self.best(outside) {
            self.undertake(best, outside.year, &mut paid);
        }
        if self.spec.decision == PlantDecision::Mandate {
            while let Some(best) = self.asked(outside) {
                self.undertake(best, outside.year, &mut paid);
            }
        }
        paid
    }

    /// Owners of announced projects decide in their year: they go on when it pays, or when the plan says so.
    fn decide_announced(&mut self, outside: Outside, paid: &mut [[f64; 2]]) {
        let year = outside.year;
        for at in 0..self.projects.len() {
            // A project that was decided here and never announced is in no list of the scenario.
            let Some(spec) = self.spec.project.get(&self.projects[at].key) else { continue };
            if self.projects[at].state != PlantProjectState::Announced || spec.decides > year {
                continue;
            }
            let plant = self.plants.iter().position(|plant| plant.key == spec.plant);
            let plant = plant.expect("a checked project is at a plant of the scenario");
            let holds = |withdrawn: Option<u16>| withdrawn.is_none_or(|withdrawn| withdrawn > year);
            let sum = |held: bool| {
                let parts = spec.funding.values().filter(|part| holds(part.withdrawn) == held);
                parts.map(|part| part.usd).sum::<f64>()
            };
            let (public_usd, withdrawn_usd) = (sum(true), sum(false));
            let Some(option) = self.option(plant, &spec.lever, outside, public_usd) else {
                self.projects[at].state = PlantProjectState::Cancelled;
                continue;
            };
            let goes = self.spec.decision == PlantDecision::PlanFile || self.pays(&option.effect) <= 0.0;
            let late = self.late(&self.projects[at].key, year);
            let project = &mut self.projects[at];
            (project.effect, project.public_usd, project.withdrawn_usd) = (option.effect, public_usd, withdrawn_usd);
            if goes {
                project.state = PlantProjectState::Building;
                project.decided = Some(year);
                project.starts = Some(option.starts + late);
                paid[plant][0] += option.effect.capex_usd;
                paid[plant][1] += public_usd.min(option.effect.capex_usd);
                *self.built.entry(option.lever).or_default() += 1;
            } else {
                project.state = PlantProjectState::Cancelled;
            }
        }
    }

    /// What a decision at least cost looks at: below 0 it is taken, USD a year.
    fn pays(&self, effect: &Effect) -> f64 {
        effect.usd_per_year + self.spec.margin * effect.gross_usd_per_year
    }

    /// The next thing to decide under the decision of the scenario, if there is one.
    fn best(&self, outside: Outside) -> Option<Chosen<'a>> {
        let most = self.spec.most_usd_per_t.as_ref().map_or(f64::INFINITY, |most| most.at(outside.year));
        let by_order = self.spec.decision == PlantDecision::AbatementOrder;
        let key = |chosen: &Chosen<'_>| {
            if by_order { chosen.effect.usd_per_t() } else { Some(self.pays(&chosen.effect) / chosen.effect.abated_t) }
        };
        let limit = if by_order { most } else { 0.0 };
        let options = self.options(outside).into_iter().filter_map(|chosen| Some((key(&chosen)?, chosen)));
        let open = options.filter(|(value, _)| *value <= limit);
        open.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, chosen)| chosen)
    }

    /// The cheapest lever of a sector that would miss its path by the time the lever works.
    fn asked(&self, outside: Outside) -> Option<Chosen<'a>> {
        let misses = |chosen: &Chosen<'_>| {
            let plant = self.plants[chosen.plant].spec;
            let paths = self.spec.path.values().filter(|path| path.on && path.sector == plant.sector);
            let intensity = self.intensity(plant, outside);
            paths
                .into_iter()
                .any(|path| intensity > path.base_kg_per_unit * (1.0 - path.reduction.at(chosen.starts)) + 1e-9)
        };
        let options = self.options(outside).into_iter().filter(misses);
        let priced = options.filter_map(|chosen| Some((chosen.effect.usd_per_t()?, chosen)));
        priced.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, chosen)| chosen)
    }

    /// Emissions of a unit of a plant's sector with all levers that work or are built, kg.
    fn intensity(&self, of: &PlantSpec, outside: Outside) -> f64 {
        let alike = self.plants.iter().filter(|plant| plant.spec.sector == of.sector && plant.closed_t.is_none());
        let mut sums = [0.0, 0.0];
        for plant in alike {
            let output = plant.spec.output.at(outside.year);
            let made = plant_year(self.spec, plant.spec, &self.levers(plant.key, true), outside, output);
            sums = [sums[0] + made.direct_t * 1000.0, sums[1] + output];
        }
        if sums[1] > 0.0 { sums[0] / sums[1] } else { 0.0 }
    }

    /// Every lever that could be decided at every plant.
    fn options(&self, outside: Outside) -> Vec<Chosen<'a>> {
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
        let built = self.built.get(key.as_str()).copied().unwrap_or(0);
        let candidate = Candidate { plant: plant.spec, has: &levers, lever, public_usd, built };
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
        *self.built.entry(chosen.lever).or_default() += 1;
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

    /// How late a project will be, whole years: exponential with the mean of the scenario, rounded up or down by a second draw so
    /// that the mean stays what it is.
    fn late(&self, key: &str, year: u16) -> u16 {
        let mut stream = self.seed.stream(Purpose::PlantProjects, key_of(key), u32::from(year) * 2 + 1);
        let (years, rounding) = (stream.exponential(1.0) * self.spec.delay_years, stream.uniform());
        (years + rounding).floor().min(LONGEST_DELAY_YEARS) as u16
    }

    /// Plants that lose money, and would with any lever, close at the end of the year.
    fn close_losers(&mut self, outside: Outside) {
        let options = self.options(outside);
        for at in 0..self.plants.len() {
            let plant = &self.plants[at];
            let Some(margin) = plant.spec.margin_usd_per_unit.as_ref().filter(|_| plant.closed_t.is_none()) else {
                continue;
            };
            let output = plant.spec.output.at(outside.year);
            let made = plant_year(self.spec, plant.spec, &self.levers(plant.key, true), outside, output);
            let earned_usd = margin.at(outside.year) * output - made.running_usd();
            let own = options.iter().filter(|chosen| chosen.plant == at);
            let saved_usd = own.map(|chosen| -chosen.effect.usd_per_year).fold(0.0, f64::max);
            if earned_usd + saved_usd < 0.0 {
                self.plants[at].closed_t = Some(made.co2e_t());
                close_projects(&mut self.projects, self.plants[at].key);
            }
        }
    }
}

/// A lever that could be decided.
#[derive(Debug, Clone, Copy)]
struct Chosen<'a> {
    plant: usize,
    lever: &'a str,
    starts: u16,
    effect: Effect,
}

fn hours_of(year: u16) -> f64 {
    f64::from(date(year as i16, 1, 1).days_in_year()) * 24.0
}

fn close_projects(projects: &mut [Project], plant: &str) {
    for project in projects.iter_mut().filter(|it| it.plant == plant && it.state != PlantProjectState::Cancelled) {
        project.state = PlantProjectState::Closed;
    }
}

impl Plant<'_> {
    fn row(&self, year: u16, made: &Made, [capex_usd, public_usd]: [f64; 2]) -> IndustryRow {
        let Made { year: made, levers, load_kw } = made;
        let is_closed = made.output <= 0.0 && self.closed_t.is_some();
        let elsewhere_t =
            self.spec.output.at(year) * self.spec.elsewhere_share * self.spec.elsewhere_kg_per_unit / 1000.0;
        IndustryRow {
            year: u32::from(year),
            plant: self.key.to_owned(),
            sector: self.spec.sector,
            inside: self.spec.inside,
            closed: is_closed,
            levers: levers.clone(),
            output: made.output,
            site: self.spec.site.clone().unwrap_or_default(),
            electricity_mwh: made.electricity_mwh,
            peak_kw: load_kw.iter().copied().fold(0.0, f64::max),
            fuel_gj: made.fuel_gj,
            direct_t: made.direct_t,
            captured_t: made.captured_t,
            electricity_t: made.electricity_t,
            upstream_t: made.upstream_t,
            closed_t: self.closed_t.filter(|_| is_closed).unwrap_or(0.0),
            elsewhere_t: if is_closed { elsewhere_t } else { 0.0 },
            nox_kg: made.nox_kg,
            energy_usd: made.energy_usd,
            carbon_usd: made.carbon_usd,
            lever_usd: made.lever_usd,
            capex_usd,
            public_usd,
        }
    }
}

impl Project {
    fn announced(key: &str, spec: &PlantProjectSpec) -> Self {
        Self {
            key: key.to_owned(),
            plant: spec.plant.clone(),
            lever: spec.lever.clone(),
            state: PlantProjectState::Announced,
            decided: None,
            starts: None,
            effect: Effect::default(),
            public_usd: spec.funding.values().map(|part| part.usd).sum(),
            withdrawn_usd: 0.0,
        }
    }

    fn row(&self, year: u16) -> PlantProjectRow {
        PlantProjectRow {
            year: u32::from(year),
            project: self.key.clone(),
            plant: self.plant.clone(),
            lever: self.lever.clone(),
            state: self.state,
            decided: self.decided.map(u32::from),
            starts: self.starts.map(u32::from),
            capex_usd: self.effect.capex_usd,
            premium_usd: self.effect.premium_usd,
            public_usd: self.public_usd,
            withdrawn_usd: self.withdrawn_usd,
            abated_t: self.effect.abated_t,
            captured_t: self.effect.captured_t,
            usd_per_t: self.effect.usd_per_t(),
            missing_usd_per_t: self.effect.missing_usd_per_t(),
        }
    }
}
