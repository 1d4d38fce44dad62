//! Scratch databases: an empty one of the engine's product, which goes again with its value, and where a signal ends the command.

use std::path::Path;

use bindery::{Connection, ErrorKind, Sql};
use bindery_schema::config::{Address, ConnectionTarget, SqliteAddress};
use bindery_schema::dialect::Dialect;
use bindery_schema::model::Engine;
use bindery_schema::sql_writer::SqlWriter;

use crate::database::{Chosen, Engines, failure};
use crate::failure::Failure;
use crate::interrupted::Passing;

/// The names of scratch databases and folders begin so.
const PREFIX: &str = "bindery_prove_";
/// The parameter of a PostgreSQL URL that names the schema of the tables.
const SCHEMA: &str = "schema";

/// PostgreSQL drops no database that has sessions. It waits for those that are ended.
const END_SESSIONS: &str = "\
SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = $1 AND usename = current_user";
/// MySQL and MariaDB: a statement in a database holds up its removal.
const SESSIONS: &str = "SELECT CAST(id AS SIGNED) FROM information_schema.processlist WHERE db = ?";

/// An empty database.
pub(super) struct Scratch {
    pub(super) place: ConnectionTarget,
    passing: Passing,
}

impl Scratch {
    /// Makes one: for SQLite a file in a folder of its own, else a database on the server of this place.
    pub(super) fn make(engine: &Engine, server: &ConnectionTarget) -> Result<Self, Failure> {
        match &server.place {
            Address::Sqlite(_) => in_folder(engine),
            Address::Server(_) => OnServer::new(engine, server)?.make(),
        }
    }

    /// Removes it; fails where it stays.
    pub(super) fn remove(self) -> Result<(), Failure> {
        self.passing.remove().map_err(Failure::new)
    }
}

