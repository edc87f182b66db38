//! Numbers as people's programs write them: `1,234.5`, `1.234,5`, `1 234,5`, `(12)`, `$0.30`. A mark that fits neither
//! thousands nor decimals is never dropped: the number would be wrong by a power of ten without notice.

use super::cell::Cell;
use super::rows::SheetRow;
use crate::document::problem::Mistakes;

/// What stands between thousands besides a comma or a point.
const GROUPS: [char; 5] = [' ', '\'', '\u{2019}', '\u{2009}', '\u{202f}'];

/// What stands before the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Decimal {
    /// `1,234.5`
    #[default]
    Point,
    /// `1.234,5`
    Comma,
}

/// A cell that tells what stands before the decimals, or could be either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) line: u64,
    /// Its column, from 0.
    pub(crate) column: usize,
    pub(crate) text: String,
}

/// Why a column does not tell what stands before its decimals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unsure {
    /// A cell could be either, and no other decides.
    Open(Written),
    /// One can only have a point there, and another only a comma.
    Torn {
        /// That with the point.
        point: Written,
        /// That with the comma.
        comma: Written,
    },
}

impl Unsure {
    /// Tells the mistake. `name` is that of a column.
    pub(crate) fn tell<'n>(self, name: impl Fn(usize) -> &'n str, mistakes: &mut Mistakes<'_>) {
        match self {
            Self::Open(Written { line, column, text }) => {
                let message = format!(
                    "`{text}` may be a thousands group or a decimal fraction, and no other value in the file decides"
                );
                let help = "say which: `decimal = \",\"` or `decimal = \".\"` in a mapping file";
                mistakes.push(Some(line), name(column), message, Some(help.to_owned()));
            }
            Self::Torn { point, comma } => {
                let (first, second) = if point.line <= comma.line { (&point, &comma) } else { (&comma, &point) };
                let what = |cell: &Written| if *cell == point { "a point" } else { "a comma" };
                let message = format!(
                    "`{}` has {} before its decimals, and `{}` in line {}, column `{}`, has {}",
                    second.text,
                    what(second),
                    first.text,
                    first.line,
                    name(first.column),
                    what(first)
                );
                let help = "write all numbers of the file one way";
                mistakes.push(Some(second.line), name(second.column), message, Some(help.to_owned()));
            }
        }
    }
}

/// What stands before the decimals of some columns, if their cells tell it: all are looked at, for one that decides does not
/// make another right. `delimiter` is what parts the cells: a program that writes `;` may well write decimals with a comma.
pub(crate) fn decimal_of<'r>(
    rows: impl Iterator<Item = &'r SheetRow>,
    columns: &[usize],
    delimiter: Option<char>,
) -> Result<Decimal, Box<Unsure>> {
    let (mut point, mut comma, mut open): (Option<Written>, Option<Written>, Option<Written>) = (None, None, None);
    for row in rows {
        for column in columns {
            let Cell::Text(text) = row.cell(*column) else { continue };
            let has_comma = text.contains(',');
            if !has_comma && !text.contains('.') {
                continue;
            }
            let into = match (plain(text, Decimal::Point).is_some(), plain(text, Decimal::Comma).is_some()) {
                (true, false) => &mut point,
                (false, true) => &mut comma,
                // Most programs write a point, and a part of three digits is common with one.
                (true, true) if has_comma || delimiter == Some(';') => &mut open,
                _ => continue,
            };
            if into.is_none() {
                *into = Some(Written { line: row.line, column: *column, text: text.clone() });
            }
        }
    }
    match (point, comma, open) {
        (Some(point), Some(comma), _) => Err(Box::new(Unsure::Torn { point, comma })),
        (None, Some(_), _) => Ok(Decimal::Comma),
        (None, None, Some(open)) => Err(Box::new(Unsure::Open(open))),
        (_, None, _) => Ok(Decimal::Point),
    }
}

