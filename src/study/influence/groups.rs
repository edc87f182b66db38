//! Screening in groups: which of many numbers can matter at all.
//!
//! Sequential bifurcation (Bettonvil 1990; Bettonvil and Kleijnen 1997, "Searching for important factors in simulation
//! models with many factors", European Journal of Operational Research 96): a group that moves nothing is left out whole, one
//! that does is halved. What a group moves is measured as elementary moves are (Morris 1991, groups as in Campolongo,
//! Cariboni and Saltelli 2007): at some base points all its numbers step by half of their range, to either side, and the mean
//! of the squared changes, halved, is compared with the variance of the answer (Jansen's form of the total index). Effects of
//! opposite signs in a group cannot cancel at all points, because each number steps up at half of them and down at the
//! others, by its own draw.

use crate::kernel::random::Stream;
use serde::Serialize;

/// A group is left out when what it moves is below this part of the threshold: the variance and the moves are themselves
/// estimates from a few points.
const MARGIN: f64 = 0.4;
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
    /// Variance of the answer over the numbers, chance left out.
    pub variance: f64,
    /// The part of it that chance has, which was taken off every move.
    pub chance: f64,
    /// Groups that were looked at.
    pub groups: usize,
    /// Points that were asked.
    pub asked: usize,
    /// Pairs of points that had no answer.
    pub missing: usize,
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
    let plain = |point: &Vec<f64>, other_days: bool| Ask { point: point.clone(), other_days };
    let mut asks: Vec<Ask> = base.iter().map(|point| plain(point, false)).collect();
    asks.extend(base.iter().map(|point| plain(point, true)));
    asks.extend(base.iter().map(|point| plain(&moved(point, &all), false)));
    let answers = ask(&asks)?;
    let (here, rest) = answers.split_at(base.len());
    let (again, far) = rest.split_at(base.len());
    let chance = mean_move(here, again).0;
    let spread = variance(here.iter().chain(far).copied());
    let variance = (spread - chance).max(0.0);
    let mut screened = Screened { variance, chance, asked: asks.len(), ..Screened::default() };
    let size = numbers.div_ceil(FIRST_GROUPS).max(1);
    let mut open: Vec<Vec<usize>> = all.chunks(size).map(<[usize]>::to_vec).collect();
    // An answer that no number moves has nothing to find.
    if spread <= 0.0 {
        open.clear();
    }
    let mut out: Vec<usize> = Vec::new();
    while !open.is_empty() {
        let asks: Vec<Ask> =
            open.iter().flat_map(|group| base.iter().map(|point| plain(&moved(point, group), false))).collect();
        let answers = ask(&asks)?;
        screened.asked += asks.len();
        screened.groups += open.len();
        let mut next = Vec::new();
        for (group, there) in open.iter().zip(answers.chunks(base.len())) {
            let (moves, missing) = mean_move(here, there);
            screened.missing += missing;
            let share = (moves - chance).max(0.0) / spread;
            match group.as_slice() {
                _ if share < MARGIN * how.threshold && missing < base.len() => out.extend(group),
                [one] => screened.kept.push((*one, share)),
                several => next.extend(several.chunks(several.len().div_ceil(2)).map(<[usize]>::to_vec)),
            }
        }
        open = next;
    }
    screened.kept.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    if !out.is_empty() {
        out.sort_unstable();
        let asks: Vec<Ask> = base.iter().map(|point| plain(&moved(point, &out), false)).collect();
        screened.asked += asks.len();
        screened.left_out = (mean_move(here, &ask(&asks)?).0 - chance).max(0.0) / spread;
    }
    Ok(screened)
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

/// Half of the mean squared change, and how many pairs had no answer.
fn mean_move(here: &[Option<f64>], there: &[Option<f64>]) -> (f64, usize) {
    let changes: Vec<f64> = here.iter().zip(there).filter_map(|(a, b)| Some((*a)? - (*b)?)).collect();
    let missing = here.len() - changes.len();
    let sum: f64 = changes.iter().map(|change| change * change).sum();
    (if changes.is_empty() { 0.0 } else { sum / changes.len() as f64 / 2.0 }, missing)
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
    /// others are.
    #[test]
    fn planted_effects_are_not_lost() {
        let planted = [3, 4, 5, 250, 251, 499, 700, 701, 800, 999];
        // Variances: a line of slope s has s^2 / 12, the step 0.21 x 16, the bend 16^2 / 180 for 16 (u - 1/2)^2.
        let model = |point: &[f64], _: bool| {
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

    /// Chance moves every answer: what it moves is no effect. Two numbers matter.
    #[test]
    fn chance_is_no_effect() {
        let noise = |point: &[f64], other_days: bool| {
            // Any change of a point is another draw, as in a simulation whose events fall otherwise.
            let bits = point.iter().fold(u64::from(other_days), |hash, u| {
                hash.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(u.to_bits())
            });
            Seed { seed: bits, replication: 0 }.stream(Purpose::Studies, 3, 0).normal()
        };
        let mut found = 0;
        for seed in 0..20 {
            let got = screened(64, seed, |point, days| 8.0 * point[10] - 6.0 * point[50] + 0.1 * noise(point, days));
            let kept: Vec<usize> = got.kept.iter().map(|kept| kept.0).collect();
            found += usize::from(kept == [10, 50]);
        }
        assert!(found >= 19, "{found} of 20");
        let flat = screened(64, 1, |_, _| 5.0);
        assert!(flat.kept.is_empty() && flat.asked == 30, "{flat:?}");
    }
}
