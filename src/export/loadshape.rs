//! `OpenDSS` load shapes: a CSV file of mean kW by interval for each site, and the lines that load them.
//!
//! A shape with `useactual=yes` holds kW, not multiples of a peak; `sinterval` is its step in seconds (`OpenDSS` manual,
//! `LoadShape` object).

use std::fmt::Write;

/// A name that `OpenDSS` takes: it knows no spaces, dots or capitals.
#[must_use]
pub fn element_name(site: &str) -> String {
    site.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}

/// The CSV file of a shape: one value a line, no header.
#[must_use]
pub fn csv(load_kw: &[f64]) -> String {
    let mut out = String::new();
    for kw in load_kw {
        let _ = writeln!(out, "{kw}");
    }
    out
}

/// The line that defines a shape from a file beside it, and a load that follows it; the load needs a bus and a voltage
/// that no run knows, so it is a comment to complete.
#[must_use]
pub fn lines(site: &str, load_kw: &[f64], interval_s: u32) -> String {
    let name = element_name(site);
    let peak_kw = load_kw.iter().copied().fold(0.0, f64::max);
    format!(
        "New LoadShape.{name} npts={} sinterval={interval_s} mult=(file={name}.csv) useactual=yes\n\
         ! New Load.{name} bus1=YOUR_BUS phases=3 kV=YOUR_KV kW={peak_kw} pf=1 yearly={name}\n",
        load_kw.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_by_hand() {
        assert_eq!(csv(&[0.0, 12.5, 100.0]), "0\n12.5\n100\n");
        assert_eq!(
            lines("Pier T.2", &[0.0, 12.5, 100.0], 300),
            "New LoadShape.pier_t_2 npts=3 sinterval=300 mult=(file=pier_t_2.csv) useactual=yes\n\
             ! New Load.pier_t_2 bus1=YOUR_BUS phases=3 kV=YOUR_KV kW=100 pf=1 yearly=pier_t_2\n"
        );
    }
}
