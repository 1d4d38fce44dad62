//! Reads the query of a view as far as the names and types of its columns depend on it: what is selected, and from where.
//!
//! The names in conditions, groups and orders are read too. What is not understood stays unknown, so nothing here is ever an error;
//! queries in queries are followed so far and no further.

mod from;
mod listed;
mod value;

use crate::ast::{CommonTable, FromItem, Grouping, Name, Query, Select, SelectItem, Source, Value};

use super::ddl::cursor::{Cursor, Read};

/// Queries in queries and values in values are followed so far: that fits a stack of 256 KiB in a build script, which is not
/// optimised.
const DEPTH_LIMIT: usize = 16;

/// Words that end an item of a `SELECT`.
const CLAUSES: &[&str] = &[
    "FROM",
    "WHERE",
    "GROUP",
    "HAVING",
    "WINDOW",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FETCH",
    "FOR",
    "INTO",
    "UNION",
    "EXCEPT",
    "INTERSECT",
];

/// Functions that make one value of many rows.
pub(crate) const AGGREGATES: &[&str] = &[
    "AVG",
    "ANY_VALUE",
    "ARRAY_AGG",
    "BIT_AND",
    "BIT_OR",
    "BIT_XOR",
    "BOOL_AND",
    "BOOL_OR",
    "CORR",
    "COUNT",
    "EVERY",
    "GROUP_CONCAT",
    "JSONB_AGG",
    "JSONB_OBJECT_AGG",
    "JSON_AGG",
    "JSON_ARRAYAGG",
    "JSON_GROUP_ARRAY",
    "JSON_GROUP_OBJECT",
    "JSON_OBJECTAGG",
    "JSON_OBJECT_AGG",
    "MAX",
    "MIN",
    "MODE",
    "PERCENTILE_CONT",
    "PERCENTILE_DISC",
    "RANGE_AGG",
    "STD",
    "STDDEV",
    "STDDEV_POP",
    "STDDEV_SAMP",
    "STRING_AGG",
    "SUM",
    "TOTAL",
    "VARIANCE",
    "VAR_POP",
    "VAR_SAMP",
    "XMLAGG",
];

const SET_OPERATORS: &[&str] = &["UNION", "EXCEPT", "INTERSECT"];
/// Words after a part of a `UNION`.
const AFTER_PART: &[&str] = &["ORDER", "UNION", "EXCEPT", "INTERSECT"];

impl<'a> Cursor<'a> {
    /// The query that is all there is from here on.
    pub(crate) fn query(&mut self, depth: usize) -> Query {
        let mut query = Query::default();
        if depth > DEPTH_LIMIT
            || (self.eat(&["WITH"]) && self.common_tables(&mut query, depth).is_err())
        {
            return Query::default();
        }
        loop {
            query.selects.extend(self.query_part(depth));
            self.skip_to(AFTER_PART);
            let order = self.order(depth);
            self.skip_to(SET_OPERATORS);
            if !self.eat_any(SET_OPERATORS) {
                match query.selects.as_mut_slice() {
                    [only] => only.listed.extend(order),
                    _ => query.order = order,
                }
                return query;
            }
            self.eat_any(&["ALL", "DISTINCT"]);
        }
    }

    fn common_tables(&mut self, query: &mut Query, depth: usize) -> Read<()> {
        self.eat(&["RECURSIVE"]);
        loop {
            let name = self.name("a name")?;
            let columns = if self.is_symbol(0, "(") {
                self.column_list()?
            } else {
                Vec::new()
            };
            self.expect(&["AS"])?;
            self.eat(&["NOT"]);
            self.eat(&["MATERIALIZED"]);
            let query_of = self.inside().map(|mut inner| inner.query(depth + 1));
            query.with.push(CommonTable {
                name,
                columns,
                query: query_of.unwrap_or_default(),
            });
            if !self.eat_symbol(",") {
                return Ok(());
            }
        }
    }

    /// One part of a `UNION`; what is none gives a `SELECT` of nothing.
    fn query_part(&mut self, depth: usize) -> Vec<Select> {
        if self.is_symbol(0, "(") {
            let inner = self.inside().map(|mut inner| inner.query(depth + 1));
            let plain = inner.filter(|query| query.with.is_empty());
            return plain.map_or_else(|| vec![Select::default()], |query| query.selects);
        }
        if self.eat(&["TABLE"]) {
            return vec![self.whole_table()];
        }
        if !self.eat(&["SELECT"]) {
            return vec![Select::default()];
        }
        let mut select = Select::default();
        self.select_modifiers(&mut select, depth);
        self.items(&mut select, depth);
        if self.eat(&["FROM"]) {
            let end = self.end_of(&CLAUSES[1..]);
            if let Some(mut from) = self.within(self.at, end) {
                from.sources(&mut select, depth);
            }
            self.at = end;
        }
        if self.eat(&["WHERE"]) {
            let end = self.end_of(&CLAUSES[2..]);
            let condition = self.within(self.at, end);
            let condition = condition.and_then(|mut condition| condition.whole_value(depth));
            select.conditions.extend(condition);
            self.at = end;
        }
        if self.eat(&["GROUP"]) {
            let end = self.end_of(&CLAUSES[3..]);
            let group = self.within(self.at, end);
            let sets = group.as_ref().is_some_and(|group| group.groups_sets());
            select.grouping = if sets {
                Grouping::Sets
            } else {
                Grouping::Plain
            };
            select
                .listed
                .extend(group.map_or_else(Vec::new, |mut group| group.group(depth)));
            self.at = end;
        }
        if self.eat(&["HAVING"]) {
            let end = self.end_of(&CLAUSES[4..]);
            let condition = self.within(self.at, end);
            let condition = condition.and_then(|mut condition| condition.whole_value(depth));
            select.grouped.extend(condition);
            self.at = end;
        }
        if self.eat(&["WINDOW"]) {
            let end = self.end_of(&CLAUSES[5..]);
            if let Some(mut windows) = self.within(self.at, end) {
                select.grouped.extend(windows.windows(depth));
            }
            self.at = end;
        }
        vec![select]
    }

