//! MySQL and MariaDB write the statement of each object themselves: `SHOW CREATE TABLE`. What depends on the rows or on
//! the account that made it is taken out.
//!
//! These statements see the tables of the moment, in a transaction too. So all are run again until nothing has changed
//! between two runs.

use std::collections::{BTreeMap, BTreeSet};

use bindery::{Connection, Error, ErrorKind, Sql};
use bindery_schema::dialect::Dialect;
use bindery_schema::diff::quoted_calls;
use bindery_schema::model::TableName;
use bindery_schema::sql_writer::SqlWriter;

use super::graph::{Node, ObjectKind, mentioned, sorted};
use super::{Catalogue, Item, Told, capture};
use crate::database::Chosen;
use crate::progress::Steps;

/// Reads of the database before it is left to the one who changes it.
const RUNS: usize = 5;

const OBJECTS: &str = r"
SELECT table_name, table_type FROM information_schema.tables
WHERE table_schema = database() AND table_name NOT LIKE '\_bindery\_%' ORDER BY table_name";

/// A table, and one that it refers to.
const REFERENCES: &str = r"
SELECT DISTINCT table_name, referenced_table_name FROM information_schema.key_column_usage
WHERE table_schema = database() AND referenced_table_schema = database()";

const OTHERS: &str = r"
SELECT concat('trigger ', trigger_name, ' on ', event_object_table) FROM information_schema.triggers WHERE trigger_schema = database()
UNION ALL SELECT concat(lower(routine_type), ' ', routine_name) FROM information_schema.routines WHERE routine_schema = database()
UNION ALL SELECT concat('event ', event_name) FROM information_schema.events WHERE event_schema = database()
ORDER BY 1";

const FUNCTIONS: &str = "
SELECT routine_name FROM information_schema.routines WHERE routine_schema = database() AND routine_type = 'FUNCTION'";

/// One object as the server writes it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Object {
    name: String,
    kind: ObjectKind,
    pub(super) sql: String,
}

pub(super) fn read(
    connection: &mut Connection<Chosen>,
    told: Told<'_>,
) -> bindery::Result<Catalogue> {
    let mut last = read_once(connection, told)?;
    for _ in 0..RUNS {
        let again = read_once(connection, told)?;
        if again == last {
            return Ok(again);
        }
        last = again;
    }
    let why = "the tables were changed again and again while they were read".to_owned();
    Err(Error::new(ErrorKind::Config(why)))
}

fn read_once(connection: &mut Connection<Chosen>, told: Told<'_>) -> bindery::Result<Catalogue> {
    let names: Vec<(String, String)> = connection.query_as(Sql::assembled(OBJECTS), ())?;
    let references: Vec<(String, String)> = connection.query_as(Sql::assembled(REFERENCES), ())?;
    let mut objects = Vec::new();
    let (of, unit) = (names.len(), "tables");
    for (at, (name, kind)) in names.into_iter().enumerate() {
        let begun = at + 1;
        told(Steps { begun, of, unit });
        objects.push(show(connection, name, &kind)?);
    }
    if objects
        .iter()
        .any(|object| object.kind == ObjectKind::Sequence)
    {
        let database: String = connection.query_scalar("SELECT database()", ())?;
        plain_sequences(&mut objects, &format!("{}.", quoted(&database)));
    }
    let order = sorted(&nodes(&objects, &references));
    let functions: Vec<String> = connection.query_as(Sql::assembled(FUNCTIONS), ())?;
    let mut catalogue = Catalogue {
        unmakeable: unmakeable(order.iter().map(|at| &objects[*at]), &functions),
        left_out: connection.query_as(Sql::assembled(OTHERS), ())?,
        ..Catalogue::default()
    };
    capture::of_mysql(connection, &mut catalogue)?;
    let mut made = BTreeSet::new();
    for object in order.into_iter().map(|at| &objects[at]) {
        made.insert(object.name.as_str());
        let (sql, later) = without_later_keys(object, &references, &made);
        catalogue.last.extend(later);
        catalogue.items.push(Item {
            table: (object.kind != ObjectKind::Sequence).then(|| TableName {
                schema: None,
                name: object.name.clone(),
            }),
            statements: vec![sql],
        });
    }
    Ok(catalogue)
}

