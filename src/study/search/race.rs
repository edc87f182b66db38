//! The search: designs race on common random numbers, until the best one is known or the budget is spent.
//!
//! Racing drops a design as soon as another is better on the same random days (Maron and Moore 1997, "The racing algorithm",
//! Artificial Intelligence Review 11; paired as in Birattari et al. 2002), and gives each round about the same number of runs,
//! so that replications double where designs are halved (sequential halving: Karnin, Koren and Somekh 2013). Spaces that are
//! too large to try whole begin with a sample and go on with the neighbours of the designs in front. A design that seems
//! best was also the luckiest: its constraints are judged on fresh days, which took no part in the race.

use super::judge::{Outcome, Rules, Standing, is_beaten, is_doubtful, is_hopeless, is_sure, passes};
use super::space::{Design, Space};
use crate::kernel::random::Stream;
use std::collections::BTreeMap;

/// Fresh days begin at this replication.
pub const FRESH_DAYS: u32 = 500_000;
/// Designs whose constraints are judged on fresh days, one after the other until one holds them.
pub const TRIALS: usize = 3;
/// Share of the budget that the race may use; the rest judges its winners.
const RACE_SHARE: f64 = 0.8;
/// A race that has to leave more for that uses no less than this share.
const LEAST_RACE_SHARE: f64 = 0.3;
/// Of the race's budget, the share that the first look at designs may take.
const FIRST_SHARE: f64 = 0.45;
/// Designs in front whose neighbours are tried.
const IN_FRONT: usize = 4;
/// A race goes on with at least so many designs, if there are as many.
const LEAST: usize = 8;

/// A design and its runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Racer {
    /// The design.
    pub design: Design,
    /// Its runs in the order of the random days.
    pub runs: Vec<Outcome>,
    /// Runs on fresh days.
    pub fresh: Vec<Outcome>,
    /// Why it is out: it cannot be simulated, keeps no constraint or is beaten.
    pub out: Option<Out>,
}

/// Why a design is out of the race.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Out {
    /// The scenario's checks refuse it, or a run has no such metric.
    Refused,
    /// It cannot hold a constraint.
    Infeasible,
    /// Another one is better.
    Beaten,
    /// The budget did not reach for it; it was not among the better ones.
    NotFollowed,
}

/// The end of a race.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Race {
    /// All designs that ran.
    pub racers: Vec<Racer>,
    /// The best one whose constraints held on fresh days.
    pub best: Option<usize>,
    /// The designs at the end of the race, best first.
    pub front: Vec<usize>,
    /// Runs that were asked for.
    pub runs: usize,
    /// Does every design of the space stand among the racers?
    pub is_whole: bool,
}

/// How much may be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Runs in all.
    pub runs: usize,
    /// Random days of a design in the race, at most.
    pub replications: u32,
}

/// Runs of designs: what each gave on a random day; none where it cannot be simulated.
pub type Asked<'a, E> = dyn FnMut(&[(Design, u32)]) -> Result<Vec<Option<Outcome>>, E> + 'a;

impl Budget {
    /// Runs of the race; the rest judges its winners, and is enough to show that one of them holds, where that can be.
    fn of_race(self, rules: &Rules) -> usize {
        let share = |share: f64| (self.runs as f64 * share) as usize;
        if rules.constraints.is_empty() {
            return share(0.95);
        }
        let rest = self.runs.saturating_sub(rules.least_days(TRIALS) as usize);
        share(RACE_SHARE).min(rest).max(share(LEAST_RACE_SHARE))
    }

    /// The least runs with which a design can be shown to hold its constraints.
    #[must_use]
    pub fn least(rules: &Rules) -> usize {
        (f64::from(rules.least_days(TRIALS)) / (1.0 - LEAST_RACE_SHARE)).ceil() as usize
    }

    /// Runs of the first look at designs.
    fn of_first_look(self, rules: &Rules) -> usize {
        ((self.of_race(rules) as f64 * FIRST_SHARE) as usize).max(1)
    }
}

/// The designs that a race begins with: all there are, or a sample.
#[must_use]
pub fn first_designs(space: &Space, rules: &Rules, budget: Budget, stream: &mut Stream) -> Vec<Design> {
    let first = budget.of_first_look(rules);
    if space.size() <= first { space.all() } else { space.sample((first / 2).max(1), stream) }
}

