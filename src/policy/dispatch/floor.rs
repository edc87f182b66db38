//! The floor that any dispatch policy must beat.

use super::{Assign, Carrier, ChargeAt, DispatchView, Orders};
use crate::policy::decide::Decide;
use crate::policy::floor::{Nothing, Random, one_of};
use crate::policy::kind::Dispatch;

impl Decide<Dispatch> for Nothing {
    fn decide(&mut self, _view: &DispatchView<'_>) -> Result<Orders, String> {
        Ok(Orders::default())
    }
}

impl Decide<Dispatch> for Random {
    /// Each truck charges, takes a haul that its fleet may carry, or waits, a third of the time each.
    fn decide(&mut self, view: &DispatchView<'_>) -> Result<Orders, String> {
        let (mut draws, mut orders) = (Self::draws(view.time_s), Orders::default());
        let mut is_taken = vec![false; view.hauls.id.len()];
        for (row, truck) in view.trucks.id.iter().copied().enumerate() {
            let fleet = view.trucks.fleet[row];
            let sites = view.may_charge.sites().get(fleet as usize).map_or(&[][..], Vec::as_slice);
            let is_for = |haul: &usize| !is_taken[*haul] && [u32::MAX, fleet].contains(&view.hauls.fleet[*haul]);
            let hauls: Vec<usize> = (0..is_taken.len()).filter(is_for).collect();
            let is_battery = view.trucks.carrier[row] == Carrier::Battery as u8;
            match one_of(3, &mut draws) {
                0 if is_battery && !sites.is_empty() => {
                    let site = sites[one_of(sites.len(), &mut draws)].0;
                    orders.charge.push(ChargeAt { truck, site, to_soc: draws.uniform() });
                }
                1 if view.trucks.on_duty[row] > 0 && !hauls.is_empty() => {
                    let haul = hauls[one_of(hauls.len(), &mut draws)];
                    is_taken[haul] = true;
                    orders.assign.push(Assign { truck, haul: view.hauls.id[haul] });
                }
                _ => {}
            }
        }
        Ok(orders)
    }
}
