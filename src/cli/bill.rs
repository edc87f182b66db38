//! `portvolt bill`: what a metered load costs under a tariff.

use super::exit::Exit;
use super::map::MapArgs;
use super::output::console::Console;
use super::output::diagnose;
use crate::account::bill::Component;
use crate::study::bill::{Billed, billed};
use std::fmt::Write;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct BillArgs {
    /// The load: a meter's download or table (CSV, workbook, Green Button XML), or a CSV file with the columns `start` and
    /// `kw`.
    load: PathBuf,
    /// The tariff: JSON of the Utility Rate Database, CSV with one charge a row, or the name of one that comes with
    /// the binary, such as `sce_tou_ev_9`.
    #[arg(long, value_name = "FILE")]
    tariff: PathBuf,
    /// Which tariff, by label or name, when the file holds several.
    #[arg(long, value_name = "LABEL")]
    name: Option<String>,
    #[command(flatten)]
    map: MapArgs,
}

pub(super) fn print(args: &BillArgs, console: &Console) -> Exit {
    let mut problems = Vec::new();
    let map = args.map.map(&mut problems);
    let billed = match billed(&args.load, &args.tariff, args.name.as_deref(), map.as_ref(), problems) {
        Ok(billed) => billed,
        Err(problems) => return diagnose::show(&problems, console),
    };
    if console.is_json() {
        console.print_json(&billed.json());
    } else {
        console.print(&text(&billed));
    }
    for note in &billed.bill.notes {
        console.note(&format!("note: {note}"));
    }
    Exit::Done
}

fn text(billed: &Billed) -> String {
    let Billed { metered, tariff, bill } = billed;
    let mut out = String::new();
    let load = &metered.load;
    let minutes = load.interval_s() / 60;
    let (utility, name, count, zone) = (&tariff.utility, &tariff.name, load.kw().len(), load.zone());
    let _ = writeln!(out, "{utility} {name} ({count} intervals of {minutes} min, local time of {zone})");
    for month in &bill.months {
        let _ = writeln!(
            out,
            "\n{}  {:.1} kWh, billed {:.2} kW (peak {:.2} kW)",
            month.month(),
            month.energy_kwh,
            month.billed_kw,
            month.peak_kw
        );
        for line in &month.lines {
            let _ = writeln!(
                out,
                "  {:<8} {:<36} {:>14.2} {:<7} {:>14.2} $",
                line.component.word(),
                line.name,
                line.quantity,
                line.unit,
                line.usd
            );
        }
        let _ = writeln!(out, "  {:<68} {:>14.2} $", "total", month.total_usd());
    }
    let parts = [
        ("energy", bill.usd(Component::Energy)),
        ("demand", bill.usd(Component::Demand)),
        ("fixed", billed.fixed_usd()),
        ("total", bill.total_usd()),
    ];
    let _ = writeln!(out, "\nall months");
    for (name, usd) in parts {
        let _ = writeln!(out, "  {name:<68} {usd:>14.2} $");
    }
    if !metered.said.is_empty() {
        let _ = writeln!(out, "\nhow the load was read");
        for said in &metered.said {
            let _ = writeln!(out, "  - {said}");
        }
    }
    if !bill.conventions.is_empty() {
        let _ = writeln!(out, "\nwhat the tariff leaves open, and how it is decided here");
        for convention in &bill.conventions {
            let _ = writeln!(out, "  - {convention}");
        }
    }
    out
}
