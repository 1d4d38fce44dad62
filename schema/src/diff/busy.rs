//! Statements of migrations that keep others from a large table for long, or fail where it has rows.
//!
//! The rules are those of squawk and strong_migrations, as far as PostgreSQL 12 and later and InnoDB need them. Tables that
//! the same migration makes are empty, so nothing is said about those.

mod mysql;
mod postgres;

pub(super) use mysql::LOCKS as MYSQL;
pub(super) use postgres::LOCKS as POSTGRES;

use std::collections::BTreeSet;

use super::facts::Facts;
use super::parsed::ParsedMigration;
use super::structure::folded;
use crate::ast::{
    AlterAction, AlterDomain, AlterTable, ColumnOptionKind, DomainChange, ObjectName, OtherChange,
    Statement,
};
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::parse::SingleStatement;
use crate::syntax::Command;

/// A warning about one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Busy {
    /// The code, which `bindery explain` explains.
    pub code: &'static str,
    /// Counted from 0 in the migration.
    pub statement: usize,
    /// The line of its file in which the statement begins, from 1.
    pub line: u32,
    /// The table that others are kept from, without its schema; empty where the statement names none.
    pub table: String,
    /// One sentence without a full stop.
    pub message: String,
    /// A text that can be typed in to mend it.
    pub help: &'static str,
}

impl Busy {
    /// The finding, without a place.
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic::warning(self.code, self.message.clone()).help(self.help)
    }
}

/// Looks at the statements of a migration. Where the whole database is locked by each of them, nothing is said.
pub fn busy(migration: &ParsedMigration, dialect: Dialect) -> Vec<Busy> {
    let Some(locks) = &Facts::of(dialect).locks else {
        return Vec::new();
    };
    let mut earlier = Earlier {
        dialect,
        locks,
        made: BTreeSet::new(),
        without_null: BTreeSet::new(),
    };
    let mut found = Vec::new();
    for (number, (statement, tree)) in migration.statements().enumerate() {
        let locks = earlier.look_at(tree);
        found.extend(locks.into_iter().map(|lock| Busy {
            statement: number,
            line: statement.line,
            ..lock
        }));
    }
    found.retain(|one| !is_allowed(&migration.text, one.code));
    found
}

impl Busy {
    /// Of a statement that is still to be named.
    fn new(code: &'static str, table: &str, message: String, help: &'static str) -> Self {
        Self {
            code,
            statement: 0,
            line: 0,
            table: table.to_owned(),
            message,
            help,
        }
    }

    /// Every row is written anew, and no other statement gets to the table.
    fn rewrites(words: &str, table: &str) -> Self {
        let of = if table.is_empty() {
            String::new()
        } else {
            format!(" of `{table}`")
        };
        let message = format!("{words} writes every row{of} anew, and it cannot be read meanwhile");
        let help = "do it at a quiet time: `-- @allow B0434`";
        Self::new("B0434", table, message, help)
    }

    fn waits(words: &str) -> Self {
        let message =
            format!("{words} waits without a limit, and every later statement waits behind it");
        let help = "leave it out: `bindery migrate run` sets a `lock_timeout` and tries again";
        Self::new("B0438", "", message, help)
    }

    fn makes_index(table: &str) -> Self {
        let message = format!("no row of `{table}` can be written while the index is made");
        let help = "write `CREATE INDEX CONCURRENTLY`, in a file with `-- @no-transaction`";
        Self::new("B0435", table, message, help)
    }

    fn reads_for_null(table: &str) -> Self {
        let message = format!(
            "NOT NULL needs a value in every row of `{table}`, and all of them are read under a lock"
        );
        let help = "give the column a DEFAULT; or fill it, add `CHECK (… IS NOT NULL) NOT VALID` and `VALIDATE CONSTRAINT` in a file with `-- @no-transaction`, and then SET NOT NULL reads no row";
        Self::new("B0436", table, message, help)
    }
}

/// The locks of a dialect.
pub(super) struct Locks {
    /// Returns the lock of one change of a table, which is named and has this key.
    altered: fn(&Earlier, &AlterAction, (&str, &str)) -> Option<Busy>,
    /// An index is made while rows are written.
    online_indexes: bool,
    /// The statement that locks a table.
    lock: &'static str,
}

