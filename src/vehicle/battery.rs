//! A battery and the power it accepts: piecewise-linear in the state of charge, integrated in closed form, so the
//! result does not depend on the step.

use super::spec::{BatterySpec, Connector, fits};
use crate::kernel::math;
use crate::kernel::units::{Hours, Kw, Kwh};
use std::sync::Arc;

/// Powers that differ by less than this count as equal, kW.
const SAME_KW: f64 = 1e-9;
/// Energies that differ by less than this count as equal, kWh.
const SAME_KWH: f64 = 1e-9;

/// Longer than any run.
pub const FOREVER: Hours = Hours(1e6);

/// Power that a battery accepts, by energy stored. All batteries of a kind share one.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    points: Arc<[Point]>,
    connectors: Arc<[Connector]>,
}

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    /// Energy stored, kWh; from point to point it rises from 0 to the usable energy.
    kwh: f64,
    /// Power accepted there, kW; above 0.
    kw: f64,
}

impl Curve {
    /// From points (state of charge, kW) of a battery with this usable energy.
    #[must_use]
    pub fn new(usable: Kwh, points: &[[f64; 2]]) -> Self {
        let points = points.iter().map(|[soc, kw]| Point { kwh: soc * usable.0, kw: *kw }).collect();
        Self { points, connectors: Arc::default() }
    }

    /// The same of a vehicle with these connectors.
    #[must_use]
    pub fn with_connectors(self, connectors: &[Connector]) -> Self {
        Self { connectors: connectors.into(), ..self }
    }

    /// The same power at any state of charge.
    #[must_use]
    pub fn flat(usable: Kwh, power: Kw) -> Self {
        let points = Arc::new([0.0, usable.0].map(|kwh| Point { kwh, kw: power.0 }));
        Self { points, connectors: Arc::default() }
    }

    /// Usable energy.
    ///
    /// # Panics
    /// Never: a curve has at least two points.
    #[must_use]
    pub fn usable(&self) -> Kwh {
        Kwh(self.points.last().expect("a curve has at least two points").kwh)
    }

    /// The most power that it accepts at any state of charge.
    #[must_use]
    pub fn most(&self) -> Kw {
        Kw(self.points.iter().map(|point| point.kw).fold(0.0, f64::max))
    }

    /// The most power that it accepts between two energies.
    fn most_between(&self, from: f64, to: f64) -> f64 {
        let at = |energy: f64| {
            let (Point { kwh: e0, kw: p0 }, Point { kwh: e1, kw: p1 }) =
                (self.points[self.piece(energy)], self.points[self.piece(energy) + 1]);
            p0 + (p1 - p0) * (energy - e0) / (e1 - e0)
        };
        let within = self.points.iter().filter(|point| point.kwh > from && point.kwh < to).map(|point| point.kw);
        within.fold(at(from).max(at(to.max(from))), f64::max)
    }

    /// The least energy from `from` on at which it accepts no more than a power, on the way down; none where it never falls
    /// so far.
    fn falls_to(&self, from: f64, kw: f64) -> Option<f64> {
        self.points.windows(2).find_map(|ends| {
            let [Point { kwh: e0, kw: p0 }, Point { kwh: e1, kw: p1 }] = [ends[0], ends[1]];
            let crosses = e1 > from && p1 <= kw && p0 > kw;
            crosses.then(|| e0 + (p0 - kw) / (p0 - p1) * (e1 - e0)).filter(|at| *at > from)
        })
    }

    /// Charges from `from` towards `target` for at most `time` with at most `cap` (battery side).
    /// Returns the energy reached and the time it took.
    ///
    /// On a piece where the accepted power is p(E) = p0 + b (E - E0), dE/dt = p gives
    /// E(t) = E0 + p0 (e^(bt) - 1) / b, and the energy E1 is reached after ln(p1 / p0) / b.
    #[must_use]
    pub fn charge(&self, from: Kwh, target: Kwh, cap: Kw, time: Hours) -> (Kwh, Hours) {
        let target = target.0.min(self.usable().0);
        let (mut energy, mut left) = (from.0, time.0);
        while target - energy > SAME_KWH && left > 0.0 && cap.0 > SAME_KW {
            let piece = self.piece(energy);
            let (end, power, slope) = self.stretch(piece, energy, cap.0);
            let end = end.min(target);
            let linear = slope.abs() * (end - energy) > SAME_KW;
            let needed = if linear {
                math::ln((power + slope * (end - energy)) / power) / slope
            } else {
                (end - energy) / power
            };
            if needed <= left {
                left -= needed;
                energy = end;
            } else {
                energy += if linear { power * (math::exp(slope * left) - 1.0) / slope } else { power * left };
                left = 0.0;
            }
        }
        if target - energy <= SAME_KWH {
            energy = energy.max(target);
        }
        (Kwh(energy), Hours(time.0 - left.max(0.0)))
    }

