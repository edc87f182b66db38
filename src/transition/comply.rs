//! Holds what a policy wants to what can be had (ramps) and to what must be (rules in force), at least cost.

use super::frame::Frame;
use super::offer::Choice;
use super::record::RuleKind;
use super::regulation::{ShareRule, means};
use super::spec::TRUCK;
use crate::policy::adoption::{AdoptionView, Purchases};
use crate::policy::share_out::share_out;
use crate::vehicle::spec::Powertrain;
use std::collections::BTreeMap;

/// Purchases of a powertrain by trucks or by equipment.
type Kind = (&'static str, &'static str);

/// What bounds purchases of several options together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bound {
    /// Makers can grow only so fast.
    Ramp(Kind),
    /// Hydrogen stations open to every truck can serve so many more trucks.
    Stations,
    /// Public ports can serve so many more trucks without a depot.
    PublicPorts,
}

/// How many of each powertrain were bought in the year before, and how many trucks more can be served next year.
#[derive(Debug, Clone, Default)]
pub struct Ramp {
    before: BTreeMap<Kind, u32>,
    /// Trucks more that stations and public ports can serve; none: no bound.
    room: BTreeMap<Bound, u32>,
}

fn kind_of(frame: &Frame<'_>, choice: &Choice) -> Kind {
    let model = &frame.models[choice.model];
    (if model.class == TRUCK { TRUCK } else { "equipment" }, model.powertrain.word())
}

/// All bounds that an option is under.
fn bounds_of(frame: &Frame<'_>, choice: &Choice) -> Vec<Bound> {
    let kind = kind_of(frame, choice);
    let mut bounds = vec![Bound::Ramp(kind)];
    if kind.0 == TRUCK && frame.models[choice.model].powertrain == Powertrain::FuelCell {
        bounds.push(Bound::Stations);
    }
    if kind.0 == TRUCK && frame.charges(choice.model) && frame.is_depotless(choice.holding) {
        bounds.push(Bound::PublicPorts);
    }
    bounds
}

impl Ramp {
    /// Bounds the trucks that something can serve. None takes the bound away.
    pub fn hold(&mut self, bound: Bound, room: Option<u32>) {
        match room {
            Some(room) => self.room.insert(bound, room),
            None => self.room.remove(&bound),
        };
    }

    fn left_of(&self, frame: &Frame<'_>, bound: Bound) -> u32 {
        match bound {
            Bound::Ramp(kind) => self.most(frame, kind),
            room => self.room.get(&room).copied().unwrap_or(u32::MAX),
        }
    }

    /// Most that can be bought of a kind this year: the growth over the year before, and never less than the first year's.
    fn most(&self, frame: &Frame<'_>, kind: Kind) -> u32 {
        let spec = frame.spec.ramp.get(kind.0).and_then(|ramp| ramp.get(kind.1));
        let before = self.before.get(&kind).copied().unwrap_or(0);
        spec.map_or(u32::MAX, |ramp| ramp.first.max((f64::from(before) * (1.0 + ramp.growth)).floor() as u32))
    }

    /// For each choice: how many of its kind can be bought this year, by all together.
    #[must_use]
    pub fn left(&self, frame: &Frame<'_>, choices: &[Choice]) -> Vec<u32> {
        let least = |choice: &Choice| {
            let bounds = bounds_of(frame, choice).into_iter();
            bounds.map(|bound| self.left_of(frame, bound)).min().unwrap_or(u32::MAX)
        };
        choices.iter().map(least).collect()
    }

    /// For each choice: the number of its kind; choices of one kind share what is left.
    #[must_use]
    pub fn kinds(&self, frame: &Frame<'_>, choices: &[Choice]) -> Vec<u32> {
        let mut known: BTreeMap<Vec<Bound>, u32> = BTreeMap::new();
        let number = |choice: &Choice| {
            let next = known.len() as u32;
            *known.entry(bounds_of(frame, choice)).or_insert(next)
        };
        choices.iter().map(number).collect()
    }

