//! Reads the lists of `GROUP BY`, `ORDER BY` and windows for the values that they name.

use crate::ast::Value;
use crate::parse::ddl::cursor::Cursor;

use super::{CLAUSES, DEPTH_LIMIT};

/// Words that end a list within the parentheses of a window.
const OF_WINDOW: &[&str] = &["ORDER", "ROWS", "RANGE", "GROUPS"];

impl Cursor<'_> {
    /// The values of `ORDER BY`, where it stands here.
    pub(super) fn order(&mut self, depth: usize) -> Vec<Value> {
        if !self.eat(&["ORDER", "BY"]) {
            return Vec::new();
        }
        self.listed_until(&CLAUSES[6..], depth)
    }

    /// Reads the list after `GROUP`.
    pub(super) fn group(&mut self, depth: usize) -> Vec<Value> {
        self.eat(&["BY"]);
        self.eat_any(&["ALL", "DISTINCT"]);
        self.listed(depth)
    }

    /// The values of a list that is all there is, as far as they are understood; those of `ROLLUP (…)`, `CUBE (…)` and
    /// `GROUPING SETS (…)` too.
    pub(super) fn listed(&mut self, depth: usize) -> Vec<Value> {
        let mut values = Vec::new();
        if depth > DEPTH_LIMIT {
            return values;
        }
        while !self.at_end() {
            let (first, end) = (self.at, self.end_of_item());
            if let Some(mut item) = self.within(first, end) {
                values.extend(item.listed_item(depth));
            }
            self.at = end;
            while !self.at_end() && !self.eat_symbol(",") {
                self.at = self.behind(self.at);
            }
        }
        values
    }

    /// The item of a list that is all there is.
    fn listed_item(&mut self, depth: usize) -> Vec<Value> {
        let is_set = self.is_any_word(0, &["ROLLUP", "CUBE"]) && self.is_symbol(1, "(");
        if is_set || self.is_words(&["GROUPING", "SETS"]) {
            self.advance(if is_set { 1 } else { 2 });
            let inner = self.inside().filter(|_| self.at_end());
            return inner.map_or_else(Vec::new, |mut inner| inner.listed(depth + 1));
        }
        let first = self.at;
        if let Some(value) = self.sorted_value(depth) {
            return vec![value];
        }
        // `(a, b)`.
        self.at = first;
        let inner = self
            .inside()
            .filter(|inner| self.at_end() && !inner.is_query());
        inner.map_or_else(Vec::new, |mut inner| inner.listed(depth + 1))
    }

    /// The value that is all there is but for its direction, and MySQL's `WITH ROLLUP`.
    fn sorted_value(&mut self, depth: usize) -> Option<Value> {
        let value = self.value(0, depth + 1)?;
        self.eat_any(&["ASC", "DESC"]);
        if self.eat(&["NULLS"]) {
            self.eat_any(&["FIRST", "LAST"]);
        }
        self.eat(&["WITH", "ROLLUP"]);
        self.at_end().then_some(value)
    }

    /// `WINDOW` names windows: `w AS (…), …`.
    pub(super) fn windows(&mut self, depth: usize) -> Vec<Value> {
        let mut values = Vec::new();
        while !self.at_end() {
            if self.is_symbol(0, "(") {
                values.extend(self.window(depth));
            } else {
                self.advance(1);
            }
        }
        values
    }

    /// The values that a window in parentheses names.
    pub(super) fn window(&mut self, depth: usize) -> Vec<Value> {
        let Some(mut inner) = self.inside() else {
            return Vec::new();
        };
        let mut values = Vec::new();
        inner.skip_to(&["PARTITION", "ORDER", "ROWS", "RANGE", "GROUPS"]);
        if inner.eat(&["PARTITION", "BY"]) {
            values.extend(inner.listed_until(OF_WINDOW, depth));
        }
        if inner.eat(&["ORDER", "BY"]) {
            values.extend(inner.listed_until(&OF_WINDOW[1..], depth));
        }
        values
    }

    /// The list before one of these words.
    fn listed_until(&mut self, words: &[&str], depth: usize) -> Vec<Value> {
        let end = self.end_of(words);
        let list = self.within(self.at, end);
        self.at = end;
        list.map_or_else(Vec::new, |mut list| list.listed(depth))
    }
}
