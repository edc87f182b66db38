//! What a plant uses, emits and costs in a year, with the levers that it has: formulas on plain values.

use super::hydrogen::GJ_PER_T;
use super::spec::{CarrierSpec, CreditSpec, IndustrySpec, LeverSpec, PlantSpec};
use crate::account::levelised::capital_recovery_factor;
use crate::kernel::sums::sums;
use std::collections::BTreeMap;

/// MJ of a kWh.
const MJ_PER_KWH: f64 = 3.6;

/// Prices and factors of a year that plants do not move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outside {
    /// Calendar year.
    pub year: u16,
    /// `CO2e` of electricity from the grid, kg per `MWh`.
    pub grid_kg_per_mwh: f64,
    /// Price of an allowance, USD/t.
    pub carbon_usd_per_t: f64,
    /// Price of hydrogen at the end of its pipe where producers decide it, USD/GJ. None: the path of each carrier.
    pub hydrogen_usd_per_gj: Option<f64>,
}

sums! {
    /// A year of a plant.
    #[derive(Debug, Clone, Copy, Default, PartialEq)]
    pub struct PlantYear {
        /// Units made.
        pub output: f64,
        /// Electricity, `MWh`.
        pub electricity_mwh: f64,
        /// All other energy, GJ.
        pub fuel_gj: f64,
        /// `CO2e` that leaves it, t.
        pub direct_t: f64,
        /// `CO2` that is captured, t.
        pub captured_t: f64,
        /// `CO2e` of its electricity, t.
        pub electricity_t: f64,
        /// `CO2e` of supplying its other energy, t.
        pub upstream_t: f64,
        /// Nitrogen oxides, kg.
        pub nox_kg: f64,
        /// Cost of its energy, USD.
        pub energy_usd: f64,
        /// Allowances for what leaves it, less free ones, USD.
        pub carbon_usd: f64,
        /// Running cost of its levers, and the tariff for what is captured, USD.
        pub lever_usd: f64,
    }
}

impl PlantYear {
    /// All that it emits, and that is emitted for it, t.
    #[must_use]
    pub fn co2e_t(&self) -> f64 {
        self.direct_t + self.electricity_t + self.upstream_t
    }

    /// What running costs, without investment, USD.
    #[must_use]
    pub fn running_usd(&self) -> f64 {
        self.energy_usd + self.carbon_usd + self.lever_usd
    }
}

/// A unit of a plant's product.
struct Unit<'a> {
    /// Energy by carrier, GJ.
    gj: BTreeMap<&'a str, f64>,
    /// `CO2e` that leaves the plant, t.
    direct_t: f64,
    /// `CO2` that is captured, t.
    captured_t: f64,
}

