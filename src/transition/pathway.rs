//! The loop over the years: operate, close the books, decide, commit. Only this file changes stock and projects.

use super::audit;
use super::build::{Capacity, Order, Project, plan};
use super::comply::{Decision, Kept, Ramp};
use super::frame::Frame;
use super::market::{Market, view};
use super::offer::Choice;
use super::operated::OperatingYear;
use super::record::{OfferRow, Party, Tables};
use super::regulation::means;
use super::room::Room;
use super::rooms::ROOMS;
use super::spec::{ProjectKind, TransitionSpec};
use super::stock::{Leave, Stock, Vehicle};
use super::year::operate;
use crate::grid::spec::SiteKind;
use crate::kernel::random::{Purpose, Seed, key_of};
use crate::policy::PolicyFault;
use crate::policy::adoption::replaces_in_kind;
use crate::policy::build_out::{BuildOutOrders, follows_vehicles};
use crate::policy::decide::Decide;
use crate::policy::kind::{Adoption, BuildOut, IndustryDecision};
use crate::policy::parameter::PolicyError;
use crate::record::notes::PluginNotes;
use crate::scenario::loaded::Loaded;
use crate::sim::policies::make;
use crate::sim::{Options, RunError};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Decisions of a year fall in its middle: a convention of yearly steps, which the least error of a date asks for.
const DECIDED_AT: f64 = 0.5;

/// Why a pathway did not finish.
#[derive(Debug, thiserror::Error)]
pub enum PathwayError {
    /// A policy could not be made.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Operations of a year failed, or were interrupted.
    #[error("in {year}: {source}")]
    Run {
        /// Simulated year that failed.
        year: u16,
        /// Error of its run.
        source: RunError,
    },
    /// A policy of the transition failed.
    #[error("in {year}: {fault}")]
    Fault {
        /// Simulated year that failed.
        year: u16,
        /// The policy and its error.
        fault: PolicyFault,
    },
    /// Somebody interrupted it.
    #[error("interrupted before {0}; the years until then are kept")]
    Interrupted(u16),
}

impl From<PathwayError> for RunError {
    fn from(error: PathwayError) -> Self {
        match error {
            PathwayError::Policy(error) => Self::Policy(error),
            PathwayError::Run { source, .. } => source,
            PathwayError::Fault { year, fault } => Self::Fault { at: year.to_string(), fault },
            PathwayError::Interrupted(year) => Self::Interrupted { at: year.to_string() },
        }
    }
}

/// What came and went in a holding at the start of a year.
#[derive(Debug, Clone, Default)]
pub(super) struct Turnover {
    pub(super) gone: Vec<(Vehicle, Leave)>,
    /// From work into reserve.
    aside: Vec<Vehicle>,
    /// By holding and model.
    pub(super) new: BTreeMap<(usize, usize), u32>,
    pub(super) used: Vec<(Vehicle, usize)>,
    pub(super) kept: Vec<Kept>,
    /// Public money by rule.
    pub(super) vouchers: BTreeMap<String, f64>,
    /// Vouchers of each holding, by who pays.
    pub(super) incentives: BTreeMap<(usize, Party), f64>,
}

impl Turnover {
    /// Vehicles whose work somebody has to take up: those in reserve that went had none.
    fn left_work(&self) -> Vec<Vehicle> {
        let gone = self.gone.iter().map(|gone| gone.0).filter(|vehicle| !vehicle.in_reserve);
        gone.chain(self.aside.iter().copied()).collect()
    }
}

/// A pathway under way.
#[derive(Debug)]
pub struct Pathway<'a> {
    pub(super) frame: Arc<Frame<'a>>,
    options: Options,
    pub(super) stock: Stock,
    pub(super) projects: Vec<Project>,
    pub(super) ramp: Ramp,
    pub(super) turnover: Turnover,
    /// By holding: part of a used vehicle that its share still owes it.
    used_owed: BTreeMap<usize, f64>,
    /// What each fee brought in and no voucher has paid out, USD.
    pub(super) funds: BTreeMap<String, f64>,
    /// Share of each voucher's claims that its budget paid last.
    pub(super) paid_share: BTreeMap<String, f64>,
    /// Public money of a rule and year for infrastructure.
    pub(super) granted: BTreeMap<(String, u16), f64>,
    /// What hydrogen costs at the dispenser in the year that runs, where its producers decide it, USD/kg.
    pub(super) producers_usd_per_kg: Option<f64>,
    /// What runs beside fleets and sites.
    pub(super) rooms: Vec<Box<dyn Room + 'a>>,
    /// What the sandbox noted of an adoption plugin, when all is done.
    pub notes: Vec<PluginNotes>,
    /// Everything so far.
    pub tables: Tables,
}

