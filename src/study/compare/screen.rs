//! A comparison as text, for people.

use super::sensitivity::Effect;
use super::{CompareSpec, Comparison, MetricComparison, Standing};
use crate::record::metrics::{Better, MetricName, ScopedMetric, TOTAL};
use crate::study::work;
use std::fmt::Write;

/// A number in about four significant figures, without exponents where people read it.
#[must_use]
pub fn figure(value: Option<f64>) -> String {
    let Some(value) = value else { return "-".to_owned() };
    // Zero has no sign for people.
    let value = if value == 0.0 { 0.0 } else { value };
    let size = value.abs();
    let decimals = match size {
        _ if size == 0.0 || size >= 1000.0 => 0,
        _ if size >= 100.0 => 1,
        _ if size >= 10.0 => 2,
        _ if size >= 0.001 => 4,
        _ => return format!("{value:.2e}"),
    };
    format!("{value:.decimals$}")
}

fn signed(value: Option<f64>) -> String {
    let text = figure(value);
    if value.is_some_and(|value| value > 0.0) { format!("+{text}") } else { text }
}

/// The place, or that the data cannot tell; what is known all the same: that it is behind the baseline, did less work, or may have.
fn place(standing: &Standing, better: Option<Better>) -> String {
    let is_worse = standing.difference.zip(better).is_some_and(|(difference, better)| {
        standing.differs == Some(true) && (difference < 0.0) == (better == Better::Higher)
    });
    let mut told = match (standing.first_place, standing.last_place) {
        (Some(first), Some(last)) if first == last => first.to_string(),
        (Some(first), Some(last)) if is_worse => format!("{first}-{last}, worse than the baseline"),
        (Some(first), Some(last)) => format!("{first}-{last}: cannot tell"),
        _ => "-".to_owned(),
    };
    for caveat in [standing.work.told(), work::fuel_told(&standing.more_fuel)].into_iter().flatten() {
        let _ = write!(told, "; {caveat}");
    }
    told
}

/// The whole screen. `only` shows one metric instead of the headlines.
#[must_use]
pub fn screen(
    spec: &CompareSpec,
    title: &str,
    done: &Comparison,
    only: Option<&ScopedMetric>,
    effects: &[Effect],
) -> String {
    let replications = done.runs.replications();
    let baseline = &spec.strategies[spec.baseline].name;
    let mut out = format!(
        "{title}: {} strategies on the same {replications} random draws of its days (seed {}), baseline {baseline}\n",
        spec.strategies.len(),
        spec.seed,
    );
    if done.runs.is_interrupted {
        let _ = writeln!(out, "Interrupted: {replications} replications were finished and are judged here.");
    }
    match replications {
        0 | 1 => out.push_str("One replication says nothing about chance: use --replications 20 or more.\n"),
        2..=4 => {
            let _ =
                writeln!(out, "{replications} replications say little about chance: use --replications 20 or more.");
        }
        _ => {}
    }
    let mut same = Vec::new();
    let headlines = || MetricName::HEADLINES.iter().map(|name| ScopedMetric::from(*name)).collect();
    let names: Vec<ScopedMetric> = only.map_or_else(headlines, with_service);
    let is_asked = |name: &ScopedMetric| only.is_some_and(|only| only == name);
    let is_told = |metric: &&MetricComparison| metric.strategies.iter().any(|standing| standing.mean.is_some());
    for (name, metric) in names.iter().filter_map(|name| Some((name, done.of(name)?))).filter(|it| is_told(&it.1)) {
        if !is_asked(name) && is_same(metric, spec.baseline) {
            same.push(metric.key.name.as_str());
        } else {
            table(&mut out, metric, baseline, spec.baseline);
            if metric.replications < replications {
                let _ = writeln!(
                    out,
                    "  in {} of {replications} replications: the others have no value",
                    metric.replications
                );
            }
        }
    }
    if !same.is_empty() {
        let _ = writeln!(out, "\nThe same for all: {}.", same.join(", "));
    }
    if let (Some(target), Some(narrow)) = (&spec.target, done.is_narrow) {
        let told = if narrow { "within" } else { "NOT within" };
        let share = target.share * 100.0;
        let _ = writeln!(
            out,
            "\nAfter {replications} replications the differences of {} are {told} {share} % of the baseline.",
            target.metric
        );
    }
    tornado(&mut out, effects, only);
    out
}

/// A metric; a cost with what was done for it, first.
fn with_service(only: &ScopedMetric) -> Vec<ScopedMetric> {
    let service = if only.name.is_cost() { MetricName::SERVICE } else { &[] };
    service.iter().map(|name| ScopedMetric::from(*name)).chain([only.clone()]).collect()
}

