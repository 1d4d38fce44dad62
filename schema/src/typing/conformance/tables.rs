//! Expressions of tables: their findings, beside the answers of the servers.

use super::super::tests::{cases, findings};
use super::folder;
use super::server::Server;
use crate::dialect::Dialect;

fn statements(dialect: Dialect) -> Vec<String> {
    let text = std::fs::read_to_string(folder().join("tables.sql")).expect("a file of cases");
    let all = cases(&text).into_iter();
    let own = all.filter(|(of, _)| *of == dialect);
    own.map(|(_, text)| text.to_owned()).collect()
}

fn cleared(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Postgres => &["DROP SCHEMA public CASCADE", "CREATE SCHEMA public"],
        Dialect::Mysql => &["DROP TABLE IF EXISTS t", "DROP SEQUENCE IF EXISTS s"],
        Dialect::Sqlite => &["DROP TABLE IF EXISTS t"],
    }
}

/// The findings of each, for those who have no server.
#[test]
fn expressions_of_tables_have_the_findings_that_are_written_down() {
    let found = Dialect::ALL.into_iter().flat_map(|dialect| {
        let statements = statements(dialect).into_iter();
        statements.map(move |text| {
            let found = findings(&text, dialect).join("; ");
            format!("{dialect}: {text}\n    {found}\n")
        })
    });
    let found: String = found.collect();
    let path = folder().join("tables.findings");
    if std::env::var_os("BINDERY_UPDATE").is_some() {
        std::fs::write(&path, &found).expect("the folder of the cases is writable");
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    let differ = known
        .lines()
        .zip(found.lines())
        .find(|(one, other)| one != other);
    assert_eq!(differ, None, "BINDERY_UPDATE=1 writes what there is now");
    assert_eq!(known.lines().count(), found.lines().count());
}

/// A table is refused where its server refuses it, and with words that say why.
#[test]
fn expressions_of_tables_are_refused_where_the_server_refuses_them() {
    let mut wrong = Vec::new();
    for dialect in Dialect::ALL {
        let Some(mut server) = Server::of(dialect, "") else {
            continue;
        };
        for text in statements(dialect) {
            let found = findings(&text, dialect);
            let refusal = super::cut(&text, dialect)
                .iter()
                .find_map(|statement| server.run(statement).err());
            if found.is_empty() != refusal.is_none() {
                let said = refusal.map_or_else(|| "accepts it".to_owned(), |one| one.message);
                wrong.push(format!(
                    "{dialect}: {text}\n    found {found:?}\n    the server: {said}"
                ));
            }
            for statement in cleared(dialect) {
                server.run(statement).expect("what is there can be dropped");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
