//! `bindery load --skip-bad` on the three databases: bad rows are left out and kept in a file.

use super::dumped::Dumped;
use super::support::holds;

#[test]
fn dump_03_bad_rows_are_left_out_where_that_is_wanted() {
    for test in Dumped::on_all() {
        test.project
            .write("empties.csv", "id,note\n1,a\nx,b\n1,c\n2,d\n3\n4,e\n");
        let left_out =
            test.run("load --engine b --table empties --from empties.csv --skip-bad bad.csv");
        assert_eq!(left_out.code, Some(1), "{left_out:#?}");
        assert_eq!(
            left_out.results,
            "loaded     empties on b: 3 rows, 3 rows left out\n"
        );
        holds(&left_out.messages, &["3 rows of b left out, in `bad.csv`"]);
        assert_eq!(test.rows("empties"), "id,note\n1,a\n2,d\n4,e\n");
        let bad = test.read("bad.csv");
        holds(
            &bad,
            &[
                "id,note\n",
                "line 3, column `id`",
                "not an integer of 64 bits",
                "\nx,b\n",
                "\n1,c\n",
                "\n3\n",
            ],
        );
    }
}

/// A row that the database refuses, before one that cannot be sent to it; and no load begins whose file of bad rows is there.
#[test]
fn dump_03_bad_rows_are_left_out_in_any_order() {
    for test in Dumped::on_all() {
        test.on_b("INSERT INTO empties (id, note) VALUES (1, 'there')");
        let long = "1,a\n5,b\n6,c\nx,d\n7,e\n99999999999999999999,f\n5,g\n8,h\n";
        test.project
            .write("empties.csv", format!("id,note\n{long}"));
        let words =
            "load --engine b --table empties --from empties.csv --append --skip-bad bad.csv";
        let left_out = test.run(words);
        assert_eq!(left_out.code, Some(1), "{left_out:#?}");
        assert_eq!(
            left_out.results,
            "loaded     empties on b: 4 rows, 4 rows left out\n"
        );
        assert_eq!(
            test.rows("empties"),
            "id,note\n1,there\n5,b\n6,c\n7,e\n8,h\n"
        );
        let bad = test.read("bad.csv");
        holds(&bad, &["\n1,a\n", "\nx,d\n", "\n5,g\n"]);
        let refused = test.run(words).failed();
        holds(
            &refused,
            &["error: `bad.csv` is there already", "name another"],
        );
    }
}
