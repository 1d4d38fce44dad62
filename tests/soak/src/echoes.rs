//! A table whose changes are published while faults strike, and a copy of it on the next engine that a consumer keeps up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bindery::messages::{Consumer, DatabaseQueue, Relay, events_of, messages_of};
use bindery::outbox::{HasInbox, HasOutbox, RunningWorker, WorkerReport};
use bindery::sync::Reject;
use bindery::{Engine, Hosts, RetryPolicy, StaticEngine};

use crate::Failure;
use crate::generated::{
    Databases, Echo, NewEcho, NewSignal, Signal, SignalId, Tables, echo, engine, model, signal,
};
use crate::nemesis::rest;
use crate::verify::Verified;

const NAME: &str = "echoes";
/// Between two transactions of an engine.
const PAUSE: Duration = Duration::from_millis(40);
/// For how long relays and consumers work until others take their place, and leave what they have begun to their leases.
const SHIFT: Duration = Duration::from_secs(2);
const LEASE: Duration = Duration::from_millis(1_500);
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
const LONGEST_POLL: Duration = Duration::from_millis(100);
const ATTEMPTS: u32 = 1_000;
/// For events that wait for another attempt when the faults are over.
const DRAIN: Duration = Duration::from_secs(300);
const LOOK: Duration = Duration::from_millis(50);

/// The work of all relays and consumers.
#[derive(Debug, Default)]
pub(crate) struct EchoReport {
    pub(crate) committed: u64,
    pub(crate) handled: u64,
    pub(crate) retried: u64,
    pub(crate) lost: u64,
    /// The errors that ended relays and consumers.
    pub(crate) ended: Vec<String>,
}

impl EchoReport {
    fn add(&mut self, report: bindery::Result<WorkerReport>) {
        match report {
            Ok(report) => {
                self.handled += report.completed;
                self.retried += report.retried;
                self.lost += report.lost;
            }
            Err(error) => self.ended.push(error.to_string()),
        }
    }
}

fn retry() -> RetryPolicy {
    RetryPolicy::new().backoff(FIRST_PAUSE, LONGEST_PAUSE)
}

fn relay<E: HasOutbox, T: HasInbox>(db: &Databases, from: E, to: T) -> Relay<Databases> {
    let queue = DatabaseQueue::new(db, to, [NAME]).attempts(ATTEMPTS);
    let relay = db.relay_on(from).to(queue).threads(2).lease(LEASE);
    let relay = relay.retry(retry()).longest_poll(LONGEST_POLL);
    relay.grace(Duration::ZERO)
}

fn relays(db: &Databases) -> [Relay<Databases>; 3] {
    [
        relay(db, engine::Lite, engine::Pg),
        relay(db, engine::Pg, engine::Maria),
        relay(db, engine::Maria, engine::Lite),
    ]
}

fn copied<E: Engine>(signal: &Signal<E>) -> Result<NewEcho, Reject> {
    Ok(NewEcho::new(echo::Required {
        id: *signal.id.value(),
        number: signal.number,
    }))
}

fn consumer<T: HasInbox>(db: &Databases, on: T) -> Consumer<Databases> {
    let consumer = db.consumer_on(on, NAME).threads(2);
    let consumer = consumer.lease(LEASE).retry(retry().attempts(ATTEMPTS));
    consumer.longest_poll(LONGEST_POLL).grace(Duration::ZERO)
}

fn consumers(db: &Databases) -> [Consumer<Databases>; 3] {
    [
        consumer(db, engine::Pg).sync::<Signal<engine::Lite>, Echo<engine::Pg>>(copied),
        consumer(db, engine::Maria).sync::<Signal<engine::Pg>, Echo<engine::Maria>>(copied),
        consumer(db, engine::Lite).sync::<Signal<engine::Maria>, Echo<engine::Lite>>(copied),
    ]
}

