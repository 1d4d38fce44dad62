//! Atomic groups: `[atomic.<name>]`, and which of them can be committed as one.

use super::findings::{undefined_engine, unusable_group};
use super::{Config, Engine, EngineId};
use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::Dialect;
use crate::lists::IntoVec as _;
use crate::name::{DATABASES_METHODS, WORKER_METHODS, engine_type_name, is_valid_engine_name};
use crate::sorting::sort_by;
use crate::source::Span;

/// One entry of `[atomic]`, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtomicConfig {
    /// The method of `Databases` that runs it.
    pub name: String,
    /// Its engines, each with its place.
    pub engines: Vec<(String, Span)>,
    /// The engine that keeps the decisions, where written.
    pub home: Option<(String, Span)>,
    /// Its name in the file.
    pub span: Span,
}

/// A group as it is compiled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtomicGroup {
    /// The method of `Databases` that runs it.
    pub name: String,
    /// In the order of their names.
    pub engines: Vec<EngineId>,
    /// The engine that keeps the decisions.
    pub home: EngineId,
    /// Its name in the file.
    pub span: Span,
}

impl AtomicGroup {
    /// `CheckoutTransaction` for the group `checkout`: the type of its transactions.
    pub fn type_name(&self) -> String {
        format!("{}Transaction", engine_type_name(&self.name))
    }
}

/// With its engine, it is part of a name for which servers have 64 bytes.
const LONGEST_NAME: usize = 22;

/// Ends and beginnings of the names of a group's other methods.
const OTHER_METHODS: ([&str; 2], &str) = (["_with", "_retry"], "try_");

impl Config {
    /// The groups with their engines. Those that cannot be committed as one are refused, each with the reason and what would
    /// work.
    pub fn atomic_groups(
        &self,
        engines: &[Engine],
        diagnostics: &mut Diagnostics,
    ) -> Vec<AtomicGroup> {
        let groups = self.atomic.iter();
        groups
            .filter_map(|group| {
                let found = self.atomic_group(group, engines);
                found.map_err(|finding| diagnostics.push(finding)).ok()
            })
            .into_vec()
    }

    fn atomic_group(
        &self,
        group: &AtomicConfig,
        engines: &[Engine],
    ) -> Result<AtomicGroup, Diagnostic> {
        self.usable_name(group)?;
        let mut members: Vec<(EngineId, Span)> = Vec::new();
        for (name, span) in &group.engines {
            let id = self.member(name, *span)?;
            if members.iter().any(|(other, _)| *other == id) {
                let finding = refused(group, &format!("`{name}` is named twice"), *span, "");
                return Err(finding.help("name each engine once"));
            }
            members.push((id, *span));
        }
        sort_by(&mut members, |(one, _), (other, _)| one.cmp(other));
        ensure_several(group, &members, engines)?;
        let home = home(group, &members, engines)?;
        self.ensure_no_pooler(group, &members, home, engines)?;
        ensure_no_cluster(group, &members, home, engines)?;
        Ok(AtomicGroup {
            name: group.name.clone(),
            engines: members.into_iter().map(|(id, _)| id).into_vec(),
            home,
            span: group.span,
        })
    }

    /// B0371: the name is that of a method.
    fn usable_name(&self, group: &AtomicConfig) -> Result<(), Diagnostic> {
        let name = group.name.as_str();
        let (ends, beginning) = OTHER_METHODS;
        let is_other = name.starts_with(beginning) || ends.iter().any(|end| name.ends_with(end));
        let has_workers = self.engines.iter().any(|engine| engine.outbox);
        let is_method =
            DATABASES_METHODS.contains(&name) || has_workers && WORKER_METHODS.contains(&name);
        let why = if is_method {
            "`Databases` has a method of this name"
        } else if self.engine(name).is_some() {
            "an engine has this name, and both are methods of `Databases`"
        } else if is_other {
            "the methods of another group may be called so"
        } else if !is_valid_engine_name(name) || name.len() > LONGEST_NAME {
            "it becomes a method, and part of a name on the servers"
        } else {
            return Ok(());
        };
        Err(unusable_group(name, group.span, why))
    }

