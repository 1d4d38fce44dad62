//! PostgreSQL's sequences that serial and identity columns bring along: `t_id_seq` when the column is made, and so it
//! stays whatever table and column are called later.

use crate::ast::{Expression, IdentityOptions, Name, ObjectKind, ObjectName};
use crate::dialect::Dialect;
use crate::draft::{
    DraftColumn, DraftCounter, DraftGenerated, DraftObject, DraftObjectKind, DraftTable, TableIndex,
};
use crate::source::FileId;
use crate::syntax::{Site, sites};

use super::implied::first_free;
use super::rename::{literal, quoted};
use crate::lower::Fold;
use crate::lower::objects::is_sequence;

/// The column of a sequence whose name is not written.
enum Unnamed {
    /// `serial`, with the type that it is.
    Serial(&'static str),
    /// With its other options.
    Identity(String),
}

impl Fold<'_> {
    /// The table, or this column of it, gets another name: sequences keep theirs.
    pub(in crate::lower) fn keep_sequences(
        &mut self,
        index: TableIndex,
        table: &mut DraftTable,
        column: Option<&str>,
    ) {
        if table.dialect != Dialect::Postgres {
            return;
        }
        for at in 0..table.columns.len() {
            let is_meant = column.is_none_or(|name| table.columns[at].name.text == name);
            if is_meant && unnamed(&table.columns[at]).is_some() {
                let name = self.name_of_sequence(table, at);
                self.name_sequence(index, table, at, name);
            }
        }
    }

    /// A new table's sequences get numbers where one of another table has the usual name.
    pub(in crate::lower) fn number_sequences(&mut self, index: TableIndex, table: &mut DraftTable) {
        if table.dialect != Dialect::Postgres || self.sequence_owner.is_empty() {
            return;
        }
        for at in 0..table.columns.len() {
            if unnamed(&table.columns[at]).is_none() {
                continue;
            }
            let name = self.name_of_sequence(table, at);
            let usual = first_free(
                &table.name.name.text,
                &[&table.columns[at].name.text],
                "seq",
                |_| false,
            );
            if name != usual {
                self.name_sequence(index, table, at, name);
            }
        }
    }

    /// The sequence has another name: its old one is free, and a column whose sequence has the usual name again says all of it.
    pub(in crate::lower) fn sequence_was_renamed(&mut self, at: usize, from: &ObjectName) {
        let Some(object) = self.objects.get(at) else {
            return;
        };
        let name = object.name.clone();
        if let Some(index) = self.sequence_owner.remove(&key_of(from)) {
            self.sequence_owner.insert(key_of(&name), index);
        }
        let Some((table, column)) = object.owner.clone() else {
            return;
        };
        let mut tables = self.tables.iter_mut().flatten();
        let table =
            tables.find(|one| is_same(&one.name, &table) && one.dialect == Dialect::Postgres);
        let column = table.and_then(|table| {
            let mut columns = table.columns.iter_mut();
            columns.find(|one| one.name.text == column.text)
        });
        let Some((column, serial)) = column.and_then(|column| {
            let serial = serial_of(column, object)?;
            Some((column, serial))
        }) else {
            return;
        };
        become_serial(column, serial);
        self.objects.forget(at);
        self.sequence_owner.remove(&key_of(&name));
    }

    /// A column that counts by a sequence of its own as a `serial` does is one.
    pub(in crate::lower) fn serial_again(&mut self, table: &mut DraftTable, name: &Name) {
        if table.dialect != Dialect::Postgres {
            return;
        }
        let key = table.primary_key.as_ref();
        let is_in_key = key.is_some_and(|key| {
            let mut columns = key.columns.iter();
            columns.any(|column| column.text == name.text)
        });
        let mut columns = table.columns.iter_mut();
        let found = columns.find(|one| one.name.text == name.text && (one.not_null || is_in_key));
        let Some(column) = found else {
            return;
        };
        let mut owned = self.objects.owned_by(&table.name).into_iter();
        let found = owned.find_map(|at| {
            let object = self.objects.get(at)?;
            let serial = serial_of(column, object)?;
            Some((at, serial, key_of(&object.name)))
        });
        if let Some((at, serial, key)) = found {
            become_serial(column, serial);
            self.objects.forget(at);
            self.sequence_owner.remove(&key);
        }
    }

