//! `db.load_fixtures` on every database.

use bindery::Registry;

use crate::sample::{Everything, Tables as _, on_each_database};

/// A folder with the fixtures of one engine.
fn folder(engine: &str, file: &str, text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let of_engine = folder.path().join(engine);
    std::fs::create_dir(&of_engine).expect("a folder");
    std::fs::write(of_engine.join(file), text).expect("a file");
    folder
}

const MEMBERS: &str = "id,user_id,email,nick\n1,7,ann@example.org,\n2,8,bob@example.org,\"\"\n";
const CHANGED: &str = "{\"id\":2,\"user_id\":8,\"email\":\"bob@example.org\",\"nick\":\"Bob\"}\n";

/// Rows are added, and updated when they are loaded again.
fn fixtures_are_loaded<E: Everything>(db: &Registry, engine: E) {
    let first = folder(engine.name(), "members.csv", MEMBERS);
    for _ in 0..2 {
        let loaded = db.load_fixtures(first.path()).expect("they fit");
        let rows = |name: &str| {
            let of_engine = loaded.iter().find(|one| one.engine == name);
            of_engine.map(|one| (one.rows(), one.skipped))
        };
        assert_eq!(rows(engine.name()), Some((2, 0)));
        assert_eq!(rows("test"), Some((0, 0)));
    }
    let second = folder(engine.name(), "members.jsonl", CHANGED);
    db.load_fixtures(second.path()).expect("they fit");
    let mut connection = db.connect(engine).expect("the engine is there");
    let members = connection.members().all().expect("rows");
    let nicks: Vec<_> = members.iter().map(|one| one.nick.as_deref()).collect();
    assert_eq!(nicks, [None, Some("Bob")]);
}

/// A row that cannot be stored is named, and nothing of its engine is.
fn a_wrong_fixture_is_named<E: Everything>(db: &Registry, engine: E) {
    let text = format!("{MEMBERS}3,9,,\n");
    let wrong = folder(engine.name(), "members.csv", &text);
    let error = db
        .load_fixtures(wrong.path())
        .expect_err("an email is missing");
    let message = error.to_string();
    assert!(message.contains("members.csv`, line 4"), "{message}");
    let mut connection = db.connect(engine).expect("the engine is there");
    assert_eq!(connection.members().count().expect("a number"), 0);
}

on_each_database! { registry:
    fixtures_are_loaded;
    a_wrong_fixture_is_named;
}
