//! A soak: many threads write to three engines while their servers and the network misbehave, and afterwards every
//! promise is checked against what is stored.
//!
//! * A row is only where it was meant to be.
//! * What a call said is true: `Ok` is stored, "not applied" is not, "unknown" may be either, and what `resolve` says
//!   of it holds.
//! * No money is made or lost by transfers, whatever cut them off.
//! * A task runs once where the transaction that pushed it was committed, and never else; of one key in the order of pushing.
//! * The copies that syncs keep up are as their sources when a last run is over.
//! * No connection, thread, descriptor is left, and memory does not grow.
//!
//! The plan of every worker and of the faults comes from one seed. Threads run as the machine lets them, so a repeated
//! seed repeats what is tried, not every interleaving.

mod arena;
mod copies;
mod echoes;
mod generated;
mod ledger;
mod nemesis;
mod plan;
mod report;
mod resources;
mod run;
mod tasks;
mod verify;
mod worker;

pub use plan::Home;
pub use report::Report;
pub use run::{Failure, Options, run};
