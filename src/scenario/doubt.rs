//! What no rule forbids and what is probably an error: told by `validate`, at the end of a run and on its page.

use super::Scenario;
use super::loaded::Loaded;
use crate::charging::spec::ChargerSpec;
use crate::grid::spec::StorageSpec;
use crate::industry::spec::{LeverSpec, PlantSpec};
use crate::kernel::calendar::DAY_S;
use crate::kernel::math::great_circle_km;
use crate::policy::decide::is_asked;
use crate::policy::kind::PolicyKind;
use crate::terminal::spec::TerminalSpec;
use crate::transition::spec::TRUCK;
use crate::truck::spec::FleetSpec;
use crate::vehicle::spec::{Count, Powertrain, is_for_fleet};
use crate::yard::spec::{ChargingRule, Part, PlanKind};
use jiff::ToSpan;
use std::collections::{BTreeMap, BTreeSet};

/// A site farther than this from the middle of all others probably has a sign or digit wrong, km.
const FAR_KM: f64 = 1_000.0;
/// Battery units for each charging port above which a pool without a plan serves more than a yard could: an hour or two at a
/// port, in the breaks and between the shifts of a day, is enough for no more.
const UNITS_PER_PORT: u32 = 4;
/// A list of hauls that ends so long before the run does probably belongs to another run.
const EARLY_S: i64 = 2 * DAY_S;

/// All doubts about a scenario.
#[must_use]
pub fn doubts(loaded: &Loaded) -> Vec<String> {
    let scenario = &loaded.scenario;
    let mut out = far_sites(scenario);
    out.extend(names_alike(scenario));
    out.extend(classes_that_last(scenario));
    out.extend(single_weeks(scenario));
    out.extend(loads_above_limits(scenario));
    out.extend(fleets_without_ports(scenario));
    out.extend(hauls_outside(loaded));
    out.extend(plugins_never_asked(loaded));
    out.extend(months_in_parts(loaded));
    out.extend(diesel_without_price(scenario));
    out.extend(vessel_fuel_without_price(scenario));
    out.extend(charging_without_tariff(scenario));
    out.extend(hydrogen_without_price(scenario));
    out.extend(terminals_without_vessels(scenario));
    out.extend(unplanned_yards(scenario));
    out.extend(crowded_pools(scenario));
    out.extend(unused_of_equipment(scenario));
    out.extend(feeders_of_none(scenario));
    out.extend(unused_of_dispatch(scenario));
    out.extend(plants_without_site(scenario));
    out.extend(closed_lots(loaded));
    out.extend(half_batteries(scenario));
    out
}

/// Doubts about scenarios by name that another one does not have, with the name.
#[must_use]
pub fn further_doubts<'a>(others: impl IntoIterator<Item = (&'a str, &'a Loaded)>, base: &Loaded) -> Vec<String> {
    let known = doubts(base);
    let of_one = |(name, loaded): (&str, &Loaded)| {
        let more: Vec<String> = doubts(loaded).into_iter().filter(|doubt| !known.contains(doubt)).collect();
        more.into_iter().map(|doubt| format!("`{name}`: {doubt}")).collect::<Vec<_>>()
    };
    others.into_iter().flat_map(of_one).collect()
}

/// Plugins whose decision never comes up.
fn plugins_never_asked(loaded: &Loaded) -> Vec<String> {
    let idle = loaded.plugins.keys().filter(|kind| !is_asked(**kind, &loaded.scenario));
    let told = |kind: &PolicyKind| {
        let (setting, needs) = (kind.setting(), kind.facts().needs);
        format!("`{setting}` is a plugin that is never asked: there is no {needs}")
    };
    idle.map(told).collect()
}

/// Diesel that is in no cost.
fn diesel_without_price(scenario: &Scenario) -> Option<String> {
    let has_none = scenario.money.as_ref().is_some_and(|money| money.diesel_usd_per_gal.is_none());
    let is_burnt = scenario.has_vehicles_of(Powertrain::Diesel);
    let told = "diesel is burnt and has no price (`diesel_usd_per_gal` of [money]): its cost is not counted";
    (has_none && is_burnt).then(|| told.to_owned())
}

