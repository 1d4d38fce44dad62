//! Sequences of PostgreSQL keep their names when tables and columns get others. A column that says nothing of its sequence's name
//! (`serial`, an identity) is to have the usual one, so the sequence of one that was renamed gets that.

use std::collections::BTreeSet;

use super::rename::Rename;
use super::structure::Structure;
use super::taken::gone;
use crate::dialect::Dialect;
use crate::model::{Column, Counter, Generated, Model, ObjectKind, Table, TableName};
use crate::name::implied::first_free;
use crate::sql_writer::SqlWriter;

/// A sequence that gets another name.
struct Renamed {
    from: TableName,
    to: TableName,
}

impl Renamed {
    fn statement(&self) -> String {
        let mut sql = SqlWriter::new(Dialect::Postgres);
        sql.push("ALTER SEQUENCE ").table(&self.from);
        sql.push(" RENAME TO ").identifier(&self.to.name);
        sql.finish()
    }
}

/// The statements after which the sequences of columns that both sides have are called as in `to`.
pub(super) fn renames(from: &Structure, to: &Structure) -> Vec<String> {
    match to.dialect {
        Dialect::Postgres => {}
        Dialect::Sqlite | Dialect::Mysql => return Vec::new(),
    }
    let mut taken = taken(from.model());
    let mut wanted: Vec<Renamed> = all(from, to).collect();
    let mut statements = Vec::new();
    // A name may be free only once the sequence that has it has another one.
    while let Some(at) = wanted.iter().position(|one| !taken.contains(&one.to)) {
        let one = wanted.remove(at);
        taken.remove(&one.from);
        statements.push(one.statement());
        taken.insert(one.to);
    }
    statements
}

/// The same for tables that were renamed to be in nothing's way, which `to` does not have.
pub(super) fn following(before: &Structure, renames: &[Rename], to: &Structure) -> Vec<String> {
    match to.dialect {
        Dialect::Postgres => {}
        Dialect::Sqlite | Dialect::Mysql => return Vec::new(),
    }
    let mut statements = Vec::new();
    for rename in renames {
        let Rename::Table { from, to: new } = rename else {
            continue;
        };
        let table = before.table(from).filter(|_| to.table(new).is_none());
        for column in table.into_iter().flat_map(|table| &table.columns) {
            let sequence = sequence(before.model(), from, &column.column);
            let usual = usual_name(from, &column.name);
            let renamed = sequence.filter(|name| *name == usual).map(|name| Renamed {
                from: name,
                to: usual_name(new, &column.name),
            });
            statements.extend(renamed.map(|one| one.statement()));
        }
    }
    statements
}

fn all<'s>(from: &'s Structure, to: &'s Structure) -> impl Iterator<Item = Renamed> + 's {
    let wanted = to.tables.iter().flat_map(|table| {
        let columns = table.columns.iter();
        columns.map(move |column| (table, column))
    });
    wanted.filter_map(move |(table, column)| {
        let known = from.table(&table.name)?.column(&column.name, to.dialect)?;
        let (from, to) = (
            sequence(from.model(), &table.name, &known.column)?,
            sequence(to.model(), &table.name, &column.column)?,
        );
        (from.schema == to.schema && from.name != to.name).then_some(Renamed { from, to })
    })
}

/// The sequences of tables that go, where the other structure uses their names: the new one is made before the old one is gone.
pub(super) fn freed(from: &Structure, to: &Structure) -> Vec<String> {
    match to.dialect {
        Dialect::Postgres => {}
        Dialect::Sqlite | Dialect::Mysql => return Vec::new(),
    }
    let (known, wanted) = (taken(from.model()), taken(to.model()));
    let columns =
        gone(from, to).flat_map(|table| table.columns.iter().map(move |column| (table, column)));
    let sequences = columns
        .filter_map(|(table, column)| sequence(from.model(), &table.name, &column.column))
        .filter(|name| wanted.contains(name));
    let renamed = sequences.map(|name| Renamed {
        to: TableName {
            schema: name.schema.clone(),
            name: first_free(&name.name, &[], "old", |free| {
                known.iter().chain(&wanted).any(|one| one.name == free)
            }),
        },
        from: name,
    });
    renamed.map(|one| one.statement()).collect()
}

/// Whether the sequence of this column has the name that the database gives it.
fn has_usual_name(column: &Column) -> bool {
    let is_counted = matches!(column.generated, Generated::Key { .. });
    match &column.native.counter {
        Counter::Serial(_) => true,
        Counter::Usual => is_counted,
        Counter::Identity(options) => !options.starts_with(SEQUENCE_NAME),
        Counter::Autoincrement | Counter::Sequence(_) => false,
    }
}

const SEQUENCE_NAME: &str = "(SEQUENCE NAME ";

fn usual_name(table: &TableName, column: &str) -> TableName {
    TableName {
        schema: table.schema.clone(),
        name: first_free(&table.name, &[column], "seq", |_| false),
    }
}

/// The name of the column's own sequence.
pub(super) fn sequence(model: &Model, table: &TableName, column: &Column) -> Option<TableName> {
    if has_usual_name(column) {
        return Some(usual_name(table, &column.name));
    }
    match &column.native.counter {
        Counter::Sequence(_) => owned(model).find_map(|(of, at, sequence)| {
            let is_it = of.name == *table && at.name == column.name;
            is_it.then(|| sequence.clone())
        }),
        Counter::Identity(options) => identity_sequence(options, table),
        Counter::Usual | Counter::Autoincrement | Counter::Serial(_) => None,
    }
}

