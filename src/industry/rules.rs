//! What a plant uses, emits and costs in a year, with the levers that it has: formulas on plain values.

use super::hydrogen::GJ_PER_T;
use super::spec::{CarrierSpec, CreditSpec, FuelCreditSpec, IndustrySpec, LeverSpec, PlantSpec};
use crate::account::levelised::capital_recovery_factor;
use crate::kernel::sums::sums;
use crate::kernel::units::MJ_PER_KWH;
use crate::transition::regulation::Payer;
use std::collections::BTreeMap;

/// What fuel standards pay in a year, summed over those in force.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct FuelStandards {
    /// Price of a credit, USD/t.
    pub usd_per_t: f64,
    /// The same times the share of the baseline that is left after the year's reduction, USD/t.
    pub left_usd_per_t: f64,
}

impl FuelStandards {
    /// Credits of a fuel, USD/GJ, of these intensities in g/MJ: 17 CCR 95486.1, `(standard - intensity) x energy`, never below 0.
    #[must_use]
    pub fn usd_per_gj(&self, baseline_g_per_mj: f64, intensity_g_per_mj: f64) -> f64 {
        // A gram for a MJ is a kilogram for a GJ.
        ((baseline_g_per_mj * self.left_usd_per_t - intensity_g_per_mj * self.usd_per_t) / 1000.0).max(0.0)
    }
}

/// Prices and factors of a year that plants do not move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outside {
    /// Calendar year.
    pub year: u16,
    /// `CO2e` of electricity from the grid, kg per `MWh`: mean of the year.
    pub grid_kg_per_mwh: f64,
    /// Factors on it by local hour of the day, of mean 1.
    pub grid_by_hour: [f64; 24],
    /// Price of an allowance, USD/t.
    pub carbon_usd_per_t: f64,
    /// What fuel standards pay.
    pub fuel_standards: FuelStandards,
    /// Price of hydrogen at the end of its pipe where producers decide it, USD/GJ. None: the path of each carrier.
    pub hydrogen_usd_per_gj: Option<f64>,
}

impl Outside {
    /// A year in which electricity is as clean at all hours, no fuel standard pays, and each carrier says what hydrogen costs.
    #[must_use]
    pub const fn new(year: u16, grid_kg_per_mwh: f64, carbon_usd_per_t: f64) -> Self {
        Self {
            year,
            grid_kg_per_mwh,
            grid_by_hour: [1.0; 24],
            carbon_usd_per_t,
            fuel_standards: FuelStandards { usd_per_t: 0.0, left_usd_per_t: 0.0 },
            hydrogen_usd_per_gj: None,
        }
    }

    /// `CO2e` of electricity that is drawn by these factors of a day or week (empty: evenly), kg per `MWh`.
    fn drawn_kg_per_mwh(&self, load_by_hour: &[f64]) -> f64 {
        let even = [1.0; 24];
        let load = if load_by_hour.is_empty() { &even } else { load_by_hour };
        let weighted: f64 = load.iter().enumerate().map(|(hour, load)| load * self.grid_by_hour[hour % 24]).sum();
        self.grid_kg_per_mwh * weighted / load.iter().sum::<f64>()
    }
}

sums! {
    /// A year of a plant.
    #[derive(Debug, Clone, Copy, Default, PartialEq)]
    pub struct PlantYear {
        /// Units made.
        pub output: f64,
        /// Electricity, `MWh`.
        pub electricity_mwh: f64,
        /// All other energy, GJ.
        pub fuel_gj: f64,
        /// `CO2e` that leaves it, t.
        pub direct_t: f64,
        /// `CO2` that is captured, t.
        pub captured_t: f64,
        /// `CO2e` of its electricity, t.
        pub electricity_t: f64,
        /// `CO2e` of supplying its other energy, t.
        pub upstream_t: f64,
        /// Nitrogen oxides, kg.
        pub nox_kg: f64,
        /// Cost of its energy, USD.
        pub energy_usd: f64,
        /// Allowances for what leaves it, less free ones, USD.
        pub carbon_usd: f64,
        /// Running cost of its levers, and the tariff for what is captured, USD.
        pub lever_usd: f64,
        /// Credits of fuel standards for what it uses, USD.
        pub standard_usd: f64,
        /// Tax credits for what it uses, USD.
        pub fuel_tax_credit_usd: f64,
    }
}

