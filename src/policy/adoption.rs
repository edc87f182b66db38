//! What is bought: what a policy sees of a year, and the built-in policies.

mod floor;

use super::decide::{BuiltIn, Decide, Decision, Policy, chosen};
use super::floor::{FLOOR, floor};
use super::kind::Adoption;
use super::parameter::{Parameter, PolicyError};
use super::share_out::whole_parts;
use super::spec::Choice;
use crate::kernel::math;
use crate::scenario::Scenario;
use crate::scenario::loaded::Schedule;
use std::collections::BTreeMap;

/// A year's decision. Holdings (the trucks of a fleet, or a terminal's equipment of a class) are rows of `due` to
/// `first_option`; options (a model that one of them could buy) are rows of the other columns, holding after holding.
#[derive(Debug, Clone, Default)]
pub struct AdoptionView {
    /// Year of the decision.
    pub year: u16,
    /// Costs are known to this share: what differs less is equal.
    pub cost_uncertainty: f64,
    /// By holding: vehicles to buy.
    pub due: Vec<u32>,
    /// By holding: vehicles that it should have when all are bought.
    pub vehicles: Vec<u32>,
    /// By holding: vehicles of one operator.
    pub vehicles_each: Vec<f64>,
    /// By holding: vehicles with a tailpipe that could go before their time.
    pub old: Vec<u32>,
    /// By holding, and one more: where its options begin and end.
    pub first_option: Vec<usize>,
    /// By option: number of the model.
    pub model: Vec<u32>,
    /// By option: nothing leaves a tailpipe.
    pub is_zero_emission: Vec<bool>,
    /// By option: it can be had, and does enough of the holding's days.
    pub is_open: Vec<bool>,
    /// By option: cost of owning one, USD a year.
    pub usd_per_year: Vec<f64>,
    /// By option: share of the holding's days that it can do, 0 to 1.
    pub coverage: Vec<f64>,
    /// By option: emissions of one with their supply, kg `CO2e` a year.
    pub co2e_kg_per_year: Vec<f64>,
    /// By option: how many the holding has.
    pub stock: Vec<u32>,
    /// By option: how many vehicles left the holding whose successor in kind it is: the next of its line that can be had.
    pub succeeds: Vec<u32>,
    /// By option: how many of its powertrain can be bought this year, by all together.
    pub ramp_left: Vec<u32>,
    /// The kind whose ramp that is: options of one kind share what is left.
    pub ramp_kind: Vec<u32>,
    /// What plugins may know beside.
    pub facts: super::option_facts::OptionFacts,
}

impl AdoptionView {
    /// How many holdings.
    #[must_use]
    pub fn holdings(&self) -> usize {
        self.due.len()
    }

    /// The options of a holding.
    #[must_use]
    pub fn options(&self, holding: usize) -> core::ops::Range<usize> {
        self.first_option[holding]..self.first_option[holding + 1]
    }

    fn open(&self, holding: usize) -> Vec<usize> {
        self.options(holding).filter(|option| self.is_open[*option]).collect()
    }

    /// The options among these whose cost is as good as the cheapest's.
    fn cheapest(&self, among: &[usize]) -> Vec<usize> {
        let least = among.iter().map(|option| self.usd_per_year[*option]).fold(f64::INFINITY, f64::min);
        let bound = least + least.abs() * self.cost_uncertainty;
        among.iter().copied().filter(|option| self.usd_per_year[*option] <= bound).collect()
    }
}

/// What is bought: as many as the options have rows, and as many vehicles as the holdings that go before their time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purchases {
    /// By option: how many.
    pub count: Vec<u32>,
    /// By holding: vehicles with a tailpipe that are replaced before their time.
    pub early: Vec<u32>,
}

impl Purchases {
    /// Nothing.
    #[must_use]
    pub fn none(view: &AdoptionView) -> Self {
        Self { count: vec![0; view.model.len()], early: vec![0; view.holdings()] }
    }
}

/// What each option of each holding is still owed of its share, and each holding of replacements before their time.
#[derive(Debug, Default)]
struct Remainders {
    /// By holding and model.
    options: BTreeMap<(usize, u32), f64>,
    early: BTreeMap<usize, f64>,
}

