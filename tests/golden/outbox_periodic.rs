//! Periodic tasks: one task for each tick, whatever the number of workers.

use std::time::{SystemTime, UNIX_EPOCH};

use bindery::outbox::{MissedTicks, Schedule};

use super::*;

#[derive(Debug, Clone, Serialize, Deserialize, Task)]
struct Report {
    second: u64,
}

on_each! {
    a_tick_has_one_task_over_all_processes = one_task_for_a_tick;
    ticks_that_were_missed_run_once_or_not_at_all = missed_ticks;
    a_periodic_task_that_cannot_be_made_keeps_no_other_from_its_work = broken_ticks;
    a_periodic_task_without_its_table_is_named = missing_schedules;
}

/// A clock that the test moves, in seconds since 1970.
#[derive(Clone, Default)]
struct TestClock(Arc<AtomicU64>);

impl TestClock {
    fn at(seconds: u64) -> Self {
        Self(Arc::new(AtomicU64::new(seconds)))
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.0.load(Ordering::SeqCst))
    }

    fn go_on(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

fn reporter<E: Tested>(
    db: &Databases,
    engine: E,
    schedule: Schedule,
    clock: &TestClock,
) -> Worker<Databases> {
    let clock = clock.clone();
    let second = |tick: SystemTime| tick.duration_since(UNIX_EPOCH).unwrap().as_secs();
    let worker = db.worker_on(engine).longest_poll(Duration::from_millis(10));
    let worker = worker.every("report", schedule, move |tick| Report {
        second: second(tick),
    });
    let worker = worker.clock(move || clock.now());
    worker.on::<Report>(move |task, cx| Ok(effect(cx.db(), engine, task.second as i64)?))
}

/// 2026-11-22 05:00:00 UTC.
const START: u64 = 1_795_323_600;

fn one_task_for_a_tick<E: Tested>(world: &World, engine: E) {
    const TICKS: u64 = 12;
    let clock = TestClock::at(START + 1);
    let every_minute = || Schedule::cron("* * * * *").unwrap();
    let workers: Vec<_> = (0..8)
        .map(|_| {
            reporter(&world.connect(), engine, every_minute(), &clock)
                .start()
                .unwrap()
        })
        .collect();
    // The ticks are those after the first worker has it.
    let count = "SELECT count(*) FROM _bindery_schedules";
    let mut connection = world.db.connect(engine).unwrap();
    while connection.query_scalar::<i64>(count, ()).unwrap() == 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    for tick in 1..=TICKS {
        clock.go_on(60);
        while effects(world, engine).len() < tick as usize {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    std::thread::sleep(Duration::from_millis(300));
    let reports: Vec<_> = workers
        .into_iter()
        .map(|worker| worker.stop().unwrap())
        .collect();
    let written: u64 = reports.iter().map(|report| report.scheduled).sum();
    assert_eq!(written, TICKS);
    let expected: Vec<_> = (1..=TICKS).map(|tick| (START + tick * 60) as i64).collect();
    assert_eq!(effects(world, engine), expected);
}

fn missed_ticks<E: Tested>(world: &World, engine: E) {
    let hourly = || Schedule::cron("0 * * * *").unwrap();
    let clock = TestClock::at(START + 100);
    let run = |schedule: Schedule| {
        let worker = reporter(&world.db, engine, schedule, &clock);
        worker.run_until_idle().unwrap().scheduled
    };
    assert_eq!(
        run(hourly()),
        0,
        "the hour at which it began is none of its ticks"
    );
    clock.go_on(5 * 3_600);
    assert_eq!(run(hourly()), 1, "one for the five that were missed");
    assert_eq!(run(hourly()), 0);
    clock.go_on(3 * 3_600);
    let skipping = || hourly().missed(MissedTicks::Skip);
    assert_eq!(run(skipping()), 0, "it is more than a minute late");
    clock.go_on(3_600 - 95);
    assert_eq!(run(skipping()), 1, "and this one is not");
    let ran = [START + 5 * 3_600, START + 9 * 3_600];
    assert_eq!(effects(world, engine), ran.map(|second| second as i64));
}

fn broken_ticks<E: Tested>(world: &World, engine: E) {
    let every_minute = || Schedule::cron("* * * * *").unwrap();
    let clock = TestClock::at(START + 1);
    let run = || {
        let worker = reporter(&world.db, engine, every_minute(), &clock);
        let worker = worker.every("broken", every_minute(), |_| -> Report {
            panic!("no report today")
        });
        worker.run_until_idle().unwrap().scheduled
    };
    assert_eq!(run(), 0);
    clock.go_on(60);
    assert_eq!(run(), 1, "the other one's");
    assert_eq!(effects(world, engine), [(START + 60) as i64]);
}

fn missing_schedules<E: Tested>(world: &World, engine: E) {
    execute(world, engine, "DROP TABLE _bindery_schedules".to_owned());
    let clock = TestClock::at(START);
    let worker = reporter(&world.db, engine, Schedule::cron("@daily").unwrap(), &clock);
    let error = worker.run_until_idle().unwrap_err().to_string();
    assert!(
        error.contains("`_bindery_schedules`") && error.contains("bindery create"),
        "{error}"
    );
}
