//! Cases as folders: `tests/cases/<area>/<case>/schema.sql` and what is read from it in `expected.txt`.
//!
//! The first lines of the schema may name engines: `-- engines: default sqlite, b postgres`. A line `-- server: equal` is for
//! the test `corpus` of `bindery-tests`, which runs the same file on a server. To write the expectations
//! anew: `BINDERY_UPDATE=1 cargo test -p bindery-schema --test reading`; then review the difference.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::dialect::Dialect;
use bindery_schema::model::{
    Column, ColumnId, DefaultValue, Engine, EngineId, Expression, FieldType, Generated, IndexKey,
    KeyEngine, Model, Table,
};

use crate::support;

#[test]
fn cases_are_read_as_expected() {
    let mut wrong = Vec::new();
    for case in &support::cases() {
        let found = outcome(&case.join("schema.sql"));
        let expected = case.join("expected.txt");
        if std::env::var_os("BINDERY_UPDATE").is_some() {
            fs::write(&expected, &found).expect("the case can be written");
        }
        if fs::read_to_string(&expected).unwrap_or_default() != found {
            println!("--- {} ---\n{found}", case.display());
            wrong.push(
                case.file_name()
                    .map(|name| name.to_string_lossy().into_owned()),
            );
        }
    }
    assert!(
        wrong.is_empty(),
        "these cases are read differently: {wrong:?}"
    );
}

fn outcome(path: &Path) -> String {
    let bytes = fs::read(path).expect("each case has a schema");
    let text = String::from_utf8_lossy(&bytes);
    let mut diagnostics = Diagnostics::default();
    let input = support::input("schema.sql", &bytes, engines(&text), &mut diagnostics);
    let model = bindery_schema::read_model(&input, &mut diagnostics);
    let unknown = model.views.iter().flat_map(|view| &view.unknown_names);
    unknown.for_each(|found| diagnostics.push(found.clone()));
    let mut out = String::new();
    for line in support::listed(&input, &diagnostics) {
        let _ = writeln!(out, "{line}");
    }
    for finding in diagnostics
        .iter()
        .filter_map(|finding| finding.help.as_ref())
    {
        let _ = writeln!(out, "  help: {finding}");
    }
    describe(&model, &mut out);
    out
}

/// From the first line that names them; by default one of SQLite.
fn engines(text: &str) -> Vec<Engine> {
    let Some(list) = text
        .lines()
        .find_map(|line| line.strip_prefix("-- engines: "))
    else {
        return vec![support::engine("default", Dialect::Sqlite)];
    };
    let one = |part: &str| {
        let (name, dialect) = part.trim().split_once(' ').expect("`name dialect`");
        let dialect = Dialect::ALL
            .into_iter()
            .find(|known| known.name() == dialect)
            .expect("a dialect");
        support::engine(name, dialect)
    };
    list.split(',').map(one).collect()
}

fn describe(model: &Model, out: &mut String) {
    for table in &model.tables {
        describe_table(model, table, out);
    }
    for found in &model.enums {
        let values: Vec<String> = found
            .values
            .iter()
            .map(|value| format!("{:?} {}", value.value, value.variant))
            .collect();
        let _ = writeln!(
            out,
            "enum {} = {}: {}{}",
            found.name,
            found.type_name,
            values.join(", "),
            docs(&found.docs)
        );
    }
    for view in &model.views {
        let materialized = if view.materialized {
            " materialized"
        } else {
            ""
        };
        let unread = view.model.as_ref().err();
        let unread = unread.map(|named| format!(" by name: {}", named.why));
        let _ = writeln!(
            out,
            "view {}{materialized}{}",
            view.name.name,
            unread.unwrap_or_default()
        );
    }
    for (kind, count) in &model.skipped {
        let _ = writeln!(out, "skipped {kind}: {count}");
    }
}

