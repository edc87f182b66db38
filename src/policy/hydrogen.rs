//! Hydrogen supply: what a policy sees of stations, and the built-in policies.

use super::decide::{BuiltIn, Decide, Decision, Policy, chosen};
use super::floor::{FLOOR, Nothing, Random, floor, one_of};
use super::kind::HydrogenSupply;
use super::parameter::{Parameter, PolicyError};
use super::spec::Choice;
use crate::scenario::Scenario;
use crate::scenario::loaded::Schedule;

/// Loads at which a view says what an electrolyser makes and draws: 1/10, 2/10 ... 10/10 of rated power.
pub const LOAD_STEPS: usize = 10;

/// All stations at the start of an hour. One row a station, in the order of their keys; columns with several values a row
/// hold them row after row.
#[derive(Debug, Clone, Default)]
pub struct HydrogenView {
    /// Now, seconds from the start of the run.
    pub time_s: u32,
    /// Local hour of the week, 0 (Monday 00:00) to 167.
    pub hour_of_week: usize,
    /// How many hours the columns by hour hold, beginning with the one that starts now.
    pub hours: usize,
    /// The station.
    pub station: Vec<u32>,
    /// What can be taken out of its storage.
    pub stock_kg: Vec<f64>,
    /// The same when it is full.
    pub capacity_kg: Vec<f64>,
    /// On the way in trailers.
    pub on_order_kg: Vec<f64>,
    /// Trailers on the way.
    pub trailers_on_order: Vec<u32>,
    /// Most trailers on the way at once; 0 without deliveries.
    pub most_trailers: Vec<u32>,
    /// Load of one trailer; 0 without deliveries.
    pub payload_kg: Vec<f64>,
    /// Stock with what is on order at which the scenario wants a trailer ordered.
    pub reorder_kg: Vec<f64>,
    /// What its pipeline is expected to bring in an hour, when the plant behind it shares what it has; 0 without one.
    pub piped_kg_per_h: Vec<f64>,
    /// What a kg of it costs, USD; 0 without one.
    pub piped_usd_per_kg: Vec<f64>,
    /// Present load of the electrolyser, share of rated power; 0 on standby or without one.
    pub load: Vec<f64>,
    /// Its least load.
    pub least_load: Vec<f64>,
    /// Most change of its load in an hour, share of rated power.
    pub ramp_per_h: Vec<f64>,
    /// Power that the limits above it leave now, beside the compressor; infinite without a limit.
    pub most_kw: Vec<f64>,
    /// Price of own solar power.
    pub solar_usd_per_kwh: Vec<f64>,
    /// What it makes at each load step ([`LOAD_STEPS`] a row); 0 without one.
    pub kg_per_h: Vec<f64>,
    /// What it draws at each load step ([`LOAD_STEPS`] a row).
    pub power_kw: Vec<f64>,
    /// Price of electricity by hour (`hours` a row).
    pub usd_per_kwh: Vec<f64>,
    /// Expected demand by hour (`hours` a row).
    pub demand_kg: Vec<f64>,
    /// Own solar power by hour (`hours` a row).
    pub solar_kw: Vec<f64>,
}

impl HydrogenView {
    /// A view without stations.
    #[must_use]
    pub fn new(time_s: u32, hour_of_week: usize, hours: usize) -> Self {
        Self { time_s, hour_of_week, hours, ..Self::default() }
    }