    /// The value that is all there is.
    fn whole_value(&mut self, depth: usize) -> Option<Value> {
        let value = self.value(0, depth + 1)?;
        self.at_end().then_some(value)
    }

    /// After `GROUP`: `BY ROLLUP (a)`, `BY a WITH ROLLUP`.
    fn groups_sets(&self) -> bool {
        let is_set = |at: &usize| {
            let sets = self.is_any_word(*at, &["ROLLUP", "CUBE"]) && self.is_symbol(at + 1, "(");
            let with = self.is_word(*at, "WITH") && self.is_word(at + 1, "ROLLUP");
            sets || with || (self.is_word(*at, "GROUPING") && self.is_word(at + 1, "SETS"))
        };
        (0..self.tokens.len() - self.at).any(|at| is_set(&at))
    }

    /// Whether an aggregate stands in these tokens, rather than in a query within or over a window.
    fn calls_aggregate(&self, first: usize, end: usize) -> bool {
        let mut at = first;
        while at + 1 < end {
            let ahead = at - self.at;
            if self.symbol_at(at, "(") && self.is_any_word(ahead + 1, &["SELECT", "WITH"]) {
                at = self.behind(at);
            } else if self.is_aggregate(at) {
                return true;
            } else {
                at += 1;
            }
        }
        false
    }

    /// Whether a call of an aggregate begins with the token of this index. SQLite's `max(a, b)` is none.
    fn is_aggregate(&self, at: usize) -> bool {
        let ahead = at - self.at;
        if !self.symbol_at(at + 1, "(") || !self.is_any_word(ahead, AGGREGATES) {
            return false;
        }
        let mut behind = self.behind(at + 1);
        let of_one = (self.within(at + 2, behind - 1)).is_none_or(|inner| inner.is_one_item());
        while self.is_any_word(
            behind - self.at,
            &["FILTER", "WITHIN", "GROUP", "IGNORE", "RESPECT", "NULLS"],
        ) || self.symbol_at(behind, "(")
        {
            behind = self.behind(behind);
        }
        let over = self.is_word(behind - self.at, "OVER");
        !over && (of_one || !self.is_any_word(ahead, &["MIN", "MAX"]))
    }

    fn is_one_item(&self) -> bool {
        let mut at = self.at;
        while at < self.tokens.len() && !self.symbol_at(at, ",") {
            at = self.behind(at);
        }
        at == self.tokens.len()
    }

    /// `TABLE t` is `SELECT * FROM t`.
    fn whole_table(&mut self) -> Select {
        let span = self.here();
        let Ok(name) = self.object_name("a table's name") else {
            return Select::default();
        };
        Select {
            items: vec![SelectItem::All],
            spans: vec![span],
            from: vec![FromItem {
                source: Source::Table(name),
                alias: None,
                columns: Vec::new(),
                nullable: false,
                using: Vec::new(),
            }],
            ..Select::default()
        }
    }

    fn select_modifiers(&mut self, select: &mut Select, depth: usize) {
        let modifiers = &[
            "ALL",
            "DISTINCTROW",
            "HIGH_PRIORITY",
            "STRAIGHT_JOIN",
            "SQL_SMALL_RESULT",
            "SQL_BIG_RESULT",
            "SQL_BUFFER_RESULT",
            "SQL_NO_CACHE",
            "SQL_CACHE",
            "SQL_CALC_FOUND_ROWS",
        ];
        loop {
            if self.eat(&["DISTINCT"]) {
                if self.eat(&["ON"]) {
                    let values = self.inside().map(|mut inner| inner.listed(depth));
                    select.listed.extend(values.unwrap_or_default());
                }
            } else if !self.eat_any(modifiers) {
                return;
            }
        }
    }

    fn items(&mut self, select: &mut Select, depth: usize) {
        loop {
            let (first, end) = (self.at, self.end_of_item());
            if self.calls_aggregate(first, end) {
                select.grouping = Grouping::Whole;
            }
            let item = self.within(first, end).map(|mut item| item.item(depth));
            self.at = end;
            select
                .items
                .push(item.unwrap_or(SelectItem::Value(Value::Unknown, None)));
            select.spans.push(self.span_from(first));
            if !self.eat_symbol(",") {
                return;
            }
        }
    }

