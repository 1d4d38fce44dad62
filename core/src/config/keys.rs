//! Every key of `bindery.toml`, as data: the reader takes no other, and the table in `docs/connections.md` is made of
//! this one. What a key's value means is the reader's matter.

use crate::dialect::Dialect;
use crate::lists::IntoVec as _;

/// A key that `bindery.toml` may have, as the documentation lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// Where it stands.
    pub section: Section,
    /// The values it takes, with unit and limits.
    pub value: &'static str,
    /// The default, as the documentation shows it.
    pub default: &'static str,
    /// Where it means something.
    pub on: On,
    /// The purpose, in a sentence.
    pub purpose: &'static str,
}

/// A part of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Above all sections.
    Top,
    /// `[schema]`.
    Schema,
    /// One of `[schema] files`.
    SchemaFile,
    /// `[engines.<name>]`.
    Engine,
    /// `pool` of an engine.
    Pool,
    /// One of `[crates]`.
    Crate,
    /// `[derives]`, and `[derives.<Model>]`.
    Derives,
    /// One of an engine's `replicas`.
    Replica,
    /// `[atomic.<name>]`.
    Atomic,
    /// `[shards.<name>]`.
    Shards,
    /// `[migrations]`.
    Migrations,
}

/// The databases that a key means something for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// All of them.
    All,
    /// PostgreSQL, MySQL and MariaDB.
    Servers,
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
    /// SQLite.
    Sqlite,
}

