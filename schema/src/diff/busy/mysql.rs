//! InnoDB.

use super::{Busy, Earlier, Locks, is_key};
use crate::ast::{AlterAction, TableConstraintKind};

pub(in crate::diff) const LOCKS: Locks = Locks {
    altered,
    online_indexes: true,
    lock: "LOCK TABLES",
};

fn altered(_: &Earlier, action: &AlterAction, (table, _): (&str, &str)) -> Option<Busy> {
    match action {
        AlterAction::CharacterSet { converts: true, .. } => {
            Some(Busy::rewrites("CONVERT TO CHARACTER SET", table))
        }
        AlterAction::StorageEngine(_) => Some(Busy::rewrites("ENGINE", table)),
        AlterAction::Redefine { .. } => Some(Busy::new(
            "B0434",
            table,
            format!("MODIFY may copy every row of `{table}`, and none can be written meanwhile"),
            "write `, ALGORITHM=INPLACE, LOCK=NONE` after it: it is refused then where it would copy; or `-- @allow B0434`",
        )),
        AlterAction::AddConstraint(constraint) => match constraint.kind {
            TableConstraintKind::ForeignKey { .. } => Some(Busy::new(
                "B0437",
                table,
                format!(
                    "a foreign key copies every row of `{table}`, and none can be written meanwhile"
                ),
                "do it at a quiet time: `-- @allow B0437`",
            )),
            TableConstraintKind::Index {
                method: Some(ref method),
                ..
            } if matches!(method.as_str(), "fulltext" | "spatial" | "vector") => {
                Some(Busy {
                    // With `LOCK=NONE` MariaDB and MySQL refuse it (error 1846).
                    help: "do it at a quiet time: `-- @allow B0435`; such an index is made under a lock",
                    ..mysql_index(table)
                })
            }
            TableConstraintKind::PrimaryKey { .. }
            | TableConstraintKind::Unique { .. }
            | TableConstraintKind::Index { .. } => Some(mysql_index(table)),
            _ => None,
        },
        AlterAction::AddColumn { column, .. } => {
            let mut options = column.options.iter();
            let is_key = options.any(|option| is_key(&option.kind));
            is_key.then(|| mysql_index(table))
        }
        _ => None,
    }
}

fn mysql_index(table: &str) -> Busy {
    Busy::new(
        "B0435",
        table,
        format!("an index of `{table}` may keep rows from being written"),
        "write `, ALGORITHM=INPLACE, LOCK=NONE` after it",
    )
}
