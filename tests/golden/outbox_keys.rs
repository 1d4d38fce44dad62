//! Of one key a single task runs at a time, whatever is committed late or put back while workers claim.

use super::*;

on_each! {
    out_2_a_lower_id_that_is_committed_late_does_not_run_beside_another = committed_late;
    out_2_a_task_that_is_put_back_does_not_run_beside_another = put_back_beside;
    out_2_tasks_of_many_keys_run_one_at_a_time_of_each = many_keys;
    out_5_tasks_after_very_many_of_a_key_that_waits_are_run = after_very_many;
    a_task_that_is_due_between_full_batches_is_run = due_between_batches;
    out_10_leases_are_renewed_beside_rows_that_are_locked = renewed_beside;
}

/// The tasks of a key at work; reports a second one.
#[derive(Default)]
struct AtWork {
    keys: Mutex<BTreeSet<String>>,
    twice: Mutex<Vec<String>>,
    order: Mutex<Vec<u64>>,
}

impl AtWork {
    fn run(&self, task: &Step, time: Duration) {
        if !self.keys.lock().unwrap().insert(task.key.clone()) {
            self.twice.lock().unwrap().push(task.key.clone());
        }
        self.order.lock().unwrap().push(task.number);
        std::thread::sleep(time);
        self.keys.lock().unwrap().remove(&task.key);
    }

    fn ensure_one_at_a_time(&self) {
        let twice = self.twice.lock().unwrap();
        assert!(twice.is_empty(), "two at a time of {twice:?}");
    }
}

fn step<E: Tested>(connection: &mut Connection<E>, key: &str, number: u64) {
    let key = key.to_owned();
    connection.tasks().push(Step { key, number }).unwrap();
}

fn stepper<E: Tested>(
    world: &World,
    engine: E,
    work: &Arc<AtWork>,
    time: Duration,
) -> Worker<Databases> {
    let work = Arc::clone(work);
    let worker = world.connect().worker_on(engine).threads(2);
    let worker = worker.retry(first_pause(Duration::from_millis(5)));
    let worker = worker.longest_poll(Duration::from_millis(10));
    worker.on::<Step>(move |task, _| {
        work.run(&task, time);
        Ok(())
    })
}

/// Has each claim of the task with this number take a second, as on a busy server.
fn slow_claims_of<E: Tested>(world: &World, engine: E, number: u64) {
    let payload = format!("%\"number\":{number}}}");
    let of_it = format!("NEW.status = 'running' AND NEW.payload LIKE '{payload}'");
    match engine.name() {
        "default" => {
            execute(
                world,
                engine,
                format!(
                    "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS \
                     $$ BEGIN IF {of_it} THEN PERFORM pg_sleep(1); END IF; RETURN NEW; END $$"
                ),
            );
            let trigger = "CREATE TRIGGER slow BEFORE UPDATE ON _bindery_outbox FOR EACH ROW EXECUTE FUNCTION slow()";
            execute(world, engine, trigger.to_owned());
        }
        "m" => {
            let trigger = format!(
                "CREATE TRIGGER slow BEFORE UPDATE ON _bindery_outbox FOR EACH ROW \
                 BEGIN IF {of_it} THEN DO SLEEP(1); END IF; END"
            );
            execute(world, engine, trigger);
        }
        // One writes at a time: nothing is committed while another claims.
        _ => {}
    }
}

/// Has a worker claim the second task of a key, slowly; meanwhile `before` makes one before it ready, and another worker comes.
fn claimed_together<E: Tested>(world: &World, engine: E, before: impl FnOnce()) {
    let work = Arc::new(AtWork::default());
    let time = Duration::from_millis(1_500);
    let first = stepper(world, engine, &work, time).start().unwrap();
    std::thread::sleep(Duration::from_millis(400));
    before();
    let second = stepper(world, engine, &work, time).start().unwrap();
    let queue = TaskQueue::new(&world.db, engine);
    while queue.completed().unwrap() < 2 {
        std::thread::sleep(Duration::from_millis(20));
    }
    let (first, second) = (first.stop().unwrap(), second.stop().unwrap());
    work.ensure_one_at_a_time();
    assert_eq!((first.lost, second.lost), (0, 0));
    let failed = records(world, engine, &TaskFilter::all());
    assert!(failed.iter().all(|one| one.retry_count == 0), "{failed:?}");
}

/// Covers OUT-2.
fn committed_late<E: Tested>(world: &World, engine: E) {
    slow_claims_of(world, engine, 2);
    let mut late = world.db.connect(engine).unwrap();
    let mut late = late.begin().unwrap();
    if engine.name() == "lite" {
        // A second writer waits for the first, so no lower number can be committed later.
        step(&mut late, "key", 1);
        late.commit().unwrap();
        step(&mut world.db.connect(engine).unwrap(), "key", 2);
        return claimed_together(world, engine, || ());
    }
    step(&mut late, "key", 1);
    step(&mut world.db.connect(engine).unwrap(), "key", 2);
    claimed_together(world, engine, || late.commit().unwrap());
}

fn put_back_beside<E: Tested>(world: &World, engine: E) {
    slow_claims_of(world, engine, 2);
    let mut connection = world.db.connect(engine).unwrap();
    step(&mut connection, "key", 1);
    step(&mut connection, "key", 2);
    drop(connection);
    let failed = "UPDATE _bindery_outbox SET status = 'failed' WHERE payload LIKE '%\"number\":1}'";
    assert_eq!(execute(world, engine, failed.to_owned()), 1);
    claimed_together(world, engine, || {
        let queue = TaskQueue::new(&world.db, engine);
        assert_eq!(queue.retry(&TaskFilter::failed(), "ann").unwrap(), 1);
    });
}

