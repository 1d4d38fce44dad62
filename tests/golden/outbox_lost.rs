//! Queues whose worker was killed: what it had claimed, and the tasks behind that.

use super::kills::{kill_this, play};
use super::*;

on_each! {
    out_01_400_keys_go_on_after_a_killed_worker = many_tasks_of_400_keys;
    out_01_40_keys_go_on_after_a_killed_worker = many_tasks_of_40_keys;
    out_02_delayed_heads_hold_their_keys_alone_after_a_kill = delayed_and_killed;
    out_05_heads_of_many_keys_behind_delayed_ones_are_run = many_keys_behind_delayed_ones;
    out_07_a_claimed_task_that_was_not_begun_has_no_attempt = not_begun;
}

/// The lease of workers that are killed.
const LEASE: Duration = Duration::from_secs(2);
/// The tasks after which they are.
const KILLED_AFTER: usize = 1_000;

/// The next number of each key that was run here.
#[derive(Default)]
struct Order {
    next: Mutex<BTreeMap<String, u64>>,
    wrong: Mutex<Vec<String>>,
    runs: AtomicUsize,
}

impl Order {
    /// The first number is whichever the killed worker has left.
    fn run(&self, task: &Step) {
        let mut next = self.next.lock().unwrap();
        let next = next.entry(task.key.clone()).or_insert(task.number);
        if *next != task.number {
            self.wrong.lock().unwrap().push(format!("{task:?}"));
        }
        *next = task.number + 1;
        self.runs.fetch_add(1, Ordering::Relaxed);
    }
}

/// Writes tasks, one key after the other, with as many without a key between them where that is wanted.
fn fill<E: Tested>(world: &World, engine: E, (tasks, keys): (u64, u64), has_unkeyed: bool) {
    let mut connection = world.db.connect(engine).unwrap();
    let numbers: Vec<u64> = (0..tasks).collect();
    for some in numbers.chunks(1_000) {
        let pushed = connection.transaction(|tx| {
            for number in some {
                let key = format!("key {}", number % keys);
                let number = number / keys;
                tx.tasks().push(Step { key, number })?;
                if has_unkeyed {
                    let options = TaskOptions::new().priority(-1);
                    let number = number.cast_signed();
                    tx.tasks().push_with(SendWelcome { number }, options)?;
                }
            }
            Ok(())
        });
        pushed.unwrap();
    }
}

/// A worker of a process of its own: at work on both kinds of tasks until it is killed.
pub(super) fn killed_at_work<E: Tested>(db: &Databases, engine: E) {
    let runs = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&runs);
    let run = move || {
        let is_over = count.fetch_add(1, Ordering::Relaxed) == KILLED_AFTER;
        is_over.then(kill_this);
    };
    let also = run.clone();
    let worker = db.worker_on(engine).lease(LEASE);
    let worker = worker.on::<Step>(move |_, _| {
        run();
        Ok(())
    });
    let worker = worker.on::<SendWelcome>(move |_, _| {
        also();
        Ok(())
    });
    worker.run().unwrap();
}

fn keeping_order<E: Tested>(world: &World, engine: E, order: &Arc<Order>) -> Worker<Databases> {
    let order = Arc::clone(order);
    let worker = world.connect().worker_on(engine);
    let worker = worker.longest_poll(Duration::from_millis(50));
    let worker = worker.on::<SendWelcome>(|_, _| Ok(()));
    worker.on::<Step>(move |task, _| {
        order.run(&task);
        Ok(())
    })
}

