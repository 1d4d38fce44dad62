//! MySQL and MariaDB write the statement of each object themselves: `SHOW CREATE TABLE`. What depends on the rows or on
//! the account that made it is taken out.
//!
//! These statements see the tables of the moment, in a transaction too. So all are run again until nothing has changed
//! between two runs.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use bindery::{Connection, Error, ErrorKind, Sql};
use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{places_of_words, statement_names};
use bindery_schema::model::TableName;
use bindery_schema::sql_writer::SqlWriter;

use super::binary::readable;
use super::graph::{Node, ObjectKind, mentioned, sorted};
use super::{Catalogue, CatalogueItem, Told, broken_views, capture, without_schema};
use crate::database::Chosen;
use crate::progress::Steps;

/// Reads of the database before it is left to the one who changes it.
const RUNS: usize = 5;

const OBJECTS: &str = r"
SELECT table_name, table_type FROM information_schema.tables
WHERE table_schema = database() AND table_name NOT LIKE '\_bindery\_%' ORDER BY table_name";

/// A table, its foreign key, and the table that this refers to.
const REFERENCES: &str = r"
SELECT DISTINCT table_name, constraint_name, referenced_table_name FROM information_schema.key_column_usage
WHERE table_schema = database() AND referenced_table_schema = database()";

const OTHERS: &str = r"
SELECT concat('trigger ', trigger_name, ' on ', event_object_table) FROM information_schema.triggers
WHERE trigger_schema = database() AND trigger_name NOT LIKE '\_bindery\_guard\_%'
UNION ALL SELECT concat(lower(routine_type), ' ', routine_name) FROM information_schema.routines WHERE routine_schema = database()
UNION ALL SELECT concat('event ', event_name) FROM information_schema.events WHERE event_schema = database()
ORDER BY 1";

const FUNCTIONS: &str = "
SELECT routine_name FROM information_schema.routines WHERE routine_schema = database() AND routine_type = 'FUNCTION'";

/// A table, its foreign key, and the table that this refers to.
type Reference = (String, String, String);

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
    let references: Vec<Reference> = connection.query_as(Sql::assembled(REFERENCES), ())?;
    let mut objects = Vec::new();
    let (of, unit) = (names.len(), "tables");
    for (at, (name, kind)) in names.into_iter().enumerate() {
        let begun = at + 1;
        told(Steps { begun, of, unit });
        objects.push(show(connection, name, &kind)?);
    }
    let database: String = connection.query_scalar("SELECT database()", ())?;
    plain_sequences(&mut objects, &quoted(&database));
    let (references, missing) = without_missing(&mut objects, references);
    let order = sorted(&nodes(&objects, &references));
    let functions: Vec<String> = connection.query_as(Sql::assembled(FUNCTIONS), ())?;
    let views = objects.iter().filter(|one| one.kind == ObjectKind::View);
    let mut unmakeable = broken_views(connection, views.map(|view| view.name.as_str()));
    without_database(&mut objects, &unmakeable, &quoted(&database));
    unmakeable.extend(views_of_functions(
        order.iter().map(|at| &objects[*at]),
        &functions,
    ));
    let mut catalogue = Catalogue {
        unmakeable,
        left_out: connection.query_as(Sql::assembled(OTHERS), ())?,
        ..Catalogue::default()
    };
    catalogue.left_out.extend(missing);
    capture::of_mysql(connection, &mut catalogue)?;
    let mut made = BTreeSet::new();
    for object in order.into_iter().map(|at| &objects[at]) {
        made.insert(object.name.as_str());
        let (sql, later) = without_later_keys(object, &references, &made);
        catalogue.last.extend(later);
        catalogue.items.push(CatalogueItem {
            table: (object.kind != ObjectKind::Sequence).then(|| without_schema(&object.name)),
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
        let (kind, sql) = (ObjectKind::View, plain(&sql));
        Object { name, kind, sql }
    } else {
        let word = if kind == "SEQUENCE" { kind } else { "TABLE" };
        let show = Sql::assembled(format!("SHOW CREATE {word} {quoted}"));
        let (_, sql): (String, Vec<u8>) = connection.query_row(show, ())?;
        let sql = readable(sql).ok_or_else(|| {
            let why = format!("the database shows {quoted} in a text that is no UTF-8");
            Error::new(ErrorKind::Config(why))
        })?;
        let (kind, sql) = if kind == "SEQUENCE" {
            (ObjectKind::Sequence, sql)
        } else {
            (ObjectKind::Table, plain(&sql))
        };
        Object { name, kind, sql }
    })
}

