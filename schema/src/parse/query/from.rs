//! Reads `FROM`: tables, joins and queries in parentheses, with the names they go by.

use crate::ast::{FromItem, Name, Select, Source};
use crate::parse::ddl::cursor::Cursor;

use super::{DEPTH_LIMIT, SET_OPERATORS};

const JOINS: &[&str] = &[
    "JOIN",
    "INNER",
    "CROSS",
    "LEFT",
    "RIGHT",
    "FULL",
    "NATURAL",
    "STRAIGHT_JOIN",
];

/// Words after a table that are not a name for it.
const NO_ALIAS: &[&str] = &[
    "ON",
    "USING",
    "USE",
    "FORCE",
    "IGNORE",
    "TABLESAMPLE",
    "INDEXED",
    "NOT",
    "WITH",
    "PARTITION",
];

/// Which side of a join may be missing.
#[derive(Clone, Copy)]
struct Missing {
    left: bool,
    right: bool,
}

impl Cursor<'_> {
    /// The list that is all there is.
    pub(super) fn sources(&mut self, select: &mut Select, depth: usize) {
        while !self.at_end() {
            let items = self.joined(select, depth);
            select.from.extend(items);
            if !self.eat_symbol(",") {
                // Something that is not understood: what it reads is not known.
                if !self.at_end() {
                    select.from.push(unknown());
                }
                return;
            }
        }
    }

    /// A table with all that is joined to it.
    fn joined(&mut self, select: &mut Select, depth: usize) -> Vec<FromItem> {
        let mut items = self.source(select, depth);
        // `a LEFT JOIN b JOIN c ON … ON …`: what is joined before the condition is missing with `b`.
        let mut waiting = false;
        while let Some((missing, natural)) = self.join() {
            select.merges |= natural;
            let mut right = self.source(select, depth);
            for item in &mut right {
                item.nullable |= missing.right || waiting;
            }
            for item in items.iter_mut().filter(|_| missing.left) {
                item.nullable = true;
            }
            let conditioned = natural || self.join_condition(select, &mut right, depth);
            items.extend(right);
            waiting = !conditioned && (waiting || missing.right);
        }
        items
    }

    /// The words of a join, and whether it is natural.
    fn join(&mut self) -> Option<(Missing, bool)> {
        let first = self.at;
        let natural = self.eat(&["NATURAL"]);
        let sides = ["LEFT", "RIGHT", "FULL"];
        let side = sides.into_iter().find(|word| self.eat(&[word]));
        self.eat_any(if side.is_some() {
            &["OUTER"]
        } else {
            &["INNER", "CROSS"]
        });
        let missing = Missing {
            left: matches!(side, Some("RIGHT" | "FULL")),
            right: matches!(side, Some("LEFT" | "FULL")),
        };
        if self.eat_any(&["JOIN", "STRAIGHT_JOIN"]) {
            return Some((missing, natural));
        }
        self.at = first;
        None
    }

    /// After what is joined, which is `right`.
    fn join_condition(
        &mut self,
        select: &mut Select,
        right: &mut [FromItem],
        depth: usize,
    ) -> bool {
        if self.eat(&["USING"]) {
            select.merges = true;
            let end = self.behind(self.at);
            if let [only] = right {
                only.using = self.column_list().unwrap_or_default();
            }
            self.at = end;
            return true;
        }
        if !self.eat(&["ON"]) {
            return false;
        }
        let first = self.at;
        while !self.at_end() && !self.is_symbol(0, ",") && !self.at_join() {
            if self.is_any_word(0, &["ON", "USING"]) {
                break;
            }
            self.at = self.behind(self.at);
        }
        let condition = self.within(first, self.at);
        let condition = condition.and_then(|mut condition| condition.whole_value(depth));
        select.conditions.extend(condition);
        // The condition of a join further out.
        if self.is_any_word(0, &["ON", "USING"]) {
            self.join_condition_again(select);
        }
        true
    }

    fn join_condition_again(&mut self, select: &mut Select) {
        while !self.at_end() && !self.is_symbol(0, ",") && !self.at_join() {
            select.merges |= self.is_word(0, "USING");
            self.at = self.behind(self.at);
        }
    }

    /// `LEFT (` is the function.
    fn at_join(&self) -> bool {
        self.is_any_word(0, JOINS) && !self.is_symbol(1, "(")
    }

    fn source(&mut self, select: &mut Select, depth: usize) -> Vec<FromItem> {
        self.eat(&["LATERAL"]);
        self.eat(&["ONLY"]);
        if !self.is_symbol(0, "(") {
            return vec![self.table()];
        }
        let Some(mut inner) = self.inside() else {
            return vec![unknown()];
        };
        if depth > DEPTH_LIMIT {
            return vec![unknown()];
        }
        if inner.is_query() {
            let source = Source::Query(Box::new(inner.query(depth + 1)));
            return vec![self.named(source)];
        }
        let items = inner.joined(select, depth + 1);
        if !inner.at_end() || self.table_alias().is_some() {
            return vec![unknown()];
        }
        items
    }

    /// `SELECT …`, `(SELECT …) UNION …`; `(SELECT …) x JOIN …` is none.
    pub(super) fn is_query(&self) -> bool {
        let mut opens = 0;
        while self.is_symbol(opens, "(") {
            opens += 1;
        }
        if !self.is_any_word(opens, &["SELECT", "WITH", "VALUES"]) {
            return false;
        }
        let behind = self.behind(self.at) - self.at;
        opens == 0 || self.token(behind).is_none() || self.is_any_word(behind, SET_OPERATORS)
    }

    fn table(&mut self) -> FromItem {
        let Ok(name) = self.object_name("a table's name") else {
            self.at = self.behind(self.at.min(self.tokens.len()));
            return unknown();
        };
        if self.is_symbol(0, "(") {
            self.at = self.behind(self.at);
            self.eat(&["WITH", "ORDINALITY"]);
            return self.named(Source::Unknown);
        }
        self.eat_symbol("*");
        if self.eat(&["PARTITION"]) {
            self.at = self.behind(self.at);
        }
        let item = self.named(Source::Table(name));
        self.table_hints();
        item
    }

    /// The name that a source goes by, and those of its columns.
    fn named(&mut self, source: Source) -> FromItem {
        let alias = self.table_alias();
        let columns = if alias.is_some() && self.is_symbol(0, "(") {
            self.column_list().unwrap_or_default()
        } else {
            Vec::new()
        };
        FromItem {
            source,
            alias,
            columns,
            nullable: false,
            using: Vec::new(),
        }
    }

    fn table_alias(&mut self) -> Option<Name> {
        if !self.eat(&["AS"]) && (self.at_join() || self.is_any_word(0, NO_ALIAS)) {
            return None;
        }
        self.is_name(0).then(|| self.name("a name").ok()).flatten()
    }

    /// Which index or how much of the table is read.
    fn table_hints(&mut self) {
        while self.is_any_word(
            0,
            &["USE", "FORCE", "IGNORE", "INDEXED", "NOT", "TABLESAMPLE"],
        ) {
            while !self.at_end()
                && !self.is_symbol(0, ",")
                && !self.is_any_word(0, &["ON", "USING"])
                && !self.at_join()
            {
                self.at = self.behind(self.at);
            }
        }
    }
}

fn unknown() -> FromItem {
    FromItem {
        source: Source::Unknown,
        alias: None,
        columns: Vec::new(),
        nullable: true,
        using: Vec::new(),
    }
}
