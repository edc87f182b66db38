//! The HTML report: reads a run's folder, folds its tables small, and puts them into one self-contained page.
//!
//! `data` is the page of operations (with `power`, `legs`, `charge`, `hydrogen` and `network`, over the time `steps` of its
//! charts, with what is `timed`: limits and shifts, what `held` the longest wait up, and `roads` under the map), `years` that of a transition,
//! `study` that of a comparison, `design` that of a search, `influence` that of a sensitivity. The page is built from
//! `src/report/ui` (TypeScript, Apache `ECharts`) and committed, so that no build of Portvolt needs node.

mod charge;
mod data;
pub(crate) mod design;
mod facts;
mod held;
mod hydrogen;
pub(crate) mod influence;
pub(crate) mod land;
mod legs;
mod network;
mod overload;
mod phase_in;
mod plants;
mod power;
mod roads;
mod steps;
pub(crate) mod study;
mod timed;
mod years;

use crate::record::folder::Manifest;
use crate::record::hub;
use crate::record::read::ReadError;
use crate::report::study::STUDY;
use serde::Serialize;
use std::path::Path;
use utoipa::ToSchema;

/// The page, with a placeholder where the data goes.
const PAGE: &str = include_str!("ui/dist/report.html");
const PLACEHOLDER: &str = "\"PORTVOLT_DATA\"";
/// The page's content security policy begins so; served pages may talk to their own origin too.
const POLICY: &str = "default-src 'none';";
const SERVED_POLICY: &str = "default-src 'none'; connect-src 'self';";

/// What the page shows, by what was run. The types of the front end are made from these.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Page {
    /// Days of operations.
    Run(Box<data::RunPage>),
    /// A transition over years.
    Years(Box<years::YearsPage>),
    /// A comparison of strategies.
    Study(Box<study::StudyPage>),
    /// The best of many designs.
    Design(Box<design::DesignPage>),
    /// Which doubtful numbers decide.
    Influence(Box<influence::InfluencePage>),
}

/// What the page shows of the run, transition or study in a folder. The manifest may not have been written yet.
/// A transition may be compared with another finished one, whose folder is `baseline`.
///
/// # Errors
/// When a file of the folder cannot be read.
pub(crate) fn data(folder: &Path, manifest: &Manifest, baseline: Option<&Path>) -> Result<Page, ReadError> {
    if folder.join(STUDY).is_file() {
        return Ok(Page::Study(Box::new(study::collect(folder, manifest)?)));
    }
    if folder.join(design::FILE).is_file() {
        return Ok(Page::Design(Box::new(design::collect(folder, manifest)?)));
    }
    if folder.join(influence::FILE).is_file() {
        return Ok(Page::Influence(Box::new(influence::collect(folder, manifest)?)));
    }
    let hub = hub::Hub::read(folder)?;
    if hub.transition.is_some() {
        return Ok(Page::Years(Box::new(years::collect(folder, hub, manifest, baseline)?)));
    }
    Ok(Page::Run(Box::new(data::collect(folder, hub, manifest)?)))
}

/// The same as one self-contained page.
///
/// # Errors
/// When a file of the folder cannot be read.
///
/// # Panics
/// Never: plain values can be written.
pub fn build(folder: &Path, manifest: &Manifest, baseline: Option<&Path>) -> Result<String, ReadError> {
    let data = data(folder, manifest, baseline)?;
    Ok(page(&serde_json::to_string(&data).expect("plain values can be written")))
}

fn page(data: &str) -> String {
    // Inside a script element only `<` could end it, whatever a scenario's names hold.
    PAGE.replacen(PLACEHOLDER, &data.replace('<', "\\u003c"), 1)
}

/// The planner's page: the same front end without data, which asks its own server.
#[must_use]
pub fn application() -> String {
    PAGE.replacen(PLACEHOLDER, "null", 1).replacen(POLICY, SERVED_POLICY, 1)
}

/// The content security policy of [`application`].
#[must_use]
pub fn application_policy() -> String {
    let policy = PAGE.split_once(POLICY).and_then(|(_, rest)| rest.split_once('"')).map_or("", |(rest, _)| rest);
    format!("{SERVED_POLICY}{policy};")
}
