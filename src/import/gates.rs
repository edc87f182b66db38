//! A gate's log: visits of trucks to terminals. One row a visit or a container (in and out), or one a passage (a time and its
//! direction), with columns by their names or by a mapping.

use super::map::Map;
use super::observed::{self, Column, Content, Observed};
use crate::document::problem::{Mistakes, Problem};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A longer stay is a truck that was left, or a passage that was not logged, s.
const LONGEST_S: i64 = 24 * 3600;
/// No truck takes more containers on a visit.
const MOST_MOVES: f64 = 100.0;
/// More terminals than this are no terminals but trucks.
const MOST_TERMINALS: usize = 200;
/// Days over which a log may reach.
const MOST_DAYS: i64 = 20 * 366;

const fn word(role: &'static str, names: &'static [&'static str], is_needed: bool) -> Column {
    Column { role, content: Content::Name, names, is_needed }
}

const fn time(role: &'static str, names: &'static [&'static str]) -> Column {
    Column { role, content: Content::Time, names, is_needed: true }
}

const TERMINAL: &[&str] = &["terminal", "facility", "gate terminal", "location"];
const VEHICLE: &[&str] =
    &["vehicle", "truck", "truck id", "license", "license plate", "truck license", "plate", "tractor"];
const VISIT: &[&str] = &["visit", "visit id", "truck visit", "tv key", "gate visit", "ticket"];
const KIND: &[&str] = &["move kind", "move", "transaction", "transaction type", "tran type", "move type", "sub type"];
const DIRECTION: &[&str] = &["direction", "in out", "gate direction", "event", "event type"];

/// One row a visit, or a container of one.
const VISITS: &[Column] = &[
    time(
        "gate_in",
        &[
            "gate in",
            "in gate",
            "ingate",
            "gate in time",
            "in gate time",
            "entry",
            "entry time",
            "check in",
            "entered yard",
        ],
    ),
    time(
        "gate_out",
        &[
            "gate out",
            "out gate",
            "outgate",
            "gate out time",
            "out gate time",
            "exit",
            "exit time",
            "check out",
            "exited yard",
        ],
    ),
    Column {
        role: "moves",
        content: Content::Number,
        names: &["moves", "transactions", "containers"],
        is_needed: false,
    },
    word("terminal", TERMINAL, false),
    word("vehicle", VEHICLE, false),
    word("visit", VISIT, false),
    word("move_kind", KIND, false),
];

/// One row a passage.
const PASSAGES: &[Column] = &[
    time("time", &["time", "date time", "timestamp", "event time", "passage", "gate time"]),
    word("direction", DIRECTION, true),
    word("vehicle", VEHICLE, true),
    word("terminal", TERMINAL, false),
    word("visit", VISIT, false),
    word("move_kind", KIND, false),
];

/// A visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// Entry, seconds since 1970.
    pub gate_in_s: i64,
    /// Exit, seconds since 1970.
    pub gate_out_s: i64,
    /// Containers; none where the log does not tell.
    pub moves: Option<u32>,
}

/// The visits of a log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gates {
    /// By terminal, in the order of their entry.
    pub visits: BTreeMap<String, Vec<Visit>>,
    /// Kinds of moves, and how many rows have them.
    pub kinds: BTreeMap<String, usize>,
    /// The time zone.
    pub zone: String,
    /// What was assumed or left out.
    pub said: Vec<String>,
}

/// What a terminal's visits tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// How many there are.
    pub visits: usize,
    /// From gate to gate in the mean, min.
    pub mean_min: f64,
    /// That of nine in ten, min.
    pub p90_min: f64,
    /// Containers a visit, where the log tells.
    pub moves: Option<f64>,
    /// Arrivals in the 24 hours of a weekday, a Saturday, a Sunday, in the mean of such days; none where the log has no such day.
    pub arrivals: [Option<[f64; 24]>; 3],
}