/// Waits until no more tasks are open than these.
fn wait_for<E: Tested>(world: &World, engine: E, left: u64) {
    let queue = TaskQueue::new(&world.db, engine);
    loop {
        let summary = queue.summary().unwrap();
        if summary.pending + summary.running <= left {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Covers OUT-1, OUT-2.
fn many_tasks<E: Tested>(world: &World, engine: E, keys: u64) {
    let tasks = if is_full_run() { 20_000 } else { 6_000 };
    fill(world, engine, (tasks, keys), false);
    assert!(play(world, &format!("{} busy", engine.name())));
    let order = Arc::new(Order::default());
    let running = keeping_order(world, engine, &order).start().unwrap();
    wait_for(world, engine, 0);
    let report = running.stop().unwrap();
    assert_eq!((report.failed, report.retried, report.lost), (0, 0, 0));
    assert_eq!(*order.wrong.lock().unwrap(), Vec::<String>::new());
    let attempts = "SELECT count(*) FROM _bindery_outbox WHERE retry_count > 0";
    let attempts: Option<i64> = world.db.sql_on(engine).query_scalar(attempts, ()).unwrap();
    assert_eq!(attempts, Some(0), "none was lost a second time");
}

/// In full: 20,000 tasks.
fn many_tasks_of_400_keys<E: Tested>(world: &World, engine: E) {
    many_tasks(world, engine, 400);
}

/// In full: 20,000 tasks.
fn many_tasks_of_40_keys<E: Tested>(world: &World, engine: E) {
    many_tasks(world, engine, 40);
}

/// Heads that wait for another attempt hold their keys, whose tasks are the first of those that wait; several workers with small leases run
/// the others, with keys and without.
///
/// Covers OUT-2, OUT-7.
fn delayed_and_killed<E: Tested>(world: &World, engine: E) {
    const KEYS: u64 = 40;
    const OF_A_KEY: u64 = 100;
    fill(world, engine, (KEYS * OF_A_KEY, KEYS), true);
    let delayed = "UPDATE _bindery_outbox SET status = 'scheduled', due_at = due_at + 86400000 WHERE payload LIKE '%\"number\":0}' \
         AND task_key IN ('key 1', 'key 11', 'key 21', 'key 31')";
    assert_eq!(execute(world, engine, delayed.to_owned()), 4);
    assert!(play(world, &format!("{} busy", engine.name())));
    let order = Arc::new(Order::default());
    let workers = [(); 3].map(|()| {
        let worker = keeping_order(world, engine, &order).threads(2);
        worker.lease(LEASE).start().unwrap()
    });
    wait_for(world, engine, 4 * OF_A_KEY);
    for worker in workers {
        assert_eq!(worker.stop().unwrap().failed, 0);
    }
    assert_eq!(*order.wrong.lock().unwrap(), Vec::<String>::new());
    let open = "SELECT count(*) FROM _bindery_outbox WHERE status IN ('pending', 'scheduled') \
        AND task_key IN ('key 1', 'key 11', 'key 21', 'key 31')";
    let open: Option<i64> = world.db.sql_on(engine).query_scalar(open, ()).unwrap();
    assert_eq!(open, Some(4 * OF_A_KEY.cast_signed()), "they wait");
}

/// More keys than are looked at together, each behind a delayed head, but for the last ones.
///
/// Covers OUT-5.
fn many_keys_behind_delayed_ones<E: Tested>(world: &World, engine: E) {
    const KEYS: u64 = 1_300;
    fill(world, engine, (3 * KEYS, KEYS), false);
    let delayed = "UPDATE _bindery_outbox SET status = 'scheduled', due_at = due_at + 86400000 \
         WHERE payload LIKE '%\"number\":0}' AND task_key NOT LIKE 'key 99%'";
    let held = execute(world, engine, delayed.to_owned());
    assert_eq!(held, KEYS - 11);
    // The first tasks that wait are those of delayed keys.
    let later = "UPDATE _bindery_outbox SET due_at = due_at + 1 WHERE task_key LIKE 'key 99%'";
    assert_eq!(execute(world, engine, later.to_owned()), 33);
    let order = Arc::new(Order::default());
    let running = keeping_order(world, engine, &order).start().unwrap();
    wait_for(world, engine, 3 * held);
    assert_eq!(running.stop().unwrap().completed, 33);
    assert_eq!(*order.wrong.lock().unwrap(), Vec::<String>::new());
}

/// A suspect that waits for a thread of its worker when that is killed for another reason.
///
/// Covers OUT-7.
fn not_begun<E: Tested>(world: &World, engine: E) {
    push(world, engine, 0..3);
    let lost = |lapses: i64, number: i64| {
        let lost = format!(
            "UPDATE _bindery_outbox SET status = 'running', claim = 'of a lost worker', lapses = {lapses}, max_attempts = 1, due_at = 0 \
             WHERE payload LIKE '%{number}%'"
        );
        assert_eq!(execute(world, engine, lost), 1);
    };
    lost(0, 0);
    lost(2, 1);
    // As a worker notes it when it begins one that was lost before.
    lost(-2, 2);
    let report = worker(&world.db, engine).run_until_idle().unwrap();
    assert_eq!(report.completed, 2);
    let all = records(world, engine, &TaskFilter::all());
    let ended: Vec<_> = all
        .iter()
        .map(|one| (one.status, one.retry_count))
        .collect();
    let completed = (TaskStatus::Completed, 0);
    assert_eq!(ended, [completed, completed, (TaskStatus::Failed, 1)]);
}
