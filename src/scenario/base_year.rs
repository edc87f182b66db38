//! Amounts of plants and fuels that are written in dollars of their own year, in those of the transition.

use super::Scenario;
use crate::industry::spec::IndustrySpec;

/// A scenario with what `[industry]` and `[fuel]` say in the dollars of the transition. Without one there is nothing to convert to: the
/// check refuses a year of money then.
pub(super) fn converted(mut scenario: Scenario) -> Scenario {
    let Some(transition) = &scenario.transition else { return scenario };
    if let Some(industry) = &mut scenario.industry {
        scale(industry, transition.to_money_year(industry.money_year));
    }
    for fuel in scenario.fuel.values_mut() {
        if let Some(usd) = &mut fuel.usd_per_t {
            *usd *= transition.to_money_year(fuel.money_year);
        }
    }
    scenario
}

/// Multiplies every amount of money of the plants.
fn scale(industry: &mut IndustrySpec, factor: f64) {
    if let Some(most) = &mut industry.most_usd_per_t {
        most.scale(factor);
    }
    industry.carrier.values_mut().for_each(|carrier| carrier.usd_per_gj.scale(factor));
    if let Some(market) = &mut industry.hydrogen {
        market.pipe_usd_per_kg.scale(factor);
        market.station_usd_per_kg.scale(factor);
    }
    for plant in industry.plant.values_mut() {
        plant.standing_usd_per_unit.scale(factor);
        if let Some(margin) = &mut plant.margin_usd_per_unit {
            margin.scale(factor);
        }
    }
    for lever in industry.lever.values_mut() {
        lever.capex_usd_per_unit *= factor;
        lever.capex_usd_per_captured_t *= factor;
        lever.opex_usd_per_unit *= factor;
        lever.opex_usd_per_captured_t *= factor;
    }
    industry.network.values_mut().for_each(|network| network.usd_per_t.scale(factor));
    for credit in industry.credit.values_mut() {
        credit.usd_per_t *= factor;
        credit.usd_per_unit *= factor;
    }
    let taxes = industry.fuel_credit.values_mut().filter_map(|credit| credit.usd_per_gj.as_mut());
    taxes.for_each(|usd| usd.scale(factor));
    industry.removal.values_mut().for_each(|removal| removal.usd_per_t.scale(factor));
    let funds = industry.project.values_mut().flat_map(|project| project.funding.values_mut());
    funds.for_each(|fund| fund.usd *= factor);
}

#[cfg(test)]
mod tests {
    //! Contract: no amount of money of the plants stays in the dollars of another year, and nothing else changes.

    use super::*;
    use crate::document::problem::Problems;
    use crate::scenario::load::{Request, load};
    use crate::scenario::loaded::Loaded;
    use serde_json::Value;
    use std::path::Path;

    fn with(settings: &[&str]) -> Result<Loaded, Problems> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/hub_2045");
        let overlays = vec![path.join("all_sectors.toml")];
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        load(&Request { path, overlays, settings, ..Request::default() })
    }

    /// Names of the keys below a schema that hold money.
    fn money(schema: &Value, names: &mut Vec<String>) {
        match schema {
            Value::Object(items) => {
                let fields = items.get("properties").and_then(Value::as_object);
                names.extend(fields.into_iter().flat_map(|it| it.keys()).filter(|key| key.contains("usd")).cloned());
                items.values().for_each(|item| money(item, names));
            }
            Value::Array(items) => items.iter().for_each(|item| money(item, names)),
            _ => {}
        }
    }

    #[test]
    fn every_amount_of_the_plants_is_converted() {
        let mut industry: IndustrySpec = toml::from_str(
            r#"
            decision = "least_cost"
            rate = 0.0625
            most_usd_per_t = 7
            hydrogen = { pipe_t = 11, pipe_usd_per_kg = 7, station_usd_per_kg = 7 }
            carrier.coal = { usd_per_gj = 7, direct_kg_per_gj = 95 }
            plant.kiln = { sector = "cement", unit = "t", output = 11, standing_usd_per_unit = 7, margin_usd_per_unit = { 2025 = 7, 2035 = 7 } }
            network.store = { opens = 2030, capacity_t = 11, usd_per_t = 7 }
            credit.stored = { until = 2032, usd_per_t = 7, usd_per_unit = 7, payer = "federal", years = 12 }
            fuel_credit.clean = { carrier = "coal", usd_per_gj = 7, payer = "federal" }
            removal.air = { most_t = 11, usd_per_t = 7 }
            project.big = { plant = "kiln", lever = "capture", announced = 2024, decides = 2026, funding.state = { usd = 7, payer = "state" } }
            [lever.capture]
            capex_usd_per_unit = 7
            capex_usd_per_captured_t = 7
            opex_usd_per_unit = 7
            opex_usd_per_captured_t = 7
            life_years = 20
            lead_years = 3
            ready = 2026
            "#,
        )
        .unwrap();
        let before = format!("{industry:?}");
        let mut names = Vec::new();
        money(schemars::schema_for!(IndustrySpec).as_value(), &mut names);
        assert!(names.len() >= 11, "{names:?}");
        for name in &names {
            assert!(before.contains(&format!("{name}: ")), "the test has no {name}");
        }
        scale(&mut industry, 2.0);
        assert_eq!(format!("{industry:?}"), before.replace("7.0", "14.0"));
    }

    /// Dollars of 2020 become those of 2025 by the price index: plants, removals and the fuel that names its year, no other.
    #[test]
    fn dollars_of_another_year_are_converted() {
        let plain = with(&[]).unwrap();
        let factor = plain.scenario.transition.as_ref().unwrap().to_money_year(Some(2020));
        assert!(factor > 1.1, "{factor}");
        let settings = ["industry.money_year=2020", "fuel.marine_gas_oil.money_year=2020"];
        let converted = with(&settings).unwrap();
        let removal = |loaded: &Loaded| {
            loaded.scenario.industry.as_ref().unwrap().removal.values().next().unwrap().usd_per_t.at(2045)
        };
        assert!((removal(&converted) / removal(&plain) - factor).abs() < 1e-12);
        for (key, fuel) in plain.scenario.fuel.iter().filter(|(_, fuel)| fuel.usd_per_t.is_some()) {
            let expected = fuel.usd_per_t.unwrap() * if key == "marine_gas_oil" { factor } else { 1.0 };
            assert!((converted.scenario.fuel[key].usd_per_t.unwrap() - expected).abs() < 1e-9, "{key}");
        }
        let same = with(&["industry.money_year=2025", "fuel.marine_gas_oil.money_year=2025"]).unwrap();
        let told =
            |loaded: &Loaded| format!("{:?} {:?}", loaded.scenario.industry.as_ref().unwrap().removal, prices(loaded));
        assert_eq!(told(&same), told(&plain), "the year of the transition changes no figure");
    }

    fn prices(loaded: &Loaded) -> Vec<Option<f64>> {
        loaded.scenario.fuel.values().map(|fuel| fuel.usd_per_t).collect()
    }

    /// A fuel in dollars of a year is refused where nothing says in which dollars results are.
    #[test]
    fn a_year_of_money_needs_a_transition() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/san_pedro_bay");
        let settings = vec!["fuel.marine_gas_oil.money_year=2020".to_owned()];
        let problems = load(&Request { path, settings, ..Request::default() }).unwrap_err();
        let told =
            problems.list.iter().map(|problem| format!("{}: {}", problem.field, problem.message)).collect::<Vec<_>>();
        assert!(told.join("\n").contains("fuel.marine_gas_oil.money_year: names a year of money"), "{told:?}");
    }
}
