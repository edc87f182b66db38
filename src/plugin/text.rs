//! Texts of guests, as they may be shown: one line, capped, without characters that move the cursor or turn the writing
//! round. A guest that writes a line break could otherwise fake a line of this program.

/// A text with everything that is no printable character written as its escape, and of that at most `bytes`.
pub(super) fn plain(text: &str, bytes: usize) -> String {
    let mut out = String::with_capacity(text.len().min(bytes));
    for c in text.chars() {
        let before = out.len();
        if c.is_control() || is_invisible(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
        if out.len() > bytes {
            out.truncate(before);
            out.push('…');
            break;
        }
    }
    out
}

/// Line and paragraph separators, and marks that change the direction of writing (Unicode 16, section 23.2).
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_text_stays_on_its_line_and_within_its_length() {
        assert_eq!(plain("ready\nwarning: all is lost\r\u{1b}[2J", 100), "ready\\nwarning: all is lost\\r\\u{1b}[2J");
        assert_eq!(plain("left\u{202E}right", 100), "left\\u{202e}right");
        assert_eq!(plain("größer", 3), "gr…", "no letter is cut in two");
        assert_eq!(plain("\n\n\n", 4), "\\n\\n…", "escapes count as they are shown");
        assert_eq!(plain("fine, as it is", 100), "fine, as it is");
    }
}
