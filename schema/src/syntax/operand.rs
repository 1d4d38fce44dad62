//! Operands: constants, names, parentheses, `CASE`, and the operators before them.

use super::cursor::Read;
use super::grammar::{AdjacentTexts, TypedTexts};
use super::precedence::{self, NOT};
use super::reader::Reader;
use super::tree::{Case, Cast, Expr, ExprKind, Operator};
use crate::ast::name::{Name, TypeName};
use bindery_core::statements::lex::{Token, TokenKind};

impl Reader<'_> {
    /// An operand with the operators before it.
    pub(super) fn prefix(&mut self, least: u8) -> Read<Expr> {
        let first = self.here();
        let operators = &self.grammar.operators;
        if self.is_word(0, "NOT") && !self.plain {
            if !operators.negation_is_operand && least > NOT {
                return Err(self.unexpected("a value"));
            }
            self.advance(1);
            if self.is_word(0, "EXISTS") {
                let exists = self.above(NOT)?;
                return Ok(self.node(first, prefixed("not", first, exists)));
            }
            let operand = self.above(NOT)?;
            return Ok(self.node(first, prefixed("not", first, operand)));
        }
        if self.is_word(0, "BINARY") && operators.binary {
            self.advance(1);
            let operand = self.above(precedence::CAST)?;
            return Ok(self.node(first, prefixed("binary", first, operand)));
        }
        let Some((sign, tokens)) = self.symbols().filter(|_| self.parameter().is_none()) else {
            return self.operand();
        };
        let Some(rank) = operators.rank_before_operand(sign) else {
            return self.operand();
        };
        if rank < precedence::SIGN && is_only_between(sign) {
            return self.operand();
        }
        self.advance(tokens);
        let span = self.span_of(self.tokens[self.at - tokens]);
        // One without a rank of its own takes no other such one: `~ a & b` is `(~ a) & b`.
        let is_other = rank < precedence::SIGN;
        let operand = self.above(rank + u8::from(is_other))?;
        Ok(self.node(first, prefixed(sign, span, operand)))
    }

    fn operand(&mut self) -> Read<Expr> {
        let first = self.here();
        if let Some((parameter, tokens)) = self.parameter() {
            if let Some(("narg", name, _)) = self.sqlc_call(0) {
                self.optional.push(name);
            }
            self.advance(tokens);
            let value = self.node(first, ExprKind::Parameter(parameter));
            return self.behind_operand(value);
        }
        let Some(token) = self.token(0) else {
            return Err(self.unexpected("a value"));
        };
        if self.is_text_token(token) {
            let text = self.text_value()?;
            return Ok(self.node(first, ExprKind::Text(text)));
        }
        match token.kind {
            TokenKind::Number => {
                let text = self.raw(token).to_owned();
                if text.matches('.').count() > 1 {
                    return Err(self.unexpected("a number with one point"));
                }
                let hex = text.strip_prefix("0x").or(text.strip_prefix("0X"));
                let is_digit = |byte: u8| byte.is_ascii_hexdigit() || byte == b'_';
                if hex.is_some_and(|digits| digits.is_empty() || !digits.bytes().all(is_digit)) {
                    return Err(self.unexpected("a number of the digits 0 to 9 and A to F"));
                }
                self.advance(1);
                Ok(self.node(first, ExprKind::Number(text)))
            }
            TokenKind::Hex => {
                self.check_bytes(token)?;
                self.advance(1);
                Ok(self.node(first, ExprKind::Bytes))
            }
            TokenKind::Bits if self.grammar.operands.bits => {
                self.advance(1);
                Ok(self.node(first, ExprKind::Bits))
            }
            TokenKind::Symbol if self.raw(token) == "(" => {
                let value = self.parentheses()?;
                self.behind_operand(value)
            }
            TokenKind::Symbol if self.raw(token) == "@" && self.grammar.operands.variables => {
                self.variable()
            }
            TokenKind::Symbol => Err(self.unexpected("a value")),
            TokenKind::Word => self.word(token),
            _ => self.named(),
        }
    }

    /// `X'00'` has two digits for each byte, unless they are bits.
    fn check_bytes(&self, token: Token) -> Read<()> {
        let digits = self.raw(token).trim_start_matches(['x', 'X']);
        let is_quoted = digits.starts_with('\'');
        let digits = digits.trim_matches('\'');
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_even = self.grammar.operands.hex_is_bits || digits.len().is_multiple_of(2);
        if is_quoted && !(is_hex && is_even) {
            return Err(self.unexpected("two hexadecimal digits for each byte"));
        }
        Ok(())
    }

    /// A text, perhaps in several pieces.
    fn text_value(&mut self) -> Read<String> {
        let mut text = self.text_constant()?;
        while let Some(next) = self.token(0).filter(|next| self.is_text_token(*next)) {
            let last = self.tokens[self.at - 1];
            let between = &self.text[last.end as usize..next.start as usize];
            let joins = match self.grammar.operands.adjacent_texts {
                AdjacentTexts::OneText => true,
                AdjacentTexts::OneOverLines => between.contains('\n'),
                AdjacentTexts::TwoTexts => false,
            };
            if !joins {
                break;
            }
            text.push_str(&self.text_constant()?);
        }
        Ok(text)
    }

    /// `(value)`, `(a, b)`, `(SELECT …)`.
    fn parentheses(&mut self) -> Read<Expr> {
        let first = self.here();
        if self.at_query(1) && self.query_in_parentheses() {
            let query = self.enclosed(Self::query)?;
            return Ok(self.node(first, ExprKind::Query(Box::new(query))));
        }
        let mut values = self.enclosed(|reader| reader.list(Self::expr))?;
        if values.len() > 1 {
            return Ok(self.node(first, ExprKind::Row(values)));
        }
        let kind = values.swap_remove(0).kind;
        Ok(self.node(first, kind))
    }

    /// `((SELECT 1) + 2)` and `((SELECT 1) a JOIN b)` begin as a query in parentheses does. Where a query has none of its own, the inner
    /// one of `((SELECT 1))` is the query.
    pub(super) fn query_in_parentheses(&self) -> bool {
        !self.is_symbol(1, "(")
            || (self.grammar.queries.parentheses && self.query_fills_parentheses())
    }

    /// Subscripts and fields.
    pub(super) fn behind_operand(&mut self, mut value: Expr) -> Read<Expr> {
        let mut height = 0;
        while self.grammar.operands.composites {
            height += 1;
            if self.is_high(height) {
                return Err(self.too_deep());
            }
            let is_field = self.is_symbol(0, ".") && !self.is_symbol(1, "*");
            if self.is_symbol(0, "[") {
                value = self.subscript(value)?;
            } else if is_field {
                self.advance(1);
                let name = self.name_behind_point("a field's name")?;
                value = self.node(value.span, ExprKind::Field(Box::new(value), name));
            } else {
                break;
            }
        }
        Ok(value)
    }

    fn word(&mut self, token: Token) -> Read<Expr> {
        let first = self.here();
        let grammar = &self.grammar.operands;
        let word = self.raw(token).to_ascii_uppercase();
        match word.as_str() {
            "NULL" => self.constant(ExprKind::Null),
            "TRUE" | "FALSE" if self.is_constant_word() => {
                self.constant(ExprKind::Bool(word == "TRUE"))
            }
            "DEFAULT" if !self.is_symbol(1, "(") && grammar.default => {
                self.constant(ExprKind::Default)
            }
            "CASE" => self.case(),
            "EXISTS" if self.is_symbol(1, "(") => {
                self.advance(1);
                if !self.at_query(1) {
                    self.advance(1);
                    return Err(self.unexpected("a `SELECT`"));
                }
                let query = self.enclosed(Self::query)?;
                Ok(self.node(first, ExprKind::Exists(Box::new(query))))
            }
            "CAST" if self.is_symbol(1, "(") => self.cast(),
            "ARRAY" if grammar.composites => self.array(),
            "ROW" if self.is_symbol(1, "(") && grammar.rows => self.row(),
            "INTERVAL" if grammar.intervals && self.is_interval() => self.interval(),
            _ => match self.typed_text()? {
                Some(text) => Ok(text),
                None => self.named(),
            },
        }
    }

    /// SQLite takes a column of that name for it, where there is one.
    fn is_constant_word(&self) -> bool {
        !self.is_symbol(1, ".") && !self.is_symbol(1, "(")
    }

    fn constant(&mut self, kind: ExprKind) -> Read<Expr> {
        let first = self.here();
        self.advance(1);
        Ok(self.node(first, kind))
    }

    fn case(&mut self) -> Read<Expr> {
        let first = self.here();
        self.advance(1);
        let operand = if self.is_word(0, "WHEN") {
            None
        } else {
            Some(self.expr()?)
        };
        let mut branches = Vec::new();
        while self.eat(&["WHEN"]) {
            let condition = self.expr()?;
            self.expect(&["THEN"])?;
            branches.push((condition, self.expr()?));
        }
        if branches.is_empty() {
            return Err(self.unexpected("`WHEN`"));
        }
        let otherwise = if self.eat(&["ELSE"]) {
            Some(self.expr()?)
        } else {
            None
        };
        self.expect(&["END"])?;
        let case = Case {
            operand,
            branches,
            otherwise,
        };
        Ok(self.node(first, ExprKind::Case(Box::new(case))))
    }

    /// `CAST(a AS type)`.
    fn cast(&mut self) -> Read<Expr> {
        let first = self.here();
        self.advance(1);
        let cast = self.enclosed(|reader| {
            let operand = reader.expr()?;
            reader.expect(&["AS"])?;
            let to = reader.cast_type()?;
            Ok(Cast { operand, to })
        })?;
        Ok(self.node(first, ExprKind::Cast(Box::new(cast))))
    }

    /// The type that a `CAST` names.
    pub(super) fn cast_type(&mut self) -> Read<TypeName> {
        let Some(types) = self.grammar.operands.cast_types else {
            return match self.is_reserved_function() {
                true => Err(self.unexpected("a type")),
                false => self.type_name(),
            };
        };
        let first = self.at;
        let to = self.type_name()?;
        if !is_among(types, &self.written(first)) {
            let help = "cast to `char`, `signed`, `decimal(10, 2)`, `double`, `date`, `datetime`";
            let product = self.dialect.product();
            let message = format!("{product} casts no value to `{}`", to.written);
            return Err(self.problem(to.span, &message, help));
        }
        if self.eat(&["CHARSET"]) || self.eat(&["CHARACTER", "SET"]) {
            self.name_behind_point("a character set")?;
        }
        self.eat_any(&["INTEGER", "INT"]);
        self.eat(&["ARRAY"]);
        Ok(to)
    }

    /// `ARRAY[1, 2]`, `ARRAY(SELECT …)`.
    fn array(&mut self) -> Read<Expr> {
        let first = self.here();
        self.advance(1);
        if self.is_symbol(0, "(") {
            let query = self.enclosed(Self::query)?;
            return Ok(self.node(first, ExprKind::ArrayOf(Box::new(query))));
        }
        let values = self.array_values()?;
        Ok(self.node(first, ExprKind::Array(values)))
    }

    fn array_values(&mut self) -> Read<Vec<Expr>> {
        self.expect_symbol("[")?;
        let plain = std::mem::take(&mut self.plain);
        let values = self.nested(|reader| {
            if reader.is_symbol(0, "]") {
                return Ok(Vec::new());
            }
            reader.list(|reader| {
                let first = reader.here();
                if reader.is_symbol(0, "[") {
                    let values = reader.array_values()?;
                    return Ok(reader.node(first, ExprKind::Array(values)));
                }
                reader.expr()
            })
        });
        self.plain = plain;
        let values = values?;
        self.expect_symbol("]")?;
        Ok(values)
    }

    fn row(&mut self) -> Read<Expr> {
        let first = self.here();
        self.advance(1);
        let values = self.enclosed(|reader| {
            if reader.is_symbol(0, ")") {
                return Ok(Vec::new());
            }
            reader.list(Self::expr)
        })?;
        Ok(self.node(first, ExprKind::Row(values)))
    }

    /// A word that is no name of the program's.
    pub(super) fn unit(&mut self) -> Read<Name> {
        let token = self.token(0).filter(|token| token.kind == TokenKind::Word);
        let token = token.ok_or_else(|| self.unexpected("a unit, as `DAY`"))?;
        self.advance(1);
        Ok(Name {
            text: self.raw(token).to_ascii_lowercase(),
            span: self.span_of(token),
        })
    }

    /// `DATE '2020-01-01'`, `interval '1 day'`, `_utf8'text'`.
    fn typed_text(&mut self) -> Read<Option<Expr>> {
        let grammar = &self.grammar.operands;
        let (first, from) = (self.here(), self.at);
        let text_follows = self.is_text(1);
        let introduced = grammar.character_sets
            && self
                .token(0)
                .is_some_and(|token| self.raw(token).starts_with('_'));
        if introduced && self.token(1).is_some_and(is_introduced) {
            self.advance(1);
            let introduced = self.operand()?;
            return Ok(Some(self.node(first, introduced.kind)));
        }
        let dates = &["DATE", "TIME", "TIMESTAMP"];
        let may_be = match grammar.typed_texts {
            TypedTexts::Never => false,
            TypedTexts::Times => text_follows && self.is_any_word(0, dates),
            TypedTexts::Every => {
                (text_follows && !self.is_reserved(0)) || self.is_any_word(0, LONG_TYPES)
            }
        };
        if !may_be {
            return Ok(None);
        }
        let Ok(written) = self.type_name() else {
            self.at = from;
            return Ok(None);
        };
        if !self.is_text(0) {
            self.at = from;
            return Ok(None);
        }
        let text = self.text_value()?;
        if self.is_any_word(0, INTERVAL_FIELDS) && written.name == "interval" {
            self.interval_fields();
        }
        Ok(Some(
            self.node(first, ExprKind::Typed(Box::new(written), text)),
        ))
    }

    /// `interval '1' DAY TO SECOND(3)`.
    fn interval_fields(&mut self) {
        self.advance(1);
        if self.eat(&["TO"]) {
            self.advance(1);
        }
        if self.is_symbol(0, "(") && self.is_symbol(2, ")") {
            self.advance(3);
        }
    }

    /// A collation's name.
    pub(super) fn collation(&mut self) -> Read<Name> {
        let mut name = self.name_behind_point("a collation")?;
        while self.eat_symbol(".") {
            name = self.name_behind_point("a collation")?;
        }
        Ok(name)
    }
}

