//! For which schema the tables of an engine were made: a row in a table of bindery's own, written by the program that
//! makes tables. A database in which bindery made none has no such table, and gets none.
//!
//! The row holds a hash of what a program relies on: its columns, their values, and the rules of each table. It is put
//! together here and not where code is generated: a derive sees one struct, and a program has to say the same of itself
//! whichever door it came in by.

use std::borrow::Cow;

use bindery_core::fingerprint::Fingerprint;
use bindery_core::sql_writer::SqlWriter;
use bindery_core::sql_writer::TableName;

use crate::driver::AnyDriver;
use crate::error::RecordedSchema;
use crate::error::{Error, Operation, Result};
use crate::value::ParamWriter;
use bindery_core::dialect::Dialect;
use bindery_core::program::{ModelInfo, Program};

const TABLE: &str = "_bindery_schema";
/// The texts fit every database; the time is the database's own, in UTC as every session is.
const COLUMNS: &str = " (engine VARCHAR(32) NOT NULL PRIMARY KEY, hash VARCHAR(32) NOT NULL, \
     bindery VARCHAR(32) NOT NULL, made_at TIMESTAMP(0) NOT NULL)";

/// One engine's row.
pub(crate) struct Record {
    program: &'static Program,
    engine: usize,
    table: TableName,
}

/// The content of the row.
pub(super) enum Recorded {
    /// There is no table of records, or it may not be read.
    Unkept,
    /// Nobody recorded a schema.
    Nothing,
    /// The record is of this program's schema.
    Own,
    Other(RecordedSchema),
}

impl Recorded {
    /// The schema, unless it is this program's.
    pub(super) fn other(self) -> Option<RecordedSchema> {
        match self {
            Self::Other(other) => Some(other),
            Self::Unkept | Self::Nothing | Self::Own => None,
        }
    }
}

impl Record {
    pub(super) fn new(program: &'static Program, engine: usize) -> Self {
        Self {
            program,
            engine,
            table: TableName {
                schema: schema_of(program, engine),
                name: TABLE.to_owned(),
            },
        }
    }

    fn engine(&self) -> &'static str {
        self.program.engines[self.engine].name()
    }

    fn own(&self) -> String {
        hash(self.program.models_on(self.engine()))
    }

    /// Returns whose schema the table holds.
    pub(super) fn recorded(&self, physical: &mut AnyDriver) -> Result<Recorded> {
        if !is_readable(physical, &self.table)? {
            return Ok(Recorded::Unkept);
        }
        let mut recorded = Recorded::Nothing;
        let own = self.own();
        let sql = self.select(physical.dialect());
        let write = &mut |params: &mut ParamWriter<'_>| params.text(self.engine());
        physical.query(&sql, write, &mut |row| {
            let found = RecordedSchema {
                engine: self.engine(),
                hash: row.next()?,
                bindery: row.next()?,
                made_at: row.next()?,
            };
            recorded = if found.hash == own {
                Recorded::Own
            } else {
                Recorded::Other(found)
            };
            Ok(true)
        })?;
        Ok(recorded)
    }

    pub(crate) fn is_kept(&self, physical: &mut AnyDriver) -> Result<bool> {
        physical.table_exists(self.table.schema.as_deref(), TABLE)
    }

    /// Records this program's schema, in the transaction that is open. The table is made where there is none.
    pub(crate) fn write(&self, physical: &mut AnyDriver) -> Result<()> {
        let is_kept = self.is_kept(physical).map_err(of_records)?;
        if !is_kept {
            let sql = self.create(physical.dialect());
            physical.define(&sql).map_err(of_records)?;
        }
        self.put(physical)
    }

    /// The same where the table is there.
    pub(super) fn put(&self, physical: &mut AnyDriver) -> Result<()> {
        let hash = self.own();
        let sql = self.upsert(physical.dialect());
        let write = &mut |params: &mut ParamWriter<'_>| {
            params.text(self.engine());
            params.text(&hash);
            params.text(env!("CARGO_PKG_VERSION"));
        };
        let put = physical.execute(&sql, write);
        put.map(drop).map_err(of_records)
    }

    /// Another schema than this program's that is recorded.
    pub(crate) fn other(&self, physical: &mut AnyDriver) -> Result<Option<RecordedSchema>> {
        self.recorded(physical).map(Recorded::other)
    }

    /// Takes the row away.
    pub(super) fn forget(&self, physical: &mut AnyDriver) -> Result<()> {
        let mut delete = self.begin(physical.dialect(), "DELETE FROM ");
        delete.push(" WHERE engine = ").placeholder();
        let write = &mut |params: &mut ParamWriter<'_>| params.text(self.engine());
        physical.execute(&delete.finish(), write).map(drop)
    }

    /// Takes the row away, and the table with the last one.
    pub(crate) fn remove(&self, physical: &mut AnyDriver) -> Result<()> {
        if !self.is_kept(physical)? {
            return Ok(());
        }
        self.forget(physical)?;
        let dialect = physical.dialect();
        let mut others = self.begin(dialect, "SELECT 1 FROM ");
        others.push(" LIMIT 1");
        let mut is_empty = true;
        physical.query(&others.finish(), &mut |_| (), &mut |_| {
            is_empty = false;
            Ok(true)
        })?;
        if is_empty {
            physical.define(&self.begin(dialect, "DROP TABLE ").finish())?;
        }
        Ok(())
    }

    fn begin(&self, dialect: Dialect, words: &str) -> SqlWriter {
        let mut sql = SqlWriter::new(dialect);
        sql.push(words).table(&self.table);
        sql
    }

    fn create(&self, dialect: Dialect) -> String {
        let mut sql = self.begin(dialect, "CREATE TABLE IF NOT EXISTS ");
        sql.push(COLUMNS);
        sql.finish()
    }

    /// The time as a text, to the second.
    fn select(&self, dialect: Dialect) -> String {
        let words = "SELECT hash, bindery, CAST(made_at AS CHAR(19)) FROM ";
        let mut sql = self.begin(dialect, words);
        sql.push(" WHERE engine = ").placeholder();
        sql.finish()
    }

    fn upsert(&self, dialect: Dialect) -> String {
        let mut sql = self.begin(dialect, "INSERT INTO ");
        sql.push(" (engine, hash, bindery, made_at) VALUES (");
        for _ in 0..3 {
            sql.placeholder().push(", ");
        }
        sql.push("CURRENT_TIMESTAMP)").push(match dialect {
            Dialect::Sqlite | Dialect::Postgres => {
                " ON CONFLICT (engine) DO UPDATE SET hash = excluded.hash, bindery = excluded.bindery, \
                 made_at = excluded.made_at"
            }
            Dialect::Mysql => {
                " ON DUPLICATE KEY UPDATE hash = VALUES(hash), bindery = VALUES(bindery), \
                 made_at = VALUES(made_at)"
            }
        });
        sql.finish()
    }
}

