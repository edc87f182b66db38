//! A search as a study asks for it, checked: the scenario, what is to be decided, what counts and what must hold.

use super::judge::{Constraint, Rules};
use super::race::Budget;
use super::space::{Decision, Space};
use super::spec::{BudgetSpec, ChoiceValue, Choices, ConstraintSpec, OneOrTwo, Range, SearchSpec};
use super::tries::{Tried, try_choices};
use super::when::{Dates, Span, too_late};
use crate::disk::read::{self, Kind};
use crate::document::problem::{Place, Problem, Problems, SourceFile, nearest};
use crate::document::tree::Item;
use crate::kernel::calendar::{DAY_S, parse_date};
use crate::record::metrics::{Better, MetricName, ScopeKind};
use crate::scenario::files::scenario_path;
use crate::scenario::load::{Request, load};
use crate::scenario::loaded::Loaded;
use crate::study::compare::strategy::Strategy;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Designs beyond this are taken for a mistake.
const MOST_CHOICES: usize = 10_000;

/// More first days than this are taken for a mistake.
const MOST_STARTS: usize = 60;

/// Runs of a search that says neither runs nor minutes.
const DEFAULT_RUNS: u32 = 2_000;
/// Fewer runs find nothing.
pub const LEAST_RUNS: u32 = 10;
/// A budget in minutes is that of a week at most.
const MOST_MINUTES: f64 = 10_080.0;

/// A search that passed every check.
#[derive(Debug, Clone)]
pub struct Search {
    /// Name of the study.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// The scenario.
    pub scenario: PathBuf,
    /// What designs are laid on.
    pub strategy: Strategy,
    /// Settings of all runs.
    pub settings: Vec<String>,
    /// Seed.
    pub seed: u64,
    /// The objectives.
    pub objectives: Vec<MetricName>,
    /// The metrics of the constraints, in their order.
    pub constrained: Vec<MetricName>,
    /// For which dates each constraint holds.
    pub dates: Vec<Dates>,
    /// First days of the runs of a random day, in their order.
    pub starts: Vec<Date>,
    /// The day on which designs are ordered.
    pub ordered: Option<Date>,
    /// What counts.
    pub rules: Rules,
    /// What may be spent.
    pub budget: Budget,
    /// Minutes that may be spent, where the study says so: they are turned into runs when it begins.
    pub minutes: Option<f64>,
    /// The runs that these came to, where a search is repeated.
    pub known_runs: Option<usize>,
    /// No file outside of this folder is read. None: any may be.
    pub within: Option<PathBuf>,
    /// Is the charging of the reported design compared with the best possible?
    pub is_bounded: bool,
    /// The decisions.
    pub space: Space,
    /// The scenario without a decision.
    pub loaded: Loaded,
    /// What the study's file says.
    pub text: String,
    /// What is to be said beside the answer.
    pub notes: Vec<String>,
    /// Choices beside which a decision makes no sense and is left out: the decision, the other one, its choice.
    pub without: Vec<(usize, usize, usize)>,
}

impl Search {
    /// Reads a study. Every choice is tried by itself.
    ///
    /// # Errors
    /// All mistakes at once.
    pub fn read(path: &Path) -> Result<Self, Problems> {
        let name = path.display().to_string();
        let text = read::text(path, Kind::Toml).map_err(|error| Problems::of_file(&name, error.to_string(), None))?;
        Self::parse(path, text, None)
    }

    /// The same of a text that is, or will be, the file at `path`. No file outside of `within` is read.
    ///
    /// # Errors
    /// All mistakes at once.
    pub fn parse(path: &Path, text: String, within: Option<PathBuf>) -> Result<Self, Problems> {
        let files = vec![SourceFile { path: path.display().to_string(), text: text.clone() }];
        let document = Item::parse(&text, 0).map_err(|list| Problems { files: files.clone(), list })?;
        let spec: SearchSpec = toml::from_str(&text).map_err(|error| {
            let place = Some(Place::Span(0, error.span().unwrap_or(0..0)));
            let message = match error.message() {
                text if text.contains("untagged enum Choices") => {
                    "must be a list of choices, or { from = 6, to = 20, step = 2 }".to_owned()
                }
                text => text.to_owned(),
            };
            Problems { files: files.clone(), list: vec![Problem { place, field: String::new(), message, help: None }] }
        })?;
        // The scenario is told by its full path, too.
        let within = within.map(|folder| read::full_path(&folder).unwrap_or(folder));
        let mut reader = Reader { document: &document, within, problems: Problems { files, list: Vec::new() } };
        let made = reader.search(path, spec, text);
        match made {
            Some(search) if reader.problems.list.is_empty() => Ok(search),
            _ => Err(reader.problems),
        }
    }

