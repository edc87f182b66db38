//! What can be known before a solver is asked: which limits can bind at all, what sessions get without competing, and
//! which of them never meet.

use super::case::{BoundError, Case, MOST_PIECES};
use super::lp;
use crate::kernel::calendar::DAY_S;
use crate::kernel::units::S_PER_H;
use std::collections::BTreeSet;
use std::ops::Range;

/// Energy below this is nothing, kWh.
const NOTHING_KWH: f64 = 1e-9;
/// Longest window in which the least peak is estimated ahead, seconds.
const WINDOW_S: usize = DAY_S as usize;

/// One session in one interval.
pub(super) struct Piece {
    pub(super) session: u32,
    pub(super) interval: u32,
    /// The session's power times the time in which it is present; at most its need.
    pub(super) most_kwh: f64,
}

/// All pairs of session and interval in which the session is present, in that order.
pub(super) struct Pieces {
    pub(super) list: Vec<Piece>,
    /// By session: the nearest meter upwards.
    pub(super) site: Vec<Option<usize>>,
    starts: Vec<usize>,
    by_interval: Vec<Vec<u32>>,
    /// Nodes with every child before its parent.
    bottom_up: Vec<usize>,
    /// Position of each node in that order.
    rank: Vec<usize>,
}

impl Pieces {
    pub(super) fn of(case: &Case) -> Result<Self, BoundError> {
        let end_s = case.interval_s as usize * case.intervals;
        let span = |session: &super::case::Session| {
            let length = case.interval_s as usize;
            let to_s = (session.depart_s as usize).min(end_s);
            (session.arrive_s as usize / length, to_s.div_ceil(length), to_s)
        };
        let found: usize = case.sessions.iter().map(|session| span(session).1.saturating_sub(span(session).0)).sum();
        if found > MOST_PIECES {
            let what = "pairs of session and interval";
            return Err(BoundError::TooLarge { what, found, most: MOST_PIECES });
        }
        let mut list = Vec::with_capacity(found);
        let mut starts = vec![0];
        let mut by_interval = vec![Vec::new(); case.intervals];
        for (at, session) in case.sessions.iter().enumerate() {
            let (from, to, to_s) = span(session);
            for (interval, here) in by_interval.iter_mut().enumerate().take(to).skip(from) {
                let start_s = interval * case.interval_s as usize;
                let begin_s = start_s.max(session.arrive_s as usize);
                let present_s = (start_s + case.interval_s as usize).min(to_s).saturating_sub(begin_s);
                let most_kwh = (session.max_kw * present_s as f64 / S_PER_H).min(session.need_kwh);
                if most_kwh > NOTHING_KWH {
                    here.push(list.len() as u32);
                    list.push(Piece { session: at as u32, interval: interval as u32, most_kwh });
                }
            }
            starts.push(list.len());
        }
        let upwards = |node: usize| core::iter::successors(Some(node), |at| case.nodes[*at].parent);
        let mut bottom_up: Vec<usize> = (0..case.nodes.len()).collect();
        bottom_up.sort_by_key(|node| (core::cmp::Reverse(upwards(*node).count()), *node));
        let mut rank = vec![0; bottom_up.len()];
        bottom_up.iter().enumerate().for_each(|(at, node)| rank[*node] = at);
        let mut meter = vec![None; case.nodes.len()];
        case.sites.iter().enumerate().for_each(|(at, site)| meter[site.node] = Some(at));
        let site = case.sessions.iter().map(|session| upwards(session.node).find_map(|node| meter[node])).collect();
        Ok(Self { list, site, starts, by_interval, bottom_up, rank })
    }

    pub(super) fn of_session(&self, session: u32) -> Range<usize> {
        self.starts[session as usize]..self.starts[session as usize + 1]
    }
}

/// What the pieces together may not pass.
pub(super) struct Row {
    pub(super) pieces: Vec<u32>,
    pub(super) most_kwh: f64,
    pub(super) interval: u32,
    /// The node whose limit it is; none for a row that measures a peak.
    pub(super) node: Option<usize>,
    /// The site whose peak above its floor may be added to the right side.
    pub(super) peak_of: Option<usize>,
}

/// All rows that could bind.
pub(super) struct Rows {
    pub(super) list: Vec<Row>,
}

