//! Dates and times of the day without signs between their parts: `20250602`, `202506020015`, `0015`.

use super::cell::Cell;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

const DAY_S: i64 = 86_400;

/// `20250602`, `202506020015` or `20250602001500`.
pub(super) fn date_and_time(text: &str) -> Option<DateTime> {
    if !matches!(text.len(), 8 | 12 | 14) || !(text.starts_with("19") || text.starts_with("20")) {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to).map_or(Some(0), |digits| digits.parse::<i8>().ok());
    let date = Date::new(text.get(..4)?.parse().ok()?, number(4, 6)?, number(6, 8)?).ok()?;
    let (hour, minute, second) = (number(8, 10)?, number(10, 12)?, number(12, 14)?);
    let midnight = date.at(0, 0, 0, 0);
    let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    (seconds <= DAY_S).then(|| midnight.saturating_add(seconds.seconds()))
}

/// Seconds of the day of four digits, `0000` to `2400`.
pub(super) fn four(text: &str) -> Option<i64> {
    if text.len() == 4 { up_to_four(text) } else { None }
}

/// Seconds of the day of `15`, `0015`, `1215` or `2400`: a spreadsheet takes the zeros in front away.
pub(super) fn up_to_four(text: &str) -> Option<i64> {
    if !(1..=4).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    let seconds = number / 100 * 3600 + number % 100 * 60;
    (number % 100 < 60 && seconds <= DAY_S).then_some(seconds)
}

/// Do the cells of a column hold such times, of which some are past one o'clock? Numbers up to 24 alone are hours.
pub(super) fn are_clocks<'c>(cells: impl Iterator<Item = &'c Cell>) -> bool {
    let mut is_past_one = false;
    for cell in cells.filter(|cell| !cell.is_empty()) {
        let text = cell.text();
        let Some(seconds) = up_to_four(&text) else { return false };
        is_past_one |= seconds >= 3600;
    }
    is_past_one
}
