//! Every vehicle, its age and use; which stays, which is sold, which is bought. Numbers in, numbers out: chance comes as the
//! draw that a vehicle got at its birth.

use super::spec::SurvivalSpec;
use crate::kernel::math;
use crate::vehicle::spec::Powertrain;

/// A model of truck or equipment.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Key of `[truck_model]` or `[equipment_model]`.
    pub key: String,
    /// [`super::spec::TRUCK`], or the class of equipment.
    pub class: String,
    /// What moves it.
    pub powertrain: Powertrain,
}

impl Model {
    /// Nothing leaves a tailpipe.
    #[must_use]
    pub fn is_zero_emission(&self) -> bool {
        self.powertrain != Powertrain::Diesel
    }
}

/// The trucks of a fleet, or the equipment of one class at a terminal.
#[derive(Debug, Clone, PartialEq)]
pub struct Holding {
    /// Key of `[fleet]` or `[terminal]`.
    pub owner: String,
    /// [`super::spec::TRUCK`], or the class of equipment.
    pub class: String,
    /// Vehicles in the first year.
    pub first: u32,
    /// Index of its buyer; none: buys new and holds to the end.
    pub buyer: Option<usize>,
}

/// One vehicle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vehicle {
    /// Stable number.
    pub id: u32,
    /// Index of its holding.
    pub holding: u32,
    /// Index of its model.
    pub model: u32,
    /// Model year.
    pub built: u16,
    /// The year in which its holding got it.
    pub bought: u16,
    /// Age at which it dies, drawn at birth.
    pub life: u16,
    /// km of a truck, hours of equipment.
    pub used: f64,
    /// Registered, and at work in no usual week.
    pub in_reserve: bool,
}

impl Vehicle {
    /// Age in a year.
    #[must_use]
    pub fn age(&self, year: u16) -> u16 {
        year.saturating_sub(self.built)
    }
}

/// Share alive at an age, 1 to 0: the Weibull survival function by its median, `2^-((age / median)^shape)` (Weibull 1951, "A
/// statistical distribution function of wide applicability", J. Appl. Mech. 18), cut to nothing from the highest age on.
#[must_use]
pub fn alive(survival: &SurvivalSpec, age: u16) -> f64 {
    if age >= survival.most_age {
        return 0.0;
    }
    let share = math::pow(f64::from(age) / survival.median_age, survival.shape);
    math::exp(-core::f64::consts::LN_2 * share)
}

/// Age at which a vehicle dies that lives at `age`: the first at which the share alive falls below the draw (0 to 1) of
/// those that live.
#[must_use]
pub fn life(survival: &SurvivalSpec, age: u16, draw: f64) -> u16 {
    let below = draw * alive(survival, age);
    (age + 1..=survival.most_age).find(|age| alive(survival, *age) <= below).unwrap_or(survival.most_age.max(age + 1))
}

/// Why a vehicle left its holding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// It died of age, use, or a rule: it is scrapped.
    Retired,
    /// Its owner sold it while it was good.
    Sold,
    /// Replaced before its time.
    Early,
}

/// All vehicles.
#[derive(Debug, Clone, Default)]
pub struct Stock {
    vehicles: Vec<Vehicle>,
    next_id: u32,
}

impl Stock {
    /// Adds a vehicle. `life` is its age at death.
    pub fn add(&mut self, holding: usize, model: usize, built: u16, bought: u16, life: u16, used: f64) {
        let (holding, model) = (holding as u32, model as u32);
        let vehicle = Vehicle { id: self.next_id, holding, model, built, bought, life, used, in_reserve: false };
        self.vehicles.push(vehicle);
        self.next_id += 1;
    }

    /// Number that the next vehicle will have.
    #[must_use]
    pub fn next_id(&self) -> u32 {
        self.next_id
    }

    /// All vehicles, in the order in which they came.
    #[must_use]
    pub fn vehicles(&self) -> &[Vehicle] {
        &self.vehicles
    }

    /// How many of each model a holding has at work.
    #[must_use]
    pub fn by_model(&self, holdings: usize, models: usize) -> Vec<Vec<u32>> {
        self.counted(holdings, models, |vehicle| !vehicle.in_reserve)
    }

    /// How many of each model a holding has registered, at work or in reserve.
    #[must_use]
    pub fn registered(&self, holdings: usize, models: usize) -> Vec<Vec<u32>> {
        self.counted(holdings, models, |_| true)
    }

    /// How many a holding has in reserve.
    #[must_use]
    pub fn in_reserve(&self, holding: usize) -> u32 {
        self.vehicles.iter().filter(|it| it.in_reserve && it.holding as usize == holding).count() as u32
    }

    /// Puts the oldest vehicles of a holding that `may` go into reserve, at most `most`. Returns them.
    pub fn set_aside(&mut self, holding: usize, most: u32, may: impl Fn(&Vehicle) -> bool) -> Vec<Vehicle> {
        let of_holding = |it: &&mut Vehicle| it.holding as usize == holding && !it.in_reserve && may(it);
        let mut old: Vec<&mut Vehicle> = self.vehicles.iter_mut().filter(of_holding).collect();
        old.sort_by_key(|vehicle| (vehicle.built, vehicle.id));
        let aside = old.into_iter().take(most as usize).map(|vehicle| {
            vehicle.in_reserve = true;
            *vehicle
        });
        aside.collect()
    }