impl PlantYear {
    /// All that it emits, and that is emitted for it, t.
    #[must_use]
    pub fn co2e_t(&self) -> f64 {
        self.direct_t + self.electricity_t + self.upstream_t
    }

    /// What running costs its owner, without investment and credits of levers, USD.
    #[must_use]
    pub fn running_usd(&self) -> f64 {
        self.energy_usd + self.carbon_usd + self.lever_usd - self.standard_usd - self.fuel_tax_credit_usd
    }
}

/// A unit of a plant's product.
struct Unit<'a> {
    /// Energy by carrier, GJ.
    gj: BTreeMap<&'a str, f64>,
    /// `CO2e` that leaves the plant, t.
    direct_t: f64,
    /// `CO2` that is captured, t.
    captured_t: f64,
}

/// A unit as levers leave it.
fn unit<'a>(spec: &IndustrySpec, plant: &'a PlantSpec, levers: &[&'a LeverSpec]) -> Unit<'a> {
    let mut gj: BTreeMap<&str, f64> = plant.gj_per_unit.iter().map(|(key, gj)| (key.as_str(), *gj)).collect();
    let (mut process_kg, mut escapes) = (plant.process_kg_per_unit, 1.0);
    for lever in levers {
        for (carrier, factor) in &lever.gj_factor {
            if let Some(gj) = gj.get_mut(carrier.as_str()) {
                *gj *= factor;
            }
        }
        for (carrier, replaced) in &lever.gj_replaced {
            let moved_gj = gj.get(carrier.as_str()).map_or(0.0, |gj| gj * replaced.share);
            *gj.entry(carrier).or_default() -= moved_gj;
            *gj.entry(&replaced.by).or_default() += moved_gj * replaced.gj_per_gj;
        }
        for (carrier, more) in &lever.gj_added {
            *gj.entry(carrier).or_default() += more;
        }
        process_kg *= lever.process_factor;
        escapes *= 1.0 - lever.capture_share;
    }
    let direct_kg =
        |gj: &BTreeMap<&str, f64>| -> f64 { gj.iter().map(|(key, gj)| spec.carrier[*key].direct_kg_per_gj * gj).sum() };
    // Energy of capture is not captured itself: it comes from outside of the stream that is cleaned.
    let stream_kg = direct_kg(&gj) + process_kg;
    let captured_t = stream_kg * (1.0 - escapes) / 1000.0;
    let before = direct_kg(&gj);
    for lever in levers.iter().filter(|lever| lever.capture_share > 0.0) {
        for (carrier, each) in &lever.gj_per_captured_t {
            *gj.entry(carrier).or_default() += each * captured_t;
        }
    }
    let direct_t = stream_kg / 1000.0 - captured_t + (direct_kg(&gj) - before) / 1000.0;
    Unit { gj, direct_t, captured_t }
}

/// Hydrogen that a plant buys, t.
#[must_use]
pub fn hydrogen_t(spec: &IndustrySpec, plant: &PlantSpec, levers: &[&LeverSpec], output: f64) -> f64 {
    let gj = unit(spec, plant, levers).gj.into_iter().filter(|(key, _)| spec.carrier[*key].is_hydrogen);
    gj.map(|(_, gj)| gj * output / GJ_PER_T).sum()
}

/// When a plant draws the electricity of a carrier: factors of a day or a week; empty: evenly.
fn load_by_hour<'a>(carrier: &'a CarrierSpec, plant: &'a PlantSpec) -> &'a [f64] {
    if carrier.load_by_hour.is_empty() { &plant.load_by_hour } else { &carrier.load_by_hour }
}

/// Hours of a week.
pub const WEEK_H: usize = 168;

/// What a plant draws from the grid by local hour of the week from Monday, kW, in a year of so many hours. The year's energy is
/// that of [`plant_year`], spread by the factors of its carrier, or else by the plant's own.
#[must_use]
pub fn load_kw(spec: &IndustrySpec, plant: &PlantSpec, levers: &[&LeverSpec], output: f64, year_h: f64) -> Vec<f64> {
    let mut kw = vec![0.0; WEEK_H];
    for (key, gj) in unit(spec, plant, levers).gj {
        let carrier = &spec.carrier[key];
        if !carrier.is_electricity {
            continue;
        }
        let mean_kw = gj * output / MJ_PER_KWH * 1000.0 / year_h;
        let factors = load_by_hour(carrier, plant);
        let mean = factors.iter().sum::<f64>() / factors.len().max(1) as f64;
        for (hour, kw) in kw.iter_mut().enumerate() {
            *kw += if factors.is_empty() { mean_kw } else { mean_kw * factors[hour % factors.len()] / mean };
        }
    }
    for kw in &mut kw {
        *kw = kw.max(0.0);
    }
    kw
}

/// A plant with some levers in a year, at an output of so many units.
#[must_use]
pub fn plant_year(
    spec: &IndustrySpec,
    plant: &PlantSpec,
    levers: &[&LeverSpec],
    outside: Outside,
    output: f64,
) -> PlantYear {
    let Outside { year, carbon_usd_per_t, .. } = outside;
    let Unit { gj, direct_t, captured_t } = unit(spec, plant, levers);
    let mut out =
        PlantYear { output, direct_t: direct_t * output, captured_t: captured_t * output, ..PlantYear::default() };
    for (key, gj) in &gj {
        energy(&spec.carrier[*key], gj * output, (plant, outside), &mut out);
    }
    for (credit, used_gj) in credited(spec, &gj, output) {
        out.standard_usd += used_gj * standard_usd_per_gj(credit, &spec.carrier[&credit.carrier], outside);
        out.fuel_tax_credit_usd += used_gj * credit.tax_usd_per_gj(year);
    }
    let free_t = plant.benchmark_kg_per_unit.at(year) / 1000.0 * output;
    let stored_t = out.captured_t * (1.0 - spec.stored_exempt_share.at(year));
    out.carbon_usd = (out.direct_t + stored_t - free_t) * carbon_usd_per_t;
    for lever in levers {
        out.lever_usd += lever.opex_usd_per_unit * output;
        if lever.capture_share > 0.0 {
            let tariff = lever.network.as_ref().and_then(|key| spec.network.get(key));
            let usd_per_t = lever.opex_usd_per_captured_t + tariff.map_or(0.0, |network| network.usd_per_t.at(year));
            out.lever_usd += usd_per_t * out.captured_t;
        }
    }
    out
}

/// Credits for what a plant uses at an output of so many units, each with how much of its carrier that is, GJ.
fn credited<'a>(
    spec: &'a IndustrySpec,
    gj: &BTreeMap<&str, f64>,
    output: f64,
) -> impl Iterator<Item = (&'a FuelCreditSpec, f64)> {
    let credits = spec.fuel_credit.values().filter(|credit| credit.on);
    credits.filter_map(move |credit| Some((credit, gj.get(credit.carrier.as_str())? * output)))
}

