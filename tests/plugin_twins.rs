//! Contract: a policy written as a guest gives the results of the built-in, bit for bit, and guests in every language
//! run. The guests are built from source by `plugins/build.sh`; a language whose tools are not here is skipped, and
//! standard error says which and why; with `PORTVOLT_NEEDS_GUESTS`, which CI sets when it has built them, that is a failure.
//! Tools that are missing are fetched when `PORTVOLT_GUESTS=all` is set.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

mod common;

use common::{Finished, loaded, run, shipped, written};
use portvolt::plugin::trial::trial;
use portvolt::plugin::{Plugin, PluginKind, keep_compiled_code_in};
use portvolt::policy::kind::{Adoption, Charging, Dispatch, IndustryDecision};
use portvolt::policy::spec::PluginLimits;
use portvolt::scenario::load::{Request, load};
use portvolt::scenario::plugin_file::PluginFile;
use portvolt::sim::Options;
use portvolt::study::replicate::replicate;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What `build.sh` says, a line a language. It runs once.
fn built() -> &'static str {
    static SAID: OnceLock<String> = OnceLock::new();
    SAID.get_or_init(|| {
        let mut build = Command::new("bash");
        build.arg(root().join("plugins/build.sh"));
        if let Ok(languages) = std::env::var("PORTVOLT_GUESTS") {
            build.args(languages.split_whitespace());
        }
        keep_compiled_code_in(root().join("target/plugins/compiled"));
        match build.output() {
            Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
            Err(error) => ["rust", "c", "python", "javascript"].map(|it| format!("skipped {it}: {error}\n")).concat(),
        }
    })
}

/// The file of a guest, or none with a word to the tester: the harness of tests keeps what `eprintln!` says of a test
/// that passes, so this goes past it.
fn guest(language: &str, name: &str) -> Option<PathBuf> {
    let said = built().lines().find(|line| line.split([' ', ':']).nth(1) == Some(language)).unwrap_or_default();
    if said.starts_with("built") {
        return Some(root().join("target/plugins").join(name).with_extension("wasm"));
    }
    let reason = if said.is_empty() { "not among the languages asked for" } else { said };
    assert!(std::env::var_os("PORTVOLT_NEEDS_GUESTS").is_none(), "no guest {name} in {language}: {reason}");
    let _ = writeln!(std::io::stderr(), "SKIPPED test of the guest {name} in {language}: {reason}");
    None
}

fn simulate(scenario: &str, settings: &[&str]) -> Finished {
    run(&loaded(&shipped(scenario), settings), &Options { seed: 3, ..Options::default() })
}

/// The guest and the built-in on a shipped scenario: the same rows.
fn twins(file: &Path, kind: &str, built_in: &str, scenario: &str, days: &str) {
    let native = simulate(scenario, &[days, &format!("policy.{kind}={built_in}")]);
    let guest = simulate(scenario, &[days, &format!("policy.{kind}={:?}", file.display().to_string())]);
    assert_eq!(guest.digest, native.digest, "{} on {scenario}", file.display());
    assert!(guest.total("plugin_calls") > 10.0, "it decided");
    assert_eq!(guest.total("plugin_rejected"), 0.0);
}

const SCENARIOS: [(&str, &str); 3] =
    [("depot_night", "time.days=3"), ("port_terminal", "time.days=2"), ("san_pedro_bay", "time.days=1")];

#[test]
fn nearest_feasible_in_rust_is_the_built_in() {
    let Some(file) = guest("rust", "nearest_feasible") else { return };
    for (scenario, days) in SCENARIOS {
        twins(&file, "dispatch", "nearest_feasible", scenario, days);
    }
    twins(&file, "dispatch", "nearest_feasible", "hydrogen_corridor", "time.days=2");
}

#[test]
fn equal_share_in_rust_is_the_built_in() {
    let Some(file) = guest("rust", "equal_share") else { return };
    for (scenario, days) in SCENARIOS {
        twins(&file, "charging", "equal_share", scenario, days);
    }
}

#[test]
fn edf_in_c_is_the_built_in() {
    let Some(file) = guest("c", "edf_charging") else { return };
    for (scenario, days) in SCENARIOS {
        twins(&file, "charging", "edf", scenario, days);
    }
}

/// A guest in a night's depot: it decides, gives no bad order, and most of the work gets done.
fn works(file: &Path, kind: &str) {
    works_on("depot_night", file, kind);
}

fn works_on(scenario: &str, file: &Path, kind: &str) {
    let choice = format!("policy.{kind}={:?}", file.display().to_string());
    let one = simulate(scenario, &["time.days=2", &choice]);
    let two = simulate(scenario, &["time.days=2", &choice]);
    assert_eq!(one.digest, two.digest, "twice the same");
    assert_eq!(one.total("plugin_rejected"), 0.0);
    assert!(one.total("plugin_calls") > 10.0);
    let (asked, done) = (one.total("hauls_requested"), one.total("hauls_completed"));
    assert!(done > 0.5 * asked, "{done} of {asked} hauls done");
    assert_eq!(one.total("trucks_stranded"), 0.0);
}

