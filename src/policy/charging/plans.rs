//! Policies that look ahead: to departure, to prices, to the site's load and sun.

use super::info::{ChargingInfo, Knows};
use super::view::ChargingView;
use crate::kernel::units::{Kw, Kwh};
use crate::policy::decide::{Decide, Policy};
use crate::policy::kind::Charging;
use crate::policy::parameter::Parameter;
use crate::scenario::loaded::Schedule;

pub(super) const POLICIES: &[ChargingInfo] = &[
    ChargingInfo {
        name: "balanced",
        label: "Evenly until departure",
        about: "evenly until departure; where a limit binds, the lowest vehicle number first",
        knows: &[Knows::Departure, Knows::Need, Knows::Vehicle],
        discharges: false,
        parameters: &[],
        make: |_, _| Box::new(Balanced),
    },
    ChargingInfo {
        name: "peak_cap",
        label: "Peak shaving",
        about: "keeps each site under a cap (0: the lowest that has been enough so far), least laxity first; \
                sessions that would leave below their target pass the cap",
        knows: &[Knows::Departure, Knows::Need, Knows::Load, Knows::Solar],
        discharges: true,
        parameters: &[Parameter::new("cap_kw", 0.0, (0.0, 1e6))],
        make: |values, _| Box::new(PeakCap { cap: Kw(values[0]), enough: Vec::new() }),
    },
    ChargingInfo {
        name: "price_aware",
        label: "Cheapest hours",
        about: "the cheapest intervals before departure that still meet the need; V2G export where the price falls \
                by more than `sell_spread_usd_per_kwh` in time to recharge",
        knows: &[Knows::Departure, Knows::Need, Knows::Prices],
        discharges: true,
        parameters: &[
            Parameter::new("margin", 0.2, (0.0, 0.9)),
            Parameter::new("sell_spread_usd_per_kwh", 0.15, (0.0, 100.0)),
        ],
        make: |values, _| Box::new(PriceAware { margin: values[0], spread: values[1] }),
    },
    ChargingInfo {
        name: "solar_first",
        label: "Solar power first",
        about: "shares solar power that the site does not use; sessions that would leave below their target take the \
                rest from the grid",
        knows: &[Knows::Departure, Knows::Need, Knows::Load, Knows::Solar],
        discharges: false,
        parameters: &[],
        make: |_, _| Box::new(SolarFirst),
    },
    ChargingInfo {
        name: "schedule",
        label: "Plan from a file",
        about: "keeps charging at each site under the power that a CSV file gives, earliest deadline first",
        knows: &[Knows::Departure],
        discharges: false,
        parameters: &[],
        make: |_, schedule| Box::new(Scheduled(schedule.cloned().unwrap_or_default())),
    },
    ChargingInfo {
        name: "target_soc_by_duty",
        label: "Next duty first",
        about: "first the energy of each vehicle's next duty, earliest deadline first; then the rest",
        knows: &[Knows::Departure, Knows::Need, Knows::Duty],
        discharges: false,
        parameters: &[],
        make: |_, _| Box::new(ByDuty),
    },
];

struct Balanced;

impl Policy for Balanced {
    fn name(&self) -> &'static str {
        "balanced"
    }
}

impl Decide<Charging> for Balanced {
    fn decide(&mut self, view: &ChargingView<'_>) -> Result<Vec<Kw>, String> {
        let even: Vec<Kw> = (0..view.sessions.len()).map(|row| view.even_kw(row)).collect();
        Ok(view.served_by(&even, |row| f64::from(view.sessions.vehicle[row])))
    }
}

/// Power that each site may still use for charging.
struct Allowance(Vec<Kw>);

impl Allowance {
    fn of(&mut self, view: &ChargingView<'_>, row: usize) -> &mut Kw {
        &mut self.0[view.sessions.site[row] as usize]
    }
}

/// Serves rows in their order within the limits: each with what it wants of what its site has left of the allowance.
fn within(
    view: &ChargingView<'_>,
    allowance: &mut Allowance,
    rows: impl Iterator<Item = usize>,
    want: impl Fn(usize, Kw) -> Kw,
) -> Vec<Kw> {
    let mut filling = view.filling();
    let mut plan = vec![Kw::ZERO; view.sessions.len()];
    for row in rows {
        let left = allowance.of(view, row);
        let given = filling.give(view.sessions.node[row], want(row, left.max(Kw::ZERO)));
        *left -= given;
        plan[row] += given;
    }
    plan
}

