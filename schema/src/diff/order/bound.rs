//! Columns that a foreign key binds to each other: the database refuses the key where only one of the two has its other type, so both
//! changes are comments where one of them is.

use std::collections::BTreeSet;

use super::effects::Sides;
use super::part::DatabasePart;
use crate::diff::change::Change;
use crate::diff::key::KeyKind;

/// Which of the groups are commented out, with those that wait for a column at the other end of a foreign key.
pub(super) fn with_bound(
    sides: &Sides<'_>,
    groups: &[Vec<Change>],
    is_commented: &[bool],
) -> Vec<bool> {
    let mut held = is_commented.to_vec();
    if !held.contains(&true) {
        return held;
    }
    let pairs = bound_columns(sides);
    let retyped =
        |group: &Vec<Change>| group.iter().filter_map(|one| retyped(sides, one)).collect();
    let retyped: Vec<Vec<DatabasePart>> = groups.iter().map(retyped).collect();
    loop {
        let kept = retyped.iter().zip(&held).filter(|(_, is_held)| **is_held);
        let kept: BTreeSet<&DatabasePart> = kept.flat_map(|(parts, _)| parts).collect();
        let waits = |part: &DatabasePart| {
            let others = pairs.iter().filter_map(|[one, other]| match part {
                part if part == one => Some(other),
                part if part == other => Some(one),
                _ => None,
            });
            others.into_iter().any(|other| kept.contains(other))
        };
        let mut more = (0..held.len()).filter(|at| !held[*at] && retyped[*at].iter().any(waits));
        match more.next() {
            Some(at) => held[at] = true,
            None => return held,
        }
    }
}

/// The changes, with the foreign keys of new tables that may have to wait beside their tables: their column's new type, the column, or
/// the primary key over it may be a comment, and the new table is none.
pub(super) fn apart(sides: &Sides<'_>, changes: Vec<Change>) -> Vec<Change> {
    if !sides.to.dialect().capabilities(None).adds_foreign_keys {
        return changes;
    }
    let touched = changes.iter().flat_map(|change| match change {
        Change::AddColumn { table, column } => vec![sides.to.column_part(table, &column.name)],
        // It is one statement with a column that goes with the key before it.
        Change::AddKey { table, key }
            if key.kind == KeyKind::PrimaryKey && sides.to.facts().columns.counted_with_key =>
        {
            sides.to.columns_of_key(table, key)
        }
        change => retyped(sides, change).into_iter().collect(),
    });
    let touched: BTreeSet<DatabasePart> = touched.collect();
    let mut apart = Vec::new();
    for mut change in changes {
        let mut later = Vec::new();
        if let Change::CreateTable(table) = &mut change {
            let keys = table.keys.iter_mut().filter(|key| {
                let mut referred = sides.to.referred_columns(key).into_iter();
                !key.made_later && referred.any(|part| touched.contains(&part))
            });
            for key in keys {
                key.made_later = true;
                later.push(Change::AddKey {
                    table: table.name.clone(),
                    key: key.clone(),
                });
            }
            if !later.is_empty() {
                table.create = sides.to.structure.create_without_later(table);
            }
        }
        apart.push(change);
        apart.append(&mut later);
    }
    apart
}

/// The column that gets a type which its foreign keys do not take beside the other one.
fn retyped(sides: &Sides<'_>, change: &Change) -> Option<DatabasePart> {
    let Change::ChangeColumn {
        table,
        from,
        to,
        changes,
    } = change
    else {
        return None;
    };
    let refuse = sides.to.facts().columns.keys_refuse;
    refuse(from, to, changes).then(|| sides.to.column_part(table, &to.name))
}

/// The columns at both ends of the foreign keys that are there before and after.
fn bound_columns(sides: &Sides<'_>) -> Vec<[DatabasePart; 2]> {
    let tables = sides.to.structure.tables.iter();
    let keys = tables.flat_map(|table| table.keys.iter().map(move |key| (&table.name, key)));
    let stays = keys.filter(|(table, key)| {
        let mut known = sides.from.keys(table).iter();
        key.kind == KeyKind::ForeignKey && known.any(|one| one.does_the_same(key))
    });
    let pairs = stays.flat_map(|(table, key)| {
        let own = key
            .columns
            .iter()
            .map(|one| sides.to.column_part(table, one));
        let pairs = own.zip(sides.to.referred_columns(key));
        pairs.map(|(own, referred)| [own, referred])
    });
    pairs.collect()
}
