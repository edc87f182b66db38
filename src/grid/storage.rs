//! A stationary battery: what it can do in an interval, what it wishes to do, how it ages. Its methods are
//! pure functions of it.

use super::spec::{StorageRule, StorageSpec};
use crate::kernel::units::{Hours, Kw, Kwh, MEAN_YEAR_H};
use bevy_ecs::prelude::Component;

/// A stationary battery. Power is positive when it charges, grid side.
#[derive(Component, Debug, Clone)]
pub(crate) struct Storage {
    /// Its key in the scenario.
    key: String,
    spec: StorageSpec,
    /// Energy stored.
    energy: Kwh,
    /// Usable energy now.
    capacity: Kwh,
    charged: Kwh,
    discharged: Kwh,
    /// Stored when the run began.
    opening: Kwh,
    /// Lost because what it can hold became less.
    faded: Kwh,
}

impl Storage {
    /// As the run begins.
    pub(super) fn new(key: String, spec: StorageSpec) -> Self {
        let capacity = Kwh(spec.energy_kwh);
        let opening = capacity * spec.first_soc;
        let (charged, discharged, faded) = (Kwh::ZERO, Kwh::ZERO, Kwh::ZERO);
        Self { key, energy: opening, capacity, spec, charged, discharged, opening, faded }
    }

    /// Does from now on what another one does, with what it is and holds.
    pub(super) fn follow(&mut self, other: &Self) {
        let StorageSpec { rule, cap_kw, reserve_soc, .. } = other.spec;
        (self.spec.rule, self.spec.cap_kw, self.spec.reserve_soc) = (rule, cap_kw, reserve_soc);
    }

    /// Its key in the scenario.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Energy charged so far, grid side.
    pub(super) fn charged(&self) -> Kwh {
        self.charged
    }

    /// Energy discharged so far, grid side.
    pub(super) fn discharged(&self) -> Kwh {
        self.discharged
    }

    /// Energy stored.
    pub(super) fn energy(&self) -> Kwh {
        self.energy
    }

    /// Energy at its terminals that charges an empty one as full as this one is.
    pub(super) fn refill(&self) -> Kwh {
        self.energy / self.one_way()
    }

    /// Energy stored when the run began.
    pub(super) fn opening(&self) -> Kwh {
        self.opening
    }

    /// Energy lost because what it can hold became less.
    pub(super) fn faded(&self) -> Kwh {
        self.faded
    }

    /// Energy that came into its cells and went out of them, by what was charged and discharged at its terminals.
    pub(super) fn through_cells(&self) -> (Kwh, Kwh) {
        (self.charged * self.one_way(), self.discharged / self.one_way())
    }

    /// Energy stored over usable energy.
    pub(super) fn soc(&self) -> f64 {
        if self.capacity > Kwh::ZERO { self.energy / self.capacity } else { self.energy.0 }
    }

    /// Usable energy over that when new.
    pub(super) fn health(&self) -> f64 {
        self.capacity.0 / self.spec.energy_kwh
    }

    /// Energy that leaves or enters the cells over that at the terminals, one way.
    fn one_way(&self) -> f64 {
        self.spec.round_trip.sqrt()
    }

    /// Most mean power that it can give over a time.
    pub(super) fn can_give(&self, time: Hours) -> Kw {
        let above_reserve = (self.energy - self.capacity * self.spec.reserve_soc).max(Kwh::ZERO);
        Kw(self.spec.power_kw).min(above_reserve * self.one_way() / time)
    }

    /// Most mean power that it can take over a time.
    pub(super) fn can_take(&self, time: Hours) -> Kw {
        let room = (self.capacity - self.energy).max(Kwh::ZERO);
        Kw(self.spec.power_kw).min(room / self.one_way() / time)
    }

    /// What its rule asks for, given the site's net load without it and the prices from now on.
    pub(super) fn wish(&self, net: Kw, prices: &[f64]) -> Kw {
        let power = Kw(self.spec.power_kw);
        match self.spec.rule {
            StorageRule::Support => power,
            StorageRule::PeakShave => Kw(self.spec.cap_kw.unwrap_or(f64::INFINITY)) - net,
            StorageRule::SolarSelfUse => net * -1.0,
            StorageRule::Price => power * price_sign(prices, self.spec.round_trip),
        }
    }