/// Reads a log. `terminal` is the one that it is of, where it has no column of terminals. None: it is wrong; the problems say why.
pub fn read(path: &str, bytes: &[u8], map: &Map, terminal: Option<&str>, problems: &mut Vec<Problem>) -> Option<Gates> {
    let (mut of_visits, mut of_passages) = (Vec::new(), Vec::new());
    let found = match observed::read(path, bytes, map, VISITS, &mut of_visits) {
        Some(rows) => Some((rows, true)),
        None => observed::read(path, bytes, map, PASSAGES, &mut of_passages).map(|rows| (rows, false)),
    };
    let Some((rows, is_visits)) = found else {
        // The form whose columns are there is the one that was meant.
        let has_columns = |list: &[Problem]| list.iter().all(|problem| !problem.message.starts_with("no column"));
        let is_passages = has_columns(&of_passages) && !has_columns(&of_visits);
        problems.extend(if is_passages { of_passages } else { of_visits });
        return None;
    };
    let mut mistakes = Mistakes::of(path, problems);
    let zone = map.zone.clone().unwrap_or_else(|| super::meter_time::DEFAULT_ZONE.to_owned());
    let mut out = Gates { zone, said: rows.said.clone(), ..Gates::default() };
    let stays = if is_visits { visits(&rows, &mut mistakes) } else { passages(&rows, &mut out, &mut mistakes) };
    let names = Names { map, terminal, column: &rows.words[3] };
    out.gather(stays, &rows, &names, &mut mistakes);
    if out.visits.is_empty() && mistakes.found() == 0 {
        mistakes.push(None, "", "holds no visit".to_owned(), None);
    }
    if out.visits.len() > MOST_TERMINALS {
        let message = format!("names {} terminals; is the column of terminals the right one?", out.visits.len());
        mistakes.push(None, "terminal", message, None);
    }
    let is_good = mistakes.found() == 0;
    mistakes.close();
    is_good.then_some(out)
}

/// How rows name their terminal.
struct Names<'a> {
    map: &'a Map,
    terminal: Option<&'a str>,
    column: &'a [String],
}

impl Names<'_> {
    fn of(&self, row: usize) -> Result<String, String> {
        match (self.column.get(row).map(|name| name.trim()).filter(|name| !name.is_empty()), self.terminal) {
            (Some(name), _) => self.map.place(name),
            (None, Some(terminal)) => Ok(terminal.to_owned()),
            (None, None) => Err("no column names the terminal; say it: `--terminal KEY`".to_owned()),
        }
    }
}

/// A stay, and the row where it began.
struct Stay {
    row: usize,
    in_s: i64,
    out_s: i64,
    moves: Option<u32>,
    /// Rows of one visit have one of these: the visit, or the truck.
    who: String,
    kind: String,
}

fn word_at(rows: &Observed, column: usize, row: usize) -> String {
    rows.words[column].get(row).map(|word| word.trim().to_owned()).unwrap_or_default()
}

fn visits(rows: &Observed, mistakes: &mut Mistakes<'_>) -> Vec<Stay> {
    let of = |row: usize| {
        let moves = rows.values[2].get(row).copied().filter(|moves| moves.is_finite());
        if let Some(moves) = moves.filter(|moves| *moves > MOST_MOVES) {
            let message = format!("`{moves}` is not from 0 to {MOST_MOVES} containers of a visit");
            mistakes.push(Some(rows.lines[row]), "moves", message, None);
        }
        let visit = word_at(rows, 5, row);
        Stay {
            row,
            in_s: rows.values[0][row] as i64,
            out_s: rows.values[1][row] as i64,
            moves: moves.map(|moves| moves.round() as u32),
            who: if visit.is_empty() { word_at(rows, 4, row) } else { visit },
            kind: word_at(rows, 6, row),
        }
    };
    (0..rows.rows).map(of).collect()
}

