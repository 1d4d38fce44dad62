//! Enums and domains: found by name, in the file of the statement first.

use crate::ast::{
    AlterDomain, AlterEnum, AlterEnumAction, CreateDomain, CreateEnum, DomainChange, FileAst,
    ObjectName, TypeName,
};
use crate::draft::{DraftDomain, DraftEnum};
use crate::lists::IntoVec as _;
use crate::source::FileId;

use super::Fold;
use super::postgres::rename::rename_text;

impl Fold<'_> {
    pub(super) fn create_enum(&mut self, file: &FileAst, created: &CreateEnum) {
        self.enum_object(file, &created.name);
        let key = created.name.name.text.clone();
        self.enum_by_name
            .entry(key)
            .or_default()
            .push(self.enums.len());
        self.enums.push(DraftEnum {
            name: created.name.clone(),
            file: file.file,
            values: created.values.clone(),
            docs: created.docs.clone(),
        });
    }

    pub(super) fn create_domain(&mut self, file: &FileAst, created: &CreateDomain) {
        self.domain_object(file, created);
        self.domains.push(DraftDomain {
            name: created.name.clone(),
            file: file.file,
            base: created.base.clone(),
            not_null: created.is_not_null(),
            default: created.default().cloned(),
            checks: created.checks().cloned().into_vec(),
        });
    }

    /// The enum a statement of this file means: the latest of the name, of the same file if there is one.
    pub(super) fn find_enum(&self, file: &FileAst, name: &ObjectName) -> Option<usize> {
        self.best_enum(file.file, &name.name.text, |schema| name.rank(schema))
    }

    /// Whether there is an enum of exactly this name: another schema has one of its own.
    pub(super) fn has_enum(&self, name: &ObjectName) -> bool {
        let known = self.enum_by_name.get(&name.name.text);
        let mut known = known.into_iter().flatten();
        known.any(|&at| self.enums[at].name.schema == name.schema)
    }

    /// The same of a domain.
    pub(super) fn has_domain(&self, name: &ObjectName) -> bool {
        let key = (&name.schema, &name.name.text);
        let mut known = self.domains.iter().map(|one| &one.name);
        known.any(|known| (&known.schema, &known.name.text) == key)
    }

    /// The enum of a type that is written in this file, by the same order.
    fn enum_of_type(&self, file: FileId, name: &TypeName) -> Option<usize> {
        self.best_enum(file, &name.name, |schema| name.rank(schema))
    }

    fn best_enum(
        &self,
        file: FileId,
        name: &str,
        rank: impl Fn(Option<&str>) -> Option<usize>,
    ) -> Option<usize> {
        let known = self.enum_by_name.get(name)?;
        let rank = |&index: &usize| {
            let found = &self.enums[index];
            let rank = rank(found.name.schema.as_deref())?;
            Some(((found.file != file, rank), index))
        };
        let ranked = known.iter().rev().filter_map(rank);
        ranked.min_by_key(|(rank, _)| *rank).map(|(_, index)| index)
    }

    pub(super) fn alter_enum(&mut self, file: &FileAst, alter: &AlterEnum) {
        let Some(index) = self.find_enum(file, &alter.name) else {
            return;
        };
        match &alter.action {
            AlterEnumAction::AddValue {
                value,
                before,
                after,
            } => add_value(&mut self.enums[index].values, value, before, after),
            AlterEnumAction::RenameValue { from, to } => {
                let values = &mut self.enums[index].values;
                for value in values.iter_mut().filter(|value| *value == from) {
                    value.clone_from(to);
                }
                self.rename_in_defaults(index, from, to);
            }
        }
    }

    /// PostgreSQL keeps a default as the value that it is, whatever that is called.
    fn rename_in_defaults(&mut self, of_enum: usize, from: &str, to: &str) {
        for (table, column) in self.columns_of_enum(of_enum) {
            let table = self.tables[table].as_mut();
            let default = table.and_then(|table| table.columns[column].default.as_mut());
            if let Some(default) = default {
                rename_text(default, from, to);
            }
        }
    }

    /// The positions of the columns of an enum, by table and column.
    fn columns_of_enum(&self, wanted: usize) -> Vec<(usize, usize)> {
        let tables = self.tables.iter().enumerate();
        let tables = tables.filter_map(|(at, table)| Some((at, table.as_ref()?)));
        let columns = tables.flat_map(|(at, table)| {
            let columns = table.columns.iter().enumerate();
            columns.map(move |(column, drafted)| ((at, column), table.file, drafted))
        });
        let is_wanted = |file, name| self.enum_of_type(file, name) == Some(wanted);
        columns
            .filter(|(_, file, column)| is_wanted(*file, &column.type_name))
            .map(|(place, _, _)| place)
            .into_vec()
    }

    pub(super) fn forget_enum(&mut self, name: &str, index: usize) {
        if let Some(known) = self.enum_by_name.get_mut(name) {
            known.retain(|&known| known != index);
        }
    }

    pub(super) fn alter_domain(&mut self, file: &FileAst, alter: &AlterDomain) {
        let Some(domain) = self.find_domain(file, &alter.name) else {
            return;
        };
        match &alter.change {
            DomainChange::NotNull(not_null) => domain.not_null = *not_null,
            DomainChange::Default(default) => domain.default.clone_from(default),
            // They do not show at its columns.
            DomainChange::AddCheck { .. } | DomainChange::DropConstraint(_) => {}
        }
    }

    /// The domain a statement of this file means.
    pub(super) fn find_domain(
        &mut self,
        file: &FileAst,
        name: &ObjectName,
    ) -> Option<&mut DraftDomain> {
        let rank = |domain: &&mut DraftDomain| {
            let known = &domain.name;
            let rank = name.rank(known.schema.as_deref());
            (domain.file != file.file, rank.unwrap_or(usize::MAX))
        };
        let named = self.domains.iter_mut().rev();
        named
            .filter(|domain| domain.name.name.text == name.name.text)
            .min_by_key(rank)
    }

    pub(super) fn drop_type(&mut self, file: &FileAst, name: &ObjectName) {
        self.forget_object(file, name);
        let text = &name.name.text;
        let rank = |domain: &DraftDomain| {
            let is_named = domain.file == file.file && domain.name.name.text == *text;
            is_named.then(|| name.rank(domain.name.schema.as_deref()))?
        };
        let dropped = self.domains.iter().filter_map(rank).min();
        self.domains
            .retain(|domain| dropped.is_none() || rank(domain) != dropped);
        if let Some(index) = self.find_enum(file, name) {
            self.enums[index].values.clear();
            self.forget_enum(text, index);
        }
    }
}

fn add_value(
    values: &mut Vec<String>,
    value: &String,
    before: &Option<String>,
    after: &Option<String>,
) {
    if values.contains(value) {
        return;
    }
    let place = |wanted: &String| values.iter().position(|known| known == wanted);
    let following = || after.as_ref().and_then(place).map(|at| at + 1);
    let at = before.as_ref().and_then(place).or_else(following);
    values.insert(at.unwrap_or(values.len()), value.clone());
}
