//! Reads `CREATE VIEW` and `ALTER VIEW`.

use std::sync::Arc;

use crate::ast::{
    AlterAction, AlterTable, CreateView, Expression, Notes, ObjectName, ReadQuery, Statement,
    ViewWords,
};
use crate::sorting::sort_by;

use crate::syntax;

use super::Outcome;
use crate::syntax::{Cursor, Read};

impl Cursor<'_> {
    /// After `CREATE … VIEW`, with the words between.
    pub(crate) fn create_view(
        &mut self,
        materialized: bool,
        head: Vec<String>,
    ) -> Read<CreateView> {
        let if_not_exists = self.eat(&["IF", "NOT", "EXISTS"]);
        let name = self.object_name("a view's name")?;
        let mut view = self.view(name, materialized, if_not_exists)?;
        view.words.head = head;
        Ok(view)
    }

    /// MySQL writes the definer and the method between `CREATE` and `VIEW`: `ALGORITHM=… DEFINER=… SQL SECURITY …`. Kept is the
    /// unusual.
    pub(crate) fn view_head(&mut self) -> Read<Vec<String>> {
        const ENDS: [&str; 7] = [
            "DEFINER",
            "SQL",
            "VIEW",
            "TRIGGER",
            "FUNCTION",
            "PROCEDURE",
            "EVENT",
        ];
        let mut kept = Vec::new();
        while self.is_any_word(0, &["ALGORITHM", "DEFINER", "SQL", "RECURSIVE"]) {
            if self.eat(&["RECURSIVE"]) {
                continue;
            }
            if self.is_word(0, "ALGORITHM") && self.is_symbol(1, "=") {
                let methods = ["MERGE", "TEMPTABLE"].into_iter();
                let method = methods.filter(|word| self.is_word(2, word));
                kept.extend(method.map(|word| format!("ALGORITHM={word}")));
            } else if self.is_words(&["SQL", "SECURITY", "INVOKER"]) {
                kept.push("SQL SECURITY INVOKER".to_owned());
            }
            self.advance(1);
            while !self.at_end() && !self.is_any_word(0, &ENDS) {
                self.skip_one()?;
            }
        }
        Ok(kept)
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
        let mut words = self.view_options()?;
        self.expect(&["AS"])?;
        let (query, body, check) = self.query_of_view();
        words.check = check.or(words.check);
        Ok(CreateView {
            name,
            materialized,
            if_not_exists,
            columns,
            words,
            query,
            body,
            column_notes: Vec::new(),
            notes: Notes::default(),
        })
    }

    /// To `AS`: `WITH (…)`, where a `CHECK OPTION` may stand, too.
    fn view_options(&mut self) -> Read<ViewWords> {
        let mut words = ViewWords::default();
        while !self.at_end() && !self.is_word(0, "AS") {
            if !self.grammar.objects.view_options
                || !self.is_word(0, "WITH")
                || !self.is_symbol(1, "(")
            {
                self.skip_one()?;
                continue;
            }
            self.advance(2);
            while !self.at_end() && !self.eat_symbol(")") {
                let name = self.name("an option of a view")?.text.to_lowercase();
                let value = if self.eat_symbol("=") {
                    let first = self.at;
                    self.skip_one()?;
                    self.written(first).trim_matches('\'').to_lowercase()
                } else {
                    "true".to_owned()
                };
                match (name.as_str(), value.as_str()) {
                    ("check_option", "local") => words.check = Some("LOCAL"),
                    ("check_option", _) => words.check = Some("CASCADED"),
                    (name, value) => words.options.push(format!("{name}='{value}'")),
                }
                self.eat_symbol(",");
            }
        }
        sort_by(&mut words.options, Ord::cmp);
        Ok(words)
    }

    /// The query that is the rest of the statement.
    pub(super) fn whole_query(&mut self) -> (ReadQuery, Expression) {
        let (query, body, _) = self.query_of_view();
        (query, body)
    }

    /// The same with the `CHECK OPTION` after it.
    fn query_of_view(&mut self) -> (ReadQuery, Expression, Option<&'static str>) {
        let first = self.at;
        let (end, check) = self.end_of_query();
        let query = match self.within(first, end) {
            Some(query) => syntax::read_query(&query).map_err(|problem| query.reason(&problem)),
            None => Err("it has no query".to_owned()),
        };
        self.at = end;
        let body = self.expression(first);
        self.skip_to_end();
        (query.map(Arc::new), body, check)
    }

    /// Without `WITH [NO] DATA` and `WITH … CHECK OPTION`, which are not part of the query.
    fn end_of_query(&self) -> (usize, Option<&'static str>) {
        type Tail = (&'static [&'static str], Option<&'static str>);
        let cascaded = Some("CASCADED");
        let tails: [Tail; 5] = [
            (&["WITH", "DATA"], None),
            (&["WITH", "NO", "DATA"], None),
            (&["WITH", "CHECK", "OPTION"], cascaded),
            (&["WITH", "LOCAL", "CHECK", "OPTION"], Some("LOCAL")),
            (&["WITH", "CASCADED", "CHECK", "OPTION"], cascaded),
        ];
        let rest = self.tokens.len() - self.at;
        let stands = |(words, _): &&Tail| {
            rest > words.len()
                && (words.iter().enumerate())
                    .all(|(at, word)| self.is_word(rest - words.len() + at, word))
        };
        let tail = tails.iter().find(stands);
        let (length, check) = tail.map_or((0, None), |(words, check)| (words.len(), *check));
        (self.tokens.len() - length, check)
    }

    /// After `ALTER … VIEW`: another name, another schema, or MySQL's other query.
    pub(crate) fn alter_view(&mut self, head: Vec<String>) -> Read<Outcome> {
        let if_exists = self.eat(&["IF", "EXISTS"]);
        let table = self.object_name("a view's name")?;
        if self.is_word(0, "AS") || self.is_symbol(0, "(") {
            let mut view = self.view(table, false, false)?;
            view.words.head = head;
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
                others: Vec::new(),
            },
        )]))
    }
}
