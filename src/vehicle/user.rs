//! Vehicles as chargers and stations know them, and which of them may use which.

use super::spec::{PUBLIC, VISITORS};
use crate::kernel::calendar::in_window;
use crate::kernel::ids::{FleetId, TruckId, UnitId};

/// A vehicle at a port, or in the queue for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vehicle {
    /// A simulated truck.
    Truck(TruckId),
    /// A simulated piece of equipment.
    Unit(UnitId),
    /// A vehicle from a list of visits (its row).
    Visitor(u32),
}

impl Vehicle {
    /// Its number among its kind.
    #[must_use]
    pub fn number(self) -> u32 {
        match self {
            Self::Truck(id) => id.0,
            Self::Unit(id) => id.0,
            Self::Visitor(row) => row,
        }
    }
}

/// On whose account a vehicle charges: decides which ports it may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum User {
    /// A truck of this fleet.
    Fleet(FleetId),
    /// A unit of this equipment model (position in the scenario's list).
    Model(u32),
    /// A visitor.
    Visitor,
}

/// Vehicles that may use a group of ports, and when it is kept for home fleets.
#[derive(Debug, Clone)]
pub struct Access {
    /// Every truck may.
    pub public: bool,
    /// Visitors may.
    pub visitors: bool,
    /// These fleets and models may.
    pub users: Vec<User>,
    /// Kept for home fleets from, to (seconds of the local day).
    pub reserved: Option<(u32, u32)>,
}

impl Access {
    /// May trucks of any fleet?
    #[must_use]
    pub fn is_for_trucks(&self) -> bool {
        self.public || self.users.iter().any(|user| matches!(user, User::Fleet(_)))
    }

    /// May this user ever plug in?
    #[must_use]
    pub fn allows(&self, user: User) -> bool {
        match user {
            User::Fleet(_) => self.public || self.users.contains(&user),
            User::Model(_) => self.users.contains(&user),
            User::Visitor => self.visitors || self.public,
        }
    }

    /// Is it kept for home fleets at this second of the local day?
    #[must_use]
    pub fn reserved_at(&self, second_of_day: u32) -> bool {
        self.reserved.is_some_and(|window| in_window(window, second_of_day))
    }
}

/// Access of a group of chargers or a hydrogen station as the scenario says it.
#[must_use]
pub fn access_of(
    users: &[String],
    fleet: impl Fn(&str) -> Option<FleetId>,
    model: impl Fn(&str) -> Option<u32>,
    window: Option<(u32, u32)>,
) -> Access {
    let mut access = Access { public: false, visitors: false, users: Vec::new(), reserved: window };
    for user in users {
        match user.as_str() {
            PUBLIC => access.public = true,
            VISITORS => access.visitors = true,
            name => access.users.extend(fleet(name).map(User::Fleet).or_else(|| model(name).map(User::Model))),
        }
    }
    access
}
