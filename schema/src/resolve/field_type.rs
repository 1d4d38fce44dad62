//! The Rust types of keys and of what refers to them.
//!
//! Each column takes its type from at most one other: the one it refers to, or that a view shows. So the columns form chains, which are walked
//! without recursion; a ring is cut where the walk comes back to it.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::ast::LinkEngine;
use crate::draft::DraftTable;
use crate::model::{
    ColumnId, EngineId, FieldType, ForeignKey, KeyEngine, Model, PrimaryKey, Table, TableId,
};
use crate::source::{Sources, Span};

/// One column of the model.
type ColumnRef = (TableId, ColumnId);

/// On which engine the referred row is, seen from the referring one.
#[derive(Clone, Copy)]
enum Side {
    Same,
    On(EngineId),
}

/// Rust types that columns have for their SQL types.
type OfSqlType = HashMap<ColumnRef, String>;

/// Sets the field types of all columns. `of_sql_type` counts where a column refers to no other.
pub(super) fn settle(
    model: &mut Model,
    bound: &[&DraftTable],
    views: &HashMap<ColumnRef, ColumnRef>,
    of_sql_type: &OfSqlType,
) {
    let mut settled: HashMap<ColumnRef, FieldType> = HashMap::new();
    for table in model.table_ids() {
        for column in (0..model.table(table).columns.len() as u32).map(ColumnId) {
            if is_plain(model, views, of_sql_type, (table, column)) {
                continue;
            }
            walk(
                model,
                bound,
                views,
                of_sql_type,
                (table, column),
                &mut settled,
            );
        }
    }
    for ((table, column), field_type) in settled {
        model.tables[table.0 as usize].columns[column.0 as usize].field_type = field_type;
    }
}

/// Whether the column refers to nothing and is no key: its type stays as it is then. Most are of this kind.
fn is_plain(
    model: &Model,
    views: &HashMap<ColumnRef, ColumnRef>,
    of_sql_type: &OfSqlType,
    place: ColumnRef,
) -> bool {
    let table = model.table(place.0);
    let own = table.column(place.1);
    let refers = |key: &ForeignKey| key.columns.contains(&place.1);
    let of_key = |key: &PrimaryKey| key.columns == [place.1];
    own.field_type == FieldType::Plain
        && own.link.is_none()
        && (views.is_empty() || !views.contains_key(&place))
        && (of_sql_type.is_empty() || !of_sql_type.contains_key(&place))
        && !table.foreign_keys.iter().any(refers)
        && !table.primary_key.as_ref().is_some_and(of_key)
}

/// Walks from a column to where its type comes from, and back.
fn walk(
    model: &Model,
    bound: &[&DraftTable],
    views: &HashMap<ColumnRef, ColumnRef>,
    of_sql_type: &OfSqlType,
    start: ColumnRef,
    settled: &mut HashMap<ColumnRef, FieldType>,
) {
    let mut path: Vec<(ColumnRef, Side)> = Vec::new();
    let mut on_path: HashSet<ColumnRef> = HashSet::new();
    let mut place = start;
    let mut current = loop {
        if let Some(known) = settled.get(&place) {
            break referred_type(model, place, known.clone());
        }
        on_path.insert(place);
        match next(model, bound, views, place).filter(|(to, _)| !on_path.contains(to)) {
            Some((to, side)) => {
                path.push((place, side));
                place = to;
            }
            None => {
                let own = own_type(model, of_sql_type, place);
                settled.insert(place, own.clone());
                break referred_type(model, place, own);
            }
        }
    };
    for (place, side) in path.into_iter().rev() {
        current = seen_from(model.table(place.0), current, side);
        settled.insert(place, current.clone());
    }
}