fn prefixed(text: &str, span: crate::source::Span, operand: Expr) -> ExprKind {
    let operator = Operator {
        text: text.to_owned(),
        span,
    };
    ExprKind::Prefix(operator, Box::new(operand))
}

/// Signs that stand between operands alone.
fn is_only_between(sign: &str) -> bool {
    ["*", "/", "%", "^", "<", ">", "=", "<=", ">=", "<>", "!="].contains(&sign)
}

/// Texts that a character set may stand before.
fn is_introduced(token: Token) -> bool {
    matches!(
        token.kind,
        TokenKind::SingleQuoted | TokenKind::DoubleQuoted | TokenKind::Hex | TokenKind::Bits
    )
}

/// Types of several words that a text may follow.
const LONG_TYPES: &[&str] = &[
    "DOUBLE",
    "CHARACTER",
    "CHAR",
    "NATIONAL",
    "BIT",
    "TIME",
    "TIMESTAMP",
    "INTERVAL",
    "NUMERIC",
    "DECIMAL",
    "FLOAT",
    "VARCHAR",
];

const INTERVAL_FIELDS: &[&str] = &["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"];

/// Whether the first word of a type is one of these.
fn is_among(types: &[&str], written: &str) -> bool {
    let lower = written.to_ascii_lowercase();
    let mut words = lower.split(|sign: char| !sign.is_ascii_alphanumeric());
    let first = words.next().unwrap_or_default();
    // A `varchar` has a length.
    types.contains(&first)
        || (first == "varchar" && words.next().is_some_and(|word| !word.is_empty()))
}
