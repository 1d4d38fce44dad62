//! The field's words (the glossary of CONTRIBUTING.md): phrases of an older vocabulary, each with the number of lines that may still
//! have it. A number only goes down.

use std::fs;
use std::path::{Path, PathBuf};

/// Code, its comments and messages, and documents.
const FOLDERS: &[&str] = &[
    "cli/src",
    "codegen/src",
    "core/src",
    "docs",
    "macros/src",
    "queues/src",
    "runtime/src",
    "schema/src",
    "testkit/src",
    "web/src",
    "xtask/src",
];

const PHRASES: &[(&str, usize)] = &[
    ("truth value", 0),
    ("counted by the database", 0),
    ("carried over", 0),
    ("no equal for", 0),
    ("played through", 0),
    ("the present moment", 0),
    ("texts behind one another", 0),
    ("no plain file", 0),
    ("so many ", 0),
    (" nobody ", 1),
    (" somebody ", 0),
    ("is told ", 0),
    (" asked for", 0),
    ("gives up", 0),
    (" asks for", 0),
    (" is asked", 0),
    (" tells ", 0),
    ("told apart", 0),
    ("// What ", 1),
    ("/// What ", 1),
    ("//! What ", 0),
    ("/// Who ", 0),
    ("//! Who ", 0),
    ("/// Whoever ", 0),
    ("/// Its name.", 0),
    ("/// The name.", 0),
    ("/// Which.", 0),
    ("/// In order.", 0),
];

/// The lines of all files of Rust and Markdown below a folder, but of generated lists of test names.
fn lines(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("the workspace is there") {
        let path = entry.expect("the workspace can be read").path();
        if path.is_dir() {
            lines(&path, found);
            continue;
        }
        let is_text = path
            .extension()
            .is_some_and(|extension| extension == "rs" || extension == "md");
        if is_text && !path.ends_with("docs/promises.md") {
            let text = fs::read_to_string(&path).expect("code is UTF-8");
            found.extend(text.lines().map(|line| (path.clone(), line.to_owned())));
        }
    }
}

#[test]
fn phrases_of_the_older_vocabulary_only_become_fewer() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut all = Vec::new();
    for folder in FOLDERS {
        lines(&workspace.join(folder), &mut all);
    }
    assert!(all.len() > 10_000, "the sources are there");
    for (phrase, most) in PHRASES {
        let with = all.iter().filter(|(_, line)| line.contains(phrase));
        let found: Vec<_> = with
            .map(|(path, line)| format!("{}: {}", path.display(), line.trim()))
            .collect();
        assert!(
            found.len() <= *most,
            "`{phrase}` is in {} lines, at most {most} may have it; the words to write are in CONTRIBUTING.md:\n{}",
            found.len(),
            found.join("\n")
        );
    }
}

/// The head of a comment on an item says what it does: a question says it at the most to who knows the answer.
#[test]
fn comments_on_items_are_no_questions() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut all = Vec::new();
    for folder in FOLDERS {
        lines(&workspace.join(folder), &mut all);
    }
    let questions = [
        "Is ", "Are ", "Does ", "May ", "Was ", "Were ", "Can ", "Must ", "Would ", "Could ",
        "Did ",
    ];
    let is_question = |line: &str| {
        let comment = line.trim_start().strip_prefix("/// ");
        comment.is_some_and(|text| questions.iter().any(|word| text.starts_with(word)))
            && line.trim_end().ends_with('?')
    };
    let found: Vec<_> = all.iter().filter(|(_, line)| is_question(line)).collect();
    assert!(found.is_empty(), "write what is returned: {found:#?}");
}
