//! Slow statements, echoes, and statements that repeat.

use std::time::Duration;

use bindery::{EngineOptions, Registry, StaticEngine};

use crate::sample::engine::B;
use crate::sample::{
    Everything, Logged, NewBlog, NewMember, Tables, model, on_each_database, with,
};

on_each_database! { by run_at_url:
    mon_02_an_echo_shows_exactly_what_was_sent_and_no_values;
    mon_02_an_echo_has_the_insert_of_a_transaction_as_it_was_sent;
    mon_02_below_the_threshold_nothing_is_echoed;
    mon_02_plans_are_of_the_statement_with_its_values_and_hide_them;
    mon_02_values_are_shown_where_that_is_wanted;
    mon_02_statements_are_counted_by_engine_and_place;
    an_n_plus_1_query_is_reported_with_its_place;
    mon_02_an_n_plus_1_query_of_a_session_is_reported_with_its_place;
    no_warning_is_about_statements_of_binderys_own;
}

const SECRET: &str = "s3cr3t-canary";

fn opened<E: StaticEngine>(
    engine: E,
    url: &str,
    set: impl Fn(EngineOptions) -> EngineOptions,
) -> Registry {
    let db = with(engine.name(), set(EngineOptions::url(url)));
    db.echo(engine, false);
    db.create_missing_on(engine).unwrap();
    db
}

fn lines_of<'l>(log: &'l [String], engine: &str, message: &str) -> Vec<&'l String> {
    let engine = format!("bindery.engine={engine:?}");
    let lines = log.iter().filter(|line| line.contains(&engine));
    lines
        .filter(|line| line.contains(&format!("message={message}")))
        .collect()
}

/// The statements of an insert and of all rows of members, as each database has to get them.
fn statements_of_members(engine: &str) -> &'static [&'static str] {
    match engine {
        "default" => &[
            r#"INSERT INTO "members" ("user_id", "email", "nick") VALUES (?, ?, ?) RETURNING "id", "user_id", "email", "nick""#,
            r#"SELECT "id", "user_id", "email", "nick" FROM "members""#,
        ],
        "x_postgres" => &[
            r#"INSERT INTO "members" ("user_id", "email", "nick") VALUES ($1, $2, $3) RETURNING "id", "user_id", "email", "nick""#,
            r#"SELECT "id", "user_id", "email", "nick" FROM "members""#,
        ],
        "x_mysql" => &[
            "INSERT INTO `members` (`user_id`, `email`, `nick`) VALUES (?, ?, ?)",
            "SELECT `id`, `user_id`, `email`, `nick` FROM `members` WHERE `id` = ?",
            "SELECT `id`, `user_id`, `email`, `nick` FROM `members`",
        ],
        _ => &[
            "INSERT INTO `members` (`user_id`, `email`, `nick`) VALUES (?, ?, ?) RETURNING `id`, `user_id`, `email`, `nick`",
            "SELECT `id`, `user_id`, `email`, `nick` FROM `members`",
        ],
    }
}

/// Covers MON-02: only the engine that echoes, in its own dialect.
fn mon_02_an_echo_shows_exactly_what_was_sent_and_no_values<E: Everything>(engine: E, url: &str) {
    let db = opened(engine, url, |options| options);
    db.echo(engine, true);
    let log = Logged::of(|| {
        let mut connection = db.connect(engine).unwrap();
        connection
            .members()
            .insert(NewMember::new(1, SECRET))
            .unwrap();
        connection.members().all().unwrap();
        drop(connection);
        db.create_missing_on(crate::sample::engine::B).unwrap();
        db.repository::<model::Blog, _>(crate::sample::engine::B)
            .count()
            .unwrap();
        db.echo(engine, false);
        db.repository::<model::Member, _>(engine).count().unwrap();
    });
    let echoed = lines_of(&log, engine.name(), "statement");
    let sent = statements_of_members(engine.name());
    assert_eq!(echoed.len(), sent.len(), "{log:#?}");
    for (line, text) in echoed.iter().zip(sent) {
        assert_has_text(line, text);
    }
    assert!(lines_of(&log, "b", "statement").is_empty(), "{log:?}");
    assert!(!format!("{log:?}").contains(SECRET), "{log:?}");
}