/// Returns the column that a column refers to.
fn next(
    model: &Model,
    bound: &[&DraftTable],
    views: &HashMap<ColumnRef, ColumnRef>,
    (table, column): ColumnRef,
) -> Option<(ColumnRef, Side)> {
    let found = model.table(table);
    let own = found.column(column);
    if matches!(own.field_type, FieldType::Custom(_)) {
        return None;
    }
    if let Some(source) = views.get(&(table, column)) {
        return Some((*source, Side::Same));
    }
    if let Some(link) = &own.link {
        let tag = bound[table.0 as usize].columns[column.0 as usize]
            .notes
            .link
            .as_ref();
        let side = match tag.and_then(|tag| tag.on.as_ref()) {
            Some(LinkEngine::Named(name)) => model
                .engine_ids()
                .find(|&id| model.engine(id).name == name.text)
                .map(Side::On),
            Some(LinkEngine::Same) | None => None,
        };
        return Some(((link.table, link.column), side.unwrap_or(Side::Same)));
    }
    let key = found
        .foreign_keys
        .iter()
        .find(|key| key.columns.contains(&column))?;
    let at = key.columns.iter().position(|&known| known == column)?;
    let to = (key.table, key.referred[at]);
    (to != (table, column)).then_some((to, Side::Same))
}

/// The type of a column that refers to nothing.
fn own_type(model: &Model, of_sql_type: &OfSqlType, place: ColumnRef) -> FieldType {
    let own = &model.table(place.0).column(place.1).field_type;
    match (own, of_sql_type.get(&place)) {
        (FieldType::Custom(_) | FieldType::Key { .. }, _) => own.clone(),
        (FieldType::Plain, Some(path)) => FieldType::Custom(path.clone()),
        (FieldType::Plain, None) => key_of(model, place).unwrap_or(FieldType::Plain),
    }
}

/// The type of what refers to a column: also a key whose value has a type of the user's own is a key of its model.
fn referred_type(model: &Model, place: ColumnRef, own: FieldType) -> FieldType {
    match own {
        FieldType::Custom(_) => key_of(model, place).unwrap_or(own),
        FieldType::Key { .. } | FieldType::Plain => own,
    }
}

/// The key of its table, where the column is all of it.
fn key_of(model: &Model, (table, column): ColumnRef) -> Option<FieldType> {
    let found = model.table(table);
    let key = found.primary_key.as_ref()?;
    let engine = if found.engines.len() > 1 {
        KeyEngine::Same
    } else {
        KeyEngine::Only
    };
    (key.columns == [column]).then_some(FieldType::Key { table, engine })
}

/// A referred type as the referring table has it: `Same` there may be a fixed engine here.
fn seen_from(child: &Table, field_type: FieldType, side: Side) -> FieldType {
    match field_type {
        FieldType::Key {
            table,
            engine: KeyEngine::Same,
        } => {
            let engine = match (side, child.engines.as_slice()) {
                (Side::On(engine), _) => KeyEngine::On(engine),
                (Side::Same, [only]) => KeyEngine::On(*only),
                (Side::Same, _) => KeyEngine::Same,
            };
            FieldType::Key { table, engine }
        }
        FieldType::Key {
            engine: KeyEngine::Only | KeyEngine::On(_),
            ..
        }
        | FieldType::Plain
        | FieldType::Custom(_) => field_type,
    }
}

/// Records where columns with a Rust type of the program's own stand, for what is generated of them.
pub(super) fn record_places(model: &mut Model, sources: &Sources) {
    let mut places = HashMap::new();
    for table in model.table_ids() {
        for (at, column) in model.table(table).columns.iter().enumerate() {
            if matches!(column.field_type, FieldType::Custom(_)) {
                places.insert((table, ColumnId(at as u32)), line_of(column.span, sources));
            }
        }
    }
    model.custom_types_at = places;
}

/// `schema.sql:5`; of an absolute path only the name, as generated code is the same on every machine.
fn line_of(span: Span, sources: &Sources) -> String {
    let file = sources.file(span.file);
    let path = Path::new(file.path());
    let name = path.file_name().filter(|_| path.is_absolute());
    let shown = name.map_or(file.path().into(), |name| name.to_string_lossy());
    format!("{shown}:{}", file.line_column(span.start).line)
}
