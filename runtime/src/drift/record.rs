//! For which schema the tables of an engine were made: a row in a table of bindery's own, written by whoever makes tables.
//! A database in which bindery made none has no such table, and gets none.
//!
//! The row holds a hash of what a program relies on, its columns and their values. It is made here and not where code is
//! generated: a derive sees one struct, and a program has to say the same of itself whichever door it came in by.

use bindery_schema::model::TableName;
use bindery_schema::sql_writer::SqlWriter;

use super::OtherSchema;
use crate::Dialect;
use crate::driver::{ParamWriter, Physical};
use crate::error::{Operation, Result};
use crate::program::{ModelInfo, Program};

/// The table.
const TABLE: &str = "_bindery_schema";
/// The texts fit every database; the time is the database's own, in UTC as every session is.
const COLUMNS: &str = " (engine VARCHAR(32) NOT NULL PRIMARY KEY, hash VARCHAR(32) NOT NULL, \
     bindery VARCHAR(32) NOT NULL, made_at TIMESTAMP(0) NOT NULL)";

/// One engine's row.
pub(crate) struct Record {
    engine: &'static str,
    models: Vec<&'static ModelInfo>,
    table: TableName,
}

impl Record {
    pub(super) fn new(program: &'static Program, engine: usize) -> Self {
        let name = program.engines[engine].name;
        let models = program.models.iter().copied();
        Self {
            engine: name,
            models: models
                .filter(|model| model.engines.contains(&name))
                .collect(),
            table: TableName {
                schema: schema_of(program, engine),
                name: TABLE.to_owned(),
            },
        }
    }

    /// The schema that is recorded, unless it is this program's; nothing where nobody recorded one, or where it may not
    /// be read.
    pub(super) fn other(&self, physical: &mut Physical) -> Result<Option<OtherSchema>> {
        let own = hash(&self.models);
        let recorded = self.find(physical)?;
        Ok(recorded.filter(|recorded| recorded.hash != own))
    }

    /// Does the table hold this program's schema?
    pub(super) fn is_own(&self, physical: &mut Physical) -> Result<bool> {
        let own = hash(&self.models);
        let recorded = self.find(physical)?;
        Ok(recorded.is_some_and(|recorded| recorded.hash == own))
    }

    fn find(&self, physical: &mut Physical) -> Result<Option<OtherSchema>> {
        if !self.is_readable(physical)? {
            return Ok(None);
        }
        let mut recorded = None;
        let sql = self.select(physical.dialect());
        let write = &mut |params: &mut ParamWriter<'_>| params.text(self.engine);
        physical.query(&sql, write, &mut |row| {
            recorded = Some(OtherSchema {
                engine: self.engine,
                hash: row.next()?,
                bindery: row.next()?,
                made_at: row.next()?,
            });
            Ok(true)
        })?;
        Ok(recorded)
    }

    /// Is the table there?
    pub(crate) fn is_kept(&self, physical: &mut Physical) -> Result<bool> {
        physical.table_exists(self.table.schema.as_deref(), TABLE)
    }

    /// On PostgreSQL a query without the right to it would end the transaction that it is in.
    fn is_readable(&self, physical: &mut Physical) -> Result<bool> {
        const SQL: &str = "SELECT 1 WHERE pg_catalog.has_table_privilege(pg_catalog.to_regclass($1)::oid, 'SELECT')";
        match physical.dialect() {
            Dialect::Sqlite | Dialect::Mysql => return self.is_kept(physical),
            Dialect::Postgres => {}
        }
        let mut name = SqlWriter::new(Dialect::Postgres);
        name.table(&self.table);
        let name = name.finish();
        let mut is_readable = false;
        let write = &mut |params: &mut ParamWriter<'_>| params.text(&name);
        physical.query(SQL, write, &mut |_| {
            is_readable = true;
            Ok(true)
        })?;
        Ok(is_readable)
    }

    /// Records this program's schema, in the transaction that is open.
    pub(crate) fn write(&self, physical: &mut Physical) -> Result<()> {
        self.keep(physical)
            .map_err(|error| error.of(TABLE, Operation::Create))
    }

