//! Rules and public money, as data with dates: `[rule.KIND.NAME]`. A rule obliges in a year when it is in force on the last
//! day of it; money counts for the share of the year in which it is in force.

use crate::kernel::calendar::parse_date;
use crate::kernel::curve::Curve;
use crate::kernel::sources::Sources;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// `[rule]`: all rules, by kind and name.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RulesSpec {
    /// The day up to which the rules are known, such as `"2026-11-01"`: what was adopted later is not in them.
    pub as_of: Option<String>,
    /// Least share of zero-emission vehicles among those bought.
    pub purchase_share: BTreeMap<String, ShareRule>,
    /// Least share of zero-emission vehicles among all.
    pub stock_share: BTreeMap<String, ShareRule>,
    /// Vehicles without zero emissions must go at an age or use.
    pub useful_life: BTreeMap<String, UsefulLifeRule>,
    /// Low-carbon fuel standards.
    pub fuel_standard: BTreeMap<String, FuelStandardRule>,
    /// Prices of emitted carbon, carried by the price of fuels.
    pub carbon_price: BTreeMap<String, CarbonPriceRule>,
    /// Fees for containers that are not moved by zero-emission trucks.
    pub truck_fee: BTreeMap<String, TruckFeeRule>,
    /// Taxes on the purchase of vehicles.
    pub vehicle_tax: BTreeMap<String, VehicleTaxRule>,
    /// Vouchers and tax credits for zero-emission vehicles.
    pub voucher: BTreeMap<String, VoucherRule>,
    /// Public money for infrastructure.
    pub infrastructure_credit: BTreeMap<String, InfrastructureCreditRule>,
    /// Credits of fuel standards for capacity that is there and not used.
    pub capacity_credit: BTreeMap<String, CapacityCreditRule>,
    /// Limits on the embodied carbon of materials.
    pub embodied_limit: BTreeMap<String, EmbodiedLimitRule>,
    /// Vessels at berth must control the exhaust of their auxiliary engines: by shore power, or by a barge that captures it.
    pub at_berth: BTreeMap<String, AtBerthRule>,
    /// Goals that a run meets or misses; they oblige nobody.
    pub target: BTreeMap<String, TargetRule>,
}

/// From when to when a rule applies, and whether it does at all.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Does it exist in this run? A switch for comparisons.
    #[serde(default = "default_on")]
    pub on: bool,
    /// First day, such as `"2025-07-01"`. None: always.
    pub from: Option<String>,
    /// Last day. None: for ever.
    pub until: Option<String>,
}

fn default_on() -> bool {
    true
}

impl Default for Term {
    fn default() -> Self {
        Self { on: true, from: None, until: None }
    }
}

impl Term {
    fn day(text: Option<&String>, otherwise: Date) -> Date {
        text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    }

    /// Share of a year in which it is in force, 0 to 1.
    #[must_use]
    pub fn share(&self, year: u16) -> f64 {
        if !self.on {
            return 0.0;
        }
        let (first, last) = (date(year as i16, 1, 1), date(year as i16, 12, 31));
        let from = Self::day(self.from.as_ref(), first).max(first);
        let until = Self::day(self.until.as_ref(), last).min(last);
        let days = |a: Date, b: Date| f64::from((b - a).get_days());
        (days(from, until + 1.day()) / days(first, last + 1.day())).max(0.0)
    }

    /// Is it in force at a time, years such as 2026.42?
    #[must_use]
    pub fn holds_at(&self, when: f64) -> bool {
        let first = date(when.floor() as i16, 1, 1);
        self.holds_on(first + ((when.fract() * f64::from(first.days_in_year())) as i64).days())
    }