    fn by_hour<'a>(&self, column: &'a [f64], row: usize) -> &'a [f64] {
        &column[row * self.hours..(row + 1) * self.hours]
    }

    /// May one more trailer be ordered, and will its load fit beside everything on order?
    fn takes_trailer(&self, row: usize, ordered: u32) -> bool {
        let payload = self.payload_kg[row];
        let after = self.stock_kg[row] + self.on_order_kg[row] + payload * f64::from(ordered + 1);
        self.trailers_on_order[row] + ordered < self.most_trailers[row] && after <= self.capacity_kg[row]
    }

    /// Trailers that fill the storage.
    fn top_up(&self, row: usize) -> u32 {
        (0..self.most_trailers[row]).take_while(|ordered| self.takes_trailer(row, *ordered)).count() as u32
    }

    /// Trailers until stock and orders are above the reorder point.
    fn reorder(&self, row: usize) -> u32 {
        let position =
            |ordered: u32| self.stock_kg[row] + self.on_order_kg[row] + self.payload_kg[row] * f64::from(ordered);
        let is_short = |ordered: &u32| {
            position(*ordered) <= self.reorder_kg[row]
                && self.trailers_on_order[row] + *ordered < self.most_trailers[row]
        };
        (0..self.most_trailers[row]).take_while(is_short).count() as u32
    }
}

fn by_step(column: &[f64], row: usize) -> &[f64] {
    &column[row * LOAD_STEPS..(row + 1) * LOAD_STEPS]
}

/// What a supply policy orders: one entry a row of the view.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HydrogenOrders {
    /// Load of the electrolyser until the next hour, share of rated power; below its least load it stands by.
    pub load: Vec<f64>,
    /// Trailers ordered now.
    pub trailers: Vec<u32>,
}

const RESTART: &[Parameter] = &[Parameter::new("restart_level", 0.5, (0.0, 1.0))];
const RESERVE: &[Parameter] = &[Parameter::new("reserve_level", 0.35, (0.0, 1.0))];

const BUILT_IN: &[BuiltIn] = &[
    BuiltIn::new("keep_full", "Always filled up", "makes and orders hydrogen whenever there is room", &[]),
    BuiltIn::new(
        "reorder_point",
        "Reorder at a level",
        "orders at the reorder point; the electrolyser starts at a level and runs until the storage is full",
        RESTART,
    ),
    BuiltIn::new(
        "cheap_hours",
        "Cheapest hours",
        "runs in the cheapest hours that keep the expected demand covered and a reserve in stock",
        RESERVE,
    ),
    BuiltIn::new("follow_solar", "With the sun", "runs with the sun, and at any hour below the reserve", RESERVE),
];

impl Decision for HydrogenSupply {
    type View<'a> = HydrogenView;
    type Orders = HydrogenOrders;

    fn choice(scenario: &Scenario) -> Option<&Choice<Self>> {
        Some(&scenario.policy.hydrogen)
    }

    fn is_asked(scenario: &Scenario) -> bool {
        !scenario.hydrogen.is_empty()
    }

    fn built_in() -> Vec<BuiltIn> {
        [BUILT_IN, &FLOOR].concat()
    }

    fn make(choice: &Choice<Self>, _schedule: Option<&Schedule>) -> Result<Box<dyn Decide<Self>>, PolicyError> {
        if let Some(policy) = floor(&choice.name) {
            return chosen(&FLOOR, choice).map(|_| policy);
        }
        let values = chosen(BUILT_IN, choice)?;
        Ok(Box::new(match choice.name.as_str() {
            "keep_full" => Supply::KeepFull,
            "reorder_point" => Supply::ReorderPoint { restart_level: values[0] },
            "cheap_hours" => Supply::CheapHours { reserve_level: values[0] },
            _ => Supply::FollowSolar { reserve_level: values[0] },
        }))
    }
}

/// The built-in supply policies. None has state.
#[derive(Debug, Clone, Copy)]
enum Supply {
    /// Makes and orders whenever there is room.
    KeepFull,
    /// Orders at the reorder point; the electrolyser starts at a level and runs until the storage is full.
    ReorderPoint { restart_level: f64 },
    /// Runs in the cheapest hours that keep the expected demand covered and a reserve in stock.
    CheapHours { reserve_level: f64 },
    /// Runs with the sun, and at any hour below the reserve.
    FollowSolar { reserve_level: f64 },
}

