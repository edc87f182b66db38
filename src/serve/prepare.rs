//! Loads what was asked for, so that all errors show before anything waits.

use super::edit::{self, Change};
use super::error::{ApiError, ApiResult};
use super::layout;
use super::request::{Asked, ComparisonRequest, RunRequest, SearchRequest, SensitivityRequest, Until, Variant};
use super::workspace::{STUDIES, Workspace};
use crate::document::problem::Problems;
use crate::job::check_plugins;
use crate::scenario::load::Request;
use crate::scenario::loaded::Loaded;
use crate::study::compare::results;
use crate::study::compare::strategy::Strategy;
use crate::study::compare::{CompareSpec, Target};
use crate::study::influence::{self, SCREENING_POINTS, THRESHOLD};
use crate::study::search::run::SEARCHES;
use crate::study::search::spec::{Choices, OneOrTwo, SearchSpec};
use crate::study::search::study::Search;
use crate::study::sweep::shard::Store;
use axum::http::StatusCode;
use std::path::{Path, PathBuf};

/// Strategies of one comparison, and replications of each.
const STRATEGIES: std::ops::RangeInclusive<usize> = 2..=12;
const REPLICATIONS: std::ops::RangeInclusive<u32> = 2..=1_000;
/// Points of a sensitivity, and the numbers whose shares are worked out.
const POINTS: std::ops::RangeInclusive<u32> = 16..=4_096;
const MOST_NUMBERS: u32 = 12;
/// Choices of a search in all decisions together: each is tried by itself before anything waits.
const MOST_CHOICES: usize = 500;
/// Minutes and runs of one search.
const MOST_MINUTES: f64 = 24.0 * 60.0;
const MOST_RUNS: u32 = 1_000_000;

/// Loads what is asked for, so that all errors show before anything waits; the title.
///
/// # Errors
/// All errors.
pub(super) fn title(asked: &Asked, workspace: &Workspace) -> ApiResult<String> {
    Ok(match asked {
        Asked::Run(request) => request.load(workspace)?.0.scenario.title,
        Asked::Search(request) => request.load(workspace, "study")?.loaded.scenario.title,
        Asked::Sensitivity(request) => request.load(workspace)?.1,
        Asked::Comparison(request) => {
            let (_, loaded) = request.load(workspace)?;
            loaded.into_iter().next().map(|(_, loaded)| loaded.scenario.title).unwrap_or_default()
        }
    })
}

impl RunRequest {
    /// The scenario, and the files and settings that it is made of.
    ///
    /// # Errors
    /// All errors.
    pub(super) fn load(&self, workspace: &Workspace) -> ApiResult<(Loaded, Request)> {
        let asked = request(workspace, &self.scenario, &self.strategies, &self.changes, self.days)?;
        let loaded = layout::load_changed(&asked, &self.changes)?;
        check_plugins(&loaded).map_err(refused)?;
        Ok((loaded, asked))
    }
}

impl ComparisonRequest {
    /// Every strategy under its name, and how they are compared.
    ///
    /// # Errors
    /// All errors of all strategies.
    pub(super) fn load(&self, workspace: &Workspace) -> ApiResult<(results::Asked, Vec<(String, Loaded)>)> {
        self.check()?;
        let (strategies, loaded) = variants(workspace, &self.scenario, &self.variants, self.days)?;
        let compare = CompareSpec {
            scenario: workspace.scenario(&self.scenario)?,
            settings: Vec::new(),
            strategies,
            baseline: 0,
            seed: self.seed,
            replications: self.replications,
            target: self.until.clone().map(|Until { metric, share, most }| Target {
                metric: metric.into(),
                share,
                most,
            }),
            is_bounded: false,
        };
        let metric = self.until.as_ref().map(|until| until.metric.into());
        Ok((results::Asked { compare, vary: Vec::new(), metric }, loaded))
    }

    fn check(&self) -> ApiResult<()> {
        if !STRATEGIES.contains(&self.variants.len()) {
            let (least, most) = STRATEGIES.into_inner();
            return Err(ApiError::bad(format!("compare {least} to {most} strategies, not {}", self.variants.len())));
        }
        let most = self.until.as_ref().map_or(self.replications, |until| until.most.max(self.replications));
        if !REPLICATIONS.contains(&self.replications) || !REPLICATIONS.contains(&most) {
            let (least, most) = REPLICATIONS.into_inner();
            return Err(ApiError::bad(format!("a comparison has {least} to {most} replications of each strategy")));
        }
        check_names(&self.variants)?;
        let is_share = |until: &Until| until.share > 0.0 && until.share < 1.0;
        if !self.until.as_ref().is_none_or(is_share) {
            return Err(ApiError::bad("`until.share` lies between 0 and 1, such as 0.05"));
        }
        Ok(())
    }
}

impl SearchRequest {
    /// The search, whose study is, or will be, the file of this name among the studies of the folder.
    ///
    /// # Errors
    /// All errors.
    pub(super) fn load(&self, workspace: &Workspace, name: &str) -> ApiResult<Search> {
        self.check()?;
        let asked = request(workspace, &self.scenario, &self.strategies, &self.changes, self.days)?;
        check_plugins(&layout::load_changed(&asked, &self.changes)?).map_err(refused)?;
        let objectives = self.objectives.iter().map(|metric| metric.as_str().to_owned()).collect();
        let Request { settings, within, .. } = asked;
        let spec = SearchSpec {
            scenario: Path::new("..").join(&self.scenario),
            strategy: if self.strategies.is_empty() { "bau".to_owned() } else { self.strategies.join("+") },
            settings,
            starts: Vec::new(),
            ordered: None,
            seed: self.seed,
            objective: OneOrTwo::Several(objectives),
            confidence: self.confidence,
            bound: true,
            budget: self.budget,
            decide: self.decide.clone(),
            constraint: self.constraints.clone(),
        };
        let text = toml::to_string(&spec).map_err(|error| ApiError::bad(error.to_string()))?;
        let folder = workspace.folder_for(STUDIES)?;
        let path = folder.path().join(format!("{name}.toml"));
        kept_runs(workspace)?;
        Ok(Search::parse(&path, text, within)?)
    }