/// The databases, with time to connect: a login costs a server and a client many rounds of hashing, and here some thirty come together.
pub(super) fn patient(world: &World) -> Databases {
    const LONG: Duration = Duration::from_mins(2);
    let config = world
        .urls
        .iter()
        .fold(Config::new(), |config, (name, url)| {
            let options = EngineOptions::url(url.clone()).acquire_timeout(LONG);
            config.engine(
                *name,
                match url.starts_with("sqlite") {
                    true => options,
                    false => options.connect_timeout(LONG),
                },
            )
        });
    Databases::with_config(&config).expect("it is configured")
}

/// Covers OUT-2: eight workers, many keys, and writers that commit late.
/// In full: 10,000 transactions of 16 writers.
fn many_keys<E: Tested>(world: &World, engine: E) {
    const KEYS: u64 = 40;
    let (writers, rounds) = if is_full_run() { (16, 625) } else { (6, 30) };
    let work = Arc::new(AtWork::default());
    let time = Duration::from_millis(1);
    let workers: Vec<_> = (0..8)
        .map(|_| stepper(world, engine, &work, time).start().unwrap())
        .collect();
    let db = &patient(world);
    std::thread::scope(|scope| {
        for writer in 0..writers {
            scope.spawn(move || {
                let mut connection = db.connect(engine).unwrap();
                for round in 0..rounds {
                    let mut tx = connection.begin().unwrap();
                    for at in 0..3 {
                        let key = (round * 7 + at * 13 + writer) % KEYS;
                        step(&mut tx, &format!("key {key}"), round);
                    }
                    std::thread::sleep(Duration::from_millis((round * 5 + writer * 3) % 11));
                    tx.commit().unwrap();
                }
            });
        }
    });
    let queue = TaskQueue::new(db, engine);
    while queue.completed().unwrap() < writers * rounds * 3 {
        std::thread::sleep(Duration::from_millis(20));
    }
    for worker in workers {
        assert_eq!(worker.stop().unwrap().lost, 0);
    }
    work.ensure_one_at_a_time();
}

/// A claim looks at the first thousand tasks only, most of the time; those after them have their turn all the same.
///
/// Covers OUT-7.
fn after_very_many<E: Tested>(world: &World, engine: E) {
    let mut connection = world.db.connect(engine).unwrap();
    let waiting = (0..1_200).map(|number| ("busy", number));
    let good = [("first", 1), ("second", 1), ("first", 2)];
    let pushed = connection.transaction(|tx| {
        for (key, number) in waiting.chain(good) {
            let key = key.to_owned();
            tx.tasks().push(Step { key, number })?;
        }
        Ok(())
    });
    pushed.unwrap();
    let later = "UPDATE _bindery_outbox SET status = 'scheduled', due_at = due_at + 86400000 WHERE payload LIKE '%busy%\"number\":0}'";
    assert_eq!(execute(world, engine, later.to_owned()), 1);
    let work = Arc::new(AtWork::default());
    let report = stepper(world, engine, &work, Duration::ZERO).run_until_idle();
    assert_eq!(report.unwrap().completed, 3);

    let worker = stepper(world, engine, &work, Duration::ZERO)
        .start()
        .unwrap();
    for number in 3..9 {
        step(&mut connection, "first", number);
    }
    let queue = TaskQueue::new(&world.db, engine);
    while queue.completed().unwrap() < 9 {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(worker.stop().unwrap().completed, 6);
}

/// A worker that claims as many as it may looks for tasks whose time has come now and then only, but before it ends.
fn due_between_batches<E: Tested>(world: &World, engine: E) {
    push(world, engine, 0..1);
    let worker = world.db.worker_on(engine).batch(1);
    let worker = worker.on::<SendWelcome>(move |task, cx| {
        if task.number == 0 {
            let later = TaskOptions::new().delay(Duration::from_millis(1));
            let mut connection = cx.db().connect(engine)?;
            connection
                .tasks()
                .push_with(SendWelcome { number: 1 }, later)?;
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    });
    assert_eq!(worker.run_until_idle().unwrap().completed, 2);
}

/// Covers OUT-10.
fn renewed_beside<E: Tested>(world: &World, engine: E) {
    if engine.name() == "lite" {
        // One writes at a time.
        return;
    }
    let mut connection = world.db.connect(engine).unwrap();
    step(&mut connection, "another's", 1);
    let taken = "UPDATE _bindery_outbox SET status = 'running', claim = 'another', due_at = due_at + 86400000";
    assert_eq!(execute(world, engine, taken.to_owned()), 1);
    step(&mut connection, "own", 2);
    let is_over = Arc::new(AtomicBool::new(false));
    let until = Arc::clone(&is_over);
    let worker = world
        .connect()
        .worker_on(engine)
        .lease(Duration::from_secs(2));
    let worker = worker.on::<Step>(move |_, _| {
        while !until.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    });
    let worker = worker.start().unwrap();
    let ends_at = || -> Option<i64> {
        let sql = "SELECT max(due_at) FROM _bindery_outbox WHERE status = 'running' AND claim <> 'another'";
        world.db.sql_on(engine).query_scalar(sql, ()).unwrap()
    };
    while ends_at().is_none() {
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut locked = connection.begin().unwrap();
    let lock = "UPDATE _bindery_outbox SET lapses = 7 WHERE id = 1";
    locked.execute(lock, ()).unwrap();
    for _ in 0..2 {
        let before = ends_at();
        while ends_at() == before {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    is_over.store(true, Ordering::Relaxed);
    locked.rollback().unwrap();
    let report = worker.stop().unwrap();
    assert_eq!((report.completed, report.lost), (1, 0));
}