    /// Is it in force on a day?
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.on && Self::day(self.from.as_ref(), day) <= day && Self::day(self.until.as_ref(), day) >= day
    }

    /// Does it oblige in a year?
    #[must_use]
    pub fn obliges(&self, year: u16) -> bool {
        let last = date(year as i16, 12, 31);
        self.on && Self::day(self.from.as_ref(), last) <= last && Self::day(self.until.as_ref(), last) >= last
    }

    /// Does it end before it begins?
    #[must_use]
    pub fn is_never(&self) -> bool {
        let day = |text: &Option<String>| text.as_ref().and_then(|text| parse_date(text).ok());
        day(&self.from).zip(day(&self.until)).is_some_and(|(from, until)| until < from)
    }

    /// A date that cannot be read.
    #[must_use]
    pub fn wrong_date(&self) -> Option<(&'static str, &str)> {
        let wrong =
            |name, text: &'_ Option<String>| text.as_deref().filter(|text| parse_date(text).is_err()).map(|_| name);
        let name = wrong("from", &self.from).or_else(|| wrong("until", &self.until))?;
        let text = if name == "from" { &self.from } else { &self.until };
        Some((name, text.as_deref().unwrap_or_default()))
    }
}

/// A least share of zero-emission vehicles.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShareRule {
    /// When it applies.
    #[serde(default)]
    pub term: Term,
    /// Vehicles it applies to: `truck`, or classes of equipment. Empty: all.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Share by year, 0 to 1.
    pub share: Curve,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// Vehicles without zero emissions end at an age or use.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UsefulLifeRule {
    /// When it applies.
    #[serde(default)]
    pub term: Term,
    /// Vehicles it applies to: `truck`, or classes of equipment. Empty: all.
    #[serde(default)]
    pub classes: Vec<String>,
    /// At this age it must go whatever its use, years.
    #[schemars(range(min = 1, max = 80))]
    pub most_age: u16,
    /// From this age it must go when its use is above `most_use`, years.
    #[schemars(range(min = 1, max = 80))]
    pub least_age: Option<u16>,
    /// km of a truck, hours of equipment.
    #[schemars(range(min = 1.0, max = 10_000_000.0))]
    pub most_use: Option<f64>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// A low-carbon fuel standard.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FuelStandardRule {
    /// When it applies.
    #[serde(default)]
    pub term: Term,
    /// Intensity from which the path falls, g `CO2e`/MJ.
    #[schemars(range(min = 1.0, max = 300.0))]
    pub baseline_g_per_mj: f64,
    /// Fall below the baseline by year, 0 to 1.
    pub reduction: Curve,
    /// Intensity of fossil diesel, g `CO2e`/MJ; that of `[transition.diesel_pool]`, where there is one.
    #[schemars(range(min = 1.0, max = 300.0))]
    pub diesel_g_per_mj: f64,
    /// Intensity of electricity by year, g `CO2e`/MJ.
    pub electricity_g_per_mj: Curve,
    /// Intensity of hydrogen by year, g `CO2e`/MJ.
    pub hydrogen_g_per_mj: Curve,
    /// MJ of diesel that one MJ of electricity displaces in a truck.
    #[schemars(range(min = 0.5, max = 10.0))]
    pub electric_ratio: f64,
    /// The same in equipment. Defaults to that of trucks.
    #[schemars(range(min = 0.5, max = 10.0))]
    pub equipment_electric_ratio: Option<f64>,
    /// The same of hydrogen.
    #[schemars(range(min = 0.5, max = 10.0))]
    pub hydrogen_ratio: f64,
    /// Share of hydrogen that may earn credits, by year: fossil hydrogen is out from its date.
    #[serde(default = "default_hydrogen_credited_share")]
    pub hydrogen_credited_share: Curve,
    /// Price of a credit by year, USD/t.
    pub usd_per_t: Curve,
    /// Share of the deficit of diesel that its price carries already: 1 where the diesel price is a retail price.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub in_diesel_price: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// A price of carbon.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CarbonPriceRule {
    /// When it applies.
    #[serde(default)]
    pub term: Term,
    /// Price of an allowance by year, USD/t.
    pub usd_per_t: Curve,
    /// Price that the price of diesel carries already, USD/t: only what is above it is added.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1_000.0))]
    pub in_diesel_price_usd_per_t: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// A fee for containers.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TruckFeeRule {
    /// When it applies.
    #[serde(default)]
    pub term: Term,
    /// Fee by year, USD/TEU.
    pub usd_per_teu: Curve,
    /// Share of hauls that pay (loaded ones).
    #[schemars(range(min = 0.0, max = 1.0))]
    pub paying_share: f64,
    /// Share of it that the truck pays in the end, by lower freight rates; the cargo owner pays the rest.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub pass_through: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// A tax on the purchase of a vehicle, share of its price without vouchers.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VehicleTaxRule {
    /// When it applies.
    #[serde(default)]
    pub term: Term,
    /// Vehicles it applies to: `truck`, or classes of equipment. Empty: all.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Share of the price by year.
    pub share: Curve,
    /// Are used vehicles taxed, too?
    #[serde(default)]
    pub on_used: bool,
    /// The party that gets it: `state`, `federal`, `port` or `ratepayer`.
    pub payee: Payer,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// The party that pays for a rule, or gets its money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    /// The state and its counties and cities.
    State,
    /// The United States.
    Federal,
    /// The ports.
    Port,
    /// All customers of the utility.
    Ratepayer,
}