impl Rows {
    /// Limits that the sessions that count could pass. What a node can pass on to its parent is cut to its own limit, so
    /// a connection behind which a weaker one stands never binds.
    pub(super) fn of(case: &Case, pieces: &Pieces, counts: &[bool]) -> Self {
        let hours = f64::from(case.interval_s) / S_PER_H;
        let mut list = Vec::new();
        let mut sum_kwh = vec![0.0; case.nodes.len()];
        let mut below: Vec<Vec<u32>> = vec![Vec::new(); case.nodes.len()];
        for (interval, here) in pieces.by_interval.iter().enumerate() {
            let mut touched = BTreeSet::new();
            for piece in here {
                let session = pieces.list[*piece as usize].session as usize;
                if counts[session] {
                    let node = case.sessions[session].node;
                    sum_kwh[node] += pieces.list[*piece as usize].most_kwh;
                    below[node].push(*piece);
                    touched.insert(pieces.rank[node]);
                }
            }
            while let Some(rank) = touched.pop_first() {
                let node = pieces.bottom_up[rank];
                let mine = core::mem::take(&mut below[node]);
                let sum = core::mem::replace(&mut sum_kwh[node], 0.0);
                let most_kwh = (case.nodes[node].headroom_kw.at(interval) * hours).max(0.0);
                if let Some(parent) = case.nodes[node].parent {
                    sum_kwh[parent] += sum.min(most_kwh);
                    below[parent].extend(&mine);
                    touched.insert(pieces.rank[parent]);
                }
                if sum > most_kwh + NOTHING_KWH {
                    let interval = interval as u32;
                    list.push(Row { pieces: mine, most_kwh, interval, node: Some(node), peak_of: None });
                }
            }
        }
        Self { list }
    }

    /// Adds a row for every site and interval in which its load could pass the floor of its peak.
    pub(super) fn with_peaks(mut self, case: &Case, pieces: &Pieces, counts: &[bool], floor_kw: &[f64]) -> Self {
        let hours = f64::from(case.interval_s) / S_PER_H;
        for (interval, here) in pieces.by_interval.iter().enumerate() {
            let mut of_site: Vec<Vec<u32>> = vec![Vec::new(); case.sites.len()];
            for piece in here {
                let session = pieces.list[*piece as usize].session as usize;
                if let Some(site) = pieces.site[session].filter(|_| counts[session]) {
                    of_site[site].push(*piece);
                }
            }
            for (site, mine) in of_site.into_iter().enumerate() {
                let meter = &case.sites[site];
                let limits = core::iter::successors(Some(meter.node), |at| case.nodes[*at].parent);
                let most_kw =
                    limits.map(|node| case.nodes[node].headroom_kw.at(interval)).fold(f64::INFINITY, f64::min);
                let sum: f64 = mine.iter().map(|piece| pieces.list[*piece as usize].most_kwh).sum();
                let most_kwh = (floor_kw[site] - meter.other_kw.at(interval)) * hours;
                if sum.min(most_kw * hours) > most_kwh + NOTHING_KWH {
                    let interval = interval as u32;
                    self.list.push(Row { pieces: mine, most_kwh, interval, node: None, peak_of: Some(site) });
                }
            }
        }
        self
    }
}

/// What is left for the solver.
pub(super) struct Reduced {
    pub(super) rows: Rows,
    /// By session: what it still needs.
    pub(super) need_kwh: Vec<f64>,
    /// By piece: is it a variable?
    is_variable: Vec<bool>,
}

impl Reduced {
    /// The pieces of a session that are variables.
    pub(super) fn variables(&self, pieces: &Pieces, session: u32) -> impl Iterator<Item = usize> {
        pieces.of_session(session).filter(|piece| self.is_variable[*piece])
    }
}

/// Serves sessions as far as they do not compete, which costs the others nothing; a session that is served in full drops out
/// and makes room, until nothing changes. Exact for objectives that ask for energy and for no particular time.
pub(super) fn by_free_intervals(
    case: &Case,
    pieces: &Pieces,
    energy_kwh: &mut [f64],
    rows_of: impl Fn(&[bool]) -> Rows,
) -> Reduced {
    let mut need_kwh: Vec<f64> = case.sessions.iter().map(|session| session.need_kwh).collect();
    let mut counts: Vec<bool> = need_kwh.iter().map(|need| *need > NOTHING_KWH).collect();
    loop {
        let rows = rows_of(&counts);
        let mut is_contested = vec![false; pieces.list.len()];
        rows.list.iter().flat_map(|row| &row.pieces).for_each(|piece| is_contested[*piece as usize] = true);
        let mut is_last = true;
        for session in 0..case.sessions.len() {
            let free = || pieces.of_session(session as u32).filter(|piece| !is_contested[*piece]);
            let sum: f64 = free().map(|piece| pieces.list[piece].most_kwh).sum();
            let has_rivals = free().count() < pieces.of_session(session as u32).len();
            if counts[session] && (sum >= need_kwh[session] || !has_rivals) {
                counts[session] = false;
                is_last &= !has_rivals;
                fill(pieces, free(), &mut need_kwh[session], energy_kwh);
            }
        }
        if is_last {
            for session in 0..case.sessions.len() {
                let free = pieces.of_session(session as u32).filter(|piece| !is_contested[*piece]);
                if counts[session] {
                    fill(pieces, free, &mut need_kwh[session], energy_kwh);
                }
            }
            return Reduced { rows, need_kwh, is_variable: is_contested };
        }
    }
}

