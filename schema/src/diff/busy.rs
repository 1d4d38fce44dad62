//! Statements of migrations that keep others from a large table for long, or fail where it has rows.
//!
//! The rules are those of squawk and strong_migrations, as far as PostgreSQL 12 and later and InnoDB need them. Tables that
//! the same migration makes are empty, so nothing is said about those.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::migrations::Migration;
use crate::parse::lex::{Lexer, Token, TokenKind};

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
pub fn busy(migration: &Migration, dialect: Dialect) -> Vec<Busy> {
    let mut earlier = Earlier::default();
    let mut found = Vec::new();
    for (number, statement) in migration.up.statements.iter().enumerate() {
        let words = words(&statement.sql, dialect);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if let ["create", "table", rest @ ..] = words.as_slice() {
            earlier.made.extend(table(rest).map(str::to_owned));
            continue;
        }
        let told = match dialect {
            Dialect::Postgres => postgres(&words, &earlier),
            Dialect::Mysql => mysql(&words, &earlier),
            Dialect::Sqlite => None,
        };
        earlier.take(&words);
        found.extend(told.map(|(code, message, help)| Busy {
            code,
            statement: number,
            line: statement.line,
            table: subject(&words).unwrap_or_default().to_owned(),
            message,
            help,
        }));
    }
    found.retain(|one| !is_allowed(&migration.text, one.code));
    found
}

/// The work of earlier statements of the migration.
#[derive(Debug, Default)]
struct Earlier {
    /// Tables that they made.
    made: BTreeSet<String>,
    /// Columns, each after its table, of which a check says that they hold no NULL.
    without_null: BTreeSet<(String, String)>,
}

impl Earlier {
    fn take(&mut self, words: &[&str]) {
        let checked = words.windows(7).filter_map(|window| match window {
            ["check", "(", column, "is", "not", "null", ")"] => Some((*column).to_owned()),
            _ => None,
        });
        if let Some(table) = subject(words) {
            let checked = checked.map(|column| (table.to_owned(), column));
            self.without_null.extend(checked);
        }
    }

    /// Whether a check says of every column that this statement declares NOT NULL that it is not.
    fn has_checked(&self, words: &[&str], table: &str) -> bool {
        let mut set = words.windows(4).filter_map(|window| match window {
            [column, "set", "not", "null"] => Some((table.to_owned(), (*column).to_owned())),
            _ => None,
        });
        set.all(|column| self.without_null.contains(&column))
    }
}

type Told = Option<(&'static str, String, &'static str)>;

/// `-- @allow B0435` at the head of the file.
fn is_allowed(text: &str, code: &str) -> bool {
    let comments = text
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("--"));
    let mut allowed = comments.filter_map(|line| line.split_once("@allow "));
    allowed.any(|(_, codes)| codes.split(',').any(|one| one.trim() == code))
}

/// In lower case, quotes left out; texts stay quoted.
pub(super) fn words(sql: &str, dialect: Dialect) -> Vec<String> {
    let mut lexer = Lexer::new(sql, dialect);
    let mut words = Vec::new();
    while lexer.skip_blanks() {
        let token: Token = lexer.token();
        let text = &sql[token.start as usize..token.end as usize];
        words.push(match token.kind {
            TokenKind::DoubleQuoted | TokenKind::Backticked | TokenKind::Bracketed => {
                text.trim_matches(['"', '`', '[', ']']).to_lowercase()
            }
            TokenKind::Word => text.to_lowercase(),
            TokenKind::SingleQuoted
            | TokenKind::Escaped
            | TokenKind::Dollar
            | TokenKind::Hex
            | TokenKind::Bits
            | TokenKind::Number
            | TokenKind::Symbol => text.to_owned(),
        });
    }
    words
}

/// The name of a table without its schema.
pub(super) fn table<'w>(words: &[&'w str]) -> Option<&'w str> {
    let mut rest = words;
    for skipped in [&["if", "not", "exists"][..], &["if", "exists"], &["only"]] {
        rest = rest.strip_prefix(skipped).unwrap_or(rest);
    }
    match rest {
        [_, ".", name, ..] | [name, ..] => Some(name),
        [] => None,
    }
}

/// The table that a statement changes.
fn subject<'w>(words: &[&'w str]) -> Option<&'w str> {
    match words {
        ["alter", "table", rest @ ..] => table(rest),
        ["create", rest @ ..] => {
            let on = rest.iter().position(|word| *word == "on")?;
            table(&rest[on + 1..])
        }
        _ => None,
    }
}

