//! Atomic groups: one transaction over several engines, committed on all of them or on none (two-phase commit, presumed
//! abort, the decision in one of the participants). `protocol` decides, without a connection, a thread or a clock.

pub(crate) mod protocol;
