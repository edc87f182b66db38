//! Charges in the cheapest intervals of a stay.

use portvolt_guest::charging::{Orders, Policy, View};
use portvolt_guest::{About, NONE, Values};

/// The policy.
#[derive(Debug)]
pub struct PriceAware;

impl Policy for PriceAware {
    const ABOUT: About = About {
        name: "price_aware_guest",
        version: env!("CARGO_PKG_VERSION"),
        help: "Each session charges in the cheapest intervals of its stay.",
        parameters: &[],
    };

    fn start(_values: &Values, _seed: u64) -> Result<Self, String> {
        Ok(Self)
    }

    fn decide(&mut self, view: &View, orders: &mut Orders) -> Result<(), String> {
        let sessions = 0..view.session_ask_kw().len();
        let power = |at: usize| if is_cheap(view, at) { view.session_ask_kw()[at] } else { 0.0 };
        orders.power_kw = sessions.map(power).collect();
        Ok(())
    }
}

/// Is the interval that begins among the cheapest in which the session can still get what it needs?
fn is_cheap(view: &View, session: usize) -> bool {
    let known = view.prices_known() as usize;
    let site = view.session_site()[session] as usize;
    let prices = view.site_price_usd_per_kwh().get(site * known..(site + 1) * known).unwrap_or_default();
    let depart_s = view.session_depart_s()[session];
    let Some(now) = prices.first().filter(|price| price.is_finite() && depart_s != NONE) else { return true };
    let left = (depart_s.saturating_sub(view.time_s()) / view.interval_s()) as usize;
    let hours = f64::from(view.interval_s()) / 3600.0;
    let wanted = (view.session_needs_kwh()[session] / (view.session_max_kw()[session] * hours)).ceil() as usize;
    let ahead = &prices[..left.min(known)];
    // Of equal prices the first are taken, so that what is early is sure.
    let cheaper = ahead.iter().skip(1).filter(|price| *price < now).count();
    cheaper < wanted || wanted >= left
}

portvolt_guest::export_charging!(PriceAware);

#[cfg(test)]
mod tests {
    use super::*;
    use portvolt_guest::charging::TestView;

    /// Four intervals of an hour at 30, 10, 20, 40 cents; 100 kWh at 100 kW: one interval, and it is not this one. With 300
    /// kWh three are needed, and this is the third cheapest.
    #[test]
    fn waits_for_the_cheaper_hour() {
        let view = |needs_kwh: f64| {
            TestView::default()
                .time_s(0)
                .interval_s(3600)
                .prices_known(4)
                .session_site([0])
                .session_ask_kw([100.0])
                .session_max_kw([100.0])
                .session_needs_kwh([needs_kwh])
                .session_depart_s([14_400])
                .site_price_usd_per_kwh([0.3, 0.1, 0.2, 0.4])
                .build()
        };
        let mut orders = Orders::default();
        for (needs_kwh, power_kw) in [(100.0, 0.0), (300.0, 100.0), (400.0, 100.0)] {
            PriceAware.decide(&view(needs_kwh), &mut orders).unwrap();
            assert_eq!(orders.power_kw, [power_kw], "{needs_kwh} kWh");
        }
    }
}