fn fill(pieces: &Pieces, which: impl Iterator<Item = usize>, need_kwh: &mut f64, energy_kwh: &mut [f64]) {
    for piece in which {
        energy_kwh[piece] = pieces.list[piece].most_kwh.min(*need_kwh);
        *need_kwh -= energy_kwh[piece];
    }
}

/// For objectives that ask when: every interval of a session that competes in some interval is a variable.
pub(super) fn with_every_piece(case: &Case, pieces: &Pieces) -> Reduced {
    let need_kwh: Vec<f64> = case.sessions.iter().map(|session| session.need_kwh).collect();
    let rows = Rows::of(case, pieces, &vec![true; case.sessions.len()]);
    let mut is_variable = vec![false; pieces.list.len()];
    for piece in rows.list.iter().flat_map(|row| &row.pieces) {
        if !is_variable[*piece as usize] {
            pieces.of_session(pieces.list[*piece as usize].session).for_each(|piece| is_variable[piece] = true);
        }
    }
    Reduced { rows, need_kwh, is_variable }
}

/// Serves sessions that never compete in their cheapest intervals.
pub(super) fn fill_cheapest(
    case: &Case,
    pieces: &Pieces,
    reduced: &Reduced,
    energy_kwh: &mut [f64],
    price: impl Fn(usize) -> f64,
) {
    for session in 0..case.sessions.len() {
        let mut free: Vec<usize> =
            pieces.of_session(session as u32).filter(|piece| !reduced.is_variable[*piece]).collect();
        free.sort_by(|a, b| price(*a).total_cmp(&price(*b)));
        let mut need_kwh = case.sessions[session].need_kwh;
        fill(pieces, free.into_iter(), &mut need_kwh, energy_kwh);
    }
}

/// Sessions that compete only with each other.
#[derive(Default)]
pub(super) struct Part {
    pub(super) sessions: Vec<u32>,
    /// The variables, in order.
    pub(super) pieces: Vec<u32>,
    pub(super) rows: Vec<u32>,
}

impl Part {
    /// Adds a variable for how far each site's peak stands above its floor; the sites, in order.
    pub(super) fn add_peaks(&self, program: &mut lp::Program, reduced: &Reduced) -> Vec<usize> {
        let peak_of = |row: &u32| reduced.rows.list[*row as usize].peak_of;
        let sites: Vec<usize> = self.rows.iter().filter_map(peak_of).collect::<BTreeSet<_>>().into_iter().collect();
        let first = program.cost.len();
        for (at, row) in self.rows.iter().enumerate() {
            if let Some(at_site) = peak_of(row).and_then(|site| sites.binary_search(&site).ok()) {
                program.rows[self.sessions.len() + at].terms.push((first + at_site, -1.0));
            }
        }
        program.cost.resize(first + sites.len(), 1.0);
        program.upper.resize(first + sites.len(), f64::INFINITY);
        sites
    }
}

