//! SQLite keeps the statements that made its objects, as they were written.

use std::collections::{BTreeMap, BTreeSet};

use bindery::{Connection, Sql};
use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{statement_names, triggers};
use bindery_schema::sql_writer::SqlWriter;

use super::graph::{Node, ObjectKind, mentioned, sorted};
use super::{Catalogue, CatalogueItem, Told, broken_views, capture, without_schema};
use crate::database::Chosen;
use crate::progress::Steps;

/// Kind, name, table, statement, and the kind of a table. Indexes that a constraint brought along have no statement.
const OBJECTS: &str = r"
SELECT s.type, s.name, s.tbl_name, s.sql, coalesce(l.type, '')
FROM sqlite_schema s LEFT JOIN pragma_table_list l ON l.schema = 'main' AND l.name = s.name AND s.type = 'table'
WHERE s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND s.tbl_name NOT LIKE '\_bindery\_%' ESCAPE '\'
  AND s.name NOT LIKE '\_bindery\_guard\_%' ESCAPE '\'
ORDER BY s.name";

/// A table, one that it refers to, the column and the one there, which a key to the primary key does not name.
const REFERENCES: &str = r#"
SELECT s.name, f."table", f."from", coalesce(f."to", ''), c.type
FROM sqlite_schema s, pragma_foreign_key_list(s.name) f JOIN pragma_table_info(s.name) c ON c.name = f."from" COLLATE NOCASE
WHERE s.type = 'table' AND s.name NOT LIKE '\_bindery\_%' ESCAPE '\'
ORDER BY s.name, f.id, f.seq"#;

/// Tables that a virtual table keeps its rows in.
const SHADOW: &str = "shadow";

type Object = (String, String, String, String, String);
type Reference = (String, String, String, String, String);

pub(super) fn read(
    connection: &mut Connection<Chosen>,
    told: Told<'_>,
) -> bindery::Result<Catalogue> {
    let step = |begun| Steps {
        begun,
        of: 2,
        unit: "queries",
    };
    told(step(1));
    let objects: Vec<Object> = connection.query_as(Sql::assembled(OBJECTS), ())?;
    told(step(2));
    let references: Vec<Reference> = connection.query_as(Sql::assembled(REFERENCES), ())?;
    let is_made =
        |object: &&Object| matches!(object.0.as_str(), "table" | "view") && object.4 != SHADOW;
    let made: Vec<&Object> = objects.iter().filter(is_made).collect();
    let order = sorted(&nodes(&made, &references));
    let items = order.into_iter().map(|at| item(made[at], &objects));
    let others: Vec<&Object> = objects
        .iter()
        .filter(|object| object.0 == "trigger")
        .collect();
    let missing = missing(&objects, &references);
    let views = made.iter().filter(|object| object.0 == "view");
    let unmakeable = broken_views(connection, views.map(|view| view.1.as_str()));
    let mut catalogue = Catalogue {
        items: missing.iter().map(Missing::item).chain(items).collect(),
        missing: missing
            .iter()
            .map(|one| without_schema(&one.name))
            .collect(),
        unmakeable,
        left_out: others
            .iter()
            .map(|one| format!("trigger {} on {}", one.1, one.2))
            .collect(),
        triggers: triggers(others.iter().map(|one| one.3.as_str()), Dialect::Sqlite),
        ..Catalogue::default()
    };
    let named = |one: &&Object| (one.1.clone(), one.2.clone(), one.3.clone());
    capture::of_sqlite(&mut catalogue, others.iter().map(named).collect());
    Ok(catalogue)
}

/// A table that foreign keys lead to and that is not there, which SQLite takes; with the columns that they name, and their types.
struct Missing {
    name: String,
    columns: BTreeMap<String, String>,
}

impl Missing {
    /// A declaration that stands for the table, so that those which refer to it can be read.
    fn item(&self) -> CatalogueItem {
        let mut sql = SqlWriter::new(Dialect::Sqlite);
        sql.push("CREATE TABLE ").identifier(&self.name).push(" (");
        for (column, kind) in &self.columns {
            sql.identifier(column)
                .push(" ")
                .push(kind)
                .push(" NOT NULL, ");
        }
        sql.push("PRIMARY KEY (");
        sql.identifiers(self.columns.keys().map(String::as_str));
        sql.push("))");
        CatalogueItem {
            table: Some(without_schema(&self.name)),
            statements: vec![sql.finish()],
        }
    }
}

fn missing(objects: &[Object], references: &[Reference]) -> Vec<Missing> {
    let known: BTreeSet<String> = objects.iter().map(|one| one.1.to_lowercase()).collect();
    let mut found: BTreeMap<String, Missing> = BTreeMap::new();
    let dangling = references.iter();
    for (_, to, _, column, kind) in dangling.filter(|one| !known.contains(&one.1.to_lowercase())) {
        let missing = found.entry(to.to_lowercase()).or_insert_with(|| Missing {
            name: to.clone(),
            columns: BTreeMap::new(),
        });
        let column = if column.is_empty() { "id" } else { column };
        missing.columns.insert(column.to_owned(), kind.clone());
    }
    found.into_values().collect()
}

fn nodes(made: &[&Object], references: &[Reference]) -> Vec<Node> {
    let mut refers: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (from, to, ..) in references {
        refers.entry(from).or_default().insert(to.to_lowercase());
    }
    let names = || made.iter().map(|object| object.1.as_str());
    let node = |object: &&Object| {
        let (kind, needs) = if object.0 == "view" {
            let named = statement_names(&object.3, Dialect::Sqlite);
            (ObjectKind::View, mentioned(&named.table_names(), names()))
        } else {
            (ObjectKind::Table, BTreeSet::new())
        };
        Node {
            key: object.1.to_lowercase(),
            place: (kind, object.1.clone()),
            needs,
            prefers: refers.remove(object.1.as_str()).unwrap_or_default(),
        }
    };
    made.iter().map(node).collect()
}

/// A table or view with its indexes.
fn item(object: &Object, all: &[Object]) -> CatalogueItem {
    let indexes = all
        .iter()
        .filter(|one| one.0 == "index" && one.2 == object.1);
    let statements = std::iter::once(object).chain(indexes);
    CatalogueItem {
        table: Some(without_schema(&object.1)),
        statements: statements.map(|one| one.3.clone()).collect(),
    }
}
