//! What a reader of a bill should know: where load and tariff do not fit, and how the bill decides what the tariff leaves
//! open.

use super::demand::Peaks;
use super::energy::Surplus;
use super::holiday::Holidays;
use super::lines::MonthBill;
use super::load::{Load, Month, Timeline};
use super::tariff::{DemandKind, ExportRule, Rates, Slot, Tariff, TierBasis};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Days that are named one by one; of more the rest is counted.
const DAYS_NAMED: usize = 6;

/// A load that has been billed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Billed<'a> {
    pub(super) tariff: &'a Tariff,
    pub(super) load: &'a Load,
    pub(super) timeline: &'a Timeline,
    pub(super) peaks: Peaks<'a>,
    pub(super) months: &'a [MonthBill],
    pub(super) surplus: &'a Surplus,
}

impl Billed<'_> {
    /// The rates in force on days of the load.
    fn used(&self) -> Vec<(usize, &Rates)> {
        let parts = self.timeline.months.iter().flat_map(|month| &month.parts);
        let used: BTreeSet<usize> = parts.map(|part| part.rates).collect();
        used.into_iter().map(|rates| (rates, &self.tariff.rates[rates])).collect()
    }

    /// Days of the load under these rates.
    fn days(&self, rates: usize) -> impl Iterator<Item = Date> {
        let parts = self.timeline.months.iter().flat_map(|month| &month.parts);
        parts.filter(move |part| part.rates == rates).flat_map(|part| part.dates.iter().copied())
    }

    /// Warnings of the tariff, and where load and tariff do not fit.
    pub(super) fn notes(&self) -> Vec<String> {
        let peak_kw = self.months.iter().fold(0.0_f64, |peak, month| peak.max(month.peak_kw));
        let mut notes: Vec<String> = Vec::new();
        for (at, rates) in self.used() {
            notes.extend(rates.origin.warning.clone());
            notes.extend(misfit(rates, self.load, peak_kw));
            notes.extend(self.expired(at, rates));
            notes.extend(lost_lookback(rates));
            notes.extend(self.empty_tiers(at, rates));
            if rates.energy.is_none() {
                notes.push("the tariff has no charge per kWh: energy costs nothing".to_owned());
            }
        }
        let exports = self.months.iter().any(|month| month.exported_kwh > 0.0);
        let charges = self.used();
        let earns = charges.iter().filter_map(|(_, rates)| rates.energy.as_ref()).any(|charge| {
            charge.exports == ExportRule::Month
                || charge.periods.iter().flatten().any(|tier| tier.sell_usd_per_kwh != 0.0)
        });
        if exports && !earns {
            notes.push("the load exports energy, for which the tariff pays nothing".to_owned());
        }
        let left_kwh = self.surplus.total_kwh();
        if left_kwh > 0.0 {
            let usd = self.surplus.sold_usd();
            notes.push(format!("{left_kwh:.1} kWh of surplus are left when the load ends; they earn {usd:.2} $"));
        }
        let mut seen = BTreeSet::new();
        notes.retain(|note| seen.insert(note.clone()));
        notes
    }

    /// Days that are billed by rates which do not hold then.
    fn expired(&self, at: usize, rates: &Rates) -> Vec<String> {
        let mut notes = Vec::new();
        let early: Vec<Date> = rates.from.map_or(Vec::new(), |from| self.days(at).filter(|day| *day < from).collect());
        if let (Some(from), Some(first)) = (rates.from, early.first()) {
            let days = counted_days(early.len());
            notes.push(format!(
                "the load begins before the tariff's first date ({from}); its rates are used all the same for {days} from {first}"
            ));
        }
        let late: Vec<Date> =
            rates.until.map_or(Vec::new(), |until| self.days(at).filter(|day| *day > until).collect());
        if let (Some(until), Some(first), Some(last)) = (rates.until, late.first(), late.last()) {
            let days = counted_days(late.len());
            notes.push(match self.tariff.rates.get(at + 1).and_then(|next| next.from) {
                Some(next) => format!(
                    "{days} ({first} to {last}) lie in a gap between two versions of the tariff, of which one ended on {until} and the \
                     next begins on {next}; they are billed at the expired rates"
                ),
                None => format!(
                    "the load goes on after the tariff's last date ({until}); its rates are used all the same for {days} from {first}"
                ),
            });
        }
        notes
    }

    /// Tiers that end below the one before, because they are counted in another unit.
    fn empty_tiers(&self, at: usize, rates: &Rates) -> Vec<String> {
        let Some(charge) = &rates.energy else { return Vec::new() };
        let mut notes = Vec::new();
        for (month, bill) in self.timeline.months.iter().zip(self.months) {
            if !month.parts.iter().any(|part| part.rates == at) {
                continue;
            }
            for tiers in &charge.periods {
                let ends = super::energy::ends_kwh(tiers, month.covered_days(), bill.hours_of_use_kw);
                let is_empty = |pair: &&[f64]| pair[1] < pair[0];
                if let Some(pair) = ends.windows(2).find(is_empty) {
                    let (month, above, below) = (bill.month(), pair[1], pair[0]);
                    notes.push(format!(
                        "in {month} a tier of energy ends at {above:.0} kWh, below the one before ({below:.0} kWh), and is passed over"
                    ));
                }
            }
        }
        notes.truncate(1);
        notes
    }

    /// How the bill decides what the tariff leaves open.
    pub(super) fn conventions(&self) -> Vec<String> {
        let mut out = Vec::new();
        out.extend(self.part_months());
        for (at, rates) in self.used() {
            out.extend(self.window_convention(rates));
            out.extend(tier_conventions(rates));
            out.extend(self.lookback_convention(rates));
            out.extend(self.holiday_convention(at, rates));
            out.extend(self.export_convention(rates));
            out.extend(ratchet_convention(rates));
            out.extend(self.minimum_convention(rates));
            if let Some(subscription) = rates.subscription.filter(|it| it.subscribed_kw.is_none()) {
                let blocks = self.peaks.blocks(at, &subscription);
                let kw = blocks * subscription.block_kw;
                out.push(format!(
                    "the customer chooses the subscribed power; {kw} kW ({blocks} blocks) is the cheapest for this load"
                ));
            }
        }
        if self.timeline.months.iter().any(|month| month.parts.len() > 1) {
            out.push(
                "where rates change inside a month, each part has its own peak, and charges by the month count by days"
                    .to_owned(),
            );
        }
        let mut seen = BTreeSet::new();
        out.retain(|line| seen.insert(line.clone()));
        out
    }

    fn part_months(&self) -> Option<String> {
        let is_part = |month: &&Month| month.covered_days() < month.days() - 1e-6;
        let parts: Vec<&Month> = self.timeline.months.iter().filter(is_part).collect();
        let first = parts.first()?;
        let (covered, days, month) = (first.covered_days(), first.days(), first.first.strftime("%Y-%m"));
        let more = if parts.len() > 1 { format!(" and {} more", parts.len() - 1) } else { String::new() };
        Some(format!(
            "{month} is covered in part ({covered:.1} of {days} days){more}: amounts and tiers by the day count the days covered, \
             charges by the month (demand, fixed, minimum) are those of the whole month"
        ))
    }

    fn window_convention(&self, rates: &Rates) -> Option<String> {
        let charges = !rates.demand.is_empty() || rates.subscription.is_some();
        let minutes = self.load.interval_s() / 60;
        (charges && rates.demand_window_s.is_none()).then(|| {
            format!("the tariff does not state its demand interval: the load's own {minutes} minutes are used")
        })
    }

    fn lookback_convention(&self, rates: &Rates) -> Option<String> {
        let looks = rates.lookback.or_else(|| rates.demand.iter().find_map(|charge| charge.lookback))?;
        let months = self.timeline.months.len();
        (looks.range > 0).then(|| {
            let held = months.min(12);
            format!("of the months before the load began, the ratchet sees those of the load's first year ({held} months of it are there)")
        })
    }

    fn holiday_convention(&self, at: usize, rates: &Rates) -> Option<String> {
        if !tells_weekends_apart(rates) {
            return None;
        }
        let on_weekday = |day: &Date| day.weekday().to_monday_zero_offset() < 5;
        let named = |holidays: &Holidays| -> Vec<String> {
            self.days(at).filter(|day| on_weekday(day) && holidays.contains(*day)).map(|day| day.to_string()).collect()
        };
        if !rates.holidays.is_empty() {
            let days = named(&rates.holidays);
            return (!days.is_empty()).then(|| format!("holidays are billed as Sundays: {}", listed(&days)));
        }
        let federal = Holidays::parse(["us_federal"], None).unwrap_or_default();
        let days = named(&federal);
        (!days.is_empty()).then(|| {
            let days = listed(&days);
            format!("the tariff names no holidays: {days} (US federal) are billed as ordinary weekdays; `holidays` in its file changes that")
        })
    }

    fn minimum_convention(&self, rates: &Rates) -> Option<String> {
        let is_nothing = rates.minimum.iter().any(|amount| amount.usd == 0.0);
        let earns = self.months.iter().any(|month| month.total_usd() < 0.0);
        (is_nothing && earns).then(|| "a minimum of 0 $ counts as none: a month may end in a credit".to_owned())
    }

    fn export_convention(&self, rates: &Rates) -> Option<String> {
        let exports = self.months.iter().any(|month| month.exported_kwh > 0.0);
        let rule = rates.energy.as_ref().filter(|_| exports)?.exports;
        let minutes = self.load.interval_s() / 60;
        Some(match rule {
            ExportRule::Month => {
                "net metering in kWh: a surplus covers its own period of the month, then the same period of later months (of a season's \
                 periods that have ended: the most expensive of the others first); what is left at the end earns the selling price"
                    .to_owned()
            }
            ExportRule::Hour => {
                "net billing by the hour: what is imported and exported in one hour and period of the tariff is netted; what is left \
                 over of the hour is bought or sold, and nothing is carried on"
                    .to_owned()
            }
            ExportRule::Instantaneous | ExportRule::Unsaid => {
                let whose = if rule == ExportRule::Unsaid { "the tariff does not say how exports are netted" } else { "net billing" };
                format!("{whose}: each {minutes} minutes of the load are bought or sold for themselves, and nothing is carried on")
            }
            ExportRule::BuyAllSellAll => format!(
                "buy all, sell all: a load that is net of its own generation holds only the rest; each {minutes} minutes of it are bought \
                 or sold for themselves"
            ),
        })
    }
}