/// The same where a point is taken, and that is said, when nothing decides on a comma. None where cells contradict each other
/// or nothing decides on a point, which is told.
pub(crate) fn decimal_or_point<'r, 'n>(
    rows: impl Iterator<Item = &'r SheetRow>,
    columns: &[usize],
    delimiter: Option<char>,
    name: impl Fn(usize) -> &'n str,
    notes: &mut Vec<String>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Decimal> {
    match decimal_of(rows, columns, delimiter).map_err(|unsure| *unsure) {
        Ok(decimal) => Some(decimal),
        Err(Unsure::Open(Written { text, .. })) if text.contains(',') => {
            notes.push(format!(
                "`{text}` is read with a comma for thousands; `decimal = \",\"` in a mapping file changes that"
            ));
            Some(Decimal::Point)
        }
        Err(torn) => {
            torn.tell(name, mistakes);
            None
        }
    }
}

/// A number. None where it is none, or its marks do not fit.
pub(crate) fn number(cell: &Cell, decimal: Decimal) -> Option<f64> {
    let text = match cell {
        Cell::Number(number) => return Some(*number).filter(|number| number.is_finite()),
        Cell::Text(text) => text.as_str(),
        Cell::Empty | Cell::Time(_) => return None,
    };
    let number: f64 = plain(text, decimal)?.parse().ok()?;
    number.is_finite().then_some(number)
}

/// A number as Rust writes it. None where it is none, or its marks do not fit.
fn plain(text: &str, decimal: Decimal) -> Option<String> {
    let (group, point) = if decimal == Decimal::Comma { ('.', ',') } else { (',', '.') };
    let owed = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    let text = owed.unwrap_or(text).trim_start_matches(['$', '\u{20ac}', '\u{a3}']).trim();
    let (is_negative, text) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest.trim_start()),
        None => (false, text),
    };
    let (text, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, part) = text.split_once(point).unwrap_or((text, ""));
    let whole = grouped(whole, group)?;
    let is_power = is_digits(power.strip_prefix(['-', '+']).unwrap_or(power)) && !power.is_empty();
    if !is_digits(part) || !is_power || whole.is_empty() && part.is_empty() {
        return None;
    }
    let sign = if is_negative == owed.is_some() { "" } else { "-" };
    Some(format!("{sign}{whole}.{part}e{power}"))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The digits before the decimals: one to three, and then threes behind one and the same mark, where there is a mark.
fn grouped(whole: &str, group: char) -> Option<String> {
    let Some(mark) = whole.chars().find(|c| !c.is_ascii_digit()) else { return Some(whole.to_owned()) };
    if mark != group && !GROUPS.contains(&mark) {
        return None;
    }
    let mut parts = whole.split(mark);
    let first = parts.next()?;
    // `0,125` has no thousands.
    let is_first = matches!(first.len(), 1..=3) && is_digits(first) && !first.starts_with('0');
    let fits = is_first && parts.all(|part| part.len() == 3 && is_digits(part));
    fits.then(|| whole.replace(mark, ""))
}

#[cfg(test)]
mod tests {
    //! Contract: a column tells its own decimals where one of its cells does and none says otherwise, and a number is what is
    //! written or is refused.

    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    fn of(cells: &[&str]) -> Result<Decimal, Box<Unsure>> {
        let rows: Vec<SheetRow> = (2..).zip(cells).map(|(line, it)| SheetRow { line, cells: vec![text(it)] }).collect();
        decimal_of(rows.iter(), &[0], Some(','))
    }

    #[test]
    fn decimals_of_a_column() {
        assert_eq!(of(&["10", "1,234.5"]), Ok(Decimal::Point));
        assert_eq!(of(&["1,234", "10,5"]), Ok(Decimal::Comma));
        assert_eq!(of(&["1.234", "2,5"]), Ok(Decimal::Comma), "the first alone does not decide");
        assert_eq!(of(&["1.234,50"]), Ok(Decimal::Comma));
        let open = Written { line: 2, column: 0, text: "1,234".to_owned() };
        assert_eq!(of(&["1,234", "5,678"]), Err(Box::new(Unsure::Open(open))));
        assert_eq!(of(&["0,125"]), Ok(Decimal::Comma));
        assert_eq!(of(&["1,234", "2.5"]), Ok(Decimal::Point));
        assert_eq!(of(&["5", "6"]), Ok(Decimal::Point));
        assert_eq!(of(&["1.234", "2.345"]), Ok(Decimal::Point));
        assert_eq!(of(&["Data of 1.5, 2.5 and more", "7,5"]), Ok(Decimal::Comma), "words decide nothing");
    }

