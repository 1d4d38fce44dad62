//! Sequences of PostgreSQL keep their names when tables and columns get others. A column that says nothing of its sequence's name
//! (`serial`, an identity) is to have the usual one, so the sequence of one that was renamed gets that.

use std::borrow::Cow;

use crate::dialect::Dialect;
use crate::diff::rename::Rename;
use crate::diff::structure::{ColumnShape, Structure, Unreadable};
use crate::diff::taken::gone;
use crate::model::{Counter, TableName, usual_sequence};
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
pub(in crate::diff) fn renames(from: &Structure, to: &Structure) -> Vec<String> {
    match to.dialect {
        Dialect::Postgres => {}
        Dialect::Sqlite | Dialect::Mysql => return Vec::new(),
    }
    let mut taken = from.model().sequence_names();
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
pub(in crate::diff) fn following(
    before: &Structure,
    renames: &[Rename],
    to: &Structure,
) -> Vec<String> {
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
            let sequence = before.model().sequence_of(from, &column.column);
            let usual = usual_sequence(from, &column.name);
            let renamed = sequence.filter(|name| *name == usual).map(|name| Renamed {
                from: name,
                to: usual_sequence(new, &column.name),
            });
            statements.extend(renamed.map(|one| one.statement()));
        }
    }
    statements
}

/// The structure with each `serial` spelled out that is none on the other side, where the column counts by no identity: its sequence may
/// then stay, go or come by itself.
pub(in crate::diff) fn spelled_out<'s>(
    one: &'s Structure,
    other: &Structure,
) -> Result<Cow<'s, Structure>, Box<Unreadable>> {
    match one.dialect {
        Dialect::Postgres => {}
        Dialect::Sqlite | Dialect::Mysql => return Ok(Cow::Borrowed(one)),
    }
    let columns = one.tables.iter().flat_map(|table| {
        let columns = table.columns.iter();
        columns.map(move |column| (table, column))
    });
    let statements: Vec<String> = columns
        .filter_map(|(table, column)| {
            let number = number_of_serial(column)?;
            let known = other.table(&table.name)?;
            let known = known.column(&column.name, other.dialect)?;
            is_without_serial(known).then(|| {
                let mut sql = SqlWriter::new(Dialect::Postgres);
                sql.push("ALTER TABLE ").table(&table.name);
                sql.push(" ALTER COLUMN ").identifier(&column.name);
                sql.push(" TYPE ").push(number);
                sql.finish()
            })
        })
        .collect();
    match statements.is_empty() {
        true => Ok(Cow::Borrowed(one)),
        false => Ok(Cow::Owned(one.spelled_out(&statements)?)),
    }
}

fn number_of_serial(column: &ColumnShape) -> Option<&'static str> {
    match &column.column.native.counter {
        Counter::Serial("bigserial") => Some("bigint"),
        Counter::Serial("smallserial") => Some("smallint"),
        Counter::Serial(_) => Some("integer"),
        Counter::Usual | Counter::Autoincrement | Counter::Sequence(_) | Counter::Identity(_) => {
            None
        }
    }
}

fn is_without_serial(column: &ColumnShape) -> bool {
    match &column.column.native.counter {
        Counter::Sequence(_) => true,
        Counter::Usual => column.generated.is_empty(),
        Counter::Autoincrement | Counter::Serial(_) | Counter::Identity(_) => false,
    }
}

fn all<'s>(from: &'s Structure, to: &'s Structure) -> impl Iterator<Item = Renamed> + 's {
    let wanted = to.tables.iter().flat_map(|table| {
        let columns = table.columns.iter();
        columns.map(move |column| (table, column))
    });
    wanted.filter_map(move |(table, column)| {
        let known = from.table(&table.name)?.column(&column.name, to.dialect)?;
        let (from, to) = (
            from.model().sequence_of(&table.name, &known.column)?,
            to.model().sequence_of(&table.name, &column.column)?,
        );
        (from.schema == to.schema && from.name != to.name).then_some(Renamed { from, to })
    })
}

/// The sequences of tables that go, where the other structure uses their names: the new one is made before the old one is gone.
pub(in crate::diff) fn freed(from: &Structure, to: &Structure) -> Vec<String> {
    match to.dialect {
        Dialect::Postgres => {}
        Dialect::Sqlite | Dialect::Mysql => return Vec::new(),
    }
    let (known, wanted) = (from.model().sequence_names(), to.model().sequence_names());
    let columns =
        gone(from, to).flat_map(|table| table.columns.iter().map(move |column| (table, column)));
    let sequences = columns
        .filter_map(|(table, column)| from.model().sequence_of(&table.name, &column.column))
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
        let structure_of = |sql| Structure::read(sql, Dialect::Postgres, None).expect("a schema");
        let planned = plan(&Plan {
            from: &structure_of(from),
            to: &structure_of(to),
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