pub(crate) fn quoted(name: &str) -> String {
    let mut sql = SqlWriter::new(Dialect::Mysql);
    sql.identifier(name);
    sql.finish()
}

/// Words that depend on the rows or on the account that made a view, or say what is usual: the next value of AUTO_INCREMENT, and what
/// MariaDB shows of a foreign key where it was written.
const LEFT_OUT: [&[&str]; 6] = [
    &["AUTO_INCREMENT", "=", "*"],
    &["ON", "DELETE", "NO", "ACTION"],
    &["ON", "UPDATE", "NO", "ACTION"],
    &["ALGORITHM", "=", "UNDEFINED"],
    &["DEFINER", "=", "*", "@", "*"],
    &["SQL", "SECURITY", "DEFINER"],
];

/// The statement without such words.
pub(super) fn plain(sql: &str) -> String {
    let mut plain = sql.to_owned();
    for words in LEFT_OUT {
        for place in places_of_words(&plain, Dialect::Mysql, words).iter().rev() {
            // The blank before them goes, too.
            plain.replace_range(place.start - 1..place.end, "");
        }
    }
    plain
}

/// Removes the database's name before those of its own sequences, where MariaDB writes it into defaults.
fn plain_sequences(objects: &mut [Object], database: &str) {
    let is_sequence = |object: &&Object| object.kind == ObjectKind::Sequence;
    let sequences = objects.iter().filter(is_sequence);
    let sequences: Vec<String> = sequences.map(|object| quoted(&object.name)).collect();
    let is_table = |object: &&mut Object| object.kind == ObjectKind::Table;
    for table in objects.iter_mut().filter(is_table) {
        for name in &sequences {
            let words = ["(", database, ".", name];
            for place in places_of_words(&table.sql, Dialect::Mysql, &words)
                .iter()
                .rev()
            {
                table.sql.replace_range(place.clone(), &format!("({name}"));
            }
        }
    }
}

/// Removes the database's name from views of what is not there, where the server writes it before each column.
fn without_database(objects: &mut [Object], broken: &BTreeSet<TableName>, database: &str) {
    let is_broken = |object: &&mut Object| broken.contains(&without_schema(&object.name));
    for view in objects.iter_mut().filter(is_broken) {
        let places = places_of_words(&view.sql, Dialect::Mysql, &[database, "."]);
        for place in places.into_iter().rev() {
            view.sql.replace_range(place, "");
        }
    }
}

fn nodes(objects: &[Object], references: &[Reference]) -> Vec<Node> {
    let mut refers: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (from, _, to) in references {
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
            ObjectKind::View => mentioned(
                &statement_names(&object.sql, Dialect::Mysql).table_names(),
                objects.iter().map(|one| one.name.as_str()),
            ),
            ObjectKind::Table => mentioned(
                &statement_names(&object.sql, Dialect::Mysql).table_names(),
                sequences().map(|one| one.name.as_str()),
            ),
            ObjectKind::Collation
            | ObjectKind::Type
            | ObjectKind::Sequence
            | ObjectKind::Function
            | ObjectKind::Trigger => BTreeSet::new(),
        },
        prefers: refers.remove(object.name.as_str()).unwrap_or_default(),
    };
    objects.iter().map(node).collect()
}

/// The views that call one of the functions or read such a view.
fn views_of_functions<'o>(
    ordered: impl Iterator<Item = &'o Object>,
    functions: &[String],
) -> BTreeSet<TableName> {
    let mut found: BTreeSet<TableName> = BTreeSet::new();
    for view in ordered.filter(|object| object.kind == ObjectKind::View) {
        let named = statement_names(&view.sql, Dialect::Mysql);
        let called = mentioned(named.function_names(), functions.iter().map(String::as_str));
        let read = mentioned(
            &named.table_names(),
            found.iter().map(|name| name.name.as_str()),
        );
        if !called.is_empty() || !read.is_empty() {
            found.insert(without_schema(&view.name));
        }
    }
    found
}

/// Takes the foreign keys out that refer to tables which are not there, as `foreign_key_checks = 0` allows: no server makes them anew.
/// Returns the others, and a line for each of these.
fn without_missing(
    objects: &mut [Object],
    references: Vec<Reference>,
) -> (Vec<Reference>, Vec<String>) {
    let is_there = |(_, _, to): &Reference| {
        let mut names = objects.iter().map(|object| &object.name);
        names.any(|name| name.eq_ignore_ascii_case(to))
    };
    let (known, missing): (Vec<_>, Vec<_>) = references.into_iter().partition(is_there);
    for object in objects {
        object.sql = without_later_keys(object, &missing, &BTreeSet::new()).0;
    }
    let lines = missing.iter().map(|(table, key, to)| {
        format!("foreign key {key} of {table}, as {to}, which it refers to, is not there")
    });
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    (known, lines)
}

