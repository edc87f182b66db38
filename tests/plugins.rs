//! Contract: the sandbox of plugins. A guest has columns, orders, log and random numbers and nothing else; whatever it
//! does ends with an answer or a message that names plugin, version, call, simulated time and the guest's own function,
//! never with a hang, a crash or another result. Guests are written as WebAssembly text, so no guest toolchain is needed.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

mod common;
mod guests;

use common::{loaded, run, shipped};
use guests::{ASK, CHARGING, DISPATCH, Guest, LOG, PAIRS};
use portvolt::charging::state::SitesByFleet;
use portvolt::grid::state::LimitTree;
use portvolt::hydrogen::state::FuelSitesByFleet;
use portvolt::kernel::ids::{NodeId, SiteId};
use portvolt::kernel::random::Seed;
use portvolt::kernel::units::{Kw, Kwh};
use portvolt::plugin::{Charging, Dispatch, Plugin, PluginError, Running, Side};
use portvolt::policy::spec::PluginLimits;
use portvolt::policy::{
    Assign, ChargeAt, ChargingView, DispatchView, HaulColumns, Orders, PluginFile, PluginNotes, SessionColumns,
    SiteColumns, SiteOutlook, TruckColumns,
};
use portvolt::scenario::load::Loaded;
use portvolt::sim::output::Output;
use portvolt::sim::{Options, Simulation};
use portvolt::truck::travel::Travel;
use proptest::prelude::*;
use std::sync::atomic::AtomicBool;

const SEED: Seed = Seed { seed: 7, replication: 0 };

fn start<S: Side>(file: &PluginFile, limits: PluginLimits, is_strict: bool) -> Result<Running<S>, PluginError> {
    let plugin = Plugin::<S>::load(file)?;
    Running::start(&plugin, &[], limits, SEED, is_strict)
}

