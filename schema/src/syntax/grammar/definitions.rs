//! Statements of data definition.

/// `CREATE TABLE` and `ALTER TABLE`.
pub(crate) struct Tables {
    /// Options may stand before the columns: `CREATE TABLE t PARTITION OF …`, and a query's columns need no types: `(a, b) AS SELECT …`.
    pub(crate) options_first: bool,
    /// A table without columns: `CREATE TABLE t ()`.
    pub(crate) no_columns: bool,
    pub(crate) like: TableLike,
    /// Options and a query, and no columns: `CREATE TABLE t ENGINE = x SELECT …`.
    pub(crate) options_of_query: bool,
    /// Constraints follow all columns, with a comma between them or without.
    pub(crate) constraints_last: bool,
    /// `COMMENT 'a'`.
    pub(crate) comments: bool,
    /// `PERIOD FOR a (b, c)`, `SYSTEM VERSIONING`, `WITHOUT OVERLAPS` of a period, `AS ROW START`.
    pub(crate) periods: bool,
    /// `ALTER TABLE t NOWAIT`, `WAIT 5`, and `ALGORITHM = x`, `LOCK = x` of indexes.
    pub(crate) waiting: bool,
    /// `MODIFY a int`, `CHANGE a b int`; of a column itself only the default changes.
    pub(crate) redefinitions: bool,
    /// `ADD (a int, b int)`.
    pub(crate) adds_several: bool,
    /// `RENAME a`, without `TO`.
    pub(crate) bare_rename: bool,
}

/// Where a table takes its columns from another: `LIKE t`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TableLike {
    Nowhere,
    /// In place of all elements.
    Whole,
    /// As one element among others.
    Element,
}

/// The options of a column.
pub(crate) struct Columns {
    /// The word that makes it auto-increment.
    pub(crate) auto_increment: Option<&'static str>,
    /// `SERIAL DEFAULT VALUE`.
    pub(crate) serial_option: bool,
    /// `GENERATED ALWAYS AS IDENTITY`.
    pub(crate) identity: bool,
    /// The help where that is missing.
    pub(crate) identity_help: &'static str,
    /// `AS (a + b)`, without `GENERATED ALWAYS`.
    pub(crate) bare_computed: bool,
    /// `ON UPDATE CURRENT_TIMESTAMP`.
    pub(crate) on_update: bool,
    /// `COLLATE 'a'`.
    pub(crate) collation_texts: bool,
}

/// Constraints, keys and indexes.
pub(crate) struct Keys {
    /// Keys that are no constraints: `KEY a (b)`, `UNIQUE KEY a USING btree (b) COMMENT 'c'`, `USING` before the table of an index.
    pub(crate) plain_keys: bool,
    /// `a(10)` is the beginning of a text.
    pub(crate) prefixes: bool,
    /// `a text_pattern_ops`.
    pub(crate) operator_classes: bool,
    /// `a AUTOINCREMENT` in a key.
    pub(crate) auto_increment: bool,
    /// `CREATE INDEX ON t (a)`.
    pub(crate) unnamed_index: bool,
    /// `CREATE INDEX … WHERE a`.
    pub(crate) partial_index: bool,
    /// `NULLS NOT DISTINCT`.
    pub(crate) nulls_not_distinct: bool,
    /// `TABLESPACE a`.
    pub(crate) tablespaces: bool,
    /// `EXCLUDE USING gist (…)`.
    pub(crate) exclusions: bool,
    /// `CONSTRAINT a NOT NULL b`.
    pub(crate) not_null: bool,
    /// `CONSTRAINT a`, and nothing more.
    pub(crate) empty_constraint: bool,
    /// `ON CONFLICT REPLACE`.
    pub(crate) on_conflict: bool,
    /// `ON INSERT CASCADE`, which means nothing.
    pub(crate) on_insert: bool,
    /// `DEFERRABLE INITIALLY DEFERRED`.
    pub(crate) deferrable: bool,
}

/// Objects beside tables and keys.
pub(crate) struct Objects {
    /// The kinds of objects that tables may need.
    pub(crate) kinds: &'static [&'static str],
    /// `CREATE TYPE`, `CREATE DOMAIN`, `CREATE UNLOGGED TABLE`.
    pub(crate) types: bool,
    /// `DROP FUNCTION f(int)`.
    pub(crate) drop_function: bool,
    /// `DROP … CASCADE` drops what needs the object, too.
    pub(crate) cascade: bool,
    pub(crate) schemas: Schemas,
    /// `CREATE VIEW v WITH (a = b) AS …`.
    pub(crate) view_options: bool,
    pub(crate) nested: NestedStatements,
    pub(crate) routines: RoutineBodies,
}

/// The schemas that names are in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Schemas {
    None,
    /// A database has several, and a path on which names are looked up.
    OnPath,
    /// Each is a database: `USE a`.
    Databases,
}

/// Statements within others.
#[derive(Clone, Copy)]
pub(crate) enum NestedStatements {
    None,
    /// `INSERT INTO sqlite_schema …`, which a dump makes virtual tables by.
    OfCatalogue,
    /// `DO $$ … $$`, `CREATE SCHEMA a CREATE TABLE …`.
    OfBlocksAndSchemas,
}

/// The bodies of functions and procedures.
#[derive(Clone, Copy)]
pub(crate) enum RoutineBodies {
    None,
    /// `AS $$ … $$`.
    Text,
    /// A statement.
    Statement,
}

/// Commands of a server.
#[cfg(feature = "diff")]
pub(crate) struct Commands {
    /// `VACUUM FULL`, `CLUSTER`, `REINDEX`.
    pub(crate) maintenance: bool,
    /// `LOCK t`, without `TABLE`.
    pub(crate) bare_lock: bool,
    /// A trigger calls a function, and its name is one of its table: `DROP TRIGGER a ON t`.
    pub(crate) trigger_functions: bool,
}