/// Races. The result depends on the seed of the stream and on what `ask` answers, on nothing else.
///
/// # Errors
/// What `ask` says.
pub fn race<E>(
    space: &Space,
    rules: &Rules,
    budget: Budget,
    stream: &mut Stream,
    ask: &mut Asked<'_, E>,
) -> Result<Race, E> {
    let for_race = budget.of_race(rules);
    let first = budget.of_first_look(rules);
    let designs = first_designs(space, rules, budget, stream);
    let is_whole = designs.len() == space.size();
    let mut state = State { space, rules, ask, racers: Vec::new(), known: BTreeMap::new(), runs: 0 };
    state.enter(designs)?;
    if !is_whole {
        state.climb(first)?;
    }
    state.halve(for_race, budget.replications)?;
    let front = state.front();
    let best = state.confirm(&front, budget.runs)?;
    let State { racers, runs, .. } = state;
    Ok(Race { racers, best, front, runs, is_whole })
}

struct State<'a, 'b, E> {
    space: &'a Space,
    rules: &'a Rules,
    ask: &'a mut Asked<'b, E>,
    racers: Vec<Racer>,
    known: BTreeMap<Design, usize>,
    runs: usize,
}

impl<E> State<'_, '_, E> {
    /// New designs, each with its first random day. Known ones are not asked again.
    fn enter(&mut self, designs: Vec<Design>) -> Result<usize, E> {
        let mut entered = Vec::new();
        for design in designs {
            if !self.known.contains_key(&design) {
                self.known.insert(design.clone(), self.racers.len());
                entered.push(self.racers.len());
                self.racers.push(Racer { design, runs: Vec::new(), fresh: Vec::new(), out: None });
            }
        }
        let count = entered.len();
        self.follow(&entered, 1)?;
        Ok(count)
    }

    /// Runs designs until each has so many random days.
    fn follow(&mut self, racers: &[usize], until: u32) -> Result<(), E> {
        let mut work = Vec::new();
        for at in racers {
            let done = self.racers[*at].runs.len() as u32;
            work.extend((done..until).map(|day| (*at, day)));
        }
        let asks: Vec<(Design, u32)> = work.iter().map(|(at, day)| (self.racers[*at].design.clone(), *day)).collect();
        self.runs += asks.len();
        for ((at, _), outcome) in work.into_iter().zip((self.ask)(&asks)?) {
            let racer = &mut self.racers[at];
            match outcome {
                Some(outcome) if racer.out.is_none() => racer.runs.push(outcome),
                Some(_) => {}
                None => racer.out = Some(Out::Refused),
            }
        }
        Ok(())
    }

    /// Neighbours of those in front, until there are none left or so many runs are spent.
    fn climb(&mut self, until: usize) -> Result<(), E> {
        loop {
            let mut near: Vec<Design> = Vec::new();
            for at in self.order().into_iter().take(IN_FRONT) {
                let around = self.space.neighbours(&self.racers[at].design);
                near.extend(around.into_iter().filter(|design| !self.known.contains_key(design)));
            }
            near.sort_unstable();
            near.dedup();
            near.truncate(until.saturating_sub(self.runs));
            if near.is_empty() || self.enter(near)? == 0 {
                return Ok(());
            }
        }
    }

    /// Designs that are still in, best first.
    fn order(&self) -> Vec<usize> {
        let open: Vec<usize> = (0..self.racers.len()).filter(|at| self.racers[*at].out.is_none()).collect();
        let runs: Vec<&[Outcome]> = open.iter().map(|at| self.racers[*at].runs.as_slice()).collect();
        super::judge::order(self.rules, &runs).into_iter().map(|at| open[at]).collect()
    }

    /// Rounds of twice as many random days for those that may still be best.
    fn halve(&mut self, until: usize, most: u32) -> Result<(), E> {
        let mut days = 1;
        while days < most {
            let next = (days * 2).min(most);
            let rounds = (most / next).max(1).ilog2() + 1;
            let left = until.saturating_sub(self.runs);
            let room = (left / rounds as usize / (next - days) as usize).max(LEAST.min(left / (next - days) as usize));
            if room == 0 {
                break;
            }
            self.drop(days);
            let order = self.order();
            for at in order.iter().skip(room) {
                self.racers[*at].out = Some(Out::NotFollowed);
            }
            let followed: Vec<usize> = order.into_iter().take(room).collect();
            if followed.is_empty() {
                return Ok(());
            }
            self.follow(&followed, next)?;
            if !self.space.all_known(self.known.len()) && self.runs < until {
                self.catch_up(&followed, next, until)?;
            }
            days = next;
        }
        self.drop(days);
        Ok(())
    }

