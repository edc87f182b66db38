//! Contract: intervals of a study hold the truth as often as they say, a family of comparisons errs no more often than it
//! says, equal strategies are called different in about 5 % of studies. Measured over 2,000 studies of a toy model whose
//! truth is known: a day is 40 jobs of random length, a strategy works at its own pace and has luck of its own.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "a test that fails says so by panicking")]

use portvolt::kernel::random::{Purpose, Seed};
use portvolt::record::metrics::Better;
use portvolt::study::stats::{holm, interval, paired, places, unpaired};

const STUDIES: u64 = 2_000;
const REPLICATIONS: u32 = 20;
const JOBS: u32 = 40;
const JOB_H: f64 = 0.5;

/// Hours of work of each replication: the day's jobs (common to all strategies of a seed) at a pace, and own luck.
fn sample(seed: u64, strategy: u32, pace: f64) -> Vec<f64> {
    let day = |replication| {
        let seed = Seed { seed, replication };
        let mut jobs = seed.stream(Purpose::Boxes, 0, 0);
        let mut luck = seed.stream(Purpose::HaulFactors, 0, strategy);
        let work: f64 = (0..JOBS).map(|_| jobs.exponential(JOB_H)).sum();
        pace * work + luck.normal()
    };
    (0..REPLICATIONS).map(day).collect()
}

/// True mean hours at a pace: 40 jobs of half an hour, own luck zero in the mean.
fn truth(pace: f64) -> f64 {
    pace * f64::from(JOBS) * JOB_H
}

fn share(hits: impl Iterator<Item = bool>) -> f64 {
    let (mut all, mut held) = (0.0, 0.0);
    for hit in hits {
        all += 1.0;
        held += f64::from(u8::from(hit));
    }
    held / all
}

/// 2,000 studies leave a standard error of 0.5 %: 93.5 to 96.5 % is three of them around 95 %.
#[test]
fn intervals_cover_the_truth() {
    let apart = truth(1.1) - truth(1.0);
    let plain = share((0..STUDIES).map(|seed| interval(&sample(seed, 0, 1.0), 0.95).unwrap().covers(truth(1.0))));
    let pairs = share((0..STUDIES).map(|seed| {
        let test = paired(&sample(seed, 1, 1.1), &sample(seed, 0, 1.0), 0.95).unwrap();
        test.difference.covers(apart)
    }));
    // Unpaired: the other strategy saw other days.
    let loose =
        share((0..STUDIES).map(|seed| {
            unpaired(&sample(seed, 1, 1.1), &sample(seed + 1_000_000, 0, 1.0), 0.95).unwrap().covers(apart)
        }));
    println!("coverage of 95 % intervals: mean {plain:.4}, paired {pairs:.4}, unpaired {loose:.4}");
    for covered in [plain, pairs, loose] {
        assert!((0.935..=0.965).contains(&covered), "{covered}");
    }
}

/// Jobs of a day have variance 40 x 0.5^2 = 10 h^2, luck 1: apart 10 x (1 + 1.21) + 2, paired 10 x 0.1^2 + 2 = 2.1;
/// the factor is 24.1 / 2.1 = 11.5.
#[test]
fn pairing_removes_the_days_variance() {
    let factors = (0..200).map(|seed| paired(&sample(seed, 1, 1.1), &sample(seed, 0, 1.0), 0.95).unwrap());
    let mut factors: Vec<f64> = factors.map(|test| test.pairing_factor.unwrap()).collect();
    factors.sort_by(f64::total_cmp);
    assert!((8.0..16.0).contains(&factors[100]), "median {}", factors[100]);
}

#[test]
fn equal_strategies_differ_in_five_percent_of_studies() {
    let differ =
        share((0..STUDIES).map(|seed| paired(&sample(seed, 1, 1.0), &sample(seed, 0, 1.0), 0.95).unwrap().p < 0.05));
    println!("two equal strategies called different: {differ:.4}");
    assert!((0.035..=0.065).contains(&differ), "{differ}");
}

/// Five strategies equal to the baseline: without adjustment some pair differs far more often than in 5 % of studies,
/// with Holm's at most that; the ranking over all pairs likewise.
#[test]
fn the_family_errs_no_more_than_it_says() {
    let (mut raw, mut held, mut ranked) = (0.0, 0.0, 0.0);
    for seed in 0..STUDIES {
        let samples: Vec<Vec<f64>> = (0..6).map(|strategy| sample(seed, strategy, 1.0)).collect();
        let p: Vec<f64> = samples[1..].iter().map(|other| paired(other, &samples[0], 0.95).unwrap().p).collect();
        let any = |p: &[f64]| f64::from(u8::from(p.iter().any(|p| *p < 0.05)));
        raw += any(&p);
        held += any(&holm(&p));
        let slices: Vec<&[f64]> = samples.iter().map(Vec::as_slice).collect();
        let told = places(&slices, Better::Lower, 0.05).iter().any(|place| *place != (1, 6));
        ranked += f64::from(u8::from(told));
    }
    let studies = STUDIES as f64;
    let (raw, held, ranked) = (raw / studies, held / studies, ranked / studies);
    println!("family error: unadjusted {raw:.4}, Holm {held:.4}, ranking over all pairs {ranked:.4}");
    assert!(raw > 0.10, "{raw}");
    assert!(held <= 0.065 && held > 0.01, "{held}");
    assert!(ranked <= 0.065, "{ranked}");
}

/// One of five is really better by two standard errors of a pair or more: Holm still finds it in most studies.
#[test]
fn a_real_difference_is_found() {
    let found = share((0..200).map(|seed| {
        let base = sample(seed, 0, 1.0);
        let p: Vec<f64> = (1..6)
            .map(|strategy| {
                let pace = if strategy == 3 { 0.92 } else { 1.0 };
                paired(&sample(seed, strategy, pace), &base, 0.95).unwrap().p
            })
            .collect();
        holm(&p)[2] < 0.05
    }));
    // The difference is 1.6 h, its standard error sqrt((10 x 0.08^2 + 2) / 20) = 0.32: five of them.
    assert!(found > 0.9, "{found}");
}
