//! Random numbers as a function of (seed, replication, purpose, key, index): a draw never depends on earlier draws.
//!
//! Two strategies with the same seed therefore see the same vessels, hauls and breakdowns
//! (common random numbers), and one run gives the same numbers alone or among a thousand.

use super::math;
use crate::kernel::units::S_PER_H;
use bevy_ecs::prelude::Resource;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Why a number is drawn. New purposes are appended, never reordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Purpose {
    /// Vessel calls of a terminal.
    Calls = 1,
    /// The containers of one call.
    Boxes = 2,
    /// Hauls read from a file: the times that the file does not give.
    ListedHauls = 3,
    /// Failures and repairs of one cabinet.
    Outages = 5,
    /// The first state of charge of a vehicle.
    FirstCharge = 6,
    /// The times and the energy of one haul.
    HaulFactors = 7,
    /// Whether one truck works on one day.
    WorkingDay = 8,
    /// Arrivals and needs of visitors, in studies of queues.
    #[cfg_attr(private_rooms, allow(dead_code, reason = "tests and benches draw them"))]
    Visits = 9,
    /// What a policy is told of one departure.
    Estimates = 10,
    /// What a dispatch plugin asks for.
    DispatchPlugin = 11,
    /// What a charging plugin asks for.
    ChargingPlugin = 12,
    /// Failures and repairs of one dispenser position.
    DispenserOutages = 40,
    /// The first level of a vehicle's hydrogen tank.
    FirstFuel = 41,
    /// The way of one trailer to a hydrogen station.
    Deliveries = 42,
    /// Draws of studies: which strategy is the best, points of a Latin hypercube.
    Studies = 43,
    /// The age at which one vehicle dies.
    VehicleLives = 44,
    /// How late a utility is with one project.
    LateUtilities = 45,
    /// What an adoption plugin asks for.
    AdoptionPlugin = 46,
    /// Random numbers of a plugin that supplies hydrogen.
    HydrogenPlugin = 47,
    /// Random numbers of a plugin that builds.
    BuildOutPlugin = 48,
    /// Orders of policies that order at random.
    RandomPolicies = 49,
    /// The seed of one sampled week of a year.
    SampledWeeks = 50,
    /// Crane cycles, block moves and blocks of a terminal with a plan.
    YardMoves = 51,
    /// Random numbers of a plugin that dispatches a yard.
    YardPlugin = 52,
    /// Which appointments are kept, and how far off trucks come.
    Appointments = 53,
    /// Class, tier and equipment of the vessel of one call.
    Vessels = 54,
    /// How late a project at a plant is, and whether it is cancelled.
    PlantProjects = 55,
    /// Random numbers of a plugin that decides about levers of plants.
    IndustryPlugin = 56,
}

/// The seed of a run: the user's number and the replication's.
#[derive(Resource, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed {
    /// What the user gave.
    pub seed: u64,
    /// Which replication this is.
    pub replication: u32,
}

impl Seed {
    /// The stream for one purpose, key and index.
    #[must_use]
    pub fn stream(self, purpose: Purpose, key: u64, index: u32) -> Stream {
        let mut bytes = [0_u8; 32];
        bytes[..8].copy_from_slice(&self.seed.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.replication.to_le_bytes());
        bytes[12..16].copy_from_slice(&(purpose as u32).to_le_bytes());
        bytes[16..24].copy_from_slice(&key.to_le_bytes());
        bytes[24..28].copy_from_slice(&index.to_le_bytes());
        Stream(ChaCha8Rng::from_seed(bytes))
    }
}

/// A stable number for a name, so that adding one site moves no other site's draws.
///
/// # Panics
/// Never: a hash has 32 bytes.
#[must_use]
pub fn key_of(name: &str) -> u64 {
    let hash = blake3::hash(name.as_bytes());
    u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("a hash has 32 bytes"))
}

/// One stream of random numbers. All shapes are drawn by inversion or Box-Muller through [`math`], so the
/// bits are the same on every machine.
#[derive(Debug, Clone)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// Uniform in [0, 1), 53 bits.
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.uniform() < p
    }

    /// Exponential with this mean.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * math::ln(1.0 - self.uniform())
    }

    /// Whole seconds until the next event of a mean time in hours, exponential; at least one.
    pub fn exponential_s(&mut self, mean_h: f64) -> u32 {
        (self.exponential(mean_h) * S_PER_H).clamp(1.0, 3e9) as u32
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        self.normal_draw().value()
    }

    /// Standard normal that is drawn now and evaluated when it is needed.
    pub fn normal_draw(&mut self) -> NormalDraw {
        NormalDraw([self.uniform(), self.uniform()])
    }

    /// Lognormal with this mean and coefficient of variation (standard deviation over mean).
    pub fn lognormal(&mut self, mean: f64, cv: f64) -> f64 {
        Lognormal::new(mean, cv).of(self.normal_draw())
    }

    /// The generator itself, for distributions of `rand_distr` that use arithmetic only.
    pub fn generator(&mut self) -> &mut ChaCha8Rng {
        &mut self.0
    }
}

/// A standard normal that was drawn and not worked out yet.
#[derive(Debug, Clone, Copy)]
pub struct NormalDraw([f64; 2]);

impl NormalDraw {
    /// The number.
    fn value(self) -> f64 {
        let [length, angle] = self.0;
        let radius = (-2.0 * math::ln(1.0 - length)).sqrt();
        radius * math::cos(core::f64::consts::TAU * angle)
    }
}

/// A lognormal shape.
#[derive(Debug, Clone, Copy)]
pub struct Lognormal {
    mean: f64,
    deviation: f64,
    half_variance: f64,
}

impl Lognormal {
    /// With this mean and coefficient of variation (standard deviation over mean).
    #[must_use]
    pub fn new(mean: f64, cv: f64) -> Self {
        let variance = math::ln(1.0 + cv * cv);
        Self { mean, deviation: variance.sqrt(), half_variance: variance / 2.0 }
    }

    /// The number of a draw.
    #[must_use]
    pub fn of(&self, draw: NormalDraw) -> f64 {
        self.mean * math::exp(self.deviation * draw.value() - self.half_variance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_as_named() {
        let mut stream = Seed { seed: 1, replication: 0 }.stream(Purpose::Boxes, 2, 3);
        let n = 200_000;
        let mean = |draw: &mut dyn FnMut() -> f64| (0..n).map(|_| draw()).sum::<f64>() / f64::from(n);
        assert!((mean(&mut || stream.exponential(3.0)) - 3.0).abs() < 0.03);
        assert!((mean(&mut || stream.lognormal(40.0, 0.5)) - 40.0).abs() < 0.3);
        assert!(mean(&mut || stream.normal()).abs() < 0.01);
    }

    /// Seed 0 must be as good as any other: a raw xorshift would stick at zero.
    #[test]
    fn seed_zero_is_a_seed() {
        let draw =
            |seed, replication, purpose, key, index| Seed { seed, replication }.stream(purpose, key, index).uniform();
        let all = [
            draw(0, 0, Purpose::Boxes, 0, 0),
            draw(1, 0, Purpose::Boxes, 0, 0),
            draw(0, 1, Purpose::Boxes, 0, 0),
            draw(0, 0, Purpose::Calls, 0, 0),
            draw(0, 0, Purpose::Boxes, 1, 0),
            draw(0, 0, Purpose::Boxes, 0, 1),
        ];
        for (i, a) in all.iter().enumerate() {
            assert!(*a > 0.0 && all[..i].iter().all(|b| (a - b).abs() > 1e-12), "{all:?}");
        }
    }
}