impl Policy for Supply {
    fn name(&self) -> &str {
        match self {
            Self::KeepFull => "keep_full",
            Self::ReorderPoint { .. } => "reorder_point",
            Self::CheapHours { .. } => "cheap_hours",
            Self::FollowSolar { .. } => "follow_solar",
        }
    }
}

impl Decide<HydrogenSupply> for Supply {
    fn decide(&mut self, view: &HydrogenView) -> Result<HydrogenOrders, String> {
        let rows = 0..view.station.len();
        let trailers = rows.clone().map(|row| match self {
            Self::KeepFull => view.top_up(row),
            _ => view.reorder(row),
        });
        let trailers = trailers.collect();
        let load = rows.map(|row| match *self {
            Self::KeepFull => 1.0,
            Self::ReorderPoint { restart_level } => until_full(view, row, restart_level),
            Self::CheapHours { reserve_level } => cheapest(view, row, reserve_level),
            Self::FollowSolar { reserve_level } => with_the_sun(view, row, reserve_level),
        });
        Ok(HydrogenOrders { load: load.collect(), trailers })
    }
}

fn until_full(view: &HydrogenView, row: usize, restart_level: f64) -> f64 {
    let level = view.stock_kg[row] / view.capacity_kg[row];
    let runs = level <= restart_level || view.load[row] > 0.0 && level < 0.98;
    f64::from(u8::from(runs))
}

/// The highest load whose power the sun covers; all of it when the reserve is touched.
fn with_the_sun(view: &HydrogenView, row: usize, reserve_level: f64) -> f64 {
    if view.stock_kg[row] < reserve_level * view.capacity_kg[row] {
        return 1.0;
    }
    let solar_kw = view.by_hour(&view.solar_kw, row)[0];
    let power = by_step(&view.power_kw, row);
    let most_kw = power[LOAD_STEPS - 1];
    if most_kw > 0.0 { (solar_kw / most_kw).min(1.0) } else { 0.0 }
}

/// Load of the hour that starts in the cheapest plan that covers the expected demand.
///
/// A pipeline brings what fits, whatever the plan: where it costs less than a kg that is made, the reserve is left to it, and no
/// more is made than what the demand lacks; what is made for less than the pipeline's price is made before it brings it.
///
/// Hour by hour: while the stock at the end of an hour would fall below the reserve, more load is bought in the hour up to
/// then in which a kg of it is cheapest and its hydrogen still fits: what is bought later cannot cover an earlier need. An
/// hour's load rises along the lower hull of its cost, so that a load with bad efficiency on the way to a better one is not
/// stopped at. What the grid pays for taking is bought as far as it fits.
fn cheapest(view: &HydrogenView, row: usize, reserve_level: f64) -> f64 {
    let making = by_step(&view.kg_per_h, row);
    if making[LOAD_STEPS - 1] <= 0.0 {
        return 0.0;
    }
    let capacity_kg = view.capacity_kg[row];
    let reserve_kg = reserve_level * capacity_kg;
    let demand = view.by_hour(&view.demand_kg, row);
    let mut plan = Plan::new(view, row);
    // Content at the end of each hour, with what the pipeline brings anyway and without what is made.
    let mut content = Vec::with_capacity(view.hours);
    let mut stock = view.stock_kg[row];
    for kg in demand {
        stock = (stock - kg + view.piped_kg_per_h[row]).min(capacity_kg);
        content.push(stock);
    }
    let piped_usd = (view.piped_kg_per_h[row] > 0.0).then(|| view.piped_usd_per_kg[row]);
    for hour in 0..view.hours {
        while content[hour] < reserve_kg - 1e-9 {
            let Some(offer) = plan.cheapest_up_to(hour, &content, capacity_kg, true) else { break };
            if content[hour] >= -1e-9 && piped_usd.is_some_and(|usd| usd <= offer.usd_per_kg) {
                break;
            }
            plan.buy(&offer, &mut content);
        }
    }
    let last = view.hours - 1;
    let worth_usd = piped_usd.unwrap_or(0.0);
    while let Some(offer) =
        plan.cheapest_up_to(last, &content, capacity_kg, false).filter(|it| it.usd_per_kg < worth_usd)
    {
        plan.buy(&offer, &mut content);
    }
    plan.steps[0] as f64 / LOAD_STEPS as f64
}

