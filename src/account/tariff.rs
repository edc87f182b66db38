//! What electricity costs, whatever file it came from: plain data. [`super::bill`] applies it to a load.
//!
//! A tariff is a list of [`Rates`], each in force from its date until the next one begins. Times are local civil times;
//! the holidays of the rates are billed as Sundays.

use super::holiday::Holidays;
use crate::kernel::calendar::{Calendar, DAY_S};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

const MONTHS: usize = 12;
const WEEKDAYS: usize = 7;
/// The weekday as which a holiday is billed.
const SUNDAY: usize = 6;
/// Schedules change at quarters of an hour.
const SLOTS_A_DAY: usize = 96;
const SLOT_S: i64 = DAY_S / SLOTS_A_DAY as i64;

/// What a customer pays for electricity, now and as it changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Tariff {
    /// Key in the file it came from.
    pub label: String,
    /// Name of the schedule.
    pub name: String,
    /// Utility that sells it.
    pub utility: String,
    /// By date, at least one. The first also holds before its date, the last also after its end.
    pub rates: Vec<Rates>,
}

/// The charges that hold together from one date on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rates {
    /// First day, if known.
    pub from: Option<Date>,
    /// Last day, if known. Where nothing follows, the rates stay in force and the bill says so.
    pub until: Option<Date>,
    /// Charges per kWh.
    pub energy: Option<EnergyCharge>,
    /// Charges per kW.
    pub demand: Vec<DemandCharge>,
    /// A ratchet of the whole tariff: it counts for the demand that hours-of-use tiers go by.
    pub lookback: Option<Lookback>,
    /// A power that is bought ahead in blocks.
    pub subscription: Option<Subscription>,
    /// Charges for being a customer.
    pub fixed: Vec<Amount>,
    /// The least that a month (or a year) costs, all charges together. One of 0 is none, and is said to be.
    pub minimum: Vec<Amount>,
    /// Time over which demand is averaged, s. None: the load's own interval.
    pub demand_window_s: Option<u32>,
    /// Days that are billed as Sundays.
    pub holidays: Holidays,
    /// Peaks that the schedule is meant for, kW: at least, at most.
    pub fits_kw: (Option<f64>, Option<f64>),
    /// Where the numbers come from.
    pub origin: Origin,
}

/// Where rates come from, in the words of their file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The document.
    pub source: Option<String>,
    /// How far the numbers can be trusted.
    pub quality: Option<String>,
    /// What to know before they are used.
    pub warning: Option<String>,
}

/// An amount of money for a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Amount {
    /// US dollars.
    pub usd: f64,
    /// For each of these.
    pub per: Per,
    /// Months in which it is paid, January first.
    pub months: [bool; 12],
}

impl Amount {
    /// Paid in all months.
    #[must_use]
    pub fn all_year(usd: f64, per: Per) -> Self {
        Self { usd, per, months: [true; 12] }
    }

    /// Months of a year in which it is paid: an amount for a year is paid in so many parts.
    #[must_use]
    pub fn months_paid(&self) -> usize {
        self.months.iter().filter(|paid| **paid).count()
    }
}

/// Times that amounts are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// A day.
    Day,
    /// A calendar month.
    Month,
    /// A calendar year, paid in twelve parts.
    Year,
}

/// Prices of energy by time of use and tier.
#[derive(Debug, Clone, PartialEq)]
pub struct EnergyCharge {
    /// Which period holds when.
    pub schedule: Schedule,
    /// Tiers of each period, at least one. All periods together climb the tiers, in the order of time.
    pub periods: Vec<Vec<EnergyTier>>,
    /// Names of the periods; may be shorter than they are.
    pub names: Vec<String>,
    /// Added to every kWh by month, $/kWh.
    pub adjustment_usd_per_kwh: [f64; MONTHS],
    /// What becomes of energy that is fed back.
    pub exports: ExportRule,
}

/// What becomes of energy that is fed back into the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExportRule {
    /// The tariff does not say: as [`Self::Instantaneous`].
    #[default]
    Unsaid,
    /// What is left of an interval of the load is sold.
    Instantaneous,
    /// An exported kWh undoes an imported one of the same period in the same hour; what is left of the hour is sold.
    Hour,
    /// An exported kWh undoes an imported one of the same period, in its month or a later one.
    Month,
    /// All that is used is bought, and all that is made is sold.
    BuyAllSellAll,
}

/// One step of an energy price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnergyTier {
    /// Price, $/kWh.
    pub usd_per_kwh: f64,
    /// What an exported kWh earns, $/kWh.
    pub sell_usd_per_kwh: f64,
    /// Energy of a month up to which it holds, in `basis`; infinite for the last.
    pub up_to: f64,
    /// What `up_to` counts.
    pub basis: TierBasis,
}