impl Remainders {
    fn share_out(
        &mut self,
        view: &AdoptionView,
        holding: usize,
        count: u32,
        among: &[usize],
        weights: &[f64],
    ) -> Vec<u32> {
        let key = |option: &usize| (holding, view.model[*option]);
        let mut carried: Vec<f64> =
            among.iter().map(|option| self.options.get(&key(option)).copied().unwrap_or(0.0)).collect();
        let out = whole_parts(count, weights, &mut carried);
        self.options.extend(among.iter().map(key).zip(carried));
        out
    }

    /// A whole number of vehicles that go before their time.
    fn early(&mut self, holding: usize, exact: f64) -> u32 {
        let owed = self.early.entry(holding).or_default();
        *owed += exact;
        // Twenty times 0.3 are a little less than 6 in binary.
        let whole = (*owed + 1e-9).floor().max(0.0);
        *owed -= whole;
        whole as u32
    }

    fn buy(
        &mut self,
        view: &AdoptionView,
        purchases: &mut Purchases,
        holding: usize,
        among: &[usize],
        weights: &[f64],
    ) {
        let count = view.due[holding] + purchases.early[holding];
        for (option, count) in among.iter().zip(self.share_out(view, holding, count, among, weights)) {
            purchases.count[*option] += count;
        }
    }
}

/// Replaces like with like: each vehicle that left by the successor of its kind, growth by the shares of what there is.
#[derive(Debug, Default)]
struct BusinessAsUsual {
    remainders: Remainders,
}

impl Policy for BusinessAsUsual {
    fn name(&self) -> &'static str {
        BUSINESS_AS_USUAL
    }
}

impl Decide<Adoption> for BusinessAsUsual {
    fn decide(&mut self, view: &AdoptionView) -> Result<Purchases, String> {
        let mut purchases = Purchases::none(view);
        for holding in 0..view.holdings() {
            let open = view.open(holding);
            let of = |counts: &[u32]| open.iter().map(|option| f64::from(counts[*option])).collect::<Vec<f64>>();
            let (left, stock) = (of(&view.succeeds), of(&view.stock));
            let is_any = |weights: &[f64]| weights.iter().sum::<f64>() > 0.0;
            let (among, weights) = if is_any(&left) {
                (open, left)
            } else if is_any(&stock) {
                (open, stock)
            } else {
                let best = view.cheapest(&open);
                let even = vec![1.0; best.len()];
                (best, even)
            };
            self.remainders.buy(view, &mut purchases, holding, &among, &weights);
        }
        Ok(purchases)
    }
}

/// Buys the cheapest vehicles that are not zero-emission; the rules in force then make it buy what they require, at least cost.
#[derive(Debug, Default)]
struct Mandate {
    remainders: Remainders,
}

impl Policy for Mandate {
    fn name(&self) -> &'static str {
        "mandate"
    }
}

impl Decide<Adoption> for Mandate {
    fn decide(&mut self, view: &AdoptionView) -> Result<Purchases, String> {
        let mut purchases = Purchases::none(view);
        for holding in 0..view.holdings() {
            let open = view.open(holding);
            let piped: Vec<usize> = open.iter().copied().filter(|option| !view.is_zero_emission[*option]).collect();
            let best = view.cheapest(if piped.is_empty() { &open } else { &piped });
            self.remainders.buy(view, &mut purchases, holding, &best, &vec![1.0; best.len()]);
        }
        Ok(purchases)
    }
}

/// Buys what costs least to own; options whose costs cannot be told apart share.
#[derive(Debug, Default)]
struct LeastCost {
    remainders: Remainders,
}

impl Policy for LeastCost {
    fn name(&self) -> &'static str {
        "least_cost"
    }
}

impl Decide<Adoption> for LeastCost {
    fn decide(&mut self, view: &AdoptionView) -> Result<Purchases, String> {
        let mut purchases = Purchases::none(view);
        for holding in 0..view.holdings() {
            let best = view.cheapest(&view.open(holding));
            self.remainders.buy(view, &mut purchases, holding, &best, &vec![1.0; best.len()]);
        }
        Ok(purchases)
    }
}

