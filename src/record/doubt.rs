//! What the results of a run cast doubt on by themselves: told at its end and on its page.

use super::metrics::{MetricName, ScopeKind};

/// Hauls that are put off by more than a shift were not only moved to a quieter hour.
const LONG_SHIFT_H: f64 = 8.0;

/// Of what vehicles ask for at chargers: where so much less is delivered, they ran on what they had when the run began. Charging in
/// breaks and waits asks for a full battery each time, so that well-charged fleets may get half of it.
const LITTLE_DELIVERED: f64 = 0.4;

/// Doubts, from each metric's name, scope and value.
pub(crate) fn doubts<'a>(metrics: impl Iterator<Item = (&'a str, &'a str, Option<f64>)>) -> Vec<String> {
    let all: Vec<(&str, &str, f64)> = metrics.filter_map(|(name, scope, value)| Some((name, scope, value?))).collect();
    let beside = |name: MetricName, scope: &str| {
        all.iter().find(|other| (other.0, other.1) == (name.as_str(), scope)).map_or(0.0, |other| other.2)
    };
    let of_one = |&(name, scope, value): &(&str, &str, f64)| {
        let site = ScopeKind::Site.key_in(scope)?;
        match MetricName::parse(name)? {
            MetricName::CarriersStranded => empty_batteries(site, value, beside(MetricName::YardMoves, scope)),
            MetricName::AppointmentShiftMeanH => put_off(site, value),
            MetricName::SwapWaiting => without_swap(site, value),
            MetricName::YardMoves => {
                let vessels = beside(MetricName::VesselsAtBerth, scope);
                let trucks = beside(MetricName::TrucksInYard, scope);
                nothing_carried(site, value, vessels, trucks)
            }
            MetricName::EnergyRequestedKwh => {
                little_delivered(site, value, beside(MetricName::EnergyDeliveredKwh, scope))
            }
            _ => None,
        }
    };
    all.iter().filter_map(of_one).collect()
}

/// Limits that load other than charging passes, from each metric's name, scope and value: for results that are means of several
/// runs. A single run tells more of them ([`super::overload`]).
pub(crate) fn passed_limits<'a>(metrics: impl Iterator<Item = (&'a str, &'a str, Option<f64>)>) -> Vec<String> {
    let all: Vec<(&str, &str, f64)> = metrics.filter_map(|(name, scope, value)| Some((name, scope, value?))).collect();
    let of = |name: MetricName| all.iter().filter(move |it| it.0 == name.as_str() && it.2 > 0.0);
    let passed = of(MetricName::OverloadH).filter_map(|(_, scope, hours)| {
        let kinds = [ScopeKind::Site, ScopeKind::Node];
        let key = kinds.iter().find_map(|kind| kind.key_in(scope))?;
        let kw = of(MetricName::OverloadKw).find(|it| it.1 == *scope).map_or(0.0, |it| it.2);
        Some(format!(
            "load other than charging passed the limit of `{key}` for {hours:.1} h, by up to {kw:.0} kW: a connection of that size \
             does not carry it"
        ))
    });
    passed.collect()
}

/// A site whose chargers give far less than what is asked of them.
fn little_delivered(site: &str, asked_kwh: f64, delivered_kwh: f64) -> Option<String> {
    (delivered_kwh < LITTLE_DELIVERED * asked_kwh).then(|| {
        format!(
            "the chargers of `{site}` delivered {:.0} % of the energy that was requested: vehicles ran on what they had when the run \
             began, or stood, and a longer run does less",
            100.0 * delivered_kwh / asked_kwh
        )
    })
}

/// Windows at a gate that are too few for what comes.
fn put_off(site: &str, hours: f64) -> Option<String> {
    (hours > LONG_SHIFT_H).then(|| {
        format!(
            "appointments at `{site}` put hauls off by {hours:.0} hours on average, which is not counted as delay of a haul: the gate \
             has too few windows for what comes, and what is put off beyond the end is still open"
        )
    })
}

