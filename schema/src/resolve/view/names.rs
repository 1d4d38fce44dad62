//! Names in a view that nothing has: the database would refuse the view.
//!
//! Only what is certain is reported: where something that is read is not known, or a word may be a keyword, nothing is.

use crate::ast::{Name, ObjectKind, ObjectName, Query, Select, SelectItem, Value};
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::draft::{DraftObject, DraftObjectKind, DraftView};
use crate::lower::same_name;

use crate::resolve::{Resolver, unknown_column};
use crate::sorting::sort_by;
use crate::source::Span;

use super::aliases::{Aliases, is_column};
use super::scope::{Bound, Scope, Tables, folded};
use crate::typing::grammar::{has_plain_arguments, is_known_call};
use crate::typing::is_of_database;

/// A name that nothing has.
pub(super) struct UnknownName {
    span: Span,
    name: String,
    kind: NameKind,
    /// Names that could have stood there.
    known: Vec<String>,
}

/// What a name in a query stands for.
enum NameKind {
    /// A table, before the point of a column.
    Table,
    Column,
}

/// Columns that every table has beside its own ("System Columns" of PostgreSQL's manual, "Rowid Tables" of SQLite's).
const OF_EVERY_TABLE: [&str; 9] = [
    "cmax", "cmin", "ctid", "oid", "rowid", "tableoid", "xmax", "xmin", "_rowid_",
];

/// Words that are a value by themselves, beside functions that take no parentheses.
const VALUES: [&str; 12] = [
    "current_catalog",
    "current_role",
    "current_schema",
    "current_time",
    "current_user",
    "default",
    "localtime",
    "session_user",
    "system_user",
    "unknown",
    "user",
    "value",
];

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

/// Where a table is that is not in the model.
enum Missing {
    /// In a catalogue of the database's own.
    OfDatabase,
    /// Perhaps there, in a way that is not read.
    Unread,
    Nowhere,
}

