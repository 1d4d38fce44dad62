//! Reads a column's type as each dialect writes it.

use crate::ast::{TypeArgument, TypeName};
use bindery_core::dialect::Dialect;

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
    /// A type. SQLite takes any words, and none at all.
    pub(crate) fn type_name(&mut self) -> Read<TypeName> {
        match self.dialect {
            Dialect::Sqlite => self.sqlite_type(),
            Dialect::Postgres => self.postgres_type(),
            Dialect::Mysql => self.mysql_type(),
        }
    }

    fn sqlite_type(&mut self) -> Read<TypeName> {
        let (first, name) = (self.at, self.content(0));
        let mut words = Vec::new();
        while self.is_name(0) && !self.is_any_word(0, SQLITE_AFTER_TYPE) {
            words.push(self.type_word());
        }
        if self.at == first {
            let span = self.span_from(first.saturating_sub(1));
            return Ok(TypeName {
                span,
                ..empty_type()
            });
        }
        let (open, has_arguments) = (self.here(), self.is_symbol(0, "("));
        let arguments = self.type_arguments()?;
        let number = |argument: &TypeArgument| matches!(argument, TypeArgument::Number(_));
        let fine = matches!(arguments.len(), 1 | 2) && arguments.iter().all(number);
        if has_arguments && !fine {
            if self.dialect == Dialect::Sqlite
                && matches!(joined(words.clone()).as_str(), "enum" | "set")
            {
                let instead = "write `TEXT` with `CHECK (column IN ('a', 'b'))`";
                return Err(self.foreign(
                    first,
                    "lists of values in types",
                    Dialect::Mysql,
                    instead,
                ));
            }
            let help = "write one or two numbers in the parentheses of a type";
            return Err(self.problem(open, "a type takes numbers only", help));
        }
        let single = self.at == first + 1;
        let mut found = self.finish_type(first, words, arguments, Vec::new(), None);
        if single {
            found.written = name;
        }
        Ok(found)
    }

    fn mysql_type(&mut self) -> Read<TypeName> {
        let first = self.at;
        let mut words = vec![self.first_type_word()?];
        let follows: &[&str] = match words[0].as_str() {
            "double" => &["precision"],
            "long" => &["varchar", "varbinary", "char"],
            "national" => &["varchar", "character", "char"],
            "nchar" => &["varchar", "varying"],
            "char" | "character" => &["varying", "byte"],
            _ => &[],
        };
        if self.is_any_word(0, follows) {
            words.push(self.type_word());
            if words[0] == "national" && self.is_any_word(0, &["varying"]) {
                words.push(self.type_word());
            }
        }
        let arguments = self.type_arguments()?;
        let mut suffix = Vec::new();
        while self.is_any_word(0, &["unsigned", "signed", "zerofill"]) {
            suffix.push(self.type_word());
        }
        Ok(self.finish_type(first, words, arguments, suffix, None))
    }

    fn postgres_type(&mut self) -> Read<TypeName> {
        let first = self.at;
        let mut schema = None;
        let mut quoted = !self.is_bare(0);
        let mut words = vec![self.first_type_word()?];
        while self.eat_symbol(".") {
            quoted = !self.is_bare(0);
            schema = words.pop();
            words = vec![self.first_type_word()?];
        }
        if schema.is_none() && !quoted {
            self.postgres_second_word(&mut words);
        }
        let arguments = self.type_arguments()?;
        let mut suffix = Vec::new();
        if matches!(words[0].as_str(), "time" | "timestamp")
            && self.is_any_word(0, &["with", "without"])
            && self.is_word(1, "time")
        {
            suffix = (0..3).map(|_| self.type_word()).collect();
        }
        let said = schema.is_some();
        let schema = schema.filter(|schema| !matches!(schema.as_str(), "public" | "pg_catalog"));
        let path = self.path.filter(|_| !said).cloned();
        let array = self.array_suffix();
        let mut found = self.finish_type(first, words, arguments, suffix, schema);
        (found.array, found.path) = (array, path);
        Ok(found)
    }

    fn postgres_second_word(&mut self, words: &mut Vec<String>) {
        let follows: &[&str] = match words[0].as_str() {
            "double" => &["precision"],
            "character" | "char" | "bit" | "nchar" => &["varying"],
            "national" => &["character", "char"],
            "interval" => &["year", "month", "day", "hour", "minute", "second"],
            _ => &[],
        };
        if !self.is_any_word(0, follows) {
            return;
        }
        words.push(self.type_word());
        if words[0] == "national" && self.is_word(0, "varying") {
            words.push(self.type_word());
        }
        if words[0] == "interval" && self.is_word(0, "to") {
            words.extend([self.type_word(), self.type_word()]);
        }
    }

    /// `[]`, `[3]`, `ARRAY`, any number of times.
    fn array_suffix(&mut self) -> bool {
        let mut array = self.eat(&["ARRAY"]);
        while self.eat_symbol("[") {
            array = true;
            while !self.at_end() && !self.eat_symbol("]") {
                self.advance(1);
            }
        }
        array
    }

    fn first_type_word(&mut self) -> Read<String> {
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
    fn type_word(&mut self) -> String {
        let word = if self.is_bare(0) {
            self.piece(0).to_lowercase()
        } else {
            self.content(0)
        };
        self.advance(1);
        word
    }

    fn type_arguments(&mut self) -> Read<Vec<TypeArgument>> {
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

    fn finish_type(
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
fn joined(mut words: Vec<String>) -> String {
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

/// Words that end SQLite's free-form type: its grammar keeps them for what follows.
const SQLITE_AFTER_TYPE: &[&str] = &[
    "CONSTRAINT",
    "NOT",
    "NULL",
    "PRIMARY",
    "UNIQUE",
    "CHECK",
    "DEFAULT",
    "COLLATE",
    "REFERENCES",
    "GENERATED",
    "AS",
    "AUTOINCREMENT",
    "ON",
    "DEFERRABLE",
    "FOREIGN",
];
