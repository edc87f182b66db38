//! The ledger: who paid whom, and for what. Every amount has two ends, so that over all parties the sum is zero.
//!
//! Three sums are told of it. *Private* is what fleets, terminals, stations and other sites pay, after public money.
//! *With public money* adds the state, the United States, the ports, cargo owners and utility customers: fees and vouchers
//! cancel, and lost fuel tax counts. *Resource cost* is what all of them and the fuel market pay to suppliers: what it takes
//! to make and run things, whoever pays, without taxes, credits and fees.

use super::frame::Frame;
use super::record::{FinanceRow, LedgerItem, LedgerRow, Party};
use super::regulation::Payer;
use super::scope::Scope;
use crate::grid::spec::SiteKind;
use crate::record::metrics::MetricName;

/// The metric of what a party pays in a year; none of those outside of the hub.
#[must_use]
pub const fn metric_of(party: Party) -> Option<MetricName> {
    match party {
        Party::Fleet => Some(MetricName::PaidByFleetsUsd),
        Party::Terminal => Some(MetricName::PaidByTerminalsUsd),
        Party::Station => Some(MetricName::PaidByStationsUsd),
        Party::Site => Some(MetricName::PaidBySitesUsd),
        Party::CargoOwner => Some(MetricName::PaidByCargoOwnersUsd),
        Party::Port => Some(MetricName::PaidByPortsUsd),
        Party::State => Some(MetricName::PaidByStateUsd),
        Party::Federal => Some(MetricName::PaidByUnitedStatesUsd),
        Party::Ratepayer => Some(MetricName::PaidByRatepayersUsd),
        Party::FuelMarket | Party::Supplier => None,
    }
}

/// Parties whose money is private money of the hub.
pub const PRIVATE: [Party; 4] = [Party::Fleet, Party::Terminal, Party::Station, Party::Site];
/// Parties beside them whose money is counted with public money.
pub const PUBLIC: [Party; 5] = [Party::CargoOwner, Party::Port, Party::State, Party::Federal, Party::Ratepayer];

impl From<Payer> for Party {
    fn from(payer: Payer) -> Self {
        match payer {
            Payer::State => Self::State,
            Payer::Federal => Self::Federal,
            Payer::Port => Self::Port,
            Payer::Ratepayer => Self::Ratepayer,
        }
    }
}

/// The ledger of a year in the making.
#[derive(Debug)]
pub struct Ledger {
    year: u16,
    rows: Vec<LedgerRow>,
}

impl Ledger {
    /// Nothing paid yet.
    #[must_use]
    pub fn new(year: u16) -> Self {
        Self { year, rows: Vec::new() }
    }

    /// Books a payment between two parties; a negative amount goes the other way.
    pub fn pay(&mut self, item: LedgerItem, payer: Party, payee: Party, usd: f64) {
        if usd == 0.0 || payer == payee {
            return;
        }
        let is_it = |row: &&mut LedgerRow| row.item == item && row.payer == payer && row.payee == payee;
        match self.rows.iter_mut().find(is_it) {
            Some(row) => row.usd += usd,
            None => self.rows.push(LedgerRow { year: u32::from(self.year), item, payer, payee, usd }),
        }
    }

    /// The rows, by item and parties.
    #[must_use]
    pub fn rows(mut self) -> Vec<LedgerRow> {
        self.rows.sort_by_key(|row| (row.item, row.payer, row.payee));
        self.rows
    }
}

/// What some parties pay more than they get in a year, USD; in the last year what is left at the end is taken off.
#[must_use]
pub fn paid_usd(rows: &[LedgerRow], year: u16, parties: &[Party]) -> f64 {
    paid_for_usd(rows, year, parties, |_| true)
}

/// The same without what is left at the end, which is no money of the last year.
#[must_use]
pub fn spent_usd(rows: &[LedgerRow], year: u16, parties: &[Party]) -> f64 {
    paid_for_usd(rows, year, parties, |item| item != LedgerItem::Residual)
}

fn paid_for_usd(rows: &[LedgerRow], year: u16, parties: &[Party], is_meant: impl Fn(LedgerItem) -> bool) -> f64 {
    let sign = |party| if parties.contains(&party) { 1.0 } else { 0.0 };
    let meant = rows.iter().filter(|row| row.year == u32::from(year) && is_meant(row.item));
    meant.map(|row| row.usd * (sign(row.payer) - sign(row.payee))).sum()
}

/// What went to suppliers in a year: the resource cost, USD; in the last year what is left at the end is taken off.
#[must_use]
pub fn resource_usd(rows: &[LedgerRow], year: u16) -> f64 {
    -paid_usd(rows, year, &[Party::Supplier])
}