/// Machines that wait for a battery when the run ends: the wait of those that were served does not have theirs.
fn without_swap(site: &str, waiting: f64) -> Option<String> {
    (waiting > 0.0).then(|| {
        format!(
            "{waiting:.0} machines at `{site}` were still waiting for a charged battery when the run ended: means and percentiles of \
             waits are of the swaps that began, so the true ones are longer"
        )
    })
}

/// A yard in which vessels and trucks wait and nothing moves.
fn nothing_carried(site: &str, moves: f64, vessels: f64, trucks: f64) -> Option<String> {
    (moves <= 0.0 && vessels + trucks > 0.0).then(|| {
        format!(
            "no container was carried at `{site}`, where {vessels:.0} vessels and {trucks:.0} trucks were left when the run ended: does \
             its policy order moves, and are there carriers on shift?"
        )
    })
}

/// Machines of a yard whose batteries or tanks ran empty.
fn empty_batteries(site: &str, times: f64, moves: f64) -> Option<String> {
    (times > 0.0).then(|| {
        let often = if moves > 0.0 { format!(" ({:.1} for each 100 moves)", 100.0 * times / moves) } else { String::new() };
        format!(
            "machines at `{site}` ran out of energy {times:.0} times{often} and each waited to be towed. The energy that they lacked \
             was not charged, so the work done is an upper bound: they need larger batteries, to leave for charging earlier \
             (`leave_at_soc`), more charging ports or more time at them"
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
        assert!(told.len() == 1 && told[0].starts_with("machines at `b` ran out of energy 12 times and"), "{told:?}");
        let moves = (MetricName::YardMoves.as_str(), "site:b", Some(400.0));
        let told = doubts([(name, "site:b", Some(12.0)), moves].into_iter());
        assert!(told[0].contains("12 times (3.0 for each 100 moves)"), "{told:?}");
    }

    #[test]
    fn limits_that_are_passed_are_told() {
        let (hours, kw) = (MetricName::OverloadH.as_str(), MetricName::OverloadKw.as_str());
        let of = |hours_over: f64| {
            let rows =
                [(hours, "total", 9.0), (hours, "site:a", hours_over), (kw, "site:a", 367.0), (kw, "node:b", 4.0)];
            passed_limits(rows.into_iter().map(|(name, scope, value)| (name, scope, Some(value))))
        };
        assert!(of(8.2).len() == 1 && of(8.2)[0].contains("`a` for 8.2 h, by up to 367 kW"), "{:?}", of(8.2));
        assert!(of(0.0).is_empty());
    }

    #[test]
    fn work_that_is_left_is_told() {
        let of = |metrics: &[(MetricName, f64)]| {
            doubts(metrics.iter().map(|(name, value)| (name.as_str(), "site:a", Some(*value))))
        };
        let told = of(&[(MetricName::SwapWaiting, 3.0)]);
        assert!(told.len() == 1 && told[0].starts_with("3 machines at `a` were still waiting"), "{told:?}");
        assert!(of(&[(MetricName::SwapWaiting, 0.0)]).is_empty());
        let yard = |moves: f64, vessels: f64| {
            of(&[
                (MetricName::YardMoves, moves),
                (MetricName::VesselsAtBerth, vessels),
                (MetricName::TrucksInYard, 0.0),
            ])
        };
        assert!(yard(0.0, 2.0).len() == 1 && yard(0.0, 2.0)[0].contains("where 2 vessels"), "{:?}", yard(0.0, 2.0));
        assert!(yard(5.0, 2.0).is_empty() && yard(0.0, 0.0).is_empty());
    }

    #[test]
    fn chargers_that_give_little_of_what_is_asked_are_told() {
        let (asked, given) = (MetricName::EnergyRequestedKwh.as_str(), MetricName::EnergyDeliveredKwh.as_str());
        let told = |kwh: f64| doubts([(asked, "site:a", Some(100.0)), (given, "site:a", Some(kwh))].into_iter());
        assert!(told(30.0).len() == 1 && told(30.0)[0].contains("`a` delivered 30 %"), "{:?}", told(30.0));
        assert!(told(50.0).is_empty());
    }
}