/// Writes, relays and consumes until the run is over.
pub(crate) fn keep_up(db: &Databases, over: &AtomicBool) -> Result<EchoReport, Failure> {
    thread::scope(|scope| {
        let writers = [
            scope.spawn(|| write(db, engine::Lite, over)),
            scope.spawn(|| write(db, engine::Pg, over)),
            scope.spawn(|| write(db, engine::Maria, over)),
        ];
        let mut total = work(db, over)?;
        for writer in writers {
            total.committed += writer.join().map_err(|_| "a writer of signals panicked")?;
        }
        Ok(total)
    })
}

fn work(db: &Databases, over: &AtomicBool) -> Result<EchoReport, Failure> {
    let mut total = EchoReport::default();
    while !over.load(Ordering::Relaxed) {
        let relays = relays(db).into_iter().map(Relay::start);
        let consumers = consumers(db).into_iter().map(Consumer::start);
        let crew = relays.chain(consumers);
        let crew = crew.collect::<bindery::Result<Vec<RunningWorker>>>()?;
        rest(SHIFT, over);
        for running in crew {
            total.add(running.stop());
        }
    }
    Ok(total)
}

/// Each transaction makes a row, changes the one before it and deletes an old one; returns how many were committed.
fn write<E>(db: &Databases, on: E, over: &AtomicBool) -> u64
where
    E: StaticEngine + Hosts<model::Signal>,
{
    let mut committed = 0;
    for number in 1_i64.. {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let outcome = db.connect(on).and_then(|mut connection| {
            connection.transaction(|tx| {
                tx.signal().insert(NewSignal::new(signal::Required {
                    id: number,
                    number: 0,
                }))?;
                let before = tx
                    .signal()
                    .filter(signal::id.eq(SignalId::on(on, number - 1)));
                before.update(signal::number.set_to(number))?;
                let old = tx
                    .signal()
                    .filter(signal::id.eq(SignalId::on(on, number - 5)));
                old.delete()
            })
        });
        committed += u64::from(outcome.is_ok());
        rest(PAUSE, over);
    }
    committed
}

/// Relays and handles what is left.
pub(crate) fn drain(db: &Databases) -> Result<(), Failure> {
    let until = Instant::now() + DRAIN;
    loop {
        for relay in relays(db) {
            relay.run_until_idle()?;
        }
        for consumer in consumers(db) {
            consumer.run_until_idle()?;
        }
        let waiting = waits(db, engine::Lite)? + waits(db, engine::Pg)? + waits(db, engine::Maria)?;
        if waiting == 0 {
            return Ok(());
        }
        if Instant::now() >= until {
            return Err(format!("{waiting} events are still not handled").into());
        }
        thread::sleep(LOOK);
    }
}

fn waits(db: &Databases, on: impl HasOutbox + HasInbox) -> bindery::Result<u64> {
    let (events, messages) = (events_of(db, on).summary()?, messages_of(db, on).summary()?);
    Ok(events.pending + events.running + messages.pending + messages.running)
}

/// Each copy is as its source, and no event has failed.
pub(crate) fn verify(db: &Databases, verified: &mut Verified) -> Result<(), Failure> {
    failed(db, engine::Lite, verified)?;
    failed(db, engine::Pg, verified)?;
    failed(db, engine::Maria, verified)?;
    let compared = [
        db.registry()
            .sync::<Signal<engine::Lite>, Echo<engine::Pg>>(copied)
            .verify()?,
        db.registry()
            .sync::<Signal<engine::Pg>, Echo<engine::Maria>>(copied)
            .verify()?,
        db.registry()
            .sync::<Signal<engine::Maria>, Echo<engine::Lite>>(copied)
            .verify()?,
    ];
    for copy in compared {
        verified.echoed += copy.same;
        if !copy.is_equal() {
            let what = format!("a copy by events is not as its source: {copy:?}");
            verified.broken.push(what);
        }
    }
    Ok(())
}

fn failed(
    db: &Databases,
    on: impl HasOutbox + HasInbox,
    verified: &mut Verified,
) -> Result<(), Failure> {
    let (events, messages) = (events_of(db, on).summary()?, messages_of(db, on).summary()?);
    if events.failed + messages.failed > 0 {
        let what = format!(
            "events of `{}` have failed: {events:?}, {messages:?}",
            on.name()
        );
        verified.broken.push(what);
    }
    Ok(())
}
