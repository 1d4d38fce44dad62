//! Reads a value as far as its type depends on it.
//!
//! Operators of one rank make one list, however long; only what nests is followed downwards, and so far only.

use std::iter;

use crate::ast::{Name, TypeName, Value};
use crate::dialect::Dialect;
use crate::parse::ddl::cursor::Cursor;
use crate::parse::lex::TokenKind;
use crate::syntax::precedence::{self as rank, NOT};

use super::DEPTH_LIMIT;

/// An operator between two values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    /// `AND`, `=`, `LIKE`, …: both sides make a boolean.
    Condition,
    /// `||`.
    Concatenation,
    /// `+`, `-`, `*`, `/`, `%`.
    Arithmetic(char),
    /// `->>`.
    DocumentText,
    /// `->`.
    Document,
}

impl Cursor<'_> {
    /// A value whose operators bind tighter than this rank. `None` where it is not understood.
    pub(super) fn value(&mut self, rank: u8, depth: usize) -> Option<Value> {
        if depth > DEPTH_LIMIT {
            return None;
        }
        if self.eat(&["NOT"]) {
            while self.eat(&["NOT"]) {}
            let operand = self.value(NOT, depth + 1)?;
            return self.operators(condition(true, vec![operand]), rank, depth);
        }
        let first = self.operand(depth)?;
        self.operators(first, rank, depth)
    }

    fn operators(&mut self, first: Value, rank: u8, depth: usize) -> Option<Value> {
        let mut left = first;
        loop {
            if let Some(found) = self.condition(rank, depth) {
                let (nullable, operands) = found?;
                left = condition(nullable, iter::once(left).chain(operands).collect());
                continue;
            }
            let Some((operator, found)) = self.operator().filter(|(_, found)| *found > rank) else {
                return Some(left);
            };
            self.advance(1);
            self.eat_any(&["ANY", "ALL", "SOME"]);
            let right = self.value(found, depth + 1)?;
            left = join(operator, left, right);
        }
    }

    /// The operator of one token that stands here, and its rank.
    fn operator(&self) -> Option<(Operator, u8)> {
        let token = self.token(0)?;
        if token.kind == TokenKind::Word {
            let word = self.raw(token).to_ascii_lowercase();
            let operator = match word.as_str() {
                "or" | "xor" | "and" => Operator::Condition,
                "div" | "mod" => Operator::Arithmetic('%'),
                _ => return None,
            };
            return Some((operator, rank::of_word(self.dialect, &word)?));
        }
        let symbol = (token.kind == TokenKind::Symbol).then(|| self.raw(token))?;
        let operator = match symbol {
            "=" | "<" | ">" | "<=" | ">=" | "<>" | "!=" => Operator::Condition,
            "||" if self.dialect == Dialect::Mysql => Operator::Condition,
            "||" => Operator::Concatenation,
            "->>" => Operator::DocumentText,
            "->" => Operator::Document,
            "+" => Operator::Arithmetic('+'),
            "-" => Operator::Arithmetic('-'),
            "*" => Operator::Arithmetic('*'),
            "/" => Operator::Arithmetic('/'),
            "%" => Operator::Arithmetic('%'),
            _ => return None,
        };
        Some((operator, rank::of_symbol(self.dialect, symbol)?))
    }

    /// Reads a predicate on the value before it: `IS NULL`, `IN (…)`, `BETWEEN`, `LIKE`. Outer `None`: none stands
    /// here.
    fn condition(&mut self, rank: u8, depth: usize) -> Option<Option<Looked>> {
        if rank < rank::of_is(self.dialect) {
            if self.eat_any(&["ISNULL", "NOTNULL"]) {
                return Some(Some((false, Vec::new())));
            }
            if self.eat(&["IS"]) {
                return Some(self.is(depth));
            }
        }
        if rank >= rank::of_match(self.dialect) {
            return None;
        }
        let first = self.at;
        self.eat(&["NOT"]);
        if self.eat(&["IN"]) {
            return Some(Some((true, self.list(depth))));
        }
        if self.eat(&["BETWEEN"]) {
            self.eat_any(&["SYMMETRIC", "ASYMMETRIC"]);
            return Some(self.between(depth));
        }
        let matching = &[
            "LIKE", "ILIKE", "SIMILAR", "REGEXP", "RLIKE", "GLOB", "MATCH",
        ];
        if self.eat_any(matching) {
            self.eat(&["TO"]);
            return Some(self.matched(depth));
        }
        self.at = first;
        None
    }

    /// Values or a query in parentheses; SQLite has the name of a table there, too.
    fn list(&mut self, depth: usize) -> Vec<Value> {
        if !self.is_symbol(0, "(") {
            self.at = self.behind(self.at);
            return Vec::new();
        }
        match self.inside() {
            Some(mut inner) if inner.is_query() => {
                vec![Value::Query(Box::new(inner.query(depth + 1)))]
            }
            Some(mut inner) => inner.arguments(depth),
            None => Vec::new(),
        }
    }

    fn is(&mut self, depth: usize) -> Option<Looked> {
        self.eat(&["NOT"]);
        if self.eat(&["DISTINCT", "FROM"]) {
            let other = self.value(rank::of_is(self.dialect), depth + 1)?;
            return Some((false, vec![other]));
        }
        let state = self.eat_any(&["NULL", "TRUE", "FALSE", "UNKNOWN"]);
        state.then_some((false, Vec::new()))
    }

    fn between(&mut self, depth: usize) -> Option<Looked> {
        let low = self.value(rank::of_match(self.dialect), depth + 1)?;
        self.eat(&["AND"]).then_some(())?;
        let high = self.value(rank::of_match(self.dialect), depth + 1)?;
        Some((true, vec![low, high]))
    }

    fn matched(&mut self, depth: usize) -> Option<Looked> {
        let pattern = self.value(rank::of_match(self.dialect), depth + 1)?;
        if self.eat(&["ESCAPE"]) {
            self.value(rank::of_match(self.dialect), depth + 1)?;
        }
        Some((true, vec![pattern]))
    }

    /// A value without operators, with what is written right after it.
    fn operand(&mut self, depth: usize) -> Option<Value> {
        let mut negative = false;
        while self.is_symbol(0, "-") || self.is_symbol(0, "+") {
            negative |= self.is_symbol(0, "-");
            self.advance(1);
        }
        let value = self.primary(depth)?;
        let value = self.with_suffixes(value)?;
        Some(match value {
            Value::Number(_) => value,
            value if negative => Value::Negative(Box::new(value)),
            value => value,
        })
    }

    /// Casts and collations after a value, which bind tighter than a plus or minus before it.
    fn with_suffixes(&mut self, mut value: Value) -> Option<Value> {
        loop {
            if self.eat_symbol("::") {
                value = cast(value, self.type_name().ok()?);
            } else if self.eat(&["COLLATE"]) {
                self.object_name("a collation").ok()?;
            } else if self.is_symbol(0, "[") || self.is_symbol(0, ".") {
                self.advance(1);
                return None;
            } else if self.is_words(&["AT", "TIME", "ZONE"]) {
                return None;
            } else {
                return Some(value);
            }
        }
    }

    fn primary(&mut self, depth: usize) -> Option<Value> {
        let token = self.token(0)?;
        if self.is_text(token) {
            self.advance(1);
            return Some(Value::Text);
        }
        match token.kind {
            TokenKind::Number => {
                self.advance(1);
                Some(Value::Number(self.raw(token).to_owned()))
            }
            TokenKind::Symbol if self.is_symbol(0, "(") => self.in_parentheses(depth),
            TokenKind::Word => self.word(depth),
            TokenKind::Backticked | TokenKind::DoubleQuoted | TokenKind::Bracketed => {
                self.named_value(depth)
            }
            TokenKind::Symbol
            | TokenKind::Hex
            | TokenKind::Bits
            | TokenKind::SingleQuoted
            | TokenKind::Escaped
            | TokenKind::Dollar => None,
        }
    }

    fn in_parentheses(&mut self, depth: usize) -> Option<Value> {
        let mut inner = self.inside()?;
        if inner.is_query() {
            return Some(Value::Query(Box::new(inner.query(depth + 1))));
        }
        let value = inner.value(0, depth + 1)?;
        inner.at_end().then_some(value)
    }

    fn word(&mut self, depth: usize) -> Option<Value> {
        let constants = [
            ("NULL", Value::Null),
            ("TRUE", Value::Bool),
            ("FALSE", Value::Bool),
        ];
        for (word, value) in constants {
            if self.is_word(0, word) && !self.is_symbol(1, ".") {
                self.advance(1);
                return Some(value);
            }
        }
        if self.eat(&["CASE"]) {
            return self.case(depth);
        }
        if self.is_word(0, "EXISTS") && self.is_symbol(1, "(") {
            self.advance(1);
            return Some(condition(false, self.list(depth)));
        }
        if self.is_any_word(0, &["CAST", "CONVERT"]) && self.is_symbol(1, "(") {
            self.advance(1);
            return self.inside()?.cast_inside(depth);
        }
        if self.token(1).is_some_and(|next| self.is_text(next)) && self.dialect != Dialect::Sqlite {
            return self.typed_text();
        }
        if self.is_any_word(0, &["ARRAY", "ROW", "INTERVAL"]) {
            return None;
        }
        self.named_value(depth)
    }

    /// `_utf8'text'`, `DATE '2020-01-01'`.
    fn typed_text(&mut self) -> Option<Value> {
        let introducer = self.dialect == Dialect::Mysql
            && self
                .token(0)
                .is_some_and(|token| self.raw(token).starts_with('_'));
        let written = if introducer {
            self.advance(1);
            None
        } else {
            Some(self.type_name().ok()?)
        };
        self.advance(1);
        Some(match written {
            Some(written) => cast(Value::Text, written),
            None => Value::Text,
        })
    }

    /// `x AS type`, MySQL's `x, type` and `x USING charset`.
    fn cast_inside(&mut self, depth: usize) -> Option<Value> {
        let value = self.value(0, depth + 1)?;
        if self.eat(&["USING"]) {
            let text = Value::Call {
                name: "convert".to_owned(),
                arguments: vec![value],
                beside: Vec::new(),
            };
            return Some(text);
        }
        if !self.eat(&["AS"]) && !self.eat_symbol(",") {
            return None;
        }
        Some(cast(value, self.type_name().ok()?))
    }

    /// After `CASE`. The conditions do not matter here.
    fn case(&mut self, depth: usize) -> Option<Value> {
        let mut branches = Vec::new();
        let mut has_else = false;
        loop {
            self.skip_condition();
            let otherwise = self.is_word(0, "ELSE");
            if self.eat_any(&["THEN", "ELSE"]) {
                has_else |= otherwise;
                branches.push(self.value(0, depth + 1)?);
                if !self.is_any_word(0, &["WHEN", "ELSE", "END"]) {
                    return None;
                }
            } else if self.eat(&["END"]) {
                break;
            } else if !self.eat(&["WHEN"]) {
                return None;
            }
        }
        if !has_else {
            branches.push(Value::Null);
        }
        Some(Value::Case(branches))
    }

    /// To the next word of this `CASE`, past those of others within.
    fn skip_condition(&mut self) {
        let mut nested = 0_usize;
        while !self.at_end() {
            if self.is_word(0, "CASE") {
                nested += 1;
            } else if self.is_word(0, "END") && nested > 0 {
                nested -= 1;
            } else if nested == 0 && self.is_any_word(0, &["WHEN", "THEN", "ELSE", "END"]) {
                return;
            }
            self.at = self.behind(self.at);
        }
    }

    /// A column or a call.
    fn named_value(&mut self, depth: usize) -> Option<Value> {
        let bare = self.token(0)?.kind == TokenKind::Word;
        let mut names: Vec<Name> = vec![self.name("a name").ok()?];
        while names.len() < 4 && self.is_symbol(0, ".") {
            self.advance(1);
            names.push(self.name("a name").ok()?);
        }
        let own = names.last()?.text.to_lowercase();
        if self.is_symbol(0, "(") {
            return self.call(own, depth);
        }
        if bare && names.len() == 1 && PRESENT.contains(&own.as_str()) {
            return Some(Value::Call {
                name: own,
                arguments: Vec::new(),
                beside: Vec::new(),
            });
        }
        Some(Value::Column(names))
    }

    fn call(&mut self, name: String, depth: usize) -> Option<Value> {
        let inner = self.inside();
        let arguments = inner.map(|mut inner| inner.arguments(depth));
        let beside = self.beside(depth);
        let arguments = arguments.unwrap_or_default();
        Some(Value::Call {
            name,
            arguments,
            beside,
        })
    }

    /// Reads the clauses after the arguments of an aggregate or a window function.
    fn beside(&mut self, depth: usize) -> Vec<Value> {
        let mut values = Vec::new();
        if self.eat(&["WITHIN", "GROUP"])
            && let Some(mut inner) = self.inside()
        {
            values.extend(inner.order(depth));
        }
        if self.eat(&["FILTER"])
            && let Some(mut inner) = self.inside()
            && inner.eat(&["WHERE"])
        {
            values.extend(inner.whole_value(depth));
        }
        if self.eat_any(&["IGNORE", "RESPECT"]) {
            self.eat(&["NULLS"]);
        }
        if self.eat(&["OVER"]) {
            if self.is_symbol(0, "(") {
                values.extend(self.window(depth));
            } else {
                self.advance(1);
            }
        }
        values
    }

    fn arguments(&mut self, depth: usize) -> Vec<Value> {
        let mut arguments = Vec::new();
        while !self.at_end() {
            let (first, end) = (self.at, self.end_of_item());
            let argument = self
                .within(first, end)
                .and_then(|mut one| one.argument(depth));
            arguments.push(argument.unwrap_or(Value::Unknown));
            self.at = end;
            while !self.at_end() && !self.eat_symbol(",") {
                self.at = self.behind(self.at);
            }
        }
        arguments
    }

    fn argument(&mut self, depth: usize) -> Option<Value> {
        self.eat_any(&["DISTINCT", "ALL"]);
        let value = self.value(0, depth + 1)?;
        (self.at_end() || self.is_word(0, "SEPARATOR")).then_some(value)
    }
}

