//! Files of a year's weather and sun: EPW, TMY3, NSRDB and the hourly CSV of `PVWatts`. From them monthly temperatures and
//! clearness, or the output of an array by the hour.

use super::map::Map;
use super::meter_columns::plain;
use super::number::{Decimal, number};
use super::sheet::{self, Cell, Sheet, SheetRow};
use super::stamp::{DateOrder, date};
use crate::document::problem::{Mistakes, Problem};
use crate::grid::solar::above_air_kwh_per_m2;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Lines before the hours of EPW, and columns up to those that are read.
const EPW_HEADER: u64 = 8;
const EPW_COLUMNS: usize = 16;
/// What stands for a value that is missing, and more.
const MISSING_C: f64 = 70.0;
const MISSING_W_PER_M2: f64 = 2_000.0;

/// A year's weather by month.
#[derive(Debug, Clone, PartialEq)]
pub struct WeatherYear {
    /// Latitude and longitude, degrees, if the file says them.
    pub place: Option<(f64, f64)>,
    /// Mean temperature, degrees Celsius.
    pub mean_c: [f64; 12],
    /// Mean of the days' highest less lowest temperature, degrees Celsius.
    pub daily_range_c: f64,
    /// Sunlight on the ground over that above the air, where the file holds sunlight and a place.
    pub clearness: Option<[f64; 12]>,
    /// Hours without a temperature, which are left out.
    pub missing: usize,
}

impl WeatherYear {
    /// What it is, in a sentence.
    #[must_use]
    pub fn told(&self) -> String {
        let mean_c = self.mean_c.iter().sum::<f64>() / 12.0;
        let sun = if self.clearness.is_some() { "with clearness" } else { "without sunlight" };
        let missing = self.missing;
        let left =
            if missing > 0 { format!("; {missing} hours without a temperature left out") } else { String::new() };
        format!("a year of {mean_c:.1} degrees Celsius, {sun}{left}")
    }
}

/// An hour, or a part of one.
#[derive(Debug, Clone, Copy)]
struct Sample {
    month: usize,
    day: i8,
    celsius: f64,
    /// Sunlight on a horizontal plane, W/m2.
    global_w_per_m2: Option<f64>,
}

/// Reads a file of weather. None: it is none; the problems say why.
pub fn read(path: &str, bytes: &[u8], problems: &mut Vec<Problem>) -> Option<WeatherYear> {
    let mut mistakes = Mistakes::of(path, problems);
    let map = Map { delimiter: Some(','), ..Map::default() };
    let sheet = sheet::read(bytes, &map, &mut mistakes);
    let found = sheet.and_then(|sheet| year(&sheet, &mut mistakes));
    mistakes.close();
    found
}

/// The hours of a file, and the place where they were.
#[derive(Default)]
struct Hours {
    place: Option<(f64, f64)>,
    samples: Vec<Sample>,
    missing: usize,
}

impl Hours {
    /// Takes an hour: with its month, day and temperature as they are written.
    fn take(
        &mut self,
        row: &SheetRow,
        [month, day, celsius]: [usize; 3],
        date: Option<Date>,
        mistakes: &mut Mistakes<'_>,
    ) -> bool {
        let value = |at: usize| number(row.cell(at), Decimal::Point);
        let whole =
            |at: usize, most: f64| value(at).filter(|value| (1.0..=most).contains(value)).map(|value| value as i8);
        let (month_of, day_of) = match date {
            Some(date) => (Some(date.month()), Some(date.day())),
            None => (whole(month, 12.0), whole(day, 31.0)),
        };
        let (Some(month), Some(day)) = (month_of, day_of) else {
            mistakes.push(Some(row.line), "", format!("`{}` is no day of a month", row.cell(month).text()), None);
            return false;
        };
        let Some(degrees) = value(celsius) else {
            let message = format!("`{}` is no temperature", row.cell(celsius).text());
            mistakes.push(Some(row.line), "", message, None);
            return false;
        };
        if degrees.abs() >= MISSING_C {
            self.missing += 1;
            return false;
        }
        self.samples.push(Sample { month: month as usize - 1, day, celsius: degrees, global_w_per_m2: None });
        true
    }

