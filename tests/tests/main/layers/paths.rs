//! The paths in a file of Rust that leave its module, in whichever form they are written.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

/// A path from the root of the crate, and the line on which it ends.
#[derive(Debug, PartialEq)]
pub(super) struct UsedPath {
    pub(super) parts: Vec<String>,
    pub(super) line: usize,
}

/// The paths that begin at the root (`crate::`) or above the module (`super::`). Tests within the file are left out, as they may
/// build whatever they need.
pub(super) fn used_paths(text: &str, module: &[String]) -> Vec<UsedPath> {
    let tokens = text.parse().expect("the sources are Rust");
    let mut found = Vec::new();
    find_paths(tokens, module, &mut found);
    found
}

fn find_paths(tokens: TokenStream, module: &[String], found: &mut Vec<UsedPath>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let (before, after) = (&tokens[..at], &tokens[at + 1..]);
        match token {
            TokenTree::Group(group) if !is_of_tests(before) && !is_visibility(&group.stream()) => {
                let inner = inner_module(before, module);
                find_paths(group.stream(), &inner, found);
            }
            TokenTree::Ident(word) if begins_path(before) => {
                found.extend(resolved(word, after, module));
            }
            TokenTree::Group(_)
            | TokenTree::Ident(_)
            | TokenTree::Punct(_)
            | TokenTree::Literal(_) => {}
        }
    }
}

/// Returns whether the braces after these tokens are those of a module for tests.
fn is_of_tests(before: &[TokenTree]) -> bool {
    let [.., TokenTree::Group(attribute), word, _] = before else {
        return false;
    };
    let attribute = attribute.stream().to_string();
    word.to_string() == "mod" && attribute.starts_with("cfg") && attribute.contains("test")
}

/// `in crate::driver` of `pub(in crate::driver)`.
fn is_visibility(group: &TokenStream) -> bool {
    let first = group.clone().into_iter().next();
    first.is_some_and(|first| first.to_string() == "in")
}

/// The module that code in the brackets after these tokens is in.
fn inner_module(before: &[TokenTree], module: &[String]) -> Vec<String> {
    let mut inner = module.to_vec();
    if let [.., word, TokenTree::Ident(name)] = before
        && word.to_string() == "mod"
    {
        inner.push(name.to_string());
    }
    inner
}

/// Returns whether a word after these tokens is the first of its path; `$crate` is no word of the file's own.
fn begins_path(before: &[TokenTree]) -> bool {
    let last = |count: usize| {
        let tokens = &before[before.len().saturating_sub(count)..];
        tokens.iter().map(ToString::to_string).collect::<String>()
    };
    last(1) != "$" && last(2) != "::"
}

/// One path, or all that a group in braces stands for.
fn resolved(word: &Ident, after: &[TokenTree], module: &[String]) -> Vec<UsedPath> {
    let mut base = match word.to_string().as_str() {
        "crate" => Vec::new(),
        "super" => above(module),
        _ => return Vec::new(),
    };
    let mut rest = after_colons(after);
    while let Some([TokenTree::Ident(word), further @ ..]) = rest
        && word == "super"
    {
        base = above(&base);
        rest = after_colons(further);
    }
    rest.map_or_else(Vec::new, |rest| branches(rest, &base))
}

fn above(module: &[String]) -> Vec<String> {
    module[..module.len().saturating_sub(1)].to_vec()
}

/// The tokens after `::`, where they begin with that.
fn after_colons(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    match tokens {
        [one, two, rest @ ..] if one.to_string() == ":" && two.to_string() == ":" => Some(rest),
        _ => None,
    }
}

fn branches(tokens: &[TokenTree], base: &[String]) -> Vec<UsedPath> {
    match tokens {
        [TokenTree::Group(group), ..] if group.delimiter() == Delimiter::Brace => {
            let members: Vec<TokenTree> = group.stream().into_iter().collect();
            let members = members.split(|token| token.to_string() == ",");
            members.flat_map(|member| branches(member, base)).collect()
        }
        [TokenTree::Ident(name), rest @ ..] => {
            let mut parts = base.to_vec();
            if name != "self" {
                parts.push(name.to_string());
            }
            let deeper = after_colons(rest).map(|rest| branches(rest, &parts));
            let line = name.span().start().line;
            deeper
                .filter(|deeper| !deeper.is_empty())
                .unwrap_or_else(|| vec![UsedPath { parts, line }])
        }
        [TokenTree::Punct(star), ..] if star.as_char() == '*' => vec![UsedPath {
            parts: base.to_vec(),
            line: star.span().start().line,
        }],
        _ => Vec::new(),
    }
}

#[test]
fn paths_are_found_in_every_form() {
    let module = ["value", "sqlite", "row"].map(str::to_owned);
    let found = |code: &str| {
        let paths = used_paths(code, &module).into_iter();
        let shown = paths.map(|path| format!("{}: {}", path.line, path.parts.join("::")));
        shown.collect::<Vec<_>>()
    };
    assert_eq!(found("use crate::error::Result;"), ["1: error::Result"]);
    assert_eq!(
        found("use crate::{\n driver::Physical,\n link::{self, held::Link, pool as p}};"),
        [
            "2: driver::Physical",
            "3: link",
            "3: link::held::Link",
            "3: link::pool"
        ]
    );
    assert_eq!(
        found("let x: super::Params = super::super::super::driver::wire::x::<u8>();"),
        ["1: value::sqlite::Params", "1: driver::wire::x"]
    );
    assert_eq!(
        found("use super::held::*; use super::*;"),
        ["1: value::sqlite::held", "1: value::sqlite"]
    );
    assert_eq!(
        found("mod inner { use super::super::a; }"),
        ["1: value::sqlite::a"]
    );
    let none = "pub(in crate::driver) fn x() { $crate::Engine; mysuper::x; \"crate::x\" }
        // crate::x
        #[cfg(test)] mod tests { use super::*; use crate::session; }";
    assert!(found(none).is_empty(), "{:?}", found(none));
}
