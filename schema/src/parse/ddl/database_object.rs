//! Reads objects beside tables that tables may need: extensions, types, domains, sequences, functions. Their statements
//! are kept as they are written; only their names and the words in them are looked at.

use crate::ast::{
    CreateObject, Expression, ObjectChange, ObjectKind, ObjectName, PieceKind, Statement,
};
use crate::dialect::Dialect;

use super::cursor::{Cursor, Read};

impl Cursor<'_> {
    /// Behind `CREATE`: `None` where it is nothing of the kind.
    pub(crate) fn create_object(&mut self) -> Read<Option<CreateObject>> {
        let kinds: &[(&str, ObjectKind)] = match self.dialect {
            Dialect::Postgres => &[
                ("EXTENSION", ObjectKind::Extension),
                ("COLLATION", ObjectKind::Collation),
                ("SEQUENCE", ObjectKind::Sequence),
                ("FUNCTION", ObjectKind::Function),
            ],
            Dialect::Mysql => &[("SEQUENCE", ObjectKind::Sequence)],
            Dialect::Sqlite => &[],
        };
        let found = kinds.iter().find(|(word, _)| self.eat(&[word]));
        let Some((_, kind)) = found else {
            return Ok(None);
        };
        self.eat(&["IF", "NOT", "EXISTS"]);
        let first = self.at;
        let name = self.object_name("its name")?;
        self.object(*kind, name, first).map(Some)
    }

    /// What was created, from the token of its name to the statement's end.
    pub(crate) fn object(
        &mut self,
        kind: ObjectKind,
        name: ObjectName,
        first: usize,
    ) -> Read<CreateObject> {
        let mut object = CreateObject {
            kind,
            name,
            definition: String::new(),
            words: Vec::new(),
            columns: Vec::new(),
        };
        while !self.at_end() {
            if kind == ObjectKind::Extension && self.eat(&["SCHEMA"]) {
                object.name.schema = Some(self.name("a schema's name")?.text);
                continue;
            }
            self.advance(1);
        }
        object.definition = self.written(first);
        object.words = self.words(first);
        Ok(object)
    }

    /// Behind `ALTER SEQUENCE` and `ALTER DOMAIN`: `None` for changes that make no other object of it.
    pub(crate) fn alter_object(&mut self) -> Read<Option<Statement>> {
        let kind = if self.eat(&["SEQUENCE"]) {
            ObjectKind::Sequence
        } else if self.eat(&["DOMAIN"]) {
            ObjectKind::Domain
        } else {
            return Ok(None);
        };
        self.eat(&["IF", "EXISTS"]);
        let name = self.object_name("its name")?;
        if kind == ObjectKind::Sequence && self.owns() {
            return self.owned_by(name);
        }
        // Whose it is, where it went on counting and what it is called elsewhere make no other object of it.
        const CHANGES: &[&str] = &[
            "ADD",
            "SET",
            "DROP",
            "AS",
            "INCREMENT",
            "MINVALUE",
            "MAXVALUE",
            "NO",
            "START",
            "CACHE",
            "CYCLE",
        ];
        if !self.is_any_word(0, CHANGES) || self.is_words(&["SET", "SCHEMA"]) {
            return Ok(None);
        }
        self.at = self.tokens.len();
        Ok(Some(Statement::AlterObject(ObjectChange::Statement {
            kind,
            name,
            text: self.written(0),
            words: self.words(0),
        })))
    }

    fn owns(&self) -> bool {
        let rest = self.at..self.tokens.len();
        rest.into_iter()
            .any(|at| self.is_words_at(at, &["OWNED", "BY"]))
    }

    fn owned_by(&mut self, sequence: ObjectName) -> Read<Option<Statement>> {
        while !self.at_end() && !self.is_words(&["OWNED", "BY"]) {
            self.skip_one()?;
        }
        if !self.eat(&["OWNED", "BY"]) || self.is_word(0, "NONE") {
            return Ok(None);
        }
        let (table, column) = self.column_of_table()?;
        Ok(Some(Statement::AlterObject(ObjectChange::OwnedBy {
            sequence,
            table,
            column,
        })))
    }
}

/// Every name an expression may speak of, in lower case; of texts their words.
pub(crate) fn words_of(expression: &Expression) -> Vec<String> {
    let mut words = Vec::new();
    for piece in &expression.tokens {
        match piece.kind {
            PieceKind::Word | PieceKind::Quoted | PieceKind::DoubleQuoted => {
                words.push(piece.text.to_lowercase());
            }
            PieceKind::Text => words.extend(words_in(&piece.text)),
            PieceKind::Number | PieceKind::Hex | PieceKind::Bits | PieceKind::Symbol => {}
        }
    }
    words.sort_unstable();
    words.dedup();
    words
}

fn words_in(text: &str) -> impl Iterator<Item = String> {
    text.split(|sign: char| !sign.is_alphanumeric() && sign != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}
