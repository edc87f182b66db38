//! Contract: a guest that is broken, or orders what is none of its business, ends with a message or loses that order only.

use crate::guests::{CHARGING, DISPATCH, Guest, LOG, PAIRS};
use crate::{charging, dispatch, ends_with, start, with_view};
use portvolt::kernel::units::Kw;
use portvolt::policy::kind::Dispatch;
use portvolt::policy::spec::PluginLimits;
use portvolt::policy::{Assign, ChargeAt, Orders};

#[test]
fn a_trap_names_the_guests_functions() {
    let divide = Guest {
        imports: DISPATCH,
        items: "(func $share_evenly (param i32) (result i32) (i32.div_u (i32.const 7) (local.get 0)))",
        decide: "(drop (call $share_evenly (i32.const 0)))",
        ..Guest::default()
    };
    assert_eq!(
        ends_with(divide),
        "plugin `text_guest` 1.0, in `decide` at second 600 of the run: it trapped: wasm trap: integer divide by zero\n    at \
         share_evenly\n    at decide"
    );
}

#[test]
fn a_panic_shows_the_guests_own_words() {
    let imports = format!("{DISPATCH}{LOG}");
    let panic = Guest {
        imports: &imports,
        items: "(data (i32.const 512) \"no truck is left\")",
        decide: "(call $log (i32.const 3) (i32.const 512) (i32.const 16)) unreachable",
        ..Guest::default()
    };
    assert_eq!(
        ends_with(panic),
        "plugin `text_guest` 1.0, in `decide` at second 600 of the run: it panicked: no truck is left\n    at decide"
    );
}

#[test]
fn an_error_is_passed_on() {
    let error = Guest {
        imports: DISPATCH,
        items: "(data (i32.const 512) \"\\01\\00\\00\\00\\0c\\02\\00\\00\\07\\00\\00\\00no hope\")",
        decide: "(return (i32.const 512))",
        ..Guest::default()
    };
    assert_eq!(ends_with(error), "plugin `text_guest` 1.0, in `decide` at second 600 of the run: it said: no hope");
}

#[test]
fn a_dead_instance_stays_dead() {
    let guest = Guest { imports: DISPATCH, decide: "unreachable", ..Guest::default() };
    let mut running = start::<Dispatch>(&guest.file(), PluginLimits::default(), false).unwrap();
    with_view(|view| {
        running.decide_on(view).unwrap_err();
        let again = running.decide_on(view).unwrap_err().to_string();
        assert!(again.ends_with("it trapped: wasm trap: cannot enter component instance"), "{again}");
    });
}

#[test]
fn calling_back_while_the_host_hands_over_a_list_traps() {
    let reenter = Guest {
        items: "(global $is_armed (mut i32) (i32.const 0))",
        realloc: "(if (global.get $is_armed) (then (call $truck_id (i32.const 2048))))",
        decide: "(global.set $is_armed (i32.const 1)) (call $truck_id (i32.const 256))",
        ..PAIRS
    };
    let message = ends_with(reenter);
    let expected = "plugin `text_guest` 1.0, in `decide` at second 600 of the run: it trapped: wasm trap: cannot leave \
                    component instance\n    at realloc";
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn columns_are_there_while_deciding_only() {
    let early = Guest { imports: DISPATCH, start: "(call $truck_id (i32.const 256))", ..Guest::default() };
    let error = start::<Dispatch>(&early.file(), PluginLimits::default(), false).unwrap_err();
    assert_eq!(
        error.to_string(),
        "plugin `text_guest` 1.0, in `start`: it trapped: `truck-id` may be called while `decide` runs only\n    at start"
    );
}

#[test]
fn orders_for_others_are_dropped() {
    // Truck 4 is not in the view, truck 8 off duty; haul 99 does not exist; truck 5 gets two orders, haul 20 two trucks.
    let words = |words: &[u32]| {
        words.iter().flat_map(|word| word.to_le_bytes()).fold(String::new(), |text, byte| format!("{text}\\{byte:02x}"))
    };
    let trucks = words(&[4, 8, 3, 5, 5, 3]);
    let hauls = words(&[20, 20, 99, 20, 20, 20]);
    let items = format!("(data (i32.const 512) \"{trucks}\") (data (i32.const 1024) \"{hauls}\")");
    let orders = Guest {
        imports: DISPATCH,
        items: &items,
        decide: "(call $assign (i32.const 512) (i32.const 6) (i32.const 1024) (i32.const 6))",
        ..Guest::default()
    };
    let (orders, notes) = dispatch(orders);
    assert_eq!(orders.unwrap().assign, [Assign { truck: 5, haul: 20 }]);
    let expected = [
        "second 600: assign: there is no truck 4 that waits for a decision",
        "second 600: assign: truck 8 is off duty",
        "second 600: assign: there is no open haul 99",
        "second 600: assign: truck 5 has an order already",
        "second 600: assign: there is no open haul 20",
    ];
    assert_eq!(notes.examples, expected);
}

/// Site 0 is not the fleet's; 1.5 and NaN are no states of charge; truck 8 has no battery.
#[test]
fn impossible_charging_is_dropped() {
    let words = |words: &[u32]| {
        words.iter().flat_map(|word| word.to_le_bytes()).fold(String::new(), |text, byte| format!("{text}\\{byte:02x}"))
    };
    let socs = [0.8_f64, 1.5, f64::NAN, 0.5, 0.9].iter().flat_map(|soc| soc.to_le_bytes());
    let socs = socs.fold(String::new(), |text, byte| format!("{text}\\{byte:02x}"));
    let items = format!(
        "(data (i32.const 512) \"{}\") (data (i32.const 1024) \"{}\") (data (i32.const 2048) \"{socs}\")",
        words(&[3, 3, 3, 8, 3]),
        words(&[0, 1, 1, 1, 1])
    );
    let orders = Guest {
        imports: DISPATCH,
        items: &items,
        decide: r"(call $charge (i32.const 512) (i32.const 5) (i32.const 1024) (i32.const 5) (i32.const 2048)
          (i32.const 5))",
        ..Guest::default()
    };
    let (orders, notes) = dispatch(orders);
    assert_eq!(orders.unwrap().charge, [ChargeAt { truck: 3, site: 1, to_soc: 0.9 }]);
    let expected = [
        "second 600: charge: fleet 0 may not charge at site 0",
        "second 600: charge: a state of charge of 1.5 is not between 0 and 1",
        "second 600: charge: a state of charge of NaN is not between 0 and 1",
        "second 600: charge: truck 8 has no battery and no hydrogen tank",
    ];
    assert_eq!(notes.examples, expected);
}

