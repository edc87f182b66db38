//! Contract: the sandbox of plugins. A guest has columns, orders, log and random numbers and nothing else; whatever it
//! does ends with an answer or a message that names plugin, version, call, simulated time and the guest's own function,
//! never with a hang, a crash or another result. Guests are written as WebAssembly text, so no guest toolchain is needed.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

mod broken;
#[path = "../common/mod.rs"]
mod common;
#[path = "../guests/mod.rs"]
mod guests;
mod in_a_run;
mod refused;

use guests::{ASK, CHARGING, DISPATCH, Guest, LOG, PAIRS};
use portvolt::grid::state::{LimitTree, SiteOutlook};
use portvolt::kernel::ids::{NodeId, SiteId};
use portvolt::kernel::random::Seed;
use portvolt::kernel::units::{Kw, Kwh};
use portvolt::place::travel::Travel;
use portvolt::plugin::{Plugin, PluginError, PluginKind, Running};
use portvolt::policy::energy_sites::{FuelSitesByFleet, SitesByFleet};
use portvolt::policy::kind::{Charging, Dispatch};
use portvolt::policy::spec::PluginLimits;
use portvolt::policy::{
    Assign, ChargingView, DispatchView, HaulColumns, Orders, SessionColumns, SiteColumns, TruckColumns,
};
use portvolt::record::notes::PluginNotes;
use portvolt::scenario::plugin_file::PluginFile;

const SEED: Seed = Seed { seed: 7, replication: 0 };

fn start<S: PluginKind>(file: &PluginFile, limits: PluginLimits, is_strict: bool) -> Result<Running<S>, PluginError> {
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
        ports_in_use: vec![0, 1],
        queue: vec![0, 0],
        stay_s: vec![600, 600],
        h2_positions: vec![0, 0],
        h2_taken: vec![0, 0],
        h2_queue: vec![0, 0],
        h2_free_kg: vec![0.0, 0.0],
    };
    let may_fuel = FuelSitesByFleet::new(vec![vec![], vec![]]);
    let may_charge = SitesByFleet::new(vec![vec![SiteId(1)], vec![]], Vec::new());
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
    (orders, running.noted())
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
    let headroom_kw = tree.limits();
    let view =
        ChargingView { time_s: 900, interval_s: 300, tree: &tree, headroom_kw, sessions: &sessions, sites: &sites };
    let mut running = start::<Charging>(&guest.file(), PluginLimits::default(), false).unwrap();
    let plan = running.decide_on(&view).map_err(|error| error.to_string());
    (plan, running.noted())
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
         one an instruction): an endless loop, or too much work; `limits.fuel_base` and `fuel_per_row` raise it\n    at think\n    at decide"
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
        (memory.fill (i32.const 0) (i32.const 97) (i32.const 5000))
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
    assert_eq!(notes.log[0].len(), "info: ".len() + 1000 + "…".len(), "5000 letters, cut at 1000");
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
    assert_eq!(one.noted().log, ["info: 1", "info: 2"]);
    assert_eq!(two.noted().log, ["info: 1"]);
    assert_eq!(one.noted().fuel, 2 * two.noted().fuel);
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
