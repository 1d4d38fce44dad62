//! B0581: a key that no server could look after alone.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{ColumnId, Engine, Exclusion, Index, IndexKey, Table};
use crate::parse::equal_in_exclusion;
use crate::source::Span;
use crate::syntax::{SiteKind, sites};

pub(super) fn check(
    table: &Table,
    shard: ColumnId,
    engine: &Engine,
    diagnostics: &mut Diagnostics,
) {
    let keyed = |columns: &[ColumnId]| columns.contains(&shard);
    let primary = table.primary_key.iter();
    let primary = primary.filter(|key| !keyed(&key.columns));
    let primary = primary.map(|key| ("primary key", key.span, Some(columns(table, &key.columns))));
    let uniques = table.uniques.iter();
    let uniques = uniques.filter(|unique| !keyed(&unique.columns));
    let uniques = uniques.map(|unique| {
        let word = if unique.is_index {
            "unique index"
        } else {
            "unique constraint"
        };
        (word, unique.span, Some(columns(table, &unique.columns)))
    });
    let indexes = table.indexes.iter();
    let indexes = indexes.filter(|index| index.unique && !has_column(index, shard));
    let indexes = indexes.map(|index| ("unique index", index.span, None));
    let exclusions = table.native.exclusions.iter();
    let exclusions = exclusions.filter(|one| !excludes_by(table, one, shard));
    let exclusions = exclusions.map(|one| ("exclusion constraint", one.span, None));
    let all = primary.chain(uniques).chain(indexes).chain(exclusions);
    for (word, span, columns) in all {
        diagnostics.push(finding(table, shard, engine, (word, span, columns)));
    }
}

fn columns(table: &Table, ids: &[ColumnId]) -> Vec<String> {
    let names = ids.iter().map(|id| table.column(*id).name.clone());
    names.collect()
}

fn has_column(index: &Index, shard: ColumnId) -> bool {
    let mut parts = index.parts.iter();
    parts.any(|part| matches!(part.key, IndexKey::Column(column) if column == shard))
}

/// Whether rows of one server alone exclude each other.
fn excludes_by(table: &Table, exclusion: &Exclusion, shard: ColumnId) -> bool {
    let name = &table.column(shard).name;
    let mut keys = equal_in_exclusion(&exclusion.sql).into_iter();
    keys.any(|key| {
        let found = sites(&key.sql, table.source_dialect);
        let is_column =
            |site: &crate::syntax::Site| site.kind == SiteKind::Column && site.text == *name;
        matches!(found.as_slice(), [site] if is_column(site))
    })
}

fn finding(
    table: &Table,
    shard: ColumnId,
    engine: &Engine,
    (word, span, columns): (&str, Span, Option<Vec<String>>),
) -> Diagnostic {
    let (name, shard) = (&table.name.name, &table.column(shard).name);
    let message = format!(
        "the {word} of `{name}` lacks `{shard}`, by which its rows are spread over the servers of `{}`",
        engine.name
    );
    let finding =
        Diagnostic::error("B0581", message).at(span, "each server could only compare its own rows");
    let tag = table.distribution.as_ref().map(|tag| tag.span);
    let finding = tag
        .into_iter()
        .fold(finding, |finding, tag| finding.at(tag, "this tag"));
    let with_shard = columns.map(|columns| format!("({shard}, {})", columns.join(", ")));
    finding.help(match (word, with_shard) {
        ("primary key", Some(columns)) => format!("write `PRIMARY KEY {columns}`"),
        ("unique constraint", Some(columns)) => format!("write `UNIQUE {columns}`"),
        (_, Some(columns)) => format!("let it be over `{columns}`"),
        ("exclusion constraint", None) => format!("add `{shard} WITH =` to it"),
        (_, None) => format!("add `{shard}` to its columns"),
    })
}
