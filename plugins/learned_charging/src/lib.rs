//! A small network decides how much of its ask each session gets. `train.py` finds its weights and computes the same.
//!
//! Both add and multiply in the same order and use nothing else, so that the same weights give the same orders, bit for bit.

use portvolt_guest::charging::{Orders, Policy, View};
use portvolt_guest::{About, NONE, Values};

/// What `train.py` wrote: of each hidden unit its bias and a weight for each input, then the same of the output.
const WEIGHTS: &str = include_str!("../weights.csv");
/// Inputs of the network.
const INPUTS: usize = 5;
/// Its hidden units.
const HIDDEN: usize = 6;
/// A departure further ahead than this counts as this far, h.
const LONGEST_H: f64 = 12.0;
/// Energy that stands for none where it divides, kWh.
const LEAST_KWH: f64 = 1e-9;

/// The policy.
#[derive(Debug)]
pub struct Learned(Network);

/// A network with one hidden layer.
#[derive(Debug)]
struct Network {
    hidden: [Unit<INPUTS>; HIDDEN],
    output: Unit<HIDDEN>,
}

/// A bias and weights.
#[derive(Debug, Clone, Copy)]
struct Unit<const N: usize> {
    bias: f64,
    weights: [f64; N],
}

impl<const N: usize> Unit<N> {
    fn read(numbers: &mut impl Iterator<Item = f64>) -> Option<Self> {
        let mut unit = Self { bias: numbers.next()?, weights: [0.0; N] };
        for weight in &mut unit.weights {
            *weight = numbers.next()?;
        }
        Some(unit)
    }

    fn sum(&self, inputs: &[f64; N]) -> f64 {
        self.weights.iter().zip(inputs).fold(self.bias, |sum, (weight, input)| sum + weight * input)
    }
}

impl Network {
    /// Weights as text, a number a line; none where it has more or fewer.
    fn read(text: &str) -> Option<Self> {
        let mut numbers = text.lines().map_while(|line| line.trim().parse().ok());
        let mut hidden = [Unit { bias: 0.0, weights: [0.0; INPUTS] }; HIDDEN];
        for unit in &mut hidden {
            *unit = Unit::read(&mut numbers)?;
        }
        let output = Unit::read(&mut numbers)?;
        (text.lines().count() == HIDDEN * (INPUTS + 1) + HIDDEN + 1).then_some(Self { hidden, output })
    }

    /// Share of its ask that a session gets, 0 to 1.
    fn share(&self, inputs: &[f64; INPUTS]) -> f64 {
        let hidden = self.hidden.map(|unit| unit.sum(inputs).max(0.0));
        self.output.sum(&hidden).clamp(0.0, 1.0)
    }
}

/// What the network sees of a session.
fn inputs(view: &View, at: usize) -> [f64; INPUTS] {
    let depart_s = view.session_depart_s()[at];
    let price = price(view, view.session_site()[at] as usize);
    if depart_s == NONE {
        return [price, 0.0, 0.0, 0.0, view.session_soc()[at]];
    }
    let left_s = f64::from(depart_s) - f64::from(view.time_s());
    let left_h = left_s.max(f64::from(view.interval_s())) / 3600.0;
    let most_kwh = (view.session_max_kw()[at] * left_h).max(LEAST_KWH);
    [
        price,
        (view.session_needs_kwh()[at] / most_kwh).min(1.0),
        (view.session_duty_kwh()[at] / most_kwh).min(1.0),
        (left_h / LONGEST_H).min(1.0),
        view.session_soc()[at],
    ]
}

/// Where the present price of a site lies between the lowest (0) and the highest (1) of those known; 0 where they are one.
fn price(view: &View, site: usize) -> f64 {
    let known = view.prices_known() as usize;
    let ahead = view.site_price_usd_per_kwh().get(site * known..(site + 1) * known).unwrap_or_default();
    // A price that nobody knows reads as none, as it does in Python.
    let ahead = ahead.iter().map(|price| if price.is_finite() { *price } else { 0.0 });
    let Some(now) = ahead.clone().next() else { return 0.0 };
    let (lowest, highest) = ahead.fold((now, now), |(low, high), price| (low.min(price), high.max(price)));
    if highest > lowest { (now - lowest) / (highest - lowest) } else { 0.0 }
}

impl Policy for Learned {
    const ABOUT: About = About {
        name: "learned_charging",
        version: env!("CARGO_PKG_VERSION"),
        help: "A trained network decides how much of its ask each session gets.",
        parameters: &[],
    };

    fn start(_values: &Values, _seed: u64) -> Result<Self, String> {
        Network::read(WEIGHTS).map(Self).ok_or_else(|| "weights.csv holds another network".to_owned())
    }

    fn decide(&mut self, view: &View, orders: &mut Orders) -> Result<(), String> {
        let sessions = 0..view.session_ask_kw().len();
        let power = |at: usize| view.session_ask_kw()[at] * self.0.share(&inputs(view, at));
        orders.power_kw = sessions.map(power).collect();
        Ok(())
    }
}

portvolt_guest::export_charging!(Learned);

#[cfg(test)]
mod tests {
    use super::*;
    use portvolt_guest::charging::TestView;

    /// 30, 10, 20, 50 cents: the present price is half way up. 50 kWh in two hours at 100 kW: a quarter.
    fn view() -> TestView {
        TestView::default()
            .time_s(0)
            .interval_s(3600)
            .prices_known(4)
            .session_site([0])
            .session_ask_kw([80.0])
            .session_max_kw([100.0])
            .session_needs_kwh([50.0])
            .session_duty_kwh([400.0])
            .session_soc([0.75])
            .site_price_usd_per_kwh([0.3, 0.1, 0.2, 0.5])
    }

    #[test]
    fn sees_price_need_and_time() {
        let [price, need, duty, left, soc] = inputs(&view().session_depart_s([7200]).build(), 0);
        assert!((price - 0.5).abs() < 1e-12, "{price}");
        assert_eq!((need, duty, left, soc), (0.25, 1.0, 2.0 / 12.0, 0.75));
        assert_eq!(inputs(&view().session_depart_s([NONE]).build(), 0)[1..], [0.0, 0.0, 0.0, 0.75]);
    }

    #[test]
    fn the_weights_are_those_of_this_network() {
        let mut learned = Learned::start(&Values::defaults(Learned::ABOUT), 1).unwrap();
        let mut orders = Orders::default();
        learned.decide(&view().session_depart_s([7200]).build(), &mut orders).unwrap();
        assert!((0.0..=80.0).contains(&orders.power_kw[0]));
        assert!(Network::read("1\n2\n").is_none());
        // One hidden unit that is the price, and an output that is 1 less of it.
        let mut numbers = vec![0.0; HIDDEN * (INPUTS + 1) + HIDDEN + 1];
        (numbers[1], numbers[HIDDEN * (INPUTS + 1)], numbers[HIDDEN * (INPUTS + 1) + 1]) = (1.0, 1.0, -1.0);
        let text: String = numbers.iter().map(|number| format!("{number}\n")).collect();
        assert_eq!(Network::read(&text).unwrap().share(&[0.25, 9.0, 9.0, 9.0, 9.0]), 0.75);
    }
}
