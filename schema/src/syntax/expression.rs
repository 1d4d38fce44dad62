//! Operators between operands and after them, by their ranks.

use super::cursor::Read;
use super::precedence::{self, NOT};
use super::reader::{Reader, is_operator};
use super::tree::{
    Between, Cast, Chain, Expr, ExprKind, In, InList, Is, IsWhat, Match, Operator, Parameter,
    Quantified, Subscript,
};
use crate::source::Span;
use bindery_core::dialect::Dialect;
use bindery_core::statements::lex::TokenKind;

/// The continuation of an operand.
enum Follows {
    /// An operator between two operands: its words or signs in lower case, its number of tokens.
    Infix(String, usize),
    Is,
    IsNull,
    NotNull,
    /// `IN`, `BETWEEN`, `LIKE` and their kin: after `NOT` or not.
    Word(&'static str, bool),
    Collate,
    AtZone,
    Cast,
}

/// Words that match a text, and their number.
const MATCHES: &[(&str, Dialect)] = &[
    ("ILIKE", Dialect::Postgres),
    ("REGEXP", Dialect::Mysql),
    ("RLIKE", Dialect::Mysql),
    ("GLOB", Dialect::Sqlite),
    ("REGEXP", Dialect::Sqlite),
    ("MATCH", Dialect::Sqlite),
];

impl Reader<'_> {
    /// An expression.
    pub(crate) fn expr(&mut self) -> Read<Expr> {
        self.above(0)
    }

    /// An expression whose operators bind at least so tightly.
    pub(super) fn above(&mut self, least: u8) -> Read<Expr> {
        self.nested(|reader| reader.above_within(least))
    }

    fn above_within(&mut self, least: u8) -> Read<Expr> {
        let mut left = self.prefix(least)?;
        let mut height = 0;
        let mut compared = None;
        while let Some((follows, rank)) = self.follows().filter(|(_, rank)| *rank >= least) {
            if compared == Some(rank) && self.does_not_chain(rank, &follows) {
                return Err(self.unexpected("parentheses around the comparison before it"));
            }
            compared = Some(rank);
            let chains = matches!(
                (&follows, &left.kind),
                (Follows::Infix(text, _), ExprKind::Chain(chain)) if self.joins(chain, text, rank)
            );
            height += u32::from(!chains);
            if self.is_high(height) {
                return Err(self.too_deep());
            }
            left = self.followed(left, follows, rank)?;
        }
        Ok(left)
    }

    /// Whether the operator is of the rank of the chain.
    fn joins(&self, chain: &Chain, text: &str, rank: u8) -> bool {
        let (last, _) = &chain.rest[chain.rest.len() - 1];
        let rank_of = |text: &str| precedence::of_operator(self.dialect, text);
        rank_of(&last.text) == Some(rank) && rank_of(text) == Some(rank)
    }

    /// PostgreSQL compares no comparison: `a < b < c`, `a LIKE b LIKE c`.
    fn does_not_chain(&self, rank: u8, follows: &Follows) -> bool {
        let compares = matches!(follows, Follows::Infix(_, _))
            && Some(rank) == precedence::of_symbol(Dialect::Postgres, "=");
        let matches = matches!(follows, Follows::Word(_, _));
        self.dialect == Dialect::Postgres && (compares || matches)
    }

    /// The operator after an operand, and its rank.
    fn follows(&self) -> Option<(Follows, u8)> {
        let token = self.token(0)?;
        match token.kind {
            TokenKind::Word => self.word_follows(),
            TokenKind::Symbol => self.symbol_follows(),
            _ => None,
        }
    }

    fn symbol_follows(&self) -> Option<(Follows, u8)> {
        let (text, count) = self.symbols()?;
        if self.dialect == Dialect::Postgres {
            match text {
                "::" => return Some((Follows::Cast, precedence::CAST)),
                _ if !text.chars().all(is_operator) => return None,
                _ => {}
            }
        }
        let rank = precedence::of_symbol(self.dialect, text)?;
        Some((Follows::Infix(text.to_owned(), count), rank))
    }

    fn word_follows(&self) -> Option<(Follows, u8)> {
        let dialect = self.dialect;
        let negated = self.is_word(0, "NOT");
        let ahead = usize::from(negated);
        let of_match = precedence::of_match(dialect);
        if !self.plain {
            let mut words = ["IN", "BETWEEN", "LIKE"].into_iter();
            if let Some(word) = words.find(|word| self.is_word(ahead, word)) {
                return Some((Follows::Word(word, negated), of_match));
            }
            let mut others = MATCHES.iter();
            let other = others.find(|(word, of)| *of == dialect && self.is_word(ahead, word));
            if let Some((word, _)) = other {
                return Some((Follows::Word(word, negated), of_match));
            }
            let similar = self.is_word(ahead, "SIMILAR") && self.is_word(ahead + 1, "TO");
            if similar && dialect == Dialect::Postgres {
                return Some((Follows::Word("SIMILAR", negated), of_match));
            }
        }
        if negated {
            let null = self.is_word(1, "NULL") && dialect == Dialect::Sqlite;
            return null.then_some((Follows::NotNull, precedence::of_is(dialect)));
        }
        self.plain_word_follows()
    }