/// Functions that are called without parentheses.
const PRESENT: &[&str] = &[
    "current_date",
    "current_time",
    "current_timestamp",
    "localtime",
    "localtimestamp",
    "current_user",
    "session_user",
    "current_schema",
];

/// A cast of a cast has the outer type; whether it may be NULL is the innermost value's matter.
fn cast(value: Value, to: TypeName) -> Value {
    match value {
        Value::Cast(inner, _) => Value::Cast(inner, to),
        value => Value::Cast(Box::new(value), to),
    }
}

/// May it be NULL, and what it looks at beside the value before it.
type Looked = (bool, Vec<Value>);

/// Conditions within this one are part of its list, so that a chain of any length nests nothing.
fn condition(nullable: bool, values: Vec<Value>) -> Value {
    let mut operands = Vec::new();
    for value in values {
        match value {
            Value::Condition {
                operands: within, ..
            } if operands.is_empty() => operands = within,
            Value::Condition {
                operands: within, ..
            } => operands.extend(within),
            other => operands.push(other),
        }
    }
    Value::Condition { nullable, operands }
}

/// One list for operators of one rank.
fn join(operator: Operator, left: Value, right: Value) -> Value {
    match operator {
        Operator::Condition => condition(true, vec![left, right]),
        Operator::DocumentText => Value::DocumentText(Box::new(flat(left))),
        Operator::Document => Value::Document(Box::new(flat(left))),
        Operator::Concatenation => {
            let mut all = match left {
                Value::Concatenation(all) => all,
                other => vec![other],
            };
            all.push(right);
            Value::Concatenation(all)
        }
        Operator::Arithmetic(sign) => {
            let rank = |sign: char| matches!(sign, '+' | '-');
            let mut all = match left {
                Value::Arithmetic(all)
                    if all
                        .last()
                        .is_some_and(|(last, _)| rank(*last) == rank(sign)) =>
                {
                    all
                }
                other => vec![(sign, other)],
            };
            all.push((sign, right));
            Value::Arithmetic(all)
        }
    }
}

/// A document's text is not a document: an operator that looks into it then has no type.
fn flat(document: Value) -> Value {
    match document {
        Value::DocumentText(_) => Value::Unknown,
        Value::Document(inner) => *inner,
        other => other,
    }
}
