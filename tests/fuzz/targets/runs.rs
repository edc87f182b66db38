//! The folder of a finished run with one of its files changed at some bytes, cut, or replaced: a page, an export and a check of
//! it are made or refused, and no other file of the folder changes.

use portvolt::export::{loadshape, ocpp};
use portvolt::record::folder::Manifest;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A run of the smallest scenario, made once by the program itself: its files by name.
static RUN: OnceLock<BTreeMap<PathBuf, Vec<u8>>> = OnceLock::new();

fn made() -> BTreeMap<PathBuf, Vec<u8>> {
    let dir = tempfile::tempdir().expect("a folder");
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/depot_night");
    let (scenario, out) = (scenario.display().to_string(), dir.path().join("run"));
    let out = out.display().to_string();
    let words = ["portvolt", "run", &scenario, "--days", "1", "--out", &out, "--quiet"];
    assert_eq!(portvolt::cli::run(words.map(Into::into)), 0, "the run is good");
    files(Path::new(&out))
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut all, mut left) = (BTreeMap::new(), vec![folder.to_path_buf()]);
    while let Some(at) = left.pop() {
        for entry in std::fs::read_dir(at).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                left.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below it").to_path_buf();
                all.insert(name, std::fs::read(&path).expect("a file"));
            }
        }
    }
    all
}

/// Changes of a file: pairs of a place and a byte; the first word says whether what follows replaces it.
fn changed(file: &[u8], how: u8, rest: &[u8]) -> Vec<u8> {
    match how % 4 {
        0 => rest.to_vec(),
        1 => file[..file.len() * usize::from(how) / 256].to_vec(),
        _ => {
            let mut file = file.to_vec();
            for edit in rest.chunks_exact(4) {
                let at = u32::from_le_bytes([edit[0], edit[1], edit[2], 0]) as usize % file.len().max(1);
                if let Some(byte) = file.get_mut(at) {
                    *byte = edit[3];
                }
            }
            file
        }
    }
}

pub(crate) fn run(data: &[u8]) {
    let Some(([which, how], rest)) = data.split_first_chunk::<2>() else { return };
    let run = RUN.get_or_init(made);
    let victim = run.keys().nth(usize::from(*which) % run.len()).expect("it has files");
    let dir = tempfile::tempdir().expect("a folder");
    for (name, bytes) in run {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
        let bytes = if name == victim { changed(bytes, *how, rest) } else { bytes.clone() };
        std::fs::write(path, bytes).expect("a file");
    }
    let before = files(dir.path());
    if let Ok(manifest) = Manifest::read(dir.path()) {
        let _ = portvolt::report::build(dir.path(), &manifest, None);
    }
    let options = ocpp::Options { version: ocpp::Version::V201, unit: ocpp::Unit::Watts, most_periods: 1024 };
    if let Ok(loads) = portvolt::export::loads(dir.path()) {
        for (site, load) in &loads.sites {
            let schedules = ocpp::schedules(&load.charging_kw, loads.interval_s, options);
            let _ = ocpp::requests(options, &schedules, loads.start_unix_s);
            let _ = (loadshape::element_name(site), loadshape::csv(&load.total_kw));
        }
    }
    assert!(files(dir.path()) == before, "reading changes nothing");
}
