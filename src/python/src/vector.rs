//! Many environments, stepped in parallel. Each run stays with the thread that began it, for its stack cannot move; a thread
//! has the runs next to each other, and writes what they show straight into the arrays that Python gets.

use crate::array::{Arrays, items};
use crate::charging::Values;
use crate::env::{columns_of, course};
use crate::episode::{Course, Episode};
use crate::run::of_scope;
use crate::steered::{Ended, How};
use portvolt::sim::Options;
use pyo3::buffer::PyBuffer;
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
    episode: Episode,
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
    whole: Vec<&'a mut [u32]>,
    real: Vec<&'a mut [f64]>,
    present: Vec<&'a mut [u8]>,
}

impl Rows<'_> {
    /// Writes what the `at`-th run of the thread shows.
    fn write(&mut self, at: usize, episode: &Episode) {
        let exchange = episode.run().exchange();
        let (mut whole, mut real) = (self.whole.iter_mut(), self.real.iter_mut());
        for column in &exchange.seen.columns {
            match &column.values {
                Values::U32(values) => put(whole.next(), at, values),
                Values::F64(values) => put(real.next(), at, values),
            }
        }
        put(self.present.first_mut(), at, &exchange.seen.present);
    }
}

fn put<T: Copy>(rows: Option<&mut &mut [T]>, at: usize, values: &[T]) {
    if let Some(rows) = rows {
        rows[at * values.len()..(at + 1) * values.len()].copy_from_slice(values);
    }
}

/// Charging environments without spaces and names: `portvolt.gym.ChargingVectorEnv` puts these on.
#[pyclass(module = "portvolt._portvolt", frozen)]
pub struct ChargingSteppers {
    threads: ThreadPool,
    count: usize,
    columns: Vec<(String, &'static str, usize)>,
    limits_kw: Vec<(f64, f64)>,
}

#[pymethods]
impl ChargingSteppers {
    #[new]
    fn new(
        py: Python<'_>,
        count: usize,
        threads: usize,
        scenario: PathBuf,
        settings: Vec<String>,
        overlays: Vec<PathBuf>,
        seed: u64,
        rewards: BTreeMap<String, f64>,
        at_events: bool,
    ) -> PyResult<Self> {
        if count == 0 {
            return Err(PyValueError::new_err("a vector needs at least one environment"));
        }
        let course = course(py, scenario, settings, overlays, &rewards, None)?;
        let threads = ThreadPoolBuilder::new().num_threads(portvolt::study::replicate::threads(threads)).build();
        let threads = threads.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        let how = How { options: Options { seed, ..Options::default() }, with_digest: false, at_events };
        let begun = py.detach(|| {
            threads.broadcast(|thread| begin(&course, how, share(count, thread.index(), thread.num_threads())))
        });
        begun.into_iter().collect::<PyResult<Vec<()>>>()?;
        let shapes = threads.broadcast(|_| LANES.with_borrow(|lanes| lanes.first().map(shape)));
        let (columns, limits_kw) = shapes.into_iter().flatten().next().expect("there is at least one environment");
        Ok(Self { threads, count, columns, limits_kw })
    }

    /// Names, kinds and lengths of the columns of an observation.
    #[getter]
    fn columns(&self) -> Vec<(String, &'static str, usize)> {
        self.columns.clone()
    }

    /// Power that each charging port draws and exports at most, kW.
    #[getter]
    fn limits_kw(&self) -> Vec<(f64, f64)> {
        self.limits_kw.clone()
    }

    /// Begins a run in each. With a seed the n-th has the n-th replication of it.
    fn reset(&self, py: Python<'_>, mut arrays: Arrays, seed: Option<u64>) -> PyResult<()> {
        let count = self.count as u32;
        let told = self.each(py, &mut arrays, &|lane, place| {
            lane.restart(seed.map(|seed| (seed, place as u32)), count)?;
            Ok(Told::default())
        });
        told.map(drop)
    }

    /// Orders set-points in each: rewards, whether runs are over, how many orders were rejected, and the metrics of runs that
    /// ended, by place. An environment whose run ended in the step before begins its next one instead.
    fn step<'py>(
        &self,
        py: Python<'py>,
        mut arrays: Arrays,
        actions: PyBuffer<f64>,
    ) -> PyResult<(Vec<f64>, Vec<bool>, Vec<u64>, Bound<'py, PyDict>)> {
        let (count, ports) = (self.count as u32, self.limits_kw.len());
        if actions.item_count() != self.count * ports {
            return Err(PyValueError::new_err(format!("actions are an array of {count} rows of {ports} set-points")));
        }
        let set_points_kw = actions.to_vec(py)?;
        let told = self.each(py, &mut arrays, &|lane, place| {
            if lane.is_over {
                lane.restart(None, count)?;
                return Ok(Told::default());
            }
            lane.is_fresh = false;
            let ended = lane.episode.step(&set_points_kw[place * ports..(place + 1) * ports])?;
            lane.is_over = ended.is_some();
            let rejected = core::mem::take(&mut lane.episode.run().exchange().rejected).0;
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

impl ChargingSteppers {
    /// Does something with each environment, on its own thread, and writes what all of them see then.
    fn each(
        &self,
        py: Python<'_>,
        (whole, real, present): &mut Arrays,
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
        cut(items(present)?, &[self.limits_kw.len()], &shares, |thread, part| rows[thread].present.push(part))?;
        let rows: Vec<Mutex<Rows<'_>>> = rows.into_iter().map(Mutex::new).collect();
        let told = py.detach(|| {
            self.threads.broadcast(|thread| {
                let mut rows = rows[thread.index()].lock().expect("one thread has these rows");
                let from = shares[thread.index()].start;
                LANES.with_borrow_mut(|lanes| {
                    let mut one = |(at, lane): (usize, &mut Lane)| {
                        let told = work(lane, from + at)?;
                        rows.write(at, &lane.episode);
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
            Ok(Lane { episode: Episode::begin(course.clone(), how)?, is_fresh: true, is_over: false })
        })
        .collect();
    LANES.set(lanes?);
    Ok(())
}

/// Columns and charging ports, which all environments have alike.
fn shape(lane: &Lane) -> (Vec<(String, &'static str, usize)>, Vec<(f64, f64)>) {
    let exchange = lane.episode.run().exchange();
    (columns_of(&exchange.seen), exchange.seen.limits_kw.clone())
}
