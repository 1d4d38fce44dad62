//! Statements of migrations that keep others from a large table for long, or fail where it has rows.
//!
//! The rules are those of squawk and strong_migrations, as far as PostgreSQL 12 and later and InnoDB need them. Tables that
//! the same migration makes are empty, so nothing is said about those.

use std::collections::BTreeSet;

use super::parsed::ParsedMigration;
use super::structure::folded;
use crate::ast::{
    AlterAction, AlterDomain, AlterTable, ColumnDef, ColumnOptionKind, DomainChange, Expression,
    ObjectName, OtherChange, Statement, TableConstraint, TableConstraintKind,
};
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::parse::SingleStatement;
use crate::resolve::types::is_serial;
use crate::syntax::{Command, ExprKind, IsWhat, SiteKind, look_at_expression, sites};

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

/// Looks at the statements of a migration. SQLite locks the whole file whatever it does, so nothing is said there.
pub fn busy(migration: &ParsedMigration, dialect: Dialect) -> Vec<Busy> {
    if dialect == Dialect::Sqlite {
        return Vec::new();
    }
    let mut earlier = Earlier {
        dialect,
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

/// The work of earlier statements of the migration.
struct Earlier {
    dialect: Dialect,
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
            SingleStatement::Command(command) => of_command(command, self.dialect),
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
            let is_online = index.concurrently || self.dialect == Dialect::Mysql;
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
        let mut locks: Vec<Busy> = match self.dialect {
            Dialect::Mysql => actions.filter_map(|one| mysql(one, table)).collect(),
            Dialect::Postgres | Dialect::Sqlite => actions
                .filter_map(|one| self.postgres(one, table, &key))
                .collect(),
        };
        if alter.others.contains(&OtherChange::SetTablespace) {
            locks.push(Busy::rewrites("SET TABLESPACE", table));
        }
        let checked = alter.actions.iter().filter_map(checked_column);
        self.without_null
            .extend(checked.map(|column| (key.clone(), column)));
        let mut codes = BTreeSet::new();
        locks.retain(|lock| codes.insert(lock.code));
        locks
    }

    /// PostgreSQL looks for columns of the domain in all tables.
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

    fn postgres(&self, action: &AlterAction, table: &str, key: &str) -> Option<Busy> {
        match action {
            AlterAction::SetType { .. } => Some(Busy::new(
                "B0434",
                table,
                format!(
                    "another type writes every row of `{table}` anew, and it cannot be read meanwhile"
                ),
                "add a column of the new type, copy the values in batches, then rename; a longer `varchar` or `text` costs nothing: `-- @allow B0434`",
            )),
            AlterAction::AddColumn { column, .. } => added_column(column, table),
            AlterAction::SetUnlogged(unlogged) => {
                let word = if *unlogged { "UNLOGGED" } else { "LOGGED" };
                Some(Busy::rewrites(&format!("SET {word}"), table))
            }
            AlterAction::SetNotNull(column) => {
                let column = (key.to_owned(), column.text.clone());
                (!self.without_null.contains(&column)).then(|| Busy::reads_for_null(table))
            }
            AlterAction::AddConstraint(constraint) => added_constraint(constraint, table),
            _ => None,
        }
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

fn of_command(command: &Command, dialect: Dialect) -> Vec<Busy> {
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
        Command::Lock if dialect == Dialect::Mysql => Busy::waits("LOCK TABLES"),
        Command::Lock => Busy::waits("LOCK"),
        Command::Set(name, value) if name.text == "lock_timeout" && value == "0" => {
            Busy::waits("`lock_timeout = 0`")
        }
        _ => return Vec::new(),
    };
    vec![lock]
}

/// Functions that give each row a value of its own, so that a new column with one writes all rows.
const VOLATILE: [&str; 7] = [
    "gen_random_uuid",
    "uuid_generate_v1",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
    "random",
    "clock_timestamp",
];

fn is_volatile(value: &Expression) -> bool {
    let mut sites = sites(&value.sql, Dialect::Postgres).into_iter();
    sites.any(|site| match site.kind {
        SiteKind::Function => VOLATILE.contains(&site.text.as_str()),
        SiteKind::Sequence => true,
        SiteKind::Column | SiteKind::Type | SiteKind::Text => false,
    })
}

fn added_column(column: &ColumnDef, table: &str) -> Option<Busy> {
    let has = |wanted: fn(&ColumnOptionKind) -> bool| {
        let mut options = column.options.iter();
        options.any(|option| wanted(&option.kind))
    };
    let is_own = is_serial(&column.type_name.name)
        || has(|kind| match kind {
            ColumnOptionKind::Default(value) => is_volatile(value),
            ColumnOptionKind::Computed { stored, .. } => *stored,
            ColumnOptionKind::Identity { .. } => true,
            _ => false,
        });
    if is_own {
        return Some(Busy::new(
            "B0434",
            table,
            format!(
                "a column with a value of its own in each row writes all rows of `{table}` anew, and it cannot be read meanwhile"
            ),
            "add the column without it, fill it in batches, then set the default; or `-- @allow B0434`",
        ));
    }
    let has_value = has(|kind| {
        matches!(
            kind,
            ColumnOptionKind::Default(_) | ColumnOptionKind::Computed { .. }
        )
    });
    if !has_value && has(|kind| matches!(kind, ColumnOptionKind::NotNull(_))) {
        return Some(Busy::reads_for_null(table));
    }
    has(is_key).then(|| Busy::makes_index(table))
}

fn is_key(kind: &ColumnOptionKind) -> bool {
    matches!(
        kind,
        ColumnOptionKind::Unique(_) | ColumnOptionKind::PrimaryKey { .. }
    )
}

fn added_constraint(constraint: &TableConstraint, table: &str) -> Option<Busy> {
    match &constraint.kind {
        _ if constraint.not_valid => None,
        TableConstraintKind::Check(..) | TableConstraintKind::ForeignKey { .. } => Some(Busy::new(
            "B0437",
            table,
            format!("all rows of `{table}` are checked under a lock"),
            "write `NOT VALID` after it, and then `ALTER TABLE … VALIDATE CONSTRAINT …`, in a file with `-- @no-transaction`",
        )),
        TableConstraintKind::PrimaryKey { .. } | TableConstraintKind::Unique { .. } => {
            Some(Busy::makes_index(table))
        }
        TableConstraintKind::NotNull(_) => Some(Busy::reads_for_null(table)),
        TableConstraintKind::UsingIndex { .. }
        | TableConstraintKind::Index { .. }
        | TableConstraintKind::Exclude(_)
        | TableConstraintKind::Period(_) => None,
    }
}

/// The column of a check that says that it holds no NULL.
fn checked_column(action: &AlterAction) -> Option<String> {
    let AlterAction::AddConstraint(constraint) = action else {
        return None;
    };
    let TableConstraintKind::Check(condition, _) = &constraint.kind else {
        return None;
    };
    let column = look_at_expression(&condition.sql, Dialect::Postgres, |_, expr| {
        match &expr.kind {
            ExprKind::Is(is) if is.negated && matches!(is.what, IsWhat::Null) => {
                match &is.operand.kind {
                    ExprKind::Column(names) => names.last().map(|name| name.text.clone()),
                    _ => None,
                }
            }
            _ => None,
        }
    });
    column.ok().flatten()
}

fn mysql(action: &AlterAction, table: &str) -> Option<Busy> {
    match action {
        AlterAction::CharacterSet { converts: true, .. } => {
            Some(Busy::rewrites("CONVERT TO CHARACTER SET", table))
        }
        AlterAction::StorageEngine(_) => Some(Busy::rewrites("ENGINE", table)),
        AlterAction::Redefine { .. } => Some(Busy::new(
            "B0434",
            table,
            format!("MODIFY may copy every row of `{table}`, and none can be written meanwhile"),
            "write `, ALGORITHM=INPLACE, LOCK=NONE` after it: it is refused then where it would copy; or `-- @allow B0434`",
        )),
        AlterAction::AddConstraint(constraint) => match constraint.kind {
            TableConstraintKind::ForeignKey { .. } => Some(Busy::new(
                "B0437",
                table,
                format!(
                    "a foreign key copies every row of `{table}`, and none can be written meanwhile"
                ),
                "do it at a quiet time: `-- @allow B0437`",
            )),
            TableConstraintKind::Index {
                method: Some(ref method),
                ..
            } if matches!(method.as_str(), "fulltext" | "spatial" | "vector") => {
                Some(Busy {
                    // With `LOCK=NONE` MariaDB and MySQL refuse it (error 1846).
                    help: "do it at a quiet time: `-- @allow B0435`; such an index is made under a lock",
                    ..mysql_index(table)
                })
            }
            TableConstraintKind::PrimaryKey { .. }
            | TableConstraintKind::Unique { .. }
            | TableConstraintKind::Index { .. } => Some(mysql_index(table)),
            _ => None,
        },
        AlterAction::AddColumn { column, .. } => {
            let mut options = column.options.iter();
            let is_key = options.any(|option| is_key(&option.kind));
            is_key.then(|| mysql_index(table))
        }
        _ => None,
    }
}

fn mysql_index(table: &str) -> Busy {
    Busy::new(
        "B0435",
        table,
        format!("an index of `{table}` may keep rows from being written"),
        "write `, ALGORITHM=INPLACE, LOCK=NONE` after it",
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
