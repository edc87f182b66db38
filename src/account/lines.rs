//! A bill as it is written: months and their lines.

use jiff::civil::Date;

/// A load's bill.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bill {
    /// By month, in order.
    pub months: Vec<MonthBill>,
    /// What to know about it: warnings of the tariff, and where load and tariff do not fit.
    pub notes: Vec<String>,
    /// How it decides what the tariff leaves open.
    pub conventions: Vec<String>,
}

/// One month's bill.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthBill {
    /// First day of the month.
    pub first: Date,
    /// Bought, kWh.
    pub energy_kwh: f64,
    /// Exported, kWh.
    pub exported_kwh: f64,
    /// Highest mean power of a demand window, kW.
    pub peak_kw: f64,
    /// Demand that is billed, after ratchets: of the facility charge, else of any demand charge, else the peak.
    pub billed_kw: f64,
    /// Demand that hours-of-use tiers go by: what the facility charge bills, else the peak or the tariff's ratchet, kW.
    pub hours_of_use_kw: f64,
    /// The components.
    pub lines: Vec<Line>,
}

/// One component of a month's bill.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What kind it is.
    pub component: Component,
    /// Name for people.
    pub name: String,
    /// How much is billed.
    pub quantity: f64,
    /// Unit of the quantity.
    pub unit: &'static str,
    /// US dollars.
    pub usd: f64,
}

/// Kinds of components.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Component {
    /// Charges and credits by the kWh.
    Energy,
    /// Charges by the kW.
    Demand,
    /// Charges for being a customer.
    Fixed,
    /// What is missing to the least that the month costs.
    Minimum,
}

impl Component {
    /// The word used in files and tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Energy => "energy",
            Self::Demand => "demand",
            Self::Fixed => "fixed",
            Self::Minimum => "minimum",
        }
    }
}

impl MonthBill {
    /// Sum of the lines of one component, $.
    #[must_use]
    pub fn usd(&self, component: Component) -> f64 {
        sum(self.lines.iter().filter(|line| line.component == component).map(|line| line.usd))
    }

    /// Sum of all lines, $.
    #[must_use]
    pub fn total_usd(&self) -> f64 {
        let parts = [Component::Energy, Component::Demand, Component::Fixed, Component::Minimum];
        sum(parts.map(|part| self.usd(part)).into_iter())
    }

    /// The month as `2025-06`.
    #[must_use]
    pub fn month(&self) -> String {
        format!("{:04}-{:02}", self.first.year(), self.first.month())
    }
}

impl Bill {
    /// Sum of one component over all months, $.
    #[must_use]
    pub fn usd(&self, component: Component) -> f64 {
        sum(self.months.iter().map(|month| month.usd(component)))
    }

    /// Sum of everything, $.
    #[must_use]
    pub fn total_usd(&self) -> f64 {
        sum(self.months.iter().map(MonthBill::total_usd))
    }
}

/// A sum that is 0 where there is nothing (the standard library's is -0).
fn sum(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |sum, value| sum + value)
}