    fn plain_word_follows(&self) -> Option<(Follows, u8)> {
        let dialect = self.dialect;
        let token = self.token(0)?;
        let word = self.raw(token).to_ascii_lowercase();
        let of_is = precedence::of_is(dialect);
        let mysql = dialect == Dialect::Mysql;
        Some(match word.as_str() {
            "is" => (Follows::Is, of_is),
            "isnull" if !mysql && !self.plain => (Follows::IsNull, of_is),
            "notnull" if !mysql && !self.plain => (Follows::NotNull, of_is),
            "collate" => (Follows::Collate, precedence::of_word(dialect, "collate")?),
            "at" if self.is_zone() => (Follows::AtZone, precedence::of_word(dialect, "at")?),
            "operator" if dialect == Dialect::Postgres && self.is_symbol(1, "(") => (
                Follows::Infix("operator".to_owned(), 1),
                precedence::of_symbol(dialect, "||")?,
            ),
            "overlaps" if dialect == Dialect::Postgres => (
                Follows::Infix(word, 1),
                precedence::of_symbol(dialect, "||")?,
            ),
            "sounds" if mysql && self.is_word(1, "LIKE") => (
                Follows::Infix("sounds like".to_owned(), 2),
                precedence::of_match(dialect),
            ),
            "member" if mysql && self.is_word(1, "OF") => (
                Follows::Infix("member of".to_owned(), 2),
                precedence::of_match(dialect),
            ),
            "and" | "or" | "xor" | "div" | "mod" if !self.plain => {
                let rank = precedence::of_word(dialect, &word)?;
                (Follows::Infix(word, 1), rank)
            }
            _ => return None,
        })
    }

    fn is_zone(&self) -> bool {
        let zone = self.is_word(1, "TIME") && self.is_word(2, "ZONE");
        self.dialect == Dialect::Postgres && (zone || self.is_word(1, "LOCAL"))
    }

    /// The operand with what follows it.
    fn followed(&mut self, left: Expr, follows: Follows, rank: u8) -> Read<Expr> {
        match follows {
            Follows::Infix(text, tokens) => self.infix(left, text, tokens, rank),
            Follows::Is => self.is(left, rank),
            Follows::IsNull => {
                self.advance(1);
                Ok(self.is_null(left, false))
            }
            Follows::NotNull => {
                self.eat(&["NOT"]);
                self.advance(1);
                Ok(self.is_null(left, true))
            }
            Follows::Word("IN", negated) => self.in_list(left, negated),
            Follows::Word("BETWEEN", negated) => self.between(left, negated, rank),
            Follows::Word(word, negated) => self.matching(left, word, negated, rank),
            Follows::Collate => {
                self.advance(1);
                let collation = self.collation()?;
                Ok(self.node(left.span, ExprKind::Collate(Box::new(left), collation)))
            }
            Follows::AtZone => {
                self.advance(1);
                let zone = if self.eat(&["LOCAL"]) {
                    None
                } else {
                    self.advance(2);
                    Some(Box::new(self.above(rank + 1)?))
                };
                Ok(self.node(left.span, ExprKind::AtZone(Box::new(left), zone)))
            }
            Follows::Cast => {
                self.advance(1);
                let to = self.cast_type()?;
                let span = left.span;
                let cast = Cast { operand: left, to };
                Ok(self.node(span, ExprKind::Cast(Box::new(cast))))
            }
        }
    }

    /// A node from where its first part begins up to here.
    pub(super) fn node(&self, first: Span, kind: ExprKind) -> Expr {
        let last = self.at.saturating_sub(1);
        let end = self.tokens.get(last).map_or(first.end, |token| token.end);
        let span = Span { end, ..first };
        Expr { span, kind }
    }

    fn is_null(&self, operand: Expr, negated: bool) -> Expr {
        let span = operand.span;
        let is = Is {
            operand,
            what: IsWhat::Null,
            negated,
        };
        self.node(span, ExprKind::Is(Box::new(is)))
    }

    /// `a + b`, `a = ANY (…)`.
    fn infix(&mut self, left: Expr, text: String, tokens: usize, rank: u8) -> Read<Expr> {
        let first = self.at;
        self.advance(tokens);
        let text = if text == "operator" {
            self.named_operator()?
        } else {
            text
        };
        let operator = Operator {
            text,
            span: self.span_from(first),
        };
        if self.is_any_word(0, &["ANY", "SOME", "ALL"]) && self.is_symbol(1, "(") {
            self.advance(1);
            return self.quantified(left, operator);
        }
        let right = self.above(rank + 1)?;
        Ok(chained(self.dialect, left, operator, right, rank))
    }

