//! Names that a database has once for all its tables: one of a table that goes is free before something new takes it, as the table
//! itself goes last, and perhaps not at all.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Facts;
use super::key::Key;
use super::rename::Rename;
use super::render;
use super::structure::{Structure, TableShape, folded, table_key};
use crate::dialect::Dialect;
use crate::model::TableName;
use crate::name::implied::{first_free, implied_name};

/// The statements after which no table that goes has a key with a name that the other structure uses elsewhere, and where tables
/// are changed one after the other, no table at all.
pub(super) fn freed(from: &Structure, to: &Structure) -> Vec<String> {
    let dialect = to.dialect;
    let wanted = names(to.tables.iter(), dialect);
    let mut taken = names(from.tables.iter(), dialect);
    taken.extend(wanted.iter().cloned());
    let mut freed = moved(from, to);
    for table in gone(from, to) {
        let keys = table.keys.iter().filter(|key| {
            let name = shared_name(&table.name, key, dialect);
            name.is_some_and(|name| wanted.contains(&name))
        });
        for key in keys {
            freed.push(match Facts::of(dialect).keys.freed_by_rename {
                true => renamed(table, key, dialect, &mut taken),
                false => render::free_name(&table.name, key, dialect),
            });
        }
    }
    freed
}

/// Drops the indexes of tables that stay, where another index has their names.
fn moved(from: &Structure, to: &Structure) -> Vec<String> {
    let dialect = to.dialect;
    if !Facts::of(dialect).tables.change_in_turn {
        return Vec::new();
    }
    let wanted = keys(to);
    let known = keys(from).into_iter();
    let moved = known.filter(|(name, (table, key))| {
        let at = table_key(&table.name, dialect);
        let other = wanted.get(name);
        let is_other = other.is_some_and(|(table, one)| {
            table_key(&table.name, dialect) != at || !one.does_the_same(key)
        });
        is_other && to.table(&table.name).is_some()
    });
    moved
        .map(|(_, (table, key))| render::free_name(&table.name, key, dialect))
        .collect()
}

/// The keys that have a name of the database's.
fn keys(side: &Structure) -> BTreeMap<(String, String), (&TableShape, &Key)> {
    let tables = side.tables.iter();
    let keys = tables.flat_map(|table| table.keys.iter().map(move |key| (table, key)));
    let named = keys.filter_map(|(table, key)| {
        let name = shared_name(&table.name, key, side.dialect)?;
        Some((name, (table, key)))
    });
    named.collect()
}

/// Another name for each table whose name a view takes: the table goes last, and perhaps not at all.
pub(super) fn tables(from: &Structure, to: &Structure) -> Vec<Rename> {
    let key = |name: &TableName| table_key(name, to.dialect);
    let views: BTreeSet<String> = to.views.iter().map(|view| key(&view.name)).collect();
    let sides = [from, to].into_iter();
    let tables = sides.flat_map(|side| &side.model().tables);
    let mut known: BTreeSet<String> = tables.map(|table| key(&table.name)).collect();
    let taken = from.tables.iter();
    let taken = taken.filter(|table| views.contains(&key(&table.name)));
    let renames = taken.map(|table| {
        let named = |name: &str| TableName {
            schema: table.name.schema.clone(),
            name: name.to_owned(),
        };
        let is_known = |name: &str| known.contains(&key(&named(name)));
        let to = named(&first_free(&table.name.name, &[], "old", is_known));
        known.insert(key(&to));
        Rename::Table {
            from: table.name.clone(),
            to,
        }
    });
    renames.collect()
}

/// The tables that are dropped: those that the other structure has neither as its own nor unmanaged.
pub(super) fn gone<'s>(
    from: &'s Structure,
    to: &'s Structure,
) -> impl Iterator<Item = &'s TableShape> {
    let key = |name: &TableName| table_key(name, to.dialect);
    let kept = to.model().tables.iter().filter(|one| one.view.is_none());
    let kept: BTreeSet<String> = kept.map(|one| key(&one.name)).collect();
    let tables = from.tables.iter();
    tables.filter(move |table| !kept.contains(&table_key(&table.name, to.dialect)))
}

