//! The thread of a consumer that takes messages from queues into the consumer's own table.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::database_queue;
use super::message::Message;
use super::queue::{Delivery, Queue};
use crate::databases::GeneratedDatabases;
use crate::driver::Physical;
use crate::error::{Error, ErrorKind, Operation, Result};

/// Messages that are taken from a queue at a time.
const AT_A_TIME: usize = 100;
/// The pause after a queue had no message, and after a first failure. Each further failure doubles it.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Takes messages from queues into the table of the consumer.
pub(super) struct Taker<D> {
    pub(super) db: D,
    pub(super) engine: usize,
    pub(super) name: String,
    pub(super) queues: Vec<Arc<dyn Queue>>,
    pub(super) attempts: u32,
}

/// The state of one queue.
#[derive(Debug, Default)]
struct Standing {
    /// Failures in a row.
    failures: u32,
    not_before: Option<Instant>,
}

impl Standing {
    fn is_due(&self) -> bool {
        self.not_before.is_none_or(|time| time <= Instant::now())
    }

    /// Has the queue left alone for a while.
    fn pause(&mut self) -> Duration {
        let doubled = PAUSE.saturating_mul(1 << self.failures.min(10));
        let pause = doubled.min(LONGEST_PAUSE);
        self.failures += 1;
        self.not_before = Some(Instant::now() + pause);
        pause
    }
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
        let engine = &self.db.engines[self.engine];
        let stored = engine.pool.acquire_writer().and_then(|mut link| {
            link.call(Operation::Insert, |link| {
                link.atomically(|link| store(link.ready()?))
            })
        });
        stored.map_err(|error| error.on_engine(engine.info.name).to_string())
    }

    /// Takes until it is over. A queue that fails or panics is tried again after a pause, and holds up no other.
    fn run(&self, is_over: &AtomicBool, failures: &AtomicU64) {
        let mut standings: Vec<Standing> =
            self.queues.iter().map(|_| Standing::default()).collect();
        while !is_over.load(Ordering::Relaxed) {
            let mut found = false;
            for (queue, standing) in self.queues.iter().zip(&mut standings) {
                if !standing.is_due() {
                    continue;
                }
                match guarded(|| self.take(&**queue)) {
                    Ok(any) => {
                        found |= any;
                        *standing = Standing::default();
                    }
                    Err(error) => {
                        failures.fetch_add(1, Ordering::Relaxed);
                        let (consumer, in_a_row) = (&self.name, standing.failures + 1);
                        let pause = standing.pause();
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
            if !found {
                std::thread::park_timeout(PAUSE);
            }
        }
        self.leave();
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

/// The thread that takes messages from queues. It ends when this is dropped.
pub(super) struct Intake {
    is_over: Arc<AtomicBool>,
    failures: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Intake {
    pub(super) fn start<D: GeneratedDatabases>(taker: Taker<D>) -> Result<Self> {
        let mut intake = Self {
            is_over: Arc::default(),
            failures: Arc::default(),
            thread: None,
        };
        if taker.queues.is_empty() {
            return Ok(intake);
        }
        let (over, failures) = (Arc::clone(&intake.is_over), intake.failures());
        let thread = std::thread::Builder::new().name("bindery-intake".to_owned());
        let thread = thread
            .spawn(move || taker.run(&over, &failures))
            .map_err(|error| Error::new(ErrorKind::Io).with_source(error))?;
        intake.thread = Some(thread);
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

impl Drop for Intake {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // Queues and handlers of errors are guarded, so it does not panic.
            let _ = thread.join();
        }
    }
}
