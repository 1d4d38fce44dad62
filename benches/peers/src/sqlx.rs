//! sqlx, in a blocking program: a runtime on the calling thread.

use bindery_benches::{Client, Failure, Person, in_order};
use futures_util::TryStreamExt;
use sqlx::{
    Connection, Database, Encode, Executor, MySql, MySqlConnection, PgConnection, Postgres,
    QueryBuilder, Sqlite, SqliteConnection, Type,
};
use tokio::runtime::{Builder, Runtime};

const ALL: &str = "SELECT id, name, hair_color FROM people";

type Row = (i64, String, Option<String>);

/// A connection and what drives it.
pub struct Sqlx<C> {
    runtime: Runtime,
    connection: C,
}

impl<C: Connection> Sqlx<C> {
    pub fn connect(url: &str) -> Result<Self, Failure> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let connection = runtime.block_on(C::connect(url))?;
        Ok(Self {
            runtime,
            connection,
        })
    }
}

fn push_array(query: &mut QueryBuilder<Postgres>, ids: &[i64]) {
    query.push("= ANY(").push_bind(ids).push(")");
}

fn push_list<D: Database>(query: &mut QueryBuilder<D>, ids: &[i64])
where
    i64: for<'v> Encode<'v, D> + Type<D>,
{
    query.push("IN (");
    let mut list = query.separated(", ");
    for &id in ids {
        list.push_bind(id);
    }
    query.push(")");
}

macro_rules! client {
    ($connection:ty, $database:ty, [$one:literal, $two:literal, $three:literal], $push_ids:ident) => {
        impl Sqlx<$connection> {
            pub fn execute(&mut self, sql: &'static str) -> Result<(), Failure> {
                self.runtime.block_on(self.connection.execute(sql))?;
                Ok(())
            }

            async fn insert_on(connection: &mut $connection, person: Person) -> sqlx::Result<Row> {
                const INSERT: &str = concat!(
                    "INSERT INTO people (id, name, hair_color) VALUES (",
                    $one,
                    ", ",
                    $two,
                    ", ",
                    $three,
                    ") RETURNING id, name, hair_color"
                );
                let query = sqlx::query_as(INSERT)
                    .bind(person.id)
                    .bind(person.name)
                    .bind(person.hair_color);
                query.fetch_one(connection).await
            }
        }

        impl Client for Sqlx<$connection> {
            type Row = Row;

            fn name(&self) -> &'static str {
                "sqlx"
            }

            fn clear(&mut self) -> Result<(), Failure> {
                self.execute("DELETE FROM people")
            }

            fn find(&mut self, id: i64) -> Result<Option<Row>, Failure> {
                const FIND: &str =
                    concat!("SELECT id, name, hair_color FROM people WHERE id = ", $one);
                let query = sqlx::query_as(FIND).bind(id);
                let work = query.fetch_optional(&mut self.connection);
                Ok(self.runtime.block_on(work)?)
            }

            fn find_many(&mut self, ids: &[i64]) -> Result<Vec<Option<Row>>, Failure> {
                let mut query = QueryBuilder::<$database>::new(ALL);
                query.push(" WHERE id ");
                $push_ids(&mut query, ids);
                let query = query.build_query_as();
                let rows = self
                    .runtime
                    .block_on(query.fetch_all(&mut self.connection))?;
                Ok(in_order(ids, rows, |(id, ..): &Row| *id))
            }

            fn all(&mut self) -> Result<Vec<Row>, Failure> {
                let work = sqlx::query_as(ALL).fetch_all(&mut self.connection);
                Ok(self.runtime.block_on(work)?)
            }

            fn each(&mut self, take: &mut dyn FnMut(Row)) -> Result<(), Failure> {
                let connection = &mut self.connection;
                let work = async {
                    let mut rows = sqlx::query_as(ALL).fetch(connection);
                    while let Some(row) = rows.try_next().await? {
                        take(row);
                    }
                    Ok::<(), sqlx::Error>(())
                };
                Ok(self.runtime.block_on(work)?)
            }

            fn insert(&mut self, person: Person) -> Result<Row, Failure> {
                let work = Self::insert_on(&mut self.connection, person);
                Ok(self.runtime.block_on(work)?)
            }

            fn insert_in_transaction(&mut self, person: Person) -> Result<Row, Failure> {
                let connection = &mut self.connection;
                let work = async {
                    let mut transaction = connection.begin().await?;
                    let row = Self::insert_on(&mut transaction, person).await?;
                    transaction.commit().await?;
                    Ok::<Row, sqlx::Error>(row)
                };
                Ok(self.runtime.block_on(work)?)
            }

            fn insert_many(&mut self, people: Vec<Person>) -> Result<(), Failure> {
                let connection = &mut self.connection;
                let work = async {
                    let mut transaction = connection.begin().await?;
                    for chunk in people.chunks(1_000) {
                        let mut insert = QueryBuilder::<$database>::new(
                            "INSERT INTO people (id, name, hair_color) ",
                        );
                        insert.push_values(chunk, |mut values, person| {
                            values
                                .push_bind(person.id)
                                .push_bind(&person.name)
                                .push_bind(&person.hair_color);
                        });
                        insert.build().execute(&mut *transaction).await?;
                    }
                    transaction.commit().await
                };
                Ok(self.runtime.block_on(work)?)
            }
        }
    };
}

client!(SqliteConnection, Sqlite, ["?", "?", "?"], push_list);
client!(PgConnection, Postgres, ["$1", "$2", "$3"], push_array);
client!(MySqlConnection, MySql, ["?", "?", "?"], push_list);
