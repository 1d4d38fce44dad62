//! The code of a query in the program's own code.

use bindery_schema::model::{Model, Query};

use super::program::queries;
use super::shape::{ColumnTypes, KnownShapes, QueryArgument, Scope, Shapes};
use crate::rust_writer::RustWriter;

/// The parts of shapes that all queries of a schema share.
pub(crate) fn known_shapes(model: &Model) -> KnownShapes {
    Shapes::new(model, ColumnTypes::of(model), Scope::with_modules()).known()
}

/// A query in place, as code.
pub(crate) struct QueryCode {
    /// The items of a block and its value; `values` in it are those of the parameters.
    pub(crate) block: String,
    /// The call that makes a parameter of a value, in the order of the parameters; and whether a reference of it is given.
    pub(crate) calls: Vec<(String, bool)>,
    /// The fields of a row.
    pub(crate) fields: Vec<String>,
}

/// Writes the code of a query; `root` is the path of the code of its schema.
pub(crate) fn code(model: &Model, known: &KnownShapes, query: &Query, root: &str) -> QueryCode {
    let scope = Scope {
        engine: format!("{root}::engine"),
        model: format!("{root}::model"),
        root: format!("{root}::"),
        modules: true,
    };
    let shapes = Shapes::again(model, known, scope);
    let shape = shapes.query(query);
    let mut w = RustWriter::new();
    queries::in_place::block(&mut w, &shapes, &shape);
    QueryCode {
        block: w.finish(),
        calls: shape.arguments.iter().map(call).collect(),
        fields: shape
            .columns
            .iter()
            .map(|field| field.column.field.clone())
            .collect(),
    }
}

fn call(argument: &QueryArgument<'_>) -> (String, bool) {
    let ty = &argument.bare;
    let path = |call: String| format!("::bindery::__private::{call}");
    let is_sized = ty != "str" && !ty.starts_with('[');
    if argument.is_list && ty == "str" {
        return (path("list_of_texts".to_owned()), true);
    }
    if argument.is_list {
        return (path(format!("ListOf::<{ty}>")), true);
    }
    if argument.nullable {
        return (path(format!("or_null::<{ty}, _>")), true);
    }
    (path(format!("given::<{ty}>")), !is_sized)
}
