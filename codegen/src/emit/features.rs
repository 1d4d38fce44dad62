//! The facts of the code that others need without it: types of columns, and features of the runtime.

use bindery_schema::lists::IntoVec as _;
use std::collections::BTreeSet;

use bindery_schema::config::AtomicGroup;
use bindery_schema::model::{Engine, Model};
use bindery_schema::rust_type::TypeFeature;

use super::shape::types::{feature, feature_of_column};
use super::shape::{ColumnTypes, Field, Scope, Shape, Shapes, derives_serde};

/// The Rust type of every column's field, by table; `None` for a column that is not in the row. Within a model's module, that
/// is with `super::` before the types of others.
pub fn rust_types(model: &Model) -> Vec<Vec<Option<String>>> {
    let shapes = Shapes::new(model, ColumnTypes::default(), Scope::with_modules());
    let ids = model.table_ids();
    ids.map(|id| column_types(model, &shapes.shape(id)))
        .into_vec()
}

/// The Rust types of a query of a file. Within its module, that is with `super::` before the types of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryTypes {
    /// Of its arguments.
    pub arguments: Vec<String>,
    /// Of the fields of its row.
    pub fields: Vec<String>,
}

/// The Rust types of all queries of files, in their order.
pub fn query_types(model: &Model) -> Vec<QueryTypes> {
    let shapes = Shapes::new(model, ColumnTypes::default(), Scope::with_modules());
    let types = shapes.queries().map(|query| QueryTypes {
        arguments: query.arguments.into_iter().map(|one| one.ty).into_vec(),
        fields: query.columns.into_iter().map(|one| one.ty).into_vec(),
    });
    types.into_vec()
}

/// The feature of the runtime that each column's field needs beside the databases', by table; `None` for none.
pub fn type_features(model: &Model) -> Vec<Vec<Option<&'static str>>> {
    let feature = |column| feature_of_column(column).map(TypeFeature::name);
    let tables = model.tables.iter();
    tables
        .map(|table| table.columns.iter().map(feature).into_vec())
        .into_vec()
}

fn column_types(model: &Model, shape: &Shape<'_>) -> Vec<Option<String>> {
    let mut fields = shape.fields.iter();
    let columns = model.table(shape.number.0).columns.iter();
    columns
        .map(|column| {
            let field = if column.skip { None } else { fields.next() };
            field.map(Field::row_type)
        })
        .into_vec()
}

/// The features of the runtime that a schema needs, sorted: its databases, the types of its columns, and what its engines have.
pub fn features(model: &Model) -> BTreeSet<&'static str> {
    let dialects = model.engines.iter().map(|engine| engine.dialect.name());
    let columns = model.tables.iter().flat_map(|table| &table.columns);
    let types = columns
        .filter(|column| !column.skip)
        .chain(model.queries.iter().flat_map(|query| &query.columns))
        .filter_map(feature_of_column);
    let parameters = model.queries.iter().flat_map(|query| &query.parameters);
    let types = types.chain(parameters.filter_map(|one| feature(&one.column_type)));
    let serde = derives_serde(model.derives.paths()).then_some("serde");
    let publishes = model.tables.iter().any(|table| table.publish.is_some());
    let features = dialects.chain(types.map(TypeFeature::name));
    features
        .chain(serde)
        .chain(outbox_feature(&model.engines))
        .chain(atomic_feature(&model.groups))
        .chain((!model.shards.is_empty()).then_some("shards"))
        .chain(copies(model).then_some("sync"))
        .chain(publishes.then_some("messages"))
        .collect()
}

/// Whether the schema declares syncs, or tables whose changes are recorded.
fn copies(model: &Model) -> bool {
    let mut tables = model.tables.iter();
    !model.syncs.is_empty() || tables.any(|table| table.capture.is_some())
}

/// The feature of programs in which an engine has an outbox or an inbox.
pub(crate) fn outbox_feature(engines: &[Engine]) -> Option<&'static str> {
    let is_needed = engines.iter().any(|engine| engine.outbox || engine.inbox);
    is_needed.then_some("outbox")
}

/// The feature of programs with atomic groups.
pub(crate) fn atomic_feature(groups: &[AtomicGroup]) -> Option<&'static str> {
    (!groups.is_empty()).then_some("atomic")
}
