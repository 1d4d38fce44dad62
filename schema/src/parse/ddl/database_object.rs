//! Reads objects beside tables that tables may need: extensions, types, domains, sequences, functions. Their statements
//! are kept as they are written; only their names and the words in them are looked at.

use crate::ast::{
    AlterDomain, CreateObject, DomainChange, Expression, MoveObject, Name, NewPlace, ObjectChange,
    ObjectKind, ObjectName, Statement,
};
use crate::lists::IntoVec as _;

use crate::syntax::{Cursor, Read};

impl Cursor<'_> {
    /// After `CREATE`: `None` where it is nothing of the kind.
    pub(crate) fn create_object(&mut self) -> Read<Option<CreateObject>> {
        const KINDS: [(&str, ObjectKind); 4] = [
            ("EXTENSION", ObjectKind::Extension),
            ("COLLATION", ObjectKind::Collation),
            ("SEQUENCE", ObjectKind::Sequence),
            ("FUNCTION", ObjectKind::Function),
        ];
        let known = self.grammar.objects.kinds;
        let found = KINDS
            .iter()
            .find(|(word, _)| known.contains(word) && self.eat(&[word]));
        let Some((_, kind)) = found else {
            return Ok(None);
        };
        self.eat(&["IF", "NOT", "EXISTS"]);
        let name = self.object_name("its name")?;
        self.object(*kind, name).map(Some)
    }

    /// Reads a created object, from after its name to the statement's end.
    pub(crate) fn object(&mut self, kind: ObjectKind, name: ObjectName) -> Read<CreateObject> {
        let first = self.at;
        let mut object = CreateObject {
            kind,
            name,
            definition: self.definition(first),
            words: Vec::new(),
            columns: Vec::new(),
            owner: None,
        };
        while !self.at_end() {
            if kind == ObjectKind::Extension && self.eat(&["SCHEMA"]) {
                object.name.schema = Some(self.name("a schema's name")?.text);
                continue;
            }
            if kind == ObjectKind::Sequence && self.is_words(&["OWNED", "BY"]) {
                object.definition = self.definition(first);
                object.owner = self.owner()?;
                return self.rest_of_sequence(object);
            }
            self.advance(1);
        }
        object.definition = self.definition(first);
        object.words = self.words(first);
        Ok(object)
    }

    /// From this token on, if anything was eaten since.
    pub(super) fn definition(&self, first: usize) -> Expression {
        if self.at > first {
            return self.expression(first);
        }
        Expression {
            sql: String::new(),
            span: self.here(),
        }
    }

    /// After `OWNED BY`, which is said once the table is there.
    fn rest_of_sequence(&mut self, mut object: CreateObject) -> Read<CreateObject> {
        let behind = self.at;
        self.skip_to_end();
        let rest = self.written(behind);
        let sql = &mut object.definition.sql;
        *sql = format!("{sql} {rest}").trim().to_owned();
        Ok(object)
    }

    /// At `OWNED BY`: the column; `None` for no owner.
    fn owner(&mut self) -> Read<Option<(ObjectName, Name)>> {
        self.expect(&["OWNED", "BY"])?;
        if self.eat(&["NONE"]) {
            return Ok(None);
        }
        self.column_of_table().map(Some)
    }

    /// After `ALTER SEQUENCE` and `ALTER DOMAIN`: nothing for changes that make no other object of it.
    pub(crate) fn alter_object(&mut self) -> Read<Vec<Statement>> {
        let kind = if self.eat(&["SEQUENCE"]) {
            ObjectKind::Sequence
        } else if self.eat(&["DOMAIN"]) {
            ObjectKind::Domain
        } else {
            return Ok(Vec::new());
        };
        self.eat(&["IF", "EXISTS"]);
        let name = self.object_name("its name")?;
        if kind == ObjectKind::Sequence && self.owns() {
            return Ok(self.owned_by(name)?.into_iter().into_vec());
        }
        if let Some(moved) = self.moved(kind, name.clone())? {
            return Ok(vec![moved]);
        }
        // Whose it is and where it went on counting make no other object of it.
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
        if !self.is_any_word(0, CHANGES) {
            return Ok(Vec::new());
        }
        let first = self.at;
        let change = if kind == ObjectKind::Domain {
            self.domain_change()?
        } else {
            None
        };
        let change = change.map(|change| {
            let name = name.clone();
            Statement::AlterDomain(AlterDomain { name, change })
        });
        self.skip_to_end();
        let text = Statement::AlterObject(ObjectChange::Statement {
            kind,
            name,
            text: self.written(first),
            words: self.words(first),
        });
        Ok([text].into_iter().chain(change).into_vec())
    }

    /// `RENAME TO`, `SET SCHEMA`.
    pub(super) fn moved(&mut self, kind: ObjectKind, name: ObjectName) -> Read<Option<Statement>> {
        let to = if self.eat(&["RENAME", "TO"]) {
            NewPlace::Name(self.name("the new name")?)
        } else if self.eat(&["SET", "SCHEMA"]) {
            NewPlace::Schema(self.name("a schema's name")?.text)
        } else {
            return Ok(None);
        };
        self.skip_to_end();
        Ok(Some(Statement::MoveObject(MoveObject { kind, name, to })))
    }

    /// `None` for other changes, such as the name of a constraint.
    fn domain_change(&mut self) -> Read<Option<DomainChange>> {
        Ok(if self.eat(&["SET", "NOT", "NULL"]) {
            Some(DomainChange::NotNull(true))
        } else if self.eat(&["DROP", "NOT", "NULL"]) {
            Some(DomainChange::NotNull(false))
        } else if self.eat(&["SET", "DEFAULT"]) {
            Some(DomainChange::Default(Some(self.default_value()?)))
        } else if self.eat(&["DROP", "DEFAULT"]) {
            Some(DomainChange::Default(None))
        } else if self.eat(&["DROP", "CONSTRAINT"]) {
            self.eat(&["IF", "EXISTS"]);
            Some(DomainChange::DropConstraint(
                self.name("a constraint's name")?,
            ))
        } else if self.eat(&["ADD"]) {
            let name = match self.eat(&["CONSTRAINT"]) {
                true => Some(self.name("a constraint's name")?),
                false => None,
            };
            match self.eat(&["CHECK"]) {
                true => Some(DomainChange::AddCheck {
                    name,
                    condition: self.parenthesized()?,
                    not_valid: self.eat(&["NOT", "VALID"]),
                }),
                false => None,
            }
        } else {
            None
        })
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
        let owner = self.owner()?;
        Ok(Some(Statement::AlterObject(ObjectChange::OwnedBy {
            sequence,
            owner,
        })))
    }
}