/// A voucher or tax credit for a zero-emission vehicle.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VoucherRule {
    /// When it applies.
    #[serde(default)]
    pub term: Term,
    /// Vehicles it applies to: `truck`, or classes of equipment. Empty: all.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Which powertrains, by their words. Empty: all without tailpipe emissions.
    #[serde(default)]
    pub powertrains: Vec<String>,
    /// Amount by year, USD a vehicle.
    pub usd: Curve,
    /// Most of the price that it pays, 0 to 1.
    #[serde(default = "default_most_of_price")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub most_of_price: f64,
    /// Most of what the vehicle costs more than the cheapest of its class with a tailpipe. None: the price is the only bound.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub most_of_increment: Option<f64>,
    /// By size of the operator: `[vehicles up to, factor on the amount]`, rising.
    #[serde(default)]
    pub by_size: Vec<[f64; 2]>,
    /// Money of a year, USD. None: without end.
    pub budget_usd: Option<Curve>,
    /// The party that pays: `state`, `federal`, `port` or `ratepayer`.
    pub payer: Payer,
    /// Key of a `[rule.truck_fee]`: it pays no more than that fee has brought in.
    pub fund: Option<String>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

fn default_most_of_price() -> f64 {
    1.0
}

fn default_hydrogen_credited_share() -> Curve {
    Curve::Constant(1.0)
}

impl InfrastructureCreditRule {
    /// Does it pay for build-out of a kind at a site?
    #[must_use]
    pub fn is_for(&self, kind: super::spec::ProjectKind, site: &str) -> bool {
        self.kinds.contains(&kind) && (self.sites.is_empty() || self.sites.iter().any(|name| name == site))
    }
}

impl EmbodiedLimitRule {
    /// Emissions of a tonne that is built at a site in a year, t `CO2e`/t.
    #[must_use]
    pub fn t_per_t(&self, site: &str, year: u16) -> f64 {
        let binds = self.binds_private_works || self.public_sites.iter().any(|name| name == site);
        let limit = self.limit_t_per_t.as_ref().filter(|_| binds && self.term.obliges(year));
        limit.map_or(self.usual_t_per_t, |limit| self.usual_t_per_t.min(limit.at(year)))
    }
}

/// Public money for chargers, stations or connections.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InfrastructureCreditRule {
    /// When it applies.
    #[serde(default)]
    pub term: Term,
    /// Which projects.
    pub kinds: Vec<super::spec::ProjectKind>,
    /// Share of the cost.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// Most for one cabinet, position or connection, USD.
    #[schemars(range(min = 0.0, max = 1e9))]
    pub most_usd_each: f64,
    /// The party that pays: `state`, `federal`, `port` or `ratepayer`.
    pub payer: Payer,
    /// Only at these sites. Empty: at all.
    #[serde(default)]
    pub sites: Vec<String>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// A credit of the fuel standards in force for what public ports and stations could give, as far as nobody took it (in
/// California: 17 CCR 95486.2 to 95486.4).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapacityCreditRule {
    /// When it applies.
    #[serde(default)]
    pub term: Term,
    /// `chargers`, `hydrogen`, or both.
    pub kinds: Vec<super::spec::ProjectKind>,
    /// Share of the capacity that counts.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// Only at these sites. Empty: at all.
    #[serde(default)]
    pub sites: Vec<String>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

