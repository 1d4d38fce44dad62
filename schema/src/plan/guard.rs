//! Triggers of a shard that refuse rows whose slot is not on it alone, whoever writes them. They are there from when the first slot moves.
//!
//! Each locks what the shard says of its slots until its transaction ends, so whoever changes that knows that no write is on its way.

use crate::lists::IntoVec as _;
use bindery_core::slots::{OWN, REFUSAL, SlotKey, slot_sql};

use super::capture::quoted;
use crate::column_type::TypeClass;
use crate::config::ShardSet;
use crate::dialect::Dialect;
use crate::fingerprint::Fingerprint;
use crate::model::{Column, Table};
use crate::sql_writer::SqlWriter;

/// The names of all triggers and functions that guard shards begin so.
const PREFIX: &str = "_bindery_guard_";

/// The triggers of one table of a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// Makes them.
    pub create: Vec<String>,
    /// Removes them.
    pub drop: Vec<String>,
}

/// The triggers of a table that is on its shard by this column.
pub fn guard(table: &Table, column: &Column, set: &ShardSet, dialect: Dialect) -> Guard {
    let writer = Writer {
        table,
        column,
        set,
        dialect,
    };
    match dialect {
        Dialect::Sqlite => writer.sqlite(),
        Dialect::Postgres => writer.postgres(),
        Dialect::Mysql => writer.mysql(),
    }
}

/// The condition of rows of a table whose slots are in a range.
pub fn slots_condition(
    table: &Table,
    column: &Column,
    (set, slots): (&ShardSet, &std::ops::Range<u32>),
    dialect: Dialect,
) -> String {
    let mut value = SqlWriter::new(dialect);
    value.push(&quoted(&table.name, dialect)).push(".");
    value.identifier(&column.name);
    let slot = slot_sql(dialect, slot_key(column), &value.finish(), set.slots);
    format!("{slot} BETWEEN {} AND {}", slots.start, slots.end - 1)
}

fn slot_key(column: &Column) -> SlotKey {
    match column.column_type.class() {
        TypeClass::Integer(_) => SlotKey::Integer,
        TypeClass::Uuid => SlotKey::Uuid,
        _ => SlotKey::Text,
    }
}

struct Writer<'m> {
    table: &'m Table,
    column: &'m Column,
    set: &'m ShardSet,
    dialect: Dialect,
}

