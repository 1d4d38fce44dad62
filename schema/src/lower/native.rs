//! Lowers constructs of one dialect only: options of tables, partitions, and the objects beside tables.

use crate::lists::IntoVec as _;
use std::collections::{HashMap, HashSet};

use crate::ast::{
    AlterAction, AlterComposite, ColumnDef, CreateDomain, CreateObject, CreateTable, DropFunction,
    Expression, FileAst, Name, ObjectChange, ObjectKind, ObjectName, Partition, PartsChange,
    TableOption, TypeName, inputs,
};
use crate::dialect::Dialect;
use crate::draft::{
    DraftColumn, DraftCounter, DraftGenerated, DraftNative, DraftObject, DraftObjectKind,
    DraftTable, TableIndex,
};

use crate::parse::input_types;
use crate::syntax::{Divided, divided_parts, sequences_of};

use super::Fold;
use super::objects::is_sequence;

/// An option of the same name goes.
pub(super) fn set_option(table: &mut DraftTable, option: &TableOption) {
    let options = &mut table.native.options;
    options.retain(|known| known.key != option.key);
    // Whatever is parted comes last (MySQL manual, "CREATE TABLE").
    let parted = |known: &TableOption| known.key == "PARTITION BY";
    let at = options.iter().position(parted).unwrap_or(options.len());
    options.insert(at, option.clone());
}

pub(super) fn drop_option(table: &mut DraftTable, key: &str) {
    table.native.options.retain(|option| option.key != key);
}

/// The server refuses what does not fit the parts that are there.
pub(super) fn change_parts(table: &mut DraftTable, change: &PartsChange) {
    let mut options = table.native.options.iter_mut();
    let Some(option) = options.find(|option| option.key == "PARTITION BY") else {
        return;
    };
    let mut divided = Divided::read(&option.text);
    let parts = &mut divided.parts;
    match change {
        PartsChange::Add(added) => parts.extend(divided_parts(added)),
        PartsChange::Drop(names) => parts.retain(|part| !part.is_among(names)),
        PartsChange::Reorganize { from, into } => {
            let at = parts.iter().position(|part| part.is_among(from));
            parts.retain(|part| !part.is_among(from));
            let at = at.unwrap_or(parts.len());
            parts.splice(at..at, divided_parts(into));
        }
    }
    option.text = divided.written();
}

pub(super) fn inherit(
    table: &mut DraftTable,
    parent: &ObjectName,
    found: Option<TableIndex>,
    no: bool,
) {
    let parents = &mut table.native.inherits;
    if no {
        parents.retain(|(known, _)| known.name.text != parent.name.text);
    } else {
        parents.push((parent.clone(), found));
    }
}

/// The default is one as any other, if it mentions one of these sequences.
fn count_by_default(column: &mut DraftColumn, sequences: &HashSet<String>) {
    let DraftCounter::Default(value) = &column.counter else {
        return;
    };
    let mut named = sequences_of(&value.sql, Dialect::Postgres).into_iter();
    if named.any(|name| sequences.contains(&name)) {
        column.default = Some(value.clone());
        column.counter = DraftCounter::Usual;
        column.generated = DraftGenerated::No;
    }
}

/// Applies to an attribute what is done to a column of its name.
fn change_attributes(columns: &mut Vec<ColumnDef>, action: &AlterAction) {
    let named = |name: &Name| {
        let name = name.text.clone();
        move |column: &ColumnDef| column.name.text == name
    };
    if let AlterAction::AddColumn { column, .. } = action {
        columns.push((**column).clone());
    } else if let AlterAction::DropColumn { column, .. } = action {
        let dropped = named(column);
        columns.retain(|known| !dropped(known));
    } else if let AlterAction::RenameColumn { from, to } = action {
        let renamed = named(from);
        for known in columns.iter_mut().filter(|known| renamed(known)) {
            known.name.clone_from(to);
        }
    } else if let AlterAction::SetType {
        column, type_name, ..
    } = action
    {
        let changed = named(column);
        for known in columns.iter_mut().filter(|known| changed(known)) {
            known.type_name.clone_from(type_name);
        }
    }
}

