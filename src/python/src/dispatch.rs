//! Dispatch: trucks have a row each, open hauls as many rows as were asked for; an action is an order for each truck.
//!
//! An order is 0 (wait), 1 and on (take the haul of this row, from 1), or after these charge or fuel at a site, up to the level of
//! `to_soc`. Of a truck that does not wait for a decision it is not used.

#![allow(clippy::cast_possible_wrap, reason = "rows of a view are few, and times are above 0")]

use crate::learned::{Given, Learned, Part, RunFacts};
use portvolt::kernel::ids::SiteId;
use portvolt::plugin::DispatchState;
use portvolt::policy::kind::Dispatch;
use portvolt::policy::{Carrier, DispatchView, Orders};

/// No fleet must carry the haul.
const NOBODY: u32 = u32::MAX;

/// How many there are of what orders name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counts {
    trucks: usize,
    /// Rows of hauls.
    hauls: usize,
    sites: usize,
}

impl Counts {
    fn choices(self) -> usize {
        1 + self.hauls + self.sites
    }
}

impl Learned for Dispatch {
    type Frame = Counts;

    fn frame(run: &RunFacts, _view: &DispatchView<'_>) -> Counts {
        Counts { trucks: run.trucks, hauls: run.most_rows, sites: run.sites }
    }

    fn groups(counts: &Counts) -> Vec<(&'static str, usize)> {
        vec![("truck-", counts.trucks), ("haul-", counts.hauls)]
    }

    fn places(group: usize, view: &DispatchView<'_>, out: &mut Vec<u32>) {
        match group {
            0 => out.extend_from_slice(&view.trucks.id),
            _ => out.extend(0..view.hauls.id.len() as u32),
        }
    }

    fn action(counts: &Counts) -> Vec<Part> {
        let choices = counts.choices() as u32;
        vec![
            Part::Choice { name: "order", rows: counts.trucks, choices },
            Part::Quantity { name: "to_soc", bounds: vec![(0.0, 1.0); counts.trucks] },
        ]
    }

    fn mask(counts: &Counts, view: &DispatchView<'_>, out: &mut Vec<u8>) {
        out.resize(counts.trucks * counts.choices(), 0);
        for row in out.chunks_exact_mut(counts.choices()) {
            row[0] = 1;
        }
        let (trucks, hauls) = (&view.trucks, view.hauls);
        for (at, truck) in trucks.id.iter().enumerate() {
            let row = &mut out[*truck as usize * counts.choices()..][..counts.choices()];
            let fleet = trucks.fleet[at];
            let (takes, charges) = row[1..].split_at_mut(counts.hauls);
            if trucks.on_duty[at] > 0 {
                for (may, wanted) in takes.iter_mut().zip(&hauls.fleet) {
                    *may = u8::from(*wanted == NOBODY || *wanted == fleet);
                }
            }
            let is_hydrogen = trucks.carrier[at] == Carrier::Hydrogen as u8;
            let sites = if is_hydrogen { view.may_fuel.sites() } else { view.may_charge.sites() };
            let sites = sites.get(fleet as usize).filter(|_| trucks.usable_kwh[at] > 0.0);
            sites.into_iter().flatten().for_each(|SiteId(site)| charges[*site as usize] = 1);
        }
    }

    fn order(counts: &Counts, state: &mut DispatchState, view: &DispatchView<'_>, given: &Given) {
        for truck in &view.trucks.id {
            let Some(order) = given.choices.get(*truck as usize).filter(|order| **order != 0) else { continue };
            let haul = usize::try_from(order - 1).ok().filter(|row| *row < counts.hauls);
            if let Some(row) = haul {
                // What no row holds is no haul, and told as such.
                state.assign(&[*truck], &[view.hauls.id.get(row).copied().unwrap_or(NOBODY)]);
            } else {
                let site = u32::try_from(order - 1 - counts.hauls as i64).unwrap_or(NOBODY);
                let to_soc = given.quantities.get(*truck as usize).copied().unwrap_or(f64::NAN);
                state.charge(&[*truck], &[site], &[to_soc]);
            }
        }
    }

    fn as_action(counts: &Counts, view: &DispatchView<'_>, orders: &Orders) -> Given {
        let mut given = Given { choices: vec![0; counts.trucks], quantities: vec![0.0; counts.trucks] };
        for order in &orders.assign {
            // What is not shown cannot be ordered.
            let row = view.hauls.id.iter().position(|haul| *haul == order.haul).filter(|row| *row < counts.hauls);
            given.choices[order.truck as usize] = row.map_or(0, |row| 1 + row as i64);
        }
        for order in &orders.charge {
            given.choices[order.truck as usize] = 1 + counts.hauls as i64 + i64::from(order.site);
            given.quantities[order.truck as usize] = order.to_soc;
        }
        given
    }
}