/// Which demand charges the ratchet acts on, where there is more than one.
fn ratchet_convention(rates: &Rates) -> Option<String> {
    let mut ratcheted = rates.demand.iter().filter(|charge| charge.lookback.is_some_and(|lookback| lookback.range > 0));
    let first = ratcheted.next()?;
    let others: Vec<&str> =
        rates.demand.iter().filter(|charge| charge.lookback.is_none()).map(|charge| charge.name.as_str()).collect();
    if first.kind != DemandKind::Flat {
        return Some(
            "the ratchet acts on each period of a demand charge by that period's own peaks of earlier months"
                .to_owned(),
        );
    }
    (!others.is_empty()).then(|| {
        let others = others.join(", ");
        format!("the ratchet acts on the {} alone, by the peaks of all hours; not on: {others}", first.name)
    })
}

fn counted_days(days: usize) -> String {
    format!("{days} {}", if days == 1 { "day" } else { "days" })
}

fn listed(days: &[String]) -> String {
    let more = days.len().saturating_sub(DAYS_NAMED);
    let shown = days[..days.len() - more].join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// A lookback that acts on nothing.
fn lost_lookback(rates: &Rates) -> Option<String> {
    let has_demand = rates.demand.iter().any(|charge| charge.lookback.is_some());
    let by_demand = rates.energy.iter().flat_map(|charge| charge.periods.iter().flatten());
    let has_hours = by_demand.into_iter().any(|tier| tier.basis == TierBasis::KwhPerKw);
    match (rates.lookback.is_some() && !has_demand, has_hours) {
        (true, true) => {
            Some("the tariff's ratchet has no demand charge: it applies to the hours-of-use tiers only".to_owned())
        }
        (true, false) => Some("the tariff's ratchet has no demand charge to act on and is left out".to_owned()),
        _ => None,
    }
}

fn tier_conventions(rates: &Rates) -> Vec<String> {
    let Some(charge) = &rates.energy else { return Vec::new() };
    let tiered = charge.periods.iter().filter(|tiers| tiers.len() > 1).count();
    let mut out = Vec::new();
    if tiered > 1 {
        out.push("all periods fill the energy tiers together, in chronological order".to_owned());
    }
    if charge.periods.iter().flatten().any(|tier| tier.basis == TierBasis::KwhPerKw) {
        out.push("hours-of-use tiers follow the billed demand of the month, after ratchets".to_owned());
    }
    out
}

/// Does a weekday ever cost something else than a Sunday?
fn tells_weekends_apart(rates: &Rates) -> bool {
    let schedules =
        rates.energy.iter().map(|charge| &charge.schedule).chain(rates.demand.iter().map(|charge| &charge.schedule));
    schedules.into_iter().any(|schedule| {
        Slot::all()
            .any(|(slot, month, _, second)| schedule.period(slot) != schedule.period(Slot::new(month, 6, second)))
    })
}

/// Where rates and load do not fit.
fn misfit(rates: &Rates, load: &Load, peak_kw: f64) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(window_s) = rates.demand_window_s.filter(|window_s| load.window_s(Some(*window_s)) != *window_s) {
        let (wanted, real) = (window_s / 60, load.interval_s() / 60);
        notes.push(format!("demand is metered over {wanted} minutes; the load's {real} minutes are used instead"));
    }
    if let (_, Some(most)) = rates.fits_kw
        && peak_kw > most
    {
        notes.push(format!("the schedule is for peaks up to {most} kW; the load's is {peak_kw:.1} kW"));
    }
    if let (Some(least), _) = rates.fits_kw
        && peak_kw < least
    {
        notes.push(format!("the schedule is for peaks from {least} kW; the load's is {peak_kw:.1} kW"));
    }
    notes
}
