//! The price of hydrogen from its producers and customers. Formulas on plain values: producers with what a kilogram costs each,
//! customers with what they ask for, a pipe between them.

use crate::kernel::units::LHV_MJ_PER_KG;

/// Energy of a tonne of hydrogen by its lower heating value, GJ: as many as MJ of a kilogram.
pub const GJ_PER_T: f64 = LHV_MJ_PER_KG;

/// Customers of the pipe, in the order of every array of them: neighbours, plants, and stations for vehicles.
pub const CUSTOMERS: usize = 3;

/// Place of plants among customers.
pub const PLANTS: usize = 1;

/// A plant that makes hydrogen, in a year.
#[derive(Debug, Clone, PartialEq)]
pub struct Producer {
    /// Its key.
    pub plant: String,
    /// What it makes, t.
    pub t: f64,
    /// Levelised cost, USD/kg.
    pub usd_per_kg: f64,
}

/// Result of clearing a year: quantities and price.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cleared {
    /// What all producers make, t.
    pub made_t: f64,
    /// What of it the pipe takes, t.
    pub supply_t: f64,
    /// What each customer asks for, t.
    pub asked_t: [f64; CUSTOMERS],
    /// What each gets, t.
    pub served_t: [f64; CUSTOMERS],
    /// Levelised cost of the marginal producer (the most expensive one that is needed), USD/kg.
    pub usd_per_kg: f64,
    /// The marginal producer; empty where there is none.
    pub dearest: String,
}

impl Cleared {
    /// What each customer asks for and does not get, t.
    #[must_use]
    pub fn lacking_t(&self) -> [f64; CUSTOMERS] {
        core::array::from_fn(|at| self.asked_t[at] - self.served_t[at])
    }
}

/// Clears a year. Who had hydrogen the year before keeps it, as far as it lasts; what is left goes to what is asked for beyond that,
/// in proportion. Producers are needed in the order of their cost. With no year before, all come at once.
#[must_use]
pub fn clear(
    mut producers: Vec<Producer>,
    asked_t: [f64; CUSTOMERS],
    before_t: Option<[f64; CUSTOMERS]>,
    pipe_t: f64,
) -> Cleared {
    producers.sort_by(|a, b| a.usd_per_kg.total_cmp(&b.usd_per_kg).then_with(|| a.plant.cmp(&b.plant)));
    let made_t: f64 = producers.iter().map(|producer| producer.t).sum();
    let supply_t = made_t.min(pipe_t);
    let first_t = before_t.map_or([0.0; CUSTOMERS], |before| core::array::from_fn(|at| asked_t[at].min(before[at])));
    let kept = share(supply_t, first_t.iter().sum());
    let left_t = supply_t - first_t.iter().sum::<f64>() * kept;
    let more_t: [f64; CUSTOMERS] = core::array::from_fn(|at| asked_t[at] - first_t[at]);
    let given = share(left_t, more_t.iter().sum());
    let served_t: [f64; CUSTOMERS] = core::array::from_fn(|at| first_t[at] * kept + more_t[at] * given);
    let needed_t: f64 = served_t.iter().sum();
    let mut sum_t = 0.0;
    let reaches = |producer: &&Producer| {
        sum_t += producer.t;
        sum_t >= needed_t * (1.0 - 1e-12)
    };
    let dearest = producers.iter().find(reaches).or(producers.last());
    Cleared {
        made_t,
        supply_t,
        asked_t,
        served_t,
        usd_per_kg: dearest.map_or(0.0, |producer| producer.usd_per_kg),
        dearest: dearest.map_or_else(String::new, |producer| producer.plant.clone()),
    }
}

/// The share of what is asked for that there is, at most all of it.
fn share(there: f64, asked: f64) -> f64 {
    if asked > there { there.max(0.0) / asked } else { 1.0 }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the numbers are chosen to be exact")]
mod tests {
    //! Contract: the dearest producer that is needed makes the price; who was there first is served first; what lacks is told.

    use super::*;

    fn two() -> Vec<Producer> {
        let of = |plant: &str, t, usd_per_kg| Producer { plant: plant.to_owned(), t, usd_per_kg };
        vec![of("electrolyser", 50.0, 5.0), of("reformer", 100.0, 2.0)]
    }

    /// Reformer 100 t at 2 USD, electrolyser 50 t at 5 USD. 90 t: 2 USD. 101 t: 5 USD. 200 t: 5 USD, and 50 t lack.
    #[test]
    fn the_dearest_that_is_needed_makes_the_price() {
        let of = |fleets_t| clear(two(), [80.0, 10.0, fleets_t], None, 1_000.0);
        assert_eq!(
            (of(0.0).usd_per_kg, of(0.0).dearest.as_str(), of(0.0).lacking_t().iter().sum::<f64>()),
            (2.0, "reformer", 0.0)
        );
        assert_eq!(of(10.0).usd_per_kg, 2.0);
        assert_eq!((of(11.0).usd_per_kg, of(11.0).lacking_t().iter().sum::<f64>()), (5.0, 0.0));
        let short = of(110.0);
        assert_eq!((short.usd_per_kg, short.dearest.as_str()), (5.0, "electrolyser"));
        assert!(
            (short.lacking_t().iter().sum::<f64>() - 50.0).abs() < 1e-9 && short.served_t.iter().sum::<f64>() == 150.0
        );
        // A pipe of 60 t is full before producers are.
        let narrow = clear(two(), [80.0, 10.0, 0.0], None, 60.0);
        assert_eq!((narrow.usd_per_kg, narrow.supply_t, narrow.made_t), (2.0, 60.0, 150.0));
        assert!((narrow.lacking_t().iter().sum::<f64>() - 30.0).abs() < 1e-9);
        assert_eq!(clear(Vec::new(), [1.0, 0.0, 0.0], None, 60.0).usd_per_kg, 0.0);
    }

    /// 150 t. Neighbours had 80 t and plants 10 t; fleets come with 90 t and plants with 20 t more: 60 t are left for 110 t.
    #[test]
    fn who_was_there_first_is_served_first() {
        let cleared = clear(two(), [80.0, 30.0, 90.0], Some([80.0, 10.0, 0.0]), 1_000.0);
        let want = [80.0, 10.0 + 20.0 * 60.0 / 110.0, 90.0 * 60.0 / 110.0];
        for (served, want) in cleared.served_t.iter().zip(want) {
            assert!((served - want).abs() < 1e-9, "{cleared:?}");
        }
        // Next year fleets are there as well; the electrolyser closes, and all lose the same share of what they had.
        let one = vec![two().remove(1)];
        let after = clear(one, [80.0, 30.0, 90.0], Some(cleared.served_t), 1_000.0);
        for (served, had) in after.served_t.iter().zip(cleared.served_t) {
            assert!((served - had * 100.0 / 150.0).abs() < 1e-9, "{after:?}");
        }
    }
}
