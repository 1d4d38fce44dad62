//! Expressions as their operators group them.

use super::pieces::{Piece, PieceKind};
use super::type_name::cast;
use crate::dialect::Dialect;
use crate::syntax::precedence::{self as rank, CAST};

/// Deeper ones are compared token by token.
const DEPTH_LIMIT: usize = 200;

pub(super) struct Parser<'p> {
    pub(super) pieces: &'p [Piece],
    pub(super) at: usize,
    pub(super) dialect: Dialect,
    depth: usize,
}

impl<'p> Parser<'p> {
    pub(super) fn new(pieces: &'p [Piece], dialect: Dialect) -> Self {
        Self {
            pieces,
            at: 0,
            dialect,
            depth: 0,
        }
    }

    /// The whole text as one expression; `None` where it is none, or nested too deep.
    pub(super) fn whole(mut self) -> Option<String> {
        let form = self.binary(0)?;
        (self.at == self.pieces.len()).then_some(form)
    }

    pub(super) fn peek(&self) -> Option<&Piece> {
        self.pieces.get(self.at)
    }

    pub(super) fn next_is(&self, ahead: usize, text: &str) -> bool {
        let piece = self.pieces.get(self.at + ahead);
        piece.is_some_and(|piece| piece.is(text))
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.next_is(0, text);
        self.at += usize::from(found);
        found
    }

    /// An expression whose operators bind at least this closely. `None` where it is of another form.
    pub(super) fn binary(&mut self, least: u8) -> Option<String> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return None;
        }
        let mut left = self.prefix()?;
        while let Some((operator, binds)) = self.operator() {
            if binds < least {
                break;
            }
            left = self.rest(left, &operator, binds)?;
        }
        self.depth -= 1;
        Some(left)
    }

    /// The operator that stands here, in one word, with how closely it binds.
    fn operator(&self) -> Option<(String, u8)> {
        let piece = self.peek()?;
        let text = self.word_of(piece);
        let binds = match piece.kind {
            // As what follows it.
            PieceKind::Word if text == "not" => {
                let next = self.pieces.get(self.at + 1)?;
                rank::of_word(self.dialect, &next.text)?
            }
            PieceKind::Word => rank::of_word(self.dialect, text)?,
            PieceKind::Symbol => rank::of_symbol(self.dialect, &piece.text)?,
            PieceKind::Quoted | PieceKind::Literal | PieceKind::Number => return None,
        };
        Some((text.to_owned(), binds))
    }

    /// The word for an operator that has one.
    fn word_of<'t>(&self, piece: &'t Piece) -> &'t str {
        match piece.text.as_str() {
            "||" if self.dialect == Dialect::Mysql => "or",
            "&&" if self.dialect == Dialect::Mysql => "and",
            text => text,
        }
    }

    /// Reads on after an operand.
    fn rest(&mut self, left: String, operator: &str, binds: u8) -> Option<String> {
        self.at += 1;
        match operator {
            "and" | "or" => {
                let right = self.binary(binds + 1)?;
                Some(chain(operator, &left, &right))
            }
            "is" => {
                let not = self.eat("not");
                let right = match self.state() {
                    Some(state) => state,
                    None => self.binary(binds + 1)?,
                };
                Some(format!(
                    "({left} is{} {right})",
                    if not { " not" } else { "" }
                ))
            }
            "isnull" => Some(format!("({left} is null)")),
            "notnull" => Some(format!("({left} is not null)")),
            "not" => {
                // `a NOT NOT …` is of another form, and would be read without a bound.
                let (operator, _) = self.operator().filter(|(next, _)| next != "not")?;
                let positive = self.rest(left, &operator, binds)?;
                Some(format!("(not {positive})"))
            }
            "between" => {
                let low = self.binary(binds + 1)?;
                let found = self.eat("and");
                // MySQL reads `a BETWEEN b AND c LIKE d` as `a BETWEEN b AND (c LIKE d)`.
                let is_mysql = self.dialect == Dialect::Mysql;
                let high = self.binary(if is_mysql { binds } else { binds + 1 })?;
                let from = format!("({left} >= {low})");
                let to = format!("({left} <= {high})");
                found.then(|| chain("and", &from, &to))
            }
            "in" => Some(format!("({left} in {})", self.list("(", ")")?)),
            "=" if self.next_is(0, "any") => self.any(left),
            "~~" => self.simple(left, "like", binds),
            "!~~" => {
                let like = self.simple(left, "like", binds)?;
                Some(format!("(not {like})"))
            }
            "::" => {
                let target = self.type_name()?;
                Some(cast(left, &target))
            }
            "at" => {
                let zone = self.eat("time") && self.eat("zone");
                let right = self.binary(CAST + 1)?;
                zone.then(|| format!("({left} at {right})"))
            }
            "==" => self.simple(left, "=", binds),
            other => self.simple(left, other, binds),
        }
    }

    /// The words that servers take after `IS`; SQLite compares with any operand.
    fn state(&mut self) -> Option<String> {
        let states = ["null", "true", "false", "unknown"];
        let state = states.into_iter().find(|state| self.next_is(0, state));
        let state = state.filter(|_| self.dialect != Dialect::Sqlite)?;
        self.at += 1;
        Some(state.to_owned())
    }

    fn simple(&mut self, left: String, operator: &str, binds: u8) -> Option<String> {
        let right = self.binary(binds + 1)?;
        Some(format!("({left} {operator} {right})"))
    }

    /// `= ANY (ARRAY[…])`, as PostgreSQL writes IN.
    fn any(&mut self, left: String) -> Option<String> {
        self.at += 1;
        let mut opened = 0;
        while self.eat("(") {
            opened += 1;
        }
        if !self.eat("array") {
            return None;
        }
        let list = self.list("[", "]")?;
        for _ in 0..opened {
            // `(ARRAY[…])::text[]`
            if self.eat("::") {
                self.type_name()?;
            }
            if !self.eat(")") {
                return None;
            }
        }
        let list = list.replace('[', "(").replace(']', ")");
        Some(format!("({left} in {list})"))
    }

    pub(super) fn list(&mut self, open: &str, close: &str) -> Option<String> {
        if !self.eat(open) {
            return None;
        }
        let mut parts = Vec::new();
        while !self.eat(close) {
            parts.push(self.binary(0)?);
            if !self.eat(",") && !self.next_is(0, close) {
                return None;
            }
        }
        Some(format!("{open}{}{close}", parts.join(", ")))
    }
}

/// `a AND (b AND c)` is `(a AND b) AND c`.
fn chain(operator: &str, left: &str, right: &str) -> String {
    let parts = |text: &str| match text.strip_prefix(&format!("<{operator} ")) {
        Some(rest) => rest.strip_suffix('>').unwrap_or(rest).to_owned(),
        None => text.to_owned(),
    };
    format!("<{operator} {} {}>", parts(left), parts(right))
}