/// On PostgreSQL a query without the right to it would end the transaction that it is in.
pub(super) fn is_readable(physical: &mut AnyDriver, table: &TableName) -> Result<bool> {
    const SQL: &str =
        "SELECT 1 WHERE pg_catalog.has_table_privilege(pg_catalog.to_regclass($1)::oid, 'SELECT')";
    match physical.dialect() {
        Dialect::Sqlite | Dialect::Mysql => {
            return physical.table_exists(table.schema.as_deref(), &table.name);
        }
        Dialect::Postgres => {}
    }
    let mut name = SqlWriter::new(Dialect::Postgres);
    name.table(table);
    let name = name.finish();
    let mut is_readable = false;
    let write = &mut |params: &mut ParamWriter<'_>| params.text(&name);
    physical.query(SQL, write, &mut |_| {
        is_readable = true;
        Ok(true)
    })?;
    Ok(is_readable)
}

#[cold]
fn of_records(error: Error) -> Error {
    error.of(TABLE, Operation::Create)
}

/// Returns the schema of the table: that of the engine's own, as a schema that has none of them may be another
/// program's. The session's own schema, or of those that tables name the first by name.
fn schema_of(program: &'static Program, engine: usize) -> Option<String> {
    let schemas = program.tables_of(engine).map(|table| &table.schema);
    schemas.min()?.as_ref().map(ToString::to_string)
}

/// Of all models, whatever their order: the names of all columns, what their values are, and the rules of their table.
fn hash<'m>(models: impl Iterator<Item = &'m ModelInfo>) -> String {
    let lines = models.flat_map(lines).collect();
    format!("{:016x}", Fingerprint::of_lines(lines).number())
}

/// A line for the table and one for each column.
fn lines(model: &ModelInfo) -> impl Iterator<Item = [Cow<'_, str>; 4]> {
    let line = |column, what| {
        let schema = model.schema.as_deref().unwrap_or_default();
        [schema.into(), (&*model.table).into(), column, what]
    };
    let kind = if model.is_view { "view" } else { "table" };
    let table = line("".into(), format!("{kind} {:016x}", model.rules).into());
    let kinds = model.kinds.split(' ').chain(std::iter::repeat(""));
    let columns = model.columns.iter().zip(kinds);
    let columns = columns.map(move |(column, kind)| line(column.into(), without_lengths(kind)));
    std::iter::once(table).chain(columns)
}

