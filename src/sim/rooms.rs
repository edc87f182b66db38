//! The rooms of a run: what each brings, one entry a room. A new technology is its folder and a line here.

use crate::kernel::calendar::Calendar;
use crate::kernel::stage::Register;
use crate::place::build::Build;
use crate::record::audit::{Findings, Told};
use crate::record::hydrogen::{HydrogenRow, PlantRow, RefuelRow};
use crate::record::kept::Table;
use crate::record::metrics::Metric;
use crate::record::names::Names;
use crate::record::rows::{
    CallRow, EquipmentRow, FuelRow, HaulRow, IdlingRow, NodeRow, PowerRow, SessionRow, VesselRow,
};
use crate::record::summary::Summary;
use crate::scenario::Scenario;
use crate::scenario::checker::Checker;
use crate::scenario::loaded::Levels;
use crate::vehicle::on_board::Content;
use crate::vehicle::user::Vehicle;
use crate::{charging, freight, grid, hydrogen, industry, swap, terminal, truck, yard};
use bevy_ecs::prelude::World;

/// What a room brings to a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    /// Says what no schema can see about its tables of a scenario; the calendar is there where the dates allow one.
    pub(crate) check: fn(&Scenario, Option<&Calendar>, &mut Checker<'_>),
    /// Has a scenario anything for it? The systems of rooms that are not used do not run.
    pub(crate) is_used: fn(&Scenario) -> bool,
    /// Adds its systems to the tick.
    pub(crate) register: fn(&mut Register<'_>),
    /// Puts its state into a world; called whether it is used or not, in the order of the list.
    pub(crate) add: fn(&mut Build<'_>),
    /// Puts first events on its agenda, when all rooms are there.
    pub(crate) start: fn(&mut World),
    /// Tables that it writes.
    pub(crate) tables: &'static [Table],
    /// When a warm-up ends, at this second: takes back from what is measured what its open rows had before.
    pub(crate) warmed_up: fn(&mut World, u32, &mut Summary),
    /// Writes rows for what is still open at the end of the run, at this second.
    pub(crate) close: fn(&mut World, u32),
    /// Metrics that its tables do not give, at the end of the run.
    pub(crate) metrics: fn(&World, &Names) -> Vec<Metric>,
    /// Batteries and tanks that it holds, with their vehicles: each is with one room at a time.
    pub(crate) on_board: fn(&World) -> Vec<(Vehicle, Content)>,
    /// Energy in batteries that it holds and that belong to no vehicle, or to one that is with a service, kWh.
    pub(crate) stored_kwh: fn(&World) -> f64,
    /// Battery energy, kWh, and hydrogen, kg, that its vehicles used and no row tells yet.
    pub(crate) used_so_far: fn(&World) -> (f64, f64),
    /// Its vehicles that work, each with its owner and model.
    pub(crate) kinds: fn(&World) -> Vec<(Vehicle, String)>,
    /// How full its storages are.
    pub(crate) levels: fn(&World, &mut Levels),
    /// The second before which none of its systems that look at each tick has anything to do; those of control intervals come
    /// by themselves. Now or before: in the next tick.
    pub(crate) next_due_s: fn(&World) -> u32,
    /// Things on its agenda that came due.
    pub(crate) events: fn(&World) -> u64,
    /// Compares its state at the end of a run with the tables, and reports differences.
    pub(crate) audit: fn(&World, &Told<'_>, &mut Findings),
}

/// A room that does nothing.
const NOTHING: Room = Room {
    check: |_, _, _| {},
    is_used: |_| true,
    register: |_| {},
    add: |_| {},
    start: |_| {},
    tables: &[],
    warmed_up: |_, _, _| {},
    close: |_, _| {},
    metrics: |_, _| Vec::new(),
    on_board: |_| Vec::new(),
    stored_kwh: |_| 0.0,
    used_so_far: |_| (0.0, 0.0),
    kinds: |_| Vec::new(),
    levels: |_, _| {},
    next_due_s: |_| u32::MAX,
    events: |_| 0,
    audit: |_, _, _| {},
};

/// Does a scenario say what vessels burn?
fn has_vessels(scenario: &Scenario) -> bool {
    scenario.freight.as_ref().is_some_and(|freight| freight.vessels.is_some())
}

/// All rooms. What they add to a world goes by this order (the tree of limits ends at charging ports, stations are filled
/// after vehicles); when their systems run is said by the steps of the tick alone.
pub(crate) const ROOMS: [Room; 9] = [
    Room {
        check: grid::check::check,
        register: grid::register,
        tables: &[Table::of::<PowerRow>(), Table::of::<NodeRow>()],
        metrics: grid::record::metrics,
        audit: grid::audit::audit,
        ..NOTHING
    },
    Room {
        check: |scenario, _, checker| charging::check::check(scenario, checker),
        register: charging::register,
        add: charging::build::add,
        tables: &[Table::of::<SessionRow>()],
        warmed_up: charging::record::warmed_up,
        close: charging::record::close,
        metrics: charging::lots::metrics,
        on_board: charging::record::on_board,
        audit: charging::audit::audit,
        next_due_s: charging::systems::next_due_s,
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
        next_due_s: freight::systems::next_due_s,
        ..NOTHING
    },
    Room {
        check: |scenario, _, checker| terminal::check::check(scenario, checker),
        is_used: |scenario| !scenario.terminal.is_empty(),
        register: terminal::register,
        add: terminal::build::add,
        tables: &[Table::of::<EquipmentRow>()],
        on_board: terminal::record::on_board,
        stored_kwh: |world| world.resource::<terminal::state::ServiceRoutes>().stored_kwh(),
        used_so_far: terminal::record::used_so_far,
        kinds: terminal::record::kinds,
        ..NOTHING
    },
    Room {
        check: |scenario, _, checker| yard::check::check(scenario, checker),
        is_used: |scenario| scenario.terminal.values().any(|terminal| terminal.plan.is_some()),
        register: yard::systems::register,
        add: yard::build::add,
        metrics: yard::record::metrics,
        audit: yard::audit::audit,
        next_due_s: yard::systems::next_due_s,
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
        warmed_up: truck::record::warmed_up,
        close: truck::record::close,
        on_board: truck::record::on_board,
        used_so_far: truck::record::used_so_far,
        kinds: truck::record::kinds,
        audit: truck::audit::audit,
        next_due_s: truck::systems::next_due_s,
        events: |world| world.resource::<truck::state::TruckAgenda>().handled(),
        ..NOTHING
    },
    Room {
        check: |scenario, _, checker| hydrogen::check::check(scenario, checker),
        is_used: |scenario| !scenario.hydrogen.is_empty(),
        register: hydrogen::register,
        add: hydrogen::build::add,
        tables: &[Table::of::<RefuelRow>(), Table::of::<HydrogenRow>(), Table::of::<PlantRow>()],
        warmed_up: hydrogen::record::warmed_up,
        close: hydrogen::record::close,
        on_board: hydrogen::record::on_board,
        levels: hydrogen::record::levels,
        audit: hydrogen::audit::audit,
        next_due_s: hydrogen::systems::next_due_s,
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
        audit: swap::audit::audit,
        next_due_s: swap::systems::next_due_s,
        ..NOTHING
    },
    // Its years run in the transition: see `transition::rooms`.
    Room { check: |scenario, _, checker| industry::check::check(scenario, checker), ..NOTHING },
];