    fn counted(&self, holdings: usize, models: usize, is_it: impl Fn(&Vehicle) -> bool) -> Vec<Vec<u32>> {
        let mut counts = vec![vec![0; models]; holdings];
        for vehicle in self.vehicles.iter().filter(|vehicle| is_it(vehicle)) {
            counts[vehicle.holding as usize][vehicle.model as usize] += 1;
        }
        counts
    }

    /// A year of use: `used` gives km or hours of a vehicle.
    pub fn use_up(&mut self, used: impl Fn(&Vehicle) -> f64) {
        self.vehicles.iter_mut().for_each(|vehicle| vehicle.used += used(vehicle));
    }

    /// Takes out every vehicle for which `leaves` has a reason, in order.
    pub fn take_out(&mut self, mut leaves: impl FnMut(&Vehicle) -> Option<Leave>) -> Vec<(Vehicle, Leave)> {
        let mut gone = Vec::new();
        self.vehicles.retain(|vehicle| match leaves(vehicle) {
            Some(why) => {
                gone.push((*vehicle, why));
                false
            }
            None => true,
        });
        gone
    }

    /// Takes out the oldest vehicles of a holding that `may` go, at most `most`.
    pub fn take_oldest(
        &mut self,
        holding: usize,
        most: u32,
        why: Leave,
        may: impl Fn(&Vehicle) -> bool,
    ) -> Vec<(Vehicle, Leave)> {
        let mut old: Vec<(u16, u32)> = self
            .vehicles
            .iter()
            .filter(|vehicle| vehicle.holding as usize == holding && may(vehicle))
            .map(|vehicle| (vehicle.built, vehicle.id))
            .collect();
        old.sort_unstable();
        old.truncate(most as usize);
        let mut ids: Vec<u32> = old.into_iter().map(|vehicle| vehicle.1).collect();
        ids.sort_unstable();
        self.take_out(|vehicle| ids.binary_search(&vehicle.id).is_ok().then_some(why))
    }

    /// Moves a vehicle of the used market to a holding.
    pub fn move_in(&mut self, vehicle: Vehicle, holding: usize, year: u16, in_reserve: bool) {
        self.vehicles.push(Vehicle { holding: holding as u32, bought: year, in_reserve, ..vehicle });
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact, or rounded to cents")]
mod tests {
    use super::*;
    use crate::kernel::random::{Purpose, Seed};

    const SURVIVAL: SurvivalSpec = SurvivalSpec { median_age: 13.0, shape: 3.0, most_age: 25, most_use: None };

    #[test]
    fn half_reach_the_median_and_none_the_most_age() {
        assert!((alive(&SURVIVAL, 13) - 0.5).abs() < 1e-12);
        assert_eq!(alive(&SURVIVAL, 0), 1.0);
        assert_eq!(alive(&SURVIVAL, 25), 0.0);
        assert_eq!(life(&SURVIVAL, 0, 0.5), 13);
        assert_eq!(life(&SURVIVAL, 0, 0.0), 25);
        assert_eq!(life(&SURVIVAL, 30, 0.5), 31, "older than the curve: it goes next year");
    }

    /// Replaced one for one for a long time, a fleet has the ages of the survival curve: at age a, a share `alive(a)` over
    /// the sum of all. 60,000 vehicles: standard error below 0.1 % in each class.
    #[test]
    fn a_steady_fleet_has_the_ages_of_the_curve() {
        let mut stock = Stock::default();
        let seed = Seed { seed: 3, replication: 0 };
        let birth = |stock: &mut Stock, year: u16| {
            let draw = seed.stream(Purpose::VehicleLives, 0, stock.next_id()).uniform();
            stock.add(0, 0, year, year, life(&SURVIVAL, 0, draw), 0.0);
        };
        (0..60_000).for_each(|_| birth(&mut stock, 1800));
        for year in 1801..2000 {
            let gone = stock.take_out(|vehicle| (vehicle.age(year) >= vehicle.life).then_some(Leave::Retired));
            for _ in gone {
                birth(&mut stock, year);
            }
        }
        let total: f64 = (0..25).map(|age| alive(&SURVIVAL, age)).sum();
        for age in 0..25 {
            let count = stock.vehicles().iter().filter(|vehicle| vehicle.age(1999) == age).count();
            let (is, should) = (count as f64 / 60_000.0, alive(&SURVIVAL, age) / total);
            assert!((is - should).abs() < 0.004, "age {age}: {is} {should}");
        }
    }

    #[test]
    fn the_oldest_go_first() {
        let mut stock = Stock::default();
        for built in [2012, 2010, 2011] {
            stock.add(0, 0, built, built, 20, 0.0);
        }
        stock.add(1, 0, 2000, 2000, 20, 0.0);
        let gone = stock.take_oldest(0, 2, Leave::Early, |_| true);
        assert_eq!(gone.iter().map(|gone| gone.0.built).collect::<Vec<_>>(), [2010, 2011]);
        assert_eq!(
            stock.vehicles().iter().map(|vehicle| (vehicle.holding, vehicle.model)).collect::<Vec<_>>(),
            [(0, 0), (1, 0)]
        );
    }
}