    /// The item that is all there is.
    fn item(&mut self, depth: usize) -> SelectItem {
        if self.tokens.len() == 1 && self.is_symbol(0, "*") {
            return SelectItem::All;
        }
        let last = self.tokens.len() - 1;
        if self.is_symbol(last, "*") && last >= 2 && self.is_symbol(last - 1, ".") {
            self.at = last - 2;
            let table = self.name("a table's name");
            return table.map_or(SelectItem::Value(Value::Unknown, None), SelectItem::AllOf);
        }
        let value = self.value(0, depth + 1);
        match (value, self.alias()) {
            (Some(value), Some(alias)) => SelectItem::Value(value, alias),
            _ => SelectItem::Value(Value::Unknown, self.alias_at_end()),
        }
    }

    /// Reads the alias after the value: a name or nothing; `None` for more than that.
    fn alias(&mut self) -> Option<Option<Name>> {
        self.eat(&["AS"]);
        if self.at_end() {
            return Some(None);
        }
        let alias = self.any_name()?;
        self.at_end().then_some(Some(alias))
    }

    fn alias_at_end(&mut self) -> Option<Name> {
        self.at = self.tokens.len().checked_sub(2)?;
        self.eat(&["AS"]).then(|| self.any_name()).flatten()
    }

    /// A name, also one in the quotes of a text, as MySQL and SQLite take them.
    fn any_name(&mut self) -> Option<Name> {
        let token = self.token(0)?;
        if self.is_text(token) {
            self.advance(1);
            let (text, span) = (self.unquoted(token), self.span_of(token));
            return Some(Name { text, span });
        }
        self.name("a name").ok()
    }

    /// Returns where the item that begins here ends.
    fn end_of_item(&self) -> usize {
        let mut at = self.at;
        while at < self.tokens.len() {
            if self.symbol_at(at, ",") || self.symbol_at(at, ")") || self.clause_at(at, CLAUSES) {
                break;
            }
            at = self.behind(at);
        }
        at
    }

    /// Returns where the first of these words is, outside parentheses; else the end.
    fn end_of(&self, words: &[&str]) -> usize {
        let mut at = self.at;
        while at < self.tokens.len() && !self.clause_at(at, words) {
            at = self.behind(at);
        }
        at
    }

    fn skip_to(&mut self, words: &[&str]) {
        self.at = self.end_of(words);
    }

    /// Whether a clause begins with the token of this index. `a.offset`, `AS "from"`, `IS DISTINCT FROM` and `WITHIN GROUP` are none.
    fn clause_at(&self, at: usize, words: &[&str]) -> bool {
        let is = |at: usize, words: &[&str]| {
            let ahead = at - self.at;
            self.is_any_word(ahead, words)
        };
        let before = at.checked_sub(1).filter(|before| *before >= self.at);
        let names = before.is_some_and(|before| {
            self.symbol_at(before, ".")
                || is(before, &["AS"])
                || (is(before, &["DISTINCT"]) && is(at, &["FROM"]))
                || (is(before, &["WITHIN"]) && is(at, &["GROUP"]))
        });
        !names && is(at, words)
    }

    fn symbol_at(&self, at: usize, symbol: &str) -> bool {
        self.is_symbol(at - self.at, symbol)
    }

    /// The index after the token of this index, or after the parenthesis or bracket it opens.
    pub(super) fn behind(&self, at: usize) -> usize {
        let opens = |at: usize| self.symbol_at(at, "(") || self.symbol_at(at, "[");
        let closes = |at: usize| self.symbol_at(at, ")") || self.symbol_at(at, "]");
        let mut depth = 0_usize;
        let mut next = at;
        while next < self.tokens.len() {
            if opens(next) {
                depth += 1;
            } else if closes(next) {
                depth = depth.saturating_sub(1);
            }
            next += 1;
            if depth == 0 {
                break;
            }
        }
        next
    }

    /// Eats a pair of parentheses and gives what stands between; `None` where there is nothing.
    pub(crate) fn inside(&mut self) -> Option<Cursor<'a>> {
        if !self.is_symbol(0, "(") {
            return None;
        }
        let (first, end) = (self.at + 1, self.behind(self.at));
        self.at = end;
        self.within(first, end.saturating_sub(1))
    }

    /// The tokens from one index up to another, as if there were no others; `None` where there are none.
    pub(crate) fn within(&self, first: usize, end: usize) -> Option<Cursor<'a>> {
        let tokens = self.tokens.get(first..end)?;
        (!tokens.is_empty()).then_some(Cursor {
            text: self.text,
            tokens,
            at: 0,
            file: self.file,
            dialect: self.dialect,
            read_as: self.read_as,
            comments: self.comments,
            own_database: self.own_database,
            path: self.path,
            kind: self.kind,
        })
    }
}
