//! Reads what is SQLite's own in definitions: types of any words, and the options of its tables.

use super::clauses::Clauses;
use super::column::Step;
use super::types::{empty_type, joined};
use crate::ast::{CreateTable, TypeArgument, TypeName};
use crate::syntax::{Cursor, Read};
use bindery_core::dialect::Dialect;

pub(super) static CLAUSES: Clauses = Clauses {
    type_name: |cursor| cursor.sqlite_type(),
    column_option: |cursor| Ok(cursor.skips_deferrable().then_some(Step::Nothing)),
    table_option: |cursor, table| cursor.sqlite_option(table),
    changes: |_| Ok(Vec::new()),
};

/// Words that end a type: the grammar keeps them for what follows.
const AFTER_TYPE: &[&str] = &[
    "CONSTRAINT",
    "NOT",
    "NULL",
    "PRIMARY",
    "UNIQUE",
    "CHECK",
    "DEFAULT",
    "COLLATE",
    "REFERENCES",
    "GENERATED",
    "AS",
    "AUTOINCREMENT",
    "ON",
    "DEFERRABLE",
    "FOREIGN",
];

impl Cursor<'_> {
    /// Any words, and none at all.
    fn sqlite_type(&mut self) -> Read<TypeName> {
        let (first, name) = (self.at, self.content(0));
        let mut words = Vec::new();
        while self.is_name(0) && !self.is_any_word(0, AFTER_TYPE) {
            words.push(self.type_word());
        }
        if self.at == first {
            let span = self.span_from(first.saturating_sub(1));
            return Ok(TypeName {
                span,
                ..empty_type()
            });
        }
        let (open, has_arguments) = (self.here(), self.is_symbol(0, "("));
        let arguments = self.type_arguments()?;
        let number = |argument: &TypeArgument| matches!(argument, TypeArgument::Number(_));
        let fine = matches!(arguments.len(), 1 | 2) && arguments.iter().all(number);
        if has_arguments && !fine {
            if matches!(joined(words.clone()).as_str(), "enum" | "set") {
                let instead = "write `TEXT` with `CHECK (column IN ('a', 'b'))`";
                return Err(self.foreign(
                    first,
                    "lists of values in types",
                    Dialect::Mysql,
                    instead,
                ));
            }
            let help = "write one or two numbers in the parentheses of a type";
            return Err(self.problem(open, "a type takes numbers only", help));
        }
        let single = self.at == first + 1;
        let mut found = self.finish_type(first, words, arguments, Vec::new(), None);
        if single {
            found.written = name;
        }
        Ok(found)
    }

    fn sqlite_option(&mut self, table: &mut CreateTable) -> Read<()> {
        if self.eat(&["STRICT"]) {
            table.strict = true;
        } else if self.eat(&["WITHOUT", "ROWID"]) {
            table.without_rowid = true;
        } else {
            return Err(self.unexpected("`STRICT`, `WITHOUT ROWID` or the statement's end"));
        }
        if self.eat_symbol(",") && self.at_end() {
            return Err(self.unexpected("`STRICT` or `WITHOUT ROWID`"));
        }
        Ok(())
    }
}
