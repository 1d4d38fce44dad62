//! Generated code as reviewed text (BIND-05, BIND-07: equal input gives equal bytes, wherever it is built): one folder of
//! `tests/golden` a case with `schema.sql`, `bindery.toml` where it needs one, and `bindery.rs`, the whole text, or `excerpt.rs`, what the case is about.
//!
//! After a change of the generator `BINDERY_UPDATE=1 cargo test -p bindery-codegen golden` writes the files anew, to be
//! read as a diff. A new excerpt is begun with a line `// An excerpt: …` and the lines that name its items. All code is compiled, whole, in `tests/cases`, and the test
//! `golden-code` shows what it does.

mod excerpt;
#[path = "../../../tests/cases/generate.rs"]
mod generate;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden")
}

fn folders() -> Vec<PathBuf> {
    let folders = generate::folders(&golden()).expect("the repository can be read");
    assert!(!folders.is_empty());
    folders
}

/// The reviewed text of a case, and what it is to be.
fn reviewed(folder: &Path) -> (PathBuf, String, String) {
    let generated = generate::generate(folder).unwrap_or_else(|findings| panic!("{findings}"));
    let generated = without_version(&formatted(&generated));
    let [whole, excerpt] = ["bindery.rs", "excerpt.rs"].map(|name| folder.join(name));
    if !excerpt.exists() {
        let text = std::fs::read_to_string(&whole).unwrap_or_default();
        return (whole, text, generated);
    }
    assert!(
        !whole.exists(),
        "{}: whole and an excerpt",
        folder.display()
    );
    let text = std::fs::read_to_string(&excerpt).expect("the repository can be read");
    assert!(
        text.starts_with("// An excerpt: "),
        "{}: does not say that it is an excerpt, and of what",
        excerpt.display()
    );
    let selected = excerpt::select(&text, &generated);
    let selected = selected.unwrap_or_else(|why| panic!("{}: {why}", excerpt.display()));
    (excerpt, text, selected)
}

/// A release changes no reviewed text.
fn without_version(text: &str) -> String {
    let version = |version| format!("::bindery::__private::generated_by!(\"{version}\");");
    let own = version(env!("CARGO_PKG_VERSION"));
    assert_eq!(text.matches(&own).count(), 1, "{text}");
    text.replace(&own, &version("its version"))
}

#[test]
fn generated_code_is_as_reviewed() {
    let update = std::env::var_os("BINDERY_UPDATE").is_some();
    for folder in folders() {
        let (path, text, expected) = reviewed(&folder);
        if update && text != expected {
            std::fs::write(&path, expected).expect("the repository can be written");
        } else {
            let path = path.display();
            assert!(
                text == expected,
                "{path}: not as reviewed; see the head of this file"
            );
        }
    }
}

pub(crate) fn formatted(text: &str) -> String {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path", "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("rustfmt belongs to the toolchain");
    let mut input = rustfmt.stdin.take().expect("it is piped");
    input.write_all(text.as_bytes()).expect("rustfmt reads all");
    drop(input);
    let output = rustfmt.wait_with_output().expect("rustfmt ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("rustfmt writes UTF-8")
}

#[test]
fn every_case_is_compiled_too() {
    let compiled = include_str!("../../../tests/cases/src/lib.rs");
    for folder in folders() {
        let name = folder
            .file_name()
            .and_then(|name| name.to_str())
            .expect("it is UTF-8");
        let is_listed = compiled.lines().any(|line| line.trim() == name);
        assert!(
            is_listed,
            "`{name}` is not in the list of `tests/cases/src/lib.rs`"
        );
    }
}
