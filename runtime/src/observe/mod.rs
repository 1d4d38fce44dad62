//! The work of engines as events: to the program's subscribers, to `tracing`, to counters. Statements, transactions and
//! checkouts pass one `Observer` for each pool, which the driver seam and the pool call; nothing here knows how
//! statements are run. While nothing listens, a statement costs one load and one branch for it. A
//! recorder of metrics is looked for at each checkout.

#[cfg(any(feature = "atomic", feature = "outbox", feature = "sync"))]
#[cfg_attr(not(feature = "metrics"), path = "no_background.rs")]
mod background;
mod counter;
mod counters;
mod counts;
mod critical;
#[cfg(feature = "metrics")]
mod descriptions;
mod ends;
mod event;
mod hub;
mod log;
#[cfg(feature = "metrics")]
mod meter;
#[cfg(not(feature = "metrics"))]
#[path = "no_meter.rs"]
mod meter;
mod notes;
mod observer;
mod reported;
mod running;
mod span;
mod unplaced;

#[cfg(feature = "atomic")]
pub(crate) use self::background::record_in_doubt;
#[cfg(feature = "outbox")]
pub(crate) use self::background::{count_tasks, record_tasks};
#[cfg(feature = "sync")]
pub(crate) use self::background::{record_reader, record_sync};
pub use self::counter::StatementCounter;
pub(crate) use self::counters::Counters;
pub(crate) use self::counts::Tally;
pub use self::counts::{RepeatedStatement, StatementCounts};
pub(crate) use self::critical::{CriticalSection, ensure_outside};
#[cfg(feature = "session")]
pub(crate) use self::ends::SessionOutcome;
pub(crate) use self::ends::TransactionOutcome;
pub use self::event::{Event, EventKind, Outcome};
pub(crate) use self::hub::Hub;
pub use self::hub::Subscription;
pub(crate) use self::log::log_plan;
#[cfg(feature = "metrics")]
pub(crate) use self::meter::PoolCounts;
#[cfg(feature = "session")]
pub(crate) use self::meter::SessionClock;
pub(crate) use self::meter::{count_link_lookups, is_recorded};
pub(crate) use self::notes::{Notes, WantedPlan};
#[cfg(any(feature = "outbox", feature = "sync"))]
pub(crate) use self::observer::Background;
pub(crate) use self::observer::{Labels, Observer, is_idle};
pub(crate) use self::reported::Reported;
pub(crate) use self::running::{Call, Running, Sent};

/// Whether there can be metrics in this program.
pub(crate) const RECORDS: bool = cfg!(feature = "metrics");
