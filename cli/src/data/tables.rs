//! The tables of an engine as they are dumped and loaded, in the order in which each comes after those that it refers to.

use bindery::data::{DataColumn, DataTable, ValueType};
use bindery_schema::column_type::{ColumnType, LobSize};
use bindery_schema::dialect::Dialect;
use bindery_schema::model::{
    CheckedModel, Column, ColumnId, DefaultValue, Engine, EngineId, Generated, IndexKey, Table,
};
use bindery_schema::plan::create_statements;
use bindery_schema::plan::statements::is_writable;

use crate::failure::Failure;
use crate::tables::unknown;

/// Digits of a number that SQLite does not make a float of.
const FLOAT_DIGITS: u32 = 15;

/// A table of an engine.
pub(crate) struct EngineTable<'m> {
    pub(crate) table: &'m Table,
    pub(crate) data: DataTable,
}

/// The tables of an engine that bindery manages.
pub(crate) fn managed(model: &CheckedModel, id: EngineId) -> Vec<EngineTable<'_>> {
    let made = create_statements(model, id);
    let tables = made.iter();
    tables
        .filter_map(|made| Some(model.table(made.table?)))
        .filter(|table| table.view.is_none())
        .map(|table| engine_table(table, model.engine(id)))
        .collect()
}

/// Those of these names, or all where there are none. Unmanaged tables are only among them where they are named.
pub(crate) fn chosen<'m>(
    model: &'m CheckedModel,
    id: EngineId,
    names: &[String],
) -> Result<Vec<EngineTable<'m>>, Failure> {
    let managed = managed(model, id);
    if names.is_empty() {
        return Ok(managed);
    }
    let engine = model.engine(id);
    let unmanaged = model
        .tables
        .iter()
        .filter(|table| table.unmanaged && table.view.is_none() && table.engines.contains(&id));
    let unmanaged = unmanaged.map(|table| engine_table(table, engine));
    let all: Vec<EngineTable<'_>> = managed.into_iter().chain(unmanaged).collect();
    for name in names {
        if !all.iter().any(|table| table.data.name() == name) {
            let known = all.iter().map(|table| table.data.name());
            return Err(unknown(name, &[&engine.name], known));
        }
    }
    let is_chosen = |table: &EngineTable<'_>| names.iter().any(|name| name == table.data.name());
    Ok(all.into_iter().filter(is_chosen).collect())
}

/// Two tables with the columns that both have, in the order of the second one and by its key.
pub(crate) fn in_common<'m>(
    (source, from): (&'m Table, &Engine),
    (target, to): (&'m Table, &Engine),
) -> (EngineTable<'m>, EngineTable<'m>) {
    let is_copied = |id: &ColumnId| {
        let column = target.column(*id);
        is_writable(column) && !column.skip
    };
    let same = |id: &ColumnId| {
        let name = &target.column(*id).name;
        let mut others = (0..).map(ColumnId).zip(&source.columns);
        let other = others.find(|(_, column)| column.name == *name && !column.skip);
        other.map(|(other, _)| (other, *id))
    };
    let ids = (0..target.columns.len() as u32).map(ColumnId);
    let pairs: Vec<_> = ids.filter(is_copied).filter_map(|id| same(&id)).collect();
    let key = target.primary_key.as_ref();
    let key = key.map_or(&[][..], |key| &key.columns);
    let (ours, theirs): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    let is_key = |id: &ColumnId| theirs.iter().position(|one| one == id).map(|at| ours[at]);
    let own_key: Vec<ColumnId> = key.iter().filter_map(is_key).collect();
    (
        table_of((source, from), &ours, &own_key),
        table_of((target, to), &theirs, key),
    )
}

fn engine_table<'m>(table: &'m Table, engine: &Engine) -> EngineTable<'m> {
    let ids: Vec<ColumnId> = (0..table.columns.len() as u32).map(ColumnId).collect();
    let written = ids.into_iter().filter(|id| is_writable(table.column(*id)));
    let written: Vec<ColumnId> = written.collect();
    let key = table
        .primary_key
        .as_ref()
        .map_or(&[][..], |key| &key.columns);
    table_of((table, engine), &written, key)
}

/// A table with these of its columns, in the order of these columns of its key.
fn table_of<'m>(
    (table, engine): (&'m Table, &Engine),
    written: &[ColumnId],
    key: &[ColumnId],
) -> EngineTable<'m> {
    let place = |id: &ColumnId| written.iter().position(|one| one == id);
    let places: Option<Vec<usize>> = key.iter().map(place).collect();
    let columns = written.iter().map(|id| {
        let column = data_column(table, table.column(*id), key.contains(id), engine);
        with_long_values(column, (table, *id), key, engine.dialect)
    });
    let data = DataTable::new(
        engine.dialect,
        table.name.schema.as_deref(),
        &table.name.name,
        columns.collect(),
        places.unwrap_or_default(),
    );
    let data = if table.native.has_heirs {
        data.without_heirs(engine.dialect)
    } else {
        data
    };
    EngineTable { table, data }
}