    /// An XA transaction that is prepared ends with the connection that prepared it, or is lost where that is reset.
    fn ensure_no_pooler(
        &self,
        group: &AtomicConfig,
        members: &[(EngineId, Span)],
        home: EngineId,
        engines: &[Engine],
    ) -> Result<(), Diagnostic> {
        let mut branches = members.iter().filter(|(id, _)| *id != home);
        let pooled = branches.find(|(id, _)| {
            let config = &self.engines[id.0 as usize];
            prepares_alone(*id, engines) && config.session.session_pooler
        });
        let Some((id, span)) = pooled else {
            return Ok(());
        };
        let name = &engines[id.0 as usize].name;
        let why = format!(
            "`{name}` is behind a pooler, which goes on with the session in which a transaction was prepared: MySQL and MariaDB lose \
             the transaction then"
        );
        let help = format!("connect `{name}` to the server itself, and remove its `pooler`");
        Err(refused(group, &why, *span, "behind a pooler").help(help))
    }

    /// The engine of this name; a replica is none.
    fn member(&self, name: &str, span: Span) -> Result<EngineId, Diagnostic> {
        if let Some(at) = self.position(name) {
            return Ok(EngineId(at as u32));
        }
        let is_replica = |engine: &&super::EngineConfig| {
            engine.replicas.iter().any(|replica| replica.name == name)
        };
        if let Some(primary) = self.engines.iter().find(is_replica) {
            let message = format!("`{name}` is a replica, on which nothing can be written");
            let help = format!("name its engine: `\"{}\"`", primary.name);
            return Err(Diagnostic::error("B0370", message)
                .at(span, "named here")
                .help(help));
        }
        let known: Vec<&str> = self
            .engines
            .iter()
            .map(|engine| engine.name.as_str())
            .into_vec();
        Err(undefined_engine(name, &known, span))
    }
}

/// B0370: a group that cannot be committed as one.
fn refused(group: &AtomicConfig, why: &str, span: Span, label: &str) -> Diagnostic {
    let message = format!("the group `{}` cannot be atomic: {why}", group.name);
    Diagnostic::error("B0370", message).at(span, label)
}

fn ensure_several(
    group: &AtomicConfig,
    members: &[(EngineId, Span)],
    engines: &[Engine],
) -> Result<(), Diagnostic> {
    match members {
        [] => Err(refused(group, "it has no engines", group.span, "")
            .help("name at least two: `engines = [\"default\", \"b\"]`")),
        [(only, span)] => {
            let name = &engines[only.0 as usize].name;
            let why = format!(
                "it has one engine, whose own transactions are: `db.{name}()?.transaction(|tx| …)`"
            );
            let mut others = engines.iter().filter(|other| other.name != *name);
            let help = match others.next() {
                Some(other) => format!(
                    "name another engine too: `engines = [\"{name}\", \"{}\"]`",
                    other.name
                ),
                None => "remove the group, or add another engine to the file".to_owned(),
            };
            Err(refused(group, &why, *span, "the only one").help(help))
        }
        _ => ensure_one_file(group, members, engines),
    }
}

/// Two files in WAL mode are committed one after the other, whatever ties them together.
fn ensure_one_file(
    group: &AtomicConfig,
    members: &[(EngineId, Span)],
    engines: &[Engine],
) -> Result<(), Diagnostic> {
    let files = members.iter().filter(|(id, _)| is_file(*id, engines));
    let mut files: Vec<&(EngineId, Span)> = files.into_vec();
    sort_by(&mut files, |(_, one), (_, other)| one.cmp(other));
    let [(first, _), (second, span), ..] = files.as_slice() else {
        return Ok(());
    };
    let name = |id: &EngineId| engines[id.0 as usize].name.as_str();
    let (first, second) = (name(first), name(second));
    let why = format!(
        "`{first}` and `{second}` are both SQLite files, and two files cannot be committed as one"
    );
    let help = format!(
        "remove `{second}` from the group; keep the tables that belong together in one file, or on a server"
    );
    Err(refused(group, &why, *span, "the second file").help(help))
}