/// Passages as stays: each way out belongs to the last way in of the same truck at the same terminal.
fn passages(rows: &Observed, out: &mut Gates, mistakes: &mut Mistakes<'_>) -> Vec<Stay> {
    let mut inside: BTreeMap<(String, String), Stay> = BTreeMap::new();
    let (mut stays, mut without_in, mut without_out) = (Vec::new(), 0, 0);
    for row in 0..rows.rows {
        let vehicle = word_at(rows, 2, row);
        let visit = word_at(rows, 4, row);
        let who = if visit.is_empty() { vehicle } else { visit };
        let key = (word_at(rows, 3, row), who.clone());
        let (at_s, kind) = (rows.values[0][row] as i64, word_at(rows, 5, row));
        let direction = word_at(rows, 1, row).to_lowercase();
        let says = |words: &[&str]| direction.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word));
        match (
            says(&["in", "ingate", "entry", "enter", "i", "arrival"]),
            says(&["out", "outgate", "exit", "leave", "o", "departure"]),
        ) {
            (true, false) => {
                let stay = Stay { row, in_s: at_s, out_s: at_s, moves: None, who, kind };
                without_out += usize::from(inside.insert(key, stay).is_some());
            }
            (false, true) => match inside.remove(&key) {
                Some(stay) => stays.push(Stay { out_s: at_s, ..stay }),
                None => without_in += 1,
            },
            _ => {
                let help = "write `in` or `out`".to_owned();
                mistakes.push(
                    Some(rows.lines[row]),
                    "direction",
                    format!("`{direction}` is neither in nor out"),
                    Some(help),
                );
            }
        }
    }
    without_out += inside.len();
    if without_in + without_out > 0 {
        out.said.push(format!(
            "{without_in} ways out without a way in, and {without_out} ways in without one out, are left out"
        ));
    }
    stays
}

impl Gates {
    /// Stays by terminal; rows of one visit are one.
    fn gather(&mut self, stays: Vec<Stay>, rows: &Observed, names: &Names<'_>, mistakes: &mut Mistakes<'_>) {
        let mut of_terminal: BTreeMap<String, BTreeMap<(i64, String, usize), Visit>> = BTreeMap::new();
        let (mut too_long, mut joined) = (0, 0);
        for stay in stays {
            if !stay.kind.is_empty() {
                *self.kinds.entry(stay.kind.clone()).or_insert(0) += 1;
            }
            if !(0..=LONGEST_S).contains(&(stay.out_s - stay.in_s)) {
                too_long += 1;
                continue;
            }
            let terminal = match names.of(stay.row) {
                Ok(terminal) => terminal,
                Err(message) => {
                    mistakes.push(Some(rows.lines[stay.row]), "terminal", message, None);
                    continue;
                }
            };
            // Without a name each row is a visit of its own.
            let alone = if stay.who.is_empty() { stay.row + 1 } else { 0 };
            let found = of_terminal.entry(terminal).or_default().entry((stay.in_s, stay.who, alone));
            let visit = Visit { gate_in_s: stay.in_s, gate_out_s: stay.out_s, moves: stay.moves };
            found
                .and_modify(|known| {
                    joined += 1;
                    known.gate_out_s = known.gate_out_s.max(visit.gate_out_s);
                    known.moves = Some(known.moves.unwrap_or(1).saturating_add(visit.moves.unwrap_or(1)));
                })
                .or_insert(visit);
        }
        if too_long > 0 {
            self.said
                .push(format!("{too_long} visits end before they begin, or last longer than a day, and are left out"));
        }
        if joined > 0 {
            self.said.push(format!("{joined} rows are further containers of a visit"));
            // Then a visit with one row has one.
            for visit in of_terminal.values_mut().flat_map(BTreeMap::values_mut) {
                visit.moves = visit.moves.or(Some(1));
            }
        }
        self.visits = of_terminal.into_iter().map(|(key, visits)| (key, visits.into_values().collect())).collect();
    }

