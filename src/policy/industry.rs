//! Levers of plants: what a policy sees of a year, and the built-in policies.
//!
//! Plants ask for one decision at a time, so that each sees what the one before it changed: first about every announced project
//! whose owners decide this year, then about all levers, until nothing is ordered.

use super::decide::{BuiltIn, Decide, Decision, Policy, chosen};
use super::kind::IndustryDecision;
use super::parameter::PolicyError;
use super::spec::Choice;
use crate::scenario::Scenario;
use crate::scenario::loaded::Schedule;

/// One question. Plants that work are rows of the columns that begin with `plant_`, levers that could be decided of those that begin
/// with `option_`.
#[derive(Debug, Clone, Default)]
pub struct IndustryView {
    /// Year of the decision.
    pub year: u16,
    /// Is it about one announced project? Then it is the only option; with none the project cannot be.
    pub is_project: bool,
    /// Most that a tonne may take when levers are taken in the order of their cost, USD/t; infinite without a limit.
    pub most_usd_per_t: f64,
    /// By plant: its place among all plants of the scenario.
    pub plant: Vec<u32>,
    /// By plant: code of its sector, its place in the list of sectors.
    pub plant_sector: Vec<u8>,
    /// By plant: units made a year.
    pub plant_output: Vec<f64>,
    /// By plant: `CO2e` that leaves it with the levers that it has or builds, t a year.
    pub plant_direct_t: Vec<f64>,
    /// By plant: the same with electricity and supply, t a year.
    pub plant_co2e_t: Vec<f64>,
    /// By plant: what it earns after energy, carbon and levers, USD a year; none where nobody says it.
    pub plant_earned_usd: Vec<Option<f64>>,
    /// By option: row of its plant.
    pub option_plant: Vec<usize>,
    /// By option: its lever's place among all levers of the scenario.
    pub option_lever: Vec<u32>,
    /// By option: first year of operation, if nothing is late.
    pub option_starts: Vec<u16>,
    /// By option: investment, USD.
    pub option_capex_usd: Vec<f64>,
    /// By option: what it changes for its owner, with the price of carbon, credits and public money, USD a year: below 0 it pays.
    pub option_usd_per_year: Vec<f64>,
    /// By option: the same with the margin by which it must be cheaper.
    pub option_net_usd_per_year: Vec<f64>,
    /// By option: what it takes, whoever pays, USD a year.
    pub option_resource_usd_per_year: Vec<f64>,
    /// By option: `CO2e` less, with supply, t a year.
    pub option_abated_t: Vec<f64>,
    /// By option: captured more, t a year.
    pub option_captured_t: Vec<f64>,
    /// By option: electricity more, `MWh` a year.
    pub option_electricity_mwh: Vec<f64>,
    /// By option: hydrogen more, t a year.
    pub option_hydrogen_t: Vec<f64>,
    /// By option: would its sector miss a path by the time it works?
    pub option_is_asked: Vec<bool>,
}

/// What is decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IndustryOrder {
    /// Nothing more this year; an announced project stays announced.
    #[default]
    Nothing,
    /// The option of this row.
    Decide(usize),
    /// The plant of this row closes at the end of the year.
    Close(usize),
    /// The announced project is cancelled.
    Cancel,
}

impl IndustryView {
    /// The row with the least value, the first of those that are alike, if it is at most `most`.
    fn least(&self, most: f64, value: impl Fn(usize) -> Option<f64>) -> Option<usize> {
        let rows = (0..self.option_plant.len()).filter_map(|row| Some((value(row)?, row)));
        let open = rows.filter(|(value, _)| *value <= most);
        open.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, row)| row)
    }

    fn usd_per_t(&self, row: usize) -> Option<f64> {
        (*self.option_abated_t.get(row)? > 0.0)
            .then(|| self.option_resource_usd_per_year[row] / self.option_abated_t[row])
    }

    /// What pays best for a tonne.
    fn cheapest(&self) -> Option<usize> {
        self.least(0.0, |row| Some(self.option_net_usd_per_year[row] / self.option_abated_t[row]))
    }

    /// The owners of a project go on when it pays.
    fn project(&self) -> IndustryOrder {
        match self.option_net_usd_per_year.first() {
            Some(usd) if *usd <= 0.0 => IndustryOrder::Decide(0),
            _ => IndustryOrder::Cancel,
        }
    }
}

