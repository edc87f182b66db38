//! Numbers as people's programs write them: `1,234.5`, `1.234,5`, `1 234,5`, `(12)`, `$0.30`.

use super::cell::Cell;

/// What stands before the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Decimal {
    /// `1,234.5`
    #[default]
    Point,
    /// `1.234,5`
    Comma,
}

/// What stands before the decimals of a column, if its cells tell it. `Err`: a cell that could be either.
pub(crate) fn decimal_of<'c>(cells: impl Iterator<Item = &'c Cell>) -> Result<Decimal, String> {
    let mut open: Option<String> = None;
    for cell in cells {
        let Cell::Text(text) = cell else { continue };
        let (commas, points) = (text.matches(',').count(), text.matches('.').count());
        match (commas, points) {
            (0, 0) => {}
            // Both: the last of them stands before the decimals.
            (1.., 1..) => return Ok(if text.rfind(',') > text.rfind('.') { Decimal::Comma } else { Decimal::Point }),
            (2.., 0) | (0, 1) => return Ok(Decimal::Point),
            (0, 2..) => return Ok(Decimal::Comma),
            (_, 0) => {
                let (before, decimals) = text.split_once(',').unwrap_or_default();
                let is_open = decimals.len() == 3 && before.trim_start_matches(['-', '+']) != "0" && before.len() < 5;
                if !is_open {
                    return Ok(Decimal::Comma);
                }
                open.get_or_insert_with(|| text.clone());
            }
        }
    }
    open.map_or(Ok(Decimal::Point), Err)
}

/// A number.
pub(crate) fn number(cell: &Cell, decimal: Decimal) -> Option<f64> {
    let text = match cell {
        Cell::Number(number) => return Some(*number).filter(|number| number.is_finite()),
        Cell::Text(text) => text.as_str(),
        Cell::Empty | Cell::Time(_) => return None,
    };
    let negative = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    let text = negative.unwrap_or(text).trim_start_matches(['$', '€', '£']);
    let (group, point) = if decimal == Decimal::Comma { ('.', ',') } else { (',', '.') };
    let plain: String = text
        .chars()
        .filter(|c| *c != group && *c != ' ' && *c != '\'' && *c != '\u{202f}')
        .map(|c| if c == point { '.' } else { c })
        .collect();
    let number: f64 = plain.parse().ok()?;
    let number = if negative.is_some() { -number } else { number };
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    //! Contract: a column tells its own decimals where one of its cells does.

    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn decimals_of_a_column() {
        let of = |cells: &[&str]| decimal_of(cells.iter().map(|cell| text(cell)).collect::<Vec<_>>().iter());
        assert_eq!(of(&["10", "1,234.5"]), Ok(Decimal::Point));
        assert_eq!(of(&["1,234", "10,5"]), Ok(Decimal::Comma));
        assert_eq!(of(&["1.234,50"]), Ok(Decimal::Comma));
        assert_eq!(of(&["1,234", "5,678"]), Err("1,234".to_owned()));
        assert_eq!(of(&["0,125"]), Ok(Decimal::Comma));
        assert_eq!(of(&["1,234", "2.5"]), Ok(Decimal::Point));
        assert_eq!(of(&["5", "6"]), Ok(Decimal::Point));
    }

    #[test]
    fn numbers() {
        for (written, decimal, value) in [
            ("1,234.5", Decimal::Point, Some(1234.5)),
            ("1.234,5", Decimal::Comma, Some(1234.5)),
            ("$0.30", Decimal::Point, Some(0.3)),
            ("(12)", Decimal::Point, Some(-12.0)),
            ("1 234,5", Decimal::Comma, Some(1234.5)),
            ("-0,5", Decimal::Comma, Some(-0.5)),
            ("nan", Decimal::Point, None),
            ("n/a", Decimal::Point, None),
        ] {
            assert_eq!(number(&text(written), decimal), value, "{written}");
        }
    }
}
