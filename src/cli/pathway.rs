//! `portvolt run` of a scenario with a `[transition]`: year after year, with what is done kept.

use super::console::Console;
use super::simulate::{Job, show_notes};
use super::{Exit, interrupt};
use crate::record::folder::{FolderError, RunFolder, SCHEMA, SummaryFile};
use crate::record::names::Names;
use crate::record::summary::Metric;
use crate::report;
use crate::sim::RunError;
use crate::transition::metrics::{metrics, zev_share};
use crate::transition::pathway::Pathway;
use crate::transition::record::Tables;
use crate::transition::spec::TransitionSpec;
use crate::transition::write::write;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Said in the folder of a pathway while it is not finished.
const PROGRESS: &str = "progress.json";

impl Job<'_> {
    /// Runs all years, writes the folder after each, prints the screen.
    pub(super) fn years(&self, spec: &TransitionSpec, folder: RunFolder, console: &Console) -> Exit {
        let zone = &self.loaded.scenario.time.zone;
        let names = Names::none(self.loaded.calendar.clone());
        let mut pathway = Pathway::new(self.loaded, spec, &self.options);
        let stop = interrupt::listen();
        let bar = console.counter(u64::from(spec.until - spec.from) + 1, "years");
        let (mut broken, mut digests): (Option<String>, _) = (None, BTreeMap::new());
        let ran = pathway.run(&stop, |year, tables| {
            bar.inc(1);
            console.note(&told(year, tables));
            let progress = serde_json::json!({ "schema": SCHEMA, "finished_until": year, "of": spec.until });
            let text = serde_json::to_string_pretty(&progress).unwrap_or_default();
            match write(Some(&folder.tables()), self.with_csv, zone, &names, tables) {
                Ok(written) => digests = written,
                Err(error) => broken = broken.take().or(Some(error.to_string())),
            }
            if let Err(error) = folder.write(PROGRESS, &text) {
                broken = broken.take().or(Some(error.to_string()));
            }
        });
        bar.finish_and_clear();
        let kept = format!("\nThe years until then are in {}", folder.path().display());
        if let Some(message) = broken {
            console.error(&format!("{message}{kept}"));
            return Exit::Failed;
        }
        if let Err(error) = ran {
            let is_empty = pathway.tables.shown.is_empty();
            if is_empty {
                folder.discard();
            }
            console.error(&format!("{error}{}", if is_empty { "" } else { kept.as_str() }));
            return Exit::from(&RunError::from(error));
        }
        show_notes(&pathway.notes, console);
        match self.finish_years(spec, &pathway, digests, folder, console) {
            Ok(exit) => exit,
            Err(error) => {
                console.error(&error.to_string());
                Exit::Failed
            }
        }
    }

    fn finish_years(
        &self,
        spec: &TransitionSpec,
        pathway: &Pathway<'_>,
        digests: BTreeMap<String, String>,
        folder: RunFolder,
        console: &Console,
    ) -> Result<Exit, FolderError> {
        let tables = &pathway.tables;
        let mut metrics = metrics(tables, spec, &self.loaded.scenario);
        metrics.extend(self.baseline.as_ref().map(|baseline| baseline.abatement(&metrics)));
        let file = SummaryFile { schema: SCHEMA, metrics: &metrics };
        folder.write("summary.json", &serde_json::to_string_pretty(&file).unwrap_or_default())?;
        folder.remove(PROGRESS)?;
        let manifest = self.manifest(digests, pathway.notes.clone());
        if self.with_report {
            let html = report::years(self.loaded, &manifest, &metrics, tables, self.baseline.as_ref());
            folder.write("report.html", &html)?;
        }
        let path = folder.finish(manifest)?;
        if console.is_json() {
            console.print_json(&serde_json::json!({ "schema": 1, "dir": path, "metrics": metrics }));
        } else {
            console.print(&screen(&self.loaded.scenario.title, spec, tables, &metrics));
            let hint =
                if self.with_report { format!("  (open {}/report.html)", path.display()) } else { String::new() };
            console.print(&format!("\nResults: {}{hint}", path.display()));
        }
        let is_missed = metrics.iter().any(|metric| metric.name == "target_met" && metric.value == Some(0.0));
        let is_short = tables.rules.iter().any(|row| row.missing > 0);
        Ok(if self.is_strict && (is_missed || is_short) { Exit::Broken } else { Exit::Done })
    }
}