impl Frame<'_> {
    /// Whose money a scope of the finance table is. None: of the total, or of a neighbour.
    #[must_use]
    pub fn party(&self, scope: &Scope) -> Option<Party> {
        match scope {
            Scope::Total => None,
            Scope::Site(_) if self.is_neighbour(scope) => None,
            Scope::Site(key) => Some(self.owner_of(key)),
            Scope::Fleet(_) => Some(Party::Fleet),
            Scope::Plant(_) | Scope::Engines(_) | Scope::Vessels | Scope::Removals => Some(Party::Site),
        }
    }

    /// Who owns a site.
    fn owner_of(&self, site: &str) -> Party {
        let scenario = self.scenario();
        match scenario.site[site].kind {
            _ if scenario.terminal.contains_key(site) => Party::Terminal,
            _ if scenario.hydrogen.values().any(|station| station.site == site) => Party::Station,
            SiteKind::Public => Party::Station,
            SiteKind::Depot => Party::Fleet,
            _ => Party::Site,
        }
    }

    /// Books what a scope paid whose other end is always the same. What has more than one other end (charging, hydrogen,
    /// diesel, public money, fees) is booked where its parts are known.
    pub(super) fn book_supplies(&self, row: &FinanceRow, ledger: &mut Ledger) {
        let Some(party) = self.party(&row.scope) else { return };
        let supplies = [
            (LedgerItem::Vehicles, row.vehicles_usd),
            (LedgerItem::Resale, row.resale_usd),
            (LedgerItem::BuildOut, row.build_out_usd),
            (LedgerItem::Upkeep, row.upkeep_usd),
            (LedgerItem::Electricity, row.electricity_usd),
            (LedgerItem::OtherEnergy, row.other_energy_usd),
            (LedgerItem::Maintenance, row.maintenance_usd),
            (LedgerItem::Insurance, row.insurance_usd),
            (LedgerItem::Waiting, row.waiting_usd),
            (LedgerItem::Hauls, row.hauls_usd),
            (LedgerItem::Residual, row.residual_usd),
        ];
        for (item, usd) in supplies {
            ledger.pay(item, party, Party::Supplier, usd);
        }
        ledger.pay(LedgerItem::Carbon, party, Party::State, row.carbon_usd);
        ledger.pay(LedgerItem::Credits, party, Party::FuelMarket, row.credits_usd);
    }

    /// Books diesel: taxes, what its price holds of the fuel standard and the price of carbon, and the fuel itself. What
    /// renewable fuels cost more than fossil diesel the fuel market pays for, out of deficits and other programmes.
    pub(super) fn book_diesel(&self, party: Party, gallons: f64, usd: f64, year: u16, ledger: &mut Ledger) {
        let price = &self.spec.price;
        let state_usd = gallons * price.diesel_state_tax_usd_per_gal.at(year);
        let federal_usd = gallons * price.diesel_federal_tax_usd_per_gal.at(year);
        let carbon_usd = gallons * self.carbon_in_price_usd_per_gal(year);
        let deficits_usd = gallons * self.deficits_in_price_usd_per_gal(year);
        ledger.pay(LedgerItem::FuelTax, party, Party::State, state_usd);
        ledger.pay(LedgerItem::FuelTax, party, Party::Federal, federal_usd);
        ledger.pay(LedgerItem::Carbon, party, Party::State, carbon_usd);
        let premium_usd = gallons * self.spec.diesel_pool.as_ref().map_or(0.0, |pool| pool.premium_usd_per_gal(year));
        let more_usd = self
            .spec
            .diesel_pool
            .as_ref()
            .map_or(0.0, |pool| gallons * pool.price_usd_per_gal(year, self.credit_usd_per_t(year)));
        ledger.pay(LedgerItem::Credits, party, Party::FuelMarket, deficits_usd);
        ledger.pay(LedgerItem::Diesel, party, Party::FuelMarket, more_usd);
        ledger.pay(
            LedgerItem::Diesel,
            party,
            Party::Supplier,
            usd - more_usd - state_usd - federal_usd - carbon_usd - deficits_usd,
        );
        ledger.pay(LedgerItem::RenewableFuel, Party::FuelMarket, Party::Supplier, premium_usd);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: a truck of 100 USD with 12 of tax and a voucher of 30: its fleet pays 82; with the state's money 82 + 30 - 12
    /// = 100, which is what it took to make it. All parties together: 0.
    #[test]
    fn every_amount_has_two_ends() {
        let mut ledger = Ledger::new(2030);
        ledger.pay(LedgerItem::Vehicles, Party::Fleet, Party::Supplier, 100.0);
        ledger.pay(LedgerItem::VehicleTax, Party::Fleet, Party::State, 12.0);
        ledger.pay(LedgerItem::Vouchers, Party::State, Party::Fleet, 30.0);
        let rows = ledger.rows();
        let with_public: Vec<Party> = PRIVATE.into_iter().chain(PUBLIC).collect();
        assert!((paid_usd(&rows, 2030, &PRIVATE) - 82.0).abs() < 1e-12);
        assert!((paid_usd(&rows, 2030, &with_public) - 100.0).abs() < 1e-12);
        assert!((resource_usd(&rows, 2030) - 100.0).abs() < 1e-12);
        let all: Vec<Party> = with_public.into_iter().chain([Party::FuelMarket, Party::Supplier]).collect();
        assert!(paid_usd(&rows, 2030, &all).abs() < 1e-12);
    }

    #[test]
    fn what_is_left_at_the_end_is_no_money_of_the_last_year() {
        let mut ledger = Ledger::new(2030);
        ledger.pay(LedgerItem::Vehicles, Party::Fleet, Party::Supplier, 100.0);
        ledger.pay(LedgerItem::Residual, Party::Fleet, Party::Supplier, -40.0);
        let rows = ledger.rows();
        assert!((paid_usd(&rows, 2030, &[Party::Fleet]) - 60.0).abs() < 1e-12);
        assert!((spent_usd(&rows, 2030, &[Party::Fleet]) - 100.0).abs() < 1e-12);
        assert!((resource_usd(&rows, 2030) - 60.0).abs() < 1e-12);
    }
}
