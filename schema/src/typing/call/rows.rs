//! Functions whose rows are read.

use std::borrow::Cow;

use super::postgres::bare_type;
use crate::column_type::ColumnType;
use crate::dialect::Dialect;
use crate::source::Span;
use crate::syntax::Call;
use crate::typing::checker::Checker;
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
        if self.dialect == Dialect::Sqlite {
            return self.rows_of_sqlite(name, &arguments, span);
        }
        if self.dialect == Dialect::Mysql {
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
        let value = Value::new(Ty::Postgres(found.result), nullable, span);
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
        if !matches!(name, "json_each" | "json_tree") {
            return None;
        }
        let of = |name: &str, ty: Ty, nullable: bool| field(name, Value::new(ty, nullable, span));
        let integer = || Ty::Of(ColumnType::I64);
        let any = || Ty::Of(ColumnType::Any);
        Some(vec![
            of("key", any(), true),
            of("value", any(), true),
            of("type", text.clone(), false),
            of("atom", any(), true),
            of("id", integer(), false),
            of("parent", integer(), true),
            of("fullkey", text.clone(), false),
            of("path", text, false),
        ])
    }
}

fn field(name: &str, value: Value) -> Field {
    Field {
        name: Some(name.to_owned()),
        value,
    }
}
