//! Any text as the drawn plan of a terminal, as a background and as a table of a standard plan: a scenario with it is loaded or its
//! mistakes are told, in bounded time.

use portvolt::scenario::load::{Request, load};

/// A small terminal, and a plan that is drawn for it.
const SMALL: &str = include_str!("../../yard/small.toml");
const DRAWN: &str = include_str!("../../yard/small.geojson");

/// The small terminal with its plan from a file.
fn with_file() -> String {
    let cut = |text: &str, from: &str, to: &str| {
        let start = text.find(from).expect("it is there");
        let end = text[start..].find(to).expect("it is there") + start;
        (text[..start].to_owned(), text[end..].to_owned())
    };
    let (before, after) = cut(SMALL, "quay_m", "detour");
    let (before, after) =
        cut(&format!("{before}file = \"plan.geojson\"\n{after}"), "[terminal.pier.plan.lots.north]", "\n\n");
    before + &after
}

/// The drawn plan with a text in the place of its first coordinates, so that the geometry is reached.
fn redrawn(text: &str) -> String {
    let (before, rest) = DRAWN.split_once("\"coordinates\":").expect("it has coordinates");
    let end = rest.find('}').unwrap_or(rest.len());
    format!("{before}\"coordinates\":{text}{}", &rest[end..])
}

pub(crate) fn run(data: &[u8]) {
    let Some((kind, bytes)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).expect("a file");
    let mut settings = Vec::new();
    match kind % 4 {
        0 | 1 => {
            write("scenario.toml", &with_file());
            write("plan.geojson", &if kind % 4 == 0 { text.to_owned() } else { redrawn(text) });
        }
        2 => {
            write("scenario.toml", SMALL);
            write("under.geojson", text);
            settings.push("background.geojson=\"under.geojson\"".to_owned());
        }
        _ => {
            write("scenario.toml", SMALL);
            settings.extend(text.lines().take(4).map(|line| format!("terminal.pier.plan.{line}")));
        }
    }
    let within = Some(dir.path().to_path_buf());
    if let Err(problems) = load(&Request { path: dir.path().to_path_buf(), settings, within, ..Request::default() }) {
        assert!(!problems.list.is_empty());
        let _ = problems.to_string();
    }
}
