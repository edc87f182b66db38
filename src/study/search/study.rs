//! `STUDY.toml` of a search: the scenario, what is to be decided, what counts and what must hold.

use super::judge::{Constraint, Rules};
use super::race::Budget;
use super::space::{Decision, Space};
use super::tries::{Tried, try_choices};
use crate::disk::read::{self, Kind};
use crate::document::problem::{Place, Problem, Problems, SourceFile, nearest};
use crate::document::tree::Item;
use crate::record::metrics::{Better, MetricName};
use crate::scenario::files::scenario_path;
use crate::scenario::load::{Request, load};
use crate::scenario::loaded::Loaded;
use crate::study::compare::strategy::Strategy;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use utoipa::ToSchema;

/// Designs beyond this are taken for a mistake.
const MOST_CHOICES: usize = 10_000;

/// Runs of a search that says neither runs nor minutes.
const DEFAULT_RUNS: u32 = 2_000;
/// Fewer runs find nothing.
pub const LEAST_RUNS: u32 = 10;
/// A budget in minutes is that of a week at most.
const MOST_MINUTES: f64 = 10_080.0;

/// The file as it is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchSpec {
    /// Folder or file, relative to the study.
    pub scenario: PathBuf,
    /// What all designs are laid on, as in `compare --strategies`.
    #[serde(default = "default_strategy")]
    pub strategy: String,
    /// Settings for all runs.
    #[serde(default)]
    pub settings: Vec<String>,
    /// Seed of every random stream.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// Metrics of the whole hub: one, or two for a Pareto front.
    #[serde(default = "default_objective")]
    pub objective: OneOrTwo,
    /// Probability with which a reported design holds its constraints.
    #[serde(default = "default_confidence")]
    pub confidence: f64,
    /// Hold the charging of the reported design against the best possible.
    #[serde(default = "default_bound")]
    pub bound: bool,
    /// How much may be spent.
    #[serde(default)]
    pub budget: BudgetSpec,
    /// Choices by path.
    pub decide: BTreeMap<String, Choices>,
    /// What must hold.
    #[serde(default)]
    pub constraint: Vec<ConstraintSpec>,
}

/// Names of metrics.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrTwo {
    /// An objective.
    One(String),
    /// Two for a Pareto front.
    Several(Vec<String>),
}

/// How much may be spent: runs, minutes (which are turned into runs by timing the first ones), or the less of both.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BudgetSpec {
    /// Runs in all. Default: 2,000 where no minutes are given.
    pub runs: Option<u32>,
    /// Minutes in all, on this machine.
    pub minutes: Option<f64>,
    /// Random days of one design in the race.
    pub replications: u32,
}

impl Default for BudgetSpec {
    fn default() -> Self {
        Self { runs: None, minutes: None, replications: 32 }
    }
}

/// A number, a word or a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = serde_json::Value)]
pub struct ChoiceValue(toml::Value);

/// What may be chosen of one value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Choices {
    /// One of these.
    List(Vec<ChoiceValue>),
    /// A number in a range.
    Range(Range),
}

impl Choices {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::List(list) => list.len(),
            Self::Range(range) => range.count() as usize,
        }
    }
}

/// Numbers from one to another in steps.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The lowest.
    pub from: f64,
    /// The highest.
    pub to: f64,
    /// From one to the next.
    pub step: f64,
}

impl Range {
    /// How many steps there are; any number where it makes no sense.
    fn count(self) -> f64 {
        ((self.to - self.from) / self.step).floor() + 1.0
    }
}

/// What must hold of a metric of the whole hub.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConstraintSpec {
    /// Name of the metric.
    pub metric: String,
    /// It is at most this, in its unit.
    pub most: Option<f64>,
    /// It is at least this.
    pub least: Option<f64>,
    /// In at least this share of the random days; none: on average.
    pub chance: Option<f64>,
}

fn default_strategy() -> String {
    "bau".to_owned()
}

fn default_bound() -> bool {
    true
}

fn default_seed() -> u64 {
    1
}