/// A unit as levers leave it.
fn unit<'a>(spec: &IndustrySpec, plant: &'a PlantSpec, levers: &[&'a LeverSpec]) -> Unit<'a> {
    let mut gj: BTreeMap<&str, f64> = plant.gj_per_unit.iter().map(|(key, gj)| (key.as_str(), *gj)).collect();
    let (mut process_kg, mut escapes) = (plant.process_kg_per_unit, 1.0);
    for lever in levers {
        for (carrier, factor) in &lever.gj_factor {
            if let Some(gj) = gj.get_mut(carrier.as_str()) {
                *gj *= factor;
            }
        }
        for (carrier, more) in &lever.gj_added {
            *gj.entry(carrier).or_default() += more;
        }
        process_kg *= lever.process_factor;
        escapes *= 1.0 - lever.capture_share;
    }
    let direct_kg =
        |gj: &BTreeMap<&str, f64>| -> f64 { gj.iter().map(|(key, gj)| spec.carrier[*key].direct_kg_per_gj * gj).sum() };
    // Energy of capture is not captured itself: it comes from outside of the stream that is cleaned.
    let stream_kg = direct_kg(&gj) + process_kg;
    let captured_t = stream_kg * (1.0 - escapes) / 1000.0;
    let before = direct_kg(&gj);
    for lever in levers.iter().filter(|lever| lever.capture_share > 0.0) {
        for (carrier, each) in &lever.gj_per_captured_t {
            *gj.entry(carrier).or_default() += each * captured_t;
        }
    }
    let direct_t = stream_kg / 1000.0 - captured_t + (direct_kg(&gj) - before) / 1000.0;
    Unit { gj, direct_t, captured_t }
}

/// Hydrogen that a plant buys, t.
#[must_use]
pub fn hydrogen_t(spec: &IndustrySpec, plant: &PlantSpec, levers: &[&LeverSpec], output: f64) -> f64 {
    let gj = unit(spec, plant, levers).gj.into_iter().filter(|(key, _)| spec.carrier[*key].is_hydrogen);
    gj.map(|(_, gj)| gj * output / GJ_PER_T).sum()
}

/// Hours of a week.
pub const WEEK_H: usize = 168;

/// What a plant draws from the grid by local hour of the week from Monday, kW, in a year of so many hours. The year's energy is
/// that of [`plant_year`], spread by the factors of its carrier, or else by the plant's own.
#[must_use]
pub fn load_kw(spec: &IndustrySpec, plant: &PlantSpec, levers: &[&LeverSpec], output: f64, year_h: f64) -> Vec<f64> {
    let mut kw = vec![0.0; WEEK_H];
    for (key, gj) in unit(spec, plant, levers).gj {
        let carrier = &spec.carrier[key];
        if !carrier.is_electricity {
            continue;
        }
        let mean_kw = gj * output / MJ_PER_KWH * 1000.0 / year_h;
        let factors = if carrier.load_by_hour.is_empty() { &plant.load_by_hour } else { &carrier.load_by_hour };
        let mean = factors.iter().sum::<f64>() / factors.len().max(1) as f64;
        for (hour, kw) in kw.iter_mut().enumerate() {
            *kw += if factors.is_empty() { mean_kw } else { mean_kw * factors[hour % factors.len()] / mean };
        }
    }
    for kw in &mut kw {
        *kw = kw.max(0.0);
    }
    kw
}

/// A plant with some levers in a year, at an output of so many units.
#[must_use]
pub fn plant_year(
    spec: &IndustrySpec,
    plant: &PlantSpec,
    levers: &[&LeverSpec],
    outside: Outside,
    output: f64,
) -> PlantYear {
    let Outside { year, carbon_usd_per_t, .. } = outside;
    let Unit { gj, direct_t, captured_t } = unit(spec, plant, levers);
    let mut out =
        PlantYear { output, direct_t: direct_t * output, captured_t: captured_t * output, ..PlantYear::default() };
    for (key, gj) in &gj {
        energy(&spec.carrier[*key], gj * output, outside, &mut out);
    }
    let free_t = plant.benchmark_kg_per_unit.at(year) / 1000.0 * output;
    out.carbon_usd = (out.direct_t - free_t) * carbon_usd_per_t;
    for lever in levers {
        out.lever_usd += lever.opex_usd_per_unit * output;
        if lever.capture_share > 0.0 {
            let tariff = lever.network.as_ref().and_then(|key| spec.network.get(key));
            let usd_per_t = lever.opex_usd_per_captured_t + tariff.map_or(0.0, |network| network.usd_per_t.at(year));
            out.lever_usd += usd_per_t * out.captured_t;
        }
    }
    out
}

/// Adds the use of a carrier.
fn energy(carrier: &CarrierSpec, gj: f64, outside: Outside, out: &mut PlantYear) {
    let hydrogen_usd = outside.hydrogen_usd_per_gj.filter(|_| carrier.is_hydrogen);
    out.energy_usd += gj * hydrogen_usd.unwrap_or_else(|| carrier.usd_per_gj.at(outside.year));
    out.nox_kg += gj * carrier.nox_g_per_gj / 1000.0;
    if carrier.is_electricity {
        let mwh = gj / MJ_PER_KWH;
        out.electricity_mwh += mwh;
        out.electricity_t += mwh * outside.grid_kg_per_mwh / 1000.0;
    } else {
        out.fuel_gj += gj;
        out.upstream_t += gj * carrier.upstream_kg_per_gj.at(outside.year) / 1000.0;
    }
}

/// What a lever would do for a plant, in a year of its operation.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Effect {
    /// Investment with the premium of the first ones, before public money, USD.
    pub capex_usd: f64,
    /// Of it for being among the first, USD.
    pub premium_usd: f64,
    /// Annuity of the investment less public money, and the change of running cost less credits, with the price of carbon, USD a
    /// year: below 0 it pays.
    pub usd_per_year: f64,
    /// The same without the price of carbon and credits, and before public money: what it takes.
    pub resource_usd_per_year: f64,
    /// Credits, spread over its life, USD a year.
    pub credit_usd_per_year: f64,
    /// Running cost of the lever itself that a margin is taken of: annuity and running cost, USD a year.
    pub gross_usd_per_year: f64,
    /// `CO2e` that is emitted less, with supply, t a year.
    pub abated_t: f64,
    /// Captured more, t a year.
    pub captured_t: f64,
    /// Electricity more, `MWh` a year.
    pub electricity_mwh: f64,
    /// Hydrogen more, t a year.
    pub hydrogen_t: f64,
}

