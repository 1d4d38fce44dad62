//! Names in a view that nothing has: the database would refuse the view.
//!
//! Only what is certain is reported: where something that is read is not known, nothing is.

use crate::ast::{ObjectKind, ObjectName};
use crate::diagnostic::Diagnostic;
use crate::draft::{DraftObject, DraftObjectKind, DraftView};
use crate::lists::IntoVec as _;
use crate::resolve::{Resolver, unknown_column};
use crate::sorting::sort_by;
use crate::typing::{NameKind, UnknownName, is_of_database};

/// Extensions that bring no tables or views.
const WITHOUT_TABLES: [&str; 18] = [
    "bloom",
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "earthdistance",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "pg_trgm",
    "pgcrypto",
    "plpgsql",
    "unaccent",
    "uuid-ossp",
    "vector",
];

/// Statements that may make tables which are not read.
const MAY_MAKE_TABLES: [&str; 5] = ["ATTACH", "CALL", "DO", "EXECUTE", "IMPORT"];

/// The place of a table that is not in the model.
enum Missing {
    /// In a catalogue of the database's own.
    OfDatabase,
    /// Perhaps there, in a way that is not read.
    Unread,
    Nowhere,
}

impl Resolver<'_> {
    /// The first of the names that may be there though no model has it, and the findings about those that are nowhere.
    fn missing(
        &self,
        view: &DraftView,
        names: Vec<ObjectName>,
    ) -> (Option<String>, Vec<Diagnostic>) {
        let (mut unread, mut found) = (None, Vec::new());
        for name in names {
            match self.place_of_missing(view, &name) {
                Missing::OfDatabase => {}
                Missing::Nowhere if view.table.notes.unmanaged.is_none() => {
                    let known = self.model.tables.iter();
                    let known: Vec<&str> = known.map(|table| table.name.name.as_str()).into_vec();
                    let view = &view.table.name.name.text;
                    found.push(unknown_column::table_of_view(view, &known, &name.name));
                }
                Missing::Nowhere | Missing::Unread => unread = unread.or(Some(name.name.text)),
            }
        }
        (unread, found)
    }

    fn place_of_missing(&self, view: &DraftView, name: &ObjectName) -> Missing {
        let key = name.name.text.to_lowercase();
        if is_of_database(view.table.dialect, name.schema.as_deref(), &key) {
            return Missing::OfDatabase;
        }
        let mut objects = self.draft.objects.iter();
        let may_be = name.schema.is_some()
            || self.by_name.contains_key(&key)
            || self.skipped.contains(&key)
            || self.view_names.contains(&key)
            || self.draft.other_names.contains(&key)
            || objects.any(|object| may_bring(object, &key))
            || MAY_MAKE_TABLES
                .iter()
                .any(|kind| self.draft.skipped.contains_key(*kind));
        if may_be {
            Missing::Unread
        } else {
            Missing::Nowhere
        }
    }
}

/// Returns whether it is the table of this name, or brings tables of any.
fn may_bring(object: &DraftObject, key: &str) -> bool {
    let name = object.name.name.text.to_lowercase();
    match object.kind {
        DraftObjectKind::Other(ObjectKind::Extension) => !WITHOUT_TABLES.contains(&name.as_str()),
        DraftObjectKind::Other(ObjectKind::Sequence) => name == key,
        DraftObjectKind::Enum(_) | DraftObjectKind::Other(_) => false,
    }
}

impl Resolver<'_> {
    /// The first of the names that may be there though no model has it, and the findings about those that are nowhere, tables first.
    pub(super) fn unknown_names(
        &self,
        view: &DraftView,
        mut unknown: Vec<UnknownName>,
    ) -> (Option<String>, Vec<Diagnostic>) {
        sort_by(&mut unknown, |one, other| {
            one.name.span.start.cmp(&other.name.span.start)
        });
        let own = &view.table.name.name.text;
        let is_unmanaged = view.table.notes.unmanaged.is_some();
        let (mut tables, mut columns, mut unread) = (Vec::new(), Vec::new(), None);
        for found in unknown {
            let known: Vec<&str> = found.known.iter().map(String::as_str).into_vec();
            let (text, span) = (&found.name.text, found.name.span);
            match found.kind {
                NameKind::Table(name) => tables.push(name),
                // The one who makes the view knows what it reads.
                NameKind::Alias | NameKind::Column(_) if is_unmanaged => {
                    unread = unread.or_else(|| Some(text.clone()));
                }
                NameKind::Alias => {
                    columns.push(unknown_column::table_in_view(own, &known, text, span));
                }
                NameKind::Column(_) => {
                    columns.push(unknown_column::in_view(own, &known, text, span));
                }
            }
        }
        let (missing, mut findings) = self.missing(view, tables);
        findings.extend(columns);
        (missing.or(unread), findings)
    }
}