    /// What it does in an interval: its wish, as far as it can, as far as limits leave `room` above the net load, and at
    /// least `must_give` where a limit would be passed. It feeds nothing into the grid beyond `export`.
    pub(super) fn power(&self, net: Kw, prices: &[f64], room: Kw, must_give: Kw, export: Kw, time: Hours) -> Kw {
        let wish = self.wish(net, prices).min(self.can_take(time)).max(self.can_give(time) * -1.0);
        let most_out = (net + export).max(Kw::ZERO).max(must_give);
        let wish = wish.min(room.max(Kw::ZERO)).max(most_out * -1.0);
        if must_give > Kw::ZERO { wish.min(must_give.min(self.can_give(time)) * -1.0) } else { wish }
    }

    /// Runs an interval and ages: by throughput, and by time.
    pub(super) fn run(&mut self, power: Kw, time: Hours) {
        if power > Kw::ZERO {
            let taken = power * time;
            self.charged += taken;
            self.energy = (self.energy + taken * self.one_way()).min(self.capacity);
        } else {
            let given = power * time * -1.0;
            self.discharged += given;
            self.energy = (self.energy - given / self.one_way()).max(Kwh::ZERO);
        }
        let cycles = (power * time).0.abs() / 2.0 / self.spec.energy_kwh;
        let lost = cycles * self.spec.loss_per_cycle + time.0 / MEAN_YEAR_H * self.spec.loss_per_year;
        self.capacity = (self.capacity - Kwh(lost * self.spec.energy_kwh)).max(Kwh::ZERO);
        self.faded += (self.energy - self.capacity).max(Kwh::ZERO);
        self.energy = self.energy.min(self.capacity);
    }

    /// Adds to what it stores, and to what it counts as charged, for tests that break a run on purpose.
    #[cfg(test)]
    pub(super) fn tamper(&mut self, stored: Kwh, charged: Kwh) {
        self.energy += stored;
        self.charged += charged;
    }
}

