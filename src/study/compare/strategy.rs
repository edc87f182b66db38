//! What a study compares: a strategy is overlays and settings on a scenario, under a name.

use crate::document::problem::nearest;
use crate::policy::decide::{names, serious_names};
use crate::policy::floor::{NOTHING, RANDOM};
use crate::policy::kind::PolicyKind;
use crate::policy::spec::{is_plugin_file, split_params};
use crate::scenario::files::{folder_of, is_file, names_in};
use crate::scenario::load::Request;
use crate::scenario::shipped;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Names of the scenario as it is, unless a file of that name lies beside it.
pub const AS_IT_IS: [&str; 2] = ["bau", "baseline"];

/// A named change of a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strategy {
    /// As the user wrote it.
    pub name: String,
    /// Overlay files, in order.
    pub overlays: Vec<PathBuf>,
    /// Settings `path=value`, after the overlays.
    pub settings: Vec<String>,
}

/// Why a word is no strategy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no strategy: {reason}")]
pub struct StrategyError {
    /// What was written.
    pub word: String,
    /// What is wrong, and how to fix it.
    pub reason: String,
}

impl Strategy {
    /// The scenario as it is.
    #[must_use]
    pub fn unchanged() -> Self {
        Self { name: AS_IT_IS[0].to_owned(), overlays: Vec::new(), settings: Vec::new() }
    }

    /// Reads a strategy: parts joined by `+` (but not the sign of an exponent, such as in `1e+3`, nor one in quotes, in
    /// brackets or in the name of a file that is there), each an overlay file (a bare name is looked for in the scenario's
    /// folder), `bau`, the name of a built-in policy, `charging=NAME`, `dispatch=NAME`, `adoption=NAME`,
    /// `hydrogen=NAME`, `build_out=NAME` or `path=value`. A policy's parameters follow it: `charging=my.wasm:margin=3`.
    ///
    /// # Errors
    /// When a part is none of these.
    pub fn parse(text: &str, scenario: &Path) -> Result<Self, StrategyError> {
        let mut strategy = Self { name: text.trim().to_owned(), overlays: Vec::new(), settings: Vec::new() };
        for part in parts(text, scenario) {
            strategy.part(part.trim(), scenario)?;
        }
        Ok(strategy)
    }

    fn part(&mut self, word: &str, scenario: &Path) -> Result<(), StrategyError> {
        let fail = |reason: String| Err(StrategyError { word: word.to_owned(), reason });
        if let Some((path, value)) = word.split_once('=') {
            let (path, value) = (path.trim(), value.trim());
            let setting = PolicyKind::of_word(path).map(PolicyKind::setting);
            let (value, params) = if setting.is_some() { split_params(value) } else { (value, Vec::new()) };
            self.settings.push(match setting {
                Some(setting) if is_plugin_file(value) => {
                    // Relative to where the command runs, as everything on a command line.
                    let file = std::path::absolute(value).unwrap_or_else(|_| PathBuf::from(value));
                    format!("{setting}={}", toml::Value::from(file.display().to_string()))
                }
                Some(setting) => format!("{setting}.name={value}"),
                None => format!("{path}={value}"),
            });
            let setting = setting.unwrap_or_default();
            self.settings.extend(params.iter().map(|(name, value)| format!("{setting}.params.{name}={value}")));
            return Ok(());
        }
        if let Some(file) = overlay(word, scenario) {
            self.overlays.push(file);
        } else if AS_IT_IS.contains(&word) {
            // Nothing to lay on top.
        } else if let Some(kind) = PolicyKind::ALL.iter().find(|kind| names(**kind).contains(&word)) {
            self.settings.push(format!("{}.name={word}", kind.setting()));
        } else if Path::new(word).extension().is_some_and(|extension| extension == "wasm") {
            let kinds = PolicyKind::ALL.iter().map(|kind| format!("`{}={word}`", kind.table_and_key().1));
            let kinds: Vec<String> = kinds.collect();
            return fail(format!("say what the plugin decides: {}", kinds.join(", ")));
        } else {
            let known = known(scenario);
            let help = nearest(word, known.iter().map(String::as_str)).unwrap_or_default();
            return fail(format!("no overlay file beside the scenario and no built-in policy has this name; {help}"));
        }
        Ok(())
    }

