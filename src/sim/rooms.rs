//! The rooms of a run: what each brings, one entry a room. A new technology is its folder and a line here.

use crate::kernel::calendar::Calendar;
use crate::kernel::stage::Register;
use crate::place::build::Build;
use crate::record::hydrogen::{HydrogenRow, PlantRow, RefuelRow};
use crate::record::kept::Table;
use crate::record::metrics::Metric;
use crate::record::names::Names;
use crate::record::rows::{
    CallRow, EquipmentRow, FuelRow, HaulRow, IdlingRow, NodeRow, PowerRow, SessionRow, VesselRow,
};
use crate::scenario::Scenario;
use crate::scenario::checker::Checker;
use crate::{charging, freight, grid, hydrogen, swap, terminal, truck, yard};
use bevy_ecs::prelude::World;

/// What a room brings to a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    /// Says what no schema can see about its tables of a scenario; the calendar is there where the dates allow one.
    pub(crate) check: fn(&Scenario, Option<&Calendar>, &mut Checker<'_>),
    /// Has a scenario anything for it? The systems of rooms that are not used do not run.
    pub(crate) is_used: fn(&Scenario) -> bool,
    /// Hangs its systems into the tick.
    pub(crate) register: fn(&mut Register<'_>),
    /// Puts its state into a world; called whether it is used or not, in the order of the list.
    pub(crate) add: fn(&mut Build<'_>),
    /// Puts first events on its agenda, when all rooms are there.
    pub(crate) start: fn(&mut World),
    /// Tables that it writes.
    pub(crate) tables: &'static [Table],
    /// Writes rows for what is still open at the end of the run, at this second.
    pub(crate) close: fn(&mut World, u32),
    /// What it has to say when the run is over, beside its tables.
    pub(crate) metrics: fn(&World, &Names) -> Vec<Metric>,
    /// Energy in batteries that it holds, beside those in vehicles and at ports, for the audit, kWh.
    pub(crate) stored_kwh: fn(&World) -> f64,
    /// Things on its agenda that came due.
    pub(crate) events: fn(&World) -> u64,
    /// What of its state does not hold at the end of a run, for the audit.
    pub(crate) audit: fn(&World) -> Vec<String>,
}

/// A room that does nothing.
const NOTHING: Room = Room {
    check: |_, _, _| {},
    is_used: |_| true,
    register: |_| {},
    add: |_| {},
    start: |_| {},
    tables: &[],
    close: |_, _| {},
    metrics: |_, _| Vec::new(),
    stored_kwh: |_| 0.0,
    events: |_| 0,
    audit: |_| Vec::new(),
};

/// Does a scenario say what vessels burn?
fn has_vessels(scenario: &Scenario) -> bool {
    scenario.freight.as_ref().is_some_and(|freight| freight.vessels.is_some())
}

/// All rooms. What they add to a world goes by this order (the tree of limits ends at charging ports, stations are filled
/// after vehicles); when their systems run is said by the steps of the tick alone.
pub(crate) const ROOMS: [Room; 8] = [
    Room {
        check: grid::check::check,
        register: grid::register,
        tables: &[Table::of::<PowerRow>(), Table::of::<NodeRow>()],
        metrics: grid::record::metrics,
        ..NOTHING
    },
    Room {
        check: |scenario, _, checker| charging::check::check(scenario, checker),
        register: charging::register,
        add: charging::build::add,
        tables: &[Table::of::<SessionRow>()],
        close: charging::record::close,
        metrics: charging::lots::metrics,
        events: |world| world.resource::<charging::agenda::ChargingAgenda>().handled(),
        ..NOTHING
    },
    Room {
        check: |scenario, _, checker| freight::check::check(scenario, checker),
        is_used: |scenario| scenario.freight.is_some(),
        register: freight::register,
        add: freight::build::add,
        tables: &[Table::of::<CallRow>(), Table::of_some::<VesselRow>(has_vessels)],
        close: freight::vessels::close,
        metrics: freight::record::metrics,
        ..NOTHING
    },
    Room {
        check: |scenario, _, checker| terminal::check::check(scenario, checker),
        is_used: |scenario| !scenario.terminal.is_empty(),
        register: terminal::register,
        add: terminal::build::add,
        tables: &[Table::of::<EquipmentRow>()],
        stored_kwh: |world| world.resource::<terminal::state::ServiceRoutes>().stored_kwh(),
        ..NOTHING
    },
    Room {
        check: |scenario, _, checker| yard::check::check(scenario, checker),
        is_used: |scenario| scenario.terminal.values().any(|terminal| terminal.plan.is_some()),
        register: yard::systems::register,
        add: yard::build::add,
        metrics: yard::record::metrics,
        audit: yard::record::audit,
        events: yard::record::events,
        ..NOTHING
    },
    Room {
        check: |scenario, _, checker| truck::check::check(scenario, checker),
        is_used: |scenario| !scenario.fleet.is_empty(),
        register: truck::register,
        add: truck::build::add,
        start: truck::build::start,
        tables: &[Table::of::<HaulRow>(), Table::of::<FuelRow>(), Table::of::<IdlingRow>()],
        close: truck::record::close,
        events: |world| world.resource::<truck::state::TruckAgenda>().handled(),
        ..NOTHING
    },
    Room {
        check: |scenario, _, checker| hydrogen::check::check(scenario, checker),
        is_used: |scenario| !scenario.hydrogen.is_empty(),
        register: hydrogen::register,
        add: hydrogen::build::add,
        tables: &[Table::of::<RefuelRow>(), Table::of::<HydrogenRow>(), Table::of::<PlantRow>()],
        close: hydrogen::record::close,
        events: |world| world.resource::<hydrogen::state::HydrogenAgenda>().handled(),
        ..NOTHING
    },
    Room {
        check: |scenario, _, checker| swap::check::check(scenario, checker),
        is_used: |scenario| !scenario.swap.is_empty(),
        register: swap::register,
        add: swap::build::add,
        metrics: swap::record::metrics,
        stored_kwh: swap::record::stored_kwh,
        ..NOTHING
    },
];
