//! Our own identities: dense, stable, in the order of the scenario's keys. Never an `Entity`.

use bevy_ecs::prelude::{Component, Entity, Resource};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Component, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[component(immutable)]
        pub struct $name(pub u32);

        impl $name {
            /// Position in a dense table.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            /// The identity of the `index`-th row of a dense table.
            ///
            /// # Panics
            /// With more than 2^32 rows, which no scenario may have.
            #[must_use]
            pub fn at(index: usize) -> Self {
                Self(u32::try_from(index).expect("fewer than 2^32 of anything"))
            }
        }
    )* };
}

id! {
    /// A place with coordinates and a grid connection.
    SiteId,
    /// Vehicles under one operator.
    FleetId,
    /// A drayage tractor.
    TruckId,
    /// A piece of cargo-handling equipment.
    UnitId,
    /// A visit of a list: its row in the order of arrival.
    VisitId,
    /// The equipment of one class at one terminal.
    PoolId,
    /// A power cabinet.
    CabinetId,
    /// One plug of a cabinet.
    PortId,
    /// A hydrogen station.
    StationId,
    /// A plant that feeds hydrogen pipelines.
    HubId,
    /// A node of the tree of limits: sites first, then cabinets.
    NodeId,
}

/// Entities of one kind in the order of their own ids.
#[derive(Resource, Debug)]
pub struct Roster<T: Send + Sync + 'static> {
    entities: Vec<Entity>,
    kind: core::marker::PhantomData<T>,
}

impl<T: Send + Sync + 'static> Roster<T> {
    /// From pairs of index and entity, in any order.
    #[must_use]
    pub fn new(mut pairs: Vec<(usize, Entity)>) -> Self {
        pairs.sort_by_key(|pair| pair.0);
        debug_assert!(pairs.iter().enumerate().all(|(at, pair)| at == pair.0), "ids are dense");
        Self { entities: pairs.into_iter().map(|pair| pair.1).collect(), kind: core::marker::PhantomData }
    }

    /// The entity with this index.
    #[must_use]
    pub fn entity(&self, index: usize) -> Entity {
        self.entities[index]
    }

    /// All, in id order.
    #[must_use]
    pub fn all(&self) -> &[Entity] {
        &self.entities
    }
}
