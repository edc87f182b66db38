//! Tariffs as plain CSV, one row a charge: `utility, type, name, basic_charge_limit, assessed, month_start, month_end,
//! hour_start, hour_end, weekday_start, weekday_end, charge, units` (Chapin, Bolorinos and Mauter 2024,
//! doi:10.1038/s41597-023-02886-6). `charge` and `basic_charge_limit` may carry `(imperial)` or `(metric)`; `period` is the
//! older name of `name`.
//!
//! Rows of one name supersede each other at their limits; rows of different names that hold at the same time add up, and a
//! row without a name is a charge of its own. Where the file has no column of names, rows of the same hours are one charge.
//! Two rows of one name and limit that hold at the same time contradict each other and are refused. Types are `customer`,
//! `energy`, `demand`, `export`, and of our own `subscription` and `holiday`. Rows of other utilities than `electric` are
//! passed over, and counted in a note. The guide `bills_and_formats` describes every column.

use super::ratchet::{self, Ratchet};
use crate::account::holiday::Holidays;
use crate::account::tariff::{
    Amount, DemandCharge, DemandKind, DemandTier, EnergyCharge, EnergyTier, ExportRule, Origin, Per, Rates, Schedule,
    Slot, Subscription, Tariff, TierBasis,
};
use crate::document::problem::{Place, Problem, nearest};
use crate::document::table::{Column, Row, Table};
use crate::kernel::calendar::DAY_S;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

const NEEDED: [&str; 3] = ["utility", "type", "units"];
const MORE: [&str; 27] = [
    "name",
    "period",
    "assessed",
    "charge",
    "charge (imperial)",
    "charge (metric)",
    "basic_charge_limit",
    "basic_charge_limit (imperial)",
    "basic_charge_limit (metric)",
    "month_start",
    "month_end",
    "hour_start",
    "hour_end",
    "weekday_start",
    "weekday_end",
    "effective_start_date",
    "effective_end_date",
    "ratchet_share",
    "ratchet_months",
    "ratchet_range",
    "least_kw",
    "block_kw",
    "overage_charge",
    "subscribed_kw",
    // The published data set names its sources and doubts in these.
    "source",
    "comments",
    "Notes",
];

/// The one utility that is billed.
const ELECTRIC: &str = "electric";

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Reads the one tariff of a file.
pub fn read(path: &str, text: &str, problems: &mut Vec<Problem>) -> Vec<Tariff> {
    let before = problems.len();
    let (charges, others) = rows(path, text, problems);
    problems.extend(contradictions(&charges).into_iter().map(|(line, message, help)| {
        let place = Some(Place::Line(path.to_owned(), line));
        Problem { place, field: "name".to_owned(), message, help: Some(help) }
    }));
    if problems.len() > before {
        return Vec::new();
    }
    let mut wrong = |field: &str, message: String| {
        let place = Some(Place::File(path.to_owned()));
        problems.push(Problem { place, field: field.to_owned(), message, help: None });
    };
    if charges.is_empty() {
        wrong("utility", "has no row of the utility `electric`".to_owned());
        return Vec::new();
    }
    let mut rates: Vec<Rates> = dates(&charges).into_iter().map(|from| rates(from, &charges, &mut wrong)).collect();
    for rates in &mut rates {
        let notes: Vec<String> = [passed_over(&others), rates.origin.warning.take()].into_iter().flatten().collect();
        rates.origin.warning = (!notes.is_empty()).then(|| notes.join("; "));
    }
    let name = std::path::Path::new(path).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    vec![Tariff { label: name.clone(), name, utility: String::new(), rates }]
}

/// One row.
#[derive(Debug, Clone)]
struct Charge {
    line: u64,
    kind: Kind,
    /// What tells it from other charges of its type.
    group: Group,
    limit: f64,
    months: (usize, usize),
    weekdays: (usize, usize),
    seconds: (i64, i64),
    usd: f64,
    daily: bool,
    per: Per,
    from: Option<Date>,
    until: Option<Date>,
    ratchet: Ratchet,
    subscription: Option<Subscription>,
    holidays: Holidays,
}

