//! Contract: one word for one thing. The glossary (`src/guide/glossary.md`) lists the words and names that others replace;
//! no text that people read (README, guides, references made from the code, schema, strings of the program, pages) and no
//! public name uses one of them. Comments inside the code are free.
//!
//! Seen red with "lost hauls" in a guide, `pub debt_cover` in a struct and "ports taken" in a string of the screen.

#![allow(clippy::unwrap_used, reason = "a test that fails says so by panicking")]

#[path = "common/code.rs"]
mod code;

use code::without_tests;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What may stand all the same: a part of the path, the phrase, and why.
const ALLOWED: &[(&str, &str, &str)] = &[
    ("src/guide/glossary.md", "", "it lists them"),
    ("src/guide/changelog.md", "", "it says what was renamed"),
    ("plugins/wit/", "most mean power", "the published interface of plugins keeps its text"),
    ("plugins/wit/", "all of it", "the published interface of plugins keeps its text"),
    ("plugins/wit/", "is no number", "the published interface of plugins keeps its text"),
    ("plugins/wit/", "gives back", "the published interface of plugins keeps its text"),
    ("plugins/wit/", "give back", "the published interface of plugins keeps its text"),
    ("ui/src/lib/parts.ts", "recalled", "runs of earlier versions call the quality so"),
    ("plugin/dispatch.rs", "ports taken", "a column of the published interface"),
    ("src/document/problem.rs", "mistakes", "a type inside the crate, shown to nobody"),
];

/// What the glossary replaces.
struct Glossary {
    /// Phrases of texts, in small letters.
    phrases: Vec<String>,
    /// Whole names of the code.
    names: Vec<String>,
}

fn glossary() -> Glossary {
    let text = std::fs::read_to_string(Path::new(ROOT).join("src/guide/glossary.md")).unwrap();
    let column = |title: &str| -> Vec<String> {
        let (_, rest) = text.split_once(title).unwrap_or_else(|| panic!("the glossary has no {title}"));
        let table = rest.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
        let first = table.skip(2).filter_map(|line| line.split('|').nth(1));
        first.flat_map(|cell| cell.split(',')).map(|word| word.trim().trim_matches('`').to_owned()).collect()
    };
    let phrases = column("## Replaced words").iter().map(|phrase| plain(phrase)).collect();
    Glossary { phrases, names: column("## Replaced names") }
}

/// A text in small letters, with one blank between words; parts of names are words.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = ' ';
    for letter in text.chars() {
        let begins = letter.is_uppercase() && (last.is_lowercase() || last.is_ascii_digit());
        let is_gap = letter.is_whitespace() || letter == '_';
        if (begins || is_gap) && !out.ends_with(' ') {
            out.push(' ');
        }
        if !is_gap {
            out.extend(letter.to_lowercase());
        }
        last = letter;
    }
    out
}

/// Does the text hold the phrase, as whole words?
fn holds(text: &str, phrase: &str) -> bool {
    let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.match_indices(phrase)
        .any(|(at, _)| !is_part(text[..at].chars().next_back()) && !is_part(text[at + phrase.len()..].chars().next()))
}

/// Files below a folder whose names end so, sorted.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut folders = vec![Path::new(ROOT).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !["node_modules", "dist", "target"].contains(&&*name) {
                folders.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

/// The strings of a Rust source, each with its line; comments, test code and characters are passed over.
fn strings(source: &str) -> Vec<(usize, String)> {
    let source = without_tests(source);
    let letters: Vec<char> = source.chars().collect();
    let (mut at, mut line, mut out) = (0, 1, Vec::new());
    while at < letters.len() {
        let rest = |ahead: usize| letters.get(at + ahead).copied().unwrap_or(' ');
        match letters[at] {
            '\n' => line += 1,
            '/' if rest(1) == '/' => {
                while at + 1 < letters.len() && letters[at + 1] != '\n' {
                    at += 1;
                }
            }
            '\'' if rest(2) == '\'' || rest(1) == '\\' => at += if rest(1) == '\\' { 3 } else { 2 },
            '"' => {
                let (first, is_raw) = (line, at > 0 && matches!(letters[at - 1], '#' | 'r'));
                let mut text = String::new();
                at += 1;
                while at < letters.len() && letters[at] != '"' {
                    if letters[at] == '\\' && !is_raw {
                        at += 1;
                    }
                    line += usize::from(letters.get(at) == Some(&'\n'));
                    text.push(letters.get(at).copied().unwrap_or(' '));
                    at += 1;
                }
                out.push((first, text));
            }
            _ => {}
        }
        at += 1;
    }
    out
}

