//! The thread of a consumer that takes messages from queues into the consumer's own table.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::database_queue;
use super::message::Message;
use super::queue::{Delivery, Queue};
use crate::databases::GeneratedDatabases;
use crate::driver::Physical;
use crate::driver::repeat::{Repeating, Stop};
use crate::error::{Operation, Result};
use crate::link::backoff::{Backoff, Pauses};

/// Messages that are taken from a queue at a time.
const AT_A_TIME: usize = 100;
/// The pause after no queue had a message.
const PAUSE: Duration = Duration::from_millis(100);
/// A queue that fails is left alone for as long.
const FAILING: Pauses = Pauses::doubling(PAUSE, Duration::from_secs(10));

/// Takes messages from queues into the table of the consumer.
pub(super) struct Taker<D> {
    pub(super) db: D,
    pub(super) engine: usize,
    pub(super) name: String,
    pub(super) queues: Vec<Arc<dyn Queue>>,
    pub(super) attempts: u32,
}

impl<D: GeneratedDatabases> Taker<D> {
    /// Takes all that is there now.
    pub(super) fn take_all(&self) -> std::result::Result<(), String> {
        for queue in &self.queues {
            while self.take(&**queue)? {}
        }
        Ok(())
    }

    /// Leaves what the queues hold for this program to other programs. A queue that fails hands it out after its time.
    pub(super) fn leave(&self) {
        for queue in &self.queues {
            let left = guarded(|| queue.leave(&self.name).map_err(|error| error.to_string()));
            if let Err(error) = left {
                tracing::debug!(consumer = self.name, error, "a queue cannot be left");
            }
        }
    }

    /// Takes some, and says whether there were any. They are acknowledged after their commit here; those that cannot be stored are given
    /// back.
    fn take(&self, queue: &dyn Queue) -> std::result::Result<bool, String> {
        let deliveries = queue.take(&self.name, AT_A_TIME);
        let deliveries = deliveries.map_err(|error| error.to_string())?;
        if deliveries.is_empty() {
            return Ok(false);
        }
        if let Err(error) = self.store(&deliveries) {
            // The reason is that of the database; the queue hands them out after its time otherwise.
            let _ = deliveries
                .iter()
                .try_for_each(|delivery| queue.give_back(&self.name, delivery));
            return Err(error);
        }
        for delivery in &deliveries {
            let done = queue.acknowledge(&self.name, delivery);
            done.map_err(|error| error.to_string())?;
        }
        Ok(true)
    }

    fn store(&self, deliveries: &[Delivery]) -> std::result::Result<(), String> {
        let store = |physical: &mut Physical| {
            deliveries.iter().try_for_each(|delivery| {
                let message = Message::from_json(&delivery.body).ok();
                let message = (message.as_ref(), delivery.body.as_str());
                database_queue::insert(physical, &self.name, message, self.attempts)
            })
        };
        let engine = &self.db.registry().engines[self.engine];
        let stored = engine.pool.acquire_writer().and_then(|mut link| {
            link.call(Operation::Insert, |link| {
                link.atomically(|link| store(link.ready()?))
            })
        });
        stored.map_err(|error| error.on_engine(engine.info.name()).to_string())
    }

    /// Takes some from each queue whose turn it is; gives the pause after that. One that fails or panics is tried again later, and holds up
    /// no other.
    fn take_some(&self, backoffs: &mut [Backoff], failures: &AtomicU64) -> Duration {
        let mut pause = PAUSE;
        for (queue, backoff) in self.queues.iter().zip(backoffs) {
            if !backoff.is_over() {
                continue;
            }
            match guarded(|| self.take(&**queue)) {
                Ok(any) => {
                    backoff.end();
                    pause = if any { Duration::ZERO } else { pause };
                }
                Err(error) => {
                    failures.fetch_add(1, Ordering::Relaxed);
                    let pause = backoff.failed();
                    let (consumer, in_a_row) = (&self.name, backoff.failures());
                    tracing::warn!(
                        consumer,
                        error,
                        in_a_row,
                        ?pause,
                        "messages cannot be taken"
                    );
                }
            }
        }
        pause
    }
}

/// Runs code of a queue; a panic is a failure.
fn guarded<T>(
    work: impl FnOnce() -> std::result::Result<T, String>,
) -> std::result::Result<T, String> {
    let ran = catch_unwind(AssertUnwindSafe(work));
    ran.unwrap_or_else(|panic| Err(format!("the queue panicked: {}", text_of(&*panic))))
}

fn text_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or(panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("without a text")
}

/// The thread that takes messages from queues. It ends when this is dropped, and leaves the queues.
pub(super) struct Intake<D: GeneratedDatabases> {
    taker: Arc<Taker<D>>,
    failures: Arc<AtomicU64>,
    threads: Repeating,
}

impl<D: GeneratedDatabases> Intake<D> {
    pub(super) fn start(taker: Taker<D>) -> Result<Self> {
        let mut intake = Self {
            taker: Arc::new(taker),
            failures: Arc::default(),
            threads: Repeating::default(),
        };
        if intake.taker.queues.is_empty() {
            return Ok(intake);
        }
        let (taker, failures) = (Arc::clone(&intake.taker), intake.failures());
        let mut backoffs = vec![Backoff::new(FAILING); taker.queues.len()];
        let turn = move |_: &Stop| taker.take_some(&mut backoffs, &failures);
        intake
            .threads
            .start("bindery-intake", Duration::ZERO, turn)?;
        Ok(intake)
    }

    /// How often messages could not be taken, counted as it goes on.
    pub(super) fn failures(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.failures)
    }

    /// Ends it, and says how often messages could not be taken.
    pub(super) fn end(self) -> u64 {
        let failures = self.failures();
        drop(self);
        failures.load(Ordering::Relaxed)
    }
}

impl<D: GeneratedDatabases> Drop for Intake<D> {
    fn drop(&mut self) {
        drop(std::mem::take(&mut self.threads));
        self.taker.leave();
    }
}
