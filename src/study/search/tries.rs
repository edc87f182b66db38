//! Tries the choices of a search before it begins: what is refused, changes nothing, has no price, or makes no sense beside others.

use super::space::Space;
use crate::account::price::Investment;
use crate::scenario::load::{Request, load};
use crate::scenario::loaded::Loaded;
use crate::scenario::prices::investments;

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Tried {
    /// Paths of numbers of things that are bought, and that no price knows.
    pub(super) unpriced: Vec<String>,
    /// Choices beside which a decision makes no sense: the decision, the other one, its choice.
    pub(super) without: Vec<(usize, usize, usize)>,
    /// Mistakes: path and message.
    pub(super) wrong: Vec<(String, String)>,
}

/// Each choice by itself: where all are refused, or change nothing (a map or an overlay may set the value again), they are
/// tried beside the choices of the other decisions before that is a mistake.
pub(super) fn try_choices(space: &Space, loaded: &Loaded, request: &dyn Fn(&[String]) -> Request) -> Tried {
    let mut tried = Tried::default();
    for (at, decision) in space.decisions.iter().enumerate() {
        let (mut refused, mut is_changed, mut costs) = (Vec::new(), false, Vec::new());
        for value in &decision.values {
            match load(&request(&[format!("{}={value}", decision.path)])) {
                Ok(changed) => {
                    is_changed |= changed.canonical != loaded.canonical;
                    costs.push(cost_usd(&changed));
                }
                Err(problems) => refused.push((value, problems)),
            }
        }
        if decision.is_ordered && is_bought(&decision.path) && is_one(&costs) {
            tried.unpriced.push(decision.path.clone());
        }
        // Where others of its values are fine, one may need another decision beside it.
        let is_refused = refused.len() == decision.values.len();
        if !is_refused && (is_changed || decision.values.len() == 1) {
            continue;
        }
        if let Some(senseless) = beside_others(space, at, request) {
            tried.without.extend(senseless);
            continue;
        }
        let message = match refused.first() {
            Some((value, problems)) => {
                let why = problems.list.first().map(|it| it.message.clone()).unwrap_or_default();
                let (refused, all) = (refused.len(), decision.values.len());
                let what = if is_refused {
                    "no value of it can be simulated".to_owned()
                } else {
                    format!("{refused} of its {all} values are refused, which leaves no choice")
                };
                format!("{what}; of {value} it is said: {why}")
            }
            None => "none of its values changes the scenario".to_owned(),
        };
        // Without any value it is a mistake already.
        if !decision.values.is_empty() {
            tried.wrong.push((decision.path.clone(), message));
        }
    }
    tried
}

/// Is there a choice of another decision beside which this one works? Then the choices beside which it does not, though they
/// work without it: a parameter of one policy beside another policy.
fn beside_others(
    space: &Space,
    at: usize,
    request: &dyn Fn(&[String]) -> Request,
) -> Option<Vec<(usize, usize, usize)>> {
    let (mut is_found, mut senseless) = (false, Vec::new());
    for (other, decision) in space.decisions.iter().enumerate().filter(|(other, _)| *other != at) {
        let (mut works_beside, mut refusing) = (false, Vec::new());
        for (choice, value) in decision.values.iter().enumerate() {
            let chosen = format!("{}={value}", decision.path);
            let alone = load(&request(std::slice::from_ref(&chosen))).ok().map(|loaded| loaded.canonical);
            let works = |value: &String| {
                let own = format!("{}={value}", space.decisions[at].path);
                let both = if at < other { [own, chosen.clone()] } else { [chosen.clone(), own] };
                load(&request(&both)).is_ok_and(|both| alone.as_ref() != Some(&both.canonical))
            };
            if space.decisions[at].values.iter().any(works) {
                works_beside = true;
            } else if alone.is_some() {
                refusing.push((at, other, choice));
            }
        }
        if works_beside {
            is_found = true;
            senseless.extend(refusing);
        }
    }
    is_found.then_some(senseless)
}

/// What all that has a price costs to buy and in a year: another number where any of it is another one.
fn cost_usd(loaded: &Loaded) -> f64 {
    let cost = |it: &Investment| it.capex_usd + it.upkeep_usd_per_year + it.labor_usd_per_year;
    investments(&loaded.scenario).iter().map(cost).sum()
}

/// Is it a number of something that is bought? Policies, times, roads and what there is to do are not.
fn is_bought(path: &str) -> bool {
    let is_of = |table: &str| path.starts_with(table);
    let is_thing = ["charger.", "storage.", "solar.", "truck_model.", "equipment_model."].into_iter().any(is_of);
    let is_connection = (is_of("site.") || is_of("node.")) && path.ends_with(".limit_kw");
    let is_count =
        (is_of("fleet.") && path.contains(".trucks.")) || (is_of("terminal.") && path.contains(".equipment."));
    is_thing || is_connection || is_count
}

fn is_one(costs: &[f64]) -> bool {
    costs.len() > 1 && costs.iter().all(|cost| (cost - costs[0]).abs() <= 1e-9 * costs[0].abs())
}
