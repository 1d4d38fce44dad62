//! The resolved schema as data: what `explain --stage resolve --format json` prints. `cli/JSON.md` documents it; it is stable.

use bindery_codegen::rust_types;
use bindery_schema::model::{
    Column, ColumnId, EnumType, Expression, ForeignKey, Generated, Index, IndexKey, Model,
    ReferentialAction, Table, View,
};
use bindery_schema::source::Sources;
use serde::Serialize;

use crate::output::{Paint, Stream};

/// The whole schema.
#[derive(Debug, Serialize)]
pub(super) struct ResolvedSchema<'m> {
    pub(super) tables: Vec<ResolvedTable<'m>>,
    views: Vec<ResolvedView<'m>>,
    enums: Vec<ResolvedEnum<'m>>,
}

/// A table as `explain` shows it.
#[derive(Debug, Serialize)]
pub(super) struct ResolvedTable<'m> {
    pub(super) name: String,
    pub(super) model: &'m str,
    pub(super) engines: Vec<&'m str>,
    pub(super) columns: Vec<ResolvedColumn<'m>>,
    pub(super) primary_key: Vec<&'m str>,
    pub(super) unique: Vec<Vec<&'m str>>,
    pub(super) indexes: Vec<ResolvedIndex<'m>>,
    pub(super) foreign_keys: Vec<ResolvedForeignKey<'m>>,
    kind: &'static str,
    distribution: Option<String>,
}

/// One column. A skipped one has no field and no Rust type.
#[derive(Debug, Serialize)]
pub(super) struct ResolvedColumn<'m> {
    pub(super) name: &'m str,
    pub(super) field: Option<&'m str>,
    pub(super) sql_type: &'m str,
    pub(super) rust_type: Option<String>,
    pub(super) nullable: bool,
    pub(super) default: Option<&'m str>,
    pub(super) generated: Option<&'static str>,
}

/// An index that is not among the uniques.
#[derive(Debug, Serialize)]
pub(super) struct ResolvedIndex<'m> {
    pub(super) name: Option<&'m str>,
    pub(super) unique: bool,
    pub(super) columns: Vec<&'m str>,
    method: Option<&'m str>,
    predicate: Option<&'m str>,
}

/// A foreign key.
#[derive(Debug, Serialize)]
pub(super) struct ResolvedForeignKey<'m> {
    pub(super) columns: Vec<&'m str>,
    pub(super) table: String,
    pub(super) referred: Vec<&'m str>,
    pub(super) on_delete: &'static str,
    pub(super) on_update: &'static str,
}

/// One view. Of one that is known by its name only, there is nothing more than the reason.
#[derive(Debug, Serialize)]
struct ResolvedView<'m> {
    name: String,
    kind: &'static str,
    model: Option<&'m str>,
    engines: Vec<&'m str>,
    columns: Vec<ResolvedColumn<'m>>,
    by_name_only: Option<&'m str>,
}

#[derive(Debug, Serialize)]
struct ResolvedEnum<'m> {
    name: &'m str,
    #[serde(rename = "type")]
    type_name: &'m str,
    values: Vec<&'m str>,
}

/// A model as data, in the order of the files.
pub(super) fn resolved<'m>(model: &'m Model, sources: &'m Sources) -> ResolvedSchema<'m> {
    let types = rust_types(model);
    let view = |view| resolved_view(view, &types, model, sources);
    let tables = model.tables.iter().zip(types.iter().cloned());
    ResolvedSchema {
        tables: tables
            .filter(|(table, _)| table.view.is_none())
            .map(|(table, types)| resolved_table(table, types, model, sources))
            .collect(),
        views: model.views.iter().map(view).collect(),
        enums: model.enums.iter().map(resolved_enum).collect(),
    }
}

