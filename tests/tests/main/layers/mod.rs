//! The layers of crates: a module uses its own layer and those below it. Read from the paths in the sources; files of tests are left
//! out, as they may build whatever they need.

mod cli;
mod codegen;
mod paths;
mod runtime;
mod schema;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use paths::{UsedPath, used_paths};

/// The order of a crate's modules.
struct Order {
    /// The folder of its sources, from the root of the workspace.
    folder: &'static str,
    /// From the bottom up. A module that is named as `layer/module` has the place of that name, not that of its layer. The modules of
    /// `layer/*` do not know each other, nor do those of `one | other`.
    layers: &'static [&'static str],
    /// Files that stand in no layer.
    outside: &'static [&'static str],
}

/// The place of a module in the order.
#[derive(Clone, PartialEq)]
struct Place {
    layer: usize,
    /// The module, where those of the layer do not know each other.
    apart: Option<String>,
}

/// The uses in the files of a crate, and a line for each that is not allowed.
#[derive(Default)]
struct Findings {
    uses: Vec<(Place, Place)>,
    wrong: Vec<String>,
}

impl Order {
    /// Fails where a module uses one that is built on it.
    fn assert_holds(&self) {
        let Findings { uses, wrong } = self.findings(&sources(self.folder));
        let drawing = self.drawing(&uses);
        assert!(wrong.is_empty(), "\n{}\n\n{drawing}", wrong.join("\n"));
        assert!(uses.len() > 100, "the sources were read: {}", uses.len());
    }

    fn findings(&self, files: &[(String, String)]) -> Findings {
        let mut found = Findings::default();
        for (file, text) in files {
            if self.outside.contains(&file.as_str()) {
                continue;
            }
            let module = module(file);
            match self.place(&module) {
                Some(from) => self.look(file, &from, used_paths(text, &module), &mut found),
                None => found.wrong.push(format!(
                    "{}/{file}:1: the module is of no layer\n  help: name it in the order of this crate in `tests/tests/main/layers`",
                    self.folder
                )),
            }
        }
        found
    }

    /// Looks at the paths in one file.
    fn look(&self, file: &str, from: &Place, paths: Vec<UsedPath>, found: &mut Findings) {
        for UsedPath { parts, line } in paths {
            let to = self.place(&parts);
            let help = match &to {
                Some(to) => self.help(from, to),
                None => Some("write the path of the layer that has it".to_owned()),
            };
            found.wrong.extend(help.map(|help| {
                let (folder, path) = (self.folder, parts.join("::"));
                format!("{folder}/{file}:{line}: uses `{path}`\n  help: {help}")
            }));
            found.uses.extend(to.map(|to| (from.clone(), to)));
        }
    }

    /// Says what to do about a use that is not allowed.
    fn help(&self, from: &Place, to: &Place) -> Option<String> {
        let (own, other) = (self.layers[from.layer], self.layers[to.layer]);
        if to.layer > from.layer {
            return Some(format!(
                "`{own}` is below `{other}`: move what it needs down into `{own}` or below it, or the caller up"
            ));
        }
        match (&from.apart, &to.apart) {
            (Some(own), Some(other)) if own != other && to.layer == from.layer => Some(format!(
                "`{own}` and `{other}` do not know each other: move what both need into a layer below them"
            )),
            (Some(_) | None, Some(_) | None) => None,
        }
    }

    /// Returns the place of a module: that of the longest name that it has, and rather of one without `*`.
    fn place(&self, module: &[String]) -> Option<Place> {
        let layers = self.layers.iter().enumerate();
        let names = layers.flat_map(|(at, layer)| layer.split(" | ").map(move |name| (at, name)));
        let found = names.filter(|(_, name)| is_below(module, name));
        let (layer, name) = found.max_by_key(|(_, name)| (length(name), !name.contains('*')))?;
        let is_fan = self.layers[layer].contains(['*', '|']);
        Some(Place {
            layer,
            apart: is_fan.then(|| module[..length(name)].join("/")),
        })
    }

