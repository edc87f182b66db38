//! Loads what was asked for, so that all mistakes show before anything waits.

use super::edit::{self, Change};
use super::error::{ApiError, ApiResult};
use super::layout;
use super::request::{Asked, ComparisonRequest, RunRequest, Until, Variant};
use super::workspace::Workspace;
use crate::document::problem::Problems;
use crate::job::check_plugins;
use crate::scenario::load::Request;
use crate::scenario::loaded::Loaded;
use crate::study::compare::results;
use crate::study::compare::strategy::Strategy;
use crate::study::compare::{CompareSpec, Target};
use axum::http::StatusCode;

/// Strategies of one comparison, and replications of each.
const STRATEGIES: std::ops::RangeInclusive<usize> = 2..=12;
const REPLICATIONS: std::ops::RangeInclusive<u32> = 2..=1_000;

/// Loads what is asked for, so that all mistakes show before anything waits; the title.
///
/// # Errors
/// All mistakes.
pub(super) fn title(asked: &Asked, workspace: &Workspace) -> ApiResult<String> {
    Ok(match asked {
        Asked::Run(request) => request.load(workspace)?.0.scenario.title,
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
    /// All mistakes.
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
    /// All mistakes of all strategies.
    pub(super) fn load(&self, workspace: &Workspace) -> ApiResult<(results::Asked, Vec<(String, Loaded)>)> {
        self.check()?;
        let mut problems = Problems::default();
        let mut loaded = Vec::new();
        let mut strategies = Vec::new();
        for Variant { name, strategies: overlays, changes } in &self.variants {
            let request = request(workspace, &self.scenario, overlays, changes, self.days)?;
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
        let compare = CompareSpec {
            scenario: workspace.scenario(&self.scenario)?,
            settings: Vec::new(),
            strategies,
            baseline: 0,
            seed: self.seed,
            replications: self.replications,
            target: self.until.clone().map(|Until { metric, share, most }| Target { metric, share, most }),
            is_bounded: false,
        };
        let metric = self.until.as_ref().map(|until| until.metric);
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
        for (at, variant) in self.variants.iter().enumerate() {
            if variant.name.trim().is_empty() || variant.name.len() > 100 {
                return Err(ApiError::bad("each strategy has a name of 1 to 100 characters"));
            }
            if self.variants[..at].iter().any(|other| other.name == variant.name) {
                return Err(ApiError::bad(format!("two strategies are called `{}`", variant.name)));
            }
        }
        let is_share = |until: &Until| until.share > 0.0 && until.share < 1.0;
        if !self.until.as_ref().is_none_or(is_share) {
            return Err(ApiError::bad("`until.share` lies between 0 and 1, such as 0.05"));
        }
        Ok(())
    }
}

fn request(
    workspace: &Workspace,
    scenario: &str,
    strategies: &[String],
    changes: &[Change],
    days: Option<u32>,
) -> ApiResult<Request> {
    let mut settings = edit::settings(changes)?;
    settings.extend(days.map(|days| format!("time.days={days}")));
    workspace.request(scenario, strategies, settings)
}

fn refused(error: impl std::fmt::Display) -> ApiError {
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string())
}
