//! The built-in `logit_tco` as a guest: nested logit on cost of ownership and coverage. A test of the host holds it to the
//! same rows, bit for bit, so every sum runs in the host's order.

use portvolt_guest::adoption::{Orders, Policy, View};
use portvolt_guest::{About, Parameter, Values};
use std::collections::BTreeMap;

/// The policy.
#[derive(Debug)]
pub struct TcoLogit {
    per_1000_usd: f64,
    coverage: f64,
    zero_emission: f64,
    nest: f64,
    /// By holding and model: what is still owed of its share.
    owed: BTreeMap<(usize, u32), f64>,
}

impl Policy for TcoLogit {
    const ABOUT: About = About {
        name: "tco_logit",
        version: env!("CARGO_PKG_VERSION"),
        help: "Nested logit on cost and coverage: first with or without a tailpipe, then which model.",
        parameters: &[
            Parameter::number("per_1000_usd", 0.05, (0.0, 10.0), "Utility that 1,000 USD a year cost."),
            Parameter::number("coverage", 1.0, (0.0, 100.0), "Utility of the logarithm of the days it can do."),
            Parameter::number("zero_emission", -1.0, (-100.0, 100.0), "Utility of having no tailpipe."),
            Parameter::number("nest", 0.6, (0.05, 1.0), "How unlike the models of a nest are."),
        ],
    };

    fn start(values: &Values, _seed: u64) -> Result<Self, String> {
        let [per_1000_usd, coverage, zero_emission, nest] =
            ["per_1000_usd", "coverage", "zero_emission", "nest"].map(|name| values.get(name));
        Ok(Self { per_1000_usd, coverage, zero_emission, nest, owed: BTreeMap::new() })
    }

    fn decide(&mut self, view: &View, orders: &mut Orders) -> Result<(), String> {
        orders.buy = vec![0; view.option_model().len()];
        for (holding, due) in view.holding_due().iter().enumerate() {
            let options = 0..orders.buy.len();
            let is_open = |at: &usize| view.option_holding()[*at] == holding as u32 && view.option_open()[*at] == 1;
            let open: Vec<usize> = options.filter(is_open).collect();
            let shares = self.shares(view, &open);
            let key = |option: &usize| (holding, view.option_model()[*option]);
            let mut owed: Vec<f64> =
                open.iter().map(|option| self.owed.get(&key(option)).copied().unwrap_or(0.0)).collect();
            for (option, count) in open.iter().zip(share_out(*due, &shares, &mut owed)) {
                orders.buy[*option] = count;
            }
            self.owed.extend(open.iter().map(key).zip(owed));
        }
        Ok(())
    }
}

impl TcoLogit {
    fn shares(&self, view: &View, open: &[usize]) -> Vec<f64> {
        let nest_of = |option: usize| usize::from(view.option_zero_emission()[option]);
        let utility = |option: usize| {
            let own = if nest_of(option) == 1 { self.zero_emission } else { 0.0 };
            own - self.per_1000_usd * view.option_usd_per_year()[option] / 1000.0
                + self.coverage * libm::log(view.option_coverage()[option].max(1e-6))
        };
        let utilities: Vec<f64> = open.iter().map(|option| utility(*option)).collect();
        // Each nest is measured from its own best, so that none of them vanishes in rounding.
        let mut tops = [f64::NEG_INFINITY; 2];
        for (option, utility) in open.iter().zip(&utilities) {
            let top = &mut tops[nest_of(*option)];
            *top = top.max(*utility);
        }
        let best = tops[0].max(tops[1]);
        let weight = |(option, utility): (&usize, &f64)| libm::exp((utility - tops[nest_of(*option)]) / self.nest);
        let within: Vec<f64> = open.iter().zip(&utilities).map(weight).collect();
        let mut sums = [0.0_f64; 2];
        for (option, weight) in open.iter().zip(&within) {
            sums[nest_of(*option)] += weight;
        }
        // A nest with nothing open has no best to be measured from.
        let value = |nest: usize| {
            if sums[nest] > 0.0 { libm::pow(sums[nest], self.nest) * libm::exp(tops[nest] - best) } else { 0.0 }
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

/// Shares a number out by weights and by what each got too little before: small shares add up over the years.
fn share_out(count: u32, weights: &[f64], owed: &mut [f64]) -> Vec<u32> {
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return vec![0; weights.len()];
    }
    let part = |at: usize, owed: &[f64]| f64::from(count) * weights[at] / total + owed[at];
    let among: Vec<usize> = (0..weights.len()).filter(|at| weights[*at] > 0.0).collect();
    let mut exact = vec![0.0; weights.len()];
    for at in &among {
        exact[*at] = part(*at, owed).max(0.0);
    }
    let mut out: Vec<u32> = exact.iter().map(|part| part.floor() as u32).collect();
    // What others owe can make the whole parts more than there is: the largest give.
    while out.iter().sum::<u32>() > count {
        let largest = (0..out.len()).max_by(|a, b| out[*a].cmp(&out[*b]).then(b.cmp(a))).unwrap_or(0);
        out[largest] -= 1;
    }
    let rest = |at: usize| exact[at] - f64::from(out[at]);
    let mut order = among.clone();
    order.sort_by(|a, b| rest(*b).total_cmp(&rest(*a)).then(a.cmp(b)));
    let left = count - out.iter().sum::<u32>();
    for at in order.into_iter().cycle().take(left as usize) {
        out[at] += 1;
    }
    for at in among {
        owed[at] = (part(at, owed) - f64::from(out[at])).clamp(-1.0, 1.0);
    }
    out
}

portvolt_guest::export_adoption!(TcoLogit);

#[cfg(test)]
mod tests {
    use super::*;
    use portvolt_guest::adoption::TestView;

    /// Three equal options in a plain logit (nest 1, no constant): a third each.
    #[test]
    fn equals_share_evenly() {
        let view = TestView::default()
            .holding_due([9])
            .option_holding([0, 0, 0])
            .option_model([0, 1, 2])
            .option_zero_emission([0, 1, 1])
            .option_open([1, 1, 1])
            .option_usd_per_year([100.0, 100.0, 100.0])
            .option_coverage([1.0, 1.0, 1.0])
            .build();
        let mut orders = Orders::default();
        let mut policy = TcoLogit { per_1000_usd: 0.05, coverage: 1.0, zero_emission: 0.0, nest: 1.0, owed: BTreeMap::new() };
        policy.decide(&view, &mut orders).unwrap();
        assert_eq!(orders.buy, [3, 3, 3]);
    }

    /// A tenth of four vehicles, twenty times, is eight of eighty.
    #[test]
    fn small_shares_add_up() {
        let mut owed = [0.0; 2];
        assert_eq!((0..20).map(|_| share_out(4, &[0.9, 0.1], &mut owed)[1]).sum::<u32>(), 8);
    }
}
