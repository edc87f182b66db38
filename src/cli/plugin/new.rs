//! `portvolt plugin new` and `plugin build`: a folder to start from, and its language's own tool.

use crate::cli::exit::Exit;
use crate::cli::init;
use crate::cli::output::console::Console;
use crate::disk::read::{self, Kind as FileKind};
use crate::disk::whole;
use crate::plugin::{INTERFACE, PluginKind};
use crate::policy::kind::{PolicyKind, for_kind};
use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Debug, clap::Args)]
pub(crate) struct NewArgs {
    /// The folder to make; its name is the plugin's.
    dir: PathBuf,
    /// What it decides.
    #[arg(long, value_parser = kind_parser())]
    kind: PolicyKind,
    /// In which language.
    #[arg(long, value_enum, default_value_t = Language::Rust)]
    lang: Language,
}

/// The words of all kinds.
fn kind_parser() -> impl TypedValueParser<Value = PolicyKind> {
    let words = PolicyKind::ALL.iter().map(|kind| kind.word());
    PossibleValuesParser::new(words).map(|word| PolicyKind::of_word(&word).expect("one of the words above"))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    Rust,
    Python,
    Javascript,
    C,
}

impl Language {
    /// What has to be done once, in the plugin's folder.
    const fn setup(self) -> &'static str {
        match self {
            Self::Rust => "rustup target add wasm32-unknown-unknown",
            Self::Python => "pip install componentize-py==0.25.1",
            Self::Javascript => "npm install",
            Self::C => "apt install clang lld",
        }
    }
}

/// A file of a template: its path, its text, in which `PLUGIN_NAME` stands for the name.
type File = (&'static str, String);

macro_rules! plugin_text {
    ($path:literal) => {
        include_str!(concat!("../../../plugins/", $path)).to_owned()
    };
}

fn files(kind: PolicyKind, language: Language) -> Vec<File> {
    let starters = for_kind!(kind, K => K::STARTERS);
    let named = |(text, name): (&str, &str)| text.replace(name, "PLUGIN_NAME");
    let mut files = match language {
        Language::Rust => rust(named(starters.rust)),
        Language::C => vec![("policy.c", named(starters.c)), ("portvolt.h", plugin_text!("edf_charging/portvolt.h"))],
        Language::Python => vec![("app.py", named(starters.python))],
        Language::Javascript => {
            let build = plugin_text!("least_flexible_first/build.mjs");
            let build = build.replace("world: \"charging\"", &format!("world: \"{kind}\""));
            vec![
                ("app.js", named(starters.javascript)),
                ("build.mjs", build),
                ("package.json", PACKAGE_JSON.to_owned()),
            ]
        }
    };
    files.push(("wit/policy.wit", INTERFACE.to_owned()));
    files.push(("README.md", readme(kind, language)));
    files
}

/// The helper's manifest takes its fields from the workspace, which the new folder is. Its crate names all kinds.
fn rust(source: String) -> Vec<File> {
    let mut files = vec![
        ("Cargo.toml", CARGO_TOML.to_owned()),
        ("src/lib.rs", source),
        ("helper/Cargo.toml", plugin_text!("helper/Cargo.toml")),
        ("helper/src/lib.rs", plugin_text!("helper/src/lib.rs")),
        ("helper/src/about.rs", plugin_text!("helper/src/about.rs")),
        ("helper/src/log.rs", plugin_text!("helper/src/log.rs")),
        ("helper/src/random.rs", plugin_text!("helper/src/random.rs")),
        ("helper/src/view.rs", plugin_text!("helper/src/view.rs")),
    ];
    let helpers = PolicyKind::ALL.iter().map(|kind| for_kind!(kind, K => K::STARTERS.helper));
    files.extend(helpers.map(|(path, text)| (path, text.to_owned())));
    files
}

const CARGO_TOML: &str = r#"[package]
name = "PLUGIN_NAME"
version.workspace = true
edition.workspace = true
license.workspace = true
publish.workspace = true

[lib]
crate-type = ["cdylib", "rlib"]   # the plugin, and native tests

[dependencies]
portvolt-guest = { path = "helper" }

[workspace]
members = ["helper"]

[workspace.package]
version = "0.1.0"
edition = "2024"
license = "MIT OR Apache-2.0"
publish = false

[profile.release]
lto = true
codegen-units = 1
panic = "abort"
debug = "line-tables-only"   # a trap then names file and line
"#;

const PACKAGE_JSON: &str = r#"{ "private": true, "type": "module", "dependencies": { "componentize-qjs": "0.4.5" } }
"#;

fn readme(kind: PolicyKind, language: Language) -> String {
    let scenario = kind.facts().template;
    let (option, with) = (kind.option(), kind.facts().with);
    let (file, test) = match language {
        Language::Rust => ("src/lib.rs", "    cargo test\n"),
        Language::Python => ("app.py", ""),
        Language::Javascript => ("app.js", ""),
        Language::C => ("policy.c", ""),
    };
    let setup = language.setup();
    format!(
        "# PLUGIN_NAME\n\nA policy of {kind} for Portvolt. The policy is `{file}`; `wit/policy.wit` says what it may read and \
         order. In this folder:\n\n    {setup}    # once\n    portvolt plugin build .\n{test}    portvolt plugin check \
         PLUGIN_NAME.wasm\n    portvolt init trial --template {scenario}\n    portvolt run trial{with} --{option} \
         PLUGIN_NAME.wasm\n"
    )
}

pub(crate) fn new(args: &NewArgs, console: &Console) -> Exit {
    let kind = args.kind;
    let name = args.dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !is_name {
        console.error(&format!("`{name}` is no name for a plugin: take small letters, digits and `_`"));
        return Exit::BadFiles;
    }
    let files = files(kind, args.lang);
    let filled = files.iter().map(|(path, text)| ((*path).to_owned(), text.replace("PLUGIN_NAME", &name).into_bytes()));
    if let Err(error) = whole::folder(&args.dir, &filled.collect::<Vec<_>>()) {
        return init::refused(&error, console);
    }
    let dir = args.dir.display();
    if console.is_json() {
        let names: Vec<_> = files.iter().map(|file| file.0).collect();
        console.print_json(&serde_json::json!({ "schema": 1, "dir": args.dir, "files": names }));
    } else {
        let setup = args.lang.setup();
        console.print(&format!(
            "{dir}: a policy of {kind} to start from.\nOnce, in that folder: {setup}\nNext: portvolt plugin build {dir}"
        ));
    }
    Exit::Done
}

/// A tool that builds: program and arguments, the file it makes, and how to get it.
struct Tool {
    program: PathBuf,
    args: Vec<String>,
    makes: PathBuf,
    get_it: &'static str,
}

fn tool(dir: &Path, name: &str) -> Option<Tool> {
    let args = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let out = format!("{name}.wasm");
    if dir.join("Cargo.toml").is_file() {
        let made = format!("{}.wasm", crate_name(dir).unwrap_or_else(|| name.to_owned()));
        let makes = Path::new("target/wasm32-unknown-unknown/release").join(made);
        return Some(Tool {
            program: "cargo".into(),
            args: args(&["build", "--release", "--target", "wasm32-unknown-unknown", "--target-dir", "target"]),
            makes,
            get_it: "install Rust, then: rustup target add wasm32-unknown-unknown",
        });
    }
    if dir.join("app.py").is_file() {
        let text = read::text(&dir.join("app.py"), FileKind::Toml).unwrap_or_default();
        let world = PolicyKind::ALL
            .iter()
            .copied()
            .find(|kind| text.contains(&format!("{}_view", kind.word().replace('-', "_"))));
        let world = world.unwrap_or(PolicyKind::Dispatch).word();
        return Some(Tool {
            program: "componentize-py".into(),
            args: args(&["-d", "wit", "-w", world, "componentize", "--stub-wasi", "app", "-o", &out]),
            makes: out.into(),
            get_it: "pip install componentize-py==0.25.1",
        });
    }
    if dir.join("build.mjs").is_file() {
        return Some(Tool {
            program: "node".into(),
            args: args(&["build.mjs", ".", "wit", &out]),
            makes: out.into(),
            get_it: "install node 20, then in the folder: npm install",
        });
    }
    let is_c = dir.join("policy.c").is_file();
    let has_only_zig = is_on_path("zig") && !is_on_path("clang");
    let (program, target): (_, &[&str]) = if has_only_zig {
        ("zig", &["cc", "--target=wasm32-freestanding"])
    } else {
        ("clang", &["--target=wasm32-unknown-unknown"])
    };
    let flags = [target, &["-nostdlib", "-O2", "-Wl,--no-entry", "-o", &out, "policy.c"]].concat();
    is_c.then(|| Tool {
        program: program.into(),
        args: args(&flags),
        makes: out.clone().into(),
        get_it: "apt install clang lld, or zig from ziglang.org, on PATH",
    })
}

/// What cargo calls the library of the folder: a folder may be renamed or copied after it was made.
fn crate_name(dir: &Path) -> Option<String> {
    let manifest: toml::Table = read::text(&dir.join("Cargo.toml"), FileKind::Toml).ok()?.parse().ok()?;
    let name = |table: &str| Some(manifest.get(table)?.get("name")?.as_str()?.replace('-', "_"));
    name("lib").or_else(|| name("package"))
}

fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let bytes = read::bytes(from, FileKind::Plugin).map_err(|error| format!("{} {error}", from.display()))?;
    whole::write(to, bytes).map_err(|error| error.to_string())
}

