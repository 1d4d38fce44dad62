//! Every schema of the corpus, on two engines at once, comes out as rustfmt leaves it. The corpus is not part of this repository.

use std::path::{Path, PathBuf};

use bindery_codegen::{EmitOptions, emit};
use bindery_schema::check::check;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::dialect::Dialect;
use bindery_schema::model::CheckedModel;
use bindery_schema::project::{Paths, load_project};
use bindery_schema::read_model;

use crate::{assert_same, formatted};

/// Sorted, so that a failure is the same each time.
fn schemas(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "sql"));
    paths.sort();
    paths
}

/// `None` where the schema needs an answer first, as where a table is called like a method.
fn compiled(schema: &Path, dialect: Dialect) -> Option<CheckedModel> {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let config = folder.path().join("bindery.toml");
    let text = format!(
        "[engines.default]\ndialect = \"{dialect}\"\n\n[engines.analytics_and_reports]\ndialect = \"{dialect}\"\nmodels-of = \"default\"\n"
    );
    std::fs::write(&config, text).expect("the folder can be written to");
    let paths = Paths {
        config: Some(config),
        schema: vec![schema.to_owned()],
    };
    let mut found = Diagnostics::default();
    let project = load_project(&paths, &|_| None, &mut found);
    let model = read_model(&project.input, &mut found);
    check(model, &mut found)
}

#[test]
fn schemas_of_the_corpus_come_out_formatted() {
    let Some(corpus) = bindery_testkit::corpus() else {
        return;
    };
    let mut models = 0;
    for dialect in Dialect::ALL {
        for schema in schemas(&corpus.join(dialect.name())) {
            if let Some(model) = compiled(&schema, dialect) {
                let text = emit(&model, &EmitOptions::default()).remove(0).text;
                assert_same(&schema.display().to_string(), &formatted(&text), &text);
                models += model.tables.len();
            }
        }
    }
    assert!(models > 1_000, "{models} models");
}