/// What tells charges apart. Rows of one group supersede each other at their limits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    /// A name.
    Named(String),
    /// No name, in a file with a column of names: the row's line.
    Own(u64),
    /// In a file without names: the months, weekdays and seconds of the day.
    Hours((usize, usize), (usize, usize), (i64, i64)),
}

impl Group {
    fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Customer,
    Energy,
    Export,
    Demand,
    Subscription,
    Holiday,
}

impl Charge {
    fn covers(&self, month: usize, weekday: usize, second: i64) -> bool {
        (self.months.0..=self.months.1).contains(&month)
            && (self.weekdays.0..=self.weekdays.1).contains(&weekday)
            && (self.seconds.0..self.seconds.1).contains(&second)
    }

    /// Is it the same step of the same charge, at a time when the other holds too?
    fn contradicts(&self, other: &Self) -> bool {
        // Without names customer charges have nothing that tells them apart: they add up.
        let is_one = match self.kind {
            Kind::Energy | Kind::Export => true,
            Kind::Demand => self.daily == other.daily,
            Kind::Customer => self.group.name().is_some(),
            Kind::Subscription | Kind::Holiday => false,
        };
        let ends_before = |one: &Self, next: &Self| one.until.zip(next.from).is_some_and(|(until, from)| until < from);
        let meet = |a: (usize, usize), b: (usize, usize)| a.0 <= b.1 && b.0 <= a.1;
        is_one
            && (self.kind, &self.group, self.limit.to_bits()) == (other.kind, &other.group, other.limit.to_bits())
            && meet(self.months, other.months)
            && meet(self.weekdays, other.weekdays)
            && (self.seconds.0 < other.seconds.1 && other.seconds.0 < self.seconds.1)
            && !ends_before(self, other)
            && !ends_before(other, self)
    }

    fn holds(&self, day: Option<Date>) -> bool {
        let begun = self.from.is_none_or(|from| day.is_some_and(|day| from <= day));
        begun && self.until.is_none_or(|until| day.is_none_or(|day| day <= until))
    }
}

/// The charges of electricity, and how many rows each other utility has.
fn rows(path: &str, text: &str, problems: &mut Vec<Problem>) -> (Vec<Charge>, BTreeMap<String, usize>) {
    let mut table = Table::open(path, text, &NEEDED, &MORE, problems);
    let (mut charges, mut others) = (Vec::new(), BTreeMap::new());
    while let Some(row) = table.next_row() {
        let utility = row.get(table.column("utility")).unwrap_or_default().to_lowercase();
        if utility == ELECTRIC {
            charges.extend(charge(&mut table, &row));
        } else if utility.is_empty() || utility.contains("elec") || strsim::osa_distance(&utility, ELECTRIC) <= 2 {
            let help = Some(format!("write `{ELECTRIC}`, or take the row out"));
            table.wrong(row.line, "utility", format!("`{utility}` is no utility: its charge would be left out"), help);
        } else {
            *others.entry(utility).or_default() += 1;
        }
    }
    (charges, others)
}

/// What is said of the rows of other utilities.
fn passed_over(others: &BTreeMap<String, usize>) -> Option<String> {
    let counted: Vec<String> = others.iter().map(|(name, rows)| format!("`{name}` ({rows})")).collect();
    (!counted.is_empty()).then(|| format!("rows of other utilities are passed over: {}", counted.join(", ")))
}

/// Rows of one charge with the same limit that hold at the same time: line of the later one, what is wrong, and the way out.
fn contradictions(charges: &[Charge]) -> Vec<(u64, String, String)> {
    let mut out = Vec::new();
    for (at, charge) in charges.iter().enumerate() {
        if let Some(before) = charges[..at].iter().find(|before| before.contradicts(charge)) {
            let message = format!("line {} has this name and limit too, and holds at the same time", before.line);
            let help =
                "charges that add up have different names; of one name, let the hours, months or dates not overlap";
            out.push((charge.line, message, help.to_owned()));
        }
    }
    out
}

