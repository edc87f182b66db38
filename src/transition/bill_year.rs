//! Bills of a year from its samples.

use super::operated::{OperatingYear, Ran};
use super::sample::{Sample, WEEK_DAYS, calendar};
use super::spec::TransitionSpec;
use crate::account::bill::{Component, bill};
use crate::account::load::Load;
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::scenario::loaded::Loaded;
use jiff::civil::date;
use std::collections::BTreeMap;

/// Bills a whole year of each site that has a tariff: every month is made of the week that stands for it, day by day of the
/// week, so that each month has its own demand charge and season. Energy is then what the samples weigh.
pub(super) fn bills(
    shown: &mut OperatingYear,
    base: &Loaded,
    spec: &TransitionSpec,
    year: u16,
    parts: &[(Sample, Ran)],
) {
    let first = date(year as i16, 1, 1);
    let days = (date(year as i16 + 1, 1, 1) - first).get_days() as u32;
    let calendar = calendar(first, &base.scenario.time.zone, days);
    let mut slots: BTreeMap<u32, Vec<(usize, usize)>> = BTreeMap::new();
    for (at, key) in base.scenario.site.keys().enumerate() {
        let Some(tariff) = base.tariffs.get(key) else { continue };
        let loads: Vec<Load> = parts
            .iter()
            .map(|(_, ran)| {
                let meter = ran.summary.meters[at].as_ref().expect("every site with a tariff has a meter");
                meter.load(ran.calendar.clone()).expect("a meter reads finite power in blocks of its tariff")
            })
            .collect();
        let block_s = loads[0].interval_s();
        let slots = slots.entry(block_s).or_insert_with(|| year_slots(&calendar, days, block_s, parts));
        let kw = slots.iter().map(|(part, slot)| loads[*part].kw()[(*slot).min(loads[*part].kw().len() - 1)]).collect();
        let load = Load::new(calendar.clone(), 0, block_s, kw).expect("it is made of such loads");
        let bill = bill(tariff, &load);
        // Weekdays do not fall evenly on months: the energy of the samples holds, its price is the year's.
        let kwh: f64 = load.kw().iter().sum::<f64>() * load.hours();
        let scale = if kwh > 0.0 { shown.sites[at].meter_kwh / kwh } else { 1.0 };
        let factor = spec.price.tariff_factor.at(year);
        let energy_usd = bill.usd(Component::Energy) * scale;
        let fixed_usd = bill.usd(Component::Fixed) + bill.usd(Component::Minimum);
        shown.sites[at].bill_usd = Some([energy_usd, bill.usd(Component::Demand), fixed_usd].map(|usd| usd * factor));
    }
}

/// For each block of a year: which sample stands for it, and which of its blocks.
fn year_slots(calendar: &Calendar, days: u32, block_s: u32, parts: &[(Sample, Ran)]) -> Vec<(usize, usize)> {
    let end_s = calendar.elapsed_s(i64::from(days) * DAY_S);
    let blocks = (end_s / i64::from(block_s)) as usize;
    let by_month: Vec<usize> =
        (0..12).map(|month| parts.iter().position(|part| part.0.months.contains(&month)).unwrap_or(0)).collect();
    let slot = |at: usize| {
        let elapsed_s = at as i64 * i64::from(block_s);
        if parts[0].0.days > WEEK_DAYS {
            return (0, at);
        }
        let of_week_s = calendar.since_monday_s(elapsed_s).rem_euclid(7 * DAY_S);
        (by_month[calendar.month(elapsed_s)], (of_week_s / i64::from(block_s)) as usize)
    };
    (0..blocks).map(slot).collect()
}