    /// The scenario of a design, from each of the first days.
    ///
    /// # Errors
    /// Why it cannot be simulated, or cannot be there in time.
    pub fn load(&self, design: &[usize]) -> Result<Vec<Loaded>, String> {
        let own = self.settings(design);
        let why = |problems: Problems| {
            problems.list.first().map_or_else(|| problems.to_string(), |problem| problem.message.clone())
        };
        let (scenario, strategy, settings) = (&self.scenario, &self.strategy, &self.settings);
        let laid = Laid { scenario, strategy, settings, within: self.within.clone() };
        let from = |first: &Date| load(&laid.request(Some(*first), &own)).map_err(why);
        let loaded = self.starts.iter().map(from).collect::<Result<Vec<Loaded>, String>>()?;
        let late = loaded.first().and_then(|first| too_late(self.ordered, first, &self.loaded));
        late.map_or(Ok(loaded), Err)
    }

    /// What is judged of each constraint.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        self.dates.iter().map(|dates| dates.span(&self.starts, &self.loaded.scenario)).collect()
    }

    /// The settings of a design, without what makes no sense beside its other choices, such as the parameter of another policy.
    #[must_use]
    pub fn settings(&self, design: &[usize]) -> Vec<String> {
        let all = self.space.settings(&design.to_vec());
        let is_left_out = |at: usize| self.without.iter().any(|it| it.0 == at && design[it.1] == it.2);
        all.into_iter().enumerate().filter(|(at, _)| !is_left_out(*at)).map(|(_, setting)| setting).collect()
    }

    /// blake3 of the study's file.
    #[must_use]
    pub fn hash(&self) -> String {
        blake3::hash(self.text.as_bytes()).to_hex().to_string()
    }
}

/// The setting by which a run begins on a day.
fn starting(first: Date) -> String {
    format!("time.start=\"{first}\"")
}

/// What all designs are laid on.
struct Laid<'a> {
    scenario: &'a Path,
    strategy: &'a Strategy,
    settings: &'a [String],
    within: Option<PathBuf>,
}

impl Laid<'_> {
    /// With settings of its own, and from another first day than the scenario's.
    fn request(&self, first: Option<Date>, own: &[String]) -> Request {
        let settings: Vec<String> = self.settings.iter().cloned().chain(first.map(starting)).collect();
        Request { within: self.within.clone(), ..self.strategy.request(self.scenario, &settings, own) }
    }
}

struct Reader<'a> {
    document: &'a Item,
    within: Option<PathBuf>,
    problems: Problems,
}