/// The column of this name, or with a system of units behind it, whichever is filled. For electricity the systems are the same:
/// where several are filled they must agree.
fn column(table: &mut Table<'_>, row: &Row, names: [&'static str; 3]) -> Column {
    let columns = table.columns(names);
    let text = |column: Column| row.get(column).unwrap_or_default();
    let mut filled = columns.into_iter().filter(|column| !text(*column).is_empty());
    let Some(first) = filled.next() else {
        return columns.into_iter().find(|column| row.get(*column).is_some()).unwrap_or(columns[0]);
    };
    let number = |column: Column| text(column).parse::<f64>().ok();
    if let Some(other) = filled.find(|other| number(*other) != number(first)) {
        let message = format!("is `{}`, and `{}` is `{}`", text(other), first.name, text(first));
        let help = "for electricity they are the same: leave the wrong one out".to_owned();
        table.wrong(row.line, other.name, message, Some(help));
    }
    first
}

fn charge(table: &mut Table<'_>, row: &Row) -> Option<Charge> {
    let kind = match row.get(table.column("type")).unwrap_or_default() {
        "customer" => Kind::Customer,
        "energy" => Kind::Energy,
        "export" => Kind::Export,
        "demand" => Kind::Demand,
        "subscription" => Kind::Subscription,
        "holiday" => Kind::Holiday,
        other => {
            let help = Some("there are: customer, energy, demand, export, subscription, holiday".to_owned());
            table.wrong(row.line, "type", format!("`{other}` is no type of charge"), help);
            return None;
        }
    };
    let assessed = row.get(table.column("assessed")).unwrap_or_default().to_lowercase();
    let daily = assessed == "daily";
    if !matches!(assessed.as_str(), "" | "monthly" | "daily") {
        table.wrong(row.line, "assessed", format!("`{assessed}` is neither `monthly` nor `daily`"), None);
    }
    if kind == Kind::Holiday {
        return holiday(table, row);
    }
    let per = units(table, row, kind)?;
    let charge = column(table, row, ["charge", "charge (imperial)", "charge (metric)"]);
    let usd = table.number(row, charge, -1e6, 1e6);
    let limit =
        column(table, row, ["basic_charge_limit", "basic_charge_limit (imperial)", "basic_charge_limit (metric)"]);
    let limit = optional(table, row, limit, 0.0, (0.0, 1e12));
    if matches!(kind, Kind::Customer | Kind::Subscription) && limit.is_some_and(|limit| limit > 0.0) {
        let message = "a charge of this type above a usage is not supported".to_owned();
        table.wrong(row.line, "basic_charge_limit", message, None);
    }
    let months = span(table, row, ["month_start", "month_end"], (1.0, 12.0));
    let weekdays = span(table, row, ["weekday_start", "weekday_end"], (0.0, 6.0));
    let hours = span(table, row, ["hour_start", "hour_end"], (0.0, 24.0));
    refuse_parts(table, row, kind, [months, weekdays, hours]);
    let (from, until) = (date(table, row, "effective_start_date"), date(table, row, "effective_end_date"));
    let ratchet = ratchet::read(table, row, kind == Kind::Demand)?;
    let subscription = subscription(table, row, kind, usd)?;
    let (months, weekdays, hours) = (months?, weekdays?, hours?);
    let months = (months.0 as usize - 1, months.1 as usize - 1);
    let weekdays = (weekdays.0 as usize, weekdays.1 as usize);
    let seconds = ((hours.0 * 3600.0).round() as i64, (hours.1 * 3600.0).round() as i64);
    Some(Charge {
        line: row.line,
        kind,
        group: group(table, row, Group::Hours(months, weekdays, seconds)),
        limit: limit?,
        months,
        weekdays,
        seconds,
        usd: usd?,
        daily,
        per,
        from,
        until,
        ratchet,
        subscription,
        holidays: Holidays::default(),
    })
}