impl<'a> Pathway<'a> {
    /// Before the first year.
    #[must_use]
    pub fn new(loaded: &'a Loaded, spec: &'a TransitionSpec, options: &Options) -> Self {
        let frame = Arc::new(Frame::new(loaded, spec));
        let seed = Seed { seed: options.seed, replication: options.replication };
        let stock = frame.first_stock(seed);
        let neighbours = frame.sites.iter().map(|(_, site)| site.kind == SiteKind::Plant).collect();
        let rooms = ROOMS.iter().filter_map(|make| make(&frame, seed)).collect();
        Self {
            frame,
            options: *options,
            stock,
            projects: Vec::new(),
            ramp: Ramp::default(),
            turnover: Turnover::default(),
            used_owed: BTreeMap::new(),
            funds: BTreeMap::new(),
            paid_share: BTreeMap::new(),
            granted: BTreeMap::new(),
            producers_usd_per_kg: None,
            rooms,
            notes: Vec::new(),
            tables: Tables { neighbours, ..Tables::default() },
        }
    }

    /// Runs all years. `after` hears of each finished year.
    ///
    /// # Errors
    /// When a policy cannot be made or fails, operations fail, or somebody stops it. The years until then stay in `tables`.
    pub fn run(
        &mut self,
        stop: &AtomicBool,
        mut after: impl FnMut(u16, &Tables) -> ControlFlow<()>,
    ) -> Result<(), PathwayError> {
        let spec = self.frame.spec;
        let made = make::<Adoption>(self.frame.loaded, &self.options);
        let mut buyers = made.map_err(|source| PathwayError::Run { year: spec.from, source })?;
        let made = make::<BuildOut>(self.frame.loaded, &self.options);
        let mut builders = made.map_err(|source| PathwayError::Run { year: spec.from, source })?;
        let made = make::<IndustryDecision>(self.frame.loaded, &self.options);
        let mut plants = made.map_err(|source| PathwayError::Run { year: spec.from, source })?;
        for year in spec.from..=spec.until {
            if stop.load(Ordering::Relaxed) {
                return Err(PathwayError::Interrupted(year));
            }
            let mut plan = self.frame.plan(year, &self.stock, &self.projects);
            plan.levels = self.tables.shown.last().map(|it| it.1.levels.clone()).unwrap_or_default();
            self.begin_rooms(year, &mut plan);
            let shown = match operate(self.frame.loaded, spec, &plan, &self.options, stop) {
                Ok(shown) => shown,
                Err(RunError::Interrupted { .. }) => return Err(PathwayError::Interrupted(year)),
                Err(source) => return Err(PathwayError::Run { year, source }),
            };
            let rooms = self.run_rooms(year, &mut *plants);
            let rooms = rooms.map_err(|message| Self::fault(plants.name(), year, message))?;
            self.close(year, &shown, rooms);
            let broken = audit::broken(&self.tables, year, |scope| self.frame.is_neighbour(scope));
            if !broken.is_empty() {
                return Err(PathwayError::Run { year, source: RunError::Audit(broken) });
            }
            if year < spec.until {
                self.commit(year + 1, &shown, &mut *buyers, &mut *builders)?;
            }
            self.tables.shown.push((year, shown));
            if after(year, &self.tables).is_break() {
                return Err(PathwayError::Interrupted(year));
            }
        }
        self.notes.extend(buyers.notes());
        self.notes.extend(builders.notes());
        self.notes.extend(plants.notes());
        plants.finish().map_err(|message| Self::fault(plants.name(), spec.until, message))?;
        buyers.finish().map_err(|message| Self::fault(buyers.name(), spec.until, message))?;
        builders.finish().map_err(|message| Self::fault(builders.name(), spec.until, message))
    }

    fn fault(policy: &str, year: u16, message: String) -> PathwayError {
        PathwayError::Fault { year, fault: PolicyFault { policy: policy.to_owned(), message } }
    }