/// What fuel standards pay for a GJ of a carrier in a year, USD.
fn standard_usd_per_gj(credit: &FuelCreditSpec, carrier: &CarrierSpec, outside: Outside) -> f64 {
    let intensity_g_per_mj = carrier.direct_kg_per_gj + carrier.upstream_kg_per_gj.at(outside.year);
    let earned = |baseline| outside.fuel_standards.usd_per_gj(baseline, intensity_g_per_mj);
    credit.baseline_g_per_mj.map_or(0.0, earned)
}

/// Tax credits for the carriers that a plant uses in a year, by who pays, USD.
#[must_use]
pub fn fuel_tax_credits(
    spec: &IndustrySpec,
    plant: &PlantSpec,
    levers: &[&LeverSpec],
    (year, output): (u16, f64),
) -> Vec<(Payer, f64)> {
    let gj = unit(spec, plant, levers).gj;
    let paid = |(credit, used_gj): (&FuelCreditSpec, f64)| Some((credit.payer?, used_gj * credit.tax_usd_per_gj(year)));
    credited(spec, &gj, output).filter_map(paid).collect()
}

/// Adds the use of a carrier at a plant.
fn energy(carrier: &CarrierSpec, gj: f64, (plant, outside): (&PlantSpec, Outside), out: &mut PlantYear) {
    let hydrogen_usd = outside.hydrogen_usd_per_gj.filter(|_| carrier.is_hydrogen);
    out.energy_usd += gj * hydrogen_usd.unwrap_or_else(|| carrier.usd_per_gj.at(outside.year));
    out.nox_kg += gj * carrier.nox_g_per_gj / 1000.0;
    if carrier.is_electricity {
        let mwh = gj / MJ_PER_KWH;
        out.electricity_mwh += mwh;
        out.electricity_t += mwh * outside.drawn_kg_per_mwh(load_by_hour(carrier, plant)) / 1000.0;
    } else {
        out.fuel_gj += gj;
        out.upstream_t += gj * carrier.upstream_kg_per_gj.at(outside.year) / 1000.0;
    }
}

