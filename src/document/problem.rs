//! What is wrong with the user's files, where, and how to fix it.

use std::fmt;
use std::ops::Range;

/// So many mistakes are told at once.
pub const MOST_TOLD: usize = 200;

/// A file that was read and can be quoted.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path as the user knows it.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Where something was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Bytes of a file that was kept (index into the list of files).
    Span(usize, Range<usize>),
    /// A line (from 1) of a file that is too big to keep.
    Line(String, u64),
    /// A whole file.
    File(String),
    /// So many further places of a file.
    Rest(String, usize),
}

/// One mistake.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Where, if it is known.
    pub place: Option<Place>,
    /// Dotted path of the field, or empty.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// How to fix it.
    pub help: Option<String>,
}

/// After this many mistakes in one file the rest is only counted.
const MISTAKES_TOLD: usize = 20;

/// What a message quotes of a file is cut to so many characters.
const MOST_QUOTED: usize = 100;
/// So is a message as a whole, whatever it holds.
const MOST_SAID: usize = 4_000;

/// The beginning of a text, with a sign that it goes on.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}\u{2026}", &text[..at]),
        None => text.to_owned(),
    }
}

/// The beginning of a text of a file, as it is quoted.
#[must_use]
pub fn short(text: &str) -> String {
    cut(text, MOST_QUOTED)
}

/// A message whose quotes, which stand between backticks or are one long word, are cut: a cell or a value of a file may have
/// megabytes.
fn said(text: &str) -> String {
    if text.len() <= MOST_QUOTED {
        return text.to_owned();
    }
    let pieces = text.split('`').enumerate().map(|(at, piece)| {
        if at % 2 == 1 {
            return cut(piece, MOST_QUOTED);
        }
        // Paths have no blanks either, and are told whole where a system could have them.
        let words = piece.split(' ').map(|word| cut(word, 5 * MOST_QUOTED));
        words.collect::<Vec<_>>().join(" ")
    });
    cut(&pieces.collect::<Vec<_>>().join("`"), MOST_SAID)
}

impl Problem {
    /// The printed message, with long quotes cut.
    fn told(&self) -> Self {
        Self {
            place: self.place.clone(),
            field: cut(&self.field, 2 * MOST_QUOTED),
            message: said(&self.message),
            help: self.help.as_deref().map(said),
        }
    }
}

/// Mistakes of one file of rows: the first ones are told, the rest is counted.
pub(crate) struct Mistakes<'a> {
    path: &'a str,
    list: &'a mut Vec<Problem>,
    found: usize,
}

impl<'a> Mistakes<'a> {
    pub(crate) fn of(path: &'a str, list: &'a mut Vec<Problem>) -> Self {
        Self { path, list, found: 0 }
    }

    /// Is the next mistake told, and not only counted?
    pub(crate) fn is_told(&self) -> bool {
        self.found < MISTAKES_TOLD
    }

    /// How many mistakes there are so far, told or only counted.
    pub(crate) fn found(&self) -> usize {
        self.found
    }

    /// Tells or counts a mistake, at a line where it has one.
    pub(crate) fn push(&mut self, line: Option<u64>, field: &str, message: String, help: Option<String>) {
        self.found += 1;
        if self.found <= MISTAKES_TOLD {
            let path = self.path.to_owned();
            let place = line.map_or_else(|| Place::File(path.clone()), |line| Place::Line(path.clone(), line));
            let problem = Problem { place: Some(place), field: field.to_owned(), message, help };
            // At once, for twenty cells may fill the memory.
            self.list.push(problem.told());
        }
    }

    /// At the end of the file: says how many were not told.
    pub(crate) fn close(&mut self) {
        if self.found > MISTAKES_TOLD {
            let more = self.found - MISTAKES_TOLD;
            let message = format!("and {more} more errors in this file");
            let place = Some(Place::Rest(self.path.to_owned(), more));
            self.list.push(Problem { place, field: String::new(), message, help: None });
            self.found = 0;
        }
    }
}

/// All mistakes of a scenario, with the files to quote.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    /// Files that [`Place::Span`] points into.
    pub files: Vec<SourceFile>,
    /// The mistakes, in the order of the files.
    pub list: Vec<Problem>,
}

