//! Queries in one form for all of their spellings: their tokens, with each expression in its own form and without the words that a
//! dialect takes and that change nothing. So what the tree does not have, such as the strength of a lock, is compared as well.

use bindery_core::dialect::Dialect;
use bindery_core::statements::lex::{Token, TokenKind};

use super::form::Form;
use super::pieces::pieces;
use crate::ast::name::Name;
use crate::source::Span;
use crate::syntax::walk::open_parts;
use crate::syntax::{
    Body, Distinct, Expr, ExprKind, Item, ItemKind, Join, JoinKind, JoinOn, Limit, Node, Query,
    Select, Sort, Source, SourceKind, Statement, Window,
};

/// A stretch of the text, and what stands for it in the form.
struct Edit {
    start: u32,
    end: u32,
    form: String,
}

impl Form<'_> {
    /// A statement that is a query, or that writes.
    pub(super) fn statement(&self, statement: &Statement, span: Span) -> String {
        self.edited(span, self.edits(vec![Node::Statement(statement)]))
            .join(" ")
    }

    /// A query within an expression.
    pub(super) fn query(&self, query: &Query) -> String {
        self.edited(query.span, self.edits(vec![Node::Query(query)]))
            .join(" ")
    }

    /// The words of an expression that has no other form, without parentheses that only group it; its parts have theirs.
    pub(super) fn words(&self, expr: &Expr) -> String {
        let mut edits = self.edits(expr.children().into_iter().map(Node::Expr).collect());
        if let ExprKind::Call(call) = &expr.kind {
            let orders = [&call.order, &call.within].into_iter().flatten();
            edits.extend(orders.filter_map(|sort| self.direction(sort)));
            edits.extend(call.over.iter().flat_map(|window| self.window(window)));
        }
        let words = self.edited(expr.span, edits);
        let mut words = words.as_slice();
        while let [first, inner @ .., last] = words {
            if first != "(" || last != ")" {
                break;
            }
            words = inner;
        }
        words.join(" ")
    }

    /// The tokens of a part of the text, with edits.
    fn edited(&self, span: Span, mut edits: Vec<Edit>) -> Vec<String> {
        // Of those that begin together the longest counts: it is of the whole.
        edits.sort_by_key(|edit| (edit.start, std::cmp::Reverse(edit.end)));
        let mut words = Vec::new();
        let mut at = span.start;
        for edit in edits.into_iter().filter(|edit| edit.end <= span.end) {
            if edit.start < at {
                continue;
            }
            self.tokens(at, edit.start, &mut words);
            words.extend(Some(edit.form).filter(|form| !form.is_empty()));
            at = edit.end;
        }
        self.tokens(at, span.end, &mut words);
        words
    }

    fn tokens(&self, start: u32, end: u32, to: &mut Vec<String>) {
        let dialect = self.text.dialect;
        let pieces = pieces(self.text.at(start, end), dialect);
        to.extend(pieces.iter().map(|piece| piece.form(dialect)));
    }

    /// The edits of parts of a statement. Expressions are not gone into: each has its form.
    fn edits(&self, mut open: Vec<Node<'_>>) -> Vec<Edit> {
        let mut edits = Vec::new();
        while let Some(node) = open.pop() {
            match node {
                Node::Expr(expr) => {
                    edits.push(edit(expr.span, self.of(expr)));
                    continue;
                }
                Node::Query(query) => {
                    edits.extend(query.order.iter().filter_map(|sort| self.direction(sort)));
                    edits.extend(self.limit(&query.limit));
                }
                Node::Body(body) => self.body(body, &mut edits),
                Node::Source(source) => {
                    let name = match &source.kind {
                        SourceKind::Table(name) if source.columns.is_empty() => Some(&name.name),
                        _ => None,
                    };
                    let alias = source.alias.iter();
                    edits.extend(alias.map(|alias| self.alias(alias, name)));
                    edits.extend(source.joins.iter().filter_map(|join| self.join(join)));
                }
                Node::Statement(_) | Node::Common(_) => {}
            }
            open_parts(node, &mut open);
        }
        edits
    }

    fn body(&self, body: &Body, edits: &mut Vec<Edit>) {
        match body {
            Body::Select(select) => self.select(select, edits),
            Body::Query(query) if is_plain(query) => {
                edits.extend(self.before(query.span.start).map(removed));
                edits.extend(self.behind(query.span.end).map(removed));
            }
            Body::Set(_, parts) => {
                let distinct = parts.iter().filter(|part| !part.all);
                let words = distinct.filter_map(|part| self.behind(part.span.end));
                edits.extend(
                    words
                        .filter(|word| self.is_written(*word, "distinct"))
                        .map(removed),
                );
            }
            Body::Query(_) | Body::Values { .. } | Body::Table(_) => {}
        }
    }

    fn select(&self, select: &Select, edits: &mut Vec<Edit>) {
        edits.extend(select.items.iter().filter_map(|item| self.item(item)));
        edits.extend(
            select
                .windows
                .iter()
                .flat_map(|(_, window)| self.window(window)),
        );
        if matches!(select.distinct, Distinct::No) {
            let begin = self.token_at(select.span.start);
            let word = begin.and_then(|begin| self.behind(begin.end));
            edits.extend(
                word.filter(|word| self.is_written(*word, "all"))
                    .map(removed),
            );
        }
        for source in &select.from {
            self.group_of_joins(source, edits);
        }
    }

    /// `(a JOIN b ON …) JOIN c` groups as it does without parentheses, unless it is a list.
    fn group_of_joins(&self, source: &Source, edits: &mut Vec<Edit>) {
        let SourceKind::Joined(inner) = &source.kind else {
            return;
        };
        let ends = (
            self.token_at(source.span.start),
            self.before(source.span.end + 1),
        );
        let (Some(open), Some(close)) = ends else {
            return;
        };
        let is_join = |join: &Join| self.word_of_join(join).is_some();
        let is_group = self.is_written(open, "(")
            && self.is_written(close, ")")
            && close.end == source.span.end;
        if source.alias.is_none() && is_group && inner.joins.iter().all(is_join) {
            edits.extend([removed(open), removed(close)]);
            self.group_of_joins(inner, edits);
        }
    }

    fn window<'w>(&self, window: &'w Window) -> impl Iterator<Item = Edit> + use<'_, 'w> {
        window.order.iter().filter_map(|sort| self.direction(sort))
    }

    fn item(&self, item: &Item) -> Option<Edit> {
        let ItemKind::Value(value, Some(alias)) = &item.kind else {
            return None;
        };
        let name = match &value.kind {
            ExprKind::Column(names) => names.last(),
            _ => None,
        };
        Some(self.alias(alias, name))
    }

    /// An alias, with `AS`; none where it is the name that is there without one.
    fn alias(&self, alias: &Name, name: Option<&Name>) -> Edit {
        let word = self.before(alias.span.start);
        let word = word.filter(|word| self.is_written(*word, "as"));
        let form = self.name(&alias.text);
        let is_same = name.is_some_and(|name| self.name(&name.text) == form);
        Edit {
            start: word.map_or(alias.span.start, |word| word.start),
            end: alias.span.end,
            form: if is_same {
                String::new()
            } else {
                format!("as {form}")
            },
        }
    }

    /// The words of a join, the same ones and in one order.
    fn join(&self, join: &Join) -> Option<Edit> {
        let word = self
            .word_of_join(join)
            .filter(|word| self.is_written(*word, "join"))?;
        let mut first = word;
        let mut is_cross = false;
        while let Some(before) = self.before(first.start).filter(|one| self.is_of_join(*one)) {
            is_cross |= self.is_written(before, "cross");
            first = before;
        }
        let natural = matches!(join.on, JoinOn::Natural).then_some("natural");
        let kind = match join.kind {
            // To MySQL it is the same join as without that word.
            JoinKind::Inner if self.text.dialect == Dialect::Mysql => None,
            JoinKind::Inner => is_cross.then_some("cross"),
            JoinKind::Left => Some("left"),
            JoinKind::Right => Some("right"),
            JoinKind::Full => Some("full"),
        };
        let words: Vec<&str> = natural.into_iter().chain(kind).chain(["join"]).collect();
        Some(Edit {
            start: first.start,
            end: word.end,
            form: words.join(" "),
        })
    }

    /// `JOIN` or its kin; none of a comma.
    fn word_of_join(&self, join: &Join) -> Option<Token> {
        let word = self.before(join.source.span.start)?;
        (word.kind == TokenKind::Word).then_some(word)
    }

    fn is_of_join(&self, token: Token) -> bool {
        let words = [
            "natural", "left", "right", "full", "inner", "outer", "cross",
        ];
        words.iter().any(|word| self.is_written(token, word))
    }

    /// The direction of an order, where it is not the one that rows have without it.
    fn direction(&self, sort: &Sort) -> Option<Edit> {
        let (postgres, start) = (self.text.dialect == Dialect::Postgres, sort.value.span.end);
        let mut end = start;
        let mut eaten = |word| {
            let found = self
                .behind(end)
                .filter(|token| self.is_written(*token, word));
            end = found.map_or(end, |token| token.end);
            found.is_some()
        };
        let is_falling = !eaten("asc") && eaten("desc");
        let nulls = eaten("nulls").then(|| eaten("first"));
        let last = nulls == Some(false) && eaten("last");
        let nulls = nulls.filter(|first| *first || last);
        // NULL is the greatest value of PostgreSQL, and the least of SQLite.
        let nulls = nulls.filter(|first| *first != (is_falling == postgres));
        let words = [
            is_falling.then_some("desc"),
            nulls.map(|first| if first { "nulls first" } else { "nulls last" }),
        ];
        let words: Vec<&str> = words.into_iter().flatten().collect();
        let form = words.join(" ");
        (end > start).then_some(Edit { start, end, form })
    }

    /// `LIMIT 5, 10` is `LIMIT 10 OFFSET 5`.
    fn limit(&self, limit: &Limit) -> Option<Edit> {
        let (count, offset) = (limit.count.as_ref()?, limit.offset.as_ref()?);
        let sign = self.behind(offset.span.end)?;
        self.is_written(sign, ",").then(|| Edit {
            start: offset.span.start,
            end: count.span.end,
            form: format!("{} offset {}", self.of(count), self.of(offset)),
        })
    }

    fn token_at(&self, start: u32) -> Option<Token> {
        self.behind(start).filter(|token| token.start == start)
    }

    /// The first token that begins here or later.
    fn behind(&self, end: u32) -> Option<Token> {
        let tokens = self.text.tokens;
        let at = tokens.partition_point(|token| token.start < end);
        tokens.get(at).copied()
    }

    /// The last token that ends here or before.
    fn before(&self, start: u32) -> Option<Token> {
        let tokens = self.text.tokens;
        let at = tokens.partition_point(|token| token.end <= start);
        tokens[..at].last().copied()
    }

    /// Whether a token is this word or sign, and no name in quotes.
    fn is_written(&self, token: Token, word: &str) -> bool {
        let may = matches!(token.kind, TokenKind::Word | TokenKind::Symbol);
        may && self
            .text
            .at(token.start, token.end)
            .eq_ignore_ascii_case(word)
    }
}

fn edit(span: Span, form: String) -> Edit {
    Edit {
        start: span.start,
        end: span.end,
        form,
    }
}

fn removed(token: Token) -> Edit {
    Edit {
        start: token.start,
        end: token.end,
        form: String::new(),
    }
}

/// Whether the parentheses around a query do nothing: nothing of it counts for it alone.
fn is_plain(query: &Query) -> bool {
    let has_limit = query.limit.count.is_some() || query.limit.offset.is_some();
    let is_bare = query.with.is_none() && query.order.is_empty() && query.locks.is_empty();
    is_bare && !has_limit && !matches!(query.body, Body::Set(..))
}
