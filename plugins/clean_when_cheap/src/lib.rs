//! Buys what has no tailpipe where that costs little more.

use portvolt_guest::adoption::{Orders, Policy, View};
use portvolt_guest::{About, Parameter, Values};

/// The policy.
#[derive(Debug)]
pub struct CleanWhenCheap {
    premium: f64,
}

impl Policy for CleanWhenCheap {
    const ABOUT: About = About {
        name: "clean_when_cheap",
        version: env!("CARGO_PKG_VERSION"),
        help: "Buys what has no tailpipe where it costs at most so much more than the cheapest.",
        parameters: &[Parameter::number("premium", 0.1, (0.0, 10.0), "How much more, as a share of the cheapest.")],
    };

    fn start(values: &Values, _seed: u64) -> Result<Self, String> {
        Ok(Self { premium: values.get("premium") })
    }

    fn decide(&mut self, view: &View, orders: &mut Orders) -> Result<(), String> {
        orders.buy = vec![0; view.option_model().len()];
        for (holding, due) in view.holding_due().iter().enumerate() {
            if let Some(option) = self.choose(view, holding as u32) {
                orders.buy[option] = *due;
            }
        }
        Ok(())
    }
}

impl CleanWhenCheap {
    /// The option of a holding, if any is open; of equal ones the first.
    fn choose(&self, view: &View, holding: u32) -> Option<usize> {
        let usd = view.option_usd_per_year();
        let options = 0..usd.len();
        let open = options.filter(|at| view.option_holding()[*at] == holding && view.option_open()[*at] == 1);
        let open: Vec<usize> = open.collect();
        let cheapest = |clean_only: bool| {
            let among = open.iter().copied().filter(|at| !clean_only || view.option_zero_emission()[*at] == 1);
            among.min_by(|a, b| usd[*a].total_cmp(&usd[*b]))
        };
        let best = cheapest(false)?;
        let clean = cheapest(true).filter(|clean| usd[*clean] <= usd[best] * (1.0 + self.premium));
        Some(clean.unwrap_or(best))
    }
}

portvolt_guest::export_adoption!(CleanWhenCheap);

#[cfg(test)]
mod tests {
    use super::*;
    use portvolt_guest::adoption::TestView;

    /// Two holdings: the first pays 8 % more for the clean one, the second would pay 50 % more.
    #[test]
    fn pays_a_little_more_and_not_much() {
        let view = TestView::default()
            .holding_due([4, 5])
            .option_holding([0, 0, 1, 1])
            .option_model([0, 1, 0, 1])
            .option_zero_emission([0, 1, 0, 1])
            .option_open([1, 1, 1, 1])
            .option_usd_per_year([100.0, 108.0, 100.0, 150.0])
            .build();
        let mut orders = Orders::default();
        CleanWhenCheap { premium: 0.1 }.decide(&view, &mut orders).unwrap();
        assert_eq!(orders.buy, [0, 4, 5, 0]);
    }
}