fn assert_has_text(line: &str, text: &str) {
    // Of several lines in generated code.
    let line = line.replace("\\n", " ");
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        line.contains(&format!("db.query.text={text:?}")),
        "{line} {text}"
    );
}

/// Covers MON-02: within a transaction SQLite reads a row back by its number, also where the last insert was refused.
fn mon_02_an_echo_has_the_insert_of_a_transaction_as_it_was_sent<E: Everything>(
    engine: E,
    url: &str,
) {
    let db = opened(engine, url, |options| options);
    let mut connection = db.connect(engine).unwrap();
    db.echo(engine, true);
    let log = Logged::of(|| {
        let work = connection.transaction(|tx| {
            tx.members().insert(NewMember::new(1, SECRET))?;
            tx.members().insert(NewMember::new(1, SECRET))
        });
        assert!(work.is_err());
    });
    let inserts = lines_of(&log, engine.name(), "statement");
    let inserts = inserts.iter().filter(|line| line.contains("INSERT INTO"));
    let [first, refused] = inserts.collect::<Vec<_>>()[..] else {
        panic!("{log:#?}");
    };
    let sent = statements_of_members(engine.name())[0];
    let sent = match engine.name() {
        "default" => sent.split_once(" RETURNING").unwrap().0,
        _ => sent,
    };
    assert_has_text(first, sent);
    assert_has_text(refused, sent);
}

/// Covers MON-02.
fn mon_02_below_the_threshold_nothing_is_echoed<E: Everything>(engine: E, url: &str) {
    let hour = Duration::from_secs(3_600);
    let db = opened(engine, url, |options| {
        options.echo_from(hour).slow_statement(hour)
    });
    db.echo(engine, true);
    let log = Logged::of(|| {
        db.repository::<model::Blog, _>(engine).count().unwrap();
    });
    assert_eq!(log, [""; 0]);
}

/// Covers MON-02: the values are bound to the statement that is explained, and not shown; in a transaction its end is waited for.
fn mon_02_plans_are_of_the_statement_with_its_values_and_hide_them<E: Everything>(
    engine: E,
    url: &str,
) {
    let db = opened(engine, url, |options| {
        options
            .echo_plan(true)
            .slow_statement(Duration::from_millis(1))
    });
    db.echo(engine, true);
    let log = Logged::of(|| {
        let mut connection = db.connect(engine).unwrap();
        connection
            .transaction(|tx| {
                tx.members().insert(NewMember::new(4_711, SECRET))?;
                let found: i64 = tx.query_scalar(select(engine), (SECRET, 4_711))?;
                assert_eq!(found, 4_711);
                // A failure of a plan would end this transaction.
                tx.members().all()
            })
            .unwrap();
        let mut rows = connection.members().iter().unwrap();
        rows.next().unwrap().unwrap();
        drop(rows);
    });
    let shown = lines_of(&log, engine.name(), "plan");
    assert!(shown.len() >= 2, "{log:#?}");
    let all = format!("{shown:?}");
    assert!(all.contains("members"), "{all}");
    if engine.dialect() == bindery::Dialect::Mysql {
        for heading in ["table=members", "possible_keys=", "key=", "rows=", "Extra="] {
            assert!(all.contains(heading), "{heading}: {all}");
        }
    }
    for control in ["BEGIN", "COMMIT"] {
        let lines = lines_of(&log, engine.name(), "statement");
        let of_it = lines
            .iter()
            .filter(|line| line.contains(&format!("{control:?}")));
        assert_eq!(of_it.count(), 1, "{control}: {log:#?}");
    }
    assert!(!all.contains(SECRET) && !all.contains("4711"), "{all}");
    assert!(!format!("{log:?}").contains(SECRET), "{log:?}");
}

fn select<E: StaticEngine>(engine: E) -> bindery::raw::Assembled {
    let places = if engine.name() == "x_postgres" {
        ["$1", "$2"]
    } else {
        ["?", "?"]
    };
    bindery::Sql::assembled(format!(
        "SELECT user_id FROM members WHERE email = {} AND user_id = {}",
        places[0], places[1]
    ))
}