    /// Remembers a year's purchases.
    pub fn note(&mut self, frame: &Frame<'_>, choices: &[Choice], count: &[u32]) {
        self.before.clear();
        for (choice, count) in choices.iter().zip(count) {
            *self.before.entry(kind_of(frame, choice)).or_default() += count;
        }
    }
}

/// A share rule and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Its name.
    pub rule: String,
    /// Its kind.
    pub kind: RuleKind,
    /// Share that it asks for.
    pub asked: f64,
    /// Share that was reached.
    pub reached: f64,
    /// Vehicles that are missing.
    pub missing: u32,
}

/// A decision in the making.
#[derive(Debug)]
pub struct Decision<'a> {
    frame: &'a Frame<'a>,
    view: &'a AdoptionView,
    choices: &'a [Choice],
    left: BTreeMap<Bound, u32>,
    bounds: Vec<Vec<Bound>>,
    /// By choice: bought new.
    pub count: Vec<u32>,
    /// By holding: replaced before their time.
    pub early: Vec<u32>,
}

impl<'a> Decision<'a> {
    /// Takes over what a policy wants, as far as there is need, it is on offer, and the ramp allows; what is still due is
    /// bought at least cost.
    ///
    /// # Errors
    /// When the answer has not one number an option and a holding.
    pub fn new(
        frame: &'a Frame<'a>,
        view: &'a AdoptionView,
        choices: &'a [Choice],
        ramp: &Ramp,
        wanted: Purchases,
    ) -> Result<Self, String> {
        if wanted.count.len() != choices.len() || wanted.early.len() != view.holdings() {
            let (options, holdings) = (choices.len(), view.holdings());
            return Err(format!(
                "the answer has {} numbers for {options} options and {} for {holdings} holdings",
                wanted.count.len(),
                wanted.early.len()
            ));
        }
        let bounds: Vec<Vec<Bound>> = choices.iter().map(|choice| bounds_of(frame, choice)).collect();
        let left = bounds.iter().flatten().map(|bound| (*bound, ramp.left_of(frame, *bound))).collect();
        let mut decision = Self { frame, view, choices, left, bounds, count: wanted.count, early: wanted.early };
        decision.hold_to_need();
        decision.hold_to_ramp();
        decision.fill();
        Ok(decision)
    }

    fn bought(&self, holding: usize) -> u32 {
        self.view.options(holding).map(|option| self.count[option]).sum()
    }

    fn hold_to_need(&mut self) {
        for option in 0..self.count.len() {
            if !self.view.is_open[option] {
                self.count[option] = 0;
            }
        }
        for holding in 0..self.view.holdings() {
            self.early[holding] = self.early[holding].min(self.view.old[holding]);
            let most = self.view.due[holding].saturating_add(self.early[holding]);
            if self.bought(holding) > most {
                let options = self.view.options(holding);
                let weights: Vec<f64> = options.clone().map(|option| f64::from(self.count[option])).collect();
                options.zip(share_out(most, &weights)).for_each(|(option, count)| self.count[option] = count);
            }
        }
    }

    /// What passes a ramp is cut, all in proportion.
    fn hold_to_ramp(&mut self) {
        for (bound, left) in &self.left {
            let of_kind: Vec<usize> =
                (0..self.bounds.len()).filter(|option| self.bounds[*option].contains(bound)).collect();
            let wanted: u32 = of_kind.iter().map(|option| self.count[*option]).sum();
            if wanted > *left {
                let weights: Vec<f64> = of_kind.iter().map(|option| f64::from(self.count[*option])).collect();
                of_kind.iter().zip(share_out(*left, &weights)).for_each(|(option, count)| self.count[*option] = count);
            }
        }
        // What one bound cut is left to the others.
        for (bound, left) in &mut self.left {
            let of_kind = (0..self.bounds.len()).filter(|option| self.bounds[*option].contains(bound));
            let bought: u32 = of_kind.map(|option| self.count[option]).sum();
            *left -= bought.min(*left);
        }
        for holding in 0..self.view.holdings() {
            self.early[holding] = self.early[holding].min(self.bought(holding).saturating_sub(self.view.due[holding]));
        }
    }

