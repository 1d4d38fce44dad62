//! `bindery dump` on the three databases: its folders and manifests, and values that go from each database to each other. Rows DUMP-01
//! to DUMP-04 of the acceptance list are named by their ids, here and in `load.rs`, `dump_hostile.rs` and `fixtures.rs`.

use std::path::Path;

use super::dumped::{At, Dumped, SCHEMA, THINGS, without_json_blanks};
use super::support::{holds, names_in};

/// Covers DUMP-13, CLI-7.
#[test]
fn dump_01_each_engine_has_a_folder_with_files_and_a_manifest() {
    for test in Dumped::on_all() {
        test.dump_default();
        let loaded = test.run("load --engine b --from data/default").good();
        assert_eq!(
            loaded,
            "loaded     things on b: 4 rows\nloaded     empties on b: 0 rows\nloaded     owners on b: 2 rows\nloaded     pets on b: 2 rows\n"
        );
        let dumped = test.run("dump --engine b").good();
        holds(
            &dumped,
            &[
                "dumped     things on b: 4 rows",
                "4 tables of b in `data/b`",
            ],
        );
        let files = [
            "empties.csv",
            "manifest.json",
            "owners.csv",
            "pets.csv",
            "things.csv",
        ];
        assert_eq!(names_in(&test.project.path("data")), ["b", "default"]);
        assert_eq!(names_in(&test.project.path("data/b")), files);
        let again = test.run("dump --engine b").failed();
        holds(&again, &["there is a dump already: `data/b`", "--force"]);
        test.run("dump --engine b --force").good();
        // A folder that happens to have an engine's name is no dump.
        std::fs::create_dir_all(test.project.path("other/b")).expect("a folder");
        test.project.write("other/b/notes.txt", "mine");
        let other = test.run("dump --engine b --out other --force").failed();
        holds(&other, &["`other/b` is no dump, so it is not replaced"]);
        // Programs of the web have a manifest too.
        test.project
            .write("other/b/manifest.json", "{\"name\": \"shop\"}");
        let other = test.run("dump --engine b --out other --force").failed();
        holds(&other, &["`other/b` is no dump, so it is not replaced"]);
        let notes = std::fs::read_to_string(test.project.path("other/b/notes.txt"));
        assert_eq!(notes.expect("it is there"), "mine");
        let only = test.run("dump --all --table things --out some").good();
        holds(&only, &["things on b: 4 rows", "things on default: 4 rows"]);
        assert_eq!(
            names_in(&test.project.path("some/b")),
            ["manifest.json", "things.csv"]
        );
        test.run("dump --engine b --table owners --out owners-of-b.jsonl")
            .good();
        assert_eq!(
            test.read("owners-of-b.jsonl"),
            "{\"id\":1,\"pet\":1}\n{\"id\":2,\"pet\":2}\n"
        );
        assert_eq!(test.rows("pets"), "id,owner\n1,1\n2,1\n");
    }
}

/// Covers DUMP-7, DUMP-9.
#[test]
fn dump_02_all_values_go_from_each_database_to_each_other_in_each_form() {
    for test in Dumped::on_all() {
        test.dump_default();
        let first = test.read("data/default/things.csv");
        assert_eq!(without_json_blanks(&first), without_json_blanks(THINGS));
        test.run("load --engine b --from data/default").good();
        for form in ["csv", "jsonl"] {
            test.run(&format!("dump --engine b --as {form} --force"))
                .good();
            test.run("load --engine default --from data/b --replace --yes")
                .good();
            test.run(&format!("dump --as {form} --force")).good();
            let (b, default) = (
                format!("data/b/things.{form}"),
                format!("data/default/things.{form}"),
            );
            let plain = |text: String| {
                text.replace("\": [1, null]", "\":[1,null]")
                    .replace("\"\": [1, null]", "\"\":[1,null]")
            };
            assert_eq!(plain(test.read(&b)), plain(test.read(&default)), "{form}");
            test.run("load --engine b --from data/default --replace --yes")
                .good();
        }
        assert_eq!(
            without_json_blanks(&test.rows("things")),
            without_json_blanks(THINGS)
        );
        assert_eq!(test.rows("empties"), "id,note\n");
        // The next key that the database makes is a new one.
        test.on_b("INSERT INTO things (name) VALUES ('next')");
        assert!(test.rows("things").contains("\n5,,,,,,,,next,"));
        test.project
            .write("empties.csv", "note,id\nNULL,7\n,8\n\"\",9\n");
        test.run("load --engine b --table empties --from empties.csv")
            .good();
        test.on_b("INSERT INTO empties (note) VALUES ('next')");
        assert_eq!(
            test.rows("empties"),
            "id,note\n7,NULL\n8,\n9,\"\"\n10,next\n"
        );
    }
}

#[test]
fn dump_01_the_flat_layout_of_other_tools_is_recognised() {
    let test = Dumped::with(SCHEMA, At::File(std::path::PathBuf::new()));
    std::fs::create_dir(test.project.path("data")).expect("a folder");
    test.project.write("data/notes.txt", "a note\n");
    let missing = test.run("load --engine b").failed();
    holds(&missing, &["there is no dump of engine `b` in `data/b`"]);
    test.project.write("data/things.txt", "1\t2\n");
    let failed = test.run("load --engine b").failed();
    holds(
        &failed,
        &[
            "`data` holds files of the flat layout of other tools (`things.txt`)",
            "--table things --as csv --from data/things.txt",
        ],
    );
    assert!(Path::new(&test.project.path("data/things.txt")).exists());
    test.dump_default();
    let other = test.run("load --engine b").failed();
    holds(&other, &["there are dumps of `default`"]);
}