impl Reader<'_> {
    fn wrong(&mut self, path: &[&str], message: impl Into<String>, help: Option<String>) {
        let keys: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
        let place = Some(self.document.nearest(&keys).value.clone());
        self.problems.list.push(Problem { place, field: path.join("."), message: message.into(), help });
    }

    fn search(&mut self, path: &Path, spec: SearchSpec, text: String) -> Option<Search> {
        let scenario = scenario_path(path.parent().unwrap_or(Path::new(".")), &spec.scenario);
        let scenario = read::full_path(&scenario).unwrap_or(scenario);
        let objectives = self.objectives(&spec.objective);
        let (constraints, constrained, dates) = self.constraints(&spec.constraint);
        let space = self.space(&spec.decide);
        if !(0.5..1.0).contains(&spec.confidence) {
            self.wrong(&["confidence"], "must be from 0.5 to below 1, such as 0.9", None);
        }
        let budget = self.budget(spec.budget);
        let strategy = match Strategy::parse(&spec.strategy, &scenario) {
            Ok(strategy) => strategy,
            Err(error) => {
                self.wrong(&["strategy"], error.to_string(), None);
                return None;
            }
        };
        let laid =
            Laid { scenario: &scenario, strategy: &strategy, settings: &spec.settings, within: self.within.clone() };
        let (starts, loaded) = self.scenarios(&spec, &laid)?;
        self.spans(&dates, &starts, &constrained, &loaded);
        let ordered = self.ordered(spec.ordered.as_deref(), &loaded);
        self.prices(&objectives, &loaded);
        let first = (!spec.starts.is_empty()).then(|| starts.first().copied()).flatten();
        let Tried { unpriced, without, wrong } = try_choices(&space, &loaded, &|own| laid.request(first, own));
        for (path, message) in wrong {
            self.wrong(&["decide", &path], message, None);
        }
        let notes = told(&objectives, &unpriced, &loaded);
        let better = |metric: &MetricName| metric.info().better.unwrap_or(Better::Lower);
        let rules =
            Rules { objectives: objectives.iter().map(better).collect(), constraints, confidence: spec.confidence };
        self.reach(budget, &rules);
        Some(Search {
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            path: path.to_path_buf(),
            scenario,
            strategy,
            settings: spec.settings,
            seed: spec.seed,
            rules,
            objectives,
            constrained,
            dates,
            starts,
            ordered,
            budget,
            minutes: spec.budget.minutes,
            known_runs: None,
            within: self.within.clone(),
            is_bounded: spec.bound,
            space,
            loaded,
            text,
            notes,
            without,
        })
    }

    /// First days of runs, and the scenario without a decision from the first of them; all of them are tried.
    fn scenarios(&mut self, spec: &SearchSpec, laid: &Laid<'_>) -> Option<(Vec<Date>, Loaded)> {
        let mut starts = self.starts(&spec.starts);
        for other in starts.iter().skip(1) {
            match load(&laid.request(Some(*other), &[])) {
                Ok(loaded) => self.has_hauls(*other, &loaded),
                Err(problems) => self.problems.append(problems),
            }
        }
        let first = starts.first().copied();
        let loaded = match load(&laid.request(first, &[])) {
            Ok(loaded) => loaded,
            Err(problems) => {
                self.problems.append(problems);
                return None;
            }
        };
        match first {
            Some(_) if loaded.scenario.transition.is_some() => {
                self.wrong(&["starts"], "a transition has weeks of its own", None);
            }
            Some(first) => self.has_hauls(first, &loaded),
            None => starts.extend(parse_date(&loaded.scenario.time.start)),
        }
        Some((starts, loaded))
    }

    fn budget(&mut self, spec: BudgetSpec) -> Budget {
        if spec.runs.is_some_and(|runs| runs < LEAST_RUNS) {
            self.wrong(&["budget", "runs"], format!("must be at least {LEAST_RUNS}"), None);
        }
        if spec.minutes.is_some_and(|minutes| !(minutes > 0.0 && minutes <= MOST_MINUTES)) {
            self.wrong(&["budget", "minutes"], "must be above 0 and at most 10,080 (a week)", None);
        }
        if !(2..=10_000).contains(&spec.replications) {
            self.wrong(&["budget", "replications"], "must be from 2 to 10,000", None);
        }
        let runs = spec.runs.unwrap_or(if spec.minutes.is_some() { u32::MAX } else { DEFAULT_RUNS });
        Budget { runs: runs as usize, replications: spec.replications }
    }

    /// A budget that cannot show what is asked for is told before anything runs.
    fn reach(&mut self, budget: Budget, rules: &Rules) {
        // Elsewhere it is wrong already.
        let least = if (0.5..1.0).contains(&rules.confidence) { Budget::least(rules) } else { 0 };
        if budget.runs < least {
            let message = format!("cannot show that a design holds the constraints: that takes at least {least} runs");
            let help = "fresh days of one design, of which none is bad, have to show each chance at the `confidence` of the study; \
                        allow more runs, or a smaller `chance`";
            self.wrong(&["budget", "runs"], message, Some(help.to_owned()));
        }
    }

    fn metric(&mut self, path: &[&str], name: &str) -> Option<MetricName> {
        let found = MetricName::parse(name);
        if found.is_none() {
            let help = nearest(name, MetricName::ALL.iter().map(|metric| metric.as_str()));
            self.wrong(path, format!("there is no metric `{name}`"), help);
        }
        found
    }

    fn objectives(&mut self, written: &OneOrTwo) -> Vec<MetricName> {
        let names = match written {
            OneOrTwo::One(name) => vec![name.clone()],
            OneOrTwo::Several(names) => names.clone(),
        };
        if !(1..=2).contains(&names.len()) {
            self.wrong(&["objective"], "names one metric, or two for a Pareto front", None);
        }
        let found: Vec<MetricName> = names.iter().filter_map(|name| self.metric(&["objective"], name)).collect();
        for metric in found.iter().filter(|metric| metric.info().better.is_none()) {
            self.wrong(
                &["objective"],
                format!("`{metric}` has no better direction, so it cannot be an objective"),
                None,
            );
        }
        found
    }

    fn constraints(&mut self, written: &[ConstraintSpec]) -> (Vec<Constraint>, Vec<MetricName>, Vec<Dates>) {
        let mut out = (Vec::new(), Vec::new(), Vec::new());
        for (at, spec) in written.iter().enumerate() {
            let at = at.to_string();
            let metric = self.metric(&["constraint", &at, "metric"], &spec.metric);
            if spec.most.is_none() && spec.least.is_none() {
                self.wrong(&["constraint", &at], "has neither `most` nor `least`", None);
            }
            if spec.most.zip(spec.least).is_some_and(|(most, least)| least > most) {
                self.wrong(&["constraint", &at, "least"], "is above `most`: no value satisfies both", None);
            }
            if spec.chance.is_some_and(|chance| !(0.0..=1.0).contains(&chance) || chance == 0.0) {
                self.wrong(&["constraint", &at, "chance"], "must be above 0 and at most 1, such as 0.95", None);
            }
            let mut day = |key: &str, text: &Option<String>| self.day(&["constraint", &at, key], text.as_deref());
            let dates = Dates { from: day("from", &spec.from), until: day("until", &spec.until) };
            if dates.from.zip(dates.until).is_some_and(|(from, until)| from >= until) {
                self.wrong(&["constraint", &at, "until"], "is not after `from`", None);
            }
            if let Some(metric) = metric {
                out.0.push(Constraint { most: spec.most, least: spec.least, chance: spec.chance });
                out.1.push(metric);
                out.2.push(dates);
            }
        }
        out
    }

    /// A day as it is written; none where there is none or it is wrong, which is told.
    fn day(&mut self, path: &[&str], text: Option<&str>) -> Option<Date> {
        match parse_date(text?) {
            Ok(day) => Some(day),
            Err(error) => {
                self.wrong(path, format!("is no day such as 2028-01-01: {error}"), None);
                None
            }
        }
    }

    /// First days of runs, the earliest first.
    fn starts(&mut self, written: &[String]) -> Vec<Date> {
        let mut starts: Vec<Date> = written.iter().filter_map(|text| self.day(&["starts"], Some(text))).collect();
        starts.sort_unstable();
        let count = starts.len();
        starts.dedup();
        if starts.len() < count {
            self.wrong(&["starts"], "names a day twice", None);
        }
        if count > MOST_STARTS {
            self.wrong(
                &["starts"],
                format!("names more than {MOST_STARTS} days: each is a run of every random day"),
                None,
            );
        }
        starts
    }

    /// A list of hauls has its own dates: days without any of them say nothing of a design.
    fn has_hauls(&mut self, first: Date, loaded: &Loaded) {
        let end_s = i64::from(loaded.scenario.time.days) * DAY_S;
        let mut hauls = loaded.hauls.iter().flatten().map(|haul| haul.ready_s).peekable();
        if hauls.peek().is_some() && !hauls.any(|ready_s| (0..end_s).contains(&ready_s)) {
            let message = format!("no haul of the scenario's list is ready in the days from {first} on");
            self.wrong(&["starts"], message, None);
        }
    }

    /// A constraint of dates in which nothing is simulated would hold by saying nothing.
    fn spans(&mut self, dates: &[Dates], starts: &[Date], constrained: &[MetricName], loaded: &Loaded) {
        for (at, (dates, metric)) in dates.iter().zip(constrained).enumerate() {
            let at = at.to_string();
            let span = dates.span(starts, &loaded.scenario);
            if span.is_empty() {
                let help = "name a first day in them: starts = [\"2027-06-07\", \"2028-06-05\"]";
                let help = loaded.scenario.transition.is_none().then(|| help.to_owned());
                self.wrong(&["constraint", &at], "nothing is simulated in these dates", help);
            }
            if matches!(span, Span::Years(_)) && !metric.info().scopes.contains(&ScopeKind::Year) {
                self.wrong(&["constraint", &at, "metric"], format!("`{metric}` is not told by the year"), None);
            }
        }
    }

    /// The day on which designs are ordered, which nothing waits for without a lead time.
    fn ordered(&mut self, written: Option<&str>, loaded: &Loaded) -> Option<Date> {
        let day = self.day(&["ordered"], written)?;
        if loaded.scenario.price.values().all(|price| price.lead_time_months.is_none()) {
            let help = "give the [price] of what takes time a `lead_time_months` (guide: optimize)";
            self.wrong(&["ordered"], "no price has a lead time", Some(help.to_owned()));
        }
        Some(day)
    }

    fn space(&mut self, written: &BTreeMap<String, Choices>) -> Space {
        if written.is_empty() {
            self.wrong(&["decide"], "names nothing to decide", None);
        }
        let mut decisions = Vec::new();
        for (path, choices) in written {
            let (values, is_ordered) = match choices {
                Choices::List(list) => {
                    let is_ordered = list.iter().all(|ChoiceValue(value)| value.is_integer() || value.is_float());
                    (list.iter().map(|ChoiceValue(value)| value.to_string()).collect(), is_ordered)
                }
                Choices::Range(range) => (self.steps(path, *range), true),
            };
            if values.is_empty() {
                self.wrong(&["decide", path], "has no choice", None);
            }
            decisions.push(Decision { path: path.clone(), values, is_ordered });
        }
        Space { decisions }
    }

    fn steps(&mut self, path: &str, range: Range) -> Vec<String> {
        let (Range { from, to, step }, count) = (range, range.count());
        if !(step > 0.0 && from < to && count <= MOST_CHOICES as f64) {
            let message = format!("`from` must be below `to`, `step` above 0, in at most {MOST_CHOICES} steps");
            self.wrong(&["decide", path], message, None);
            return vec!["0".to_owned(); 2];
        }
        (0..count as usize).map(|at| number(from + at as f64 * step)).collect()
    }

    /// A yearly cost without prices would be that of bills alone.
    fn prices(&mut self, objectives: &[MetricName], loaded: &Loaded) {
        let is_yearly = objectives.iter().any(|metric| YEARLY.contains(metric));
        // The net present value of a transition needs no prices.
        let is_yearly = is_yearly && loaded.scenario.transition.is_none();
        if is_yearly && (loaded.scenario.money.is_none() || loaded.scenario.price.is_empty()) {
            let help =
                "give [money] and a [price] of all that is decided (guide: optimize), or choose another objective";
            self.wrong(&["objective"], "the scenario has no prices", Some(help.to_owned()));
        }
    }
}