/// Buys what emits least, and replaces vehicles with a tailpipe before their time, as far as the ramp allows: a merit order by
/// abatement per vehicle, whatever it costs. (A marginal abatement cost curve would rank by USD per tonne: McKinsey 2007, "A
/// cost curve for greenhouse gas reduction"; `abatement_usd_per_t` of a run is the mean over all of it, against a baseline.)
#[derive(Debug)]
struct FastestAbatement {
    early_share: f64,
    remainders: Remainders,
}

impl Policy for FastestAbatement {
    fn name(&self) -> &'static str {
        "fastest_abatement"
    }
}

impl Decide<Adoption> for FastestAbatement {
    /// Holdings are served in the order of abatement by vehicle, those that abate most first.
    fn decide(&mut self, view: &AdoptionView) -> Result<Purchases, String> {
        let mut purchases = Purchases::none(view);
        let mut ranked: Vec<(f64, usize, Vec<usize>)> = (0..view.holdings())
            .map(|holding| {
                let open = view.open(holding);
                let kg = |option: &usize| view.co2e_kg_per_year[*option];
                let (least, most) =
                    open.iter().map(kg).fold((f64::INFINITY, 0.0_f64), |(a, b), kg| (a.min(kg), b.max(kg)));
                // Emissions within the uncertainty of costs are as good as the least; among them the cheapest.
                let bound = least + (most - least) * view.cost_uncertainty;
                let cleanest: Vec<usize> = open.into_iter().filter(|option| kg(option) <= bound).collect();
                ((most - least).max(0.0), holding, view.cheapest(&cleanest))
            })
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut left: BTreeMap<u32, u32> = view.ramp_kind.iter().copied().zip(view.ramp_left.iter().copied()).collect();
        for (abated_kg, holding, best) in ranked {
            let is_cleaner = best.iter().any(|option| view.is_zero_emission[*option]) && abated_kg > 0.0;
            if is_cleaner {
                let early = self.remainders.early(holding, f64::from(view.old[holding]) * self.early_share);
                let room: u32 = best.iter().map(|option| left[&view.ramp_kind[*option]]).max().unwrap_or(0);
                purchases.early[holding] = early.min(room.saturating_sub(view.due[holding]));
            }
            self.remainders.buy(view, &mut purchases, holding, &best, &vec![1.0; best.len()]);
            // What the first take is not there for the next, whose vehicles abate less.
            for option in &best {
                let left = left.entry(view.ramp_kind[*option]).or_default();
                purchases.count[*option] = purchases.count[*option].min(*left);
                *left -= purchases.count[*option];
            }
        }
        Ok(purchases)
    }
}

/// Nested logit on cost and coverage: first with or without a tailpipe, then which model.
#[derive(Debug)]
struct LogitTco {
    per_1000_usd: f64,
    coverage: f64,
    zero_emission: f64,
    nest: f64,
    remainders: Remainders,
}

impl LogitTco {
    /// Shares of these options.
    fn shares(&self, view: &AdoptionView, open: &[usize]) -> Vec<f64> {
        let utility = |option: usize| {
            let own = if view.is_zero_emission[option] { self.zero_emission } else { 0.0 };
            own - self.per_1000_usd * view.usd_per_year[option] / 1000.0
                + self.coverage * math::ln(view.coverage[option].max(1e-6))
        };
        let utilities: Vec<f64> = open.iter().map(|option| utility(*option)).collect();
        let nest_of = |option: usize| usize::from(view.is_zero_emission[option]);
        // Each nest is measured from its own best, so that none of them vanishes in rounding.
        let mut tops = [f64::NEG_INFINITY; 2];
        open.iter().zip(&utilities).for_each(|(at, utility)| tops[nest_of(*at)] = tops[nest_of(*at)].max(*utility));
        let best = tops[0].max(tops[1]);
        let weight = |(option, utility): (&usize, &f64)| math::exp((utility - tops[nest_of(*option)]) / self.nest);
        let within: Vec<f64> = open.iter().zip(&utilities).map(weight).collect();
        let mut sums = [0.0_f64; 2];
        open.iter().zip(&within).for_each(|(option, weight)| sums[nest_of(*option)] += weight);
        // A nest with nothing open has no best to be measured from.
        let value = |nest: usize| {
            if sums[nest] > 0.0 { math::pow(sums[nest], self.nest) * math::exp(tops[nest] - best) } else { 0.0 }
        };
        let nests = [value(0), value(1)];
        let total: f64 = nests.iter().sum();
        let share = |(option, weight): (&usize, &f64)| {
            let nest = nest_of(*option);
            nests[nest] / total * weight / sums[nest]
        };
        open.iter().zip(&within).map(share).collect()
    }
}

