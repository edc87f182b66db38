//! Levelised cost: money of many years to money a kg.
//!
//! Method: real (constant) money without tax or financing structure. Investment falls at the start of year 1, upkeep and
//! output at the end of each year; both sides are discounted at the real rate. That is the discounted cash flow that
//! reaches a net present value of zero, so the price it gives is the one at which an investor earns just that rate.

/// What a plant costs and makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Plant {
    /// Investment at the start, USD.
    pub capex_usd: f64,
    /// Upkeep and inputs at the end of each year, USD a year.
    pub opex_usd_per_year: f64,
    /// Output in the first year, kg.
    pub kg_per_year: f64,
    /// Loss of output from one year to the next, share.
    pub fade_per_year: f64,
    /// Investments at the end of later years: year (from 1) and USD.
    pub replacements: Vec<(u32, f64)>,
    /// Value at the end of the last year, USD.
    pub salvage_usd: f64,
    /// Life, years.
    pub years: u32,
    /// Real rate of discount, share a year.
    pub rate: f64,
}

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

/// Present value of all cost over present value of all output, USD/kg. Infinite without output.
#[must_use]
pub fn levelised_usd_per_kg(plant: &Plant) -> f64 {
    let (mut cost, mut output) = (plant.capex_usd, 0.0);
    let (mut discount, mut kg) = (1.0, plant.kg_per_year);
    for year in 1..=plant.years {
        discount /= 1.0 + plant.rate;
        let replaced = plant.replacements.iter().filter(|(at, _)| *at == year).map(|(_, usd)| usd).sum::<f64>();
        cost += (plant.opex_usd_per_year + replaced) * discount;
        output += kg * discount;
        kg *= 1.0 - plant.fade_per_year;
    }
    cost -= plant.salvage_usd * discount;
    if output > 0.0 { cost / output } else { f64::INFINITY }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plant() -> Plant {
        Plant {
            capex_usd: 1e7,
            opex_usd_per_year: 1e4,
            kg_per_year: 4e5,
            fade_per_year: 0.0,
            replacements: Vec::new(),
            salvage_usd: 0.0,
            years: 30,
            rate: 0.08,
        }
    }

    /// By hand, 10 years at 10 %: 1.1^10 = 2.5937424601; 0.1 / (1 - 1 / 2.5937424601) = 0.1627453949.
    #[test]
    fn capital_recovery_by_hand() {
        assert!((growth(0.1, 10) - 2.593_742_460_1).abs() < 1e-10);
        assert!((capital_recovery_factor(0.1, 10) - 0.162_745_394_9).abs() < 1e-10);
        assert!((capital_recovery_factor(0.0, 25) - 0.04).abs() < 1e-12);
    }

    /// Capex 1e7 $, opex 1e4 $ a year, 4e5 kg a year, 30 years, 8 % real: the closed form is
    /// (CRF x capex + opex) / kg. 1.08^30 = 10.0626568891; CRF = 0.08 / (1 - 0.0993773) = 0.0888274334;
    /// (888,274.334 + 10,000) / 400,000 = 2.2456858 $/kg.
    #[test]
    fn a_steady_plant_has_a_closed_form() {
        let closed = (capital_recovery_factor(0.08, 30) * 1e7 + 1e4) / 4e5;
        assert!((levelised_usd_per_kg(&plant()) - closed).abs() < 1e-12);
        assert!((closed - 2.245_685_8).abs() < 1e-6, "{closed}");
        let undiscounted = Plant { rate: 0.0, ..plant() };
        // (1e7 + 30 x 1e4) / (30 x 4e5) = 0.8583333 $/kg.
        assert!((levelised_usd_per_kg(&undiscounted) - 10.3 / 12.0).abs() < 1e-12);
    }

    /// Output that fades by f a year is a geometric series: kg / (1+r) x (1 - q^n) / (1 - q), q = (1 - f) / (1 + r).
    #[test]
    fn fade_replacement_and_salvage_have_closed_forms() {
        let fading = Plant { fade_per_year: 0.01, ..plant() };
        let q: f64 = 0.99 / 1.08;
        let q30 = (0..30).fold(1.0, |product, _| product * q);
        let output = 4e5 / 1.08 * (1.0 - q30) / (1.0 - q);
        let cost = 1e7 + 1e4 / capital_recovery_factor(0.08, 30);
        assert!((levelised_usd_per_kg(&fading) - cost / output).abs() < 1e-9);
        let renewed = Plant { replacements: vec![(10, 1.5e6)], salvage_usd: 5e5, ..plant() };
        let more = 1.5e6 / growth(0.08, 10) - 5e5 / growth(0.08, 30);
        let output = 4e5 / capital_recovery_factor(0.08, 30);
        assert!((levelised_usd_per_kg(&renewed) - (cost + more) / output).abs() < 1e-9);
    }
}
