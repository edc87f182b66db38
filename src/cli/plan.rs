//! `portvolt import plan`: drawings of a terminal (KML, shapefiles, DXF, `GeoJSON`) as the plan that a scenario names.

use super::exit::Exit;
use super::files::write;
use super::output::console::Console;
use super::output::diagnose;
use crate::disk::read::Kind;
use crate::document::problem::{Problem, Problems};
use crate::import::plan::{self, Input};
use crate::import::plan_features::Converted;
use crate::import::plan_map::PlanMap;
use crate::import::template::origin;
use crate::scenario::files::{is_file, read_bytes};
use crate::scenario::map_file::mapping;
use std::path::{Path, PathBuf};

/// Endings of what belongs to a shapefile.
const BESIDE: [&str; 3] = ["dbf", "prj", "cpg"];

#[derive(Debug, clap::Args)]
pub(super) struct PlanArgs {
    /// The drawings: KML, KMZ, shapefiles (`.shp` with its `.dbf` and `.prj` beside it, or zipped), DXF or `GeoJSON`; one a layer,
    /// or all in one.
    #[arg(required = true)]
    pub(super) files: Vec<PathBuf>,
    /// The plan to write, as `GeoJSON`; otherwise only what was read is said.
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Overwrite it.
    #[arg(long)]
    force: bool,
    /// A mapping file (TOML) that says what layers, folders and attributes are; the options below come before it.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Write a mapping file to fill in, with the layers and attributes that the drawings have.
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    write_map: Option<PathBuf>,
    /// What coordinates are where a drawing does not say: `m`, `ft`, `us-ft`, `mm`, `degrees` and others.
    #[arg(long, value_name = "UNITS")]
    units: Option<String>,
    /// The class of `[work]` that works blocks of which neither drawing nor mapping say it, such as `rtg`.
    #[arg(long, value_name = "CLASS")]
    machine: Option<String>,
}

pub(super) fn run(args: &PlanArgs, console: &Console) -> Exit {
    let mut list = Vec::new();
    let map = mapping(args.map.as_deref(), PlanMap::parse, &mut list)
        .and_then(|map| map.with(args.units.clone(), args.machine.clone(), &mut list));
    let files: Vec<Input> = args.files.iter().filter_map(|path| input(path, &mut list)).collect();
    let Some(map) = map.filter(|_| list.is_empty()) else {
        return diagnose::show(&Problems { files: Vec::new(), list }, console);
    };
    if let Some(path) = &args.write_map {
        let Some(text) = plan::template(files, &map, &mut list) else {
            return diagnose::show(&Problems { files: Vec::new(), list }, console);
        };
        if let Err(exit) = write(path, &text, args.force, console) {
            return exit;
        }
        let path = path.display();
        console.print(&format!("{path}: say what the layers are, then: portvolt import plan ... --map {path}"));
        return Exit::Done;
    }
    let origins: Vec<String> = files.iter().map(|file| origin(&file.name, &file.bytes)).collect();
    let Some(found) = plan::read(files, &map, &origins.join("; "), &mut list) else {
        return diagnose::show(&Problems { files: Vec::new(), list }, console);
    };
    if let Some(out) = &args.out
        && let Err(exit) = write(out, &found.geojson, args.force, console)
    {
        return exit;
    }
    tell(args, &found, console);
    Exit::Done
}

/// A drawing, with what lies beside a shapefile. None: it cannot be read, and the problems say why.
fn input(path: &Path, problems: &mut Vec<Problem>) -> Option<Input> {
    let mut bytes = |path: &Path| match read_bytes(path, Kind::Drawing) {
        Ok(bytes) => Some(bytes),
        Err((message, help)) => {
            problems.extend(Problems::of_file(&path.display().to_string(), message, help).list);
            None
        }
    };
    let mut file = Input { name: path.display().to_string(), bytes: bytes(path)?, ..Input::default() };
    for ending in BESIDE {
        let found = [ending.to_owned(), ending.to_ascii_uppercase()].map(|ending| path.with_extension(ending));
        if let Some(part) = found.iter().find(|part| is_file(part) && *part != path) {
            file.beside.insert(ending.to_owned(), bytes(part)?);
        }
    }
    Some(file)
}

fn tell(args: &PlanArgs, found: &Converted, console: &Console) {
    let (wide, high) = found.size_m;
    if console.is_json() {
        console.print_json(&serde_json::json!({
            "schema": 1, "file": args.out, "features": found.counts, "width_m": wide, "height_m": high, "notes": found.notes,
        }));
        return;
    }
    let counts: Vec<String> = found.counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    let name = args.out.as_ref().map_or_else(|| "the plan".to_owned(), |out| out.display().to_string());
    console.print(&format!("{name}: {}; {wide:.0} x {high:.0} m", counts.join(", ")));
    found.notes.iter().for_each(|note| console.print(&format!("  - {note}")));
}