    /// Decides what the next year begins with, and changes stock and projects: the only structural change.
    fn commit(
        &mut self,
        year: u16,
        shown: &OperatingYear,
        buyers: &mut dyn Decide<Adoption>,
        builders: &mut dyn Decide<BuildOut>,
    ) -> Result<(), PathwayError> {
        let counts = self.stock.by_model(self.frame.holdings.len(), self.frame.models.len());
        self.turnover = Turnover::default();
        let mean_use = self.mean_use(year - 1);
        self.age(year, shown, &counts);
        self.leave(year);
        let due = self.buy_used(year, replaces_in_kind(&self.frame.spec.adoption));
        let coming = Capacity::coming(&self.projects);
        let frame = Arc::clone(&self.frame);
        let market = Market {
            frame: &frame,
            year,
            hydrogen_usd_per_kg: self.hydrogen_usd_per_kg(year),
            shown,
            counts: &counts,
            mean_use: &mean_use,
            due: &due,
            coming: &coming,
            builds_for_vehicles: follows_vehicles(&self.frame.spec.build_out),
            paid_share: &self.paid_share,
            charger_units: self.built(ProjectKind::Chargers),
        };
        let choices = market.choices();
        self.hold_to_room(year, &choices, follows_vehicles(&self.frame.spec.build_out));
        let mut view = view(&frame, year, &choices, &self.stock, &due, &self.ramp);
        let left = self.turnover.left_work();
        view.succeeds = succeeds(&frame, &choices, &view.is_open, &left);
        let wanted = buyers.decide(&view).map_err(|message| Self::fault(buyers.name(), year, message))?;
        let decision = Decision::new(&frame, &view, &choices, &self.ramp, wanted);
        let mut decision = decision.map_err(|message| Self::fault(buyers.name(), year, message))?;
        self.turnover.kept = decision.comply(year);
        self.turnover.kept.extend(decision.unfilled());
        let (bought, early) = (decision.count, decision.early);
        self.offers(year, &choices, &view.is_open, &bought);
        self.buy_new(year, &choices, &bought, &early);
        self.ramp.note(&frame, &choices, &bought);
        let view = self.build_out_view(year, shown, &coming);
        let orders = builders.decide(&view).map_err(|message| Self::fault(builders.name(), year, message))?;
        self.build(year, &orders);
        Ok(())
    }

    /// A year of use of every vehicle. Those of the first fleet were used as much in each year before.
    fn age(&mut self, year: u16, shown: &OperatingYear, counts: &[Vec<u32>]) {
        let holdings = 0..self.frame.holdings.len();
        let used: Vec<f64> = holdings.map(|holding| self.frame.use_per_year(holding, shown, counts)).collect();
        let is_first = year == self.frame.spec.from + 1;
        let mean = self.mean_use(year - 1);
        let frame = Arc::clone(&self.frame);
        self.stock.use_up(|vehicle| {
            let holding = vehicle.holding as usize;
            let years = if is_first { vehicle.age(year).max(1) } else { 1 };
            let by_age = frame.use_at(&frame.holdings[holding].class, vehicle.age(year - 1)) / mean[holding].max(1e-9);
            let share = if vehicle.in_reserve && !is_first { 0.0 } else { by_age };
            used[holding] * share * f64::from(years)
        });
    }

