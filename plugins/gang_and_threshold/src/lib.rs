//! A carrier works for one crane as long as that has moves, and charges at the nearest lot when it is low. The same as the
//! built-in `threshold` on plans with gangs and the nearest lot: a test of the host holds it to that, bit for bit.

use portvolt_guest::yard_dispatch::{BETWEEN, FREE, Order, Orders, Policy, View};
use portvolt_guest::{About, NONE, Values};

/// The policy.
#[derive(Debug)]
pub struct GangAndThreshold;

impl Policy for GangAndThreshold {
    const ABOUT: About = About {
        name: "gang_and_threshold",
        version: env!("CARGO_PKG_VERSION"),
        help: "A carrier works for one crane, and charges at the nearest lot when it is low.",
        parameters: &[],
    };

    fn start(_values: &Values, _seed: u64) -> Result<Self, String> {
        Ok(Self)
    }

    fn decide(&mut self, view: &View, orders: &mut Orders) -> Result<(), String> {
        if !matches!(view.asked_why(), FREE | BETWEEN) {
            return Ok(());
        }
        let charge = charge(view);
        orders.order = charge.or_else(|| next_move(view).map(Order::Take)).unwrap_or_default();
        Ok(())
    }
}

/// A unit that is low goes to the nearest lot with plugs for it.
fn charge(view: &View) -> Option<Order> {
    let unit = view.asked_unit() as usize;
    // NaN, which stands for no battery, is below nothing.
    let is_low = view.unit_soc()[unit] <= view.unit_leave_at_soc()[unit];
    let way_m = view.lot_m();
    let open = (0..way_m.len()).filter(|lot| view.lot_open()[*lot] == 1);
    let lot = open.min_by(|a, b| way_m[*a].total_cmp(&way_m[*b])).filter(|_| is_low)?;
    let to_soc = view.unit_return_at_soc()[unit].max(view.unit_leave_at_soc()[unit]);
    Some(Order::Charge { lot: lot as u32, to_soc, until_s: NONE })
}

/// The next move of its own crane; else of one that lacks carriers: of its own group first, then the one with fewest; else of
/// the rail ramp.
fn next_move(view: &View) -> Option<u32> {
    if view.asked_why() != FREE {
        return None;
    }
    let unit = view.asked_unit() as usize;
    let (id, due_s) = (view.move_id(), view.move_due_s());
    let (crane, group) = (view.unit_crane()[unit], view.unit_group()[unit]);
    let by_crane = |row: &usize| due_s[*row] != NONE;
    let rows = || 0..id.len();
    let own = rows().filter(by_crane).find(|row| id[*row] == crane);
    let members = view.move_members();
    let lacking = rows().filter(by_crane).filter(|row| members[*row] < view.carriers_per_crane());
    let found = own
        .or_else(|| lacking.min_by_key(|row| (view.move_group()[*row] != group, members[*row], id[*row])))
        .or_else(|| rows().find(|row| !by_crane(row)));
    found.map(|row| id[row])
}

portvolt_guest::export_yard_dispatch!(GangAndThreshold);

#[cfg(test)]
mod tests {
    use super::*;
    use portvolt_guest::yard_dispatch::TestView;

    fn view(soc: f64, crane: u32) -> View {
        TestView::default()
            .asked_unit(1)
            .asked_why(FREE)
            .carriers_per_crane(4)
            .unit_soc([1.0, soc])
            .unit_leave_at_soc([0.2, 0.2])
            .unit_return_at_soc([0.8, 0.8])
            .unit_crane([NONE, crane])
            .unit_group([0, 0])
            .move_id([0, 2, 3])
            .move_due_s([9_000, 9_000, NONE])
            .move_members([3, 1, 0])
            .move_group([0, 0, 0])
            .lot_open([0, 1, 1])
            .lot_m([10.0, 400.0, 300.0])
            .build()
    }

    fn order(view: &View) -> Order {
        let mut orders = Orders::default();
        GangAndThreshold.decide(view, &mut orders).unwrap();
        orders.order
    }

    #[test]
    fn a_unit_stays_with_its_crane_else_joins_the_one_with_fewest() {
        assert_eq!(order(&view(0.5, 0)), Order::Take(0));
        assert_eq!(order(&view(0.5, NONE)), Order::Take(2));
        assert_eq!(order(&view(f64::NAN, NONE)), Order::Take(2));
    }

    #[test]
    fn a_low_unit_charges_at_the_nearest_lot_that_it_may_use() {
        assert_eq!(order(&view(0.2, 0)), Order::Charge { lot: 2, to_soc: 0.8, until_s: NONE });
    }
}