    /// Writes the words of `serial` in full from here on: a type, NOT NULL, and a default by a sequence that stays.
    pub(in crate::lower) fn spell_out_serial(
        &mut self,
        index: TableIndex,
        table: &mut DraftTable,
        column: &Name,
    ) {
        let is_it = |one: &&mut DraftColumn| {
            one.name.text == column.text
                && crate::lower::types::is_serial(&one.type_name, Dialect::Postgres)
        };
        if table.dialect != Dialect::Postgres {
            return;
        }
        if let Some(serial) = table.columns.iter_mut().find(is_it) {
            serial.not_null = true;
            self.keep_sequences(index, table, Some(&column.text));
        }
    }

    /// The sequence that a column brought along gets this name; `false` where none is called so.
    pub(in crate::lower) fn rename_unnamed(
        &mut self,
        file: FileId,
        from: &ObjectName,
        to: &Name,
    ) -> bool {
        let is_meant = |table: &DraftTable, column: &DraftColumn| {
            let usual = first_free(&table.name.name.text, &[&column.name.text], "seq", |_| {
                false
            });
            let rank = from.rank(table.name.schema.as_deref());
            usual == from.name.text && rank.is_some() && unnamed(column).is_some()
        };
        let found = self.tables.iter().enumerate().find_map(|(index, table)| {
            let table = table
                .as_ref()
                .filter(|table| table.file == file && table.dialect == Dialect::Postgres)?;
            let mut columns = table.columns.iter();
            Some((index, columns.position(|column| is_meant(table, column))?))
        });
        let Some((index, at)) = found else {
            return false;
        };
        let Some(mut table) = self.tables[index].take() else {
            return false;
        };
        self.name_sequence(index, &mut table, at, to.text.clone());
        self.tables[index] = Some(table);
        true
    }

    /// The same of an identity column's, which is no object of its own.
    pub(in crate::lower) fn identity_was_renamed(&mut self, from: &ObjectName, to: &ObjectName) {
        if let Some(index) = self.sequence_owner.remove(&key_of(from)) {
            self.sequence_owner.insert(key_of(to), index);
        }
        for table in self.tables.iter_mut().flatten() {
            for column in &mut table.columns {
                let DraftCounter::Identity(options) = &mut column.counter else {
                    continue;
                };
                let is_named = options
                    .sequence
                    .as_ref()
                    .is_some_and(|name| is_same(name, to));
                if !is_named || !is_usual(to, &table.name, &column.name.text) {
                    continue;
                }
                options.sequence = None;
                if options.words.is_empty() {
                    column.counter = DraftCounter::Usual;
                }
                self.sequence_owner.remove(&key_of(to));
            }
        }
    }

    fn name_of_sequence(&self, table: &DraftTable, at: usize) -> String {
        let is_taken = |name: &str| {
            let owner = self.sequence_owner.get(&key(table, name));
            owner.is_some_and(|&owner| self.tables[owner].is_some())
        };
        let column = table.columns[at].name.text.as_str();
        first_free(&table.name.name.text, &[column], "seq", is_taken)
    }

    fn name_sequence(
        &mut self,
        index: TableIndex,
        table: &mut DraftTable,
        at: usize,
        name: String,
    ) {
        let Some(unnamed) = unnamed(&table.columns[at]) else {
            return;
        };
        let sequence = ObjectName {
            name: Name {
                text: name.clone(),
                span: table.columns[at].name.span,
            },
            ..table.name.clone()
        };
        self.sequence_owner.insert(key(table, &name), index);
        let owner = table.name.clone();
        let column = &mut table.columns[at];
        match unnamed {
            Unnamed::Serial(of) => {
                column.type_name.name = of.to_owned();
                column.type_name.written = of.to_owned();
                column.counter = DraftCounter::Default(nextval(&quoted(&sequence), column));
                let owner = (owner, column.name.clone());
                let definition = format!("AS {of}");
                let object = sequence_object(sequence, table.file, definition, owner);
                self.objects.push(object);
            }
            Unnamed::Identity(words) => {
                column.counter = DraftCounter::Identity(IdentityOptions {
                    sequence: Some(sequence),
                    words,
                });
            }
        }
    }
}

