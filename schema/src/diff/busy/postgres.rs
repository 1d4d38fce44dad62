//! PostgreSQL 12 and later.

use super::{Busy, Earlier, Locks, is_key};
use crate::ast::{
    AlterAction, ColumnDef, ColumnOptionKind, Expression, TableConstraint, TableConstraintKind,
};
use crate::dialect::Dialect;
use crate::resolve::types::is_serial;
use crate::syntax::{ExprKind, IsWhat, SiteKind, look_at_expression, sites};

pub(in crate::diff) const LOCKS: Locks = Locks {
    altered,
    online_indexes: false,
    lock: "LOCK",
};

fn altered(earlier: &Earlier, action: &AlterAction, (table, key): (&str, &str)) -> Option<Busy> {
    match action {
        AlterAction::SetType { .. } => Some(Busy::new(
            "B0434",
            table,
            format!(
                "another type writes every row of `{table}` anew, and it cannot be read meanwhile"
            ),
            "add a column of the new type, copy the values in batches, then rename; a longer `varchar` or `text` costs nothing: `-- @allow B0434`",
        )),
        AlterAction::AddColumn { column, .. } => added_column(column, table),
        AlterAction::SetUnlogged(unlogged) => {
            let word = if *unlogged { "UNLOGGED" } else { "LOGGED" };
            Some(Busy::rewrites(&format!("SET {word}"), table))
        }
        AlterAction::SetNotNull(column) => {
            let column = (key.to_owned(), column.text.clone());
            (!earlier.without_null.contains(&column)).then(|| Busy::reads_for_null(table))
        }
        AlterAction::AddConstraint(constraint) => added_constraint(constraint, table),
        _ => None,
    }
}

/// Functions that give each row a value of its own, so that a new column with one writes all rows.
const VOLATILE: [&str; 7] = [
    "gen_random_uuid",
    "uuid_generate_v1",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
    "random",
    "clock_timestamp",
];

fn is_volatile(value: &Expression) -> bool {
    let mut sites = sites(&value.sql, Dialect::Postgres).into_iter();
    sites.any(|site| match site.kind {
        SiteKind::Function => VOLATILE.contains(&site.text.as_str()),
        SiteKind::Sequence => true,
        SiteKind::Column | SiteKind::Type | SiteKind::Text => false,
    })
}

fn added_column(column: &ColumnDef, table: &str) -> Option<Busy> {
    let has = |wanted: fn(&ColumnOptionKind) -> bool| {
        let mut options = column.options.iter();
        options.any(|option| wanted(&option.kind))
    };
    let is_own = is_serial(&column.type_name.name)
        || has(|kind| match kind {
            ColumnOptionKind::Default(value) => is_volatile(value),
            ColumnOptionKind::Computed { stored, .. } => *stored,
            ColumnOptionKind::Identity { .. } => true,
            _ => false,
        });
    if is_own {
        return Some(Busy::new(
            "B0434",
            table,
            format!(
                "a column with a value of its own in each row writes all rows of `{table}` anew, and it cannot be read meanwhile"
            ),
            "add the column without it, fill it in batches, then set the default; or `-- @allow B0434`",
        ));
    }
    let has_value = has(|kind| {
        matches!(
            kind,
            ColumnOptionKind::Default(_) | ColumnOptionKind::Computed { .. }
        )
    });
    if !has_value && has(|kind| matches!(kind, ColumnOptionKind::NotNull(_))) {
        return Some(Busy::reads_for_null(table));
    }
    has(is_key).then(|| Busy::makes_index(table))
}

fn added_constraint(constraint: &TableConstraint, table: &str) -> Option<Busy> {
    match &constraint.kind {
        _ if constraint.not_valid => None,
        TableConstraintKind::Check(..) | TableConstraintKind::ForeignKey { .. } => Some(Busy::new(
            "B0437",
            table,
            format!("all rows of `{table}` are checked under a lock"),
            "write `NOT VALID` after it, and then `ALTER TABLE … VALIDATE CONSTRAINT …`, in a file with `-- @no-transaction`",
        )),
        TableConstraintKind::PrimaryKey { .. } | TableConstraintKind::Unique { .. } => {
            Some(Busy::makes_index(table))
        }
        TableConstraintKind::NotNull(_) => Some(Busy::reads_for_null(table)),
        TableConstraintKind::UsingIndex { .. }
        | TableConstraintKind::Index { .. }
        | TableConstraintKind::Exclude(_)
        | TableConstraintKind::Period(_) => None,
    }
}

/// The column of a check that says that it holds no NULL.
pub(super) fn checked_column(action: &AlterAction) -> Option<String> {
    let AlterAction::AddConstraint(constraint) = action else {
        return None;
    };
    let TableConstraintKind::Check(condition, _) = &constraint.kind else {
        return None;
    };
    let column = look_at_expression(&condition.sql, Dialect::Postgres, |_, expr| {
        match &expr.kind {
            ExprKind::Is(is) if is.negated && matches!(is.what, IsWhat::Null) => {
                match &is.operand.kind {
                    ExprKind::Column(names) => names.last().map(|name| name.text.clone()),
                    _ => None,
                }
            }
            _ => None,
        }
    });
    column.ok().flatten()
}
