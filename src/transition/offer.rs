//! What it costs to buy and to own a vehicle for a year: every term by itself.

use super::spec::{OfferSpec, TransitionSpec};
use crate::account::levelised::{capital_recovery_factor, growth};

/// Price of a new vehicle in a year, USD: (glider + parts) x markup, in the money of the transition.
#[must_use]
pub fn price_usd(offer: &OfferSpec, spec: &TransitionSpec, year: u16) -> f64 {
    let part = |(key, units): (&String, &f64)| spec.part.get(key).map_or(0.0, |price| price.at(year) * units);
    let parts: f64 = offer.part.iter().map(part).sum::<f64>() * spec.to_money_year(spec.part_money_year);
    (offer.glider_usd.at(year) * spec.to_money_year(offer.money_year) + parts) * offer.markup.at(year)
}

/// Maintenance by km or hour, USD.
#[must_use]
pub fn maintenance_usd(offer: &OfferSpec, spec: &TransitionSpec, year: u16) -> f64 {
    offer.maintenance_usd.at(year) * spec.to_money_year(offer.maintenance_money_year.or(offer.money_year))
}

/// Mean of what a vehicle is worth at the start of each year of its holding, over its price when new.
#[must_use]
pub fn mean_value(spec: &TransitionSpec, hold_years: u16) -> f64 {
    let years = hold_years.max(1);
    (0..years).map(|age| residual(spec, age)).sum::<f64>() / f64::from(years)
}

/// Value over the price when new at an age.
#[must_use]
pub fn residual(spec: &TransitionSpec, age: u16) -> f64 {
    match age {
        0 => 1.0,
        age => spec.residual.get(usize::from(age) - 1).copied().unwrap_or(0.0),
    }
}

/// What a vehicle meets in a year, and what that costs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Ownership {
    /// Price, USD.
    pub price_usd: f64,
    /// Taxes on the purchase, USD.
    pub tax_usd: f64,
    /// Vouchers and tax credits, USD.
    pub incentive_usd: f64,
    /// Value at the end over the price.
    pub residual_share: f64,
    /// Years until the end.
    pub hold_years: u32,
    /// Cost of capital, a year.
    pub discount_rate: f64,
    /// km or work hours a year.
    pub use_per_year: f64,
    /// Fuel or energy by km or hour: gal, kWh from the meter, kg.
    pub energy_per_use: f64,
    /// What that costs, USD by unit.
    pub energy_usd_per_unit: f64,
    /// Maintenance, USD by km or hour.
    pub maintenance_usd_per_use: f64,
    /// Insurance, share of the price a year: the share of today's value, times its mean over the years of the holding.
    pub insurance_share: f64,
    /// Waiting for ports and charging on duty, hours a year, and what an hour costs.
    pub waiting_h: f64,
    /// The driver's wage, USD/h.
    pub driver_usd_per_h: f64,
    /// Share of the chargers that it needs, USD a year.
    pub build_out_usd: f64,
    /// Share of the connection that these need, USD a year.
    pub connection_usd: f64,
    /// Hauls that it cannot do, USD a year.
    pub unmet_hauls_usd: f64,
    /// Fees for its containers, USD a year.
    pub fees_usd: f64,
    /// Carbon price on its fuel, USD a year.
    pub carbon_usd: f64,
    /// Credits of a fuel standard, USD a year; negative: deficits.
    pub credits_usd: f64,
    /// Share of its work that others must do for its weight.
    pub payload_lost: f64,
}

/// The cost of owning a vehicle for a year, USD; each term is a column of the table `offers`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tco {
    /// Price less incentives and the present value of the residual, as an annuity.
    pub capital_usd: f64,
    /// Taxes on the purchase, as an annuity.
    pub tax_usd: f64,
    /// Energy.
    pub energy_usd: f64,
    /// Maintenance.
    pub maintenance_usd: f64,
    /// Insurance.
    pub insurance_usd: f64,
    /// Waiting and charging at the driver's wage.
    pub waiting_usd: f64,
    /// Chargers.
    pub build_out_usd: f64,
    /// Their connection.
    pub connection_usd: f64,
    /// Hauls that it cannot do.
    pub unmet_hauls_usd: f64,
    /// Fees.
    pub fees_usd: f64,
    /// Carbon price.
    pub carbon_usd: f64,
    /// Credits, negative where they are income.
    pub credits_usd: f64,
    /// Work that others do for its weight.
    pub payload_usd: f64,
}

impl Tco {
    /// All of it.
    #[must_use]
    pub fn total_usd(&self) -> f64 {
        self.before_payload_usd() + self.payload_usd
    }

    fn before_payload_usd(&self) -> f64 {
        self.capital_usd
            + self.tax_usd
            + self.energy_usd
            + self.maintenance_usd
            + self.insurance_usd
            + self.waiting_usd
            + self.build_out_usd
            + self.connection_usd
            + self.unmet_hauls_usd
            + self.fees_usd
            + self.carbon_usd
            + self.credits_usd
    }
}