/// The work of earlier statements of the migration.
pub(super) struct Earlier {
    dialect: Dialect,
    locks: &'static Locks,
    /// Tables that they made.
    made: BTreeSet<String>,
    /// Columns, each after its table, of which a check says that they hold no NULL.
    without_null: BTreeSet<(String, String)>,
}

impl Earlier {
    fn look_at(&mut self, statement: &SingleStatement) -> Vec<Busy> {
        match statement {
            SingleStatement::Schema(statements) => {
                let statements = statements.iter();
                statements.flat_map(|one| self.of_schema(one)).collect()
            }
            SingleStatement::Command(command) => of_command(command, self.locks.lock),
            SingleStatement::Rows(_) | SingleStatement::Other(_) => Vec::new(),
        }
    }

    fn of_schema(&mut self, statement: &Statement) -> Vec<Busy> {
        if let Some(name) = made_table(statement) {
            self.made.insert(self.key(name));
        }
        if let Statement::CreateDomain(domain) = statement {
            self.made.insert(self.key(&domain.name));
        }
        if let Statement::CreateIndex(index) = statement {
            let is_online = index.concurrently || self.locks.online_indexes;
            if !is_online && !self.made.contains(&self.key(&index.table)) {
                return vec![Busy::makes_index(&index.table.name.text)];
            }
        }
        match statement {
            Statement::AlterTable(alter) => self.altered(alter),
            Statement::AlterDomain(alter) => self.altered_domain(alter).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn key(&self, name: &ObjectName) -> String {
        folded(&name.name.text, self.dialect)
    }

    /// One of a kind is enough for a statement.
    fn altered(&mut self, alter: &AlterTable) -> Vec<Busy> {
        let (key, table) = (self.key(&alter.table), alter.table.name.text.as_str());
        let is_bound = alter.others.contains(&OtherChange::Bound);
        if self.made.contains(&key) || is_bound {
            return Vec::new();
        }
        let actions = alter.actions.iter();
        let locks = actions.filter_map(|one| (self.locks.altered)(self, one, (table, &key)));
        let mut locks: Vec<Busy> = locks.collect();
        if alter.others.contains(&OtherChange::SetTablespace) {
            locks.push(Busy::rewrites("SET TABLESPACE", table));
        }
        let checked = alter.actions.iter().filter_map(postgres::checked_column);
        self.without_null
            .extend(checked.map(|column| (key.clone(), column)));
        let mut codes = BTreeSet::new();
        locks.retain(|lock| codes.insert(lock.code));
        locks
    }

    /// Columns of the domain are looked for in all tables.
    fn altered_domain(&self, alter: &AlterDomain) -> Option<Busy> {
        let name = &alter.name.name.text;
        let (code, help) = match &alter.change {
            DomainChange::AddCheck {
                not_valid: false, ..
            } => (
                "B0437",
                "write `NOT VALID` after it, and validate it at a quiet time; or `-- @allow B0437`",
            ),
            DomainChange::NotNull(true) => ("B0436", "do it at a quiet time: `-- @allow B0436`"),
            _ => return None,
        };
        let message = format!(
            "all rows of each table with a column of `{name}` are checked, and it cannot be written meanwhile"
        );
        let is_made = self.made.contains(&self.key(&alter.name));
        (!is_made).then(|| Busy::new(code, "", message, help))
    }
}

/// The table that a statement makes.
pub(super) fn made_table(statement: &Statement) -> Option<&ObjectName> {
    match statement {
        Statement::CreateTable(table) => Some(&table.name),
        Statement::Partition(partition) => Some(&partition.name),
        Statement::NoModel { name, .. } => Some(name),
        _ => None,
    }
}

/// `-- @allow B0435` at the head of the file.
fn is_allowed(text: &str, code: &str) -> bool {
    let comments = text
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("--"));
    let mut allowed = comments.filter_map(|line| line.split_once("@allow "));
    allowed.any(|(_, codes)| codes.split(',').any(|one| one.trim() == code))
}

fn of_command(command: &Command, lock: &str) -> Vec<Busy> {
    let lock = match command {
        Command::Rewrite(words, table) => {
            let table = table.as_ref().map_or("", |table| table.text.as_str());
            Busy::rewrites(words, table)
        }
        Command::Reindex => Busy::new(
            "B0435",
            "",
            "REINDEX keeps rows from being written until its indexes are made".to_owned(),
            "write `REINDEX … CONCURRENTLY`, in a file with `-- @no-transaction`",
        ),
        Command::Lock => Busy::waits(lock),
        Command::Set(name, value) if name.text == "lock_timeout" && value == "0" => {
            Busy::waits("`lock_timeout = 0`")
        }
        _ => return Vec::new(),
    };
    vec![lock]
}

fn is_key(kind: &ColumnOptionKind) -> bool {
    matches!(
        kind,
        ColumnOptionKind::Unique(_) | ColumnOptionKind::PrimaryKey { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::migration;

    fn told(dialect: Dialect, statements: &[&str]) -> Vec<&'static str> {
        busy(
            &ParsedMigration::new(migration(statements), dialect),
            dialect,
        )
        .iter()
        .map(|one| one.code)
        .collect()
    }

    #[test]
    fn no_help_leads_to_what_a_server_refuses() {
        let help = |sql: &str| {
            let migration = ParsedMigration::new(migration(&[sql]), Dialect::Mysql);
            busy(&migration, Dialect::Mysql)[0].help
        };
        for kind in ["FULLTEXT", "SPATIAL"] {
            assert!(!help(&format!("ALTER TABLE t ADD {kind} INDEX i (a)")).contains("LOCK=NONE"));
            assert!(!help(&format!("CREATE {kind} INDEX i ON t (a)")).contains("LOCK=NONE"));
        }
        assert!(help("ALTER TABLE t ADD INDEX i (a)").contains("LOCK=NONE"));
    }

    #[test]
    fn statements_that_block_a_busy_table_are_known() {
        for (sql, expected) in [
            ("CREATE INDEX i ON t (a)", &["B0435"][..]),
            ("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", &[]),
            ("CREATE INDEX CONCURRENTLY i ON t (a)", &[]),
            ("ALTER TABLE t ALTER COLUMN a TYPE bigint", &["B0434"]),
            ("ALTER TABLE t ALTER COLUMN a SET NOT NULL", &["B0436"]),
            ("ALTER TABLE t ADD COLUMN a integer NOT NULL", &["B0436"]),
            ("ALTER TABLE t ADD COLUMN a integer NOT NULL DEFAULT 0", &[]),
            ("ALTER TABLE t ADD COLUMN type text", &[]),
            ("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)", &["B0437"]),
            (
                "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
                &[],
            ),
            (
                "ALTER TABLE \"t\" ADD FOREIGN KEY (a) REFERENCES u (id)",
                &["B0437"],
            ),
            ("ALTER DOMAIN d ADD CHECK (VALUE > 0)", &["B0437"]),
            ("ALTER DOMAIN d ADD CHECK (VALUE > 0) NOT VALID", &[]),
            ("ALTER DOMAIN d SET NOT NULL", &["B0436"]),
            ("ALTER DOMAIN d DROP NOT NULL", &[]),
            ("ALTER TABLE t ADD UNIQUE (a)", &["B0435"]),
            ("ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX i", &[]),
            (
                "ALTER TABLE t ADD COLUMN a uuid DEFAULT gen_random_uuid()",
                &["B0434"],
            ),
            ("ALTER TABLE t ADD COLUMN a bigserial", &["B0434"]),
            (
                "ALTER TABLE t ADD COLUMN a integer GENERATED ALWAYS AS (b + 1) STORED",
                &["B0434"],
            ),
            ("ALTER TABLE t ADD COLUMN a timestamptz DEFAULT now()", &[]),
            ("ALTER TABLE t SET UNLOGGED", &["B0434"]),
            ("VACUUM FULL t", &["B0434"]),
            ("VACUUM t", &[]),
            ("CLUSTER t", &["B0434"]),
            ("REINDEX TABLE t", &["B0435"]),
            ("REINDEX TABLE CONCURRENTLY t", &[]),
            ("LOCK TABLE t", &["B0438"]),
            ("SET lock_timeout = 0", &["B0438"]),
            (
                "ALTER TABLE t ALTER a ADD GENERATED ALWAYS AS IDENTITY",
                &[],
            ),
            ("DROP SEQUENCE s CASCADE", &[]),
            ("INSERT INTO t VALUES (1)", &[]),
            (
                "ALTER TABLE IF EXISTS ONLY t ALTER a TYPE bigint, ADD UNIQUE (b)",
                &["B0434", "B0435"],
            ),
            (
                "ALTER TABLE t ADD CONSTRAINT c CHECK (NOT valid)",
                &["B0437"],
            ),
            (
                "ALTER TABLE t ADD a integer NOT NULL, ADD b integer DEFAULT 0",
                &["B0436"],
            ),
            ("ALTER TABLE t ADD COLUMN a integer UNIQUE", &["B0435"]),
            (
                "ALTER TABLE t ADD COLUMN \"set not null\" text DEFAULT 'random()'",
                &[],
            ),
            ("CREATE INDEX \"concurrently\" ON t (a)", &["B0435"]),
            ("VACUUM (FULL, ANALYZE) t", &["B0434"]),
            ("VACUUM (FULL off) t", &[]),
            ("VACUUM \"full\"", &[]),
        ] {
            assert_eq!(told(Dialect::Postgres, &[sql]), expected, "{sql}");
            assert_eq!(told(Dialect::Sqlite, &[sql]), [""; 0]);
            let new = [
                "CREATE TABLE IF NOT EXISTS t (a integer)",
                "CREATE DOMAIN d AS integer",
                sql,
            ];
            if sql.starts_with("ALTER") || sql.starts_with("CREATE") {
                assert_eq!(told(Dialect::Postgres, &new), [""; 0], "{sql}");
            }
        }
        for (sql, expected) in [
            ("ALTER TABLE t MODIFY a BIGINT", &["B0434"][..]),
            ("ALTER TABLE `t` ADD INDEX i (a)", &["B0435"]),
            (
                "ALTER TABLE t ADD INDEX i (a), ALGORITHM=INPLACE, LOCK=NONE",
                &[],
            ),
            (
                "ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u (id)",
                &["B0437"],
            ),
            ("ALTER TABLE t ADD COLUMN a INT", &[]),
            ("ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4", &["B0434"]),
            ("ALTER TABLE t ENGINE = InnoDB", &["B0434"]),
            ("LOCK TABLES t WRITE", &["B0438"]),
            ("RENAME TABLE t TO u", &[]),
            ("CREATE INDEX i ON t (a)", &[]),
            ("CREATE FULLTEXT INDEX i ON t (a)", &["B0435"]),
            ("/*!40101 ALTER TABLE t ENGINE = InnoDB */", &["B0434"]),
            (
                "ALTER TABLE t ADD algorithm INT, MODIFY a BIGINT",
                &["B0434"],
            ),
        ] {
            assert_eq!(told(Dialect::Mysql, &[sql]), expected, "{sql}");
        }
        let all = "ALTER TABLE ALL IN TABLESPACE slow SET TABLESPACE fast";
        let new = "CREATE TABLE t (a integer)";
        assert_eq!(told(Dialect::Postgres, &[new, all]), ["B0434"]);
    }

    #[test]
    fn a_check_spares_the_reading_of_all_rows() {
        let check = "ALTER TABLE t ADD CONSTRAINT c CHECK (\"a\" IS NOT NULL) NOT VALID";
        let set = |column| format!("ALTER TABLE t ALTER COLUMN {column} SET NOT NULL");
        assert_eq!(told(Dialect::Postgres, &[check, &set("a")]), [""; 0]);
        assert_eq!(told(Dialect::Postgres, &[check, &set("b")]), ["B0436"]);
        let both = "ALTER TABLE t ALTER COLUMN a SET NOT NULL, ALTER COLUMN b SET NOT NULL";
        assert_eq!(told(Dialect::Postgres, &[check, both]), ["B0436"]);
    }

    #[test]
    fn a_file_can_silence_them() {
        let sql = "-- @allow B0434, B0435\n\nCREATE INDEX i ON t (a)";
        assert_eq!(told(Dialect::Postgres, &[sql]), [""; 0]);
        let other = "-- @allow B0434\n\nCREATE INDEX i ON t (a)";
        assert_eq!(told(Dialect::Postgres, &[other]), ["B0435"]);
    }
}