/// The names of keys that no other table may use.
fn names<'t>(
    tables: impl Iterator<Item = &'t TableShape>,
    dialect: Dialect,
) -> BTreeSet<(String, String)> {
    let keys = tables.flat_map(|table| table.keys.iter().map(move |key| (table, key)));
    keys.filter_map(|(table, key)| shared_name(&table.name, key, dialect))
        .collect()
}

/// The schema and name of a key, where they are one of the database's.
pub(super) fn shared_name(
    table: &TableName,
    key: &Key,
    dialect: Dialect,
) -> Option<(String, String)> {
    let is_shared = (Facts::of(dialect).keys.has_shared_name)(key);
    let name = key.known_name.as_deref().filter(|_| is_shared)?;
    let schema = table.schema.clone();
    let schema = schema.filter(|schema| schema != "public");
    Some((schema.unwrap_or_default(), folded(name, dialect)))
}

/// Gives a key a name that none has: `users_pkey_old`.
fn renamed(
    table: &TableShape,
    key: &Key,
    dialect: Dialect,
    taken: &mut BTreeSet<(String, String)>,
) -> String {
    let (schema, name) = shared_name(&table.name, key, dialect).unwrap_or_default();
    let suffixes = (1_u32..).map(|number| match number {
        1 => "old".to_owned(),
        _ => format!("old{number}"),
    });
    let names = suffixes.map(|suffix| (schema.clone(), implied_name(&name, &[], &suffix)));
    let mut free = names.filter(|name| !taken.contains(name));
    let free = free.next().unwrap_or_default();
    let mut to = key.clone();
    (to.name, to.known_name) = (Some(free.1.clone()), Some(free.1.clone()));
    taken.insert(free);
    render::rename_postgres_key(&table.name, key, &to)
}

#[cfg(test)]
mod tests {
    use crate::dialect::Dialect;
    use crate::diff::{Plan, Structure, plan};

    /// The statements of both directions; those of tables that go are marked, as they are written as comments.
    fn directions(from: &str, to: &str, dialect: Dialect) -> [Vec<String>; 2] {
        let structure_of = |sql| Structure::read(sql, dialect, None).expect("a schema");
        let planned = plan(&Plan {
            from: &structure_of(from),
            to: &structure_of(to),
            renames: &[],
            triggers: &[],
        });
        let planned = planned.expect("it can be read again");
        assert!(planned.left.is_empty(), "{:?}", planned.left);
        [planned.up, planned.down].map(|steps| {
            let lines = steps.into_iter().flat_map(|step| {
                let mark = if step.commented { "-- " } else { "" };
                let statements = step.statements.into_iter();
                statements.map(move |sql| format!("{mark}{}", sql.replace("\n    ", " ")))
            });
            lines.map(|line| line.replace("\n)", " )")).collect()
        })
    }

    #[test]
    fn names_of_keys_are_freed_and_restored_on_postgres() {
        let [up, down] = directions(
            "CREATE TABLE a (id bigint, x bigint, CONSTRAINT pk PRIMARY KEY (id)); CREATE INDEX i ON a (x);",
            "CREATE TABLE b (id bigint, x bigint, CONSTRAINT pk PRIMARY KEY (id)); CREATE INDEX i ON b (x);",
            Dialect::Postgres,
        );
        assert_eq!(
            up,
            [
                "ALTER TABLE \"a\" RENAME CONSTRAINT \"pk\" TO \"pk_old\"",
                "ALTER INDEX \"i\" RENAME TO \"i_old\"",
                "CREATE TABLE \"b\" ( \"id\" bigint, \"x\" bigint, CONSTRAINT \"pk\" PRIMARY KEY (\"id\") )",
                "CREATE INDEX \"i\" ON \"b\" (\"x\")",
                "-- DROP TABLE \"a\"",
            ]
        );
        assert_eq!(
            down,
            [
                "-- CREATE TABLE \"a\" ( \"id\" bigint, \"x\" bigint, CONSTRAINT \"pk_old\" PRIMARY KEY (\"id\") )",
                "-- CREATE INDEX \"i_old\" ON \"a\" (\"x\")",
                "ALTER TABLE \"b\" RENAME CONSTRAINT \"pk\" TO \"pk_old2\"",
                "ALTER INDEX \"i\" RENAME TO \"i_old2\"",
                "ALTER TABLE \"a\" RENAME CONSTRAINT \"pk_old\" TO \"pk\"",
                "ALTER INDEX \"i_old\" RENAME TO \"i\"",
                "DROP TABLE \"b\"",
            ]
        );
    }