/// In a schema one relation has a name.
fn key(table: &DraftTable, name: &str) -> String {
    let schema = table.name.schema.as_deref().unwrap_or_default();
    format!("{schema}.{name}")
}

fn key_of(name: &ObjectName) -> String {
    let schema = name.schema.as_deref().unwrap_or_default();
    format!("{schema}.{}", name.name.text)
}

fn is_same(one: &ObjectName, other: &ObjectName) -> bool {
    one.schema == other.schema && one.name.text == other.name.text
}

/// Whether it is the name that a new column's sequence gets.
fn is_usual(sequence: &ObjectName, table: &ObjectName, column: &str) -> bool {
    let usual = first_free(&table.name.text, &[column], "seq", |_| false);
    sequence.schema == table.schema && sequence.name.text == usual
}

fn become_serial(column: &mut DraftColumn, serial: &str) {
    column.type_name.name = serial.to_owned();
    column.type_name.written = serial.to_owned();
    column.counter = DraftCounter::Usual;
}

/// The word that says all of a column that counts by this sequence of its own, where that has no options and the usual name.
fn serial_of(column: &DraftColumn, object: &DraftObject) -> Option<&'static str> {
    let DraftCounter::Default(default) = &column.counter else {
        return None;
    };
    let (table, owner) = object.owner.as_ref()?;
    let is_plain = is_sequence(object) && object.changes.is_empty();
    let is_its = owner.text == column.name.text && is_usual(&object.name, table, &owner.text);
    if !is_plain || !is_its {
        return None;
    }
    let sequence = &object.name;
    let names_it = |site: &Site| {
        let text = site.text.replace('"', "");
        text.rsplit('.').next() == Some(sequence.name.text.as_str())
    };
    let definition = object.definition.to_lowercase();
    let serial = match (column.type_name.name.as_str(), definition.as_str()) {
        ("integer" | "int" | "int4", "as integer") => "serial",
        ("bigint" | "int8", "as bigint" | "") => "bigserial",
        ("smallint" | "int2", "as smallint") => "smallserial",
        _ => return None,
    };
    let sites = sites(&default.sql, Dialect::Postgres);
    sites.iter().any(names_it).then_some(serial)
}

fn unnamed(column: &DraftColumn) -> Option<Unnamed> {
    if !matches!(column.generated, DraftGenerated::Counted { .. }) {
        return None;
    }
    match &column.counter {
        DraftCounter::Usual => Some(match serial(column) {
            Some(of) => Unnamed::Serial(of),
            None => Unnamed::Identity(String::new()),
        }),
        DraftCounter::Identity(options) => {
            let is_named = options.sequence.is_some();
            (!is_named).then(|| Unnamed::Identity(options.words.clone()))
        }
        DraftCounter::Autoincrement | DraftCounter::Default(_) => None,
    }
}

fn serial(column: &DraftColumn) -> Option<&'static str> {
    let is_serial = crate::lower::types::is_serial(&column.type_name, Dialect::Postgres);
    is_serial.then_some(match column.type_name.name.as_str() {
        "bigserial" | "serial8" => "bigint",
        "smallserial" | "serial2" => "smallint",
        _ => "integer",
    })
}

/// `nextval('"t_id_seq"'::regclass)`.
fn nextval(sequence: &str, column: &DraftColumn) -> Expression {
    Expression {
        sql: format!("nextval({}::regclass)", literal(sequence)),
        span: column.type_name.span,
    }
}

fn sequence_object(
    name: ObjectName,
    file: FileId,
    definition: String,
    owner: (ObjectName, Name),
) -> DraftObject {
    DraftObject {
        name,
        file,
        dialect: Dialect::Postgres,
        kind: DraftObjectKind::Other(ObjectKind::Sequence),
        definition,
        first_name: None,
        changes: Vec::new(),
        words: Vec::new(),
        owner: Some(owner),
        columns: Vec::new(),
    }
}
