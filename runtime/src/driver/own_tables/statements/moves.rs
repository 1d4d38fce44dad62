//! Generated from `queries/moves.sql`, as the head of `statements.rs` says. Not to be edited.

pub(crate) const BEGIN: &str = "UPDATE _bindery_shard_fences SET moves = 1";

pub(crate) const END: &str = "UPDATE _bindery_shard_fences SET moves = 0";