    fn keep(&self, physical: &mut Physical) -> Result<()> {
        let dialect = physical.dialect();
        if !self.is_kept(physical)? {
            physical.define(&self.create(dialect))?;
        }
        let hash = hash(&self.models);
        let write = &mut |params: &mut ParamWriter<'_>| {
            params.text(self.engine);
            params.text(&hash);
            params.text(env!("CARGO_PKG_VERSION"));
        };
        physical.execute(&self.upsert(dialect), write).map(drop)
    }

    /// Takes the row away, and the table with the last one.
    pub(crate) fn remove(&self, physical: &mut Physical) -> Result<()> {
        if !self.is_kept(physical)? {
            return Ok(());
        }
        let dialect = physical.dialect();
        let mut delete = self.begin(dialect, "DELETE FROM ");
        delete.push(" WHERE engine = ").placeholder();
        let write = &mut |params: &mut ParamWriter<'_>| params.text(self.engine);
        physical.execute(&delete.finish(), write)?;
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

/// Where the table is: beside the engine's own, as a schema that has none of them may be somebody else's. The session's
/// own schema, or of those that tables name the first by name.
fn schema_of(program: &'static Program, engine: usize) -> Option<String> {
    let mut schemas: Vec<_> = program
        .tables_of(engine)
        .map(|table| table.schema)
        .collect();
    schemas.sort_unstable();
    schemas.first().copied().flatten().map(str::to_owned)
}

/// Stands behind each word and each line; no text holds such a byte.
const BEHIND_WORD: u8 = 0xFE;
const BEHIND_LINE: u8 = 0xFF;

/// Of all columns of all models, whatever their order: names and what their values are.
fn hash(models: &[&ModelInfo]) -> String {
    let mut lines: Vec<_> = models.iter().flat_map(|model| lines(model)).collect();
    lines.sort_unstable();
    let mut sum = Fnv::default();
    for line in lines {
        for word in line {
            sum.add(word.as_bytes());
            sum.add(&[BEHIND_WORD]);
        }
        sum.add(&[BEHIND_LINE]);
    }
    format!("{:016x}", sum.0)
}

/// A line for the table and one for each column.
fn lines(model: &ModelInfo) -> impl Iterator<Item = [&str; 4]> {
    let schema = model.schema.unwrap_or_default();
    let kind = if model.is_view { "view" } else { "table" };
    let kinds = model.kinds.split(' ').chain(std::iter::repeat(""));
    let columns = model.columns.iter().zip(kinds);
    std::iter::once([schema, model.table, "", kind]).chain(
        columns.map(move |(column, kind)| [schema, model.table, column, digits_of_decimals(kind)]),
    )
}

/// A decimal is a `number` where one of the model's engines is SQLite, and which other engines there are is nothing to
/// this one: of both the digits are left.
fn digits_of_decimals(kind: &str) -> &str {
    let digits = ["number", "decimal"].map(|word| kind.strip_prefix(word));
    digits.into_iter().flatten().next().unwrap_or(kind)
}

/// The hash of Fowler, Noll and Vo, 64 bits, variant 1a.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Fnv {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOG: ModelInfo = ModelInfo {
        name: "Blog",
        table: "blogs",
        columns: &["id", "title"],
        kinds: "integer text?",
        ..ModelInfo::NONE
    };
    const USER: ModelInfo = ModelInfo {
        table: "users",
        ..BLOG
    };

    /// Neither the order nor names of Rust nor engines are anything to a database.
    #[test]
    fn what_a_database_does_not_see_is_not_in_the_hash() {
        let expected = hash(&[&BLOG, &USER]);
        assert_eq!(expected.len(), 16);
        assert_eq!(hash(&[&USER, &BLOG]), expected);
        let otherwise = ModelInfo {
            name: "Post",
            columns: &["title", "id"],
            kinds: "text? integer",
            engines: &["b"],
            ..BLOG
        };
        assert_eq!(hash(&[&otherwise, &USER]), expected);
        let of = |kinds| hash(&[&ModelInfo { kinds, ..BLOG }]);
        assert_eq!(of("number.2 text"), of("decimal.2 text"));
    }

    #[test]
    fn every_other_schema_has_another_hash() {
        let others = [
            ModelInfo {
                table: "blog",
                ..BLOG
            },
            ModelInfo {
                schema: Some("shop"),
                ..BLOG
            },
            ModelInfo {
                is_view: true,
                ..BLOG
            },
            ModelInfo {
                columns: &["id", "name"],
                ..BLOG
            },
            ModelInfo {
                columns: &["id"],
                ..BLOG
            },
            ModelInfo {
                kinds: "integer text",
                ..BLOG
            },
            ModelInfo {
                kinds: "decimal text?",
                ..BLOG
            },
            ModelInfo {
                kinds: "decimal.2 text?",
                ..BLOG
            },
            ModelInfo {
                columns: &["idtitle", ""],
                ..BLOG
            },
        ];
        let mut hashes: Vec<_> = others.iter().map(|other| hash(&[other])).collect();
        hashes.extend([hash(&[]), hash(&[&BLOG]), hash(&[&BLOG, &USER])]);
        let all = hashes.len();
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), all);
    }

    /// Programs of later versions have to find what earlier ones wrote.
    #[test]
    fn a_hash_stays_what_it_is() {
        assert_eq!(hash(&[&BLOG]), "45ec4ee9bea8552c");
    }
}