    /// Vehicles die of age and use, must go by rule, or are sold; where the volume falls, the oldest go.
    fn leave(&mut self, year: u16) {
        let frame = &self.frame;
        let rules = &frame.scenario().rule.useful_life;
        let in_force: Vec<_> = rules.values().filter(|rule| rule.term.obliges(year)).collect();
        let gone = self.stock.take_out(|vehicle| {
            let model = &frame.models[vehicle.model as usize];
            let age = vehicle.age(year);
            let most_use = frame.survival(&model.class).most_use.unwrap_or(f64::INFINITY);
            let must_go = in_force.iter().filter(|rule| means(&rule.classes, &model.class)).any(|rule| {
                let is_worn = rule.most_use.is_some_and(|most| vehicle.used > most);
                age >= rule.most_age || is_worn && rule.least_age.is_none_or(|least| age >= least)
            });
            if age >= vehicle.life || vehicle.used > most_use || must_go && !model.is_zero_emission() {
                return Some(Leave::Retired);
            }
            None
        });
        self.turnover.gone = gone;
        for holding in 0..frame.holdings.len() {
            let hold_years = frame.buyer(holding).map_or(u16::MAX, |buyer| buyer.hold_years);
            let is_held = |vehicle: &Vehicle| year - vehicle.bought >= hold_years;
            // What has been held long enough leaves its work: for the reserve while there is room in it, else it is sold.
            let room = frame.reserve_need(holding, year).saturating_sub(self.stock.in_reserve(holding));
            self.turnover.aside.extend(self.stock.set_aside(holding, room, is_held));
            let at_work = |vehicle: &Vehicle| !vehicle.in_reserve;
            let sold = |vehicle: &Vehicle| at_work(vehicle) && is_held(vehicle);
            self.turnover.gone.extend(self.stock.take_oldest(holding, u32::MAX, Leave::Sold, sold));
            let count = |stock: &Stock, reserve: bool| {
                let of = |it: &&Vehicle| it.holding as usize == holding && it.in_reserve == reserve;
                stock.vehicles().iter().filter(of).count() as u32
            };
            // A fleet that shrinks sells its oldest.
            let surplus = count(&self.stock, false).saturating_sub(frame.need(holding, year));
            self.turnover.gone.extend(self.stock.take_oldest(holding, surplus, Leave::Sold, at_work));
            let spare = count(&self.stock, true).saturating_sub(frame.reserve_need(holding, year));
            self.turnover.gone.extend(self.stock.take_oldest(holding, spare, Leave::Sold, |it| it.in_reserve));
        }
    }

    /// Holdings that buy used take what others sold, the youngest first; what nobody takes leaves the hub. Returns what each
    /// still has to buy.
    fn buy_used(&mut self, year: u16, in_kind: bool) -> Vec<u32> {
        let frame = &self.frame;
        let counts = self.stock.by_model(frame.holdings.len(), frame.models.len());
        let mut due: Vec<u32> = (0..frame.holdings.len())
            .map(|holding| frame.need(holding, year).saturating_sub(counts[holding].iter().sum()))
            .collect();
        let mut market: Vec<Vehicle> =
            self.turnover.gone.iter().filter(|gone| gone.1 == Leave::Sold).map(|gone| gone.0).collect();
        market.sort_by_key(|vehicle| (vehicle.built, core::cmp::Reverse(vehicle.id)));
        let left_work = self.turnover.left_work();
        for (holding, due) in due.iter_mut().enumerate() {
            let share = frame.buyer(holding).map_or(0.0, |buyer| buyer.used_share);
            let owed = self.used_owed.entry(holding).or_default();
            *owed += f64::from(*due) * share;
            let wanted = owed.floor().min(f64::from(*due));
            *owed -= wanted;
            let class = &frame.holdings[holding].class;
            let mut left: BTreeMap<&str, u32> = BTreeMap::new();
            for vehicle in left_work.iter().filter(|vehicle| vehicle.holding as usize == holding) {
                *left.entry(frame.models[vehicle.model as usize].powertrain.word()).or_default() += 1;
            }
            for _ in 0..wanted as u32 {
                let fits = |vehicle: &Vehicle| {
                    let (from, model) = (&frame.holdings[vehicle.holding as usize], vehicle.model as usize);
                    let can_use = !frame.charges(model) || frame.groups_of(holding, model).next().is_some();
                    let is_like = left.get(frame.models[model].powertrain.word()).is_some_and(|count| *count > 0);
                    from.class == *class && vehicle.holding as usize != holding && can_use && (is_like || !in_kind)
                };
                let Some(at) = market.iter().rposition(fits) else { break };
                let vehicle = market.remove(at);
                if let Some(count) = left.get_mut(frame.models[vehicle.model as usize].powertrain.word()) {
                    *count = count.saturating_sub(1);
                }
                self.stock.move_in(vehicle, holding, year, false);
                self.turnover.used.push((vehicle, holding));
                *due -= 1;
            }
        }
        self.fill_reserves(year, &mut market);
        due
    }

    /// Reserves are bought used, the oldest of what nobody wants for work; where there is none, they stay smaller.
    fn fill_reserves(&mut self, year: u16, market: &mut Vec<Vehicle>) {
        let frame = Arc::clone(&self.frame);
        for holding in 0..frame.holdings.len() {
            let missing = frame.reserve_need(holding, year).saturating_sub(self.stock.in_reserve(holding));
            for _ in 0..missing {
                let fits = |vehicle: &Vehicle| {
                    let from = &frame.holdings[vehicle.holding as usize];
                    from.class == frame.holdings[holding].class && vehicle.holding as usize != holding
                };
                let Some(at) = market.iter().position(fits) else { break };
                let vehicle = market.remove(at);
                self.stock.move_in(vehicle, holding, year, true);
                self.turnover.used.push((vehicle, holding));
            }
        }
    }