/// Fuel of vessels that is in no cost.
fn vessel_fuel_without_price(scenario: &Scenario) -> Option<String> {
    scenario.money.as_ref()?;
    let vessels = scenario.freight.as_ref()?.vessels.as_ref()?;
    let engines = [&vessels.main_engine, &vessels.auxiliary_engine, &vessels.boiler];
    let burnt: BTreeSet<&String> =
        engines.into_iter().filter_map(|key| Some(&scenario.engine.get(key)?.fuel)).collect();
    let is_free = |key: &&&String| scenario.fuel.get(**key).is_some_and(|fuel| fuel.usd_per_t.is_none());
    let free: Vec<String> = burnt.iter().filter(is_free).map(|key| format!("`{key}`")).collect();
    let told = |names: String| {
        format!("vessels burn {names}, which has no price (`usd_per_t` of [fuel]): its cost is not counted")
    };
    (!free.is_empty()).then(|| told(free.join(", ")))
}

/// Electricity that is in no cost: sites with chargers and without a tariff.
fn charging_without_tariff(scenario: &Scenario) -> Option<String> {
    scenario.money.as_ref()?;
    let charging = scenario.charger.values().filter(|charger| charger.cabinets > 0).map(|charger| &charger.site);
    let sites: BTreeSet<&String> = charging.collect();
    let is_free = |key: &&String| scenario.site.get(*key).is_some_and(|site| site.tariff.is_none());
    let free: Vec<&String> = sites.into_iter().filter(is_free).collect();
    let first = free.first()?;
    let more = if free.len() > 1 { format!(" and {} more sites", free.len() - 1) } else { String::new() };
    Some(format!(
        "`{first}`{more} charge vehicles and have no electricity tariff: that electricity is in no cost of a year"
    ))
}

/// Plants whose electricity no connection carries.
fn plants_without_site(scenario: &Scenario) -> Option<String> {
    let spec = scenario.industry.as_ref()?;
    let is_drawn =
        |gj: &BTreeMap<String, f64>| gj.keys().any(|key| spec.carrier.get(key).is_some_and(|it| it.is_electricity));
    let replaces = |lever: &LeverSpec| {
        lever.gj_replaced.values().any(|it| spec.carrier.get(&it.by).is_some_and(|by| by.is_electricity))
    };
    let may_draw = |key: &str, plant: &PlantSpec| {
        let fits = |lever: &&LeverSpec| {
            lever.plants.iter().any(|it| it == key) || lever.plants.is_empty() && lever.sectors.contains(&plant.sector)
        };
        let mut levers = spec.lever.values().filter(fits);
        is_drawn(&plant.gj_per_unit)
            || levers.any(|it| is_drawn(&it.gj_added) || is_drawn(&it.gj_per_captured_t) || replaces(it))
    };
    let bare = spec.plant.iter().filter(|(key, plant)| plant.site.is_none() && may_draw(key, plant));
    let names: Vec<&str> = bare.map(|(key, _)| key.as_str()).collect();
    let told = format!(
        "without a `site` the electricity of plants is a number of the year and no load of the simulated grid: {}",
        names.join(", ")
    );
    (!names.is_empty()).then_some(told)
}

/// Hydrogen that is in no cost.
fn hydrogen_without_price(scenario: &Scenario) -> Option<String> {
    let is_sold = scenario.money.is_some() && !scenario.hydrogen.is_empty();
    let told = "hydrogen stations and what is delivered to them are in no cost of a year, only the electricity that they draw: the \
                cost of hydrogen (`h2_cost_usd_per_kg`) tells what a kilogram costs";
    is_sold.then(|| told.to_owned())
}

/// Terminals at which no vessel calls: hauls are listed, and nothing says how many containers the terminals handle.
fn terminals_without_vessels(scenario: &Scenario) -> Option<String> {
    let freight = scenario.freight.as_ref()?;
    let is_silent = freight.hauls.is_some() && freight.volumes.is_none();
    let terminal = scenario.terminal.iter().find(|(_, terminal)| terminal.teu_per_year > 0.0)?.0;
    is_silent.then(|| {
        format!(
            "hauls are listed and volumes of freight ([freight.volumes]) are not given: no vessel calls at `{terminal}`, so its cranes, \
             shore power and most of its yard do nothing; with both, vessels are drawn by the volumes and hauls come from the list"
        )
    })
}

