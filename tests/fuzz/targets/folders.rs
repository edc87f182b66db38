//! Any bytes in the place of one file of a run's or sweep's folder: it is read or refused, and nothing outside changes.

use portvolt::record::folder::Manifest;
use portvolt::study::sweep::plan::Plan;
use portvolt::study::sweep::shard::Store;
use std::path::Path;

pub(crate) fn run(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let put = |name: &str| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
        std::fs::write(path, rest).expect("a file");
    };
    match kind % 4 {
        0 => {
            put("manifest.json");
            if let Ok(manifest) = Manifest::read(dir.path()) {
                assert!(manifest.outputs.keys().all(|name| !name.contains("..")));
                let _ = portvolt::report::build(dir.path(), &manifest, None);
            }
        }
        1 => {
            put("tables/power.parquet");
            let _ = portvolt::export::loads(dir.path());
        }
        2 => {
            put("study.plan.json");
            if let Ok(plan) = Plan::read(&dir.path().join("study.plan.json")) {
                assert!(Path::new(&plan.name).components().count() == 1);
            }
        }
        _ => {
            let key = "ab".repeat(32);
            put(&format!("shards/ab/{key}.shard"));
            let _ = Store::of(dir.path()).read(&key, None);
        }
    }
}