/// Sequences that columns own, with table and column.
fn owned(model: &Model) -> impl Iterator<Item = (&Table, &Column, &TableName)> {
    let sequences = model
        .objects
        .iter()
        .filter(|object| object.kind == ObjectKind::Sequence);
    sequences.filter_map(|object| {
        let (table, column) = object.owner?;
        let table = model.table(table);
        Some((table, table.column(column), &object.name))
    })
}

/// Of `(SEQUENCE NAME "s" START WITH 10)` the name, in the schema of the table.
fn identity_sequence(options: &str, table: &TableName) -> Option<TableName> {
    let words = options.strip_prefix(SEQUENCE_NAME)?;
    let mut parts = words.split('"').skip(1).step_by(2);
    let (first, second) = (parts.next()?, parts.next());
    let has_schema = words.starts_with(&format!("\"{first}\"."));
    Some(TableName {
        schema: table.schema.clone(),
        name: second.filter(|_| has_schema).unwrap_or(first).to_owned(),
    })
}

/// The names of all sequences.
fn taken(model: &Model) -> BTreeSet<TableName> {
    let objects = model
        .objects
        .iter()
        .filter(|object| object.kind == ObjectKind::Sequence);
    let mut taken: BTreeSet<TableName> = objects.map(|object| object.name.clone()).collect();
    for table in &model.tables {
        let counted = table.columns.iter().filter(|column| has_usual_name(column));
        taken.extend(counted.map(|column| usual_name(&table.name, &column.name)));
        let named = table
            .columns
            .iter()
            .filter_map(|column| match &column.native.counter {
                Counter::Identity(options) => identity_sequence(options, &table.name),
                Counter::Usual
                | Counter::Autoincrement
                | Counter::Serial(_)
                | Counter::Sequence(_) => None,
            });
        taken.extend(named);
    }
    taken
}

#[cfg(test)]
mod tests {
    use crate::dialect::Dialect;
    use crate::diff::{Plan, Rename, Structure, plan};
    use crate::model::TableName;

    fn name(name: &str) -> TableName {
        TableName {
            schema: None,
            name: name.to_owned(),
        }
    }

    /// The statements of both directions where the table `a` is called `b` now.
    fn renamed(from: &str, to: &str) -> [Vec<String>; 2] {
        let read = |sql| Structure::read(sql, Dialect::Postgres, None).expect("a schema");
        let planned = plan(&Plan {
            from: &read(from),
            to: &read(to),
            renames: &[Rename::Table {
                from: name("a"),
                to: name("b"),
            }],
            triggers: &[],
        });
        let planned = planned.expect("it can be read again");
        assert!(planned.left.is_empty(), "{:?}", planned.left);
        [planned.up, planned.down]
            .map(|steps| steps.into_iter().flat_map(|step| step.statements).collect())
    }

    const COLUMNS: &str =
        "(id bigserial PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY (START WITH 5), x bigint)";

    #[test]
    fn sequences_follow_their_table() {
        let [up, down] = renamed(
            &format!("CREATE TABLE a {COLUMNS};"),
            &format!("CREATE TABLE b {COLUMNS};"),
        );
        assert_eq!(
            up,
            [
                "ALTER TABLE \"a\" RENAME TO \"b\"",
                "ALTER SEQUENCE \"a_id_seq\" RENAME TO \"b_id_seq\"",
                "ALTER SEQUENCE \"a_n_seq\" RENAME TO \"b_n_seq\"",
            ]
        );
        assert_eq!(
            down,
            [
                "ALTER TABLE \"b\" RENAME TO \"a\"",
                "ALTER SEQUENCE \"b_id_seq\" RENAME TO \"a_id_seq\"",
                "ALTER SEQUENCE \"b_n_seq\" RENAME TO \"a_n_seq\"",
            ]
        );
    }

    /// The table was renamed by a migration that left the sequence alone.
    #[test]
    fn a_sequence_of_an_earlier_name_gets_the_usual_one() {
        let from = "CREATE TABLE a (id serial PRIMARY KEY); ALTER TABLE a RENAME TO b;";
        let to = "CREATE TABLE b (id serial PRIMARY KEY);";
        let [there, back] = renamed(from, to);
        assert_eq!(
            there,
            ["ALTER SEQUENCE \"a_id_seq\" RENAME TO \"b_id_seq\""]
        );
        assert_eq!(back, ["ALTER SEQUENCE \"b_id_seq\" RENAME TO \"a_id_seq\""]);
    }

    /// Its sequence leaves the name that the new table's is to have.
    #[test]
    fn a_new_table_takes_the_name_of_one_that_was_renamed() {
        let [up, _] = renamed(
            "CREATE TABLE a (id serial PRIMARY KEY); ALTER TABLE a RENAME TO b;",
            "CREATE TABLE b (id serial PRIMARY KEY); CREATE TABLE a (id serial PRIMARY KEY);",
        );
        assert_eq!(up[0], "ALTER SEQUENCE \"a_id_seq\" RENAME TO \"b_id_seq\"");
        assert!(up[1].starts_with("CREATE TABLE \"a\""), "{up:?}");
    }
}
