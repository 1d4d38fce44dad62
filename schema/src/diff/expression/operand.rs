//! Operands: the parts of an expression between operators.

use super::parser::Parser;
use super::pieces::PieceKind;
use super::type_name::cast;
use crate::syntax::precedence::{self as rank, CAST, NOT};

impl Parser<'_> {
    pub(super) fn prefix(&mut self) -> Option<String> {
        let piece = self.peek()?.clone();
        self.at += 1;
        match piece.kind {
            PieceKind::Literal | PieceKind::Number => Some(piece.text),
            PieceKind::Quoted => self.name(piece.text),
            PieceKind::Symbol => match piece.text.as_str() {
                "(" => self.parenthesis(),
                "*" => Some(piece.text),
                sign => {
                    let rank = rank::before_operand(self.dialect, sign)?;
                    let operand = self.binary(rank + 1)?;
                    Some(match sign {
                        "+" => operand,
                        sign => format!("{sign}{operand}"),
                    })
                }
            },
            PieceKind::Word => match piece.text.as_str() {
                "not" => {
                    let operand = self.binary(NOT)?;
                    Some(format!("(not {operand})"))
                }
                "case" => self.case(),
                "cast" if self.next_is(0, "(") => self.cast(),
                "array" if self.next_is(0, "[") => Some(format!("array{}", self.list("[", "]")?)),
                "interval" | "date" | "timestamp" | "time"
                    if self
                        .peek()
                        .is_some_and(|next| next.kind == PieceKind::Literal) =>
                {
                    let text = self.binary(CAST)?;
                    Some(cast(text, &piece.text))
                }
                "distinct" => Some(format!("distinct {}", self.binary(0)?)),
                _ => self.name(piece.text),
            },
        }
    }

    fn parenthesis(&mut self) -> Option<String> {
        let first = self.binary(0)?;
        if self.eat(")") {
            return Some(first);
        }
        let mut parts = vec![first];
        while self.eat(",") {
            parts.push(self.binary(0)?);
        }
        self.eat(")").then(|| format!("({})", parts.join(", ")))
    }

    /// A name, perhaps with points in it, or a call.
    fn name(&mut self, first: String) -> Option<String> {
        let mut name = first;
        while self.eat(".") {
            let piece = self.peek()?.clone();
            self.at += 1;
            name = format!("{name}.{}", piece.text);
        }
        if self.next_is(0, "(") {
            let arguments = self.list("(", ")")?;
            let name = name.strip_prefix("pg_catalog.").unwrap_or(&name);
            let call = format!("{}{arguments}", function(name));
            return Some(synonym(&call).to_owned());
        }
        while self.next_is(0, "[") {
            name.push_str(&self.list("[", "]")?);
        }
        Some(synonym(&name).to_owned())
    }

    fn case(&mut self) -> Option<String> {
        let mut text = "case".to_owned();
        if !self.next_is(0, "when") {
            text = format!("{text} {}", self.binary(0)?);
        }
        while !self.eat("end") {
            let word = ["when", "then", "else"]
                .into_iter()
                .find(|word| self.next_is(0, word))?;
            self.at += 1;
            text = format!("{text} {word} {}", self.binary(0)?);
        }
        Some(format!("{text} end"))
    }
}

fn synonym(name: &str) -> &str {
    match name {
        "now()" | "current_timestamp()" | "current_timestamp" | "localtimestamp" => {
            "current_timestamp"
        }
        "current_date()" | "curdate()" => "current_date",
        other => other,
    }
}

/// MariaDB writes the names that it has known longest.
fn function(name: &str) -> &str {
    match name {
        "lcase" => "lower",
        "ucase" => "upper",
        other => other,
    }
}
