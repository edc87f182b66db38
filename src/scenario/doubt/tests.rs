use super::*;
use crate::scenario::load::{Request, load};

/// Few ports for many units of a pool are doubted, as many as the shipped terminal has are not, nor is a terminal with a plan.
#[test]
fn a_pool_with_few_ports_is_doubted() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/port_terminal");
    let told = |cabinets: u32, overlays: &[&str]| {
        let settings = vec![format!("charger.tractor_lot.cabinets={cabinets}")];
        let overlays = overlays.iter().map(|name| path.join(name)).collect();
        let loaded = load(&Request { path: path.clone(), overlays, settings, ..Request::default() }).unwrap();
        doubts(&loaded).join("\n")
    };
    assert!(told(5, &[]).contains("share 5 charging ports at `terminal`, which has no plan"), "{}", told(5, &[]));
    assert!(told(1, &[]).contains("share a single charging port at `terminal`"), "{}", told(1, &[]));
    assert!(!told(55, &[]).contains("has no plan"));
    assert!(!told(5, &["planned.toml"]).contains("has no plan"));
}

/// Where terminals work as pools of hours it is told what that leaves out, once for all of them.
#[test]
fn terminals_without_a_plan_are_told() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let told = |scenario: &str, overlays: &[&str]| {
        let path = folder.join(scenario);
        let overlays = overlays.iter().map(|name| path.join(name)).collect();
        doubts(&load(&Request { path, overlays, ..Request::default() }).unwrap()).join("\n")
    };
    let words = "`terminal` works without a plan ([terminal.terminal.plan])";
    assert!(told("port_terminal", &[]).contains(words), "{}", told("port_terminal", &[]));
    assert!(!told("port_terminal", &["planned.toml"]).contains("without a plan ("));
    assert!(told("san_pedro_bay", &[]).contains(" and 12 other terminals work without a plan"));
    assert!(!told("depot_night", &[]).contains("without a plan ("), "no vessel calls there");
}

/// A feeder of cranes is one, a feeder of tractors with batteries is none: their chargers draw.
#[test]
fn feeders_of_machines_with_batteries_are_doubted() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/port_terminal");
    let told = |class: &str| {
        let behind = format!("terminal.terminal.equipment_behind={{ {class} = \"quay\" }}");
        let settings = vec!["node.quay.site=terminal".to_owned(), behind];
        doubts(&load(&Request { path: path.clone(), settings, ..Request::default() }).unwrap()).join("\n")
    };
    assert!(told("yard_tractor").contains("has no effect for `yard_tractor`"), "{}", told("yard_tractor"));
    assert!(!told("crane").contains("equipment_behind"), "{}", told("crane"));
}

/// What is used without a price is told where the cost of a year is, and nowhere else.
#[test]
fn what_has_no_price_is_doubted() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let money = ["money.discount_rate=0.07", "money.years=10", "money.usd_of=2025"];
    let told = |scenario: &str, settings: &[&str]| {
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let loaded = load(&Request { path: folder.join(scenario), settings, ..Request::default() }).unwrap();
        doubts(&loaded).join("\n")
    };
    let priced = [&money[..], &["money.diesel_usd_per_gal=4"]].concat();
    let without = [&priced[..], &["site.depot.tariff="]].concat();
    assert!(
        told("port_terminal", &money).contains("(`diesel_usd_per_gal` of [money])"),
        "{}",
        told("port_terminal", &money)
    );
    assert!(
        told("depot_night", &without).contains("`depot` charge vehicles and have no electricity tariff"),
        "{}",
        told("depot_night", &without)
    );
    assert!(!told("depot_night", &priced).contains("no electricity tariff"), "{}", told("depot_night", &priced));
    assert!(!told("depot_night", &["site.depot.tariff="]).contains("no electricity tariff"), "nothing has a price");
    let marine = [&priced[..], &["fuel.marine_gas_oil.usd_per_t="]].concat();
    assert!(
        told("san_pedro_bay", &marine).contains("vessels burn `marine_gas_oil`"),
        "{}",
        told("san_pedro_bay", &marine)
    );
    assert!(!told("san_pedro_bay", &priced).contains("vessels burn"));
}

