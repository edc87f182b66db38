//! Projects at plants on the page of a transition: where they stand in the last year, and what a tonne takes.

use crate::disk::list_found;
use crate::record::read::{ReadError, each_batch};
use serde::Serialize;
use std::path::Path;
use utoipa::ToSchema;

const TABLE: &str = "plant_projects";
/// A folder of others may hold any number of rows; a page shows no more.
const MOST_PROJECTS: usize = 1_000;

/// A project at a plant in the last year.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlantProject {
    project: String,
    plant: String,
    lever: String,
    state: String,
    decided: Option<u32>,
    starts: Option<u32>,
    capex_musd: f64,
    public_musd: f64,
    withdrawn_musd: f64,
    /// Less CO2e a year, t.
    abated_t: f64,
    /// What a tonne takes, whoever pays, USD.
    usd_per_t: Option<f64>,
    /// What its owner lacks for a tonne, USD.
    missing_usd_per_t: Option<f64>,
}

/// The projects of a year; none in a transition without plants.
pub(super) fn collect(tables: &Path, year: Option<u32>) -> Result<Vec<PlantProject>, ReadError> {
    let mut out = Vec::new();
    if !list_found(tables).iter().any(|it| it.name == format!("{TABLE}.parquet")) {
        return Ok(out);
    }
    each_batch(tables, TABLE, |batch| {
        for row in (0..batch.rows()).filter(|row| Some(batch.whole("year", *row)) == year) {
            let text = |name: &str| batch.text(name, row).to_owned();
            let number = |name: &str| batch.number(name, row);
            let millions = |name: &str| number(name).unwrap_or(0.0) / 1e6;
            if out.len() < MOST_PROJECTS {
                out.push(PlantProject {
                    project: text("project"),
                    plant: text("plant"),
                    lever: text("lever"),
                    state: text("state"),
                    decided: number("decided").map(|year| year as u32),
                    starts: number("starts").map(|year| year as u32),
                    capex_musd: millions("capex_usd"),
                    public_musd: millions("public_usd"),
                    withdrawn_musd: millions("withdrawn_usd"),
                    abated_t: number("abated_t").unwrap_or(0.0),
                    usd_per_t: number("usd_per_t"),
                    missing_usd_per_t: number("missing_usd_per_t"),
                });
            }
        }
    })?;
    Ok(out)
}
