//! Queries: `WITH`, `SELECT`, `VALUES`, set operators, order and limit.

use super::cursor::Read;
use super::reader::Reader;
use super::tree::{
    Body, CommonTable, Distinct, Expr, ExprKind, Group, ItemKind, Limit, Lock, Query, Select,
    SelectItem, SetPart, Sort, Statement, Window, With,
};
use crate::ast::name::Name;
use crate::source::Span;

/// The words that follow a query without items.
const AFTER_ITEMS: &[&str] = &[
    "FROM",
    "WHERE",
    "GROUP",
    "HAVING",
    "WINDOW",
    "UNION",
    "EXCEPT",
    "INTERSECT",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FETCH",
    "FOR",
];

impl Reader<'_> {
    /// A query that begins here.
    pub(crate) fn query(&mut self) -> Read<Query> {
        let first = self.at;
        let with = self.with()?;
        self.query_with(with, first)
    }

    /// A query after its `WITH`.
    pub(super) fn query_with(&mut self, with: Option<With>, first: usize) -> Read<Query> {
        let body = self.body()?;
        self.query_of(with, body, first)
    }

    /// The parts after the body of a query.
    fn query_of(&mut self, with: Option<With>, body: Body, first: usize) -> Read<Query> {
        let order = self.order_by()?;
        let mut limit = Limit::default();
        let mut locks = Vec::new();
        while self.limit(&mut limit)? || self.lock(&mut locks)? {}
        Ok(Query {
            with,
            body,
            order,
            limit,
            locks,
            span: self.span_from(first),
        })
    }

    pub(super) fn order_by(&mut self) -> Read<Vec<Sort>> {
        if self.eat(&["ORDER", "BY"]) {
            self.list(Self::sort)
        } else {
            Ok(Vec::new())
        }
    }

    /// `WITH a AS (…), …`.
    pub(super) fn with(&mut self) -> Read<Option<With>> {
        if !self.eat(&["WITH"]) {
            return Ok(None);
        }
        let recursive = self.eat(&["RECURSIVE"]);
        let tables = self.list(Self::common_table)?;
        Ok(Some(With { recursive, tables }))
    }

    fn common_table(&mut self) -> Read<CommonTable> {
        let name = self.own_name("a name")?;
        let columns = self.names_in_parentheses()?;
        self.expect(&["AS"])?;
        let has_words = self.grammar.queries.materialized;
        let is_not = has_words && self.eat(&["NOT"]);
        let materialized = (has_words && self.eat(&["MATERIALIZED"])).then_some(!is_not);
        let statement = self.enclosed(|reader| {
            if reader.grammar.queries.with_writes {
                return reader.statement();
            }
            let query = reader.query()?;
            Ok(Statement::Query(Box::new(query)))
        })?;
        let behind = self.at;
        let added = self.added_columns()?;
        Ok(CommonTable {
            name,
            columns,
            materialized,
            statement,
            added,
            search: self.stretch_from(behind),
        })
    }

    /// PostgreSQL's `SEARCH … SET a` and `CYCLE … SET a USING b`; MariaDB's `CYCLE … RESTRICT`.
    fn added_columns(&mut self) -> Read<Vec<(Name, Option<Expr>)>> {
        let mut added = Vec::new();
        if self.eat(&["SEARCH"]) {
            if !self.eat(&["DEPTH"]) {
                self.expect(&["BREADTH"])?;
            }
            self.expect(&["FIRST", "BY"])?;
            self.list(|reader| reader.own_name("a column's name"))?;
            self.expect(&["SET"])?;
            added.push((self.own_name("a column's name")?, None));
        }
        if self.is_word(0, "CYCLE") {
            self.advance(1);
            self.list(|reader| reader.own_name("a column's name"))?;
            if self.grammar.queries.cycle_restricts {
                self.expect(&["RESTRICT"])?;
                return Ok(added);
            }
            self.expect(&["SET"])?;
            let mark = self.own_name("a column's name")?;
            let mut value = None;
            if self.eat(&["TO"]) {
                value = Some(self.expr()?);
                self.expect(&["DEFAULT"])?;
                self.expr()?;
            }
            self.expect(&["USING"])?;
            added.push((mark, value));
            added.push((self.own_name("a column's name")?, None));
        }
        Ok(added)
    }

    /// `(a, b)`, or nothing.
    pub(super) fn names_in_parentheses(&mut self) -> Read<Vec<Name>> {
        if !self.is_symbol(0, "(") {
            return Ok(Vec::new());
        }
        self.enclosed(|reader| reader.list(|reader| reader.own_name("a column's name")))
    }

    /// The parts that set operators join.
    fn body(&mut self) -> Read<Body> {
        if !self.grammar.queries.intersect_binds_tighter {
            let first = self.part()?;
            return self.set(first, &["union", "except", "intersect"], Self::part);
        }
        let first = self.intersection()?;
        self.set(first, &["union", "except"], Self::intersection)
    }

    fn intersection(&mut self) -> Read<Body> {
        let first = self.part()?;
        self.set(first, &["intersect"], Self::part)
    }

    fn set(
        &mut self,
        first: Body,
        operators: &[&'static str],
        next: fn(&mut Self) -> Read<Body>,
    ) -> Read<Body> {
        let mut parts = Vec::new();
        loop {
            let found = operators.iter().find(|word| self.is_word(0, word));
            let Some(&operator) = found else { break };
            let span = self.here();
            self.advance(1);
            let has_quantifiers = self.grammar.queries.set_quantifiers;
            let all = (has_quantifiers || operator == "union") && self.eat(&["ALL"]);
            if !all && has_quantifiers {
                self.eat(&["DISTINCT"]);
            }
            parts.push(SetPart {
                operator,
                all,
                body: next(self)?,
                span,
            });
        }
        if parts.is_empty() {
            Ok(first)
        } else {
            Ok(Body::Set(Box::new(first), parts))
        }
    }

    fn part(&mut self) -> Read<Body> {
        let grammar = &self.grammar.queries;
        if self.is_symbol(0, "(") && grammar.parentheses && self.at_query(1) {
            let query = self.enclosed(Self::query)?;
            return Ok(Body::Query(Box::new(query)));
        }
        if self.is_word(0, "VALUES") {
            return self.values();
        }
        if self.is_word(0, "TABLE") && grammar.table {
            self.advance(1);
            return Ok(Body::Table(self.table_name()?));
        }
        self.expect(&["SELECT"])?;
        self.nested(Self::select)
    }

    /// `VALUES (1, 2), (3, 4)`.
    pub(super) fn values(&mut self) -> Read<Body> {
        let first = self.at;
        self.advance(1);
        let has_rows = self.grammar.queries.values_of_rows;
        let are_rows = has_rows && self.is_word(0, "ROW");
        let rows = self.list(|reader| {
            if has_rows {
                reader.eat(&["ROW"]);
            }
            reader.enclosed(|reader| reader.list(Self::expr))
        })?;
        Ok(Body::Values {
            rows,
            span: self.span_from(first),
            are_rows,
        })
    }

    fn select(&mut self) -> Read<Body> {
        let first = self.at.saturating_sub(1);
        let distinct = self.distinct()?;
        let empty = self.at_end() || self.is_symbol(0, ")") || self.is_any_word(0, AFTER_ITEMS);
        let may_be_empty = self.grammar.queries.no_items && matches!(distinct, Distinct::No);
        let items = if empty && may_be_empty {
            Vec::new()
        } else {
            self.list(Self::item)?
        };
        let from = if self.eat(&["FROM"]) {
            self.sources()?
        } else {
            Vec::new()
        };
        let condition = self.condition("WHERE")?;
        let (group, group_distinct, rollup) = self.group_by()?;
        let having = self.condition("HAVING")?;
        let windows = if self.eat(&["WINDOW"]) {
            self.list(Self::named_window)?
        } else {
            Vec::new()
        };
        Ok(Body::Select(Box::new(Select {
            distinct,
            items,
            from,
            condition,
            group,
            group_distinct,
            rollup,
            having,
            windows,
            span: self.span_from(first),
        })))
    }

    /// A condition after its word.
    pub(super) fn condition(&mut self, word: &str) -> Read<Option<Expr>> {
        if self.eat(&[word]) {
            self.expr().map(Some)
        } else {
            Ok(None)
        }
    }

    fn distinct(&mut self) -> Read<Distinct> {
        let grammar = &self.grammar.queries;
        let is_free = !grammar.modifiers.is_empty();
        while self.eat_any(grammar.modifiers) {}
        let distinct = if self.eat(&["DISTINCT"]) || (is_free && self.eat(&["DISTINCTROW"])) {
            if grammar.distinct_on && self.eat(&["ON"]) {
                Distinct::On(self.enclosed(|reader| reader.list(Self::expr))?)
            } else {
                Distinct::Yes
            }
        } else {
            self.eat(&["ALL"]);
            Distinct::No
        };
        while is_free && (self.eat_any(grammar.modifiers) || self.eat(&["DISTINCT"])) {}
        Ok(distinct)
    }

    /// An item of a `SELECT` or a `RETURNING`.
    pub(super) fn item(&mut self) -> Read<SelectItem> {
        let first = self.at;
        let embedded = self.embedded()?;
        let is_embedded = embedded.is_some();
        let kind = if let Some(table) = embedded {
            ItemKind::AllOf(vec![table])
        } else if self.eat_symbol("*") {
            ItemKind::All
        } else if let Some(names) = self.all_of()? {
            ItemKind::AllOf(names)
        } else {
            let value = self.expr()?;
            let is_row = self.grammar.operands.composites
                && self.is_symbol(0, ".")
                && self.is_symbol(1, "*");
            if is_row {
                self.advance(2);
                ItemKind::AllOfRow(value)
            } else {
                ItemKind::Value(value, self.alias()?)
            }
        };
        let span = self.span_from(first);
        Ok(SelectItem {
            kind,
            span,
            is_embedded,
        })
    }

    /// The table of `sqlc.embed(t)`.
    fn embedded(&mut self) -> Read<Option<Name>> {
        if !matches!(self.sqlc_call(0), Some(("embed", ..))) {
            return Ok(None);
        }
        self.advance(4);
        let table = self.name("a table's name")?;
        self.advance(1);
        Ok(Some(table))
    }

    /// `t.*`, `schema.t.*`.
    fn all_of(&mut self) -> Read<Option<Vec<Name>>> {
        let mut ahead = 0;
        while self.is_plain_name(ahead) && self.is_symbol(ahead + 1, ".") {
            ahead += 2;
        }
        if ahead == 0 || !self.is_symbol(ahead, "*") || self.is_reserved(0) {
            return Ok(None);
        }
        let mut names = Vec::new();
        while self.is_plain_name(0) {
            names.push(self.name("a table's name")?);
            self.advance(1);
        }
        self.advance(1);
        Ok(Some(names))
    }

    /// The groups, and whether `DISTINCT` and `WITH ROLLUP` are there.
    fn group_by(&mut self) -> Read<(Vec<Group>, bool, bool)> {
        if !self.eat(&["GROUP", "BY"]) {
            return Ok((Vec::new(), false, false));
        }
        let grammar = &self.grammar.queries;
        let distinct = grammar.grouping_sets && !self.eat(&["ALL"]) && self.eat(&["DISTINCT"]);
        let group = self.list(Self::group)?;
        let rollup = grammar.group_order && self.eat(&["WITH", "ROLLUP"]);
        Ok((group, distinct, rollup))
    }

    fn group(&mut self) -> Read<Group> {
        let first = self.at;
        if self.grammar.queries.grouping_sets {
            if self.eat(&["GROUPING", "SETS"]) {
                let mut values = Vec::new();
                self.enclosed(|reader| {
                    reader.list(|reader| {
                        match reader.group()? {
                            Group::Value(sort) => values.push(sort.value),
                            Group::Sets(more, _) => values.extend(more),
                        }
                        Ok(())
                    })
                })?;
                return Ok(Group::Sets(values, self.span_from(first)));
            }
            let sets = self.is_any_word(0, &["ROLLUP", "CUBE"]) && self.is_symbol(1, "(");
            if sets {
                self.advance(1);
                let values = self.enclosed(|reader| reader.list(Self::expr))?;
                return Ok(Group::Sets(values, self.span_from(first)));
            }
            if self.is_symbol(0, "(") && self.is_symbol(1, ")") {
                self.advance(2);
                return Ok(Group::Sets(Vec::new(), self.span_from(first)));
            }
        }
        let value = self.expr()?;
        let has_direction = self.grammar.queries.group_order && !self.eat(&["ASC"]);
        Ok(Group::Value(Sort {
            value,
            falls: has_direction && self.eat(&["DESC"]),
            nulls_first: None,
            operator: None,
        }))
    }

    fn named_window(&mut self) -> Read<(Name, Window)> {
        let name = self.own_name("a window's name")?;
        self.expect(&["AS"])?;
        Ok((name, self.window()?))
    }

    /// One clause that limits rows; false where none stands here.
    pub(super) fn limit(&mut self, limit: &mut Limit) -> Read<bool> {
        let grammar = &self.grammar.queries;
        if self.is_word(0, "LIMIT") && limit.count.is_none() {
            self.advance(1);
            if grammar.limit_all && self.eat(&["ALL"]) {
                return Ok(true);
            }
            let first = self.count()?;
            if grammar.offset_in_limit && self.eat_symbol(",") {
                limit.offset = Some(first);
                limit.count = Some(self.count()?);
            } else {
                limit.count = Some(first);
                if grammar.offset_in_limit && self.eat(&["OFFSET"]) {
                    limit.offset = Some(self.count()?);
                }
            }
            return Ok(true);
        }
        if !grammar.fetch {
            return Ok(false);
        }
        if self.is_word(0, "OFFSET") && limit.offset.is_none() {
            self.advance(1);
            limit.offset = Some(self.expr()?);
            let has_word = self.eat_any(&["ROW", "ROWS"]);
            if !has_word && grammar.offset_needs_rows {
                return Err(self.unexpected("`ROWS`"));
            }
            return Ok(true);
        }
        if self.is_word(0, "FETCH") && limit.count.is_none() {
            self.advance(1);
            self.fetch(limit)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// A number of rows.
    pub(super) fn count(&mut self) -> Read<Expr> {
        if self.grammar.queries.computed_limits {
            return self.expr();
        }
        let at = self.here();
        let value = self.expr()?;
        match value.kind {
            ExprKind::Number(_) | ExprKind::Parameter(_) => Ok(value),
            _ => Err(self.problem(
                at,
                &format!(
                    "its number of rows is computed, and {} takes a number or a parameter",
                    self.dialect.product()
                ),
                "compute it in the program, and write a parameter: `LIMIT :rows`",
            )),
        }
    }

    /// After `FETCH`.
    fn fetch(&mut self, limit: &mut Limit) -> Read<()> {
        if !self.eat_any(&["FIRST", "NEXT"]) {
            return Err(self.unexpected("`FIRST` or `NEXT`"));
        }
        let one = self.here();
        limit.count = Some(if self.is_any_word(0, &["ROW", "ROWS"]) {
            self.node(one, ExprKind::Number("1".to_owned()))
        } else {
            self.above(super::precedence::CAST)?
        });
        if !self.eat_any(&["ROW", "ROWS"]) {
            return Err(self.unexpected("`ROWS`"));
        }
        let end = self.here();
        if self.eat(&["ONLY"]) {
            Ok(())
        } else if self.eat(&["WITH", "TIES"]) {
            limit.ties = Some(end);
            Ok(())
        } else {
            Err(self.unexpected("`ONLY` or `WITH TIES`"))
        }
    }

    /// `FOR UPDATE OF t NOWAIT`; false where none stands here.
    fn lock(&mut self, locks: &mut Vec<Lock>) -> Read<bool> {
        let first = self.at;
        let grammar = &self.grammar.queries;
        let found = grammar.locks.iter().any(|words| self.eat(words));
        if !found {
            return Ok(false);
        }
        let of = if self.eat(&["OF"]) {
            self.list(|reader| reader.own_name("a table's name"))?
        } else {
            Vec::new()
        };
        if grammar.lock_wait && self.eat(&["WAIT"]) {
            self.expr()?;
        } else if !self.eat(&["NOWAIT"]) {
            self.eat(&["SKIP", "LOCKED"]);
        }
        let span: Span = self.span_from(first);
        locks.push(Lock { of, span });
        Ok(true)
    }
}
