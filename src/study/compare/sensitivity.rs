//! Sensitivities: one number at a time is changed, for every strategy, on the same random days.

use super::CompareSpec;
use super::measure::{FailedRun, Runs, complete};
use crate::document::problem::{Problems, nearest};
use crate::record::metrics::ScopedMetric;
use crate::scenario::load::load;
use crate::scenario::loaded::Loaded;
use crate::study::stats;
use crate::study::stats::LEVEL;
use serde::{Deserialize, Serialize};
use std::sync::atomic::AtomicBool;

/// A number and the changes to try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vary {
    /// Dotted path, such as `site.depot.limit_kw`.
    pub path: String,
    /// Changes: `-20%` of what each strategy has, or a value.
    pub changes: Vec<String>,
}

impl Vary {
    /// Reads `path=-20%,+20%`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let form = || format!("`--vary {text}`: write it as `site.depot.limit_kw=-20%,+20%` or `...=800,1400`");
        let (path, changes) = text.split_once('=').ok_or_else(form)?;
        let changes: Vec<String> = changes.split(',').map(|change| change.trim().to_owned()).collect();
        let is_wrong = |change: &String| {
            let number = change.strip_suffix('%').map(str::parse::<f64>);
            change.is_empty() || number.is_some_and(|number| !number.is_ok_and(f64::is_finite))
        };
        if path.trim().is_empty() || changes.iter().any(is_wrong) {
            return Err(form());
        }
        Ok(Self { path: path.trim().to_owned(), changes })
    }
}

/// One strategy with one number changed, ready to run.
#[derive(Debug, Clone)]
pub struct Variation {
    /// Which number.
    pub path: String,
    /// The change as written.
    pub change: String,
    /// Which strategy.
    pub strategy: usize,
    /// The value it has.
    pub value: String,
}

/// What a change does to a strategy.
#[derive(Debug, Clone, Serialize)]
pub struct Effect {
    /// Path of the number.
    pub parameter: String,
    /// The change as written.
    pub change: String,
    /// The value it had.
    pub value: String,
    /// The strategy.
    pub strategy: String,
    /// Mean of the metric.
    pub mean: Option<f64>,
    /// Mean effect of the change on this strategy.
    pub effect: Option<f64>,
    /// Half the width of its 95 % interval.
    pub effect_half_width: Option<f64>,
    /// Mean difference to the baseline strategy, both with the change.
    pub difference: Option<f64>,
    /// Half the width of its 95 % interval.
    pub difference_half_width: Option<f64>,
}

/// Loads every strategy with every change.
///
/// # Errors
/// All mistakes at once: a path that is no number of a strategy, a value that a check refuses.
pub fn load_variations(
    spec: &CompareSpec,
    loaded: &[(String, Loaded)],
    vary: &[Vary],
) -> Result<Vec<(Variation, Loaded)>, Problems> {
    let mut problems = Problems::default();
    let mut out = Vec::new();
    for Vary { path, changes } in vary {
        for change in changes {
            for (strategy, (_, base)) in loaded.iter().enumerate() {
                match one(spec, base, strategy, path, change) {
                    Ok(variation) => out.push(variation),
                    Err(wrong) => problems.append(wrong),
                }
            }
        }
    }
    if problems.list.is_empty() { Ok(out) } else { Err(problems) }
}

fn one(
    spec: &CompareSpec,
    base: &Loaded,
    strategy: usize,
    path: &str,
    change: &str,
) -> Result<(Variation, Loaded), Problems> {
    let values = candidates(base, path, change)?;
    let mut first = None;
    for value in values {
        let setting = format!("{path}={value}");
        match load(&spec.strategies[strategy].request(&spec.scenario, &spec.settings, &[setting])) {
            Ok(loaded) => {
                let (path, change) = (path.to_owned(), change.to_owned());
                return Ok((Variation { path, change, strategy, value }, loaded));
            }
            Err(wrong) => first = first.or(Some(wrong)),
        }
    }
    Err(first.unwrap_or_default())
}

