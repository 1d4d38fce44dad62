//! Reads `CREATE TABLE`: elements, parts copied from other tables, options after the parenthesis.

use crate::ast::{Copy, CreateTable, Including, Name, ObjectName, Partition, TableQuery};
use crate::findings::too_many;

use super::clauses::Clauses;
use crate::syntax::grammar::TableLike;
use crate::syntax::{Cursor, Problem, Read};

/// More columns than any database takes: PostgreSQL 1,600, SQLite 2,000 unless rebuilt, MySQL 4,096.
pub(crate) const COLUMN_LIMIT: usize = 4096;

/// Where the pieces of a table stand, for the comments.
#[derive(Debug, Default)]
pub(crate) struct TablePlaces {
    /// The end of the opening parenthesis.
    pub(crate) open_end: u32,
    /// The start of the closing parenthesis.
    pub(crate) close_start: u32,
    /// Start and end of each element, and the index of the column it is.
    pub(crate) elements: Vec<(u32, u32, Option<usize>)>,
    /// The end of the last token, where another statement follows without a delimiter: comments there are not this table's.
    pub(crate) cut_at: Option<u32>,
}

/// The kinds of `CREATE TABLE`.
pub(crate) enum TableStatement {
    /// A table of its own.
    Table(Box<CreateTable>, TablePlaces),
    /// Something that is not a model, by kind.
    NoModel(ObjectName, &'static str),
    /// A part of another table.
    Partition(Partition),
}

impl Cursor<'_> {
    /// After `CREATE … TABLE`. Problems of single elements are collected, the rest is read all the same.
    pub(crate) fn create_table(
        &mut self,
        unlogged: bool,
        problems: &mut Vec<Problem>,
    ) -> Read<TableStatement> {
        let if_not_exists = self.eat(&["IF", "NOT", "EXISTS"]);
        let name = self.object_name("the table's name")?;
        if self.eat(&["PARTITION", "OF"]) {
            return Ok(TableStatement::Partition(self.partition(name)?));
        }
        let mut table = CreateTable::named(name, if_not_exists);
        table.native.unlogged = unlogged;
        if self.eat(&["OF"]) {
            table.of = Some(self.object_name("a type's name")?);
        }
        let mut places = TablePlaces::default();
        let before = problems.len();
        if let Err(problem) = self.table_body(&mut table, &mut places, problems) {
            if places.close_start > 0 && self.at_statement() {
                places.cut_at = Some(self.end_behind());
            }
            problems.push(problem);
        }
        table.incomplete = problems.len() > before || table.query.is_some();
        Ok(TableStatement::Table(Box::new(table), places))
    }

    fn table_body(
        &mut self,
        table: &mut CreateTable,
        places: &mut TablePlaces,
        problems: &mut Vec<Problem>,
    ) -> Read<()> {
        if self.eat(&["LIKE"]) {
            return self.like_of_all(table);
        }
        if table.of.is_none() || self.is_symbol(0, "(") {
            self.elements(table, places, problems)?;
            table.columns.shrink_to_fit();
        }
        self.table_options(table)
    }

    fn like_of_all(&mut self, table: &mut CreateTable) -> Read<()> {
        let from = self.object_name("a table's name")?;
        table.copies.push(Copy {
            table: from,
            position: 0,
            including: Including::all(true),
            parent: false,
        });
        Ok(())
    }

    fn elements(
        &mut self,
        table: &mut CreateTable,
        places: &mut TablePlaces,
        problems: &mut Vec<Problem>,
    ) -> Read<()> {
        let open = self.clone();
        let grammar = &self.grammar.tables;
        let options = ["WITH", "WITHOUT", "USING", "TABLESPACE", "ON"];
        while grammar.options_first && self.is_any_word(0, &options) {
            (Clauses::of(self.dialect).table_option)(self, table)?;
        }
        if self.at_query(table) || self.names_of_query(table)? || self.options_of_query() {
            return Ok(());
        }
        self.expect_symbol("(")?;
        places.open_end = self.end_behind();
        if grammar.like == TableLike::Whole && self.is_word(0, "LIKE") {
            self.advance(1);
            self.like_of_all(table)?;
        }
        if self.is_symbol(0, ")") && !grammar.no_columns && table.copies.is_empty() {
            return Err(self.unexpected("a column's name"));
        }
        while !self.is_symbol(0, ")") {
            let first = self.at;
            let columns = table.columns.len();
            if let Err(problem) = self.element(table) {
                problems.push(problem);
                self.skip_element(first);
            }
            self.limit_columns(table)?;
            let column = (table.columns.len() > columns).then_some(columns);
            places
                .elements
                .push((self.span_from(first).start, self.end_behind(), column));
            if self.at_end() {
                return Err(self.unclosed(&open));
            }
            self.element_ends(problems)?;
        }
        places.close_start = self.here().start;
        self.advance(1);
        Ok(())
    }

