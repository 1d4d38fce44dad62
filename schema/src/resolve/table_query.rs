//! `CREATE TABLE … AS SELECT …`: the columns that the query gives, where their types can be known, before anything else is
//! bound. The types of queries are those of views.

use crate::ast::{ColumnDef, ColumnOption, ColumnOptionKind, Name, Notes};
use crate::diagnostic::Diagnostics;
use crate::dialect::Dialect;
use crate::draft::{Draft, DraftColumn, DraftTable, DraftView};
use crate::findings::unreadable;
use crate::input::Input;
use crate::lists::IntoVec as _;
use crate::lower::{column, column_index};
use crate::model::Column;
use crate::parse::type_of;
use crate::resolve::facts::Facts;

use super::Resolver;

/// Such tables may be made of such tables; so often all of them are looked at.
const ROUNDS: usize = 8;

/// Gives every such table its columns; one whose columns cannot be known is an error.
pub(super) fn settle(draft: &mut Draft, input: &Input, diagnostics: &mut Diagnostics) {
    for _ in 0..ROUNDS {
        if !draft.tables.iter().any(is_open) || !round(draft, input) {
            break;
        }
    }
    for table in draft.tables.iter().filter(|table| is_open(table)) {
        if let Some(query) = &table.query {
            diagnostics.push(unreadable::query_of_unknown_types(query.span));
        }
    }
}

fn is_open(table: &DraftTable) -> bool {
    table.query.is_some() && table.notes.skip.is_none()
}

/// Looks at all of them; `false` where no more became known of any.
fn round(draft: &mut Draft, input: &Input) -> bool {
    // Other mistakes are reported when everything is bound.
    let mut found = Diagnostics::default();
    let mut resolver = Resolver::new(draft, input, &mut found);
    resolver.user_types();
    resolver.tables();
    resolver.views();
    let open = draft.tables.iter().enumerate();
    let open = open.filter(|(_, table)| is_open(table));
    let settled: Vec<(usize, Vec<DraftColumn>)> = open
        .filter_map(|(at, table)| Some((at, columns_of(&mut resolver, table)?)))
        .into_vec();
    for (at, columns) in &settled {
        let table = &mut draft.tables[*at];
        table.query = None;
        add(table, columns);
    }
    !settled.is_empty()
}

fn columns_of(resolver: &mut Resolver<'_>, table: &DraftTable) -> Option<Vec<DraftColumn>> {
    let query = table.query.as_ref()?;
    let view = DraftView {
        outdated: None,
        table: table.clone(),
        materialized: false,
        columns: query.columns.clone(),
        query: query.query.clone(),
        body: query.body.clone(),
        words: crate::ast::ViewWords::default(),
        column_notes: Vec::new(),
        column_comments: Vec::new(),
        declared: usize::MAX,
    };
    let read = resolver.columns_of_query(&view)?;
    let columns: Option<Vec<_>> = read
        .iter()
        .map(|column| as_written(column, table.dialect))
        .collect();
    columns.filter(|columns| !columns.is_empty())
}

/// A column as it would be declared. SQLite keeps no more of a type than its affinity; the type of the source says more of
/// the values.
fn as_written(found: &Column, dialect: Dialect) -> Option<DraftColumn> {
    let mut options = Vec::new();
    if Facts::of(dialect).queries.keep_not_null && !found.nullable {
        options.push(ColumnOption {
            name: None,
            kind: ColumnOptionKind::NotNull(None),
            span: found.span,
        });
    }
    let mut type_name = type_of(&found.sql_type, dialect)?;
    type_name.span = found.span;
    let definition = ColumnDef {
        name: Name {
            text: found.name.clone(),
            span: found.span,
        },
        type_name,
        options,
        notes: Notes::default(),
    };
    Some(column(&definition, dialect))
}

/// Columns of the query stand before those that were added later; one that is declared beside the query is that one.
fn add(table: &mut DraftTable, columns: &[DraftColumn]) {
    let declared = |name: &Name| column_index(&table.columns, &name.text, table.dialect).is_some();
    let new = columns.iter().filter(|column| !declared(&column.name));
    let mut all: Vec<DraftColumn> = new.cloned().into_vec();
    if Facts::of(table.dialect).queries.own_columns_first {
        table.columns.extend(all);
    } else {
        all.append(&mut table.columns);
        table.columns = all;
    }
    table.incomplete = false;
}
