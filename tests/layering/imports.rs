//! Which file of `src/` uses which, from the paths in its code: `use` declarations and paths in place, resolved through
//! re-exports to the file that defines the name. Test code is left out.

use crate::code::{end_of_test, group, ident, is_punct};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A module path from the root of the crate: `["grid", "state"]`.
type Module = Vec<String>;

/// One file, parsed.
#[derive(Debug, Default)]
struct Source {
    /// Its path below `src/`.
    file: String,
    /// Names of modules that it declares.
    children: BTreeSet<String>,
    /// What it imports: name in this file, path as written, and whether others can import it from here.
    imports: Vec<(String, Module, bool)>,
    /// Paths with at least two segments that stand in its code.
    paths: Vec<Module>,
}

/// All files of the crate and who uses whom.
#[derive(Debug)]
pub(crate) struct Crate {
    sources: BTreeMap<Module, Source>,
}

/// One file uses a name of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    /// The file with the `use`.
    pub(crate) from: String,
    /// The file that defines the name.
    pub(crate) to: String,
    /// The name.
    pub(crate) name: String,
}

impl Crate {
    /// Of files: path below `src/` with `/`, and text.
    ///
    /// # Panics
    /// When a file is no Rust.
    pub(crate) fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let parse = |(file, text): (&str, &str)| {
            let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{file} is no Rust: {error}"));
            let mut source = Source { file: file.to_owned(), ..Source::default() };
            read(&tokens.into_iter().collect::<Vec<_>>(), &mut source);
            (module_of(file), source)
        };
        let sources: BTreeMap<Module, Source> = files.into_iter().map(parse).collect();
        // A file that no other declares, but as test code, is test code.
        let is_declared = |module: &Module| {
            let mut names = (1..=module.len()).map(|end| (&module[..end - 1], &module[end - 1]));
            let is_root = module.as_slice() == ["main"];
            is_root || names.all(|(above, name)| sources.get(above).is_some_and(|it| it.children.contains(name)))
        };
        let declared: BTreeSet<Module> = sources.keys().filter(|module| is_declared(module)).cloned().collect();
        Self { sources: sources.into_iter().filter(|(module, _)| declared.contains(module)).collect() }
    }

    /// Every use of a name of another file, sorted. A re-export is a name for others, not a use: who imports it is led to its
    /// file.
    ///
    /// # Panics
    /// When a file imports all names of another one: nobody sees then what it uses.
    pub(crate) fn edges(&self) -> Vec<Edge> {
        self.edges_where(|source| {
            let own = source.imports.iter().filter(|import| !import.2).map(|import| &import.1);
            own.chain(&source.paths).collect()
        })
    }

    /// Every name of another file that a file hands on, sorted.
    pub(crate) fn re_exports(&self) -> Vec<Edge> {
        self.edges_where(|source| source.imports.iter().filter(|import| import.2).map(|import| &import.1).collect())
    }

    fn edges_where<'a>(&'a self, paths: impl Fn(&'a Source) -> Vec<&'a Module>) -> Vec<Edge> {
        let mut edges = BTreeSet::new();
        for (module, source) in &self.sources {
            for path in paths(source) {
                if let Some((_, from)) = path.split_last().filter(|(last, _)| *last == "*") {
                    let is_ours = self.absolute(module, from).is_some_and(|from| self.sources.contains_key(&from));
                    assert!(!is_ours, "{}: an import of all names hides what it uses", source.file);
                    continue;
                }
                let Some((target, name)) = self.absolute(module, path).and_then(|path| self.definition(&path, 0))
                else {
                    continue;
                };
                let to = self.sources[&target].file.clone();
                if to != source.file {
                    edges.insert(Edge { from: source.file.clone(), to, name });
                }
            }
        }
        edges.into_iter().collect()
    }

    /// A path as written in a module, from the root of the crate. None: it leads into another crate, or is no path of modules.
    fn absolute(&self, module: &Module, path: &[String]) -> Option<Module> {
        let source = &self.sources[module];
        let first = path.first()?.as_str();
        let rest = path[1..].iter().cloned();
        match first {
            "crate" => Some(rest.collect()),
            "self" => Some(module.iter().cloned().chain(rest).collect()),
            "super" => {
                let (_, above) = module.split_last()?;
                let mut out: Vec<String> = above.to_vec();
                for part in rest {
                    if part == "super" {
                        out.pop();
                    } else {
                        out.push(part);
                    }
                }
                Some(out)
            }
            name if source.children.contains(name) => {
                Some(module.iter().cloned().chain(path.iter().cloned()).collect())
            }
            name => {
                let (_, target, _) =
                    source.imports.iter().find(|import| import.0 == name && import.1.as_slice() != path)?;
                let target = self.absolute(module, target)?;
                Some(target.into_iter().chain(rest).collect())
            }
        }
    }

    /// The module whose file defines what a path from the root names, and the name. None for a module itself.
    fn definition(&self, path: &[String], depth: usize) -> Option<(Module, String)> {
        let known = (0..=path.len()).rev().find(|length| self.sources.contains_key(&path[..*length]))?;
        let (module, rest) = path.split_at(known);
        let name = rest.first()?;
        let source = &self.sources[module];
        let through = source.imports.iter().find(|import| import.0 == *name && import.2);
        if let (Some((_, target, _)), true) = (through, depth < 8) {
            let target = self.absolute(&module.to_vec(), target)?;
            let full: Vec<String> = target.into_iter().chain(rest[1..].iter().cloned()).collect();
            return self.definition(&full, depth + 1);
        }
        Some((module.to_vec(), name.clone()))
    }
}