pub(crate) fn build(dir: &Path, console: &Console) -> Exit {
    let full = std::path::absolute(dir).unwrap_or_else(|_| dir.to_path_buf());
    let name = full.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let Some(tool) = tool(dir, &name) else {
        let what = "holds no Cargo.toml, app.py, build.mjs or policy.c; `portvolt plugin new` makes a folder that does";
        console.error(&format!("{}: {what}", dir.display()));
        return Exit::BadFiles;
    };
    let command = format!("{} {}", tool.program.display(), tool.args.join(" "));
    console.note(&format!("{command}  (in {})", dir.display()));
    match Command::new(&tool.program).args(&tool.args).current_dir(dir).status() {
        Ok(status) if status.success() => {}
        Ok(_) => {
            console.error(&format!(
                "`{command}` failed; its output is above. If a tool, module or target is missing: {}",
                tool.get_it
            ));
            return Exit::Failed;
        }
        Err(error) => {
            let why = match error.kind() {
                std::io::ErrorKind::NotFound => "is not on PATH".to_owned(),
                _ => format!("cannot be run ({error})"),
            };
            console.error(&format!("`{}` {why}. To get it: {}", tool.program.display(), tool.get_it));
            return Exit::Failed;
        }
    }
    let (made, wanted) = (dir.join(&tool.makes), dir.join(format!("{name}.wasm")));
    if made != wanted
        && let Err(why) = copy(&made, &wanted)
    {
        console.error(&why);
        return Exit::Failed;
    }
    console.print(&format!("{0}\nNext: portvolt plugin check {0}", wanted.display()));
    Exit::Done
}
