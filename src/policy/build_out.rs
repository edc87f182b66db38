//! What is built: what a policy sees of chargers and connections, and the built-in policies.

use super::decide::{BuiltIn, Decide, Decision, Policy, chosen};
use super::kind::BuildOut;
use super::parameter::{Parameter, PolicyError};
use super::spec::Choice;
use crate::scenario::Scenario;
use crate::scenario::loaded::Schedule;

/// What operations of the year before showed of what can be enlarged. Groups of chargers are rows of the first columns,
/// sites of those that begin with `site_`.
#[derive(Debug, Clone, Default)]
pub struct BuildOutView {
    /// Year of the decision.
    pub year: u16,
    /// By group: its site, a row of the columns of sites.
    pub site: Vec<usize>,
    /// By group: cabinets in service or on the way.
    pub cabinets: Vec<u32>,
    /// By group: cabinets in service.
    pub in_service: Vec<u32>,
    /// By group: power of a cabinet, kW.
    pub cabinet_kw: Vec<f64>,
    /// By group: charging power that its vehicles count on, as their offers say, kW; shared among the groups that they can
    /// use.
    pub vehicle_kw: Vec<f64>,
    /// By group: ports of a cabinet.
    pub cabinet_ports: Vec<u32>,
    /// By group: vehicles of the year that may use it.
    pub users: Vec<u32>,
    /// By group: 95th percentile of the waits that kept its users from their work, minutes; none where nobody came.
    pub wait_p95_min: Vec<Option<f64>>,
    /// By group: most users present in a quarter of an hour, waiting or charging.
    pub present: Vec<u32>,
    /// By group: mean time at a port, minutes; none where nobody came.
    pub service_min: Vec<Option<f64>>,
    /// By site: the connection in service or on the way, kW; none: no limit.
    pub site_limit_kw: Vec<Option<f64>>,
    /// By site: highest mean power of an interval, kW.
    pub site_peak_kw: Vec<f64>,
    /// By site: load without chargers, kW.
    pub site_load_kw: Vec<f64>,
    /// By site: the site whose connection carries this one too.
    pub site_behind: Vec<Option<usize>>,
}

/// What is decided this year.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BuildOutOrders {
    /// By group: cabinets to add.
    pub cabinets: Vec<u32>,
    /// By site: power of the connection to add, kW.
    pub grid_kw: Vec<f64>,
    /// Do the projects of `[project]` go ahead?
    pub does_planned: bool,
}

impl BuildOutOrders {
    fn none(view: &BuildOutView) -> Self {
        Self { cabinets: vec![0; view.site.len()], grid_kw: vec![0.0; view.site_limit_kw.len()], does_planned: false }
    }
}

/// Connections that carry a share of the cabinets and the load behind them, up to the last connection above.
fn connect(view: &BuildOutView, orders: &mut BuildOutOrders, simultaneity: f64) {
    let mut wanted_kw = vec![0.0; view.site_limit_kw.len()];
    for site in 0..wanted_kw.len() {
        let groups = (0..view.site.len()).filter(|group| view.site[*group] == site);
        let cabinets_kw: f64 =
            groups.map(|group| f64::from(view.cabinets[group] + orders.cabinets[group]) * view.cabinet_kw[group]).sum();
        let own_kw = cabinets_kw * simultaneity + view.site_load_kw[site];
        let mut at = Some(site);
        while let Some(above) = at {
            wanted_kw[above] += own_kw;
            at = view.site_behind[above];
        }
    }
    for ((grid_kw, limit_kw), wanted_kw) in orders.grid_kw.iter_mut().zip(&view.site_limit_kw).zip(wanted_kw) {
        *grid_kw += limit_kw.map_or(0.0, |limit_kw| (wanted_kw - limit_kw).max(0.0));
    }
}

/// Builds nothing.
#[derive(Debug)]
struct Nothing;

impl Policy for Nothing {
    fn name(&self) -> &'static str {
        "none"
    }
}

impl Decide<BuildOut> for Nothing {
    fn decide(&mut self, view: &BuildOutView) -> Result<BuildOutOrders, String> {
        Ok(BuildOutOrders::none(view))
    }
}

/// Builds the projects of `[project]`.
#[derive(Debug)]
struct PlanFile;

impl Policy for PlanFile {
    fn name(&self) -> &'static str {
        "plan_file"
    }
}

impl Decide<BuildOut> for PlanFile {
    fn decide(&mut self, view: &BuildOutView) -> Result<BuildOutOrders, String> {
        Ok(BuildOutOrders { does_planned: true, ..BuildOutOrders::none(view) })
    }
}

