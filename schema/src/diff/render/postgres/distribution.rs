//! Where the rows of a table are on a Citus cluster.

use super::super::super::change::{Change, ColumnChange};
use super::super::super::key::KeyKind;
use super::super::super::order::is_counted;
use super::super::super::structure::{DistributionShape, TableShape};
use super::super::{Context, Step, by_hand};
use crate::model::TableName;
use crate::plan::distribution::{Beside, altered, reference, sharded, undistribute};

/// Moves the rows of a table that is there.
pub(super) fn moved(
    context: &Context<'_>,
    change: &Change,
    table: &TableName,
    (from, to): (Option<&DistributionShape>, Option<&DistributionShape>),
) -> Step {
    let known = context.from.table(table);
    let is_spread = known.is_some_and(|known| known.distribution.is_some());
    let counted = known.and_then(identity);
    if let Some(column) = counted.filter(|_| is_spread) {
        let why = format!(
            "Citus does not move the rows of a table with an identity column, `{column}`: make the table anew"
        );
        return by_hand(change).remark(why);
    }
    let Some(to) = to else {
        return Step::of([undistribute(table)]).remark(change.to_string());
    };
    let Some(column) = &to.column else {
        return Step::of([reference(table)]).remark(change.to_string());
    };
    let beside = beside(table, to);
    if let Some(from) = from {
        let new = Some(column.as_str()).filter(|_| from.column.as_ref() != Some(column));
        return Step::of([altered(table, new, &beside)]).remark(change.to_string());
    }
    let spread = |function| sharded(function, table, column, &beside);
    let step = if context.is_online(table) && stands_alone(context, table) {
        // The table as it was is dropped later, and is one more table until then.
        let cleaned = "CALL citus_cleanup_orphaned_resources()".to_owned();
        Step::online([spread("create_distributed_table_concurrently"), cleaned])
    } else {
        Step::of([spread("create_distributed_table")])
    };
    step.remark(change.to_string())
}

/// Whether Citus can spread the rows of a table while programs write them: it needs a key to know a row by, and takes foreign keys to
/// reference tables alone. Others would be dropped before it, with nothing to look after the rows meanwhile.
fn stands_alone(context: &Context<'_>, table: &TableName) -> bool {
    [context.from, context.to].into_iter().all(|structure| {
        let own = |name: &TableName| name == table;
        let is_reference = |name: &TableName| {
            let known = context.from.table(name);
            let distribution = known.and_then(|known| known.distribution.as_ref());
            distribution.is_some_and(|distribution| distribution.column.is_none())
        };
        let known = structure.table(table);
        let has_key = known.is_some_and(|known| {
            let mut keys = known.keys.iter();
            known.partitions.is_empty() && keys.any(|key| key.kind == KeyKind::PrimaryKey)
        });
        let is_free = structure.tables.iter().all(|one| {
            let mut referred = one.keys.iter().filter_map(|key| key.referred.as_ref());
            referred.all(|referred| match own(&one.name) {
                true => is_reference(referred),
                false => !own(referred),
            })
        });
        has_key && is_free
    })
}

fn beside<'t>(table: &TableName, to: &'t DistributionShape) -> Beside<'t> {
    match &to.first {
        None => Beside::OfType,
        Some(first) if first == table => Beside::None,
        Some(first) => Beside::Table(first),
    }
}

/// The identity column of a table.
fn identity(table: &TableShape) -> Option<&str> {
    let mut columns = table.columns.iter();
    let is_identity = |column: &&super::super::super::structure::ColumnShape| {
        column.generated.starts_with("counted")
    };
    columns.find(is_identity).map(|column| column.name.as_str())
}

