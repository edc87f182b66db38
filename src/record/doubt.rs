//! What the results of a run cast doubt on by themselves: told at its end and on its page.

use super::metrics::{MetricName, ScopeKind};

/// Doubts, from each metric's name, scope and value.
pub(crate) fn doubts<'a>(metrics: impl Iterator<Item = (&'a str, &'a str, Option<f64>)>) -> Vec<String> {
    metrics.filter_map(|(name, scope, value)| empty_batteries(name, scope, value?)).collect()
}

/// Machines of a yard that drove on with an empty battery.
fn empty_batteries(name: &str, scope: &str, ways: f64) -> Option<String> {
    let site = ScopeKind::Site.key_in(scope)?;
    (name == MetricName::CarriersStranded.as_str() && ways > 0.0).then(|| {
        format!(
            "machines at `{site}` had an empty battery on {ways:.0} ways and drove on, for nothing tows them here: the work \
             that was done is an upper bound, and they need larger batteries, more charging ports or more time at them"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_machines_with_an_empty_battery_are_told() {
        let name = MetricName::CarriersStranded.as_str();
        let told = doubts(
            [(name, "site:a", Some(0.0)), (name, "site:b", Some(12.0)), ("moves", "site:b", Some(9.0))].into_iter(),
        );
        assert!(told.len() == 1 && told[0].starts_with("machines at `b` had an empty battery on 12 ways"), "{told:?}");
    }
}