struct PeakCap {
    cap: Kw,
    /// The lowest cap of each site that has been enough so far.
    enough: Vec<Kw>,
}

impl PeakCap {
    /// Power that each site may use for charging; below zero when its other load alone passes the cap.
    fn allowance(&mut self, view: &ChargingView<'_>) -> Allowance {
        let sites = view.sites;
        let mut need: Vec<Kw> = sites.load_kw().iter().zip(sites.solar_kw()).map(|(load, sun)| *load - *sun).collect();
        let other = need.clone();
        for row in 0..view.sessions.len() {
            need[view.sessions.site[row] as usize] += view.even_kw(row);
        }
        self.enough.resize(need.len(), Kw::ZERO);
        for (enough, need) in self.enough.iter_mut().zip(need) {
            *enough = if self.cap > Kw::ZERO { self.cap } else { enough.max(need) };
        }
        Allowance(self.enough.iter().zip(other).map(|(cap, other)| *cap - other).collect())
    }
}

impl Policy for PeakCap {
    fn name(&self) -> &'static str {
        "peak_cap"
    }
}

impl Decide<Charging> for PeakCap {
    fn decide(&mut self, view: &ChargingView<'_>) -> Result<Vec<Kw>, String> {
        let sessions = view.sessions;
        let mut allowance = self.allowance(view);
        let want = |row: usize, left: Kw| {
            let must = view.laxity(row) < 1.0;
            if must { sessions.ask_kw[row] } else { sessions.ask_kw[row].min(left) }
        };
        let mut plan = within(view, &mut allowance, view.rows_by(|row| view.laxity(row)), want);
        if sessions.give_kw.iter().all(|give| *give <= Kw::ZERO) {
            return Ok(plan);
        }
        // The session with most time to spare gives back what a site still uses above its cap.
        for row in view.rows_by(|row| -view.laxity(row)) {
            let missing = (*allowance.of(view, row) * -1.0).max(Kw::ZERO).min(sessions.give_kw[row]);
            if missing > Kw::ZERO && plan[row] == Kw::ZERO && view.laxity(row) > 2.0 {
                plan[row] = missing * -1.0;
                *allowance.of(view, row) += missing;
            }
        }
        Ok(plan)
    }
}

struct PriceAware {
    /// Share of each later interval that is not counted on, for limits that others fill.
    margin: f64,
    spread: f64,
}

impl PriceAware {
    fn want(&self, view: &ChargingView<'_>, row: usize) -> Kw {
        let sessions = view.sessions;
        let prices = view.sites.prices(sessions.site[row] as usize);
        let ahead = (view.intervals_left(row).min(prices.len() as f64)) as usize;
        let (ask, need) = (sessions.ask_kw[row], sessions.needs_kwh[row]);
        let Some((now, later)) = prices[..ahead].split_first() else {
            return ask;
        };
        let each = sessions.max_kw[row] * view.interval() * (1.0 - self.margin);
        let in_intervals = |price: f64| each * later.iter().filter(|later| **later < price).count() as f64;
        let give = sessions.give_kw[row];
        if give > Kw::ZERO && in_intervals(*now - self.spread) >= need + give * view.interval() {
            return give * -1.0;
        }
        ((need - in_intervals(*now)).max(Kwh::ZERO) / view.interval()).min(ask)
    }
}

impl Policy for PriceAware {
    fn name(&self) -> &'static str {
        "price_aware"
    }
}

impl Decide<Charging> for PriceAware {
    fn decide(&mut self, view: &ChargingView<'_>) -> Result<Vec<Kw>, String> {
        let want: Vec<Kw> = (0..view.sessions.len()).map(|row| self.want(view, row)).collect();
        let charge: Vec<Kw> = want.iter().map(|want| want.max(Kw::ZERO)).collect();
        let mut plan = view.served_by(&charge, |row| view.laxity(row));
        for (plan, want) in plan.iter_mut().zip(want) {
            *plan += want.min(Kw::ZERO);
        }
        Ok(plan)
    }
}