impl Problems {
    /// One problem with a whole file.
    #[must_use]
    pub fn of_file(path: &str, message: impl Into<String>, help: Option<String>) -> Self {
        let place = Some(Place::File(path.to_owned()));
        let problem = Problem { place, field: String::new(), message: message.into(), help };
        Self { files: Vec::new(), list: vec![problem] }
    }

    /// Adds the problems of other files, but none that is told already: many runs of one scenario have the same.
    pub fn append(&mut self, other: Problems) {
        let is_told = |problem: &Problem| {
            let alike = |known: &&Problem| known.field == problem.field && known.message == problem.message;
            self.first().iter().filter(alike).any(|known| self.locate(known) == other.locate(problem))
        };
        let new: Vec<Problem> = other.list.iter().filter(|problem| !is_told(problem)).cloned().collect();
        if new.is_empty() {
            return;
        }
        let shift = self.files.len();
        self.files.extend(other.files);
        self.list.extend(new.into_iter().map(|problem| Problem {
            place: problem.place.map(|place| match place {
                Place::Span(file, span) => Place::Span(file + shift, span),
                place => place,
            }),
            ..problem
        }));
    }

    /// The errors that are printed: only the first ones, with long quotes cut.
    #[must_use]
    pub fn told(&self) -> Vec<Problem> {
        self.first().iter().map(Problem::told).collect()
    }

    fn first(&self) -> &[Problem] {
        &self.list[..self.list.len().min(MOST_TOLD)]
    }

    /// How many mistakes there are, with those that are only counted.
    #[must_use]
    pub fn count(&self) -> usize {
        let one = |problem: &Problem| match &problem.place {
            Some(Place::Rest(_, more)) => *more,
            _ => 1,
        };
        self.list.iter().map(one).sum()
    }

    /// For programs: one object a mistake that is told, with file, line and column (0 where unknown), field, message and help.
    #[must_use]
    pub fn to_json(&self) -> Vec<serde_json::Value> {
        let one = |problem: &Problem| {
            let (file, line, column) = self.locate(problem);
            serde_json::json!({
                "file": file, "line": line, "column": column,
                "field": problem.field, "message": problem.message, "help": problem.help,
            })
        };
        self.told().iter().map(one).collect()
    }

    /// Path, line and column (from 1) of a problem; 0 where unknown.
    #[must_use]
    pub fn locate(&self, problem: &Problem) -> (String, u64, u64) {
        match &problem.place {
            None => (String::new(), 0, 0),
            Some(Place::File(path) | Place::Rest(path, _)) => (path.clone(), 0, 0),
            Some(Place::Line(path, line)) => (path.clone(), *line, 0),
            Some(Place::Span(file, span)) => {
                let file = &self.files[*file];
                let before = &file.text[..span.start.min(file.text.len())];
                let line = before.matches('\n').count() as u64 + 1;
                let column = before.chars().rev().take_while(|c| *c != '\n').count() as u64 + 1;
                (file.path.clone(), line, column)
            }
        }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.told().iter().enumerate() {
            if at > 0 {
                writeln!(out)?;
            }
            let (path, line, column) = self.locate(problem);
            match (line, column) {
                (0, _) if path.is_empty() => {}
                (0, _) => write!(out, "{path}: ")?,
                (_, 0) => write!(out, "{path}:{line}: ")?,
                _ => write!(out, "{path}:{line}:{column}: ")?,
            }
            if !problem.field.is_empty() {
                write!(out, "{}: ", problem.field)?;
            }
            write!(out, "{}", problem.message)?;
            if let Some(help) = &problem.help {
                write!(out, " ({help})")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

fn is_start(wrong: &str, name: &str) -> bool {
    wrong.chars().count() > 3 && name.starts_with(wrong)
}

/// Its tables of renamed words are the one list of them.
const CHANGELOG: &str = include_str!("../guide/changelog.md");

/// What a word of an earlier version is called now, where it is one of the known ones.
fn renamed<'a>(wrong: &str, known: &[&'a str]) -> Option<&'a str> {
    fn quoted(cell: &str) -> impl Iterator<Item = &str> {
        cell.split('`').skip(1).step_by(2)
    }
    let rows = CHANGELOG.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|')?.split_once(" | "));
    let mut names = rows.filter_map(|(was, is)| quoted(is).nth(quoted(was).position(|word| word == wrong)?));
    names.find_map(|name| known.iter().copied().find(|known| *known == name))
}

/// "did you mean ...", or the list of what there is when it is short, or nothing.
#[must_use]
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(name) = renamed(wrong, &known) {
        return Some(format!("did you mean `{name}`? `{wrong}` is called so now"));
    }
    let begun: Vec<&str> = known.iter().copied().filter(|name| is_start(wrong, name)).collect();
    if let [name] = begun[..] {
        return Some(format!("did you mean `{name}`?"));
    }
    let best = known.iter().map(|name| (strsim::osa_distance(wrong, name), *name)).min();
    // Words of more than one part are often known by their first: `yard-dispatch` is chosen by the key `yard`.
    let first = wrong.split_once('-').and_then(|(first, _)| known.iter().find(|name| **name == first));
    match (best, first) {
        (Some((2.., _)), Some(name)) => Some(format!("did you mean `{name}`?")),
        (Some((distance, name)), _) if distance <= 1 + wrong.chars().count() / 3 => {
            Some(format!("did you mean `{name}`?"))
        }
        _ if known.is_empty() => Some("there are none".to_owned()),
        _ if known.len() <= 12 => Some(format!("there are: {}", known.join(", "))),
        _ => Some(format!("there are {} choices, such as {}", known.len(), known[..6].join(", "))),
    }
}

