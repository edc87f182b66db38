//! A carrier works for one crane as long as that has moves, and charges at the nearest lot when it is low; with `in_breaks = 1` while
//! its crew rests, too. The same as the built-ins `threshold` and `breaks` on plans with gangs and the nearest lot: a test of the host
//! holds it to both, bit for bit.

use portvolt_guest::yard_dispatch::{BETWEEN, FREE, Order, Orders, Policy, REST, View};
use portvolt_guest::{About, NONE, Parameter, Values};

/// The policy.
#[derive(Debug)]
pub struct GangAndThreshold {
    in_breaks: bool,
}

impl Policy for GangAndThreshold {
    const ABOUT: About = About {
        name: "gang_and_threshold",
        version: env!("CARGO_PKG_VERSION"),
        help: "A carrier works for one crane, and charges at the nearest lot when it is low.",
        parameters: &[Parameter::number("in_breaks", 0.0, (0.0, 1.0), "1: units charge while their crews rest, too.")],
    };

    fn start(values: &Values, _seed: u64) -> Result<Self, String> {
        Ok(Self { in_breaks: values.get("in_breaks") > 0.5 })
    }

    fn decide(&mut self, view: &View, orders: &mut Orders) -> Result<(), String> {
        orders.order = match view.asked_why() {
            FREE | BETWEEN => charge(view).or_else(|| next_move(view).map(Order::Take)).unwrap_or_default(),
            REST if self.in_breaks => charge_in_rest(view).unwrap_or_default(),
            _ => Order::Nothing,
        };
        Ok(())
    }
}

/// A unit that is low goes to the nearest lot with plugs for it.
fn charge(view: &View) -> Option<Order> {
    let unit = view.asked_unit() as usize;
    // NaN, which stands for no battery, is below nothing.
    let is_low = view.unit_soc()[unit] <= view.unit_leave_at_soc()[unit];
    let lot = nearest_lot(view).filter(|_| is_low)?;
    let to_soc = view.unit_return_at_soc()[unit].max(view.unit_leave_at_soc()[unit]);
    Some(Order::Charge { lot, to_soc, until_s: NONE })
}

/// A unit whose crew rests charges fully, or until the crew goes on.
fn charge_in_rest(view: &View) -> Option<Order> {
    let unit = view.asked_unit() as usize;
    let may_charge = view.unit_soc()[unit] < view.unit_break_below_soc()[unit];
    let lot = nearest_lot(view).filter(|_| may_charge)?;
    Some(Order::Charge { lot, to_soc: 1.0, until_s: view.resumes_s() })
}

/// The nearest lot with plugs for the unit that asks.
fn nearest_lot(view: &View) -> Option<u32> {
    let way_m = view.lot_m();
    let open = (0..way_m.len()).filter(|lot| view.lot_open()[*lot] == 1);
    open.min_by(|a, b| way_m[*a].total_cmp(&way_m[*b])).map(|lot| lot as u32)
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
        asked(FREE, soc, crane)
    }

    fn asked(why: u32, soc: f64, crane: u32) -> View {
        TestView::default()
            .asked_unit(1)
            .asked_why(why)
            .resumes_s(3_600)
            .carriers_per_crane(4)
            .unit_soc([1.0, soc])
            .unit_leave_at_soc([0.2, 0.2])
            .unit_return_at_soc([0.8, 0.8])
            .unit_break_below_soc([0.95, 0.95])
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
        order_of(false, view)
    }

    fn order_of(in_breaks: bool, view: &View) -> Order {
        let mut orders = Orders::default();
        GangAndThreshold { in_breaks }.decide(view, &mut orders).unwrap();
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

    #[test]
    fn a_unit_charges_in_breaks_where_that_is_asked() {
        assert_eq!(order(&asked(REST, 0.5, NONE)), Order::Nothing);
        assert_eq!(order_of(true, &asked(REST, 0.5, NONE)), Order::Charge { lot: 2, to_soc: 1.0, until_s: 3_600 });
        assert_eq!(order_of(true, &asked(REST, 0.96, NONE)), Order::Nothing);
    }
}