    /// The piece that holds this energy, when charging upwards from it.
    fn piece(&self, energy: f64) -> usize {
        self.points[1..].partition_point(|end| end.kwh - energy <= SAME_KWH).min(self.points.len() - 2)
    }

    /// From `energy` upwards within a piece under a cap: where the stretch of one linear law ends, the power at its
    /// start and the slope of the power over energy.
    fn stretch(&self, piece: usize, energy: f64, cap: f64) -> (f64, f64, f64) {
        let (Point { kwh: e0, kw: p0 }, Point { kwh: e1, kw: p1 }) = (self.points[piece], self.points[piece + 1]);
        if (p1 - p0).abs() <= SAME_KW {
            return (e1, p0.min(cap), 0.0);
        }
        let slope = (p1 - p0) / (e1 - e0);
        let accepted = p0 + slope * (energy - e0);
        let crossing = e0 + (cap - p0) / slope;
        let before_crossing = energy < crossing - SAME_KWH;
        let capped = before_crossing == (slope < 0.0);
        let end = if before_crossing { crossing.min(e1) } else { e1 };
        if capped { (end, cap, 0.0) } else { (end, accepted, slope) }
    }
}

/// Energy on board, with the curve of its kind. Moves to the port while plugged in.
#[derive(Debug, Clone)]
pub struct Battery {
    energy: Kwh,
    /// Of the curve, here at hand: it is asked for in every interval.
    usable: Kwh,
    curve: Curve,
}

impl Battery {
    /// A battery at a state of charge in 0 to 1.
    #[must_use]
    pub fn at_soc(curve: Curve, soc: f64) -> Self {
        debug_assert!((0.0..=1.0).contains(&soc));
        let usable = curve.usable();
        Self { energy: usable * soc, usable, curve }
    }

    /// Does its vehicle fit a charger with this connector?
    #[must_use]
    pub fn fits(&self, charger: Option<Connector>) -> bool {
        fits(&self.curve.connectors, charger)
    }

    /// Energy stored.
    #[must_use]
    pub fn energy(&self) -> Kwh {
        self.energy
    }

    /// Usable energy when full.
    #[must_use]
    pub fn usable(&self) -> Kwh {
        self.usable
    }

    /// The most power that it accepts at any state of charge.
    #[must_use]
    pub fn accepts(&self) -> Kw {
        self.curve.most()
    }

    /// The most power that it accepts on its way to a target.
    #[must_use]
    pub fn accepts_towards(&self, target: Kwh) -> Kw {
        Kw(self.curve.most_between(self.energy.0, target.min(self.usable).0))
    }

    /// How long it charges towards `target` under a battery-side `cap` until it accepts no more than a lower power; none
    /// when it is there before.
    #[must_use]
    pub fn time_to_taper(&self, target: Kwh, cap: Kw, lower: Kw) -> Option<Hours> {
        let at = self.curve.falls_to(self.energy.0, lower.0).filter(|at| *at < target.0)?;
        let (reached, time) = self.curve.charge(self.energy, Kwh(at), cap, FOREVER);
        (at - reached.0 <= SAME_KWH).then_some(time)
    }

    /// State of charge, 0 to 1.
    #[must_use]
    pub fn soc(&self) -> f64 {
        self.energy / self.usable()
    }

    /// What charging towards `target` under a battery-side `cap` would reach and take, without doing it.
    #[must_use]
    pub fn foresee(&self, target: Kwh, cap: Kw, time: Hours) -> (Kwh, Hours) {
        self.curve.charge(self.energy, target, cap, time)
    }

    /// Charges and returns the energy taken and the time used.
    pub fn charge(&mut self, target: Kwh, cap: Kw, time: Hours) -> (Kwh, Hours) {
        let (reached, used) = self.foresee(target, cap, time);
        (self.rise_to(reached), used)
    }

    /// Takes on the energy that [`Self::foresee`] gave for the same power and time. Returns what was taken.
    pub fn rise_to(&mut self, reached: Kwh) -> Kwh {
        let taken = reached - self.energy;
        self.energy = reached.min(self.usable());
        taken
    }

    /// Uses energy. Returns what it could not give: above zero means the vehicle is stranded.
    pub fn draw(&mut self, wanted: Kwh) -> Kwh {
        debug_assert!(wanted.0 >= 0.0);
        let given = wanted.min(self.energy);
        self.energy -= given;
        wanted - given
    }
}

