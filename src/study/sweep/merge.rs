//! From shards to tables, in the order of the plan: the same bytes however the work was cut.

use super::plan::{Plan, engine};
use super::shard::{Columns, Held, Shard, ShardError, Store};
use super::{Status, status};
use crate::record::folder::{FolderError, Manifest, RunFolder};
use crate::record::names::Names;
use crate::record::table::{GROUP_ROWS, TableError, TableWriter};
use crate::study::replicate::in_order;
use crate::study::stats;
use crate::study::tables::{CellRow, PointRow, SweepRow, digests, no_names, table};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Shards read at a time: what is in memory at once.
const AT_ONCE: usize = 512;

/// Why a sweep was not merged.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// Shards are missing or damaged.
    #[error("{} shards are missing, {} damaged and {} unreadable", .0.missing.len(), .0.damaged.len(), .0.unreadable.len())]
    Incomplete(Status),
    /// A shard holds other replications than the plan says.
    #[error("shard {0} does not hold the replications of the plan")]
    Misfit(String),
    /// A file.
    #[error(transparent)]
    Shard(#[from] ShardError),
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A table.
    #[error(transparent)]
    Table(#[from] TableError),
}

/// A finished merge.
#[derive(Debug, Clone)]
pub struct Merged {
    /// The folder.
    pub path: PathBuf,
    /// Digest of the rows of each table.
    pub rows: BTreeMap<String, String>,
    /// How many rows of replications.
    pub count: u64,
}

/// Merges into a folder, which appears whole or not at all.
///
/// # Errors
/// When shards are missing (all of them are named) or something cannot be written.
pub fn merge(plan: &Plan, store: &Store, target: &Path, force: bool, jobs: usize) -> Result<Merged, MergeError> {
    let folder = RunFolder::begin(target, force || is_merge_of(plan, target))?;
    match fill(plan, store, &folder, jobs) {
        Ok((rows, count)) => {
            let path = folder.finish(manifest(plan, rows.clone()))?;
            Ok(Merged { path, rows, count })
        }
        Err(error) => {
            folder.discard();
            Err(error)
        }
    }
}

/// A merge of the same plan may be replaced: it is made of the same shards.
fn is_merge_of(plan: &Plan, target: &Path) -> bool {
    Manifest::read(target).is_ok_and(|manifest| manifest.study == Some(planned(plan)))
}

/// The plan, as the manifest of its merge keeps it.
fn planned(plan: &Plan) -> serde_json::Value {
    serde_json::json!({ "plan": plan.hash() })
}

fn fill(
    plan: &Plan,
    store: &Store,
    folder: &RunFolder,
    jobs: usize,
) -> Result<(BTreeMap<String, String>, u64), MergeError> {
    let tables = folder.tables();
    let mut merger = Merger::new(plan, &tables)?;
    let numbers: Vec<usize> = (0..plan.shards()).collect();
    let mut known: Option<Arc<Columns>> = None;
    for chunk in numbers.chunks(AT_ONCE) {
        let shards = in_order(jobs, chunk, |number| store.read(&plan.key(*number), known.as_ref()));
        for (number, shard) in chunk.iter().zip(shards) {
            // One fault is found while merging; all of them are listed at once.
            let Ok(Some(shard)) = shard else {
                return Err(MergeError::Incomplete(status(plan, store, jobs)));
            };
            merger.add(*number, &shard)?;
            known = Some(shard.columns);
        }
    }
    let mut rows = BTreeMap::new();
    let count = merger.finish(&mut rows)?;
    rows.extend(digests([table(Some(&tables), &points(plan))?]));
    Ok((rows, count))
}

fn points(plan: &Plan) -> Vec<PointRow> {
    let design = &plan.design;
    let rows = |(point, values): (usize, &Vec<String>)| {
        let row = move |(parameter, value): (&String, &String)| PointRow {
            point: point as u32,
            parameter: parameter.clone(),
            value: value.clone(),
        };
        design.parameters.iter().zip(values).map(row).collect::<Vec<_>>()
    };
    design.points.iter().enumerate().flat_map(rows).collect()
}

fn manifest(plan: &Plan, rows: BTreeMap<String, String>) -> Manifest {
    Manifest {
        portvolt: engine().to_owned(),
        title: plan.name.clone(),
        seed: plan.seed,
        settings: plan.settings.clone(),
        inputs: plan.cells.iter().flat_map(crate::study::sweep::plan::Cell::all_inputs).collect(),
        rows,
        study: Some(planned(plan)),
        ..Manifest::of_study("sweep")
    }
}

/// Takes shards in the order of the plan.
struct Merger<'a> {
    plan: &'a Plan,
    /// Scenario and strategy of each cell.
    labels: Vec<[Arc<str>; 2]>,
    replications: TableWriter,
    cells: TableWriter,
    names: Names,
    waiting: Vec<SweepRow>,
    count: u64,
    open: Option<Open>,
    closed: Vec<CellRow>,
}

