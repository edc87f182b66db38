//! Projects: decided, permitted, built, energised; what they cost; and what stands in a year.

use super::regulation::Payer;
use super::spec::{BuildSpec, ProjectKind};
use crate::kernel::math;
use crate::record::words::words;
use std::collections::BTreeMap;

words! {
    /// How far a project is.
    pub enum ProjectState {
        /// It is decided.
        Decided = "decided",
        /// It has its permit.
        Permitted = "permitted",
        /// It is built.
        Built = "built",
        /// It is in service.
        Energised = "energised",
    }
}

const MONTHS: f64 = 12.0;

/// Something that is being built. Times are in years, such as 2027.25.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Kind of build-out.
    pub kind: ProjectKind,
    /// Key of what it enlarges.
    pub at: String,
    /// Cabinets, kW, kWh or positions.
    pub amount: f64,
    /// Decision.
    pub decided: f64,
    /// Permit.
    pub permitted: f64,
    /// Built.
    pub built: f64,
    /// In service.
    pub energised: f64,
    /// Delay of the utility in it, months.
    pub late_months: f64,
    /// Cost, USD.
    pub cost_usd: f64,
    /// Premium of the first projects in the cost, USD.
    pub premium_usd: f64,
    /// Part of the cost paid with public money, USD.
    pub public_usd: f64,
    /// Each party that pays public money, and its amount, USD.
    pub public: Vec<(Payer, f64)>,
    /// Battery on rent while it is late, kWh.
    pub stop_gap_kwh: f64,
    /// Materials, t.
    pub material_t: BTreeMap<String, f64>,
    /// Upkeep, USD a year.
    pub upkeep_usd: f64,
}

/// What is to be built, in units of its cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Order<'a> {
    /// Kind of build-out.
    pub kind: ProjectKind,
    /// Key of what it enlarges.
    pub at: &'a str,
    /// Cabinets, kW, kWh or positions.
    pub amount: f64,
    /// Units that the cost counts: kW of the cabinets, else the amount.
    pub units: f64,
    /// When it is decided, years.
    pub decided: f64,
    /// Units of its kind that were built before it.
    pub built_before: f64,
    /// A draw of the delay over its mean.
    pub late: f64,
}

/// What the next unit costs more for being among the first, share of the cost: the premium, of which every doubling beyond
/// `premium_units` takes a share away.
#[must_use]
pub fn premium(spec: &BuildSpec, built: f64) -> f64 {
    let doublings = math::ln((built / spec.premium_units).max(1.0)) / core::f64::consts::LN_2;
    spec.premium * math::pow(1.0 - spec.learning, doublings)
}

/// Plans a project from an order.
#[must_use]
pub fn plan(spec: &BuildSpec, order: &Order<'_>) -> Project {
    let plain_usd = spec.usd_per_unit.at(order.decided as u16) * order.units;
    let premium_usd = plain_usd * premium(spec, order.built_before);
    let cost_usd = plain_usd + premium_usd;
    let permitted = order.decided + spec.permit_months / MONTHS;
    let built = permitted + spec.build_months / MONTHS;
    let late_months = spec.late_months * order.late;
    Project {
        kind: order.kind,
        at: order.at.to_owned(),
        amount: order.amount,
        decided: order.decided,
        permitted,
        built,
        energised: built + (spec.energise_months + late_months) / MONTHS,
        late_months,
        cost_usd,
        premium_usd,
        public_usd: 0.0,
        public: Vec::new(),
        stop_gap_kwh: if late_months > 0.0 { spec.stop_gap.map_or(0.0, |gap| gap.hours * order.amount) } else { 0.0 },
        material_t: spec.material_t.iter().map(|(key, tonnes)| (key.clone(), tonnes * order.units)).collect(),
        upkeep_usd: cost_usd * spec.upkeep_share,
    }
}

impl Project {
    /// When it would have been in service without the utility's delay.
    fn promised(&self) -> f64 {
        self.energised - self.late_months / MONTHS
    }

    /// Does it serve at a time, years?
    #[must_use]
    pub fn serves(&self, when: f64) -> bool {
        self.energised <= when
    }

    /// Does its battery on rent stand at a time: the project should serve, and is late?
    #[must_use]
    pub fn needs_stop_gap(&self, when: f64) -> bool {
        self.stop_gap_kwh > 0.0 && self.promised() <= when && !self.serves(when)
    }

    /// Share of a year in which it serves.
    #[must_use]
    pub fn share_in_service(&self, year: u16) -> f64 {
        (f64::from(year) + 1.0 - self.energised).clamp(0.0, 1.0)
    }

    /// Share of a year in which its battery is on rent.
    #[must_use]
    pub fn share_on_rent(&self, year: u16) -> f64 {
        if self.stop_gap_kwh <= 0.0 {
            return 0.0;
        }
        let (from, until) = (f64::from(year), f64::from(year) + 1.0);
        (self.energised.min(until) - self.promised().max(from)).max(0.0)
    }

