//! Many environments, stepped in parallel. Each run stays with the thread that began it, for its stack cannot move; a thread
//! has the runs next to each other, and writes what they show straight into the arrays that Python gets.

use crate::array::{Action, Arrays, Parts, Shape, items, lengths_of, parts_of, read, shape_of};
use crate::chance::{Replication, Seed};
use crate::env::course;
use crate::episode::{Course, Episodes};
use crate::learned::{Given, Part, Values};
use crate::run::of_scope;
use crate::steered::{Ended, How};
use portvolt::sim::Options;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Mutex;

thread_local! {
    /// The runs of this thread, which is one of a vector's own.
    static LANES: RefCell<Vec<Lane>> = const { RefCell::new(Vec::new()) };
}

/// One environment of a vector.
struct Lane {
    episode: Box<dyn Episodes>,
    is_fresh: bool,
    is_over: bool,
}

impl Lane {
    /// Begins a run: the given replication of a seed; else that which nobody of `count` environments has had, unless none has
    /// been used yet.
    fn restart(&mut self, chance: Option<(u64, u32)>, count: u32) -> PyResult<()> {
        let own = self.episode.chance();
        let next = if self.is_fresh { own } else { (own.0, own.1 + count) };
        let chance = chance.unwrap_or(next);
        if !self.is_fresh || chance != own {
            self.episode.restart(chance.0, chance.1)?;
        }
        (self.is_fresh, self.is_over) = (true, false);
        Ok(())
    }
}

/// What an environment tells of a step beside its observation.
#[derive(Default)]
struct Told {
    reward: f64,
    rejected: u64,
    ended: Option<Ended>,
}

/// What one thread fills of an observation: its rows of each column, in the order of the columns.
#[derive(Default)]
struct Rows<'a> {
    codes: Vec<&'a mut [u8]>,
    whole: Vec<&'a mut [u32]>,
    real: Vec<&'a mut [f64]>,
}

impl Rows<'_> {
    /// Writes what the `at`-th run of the thread shows.
    fn write(&mut self, at: usize, episode: &dyn Episodes) {
        let (mut codes, mut whole, mut real) = (self.codes.iter_mut(), self.whole.iter_mut(), self.real.iter_mut());
        episode.show(&mut |columns| {
            for column in columns {
                match &column.values {
                    Values::U8(values) => put(codes.next(), at, values),
                    Values::U32(values) => put(whole.next(), at, values),
                    Values::F64(values) => put(real.next(), at, values),
                }
            }
        });
    }
}

fn put<T: Copy>(rows: Option<&mut &mut [T]>, at: usize, values: &[T]) {
    if let Some(rows) = rows {
        rows[at * values.len()..(at + 1) * values.len()].copy_from_slice(values);
    }
}

/// Environments without spaces and names: `portvolt.gym` puts these on.
#[pyclass(module = "portvolt._portvolt", frozen)]
pub struct Steppers {
    threads: ThreadPool,
    count: usize,
    columns: Shape,
    action: Vec<Part>,
}

#[pymethods]
impl Steppers {
    #[new]
    fn new(
        py: Python<'_>,
        kind: &str,
        count: usize,
        threads: usize,
        scenario: PathBuf,
        settings: Vec<String>,
        overlays: Vec<PathBuf>,
        seed: Seed,
        rewards: BTreeMap<String, f64>,
        at_events: bool,
        most_rows: usize,
    ) -> PyResult<Self> {
        if count == 0 {
            return Err(PyValueError::new_err("a vector needs at least one environment"));
        }
        let course = course(py, kind, scenario, settings, overlays, &rewards, None)?;
        let threads = ThreadPoolBuilder::new().num_threads(portvolt::study::replicate::threads(threads)).build();
        let threads = threads.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        let how =
            How { options: Options { seed: seed.0, ..Options::default() }, with_digest: false, at_events, most_rows };
        let begun = py.detach(|| {
            threads.broadcast(|thread| begin(&course, how, share(count, thread.index(), thread.num_threads())))
        });
        begun.into_iter().collect::<PyResult<Vec<()>>>()?;
        let shapes = threads.broadcast(|_| LANES.with_borrow(|lanes| lanes.first().map(shape)));
        let (columns, action) = shapes.into_iter().flatten().next().expect("there is at least one environment");
        Ok(Self { threads, count, columns, action })
    }

    /// Names, kinds and lengths of the columns of an observation.
    #[getter]
    fn columns(&self) -> Shape {
        self.columns.clone()
    }

    /// The parts of an action.
    #[getter]
    fn action(&self) -> Parts {
        parts_of(&self.action)
    }

    /// Begins a run in each. With a seed the n-th has the n-th replication of it; with a replication all have this one, of the seed
    /// or of the one that they had.
    fn reset(
        &self,
        py: Python<'_>,
        mut arrays: Arrays,
        seed: Option<Seed>,
        replication: Option<Replication>,
    ) -> PyResult<()> {
        let count = self.count as u32;
        let (seed, replication) = (seed.map(|seed| seed.0), replication.map(|replication| replication.0));
        let told = self.each(py, &mut arrays, &|lane, place| {
            let own_seed = seed.unwrap_or(lane.episode.chance().0);
            let chance =
                (seed.is_some() || replication.is_some()).then(|| (own_seed, replication.unwrap_or(place as u32)));
            lane.restart(chance, count)?;
            Ok(Told::default())
        });
        told.map(drop)
    }