/// The cell and the point whose values are being gathered.
struct Open {
    cell: usize,
    point: usize,
    /// Metrics that any replication so far has, in the order of the first that has it: however they are cut into shards.
    columns: Columns,
    /// Place of each name and scope in the columns.
    places: BTreeMap<[Arc<str>; 2], usize>,
    values: Vec<Vec<f64>>,
    /// The columns of the last shard, and (place, column) of each in the order of the places.
    last: Option<(Arc<Columns>, Vec<(usize, usize)>)>,
}

impl Open {
    fn new(cell: usize, point: usize) -> Self {
        Self { cell, point, columns: Columns::new(), places: BTreeMap::new(), values: Vec::new(), last: None }
    }

    /// (place, column) of each column of a shard, in the order of the places.
    fn places_of(&mut self, columns: &Arc<Columns>) -> Vec<(usize, usize)> {
        if let Some((known, places)) = &self.last
            && Arc::ptr_eq(known, columns)
        {
            return places.clone();
        }
        let mut places: Vec<(usize, usize)> = columns
            .iter()
            .enumerate()
            .map(|(column, [metric, scope, unit])| {
                let next = self.columns.len();
                let place = *self.places.entry([metric, scope].map(Arc::clone)).or_insert(next);
                if place == next {
                    self.columns.push([metric, scope, unit].map(Arc::clone));
                    self.values.push(Vec::new());
                }
                (place, column)
            })
            .collect();
        places.sort_unstable();
        self.last = Some((Arc::clone(columns), places.clone()));
        places
    }
}

impl<'a> Merger<'a> {
    fn new(plan: &'a Plan, tables: &Path) -> Result<Self, TableError> {
        let label = |cell: &crate::study::sweep::plan::Cell| {
            [Arc::from(cell.scenario.as_str()), Arc::from(cell.strategy.name.as_str())]
        };
        Ok(Self {
            plan,
            labels: plan.cells.iter().map(label).collect(),
            replications: TableWriter::new::<SweepRow>(Some(tables), false, "UTC")?,
            cells: TableWriter::new::<CellRow>(Some(tables), false, "UTC")?,
            names: no_names(),
            waiting: Vec::new(),
            count: 0,
            open: None,
            closed: Vec::new(),
        })
    }

    fn add(&mut self, number: usize, shard: &Shard) -> Result<(), MergeError> {
        let which = self.plan.which(number);
        let expected = which.first..which.first + which.count;
        if !shard.replications.iter().map(|replication| replication.0).eq(expected) {
            return Err(MergeError::Misfit(self.plan.key(number)));
        }
        if self.open.as_ref().is_some_and(|open| (open.cell, open.point) != (which.cell, which.point)) {
            self.close();
        }
        let open = self.open.get_or_insert_with(|| Open::new(which.cell, which.point));
        let places = open.places_of(&shard.columns);
        let [scenario, strategy] = &self.labels[which.cell];
        for (replication, _, held) in &shard.replications {
            for (place, column) in &places {
                let value = match held[*column] {
                    Held::Absent => continue,
                    Held::Empty => None,
                    Held::Value(value) => Some(value),
                };
                let [metric, scope, unit] = &open.columns[*place];
                self.waiting.push(SweepRow {
                    scenario: Arc::clone(scenario),
                    strategy: Arc::clone(strategy),
                    point: which.point as u32,
                    replication: *replication,
                    metric: Arc::clone(metric),
                    scope: Arc::clone(scope),
                    unit: Arc::clone(unit),
                    value,
                });
                open.values[*place].extend(value);
            }
        }
        self.write(false)?;
        Ok(())
    }

