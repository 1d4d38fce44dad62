//! Conditions of words: `IS`, `IN`, `BETWEEN`, `LIKE` and its kin.

use super::cursor::Read;
use super::expression::Follows;
use super::grammar::BetweenBounds;
use super::precedence::NOT;
use super::reader::Reader;
use super::tree::{Between, Expr, ExprKind, In, InList, Is, IsWhat, Match, Operator, Parameter};

impl Reader<'_> {
    pub(super) fn is(&mut self, operand: Expr, rank: u8) -> Read<Expr> {
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
        let conditions = &self.grammar.conditions;
        // Where `IS` takes any operand, `NULL` is one, and may be one of others before: `a IS NULL + b`.
        if self.is_word(0, "NULL") && !conditions.is_any {
            self.advance(1);
            return Ok(IsWhat::Null);
        }
        if self.is_words(&["DISTINCT", "FROM"]) && conditions.is_distinct {
            self.advance(2);
            return Ok(IsWhat::Distinct(self.above(rank + 1)?));
        }
        let truths = ["true", "false", "unknown"];
        let truth = truths.into_iter().find(|word| self.is_word(0, word));
        if let Some(truth) = truth.filter(|_| !conditions.is_any) {
            self.advance(1);
            return Ok(IsWhat::Truth(truth));
        }
        if conditions.is_any {
            let other = self.above(rank + 1)?;
            return Ok(match other.kind {
                ExprKind::Null => IsWhat::Null,
                _ => IsWhat::Other(other),
            });
        }
        if conditions.is_kind {
            let first = self.at;
            self.eat_any(&["NFC", "NFD", "NFKC", "NFKD"]);
            let mut is_kind = self.eat_any(&["DOCUMENT", "NORMALIZED"]);
            if !is_kind && self.eat(&["JSON"]) {
                self.eat_any(&["VALUE", "ARRAY", "OBJECT", "SCALAR"]);
                is_kind = true;
            }
            if is_kind {
                return Ok(IsWhat::Kind(self.written(first).to_lowercase()));
            }
        }
        Err(self.unexpected("`NULL`, `TRUE` or `FALSE`"))
    }

    pub(super) fn in_list(&mut self, operand: Expr, negated: bool) -> Read<Expr> {
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
        let is_free = self.grammar.conditions.in_table_or_nothing;
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
        if is_free && !self.is_symbol(0, "(") {
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
        if is_free && self.is_symbol(1, ")") {
            self.expect_symbol("(")?;
            self.expect_symbol(")")?;
            return Ok(InList::Values(Vec::new()));
        }
        let values = self.enclosed(|reader| reader.list(Self::expr))?;
        Ok(InList::Values(values))
    }

    /// `((SELECT 1))` and `((SELECT 1), 2)` begin alike.
    pub(super) fn query_fills_parentheses(&self) -> bool {
        let mut open = 0_usize;
        while self.is_symbol(1 + open, "(") {
            open += 1;
        }
        let (mut depth, mut ahead) = (open, 1 + open);
        let set = ["UNION", "EXCEPT", "INTERSECT", "ORDER", "LIMIT"];
        while open > 0 {
            if self.token(ahead).is_none() {
                return false;
            }
            depth += usize::from(self.is_symbol(ahead, "("));
            depth -= usize::from(self.is_symbol(ahead, ")"));
            ahead += 1;
            let closes = depth < open;
            if closes && !self.is_symbol(ahead, ")") && !self.is_any_word(ahead, &set) {
                return false;
            }
            open -= usize::from(closes);
        }
        true
    }

    pub(super) fn between(&mut self, operand: Expr, negated: bool, rank: u8) -> Read<Expr> {
        if negated {
            self.advance(1);
        }
        self.expect(&["BETWEEN"])?;
        let conditions = &self.grammar.conditions;
        let symmetric = conditions.symmetric && self.eat(&["SYMMETRIC"]);
        if conditions.symmetric && !symmetric {
            self.eat(&["ASYMMETRIC"]);
        }
        // Up to the `AND` of `BETWEEN`.
        let low = match conditions.between {
            BetweenBounds::OfItsRank => self.above(rank)?,
            BetweenBounds::LowIsCondition => self.above(NOT)?,
            BetweenBounds::LowIsPlain => self.plain_expr()?,
        };
        self.expect(&["AND"])?;
        let is_tighter = conditions.between != BetweenBounds::OfItsRank;
        let high = self.above(rank + u8::from(is_tighter))?;
        let span = operand.span;
        let between = Between {
            operand,
            negated,
            symmetric,
            low,
            high,
        };
        Ok(self.node(span, ExprKind::Between(Box::new(between))))
    }

    /// PostgreSQL's `b_expr`.
    fn plain_expr(&mut self) -> Read<Expr> {
        let plain = std::mem::replace(&mut self.plain, true);
        let value = self.above(NOT);
        self.plain = plain;
        value
    }

    pub(super) fn matching(
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
        if self.grammar.operators.quantified_matching
            && self.is_any_word(0, &["ANY", "SOME", "ALL"])
            && self.is_symbol(1, "(")
        {
            let all = self.is_word(0, "ALL");
            self.advance(1);
            return self.quantified(operand, operator, all);
        }
        let pattern = self.pattern(rank)?;
        let is_regexp = matches!(word, "REGEXP" | "RLIKE");
        let escapes = !is_regexp || self.grammar.conditions.escape_of_regexp;
        let escape = if escapes && self.eat(&["ESCAPE"]) {
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

    /// The right side of `LIKE` and its kin. It may go on with `NOT IN` and its kin: `a LIKE b NOT IN (c)` is `a LIKE (b NOT IN (c))`.
    pub(super) fn pattern(&mut self, rank: u8) -> Read<Expr> {
        let mut pattern = self.above(rank + 1)?;
        let mut height = 0;
        while self.grammar.conditions.negated_patterns
            && let Some((follows @ Follows::Word(_, true), rank)) = self.follows()
        {
            height += 1;
            if self.is_high(height) {
                return Err(self.too_deep());
            }
            pattern = self.followed(pattern, follows, rank)?;
        }
        Ok(pattern)
    }
}