/// All keys, section by section, in the order in which they are listed.
#[rustfmt::skip]
pub const KEYS: &[Key] = &[
    key(Section::Top, "url", "a URL", "", On::All, "short for `engines.default.url`"),
    key(Section::Top, "schema", "a table", "", On::All, "where the schema is"),
    key(Section::Top, "engines", "a table", "", On::All, "the engines by name; a text in place of a table is the URL"),
    key(Section::Top, "types", "a table", "", On::All, "Rust types of SQL types and of columns"),
    key(Section::Top, "crates", "a table", "", On::All, "crates that such types are of, by name; a text in place of a table is the version"),
    key(Section::Top, "derives", "a table", "", On::All, "what generated structs and enums derive beside what they always do; a table in it is for one model, by its name"),
    key(Section::Top, "atomic", "a table", "", On::All, "groups of engines that are committed as one, by name"),
    key(Section::Top, "shards", "a table", "", On::All, "sets of engines that share the rows of the same models, by name ([shards.md](shards.md))"),
    key(Section::Top, "migrations", "a table", "", On::All, "what a build does with `migrations/<engine>`"),
    key(Section::Top, "lints", "a table: codes with `allow`, `warn` or `deny`", "warnings are reported; advice is not about the tables of a dump", On::All, "levels of warnings; `deny` makes one an error"),
    key(Section::Schema, "files", "an array of paths or tables", "`schema.sql`, where there is one", On::All, "files with DDL, or folders of migrations, read in this order; relative to the configuration"),
    key(Section::Schema, "queries", "an array of paths", "`[]`", On::All, "files with queries, or folders of them ([checked-sql.md](checked-sql.md)); relative to the configuration"),
    key(Section::SchemaFile, "path", "a path", "needed", On::All, "the file"),
    key(Section::SchemaFile, "dialect", "`sqlite`, `postgres` or `mysql`", "the default engine's", On::All, "the SQL it is written in"),
    key(Section::SchemaFile, "engines", "an array of names", "`[\"default\"]`", On::All, "where its untagged tables live"),
    key(Section::SchemaFile, "serde-rename", "`camelCase` or another rule of serde's `rename_all`", "fields have their own names", On::All, "the rule that names the columns of its rows in JSON, where they derive serde ([JSON](schema-file.md#json))"),
    key(Section::Crate, "version", "a version, as in `Cargo.toml`", "needed without `path`", On::All, "what a generated crate depends on"),
    key(Section::Crate, "path", "a path", "needed without `version`", On::All, "its folder; relative to the configuration"),
    key(Section::Crate, "features", "an array of names", "`[]`", On::All, "features that are turned on"),
    key(Section::Derives, "rows", "an array of paths", "`[]`", On::All, "on rows"),
    key(Section::Derives, "new", "an array of paths", "`[]`", On::All, "on `New…`"),
    key(Section::Derives, "patches", "an array of paths", "`[]`", On::All, "on `…Patch`"),
    key(Section::Derives, "keys", "an array of paths", "`[]`", On::All, "on the structs of keys of several columns"),
    key(Section::Derives, "enums", "an array of paths", "`[]`", On::All, "on enums; not in the table of a model"),
    key(Section::Engine, "dialect", "`sqlite`, `postgres` or `mysql`", "the URL's scheme", On::All, "what the program is compiled for; needed where no URL is known while building"),
    key(Section::Engine, "flavour", "`mariadb` or `mysql`", "SQL that both understand", On::Mysql, "the product, where they differ"),
    key(Section::Engine, "cluster", "`citus` or `galera`", "none: one server, with or without replicas", On::Servers, "several servers that are one engine ([clusters.md](clusters.md), [galera.md](galera.md))"),
    key(Section::Engine, "url", "a URL", "", On::All, "the whole connection"),
    key(Section::Engine, "host", "a name or address, a folder of sockets, or several separated by commas", "`localhost`", On::Servers, "where the server is"),
    key(Section::Engine, "port", "1 to 65535", "5432 or 3306", On::Servers, "the server's port"),
    key(Section::Engine, "database", "a name; for SQLite a file or `:memory:`", "needed", On::All, "the database"),
    key(Section::Engine, "username", "a name", "PostgreSQL: the account of the system", On::Servers, "the account that logs in"),
    key(Section::Engine, "password", "a text", "none", On::Servers, "its password; better from a variable, a file or a command"),
    key(Section::Engine, "password-file", "a path", "none", On::Servers, "a file that holds the password and that only its owner can read; also beside `url`"),
    key(Section::Engine, "password-command", "an array: a program and its arguments", "none", On::Servers, "a program that prints the password within 10 s; also beside `url`"),
    key(Section::Engine, "connection", "`long` or `short`", "`long`", On::All, "kept in a pool, or opened for each use and closed after it"),
    key(Section::Engine, "pool", "a table", "", On::All, "how many connections, and how long they live"),
    key(Section::Engine, "connect-timeout", "a time", "`10s`", On::Servers, "the longest that connecting takes: name, network, TLS, login, all hosts together"),
    key(Section::Engine, "statement-timeout", "a time, or `none`", "`30s`", On::All, "the longest that a call takes, with all of its statements"),
    key(Section::Engine, "lock-timeout", "a time, or `none`; MySQL takes whole seconds", "`none`: as the server has it", On::Servers, "the longest that a statement waits for another's lock"),
    key(Section::Engine, "idle-in-transaction-timeout", "a time, or `none`; MariaDB takes whole seconds", "`10m`", On::Servers, "the server ends a session that leaves a transaction open and does nothing for this long"),
    key(Section::Engine, "max-transaction-age", "a time, or `none`", "`60s`", On::All, "a transaction that is open for longer is rolled back at its next statement"),
    key(Section::Engine, "outside-transaction", "`allow`, `warn` or `error`", "`error` in the closure of a session or of an atomic transaction; else `warn` in builds with debug assertions, and `allow` in others", On::All, "what is done where a thread takes another connection of an engine while a transaction or a session of that engine is open on it"),
    key(Section::Engine, "busy-timeout", "a time", "`5s`", On::Sqlite, "the longest that a statement waits until others, also other programs, have written"),
    key(Section::Engine, "synchronous", "`off`, `normal`, `full` or `extra`", "`full`", On::Sqlite, "how far a COMMIT waits for the disk; less than `full` may lose committed transactions, `off` the whole file, when the system crashes or power is lost"),
    key(Section::Engine, "application-name", "1 to 63 printable ASCII characters", "`bindery`", On::Servers, "how the server lists the sessions"),
    key(Section::Engine, "tls", "`disable`, `require`, `verify-ca` or `verify-full`", "`disable` within the machine, else `verify-full`", On::Servers, "how much of TLS the connections insist on"),
    key(Section::Engine, "tls-ca", "a path, or `system`", "`system`", On::Servers, "a PEM file of the certificate authorities to trust"),
    key(Section::Engine, "tls-cert", "a path", "none", On::Servers, "a PEM file of the certificate that the program shows to the server"),
    key(Section::Engine, "tls-key", "a path", "none", On::Servers, "a PEM file of that certificate's key"),
    key(Section::Engine, "tls-plaintext", "`allow`", "none", On::Servers, "lets `tls = \"disable\"` be used with another machine"),
    key(Section::Engine, "channel-binding", "`disable`, `prefer` or `require`", "`prefer`", On::Postgres, "whether the login is tied to the encrypted connection"),
    key(Section::Engine, "schema-check", "`strict`, `at-head`, `error`, `warn` or `off`", "`error`", On::All, "what is done where tables are not as the program was compiled for; `strict` also refuses tables that fit and were made for another schema, `at-head` a database on which the last migration is not applied ([migrations.md](migrations.md))"),
    key(Section::Engine, "reset", "`noticed` or `always`", "`noticed`", On::Servers, "`always` makes a session as new before its next user's first statement, where triggers or functions change it"),
    key(Section::Engine, "resolve-commits", "`true` or `false`", "`true` for PostgreSQL, `false` for MySQL, MariaDB and a Citus cluster", On::Servers, "be able to find out what became of a COMMIT whose answer was lost; on MySQL and MariaDB by a table `_bindery_commits` and one more statement for each transaction that writes, on a Citus cluster by such a table and a COMMIT in two phases"),
    key(Section::Engine, "pooler", "`session`", "none", On::Servers, "says that a pooler stands before the server that keeps a session for as long as its connection; one that gives each transaction another session is refused"),
    key(Section::Engine, "slow-statement", "a time, or `none`", "`none`", On::All, "a statement that takes this long is logged as a warning, with its plan"),
    key(Section::Engine, "repeated-statement", "a whole number from 2", "not looked at", On::All, "a statement that runs this often from one place, over one connection that is held or in one counted part of the program, is logged as a warning: an N+1 query"),
    key(Section::Engine, "echo", "`true` or `false`", "`false`", On::All, "every statement is logged as it is sent; on standard error where the program has no subscriber of `tracing`"),
    key(Section::Engine, "echo-from", "a time", "all of them", On::All, "of these, only statements that take this long"),
    key(Section::Engine, "echo-plan", "`true` or `false`", "`false`", On::All, "the database's plan is logged with each of these"),
    key(Section::Engine, "echo-values", "`true` or `false`", "`false`", On::All, "the values that are bound are shown in what is logged; not for production"),
    key(Section::Engine, "replicas", "an array of tables", "none", On::All, "copies that can be read from, each by its name"),
    key(Section::Engine, "reads", "`primary`, `replicas` or `replicas-only`", "`primary`", On::All, "where calls that only read go, outside of transactions; `replicas` goes to the engine itself while no replica can be read from, `replicas-only` fails then"),
    key(Section::Engine, "max-replica-lag", "a time, or `none`", "`10s`", On::Servers, "a replica that is further behind is not read from"),
    key(Section::Engine, "replica-wait", "a time", "`500ms`", On::Servers, "the longest that a read waits until a replica has what the unit of work or its token was written at"),
    key(Section::Engine, "replica-check", "a time", "`1s`", On::Servers, "how often a replica is looked at while reads go there"),
    key(Section::Engine, "replica-retry", "a time", "`5s`", On::All, "for how long a replica that failed is left alone"),
    key(Section::Engine, "outbox", "`true` or `false`", "`false`", On::All, "whether it has a table `_bindery_outbox` for tasks that are written in its transactions, which workers run afterwards"),
    key(Section::Engine, "inbox", "`true` or `false`", "`false`", On::All, "whether it has a table `_bindery_inbox`, by which the effects of tasks of any engine happen once on this one"),
    key(Section::Engine, "sagas", "`log` or `steps`", "none", On::All, "the tables of sagas that `create` and `migrate run` make: those of an engine that keeps the log of sagas, or of one that only has steps"),
    key(Section::Engine, "sync-target", "`true` or `false`", "`false`; `true` for a target of `-- @sync`", On::All, "whether `create` and `migrate run` make the tables of syncs, for a target that only `db.registry().sync(…)` of the program names"),
    key(Section::Engine, "protected", "`true` or `false`", "`false`", On::All, "commands that lose data refuse to work on it: `drop`, `reset`, `truncate`, `load` where it replaces or updates rows, `mirror --replace`, `tasks delete`, `migrate revert`, `validate --links --repair`, `verify --repair`, `sync` where it deletes rows"),
    key(Section::Engine, "models-of", "a name", "", On::All, "the engine whose models it hosts too"),
    key(Section::Pool, "max-connections", "a whole number from 1", "`8`", On::All, "the most connections at a time"),
    key(Section::Pool, "min-connections", "0 to `max-connections`", "`0`", On::All, "this many stay open, however long they are idle"),
    key(Section::Pool, "acquire-timeout", "a time", "`5s`", On::All, "the longest wait for a connection"),
    key(Section::Pool, "idle-timeout", "a time", "`10m`", On::All, "a connection that is idle for this long is closed"),
    key(Section::Pool, "max-lifetime", "a time", "`30m`", On::All, "a connection of this age is closed"),
    key(Section::Pool, "test-after-idle", "a time", "`30s`", On::All, "a connection that was idle for this long is tried before it is given out"),
    key(Section::Replica, "name", "a name as engines have", "needed", On::All, "the name by which the program chooses it"),
    key(Section::Replica, "url", "a URL", "needed", On::All, "where it is"),
    key(Section::Atomic, "engines", "an array of names", "needed", On::All, "the engines of the group, at least two"),
    key(Section::Atomic, "home", "a name", "the engine that is SQLite, else the first that is a cluster, else the first that is MySQL or MariaDB, else the first of `engines`", On::All, "the engine that keeps the decisions"),
    key(Section::Shards, "engines", "an array of names", "needed", On::All, "the shards; those after the first have `models-of`"),
    key(Section::Shards, "by", "the name of a column", "needed", On::All, "rows are on one shard by its value: an integer, a text or a UUID that is never NULL"),
    key(Section::Shards, "map", "a name", "needed", On::All, "the engine that keeps which slot is on which shard"),
    key(Section::Shards, "slots", "1 to 65536", "`1024`", On::All, "values of the column are spread over them; it never changes"),
    key(Section::Migrations, "check", "`error`, `warn` or `off`", "`off`", On::All, "what a build does where the migrations of an engine do not end at the schema; `bindery check` and `generate` too"),
    key(Section::Migrations, "engines", "an array of names", "all of them", On::All, "the engines that are checked"),
];