impl Resolver<'_> {
    /// The first of the names that may be there though no model has it, and the findings about those that are nowhere.
    pub(super) fn missing(
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
                    let known: Vec<&str> = known.map(|table| table.name.name.as_str()).collect();
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

/// The findings about columns, in the order of their places.
pub(super) fn unknown_columns(
    view: &DraftView,
    mut unknown: Vec<UnknownName>,
) -> impl Iterator<Item = Diagnostic> {
    sort_by(&mut unknown, |one, other| {
        one.span.start.cmp(&other.span.start)
    });
    let view = view.table.name.name.text.clone();
    unknown.into_iter().map(move |found| {
        let known: Vec<&str> = found.known.iter().map(String::as_str).collect();
        match found.kind {
            NameKind::Table => {
                unknown_column::table_in_view(&view, &known, &found.name, found.span)
            }
            NameKind::Column => unknown_column::in_view(&view, &known, &found.name, found.span),
        }
    })
}

impl Tables<'_, '_> {
    /// Of all clauses of a `SELECT`.
    pub(super) fn check_all_names(&self, scope: &Scope<'_>) {
        let (own, of_lists, of_groups) = match self.dialect() {
            Dialect::Sqlite => (Aliases::Anywhere, Aliases::Anywhere, Aliases::Anywhere),
            Dialect::Postgres => (Aliases::None, Aliases::Whole, Aliases::None),
            Dialect::Mysql => (Aliases::None, Aliases::Anywhere, Aliases::Anywhere),
        };
        let select = scope.select;
        for item in &select.items {
            match item {
                SelectItem::All => {}
                SelectItem::AllOf(table) => self.check_table_name(table, scope),
                SelectItem::Value(value, _) => self.check_names(value, own, scope),
            }
        }
        let clauses = [
            (&select.conditions, own),
            (&select.listed, of_lists),
            (&select.grouped, of_groups),
        ];
        for (values, aliases) in clauses {
            for value in values {
                self.check_names(value, aliases, scope);
            }
        }
    }

    /// The columns of `USING`: both sides have them. `scope` is of what stands before.
    pub(super) fn check_using(&self, columns: &[Name], right: &Bound, scope: &Scope<'_>) {
        for column in columns {
            let left: Vec<&Bound> = scope.tables.iter().collect();
            let is_nowhere = !left.is_empty() && left.iter().all(|bound| self.lacks(bound, column));
            if self.lacks(right, column) {
                self.note_column(column, &[right]);
            } else if is_nowhere {
                self.note_column(column, &left);
            }
        }
    }

    /// The `ORDER BY` of a `UNION` names what its parts give, and nothing of their tables. `names` are those of all parts.
    pub(super) fn check_order_of_union(&self, query: &Query, names: Vec<Option<String>>) {
        let Some(known) = names.into_iter().collect::<Option<Vec<String>>>() else {
            return;
        };
        for value in &query.order {
            let Value::Column(names) = value else {
                continue;
            };
            let [column] = names.as_slice() else {
                continue;
            };
            let is = |name: &str| same_name(name, &column.text, self.dialect());
            let is_item = |select: &Select| select.items.iter().any(|item| is_column(item, is));
            let is_else = self.is_word(column) || self.is_text_of_sqlite(column.span);
            if !is_else && !known.iter().any(|name| is(name)) && !query.selects.iter().any(is_item)
            {
                self.note(UnknownName {
                    span: column.span,
                    name: column.text.clone(),
                    kind: NameKind::Column,
                    known: known.clone(),
                });
            }
        }
    }

    /// The name before a point, where everything that it could be is known.
    fn check_table_name(&self, table: &Name, scope: &Scope<'_>) {
        let tables: Vec<&Bound> = scopes(scope).flat_map(|scope| &scope.tables).collect();
        let names = tables.iter().map(|bound| bound.name.clone());
        let Some(known) = names.collect::<Option<Vec<String>>>() else {
            return;
        };
        let is_known = |name: &String| same_name(name, &table.text, self.dialect());
        if known.is_empty() || known.iter().any(is_known) {
            return;
        }
        self.note(UnknownName {
            span: table.span,
            name: table.text.clone(),
            kind: NameKind::Table,
            known,
        });
    }

    fn note(&self, found: UnknownName) {
        let mut unknown = self.unknown.borrow_mut();
        // A part of a query may be looked at more than once.
        unknown.retain(|other| other.span != found.span);
        unknown.push(found);
    }

    fn check_names(&self, value: &Value, aliases: Aliases, scope: &Scope<'_>) {
        if aliases == Aliases::Whole {
            if !self.is_item(value, scope.select) {
                self.check_names(value, Aliases::None, scope);
            }
            return;
        }
        let each = |values: &mut dyn Iterator<Item = &Value>| {
            values.for_each(|value| self.check_names(value, aliases, scope));
        };
        match value {
            Value::Column(names) => self.check_name(names, aliases, scope),
            Value::Call {
                name,
                arguments,
                beside,
            } => {
                if has_plain_arguments(self.dialect(), name) {
                    each(&mut arguments.iter());
                }
                self.check_beside(beside, aliases, scope);
            }
            Value::Cast(inner, _)
            | Value::Negative(inner)
            | Value::Document(inner)
            | Value::DocumentText(inner) => self.check_names(inner, aliases, scope),
            Value::Condition {
                operands: values, ..
            }
            | Value::Case(values)
            | Value::Concatenation(values) => each(&mut values.iter()),
            Value::Arithmetic(operands) => each(&mut operands.iter().map(|(_, value)| value)),
            Value::Query(query) => {
                // Its own conditions are looked at on the way; its columns do not matter.
                let _ = self.query(query, &scope.with, Some(scope));
            }
            Value::Null | Value::Text | Value::Number(_) | Value::Bool | Value::Unknown => {}
        }
    }

    /// Checks the values beside the arguments of a call. MariaDB's windows are ordered as its queries are.
    fn check_beside(&self, values: &[Value], aliases: Aliases, scope: &Scope<'_>) {
        let aliases = match self.dialect() {
            Dialect::Sqlite | Dialect::Postgres => aliases,
            Dialect::Mysql => Aliases::Anywhere,
        };
        for value in values {
            self.check_names(value, aliases, scope);
        }
    }

    fn check_name(&self, names: &[Name], aliases: Aliases, scope: &Scope<'_>) {
        let Some((column, qualifiers)) = names.split_last() else {
            return;
        };
        if let Some(table) = qualifiers.last() {
            self.check_table_name(table, scope);
        }
        let tables = match qualifiers.last() {
            Some(table) => self.lacking(table, column, scope),
            None => self.all_lacking(column, aliases, scope),
        };
        if let Some(tables) = tables {
            self.note_column(column, &tables);
        }
    }

    /// A column that these tables lack.
    fn note_column(&self, column: &Name, tables: &[&Bound]) {
        let columns = tables.iter().filter_map(|bound| bound.relation.as_ref());
        let columns = columns.flat_map(|relation| &relation.columns);
        let known = columns.filter_map(|column| column.name.clone());
        self.note(UnknownName {
            span: column.span,
            name: column.text.clone(),
            kind: NameKind::Column,
            known: known.collect(),
        });
    }

    /// The table of this name, where it is known and lacks the column.
    fn lacking<'s>(
        &self,
        table: &Name,
        column: &Name,
        scope: &'s Scope<'_>,
    ) -> Option<Vec<&'s Bound>> {
        let mut scopes = scopes(scope);
        let bound = scopes.find_map(|scope| self.table_named(scope, table))?;
        self.lacks(bound, column).then(|| vec![bound])
    }

    /// All tables that can be seen, where all are known and none has the column.
    fn all_lacking<'s>(
        &self,
        column: &Name,
        aliases: Aliases,
        scope: &'s Scope<'_>,
    ) -> Option<Vec<&'s Bound>> {
        let is = |name: &str| same_name(name, &column.text, self.dialect());
        let tables: Vec<&Bound> = scopes(scope).flat_map(|scope| &scope.tables).collect();
        // The name of a table is its whole row.
        let is_table = |bound: &&Bound| bound.name.as_deref().is_some_and(is);
        let is_known = tables
            .iter()
            .all(|bound| self.lacks(bound, column) && !is_table(bound));
        let may_be_else = self.is_word(column)
            || self.is_alias(column, aliases, scope)
            || self.is_text_of_sqlite(column.span);
        (is_known && !may_be_else && !tables.is_empty()).then_some(tables)
    }

    /// Whether it is a function or a value of the language.
    fn is_word(&self, column: &Name) -> bool {
        let word = column.text.to_lowercase();
        is_known_call(self.dialect(), &word) || VALUES.contains(&word.as_str())
    }

    /// Returns whether it is known what the table has, and that is not among it. A column may have borne the name when the view was made.
    fn lacks(&self, bound: &Bound, column: &Name) -> bool {
        let Some(relation) = &bound.relation else {
            return false;
        };
        // PostgreSQL takes a function of a row for a column of it.
        let lower = column.text.to_lowercase();
        if self.resolver.draft.functions.contains_key(&lower) {
            return false;
        }
        let key = folded(&column.text, self.dialect());
        let sources = relation
            .columns
            .iter()
            .filter_map(|column| column.typed.as_ref()?.source);
        let mut tables: Vec<_> = sources.map(|(table, _)| table).collect();
        tables.dedup();
        let was = tables.iter().any(|id| {
            let draft = self.resolver.bound[id.0 as usize];
            // Virtual tables have columns of their kind, and a table that could not be read may have any.
            let is_virtual = draft.dialect == Dialect::Sqlite && draft.notes.unmanaged.is_some();
            if draft.incomplete || is_virtual {
                return true;
            }
            let mut renames = draft.renames.iter();
            renames.any(|(_, from, _)| same_name(from, &column.text, self.dialect()))
        });
        let of_every_table = OF_EVERY_TABLE
            .iter()
            .any(|name| name.eq_ignore_ascii_case(&key));
        !relation.by_name.contains_key(&key) && !was && !of_every_table
    }

    /// SQLite takes a name in double quotes that is none for a text.
    fn is_text_of_sqlite(&self, span: Span) -> bool {
        self.dialect() == Dialect::Sqlite && self.text_at(span).starts_with('"')
    }

    pub(super) fn text_at(&self, span: Span) -> &str {
        let text = self.resolver.input.sources.file(span.file).text();
        &text[span.start as usize..span.end as usize]
    }
}

/// From the innermost outwards.
pub(super) fn scopes<'s>(scope: &'s Scope<'s>) -> impl Iterator<Item = &'s Scope<'s>> {
    let mut next = Some(scope);
    std::iter::from_fn(move || {
        let here = next?;
        next = here.outer;
        Some(here)
    })
}
