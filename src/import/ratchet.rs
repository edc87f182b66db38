//! The columns of a tariff CSV that say how earlier peaks count: `ratchet_share` of the highest peak of the months of
//! `ratchet_months` within the last `ratchet_range` months is billed at least, and `least_kw` in any case.

use crate::account::tariff::Lookback;
use crate::document::table::{Row, Table};

/// How many months before the billed one count where the file does not say: a year with it.
const DEFAULT_RANGE: f64 = 11.0;

/// What is billed at least.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Ratchet {
    pub(super) lookback: Option<Lookback>,
    /// Demand that is billed in any case, kW.
    pub(super) least_kw: Option<f64>,
}

/// Reads the columns of a row. None when they are wrong, or stand in a row that charges no demand.
pub(super) fn read(table: &mut Table<'_>, row: &Row, is_demand: bool) -> Option<Ratchet> {
    let columns = table.columns(["ratchet_share", "ratchet_months", "ratchet_range", "least_kw"]);
    let [share, months, range, least] = columns;
    let is_set = |column| row.get(column).is_some_and(|text| !text.is_empty());
    if !is_demand {
        let stray = columns.into_iter().find(|column| is_set(*column));
        if let Some(stray) = stray {
            table.wrong(row.line, stray.name, "belongs to rows of the type `demand`".to_owned(), None);
        }
        return stray.is_none().then(Ratchet::default);
    }
    let least_kw = table.optional(row, least, |table| table.number(row, least, 0.0, 1e7))?;
    if !is_set(share) {
        let stray = [months, range].into_iter().find(|column| is_set(*column));
        if let Some(stray) = stray {
            table.wrong(row.line, stray.name, "has no effect without `ratchet_share`".to_owned(), None);
        }
        return stray.is_none().then_some(Ratchet { lookback: None, least_kw });
    }
    let number = table.number(row, share, 0.0, 100.0)?;
    if number > 1.0 {
        let help = Some(format!("a share is 0 to 1: write {number} % as {}", number / 100.0));
        table.wrong(row.line, "ratchet_share", format!("{number} is more than the whole peak"), help);
        return None;
    }
    let range =
        table.optional(row, range, |table| table.number(row, range, 1.0, 36.0))?.unwrap_or(DEFAULT_RANGE) as usize;
    let text = row.get(months).unwrap_or_default();
    let Some(months) = months_of(text) else {
        let help = Some("such as 6-9, or 1;4;12; empty: all".to_owned());
        table.wrong(row.line, "ratchet_months", format!("`{text}` are no months"), help);
        return None;
    };
    let lookback = (number > 0.0).then_some(Lookback { share: [number; 12], months, range });
    Some(Ratchet { lookback, least_kw })
}

/// `6-9`, `11-2` or `1;4;12`; all where the text is empty.
fn months_of(text: &str) -> Option<[bool; 12]> {
    if text.is_empty() {
        return Some([true; 12]);
    }
    let month = |text: &str| text.trim().parse::<usize>().ok().filter(|month| (1..=12).contains(month));
    let mut out = [false; 12];
    for span in text.split([';', ' ']).filter(|span| !span.is_empty()) {
        let (from, to) = span.split_once('-').unwrap_or((span, span));
        let (from, to) = (month(from)?, month(to)?);
        let mut at = from;
        out[at - 1] = true;
        while at != to {
            at = at % 12 + 1;
            out[at - 1] = true;
        }
    }
    Some(out)
}

/// The one ratchet of the rows of a charge: those that say none have that of the others. Err: lines that do not agree.
pub(super) fn of_rows(rows: impl Iterator<Item = (u64, Ratchet)>) -> Result<Ratchet, (u64, u64)> {
    let mut found: Option<(u64, Ratchet)> = None;
    for (line, ratchet) in rows.filter(|row| row.1 != Ratchet::default()) {
        match found {
            None => found = Some((line, ratchet)),
            Some((_, known)) if known == ratchet => {}
            Some((first, _)) => return Err((first, line)),
        }
    }
    Ok(found.map_or_else(Ratchet::default, |found| found.1))
}