    /// `OPERATOR(schema.+)`.
    fn named_operator(&mut self) -> Read<String> {
        self.expect_symbol("(")?;
        while self.is_plain_name(0) && self.is_symbol(1, ".") {
            self.advance(2);
        }
        let Some((text, tokens)) = self.symbols() else {
            return Err(self.unexpected("an operator"));
        };
        self.advance(tokens);
        self.expect_symbol(")")?;
        Ok(text.to_owned())
    }

    fn quantified(&mut self, operand: Expr, operator: Operator) -> Read<Expr> {
        let span = operand.span;
        let of = self.query_or_value()?;
        let quantified = Quantified {
            operand,
            operator,
            of,
        };
        Ok(self.node(span, ExprKind::Quantified(Box::new(quantified))))
    }

    /// `(SELECT …)` or `(value)`.
    fn query_or_value(&mut self) -> Read<Expr> {
        let first = self.here();
        if self.at_query(1) {
            let query = self.enclosed(Self::query)?;
            return Ok(self.node(first, ExprKind::Query(Box::new(query))));
        }
        self.enclosed(Self::expr)
    }

    fn is(&mut self, operand: Expr, rank: u8) -> Read<Expr> {
        self.expect(&["IS"])?;
        let negated = self.eat(&["NOT"]);
        let span = operand.span;
        let what = self.is_what(rank)?;
        let is = Is {
            operand,
            what,
            negated,
        };
        Ok(self.node(span, ExprKind::Is(Box::new(is))))
    }

    fn is_what(&mut self, rank: u8) -> Read<IsWhat> {
        if self.eat(&["NULL"]) {
            return Ok(IsWhat::Null);
        }
        if self.is_words(&["DISTINCT", "FROM"]) && self.dialect != Dialect::Mysql {
            self.advance(2);
            return Ok(IsWhat::Other(self.above(rank + 1)?));
        }
        let sqlite = self.dialect == Dialect::Sqlite;
        if !sqlite && self.eat_any(&["TRUE", "FALSE", "UNKNOWN"]) {
            return Ok(IsWhat::Truth);
        }
        if sqlite {
            return Ok(IsWhat::Other(self.above(rank + 1)?));
        }
        if self.dialect == Dialect::Postgres {
            self.eat_any(&["NFC", "NFD", "NFKC", "NFKD"]);
            if self.eat_any(&["DOCUMENT", "NORMALIZED"]) {
                return Ok(IsWhat::Kind);
            }
            if self.eat(&["JSON"]) {
                self.eat_any(&["VALUE", "ARRAY", "OBJECT", "SCALAR"]);
                return Ok(IsWhat::Kind);
            }
        }
        Err(self.unexpected("`NULL`, `TRUE` or `FALSE`"))
    }

    fn in_list(&mut self, operand: Expr, negated: bool) -> Read<Expr> {
        let first = self.at;
        self.eat(&["NOT"]);
        self.advance(1);
        let operator = self.span_from(first);
        let span = operand.span;
        let list = self.in_what()?;
        let list = In {
            operand,
            list,
            negated,
            operator,
        };
        Ok(self.node(span, ExprKind::In(Box::new(list))))
    }

    fn in_what(&mut self) -> Read<InList> {
        let sqlite = self.dialect == Dialect::Sqlite;
        if let Some(("slice", name, tokens)) = self.sqlc_call(1)
            && self.is_symbol(0, "(")
            && self.is_symbol(tokens + 1, ")")
        {
            let first = self.at;
            self.advance(tokens + 2);
            return Ok(InList::Parameter(
                Parameter::Named(name),
                self.span_from(first),
            ));
        }
        if let Some((parameter, tokens)) = self.parameter() {
            let first = self.at;
            self.advance(tokens);
            return Ok(InList::Parameter(parameter, self.span_from(first)));
        }
        if sqlite && !self.is_symbol(0, "(") {
            let mut names = vec![self.own_name("a list of values in parentheses")?];
            while self.eat_symbol(".") {
                names.push(self.name_behind_point("a table's name")?);
            }
            return Ok(InList::Table(names));
        }
        if self.is_symbol(0, "(") && self.at_query(1) && self.query_fills_parentheses() {
            let query = self.enclosed(Self::query)?;
            return Ok(InList::Query(Box::new(query)));
        }
        if sqlite && self.is_symbol(1, ")") {
            self.expect_symbol("(")?;
            self.expect_symbol(")")?;
            return Ok(InList::Values(Vec::new()));
        }
        let values = self.enclosed(|reader| reader.list(Self::expr))?;
        Ok(InList::Values(values))
    }

