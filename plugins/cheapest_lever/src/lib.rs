//! Each plant takes the lever that saves its owner most for a tonne, until none saves anything.

use portvolt_guest::industry::{Order, Orders, Policy, View};
use portvolt_guest::{About, Parameter, Values};

/// The policy.
#[derive(Debug)]
pub struct CheapestLever {
    most_usd_per_t: f64,
}

impl Policy for CheapestLever {
    const ABOUT: About = About {
        name: "cheapest_lever",
        version: env!("CARGO_PKG_VERSION"),
        help: "Takes the levers that cost their owners least for a tonne, as long as they save money.",
        parameters: &[Parameter::number(
            "most_usd_per_t",
            0.0,
            (0.0, 10_000.0),
            "What owners pay for a tonne beyond what pays.",
        )],
    };

    fn start(values: &Values, _seed: u64) -> Result<Self, String> {
        Ok(Self { most_usd_per_t: values.get("most_usd_per_t") })
    }

    fn decide(&mut self, view: &View, orders: &mut Orders) -> Result<(), String> {
        let usd_per_t = |row: usize| view.option_net_usd_per_year()[row] / view.option_abated_t()[row];
        if view.asked_project() == 1 {
            let pays = view.option_net_usd_per_year().first().is_some_and(|usd| *usd <= 0.0);
            // Of a project that abates nothing no price of a tonne says anything.
            let abates = view.option_abated_t().first().is_some_and(|tonnes| *tonnes > 0.0);
            let is_worth_it = pays || (abates && usd_per_t(0) <= self.most_usd_per_t);
            orders.order = if is_worth_it { Order::Take(0) } else { Order::Cancel };
            return Ok(());
        }
        let rows = (0..view.option_plant().len()).filter(|row| usd_per_t(*row) <= self.most_usd_per_t);
        let best = rows.min_by(|a, b| usd_per_t(*a).total_cmp(&usd_per_t(*b)));
        orders.order = best.map_or(Order::Nothing, |row| Order::Take(row as u32));
        Ok(())
    }
}

portvolt_guest::export_industry!(CheapestLever);

#[cfg(test)]
mod tests {
    use super::*;
    use portvolt_guest::industry::TestView;

    fn order(most_usd_per_t: f64, view: TestView) -> Order {
        let mut orders = Orders::default();
        CheapestLever { most_usd_per_t }.decide(&view.build(), &mut orders).unwrap();
        orders.order
    }

    fn view(net_usd: [f64; 2]) -> TestView {
        TestView::default().option_plant([0, 1]).option_net_usd_per_year(net_usd).option_abated_t([100.0, 10.0])
    }

    /// 300 USD saved for 100 t are 3 USD a tonne; 50 USD for 10 t are 5.
    #[test]
    fn the_tonne_that_saves_most_comes_first() {
        assert_eq!(order(0.0, view([-300.0, -50.0]).asked_project(0)), Order::Take(1));
        assert_eq!(order(0.0, view([300.0, 50.0]).asked_project(0)), Order::Nothing);
        assert_eq!(order(4.0, view([300.0, 50.0]).asked_project(0)), Order::Take(0));
    }

    #[test]
    fn projects_go_on_when_they_pay() {
        let project = |usd: f64| {
            TestView::default()
                .asked_project(1)
                .option_plant([0])
                .option_net_usd_per_year([usd])
                .option_abated_t([10.0])
        };
        assert_eq!(order(0.0, project(-1.0)), Order::Take(0));
        assert_eq!(order(0.0, project(1.0)), Order::Cancel);
        assert_eq!(order(0.0, TestView::default().asked_project(1)), Order::Cancel);
        // What costs and emits more is a negative price of a tonne, and no bargain.
        let worse = TestView::default().asked_project(1).option_plant([0]).option_net_usd_per_year([1.0]);
        assert_eq!(order(0.0, worse.option_abated_t([-10.0])), Order::Cancel);
    }
}