impl CapacityCreditRule {
    /// Does it pay for capacity of a kind at a site?
    #[must_use]
    pub fn is_for(&self, kind: super::spec::ProjectKind, site: &str) -> bool {
        self.kinds.contains(&kind) && (self.sites.is_empty() || self.sites.iter().any(|name| name == site))
    }
}

/// A limit on the embodied carbon of a material.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmbodiedLimitRule {
    /// When it applies.
    #[serde(default)]
    pub term: Term,
    /// Emissions of what is bought without the limit, t `CO2e`/t.
    #[schemars(range(min = 0.0, max = 20.0))]
    pub usual_t_per_t: f64,
    /// Most that the rule allows by year, t `CO2e`/t. None: reported, not limited.
    pub limit_t_per_t: Option<Curve>,
    /// Does it bind private construction, too? The act binds those of the state only.
    #[serde(default)]
    pub binds_private_works: bool,
    /// Sites whose construction is public.
    #[serde(default)]
    pub public_sites: Vec<String>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// Vessels at berth must control their exhaust (in California: 17 CCR 93130 and after).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AtBerthRule {
    /// When it applies: to calls by the day of their arrival at berth.
    #[serde(default)]
    pub term: Term,
    /// Types of vessels it applies to: values of `kind` of `[freight.vessels.class]`. Empty: all.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Share of calls that comply, by year.
    pub share: Curve,
    /// Share of those which cannot take shore power whose exhaust is captured, by year; the others use exceptions.
    #[serde(default)]
    pub captured_share: Curve,
    /// Most that leaves a captured funnel, nitrogen oxides, g per kWh of the auxiliary engines.
    #[schemars(range(min = 0.0, max = 30.0))]
    pub captured_nox_g_per_kwh: f64,
    /// The same of particles up to 2.5 micrometres.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub captured_pm25_g_per_kwh: f64,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// A goal.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetRule {
    /// Does it exist in this run? A switch for comparisons.
    #[serde(default = "default_on")]
    pub on: bool,
    /// The year by which it is to be met.
    #[schemars(range(min = 2000, max = 2100))]
    pub year: u16,
    /// What is judged.
    pub metric: TargetMetric,
    /// `zev_share`: at least this share; `co2e` and `net_zero`: at most this share of the first year's emissions.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub value: f64,
    /// `zev_share`: whose: `truck`, or classes of equipment. Empty: all.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Where the numbers come from: field name to key of `[source]`; `default` for the rest.
    #[serde(default)]
    pub sources: Sources,
}

/// What a goal judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TargetMetric {
    /// Share of zero-emission vehicles.
    ZevShare,
    /// All emissions of the hub: tailpipes and supply, t `CO2e` a year.
    Co2e,
    /// The same, and what is left must be removed from the air: see `removes` of `[industry]`.
    NetZero,
}

/// Does a list of classes mean this one?
#[must_use]
pub fn means(classes: &[String], class: &str) -> bool {
    classes.is_empty() || classes.iter().any(|name| name == class)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact, or rounded to cents")]
mod tests {
    use super::*;

    fn term(from: Option<&str>, until: Option<&str>) -> Term {
        Term { on: true, from: from.map(str::to_owned), until: until.map(str::to_owned) }
    }

    /// By hand: until 30 September are 273 of the 365 days of 2025.
    #[test]
    fn a_rule_counts_by_its_days_and_obliges_by_its_last() {
        let credit = term(None, Some("2025-09-30"));
        assert!((credit.share(2025) - 273.0 / 365.0).abs() < 1e-12);
        assert_eq!((credit.share(2024), credit.share(2026)), (1.0, 0.0));
        assert_eq!((credit.obliges(2024), credit.obliges(2025)), (true, false));
        let mandate = term(Some("2026-07-01"), None);
        assert_eq!((mandate.obliges(2025), mandate.obliges(2026)), (false, true));
        assert!((mandate.share(2026) - 184.0 / 365.0).abs() < 1e-12);
        assert_eq!(Term { on: false, ..mandate }.share(2030), 0.0);
        assert_eq!(term(Some("soon"), None).wrong_date(), Some(("from", "soon")));
    }
}
