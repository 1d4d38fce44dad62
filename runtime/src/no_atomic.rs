//! The substitutes for atomic groups in a program without the feature `atomic`: generated code that has groups names them, and
//! the one error is that of `require_atomic!`.

use crate::error::Result;
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::model::Model;
use crate::model::lives_on::Hosts;
use crate::repository::Repository;

/// The transaction of an atomic group in a build without the feature `atomic`: there is no value of it.
#[doc(hidden)]
#[derive(Debug)]
pub enum AtomicTransaction {}

impl AtomicTransaction {
    pub fn connection<E: Engine>(&mut self, _: E) -> Result<&mut Connection<E>> {
        match *self {}
    }

    pub fn repository<M: Model, E: Hosts<M>>(&mut self, _: E) -> Repository<'_, M, E> {
        match *self {}
    }
}

#[doc(hidden)]
#[derive(Debug)]
pub struct AtomicGroup<'g> {
    pub name: &'g str,
    pub engines: &'g [usize],
    pub home: usize,
}

#[doc(hidden)]
pub trait InGroup<'a, M, G> {}

impl<M, G> InGroup<'_, M, G> for std::convert::Infallible {}
