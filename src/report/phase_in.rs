//! Demand charges that are phased in, with the demand that the days of a run are billed for.

use crate::record::read::{ReadError, each_batch};
use crate::scenario::phase_in::PhaseIn;
use serde::Serialize;
use std::path::Path;
use utoipa::ToSchema;

/// A phase-in and its bills.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Billed {
    #[serde(flatten)]
    phase_in: PhaseIn,
    /// Demand charges of its sites in the bills of the run, USD.
    demand_usd: f64,
    /// The same months at the last rates of the file: the demand that is billed times the dearest price, at most, USD.
    full_usd: f64,
}

/// Reads the bills of the sites.
pub(super) fn collect(tables: &Path, phase_ins: &[PhaseIn]) -> Result<Vec<Billed>, ReadError> {
    let mut out: Vec<Billed> = phase_ins
        .iter()
        .map(|phase_in| Billed { phase_in: phase_in.clone(), demand_usd: 0.0, full_usd: 0.0 })
        .collect();
    if out.is_empty() {
        return Ok(out);
    }
    each_batch(tables, "bills", |batch| {
        for row in 0..batch.rows() {
            let site = batch.text("site", row);
            let own = out.iter_mut().filter(|it| it.phase_in.sites.iter().any(|key| key == site));
            for billed in own {
                billed.demand_usd += batch.number("demand_usd", row).unwrap_or(0.0);
                let billed_kw = batch.number("billed_kw", row).unwrap_or(0.0);
                billed.full_usd += billed_kw * billed.phase_in.full_usd_per_kw;
            }
        }
    })?;
    Ok(out)
}
