//! Annuities: what an investment costs a year. Real (constant) money, without tax or financing structure; investment falls
//! at the start of year 1, payments at the end of each year.

/// The annuity of an investment over its amount: r / (1 - (1 + r)^-n); 1 / n without discount.
#[must_use]
pub fn capital_recovery_factor(rate: f64, years: u32) -> f64 {
    let years = years.max(1);
    if rate.abs() < 1e-12 { 1.0 / f64::from(years) } else { rate / (1.0 - 1.0 / growth(rate, years)) }
}

/// (1 + rate)^years.
#[must_use]
pub fn growth(rate: f64, years: u32) -> f64 {
    (0..years).fold(1.0, |product, _| product * (1.0 + rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, 10 years at 10 %: 1.1^10 = 2.5937424601; 0.1 / (1 - 1 / 2.5937424601) = 0.1627453949.
    #[test]
    fn capital_recovery_by_hand() {
        assert!((growth(0.1, 10) - 2.593_742_460_1).abs() < 1e-10);
        assert!((capital_recovery_factor(0.1, 10) - 0.162_745_394_9).abs() < 1e-10);
        assert!((capital_recovery_factor(0.0, 25) - 0.04).abs() < 1e-12);
    }
}
