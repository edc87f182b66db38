//! Charging: sessions have a row for each charging port, an action is a set-point for each.

use crate::learned::{Given, Learned, Part, RunFacts};
use portvolt::kernel::units::Kw;
use portvolt::plugin::ChargingState;
use portvolt::policy::ChargingView;
use portvolt::policy::kind::Charging;

/// Most power that each charging port draws from the grid, and most that it exports, kW.
#[derive(Debug)]
pub(crate) struct Ports(Vec<(Kw, Kw)>);

impl Learned for Charging {
    type Frame = Ports;

    fn frame(run: &RunFacts, _view: &ChargingView<'_>) -> Ports {
        Ports(run.port_limits.clone())
    }

    fn groups(ports: &Ports) -> Vec<(&'static str, usize)> {
        vec![("session-", ports.0.len())]
    }

    fn places(_group: usize, view: &ChargingView<'_>, out: &mut Vec<u32>) {
        out.extend_from_slice(&view.sessions.port);
    }

    /// The limit of a node that has none is the power of all charging ports, which binds nothing either.
    fn endless(ports: &Ports) -> f64 {
        ports.0.iter().map(|(draws, _)| draws.0).sum()
    }

    fn action(ports: &Ports) -> Vec<Part> {
        let bounds = ports.0.iter().map(|(draws, exports)| (-exports.0, draws.0)).collect();
        vec![Part::Quantity { name: "set_points_kw", bounds }]
    }

    fn order(_ports: &Ports, state: &mut ChargingState, view: &ChargingView<'_>, given: &Given) {
        let ordered = |port: &u32| given.quantities.get(*port as usize).copied().unwrap_or(f64::NAN);
        state.set_points(view.sessions.port.iter().map(ordered).collect());
    }

    fn as_action(ports: &Ports, view: &ChargingView<'_>, orders: &Vec<Kw>) -> Given {
        let mut given = Given { quantities: vec![0.0; ports.0.len()], ..Given::default() };
        view.sessions.port.iter().zip(orders).for_each(|(port, power)| given.quantities[*port as usize] = power.0);
        given
    }
}