    fn buy_new(&mut self, year: u16, choices: &[Choice], bought: &[u32], early: &[u32]) {
        let seed = Seed { seed: self.options.seed, replication: self.options.replication };
        for (holding, early) in early.iter().enumerate().filter(|it| *it.1 > 0) {
            let models = &self.frame.models;
            let piped = |it: &Vehicle| !it.in_reserve && !models[it.model as usize].is_zero_emission();
            self.turnover.gone.extend(self.stock.take_oldest(holding, *early, Leave::Early, piped));
        }
        for (choice, count) in choices.iter().zip(bought).filter(|it| *it.1 > 0) {
            *self.turnover.new.entry((choice.holding, choice.model)).or_default() += count;
            let class = self.frame.models[choice.model].class.clone();
            for _ in 0..*count {
                let life = self.frame.life(seed, &class, self.stock.next_id(), 0);
                self.stock.add(choice.holding, choice.model, year, year, life, 0.0);
            }
        }
        self.pay_vouchers(year, choices, bought);
    }

    /// Vouchers in the order of the rules; a budget that does not reach pays everybody the same share.
    fn pay_vouchers(&mut self, year: u16, choices: &[Choice], bought: &[u32]) {
        let rules = &self.frame.scenario().rule.voucher;
        // All vouchers together pay no more than the vehicle costs.
        let mut unpaid: Vec<f64> =
            choices.iter().zip(bought).map(|(it, count)| it.ownership.price_usd * f64::from(*count)).collect();
        for name in rules.keys() {
            let claims: Vec<f64> = choices
                .iter()
                .zip(bought)
                .zip(&unpaid)
                .map(|((it, count), unpaid)| {
                    let each = self.frame.voucher_usd(name, it.holding, it.model, it.ownership.price_usd, year);
                    (f64::from(*count) * each).min(*unpaid)
                })
                .collect();
            let claimed: f64 = claims.iter().sum();
            let rule = &rules[name];
            let fund = rule.fund.as_ref().map(|fund| self.funds.entry(fund.clone()).or_default());
            let budget =
                self.frame.voucher_budget_usd(name, year).min(fund.as_ref().map_or(f64::INFINITY, |usd| **usd));
            let share = if claimed > budget { budget / claimed } else { 1.0 };
            if let Some(usd) = fund {
                *usd -= claimed * share;
            }
            for ((choice, claim), unpaid) in choices.iter().zip(claims).zip(&mut unpaid) {
                *self.turnover.incentives.entry((choice.holding, rule.payer.into())).or_default() += claim * share;
                *unpaid -= claim * share;
            }
            self.turnover.vouchers.insert(name.clone(), claimed * share);
            // Where nobody claimed, nobody knows of a budget that did not reach.
            self.paid_share.insert(name.clone(), share);
        }
    }

    /// Turns orders of the build-out into projects.
    fn build(&mut self, year: u16, orders: &BuildOutOrders) {
        let scenario = self.frame.scenario();
        let decided = f64::from(year) - 1.0 + DECIDED_AT;
        let chargers = scenario.charger.keys().zip(&orders.cabinets);
        for (key, cabinets) in chargers.filter(|it| *it.1 > 0) {
            self.begin(ProjectKind::Chargers, key, f64::from(*cabinets), decided);
        }
        for (key, kw) in scenario.site.keys().zip(&orders.grid_kw).filter(|it| *it.1 > 0.0) {
            self.begin(ProjectKind::Grid, key, kw.ceil(), decided);
        }
        if orders.does_planned {
            for project in scenario.project.values().filter(|project| project.decided == year - 1) {
                self.begin(project.kind, &project.at, project.amount, decided);
            }
        }
    }