    /// Buys what is still due: the cheapest that is open; where nothing is, the cheapest that is sold.
    fn fill(&mut self) {
        for holding in 0..self.view.holdings() {
            let mut missing = self.view.due[holding].saturating_sub(self.bought(holding));
            let mut options: Vec<usize> = self.view.options(holding).filter(|at| self.choices[*at].is_sold).collect();
            options.sort_by(|a, b| {
                let open = self.view.is_open[*b].cmp(&self.view.is_open[*a]);
                open.then(self.view.usd_per_year[*a].total_cmp(&self.view.usd_per_year[*b])).then(a.cmp(b))
            });
            for option in options {
                let count = self.take_left(option, missing);
                self.count[option] += count;
                missing -= count;
            }
        }
    }

    /// Vehicles that are not on offer: the fleet is smaller than it should be.
    #[must_use]
    pub fn unfilled(&self) -> Option<Kept> {
        let due: u32 = self.view.due.iter().sum();
        let missing: u32 = (0..self.view.holdings()).map(|at| self.view.due[at].saturating_sub(self.bought(at))).sum();
        (missing > 0).then(|| Kept {
            rule: "vehicles on offer".to_owned(),
            kind: RuleKind::Offer,
            asked: f64::from(due),
            reached: f64::from(due - missing),
            missing,
        })
    }

    /// How many more of an option can be bought.
    fn room(&self, option: usize) -> u32 {
        let left = self.bounds[option].iter().map(|bound| self.left.get(bound).copied().unwrap_or(u32::MAX));
        left.min().unwrap_or(u32::MAX)
    }

    fn take_left(&mut self, option: usize, wanted: u32) -> u32 {
        let count = wanted.min(self.room(option));
        for bound in &self.bounds[option] {
            *self.left.entry(*bound).or_insert(u32::MAX) -= count;
        }
        count
    }

    /// The zero-emission option that a holding would rather have, if any is sold.
    fn cleanest(&self, holding: usize) -> Option<usize> {
        let options = self.view.options(holding);
        let clean = options.filter(|at| self.view.is_zero_emission[*at] && self.choices[*at].is_sold);
        let clean = clean.filter(|at| self.room(*at) > 0);
        clean.min_by(|a, b| {
            let open = self.view.is_open[*b].cmp(&self.view.is_open[*a]);
            open.then(self.view.usd_per_year[*a].total_cmp(&self.view.usd_per_year[*b])).then(a.cmp(b))
        })
    }

    /// Purchases with a tailpipe, in the order in which a clean one costs least more: option, clean option.
    fn swaps(&self, classes: &[String]) -> Vec<(usize, usize)> {
        let mut swaps: Vec<(bool, f64, usize, usize)> = Vec::new();
        for (holding, held) in self.frame.holdings.iter().enumerate().filter(|it| means(classes, &it.1.class)) {
            let Some(clean) = self.cleanest(holding) else { continue };
            debug_assert_eq!(held.class, self.frame.models[self.choices[clean].model].class);
            for option in
                self.view.options(holding).filter(|at| !self.view.is_zero_emission[*at] && self.count[*at] > 0)
            {
                let more_usd = self.view.usd_per_year[clean] - self.view.usd_per_year[option];
                swaps.push((!self.view.is_open[clean], more_usd, option, clean));
            }
        }
        swaps.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
        swaps.into_iter().map(|swap| (swap.2, swap.3)).collect()
    }

    /// Turns purchases with a tailpipe into clean ones, those that cost least more first. Returns how many are missing.
    fn swap(&mut self, classes: &[String], mut missing: u32) -> u32 {
        // A holding whose clean option runs out of ramp may have another one: look again while something moves.
        loop {
            let before = missing;
            for (option, clean) in self.swaps(classes) {
                let count = self.take_left(clean, missing.min(self.count[option]));
                self.count[option] -= count;
                self.count[clean] += count;
                missing -= count;
            }
            if missing == 0 || missing == before {
                return missing;
            }
        }
    }