#[test]
fn soc_aware_dispatch_in_rust_works() {
    if let Some(file) = guest("rust", "soc_aware_dispatch") {
        works(&file, "dispatch");
        works_on("hydrogen_corridor", &file, "dispatch");
    }
}

#[test]
fn first_come_dispatch_in_python_works() {
    if let Some(file) = guest("python", "first_come_dispatch") {
        works(&file, "dispatch");
        works_on("hydrogen_corridor", &file, "dispatch");
    }
}

#[test]
fn least_flexible_first_in_javascript_works() {
    if let Some(file) = guest("javascript", "least_flexible_first") {
        works(&file, "charging");
    }
}

/// The same shares from the same sums; other parameters, other rows.
#[test]
fn tco_logit_in_rust_is_the_built_in() {
    let Some(file) = guest("rust", "tco_logit_adoption") else { return };
    let (dir, _) = written(include_str!("cases/transition_port.toml"), &[]);
    let years = |choice: &str| {
        let settings = ["transition.until=2029", "offer.battery.glider_usd=180000", choice];
        replicate(&loaded(dir.path(), &settings), 1, 0, &AtomicBool::new(false)).unwrap().digest
    };
    let plugin = format!("{:?}", file.display().to_string());
    let native = years("transition.adoption={ name = \"logit_tco\", params = { zero_emission = 0 } }");
    let guest = |value: &str| {
        years(&format!("transition.adoption={{ plugin = {plugin}, params = {{ zero_emission = {value} }} }}"))
    };
    assert_eq!(guest("0"), native);
    assert_ne!(guest("-20"), native);
}

/// The same moves and charges of the same units at the same seconds, with one lot and with four, in breaks and outside of them.
#[test]
fn gang_and_threshold_in_rust_is_the_built_in() {
    let Some(file) = guest("rust", "gang_and_threshold") else { return };
    let run_with = |overlays: &[&str], choice: &str| {
        let overlays = overlays.iter().map(|name| shipped("port_terminal").join(name)).collect();
        let nearest = "terminal.terminal.plan.dispatch.lot=nearest";
        let settings = ["time.days=2", nearest, choice].map(str::to_owned).to_vec();
        let request = Request { path: shipped("port_terminal"), overlays, settings, ..Request::default() };
        run(&load(&request).unwrap(), &Options { seed: 3, ..Options::default() })
    };
    let plugin = format!("{:?}", file.display().to_string());
    for overlays in [&["planned.toml"][..], &["planned.toml", "lots_at_blocks.toml"]] {
        let twin = |built_in: &str, in_breaks: u8| {
            let native = run_with(overlays, &format!("policy.yard={built_in}"));
            let choice = format!("policy.yard={{ plugin = {plugin}, params = {{ in_breaks = {in_breaks} }} }}");
            let guest = run_with(overlays, &choice);
            assert_eq!(guest.digest, native.digest, "{built_in}, {overlays:?}");
            assert!(guest.total("plugin_calls") > 1_000.0 && guest.total("plugin_rejected") == 0.0);
            native.digest
        };
        assert_ne!(twin("threshold", 0), twin("breaks", 1), "the policy decides");
    }
}

/// The same loads and trailers from the same numbers, hour by hour; another reserve, other rows.
#[test]
fn sun_and_reserve_in_rust_is_the_built_in() {
    let Some(file) = guest("rust", "sun_and_reserve") else { return };
    let plugin = format!("{:?}", file.display().to_string());
    let guest = |level: &str| {
        let choice = format!("policy.hydrogen={{ plugin = {plugin}, params = {{ reserve_level = {level} }} }}");
        simulate("hydrogen_corridor", &["time.days=2", &choice])
    };
    let native = simulate("hydrogen_corridor", &["time.days=2", "policy.hydrogen=follow_solar"]);
    let twin = guest("0.35");
    assert_eq!(twin.digest, native.digest);
    assert!(twin.total("plugin_calls") >= 47.0 && twin.total("plugin_rejected") == 0.0);
    assert_ne!(guest("0.9").digest, native.digest, "its parameter decides");
}