/// Have all strategies the same value, as far as the replications say?
fn is_same(metric: &MetricComparison, baseline: usize) -> bool {
    let base = metric.strategies[baseline].mean;
    let others = metric.strategies.iter().enumerate().filter(|(at, _)| *at != baseline);
    base.is_some()
        && others.map(|(_, standing)| standing).all(|standing| match standing.difference {
            Some(difference) => difference == 0.0 && standing.difference_half_width.is_none_or(|width| width == 0.0),
            None => standing.mean == base,
        })
}

fn table(out: &mut String, metric: &MetricComparison, baseline: &str, at: usize) {
    let key = &metric.key;
    let unit = if key.unit.is_empty() { String::new() } else { format!(", {}", key.unit) };
    let wanted = metric.better.map_or_else(String::new, |better| format!("; {} is better", better.word()));
    let of = if key.scope == TOTAL { String::new() } else { format!(" of {}", key.scope) };
    let _ = writeln!(out, "\n{}{of}{unit} ({}{wanted})", key.name, key.info);
    let longest = metric.strategies.iter().map(|standing| standing.strategy.chars().count()).max().unwrap_or(0);
    let width = longest.max("strategy".len());
    let against = format!("against {baseline}");
    let wide = against.chars().count().max(12);
    let _ = writeln!(
        out,
        "  {:<width$} {:>12} {:>10}  {against:>wide$} {:>10} {:>8}  {:>6}  place",
        "strategy", "mean", "+-95 %", "+-95 %", "p (Holm)", "best"
    );
    for (row, standing) in metric.strategies.iter().enumerate() {
        let is_baseline = row == at;
        let p =
            standing.p_holm.map_or_else(String::new, |p| if p < 1e-4 { "<0.0001".into() } else { format!("{p:.4}") });
        let best = standing.probability_best.map_or("-".to_owned(), |best| format!("{:.0} %", 100.0 * best));
        let blank = |text: String| if is_baseline { String::new() } else { text };
        let _ = writeln!(
            out,
            "  {:<width$} {:>12} {:>10}  {:>wide$} {:>10} {:>8}  {best:>6}  {}",
            standing.strategy,
            figure(standing.mean),
            figure(standing.half_width),
            blank(signed(standing.difference)),
            blank(figure(standing.difference_half_width)),
            blank(p),
            place(standing, metric.better),
        );
    }
}

/// The changes that move the answer most come first.
fn tornado(out: &mut String, effects: &[Effect], metric: Option<&ScopedMetric>) {
    let Some(metric) = metric.filter(|_| !effects.is_empty()) else { return };
    let mut parameters: Vec<&str> = Vec::new();
    for effect in effects {
        if !parameters.contains(&effect.parameter.as_str()) {
            parameters.push(&effect.parameter);
        }
    }
    let swing = |parameter: &str| {
        let own = effects.iter().filter(|effect| effect.parameter == parameter);
        own.filter_map(|effect| effect.effect).map(f64::abs).fold(0.0, f64::max)
    };
    parameters.sort_by(|a, b| swing(b).total_cmp(&swing(a)));
    let _ = writeln!(out, "\nEffects on {metric} (largest first)");
    let _ = writeln!(
        out,
        "  {:<32} {:<20} {:>12} {:>12} {:>10} {:>14} {:>10}",
        "parameter = value", "strategy", "mean", "effect", "+-95 %", "to baseline", "+-95 %"
    );
    for parameter in parameters {
        for effect in effects.iter().filter(|effect| effect.parameter == parameter) {
            let _ = writeln!(
                out,
                "  {:<32} {:<20} {:>12} {:>12} {:>10} {:>14} {:>10}",
                format!("{parameter} = {}", effect.value),
                effect.strategy,
                figure(effect.mean),
                signed(effect.effect),
                figure(effect.effect_half_width),
                signed(effect.difference),
                figure(effect.difference_half_width),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{figure, with_service};
    use crate::record::metrics::{MetricName, ScopedMetric};

    /// A cost that is asked for alone has what was done for it beside it, and before it; a peak has not.
    #[test]
    fn a_cost_is_shown_with_service() {
        let of = |name: MetricName| with_service(&ScopedMetric::from(name));
        let cost = of(MetricName::NpvUsd);
        assert_eq!(cost.last(), Some(&ScopedMetric::from(MetricName::NpvUsd)));
        for name in [MetricName::HaulsCompleted, MetricName::SessionsServedShare] {
            assert!(cost.contains(&ScopedMetric::from(name)), "{name}");
        }
        assert_eq!(of(MetricName::PeakKw), vec![ScopedMetric::from(MetricName::PeakKw)]);
    }

    #[test]
    fn figures_are_for_people() {
        let told: Vec<String> = [1_234_567.8, 123.456, 12.345, 0.012_345, -0.0, 1e-9].map(|x| figure(Some(x))).to_vec();
        assert_eq!(told, ["1234568", "123.5", "12.35", "0.0123", "0", "1.00e-9"]);
    }
}