fn ordered(row: Option<usize>) -> IndustryOrder {
    row.map_or(IndustryOrder::Nothing, IndustryOrder::Decide)
}

/// The built-in policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    BusinessAsUsual,
    LeastCost,
    Mandate,
    AbatementOrder,
    PlanFile,
}

/// A built-in policy.
#[derive(Debug)]
struct BuiltInRule {
    rule: Rule,
    name: &'static str,
    /// The year in which nothing more pays and paths are being kept.
    keeps_paths: Option<u16>,
}

impl Policy for BuiltInRule {
    fn name(&self) -> &str {
        self.name
    }
}

impl Decide<IndustryDecision> for BuiltInRule {
    fn decide(&mut self, view: &IndustryView) -> Result<IndustryOrder, String> {
        Ok(match (self.rule, view.is_project) {
            (Rule::BusinessAsUsual, _) | (Rule::PlanFile, false) => IndustryOrder::Nothing,
            (Rule::PlanFile, true) if !view.option_plant.is_empty() => IndustryOrder::Decide(0),
            (Rule::PlanFile, true) => IndustryOrder::Cancel,
            (Rule::AbatementOrder, true) => match view.usd_per_t(0) {
                Some(usd_per_t) if usd_per_t <= view.most_usd_per_t => IndustryOrder::Decide(0),
                _ => IndustryOrder::Cancel,
            },
            (_, true) => view.project(),
            (Rule::LeastCost, false) => ordered(view.cheapest()),
            (Rule::AbatementOrder, false) => ordered(view.least(view.most_usd_per_t, |row| view.usd_per_t(row))),
            (Rule::Mandate, false) => self.mandate(view),
        })
    }
}

impl BuiltInRule {
    /// What pays, and when nothing more does, the cheapest levers of sectors that would miss their paths.
    fn mandate(&mut self, view: &IndustryView) -> IndustryOrder {
        if self.keeps_paths != Some(view.year) {
            if let Some(row) = view.cheapest() {
                return IndustryOrder::Decide(row);
            }
            self.keeps_paths = Some(view.year);
        }
        let asked = |row: usize| view.option_is_asked[row].then(|| view.usd_per_t(row)).flatten();
        ordered(view.least(f64::INFINITY, asked))
    }
}

const BUILT_IN: &[BuiltIn] = &[
    BuiltIn::new(
        "business_as_usual",
        "Like for like",
        "decides nothing: plants go on, and announced projects stay announced",
        &[],
    ),
    BuiltIn::new("least_cost", "Least cost", "each plant takes what is cheaper than to go on, by the margin", &[]),
    BuiltIn::new("mandate", "What the rules require", "the same, and what paths ask beyond that, at least cost", &[]),
    BuiltIn::new(
        "abatement_order",
        "In the order of cost of a tonne",
        "all levers in the order of their cost of a tonne, up to a most",
        &[],
    ),
    BuiltIn::new("plan_file", "The projects of the file", "announced projects as announced, and nothing else", &[]),
];

impl Decision for IndustryDecision {
    type View<'a> = IndustryView;
    type Orders = IndustryOrder;

    fn choice(scenario: &Scenario) -> Option<&Choice<Self>> {
        scenario.industry.as_ref().map(|industry| &industry.decision)
    }

    fn is_asked(scenario: &Scenario) -> bool {
        scenario.industry.is_some() && scenario.transition.is_some()
    }

    fn built_in() -> Vec<BuiltIn> {
        BUILT_IN.to_vec()
    }

    fn make(choice: &Choice<Self>, _schedule: Option<&Schedule>) -> Result<Box<dyn Decide<Self>>, PolicyError> {
        let _ = chosen(BUILT_IN, choice)?;
        let (rule, name) = match choice.name.as_str() {
            "least_cost" => (Rule::LeastCost, "least_cost"),
            "mandate" => (Rule::Mandate, "mandate"),
            "abatement_order" => (Rule::AbatementOrder, "abatement_order"),
            "plan_file" => (Rule::PlanFile, "plan_file"),
            _ => (Rule::BusinessAsUsual, "business_as_usual"),
        };
        Ok(Box::new(BuiltInRule { rule, name, keeps_paths: None }))
    }
}

