//! Our own identities: dense, stable, in the order of the scenario's keys. Never an `Entity`.

use bevy_ecs::prelude::{Component, Entity, Query, Resource, World};
use bevy_ecs::query::{QueryData, QueryFilter, ROQueryItem};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
            #[cfg_attr(private_rooms, allow(dead_code, reason = "not every kind is made from a row"))]
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
    /// A container terminal.
    TerminalId,
    /// A charging lot of a terminal's plan.
    LotId,
    /// A yard where batteries are swapped.
    SwapYardId,
    /// A hydrogen station.
    StationId,
    /// A plant that feeds hydrogen pipelines.
    PlantId,
    /// A node of the tree of limits: sites first, then cabinets.
    NodeId,
}

/// Entities of one kind in the order of their own ids.
#[derive(Resource, Debug)]
pub struct Roster<T: Send + Sync + 'static> {
    entities: Vec<Entity>,
    kind: core::marker::PhantomData<T>,
}

#[cfg_attr(private_rooms, allow(dead_code, reason = "tests walk it; what has a length can be empty"))]
impl<T: Send + Sync + 'static> Roster<T> {
    /// From pairs of index and entity, in any order.
    ///
    /// # Panics
    /// When ids are not dense: an entity would stand for another one.
    #[must_use]
    pub fn new(mut pairs: Vec<(usize, Entity)>) -> Self {
        pairs.sort_by_key(|pair| pair.0);
        assert!(pairs.iter().enumerate().all(|(at, pair)| at == pair.0), "ids are dense");
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

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// What a query says of one.
    ///
    /// # Panics
    /// When the entity lacks what the query asks for: all of a roster are of one kind, so that is a fault of the program.
    #[must_use]
    pub fn get<'q, 's, D: QueryData, F: QueryFilter>(
        &self,
        query: &'q Query<'_, 's, D, F>,
        index: usize,
    ) -> ROQueryItem<'q, 's, D> {
        query.get(self.entities[index]).expect("what a roster lists has the components of its kind")
    }

    /// What a query says of one, to change it.
    ///
    /// # Panics
    /// As [`Self::get`].
    #[must_use]
    pub fn get_mut<'q, 's, D: QueryData, F: QueryFilter>(
        &self,
        query: &'q mut Query<'_, 's, D, F>,
        index: usize,
    ) -> D::Item<'q, 's> {
        query.get_mut(self.entities[index]).expect("what a roster lists has the components of its kind")
    }

    /// One component of all, in id order, for code that is no system.
    ///
    /// # Panics
    /// As [`Self::get`].
    pub fn components<'w, C: Component>(&'w self, world: &'w World) -> impl Iterator<Item = &'w C> {
        let get =
            |entity: &Entity| world.get::<C>(*entity).expect("what a roster lists has the components of its kind");
        self.entities.iter().map(get)
    }

    /// What a query says of all, in id order.
    ///
    /// # Panics
    /// As [`Self::get`].
    pub fn iter<'q, 's, D: QueryData, F: QueryFilter>(
        &'q self,
        query: &'q Query<'_, 's, D, F>,
    ) -> impl Iterator<Item = ROQueryItem<'q, 's, D>> {
        self.entities
            .iter()
            .map(|entity| query.get(*entity).expect("what a roster lists has the components of its kind"))
    }
}

/// Which of a kind stands at each site, for kinds of which a site has at most one. It never changes in a run.
#[derive(Resource, Debug, Clone)]
pub struct AtSite<I: Send + Sync + 'static>(Vec<Option<I>>);

impl<I: Copy + Send + Sync + 'static> AtSite<I> {
    /// Of so many sites these have one.
    #[must_use]
    pub fn new(sites: usize, pairs: impl IntoIterator<Item = (SiteId, I)>) -> Self {
        let mut at = vec![None; sites];
        for (site, id) in pairs {
            at[site.index()] = Some(id);
        }
        Self(at)
    }

    /// The one at a site.
    #[must_use]
    pub fn get(&self, site: SiteId) -> Option<I> {
        self.0[site.index()]
    }
}
