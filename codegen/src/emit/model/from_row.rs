//! From a row to a `New…` with the same values, key included: what carries rows over in bulk.

use crate::emit::shape::{Field, Shape};
use crate::emit::text::impl_head;
use crate::rust_writer::{Expr, RustWriter};
use bindery_schema::lists::IntoVec as _;

/// `impl From<Row> for New…`.
pub(crate) fn from_row(w: &mut RustWriter, shape: &Shape<'_>) {
    let row = shape.row("E");
    let head = format!("::core::convert::From<{row}> for {}", shape.new_row("E"));
    w.item(|w| {
        w.block(&impl_head(shape.several, &head), |w| {
            w.block(&format!("fn from(row: {row}) -> Self"), |w| {
                w.value(&value(shape));
            });
        });
    });
}

fn value(shape: &Shape<'_>) -> Expr {
    let fields = shape
        .given()
        .map(|(_, field)| (field.name.to_owned(), given(field)));
    Expr::Struct("Self".to_owned(), fields.into_vec())
}

fn given(field: &Field<'_>) -> Expr {
    let value = if field.own_key {
        let parts = [field.name, "into_value()"];
        Expr::Chain("row".to_owned(), parts.map(Expr::text).into())
    } else {
        Expr::text(format!("row.{}", field.name))
    };
    if field.given.may_be_left_out() {
        Expr::call("::core::option::Option::Some", vec![value])
    } else {
        value
    }
}