#[cfg(test)]
mod tests {
    //! Contract: each built-in policy takes the lever that its rule names, and no other.

    use super::*;

    /// Three levers: one saves 10 USD a tonne, one takes 5 for its owner and 20 of resources, one 30 and is asked for by a path.
    fn view() -> IndustryView {
        IndustryView {
            year: 2030,
            most_usd_per_t: f64::INFINITY,
            option_plant: vec![0, 0, 1],
            option_net_usd_per_year: vec![500.0, -1_000.0, 3_000.0],
            option_resource_usd_per_year: vec![2_000.0, 4_000.0, 3_000.0],
            option_abated_t: vec![100.0; 3],
            option_is_asked: vec![false, false, true],
            ..IndustryView::default()
        }
    }

    fn orders(name: &str, view: &IndustryView) -> IndustryOrder {
        let mut policy = IndustryDecision::make(&Choice::named(name), None).unwrap();
        policy.decide(view).unwrap()
    }

    #[test]
    fn each_rule_takes_its_lever() {
        let view = view();
        assert_eq!(orders("business_as_usual", &view), IndustryOrder::Nothing);
        assert_eq!(orders("least_cost", &view), IndustryOrder::Decide(1));
        assert_eq!(orders("abatement_order", &view), IndustryOrder::Decide(0));
        assert_eq!(
            orders("abatement_order", &IndustryView { most_usd_per_t: 19.0, ..view.clone() }),
            IndustryOrder::Nothing
        );
        assert_eq!(orders("plan_file", &view), IndustryOrder::Nothing);
        let dear = IndustryView { option_net_usd_per_year: vec![500.0, 1.0, 3_000.0], ..view.clone() };
        assert_eq!(orders("least_cost", &dear), IndustryOrder::Nothing);
        assert_eq!(orders("mandate", &dear), IndustryOrder::Decide(2));
        assert_eq!(orders("mandate", &view), IndustryOrder::Decide(1));
    }

    /// Paths are kept after everything that pays: what begins to pay then waits for the next year.
    #[test]
    fn a_mandate_keeps_paths_last() {
        let mut policy = IndustryDecision::make(&Choice::named("mandate"), None).unwrap();
        let dear = IndustryView { option_net_usd_per_year: vec![500.0, 1.0, 3_000.0], ..view() };
        assert_eq!(policy.decide(&dear), Ok(IndustryOrder::Decide(2)));
        assert_eq!(policy.decide(&view()), Ok(IndustryOrder::Decide(2)));
        assert_eq!(policy.decide(&IndustryView { year: 2031, ..view() }), Ok(IndustryOrder::Decide(1)));
    }

    #[test]
    fn projects_go_on_when_they_pay_or_are_planned() {
        let project = |usd: f64| IndustryView {
            is_project: true,
            option_plant: vec![0],
            option_net_usd_per_year: vec![usd],
            ..IndustryView::default()
        };
        let cannot_be = IndustryView { is_project: true, ..IndustryView::default() };
        // In the order of cost it counts what a tonne takes, 20 USD here, whether its owner is paid for it or not.
        let ordered = |most_usd_per_t: f64| IndustryView {
            most_usd_per_t,
            option_resource_usd_per_year: vec![2_000.0],
            option_abated_t: vec![100.0],
            ..project(1.0)
        };
        assert_eq!(orders("abatement_order", &ordered(20.0)), IndustryOrder::Decide(0));
        assert_eq!(orders("abatement_order", &ordered(19.0)), IndustryOrder::Cancel);
        assert_eq!(orders("abatement_order", &cannot_be), IndustryOrder::Cancel);
        for name in ["least_cost", "mandate"] {
            assert_eq!(orders(name, &project(-1.0)), IndustryOrder::Decide(0), "{name}");
            assert_eq!(orders(name, &project(1.0)), IndustryOrder::Cancel, "{name}");
            assert_eq!(orders(name, &cannot_be), IndustryOrder::Cancel, "{name}");
        }
        assert_eq!(orders("plan_file", &project(1.0)), IndustryOrder::Decide(0));
        assert_eq!(orders("plan_file", &cannot_be), IndustryOrder::Cancel);
        assert_eq!(orders("business_as_usual", &project(-1.0)), IndustryOrder::Nothing);
    }
}
