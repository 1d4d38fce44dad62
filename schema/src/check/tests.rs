//! Tests what no schema text can show: engines that come from elsewhere, and that all rules run.

use super::check;
use crate::column_type::ColumnType;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::Dialect;
use crate::model::{Model, Table};
use crate::testing::{column, foreign_key, id, key, model, table};

fn codes(model: Model) -> Vec<&'static str> {
    let mut diagnostics = Diagnostics::default();
    let checked = check(model, &mut diagnostics);
    assert_eq!(checked.is_none(), diagnostics.has_errors());
    diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect()
}

fn users() -> Table {
    let mut users = table("users", Dialect::Sqlite, vec![id()]);
    users.primary_key = key(&[0]);
    users
}

#[test]
fn a_good_model_passes() {
    assert_eq!(codes(model(vec![users()])), [""; 0]);
}

#[test]
fn an_older_error_keeps_a_good_model_back() {
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(Diagnostic::error("B0001", "no text"));
    assert!(check(model(vec![users()]), &mut diagnostics).is_none());
}

#[test]
fn engines_need_types_of_their_own() {
    let mut model = model(vec![users()]);
    model.engines[1].type_name = "Default".to_owned();
    assert_eq!(codes(model), ["B0307"]);
}

#[test]
fn all_rules_are_asked() {
    let mut posts = table(
        "posts",
        Dialect::Sqlite,
        vec![
            column("a b", ColumnType::I64),
            column("a_b", ColumnType::I64),
        ],
    );
    posts.foreign_keys = vec![foreign_key(0, 0)];
    let mut users = users();
    users.engines.truncate(1);
    let mut found = codes(model(vec![users, posts]));
    found.sort_unstable();
    assert_eq!(found, ["B0103", "B0114", "B0400", "B0401"]);
}

#[test]
fn many_tables_are_checked() {
    let one = |number: usize| {
        let columns = (0..30).map(|at| column(&format!("c{at}"), ColumnType::I64));
        let mut table = table(
            &format!("t{number}"),
            Dialect::Mysql,
            [id()].into_iter().chain(columns).collect(),
        );
        table.primary_key = key(&[0]);
        table
    };
    assert_eq!(codes(model((0..2_000).map(one).collect())), [""; 0]);
}
