//! A hydrogen tank on board of a vehicle.

/// Hydrogen on board of a vehicle. Moves to the station while the vehicle is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FuelTank {
    kg: f64,
    capacity_kg: f64,
}

impl FuelTank {
    /// A tank at a level in 0 to 1.
    #[must_use]
    pub fn at_level(capacity_kg: f64, level: f64) -> Self {
        debug_assert!((0.0..=1.0).contains(&level));
        Self { kg: capacity_kg * level, capacity_kg }
    }

    /// Content, kg.
    #[must_use]
    pub fn kg(&self) -> f64 {
        self.kg
    }

    /// Content when full, kg.
    #[must_use]
    pub fn capacity_kg(&self) -> f64 {
        self.capacity_kg
    }

    /// Content over capacity.
    #[must_use]
    pub fn level(&self) -> f64 {
        self.kg / self.capacity_kg
    }

    /// Uses fuel. Returns what it could not give, kg: above zero means the vehicle is stranded.
    pub fn draw(&mut self, wanted_kg: f64) -> f64 {
        debug_assert!(wanted_kg >= 0.0);
        let given = wanted_kg.min(self.kg);
        self.kg -= given;
        wanted_kg - given
    }

    /// Puts in more than it holds, for tests that break a run on purpose.
    #[cfg(test)]
    pub(crate) fn overfill(&mut self) {
        self.kg = self.capacity_kg * 1.01;
    }

    /// Fills up to a content. Only a station does this.
    pub(crate) fn fill_to(&mut self, kg: f64) {
        debug_assert!(kg >= self.kg - 1e-9 && kg <= self.capacity_kg * (1.0 + 1e-9));
        self.kg = kg.min(self.capacity_kg);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_tank_says_what_it_could_not_give() {
        let mut tank = FuelTank::at_level(60.0, 0.5);
        assert!(tank.draw(20.0).abs() < 1e-12);
        assert!((tank.draw(20.0) - 10.0).abs() < 1e-12);
        assert!(tank.level().abs() < 1e-12);
    }
}
