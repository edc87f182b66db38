//! What is known of the options of a year beside what the built-in policies go by.

/// Holdings and options, in the rows of an adoption view. Costs are in USD of the scenario's money year; those by year add up to the
/// cost of owning.
#[derive(Debug, Clone, Default)]
pub struct OptionFacts {
    /// By holding: 0 trucks, from 1 the classes of equipment, by the alphabet.
    pub class: Vec<u32>,
    /// By option: the code of what moves it.
    pub powertrain: Vec<u8>,
    /// By option: price of a new one, USD.
    pub price_usd: Vec<f64>,
    /// By option: vouchers and tax credits for one, USD.
    pub incentive_usd: Vec<f64>,
    /// By option: its price less incentives and what it is worth at the end, by year, USD a year.
    pub capital_usd: Vec<f64>,
    /// By option: taxes on the purchase, by year, USD a year.
    pub tax_usd: Vec<f64>,
    /// By option: energy, USD a year.
    pub energy_usd: Vec<f64>,
    /// By option: maintenance, USD a year.
    pub maintenance_usd: Vec<f64>,
    /// By option: insurance, USD a year.
    pub insurance_usd: Vec<f64>,
    /// By option: waiting and charging at the driver's wage, USD a year.
    pub waiting_usd: Vec<f64>,
    /// By option: its share of chargers, USD a year.
    pub build_out_usd: Vec<f64>,
    /// By option: its share of their connection, USD a year.
    pub connection_usd: Vec<f64>,
    /// By option: hauls that it cannot do, USD a year.
    pub unmet_hauls_usd: Vec<f64>,
    /// By option: fees for containers, USD a year.
    pub fees_usd: Vec<f64>,
    /// By option: carbon price of its fuel, USD a year.
    pub carbon_usd: Vec<f64>,
    /// By option: credits of fuel standards, below 0 where they are income, USD a year.
    pub credits_usd: Vec<f64>,
    /// By option: work that others do for its weight, USD a year.
    pub payload_usd: Vec<f64>,
}
