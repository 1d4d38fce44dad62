//! The catalogue and the choice among overloads, held against a server: calls at random are prepared there, and its
//! types of parameters and results, and what it refuses, are to be those of this room.

mod calls;
mod nulls;
mod random;

use std::collections::BTreeSet;

use bindery_testkit::{FreshDatabase, fresh_postgres};

use super::*;
use crate::model::EnumId;

/// The enum of the tests' databases.
const MOOD: PgType = PgType::Enum(EnumId(0));
const MOODS: PgType = PgType::EnumArray(EnumId(0));

fn database() -> Option<FreshDatabase> {
    let database = fresh_postgres()?;
    let script = "CREATE TYPE mood AS ENUM ('sad', 'glad');";
    database.run_script(script).expect("an enum is made");
    Some(database)
}

fn answer(database: &FreshDatabase, sql: &str) -> String {
    let answer = database.answer(sql);
    answer.unwrap_or_else(|error| panic!("the server refuses: {error}"))
}

/// Returns a type's name on the server.
fn written(pg_type: PgType) -> String {
    match pg_type {
        MOOD => "mood".to_owned(),
        MOODS => "mood[]".to_owned(),
        known => known.name(),
    }
}

/// Rows for a table, by the line: none has a tab or a backslash.
fn copy(table: &str, lines: impl Iterator<Item = String>) -> String {
    let lines: String = lines.map(|line| line + "\n").collect();
    format!("COPY {table} FROM STDIN;\n{lines}\\.\n")
}

/// Functions and operators that a server has as the tables have them: all, on one of the version that they are made from.
struct Known {
    changed: BTreeSet<String>,
}

impl Known {
    fn read(database: &FreshDatabase) -> Self {
        let major = "SELECT current_setting('server_version_num')::integer / 10000;";
        let major = answer(database, major);
        let mut changed = BTreeSet::new();
        for (text, query, end) in [
            (
                include_str!("../types.txt"),
                include_str!("../types.sql"),
                ' ',
            ),
            (
                include_str!("../casts.txt"),
                include_str!("../casts.sql"),
                ' ',
            ),
            (
                include_str!("../functions.txt"),
                include_str!("../functions.sql"),
                '|',
            ),
            (
                include_str!("../operators.txt"),
                include_str!("../operators.sql"),
                ' ',
            ),
        ] {
            let (head, ours) = text.split_once('\n').expect("a table has a head");
            let theirs = answer(database, query);
            let is_same = ours.trim_end() == theirs;
            let is_of_version = head.starts_with(&format!("# PostgreSQL {major},"));
            assert!(
                is_same || !is_of_version,
                "run `cargo xtask catalogue`: {head}"
            );
            for (lines, others) in [(ours, theirs.as_str()), (&theirs, ours)] {
                let others: Vec<_> = others.lines().collect();
                for line in lines
                    .lines()
                    .filter(|line| !is_same && !others.contains(line))
                {
                    let name = line.split(end).next().unwrap_or_default();
                    changed.insert(name.to_owned());
                }
            }
        }
        Self { changed }
    }

    fn has(&self, name: &str) -> bool {
        !self.changed.contains(name)
    }
}