struct SolarFirst;

impl Policy for SolarFirst {
    fn name(&self) -> &'static str {
        "solar_first"
    }
}

impl Decide<Charging> for SolarFirst {
    fn decide(&mut self, view: &ChargingView<'_>) -> Result<Vec<Kw>, String> {
        let sessions = view.sessions;
        let must = |row: usize| if view.laxity(row) < 1.0 { sessions.ask_kw[row] } else { Kw::ZERO };
        let mut filling = view.filling();
        let mut plan = vec![Kw::ZERO; sessions.len()];
        let sites = view.sites;
        let surplus = sites.solar_kw().iter().zip(sites.load_kw()).map(|(sun, load)| (*sun - *load).max(Kw::ZERO));
        let mut surplus = Allowance(surplus.collect());
        let order: Vec<usize> = view.rows_by(|row| view.laxity(row)).collect();
        for row in &order {
            plan[*row] = filling.give(sessions.node[*row], must(*row));
            *surplus.of(view, *row) -= plan[*row];
        }
        let mut waiting: Vec<usize> = vec![0; surplus.0.len()];
        for row in &order {
            waiting[sessions.site[*row] as usize] += 1;
        }
        for row in order {
            let others = &mut waiting[sessions.site[row] as usize];
            let share = (*surplus.of(view, row) / *others as f64).max(Kw::ZERO);
            *others -= 1;
            let given = filling.give(sessions.node[row], share.min(sessions.ask_kw[row] - plan[row]));
            *surplus.of(view, row) -= given;
            plan[row] += given;
        }
        Ok(plan)
    }
}

struct Scheduled(Schedule);

impl Policy for Scheduled {
    fn name(&self) -> &'static str {
        "schedule"
    }
}

impl Decide<Charging> for Scheduled {
    fn decide(&mut self, view: &ChargingView<'_>) -> Result<Vec<Kw>, String> {
        let sites = 0..view.sites.sites() as u32;
        let mut allowance = Allowance(sites.map(|site| self.0.at(site, view.time_s)).collect());
        let rows = view.rows_by(|row| f64::from(view.sessions.depart_s[row]));
        Ok(within(view, &mut allowance, rows, |row, left| view.sessions.ask_kw[row].min(left)))
    }
}

struct ByDuty;

impl Policy for ByDuty {
    fn name(&self) -> &'static str {
        "target_soc_by_duty"
    }
}

