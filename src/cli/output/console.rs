//! What reaches the terminal, and in which form.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::borrow::Cow;
use std::io::{IsTerminal, Write};

/// Where text goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Console {
    json: bool,
    quiet: bool,
    silent: bool,
}

impl Console {
    pub(crate) fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet, silent: false }
    }

    /// A console that prints no results and no remarks, for work that is a part of other work. Errors are still shown.
    pub(crate) fn silent() -> Self {
        Self { json: false, quiet: true, silent: true }
    }

    /// Are results wanted as JSON?
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// May the terminal be coloured?
    pub(crate) fn has_color() -> bool {
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
    }

    /// A result, to stdout. A closed pipe is nobody's mistake.
    pub(crate) fn print(&self, text: &str) {
        if self.silent {
            return;
        }
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(printable(text).as_bytes());
        if !text.ends_with('\n') {
            let _ = out.write_all(b"\n");
        }
    }

    /// A result as JSON.
    pub(crate) fn print_json(&self, value: &serde_json::Value) {
        self.print(&serde_json::to_string_pretty(value).unwrap_or_default());
    }

    /// A remark, to stderr.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "{}", printable(text));
        }
    }

    /// What went wrong, to stderr whatever the settings (to stdout as JSON when that is asked for).
    pub(crate) fn error(&self, text: &str) {
        if self.json {
            self.print_json(&serde_json::json!({ "schema": 1, "error": text }));
        } else {
            let _ = writeln!(std::io::stderr(), "{}", printable(text));
        }
    }

    /// A bar for work of `hours` simulated hours; invisible where nobody looks.
    pub(crate) fn progress(&self, hours: u32) -> ProgressBar {
        self.bar(u64::from(hours), "{bar:40} {percent:>3}%  hour {pos} of {len}, {eta} left")
    }

    /// A bar for work of `count` things; invisible where nobody looks.
    pub(crate) fn counter(&self, count: u64, things: &str) -> ProgressBar {
        self.bar(count, &format!("{{bar:40}} {{percent:>3}}%  {{pos}} of {{len}} {things}, {{eta}} left"))
    }

    fn bar(&self, length: u64, template: &str) -> ProgressBar {
        let is_seen = std::io::stderr().is_terminal() && !self.json && !self.quiet;
        let target = if is_seen { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(length), target);
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar
    }
}

/// Text without control characters but line breaks and tabs: names in files of others must not steer a terminal.
fn printable(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if text.contains(steers) { Cow::Owned(text.replace(steers, "\u{fffd}")) } else { Cow::Borrowed(text) }
}
