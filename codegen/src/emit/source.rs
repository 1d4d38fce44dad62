//! `ColumnSource` of `New…` and `…Changes`: which columns have a value, and the values.

use super::impl_head;
use super::shape::{Field, Given, Shape};
use crate::rust_writer::{Expr, RustWriter, Signature};

/// When a column is among those that have a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Present {
    Always,
    IfGiven,
    /// Always, and it is now where none is given.
    Now,
    /// With any other, and then as [`Now`](Self::Now).
    NowWithOthers,
}

/// Both implementations.
pub(crate) fn sources(w: &mut RustWriter, shape: &Shape<'_>) {
    let in_new = |field: &Field<'_>| match field.given {
        Given::Optional if field.column.updated => Present::Now,
        Given::Optional => Present::IfGiven,
        Given::Never | Given::Required | Given::Nullable => Present::Always,
    };
    let given: Vec<_> = shape
        .given()
        .map(|(at, field)| (at, field, in_new(field)))
        .collect();
    source(w, shape.new_generic(), &shape.new_row("E"), &given);
    let in_changes = |field: &Field<'_>| match field.column.updated {
        true => Present::NowWithOthers,
        false => Present::IfGiven,
    };
    let changed: Vec<_> = shape
        .changeable()
        .map(|(at, field)| (at, field, in_changes(field)))
        .collect();
    source(w, shape.changes_generic(), &shape.changes("E"), &changed);
}

/// Position and column.
type Columns<'a> = [(usize, &'a Field<'a>, Present)];

fn source(w: &mut RustWriter, generic: bool, name: &str, columns: &Columns<'_>) {
    w.item(|w| {
        let head = impl_head(generic, &format!("::bindery::ColumnSource for {name}"));
        w.implementation(&head, |w| {
            w.item(|w| {
                w.block("fn columns(&self) -> ::bindery::ColumnSet", |w| {
                    w.value(&column_set(columns));
                });
            });
            w.item(|w| {
                let signature = write_signature(columns.is_empty());
                if columns.is_empty() {
                    return w.empty_function(&signature);
                }
                w.function(&signature, |w| {
                    for (_, field, present) in columns {
                        let method = match present {
                            Present::Always => "push",
                            Present::IfGiven => "given",
                            Present::Now | Present::NowWithOthers => "given_or_now",
                        };
                        let params = field.params();
                        w.line(&format!("{params}.{method}(&self.{});", field.name));
                    }
                });
            });
        });
    });
}

fn column_set(columns: &Columns<'_>) -> Expr {
    let parts = columns.iter().map(|(at, field, present)| {
        let position = Expr::text(at.to_string());
        let given = || Expr::text(format!("self.{}.is_some()", field.name));
        match present {
            Present::Always | Present::Now => Expr::call("with", vec![position]),
            Present::IfGiven | Present::NowWithOthers => {
                Expr::call("with_if", vec![given(), position])
            }
        }
    });
    let with_others = columns
        .iter()
        .filter(|(_, _, present)| *present == Present::NowWithOthers)
        .map(|(at, _, _)| Expr::call("with_others", vec![Expr::text(at.to_string())]));
    Expr::Chain(
        "::bindery::ColumnSet::new()".to_owned(),
        parts.chain(with_others).collect(),
    )
}

fn write_signature(unused: bool) -> Signature {
    let params = if unused { "_" } else { "params" };
    Signature {
        head: "fn write".to_owned(),
        params: vec![
            "&self".to_owned(),
            format!("{params}: &mut ::bindery::ParamWriter<'_>"),
        ],
        returns: None,
        bounds: Vec::new(),
    }
}
