//! Contract: the ledger. Every amount has two ends; what fleets, terminals and sites pay in it is what the finance table
//! says; fees, taxes, vouchers and credits are of who pays and gets them by the rules, to the cent.

use crate::{LEAST_COST, with};
use portvolt::transition::payers::{PRIVATE, paid_usd};
use portvolt::transition::record::{LedgerItem, LedgerRow, Party, Tables};
use portvolt::transition::scope::Scope;
use portvolt::transition::spec::ProjectKind;

const RULES: &str = "[rule.truck_fee.fund]\nusd_per_teu = 10\npaying_share = 0.5\npass_through = 0.25\n\
    [rule.vehicle_tax.excise]\nclasses = [\"truck\"]\nshare = 0.12\npayee = \"federal\"\n\
    [rule.vehicle_tax.sales]\nshare = 0.095\non_used = true\npayee = \"state\"\n\
    [rule.voucher.v]\nusd = 40000\nmost_of_increment = 1.0\npayer = \"port\"\nfund = \"fund\"\n\
    [rule.carbon_price.cap]\nusd_per_t = 50\nin_diesel_price_usd_per_t = 28\n\
    [rule.fuel_standard.s]\nbaseline_g_per_mj = 100\nreduction = 0.2\ndiesel_g_per_mj = 100\nelectricity_g_per_mj = 40\n\
    hydrogen_g_per_mj = 100\nelectric_ratio = 5\nhydrogen_ratio = 2\nusd_per_t = 60\nin_diesel_price = 1\n\
    [rule.infrastructure_credit.grid]\nkinds = [\"grid\"]\nshare = 1\nmost_usd_each = 1e9\npayer = \"ratepayer\"\n";

fn run() -> Tables {
    with(&[LEAST_COST, ("glider_usd = 300000", "glider_usd = 190000"), ("limit_kw = 2000", "limit_kw = 300")], RULES)
}

fn sum(tables: &Tables, item: LedgerItem, payer: Party, payee: Party) -> f64 {
    let is_it = |row: &&LedgerRow| row.item == item && row.payer == payer && row.payee == payee;
    tables.ledger.iter().filter(is_it).map(|row| row.usd).sum()
}

#[test]
fn the_ledger_and_the_finance_table_say_the_same() {
    let tables = run();
    for (year, _) in &tables.shown {
        let total =
            tables.finance.iter().find(|row| row.year == u32::from(*year) && row.scope == Scope::Total).unwrap();
        let private = paid_usd(&tables.ledger, *year, &PRIVATE);
        assert!(
            (private - total.total_usd).abs() < 1e-6 * total.total_usd.abs(),
            "{year}: {private} {}",
            total.total_usd
        );
        let all: f64 =
            tables.ledger.iter().filter(|row| row.year == u32::from(*year)).map(|row| row.usd - row.usd).sum();
        assert_eq!(all, 0.0);
    }
}

/// A quarter of the fee by trucks and the rest by owners of the cargo; vouchers no more than the fund took in before; works
/// before the meter by ratepayers; credits of the public charger to the station.
#[test]
fn each_pays_as_the_rules_say() {
    let tables = run();
    let (fleet, cargo) = (
        sum(&tables, LedgerItem::Fees, Party::Fleet, Party::Port),
        sum(&tables, LedgerItem::Fees, Party::CargoOwner, Party::Port),
    );
    assert!(cargo > 0.0 && (fleet * 3.0 - cargo).abs() < 1e-6 * cargo, "{fleet} {cargo}");
    let mut fund = 0.0;
    for (year, _) in &tables.shown {
        let of_year = |item: LedgerItem, payer: Party| -> f64 {
            let rows = tables.ledger.iter().filter(|row| row.year == u32::from(*year));
            rows.filter(|row| row.item == item && row.payer == payer).map(|row| row.usd).sum()
        };
        let paid = of_year(LedgerItem::Vouchers, Party::Port);
        assert!(paid <= fund + 1e-6, "{year}: {paid} of {fund}");
        fund += of_year(LedgerItem::Fees, Party::Fleet) + of_year(LedgerItem::Fees, Party::CargoOwner) - paid;
    }
    assert!(sum(&tables, LedgerItem::Vouchers, Party::Port, Party::Fleet) > 0.0);
    let new: f64 = tables
        .fleet
        .iter()
        .filter(|row| row.class == "truck" && row.model == "battery")
        .map(|row| f64::from(row.bought_new))
        .sum();
    let diesel: f64 = tables
        .fleet
        .iter()
        .filter(|row| row.class == "truck" && row.model == "diesel")
        .map(|row| f64::from(row.bought_new))
        .sum();
    let excise = sum(&tables, LedgerItem::VehicleTax, Party::Fleet, Party::Federal);
    assert!((excise - 0.12 * (new * 190_000.0 + diesel * 172_500.0)).abs() < 0.01, "{excise}: {new} {diesel}");
    let grid: f64 = tables
        .projects
        .iter()
        .filter(|row| row.year == 2032 && row.kind == ProjectKind::Grid)
        .map(|row| row.public_usd)
        .sum();
    let paid: f64 = sum(&tables, LedgerItem::BuildOut, Party::Ratepayer, Party::Fleet)
        + sum(&tables, LedgerItem::BuildOut, Party::Ratepayer, Party::Station);
    assert!(grid > 0.0 && (paid - grid).abs() < 0.01, "{paid} {grid}");
}