/// From what a vehicle meets to what it costs a year.
#[must_use]
pub fn tco(o: &Ownership) -> Tco {
    let residual_usd = o.price_usd * o.residual_share / growth(o.discount_rate, o.hold_years);
    let net_usd = o.price_usd - o.incentive_usd - residual_usd;
    let annuity = capital_recovery_factor(o.discount_rate, o.hold_years);
    let mut tco = Tco {
        capital_usd: net_usd * annuity,
        tax_usd: o.tax_usd * annuity,
        energy_usd: o.use_per_year * o.energy_per_use * o.energy_usd_per_unit,
        maintenance_usd: o.use_per_year * o.maintenance_usd_per_use,
        insurance_usd: o.price_usd * o.insurance_share,
        waiting_usd: o.waiting_h * o.driver_usd_per_h,
        build_out_usd: o.build_out_usd,
        connection_usd: o.connection_usd,
        unmet_hauls_usd: o.unmet_hauls_usd,
        fees_usd: o.fees_usd,
        carbon_usd: o.carbon_usd,
        credits_usd: -o.credits_usd,
        payload_usd: 0.0,
    };
    tco.payload_usd = tco.before_payload_usd() * o.payload_lost / (1.0 - o.payload_lost);
    tco
}

/// An option of a holding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// Its holding.
    pub holding: usize,
    /// Its model.
    pub model: usize,
    /// What one meets and costs.
    pub ownership: Ownership,
    /// The cost of owning one.
    pub tco: Tco,
    /// Share of shifts that it can do.
    pub coverage: f64,
    /// kg `CO2e` a year.
    pub co2e_kg: f64,
    /// It is sold new this year, and can be charged or fuelled.
    pub is_sold: bool,
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact, or rounded to cents")]
mod tests {
    use super::*;

    /// Two vehicles by hand, to the cent. Diesel: 170,000 USD, worth 40 % after 5 years at 7 %: residual today
    /// 170,000 x 0.4 x 0.712986179 = 48,483.06; annuity 0.243890694; capital 29,636.85; 60,000 km x 0.1 gal x 5 USD =
    /// 30,000.00; maintenance 60,000 x 0.12 = 7,200.00; insurance 3 % = 5,100.00; fees 1,000.00; carbon 1,800.00.
    /// Battery: 400,000 USD less 120,000; capital 0.243890694 x (280,000 - 114,077.79) = 40,466.88; 60,000 x 1.4 kWh x 0.25
    /// USD = 21,000.00; maintenance 4,800.00; insurance 12,000.00; 200 h x 35 USD = 7,000.00; chargers 9,000.00; credits
    /// 8,000.00; sum 86,266.88, of which 2 % of its work goes to others: x 0.02 / 0.98 = 1,760.55.
    #[test]
    fn two_vehicles_by_hand() {
        let diesel = Ownership {
            price_usd: 170_000.0,
            residual_share: 0.4,
            hold_years: 5,
            discount_rate: 0.07,
            use_per_year: 60_000.0,
            energy_per_use: 0.1,
            energy_usd_per_unit: 5.0,
            maintenance_usd_per_use: 0.12,
            insurance_share: 0.03,
            fees_usd: 1_000.0,
            carbon_usd: 1_800.0,
            ..Ownership::default()
        };
        let cents = |usd: f64| (usd * 100.0).round() / 100.0;
        let cost = tco(&diesel);
        assert_eq!(cents(cost.capital_usd), 29_636.85);
        assert_eq!(cents(cost.total_usd()), cents(29_636.85 + 30_000.0 + 7_200.0 + 5_100.0 + 1_000.0 + 1_800.0));
        let battery = Ownership {
            price_usd: 400_000.0,
            incentive_usd: 120_000.0,
            energy_per_use: 1.4,
            energy_usd_per_unit: 0.25,
            maintenance_usd_per_use: 0.08,
            waiting_h: 200.0,
            driver_usd_per_h: 35.0,
            build_out_usd: 9_000.0,
            fees_usd: 0.0,
            carbon_usd: 0.0,
            credits_usd: 8_000.0,
            payload_lost: 0.02,
            ..diesel
        };
        let cost = tco(&battery);
        let capital = (280_000.0 - 400_000.0 * 0.4 / 1.07_f64.powi(5)) * 0.07 / (1.0 - 1.07_f64.powi(-5));
        assert_eq!(cents(cost.capital_usd), cents(capital));
        let before = capital + 21_000.0 + 4_800.0 + 12_000.0 + 7_000.0 + 9_000.0 - 8_000.0;
        assert_eq!(cents(cost.payload_usd), cents(before * 0.02 / 0.98));
        assert_eq!(cents(cost.total_usd()), cents(before / 0.98));
    }

    /// The terms of taxes, connection and lost hauls, to the cent: 12 % excise and 9.5 % sales tax on 400,000 USD are
    /// 86,000.00 USD, as an annuity over 5 years at 7 % (0.243890694) 20,974.60 USD a year.
    #[test]
    fn taxes_and_works_by_hand() {
        let plain = Ownership { price_usd: 400_000.0, hold_years: 5, discount_rate: 0.07, ..Ownership::default() };
        let taxed = Ownership { tax_usd: 86_000.0, connection_usd: 1_234.5, unmet_hauls_usd: 99.0, ..plain };
        let cents = |usd: f64| (usd * 100.0).round() / 100.0;
        assert_eq!(cents(tco(&taxed).tax_usd), 20_974.60);
        assert_eq!(cents(tco(&taxed).total_usd() - tco(&plain).total_usd()), 22_308.10);
    }
}