/// What the limit of an energy tier counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TierBasis {
    /// kWh a month.
    #[default]
    Kwh,
    /// kWh a day, times the days of the month.
    KwhDaily,
    /// kWh for each kW of the month's billed demand (hours of use).
    KwhPerKw,
}

/// A power that is bought ahead in blocks, such as those of PG&E's schedule BEV; what the peak exceeds it by costs more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Subscription {
    /// Power of a block, kW.
    pub block_kw: f64,
    /// Price of a block, $ a month.
    pub usd_per_block: f64,
    /// Price of the peak above the blocks, $/kW a month.
    pub overage_usd_per_kw: f64,
    /// Power that the customer has chosen, kW; none: what costs this load least.
    pub subscribed_kw: Option<f64>,
}

impl Subscription {
    /// What so many blocks cost in a month of this peak: for the blocks, and for the kW above them. $.
    #[must_use]
    pub fn month_usd(&self, blocks: f64, peak_kw: f64) -> (f64, f64) {
        let over_kw = (peak_kw - blocks * self.block_kw).max(0.0);
        (blocks * self.usd_per_block, over_kw * self.overage_usd_per_kw)
    }
}

/// A charge on the highest mean power.
#[derive(Debug, Clone, PartialEq)]
pub struct DemandCharge {
    /// What it is for.
    pub kind: DemandKind,
    /// Which period holds when. Each period has its own peak.
    pub schedule: Schedule,
    /// Tiers of each period. No tiers: nothing is charged.
    pub periods: Vec<Vec<DemandTier>>,
    /// Name for people.
    pub name: String,
    /// Is the peak of every day charged, instead of the month's?
    pub daily: bool,
    /// How earlier peaks count.
    pub lookback: Option<Lookback>,
    /// Demand that is billed at least, kW.
    pub least_kw: f64,
}

/// Kinds of demand charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemandKind {
    /// The month's peak at any hour (facility demand).
    Flat,
    /// The peak of a time-of-use period.
    TimeOfUse,
    /// The peak in the hours in which the whole system peaks.
    Coincident,
}

/// One step of a demand price. Each kW pays the price of the step that it lies in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DemandTier {
    /// Price, $/kW (for each month, or each day of a daily charge).
    pub usd_per_kw: f64,
    /// Demand up to which it holds, kW; infinite for the last.
    pub up_to_kw: f64,
}

/// A ratchet: a share of an earlier peak is billed where the month's own is lower.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lookback {
    /// Share of the earlier peak by month that is billed, 0 to 1.
    pub share: [f64; MONTHS],
    /// Calendar months whose peaks count.
    pub months: [bool; MONTHS],
    /// How many months before the billed one count.
    pub range: usize,
}

/// Which period holds at which quarter of an hour of the local year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    period: Vec<u16>,
}

/// A quarter of an hour by month and weekday: an index into a [`Schedule`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot(u16);

impl Slot {
    /// The slot of a month (0 to 11), a weekday (0 is Monday) and a second of the day.
    #[must_use]
    pub fn new(month: usize, weekday: usize, second: i64) -> Self {
        let quarter = (second / SLOT_S) as usize;
        Self(((month * WEEKDAYS + weekday) * SLOTS_A_DAY + quarter) as u16)
    }

    /// Every slot of a year, with its month, weekday and second of the day.
    pub fn all() -> impl Iterator<Item = (Self, usize, usize, i64)> {
        (0..MONTHS * WEEKDAYS * SLOTS_A_DAY).map(|at| {
            let day = at / SLOTS_A_DAY;
            (Self(at as u16), day / WEEKDAYS, day % WEEKDAYS, (at % SLOTS_A_DAY) as i64 * SLOT_S)
        })
    }
}

impl Schedule {
    /// From a function of month (0 to 11), weekday (0 is Monday) and second of the day.
    #[must_use]
    pub fn new(mut period: impl FnMut(usize, usize, i64) -> u16) -> Self {
        Self { period: Slot::all().map(|(_, month, weekday, second)| period(month, weekday, second)).collect() }
    }

    /// One period all year.
    #[must_use]
    pub fn always() -> Self {
        Self::new(|_, _, _| 0)
    }

    /// From the hours of a day by month, for weekdays and weekends.
    #[must_use]
    pub fn hourly(weekday: &[[u16; 24]; MONTHS], weekend: &[[u16; 24]; MONTHS]) -> Self {
        Self::new(|month, day, second| {
            let hours = if day < 5 { &weekday[month] } else { &weekend[month] };
            hours[(second / 3600) as usize]
        })
    }

