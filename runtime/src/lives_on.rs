//! Which model lives where, as the compiler knows it.

use crate::engine::Engine;
use crate::model::Model;
use crate::statements::TableSql;

/// Implemented by generated code on a model's tag, once for each engine that hosts it and once for `engine::Any`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not live on `{E}`",
    label = "this engine does not host the model",
    note = "where a model lives is said by `-- @engines` above its table"
)]
pub trait LivesOn<E: Engine>: Model {
    /// The statements for this engine; `None` when an engine chosen at run time does not host the model.
    fn sql(engine: E) -> Option<&'static TableSql>;
}

/// The same seen from the engine: the bound to write in functions that work on every engine hosting `M`.
///
/// ```ignore
/// fn count<E: Hosts<model::Blog>>(c: &mut Connection<E>) -> bindery::Result<u64> { c.blogs().count() }
/// ```
pub trait Hosts<M: Model>: Engine {
    /// The statements of `M` here; `None` when an engine chosen at run time does not host the model.
    fn sql(self) -> Option<&'static TableSql>;
}

impl<M: LivesOn<E>, E: Engine> Hosts<M> for E {
    fn sql(self) -> Option<&'static TableSql> {
        M::sql(self)
    }
}
