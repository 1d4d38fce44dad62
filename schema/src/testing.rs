//! Small models built by hand, for the unit tests of this crate that must not depend on the reader.

use crate::column_type::ColumnType;
use crate::dialect::Dialect;
#[cfg(feature = "diff")]
use crate::migrations::{LoadedMigration, Migration, Script, ScriptStatement};
use crate::model::{
    CheckedModel, Column, ColumnId, Default as ColumnDefault, DefaultValue, Engine, EngineId,
    FieldType, ForeignKey, Generated, KeyWords, Model, NativeColumn, PrimaryKey, ReferentialAction,
    Table, TableId, TableName, Unique,
};
use crate::source::{FileId, Span};

/// A place that says nothing.
pub(crate) const NOWHERE: Span = Span {
    file: FileId(0),
    start: 0,
    end: 0,
};

/// A migration of these statements, each on a line of its own.
#[cfg(feature = "diff")]
pub(crate) fn migration(statements: &[&str]) -> LoadedMigration {
    let of = |(sql, line): (&&str, u32)| ScriptStatement {
        sql: (*sql).to_owned().into(),
        line,
    };
    let mut migration = Migration::new("1", "", "", Script::default(), None);
    migration.up.statements = statements.iter().zip(1..).map(of).collect();
    LoadedMigration {
        migration,
        path: std::path::PathBuf::new(),
        text: statements.join(";\n") + ";\n",
        down_path: None,
        replaced: Vec::new(),
    }
}

/// A model with one engine per dialect: `default` (SQLite), `m` (MySQL), `p` (PostgreSQL).
pub(crate) fn model(tables: Vec<Table>) -> Model {
    let engine = |name: &str, dialect| Engine {
        name: name.to_owned(),
        type_name: crate::name::engine_type_name(name),
        dialect,
        flavour: None,
        cluster: None,
        outbox: false,
        inbox: false,
        decisions: false,
        shard_maps: false,
        shard: false,
        syncs: false,
        sagas: None,
        keeps_outcomes: false,
        head: None,
        dialect_reason: String::new(),
        span: None,
    };
    let engines = vec![
        engine("default", Dialect::Sqlite),
        engine("m", Dialect::Mysql),
        engine("p", Dialect::Postgres),
    ];
    Model {
        engines,
        tables,
        ..Model::default()
    }
}

/// As if all rules had passed.
pub(crate) fn checked(tables: Vec<Table>) -> CheckedModel {
    CheckedModel::new(model(tables), Vec::new())
}

/// The engine of a dialect in [`model`].
pub(crate) fn engine_of(dialect: Dialect) -> EngineId {
    match dialect {
        Dialect::Sqlite => EngineId(0),
        Dialect::Mysql => EngineId(1),
        Dialect::Postgres => EngineId(2),
    }
}

/// A table on all three engines.
pub(crate) fn table(name: &str, source_dialect: Dialect, columns: Vec<Column>) -> Table {
    Table {
        name: TableName {
            schema: None,
            name: name.to_owned(),
        },
        span: NOWHERE,
        model_name: crate::name::model_name(name),
        accessor: crate::name::accessor(name),
        engines: vec![EngineId(0), EngineId(1), EngineId(2)],
        engines_span: None,
        source_dialect,
        columns,
        primary_key: None,
        uniques: Vec::new(),
        indexes: Vec::new(),
        foreign_keys: Vec::new(),
        checks: Vec::new(),
        docs: Vec::new(),
        unmanaged: false,
        validate: false,
        publish: None,
        capture: None,
        distribution: None,
        renamed_from: None,
        serde_rename: None,
        strict: false,
        without_rowid: false,
        full_text: false,
        storage_engine: None,
        view: None,
        native: crate::model::NativeTable::default(),
    }
}

/// A column that is NOT NULL.
pub(crate) fn column(name: &str, column_type: ColumnType) -> Column {
    Column {
        name: name.to_owned(),
        field: crate::name::escape_keyword(&crate::name::field(name)),
        span: NOWHERE,
        type_span: NOWHERE,
        sql_type: "native".to_owned(),
        column_type,
        as_text: false,
        field_type: FieldType::Plain,
        float_digits: None,
        nullable: false,
        default: None,
        generated: Generated::No,
        collation: None,
        on_update_now: false,
        version: false,
        updated: false,
        skip: false,
        renamed_from: None,
        redact: None,
        serde: crate::ast::SerdeTags::default(),
        link: None,
        docs: Vec::new(),
        native: NativeColumn {
            not_null: true,
            ..NativeColumn::default()
        },
    }
}

/// A column with a default.
pub(crate) fn with_default(name: &str, column_type: ColumnType, value: DefaultValue) -> Column {
    Column {
        default: Some(ColumnDefault {
            value,
            span: NOWHERE,
        }),
        ..column(name, column_type)
    }
}

/// A column `id` that the database generates.
pub(crate) fn id() -> Column {
    Column {
        generated: Generated::Key { always: false },
        ..column("id", ColumnType::I64)
    }
}

/// A primary key.
pub(crate) fn key(columns: &[u32]) -> Option<PrimaryKey> {
    Some(PrimaryKey {
        columns: columns.iter().copied().map(ColumnId).collect(),
        name: None,
        parts: Vec::new(),
        deferrable: None,
        words: KeyWords::default(),
        span: NOWHERE,
    })
}

/// A unique constraint.
pub(crate) fn unique(columns: &[u32]) -> Unique {
    Unique {
        columns: columns.iter().copied().map(ColumnId).collect(),
        name: None,
        method_suffix: String::new(),
        is_index: false,
        nulls_not_distinct: false,
        deferrable: false,
        initially_deferred: false,
        method: None,
        parts: Vec::new(),
        words: KeyWords::default(),
        span: NOWHERE,
    }
}

/// A foreign key of one column to the first column of a table.
pub(crate) fn foreign_key(column: u32, table: u32) -> ForeignKey {
    ForeignKey {
        name: None,
        columns: vec![ColumnId(column)],
        table: TableId(table),
        referred: vec![ColumnId(0)],
        on_delete: ReferentialAction::Cascade,
        on_delete_columns: Vec::new(),
        on_update: ReferentialAction::NoAction,
        matching: None,
        deferrable: None,
        not_valid: false,
        span: NOWHERE,
    }
}
