//! Rows in the tables of a pair, as many as fit, and triggers of a person's beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::Structure;

use super::super::both::{Both, Refusal};
use super::schema::Table;

/// The table that a person's triggers write to, which catalogues leave out as they do bindery's own.
const NOTED: &str = "CREATE TABLE _bindery_noted (name varchar(20), k bigint)";

/// The rows of a number of pairs.
#[derive(Default)]
pub(super) struct Inserted {
    pub(super) tables: usize,
    /// Tables whose rows do not fit what the second schema demands of them.
    pub(super) left_empty: usize,
    /// Rows that were there after all steps.
    pub(super) kept: usize,
}

impl Inserted {
    pub(super) fn with(&self, other: &Self) -> Self {
        Self {
            tables: self.tables + other.tables,
            left_empty: self.left_empty + other.left_empty,
            kept: self.kept + other.kept,
        }
    }

    pub(super) fn are_in_most_tables(&self) -> bool {
        self.left_empty * 2 < self.tables && self.kept > 0
    }
}

impl fmt::Display for Inserted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            tables,
            left_empty,
            kept,
        } = self;
        write!(
            out,
            "rows in {} of {tables} tables, {kept} of them kept",
            tables - left_empty
        )
    }
}

/// Tables that are in both schemas, each with the columns that are the same there.
pub(super) fn kept<'t>(from: &'t [Table], to: &'t [Table]) -> Vec<(&'t str, Vec<&'t str>)> {
    let both = from.iter().filter_map(|table| {
        let other = to.iter().find(|other| other.name == table.name)?;
        let columns = table.columns.iter().filter(|column| {
            let mut others = other.columns.iter();
            others.any(|one| one.name == column.name && one.line == column.line)
        });
        // The values of an enum may be others.
        let plain = columns.filter(|one| !one.is_computed && !one.line.starts_with('e'));
        let names = plain.map(|column| column.name.as_str());
        let keys = ["id", "k"].into_iter();
        Some((table.name.as_str(), keys.chain(names).collect()))
    });
    both.collect()
}

/// The rows of these tables by their columns, as texts.
pub(super) fn contents(both: &Both, tables: &[(&str, Vec<&str>)]) -> BTreeMap<String, Vec<String>> {
    let rows = tables.iter().map(|(table, columns)| {
        let sql = format!("SELECT concat_ws('|', {}) FROM {table}", columns.join(", "));
        let mut rows = both.texts(&sql);
        rows.sort();
        ((*table).to_owned(), rows)
    });
    rows.collect()
}

/// The statement of a remark that rows need a value, with a value.
pub(super) fn update(remark: &str, to: &[Table]) -> Option<String> {
    let (_, statement) = remark.split_once("`UPDATE ")?;
    let statement = statement.trim_end_matches(['`', ';']);
    let mut names = statement.split(['"', '`']).skip(1).step_by(2);
    let (table, column) = (names.next()?, names.next()?);
    let table = to.iter().find(|one| one.name == table)?;
    let column = table.columns.iter().find(|one| one.name == column)?;
    // Every enum has this value.
    let value = match statement.contains(" IN (") {
        true => "'a'",
        false => &column.value,
    };
    Some(format!("UPDATE {}", statement.replacen('…', value, 1)))
}

/// Triggers of a person's, which no schema has, each with its table.
pub(super) fn triggers(tables: &[Table], dialect: Dialect) -> Vec<(String, String)> {
    let of_table = |table: &Table| {
        let name = &table.name;
        let insert = format!("INSERT INTO _bindery_noted VALUES ('{name}', NEW.k)");
        let made = match dialect {
            Dialect::Sqlite => {
                format!(
                    "CREATE TRIGGER _bindery_t_{name} AFTER UPDATE OF k ON {name} BEGIN {insert}; END"
                )
            }
            Dialect::Postgres => format!(
                "CREATE TRIGGER _bindery_t_{name} AFTER UPDATE OF k ON {name} FOR EACH ROW WHEN (NEW.k IS NOT NULL) EXECUTE FUNCTION _bindery_note('{name}')"
            ),
            Dialect::Mysql => {
                format!(
                    "CREATE TRIGGER _bindery_t_{name} AFTER UPDATE ON {name} FOR EACH ROW {insert}"
                )
            }
        };
        (name.clone(), made)
    };
    tables.iter().map(of_table).collect()
}

/// Makes them, with what they write to.
pub(super) fn make_triggers(both: &Both, triggers: &[(String, String)]) -> Result<(), Refusal> {
    let function = "CREATE FUNCTION _bindery_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO _bindery_noted VALUES (TG_ARGV[0], NEW.k); RETURN NEW; END $$";
    let mut statements = vec![NOTED.to_owned()];
    if both.dialect() == Dialect::Postgres {
        statements.push(function.to_owned());
    }
    statements.extend(triggers.iter().map(|(_, sql)| sql.clone()));
    both.run_on(0, &statements)
}

/// Updates each row of these tables; the number of rows that their triggers noted, and of those that there are.
pub(super) fn noted(both: &Both, tables: &[(&str, Vec<&str>)]) -> Result<[i64; 2], Refusal> {
    let empty = "DELETE FROM _bindery_noted".to_owned();
    let updates = tables
        .iter()
        .map(|(table, _)| format!("UPDATE {table} SET k = k"));
    let statements: Vec<String> = std::iter::once(empty).chain(updates).collect();
    both.run_on(0, &statements)?;
    let count = |table: &str| both.numbers(&format!("SELECT count(*) FROM {table}"))[0];
    let rows = tables.iter().map(|(table, _)| count(table)).sum();
    Ok([count("_bindery_noted"), rows])
}

/// Fills all tables but these.
pub(super) fn fill(
    both: &Both,
    structure: &Structure,
    left_empty: &BTreeSet<String>,
) -> Result<(), String> {
    both.open().fill_all(structure, left_empty).map(drop)
}

/// Whether a statement was refused for the rows that are there: they have no value where one is needed, or one that does not fit.
pub(super) fn are_in_the_way(refusal: &Refusal, dialect: Dialect) -> bool {
    let why = &refusal.why;
    match dialect {
        Dialect::Sqlite => why.contains("constraint failed") || why.contains("datatype mismatch"),
        Dialect::Postgres => why.contains("(22") || why.contains("(23"),
        Dialect::Mysql => {
            // Truncated (1265), no value of the type (1366, 1411), none of an expression (1918), no partition (1526).
            let codes = ["1265", "1366", "1411", "1918", "1526"];
            let is_code = codes
                .iter()
                .any(|code| why.contains(&format!("ERROR {code} ")));
            is_code || why.contains(" (22") || why.contains(" (23")
        }
    }
}

/// The first table of a statement that has rows still.
pub(super) fn table_of<'t>(
    refusal: &Refusal,
    tables: &'t [Table],
    left_empty: &BTreeSet<String>,
) -> Option<&'t str> {
    let mut names = refusal.statement.split(['"', '`', ' ']);
    names.find_map(|name| {
        // A view takes its name.
        let name = name.strip_suffix("_old").unwrap_or(name);
        let table = tables.iter().find(|table| table.name == name)?;
        (!left_empty.contains(name)).then_some(table.name.as_str())
    })
}