    fn zone(&self) -> TimeZone {
        TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC)
    }

    /// The visits of a terminal as `calibrate --gate` reads them.
    #[must_use]
    pub fn to_csv(&self, terminal: &str) -> String {
        let zone = self.zone();
        let local = |unix_s: i64| {
            let time = Timestamp::from_second(unix_s).unwrap_or_default().to_zoned_datetime(zone.clone());
            time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
        };
        let visits = self.visits.get(terminal).map(Vec::as_slice).unwrap_or_default();
        let has_moves = visits.iter().any(|visit| visit.moves.is_some());
        let mut out = if has_moves { "gate_in,gate_out,moves\n" } else { "gate_in,gate_out\n" }.to_owned();
        for visit in visits {
            let _ = write!(out, "{},{}", local(visit.gate_in_s), local(visit.gate_out_s));
            let moves = visit.moves.map_or(String::new(), |moves| moves.to_string());
            let _ = if has_moves { writeln!(out, ",{moves}") } else { writeln!(out) };
        }
        out
    }

    /// What the visits of a terminal tell.
    #[must_use]
    pub fn told(&self, terminal: &str) -> Told {
        let visits = self.visits.get(terminal).map(Vec::as_slice).unwrap_or_default();
        let mut minutes: Vec<f64> =
            visits.iter().map(|visit| (visit.gate_out_s - visit.gate_in_s) as f64 / 60.0).collect();
        minutes.sort_by(f64::total_cmp);
        let count = minutes.len().max(1) as f64;
        let moves: Vec<u32> = visits.iter().filter_map(|visit| visit.moves).collect();
        let mean_moves = moves.iter().map(|moves| f64::from(*moves)).sum::<f64>() / moves.len().max(1) as f64;
        Told {
            visits: visits.len(),
            mean_min: minutes.iter().sum::<f64>() / count,
            p90_min: minutes.get((minutes.len() * 9 / 10).min(minutes.len().saturating_sub(1))).copied().unwrap_or(0.0),
            moves: (!moves.is_empty()).then_some(mean_moves),
            arrivals: self.arrivals(visits),
        }
    }

    fn arrivals(&self, visits: &[Visit]) -> [Option<[f64; 24]>; 3] {
        let zone = self.zone();
        let local =
            |visit: &Visit| Timestamp::from_second(visit.gate_in_s).unwrap_or_default().to_zoned_datetime(zone.clone());
        let kind = |date: Date| match date.weekday() {
            Weekday::Saturday => 1,
            Weekday::Sunday => 2,
            _ => 0,
        };
        let mut counts = [[0.0; 24]; 3];
        for at in visits.iter().map(local) {
            counts[kind(at.date())][usize::from(at.hour().unsigned_abs()) % 24] += 1.0;
        }
        let mut days = [0_u32; 3];
        if let (Some(first), Some(last)) = (visits.first(), visits.last()) {
            let (mut day, end) = (local(first).date(), local(last).date());
            for _ in 0..MOST_DAYS {
                if day > end {
                    break;
                }
                days[kind(day)] += 1;
                let Ok(next) = day.checked_add(1.day()) else { break };
                day = next;
            }
        }
        core::array::from_fn(|kind| (days[kind] > 0).then(|| counts[kind].map(|count| count / f64::from(days[kind]))))
    }

    /// Opening hours and arrivals of the terminals as an overlay; what was assumed goes to `said`.
    #[must_use]
    pub fn to_toml(&self, origin: &str, said: &mut Vec<String>) -> String {
        let title = toml::Value::from(format!("Arrivals at the gate by the hour, {origin}"));
        let mut out = format!(
            "# Arrivals a day in each hour, counted by `portvolt import gates`.\ntitle = \"Gate hours as logged\"\n\n[source.gate_log]\nquality = \"measured\"\ntitle = {title}\n"
        );
        for terminal in self.visits.keys() {
            let arrivals = self.told(terminal).arrivals;
            let _ = write!(
                out,
                "\n[terminal.{}.gate_hours]\nsources = {{ default = \"gate_log\" }}\n",
                super::trips::toml_key(terminal)
            );
            for (kind, hours) in ["weekday", "saturday", "sunday"].into_iter().zip(arrivals) {
                if hours.is_none() {
                    said.push(format!("the log of `{terminal}` has no {kind}: its gate is taken as closed then"));
                }
                let list: Vec<String> = hours.unwrap_or([0.0; 24]).iter().map(|count| format!("{count:.3}")).collect();
                let _ = writeln!(out, "{kind} = [{}]", list.join(", "));
            }
        }
        out
    }
}
