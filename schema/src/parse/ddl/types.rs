//! Reads a column's type as each dialect writes it.

use crate::ast::{TypeArgument, TypeName};
use bindery_core::dialect::Dialect;

use super::clauses::Clauses;
use crate::syntax::{Cursor, Read, Text, tokens_of};

/// Reads a text that is one type and nothing else.
pub(crate) fn type_of(text: &str, dialect: Dialect) -> Option<TypeName> {
    let tokens = tokens_of(text, dialect);
    let mut cursor = Text {
        kind: "type",
        ..Text::of(text, &tokens, dialect)
    }
    .cursor();
    let type_name = cursor.type_name().ok()?;
    cursor.at_end().then_some(type_name)
}

impl Cursor<'_> {
    /// A type.
    pub(crate) fn type_name(&mut self) -> Read<TypeName> {
        (Clauses::of(self.dialect).type_name)(self)
    }

    pub(super) fn first_type_word(&mut self) -> Read<String> {
        let option = [
            "NOT",
            "NULL",
            "PRIMARY",
            "UNIQUE",
            "DEFAULT",
            "REFERENCES",
            "CHECK",
            "CONSTRAINT",
        ];
        if self.is_name(0) && !self.is_any_word(0, &option) {
            Ok(self.type_word())
        } else {
            Err(self.unexpected("a type"))
        }
    }

    /// Lower case unless quoted; nothing where the statement ends.
    pub(super) fn type_word(&mut self) -> String {
        let word = if self.is_bare(0) {
            self.piece(0).to_lowercase()
        } else {
            self.content(0)
        };
        self.advance(1);
        word
    }

    pub(super) fn type_arguments(&mut self) -> Read<Vec<TypeArgument>> {
        let mut arguments = Vec::new();
        if !self.eat_symbol("(") {
            return Ok(arguments);
        }
        let open = self.clone();
        while !self.eat_symbol(")") {
            let span = self.here();
            let sign = if self.eat_symbol("-") { "-" } else { "" };
            self.eat_symbol("+");
            if self.at_end() {
                return Err(self.unclosed(&open));
            }
            arguments.push(if self.is_number(0) {
                TypeArgument::Number(format!("{sign}{}", self.piece(0)))
            } else if self.is_text(0) {
                TypeArgument::Text(self.content(0))
            } else if self.is_sign(0) {
                let missing = "a type's argument is missing";
                return Err(self.problem(span, missing, "write a number"));
            } else {
                TypeArgument::Word(self.piece(0).to_owned())
            });
            self.advance(1);
            if !self.eat_symbol(",") && !self.is_symbol(0, ")") {
                return Err(self.unexpected("`,` or `)`"));
            }
        }
        Ok(arguments)
    }

    pub(super) fn finish_type(
        &self,
        first: usize,
        words: Vec<String>,
        arguments: Vec<TypeArgument>,
        suffix: Vec<String>,
        schema: Option<String>,
    ) -> TypeName {
        let span = self.span_from(first);
        let written = self.text[span.start as usize..span.end as usize].to_owned();
        TypeName {
            schema,
            path: None,
            name: joined(words),
            arguments,
            suffix: joined(suffix),
            array: false,
            written,
            span,
        }
    }
}

/// With blanks between; most types are one word.
pub(super) fn joined(mut words: Vec<String>) -> String {
    if words.len() > 1 {
        words.join(" ")
    } else {
        words.pop().unwrap_or_default()
    }
}

pub(super) fn empty_type() -> TypeName {
    let nowhere = crate::source::Span {
        file: crate::source::FileId(0),
        start: 0,
        end: 0,
    };
    let (name, suffix, written) = (String::new(), String::new(), String::new());
    TypeName {
        schema: None,
        path: None,
        name,
        arguments: Vec::new(),
        suffix,
        array: false,
        written,
        span: nowhere,
    }
}
