//! Passwords: of any characters, from files and programs, and in no argument of a process.

use std::fs;

use bindery::{Config, EngineOptions, ErrorKind, Registry};
use bindery_testkit::FreshDatabase;

use super::{connect, parts, servers};
use crate::sample::engine::{Mysql, Postgres};
use crate::sample::{EMBEDDED, at, program, with};

/// Passwords that mean something to URLs, shells and SQL.
const PASSWORDS: [&str; 4] = [
    "@:/?#%'\\ \"`;--",
    "p@ss:w/rd%40",
    "\u{1F511} \u{e9}",
    " ends with spaces ",
];

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Sets the password of an account of its own; `None` where the server has none.
fn account(engine: &str, database: &FreshDatabase, number: usize, password: &str) -> String {
    let name = format!("{}_{number}", database.name());
    let quoted = password.replace('\'', "''");
    match engine {
        "x_postgres" => {
            database
                .run_script(&format!(
                    "CREATE ROLE \"{name}\" LOGIN PASSWORD '{quoted}';"
                ))
                .unwrap();
        }
        _ => {
            let quoted = quoted.replace('\\', "\\\\");
            database
                .run_script(&format!("CREATE USER '{name}' IDENTIFIED BY '{quoted}';"))
                .unwrap();
            let grant = format!("GRANT ALL ON `{}`.* TO '{name}';", database.name());
            database.run_script(&grant).unwrap();
        }
    }
    name
}

/// Removes the account, also where the test fails.
struct Account<'d>(&'d str, &'d FreshDatabase, String);

impl Drop for Account<'_> {
    fn drop(&mut self) {
        let Self(engine, database, name) = self;
        let sql = match *engine {
            "x_postgres" => format!("DROP ROLE \"{name}\";"),
            _ => format!("DROP USER '{name}';"),
        };
        drop(database.run_script(&sql));
    }
}

/// Covers CFG-9 on PostgreSQL, MariaDB.
#[test]
fn cfg_09_passwords_of_all_signs() {
    for (engine, database) in servers() {
        for (number, password) in PASSWORDS.into_iter().enumerate() {
            let user = account(engine, &database, number, password);
            let _account = Account(engine, &database, user.clone());
            let url = database.url();
            let (_, address, name) = parts(&url);
            let (host, port) = address.split_once(':').unwrap();
            let plain = match engine {
                "x_postgres" => EngineOptions::postgres(host, name),
                _ => EngineOptions::mysql(host, name),
            };
            let plain = plain.port(port.parse().unwrap()).username(user.as_str());
            connect(&with(engine, plain.clone().password(password)), engine).unwrap();
            let wrong = with(engine, plain.password(format!("{password}x")));
            let error = connect(&wrong, engine).unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{error:?}");
            assert!(!format!("{error} {error:?} {wrong:?}").contains(password));

            let (scheme, _) = url.split_once("://").unwrap();
            let url = format!("{scheme}://{user}:{}@{address}/{name}", encoded(password));
            connect(&at(engine, &url), engine).unwrap();
        }
    }
}

/// From a file that only its owner can read, beside a URL and beside single keys; and an override that has its own.
///
/// Covers CFG-1.
#[cfg(unix)]
#[test]
fn cfg_01_passwords_from_files_and_programs() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, "s3cr3t-\u{1F511}-canary\n").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let rest = "url = ':memory:'\n[engines]\ntest = ':memory:'\n[engines.b]\n";
    let open = |text: &str| {
        fs::write(folder.path().join("bindery.toml"), format!("{rest}{text}")).unwrap();
        let config = Config::from_file(folder.path().join("bindery.toml")).unwrap();
        Registry::with_config(&EMBEDDED, &config).unwrap_err()
    };
    // The program is compiled for SQLite, so it says that another dialect was found once the password is there.
    let found = [
        "url = 'postgres://ann@127.0.0.1:1/shop'\npassword-file = 'secret'",
        "dialect = 'mysql'\ndatabase = 'shop'\npassword-file = 'secret'",
        "url = 'postgres://ann@127.0.0.1:1/shop'\npassword-command = ['cat', 'secret']",
    ];
    for text in found {
        let error = open(text);
        assert!(
            matches!(error.kind(), ErrorKind::UnsupportedServer { .. }),
            "{error:?}"
        );
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
    let command = "url = 'postgres://ann@127.0.0.1:1/shop'\npassword-command = ['false']";
    let error = open(command);
    assert_eq!(error.engine(), Some("b"));
    assert!(
        error
            .to_string()
            .contains("`password-command` names failed"),
        "{error}"
    );
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    let error = open(found[0]);
    assert!(error.to_string().contains("`chmod 600` it"), "{error}");
    assert!(error.to_string().contains("bindery.toml:"), "{error}");
}

/// Nothing of a password is in the arguments of the process, nor of a program that it starts: that program notes its own
/// arguments and its parent's.
///
/// Covers CON-06, CFG-1.
#[cfg(target_os = "linux")]
#[test]
fn con_06_arguments_of_the_process_hold_no_password() {
    const NOTE: &str = "#!/bin/sh\nfor process in $PPID $$; do\n  tr '\\0' '\\n' < /proc/$process/cmdline\ndone > seen\ncat secret\n";
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("secret", "s3cr3t-canary\n");
    write("note.sh", NOTE);
    write(
        "bindery.toml",
        "url = ':memory:'\n[engines]\nb = ':memory:'\ntest = ':memory:'\n\
         x_mysql = 'mysql://ann:${PASSWORD}@127.0.0.1:1/shop'\ny_mariadb = 'mysql://ann:s3cr3t-canary@127.0.0.1:1/shop'\n\
         [engines.x_postgres]\nurl = 'postgres://ann@127.0.0.1:1/shop'\npassword-command = ['sh', 'note.sh']\n",
    );
    let config = Config::from_file(folder.path().join("bindery.toml")).unwrap();
    let config = config.variable("PASSWORD", "s3cr3t-canary");
    let db = Registry::with_config(program(), &config).unwrap();
    for refused in [db.connect(Postgres).map(drop), db.connect(Mysql).map(drop)] {
        assert_eq!(refused.unwrap_err().kind(), &ErrorKind::Unavailable);
    }

    let seen = fs::read_to_string(folder.path().join("seen")).expect("the program was started");
    let own = fs::read_to_string("/proc/self/cmdline").unwrap();
    let own = own.trim_end_matches('\0').replace('\0', "\n");
    assert_eq!(seen, format!("{own}\nsh\nnote.sh\n"));
    assert!(!seen.contains("canary"), "{seen}");
}
