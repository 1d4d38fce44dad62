//! Operators between operands and after them, by their ranks.

use super::cursor::Read;
use super::grammar::Operators;
use super::precedence::EQUALITY;
use super::reader::Reader;
use super::tree::{Cast, Chain, Expr, ExprKind, Is, IsWhat, Operator, Quantified, Subscript};
use crate::source::Span;
use bindery_core::statements::lex::TokenKind;

/// The continuation of an operand.
pub(super) enum Follows {
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
        let mut closed = None;
        while let Some((follows, rank)) = self.follows().filter(|(_, rank)| *rank >= least) {
            let is_operand = closed.is_some_and(|closed| rank > closed);
            if is_operand && !self.grammar.operators.condition_is_operand {
                return Err(self.unexpected("parentheses around the condition before it"));
            }
            if compared == Some(rank) && self.does_not_chain(rank, &follows) {
                return Err(self.unexpected("parentheses around the comparison before it"));
            }
            let chains = matches!(
                (&follows, &left.kind),
                (Follows::Infix(text, _), ExprKind::Chain(chain)) if self.joins(chain, text, rank)
            );
            height += u32::from(!chains);
            if self.is_high(height) {
                return Err(self.too_deep());
            }
            left = self.followed(left, follows, rank)?;
            compared = ends_in_operand(&left).then_some(rank);
            closed = is_closed(&left).then_some(rank);
        }
        Ok(left)
    }

    /// Whether the operator is of the rank of the chain.
    fn joins(&self, chain: &Chain, text: &str, rank: u8) -> bool {
        let (last, _) = &chain.rest[chain.rest.len() - 1];
        let rank_of = |text: &str| self.grammar.operators.rank(text);
        rank_of(&last.text) == Some(rank) && rank_of(text) == Some(rank)
    }

    /// Whether comparisons are not compared: `a < b < c`, `a LIKE b LIKE c`, `a IS DISTINCT FROM b IS NULL`.
    fn does_not_chain(&self, rank: u8, follows: &Follows) -> bool {
        let compares = matches!(follows, Follows::Infix(_, _)) && rank == EQUALITY;
        let others = matches!(
            follows,
            Follows::Word(_, _) | Follows::Is | Follows::IsNull | Follows::NotNull
        );
        !self.grammar.operators.chains_comparisons && (compares || others)
    }

    /// The operator after an operand, and its rank.
    pub(super) fn follows(&self) -> Option<(Follows, u8)> {
        let token = self.token(0)?;
        match token.kind {
            TokenKind::Word => self.word_follows(),
            TokenKind::Symbol => self.symbol_follows(),
            _ => None,
        }
    }

    fn symbol_follows(&self) -> Option<(Follows, u8)> {
        let (text, count) = self.symbols()?;
        let rank = self.grammar.operators.rank_of_sign(text)?;
        if text == "::" {
            return Some((Follows::Cast, rank));
        }
        Some((Follows::Infix(text.to_owned(), count), rank))
    }

    fn word_follows(&self) -> Option<(Follows, u8)> {
        if self.is_bare_label() {
            return None;
        }
        let (operators, conditions) = (&self.grammar.operators, &self.grammar.conditions);
        let negated = self.is_word(0, "NOT");
        let ahead = usize::from(negated);
        if !self.plain {
            let mut words = ["IN", "BETWEEN", "LIKE"].iter().chain(conditions.matches);
            if let Some(word) = words.find(|word| self.is_word(ahead, word)) {
                return Some((Follows::Word(word, negated), operators.matching));
            }
            let similar = self.is_word(ahead, "SIMILAR") && self.is_word(ahead + 1, "TO");
            if similar && conditions.similar {
                return Some((Follows::Word("SIMILAR", negated), operators.matching));
            }
        }
        if negated {
            let null = self.is_word(1, "NULL") && conditions.not_null;
            return null.then_some((Follows::NotNull, operators.is));
        }
        self.plain_word_follows()
    }

    /// Whether `and` is the name of the value before it: `a AND, b`.
    fn is_bare_label(&self) -> bool {
        let alone = [
            "AND", "OR", "IN", "LIKE", "ILIKE", "BETWEEN", "SIMILAR", "IS",
        ];
        self.grammar.operators.may_be_labels
            && self.is_any_word(0, &alone)
            && (self.is_symbol(1, ",") || self.is_word(1, "FROM") || self.token(1).is_none())
    }

    fn plain_word_follows(&self) -> Option<(Follows, u8)> {
        let operators = &self.grammar.operators;
        let token = self.token(0)?;
        let word = self.raw(token).to_ascii_lowercase();
        let isnull = self.grammar.conditions.isnull && !self.plain;
        Some(match word.as_str() {
            "is" => (Follows::Is, operators.is),
            "isnull" if isnull => (Follows::IsNull, operators.is),
            "notnull" if isnull => (Follows::NotNull, operators.is),
            "collate" => (Follows::Collate, operators.collate),
            "at" if self.is_zone() => (Follows::AtZone, operators.at_zone?),
            "operator" if self.is_symbol(1, "(") => (Follows::Infix(word, 1), operators.named?),
            _ => return self.infix_word(word),
        })
    }

    fn infix_word(&self, word: String) -> Option<(Follows, u8)> {
        let operators = &self.grammar.operators;
        if let Some(rank) = operators.rank_of_word(&word).filter(|_| !self.plain) {
            return Some((Follows::Infix(word, 1), rank));
        }
        let mut more = operators.more_words.iter();
        let found = more.find(|operator| self.is_words(operator.words))?;
        let follows = Follows::Infix(found.text.to_owned(), found.words.len());
        Some((follows, found.rank))
    }

    fn is_zone(&self) -> bool {
        let zone = self.is_word(1, "TIME") && self.is_word(2, "ZONE");
        zone || self.is_word(1, "LOCAL")
    }

    /// The operand with what follows it.
    pub(super) fn followed(&mut self, left: Expr, follows: Follows, rank: u8) -> Read<Expr> {
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
        let quantifies = self.is_any_word(0, &["ANY", "SOME", "ALL"]) && self.is_symbol(1, "(");
        if quantifies && self.grammar.operators.quantified {
            let all = self.is_word(0, "ALL");
            self.advance(1);
            return self.quantified(left, operator, all);
        }
        let right = if operator.text == "sounds like" {
            self.pattern(rank)?
        } else {
            self.above(rank + 1)?
        };
        Ok(chained(
            &self.grammar.operators,
            left,
            operator,
            right,
            rank,
        ))
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

    pub(super) fn quantified(
        &mut self,
        operand: Expr,
        operator: Operator,
        all: bool,
    ) -> Read<Expr> {
        let span = operand.span;
        let of = self.query_or_value()?;
        let quantified = Quantified {
            operand,
            operator,
            all,
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

/// Whether the last part of what was read is an operand, and not a word or a parenthesis of its own.
fn ends_in_operand(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Is(is) => matches!(is.what, IsWhat::Distinct(_) | IsWhat::Other(_)),
        ExprKind::In(_) | ExprKind::Quantified(_) => false,
        _ => true,
    }
}

/// Whether it is a condition whose last part is a word or a parenthesis of its own.
fn is_closed(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Is(_) | ExprKind::In(_) | ExprKind::Quantified(_)
    )
}

/// One chain for operators of one rank.
fn chained(operators: &Operators, left: Expr, operator: Operator, right: Expr, rank: u8) -> Expr {
    let span = Span {
        end: right.span.end,
        ..left.span
    };
    let rank_of = |text: &str| operators.rank(text);
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