/// Covers MON-02.
fn mon_02_values_are_shown_where_that_is_wanted<E: Everything>(engine: E, url: &str) {
    let db = opened(engine, url, |options| options.echo_values(true));
    db.echo(engine, true);
    let log = Logged::of(|| {
        drop(
            db.repository::<model::Member, _>(engine)
                .insert(NewMember::new(7, SECRET))
                .unwrap(),
        );
    });
    let values = format!("values=\"[7,\\\"{SECRET}\\\"");
    assert!(log.iter().any(|line| line.contains(&values)), "{log:#?}");
    let texts = log
        .iter()
        .filter(|line| line.split("values=").next().unwrap().contains(SECRET));
    assert_eq!(
        texts.count(),
        0,
        "values are beside the text, not in it: {log:#?}"
    );
}

/// Covers MON-02.
fn mon_02_statements_are_counted_by_engine_and_place<E: Everything>(engine: E, url: &str) {
    let db = opened(engine, url, |options| options);
    let mut connection = db.connect(engine).unwrap();
    connection
        .blogs()
        .insert_many(["a", "b", "c"].map(NewBlog::new))
        .unwrap();
    let blogs = connection.blogs().all().unwrap();
    let ((), counts) = db.count_statements(|| {
        for blog in &blogs {
            connection.blogs().find(blog.id).unwrap();
        }
        db.repository::<model::Blog, _>(engine).count().unwrap();
    });
    assert_eq!(
        (counts.total(), counts.on(engine.name()), counts.on("b")),
        (4, 4, 0)
    );
    let repeated = counts.repeated(2);
    assert_eq!(
        (repeated.len(), repeated[0].times, repeated[0].model),
        (1, 3, Some("Blog"))
    );
    assert!(
        repeated[0].place.unwrap().file().ends_with("logs.rs"),
        "{repeated:?}"
    );
    let found = db.assert_statements(1, || connection.blogs().all().unwrap());
    assert_eq!(found.len(), 3);
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        db.assert_not_repeated(3, || {
            for blog in &blogs {
                connection.blogs().find(blog.id).unwrap();
            }
        });
    }));
    let message = *panic.unwrap_err().downcast::<String>().unwrap();
    assert!(
        message.contains("3 times on") && message.contains("logs.rs"),
        "{message}"
    );
}

fn an_n_plus_1_query_is_reported_with_its_place<E: Everything>(engine: E, url: &str) {
    let db = opened(engine, url, |options| options.repeated_statement(3));
    let log = Logged::of(|| {
        let mut connection = db.connect(engine).unwrap();
        let blog = connection.blogs().insert(NewBlog::new("a")).unwrap();
        for _ in 0..10 {
            connection.blogs().find(blog.id).unwrap();
        }
        drop(connection);
        // The next user of the connection begins anew.
        let mut connection = db.connect(engine).unwrap();
        (0..2).for_each(|_| drop(connection.blogs().find(blog.id).unwrap()));
        // The same place is reported once, whichever connection it uses.
        for _ in 0..3 {
            drop(connection);
            connection = db.connect(engine).unwrap();
            (0..4).for_each(|_| drop(connection.blogs().find(blog.id).unwrap()));
        }
    });
    let reports: Vec<_> = log
        .iter()
        .filter(|line| line.contains("again and again"))
        .collect();
    assert_eq!(reports.len(), 2, "two places: {log:#?}");
    assert!(
        reports[0].contains("times=3") && reports[0].contains("logs.rs"),
        "{reports:?}"
    );
}

/// Covers MON-02: the same statement many times in one session, with work on another engine in between.
fn mon_02_an_n_plus_1_query_of_a_session_is_reported_with_its_place<E: Everything>(
    engine: E,
    url: &str,
) {
    let db = opened(engine, url, |options| options.repeated_statement(3));
    db.create_missing_on(B).unwrap();
    let log = Logged::of(|| {
        let found = crate::session::Db(db.clone()).session(|s| {
            let blog = s.connection(engine)?.blogs().insert(NewBlog::new("a"))?;
            for _ in 0..5 {
                s.connection(engine)?.blogs().get(blog.id)?;
                s.connection(B)?.blogs().count()?;
            }
            Ok(())
        });
        found.unwrap();
    });
    let reports: Vec<_> = lines_of(&log, engine.name(), "the same statement")
        .into_iter()
        .collect();
    assert_eq!(reports.len(), 1, "{log:#?}");
    assert!(
        reports[0].contains("times=3") && reports[0].contains("logs.rs"),
        "{reports:?}"
    );
}

