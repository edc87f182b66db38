//! What demand costs in a month: peaks by period and day, ratchets, subscriptions.

use super::lines::{Component, Line};
use super::load::{Load, Month, Part, Timeline, Window};
use super::tariff::{DemandCharge, DemandKind, Lookback, Subscription, Tariff, demand_usd};

/// Peaks of a part of a month.
#[derive(Debug)]
pub(super) struct Metered {
    /// Over all hours, kW.
    peak_kw: f64,
    /// By demand charge and period; none where the period never came.
    charges: Vec<Vec<Option<Peak>>>,
}

/// The peak of a period.
#[derive(Debug, Clone, Copy, Default)]
struct Peak {
    kw: f64,
    /// Sum of the daily peaks, and what they cost, for charges by the day.
    daily_kw: f64,
    daily_usd: f64,
}

impl Metered {
    pub(super) fn of(tariff: &Tariff, load: &Load, timeline: &Timeline, part: &Part) -> Self {
        let rates = &tariff.rates[part.rates];
        let windows = load.windows(part, &timeline.slots, rates.demand_window_s);
        let peak_kw = windows.iter().fold(0.0_f64, |peak, window| peak.max(window.kw));
        Self { peak_kw, charges: rates.demand.iter().map(|charge| peaks(charge, &windows)).collect() }
    }
}

fn peaks(charge: &DemandCharge, windows: &[Window]) -> Vec<Option<Peak>> {
    let mut out = vec![None; charge.periods.len()];
    for day in windows.chunk_by(|a, b| a.day == b.day) {
        let mut today: Vec<Option<f64>> = vec![None; charge.periods.len()];
        for window in day {
            let peak = &mut today[charge.schedule.period(window.slot)];
            *peak = Some(peak.unwrap_or(0.0).max(window.kw));
        }
        for ((peak, kw), tiers) in out.iter_mut().zip(today).zip(&charge.periods) {
            if let Some(kw) = kw {
                let peak: &mut Peak = peak.get_or_insert_default();
                peak.kw = peak.kw.max(kw);
                peak.daily_kw += kw;
                peak.daily_usd += demand_usd(tiers, kw);
            }
        }
    }
    out
}

/// The highest peak of a month's parts, kW.
pub(super) fn peak_kw(parts: &[Metered]) -> f64 {
    parts.iter().fold(0.0, |peak, part| peak.max(part.peak_kw))
}

/// What demand costs in a month.
#[derive(Debug, Default)]
pub(super) struct Demand {
    pub(super) lines: Vec<Line>,
    /// What is billed, if there is a demand charge: the facility charge's, else the highest of any, kW.
    pub(super) billed_kw: Option<f64>,
    /// What hours-of-use tiers go by: what the facility charge bills, else the month's peak or the tariff's ratchet, kW.
    pub(super) hours_of_use_kw: f64,
}

/// A load's peaks by month, beside its months.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peaks<'a> {
    pub(super) tariff: &'a Tariff,
    pub(super) months: &'a [Month],
    pub(super) metered: &'a [Vec<Metered>],
}

