//! Workers with much to do: ends that are recorded beside claims, and the rows of tasks that are kept.

use super::*;

on_each! {
    each_of_many_tasks_is_recorded_once_beside_claims = recorded_beside_claims;
    a_busy_worker_that_is_stopped_gives_back_what_it_has_not_begun = stopped_at_work;
    out_03_as_many_tasks_run_at_a_time_as_there_are_threads = run_together;
    out_03_a_busy_worker_keeps_no_task_from_an_idle_one = shared_by_workers;
    old_tasks_after_ones_that_are_kept_are_deleted = deleted_after_kept_ones;
}

/// Claims and the ends of earlier tasks are written on two connections; an attempt that fails among them is made again.
fn recorded_beside_claims<E: Tested>(world: &World, engine: E) {
    const TASKS: i64 = 3_000;
    push(world, engine, 0..TASKS);
    let attempts = Arc::new(Mutex::new(BTreeMap::<i64, u32>::new()));
    let seen = Arc::clone(&attempts);
    let worker = world.db.worker_on(engine);
    let worker = worker
        .retry(first_pause(Duration::from_millis(1)))
        .batch(100);
    let worker = worker.on::<SendWelcome>(move |task, cx| {
        *seen.lock().unwrap().entry(task.number).or_default() += 1;
        match task.number % 10 == 0 && cx.attempt() == 1 {
            true => Err("the first attempt".into()),
            false => Ok(()),
        }
    });
    let running = worker.start().unwrap();
    let queue = TaskQueue::new(&world.db, engine);
    while queue.completed().unwrap() < 3_000 {
        std::thread::sleep(Duration::from_millis(50));
    }
    let report = running.stop().unwrap();
    assert_eq!(
        (report.completed, report.retried, report.lost),
        (3_000, 300, 0),
        "{report:?}"
    );
    let attempts = attempts.lock().unwrap();
    let expected = |number: i64| if number % 10 == 0 { 2 } else { 1 };
    assert!((0..TASKS).all(|number| attempts[&number] == expected(number)));
}

/// Batches that were claimed ahead, on either connection, are another worker's at once.
fn stopped_at_work<E: Tested>(world: &World, engine: E) {
    const TASKS: i64 = 10_000;
    push(world, engine, 0..TASKS);
    let attempts = Arc::new(Mutex::new(BTreeMap::<i64, u32>::new()));
    let worker = || {
        let seen = Arc::clone(&attempts);
        let worker = world.db.worker_on(engine).lease(Duration::from_hours(1));
        worker.on::<SendWelcome>(move |task, _| {
            *seen.lock().unwrap().entry(task.number).or_default() += 1;
            Ok(())
        })
    };
    let running = worker().start().unwrap();
    while attempts.lock().unwrap().len() < 2_000 {
        std::thread::sleep(Duration::from_millis(1));
    }
    let first = running.stop().unwrap();
    let summary = TaskQueue::new(&world.db, engine).summary().unwrap();
    assert_eq!((summary.running, first.lost), (0, 0), "{first:?}");
    let second = worker().run_until_idle().unwrap();
    assert_eq!(first.completed + second.completed, 10_000);
    let attempts = attempts.lock().unwrap();
    assert!((0..TASKS).all(|number| attempts[&number] == 1));
}

/// More tasks that failed than are looked at together precede those that are to be deleted.
fn deleted_after_kept_ones<E: Tested>(world: &World, engine: E) {
    push(world, engine, 0..1_500);
    let ended = "UPDATE _bindery_outbox SET status = 'failed', due_at = 0";
    execute(world, engine, ended.to_owned());
    push(world, engine, 1_500..1_600);
    let ended =
        "UPDATE _bindery_outbox SET status = 'completed', due_at = 0 WHERE status = 'pending'";
    assert_eq!(execute(world, engine, ended.to_owned()), 100);
    let worker = worker(&world.db, engine).keep_completed(Duration::ZERO);
    let running = worker.longest_poll(Duration::from_millis(50)).start();
    let queue = TaskQueue::new(&world.db, engine);
    let until = Instant::now() + Duration::from_secs(60);
    while queue.completed().unwrap() > 0 {
        assert!(Instant::now() < until, "{:?}", queue.summary());
        std::thread::sleep(Duration::from_millis(50));
    }
    running.unwrap().stop().unwrap();
    assert_eq!(queue.summary().unwrap().failed, 1_500);
}

/// Handlers that wait for each other: as many as there are threads in all are at work at a time, so throughput rises with their number.
#[derive(Clone)]
struct Together {
    all: Arc<std::sync::Barrier>,
    at_work: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Together {
    fn of(number: usize) -> Self {
        Self {
            all: Arc::new(std::sync::Barrier::new(number)),
            at_work: Arc::default(),
            most: Arc::default(),
        }
    }

    fn worker<E: Tested>(&self, db: &Databases, engine: E) -> Worker<Databases> {
        let this = self.clone();
        db.worker_on(engine).on::<SendWelcome>(move |_, _| {
            let at_work = this.at_work.fetch_add(1, Ordering::Relaxed) + 1;
            this.most.fetch_max(at_work, Ordering::Relaxed);
            this.all.wait();
            this.at_work.fetch_sub(1, Ordering::Relaxed);
            Ok(())
        })
    }
}

fn run_together<E: Tested>(world: &World, engine: E) {
    for threads in [1, 2, 4, 8] {
        let tasks = i64::try_from(threads * 3).unwrap();
        push(world, engine, 0..tasks);
        let together = Together::of(threads);
        let worker = together.worker(&world.db, engine).threads(threads);
        let report = worker.run_until_idle().unwrap();
        assert_eq!(report.completed, tasks.unsigned_abs(), "{threads} threads");
        assert_eq!(together.most.load(Ordering::Relaxed), threads);
    }
}

/// Workers of one thread that claim one task at a time.
fn shared_by_workers<E: Tested>(world: &World, engine: E) {
    let queue = TaskQueue::new(&world.db, engine);
    let mut completed = 0;
    for number in [2, 6] {
        let together = Together::of(number);
        let workers: Vec<_> = (0..number)
            .map(|_| {
                let worker = together.worker(&world.db, engine);
                worker.threads(1).batch(1).start().unwrap()
            })
            .collect();
        let tasks = i64::try_from(number * 5).unwrap();
        push(world, engine, 0..tasks);
        completed += tasks.unsigned_abs();
        let until = Instant::now() + Duration::from_secs(60);
        while queue.completed().unwrap() < completed {
            assert!(Instant::now() < until, "{:?}", queue.summary());
            std::thread::sleep(Duration::from_millis(20));
        }
        workers.into_iter().for_each(|worker| {
            worker.stop().unwrap();
        });
        assert_eq!(together.most.load(Ordering::Relaxed), number);
    }
}