/// What is to be said beside any answer.
fn told(objectives: &[MetricName], unpriced: &[String], loaded: &Loaded) -> Vec<String> {
    let is_cost = objectives.iter().any(|metric| metric.is_cost());
    let free = free(unpriced).filter(|_| is_cost);
    free.into_iter().chain(of_bills(objectives)).chain(too_short(objectives, loaded)).collect()
}

/// Metrics that are made of a year's cost.
const YEARLY: [MetricName; 4] =
    [MetricName::YearCostUsd, MetricName::CostPerHaulUsd, MetricName::CostPerMoveUsd, MetricName::NpvUsd];

/// That runs end before hauls can lapse: all that wait then past their due count as lost.
fn too_short(objectives: &[MetricName], loaded: &Loaded) -> Option<String> {
    let scenario = &loaded.scenario;
    let hours = scenario.freight.as_ref()?.cancel_after_h;
    let is_priced = scenario.money.as_ref().is_some_and(|money| money.unmet_haul_usd > 0.0);
    let is_short = is_priced && f64::from(scenario.time.days) * 24.0 <= hours;
    (is_short && objectives.iter().any(|metric| YEARLY.contains(metric))).then(|| {
        format!(
            "hauls lapse after {hours} h, and a run is no longer: all that wait at its end past their due count as lost work, \
             which makes every design dear"
        )
    })
}

