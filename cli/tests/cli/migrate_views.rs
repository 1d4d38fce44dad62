//! Grants, triggers and comments of views: a migration that makes a view anew keeps them.

use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};
use mysql::prelude::Queryable;

use super::migrate_kills::wait_for_sessions;
use super::migrated::Migrated;
use super::support::{Project, wait_until};

const TABLE: &str = "CREATE TABLE notes (id bigint PRIMARY KEY, note varchar(200));\n";
const VIEW: &str = "CREATE VIEW shown AS SELECT id, note FROM notes;\n";
const ANEW: &str = "DROP VIEW shown;\nALTER TABLE notes ADD COLUMN more integer;\nCREATE VIEW shown AS SELECT id, note, more FROM notes;\n";
const WITHOUT_NOTE: &str = "DROP VIEW shown;\nCREATE VIEW shown AS SELECT id, more FROM notes;\n";

fn project(url: &str) -> Project {
    let project = Project::new(&[("bindery.toml", &format!("url = \"{url}\"\n"))]);
    std::fs::create_dir_all(project.path("migrations/default")).expect("a folder");
    project
}

fn apply(project: &Project, number: u32, sql: &str) {
    project.write(&format!("migrations/default/{number}_step.sql"), sql);
    project.run("migrate run").good();
}

fn client(database: &FreshDatabase) -> postgres::Client {
    postgres::Client::connect(&database.url(), postgres::NoTls).expect("the test server")
}

/// A role of the database alone.
fn role(client: &mut postgres::Client) -> String {
    let row = client.query_one("SELECT 'reader of ' || current_database()", &[]);
    row.expect("the test server").get(0)
}

/// All that the server has of its views, in words.
fn of_views(client: &mut postgres::Client) -> Vec<String> {
    const SQL: &str = "\
        SELECT concat_ws(' ', relname, relkind, relispopulated, pg_get_userbyid(relowner), relacl, obj_description(oid, 'pg_class')) FROM pg_class
          WHERE relname IN ('shown', 'counted')
        UNION ALL SELECT concat_ws(' ', attrelid::regclass, attname, attacl, col_description(attrelid, attnum)) FROM pg_attribute
          WHERE attrelid = 'shown'::regclass AND attname IN ('id', 'note')
        UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = 'shown'::regclass
        UNION ALL SELECT pg_get_ruledef(oid) FROM pg_rewrite WHERE rulename = 'no_delete'
        UNION ALL SELECT indexdef FROM pg_indexes WHERE tablename = 'counted'
        ORDER BY 1";
    let rows = client.query(SQL, &[]).expect("the test server");
    rows.iter().map(|row| row.get(0)).collect()
}

/// Covers MIG-1.
#[test]
fn cli_07_a_view_that_is_made_anew_keeps_its_grants_triggers_and_comments_on_postgres() {
    let Some(database) = fresh_postgres() else {
        return;
    };
    let project = project(&database.url());
    let counted = "CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM notes;\n";
    apply(&project, 1, &format!("{TABLE}{VIEW}{counted}"));
    let mut client = client(&database);
    let role = role(&mut client);
    let by_hand = format!(
        "CREATE ROLE \"{role}\"; GRANT CREATE ON SCHEMA public TO \"{role}\";
         GRANT SELECT ON counted TO \"{role}\" WITH GRANT OPTION; GRANT SELECT ON shown TO PUBLIC;
         GRANT UPDATE (note) ON shown TO PUBLIC;
         COMMENT ON VIEW shown IS 'it''s for \\ people'; COMMENT ON COLUMN shown.note IS 'the text';
         CREATE FUNCTION keeps() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         CREATE TRIGGER keeps INSTEAD OF INSERT ON shown FOR EACH ROW EXECUTE FUNCTION keeps();
         CREATE RULE no_delete AS ON DELETE TO shown DO INSTEAD NOTHING;
         CREATE UNIQUE INDEX counted_n ON counted (n); REFRESH MATERIALIZED VIEW counted WITH NO DATA; ALTER VIEW shown OWNER TO \"{role}\";"
    );
    client.batch_execute(&by_hand).expect("the test server");
    let before = of_views(&mut client);
    assert_eq!(before.len(), 7, "{before:#?}");

    apply(
        &project,
        2,
        &format!("DROP MATERIALIZED VIEW counted;\n{ANEW}{counted}"),
    );
    assert_eq!(of_views(&mut client), before);
    apply(
        &project,
        3,
        &format!("-- @no-transaction\nDROP VIEW shown;\n{VIEW}"),
    );
    assert_eq!(of_views(&mut client), before);
    // A trigger goes with its function, also where the view is away meanwhile.
    let without_function = format!("DROP VIEW shown;\nDROP FUNCTION keeps();\n{VIEW}");
    apply(&project, 4, &without_function);
    assert_eq!(of_views(&mut client).len(), 6);
    // A rule that is dropped on purpose stays away, and a column's grant and comment go with it.
    let by_itself = "DROP RULE no_delete ON shown;\nCOMMENT ON VIEW shown IS NULL;\n";
    apply(&project, 5, by_itself);
    apply(&project, 6, WITHOUT_NOTE);
    let after = of_views(&mut client);
    assert_eq!(after.len(), 4, "{after:#?}");
    let dropped = format!("DROP OWNED BY \"{role}\" CASCADE; DROP ROLE \"{role}\"");
    client.batch_execute(&dropped).expect("the test server");
}