#[cfg(test)]
mod tests {
    //! Contract: a message is one that somebody can read, whatever it quotes.

    use super::*;

    #[test]
    fn a_word_of_two_parts_is_known_by_its_first() {
        let near = |wrong: &str| nearest(wrong, ["charging", "dispatch", "yard", "hydrogen"]);
        assert_eq!(near("yard-dispatch").unwrap(), "did you mean `yard`?");
        assert_eq!(near("hydrogen-supply").unwrap(), "did you mean `hydrogen`?");
        assert_eq!(near("dispatch-").unwrap(), "did you mean `dispatch`?");
        assert_eq!(nearest("limit-kw", ["limit", "limit_kw"]).unwrap(), "did you mean `limit_kw`?");
    }

    /// A word of an earlier version has its new name, where that is one of those that could stand there.
    #[test]
    fn a_renamed_word_is_known_by_its_new_name() {
        let near = |known: [&'static str; 3]| nearest("recalled", known).unwrap();
        assert_eq!(
            near(["verified", "unverified", "assumed"]),
            "did you mean `unverified`? `recalled` is called so now"
        );
        assert_eq!(near(["called", "verified", "assumed"]), "did you mean `called`?");
        let second = nearest("storage_given_kwh", ["storage_charged_kwh", "storage_discharged_kwh"]).unwrap();
        assert!(second.starts_with("did you mean `storage_discharged_kwh`?"), "{second}");
    }

    #[test]
    fn what_is_quoted_is_cut() {
        let long = "x".repeat(1 << 20);
        let mut list = Vec::new();
        let mut mistakes = Mistakes::of("a.csv", &mut list);
        mistakes.push(
            Some(2),
            "kw",
            format!("`{long}` is not a finite number"),
            Some(format!("did you mean `{long}`?")),
        );
        mistakes.push(Some(3), "kw", "`\u{e4}` is not a finite number".to_owned(), None);
        let place = Some(Place::File("a.toml".to_owned()));
        let field = format!("site.{long}.limit_kw");
        list.push(Problem {
            place,
            field,
            message: format!("must be {long}, or {}", "a ".repeat(1 << 20)),
            help: None,
        });
        let problems = Problems { files: Vec::new(), list };
        let told = problems.told();
        assert_eq!(told[0].message, format!("`{}\u{2026}` is not a finite number", &long[..MOST_QUOTED]));
        assert_eq!(told[1].message, "`\u{e4}` is not a finite number");
        assert!(told[2].message.ends_with('\u{2026}') && told[2].field.ends_with('\u{2026}'));
        assert!(problems.to_string().len() < 10_000 && problems.list[0].message.len() < 200);
        assert!(problems.to_json().iter().all(|it| it.to_string().len() < 10_000));
        let path = format!("/{}/a.toml: is no file", "folder/".repeat(40));
        assert_eq!(said(&path), path);
    }
}
