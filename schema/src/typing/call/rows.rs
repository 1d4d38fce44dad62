//! Functions whose rows are read.

use crate::lists::IntoVec as _;
use std::borrow::Cow;

use super::postgres::bare_type;
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
        let arguments: Vec<Value> = values.map(|value| self.expr(value, scope)).into_vec();
        self.check_texts(call);
        (self.facts.sources.rows_of_call)(self, call, (&arguments, scope), span)
    }

    /// The columns of `JSON_TABLE` are written, and typed by what reads them.
    pub(in crate::typing) fn rows_of_mysql(
        &mut self,
        call: &Call,
        arguments: &[Value],
        span: Span,
    ) -> Option<Vec<Field>> {
        if let Some(document) = arguments.first()
            && call.function().eq_ignore_ascii_case("json_table")
        {
            let text = self.text_type();
            self.demand_type(document, &text, None, span);
        }
        None
    }

    /// The rows of a function of the catalogue or of the schema.
    pub(in crate::typing) fn rows_of_postgres(
        &mut self,
        call: &Call,
        arguments: &[Value],
        scope: &Scope<'_>,
        span: Span,
    ) -> Option<Vec<Field>> {
        let name = call.function();
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
            return Some(fields.into_vec());
        }
        let found = self.function_of_postgres(call, arguments, scope, span)?;
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
            return Some(columns.into_vec());
        }
        if found.result == PgType::RECORD {
            return None;
        }
        let nullable = !never && (found.returns_set || self.is_nullable(call, &found, arguments));
        let is_filled = self.is_filled(call, arguments);
        let value = Value::new(Ty::Postgres(found.result), nullable, span).filled(is_filled);
        Some(vec![field(name, value)])
    }
}

pub(in crate::typing) fn field(name: &str, value: Value) -> Field {
    Field {
        name: Some(name.to_owned()),
        value,
    }
}