/// A transition whose trucks nothing retires is doubted, one whose vehicles all have a life is not; so are years of one week.
#[test]
fn vehicles_that_last_for_ever_are_doubted() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/suite/transition");
    let told = |settings: &[&str]| {
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let loaded = load(&Request { path: path.clone(), settings, ..Request::default() }).unwrap();
        doubts(&loaded).join("\n")
    };
    assert!(
        told(&["survival.truck="]).contains("how long `truck` last ([survival])"),
        "{}",
        told(&["survival.truck="])
    );
    assert!(!told(&[]).contains("[survival]"), "{}", told(&[]));
    // The suite samples one week of each year.
    assert!(told(&[]).contains("one week stands for each year"), "{}", told(&[]));
    for enough in ["transition.weeks=4", "transition.full_years=true"] {
        assert!(!told(&[enough]).contains("one week stands"), "{enough}");
    }
}

/// What a terminal does not use of its equipment is told, with a plan and without.
#[test]
fn numbers_that_a_plan_does_not_use_are_doubted() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/port_terminal");
    let told = |overlay: Option<&str>, setting: &str| {
        let overlays = overlay.map(|name| path.join(name)).into_iter().collect();
        let settings =
            vec![format!("equipment_model.yt_battery.{setting}"), "work.yard_tractor.lifts_per_h=16".to_owned()];
        doubts(&load(&Request { path: path.clone(), overlays, settings, ..Request::default() }).unwrap()).join("\n")
    };
    let planned = Some("planned.toml");
    for (overlay, setting, words) in [
        (planned, "charge_in_breaks=false", "`charge_in_breaks` of `yt_battery` says nothing"),
        (planned, "per_lift=1", "`per_lift` of `yt_battery` is in no energy"),
        (None, "per_km_loaded=2", "`per_km_loaded` of `yt_battery` count at terminals with a plan only"),
    ] {
        assert!(told(overlay, setting).contains(words), "{setting}: {}", told(overlay, setting));
        let other = if overlay.is_none() { planned } else { None };
        assert!(!told(other, setting).contains(words), "{setting}: {}", told(other, setting));
    }
}

/// Each key of a yard's dispatch is told beside every rule but its own.
#[test]
fn keys_of_another_rule_of_charging_are_doubted() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/port_terminal");
    let told = |settings: &[&str]| {
        let settings = settings.iter().map(|it| format!("terminal.terminal.plan.dispatch.{it}")).collect();
        let overlays = vec![path.join("planned.toml")];
        doubts(&load(&Request { path: path.clone(), overlays, settings, ..Request::default() }).unwrap()).join("\n")
    };
    for (field, rule) in [
        ("wait_min=5", "opportunity"),
        ("swing_soc=0.2", "progressive"),
        ("groups=3", "breaks_staggered"),
        ("hours=[\"11:00-13:00\"]", "schedule"),
    ] {
        let name = format!("`{}` of", field.split_once('=').unwrap().0);
        let other = if rule == "schedule" { "threshold" } else { "breaks_together" };
        assert!(told(&[field, &format!("charging={other}")]).contains(&name), "{field}");
        let own = [field, &format!("charging={rule}"), "within_m=500"];
        assert!(!told(&own).contains(&name), "{field}: {}", told(&own));
    }
}

/// Two names that differ in capital letters alone are doubted, and no others.
#[test]
fn names_that_differ_in_capitals_are_doubted() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/depot_night");
    let told = |name: &str| {
        let settings = ["kind=warehouse", "lat=34", "lon=-118"].map(|value| format!("site.{name}.{value}"));
        let loaded = load(&Request { path: path.clone(), settings: settings.to_vec(), ..Request::default() }).unwrap();
        doubts(&loaded).join("\n")
    };
    assert!(told("Depot").contains("`site.Depot` and `site.depot` differ only in capitalization"), "{}", told("Depot"));
    assert!(!told("depot_2").contains("capitalization"));
}
