//! Days of operations into a folder.

use super::{Bounded, Finished, Job, JobError, Kind, Progress};
use crate::account::tariff::Tariff;
use crate::record::folder::RunFolder;
use crate::record::metrics::Metric;
use crate::record::read::each_batch;
use crate::record::summary::Summary;
use crate::scenario::loaded::Loaded;
use crate::sim::output::Written;
use crate::sim::{RunError, Simulation};
use crate::study::fork::{self, Difference, Future};
use crate::study::replay_bound::{self, Done};
use crate::study::run_bound;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// Share of the work of equipment that may be open when a run ends, and is no broken constraint.
const UNDONE: f64 = 1e-3;

impl Job<'_> {
    pub(super) fn operations(
        &self,
        folder: RunFolder,
        stop: &AtomicBool,
        watch: &mut dyn FnMut(&Progress),
    ) -> Result<Finished, JobError> {
        let loaded = self.loaded;
        let fail = |error: RunError| JobError::Run { error, kept: String::new() };
        let mut simulation = match self.simulation() {
            Ok(simulation) => simulation,
            Err(error) => {
                folder.discard();
                return Err(fail(error));
            }
        };
        let tables = folder.tables();
        let ran = simulation.drive(loaded, (Some(&tables), self.with_csv), stop, |done, of| {
            let told = loaded.calendar.iso(i64::from(done) * 3600)[..16].replace('T', " ");
            watch(&Progress { done, of, unit: "hours", told });
        });
        let notes = simulation.plugin_notes();
        let (written, effort) = ran.map_err(|error| JobError::Run {
            error,
            kept: format!("\nWhat was simulated until then is in {}", folder.path().display()),
        })?;
        let digest = written.digest();
        let forked = self.forked(&written, &simulation);
        if let Some((fork, _)) = self.fork.as_ref().filter(|_| !forked.is_empty()) {
            folder.write_json(fork::FILE, &fork.json(&forked))?;
        }
        let Written { mut summary, digests, .. } = written;
        match self.bound {
            Bounded::No => {}
            Bounded::Replay(limit_kw) => summary.extra.extend(self.bound(limit_kw, &folder.tables())?),
            Bounded::Run => {
                let found = run_bound::metrics(loaded, &folder.tables());
                summary.extra.extend(found.map_err(|error| JobError::Bound(error.to_string()))?);
            }
        }
        let metrics = summary.metrics(simulation.names());
        let (path, remarks) = self.close(folder, &metrics, digests, &notes)?;
        let broken = broken_constraints(&summary, loaded);
        let kind = Kind::Operations { summary: Box::new(summary), effort, digest };
        Ok(Finished { path, metrics, notes, broken, remarks, forked, kind })
    }

    /// The simulation of this job, which may change on its way.
    fn simulation(&self) -> Result<Simulation, RunError> {
        let mut simulation = Simulation::new(self.loaded, &self.options)?;
        if let Some((fork, _)) = &self.fork {
            fork.turn(&mut simulation, true, &self.options)?;
        }
        Ok(simulation)
    }

    /// The numbers of a fork beside those of its run.
    fn forked(&self, written: &Written, simulation: &Simulation) -> Vec<Difference> {
        let Some((_, run)) = &self.fork else { return Vec::new() };
        fork::differences(run, &Future::of(written, simulation))
    }

    /// How far the replay is from the best possible.
    fn bound(&self, limit_kw: f64, tables: &Path) -> Result<Vec<Metric>, JobError> {
        let mut done = Done::default();
        each_batch(tables, "sessions", |batch| {
            for row in 0..batch.rows() {
                let got_kwh = batch.number("grid_kwh", row).unwrap_or(0.0);
                *done.got_kwh.entry(batch.text("session_id", row).to_owned()).or_default() += got_kwh;
            }
        })?;
        each_batch(tables, "power", |batch| {
            done.power_kw.extend((0..batch.rows()).map(|row| batch.number("charging_kw", row).unwrap_or(0.0)));
        })?;
        let interval_s = i64::from(self.loaded.scenario.time.interval_s);
        let price = |tariff: &Tariff| -> Vec<f64> {
            let starts = (0..done.power_kw.len() as i64).map(|at| at * interval_s);
            starts.map(|start_s| tariff.energy_price_at(&self.loaded.calendar, start_s)).collect()
        };
        let prices = self.loaded.tariffs.values().next().map(price).unwrap_or_default();
        replay_bound::metrics(self.loaded, limit_kw, &prices, &done).map_err(|error| JobError::Bound(error.to_string()))
    }
}

/// What a run was to keep and did not, a sentence each.
fn broken_constraints(summary: &Summary, loaded: &Loaded) -> Vec<String> {
    let (hub, work) = (&summary.hub.charging, &summary.hub.equipment);
    let mut broken = Vec::new();
    if hub.unmet > 0 {
        broken.push(format!("{} charging sessions ended below their target", hub.unmet));
    }
    let refused: u64 = summary.hydrogen.stations.iter().map(|station| station.turned_away + station.gave_up).sum();
    if refused > 0 {
        broken.push(format!("{refused} vehicles left a hydrogen station without fuel"));
    }
    if summary.lapsed > 0 {
        broken.push(format!("{} hauls lapsed", summary.lapsed));
    }
    let undone_h = work.required_h - work.served_h;
    if undone_h > UNDONE * work.required_h.max(1.0) {
        broken.push(format!("{undone_h:.1} of {:.1} unit-hours of equipment were not served", work.required_h));
    }
    let (sites, nodes) = (loaded.scenario.site.keys(), loaded.scenario.node.keys());
    broken.extend(summary.overloads.told(sites, nodes, &loaded.calendar));
    broken
}
