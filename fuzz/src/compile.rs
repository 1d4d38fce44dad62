//! A text through all stages, as every door takes it.

use bindery_codegen::{EmitOptions, emit};
use bindery_schema::check::check;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::dialect::Dialect;
use bindery_schema::input::{Input, InputFile};
use bindery_schema::model::{Engine, EngineId};
use bindery_schema::name::engine_type_name;
use bindery_schema::parse::load;
use bindery_schema::render::{Style, findings, github, render};

/// Two engines, so that annotations have something to choose from: `default` speaks the dialect, `b` another one.
fn engines(dialect: Dialect) -> Vec<Engine> {
    let other = match dialect {
        Dialect::Sqlite => Dialect::Postgres,
        Dialect::Postgres => Dialect::Mysql,
        Dialect::Mysql => Dialect::Sqlite,
    };
    vec![engine("b", other), engine("default", dialect)]
}

fn engine(name: &str, dialect: Dialect) -> Engine {
    Engine {
        name: name.to_owned(),
        type_name: engine_type_name(name),
        dialect,
        flavour: None,
        cluster: None,
        dialect_reason: "it is fuzzed".to_owned(),
        outbox: false,
        inbox: false,
        decisions: false,
        shard_maps: false,
        shard: false,
        syncs: false,
        sagas: None,
        keeps_outcomes: false,
        head: None,
        span: None,
    }
}

/// The generated code; `None` where the text is refused, with at least one finding that can be shown.
pub(crate) fn compile(bytes: &[u8], dialect: Dialect) -> Option<String> {
    compile_queries(bytes, b"", dialect)
}

/// The same of a schema with a file of queries.
pub(crate) fn compile_queries(bytes: &[u8], queries: &[u8], dialect: Dialect) -> Option<String> {
    let mut found = Diagnostics::default();
    let mut input = Input {
        engines: engines(dialect),
        default_engine: Some(EngineId(1)),
        ..Input::default()
    };
    if let Some(id) = load(&mut input.sources, "schema.sql", bytes, &mut found) {
        input.files.push(InputFile {
            id,
            dialect: None,
            engines: Vec::new(),
        });
    }
    let queries = load(&mut input.sources, "queries.sql", queries, &mut found);
    input.queries.extend(queries);
    let model = bindery_schema::read_model(&input, &mut found);
    let checked = check(model, &mut found);
    assert_eq!(
        checked.is_none(),
        found.has_errors(),
        "refused without a reason, or the reverse"
    );
    shown(&found, &input);
    let files = emit(&checked?, &EmitOptions::default());
    Some(files.into_iter().map(|file| file.text).collect())
}

/// Every finding can be shown in every form.
fn shown(found: &Diagnostics, input: &Input) {
    let text = render(found, &input.sources, Style::Plain);
    assert_eq!(text.is_empty(), found.iter().count() == 0);
    findings(found, &input.sources);
    github(found, &input.sources);
}
