//! Expressions: their text, and the pieces where they mean the same to every database.

use crate::ast::{Expression as Written, ExpressionPiece, PieceKind};
use crate::dialect::Dialect;
use crate::draft::DraftTable;
use crate::lower::column_index;
use crate::model::{Expression, ExpressionToken};

/// An expression of a table.
pub(super) fn expression(written: &Written, table: &DraftTable) -> Expression {
    let outer = outer_parentheses(&written.tokens);
    let tokens = &written.tokens[outer..written.tokens.len() - outer];
    let mut sql = written.sql.trim();
    for _ in 0..outer {
        sql = sql
            .strip_prefix('(')
            .and_then(|sql| sql.strip_suffix(')'))
            .unwrap_or(sql)
            .trim();
    }
    Expression {
        sql: sql.to_owned(),
        portable: Portable::new(table).read(tokens),
        span: written.span,
    }
}

/// How many pairs of parentheses enclose the whole.
pub(super) fn outer_parentheses(tokens: &[ExpressionPiece]) -> usize {
    let is =
        |piece: &ExpressionPiece, sign: &str| piece.kind == PieceKind::Symbol && piece.text == sign;
    let leading = tokens.iter().take_while(|piece| is(piece, "(")).count();
    let trailing = tokens
        .iter()
        .rev()
        .take_while(|piece| is(piece, ")"))
        .count();
    let mut depth = 0_usize;
    let mut outer = leading.min(trailing);
    for (index, piece) in tokens.iter().enumerate().take(tokens.len() - trailing) {
        if is(piece, "(") {
            depth += 1;
        } else if is(piece, ")") {
            depth = depth.saturating_sub(1);
        }
        if index + 1 >= leading {
            outer = outer.min(depth);
        }
    }
    outer
}

/// Walks an expression as operand, operator, operand, …
struct Portable<'a> {
    table: &'a DraftTable,
    out: Vec<ExpressionToken>,
    /// Open parentheses; true for the list of an `IN`.
    open: Vec<bool>,
    /// An operand comes next.
    operand: bool,
    /// `BETWEEN`s that wait for their `AND`.
    between: usize,
}

impl<'a> Portable<'a> {
    fn new(table: &'a DraftTable) -> Self {
        Self {
            table,
            out: Vec::new(),
            open: Vec::new(),
            operand: true,
            between: 0,
        }
    }

    fn read(mut self, tokens: &[ExpressionPiece]) -> Option<Vec<ExpressionToken>> {
        let mut at = 0;
        while at < tokens.len() {
            at += if self.operand {
                self.take_operand(&tokens[at..])?
            } else {
                self.take_operator(&tokens[at..])?
            };
        }
        let complete = !self.operand && self.open.is_empty() && self.between == 0;
        complete.then_some(self.out)
    }

    /// How many tokens the operand takes.
    fn take_operand(&mut self, tokens: &[ExpressionPiece]) -> Option<usize> {
        let piece = &tokens[0];
        match piece.kind {
            PieceKind::Symbol => match piece.text.as_str() {
                "(" => self.open.push(false),
                "-" | "+" => {}
                _ => return None,
            },
            PieceKind::Number
                if piece
                    .text
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte)) =>
            {
                self.operand = false
            }
            PieceKind::Text => {
                self.operand = false;
                self.out.push(ExpressionToken::Text(piece.text.clone()));
                return Some(1);
            }
            PieceKind::Word if piece.text.eq_ignore_ascii_case("NOT") => {}
            PieceKind::Word if piece.text.eq_ignore_ascii_case("NULL") => self.operand = false,
            PieceKind::Word | PieceKind::Quoted | PieceKind::DoubleQuoted => {
                return self.take_column(tokens);
            }
            PieceKind::Number | PieceKind::Hex | PieceKind::Bits => return None,
        }
        self.word(&piece.text.to_uppercase());
        Some(1)
    }

    fn take_column(&mut self, tokens: &[ExpressionPiece]) -> Option<usize> {
        let piece = &tokens[0];
        let folded = piece.kind == PieceKind::Word && self.table.dialect == Dialect::Postgres;
        let name = if folded {
            piece.text.to_lowercase()
        } else {
            piece.text.clone()
        };
        let called = tokens
            .get(1)
            .is_some_and(|next| matches!(next.text.as_str(), "(" | "."));
        self.operand = false;
        match column_index(&self.table.columns, &name, self.table.dialect) {
            Some(index) if !called => self.out.push(ExpressionToken::Column(
                self.table.columns[index].name.text.clone(),
            )),
            None if piece.kind == PieceKind::DoubleQuoted
                && self.table.dialect != Dialect::Postgres =>
            {
                self.out.push(ExpressionToken::Text(name));
            }
            Some(_) | None => return None,
        }
        Some(1)
    }

    /// How many tokens the operator takes.
    fn take_operator(&mut self, tokens: &[ExpressionPiece]) -> Option<usize> {
        let piece = &tokens[0];
        if piece.kind == PieceKind::Symbol {
            return self.take_sign(&piece.text);
        }
        if piece.kind != PieceKind::Word {
            return None;
        }
        let word = |at: usize| {
            tokens
                .get(at)
                .filter(|piece| piece.kind == PieceKind::Word)
                .map(|piece| piece.text.to_uppercase())
        };
        match (word(0)?.as_str(), word(1).as_deref(), word(2).as_deref()) {
            ("IS", Some("NOT"), Some("NULL")) => self.postfix("IS NOT NULL", 3),
            ("IS", Some("NULL"), _) => self.postfix("IS NULL", 2),
            ("NOT", Some("IN"), _) => self.list("NOT IN", tokens, 2),
            ("IN", _, _) => self.list("IN", tokens, 1),
            ("NOT", Some("LIKE"), _) => self.binary("NOT LIKE", 2),
            ("LIKE", _, _) => self.binary("LIKE", 1),
            ("NOT", Some("BETWEEN"), _) => self.ranged("NOT BETWEEN", 2),
            ("BETWEEN", _, _) => self.ranged("BETWEEN", 1),
            ("AND", _, _) => {
                self.between = self.between.saturating_sub(1);
                self.binary("AND", 1)
            }
            ("OR", _, _) => self.binary("OR", 1),
            _ => None,
        }
    }

    fn take_sign(&mut self, sign: &str) -> Option<usize> {
        match sign {
            "=" | "<>" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" => self.binary(sign, 1),
            "!=" => self.binary("<>", 1),
            "," if self.open.last() == Some(&true) => self.binary(",", 1),
            ")" => {
                self.open.pop()?;
                self.postfix(")", 1)
            }
            _ => None,
        }
    }

    fn word(&mut self, word: &str) {
        self.out.push(ExpressionToken::Word(word.to_owned()));
    }

    fn postfix(&mut self, word: &str, taken: usize) -> Option<usize> {
        self.word(word);
        Some(taken)
    }

    fn binary(&mut self, word: &str, taken: usize) -> Option<usize> {
        self.operand = true;
        self.postfix(word, taken)
    }

    fn ranged(&mut self, word: &str, taken: usize) -> Option<usize> {
        self.between += 1;
        self.binary(word, taken)
    }

    fn list(&mut self, word: &str, tokens: &[ExpressionPiece], taken: usize) -> Option<usize> {
        if tokens
            .get(taken)
            .is_none_or(|piece| piece.text != "(" || piece.kind != PieceKind::Symbol)
        {
            return None;
        }
        self.word(word);
        self.open.push(true);
        self.binary("(", taken + 1)
    }
}