fn resolved_table<'m>(
    table: &'m Table,
    types: Vec<Option<String>>,
    model: &'m Model,
    sources: &'m Sources,
) -> ResolvedTable<'m> {
    let key = table
        .primary_key
        .as_ref()
        .map(|key| column_names(table, &key.columns));
    ResolvedTable {
        name: table.name.to_string(),
        model: &table.model_name,
        engines: engines(table, model),
        columns: resolved_columns(table, types, sources),
        primary_key: key.unwrap_or_default(),
        unique: table
            .uniques
            .iter()
            .map(|unique| column_names(table, &unique.columns))
            .collect(),
        indexes: table
            .indexes
            .iter()
            .map(|index| resolved_index(index, table))
            .collect(),
        foreign_keys: table
            .foreign_keys
            .iter()
            .map(|key| resolved_foreign_key(key, table, model))
            .collect(),
        kind: "table",
        distribution: model.distribution_words(table),
    }
}

fn engines<'m>(table: &Table, model: &'m Model) -> Vec<&'m str> {
    let engines = table.engines.iter();
    engines.map(|&id| model.engine(id).name.as_str()).collect()
}

fn resolved_columns<'m>(
    table: &'m Table,
    types: Vec<Option<String>>,
    sources: &'m Sources,
) -> Vec<ResolvedColumn<'m>> {
    let columns = table.columns.iter().zip(types);
    columns
        .map(|(column, rust_type)| resolved_column(column, rust_type, sources))
        .collect()
}

fn resolved_column<'m>(
    column: &'m Column,
    rust_type: Option<String>,
    sources: &'m Sources,
) -> ResolvedColumn<'m> {
    ResolvedColumn {
        name: &column.name,
        field: (!column.skip).then_some(column.field.as_str()),
        sql_type: &column.sql_type,
        rust_type: rust_type.map(|written| shortened(&written)),
        nullable: column.nullable,
        default: column
            .default
            .as_ref()
            .map(|default| sources.text(default.span)),
        generated: generated(&column.generated),
    }
}

/// The type as a person writes it at the top of the generated code, which names everything absolutely.
fn shortened(written: &str) -> String {
    const PATHS: [(&str, &str); 5] = [
        ("::core::option::", ""),
        ("::std::string::", ""),
        ("::std::vec::", ""),
        ("::bindery::", "bindery::"),
        ("super::", ""),
    ];
    let shorten = |text: String, (long, short): (&str, &str)| text.replace(long, short);
    PATHS.into_iter().fold(written.to_owned(), shorten)
}

fn generated(generated: &Generated) -> Option<&'static str> {
    match generated {
        Generated::No => None,
        Generated::Key { always: _ } => Some("key"),
        Generated::Computed { stored: true, .. } => Some("stored"),
        Generated::Computed { stored: false, .. } => Some("virtual"),
    }
}

fn resolved_index<'m>(index: &'m Index, table: &'m Table) -> ResolvedIndex<'m> {
    let part = |key: &'m IndexKey| match key {
        IndexKey::Column(id) => table.column(*id).name.as_str(),
        IndexKey::Expression(Expression { sql, .. }) => sql.as_str(),
    };
    ResolvedIndex {
        name: index.name.as_deref(),
        unique: index.unique,
        columns: index.parts.iter().map(|entry| part(&entry.key)).collect(),
        method: index.method.as_deref(),
        predicate: index
            .predicate
            .as_ref()
            .map(|predicate| predicate.sql.as_str()),
    }
}

fn resolved_foreign_key<'m>(
    key: &'m ForeignKey,
    table: &'m Table,
    model: &'m Model,
) -> ResolvedForeignKey<'m> {
    let referred = model.table(key.table);
    ResolvedForeignKey {
        columns: column_names(table, &key.columns),
        table: referred.name.to_string(),
        referred: column_names(referred, &key.referred),
        on_delete: action(key.on_delete),
        on_update: action(key.on_update),
    }
}

/// As `information_schema.referential_constraints` spells them.
fn action(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::NoAction => "NO ACTION",
        ReferentialAction::Restrict => "RESTRICT",
        ReferentialAction::Cascade => "CASCADE",
        ReferentialAction::SetNull => "SET NULL",
        ReferentialAction::SetDefault => "SET DEFAULT",
    }
}

