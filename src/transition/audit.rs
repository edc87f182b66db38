//! The audit of a year of a transition, from its tables: sums of columns, sums of scopes and sectors, and both ends of the money.

use super::payers::{PRIVATE, paid_usd};
use super::record::{EmissionsRow, FinanceRow, Tables};
use super::scope::Scope;
use crate::record::audit::{Check, Finding, Findings};
use crate::record::table::Row as _;

/// A sampled week in which clocks change has an hour more or less: that share of its energy.
const CLOCK_SHARE: f64 = 0.01;

/// What does not add up in the rows of a year; empty when all is well. `is_neighbour` tells scopes that are in no sum of the hub.
pub(super) fn broken(tables: &Tables, year: u16, is_neighbour: impl Fn(&Scope) -> bool) -> Vec<Finding> {
    let mut findings = Findings::default();
    let counts = |scope: &Scope, of: u32| of == u32::from(year) && *scope != Scope::Total && !is_neighbour(scope);
    let mut paid_usd_sum = 0.0;
    for row in tables.finance.iter().filter(|row| counts(&row.scope, row.year)) {
        let what = || format!("cost of {} in {year}, and the sum of its columns, USD", row.scope);
        findings.equal(Check::YearFinance, what, row.total_usd, amounts_usd(row));
        paid_usd_sum += row.total_usd;
    }
    if let Some(total) = tables.finance.iter().find(|row| row.year == u32::from(year) && row.scope == Scope::Total) {
        let what = || format!("cost of the hub in {year}, and the sum of its scopes, USD");
        findings.equal(Check::YearFinance, what, total.total_usd, paid_usd_sum);
        let what = || format!("cost of the hub in {year}, and what its parties pay in the ledger, USD");
        findings.equal(Check::YearLedger, what, total.total_usd, paid_usd(&tables.ledger, year, &PRIVATE));
    }
    emissions(tables, year, counts, &mut findings);
    for row in tables.connections.iter().filter(|row| row.alone && row.year == u32::from(year)) {
        let what = || format!("electricity of the plants at {} in {year}, and what its meter read, MWh", row.site);
        let tolerance = CLOCK_SHARE * row.meter_mwh.abs().max(1.0);
        findings.near(Check::YearPlants, what, row.plants_mwh, row.meter_mwh, tolerance);
    }
    findings.all()
}

fn emissions(tables: &Tables, year: u16, counts: impl Fn(&Scope, u32) -> bool, findings: &mut Findings) {
    let mut sum_t = 0.0;
    for row in tables.emissions.iter().filter(|row| counts(&row.scope, row.year)) {
        let what = || format!("CO2e of {} in {year}, and the sum of its columns, t", row.scope);
        findings.equal(Check::YearEmissions, what, row.co2e_t, parts_t(row));
        sum_t += row.co2e_t;
    }
    let Some(total) = tables.emissions.iter().find(|row| row.year == u32::from(year) && row.scope == Scope::Total)
    else {
        return;
    };
    findings.equal(
        Check::YearEmissions,
        || format!("CO2e of the hub in {year}, and the sum of its scopes, t"),
        total.co2e_t,
        sum_t,
    );
    if !tables.inventory.is_empty() {
        let inside = tables.inventory.iter().filter(|row| row.inside && row.year == u32::from(year));
        let what = || format!("CO2e of the hub in {year}, and the sum of its sectors, t");
        findings.equal(Check::YearInventory, what, total.co2e_t, inside.map(|row| row.co2e_t).sum());
    }
}

/// All amounts of a row but its sums.
fn amounts_usd(row: &FinanceRow) -> f64 {
    row.sum_of("USD") - row.total_usd - row.public_usd
}

fn parts_t(row: &EmissionsRow) -> f64 {
    row.co2e_direct_t + row.co2e_fuel_supply_t + row.co2e_grid_t + row.co2e_hydrogen_t
}

#[cfg(test)]
mod tests {
    use super::{Scope, broken};
    use crate::account::sector::Sector;
    use crate::record::audit::Check;
    use crate::transition::record::{
        ConnectionRow, EmissionsRow, FinanceRow, InventoryRow, LedgerItem, LedgerRow, Party, Tables,
    };

    fn whole() -> Tables {
        let paid = |scope: Scope, diesel_usd| FinanceRow {
            diesel_usd,
            total_usd: diesel_usd,
            ..FinanceRow::nothing(2030, scope)
        };
        let emitted = |scope: Scope, co2e_direct_t| EmissionsRow {
            co2e_direct_t,
            co2e_t: co2e_direct_t,
            ..EmissionsRow::nothing(2030, scope)
        };
        Tables {
            finance: vec![paid(Scope::fleet("a"), 2.0), paid(Scope::site("far"), 5.0), paid(Scope::Total, 2.0)],
            emissions: vec![
                emitted(Scope::fleet("a"), 3.0),
                emitted(Scope::site("far"), 7.0),
                emitted(Scope::Total, 3.0),
            ],
            ledger: vec![LedgerRow {
                year: 2030,
                item: LedgerItem::Diesel,
                payer: Party::Fleet,
                payee: Party::Supplier,
                usd: 2.0,
            }],
            inventory: vec![InventoryRow {
                direct_t: 3.0,
                co2e_t: 3.0,
                ..InventoryRow::nothing(2030, Sector::Trucks, true)
            }],
            connections: vec![ConnectionRow {
                year: 2030,
                site: "works".to_owned(),
                plants: "kiln".to_owned(),
                alone: true,
                plants_mwh: 100.0,
                meter_mwh: 100.5,
                peak_kw: 12.0,
                limit_kw: None,
                over_h: 0.0,
                over_kw: 0.0,
                bill_usd: None,
            }],
            ..Tables::default()
        }
    }

    /// Each check objects to the one value that is wrong, and to nothing else; a neighbour is in no sum.
    #[test]
    fn a_year_that_does_not_add_up_is_told() {
        let told = |change: fn(&mut Tables)| -> Vec<Check> {
            let mut tables = whole();
            change(&mut tables);
            broken(&tables, 2030, |scope| *scope == Scope::site("far")).into_iter().map(|it| it.check).collect()
        };
        assert_eq!(told(|_| {}), []);
        assert_eq!(told(|tables| tables.finance[0].hydrogen_usd = 1.0), [Check::YearFinance]);
        assert_eq!(told(|tables| tables.finance[0].total_usd = 1.0), [Check::YearFinance, Check::YearFinance]);
        assert_eq!(told(|tables| tables.ledger[0].usd = 1.0), [Check::YearLedger]);
        assert_eq!(told(|tables| tables.emissions[0].co2e_grid_t = 1.0), [Check::YearEmissions]);
        assert_eq!(told(|tables| tables.inventory[0].co2e_t = 2.0), [Check::YearInventory]);
        assert_eq!(told(|tables| tables.connections[0].meter_mwh = 200.0), [Check::YearPlants]);
        assert_eq!(told(|tables| tables.connections[0].meter_mwh = 98.0), [Check::YearPlants]);
        assert_eq!(told(|tables| tables.inventory[0].inside = false), [Check::YearInventory]);
    }
}
