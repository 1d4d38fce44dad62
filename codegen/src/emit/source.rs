//! `ColumnSource` of `New…` and `…Changes`: which columns have a value, and the values.

use super::impl_head;
use super::shape::{Field, Given, Shape};
use crate::rust_writer::{Expr, RustWriter, Signature};

/// Both implementations.
pub(crate) fn sources(w: &mut RustWriter, shape: &Shape<'_>) {
    let given: Vec<_> = shape
        .given()
        .map(|(at, field)| (at, field, field.given == Given::Optional))
        .collect();
    source(w, shape.new_generic(), &shape.new_row("E"), &given);
    let changed: Vec<_> = shape
        .changeable()
        .map(|(at, field)| (at, field, true))
        .collect();
    source(w, shape.changes_generic(), &shape.changes("E"), &changed);
}

/// Position, column, and whether it may be left out.
type Columns<'a> = [(usize, &'a Field<'a>, bool)];

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
                    for (_, field, optional) in columns {
                        let method = if *optional { "given" } else { "push" };
                        let params = field.params();
                        w.line(&format!("{params}.{method}(&self.{});", field.name));
                    }
                });
            });
        });
    });
}

fn column_set(columns: &Columns<'_>) -> Expr {
    let parts = columns.iter().map(|(at, field, optional)| {
        let position = Expr::text(at.to_string());
        if *optional {
            let given = Expr::text(format!("self.{}.is_some()", field.name));
            Expr::call("with_if", vec![given, position])
        } else {
            Expr::call("with", vec![position])
        }
    });
    Expr::Chain("::bindery::ColumnSet::new()".to_owned(), parts.collect())
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
