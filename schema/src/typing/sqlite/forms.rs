//! Calls whose result follows from the types of their arguments.

use crate::column_type::{ColumnType, TypeClass};
use crate::lists::IntoVec as _;
use crate::source::Span;
use crate::syntax::Call;
use crate::typing::checker::Checker;
use crate::typing::value::{Ty, Value};

impl Checker<'_> {
    /// The result of such a call.
    pub(in crate::typing) fn form_of_sqlite(
        &mut self,
        call: &Call,
        arguments: &[Value],
        span: Span,
    ) -> Option<Value> {
        let first = arguments.first().map(Value::column_type);
        Some(match call.function() {
            // No bytes of none are NULL.
            "substr" | "substring" if first?.map(ColumnType::class) == Some(TypeClass::Bytes) => {
                arguments.first()?.derived(true, span)
            }
            "json_extract" => Value::new(Ty::Of(ColumnType::Any), true, span),
            name @ ("min" | "max") if arguments.len() > 1 => {
                let all: Vec<&Value> = arguments.iter().into_vec();
                let any = all.iter().any(|value| value.nullable);
                self.common(&all, &format!("`{name}`"), span)
                    .derived(any, span)
            }
            "json_array_length" | "sign" | "json_valid" => {
                Value::new(Ty::Of(ColumnType::I64), true, span)
            }
            _ => return None,
        })
    }
}
