//! Money over time: present values, returns. All amounts are US dollars of one year's value (real).

use super::levelised::growth;

/// Rates of return are looked for between these.
const RETURNS: (f64, f64) = (-0.99, 10.0);

/// Present value of flows at the end of years 0, 1, 2 ...
#[must_use]
pub fn present_value(rate: f64, flows_usd: &[f64]) -> f64 {
    flows_usd.iter().enumerate().map(|(year, usd)| usd / growth(rate, year as u32)).sum()
}

/// The rate at which flows are worth nothing today, by bisection; none when there is none between -99 % and 1,000 %, or when
/// the flows are no investment: money that comes first and goes later is worth more the higher the rate.
#[must_use]
pub fn irr(flows_usd: &[f64]) -> Option<f64> {
    let (mut low, mut high) = RETURNS;
    let is_above = |rate: f64| present_value(rate, flows_usd) > 0.0;
    if !is_above(low) || is_above(high) {
        return None;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if is_above(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(f64::midpoint(low, high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::levelised::capital_recovery_factor;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a} {b}");
    }

    #[test]
    fn an_annuity_returns_its_rate() {
        let pay = capital_recovery_factor(0.07, 10);
        let flows: Vec<f64> = core::iter::once(-1.0).chain((0..10).map(|_| pay)).collect();
        assert!(present_value(0.07, &flows).abs() < 1e-12);
        close(irr(&flows).unwrap(), 0.07);
    }

    /// By hand: -100 now, 60 and 70 later at 10 %: -100 + 54.5454... + 57.8512... = 12.3966...
    #[test]
    fn a_present_value_by_hand() {
        close(present_value(0.1, &[-100.0, 60.0, 70.0]), -100.0 + 60.0 / 1.1 + 70.0 / 1.21);
        assert_eq!(irr(&[1.0, 2.0]), None);
        assert_eq!(irr(&[]), None);
        assert_eq!(irr(&[1.0, -1.2]), None, "a debt, not an investment");
    }
}
