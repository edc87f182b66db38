//! The bound: with full knowledge of a run's sessions, the best that any charging policy could have done, as a linear
//! program. Plain data in, plain data out: no world, no records.
//!
//! A variable is the energy of one session in one interval in which it is present; rows are the sessions' needs and the
//! limits that could bind. `reduce` drops what cannot matter and splits the rest into parts that do not touch each other,
//! `lp` hands each part to the solver (Clarabel, an interior-point method).

mod case;
mod lp;
mod reduce;

pub use case::{
    Bound, BoundError, Case, MOST_PIECES, MOST_VARIABLES, Node, Objective, Series, Session, Site, Size, Status,
};

use crate::kernel::units::S_PER_H;
use reduce::{Part, Pieces, Rows};

/// Power below this is noise of the solver and not listed, kW.
const NOISE_KW: f64 = 1e-6;
/// Energy may fall short of the most that can be served by this share before the reward for it is raised.
const ENERGY_TOLERANCE: f64 = 1e-8;
/// A row is worth something, not noise of the solver, above this (kWh gained per kWh of room: 0 to 1).
const SURELY: f64 = 0.01;

/// The best that any policy could have done.
///
/// # Errors
/// When the case contradicts itself, is too large, or the solver gives up.
pub fn bound(case: &Case, objective: Objective) -> Result<Bound, BoundError> {
    check(case)?;
    let pieces = Pieces::of(case)?;
    let (most, sure) = most_energy(case, &pieces)?;
    let solved = match objective {
        Objective::MostEnergy => most,
        Objective::LeastCost => least_cost(case, &pieces, &most)?,
        Objective::LeastPeak => least_peak(case, &pieces, &most, sure)?,
    };
    Ok(finish(case, &pieces, objective, solved))
}

fn check(case: &Case) -> Result<(), BoundError> {
    let wrong = |text: String| Err(BoundError::Input(text));
    let fits = |series: &Series| matches!(series, Series::ByInterval(values) if values.len() != case.intervals);
    if case.interval_s == 0 || case.intervals == 0 {
        return wrong("there are no intervals".to_owned());
    }
    for (at, node) in case.nodes.iter().enumerate() {
        if fits(&node.headroom_kw) || node.parent.is_some_and(|parent| parent >= case.nodes.len()) {
            return wrong(format!("node {at} has a wrong parent or not one limit an interval"));
        }
        if core::iter::successors(Some(at), |at| case.nodes[*at].parent).nth(case.nodes.len()).is_some() {
            return wrong(format!("the limits form a circle at node {at}"));
        }
    }
    for (at, site) in case.sites.iter().enumerate() {
        if site.node >= case.nodes.len() || fits(&site.price_usd_per_kwh) || fits(&site.other_kw) {
            return wrong(format!("site {at} has no node, or not one price and one load an interval"));
        }
    }
    for (at, session) in case.sessions.iter().enumerate() {
        let is_number = |value: f64| value.is_finite() && value >= 0.0;
        if session.node >= case.nodes.len() || !is_number(session.need_kwh) || !is_number(session.max_kw) {
            return wrong(format!("session {at} has no node, or its need or power is not a number"));
        }
        if session.depart_s < session.arrive_s {
            return wrong(format!("session {at} ends before it starts"));
        }
    }
    Ok(())
}

/// Energy of each piece, and the objective where it is not read from the plan.
struct Solved {
    energy_kwh: Vec<f64>,
    peak_kw: Option<Vec<f64>>,
    status: Status,
    size: Size,
}

impl Solved {
    fn new(pieces: &Pieces) -> Self {
        let size = Size { pieces: pieces.list.len(), ..Size::default() };
        Self { energy_kwh: vec![0.0; pieces.list.len()], peak_kw: None, status: Status::Optimal, size }
    }

    fn solve(&mut self, program: &lp::Program) -> Result<lp::Solution, BoundError> {
        self.size.parts += 1;
        self.size.variables += program.cost.len();
        self.size.largest = self.size.largest.max(program.cost.len());
        let solution = lp::solve(program)?;
        self.status = self.status.max(solution.status);
        Ok(solution)
    }

    fn energy(&self, pieces: &Pieces, sessions: &[u32]) -> f64 {
        sessions.iter().flat_map(|session| pieces.of_session(*session)).map(|piece| self.energy_kwh[piece]).sum()
    }
}

/// What is sure in every plan that serves the most energy.
struct Sure {
    /// What each session gets at least.
    energy_kwh: Vec<f64>,
    /// A load that each site reaches.
    peak_kw: Vec<f64>,
}