/// Refuses times of a row whose type holds at all times: a customer charge may hold in some months, a subscription in none.
fn refuse_parts(table: &mut Table<'_>, row: &Row, kind: Kind, spans: [Option<(f64, f64)>; 3]) {
    let all = [("month_start", (1.0, 12.0)), ("weekday_start", (0.0, 6.0)), ("hour_start", (0.0, 24.0))];
    let refused = match kind {
        Kind::Subscription => &all[..],
        Kind::Customer => &all[1..],
        _ => return,
    };
    for (span, (name, whole)) in spans[3 - refused.len()..].iter().zip(refused) {
        if span.is_some_and(|span| span != *whole) {
            let help = Some("leave these columns empty, or give the charge another type".to_owned());
            table.wrong(row.line, name, "a charge of this type holds at all of these times".to_owned(), help);
        }
    }
}

/// The name of a row; where there is none, what stands in for it.
fn group(table: &Table<'_>, row: &Row, unnamed: Group) -> Group {
    let columns = table.columns(["name", "period"]);
    let named = columns.iter().find_map(|column| row.get(*column).filter(|name| !name.is_empty()));
    let has_names = columns.iter().any(|column| row.get(*column).is_some());
    match named {
        Some(name) => Group::Named(name.to_owned()),
        None if has_names => Group::Own(row.line),
        None => unnamed,
    }
}

/// A row of the type `holiday`: its name is a date, a day or a set of days.
fn holiday(table: &mut Table<'_>, row: &Row) -> Option<Charge> {
    let columns = table.columns(["name", "period"]);
    let name = columns.iter().find_map(|column| row.get(*column).filter(|name| !name.is_empty())).unwrap_or_default();
    let Ok(holidays) = Holidays::parse([name], None) else {
        let message = format!("`{name}` is neither a date such as 2025-07-04 nor a known holiday");
        table.wrong(row.line, "name", message, nearest(name, Holidays::names()));
        return None;
    };
    let (from, until) = (date(table, row, "effective_start_date"), date(table, row, "effective_end_date"));
    let (line, group) = (row.line, Group::Own(row.line));
    Some(Charge {
        line,
        kind: Kind::Holiday,
        group,
        limit: 0.0,
        months: (0, 11),
        weekdays: (0, 6),
        seconds: (0, DAY_S),
        usd: 0.0,
        daily: false,
        per: Per::Month,
        from,
        until,
        ratchet: Ratchet::default(),
        subscription: None,
        holidays,
    })
}

/// The columns of a subscription. None when they are wrong; none inside where the row is none.
#[expect(clippy::option_option, reason = "wrong, no subscription and one are three answers")]
fn subscription(table: &mut Table<'_>, row: &Row, kind: Kind, usd: Option<f64>) -> Option<Option<Subscription>> {
    let columns = table.columns(["block_kw", "overage_charge", "subscribed_kw"]);
    let [block, overage, subscribed] = columns;
    if kind != Kind::Subscription {
        let stray = columns.iter().find(|column| row.get(**column).is_some_and(|text| !text.is_empty()));
        if let Some(stray) = stray {
            table.wrong(row.line, stray.name, "belongs to rows of the type `subscription`".to_owned(), None);
        }
        return stray.is_none().then_some(None);
    }
    let block_kw = table.number(row, block, 1e-3, 1e6);
    let overage_usd_per_kw = table.number(row, overage, 0.0, 1e5);
    let subscribed_kw = table.optional(row, subscribed, |table| table.number(row, subscribed, 0.0, 1e7));
    let (block_kw, overage_usd_per_kw, subscribed_kw) = (block_kw?, overage_usd_per_kw?, subscribed_kw?);
    Some(Some(Subscription { block_kw, usd_per_block: usd?, overage_usd_per_kw, subscribed_kw }))
}