/// `grid/state.rs` is `["grid", "state"]`, `grid/mod.rs` `["grid"]`, `lib.rs` the root.
fn module_of(file: &str) -> Module {
    let stem = Path::new(file).with_extension("");
    let mut parts: Vec<String> = stem.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") || parts == ["lib"] {
        parts.pop();
    }
    parts
}

/// Reads the tokens of a file or of a block in it.
fn read(tokens: &[TokenTree], out: &mut Source) {
    let mut at = 0;
    while at < tokens.len() {
        if let Some(end) = end_of_test(tokens, at) {
            at = end;
            continue;
        }
        match ident(tokens.get(at)).as_deref() {
            Some("mod") if is_punct(tokens.get(at + 2), ';') => {
                out.children.extend(ident(tokens.get(at + 1)));
                at += 3;
            }
            Some("use") => {
                let is_public = at > 0
                    && (ident(tokens.get(at - 1)).as_deref() == Some("pub")
                        || group(tokens.get(at - 1), Delimiter::Parenthesis).is_some());
                let end = (at..tokens.len()).find(|end| is_punct(tokens.get(*end), ';')).unwrap_or(tokens.len());
                use_tree(&tokens[at + 1..end], &[], is_public, out);
                at = end + 1;
            }
            Some(_) if !follows_path(tokens, at) && is_path(tokens, at) => at = path(tokens, at, out),
            _ => {
                if let Some(TokenTree::Group(group)) = tokens.get(at) {
                    read(&group.stream().into_iter().collect::<Vec<_>>(), out);
                }
                at += 1;
            }
        }
    }
}

/// Does `::` stand before this token? Then it is the middle of a path that did not begin with a name.
fn follows_path(tokens: &[TokenTree], at: usize) -> bool {
    at >= 2 && is_punct(tokens.get(at - 1), ':') && is_punct(tokens.get(at - 2), ':')
}

fn is_path(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens.get(at + 1), ':') && is_punct(tokens.get(at + 2), ':')
}

/// A path in place, such as `grid::state::Sites`; returns where it ends.
fn path(tokens: &[TokenTree], mut at: usize, out: &mut Source) -> usize {
    let mut parts: Vec<String> = ident(tokens.get(at)).into_iter().collect();
    while is_path(tokens, at) {
        let Some(next) = ident(tokens.get(at + 3)) else { break };
        parts.push(next);
        at += 3;
    }
    out.paths.push(parts);
    at + 1
}

/// What stands between `use` and `;`.
fn use_tree(tokens: &[TokenTree], before: &[String], is_public: bool, out: &mut Source) {
    let mut parts = before.to_vec();
    let mut at = 0;
    loop {
        if let Some(inner) = group(tokens.get(at), Delimiter::Brace) {
            for tree in inner.split(|token| is_punct(Some(token), ',')).filter(|tree| !tree.is_empty()) {
                use_tree(tree, &parts, is_public, out);
            }
            return;
        }
        let Some(name) = ident(tokens.get(at)) else {
            parts.extend(is_punct(tokens.get(at), '*').then(|| "*".to_owned()));
            break;
        };
        parts.push(name);
        if !is_path(tokens, at) {
            break;
        }
        at += 3;
    }
    let renamed = (ident(tokens.get(at + 1)).as_deref() == Some("as")).then(|| ident(tokens.get(at + 2))).flatten();
    if parts.len() > 1 && parts.last().is_some_and(|last| last == "self") {
        parts.pop();
    }
    let name = renamed.unwrap_or_else(|| parts.last().cloned().unwrap_or_default());
    out.imports.push((name, parts, is_public));
}
