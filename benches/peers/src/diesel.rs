//! PostgreSQL through diesel, by its query builder.

use bindery_benches::{Client, Failure, Person, DatabaseAddress};
use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::prelude::*;

diesel::table! {
    people (id) {
        id -> BigInt,
        name -> Varchar,
        hair_color -> Nullable<Varchar>,
    }
}

/// Somebody, as diesel reads and writes it.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = people, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    id: i64,
    name: String,
    hair_color: Option<String>,
}

impl From<Row> for Person {
    fn from(row: Row) -> Self {
        let Row {
            id,
            name,
            hair_color,
        } = row;
        Self {
            id,
            name,
            hair_color,
        }
    }
}

impl From<Person> for Row {
    fn from(person: Person) -> Self {
        let Person {
            id,
            name,
            hair_color,
        } = person;
        Self {
            id,
            name,
            hair_color,
        }
    }
}

/// A connection.
pub struct Diesel {
    connection: PgConnection,
}

impl Diesel {
    pub fn connect(place: &DatabaseAddress) -> Result<Self, Failure> {
        let DatabaseAddress {
            socket,
            port,
            user,
            database,
            ..
        } = place;
        let text = format!("host={socket} port={port} user={user} dbname={database}");
        let connection = PgConnection::establish(&text)?;
        Ok(Self { connection })
    }
}

fn insert(on: &mut PgConnection, row: Row) -> QueryResult<Row> {
    diesel::insert_into(people::table)
        .values(row)
        .returning(Row::as_returning())
        .get_result(on)
}

impl Client for Diesel {
    type Row = Row;

    fn name(&self) -> &'static str {
        "diesel"
    }

    fn clear(&mut self) -> Result<(), Failure> {
        Ok(self.connection.batch_execute("TRUNCATE people")?)
    }

    fn find(&mut self, id: i64) -> Result<Option<Row>, Failure> {
        let query = people::table.find(id).select(Row::as_select());
        Ok(query.first(&mut self.connection).optional()?)
    }

    fn all(&mut self) -> Result<Vec<Row>, Failure> {
        Ok(people::table
            .select(Row::as_select())
            .load(&mut self.connection)?)
    }

    fn each(&mut self, take: &mut dyn FnMut(Row)) -> Result<(), Failure> {
        let query = people::table.select(Row::as_select());
        for row in
            query.load_iter::<Row, diesel::connection::DefaultLoadingMode>(&mut self.connection)?
        {
            take(row?);
        }
        Ok(())
    }

    fn insert(&mut self, person: Person) -> Result<Row, Failure> {
        Ok(insert(&mut self.connection, person.into())?)
    }

    fn insert_in_transaction(&mut self, person: Person) -> Result<Row, Failure> {
        let row = person.into();
        Ok(self
            .connection
            .transaction(|connection| insert(connection, row))?)
    }

    fn insert_many(&mut self, people: Vec<Person>) -> Result<(), Failure> {
        let mut rows: Vec<Row> = people.into_iter().map(Row::from).collect();
        self.connection.transaction(|connection| {
            while !rows.is_empty() {
                let rest = rows.split_off(rows.len().min(1_000));
                diesel::insert_into(people::table)
                    .values(rows)
                    .execute(connection)?;
                rows = rest;
            }
            Ok::<(), diesel::result::Error>(())
        })?;
        Ok(())
    }
}
