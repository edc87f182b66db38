//! What rules add to prices and take from them: carbon, fuel standards, taxes and vouchers by year.

use super::frame::Frame;
use super::offer::price_usd;
use super::regulation::{FuelStandardRule, Payer, means};
use super::spec::{BuyerSpec, TRUCK};
use super::stock::Model;
use crate::account::fuel_standard::{MJ_PER_GAL_DIESEL, MJ_PER_KG_H2, credit_t};
use crate::kernel::units::MJ_PER_KWH;
use crate::vehicle::spec::Powertrain;

impl Frame<'_> {
    /// Taxes on the purchase of a vehicle, share of its price.
    #[must_use]
    pub fn vehicle_tax_share(&self, model: usize, year: u16, is_used: bool) -> f64 {
        self.vehicle_taxes(model, year, is_used).map(|tax| tax.1).sum()
    }

    /// The taxes on the purchase of a vehicle: who gets them, and the share of its price.
    pub fn vehicle_taxes(&self, model: usize, year: u16, is_used: bool) -> impl Iterator<Item = (Payer, f64)> {
        let class = &self.models[model].class;
        let rules = self.scenario().rule.vehicle_tax.values();
        let due = rules.filter(move |rule| means(&rule.classes, class) && (rule.on_used || !is_used));
        due.map(move |rule| (rule.payee, rule.share.at(year) * rule.term.share(year)))
    }

    /// What the price of carbon adds to a gallon of diesel.
    #[must_use]
    pub fn carbon_usd_per_gal(&self, year: u16) -> f64 {
        let kg = self.diesel_kg(year)[0];
        let rules = self.scenario().rule.carbon_price.values();
        rules
            .map(|rule| {
                (rule.usd_per_t.at(year) - rule.in_diesel_price_usd_per_t) * rule.term.share(year) * kg / 1000.0
            })
            .sum()
    }

    /// Income from fuel standards for a gallon, kWh at the meter or kg; negative: what they cost.
    #[must_use]
    pub fn credits_usd_per_unit(&self, model: usize, year: u16) -> f64 {
        let Model { powertrain, class, .. } = &self.models[model];
        let rules = self.scenario().rule.fuel_standard.values();
        rules
            .map(|rule| {
                let standard = |year| rule.baseline_g_per_mj * (1.0 - rule.reduction.at(year));
                let usd = |tonnes: f64, year| tonnes * rule.usd_per_t.at(year);
                let diesel_usd = |year| self.deficit_usd(rule, year);
                let each_usd = match powertrain {
                    // The price of diesel holds the deficit of the first year already, and nothing of what it becomes.
                    Powertrain::Diesel => diesel_usd(year) - rule.in_diesel_price * diesel_usd(self.spec.from),
                    Powertrain::FuelCell => {
                        let intensity = rule.hydrogen_g_per_mj.at(year);
                        let credits = credit_t(standard(year), rule.hydrogen_ratio, intensity, MJ_PER_KG_H2);
                        usd(credits, year) * rule.hydrogen_credited_share.at(year)
                    }
                    Powertrain::BatteryElectric => {
                        let intensity = rule.electricity_g_per_mj.at(year);
                        let of_equipment = rule.equipment_electric_ratio.filter(|_| class != TRUCK);
                        let ratio = of_equipment.unwrap_or(rule.electric_ratio);
                        usd(credit_t(standard(year), ratio, intensity, MJ_PER_KWH), year)
                    }
                    // Cranes on the grid are not credited: their energy is not metered apart.
                    Powertrain::GridConnected => 0.0,
                };
                each_usd * rule.term.share(year)
            })
            .sum()
    }

    /// Deficits of a gallon of the pool, USD, negative. Where the pool is cleaner than the standard its makers earn credits,
    /// who buys it earns none.
    fn deficit_usd(&self, rule: &FuelStandardRule, year: u16) -> f64 {
        let standard = rule.baseline_g_per_mj * (1.0 - rule.reduction.at(year));
        let intensity = self.spec.diesel_pool.as_ref().map_or(rule.diesel_g_per_mj, |pool| pool.g_per_mj(year));
        credit_t(standard, 1.0, intensity, MJ_PER_GAL_DIESEL).min(0.0) * rule.usd_per_t.at(year)
    }

    /// Deficits that the price of diesel holds, USD a gallon.
    #[must_use]
    pub fn deficits_in_price_usd_per_gal(&self, year: u16) -> f64 {
        let rules = self.scenario().rule.fuel_standard.values();
        let usd =
            rules.map(|rule| -rule.in_diesel_price * self.deficit_usd(rule, self.spec.from) * rule.term.share(year));
        usd.sum()
    }

    /// Price of carbon that the price of diesel holds, USD a gallon.
    #[must_use]
    pub fn carbon_in_price_usd_per_gal(&self, year: u16) -> f64 {
        let kg = self.diesel_kg(year)[0];
        let rules = self.scenario().rule.carbon_price.values();
        rules.map(|rule| rule.in_diesel_price_usd_per_t * rule.term.share(year) * kg / 1000.0).sum()
    }

    /// What a voucher can pay in a year.
    #[must_use]
    pub fn voucher_budget_usd(&self, rule: &str, year: u16) -> f64 {
        let rule = &self.scenario().rule.voucher[rule];
        rule.budget_usd.as_ref().map_or(f64::INFINITY, |budget| budget.at(year) * rule.term.share(year))
    }

    /// What a voucher pays for a vehicle, before its budget.
    #[must_use]
    pub fn voucher_usd(&self, rule: &str, holding: usize, model: usize, price_usd: f64, year: u16) -> f64 {
        let rule = &self.scenario().rule.voucher[rule];
        let model = &self.models[model];
        let is_of_kind = model.is_zero_emission()
            && means(&rule.classes, &model.class)
            && means(&rule.powertrains, model.powertrain.word());
        if !is_of_kind {
            return 0.0;
        }
        let each = self.buyer(holding).map_or(1.0, |buyer: &BuyerSpec| buyer.vehicles_each);
        let band = rule.by_size.iter().find(|band| each <= band[0]).or(rule.by_size.last());
        let usd = rule.usd.at(year) * band.map_or(1.0, |band| band[1]);
        let increment = rule.most_of_increment.map_or(f64::INFINITY, |share| {
            let piped_usd = self.cheapest_piped_usd(&model.class, year).unwrap_or(0.0);
            (price_usd - piped_usd).max(0.0) * share
        });
        usd.min(price_usd * rule.most_of_price).min(increment) * rule.term.share(year)
    }

    /// Price of the cheapest new vehicle of a class with a tailpipe, USD.
    fn cheapest_piped_usd(&self, class: &str, year: u16) -> Option<f64> {
        let piped = self.models_of(class).filter(|model| !self.models[*model].is_zero_emission());
        let sold = piped.filter_map(|model| self.offer(model)).filter(|offer| offer.is_sold(year));
        sold.map(|offer| price_usd(offer, self.spec, year)).reduce(f64::min)
    }
}