/// What a lever would do for a plant. It is built for the largest output of its life; yearly amounts are means over its life,
/// discounted as its investment is, so that a plant that makes less and less bears its investment with what it makes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Effect {
    /// Investment with the premium of the first ones, before public money, USD.
    pub capex_usd: f64,
    /// Of it for being among the first, USD.
    pub premium_usd: f64,
    /// Annuity of the investment less public money, and the change of running cost less credits, with the price of carbon, USD a
    /// year: below 0 it pays.
    pub usd_per_year: f64,
    /// The same without the price of carbon and credits, and before public money: the resource cost.
    pub resource_usd_per_year: f64,
    /// Credits, spread over its life, USD a year.
    pub credit_usd_per_year: f64,
    /// Running cost of the lever itself that a margin is taken of: annuity and running cost, USD a year.
    pub gross_usd_per_year: f64,
    /// `CO2e` that is emitted less, with supply, t a year.
    pub abated_t: f64,
    /// Captured more at the largest output of its life, t a year.
    pub captured_t: f64,
    /// Electricity more then, `MWh` a year.
    pub electricity_mwh: f64,
    /// Hydrogen more then, t a year.
    pub hydrogen_t: f64,
}

impl Effect {
    /// Resource cost of a tonne. None where it abates nothing.
    #[must_use]
    pub fn usd_per_t(&self) -> Option<f64> {
        (self.abated_t > 0.0).then(|| self.resource_usd_per_year / self.abated_t)
    }

    /// What its owner lacks for a tonne, with credits, public money and the price of carbon: at or below 0 it is decided.
    #[must_use]
    pub fn missing_usd_per_t(&self) -> Option<f64> {
        (self.abated_t > 0.0).then(|| self.usd_per_year / self.abated_t)
    }
}

/// A plant that could have a lever: the plant as it is, the money that it gets, and how many have it already.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The plant.
    pub plant: &'a PlantSpec,
    /// The levers that it has.
    pub has: &'a [&'a LeverSpec],
    /// Key of the lever.
    pub key: &'a str,
    /// The lever.
    pub lever: &'a LeverSpec,
    /// Public money for it, USD.
    pub public_usd: f64,
    /// How many work or have worked.
    pub built: u32,
}