/// Trucks 3 and 5 of fleet 0 on duty, truck 8 of fleet 1 off duty; hauls 20 and 21, the second for fleet 1 only; fleet 0
/// charges at site 1. The time is 600 s.
fn with_view<R>(use_view: impl FnOnce(&DispatchView<'_>) -> R) -> R {
    let trucks = TruckColumns {
        id: vec![3, 5, 8],
        fleet: vec![0, 0, 1],
        site: vec![0, 0, 0],
        on_duty: vec![1, 1, 0],
        home: vec![u32::MAX; 3],
        carrier: vec![1, 1, 0],
        soc: vec![0.5, 0.6, 1.0],
        energy_kwh: vec![200.0, 240.0, f64::INFINITY],
        usable_kwh: vec![400.0, 400.0, 0.0],
        bobtail_kwh_per_km: vec![1.0; 3],
        empty_kwh_per_km: vec![1.2; 3],
        loaded_kwh_per_km: vec![1.5; 3],
        shift_end_s: vec![9_000; 3],
        driving_left_s: vec![9_000; 3],
    };
    let hauls = HaulColumns {
        id: vec![21, 20],
        origin: vec![0, 1],
        destination: vec![1, 0],
        ready_s: vec![0, 100],
        due_s: vec![900, 900],
        loaded: vec![1, 0],
        fleet: vec![1, u32::MAX],
    };
    let sites = SiteColumns {
        ports: vec![2, 4],
        ports_taken: vec![0, 1],
        queue: vec![0, 0],
        stay_s: vec![600, 600],
        h2_positions: vec![0, 0],
        h2_taken: vec![0, 0],
        h2_queue: vec![0, 0],
        h2_free_kg: vec![0.0, 0.0],
    };
    let may_fuel = FuelSitesByFleet { sites: vec![vec![], vec![]] };
    let may_charge = SitesByFleet { sites: vec![vec![SiteId(1)], vec![]] };
    let travel = Travel::default();
    use_view(&DispatchView {
        time_s: 600,
        hour: 0,
        trucks,
        hauls: &hauls,
        sites,
        travel: &travel,
        may_charge: &may_charge,
        may_fuel: &may_fuel,
    })
}

fn dispatch_with(guest: Guest<'_>, limits: PluginLimits, is_strict: bool) -> (Result<Orders, String>, PluginNotes) {
    let mut running = start::<Dispatch>(&guest.file(), limits, is_strict).unwrap();
    let orders = with_view(|view| running.decide_on(view)).map_err(|error| error.to_string());
    (orders, running.notes())
}

fn dispatch(guest: Guest<'_>) -> (Result<Orders, String>, PluginNotes) {
    dispatch_with(guest, PluginLimits::default(), false)
}

/// What a decision ends with, when it must not end well.
fn ends_with(guest: Guest<'_>) -> String {
    dispatch(guest).0.unwrap_err()
}

/// Why a file is refused as a dispatch policy.
fn refused(bytes: Vec<u8>) -> String {
    Plugin::<Dispatch>::load(&PluginFile::new("guest.wasm", bytes)).unwrap_err().to_string()
}

fn component(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// Three sessions of 100 kW.
fn charging(guest: Guest<'_>) -> (Result<Vec<Kw>, String>, PluginNotes) {
    let tree = LimitTree::new(vec![None], vec![Kw(150.0)]);
    let mut sessions = SessionColumns::default();
    for port in 4..7 {
        sessions.port.push(port);
        sessions.vehicle.push(port);
        sessions.give_kw.push(Kw::ZERO);
        sessions.duty_kwh.push(Kwh(50.0));
        sessions.site.push(0);
        sessions.node.push(NodeId(0));
        sessions.ask_kw.push(Kw(100.0));
        sessions.max_kw.push(Kw(150.0));
        sessions.soc.push(0.5);
        sessions.needs_kwh.push(Kwh(50.0));
        sessions.arrive_s.push(0);
        sessions.depart_s.push(u32::MAX);
    }
    let sites = SiteOutlook::default();
    let headroom_kw = &tree.limit;
    let view =
        ChargingView { time_s: 900, interval_s: 300, tree: &tree, headroom_kw, sessions: &sessions, sites: &sites };
    let mut running = start::<Charging>(&guest.file(), PluginLimits::default(), false).unwrap();
    let plan = running.decide_on(&view).map_err(|error| error.to_string());
    (plan, running.notes())
}

// What works.

#[test]
fn orders_arrive_and_bad_ones_are_dropped_with_the_reason() {
    // PAIRS gives truck 3 haul 21 (for fleet 1 only) and truck 5 haul 20.
    let (orders, notes) = dispatch(PAIRS);
    assert_eq!(orders.unwrap(), Orders { assign: vec![Assign { truck: 5, haul: 20 }], charge: vec![] });
    assert_eq!((notes.calls, notes.dropped), (1, 1));
    assert_eq!(notes.examples, ["second 600: assign: haul 21 is for fleet 1, truck 3 is of fleet 0"]);
    assert_eq!((notes.kind.as_str(), notes.name.as_str(), notes.version.as_str()), ("dispatch", "text_guest", "1.0"));
}

#[test]
fn strict_plugins_end_at_the_first_bad_order() {
    let (orders, _) = dispatch_with(PAIRS, PluginLimits::default(), true);
    assert_eq!(
        orders.unwrap_err(),
        "plugin `text_guest` 1.0, in `decide` at second 600 of the run: it gave 1 bad order: assign: haul 21 is for \
         fleet 1, truck 3 is of fleet 0"
    );
}

#[test]
fn set_points_arrive() {
    let (plan, notes) = charging(ASK);
    assert_eq!(plan.unwrap(), [Kw(100.0); 3]);
    assert_eq!(notes.dropped, 0);
}

/// A guest that orders nothing leaves trucks where they are and sessions without power; that is no mistake.
#[test]
fn no_order_is_no_mistake() {
    let (orders, notes) = dispatch(Guest { imports: DISPATCH, ..Guest::default() });
    assert_eq!((orders.unwrap(), notes.dropped), (Orders::default(), 0));
    let (plan, notes) = charging(Guest { imports: CHARGING, ..Guest::default() });
    assert_eq!((plan.unwrap(), notes.dropped), (vec![Kw(0.0); 3], 0));
}

// What does not end by itself.

/// 200,000,000 and 100,000 for each of 5 rows (3 trucks, 2 hauls, no site).
#[test]
fn an_endless_loop_runs_out_of_fuel() {
    let spin = Guest {
        imports: DISPATCH,
        items: "(func $think (loop $again (br $again)))",
        decide: "(call $think)",
        ..Guest::default()
    };
    assert_eq!(
        ends_with(spin),
        "plugin `text_guest` 1.0, in `decide` at second 600 of the run: it used up its fuel of 200500000 units (about \
         one an instruction); `limits.fuel_base` and `fuel_per_row` raise it\n    at think\n    at decide"
    );
}

/// A guest that only calls the host burns fuel too: the host's time is bounded.
#[test]
fn endless_calls_of_the_host_run_out_of_fuel() {
    let ask = Guest {
        imports: DISPATCH,
        decide: "(loop $again (global.set $heap (i32.const 4096)) (call $truck_id (i32.const 256)) (br $again))",
        ..Guest::default()
    };
    assert!(ends_with(ask).contains("it used up its fuel of 200500000 units"));
}

#[test]
fn the_wall_clock_is_the_last_resort() {
    let spin = Guest { imports: DISPATCH, decide: "(loop $again (br $again))", ..Guest::default() };
    let limits = PluginLimits { fuel_base: 1 << 60, wall_s: 1, ..PluginLimits::default() };
    let (orders, _) = dispatch_with(spin, limits, false);
    assert_eq!(
        orders.unwrap_err(),
        "plugin `text_guest` 1.0, in `decide` at second 600 of the run: it took more than 1 s of real time; \
         `limits.wall_s` raises it\n    at decide"
    );
}

#[test]
fn an_endless_start_is_named_too() {
    let spin = Guest { imports: DISPATCH, start: "(loop $again (br $again))", ..Guest::default() };
    let error = start::<Dispatch>(&spin.file(), PluginLimits::default(), false).unwrap_err();
    assert!(
        error.to_string().starts_with("plugin `text_guest` 1.0, in `start`: it used up its fuel of 200000000 units")
    );
}

// What takes too much.

/// 4,096 pages are 256 MiB; there are 2 at first, and each step wants 128 more: the 32nd would make 4,098.
#[test]
fn a_memory_grab_is_refused() {
    let grab = Guest {
        imports: DISPATCH,
        decide: "(loop $again (br_if $again (i32.ne (memory.grow (i32.const 128)) (i32.const -1)))) unreachable",
        ..Guest::default()
    };
    assert_eq!(
        ends_with(grab),
        "plugin `text_guest` 1.0, in `decide` at second 600 of the run: it wanted 257 MiB of memory and may have 256 \
         MiB; `limits.memory_mib` raises it\n    at decide"
    );
}

/// The cap is on all memories together: 2 pages and 1,500 pages are 93.9 MiB.
#[test]
fn memories_count_together() {
    let two = Guest { imports: DISPATCH, items: "(memory $second 1500)", ..Guest::default() };
    let limits = PluginLimits { memory_mib: 90, ..PluginLimits::default() };
    let error = start::<Dispatch>(&two.file(), limits, false).unwrap_err().to_string();
    assert!(
        error.starts_with("plugin `text_guest` 1.0, in `start`: it wanted 94 MiB of memory and may have 90 MiB"),
        "{error}"
    );
}

#[test]
fn a_stack_overflow_is_contained() {
    let deep = Guest {
        imports: DISPATCH,
        items: "(func $deeper (param i64) (result i64) (i64.add (call $deeper (local.get 0)) (i64.const 1)))",
        decide: "(drop (call $deeper (i64.const 1)))",
        ..Guest::default()
    };
    let message = ends_with(deep);
    let expected =
        "plugin `text_guest` 1.0, in `decide` at second 600 of the run: it overflowed its stack\n    at deeper\n";
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn ten_million_orders_are_not_looked_at() {
    // 10,000,000 trucks and as many hauls are 80 MB of zeros: within the memory cap, beyond any sense.
    let flood = Guest {
        imports: DISPATCH,
        decide: r"
        (drop (memory.grow (i32.const 1300)))
        (call $assign (i32.const 65536) (i32.const 10000000) (i32.const 40065536) (i32.const 10000000))",
        ..Guest::default()
    };
    let (orders, notes) = dispatch(flood);
    assert_eq!(orders.unwrap(), Orders::default());
    // Room for 2 x 3 trucks + 100; those are looked at (there is no truck 0), the rest is counted.
    assert_eq!(notes.dropped, 10_000_000);
    assert_eq!(notes.examples[0], "second 600: more than 106 orders in one decision");
    assert_eq!(notes.examples[1], "second 600: assign: there is no truck 0 that waits for a decision");
}

#[test]
fn log_spam_is_capped() {
    let imports = format!("{DISPATCH}{LOG}");
    let spam = Guest {
        imports: &imports,
        decide: r"
        (local.set $a (i32.const 1000))
        (loop $again
          (call $log (i32.const 1) (i32.const 0) (i32.const 5000))
          (local.set $a (i32.sub (local.get $a) (i32.const 1)))
          (br_if $again (local.get $a)))",
        ..Guest::default()
    };
    let (_, notes) = dispatch(spam);
    assert_eq!(notes.log.len(), 201);
    assert_eq!(notes.log[200], "(800 more lines)");
    assert_eq!(notes.log[0].len(), "info: ".len() + 1000);
}

#[test]
fn too_many_random_numbers_are_refused() {
    let imports = format!(
        "{DISPATCH} (import \"portvolt:policy/random@0.1.0\" \"uniform\" (func $uniform (param i64 i32 i32 i32)))"
    );
    let greedy = Guest {
        imports: &imports,
        decide: "(call $uniform (i64.const 1) (i32.const 2) (i32.const 1000001) (i32.const 256))",
        ..Guest::default()
    };
    assert_eq!(
        ends_with(greedy),
        "plugin `text_guest` 1.0, in `decide` at second 600 of the run: it trapped: `uniform` gives at most 1000000 \
         numbers at once, not 1000001\n    at decide"
    );
}

// What is broken.

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

// What is no plugin.

#[test]
fn files_that_are_no_plugin_are_refused_by_name() {
    assert_eq!(refused(vec![]), "plugin guest.wasm: is no WebAssembly: it begins with nothing, not with `\\0asm`");
    assert_eq!(
        refused(b"\x7fELF\x02\x01\x01\x00".to_vec()),
        "plugin guest.wasm: is no WebAssembly: it begins with `\\x7fELF\\x02\\x01\\x01\\x00`, not with `\\0asm`"
    );
    let whole = PAIRS.module();
    let torn = refused(whole[..whole.len() / 2].to_vec());
    assert!(torn.starts_with("plugin guest.wasm: is a core module that is no policy: "), "{torn}");
    let component = component("(component (core module (func (export \"f\"))))");
    let torn = refused(component[..component.len() - 3].to_vec());
    assert!(torn.starts_with("plugin guest.wasm: is broken: "), "{torn}");
    let empty = refused(wat::parse_str("(module)").unwrap());
    assert!(empty.starts_with("plugin guest.wasm: is a core module that is no policy: "), "{empty}");
    assert!(empty.ends_with("interface `portvolt:policy/policy@0.1.0` function `describe`"), "{empty}");
}

#[test]
fn a_file_of_200_mb_is_refused_unread() {
    let message = refused(vec![0; 200 << 20]);
    assert_eq!(message, "plugin guest.wasm: has 200 MiB; the limit is 128 MiB");
}

#[test]
fn other_imports_are_refused_by_name() {
    let clock = component("(component (import \"wasi:clocks/wall-clock@0.2.0\" (instance)))");
    assert_eq!(
        refused(clock),
        "plugin guest.wasm: imports `wasi:clocks/wall-clock@0.2.0`; a plugin has columns, orders, log and random numbers \
         of portvolt:policy and nothing else (no WASI: no clock, no files, no network)"
    );
    let abort = Guest { imports: "(import \"env\" \"abort\" (func $abort (param i32)))", ..Guest::default() };
    let message = refused(abort.module());
    assert!(message.contains("is a core module that is no policy") && message.contains("`env`"), "{message}");
}

#[test]
fn another_world_is_refused_by_name() {
    assert_eq!(
        refused(ASK.module()),
        "plugin guest.wasm: is for charging, not for dispatch: it imports `portvolt:policy/charging-view@0.1.0`"
    );
    let error = Plugin::<Charging>::load(&PAIRS.file()).unwrap_err().to_string();
    let expected = "plugin guest.wasm: is for dispatch, not for charging: it imports `portvolt:policy/dispatch-";
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn another_version_is_refused_by_name() {
    let newer = component("(component (import \"portvolt:policy/log@0.2.0\" (instance)))");
    assert_eq!(
        refused(newer),
        "plugin guest.wasm: speaks `portvolt:policy/log@0.2.0`; this Portvolt speaks portvolt:policy@0.1.0 and older \
         versions of 0.1"
    );
    let exports = component("(component (instance $i) (export \"portvolt:policy/policy@0.3.0\" (instance $i)))");
    assert_eq!(
        refused(exports),
        "plugin guest.wasm: speaks `portvolt:policy/policy@0.3.0`; this Portvolt speaks portvolt:policy@0.1.0 and older \
         versions of 0.1"
    );
    let unknown = component("(component (import \"portvolt:policy/weather-view@0.1.0\" (instance)))");
    assert_eq!(
        refused(unknown),
        "plugin guest.wasm: uses the interface `portvolt:policy/weather-view@0.1.0`, which this Portvolt does not have: it \
         was made for a newer one"
    );
}

#[test]
fn a_component_without_a_policy_is_refused() {
    assert_eq!(
        refused(component("(component)")),
        "plugin guest.wasm: exports no `portvolt:policy/policy`: it is a component, but no policy"
    );
    let hollow = component("(component (instance $i) (export \"portvolt:policy/policy@0.1.0\" (instance $i)))");
    let message = refused(hollow);
    assert!(message.starts_with("plugin guest.wasm: does not fit the interface: "), "{message}");
    assert!(message.contains("describe"), "{message}");
}

// What does not leak.

/// A guest that counts its decisions and writes the number starts from zero in each run.
#[test]
fn nothing_leaks_from_run_to_run() {
    let imports = format!("{DISPATCH}{LOG}");
    let count = Guest {
        imports: &imports,
        items: "(global $count (mut i32) (i32.const 48))",
        decide: r"
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (i32.store8 (i32.const 512) (global.get $count))
        (call $log (i32.const 1) (i32.const 512) (i32.const 1))",
        ..Guest::default()
    };
    let plugin = Plugin::<Dispatch>::load(&count.file()).unwrap();
    let new = || Running::start(&plugin, &[], PluginLimits::default(), SEED, false).unwrap();
    let (mut one, mut two) = (new(), new());
    with_view(|view| {
        // Interleaved: each counts for itself.
        one.decide_on(view).unwrap();
        two.decide_on(view).unwrap();
        one.decide_on(view).unwrap();
    });
    assert_eq!(one.notes().log, ["info: 1", "info: 2"]);
    assert_eq!(two.notes().log, ["info: 1"]);
    assert_eq!(one.notes().fuel, 2 * two.notes().fuel);
}

/// Random numbers depend on seed, key and index, not on who drew before.
#[test]
fn random_numbers_are_a_function_of_their_key() {
    let imports = format!(
        "{DISPATCH}{LOG} (import \"portvolt:policy/random@0.1.0\" \"uniform\" (func $uniform (param i64 i32 i32 i32)))"
    );
    // Writes whether the second draw of (5, 6) equals the second draw of (5, 6) after others were drawn.
    let draws = Guest {
        imports: &imports,
        decide: r"
        (call $uniform (i64.const 5) (i32.const 6) (i32.const 2) (i32.const 256))
        (call $uniform (i64.const 9) (i32.const 6) (i32.const 50) (i32.const 264))
        (call $uniform (i64.const 5) (i32.const 6) (i32.const 2) (i32.const 272))
        (i32.store8 (i32.const 512) (i32.add (i32.const 48) (f64.eq
          (f64.load offset=8 (i32.load (i32.const 256))) (f64.load offset=8 (i32.load (i32.const 272))))))
        (i32.store8 (i32.const 513) (i32.add (i32.const 48) (f64.eq
          (f64.load offset=8 (i32.load (i32.const 256))) (f64.load offset=8 (i32.load (i32.const 264))))))
        (call $log (i32.const 1) (i32.const 512) (i32.const 2))",
        ..Guest::default()
    };
    assert_eq!(dispatch(draws).1.log, ["info: 10"]);
}

// In a whole run.

fn scenario(folder: &tempfile::TempDir, guest: Guest<'_>, settings: &[&str]) -> Loaded {
    let path = folder.path().join("guest.wasm");
    std::fs::write(&path, guest.module()).unwrap();
    let choice = format!("policy.dispatch={:?}", path.display().to_string());
    let settings: Vec<&str> = ["time.days=1", &choice].into_iter().chain(settings.iter().copied()).collect();
    loaded(&shipped("depot_night"), &settings)
}

#[test]
fn threads_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = scenario(&folder, PAIRS, &[]);
    let expected = run(&scenario, &Options::default());
    assert!(expected.total("hauls_completed") > 0.0 && expected.total("plugin_calls") > 0.0);
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| run(&scenario, &Options::default()).digest)).collect();
        for digest in runs {
            assert_eq!(digest.join().unwrap(), expected.digest);
        }
    });
}

