//! Best fit by energy: a haul goes to the truck on the spot that has the least energy to spare for it, so that full
//! batteries and tanks stay free for long hauls; trucks that run low charge or fuel at the nearest site. An example to
//! start from.

use portvolt_guest::dispatch::{Orders, Policy, View};
use portvolt_guest::{About, NONE, Parameter, Values};

/// A haul looks at no more trucks than this, so that a decision's cost grows with the hauls only.
const TRUCKS_PER_HAUL: usize = 48;

/// Of `truck_carrier`: a truck with this energy on board fuels, one with a battery charges.
const HYDROGEN: u8 = 2;

/// The policy.
#[derive(Debug)]
pub struct SocAware {
    reserve_soc: f64,
    charge_below_soc: f64,
}

impl Policy for SocAware {
    const ABOUT: About = About {
        name: "soc_aware_dispatch",
        version: env!("CARGO_PKG_VERSION"),
        help: "A haul goes to the truck that has the least energy to spare for it.",
        parameters: &[
            Parameter::number("reserve_soc", 0.25, (0.0, 0.9), "State of charge left at the end of a haul."),
            Parameter::number("charge_below_soc", 0.4, (0.0, 1.0), "Below it a truck charges or fuels first."),
        ],
    };

    fn start(values: &Values, _seed: u64) -> Result<Self, String> {
        Ok(Self { reserve_soc: values.get("reserve_soc"), charge_below_soc: values.get("charge_below_soc") })
    }

    fn decide(&mut self, view: &View, orders: &mut Orders) -> Result<(), String> {
        let mut free = Vec::new();
        for truck in 0..view.truck_id().len() {
            let is_on_duty = view.truck_on_duty()[truck] == 1;
            let low = if is_on_duty { self.charge_below_soc } else { 0.85 };
            let is_low = view.truck_carrier()[truck] != 0 && view.truck_soc()[truck] < low;
            if is_low && refill(view, truck, orders) {
                continue;
            }
            if is_on_duty {
                free.push(truck);
            }
        }
        for haul in 0..view.haul_id().len() {
            let spare = |truck: &usize| self.spare_kwh(view, *truck, haul).map(|spare_kwh| (spare_kwh, *truck));
            let best = free
                .iter()
                .take(TRUCKS_PER_HAUL)
                .filter_map(spare)
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            if let Some((_, truck)) = best {
                orders.assign(view.truck_id()[truck], view.haul_id()[haul]);
                free.retain(|other| *other != truck);
            }
        }
        Ok(())
    }
}

impl SocAware {
    /// Energy left after the haul above the reserve; none when the truck cannot do it in time, on the spot or at all.
    fn spare_kwh(&self, view: &View, truck: usize, haul: usize) -> Option<f64> {
        let (site, origin, destination) =
            (view.truck_site()[truck], view.haul_origin()[haul], view.haul_destination()[haul]);
        let fleet = view.haul_fleet()[haul];
        let drive_s = view.pair_drive_s(view.hour());
        let (to_s, haul_s) = (drive_s[view.pair(site, origin)], drive_s[view.pair(origin, destination)]);
        let there_s = view.time_s() + to_s;
        let end_s = there_s + view.site_stay_s()[origin as usize] + haul_s;
        let fits = (fleet == NONE || fleet == view.truck_fleet()[truck])
            && view.haul_ready_s()[haul] <= there_s
            && end_s <= view.truck_shift_end_s()[truck]
            && to_s + haul_s <= view.truck_driving_left_s()[truck];
        let km = view.pair_energy_km();
        let needed_kwh = view.truck_bobtail_kwh_per_km()[truck] * km[view.pair(site, origin)]
            + view.truck_loaded_kwh_per_km()[truck] * km[view.pair(origin, destination)];
        let reserve_kwh = self.reserve_soc * view.truck_usable_kwh()[truck];
        let spare_kwh = view.truck_energy_kwh()[truck] - reserve_kwh - needed_kwh;
        (fits && spare_kwh >= 0.0).then_some(spare_kwh)
    }
}

/// Sends a truck to the nearest site where its fleet may charge, or fuel where there is hydrogen; is there one?
fn refill(view: &View, truck: usize, orders: &mut Orders) -> bool {
    let (here, fleet) = (view.truck_site()[truck], view.truck_fleet()[truck]);
    let is_hydrogen = view.truck_carrier()[truck] == HYDROGEN;
    let sites = if is_hydrogen { view.fueling_sites(fleet) } else { view.charging_sites(fleet) };
    let has_some = |site: &&u32| !is_hydrogen || view.site_h2_free_kg()[**site as usize] > 0.0;
    let km = |site: &u32| view.pair_energy_km()[view.pair(here, *site)];
    let nearest = sites.iter().filter(has_some).min_by(|a, b| km(a).total_cmp(&km(b)).then(a.cmp(b)));
    if let Some(site) = nearest {
        orders.charge(view.truck_id()[truck], *site, 0.9);
    }
    nearest.is_some()
}

portvolt_guest::export_dispatch!(SocAware);

#[cfg(test)]
mod tests {
    use super::*;
    use portvolt_guest::dispatch::TestView;

    /// A haul of 100 km at 2 kWh/km needs 200 kWh. Of 260 and 400 kWh with a reserve of 50 the first has 10 to spare.
    #[test]
    fn the_fuller_truck_waits_for_a_longer_haul() {
        let view = TestView::default()
            .truck_id([1, 2])
            .truck_fleet([0, 0])
            .truck_site([0, 0])
            .truck_on_duty([1, 1])
            .truck_carrier([1, 1])
            .truck_soc([1.0, 0.65])
            .truck_energy_kwh([400.0, 260.0])
            .truck_usable_kwh([200.0, 200.0])
            .truck_bobtail_kwh_per_km([1.0, 1.0])
            .truck_loaded_kwh_per_km([2.0, 2.0])
            .truck_shift_end_s([36_000, 36_000])
            .truck_driving_left_s([36_000, 36_000])
            .haul_id([7])
            .haul_origin([0])
            .haul_destination([1])
            .haul_ready_s([0])
            .haul_fleet([NONE])
            .site_ports([0, 0])
            .site_stay_s([600, 600])
            .pair_energy_km([0.0, 100.0, 100.0, 0.0])
            .pair_drive_s(&[0, 4_000, 4_000, 0])
            .build();
        let mut orders = Orders::default();
        SocAware::start(&Values::defaults(SocAware::ABOUT), 1).unwrap().decide(&view, &mut orders).unwrap();
        assert_eq!(orders.assign, (vec![2], vec![7]));
    }
}
