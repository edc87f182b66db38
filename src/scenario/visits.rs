//! Vehicles that come to charge and are not simulated: a list of visits, from a file or an importer.

use super::loaded::{Stay, Visit, Visits, first_letters};
use crate::document::problem::Problem;
use crate::document::table::{Row, Table};
#[expect(clippy::disallowed_types, reason = "names are looked up in it, and sorted before anyone walks them")]
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Names in the order of their first use, until all are known and can be sorted.
#[derive(Debug, Default)]
#[expect(clippy::disallowed_types, reason = "names are looked up here, and sorted before anyone walks them")]
struct NameList {
    numbers: HashMap<String, u32>,
}

impl NameList {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.numbers.len() as u32;
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// The sorted names, and the place of each number in them.
    fn sorted(self) -> (Vec<String>, Vec<u32>) {
        let mut place = vec![0; self.numbers.len()];
        let names: BTreeMap<String, u32> = self.numbers.into_iter().collect();
        for (at, number) in (0..).zip(names.values()) {
            place[*number as usize] = at;
        }
        (names.into_keys().collect(), place)
    }
}

/// Reads `session_id, arrive_s, depart_s, energy_kwh, max_kw[, vehicle_id][, charger_id][, vehicle_max_kw]`.
pub fn visits(path: &str, text: &str, problems: &mut Vec<Problem>) -> Visits {
    let columns = ["session_id", "arrive_s", "depart_s", "energy_kwh", "max_kw"];
    let mut table = Table::open(path, text, &columns, &["vehicle_id", "charger_id", "vehicle_max_kw"], problems);
    let mut list = Vec::with_capacity(text.bytes().filter(|byte| *byte == b'\n').count());
    let (mut vehicles, mut chargers) = (NameList::default(), NameList::default());
    let [id, arrive, depart, energy, offer, vehicle, charger, takes] = table.columns([
        "session_id",
        "arrive_s",
        "depart_s",
        "energy_kwh",
        "max_kw",
        "vehicle_id",
        "charger_id",
        "vehicle_max_kw",
    ]);
    let mut row = Row::default();
    while table.read_row(&mut row) {
        let session = row.get(id).unwrap_or_default();
        let arrive_s = table.seconds(&row, arrive);
        let depart_s = table.seconds(&row, depart);
        let energy_kwh = table.number(&row, energy, 0.0, 1e5);
        let max_kw = table.number(&row, offer, 1e-3, 1e5);
        let vehicle_kw = table
            .optional(&row, takes, |table| table.number(&row, takes, 1e-3, 1e5))
            .map(|kw| kw.unwrap_or(f64::INFINITY));
        let (Some(arrive_s), Some(depart_s), Some(energy_kwh), Some(max_kw), Some(vehicle_kw)) =
            (arrive_s, depart_s, energy_kwh, max_kw, vehicle_kw)
        else {
            continue;
        };
        if depart_s <= arrive_s {
            table.wrong(row.line, "depart_s", "is not after `arrive_s`".to_owned(), None);
            continue;
        }
        let named = |column| row.get(column).filter(|name| !name.is_empty());
        list.push(Visit {
            line: row.line,
            session: session.into(),
            stay: Stay {
                vehicle: vehicles.number(named(vehicle).unwrap_or(session)),
                charger: named(charger).map(|name| chargers.number(name)),
                arrive_s,
                depart_s,
                energy_kwh,
                max_kw,
                vehicle_kw: vehicle_kw.min(max_kw),
            },
        });
    }
    let ((vehicles, vehicle_at), (chargers, charger_at)) = (vehicles.sorted(), chargers.sorted());
    for Visit { stay, .. } in &mut list {
        stay.vehicle = vehicle_at[stay.vehicle as usize];
        stay.charger = stay.charger.map(|number| charger_at[number as usize]);
    }
    Visits { list, vehicles, chargers }
}

/// Sessions whose name another one has, and their lines.
pub(super) fn twice(list: &[Visit]) -> Vec<(u64, Arc<str>)> {
    let entry = |(at, visit): (u32, &Visit)| u128::from(first_letters(&visit.session)) << 32 | u128::from(at);
    let mut order: Vec<u128> = (0..).zip(list).map(entry).collect();
    order.sort_unstable();
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut found = Vec::new();
    for alike in order.chunk_by(|a, b| a >> 32 == b >> 32).filter(|alike| alike.len() > 1) {
        names.clear();
        for visit in alike.iter().map(|entry| &list[*entry as u32 as usize]) {
            if !names.insert(&visit.session) {
                found.push((visit.line, Arc::clone(&visit.session)));
            }
        }
    }
    found
}
