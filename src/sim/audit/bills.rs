//! Bills made again from the table of power, by another way than `account::bill`: meter readings are kept a month at a time,
//! an amount of energy costs the difference of two points on its ladder of prices, and demand is a highest mean of readings.

use crate::account::tariff::{
    Amount, DemandKind, EnergyTier, ExportRule, Lookback, Per, Rates, Slot, Tariff, TierBasis,
};
use crate::kernel::calendar::{Calendar, DAY_S};
use crate::kernel::units::S_PER_H;
use crate::record::audit::{Check, Findings};
use crate::record::names::Names;
use crate::record::rows::{BillRow, PowerRow};
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Two bills are the same when they differ by less than half a cent, and this share of their amount.
const CENT: (f64, f64) = (0.005, 1e-7);

/// The meters of all sites with a tariff.
#[derive(Debug)]
pub(super) struct Bills {
    interval_s: u32,
    sites: Vec<Option<Meter>>,
    /// Rows of the table of bills so far, by site.
    rows: Vec<Vec<BillRow>>,
    stamps: Stamps,
}

/// One meter in the month that is being read.
#[derive(Debug)]
struct Meter {
    block_s: u32,
    /// Number of the first block of the month, and the sum of power and time of each, kW s.
    first: u32,
    kw_s: Vec<f64>,
    /// The month ends here.
    until_s: u32,
    months: Vec<Made>,
}

/// What the readings of a month come to.
#[derive(Debug)]
struct Made {
    first: Date,
    bought_kwh: f64,
    exported_kwh: f64,
    energy_usd: f64,
    parts: Vec<Part>,
}

/// Days of a month under the same rates.
#[derive(Debug)]
struct Part {
    rates: usize,
    /// Days of the month on which they are in force.
    days: u32,
    peak_kw: f64,
    /// By charge and period: its highest demand, none where the period never came; and what its days cost, USD.
    demand: BTreeMap<(usize, usize), (f64, f64)>,
}

/// Where blocks lie in local time; the same for all meters of a month.
#[derive(Debug, Default)]
struct Stamps {
    of: (u32, u32),
    list: Vec<Stamp>,
}

#[derive(Debug, Clone, Copy)]
struct Stamp {
    date: Date,
    day: i64,
    second_of_day: i64,
    /// How far the clock is behind UTC, s: an hour that comes twice has two.
    behind_s: i64,
}

impl Stamp {
    /// Where it lies in the schedules of rates, which bill their holidays as Sundays.
    fn slot(&self, rates: &Rates) -> Slot {
        Slot::new(self.date.month() as usize - 1, rates.billed_weekday(self.date), self.second_of_day)
    }
}

impl Bills {
    pub(super) fn new(interval_s: u32, tariffs: &[Option<Tariff>], names: &Names) -> Self {
        let meter = |tariff: &Option<Tariff>| {
            let block_s = tariff.as_ref()?.meter_s().max(1);
            let until_s = month_end_s(&names.calendar, 0);
            Some(Meter { block_s, first: 0, kw_s: Vec::new(), until_s, months: Vec::new() })
        };
        let sites = tariffs.iter().map(meter).collect();
        Self { interval_s, sites, rows: vec![Vec::new(); tariffs.len()], stamps: Stamps::default() }
    }

    pub(super) fn power(&mut self, rows: &[PowerRow], tariffs: &[Option<Tariff>], names: &Names) {
        for row in rows {
            let site = row.site.index();
            let Some((meter, tariff)) = self.sites[site].as_mut().zip(tariffs[site].as_ref()) else { continue };
            let (mut from_s, until_s) = (row.start_s, row.start_s + self.interval_s);
            while from_s < until_s {
                if from_s >= meter.until_s {
                    meter.close_month(tariff, &names.calendar, &mut self.stamps);
                }
                let block = from_s / meter.block_s;
                let end_s = until_s.min((block + 1) * meter.block_s);
                let at = (block - meter.first) as usize;
                meter.kw_s.resize(meter.kw_s.len().max(at + 1), 0.0);
                meter.kw_s[at] += row.total_kw * f64::from(end_s - from_s);
                from_s = end_s;
            }
        }
    }

