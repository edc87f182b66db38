//! From year to year: plants make what they make and close; projects are built, late or cancelled. What is decided is in `decide`.

use super::hydrogen::{CUSTOMERS, Cleared};
use super::record::{HydrogenMarketRow, IndustryRow, PlantProjectRow, PlantProjectState};
use super::rules::{Effect, Outside, PlantYear, fuel_tax_credits, load_kw, plant_year};
use super::spec::{CreditSpec, IndustrySpec, LeverSpec, PlantProjectSpec, PlantSpec};
use crate::kernel::random::{Purpose, Seed, key_of};
use crate::policy::decide::Decide;
use crate::policy::kind::IndustryDecision;
use crate::transition::regulation::Payer;
use jiff::civil::date;

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
    /// Credits for what it stores, by who pays, USD.
    credits: Vec<(Payer, f64)>,
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
    pub(super) key: String,
    pub(super) plant: String,
    pub(super) lever: String,
    pub(super) state: PlantProjectState,
    pub(super) decided: Option<u16>,
    pub(super) starts: Option<u16>,
    pub(super) effect: Effect,
    pub(super) public_usd: f64,
    pub(super) withdrawn_usd: f64,
}

/// Plants and their projects, year after year. Plain values and no entities: they live in the steps of years, outside of the world
/// whose systems share the ticks, and one function after the other changes them.
#[derive(Debug)]
pub struct Industry<'a> {
    pub(super) spec: &'a IndustrySpec,
    seed: Seed,
    pub(super) plants: Vec<Plant<'a>>,
    pub(super) projects: Vec<Project>,
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
            made: Vec::new(),
            market: None,
            tables: IndustryTables::default(),
        }
    }

    /// A whole year: [`Self::begin`], then [`Self::finish`].
    ///
    /// # Errors
    /// What went wrong in the policy.
    #[cfg(test)]
    pub fn run(
        &mut self,
        outside: Outside,
        policy: &mut dyn Decide<IndustryDecision>,
    ) -> Result<Vec<(Payer, f64)>, String> {
        self.begin(outside, [0.0; CUSTOMERS]);
        self.finish(outside, policy)
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

    /// It ends with decisions of a policy, which change later years. Returns the public money in them, by who pays.
    ///
    /// # Errors
    /// What went wrong in the policy.
    pub fn finish(
        &mut self,
        outside: Outside,
        policy: &mut dyn Decide<IndustryDecision>,
    ) -> Result<Vec<(Payer, f64)>, String> {
        let outside = self.priced(outside);
        let year = outside.year;
        let paid = self.decide(outside, policy)?;
        self.close_losers(outside);
        for ((plant, made), paid) in self.plants.iter_mut().zip(&self.made).zip(paid) {
            plant.last_t = if made.year.output > 0.0 { made.year.co2e_t() } else { plant.last_t };
            self.tables.plants.push(plant.row(year, made, paid));
        }
        let rows = self.projects.iter().map(|project| project.row(year));
        self.tables.projects.extend(rows);
        Ok(self.granted(year))
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

    /// Public money of a year for plants inside the border: all that holds of projects that were decided, up to the investment, and
    /// credits for what was stored.
    fn granted(&self, year: u16) -> Vec<(Payer, f64)> {
        let of_plant = self.plants.iter().zip(&self.made).filter(|(plant, _)| plant.spec.inside);
        let mut granted: Vec<(Payer, f64)> = of_plant.flat_map(|(_, made)| made.credits.iter().copied()).collect();
        let is_inside = |project: &&Project| self.spec.plant.get(&project.plant).is_some_and(|plant| plant.inside);
        for project in self.projects.iter().filter(|project| project.decided == Some(year)).filter(is_inside) {
            let Some(spec) = self.spec.project.get(&project.key) else { continue };
            let (promised_usd, capex_usd) = (project.public_usd, project.effect.capex_usd);
            let share = if promised_usd > capex_usd { capex_usd / promised_usd } else { 1.0 };
            let held = spec.funding.values().filter(|part| part.withdrawn.is_none_or(|at| at > year));
            granted.extend(held.map(|part| (part.payer, part.usd * share)));
        }
        granted
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

    /// Projects of this year, and of those before the first, are announced, each with the public money that holds in the year.
    fn announce(&mut self, year: u16) {
        for (key, project) in self.spec.project.iter().filter(|(_, project)| project.announced <= year) {
            match self.projects.iter_mut().find(|known| known.key == *key) {
                None => self.projects.push(Project::announced(key, project, year)),
                Some(known) if known.state == PlantProjectState::Announced => {
                    [known.public_usd, known.withdrawn_usd] = project.funds_usd(year);
                }
                Some(_) => {}
            }
        }
    }

    /// How many of a lever work in a year, or have worked: what the premium of the first ones falls with. What is only decided or
    /// being built has taught nobody yet.
    pub(super) fn built(&self, lever: &str, year: u16) -> u32 {
        let has_worked = |it: &&Project| {
            it.lever == lever
                && it.starts.is_some_and(|starts| starts <= year)
                && matches!(it.state, PlantProjectState::Operating | PlantProjectState::Closed)
        };
        self.projects.iter().filter(has_worked).count() as u32
    }

    /// Tax credits of a year of a plant, by who pays, USD: those of its levers and those of what it uses.
    fn tax_credits(&self, at: usize, levers: &[&LeverSpec], (year, made): (u16, &PlantYear)) -> Vec<(Payer, f64)> {
        let plant = &self.plants[at];
        let mut out = self.credits(plant.key, year, (made.captured_t, made.output));
        out.extend(fuel_tax_credits(self.spec, plant.spec, levers, (year, made.output)));
        out
    }

    /// Credits of a year for the levers of a plant, by who pays, USD: for each lever in the first years of its operation, by its
    /// part of what was captured and by all units that the plant made.
    fn credits(&self, plant: &str, year: u16, (captured_t, output): (f64, f64)) -> Vec<(Payer, f64)> {
        let works = |it: &&Project| it.plant == plant && it.state == PlantProjectState::Operating;
        let working = || self.projects.iter().filter(works);
        let all_t: f64 = working().map(|it| it.effect.captured_t.max(0.0)).sum();
        let mut out = Vec::new();
        for project in working() {
            let own_t = if all_t > 0.0 { captured_t * project.effect.captured_t.max(0.0) / all_t } else { 0.0 };
            let (Some(lever), Some(decided)) = (self.spec.lever.get(&project.lever), project.decided) else { continue };
            let age = u32::from(year.saturating_sub(project.starts.unwrap_or(year)));
            let holds = |credit: &&CreditSpec| credit.holds(&project.lever, lever, decided) && age < credit.years;
            out.extend(self.spec.credit.values().filter(holds).map(|credit| (credit.payer, credit.usd(own_t, output))));
        }
        out
    }

    /// Credits that the levers of a plant get in a year, of those that are being built what they will get on average, USD.
    pub(super) fn credit_usd(&self, plant: usize, year: u16, made: &PlantYear) -> f64 {
        let key = self.plants[plant].key;
        let builds = |it: &&Project| it.plant == key && it.state == PlantProjectState::Building;
        let to_come: f64 = self.projects.iter().filter(builds).map(|it| it.effect.credit_usd_per_year).sum();
        to_come + self.credits(key, year, (made.captured_t, made.output)).iter().map(|credit| credit.1).sum::<f64>()
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

    pub(super) fn lever_keys(&self, plant: &str, coming: bool) -> Vec<&str> {
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
        let year = plant_year(self.spec, plant.spec, &levers, outside, output);
        Made {
            year,
            credits: self.tax_credits(at, &levers, (outside.year, &year)),
            levers: self.lever_keys(plant.key, false).join("+"),
            load_kw: load_kw(self.spec, plant.spec, &levers, output, hours_of(outside.year)),
        }
    }

    /// How late a project will be, whole years: exponential with the mean of the scenario, rounded up or down by a second draw so
    /// that the mean stays what it is.
    pub(super) fn late(&self, key: &str, year: u16) -> u16 {
        let mut stream = self.seed.stream(Purpose::PlantProjects, key_of(key), u32::from(year) * 2 + 1);
        let (years, rounding) = (stream.exponential(1.0) * self.spec.delay_years, stream.uniform());
        (years + rounding).floor().min(LONGEST_DELAY_YEARS) as u16
    }

    /// Plants that lose money, and would with any lever, close at the end of the year.
    fn close_losers(&mut self, outside: Outside) {
        let options = self.options(outside);
        for at in 0..self.plants.len() {
            if self.plants[at].closed_t.is_some() {
                continue;
            }
            let made = self.at_full(at, outside);
            let Some(earned_usd) = self.earned_usd(at, outside.year, &made) else { continue };
            let own = options.iter().filter(|chosen| chosen.plant == at);
            let saved_usd = own.map(|chosen| -chosen.effect.usd_per_year).fold(0.0, f64::max);
            if earned_usd + saved_usd < 0.0 {
                self.shut(at, made.co2e_t());
            }
        }
    }

    /// A plant that emitted so much closes at the end of the year.
    pub(super) fn shut(&mut self, plant: usize, co2e_t: f64) {
        self.plants[plant].closed_t = Some(co2e_t);
        close_projects(&mut self.projects, self.plants[plant].key);
    }
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
        let Made { year: made, credits, levers, load_kw } = made;
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
            credit_usd: credits.iter().map(|credit| credit.1).sum(),
            standard_usd: made.standard_usd,
        }
    }
}

impl Project {
    fn announced(key: &str, spec: &PlantProjectSpec, year: u16) -> Self {
        let [public_usd, withdrawn_usd] = spec.funds_usd(year);
        Self {
            key: key.to_owned(),
            plant: spec.plant.clone(),
            lever: spec.lever.clone(),
            state: PlantProjectState::Announced,
            decided: None,
            starts: None,
            effect: Effect::default(),
            public_usd,
            withdrawn_usd,
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
