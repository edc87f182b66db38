//! Hydrogen in vessels: an amount with its carbon and its money, and the storages that hold it.

use super::rules::pressure_bar;
use bevy_ecs::prelude::Component;

/// What a kg costs so far, by component.
pub const COSTS: usize = 4;
/// Electricity of electrolysis.
pub const COST_PRODUCTION: usize = 0;
/// Electricity of compression.
pub const COST_COMPRESSION: usize = 1;
/// Hydrogen bought, with its delivery.
pub const COST_PURCHASE: usize = 2;
/// Credits, negative.
pub const COST_CREDIT: usize = 3;

/// An amount of hydrogen with the carbon and the money that went into it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Lot {
    /// Mass, kg.
    pub kg: f64,
    /// Carbon, kg `CO2e`.
    pub co2e_kg: f64,
    /// Money by component, USD.
    pub usd: [f64; COSTS],
}

impl Lot {
    /// `kg` at so much carbon and money a kg.
    #[must_use]
    pub fn of(kg: f64, co2e_per_kg: f64, usd_per_kg: [f64; COSTS]) -> Self {
        Self { kg, co2e_kg: kg * co2e_per_kg, usd: usd_per_kg.map(|usd| usd * kg) }
    }

    /// Puts another lot in: they mix.
    pub fn add(&mut self, other: &Self) {
        self.kg += other.kg;
        self.co2e_kg += other.co2e_kg;
        for (mine, theirs) in self.usd.iter_mut().zip(other.usd) {
            *mine += theirs;
        }
    }

    /// Takes a mass out of the mix, with its share of carbon and money.
    #[must_use]
    pub fn take(&mut self, kg: f64) -> Self {
        let share = if self.kg > 0.0 { (kg / self.kg).clamp(0.0, 1.0) } else { 0.0 };
        let out = Self { kg, co2e_kg: self.co2e_kg * share, usd: self.usd.map(|usd| usd * share) };
        self.kg -= kg;
        self.co2e_kg -= out.co2e_kg;
        for (mine, theirs) in self.usd.iter_mut().zip(out.usd) {
            *mine -= theirs;
        }
        out
    }

    /// Loses mass; what it cost stays with the rest.
    pub fn lose(&mut self, kg: f64) {
        self.kg -= kg;
    }
}

/// A fixed vessel: bulk storage or cascade.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Storage {
    lot: Lot,
    capacity_kg: f64,
    least_kg: f64,
    full_bar: Option<f64>,
    opening_kg: f64,
    lowest_kg: f64,
    highest_kg: f64,
}

impl Storage {
    /// A vessel that holds `opening` when the run begins and `capacity_kg` when it is full, of which `least_kg` cannot be
    /// taken out; its pressure when full, bar, is none for liquid.
    #[must_use]
    pub fn new(opening: Lot, capacity_kg: f64, least_kg: f64, full_bar: Option<f64>) -> Self {
        let kg = opening.kg;
        Self { lot: opening, capacity_kg, least_kg, full_bar, opening_kg: kg, lowest_kg: kg, highest_kg: kg }
    }

    /// What is in it.
    #[must_use]
    pub fn lot(&self) -> &Lot {
        &self.lot
    }

    /// What is in it, to change it.
    pub(super) fn lot_mut(&mut self) -> &mut Lot {
        &mut self.lot
    }

    /// Content, kg.
    #[must_use]
    pub fn kg(&self) -> f64 {
        self.lot.kg
    }

    /// Content when full, kg.
    #[must_use]
    pub fn capacity_kg(&self) -> f64 {
        self.capacity_kg
    }

    /// Content that cannot be taken out, kg.
    #[must_use]
    pub fn least_kg(&self) -> f64 {
        self.least_kg
    }

    /// Pressure when full, bar; none for liquid.
    #[must_use]
    pub fn full_bar(&self) -> Option<f64> {
        self.full_bar
    }

    /// Content when the run began, kg.
    #[must_use]
    pub fn opening_kg(&self) -> f64 {
        self.opening_kg
    }

    /// Lowest and highest content that was ever noted, kg.
    #[must_use]
    pub fn seen_kg(&self) -> (f64, f64) {
        (self.lowest_kg, self.highest_kg)
    }

    /// Remembers how low and how high it ever was.
    pub(super) fn note(&mut self) {
        self.lowest_kg = self.lowest_kg.min(self.lot.kg);
        self.highest_kg = self.highest_kg.max(self.lot.kg);
    }

    /// What can be taken out, kg.
    #[must_use]
    pub fn usable_kg(&self) -> f64 {
        (self.lot.kg - self.least_kg).max(0.0)
    }

    /// What could be put in, kg.
    #[must_use]
    pub fn room_kg(&self) -> f64 {
        (self.capacity_kg - self.lot.kg).max(0.0)
    }

    /// What can be taken out of it when it is full, kg.
    #[must_use]
    pub fn span_kg(&self) -> f64 {
        self.capacity_kg - self.least_kg
    }

    /// Pressure at 15 degrees Celsius, bar.
    #[must_use]
    pub fn bar(&self) -> Option<f64> {
        self.full_bar.map(|bar| pressure_bar(self.lot.kg, self.capacity_kg, bar))
    }
}

/// The bulk storage of a station: a component of the station's entity, because each station has exactly one.
#[derive(Component, Debug)]
pub struct Bulk(pub(super) Storage);

/// The cascade of a station, on the station's entity as [`Bulk`] is.
#[derive(Component, Debug)]
pub struct Cascade(pub(super) Storage);

impl Bulk {
    /// Content over what it holds when full, 0 to 1.
    #[must_use]
    pub fn level(&self) -> f64 {
        self.0.kg() / self.0.capacity_kg()
    }
}

impl Cascade {
    /// Content over what it holds when full, 0 to 1.
    #[must_use]
    pub fn level(&self) -> f64 {
        self.0.kg() / self.0.capacity_kg()
    }
}

#[cfg(test)]
impl Bulk {
    /// What it holds, for tests that break a run on purpose.
    pub(crate) fn tampered(&mut self) -> &mut Lot {
        self.0.lot_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 10 kg at 2 kg `CO2e` and 3 $ mixed with 30 kg at 6 and 1: 40 kg at 5 and 1.5.
    #[test]
    fn lots_mix_and_keep_their_books() {
        let mut lot = Lot::of(10.0, 2.0, [3.0, 0.0, 0.0, 0.0]);
        lot.add(&Lot::of(30.0, 6.0, [1.0, 0.0, 0.0, 0.0]));
        let out = lot.take(8.0);
        assert!((out.co2e_kg - 40.0).abs() < 1e-12 && (out.usd[0] - 12.0).abs() < 1e-12);
        assert!((lot.kg - 32.0).abs() < 1e-12 && (lot.co2e_kg - 160.0).abs() < 1e-12);
        lot.lose(2.0);
        assert!((lot.usd[0] - 48.0).abs() < 1e-12, "what is lost was paid for");
    }
}
