//! What things cost that a scenario has: investment, life, upkeep; and money over the years that follow from them.
//!
//! Method: real money without tax or financing, discounted at a real rate. An investment is an annuity over its own life
//! ([`capital_recovery_factor`]), so things of different lives add up to one yearly cost. The present value over a horizon
//! buys again at the end of each life; what a thing would still last at the end counts in proportion (straight line).

use super::cost::present_value;
use super::levelised::capital_recovery_factor;
use crate::kernel::curve::Curve;
use crate::kernel::sources::Sources;
use schemars::JsonSchema;
use serde::Deserialize;

/// `[money]`: what a year of the scenario costs is told where this is there.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoneySpec {
    /// Real rate of discount, share a year.
    #[schemars(range(min = 0.0, max = 0.3))]
    pub discount_rate: f64,
    /// Horizon of the net present value, years.
    #[schemars(range(min = 1, max = 60))]
    pub years: u32,
    /// The year whose US dollars all results are in, and all prices that name no other.
    #[schemars(range(min = 1990, max = 2100))]
    pub usd_of: u16,
    /// Consumer prices by year, any base: prices that name another year of dollars are converted with it.
    pub price_index: Option<Curve>,
    /// Price of diesel, USD per US gallon. None: diesel is in no cost, which the run says where any is burnt.
    #[schemars(range(min = 0.0, max = 50.0))]
    pub diesel_usd_per_gal: Option<f64>,
    /// What a haul costs that nobody served, USD.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub unmet_haul_usd: f64,
    /// What a haul costs that came late, USD.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub late_haul_usd: f64,
    /// What an hour of equipment costs that was required and not served, USD.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub unserved_hour_usd: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// `[price.ID]`: what things of one kind cost.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceSpec {
    /// What it is the price of: `charger.KEY` (a cabinet; kW of it), `site.KEY` (the connection; kW of its limit), `node.KEY`
    /// (kW of its limit), `storage.KEY` (kW, kWh), `solar.KEY` (kW of modules), `truck_model.KEY`, `equipment_model.KEY` (a
    /// vehicle; kWh of its battery).
    #[schemars(length(min = 1))]
    pub of: Vec<String>,
    /// Year of the dollars in which it is written. None: that of `[money]`.
    #[schemars(range(min = 1990, max = 2100))]
    pub usd_of: Option<u16>,
    /// Investment in one of them, USD.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e9))]
    pub capex_usd: f64,
    /// Investment by its power, USD per kW.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e6))]
    pub capex_usd_per_kw: f64,
    /// Investment by its energy, USD per kWh.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e6))]
    pub capex_usd_per_kwh: f64,
    /// Life, years.
    #[schemars(range(min = 1, max = 100))]
    pub life_years: u32,
    /// Upkeep of one, USD a year.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e8))]
    pub upkeep_usd_per_year: f64,
    /// Upkeep, share of the investment a year.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub upkeep_share: f64,
    /// Labor that operates one, USD a year: whoever plugs in, drives or watches it.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e8))]
    pub labor_usd_per_year: f64,
    /// From the order until it is there and in use, months. None: it needs no time that matters.
    #[schemars(range(min = 1, max = 240))]
    pub lead_time_months: Option<u32>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// How much there is of what a price is of.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Quantity {
    /// Pieces.
    pub units: f64,
    /// Power of a piece, kW; none where nothing says so.
    pub kw: Option<f64>,
    /// Energy of a piece, kWh; none where nothing says so.
    pub kwh: Option<f64>,
}

impl Quantity {
    /// Is there more of it than of another one, in number or in the size of a piece? Power without a limit is more than any.
    #[must_use]
    pub fn is_more_than(&self, other: Self) -> bool {
        let is_larger = |mine: Option<f64>, theirs: Option<f64>| match (mine, theirs) {
            (Some(mine), Some(theirs)) => mine > theirs,
            (None, Some(_)) => true,
            (_, None) => false,
        };
        self.units > other.units
            || (other.units > 0.0 && (is_larger(self.kw, other.kw) || is_larger(self.kwh, other.kwh)))
    }
}

/// An investment that is made again at the end of each life.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Investment {
    /// USD.
    pub capex_usd: f64,
    /// Years.
    pub life_years: u32,
    /// Upkeep, USD a year.
    pub upkeep_usd_per_year: f64,
    /// Labor that operates it, USD a year.
    pub labor_usd_per_year: f64,
}

impl MoneySpec {
    /// From dollars of a year to those of the results: the ratio of the price index.
    #[must_use]
    pub fn from_dollars_of(&self, year: Option<u16>) -> f64 {
        let ratio = |(index, year): (&Curve, u16)| index.at(self.usd_of) / index.at(year);
        self.price_index.as_ref().zip(year).map_or(1.0, ratio)
    }
}

