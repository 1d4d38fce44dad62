//! The keys of one engine. Where it connects to is read in `connection`, TLS in `tls_keys`.

use crate::lists::IntoVec as _;
use toml::de::DeTable;

use super::DIALECTS;
use crate::cluster::Cluster;
use crate::config::keys::{self, Section};
use crate::config::toml_reader::{Entry, Reader, quoted};
use crate::config::url::scheme_dialect;
use crate::config::{
    ConnectionMode, ConnectionSource, EngineConfig, LogConfig, OutsideTransaction, PoolConfig,
    ReadsConfig, ReadsFrom, ReplicaConfig, SagaTables, SchemaCheck, SessionConfig, SessionReset,
    Synchronous, is_application_name,
};
use crate::dialect::Dialect;
use crate::name::is_valid_engine_name;

const CLUSTERS: &[(&str, Cluster)] = &[("citus", Cluster::Citus), ("galera", Cluster::Galera)];
const RESETS: &[(&str, SessionReset)] = &[
    ("noticed", SessionReset::Noticed),
    ("always", SessionReset::Always),
];
const CHECKS: &[(&str, SchemaCheck)] = &[
    ("strict", SchemaCheck::Strict),
    ("at-head", SchemaCheck::AtHead),
    ("error", SchemaCheck::Error),
    ("warn", SchemaCheck::Warn),
    ("off", SchemaCheck::Off),
];
const SAGAS: &[(&str, SagaTables)] = &[("log", SagaTables::Log), ("steps", SagaTables::Steps)];
const OUTSIDE: &[(&str, OutsideTransaction)] = &[
    ("allow", OutsideTransaction::Allow),
    ("warn", OutsideTransaction::Warn),
    ("error", OutsideTransaction::Error),
];
const READS: &[(&str, ReadsFrom)] = &[
    ("primary", ReadsFrom::Primary),
    ("replicas", ReadsFrom::Replicas),
    ("replicas-only", ReadsFrom::ReplicasOnly),
];
const SYNCHRONOUS: &[(&str, Synchronous)] = &[
    ("off", Synchronous::Off),
    ("normal", Synchronous::Normal),
    ("full", Synchronous::Full),
    ("extra", Synchronous::Extra),
];
const MODES: &[(&str, ConnectionMode)] = &[
    ("long", ConnectionMode::Long),
    ("short", ConnectionMode::Short),
];
const POOLERS: &[(&str, Pooler)] = &[
    ("session", Pooler::Session),
    ("transaction", Pooler::Transaction),
];

/// How long a pooler before the server keeps a session for one client. One for each transaction is refused with the reason.
#[derive(Clone, Copy)]
enum Pooler {
    Session,
    Transaction,
}

