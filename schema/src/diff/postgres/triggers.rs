//! Statements of triggers.

use crate::dialect::Dialect;
use crate::diff::parsed::parse_texts;
use crate::diff::triggers::TableTrigger;
use crate::parse::SingleStatement;
use crate::source::Span;
use crate::sql_writer::SqlWriter;
use crate::syntax::{Command, Trigger};

impl TableTrigger {
    /// The statement that drops it.
    pub(in crate::diff) fn dropped(&self) -> String {
        self.dropped_by("DROP TRIGGER ")
    }

    /// The same where another statement may have dropped it.
    pub(in crate::diff) fn dropped_if_there(&self) -> String {
        self.dropped_by("DROP TRIGGER IF EXISTS ")
    }

    fn dropped_by(&self, words: &str) -> String {
        let mut sql = SqlWriter::new(Dialect::Postgres);
        sql.push(words).identifier(&self.name);
        sql.push(" ON ").table(&self.table);
        sql.finish()
    }

    pub(in crate::diff) fn switched(&self) -> Option<String> {
        let switch = self.switch?;
        let mut sql = SqlWriter::new(Dialect::Postgres);
        sql.push("ALTER TABLE ").table(&self.table);
        sql.push(&format!(" {switch} TRIGGER "))
            .identifier(&self.name);
        Some(sql.finish())
    }

    /// The same with another name at some places of its statement.
    pub(in crate::diff) fn respelled(&mut self, places: impl Fn(&Trigger) -> Vec<Span>, to: &str) {
        let Some(spans) = look_at_trigger(&self.sql, places) else {
            return;
        };
        let mut name = SqlWriter::new(Dialect::Postgres);
        name.identifier(to);
        let name = name.finish();
        let mut sql = self.sql.clone();
        for span in spans.iter().rev() {
            sql.replace_range(span.start as usize..span.end as usize, &name);
        }
        if let Some(made) = look_at_trigger(&sql, |made| Self::new(made, &sql)) {
            let (switch, function) = (self.switch, self.function.take());
            *self = Self {
                switch,
                function,
                ..made
            };
        }
    }
}

fn look_at_trigger<T>(sql: &str, look: impl Fn(&Trigger) -> T) -> Option<T> {
    match parse_texts([sql], Dialect::Postgres).as_slice() {
        [(_, SingleStatement::Command(Command::CreateTrigger(made)))] => Some(look(made)),
        _ => None,
    }
}
