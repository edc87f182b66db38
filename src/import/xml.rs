//! XML of others: up to a size, and so that the time to read it does not grow with the square of that.

use crate::document::problem::Mistakes;
use roxmltree::{Document, Node, ParsingOptions};

/// More bytes are no download of a meter, which has half as many for a year of minutes, and no map.
const MOST_BYTES: usize = 256 << 20;
/// Nor are more elements and texts.
const MOST_NODES: u32 = 6_000_000;
/// A longer tag, or more declarations of namespaces, is in neither; the time to read them grows with their square.
const MOST_TAG_BYTES: usize = 8 << 10;
const MOST_NAMESPACES: usize = 1_000;

/// Reads a document. None: it is none, and the mistakes say why. `what` is what it should be, and how a smaller one is had.
pub(super) fn parse<'d>(
    text: &'d str,
    (what, help): (&str, &str),
    mistakes: &mut Mistakes<'_>,
) -> Option<Document<'d>> {
    if let Err((line, message)) = plain(text, what) {
        mistakes.push(line, "", message, Some(help.to_owned()));
        return None;
    }
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    match Document::parse_with_options(text.trim_start_matches('\u{feff}'), options) {
        Ok(document) => Some(document),
        Err(error) => {
            let line = Some(u64::from(error.pos().row));
            mistakes.push(line, "", format!("is no XML: {error}"), None);
            None
        }
    }
}

/// Is a text of the size of a download, and made of plain tags? The line of what is not, and what it is.
fn plain(text: &str, what: &str) -> Result<(), (Option<u64>, String)> {
    if text.len() > MOST_BYTES {
        let (has, most) = (text.len() >> 20, MOST_BYTES >> 20);
        return Err((None, format!("has {has} MB; a download of {what} has at most {most}")));
    }
    if text.matches("xmlns").count() > MOST_NAMESPACES {
        return Err((None, format!("declares more than {MOST_NAMESPACES} namespaces")));
    }
    let mut at = 0;
    while let Some(open) = text[at..].find('<').map(|next| at + next) {
        // What stands in these is no tag, and read in one go.
        let aside = [("<![CDATA[", "]]>"), ("<!--", "-->")].into_iter().find(|marks| text[open..].starts_with(marks.0));
        if let Some((_, mark)) = aside {
            at = text[open..].find(mark).map_or(text.len(), |next| open + next);
            continue;
        }
        let end = text[open..].find('>').map_or(text.len(), |next| open + next);
        if end - open > MOST_TAG_BYTES {
            let line = text[..open].matches('\n').count() as u64 + 1;
            return Err((Some(line), format!("has a tag of more than {} KiB", MOST_TAG_BYTES >> 10)));
        }
        at = end;
    }
    Ok(())
}

/// Lines of nodes that follow one another, counted on from the one before.
pub(super) struct Lines<'d> {
    text: &'d str,
    at: usize,
    line: u64,
}

impl<'d> Lines<'d> {
    pub(super) fn of(document: &'d Document<'d>) -> Self {
        Self { text: document.input_text(), at: 0, line: 1 }
    }

    /// The line of a node, from 1.
    pub(super) fn at(&mut self, node: Node<'_, '_>) -> u64 {
        let to = node.range().start;
        if to < self.at {
            (self.at, self.line) = (0, 1);
        }
        self.line += self.text[self.at..to].matches('\n').count() as u64;
        self.at = to;
        self.line
    }
}
