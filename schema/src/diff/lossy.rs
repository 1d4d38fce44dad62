//! Statements of migrations that take rows, columns or tables away, for engines on which nothing is to be lost unawares.
//!
//! Statements are looked at one by one. A type that holds less, an UPDATE, and what runs in a function or a block of the
//! server's own language are not among them.

use std::collections::BTreeSet;

use super::busy::{table, words};
use super::folder::fold_migrations;
use super::structure::Structure;
use crate::diagnostic::Diagnostics;
use crate::migrations::Migration;
use crate::model::Engine;
use crate::source::Sources;

/// A statement that loses data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The line of its file in which the statement begins, from 1.
    pub line: u32,
    /// One sentence without a full stop.
    pub message: String,
}

/// The statements of one of these migrations that lose data. A table that is made anew in its place, as SQLite needs it, loses
/// the columns that it does not have afterwards: for that the migrations before it are read too.
pub fn losses(migrations: &[Migration], at: usize, engine: &Engine) -> Vec<Loss> {
    let found = Found::of(&migrations[at], engine);
    let mut losses = found.losses;
    if !found.remade.is_empty() {
        let before = structure(&migrations[..at], engine);
        let after = structure(&migrations[..=at], engine);
        for (table, line) in &found.remade {
            losses.extend(lost_columns((table, *line), (&before, &after)));
        }
    }
    losses.sort_by_key(|loss| loss.line);
    losses
}

fn structure(migrations: &[Migration], engine: &Engine) -> Option<Structure> {
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    let folded = fold_migrations(migrations.to_vec(), engine, &mut sources, &mut found);
    folded.map(|folded| folded.structure)
}

/// All that the table had counts as lost if a structure is not known.
fn lost_columns(
    (table, line): (&str, u32),
    (before, after): (&Option<Structure>, &Option<Structure>),
) -> Vec<Loss> {
    let (Some(before), Some(after)) = (before, after) else {
        return vec![loss(
            line,
            format!("the table `{table}` goes, with its rows"),
        )];
    };
    let columns = |structure: &Structure| -> BTreeSet<String> {
        let is_it = |name: &str| name.eq_ignore_ascii_case(table);
        let tables = structure.tables.iter();
        let tables = tables.filter(|one| is_it(&one.name.name));
        let columns = tables.flat_map(|one| &one.columns);
        columns.map(|one| one.name.to_lowercase()).collect()
    };
    let (before, after) = (columns(before), columns(after));
    let gone = before.difference(&after);
    gone.map(|column| loss(line, column_goes(table, column)))
        .collect()
}

fn loss(line: u32, message: String) -> Loss {
    Loss { line, message }
}

fn column_goes(table: &str, column: &str) -> String {
    format!("the column `{table}.{column}` goes, with its values")
}

/// The losses that the statements of one migration show by themselves.
#[derive(Default)]
struct Found {
    losses: Vec<Loss>,
    /// Tables that are dropped and made anew under their name, each with the line where it is dropped.
    remade: Vec<(String, u32)>,
}

impl Found {
    fn of(migration: &Migration, engine: &Engine) -> Self {
        let statements = migration.up.statements.iter();
        let statements: Vec<(u32, Vec<String>)> = statements
            .map(|one| (one.line, words(&one.sql, engine.dialect)))
            .collect();
        let mut looking = Looking::default();
        let words_of = statements.iter().map(|(_, words)| words);
        looking.renamed = words_of.filter_map(|words| renamed(words)).collect();
        for (line, words) in &statements {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            looking.look_at(&words, *line);
        }
        looking.found
    }
}

/// The statements of one migration, one after the other.
#[derive(Default)]
struct Looking {
    /// Old and new names of tables.
    renamed: Vec<(String, String)>,
    /// Tables that the migration makes: what they lose was not there before.
    made: BTreeSet<String>,
    found: Found,
}

