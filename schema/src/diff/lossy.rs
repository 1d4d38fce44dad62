//! Statements of migrations that take rows, columns or tables away, for engines on which nothing is to be lost unawares.
//!
//! Statements are looked at one by one. A type that holds less, an UPDATE, and what runs in a function or a block of the
//! server's own language are not among them.

use std::collections::BTreeSet;

use super::busy::made_table;
use super::facts::Facts;
use super::folder::fold_migrations;
use super::parsed::ParsedMigration;
use super::structure::{Structure, folded};
use crate::ast::{AlterAction, AlterTable, ObjectName, OtherChange, Statement};
use crate::diagnostic::Diagnostics;
use crate::dialect::Dialect;
use crate::model::Engine;
use crate::parse::SingleStatement;
use crate::source::Sources;
use crate::syntax::{self, Command, Node, SourceKind, Whole};

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
pub fn losses(migrations: &[ParsedMigration], at: usize, engine: &Engine) -> Vec<Loss> {
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

fn structure(migrations: &[ParsedMigration], engine: &Engine) -> Option<Structure> {
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
        return vec![loss(line, table_goes(table))];
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
    fn of(migration: &ParsedMigration, engine: &Engine) -> Self {
        let mut looking = Looking {
            dialect: engine.dialect,
            renamed: Vec::new(),
            made: BTreeSet::new(),
            line: 0,
            found: Self::default(),
        };
        looking.renamed = migration
            .statements()
            .flat_map(|(_, tree)| looking.renamed_by(tree))
            .collect();
        for (statement, tree) in migration.statements() {
            looking.line = statement.line;
            looking.look_at(tree);
        }
        looking.found
    }
}

/// The statements of one migration, one after the other.
struct Looking {
    dialect: Dialect,
    /// Old and new names of tables.
    renamed: Vec<(String, String)>,
    /// Tables that the migration makes: what they lose was not there before.
    made: BTreeSet<String>,
    /// The line of the statement.
    line: u32,
    found: Found,
}

impl Looking {
    fn key(&self, name: &ObjectName) -> String {
        folded(&name.name.text, self.dialect)
    }

    fn lose(&mut self, message: String) {
        self.found.losses.push(loss(self.line, message));
    }

    /// The same of a table that was there before.
    fn lose_of(&mut self, table: &ObjectName, message: impl Fn(&str) -> String) {
        if !self.made.contains(&self.key(table)) {
            self.lose(message(&table.name.text));
        }
    }

    fn renamed_by(&self, statement: &SingleStatement) -> Vec<(String, String)> {
        let SingleStatement::Schema(statements) = statement else {
            return Vec::new();
        };
        let pairs = statements.iter().filter_map(|one| match one {
            Statement::AlterTable(alter) => match alter.actions.as_slice() {
                [AlterAction::RenameTable(to)] => Some((self.key(&alter.table), self.key(to))),
                _ => None,
            },
            _ => None,
        });
        pairs.collect()
    }

    fn look_at(&mut self, statement: &SingleStatement) {
        match statement {
            SingleStatement::Schema(statements) => {
                for one in statements {
                    self.of_schema(one);
                }
            }
            SingleStatement::Rows(whole) => self.of_rows(whole),
            SingleStatement::Command(command) => self.of_command(command),
            SingleStatement::Other(kind) => self.of_other(kind),
        }
    }

    fn of_schema(&mut self, statement: &Statement) {
        match statement {
            Statement::CreateTable(table) if table.or_replace => {
                self.lose_of(&table.name, table_goes);
            }
            Statement::DropTable { names, .. } => {
                for name in names {
                    self.drop_table(name);
                }
            }
            Statement::DropSchema(names) => {
                let kind = Facts::of(self.dialect).names.schema;
                for name in names {
                    let name = name.as_deref().unwrap_or("public");
                    self.lose(format!("the {kind} `{name}` goes, with what is in it"));
                }
            }
            Statement::DropType { cascade: true, .. } => self.lose_dependents(),
            Statement::AlterTable(alter) => self.altered(alter),
            _ => {}
        }
        if let Some(name) = made_table(statement) {
            self.made.insert(self.key(name));
        }
    }

    /// A table that this migration makes may take its name, before it goes or afterwards: then the columns of both are compared.
    fn drop_table(&mut self, name: &ObjectName) {
        let key = self.key(name);
        let (made, mut renamed) = (&self.made, self.renamed.iter());
        let successor = renamed.find(|(old, new)| *new == key && made.contains(old));
        match successor {
            Some((old, new)) => {
                let names = [old, new].map(|name| (name.clone(), self.line));
                self.found.remade.extend(names);
            }
            None => self.lose_of(name, table_goes),
        }
    }

    fn altered(&mut self, alter: &AlterTable) {
        for action in &alter.actions {
            match action {
                AlterAction::DropColumn { column, .. } => {
                    self.lose_of(&alter.table, |table| column_goes(table, &column.text));
                }
                AlterAction::DropVersioning => self.lose_of(&alter.table, |table| {
                    format!("the earlier versions of the rows of `{table}` go")
                }),
                _ => {}
            }
        }
        for change in &alter.others {
            match change {
                OtherChange::DropPartition => self.lose_of(&alter.table, |table| {
                    format!("a partition of `{table}` goes, with its rows")
                }),
                OtherChange::TruncatePartition => self.lose_of(&alter.table, |table| {
                    format!("all rows of a partition of `{table}` are deleted")
                }),
                OtherChange::SetTablespace | OtherChange::Bound | OtherChange::Trigger { .. } => {}
            }
        }
    }

    /// Also what a query of `WITH` deletes.
    fn of_rows(&mut self, whole: &Whole) {
        syntax::walk_statement(&whole.statement, |node| {
            let Node::Statement(syntax::Statement::Delete(delete)) = node else {
                return;
            };
            let first = delete.from.first().map(|source| &source.kind);
            let named = match first {
                Some(SourceKind::Table(name)) if delete.targets.is_empty() => Some(name),
                _ => None,
            };
            for table in delete.targets.iter().chain(named) {
                self.lose_of(table, |table| format!("rows of `{table}` are deleted"));
            }
        });
    }

    fn of_command(&mut self, command: &Command) {
        match command {
            Command::Truncate(names) => {
                for name in names {
                    self.lose_of(name, |table| format!("all rows of `{table}` are deleted"));
                }
            }
            Command::Drop(kind, Some(name), _) if kind == "database" => {
                let name = &name.text;
                self.lose(format!("the database `{name}` goes, with what is in it"));
            }
            Command::Drop(kind, _, true) if kind == "extension" || kind == "function" => {
                self.lose_dependents();
            }
            _ => {}
        }
    }

    fn lose_dependents(&mut self) {
        self.lose("columns that need what is dropped go with it (CASCADE)".to_owned());
    }

    /// A statement that is not understood may lose anything.
    fn of_other(&mut self, kind: &str) {
        let kinds = ["ALTER TABLE", "DROP TABLE", "TRUNCATE", "DELETE", "WITH"];
        if kinds.contains(&kind) {
            self.lose(format!(
                "this `{kind}` is not understood, and may lose data"
            ));
        }
    }
}

fn table_goes(table: &str) -> String {
    format!("the table `{table}` goes, with its rows")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;
    use crate::testing::migration;

    fn parsed(statements: &[&str], dialect: Dialect) -> ParsedMigration {
        ParsedMigration::new(migration(statements), dialect)
    }

    fn engine(dialect: Dialect) -> Engine {
        let mut engine = crate::testing::model(Vec::new()).engines.remove(0);
        engine.dialect = dialect;
        engine
    }

    fn messages(dialect: Dialect, statements: &[&str]) -> Vec<String> {
        let found = losses(&[parsed(statements, dialect)], 0, &engine(dialect));
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
                    "the table `U` goes, with its rows",
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
            ("DROP SEQUENCE s CASCADE", &[]),
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
                &["the column `t.A b` goes, with its values"],
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
                "ALTER TABLE t ALTER a ADD GENERATED ALWAYS AS IDENTITY",
                &[],
            ),
            ("ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b", &[]),
            (
                "CREATE TRIGGER g AFTER DELETE ON t EXECUTE FUNCTION f()",
                &[],
            ),
            ("UPDATE t SET a = 1", &[]),
            ("INSERT INTO t VALUES ('DELETE FROM t; DROP TABLE t')", &[]),
            ("COMMENT ON TABLE t IS 'drop table t'", &[]),
            ("ALTER TABLE t RENAME COLUMN \"drop\" TO \"truncate\"", &[]),
            (
                "ALTER /* IF */ TABLE IF EXISTS ONLY t DROP COLUMN \"truncate\", DROP b",
                &[
                    "the column `t.truncate` goes, with its values",
                    "the column `t.b` goes, with its values",
                ],
            ),
            (
                "WITH d AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM d",
                &["rows of `t` are deleted"],
            ),
            (
                "WITH d AS (SELECT 1 AS \"delete\") UPDATE t SET a = \"delete\" FROM d",
                &[],
            ),
        ] {
            assert_eq!(messages(Dialect::Postgres, &[sql]), expected, "{sql}");
            let own = ["t", "u", "\"U\""].map(|name| format!("CREATE TABLE {name} (a int)"));
            let own: Vec<&str> = own.iter().map(String::as_str).chain([sql]).collect();
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
                "/*!40101 DROP TABLE t */",
                &["the table `t` goes, with its rows"],
            ),
            (
                "DELETE t, u FROM t JOIN u ON t.id = u.id",
                &["rows of `t` are deleted", "rows of `u` are deleted"],
            ),
            ("RENAME TABLE t TO u, v TO t", &[]),
            ("CREATE FULLTEXT INDEX i ON t (a)", &[]),
            (
                "DROP DATABASE shop",
                &["the database `shop` goes, with what is in it"],
            ),
        ] {
            assert_eq!(messages(Dialect::Mysql, &[sql]), expected, "{sql}");
        }
        let renamed = ["RENAME TABLE t TO u", "DROP TABLE u"];
        let gone = messages(Dialect::Mysql, &renamed);
        assert_eq!(gone, ["the table `u` goes, with its rows"]);
        let unknown = messages(Dialect::Postgres, &["ALTER TABLE t DROP a, FROBNICATE b"]);
        assert_eq!(
            unknown,
            ["this `ALTER TABLE` is not understood, and may lose data"]
        );
    }

    /// Covers MIG-10 on SQLite.
    #[test]
    fn a_table_that_is_made_anew_loses_the_columns_that_it_does_not_have() {
        let lite = |statements: &[&str]| parsed(statements, Dialect::Sqlite);
        let first = lite(&["CREATE TABLE t (id integer PRIMARY KEY, a text, b text)"]);
        let anew = |columns: &str| {
            let create = format!("CREATE TABLE t_new (id integer PRIMARY KEY, {columns})");
            let rows = "INSERT INTO t_new (id) SELECT id FROM t";
            let rename = "ALTER TABLE t_new RENAME TO t";
            let next = lite(&[&create, rows, "DROP TABLE t", rename]);
            losses(&[first.clone(), next], 1, &engine(Dialect::Sqlite))
        };
        assert_eq!(anew("a text NOT NULL, b text, c text"), []);
        let expected = |line| loss(line, "the column `t.b` goes, with its values".to_owned());
        assert_eq!(anew("a text"), [expected(3)]);
        let aside = lite(&[
            "ALTER TABLE t RENAME TO t_old",
            "CREATE TABLE t (id integer PRIMARY KEY, a text)",
            "INSERT INTO t SELECT id, a FROM t_old",
            "DROP TABLE t_old",
        ]);
        let found = losses(&[first, aside], 1, &engine(Dialect::Sqlite));
        assert_eq!(found, [expected(4)]);
    }
}