/// Documents of a Rust source's items, line by line as in [`lines`]: of the Python package they are its help.
fn documents(source: &str) -> Vec<(usize, String)> {
    let source = without_tests(source);
    let documents: Vec<&str> = source.lines().map(|line| line.trim().strip_prefix("///").unwrap_or("")).collect();
    lines(&documents.join("\n"), "md")
}

/// Names that a Rust source makes public, and the documents of the columns of its tables, each with its line.
fn public(source: &str) -> Vec<(usize, String)> {
    const KINDS: [&str; 9] = ["fn", "struct", "enum", "trait", "const", "static", "type", "mod", "use"];
    let source = without_tests(source);
    let mut out = Vec::new();
    let (mut is_table, mut is_enum) = (false, false);
    for (at, line) in source.lines().enumerate().map(|(at, line)| (at + 1, line.trim())) {
        is_table = if line.starts_with("row!") { true } else { is_table && line != "}" };
        if is_table && line.starts_with("///") {
            out.push((at, line.to_owned()));
        }
        is_enum = if line.contains(" enum ") { line.starts_with("pub") } else { is_enum && line != "}" };
        let variant = Some(line).filter(|line| is_enum && line.starts_with(|letter: char| letter.is_ascii_uppercase()));
        let word = variant.and_then(|line| line.split_once("= \"")).and_then(|(_, rest)| rest.split('"').next());
        let variant = variant.and_then(|line| line.split(|letter: char| !letter.is_alphanumeric()).next());
        let column = line.split_once(':').map(|(name, _)| name.trim()).filter(|_| is_table && line.ends_with("],"));
        let rest =
            line.strip_prefix("pub ").or_else(|| line.strip_prefix("pub(").and_then(|it| Some(it.split_once(") ")?.1)));
        let name = rest.filter(|rest| !rest.starts_with("use ")).map(|rest| {
            let word = rest.split_whitespace().find(|word| !KINDS.contains(word) && *word != "unsafe").unwrap_or("");
            word.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or("")
        });
        out.extend(column.into_iter().chain(name).chain(variant).chain(word).map(|name| (at, name.to_owned())));
    }
    out
}

/// Names that a TypeScript source exports, each with its line.
fn exported(source: &str) -> Vec<(usize, String)> {
    let lines = source.lines().enumerate().filter_map(|(at, line)| Some((at + 1, line.strip_prefix("export ")?)));
    let named = lines.filter_map(|(at, rest)| {
        let is_kind = |word: &&str| {
            !["async", "abstract", "class", "const", "enum", "function", "interface", "type"].contains(word)
        };
        let word = rest.split_whitespace().find(is_kind)?;
        let name = word.split(|letter: char| !letter.is_alphanumeric()).next()?;
        Some((at, name.to_owned()))
    });
    named.filter(|(_, name)| !name.is_empty()).collect()
}

/// Where a replaced word stands: file, line, word.
fn wrong(path: &Path, pieces: &[(usize, String)], phrases: &[String]) -> Vec<String> {
    let name = path.strip_prefix(ROOT).unwrap().display().to_string();
    let mut out = Vec::new();
    for (line, text) in pieces {
        let text = plain(text);
        for phrase in phrases.iter().filter(|phrase| holds(&text, phrase)) {
            let is_allowed = ALLOWED
                .iter()
                .any(|(file, allowed, _)| name.contains(file) && (allowed.is_empty() || allowed == phrase));
            if !is_allowed {
                out.push(format!("{name}:{line}: `{phrase}` (see src/guide/glossary.md)"));
            }
        }
    }
    out
}

/// A text line by line, each joined with the next: phrases may break at the end of a line. Comments of TypeScript and Python
/// are passed over.
fn lines(text: &str, extension: &str) -> Vec<(usize, String)> {
    let comments: &[&str] = match extension {
        "ts" => &["/*", "*", "//"],
        "py" => &["#"],
        _ => &[],
    };
    let is_comment = |line: &str| comments.iter().any(|start| line.trim().starts_with(start));
    let all: Vec<&str> = text.lines().map(|line| if is_comment(line) { "" } else { line }).collect();
    let pair = |at: usize| [all[at], all.get(at + 1).copied().unwrap_or("")].join(" ");
    (0..all.len()).map(|at| (at + 1, pair(at))).collect()
}