    /// In a space that is not tried whole, neighbours of those in front join with as many random days.
    fn catch_up(&mut self, followed: &[usize], days: u32, until: usize) -> Result<(), E> {
        let in_front: Vec<usize> = self.order().into_iter().filter(|at| followed.contains(at)).take(2).collect();
        let mut near: Vec<Design> =
            in_front.iter().flat_map(|at| self.space.neighbours(&self.racers[*at].design)).collect();
        near.retain(|design| !self.known.contains_key(design));
        near.truncate((until - self.runs) / 4 / days as usize);
        let from = self.racers.len();
        self.enter(near)?;
        let joined: Vec<usize> = (from..self.racers.len()).filter(|at| self.racers[*at].out.is_none()).collect();
        self.follow(&joined, days)
    }

    /// Takes out what cannot win any more.
    fn drop(&mut self, days: u32) {
        if days < 2 {
            return;
        }
        let order = self.order();
        for at in &order {
            if is_hopeless(self.rules, &self.racers[*at].runs) {
                self.racers[*at].out = Some(Out::Infeasible);
            }
        }
        let open: Vec<usize> = order.into_iter().filter(|at| self.racers[*at].out.is_none()).collect();
        let in_front: Vec<usize> = open.iter().copied().take(IN_FRONT).collect();
        for at in open {
            let runs = &self.racers[at].runs;
            let is_out =
                in_front.iter().any(|front| *front != at && is_beaten(self.rules, runs, &self.racers[*front].runs));
            if is_out {
                self.racers[at].out = Some(Out::Beaten);
            }
        }
    }

    /// Those at the end, best first, but after all others those that rather break a constraint than hold it; where none is left,
    /// those that came furthest.
    fn front(&self) -> Vec<usize> {
        let open = self.order();
        if !open.is_empty() {
            let is_sound = |at: &usize| !is_doubtful(self.rules, &self.racers[*at].runs);
            let (mut front, doubtful): (Vec<usize>, Vec<usize>) = open.into_iter().partition(is_sound);
            front.extend(doubtful);
            return front;
        }
        let tried: Vec<usize> = (0..self.racers.len()).filter(|at| !self.racers[*at].runs.is_empty()).collect();
        let runs: Vec<&[Outcome]> = tried.iter().map(|at| self.racers[*at].runs.as_slice()).collect();
        let order = super::judge::order(self.rules, &runs);
        order.into_iter().take(IN_FRONT).map(|at| tried[at]).collect()
    }

    /// The first design whose constraints hold on fresh days: of those in front, then of those that were beaten by what did not
    /// hold. The runs that are left are shared by the trials that may still come, each with days enough to show something; the
    /// last trial goes to a design that kept its constraints with room, so that a search seldom ends without an answer.
    fn confirm(&mut self, front: &[usize], most: usize) -> Result<Option<usize>, E> {
        if self.rules.constraints.is_empty() {
            return Ok(front.first().copied());
        }
        let fair = self.rules.fair_days(TRIALS) as usize;
        let mut failed = Vec::new();
        while failed.len() < TRIALS {
            let open = self.candidates(front, &failed);
            let left = most.saturating_sub(self.runs);
            let trials = (TRIALS - failed.len()).min(open.len()).min(left / fair).max(1);
            let sure = open.iter().find(|at| is_sure(self.rules, &self.racers[**at].runs));
            let next = if trials == 1 { sure.or(open.first()) } else { open.first() };
            let days = (left / trials).min(self.rules.fresh_days(TRIALS) as usize) as u32;
            let Some(at) = next.copied().filter(|_| days > 0) else { break };
            let design = self.racers[at].design.clone();
            let asks: Vec<(Design, u32)> = (0..days).map(|day| (design.clone(), FRESH_DAYS + day)).collect();
            self.runs += asks.len();
            let outcomes = (self.ask)(&asks)?;
            self.racers[at].fresh = outcomes.into_iter().flatten().collect();
            if passes(self.rules, &self.racers[at].fresh, TRIALS) {
                return Ok(Some(at));
            }
            failed.push(at);
        }
        Ok(None)
    }

    /// Designs that may still be tried on fresh days, in this order: those in front; those that were beaten or not followed and
    /// rather hold the constraints (best first, so that none comes before what beat it); what in front rather breaks them.
    fn candidates(&self, front: &[usize], failed: &[usize]) -> Vec<usize> {
        let is_sound = |at: &usize| !is_doubtful(self.rules, &self.racers[*at].runs);
        let is_back = |at: &usize| {
            let racer = &self.racers[*at];
            let is_behind = matches!(racer.out, Some(Out::Beaten | Out::NotFollowed));
            is_behind && !racer.runs.is_empty() && !is_hopeless(self.rules, &racer.runs) && is_sound(at)
        };
        let back: Vec<usize> = (0..self.racers.len()).filter(|at| is_back(at) && !front.contains(at)).collect();
        let runs: Vec<&[Outcome]> = back.iter().map(|at| self.racers[*at].runs.as_slice()).collect();
        let back = super::judge::order(self.rules, &runs).into_iter().map(|at| back[at]);
        let (sound, doubtful): (Vec<usize>, Vec<usize>) = front.iter().copied().partition(is_sound);
        sound.into_iter().chain(back).chain(doubtful).filter(|at| !failed.contains(at)).collect()
    }
}