pub(super) fn show(
    connection: &mut Connection<Chosen>,
    name: String,
    kind: &str,
) -> bindery::Result<Object> {
    let quoted = quoted(&name);
    Ok(if kind == "VIEW" {
        type Shown = (String, String, String, String);
        let show = Sql::assembled(format!("SHOW CREATE VIEW {quoted}"));
        let (_, sql, _, _): Shown = connection.query_row(show, ())?;
        let (kind, sql) = (ObjectKind::View, plain_view(&sql, &quoted));
        Object { name, kind, sql }
    } else {
        let word = if kind == "SEQUENCE" { kind } else { "TABLE" };
        let show = Sql::assembled(format!("SHOW CREATE {word} {quoted}"));
        let (_, sql): (String, String) = connection.query_row(show, ())?;
        let (kind, sql) = if kind == "SEQUENCE" {
            (ObjectKind::Sequence, sql)
        } else {
            (ObjectKind::Table, plain_table(&sql))
        };
        Object { name, kind, sql }
    })
}

pub(super) fn quoted(name: &str) -> String {
    let mut sql = SqlWriter::new(Dialect::Mysql);
    sql.identifier(name);
    sql.finish()
}

/// Removes what depends on the rows or is usual.
pub(super) fn plain_table(sql: &str) -> String {
    plain_keys(&without_counter(sql))
}

/// Removes the next value of AUTO_INCREMENT, which depends on the rows.
fn without_counter(sql: &str) -> String {
    const COUNTER: &str = " AUTO_INCREMENT=";
    let options = sql.find("\n) ").unwrap_or(0);
    let comment = sql[options..]
        .find(" COMMENT=")
        .map_or(sql.len(), |at| options + at);
    let Some(at) = sql[options..comment].find(COUNTER).map(|at| options + at) else {
        return sql.to_owned();
    };
    let rest = sql[at + COUNTER.len()..].trim_start_matches(|digit: char| digit.is_ascii_digit());
    format!("{}{rest}", &sql[..at])
}

/// Removes what foreign keys do without a word: MariaDB shows it where it was written.
fn plain_keys(sql: &str) -> String {
    let line = |line: &str| {
        if line.starts_with("  CONSTRAINT `") && line.contains(" FOREIGN KEY (") {
            let line = line.replace(" ON DELETE NO ACTION", "");
            line.replace(" ON UPDATE NO ACTION", "")
        } else {
            line.to_owned()
        }
    };
    sql.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Removes the database's name before those of its own sequences, where MariaDB writes it into defaults.
fn plain_sequences(objects: &mut [Object], database: &str) {
    let sequences = objects
        .iter()
        .filter(|object| object.kind == ObjectKind::Sequence);
    let sequences: Vec<String> = sequences.map(|object| quoted(&object.name)).collect();
    for table in objects
        .iter_mut()
        .filter(|object| object.kind == ObjectKind::Table)
    {
        for name in &sequences {
            let call = |prefix: &str| format!("val({prefix}{name}");
            table.sql = table.sql.replace(&call(database), &call(""));
        }
    }
}

/// Removes the account that made a view, and words that say what is usual.
fn plain_view(sql: &str, name: &str) -> String {
    let Some((head, query)) = sql.split_once(&format!(" VIEW {name} ")) else {
        return sql.to_owned();
    };
    let words = [
        " ALGORITHM=MERGE",
        " ALGORITHM=TEMPTABLE",
        " SQL SECURITY INVOKER",
    ];
    let kept: String = words
        .into_iter()
        .filter(|word| head.contains(word))
        .collect();
    format!("CREATE{kept} VIEW {name} {query}")
}

fn nodes(objects: &[Object], references: &[(String, String)]) -> Vec<Node> {
    let mut refers: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (from, to) in references {
        refers.entry(from).or_default().insert(to.to_lowercase());
    }
    let sequences = || {
        objects
            .iter()
            .filter(|object| object.kind == ObjectKind::Sequence)
    };
    let node = |object: &Object| Node {
        key: object.name.to_lowercase(),
        place: (object.kind, object.name.clone()),
        needs: match object.kind {
            ObjectKind::View => mentioned(&object.sql, objects.iter().map(|one| one.name.as_str())),
            ObjectKind::Table => mentioned(&object.sql, sequences().map(|one| one.name.as_str())),
            ObjectKind::Collation
            | ObjectKind::Type
            | ObjectKind::Sequence
            | ObjectKind::Function => BTreeSet::new(),
        },
        prefers: refers.remove(object.name.as_str()).unwrap_or_default(),
    };
    objects.iter().map(node).collect()
}

/// The views that call one of the functions, whose names the server writes in quotes, or read such a view.
fn unmakeable<'o>(
    ordered: impl Iterator<Item = &'o Object>,
    functions: &[String],
) -> BTreeSet<TableName> {
    let mut found: BTreeSet<TableName> = BTreeSet::new();
    for view in ordered.filter(|object| object.kind == ObjectKind::View) {
        let called = quoted_calls(&view.sql, Dialect::Mysql);
        let is_function =
            |name: &String| functions.iter().any(|one| one.eq_ignore_ascii_case(name));
        let calls = called.iter().any(is_function);
        let names = found.iter().map(|name| name.name.as_str());
        if calls || !mentioned(&view.sql, names).is_empty() {
            found.insert(TableName {
                schema: None,
                name: view.name.clone(),
            });
        }
    }
    found
}

