//! Functions in FROM, and the tables and pragmas that every database has.

use crate::column_type::ColumnType;
use crate::lists::IntoVec as _;
use crate::source::Span;
use crate::typing::call::field;
use crate::typing::checker::Checker;
use crate::typing::findings;
use crate::typing::scope::Field;
use crate::typing::value::{Ty, Value};

impl Checker<'_> {
    /// The rows of a table-valued function.
    pub(in crate::typing) fn rows_of_sqlite(
        &mut self,
        name: &str,
        arguments: &[Value],
        span: Span,
    ) -> Option<Vec<Field>> {
        let text = self.text_type();
        for argument in arguments {
            self.demand_type(argument, &text, None, span);
        }
        let grammar = self.facts.grammar;
        if grammar.is_some_and(|grammar| !grammar.takes(name, arguments.len())) {
            let takes = [format!("{name}(document, '$.path')")];
            self.report(findings::no_such_call(name, &takes, span));
        }
        if let Some(fields) = self.rows_of_database(name, span) {
            return Some(fields);
        }
        if !matches!(name, "json_each" | "json_tree") {
            return None;
        }
        let column =
            |name: &str, ty: Ty, nullable: bool| field(name, Value::new(ty, nullable, span));
        let integer = || Ty::Of(ColumnType::I64);
        let any = || Ty::Of(ColumnType::Any);
        Some(vec![
            column("key", any(), true),
            column("value", any(), true),
            column("type", text.clone(), false),
            column("atom", any(), true),
            column("id", integer(), false),
            column("parent", integer(), true),
            column("fullkey", text.clone(), false),
            column("path", text, false),
        ])
    }
    /// The columns of a table or a pragma that every database has.
    pub(in crate::typing) fn rows_of_database(&self, name: &str, span: Span) -> Option<Vec<Field>> {
        let (_, columns) = OF_SQLITE.iter().find(|(names, _)| names.contains(&name))?;
        let columns = columns.split(' ').map(|column| {
            let plain = column.trim_end_matches(['?', '#']);
            let ty = if column.contains('#') {
                Ty::Of(ColumnType::I64)
            } else {
                self.text_type()
            };
            field(plain, Value::new(ty, column.ends_with('?'), span))
        });
        Some(columns.into_vec())
    }
}

/// Their columns: integers have `#`, those that may be NULL a `?` behind it.
const OF_SQLITE: &[(&[&str], &str)] = &[
    (
        &[
            "sqlite_master",
            "sqlite_schema",
            "sqlite_temp_master",
            "sqlite_temp_schema",
        ],
        "type name tbl_name rootpage#? sql?",
    ),
    (&["sqlite_sequence"], "name? seq#?"),
    (&["pragma_collation_list"], "seq# name"),
    (&["pragma_compile_options"], "compile_options"),
    (&["pragma_database_list"], "seq# name file?"),
    (&["pragma_foreign_key_check"], "table rowid#? parent fkid#"),
    (
        &["pragma_foreign_key_list"],
        "id# seq# table from to? on_update on_delete match",
    ),
    (&["pragma_index_info"], "seqno# cid# name?"),
    (&["pragma_index_list"], "seq# name unique# origin partial#"),
    (
        &["pragma_table_info"],
        "cid# name type notnull# dflt_value? pk#",
    ),
    (&["pragma_table_list"], "schema name type ncol# wr# strict#"),
    (
        &["pragma_table_xinfo"],
        "cid# name type notnull# dflt_value? pk# hidden#",
    ),
    (&["pragma_user_version"], "user_version#"),
];
