//! A sensitivity as text, for people.

use super::groups::Screened;
use super::results::{SMALL, Told, headline, told};
use super::{Asked, Influence};
use crate::study::compare::screen::figure;
use crate::study::work::Shortfall;
use std::fmt::Write;

/// Numbers that are shown.
const SHOWN: usize = 10;

/// The whole screen.
#[must_use]
pub fn text(asked: &Asked, title: &str, done: &Influence) -> String {
    let unit = done.metric.info().unit;
    let of = match asked.strategies.as_slice() {
        [one] => format!("{} under {}", done.metric, one.name),
        [one, two, ..] => format!("{} of {} less {}", done.metric, two.name, one.name),
        [] => done.metric.to_string(),
    };
    let mut out = format!("{title}: what {of} depends on\n{}\n", headline(done));
    let varied = done.numbers.varied.len();
    let left_out = 100.0 * done.screened.left_out;
    let _ = writeln!(
        out,
        "{varied} numbers were varied over their ranges, {} not (listed with reasons in sensitivity.json).\n{} groups were \
         looked at; what was left out moves {left_out:.1} % of the variance together. {} runs.",
        done.numbers.fixed.len(),
        done.screened.groups,
        done.runs,
    );
    chance(&mut out, done);
    if done.refused > 0 {
        let why = done.refusal.as_deref().and_then(|why| why.lines().next()).unwrap_or_default();
        let _ = writeln!(out, "{} combinations of values were refused and are excluded: {why}", done.refused);
    }
    let told = told(done);
    if told.is_empty() {
        return out;
    }
    let (mean, deviation) = (figure(Some(done.indices.mean)), figure(Some(done.indices.deviation)));
    let _ = writeln!(out, "\nOver these ranges the mean is {mean} {unit}, the standard deviation {deviation} {unit}.");
    table(&mut out, &told);
    interactions(&mut out, done);
    choice(&mut out, asked, done, &told);
    out
}

/// What chance alone does to the answers.
fn chance(out: &mut String, done: &Influence) {
    let Screened { chance, variance, .. } = done.screened;
    if variance > 0.0 && chance / variance > SMALL {
        let share = percent(chance / variance);
        let _ = writeln!(
            out,
            "Chance is {share:.0} % of the variance: smaller shares are within it; more --replications \
             make it less."
        );
    }
}

/// A share as it is printed: an estimate from few points may lie outside of what a share can be.
fn percent(share: f64) -> f64 {
    100.0 * share.clamp(0.0, 1.0)
}

