//! The lines of a file around a mistake, for the one who draws them: a file of megabytes, or a line of them, is neither copied for
//! each mistake nor shown.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use std::ops::Range;

/// A longer line is shown in part.
const LINE_BYTES: usize = 240;

/// A piece of a file, which knows where it lies there.
#[derive(Debug)]
pub(super) struct Excerpt {
    path: String,
    text: String,
    /// Lines of the file before it.
    line: usize,
    /// Bytes of its first line before it.
    column: usize,
    /// What is marked, in it.
    pub(super) marked: Range<usize>,
}

/// The nearest place at or before a byte where a character begins.
fn floor(text: &str, byte: usize) -> usize {
    text.floor_char_boundary(byte.min(text.len()))
}

impl Excerpt {
    /// The line in which a span begins, with those beside it where all are short.
    pub(super) fn of(path: &str, text: &str, span: &Range<usize>) -> Self {
        let start = floor(text, span.start);
        let line_start = |at: usize| text[..at].rfind('\n').map_or(0, |end| end + 1);
        let line_end = |at: usize| text[at..].find('\n').map_or(text.len(), |length| at + length);
        let (mut from, mut to) = (line_start(start), line_end(start));
        let line = text[..from].matches('\n').count();
        let mut before = 0;
        if to - from > LINE_BYTES {
            let own = from;
            from = floor(text, start.saturating_sub(LINE_BYTES / 3)).max(own);
            to = floor(text, from + LINE_BYTES).max(start).min(to);
            before = from - own;
        }
        let column = before;
        let mut line = line;
        if column == 0 && from > 0 {
            let above = line_start(from - 1);
            if from - above <= LINE_BYTES {
                (from, line) = (above, line - 1);
            }
        }
        if to < text.len() && text.as_bytes()[to] == b'\n' {
            let below = line_end(to + 1);
            if below - to <= LINE_BYTES {
                to = below;
            }
        }
        // A table's span may be long: only its first line is marked.
        let end = floor(text, span.end).clamp(start, to);
        let length = text[start..end].lines().next().map_or(0, str::len).max(1);
        let marked = start - from..start - from + length;
        Self { path: path.to_owned(), text: text[from..to].to_owned(), line, column, marked }
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inner = self.text.read_span(span, lines_before, lines_after)?;
        // The first line of the excerpt may begin in the middle of one of the file.
        let column = inner.column() + if inner.line() == 0 { self.column } else { 0 };
        let line = inner.line() + self.line;
        let lines = inner.line_count();
        Ok(Box::new(MietteSpanContents::new_named(self.path.clone(), inner.data(), *inner.span(), line, column, lines)))
    }
}

#[cfg(test)]
mod tests {
    //! Contract: what is marked is what was meant, with the line and column that an editor shows, in a few hundred bytes.

    use super::*;

    /// Line and column from 1, what is marked, and all that is shown.
    fn shown(text: &str, span: Range<usize>) -> (usize, usize, String, String) {
        let excerpt = Excerpt::of("a.toml", text, &span);
        let marked = SourceSpan::from((excerpt.marked.start, excerpt.marked.len()));
        let one = excerpt.read_span(&marked, 0, 0).unwrap();
        let whole = String::from_utf8_lossy(excerpt.read_span(&marked, 1, 1).unwrap().data()).into_owned();
        let word = excerpt.text.get(excerpt.marked.clone()).unwrap_or_default().to_owned();
        (one.line() + 1, one.column() + 1, word, whole)
    }

    #[test]
    fn short_lines_stand_with_their_neighbours() {
        let text = "a = 1\nb = 2\nc = 3\nd = 4\n";
        assert_eq!(shown(text, 6..7), (2, 1, "b".into(), "a = 1\nb = 2\nc = 3".into()));
        assert_eq!(shown(text, 0..1), (1, 1, "a".into(), "a = 1\nb = 2".into()));
        assert_eq!(shown(text, 6..19).2, "b = 2", "only the first line of a long span");
        assert_eq!(shown(text, 24..24).0, 5, "the end of the file");
        assert_eq!(shown("", 0..0).0, 1);
    }

    #[test]
    fn a_long_line_is_shown_in_part() {
        let text = format!("a = 1\nb = \"{}ü{}\"\nc = 3\n", "x".repeat(1 << 20), "y".repeat(1 << 20));
        let at = text.find('ü').unwrap();
        let (line, column, word, whole) = shown(&text, at..at + 2);
        assert_eq!((line, word.as_str()), (2, "ü"));
        assert_eq!(column, at - 6 + 1);
        assert!(whole.len() <= 2 * LINE_BYTES, "{}", whole.len());
        let (line, _, word, whole) = shown(&text, text.len() - 2..text.len() - 1);
        assert_eq!((line, word.as_str()), (3, "3"));
        assert!(whole.len() <= 2 * LINE_BYTES && !whole.contains('y'), "{whole}");
    }
}
