//! The items that a program has once, beside the code of its models. One file a kind; none knows another.

pub(crate) mod atomic;
pub(crate) mod column_types;
pub(crate) mod compiled;
pub(crate) mod databases;
pub(crate) mod engine;
pub(crate) mod enums;
mod interface;
mod messages;
mod outbox;
pub(crate) mod queries;
pub(crate) mod session;
mod shards;
mod syncs;
pub(crate) mod tables;
pub(crate) mod tags;

use crate::emit::shape::{Shape, Shapes};
use crate::rust_writer::RustWriter;

/// `Databases` with all that it leads to.
pub(crate) fn databases(w: &mut RustWriter, shapes: &Shapes<'_>, all: &[Shape<'_>]) {
    let (model, around) = (shapes.model, &shapes.around);
    databases::databases(w, model, around, all);
    session::session(w, model, around, all);
    atomic::groups(w, model, around, all);
    shards::sets(w, model, around);
    interface::interfaces(w, model, around, all);
    outbox::outboxes(w, model);
    messages::messages(w, model);
    syncs::syncs(w, model, around, all);
}
