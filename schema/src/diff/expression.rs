//! Are two expressions of one dialect the same? Compared are their tokens, as operators group them: redundant
//! parentheses, the quoting of names, case, layout and what a server writes in place of what it was given do not count.
//!
//! ```
//! use bindery_schema::dialect::Dialect;
//! use bindery_schema::diff::same_expression;
//!
//! let same = |one, other| same_expression(one, other, Dialect::Postgres);
//! assert!(same("a > 0 AND b <> 'x'", "((a > 0) AND (\"b\" != 'x'::text))"));
//! assert!(same("kind IN ('a', 'b')", "(kind)::text = ANY (ARRAY['a'::text, 'b'::text])"));
//! assert!(!same("a > 0 OR b > 0 AND c > 0", "(a > 0 OR b > 0) AND c > 0"));
//! ```

use crate::dialect::Dialect;
use crate::parse::lex::{Lexer, TokenKind};

/// Do both expressions mean the same, as far as their tokens tell?
pub fn same_expression(one: &str, other: &str, dialect: Dialect) -> bool {
    one == other || normal_expression(one, dialect) == normal_expression(other, dialect)
}

/// The expression in one form for all of its spellings. It is compared and never sent.
pub fn normal_expression(sql: &str, dialect: Dialect) -> String {
    let pieces = pieces(sql, dialect);
    let mut parser = Parser {
        pieces: &pieces,
        at: 0,
        depth: 0,
    };
    match parser.binary(0) {
        Some(form) if parser.at == pieces.len() => form,
        _ => normal_tokens(sql, dialect),
    }
}

/// The tokens in one form, one blank between two: for texts that are no single expression, such as queries.
pub(super) fn normal_tokens(sql: &str, dialect: Dialect) -> String {
    let pieces = pieces(sql, dialect);
    let words = pieces.iter().map(|piece| piece.text.as_str());
    words.collect::<Vec<_>>().join(" ")
}

/// Deeper ones are compared token by token.
const DEPTH_LIMIT: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    /// A name in quotes, which is no keyword.
    Quoted,
    Literal,
    Number,
    Symbol,
}

#[derive(Debug, Clone)]
struct Piece {
    kind: Kind,
    text: String,
}

impl Piece {
    fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Symbol) && self.text == text
    }
}

fn pieces(sql: &str, dialect: Dialect) -> Vec<Piece> {
    let mut lexer = Lexer::new(sql, dialect);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut end = 0;
    while lexer.skip_blanks() {
        let token = lexer.token();
        let text = &sql[token.start as usize..token.end as usize];
        let touches = token.start as usize == end;
        end = token.end as usize;
        let piece = piece(token.kind, text, dialect);
        // `~~`, `!=`, `@>`: the lexer gives back one sign after the other.
        match pieces.last_mut() {
            Some(last) if touches && joins(last, &piece) => last.text.push_str(&piece.text),
            _ => pieces.push(piece),
        }
    }
    for piece in &mut pieces {
        if piece.kind == Kind::Symbol && piece.text == "!=" {
            piece.text = "<>".to_owned();
        }
    }
    pieces.retain(|piece| !(piece.kind == Kind::Word && is_introducer(&piece.text, dialect)));
    pieces
}

fn joins(last: &Piece, next: &Piece) -> bool {
    let is_sign = |piece: &Piece| {
        piece.kind == Kind::Symbol
            && !piece
                .text
                .contains(['(', ')', ',', '[', ']', '.', ';', ':'])
    };
    is_sign(last) && is_sign(next) && !matches!(next.text.as_str(), "-" | "+")
}

/// MySQL writes the character set before its texts: `_utf8mb4'x'`.
fn is_introducer(word: &str, dialect: Dialect) -> bool {
    let sets = ["_utf8mb4", "_utf8mb3", "_utf8", "_latin1", "_ascii"];
    dialect == Dialect::Mysql && sets.contains(&word)
}

