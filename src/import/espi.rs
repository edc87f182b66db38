//! Green Button downloads as XML (ESPI, NAESB REQ.21): interval blocks of readings, whose type says unit, power of ten and
//! direction. Times are points in time.

use super::map::Stamps;
use super::meter::{Channel, Reading, Table};
use super::meter_columns::Unit;
use super::stamp::When;
use super::xml::{self, Lines};
use crate::document::problem::Mistakes;
use roxmltree::{Document, Node};

/// More blocks and kinds of readings are no meter: each block is looked up among all kinds.
const MOST_NAMED: usize = 10_000;
/// Times that a meter may have told, 1970 to 2100, s.
const TIMES_S: std::ops::Range<i64> = 0..4_102_444_800;
/// Units by their number in the standard: real energy and real power.
const WATT_HOURS: i64 = 72;
const WATTS: i64 = 38;
/// Behaviour of a register that is read and not of an interval: bulk quantity, cumulative, continuous cumulative (of the standard).
const REGISTERS: [i64; 3] = [1, 3, 2];
/// The farthest clocks from UTC, s.
const MOST_OFFSET_S: i32 = 14 * 3_600;
/// Direction of what flows from the customer to the grid.
const REVERSE: i64 = 19;

/// Is a text such a download?
pub(super) fn is_espi(text: &str) -> bool {
    let head: String = text.chars().take(4_000).collect();
    let is_xml = head.trim_start_matches(['\u{feff}', ' ', '\n', '\r']).starts_with('<');
    is_xml && (head.contains("espi") || head.contains("IntervalBlock") || head.contains("<feed"))
}

/// What a kind of reading is.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Kind {
    unit: i64,
    scale: f64,
    is_reverse: bool,
    /// Are its values those of a register that only rises, and not of intervals?
    is_register: bool,
    interval_s: Option<i64>,
}

/// Reads all blocks. None: it holds no load; the mistakes say why.
pub(super) fn read(text: &str, mistakes: &mut Mistakes<'_>) -> Option<Table> {
    let document = xml::parse(text, ("a meter", "download one meter and one year at a time"), mistakes)?;
    let mut lines = Lines::of(&document);
    let mut kinds: Vec<(String, Kind)> = Vec::new();
    for node in named(&document, "ReadingType") {
        match kind(node) {
            Ok(kind) => kinds.push((href(node, "self"), kind)),
            Err(wrong) => mistakes.push(Some(lines.at(node)), "powerOfTenMultiplier", wrong, None),
        }
    }
    let meters: Vec<(String, Vec<String>)> =
        named(&document, "MeterReading").map(|node| (href(node, "self"), hrefs(node, "related"))).collect();
    let blocks = named(&document, "IntervalBlock").count();
    if blocks.max(kinds.len()).max(meters.len()) > MOST_NAMED {
        let message = format!("holds {blocks} blocks of {} meters; the limit is {MOST_NAMED}", meters.len());
        mistakes.push(None, "", message, Some("download one meter and one year at a time".to_owned()));
        return None;
    }
    let mut series: Vec<(Kind, String, Channel)> = Vec::new();
    for block in named(&document, "IntervalBlock") {
        let (up, own) = (href(block, "up"), href(block, "self"));
        let meter = meters.iter().find(|(link, _)| !link.is_empty() && (is_below(&up, link) || is_below(&own, link)));
        let of_meter = meter.and_then(|(_, related)| kinds.iter().find(|(link, _)| related.contains(link)));
        let Some((_, kind)) = of_meter.or_else(|| kinds.first().filter(|_| kinds.len() == 1)) else {
            let line = lines.at(block);
            mistakes.push(Some(line), "IntervalBlock", "belongs to no ReadingType of the file".to_owned(), None);
            return None;
        };
        let name = meter.map_or(String::new(), |(link, _)| link.clone());
        let at = series.iter().position(|known| known.0 == *kind && known.1 == name).unwrap_or_else(|| {
            series.push((*kind, name, Channel { interval_s: kind.interval_s, ..Channel::default() }));
            series.len() - 1
        });
        take(&mut lines, block, &mut series[at].2, mistakes);
    }
    let mut table = chosen(series, mistakes)?;
    table.said.extend(costs_told(&document));
    Some(Table { clock_s: clock(&document), ..table })
}