    /// The sunlight of the hour that was taken last.
    fn light(&mut self, light: Option<f64>) {
        if let Some(last) = self.samples.last_mut() {
            last.global_w_per_m2 = light.filter(|light| (0.0..MISSING_W_PER_M2).contains(light));
        }
    }
}

fn year(sheet: &Sheet, mistakes: &mut Mistakes<'_>) -> Option<WeatherYear> {
    let is_epw = sheet.rows.first().is_some_and(|row| row.cell(0).text() == "LOCATION");
    let before = mistakes.found();
    let Hours { place, samples, missing } = if is_epw { epw(sheet, mistakes) } else { table(sheet, mistakes)? };
    if mistakes.found() > before {
        return None;
    }
    if samples.is_empty() {
        let help = "known are EPW, TMY3, NSRDB and the hourly CSV of PVWatts".to_owned();
        mistakes.push(None, "", "holds no hours of weather that are known".to_owned(), Some(help));
        return None;
    }
    let (mut sums, mut counts) = ([0.0; 12], [0_u32; 12]);
    let mut days: BTreeMap<(usize, i8), (f64, f64, f64, u32)> = BTreeMap::new();
    for sample in &samples {
        sums[sample.month] += sample.celsius;
        counts[sample.month] += 1;
        let day = days.entry((sample.month, sample.day)).or_insert((f64::INFINITY, f64::NEG_INFINITY, 0.0, 0));
        (day.0, day.1) = (day.0.min(sample.celsius), day.1.max(sample.celsius));
        if let Some(light) = sample.global_w_per_m2 {
            (day.2, day.3) = (day.2 + light, day.3 + 1);
        }
    }
    if let Some(month) = counts.iter().position(|count| *count == 0) {
        mistakes.push(None, "", format!("holds no hour of month {}; a year has twelve", month + 1), None);
        return None;
    }
    let mut mean_c = sums;
    mean_c.iter_mut().zip(counts).for_each(|(sum, count)| *sum /= f64::from(count));
    let daily_range_c = days.values().map(|day| day.1 - day.0).sum::<f64>() / days.len() as f64;
    let clearness = place.and_then(|(lat, _)| clearness(&days, lat));
    Some(WeatherYear { place, mean_c, daily_range_c, clearness, missing })
}

/// Clearness by month: what reached the ground over what shone above the air on the same days.
fn clearness(days: &BTreeMap<(usize, i8), (f64, f64, f64, u32)>, lat: f64) -> Option<[f64; 12]> {
    let (mut ground, mut above) = ([0.0; 12], [0.0; 12]);
    for ((month, day), (_, _, light, count)) in days.iter().filter(|day| day.1.3 > 0) {
        let date = Date::new(2025, *month as i8 + 1, *day).ok();
        let Some(date) = date else { continue };
        // The mean of a day's samples, whatever their length, over 24 hours.
        ground[*month] += light / f64::from(*count) * 24.0 / 1000.0;
        above[*month] += above_air_kwh_per_m2(lat, u32::from(date.day_of_year().unsigned_abs()));
    }
    let mut out = [0.0; 12];
    for month in 0..12 {
        let share = ground[month] / above[month];
        // What a scenario takes.
        out[month] = (share.is_finite() && share > 0.0).then(|| share.clamp(0.05, 0.85))?;
    }
    Some(out)
}

/// `EnergyPlus` weather: a place in the first line, hours after eight lines of header, columns by position.
fn epw(sheet: &Sheet, mistakes: &mut Mistakes<'_>) -> Hours {
    let value = |row: &SheetRow, at: usize| number(row.cell(at), Decimal::Point);
    let place = sheet.rows.first().and_then(|row| Some((value(row, 6)?, value(row, 7)?)));
    let place = place.filter(|(lat, lon)| lat.abs() <= 90.0 && lon.abs() <= 180.0);
    let mut hours = Hours { place, ..Hours::default() };
    for row in sheet.rows.iter().filter(|row| row.line > EPW_HEADER) {
        if row.cells.len() < EPW_COLUMNS {
            mistakes.push(Some(row.line), "", format!("has {} cells, an hour of EPW has 35", row.cells.len()), None);
        } else if hours.take(row, [1, 2, 6], None, mistakes) {
            hours.light(value(row, 13));
        }
    }
    hours
}

