//! PostgreSQL through `postgres`.

use postgres::binary_copy::{BinaryCopyInWriter, BinaryCopyOutIter};
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::Type;
use postgres::{Client as Connection, NoTls, Row, Statement};

use super::sql::numbered as sql;
use crate::suite::DatabaseAddress;
use crate::{Client, Failure, Person};

/// The column types that COPY needs.
const COLUMNS: [Type; 3] = [Type::INT8, Type::VARCHAR, Type::VARCHAR];

/// A connection and its statements.
pub(crate) struct Postgres {
    connection: Connection,
    find: Statement,
    all: Statement,
    insert: Statement,
}

impl Postgres {
    /// Connects, and makes the table for all.
    pub(crate) fn connect(place: &DatabaseAddress) -> Result<Self, Failure> {
        let mut config = Connection::configure();
        config.host(&place.socket).port(place.port);
        let mut connection = config
            .user(&place.user)
            .dbname(&place.database)
            .connect(NoTls)?;
        connection.batch_execute(
            "CREATE TABLE people (id bigint PRIMARY KEY, name varchar(40) NOT NULL, hair_color varchar(20))",
        )?;
        Ok(Self {
            find: connection.prepare(sql::FIND)?,
            all: connection.prepare(sql::ALL)?,
            insert: connection.prepare(sql::INSERT)?,
            connection,
        })
    }
}

fn read(row: &Row) -> Result<Person, postgres::Error> {
    Ok(Person {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        hair_color: row.try_get(2)?,
    })
}

impl Client for Postgres {
    type Row = Person;

    fn name(&self) -> &'static str {
        "postgres"
    }

    fn clear(&mut self) -> Result<(), Failure> {
        Ok(self.connection.batch_execute("TRUNCATE people")?)
    }

    fn find(&mut self, id: i64) -> Result<Option<Person>, Failure> {
        let row = self.connection.query_opt(&self.find, &[&id])?;
        Ok(row.as_ref().map(read).transpose()?)
    }

    fn all(&mut self) -> Result<Vec<Person>, Failure> {
        let rows = self.connection.query(&self.all, &[])?;
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    fn each(&mut self, take: &mut dyn FnMut(Person)) -> Result<(), Failure> {
        let none: [i64; 0] = [];
        let mut rows = self.connection.query_raw(&self.all, none)?;
        while let Some(row) = rows.next()? {
            take(read(&row)?);
        }
        Ok(())
    }

    fn export(&mut self, take: &mut dyn FnMut(Person)) -> Result<(), Failure> {
        let reader = self.connection.copy_out(sql::COPY_OUT)?;
        let mut rows = BinaryCopyOutIter::new(reader, &COLUMNS);
        while let Some(row) = rows.next()? {
            take(Person {
                id: row.try_get(0)?,
                name: row.try_get(1)?,
                hair_color: row.try_get(2)?,
            });
        }
        Ok(())
    }

    fn insert(&mut self, person: Person) -> Result<Person, Failure> {
        let Person {
            id,
            name,
            hair_color,
        } = &person;
        let row = self
            .connection
            .query_one(&self.insert, &[id, name, hair_color])?;
        Ok(read(&row)?)
    }

    fn insert_in_transaction(&mut self, person: Person) -> Result<Person, Failure> {
        let Person {
            id,
            name,
            hair_color,
        } = &person;
        let mut transaction = self.connection.transaction()?;
        let row = transaction.query_one(&self.insert, &[id, name, hair_color])?;
        transaction.commit()?;
        Ok(read(&row)?)
    }

    /// The usual way, several rows in a statement, and COPY for programs that take the trouble.
    fn insert_many(&mut self, people: Vec<Person>) -> Result<(), Failure> {
        if people.is_empty() {
            return Ok(());
        }
        let mut writer = BinaryCopyInWriter::new(self.connection.copy_in(sql::COPY_IN)?, &COLUMNS);
        for person in &people {
            writer.write(&[&person.id, &person.name, &person.hair_color])?;
        }
        writer.finish()?;
        Ok(())
    }
}
