//! `bindery::migrations!()`: the migrations of a folder in a program.

use bindery::migrate::{Migrations, Migrator, ScriptStatement};
use bindery_cases::examples::*;

const MIGRATIONS: Migrations = bindery::migrations!("tests/main/embedded/migrations");

#[test]
fn a_program_brings_its_migrations_along() {
    let db = Databases::in_memory().expect("in memory");
    let report = db.migrate(MIGRATIONS).expect("they are right");
    let applied = |engine| {
        let runs = report.applied_on(engine).iter();
        runs.map(|run| (run.version, run.name)).collect::<Vec<_>>()
    };
    assert_eq!(applied("b"), [("1", "logs")]);
    assert_eq!(applied("default"), [("1", "notes"), ("2", "stars")]);
    let stars = "SELECT stars FROM notes";
    let mut default = db.default().expect("in memory");
    let found = default.query_scalar::<i64>(stars, ());
    assert_eq!(found.expect("a row"), 0);
    drop(default);
    // Where they have no folder of their own, they are those of the call.
    let of_b = Migrator::new(&db, engine::B, MIGRATIONS.of("b"));
    assert_eq!(of_b.run(&mut |_| ()).expect("nothing is pending"), []);
}

/// The command and the program write one history: the checksums are the same.
#[test]
fn the_checksum_is_that_of_the_command() {
    let [first, second] = MIGRATIONS.of("default") else {
        panic!("two migrations")
    };
    assert_eq!(first.up.statements.len(), 2);
    assert_eq!(first.up.statements[1].line, 2);
    let down = first.down.as_ref().expect("a file");
    let drop = ScriptStatement::new("DROP TABLE notes", 1);
    assert_eq!(*down.statements, [drop]);
    assert!(second.down.is_some());
    let text = include_str!("embedded/migrations/b/1_logs.sql");
    let folder = tempfile::tempdir().expect("a folder can be made");
    std::fs::write(folder.path().join("1_logs.sql"), text.replace('\n', "\r\n"))
        .expect("it can be written to");
    let read = bindery_schema::migrations::read_folder(
        folder.path(),
        bindery_schema::dialect::Dialect::Sqlite,
        None,
        &mut bindery_schema::source::Sources::default(),
        &mut bindery_schema::diagnostic::Diagnostics::default(),
    );
    assert_eq!(read[0].checksum, MIGRATIONS.of("b")[0].checksum);
}
