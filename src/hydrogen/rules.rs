//! Formulas of hydrogen: plain numbers in, plain numbers out.

use crate::kernel::math;

/// Specific gas constant of hydrogen, J/(kg K): 8.314462 / 0.00201588.
const GAS_CONSTANT: f64 = 4124.5;
/// Co-volume of hydrogen in the Abel-Noble equation, m3/kg (San Marchi, Somerday, Robinson 2007: 15.84 cm3/mol).
const CO_VOLUME: f64 = 0.007_858;
/// 15 degrees Celsius, at which pressure classes are stated, K.
const REFERENCE_K: f64 = 288.15;

/// Density at a pressure and 15 degrees Celsius, kg/m3: Abel-Noble, p (1/d - b) = R T. At 700 bar it gives 40.2, the
/// tables of NIST 40.2.
#[must_use]
pub fn density(bar: f64) -> f64 {
    let pascal = bar * 1e5;
    pascal / (GAS_CONSTANT * REFERENCE_K + CO_VOLUME * pascal)
}

/// Pressure of a vessel that holds `full_kg` at `full_bar` and now `kg`, bar.
#[must_use]
pub fn pressure_bar(kg: f64, full_kg: f64, full_bar: f64) -> f64 {
    let density = density(full_bar) * kg / full_kg;
    density * GAS_CONSTANT * REFERENCE_K / (1.0 - CO_VOLUME * density) / 1e5
}

/// The entry of a list of 1, 24 or 168 values for an hour of the week.
#[must_use]
pub fn at_hour(list: &[f64], hour_of_week: usize) -> f64 {
    list[hour_of_week % list.len()]
}

/// Value of a piecewise-linear curve; flat outside its points.
#[must_use]
pub fn interpolate(points: &[[f64; 2]], x: f64) -> f64 {
    let after = points.partition_point(|point| point[0] < x);
    if after == 0 {
        return points[0][1];
    }
    if after == points.len() {
        return points[after - 1][1];
    }
    let ([x0, y0], [x1, y1]) = (points[after - 1], points[after]);
    y0 + (y1 - y0) * (x - x0) / (x1 - x0)
}

/// Two flows closer than this are one, kg/s.
const SAME_FLOW: f64 = 1e-12;

/// Flow into a vehicle's tank by its level, piecewise linear.
#[derive(Debug, Clone, PartialEq)]
pub struct FillCurve {
    /// Pairs of level (0 to 1) and flow, kg/s.
    points: Vec<[f64; 2]>,
}

impl FillCurve {
    /// From pairs `[level, kg/min]`, level rising from 0 to 1.
    #[must_use]
    pub fn new(kg_per_min: &[[f64; 2]]) -> Self {
        Self { points: kg_per_min.iter().map(|point| [point[0], point[1] / 60.0]).collect() }
    }

    /// Highest flow between two contents of a tank, kg/s.
    #[must_use]
    pub fn peak(&self, capacity_kg: f64, from_kg: f64, to_kg: f64) -> f64 {
        let (from, to) = (from_kg / capacity_kg, to_kg / capacity_kg);
        let ends = interpolate(&self.points, from).max(interpolate(&self.points, to));
        let between = self.points.iter().filter(|point| point[0] > from && point[0] < to);
        between.map(|point| point[1]).fold(ends, f64::max)
    }

    /// Time from one content of a tank to another, seconds: the integral of 1 / flow. On a piece where the flow goes
    /// linearly from r0 to r1 over m kg it is m ln(r1 / r0) / (r1 - r0).
    #[must_use]
    pub fn seconds(&self, capacity_kg: f64, from_kg: f64, to_kg: f64) -> f64 {
        let mut seconds = 0.0;
        self.pieces(capacity_kg, from_kg, to_kg, |kg, r0, r1| {
            seconds += piece_seconds(kg, r0, r1);
            true
        });
        seconds
    }

    /// Content after some time, not above `to_kg`.
    #[must_use]
    pub fn after(&self, capacity_kg: f64, from_kg: f64, to_kg: f64, seconds: f64) -> f64 {
        let (mut left, mut content) = (seconds, from_kg);
        self.pieces(capacity_kg, from_kg, to_kg, |kg, r0, r1| {
            let slope = (r1 - r0) / kg;
            let is_flat = (r1 - r0).abs() <= SAME_FLOW;
            let flown = if is_flat { r0 * left } else { r0 * (math::exp(slope * left) - 1.0) / slope };
            content += flown.min(kg);
            // The time of a whole piece takes a logarithm: it is worked out for pieces that end only.
            left -= if flown >= kg { piece_seconds(kg, r0, r1) } else { left };
            left > 0.0
        });
        content.min(to_kg)
    }

    /// Calls with the mass and the flows at both ends of each piece, while the answer is yes.
    fn pieces(&self, capacity_kg: f64, from_kg: f64, to_kg: f64, mut each: impl FnMut(f64, f64, f64) -> bool) {
        let (mut level, to) = (from_kg / capacity_kg, to_kg / capacity_kg);
        let ends = self.points[1..].iter().map(|point| point[0]);
        for end in ends {
            let end = end.min(to);
            if end > level {
                let (r0, r1) = (interpolate(&self.points, level), interpolate(&self.points, end));
                if !each((end - level) * capacity_kg, r0, r1) {
                    return;
                }
                level = end;
            }
        }
    }
}