impl Policy for LogitTco {
    fn name(&self) -> &'static str {
        "logit_tco"
    }
}

impl Decide<Adoption> for LogitTco {
    fn decide(&mut self, view: &AdoptionView) -> Result<Purchases, String> {
        let mut purchases = Purchases::none(view);
        for holding in 0..view.holdings() {
            let open = view.open(holding);
            let shares = self.shares(view, &open);
            self.remainders.buy(view, &mut purchases, holding, &open, &shares);
        }
        Ok(purchases)
    }
}

/// Share dynamics: each option grows at the cost of those that it beats, the faster the more of both there are.
#[derive(Debug)]
struct Diffusion {
    rate: f64,
    cost_spread: f64,
    seed: f64,
    remainders: Remainders,
}

impl Diffusion {
    /// Shares a year later: `S_i + rate x sum_j S_i S_j (F_ij - F_ji)`, `F_ij` the share of buyers who prefer i to j.
    fn step(&self, shares: &[f64], usd: &[f64]) -> Vec<f64> {
        let mean = usd.iter().sum::<f64>() / usd.len().max(1) as f64;
        let spread = (mean.abs() * self.cost_spread).max(1.0);
        let prefer = |i: usize, j: usize| 1.0 / (1.0 + math::exp((usd[i] - usd[j]) / spread));
        let grown = |i: usize| {
            let change = |j: usize| shares[i] * shares[j] * (prefer(i, j) - prefer(j, i));
            shares[i] + self.rate * (0..shares.len()).map(change).sum::<f64>()
        };
        (0..shares.len()).map(|i| grown(i).max(0.0)).collect()
    }
}

impl Policy for Diffusion {
    fn name(&self) -> &'static str {
        "diffusion"
    }
}

impl Decide<Adoption> for Diffusion {
    fn decide(&mut self, view: &AdoptionView) -> Result<Purchases, String> {
        let mut purchases = Purchases::none(view);
        for holding in 0..view.holdings() {
            let open = view.open(holding);
            let usd: Vec<f64> = open.iter().map(|option| view.usd_per_year[*option]).collect();
            let seeded: Vec<f64> = open
                .iter()
                .map(|option| {
                    (f64::from(view.stock[*option]) / f64::from(view.vehicles[holding].max(1))).max(self.seed)
                })
                .collect();
            let total: f64 = seeded.iter().sum();
            let shares: Vec<f64> = seeded.iter().map(|share| share / total).collect();
            let wanted = self.step(&shares, &usd);
            let missing: Vec<f64> = open
                .iter()
                .zip(&wanted)
                .map(|(option, share)| {
                    (share * f64::from(view.vehicles[holding]) - f64::from(view.stock[*option])).max(0.0)
                })
                .collect();
            self.remainders.buy(view, &mut purchases, holding, &open, &missing);
        }
        Ok(purchases)
    }
}

/// The policy that replaces like with like.
const BUSINESS_AS_USUAL: &str = "business_as_usual";

/// Are vehicles replaced by their like only? Then used ones are bought of the powertrain that left.
#[must_use]
pub fn replaces_in_kind(choice: &Choice<Adoption>) -> bool {
    choice.plugin.is_none() && choice.name == BUSINESS_AS_USUAL
}