impl Decide<Charging> for ByDuty {
    fn decide(&mut self, view: &ChargingView<'_>) -> Result<Vec<Kw>, String> {
        let sessions = view.sessions;
        let order: Vec<usize> = view.rows_by(|row| f64::from(sessions.depart_s[row])).collect();
        let mut filling = view.filling();
        let mut plan = vec![Kw::ZERO; sessions.len()];
        for row in &order {
            let first = (sessions.duty_kwh[*row] / view.interval()).min(sessions.ask_kw[*row]);
            plan[*row] = filling.give(sessions.node[*row], first.max(Kw::ZERO));
        }
        for row in order {
            let rest = sessions.ask_kw[row] - plan[row];
            plan[row] += filling.give(sessions.node[row], rest);
        }
        Ok(plan)
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the numbers are chosen to be exact")]
mod tests {
    use super::super::tests::{plan, sessions};
    use super::*;
    use crate::grid::state::{SiteOutlook, TariffAhead};
    use std::collections::BTreeMap;

    fn outlook(load: f64, solar: f64, prices: &[f64]) -> SiteOutlook {
        let mut sites = SiteOutlook::new(vec![TariffAhead::of_energy(prices)], 96);
        sites.add(0, Kw(load), Kw(solar));
        sites
    }

    /// 100 kWh in 5 h, 60 kWh in 3 h: 20 + 20 kW; under a limit of 30 kW the lower vehicle is served first.
    #[test]
    fn balanced_by_hand() {
        let two = sessions(&[(100.0, 0, 5 * 3600, 2), (60.0, 0, 3 * 3600, 1)]);
        assert_eq!(plan("balanced", 150.0, &two, &SiteOutlook::default()), [20.0, 20.0]);
        assert_eq!(plan("balanced", 30.0, &two, &SiteOutlook::default()), [10.0, 20.0]);
    }

    /// Even charging takes 20 + 20 kW above a load of 10: the cap is 50, and the 40 left go to the least laxity
    /// (3 - 0.6 h before 5 - 1 h). A session that has to end within the hour is served above the cap.
    #[test]
    fn peak_cap_by_hand() {
        let two = sessions(&[(100.0, 0, 5 * 3600, 2), (60.0, 0, 3 * 3600, 1)]);
        assert_eq!(plan("peak_cap", 150.0, &two, &outlook(10.0, 0.0, &[])), [0.0, 40.0]);
        let late = sessions(&[(90.0, 0, 3600, 0), (50.0, 0, 10 * 3600, 1)]);
        assert_eq!(plan("peak_cap", 500.0, &late, &outlook(0.0, 0.0, &[])), [90.0, 5.0]);
    }

    /// 100 kWh, four hours: two of them are cheaper than now, and count 80 kWh each: nothing now. With one cheaper
    /// hour 20 kWh are left for now; with none, or without prices, all that it can take.
    #[test]
    fn price_aware_by_hand() {
        let one = sessions(&[(100.0, 0, 4 * 3600, 0)]);
        let of = |prices: &[f64]| plan("price_aware", 150.0, &one, &outlook(0.0, 0.0, prices))[0];
        assert_eq!(of(&[0.3, 0.2, 0.1, 0.5]), 0.0);
        assert!((of(&[0.3, 0.4, 0.1, 0.5]) - 20.0).abs() < 1e-9);
        assert_eq!(of(&[0.3, 0.4, 0.3, 0.5]), 100.0);
        assert_eq!(of(&[]), 100.0);
    }

    /// A vehicle that may give 30 kW back does so at 0.5 $ when it can recharge at 0.1 $.
    #[test]
    fn price_aware_gives_back() {
        let mut one = sessions(&[(20.0, 0, 4 * 3600, 0)]);
        one.give_kw[0] = Kw(30.0);
        let of = |prices: &[f64]| plan("price_aware", 150.0, &one, &outlook(0.0, 0.0, prices))[0];
        assert_eq!(of(&[0.5, 0.1, 0.1, 0.5]), -30.0);
        assert_eq!(of(&[0.2, 0.1, 0.1, 0.5]), 0.0, "the spread is too small");
    }

    /// 50 kW of sun above the load: 25 each; a vehicle that has to leave takes its 40 from sun and grid, 10 are left.
    #[test]
    fn solar_first_by_hand() {
        let two = sessions(&[(100.0, 0, 9 * 3600, 0), (60.0, 0, 9 * 3600, 1)]);
        assert_eq!(plan("solar_first", 150.0, &two, &outlook(10.0, 60.0, &[])), [25.0, 25.0]);
        let late = sessions(&[(100.0, 0, 9 * 3600, 0), (40.0, 0, 3600, 1)]);
        assert_eq!(plan("solar_first", 150.0, &late, &outlook(10.0, 60.0, &[])), [10.0, 40.0]);
    }

    #[test]
    fn schedules_hold_from_their_step_on() {
        let steps = BTreeMap::from([(None, vec![(0, Kw(50.0)), (7200, Kw(10.0))]), (Some(1), vec![(3600, Kw(5.0))])]);
        let schedule = Schedule { steps };
        assert_eq!(schedule.at(0, 0), Kw(50.0));
        assert_eq!(schedule.at(0, 7199), Kw(50.0));
        assert_eq!(schedule.at(0, 7200), Kw(10.0));
        assert_eq!(schedule.at(1, 3599), Kw(f64::INFINITY));
        assert_eq!(schedule.at(1, 3600), Kw(5.0));
    }

    /// Duties take 30 and 40 kWh: under 80 kW both get that first, and the earlier one the 10 kW that are left.
    #[test]
    fn duties_come_first() {
        let mut two = sessions(&[(100.0, 0, 5 * 3600, 0), (100.0, 0, 3 * 3600, 1)]);
        two.duty_kwh = vec![Kwh(30.0), Kwh(40.0)];
        assert_eq!(plan("target_soc_by_duty", 80.0, &two, &SiteOutlook::default()), [30.0, 50.0]);
    }
}