/// A run that is killed while a view is away leaves to the next one, or to `resolve`, what stood at it.
/// Covers MIG-1 on PostgreSQL.
#[test]
fn cli_07_a_killed_run_without_a_transaction_loses_nothing_of_a_view() {
    const KILLED: &str = "-- @no-transaction\nDROP VIEW shown;\nSELECT pg_sleep(60);\nCREATE VIEW shown AS SELECT id FROM notes;\n";
    for is_resolved in [false, true] {
        let Some(migrated) = Migrated::on_postgres() else {
            return;
        };
        let first = format!("{TABLE}{VIEW}GRANT SELECT ON shown TO PUBLIC;\n");
        migrated.write("1_first.sql", &first).run("run").good();
        migrated.write("2_killed.sql", KILLED);
        let mut process = migrated.start("run");
        wait_until(|| sleeping(&migrated) == [1]);
        process.kill().expect("it runs");
        process.wait().expect("it ends");
        migrated.numbers("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()");
        wait_for_sessions(&migrated);
        assert!(!migrated.has_table("shown"));
        if is_resolved {
            migrated.execute(&["CREATE VIEW shown AS SELECT id FROM notes"]);
            migrated
                .run("resolve 2 --statements 3 --engine default")
                .good();
        } else {
            migrated
                .run("resolve 2 --statements 2 --engine default")
                .good();
            migrated.run("run").good();
        }
        let granted = "SELECT count(*) FROM pg_class, aclexplode(relacl) WHERE relname = 'shown' AND grantee = 0";
        assert_eq!(migrated.numbers(granted), [1], "{is_resolved}");
        assert!(!migrated.has_table("_bindery_beside_views"));
    }
}

fn sleeping(migrated: &Migrated) -> Vec<i64> {
    migrated.numbers("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()")
}

/// Covers MIG-1.
#[test]
fn cli_07_a_view_that_is_made_anew_keeps_its_triggers_on_sqlite() {
    let project = project("sqlite://default.db");
    apply(&project, 1, &format!("{TABLE}{VIEW}"));
    let triggers = |count: u32| {
        let read = rusqlite::Connection::open(project.path("default.db")).expect("the file");
        let sql =
            "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'shown'";
        let found = read.query_row(sql, (), |row| row.get::<_, u32>(0));
        assert_eq!(found.expect("the schema"), count);
    };
    project.sqlite(
        "default.db",
        "CREATE TRIGGER keeps INSTEAD OF INSERT ON shown BEGIN INSERT INTO notes (id) VALUES (new.id); END;
         CREATE TRIGGER goes INSTEAD OF DELETE ON shown BEGIN SELECT 1; END;",
    );
    triggers(2);
    apply(&project, 2, ANEW);
    triggers(2);
    project.sqlite("default.db", "INSERT INTO shown (id) VALUES (7);");
    apply(&project, 3, &format!("DROP TRIGGER goes;\n{WITHOUT_NOTE}"));
    triggers(1);
    apply(&project, 4, "DROP VIEW shown;\n");
    triggers(0);
}

/// The server keeps them by the name of the view.
#[test]
fn a_view_that_is_made_anew_keeps_its_grants_on_mysql() {
    let Some(database) = fresh_mysql() else {
        return;
    };
    let project = project(&database.url());
    apply(&project, 1, &format!("{TABLE}{VIEW}"));
    let mut connection = mysql::Conn::new(database.url().as_str()).expect("the test server");
    let name: Option<String> = connection
        .query_first("SELECT database()")
        .expect("the test server");
    let name = name.expect("a database");
    let user = format!("'r_{}'@'localhost'", &name[name.len().saturating_sub(20)..]);
    let mut run = |sql: String| connection.query_drop(sql).expect("the test server");
    run(format!("CREATE USER {user}"));
    run(format!("GRANT SELECT ON `{name}`.shown TO {user}"));
    apply(&project, 2, ANEW);
    let grants: Vec<String> = connection
        .query(format!("SHOW GRANTS FOR {user}"))
        .expect("the test server");
    assert!(
        grants.iter().any(|grant| grant.contains("shown")),
        "{grants:?}"
    );
    connection
        .query_drop(format!("DROP USER {user}"))
        .expect("the test server");
}