/// More load in an hour.
struct Offer {
    hour: usize,
    step: usize,
    kg: f64,
    usd_per_kg: f64,
}

/// Load steps bought in each hour.
struct Plan<'a> {
    making: &'a [f64],
    drawing: &'a [f64],
    price: &'a [f64],
    solar_kw: &'a [f64],
    solar_usd_per_kwh: f64,
    most_kw: f64,
    /// The lowest step that the least load allows.
    first: usize,
    /// The highest step that the ramp allows: in the hour that starts, and in an hour that begins on standby.
    reach: [usize; 2],
    steps: Vec<usize>,
}

impl<'a> Plan<'a> {
    fn new(view: &'a HydrogenView, row: usize) -> Self {
        let first = ((view.least_load[row] * LOAD_STEPS as f64 - 1e-9).ceil().max(1.0)) as usize;
        let reach = |from: f64| {
            let load = (from.max(view.least_load[row]) + view.ramp_per_h[row] / 2.0).min(1.0);
            ((load * LOAD_STEPS as f64 + 1e-9).floor() as usize).max(first)
        };
        Self {
            making: by_step(&view.kg_per_h, row),
            drawing: by_step(&view.power_kw, row),
            price: view.by_hour(&view.usd_per_kwh, row),
            solar_kw: view.by_hour(&view.solar_kw, row),
            solar_usd_per_kwh: view.solar_usd_per_kwh[row],
            most_kw: view.most_kw[row],
            first,
            reach: [reach(view.load[row]), reach(0.0)],
            steps: vec![0; view.hours],
        }
    }

    /// Steps above the present one that ramp and limits allow in an hour.
    fn above(&self, hour: usize) -> std::ops::RangeInclusive<usize> {
        let from = if self.steps[hour] == 0 { self.first } else { self.steps[hour] + 1 };
        let most_kw = self.most_kw + self.solar_kw[hour];
        let allowed = self.drawing.iter().take_while(|kw| **kw <= most_kw).count();
        from..=allowed.min(self.reach[hour.min(1)])
    }

    /// Hydrogen and cost of an hour at a step.
    fn hour_at(&self, hour: usize, step: usize) -> (f64, f64) {
        if step == 0 {
            return (0.0, 0.0);
        }
        let drawn_kw = self.drawing[step - 1];
        let solar_kw = drawn_kw.min(self.solar_kw[hour]);
        (self.making[step - 1], (drawn_kw - solar_kw) * self.price[hour] + solar_kw * self.solar_usd_per_kwh)
    }

    /// More load in an hour at the least cost of a kg, with at most so much more hydrogen. Of equals the least load.
    fn offer(&self, hour: usize, most_kg: f64) -> Option<Offer> {
        let (had_kg, had_usd) = self.hour_at(hour, self.steps[hour]);
        let mut best: Option<Offer> = None;
        for step in self.above(hour) {
            let (kg, usd) = self.hour_at(hour, step);
            let (kg, usd) = (kg - had_kg, usd - had_usd);
            let offer = Offer { hour, step, kg, usd_per_kg: usd / kg };
            let is_better = best.as_ref().is_none_or(|best| offer.usd_per_kg < best.usd_per_kg - 1e-12);
            if kg > 0.0 && kg <= most_kg && is_better {
                best = Some(offer);
            }
        }
        best
    }