    fn check(&self) -> ApiResult<()> {
        let choices: usize = self.decide.values().map(Choices::count).sum();
        if choices > MOST_CHOICES {
            return Err(ApiError::bad(format!("a search has at most {MOST_CHOICES} choices in all, not {choices}")));
        }
        if self.budget.minutes.is_some_and(|minutes| minutes > MOST_MINUTES) {
            return Err(ApiError::bad(format!("a search takes at most {MOST_MINUTES} minutes")));
        }
        if self.budget.runs.is_some_and(|runs| runs > MOST_RUNS) {
            return Err(ApiError::bad(format!("a search has at most {MOST_RUNS} runs")));
        }
        Ok(())
    }
}

/// The folder beside the studies in which what was simulated for them is kept: no link there leads out of the folder.
///
/// # Errors
/// When a link is in its place, or the system refuses.
pub(super) fn kept_runs(workspace: &Workspace) -> ApiResult<PathBuf> {
    let studies = workspace.folder_for(STUDIES)?;
    let kept = studies.sub_or_make(SEARCHES).and_then(|kept| kept.sub_or_make(Store::NAME));
    kept.map_err(|error| ApiError::system(error.to_string()))?;
    Ok(studies.path().join(SEARCHES))
}

impl SensitivityRequest {
    /// What is asked of the library, and the scenario's title.
    ///
    /// # Errors
    /// All errors of all strategies.
    pub(super) fn load(&self, workspace: &Workspace) -> ApiResult<(influence::Asked, String)> {
        if !(1..=2).contains(&self.variants.len()) {
            return Err(ApiError::bad("name one strategy, or the two to choose between"));
        }
        check_names(&self.variants)?;
        if !(1..=*REPLICATIONS.end()).contains(&self.replications) {
            return Err(ApiError::bad(format!("each answer has 1 to {} replications", REPLICATIONS.end())));
        }
        if !POINTS.contains(&self.points) {
            return Err(ApiError::bad(format!("the shares have {} to {} points", POINTS.start(), POINTS.end())));
        }
        let (strategies, loaded) = variants(workspace, &self.scenario, &self.variants, self.days)?;
        let title = loaded.into_iter().next().map(|(_, loaded)| loaded.scenario.title).unwrap_or_default();
        let asked = influence::Asked {
            scenario: workspace.scenario(&self.scenario)?,
            settings: Vec::new(),
            strategies,
            metric: self.metric,
            ranges: std::collections::BTreeMap::new(),
            only_ranges: false,
            seed: self.seed,
            replications: self.replications,
            points: self.points,
            screening_points: SCREENING_POINTS,
            threshold: THRESHOLD,
            most: MOST_NUMBERS,
            within: Some(workspace.root().to_path_buf()),
        };
        Ok((asked, title))
    }
}

/// Strategies with the scenario that each loads, under their names.
fn variants(
    workspace: &Workspace,
    scenario: &str,
    variants: &[Variant],
    days: Option<u32>,
) -> ApiResult<(Vec<Strategy>, Vec<(String, Loaded)>)> {
    let mut problems = Problems::default();
    let (mut loaded, mut strategies) = (Vec::new(), Vec::new());
    for Variant { name, strategies: overlays, changes } in variants {
        let request = request(workspace, scenario, overlays, changes, days)?;
        match layout::load_changed(&request, changes) {
            Ok(scenario) => loaded.push((name.clone(), scenario)),
            Err(wrong) => problems.append(wrong),
        }
        let Request { overlays, settings, .. } = request;
        strategies.push(Strategy { name: name.clone(), overlays, settings });
    }
    if !problems.list.is_empty() {
        return Err(problems.into());
    }
    for (_, scenario) in &loaded {
        check_plugins(scenario).map_err(refused)?;
    }
    Ok((strategies, loaded))
}

fn check_names(variants: &[Variant]) -> ApiResult<()> {
    for (at, variant) in variants.iter().enumerate() {
        if variant.name.trim().is_empty() || variant.name.len() > 100 {
            return Err(ApiError::bad("each strategy has a name of 1 to 100 characters"));
        }
        if variants[..at].iter().any(|other| other.name == variant.name) {
            return Err(ApiError::bad(format!("two strategies are called `{}`", variant.name)));
        }
    }
    Ok(())
}

fn request(
    workspace: &Workspace,
    scenario: &str,
    strategies: &[String],
    changes: &[Change],
    days: Option<u32>,
) -> ApiResult<Request> {
    // How many days is a change as others are: it has a source.
    let days = days.map(|days| Change { path: "time.days".to_owned(), value: days.into() });
    let changes: Vec<Change> = changes.iter().cloned().chain(days).collect();
    workspace.request(scenario, strategies, edit::settings(&changes)?)
}

fn refused(error: impl std::fmt::Display) -> ApiError {
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string())
}