impl Candidate<'_> {
    fn output(&self, year: u16) -> f64 {
        if self.plant.closes.is_some_and(|closes| closes <= year) { 0.0 } else { self.plant.output.at(year) }
    }

    /// Output of so many years from the first of operation.
    fn outputs(&self, starts: u16, years: u32) -> impl Iterator<Item = f64> {
        (0..years as u16).map(move |age| self.output(starts + age))
    }

    /// Its present value at a rate, each year's at its end.
    fn present_output(&self, starts: u16, years: u32, rate: f64) -> f64 {
        (1..).zip(self.outputs(starts, years)).map(|(age, output)| output / (1.0 + rate).powi(age)).sum()
    }
}

/// Effect of a lever, at the prices and factors of the year of its decision.
#[must_use]
pub fn effect(spec: &IndustrySpec, candidate: &Candidate<'_>, outside: Outside) -> Effect {
    let Candidate { plant, has, key, lever, public_usd, built } = *candidate;
    let rate = plant.rate.unwrap_or(spec.rate);
    let annuity = capital_recovery_factor(rate, lever.life_years);
    let starts = outside.year + lever.lead_years;
    let most = candidate.outputs(starts, lever.life_years).fold(0.0, f64::max);
    let mean = candidate.present_output(starts, lever.life_years, rate) * annuity;
    let with: Vec<&LeverSpec> = has.iter().copied().chain([lever]).collect();
    let at = |output: f64| [has, &with].map(|levers| plant_year(spec, plant, levers, outside, output));
    let [[before, after], [old, new]] = [at(mean), at(most)];
    let captured_t = new.captured_t - old.captured_t;
    let usual_usd = lever.capex_usd_per_unit * most + lever.capex_usd_per_captured_t * captured_t.max(0.0);
    let premium_usd = usual_usd * lever.premium * (1.0 - f64::from(built) / lever.premium_units).max(0.0);
    let capex_usd = usual_usd + premium_usd;
    let per_unit_t = if most > 0.0 { captured_t / most } else { 0.0 };
    // A credit is paid for fewer years than the lever works.
    let credit_usd = |credit: &CreditSpec| {
        let paid = candidate.present_output(starts, credit.years.min(lever.life_years), rate);
        if credit.holds(key, lever, outside.year) { credit.usd(per_unit_t * paid, paid) * annuity } else { 0.0 }
    };
    let credit_usd: f64 = spec.credit.values().map(credit_usd).sum();
    let own_usd = after.lever_usd - before.lever_usd;
    let running_usd = after.running_usd() - before.running_usd();
    let energy_usd = after.energy_usd - before.energy_usd;
    Effect {
        capex_usd,
        premium_usd,
        usd_per_year: (capex_usd - public_usd).max(0.0) * annuity + running_usd - credit_usd,
        resource_usd_per_year: capex_usd * annuity + own_usd + energy_usd,
        credit_usd_per_year: credit_usd,
        gross_usd_per_year: capex_usd * annuity + own_usd.max(0.0),
        abated_t: before.co2e_t() - after.co2e_t(),
        captured_t,
        electricity_mwh: new.electricity_mwh - old.electricity_mwh,
        hydrogen_t: hydrogen_t(spec, plant, &with, most) - hydrogen_t(spec, plant, has, most),
    }
}

/// What is bought of each way to take so many tonnes from the air in a year: key, t and USD, the cheapest first.
#[must_use]
pub fn removals(spec: &IndustrySpec, year: u16, needed_t: f64) -> Vec<(&str, f64, f64)> {
    let mut ways: Vec<(&str, f64, f64)> =
        spec.removal.iter().map(|(key, way)| (key.as_str(), way.most_t.at(year), way.usd_per_t.at(year))).collect();
    ways.sort_by(|a, b| a.2.total_cmp(&b.2));
    let mut left_t = needed_t.max(0.0);
    let mut bought = Vec::new();
    for (key, most_t, usd_per_t) in ways {
        let tonnes = left_t.min(most_t);
        if tonnes > 0.0 {
            bought.push((key, tonnes, tonnes * usd_per_t));
            left_t -= tonnes;
        }
    }
    bought
}

#[cfg(test)]
mod tests;