const BUILT_IN: &[BuiltIn] = &[
    BuiltIn::new(BUSINESS_AS_USUAL, "Like for like", "replaces like with like", &[]),
    BuiltIn::new(
        "mandate",
        "What the rules require",
        "buys the cheapest vehicles that are not zero-emission, and what the rules in force require",
        &[],
    ),
    BuiltIn::new("least_cost", "Least cost", "buys what costs least to own", &[]),
    BuiltIn::new(
        "fastest_abatement",
        "Fastest abatement",
        "buys what emits least, where it abates most first, and replaces some before their time",
        FASTEST_ABATEMENT,
    ),
    BuiltIn::new("logit_tco", "Shares by cost (logit)", "shares by a nested logit of cost and coverage", LOGIT_TCO),
    BuiltIn::new(
        "diffusion",
        "From owner to owner (diffusion)",
        "shares spread from owner to owner as costs allow",
        DIFFUSION,
    ),
];

const FASTEST_ABATEMENT: &[Parameter] = &[Parameter::new("early_share", 0.1, (0.0, 1.0))];
const LOGIT_TCO: &[Parameter] = &[
    Parameter::new("per_1000_usd", 0.05, (0.0, 10.0)),
    Parameter::new("coverage", 1.0, (0.0, 100.0)),
    Parameter::new("zero_emission", -1.0, (-100.0, 100.0)),
    Parameter::new("nest", 0.6, (0.05, 1.0)),
];
const DIFFUSION: &[Parameter] = &[
    Parameter::new("rate", 0.5, (0.0, 5.0)),
    Parameter::new("cost_spread", 0.2, (0.001, 10.0)),
    Parameter::new("seed", 0.005, (0.0, 0.5)),
];

impl Decision for Adoption {
    type View<'a> = AdoptionView;
    type Orders = Purchases;

    fn choice(scenario: &Scenario) -> Option<&Choice<Self>> {
        scenario.transition.as_ref().map(|transition| &transition.adoption)
    }

    fn is_asked(scenario: &Scenario) -> bool {
        scenario.transition.is_some()
    }

    fn built_in() -> Vec<BuiltIn> {
        [BUILT_IN, &FLOOR].concat()
    }