fn piece_seconds(kg: f64, r0: f64, r1: f64) -> f64 {
    if (r1 - r0).abs() <= SAME_FLOW { kg / r0 } else { kg * math::ln(r1 / r0) / (r1 - r0) }
}

/// Electricity of a kg at a load, kWh, with the loss of efficiency by hours and starts: it rises linearly with both (a
/// stack of 80,000 h that loses 0.16 % each 1,000 h ends 13 % worse, as `H2Integrate` assumes).
#[must_use]
pub fn kwh_per_kg(points: &[[f64; 2]], load: f64, loss_by_hours: f64, loss_by_starts: f64) -> f64 {
    interpolate(points, load) * (1.0 + loss_by_hours + loss_by_starts)
}

/// The load that an electrolyser may take next: the wanted one within ramps; below the least load it stands by (0).
#[must_use]
pub fn next_load(now: f64, wanted: f64, least: f64, most_change: f64) -> f64 {
    let lowest_start = least.max(now + most_change);
    let up = if now <= 0.0 { lowest_start } else { now + most_change };
    let down = now - most_change;
    let load = wanted.min(up).min(1.0);
    // It may always stop: a stop is a safety function, not a ramp.
    if wanted < least { 0.0 } else { load.max(down).max(least) }
}

/// Shares a supply among demands in proportion to them, when it is short.
#[must_use]
pub fn pro_rata(demands: &[f64], supply: f64) -> Vec<f64> {
    let all: f64 = demands.iter().sum();
    let share = if all > supply { (supply / all).max(0.0) } else { 1.0 };
    demands.iter().map(|demand| demand * share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST webbook, hydrogen at 288.15 K: 350 bar 24.0 kg/m3, 700 bar 40.2 kg/m3 (unverified to the third digit).
    #[test]
    fn densities_of_the_pressure_classes() {
        assert!((density(350.0) - 24.0).abs() < 0.4, "{}", density(350.0));
        assert!((density(700.0) - 40.2).abs() < 0.6, "{}", density(700.0));
        assert!((pressure_bar(40.0, 40.0, 700.0) - 700.0).abs() < 1e-9);
        assert!(pressure_bar(0.0, 40.0, 700.0).abs() < 1e-12);
        assert!(pressure_bar(20.0, 40.0, 700.0) < 350.0, "half the gas has less than half the pressure");
    }

    /// 80 kg tank, 12 kg/min up to half, falling to 6 kg/min when full: 40 / 12 min, then 40 ln(2) / 6 min.
    #[test]
    fn a_fill_by_hand() {
        let curve = FillCurve::new(&[[0.0, 12.0], [0.5, 12.0], [1.0, 6.0]]);
        let expected = (40.0 / 12.0 + 40.0 * math::ln(2.0) / 6.0) * 60.0;
        assert!((curve.seconds(80.0, 0.0, 80.0) - expected).abs() < 1e-9);
        for steps in [1, 3, 50] {
            let mut kg = 0.0;
            for _ in 0..steps {
                kg = curve.after(80.0, kg, 80.0, 400.0 / f64::from(steps));
            }
            // After 200 s it has 40 kg; then m' = 0.2 - (m - 40) / 400, so m = 40 + 80 (1 - e^(-t / 400)), t = 200 s.
            let expected = 40.0 + 80.0 * (1.0 - math::exp(-0.5));
            assert!((kg - expected).abs() < 1e-9, "{steps}: {kg} {expected}");
        }
        assert!((curve.after(80.0, 10.0, 30.0, 1e9) - 30.0).abs() < 1e-12);
        assert!((curve.peak(80.0, 20.0, 80.0) - 0.2).abs() < 1e-12);
        assert!((curve.peak(80.0, 60.0, 80.0) - 0.15).abs() < 1e-12);
    }

    #[test]
    fn loads_follow_ramp_and_least_load() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        close(next_load(0.0, 1.0, 0.2, 0.1), 0.2);
        close(next_load(0.2, 1.0, 0.2, 0.1), 0.3);
        close(next_load(0.9, 0.5, 0.2, 0.1), 0.8);
        close(next_load(0.9, 0.0, 0.2, 0.1), 0.0);
        close(next_load(0.3, 0.1, 0.2, 0.5), 0.0);
        close(next_load(0.5, 1.0, 0.1, 5.0), 1.0);
    }

    #[test]
    fn shares_in_proportion() {
        assert_eq!(pro_rata(&[10.0, 30.0], 20.0), [5.0, 15.0]);
        assert_eq!(pro_rata(&[10.0, 30.0], 50.0), [10.0, 30.0]);
        assert_eq!(pro_rata(&[0.0, 0.0], 0.0), [0.0, 0.0]);
    }
}
