//! `bindery load` of single tables: rows that are added, updated or replaced, and a file with a wrong row, which changes nothing.

use super::dumped::{At, Dumped};
use super::support::holds;

/// Six thousand rows, of which one is wrong.
fn with_a_wrong_row(wrong: &str) -> String {
    let row = |id: u32| {
        if id == 5_000 {
            format!("{wrong}\n")
        } else {
            format!("{id},n{id}\n")
        }
    };
    format!("id,note\n{}", (1..=6_000).map(row).collect::<String>())
}

#[test]
fn dump_03_a_wrong_row_leaves_everything_as_it_was() {
    for test in Dumped::on_all() {
        test.on_b("INSERT INTO empties (id, note) VALUES (1, 'old')");
        let wrong = [
            ("x5000,n", "column `id`", "not an integer of 64 bits"),
            ("5000,n,more", "line 5001", "another number of fields (3)"),
            ("17,n", "line 5001", "a unique key holds the value already"),
            (
                "5000,\"n\"x",
                "line 5001",
                "there is text after a closing quote",
            ),
        ];
        for (row, place, why) in wrong {
            test.project.write("empties.csv", with_a_wrong_row(row));
            let failed = test
                .run("load --engine b --table empties --from empties.csv --replace --yes")
                .failed();
            holds(
                &failed,
                &[
                    "engine `b`",
                    "file `empties.csv`",
                    "line 5001",
                    place,
                    why,
                    "nothing was changed",
                ],
            );
            assert!(!failed.contains("x5000"), "{failed}");
            assert_eq!(test.rows("empties"), "id,note\n1,old\n");
        }
        let full = test
            .run("load --engine b --table empties --from empties.csv")
            .failed();
        holds(&full, &["the table has rows already", "--replace"]);
        test.project.write("empties.csv", "id,nota\n1,x\n");
        let unknown = test
            .run("load --engine b --table empties --from empties.csv --append")
            .failed();
        holds(&unknown, &["there is no column `nota` to load", "line 1"]);
        let missing = test
            .run("load --engine b --table empties --from no.csv --append")
            .failed();
        holds(&missing, &["there is no dump of engine `b` in"]);
        let refused = test
            .run("load --engine b --table empties --from empties.csv --replace")
            .failed();
        holds(
            &refused,
            &["there is no terminal to confirm on; nothing was changed"],
        );
        let no = test.project.run_answering(
            "load --engine b --table empties --from empties.csv --replace",
            "no",
        );
        holds(&no.failed(), &["not confirmed; nothing was changed"]);
        assert_eq!(test.rows("empties"), "id,note\n1,old\n");
    }
}

#[test]
fn dump_03_rows_that_refer_to_nothing_are_found_at_the_end() {
    for test in Dumped::on_all() {
        test.project.write("things.csv", "id,parent\n1,2\n2,9\n");
        let failed = test
            .run("load --engine b --table things --from things.csv")
            .failed();
        holds(
            &failed,
            &[
                "rows refer to rows that are not there",
                "nothing was changed",
            ],
        );
        if let At::Postgres(_) = &test.b {
            let moved = test.number("things_id_seq WHERE is_called");
            assert_eq!(moved, 0, "a refused load moved the sequence");
        }
        assert_eq!(test.rows("things").lines().count(), 1);
        test.dump_default();
        test.run("load --engine b --from data/default").good();
        test.project.write("owners.csv", "id,pet\n2,2\n");
        let failed = test
            .run("load --engine b --table owners --from owners.csv --replace --yes")
            .failed();
        holds(&failed, &["rows refer to rows that are not there"]);
        assert_eq!(test.rows("owners"), "id,pet\n1,1\n2,2\n");
        test.project.write("pets.csv", "id,owner\n1,1\n2,2\n");
        test.run("load --engine b --table pets --from pets.csv --replace --yes")
            .good();
        assert_eq!(test.rows("pets"), "id,owner\n1,1\n2,2\n");
    }
}

