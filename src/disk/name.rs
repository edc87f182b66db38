//! Names that files of others give, turned into paths: a name stays inside its folder on every system, can be seen for what
//! it is on a terminal, and is no option of a command.

use std::path::{Path, PathBuf};

/// Longer names do not fit beside a suffix on common file systems, which end at 255 bytes.
pub const LONGEST_BYTES: usize = 120;

/// Names that Windows gives to devices, in any case and with any extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// What makes a device of `com` and `lpt`.
const DEVICE_DIGITS: [char; 12] = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '¹', '²', '³'];

/// Why something is no name of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no name for a file: {why}", shown(name))]
pub struct BadName {
    name: String,
    why: &'static str,
}

/// Does a character steer a terminal, or turn the direction of text or its lines around unseen?
#[must_use]
pub fn steers(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = matches!(c, '\u{2028}' | '\u{2029}');
    // Interlinear annotations and tags show nothing; a mark of byte order belongs before a text only.
    let hides = matches!(c, '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}');
    c.is_control() || turns || breaks || hides || ('\u{e0000}'..='\u{e007f}').contains(&c)
}

/// Text with what could steer a terminal replaced.
fn shown(text: &str) -> String {
    text.chars().take(LONGEST_BYTES).map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

fn why_not(name: &str) -> Option<&'static str> {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    // Windows takes the raised digits of Latin-1 for digits here.
    let numbered = |word: &str| {
        stem.strip_prefix(word).is_some_and(|rest| rest.chars().count() == 1 && rest.contains(DEVICE_DIGITS))
    };
    match name {
        "" => Some("it is empty"),
        _ if name.len() > LONGEST_BYTES => Some("it is longer than 120 bytes"),
        _ if name.chars().any(steers) => Some("it holds characters that cannot be seen"),
        _ if name.contains(['/', '\\', ':']) => Some("it holds a separator of paths"),
        _ if name.contains(['<', '>', '"', '|', '?', '*']) => Some("it holds one of < > \" | ? *"),
        _ if name.starts_with('.') => Some("it begins with a dot"),
        _ if name.starts_with('-') => Some("it begins with a dash, as an option does"),
        _ if name.starts_with(' ') => Some("it begins with a blank"),
        _ if name.ends_with(['.', ' ']) => Some("it ends with a dot or a blank"),
        _ if DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt") => {
            Some("it is a device on some systems")
        }
        _ => None,
    }
}

/// A name of one file or folder, as it is.
///
/// # Errors
/// Why it is none.
pub fn plain(name: &str) -> Result<&str, BadName> {
    why_not(name).map_or(Ok(name), |why| Err(BadName { name: name.to_owned(), why }))
}

/// The path of a name inside a folder: the only place where a name that a file gave becomes a path.
///
/// # Errors
/// Why it is no name.
pub fn inside(folder: &Path, name: &str) -> Result<PathBuf, BadName> {
    Ok(folder.join(plain(name)?))
}

#[cfg(test)]
mod tests {
    //! Contract: a name never leads out of its folder, on any system, and everyday names of any language are names.

    use super::*;

    #[test]
    fn what_leads_elsewhere_or_hides_is_no_name() {
        let long = "x".repeat(121);
        let wrong = [
            "",
            ".",
            "..",
            "../a",
            "a/b",
            "/etc/passwd",
            "a\\b",
            "C:x",
            ".git",
            "-rf",
            "--help",
            " a",
            "a ",
            "a.",
            "a\0b",
            "a\nb",
            "a\tb",
            "\u{1b}[2J",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\u{2028}b",
            "a\u{200b}b",
            "\u{feff}a",
            "NUL",
            "con",
            "Con.csv",
            "com1",
            "LPT9.txt",
            "com¹",
            "Lpt³.csv",
            "aux.tar.gz",
            "a|b",
            "a*",
            "a?b",
            "CONIN$",
            &long,
        ];
        for name in wrong {
            let told = plain(name).unwrap_err().to_string();
            assert!(!told.chars().any(steers), "{name:?}: {told:?}");
            assert!(inside(Path::new("/a"), name).is_err(), "{name:?}");
        }
        for name in
            ["pier_t", "Terminal Süd", "港", "a.b.json", "com0", "com10", "console", "a-b", "lpt", "x..y", "10%"]
        {
            assert_eq!(inside(Path::new("/a"), name), Ok(Path::new("/a").join(name)), "{name:?}");
        }
    }
}
