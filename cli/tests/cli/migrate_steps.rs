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

/// The first schema with its rows, and the migration to the other: its number of files.
fn begun(both: &Both, case: &Case) -> Result<usize, String> {
    let run = |words: &str| done(&both.project.run(words), words);
    both.schema(&case.from);
    run("migrate add first")?;
    run("migrate run")?;
    run("validate")?;
    both.try_execute(&case.rows)?;
    let first = both.migrations().len();
    both.schema(&case.to);
    run("migrate add step")?;
    let files = both.migrations();
    let added = files[first..]
        .iter()
        .filter(|path| !path.to_string_lossy().ends_with(".down.sql"));
    match added.count() {
        0 => Err("nothing was added".to_owned()),
        count => Ok(count),
    }
}

fn is_reverted(both: &Both, before: &[String]) -> Result<(), String> {
    let reverted = both.with_functions(0);
    match reverted == before {
        true => Ok(()),
        false => Err(format!(
            "reverted, the catalogue has\n{reverted:#?}\nbefore\n{before:#?}"
        )),
    }
}

/// The database is as the schema says, at each end.
fn walk(both: &Both, case: &Case) -> Result<(), String> {
    let run = |words: &str| done(&both.project.run(words), words);
    let count = begun(both, case)?;
    let before = both.with_functions(0);
    walk_without_losses(both, count, &before)?;
    both.mean_it();
    run("migrate check")?;
    run("migrate run")?;
    run("validate")?;
    both.created();
    let (after, created) = (both.with_functions(0), both.with_functions(1));
    if after != created {
        return Err(format!(
            "the catalogue has\n{after:#?}\n`create` makes\n{created:#?}"
        ));
    }
    run(&format!("migrate revert --yes --count {count}"))?;
    is_reverted(both, &before)?;
    run("migrate run")?;
    run("validate")
}

