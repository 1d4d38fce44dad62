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
    views: Vec<ResolvedView>,
    enums: Vec<ResolvedEnum<'m>>,
}

/// One table.
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

#[derive(Debug, Serialize)]
struct ResolvedView {
    name: String,
    kind: &'static str,
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
    let tables = model.tables.iter().zip(rust_types(model));
    ResolvedSchema {
        tables: tables
            .map(|(table, types)| resolved_table(table, types, model, sources))
            .collect(),
        views: model.views.iter().map(resolved_view).collect(),
        enums: model.enums.iter().map(resolved_enum).collect(),
    }
}

fn resolved_table<'m>(
    table: &'m Table,
    types: Vec<Option<String>>,
    model: &'m Model,
    sources: &'m Sources,
) -> ResolvedTable<'m> {
    let columns = table.columns.iter().zip(types);
    let key = table
        .primary_key
        .as_ref()
        .map(|key| names(table, &key.columns));
    ResolvedTable {
        name: table.name.to_string(),
        model: &table.model_name,
        engines: table
            .engines
            .iter()
            .map(|&id| model.engine(id).name.as_str())
            .collect(),
        columns: columns
            .map(|(column, rust_type)| resolved_column(column, rust_type, sources))
            .collect(),
        primary_key: key.unwrap_or_default(),
        unique: table
            .uniques
            .iter()
            .map(|unique| names(table, &unique.columns))
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
    }
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
        columns: names(table, &key.columns),
        table: referred.name.to_string(),
        referred: names(referred, &key.referred),
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

fn resolved_view(view: &View) -> ResolvedView {
    let kind = if view.materialized {
        "materialized view"
    } else {
        "view"
    };
    ResolvedView {
        name: view.name.to_string(),
        kind,
    }
}

fn resolved_enum(of: &EnumType) -> ResolvedEnum<'_> {
    ResolvedEnum {
        name: &of.name,
        type_name: &of.type_name,
        values: of.values.iter().map(|value| value.value.as_str()).collect(),
    }
}

fn names<'m>(table: &'m Table, columns: &[ColumnId]) -> Vec<&'m str> {
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
        let views = self
            .views
            .iter()
            .map(|view| format!("{} `{}`\n", view.kind, view.name));
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
        let width = |of: fn(&ResolvedColumn<'_>) -> usize| {
            self.columns.iter().map(of).max().unwrap_or_default()
        };
        let (names, types) = (
            width(|column| length(column.name)),
            width(|column| length(column.sql_type)),
        );
        let columns = self.columns.iter().map(|column| {
            let rust_type = column.rust_type.as_deref().unwrap_or("(skipped)");
            format!(
                "  {:<names$}  {:<types$}  {rust_type}\n",
                column.name, column.sql_type
            )
        });
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
        std::iter::once(head).chain(columns).chain(rest).collect()
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}