impl Effect {
    /// Cost of a tonne: what it takes, whoever pays. None where it abates nothing.
    #[must_use]
    pub fn usd_per_t(&self) -> Option<f64> {
        (self.abated_t > 0.0).then(|| self.resource_usd_per_year / self.abated_t)
    }

    /// What its owner lacks for a tonne, with credits, public money and the price of carbon: at or below 0 it is decided.
    #[must_use]
    pub fn missing_usd_per_t(&self) -> Option<f64> {
        (self.abated_t > 0.0).then(|| self.usd_per_year / self.abated_t)
    }
}

/// A plant that could have a lever: the plant as it is, the money that it gets, and how many have it already.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The plant.
    pub plant: &'a PlantSpec,
    /// The levers that it has.
    pub has: &'a [&'a LeverSpec],
    /// The lever.
    pub lever: &'a LeverSpec,
    /// Public money for it, USD.
    pub public_usd: f64,
    /// How many were built.
    pub built: u32,
}

/// Effect of a lever.
#[must_use]
pub fn effect(spec: &IndustrySpec, candidate: &Candidate<'_>, outside: Outside) -> Effect {
    let Candidate { plant, has, lever, public_usd, built } = *candidate;
    let output = plant.output.at(outside.year);
    let before = plant_year(spec, plant, has, outside, output);
    let with: Vec<&LeverSpec> = has.iter().copied().chain([lever]).collect();
    let after = plant_year(spec, plant, &with, outside, output);
    let captured_t = after.captured_t - before.captured_t;
    let usual_usd = lever.capex_usd_per_unit * output + lever.capex_usd_per_captured_t * captured_t.max(0.0);
    let premium_usd = usual_usd * lever.premium * (1.0 - f64::from(built) / lever.premium_units).max(0.0);
    let capex_usd = usual_usd + premium_usd;
    let rate = plant.rate.unwrap_or(spec.rate);
    let annuity = capital_recovery_factor(rate, lever.life_years);
    let credit_usd: f64 =
        spec.credit.values().map(|credit| credit_usd(credit, rate, lever, outside.year) * captured_t).sum();
    let own_usd = after.lever_usd - before.lever_usd;
    let running_usd = after.running_usd() - before.running_usd();
    let energy_usd = after.energy_usd - before.energy_usd;
    Effect {
        capex_usd,
        premium_usd,
        usd_per_year: (capex_usd - public_usd).max(0.0) * annuity + running_usd - credit_usd,
        resource_usd_per_year: capex_usd * annuity + own_usd + energy_usd,
        credit_usd_per_year: credit_usd,
        gross_usd_per_year: capex_usd * annuity + own_usd.max(0.0),
        abated_t: before.co2e_t() - after.co2e_t(),
        captured_t,
        electricity_mwh: after.electricity_mwh - before.electricity_mwh,
        hydrogen_t: hydrogen_t(spec, plant, &with, output) - hydrogen_t(spec, plant, has, output),
    }
}