#[test]
fn lists_of_different_lengths_are_dropped_whole() {
    let uneven = Guest {
        imports: DISPATCH,
        decide: r"
        (call $assign (i32.const 512) (i32.const 3) (i32.const 512) (i32.const 2))
        (call $charge (i32.const 512) (i32.const 1) (i32.const 512) (i32.const 1) (i32.const 512) (i32.const 0))",
        ..Guest::default()
    };
    let (orders, notes) = dispatch(uneven);
    assert_eq!(orders.unwrap(), Orders::default());
    assert_eq!(notes.dropped, 4);
    let expected =
        ["second 600: assign: 3 trucks and 2 hauls", "second 600: charge: 1 trucks, 1 sites and 0 states of charge"];
    assert_eq!(notes.examples, expected);
}

#[test]
fn a_list_beyond_the_memory_traps() {
    let wild = Guest {
        imports: DISPATCH,
        decide: "(call $assign (i32.const 65536) (i32.const 0x10000000) (i32.const 0) (i32.const 0))",
        ..Guest::default()
    };
    let message = ends_with(wild);
    assert!(message.contains("in `decide` at second 600 of the run: it trapped: "), "{message}");
}

/// NaN, a negative and an infinite set-point give nothing; so does a list of two for three sessions.
#[test]
fn impossible_set_points_give_nothing() {
    let bits = |power_kw: f64| power_kw.to_bits() as i64;
    let (nan, minus, wild) = (bits(f64::NAN), bits(-5.0), bits(f64::INFINITY));
    let decide = format!(
        r"(i64.store (i32.const 512) (i64.const {nan})) (i64.store (i32.const 520) (i64.const {minus}))
        (i64.store (i32.const 528) (i64.const {wild}))
        (call $set_points (i32.const 512) (i32.const 3))"
    );
    let (plan, notes) = charging(Guest { imports: CHARGING, decide: &decide, ..Guest::default() });
    assert_eq!(plan.unwrap(), [Kw(0.0); 3]);
    let expected = [
        "second 900: set-points: NaN kW for the session at port 4",
        "second 900: set-points: -5 kW for the session at port 5",
        "second 900: set-points: inf kW for the session at port 6",
    ];
    assert_eq!(notes.examples, expected);

    let short = "(call $set_points (i32.const 512) (i32.const 2))";
    let (plan, notes) = charging(Guest { imports: CHARGING, decide: short, ..Guest::default() });
    assert_eq!(plan.unwrap(), [Kw(0.0); 3]);
    assert_eq!((notes.dropped, notes.examples[0].as_str()), (3, "second 900: set-points: a list of 2 for 3 sessions"));
}
