//! diesel by its query builder: the same text for each database, which its types compile for one at a time.

use bindery_benches::{Client, Failure, Person, in_order};
use diesel::connection::{Connection, DefaultLoadingMode};
use diesel::prelude::*;

use crate::row::person_row;

diesel::table! {
    people (id) {
        id -> BigInt,
        name -> Varchar,
        hair_color -> Nullable<Varchar>,
    }
}

/// A person, as diesel reads and writes it. No value is NULL, not `DEFAULT`: statements with that are not kept.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = people, treat_none_as_default_value = false)]
pub struct Row {
    id: i64,
    name: String,
    hair_color: Option<String>,
}

person_row!(Row);

/// A connection.
pub struct Diesel<C> {
    connection: C,
}

impl<C: Connection> Diesel<C> {
    pub fn connect(url: &str) -> Result<Self, Failure> {
        let connection = C::establish(url)?;
        Ok(Self { connection })
    }

    pub fn execute(&mut self, sql: &str) -> Result<(), Failure> {
        Ok(self.connection.batch_execute(sql)?)
    }
}

macro_rules! insert_returning {
    ($connection:expr, $row:expr) => {
        diesel::insert_into(people::table)
            .values($row)
            .returning(Row::as_returning())
            .get_result($connection)
    };
}

/// diesel has no `RETURNING` on MySQL and MariaDB.
macro_rules! insert_and_find {
    ($connection:expr, $row:expr) => {{
        let connection = $connection;
        let row = $row;
        let inserted = diesel::insert_into(people::table)
            .values(&row)
            .execute(connection);
        inserted.and_then(|_| {
            let query = people::table.find(row.id).select(Row::as_select());
            query.get_result(connection)
        })
    }};
}

macro_rules! insert_batches {
    ($connection:expr, $rows:expr) => {
        $connection.transaction(|connection| {
            $rows.chunks(1_000).try_for_each(|chunk| {
                let insert = diesel::insert_into(people::table).values(chunk);
                insert.execute(connection).map(drop)
            })
        })
    };
}

macro_rules! copy {
    ($connection:expr, $rows:expr) => {
        diesel::copy_from(people::table)
            .from_insertable($rows)
            .execute($connection)
            .map(drop)
    };
}

macro_rules! client {
    ($connection:ty, $insert:ident, $insert_many:ident) => {
        impl Client for Diesel<$connection> {
            type Row = Row;

            fn name(&self) -> &'static str {
                "diesel"
            }

            fn clear(&mut self) -> Result<(), Failure> {
                self.execute("DELETE FROM people")
            }

            /// Not `first`: SQLite prepares a statement anew whose `LIMIT` is bound.
            fn find(&mut self, id: i64) -> Result<Option<Row>, Failure> {
                let query = people::table.find(id).select(Row::as_select());
                Ok(query.get_result(&mut self.connection).optional()?)
            }

            fn find_many(&mut self, ids: &[i64]) -> Result<Vec<Option<Row>>, Failure> {
                let listed = people::table.filter(people::id.eq_any(ids));
                let rows = listed.select(Row::as_select()).load(&mut self.connection)?;
                Ok(in_order(ids, rows, |row| row.id))
            }

            fn all(&mut self) -> Result<Vec<Row>, Failure> {
                let query = people::table.select(Row::as_select());
                Ok(query.load(&mut self.connection)?)
            }

            fn each(&mut self, take: &mut dyn FnMut(Row)) -> Result<(), Failure> {
                let query = people::table.select(Row::as_select());
                let connection = &mut self.connection;
                for row in query.load_iter::<Row, DefaultLoadingMode>(connection)? {
                    take(row?);
                }
                Ok(())
            }

            fn insert(&mut self, person: Person) -> Result<Row, Failure> {
                Ok($insert!(&mut self.connection, Row::from(person))?)
            }

            fn insert_in_transaction(&mut self, person: Person) -> Result<Row, Failure> {
                Ok(self
                    .connection
                    .transaction(|connection| $insert!(connection, Row::from(person)))?)
            }

            fn insert_many(&mut self, people: Vec<Person>) -> Result<(), Failure> {
                let rows: Vec<Row> = people.into_iter().map(Row::from).collect();
                Ok($insert_many!(&mut self.connection, &rows)?)
            }
        }
    };
}

client!(SqliteConnection, insert_returning, insert_batches);
client!(PgConnection, insert_returning, copy);
client!(MysqlConnection, insert_and_find, insert_batches);