impl PriceSpec {
    /// What so much of it costs, in the dollars in which it is written.
    #[must_use]
    pub fn investment(&self, of: Quantity) -> Investment {
        let by_size = self.capex_usd_per_kw * of.kw.unwrap_or(0.0) + self.capex_usd_per_kwh * of.kwh.unwrap_or(0.0);
        let capex_usd = of.units * (self.capex_usd + by_size);
        let upkeep_usd_per_year = of.units * self.upkeep_usd_per_year + self.upkeep_share * capex_usd;
        let labor_usd_per_year = of.units * self.labor_usd_per_year;
        Investment { capex_usd, life_years: self.life_years, upkeep_usd_per_year, labor_usd_per_year }
    }
}

impl Investment {
    /// The same in other dollars, by how many of them one is worth.
    #[must_use]
    pub fn times(self, dollars: f64) -> Self {
        Self {
            capex_usd: self.capex_usd * dollars,
            upkeep_usd_per_year: self.upkeep_usd_per_year * dollars,
            labor_usd_per_year: self.labor_usd_per_year * dollars,
            ..self
        }
    }

    /// Its annuity, USD a year.
    #[must_use]
    pub fn annuity_usd(&self, rate: f64) -> f64 {
        self.capex_usd * capital_recovery_factor(rate, self.life_years)
    }

    /// Adds what it costs at the end of each year to flows from year 0 on (costs below zero).
    fn add_flows(&self, flows: &mut [f64]) {
        let Some(last) = flows.len().checked_sub(1) else { return };
        let life = self.life_years.max(1) as usize;
        for (year, flow) in flows.iter_mut().enumerate() {
            if year < last && year.is_multiple_of(life) {
                *flow -= self.capex_usd;
            }
            if year > 0 {
                *flow -= self.upkeep_usd_per_year + self.labor_usd_per_year;
            }
        }
        // The last one bought was so old at the end.
        let age = (last - 1) % life + 1;
        flows[last] += self.capex_usd * (life - age) as f64 / life as f64;
    }
}

/// Net present value of investments and of a cost that every year has, over so many years, USD (costs below zero).
#[must_use]
pub fn net_present_value(investments: &[Investment], yearly_usd: f64, rate: f64, years: u32) -> f64 {
    let mut flows = vec![0.0; years as usize + 1];
    flows.iter_mut().skip(1).for_each(|flow| *flow -= yearly_usd);
    for investment in investments {
        investment.add_flows(&mut flows);
    }
    present_value(rate, &flows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a} {b}");
    }

    /// By hand: 14 cabinets of 180 kW at 20,000 + 500 a kW are 1,540,000; upkeep 14 x 1,000 + 2 % of it, 44,800 a year; labor
    /// 14 x 300.
    #[test]
    fn a_price_by_hand() {
        let price = PriceSpec {
            of: vec!["charger.a".to_owned()],
            usd_of: None,
            capex_usd: 20_000.0,
            capex_usd_per_kw: 500.0,
            capex_usd_per_kwh: 0.0,
            life_years: 10,
            upkeep_usd_per_year: 1_000.0,
            upkeep_share: 0.02,
            labor_usd_per_year: 300.0,
            lead_time_months: None,
            sources: Sources::default(),
        };
        let made = price.investment(Quantity { units: 14.0, kw: Some(180.0), kwh: None });
        close(made.capex_usd, 1_540_000.0);
        close(made.upkeep_usd_per_year, 44_800.0);
        close(made.labor_usd_per_year, 4_200.0);
        // 10 years at 10 %: 0.1627453949 (see `levelised`).
        assert!((made.annuity_usd(0.1) - 250_627.908).abs() < 1e-2);
    }

    /// More pieces, or stronger ones, are more; fewer are not, nor is a connection with a limit against one without.
    #[test]
    fn what_is_more() {
        let of = |units: f64, kw: Option<f64>| Quantity { units, kw, kwh: None };
        assert!(of(3.0, Some(150.0)).is_more_than(of(2.0, Some(150.0))));
        assert!(of(2.0, Some(180.0)).is_more_than(of(2.0, Some(150.0))));
        assert!(!of(2.0, Some(150.0)).is_more_than(of(3.0, Some(150.0))));
        assert!(of(1.0, None).is_more_than(of(1.0, Some(800.0))) && !of(1.0, Some(800.0)).is_more_than(of(1.0, None)));
        assert!(of(1.0, None).is_more_than(Quantity::default()) && !of(1.0, None).is_more_than(of(1.0, None)));
    }

    /// Life 4, horizon 6, no discount: bought in years 0 and 4, half of the second is left: 1.5 of them; upkeep and labor six times.
    #[test]
    fn a_horizon_that_is_no_whole_life() {
        let made = Investment { capex_usd: 100.0, life_years: 4, upkeep_usd_per_year: 3.0, labor_usd_per_year: 2.0 };
        close(net_present_value(&[made], 7.0, 0.0, 6), -(150.0 + 18.0 + 12.0 + 42.0));
        // Whole lives: the present value of the annuity and upkeep over the years.
        let crf = |years| capital_recovery_factor(0.07, years);
        let yearly = made.annuity_usd(0.07) + 3.0 + 2.0 + 7.0;
        close(net_present_value(&[made], 7.0, 0.07, 8), -yearly / crf(8));
        close(net_present_value(&[made], 7.0, 0.07, 4), -yearly / crf(4));
    }
}