/// The same works in the same years; with more room for peaks, others.
#[test]
fn room_to_grow_in_rust_is_the_built_in() {
    let Some(file) = guest("rust", "room_to_grow") else { return };
    let (dir, _) = written(include_str!("cases/transition_port.toml"), &[]);
    let years = |choice: &str| {
        let clean = ["transition.adoption=least_cost", "offer.battery.glider_usd=20000", "site.depot.limit_kw=300"];
        let settings = ["transition.until=2029", clean[0], clean[1], clean[2], choice];
        replicate(&loaded(dir.path(), &settings), 1, 0, &AtomicBool::new(false)).unwrap().digest
    };
    let plugin = format!("{:?}", file.display().to_string());
    let native = years("transition.build_out=target_peak");
    let guest = |params: &str| years(&format!("transition.build_out={{ plugin = {plugin}, params = {{ {params} }} }}"));
    assert_eq!(guest(""), native);
    assert_ne!(guest("peak_share = 0.1, simultaneity = 1"), native, "its parameters decide");
    assert_ne!(years("transition.build_out=none"), native);
}

/// Plants beside the port: blending pays, electric heat does not, a project with a grant that does not reach, and a store that is
/// full after one.
const PLANTS: &str = r#"
[industry]
decision = "least_cost"
margin = 0.1
rate = 0.08
[industry.carrier.coal]
usd_per_gj = 4
direct_kg_per_gj = 95
[industry.carrier.power]
usd_per_gj = 12
is_electricity = true
[industry.plant.east]
sector = "cement"
unit = "t"
output = 1_000_000
gj_per_unit = { coal = 3.4 }
process_kg_per_unit = 525
[industry.plant.west]
sector = "cement"
unit = "t"
output = 500_000
gj_per_unit = { coal = 3.8 }
process_kg_per_unit = 525
[industry.network.store]
opens = 2026
capacity_t = 700_000
usd_per_t = 10
[industry.lever.blend]
sectors = ["cement"]
gj_factor = { coal = 0.8 }
process_factor = 0.8
capex_usd_per_unit = 10
life_years = 20
lead_years = 1
ready = 2025
[industry.lever.electric]
sectors = ["cement"]
gj_factor = { coal = 0.2 }
gj_added = { power = 2.5 }
life_years = 20
lead_years = 1
ready = 2025
[industry.lever.capture]
sectors = ["cement"]
capture_share = 0.9
capex_usd_per_captured_t = 200
life_years = 25
lead_years = 1
ready = 2025
network = "store"
[industry.project.big]
plant = "west"
lever = "electric"
announced = 2025
decides = 2026
funding = { state = { usd = 1_000_000, payer = "state" } }
[industry.credit.stored]
until = 2032
usd_per_t = 85
payer = "federal"
years = 12
"#;

/// The same levers in the same years, by their own sums; with more money for a tonne, others.
#[test]
fn cheapest_lever_in_rust_is_the_built_in() {
    let Some(file) = guest("rust", "cheapest_lever") else { return };
    let (dir, _) = written(&format!("{}\n{PLANTS}", include_str!("cases/transition_port.toml")), &[]);
    let years = |choice: &str| {
        replicate(&loaded(dir.path(), &["transition.until=2028", choice]), 1, 0, &AtomicBool::new(false)).unwrap()
    };
    let plugin = format!("{:?}", file.display().to_string());
    let native = years("industry.decision=least_cost");
    let guest = |most: &str| {
        years(&format!("industry.decision={{ plugin = {plugin}, params = {{ most_usd_per_t = {most} }} }}"))
    };
    let twin = guest("0");
    assert_eq!(twin.digest, native.digest);
    let total =
        |name: &str| twin.metrics.iter().find(|it| it.scope == "total" && it.name == name).unwrap().value.unwrap();
    assert!(total("plugin_calls") >= 6.0 && total("plugin_rejected") == 0.0);
    assert_ne!(guest("500").digest, native.digest, "its parameter decides");
    for other in ["business_as_usual", "abatement_order", "plan_file"] {
        assert_ne!(years(&format!("industry.decision={other}")).digest, native.digest, "{other}");
    }
}

/// On a tariff with dear evenings it pays less a kWh than charging at once, and leaves nobody shorter by much.
#[test]
fn price_aware_charging_in_rust_lowers_the_bill() {
    let Some(file) = guest("rust", "price_aware_charging") else { return };
    // Ports and power for all at once, so that nothing but the price decides when.
    let roomy = ["charger.night.cabinets=20", "site.depot.limit_kw=6000"];
    let with =
        |charging: String| simulate("depot_night", &[roomy[0], roomy[1], &format!("policy.charging={charging}")]);
    let (plain, cheap) = (with("uncontrolled".to_owned()), with(format!("{:?}", file.display().to_string())));
    let a_kwh = |run: &Finished| run.total("bill_energy_usd") / run.total("energy_grid_kwh");
    assert!(a_kwh(&cheap) < 0.9 * a_kwh(&plain), "{} {}", a_kwh(&cheap), a_kwh(&plain));
    assert!(cheap.total("energy_delivered_kwh") > 0.95 * plain.total("energy_delivered_kwh"));
}