    fn make(choice: &Choice<Self>, _schedule: Option<&Schedule>) -> Result<Box<dyn Decide<Self>>, PolicyError> {
        if let Some(policy) = floor(&choice.name) {
            return chosen(&FLOOR, choice).map(|_| policy);
        }
        let values = chosen(BUILT_IN, choice)?;
        Ok(match choice.name.as_str() {
            BUSINESS_AS_USUAL => Box::new(BusinessAsUsual::default()),
            "mandate" => Box::new(Mandate::default()),
            "least_cost" => Box::new(LeastCost::default()),
            "fastest_abatement" => {
                Box::new(FastestAbatement { early_share: values[0], remainders: Remainders::default() })
            }
            "logit_tco" => Box::new(LogitTco {
                per_1000_usd: values[0],
                coverage: values[1],
                zero_emission: values[2],
                nest: values[3],
                remainders: Remainders::default(),
            }),
            _ => Box::new(Diffusion {
                rate: values[0],
                cost_spread: values[1],
                seed: values[2],
                remainders: Remainders::default(),
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One holding of 100 with 10 due; options: diesel, a battery truck, a fuel-cell truck.
    fn view(usd: [f64; 3], stock: [u32; 3]) -> AdoptionView {
        AdoptionView {
            year: 2030,
            cost_uncertainty: 0.05,
            due: vec![10],
            vehicles: vec![100],
            vehicles_each: vec![20.0],
            old: vec![stock[0]],
            first_option: vec![0, 3],
            model: vec![0, 1, 2],
            is_zero_emission: vec![false, true, true],
            is_open: vec![true; 3],
            usd_per_year: usd.to_vec(),
            coverage: vec![1.0, 0.9, 1.0],
            co2e_kg_per_year: vec![100.0, 20.0, 60.0],
            stock: stock.to_vec(),
            succeeds: vec![0; 3],
            ramp_left: vec![u32::MAX, 1000, 1000],
            ramp_kind: vec![0, 1, 2],
            ..AdoptionView::default()
        }
    }

    fn bought(name: &str, params: &[(&str, f64)], view: &AdoptionView) -> (Vec<u32>, u32) {
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        let out = Adoption::make(&Choice { params, ..Choice::named(name) }, None).unwrap().decide(view).unwrap();
        (out.count, out.early[0])
    }

    #[test]
    fn each_buys_as_its_name_says() {
        let dear = view([100.0, 120.0, 150.0], [60, 30, 0]);
        assert_eq!(bought("business_as_usual", &[], &dear), (vec![7, 3, 0], 0));
        assert_eq!(bought("mandate", &[], &dear), (vec![10, 0, 0], 0));
        assert_eq!(bought("least_cost", &[], &dear), (vec![10, 0, 0], 0));
        assert_eq!(bought("fastest_abatement", &[], &dear), (vec![0, 16, 0], 6));
        // Within 5 % of the cheapest is as good as it.
        assert_eq!(bought("least_cost", &[], &view([100.0, 104.0, 150.0], [90, 0, 0])), (vec![5, 5, 0], 0));
        // What is closed is not bought, whatever it costs.
        let mut closed = view([100.0, 50.0, 60.0], [90, 0, 0]);
        closed.is_open = vec![true, false, false];
        for BuiltIn { name, .. } in BUILT_IN {
            assert_eq!(bought(name, &[], &closed).0[1..], [0, 0], "{name}");
        }
    }

    /// By hand: equal costs and coverage, nest 1 and no constant: a plain logit, a third each. With nest 0.5 the two that are
    /// alike share: sums 1 and 2, raised to 0.5: 1 to 1.4142.
    #[test]
    fn the_logit_nests_what_is_alike() {
        let mut equal = view([100.0; 3], [90, 0, 0]);
        (equal.coverage, equal.due) = (vec![1.0; 3], vec![3000]);
        let plain = [("nest", 1.0), ("zero_emission", 0.0)];
        assert_eq!(bought("logit_tco", &plain, &equal).0, [1000, 1000, 1000]);
        let nested = bought("logit_tco", &[("nest", 0.5), ("zero_emission", 0.0)], &equal).0;
        let by_hand = 3000.0 / (1.0 + 2.0_f64.sqrt());
        assert!((f64::from(nested[0]) - by_hand).abs() < 1.0, "{nested:?}");
    }

    /// By hand: shares 0.9 and 0.1, the second 40 cheaper of a mean of 80 with spread 0.5 x 80: F = 1/(1 + e^-1) = 0.731;
    /// change 0.5 x 0.09 x (0.731 - 0.269) = 0.0208.
    #[test]
    fn shares_flow_to_the_cheaper() {
        let remainders = Remainders::default();
        let diffusion = Diffusion { rate: 0.5, cost_spread: 0.5, seed: 0.0, remainders };
        let out = diffusion.step(&[0.9, 0.1], &[100.0, 60.0]);
        assert!((out[1] - 0.1 - 0.5 * 0.09 * 0.462_117_157).abs() < 1e-9, "{out:?}");
        assert!((out[0] + out[1] - 1.0).abs() < 1e-12);
    }

    /// A share of 10 % of 4 vehicles, twenty times: 8 of 80. Rounded year by year it would be none. The same for vehicles
    /// that go before their time.
    #[test]
    fn small_shares_add_up_over_the_years() {
        let mut remainders = Remainders::default();
        let view = view([100.0; 3], [36, 4, 0]);
        let mut clean = 0;
        for _ in 0..20 {
            let out = remainders.share_out(&view, 0, 4, &[0, 1], &[0.9, 0.1]);
            assert_eq!(out.iter().sum::<u32>(), 4);
            clean += out[1];
        }
        assert_eq!(clean, 8);
        assert_eq!((0..20).map(|_| remainders.early(0, 0.3)).sum::<u32>(), 6);
        // What left is replaced in kind, whatever the shares are.
        let mut left = view.clone();
        left.succeeds = vec![1, 9, 0];
        assert_eq!(bought("business_as_usual", &[], &left).0, [1, 9, 0]);
    }
}