    /// The cheapest offer of the hours up to one, among those that fit; of equals the earliest. A deficit (`is_needed`) may
    /// always be covered in its own hour.
    fn cheapest_up_to(&self, last: usize, content: &[f64], capacity_kg: f64, is_needed: bool) -> Option<Offer> {
        let mut fullest = content[last..].iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if is_needed {
            fullest = content[last];
        }
        let mut best: Option<Offer> = None;
        for hour in (0..=last).rev() {
            fullest = fullest.max(content[hour]);
            let room_kg = capacity_kg - fullest;
            // What does not fit in the hour that starts is cut by the plant, to the last kg.
            let is_cut = !is_needed && hour == 0 && room_kg > 0.0;
            let most_kg = if is_cut || is_needed && hour == last { f64::INFINITY } else { room_kg };
            let offer = self.offer(hour, most_kg);
            let is_better = |offer: &Offer| best.as_ref().is_none_or(|best| offer.usd_per_kg <= best.usd_per_kg);
            if let Some(offer) = offer.filter(is_better) {
                best = Some(offer);
            }
        }
        best
    }

    fn buy(&mut self, offer: &Offer, content: &mut [f64]) {
        self.steps[offer.hour] = offer.step;
        content[offer.hour..].iter_mut().for_each(|content| *content += offer.kg);
    }
}

impl Decide<HydrogenSupply> for Nothing {
    fn decide(&mut self, view: &HydrogenView) -> Result<HydrogenOrders, String> {
        let stations = view.station.len();
        Ok(HydrogenOrders { load: vec![0.0; stations], trailers: vec![0; stations] })
    }
}

