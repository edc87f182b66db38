//! Makes hydrogen with the sun, and whatever the hour below a reserve; orders trailers at the reorder point.

use portvolt_guest::hydrogen_supply::{LOAD_STEPS, Orders, Policy, View};
use portvolt_guest::{About, Parameter, Values};

/// The policy.
#[derive(Debug)]
pub struct SunAndReserve {
    reserve_level: f64,
}

impl Policy for SunAndReserve {
    const ABOUT: About = About {
        name: "sun_and_reserve",
        version: env!("CARGO_PKG_VERSION"),
        help: "Runs electrolysers with the sun, and at any hour below a reserve.",
        parameters: &[Parameter::number("reserve_level", 0.35, (0.0, 1.0), "Share of the storage that is kept.")],
    };

    fn start(values: &Values, _seed: u64) -> Result<Self, String> {
        Ok(Self { reserve_level: values.get("reserve_level") })
    }

    fn decide(&mut self, view: &View, orders: &mut Orders) -> Result<(), String> {
        let stations = 0..view.station_stock_kg().len();
        orders.run_at = stations.clone().map(|station| self.load(view, station)).collect();
        orders.order_trailers = stations.map(|station| trailers(view, station)).collect();
        Ok(())
    }
}

impl SunAndReserve {
    fn load(&self, view: &View, station: usize) -> f64 {
        if view.station_stock_kg()[station] < self.reserve_level * view.station_capacity_kg()[station] {
            return 1.0;
        }
        let solar_kw = view.station_solar_kw()[station * view.hours_known() as usize];
        let most_kw = view.station_power_kw()[(station + 1) * LOAD_STEPS - 1];
        if most_kw > 0.0 { (solar_kw / most_kw).min(1.0) } else { 0.0 }
    }
}

/// Trailers until stock and orders are above the reorder point.
fn trailers(view: &View, station: usize) -> u32 {
    let (stock_kg, on_order_kg) = (view.station_stock_kg()[station], view.station_on_order_kg()[station]);
    let (payload_kg, reorder_kg) = (view.station_payload_kg()[station], view.station_reorder_kg()[station]);
    let most = view.station_most_trailers()[station];
    let on_the_way = view.station_trailers_on_order()[station];
    let is_short = |ordered: &u32| {
        stock_kg + on_order_kg + payload_kg * f64::from(*ordered) <= reorder_kg && on_the_way + *ordered < most
    };
    (0..most).take_while(is_short).count() as u32
}

portvolt_guest::export_hydrogen_supply!(SunAndReserve);

#[cfg(test)]
mod tests {
    use super::*;
    use portvolt_guest::hydrogen_supply::TestView;

    /// The first station is below its reserve, the second has half the sun that it could use and calls for two trailers.
    #[test]
    fn keeps_a_reserve_and_follows_the_sun() {
        let mut power_kw = vec![0.0; 2 * LOAD_STEPS];
        power_kw[2 * LOAD_STEPS - 1] = 1_000.0;
        let view = TestView::default()
            .hours_known(2)
            .station_stock_kg([10.0, 80.0])
            .station_capacity_kg([100.0, 100.0])
            .station_on_order_kg([0.0, 0.0])
            .station_trailers_on_order([0, 0])
            .station_most_trailers([0, 3])
            .station_payload_kg([0.0, 15.0])
            .station_reorder_kg([0.0, 100.0])
            .station_power_kw(power_kw)
            .station_solar_kw([0.0, 0.0, 500.0, 0.0])
            .build();
        let mut orders = Orders::default();
        SunAndReserve { reserve_level: 0.35 }.decide(&view, &mut orders).unwrap();
        assert_eq!(orders, Orders { run_at: vec![1.0, 0.5], order_trailers: vec![0, 2] });
    }
}
