//! Rows of files that are loaded, and tasks as they are stored: both go through a database in memory.

use bindery::Error;
use bindery::data::{DataColumn, DataFormat, DataTable, LoadMode, Loading, RowsSource, ValueType};
use bindery::outbox::Task;
use bindery_cases::welcome::{Databases, engine};
use serde::{Deserialize, Serialize};

/// A database with the tables of the program.
fn database() -> Databases {
    let db = Databases::in_memory().expect("a database in memory");
    db.create_missing().expect("its tables can be made");
    db
}

/// Any bytes as rows of `users`; in the mode that leaves rows out, too. What is stored is what was counted.
pub(crate) fn run_rows(bytes: &[u8], format: DataFormat) {
    let mut key = DataColumn::new("id", ValueType::Integer);
    key.has_default = true;
    let columns = vec![key, DataColumn::new("email", ValueType::Text)];
    let table = DataTable::new(bindery::Dialect::Sqlite, None, "users", columns, vec![0]);
    for leaves_out in [false, true] {
        let db = database();
        let loaded = load(&db, &table, (bytes, format), leaves_out);
        let stored = db
            .sql_on(engine::Default)
            .query_scalar::<i64>("SELECT count(*) FROM users", ())
            .expect("the rows can be counted");
        assert_eq!(stored as u64, loaded.unwrap_or(0), "rows that are stored");
    }
}

/// The rows that were loaded and committed.
fn load(
    db: &Databases,
    table: &DataTable,
    (bytes, format): (&[u8], DataFormat),
    leaves_out: bool,
) -> Result<u64, Error> {
    let mut input = bytes;
    let source = RowsSource::new(&mut input, format)
        .named("users")
        .longest_row(4096);
    let mut loading = Loading::begin(
        db.registry(),
        engine::Default,
        &[table],
        LoadMode::IntoEmpty,
    )?;
    let mut reject = |_: bindery::data::Rejected<'_>| Ok(());
    let loaded = loading.load(
        table,
        source,
        leaves_out.then_some(&mut reject),
        &mut |_| (),
    )?;
    loading.finish(&[table])?;
    Ok(loaded.rows)
}

#[derive(Serialize, Deserialize, Task)]
#[task(name = "send-welcome")]
struct SendWelcome {
    user: i64,
    #[serde(default)]
    words: Vec<String>,
}

/// A task as it is stored: lines `type`, `attempts`, `failures`, and its payload. It ends as completed, failed or to be tried again.
pub(crate) fn run_task(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.splitn(4, '\n');
    let mut next = || parts.next().unwrap_or_default().to_owned();
    let (name, attempts, failures, payload) = (next(), next(), next(), next());
    let number = |text: &str| text.trim().parse::<i64>().unwrap_or(1);
    let db = database();
    let sql = "INSERT INTO _bindery_outbox (uid, task, payload, status, priority, due_at, retry_count, max_attempts, lapses, created_at, requeues) \
        VALUES ('1', ?, ?, 'pending', 0, 0, ?, ?, 0, 0, 0)";
    let values = (name, payload, number(&failures), number(&attempts));
    db.sql_on(engine::Default)
        .execute(sql, values)
        .expect("the task can be stored");
    let worker = db.worker().on::<SendWelcome>(|task, _| {
        let _ = (task.user, task.words.len());
        Ok(())
    });
    // A number that is none is an error, and no panic.
    if worker.threads(1).run_once().is_ok() {
        let status: String = db
            .sql_on(engine::Default)
            .query_scalar("SELECT status FROM _bindery_outbox", ())
            .expect("the task is still there");
        let ends = ["completed", "failed", "pending", "scheduled"];
        assert!(ends.contains(&status.as_str()), "the task is {status}");
    }
}