    /// Gives orders in each: rewards, whether runs are over, how many orders were rejected, and the metrics of runs that
    /// ended, by place. An environment whose run ended in the step before begins its next one instead.
    fn step<'py>(
        &self,
        py: Python<'py>,
        mut arrays: Arrays,
        actions: Action,
    ) -> PyResult<(Vec<f64>, Vec<bool>, Vec<u64>, Bound<'py, PyDict>)> {
        let (count, (choices, quantities)) = (self.count as u32, lengths_of(&self.action));
        let mut given = Given::default();
        read(py, &actions, (self.count * choices, self.count * quantities), &mut given)?;
        let told = self.each(py, &mut arrays, &|lane, place| {
            if lane.is_over {
                lane.restart(None, count)?;
                return Ok(Told::default());
            }
            lane.is_fresh = false;
            let ended = lane.episode.step(&mut |own| {
                row(&self.action, (&given, place, self.count), own);
                Ok(())
            })?;
            lane.is_over = ended.is_some();
            let rejected = lane.episode.rejected().0;
            Ok(Told { reward: lane.episode.reward(), rejected, ended })
        })?;
        let ended = PyDict::new(py);
        for (place, told) in told.iter().enumerate() {
            if let Some(done) = &told.ended {
                ended.set_item(place, of_scope(py, &done.metrics, "total")?)?;
            }
        }
        let rewards = told.iter().map(|told| told.reward).collect();
        let truncated = told.iter().map(|told| told.ended.is_some()).collect();
        let rejected = told.iter().map(|told| told.rejected).collect();
        Ok((rewards, truncated, rejected, ended))
    }
}

impl Steppers {
    /// Does something with each environment, on its own thread, and writes what all of them see then.
    fn each(
        &self,
        py: Python<'_>,
        (codes, whole, real): &mut Arrays,
        work: &(impl Fn(&mut Lane, usize) -> PyResult<Told> + Sync),
    ) -> PyResult<Vec<Told>> {
        let threads = self.threads.current_num_threads();
        let shares: Vec<Range<usize>> = (0..threads).map(|thread| share(self.count, thread, threads)).collect();
        let widths = |kind: &str| -> Vec<usize> {
            self.columns.iter().filter(|column| column.1 == kind).map(|column| column.2).collect()
        };
        let mut rows: Vec<Rows<'_>> = shares.iter().map(|_| Rows::default()).collect();
        cut(items(whole)?, &widths("u4"), &shares, |thread, part| rows[thread].whole.push(part))?;
        cut(items(real)?, &widths("f8"), &shares, |thread, part| rows[thread].real.push(part))?;
        cut(items(codes)?, &widths("u1"), &shares, |thread, part| rows[thread].codes.push(part))?;
        let rows: Vec<Mutex<Rows<'_>>> = rows.into_iter().map(Mutex::new).collect();
        let told = py.detach(|| {
            self.threads.broadcast(|thread| {
                let mut rows = rows[thread.index()].lock().expect("one thread has these rows");
                let from = shares[thread.index()].start;
                LANES.with_borrow_mut(|lanes| {
                    let mut one = |(at, lane): (usize, &mut Lane)| {
                        let told = work(lane, from + at)?;
                        rows.write(at, &*lane.episode);
                        Ok(told)
                    };
                    lanes.iter_mut().enumerate().map(&mut one).collect::<PyResult<Vec<Told>>>()
                })
            })
        });
        let told = told.into_iter().collect::<PyResult<Vec<_>>>()?;
        Ok(told.into_iter().flatten().collect())
    }
}

/// Cuts an array into the rows of each share, column after column.
fn cut<'a, T>(
    mut rest: &'a mut [T],
    widths: &[usize],
    shares: &[Range<usize>],
    mut give: impl FnMut(usize, &'a mut [T]),
) -> PyResult<()> {
    for width in widths {
        for (thread, share) in shares.iter().enumerate() {
            let Some((part, after)) = rest.split_at_mut_checked(share.len() * width) else {
                return Err(PyValueError::new_err("the arrays are too short for observations"));
            };
            give(thread, part);
            rest = after;
        }
    }
    Ok(())
}

/// The environments of one thread.
fn share(count: usize, thread: usize, threads: usize) -> Range<usize> {
    count * thread / threads..count * (thread + 1) / threads
}

/// Begins the runs of a thread: the n-th environment has the n-th replication.
fn begin(course: &Course, how: How, places: Range<usize>) -> PyResult<()> {
    let lanes: PyResult<Vec<Lane>> = places
        .map(|place| {
            let mut how = how;
            how.options.replication = place as u32;
            Ok(Lane { episode: course.begin(how)?, is_fresh: true, is_over: false })
        })
        .collect();
    LANES.set(lanes?);
    Ok(())
}

/// The action of one environment out of those of all: each part has a row for each.
fn row(action: &[Part], (all, place, count): (&Given, usize, usize), own: &mut Given) {
    own.choices.clear();
    own.quantities.clear();
    let (mut choices, mut quantities) = (0, 0);
    for part in action {
        match part {
            Part::Choice { rows, .. } => {
                own.choices.extend_from_slice(&all.choices[choices + place * rows..][..*rows]);
                choices += count * rows;
            }
            Part::Quantity { bounds, .. } => {
                let rows = bounds.len();
                own.quantities.extend_from_slice(&all.quantities[quantities + place * rows..][..rows]);
                quantities += count * rows;
            }
        }
    }
}

/// Columns and parts of an action, which all environments have alike.
fn shape(lane: &Lane) -> (Shape, Vec<Part>) {
    let mut columns = Shape::new();
    lane.episode.show(&mut |seen| columns = shape_of(seen));
    (columns, lane.episode.action())
}
