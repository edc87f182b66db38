//! Screening in groups: which of many numbers can matter at all.
//!
//! Sequential bifurcation (Bettonvil 1990; Bettonvil and Kleijnen 1997, "Searching for important factors in simulation
//! models with many factors", European Journal of Operational Research 96): a group that moves nothing is left out whole, one
//! that does is halved. What a group moves is measured as elementary moves are (Morris 1991, groups as in Campolongo,
//! Cariboni and Saltelli 2007): at some base points all its numbers step by half of their range, to either side, and the mean
//! of the squared changes, halved, is compared with the variance of the answer (Jansen's form of the total index). Effects of
//! opposite signs in a group cannot cancel at all points, because each number steps up at half of them and down at the
//! others, by its own draw.
//!
//! All points share their random days, so that a good day is good for all and moves nothing. What chance does move is another
//! outcome of events at another point: a move on these days less the same move on other days. Effects stay the same on other
//! days and chance does not, so the mean product of both moves is what a group moves without chance.

use crate::kernel::random::Stream;
use serde::Serialize;
use std::collections::BTreeMap;

/// A group is left out when what it moves is below this part of the threshold: the variance and the moves are themselves
/// estimates from a few points.
const MARGIN: f64 = 0.4;
/// Chance below this part of a move is taken off as the move of all numbers has it; above, the move is asked on other days.
const CLEAR: f64 = 0.05;
/// Groups that are looked at first.
const FIRST_GROUPS: usize = 8;

/// How to screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Screen {
    /// A number that explains at least this share of the variance is kept.
    pub threshold: f64,
    /// Base points.
    pub points: usize,
}

/// What is left of many numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Screened {
    /// The numbers that may matter, with the share of the variance that each moves, largest first.
    pub kept: Vec<(usize, f64)>,
    /// What all others move together, as a share of the variance.
    pub left_out: f64,
    /// Variance of the answer over the numbers, on the same days: the days' own is not in it, the chance of a move is.
    pub variance: f64,
    /// The part of it that chance has: half the variance of the move of all numbers between sets of days, which is taken off
    /// every move.
    pub chance: f64,
    /// Does chance move so much that a number at the threshold cannot be told from it?
    pub is_hidden: bool,
    /// Groups that were looked at.
    pub groups: usize,
    /// Points that were asked.
    pub asked: usize,
    /// Pairs of points that had no answer.
    pub missing: usize,
    /// Answers at the base points, and with every number moved from there.
    pub answered: usize,
}

/// A point to ask, and whether on another set of random days.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// Coordinates in [0, 1).
    pub point: Vec<f64>,
    /// Ask it on other random days than all others.
    pub other_days: bool,
}

/// Screens. `ask` answers points; none where there is no answer.
///
/// # Errors
/// What `ask` says.
pub fn screen<E>(
    numbers: usize,
    how: Screen,
    stream: &mut Stream,
    mut ask: impl FnMut(&[Ask]) -> Result<Vec<Option<f64>>, E>,
) -> Result<Screened, E> {
    let base = base_points(numbers, how.points, stream);
    let all: Vec<usize> = (0..numbers).collect();
    let mut days = Days { base: &base, ask: &mut ask, here: Vec::new(), here_on_others: Vec::new(), asked: 0 };
    days.begin()?;
    let (far, far_on_others) = (days.moved(&all, false)?, days.moved(&all, true)?);
    let chance = days.chance(&far, &far_on_others);
    let spread = || days.here.iter().chain(&far).copied();
    let (answered, variance) = (spread().flatten().count(), variance(spread()));
    let is_hidden = chance > how.threshold * variance;
    let mut screened = Screened { variance, chance, is_hidden, answered, ..Screened::default() };
    let size = numbers.div_ceil(FIRST_GROUPS).max(1);
    let mut open: Vec<Vec<usize>> = all.chunks(size).map(<[usize]>::to_vec).collect();
    // An answer that no number moves has nothing to find.
    if variance <= 0.0 {
        open.clear();
    }
    let mut out: Vec<usize> = Vec::new();
    let least = MARGIN * how.threshold * variance;
    while !open.is_empty() {
        screened.groups += open.len();
        let moves = days.moves(&open, least, chance)?;
        let mut next = Vec::new();
        for (group, (moves, missing)) in open.iter().zip(moves) {
            screened.missing += missing;
            match group.as_slice() {
                _ if moves < least && missing < base.len() => out.extend(group),
                [one] => screened.kept.push((*one, moves / variance)),
                several => next.extend(several.chunks(several.len().div_ceil(2)).map(<[usize]>::to_vec)),
            }
        }
        open = next;
    }
    screened.kept.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    if !out.is_empty() {
        out.sort_unstable();
        screened.left_out = days.moves(&[out], 0.0, chance)?[0].0 / variance;
    }
    screened.asked = days.asked;
    Ok(screened)
}

/// Asks base points and moves from them, on the days of all and on others.
struct Days<'a, E> {
    base: &'a [Vec<f64>],
    ask: &'a mut Asked<'a, E>,
    /// Answers at the base points.
    here: Vec<Option<f64>>,
    here_on_others: Vec<Option<f64>>,
    asked: usize,
}