fn units(table: &mut Table<'_>, row: &Row, kind: Kind) -> Option<Per> {
    let units = row.get(table.column("units")).unwrap_or_default();
    let per = match (kind, units) {
        (Kind::Customer, "$/day") => Some(Per::Day),
        (Kind::Customer, "$/year") => Some(Per::Year),
        (Kind::Customer, "$/month" | "")
        | (Kind::Energy | Kind::Export, "$/kWh")
        | (Kind::Demand, "$/kW")
        | (Kind::Subscription, "$/block") => Some(Per::Month),
        _ => None,
    };
    if per.is_none() {
        let wanted = match kind {
            Kind::Customer => "$/month, $/day or $/year",
            Kind::Demand => "$/kW",
            Kind::Subscription => "$/block",
            Kind::Energy | Kind::Export | Kind::Holiday => "$/kWh",
        };
        let message = format!("the unit `{units}` is not supported for this type");
        table.wrong(row.line, "units", message, Some(format!("write {wanted}")));
    }
    per
}

/// A number that may be left out. None when it is wrong.
fn optional(table: &mut Table<'_>, row: &Row, column: Column, default: f64, range: (f64, f64)) -> Option<f64> {
    let number = table.optional(row, column, |table| table.number(row, column, range.0, range.1));
    number.map(|number| number.unwrap_or(default))
}

/// First and last of months, weekdays or hours; the whole range where both are left out.
fn span(table: &mut Table<'_>, row: &Row, names: [&'static str; 2], range: (f64, f64)) -> Option<(f64, f64)> {
    let [from, to] = table.columns(names);
    let first = optional(table, row, from, range.0, range);
    let last = optional(table, row, to, range.1, range);
    let (first, last) = (first?, last?);
    let is_hours = from.name == "hour_start";
    let step = if is_hours { 0.25 } else { 1.0 };
    if ((first / step).fract(), (last / step).fract()) != (0.0, 0.0) {
        let what = if is_hours { "quarters of an hour" } else { "whole numbers" };
        table.wrong(row.line, from.name, format!("{first} to {last}: must be {what}"), None);
        return None;
    }
    if last < first || (is_hours && last <= first) {
        let help = Some("write two rows for a span that goes round the turn".to_owned());
        table.wrong(row.line, to.name, format!("{last} comes before `{}`, {first}", from.name), help);
        return None;
    }
    Some((first, last))
}

/// A date, none where there is none. A wrong one is noted.
fn date(table: &mut Table<'_>, row: &Row, name: &'static str) -> Option<Date> {
    let text = row.get(table.column(name)).filter(|text| !text.is_empty())?;
    let date = text.get(..10).unwrap_or(text).parse::<Date>().ok();
    if date.is_none() {
        let help = Some("write it as 2024-03-01".to_owned());
        table.wrong(row.line, name, format!("`{text}` is not a date"), help);
    }
    date
}

/// First days of the spans in which the same rows hold; none for the time before all dates.
fn dates(charges: &[Charge]) -> Vec<Option<Date>> {
    let mut out: BTreeSet<Option<Date>> = BTreeSet::new();
    let always = charges.iter().any(|charge| charge.from.is_none());
    out.extend(always.then_some(None));
    out.extend(charges.iter().filter(|charge| charge.from.is_some()).map(|charge| charge.from));
    let last = charges.iter().filter_map(|charge| charge.until).max();
    for until in charges.iter().filter_map(|charge| charge.until) {
        let next = until.saturating_add(1.days());
        // After the last date of all nothing else begins: what was in force stays so.
        if Some(until) != last || charges.iter().any(|charge| charge.until.is_none() || charge.from > Some(next)) {
            out.insert(Some(next));
        }
    }
    out.into_iter().collect()
}

