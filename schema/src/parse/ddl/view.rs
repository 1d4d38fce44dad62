//! Reads `CREATE VIEW` and `ALTER VIEW`. The columns of the query are read by `parse::query`.

use crate::ast::{
    AlterAction, AlterTable, CreateView, Expression, Notes, ObjectName, Query, Statement,
};

use super::Outcome;
use super::cursor::{Cursor, Read};

impl Cursor<'_> {
    /// After `CREATE … VIEW`.
    pub(crate) fn create_view(&mut self, materialized: bool) -> Read<CreateView> {
        let if_not_exists = self.eat(&["IF", "NOT", "EXISTS"]);
        let name = self.object_name("a view's name")?;
        self.view(name, materialized, if_not_exists)
    }

    /// From the list of its columns on.
    fn view(
        &mut self,
        name: ObjectName,
        materialized: bool,
        if_not_exists: bool,
    ) -> Read<CreateView> {
        let columns = if self.is_symbol(0, "(") {
            self.column_list()?
        } else {
            Vec::new()
        };
        while !self.at_end() && !self.is_word(0, "AS") {
            self.skip_one()?;
        }
        self.expect(&["AS"])?;
        let (query, body) = self.whole_query();
        Ok(CreateView {
            name,
            materialized,
            if_not_exists,
            columns,
            query,
            body,
            column_notes: Vec::new(),
            notes: Notes::default(),
        })
    }

    /// The query that is the rest of the statement.
    pub(super) fn whole_query(&mut self) -> (Query, Expression) {
        let first = self.at;
        let end = self.end_of_query();
        let whole = self.within(first, end);
        let query = whole.map_or_else(Query::default, |mut query| query.query(0));
        self.at = end;
        let body = self.expression(first);
        self.at = self.tokens.len();
        (query, body)
    }

    /// Without `WITH [NO] DATA` and `WITH … CHECK OPTION`, which are not part of the query.
    fn end_of_query(&self) -> usize {
        let tails: [&[&str]; 5] = [
            &["WITH", "DATA"],
            &["WITH", "NO", "DATA"],
            &["WITH", "CHECK", "OPTION"],
            &["WITH", "LOCAL", "CHECK", "OPTION"],
            &["WITH", "CASCADED", "CHECK", "OPTION"],
        ];
        let rest = self.tokens.len() - self.at;
        let stands = |words: &&&[&str]| {
            rest > words.len()
                && (words.iter().enumerate())
                    .all(|(at, word)| self.is_word(rest - words.len() + at, word))
        };
        let tail = tails.iter().find(stands).map_or(0, |words| words.len());
        self.tokens.len() - tail
    }

    /// After `ALTER … VIEW`: another name, another schema, or MySQL's other query.
    pub(crate) fn alter_view(&mut self) -> Read<Outcome> {
        let if_exists = self.eat(&["IF", "EXISTS"]);
        let table = self.object_name("a view's name")?;
        if self.is_word(0, "AS") || self.is_symbol(0, "(") {
            let view = self.view(table, false, false)?;
            let places = super::view_places(&view);
            return Ok(Outcome::View(Box::new(view), places));
        }
        let action = if self.eat(&["RENAME", "TO"]) {
            AlterAction::RenameTable(self.object_name("the new name")?)
        } else if self.eat(&["SET", "SCHEMA"]) {
            AlterAction::SetSchema(self.name("a schema's name")?)
        } else {
            return Ok(Outcome::Skipped(None));
        };
        let actions = vec![action];
        Ok(Outcome::Statements(vec![Statement::AlterTable(
            AlterTable {
                table,
                if_exists,
                only: true,
                actions,
                passed_over: false,
            },
        )]))
    }
}