impl BuildOutView {
    /// Cabinets with which the users that were present at once would all be served within a wait: of N that come together,
    /// c ports serve the last after (N / c - 1) x s, with s the time at a port; so c = N s / (s + wait). Never more than
    /// all users could use at once.
    fn enough(&self, group: usize, wait_min: f64) -> u32 {
        let service_min = self.service_min[group].unwrap_or(0.0);
        let ports = f64::from(self.present[group]) * service_min / (service_min + wait_min).max(1e-9);
        self.hold_to_users(group, (ports / f64::from(self.cabinet_ports[group].max(1))).ceil() as u32)
    }

    /// Cabinets for the power that vehicles count on.
    fn for_vehicles(&self, group: usize) -> u32 {
        self.hold_to_users(group, (self.vehicle_kw[group] / self.cabinet_kw[group]).ceil() as u32)
    }

    fn hold_to_users(&self, group: usize, cabinets: u32) -> u32 {
        cabinets.min(self.users[group].div_ceil(self.cabinet_ports[group].max(1)))
    }
}

/// Adds cabinets for the vehicles that come; where last year's 95th-percentile wait passed a target, as many as those who
/// were present at once need for it. Connections follow.
#[derive(Debug)]
struct TargetWait {
    wait_min: f64,
    simultaneity: f64,
}

impl Policy for TargetWait {
    fn name(&self) -> &'static str {
        "target_wait"
    }
}

impl Decide<BuildOut> for TargetWait {
    fn decide(&mut self, view: &BuildOutView) -> Result<BuildOutOrders, String> {
        let mut orders = BuildOutOrders { does_planned: true, ..BuildOutOrders::none(view) };
        for group in 0..view.site.len() {
            let now = view.cabinets[group];
            let for_vehicles = view.for_vehicles(group);
            let is_slow = view.wait_p95_min[group].is_some_and(|wait_min| wait_min > self.wait_min);
            // What is on the way has had no chance to shorten the wait yet.
            let is_all_in_service = view.in_service[group] == now;
            let for_waits = if is_slow && is_all_in_service { view.enough(group, self.wait_min) } else { now };
            orders.cabinets[group] = for_vehicles.max(for_waits).saturating_sub(now);
        }
        connect(view, &mut orders, self.simultaneity);
        Ok(orders)
    }
}

/// Adds cabinets for the vehicles that come, and enlarges a connection whose peak passes a share of it.
#[derive(Debug)]
struct TargetPeak {
    peak_share: f64,
    simultaneity: f64,
}

impl Policy for TargetPeak {
    fn name(&self) -> &'static str {
        "target_peak"
    }
}

impl Decide<BuildOut> for TargetPeak {
    fn decide(&mut self, view: &BuildOutView) -> Result<BuildOutOrders, String> {
        let mut orders = BuildOutOrders { does_planned: true, ..BuildOutOrders::none(view) };
        for group in 0..view.site.len() {
            let for_vehicles = view.for_vehicles(group);
            orders.cabinets[group] = for_vehicles.saturating_sub(view.cabinets[group]);
        }
        connect(view, &mut orders, self.simultaneity);
        for (site, limit_kw) in view.site_limit_kw.iter().enumerate() {
            let Some(limit_kw) = limit_kw else { continue };
            let wanted_kw = view.site_peak_kw[site] / self.peak_share;
            orders.grid_kw[site] = orders.grid_kw[site].max(wanted_kw - limit_kw);
        }
        Ok(orders)
    }
}

/// Built-in policies that build chargers for the vehicles that are bought.
const FOLLOW_VEHICLES: [&str; 2] = ["target_wait", "target_peak"];

/// Can buyers count on chargers being built for their vehicles? Those of a plugin are taken at its author's word.
#[must_use]
pub fn follows_vehicles(choice: &Choice<BuildOut>) -> bool {
    choice.plugin.is_some() || FOLLOW_VEHICLES.contains(&choice.name.as_str())
}

/// Share of the power of cabinets that a connection is built for under a policy; plugins that do not say it are taken to build
/// as the built-in ones do.
#[must_use]
pub fn simultaneity(choice: &Choice<BuildOut>) -> f64 {
    choice.params.get(&*SIMULTANEITY.name).copied().unwrap_or(SIMULTANEITY.default)
}

const SIMULTANEITY: Parameter = Parameter::new("simultaneity", 0.8, (0.05, 1.0));
const TARGET_WAIT: &[Parameter] = &[Parameter::new("wait_min", 30.0, (0.0, 1_440.0)), SIMULTANEITY];
const TARGET_PEAK: &[Parameter] = &[Parameter::new("peak_share", 0.9, (0.1, 1.0)), SIMULTANEITY];