/// A random ending of a name.
fn random() -> Result<String, Failure> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)
        .map_err(|why| Failure::new(format!("the system has no random number: {why}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn in_folder(engine: &Engine) -> Result<Scratch, Failure> {
    let folder = std::env::temp_dir().join(format!("{PREFIX}{}", random()?));
    let removed = folder.clone();
    let made = Passing::made(
        move || remove_folder(&removed),
        || std::fs::create_dir(&folder),
    );
    let (passing, ()) = made.map_err(|why| {
        let shown = folder.display();
        Failure::new(format!(
            "engine `{}`: no scratch database can be made: `{shown}`: {why}",
            engine.name
        ))
    })?;
    let file = SqliteAddress::File(folder.join("scratch.db"));
    let place = ConnectionTarget {
        dialect: Dialect::Sqlite,
        flavour: None,
        place: Address::Sqlite(file),
    };
    Ok(Scratch { place, passing })
}

fn remove_folder(folder: &Path) -> Result<(), String> {
    match std::fs::remove_dir_all(folder) {
        Err(why) if why.kind() != std::io::ErrorKind::NotFound => Err(format!(
            "the scratch database in `{}` cannot be removed: {why}",
            folder.display()
        )),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// A scratch database on a server.
#[derive(Clone)]
struct OnServer {
    engine: Engine,
    /// The database from which others are made.
    from: ConnectionTarget,
    /// The name of the scratch database.
    name: String,
    /// PostgreSQL: the schema in which names are looked for.
    schema: Option<String>,
}

impl OnServer {
    fn new(engine: &Engine, server: &ConnectionTarget) -> Result<Self, Failure> {
        let mut from = server.clone();
        let mut schema = None;
        if let Address::Server(server) = &mut from.place {
            let parameters = std::mem::take(&mut server.parameters);
            for (name, value) in parameters {
                match name.as_str() {
                    SCHEMA => schema = Some(value),
                    _ => server.parameters.push((name, value)),
                }
            }
        }
        Ok(Self {
            engine: engine.clone(),
            from,
            name: format!("{PREFIX}{}", random()?),
            schema,
        })
    }

    fn make(self) -> Result<Scratch, Failure> {
        let removed = self.clone();
        let remove = move || {
            let kept = removed.remove();
            kept.map_err(|why| {
                let (name, place) = (&removed.name, &removed.from);
                format!(
                    "the scratch database `{name}` cannot be removed from {place}: {}",
                    why.message()
                )
            })
        };
        let (passing, ()) = Passing::made(remove, || self.create())?;
        let place = self.place();
        if let Some(schema) = &self.schema {
            let mut outside = place.clone();
            if let Address::Server(server) = &mut outside.place {
                server.parameters.retain(|(name, _)| name != SCHEMA);
            }
            run(&mut self.connect(outside)?, |sql| {
                sql.push("CREATE SCHEMA IF NOT EXISTS ").identifier(schema);
            })
            .map_err(|why| failure(&why))?;
        }
        Ok(Scratch { place, passing })
    }

    /// The scratch database.
    fn place(&self) -> ConnectionTarget {
        let mut place = self.from.clone();
        if let Address::Server(server) = &mut place.place {
            server.database.clone_from(&self.name);
            let schema = self.schema.iter();
            let schema = schema.map(|schema| (SCHEMA.to_owned(), schema.clone()));
            server.parameters.extend(schema);
        }
        place
    }

    fn connect(&self, place: ConnectionTarget) -> Result<Connection<Chosen>, Failure> {
        let engines = Engines::empty_at(&self.engine, place)?;
        let connection = engines.registry.connect(engines.chosen(0));
        connection.map_err(|error| failure(&error))
    }

    fn create(&self) -> Result<(), Failure> {
        let mut connection = self.connect(self.from.clone())?;
        let created = self.create_like(&mut connection);
        created.map_err(|error| self.refused(&error))
    }

    /// With the character set and collation of the other database, where tables have them from there.
    fn create_like(&self, connection: &mut Connection<Chosen>) -> bindery::Result<()> {
        let ending = match self.from.dialect {
            Dialect::Mysql => {
                let text = "SELECT @@character_set_database, @@collation_database";
                let (set, collation): (String, String) =
                    connection.query_row(Sql::assembled(text), ())?;
                format!(" CHARACTER SET {set} COLLATE {collation}")
            }
            Dialect::Sqlite | Dialect::Postgres => String::new(),
        };
        run(connection, |sql| {
            sql.push("CREATE DATABASE ").identifier(&self.name);
            sql.push(&ending);
        })
    }

    fn refused(&self, error: &bindery::Error) -> Failure {
        let (engine, place, scheme) = (&self.engine.name, &self.from, self.from.dialect);
        let why = match error.kind() {
            // MySQL and MariaDB answer as to an account that may not use a database.
            ErrorKind::PermissionDenied | ErrorKind::AccessDenied => {
                Failure::new("the account may not create databases").reason("permission_denied")
            }
            _ => failure(error),
        };
        let about = format!("engine `{engine}`: no scratch database can be made on {place}");
        why.without_engine(engine).about(&about).help(format!(
            "let the account create databases, or name a server where one may: `--scratch {engine}={scheme}://…`"
        ))
    }

    /// Ends its sessions and drops it.
    fn remove(&self) -> Result<(), Failure> {
        let mut connection = self.connect(self.from.clone())?;
        self.drop_with(&mut connection)
            .map_err(|error| failure(&error))
    }

    fn drop_with(&self, connection: &mut Connection<Chosen>) -> bindery::Result<()> {
        let name = (self.name.as_str(),);
        match self.from.dialect {
            Dialect::Postgres => {
                let end = Sql::assembled(END_SESSIONS);
                let _: Vec<bool> = connection.query_as(end, name)?;
            }
            Dialect::Mysql => {
                let sessions: Vec<i64> = connection.query_as(Sql::assembled(SESSIONS), name)?;
                for session in sessions {
                    // It may have ended by itself.
                    let _ = connection.execute_batch(Sql::assembled(format!("KILL {session}")));
                }
            }
            Dialect::Sqlite => {}
        }
        run(connection, |sql| {
            sql.push("DROP DATABASE IF EXISTS ").identifier(&self.name);
        })
    }
}

fn run(
    connection: &mut Connection<Chosen>,
    write: impl FnOnce(&mut SqlWriter),
) -> bindery::Result<()> {
    let mut sql = SqlWriter::new(connection.dialect());
    write(&mut sql);
    connection.execute_batch(Sql::assembled(sql.finish()))
}