/// A year in one line.
fn told(year: u16, tables: &Tables) -> String {
    let clean = zev_share(tables, year, |_| true).unwrap_or(0.0);
    let co2e_t = tables.emissions.iter().rev().find(|row| row.scope == "total").map_or(0.0, |row| row.co2e_t);
    format!("{year}: {:.1} % without a tailpipe, {:.0} kt CO2e", 100.0 * clean, co2e_t / 1000.0)
}

fn screen(title: &str, spec: &TransitionSpec, tables: &Tables, metrics: &[Metric]) -> String {
    let value = |scope: &str, name: &str| {
        let found = metrics.iter().find(|metric| metric.scope == scope && metric.name == name);
        found.and_then(|metric| metric.value)
    };
    let mut out = format!(
        "{title}, {} to {}, {} and {}\n\n",
        spec.from, spec.until, spec.adoption.name, spec.infrastructure.name
    );
    let header =
        ["year", "ZE trucks", "ZE equip.", "CO2e kt", "NOx t", "cost M$", "public M$", "wait p95", "hauls lost"];
    let _ = writeln!(out, "{}", header.map(|word| format!("{word:>10}")).join(" "));
    let years = tables.shown.iter().map(|shown| shown.0);
    for year in years.filter(|year| (year - spec.from).is_multiple_of(5) || *year == spec.until) {
        let scope = format!("year:{year}");
        let get = |name, scale: f64, digits: usize, unit: &str| {
            value(&scope, name).map_or("-".to_owned(), |it| format!("{:.digits$}{unit}", it * scale))
        };
        let lost = value(&scope, "hauls_cancelled").zip(value(&scope, "hauls_requested"));
        let lost = lost.filter(|it| it.1 > 0.0).map_or("-".to_owned(), |it| format!("{:.1} %", 100.0 * it.0 / it.1));
        let row = [
            year.to_string(),
            get("zev_share_trucks", 100.0, 1, " %"),
            get("zev_share_equipment", 100.0, 1, " %"),
            get("co2e_t", 1e-3, 0, ""),
            get("nox_kg", 1e-3, 0, ""),
            get("cost_usd", 1e-6, 0, ""),
            get("public_usd", 1e-6, 0, ""),
            get("queue_wait_p95_min", 1.0, 0, " min"),
            lost,
        ];
        let _ = writeln!(out, "{}", row.map(|cell| format!("{cell:>10}")).join(" "));
    }
    let total = |name| value("total", name).unwrap_or(0.0);
    let _ = writeln!(
        out,
        "\nAll years: {:.2} Mt CO2e, {:.2} B$ ({:.2} B$ public), present value {:.2} B$ of {} at {:.0} %",
        total("co2e_t") / 1e6,
        total("cost_usd") / 1e9,
        total("public_usd") / 1e9,
        total("npv_usd") / 1e9,
        spec.money_year,
        100.0 * spec.discount_rate,
    );
    if let Some(usd_per_t) = value("total", "abatement_usd_per_t") {
        let _ = writeln!(out, "Abating a tonne costs {usd_per_t:.0} $ against the baseline");
    }
    let missed = tables.rules.iter().filter(|row| row.kept.0 == "no");
    for row in missed.filter(|row| row.kind.0 == "target" || row.year == u32::from(spec.until)) {
        let _ = writeln!(
            out,
            "Not kept: {} ({}) in {}: {:.3} of {:.3} asked for",
            row.rule, row.kind.0, row.year, row.reached, row.asked
        );
    }
    out
}
