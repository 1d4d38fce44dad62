//! A query in the program's own code: the items of a block, and the value that the block has.

use crate::emit::shape::{QueryShape, Shapes};
use crate::emit::text::{TRACKED, UNUSED};
use crate::rust_writer::{RustWriter, Signature};
use bindery_schema::lists::IntoVec as _;

/// The struct that stands for the query before it is known where it runs.
const NAME: &str = "CheckedHere";
/// The note on an engine that does not host it: nothing else can name the bound.
const NOTE: &str =
    "a function over several engines has the query in a file, whose bound it can name";
const ON: &str = "::bindery::raw::CheckedOn";

/// Writes the items and the value; `values` is the array of its parameters.
pub(crate) fn block(w: &mut RustWriter, shapes: &Shapes<'_>, shape: &QueryShape<'_>) {
    if let Some(bound) = &shape.bound {
        super::engines(w, shapes, bound, shape, NOTE);
    }
    super::row(w, shape, "A row of the query.");
    super::statement(w, shape);
    let values = format!(
        "[&'v dyn ::bindery::types::ToColumn; {}]",
        shape.arguments.len()
    );
    if shape.query.kind.reads_rows() {
        rows(w, shape, &values);
    } else {
        changes(w, shape, &values);
    }
}

/// With what becomes of each row.
fn rows(w: &mut RustWriter, shape: &QueryShape<'_>, values: &str) {
    let (row, number) = (&shape.query.row_name, shape.arguments.len());
    structure(w, &format!("{NAME}<'v, T>({values}, fn({row}) -> T)"));
    w.item(|w| {
        w.line(UNUSED);
        w.block(&format!("impl<'v, T> {NAME}<'v, T>"), |w| {
            w.item(|w| {
                w.doc("The same with something else made of each row.");
                let params = ["self", &format!("read: fn({row}) -> U")];
                let signature = Signature::new("pub fn map<U>", &params, &format!("{NAME}<'v, U>"));
                w.function(&signature, |w| w.line(&format!("{NAME}(self.0, read)")));
            });
            w.item(|w| {
                w.doc("Runs it on a connection, in a transaction, or on an engine of `Databases`.");
                let signature = Signature {
                    head: "pub fn using<'c, C>".to_owned(),
                    params: vec!["self".to_owned(), "on: &'c mut C".to_owned()],
                    returns: Some(format!("{ON}<'c, 'v, C::Engine, {row}, {number}, T>")),
                    bounds: bounds(shape),
                };
                let query = super::static_name(shape);
                w.function(&signature, |w| {
                    w.line(&format!("{ON}::new(on, &{query}, self.0, self.1)"));
                });
            });
        });
    });
    w.line(&format!("{NAME}(values, |row| row)"));
}

fn changes(w: &mut RustWriter, shape: &QueryShape<'_>, values: &str) {
    structure(w, &format!("{NAME}<'v>({values})"));
    w.item(|w| {
        w.line(UNUSED);
        w.block(&format!("impl<'v> {NAME}<'v>"), |w| {
            w.doc("Runs it on a connection, in a transaction, or on an engine of `Databases`; gives the number of rows that it changed.");
            w.docs(["", "# Errors", super::errors(shape.query.kind)]);
            w.line(TRACKED);
            let signature = Signature {
                head: "pub fn using<C>".to_owned(),
                params: vec!["self".to_owned(), "on: &mut C".to_owned()],
                returns: Some("::bindery::Result<u64>".to_owned()),
                bounds: bounds(shape),
            };
            let query = super::static_name(shape);
            w.function(&signature, |w| {
                w.line(&format!("{query}.execute(on, &self.0)"));
            });
        });
    });
    w.line(&format!("{NAME}(values)"));
}

fn structure(w: &mut RustWriter, body: &str) {
    w.item(|w| {
        w.doc("A checked query with its values. It runs on what `using` is given.");
        w.line("#[must_use = \"it runs on a connection: `.using(&mut connection)`\"]");
        w.line(UNUSED);
        w.line(&format!("pub struct {body};"));
    });
}

fn bounds(shape: &QueryShape<'_>) -> Vec<String> {
    let bound = shape.bound.iter();
    let bound = bound.map(|bound| format!("C::Engine: {bound}"));
    std::iter::once(super::executor(shape.query))
        .chain(bound)
        .into_vec()
}