/// What a battery accepts, as the scenario says it.
#[must_use]
pub fn curve(spec: Option<&BatterySpec>) -> Option<Curve> {
    let curve = |spec: &BatterySpec| Curve::new(Kwh(spec.usable_kwh), &spec.accepts_kw);
    spec.map(|spec| curve(spec).with_connectors(&spec.connectors))
}

#[cfg(test)]
mod tests {
    //! Contract: energy through a tapering curve equals the closed form, whatever the length of the step.

    use super::*;

    fn tapering() -> Curve {
        Curve::new(Kwh(400.0), &[[0.0, 100.0], [0.2, 180.0], [0.8, 180.0], [1.0, 20.0]])
    }

    fn in_steps(curve: &Curve, from: f64, cap: f64, hours: f64, steps: u32) -> f64 {
        let mut energy = Kwh(from);
        for _ in 0..steps {
            energy = curve.charge(energy, Kwh(1e9), Kw(cap), Hours(hours / f64::from(steps))).0;
        }
        energy.0
    }

    /// From 320 kWh power falls from 180 to 20 kW over 80 kWh: b = -2 per hour, so after 0.5 h
    /// E = 320 + 180 (e^-1 - 1) / -2 = 320 + 90 (1 - e^-1) = 376.8908...
    #[test]
    fn taper_by_hand() {
        let expected = 320.0 + 90.0 * (1.0 - math::exp(-1.0));
        for steps in [1, 2, 7, 60, 1800] {
            let energy = in_steps(&tapering(), 320.0, 1e9, 0.5, steps);
            assert!((energy - expected).abs() < 1e-8, "{steps}: {energy} {expected}");
        }
    }

    /// From empty: 100 to 180 kW over 80 kWh takes ln(1.8) h, then 240 kWh at 180 kW, then the taper to the last
    /// kWh: ln((180 - 2 x 79) / 180) / -2 h.
    #[test]
    fn time_to_target_by_hand() {
        let (energy, time) = tapering().charge(Kwh(0.0), Kwh(399.0), Kw(1e9), Hours(100.0));
        let expected = math::ln(1.8) + 240.0 / 180.0 + math::ln(180.0 / 22.0) / 2.0;
        assert!((energy.0 - 399.0).abs() < 1e-9);
        assert!((time.0 - expected).abs() < 1e-9, "{} {expected}", time.0);
    }

    #[test]
    fn caps_hold_and_steps_do_not_matter() {
        for cap in [5.0, 20.0, 60.0, 100.0, 150.0, 180.0, 500.0] {
            for from in [0.0, 30.0, 79.0, 80.0, 200.0, 330.0, 399.0] {
                let whole = in_steps(&tapering(), from, cap, 1.5, 1);
                let parts = in_steps(&tapering(), from, cap, 1.5, 90);
                assert!((whole - parts).abs() < 1e-6, "cap {cap} from {from}: {whole} {parts}");
                assert!(whole - from <= cap * 1.5 + 1e-9 && whole <= 400.0 + 1e-9);
                let ahead = in_steps(&tapering(), from, cap + 10.0, 1.5, 1);
                assert!(ahead >= whole - 1e-9, "more power never means less energy");
            }
        }
    }

    /// From 320 kWh on power falls by 2 kW a kWh: 162 kW are left at 329 kWh, which takes ln(180 / 162) / 2 h; 500 kW are never
    /// accepted.
    #[test]
    fn taper_ahead_by_hand() {
        let battery = |soc| Battery::at_soc(tapering(), soc);
        let time = battery(0.8).time_to_taper(Kwh(400.0), Kw(1e9), Kw(162.0)).unwrap();
        assert!((time.0 - math::ln(180.0 / 162.0) / 2.0).abs() < 1e-9, "{}", time.0);
        assert_eq!(battery(0.8).time_to_taper(Kwh(325.0), Kw(1e9), Kw(162.0)), None, "it is full before");
        assert_eq!(battery(0.0).accepts_towards(Kwh(400.0)), Kw(180.0));
        assert_eq!(battery(0.0).accepts_towards(Kwh(40.0)), Kw(140.0), "half of the way from 100 to 180");
        assert!((battery(0.9).accepts_towards(Kwh(400.0)).0 - 100.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_happens_without_power_or_need() {
        let curve = tapering();
        assert_eq!(curve.charge(Kwh(50.0), Kwh(40.0), Kw(100.0), Hours(1.0)), (Kwh(50.0), Hours(0.0)));
        assert_eq!(curve.charge(Kwh(50.0), Kwh(90.0), Kw(0.0), Hours(1.0)).0, Kwh(50.0));
    }
}