const fn key(
    section: Section,
    name: &'static str,
    value: &'static str,
    default: &'static str,
    on: On,
    purpose: &'static str,
) -> Key {
    Key {
        name,
        section,
        value,
        default,
        on,
        purpose,
    }
}

/// The names of a section's keys.
pub(super) fn names(section: Section) -> Vec<&'static str> {
    keys_of(section).map(|key| key.name).into_vec()
}

/// The keys of a section.
pub(super) fn keys_of(section: Section) -> impl Iterator<Item = &'static Key> {
    KEYS.iter().filter(move |key| key.section == section)
}

impl On {
    /// Returns whether a key means something for this dialect.
    pub fn includes(self, dialect: Dialect) -> bool {
        match (self, dialect) {
            (Self::All, Dialect::Sqlite | Dialect::Postgres | Dialect::Mysql)
            | (Self::Servers, Dialect::Postgres | Dialect::Mysql)
            | (Self::Postgres, Dialect::Postgres)
            | (Self::Mysql, Dialect::Mysql)
            | (Self::Sqlite, Dialect::Sqlite) => true,
            (Self::Servers, Dialect::Sqlite)
            | (Self::Postgres, Dialect::Sqlite | Dialect::Mysql)
            | (Self::Mysql, Dialect::Sqlite | Dialect::Postgres)
            | (Self::Sqlite, Dialect::Postgres | Dialect::Mysql) => false,
        }
    }

