//! What people read when a schema is wrong: whole texts, one file each.
//!
//! `cases/<name>.sql` is read, with the engines of `cases/<name>.toml` or else of [`ENGINES`], and every finding is
//! compared with `cases/<name>.txt`. After a change, look at the difference and run the tests once with
//! `BINDERY_UPDATE=1` to write the new texts. The pages of the codes are tried the same way: the wrong example must
//! give its code, the right one must not.

mod pages;

use std::fs;
use std::path::{Path, PathBuf};

use bindery_schema::check::check;
use bindery_schema::config::Config;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::input::{Input, InputFile};
use bindery_schema::model::CheckedModel;
use bindery_schema::parse::load;
use bindery_schema::render::{Style, render};

/// The engines of a case without a configuration of its own: one of each dialect.
const ENGINES: &str = "url = \"sqlite://app.db\"\nengines.b = \"postgres://shop@db/shop\"\nengines.m = \"mysql://shop@db/shop\"\n";

/// A whole run of the compiler.
struct Run {
    input: Input,
    model: Option<CheckedModel>,
    diagnostics: Diagnostics,
}

impl Run {
    fn new(config: &str, sql: &[u8]) -> Self {
        let (mut input, mut diagnostics) = (Input::default(), Diagnostics::default());
        let config = Config::parse(
            "bindery.toml",
            Path::new(""),
            config,
            &mut input.sources,
            &mut diagnostics,
        );
        if let Some(config) = config {
            input.configure(&config, &|_| None, &mut diagnostics);
        }
        if let Some(id) = load(&mut input.sources, "schema.sql", sql, &mut diagnostics) {
            input.files.push(InputFile {
                id,
                dialect: None,
                engines: Vec::new(),
            });
        }
        let model = bindery_schema::read(&input, &mut diagnostics);
        let model = check(model, &mut diagnostics);
        Self {
            input,
            model,
            diagnostics,
        }
    }

    fn text(&self) -> String {
        render(&self.diagnostics, &self.input.sources, Style::Plain)
    }

    fn codes(&self) -> Vec<&'static str> {
        self.diagnostics
            .iter()
            .map(|diagnostic| diagnostic.code)
            .collect()
    }
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages/cases");
    let entries = fs::read_dir(folder).expect("the folder of the cases is readable");
    let paths = entries.map(|entry| entry.expect("the folder of the cases is readable").path());
    let mut cases: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "sql"))
        .collect();
    cases.sort();
    cases
}

#[test]
fn messages_are_as_written() {
    let update = std::env::var_os("BINDERY_UPDATE").is_some();
    let mut wrong = Vec::new();
    for path in cases() {
        let config =
            fs::read_to_string(path.with_extension("toml")).unwrap_or_else(|_| ENGINES.to_owned());
        let run = Run::new(&config, &fs::read(&path).expect("a case is readable"));
        let (found, expected) = (run.text(), path.with_extension("txt"));
        assert_eq!(
            run.model.is_none(),
            run.diagnostics.has_errors(),
            "{}",
            path.display()
        );
        if update {
            fs::write(&expected, &found).expect("the folder of the cases is writable");
        } else if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", path.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "run with BINDERY_UPDATE=1 and look at the difference:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_error_of_a_case_says_what_to_do() {
    for path in cases() {
        let config =
            fs::read_to_string(path.with_extension("toml")).unwrap_or_else(|_| ENGINES.to_owned());
        let run = Run::new(&config, &fs::read(&path).expect("a case is readable"));
        for diagnostic in run.diagnostics.iter() {
            assert!(
                diagnostic.help.is_some(),
                "{}: {}",
                path.display(),
                diagnostic.message
            );
            assert!(!diagnostic.message.ends_with('.'), "{}", diagnostic.message);
        }
    }
}
