//! What `run` and `replay` share: simulate a loaded scenario, leave a folder, print one screen.

use super::console::Console;
use super::screen::screen;
use super::{Exit, interrupt};
use crate::account::tariff::Tariff;
use crate::policy::PluginNotes;
use crate::record::folder::{FolderError, Manifest, RunFolder, SCHEMA, SummaryFile};
use crate::record::summary::{Metric, Summary};
use crate::report::{self, read::each_batch};
use crate::scenario::Quality;
use crate::scenario::load::Loaded;
use crate::sim::output::{Output, Written};
use crate::sim::{Options, RunError, Simulation};
use crate::study::replay_bound::{self, Done};
use crate::transition::baseline::Baseline;
use std::collections::BTreeMap;
use std::path::Path;

/// One simulation to be done.
#[derive(Debug)]
pub(super) struct Job<'a> {
    /// What is simulated.
    pub(super) loaded: &'a Loaded,
    /// How.
    pub(super) options: Options,
    /// The command that asked for it.
    pub(super) command: &'static str,
    /// The scenario as it was asked for.
    pub(super) scenario: String,
    /// Overlays, in order.
    pub(super) overlays: Vec<String>,
    /// Settings, in order.
    pub(super) settings: Vec<String>,
    /// Write the tables as CSV too.
    pub(super) with_csv: bool,
    /// Make the report.
    pub(super) with_report: bool,
    /// A broken constraint is an exit code of its own.
    pub(super) is_strict: bool,
    /// For a replay: compare with the best possible under this limit, kW.
    pub(super) bound_limit_kw: Option<f64>,
    /// For a transition: what it is compared with.
    pub(super) baseline: Option<Baseline>,
}

/// Begins the folder of a run, or says why not.
pub(super) fn begin(target: &Path, force: bool, console: &Console) -> Result<RunFolder, Exit> {
    RunFolder::begin(target, force).map_err(|error| {
        console.error(&error.to_string());
        if matches!(error, FolderError::Io { .. }) { Exit::Failed } else { Exit::BadFiles }
    })
}

enum Failure {
    Run(RunError, String),
    Bound(String),
    Folder(FolderError),
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        Self::Folder(error)
    }
}

