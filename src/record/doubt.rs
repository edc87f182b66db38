//! What the results of a run cast doubt on by themselves: told at its end and on its page.

use super::metrics::{MetricName, ScopeKind};

/// Hauls that are put off by more than a shift were not only moved to a quieter hour.
const LONG_SHIFT_H: f64 = 8.0;

/// Doubts, from each metric's name, scope and value.
pub(crate) fn doubts<'a>(metrics: impl Iterator<Item = (&'a str, &'a str, Option<f64>)>) -> Vec<String> {
    let of_one = |(name, scope, value): (&str, &str, Option<f64>)| {
        let value = value?;
        empty_batteries(name, scope, value).or_else(|| put_off(name, scope, value))
    };
    metrics.filter_map(of_one).collect()
}

/// Windows at a gate that are too few for what comes.
fn put_off(name: &str, scope: &str, hours: f64) -> Option<String> {
    let site = ScopeKind::Site.key_in(scope)?;
    (name == MetricName::AppointmentShiftMeanH.as_str() && hours > LONG_SHIFT_H).then(|| {
        format!(
            "appointments at `{site}` put hauls off by {hours:.0} hours on average, which counts as no delay of a haul: the gate \
             has too few windows for what comes, and what is put off beyond the end is still open"
        )
    })
}

/// Machines of a yard whose batteries or tanks ran empty.
fn empty_batteries(name: &str, scope: &str, ways: f64) -> Option<String> {
    let site = ScopeKind::Site.key_in(scope)?;
    (name == MetricName::CarriersStranded.as_str() && ways > 0.0).then(|| {
        format!(
            "machines at `{site}` ran out of energy on {ways:.0} ways and had to be towed (`tow_min` of the plan each time, \
             `carrier_towed_h` in all): they need larger batteries, a higher `leave_at_soc`, more charging ports or more time \
             at them"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_machines_that_ran_empty_are_told() {
        let name = MetricName::CarriersStranded.as_str();
        let told = doubts(
            [(name, "site:a", Some(0.0)), (name, "site:b", Some(12.0)), ("moves", "site:b", Some(9.0))].into_iter(),
        );
        assert!(told.len() == 1 && told[0].starts_with("machines at `b` ran out of energy on 12 ways"), "{told:?}");
    }
}
