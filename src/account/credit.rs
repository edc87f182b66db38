//! Credits a kg of hydrogen, by carbon intensity and date.

/// A credit that is paid on some days of the run, as data of the scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Credit {
    /// First local day of the run on which it is paid (may be negative).
    pub from_day: i64,
    /// First local day on which it is no longer paid.
    pub until_day: i64,
    /// Bands: below this many kg `CO2e` per kg, so many USD per kg; intensity rising.
    pub bands: Vec<[f64; 2]>,
}

/// USD for one kg of an intensity on a day: the first band that holds, of every credit that is paid that day.
#[must_use]
pub fn usd_per_kg(credits: &[Credit], day: i64, co2e_kg_per_kg: f64) -> f64 {
    let paid = credits.iter().filter(|credit| (credit.from_day..credit.until_day).contains(&day));
    let of = |credit: &Credit| credit.bands.iter().find(|band| co2e_kg_per_kg < band[0]).map_or(0.0, |band| band[1]);
    paid.map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_and_dates() {
        let credit =
            Credit { from_day: 2, until_day: 5, bands: vec![[0.45, 3.0], [1.5, 1.0], [2.5, 0.75], [4.0, 0.6]] };
        let usd = |day, intensity| usd_per_kg(std::slice::from_ref(&credit), day, intensity);
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        close(usd(2, 0.0), 3.0);
        close(usd(4, 0.45), 1.0);
        close(usd(4, 3.9), 0.6);
        close(usd(4, 4.0), 0.0);
        close(usd(1, 0.0), 0.0);
        close(usd(5, 0.0), 0.0);
    }
}
