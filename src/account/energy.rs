//! What energy costs in a month: tiers, net metering, exports.

use super::lines::{Component, Line};
use super::load::{Load, Month, Part, Timeline};
use super::tariff::{EnergyCharge, EnergyTier, ExportRule, Tariff, TierBasis};

/// kWh by period and tier.
type Climbed = Vec<Vec<f64>>;

/// Surplus of net metering that is carried to later months.
#[derive(Debug, Clone, Default)]
pub(super) struct Surplus {
    /// By period of the rates, kWh.
    kwh: Vec<f64>,
    /// What a surplus earns that is left at the end, by period, $/kWh.
    sell_usd_per_kwh: Vec<f64>,
}

impl Surplus {
    /// All of it, kWh.
    pub(super) fn total_kwh(&self) -> f64 {
        self.kwh.iter().sum()
    }

    /// What it earns when the load ends, $.
    pub(super) fn sold_usd(&self) -> f64 {
        self.kwh.iter().zip(&self.sell_usd_per_kwh).map(|(kwh, usd)| kwh * usd).sum()
    }

    /// Of net energy by period (negative: surplus), what has to be bought after the surplus carried so far; the rest of
    /// the surplus is carried on. It covers its own period first. That of periods which the month does not have (those of
    /// another season) covers the others, the most expensive first.
    fn settle(&mut self, charge: &EnergyCharge, net: &[f64], in_month: &[bool]) -> Vec<f64> {
        self.kwh.resize(net.len().max(self.kwh.len()), 0.0);
        self.sell_usd_per_kwh.resize(self.kwh.len(), 0.0);
        let mut bought: Vec<f64> = net.iter().map(|kwh| kwh.max(0.0)).collect();
        for (period, kwh) in net.iter().enumerate() {
            self.sell_usd_per_kwh[period] = charge.periods[period][0].sell_usd_per_kwh;
            self.kwh[period] += (-kwh).max(0.0);
            take(&mut self.kwh[period], &mut bought[period]);
        }
        let price =
            |period: &usize| charge.periods.get(*period).map_or(0.0, |tiers: &Vec<EnergyTier>| tiers[0].usd_per_kwh);
        let mut dearest: Vec<usize> = (0..self.kwh.len()).collect();
        dearest.sort_by(|a, b| price(b).total_cmp(&price(a)));
        for from in dearest.iter().filter(|period| !in_month.get(**period).copied().unwrap_or(false)) {
            for to in &dearest {
                if let Some(to_buy) = bought.get_mut(*to) {
                    take(&mut self.kwh[*from], to_buy);
                }
            }
        }
        bought
    }
}

/// Moves as much as both have.
fn take(from: &mut f64, to: &mut f64) {
    let kwh = from.min(*to);
    *from -= kwh;
    *to -= kwh;
}

/// The lines of a month. `demand_kw` is the demand that hours-of-use tiers go by.
pub(super) fn energy_lines(
    tariff: &Tariff,
    load: &Load,
    timeline: &Timeline,
    month: &Month,
    demand_kw: f64,
    surplus: &mut Surplus,
) -> Vec<Line> {
    let mut lines = Vec::new();
    let (mut bought_kwh, mut sold_kwh) = (0.0, 0.0);
    for part in &month.parts {
        let Some(charge) = &tariff.rates[part.rates].energy else {
            continue;
        };
        let ends = |tiers: &Vec<EnergyTier>| ends_kwh(tiers, month.covered_days(), demand_kw);
        let limits: Vec<Vec<f64>> = charge.periods.iter().map(ends).collect();
        let mut bought: Climbed = charge.periods.iter().map(|tiers| vec![0.0; tiers.len()]).collect();
        let mut sold = bought.clone();
        let mut add = |period: usize, kwh: f64| {
            if kwh >= 0.0 {
                climb(&limits[period], &mut bought_kwh, kwh, &mut bought[period]);
            } else {
                climb(&limits[period], &mut sold_kwh, -kwh, &mut sold[period]);
            }
        };
        let energy = part.steps().map(|at| (charge.schedule.period(timeline.slots[at]), load.kw()[at] * load.hours()));
        let is_netted = charge.exports == ExportRule::Month
            && (surplus.total_kwh() > 0.0 || part.steps().any(|at| load.kw()[at] < 0.0));
        if is_netted {
            let before_kwh = surplus.total_kwh();
            let (net, in_month) = net_by_period(charge.periods.len(), energy);
            let to_buy = surplus.settle(charge, &net, &in_month);
            to_buy.into_iter().enumerate().for_each(|(period, kwh)| add(period, kwh));
            lines.extend(carried_line(surplus.total_kwh() - before_kwh));
        } else if charge.exports == ExportRule::Hour {
            for (period, kwh) in net_by_hour(load, part, energy) {
                add(period, kwh);
            }
        } else {
            energy.for_each(|(period, kwh)| add(period, kwh));
        }
        price(charge, month.number(), &bought, &sold, &mut lines);
    }
    lines
}

