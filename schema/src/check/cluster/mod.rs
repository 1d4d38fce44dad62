//! The refusals of Citus, said before: columns by which no rows can be spread, and keys, foreign keys and triggers that no server could
//! look after alone. Each rule was tried on Citus 13.2; `cli/tests/cli/citus.rs` has both refusals side by side.

mod foreign_key;
mod key;

use super::galera::unfit_on;
use crate::cluster::Cluster;
use crate::column_type::{ColumnType, TypeClass};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{
    Column, ColumnId, Distribution, DistributionKind, Engine, Generated, Model, Table, TableId,
    has_values_of,
};

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    unfit_on(model, Cluster::Citus, not_there, diagnostics);
    for id in model.table_ids() {
        let table = model.table(id);
        let mut engines = table.engines.iter().map(|id| model.engine(*id));
        match (
            &table.distribution,
            engines.find(|one| one.cluster == Some(Cluster::Citus)),
        ) {
            (Some(tag), None) => diagnostics.push(nowhere(model, table, tag)),
            (tag, Some(engine)) => {
                if let Some(tag) = tag {
                    tagged(model, table, tag, engine, diagnostics);
                }
                foreign_key::check(model, id, engine, diagnostics);
            }
            (None, None) => {}
        }
    }
}

/// B0377: a worker commits what one transaction wrote on it alone before the coordinator commits what it has itself.
fn not_there(engine: &str, what: &str) -> Diagnostic {
    let message = format!(
        "engine `{engine}` is a Citus cluster, which cannot have {what}: rows of one worker are committed apart from those of the coordinator"
    );
    Diagnostic::error("B0377", message)
}

/// B0440: the tag changes nothing.
fn nowhere(model: &Model, table: &Table, tag: &Distribution) -> Diagnostic {
    let name = &table.name.name;
    let engine = &model.engine(table.engines[0]).name;
    let message = format!("`{name}` is on no cluster, so its tag changes nothing");
    let help = format!(
        "write `cluster = \"citus\"` in `[engines.{engine}]` of bindery.toml, or remove the tag"
    );
    Diagnostic::warning("B0440", message)
        .at(tag.span, "")
        .help(help)
}

fn tagged(
    model: &Model,
    table: &Table,
    tag: &Distribution,
    engine: &Engine,
    diagnostics: &mut Diagnostics,
) {
    let found = inherited(table, tag)
        .into_iter()
        .chain(captured(table, tag));
    found.for_each(|finding| diagnostics.push(finding));
    let DistributionKind::Sharded { column, .. } = tag.kind else {
        return;
    };
    let other_type = tag
        .beside
        .and_then(|first| other_type(model, table, column, first, tag));
    let found = unusable(table, table.column(column), tag);
    let found = found.into_iter().chain(other_type);
    found.for_each(|finding| diagnostics.push(finding));
    key::check(table, column, engine, diagnostics);
}

/// B0580: Citus distributes "a regular, foreign or partitioned table".
fn inherited(table: &Table, tag: &Distribution) -> Option<Diagnostic> {
    let native = &table.native;
    if native.inherits.is_empty() && !native.has_heirs {
        return None;
    }
    let message = format!(
        "the rows of `{}` cannot be spread: tables that inherit from each other are on one server",
        table.name.name
    );
    let finding = Diagnostic::error("B0580", message).at(tag.span, "");
    Some(finding.help("remove the tag, or `INHERITS`; partitions (`PARTITION BY`) can be spread"))
}

/// B0584: "triggers are not supported on distributed tables", nor on reference tables.
fn captured(table: &Table, tag: &Distribution) -> Option<Diagnostic> {
    let capture = table.capture?;
    let message = format!(
        "triggers cannot record the changes of `{}`: Citus has none on tables that are not local",
        table.name.name
    );
    let finding = Diagnostic::error("B0584", message)
        .at(capture, "")
        .at(tag.span, "on several servers");
    let help =
        "remove `@capture`; changes that the repository writes are recorded by `-- @publish`";
    Some(finding.help(help))
}

/// B0583: a column by whose value no server can be chosen.
fn unusable(table: &Table, column: &Column, tag: &Distribution) -> Option<Diagnostic> {
    let (why, help) = if matches!(column.generated, Generated::Computed { .. }) {
        let why = "the database computes it";
        (
            why,
            "let the program give its values, or shard by another column",
        )
    } else if column.skip {
        let why = "it is not in the row";
        (why, "remove `@skip`, or shard by another column")
    } else if column.nullable {
        ("it may be NULL, which is on no server", "add `NOT NULL`")
    } else if !has_hash(table, column) {
        let why = "values of its type have no hash";
        (
            why,
            "shard by a column of another type, such as an integer, a text or a UUID",
        )
    } else {
        return None;
    };
    let message = format!(
        "`{}` cannot be sharded by `{}`: {why}",
        table.name.name, column.name
    );
    let finding = Diagnostic::error("B0583", message)
        .at(column.type_span, "")
        .at(tag.span, "this tag");
    Some(finding.help(help))
}

/// PostgreSQL's types without a default operator class of the method `hash` (`pg_opclass` of PostgreSQL 15).
const WITHOUT_HASH: [&str; 17] = [
    "bit",
    "bit varying",
    "box",
    "circle",
    "json",
    "jsonpath",
    "line",
    "lseg",
    "money",
    "path",
    "point",
    "polygon",
    "tsquery",
    "tsvector",
    "varbit",
    "xml",
    "txid_snapshot",
];

fn has_hash(table: &Table, column: &Column) -> bool {
    if table.source_dialect == Cluster::Citus.dialect() {
        let name = column.sql_type.split('(').next().unwrap_or_default();
        return !WITHOUT_HASH.contains(&name.trim().to_lowercase().as_str());
    }
    // A type that other dialects have no word for is written as a text or JSON there.
    let is_json = matches!(column.column_type, ColumnType::Json { binary: false });
    !is_json && column.column_type.class() != TypeClass::Any
}

/// B0580: equal values of two types are not on one server.
fn other_type(
    model: &Model,
    table: &Table,
    column: ColumnId,
    first: TableId,
    tag: &Distribution,
) -> Option<Diagnostic> {
    let (column, first) = (table.column(column), model.table(first));
    let other = first.column(first.shard_column()?);
    if has_values_of(column, other) {
        return None;
    }
    let message = format!(
        "rows of `{}` cannot be beside those of `{}`: `{}` is `{}`, and `{}` is `{}`",
        table.name.name, first.name.name, column.name, column.sql_type, other.name, other.sql_type
    );
    let finding = Diagnostic::error("B0580", message)
        .at(tag.span, "")
        .at(other.type_span, "the other type");
    let help = format!("write `{} {}` in both", column.name, other.sql_type);
    Some(finding.help(help))
}
