//! The statements of each engine as data: what makes its tables, and the queries of files that run on it. `cli/JSON.md`
//! documents it; it is stable.

use bindery_codegen::{QueryTypes, query_types};
use bindery_schema::model::{CheckedModel, Engine, EngineId, Query};
use serde::Serialize;

use crate::tables::{self, EngineStatements};

/// One engine.
#[derive(Debug, Serialize)]
pub(super) struct PlannedEngine<'m> {
    #[serde(flatten)]
    tables: EngineStatements<'m>,
    queries: Vec<PlannedQuery<'m>>,
}

#[derive(Debug, Serialize)]
struct PlannedQuery<'m> {
    module: &'m str,
    function: &'m str,
    kind: &'static str,
    sql: &'m str,
    parameters: Vec<Typed<'m>>,
    columns: Vec<Typed<'m>>,
}

/// A parameter or a column.
#[derive(Debug, Serialize)]
struct Typed<'m> {
    name: &'m str,
    rust_type: String,
}

/// All engines of a schema.
pub(super) fn engines<'m>(
    model: &'m CheckedModel,
    planned: &'m [tables::EngineTables<'m>],
) -> Vec<PlannedEngine<'m>> {
    let types = query_types(model);
    let engines = planned.iter().zip(model.engine_ids());
    let engines = engines.map(|(tables, id)| PlannedEngine {
        tables: tables::data(tables),
        queries: queries(model, id, &types),
    });
    engines.collect()
}

fn queries<'m>(
    model: &'m CheckedModel,
    id: EngineId,
    types: &[QueryTypes],
) -> Vec<PlannedQuery<'m>> {
    let queries = model.queries.iter().zip(types);
    let here = queries.filter(|(query, _)| query.engines.contains(&id));
    here.filter_map(|(query, types)| planned(query, types, model.engine(id)))
        .collect()
}

fn planned<'m>(query: &'m Query, types: &QueryTypes, engine: &Engine) -> Option<PlannedQuery<'m>> {
    let mut texts = query.texts.iter();
    let text = texts.find(|text| text.dialect == engine.dialect)?;
    let order = text.arguments.iter();
    let parameters = order.map(|&at| Typed {
        name: &query.parameters[at].name,
        rust_type: types.arguments[at].clone(),
    });
    let columns = query.columns.iter().zip(&types.fields);
    let columns = columns.map(|(column, rust_type)| Typed {
        name: &column.name,
        rust_type: rust_type.clone(),
    });
    Some(PlannedQuery {
        module: &query.module,
        function: &query.function,
        kind: query.kind.word(),
        sql: &text.sql,
        parameters: parameters.collect(),
        columns: columns.collect(),
    })
}