/// Savepoints and bulk inserts are counted and echoed, and in no warning; a query of the program beside them is.
fn no_warning_is_about_statements_of_binderys_own<E: Everything>(engine: E, url: &str) {
    let db = opened(engine, url, |options| {
        let options = options.repeated_statement(3);
        options.slow_statement(Duration::from_millis(1))
    });
    let mut connection = db.connect(engine).unwrap();
    let mut counts = None;
    let log = Logged::of(|| {
        let ((), counted) = db.count_statements(|| {
            let work = connection.transaction(|tx| {
                for batch in 0..4 {
                    let rows = (0..2_000).map(|row| NewBlog::new(format!("{batch} {row}")));
                    tx.transaction(|tx| tx.blogs().insert_many(rows))?;
                    tx.blogs().all()?;
                }
                Ok(())
            });
            work.unwrap();
        });
        counts = Some(counted);
        drop(connection);
    });
    let counts = counts.unwrap();
    let repeated = counts.repeated(2);
    assert_eq!((repeated.len(), repeated[0].times), (1, 4), "{repeated:?}");
    assert!(repeated[0].statement.contains("SELECT"), "{repeated:?}");
    let counted = counts.to_string();
    assert!(counted.contains("SAVEPOINT"), "{counts}");
    assert!(
        counted.contains("INSERT INTO") || counted.contains("COPY"),
        "{counts}"
    );

    let slow = lines_of(&log, engine.name(), "a slow statement");
    // Bulk inserts take longer than reading their rows.
    assert!(!slow.is_empty(), "{log:#?}");
    assert!(slow.iter().all(|line| line.contains("SELECT")), "{slow:?}");
    let reports = lines_of(&log, engine.name(), "the same statement");
    assert_eq!(reports.len(), 1, "{log:#?}");
    assert!(reports[0].contains("SELECT"), "{reports:?}");

    db.echo(engine, true);
    let echoed = Logged::of(|| {
        let mut connection = db.connect(engine).unwrap();
        let work = connection.transaction(|tx| tx.transaction(|tx| tx.blogs().count()));
        work.unwrap();
    });
    let shown = lines_of(&echoed, engine.name(), "statement");
    assert_eq!(shown.len(), 5, "{shown:#?}");
}

/// Covers MON-02: of the statements of an engine that echoes, those that take long.
#[test]
fn mon_02_echo_from_of_the_configuration_is_a_threshold() {
    const SLOW: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n";
    let echoed = |from: &str| {
        let db = configured(&format!("echo = true\necho-from = \"{from}\""));
        let log = Logged::of(|| {
            let largest: i64 = db.connect(B).unwrap().query_scalar(SLOW, ()).unwrap();
            assert_eq!(largest, 300_000);
        });
        lines_of(&log, "b", "statement").len()
    };
    assert_eq!((echoed("1h"), echoed("1ms")), (0, 1));
}

/// Covers MON-02: `echo-plan` of the configuration shows a plan for each statement, and none without it.
#[test]
fn mon_02_echo_plan_of_the_configuration_shows_plans() {
    for (line, plans) in [("", 0), ("echo-plan = false", 0), ("echo-plan = true", 2)] {
        let db = configured(&format!("echo = true\n{line}"));
        let log = Logged::of(|| {
            let mut b = db.connect(B).unwrap();
            (0..2).for_each(|_| drop(b.blogs().all().unwrap()));
        });
        let shown = lines_of(&log, "b", "plan");
        assert_eq!(shown.len(), plans, "{line} {log:#?}");
        assert!(
            shown.iter().all(|plan| plan.contains("SCAN blogs")),
            "{shown:?}"
        );
    }
}

/// The engines in memory, with these lines in the table of `b`.
fn configured(lines: &str) -> Registry {
    let engines =
        ["default", "test", "b"].map(|name| format!("[engines.{name}]\nurl = \":memory:\"\n"));
    let text = engines.concat() + lines;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bindery.toml");
    std::fs::write(&file, text).unwrap();
    let config = bindery::Config::from_file(&file).unwrap();
    let db = Registry::with_config(&crate::sample::EMBEDDED, &config).unwrap();
    // Their statements are not among those of the test.
    Logged::of(|| drop(db.create_missing().unwrap()));
    db
}