/// As long as what loses data is a comment the rest runs, there and back.
fn walk_without_losses(both: &Both, count: usize, before: &[String]) -> Result<(), String> {
    let run = |words: &str| {
        let outcome = both.project.run(words);
        done(&outcome, &format!("without losses, {words}"))
    };
    let texts = both.migrations();
    let mut texts = texts
        .iter()
        .map(|path| std::fs::read_to_string(path).expect("a migration"));
    if !texts.any(|text| text.contains("-- Not executed.")) {
        return Ok(());
    }
    run("migrate run")?;
    run(&format!("migrate revert --yes --count {count}"))?;
    is_reverted(both, before)
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

/// SQLite makes the table anew under another name for a time, and knows the columns by that one (openstatus).
#[test]
fn cli_07_a_check_that_names_its_own_table_is_made_anew_with_it() {
    let table = |kind: &str| {
        format!(
            "CREATE TABLE parts (id INTEGER PRIMARY KEY, a {kind}, b INTEGER AS (\"parts\".\"id\" + 1),
             CONSTRAINT known CHECK (\"parts\".\"a\" = 'x.y' OR Parts.id > 1));
             CREATE INDEX parts_a ON parts (a) WHERE parts.id > 0;"
        )
    };
    let case = Case {
        name: "own_name".to_owned(),
        from: table("TEXT NOT NULL"),
        rows: "INSERT INTO parts (id, a) VALUES (1, 'x.y'), (2, 'z')".to_owned(),
        to: table("TEXT"),
    };
    walk(&Both::on_sqlite(), &case).expect("it is written, runs and comes back");
}

/// A program may call a function that no table needs any more, as long as the schema has it.
#[test]
fn cli_07_functions_that_nothing_calls_stay_while_the_schema_has_them() {
    let Some(both) = Both::on_postgres() else {
        return;
    };
    let function =
        "CREATE FUNCTION mark() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '!' $$;";
    let count = "SELECT count(*) FROM pg_proc WHERE proname = 'mark'";
    let step = |schema: &str, functions: i64| {
        both.schema(schema);
        both.good("migrate add step");
        both.good("migrate run");
        both.good("validate");
        assert_eq!(both.numbers(count), [functions], "{schema}");
    };
    let table = |words: &str| format!("CREATE TABLE t (id bigint PRIMARY KEY, a text{words});");
    step(&format!("{function}{}", table(" DEFAULT mark()")), 1);
    step(&format!("{function}{}", table("")), 1);
    step(&format!("{function}{}", table(" DEFAULT mark() || '?'")), 1);
    step(&table(""), 0);
    both.good("migrate revert --yes --count 4");
    assert_eq!(both.numbers(count), [0]);
}

/// Tables of other programs are in the schema, as `@unmanaged`, and in no migration.
#[test]
fn cli_07_foreign_keys_to_unmanaged_tables_run() {
    let users = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, name varchar(20));";
    let key = |column: &str| {
        format!(
            "{column} bigint, CONSTRAINT t_{column} FOREIGN KEY ({column}) REFERENCES users (id)"
        )
    };
    for both in Both::on_all() {
        both.execute(users);
        both.execute_created(users).expect("it runs");
        let before = both.catalogue();
        let view =
            "CREATE VIEW v AS SELECT t.id, users.name FROM t JOIN users ON users.id = t.author;";
        let schema = |keys: &str, rest: &str| {
            let table = format!("CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, {keys});");
            both.schema(&format!("-- @unmanaged\n{users}\n{table}\n{rest}"));
        };
        let step = || {
            both.good("migrate add step");
            both.mean_it();
            for words in ["migrate check", "migrate run", "validate"] {
                both.good(words);
            }
        };
        schema(&key("author"), "");
        step();
        let both_keys = "author bigint, editor bigint, CONSTRAINT t_author FOREIGN KEY (author) REFERENCES users (id), CONSTRAINT t_editor FOREIGN KEY (editor) REFERENCES users (id)";
        schema(both_keys, view);
        step();
        schema(&key("author"), view);
        step();
        both.good("migrate run");
        let count = both.migrations().len();
        both.good(&format!("migrate revert --yes --count {count}"));
        assert_eq!(both.catalogue(), before);
    }
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

/// Triggers by their definitions, and whether they are switched on.
const TRIGGERS: &str = "SELECT tgenabled::text || ' ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname";

/// Triggers of the migrations that PostgreSQL binds to columns, by UPDATE OF and WHEN, stand in the way of other types and drops.
#[test]
fn cli_07_triggers_of_columns_that_change_are_made_again() {
    let Some(both) = Both::on_postgres() else {
        return;
    };
    both.schema(
        "CREATE TYPE mood AS ENUM ('well', 'ill');
CREATE TABLE t (id bigint PRIMARY KEY, a integer, b integer, c varchar(9), d integer, m mood, e text);
CREATE TABLE gone (id bigint PRIMARY KEY, a integer);",
    );
    both.good("migrate add first");
    let first = both.migrations().pop().expect("a migration");
    let text = std::fs::read_to_string(&first).expect("a migration");
    let triggers = "
CREATE DOMAIN code AS text;
CREATE FUNCTION code_of(bigint) RETURNS code LANGUAGE sql AS $$ SELECT $1::text::code $$;
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER by_event BEFORE UPDATE OF a, m, id ON t FOR EACH ROW EXECUTE FUNCTION noted();
CREATE TRIGGER by_row AFTER UPDATE ON t FOR EACH ROW WHEN (OLD.c IS DISTINCT FROM NEW.c) EXECUTE FUNCTION noted();
CREATE TRIGGER off AFTER UPDATE OF d ON public.t FOR EACH ROW EXECUTE FUNCTION noted();
ALTER TABLE t DISABLE TRIGGER off;
CREATE TRIGGER of_b AFTER INSERT OR UPDATE OF b ON t FOR EACH ROW EXECUTE FUNCTION noted();
CREATE TRIGGER others AFTER UPDATE ON t FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION noted();
CREATE TRIGGER of_gone AFTER UPDATE OF a ON gone FOR EACH ROW EXECUTE FUNCTION noted();
";
    std::fs::write(&first, text + triggers).expect("it can be written");
    both.good("migrate run");
    both.execute("INSERT INTO t VALUES (1, 2, 3, 'x', 4, 'well', 'y')");
    let before = both.texts(TRIGGERS);
    both.schema(
        "CREATE TYPE mood AS ENUM ('well');
-- @renamed_from t
CREATE TABLE u (
    id bigint PRIMARY KEY,
    a bigint,
    -- @renamed_from c
    \"the C\" text,
    d smallint,
    m mood,
    e text
);",
    );
    both.good("migrate add step");
    both.mean_it();
    both.good("migrate run");
    both.good("validate");
    let after = both.texts(TRIGGERS);
    let wanted: Vec<String> = before
        .iter()
        .filter(|one| !one.contains("of_b") && !one.contains("of_gone"))
        .map(|one| one.replace("public.t ", "public.u "))
        .map(|one| {
            let compared = "(old.c)::text IS DISTINCT FROM (new.c)::text";
            one.replace(compared, "old.\"the C\" IS DISTINCT FROM new.\"the C\"")
        })
        .collect();
    assert_eq!(after, wanted);
    assert_eq!(both.numbers("SELECT a FROM u"), [2]);
    let added = both.migrations().len();
    let count = if added > 4 { 2 } else { 1 };
    both.good(&format!("migrate revert --yes --count {count}"));
    assert_eq!(both.texts(TRIGGERS), before);
    both.good("migrate run");
    assert_eq!(both.texts(TRIGGERS), wanted);
}

/// `pull` writes triggers that are bound to columns, so that migrations after a pulled file know them.
#[test]
fn cli_07_triggers_of_a_pulled_database_go_with_their_columns() {
    let Some(both) = Both::on_postgres() else {
        return;
    };
    both.execute(
        "CREATE TABLE t (id bigint PRIMARY KEY, a integer, b integer, c integer);
CREATE FUNCTION helped(t) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN $1.c; END $$;
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE row t%ROWTYPE; BEGIN PERFORM helped(NEW); RETURN NEW; END $$;
CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER of_both AFTER UPDATE OF a, b ON t FOR EACH ROW EXECUTE FUNCTION noted();
CREATE TRIGGER of_c AFTER UPDATE ON t FOR EACH ROW WHEN (OLD.c IS DISTINCT FROM NEW.c) EXECUTE FUNCTION noted();
ALTER TABLE t DISABLE TRIGGER of_c;
CREATE TRIGGER of_none AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION other();
INSERT INTO t VALUES (1, 2, 3, 4);",
    );
    let before = both.texts(TRIGGERS);
    let pulled = both.good("pull --out - --quiet");
    let left_out = "-- Left out, as bindery neither makes nor compares it:\n--   function other()\n--   trigger of_none on t\n";
    assert!(pulled.ends_with(left_out), "{pulled}");
    let Some(shell) = Both::on_postgres() else {
        return;
    };
    shell.execute(&pulled);
    let bound = before.iter().filter(|one| !one.contains("of_none"));
    assert_eq!(shell.texts(TRIGGERS), bound.cloned().collect::<Vec<_>>());
    both.project
        .write("migrations/default/1_before.sql", pulled);
    both.good("migrate baseline 1");
    both.schema("CREATE TABLE t (id bigint PRIMARY KEY, c bigint);");
    both.good("migrate add step");
    both.mean_it();
    both.good("migrate check");
    both.good("migrate run");
    both.good("validate");
    let kept = before.iter().filter(|one| !one.contains("of_both"));
    let kept: Vec<String> = kept.cloned().collect();
    assert_eq!(both.texts(TRIGGERS), kept);
    both.good("migrate revert --yes --count 1");
    assert_eq!(both.texts(TRIGGERS), before);
    both.good("migrate run");
    assert_eq!(both.texts(TRIGGERS), kept);
}

/// `pull` writes functions that hold a type or a table, so that migrations after a pulled file drop them first (Boundary).
#[test]
fn cli_07_functions_of_a_pulled_database_go_with_their_types() {
    let Some(both) = Both::on_postgres() else {
        return;
    };
    both.execute(
        "CREATE DOMAIN mark AS text CHECK (value <> '');
CREATE TABLE t (id bigint PRIMARY KEY, a integer);
CREATE TABLE kept (id bigint PRIMARY KEY);
CREATE FUNCTION marked(integer) RETURNS mark LANGUAGE sql AS $$ SELECT 'm'::mark $$;
CREATE FUNCTION all_of_t() RETURNS SETOF t LANGUAGE sql AS $$ SELECT * FROM t $$;
CREATE FUNCTION counted() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM kept $$;",
    );
    let left_out =
        "-- Left out, as bindery neither makes nor compares it:\n--   function counted()\n";
    let pulled = both.good("pull --out - --quiet");
    assert!(pulled.ends_with(left_out), "{pulled}");
    let kept = "CREATE TABLE kept (id bigint PRIMARY KEY);";
    assert_eq!(functions_of_pulled(&both, kept), ["counted()"]);
}

/// Beside a view over the same table, a trigger that is bound to a column of the type, a table that is renamed, and a type that another
/// one takes the place of.
#[test]
fn cli_07_functions_of_a_pulled_database_go_beside_what_is_over_the_same() {
    let Some(both) = Both::on_postgres() else {
        return;
    };
    both.execute(
        "CREATE TYPE mood AS ENUM ('well', 'ill');
CREATE TABLE t (id bigint PRIMARY KEY, m mood);
CREATE TABLE u (id bigint PRIMARY KEY, m mood, a text);
CREATE TABLE v (id bigint PRIMARY KEY);
CREATE VIEW ill AS SELECT id, m FROM t WHERE m = 'ill';
CREATE FUNCTION first_of_t() RETURNS t LANGUAGE sql AS $$ SELECT * FROM t ORDER BY id LIMIT 1 $$;
CREATE FUNCTION all_ill() RETURNS SETOF ill LANGUAGE sql AS $$ SELECT * FROM ill $$;
CREATE FUNCTION worse(mood) RETURNS mood LANGUAGE sql AS $$ SELECT 'ill'::mood $$;
CREATE FUNCTION all_of_v() RETURNS SETOF v LANGUAGE sql AS $$ SELECT * FROM v $$;
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a := worse(NEW.m)::text; RETURN NEW; END $$;
CREATE TRIGGER noted BEFORE UPDATE OF m ON u FOR EACH ROW WHEN (NEW.m = 'well') EXECUTE FUNCTION noted();",
    );
    let after = "CREATE DOMAIN number AS text;
CREATE FUNCTION code_of(bigint) RETURNS number LANGUAGE sql AS $$ SELECT $1::text::number $$;
CREATE TABLE u (id bigint PRIMARY KEY, a text);
-- @renamed_from v
CREATE TABLE w (id bigint PRIMARY KEY);";
    functions_of_pulled(&both, after);
}

/// The functions after a migration from what is pulled to a schema; the way back makes those that were there again.
fn functions_of_pulled(both: &Both, after: &str) -> Vec<String> {
    let functions = "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace ORDER BY 1";
    let before = both.texts(functions);
    let pulled = both.good("pull --out - --quiet");
    both.project
        .write("migrations/default/1_before.sql", pulled);
    both.good("migrate baseline 1");
    both.schema(after);
    both.good("migrate add step");
    both.mean_it();
    both.good("migrate check");
    both.good("migrate run");
    both.good("validate");
    let left = both.texts(functions);
    both.good("migrate revert --yes --count 1");
    assert_eq!(both.texts(functions), before);
    both.good("migrate run");
    assert_eq!(both.texts(functions), left);
    left
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

/// A constraint of a schema that is NOT VALID is made so, and becomes valid where the words go; the way back makes it as it was.
#[test]
fn cli_07_constraints_that_are_not_valid_become_valid() {
    const UNCHECKED: &str = "SELECT conname FROM pg_constraint WHERE NOT convalidated ORDER BY 1";
    let Some(both) = Both::on_postgres() else {
        return;
    };
    let table = "CREATE TABLE t (id bigint PRIMARY KEY, a integer, b bigint);\nCREATE TABLE u (id bigint PRIMARY KEY);\n";
    let check = "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)";
    let key = "ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES u (id)";
    let schema = |words: &str| format!("{table}{check}{words};\n{key}{words};\n");
    let add = |name: &str| both.good(&format!("migrate add {name}"));
    both.schema(table);
    add("first");
    both.good("migrate run");
    both.execute("INSERT INTO t VALUES (1, -1, 1)");

    both.schema(&schema(" NOT VALID"));
    add("second");
    both.good("migrate check");
    both.good("migrate run");
    both.good("validate");
    assert_eq!(both.texts(UNCHECKED), ["c", "t_b_fkey"]);
    assert_eq!(both.catalogue(), both.created());

    both.schema(&schema(""));
    add("third");
    both.good("migrate check");
    assert!(!both.project.run("migrate run").is_good());
    assert_eq!(both.texts(UNCHECKED), ["c", "t_b_fkey"]);
    both.execute("UPDATE t SET a = 1; INSERT INTO u VALUES (1)");
    both.good("migrate run");
    both.good("validate");
    assert!(both.texts(UNCHECKED).is_empty());
    both.good("migrate revert --yes --count 1");
    assert_eq!(both.texts(UNCHECKED), ["c", "t_b_fkey"]);
    both.good("migrate run");
    assert_eq!(both.catalogue(), both.created());
}