/// Numbers of equipment that a terminal does not use as it is: with a plan or without one.
fn unused_of_equipment(scenario: &Scenario) -> Vec<String> {
    let mut out = Vec::new();
    for (key, terminal) in &scenario.terminal {
        let models = terminal.equipment.iter().filter(|(_, count)| count.0 > 0).map(|(model, _)| model);
        for (name, model) in models.filter_map(|name| Some((name, scenario.equipment_model.get(name)?))) {
            let Some(plan) = &terminal.plan else {
                let by_plan = [
                    ("per_km_loaded", model.per_km_loaded),
                    ("per_km_empty", model.per_km_empty),
                    ("per_wait_h", model.per_wait_h),
                ];
                let set: Vec<String> =
                    by_plan.iter().filter(|field| field.1 > 0.0).map(|field| format!("`{}`", field.0)).collect();
                if !set.is_empty() {
                    let set = set.join(", ");
                    out.push(format!(
                        "{set} of `{name}` count at terminals with a plan only, and `{key}` has none: its units use `per_work_h` and \
                         `per_lift` there"
                    ));
                }
                continue;
            };
            if !model.charge_in_breaks {
                out.push(format!(
                    "`charge_in_breaks` of `{name}` says nothing at `{key}`, which has a plan: `charging` of \
                     [terminal.{key}.plan.dispatch] says when units charge"
                ));
            }
            if model.per_lift > 0.0 && model.class == plan.carrier && plan.kind != PlanKind::Straddle {
                out.push(format!(
                    "`per_lift` of `{name}` is in no energy at `{key}`: there `{}` carries, and carriers lift by themselves in plans \
                     of the kind `straddle` only",
                    model.class
                ));
            }
        }
    }
    out
}

/// Keys of a yard's dispatch that belong to another rule of charging than the one that is set.
fn unused_of_dispatch(scenario: &Scenario) -> Vec<String> {
    let mut out = Vec::new();
    for (key, plan) in scenario.terminal.iter().filter_map(|(key, terminal)| Some((key, terminal.plan.as_ref()?))) {
        let dispatch = &plan.dispatch;
        let given = [
            ("wait_min", dispatch.wait_min > 0.0, ChargingRule::Opportunity, "opportunity"),
            ("within_m", dispatch.within_m > 0.0, ChargingRule::Opportunity, "opportunity"),
            ("swing_soc", dispatch.swing_soc > 0.0, ChargingRule::Progressive, "progressive"),
            ("groups", dispatch.groups > 0, ChargingRule::BreaksStaggered, "breaks_staggered"),
            ("hours", !dispatch.hours.is_empty(), ChargingRule::Schedule, "schedule"),
        ];
        let idle = given.into_iter().filter(|(_, is_given, rule, _)| *is_given && *rule != dispatch.charging);
        out.extend(idle.map(|(field, _, _, word)| {
            format!("`{field}` of [terminal.{key}.plan.dispatch] has no effect: it belongs to `charging = \"{word}\"`")
        }));
    }
    out
}

/// Terminals whose work is hours of pools: where things lie in them has no part in the results.
fn unplanned_yards(scenario: &Scenario) -> Option<String> {
    scenario.freight.as_ref()?.volumes.as_ref()?;
    let works = |terminal: &TerminalSpec| {
        terminal.plan.is_none() && terminal.teu_per_year > 0.0 && terminal.equipment.values().any(|count| count.0 > 0)
    };
    let keys: Vec<&String> = scenario.terminal.iter().filter(|(_, it)| works(it)).map(|(key, _)| key).collect();
    let first = keys.first()?;
    let who = match keys.len() - 1 {
        0 => format!("`{first}` works"),
        1 => format!("`{first}` and another terminal work"),
        more => format!("`{first}` and {more} other terminals work"),
    };
    Some(format!(
        "{who} without a plan ([terminal.{first}.plan]): equipment is a pool of hours there, and ways, plugging, and queues at cranes, \
         blocks and lots are not simulated"
    ))
}

/// Feeders that nothing is fed from: the machines of the class have batteries or burn fuel.
fn feeders_of_none(scenario: &Scenario) -> Vec<String> {
    let mut out = Vec::new();
    for (key, terminal) in &scenario.terminal {
        for (class, node) in &terminal.equipment_behind {
            let is_fed = |(model, count): (&String, &Count)| {
                let model = scenario.equipment_model.get(model);
                count.0 > 0 && model.is_some_and(|it| it.class == *class && it.powertrain == Powertrain::GridConnected)
            };
            if !terminal.equipment.iter().any(is_fed) {
                out.push(format!(
                    "`equipment_behind` of `{key}` has no effect for `{class}`: no machine of that class there is fed from the grid; \
                     what their chargers draw stands behind `{node}` where the [charger] says so"
                ));
            }
        }
    }
    out
}