    /// What to load for this strategy on top of a scenario and settings that all strategies share.
    #[must_use]
    pub fn request(&self, scenario: &Path, common: &[String], own: &[String]) -> Request {
        let settings = common.iter().chain(&self.settings).chain(own).cloned().collect();
        Request { path: scenario.to_path_buf(), overlays: self.overlays.clone(), settings, ..Request::default() }
    }

    /// Every pair of built-in policies, and the floor: those that order nothing, and those that order at random.
    #[must_use]
    pub fn built_in() -> Vec<Self> {
        let pair = |dispatch: &str, charging: &str| Self {
            name: format!("{dispatch}+{charging}"),
            overlays: Vec::new(),
            settings: vec![format!("policy.dispatch.name={dispatch}"), format!("policy.charging.name={charging}")],
        };
        let of_dispatch = |dispatch: &'static str| {
            serious_names(PolicyKind::Charging).into_iter().map(move |charging| pair(dispatch, charging))
        };
        let floor = [NOTHING, RANDOM].map(|name| pair(name, name));
        serious_names(PolicyKind::Dispatch).into_iter().flat_map(of_dispatch).chain(floor).collect()
    }
}

/// Strategies of a list with commas, but for those in quotes or brackets.
#[must_use]
pub fn list(text: &str) -> Vec<String> {
    split(text, ',').into_iter().map(str::to_owned).collect()
}

/// The parts of a strategy. Pieces between signs that together name a file are one.
fn parts(text: &str, scenario: &Path) -> Vec<String> {
    let pieces = split(text, '+');
    let (mut parts, mut at) = (Vec::new(), 0);
    while at < pieces.len() {
        let is_file = |end: &usize| names_file(&pieces[at..*end].join("+"), scenario);
        let end = (at + 2..=pieces.len()).rev().find(is_file).unwrap_or(at + 1);
        parts.push(pieces[at..end].join("+"));
        at = end;
    }
    parts
}

/// Does a word, or the value of a setting, name a file that is there?
fn names_file(word: &str, scenario: &Path) -> bool {
    let word = word.trim();
    let value = word.split_once('=').map_or(word, |(_, value)| value.trim());
    overlay(word, scenario).is_some() || Path::new(value).is_file() || is_file(&folder_of(scenario).join(value))
}