/// A cluster is committed plainly: Galera refuses XA, and Citus PREPARE TRANSACTION. A coordinator of Citus is no home either: one worker's
/// rows may be committed when its own, and the decision among them, are not.
fn ensure_no_cluster(
    group: &AtomicConfig,
    members: &[(EngineId, Span)],
    home: EngineId,
    engines: &[Engine],
) -> Result<(), Diagnostic> {
    let cluster = |id: EngineId| engines[id.0 as usize].cluster;
    let mut all = members.iter();
    if let Some((id, span)) = all.find(|(id, _)| cluster(*id) == Some(Cluster::Citus)) {
        let name = &engines[id.0 as usize].name;
        let why = format!("`{name}` is a Citus cluster, which cannot prepare a transaction");
        let help = format!("remove `{name}` from the group");
        return Err(refused(group, &why, *span, "a cluster").help(help));
    }
    let mut branches = members.iter().filter(|(id, _)| *id != home);
    let Some((id, span)) = branches.find(|(id, _)| is_cluster(*id, engines)) else {
        return Ok(());
    };
    let name = &engines[id.0 as usize].name;
    let why = format!(
        "`{name}` is a Galera cluster, which cannot prepare a transaction, so it has to be the home"
    );
    let home = home.0 as usize;
    let is_free = group.home.is_some() && !is_file_or_cluster(&engines[home]);
    let help = if is_free {
        format!("write `home = \"{name}\"`")
    } else {
        format!(
            "remove `{name}` from the group: `{}` has to be its home, too",
            engines[home].name
        )
    };
    Err(refused(group, &why, *span, "another home").help(help))
}

fn is_file_or_cluster(engine: &Engine) -> bool {
    engine.cluster.is_some() || engine.dialect == Dialect::Sqlite
}

fn is_cluster(id: EngineId, engines: &[Engine]) -> bool {
    engines[id.0 as usize].cluster.is_some()
}

fn is_file(id: EngineId, engines: &[Engine]) -> bool {
    match engines[id.0 as usize].dialect {
        Dialect::Sqlite => true,
        Dialect::Postgres | Dialect::Mysql => false,
    }
}

/// An XA transaction cannot become a plain one at its end, also where nothing else was written.
fn prepares_alone(id: EngineId, engines: &[Engine]) -> bool {
    match engines[id.0 as usize].dialect {
        Dialect::Mysql => true,
        Dialect::Sqlite | Dialect::Postgres => false,
    }
}

/// The written one; else the file; else a cluster; else one that has to prepare what it wrote alone wherever it is not home; else the first.
fn home(
    group: &AtomicConfig,
    members: &[(EngineId, Span)],
    engines: &[Engine],
) -> Result<EngineId, Diagnostic> {
    let name = |id: EngineId| engines[id.0 as usize].name.as_str();
    let file = members
        .iter()
        .map(|(id, _)| *id)
        .find(|id| is_file(*id, engines));
    let Some((written, span)) = &group.home else {
        let names = group.engines.iter();
        let named = names.filter_map(|(name, _)| member_named(name, members, engines));
        let named: Vec<EngineId> = named.into_vec();
        let of = |wanted: fn(EngineId, &[Engine]) -> bool| {
            let mut named = named.iter().copied();
            named.find(|id| wanted(*id, engines))
        };
        let first = named.first().copied();
        return file
            .or(of(is_cluster))
            .or(of(prepares_alone))
            .or(first)
            .ok_or_else(|| refused(group, "it has no home", group.span, ""));
    };
    let Some(home) = member_named(written, members, engines) else {
        let why = format!("its home `{written}` is none of its engines");
        let help = format!(
            "add `{written}` to `engines`, or write `home = \"{}\"`",
            name(members[0].0)
        );
        return Err(refused(group, &why, *span, "named here").help(help));
    };
    match file {
        Some(file) if file != home => {
            let why = format!(
                "`{}` is an SQLite file, which cannot prepare a transaction, so it has to be the home",
                name(file)
            );
            let help = format!("write `home = \"{}\"`", name(file));
            Err(refused(group, &why, *span, "another home").help(help))
        }
        Some(_) | None => Ok(home),
    }
}

fn member_named(name: &str, members: &[(EngineId, Span)], engines: &[Engine]) -> Option<EngineId> {
    let mut ids = members.iter().map(|(id, _)| *id);
    ids.find(|id| engines[id.0 as usize].name == name)
}
