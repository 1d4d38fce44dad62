//! PostgreSQL's enums and domains by name: a table's own file comes first, so two databases may have one of a name each.

use std::collections::HashMap;

use crate::ast::{ObjectName, TypeName};
use crate::dialect::Dialect;
use crate::draft::DraftDomain;
use crate::model::{Domain, EnumId, EnumType};
use crate::name;
use crate::source::FileId;

use super::{Resolver, enum_values};

/// All of them, by name; for looking up only.
#[derive(Default)]
pub(super) struct UserTypes {
    enums: HashMap<String, Vec<Entry<EnumId>>>,
    domains: HashMap<String, Vec<Entry<usize>>>,
    /// For each enum of the draft, the model's; `None`: dropped.
    pub(super) enum_ids: Vec<Option<EnumId>>,
}

struct Entry<T> {
    file: FileId,
    schema: Option<String>,
    value: T,
}

impl Resolver<'_> {
    pub(super) fn user_types(&mut self) {
        for (index, found) in self.draft.domains.iter().enumerate() {
            add(&mut self.user_types.domains, &found.name, found.file, index);
        }
        for found in &self.draft.enums {
            if found.values.is_empty() {
                self.user_types.enum_ids.push(None);
                continue;
            }
            let id = EnumId(self.model.enums.len() as u32);
            let name = &found.name.name;
            self.user_types.enum_ids.push(Some(id));
            add(&mut self.user_types.enums, &found.name, found.file, id);
            self.model.enums.push(EnumType {
                schema: found.name.schema.clone(),
                name: name.text.clone(),
                type_name: name::variant(&name.text),
                shares: None,
                values: enum_values(&found.values),
                named: true,
                span: name.span,
                docs: found.docs.clone(),
            });
        }
        self.domains();
    }

    /// The domains whose type is known, for statements that name them.
    fn domains(&mut self) {
        for found in &self.draft.domains {
            let Some(base) = self.type_named(Dialect::Postgres, found.file, &found.base) else {
                continue;
            };
            self.model.domains.push(Domain {
                schema: found.name.schema.clone(),
                name: found.name.name.text.clone(),
                column_type: base.column_type,
                sql_type: base.sql_type,
                as_text: base.as_text,
                span: found.name.name.span,
            });
        }
    }

    /// The enum a type of this file means.
    pub(super) fn enum_named(&self, file: FileId, written: &TypeName) -> Option<EnumId> {
        find(&self.user_types.enums, file, written)
    }

    /// The domain a type of this file means; enums come first.
    pub(super) fn domain_named(&self, file: FileId, written: &TypeName) -> Option<&DraftDomain> {
        if self.enum_named(file, written).is_some() {
            return None;
        }
        find(&self.user_types.domains, file, written).map(|index| &self.draft.domains[index])
    }
}

fn add<T>(known: &mut HashMap<String, Vec<Entry<T>>>, name: &ObjectName, file: FileId, value: T) {
    let schema = name.schema.clone();
    let entry = Entry {
        file,
        schema,
        value,
    };
    known.entry(name.name.text.clone()).or_default().push(entry);
}

fn find<T: Copy>(
    known: &HashMap<String, Vec<Entry<T>>>,
    file: FileId,
    written: &TypeName,
) -> Option<T> {
    let entries = known.get(&written.name)?;
    let rank = |entry: &Entry<T>| {
        let rank = written.rank(entry.schema.as_deref())?;
        let other = written.schema.is_some() && rank > 0;
        Some(((other, entry.file != file, rank), entry.value))
    };
    let ranked = entries.iter().filter_map(rank);
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, value)| value)
}