/// The value that a change means: exact, then to the nearest whole number for fields that must be whole.
fn candidates(base: &Loaded, path: &str, change: &str) -> Result<Vec<String>, Problems> {
    let origins = &base.provenance.origins;
    let found = origins.iter().find(|origin| origin.field == path);
    let Some(percent) = change.strip_suffix('%').and_then(|number| number.parse::<f64>().ok()) else {
        return Ok(vec![change.to_owned()]);
    };
    let Some(now) = found.and_then(|origin| origin.value.parse::<f64>().ok()) else {
        let help = nearest(path, origins.iter().map(|origin| origin.field.as_str()));
        let message = "is not a number of the scenario, so no share of it can be taken";
        return Err(Problems::of_file(&format!("`--vary {path}`"), message, help));
    };
    let exact = now * (1.0 + percent / 100.0);
    let whole = exact.round();
    // What is no whole number today need not be one: a share of 0.95 is not raised to 1 in the name of 20 %.
    let may_round = now.fract() == 0.0;
    Ok(match (exact - whole).abs() < 1e-9 {
        true => vec![whole.to_string()],
        false if may_round => vec![exact.to_string(), whole.to_string()],
        false => vec![exact.to_string()],
    })
}

/// Runs all variations for as many replications as the comparison has, and tells what each does to a metric.
///
/// # Errors
/// When a run fails.
pub fn effects(
    spec: &CompareSpec,
    base: &Runs,
    variations: &[(Variation, Loaded)],
    metric: &ScopedMetric,
    jobs: usize,
    stop: &AtomicBool,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<(Vec<Effect>, bool), FailedRun> {
    let named: Vec<(String, Loaded)> = variations
        .iter()
        .map(|(variation, loaded)| {
            let strategy = &spec.strategies[variation.strategy].name;
            (format!("{strategy} with {}={}", variation.path, variation.value), loaded.clone())
        })
        .collect();
    let mut runs = Runs { is_bounded: spec.is_bounded, ..Runs::default() };
    let may_fail = |at: usize| base.failed.contains_key(&variations[at].0.strategy);
    runs.extend(&named, may_fail, (spec.seed, base.replications()), jobs, stop, progress)?;
    runs.add_abatement(spec.strategies.len(), spec.baseline);
    let varied = runs.values(metric.name, &metric.scope);
    let plain = base.values(metric.name, &metric.scope);
    let strategies = spec.strategies.len();
    let effect = |(at, (variation, _)): (usize, &(Variation, Loaded))| {
        // The baseline under the same change stands in the same group of strategies.
        let compared_with = at / strategies * strategies + spec.baseline;
        let own = complete(&[varied[at].clone(), plain[variation.strategy].clone()]);
        let other = complete(&[varied[at].clone(), varied[compared_with].clone()]);
        let test = paired(&own);
        let is_baseline = variation.strategy == spec.baseline;
        let difference = paired(&other).filter(|_| !is_baseline);
        Effect {
            parameter: variation.path.clone(),
            change: variation.change.clone(),
            value: variation.value.clone(),
            strategy: spec.strategies[variation.strategy].name.clone(),
            mean: (!own[0].is_empty()).then(|| stats::mean(&own[0])),
            effect: test.map(|test| test.mean),
            effect_half_width: test.map(|test| test.half_width),
            difference: difference.map(|difference| difference.mean),
            difference_half_width: difference.map(|difference| difference.half_width),
        }
    };
    Ok((variations.iter().enumerate().map(effect).collect(), runs.is_interrupted))
}

/// The paired difference of two samples; none where one of them has no value at all.
fn paired(samples: &[Vec<f64>]) -> Option<stats::Interval> {
    let [a, b] = samples else { return None };
    (a.len() == b.len()).then(|| stats::paired(a, b, LEVEL)).flatten().map(|test| test.difference)
}
