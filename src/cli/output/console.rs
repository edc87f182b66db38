//! What reaches the terminal, and in which form.

use crate::disk::name::steers;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

static IS_LOST: AtomicBool = AtomicBool::new(false);

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

    /// A result, to stdout.
    pub(crate) fn print(&self, text: &str) {
        self.put(&printable(text));
    }

    /// A closed pipe is not an error; a full disk behind the standard output ends the command as any full disk does.
    fn put(&self, text: &str) {
        if self.silent {
            return;
        }
        let mut out = std::io::stdout().lock();
        let end: &[u8] = if text.ends_with('\n') { b"" } else { b"\n" };
        let put = out.write_all(text.as_bytes()).and_then(|()| out.write_all(end)).and_then(|()| out.flush());
        if let Err(error) = put
            && error.kind() != ErrorKind::BrokenPipe
            && !IS_LOST.swap(true, Ordering::Relaxed)
        {
            let _ = writeln!(std::io::stderr(), "cannot write to the standard output: {error}");
        }
    }

    /// Could a result not be written to the standard output?
    pub(crate) fn is_lost() -> bool {
        IS_LOST.load(Ordering::Relaxed)
    }

    /// A result as JSON.
    pub(crate) fn print_json(&self, value: &serde_json::Value) {
        self.put(&escaped(&format!("{value:#}")));
    }

    /// A remark, to stderr.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "{}", printable(text));
        }
    }

    /// What may make a result mean less than it seems: to stderr, quiet or not.
    pub(crate) fn warn(&self, text: &str) {
        if !self.silent {
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

    /// A bar for work of `count` things, with what is being done; invisible where nobody looks. A count of 0: nobody knows how
    /// many there will be.
    pub(crate) fn counter(&self, what: &str, count: u64, things: &str) -> ProgressBar {
        let is_seen = std::io::stderr().is_terminal() && !self.json && !self.quiet;
        let target = if is_seen { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target((count > 0).then_some(count), target);
        let style = ProgressStyle::with_template(&template(count, things));
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(printable(what).into_owned());
        bar
    }
}

/// Style of a bar; with an unknown total it shows only the count that is done.
fn template(count: u64, things: &str) -> String {
    if count == 0 {
        return format!("{{spinner}} {{pos}} {things} done, {{elapsed}}  {{wide_msg}}");
    }
    format!("{{bar:24}} {{percent:>3}}%  {{pos}} of {{len}} {things}, {{eta}} left  {{wide_msg}}")
}

/// Text without characters that steer a terminal or turn text around, but line breaks and tabs: names in files of others must
/// show as what they are.
fn printable(text: &str) -> Cow<'_, str> {
    let hides = |c: char| steers(c) && !matches!(c, '\n' | '\t');
    if text.contains(hides) { Cow::Owned(text.replace(hides, "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// The same for JSON, where such a character can be written so that programs get what it was.
fn escaped(json: &str) -> Cow<'_, str> {
    let hides = |c: char| steers(c) && c != '\n';
    if !json.contains(hides) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if hides(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    //! Contract: nothing that a file of others holds steers a terminal, and programs still get it whole; progress names what is
    //! done, and no total that nobody knows.

    use super::*;

    #[test]
    fn progress_says_of_how_many_only_where_that_is_known() {
        let [open, known] = [0, 600].map(|count| template(count, "points"));
        assert!(open.contains("{pos} points done") && !open.contains("{len}") && !open.contains("{percent"), "{open}");
        assert!(known.contains("{pos} of {len} points"), "{known}");
        for text in [open, known] {
            assert!(text.contains("msg}"), "names what is done: {text}");
            ProgressStyle::with_template(&text).unwrap();
        }
    }

    #[test]
    fn what_steers_is_shown_and_not_obeyed() {
        assert_eq!(printable("a\u{1b}[2J\u{202e}b\u{2028}c\td\n"), "a\u{fffd}[2J\u{fffd}b\u{fffd}c\td\n");
        assert_eq!(printable("Süd 港"), "Süd 港");
        let value = serde_json::json!({ "name": "a\u{202e}b\u{e0041}" });
        let text = serde_json::to_string_pretty(&value).unwrap();
        assert!(!escaped(&text).contains(|c: char| steers(c) && c != '\n'));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped(&text)).unwrap(), value);
    }
}