    /// A line for each layer, from the top down: which layers it uses, and how often.
    fn drawing(&self, uses: &[(Place, Place)]) -> String {
        let mut lines = BTreeMap::<usize, BTreeMap<usize, usize>>::new();
        for (from, to) in uses.iter().filter(|(from, to)| from.layer != to.layer) {
            let line = lines.entry(from.layer).or_default();
            *line.entry(to.layer).or_default() += 1;
        }
        let mut out = String::new();
        for (from, below) in lines.iter().rev() {
            let below = below.iter().rev();
            let below = below.map(|(to, count)| format!("{} {count}", self.layers[*to]));
            let below = below.collect::<Vec<_>>().join(", ");
            writeln!(out, "{:>22} ▶ {below}", self.layers[*from]).expect("a text takes it");
        }
        out
    }
}

/// Returns whether a module is the named one or within it.
fn is_below(module: &[String], name: &str) -> bool {
    let mut pairs = name.split('/').zip(module);
    length(name) <= module.len() && pairs.all(|(name, part)| name == "*" || name == part)
}

fn length(name: &str) -> usize {
    name.split('/').count()
}

/// The sources below a folder with their paths from there, in order.
fn sources(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(folder);
    let mut found = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("a file").path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(&root).expect("it is below");
            if name.extension().is_some_and(|end| end == "rs") && !is_of_tests(name) {
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

/// Nothing of the runtime knows what is built on it.
#[test]
fn the_runtime_looks_down() {
    runtime::ORDER.assert_holds();
}

/// Texts are read by rooms that know no model, and a model is bound without knowing what is done with it.
#[test]
fn the_schema_compiler_looks_down() {
    schema::ORDER.assert_holds();
}

/// Only `syntax` names a token. All other rooms have trees, a cursor that says what stands at a place, or the pieces of a text that `syntax`
/// makes; what makes wrong statements to try the typing by cuts them by their tokens.
#[test]
fn only_readers_of_sql_name_a_token() {
    let is_reader = |file: &str| {
        let folders = ["syntax", "typing/conformance"];
        folders.iter().any(|folder| file.starts_with(folder))
    };
    let schema = sources("schema/src").into_iter();
    let others = schema.filter(|(file, _)| !is_reader(file));
    let named = others.chain(sources("cli/src")).filter(|(_, text)| {
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.any(|word| matches!(word, "Token" | "TokenKind"))
    });
    let named: Vec<String> = named.map(|(file, _)| file).collect();
    assert!(named.is_empty(), "{named:?}");
}

/// No kind of generated item knows another's text, and no shape how it is written.
#[test]
fn the_code_generator_looks_down() {
    codegen::ORDER.assert_holds();
}

/// No command uses another, and what they share knows no command.
#[test]
fn the_command_looks_down() {
    cli::ORDER.assert_holds();
}

/// A use that looks up or aside is reported with its place and what to do.
#[test]
fn a_use_that_is_not_allowed_is_reported() {
    let order = Order {
        folder: "made/src",
        layers: &["low", "wide/*", "wide", "high | beside"],
        outside: &["lib.rs"],
    };
    let files = [
        ("lib.rs", "use crate::nowhere;"),
        ("low.rs", "fn x() {}\nuse crate::high::Top;"),
        ("wide/mod.rs", "use crate::{low, wide::one::One};"),
        ("wide/one.rs", "use super::two::Two; use super::one::One;"),
        ("high.rs", "use crate::beside;\nuse crate::Root;"),
        ("loose.rs", ""),
    ];
    let files = files.map(|(file, text)| (file.to_owned(), text.to_owned()));
    let Findings { uses, wrong } = order.findings(&files);
    assert_eq!(
        wrong,
        [
            "made/src/low.rs:2: uses `high::Top`\n  \
             help: `low` is below `high | beside`: move what it needs down into `low` or below it, or the caller up",
            "made/src/wide/one.rs:1: uses `wide::two::Two`\n  \
             help: `wide/one` and `wide/two` do not know each other: move what both need into a layer below them",
            "made/src/high.rs:1: uses `beside`\n  \
             help: `high` and `beside` do not know each other: move what both need into a layer below them",
            "made/src/high.rs:2: uses `Root`\n  \
             help: write the path of the layer that has it",
            "made/src/loose.rs:1: the module is of no layer\n  \
             help: name it in the order of this crate in `tests/tests/main/layers`",
        ]
    );
    assert_eq!(uses.len(), 6);
}
