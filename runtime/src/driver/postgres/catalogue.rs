//! Tables as `pg_catalog` has them, all by one query.

use std::sync::Arc;

use super::PostgresConnection;
use crate::driver::catalogue::{Kinds, Relation, StoredColumn, StoredKind, Wanted};
use crate::driver::{DescribedColumn, StatementDescription};
use crate::error::Result;
use crate::value::types::ToColumn;
use crate::value::{ParamWriter, RowReader};

/// Names are looked for as statements do. Of a domain the type under it counts, and its NOT NULL too. A table that is
/// found has a row for each column; one without columns a single one.
const SQL: &str = "\
SELECT wanted.place, class.relkind::text, attribute.attname::text, \
    pg_catalog.format_type(attribute.atttypid, attribute.atttypmod), \
    coalesce(base.typname, type.typname)::text, coalesce(base.typtype, type.typtype)::text, \
    coalesce(base.typcategory, type.typcategory)::text, \
    CASE WHEN base.oid IS NULL THEN attribute.atttypmod ELSE type.typtypmod END, \
    attribute.attnotnull OR type.typnotnull, \
    attribute.atthasdef OR type.typdefault IS NOT NULL OR attribute.attidentity <> '', \
    attribute.attgenerated <> '' \
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted(qualifier, name, place) \
JOIN pg_catalog.pg_class class ON class.oid = pg_catalog.to_regclass( \
    coalesce(pg_catalog.quote_ident(wanted.qualifier) || '.', '') || pg_catalog.quote_ident(wanted.name)) \
LEFT JOIN pg_catalog.pg_attribute attribute \
    ON attribute.attrelid = class.oid AND attribute.attnum > 0 AND NOT attribute.attisdropped \
LEFT JOIN pg_catalog.pg_type type ON type.oid = attribute.atttypid \
LEFT JOIN pg_catalog.pg_type base ON type.typtype = 'd' AND base.oid = type.typbasetype \
WHERE class.relkind IN ('r', 'p', 'v', 'm', 'f') \
ORDER BY wanted.place, attribute.attnum";

impl PostgresConnection {
    /// Has a statement prepared, anew also where it was before.
    pub(in crate::driver) fn description(&mut self, sql: &str) -> Result<StatementDescription> {
        let statement = Arc::new(self.prepare(sql)?);
        self.statements.insert(sql, Arc::clone(&statement));
        let columns = statement.columns.iter().zip(&statement.names);
        let columns = columns.map(|(column, name)| {
            let of = &column.column_type;
            DescribedColumn {
                name: name.to_string(),
                column_type: Some((of.oid(), of.name().to_owned())),
            }
        });
        let parameters = statement.params.iter();
        Ok(StatementDescription {
            parameters: parameters.map(|of| Some(of.oid())).collect(),
            columns: columns.collect(),
        })
    }

    pub(crate) fn relations(&mut self, wanted: &[Wanted]) -> Result<Vec<Option<Relation>>> {
        let schemas: Vec<Option<&str>> = wanted.iter().map(|table| table.schema).collect();
        let names: Vec<&str> = wanted.iter().map(|table| table.table).collect();
        let mut found = vec![None; wanted.len()];
        let write = &mut |params: &mut ParamWriter<'_>| {
            write_texts(params, schemas.iter().copied());
            write_texts(params, names.iter().map(|name| Some(*name)));
        };
        self.query(SQL, write, &mut |row| {
            let place = usize::try_from(row.i64()?).unwrap_or_default();
            let kind: String = row.next()?;
            let is_view = kind == "v" || kind == "m";
            let Some(slot) = place.checked_sub(1).and_then(|at| found.get_mut(at)) else {
                return Ok(true);
            };
            let relation = slot.get_or_insert_with(|| Relation {
                is_view,
                without_transactions: None,
                columns: Vec::new(),
            });
            if !row.skip_null() {
                relation.columns.push(column(row, is_view)?);
            }
            Ok(true)
        })?;
        Ok(found)
    }
}

fn write_texts<'t>(
    params: &mut ParamWriter<'_>,
    texts: impl Iterator<Item = Option<&'t str>> + Clone,
) {
    let length = texts.clone().count();
    params.array(length, &mut |elements| {
        texts.clone().for_each(|text| text.write(elements));
    });
}

fn column(row: &mut RowReader<'_>, is_view: bool) -> Result<StoredColumn> {
    let (name, sql_type): (String, String) = (row.next()?, row.next()?);
    let (type_name, type_kind, category): (String, String, String) =
        (row.next()?, row.next()?, row.next()?);
    let modifier = row.i64()?;
    let (not_null, has_default, is_computed) = (row.bool()?, row.bool()?, row.bool()?);
    Ok(StoredColumn {
        name,
        sql_type,
        kinds: kinds(&type_name, &type_kind, &category),
        fraction: fraction(&type_name, modifier),
        not_null: (!is_view && !is_computed).then_some(not_null),
        is_filled: has_default || is_computed,
    })
}

/// Returns the values that can be written to a type and read from it; types that go as text keep the form that the
/// server gives them.
fn kinds(name: &str, kind: &str, category: &str) -> Kinds {
    const TEXTUAL: Kinds = Kinds::from_kinds(&[
        StoredKind::Text,
        StoredKind::Uuid,
        StoredKind::Json,
        StoredKind::Decimal,
        StoredKind::Number,
        StoredKind::Interval,
    ]);
    if kind == "e" {
        return TEXTUAL;
    }
    match name {
        "bool" => Kinds::from_kinds(&[StoredKind::Bool]),
        "int2" | "int4" | "int8" | "oid" => Kinds::from_kinds(&[StoredKind::Integer]),
        "float4" => Kinds::from_kinds(&[StoredKind::F32]),
        "float8" => Kinds::from_kinds(&[StoredKind::F64]),
        "numeric" => {
            Kinds::from_kinds(&[StoredKind::Integer, StoredKind::Decimal, StoredKind::Number])
        }
        "text" | "varchar" | "bpchar" | "name" | "char" | "xml" | "citext" => TEXTUAL,
        "json" | "jsonb" => Kinds::from_kinds(&[StoredKind::Json, StoredKind::Text]),
        "bytea" => Kinds::from_kinds(&[StoredKind::Bytes, StoredKind::Uuid]),
        "date" => Kinds::from_kinds(&[StoredKind::Date]),
        "time" => Kinds::from_kinds(&[StoredKind::Time]),
        "timestamp" | "timestamptz" => {
            Kinds::from_kinds(&[StoredKind::DateTime, StoredKind::Timestamp])
        }
        "interval" => Kinds::from_kinds(&[StoredKind::Interval]),
        "uuid" => Kinds::from_kinds(&[StoredKind::Uuid]),
        _ if category == "A" => Kinds::from_kinds(&[StoredKind::Array, StoredKind::Text]),
        _ => Kinds::ALL,
    }
}

/// Digits after the point by the type's modifier (`numerictypmodin` and `anytimestamp_typmod_check` in PostgreSQL's
/// source); -1 is none.
fn fraction(name: &str, modifier: i64) -> Option<u32> {
    const HEADER: i64 = 4;
    match name {
        "numeric" if modifier >= HEADER => u32::try_from((modifier - HEADER) & 0x7ff).ok(),
        "time" | "timestamp" | "timestamptz" => u32::try_from(modifier).ok(),
        _ => None,
    }
}