    fn begin(&mut self, kind: ProjectKind, at: &str, amount: f64, decided: f64) {
        let Some(spec) = self.frame.spec.build.get(&kind) else { return };
        let spec = &spec.at_site(self.frame.site_of(kind, at));
        let seed = Seed { seed: self.options.seed, replication: self.options.replication };
        let year = decided as u16;
        let late = seed.stream(Purpose::LateUtilities, key_of(at), u32::from(year) * 8 + kind as u32).exponential(1.0);
        let before = self.built(kind);
        let units = self.units(kind, at, amount);
        let order = Order { kind, at, amount, units, decided, built_before: before, late };
        let mut project = plan(spec, &order);
        let each = if matches!(kind, ProjectKind::Chargers | ProjectKind::Hydrogen) { amount } else { 1.0 };
        for (name, rule) in &self.frame.scenario().rule.infrastructure_credit {
            // Paid when it is in service.
            let share = if rule.term.holds_at(project.energised) { rule.share } else { 0.0 };
            if rule.is_for(kind, self.frame.site_of(kind, at)) && share > 0.0 {
                let usd = (project.cost_usd * share).min(rule.most_usd_each * each);
                let usd = usd.min(project.cost_usd - project.public_usd);
                project.public_usd += usd;
                project.public.push((rule.payer, usd));
                *self.granted.entry((name.clone(), year + 1)).or_default() += usd;
            }
        }
        self.projects.push(project);
    }

    /// Units of a kind that were begun so far.
    fn built(&self, kind: ProjectKind) -> f64 {
        let projects = self.projects.iter().filter(|it| it.kind == kind);
        projects.map(|it| self.units(kind, &it.at, it.amount)).sum()
    }

    /// What a project's cost counts: kW of cabinets, else its amount.
    fn units(&self, kind: ProjectKind, at: &str, amount: f64) -> f64 {
        let group = self.frame.scenario().charger.get(at).filter(|_| kind == ProjectKind::Chargers);
        amount * group.map_or(1.0, |spec| spec.cabinet_kw)
    }

    /// The table of what each could have bought.
    fn offers(&mut self, year: u16, choices: &[Choice], is_open: &[bool], bought: &[u32]) {
        let frame = &self.frame;
        let rows = choices.iter().zip(is_open).zip(bought).map(|((choice, is_open), bought)| {
            let (holding, tco) = (&frame.holdings[choice.holding], &choice.tco);
            OfferRow {
                year: u32::from(year),
                owner: holding.owner.clone(),
                class: holding.class.clone(),
                model: frame.models[choice.model].key.clone(),
                price_usd: choice.ownership.price_usd,
                incentive_usd: choice.ownership.incentive_usd,
                use_per_year: choice.ownership.use_per_year,
                capital_usd: tco.capital_usd,
                tax_usd: tco.tax_usd,
                energy_usd: tco.energy_usd,
                maintenance_usd: tco.maintenance_usd,
                insurance_usd: tco.insurance_usd,
                waiting_usd: tco.waiting_usd,
                build_out_usd: tco.build_out_usd,
                connection_usd: tco.connection_usd,
                unmet_hauls_usd: tco.unmet_hauls_usd,
                fees_usd: tco.fees_usd,
                carbon_usd: tco.carbon_usd,
                credits_usd: tco.credits_usd,
                payload_usd: tco.payload_usd,
                tco_usd: tco.total_usd(),
                coverage: choice.coverage,
                co2e_kg: choice.co2e_kg,
                is_open: *is_open,
                bought: *bought,
            }
        });
        self.tables.offers.extend(rows);
    }
}

/// By choice: vehicles that left the work of its holding and whose successor in kind it is.
fn succeeds(frame: &Frame<'_>, choices: &[Choice], is_open: &[bool], left: &[Vehicle]) -> Vec<u32> {
    let mut counts = vec![0; choices.len()];
    for vehicle in left {
        let holding = vehicle.holding as usize;
        let open = |model: usize| {
            let is_it =
                |(choice, is_open): (&Choice, &bool)| *is_open && choice.holding == holding && choice.model == model;
            choices.iter().zip(is_open).position(is_it)
        };
        let powertrain = frame.models[vehicle.model as usize].powertrain;
        // Where its line ends, the cheapest of the same powertrain is the nearest thing to it.
        let like = || {
            let alike = (0..choices.len()).filter(|at| {
                is_open[*at]
                    && choices[*at].holding == holding
                    && frame.models[choices[*at].model].powertrain == powertrain
            });
            alike.min_by(|a, b| choices[*a].tco.total_usd().total_cmp(&choices[*b].tco.total_usd()))
        };
        if let Some(at) = frame.line_of(vehicle.model as usize).into_iter().find_map(open).or_else(like) {
            counts[at] += 1;
        }
    }
    counts
}
