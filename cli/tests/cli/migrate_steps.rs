//! From one schema to another on the real servers: what `migrate add` writes and `migrate check` passes runs there, with rows in the
//! tables, and back, and again. Each file of `steps/<database>` is a case: the schema before, rows, the schema after.

use std::path::{Path, PathBuf};

use super::both::Both;
use super::support::{Outcome, names_in};

/// The parts of a case.
struct Case {
    name: String,
    from: String,
    rows: String,
    to: String,
}

impl Case {
    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("a case");
        let mut parts = [String::new(), String::new(), String::new()];
        let mut at = None;
        for line in text.lines() {
            let heads = ["-- from", "-- rows", "-- to"];
            match heads.iter().position(|head| *head == line) {
                Some(head) => at = Some(head),
                None => {
                    let at = at.expect("a case begins with `-- from`");
                    parts[at].push_str(&format!("{line}\n"));
                }
            }
        }
        let [from, rows, to] = parts;
        let name = path.file_stem().expect("a file").to_string_lossy();
        Self {
            name: name.into_owned(),
            from,
            rows,
            to,
        }
    }
}

fn cases(database: &str) -> Vec<Case> {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cli/steps")
        .join(database);
    let names = names_in(&folder).into_iter();
    names.map(|name| Case::read(&folder.join(name))).collect()
}

fn done(outcome: &Outcome, words: &str) -> Result<(), String> {
    match outcome.is_good() {
        true => Ok(()),
        false => Err(format!("{words}: {}{}", outcome.results, outcome.messages)),
    }
}

/// The database is as the schema says, at each end.
fn walk(both: &Both, case: &Case) -> Result<(), String> {
    let run = |words: &str| done(&both.project.run(words), words);
    both.schema(&case.from);
    run("migrate add first")?;
    run("migrate run")?;
    run("validate")?;
    both.try_execute(&case.rows)?;
    let before = both.catalogue();
    let first = both.migrations().len();
    both.schema(&case.to);
    run("migrate add step")?;
    let files = both.migrations();
    let added = files[first..]
        .iter()
        .filter(|path| !path.to_string_lossy().ends_with(".down.sql"));
    let count = added.count();
    if count == 0 {
        return Err("nothing was added".to_owned());
    }
    both.mean_it();
    run("migrate check")?;
    run("migrate run")?;
    run("validate")?;
    let (after, created) = (both.catalogue(), both.created());
    if after != created {
        return Err(format!(
            "the catalogue has\n{after:#?}\n`create` makes\n{created:#?}"
        ));
    }
    run(&format!("migrate revert --yes --count {count}"))?;
    let reverted = both.catalogue();
    if reverted != before {
        return Err(format!(
            "reverted, the catalogue has\n{reverted:#?}\nbefore\n{before:#?}"
        ));
    }
    run("migrate run")?;
    run("validate")
}

fn walk_all(database: &str, open: fn() -> Option<Both>) {
    let mut failed = Vec::new();
    for case in cases(database) {
        let Some(both) = open() else { return };
        if let Err(why) = walk(&both, &case) {
            failed.push(format!("{}: {why}", case.name));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

/// The cases of PostgreSQL.
#[test]
fn cli_07_steps_between_two_schemas_run_on_postgres() {
    walk_all("postgres", Both::on_postgres);
}

/// The cases of MariaDB.
#[test]
fn cli_07_steps_between_two_schemas_run_on_mysql() {
    walk_all("mysql", Both::on_mariadb);
}

/// The way back of a new part divides the table anew without it, which the server refuses as long as rows are in it.
#[test]
fn cli_07_a_new_part_with_rows_stays_on_the_way_back() {
    let Some(both) = Both::on_mariadb() else {
        return;
    };
    let table = |more: &str| {
        let first = "PARTITION p0 VALUES LESS THAN (10)";
        format!(
            "CREATE TABLE a (id bigint NOT NULL PRIMARY KEY) PARTITION BY RANGE (id) ({first}{more});"
        )
    };
    both.schema(&table(""));
    both.good("migrate add first");
    both.good("migrate run");
    both.schema(&table(", PARTITION p1 VALUES LESS THAN (20)"));
    both.good("migrate add part");
    let file = std::fs::read_to_string(&both.migrations()[3]).expect("a migration");
    assert!(file.contains("ADD PARTITION (PARTITION p1"), "{file}");
    both.good("migrate run");
    both.execute("INSERT INTO a VALUES (1), (11)");
    let refused = both.project.run("migrate revert --yes");
    assert!(!refused.is_good());
    assert!(refused.messages.contains("1526"), "{}", refused.messages);
    assert_eq!(both.numbers("SELECT id FROM a ORDER BY id"), [1, 11]);
    both.execute("DELETE FROM a WHERE id = 11");
    both.good("migrate revert --yes");
    both.good("migrate run");
    both.good("validate");
}