fn data_column(table: &Table, column: &Column, in_key: bool, engine: &Engine) -> DataColumn {
    let default = column.default.as_ref();
    let is_float =
        engine.dialect == Dialect::Sqlite && column.is_float_on_sqlite(table.source_dialect);
    let mut data = DataColumn::new(&column.name, value_type(&column.column_type));
    data.nullable = column.nullable && !in_key;
    data.has_default = default.is_some_and(|default| default.value != DefaultValue::Null)
        || matches!(column.generated, Generated::Key { .. });
    data.always_generated = column.generated == Generated::Key { always: true };
    data.as_text = column.as_text && table.source_dialect == engine.dialect;
    data.fraction = column.fraction_digits();
    data.digits = is_float.then_some(FLOAT_DIGITS);
    data.is_year = column.column_type == ColumnType::Year;
    data.length = column.column_type.length();
    let has_lengths = engine.dialect != Dialect::Sqlite || table.source_dialect != Dialect::Sqlite;
    data.text_length = column.text_length().filter(|_| has_lengths);
    data
}

/// Says whether values of the column may be long, and stored in parts.
fn with_long_values(
    mut data: DataColumn,
    (table, id): (&Table, ColumnId),
    key: &[ColumnId],
    dialect: Dialect,
) -> DataColumn {
    let column_type = &table.column(id).column_type;
    let is_long = !data.as_text && may_be_long(column_type, dialect);
    // MySQL orders these by their numbers, and compares them as texts.
    let is_numbered = |id: &ColumnId| {
        let key = &table.column(*id).column_type;
        matches!(key, ColumnType::Enum(_) | ColumnType::Set(_))
    };
    let is_compared_otherwise = match dialect {
        Dialect::Mysql => key.iter().any(is_numbered),
        Dialect::Sqlite | Dialect::Postgres => false,
    };
    data.may_be_long = is_long && !is_compared_otherwise;
    data.stored_in_parts = is_long
        && match dialect {
            // A text has to be whole when it is stored, and bytes are filled in behind the back of all that reads them.
            Dialect::Sqlite => data.value == ValueType::Bytes && !is_read_when_stored(table, id),
            Dialect::Postgres | Dialect::Mysql => true,
        };
    data
}

/// Whether a value may have more than 16 MiB.
fn may_be_long(column_type: &ColumnType, dialect: Dialect) -> bool {
    match column_type {
        ColumnType::Text(size) | ColumnType::Blob(size) => match dialect {
            Dialect::Mysql => matches!(size, LobSize::Long | LobSize::Unbounded),
            // Sizes are those of MySQL, and no limits.
            Dialect::Sqlite | Dialect::Postgres => true,
        },
        ColumnType::VarChar(None) => true,
        ColumnType::VarChar(Some(_)) | ColumnType::VarBinary(_) => dialect == Dialect::Sqlite,
        _ => false,
    }
}

/// Whether the database looks at the values of a column when they are stored: for a key, an index, a check, a computed column.
fn is_read_when_stored(table: &Table, id: ColumnId) -> bool {
    let is_indexed = table.indexes.iter().any(|index| {
        let mut parts = index.parts.iter();
        index.predicate.is_some()
            || parts.any(|part| match &part.key {
                IndexKey::Column(column) => *column == id,
                IndexKey::Expression(_) => true,
            })
    });
    let has_key = table.uniques.iter().any(|key| key.columns.contains(&id))
        || table
            .foreign_keys
            .iter()
            .any(|key| key.columns.contains(&id));
    let is_computed = |column: &Column| matches!(column.generated, Generated::Computed { .. });
    let is_in_key = table.primary_key.as_ref();
    let is_in_key = is_in_key.is_some_and(|key| key.columns.contains(&id));
    is_indexed
        || is_in_key
        || has_key
        || !table.checks.is_empty()
        || table.columns.iter().any(is_computed)
}

/// The neutral type of the values.
fn value_type(column_type: &ColumnType) -> ValueType {
    match column_type {
        ColumnType::Bool => ValueType::Boolean,
        ColumnType::I8
        | ColumnType::I16
        | ColumnType::I24
        | ColumnType::I32
        | ColumnType::I64
        | ColumnType::U8
        | ColumnType::U16
        | ColumnType::U24
        | ColumnType::U32
        | ColumnType::Year => ValueType::Integer,
        ColumnType::U64 | ColumnType::Bit(_) => ValueType::Unsigned,
        ColumnType::F32 => ValueType::Float32,
        ColumnType::F64 => ValueType::Float64,
        ColumnType::Decimal(_) => ValueType::Decimal,
        ColumnType::Char(_)
        | ColumnType::VarChar(_)
        | ColumnType::Text(_)
        | ColumnType::Enum(_)
        | ColumnType::Set(_) => ValueType::Text,
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_) => ValueType::Bytes,
        ColumnType::Date => ValueType::Date,
        ColumnType::Time(_) => ValueType::Time,
        ColumnType::DateTime(_) => ValueType::DateTime,
        ColumnType::Timestamp(_) => ValueType::Timestamp,
        ColumnType::Interval => ValueType::Interval,
        ColumnType::Uuid => ValueType::Uuid,
        ColumnType::Json { .. } => ValueType::Json,
        ColumnType::Any => ValueType::Any,
        ColumnType::Array(element) => ValueType::Array(Box::new(value_type(element))),
    }
}
