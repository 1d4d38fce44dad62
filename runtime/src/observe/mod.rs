//! The work of engines as events: to the program's subscribers, to `tracing`, to counters. Statements, transactions and
//! checkouts pass one [`Observer`] for each pool, which the driver seam and the pool call; nothing here knows how
//! statements are run. While nothing listens, a statement costs one load and one branch for it.

mod counts;
mod event;
mod hub;
mod log;
mod notes;
mod observer;
mod running;
mod span;

pub(crate) use self::counts::{Counting, Tally};
pub use self::counts::{RepeatedStatement, StatementCounts};
pub use self::event::{Event, EventKind, Outcome};
pub(crate) use self::hub::Hub;
pub use self::hub::Subscription;
pub(crate) use self::log::log_plan;
pub(crate) use self::notes::{Notes, WantedPlan};
pub(crate) use self::observer::{Labels, Observer, is_idle};
pub(crate) use self::running::{Call, Running, Sent};
