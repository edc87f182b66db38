//! Enums that rows hold, and the words that stand for them in tables.

use crate::vehicle::spec::Powertrain;

/// Makes a column of an enum that says its word.
macro_rules! word_cell {
    ($name:ty) => {
        impl crate::record::table::Cell for $name {
            const KIND: crate::record::table::ColumnKind = crate::record::table::ColumnKind::Text;
            fn fill(&self, _: &crate::record::names::Names, column: &mut crate::record::table::Column) {
                match column {
                    crate::record::table::Column::Text(builder) => builder.append_value(self.word()),
                    _ => unreachable!("columns are made of the same kinds as rows"),
                }
            }
        }
    };
}
pub(crate) use word_cell;

/// Declares an enum with a word for each variant, which columns of tables can hold.
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($variants:tt)* }) => {
        crate::kernel::words::worded! {
            $(#[$meta])*
            $vis enum $name { $($variants)* }
        }
        crate::record::words::word_cell!($name);
    };
}
pub(crate) use words;

word_cell!(Powertrain);

words! {
    /// A kind of vehicle. Rows are sorted in this order.
    pub enum VehicleKind {
        /// A piece of cargo-handling equipment.
        Equipment = "equipment",
        /// A truck.
        Truck = "truck",
        /// A vehicle that is not simulated and comes to charge.
        Visitor = "visitor",
    }
}

words! {
    /// What a haul moves.
    pub enum Container {
        /// A loaded container.
        Loaded = "loaded",
        /// An empty one.
        Empty = "empty",
    }
}

words! {
    /// How a haul ended.
    pub enum HaulState {
        /// The container was handed over.
        Completed = "completed",
        /// No truck took it in time.
        Lapsed = "lapsed",
        /// It was still waiting or under way when the run ended.
        Open = "open",
    }
}

words! {
    /// Why a vehicle left a charging port or its queue.
    pub enum Leave {
        /// It has what it came for.
        Done = "done",
        /// Its time was up while it charged.
        TimeUp = "time_up",
        /// Its time was up while it waited: it never charged.
        NeverServed = "never_served",
        /// The time it had to spare was up, whether it charged or waited.
        BreakOver = "break_over",
        /// No charging port at the site may ever serve it.
        NotAllowed = "not_allowed",
        /// Its cabinet broke: it waits again.
        Outage = "outage",
        /// It was still there when the run ended.
        Open = "open",
    }
}

words! {
    /// What a vessel does.
    pub enum VesselMode {
        /// It sails between the border of the inventory and the harbor.
        Transit = "transit",
        /// It sails in the harbor.
        Manoeuvring = "manoeuvring",
        /// It waits for a berth.
        Anchor = "anchor",
        /// It lies at berth.
        Berth = "berth",
    }
}

words! {
    /// What runs a vessel.
    pub enum BerthPower {
        /// Its own engines.
        Engines = "engines",
        /// Its own engines, whose exhaust is captured.
        Captured = "captured",
        /// Shore power.
        Shore = "shore_power",
    }
}

words! {
    /// Why a vehicle left a hydrogen station.
    pub enum FuelLeave {
        /// It has what it came for.
        Done = "done",
        /// Its time was up.
        TimeUp = "time_up",
        /// It waited longer than it would.
        GaveUp = "gave_up",
        /// There was not enough hydrogen.
        TurnedAway = "turned_away",
        /// The station is not for it, or there is none.
        NotAllowed = "not_allowed",
        /// Its dispenser broke: it waits again.
        Outage = "outage",
        /// It was still there when the run ended.
        Open = "open",
    }
}
