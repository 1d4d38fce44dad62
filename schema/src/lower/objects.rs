//! Objects beside tables as they stand, found by name and, sequences, by the table of the column they belong to.

use crate::lists::IntoVec as _;
use std::collections::HashMap;

use crate::ast::{Name, ObjectName};
use crate::draft::{DraftObject, DraftObjectKind};
use crate::source::FileId;

/// All of them; their numbers stay, whatever is dropped.
#[derive(Default)]
pub(super) struct Objects {
    /// The objects in the order of their statements; `None` where one was dropped.
    list: Vec<Option<DraftObject>>,
    /// For looking up only.
    by_name: HashMap<String, Vec<usize>>,
    /// By the schema and name of the owner's table; for looking up only.
    by_owner: HashMap<(Option<String>, String), Vec<usize>>,
}

impl Objects {
    pub(super) fn push(&mut self, object: DraftObject) {
        let at = self.list.len();
        let name = object.name.name.text.clone();
        self.by_name.entry(name).or_default().push(at);
        if let Some((table, _)) = &object.owner {
            self.by_owner.entry(key(table)).or_default().push(at);
        }
        self.list.push(Some(object));
    }

    /// Those of this name with their numbers, the latest first.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = (usize, &DraftObject)> {
        let numbers = self.by_name.get(name).map_or(&[][..], Vec::as_slice);
        let numbers = numbers.iter().rev();
        numbers.filter_map(|&at| Some((at, self.list[at].as_ref()?)))
    }

    /// The one that a name means in a statement of this file.
    pub(super) fn meant(
        &self,
        file: FileId,
        name: &ObjectName,
        fits: impl Fn(&DraftObject) -> bool,
    ) -> Option<usize> {
        let rank = |object: &DraftObject| {
            let rank = name.rank(object.name.schema.as_deref())?;
            fits(object).then_some((object.file != file, rank))
        };
        let named = self.named(&name.name.text);
        let ranked = named.filter_map(|(at, object)| Some((rank(object)?, at)));
        ranked.min_by_key(|(rank, _)| *rank).map(|(_, at)| at)
    }

    pub(super) fn get(&self, at: usize) -> Option<&DraftObject> {
        self.list[at].as_ref()
    }

    /// For changes of anything but its name and owner.
    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut DraftObject> {
        self.list[at].as_mut()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &DraftObject> {
        self.list.iter().flatten()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut DraftObject> {
        self.list.iter_mut().flatten()
    }

    pub(super) fn rename(&mut self, at: usize, to: ObjectName) {
        let Some(object) = &mut self.list[at] else {
            return;
        };
        let from = std::mem::replace(&mut object.name, to);
        let name = object.name.name.text.clone();
        if let Some(known) = self.by_name.get_mut(&from.name.text) {
            known.retain(|&known| known != at);
        }
        self.by_name.entry(name).or_default().push(at);
    }

    /// A column says all of it from now on.
    pub(super) fn forget(&mut self, at: usize) {
        self.list[at] = None;
    }

    /// Says whose a sequence is.
    pub(super) fn give(&mut self, at: usize, owner: Option<(ObjectName, Name)>) {
        let Some(object) = &mut self.list[at] else {
            return;
        };
        if let Some((table, _)) = object.owner.take()
            && let Some(known) = self.by_owner.get_mut(&key(&table))
        {
            known.retain(|&known| known != at);
        }
        if let Some((table, _)) = &owner {
            self.by_owner.entry(key(table)).or_default().push(at);
        }
        object.owner = owner;
    }

    /// The sequences of a table's columns.
    pub(super) fn owned_by(&self, table: &ObjectName) -> Vec<usize> {
        self.by_owner.get(&key(table)).cloned().unwrap_or_default()
    }

    /// Drops the objects of this table, as the sequences of its columns go with it.
    pub(super) fn drop_owned_by(&mut self, table: &ObjectName) {
        for at in self.by_owner.remove(&key(table)).unwrap_or_default() {
            self.list[at] = None;
        }
    }

    /// Drops the objects of this name and kind.
    pub(super) fn drop_named(&mut self, name: &str, dropped: impl Fn(&DraftObject) -> bool) {
        for &at in self.by_name.get(name).into_iter().flatten() {
            self.list[at] = self.list[at].take().filter(|object| !dropped(object));
        }
    }

    /// Objects of this file in one schema are in another now, and so are tables.
    pub(super) fn rename_schema(
        &mut self,
        file: FileId,
        from: &Option<String>,
        to: &Option<String>,
    ) {
        self.by_owner.clear();
        for (at, object) in self.list.iter_mut().enumerate() {
            let Some(object) = object else { continue };
            let owner = object.owner.iter_mut().map(|(table, _)| table);
            let here = object.file == file;
            for name in [&mut object.name].into_iter().chain(owner) {
                if here && name.schema == *from {
                    name.schema.clone_from(to);
                }
            }
            if let Some((table, _)) = &object.owner {
                self.by_owner.entry(key(table)).or_default().push(at);
            }
        }
    }

    /// Those that are left.
    pub(super) fn into_vec(self) -> Vec<DraftObject> {
        self.list.into_iter().flatten().into_vec()
    }
}

fn key(table: &ObjectName) -> (Option<String>, String) {
    (table.schema.clone(), table.name.text.clone())
}

pub(super) fn is_sequence(object: &DraftObject) -> bool {
    object.kind == DraftObjectKind::Other(crate::ast::ObjectKind::Sequence)
}