    /// A comma, or the parenthesis. SQLite lets constraints follow each other without one.
    fn element_ends(&mut self, problems: &mut Vec<Problem>) -> Read<()> {
        if self.eat_symbol(",") {
            if self.is_symbol(0, ")") {
                problems.push(self.unexpected("a column or constraint after the comma"));
            }
            return Ok(());
        }
        let unseparated = self.grammar.tables.constraints_last && self.at_table_constraint();
        if !self.is_symbol(0, ")") && !unseparated {
            let first = self.at;
            problems.push(self.unexpected("`,` or `)`"));
            self.skip_element(first);
            self.eat_symbol(",");
        }
        Ok(())
    }

    pub(super) fn limit_columns(&self, table: &CreateTable) -> Read<()> {
        let Some(extra) = table.columns.get(COLUMN_LIMIT) else {
            return Ok(());
        };
        let name = &table.name.name;
        Err(Box::new(too_many::columns(
            &name.text,
            COLUMN_LIMIT,
            extra.name.span,
            name.span,
        )))
    }

    fn element(&mut self, table: &mut CreateTable) -> Read<()> {
        let grammar = &self.grammar.tables;
        let may_be_like = grammar.like == TableLike::Element;
        if may_be_like && self.is_word(0, "LIKE") && self.is_name(1) {
            self.advance(1);
            return self.like(table);
        }
        if self.at_table_constraint() {
            table.constraints.extend(self.table_constraint()?);
            return Ok(());
        }
        if grammar.constraints_last && !table.constraints.is_empty() {
            return Err(self.unexpected("a constraint: columns come before all of them"));
        }
        let column = if table.of.is_some() {
            self.column_of_type()?
        } else {
            self.column()?
        };
        table.columns.push(column);
        Ok(())
    }

    /// `LIKE source INCLUDING ALL EXCLUDING …`.
    fn like(&mut self, table: &mut CreateTable) -> Read<()> {
        let from = self.object_name("a table's name")?;
        let mut copy = Copy {
            table: from,
            position: table.columns.len(),
            including: Including::all(false),
            parent: false,
        };
        while self.is_any_word(0, &["INCLUDING", "EXCLUDING"]) {
            let including = self.is_word(0, "INCLUDING");
            self.advance(1);
            self.included(&mut copy.including, including);
            self.advance(1);
        }
        table.copies.push(copy);
        Ok(())
    }

    /// At the word that says what is taken over, or is not.
    fn included(&self, parts: &mut Including, including: bool) {
        if self.is_word(0, "ALL") {
            *parts = Including::all(including);
        }
        let words = [
            ("DEFAULTS", &mut parts.defaults),
            ("GENERATED", &mut parts.generated),
            ("IDENTITY", &mut parts.identity),
            ("INDEXES", &mut parts.indexes),
            ("CONSTRAINTS", &mut parts.checks),
            ("COMMENTS", &mut parts.comments),
        ];
        let said = words.into_iter().find(|(word, _)| self.is_word(0, word));
        if let Some((_, part)) = said {
            *part = including;
        }
    }

    /// From a broken element to the comma or parenthesis after it.
    fn skip_element(&mut self, first: usize) {
        self.at = first;
        while !self.at_end() && !self.is_symbol(0, ",") && !self.is_symbol(0, ")") {
            if self.skip_one().is_err() {
                self.skip_to_end();
            }
        }
        self.at = self
            .at
            .max(first + usize::from(self.at_end()))
            .min(self.tokens.len());
    }

    fn table_options(&mut self, table: &mut CreateTable) -> Read<()> {
        while !self.at_end() {
            if self.at_query(table) {
                return Ok(());
            }
            (Clauses::of(self.dialect).table_option)(self, table)?;
        }
        Ok(())
    }

    /// Reads the query of a table. Its columns are found by `resolve`; such tables are often dropped again.
    fn at_query(&mut self, table: &mut CreateTable) -> bool {
        let found = self.is_any_word(0, &["AS", "SELECT"]);
        if found {
            let columns = Vec::new();
            self.take_query(table, columns);
        }
        found
    }

    fn take_query(&mut self, table: &mut CreateTable, columns: Vec<Name>) {
        let span = self.here();
        self.eat(&["AS"]);
        let (query, body) = self.whole_query();
        table.query = Some(Box::new(TableQuery {
            columns,
            query,
            body,
            span,
        }));
    }

    /// Options without columns, and a query after them.
    fn options_of_query(&self) -> bool {
        let mut rest = self.at..self.tokens.len();
        self.grammar.tables.options_of_query
            && !self.is_symbol(0, "(")
            && rest.any(|at| self.is_words_at(at, &["SELECT"]))
    }

    /// `(a, b) AS SELECT …`, names without types.
    fn names_of_query(&mut self, table: &mut CreateTable) -> Read<bool> {
        let first = self.at;
        let names = self.column_list().ok();
        let Some(names) = names.filter(|_| self.grammar.tables.options_first) else {
            self.at = first;
            return Ok(false);
        };
        while !self.at_end() && !self.is_word(0, "AS") {
            (Clauses::of(self.dialect).table_option)(self, table)?;
        }
        self.take_query(table, names);
        Ok(true)
    }
}