    /// One period a month.
    #[must_use]
    pub fn monthly(period: [u16; MONTHS]) -> Self {
        Self::new(|month, _, _| period[month])
    }

    /// The period of a slot.
    #[must_use]
    pub fn period(&self, slot: Slot) -> usize {
        usize::from(self.period[usize::from(slot.0)])
    }
}

/// What `kw` of demand costs in these steps, $.
///
/// ```
/// use portvolt::account::tariff::{DemandTier, demand_usd};
/// let tiers = [DemandTier { usd_per_kw: 5.0, up_to_kw: 100.0 }, DemandTier { usd_per_kw: 3.0, up_to_kw: f64::INFINITY }];
/// assert_eq!(demand_usd(&tiers, 150.0), 650.0); // 100 kW x 5 $ + 50 kW x 3 $
/// ```
#[must_use]
pub fn demand_usd(tiers: &[DemandTier], kw: f64) -> f64 {
    let mut below_kw = 0.0;
    let mut usd = 0.0;
    for tier in tiers {
        usd += tier.usd_per_kw * (kw.min(tier.up_to_kw) - below_kw).max(0.0);
        below_kw = tier.up_to_kw;
    }
    usd
}

impl Rates {
    /// What a kW of a month's peak costs at most, $: the dearest step of the dearest period of each monthly demand charge.
    #[must_use]
    pub fn most_usd_per_kw(&self) -> f64 {
        let dearest =
            |charge: &DemandCharge| charge.periods.iter().flatten().map(|tier| tier.usd_per_kw).fold(0.0, f64::max);
        // A sum of nothing is -0.
        self.demand.iter().filter(|charge| !charge.daily).map(dearest).sum::<f64>() + 0.0
    }

    /// The weekday as which a day is billed, 0 is Monday.
    #[must_use]
    pub fn billed_weekday(&self, date: Date) -> usize {
        let weekday = date.weekday().to_monday_zero_offset() as usize;
        if weekday < 5 && self.holidays.contains(date) { SUNDAY } else { weekday }
    }
}

impl Tariff {
    /// Which of the rates are in force on a day: the last that began, the first before any did.
    #[must_use]
    pub fn in_force(&self, day: Date) -> usize {
        self.rates.iter().rposition(|rates| rates.from.is_none_or(|from| from <= day)).unwrap_or(0)
    }

    /// Length of the blocks in which a meter keeps a load for this tariff, s: 15 minutes, or what also divides the
    /// windows of its demand charges.
    #[must_use]
    pub fn meter_s(&self) -> u32 {
        let divisor = |mut a: u32, mut b: u32| {
            while b > 0 {
                (a, b) = (b, a % b);
            }
            a
        };
        self.rates.iter().filter_map(|rates| rates.demand_window_s).fold(900, divisor)
    }

    /// Price of one more kWh at a local time, $/kWh: the first tier's, with the month's adjustment. 0 without an
    /// energy charge.
    #[must_use]
    #[cfg_attr(private_rooms, allow(dead_code, reason = "tests ask for it"))]
    pub fn energy_price_usd_per_kwh(&self, local: DateTime) -> f64 {
        let second = i64::from(local.hour()) * 3600 + i64::from(local.minute()) * 60;
        self.price(local.date(), second)
    }

    /// The same at an elapsed second of a run.
    #[must_use]
    pub fn energy_price_at(&self, calendar: &Calendar, elapsed_s: i64) -> f64 {
        let day = calendar.day(elapsed_s);
        let date = calendar.start().saturating_add(day.days());
        self.price(date, calendar.local_s(elapsed_s).rem_euclid(DAY_S))
    }

    /// What a kW more of the peak costs that counts at an elapsed second of a run, $/kW: the first step of each demand charge in its
    /// period of that time, for a month or, where days' peaks are charged, a day. Subscriptions and earlier peaks are not in it.
    #[must_use]
    pub fn demand_price_at(&self, calendar: &Calendar, elapsed_s: i64) -> f64 {
        let date = calendar.start().saturating_add(calendar.day(elapsed_s).days());
        let Some(rates) = self.rates.get(self.in_force(date)) else { return 0.0 };
        let second = calendar.local_s(elapsed_s).rem_euclid(DAY_S);
        let slot = Slot::new(date.month() as usize - 1, rates.billed_weekday(date), second);
        let first =
            |charge: &DemandCharge| charge.periods[charge.schedule.period(slot)].first().map(|tier| tier.usd_per_kw);
        // A sum of nothing is -0.
        rates.demand.iter().filter_map(first).sum::<f64>() + 0.0
    }