/// A table with a header: TMY3, NSRDB, `PVWatts`.
fn table(sheet: &Sheet, mistakes: &mut Mistakes<'_>) -> Option<Hours> {
    const CELSIUS: [&str; 8] = [
        "temperature",
        "air temperature",
        "dry bulb c",
        "ambient temperature c",
        "temp air",
        "dry bulb",
        "temperature c",
        "temperature 2m",
    ];
    let names = |row: &SheetRow| -> Vec<String> { row.cells.iter().map(|cell| plain(&cell.text())).collect() };
    let found = sheet.rows.iter().enumerate().take(60).find_map(|(at, row)| {
        let names = names(row);
        let of = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
        let month = of(&["month", "mo"]);
        let when = month.or_else(|| of(&["date mm dd yyyy", "date"]))?;
        Some((
            at,
            month.is_some(),
            when,
            if month.is_some() { of(&["day"])? } else { when },
            of(&CELSIUS)?,
            names.iter().position(|name| name == "ghi" || name.starts_with("ghi w")),
        ))
    });
    let Some((header, has_month, when, day, celsius, light)) = found else {
        let help = "known are EPW, TMY3, NSRDB and the hourly CSV of PVWatts".to_owned();
        mistakes.push(
            Some(1),
            "",
            "has no header with a month and day (or date) and a temperature".to_owned(),
            Some(help),
        );
        return None;
    };
    let mut hours = Hours { place: place(&sheet.rows[..header]), ..Hours::default() };
    for row in &sheet.rows[header + 1..] {
        // PVWatts adds everything up in its last line.
        if row.cell(0).text().to_ascii_lowercase().starts_with("total") {
            continue;
        }
        let date = if has_month { None } else { date(row.cell(when), DateOrder::MonthFirst) };
        if hours.take(row, [when, day, celsius], date, mistakes) {
            hours.light(light.and_then(|at| number(row.cell(at), Decimal::Point)));
        }
    }
    Some(hours)
}

/// Latitude and longitude in the lines before a header: under their names, beside them, or as TMY3 has them.
fn place(rows: &[SheetRow]) -> Option<(f64, f64)> {
    let of = |known: &str| -> Option<f64> {
        for (at, row) in rows.iter().enumerate() {
            let named = |cell: &Cell| plain(&cell.text()).split(' ').any(|word| word.starts_with(known));
            let Some(column) = row.cells.iter().position(named) else { continue };
            let below = rows.get(at + 1).and_then(|row| number(row.cell(column), Decimal::Point));
            let beside = number(row.cell(column + 1), Decimal::Point);
            if let Some(found) = beside.or(below) {
                return Some(found);
            }
        }
        None
    };
    let tmy3 = || {
        let row = rows.first().filter(|row| row.cells.len() >= 7)?;
        Some((number(row.cell(4), Decimal::Point)?, number(row.cell(5), Decimal::Point)?))
    };
    of("lat").zip(of("lon")).or_else(tmy3).filter(|(lat, lon)| lat.abs() <= 90.0 && lon.abs() <= 180.0)
}

/// Reads the output of an array: `hour, kw_per_kw`, or the hourly CSV of `PVWatts`.
pub fn solar(path: &str, bytes: Vec<u8>, problems: &mut Vec<Problem>) -> Vec<f64> {
    let mut mistakes = Mistakes::of(path, problems);
    let map = Map { delimiter: Some(','), ..Map::default() };
    let out = sheet::read(&bytes, &map, &mut mistakes).map(|sheet| array(&sheet, &mut mistakes)).unwrap_or_default();
    mistakes.close();
    out
}