/// A credit for a tonne stored, spread over the life of a lever that is decided in a year, USD/t: it is paid for fewer years.
fn credit_usd(credit: &CreditSpec, rate: f64, lever: &LeverSpec, year: u16) -> f64 {
    if !credit.on || year > credit.until || lever.network.is_none() {
        return 0.0;
    }
    let years = credit.years.min(lever.life_years);
    let present = credit.usd_per_t / capital_recovery_factor(rate, years);
    present * capital_recovery_factor(rate, lever.life_years)
}

/// What is bought of each way to take so many tonnes from the air in a year: key, t and USD, the cheapest first.
#[must_use]
pub fn removals(spec: &IndustrySpec, year: u16, needed_t: f64) -> Vec<(&str, f64, f64)> {
    let mut ways: Vec<(&str, f64, f64)> =
        spec.removal.iter().map(|(key, way)| (key.as_str(), way.most_t.at(year), way.usd_per_t.at(year))).collect();
    ways.sort_by(|a, b| a.2.total_cmp(&b.2));
    let mut left_t = needed_t.max(0.0);
    let mut bought = Vec::new();
    for (key, most_t, usd_per_t) in ways {
        let tonnes = left_t.min(most_t);
        if tonnes > 0.0 {
            bought.push((key, tonnes, tonnes * usd_per_t));
            left_t -= tonnes;
        }
    }
    bought
}

#[cfg(test)]
mod tests {
    //! Contract: energy, carbon and money of a plant and of a lever by hand, and the orders of published costs.