/// Without a premium it buys what costs least; no two options of this port cost the same.
#[test]
fn clean_when_cheap_in_rust_is_least_cost() {
    let Some(file) = guest("rust", "clean_when_cheap") else { return };
    let (dir, _) = written(include_str!("cases/transition_port.toml"), &[]);
    let years = |choice: String| {
        let settings =
            ["transition.cost_uncertainty=0", "transition.until=2029", "offer.battery.glider_usd=120000", &choice];
        replicate(&loaded(dir.path(), &settings), 1, 0, &AtomicBool::new(false)).unwrap()
    };
    let native = years("transition.adoption=least_cost".to_owned());
    let plugin = format!("{:?}", file.display().to_string());
    let guest = years(format!("transition.adoption={{ plugin = {plugin}, params = {{ premium = 0 }} }}"));
    assert_eq!(guest.digest, native.digest);
    let dear = years(format!("transition.adoption={{ plugin = {plugin}, params = {{ premium = 10 }} }}"));
    assert_ne!(dear.digest, native.digest, "its parameter decides");
}

/// Fuel (about one unit an instruction) of a decision on the synthetic view `middle`, as measured in December 2026 with Rust 1.95: a
/// guest, a helper or an interface that makes a decision dearer by more than a tenth is seen.
#[test]
fn decisions_take_no_more_instructions_than_they_did() {
    fn fuel<K: PluginKind>(file: &Path) -> u64 {
        let plugin = Plugin::<K>::load(&PluginFile::read(file).unwrap()).unwrap();
        let values = plugin.parameters(&BTreeMap::new()).unwrap();
        let tried = trial(&plugin, &values, PluginLimits::default()).unwrap();
        let middle = tried.cases.iter().find(|case| case.name == "middle").unwrap();
        middle.outcome.as_ref().unwrap().2
    }
    type Measured = (&'static str, fn(&Path) -> u64, u64);
    let measured: [Measured; 5] = [
        ("equal_share", fuel::<Charging>, 1_224_332),
        ("price_aware_charging", fuel::<Charging>, 341_456),
        ("nearest_feasible", fuel::<Dispatch>, 1_309_100),
        ("tco_logit_adoption", fuel::<Adoption>, 97_770),
        ("cheapest_lever", fuel::<IndustryDecision>, 114_787),
    ];
    for (name, fuel, was) in measured {
        let Some(file) = guest("rust", name) else { return };
        let now = fuel(&file);
        assert!(now > was / 10 && now <= was + was / 10, "{name} takes {now} units of fuel, and took {was}");
    }
}

/// Guests that were compiled for the first interface keep loading, and do what they did. One is a built-in that has not
/// changed. The built-in that another was has since learnt to carry what whole numbers leave of a share: its fleet is nearly
/// the same.
#[test]
fn compiled_guests_of_0_1_0_keep_working() {
    keep_compiled_code_in(root().join("target/plugins/compiled"));
    let fixture = |name: &str| root().join("tests/fixtures/guests_0_1_0").join(name).with_extension("wasm");
    // It knows nothing of events, and is asked when intervals begin: where power is shared then, it is its twin.
    let by_interval = |choice: String| simulate("depot_night", &["time.days=1", "time.allocation=interval", &choice]);
    let native = by_interval("policy.charging=equal_share".to_owned());
    let old = by_interval(format!("policy.charging={:?}", fixture("equal_share").display().to_string()));
    assert_eq!(old.digest, native.digest);
    assert!(old.total("plugin_calls") > 10.0 && old.total("plugin_rejected") == 0.0);
    let file = format!("policy.dispatch={:?}", fixture("soc_aware_dispatch").display().to_string());
    let run = simulate("depot_night", &["time.days=1", &file]);
    assert!(run.total("plugin_calls") > 10.0 && run.total("plugin_rejected") == 0.0);
    assert!(run.total("hauls_completed") > 0.0);
    let (dir, _) = written(include_str!("cases/transition_port.toml"), &[]);
    let years = |choice: &str| {
        let run = replicate(&loaded(dir.path(), &["transition.until=2028", choice]), 1, 0, &AtomicBool::new(false));
        let metrics = run.unwrap().metrics;
        let total = |name| {
            let found = metrics.iter().find(|it| it.scope == "total" && it.name == name);
            found.unwrap_or_else(|| panic!("no {name}")).value.unwrap()
        };
        ["zev_share", "plugin_calls", "plugin_rejected"].map(total)
    };
    let plugin = format!("transition.adoption={:?}", fixture("tco_logit_adoption").display().to_string());
    let ([share, calls, rejected], [native, ..]) = (years(&plugin), years("transition.adoption=logit_tco"));
    assert!(calls >= 3.0 && rejected == 0.0, "{calls} calls, {rejected} orders rejected");
    assert!(share > 0.0 && (share - native).abs() < 0.1, "{share} of the guest, {native} of the built-in");
}