/// Terminals without a plan whose equipment has few charging ports: what the pool serves is more than a yard could.
fn crowded_pools(scenario: &Scenario) -> Vec<String> {
    let mut out = Vec::new();
    for (key, terminal) in scenario.terminal.iter().filter(|(_, terminal)| terminal.plan.is_none()) {
        for (model, count) in &terminal.equipment {
            let has_battery = scenario.equipment_model.get(model).is_some_and(|model| model.battery.is_some());
            let chargers =
                scenario.charger.values().filter(|charger| charger.site == *key && charger.users.contains(model));
            let ports: u32 = chargers.map(|charger| charger.cabinets * charger.ports).sum();
            let is_swapped = scenario.swap.values().any(|swap| swap.site == *key && swap.model == *model);
            if has_battery && !is_swapped && ports > 0 && count.0 > ports.saturating_mul(UNITS_PER_PORT) {
                let share =
                    if ports == 1 { "a single charging port".to_owned() } else { format!("{ports} charging ports") };
                out.push(format!(
                    "{} units of `{model}` share {share} at `{key}`, which has no plan: a pool uses its ports round the clock, without \
                     ways to a charger and plugging, so the hours that it serves are an upper bound; see the waits, or give it a plan \
                     ([terminal.{key}.plan])",
                    count.0
                ));
            }
        }
    }
    out
}

/// A bill that bears the monthly charges of more months than the run has.
fn months_in_parts(loaded: &Loaded) -> Option<String> {
    let days = loaded.scenario.time.days;
    let first = loaded.calendar.start();
    let end = first.saturating_add(i64::from(days).days());
    let last = end.saturating_sub(1.day());
    let months = i32::from(last.year() - first.year()) * 12 + i32::from(last.month() - first.month()) + 1;
    let is_whole = first.day() == 1 && end.day() == 1;
    let is_billed = !loaded.tariffs.is_empty() && loaded.scenario.money.is_none();
    (is_billed && months > 1 && !is_whole).then(|| {
        format!(
            "the run's {days} days lie in {months} months, and its bill bears the demand and fixed charges of each whole: the \
             same days inside one month cost less; [money] tells the bill of a year"
        )
    })
}

/// Vehicles of a transition that nothing retires but a rule or a better offer.
fn classes_that_last(scenario: &Scenario) -> Option<String> {
    scenario.transition.as_ref()?;
    let trucks = scenario.fleet.values().any(|fleet| fleet.trucks.values().any(|count| count.0 > 0));
    let units = scenario.terminal.values().flat_map(|terminal| &terminal.equipment).filter(|(_, count)| count.0 > 0);
    let models = units.filter_map(|(model, _)| scenario.equipment_model.get(model));
    let mut classes: BTreeSet<&str> = models.map(|model| model.class.as_str()).collect();
    classes.extend(trucks.then_some(TRUCK));
    let lasting: Vec<String> = classes
        .into_iter()
        .filter(|class| !scenario.survival.contains_key(*class))
        .map(|it| format!("`{it}`"))
        .collect();
    (!lasting.is_empty()).then(|| {
        let names = lasting.join(", ");
        format!("nothing says how long {names} last ([survival]): nearly all of these vehicles outlive the transition")
    })
}

/// Years that one sampled week stands for.
fn single_weeks(scenario: &Scenario) -> Option<String> {
    let transition = scenario.transition.as_ref().filter(|it| !it.full_years && it.weeks == 1 && it.until > it.from)?;
    Some(format!(
        "one week stands for each year from {} to {} (`transition.weeks`): what differs by a few per cent between years or \
         strategies may be the week; take 4 before you quote it",
        transition.from, transition.until
    ))
}

/// Names that differ in capital letters alone: two things, where one was probably meant.
fn names_alike(scenario: &Scenario) -> Vec<String> {
    let tables: [(&str, Vec<&String>); 6] = [
        ("site", scenario.site.keys().collect()),
        ("terminal", scenario.terminal.keys().collect()),
        ("fleet", scenario.fleet.keys().collect()),
        ("charger", scenario.charger.keys().collect()),
        ("truck_model", scenario.truck_model.keys().collect()),
        ("equipment_model", scenario.equipment_model.keys().collect()),
    ];
    let mut out = Vec::new();
    for (table, names) in tables {
        let mut seen: BTreeMap<String, &String> = BTreeMap::new();
        for name in names {
            if let Some(other) = seen.insert(name.to_lowercase(), name) {
                out.push(format!(
                    "`{table}.{other}` and `{table}.{name}` differ only in capitalization, and are two keys"
                ));
            }
        }
    }
    out
}

