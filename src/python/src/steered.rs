//! A run that stands still at each decision of one kind until it is told to go on.
//!
//! The run has a stack of its own: its policy of that kind leaves that stack in the middle of a tick and comes back with orders.
//! So nothing of the simulation knows of it, and a run that is steered by the orders of a built-in policy is the run of that
//! policy.

use crate::learned::{Expert, Given, Learned, RunFacts, Seen};
use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use portvolt::policy::decide::{Decide, Policy};
use portvolt::record::metrics::Metric;
use portvolt::record::progress::Progress;
use portvolt::scenario::loaded::Loaded;
use portvolt::sim::{Options, RunError, Simulation};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes of the stack of a run; what is not touched takes no memory.
const STACK_BYTES: usize = 8 << 20;
/// Why a run ends that nobody goes on with.
const LEFT: &str = "this run was abandoned";

/// How a run is steered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How {
    pub(crate) options: Options,
    /// Are the rows of all tables hashed? It costs about a third of the time.
    pub(crate) with_digest: bool,
    /// Is it asked at each event, where power is shared so? Else when a control interval begins.
    pub(crate) at_events: bool,
    /// Rows of what has no largest number, such as open hauls.
    pub(crate) most_rows: usize,
}

/// What a run that is over leaves.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) metrics: Vec<Metric>,
    pub(crate) digest: Option<String>,
}

/// What the run and whoever steers it hand each other.
#[derive(Debug)]
pub(crate) struct Exchange<K: Learned> {
    /// What the decision is on.
    pub(crate) seen: Seen<K>,
    /// What is ordered.
    pub(crate) given: Given,
    /// Orders of the decision before that were rejected, and why the first ones were.
    pub(crate) rejected: (u64, Vec<String>),
    is_left: bool,
}

/// A run that stands still at a decision, or is over.
pub(crate) struct Steered<K: Learned> {
    run: Option<Coroutine<(), (), Result<Ended, RunError>, DefaultStack>>,
    exchange: Arc<Mutex<Exchange<K>>>,
    told: Arc<Mutex<Progress>>,
}

impl<K: Learned> Steered<K> {
    /// Begins a run. It stands before its first tick: [`Self::go_on`] takes it to the first decision.
    ///
    /// # Errors
    /// When the system grants no memory for its stack.
    pub(crate) fn begin(loaded: &Arc<Loaded>, how: How, expert: Option<&Expert>) -> std::io::Result<Self> {
        let empty =
            Exchange { seen: Seen::default(), given: Given::default(), rejected: (0, Vec::new()), is_left: false };
        let (exchange, told) = (Arc::new(Mutex::new(empty)), Arc::<Mutex<Progress>>::default());
        let (loaded, shared, follow) = (Arc::clone(loaded), Arc::clone(&exchange), Arc::clone(&told));
        let expert = expert.cloned();
        let run = Coroutine::with_stack(DefaultStack::new(STACK_BYTES)?, move |yielder: &Yielder<(), ()>, ()| {
            let mut simulation = Simulation::new(&loaded, &how.options)?;
            lock(&shared).seen.run = RunFacts::of(&simulation, &loaded, how.most_rows);
            let expert = expert.map(|expert| expert.made(&loaded)).transpose()?;
            let policy =
                Outside { yielder, exchange: shared, state: K::State::default(), expert, at_events: how.at_events };
            simulation.decide_by::<K>(Box::new(policy));
            simulation.follow(&loaded, follow, K::KIND);
            drive(&mut simulation, &loaded, how.with_digest)
        });
        Ok(Self { run: Some(run), exchange, told })
    }

    /// Goes on to the next decision (None), or to the end of the run.
    ///
    /// # Errors
    /// Why the run did not finish.
    pub(crate) fn go_on(&mut self) -> Result<Option<Ended>, RunError> {
        let Some(run) = &mut self.run else { return Ok(None) };
        match run.resume(()) {
            CoroutineResult::Yield(()) => Ok(None),
            CoroutineResult::Return(ended) => {
                self.run = None;
                ended.map(Some)
            }
        }
    }

    /// What is handed over.
    pub(crate) fn exchange(&self) -> MutexGuard<'_, Exchange<K>> {
        lock(&self.exchange)
    }

    /// The metrics of the run so far.
    pub(crate) fn told(&self) -> MutexGuard<'_, Progress> {
        lock(&self.told)
    }
}

impl<K: Learned> Drop for Steered<K> {
    /// Has the run end itself, so that its stack is empty when it goes.
    fn drop(&mut self) {
        let begun = self.run.as_mut().filter(|run| run.started() && !run.done());
        if let Some(run) = begun {
            lock(&self.exchange).is_left = true;
            drop(run.resume(()));
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn drive(simulation: &mut Simulation, loaded: &Loaded, with_digest: bool) -> Result<Ended, RunError> {
    let stop = AtomicBool::new(false);
    let (mut summary, digest) = if with_digest {
        let (written, _) = simulation.drive(loaded, (None, false), &stop, |_, _| {})?;
        let digest = written.digest();
        (written.summary, Some(digest))
    } else {
        (simulation.drive_after(loaded, 0, 0, &stop)?.summary, None)
    };
    Ok(Ended { metrics: summary.metrics(simulation.names()), digest })
}

/// The policy of a steered run.
struct Outside<K: Learned> {
    /// Lives as long as the stack on which this policy does.
    yielder: *const Yielder<(), ()>,
    exchange: Arc<Mutex<Exchange<K>>>,
    state: K::State,
    expert: Option<Box<dyn Decide<K>>>,
    at_events: bool,
}

// SAFETY: a policy has to be `Send` and `Sync`, but this one never leaves its stack: it is made there, the simulation that holds
// it lives there, and a `Coroutine` is neither `Send` nor `Sync`.
#[expect(unsafe_code, reason = "the policy stays on the stack that made it")]
unsafe impl<K: Learned> Send for Outside<K> {}
// SAFETY: as above.
#[expect(unsafe_code, reason = "as above")]
unsafe impl<K: Learned> Sync for Outside<K> {}

impl<K: Learned> Policy for Outside<K> {
    fn name(&self) -> &'static str {
        "python"
    }

    fn is_memoryless(&self) -> bool {
        self.at_events
    }
}

impl<K: Learned> Decide<K> for Outside<K> {
    #[expect(unsafe_code, reason = "the yielder is lent by the stack on which this runs")]
    fn decide(&mut self, view: &K::View<'_>) -> Result<K::Orders, String> {
        K::keep(&mut self.state, view);
        let advice = self.expert.as_mut().map(|expert| expert.decide(view)).transpose()?;
        lock(&self.exchange).seen.take(view, &self.state, advice.as_ref());
        // SAFETY: `Coroutine::with_stack` lends the yielder to the function on whose stack all of this happens.
        unsafe { &*self.yielder }.suspend(());
        let mut exchange = lock(&self.exchange);
        let Exchange { seen, given, rejected, is_left } = &mut *exchange;
        if *is_left {
            return Err(LEFT.to_owned());
        }
        if let Some(frame) = &seen.frame {
            K::order(frame, &mut self.state, view, given);
        }
        let (orders, dropped) = K::orders(&mut self.state, view);
        *rejected = (dropped.count, dropped.examples);
        Ok(orders)
    }
}