/// Half an hour into a decision at 05:00 local time the guest gives up: the message says when, and rows stay.
#[test]
fn a_failure_in_a_run_says_when() {
    let folder = tempfile::tempdir().unwrap();
    let guest = Guest { decide: "unreachable", ..PAIRS };
    let scenario = scenario(&folder, guest, &[]);
    let mut simulation = Simulation::new(&scenario, &Options::default()).unwrap();
    let summary = simulation.empty_summary(&scenario.scenario);
    let mut output = Output::new(None, false, &scenario.scenario.time.zone, summary).unwrap();
    let error = simulation.run(&mut output, &AtomicBool::new(false), |_, _| {}).unwrap_err().to_string();
    assert!(error.starts_with("at 2025-"), "{error}");
    assert!(error.contains("policy `text_guest` failed: plugin `text_guest` 1.0, in `decide` at second "), "{error}");
    assert!(
        error.ends_with("it trapped: wasm trap: wasm `unreachable` instruction executed\n    at decide"),
        "{error}"
    );
}

#[test]
fn a_name_a_file_and_a_table_choose_a_policy() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("guest.wasm"), PAIRS.module()).unwrap();
    let file = format!("{:?}", folder.path().join("guest.wasm").display().to_string());
    let choose = |settings: &[String]| {
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        let loaded = loaded(&shipped("depot_night"), &settings);
        (loaded.scenario.policy.dispatch.clone(), loaded.plugins.dispatch.is_some())
    };
    let (choice, is_plugin) = choose(&["policy.dispatch=least_empty_km".to_owned()]);
    assert_eq!((choice.name.as_str(), is_plugin), ("least_empty_km", false));
    let (choice, is_plugin) =
        choose(&["policy.dispatch=least_empty_km".to_owned(), "policy.dispatch.params.reserve_soc=0.2".to_owned()]);
    assert_eq!((choice.name.as_str(), choice.params["reserve_soc"], is_plugin), ("least_empty_km", 0.2, false));
    assert!(choose(&[format!("policy.dispatch={file}")]).1);
    assert!(choose(&[format!("policy.dispatch={{ plugin = {file} }}")]).1);
    let (_, is_plugin) = choose(&[format!("policy.dispatch={file}"), "policy.dispatch.name=least_empty_km".to_owned()]);
    assert!(!is_plugin, "the later choice stands");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a file holds, the loader answers: a module or component with bytes changed is refused or is a plugin.
    #[test]
    fn the_loader_survives_any_bytes(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>())) {
        let mut bytes = PAIRS.module();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        match Plugin::<Dispatch>::load(&PluginFile::new("guest.wasm", bytes)) {
            Ok(plugin) => {
                // It may still decide anything, within its limits.
                let limits = PluginLimits { fuel_base: 1_000_000, fuel_per_row: 0, memory_mib: 16, wall_s: 10 };
                if let Ok(mut running) = Running::start(&plugin, &[], limits, SEED, false) {
                    let _ = with_view(|view| running.decide_on(view));
                }
            }
            Err(error) => prop_assert!(error.to_string().starts_with("plugin ")),
        }
    }

    /// Whatever is ordered, what passes names trucks and hauls of the view at most once.
    #[test]
    fn what_passes_the_checker_can_be_carried_out(orders in prop::collection::vec((0_u32..10, 18_u32..23), 0..40)) {
        let words = |pick: fn(&(u32, u32)) -> u32| orders.iter().map(pick).flat_map(u32::to_le_bytes)
            .fold(String::new(), |text, byte| format!("{text}\\{byte:02x}"));
        let items = format!("(data (i32.const 512) \"{}\") (data (i32.const 1024) \"{}\")",
            words(|order| order.0), words(|order| order.1));
        let count = orders.len();
        let decide = format!("(call $assign (i32.const 512) (i32.const {count}) (i32.const 1024) (i32.const {count}))");
        let (valid, notes) = dispatch(Guest { imports: DISPATCH, items: &items, decide: &decide, ..Guest::default() });
        let valid = valid.unwrap().assign;
        prop_assert_eq!(valid.len() as u64 + notes.dropped, count as u64);
        let mut trucks: Vec<u32> = valid.iter().map(|order| order.truck).collect();
        trucks.sort_unstable();
        trucks.dedup();
        prop_assert_eq!(trucks.len(), valid.len());
        // Only haul 20 is open to trucks 3 and 5 of fleet 0.
        prop_assert!(valid.iter().all(|order| [3, 5].contains(&order.truck) && order.haul == 20));
        prop_assert!(valid.len() <= 1);
    }
}
