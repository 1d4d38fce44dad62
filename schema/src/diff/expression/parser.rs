//! Expressions as their operators group them.

use super::pieces::{Kind, Piece};
use super::type_name::cast;

/// Deeper ones are compared token by token.
const DEPTH_LIMIT: usize = 200;

pub(super) struct Parser<'p> {
    pub(super) pieces: &'p [Piece],
    pub(super) at: usize,
    depth: usize,
}

const OR: u8 = 1;
const AND: u8 = 3;
pub(super) const NOT: u8 = 4;
const COMPARISON: u8 = 5;
const OTHER: u8 = 7;
const SUM: u8 = 8;
const PRODUCT: u8 = 9;
pub(super) const CAST: u8 = 12;

impl<'p> Parser<'p> {
    pub(super) fn new(pieces: &'p [Piece]) -> Self {
        Self {
            pieces,
            at: 0,
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
        let text = piece.text.as_str();
        let binds = match piece.kind {
            Kind::Word => match text {
                "or" => OR,
                "xor" => 2,
                "and" => AND,
                "is" | "isnull" | "notnull" | "in" | "like" | "ilike" | "between" | "regexp"
                | "rlike" | "glob" | "similar" => COMPARISON,
                "not" if self.pieces.get(self.at + 1).is_some() => COMPARISON,
                "div" | "mod" => PRODUCT,
                "collate" | "at" => CAST,
                _ => return None,
            },
            Kind::Symbol => match text {
                "=" | "==" | "<>" | "<" | ">" | "<=" | ">=" | "<=>" => COMPARISON,
                "+" | "-" => SUM,
                "*" | "/" | "%" => PRODUCT,
                "^" => 10,
                "::" => CAST,
                "(" | ")" | "," | "[" | "]" | "." | ":" | ";" => return None,
                _ => OTHER,
            },
            Kind::Quoted | Kind::Literal | Kind::Number => return None,
        };
        Some((text.to_owned(), binds))
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
                let right = self.binary(COMPARISON + 1)?;
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
                let positive = self.rest(left, &operator, COMPARISON)?;
                Some(format!("(not {positive})"))
            }
            "between" => {
                let low = self.binary(COMPARISON + 1)?;
                let found = self.eat("and");
                let high = self.binary(COMPARISON + 1)?;
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
