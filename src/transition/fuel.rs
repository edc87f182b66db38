//! What a gallon of diesel is, emits and costs: a pool of fossil and renewable fuels by year.
//!
//! Intensities are from well to wheel, as in 17 CCR 95488; the carbon of renewable fuels was in the air before and is not
//! counted at the tailpipe (the convention of the state's inventory).

use super::frame::Frame;
use super::spec::{DieselPoolSpec, TransitionSpec};
use crate::account::fuel_standard::{MJ_PER_GAL_DIESEL, credit_t};

impl DieselPoolSpec {
    /// Share of fossil diesel, 0 to 1.
    #[must_use]
    pub fn fossil_share(&self, year: u16) -> f64 {
        (1.0 - self.fuel.values().map(|fuel| fuel.share.at(year)).sum::<f64>()).max(0.0)
    }

    /// Intensity of the pool, g `CO2e`/MJ.
    #[must_use]
    pub fn g_per_mj(&self, year: u16) -> f64 {
        let others: f64 = self.fuel.values().map(|fuel| fuel.share.at(year) * fuel.g_per_mj.at(year)).sum();
        self.fossil_share(year) * self.fossil_g_per_mj.at(year) + others
    }

    /// What a gallon costs to make more than one of fossil diesel, USD.
    #[must_use]
    pub fn premium_usd_per_gal(&self, year: u16) -> f64 {
        self.fuel.values().map(|fuel| fuel.share.at(year) * fuel.premium_usd_per_gal.at(year)).sum()
    }

    /// What the pool adds to the price of diesel, USD/gal: fuels beyond the share that the price holds already, as far as
    /// credits of the fuel standard at this price do not pay for them.
    #[must_use]
    pub fn price_usd_per_gal(&self, year: u16, credit_usd_per_t: f64) -> f64 {
        let fossil = self.fossil_g_per_mj.at(year);
        let of = |fuel: &super::spec::PoolFuelSpec| {
            let more = fuel.share.at(year) - fuel.share_in_price.as_ref().unwrap_or(&fuel.share).at(year);
            let credits_usd = credit_t(fossil, 1.0, fuel.g_per_mj.at(year), MJ_PER_GAL_DIESEL) * credit_usd_per_t;
            more * (fuel.premium_usd_per_gal.at(year) - credits_usd).max(0.0)
        };
        self.fuel.values().map(of).sum()
    }

    /// The credit price at which the most expensive fuel of the pool pays for itself, USD/t: its premium over the tonnes that a
    /// gallon of it saves against fossil diesel. None without such fuels.
    #[must_use]
    pub fn clearing_usd_per_t(&self, year: u16) -> Option<f64> {
        let fossil = self.fossil_g_per_mj.at(year);
        let used = self.fuel.values().filter(|fuel| fuel.share.at(year) > 0.0);
        let price = used.map(|fuel| {
            fuel.premium_usd_per_gal.at(year) / credit_t(fossil, 1.0, fuel.g_per_mj.at(year), MJ_PER_GAL_DIESEL)
        });
        price.filter(|usd| usd.is_finite() && *usd >= 0.0).reduce(f64::max)
    }
}

impl TransitionSpec {
    /// A gallon of diesel at the pump before credits and carbon price, USD.
    #[must_use]
    pub fn diesel_usd_per_gal(&self, year: u16, credit_usd_per_t: f64) -> f64 {
        let pool = self.diesel_pool.as_ref().map_or(0.0, |pool| pool.price_usd_per_gal(year, credit_usd_per_t));
        self.price.diesel_usd_per_gal.at(year) + pool
    }
}

impl Frame<'_> {
    /// Price of credits of the fuel standards in force, USD/t.
    #[must_use]
    pub fn credit_usd_per_t(&self, year: u16) -> f64 {
        let rules = self.scenario().rule.fuel_standard.values();
        rules.map(|rule| rule.usd_per_t.at(year) * rule.term.share(year)).sum()
    }

    /// A gallon of diesel, before deficits and carbon price, USD.
    #[must_use]
    pub fn diesel_usd(&self, year: u16) -> f64 {
        self.spec.diesel_usd_per_gal(year, self.credit_usd_per_t(year))
    }

    /// Emissions of a gallon of diesel: at the tailpipe and of its supply, kg `CO2e`.
    #[must_use]
    pub fn diesel_kg(&self, year: u16) -> [f64; 2] {
        let Some(factors) = &self.scenario().emissions else { return [0.0; 2] };
        match &self.spec.diesel_pool {
            None => [factors.diesel_tailpipe_kg_per_gal, factors.diesel_upstream_kg_per_gal],
            Some(pool) => {
                let tailpipe = factors.diesel_tailpipe_kg_per_gal * pool.fossil_share(year);
                [tailpipe, pool.g_per_mj(year) * MJ_PER_GAL_DIESEL / 1000.0 - tailpipe]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(toml: &str) -> DieselPoolSpec {
        toml::from_str(toml).unwrap()
    }

    /// By hand: 70 % at 35 g/MJ and 5 % at 50 g/MJ leave 25 % at 100: 24.5 + 2.5 + 25 = 52 g/MJ. A gallon of renewable diesel
    /// saves (100 - 35) x 134.47 / 1e6 = 0.00874055 t and costs 1.40 USD more: 160.17 USD a tonne clear it. At 60 USD a tonne
    /// credits pay 0.524433 of it; of 30 % more than the price of diesel holds, 0.875567 x 0.3 = 0.262670 USD come on top.
    #[test]
    fn a_pool_by_hand() {
        let text = "fossil_g_per_mj = 100\n[fuel.renewable]\nshare = 0.7\nshare_in_price = 0.4\ng_per_mj = 35\n\
            premium_usd_per_gal = 1.4\n[fuel.bio]\nshare = 0.05\ng_per_mj = 50\npremium_usd_per_gal = 0.5\n";
        let pool = pool(text);
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-4, "{a} {b}");
        close(pool.fossil_share(2030), 0.25);
        close(pool.g_per_mj(2030), 52.0);
        close(pool.premium_usd_per_gal(2030), 0.98 + 0.025);
        close(pool.clearing_usd_per_t(2030).unwrap(), 160.172_9);
        close(pool.price_usd_per_gal(2030, 60.0), 0.262_670);
        close(pool.price_usd_per_gal(2030, 200.0), 0.0);
    }
}
