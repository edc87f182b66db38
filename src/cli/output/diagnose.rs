//! Shows the errors in a user's files: the line, a caret, the fix; all at once.

use super::console::Console;
use super::excerpt::Excerpt;
use crate::cli::exit::Exit;
use crate::document::problem::{Place, Problem, Problems};
use crate::study::ask::Wrong;
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, Report};
use std::fmt::Write;

/// Prints all problems; the exit code for wrong files.
pub(crate) fn show(problems: &Problems, console: &Console) -> Exit {
    if console.is_json() {
        console.print_json(&serde_json::json!({ "schema": 1, "problems": problems.to_json() }));
        return Exit::BadFiles;
    }
    let theme = if Console::has_color() { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(100);
    let mut text = String::new();
    let told = problems.told();
    for problem in &told {
        let report = report(problems, problem);
        if handler.render_report(&mut text, report.as_ref()).is_err() {
            let _ = writeln!(text, "{}", problem.message);
        }
        text.push('\n');
    }
    let count = problems.count();
    let told = told.iter().filter(|problem| !matches!(problem.place, Some(Place::Rest(..)))).count();
    let of = if count > told { format!(", of which the first {told} are shown") } else { String::new() };
    let _ = write!(text, "{count} {}{of}; nothing was written.", if count == 1 { "error" } else { "errors" });
    console.error(&text);
    Exit::BadFiles
}

/// Prints what is wrong with words of the command line, and with files, at once; the exit code for wrong files.
pub(crate) fn show_wrong(wrong: Wrong, console: &Console) -> Exit {
    if wrong.problems.list.is_empty() {
        console.error(&wrong.told.join("\n"));
        return Exit::BadFiles;
    }
    if console.is_json() {
        return show(&wrong.all(), console);
    }
    if !wrong.told.is_empty() {
        console.error(&wrong.told.join("\n"));
    }
    show(&wrong.problems, console)
}

fn report(problems: &Problems, problem: &Problem) -> Report {
    let (path, line, _) = problems.locate(problem);
    let mut message = String::new();
    if !matches!(problem.place, Some(Place::Span(..))) && !path.is_empty() {
        let at = if line > 0 { format!("{path}:{line}") } else { path };
        let _ = write!(message, "{at}: ");
    }
    if !problem.field.is_empty() {
        let _ = write!(message, "{}: ", problem.field);
    }
    message.push_str(&problem.message);
    let mut diagnostic = MietteDiagnostic::new(message);
    if let Some(help) = &problem.help {
        diagnostic = diagnostic.with_help(help.clone());
    }
    match &problem.place {
        Some(Place::Span(file, span)) => {
            let file = &problems.files[*file];
            let excerpt = Excerpt::of(&file.path, &file.text, span);
            let marked = (excerpt.marked.start, excerpt.marked.len());
            let label = LabeledSpan::new_with_span(Some("here".to_owned()), marked);
            Report::new(diagnostic.with_label(label)).with_source_code(excerpt)
        }
        _ => Report::new(diagnostic),
    }
}
