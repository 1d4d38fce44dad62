//! Which model lives where, as the compiler knows it.

use crate::driver::TableSql;
use crate::link::engine::{Engine, StaticEngine};
use crate::model::Model;

/// Implemented by generated code on a model's tag, once for each engine that hosts it and once for `engine::Any`. The
/// bound to write in a function for several engines is [`Hosts`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not live on `{E}`",
    label = "this engine does not host the model",
    note = "`-- @engines` above its table says where a model lives",
    note = "a function for every engine that hosts it has the bound `E: bindery::Hosts<{Self}>`"
)]
pub trait LivesOn<E: Engine>: Model {
    /// The statements for this engine; `None` when an engine chosen at run time does not host the model.
    fn sql(engine: E) -> Option<&'static TableSql>;
}

/// The same seen from the engine: the bound to write in functions that work on every engine hosting `M`.
///
/// ```
/// use bindery::{Connection, Hosts};
/// # use bindery_cases::examples::*;
///
/// fn publish<E: Hosts<model::Blog>>(to: &mut Connection<E>, title: &str) -> bindery::Result<BlogId<E>> {
///     to.blogs().insert(NewBlog::new(title)).map(|blog| blog.id)
/// }
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
///
/// publish(&mut db.default()?, "one")?;
/// publish(&mut db.b()?, "two")?;
/// // The engine is a value here, and so may be one that does not host the model.
/// publish(&mut db.on("b".parse()?)?, "three")?;
/// assert_eq!(db.b()?.blogs().count()?, 2);
/// # Ok(())
/// # }
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

/// A model that lives on one engine: a session leads to its rows by itself, without an engine being chosen. Implemented by
/// generated code.
#[diagnostic::on_unimplemented(
    message = "`{Self}` lives on several engines: choose one",
    label = "a session does not know on which engine",
    note = "pass the session's connection of an engine: `s.b()?` in place of `s`"
)]
pub trait OnOneEngine: Model {
    /// The one engine that the model lives on.
    type Engine: StaticEngine + Hosts<Self>;
}
