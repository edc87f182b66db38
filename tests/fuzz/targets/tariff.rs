//! Any text as a tariff, JSON of the Utility Rate Database and CSV: read or refused, and what is read has prices.

use portvolt::import::tariff;

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for path in ["t.json", "t.csv"] {
        let mut problems = Vec::new();
        let read = tariff(path, text, None, &mut problems);
        assert!(read.is_some() || !problems.is_empty(), "nothing read and nothing told");
    }
}