/// Splits at a separator that stands outside of quotes and brackets and is not the sign of an exponent.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut pieces, mut from) = (Vec::new(), 0);
    let (mut quote, mut depth): (Option<char>, u32) = (None, 0);
    for (at, c) in text.char_indices() {
        match c {
            _ if quote == Some(c) => quote = None,
            _ if quote.is_some() => {}
            '"' | '\'' if text[at + 1..].contains(c) => quote = Some(c),
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            _ if c == separator && depth == 0 && !(c == '+' && is_exponent(&text[..at], &text[at + 1..])) => {
                pieces.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&text[from..]);
    pieces
}

/// Is what stands between two texts the sign of an exponent, such as in `1.5e+3`?
fn is_exponent(before: &str, after: &str) -> bool {
    let value = before.rsplit(['=', ',', ' ', '[', '+']).next().unwrap_or_default();
    let mantissa = value.strip_suffix(['e', 'E']).unwrap_or_default();
    let is_number = mantissa.parse::<f64>().is_ok() && mantissa.ends_with(|c: char| c.is_ascii_digit() || c == '.');
    before.contains('=') && is_number && after.starts_with(|c: char| c.is_ascii_digit())
}

fn overlay(word: &str, scenario: &Path) -> Option<PathBuf> {
    let given = Path::new(word);
    let folder = folder_of(scenario);
    let is_toml = given.extension().is_some_and(|extension| extension == "toml");
    let candidates = [given.to_path_buf(), folder.join(given), folder.join(given).with_extension("toml")];
    let start = usize::from(!is_toml) * 2;
    // Whole, for a plan is carried out elsewhere.
    let found = candidates.into_iter().skip(start).find(|path| is_file(path))?;
    if shipped::is_shipped(&found) { Some(found) } else { Some(std::path::absolute(&found).unwrap_or(found)) }
}

fn known(scenario: &Path) -> Vec<String> {
    let built_in = PolicyKind::ALL.iter().flat_map(|kind| names(*kind));
    let mut known: Vec<String> = AS_IT_IS.iter().take(1).copied().chain(built_in).map(str::to_owned).collect();
    let names = names_in(&folder_of(scenario)).into_iter().filter(|name| name != "scenario.toml");
    known.extend(names.filter_map(|name| name.strip_suffix(".toml").map(str::to_owned)));
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_overlays_and_settings() {
        let bay = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/san_pedro_bay");
        let parse = |text: &str| Strategy::parse(text, &bay);
        assert!(parse("bau").unwrap().settings.is_empty());
        assert_eq!(parse("edf").unwrap().settings, ["policy.charging.name=edf"]);
        let plugin = parse("dispatch=my.wasm").unwrap().settings;
        assert!(plugin[0].starts_with("policy.dispatch=\"") && plugin[0].ends_with("my.wasm\""), "{plugin:?}");
        let tuned =
            parse("charging=my.wasm:margin=3:reserve_soc=2e-1+dispatch=nearest_feasible:reserve_soc=0.2").unwrap();
        assert!(tuned.settings[0].starts_with("policy.charging=\"") && tuned.settings[0].ends_with("my.wasm\""));
        assert_eq!(
            tuned.settings[1..3],
            ["policy.charging.params.margin=3", "policy.charging.params.reserve_soc=2e-1"]
        );
        assert_eq!(
            tuned.settings[3..],
            ["policy.dispatch.name=nearest_feasible", "policy.dispatch.params.reserve_soc=0.2"]
        );
        let both = parse("all_electric+charging=fcfs+site.apm_pier_400.limit_kw=9000").unwrap();
        assert_eq!(both.overlays, [bay.join("all_electric.toml")]);
        assert_eq!(both.settings, ["policy.charging.name=fcfs", "site.apm_pier_400.limit_kw=9000"]);
        assert!(parse("all_electrc").unwrap_err().reason.contains("did you mean `all_electric`?"));
        let pairs = serious_names(PolicyKind::Dispatch).len() * serious_names(PolicyKind::Charging).len() + 2;
        assert_eq!(Strategy::built_in().len(), pairs);
        assert!(parse("my.wasm").unwrap_err().reason.contains("dispatch=my.wasm"));
    }

    /// A `+` or a comma in a number, a list, a text or the name of a file joins nothing.
    #[test]
    fn signs_in_values_join_nothing() {
        let dir = tempfile::tempdir().unwrap();
        for file in ["scenario.toml", "more+chargers.toml", "a+b+c.csv"] {
            std::fs::write(dir.path().join(file), "").unwrap();
        }
        let parse = |text: &str| Strategy::parse(text, dir.path()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(parse("site.s.limit_kw=1e+3").settings, ["site.s.limit_kw=1e+3"]);
        let both = parse("site.s.limit_kw=-1.5E+3+edf+site.s.load_kw=2").settings;
        assert_eq!(both, ["site.s.limit_kw=-1.5E+3", "policy.charging.name=edf", "site.s.load_kw=2"]);
        let listed = parse("limit.a.months=[1e+0, 2]+title=\"more + less\"+fcfs").settings;
        assert_eq!(listed, ["limit.a.months=[1e+0, 2]", "title=\"more + less\"", "policy.charging.name=fcfs"]);
        assert_eq!(parse("more+chargers+edf").overlays, [dir.path().join("more+chargers.toml")]);
        let scheduled = parse("policy.charging.csv=a+b+c.csv+site.s.load_kw=1");
        assert_eq!(scheduled.settings, ["policy.charging.csv=a+b+c.csv", "site.s.load_kw=1"]);
        let absolute = format!("charging={}", dir.path().join("a+b+c.csv").display());
        assert_eq!(parse(&absolute).settings.len(), 1);
        assert!(Strategy::parse("edf+nonesuch", dir.path()).is_err());
        assert_eq!(
            list("bau,a.users=[\"x\", \"y\"]+edf,b=\"p,q\""),
            ["bau", "a.users=[\"x\", \"y\"]+edf", "b=\"p,q\""]
        );
    }
}