/// Bills, credits and costs of readings stand in such a file too.
fn costs_told(document: &Document<'_>) -> Option<String> {
    let records = ["UsageSummary", "ElectricPowerUsageSummary"].map(|name| named(document, name).count());
    let costs = named(document, "cost").count();
    let records = records[0] + records[1];
    (records + costs > 0).then(|| {
        format!("{records} summaries of usage, with its bills and credits, and {costs} costs of readings are not read")
    })
}

/// How far the clock of the meter is from UTC, standard and in summer, s. None where the file does not say it.
fn clock(document: &Document<'_>) -> Option<[i32; 2]> {
    let times = named(document, "LocalTimeParameters").next()?;
    let offset = |name: &str| inner(times, name).and_then(|seconds| i32::try_from(seconds).ok());
    let standard_s = offset("tzOffset").filter(|seconds| seconds.abs() <= MOST_OFFSET_S)?;
    let saving_s = offset("dstOffset").filter(|seconds| (0..=7_200).contains(seconds)).unwrap_or(0);
    Some([standard_s, standard_s + saving_s])
}

fn named<'d>(document: &'d Document<'d>, name: &'static str) -> impl Iterator<Item = Node<'d, 'd>> {
    document.descendants().filter(move |node| node.is_element() && node.tag_name().name() == name)
}