impl Writer<'_> {
    fn sqlite(&self) -> Guard {
        let guard = |(event, words, rows): &(&str, &str, &[&str])| {
            let refused = rows
                .iter()
                .map(|row| format!("substr(slots, 1 + {}, 1) <> '{OWN}'", self.slot(row)));
            let refused = refused.into_vec().join(" OR ");
            let rest = format!(
                "BEFORE {words} ON {} WHEN (SELECT moves = 0 AND ({refused}) FROM _bindery_shard_fences WHERE shards = {}) \
                 BEGIN SELECT RAISE(ABORT, '{}'); END",
                self.table_name(),
                self.set_name(),
                REFUSAL.0,
            );
            (named(event, &rest), rest)
        };
        let all: Vec<_> = EVENTS.iter().map(guard).into_vec();
        Guard {
            create: all
                .iter()
                .map(|(name, rest)| format!("CREATE TRIGGER IF NOT EXISTS \"{name}\" {rest}"))
                .into_vec(),
            drop: all
                .iter()
                .map(|(name, _)| format!("DROP TRIGGER IF EXISTS \"{name}\""))
                .into_vec(),
        }
    }

    fn mysql(&self) -> Guard {
        let guard = |(event, words, rows): &(&str, &str, &[&str])| {
            let refused = rows
                .iter()
                .map(|row| format!("SUBSTR(letters, 1 + {}, 1) <> '{OWN}'", self.slot(row)));
            let refused = refused.into_vec().join(" OR ");
            let body = format!(
                "BEGIN DECLARE letters MEDIUMTEXT; IF @bindery_moves IS NULL THEN \
                 SELECT slots INTO letters FROM _bindery_shard_fences WHERE shards = {} LOCK IN SHARE MODE; \
                 IF {refused} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{}'; END IF; END IF; END",
                self.set_name(),
                REFUSAL.0,
            );
            let rest = format!(
                "BEFORE {words} ON {} FOR EACH ROW {body}",
                self.table_name()
            );
            (named(event, &rest), rest)
        };
        let all: Vec<_> = EVENTS.iter().map(guard).into_vec();
        Guard {
            create: all
                .iter()
                .map(|(name, rest)| format!("CREATE TRIGGER `{name}` {rest}"))
                .into_vec(),
            drop: all
                .iter()
                .map(|(name, _)| format!("DROP TRIGGER IF EXISTS `{name}`"))
                .into_vec(),
        }
    }

    fn postgres(&self) -> Guard {
        let refused = |row: &str| {
            format!(
                "substr(letters, CAST(1 + {} AS integer), 1) <> '{OWN}'",
                self.slot(row)
            )
        };
        let body = format!(
            "DECLARE letters text;\nBEGIN\n    IF current_setting('bindery.moves', true) = 'on' THEN NULL;\n    ELSE\n        \
             SELECT slots INTO letters FROM _bindery_shard_fences WHERE shards = {} FOR SHARE;\n        \
             IF TG_OP = 'TRUNCATE' THEN\n            IF trim(both '{OWN}' from letters) <> '' THEN {refusal}; END IF;\n        ELSE\n            \
             IF TG_OP <> 'DELETE' THEN\n                IF {} THEN {refusal}; END IF;\n            END IF;\n            \
             IF TG_OP <> 'INSERT' THEN\n                IF {} THEN {refusal}; END IF;\n            END IF;\n        END IF;\n    END IF;\n    \
             IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\nEND",
            self.set_name(),
            refused("NEW"),
            refused("OLD"),
            refusal = format_args!(
                "RAISE EXCEPTION '{}' USING ERRCODE = '{}'",
                REFUSAL.0, REFUSAL.1
            ),
        );
        let function = named("f", &format!("{} {body}", self.table_name()));
        let number = &function[PREFIX.len() + 2..];
        let table = self.table_name();
        let mut create = vec![format!(
            "CREATE OR REPLACE FUNCTION \"{function}\"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $guard${body}$guard$"
        )];
        for (event, words) in [("r", "INSERT OR UPDATE OR DELETE ON"), ("t", "TRUNCATE ON")] {
            let each = if event == "r" { "ROW" } else { "STATEMENT" };
            create.push(format!(
                "CREATE TRIGGER \"{PREFIX}{event}_{number}\" BEFORE {words} {table} FOR EACH {each} EXECUTE FUNCTION \"{function}\"()"
            ));
        }
        Guard {
            create,
            drop: vec![format!("DROP FUNCTION IF EXISTS \"{function}\"() CASCADE")],
        }
    }

    /// The slot of a row of a trigger.
    fn slot(&self, row: &str) -> String {
        let mut value = SqlWriter::new(self.dialect);
        value.push(row).push(".").identifier(&self.column.name);
        let key = slot_key(self.column);
        slot_sql(self.dialect, key, &value.finish(), self.set.slots)
    }

    fn table_name(&self) -> String {
        quoted(&self.table.name, self.dialect)
    }

    fn set_name(&self) -> String {
        let mut sql = SqlWriter::new(self.dialect);
        sql.text_literal(&self.set.name);
        sql.finish()
    }
}

/// The event in names, the words for it, and the rows whose slots are looked at.
const EVENTS: [(&str, &str, &[&str]); 3] = [
    ("i", "INSERT", &["NEW"]),
    ("u", "UPDATE", &["NEW", "OLD"]),
    ("d", "DELETE", &["OLD"]),
];

fn named(event: &str, body: &str) -> String {
    let number = Fingerprint::of_words([event, body]).number();
    format!("{PREFIX}{event}_{number:016x}")
}