/// Takes the foreign keys out of a table's statement that refer to tables which come later. Each has a line.
fn without_later_keys(
    object: &Object,
    references: &[Reference],
    made: &BTreeSet<&str>,
) -> (String, Vec<String>) {
    let later = references.iter().filter(|(from, _, to)| {
        *from == object.name && !made.iter().any(|name| name.eq_ignore_ascii_case(to))
    });
    let mut places: Vec<Range<usize>> = Vec::new();
    for (_, key, _) in later {
        let words = ["CONSTRAINT", &quoted(key), "FOREIGN", "KEY"];
        places.extend(places_of_words(&object.sql, Dialect::Mysql, &words));
    }
    places.sort_by_key(|place| place.start);
    let (mut sql, mut keys) = (object.sql.clone(), Vec::new());
    for place in places.iter().rev() {
        let line = sql[place.start..].lines().next().unwrap_or_default();
        let line = line.trim_end_matches(',').to_owned();
        // A column stands before it, and a comma between them.
        let comma = sql[..place.start].rfind(',').unwrap_or(place.start);
        sql.replace_range(comma..place.start + line.len(), "");
        keys.insert(
            0,
            format!("ALTER TABLE {} ADD {line}", quoted(&object.name)),
        );
    }
    (sql, keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_depends_on_rows_and_accounts_is_taken_out() {
        let table = "CREATE TABLE `t` (\n  `id` int(11) NOT NULL AUTO_INCREMENT COMMENT ' AUTO_INCREMENT=1',\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB AUTO_INCREMENT=17 DEFAULT CHARSET=utf8mb4 COMMENT=' AUTO_INCREMENT=2'";
        let plain_table = plain(table);
        assert_eq!(plain_table, table.replace(" AUTO_INCREMENT=17", ""));
        assert_eq!(plain(&plain_table), plain_table);
        let view = "CREATE ALGORITHM=UNDEFINED DEFINER=`a`@`%` SQL SECURITY DEFINER VIEW `v` AS select ' SQL SECURITY DEFINER' AS `1`";
        assert_eq!(
            plain(view),
            "CREATE VIEW `v` AS select ' SQL SECURITY DEFINER' AS `1`"
        );
        let invoker = view.replace("DEFINER VIEW", "INVOKER VIEW");
        assert!(plain(&invoker).starts_with("CREATE SQL SECURITY INVOKER VIEW `v` AS"));
        let key = "CREATE TABLE `t` (\n  `a` int,\n  CONSTRAINT `k` FOREIGN KEY (`a`) REFERENCES `u` (`a`) ON DELETE NO ACTION ON UPDATE CASCADE\n)";
        assert_eq!(plain(key), key.replace(" ON DELETE NO ACTION", ""));
    }

    #[test]
    fn only_keys_that_refer_to_later_tables_are_taken_out() {
        let check =
            "CONSTRAINT `c` CHECK (`x` <> 'CONSTRAINT `k` FOREIGN KEY (`b`) REFERENCES `u` (')";
        let keys = ["k", "l", "m"].map(|name| {
            format!("CONSTRAINT `{name}` FOREIGN KEY (`a`, `b`) REFERENCES `{name}s` (`a`, `b`)")
        });
        let table = |keys: &[&String]| {
            let keys: String = keys.iter().map(|key| format!(",\n  {key}")).collect();
            format!("CREATE TABLE `t` (\n  `a` int,\n  `x` text,\n  {check}{keys}\n) ENGINE=InnoDB")
        };
        let [k, l, m] = &keys;
        let object = Object {
            name: "t".to_owned(),
            kind: ObjectKind::Table,
            sql: table(&[k, l, m]),
        };
        let reference = |key: &str| ("t".to_owned(), key.to_owned(), format!("{key}s"));
        let references = ["m", "k", "l"].map(reference);
        let (sql, later) = without_later_keys(&object, &references, &BTreeSet::from(["ls"]));
        assert_eq!(sql, table(&[l]));
        assert_eq!(
            later,
            [k, m].map(|key| format!("ALTER TABLE `t` ADD {key}"))
        );
    }
}