    /// Is the local day of an elapsed second of a run billed as a holiday?
    #[must_use]
    pub fn is_holiday_at(&self, calendar: &Calendar, elapsed_s: i64) -> bool {
        let date = calendar.start().saturating_add(calendar.day(elapsed_s).days());
        self.rates.get(self.in_force(date)).is_some_and(|rates| rates.holidays.contains(date))
    }

    fn price(&self, date: Date, second: i64) -> f64 {
        let month = date.month() as usize - 1;
        let Some(rates) = self.rates.get(self.in_force(date)) else { return 0.0 };
        rates.energy.as_ref().map_or(0.0, |charge| {
            let period = charge.schedule.period(Slot::new(month, rates.billed_weekday(date), second));
            charge.periods[period][0].usd_per_kwh + charge.adjustment_usd_per_kwh[month]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// 2025-06-06 is a Friday, 2025-06-07 a Saturday. Price 0.50 on weekdays 16-21 h from 2025 on, otherwise 0.10.
    #[test]
    fn price_by_date_day_and_hour() {
        let tier = |usd_per_kwh| {
            vec![EnergyTier { usd_per_kwh, sell_usd_per_kwh: 0.0, up_to: f64::INFINITY, basis: TierBasis::Kwh }]
        };
        let mut hours = [[0; 24]; 12];
        hours[5][16..21].fill(1);
        let mut adjustment_usd_per_kwh = [0.0; 12];
        adjustment_usd_per_kwh[5] = 0.01;
        let charge = |schedule| EnergyCharge {
            schedule,
            periods: vec![tier(0.10), tier(0.50)],
            names: Vec::new(),
            adjustment_usd_per_kwh,
            exports: ExportRule::default(),
        };
        let old = Rates { energy: Some(charge(Schedule::always())), ..Rates::default() };
        let from = Some(date(2025, 1, 1));
        let new = Rates { from, energy: Some(charge(Schedule::hourly(&hours, &[[0; 24]; 12]))), ..Rates::default() };
        let tariff =
            Tariff { label: String::new(), name: String::new(), utility: String::new(), rates: vec![old, new] };
        let price =
            |year, day, hour, minute| tariff.energy_price_usd_per_kwh(date(year, 6, day).at(hour, minute, 0, 0));
        assert!((price(2025, 6, 16, 0) - 0.51).abs() < 1e-12);
        assert!((price(2025, 6, 15, 59) - 0.11).abs() < 1e-12);
        assert!((price(2025, 6, 21, 0) - 0.11).abs() < 1e-12);
        assert!((price(2025, 7, 16, 0) - 0.11).abs() < 1e-12, "a Saturday");
        assert!((price(2024, 6, 16, 0) - 0.11).abs() < 1e-12, "before the change");
        let calendar = Calendar::new("2025-06-06", "America/Los_Angeles", 3).unwrap();
        assert!((tariff.energy_price_at(&calendar, 16 * 3600) - 0.51).abs() < 1e-12);
        assert!(tariff.demand_price_at(&calendar, 0).total_cmp(&0.0).is_eq(), "no charge, and not -0");
    }

    /// 5 $/kW at any hour, of which the first 100 kW, and 20 $/kW between 16 and 21 h of weekdays in June, nothing else.
    #[test]
    fn demand_price_by_hour() {
        let steps = |usd_per_kw| vec![DemandTier { usd_per_kw, up_to_kw: 100.0 }];
        let charge = |kind, schedule, periods| DemandCharge {
            kind,
            schedule,
            periods,
            name: String::new(),
            daily: false,
            lookback: None,
            least_kw: 0.0,
        };
        let mut hours = [[0; 24]; 12];
        hours[5][16..21].fill(1);
        let on_peak = Schedule::hourly(&hours, &[[0; 24]; 12]);
        let demand = vec![
            charge(DemandKind::Flat, Schedule::always(), vec![steps(5.0)]),
            charge(DemandKind::TimeOfUse, on_peak, vec![Vec::new(), steps(20.0)]),
        ];
        let rates = vec![Rates { demand, ..Rates::default() }];
        let tariff = Tariff { label: String::new(), name: String::new(), utility: String::new(), rates };
        let calendar = Calendar::new("2025-06-06", "America/Los_Angeles", 3).unwrap();
        let at_h = |hour: i64| tariff.demand_price_at(&calendar, hour * 3600);
        assert!((at_h(16) - 25.0).abs() < 1e-12 && (at_h(21) - 5.0).abs() < 1e-12);
        assert!((at_h(24 + 16) - 5.0).abs() < 1e-12, "a Saturday");
        assert!(!tariff.is_holiday_at(&calendar, 0));
    }
}