fn rates(from: Option<Date>, charges: &[Charge], wrong: &mut impl FnMut(&str, String)) -> Rates {
    let held: Vec<&Charge> = charges.iter().filter(|charge| charge.holds(from)).collect();
    let of = |kind: Kind| -> Vec<&Charge> { held.iter().copied().filter(|charge| charge.kind == kind).collect() };
    let energy = of(Kind::Energy);
    let mut demand: BTreeMap<(Group, bool), Vec<&Charge>> = BTreeMap::new();
    for charge in of(Kind::Demand) {
        demand.entry((charge.group.clone(), charge.daily)).or_default().push(charge);
    }
    let mut subscriptions = held.iter().filter_map(|charge| charge.subscription);
    let subscription = subscriptions.next();
    if subscriptions.next().is_some() {
        wrong("subscription", "there are two at the same time; a tariff has one".to_owned());
    }
    let mut holidays = Holidays::default();
    for charge in &held {
        holidays.append(charge.holidays.clone());
    }
    let amount = |charge: &&Charge| Amount {
        usd: charge.usd,
        per: charge.per,
        months: core::array::from_fn(|month| (charge.months.0..=charge.months.1).contains(&month)),
    };
    Rates {
        from,
        until: held.iter().filter_map(|charge| charge.until).min(),
        energy: (!energy.is_empty()).then(|| energy_charge(&energy, &of(Kind::Export), wrong)),
        demand: demand.into_iter().map(|((group, daily), rows)| demand_charge(&group, daily, &rows, wrong)).collect(),
        fixed: of(Kind::Customer).iter().map(amount).collect(),
        subscription,
        holidays,
        origin: Origin { warning: unnamed_steps(&held), ..Origin::default() },
        ..Rates::default()
    }
}

/// Steps of price: (from usage, price). Equal lists of steps are one period.
type Steps = Vec<(f64, f64)>;

/// The price by usage of the rows that hold at a time.
fn steps(rows: &[&Charge], month: usize, weekday: usize, second: i64) -> Steps {
    let held: Vec<&&Charge> = rows.iter().filter(|row| row.covers(month, weekday, second)).collect();
    let mut limits: Vec<f64> = held.iter().map(|row| row.limit).collect();
    limits.sort_by(f64::total_cmp);
    limits.dedup();
    let price = |usage: f64| -> f64 {
        let in_force = |row: &&&&Charge| {
            let same = |other: &&&Charge| other.group == row.group && other.limit <= usage;
            let highest =
                held.iter().copied().filter(|other| same(other)).map(|other| other.limit).fold(-1.0, f64::max);
            row.limit.total_cmp(&highest).is_eq()
        };
        held.iter().filter(|row| in_force(row)).map(|row| row.usd).sum()
    };
    limits.into_iter().map(|limit| (limit, price(limit))).collect()
}

/// Gives each list of steps a number, and each slot the number of its list.
fn scheduled(mut steps_at: impl FnMut(usize, usize, i64) -> Steps) -> (Schedule, Vec<Steps>) {
    let mut lists: Vec<Steps> = Vec::new();
    let schedule = Schedule::new(|month, weekday, second| {
        let steps = steps_at(month, weekday, second);
        let at = lists.iter().position(|known| *known == steps).unwrap_or_else(|| {
            lists.push(steps);
            lists.len() - 1
        });
        at as u16
    });
    (schedule, lists)
}

