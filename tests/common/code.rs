//! Rust sources without their test code, for tests that read sources: an item behind `#[cfg(test)]` is left out wherever it
//! stands, and what stands behind it is read.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::ops::Range;

/// A name, without `r#`.
pub(crate) fn ident(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(ident)) => Some(ident.to_string().trim_start_matches("r#").to_owned()),
        _ => None,
    }
}

/// Is it this mark?
pub(crate) fn is_punct(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

/// What stands between such brackets.
pub(crate) fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<Vec<TokenTree>> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group.stream().into_iter().collect()),
        _ => None,
    }
}

/// Is this `#[cfg(test)]` or `#[cfg(all(test, ...))]`, which stands at `at`?
fn is_test(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens.get(at), '#')
        && group(tokens.get(at + 1), Delimiter::Bracket).is_some_and(|inner| {
            ident(inner.first()).as_deref() == Some("cfg")
                && group(inner.get(1), Delimiter::Parenthesis).is_some_and(|inner| {
                    let is_only = inner.len() == 1 && ident(inner.first()).as_deref() == Some("test");
                    let all = group(inner.get(1), Delimiter::Parenthesis).filter(|_| inner.len() == 2);
                    let all = all.filter(|_| ident(inner.first()).as_deref() == Some("all"));
                    is_only || all.is_some_and(|all| ident(all.first()).as_deref() == Some("test"))
                })
        })
}

/// Where the test code that begins at `at` ends: an item or a statement with its block or semicolon, a field or a variant with
/// its comma. None: no test code begins here.
pub(crate) fn end_of_test(tokens: &[TokenTree], mut at: usize) -> Option<usize> {
    if !is_test(tokens, at) {
        return None;
    }
    at += 2;
    while is_punct(tokens.get(at), '#') {
        at += 2;
    }
    let mut name = at;
    if ident(tokens.get(name)).as_deref() == Some("pub") {
        name += 1 + usize::from(group(tokens.get(name + 1), Delimiter::Parenthesis).is_some());
    }
    let behind = tokens.get(name + 1);
    let is_field = is_punct(behind, ':') && !is_punct(tokens.get(name + 2), ':');
    let is_variant =
        is_punct(behind, ',') || matches!(behind, Some(TokenTree::Group(_))) && is_punct(tokens.get(name + 2), ',');
    if ident(tokens.get(name)).is_some() && (is_field || is_variant) {
        let mut depth = 0_i32;
        for (end, token) in tokens.iter().enumerate().skip(name) {
            let is_arrow = end > 0 && is_punct(tokens.get(end - 1), '-');
            depth += i32::from(is_punct(Some(token), '<')) - i32::from(is_punct(Some(token), '>') && !is_arrow);
            if depth == 0 && is_punct(Some(token), ',') {
                return Some(end + 1);
            }
        }
        return Some(tokens.len());
    }
    let is_end = |token: &TokenTree| is_punct(Some(token), ';') || group(Some(token), Delimiter::Brace).is_some();
    Some(tokens[at..].iter().position(is_end).map_or(tokens.len(), |end| at + end + 1))
}

/// Where test code stands in the text, in bytes.
fn test_code(tokens: &[TokenTree], out: &mut Vec<Range<usize>>) {
    let mut at = 0;
    while at < tokens.len() {
        if let Some(end) = end_of_test(tokens, at) {
            out.push(tokens[at].span().byte_range().start..tokens[end - 1].span().byte_range().end);
            at = end;
        } else {
            if let TokenTree::Group(group) = &tokens[at] {
                test_code(&group.stream().into_iter().collect::<Vec<_>>(), out);
            }
            at += 1;
        }
    }
}

/// The source without its test code; every line keeps its number.
///
/// # Panics
/// When it is no Rust.
pub(crate) fn without_tests(source: &str) -> String {
    let tokens: TokenStream = source.parse().unwrap_or_else(|error| panic!("no Rust: {error}\n{source}"));
    let mut ranges = Vec::new();
    test_code(&tokens.into_iter().collect::<Vec<_>>(), &mut ranges);
    let (mut out, mut from) = (String::with_capacity(source.len()), 0);
    for range in ranges {
        out.push_str(&source[from..range.start]);
        out.extend(source[range.clone()].chars().filter(|letter| *letter == '\n'));
        from = range.end;
    }
    out.push_str(&source[from..]);
    out
}