fn array(sheet: &Sheet, mistakes: &mut Mistakes<'_>) -> Vec<f64> {
    let named = |row: &SheetRow, known: &str| row.cells.iter().position(|cell| plain(&cell.text()).starts_with(known));
    let own = |row: &SheetRow| {
        let of = |known: &str| row.cells.iter().position(|cell| cell.text() == known);
        Some((of("hour")?, of("kw_per_kw")?))
    };
    let rows = sheet.rows.iter().enumerate().take(60);
    let output = rows.clone().find_map(|(at, row)| Some((at, named(row, "ac system output")?)));
    let mut out = Vec::new();
    if let Some((header, power)) = output {
        let size = sheet.rows[..header].iter().find_map(|row| {
            let at = named(row, "dc system size")?;
            number(row.cell(at + 1), Decimal::Point)
        });
        let Some(dc_kw) = size.filter(|kw| *kw > 0.0) else {
            let message = "names no `DC System Size (kW)` above its header".to_owned();
            mistakes.push(None, "", message, Some("download the hourly results again".to_owned()));
            return Vec::new();
        };
        for row in &sheet.rows[header + 1..] {
            // The last line adds everything up.
            if number(row.cell(0), Decimal::Point).is_none() {
                continue;
            }
            match number(row.cell(power), Decimal::Point).filter(|watts| watts.is_finite()) {
                // At night inverters take a little.
                Some(watts) if watts / 1000.0 / dc_kw <= 2.0 => out.push((watts / 1000.0 / dc_kw).max(0.0)),
                Some(watts) => {
                    let message = format!("{watts} W of {dc_kw} kW of modules is more than twice their power");
                    mistakes.push(Some(row.line), "AC System Output", message, None);
                }
                None => mistakes.push(
                    Some(row.line),
                    "AC System Output",
                    format!("`{}` is not a number", row.cell(power).text()),
                    None,
                ),
            }
        }
    } else if let Some((header, (hour_at, power))) = rows.clone().find_map(|(at, row)| Some((at, own(row)?))) {
        for row in &sheet.rows[header + 1..] {
            let hour = number(row.cell(hour_at), Decimal::Point);
            let Some(kw) = number(row.cell(power), Decimal::Point).filter(|kw| (0.0..=2.0).contains(kw)) else {
                let message = format!("`{}` is not a number from 0 to 2", row.cell(power).text());
                mistakes.push(Some(row.line), "kw_per_kw", message, None);
                continue;
            };
            if hour.is_none_or(|hour| (hour - out.len() as f64).abs() > 1e-9) {
                mistakes.push(Some(row.line), "hour", format!("hour {} comes next", out.len()), None);
            }
            out.push(kw);
        }
    } else {
        let help = "such as `hour,kw_per_kw`, or the hourly CSV of PVWatts".to_owned();
        mistakes.push(Some(1), "hour", "the column is missing".to_owned(), Some(help));
        return Vec::new();
    }
    if !matches!(out.len(), 8_760 | 8_784) {
        mistakes.push(Some(1), "hour", format!("a year has 8760 hours, the file {}", out.len()), None);
    }
    out
}

/// What the output of an array is, in a sentence.
#[must_use]
pub fn told_output(kw_per_kw: &[f64]) -> String {
    let kwh: f64 = kw_per_kw.iter().sum();
    format!("{} hours, {kwh:.0} kWh per kW of modules", kw_per_kw.len())
}

/// An array's output as the CSV that `[solar]` reads.
#[must_use]
pub fn to_csv(kw_per_kw: &[f64]) -> String {
    let mut out = "hour,kw_per_kw\n".to_owned();
    for (hour, kw) in kw_per_kw.iter().enumerate() {
        let _ = writeln!(out, "{hour},{kw}");
    }
    out
}

/// The tables of a scenario, each with its source; `origin` names the file and its hash.
#[must_use]
pub fn to_toml(year: &WeatherYear, origin: &str) -> String {
    let rounded = |values: &[f64], digits: usize| {
        values.iter().map(|value| format!("{value:.digits$}")).collect::<Vec<_>>().join(", ")
    };
    let title = toml::Value::from(format!("weather file {origin}"));
    let mut out = format!("[source.weather_file]\nquality = \"measured\"\ntitle = {title}\n\n");
    let (mean_c, range_c) = (rounded(&year.mean_c, 1), year.daily_range_c);
    let _ = write!(
        out,
        "[weather]\nmean_c = [{mean_c}]\ndaily_range_c = {range_c:.1}\nsources = {{ default = \"weather_file\" }}\n"
    );
    if let Some(clearness) = &year.clearness {
        let values = rounded(clearness, 3);
        let _ = write!(
            out,
            "\n# For an array of [solar.ID] at this place:\n# clearness = [{values}]\n# sources = {{ clearness = \"weather_file\" }}\n"
        );
    }
    out
}
