//! Conditions of words: `IS`, `IN`, `BETWEEN`, `LIKE` and its kin.

use super::cursor::Read;
use super::expression::Follows;
use super::precedence::NOT;
use super::reader::Reader;
use super::tree::{Between, Expr, ExprKind, In, InList, Is, IsWhat, Match, Operator, Parameter};
use bindery_core::dialect::Dialect;

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
        // `NULL` is an operand of SQLite's `IS`, and may be one of others before: `a IS NULL + b`.
        if self.is_word(0, "NULL") && self.dialect != Dialect::Sqlite {
            self.advance(1);
            return Ok(IsWhat::Null);
        }
        if self.is_words(&["DISTINCT", "FROM"]) && self.dialect != Dialect::Mysql {
            self.advance(2);
            return Ok(IsWhat::Distinct(self.above(rank + 1)?));
        }
        let sqlite = self.dialect == Dialect::Sqlite;
        let truths = ["true", "false", "unknown"];
        let truth = truths.into_iter().find(|word| self.is_word(0, word));
        if let Some(truth) = truth.filter(|_| !sqlite) {
            self.advance(1);
            return Ok(IsWhat::Truth(truth));
        }
        if sqlite {
            let other = self.above(rank + 1)?;
            return Ok(match other.kind {
                ExprKind::Null => IsWhat::Null,
                _ => IsWhat::Other(other),
            });
        }
        if self.dialect == Dialect::Postgres {
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
        let is_postgres = self.dialect == Dialect::Postgres;
        let symmetric = is_postgres && self.eat(&["SYMMETRIC"]);
        if is_postgres && !symmetric {
            self.eat(&["ASYMMETRIC"]);
        }
        let low = self.low_bound(rank)?;
        self.expect(&["AND"])?;
        let high = match self.dialect {
            Dialect::Mysql => self.above(rank)?,
            Dialect::Sqlite | Dialect::Postgres => self.above(rank + 1)?,
        };
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

    /// Up to the `AND` of `BETWEEN`.
    fn low_bound(&mut self, rank: u8) -> Read<Expr> {
        match self.dialect {
            Dialect::Mysql => self.above(rank),
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
        if self.dialect == Dialect::Postgres
            && self.is_any_word(0, &["ANY", "SOME", "ALL"])
            && self.is_symbol(1, "(")
        {
            let all = self.is_word(0, "ALL");
            self.advance(1);
            return self.quantified(operand, operator, all);
        }
        let pattern = self.pattern(rank)?;
        let escapes = match self.dialect {
            Dialect::Sqlite => true,
            Dialect::Postgres | Dialect::Mysql => word != "REGEXP" && word != "RLIKE",
        };
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

    /// The right side of `LIKE` and its kin. MySQL's goes on with `NOT IN` and its kin: `a LIKE b NOT IN (c)` is `a LIKE (b NOT IN
    /// (c))`.
    pub(super) fn pattern(&mut self, rank: u8) -> Read<Expr> {
        let mut pattern = self.above(rank + 1)?;
        let mut height = 0;
        while self.dialect == Dialect::Mysql
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
