//! Whole numbers by shares.

/// Shares a number out by weights; what is left after whole parts goes to the largest remainders, first come first.
#[must_use]
pub fn share_out(count: u32, weights: &[f64]) -> Vec<u32> {
    whole_parts(count, weights, &mut vec![0.0; weights.len()])
}

/// As [`share_out`], with what each got too little (or too much) before: `carried` is added to its part, and becomes what is
/// still owed. Over time each gets its share, however small the number: 10 % of 4, twenty times, is 8 of 80.
pub(super) fn whole_parts(count: u32, weights: &[f64], carried: &mut [f64]) -> Vec<u32> {
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return vec![0; weights.len()];
    }
    let exact: Vec<f64> = weights
        .iter()
        .zip(carried.iter())
        .map(|(weight, carried)| {
            (f64::from(count) * weight / total + if *weight > 0.0 { *carried } else { 0.0 }).max(0.0)
        })
        .collect();
    let mut out: Vec<u32> = exact.iter().map(|part| part.floor() as u32).collect();
    // Debts of others can make the whole parts more than there is: the largest give.
    while out.iter().sum::<u32>() > count {
        let most = (0..out.len()).max_by(|a, b| out[*a].cmp(&out[*b]).then(b.cmp(a))).expect("there are parts");
        out[most] -= 1;
    }
    let mut order: Vec<usize> = (0..weights.len()).filter(|at| weights[*at] > 0.0).collect();
    let owed = |at: usize, out: &[u32]| exact[at] - f64::from(out[at]);
    order.sort_by(|a, b| owed(*b, &out).total_cmp(&owed(*a, &out)).then(a.cmp(b)));
    let left = count - out.iter().sum::<u32>();
    order.into_iter().cycle().take(left as usize).for_each(|at| out[at] += 1);
    for (at, carried) in carried.iter_mut().enumerate().filter(|it| weights[it.0] > 0.0) {
        // More than one vehicle is never owed: a row without a choice for years does not make up for them.
        *carried = (f64::from(count) * weights[at] / total + *carried - f64::from(out[at])).clamp(-1.0, 1.0);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::share_out;

    #[test]
    fn sharing_out_loses_nothing() {
        assert_eq!(share_out(10, &[1.0, 1.0, 1.0]), [4, 3, 3]);
        assert_eq!(share_out(0, &[1.0]), [0]);
        assert_eq!(share_out(5, &[0.0, 0.0]), [0, 0]);
        assert_eq!(share_out(7, &[0.1, 0.9]), [1, 6]);
    }
}