fn far_sites(scenario: &Scenario) -> Vec<String> {
    let middle = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(0.0)
    };
    let sites = || scenario.site.iter();
    let centre = (middle(sites().map(|site| site.1.lat).collect()), middle(sites().map(|site| site.1.lon).collect()));
    let away = sites().map(|(key, site)| (key, great_circle_km(centre, (site.lat, site.lon))));
    let told = |(key, km): (&String, f64)| {
        format!("the site `{key}` lies {km:.0} km from the others: are its `lat` and `lon` right, with their signs?")
    };
    away.filter(|(_, km)| *km > FAR_KM).map(told).collect()
}

fn loads_above_limits(scenario: &Scenario) -> Vec<String> {
    let over = scenario.site.iter().filter_map(|(key, site)| {
        let (load_kw, limit_kw) = (site.load_kw, site.limit_kw?);
        let told =
            format!("the load of `{key}`, {load_kw} kW, is above its limit of {limit_kw} kW: nothing can charge");
        (load_kw > limit_kw).then_some(told)
    });
    over.collect()
}

/// Battery trucks that find no port anywhere: they stop when their batteries are empty.
fn fleets_without_ports(scenario: &Scenario) -> Vec<String> {
    let is_battery = |model: &String| {
        scenario.truck_model.get(model).is_some_and(|model| model.powertrain == Powertrain::BatteryElectric)
    };
    let has_battery = |fleet: &FleetSpec| fleet.trucks.iter().any(|(model, count)| count.0 > 0 && is_battery(model));
    let has_port = |key: &String| {
        scenario.charger.values().any(|charger| charger.cabinets > 0 && is_for_fleet(&charger.users, key))
    };
    let fleets = scenario.fleet.iter().filter(|(key, fleet)| has_battery(fleet) && !has_port(key));
    fleets
        .map(|(key, _)| format!("no charger has `{key}` or `public` among its `users`: its trucks cannot charge"))
        .collect()
}

/// Charging lots of plans at which nothing stands: closed, or a charger that was forgotten.
fn closed_lots(loaded: &Loaded) -> Vec<String> {
    let scenario = &loaded.scenario;
    let of_terminals = scenario.terminal.iter().filter_map(|(key, it)| Some((key, &it.plan.as_ref()?.lots)));
    let of_depots = scenario.site.iter().filter_map(|(key, it)| Some((key, &it.plan.as_ref()?.lots)));
    let mut out = Vec::new();
    for (key, lots) in of_terminals.chain(of_depots) {
        let drawn = loaded.plans.get(key).map_or(&[][..], |drawing| &drawing.features);
        let drawn = drawn.iter().filter(|it| it.part == Part::Lot).map(|it| &it.key);
        let all: BTreeSet<&String> = lots.keys().chain(drawn).collect();
        let stands = |it: &ChargerSpec, lot: &str| it.site == *key && it.cabinets > 0 && it.lot.as_deref() == Some(lot);
        let closed = all.into_iter().filter(|lot| !scenario.charger.values().any(|it| stands(it, lot)));
        out.extend(closed.map(|lot| format!("the lot `{lot}` of `{key}` has no plugs: nobody charges there")));
    }
    out
}

/// Batteries with energy and no power, or power and no energy.
fn half_batteries(scenario: &Scenario) -> Vec<String> {
    let halves = scenario.storage.iter().filter(|(_, it)| !it.is_there() && it.energy_kwh + it.power_kw > 0.0);
    let told = |(key, it): (&String, &StorageSpec)| {
        format!(
            "`storage.{key}` has {} kWh and {} kW: it counts as none, and costs nothing",
            it.energy_kwh, it.power_kw
        )
    };
    halves.map(told).collect()
}

fn hauls_outside(loaded: &Loaded) -> Vec<String> {
    let Some(hauls) = loaded.hauls.as_ref().filter(|hauls| !hauls.is_empty()) else { return Vec::new() };
    let end_s = i64::from(loaded.scenario.time.days) * DAY_S;
    let day = |elapsed_s: i64| loaded.calendar.iso(elapsed_s)[..10].to_owned();
    let inside = hauls.iter().filter(|haul| (0..end_s).contains(&haul.ready_s));
    let (count, last_s) = inside.fold((0, 0), |(count, last_s), haul| (count + 1, haul.ready_s.max(last_s)));
    let mut out = Vec::new();
    if count < hauls.len() {
        let (left_out, all) = (hauls.len() - count, hauls.len());
        let days = format!("{} to {}", day(0), day(end_s - 1));
        out.push(format!("{left_out} of the {all} hauls of the list are ready outside of the run's days, {days}"));
    }
    if count > 0 && end_s - last_s > EARLY_S {
        out.push(format!("the list of hauls ends on {}, the run on {}", day(last_s), day(end_s - 1)));
    }
    out
}

#[cfg(test)]
mod tests;
