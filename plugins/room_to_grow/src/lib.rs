//! Builds ports for the vehicles that come, and connections for the ports and for peaks.

use portvolt_guest::build_out::{Orders, Policy, View};
use portvolt_guest::{About, NONE, Parameter, Values};

/// The policy.
#[derive(Debug)]
pub struct RoomToGrow {
    peak_share: f64,
    simultaneity: f64,
}

impl Policy for RoomToGrow {
    const ABOUT: About = About {
        name: "room_to_grow",
        version: env!("CARGO_PKG_VERSION"),
        help: "Builds ports for the vehicles that come, and connections for ports and peaks.",
        parameters: &[
            Parameter::number("peak_share", 0.9, (0.1, 1.0), "Share of a connection that a peak may take."),
            Parameter::number(
                "simultaneity",
                0.8,
                (0.05, 1.0),
                "Share of the cabinets' power that a connection carries.",
            ),
        ],
    };

    fn start(values: &Values, _seed: u64) -> Result<Self, String> {
        Ok(Self { peak_share: values.get("peak_share"), simultaneity: values.get("simultaneity") })
    }

    fn decide(&mut self, view: &View, orders: &mut Orders) -> Result<(), String> {
        orders.build_as_planned = true;
        let groups = view.group_cabinets().iter().enumerate();
        orders.add_cabinets = groups
            .map(|(group, cabinets)| {
                let wanted = (view.group_vehicle_kw()[group] / view.group_cabinet_kw()[group]).ceil() as u32;
                wanted.saturating_sub(*cabinets)
            })
            .collect();
        let wanted_kw = self.wanted_kw(view, &orders.add_cabinets);
        let sites = view.site_limit_kw().iter().enumerate();
        orders.add_grid_kw = sites
            .map(|(site, limit_kw)| {
                if limit_kw.is_infinite() {
                    return 0.0;
                }
                let for_ports_kw = (wanted_kw[site] - limit_kw).max(0.0);
                for_ports_kw.max(view.site_peak_kw()[site] / self.peak_share - limit_kw)
            })
            .collect();
        Ok(())
    }
}

impl RoomToGrow {
    /// What each connection has to carry: its own cabinets and load, and those behind it.
    fn wanted_kw(&self, view: &View, added: &[u32]) -> Vec<f64> {
        let mut wanted_kw = vec![0.0; view.site_limit_kw().len()];
        for site in 0..wanted_kw.len() {
            let groups = (0..added.len()).filter(|group| view.group_site()[*group] as usize == site);
            let cabinets_kw: f64 = groups
                .map(|group| f64::from(view.group_cabinets()[group] + added[group]) * view.group_cabinet_kw()[group])
                .sum();
            let own_kw = cabinets_kw * self.simultaneity + view.site_load_kw()[site];
            let mut at = site as u32;
            while at != NONE {
                wanted_kw[at as usize] += own_kw;
                at = view.site_behind()[at as usize];
            }
        }
        wanted_kw
    }
}

portvolt_guest::export_build_out!(RoomToGrow);

#[cfg(test)]
mod tests {
    use super::*;
    use portvolt_guest::build_out::TestView;

    /// 2,700 kW of vehicles need 15 cabinets of 180 kW; 15 x 180 x 0.8 + 100 kW pass the 1,800 kW of the depot, whose
    /// substation has no limit.
    #[test]
    fn ports_follow_vehicles_and_power_follows_ports() {
        let view = TestView::default()
            .group_site([0])
            .group_cabinets([10])
            .group_cabinet_kw([180.0])
            .group_vehicle_kw([2_700.0])
            .site_limit_kw([1_800.0, f64::INFINITY])
            .site_peak_kw([1_000.0, 9_000.0])
            .site_load_kw([100.0, 0.0])
            .site_behind([1, NONE])
            .build();
        let mut orders = Orders::default();
        RoomToGrow { peak_share: 0.9, simultaneity: 0.8 }.decide(&view, &mut orders).unwrap();
        let wanted = Orders { add_cabinets: vec![5], add_grid_kw: vec![460.0, 0.0], build_as_planned: true };
        assert_eq!(orders, wanted);
    }
}
