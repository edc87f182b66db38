//! Policies that share what there is among all.

use super::info::{ChargingInfo, Knows};
use super::view::ChargingView;
use crate::grid::rules::Sharing;
use crate::kernel::units::Kw;
use crate::policy::decide::{Decide, Policy};
use crate::policy::kind::Charging;
use crate::policy::parameter::Parameter;
use std::collections::VecDeque;

pub(super) const POLICIES: &[ChargingInfo] = &[
    ChargingInfo {
        name: UNCONTROLLED,
        label: "Uncontrolled (full power at once)",
        about: "full power for every session; where a limit binds it is shared max-min fair, as a cabinet does",
        knows: &[],
        discharges: false,
        parameters: &[],
        make: |_, _| Box::new(Uncontrolled),
    },
    ChargingInfo {
        name: "equal_share",
        label: "Equal share",
        about: "equal power for every session, up to what each can take, wherever a limit binds (max-min fair)",
        knows: &[],
        discharges: false,
        parameters: &[],
        make: |_, _| Box::new(EqualShare(Sharing::default())),
    },
    ChargingInfo {
        name: "round_robin",
        label: "Round robin",
        about: "one step of power to each session in turn, by arrival, until no limit has room for another",
        knows: &[Knows::Arrival],
        discharges: false,
        parameters: &[Parameter::new("step_kw", 1.0, (0.01, 1000.0))],
        make: |values, _| Box::new(RoundRobin { step: Kw(values[0]) }),
    },
];

struct Uncontrolled;

/// The policy that gives every session all that it can take.
pub const UNCONTROLLED: &str = "uncontrolled";

impl Policy for Uncontrolled {
    fn name(&self) -> &'static str {
        UNCONTROLLED
    }

    fn is_memoryless(&self) -> bool {
        true
    }
}

impl Decide<Charging> for Uncontrolled {
    fn decide(&mut self, view: &ChargingView<'_>) -> Result<Vec<Kw>, String> {
        Ok(view.sessions.ask_kw.clone())
    }
}

struct EqualShare(Sharing);

impl Policy for EqualShare {
    fn name(&self) -> &'static str {
        "equal_share"
    }

    fn is_memoryless(&self) -> bool {
        true
    }
}

impl Decide<Charging> for EqualShare {
    fn decide(&mut self, view: &ChargingView<'_>) -> Result<Vec<Kw>, String> {
        let mut plan = view.sessions.ask_kw.clone();
        self.0.cut(view.tree, |node| view.headroom_kw[node.index()], &view.sessions.node, &mut plan);
        Ok(plan)
    }
}

struct RoundRobin {
    step: Kw,
}

impl Policy for RoundRobin {
    fn name(&self) -> &'static str {
        "round_robin"
    }

    fn is_memoryless(&self) -> bool {
        true
    }
}

impl Decide<Charging> for RoundRobin {
    fn decide(&mut self, view: &ChargingView<'_>) -> Result<Vec<Kw>, String> {
        let sessions = view.sessions;
        let mut plan = vec![Kw::ZERO; sessions.len()];
        let mut filling = view.filling();
        let mut turn: VecDeque<usize> = view.rows_by(|row| f64::from(sessions.arrive_s[row])).collect();
        while let Some(row) = turn.pop_front() {
            let wanted = self.step.min(sessions.ask_kw[row] - plan[row]);
            if wanted <= Kw::ZERO || !filling.has_room(sessions.node[row], wanted) {
                continue;
            }
            plan[row] += filling.give(sessions.node[row], wanted);
            turn.push_back(row);
        }
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{plan, sessions};
    use crate::grid::state::SiteOutlook;

    /// Three sessions under one limit of 150 kW: two of 100 kW and one of 20 kW. Equal shares are 65, 65, 20.
    #[test]
    fn who_gets_what() {
        let three = sessions(&[(100.0, 30, 5000, 0), (20.0, 10, 9000, 1), (200.0, 20, 9000, 2)]);
        let of = |name| plan(name, 150.0, &three, &SiteOutlook::default());
        assert_eq!(of("uncontrolled"), [100.0, 20.0, 100.0]);
        assert_eq!(of("equal_share"), [65.0, 20.0, 65.0]);
        assert_eq!(of("round_robin"), [65.0, 20.0, 65.0]);
        let odd = plan("round_robin", 50.5, &three, &SiteOutlook::default());
        assert_eq!(odd, [16.0, 17.0, 17.0], "whole steps only, the earliest first");
    }
}