type Asked<'a, E> = dyn FnMut(&[Ask]) -> Result<Vec<Option<f64>>, E> + 'a;

impl<E> Days<'_, E> {
    fn begin(&mut self) -> Result<(), E> {
        self.here = self.moved(&[], false)?;
        self.here_on_others = self.moved(&[], true)?;
        Ok(())
    }

    fn moved(&mut self, group: &[usize], other_days: bool) -> Result<Vec<Option<f64>>, E> {
        self.moved_each(&[group], other_days)
    }

    /// The answers where each group in turn has moved, in one go.
    fn moved_each(&mut self, groups: &[&[usize]], other_days: bool) -> Result<Vec<Option<f64>>, E> {
        let points = groups.iter().flat_map(|group| self.base.iter().map(|point| moved(point, group)));
        let asks: Vec<Ask> = points.map(|point| Ask { point, other_days }).collect();
        self.asked += asks.len();
        (self.ask)(&asks)
    }

    /// Half the variance that chance gives a move: moves on two sets of days differ by the chance of both.
    fn chance(&self, there: &[Option<f64>], there_on_others: &[Option<f64>]) -> f64 {
        let (one, other) = (changes(&self.here, there), changes(&self.here_on_others, there_on_others));
        mean(
            one.iter()
                .zip(&other)
                .filter_map(|(one, other)| Some((*one)? - (*other)?))
                .map(|apart| apart * apart / 4.0),
        )
    }

    /// What each group moves without chance, and how many pairs had no answer. A move is asked on other days only where chance
    /// is large enough to decide whether it is left out, which it seldom is: that would take twice the runs.
    fn moves(&mut self, groups: &[Vec<usize>], least: f64, chance: f64) -> Result<Vec<(f64, usize)>, E> {
        let all: Vec<&[usize]> = groups.iter().map(Vec::as_slice).collect();
        let there = self.moved_each(&all, false)?;
        let here: Vec<Vec<Option<f64>>> =
            there.chunks(self.base.len()).map(|there| changes(&self.here, there)).collect();
        let squares = |changes: &[Option<f64>]| mean(changes.iter().flatten().map(|change| change * change / 2.0));
        let doubtful: Vec<usize> = (0..groups.len())
            .filter(|at| squares(&here[*at]) >= least && chance > CLEAR * squares(&here[*at]))
            .collect();
        let again: Vec<&[usize]> = doubtful.iter().map(|at| all[*at]).collect();
        let there = if again.is_empty() { Vec::new() } else { self.moved_each(&again, true)? };
        let mut others = doubtful.into_iter().zip(there.chunks(self.base.len())).collect::<BTreeMap<_, _>>();
        let one = |(at, here): (usize, &Vec<Option<f64>>)| {
            let missing = here.iter().filter(|change| change.is_none()).count();
            let moves = match others.remove(&at) {
                Some(there) => {
                    let other = changes(&self.here_on_others, there);
                    mean(here.iter().zip(&other).filter_map(|(one, other)| Some((*one)? * (*other)? / 2.0)))
                }
                None => squares(here) - chance,
            };
            (moves.max(0.0), missing)
        };
        Ok(here.iter().enumerate().map(one).collect())
    }
}

/// Base points that fill every number's range evenly (a Latin hypercube).
fn base_points(numbers: usize, points: usize, stream: &mut Stream) -> Vec<Vec<f64>> {
    let mut base = vec![vec![0.0; numbers]; points];
    for number in 0..numbers {
        let mut slices: Vec<usize> = (0..points).collect();
        for last in (1..points).rev() {
            let at = (stream.uniform() * (last as f64 + 1.0)) as usize;
            slices.swap(last, at.min(last));
        }
        for (point, slice) in base.iter_mut().zip(slices) {
            point[number] = (slice as f64 + stream.uniform()) / points as f64;
        }
    }
    base
}

/// A point with some numbers half of their range away: up from the lower half, down from the upper one.
fn moved(point: &[f64], group: &[usize]) -> Vec<f64> {
    let mut point = point.to_vec();
    for number in group {
        let at = point[*number];
        point[*number] = if at < 0.5 { at + 0.5 } else { at - 0.5 };
    }
    point
}

/// What each answer changed; none where there was none.
fn changes(here: &[Option<f64>], there: &[Option<f64>]) -> Vec<Option<f64>> {
    here.iter().zip(there).map(|(here, there)| Some((*there)? - (*here)?)).collect()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    sum / f64::from(count.max(1))
}