    /// Replaces vehicles with a tailpipe before their time, where a clean one costs least more. Returns how many are missing.
    fn replace(&mut self, classes: &[String], mut missing: u32) -> u32 {
        let mut holdings: Vec<(f64, usize, usize)> = Vec::new();
        for (holding, _) in self.frame.holdings.iter().enumerate().filter(|it| means(classes, &it.1.class)) {
            let piped = self.view.options(holding).filter(|at| !self.view.is_zero_emission[*at]);
            let cheapest = piped.map(|at| self.view.usd_per_year[at]).fold(f64::INFINITY, f64::min);
            if let Some(clean) = self.cleanest(holding) {
                let more_usd = if cheapest.is_finite() { self.view.usd_per_year[clean] - cheapest } else { 0.0 };
                holdings.push((more_usd, holding, clean));
            }
        }
        holdings.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (_, holding, clean) in holdings {
            let can_go = self.view.old[holding].saturating_sub(self.early[holding]);
            let count = self.take_left(clean, missing.min(can_go));
            self.early[holding] += count;
            self.count[clean] += count;
            missing -= count;
        }
        missing
    }

    /// Makes the rules in force be kept, as far as offers and ramps allow, and says what became of each.
    pub fn comply(&mut self, year: u16) -> Vec<Kept> {
        let rules = &self.frame.scenario().rule;
        let mut kept = Vec::new();
        for (name, rule) in rules.purchase_share.iter().filter(|rule| rule.1.term.obliges(year)) {
            let (clean, all) = self.purchases(&rule.classes);
            let missing = self.swap(&rule.classes, missing(rule, year, clean, all));
            kept.push(told(name, RuleKind::PurchaseShare, rule.share.at(year), self.purchases(&rule.classes), missing));
        }
        for (name, rule) in rules.stock_share.iter().filter(|rule| rule.1.term.obliges(year)) {
            let (clean, all) = self.stock(&rule.classes);
            let wanted = missing(rule, year, clean, all);
            let wanted = self.swap(&rule.classes, wanted);
            let missing = self.replace(&rule.classes, wanted);
            kept.push(told(name, RuleKind::StockShare, rule.share.at(year), self.stock(&rule.classes), missing));
        }
        kept
    }

    /// Purchases of some classes: clean ones and all.
    fn purchases(&self, classes: &[String]) -> (u32, u32) {
        let of_class = |at: &usize| means(classes, &self.frame.models[self.choices[*at].model].class);
        let (mut clean, mut all) = (0, 0);
        for option in (0..self.count.len()).filter(of_class) {
            all += self.count[option];
            clean += if self.view.is_zero_emission[option] { self.count[option] } else { 0 };
        }
        (clean, all)
    }

    /// Vehicles of some classes once all is bought: clean ones and all.
    fn stock(&self, classes: &[String]) -> (u32, u32) {
        let (bought_clean, bought) = self.purchases(classes);
        let (mut clean, mut all) = (bought_clean, bought);
        for (holding, held) in self.frame.holdings.iter().enumerate().filter(|it| means(classes, &it.1.class)) {
            let had: u32 = self.view.vehicles[holding].saturating_sub(self.view.due[holding]);
            debug_assert!(self.view.old[holding] <= had, "{} of {}", self.view.old[holding], held.owner);
            all += had - self.early[holding];
            clean += had - self.view.old[holding];
        }
        (clean, all)
    }
}

fn told(name: &str, kind: RuleKind, asked: f64, (clean, all): (u32, u32), missing: u32) -> Kept {
    let reached = if all > 0 { f64::from(clean) / f64::from(all) } else { 1.0 };
    Kept { rule: name.to_owned(), kind, asked, reached, missing }
}

fn missing(rule: &ShareRule, year: u16, clean: u32, all: u32) -> u32 {
    let asked = (rule.share.at(year) * f64::from(all) - 1e-9).ceil().max(0.0) as u32;
    asked.saturating_sub(clean)
}
