//! Types, domains and sequences that get another name or another schema: the objects that mention them follow.

use crate::ast::{ColumnDef, FileAst, MoveObject, NewPlace, ObjectKind, ObjectName, TypeName};
use crate::draft::{DraftCounter, DraftObject, DraftObjectKind, DraftTable};

use super::Fold;

impl Fold<'_> {
    pub(super) fn move_object(&mut self, file: &FileAst, moved: &MoveObject) {
        let Some(at) = self.object_index(file, moved) else {
            if self.move_identity(file, moved) || self.move_unnamed(file, moved) {
                return;
            }
            return self.skip(match moved.kind {
                ObjectKind::Sequence => "ALTER SEQUENCE",
                ObjectKind::Domain => "ALTER DOMAIN",
                ObjectKind::Type
                | ObjectKind::Extension
                | ObjectKind::Collation
                | ObjectKind::Function => "ALTER TYPE",
            });
        };
        let Some(object) = self.objects.get(at) else {
            return;
        };
        let (from, kind) = (object.name.clone(), object.kind);
        let to = placed(&from, &moved.to);
        self.objects.rename(at, to.clone());
        match kind {
            DraftObjectKind::Enum(index) => self.move_enum(index, &from, &to),
            DraftObjectKind::Other(ObjectKind::Domain) => {
                if let Some(object) = self.objects.get_mut(at) {
                    let first = from.name.text.clone();
                    object.first_name.get_or_insert(first);
                }
                self.move_domain(file, &from, &to);
            }
            DraftObjectKind::Other(_) => {}
        }
        if moved.kind == ObjectKind::Sequence {
            self.counters_follow(file, &from, &to);
            self.sequence_was_renamed(at, &from);
        } else {
            self.types_follow(file, &from, &to);
        }
    }

    /// A sequence that is known by its column alone.
    fn move_unnamed(&mut self, file: &FileAst, moved: &MoveObject) -> bool {
        let (ObjectKind::Sequence, NewPlace::Name(to)) = (moved.kind, &moved.to) else {
            return false;
        };
        self.rename_unnamed(file.file, &moved.name, to)
    }

    /// The sequence of an identity column, which is not an object of its own; `false` where none has this name.
    fn move_identity(&mut self, file: &FileAst, moved: &MoveObject) -> bool {
        let here = |table: &&mut DraftTable| table.file == file.file;
        let tables = self.tables.iter_mut().flatten().filter(here);
        let columns = tables.flat_map(|table| &mut table.columns);
        let mut named = columns.filter_map(|column| match &mut column.counter {
            DraftCounter::Identity(options) => options.sequence.as_mut(),
            DraftCounter::Usual | DraftCounter::Autoincrement | DraftCounter::Default(_) => None,
        });
        let meant = named.find(|name| {
            let rank = moved.name.rank(name.schema.as_deref());
            name.name.text == moved.name.name.text && rank.is_some()
        });
        let (ObjectKind::Sequence, Some(name)) = (moved.kind, meant) else {
            return false;
        };
        let to = placed(name, &moved.to);
        let from = std::mem::replace(name, to.clone());
        self.identity_was_renamed(&from, &to);
        true
    }

    fn object_index(&self, file: &FileAst, moved: &MoveObject) -> Option<usize> {
        let sequence = moved.kind == ObjectKind::Sequence;
        let fits = |object: &DraftObject| match object.kind {
            DraftObjectKind::Enum(_) => !sequence,
            DraftObjectKind::Other(ObjectKind::Type | ObjectKind::Domain) => !sequence,
            DraftObjectKind::Other(ObjectKind::Sequence) => sequence,
            DraftObjectKind::Other(
                ObjectKind::Extension | ObjectKind::Collation | ObjectKind::Function,
            ) => false,
        };
        self.objects.meant(file.file, &moved.name, fits)
    }

    fn move_enum(&mut self, index: usize, from: &ObjectName, to: &ObjectName) {
        self.enums[index].name.clone_from(to);
        self.forget_enum(&from.name.text, index);
        let known = self.enum_by_name.entry(to.name.text.clone());
        known.or_default().push(index);
    }

    fn move_domain(&mut self, file: &FileAst, from: &ObjectName, to: &ObjectName) {
        if let Some(domain) = self.find_domain(file, from) {
            domain.name.clone_from(to);
        }
    }

    /// Columns, attributes and domains of the type.
    fn types_follow(&mut self, file: &FileAst, from: &ObjectName, to: &ObjectName) {
        let meant = self.means_type(from);
        let here = |table: &&mut DraftTable| table.file == file.file;
        let tables = self.tables.iter_mut().flatten().filter(here);
        let columns = tables.flat_map(|table| &mut table.columns);
        let objects = self.objects.iter_mut();
        let objects = objects.filter(|object| object.file == file.file);
        let attributes = objects.flat_map(|object| &mut object.columns);
        let bases = self.domains.iter_mut();
        let bases = bases.filter(|domain| domain.file == file.file);
        let types = (columns.map(|column| &mut column.type_name))
            .chain(attributes.map(|column: &mut ColumnDef| &mut column.type_name))
            .chain(bases.map(|domain| &mut domain.base));
        for written in types.filter(|written| meant(written)) {
            written.name.clone_from(&to.name.text);
            if from.schema != to.schema {
                written.schema.clone_from(&to.schema);
                written.path = None;
            }
        }
    }

    /// Returns whether a name means this type. `type_name` does not name a type any more, or not yet.
    pub(super) fn means_type<'n>(
        &self,
        type_name: &'n ObjectName,
    ) -> impl Fn(&TypeName) -> bool + use<'n> {
        let mut named = self.objects.named(&type_name.name.text);
        let others = named.any(|(_, object)| {
            matches!(
                object.kind,
                DraftObjectKind::Enum(_)
                    | DraftObjectKind::Other(ObjectKind::Type | ObjectKind::Domain)
            )
        });
        move |written| {
            let rank = written.rank(type_name.schema.as_deref());
            written.name == type_name.name.text && rank.is_some_and(|rank| rank == 0 || !others)
        }
    }

    /// Columns that count with the sequence.
    pub(super) fn counters_follow(&mut self, file: &FileAst, from: &ObjectName, to: &ObjectName) {
        let here = |table: &&mut DraftTable| table.file == file.file;
        let tables = self.tables.iter_mut().flatten().filter(here);
        for column in tables.flat_map(|table| &mut table.columns) {
            if let DraftCounter::Default(value) = &mut column.counter {
                super::postgres::rename::rename_sequence(value, from, to);
            }
            if let Some(value) = &mut column.default {
                super::postgres::rename::rename_sequence(value, from, to);
            }
        }
    }
}

fn placed(from: &ObjectName, to: &NewPlace) -> ObjectName {
    let mut placed = from.clone();
    match to {
        NewPlace::Name(name) => placed.name.clone_from(name),
        NewPlace::Schema(schema) => placed.schema = (schema != "public").then(|| schema.clone()),
    }
    placed
}
