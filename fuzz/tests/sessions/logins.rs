//! Recordings of logins, one for each way that a server demands a password.

use bindery_fuzz::server::{
    Engine, Session, Speaker, messages, prepare as prepare_tables, record_login,
};
use bindery_testkit::{FreshDatabase, Product, Server};

use super::{PATIENT, recording};

/// Their names. MySQL has the password sent, encrypted, where it does not have its hash in memory (`login_sha2`).
pub(super) const LOGINS: [(Engine, &str); 7] = [
    (Engine::Postgres, "login_scram"),
    (Engine::Postgres, "login_md5"),
    (Engine::Postgres, "login_password"),
    (Engine::Mariadb, "login_native"),
    (Engine::Mariadb, "login_ed25519"),
    (Engine::Mysql, "login_sha2"),
    (Engine::Mysql, "login_sha2_known"),
];

const HBA: &str = "local all all trust
host all by_md5 all md5
host all by_password all password
host all all all scram-sha-256
";

const POSTGRES_ACCOUNTS: &str = "CREATE ROLE by_scram LOGIN PASSWORD 'secret';
CREATE ROLE by_password LOGIN PASSWORD 'secret';
SET password_encryption = md5;
CREATE ROLE by_md5 LOGIN PASSWORD 'secret';
GRANT pg_read_all_data TO by_scram, by_password, by_md5;";

const SERVER_KEY: &str =
    "SELECT split_part(rolpassword, ':', 3) FROM pg_authid WHERE rolname = 'by_scram'";

/// The server tries the second password of `by_native` after the first one was wrong.
const MARIADB_ACCOUNTS: &str = "INSTALL SONAME 'auth_ed25519';
CREATE USER by_ed25519@'%' IDENTIFIED VIA ed25519 USING PASSWORD('secret');
CREATE USER by_native@'%' IDENTIFIED VIA ed25519 USING PASSWORD('another')
    OR mysql_native_password USING PASSWORD('secret');
GRANT SELECT ON *.* TO by_ed25519@'%', by_native@'%';";

const MYSQL_ACCOUNTS: &str =
    "CREATE USER by_sha2@'%' IDENTIFIED BY 'secret'; GRANT SELECT ON *.* TO by_sha2@'%';";

/// Records logins to private servers: PostgreSQL, and MariaDB or MySQL, whichever is installed.
pub(super) fn record_logins() -> Vec<(&'static str, Session)> {
    [Server::postgres().file("hba_file", HBA), Server::mysql()]
        .into_iter()
        .filter_map(bindery_testkit::ServerOptions::start_or_skip)
        .flat_map(|server| {
            let fresh = server.fresh_database().expect("it makes databases");
            match server.product() {
                Product::Postgres => of_postgres(&fresh),
                Product::MariaDb => of_mariadb(&fresh),
                Product::MySql => of_mysql(&fresh),
            }
        })
        .collect()
}

fn of_postgres(fresh: &FreshDatabase) -> Vec<(&'static str, Session)> {
    prepare(fresh, Engine::Postgres, POSTGRES_ACCOUNTS);
    let key = fresh.answer(SERVER_KEY).expect("its secret");
    let login = |account, key| record_login(Engine::Postgres, &url(fresh, account), key);
    vec![
        ("login_scram", login("by_scram", &key)),
        ("login_md5", login("by_md5", "")),
        ("login_password", login("by_password", "")),
    ]
}

fn of_mariadb(fresh: &FreshDatabase) -> Vec<(&'static str, Session)> {
    prepare(fresh, Engine::Mariadb, MARIADB_ACCOUNTS);
    let login = |account| record_login(Engine::Mariadb, &url(fresh, account), "");
    vec![
        ("login_native", login("by_native")),
        ("login_ed25519", login("by_ed25519")),
    ]
}

fn of_mysql(fresh: &FreshDatabase) -> Vec<(&'static str, Session)> {
    prepare(fresh, Engine::Mysql, MYSQL_ACCOUNTS);
    let login = || record_login(Engine::Mysql, &url(fresh, "by_sha2"), "");
    vec![("login_sha2", login()), ("login_sha2_known", login())]
}

/// Creates the tables, the row that is found, and the accounts.
fn prepare(fresh: &FreshDatabase, engine: Engine, accounts: &str) {
    prepare_tables(engine, &fresh.url()).expect("its tables");
    fresh.run_script(accounts).expect("accounts");
}

fn url(fresh: &FreshDatabase, account: &str) -> String {
    let url = fresh.url();
    let (scheme, rest) = url.split_once("://").expect("a scheme");
    let (_, place) = rest.split_once('@').expect("an account");
    format!("{scheme}://{account}:secret@{place}")
}

/// A server that does not know the password can still accept every client, so its `OK` alone proves nothing.
#[test]
fn a_server_that_does_not_prove_itself_is_refused() {
    const AT: usize = 2;
    let session = recording(Engine::Postgres, "login_scram");
    let messages = messages(Speaker::Postgres, &session.pieces[AT]);
    assert!(messages[0][9..].starts_with(b"v="), "{:?}", messages[0]);
    let mut left_out = session.clone();
    left_out.pieces[AT] = messages[1..].concat();
    let mut of_another_key = session.clone();
    of_another_key.pieces[AT][20] ^= 1;
    let mut at_once = session.clone();
    at_once.pieces[AT - 1] = left_out.pieces[AT].clone();
    at_once.pieces.remove(AT);
    for (how, session) in [
        ("left out", left_out),
        ("of another key", of_another_key),
        ("instead of a challenge", at_once),
    ] {
        let given = session.play(PATIENT).given;
        let said = format!("{given:?}");
        assert!(
            said.contains("did not prove that it knows the password"),
            "{how}: {said}"
        );
    }
}