fn has(words: &[&str], wanted: &[&str]) -> bool {
    words.windows(wanted.len()).any(|window| window == wanted)
}

fn postgres(words: &[&str], earlier: &Earlier) -> Told {
    match words {
        ["create", "index", rest @ ..] | ["create", "unique", "index", rest @ ..]
            if rest.first() != Some(&"concurrently") =>
        {
            let on = rest.iter().position(|word| *word == "on")?;
            let table = table(&rest[on + 1..])?;
            (!earlier.made.contains(table)).then(|| index_blocks(table))
        }
        ["alter", "table", rest @ ..] => {
            let table = table(rest)?;
            if earlier.made.contains(table) {
                return None;
            }
            altered(words, table, earlier)
        }
        ["vacuum", rest @ ..] if rest.contains(&"full") => rewrites("VACUUM FULL", last_name(rest)),
        ["cluster", rest @ ..] => rewrites("CLUSTER", last_name(rest)),
        ["reindex", rest @ ..] if !rest.contains(&"concurrently") => Some((
            "B0435",
            "REINDEX keeps rows from being written until its indexes are made".to_owned(),
            "write `REINDEX … CONCURRENTLY`, in a file with `-- @no-transaction`",
        )),
        ["lock", "table", ..] | ["lock", ..] => Some(lock("LOCK")),
        ["set", "lock_timeout", _, "0" | "'0'", ..]
        | ["set", "local", "lock_timeout", _, "0" | "'0'", ..] => Some(lock("`lock_timeout = 0`")),
        _ => None,
    }
}

fn last_name<'w>(words: &[&'w str]) -> Option<&'w str> {
    words.iter().rfind(|word| **word != ";").copied()
}

/// Every row is written anew, and no other statement gets to the table.
fn rewrites(words: &str, table: Option<&str>) -> Told {
    let table = table.map_or(String::new(), |name| format!(" of `{name}`"));
    Some((
        "B0434",
        format!("{words} writes every row{table} anew, and it cannot be read meanwhile"),
        "do it at a quiet time: `-- @allow B0434`",
    ))
}

/// Functions that give each row a value of its own, so that a new column with one writes all rows.
const VOLATILE: [&str; 8] = [
    "gen_random_uuid",
    "uuid_generate_v1",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
    "random",
    "nextval",
    "clock_timestamp",
];

/// Whether a new column has a value of its own in each row.
fn adds_values(words: &[&str]) -> bool {
    let serial = [
        "serial",
        "bigserial",
        "smallserial",
        "serial2",
        "serial4",
        "serial8",
    ];
    let default = words.iter().position(|word| *word == "default");
    let default = default.map_or(&[][..], |at| &words[at..]);
    let is_stored = words.contains(&"generated") && words.contains(&"stored");
    words.contains(&"add")
        && (has_any(words, &serial)
            || has_any(default, &VOLATILE)
            || is_stored
            || has(words, &["as", "identity"]))
}

fn has_any(words: &[&str], wanted: &[&str]) -> bool {
    words.iter().any(|word| wanted.contains(word))
}

fn index_blocks(table: &str) -> (&'static str, String, &'static str) {
    (
        "B0435",
        format!("no row of `{table}` can be written while the index is made"),
        "write `CREATE INDEX CONCURRENTLY`, in a file with `-- @no-transaction`",
    )
}

fn lock(words: &str) -> (&'static str, String, &'static str) {
    (
        "B0438",
        format!("{words} waits without a limit, and every later statement waits behind it"),
        "leave it out: `bindery migrate run` sets a `lock_timeout` and tries again",
    )
}