fn most_energy(case: &Case, pieces: &Pieces) -> Result<(Solved, Sure), BoundError> {
    let mut solved = Solved::new(pieces);
    let reduced =
        reduce::by_free_intervals(case, pieces, &mut solved.energy_kwh, |counts| Rows::of(case, pieces, counts));
    // A session served in full beside the others is served in full in every best plan: less would lower the total.
    let mut sure = Sure {
        energy_kwh: (0..case.sessions.len() as u32).map(|session| solved.energy(pieces, &[session])).collect(),
        peak_kw: case.sites.iter().map(|site| site.other_kw.max().max(0.0)).collect(),
    };
    for part in reduce::parts(&reduced, pieces, case.sessions.len()) {
        let program = program(&part, &reduced, pieces, |_| -1.0);
        let solution = solved.solve(&program)?;
        let served: f64 = solution.values.iter().sum();
        part.pieces
            .iter()
            .zip(&solution.values)
            .for_each(|(piece, energy)| solved.energy_kwh[*piece as usize] = *energy);
        let need: f64 = part.sessions.iter().map(|session| reduced.need_kwh[*session as usize]).sum();
        let (of_needs, of_limits) = solution.worth.split_at(part.sessions.len());
        for (session, worth) in part.sessions.iter().zip(of_needs) {
            let is_full = served >= need * (1.0 - ENERGY_TOLERANCE) || *worth > SURELY;
            sure.energy_kwh[*session as usize] = if is_full { case.sessions[*session as usize].need_kwh } else { 0.0 };
        }
        for (row, worth) in part.rows.iter().zip(of_limits) {
            if *worth > SURELY {
                sure.reached(case, pieces, &reduced.rows.list[*row as usize]);
            }
        }
    }
    Ok((solved, sure))
}

impl Sure {
    /// A limit that costs energy is reached in every plan that serves the most (complementary slackness).
    fn reached(&mut self, case: &Case, pieces: &Pieces, row: &reduce::Row) {
        let Some(site) = case.sites.iter().position(|site| Some(site.node) == row.node) else {
            return;
        };
        let is_own = |piece: &u32| pieces.site[pieces.list[*piece as usize].session as usize] == Some(site);
        if row.pieces.iter().all(is_own) {
            let hours = f64::from(case.interval_s) / S_PER_H;
            let load_kw = row.most_kwh / hours + case.sites[site].other_kw.at(row.interval as usize);
            self.peak_kw[site] = self.peak_kw[site].max(load_kw);
        }
    }
}

fn least_cost(case: &Case, pieces: &Pieces, most: &Solved) -> Result<Solved, BoundError> {
    let mut solved = Solved::new(pieces);
    let price = |piece: usize| {
        let piece = &pieces.list[piece];
        let site = pieces.site[piece.session as usize];
        site.map_or(0.0, |site| case.sites[site].price_usd_per_kwh.at(piece.interval as usize))
    };
    let all = reduce::with_every_piece(case, pieces);
    for part in reduce::parts(&all, pieces, case.sessions.len()) {
        let prices = || part.pieces.iter().map(|piece| price(*piece as usize));
        let (low, high) = prices().fold((0.0_f64, 0.0_f64), |(low, high), price| (low.min(price), high.max(price)));
        let target_kwh = most.energy(pieces, &part.sessions);
        // Under one price a kWh more costs at most the highest price: the others that it displaces only move.
        let mut reward = (2.0 * high - low).max(1e-3);
        loop {
            let program = program(&part, &all, pieces, |piece| price(piece) - reward);
            let values = solved.solve(&program)?.values;
            let served: f64 = values.iter().sum();
            part.pieces.iter().zip(values).for_each(|(piece, energy)| solved.energy_kwh[*piece as usize] = energy);
            if !raise(&mut reward, served, target_kwh, high.max(-low).max(1e-3)) {
                break;
            }
        }
    }
    reduce::fill_cheapest(case, pieces, &all, &mut solved.energy_kwh, price);
    Ok(solved)
}

/// Raises the reward for energy when less than the most was served; false when it was, or the reward is as high as the
/// solver can tell apart. Why no equality on energy: its right-hand side would be a result of the solver itself, and a hair too
/// high it leaves no solution at all. A reward bends instead; above the dearest displacement the answer is the same.
fn raise(reward: &mut f64, served_kwh: f64, target_kwh: f64, unit: f64) -> bool {
    let is_short = served_kwh < target_kwh - ENERGY_TOLERANCE * target_kwh.max(1.0) && *reward < 1e4 * unit;
    *reward *= 8.0;
    is_short
}