/// Does a link lead to something inside of another?
fn is_below(link: &str, above: &str) -> bool {
    link.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The number of an element inside.
fn inner(node: Node<'_, '_>, name: &str) -> Option<i64> {
    node.descendants().find(|child| child.tag_name().name() == name)?.text()?.trim().parse().ok()
}

/// The links of the entry that a node stands in.
fn hrefs(node: Node<'_, '_>, relation: &str) -> Vec<String> {
    let entry = node.ancestors().find(|above| above.tag_name().name() == "entry");
    let links = entry.into_iter().flat_map(|entry| entry.children()).filter(|child| child.tag_name().name() == "link");
    let of = links.filter(|link| link.attribute("rel") == Some(relation)).filter_map(|link| link.attribute("href"));
    of.map(|href| href.trim_end_matches('/').to_owned()).collect()
}

fn href(node: Node<'_, '_>, relation: &str) -> String {
    hrefs(node, relation).into_iter().next().unwrap_or_default()
}

/// Is this the length of an interval, s?
fn is_length(length: &i64) -> bool {
    (1..=86_400).contains(length)
}

/// What a type of readings means.
///
/// # Errors
/// When its multiplier is no prefix of the standard, pico to tera.
fn kind(node: Node<'_, '_>) -> Result<Kind, String> {
    let power = inner(node, "powerOfTenMultiplier").unwrap_or(0);
    if !(-12..=12).contains(&power) {
        return Err(format!("{power} is no power of ten of a meter; they go from -12 to 12"));
    }
    Ok(Kind {
        is_register: inner(node, "accumulationBehaviour").is_some_and(|behaviour| REGISTERS.contains(&behaviour)),
        unit: inner(node, "uom").unwrap_or(WATT_HOURS),
        scale: crate::kernel::math::pow(10.0, power as f64),
        is_reverse: inner(node, "flowDirection") == Some(REVERSE),
        interval_s: inner(node, "intervalLength").filter(is_length),
    })
}

fn take(lines: &mut Lines<'_>, block: Node<'_, '_>, channel: &mut Channel, mistakes: &mut Mistakes<'_>) {
    let readings = block.children().filter(|child| child.tag_name().name() == "IntervalReading");
    for reading in readings {
        let line = lines.at(reading);
        let value = reading.children().find(|child| child.tag_name().name() == "value").and_then(|value| value.text());
        let value = value.and_then(|text| text.trim().parse::<f64>().ok()).filter(|value| value.is_finite());
        match (inner(reading, "start").filter(|start| TIMES_S.contains(start)), value) {
            (Some(start), Some(value)) => {
                let length_s = inner(reading, "duration").filter(is_length);
                channel.readings.push(Reading { line, at: Some(When::Instant(start, None)), value, length_s });
                channel.interval_s = channel.interval_s.or(length_s);
            }
            _ => mistakes.push(
                Some(line),
                "IntervalReading",
                "has no start (seconds since 1970) or no value".to_owned(),
                None,
            ),
        }
    }
}

/// Readings that begin before the one before them has ended would count its energy twice.
fn overlapping(channel: &Channel, mistakes: &mut Mistakes<'_>) {
    let Some(interval_s) = channel.interval_s else { return };
    for pair in channel.readings.windows(2) {
        if let [Some(When::Instant(before, _)), Some(When::Instant(after, _))] = [pair[0].at, pair[1].at]
            && after > before
            && after - before < interval_s
        {
            let message = format!("begins {} s after the one before, which lasts {interval_s} s", after - before);
            mistakes.push(Some(pair[1].line), "IntervalReading", message, None);
        }
    }
}

/// The load among the series of a file: real energy or power, each direction once, of the finest interval.
fn chosen(mut series: Vec<(Kind, String, Channel)>, mistakes: &mut Mistakes<'_>) -> Option<Table> {
    let length = |entry: &(Kind, String, Channel)| entry.2.interval_s.unwrap_or(i64::MAX);
    let all = series.len();
    let has_register = series.iter().any(|entry| entry.0.is_register);
    series.retain(|entry| !entry.0.is_register);
    series.retain(|(kind, _, channel)| matches!(kind.unit, WATT_HOURS | WATTS) && !channel.readings.is_empty());
    let finest = series.iter().map(length).min().unwrap_or(0);
    let has_energy = series.iter().any(|entry| entry.0.unit == WATT_HOURS && length(entry) == finest);
    series.retain(|entry| length(entry) == finest && (entry.0.unit == WATT_HOURS) == has_energy);
    let (reverse, forward): (Vec<_>, Vec<_>) = series.into_iter().partition(|entry| entry.0.is_reverse);
    if forward.is_empty() && reverse.is_empty() {
        let message = "holds no interval readings of real energy or power".to_owned();
        let help = "its readings are those of a register that only rises: download the interval data of the meter";
        mistakes.push(None, "", message, has_register.then(|| help.to_owned()));
        return None;
    }
    if forward.len() > 1 || reverse.len() > 1 {
        let names: Vec<&str> = forward.iter().chain(&reverse).map(|entry| entry.1.as_str()).collect();
        let message = format!("holds {} meters of one direction: {}", names.len(), names.join(", "));
        mistakes.push(
            None,
            "",
            message,
            Some("download one meter at a time, and add up sites in the scenario".to_owned()),
        );
        return None;
    }
    let mut said = Vec::new();
    let read = forward.len() + reverse.len();
    if all > read {
        said.push(format!(
            "of {all} series of the file {read} are read: the finest of real {}",
            if has_energy { "energy" } else { "power" }
        ));
    }
    let unit = if has_energy { Unit::Energy(1e-3) } else { Unit::Power(1e-3) };
    let mut channel = |entry: Option<&(Kind, String, Channel)>| {
        let mut channel = entry.map(|entry| entry.2.clone()).unwrap_or_default();
        let scale = entry.map_or(1.0, |entry| entry.0.scale);
        channel.readings.iter_mut().for_each(|reading| reading.value *= scale);
        channel
            .readings
            .sort_by_key(|reading| if let Some(When::Instant(unix_s, _)) = reading.at { unix_s } else { 0 });
        overlapping(&channel, mistakes);
        channel
    };
    let channels = [channel(forward.first()), channel(reverse.first())];
    if mistakes.found() > 0 {
        return None;
    }
    let names = ("start".to_owned(), "value".to_owned());
    Some(Table { channels, unit, stamps: Some(Stamps::Start), said, names, clock_s: None })
}
