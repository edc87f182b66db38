//! Numbers that pass the checks of a scenario one by one, and not together: a station that fills up to 560 bar, and a tank of
//! 770 bar. Of such numbers one is left as written and told with the reason, so that points at random can be simulated.

use super::numbers::{Number, Numbers};
use crate::kernel::random::Stream;
use crate::scenario::load::{Request, load};
use std::collections::BTreeMap;

/// Points at random at which all numbers are tried together. What is refused more seldom is counted and told with the answer.
const POINTS: usize = 24;

/// Leaves numbers as written until all others pass the checks at some points at random.
pub(super) fn leave_out(numbers: &mut Numbers, requests: &[Request], stream: &mut Stream) {
    let with_places = |number: Number| (number, (0..POINTS).map(|_| stream.uniform()).collect());
    let mut varied: Vec<(Number, Vec<f64>)> =
        std::mem::take(&mut numbers.varied).into_iter().map(with_places).collect();
    for point in 0..POINTS {
        while let Some(mut why) = refused(&varied, point, requests) {
            // Its predecessors pass without it, and are refused with it.
            let (mut pass, mut fail) = (0, varied.len());
            while fail - pass > 1 {
                let middle = usize::midpoint(pass, fail);
                match refused(&varied[..middle], point, requests) {
                    Some(reason) => (fail, why) = (middle, reason),
                    None => pass = middle,
                }
            }
            let (number, _) = varied.remove(fail - 1);
            numbers
                .fixed
                .push((number.path, format!("its values do not go together with those of other numbers: {why}")));
        }
    }
    numbers.varied = varied.into_iter().map(|(number, _)| number).collect();
}

/// Why some numbers at a point, with all others as written, are refused; none where they pass, as all as written do.
fn refused(varied: &[(Number, Vec<f64>)], point: usize, requests: &[Request]) -> Option<String> {
    if varied.is_empty() {
        return None;
    }
    let numbers: BTreeMap<_, _> =
        varied.iter().map(|(number, places)| (number.path.clone(), number.at(places[point]))).collect();
    requests.iter().find_map(|request| {
        let problems = load(&Request { numbers: numbers.clone(), ..request.clone() }).err()?;
        Some(problems.list.first().map(|problem| problem.message.clone()).unwrap_or_default())
    })
}