    use super::*;
    use crate::account::sector::Sector;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} is not {b}");
    }

    const OUTSIDE: Outside =
        Outside { year: 2030, grid_kg_per_mwh: 100.0, carbon_usd_per_t: 30.0, hydrogen_usd_per_gj: None };

    /// A kiln: 3.4 GJ of coal and 0.25 GJ of electricity for a tonne, 525 kg of process `CO2`.
    fn spec() -> IndustrySpec {
        let text = r#"
            decision = "least_cost"
            rate = 0.08
            [carrier.coal]
            usd_per_gj = 4
            direct_kg_per_gj = 95
            upstream_kg_per_gj = 5
            nox_g_per_gj = 200
            [carrier.electricity]
            usd_per_gj = 55
            is_electricity = true
            [carrier.heat]
            usd_per_gj = 10
            direct_kg_per_gj = 56
            [plant.kiln]
            sector = "cement"
            unit = "t clinker"
            output = 1_000_000
            gj_per_unit = { coal = 3.4, electricity = 0.25 }
            process_kg_per_unit = 525
            benchmark_kg_per_unit = 800
            [network.store]
            opens = 2028
            capacity_t = 1_000_000
            usd_per_t = 30
            [lever.capture]
            sectors = ["cement"]
            capture_share = 0.9
            gj_per_captured_t = { electricity = 0.36 }
            capex_usd_per_captured_t = 300
            opex_usd_per_captured_t = 40
            life_years = 25
            lead_years = 6
            ready = 2028
            premium = 2.2
            premium_units = 4
            network = "store"
            [lever.blend]
            sectors = ["cement"]
            gj_factor = { coal = 0.8 }
            process_factor = 0.8
            gj_added = { coal = 0.3 }
            capex_usd_per_unit = 10
            opex_usd_per_unit = -5
            life_years = 20
            lead_years = 2
            ready = 2025
            [credit.q45]
            until = 2032
            usd_per_t = 85
            years = 12
        "#;
        toml::from_str(text).unwrap()
    }

    /// By hand: 3.4 x 95 + 525 = 848 kg leave for a tonne; 3.4 x 5 = 17 kg of supply; 0.25 GJ are 69.4 kWh, 6.94 kg at 100 kg/MWh.
    /// Energy 3.4 x 4 + 0.25 x 55 = 27.35 USD; carbon (0.848 - 0.8) x 30 = 1.44 USD; 680 g of nitrogen oxides.
    #[test]
    fn a_plant_by_hand() {
        let spec = spec();
        let year = plant_year(&spec, &spec.plant["kiln"], &[], OUTSIDE, 1e6);
        close(year.direct_t, 848_000.0);
        close(year.upstream_t, 17_000.0);
        close(year.electricity_mwh, 0.25 / 3.6 * 1e6);
        close(year.electricity_t, 0.25 / 3.6 * 1e5);
        close(year.energy_usd, 27.35e6);
        close(year.carbon_usd, 1.44e6);
        close(year.nox_kg, 680_000.0);
        assert_eq!(spec.plant["kiln"].sector, Sector::Cement);
    }

    /// By hand: 0.9 x 848,000 = 763,200 t captured; 84,800 leave. Each takes 100 kWh: 76,320,000 kWh more, 7,632 t. Investment 300 USD a
    /// tonne and year and 2.2 times that on top for the first: 732.7 M; with two built before, half the premium.
    #[test]
    fn capture_by_hand() {
        let spec = spec();
        let (plant, lever) = (&spec.plant["kiln"], &spec.lever["capture"]);
        let candidate = Candidate { plant, has: &[], lever, public_usd: 0.0, built: 0 };
        let first = effect(&spec, &candidate, OUTSIDE);
        close(first.captured_t, 763_200.0);
        close(first.abated_t, 763_200.0 - 7_632.0);
        close(first.capex_usd, 763_200.0 * 300.0 * 3.2);
        close(first.premium_usd, 763_200.0 * 300.0 * 2.2);
        let third = effect(&spec, &Candidate { built: 2, ..candidate }, OUTSIDE);
        close(third.capex_usd, 763_200.0 * 300.0 * 2.1);
        // 8 %, 25 years: 0.0936787791. Tariff 30, upkeep 40, electricity 0.36 x 55 = 19.8 USD for a tonne captured.
        let annuity = 0.093_678_779_1;
        let resource = 763_200.0 * (300.0 * 3.2 * annuity + 30.0 + 40.0 + 19.8);
        assert!((first.resource_usd_per_year / resource - 1.0).abs() < 1e-8);
        // The credit of 85 USD for 12 of 25 years at 8 %: its present value 85 x 7.5360780, spread over 25 years.
        let credit = 85.0 * 7.536_078_0 * annuity;
        let own = resource - 763_200.0 * (30.0 + credit);
        assert!((first.usd_per_year - own).abs() < 10.0, "{} is not {own}", first.usd_per_year);
        let granted = effect(&spec, &Candidate { public_usd: 5e8, ..candidate }, OUTSIDE);
        close(first.usd_per_year - granted.usd_per_year, 5e8 * capital_recovery_factor(0.08, 25));
        let late = effect(&spec, &candidate, Outside { year: 2033, ..OUTSIDE });
        assert!(late.usd_per_year > first.usd_per_year + 30e6, "the credit has ended");
    }

    /// By hand: 1,000,000 units of 0.25 GJ are 69.4 `GWh`, 7,927 kW over 8,760 h; with a third of the hours at twice and the rest at
    /// half, twice and half of that. Capture adds 0.36 GJ for each of 763,200 t, 76.32 `GWh`: in its own hours, 8 of 24, at three
    /// times its mean of 8,712 kW.
    #[test]
    fn a_load_by_hand() {
        let mut spec = spec();
        let flat = load_kw(&spec, &spec.plant["kiln"], &[], 1e6, 8_760.0);
        assert!(flat.len() == WEEK_H && flat.iter().all(|kw| (kw - 7_927.4).abs() < 0.1), "{}", flat[0]);
        let by_hour: Vec<f64> = (0..24).map(|hour| if hour < 8 { 2.0 } else { 0.5 }).collect();
        spec.plant.get_mut("kiln").unwrap().load_by_hour.clone_from(&by_hour);
        let shaped = load_kw(&spec, &spec.plant["kiln"], &[], 1e6, 8_760.0);
        close(shaped[24 + 7], flat[0] * 2.0);
        close(shaped[24 + 8], flat[0] * 0.5);
        let night = CarrierSpec {
            load_by_hour: by_hour.iter().map(|factor| if *factor > 1.0 { 1.0 } else { 0.0 }).collect(),
            ..spec.carrier["electricity"].clone()
        };
        spec.carrier.insert("night".to_owned(), night);
        spec.lever.get_mut("capture").unwrap().gj_per_captured_t = BTreeMap::from([("night".to_owned(), 0.36)]);
        let (plant, capture) = (&spec.plant["kiln"], &spec.lever["capture"]);
        let with = load_kw(&spec, plant, &[capture], 1e6, 8_760.0);
        close(with[8], shaped[8]);
        assert!((with[7] - shaped[7] - 3.0 * 8_712.3).abs() < 0.2, "{}", with[7] - shaped[7]);
        // The week holds the energy of the year over its weeks.
        let year = plant_year(&spec, plant, &[capture], OUTSIDE, 1e6);
        close(with.iter().sum::<f64>(), year.electricity_mwh * 1000.0 * 168.0 / 8_760.0);
    }

    /// Less clinker first: 20 % less of it, and some heat for what takes its place, by hand (3.02 x 95 + 420) x 1,000 t. It costs
    /// less than nothing; capture costs 100 USD a tonne and more. After it there is less to capture.
    #[test]
    fn clinker_is_replaced_before_carbon_is_captured() {
        let spec = spec();
        let plant = &spec.plant["kiln"];
        let (blend, capture) = (&spec.lever["blend"], &spec.lever["capture"]);
        let blended = plant_year(&spec, plant, &[blend], OUTSIDE, 1e6);
        close(blended.direct_t, (3.02 * 95.0 + 420.0) * 1_000.0);
        let of = |lever, has: &[&LeverSpec]| {
            effect(&spec, &Candidate { plant, has, lever, public_usd: 0.0, built: 9 }, OUTSIDE)
        };
        let [first, second] = [of(blend, &[]), of(capture, &[])].map(|effect| effect.usd_per_t().unwrap());
        assert!(first < 0.0 && (90.0..160.0).contains(&second), "{first} {second}");
        assert!(of(capture, &[blend]).captured_t < of(capture, &[]).captured_t);
    }

    /// 700 t are needed: the 500 t of the cheaper way at 80 USD, and 200 t of the dearer one at 400; of 2,000 t no more than there is.
    #[test]
    fn the_cheapest_removals_are_bought_first() {
        let ways = "[removal.air]\nmost_t = 1000\nusd_per_t = 400\n[removal.wood]\nmost_t = 500\nusd_per_t = 80\n";
        let spec: IndustrySpec = toml::from_str(&format!("decision = \"plan_file\"\nrate = 0.08\n{ways}")).unwrap();
        assert_eq!(removals(&spec, 2045, 700.0), [("wood", 500.0, 40_000.0), ("air", 200.0, 80_000.0)]);
        let all: f64 = removals(&spec, 2045, 2_000.0).iter().map(|bought| bought.1).sum();
        close(all, 1_500.0);
        assert!(removals(&spec, 2045, 0.0).is_empty());
    }
}
