//! Years of a transition into a folder, with what is done kept after each.

use super::{Finished, Job, JobError, Kind, Progress};
use crate::record::folder::{RunFolder, SCHEMA};
use crate::record::metrics::{Metric, MetricName};
use crate::record::names::Names;
use crate::sim::RunError;
use crate::transition::metrics::{metrics, plugin_metrics, zev_share};
use crate::transition::pathway::Pathway;
use crate::transition::record::Tables;
use crate::transition::scope::Scope;
use crate::transition::spec::TransitionSpec;
use crate::transition::write::write;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

/// Said in the folder of a pathway while it is not finished.
const PROGRESS: &str = "progress.json";

impl Job<'_> {
    pub(super) fn years(
        &self,
        spec: &TransitionSpec,
        folder: RunFolder,
        stop: &AtomicBool,
        watch: &mut dyn FnMut(&Progress),
    ) -> Result<Finished, JobError> {
        let zone = &self.loaded.scenario.time.zone;
        let names = Names::none(self.loaded.calendar.clone());
        let mut pathway = Pathway::new(self.loaded, spec, &self.options);
        let (mut broken, mut digests): (Option<String>, _) = (None, BTreeMap::new());
        let of = u32::from(spec.until - spec.from) + 1;
        let ran = pathway.run(stop, |year, tables| {
            watch(&Progress { done: u32::from(year - spec.from) + 1, of, unit: "years", told: told(year, tables) });
            let progress = serde_json::json!({ "schema": SCHEMA, "finished_until": year, "of": spec.until });
            match write(Some(&folder.tables()), self.with_csv, zone, &names, tables) {
                Ok(written) => digests = written,
                Err(error) => broken = Some(error.to_string()),
            }
            if let Err(error) = folder.write_json(PROGRESS, &progress) {
                broken = broken.take().or(Some(error.to_string()));
            }
            // What cannot be kept need not be simulated: the disk is full in the next year too.
            if broken.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let kept = format!("\nThe years until then are in {}", folder.path().display());
        if let Some(reason) = broken {
            return Err(JobError::Write { reason, kept });
        }
        if let Err(error) = ran {
            let is_empty = pathway.tables.shown.is_empty();
            if is_empty {
                folder.discard();
            }
            return Err(JobError::Run {
                error: RunError::from(error),
                kept: if is_empty { String::new() } else { kept },
            });
        }
        self.finish_years(spec, pathway, digests, folder)
    }

    fn finish_years(
        &self,
        spec: &TransitionSpec,
        pathway: Pathway<'_>,
        digests: BTreeMap<String, String>,
        folder: RunFolder,
    ) -> Result<Finished, JobError> {
        let (tables, notes) = (pathway.tables, pathway.notes);
        let mut metrics = metrics(&tables, spec, &self.loaded.scenario);
        metrics.extend(self.baseline.as_ref().map(|(_, baseline)| baseline.abatement(&metrics)).into_iter().flatten());
        metrics.extend(plugin_metrics(&notes));
        folder.remove(PROGRESS)?;
        let (path, remarks) = self.close(folder, &metrics, digests, &notes)?;
        let broken = broken_constraints(&metrics, &tables);
        let (forked, kind) = (Vec::new(), Kind::Years(Box::new(tables)));
        Ok(Finished { path, metrics, notes, broken, remarks, forked, kind })
    }
}

/// Goals that were missed and rules that could not be kept, a sentence each.
fn broken_constraints(metrics: &[Metric], tables: &Tables) -> Vec<String> {
    let missed = metrics.iter().filter(|metric| metric.name == MetricName::TargetMet && metric.value == Some(0.0));
    let missed = missed.map(|metric| format!("the goal {} was missed", metric.scope));
    let unkept = tables.rules.iter().filter(|row| row.missing > 0);
    let unkept =
        unkept.map(|row| format!("{}: {} vehicles are missing for the rule {}", row.year, row.missing, row.rule));
    missed.chain(unkept).collect()
}

/// A year in one line.
fn told(year: u16, tables: &Tables) -> String {
    let clean = zev_share(tables, year, |_| true).unwrap_or(0.0);
    let co2e_t = tables.emissions.iter().rev().find(|row| row.scope == Scope::Total).map_or(0.0, |row| row.co2e_t);
    format!("{year}: {:.1} % zero-emission, {:.0} kt CO2e", 100.0 * clean, co2e_t / 1000.0)
}