fn piece(kind: TokenKind, text: &str, dialect: Dialect) -> Piece {
    let (kind, text) = match kind {
        TokenKind::Word => (Kind::Word, text.to_lowercase()),
        TokenKind::DoubleQuoted if dialect == Dialect::Mysql => {
            (Kind::Literal, format!("'{}'", inner(text, '"')))
        }
        TokenKind::Backticked => (Kind::Quoted, inner(text, '`').to_lowercase()),
        TokenKind::Bracketed => (Kind::Quoted, text.trim_matches(['[', ']']).to_lowercase()),
        TokenKind::DoubleQuoted if dialect == Dialect::Sqlite => {
            (Kind::Quoted, inner(text, '"').to_lowercase())
        }
        TokenKind::DoubleQuoted => (Kind::Quoted, inner(text, '"')),
        TokenKind::Number => (Kind::Number, text.to_lowercase()),
        TokenKind::Hex | TokenKind::Bits => (Kind::Literal, text.to_lowercase()),
        TokenKind::SingleQuoted | TokenKind::Escaped | TokenKind::Dollar => {
            (Kind::Literal, text.to_owned())
        }
        TokenKind::Symbol => (Kind::Symbol, text.to_owned()),
    };
    Piece { kind, text }
}

/// The text between quotes.
fn inner(text: &str, quote: char) -> String {
    let inside = text.strip_prefix(quote).unwrap_or(text);
    let inside = inside.strip_suffix(quote).unwrap_or(inside);
    inside.replace(&format!("{quote}{quote}"), &quote.to_string())
}

struct Parser<'p> {
    pieces: &'p [Piece],
    at: usize,
    depth: usize,
}

const OR: u8 = 1;
const AND: u8 = 3;
const NOT: u8 = 4;
const COMPARISON: u8 = 5;
const OTHER: u8 = 7;
const SUM: u8 = 8;
const PRODUCT: u8 = 9;
const CAST: u8 = 12;