/// Covers DUMP-9.
#[test]
fn dump_03_rows_are_added_updated_or_replaced_as_wanted() {
    for test in Dumped::on_all() {
        test.on_b("INSERT INTO empties (note) VALUES ('old')");
        test.on_b("INSERT INTO empties (note) VALUES ('old')");
        test.project.write(
            "empties.jsonl",
            "{\"id\":3,\"note\":\"new\"}\n{\"note\":\"free\"}\n",
        );
        test.run("load --engine b --table empties --from empties.jsonl --append")
            .good();
        assert_eq!(
            test.rows("empties"),
            "id,note\n1,old\n2,old\n3,new\n4,free\n"
        );
        test.project
            .write("empties.csv", "id,note\n2,changed\n5,new\n");
        test.run("load --engine b --table empties --from empties.csv --upsert")
            .good();
        assert_eq!(
            test.rows("empties"),
            "id,note\n1,old\n2,changed\n3,new\n4,free\n5,new\n"
        );
        test.run("load --engine b --table empties --from empties.csv --replace --yes")
            .good();
        assert_eq!(test.rows("empties"), "id,note\n2,changed\n5,new\n");
    }
}

/// A load sets the columns that the program's own updates set by themselves, as it sets the others.
#[test]
fn an_upsert_keeps_the_given_versions_and_times() {
    const SCHEMA: &str = "\
-- @dialect postgres

-- @engines default, b
CREATE TABLE notes (
  id bigint PRIMARY KEY,
  body varchar(40) NOT NULL,
  -- @version
  version bigint NOT NULL,
  -- @updated
  changed timestamp NOT NULL
);
";
    const ROWS: &str =
        "id,body,version,changed\n1,new,7,2001-02-03T04:05:06\n2,two,3,2002-02-03T04:05:06\n";
    for dumped in Dumped::on_all_with(SCHEMA) {
        let project = &dumped.project;
        let old = "id,body,version,changed\n1,old,1,2000-01-01T00:00:00\n";
        project.write("old.csv", old);
        project.write("new.csv", ROWS);
        project
            .run("load --engine b --table notes --from old.csv")
            .good();
        project
            .run("load --engine b --table notes --from new.csv --upsert")
            .good();
        assert_eq!(
            project.run("dump --engine b --table notes --out -").good(),
            ROWS
        );
        project
            .run("load --engine b --table notes --from old.csv --replace --yes")
            .good();
        std::fs::create_dir_all(project.path("fixtures/b")).expect("a folder");
        project.write("fixtures/b/notes.csv", ROWS);
        project.run("load --engine b --fixtures fixtures").good();
        assert_eq!(
            project.run("dump --engine b --table notes --out -").good(),
            ROWS
        );
    }
}

const READINGS: &str = "\
-- @dialect postgres

-- @engines default, b
CREATE TABLE readings (
  id bigint PRIMARY KEY,
  total numeric(12,2),
  at_second timestamp(0),
  hour time(0),
  word varchar(5)
);
";

/// A value that its column would change is refused with the column, or a time is cut: as by every other way in.
#[test]
fn dump_03_a_value_that_its_column_would_change_is_refused_or_cut() {
    for test in Dumped::on_all_with(READINGS) {
        for (column, value, why) in [
            ("total", "1.239", "fewer digits after the point"),
            ("word", "abcdef", "too long or out of range"),
        ] {
            for mode in ["--append", "--replace --yes", "--upsert"] {
                let file = format!("id,{column}\n1,{value}\n");
                test.project.write("readings.csv", file);
                let words = format!("load --engine b --table readings --from readings.csv {mode}");
                let place = format!("column `{column}`");
                holds(&test.run(&words).failed(), &[why, &place, "line 2"]);
            }
        }
        // The server's own words name no column.
        let wider = "id,total\n1,12345678901234567890.12\n";
        test.project.write("readings.csv", wider);
        let words = "load --engine b --table readings --from readings.csv --append";
        holds(&test.run(words).failed(), &["table `readings`", "line 2"]);
        let header = "id,total,at_second,hour,word\n";
        let fine = "2026-01-31T23:59:59.999999,23:59:59.999999";
        let row = format!("{header}1,1.23,{fine},äöüß€\n");
        test.project.write("readings.csv", row);
        test.run("load --engine b --table readings --from readings.csv --append")
            .good();
        let cut = "2026-01-31T23:59:59,23:59:59";
        assert_eq!(
            test.rows("readings"),
            format!("{header}1,1.23,{cut},äöüß€\n")
        );
    }
}