impl Looking {
    fn look_at(&mut self, words: &[&str], line: u32) {
        if let Some(name) = made_table(words) {
            self.made.insert(name.to_owned());
        } else if let ["drop", "table", names @ ..] = words {
            for name in names_of(names) {
                self.drop_table(name, line);
            }
        } else {
            let lost = lost(words, &self.made);
            let losses = lost.into_iter().map(|message| loss(line, message));
            self.found.losses.extend(losses);
        }
    }

    /// A table that this migration makes may take its name, before it goes or afterwards: then the columns of both are compared.
    fn drop_table(&mut self, name: &str, line: u32) {
        let (made, mut renamed) = (&self.made, self.renamed.iter());
        let successor = renamed.find(|(old, new)| new == name && made.contains(old));
        match successor {
            Some((old, new)) => {
                let names = [old, new].map(|name| (name.clone(), line));
                self.found.remade.extend(names);
            }
            None if made.contains(name) => {}
            None => {
                let message = format!("the table `{name}` goes, with its rows");
                self.found.losses.push(loss(line, message));
            }
        }
    }
}

fn made_table<'w>(words: &[&'w str]) -> Option<&'w str> {
    match words {
        ["create", "table", rest @ ..]
        | [
            "create",
            "temp" | "temporary" | "unlogged",
            "table",
            rest @ ..,
        ] => table(rest),
        _ => None,
    }
}

/// The old and the new name of `ALTER TABLE … RENAME TO`.
fn renamed(words: &[String]) -> Option<(String, String)> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ["alter", "table", rest @ ..] = words.as_slice() else {
        return None;
    };
    let at = rest.windows(2).position(|two| two == ["rename", "to"])?;
    let new = table(&rest[at + 2..])?;
    Some((table(rest)?.to_owned(), new.to_owned()))
}

/// The tables of a list, `a, shop.b CASCADE`.
fn names_of<'w>(words: &[&'w str]) -> Vec<&'w str> {
    let lists = words.split(|word| *word == ",");
    lists.filter_map(table).collect()
}