impl Decide<HydrogenSupply> for Random {
    /// Any load; in one hour of twelve a trailer, where one more may be on the way.
    fn decide(&mut self, view: &HydrogenView) -> Result<HydrogenOrders, String> {
        let mut draws = Self::draws(view.time_s);
        let load = view.station.iter().map(|_| draws.uniform()).collect();
        let has_room = |row: usize| view.trailers_on_order[row] < view.most_trailers[row];
        let trailer = |row: usize| u32::from(has_room(row) && one_of(12, &mut draws) == 0);
        Ok(HydrogenOrders { load, trailers: (0..view.station.len()).map(trailer).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One electrolyser that makes 1 kg a step with 50 kWh/kg, 4 hours of prices, 10 kg of demand an hour.
    fn view(stock_kg: f64, price: [f64; 4]) -> HydrogenView {
        HydrogenView {
            station: vec![0],
            stock_kg: vec![stock_kg],
            capacity_kg: vec![30.0],
            on_order_kg: vec![0.0],
            trailers_on_order: vec![0],
            most_trailers: vec![2],
            payload_kg: vec![8.0],
            reorder_kg: vec![12.0],
            piped_kg_per_h: vec![0.0],
            piped_usd_per_kg: vec![0.0],
            load: vec![0.0],
            least_load: vec![0.2],
            ramp_per_h: vec![60.0],
            most_kw: vec![f64::INFINITY],
            solar_usd_per_kwh: vec![0.0],
            kg_per_h: (1..=10).map(f64::from).collect(),
            power_kw: (1..=10).map(|step| f64::from(step) * 50.0).collect(),
            usd_per_kwh: price.to_vec(),
            demand_kg: vec![10.0, 4.0, 4.0, 4.0],
            solar_kw: vec![125.0, 0.0, 0.0, 0.0],
            ..HydrogenView::new(0, 0, 4)
        }
    }

    fn decide(name: &str, reserve: Option<f64>, view: &HydrogenView) -> HydrogenOrders {
        let params = reserve.map(|level| ("reserve_level".to_owned(), level)).into_iter().collect();
        HydrogenSupply::make(&Choice { params, ..Choice::named(name) }, None).unwrap().decide(view).unwrap()
    }

    /// Stock 10, demand 10 + 4 + 4 + 4 = 22: 12 kg are short, 4 at the end of each of the last three hours. 2.5 steps are
    /// covered by the sun. Cheap now: all in hour 0, as far as 10 steps go. Dear now, cheap later: nothing now.
    #[test]
    fn cheap_hours_buys_where_it_is_cheapest() {
        let mut dark = view(10.0, [0.1, 0.3, 0.3, 0.3]);
        dark.solar_kw[0] = 0.0;
        assert_eq!(decide("cheap_hours", Some(0.0), &dark).load, [1.0]);
        let mut later = view(10.0, [0.3, 0.1, 0.2, 0.3]);
        later.solar_kw[0] = 0.0;
        assert_eq!(decide("cheap_hours", Some(0.0), &later).load, [0.0]);
        // A pipeline that brings 3 kg an hour: 4 - 10 + 3 leaves 3 kg short at once, and 1 more in each later hour. Hours 0
        // and 1 cost the same; the earliest of equals is bought.
        let piped = HydrogenView { piped_kg_per_h: vec![3.0], stock_kg: vec![4.0], ..view(10.0, [0.1, 0.1, 0.2, 0.3]) };
        assert_eq!(decide("cheap_hours", Some(0.0), &piped).load, [0.6]);
        // 4 kg are needed at once whatever the price.
        assert_eq!(decide("cheap_hours", Some(0.0), &HydrogenView { stock_kg: vec![6.0], ..later }).load, [0.4]);
    }

    /// A reserve of 15 kg, 10 in stock and nothing asked for: a kg of electrolysis costs 50 kWh x 0.2 = 10 USD. A pipeline of 2
    /// kg/h at 4 USD fills the reserve by itself; at 20 USD the electrolyser does, and goes on to the full 30 kg before the
    /// pipeline brings them: 10 kg at once, as much as it makes in an hour. What the demand lacks is made at any price: 2 kg.
    #[test]
    fn cheap_hours_asks_what_the_pipeline_costs() {
        let mut view = HydrogenView { piped_kg_per_h: vec![2.0], ..view(10.0, [0.2; 4]) };
        (view.solar_kw[0], view.demand_kg) = (0.0, vec![0.0; 4]);
        let load = |view: &HydrogenView, usd: f64| {
            decide("cheap_hours", Some(0.5), &HydrogenView { piped_usd_per_kg: vec![usd], ..view.clone() }).load[0]
        };
        assert_eq!((load(&view, 4.0), load(&view, 20.0)), (0.0, 1.0));
        view.demand_kg = vec![14.0, 0.0, 0.0, 0.0];
        assert!((load(&view, 4.0) - 0.2).abs() < 1e-12);
    }

    #[test]
    fn storage_bounds_what_is_bought_ahead() {
        let mut view = view(24.0, [0.1, 0.9, 0.9, 0.9]);
        view.solar_kw[0] = 0.0;
        view.demand_kg = vec![0.0, 10.0, 10.0, 10.0];
        // 6 kg are short in hour 3 and 6 kg fit now: all of them now.
        assert_eq!(decide("cheap_hours", Some(0.0), &view).load, [0.6]);
        view.demand_kg[3] = 16.0;
        assert_eq!(decide("cheap_hours", Some(0.0), &view).load, [0.6], "no more fits");
    }

    #[test]
    fn the_others_by_hand() {
        let view = view(20.0, [0.1; 4]);
        assert_eq!(decide("keep_full", None, &view), HydrogenOrders { load: vec![1.0], trailers: vec![1] });
        assert_eq!(decide("reorder_point", None, &view), HydrogenOrders { load: vec![0.0], trailers: vec![0] });
        assert_eq!(decide("follow_solar", None, &view).load, [0.25]);
        let low = HydrogenView { stock_kg: vec![5.0], ..view };
        assert_eq!(decide("reorder_point", None, &low), HydrogenOrders { load: vec![1.0], trailers: vec![1] });
        assert_eq!(decide("follow_solar", None, &low).load, [1.0]);
        let error = HydrogenSupply::make(&Choice::named("cheap_hour"), None).err().unwrap();
        assert!(error.help().unwrap().contains("cheap_hours"));
    }
}