fn variance(values: impl Iterator<Item = Option<f64>>) -> f64 {
    let values: Vec<f64> = values.flatten().collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    if n < 2.0 { 0.0 } else { values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::{Purpose, Seed};
    use std::convert::Infallible;

    const HOW: Screen = Screen { threshold: 0.02, points: 10 };

    fn stream(seed: u64) -> Stream {
        Seed { seed, replication: 0 }.stream(Purpose::Studies, 2, 0)
    }

    fn screened(numbers: usize, seed: u64, model: impl Fn(&[f64], bool) -> f64) -> Screened {
        let ask = |asks: &[Ask]| -> Result<Vec<Option<f64>>, Infallible> {
            Ok(asks.iter().map(|ask| Some(model(&ask.point, ask.other_days))).collect())
        };
        screen(numbers, HOW, &mut stream(seed), ask).unwrap()
    }

    /// 1,000 numbers. Ten matter: eight straight lines of either sign, neighbours of opposite signs and equal size among
    /// them, a step and a bend. Each explains more than the threshold. In at least 95 of 100 seeds all ten are kept, and few
    /// others are; the days differ by more than all of them together, and every point has some chance of its own.
    #[test]
    fn planted_effects_are_not_lost() {
        let planted = [3, 4, 5, 250, 251, 499, 700, 701, 800, 999];
        // Variances: a line of slope s has s^2 / 12, the step 0.21 x 16, the bend 16^2 / 180 for 16 (u - 1/2)^2.
        let model = |point: &[f64], other_days: bool| {
            let line = |at: usize, slope: f64| slope * point[at];
            let bend = point[999] - 0.5;
            line(3, 4.0)
                + line(4, -4.0)
                + line(5, 6.0)
                + line(250, -5.0)
                + line(251, 5.0)
                + line(499, 3.5)
                + line(700, -4.0)
                + line(701, 8.0)
                + if point[800] > 0.7 { 4.0 } else { 0.0 }
                + 16.0 * bend * bend
                + point.iter().map(|u| 0.01 * u).sum::<f64>()
                + if other_days { 50.0 } else { 0.0 }
                + 0.1 * noise(point, other_days)
        };
        let variance = (2.0 * 16.0 + 36.0 + 2.0 * 25.0 + 3.5 * 3.5 + 16.0 + 64.0) / 12.0 + 0.21 * 16.0 + 256.0 / 180.0;
        assert!(3.5 * 3.5 / 12.0 / variance > HOW.threshold, "the least of them is above the threshold");
        let (mut whole, mut others, mut asked) = (0, 0, 0);
        for seed in 0..100 {
            let got = screened(1_000, seed, model);
            let kept: Vec<usize> = got.kept.iter().map(|kept| kept.0).collect();
            whole += usize::from(planted.iter().all(|number| kept.contains(number)));
            others += kept.iter().filter(|number| !planted.contains(number)).count();
            asked = asked.max(got.asked);
            assert!(got.left_out < 0.02, "{got:?}");
        }
        assert!(whole >= 95, "all ten were kept in {whole} of 100 seeds");
        assert!(others <= 10, "{others} others were kept in 100 seeds");
        assert!(asked < 2_600, "{asked} points for 1,000 numbers");
    }

    /// Any change of a point is another draw, as in a simulation whose events fall otherwise.
    fn noise(point: &[f64], other_days: bool) -> f64 {
        let bits = point.iter().fold(u64::from(other_days), |hash, u| {
            hash.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(u.to_bits())
        });
        Seed { seed: bits, replication: 0 }.stream(Purpose::Studies, 3, 0).normal()
    }

    /// Chance moves every answer: what it moves is no effect. Two numbers matter.
    #[test]
    fn chance_is_no_effect() {
        let mut found = 0;
        for seed in 0..20 {
            let got = screened(64, seed, |point, days| 8.0 * point[10] - 6.0 * point[50] + 0.1 * noise(point, days));
            let kept: Vec<usize> = got.kept.iter().map(|kept| kept.0).collect();
            found += usize::from(kept == [10, 50]);
        }
        assert!(found >= 19, "{found} of 20");
        let flat = screened(64, 1, |_, _| 5.0);
        assert!(flat.kept.is_empty() && flat.asked == 40 && !flat.is_hidden, "{flat:?}");
    }

    /// Good days and bad ones are so for all points, which share their days: however far apart days are, it hides no number,
    /// and is no chance of the answer. Their effects may also differ from day to day.
    #[test]
    fn a_day_that_is_common_to_all_points_hides_nothing() {
        let (mut found, mut varying) = (0, 0);
        for seed in 0..20 {
            let of_days = |days: bool| if days { 1_000.0 } else { 0.0 };
            let got = screened(64, seed, |point, days| of_days(days) + 8.0 * point[10] - 6.0 * point[50]);
            let kept: Vec<usize> = got.kept.iter().map(|kept| kept.0).collect();
            found += usize::from(kept == [10, 50] && got.chance < 1e-6 && !got.is_hidden);
            let got = screened(64, seed, |point, days| {
                of_days(days) + 8.0 * point[10] - 6.0 * point[50] * if days { 0.8 } else { 1.0 }
                    + 0.1 * noise(point, days)
            });
            let kept: Vec<usize> = got.kept.iter().map(|kept| kept.0).collect();
            varying += usize::from(kept == [10, 50]);
        }
        assert!(found == 20 && varying >= 19, "{found} and {varying} of 20");
    }

    /// Where chance moves more than any number can, the screening has found nothing, and says that it could not.
    #[test]
    fn chance_that_is_everything_is_told() {
        let hidden = (0..20).filter(|seed| screened(64, *seed, noise).is_hidden).count();
        assert_eq!(hidden, 20);
    }
}