/// Net energy of each hour by period, in order of time.
fn net_by_hour(load: &Load, part: &Part, energy: impl Iterator<Item = (usize, f64)>) -> Vec<(usize, f64)> {
    let mut out: Vec<(usize, f64)> = Vec::new();
    let mut last = None;
    for (at, (period, kwh)) in part.steps().zip(energy) {
        let of = Some((load.local_hour(at), period));
        match out.last_mut().filter(|_| last == of) {
            Some(net) => net.1 += kwh,
            None => out.push((period, kwh)),
        }
        last = of;
    }
    out
}

/// Net energy by period, and which periods there are.
fn net_by_period(periods: usize, energy: impl Iterator<Item = (usize, f64)>) -> (Vec<f64>, Vec<bool>) {
    let (mut net, mut in_month) = (vec![0.0; periods], vec![false; periods]);
    for (period, kwh) in energy {
        net[period] += kwh;
        in_month[period] = true;
    }
    (net, in_month)
}

/// What net metering puts aside or takes from there: it costs nothing.
fn carried_line(kwh: f64) -> Option<Line> {
    let name = if kwh > 0.0 { "surplus carried to later months" } else { "surplus of earlier months" };
    let line = Line { component: Component::Energy, name: name.to_owned(), quantity: -kwh, unit: "kWh", usd: 0.0 };
    (kwh != 0.0).then_some(line)
}

/// Where each tier ends in a month of so many days and so much demand, kWh.
pub(super) fn ends_kwh(tiers: &[EnergyTier], days: f64, demand_kw: f64) -> Vec<f64> {
    let end = |tier: &EnergyTier| match tier.basis {
        _ if tier.up_to.is_infinite() => f64::INFINITY,
        TierBasis::Kwh => tier.up_to,
        TierBasis::KwhDaily => tier.up_to * days,
        TierBasis::KwhPerKw => tier.up_to * demand_kw,
    };
    tiers.iter().map(end).collect()
}

/// Puts energy on the tiers, beginning at what was used before.
fn climb(limits_kwh: &[f64], used_kwh: &mut f64, kwh: f64, tiers_kwh: &mut [f64]) {
    let mut rest = kwh;
    for (limit, tier) in limits_kwh.iter().zip(tiers_kwh) {
        let taken = rest.min((limit - *used_kwh).max(0.0));
        *tier += taken;
        *used_kwh += taken;
        rest -= taken;
        if rest <= 0.0 {
            return;
        }
    }
}

fn price(charge: &EnergyCharge, month: usize, bought: &Climbed, sold: &Climbed, lines: &mut Vec<Line>) {
    let mut push = |name: String, quantity: f64, usd: f64| {
        if quantity != 0.0 {
            lines.push(Line { component: Component::Energy, name, quantity, unit: "kWh", usd });
        }
    };
    for (period, tiers) in charge.periods.iter().enumerate() {
        let name = charge.names.get(period).cloned().unwrap_or_else(|| format!("energy period {period}"));
        let named = |tier: usize| if tiers.len() > 1 { format!("{name}, tier {}", tier + 1) } else { name.clone() };
        for (at, tier) in tiers.iter().enumerate() {
            let (bought, sold) = (bought[period][at], sold[period][at]);
            push(named(at), bought, bought * tier.usd_per_kwh);
            push(format!("{}, exported", named(at)), -sold, -sold * tier.sell_usd_per_kwh);
        }
    }
    let adjustment = charge.adjustment_usd_per_kwh[month];
    if adjustment != 0.0 {
        let kwh: f64 = bought.iter().flatten().sum();
        push("monthly adjustment".to_owned(), kwh, kwh * adjustment);
    }
}

/// Bought and exported in a month, kWh.
pub(super) fn energy_kwh(load: &Load, month: &Month) -> (f64, f64) {
    let (mut bought, mut exported) = (0.0, 0.0);
    for at in month.parts.iter().flat_map(Part::steps) {
        let kwh = load.kw()[at] * load.hours();
        bought += kwh.max(0.0);
        exported += (-kwh).max(0.0);
    }
    (bought, exported)
}