    /// In words, for a table.
    pub fn words(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Servers => "PostgreSQL, MySQL, MariaDB",
            Self::Postgres => "PostgreSQL",
            Self::Mysql => "MySQL, MariaDB",
            Self::Sqlite => "SQLite",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The section as it is written, and what comes before its table.
    const SECTIONS: [(Section, &str); 11] = [
        (Section::Top, "Above all sections"),
        (Section::Schema, "`[schema]`"),
        (Section::SchemaFile, "A table among `[schema] files`"),
        (Section::Engine, "`[engines.<name>]`"),
        (Section::Pool, "`pool` of an engine"),
        (Section::Replica, "A table among an engine's `replicas`"),
        (Section::Crate, "A table of `[crates]`"),
        (Section::Derives, "`[derives]`, and `[derives.<Model>]`"),
        (Section::Atomic, "`[atomic.<name>]`"),
        (Section::Shards, "`[shards.<name>]`"),
        (Section::Migrations, "`[migrations]`"),
    ];

    fn table(section: Section) -> String {
        let mut text =
            "| key | value | without it | databases | what for |\n|---|---|---|---|---|\n"
                .to_owned();
        for key in keys_of(section) {
            text.push_str(&format!(
                "| `{}` | {} | {} | {} | {} |\n",
                key.name,
                key.value,
                key.default,
                key.on.words(),
                key.purpose
            ));
        }
        text
    }

    #[test]
    fn the_documentation_tells_of_all_keys() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/connections.md");
        let page = fs::read_to_string(&path).expect("the documentation is there");
        let (before, rest) = page.split_once("<!-- keys -->\n").expect("the mark");
        let (_, after) = rest.split_once("<!-- end of keys -->").expect("the mark");
        let tables = SECTIONS.map(|(section, title)| format!("{title}:\n\n{}\n", table(section)));
        let whole = format!(
            "{before}<!-- keys -->\n{}<!-- end of keys -->{after}",
            tables.concat()
        );
        if std::env::var_os("BINDERY_UPDATE").is_some() {
            fs::write(&path, &whole).expect("the documentation is ours");
        }
        assert!(
            page == whole || std::env::var_os("BINDERY_UPDATE").is_some(),
            "run with BINDERY_UPDATE=1 and look at the difference"
        );
    }

    /// No key is named twice in its section, and each says what it is for.
    #[test]
    fn keys_are_whole() {
        for (index, key) in KEYS.iter().enumerate() {
            let twice = KEYS[..index]
                .iter()
                .any(|other| (other.section, other.name) == (key.section, key.name));
            assert!(
                !twice && !key.value.is_empty() && !key.purpose.is_empty(),
                "{key:?}"
            );
            assert!(
                !key.purpose.contains('|') && !key.value.contains('|'),
                "{key:?}"
            );
        }
    }
}
