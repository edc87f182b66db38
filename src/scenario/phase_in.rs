//! Demand charges that a tariff phases in: what the days of a run pay of them, and what they will be.

use super::loaded::Loaded;
use crate::account::tariff::Tariff;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A tariff whose demand charge is not yet as high, when a run begins, as its file says that it will be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PhaseIn {
    /// Name of the tariff.
    pub tariff: String,
    /// Keys of the sites that pay by it.
    pub sites: Vec<String>,
    /// What a kW of a month's peak costs on the first day of the run, at most, USD.
    pub usd_per_kw: f64,
    /// The same of the last rates of the file.
    pub full_usd_per_kw: f64,
    /// The day from which those hold.
    pub full_from: String,
}

impl PhaseIn {
    /// In words, without a full stop.
    #[must_use]
    pub fn told(&self) -> String {
        let Self { tariff, usd_per_kw, full_usd_per_kw, full_from, .. } = self;
        let percent = 100.0 * usd_per_kw / full_usd_per_kw;
        format!(
            "{tariff} charges {usd_per_kw:.2} USD a kW of the peak when the run begins, {percent:.0} % of the {full_usd_per_kw:.2} USD \
             from {full_from} on"
        )
    }
}

/// All of a scenario, each tariff once.
#[must_use]
pub fn phase_ins(loaded: &Loaded) -> Vec<PhaseIn> {
    let mut out: Vec<PhaseIn> = Vec::new();
    for (site, tariff) in &loaded.tariffs {
        let Some(found) = phase_in(tariff, loaded) else { continue };
        let is_same = |known: &&mut PhaseIn| PhaseIn { sites: Vec::new(), ..(**known).clone() } == found;
        match out.iter_mut().find(is_same) {
            Some(known) => known.sites.push(site.clone()),
            None => out.push(PhaseIn { sites: vec![site.clone()], ..found }),
        }
    }
    out
}

fn phase_in(tariff: &Tariff, loaded: &Loaded) -> Option<PhaseIn> {
    let now = &tariff.rates[tariff.in_force(loaded.calendar.start())];
    let last = tariff.rates.last()?;
    let [usd_per_kw, full_usd_per_kw] = [now, last].map(crate::account::tariff::Rates::most_usd_per_kw);
    let full_from = last.from?.to_string();
    let tariff = tariff.name.clone();
    (full_usd_per_kw > usd_per_kw).then(|| PhaseIn {
        tariff,
        sites: Vec::new(),
        usd_per_kw,
        full_usd_per_kw,
        full_from,
    })
}

#[cfg(test)]
mod tests {
    //! Contract: a demand charge that is not yet what its file says it will be is told with its share, and no other.

    use super::*;
    use crate::scenario::load::{Request, load};

    #[test]
    fn a_demand_charge_that_rises_is_told_until_it_is_full() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/port_terminal");
        let found = |tariff: &str, start: &str| {
            let settings = vec![format!("site.terminal.tariff={tariff}"), format!("time.start={start}")];
            phase_ins(&load(&Request { path: path.clone(), settings, ..Request::default() }).unwrap())
        };
        let told = |start: &str| found("sce_tou_ev_9_phase_in", start).iter().map(PhaseIn::told).collect::<String>();
        let of_2027 = told("2027-06-02");
        assert!(
            of_2027.contains("charges 7.40 USD a kW") && of_2027.contains("33 % of the 22.19 USD from 2031-01-01 on"),
            "{of_2027}"
        );
        assert!(
            told("2025-06-02").contains("0.00 USD a kW of the peak when the run begins, 0 %"),
            "{}",
            told("2025-06-02")
        );
        assert_eq!(told("2031-06-02"), "");
        assert_eq!(found("sce_tou_ev_9", "2025-06-02"), []);
    }
}