fn identities<'t>(types: impl IntoIterator<Item = &'t TypeName>) -> Vec<String> {
    types.into_iter().map(TypeName::identity).into_vec()
}

impl Fold<'_> {
    pub(super) fn create_object(&mut self, file: &FileAst, created: &CreateObject) {
        let word = match created.kind {
            ObjectKind::Extension => "CREATE EXTENSION",
            ObjectKind::Collation => "CREATE COLLATION",
            ObjectKind::Type => "CREATE TYPE",
            ObjectKind::Domain => "CREATE DOMAIN",
            ObjectKind::Sequence => "CREATE SEQUENCE",
            ObjectKind::Function => "CREATE FUNCTION",
        };
        self.skip(word);
        let definition = self.definition(file, created.kind, &created.name, &created.definition);
        if created.kind == ObjectKind::Function
            && self.replaces(file, &created.name, &definition, &created.words)
        {
            return;
        }
        let owner = self.owner(file, &created.owner);
        self.objects.push(DraftObject {
            name: created.name.clone(),
            file: file.file,
            dialect: file.dialect,
            kind: DraftObjectKind::Other(created.kind),
            definition,
            first_name: None,
            changes: Vec::new(),
            words: created.words.clone(),
            columns: created.columns.clone(),
            owner,
        });
    }

    /// `OR REPLACE` of a function that is there: it has another body, and stays where it was made. Returns whether there is one.
    fn replaces(
        &mut self,
        file: &FileAst,
        name: &ObjectName,
        definition: &str,
        words: &[String],
    ) -> bool {
        let types = |definition: &str| input_types(definition).as_ref().map(identities);
        let wanted = types(definition);
        let is_it = |object: &DraftObject| {
            object.kind == DraftObjectKind::Other(ObjectKind::Function)
                && object.file == file.file
                && object.name.schema == name.schema
                && types(&object.definition) == wanted
        };
        let known = self.objects.meant(file.file, name, is_it);
        let Some(object) = known.and_then(|at| self.objects.get_mut(at)) else {
            return false;
        };
        definition.clone_into(&mut object.definition);
        words.clone_into(&mut object.words);
        true
    }

    /// A table `OF` a composite type as one with the columns of that type; `None` where it is not known.
    pub(super) fn typed_table(
        &self,
        file: &FileAst,
        created: &CreateTable,
        of: &ObjectName,
    ) -> Option<(usize, CreateTable)> {
        let at = self.composite(file, of)?;
        let mut table = CreateTable {
            of: None,
            columns: self.objects.get(at)?.columns.clone(),
            ..created.clone()
        };
        for said in &created.columns {
            let mut columns = table.columns.iter_mut();
            let column = columns.find(|column| column.name.text == said.name.text)?;
            column.options.extend(said.options.iter().cloned());
            column.notes = said.notes.clone();
        }
        Some((at, table))
    }

    /// The composite type a statement of this file means, by its number among the objects.
    fn composite(&self, file: &FileAst, of: &ObjectName) -> Option<usize> {
        let has_columns = |object: &DraftObject| !object.columns.is_empty();
        self.objects.meant(file.file, of, has_columns)
    }

    /// The type's attributes change, and with them the columns of its tables.
    pub(super) fn alter_composite(&mut self, file: &FileAst, alter: &AlterComposite) {
        let Some(at) = self.composite(file, &alter.name) else {
            return;
        };
        if let Some(object) = self.objects.get_mut(at) {
            for action in &alter.actions {
                change_attributes(&mut object.columns, action);
            }
        }
        let tables = self.typed.iter().filter(|(object, _)| *object == at);
        let tables: Vec<TableIndex> = tables.map(|(_, table)| *table).into_vec();
        for table in tables {
            for action in &alter.actions {
                if self.tables[table].is_some() {
                    self.action(file, table, action);
                }
            }
        }
    }

    pub(super) fn domain_object(&mut self, file: &FileAst, created: &CreateDomain) {
        let definition =
            self.definition(file, ObjectKind::Domain, &created.name, &created.definition);
        self.objects.push(DraftObject {
            name: created.name.clone(),
            file: file.file,
            dialect: file.dialect,
            kind: DraftObjectKind::Other(ObjectKind::Domain),
            definition,
            first_name: None,
            changes: Vec::new(),
            words: created.words.clone(),
            columns: Vec::new(),
            owner: None,
        });
    }

    pub(super) fn enum_object(&mut self, file: &FileAst, name: &ObjectName) {
        self.objects.push(DraftObject {
            name: name.clone(),
            file: file.file,
            dialect: file.dialect,
            kind: DraftObjectKind::Enum(self.enums.len()),
            definition: String::new(),
            first_name: None,
            changes: Vec::new(),
            words: Vec::new(),
            columns: Vec::new(),
            owner: None,
        });
    }

    pub(super) fn alter_object(&mut self, file: &FileAst, change: &ObjectChange) {
        let (kind, name) = match change {
            ObjectChange::OwnedBy { sequence, .. } => (ObjectKind::Sequence, sequence),
            ObjectChange::Statement { kind, name, .. } => (*kind, name),
        };
        let kind = DraftObjectKind::Other(kind);
        let of_kind = |object: &DraftObject| object.file == file.file && object.kind == kind;
        self.skip(match kind {
            DraftObjectKind::Other(ObjectKind::Sequence) => "ALTER SEQUENCE",
            DraftObjectKind::Other(ObjectKind::Type) => "ALTER TYPE",
            DraftObjectKind::Other(_) | DraftObjectKind::Enum(_) => "ALTER DOMAIN",
        });
        let found = self.objects.meant(file.file, name, of_kind);
        match (change, found) {
            (ObjectChange::OwnedBy { owner, .. }, Some(at)) => {
                let owner = self.owner(file, owner);
                self.objects.give(at, owner);
            }
            (ObjectChange::OwnedBy { .. }, None) => {}
            (ObjectChange::Statement { text, .. }, Some(at)) if self.retypes(at, text) => {
                self.sequence_was_renamed(at, name);
            }
            (ObjectChange::Statement { text, words, .. }, Some(at)) => {
                if let Some(object) = self.objects.get_mut(at) {
                    object.changes.push(text.clone());
                    object.words.extend(words.iter().cloned());
                }
            }
            (ObjectChange::Statement { text, .. }, None) => {
                self.change_of_serial(file, &name.name.text, text);
            }
        }
    }

    /// `ALTER SEQUENCE … AS bigint` of a sequence that says no more than its type; whether it is that.
    fn retypes(&mut self, at: usize, text: &str) -> bool {
        let is_type = |text: &str| {
            let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).into_vec();
            matches!(&words[..], [first, kind] if first == "as" && matches!(kind.as_str(), "smallint" | "integer" | "bigint"))
        };
        let object = self.objects.get_mut(at);
        let object = object.filter(|one| is_sequence(one) && one.changes.is_empty());
        let Some(object) = object.filter(|one| is_type(&one.definition) && is_type(text)) else {
            return false;
        };
        text.clone_into(&mut object.definition);
        true
    }

    /// With the schemas in which the path finds the objects that it mentions.
    fn definition(
        &mut self,
        file: &FileAst,
        kind: ObjectKind,
        name: &ObjectName,
        written: &Expression,
    ) -> String {
        self.path.clone_from(&name.path);
        match kind {
            ObjectKind::Extension | ObjectKind::Sequence | ObjectKind::Collation => {
                written.sql.clone()
            }
            ObjectKind::Type | ObjectKind::Domain | ObjectKind::Function => {
                self.placed_definition(file, written)
            }
        }
    }

    /// The table a sequence belongs to by the name it has.
    fn owner(
        &self,
        file: &FileAst,
        written: &Option<(ObjectName, Name)>,
    ) -> Option<(ObjectName, Name)> {
        let (table, column) = written.clone()?;
        let found = self.find(file, &table);
        let found = found.and_then(|found| self.tables[found].as_ref());
        Some((found.map_or(table, |found| found.name.clone()), column))
    }

    /// A sequence that a serial or identity column brought along is changed once its table is there.
    fn change_of_serial(&mut self, file: &FileAst, sequence: &str, text: &str) {
        let here = |table: &&mut DraftTable| {
            table.file == file.file && sequence.starts_with(table.name.name.text.as_str())
        };
        for table in self.tables.iter_mut().flatten().filter(here) {
            let base = &table.name.name.text;
            let counts = |column: &DraftColumn| {
                matches!(column.generated, DraftGenerated::Counted { .. })
                    && format!("{base}_{}_seq", column.name.text) == sequence
            };
            if table.columns.iter().any(counts) {
                let change = (sequence.to_owned(), text.to_owned());
                table.native.behind.push(change);
                return;
            }
        }
    }

    /// No column needs a dropped type any more.
    pub(super) fn forget_object(&mut self, file: &FileAst, name: &ObjectName) {
        let dropped = |object: &DraftObject| {
            let kind = match object.kind {
                DraftObjectKind::Enum(_) => true,
                DraftObjectKind::Other(kind) => {
                    matches!(kind, ObjectKind::Type | ObjectKind::Domain)
                }
            };
            kind && object.file == file.file
        };
        if let Some(at) = self.objects.meant(file.file, name, dropped) {
            self.objects.forget(at);
        }
    }

    pub(super) fn drop_sequence(&mut self, file: &FileAst, name: &ObjectName) {
        let dropped = |object: &DraftObject| {
            let is_there = object.name.schema == name.schema && object.file == file.file;
            is_sequence(object) && is_there
        };
        self.objects.drop_named(&name.name.text, dropped);
    }

    /// One without types is the only one of its name.
    pub(super) fn drop_function(&mut self, file: &FileAst, function: &DropFunction) {
        let wanted: Option<Vec<String>> = function.types.as_ref().map(identities);
        let is_wanted = |name: &ObjectName, types: Option<Vec<String>>| {
            (&name.schema, &name.name.text) == (&function.name.schema, &function.name.name.text)
                && (wanted.is_none() || types == wanted)
        };
        let dropped = |object: &DraftObject| {
            let types = input_types(&object.definition);
            object.kind == DraftObjectKind::Other(ObjectKind::Function)
                && object.file == file.file
                && is_wanted(&object.name, types.as_ref().map(identities))
        };
        self.objects.drop_named(&function.name.name.text, dropped);
        self.routines.retain(|known| {
            let types = identities(inputs(&known.arguments));
            known.is_aggregate || !is_wanted(&known.name, Some(types))
        });
    }

    pub(super) fn partition(&mut self, partition: &Partition) {
        self.no_model(&partition.name, "CREATE TABLE … PARTITION OF");
        if let Some(span) = partition.own {
            let text = partition.name.name.text.clone();
            self.of_parts.push(Name { text, span });
        }
        self.partitions.push(partition.clone());
    }

    /// The table that becomes a part is not a model of its own; how it is parted itself is kept.
    pub(super) fn attach_partition(
        &mut self,
        file: &FileAst,
        parent: TableIndex,
        partition: &Partition,
    ) {
        let part = self.find(file, &partition.name);
        let part = part.and_then(|index| self.tables[index].as_ref());
        let options = part.map_or(&[][..], |table| &table.native.options);
        let parted = options.iter().find(|option| option.key == "PARTITION BY");
        let own = parted.map_or(String::new(), |option| format!(" {}", option.text));
        let parent = self.table_mut(parent).name.clone();
        self.partitions.push(Partition {
            name: partition.name.clone(),
            parent,
            bound: partition.bound.clone() + &own,
            own: None,
        });
        self.drop_table(file, &partition.name);
    }

    /// A column that may be NULL and takes its numbers from a sequence of its own standing is not a key: another table
    /// may count with the same sequence.
    pub(super) fn shared_sequences(&mut self) {
        let sequences = self
            .objects
            .iter()
            .filter(|object| object.kind == DraftObjectKind::Other(ObjectKind::Sequence));
        let names: HashSet<String> = sequences
            .map(|object| object.name.name.text.to_lowercase())
            .collect();
        for table in self.tables.iter_mut().flatten() {
            let keys = table.primary_key.iter().flat_map(|key| &key.columns);
            let keys: Vec<String> = keys.map(|name| name.text.clone()).into_vec();
            let columns = table.columns.iter_mut();
            for column in columns.filter(|column| !column.not_null) {
                if !keys.contains(&column.name.text) {
                    count_by_default(column, &names);
                }
            }
        }
    }

    /// The part is a table like the one it was a part of.
    pub(super) fn detach_partition(&mut self, parent: TableIndex, name: &ObjectName) {
        let known = |part: &Partition| part.name.name.text == name.name.text;
        let Some(at) = self.partitions.iter().position(known) else {
            return self.skip("ALTER TABLE … DETACH PARTITION");
        };
        let name = self.partitions.remove(at).name;
        let mut table = self.table_mut(parent).clone();
        table.name = name;
        table.native = DraftNative::default();
        (table.comment, table.notes.change().model) = (None, None);
        // The database named the keys and indexes of the part on its own.
        let keys = table.primary_key.iter_mut().map(|key| &mut key.name);
        let keys = keys.chain(table.uniques.iter_mut().map(|unique| &mut unique.name));
        let keys = keys.chain(table.indexes.iter_mut().map(|index| &mut index.name));
        keys.for_each(|name| *name = None);
        self.insert(table);
    }

    /// The parts of a table that gets another name.
    pub(super) fn partitions_follow(&mut self, index: TableIndex, to: &ObjectName) {
        let from = self.table_mut(index).name.name.text.clone();
        let parts = self.partitions.iter_mut();
        for part in parts.filter(|part| part.parent.name.text == from) {
            part.parent = to.clone();
        }
    }

    /// A table or part goes with its parts.
    pub(super) fn drop_partitions(&mut self, name: &ObjectName) {
        let mut gone = vec![name.name.text.clone()];
        while let Some(name) = gone.pop() {
            self.partitions.retain(|part| {
                let is_part_of = part.parent.name.text == name;
                if is_part_of {
                    gone.push(part.name.name.text.clone());
                }
                !is_part_of && part.name.name.text != name
            });
        }
    }

    /// Gives every table its parts, and the parts of those.
    pub(super) fn place_partitions(&mut self) {
        let mut by_parent: HashMap<String, Vec<Partition>> = HashMap::new();
        for partition in std::mem::take(&mut self.partitions) {
            let parent = partition.parent.name.text.clone();
            by_parent.entry(parent).or_default().push(partition);
        }
        for table in self.tables.iter_mut().flatten() {
            let mut parts_of = |name: &ObjectName| {
                let mut parts = by_parent.remove(&name.name.text).unwrap_or_default();
                for part in &mut parts {
                    part.parent.schema = name.schema.clone();
                }
                parts
            };
            let mut found = parts_of(&table.name);
            let mut at = 0;
            while at < found.len() {
                found.extend(parts_of(&found[at].name));
                at += 1;
            }
            table.native.partitions = found;
        }
    }
}
