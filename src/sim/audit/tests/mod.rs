//! Contract: the audit objects to whatever is broken on purpose, by the check that is meant. Real runs go on while their
//! world, their rows, their bills or their sums are tampered with; without that the same runs pass. Every check is in a case.

mod charging;
mod hydrogen;
mod limits;
mod totals;
mod yard;

use super::tamper::Tamper;
use crate::kernel::clock::Clock;
use crate::record::Records;
use crate::record::audit::{Check, Finding};
use crate::record::metrics::Metric;
use crate::record::rows::BillRow;
use crate::record::summary::Summary;
use crate::record::table::Row;
use crate::scenario::load::{Request, load};
use crate::scenario::loaded::Loaded;
use crate::sim::{Options, RunError, Simulation};
use crate::transition::balance::EnergyBalance;
use bevy_ecs::prelude::World;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// A run, and the ways in which it is broken, each by itself.
struct Group {
    /// Path of the scenario below the repository, and of a strategy on it.
    scenario: (&'static str, Option<&'static str>),
    settings: &'static [&'static str],
    cases: &'static [Case],
}

/// Something broken, and what the audit says of it.
struct Case {
    check: Check,
    text: &'static str,
    breaks: Breaks,
}

/// What is broken.
#[derive(Clone, Copy)]
enum Breaks {
    /// The world, each hour and at the end, before its rows are taken out.
    World(fn(&mut World)),
    /// The world when all rows are out of it.
    After(fn(&mut World)),
    /// The sums.
    Summary(fn(&mut Summary)),
    /// The bills, by site.
    Bills(fn(&mut [Vec<BillRow>])),
    /// The metrics.
    Metrics(fn(&mut [Metric])),
}

impl Breaks {
    fn tamper(self) -> Tamper {
        let none = Tamper::default();
        match self {
            Self::World(world) => Tamper { world, ..none },
            Self::After(after) => Tamper { after, ..none },
            Self::Summary(summary) => Tamper { summary, ..none },
            Self::Bills(bills) => Tamper { bills, ..none },
            Self::Metrics(metrics) => Tamper { metrics, ..none },
        }
    }
}

/// A case that breaks the world while it runs.
const fn world(check: Check, text: &'static str, breaks: fn(&mut World)) -> Case {
    Case { check, text, breaks: Breaks::World(breaks) }
}

/// A case that breaks the world at the end of the run.
const fn after(check: Check, text: &'static str, breaks: fn(&mut World)) -> Case {
    Case { check, text, breaks: Breaks::After(breaks) }
}

/// A case that breaks sums.
const fn summary(check: Check, text: &'static str, breaks: fn(&mut Summary)) -> Case {
    Case { check, text, breaks: Breaks::Summary(breaks) }
}

impl Group {
    fn loaded(&self) -> Loaded {
        let below = |path: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let settings = self.settings.iter().map(|setting| (*setting).to_owned()).collect();
        let overlays: Vec<PathBuf> = self.scenario.1.map(below).into_iter().collect();
        let request = Request { path: below(self.scenario.0), overlays, settings, ..Request::default() };
        load(&request).unwrap_or_else(|problems| panic!("{problems}"))
    }

    /// The audit has nothing to say of the run as it is, and names what each case breaks.
    fn objects(&self) {
        let loaded = self.loaded();
        assert_eq!(told(&loaded, Tamper::default()), []);
        for case in self.cases {
            let told = told(&loaded, case.breaks.tamper());
            let is_meant = |it: &Finding| it.check == case.check && it.text.contains(case.text);
            assert!(told.iter().any(is_meant), "{:?}, `{}`: {told:#?}", case.check, case.text);
        }
    }
}

/// What the audit says of a run.
fn told(loaded: &Loaded, tamper: Tamper) -> Vec<Finding> {
    let mut simulation = Simulation::new(loaded, &Options::default()).unwrap();
    simulation.tamper = tamper;
    match simulation.drive(loaded, (None, false), &AtomicBool::new(false), |_, _| {}) {
        Ok(_) => Vec::new(),
        Err(RunError::Audit(told)) => told,
        Err(other) => panic!("{other}"),
    }
}

/// Changes the rows that wait at the end of the run.
fn at_end<R: Row>(world: &mut World, change: impl FnOnce(&mut Vec<R>)) {
    if world.resource::<Clock>().done() {
        let mut rows = world.resource_mut::<Records<R>>().take();
        assert!(!rows.is_empty(), "no rows of {} are left to be changed", R::TABLE);
        change(&mut rows);
        let mut records = world.resource_mut::<Records<R>>();
        for row in rows {
            records.push(row);
        }
    }
}

/// Changes the first row that has what is wanted.
fn one<R: Row>(world: &mut World, is_meant: fn(&R) -> bool, change: fn(&mut R)) {
    at_end(world, |rows: &mut Vec<R>| {
        change(rows.iter_mut().find(|row| is_meant(row)).unwrap_or_else(|| panic!("no such row of {}", R::TABLE)));
    });
}

/// A sampled week of a transition: energy and hydrogen that came from nowhere.
#[test]
fn sampled_weeks() {
    let whole = EnergyBalance { used_kwh: 10.0, delivered_kwh: 12.0, stored_kwh: 2.0, ..EnergyBalance::default() };
    assert_eq!(whole.broken(), []);
    let checks = |balance: EnergyBalance| balance.broken().into_iter().map(|it| it.check).collect::<Vec<_>>();
    assert_eq!(checks(EnergyBalance { used_kwh: 10.1, ..whole }), [Check::SampleEnergy]);
    assert_eq!(checks(EnergyBalance { dispensed_kg: 0.1, ..whole }), [Check::SampleHydrogen]);
}

/// A check that no case makes object could be one that never does.
#[test]
fn every_check_is_in_a_case() {
    let groups = [charging::GROUPS, hydrogen::GROUPS, limits::GROUPS, totals::GROUPS, yard::GROUPS].concat();
    let mut seen: BTreeSet<Check> = groups.iter().flat_map(|group| group.cases).map(|case| case.check).collect();
    seen.extend([Check::SampleEnergy, Check::SampleHydrogen]);
    // `transition::audit` breaks a year of its own.
    seen.extend([Check::YearFinance, Check::YearLedger, Check::YearEmissions, Check::YearInventory, Check::YearPlants]);
    let unseen: Vec<_> = Check::ALL.iter().filter(|check| !seen.contains(check)).collect();
    assert!(unseen.is_empty(), "no case makes these object: {unseen:?}");
}
