//! Generated code as reviewed text (BIND-05, BIND-07: equal input gives equal bytes, wherever it is built): one folder a
//! case with `schema.sql`, `bindery.toml` where it needs one, and `bindery.rs`.
//!
//! After a change of the generator `BINDERY_UPDATE=1 cargo test -p bindery-tests --test golden` writes the files anew, to be
//! read as a diff. That they compile and what they do is shown by the test `golden-code`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bindery_codegen::{EmitOptions, emit};
use bindery_schema::check::check;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::project::{Paths, load_project};
use bindery_schema::read_model;
use bindery_schema::render::{Style, render};

/// The names of the folders.
fn cases() -> Vec<String> {
    let folders = std::fs::read_dir(folder("")).expect("the repository can be read");
    let paths = folders.map(|entry| entry.expect("the repository can be read").path());
    let cases = paths.filter(|path| path.is_dir());
    let mut names: Vec<String> = cases
        .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    assert!(!names.is_empty());
    names
}

fn folder(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(case)
}

/// Compiles a case as if no variable of the environment were set.
fn generated(case: &str) -> String {
    let config = folder(case).join("bindery.toml");
    let paths = Paths {
        config: config.exists().then_some(config),
        schema: vec![folder(case).join("schema.sql")],
    };
    let mut found = Diagnostics::default();
    let project = load_project(&paths, &|_| None, &mut found);
    let model = read_model(&project.input, &mut found);
    let checked = check(model, &mut found).unwrap_or_else(|| {
        let findings = render(&found, &project.input.sources, Style::Plain);
        panic!("{case}:\n{findings}")
    });
    let mut files = emit(&checked, &EmitOptions::default());
    assert_eq!(files.len(), 1);
    formatted(&files.remove(0).text)
}

#[test]
fn generated_code_is_as_reviewed() {
    let update = std::env::var_os("BINDERY_UPDATE").is_some();
    for case in &cases() {
        let path = folder(case).join("bindery.rs");
        let text = generated(case);
        if update {
            std::fs::write(&path, &text).expect("the repository can be written");
        }
        let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            reviewed == text,
            "{case}: not as reviewed; see the head of this file"
        );
    }
}

fn formatted(text: &str) -> String {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path", "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("rustfmt belongs to the toolchain");
    let mut input = rustfmt.stdin.take().expect("it was asked for");
    input.write_all(text.as_bytes()).expect("rustfmt reads all");
    drop(input);
    let output = rustfmt.wait_with_output().expect("rustfmt ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("rustfmt writes UTF-8")
}

#[test]
fn every_case_is_compiled_too() {
    let compiled = include_str!("code.rs");
    for case in cases() {
        let file = format!(": \"{case}/bindery.rs\"");
        assert!(compiled.contains(&file), "`{case}` is not in code.rs");
    }
}
