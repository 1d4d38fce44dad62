//! Every clause that the three manuals have for tables: `tests/clauses/<dialect>.sql` lists them, a statement a line. What is
//! before the line of dashes stands before each of the others, which is read alone and without an error.

use std::fs;
use std::path::Path;

use bindery_schema::diagnostic::{Diagnostics, Severity};
use bindery_schema::dialect::Dialect;

use crate::support;

/// The common part, and each statement after it.
fn statements(dialect: Dialect) -> (String, Vec<String>) {
    let path = format!("tests/clauses/{}.sql", dialect.name());
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    let text = text.expect("each dialect has its list");
    let (common, rest) = text.split_once("\n--------\n").expect("a line of dashes");
    (common.to_owned(), rest.lines().map(str::to_owned).collect())
}

fn errors(sql: &str, dialect: Dialect) -> Vec<String> {
    let mut diagnostics = Diagnostics::default();
    let engines = vec![support::engine("default", dialect)];
    let input = support::input("schema.sql", sql.as_bytes(), engines, &mut diagnostics);
    bindery_schema::read_model(&input, &mut diagnostics);
    let is_error = diagnostics
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    let found = support::listed(&input, &diagnostics);
    if is_error { found } else { Vec::new() }
}

#[test]
fn every_clause_of_the_manuals_is_read() {
    let mut unread = Vec::new();
    for dialect in Dialect::ALL {
        let (common, statements) = statements(dialect);
        assert_eq!(errors(&common, dialect), [""; 0], "{}", dialect.name());
        for statement in statements {
            let found = errors(&format!("{common}\n{statement}\n"), dialect);
            if !found.is_empty() {
                unread.push(format!("{}: {statement}\n    {found:?}", dialect.name()));
            }
        }
    }
    assert!(unread.is_empty(), "{}", unread.join("\n"));
}
