//! `portvolt bill`: what a metered load costs under a tariff.

use super::exit::Exit;
use super::map::MapArgs;
use super::output::console::Console;
use super::output::diagnose;
use crate::account::bill::{Bill, Component, MonthBill, bill};
use crate::account::tariff::Tariff;
use crate::disk::read::Kind;
use crate::document::problem::{Problem, Problems};
use crate::import;
use crate::import::load::Metered;
use crate::scenario::files::read_bytes;
use crate::scenario::rows::tariff;
use std::collections::BTreeMap;
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
    let metered = load(args, &mut problems);
    let file = args.tariff.display().to_string();
    let tariff = tariff(&file, args.name.as_deref(), &mut BTreeMap::new(), &mut problems);
    let (Some(metered), Some(tariff)) = (metered, tariff) else {
        return diagnose::show(&Problems { files: Vec::new(), list: problems }, console);
    };
    let bill = bill(&tariff, &metered.load);
    if console.is_json() {
        console.print_json(&json(&metered, &bill));
    } else {
        console.print(&text(&tariff, &metered, &bill));
    }
    for note in &bill.notes {
        console.note(&format!("note: {note}"));
    }
    Exit::Done
}

fn load(args: &BillArgs, problems: &mut Vec<Problem>) -> Option<Metered> {
    let name = args.load.display().to_string();
    let map = args.map.map(problems);
    match read_bytes(&args.load, Kind::Csv) {
        Ok(bytes) => import::load::read(&name, &bytes, &map?, problems),
        Err((message, help)) => {
            problems.extend(Problems::of_file(&name, message, help).list);
            None
        }
    }
}

/// Fixed charges, with what is missing to a minimum.
fn fixed_usd(month: &MonthBill) -> f64 {
    month.usd(Component::Fixed) + month.usd(Component::Minimum)
}

fn json(metered: &Metered, bill: &Bill) -> serde_json::Value {
    let months = bill.months.iter().map(|month| {
        let lines = month.lines.iter().map(|line| {
            serde_json::json!({
                "component": line.component.word(), "name": line.name, "quantity": line.quantity, "unit": line.unit,
                "usd": line.usd,
            })
        });
        serde_json::json!({
            "month": month.month(), "energy_usd": month.usd(Component::Energy),
            "demand_usd": month.usd(Component::Demand), "fixed_usd": fixed_usd(month), "billed_kw": month.billed_kw,
            "total_usd": month.total_usd(), "energy_kwh": month.energy_kwh, "lines": lines.collect::<Vec<_>>(),
        })
    });
    serde_json::json!({
        "schema": 1, "total_usd": bill.total_usd(), "energy_usd": bill.usd(Component::Energy),
        "demand_usd": bill.usd(Component::Demand), "fixed_usd": bill.usd(Component::Fixed) + bill.usd(Component::Minimum),
        "months": months.collect::<Vec<_>>(), "notes": bill.notes, "conventions": bill.conventions,
        "zone": metered.load.zone(), "interval_s": metered.load.interval_s(), "load_read": metered.said,
    })
}

fn text(tariff: &Tariff, metered: &Metered, bill: &Bill) -> String {
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
    let fixed = bill.usd(Component::Fixed) + bill.usd(Component::Minimum);
    let parts = [
        ("energy", bill.usd(Component::Energy)),
        ("demand", bill.usd(Component::Demand)),
        ("fixed", fixed),
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