fn lost(words: &[&str], made: &BTreeSet<String>) -> Vec<String> {
    match words {
        ["create", "or", "replace", "table", rest @ ..] => {
            let name = table(rest).filter(|name| !made.contains(*name));
            let name = name.into_iter();
            name.map(|name| format!("the table `{name}` goes, with its rows"))
                .collect()
        }
        ["drop", kind @ ("schema" | "database"), rest @ ..] => {
            let name = table(rest).unwrap_or_default();
            vec![format!("the {kind} `{name}` goes, with what is in it")]
        }
        [
            "drop",
            "type" | "domain" | "extension" | "sequence" | "function",
            ..,
        ] if words.contains(&"cascade") => {
            vec!["columns that need what is dropped go with it (CASCADE)".to_owned()]
        }
        ["truncate", "table", rest @ ..] | ["truncate", rest @ ..] => {
            let names = names_of(rest).into_iter();
            names
                .filter(|name| !made.contains(*name))
                .map(|name| format!("all rows of `{name}` are deleted"))
                .collect()
        }
        ["delete", ..] => deleted(words, made),
        ["with", ..] => {
            let delete = words.windows(2).position(|two| two == ["delete", "from"]);
            delete.map_or_else(Vec::new, |at| deleted(&words[at..], made))
        }
        ["alter", "table", rest @ ..] => match table(rest) {
            Some(name) if !made.contains(name) => altered(name, rest),
            Some(_) | None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn deleted(words: &[&str], made: &BTreeSet<String>) -> Vec<String> {
    let from = words.iter().position(|word| *word == "from");
    let name = from.and_then(|at| table(&words[at + 1..]));
    let name = name.filter(|name| !made.contains(*name));
    name.map(|name| format!("rows of `{name}` are deleted"))
        .into_iter()
        .collect()
}

/// Parts of a table that hold no values.
const WITHOUT_VALUES: [&str; 11] = [
    "constraint",
    "index",
    "key",
    "foreign",
    "primary",
    "check",
    "unique",
    "default",
    "not",
    "identity",
    "expression",
];

/// The parts that `ALTER TABLE` drops, outside of parentheses.
fn altered(table: &str, words: &[&str]) -> Vec<String> {
    let mut depth = 0;
    let mut gone = Vec::new();
    for (at, word) in words.iter().enumerate() {
        match *word {
            "(" => depth += 1,
            ")" => depth -= 1,
            "truncate" if depth == 0 => {
                gone.push(format!("all rows of a partition of `{table}` are deleted"))
            }
            "drop" if depth == 0 && at > 0 => gone.extend(dropped(table, &words[at + 1..])),
            _ => {}
        }
    }
    gone
}

fn dropped(table: &str, words: &[&str]) -> Option<String> {
    let (is_column, rest) = match words {
        ["column", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let rest = rest.strip_prefix(&["if", "exists"]).unwrap_or(rest);
    match rest.first()? {
        _ if is_column => Some(column_goes(table, rest.first()?)),
        &"partition" => Some(format!("a partition of `{table}` goes, with its rows")),
        &"system" => Some(format!("the earlier versions of the rows of `{table}` go")),
        word if WITHOUT_VALUES.contains(word) => None,
        word => Some(column_goes(table, word)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;
    use crate::migrations::{Script, ScriptStatement};

    fn engine(dialect: Dialect) -> Engine {
        let mut engine = crate::testing::model(Vec::new()).engines.remove(0);
        engine.dialect = dialect;
        engine
    }

    fn migration(statements: &[&str]) -> Migration {
        let text = statements.join(";\n") + ";\n";
        let statements = statements.iter().zip(1..);
        let of = |(sql, line): (&&str, u32)| ScriptStatement {
            sql: (*sql).to_owned(),
            line,
        };
        let up = Script {
            statements: statements.map(of).collect(),
            no_transaction: false,
        };
        Migration {
            version: "1".to_owned(),
            name: String::new(),
            path: Default::default(),
            text,
            up,
            down: None,
            down_path: None,
            replaces: Vec::new(),
            requires: Vec::new(),
        }
    }

    fn messages(dialect: Dialect, statements: &[&str]) -> Vec<String> {
        let found = losses(&[migration(statements)], 0, &engine(dialect));
        found.into_iter().map(|loss| loss.message).collect()
    }

    #[test]
    fn statements_that_lose_data_are_known() {
        for (sql, expected) in [
            ("DROP TABLE t", &["the table `t` goes, with its rows"][..]),
            (
                "DROP TABLE IF EXISTS shop.t, \"U\" CASCADE",
                &[
                    "the table `t` goes, with its rows",
                    "the table `u` goes, with its rows",
                ],
            ),
            (
                "DROP SCHEMA shop CASCADE",
                &["the schema `shop` goes, with what is in it"],
            ),
            (
                "DROP TYPE mood CASCADE",
                &["columns that need what is dropped go with it (CASCADE)"],
            ),
            ("DROP TYPE mood", &[]),
            ("DROP INDEX i", &[]),
            ("DROP VIEW v", &[]),
            (
                "TRUNCATE t, u",
                &["all rows of `t` are deleted", "all rows of `u` are deleted"],
            ),
            ("TRUNCATE TABLE t", &["all rows of `t` are deleted"]),
            ("DELETE FROM t WHERE a = 1", &["rows of `t` are deleted"]),
            (
                "WITH d AS (SELECT 1) DELETE FROM t USING d",
                &["rows of `t` are deleted"],
            ),
            (
                "ALTER TABLE t DROP COLUMN a",
                &["the column `t.a` goes, with its values"],
            ),
            (
                "ALTER TABLE t ADD b int, DROP COLUMN IF EXISTS a CASCADE",
                &["the column `t.a` goes, with its values"],
            ),
            (
                "ALTER TABLE t DROP \"A b\"",
                &["the column `t.a b` goes, with its values"],
            ),
            (
                "ALTER TABLE t DROP COLUMN \"default\"",
                &["the column `t.default` goes, with its values"],
            ),
            ("ALTER TABLE t DROP CONSTRAINT c", &[]),
            ("ALTER TABLE t ALTER COLUMN a DROP NOT NULL", &[]),
            ("ALTER TABLE t ALTER a DROP DEFAULT", &[]),
            ("ALTER TABLE t ALTER a DROP IDENTITY IF EXISTS", &[]),
            ("ALTER TABLE t ALTER a DROP EXPRESSION", &[]),
            ("ALTER TABLE t ADD CONSTRAINT c CHECK (drop > 0)", &[]),
            ("ALTER TABLE t RENAME TO u", &[]),
            (
                "CREATE TRIGGER g AFTER DELETE ON t EXECUTE FUNCTION f()",
                &[],
            ),
            ("UPDATE t SET a = 1", &[]),
        ] {
            assert_eq!(messages(Dialect::Postgres, &[sql]), expected, "{sql}");
            let own = ["CREATE TABLE t (a int)", "CREATE TABLE u (a int)", sql];
            let is_other = sql.starts_with("DROP SCHEMA") || sql.starts_with("DROP TYPE");
            let left = messages(Dialect::Postgres, &own);
            assert!(left.is_empty() || is_other, "{sql}: {left:?}");
        }
        for (sql, expected) in [
            (
                "ALTER TABLE `t` DROP `a`, DROP INDEX i, DROP PRIMARY KEY, DROP FOREIGN KEY f",
                &["the column `t.a` goes, with its values"][..],
            ),
            (
                "ALTER TABLE t DROP PARTITION p",
                &["a partition of `t` goes, with its rows"],
            ),
            (
                "ALTER TABLE t TRUNCATE PARTITION p",
                &["all rows of a partition of `t` are deleted"],
            ),
            (
                "ALTER TABLE t DROP SYSTEM VERSIONING",
                &["the earlier versions of the rows of `t` go"],
            ),
            (
                "CREATE OR REPLACE TABLE t (a int)",
                &["the table `t` goes, with its rows"],
            ),
            (
                "DROP DATABASE shop",
                &["the database `shop` goes, with what is in it"],
            ),
        ] {
            assert_eq!(messages(Dialect::Mysql, &[sql]), expected, "{sql}");
        }
    }

    /// Covers MIG-10 on SQLite.
    #[test]
    fn a_table_that_is_made_anew_loses_the_columns_that_it_does_not_have() {
        let first = migration(&["CREATE TABLE t (id integer PRIMARY KEY, a text, b text)"]);
        let anew = |columns: &str| {
            let create = format!("CREATE TABLE t_new (id integer PRIMARY KEY, {columns})");
            let rows = "INSERT INTO t_new (id) SELECT id FROM t";
            let rename = "ALTER TABLE t_new RENAME TO t";
            let next = migration(&[&create, rows, "DROP TABLE t", rename]);
            losses(&[first.clone(), next], 1, &engine(Dialect::Sqlite))
        };
        assert_eq!(anew("a text NOT NULL, b text, c text"), []);
        let expected = |line| loss(line, "the column `t.b` goes, with its values".to_owned());
        assert_eq!(anew("a text"), [expected(3)]);
        let aside = migration(&[
            "ALTER TABLE t RENAME TO t_old",
            "CREATE TABLE t (id integer PRIMARY KEY, a text)",
            "INSERT INTO t SELECT id, a FROM t_old",
            "DROP TABLE t_old",
        ]);
        let found = losses(&[first, aside], 1, &engine(Dialect::Sqlite));
        assert_eq!(found, [expected(4)]);
    }
}