/// The word of a column without what is nothing to the comparison. A decimal is a `number` where one of the model's engines is SQLite, and
/// which other engines there are is nothing to this one: of both the digits are left. Lengths of texts are none of it either, and a year is
/// an integer: so it is in the numbers that databases have recorded.
fn without_lengths(kind: &str) -> Cow<'_, str> {
    let digits = ["number", "decimal"].map(|word| kind.strip_prefix(word));
    if let Some(digits) = digits.into_iter().flatten().next() {
        return digits.into();
    }
    let (plain, null) = match kind.strip_suffix('?') {
        Some(plain) => (plain, "?"),
        None => (kind, ""),
    };
    match plain.split_once('.') {
        Some((word @ ("text" | "_"), _)) => format!("{word}{null}").into(),
        None if plain == "year" => format!("integer{null}").into(),
        Some(_) | None => kind.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bindery_core::program::List;

    const BLOG: ModelInfo = ModelInfo {
        name: Cow::Borrowed("Blog"),
        table: Cow::Borrowed("blogs"),
        columns: List::Static(&["id", "title"]),
        kinds: Cow::Borrowed("integer text?"),
        ..ModelInfo::NONE
    };
    const USER: ModelInfo = ModelInfo {
        table: Cow::Borrowed("users"),
        ..BLOG
    };

    fn hash_of(models: &[&ModelInfo]) -> String {
        hash(models.iter().copied())
    }

    /// Neither the order nor names of Rust nor engines are anything to a database.
    #[test]
    fn what_a_database_does_not_see_is_not_in_the_hash() {
        let expected = hash_of(&[&BLOG, &USER]);
        assert_eq!(expected.len(), 16);
        assert_eq!(hash_of(&[&USER, &BLOG]), expected);
        let otherwise = ModelInfo {
            name: Cow::Borrowed("Post"),
            columns: List::Static(&["title", "id"]),
            kinds: Cow::Borrowed("text? integer"),
            engines: List::Static(&["b"]),
            ..BLOG
        };
        assert_eq!(hash_of(&[&otherwise, &USER]), expected);
        let hash_of_kinds = |kinds| {
            let kinds = Cow::Borrowed(kinds);
            hash_of(&[&ModelInfo { kinds, ..BLOG }])
        };
        assert_eq!(
            hash_of_kinds("number.2 text"),
            hash_of_kinds("decimal.2 text")
        );
        assert_eq!(
            hash_of_kinds("year text.40?"),
            hash_of_kinds("integer text?")
        );
        assert_eq!(hash_of_kinds("year? _.7"), hash_of_kinds("integer? _"));
    }

    #[test]
    fn every_other_schema_has_another_hash() {
        let others = [
            ModelInfo {
                table: Cow::Borrowed("blog"),
                ..BLOG
            },
            ModelInfo {
                schema: Some(Cow::Borrowed("shop")),
                ..BLOG
            },
            ModelInfo {
                is_view: true,
                ..BLOG
            },
            ModelInfo { rules: 1, ..BLOG },
            ModelInfo {
                columns: List::Static(&["id", "name"]),
                ..BLOG
            },
            ModelInfo {
                columns: List::Static(&["id"]),
                ..BLOG
            },
            ModelInfo {
                kinds: Cow::Borrowed("integer text"),
                ..BLOG
            },
            ModelInfo {
                kinds: Cow::Borrowed("decimal text?"),
                ..BLOG
            },
            ModelInfo {
                kinds: Cow::Borrowed("decimal.2 text?"),
                ..BLOG
            },
            ModelInfo {
                kinds: Cow::Borrowed("datetime.3 text?"),
                ..BLOG
            },
            ModelInfo {
                columns: List::Static(&["idtitle", ""]),
                ..BLOG
            },
        ];
        let mut hashes: Vec<_> = others.iter().map(|other| hash_of(&[other])).collect();
        hashes.extend([hash_of(&[]), hash_of(&[&BLOG]), hash_of(&[&BLOG, &USER])]);
        let all = hashes.len();
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), all);
    }

    /// Programs of later versions have to find what earlier ones wrote.
    #[test]
    fn a_hash_stays_what_it_is() {
        assert_eq!(hash_of(&[&BLOG]), "ee78ed9721da8ab8");
        // Its `id` is the key, and counted.
        let counted = ModelInfo {
            rules: 0x4EA3_9C6E_34BE_4ADF,
            ..BLOG
        };
        assert_eq!(hash_of(&[&counted]), "b1e01115ecf0c4bf");
    }
}
