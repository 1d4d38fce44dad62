//! Dumps that were changed after they were written, hostile files and hostile names.

use super::dumped::{At, Dumped, SCHEMA};
use super::support::{holds, names_in};

/// Covers DUMP-2, DUMP-6.
#[test]
fn dump_03_dumps_that_were_changed_are_refused() {
    Dumped::on_all().iter().for_each(changed_dumps_are_refused);
}

fn changed_dumps_are_refused(test: &Dumped) {
    test.dump_default();
    let things = test.read("data/default/things.csv");
    for changed in [
        things.replace("0.1", "0.2"),
        things[..things.len() - 3].to_owned(),
        String::new(),
    ] {
        test.project.write("data/default/things.csv", &changed);
        let failed = test.run("load --engine b --from data/default").failed();
        holds(
            &failed,
            &[
                "`data/default/things.csv` is not as it was dumped",
                "nothing was changed",
            ],
        );
    }
    std::fs::remove_file(test.project.path("data/default/things.csv")).expect("it is there");
    let failed = test.run("load --engine b --from data/default").failed();
    holds(&failed, &["cannot read `data/default/things.csv`"]);
    test.project.write("data/default/things.csv", &things);
    let manifest = test.read("data/default/manifest.json");
    let other = manifest.replace(
        "\"name\": \"note\",\n          \"type\": \"text\"",
        "\"name\": \"nota\",\n          \"type\": \"text\"",
    );
    test.project.write("data/default/manifest.json", &other);
    holds(
        &test.run("load --engine b --from data/default").failed(),
        &["`data/default/manifest.json` is not as it was dumped"],
    );
    // Of a version that wrote no checksum of it.
    let lines = other
        .lines()
        .filter(|line| !line.starts_with("  \"sha256\""));
    let other: String = lines.map(|line| format!("{line}\n")).collect();
    test.project.write("data/default/manifest.json", other);
    let failed = test.run("load --engine b --from data/default").failed();
    holds(
        &failed,
        &[
            "`things` has no column `nota` in the schema",
            "`empties` has no column `nota`",
        ],
    );
    test.project.write(
        "data/default/manifest.json",
        manifest.replace("\"format\": 1", "\"format\": 9"),
    );
    holds(
        &test.run("load --engine b --from data/default").failed(),
        &["has form 9"],
    );
    test.project.write(
        "data/default/manifest.json",
        &manifest[..manifest.len() / 2],
    );
    holds(
        &test.run("load --engine b --from data/default").failed(),
        &["is not a manifest of a dump"],
    );
    assert_eq!(test.rows("things").lines().count(), 1);
}

/// Covers DUMP-3 on SQLite.
#[test]
fn dump_04_hostile_files_lead_nowhere() {
    let test = Dumped::with(SCHEMA, At::File(std::path::PathBuf::new()));
    test.dump_default();
    let manifest = test.read("data/default/manifest.json");
    test.project.write("outside.csv", "id,note\n1,stolen\n");
    for name in ["../../outside.csv", "/etc/passwd", "outside.csv", "..", ""] {
        test.project.write(
            "data/default/manifest.json",
            manifest.replace("\"empties.csv\"", &format!("{name:?}")),
        );
        let failed = test.run("load --engine b --from data/default").failed();
        holds(
            &failed,
            &[
                "is not a manifest of a dump",
                "is not the file of table `empties`",
            ],
        );
    }
    test.project.write("data/default/manifest.json", &manifest);
    let empties = test.project.path("data/default/empties.csv");
    std::fs::remove_file(&empties).expect("it is there");
    std::os::unix::fs::symlink(test.project.path("outside.csv"), &empties).expect("a link");
    holds(
        &test.run("load --engine b --from data/default").failed(),
        &["is not a regular file"],
    );

    let long = format!("id,note\n1,\"{}\n", "x".repeat(3 << 20));
    test.project.write("long.csv", long);
    let failed = test
        .run("load --engine b --table empties --from long.csv --longest-row 1")
        .failed();
    holds(
        &failed,
        &[
            "line 2",
            "the row has more than 1048576 bytes",
            "--longest-row",
        ],
    );
    test.project.write("latin.csv", b"id,note\n1,caf\xe9\n");
    holds(
        &test
            .run("load --engine b --table empties --from latin.csv")
            .failed(),
        &["line 2", "is not UTF-8"],
    );
    test.project.write("wide.csv", b"\xff\xfei\0d\0\n\0");
    holds(
        &test
            .run("load --engine b --table empties --from wide.csv")
            .failed(),
        &["line 1", "is not UTF-8"],
    );
    test.project.write("open.csv", "id,note\n1,\"x\n2,y\n");
    holds(
        &test
            .run("load --engine b --table empties --from open.csv")
            .failed(),
        &["line 2", "a quote is not closed"],
    );
    test.project
        .write("code.csv", "id,note\n1,'); DROP TABLE things; --\n");
    test.run("load --engine b --table empties --from code.csv")
        .good();
    assert_eq!(
        test.rows("empties"),
        "id,note\n1,'); DROP TABLE things; --\n"
    );
    let failed = test
        .run("load --engine b --table x';drop --from code.csv")
        .failed();
    holds(&failed, &["there is no table `x\\';drop` on engine `b`"]);
}

/// Covers DUMP-4.
#[test]
fn dump_04_names_with_quotes_and_slashes_are_names() {
    const HOSTILE: &str = "\
-- @dialect postgres

-- @engines default, b
-- @model Odd
CREATE TABLE \"../od\"\"d ' t\" (
  id bigint PRIMARY KEY,
  \"co,l\"\"'\" text
);
";
    for test in Dumped::on_all_with(HOSTILE) {
        test.project.write("odd.csv", "id,\"co,l\"\"'\"\n1,x\n");
        let connection =
            rusqlite::Connection::open(test.project.path("default.db")).expect("a file");
        connection
            .execute_batch("INSERT INTO \"../od\"\"d ' t\" VALUES (1, 'x')")
            .expect("a row");
        test.run("dump").good();
        assert_eq!(names_in(&test.project.path("data")), ["default"]);
        assert_eq!(
            names_in(&test.project.path("data/default")),
            ["%2e.%2fod%22d%20%27%20t.csv", "manifest.json"]
        );
        test.run("load --engine b --from data/default").good();
        test.run("dump --engine b").good();
        let file = "%2e.%2fod%22d%20%27%20t.csv";
        assert_eq!(
            test.read(&format!("data/b/{file}")),
            "id,\"co,l\"\"'\"\n1,x\n"
        );
    }
}