impl Space {
    fn all_known(&self, known: usize) -> bool {
        known >= self.size()
    }
}

impl Racer {
    /// How it stands under rules, over all its runs.
    #[must_use]
    pub fn standing(&self, rules: &Rules) -> Standing {
        let all: Vec<&Outcome> = self.runs.iter().chain(&self.fresh).collect();
        Standing::of(rules, &all)
    }

    /// Share of its days on which all constraints held.
    #[must_use]
    pub fn kept(&self, rules: &Rules) -> f64 {
        let holds = |day: &&Outcome| {
            rules.constraints.iter().zip(&day.constraints).all(|(constraint, value)| constraint.holds(*value))
        };
        let days = self.runs.len() + self.fresh.len();
        self.runs.iter().chain(&self.fresh).filter(holds).count() as f64 / days.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::super::judge::Constraint;
    use super::super::space::Decision;
    use super::*;
    use crate::kernel::random::{Purpose, Seed};
    use crate::record::metrics::Better;
    use std::convert::Infallible;

    /// Designs 0, 1, 2, ... of which the first is cheapest; a day's constraint is kept where `keeps` says so.
    fn raced(count: usize, chance: f64, budget: Budget, keeps: impl Fn(usize, u32) -> bool) -> Race {
        let values = (0..count).map(|value| value.to_string()).collect();
        let space = Space { decisions: vec![Decision { path: "a".to_owned(), values, is_ordered: true }] };
        let wait = Constraint { most: Some(10.0), least: None, chance: Some(chance) };
        let rules = Rules { objectives: vec![Better::Lower], constraints: vec![wait], confidence: 0.9 };
        let mut ask = |asks: &[(Design, u32)]| -> Result<Vec<Option<Outcome>>, Infallible> {
            let one = |(design, day): &(Design, u32)| {
                let wait = if keeps(design[0], *day) { 5.0 } else { 50.0 };
                Some(Outcome {
                    objectives: vec![100.0 * design[0] as f64 + f64::from(*day % 7)],
                    constraints: vec![wait],
                    ..Outcome::default()
                })
            };
            Ok(asks.iter().map(one).collect())
        };
        let mut stream = Seed { seed: 1, replication: 0 }.stream(Purpose::Studies, 9, 0);
        race(&space, &rules, budget, &mut stream, &mut ask).unwrap_or_else(|error| match error {})
    }

    /// The cheapest one was lucky in the race, beat all others, and fails on fresh days: the next one holds, and is the answer.
    #[test]
    fn what_a_failed_design_beat_comes_back() {
        let budget = Budget { runs: 150, replications: 4 };
        let found = raced(6, 0.6, budget, |design, day| design > 0 || day < FRESH_DAYS);
        assert_eq!(found.front, [0]);
        assert_eq!(found.best, Some(1), "{:?}", found.racers.iter().map(|it| it.fresh.len()).collect::<Vec<_>>());
        assert!(found.runs <= budget.runs);
    }

    /// Several lucky ones in turn: the last trial goes to a design that kept its constraint on all days.
    #[test]
    fn the_last_trial_goes_to_a_sure_design() {
        let budget = Budget { runs: 400, replications: 4 };
        let found = raced(8, 0.6, budget, |design, day| match design {
            0..=4 => day < FRESH_DAYS && day != 2,
            _ => true,
        });
        assert_eq!(found.best, Some(5), "{:?}", found.racers.iter().map(|it| it.fresh.len()).collect::<Vec<_>>());
    }

    /// 0.95 with 90 % in three trials takes 67 days without a bad one: 100 runs are enough where two designs take few of them.
    #[test]
    fn a_single_candidate_has_the_days_of_all_trials() {
        let found = raced(2, 0.95, Budget { runs: 100, replications: 4 }, |_, _| true);
        assert_eq!(found.best, Some(0), "{} fresh days", found.racers[0].fresh.len());
        assert!(found.runs <= 100 && Budget::least(&rules_of(0.95)) == 96);
    }

    fn rules_of(chance: f64) -> Rules {
        let constraints = vec![Constraint { most: Some(10.0), least: None, chance: Some(chance) }];
        Rules { objectives: vec![Better::Lower], constraints, confidence: 0.9 }
    }
}