    /// `((SELECT 1))` and `((SELECT 1), 2)` begin alike.
    pub(super) fn query_fills_parentheses(&self) -> bool {
        if !self.is_symbol(1, "(") {
            return true;
        }
        let mut depth = 0_usize;
        let mut ahead = 1;
        while let Some(token) = self.token(ahead) {
            if token.kind == TokenKind::Symbol {
                match self.raw(token) {
                    "(" => depth += 1,
                    ")" => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            ahead += 1;
            if depth == 0 {
                break;
            }
        }
        let set = ["UNION", "EXCEPT", "INTERSECT", "ORDER", "LIMIT"];
        self.is_symbol(ahead, ")") || self.is_any_word(ahead, &set)
    }

    fn between(&mut self, operand: Expr, negated: bool, rank: u8) -> Read<Expr> {
        if negated {
            self.advance(1);
        }
        self.expect(&["BETWEEN"])?;
        if self.dialect == Dialect::Postgres {
            self.eat_any(&["SYMMETRIC", "ASYMMETRIC"]);
        }
        let low = self.low_bound(rank)?;
        self.expect(&["AND"])?;
        let high = match self.dialect {
            Dialect::Mysql => self.above(rank)?,
            Dialect::Sqlite | Dialect::Postgres => self.above(rank + 1)?,
        };
        let span = operand.span;
        let between = Between { operand, low, high };
        Ok(self.node(span, ExprKind::Between(Box::new(between))))
    }

    /// Up to the `AND` of `BETWEEN`.
    fn low_bound(&mut self, rank: u8) -> Read<Expr> {
        match self.dialect {
            Dialect::Mysql => self.above(rank + 1),
            Dialect::Sqlite => self.above(NOT),
            Dialect::Postgres => self.plain_expr(),
        }
    }

    /// PostgreSQL's `b_expr`.
    pub(super) fn plain_expr(&mut self) -> Read<Expr> {
        let plain = std::mem::replace(&mut self.plain, true);
        let value = self.above(NOT);
        self.plain = plain;
        value
    }

    fn matching(
        &mut self,
        operand: Expr,
        word: &'static str,
        negated: bool,
        rank: u8,
    ) -> Read<Expr> {
        let first = self.at;
        self.eat(&["NOT"]);
        self.advance(1);
        if word == "SIMILAR" {
            self.advance(1);
        }
        let mut text = word.to_ascii_lowercase();
        if negated {
            text.insert_str(0, "not ");
        }
        let span = self.span_from(first);
        let operator = Operator { text, span };
        if self.dialect == Dialect::Postgres
            && self.is_any_word(0, &["ANY", "SOME", "ALL"])
            && self.is_symbol(1, "(")
        {
            self.advance(1);
            return self.quantified(operand, operator);
        }
        let pattern = self.above(rank + 1)?;
        let escape = if self.eat(&["ESCAPE"]) {
            Some(self.above(rank + 1)?)
        } else {
            None
        };
        let span = operand.span;
        let matching = Match {
            operand,
            operator,
            pattern,
            escape,
        };
        Ok(self.node(span, ExprKind::Match(Box::new(matching))))
    }

    /// `a[1]`, `a[1:2]`, `a[:]`.
    pub(super) fn subscript(&mut self, base: Expr) -> Read<Expr> {
        let span = base.span;
        self.expect_symbol("[")?;
        let subscript = self.nested(|reader| {
            let first = if reader.is_symbol(0, ":") {
                None
            } else {
                Some(reader.expr()?)
            };
            let slice = reader.eat_symbol(":");
            let last = if slice && !reader.is_symbol(0, "]") {
                Some(reader.expr()?)
            } else {
                None
            };
            Ok(Subscript {
                base,
                first,
                slice,
                last,
            })
        })?;
        self.expect_symbol("]")?;
        Ok(self.node(span, ExprKind::Subscript(Box::new(subscript))))
    }
}

/// One chain for operators of one rank.
fn chained(dialect: Dialect, left: Expr, operator: Operator, right: Expr, rank: u8) -> Expr {
    let span = Span {
        end: right.span.end,
        ..left.span
    };
    let rank_of = |text: &str| precedence::of_operator(dialect, text);
    let chain = match left.kind {
        // A value in parentheses is one of its own: its place begins before its first part.
        ExprKind::Chain(mut chain)
            if chain.first.span.start == left.span.start
                && chain
                    .rest
                    .last()
                    .is_some_and(|(last, _)| rank_of(&last.text) == Some(rank)) =>
        {
            chain.rest.push((operator, right));
            chain
        }
        kind => Box::new(Chain {
            first: Expr {
                span: left.span,
                kind,
            },
            rest: vec![(operator, right)],
        }),
    };
    Expr {
        span,
        kind: ExprKind::Chain(chain),
    }
}