/// Splits what is left into parts that share no row.
pub(super) fn parts(reduced: &Reduced, pieces: &Pieces, sessions: usize) -> Vec<Part> {
    let mut groups = Groups::new(sessions);
    for row in &reduced.rows.list {
        let mut members = row.pieces.iter().map(|piece| pieces.list[*piece as usize].session as usize);
        if let Some(first) = members.next() {
            members.for_each(|other| groups.join(first, other));
        }
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut part_of = vec![usize::MAX; sessions];
    for session in 0..sessions {
        let mut variables = reduced.variables(pieces, session as u32).peekable();
        if variables.peek().is_some() {
            let root = groups.find(session);
            if part_of[root] == usize::MAX {
                part_of[root] = parts.len();
                parts.push(Part::default());
            }
            let part = &mut parts[part_of[root]];
            part.sessions.push(session as u32);
            part.pieces.extend(variables.map(|piece| piece as u32));
        }
    }
    for (at, row) in reduced.rows.list.iter().enumerate() {
        if let Some(piece) = row.pieces.first() {
            let root = groups.find(pieces.list[*piece as usize].session as usize);
            parts[part_of[root]].rows.push(at as u32);
        }
    }
    parts
}

/// Peaks of sites that share a limit trade against each other, over the whole time: their parts are one. The peak of a
/// site that shares none is the highest of its parts' peaks, so its parts stay apart.
pub(super) fn join_sites(parts: Vec<Part>, pieces: &Pieces, sites: usize) -> Vec<Part> {
    let mut groups = Groups::new(sites);
    let mut is_shared = vec![false; sites];
    let sites_of = |part: &Part| -> BTreeSet<usize> {
        part.sessions.iter().filter_map(|session| pieces.site[*session as usize]).collect()
    };
    for part in &parts {
        let mine: Vec<usize> = sites_of(part).into_iter().collect();
        for site in mine.iter().skip(1) {
            groups.join(mine[0], *site);
            is_shared[mine[0]] = true;
            is_shared[*site] = true;
        }
    }
    let mut out = Vec::new();
    let mut joined: Vec<Part> = (0..sites).map(|_| Part::default()).collect();
    for part in parts {
        match sites_of(&part).first() {
            Some(site) if is_shared[*site] => {
                let whole = &mut joined[groups.find(*site)];
                whole.sessions.extend(part.sessions);
                whole.pieces.extend(part.pieces);
                whole.rows.extend(part.rows);
            }
            _ => out.push(part),
        }
    }
    for mut whole in joined {
        whole.sessions.sort_unstable();
        whole.pieces.sort_unstable();
        whole.rows.sort_unstable();
        if !whole.sessions.is_empty() {
            out.push(whole);
        }
    }
    out
}

/// Raises the floor under each site's peak. What sessions must get in a window, because they cannot get it outside, has
/// to flow there: the peak is at least the window's mean. `must_kwh` is what each session gets in every plan that serves
/// the most energy. A high floor leaves few rows, so that a month falls apart into days.
pub(super) fn raise_floor(case: &Case, pieces: &Pieces, must_kwh: &[f64], floor_kw: &mut [f64]) {
    let hours = f64::from(case.interval_s) / S_PER_H;
    let longest = (WINDOW_S / case.interval_s as usize).max(1);
    for (at, site) in case.sites.iter().enumerate() {
        let mine = |session: &usize| pieces.site[*session] == Some(at) && must_kwh[*session] > 0.0;
        let mut sessions: Vec<(usize, usize)> = Vec::new();
        for session in (0..case.sessions.len()).filter(mine) {
            if let Some(first) = pieces.list[pieces.of_session(session as u32)].first() {
                sessions.push((first.interval as usize, session));
            }
        }
        sessions.sort_unstable();
        let span = |session: usize| {
            let all = &pieces.list[pieces.of_session(session as u32)];
            (all[0].interval as usize, all[all.len() - 1].interval as usize + 1)
        };
        let starts: BTreeSet<usize> = sessions.iter().map(|pair| pair.0).collect();
        for from in starts {
            // Demand of the window up to each end: each session adds, interval by interval, what it cannot get outside.
            let mut demand_kwh = vec![0.0; longest + 1];
            for (_, session) in sessions.iter().take_while(|pair| pair.0 < from + longest) {
                let (first, last) = span(*session);
                if last <= from {
                    continue;
                }
                let all = &pieces.list[pieces.of_session(*session as u32)];
                let sum: f64 = all.iter().map(|piece| piece.most_kwh).sum();
                let mut inside = 0.0;
                let mut before = 0.0;
                for to in from.max(first) + 1..=(from + longest).min(last) {
                    inside += all[to - 1 - first].most_kwh;
                    let bound = (must_kwh[*session] - (sum - inside)).max(0.0);
                    demand_kwh[to - from] += bound - before;
                    before = bound;
                }
            }
            let mut total_kwh = 0.0;
            for (length, added) in demand_kwh.iter().enumerate().skip(1) {
                total_kwh += added;
                if from + length <= case.intervals {
                    total_kwh += site.other_kw.at(from + length - 1) * hours;
                    floor_kw[at] = floor_kw[at].max(total_kwh / (length as f64 * hours));
                }
            }
        }
    }
}

/// Disjoint sets.
struct Groups(Vec<usize>);

impl Groups {
    fn new(members: usize) -> Self {
        Self((0..members).collect())
    }

    fn find(&mut self, member: usize) -> usize {
        let mut at = member;
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        self.0[a.max(b)] = a.min(b);
    }
}
