//! What is known of a run, and what the bound says: plain data.

/// Values by interval.
#[derive(Debug, Clone, PartialEq)]
pub enum Series {
    /// The same in every interval.
    Constant(f64),
    /// One value an interval.
    ByInterval(Vec<f64>),
}

impl Series {
    /// The value in an interval.
    #[must_use]
    pub fn at(&self, interval: usize) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::ByInterval(values) => values[interval],
        }
    }

    pub(super) fn max(&self) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::ByInterval(values) => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        }
    }
}

/// One vehicle at one port, with everything known.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// The lowest node of the tree that carries it.
    pub node: usize,
    /// From when power can flow, from the start of the run.
    pub arrive_s: u32,
    /// Until when.
    pub depart_s: u32,
    /// Energy it asks for, grid side.
    pub need_kwh: f64,
    /// Most power, grid side: the least of vehicle and port.
    pub max_kw: f64,
}

/// A node of the tree of limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The node above, if any.
    pub parent: Option<usize>,
    /// Most mean power of charging below it, kW: its limit less every other load below it. May be infinite.
    pub headroom_kw: Series,
}

/// A meter. It measures the sessions whose nearest meter upwards it is, and its other load.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Its node.
    pub node: usize,
    /// Price of energy, $/kWh.
    pub price_usd_per_kwh: Series,
    /// Mean power of everything but charging, kW.
    pub other_kw: Series,
}

/// What is known of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Length of an interval.
    pub interval_s: u32,
    /// How many there are.
    pub intervals: usize,
    /// The sessions.
    pub sessions: Vec<Session>,
    /// The tree of limits, in any order.
    pub nodes: Vec<Node>,
    /// The meters. A session below none has no price and counts to no peak.
    pub sites: Vec<Site>,
}

/// What is best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objective {
    /// The most energy. Value: kWh.
    MostEnergy,
    /// The least cost of energy for charging, among all ways to serve the most energy. Value: $.
    ///
    /// A policy that serves less can pay less. Its fair bound is the cost of what it served: set `need_kwh` to that.
    LeastCost,
    /// The least peak of a site's total load, among all ways to serve the most energy; with several sites the least sum of
    /// their peaks. Value: kW. The remark on [`Self::LeastCost`] holds.
    LeastPeak,
}

/// The best possible.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The objective's value, in its unit.
    pub value: f64,
    /// Energy served, kWh.
    pub energy_kwh: f64,
    /// Mean power over the whole interval, by session: (interval, kW) where there is any. One of the best plans.
    pub power_kw: Vec<Vec<(u32, f64)>>,
    /// Peak of each site's total load under this plan, kW.
    pub peak_kw: Vec<f64>,
    /// Cost of energy for charging under this plan, $.
    pub cost_usd: f64,
    /// How exact it is.
    pub status: Status,
    /// How large the work was.
    pub size: Size,
}

/// How exact a bound is. The last digits depend on the machine: the solver is not held to `kernel::math`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Within 1e-7, relative.
    Optimal,
    /// The solver stopped early: within 1e-4, relative.
    Reduced,
}

impl Status {
    /// How far the value may be from the best one, relative.
    #[must_use]
    pub const fn tolerance(self) -> f64 {
        match self {
            Self::Optimal => 1e-7,
            Self::Reduced => 1e-4,
        }
    }
}

/// How large the linear programs were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size {
    /// Pairs of session and interval.
    pub pieces: usize,
    /// Parts that were solved apart.
    pub parts: usize,
    /// Variables of all parts.
    pub variables: usize,
    /// Variables of the largest part.
    pub largest: usize,
}

/// Why there is no bound.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BoundError {
    /// The data contradict themselves.
    #[error("the bound cannot be computed: {0}")]
    Input(String),
    /// The problem is larger than is accepted.
    #[error(
        "the bound is too large: {found} {what}, at most {most} are accepted; take fewer days or a longer control interval"
    )]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much.
        found: usize,
        /// How much is accepted.
        most: usize,
    },
    /// The solver gave up.
    #[error("the solver found no bound for a part of {variables} variables: {status}")]
    Solver {
        /// What it said.
        status: String,
        /// Size of the part.
        variables: usize,
    },
}

/// Most variables of one part that the solver is given. A part is a set of sessions that compete, directly or through
/// others, in intervals in which a limit can bind: mostly a day of a site. The effort grows a little faster than they do:
/// 130,000 variables in one part took 2 s and 0.2 GB, 260,000 7 s and 0.4 GB. The number of parts is not limited.
pub const MOST_VARIABLES: usize = 400_000;

/// Most pairs of session and interval that are looked at.
pub const MOST_PIECES: usize = 20_000_000;