fn resolved_view<'m>(
    view: &'m View,
    types: &[Vec<Option<String>>],
    model: &'m Model,
    sources: &'m Sources,
) -> ResolvedView<'m> {
    let kind = if view.materialized {
        "materialized view"
    } else {
        "view"
    };
    let mut resolved = ResolvedView {
        name: view.name.to_string(),
        kind,
        model: None,
        engines: Vec::new(),
        columns: Vec::new(),
        by_name_only: None,
    };
    match &view.model {
        Ok(id) => {
            let table = model.table(*id);
            let types = types[id.0 as usize].clone();
            resolved.model = Some(&table.model_name);
            resolved.engines = engines(table, model);
            resolved.columns = resolved_columns(table, types, sources);
        }
        Err(named) => resolved.by_name_only = Some(&named.why),
    }
    resolved
}

fn resolved_enum(of: &EnumType) -> ResolvedEnum<'_> {
    ResolvedEnum {
        name: &of.name,
        type_name: &of.type_name,
        values: of.values.iter().map(|value| value.value.as_str()).collect(),
    }
}

fn column_names<'m>(table: &'m Table, columns: &[ColumnId]) -> Vec<&'m str> {
    columns
        .iter()
        .map(|&id| table.column(id).name.as_str())
        .collect()
}

impl ResolvedSchema<'_> {
    /// For people: each table with its columns.
    pub(super) fn text(&self, stream: Stream) -> String {
        let tables = self.tables.iter().map(|table| table.text(stream));
        let enums = self.enums.iter().map(|of| {
            format!(
                "enum {} `{}`: {}\n",
                of.type_name,
                of.name,
                of.values.join(", ")
            )
        });
        let views = self.views.iter().map(|view| view.text(stream));
        tables
            .chain(enums)
            .chain(views)
            .collect::<Vec<_>>()
            .join("\n")
    }
}

impl ResolvedTable<'_> {
    fn text(&self, stream: Stream) -> String {
        let model = stream.paint(Paint::Heading, self.model);
        let head = format!("{model} `{}` on {}\n", self.name, self.engines.join(", "));
        let key = (!self.primary_key.is_empty())
            .then(|| format!("  primary key ({})\n", self.primary_key.join(", ")));
        let uniques = self
            .unique
            .iter()
            .map(|columns| format!("  unique ({})\n", columns.join(", ")));
        let references = self.foreign_keys.iter().map(|key| {
            format!(
                "  foreign key ({}) to {} ({})\n",
                key.columns.join(", "),
                key.table,
                key.referred.join(", ")
            )
        });
        let rest = key.into_iter().chain(uniques).chain(references);
        let head = head + &column_lines(&self.columns);
        std::iter::once(head).chain(rest).collect()
    }
}

impl ResolvedView<'_> {
    fn text(&self, stream: Stream) -> String {
        let what = format!("{} `{}`", self.kind, self.name);
        match (self.model, self.by_name_only) {
            (Some(model), _) => {
                let model = stream.paint(Paint::Heading, model);
                let head = format!("{model} {what} on {}\n", self.engines.join(", "));
                head + &column_lines(&self.columns)
            }
            (None, Some(why)) => format!("{what} by name only: it {why}\n"),
            (None, None) => format!("{what}\n"),
        }
    }
}

/// Name, type in SQL and type in Rust, one below the other.
fn column_lines(columns: &[ResolvedColumn<'_>]) -> String {
    let width = |of: fn(&ResolvedColumn<'_>) -> usize| columns.iter().map(of).max();
    let names = width(|column| length(column.name)).unwrap_or_default();
    let types = width(|column| length(column.sql_type)).unwrap_or_default();
    let line = |column: &ResolvedColumn<'_>| {
        let rust_type = column.rust_type.as_deref().unwrap_or("(skipped)");
        let (name, sql_type) = (column.name, column.sql_type);
        format!("  {name:<names$}  {sql_type:<types$}  {rust_type}\n")
    };
    columns.iter().map(line).collect()
}

fn length(text: &str) -> usize {
    text.chars().count()
}
