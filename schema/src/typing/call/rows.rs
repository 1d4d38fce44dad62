//! Functions whose rows are read.

use std::borrow::Cow;

use super::postgres::bare_type;
use crate::column_type::ColumnType;
use crate::dialect::Dialect;
use crate::source::Span;
use crate::syntax::Call;
use crate::typing::checker::Checker;
use crate::typing::findings;
use crate::typing::grammar;
use crate::typing::postgres::PgType;
use crate::typing::scope::{Field, Scope};
use crate::typing::value::{Ty, Value};

impl Checker<'_> {
    /// The rows of a function in FROM; `None` where its columns are not known.
    pub(in crate::typing) fn rows_of_call(
        &mut self,
        call: &Call,
        span: Span,
        scope: &Scope<'_>,
    ) -> Option<Vec<Field>> {
        let values = call.arguments.iter().map(|argument| &argument.value);
        let arguments: Vec<Value> = values.map(|value| self.expr(value, scope)).collect();
        let name = call.function();
        self.check_texts(call);
        if self.dialect == Dialect::Sqlite {
            return self.rows_of_sqlite(name, &arguments, span);
        }
        if self.dialect == Dialect::Mysql {
            if let Some(document) = arguments.first()
                && name.eq_ignore_ascii_case("json_table")
            {
                let text = self.text_type();
                self.demand_type(document, &text, None, span);
            }
            return None;
        }
        if call.bare {
            let ty = bare_type(name)?;
            return Some(vec![field(name, Value::new(Ty::Postgres(ty), false, span))]);
        }
        if name == "unnest" && arguments.len() > 1 {
            let fields = arguments.iter().map(|array| {
                let element = array.postgres().and_then(PgType::element);
                let ty = element.map_or(Ty::Open, Ty::Postgres);
                field(name, Value::new(ty, true, span))
            });
            return Some(fields.collect());
        }
        let found = self.function_of_postgres(call, &arguments, scope, span)?;
        let never = matches!(
            name,
            "generate_series" | "json_object_keys" | "jsonb_object_keys"
        );
        if !found.columns.is_empty() {
            let columns = found.columns.iter();
            let columns = columns.map(|(column, ty)| {
                let is_key = matches!(column, Cow::Borrowed("key"))
                    || column == "key" && name.starts_with("json");
                field(column, Value::new(Ty::Postgres(*ty), !is_key, span))
            });
            return Some(columns.collect());
        }
        if found.result == PgType::RECORD {
            return None;
        }
        let nullable = !never && (found.returns_set || self.is_nullable(call, &found, &arguments));
        let is_filled = self.is_filled(call, &arguments);
        let value = Value::new(Ty::Postgres(found.result), nullable, span).filled(is_filled);
        Some(vec![field(name, value)])
    }

    /// SQLite's table-valued functions.
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
        if !grammar::takes(self.dialect, name, arguments.len()) {
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
}

impl Checker<'_> {
    /// The columns of a table or a pragma that every database of SQLite has.
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
        Some(columns.collect())
    }
}

/// The columns of SQLite's own: integers have `#`, those that may be NULL a `?` behind it.
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

fn field(name: &str, value: Value) -> Field {
    Field {
        name: Some(name.to_owned()),
        value,
    }
}