fn describe_table(model: &Model, table: &Table, out: &mut String) {
    let engines: Vec<&str> = table
        .engines
        .iter()
        .map(|&id| model.engine(id).name.as_str())
        .collect();
    let schema = table
        .name
        .schema
        .as_ref()
        .map(|schema| format!("{schema}."))
        .unwrap_or_default();
    let flags = [
        (table.unmanaged, " unmanaged"),
        (table.validate, " validate"),
        (table.strict, " strict"),
        (table.without_rowid, " without-rowid"),
    ];
    let flags: String = flags
        .into_iter()
        .filter(|(on, _)| *on)
        .map(|(_, word)| word)
        .collect();
    let kind = table.view.as_ref().map_or("table", |_| "view of");
    let _ = writeln!(
        out,
        "{kind} {schema}{} = {} {} on {}{flags}{}",
        table.name.name,
        table.model_name,
        table.accessor,
        engines.join(", "),
        docs(&table.docs)
    );
    for column in &table.columns {
        let _ = writeln!(out, "  {}", describe_column(model, column));
    }
    let names = |ids: &[ColumnId]| {
        ids.iter()
            .map(|&id| table.column(id).name.clone())
            .collect::<Vec<_>>()
            .join(", ")
    };
    if let Some(key) = &table.primary_key {
        let _ = writeln!(
            out,
            "  primary key ({}){}",
            names(&key.columns),
            named(&key.name)
        );
    }
    for unique in &table.uniques {
        let kind = if unique.is_index {
            "unique index"
        } else {
            "unique"
        };
        let _ = writeln!(
            out,
            "  {kind} ({}) by_{}{}",
            names(&unique.columns),
            unique.method_suffix,
            named(&unique.name)
        );
    }
    for index in &table.indexes {
        let parts: Vec<String> = index
            .parts
            .iter()
            .map(|part| {
                let key = match &part.key {
                    IndexKey::Column(id) => table.column(*id).name.clone(),
                    IndexKey::Expression(found) => expression(found),
                };
                let qualifier = part.qualifier.as_ref();
                format!(
                    "{key}{}{}{}",
                    part.prefix
                        .map(|length| format!("({length})"))
                        .unwrap_or_default(),
                    qualifier
                        .map(|words| format!(" {words}"))
                        .unwrap_or_default(),
                    if part.descending { " desc" } else { "" }
                )
            })
            .collect();
        let condition = index
            .predicate
            .as_ref()
            .map(|found| format!(" where {}", expression(found)))
            .unwrap_or_default();
        let method = index
            .method
            .as_ref()
            .map(|method| format!(" using {method}"))
            .unwrap_or_default();
        let unique = if index.unique { "unique " } else { "" };
        let _ = writeln!(
            out,
            "  {unique}index ({}){method}{condition}{}",
            parts.join(", "),
            named(&index.name)
        );
    }
    for key in &table.foreign_keys {
        let target = model.table(key.table);
        let referred: Vec<&str> = key
            .referred
            .iter()
            .map(|&id| target.column(id).name.as_str())
            .collect();
        let _ = writeln!(
            out,
            "  foreign key ({}) to {}({}) {:?} {:?} {:?}{}",
            names(&key.columns),
            target.name.name,
            referred.join(", "),
            key.on_delete,
            key.on_update,
            key.deferrable,
            named(&key.name)
        );
    }
    if let Some(view) = &table.view {
        let columns = view.columns.join(", ");
        let _ = writeln!(out, "  ({columns}) as {}", view.sql);
        if let Some(obstacle) = &view.obstacle {
            let _ = writeln!(out, "  not made: {obstacle}");
        }
    }
    for check in &table.checks {
        let _ = writeln!(
            out,
            "  check {}{}",
            expression(&check.expression),
            named(&check.name)
        );
    }
}

fn describe_column(model: &Model, column: &Column) -> String {
    let engine = |id: EngineId| model.engine(id).name.as_str();
    let field_type = match &column.field_type {
        FieldType::Plain => String::new(),
        FieldType::Custom(path) => format!(" as {path}"),
        FieldType::Key { table, engine: on } => {
            let on = match on {
                KeyEngine::Only => "only".to_owned(),
                KeyEngine::Same => "same".to_owned(),
                KeyEngine::On(id) => format!("on {}", engine(*id)),
            };
            format!(" key of {} ({on})", model.table(*table).model_name)
        }
    };
    let default = column
        .default
        .as_ref()
        .map(|default| format!(" default {}", default_value(&default.value)))
        .unwrap_or_default();
    let generated = match &column.generated {
        Generated::No => String::new(),
        Generated::Key { always } => format!(" generated{}", if *always { " always" } else { "" }),
        Generated::Computed {
            expression: found,
            stored,
        } => format!(
            " computed {}{}",
            expression(found),
            if *stored { " stored" } else { "" }
        ),
    };
    let flags = [
        (column.version, " version"),
        (column.updated, " updated"),
        (column.skip, " skip"),
        (column.on_update_now, " on-update-now"),
    ];
    let flags: String = flags
        .into_iter()
        .filter(|(on, _)| *on)
        .map(|(_, word)| word)
        .collect();
    let link = column.link.as_ref().map(|link| {
        format!(
            " link {}({})",
            model.table(link.table).name.name,
            model.table(link.table).column(link.column).name
        )
    });
    let collation = column
        .collation
        .as_ref()
        .map(|name| format!(" collate {name}"))
        .unwrap_or_default();
    format!(
        "{} = {}: {} {:?}{field_type}{}{default}{generated}{collation}{flags}{}{}",
        column.name,
        column.field,
        column.sql_type,
        column.column_type,
        if column.nullable { " null" } else { "" },
        link.unwrap_or_default(),
        docs(&column.docs)
    )
}

fn default_value(value: &DefaultValue) -> String {
    match value {
        DefaultValue::Expression(found) => expression(found),
        known => format!("{known:?}"),
    }
}

fn expression(found: &Expression) -> String {
    match &found.portable {
        Ok(portable) => format!("portable {portable:?}"),
        Err(foreign) => format!("raw {} for {foreign}", found.sql),
    }
}

fn named(name: &Option<String>) -> String {
    name.as_ref()
        .map(|name| format!(" named {name}"))
        .unwrap_or_default()
}

fn docs(lines: &[String]) -> String {
    if lines.is_empty() {
        String::new()
    } else {
        format!(" // {}", lines.join(" | "))
    }
}
