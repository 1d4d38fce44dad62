//! bindery, through the code that it generates.

use bindery::{Config, Connection, EngineOptions, Hosts, StaticEngine};

use crate::suite::DatabaseAddress;
use crate::{Client, Failure};

#[allow(missing_docs, reason = "the schema's words are enough")]
mod generated {
    bindery::include_schema!();
}

use generated::{Databases, NewPerson, Tables, engine, model};

/// A connection of any engine.
pub(crate) struct Bindery<E: StaticEngine> {
    connection: Connection<E>,
    /// Keeps the pools.
    _databases: Databases,
}

/// The databases, with the one that is measured at this URL.
fn databases(engine: &str, url: &str) -> Result<Databases, Failure> {
    let nowhere = [
        ("default", "sqlite::memory:"),
        ("mysql", "mysql://nobody@127.0.0.1:1/nothing"),
        ("postgres", "postgres://nobody@127.0.0.1:1/nothing"),
    ];
    let config = nowhere
        .into_iter()
        .fold(Config::new(), |config, (name, other)| {
            let url = if name == engine { url } else { other };
            config.engine(name, EngineOptions::url(url))
        });
    Ok(Databases::with_config(&config)?)
}

impl Bindery<engine::Default> {
    pub(crate) fn sqlite() -> Result<Self, Failure> {
        let databases = databases("default", "sqlite::memory:")?;
        databases.create_missing_on(engine::Default)?;
        let connection = databases.default()?;
        Self::with(databases, connection)
    }
}

impl Bindery<engine::Postgres> {
    pub(crate) fn postgres(place: &DatabaseAddress) -> Result<Self, Failure> {
        let DatabaseAddress { user, database, .. } = place;
        let (socket, port) = (&place.socket, place.port);
        let url = format!("postgres://{user}@:{port}/{database}?host={socket}");
        let databases = databases("postgres", &url)?;
        let connection = databases.postgres()?;
        Self::with(databases, connection)
    }
}

impl Bindery<engine::Mysql> {
    pub(crate) fn mysql(place: &DatabaseAddress) -> Result<Self, Failure> {
        let DatabaseAddress { user, database, .. } = place;
        let (socket, password) = (&place.socket, place.password());
        let url = format!("mysql://{user}:{password}@/{database}?socket={socket}");
        let databases = databases("mysql", &url)?;
        let connection = databases.mysql()?;
        Self::with(databases, connection)
    }
}

impl<E: StaticEngine + Hosts<model::Person>> Bindery<E> {
    fn with(databases: Databases, connection: Connection<E>) -> Result<Self, Failure> {
        Ok(Self {
            connection,
            _databases: databases,
        })
    }
}

impl<E: StaticEngine> From<generated::Person<E>> for crate::Person {
    fn from(row: generated::Person<E>) -> Self {
        Self {
            id: row.id.into_value(),
            name: row.name,
            hair_color: row.hair_color,
        }
    }
}

fn new(person: crate::Person) -> NewPerson {
    NewPerson::new(person.id, person.name).hair_color(person.hair_color)
}

impl<E: StaticEngine + Hosts<model::Person>> Client for Bindery<E> {
    type Row = generated::Person<E>;

    fn name(&self) -> &'static str {
        "bindery"
    }

    fn clear(&mut self) -> Result<(), Failure> {
        for row in self.connection.people().all()? {
            self.connection.people().delete(row.id)?;
        }
        Ok(())
    }

    fn find(&mut self, id: i64) -> Result<Option<Self::Row>, Failure> {
        Ok(self.connection.people().find(id.into())?)
    }

    fn find_many(&mut self, ids: &[i64]) -> Result<Vec<Option<Self::Row>>, Failure> {
        let keys = ids.iter().map(|&id| id.into());
        Ok(self.connection.people().find_many(keys)?)
    }

    fn all(&mut self) -> Result<Vec<Self::Row>, Failure> {
        Ok(self.connection.people().all()?)
    }

    fn each(&mut self, take: &mut dyn FnMut(Self::Row)) -> Result<(), Failure> {
        for row in self.connection.people().iter()? {
            take(row?);
        }
        Ok(())
    }

    fn insert(&mut self, person: crate::Person) -> Result<Self::Row, Failure> {
        Ok(self.connection.people().insert(new(person))?)
    }

    fn insert_in_transaction(&mut self, person: crate::Person) -> Result<Self::Row, Failure> {
        let new = new(person);
        Ok(self.connection.transaction(|tx| tx.people().insert(new))?)
    }

    fn insert_many(&mut self, people: Vec<crate::Person>) -> Result<(), Failure> {
        let people = people.into_iter().map(new);
        self.connection.people().insert_many(people)?;
        Ok(())
    }
}