/// Why Citus refuses a change of a table whose rows are spread.
pub(super) fn refused(context: &Context<'_>, change: &Change) -> Option<&'static str> {
    let table = change.table()?;
    let distribution = context.from.table(table)?.distribution.as_ref()?;
    let stays = context.to.table(table)?.distribution.is_some();
    match change {
        Change::AddColumn { column, .. } if is_counted(column) => Some(
            "Citus adds no column that counts to a table that is not local: make the table anew, or give the values in the program",
        ),
        Change::ChangeColumn { to, changes, .. } => {
            let is_shard = distribution.column.as_ref() == Some(&to.name);
            let is_type = changes.iter().any(|one| {
                matches!(
                    one,
                    ColumnChange::Type | ColumnChange::Collation | ColumnChange::Generated
                )
            });
            (stays && is_shard && is_type).then_some("Citus changes no column that a table is sharded by: move the rows to the coordinator before that (`undistribute_table`), and back after it")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::Dialect;
    use crate::diff::{Plan, Planned, Structure, plan};

    const USERS: &str =
        "CREATE TABLE users (t bigint NOT NULL, id bigint NOT NULL, PRIMARY KEY (t, id));\n";
    const ORDERS: &str =
        "CREATE TABLE orders (t bigint NOT NULL, id bigint NOT NULL, u bigint, PRIMARY KEY (t, id),
        CONSTRAINT u FOREIGN KEY (t, u) REFERENCES users (t, id));\n";

    fn planned(from: &str, to: &str) -> Planned {
        let read = |sql| Structure::read(sql, Dialect::Postgres, None).expect("a schema");
        let (from, to) = (read(from), read(to));
        let planned = plan(&Plan {
            from: &from,
            to: &to,
            renames: &[],
            triggers: &[],
        });
        planned.expect("it can be read again")
    }

    /// The statements in and after the transaction.
    fn changes(from: &str, to: &str) -> Vec<String> {
        let planned = planned(from, to);
        assert!(planned.left.is_empty(), "{:?}", planned.left);
        let steps = planned.up.into_iter().chain(planned.online);
        let statements = steps.flat_map(|step| step.statements);
        statements
            .filter(|one| !one.starts_with("SET LOCAL"))
            .collect()
    }

    #[test]
    fn rows_are_spread_between_the_drop_and_the_return_of_foreign_keys() {
        let from = format!("{USERS}{ORDERS}");
        let to = format!("-- @shard t\n{USERS}-- @shard t with users\n{ORDERS}");
        let steps = changes(&from, &to);
        assert_eq!(
            steps[..3],
            [
                "ALTER TABLE \"orders\" DROP CONSTRAINT \"u\"",
                "SELECT create_distributed_table('\"users\"', 't')",
                "SELECT create_distributed_table('\"orders\"', 't')",
            ]
        );
        let added = "ALTER TABLE \"orders\" ADD CONSTRAINT \"u\" FOREIGN KEY";
        assert!(steps[3].starts_with(added), "{steps:?}");
        let back = changes(&to, &from);
        assert_eq!(back[0], "ALTER TABLE \"orders\" DROP CONSTRAINT \"u\"");
        assert!(
            back[1..3]
                .iter()
                .all(|one| one.starts_with("SELECT undistribute_table(")),
            "{back:?}"
        );
        assert!(back[3].starts_with(added), "{back:?}");
    }

    #[test]
    fn a_table_alone_is_spread_by_one_call() {
        let to = format!("-- @shard t alone\n{USERS}");
        let spread = "SELECT create_distributed_table_concurrently('\"users\"', 't', colocate_with => 'none')";
        assert_eq!(changes(USERS, &to)[0], spread);
        // And is read as it is written.
        let read = format!("{USERS}{spread};");
        assert!(changes(&read, &to).is_empty());
        assert_eq!(
            changes(&to, USERS),
            ["SELECT undistribute_table('\"users\"')"]
        );
    }

    #[test]
    fn another_column_takes_one_step_where_all_keys_have_both() {
        let by = |column: &str| format!("-- @shard {column}\n{USERS}");
        let altered = "SELECT alter_distributed_table('\"users\"', distribution_column => 'id', colocate_with => 'default')";
        assert_eq!(changes(&by("t"), &by("id")), [altered]);
        let other_key = by("id").replace("PRIMARY KEY (t, id)", "PRIMARY KEY (id)");
        // No key that one of both columns is missing in is there while the rows are spread by it.
        assert_eq!(
            changes(&by("t"), &other_key),
            [
                "ALTER TABLE \"users\" DROP CONSTRAINT \"users_pkey\"",
                "SELECT undistribute_table('\"users\"')",
                "ALTER TABLE \"users\" ADD PRIMARY KEY (\"id\")",
                "SELECT create_distributed_table_concurrently('\"users\"', 'id')",
                "CALL citus_cleanup_orphaned_resources()",
            ]
        );
        let reference = format!("-- @reference\n{USERS}");
        let steps = changes(&by("t"), &reference);
        assert_eq!(
            steps,
            [
                "SELECT undistribute_table('\"users\"')",
                "SELECT create_reference_table('\"users\"')"
            ]
        );
    }

    #[test]
    fn a_table_is_spread_while_it_is_in_use_where_no_other_row_depends_on_it() {
        const KINDS: &str = "CREATE TABLE kinds (id bigint PRIMARY KEY);\n";
        let table = |rest: &str| {
            format!("CREATE TABLE users (t bigint NOT NULL, id bigint NOT NULL{rest});\n")
        };
        let keyed = table(", kind bigint REFERENCES kinds, PRIMARY KEY (t, id)");
        let is_online = |others: &str, table: &str| {
            let planned = planned(
                &format!("{others}{table}"),
                &format!("{others}-- @shard t\n{table}"),
            );
            assert!(planned.left.is_empty(), "{:?}", planned.left);
            let mut online = planned.online.iter().flat_map(|step| &step.statements);
            online.any(|one| one.starts_with("SELECT create_distributed_table_concurrently("))
        };
        assert!(is_online("", USERS));
        assert!(is_online(&format!("-- @reference\n{KINDS}"), &keyed));
        assert!(!is_online(KINDS, &keyed));
        assert!(!is_online("", &table("")));
        let child = "CREATE TABLE visits (t bigint, u bigint, FOREIGN KEY (t, u) REFERENCES users (t, id));\n";
        let with_child = format!("{USERS}{child}");
        assert!(!is_online("", &with_child));
    }

    #[test]
    fn groups_are_known_by_their_tables() {
        let three = |first: &str, second: &str, third: &str| {
            let table = |name: &str, tag: &str| {
                format!("-- @shard t {tag}\n{}", USERS.replace("users", name))
            };
            table("a", first) + &table("b", second) + &table("c", third)
        };
        // The same two groups, begun by others.
        let (one, other) = (three("alone", "with a", ""), three("with b", "alone", ""));
        assert!(changes(&one, &other).is_empty());
        // One of three leaves.
        let all = three("", "", "");
        let leaves = "SELECT alter_distributed_table('\"c\"', colocate_with => 'none')";
        assert_eq!(changes(&all, &three("", "", "alone")), [leaves]);
        let joins = "SELECT alter_distributed_table('\"c\"', colocate_with => 'default')";
        assert_eq!(changes(&three("", "", "alone"), &all), [joins]);
    }

    /// Citus has a table that names no group join the oldest one of its type.
    #[test]
    fn a_table_without_a_group_joins_none_that_another_began() {
        let table =
            |name: &str, tag: &str| format!("-- @shard t {tag}\n{}", USERS.replace("users", name));
        let one = table("a", "alone");
        let both = format!("{one}{}", table("b", ""));
        let all = format!("{both}{}", table("c", ""));
        let spread = |table: &str, beside: &str| {
            format!(
                "SELECT create_distributed_table('\"{table}\"', 't', colocate_with => '{beside}')"
            )
        };
        assert_eq!(changes(&one, &both)[1], spread("b", "none"));
        assert_eq!(changes(&both, &all)[1], spread("c", "\"b\""));
        assert!(changes("", &all).contains(&spread("b", "none")));
    }

    #[test]
    fn new_tables_are_spread_before_they_have_foreign_keys() {
        let users = format!("-- @shard t alone\n{USERS}");
        let to = format!("-- @shard t with users\n{ORDERS}{users}");
        let made = changes("", &to);
        let spread = "SELECT create_distributed_table";
        let expected = [
            "CREATE TABLE \"users\"",
            spread,
            "CREATE TABLE \"orders\"",
            spread,
            "ALTER TABLE \"orders\" ADD CONSTRAINT \"u\"",
        ];
        let is_so = made
            .iter()
            .zip(expected)
            .all(|(one, start)| one.starts_with(start));
        assert!(is_so && made.len() == 5, "{made:?}");
        let beside = "colocate_with => '\"users\"')";
        assert!(made[3].ends_with(beside), "{made:?}");
        // A table that comes to others names the one that began their group.
        let more = changes(&users, &to);
        assert!(more[1].ends_with(beside), "{more:?}");
    }

    #[test]
    fn what_citus_does_not_change_is_left_to_a_person() {
        let spread = format!("-- @shard t\n{USERS}");
        let counted = spread.replace(
            "PRIMARY KEY",
            "n bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY",
        );
        let other_type = spread.replace("t bigint", "t integer");
        let local = counted.replace("-- @shard t\n", "");
        for (from, to) in [
            (&spread, &counted),
            (&counted, &local),
            (&spread, &other_type),
        ] {
            let planned = planned(from, to);
            assert!(!planned.left.is_empty());
            let mut remarks = planned.up.iter().flat_map(|step| &step.remarks);
            assert!(
                remarks.any(|remark| remark.starts_with("Citus ")),
                "{:?}",
                planned.up
            );
        }
    }
}