/// That a cost does not know what some decisions cost.
fn free(unpriced: &[String]) -> Option<String> {
    (!unpriced.is_empty()).then(|| {
        let names = unpriced.join(", ");
        format!("no [price] has a part in {names}: more of it adds no cost")
    })
}

/// That a bill is lower where batteries are left empty.
fn of_bills(objectives: &[MetricName]) -> Option<String> {
    let bill =
        objectives.iter().find(|metric| [MetricName::BillTotalUsd, MetricName::BillEnergyUsd].contains(metric))?;
    Some(format!("`{bill}` is lower where batteries end emptier than they began; `year_cost_usd` counts their refill"))
}

/// A number without the noise of sums such as 0.1 + 0.2.
fn number(value: f64) -> String {
    let rounded = (value * 1e9).round() / 1e9;
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Search, String> {
        let study = Path::new(env!("CARGO_MANIFEST_DIR")).join("study.toml");
        let text = format!("scenario = \"scenarios/depot_night\"\nsettings = [\"time.days=1\"]\n{text}");
        Search::parse(&study, text, None).map_err(|problems| problems.to_string())
    }

    /// The margin of `price_aware` means nothing to `edf`: both can be decided together, and `edf` is tried without it.
    #[test]
    fn a_policy_and_its_parameter() {
        let text = "objective = \"bill_total_usd\"\n[decide]\n\"policy.charging.name\" = [\"edf\", \"price_aware\"]\n\
                    \"policy.charging.params.PARAMETER\" = [0.1, 0.3]\n";
        let search = parsed(&text.replace("PARAMETER", "margin")).unwrap();
        assert_eq!(search.settings(&[0, 1]), ["policy.charging.name=\"edf\""]);
        assert_eq!(search.settings(&[1, 1]).len(), 2);
        assert!(search.load(&[0, 1]).is_ok() && search.load(&[1, 1]).is_ok());
        let wrong = parsed(&text.replace("PARAMETER", "nonesuch")).unwrap_err();
        assert!(wrong.contains("no value of it can be simulated"), "{wrong}");
    }

    /// What no price knows is bought for nothing: said where a cost is to be least, and only there.
    #[test]
    fn what_has_no_price_is_told() {
        let text = "objective = \"bill_total_usd\"\n[decide]\n\"charger.night.cabinets\" = { from = 10, to = 14, step = 2 }\n\
                    \"policy.charging.name\" = [\"edf\", \"fcfs\"]\n";
        let search = parsed(text).unwrap();
        assert!(search.notes.len() == 2 && search.notes[0].contains("charger.night.cabinets"), "{:?}", search.notes);
        assert!(!search.notes[0].contains("policy"), "{:?}", search.notes);
        assert!(parsed(&text.replace("bill_total_usd", "queue_wait_p95_min")).unwrap().notes.is_empty());
    }

    #[test]
    fn one_choice_is_a_fixed_value() {
        let search = parsed("objective = \"peak_kw\"\n[decide]\n\"charger.night.cabinets\" = [14]\n").unwrap();
        assert_eq!((search.space.size(), search.settings(&[0])), (1, vec!["charger.night.cabinets=14".to_owned()]));
        let none = parsed("objective = \"peak_kw\"\n[decide]\n\"charger.night.cabinets\" = []\n").unwrap_err();
        assert!(none.contains("has no choice"), "{none}");
    }

    /// 0.95^67 < 0.1 / 3, and 67 runs are 70 % of 96.
    #[test]
    fn a_budget_that_cannot_show_a_chance_is_refused() {
        let text = "objective = \"peak_kw\"\n[budget]\nruns = 95\n[decide]\n\"charger.night.cabinets\" = [10, 14]\n\
                    [[constraint]]\nmetric = \"queue_wait_p95_min\"\nmost = 60\nchance = 0.95\n";
        let wrong = parsed(text).unwrap_err();
        assert!(wrong.contains("at least 96 runs"), "{wrong}");
        assert!(parsed(&text.replace("95\n[decide]", "96\n[decide]")).is_ok());
    }
}
