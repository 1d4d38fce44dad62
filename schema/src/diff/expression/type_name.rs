//! Types that values are cast to.

use super::parser::Parser;
use super::pieces::PieceKind;

impl Parser<'_> {
    /// `CAST(x AS type)`.
    pub(super) fn cast(&mut self) -> Option<String> {
        self.at += 1;
        let operand = self.binary(0)?;
        let has_as = self.eat("as");
        let target = self.type_name()?;
        let is_whole = has_as && self.eat(")");
        is_whole.then(|| cast(operand, &target))
    }

    /// Words, a length, array brackets.
    pub(super) fn type_name(&mut self) -> Option<String> {
        let mut words = Vec::new();
        while let Some(piece) = self.peek() {
            let continues = match piece.kind {
                PieceKind::Word => words.is_empty() || TYPE_WORDS.contains(&piece.text.as_str()),
                PieceKind::Quoted => {
                    words.is_empty() || words.last().is_some_and(|last| last == ".")
                }
                PieceKind::Symbol => piece.text == "." && !words.is_empty(),
                PieceKind::Literal | PieceKind::Number => false,
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

/// A server writes the type after texts, and before comparing names of other texts' types.
pub(super) fn cast(operand: String, target: &str) -> String {
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
