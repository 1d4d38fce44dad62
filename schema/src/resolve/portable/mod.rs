//! Reads an expression of one dialect into words that all have. Where there is none it says what stands in the way.
//!
//! From the loosest to the tightest: OR, AND, NOT, comparison, sum, product, unary minus, cast, operand. Where the
//! dialects disagree about what binds tighter, parentheses are required.

mod call;
mod cast;
mod predicate;

use crate::ast::{ExpressionPiece, PieceKind};
use crate::dialect::Dialect;
use crate::draft::DraftTable;
use crate::lower::column_index;
use crate::portable::{Operator, Portable};

/// The most parentheses, unary operators and calls within one another.
const DEEPEST: usize = 24;
/// Operands of one sum or product at most; AND and OR have no such limit.
const LONGEST: usize = 48;

/// The expression that was read, or the construct that has no equivalent elsewhere.
type Read<T> = Result<T, String>;

/// One expression, piece by piece.
pub(super) struct Reader<'a> {
    tokens: &'a [ExpressionPiece],
    at: usize,
    table: &'a DraftTable,
    /// The current time may stand in it.
    is_default: bool,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(tokens: &'a [ExpressionPiece], table: &'a DraftTable) -> Self {
        Self {
            tokens,
            at: 0,
            table,
            is_default: false,
            depth: 0,
        }
    }

    pub(super) fn of_default(tokens: &'a [ExpressionPiece], table: &'a DraftTable) -> Self {
        Self {
            is_default: true,
            ..Self::new(tokens, table)
        }
    }

    /// Reads the whole expression.
    pub(super) fn expression(mut self) -> Read<Portable> {
        let found = self.any()?;
        match self.tokens.get(self.at) {
            None => Ok(found),
            Some(_) => Err(self.stopped()),
        }
    }

    fn dialect(&self) -> Dialect {
        self.table.dialect
    }

    /// Returns the token at which reading stopped.
    fn stopped(&self) -> String {
        let Some(piece) = self.tokens.get(self.at) else {
            return "its end".to_owned();
        };
        match piece.kind {
            PieceKind::Symbol => format!("the operator `{}`", self.whole_operator()),
            PieceKind::Word => format!("the word `{}`", piece.text),
            PieceKind::Quoted
            | PieceKind::DoubleQuoted
            | PieceKind::Text
            | PieceKind::Number
            | PieceKind::Hex
            | PieceKind::Bits => format!("`{}`", piece.text),
        }
    }

    /// Operators are read character by character: `!` `~` `~` `*`.
    fn whole_operator(&self) -> String {
        let signs = self.tokens[self.at..].iter().take_while(|piece| {
            piece.kind == PieceKind::Symbol && !matches!(piece.text.as_str(), "(" | ")" | ",")
        });
        let text: String = signs.map(|piece| piece.text.as_str()).collect();
        if text.is_empty() {
            self.tokens[self.at].text.clone()
        } else {
            text
        }
    }

    fn is_symbol(&self, ahead: usize, symbol: &str) -> bool {
        self.tokens
            .get(self.at + ahead)
            .is_some_and(|piece| piece.is_symbol(symbol))
    }

    fn is_word(&self, ahead: usize, word: &str) -> bool {
        self.tokens.get(self.at + ahead).is_some_and(|piece| {
            piece.kind == PieceKind::Word && piece.text.eq_ignore_ascii_case(word)
        })
    }

    fn eat_symbol(&mut self, symbol: &str) -> bool {
        let there = self.is_symbol(0, symbol);
        self.at += usize::from(there);
        there
    }

    fn eat_symbols(&mut self, symbols: &[&str]) -> bool {
        let there = (0..symbols.len()).all(|ahead| self.is_symbol(ahead, symbols[ahead]));
        self.at += if there { symbols.len() } else { 0 };
        there
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let there = self.is_word(0, word);
        self.at += usize::from(there);
        there
    }

    fn eat_words(&mut self, words: &[&str]) -> bool {
        let there = (0..words.len()).all(|ahead| self.is_word(ahead, words[ahead]));
        self.at += if there { words.len() } else { 0 };
        there
    }

    fn expect(&mut self, symbol: &str) -> Read<()> {
        if self.eat_symbol(symbol) {
            Ok(())
        } else {
            Err(self.stopped())
        }
    }

    /// One level further in.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth == DEEPEST {
            return Err("an expression that is nested this deep".to_owned());
        }
        self.depth += 1;
        let found = read(self);
        self.depth -= 1;
        found
    }

    fn any(&mut self) -> Read<Portable> {
        let mut parts = vec![self.all()?];
        while self.eat_word("OR") || (self.dialect() == Dialect::Mysql && self.eat_symbol("||")) {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Portable::Any))
    }

    fn all(&mut self) -> Read<Portable> {
        let mut parts = vec![self.not()?];
        while self.eat_word("AND") {
            parts.push(self.not()?);
        }
        Ok(one_or(parts, Portable::All))
    }

    fn not(&mut self) -> Read<Portable> {
        if self.eat_word("NOT") {
            let found = self.deeper(Self::not)?;
            return Ok(Portable::Not(Box::new(found)));
        }
        self.predicate()
    }

    /// A sum or a string concatenation; never both, as the dialects disagree about what comes first.
    fn sum(&mut self) -> Read<Portable> {
        let first = self.product()?;
        if self.dialect() != Dialect::Mysql && self.is_symbol(0, "||") {
            return self.concatenation(first);
        }
        let mut found = first;
        for _ in 0..LONGEST {
            let operator = if self.eat_symbol("+") {
                Operator::Plus
            } else if self.eat_symbol("-") {
                Operator::Minus
            } else {
                return Ok(found);
            };
            let next = self.product()?;
            found = Portable::Binary(operator, Box::new(found), Box::new(next));
        }
        Err("a sum this long".to_owned())
    }

    fn concatenation(&mut self, first: Portable) -> Read<Portable> {
        let mut parts = vec![first];
        while self.eat_symbol("||") {
            parts.push(self.sign()?);
        }
        Ok(Portable::Concat(parts))
    }

    fn product(&mut self) -> Read<Portable> {
        let mut found = self.sign()?;
        for _ in 0..LONGEST {
            if !self.eat_symbol("*") {
                return Ok(found);
            }
            let next = self.sign()?;
            // It concatenates before it multiplies.
            if self.dialect() == Dialect::Sqlite && self.is_symbol(0, "||") {
                return Err(self.stopped());
            }
            found = Portable::Binary(Operator::Times, Box::new(found), Box::new(next));
        }
        Err("a product this long".to_owned())
    }

    fn sign(&mut self) -> Read<Portable> {
        if self.eat_symbol("+") {
            return self.deeper(Self::sign);
        }
        if self.eat_symbol("-") {
            let found = self.deeper(Self::sign)?;
            return Ok(Portable::Negative(Box::new(found)));
        }
        self.cast()
    }

    fn operand(&mut self) -> Read<Portable> {
        let Some(piece) = self.tokens.get(self.at) else {
            return Err(self.stopped());
        };
        match piece.kind {
            PieceKind::Symbol => {
                self.expect("(")?;
                let found = self.deeper(Self::any)?;
                self.expect(")")?;
                Ok(found)
            }
            PieceKind::Number if is_decimal(&piece.text) => {
                self.at += 1;
                Ok(Portable::Number(piece.text.clone()))
            }
            PieceKind::Text => {
                self.at += 1;
                Ok(Portable::Text(piece.text.clone()))
            }
            PieceKind::Word => self.word(piece),
            PieceKind::Quoted | PieceKind::DoubleQuoted => self.column(piece),
            PieceKind::Number | PieceKind::Hex | PieceKind::Bits => Err(self.stopped()),
        }
    }

    fn word(&mut self, piece: &ExpressionPiece) -> Read<Portable> {
        let constant = match piece.text.to_ascii_lowercase().as_str() {
            "null" => Some(Portable::Null),
            "true" => Some(Portable::Bool(true)),
            "false" => Some(Portable::Bool(false)),
            _ => None,
        };
        if let Some(constant) = constant {
            self.at += 1;
            return Ok(constant);
        }
        if let Some(found) = self.call(piece)? {
            return Ok(found);
        }
        self.column(piece)
    }

    /// A column, with or without its table's name.
    fn column(&mut self, piece: &ExpressionPiece) -> Read<Portable> {
        let piece = match self.tokens.get(self.at + 2) {
            Some(column) if self.is_symbol(1, ".") => {
                self.at += 2;
                column
            }
            Some(_) | None => piece,
        };
        let table = self.table;
        let folded = piece.kind == PieceKind::Word && table.dialect == Dialect::Postgres;
        let name = if folded {
            piece.text.to_lowercase()
        } else {
            piece.text.clone()
        };
        let found = column_index(&table.columns, &name, table.dialect);
        let is_text = piece.kind == PieceKind::DoubleQuoted && table.dialect != Dialect::Postgres;
        match found {
            Some(index) => {
                self.at += 1;
                Ok(Portable::Column(table.columns[index].name.text.clone()))
            }
            None if is_text => {
                self.at += 1;
                Ok(Portable::Text(name))
            }
            None => Err(self.stopped()),
        }
    }
}

/// The only one, or all together.
fn one_or(mut parts: Vec<Portable>, together: fn(Vec<Portable>) -> Portable) -> Portable {
    if parts.len() == 1 {
        parts.remove(0)
    } else {
        together(parts)
    }
}

/// Digits with a point and an exponent: what every database reads alike.
fn is_decimal(number: &str) -> bool {
    number
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
}
