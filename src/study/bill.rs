//! What a metered load costs under a tariff; nothing is simulated.

use crate::account::bill::{self, Bill, Component, MonthBill};
use crate::account::tariff::Tariff;
use crate::disk::read::Kind;
use crate::document::problem::{Problem, Problems};
use crate::import;
use crate::import::load::Metered;
use crate::import::map::Map;
use crate::scenario::files::read_bytes;
use crate::scenario::rows::tariff;
use std::collections::BTreeMap;
use std::path::Path;

/// A load, a tariff, and what that costs.
#[derive(Debug)]
pub struct Billed {
    /// The load, and how it was read.
    pub metered: Metered,
    /// The tariff.
    pub tariff: Tariff,
    /// The bill.
    pub bill: Bill,
}

/// Bills a load. `tariff_file`: a file, or the name of one that comes with Portvolt; `name`: which tariff of the file. `map` says
/// how the load is read; none: what it says is wrong, and told already in `problems`.
///
/// # Errors
/// All that is wrong with both files.
pub fn billed(
    load: &Path,
    tariff_file: &Path,
    name: Option<&str>,
    map: Option<&Map>,
    mut problems: Vec<Problem>,
) -> Result<Billed, Problems> {
    let metered = metered(load, map, &mut problems);
    let file = tariff_file.display().to_string();
    let tariff = tariff(&file, name, &mut BTreeMap::new(), &mut problems);
    let (Some(metered), Some(tariff)) = (metered, tariff) else {
        return Err(Problems { files: Vec::new(), list: problems });
    };
    let bill = bill::bill(&tariff, &metered.load);
    Ok(Billed { metered, tariff, bill })
}

fn metered(load: &Path, map: Option<&Map>, problems: &mut Vec<Problem>) -> Option<Metered> {
    let name = load.display().to_string();
    match read_bytes(load, Kind::Csv) {
        Ok(bytes) => import::load::read(&name, &bytes, map?, problems),
        Err((message, help)) => {
            problems.extend(Problems::of_file(&name, message, help).list);
            None
        }
    }
}

/// Fixed charges, with what is missing to a minimum.
fn fixed_usd(month: &MonthBill) -> f64 {
    month.usd(Component::Fixed) + month.usd(Component::Minimum)
}

impl Billed {
    /// The bill as programs read it.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let Self { metered, bill, .. } = self;
        let months = bill.months.iter().map(|month| {
            let lines = month.lines.iter().map(|line| {
                serde_json::json!({
                    "component": line.component.word(), "name": line.name, "quantity": line.quantity, "unit": line.unit,
                    "usd": line.usd,
                })
            });
            serde_json::json!({
                "month": month.month(), "energy_usd": month.usd(Component::Energy),
                "demand_usd": month.usd(Component::Demand), "fixed_usd": fixed_usd(month), "billed_kw": month.billed_kw,
                "total_usd": month.total_usd(), "energy_kwh": month.energy_kwh, "lines": lines.collect::<Vec<_>>(),
            })
        });
        serde_json::json!({
            "schema": 1, "total_usd": bill.total_usd(), "energy_usd": bill.usd(Component::Energy),
            "demand_usd": bill.usd(Component::Demand), "fixed_usd": self.fixed_usd(),
            "months": months.collect::<Vec<_>>(), "notes": bill.notes, "conventions": bill.conventions,
            "zone": metered.load.zone(), "interval_s": metered.load.interval_s(), "load_read": metered.said,
        })
    }

    /// Fixed charges of all months, with what is missing to minima, $.
    #[must_use]
    pub fn fixed_usd(&self) -> f64 {
        self.bill.usd(Component::Fixed) + self.bill.usd(Component::Minimum)
    }
}