fn altered(words: &[&str], table: &str, earlier: &Earlier) -> Told {
    let retypes = has(words, &["type"]) && words.contains(&"alter") && !words.contains(&"add");
    if retypes || has(words, &["set", "data", "type"]) {
        return Some((
            "B0434",
            format!(
                "another type writes every row of `{table}` anew, and it cannot be read meanwhile"
            ),
            "add a column of the new type, copy the values in batches, then rename; a longer `varchar` or `text` costs nothing: `-- @allow B0434`",
        ));
    }
    if adds_values(words) {
        return Some((
            "B0434",
            format!(
                "a column with a value of its own in each row writes all rows of `{table}` anew, and it cannot be read meanwhile"
            ),
            "add the column without it, fill it in batches, then set the default; or `-- @allow B0434`",
        ));
    }
    for words_of in [
        &["set", "unlogged"][..],
        &["set", "logged"],
        &["set", "tablespace"],
    ] {
        if has(words, words_of) {
            return rewrites(&words_of.join(" ").to_uppercase(), Some(table));
        }
    }
    let sets_not_null = has(words, &["set", "not", "null"]) && !earlier.has_checked(words, table);
    if sets_not_null || adds_not_null(words) {
        return Some((
            "B0436",
            format!(
                "NOT NULL needs a value in every row of `{table}`, and all of them are read under a lock"
            ),
            "give the column a DEFAULT; or fill it, add `CHECK (… IS NOT NULL) NOT VALID` and `VALIDATE CONSTRAINT` in a file with `-- @no-transaction`, and then SET NOT NULL reads no row",
        ));
    }
    let adds_check = has(words, &["check", "("]) || has(words, &["foreign", "key"]);
    let adds_constraint = words.contains(&"add") && adds_check && !words.contains(&"column");
    if adds_constraint && !has(words, &["not", "valid"]) {
        return Some((
            "B0437",
            format!("all rows of `{table}` are checked under a lock"),
            "write `NOT VALID` after it, and then `ALTER TABLE … VALIDATE CONSTRAINT …`, in a file with `-- @no-transaction`",
        ));
    }
    let makes_index =
        words.contains(&"add") && !words.contains(&"column") && !has(words, &["using", "index"]);
    let is_key = words.contains(&"unique") || has(words, &["primary", "key"]);
    (makes_index && is_key).then(|| index_blocks(table))
}

/// `ADD COLUMN a … NOT NULL` without DEFAULT.
fn adds_not_null(words: &[&str]) -> bool {
    let is_made = ["default", "generated", "serial", "bigserial", "smallserial"];
    let mut windows = words.windows(3);
    let is_declared =
        windows.any(|three| matches!(three, [before, "not", "null"] if *before != "is"));
    words.contains(&"add") && is_declared && !words.iter().any(|word| is_made.contains(word))
}

fn mysql(words: &[&str], earlier: &Earlier) -> Told {
    let rest = match words {
        ["alter", "table", rest @ ..] => rest,
        ["lock", "tables" | "table", ..] => return Some(lock("LOCK TABLES")),
        _ => return None,
    };
    let table = table(rest)?;
    let is_bounded = words.contains(&"algorithm") || words.contains(&"lock");
    if earlier.made.contains(table) || is_bounded {
        return None;
    }
    if has(words, &["convert", "to"]) {
        return rewrites("CONVERT TO CHARACTER SET", Some(table));
    }
    if has(words, &["engine", "="]) || rest.get(1) == Some(&"engine") {
        return rewrites("ENGINE", Some(table));
    }
    if words.contains(&"modify") || words.contains(&"change") {
        return Some((
            "B0434",
            format!("MODIFY may copy every row of `{table}`, and none can be written meanwhile"),
            "write `, ALGORITHM=INPLACE, LOCK=NONE` after it: it is refused then where it would copy; or `-- @allow B0434`",
        ));
    }
    let adds_key = words.contains(&"add")
        && (words.contains(&"key") || words.contains(&"index") || words.contains(&"unique"));
    if has(words, &["foreign", "key"]) && words.contains(&"add") {
        return Some((
            "B0437",
            format!(
                "a foreign key copies every row of `{table}`, and none can be written meanwhile"
            ),
            "do it at a quiet time: `-- @allow B0437`",
        ));
    }
    adds_key.then(|| {
        (
            "B0435",
            format!("an index of `{table}` may keep rows from being written"),
            "write `, ALGORITHM=INPLACE, LOCK=NONE` after it",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrations::{Script, ScriptStatement};

    fn told(dialect: Dialect, statements: &[&str]) -> Vec<&'static str> {
        let of = |sql: &&str| ScriptStatement {
            sql: (*sql).to_owned(),
            line: 1,
        };
        let migration = Migration {
            version: "1".to_owned(),
            name: String::new(),
            path: Default::default(),
            text: statements.join(";\n"),
            up: Script {
                statements: statements.iter().map(of).collect(),
                no_transaction: false,
            },
            down: None,
            down_path: None,
            replaces: Vec::new(),
            requires: Vec::new(),
        };
        busy(&migration, dialect)
            .iter()
            .map(|one| one.code)
            .collect()
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
            ("INSERT INTO t VALUES (1)", &[]),
        ] {
            assert_eq!(told(Dialect::Postgres, &[sql]), expected, "{sql}");
            assert_eq!(told(Dialect::Sqlite, &[sql]), [""; 0]);
            let new = ["CREATE TABLE IF NOT EXISTS t (a integer)", sql];
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
        ] {
            assert_eq!(told(Dialect::Mysql, &[sql]), expected, "{sql}");
        }
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