#[test]
fn texts_use_the_words_of_the_glossary() {
    let phrases = glossary().phrases;
    assert!(phrases.len() > 20, "{phrases:?}");
    let mut pages = files("src", &[".md", ".ts", ".html", ".py"]);
    pages.extend(files("scenarios", &["README.md", "scenario.schema.json"]));
    pages.extend(files("plugins", &[".md", ".wit"]));
    pages.extend(["README.md", "tests/cases/openapi.json"].map(|page| Path::new(ROOT).join(page)));
    let extension = |path: &Path| path.extension().map_or_else(String::new, |it| it.to_string_lossy().into_owned());
    let read = |path: &PathBuf| std::fs::read_to_string(path).unwrap();
    let mut found: Vec<String> =
        pages.iter().flat_map(|path| wrong(path, &lines(&read(path), &extension(path)), &phrases)).collect();
    let sources = files("src", &[".rs"]);
    found.extend(sources.iter().flat_map(|path| wrong(path, &strings(&read(path)), &phrases)));
    let python = files("src/python", &[".rs"]);
    assert!(!python.is_empty() && pages.iter().any(|path| path.ends_with("portvolt/__init__.py")));
    found.extend(python.iter().flat_map(|path| wrong(path, &documents(&read(path)), &phrases)));
    found.dedup();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn public_names_use_the_words_of_the_glossary() {
    let Glossary { phrases, names } = glossary();
    let mut found = Vec::new();
    for path in files("src", &[".rs", ".ts"]) {
        let source = std::fs::read_to_string(&path).unwrap();
        let public = if path.extension().is_some_and(|it| it == "ts") { exported(&source) } else { public(&source) };
        found.extend(wrong(&path, &public, &phrases));
        let replaced = public.iter().filter(|(_, name)| names.contains(name));
        found.extend(replaced.map(|(line, name)| format!("{}:{line}: `{name}`", path.display())));
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// Documents of the interface are comments of the code that is made from it for each plugin, where a line that is indented by four
/// spaces or more is an example, and compiled as Rust. Seen red with a table of codes that was indented by seven.
#[test]
fn the_interface_has_no_document_that_reads_as_code() {
    let is_code = |line: &str| line.trim_start().strip_prefix("///").is_some_and(|text| text.starts_with("    "));
    assert!(
        is_code("///    an example")
            && is_code("  ///       0 no")
            && !is_code("///   - 0 no")
            && !is_code("    // no")
    );
    let interface = files("plugins/wit", &[".wit"]);
    assert!(!interface.is_empty());
    for path in interface {
        let text = std::fs::read_to_string(&path).unwrap();
        let found: Vec<usize> = text.lines().zip(1..).filter(|(line, _)| is_code(line)).map(|(_, at)| at).collect();
        assert!(text.contains("///") && found.is_empty(), "{}: lines {found:?}", path.display());
    }
}

/// The readers of the sources themselves: strings across escapes, comments and characters; names and columns.
#[test]
fn readers_find_strings_and_names() {
    let source = "/// a \"comment\"\nlet x = \"one \\\"two\\\"\"; // \"three\"\nlet y = ('\"', r#\"four\"#);\n#[cfg(test)]\nconst A: &str = \"five\";\nlet z = \"six\";";
    let found: Vec<String> = strings(source).into_iter().map(|it| it.1).collect();
    assert_eq!(found, ["one \"two\"", "four", "six"]);
    let found = documents("/// Of it\n/// tax.\nfn f() {}\n#[cfg(test)]\nmod a {\n    /// Test.\n    fn g() {}\n}\n");
    assert!(holds(&plain(&found[0].1), "of it tax") && found.iter().all(|it| !it.1.contains("Test")), "{found:?}");
    let source = "pub struct A {\n    pub debt_cover: f64,\n    hidden: f64,\n}\npub(crate) fn make(x: u32) {}\nrow! {\n    /// asked for\n    lost_kg: f64 [\"kg\"],\n}\nwords! {\n    pub enum Item {\n        /// a\n        Works = \"works\",\n        Plain(u32),\n    }\n}";
    let found: Vec<String> = public(source).into_iter().map(|it| it.1).collect();
    assert_eq!(found, ["A", "debt_cover", "make", "/// asked for", "lost_kg", "Item", "Works", "works", "Plain"]);
    let found: Vec<String> = exported("export interface Shown {\nconst x = 1;\nexport const LABELS: string[] = [];")
        .into_iter()
        .map(|it| it.1)
        .collect();
    assert_eq!(found, ["Shown", "LABELS"]);
    assert!(holds(&plain("the DebtCover of it"), "debt cover") && holds(&plain("debt_cover_year"), "debt cover"));
    assert!(!holds(&plain("discovered"), "cover"));
}
