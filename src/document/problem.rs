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
            self.list.push(Problem { place: Some(place), field: field.to_owned(), message, help });
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
            self.told().iter().filter(alike).any(|known| self.locate(known) == other.locate(problem))
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

    /// The mistakes that are told: the first of them, for nobody reads ten thousand.
    #[must_use]
    pub fn told(&self) -> &[Problem] {
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

/// "did you mean ...", or the list of what there is when it is short, or nothing.
#[must_use]
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    let begun: Vec<&str> = known.iter().copied().filter(|name| is_start(wrong, name)).collect();
    if let [name] = begun[..] {
        return Some(format!("did you mean `{name}`?"));
    }
    let best = known.iter().map(|name| (strsim::osa_distance(wrong, name), *name)).min();
    match best {
        Some((distance, name)) if distance <= 1 + wrong.chars().count() / 3 => Some(format!("did you mean `{name}`?")),
        _ if known.is_empty() => Some("there are none".to_owned()),
        _ if known.len() <= 12 => Some(format!("there are: {}", known.join(", "))),
        _ => Some(format!("there are {} of them, {} among others", known.len(), known[..6].join(", "))),
    }
}