const BUILT_IN: &[BuiltIn] = &[
    BuiltIn::new("none", "No build-out", "builds nothing", &[]),
    BuiltIn::new("plan_file", "The projects of the file", "builds the projects of `[project]`", &[]),
    BuiltIn::new(
        "target_wait",
        "Up to a wait",
        "adds cabinets until last year's 95th-percentile wait is under a target, and for the vehicles that come",
        TARGET_WAIT,
    ),
    BuiltIn::new(
        "target_peak",
        "Up to a share of the connection",
        "adds cabinets for the vehicles that come, and enlarges a connection whose peak passes a share of it",
        TARGET_PEAK,
    ),
];

impl Decision for BuildOut {
    type View<'a> = BuildOutView;
    type Orders = BuildOutOrders;

    fn choice(scenario: &Scenario) -> Option<&Choice<Self>> {
        scenario.transition.as_ref().map(|transition| &transition.build_out)
    }

    fn is_asked(scenario: &Scenario) -> bool {
        scenario.transition.is_some()
    }

    fn built_in() -> Vec<BuiltIn> {
        BUILT_IN.to_vec()
    }

    fn make(choice: &Choice<Self>, _schedule: Option<&Schedule>) -> Result<Box<dyn Decide<Self>>, PolicyError> {
        let values = chosen(BUILT_IN, choice)?;
        Ok(match choice.name.as_str() {
            "none" => Box::new(Nothing),
            "plan_file" => Box::new(PlanFile),
            "target_wait" => Box::new(TargetWait { wait_min: values[0], simultaneity: values[1] }),
            _ => Box::new(TargetPeak { peak_share: values[0], simultaneity: values[1] }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> BuildOutView {
        BuildOutView {
            year: 2030,
            site: vec![0],
            cabinets: vec![10],
            in_service: vec![10],
            cabinet_kw: vec![180.0],
            vehicle_kw: vec![1_800.0],
            cabinet_ports: vec![1],
            users: vec![40],
            wait_p95_min: vec![Some(45.0)],
            present: vec![26],
            service_min: vec![Some(30.0)],
            site_limit_kw: vec![Some(1_800.0)],
            site_peak_kw: vec![1_750.0],
            site_load_kw: vec![100.0],
            site_behind: vec![None],
        }
    }

    fn orders(name: &str, view: &BuildOutView) -> BuildOutOrders {
        BuildOut::make(&Choice::named(name), None).unwrap().decide(view).unwrap()
    }

    #[test]
    fn waits_call_for_ports_and_ports_for_power() {
        let works_now = orders("target_wait", &view());
        // 26 at once, 30 minutes each, of whom the last may wait 30: 26 x 30 / 60 = 13; 13 x 180 kW x 0.8 + 100 kW.
        assert_eq!(works_now.cabinets, [3]);
        assert!((works_now.grid_kw[0] - (13.0 * 180.0 * 0.8 + 100.0 - 1_800.0)).abs() < 1e-9);
        let short = BuildOutView { wait_p95_min: vec![Some(10.0)], ..view() };
        assert_eq!(orders("target_wait", &short).cabinets, [0]);
        let on_the_way = BuildOutView { in_service: vec![8], ..view() };
        assert_eq!(orders("target_wait", &on_the_way).cabinets, [0], "what is on the way comes first");
        let many = BuildOutView { vehicle_kw: vec![4_500.0], ..view() };
        assert_eq!(orders("target_wait", &many).cabinets, [15]);
        // Nobody needs more cabinets than vehicles could use at once, and an owner that has enough builds no more, however long waits are.
        let few = BuildOutView { users: vec![12], present: vec![400], vehicle_kw: vec![9_000.0], ..view() };
        assert_eq!(orders("target_wait", &few).cabinets, [2]);
        let enough = BuildOutView { cabinets: vec![13], in_service: vec![13], ..view() };
        assert_eq!(orders("target_wait", &enough).cabinets, [0]);
        assert_eq!(orders("none", &many), BuildOutOrders::none(&many));
    }

    /// A substation of 2 MW carries the depot (which fits its own connection) and 500 kW of its own.
    #[test]
    fn substations_grow_with_what_is_behind_them() {
        let mut view = view();
        view.site_limit_kw = vec![Some(2_500.0), Some(2_000.0)];
        view.site_peak_kw.push(0.0);
        view.site_load_kw.push(500.0);
        view.site_behind = vec![Some(1), None];
        let grid_kw = orders("target_wait", &view).grid_kw;
        assert!(grid_kw[0].abs() < 1e-9, "{grid_kw:?}");
        assert!((grid_kw[1] - (13.0 * 180.0 * 0.8 + 100.0 + 500.0 - 2_000.0)).abs() < 1e-9, "{grid_kw:?}");
    }

    #[test]
    fn peaks_call_for_power() {
        assert!((orders("target_peak", &view()).grid_kw[0] - (1_750.0 / 0.9 - 1_800.0)).abs() < 1e-9);
        assert!(orders("plan_file", &view()).does_planned);
    }
}