impl Job<'_> {
    /// Simulates, writes the folder, prints the screen; year after year, where the scenario has a transition.
    pub(super) fn carry_out(&self, folder: RunFolder, console: &Console) -> Exit {
        if let Some(spec) = &self.loaded.scenario.transition {
            return self.years(spec, folder, console);
        }
        match self.simulate(folder, console) {
            Ok(exit) => exit,
            Err(Failure::Run(error, kept)) => {
                console.error(&format!("{error}{kept}"));
                Exit::from(&error)
            }
            Err(Failure::Bound(message)) => {
                console.error(&message);
                Exit::Failed
            }
            Err(Failure::Folder(error)) => {
                console.error(&error.to_string());
                Exit::Failed
            }
        }
    }

    fn simulate(&self, folder: RunFolder, console: &Console) -> Result<Exit, Failure> {
        let loaded = self.loaded;
        let fail = |error: RunError| Failure::Run(error, String::new());
        let mut simulation = match Simulation::new(loaded, &self.options) {
            Ok(simulation) => simulation,
            Err(error) => {
                folder.discard();
                return Err(fail(error));
            }
        };
        let zone = &loaded.scenario.time.zone;
        let summary = simulation.empty_summary(&loaded.scenario);
        let mut output =
            Output::new(Some(&folder.tables()), self.with_csv, zone, summary).map_err(|e| fail(e.into()))?;
        let stop = interrupt::listen();
        let bar = console.progress(loaded.scenario.time.days * 24);
        let ran = simulation.run(&mut output, &stop, |done, _| {
            bar.set_position(u64::from(done));
        });
        bar.finish_and_clear();
        let written = output.finish().map_err(|error| fail(error.into()))?;
        let notes = simulation.plugin_notes();
        show_notes(&notes, console);
        let effort = match ran {
            Ok(effort) => effort,
            Err(error) => {
                let kept = format!("\nWhat was simulated until then is in {}", folder.path().display());
                return Err(Failure::Run(error, kept));
            }
        };
        let digest = written.digest();
        let Written { mut summary, digests, .. } = written;
        if let Some(limit_kw) = self.bound_limit_kw {
            summary.extra.extend(self.bound(limit_kw, &folder.tables())?);
        }
        let metrics = summary.metrics(simulation.names());
        let file = SummaryFile { schema: SCHEMA, metrics: &metrics };
        folder.write("summary.json", &serde_json::to_string_pretty(&file).unwrap_or_default())?;
        let manifest = self.manifest(digests, notes);
        if self.with_report {
            match report::build(folder.path(), loaded, &manifest, &metrics) {
                Ok(html) => folder.write("report.html", &html)?,
                Err(error) => console.note(&format!("the report could not be made: {error}")),
            }
        }
        let path = folder.finish(manifest)?;
        if console.is_json() {
            console.print_json(&serde_json::json!({
                "schema": 1, "dir": path, "digest": digest, "events": effort.events, "metrics": metrics
            }));
        } else {
            console.print(&screen(loaded, &summary, &metrics, &effort));
            let hint =
                if self.with_report { format!("  (open {}/report.html)", path.display()) } else { String::new() };
            console.print(&format!("\nResults: {}{hint}", path.display()));
            console.note(&format!("digest of all rows: {}", &digest[..16]));
        }
        let is_broken = self.is_strict && broken_constraints(&summary);
        Ok(if is_broken { Exit::Broken } else { Exit::Done })
    }

    /// How far the replay is from the best possible.
    fn bound(&self, limit_kw: f64, tables: &Path) -> Result<Vec<Metric>, Failure> {
        let mut done = Done::default();
        let read = each_batch(tables, "sessions", |batch| {
            for row in 0..batch.rows() {
                let got_kwh = batch.number("grid_kwh", row).unwrap_or(0.0);
                *done.got_kwh.entry(batch.text("session_id", row).to_owned()).or_default() += got_kwh;
            }
        })
        .and_then(|()| {
            each_batch(tables, "power", |batch| {
                done.power_kw.extend((0..batch.rows()).map(|row| batch.number("charging_kw", row).unwrap_or(0.0)));
            })
        });
        read.map_err(|error| Failure::Bound(error.to_string()))?;
        let interval_s = i64::from(self.loaded.scenario.time.interval_s);
        let price = |tariff: &Tariff| -> Vec<f64> {
            let starts = (0..done.power_kw.len() as i64).map(|at| at * interval_s);
            starts.map(|start_s| tariff.energy_price_at(&self.loaded.calendar, start_s)).collect()
        };
        let prices = self.loaded.tariffs.values().next().map(price).unwrap_or_default();
        replay_bound::metrics(self.loaded, limit_kw, &prices, &done).map_err(|error| Failure::Bound(error.to_string()))
    }

    pub(super) fn manifest(&self, rows: BTreeMap<String, String>, notes: Vec<PluginNotes>) -> Manifest {
        let provenance = &self.loaded.provenance;
        let mut counts: BTreeMap<String, usize> =
            Quality::ALL.into_iter().map(|quality| (quality.word().to_owned(), provenance.count(quality))).collect();
        counts.insert("without_source".to_owned(), provenance.unsourced().count());
        Manifest {
            schema: SCHEMA,
            portvolt: env!("CARGO_PKG_VERSION").to_owned(),
            command: self.command.to_owned(),
            title: self.loaded.scenario.title.clone(),
            scenario: self.scenario.clone(),
            overlays: self.overlays.clone(),
            seed: self.options.seed,
            replication: self.options.replication,
            settings: self.settings.clone(),
            inputs: self.loaded.inputs.clone(),
            plugins: plugin_hashes(&notes),
            plugin_notes: notes,
            outputs: BTreeMap::new(),
            rows,
            provenance: counts,
            study: None,
        }
    }
}

/// What plugins said, and which of their orders were no good.
pub(super) fn show_notes(notes: &[PluginNotes], console: &Console) {
    for plugin in notes {
        for line in &plugin.log {
            console.note(&format!("{}: {line}", plugin.name));
        }
        if plugin.dropped > 0 {
            let (name, count) = (&plugin.name, plugin.dropped);
            console.note(&format!("{name}: {count} bad orders were dropped (--strict-plugins ends the run instead):"));
            plugin.examples.iter().for_each(|why| console.note(&format!("  {why}")));
        }
    }
}

/// blake3 of each plugin by its name; a second one of the same name is told apart by its kind.
fn plugin_hashes(notes: &[PluginNotes]) -> BTreeMap<String, String> {
    let mut hashes = BTreeMap::new();
    for plugin in notes {
        let is_taken = hashes.contains_key(&plugin.name);
        let name = if is_taken { format!("{} ({})", plugin.name, plugin.kind) } else { plugin.name.clone() };
        hashes.insert(name, plugin.hash.clone());
    }
    hashes
}

fn broken_constraints(summary: &Summary) -> bool {
    let hub = &summary.hub;
    let is_undone = hub.required_h - hub.served_h > 1e-3 * hub.required_h.max(1.0);
    let is_over = summary.sites.iter().any(|site| site.overloads > 0);
    let is_dry = summary.hydrogen.stations.iter().any(|station| station.turned_away + station.gave_up > 0);
    hub.unmet > 0 || is_dry || summary.cancelled > 0 || is_undone || is_over
}
