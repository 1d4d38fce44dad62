//! The substitutes for sessions in a program without the feature `session`: generated code has a `DatabaseSession` all the same, of
//! which there is no value, and the one way to it names the feature.

use std::convert::Infallible;

use crate::error::Result;
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::link::slots::Slots;
use crate::model::Model;
use crate::model::lives_on::Hosts;
use crate::model::route::Target;
use crate::repository::Repository;

/// A session in a build without the feature `session`: there is no value of it.
#[doc(hidden)]
pub struct Session(Slots);

impl Session {
    pub fn connection<E: Engine>(&mut self, _: E) -> Result<&mut Connection<E>> {
        match self.0 {}
    }

    pub fn repository<M: Model, E: Hosts<M>>(&mut self, engine: E) -> Repository<'_, M, E> {
        Repository::new(Target::of_session(engine, &mut self.0))
    }
}

/// Holds for no program: a bound of the calls that need the feature.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "sessions need the feature `session`: add it to `bindery` in Cargo.toml",
    label = "this begins a session"
)]
pub trait HasSessions<'a> {
    fn never(&'a self) -> Infallible;
}