    pub(super) fn bills(&mut self, rows: &[BillRow]) {
        for row in rows {
            self.rows[row.site.index()].push(row.clone());
        }
    }

    /// Rows so far by site, for tests that break them on purpose.
    #[cfg(test)]
    pub(super) fn tampered(&mut self) -> &mut [Vec<BillRow>] {
        &mut self.rows
    }

    /// Holds the table of bills to what the table of power comes to.
    pub(super) fn close(&mut self, tariffs: &[Option<Tariff>], names: &Names, findings: &mut Findings) {
        for (site, key) in names.sites.iter().enumerate() {
            let Some((meter, tariff)) = self.sites[site].as_mut().zip(tariffs[site].as_ref()) else { continue };
            if !meter.kw_s.is_empty() {
                meter.close_month(tariff, &names.calendar, &mut self.stamps);
            }
            let made = bills_of(tariff, &meter.months);
            let (months, rows) = (made.len(), self.rows[site].len());
            let text = || format!("bill: `{key}` has {months} months and {rows} bills");
            findings.hold(Check::BillMonths, months == rows, text);
            for (made, row) in made.iter().zip(&self.rows[site]) {
                hold(key, made, row, findings);
            }
        }
    }
}

/// A month's bill: what the row of the table has to say.
struct Again {
    first: Date,
    /// Name of the column, value.
    columns: [(&'static str, f64); 8],
}

fn hold(key: &str, again: &Again, row: &BillRow, findings: &mut Findings) {
    let month = format!("{:04}-{:02}", again.first.year(), again.first.month());
    findings
        .hold(Check::BillMonth, row.month == month, || format!("bill: `{key}` has {} where {month} is due", row.month));
    let told = [
        row.energy_kwh,
        row.exported_kwh,
        row.peak_kw,
        row.energy_usd,
        row.demand_usd,
        row.fixed_usd,
        row.minimum_usd,
        row.total_usd,
    ];
    for ((column, again), told) in again.columns.iter().zip(told) {
        let what = || format!("bill: {column} of `{key}` in {month}, and from the table of power");
        findings.near(Check::BillColumn, what, told, *again, CENT.0 + CENT.1 * again.abs());
    }
}

/// The elapsed second at which the local month of an elapsed second ends.
fn month_end_s(calendar: &Calendar, at_s: u32) -> u32 {
    let date = calendar.start().saturating_add(calendar.day(i64::from(at_s)).days());
    let next = date.last_of_month().saturating_add(1.day());
    let local_s = i64::from((next - calendar.start()).get_days()) * DAY_S;
    u32::try_from(calendar.elapsed_s(local_s)).unwrap_or(u32::MAX)
}

impl Stamps {
    fn of(&mut self, calendar: &Calendar, block_s: u32, first: u32, blocks: usize) -> &[Stamp] {
        if self.of != (block_s, first) {
            (self.of, self.list) = ((block_s, first), Vec::new());
        }
        for at in self.list.len()..blocks {
            let at_s = (i64::from(first) + at as i64) * i64::from(block_s);
            let local_s = calendar.local_s(at_s);
            let day = local_s.div_euclid(DAY_S);
            let date = calendar.start().saturating_add(day.days());
            let second_of_day = local_s.rem_euclid(DAY_S);
            let behind_s = calendar.unix_s(at_s) - local_s;
            self.list.push(Stamp { date, day, second_of_day, behind_s });
        }
        &self.list[..blocks]
    }
}

impl Meter {
    fn close_month(&mut self, tariff: &Tariff, calendar: &Calendar, stamps: &mut Stamps) {
        let readings: Vec<f64> = self.kw_s.drain(..).map(|kw_s| kw_s / f64::from(self.block_s)).collect();
        let stamps = stamps.of(calendar, self.block_s, self.first, readings.len());
        self.months.push(made(tariff, self.block_s, &readings, stamps));
        self.first = self.until_s / self.block_s;
        self.until_s = month_end_s(calendar, self.until_s);
    }
}

/// Energy and peaks of a month's readings.
fn made(tariff: &Tariff, block_s: u32, kw: &[f64], stamps: &[Stamp]) -> Made {
    let hours = f64::from(block_s) / S_PER_H;
    let first = stamps[0].date.first_of_month();
    let all: Vec<(f64, Stamp)> = kw.iter().copied().zip(stamps.iter().copied()).collect();
    let in_force = |reading: &(f64, Stamp)| tariff.in_force(reading.1.date);
    let runs: Vec<&[(f64, Stamp)]> = all.chunk_by(|a, b| in_force(a) == in_force(b)).collect();
    let parts: Vec<Part> = runs.iter().map(|run| part(tariff, in_force(&run[0]), block_s, run)).collect();
    let peak_kw = parts.iter().map(|part| part.peak_kw).fold(0.0, f64::max);
    let (mut used_kwh, mut energy_usd) = ([0.0; 2], 0.0);
    for run in &runs {
        energy_usd += energy(&tariff.rates[in_force(&run[0])], first, peak_kw, hours, run, &mut used_kwh);
    }
    Made {
        first,
        bought_kwh: kw.iter().map(|kw| kw.max(0.0) * hours).sum(),
        exported_kwh: kw.iter().map(|kw| (-kw).max(0.0) * hours).sum(),
        energy_usd,
        parts,
    }
}

/// What the energy of a run of readings costs; `used_kwh` is what the month has bought and exported before.
fn energy(rates: &Rates, first: Date, peak_kw: f64, hours: f64, run: &[(f64, Stamp)], used_kwh: &mut [f64; 2]) -> f64 {
    let Some(charge) = &rates.energy else { return 0.0 };
    let month = first.month() as usize - 1;
    let mut kwh: Vec<(usize, f64)> =
        run.iter().map(|(kw, stamp)| (charge.schedule.period(stamp.slot(rates)), kw * hours)).collect();
    if charge.exports == ExportRule::Hour {
        kwh = net_of_hours(run, &kwh);
    }
    if charge.exports == ExportRule::Month && run.iter().any(|(kw, _)| *kw < 0.0) {
        let of = |period: usize| kwh.iter().filter(|step| step.0 == period).map(|step| step.1).sum();
        kwh = (0..charge.periods.len()).map(|period| (period, of(period))).collect();
    }
    let days = f64::from(first.days_in_month());
    let mut usd = 0.0;
    for (period, kwh) in kwh {
        let tiers = &charge.periods[period];
        let is_export = kwh < 0.0;
        let used = &mut used_kwh[usize::from(is_export)];
        let ladder = |to_kwh: f64| climbed(tiers, to_kwh, days, peak_kw, is_export);
        let ((from_usd, from_kwh), (to_usd, to_kwh)) = (ladder(*used), ladder(*used + kwh.abs()));
        let taken_kwh = to_kwh - from_kwh;
        let adjusted_usd = if is_export { 0.0 } else { charge.adjustment_usd_per_kwh[month] * taken_kwh };
        usd += if is_export { from_usd - to_usd } else { to_usd - from_usd + adjusted_usd };
        *used += taken_kwh;
    }
    usd
}

/// Net energy of each hour of the clock and period.
fn net_of_hours(run: &[(f64, Stamp)], kwh: &[(usize, f64)]) -> Vec<(usize, f64)> {
    let hour = |stamp: &Stamp| (stamp.day, stamp.second_of_day / 3600, stamp.behind_s);
    let steps: Vec<_> = run.iter().zip(kwh).map(|((_, stamp), (period, kwh))| (hour(stamp), *period, *kwh)).collect();
    let of_hour = steps.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
    of_hour.map(|steps| (steps[0].1, steps.iter().map(|step| step.2).sum())).collect()
}

/// What the first so many kWh of a month cost (or earn) on a ladder of prices, and how many of them it reaches.
fn climbed(tiers: &[EnergyTier], kwh: f64, days: f64, peak_kw: f64, is_export: bool) -> (f64, f64) {
    let (mut below, mut usd, mut reached) = (0.0_f64, 0.0, 0.0);
    for tier in tiers {
        let end = match tier.basis {
            _ if tier.up_to.is_infinite() => f64::INFINITY,
            TierBasis::Kwh => tier.up_to,
            TierBasis::KwhDaily => tier.up_to * days,
            TierBasis::KwhPerKw => tier.up_to * peak_kw,
        };
        let on_it = (kwh.min(end) - below).max(0.0);
        usd += on_it * if is_export { tier.sell_usd_per_kwh } else { tier.usd_per_kwh };
        reached += on_it;
        below = below.max(end);
    }
    (usd, reached)
}

/// Peaks of a run of readings under the same rates.
fn part(tariff: &Tariff, number: usize, block_s: u32, run: &[(f64, Stamp)]) -> Part {
    let rates = &tariff.rates[number];
    let window_s = rates.demand_window_s.filter(|window_s| window_s.is_multiple_of(block_s)).unwrap_or(block_s);
    let window_s = i64::from(window_s.max(block_s));
    let window = |stamp: &Stamp| (stamp.day, stamp.second_of_day.div_euclid(window_s), stamp.behind_s);
    let windows: Vec<(f64, Stamp)> = run
        .chunk_by(|a, b| window(&a.1) == window(&b.1))
        .map(|window| (window.iter().map(|reading| reading.0).sum::<f64>() / window.len() as f64, window[0].1))
        .collect();
    let mut demand: BTreeMap<(usize, usize), (f64, f64)> = BTreeMap::new();
    for day in windows.chunk_by(|a, b| a.1.day == b.1.day) {
        for (number, charge) in rates.demand.iter().enumerate() {
            for (period, tiers) in charge.periods.iter().enumerate() {
                let own = day.iter().filter(|window| charge.schedule.period(window.1.slot(rates)) == period);
                let Some(kw) = own.map(|window| window.0.max(0.0)).reduce(f64::max) else { continue };
                let known = demand.entry((number, period)).or_default();
                *known = (known.0.max(kw), known.1 + stepped(tiers.iter().map(|t| (t.up_to_kw, t.usd_per_kw)), kw));
            }
        }
    }
    let first = run[0].1.date.first_of_month();
    let days = (0..first.days_in_month())
        .filter(|day| tariff.in_force(first.saturating_add(i64::from(*day).days())) == number);
    Part {
        rates: number,
        days: days.count() as u32,
        peak_kw: windows.iter().map(|window| window.0).fold(0.0, f64::max),
        demand,
    }
}

/// What an amount costs in steps, each up to an end and at a price.
fn stepped(steps: impl Iterator<Item = (f64, f64)>, amount: f64) -> f64 {
    let (mut below, mut usd) = (0.0, 0.0);
    for (end, price) in steps {
        usd += price * (amount.min(end) - below).max(0.0);
        below = end;
    }
    usd
}

fn bills_of(tariff: &Tariff, months: &[Made]) -> Vec<Again> {
    let mut bills: Vec<Again> = (0..months.len()).map(|at| bill_of(tariff, months, at)).collect();
    // A year's minimum falls due with its last month.
    for at in 0..months.len() {
        let year = months[at].first.year();
        if months.get(at + 1).is_some_and(|next| next.first.year() == year) {
            continue;
        }
        let these: Vec<usize> = (0..=at).filter(|month| months[*month].first.year() == year).collect();
        let least_usd: f64 = these.iter().map(|month| minimum(tariff, &months[*month], |per| per == Per::Year)).sum();
        let usd: f64 = these.iter().map(|month| bills[*month].columns[7].1).sum();
        let missing_usd = missing(least_usd, usd);
        bills[at].columns[6].1 += missing_usd;
        bills[at].columns[7].1 += missing_usd;
    }
    bills
}

fn bill_of(tariff: &Tariff, months: &[Made], at: usize) -> Again {
    let month = &months[at];
    let days: u32 = month.parts.iter().map(|part| part.days).sum();
    let share = |part: &Part| f64::from(part.days) / f64::from(days.max(1));
    let (mut demand_usd, mut fixed_usd) = (0.0, 0.0);
    for part in &month.parts {
        let rates = &tariff.rates[part.rates];
        for (of, (peak_kw, daily_usd)) in &part.demand {
            let charge = &rates.demand[of.0];
            let is_flat = charge.kind == DemandKind::Flat;
            let ratchet_kw = charge.lookback.map_or(0.0, |lookback| ratchet(&lookback, is_flat, *of, months, at));
            let tiers = charge.periods[of.1].iter().map(|tier| (tier.up_to_kw, tier.usd_per_kw));
            demand_usd += if charge.daily { *daily_usd } else { share(part) * stepped(tiers, peak_kw.max(ratchet_kw)) };
        }
        fixed_usd += share(part) * rates.fixed.iter().map(|amount| of_month(amount, month.first)).sum::<f64>();
    }
    let usd = month.energy_usd + demand_usd + fixed_usd;
    let minimum_usd = missing(minimum(tariff, month, |per| per != Per::Year), usd);
    let peak_kw = month.parts.iter().map(|part| part.peak_kw).fold(0.0, f64::max);
    let columns = [
        ("energy_kwh", month.bought_kwh),
        ("exported_kwh", month.exported_kwh),
        ("peak_kw", peak_kw),
        ("energy_usd", month.energy_usd),
        ("demand_usd", demand_usd),
        ("fixed_usd", fixed_usd),
        ("minimum_usd", minimum_usd),
        ("total_usd", usd + minimum_usd),
    ];
    Again { first: month.first, columns }
}

/// The demand that earlier months make a month pay for, kW. Before the first month stands the first year again.
fn ratchet(lookback: &Lookback, is_flat: bool, of: (usize, usize), months: &[Made], at: usize) -> f64 {
    let kw = |month: &Made| {
        let of_part = |part: &Part| {
            if is_flat { part.peak_kw } else { part.demand.get(&of).map_or(0.0, |demand| demand.0) }
        };
        month.parts.iter().map(of_part).fold(0.0, f64::max)
    };
    let seen = (0..=lookback.range as i64).filter_map(|back| {
        let month = at as i64 - back;
        months.get(if month < 0 { month.rem_euclid(12) } else { month } as usize)
    });
    let number = |month: &Made| month.first.month() as usize - 1;
    lookback.share[number(&months[at])]
        * seen.filter(|month| lookback.months[number(month)]).map(kw).fold(0.0, f64::max)
}

fn of_month(amount: &Amount, first: Date) -> f64 {
    let month = first.month() as usize - 1;
    match amount.per {
        _ if !amount.months[month] => 0.0,
        Per::Day => amount.usd * f64::from(first.days_in_month()),
        Per::Month => amount.usd,
        Per::Year => amount.usd / amount.months_paid() as f64,
    }
}

/// What a bill lacks to a minimum, USD; nothing where there is none.
fn missing(least_usd: f64, usd: f64) -> f64 {
    if least_usd > 0.0 { (least_usd - usd).max(0.0) } else { 0.0 }
}

/// The least that a month costs by the minimum charges of some times, USD.
fn minimum(tariff: &Tariff, month: &Made, is_meant: impl Fn(Per) -> bool) -> f64 {
    let days: u32 = month.parts.iter().map(|part| part.days).sum();
    let of_part = |part: &Part| {
        let amounts = tariff.rates[part.rates].minimum.iter().filter(|amount| is_meant(amount.per));
        f64::from(part.days) / f64::from(days.max(1)) * amounts.map(|amount| of_month(amount, month.first)).sum::<f64>()
    };
    month.parts.iter().map(of_part).sum()
}