fn default_objective() -> OneOrTwo {
    OneOrTwo::One(MetricName::YearCostUsd.as_str().to_owned())
}

fn default_confidence() -> f64 {
    0.9
}

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

    /// What a design loads.
    #[must_use]
    pub fn request(&self, design: &[usize]) -> Request {
        let own = self.settings(design);
        Request { within: self.within.clone(), ..self.strategy.request(&self.scenario, &self.settings, &own) }
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
        let (constraints, constrained) = self.constraints(&spec.constraint);
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
        let within = self.within.clone();
        let request =
            |own: &[String]| Request { within: within.clone(), ..strategy.request(&scenario, &spec.settings, own) };
        let loaded = match load(&request(&[])) {
            Ok(loaded) => loaded,
            Err(problems) => {
                self.problems.append(problems);
                return None;
            }
        };
        self.prices(&objectives, &loaded);
        let Tried { unpriced, without, wrong } = try_choices(&space, &loaded, &request);
        for (path, message) in wrong {
            self.wrong(&["decide", &path], message, None);
        }
        let is_cost = objectives.iter().any(|metric| metric.is_cost());
        let notes = free(&unpriced).filter(|_| is_cost).into_iter().collect();
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
            self.wrong(&["objective"], format!("neither more nor less `{metric}` is better by itself"), None);
        }
        found
    }

    fn constraints(&mut self, written: &[ConstraintSpec]) -> (Vec<Constraint>, Vec<MetricName>) {
        let mut out = (Vec::new(), Vec::new());
        for (at, spec) in written.iter().enumerate() {
            let at = at.to_string();
            let metric = self.metric(&["constraint", &at, "metric"], &spec.metric);
            if spec.most.is_none() && spec.least.is_none() {
                self.wrong(&["constraint", &at], "has neither `most` nor `least`", None);
            }
            if spec.chance.is_some_and(|chance| !(0.0..=1.0).contains(&chance) || chance == 0.0) {
                self.wrong(&["constraint", &at, "chance"], "must be above 0 and at most 1, such as 0.95", None);
            }
            if let Some(metric) = metric {
                out.0.push(Constraint { most: spec.most, least: spec.least, chance: spec.chance });
                out.1.push(metric);
            }
        }
        out
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
        let is_yearly = objectives.iter().any(|metric| {
            use MetricName::{CostPerHaulUsd, CostPerMoveUsd, YearCostUsd};
            [YearCostUsd, CostPerHaulUsd, CostPerMoveUsd].contains(metric)
        });
        if is_yearly && (loaded.scenario.money.is_none() || loaded.scenario.price.is_empty()) {
            let help =
                "give [money] and a [price] of all that is decided (guide: optimize), or choose another objective";
            self.wrong(&["objective"], "the scenario has no prices", Some(help.to_owned()));
        }
    }
}

/// That a cost does not know what some decisions cost.
fn free(unpriced: &[String]) -> Option<String> {
    (!unpriced.is_empty()).then(|| {
        let names = unpriced.join(", ");
        format!("no [price] has a part in {names}: more of it is bought for nothing, whatever the cost says")
    })
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
        assert!(load(&search.request(&[0, 1])).is_ok() && load(&search.request(&[1, 1])).is_ok());
        let wrong = parsed(&text.replace("PARAMETER", "nonesuch")).unwrap_err();
        assert!(wrong.contains("no value of it can be simulated"), "{wrong}");
    }

    /// What no price knows is bought for nothing: said where a cost is to be least, and only there.
    #[test]
    fn what_has_no_price_is_told() {
        let text = "objective = \"bill_total_usd\"\n[decide]\n\"charger.night.cabinets\" = { from = 10, to = 14, step = 2 }\n\
                    \"policy.charging.name\" = [\"edf\", \"fcfs\"]\n";
        let search = parsed(text).unwrap();
        assert!(search.notes.len() == 1 && search.notes[0].contains("charger.night.cabinets"), "{:?}", search.notes);
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
