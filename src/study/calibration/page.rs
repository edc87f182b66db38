//! What was fitted as one page for people: each number before and after, and what was observed against what is predicted.

use super::holdout::Check;
use super::result::{Calibrated, Estimate};
use std::fmt::Write;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1b2430;background:#fff}\
table{border-collapse:collapse;margin:1rem 0}td,th{padding:.2rem .8rem .2rem 0;text-align:right;border-bottom:1px solid #d5dbe3}\
td:first-child,th:first-child{text-align:left}svg{max-width:100%;height:auto}.bad{color:#a4262c;font-weight:600}\
@media(prefers-color-scheme:dark){body{color:#e6eaf0;background:#12161c}td,th{border-color:#333c48}}";
/// Width and height of a picture, with room for its axes.
const SIZE: f64 = 360.0;
const MARGIN: f64 = 52.0;

/// An HTML page without anything from elsewhere.
#[must_use]
pub fn page(title: &str, fits: &[Calibrated]) -> String {
    let title = escaped(title);
    let mut out = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style><h1>{title}</h1><p>Numbers of the scenario fitted to measurements. \
         Intervals hold the truth in 99 of 100 cases, if the model is right; the later part of each file was held out to see \
         whether it is.</p>"
    );
    for fit in fits {
        section(&mut out, fit);
    }
    out.push_str("</html>\n");
    out
}

fn section(out: &mut String, fit: &Calibrated) {
    let check = &fit.check;
    let _ = write!(out, "<h2>{}</h2><p>{}, blake3 {}.</p>", escaped(&fit.title), escaped(&fit.file), fit.blake3);
    verdict(out, check);
    let unit = check.unit;
    let _ = write!(
        out,
        "<p>Error of {} fitted rows {:.4} {unit}, of {} rows held out {:.4} {unit} (the fit explains up to {:.4}); bias of the rows \
         held out {:+.4} {unit} (up to {:.4}).</p>",
        check.rows_fitted,
        check.error_fitted,
        check.rows_held_out,
        check.error_held_out,
        check.error_explained,
        check.bias_held_out,
        check.bias_explained
    );
    out.push_str("<table><tr><th>number<th>before<th>fitted<th>99 % interval<th>unit</tr>");
    for estimate in &fit.estimates {
        let Estimate { path, before, value, unit, .. } = estimate;
        let before = before.map_or("-".to_owned(), |before| estimate.word(before));
        let (path, value, interval) = (escaped(path), estimate.word(*value), estimate.interval());
        let _ = write!(out, "<tr><td>{path}<td>{before}<td>{value}<td>{interval}<td>{unit}</tr>");
    }
    out.push_str("</table>");
    picture(out, fit);
    out.push_str("<p>What was assumed, and what these data cannot tell:</p><ul>");
    for said in &fit.said {
        let _ = write!(out, "<li>{}", escaped(said));
    }
    out.push_str("</ul>");
}

/// Do the rows held out agree with the model, and if not, where?
fn verdict(out: &mut String, check: &Check) {
    if check.rows_held_out == 0 {
        out.push_str("<p>No rows were held out: nothing shows whether the model is right.</p>");
        return;
    }
    if !check.is_contradicted {
        out.push_str("<p>The rows held out agree with the model.</p>");
        return;
    }
    out.push_str(
        "<p class=\"bad\">The rows held out contradict the model: their error is beyond what the fit and its intervals explain. Do not \
         use these numbers before you know why.</p><ul class=\"bad\">",
    );
    for reason in check.reasons() {
        let _ = write!(out, "<li>{}", escaped(&reason));
    }
    out.push_str("</ul>");
}

/// Observed over predicted, with the line on which they are the same.
fn picture(out: &mut String, fit: &Calibrated) {
    let most = fit.points.iter().map(|point| point.0.max(point.1)).fold(0.0, f64::max).max(1e-9);
    let along = |value: f64| MARGIN + (SIZE - MARGIN - 8.0) * (value / most).clamp(0.0, 1.0);
    let _ = write!(
        out,
        "<svg role=\"img\" aria-label=\"observed against predicted\" viewBox=\"0 0 {SIZE} {SIZE}\" width=\"{SIZE}\" \
         stroke=\"currentColor\" fill=\"currentColor\" font-size=\"12\"><path fill=\"none\" d=\"M{MARGIN} 8V{bottom}H{right}M{MARGIN} \
         {bottom}L{right} 8\" opacity=\".5\"/>",
        bottom = SIZE - MARGIN,
        right = SIZE - 8.0
    );
    for (observed, predicted, is_held_out) in &fit.points {
        let (x, y) = (along(*predicted), SIZE - along(*observed));
        let colour = if *is_held_out { "#d1600a" } else { "#2364aa" };
        let _ = write!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"1.6\" fill=\"{colour}\" stroke=\"none\"/>");
    }
    let _ = write!(
        out,
        "<g stroke=\"none\"><text x=\"{MARGIN}\" y=\"{low}\">0</text><text x=\"{right}\" y=\"{low}\" text-anchor=\"end\">predicted, up to \
         {most:.3} {unit}</text><text x=\"4\" y=\"20\">observed</text></g></svg><p>Blue: fitted. Orange: held out.</p>",
        low = SIZE - MARGIN + 18.0,
        right = SIZE - 8.0,
        unit = fit.unit
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