impl Parser<'_> {
    fn peek(&self) -> Option<&Piece> {
        self.pieces.get(self.at)
    }

    fn next_is(&self, ahead: usize, text: &str) -> bool {
        let piece = self.pieces.get(self.at + ahead);
        piece.is_some_and(|piece| piece.is(text))
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.next_is(0, text);
        self.at += usize::from(found);
        found
    }

    /// An expression whose operators bind at least this closely. `None` where it is of another form.
    fn binary(&mut self, least: u8) -> Option<String> {
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
                let (operator, _) = self.operator()?;
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

    fn list(&mut self, open: &str, close: &str) -> Option<String> {
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

    fn prefix(&mut self) -> Option<String> {
        let piece = self.peek()?.clone();
        self.at += 1;
        match piece.kind {
            Kind::Literal | Kind::Number => Some(piece.text),
            Kind::Quoted => self.name(piece.text),
            Kind::Symbol => match piece.text.as_str() {
                "(" => self.parenthesis(),
                "-" | "+" | "~" => {
                    let operand = self.binary(11)?;
                    Some(match piece.text.as_str() {
                        "+" => operand,
                        sign => format!("{sign}{operand}"),
                    })
                }
                "*" => Some(piece.text),
                _ => None,
            },
            Kind::Word => match piece.text.as_str() {
                "not" => {
                    let operand = self.binary(NOT)?;
                    Some(format!("(not {operand})"))
                }
                "case" => self.case(),
                "cast" if self.next_is(0, "(") => self.cast(),
                "array" if self.next_is(0, "[") => Some(format!("array{}", self.list("[", "]")?)),
                "interval" | "date" | "timestamp" | "time"
                    if self.peek().is_some_and(|next| next.kind == Kind::Literal) =>
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
            return Some(synonym(&format!("{name}{arguments}")).to_owned());
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

    /// `CAST(x AS type)`.
    fn cast(&mut self) -> Option<String> {
        self.at += 1;
        let operand = self.binary(0)?;
        let has_as = self.eat("as");
        let target = self.type_name()?;
        let is_whole = has_as && self.eat(")");
        is_whole.then(|| cast(operand, &target))
    }

    /// Words, a length, array brackets.
    fn type_name(&mut self) -> Option<String> {
        let mut words = Vec::new();
        while let Some(piece) = self.peek() {
            let continues = match piece.kind {
                Kind::Word => words.is_empty() || TYPE_WORDS.contains(&piece.text.as_str()),
                Kind::Quoted => words.is_empty() || words.last().is_some_and(|last| last == "."),
                Kind::Symbol => piece.text == "." && !words.is_empty(),
                Kind::Literal | Kind::Number => false,
            } || words.last().is_some_and(|last| last == ".");
            if !continues {
                break;
            }
            words.push(piece.text.clone());
            self.at += 1;
        }
        let mut name = words.join(" ").replace(" . ", ".");
        if self.next_is(0, "(") {
            name.push_str(&self.list("(", ")")?);
        }
        while self.next_is(0, "[") {
            self.at += 1;
            name.push_str("[]");
            if !self.eat("]") {
                return None;
            }
        }
        (!name.is_empty()).then_some(name)
    }
}

/// Words of a type after its first.
const TYPE_WORDS: [&str; 10] = [
    "varying",
    "precision",
    "without",
    "with",
    "time",
    "zone",
    "unsigned",
    "character",
    "set",
    "local",
];

fn synonym(name: &str) -> &str {
    match name {
        "now()" | "current_timestamp()" | "current_timestamp" | "localtimestamp" => {
            "current_timestamp"
        }
        "current_date()" | "curdate()" => "current_date",
        "lcase" => "lower",
        other => other,
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

/// A server writes the type after texts, and before comparing names of other texts' types.
fn cast(operand: String, target: &str) -> String {
    let is_text = matches!(
        target,
        "text" | "character varying" | "varchar" | "bpchar" | "character"
    );
    if let Some(text) = operand
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''))
    {
        let number = text.trim_start_matches('-');
        let is_number = !number.is_empty()
            && number
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.');
        let to_number = [
            "int", "numeric", "double", "real", "smallint", "bigint", "decimal",
        ];
        if is_number && to_number.iter().any(|word| target.starts_with(word)) {
            return text.to_owned();
        }
        return operand;
    }
    if is_text || operand == "null" {
        return operand;
    }
    format!("({operand}::{target})")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_same(dialect: Dialect, pairs: &[(&str, &str)]) {
        for (one, other) in pairs {
            assert!(
                same_expression(one, other, dialect),
                "{one} | {other}: {} | {}",
                normal_expression(one, dialect),
                normal_expression(other, dialect)
            );
        }
    }

    #[test]
    fn spellings_of_a_server_are_the_same() {
        assert_same(
            Dialect::Postgres,
            &[
                ("a > 0", "(a > 0)"),
                ("a > 0 AND b < 5", "((a > 0) AND (b < 5))"),
                (
                    "a > 0 and b < 5 and c = 1",
                    "(((a > 0) AND (b < 5)) AND (c = 1))",
                ),
                ("a > 0 and (b < 5 and c = 1)", "a > 0 and b < 5 and c = 1"),
                ("a + b * 2 > 1", "((a + (b * 2)) > 1)"),
                ("a BETWEEN 1 AND 9", "((a >= 1) AND (a <= 9))"),
                (
                    "kind IN ('a', 'b')",
                    "((kind)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
                ),
                ("name LIKE 'a%'", "((name)::text ~~ 'a%'::text)"),
                ("NOT (a IS NULL)", "(NOT (a IS NULL))"),
                ("a IS NOT NULL", "(a IS NOT NULL)"),
                ("-1", "'-1'::integer"),
                ("'x'", "'x'::character varying"),
                ("now()", "CURRENT_TIMESTAMP"),
                ("lower(Name)", "lower((name)::text)"),
                (
                    "CASE WHEN a THEN 1 ELSE 2 END",
                    "CASE\n    WHEN a THEN 1\n    ELSE 2\nEND",
                ),
                ("CAST(a AS bigint)", "(a)::bigint"),
                ("data->>'a' = 'b'", "((data ->> 'a'::text) = 'b'::text)"),
                ("a != 1", "(a <> 1)"),
            ],
        );
        assert_same(
            Dialect::Mysql,
            &[
                ("a > 0 AND b = 'x'", "(`a` > 0) and (`b` = _utf8mb4'x')"),
                ("a > 0", "`A` > 0"),
                ("current_timestamp()", "NOW()"),
            ],
        );
        assert_same(
            Dialect::Sqlite,
            &[("a>0", "\"a\" > 0"), ("[a] == 1", "a = 1")],
        );
    }

    #[test]
    fn what_means_something_else_is_not_the_same() {
        for (one, other) in [
            ("a > 0 OR b > 0 AND c > 0", "(a > 0 OR b > 0) AND c > 0"),
            ("a - (b - c)", "a - b - c"),
            ("'x'", "'X'"),
            ("\"A\" > 0", "a > 0"),
            ("NOT a AND b", "NOT (a AND b)"),
            ("a IN (1, 2)", "a IN (2, 1)"),
            ("a IS NULL", "a IS NOT NULL"),
            ("lower(a)", "upper(a)"),
        ] {
            assert!(
                !same_expression(one, other, Dialect::Postgres),
                "{one} | {other}"
            );
        }
    }
}