fn table(out: &mut String, told: &[Told<'_>]) {
    let width = told.iter().take(SHOWN).map(|told| told.number.path.chars().count()).max().unwrap_or(0).max(6);
    let _ = writeln!(
        out,
        "  {:<width$} {:>10} {:>10} {:>10}  {:>6}  {:>13}  {:>7}",
        "number", "as written", "lowest", "highest", "share", "95 %", "by itself"
    );
    for Told { number, first, total, .. } in told.iter().take(SHOWN) {
        let written = number.written.as_f64();
        let ends = if written.is_some() { "" } else { " x" };
        let written = written.map_or_else(|| "a list".to_owned(), |value| figure(Some(value)));
        let [low, high] = [number.low, number.high].map(|end| format!("{}{ends}", figure(Some(end))));
        let interval = format!("{:.0} to {:.0} %", percent(total.low), percent(total.high));
        let _ = writeln!(
            out,
            "  {:<width$} {written:>10} {low:>10} {high:>10}  {:>4.0} %  {interval:>13}  {:>5.0} %",
            number.path,
            percent(total.value),
            percent(first.value),
        );
    }
    if told.len() > SHOWN {
        let _ = writeln!(out, "  and {} more (tables/numbers.parquet)", told.len() - SHOWN);
    }
}

fn interactions(out: &mut String, done: &Influence) {
    let path = |column: usize| &done.numbers.varied[done.decisive[column]].path;
    let held: Vec<String> = done
        .indices
        .pairs
        .iter()
        .filter(|(_, _, share)| share.low > 0.0 && share.value >= SMALL)
        .map(|(one, other, share)| format!("{} with {} ({:.0} %)", path(*one), path(*other), 100.0 * share.value))
        .collect();
    if !held.is_empty() {
        let _ = writeln!(out, "They interact: {}.", held.join("; "));
    }
}

/// Which to measure first.
fn choice(out: &mut String, asked: &Asked, done: &Influence, told: &[Told<'_>]) {
    let ([base, challenger, ..], Some(worth)) = (asked.strategies.as_slice(), &done.worth) else {
        out.push_str(
            "\nWhich of them to measure first depends on what is to be decided: name two strategies (--strategies A,B).\n",
        );
        return;
    };
    let unit = done.metric.info().unit;
    let (chosen, other, at, share) = if worth.gain > 0.0 {
        (&challenger.name, &base.name, 1, worth.challenger_wins)
    } else {
        (&base.name, &challenger.name, 0, 1.0 - worth.challenger_wins)
    };
    let short = done.work.get(at).and_then(Shortfall::told);
    let short = short.map(|short| format!(" (beside {other}: {short}; what is not done is no saving)"));
    let _ = writeln!(
        out,
        "\nOn {} alone {chosen} is chosen{}, and is the better one in {:.0} % of the draws. If all were known, the choice would \
         gain {} {unit}.",
        done.metric,
        short.as_deref().unwrap_or_default(),
        100.0 * share,
        figure(Some(worth.of_all)),
    );
    let mut first: Vec<&Told<'_>> =
        told.iter().filter(|told| told.worth.is_some_and(|value| value > worth.floor)).collect();
    first.sort_by(|a, b| b.worth.unwrap_or(0.0).total_cmp(&a.worth.unwrap_or(0.0)));
    if first.is_empty() {
        out.push_str("No single number changes the choice enough to be worth measuring.\n");
        return;
    }
    out.push_str("Measure first (what the choice would gain on average if the number were known):\n");
    for told in first.iter().take(5) {
        let _ = writeln!(out, "  {:<44} {:>12} {unit}", told.number.path, figure(told.worth));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::metrics::MetricName;
    use crate::study::compare::strategy::Strategy;
    use crate::study::influence::numbers::Numbers;
    use crate::study::influence::sobol::Indices;
    use crate::study::influence::worth::Worth;
    use crate::study::work::Open;

    /// Who leaves hauls undone has the lower bill, and is not just chosen for it.
    #[test]
    fn less_work_is_told_beside_the_choice() {
        let strategy = |name: &str| Strategy { name: name.to_owned(), ..Strategy::unchanged() };
        let asked = Asked {
            scenario: "depot".into(),
            settings: Vec::new(),
            strategies: vec![strategy("bau"), strategy("few")],
            metric: None,
            ranges: std::collections::BTreeMap::new(),
            only_ranges: false,
            seed: 1,
            replications: 1,
            points: 16,
            screening_points: 10,
            threshold: 0.02,
            most: 10,
            within: None,
        };
        let done = |work| Influence {
            metric: MetricName::BillTotalUsd,
            numbers: Numbers::default(),
            screened: Screened::default(),
            decisive: Vec::new(),
            indices: Indices::default(),
            worth: Some(Worth { gain: 10.0, challenger_wins: 0.9, ..Worth::default() }),
            work,
            runs: 40,
            refused: 0,
            refusal: None,
        };
        let text = |short: [Shortfall; 2]| {
            let mut out = String::new();
            choice(&mut out, &asked, &done(short.to_vec()), &[]);
            out
        };
        let (none, metric) = (Shortfall::default, MetricName::HaulsCompleted);
        let less = || Shortfall { less: vec![metric], ..none() };
        let told = text([none(), less()]);
        assert!(
            told.contains("few is chosen (beside bau: did less work (hauls_completed); what is not done"),
            "{told}"
        );
        let told = text([less(), none()]);
        assert!(told.contains("few is chosen, and is the better one in 90 %"), "{told}");
        let open = Shortfall { open: vec![Open { metric, low: -0.012, high: 0.003 }], ..none() };
        let told = text([none(), open]);
        assert!(told.contains("no proven difference in work: -1.2 % to +0.3 % (hauls_completed)"), "{told}");
    }

    #[test]
    fn shares_are_printed_from_none_to_all() {
        let near = |share, percent: f64| assert!((super::percent(share) - percent).abs() < 1e-9, "{share}");
        near(-0.2, 0.0);
        near(0.25, 25.0);
        near(1.3, 100.0);
    }
}