/// Takes the foreign keys out of a table's statement that refer to tables which come later.
fn without_later_keys(
    object: &Object,
    references: &[(String, String)],
    made: &BTreeSet<&str>,
) -> (String, Vec<String>) {
    let later = references.iter().filter(|(from, to)| {
        *from == object.name && !made.iter().any(|name| name.eq_ignore_ascii_case(to))
    });
    let targets: Vec<String> = later
        .map(|(_, to)| format!(" REFERENCES {} (", quoted(to)))
        .collect();
    if targets.is_empty() {
        return (object.sql.clone(), Vec::new());
    }
    let is_later = |line: &str| {
        let line = line.trim_start();
        line.starts_with("CONSTRAINT `")
            && targets.iter().any(|target| line.contains(target.as_str()))
    };
    let (keys, kept): (Vec<&str>, Vec<&str>) = object.sql.lines().partition(|line| is_later(line));
    let keys = keys.into_iter().map(|line| {
        let line = line.trim().trim_end_matches(',');
        format!("ALTER TABLE {} ADD {line}", quoted(&object.name))
    });
    // The line before the parenthesis has no comma behind it.
    (kept.join("\n").replace(",\n)", "\n)"), keys.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_depends_on_rows_and_accounts_is_taken_out() {
        let table = "CREATE TABLE `t` (\n  `id` int(11) NOT NULL AUTO_INCREMENT COMMENT ' AUTO_INCREMENT=1',\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB AUTO_INCREMENT=17 DEFAULT CHARSET=utf8mb4 COMMENT=' AUTO_INCREMENT=2'";
        let plain = without_counter(table);
        assert_eq!(plain, table.replace(" AUTO_INCREMENT=17", ""));
        assert_eq!(without_counter(&plain), plain);
        let view = "CREATE ALGORITHM=UNDEFINED DEFINER=`a`@`%` SQL SECURITY DEFINER VIEW `v` AS select 1 AS `1`";
        assert_eq!(
            plain_view(view, "`v`"),
            "CREATE VIEW `v` AS select 1 AS `1`"
        );
        let invoker = view.replace("DEFINER VIEW", "INVOKER VIEW");
        assert!(plain_view(&invoker, "`v`").starts_with("CREATE SQL SECURITY INVOKER VIEW `v` AS"));
    }
}