    /// Whoever writes `;` between cells may write a comma before decimals: `1.234` is a thousand there, or one and a part.
    #[test]
    fn a_point_between_semicolons_is_asked_about() {
        let of = |cells: &[&str]| {
            let rows: Vec<SheetRow> =
                (2..).zip(cells).map(|(line, it)| SheetRow { line, cells: vec![text(it)] }).collect();
            decimal_of(rows.iter(), &[0], Some(';'))
        };
        let open = Written { line: 2, column: 0, text: "1.234".to_owned() };
        assert_eq!(of(&["1.234", "5.678"]), Err(Box::new(Unsure::Open(open))));
        assert_eq!(of(&["1.234", "5.67"]), Ok(Decimal::Point));
        assert_eq!(of(&["1.234", "0.678"]), Ok(Decimal::Point), "no thousand begins with 0");
        assert_eq!(of(&["1.234", "5,67"]), Ok(Decimal::Comma));
    }

    #[test]
    fn cells_that_contradict_each_other_are_both_named() {
        for cells in [["1,5", "2.5"], ["2.5", "1,5"], ["1,234,567", "1,2345"], ["1.234,5", "2.5"], ["0.5", "0,5"]] {
            let unsure = of(&cells).unwrap_err();
            assert!(matches!(*unsure, Unsure::Torn { .. }), "{cells:?}");
            let mut list = Vec::new();
            unsure.tell(|_| "kw", &mut Mistakes::of("a.csv", &mut list));
            let message = &list[0].message;
            let names_both = cells.iter().all(|cell| message.contains(&format!("`{cell}`")));
            assert!(names_both && message.contains("line 2"), "{message}");
            let line = crate::document::problem::Place::Line("a.csv".to_owned(), 3);
            assert_eq!((list[0].place.as_ref(), list[0].field.as_str()), (Some(&line), "kw"));
        }
    }

    #[test]
    fn numbers() {
        for (written, decimal, value) in [
            ("1,234.5", Decimal::Point, Some(1234.5)),
            ("1.234,5", Decimal::Comma, Some(1234.5)),
            ("1.234", Decimal::Comma, Some(1234.0)),
            ("1,234,567", Decimal::Point, Some(1_234_567.0)),
            ("$0.30", Decimal::Point, Some(0.3)),
            ("(12)", Decimal::Point, Some(-12.0)),
            ("1 234,5", Decimal::Comma, Some(1234.5)),
            ("1'234.5", Decimal::Point, Some(1234.5)),
            ("-0,5", Decimal::Comma, Some(-0.5)),
            ("- 5", Decimal::Point, Some(-5.0)),
            (".5", Decimal::Point, Some(0.5)),
            ("5.", Decimal::Point, Some(5.0)),
            ("1.5e3", Decimal::Point, Some(1500.0)),
            ("nan", Decimal::Point, None),
            ("n/a", Decimal::Point, None),
            ("2,5", Decimal::Point, None),
            ("2.5", Decimal::Comma, None),
            ("1,2345", Decimal::Point, None),
            ("1,23", Decimal::Point, None),
            ("0,125", Decimal::Point, None),
            ("1234,567", Decimal::Point, None),
            ("1,234 567", Decimal::Point, None),
            ("1.5.2", Decimal::Point, None),
            ("12,34,567", Decimal::Point, None),
            ("1,5,3", Decimal::Comma, None),
            ("", Decimal::Point, None),
            (".", Decimal::Point, None),
            ("1e", Decimal::Point, None),
        ] {
            assert_eq!(number(&text(written), decimal), value, "{written}");
        }
    }
}
