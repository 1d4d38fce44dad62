//! B0582: a foreign key between rows that are not on one server.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{
    ColumnId, DistributionKind, Engine, ForeignKey, Model, ReferentialAction, Table, TableId,
};

pub(super) fn check(model: &Model, id: TableId, engine: &Engine, diagnostics: &mut Diagnostics) {
    let table = model.table(id);
    let keys = table.foreign_keys.iter();
    let here = |id: TableId| {
        let mut engines = model.table(id).engines.iter();
        engines.any(|id| model.engine(*id).name == engine.name)
    };
    for key in keys.filter(|key| here(key.table)) {
        if let Some((why, help)) = refused(model, id, key) {
            let (name, target) = (&table.name.name, &model.table(key.table).name.name);
            let message = format!(
                "the foreign key of `{name}` to `{target}` cannot be on the cluster `{}`: {why}",
                engine.name
            );
            let finding = Diagnostic::error("B0582", message).at(key.span, "");
            let tags = [table, model.table(key.table)].map(|one| one.distribution.as_ref());
            let tags = tags.into_iter().flatten();
            let mut spans: Vec<_> = tags.map(|tag| tag.span).collect();
            spans.dedup();
            let finding = spans
                .into_iter()
                .fold(finding, |finding, span| finding.at(span, ""));
            diagnostics.push(finding.help(help));
        }
    }
}

/// Why Citus refuses it, and what to do.
fn refused(model: &Model, id: TableId, key: &ForeignKey) -> Option<(String, String)> {
    let (table, target) = (model.table(id), model.table(key.table));
    let (name, target_name) = (&table.name.name, &target.name.name);
    let kind = |table: &Table| table.distribution.as_ref().map(|one| one.kind);
    match (kind(table), kind(target)) {
        (
            None | Some(DistributionKind::Reference),
            Some(DistributionKind::Sharded { column, .. }),
        ) => {
            let place = match kind(table) {
                None => "on the coordinator",
                Some(_) => "on each server",
            };
            let column = &target.column(column).name;
            Some((
                format!(
                    "rows of `{name}` are {place}, and those of `{target_name}` on one of the others"
                ),
                format!(
                    "shard `{name}` too, by a column of its own with the value of `{target_name}.{column}`; or remove the foreign key"
                ),
            ))
        }
        (Some(DistributionKind::Sharded { .. }), None) => Some((
            format!("rows of `{target_name}` are on the coordinator alone"),
            format!(
                "write `-- @reference` above `{target_name}`, or shard it; or remove the foreign key"
            ),
        )),
        (Some(DistributionKind::Sharded { column, .. }), Some(DistributionKind::Reference)) => {
            changes_shard(table, key, column)
        }
        (
            Some(DistributionKind::Sharded { column, .. }),
            Some(DistributionKind::Sharded { column: other, .. }),
        ) => sharded(model, (id, column), (key.table, other), key),
        (None | Some(DistributionKind::Reference), None | Some(DistributionKind::Reference)) => {
            None
        }
    }
}

fn sharded(
    model: &Model,
    (id, column): (TableId, ColumnId),
    (target, other): (TableId, ColumnId),
    key: &ForeignKey,
) -> Option<(String, String)> {
    let (table, referred) = (model.table(id), model.table(target));
    let (shard, other_name) = (&table.column(column).name, &referred.column(other).name);
    let (name, target_name) = (&table.name.name, &referred.name.name);
    if !model.is_colocated(id, target) {
        return Some((
            format!(
                "equal values of `{name}.{shard}` and `{target_name}.{other_name}` are not on one server"
            ),
            format!(
                "write `-- @shard {shard} with {target_name}` above `{name}`, with one type in both; or remove the foreign key"
            ),
        ));
    }
    let mut pairs = key.columns.iter().zip(&key.referred);
    if !pairs.any(|(one, referred)| (*one, *referred) == (column, other)) {
        return Some((
            format!(
                "it does not say that `{shard}` is `{other_name}`, so a row may refer to one on another server"
            ),
            format!(
                "write `{shard}` and `{other_name}` at one place of both lists: `FOREIGN KEY ({shard}, …) REFERENCES {target_name} ({other_name}, …)`"
            ),
        ));
    }
    changes_shard(table, key, column)
}

/// An action that would give the column another value.
fn changes_shard(table: &Table, key: &ForeignKey, column: ColumnId) -> Option<(String, String)> {
    if !key.columns.contains(&column) {
        return None;
    }
    let changes = |action: ReferentialAction| match action {
        ReferentialAction::SetNull | ReferentialAction::SetDefault => true,
        ReferentialAction::NoAction | ReferentialAction::Restrict | ReferentialAction::Cascade => {
            false
        }
    };
    let is_cascade = key.on_update == ReferentialAction::Cascade;
    let clause = if changes(key.on_delete) {
        "ON DELETE"
    } else if changes(key.on_update) || is_cascade {
        "ON UPDATE"
    } else {
        return None;
    };
    let shard = &table.column(column).name;
    Some((
        format!("its `{clause}` would change `{shard}`, and with it the server of a row"),
        format!("remove `{clause} …`, or write `{clause} RESTRICT`"),
    ))
}