fn least_peak(case: &Case, pieces: &Pieces, most: &Solved, sure: Sure) -> Result<Solved, BoundError> {
    let mut solved = Solved::new(pieces);
    let hours = f64::from(case.interval_s) / S_PER_H;
    let mut floor_kw = sure.peak_kw;
    reduce::raise_floor(case, pieces, &sure.energy_kwh, &mut floor_kw);
    let mut peak_kw = floor_kw.clone();
    let reduced = reduce::by_free_intervals(case, pieces, &mut solved.energy_kwh, |alive| {
        Rows::of(case, pieces, alive).with_peaks(case, pieces, alive, &floor_kw)
    });
    let parts = reduce::join_sites(reduce::parts(&reduced, pieces, case.sessions.len()), pieces, case.sites.len());
    for part in parts {
        let target_kwh = most.energy(pieces, &part.sessions) - solved.energy(pieces, &part.sessions);
        let mut reward = 4.0;
        loop {
            let mut program = program(&part, &reduced, pieces, |_| -reward);
            let first = program.cost.len();
            let sites = part.add_peaks(&mut program, &reduced);
            let values = solved.solve(&program)?.values;
            let served: f64 = values[..first].iter().sum();
            part.pieces.iter().zip(&values).for_each(|(piece, energy)| solved.energy_kwh[*piece as usize] = *energy);
            if !raise(&mut reward, served, target_kwh, 1.0) {
                for (site, above_kwh) in sites.into_iter().zip(&values[first..]) {
                    peak_kw[site] = peak_kw[site].max(floor_kw[site] + above_kwh / hours);
                }
                break;
            }
        }
    }
    solved.peak_kw = Some(peak_kw);
    Ok(solved)
}

/// The program of one part: what each piece takes, under the sessions' needs and the part's rows.
fn program(part: &Part, reduced: &reduce::Reduced, pieces: &Pieces, cost: impl Fn(usize) -> f64) -> lp::Program {
    let column = |piece: u32| part.pieces.binary_search(&piece).unwrap_or(usize::MAX);
    let cost = part.pieces.iter().map(|piece| cost(*piece as usize)).collect();
    // A need that is no more than what the interval could give is end enough.
    let upper = part.pieces.iter().map(|piece| {
        let piece = &pieces.list[*piece as usize];
        let is_implied = reduced.need_kwh[piece.session as usize] <= piece.most_kwh;
        if is_implied { f64::INFINITY } else { piece.most_kwh }
    });
    let upper = upper.collect();
    let mut rows = Vec::new();
    for session in &part.sessions {
        let mine = reduced.variables(pieces, *session);
        let terms: Vec<(usize, f64)> = mine.map(|piece| (column(piece as u32), 1.0)).collect();
        rows.push(lp::Row { terms, most: reduced.need_kwh[*session as usize] });
    }
    for row in &part.rows {
        let row = &reduced.rows.list[*row as usize];
        let terms = row.pieces.iter().map(|piece| (column(*piece), 1.0)).collect();
        rows.push(lp::Row { terms, most: row.most_kwh });
    }
    lp::Program { cost, upper, rows }
}

fn finish(case: &Case, pieces: &Pieces, objective: Objective, solved: Solved) -> Bound {
    let hours = f64::from(case.interval_s) / S_PER_H;
    let mut power_kw = vec![Vec::new(); case.sessions.len()];
    let mut load_kw: Vec<Vec<f64>> = case.sites.iter().map(|_| vec![0.0; case.intervals]).collect();
    let (mut energy_kwh, mut cost_usd) = (0.0, 0.0);
    for (piece, energy) in pieces.list.iter().zip(&solved.energy_kwh) {
        energy_kwh += energy;
        let kw = energy.clamp(0.0, piece.most_kwh) / hours;
        if let Some(site) = pieces.site[piece.session as usize] {
            cost_usd += energy * case.sites[site].price_usd_per_kwh.at(piece.interval as usize);
            load_kw[site][piece.interval as usize] += kw;
        }
        if kw > NOISE_KW {
            power_kw[piece.session as usize].push((piece.interval, kw));
        }
    }
    let peak = |(site, load): (&Site, &Vec<f64>)| {
        load.iter().enumerate().map(|(at, kw)| kw + site.other_kw.at(at)).fold(0.0, f64::max)
    };
    let peak_kw: Vec<f64> = solved.peak_kw.unwrap_or_else(|| case.sites.iter().zip(&load_kw).map(peak).collect());
    let value = match objective {
        Objective::MostEnergy => energy_kwh,
        Objective::LeastCost => cost_usd,
        Objective::LeastPeak => peak_kw.iter().sum(),
    };
    Bound { value, energy_kwh, power_kw, peak_kw, cost_usd, status: solved.status, size: solved.size }
}