    /// Where it is at the end of a year.
    #[must_use]
    pub fn state(&self, year: u16) -> ProjectState {
        let end = f64::from(year) + 1.0;
        match end {
            end if end >= self.energised => ProjectState::Energised,
            end if end >= self.built => ProjectState::Built,
            end if end >= self.permitted => ProjectState::Permitted,
            _ => ProjectState::Decided,
        }
    }
}

/// What projects add at a time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Capacity {
    /// By kind and key of what is enlarged.
    pub added: BTreeMap<(ProjectKind, String), f64>,
    /// Batteries on rent: key of the site, kWh.
    pub stop_gap_kwh: BTreeMap<String, f64>,
}

impl Capacity {
    /// What serves or is on the way.
    #[must_use]
    pub fn coming(projects: &[Project]) -> Self {
        let mut out = Self::default();
        for project in projects {
            *out.added.entry((project.kind, project.at.clone())).or_default() += project.amount;
        }
        out
    }

    /// What serves at a time, years.
    #[must_use]
    pub fn at(projects: &[Project], when: f64) -> Self {
        let mut out = Self::coming(&projects.iter().filter(|it| it.serves(when)).cloned().collect::<Vec<_>>());
        for project in projects {
            if project.needs_stop_gap(when) {
                *out.stop_gap_kwh.entry(project.at.clone()).or_default() += project.stop_gap_kwh;
            }
        }
        out
    }

    /// Added to one thing.
    #[must_use]
    pub fn of_kind(&self, kind: ProjectKind, at: &str) -> f64 {
        self.added.get(&(kind, at.to_owned())).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact, or rounded to cents")]
mod tests {
    use super::*;
    use crate::kernel::curve::Curve;
    use crate::transition::spec::{BatteryBuildSpec, StopGapSpec};

    fn spec() -> BuildSpec {
        BuildSpec {
            usd_per_unit: Curve::Constant(1_000.0),
            permit_months: 6.0,
            build_months: 6.0,
            energise_months: 3.0,
            late_months: 12.0,
            premium: 0.5,
            premium_units: 100.0,
            learning: 0.2,
            life_years: 20.0,
            upkeep_share: 0.02,
            material_t: BTreeMap::from([("rebar".to_owned(), 0.01)]),
            place: BTreeMap::new(),
            stop_gap: Some(StopGapSpec { hours: 2.0, usd_per_kwh_year: 50.0 }),
            battery: BatteryBuildSpec::default(),
            sources: BTreeMap::new(),
        }
    }

    /// By hand: decided mid 2026, 15 months of work, 1.5 x 12 months late: energised 33 months later, at 2029.25. It should
    /// have served from 2027.75: a battery stands from then until 2029.25. The first 100 units cost half as much again.
    #[test]
    fn a_late_connection_by_hand() {
        let order = Order {
            kind: ProjectKind::Grid,
            at: "depot",
            amount: 500.0,
            units: 500.0,
            decided: 2026.5,
            built_before: 0.0,
            late: 1.5,
        };
        let project = plan(&spec(), &order);
        assert!((project.energised - 2029.25).abs() < 1e-9);
        assert_eq!((project.cost_usd, project.premium_usd, project.upkeep_usd), (750_000.0, 250_000.0, 15_000.0));
        assert!((project.material_t["rebar"] - 5.0).abs() < 1e-9);
        let serves = [2029.0, 2029.2, 2029.3].map(|when| project.serves(when));
        assert_eq!(serves, [false, false, true]);
        let gap = [2027.7, 2027.8, 2028.5, 2029.2, 2029.3].map(|when| project.needs_stop_gap(when));
        assert_eq!(gap, [false, true, true, true, false]);
        let shares = |of: fn(&Project, u16) -> f64| [2027, 2028, 2029, 2030].map(|year| of(&project, year));
        assert_eq!(shares(Project::share_in_service), [0.0, 0.0, 0.75, 1.0]);
        assert_eq!(shares(Project::share_on_rent), [0.25, 1.0, 0.25, 0.0]);
        let states: Vec<ProjectState> = (2026..2030).map(|year| project.state(year)).collect();
        assert_eq!(
            states,
            [ProjectState::Permitted, ProjectState::Built, ProjectState::Built, ProjectState::Energised]
        );
        let capacity = Capacity::at(&[project], 2028.5);
        assert_eq!(capacity.of_kind(ProjectKind::Grid, "depot"), 0.0);
        assert_eq!(capacity.stop_gap_kwh["depot"], 1_000.0);
    }

    /// By hand: 400 units are two doublings of 100: 0.5 x 0.8^2.
    #[test]
    fn learning_takes_the_premium_away() {
        assert!((premium(&spec(), 400.0) - 0.32).abs() < 1e-12);
        assert_eq!(premium(&spec(), 50.0), 0.5);
    }
}
