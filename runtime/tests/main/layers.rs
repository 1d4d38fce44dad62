//! The layers of the runtime: a module uses its own layer and those below it. Read from the `use`s and paths of
//! `runtime/src`; tests are left out, as they may build whatever they need.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom up. A module of a layer that is named as `layer/module` stands above those before it.
const LAYERS: &[&str] = &[
    "error",
    "value",
    "observe",
    "driver",
    "workers",
    "link/moment",
    "link/dialect",
    "link/engine",
    "link/program",
    "link/constraint_names",
    "link/changes",
    "link/drift",
    "link/pool",
    "link/inside",
    "link/held",
    "link",
    "model",
    "repository",
    "raw",
    "query",
    "relation",
    "databases",
    "interface",
    "session",
    "atomic",
    "saga",
    "databases/generated",
    "outbox",
    "tenants",
    "migrate",
    "data",
    "sync",
    "messages",
];

/// Files that stand in no layer: the root and its macros, and what is re-exported for generated code.
const ROOT: &[&str] = &[
    "lib.rs",
    "macros.rs",
    "macros/atomic.rs",
    "macros/messages.rs",
    "macros/outbox.rs",
    "macros/session.rs",
    "macros/sync.rs",
    "no_atomic.rs",
    "private.rs",
];

/// A use of one layer by a file of another, with the path that is written there.
struct Use {
    file: String,
    path: String,
    from: usize,
    to: usize,
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("a file").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") && !is_of_tests(&path) {
                let name = path.strip_prefix(&root).expect("it is below");
                let text = fs::read_to_string(&path).expect("code is UTF-8");
                found.push((name.to_string_lossy().into_owned(), text));
            }
        }
    }
    found.sort();
    found
}

fn is_of_tests(path: &Path) -> bool {
    let is_tests = |part: &str| {
        part == "tests" || part == "played" || part.ends_with("_tests") || part == "tests.rs"
    };
    let parts = path.with_extension("");
    parts.iter().any(|part| part.to_str().is_some_and(is_tests))
}

/// The code of a file: without comments and without the tests at its end.
fn code(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let of_tests = |pair: &[&str]| {
        pair[0].starts_with("#[cfg(")
            && pair[0].contains("test")
            && pair[1].starts_with("mod ")
            && pair[1].ends_with('{')
    };
    let end = lines.windows(2).position(of_tests).unwrap_or(lines.len());
    let code = lines[..end].iter().copied();
    let code = code.filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

/// The module that a file is, as its path from the root.
fn module(file: &str) -> Vec<String> {
    let path = PathBuf::from(file).with_extension("");
    let mut parts: Vec<String> = path
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    parts.pop_if(|last| last == "mod");
    parts
}

/// Returns the layer of a module.
fn rank(module: &[String]) -> Option<usize> {
    let exact = module.iter().take(2).cloned().collect::<Vec<_>>().join("/");
    let of = |name: &str| LAYERS.iter().position(|layer| *layer == name);
    of(&exact).or_else(|| of(module.first()?))
}

/// The paths that begin at the root (`crate::`) or above the module itself (`super::`), from the root on.
fn paths(code: &str, module: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|char| char.is_alphanumeric() || "_:$".contains(char)) {
                continue;
            }
            if code[..at].ends_with("pub(in ") {
                continue;
            }
            found.extend(resolved(&code[at..], module));
        }
    }
    found
}

/// One path, or all that a group in braces stands for.
fn resolved(path: &str, module: &[String]) -> Vec<Vec<String>> {
    let mut base: Vec<String> = Vec::new();
    let mut rest = path;
    if let Some(after) = rest.strip_prefix("crate::") {
        rest = after;
    } else {
        base = module.to_vec();
        while let Some(after) = rest.strip_prefix("super::") {
            base.pop();
            rest = after;
        }
    }
    branches(rest, &base)
}

fn branches(rest: &str, base: &[String]) -> Vec<Vec<String>> {
    if let Some(group) = rest.strip_prefix('{') {
        return members(group)
            .into_iter()
            .flat_map(|member| branches(member.trim(), base))
            .collect();
    }
    let end = rest
        .find(|char: char| !(char.is_alphanumeric() || char == '_'))
        .unwrap_or(rest.len());
    let mut path = base.to_vec();
    path.push(rest[..end].to_owned());
    match rest[end..].strip_prefix("::") {
        // Two parts say the layer and the module in it.
        Some(deeper) if path.len() < 2 => branches(deeper, &path),
        _ => vec![path],
    }
}

/// The members of a group up to its closing brace.
fn members(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, char) in group.char_indices() {
        match char {
            '{' => depth += 1,
            ',' if depth == 0 => {
                found.push(&group[start..at]);
                start = at + 1;
            }
            '}' if depth == 0 => {
                found.push(&group[start..at]);
                break;
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    found.retain(|member| !member.trim().is_empty());
    found
}

fn uses() -> Vec<Use> {
    let mut found = Vec::new();
    for (file, text) in sources() {
        if ROOT.contains(&file.as_str()) {
            continue;
        }
        let module = module(&file);
        let from = rank(&module).unwrap_or_else(|| panic!("{file} stands in no layer"));
        for path in paths(&code(&text), &module) {
            let written = path.join("::");
            let to = rank(&path).unwrap_or_else(|| {
                panic!("{file} uses `{written}` by the root: write the path of its layer")
            });
            found.push(Use {
                file: file.clone(),
                path: written,
                from,
                to,
            });
        }
    }
    found
}

/// A line for each layer, from the top down: which layers it uses, and how often.
fn drawing(uses: &[Use]) -> String {
    let mut lines = BTreeMap::<usize, BTreeMap<usize, usize>>::new();
    for one in uses.iter().filter(|one| one.from != one.to) {
        *lines
            .entry(one.from)
            .or_default()
            .entry(one.to)
            .or_default() += 1;
    }
    let mut out = String::new();
    for (from, below) in lines.iter().rev() {
        let below = below.iter().rev();
        let below = below.map(|(to, count)| format!("{} {count}", LAYERS[*to]));
        let below = below.collect::<Vec<_>>().join(", ");
        writeln!(out, "{:>22} ▶ {below}", LAYERS[*from]).expect("a text takes it");
    }
    out
}

/// Nothing knows what is built on it.
#[test]
fn knowledge_looks_down() {
    let uses = uses();
    let drawing = drawing(&uses);
    let upward: Vec<String> = uses
        .iter()
        .filter(|one| one.to > one.from)
        .map(|one| format!("{} uses `{}`", one.file, one.path))
        .collect();
    assert!(upward.is_empty(), "{}\n\n{drawing}", upward.join("\n"));
    assert!(uses.len() > 400, "the sources were read: {}", uses.len());
}

/// Paths are understood whichever way they are written.
#[test]
fn paths_are_found_in_every_form() {
    let module = ["value".to_owned(), "sqlite".to_owned(), "row".to_owned()];
    let found = |code: &str| {
        let paths = paths(code, &module);
        paths.iter().map(|path| path.join("::")).collect::<Vec<_>>()
    };
    assert_eq!(found("use crate::error::Result;"), ["error::Result"]);
    assert_eq!(
        found("use crate::{driver::Physical, link::{held::Link, pool}};"),
        ["driver::Physical", "link::held", "link::pool"]
    );
    assert_eq!(
        found("let x: super::Params = 1;"),
        ["value::sqlite::Params"]
    );
    assert_eq!(
        found("super::super::super::driver::wire::x()"),
        ["driver::wire"]
    );
    assert!(found("pub(in crate::driver) fn x($crate::Engine, mysuper::x)").is_empty());
}