/// 1 where energy is cheap now, -1 where it is dear, 0 between: the cheapest price of the horizon and the cheapest third of
/// its intervals are cheap, the highest price and the most expensive third are dear. Where half of the intervals have one price the
/// thirds say nothing and the least and the highest price decide. What the losses cost must be earned: no energy is taken
/// whose price exceeds the highest price times `round_trip`, and none given for less than the least price over it.
fn price_sign(prices: &[f64], round_trip: f64) -> f64 {
    let Some(now) = prices.first() else { return 0.0 };
    let (least, most) = prices
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), price| (least.min(*price), most.max(*price)));
    let cheaper = prices.iter().filter(|price| *price < now).count();
    let dearer = prices.iter().filter(|price| *price > now).count();
    let all = prices.len();
    let is_cheap = cheaper == 0 || (cheaper * 3 < all && dearer * 3 > all);
    let is_dear = dearer == 0 || (dearer * 3 < all && cheaper * 3 > all);
    match (is_cheap, is_dear) {
        (true, false) if *now < most * round_trip => 1.0,
        (false, true) if *now * round_trip > least => -1.0,
        _ => 0.0,
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the numbers are chosen to be exact")]
mod tests {
    use super::*;

    fn storage(extra: &serde_json::Value) -> Storage {
        let mut spec = serde_json::json!({
            "site": "x", "energy_kwh": 400.0, "power_kw": 100.0, "round_trip": 0.81, "reserve_soc": 0.1
        });
        for (key, value) in extra.as_object().unwrap() {
            spec[key] = value.clone();
        }
        Storage::new("x".to_owned(), serde_json::from_value(spec).unwrap())
    }

    /// 200 of 400 kWh, 40 in reserve, 0.9 each way: an hour can give 100 kW (power), four hours 160 x 0.9 / 4 = 36 kW,
    /// or take 200 / 0.9 / 4 = 55.6 kW. Giving 90 kWh takes 100 from the cells; taking 100 adds 90.
    #[test]
    fn energy_by_hand() {
        let mut storage = storage(&serde_json::json!({}));
        assert_eq!(storage.can_give(Hours(1.0)), Kw(100.0));
        assert!((storage.can_give(Hours(4.0)).0 - 36.0).abs() < 1e-9);
        assert!((storage.can_take(Hours(4.0)).0 - 55.555_555).abs() < 1e-5);
        storage.run(Kw(-90.0), Hours(1.0));
        assert!((storage.energy.0 - 100.0).abs() < 1e-9);
        storage.run(Kw(100.0), Hours(1.0));
        assert!((storage.energy.0 - 190.0).abs() < 1e-9);
    }

    #[test]
    fn rules_by_hand() {
        let shave = storage(&serde_json::json!({ "rule": "peak_shave", "cap_kw": 150.0 }));
        let hour = Hours(1.0);
        let power = |storage: &Storage, net: f64, room: f64, must: f64| {
            storage.power(Kw(net), &[], Kw(room), Kw(must), Kw::ZERO, hour).0
        };
        assert_eq!(power(&shave, 180.0, 1000.0, 0.0), -30.0, "gives what is above the cap");
        assert_eq!(power(&shave, 90.0, 1000.0, 0.0), 60.0, "fills up below it");
        assert_eq!(power(&shave, 90.0, 20.0, 0.0), 20.0, "but not beyond a limit");
        assert_eq!(power(&shave, 100.0, 0.0, 80.0), -80.0, "a limit counts more than the rule");
        let sun = storage(&serde_json::json!({ "rule": "solar_self_use" }));
        assert_eq!(power(&sun, -50.0, 1000.0, 0.0), 50.0);
        assert_eq!(power(&sun, 30.0, 1000.0, 0.0), -30.0);
        let price = storage(&serde_json::json!({ "rule": "price" }));
        let at = |prices: &[f64], net: f64| price.power(Kw(net), prices, Kw(1e9), Kw::ZERO, Kw::ZERO, hour).0;
        assert_eq!(at(&[0.1, 0.3, 0.5], 0.0), 100.0);
        assert_eq!(at(&[0.5, 0.3, 0.1], 70.0), -70.0, "nothing is fed back without a permit");
        assert_eq!(at(&[0.3, 0.3, 0.3], 70.0), 0.0);
    }

    /// Two prices of a summer day, five hours of them dear: none is a third of the day. A price between two others waits,
    /// unless its third is that of the dear. A difference that the losses (0.81) eat moves nothing.
    #[test]
    fn prices_of_any_number_of_steps() {
        let price = storage(&serde_json::json!({ "rule": "price" }));
        let at = |prices: &[f64]| price.wish(Kw::ZERO, prices).0;
        let day = |now: f64, dear: usize| [vec![now], vec![0.5; dear], vec![0.2; 23 - dear]].concat();
        assert_eq!((at(&day(0.2, 5)), at(&day(0.5, 4))), (100.0, -100.0));
        assert_eq!((at(&day(0.2, 19)), at(&day(0.5, 19))), (100.0, -100.0), "five cheap hours");
        // Eight hours at 0.1, eleven at 0.2, five at 0.4.
        let winter = |now: f64| [vec![now], vec![0.1; 8], vec![0.2; 10], vec![0.4; 5]].concat();
        assert_eq!((at(&winter(0.1)), at(&winter(0.2)), at(&winter(0.4))), (100.0, 0.0, -100.0));
        assert_eq!((at(&[0.3, 0.33]), at(&[0.33, 0.3])), (0.0, 0.0));
    }

    /// One full cycle (400 kWh in, 400 out at the terminals) at 0.02 % and a year at 1 % of 400 kWh.
    #[test]
    fn ageing_by_hand() {
        let mut storage =
            storage(&serde_json::json!({ "loss_per_cycle": 0.0002, "loss_per_year": 0.01, "first_soc": 0.0 }));
        storage.run(Kw(400.0), Hours(1.0));
        storage.run(Kw(-400.0), Hours(1.0));
        storage.run(Kw(0.0), Hours(MEAN_YEAR_H - 2.0));
        assert!((storage.health() - (1.0 - 0.0002 - 0.01)).abs() < 1e-9, "{}", storage.health());
    }
}
