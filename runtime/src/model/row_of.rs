//! Rows, seen from their own types: which model they are of, and on which engine.

use crate::link::engine::Engine;
use crate::model::Model;
use crate::value::ParamWriter;

/// A row of a model: `Blog<E>` is the row of `model::Blog` on `E`. Generated code implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the row of a model",
    label = "expected rows that were read by a query"
)]
pub trait RowOf: Sized {
    /// The model that the row is of.
    type Model: Model<Row<Self::Engine> = Self>;
    /// The engine that it is of.
    type Engine: Engine;

    /// Writes the columns that may be written, in their order.
    #[doc(hidden)]
    fn write_row(&self, params: &mut ParamWriter<'_>) {
        <Self::Model as Model>::write_row::<Self::Engine>(self, params);
    }

    /// Returns whether every key in it belongs to this engine. Called only where the engine is chosen at run time.
    #[doc(hidden)]
    fn belongs_to(&self, engine: Self::Engine) -> bool {
        <Self::Model as Model>::row_belongs_to::<Self::Engine>(self, engine)
    }
}