fn energy_charge(rows: &[&Charge], exports: &[&Charge], wrong: &mut impl FnMut(&str, String)) -> EnergyCharge {
    let mut gap = None;
    // The first step carries the price of exports, the rest are the steps of purchases.
    let (schedule, lists) = scheduled(|month, weekday, second| {
        let bought = steps(rows, month, weekday, second);
        if bought.first().is_none_or(|step| step.0 > 0.0) {
            gap.get_or_insert((month, weekday, second));
        }
        let sold = exports.iter().filter(|row| row.covers(month, weekday, second)).map(|row| row.usd).sum();
        [vec![(-1.0, sold)], bought].concat()
    });
    if let Some((month, weekday, second)) = gap {
        let (day, hour, minute) = (WEEKDAYS[weekday], second / 3600, second / 60 % 60);
        let at = format!("month {}, {day} {hour:02}:{minute:02}", month + 1);
        wrong("energy", format!("no row of type `energy` with limit 0 holds at {at}"));
    }
    let tiers = |list: &Steps| -> Vec<EnergyTier> {
        let sell_usd_per_kwh = list[0].1;
        let bought = &list[1..];
        let tier = |(at, step): (usize, &(f64, f64))| EnergyTier {
            usd_per_kwh: step.1,
            sell_usd_per_kwh,
            up_to: bought.get(at + 1).map_or(f64::INFINITY, |next| next.0),
            basis: TierBasis::Kwh,
        };
        bought.iter().enumerate().map(tier).collect()
    };
    let periods: Vec<Vec<EnergyTier>> = lists.iter().map(tiers).collect();
    let names = names(rows, &schedule, periods.len());
    EnergyCharge { schedule, periods, names, adjustment_usd_per_kwh: [0.0; 12], exports: ExportRule::default() }
}

/// A period is called by the rows that hold in it.
fn names(rows: &[&Charge], schedule: &Schedule, periods: usize) -> Vec<String> {
    let mut names: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); periods];
    for (slot, month, weekday, second) in Slot::all() {
        let held = rows.iter().filter(|row| row.covers(month, weekday, second));
        names[schedule.period(slot)].extend(held.filter_map(|row| row.group.name()));
    }
    let named = |(at, names): (usize, BTreeSet<&str>)| {
        if names.is_empty() { format!("energy period {at}") } else { names.into_iter().collect::<Vec<_>>().join(" + ") }
    };
    names.into_iter().enumerate().map(named).collect()
}

/// A row without a name begins above a usage: the reader may have meant a step of another.
fn unnamed_steps(held: &[&Charge]) -> Option<String> {
    let is_step = |charge: &&&Charge| charge.limit > 0.0 && matches!(charge.group, Group::Own(_));
    let lines: Vec<String> = held.iter().filter(is_step).map(|charge| charge.line.to_string()).collect();
    (!lines.is_empty()).then(|| {
        let lines = lines.join(", ");
        format!(
            "the rows of lines {lines} have no name: each is a charge of its own, on top of the others above its limit"
        )
    })
}

fn demand_charge(group: &Group, daily: bool, rows: &[&Charge], wrong: &mut impl FnMut(&str, String)) -> DemandCharge {
    let (schedule, lists) = scheduled(|month, weekday, second| steps(rows, month, weekday, second));
    let tiers = |list: &Steps| -> Vec<DemandTier> {
        // Below the first limit nothing is charged.
        let first = list.first().filter(|step| step.0 > 0.0);
        let free = first.map(|step| DemandTier { usd_per_kw: 0.0, up_to_kw: step.0 });
        let tier = |(at, step): (usize, &(f64, f64))| DemandTier {
            usd_per_kw: step.1,
            up_to_kw: list.get(at + 1).map_or(f64::INFINITY, |next| next.0),
        };
        free.into_iter().chain(list.iter().enumerate().map(tier)).collect()
    };
    let is_flat = rows.iter().all(|row| row.seconds == (0, DAY_S) && row.weekdays == (0, 6));
    let kind = if is_flat { DemandKind::Flat } else { DemandKind::TimeOfUse };
    let name = group.name().unwrap_or("demand").to_owned();
    let ratchet = ratchet::of_rows(rows.iter().map(|row| (row.line, row.ratchet))).unwrap_or_else(|(one, other)| {
        wrong("ratchet_share", format!("lines {one} and {other} are one charge, `{name}`, with two ratchets"));
        Ratchet::default()
    });
    let (lookback, least_kw) = (ratchet.lookback, ratchet.least_kw.unwrap_or(0.0));
    if daily && (lookback.is_some() || least_kw > 0.0) {
        wrong("ratchet_share", format!("the charge `{name}` is assessed daily, and days have no ratchet"));
    }
    DemandCharge { kind, schedule, periods: lists.iter().map(tiers).collect(), name, daily, lookback, least_kw }
}