    /// Means of the cell that is complete.
    fn close(&mut self) {
        let Some(Open { cell, point, columns, values, .. }) = self.open.take() else { return };
        let [scenario, strategy] = &self.labels[cell];
        let rows = columns.iter().zip(values).map(|([metric, scope, unit], values)| CellRow {
            scenario: Arc::clone(scenario),
            strategy: Arc::clone(strategy),
            point: point as u32,
            metric: Arc::clone(metric),
            scope: Arc::clone(scope),
            unit: Arc::clone(unit),
            replications: values.len() as u32,
            mean: (!values.is_empty()).then(|| stats::mean(&values)),
            half_width: stats::interval(&values, stats::LEVEL).map(|interval| interval.half_width),
        });
        self.closed.extend(rows);
    }

    /// Writes whole groups, whatever the shards' sizes, so that the files are the same bytes.
    fn write(&mut self, all: bool) -> Result<(), TableError> {
        while self.waiting.len() >= GROUP_ROWS || (all && !self.waiting.is_empty()) {
            let group: Vec<SweepRow> = self.waiting.drain(..self.waiting.len().min(GROUP_ROWS)).collect();
            self.count += group.len() as u64;
            self.replications.write(&group, &self.names)?;
        }
        while self.closed.len() >= GROUP_ROWS || (all && !self.closed.is_empty()) {
            let group: Vec<CellRow> = self.closed.drain(..self.closed.len().min(GROUP_ROWS)).collect();
            self.cells.write(&group, &self.names)?;
        }
        Ok(())
    }

    fn finish(mut self, rows: &mut BTreeMap<String, String>) -> Result<u64, TableError> {
        self.close();
        self.write(true)?;
        for writer in [self.replications, self.cells] {
            let written = writer.finish()?;
            rows.insert(written.table.to_owned(), written.digest);
        }
        Ok(self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::metrics::{Metric, MetricName, ScopeKind};
    use crate::study::compare::strategy::Strategy;
    use crate::study::replicate::Replication;
    use crate::study::sweep::design::Design;
    use crate::study::sweep::plan::Cell;
    use crate::study::sweep::shard;

    /// Replications of a transition have other metrics than their neighbours, such as those of a site that sold something:
    /// values stay in their columns, and blocks of any size give the same tables.
    #[test]
    fn replications_of_other_metrics_merge_alike_in_any_blocks() {
        let has = [&["a", "b"][..], &["a", "x", "b"], &["y", "b"], &["a", "b", "x"]];
        let metric = |replication: usize, scope: &str| {
            let value = (scope != "b").then_some(replication as f64);
            Metric::new(MetricName::NpvUsd, &ScopeKind::Site.of(scope), value)
        };
        let runs: Vec<Replication> = (0..has.len())
            .map(|at| Replication {
                digest: "d".to_owned(),
                metrics: has[at].iter().map(|s| metric(at, s)).collect(),
                notes: Vec::new(),
            })
            .collect();
        let digests = [1, 3, 64].map(|block| {
            let cell = Cell {
                scenario: "s".to_owned(),
                path: PathBuf::from("/s"),
                strategy: Strategy::unchanged(),
                canonical: "c0".to_owned(),
                inputs: BTreeMap::new(),
                named: BTreeMap::new(),
            };
            let design = Design::grid(&BTreeMap::new());
            let (schema, name, settings) = (1, "s".to_owned(), Vec::new());
            let (engine, cells) = (engine().to_owned(), vec![cell]);
            let plan = Plan { schema, engine, name, settings, seed: 1, replications: 4, block, cells, design };
            let dir = tempfile::tempdir().unwrap();
            let store = Store::of(dir.path());
            for number in 0..plan.shards() {
                let which = plan.which(number);
                let key = plan.key(number);
                let own = &runs[which.first as usize..(which.first + which.count) as usize];
                store.keep(&key, &shard::text(&key, which.first, own), false).unwrap();
            }
            let merged = merge(&plan, &store, &dir.path().join("merged"), false, 1).unwrap();
            assert_eq!(merged.count, 10, "a row for each metric that a replication has");
            merged.rows
        });
        assert!(digests.iter().all(|rows| *rows == digests[0]), "{digests:?}");
    }
}