impl Reader<'_> {
    pub(super) fn engine_table(&mut self, table: &DeTable<'_>, engine: &mut EngineConfig) {
        self.refuse_unknown(table, Section::Engine, &format!("engine `{}`", engine.name));
        engine.dialect = self.word(table, "dialect", DIALECTS);
        engine.flavour = self.flavour(table);
        engine.cluster = self.word(table, "cluster", CLUSTERS);
        engine.source = self.source(table, engine);
        engine.connection = self.word(table, "connection", MODES).unwrap_or_default();
        engine.pool = self.pool(table);
        engine.session = self.session(table);
        engine.log = self.log(table);
        engine.tls = self.tls_keys(table);
        engine.schema_check = self.word(table, "schema-check", CHECKS).unwrap_or_default();
        engine.replicas = self.replicas(table);
        engine.reads = self.reads(table, &engine.replicas);
        engine.outbox = self.truth(table, "outbox").unwrap_or_default();
        engine.inbox = self.truth(table, "inbox").unwrap_or_default();
        engine.sagas = self.word(table, "sagas", SAGAS);
        engine.sync_target = self.truth(table, "sync-target").unwrap_or_default();
        engine.protected = self.truth(table, "protected").unwrap_or_default();
        engine.models_of = self.text(table, "models-of").map(|text| text.value);
        engine.password_from = self.password_from(table, &engine.source);
        self.refuse_strange(table, engine);
    }

    /// A key that means nothing for the engine's database, where the file alone says which that is.
    fn refuse_strange(&mut self, table: &DeTable<'_>, engine: &EngineConfig) {
        let literal = match &engine.source {
            ConnectionSource::Url(url) => url.literal().and_then(|url| scheme_dialect(&url).ok()),
            ConnectionSource::Nowhere | ConnectionSource::Parts(_) => None,
        };
        let Some(dialect) = engine.dialect.or(literal.map(|(dialect, _)| dialect)) else {
            return;
        };
        // These have rules of their own, which know the environment too.
        let strange =
            keys::keys_of(Section::Engine).filter(|key| !matches!(key.name, "flavour" | "cluster"));
        for key in strange.filter(|key| !key.on.includes(dialect)) {
            if let Some(entry) = self.get(table, key.name) {
                let message = format!("`{}` means nothing for {}", key.name, kind_of(dialect));
                let help = format!("remove `{}`{}", key.name, instead(key.name, dialect));
                self.bad_value(entry.key_span, message, help);
            }
        }
    }

    fn session(&mut self, table: &DeTable<'_>) -> SessionConfig {
        let defaults = SessionConfig::default();
        SessionConfig {
            connect_timeout: self
                .duration(table, "connect-timeout")
                .unwrap_or(defaults.connect_timeout),
            statement_timeout: self
                .limit(table, "statement-timeout")
                .unwrap_or(defaults.statement_timeout),
            lock_timeout: self
                .limit(table, "lock-timeout")
                .unwrap_or(defaults.lock_timeout),
            idle_in_transaction_timeout: self
                .limit(table, "idle-in-transaction-timeout")
                .unwrap_or(defaults.idle_in_transaction_timeout),
            max_transaction_age: self
                .limit(table, "max-transaction-age")
                .unwrap_or(defaults.max_transaction_age),
            outside_transaction: self.word(table, "outside-transaction", OUTSIDE),
            busy_timeout: self
                .duration(table, "busy-timeout")
                .unwrap_or(defaults.busy_timeout),
            synchronous: self.word(table, "synchronous", SYNCHRONOUS),
            application_name: self
                .application_name(table)
                .unwrap_or(defaults.application_name),
            reset: self.word(table, "reset", RESETS).unwrap_or_default(),
            resolve_commits: self.truth(table, "resolve-commits"),
            session_pooler: self.session_pooler(table),
        }
    }

    fn session_pooler(&mut self, table: &DeTable<'_>) -> bool {
        match self.word(table, "pooler", POOLERS) {
            Some(Pooler::Session) => true,
            Some(Pooler::Transaction) => {
                if let Some(entry) = self.get(table, "pooler") {
                    let message = "a pooler that gives each transaction another session cannot stand before an engine: prepared statements, \
                                   settings, notifications, and the locks of migrations and syncs belong to a session";
                    let help = "connect to the server itself, as the engine has a pool of its own; or to a pool that keeps sessions \
                                (PgBouncer: `pool_mode = session`), and write `pooler = \"session\"`";
                    self.bad_value(entry.value_span, message.to_owned(), help);
                }
                false
            }
            None => false,
        }
    }

    fn log(&mut self, table: &DeTable<'_>) -> LogConfig {
        let log = LogConfig {
            slow_statement: self.limit(table, "slow-statement").flatten(),
            echo: self.truth(table, "echo").unwrap_or_default(),
            echo_from: self.duration(table, "echo-from"),
            echo_plan: self.truth(table, "echo-plan").unwrap_or_default(),
            echo_values: self.truth(table, "echo-values").unwrap_or_default(),
            repeated_statement: self.count(table, "repeated-statement", 2),
        };
        if self.get(table, "echo").is_none() {
            self.refuse_without_echo(table);
        }
        log
    }

    /// Refuses a key that changes the echo of an engine that says nothing of an echo.
    fn refuse_without_echo(&mut self, table: &DeTable<'_>) {
        for key in ["echo-from", "echo-plan"] {
            if let Some(entry) = self.get(table, key) {
                let message = format!("`{key}` does nothing without `echo`");
                let help = format!("add `echo = true`, or remove `{key}`");
                self.bad_value(entry.key_span, message, help);
            }
        }
    }

    fn application_name(&mut self, table: &DeTable<'_>) -> Option<String> {
        let text = self.text(table, "application-name")?;
        if !is_application_name(&text.value) {
            let message = "`application-name` is not a name that servers show".to_owned();
            let help = "write 1 to 63 printable ASCII characters, for example `shop`";
            self.bad_value(text.span, message, help);
        }
        Some(text.value)
    }

    fn pool(&mut self, table: &DeTable<'_>) -> PoolConfig {
        let defaults = PoolConfig::default();
        let Some(entry) = self.get(table, "pool") else {
            return defaults;
        };
        let Some(pool) = self.entry_table(entry) else {
            return defaults;
        };
        self.refuse_unknown(pool, Section::Pool, "`pool`");
        let config = PoolConfig {
            max_connections: self
                .count(pool, "max-connections", 1)
                .unwrap_or(defaults.max_connections),
            min_connections: self
                .count(pool, "min-connections", 0)
                .unwrap_or(defaults.min_connections),
            acquire_timeout: self
                .duration(pool, "acquire-timeout")
                .unwrap_or(defaults.acquire_timeout),
            idle_timeout: self
                .duration(pool, "idle-timeout")
                .unwrap_or(defaults.idle_timeout),
            max_lifetime: self
                .duration(pool, "max-lifetime")
                .unwrap_or(defaults.max_lifetime),
            test_after_idle: self
                .duration(pool, "test-after-idle")
                .unwrap_or(defaults.test_after_idle),
        };
        if config.min_connections > config.max_connections {
            let message = "`min-connections` is larger than `max-connections`".to_owned();
            self.bad_value(
                entry.key_span,
                message,
                format!(
                    "write at most `min-connections = {}`",
                    config.max_connections
                ),
            );
        }
        config
    }

    fn reads(&mut self, table: &DeTable<'_>, replicas: &[ReplicaConfig]) -> ReadsConfig {
        let defaults = ReadsConfig::default();
        let reads = self.word(table, "reads", READS).unwrap_or_default();
        if reads != ReadsFrom::Primary
            && replicas.is_empty()
            && let Some(entry) = self.get(table, "reads")
        {
            let message = "reads are to go to replicas, and the engine has none".to_owned();
            let help = "add `replicas = [{ name = \"b1\", url = \"${B_REPLICA_URL}\" }]`, or remove `reads`";
            self.bad_value(entry.value_span, message, help);
        }
        ReadsConfig {
            reads,
            max_replica_lag: self
                .limit(table, "max-replica-lag")
                .unwrap_or(defaults.max_replica_lag),
            replica_wait: self
                .duration(table, "replica-wait")
                .unwrap_or(defaults.replica_wait),
            replica_check: self
                .duration(table, "replica-check")
                .unwrap_or(defaults.replica_check),
            replica_retry: self
                .duration(table, "replica-retry")
                .unwrap_or(defaults.replica_retry),
        }
    }

    fn replicas(&mut self, table: &DeTable<'_>) -> Vec<ReplicaConfig> {
        let elements = self.array(table, "replicas").unwrap_or_default();
        let mut replicas: Vec<ReplicaConfig> = Vec::new();
        let found: Vec<_> = elements
            .into_iter()
            .filter_map(|element| self.replica(element))
            .into_vec();
        for replica in found {
            if replicas.iter().any(|known| known.name == replica.name) {
                self.bad_value(
                    replica.span,
                    format!("replica {} is named twice", quoted(&replica.name)),
                    "give each its own name",
                );
            }
            replicas.push(replica);
        }
        replicas
    }

    fn replica(&mut self, element: Entry<'_>) -> Option<ReplicaConfig> {
        let table = self.entry_table(element)?;
        self.refuse_unknown(table, Section::Replica, "a replica");
        let (name, url) = (self.text(table, "name"), self.text(table, "url"));
        if let Some(name) = name
            .as_ref()
            .filter(|name| !is_valid_engine_name(&name.value))
        {
            let message = "this cannot be the name of a replica".to_owned();
            let help = "write for example `b1`: up to 32 lower-case letters, digits and `_`, a letter first, and no Rust keyword";
            self.bad_value(name.span, message, help);
        }
        let (Some(name), Some(url)) = (name, url) else {
            let help = "write `replicas = [{ name = \"b1\", url = \"${B_REPLICA_URL}\" }]`";
            self.bad_value(
                element.value_span,
                "a replica needs a name and a URL".to_owned(),
                help,
            );
            return None;
        };
        Some(ReplicaConfig {
            url: self.url(&url)?,
            name: name.value,
            span: name.span,
        })
    }
}

fn kind_of(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "a SQLite file",
        Dialect::Postgres => "PostgreSQL",
        Dialect::Mysql => "MySQL and MariaDB",
    }
}

/// Returns what to write in place of a key that means nothing here.
fn instead(key: &str, dialect: Dialect) -> &'static str {
    match (key, dialect) {
        ("host" | "port" | "username" | "password", Dialect::Sqlite) => {
            ": `database` names the file"
        }
        ("lock-timeout", Dialect::Sqlite) => {
            "; the longest wait for a lock on a file is `busy-timeout`"
        }
        ("busy-timeout", Dialect::Postgres | Dialect::Mysql) => {
            "; the longest wait for a lock on a server is `lock-timeout`"
        }
        ("synchronous", Dialect::Postgres) => {
            "; PostgreSQL has `synchronous_commit`, set on the server or by `ALTER ROLE … SET`"
        }
        ("synchronous", Dialect::Mysql) => {
            "; the server has `innodb_flush_log_at_trx_commit`, for all of its databases"
        }
        (_, Dialect::Sqlite | Dialect::Postgres | Dialect::Mysql) => "",
    }
}
