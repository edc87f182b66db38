//! Which truck takes which haul, and which truck charges or fuels where.

use crate::view::{export, policy, view};
use std::cell::OnceCell;

#[cfg(target_arch = "wasm32")]
use crate::bindings::portvolt::policy::dispatch_view as host;

policy! {
    /// A dispatch policy. Export it with `portvolt_guest::export_dispatch!(MyPolicy);`.
}

view! {
    /// What a dispatch policy sees: see `plugins/wit/policy.wit` for what each column says.
    values {
        /// Now, seconds since the start of the run.
        time_s;
        /// Local hour of the day, 0 to 23.
        hour;
    }
    each {
        /// Identity, for orders.
        truck_id: u32;
        /// Fleet.
        truck_fleet: u32;
        /// Where it stands.
        truck_site: u32;
        /// 1 on duty, 0 off duty.
        truck_on_duty: u8;
        /// Home site, or NONE.
        truck_home: u32;
        /// What it refills: 0 nothing, 1 battery, 2 hydrogen.
        truck_carrier: u8;
        /// State of charge, or level of the hydrogen tank; 1 without either.
        truck_soc: f64;
        /// Energy on board; infinite without a battery or a hydrogen tank.
        truck_energy_kwh: f64;
        /// Usable energy; 0 without a battery or a hydrogen tank.
        truck_usable_kwh: f64;
        /// Use per freeway km without a container.
        truck_bobtail_kwh_per_km: f64;
        /// Use per freeway km with an empty container.
        truck_empty_kwh_per_km: f64;
        /// Use per freeway km with a loaded container.
        truck_loaded_kwh_per_km: f64;
        /// End of its shift.
        truck_shift_end_s: u32;
        /// Time at the wheel that the driver has left.
        truck_driving_left_s: u32;
        /// Identity, for orders.
        haul_id: u32;
        /// Site where it starts.
        haul_origin: u32;
        /// Site where it goes.
        haul_destination: u32;
        /// From when it can be taken.
        haul_ready_s: u32;
        /// When it should have arrived.
        haul_due_s: u32;
        /// 1 loaded container, 0 empty container.
        haul_loaded: u8;
        /// The fleet that must carry it, or NONE.
        haul_fleet: u32;
        /// Ports that trucks may use.
        site_ports: u32;
        /// Of them taken.
        site_ports_taken: u32;
        /// Vehicles that wait for one.
        site_queue: u32;
        /// Mean time of a truck at the place for one container.
        site_stay_s: u32;
        /// Positions of its hydrogen station.
        site_h2_positions: u32;
        /// Of them taken.
        site_h2_taken: u32;
        /// Vehicles that wait for one.
        site_h2_queue: u32;
        /// Hydrogen that is promised to nobody, kg.
        site_h2_free_kg: f64;
    }
    once {
        /// Road distance of each pair of sites, row by row.
        pair_km: f64;
        /// Distance in freeway km that cost the same energy.
        pair_energy_km: f64;
        /// Fleet of each pair of fleet and site where it may charge, ascending.
        fleet_charging_fleet: u32;
        /// Site of the same pair.
        fleet_charging_site: u32;
        /// Fleet of each pair of fleet and site where it may fuel, ascending.
        fleet_fueling_fleet: u32;
        /// Site of the same pair.
        fleet_fueling_site: u32;
    }
    extra: Extra;
}

/// What depends on an hour, and the longest trip.
#[derive(Debug, Default)]
struct Extra {
    drive_s: [OnceCell<Vec<u32>>; 24],
    longest_drive_s: OnceCell<u32>,
}

impl View {
    /// How many sites there are.
    pub fn sites(&self) -> usize {
        self.site_ports().len()
    }

    /// Entry of a pair of sites in the columns of pairs.
    pub fn pair(&self, from: u32, to: u32) -> usize {
        from as usize * self.sites() + to as usize
    }

    /// Time of each pair's trip when it starts in this hour of the day.
    pub fn pair_drive_s(&self, hour: u32) -> &[u32] {
        self.extra.drive_s[hour as usize].get_or_init(|| {
            #[cfg(target_arch = "wasm32")]
            return host::pair_drive_s(hour);
            #[cfg(not(target_arch = "wasm32"))]
            vec![0; self.pair_km().len()]
        })
    }

    /// The longest trip at the slowest hour.
    pub fn longest_drive_s(&self) -> u32 {
        *self.extra.longest_drive_s.get_or_init(|| {
            #[cfg(target_arch = "wasm32")]
            return host::longest_drive_s();
            #[cfg(not(target_arch = "wasm32"))]
            0
        })
    }

    /// Sites where a fleet may charge, ascending.
    pub fn charging_sites(&self, fleet: u32) -> &[u32] {
        let fleets = self.fleet_charging_fleet();
        let (from, to) = (fleets.partition_point(|at| *at < fleet), fleets.partition_point(|at| *at <= fleet));
        &self.fleet_charging_site()[from..to]
    }

    /// Sites where a fleet may fuel hydrogen, ascending.
    pub fn fueling_sites(&self, fleet: u32) -> &[u32] {
        let fleets = self.fleet_fueling_fleet();
        let (from, to) = (fleets.partition_point(|at| *at < fleet), fleets.partition_point(|at| *at <= fleet));
        &self.fleet_fueling_site()[from..to]
    }
}

impl TestView {
    /// Time of each pair's trip, the same at every hour.
    pub fn pair_drive_s(self, column: &[u32]) -> Self {
        for hour in &self.0.extra.drive_s {
            hour.set(column.to_vec()).expect("given once");
        }
        self
    }

    /// The longest trip at the slowest hour.
    pub fn longest_drive_s(self, value: u32) -> Self {
        self.0.extra.longest_drive_s.set(value).expect("given once");
        self
    }
}

/// Orders of one decision.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Orders {
    /// Trucks that take hauls, and these hauls.
    pub assign: (Vec<u32>, Vec<u32>),
    /// Trucks that charge, where, and up to which state of charge.
    pub charge: (Vec<u32>, Vec<u32>, Vec<f64>),
}

impl Orders {
    /// The truck takes the haul.
    pub fn assign(&mut self, truck_id: u32, haul_id: u32) {
        self.assign.0.push(truck_id);
        self.assign.1.push(haul_id);
    }

    /// The truck goes to charge at the site and leaves with this state of charge.
    pub fn charge(&mut self, truck_id: u32, site: u32, to_soc: f64) {
        self.charge.0.push(truck_id);
        self.charge.1.push(site);
        self.charge.2.push(to_soc);
    }

    #[doc(hidden)]
    #[cfg(target_arch = "wasm32")]
    pub fn hand_over(&self) {
        use crate::bindings::portvolt::policy::dispatch_orders as orders;
        if !self.assign.0.is_empty() {
            orders::assign(&self.assign.0, &self.assign.1);
        }
        if !self.charge.0.is_empty() {
            orders::charge(&self.charge.0, &self.charge.1, &self.charge.2);
        }
    }
}

export!(export_dispatch, dispatch);