impl Peaks<'_> {
    /// The demand of a month.
    pub(super) fn demand(&self, at: usize) -> Demand {
        let (mut facility_kw, mut any_kw): (Option<f64>, Option<f64>) = (None, None);
        let mut out = Demand { hours_of_use_kw: peak_kw(&self.metered[at]), ..Demand::default() };
        for (part, meter) in self.months[at].parts.iter().zip(&self.metered[at]) {
            let rates = &self.tariff.rates[part.rates];
            for (number, charge) in rates.demand.iter().enumerate() {
                for (period, tiers) in charge.periods.iter().enumerate() {
                    let Some(peak) = meter.charges[number][period].filter(|_| !tiers.is_empty()) else {
                        continue;
                    };
                    let ratchet_kw = self.charge_ratchet_kw(charge, (number, period), at);
                    let billed_kw = peak.kw.max(ratchet_kw).max(charge.least_kw);
                    let (quantity, unit, usd) = if charge.daily {
                        (peak.daily_kw, "kW-days", peak.daily_usd)
                    } else {
                        (billed_kw, "kW", part.share * demand_usd(tiers, billed_kw))
                    };
                    let name = demand_name(charge, period);
                    out.lines.push(Line { component: Component::Demand, name, quantity, unit, usd });
                    let kept = if charge.kind == DemandKind::Flat { &mut facility_kw } else { &mut any_kw };
                    *kept = Some(kept.unwrap_or(0.0).max(billed_kw));
                }
            }
            let ratchet_kw =
                rates.lookback.map_or(0.0, |lookback| self.ratchet_kw(&lookback, at, |month| self.peak_kw(month)));
            out.hours_of_use_kw = out.hours_of_use_kw.max(ratchet_kw);
            if let Some(subscription) = &rates.subscription {
                let blocks = self.blocks(part.rates, subscription);
                out.lines.extend(subscription_lines(subscription, blocks, meter.peak_kw, part.share));
            }
        }
        out.billed_kw = facility_kw.or(any_kw);
        out.hours_of_use_kw = facility_kw.unwrap_or(out.hours_of_use_kw);
        out
    }

    fn peak_kw(&self, month: usize) -> f64 {
        peak_kw(&self.metered[month])
    }

    /// The least demand that a charge's lookback lets a month pay for, kW.
    fn charge_ratchet_kw(&self, charge: &DemandCharge, (number, period): (usize, usize), at: usize) -> f64 {
        let Some(lookback) = &charge.lookback else {
            return 0.0;
        };
        self.ratchet_kw(lookback, at, |month| match charge.kind {
            DemandKind::Flat => self.peak_kw(month),
            _ => self.metered[month].iter().fold(0.0, |peak: f64, part| {
                let found = part.charges.get(number).and_then(|periods| periods.get(period)).copied().flatten();
                peak.max(found.map_or(0.0, |found| found.kw))
            }),
        })
    }

    fn ratchet_kw(&self, lookback: &Lookback, at: usize, of_month: impl Fn(usize) -> f64) -> f64 {
        let mut highest_kw: f64 = 0.0;
        for back in 0..=lookback.range {
            let month = at as i64 - back as i64;
            // Before the load began, its first year stands in for the year before.
            let seen = if month >= 0 { month as usize } else { month.rem_euclid(12) as usize };
            if seen < self.months.len() && lookback.months[self.months[seen].number()] {
                highest_kw = highest_kw.max(of_month(seen));
            }
        }
        lookback.share[self.months[at].number()] * highest_kw
    }

    /// Blocks of a subscription: as the customer has chosen, else the number that costs least over all months of the load
    /// under these rates.
    pub(super) fn blocks(&self, rates: usize, subscription: &Subscription) -> f64 {
        if let Some(kw) = subscription.subscribed_kw {
            return (kw / subscription.block_kw - 1e-9).ceil().max(0.0);
        }
        let parts = || {
            let all = self.months.iter().zip(self.metered).flat_map(|(month, metered)| month.parts.iter().zip(metered));
            all.filter(|(part, _)| part.rates == rates)
        };
        let highest_kw = parts().fold(0.0_f64, |peak, (_, meter)| peak.max(meter.peak_kw));
        let usd = |blocks: f64| -> f64 {
            let month = |(part, meter): (&Part, &Metered)| {
                let (fixed, over) = subscription.month_usd(blocks, meter.peak_kw);
                part.share * (fixed + over)
            };
            parts().map(month).sum()
        };
        // The cost is convex in the blocks: past the least it only rises.
        let most = (highest_kw / subscription.block_kw).ceil().clamp(1.0, 1e6) as u32;
        let mut best = (1.0, usd(1.0));
        for blocks in 2..=most {
            let now = usd(f64::from(blocks));
            if now >= best.1 {
                break;
            }
            best = (f64::from(blocks), now);
        }
        best.0
    }
}

fn subscription_lines(subscription: &Subscription, blocks: f64, peak_kw: f64, share: f64) -> Vec<Line> {
    let (fixed_usd, over_usd) = subscription.month_usd(blocks, peak_kw);
    let line = |name: String, quantity: f64, unit, usd: f64| Line {
        component: Component::Demand,
        name,
        quantity,
        unit,
        usd: share * usd,
    };
    let name = format!("subscription in blocks of {} kW", subscription.block_kw);
    let mut lines = vec![line(name, blocks, "blocks", fixed_usd)];
    let over_kw = (peak_kw - blocks * subscription.block_kw).max(0.0);
    if over_kw > 0.0 {
        lines.push(line("demand above the subscription".to_owned(), over_kw, "kW", over_usd));
    }
    lines
}

fn demand_name(charge: &DemandCharge, period: usize) -> String {
    let is_only = charge.periods.iter().filter(|tiers| !tiers.is_empty()).count() == 1;
    if charge.kind == DemandKind::Flat || is_only { charge.name.clone() } else { format!("{} {period}", charge.name) }
}