    #[test]
    fn a_sequence_of_a_table_that_goes_leaves_its_name() {
        let [up, down] = directions(
            "CREATE TABLE a (id bigserial PRIMARY KEY);",
            "CREATE TABLE b (id bigint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME a_id_seq) PRIMARY KEY);",
            Dialect::Postgres,
        );
        assert_eq!(
            up[0],
            "ALTER SEQUENCE \"a_id_seq\" RENAME TO \"a_id_seq_old\""
        );
        assert!(up[1].starts_with("CREATE TABLE \"b\""), "{up:?}");
        assert_eq!(
            up[2..],
            [
                "-- DROP TABLE \"a\"",
                "-- DROP SEQUENCE IF EXISTS \"a_id_seq_old\""
            ]
        );
        let made = down.iter().filter(|line| line.starts_with("-- "));
        assert!(
            made.count() >= 2,
            "the table and its sequence stay: {down:?}"
        );
        let done: Vec<&String> = down
            .iter()
            .filter(|line| !line.starts_with("-- "))
            .collect();
        assert_eq!(
            done,
            [
                "ALTER SEQUENCE \"a_id_seq\" RENAME TO \"a_id_seq_old1\"",
                "ALTER SEQUENCE \"a_id_seq_old\" RENAME TO \"a_id_seq\"",
                "DROP TABLE \"b\""
            ]
        );
    }

    #[test]
    fn an_index_of_sqlite_and_a_foreign_key_of_mysql_are_dropped_and_restored() {
        let schema = |table: &str| {
            format!(
                "CREATE TABLE {table} (id INTEGER NOT NULL PRIMARY KEY, x INTEGER); CREATE INDEX i ON {table} (x);"
            )
        };
        let [up, down] = directions(&schema("a"), &schema("b"), Dialect::Sqlite);
        assert_eq!(up[0], "DROP INDEX \"i\"");
        assert_eq!(up.last().expect("a statement"), "-- DROP TABLE \"a\"");
        assert!(down[0].starts_with("-- CREATE TABLE \"a\""), "{down:?}");
        assert_eq!(
            down[1..],
            [
                "DROP INDEX \"i\"",
                "CREATE INDEX \"i\" ON \"a\" (\"x\")",
                "DROP TABLE \"b\""
            ]
        );
        let schema = |table: &str| {
            format!(
                "CREATE TABLE other (id bigint NOT NULL PRIMARY KEY);
                 CREATE TABLE {table} (id bigint NOT NULL PRIMARY KEY, x bigint, CONSTRAINT k FOREIGN KEY (x) REFERENCES other (id));"
            )
        };
        let [up, down] = directions(&schema("a"), &schema("b"), Dialect::Mysql);
        assert_eq!(up[0], "ALTER TABLE `a` DROP FOREIGN KEY `k`");
        assert_eq!(up.last().expect("a statement"), "-- DROP TABLE `a`");
        assert!(down[0].starts_with("-- CREATE TABLE `a`"), "{down:?}");
        assert_eq!(
            down[1..],
            [
                "ALTER TABLE `b` DROP FOREIGN KEY `k`",
                "ALTER TABLE `a` ADD CONSTRAINT `k` FOREIGN KEY (`x`) REFERENCES `other` (`id`)",
                "DROP TABLE `b`"
            ]
        );
    }

    #[test]
    fn names_that_nothing_takes_stay() {
        for dialect in Dialect::ALL {
            let [up, _] = directions(
                "CREATE TABLE a (id integer NOT NULL PRIMARY KEY, x integer); CREATE INDEX i ON a (x);",
                "CREATE TABLE b (id integer NOT NULL PRIMARY KEY, x integer); CREATE INDEX j ON b (x);",
                dialect,
            );
            assert!(up[0].starts_with("CREATE TABLE"), "{dialect}: {up:?}");
        }
    }
}
