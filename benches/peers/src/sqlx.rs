//! PostgreSQL through sqlx, in a blocking program: a runtime on the calling thread.

use bindery_benches::{Client, Failure, Person, DatabaseAddress};
use futures_util::TryStreamExt;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, Executor, QueryBuilder};
use tokio::runtime::{Builder, Runtime};

const FIND: &str = "SELECT id, name, hair_color FROM people WHERE id = $1";
const ALL: &str = "SELECT id, name, hair_color FROM people";
const INSERT: &str =
    "INSERT INTO people (id, name, hair_color) VALUES ($1, $2, $3) RETURNING id, name, hair_color";

type Row = (i64, String, Option<String>);

/// Somebody, as sqlx reads it.
pub struct Found(Row);

impl From<Found> for Person {
    fn from(Found((id, name, hair_color)): Found) -> Self {
        Self {
            id,
            name,
            hair_color,
        }
    }
}

/// A connection and what drives it.
pub struct Sqlx {
    runtime: Runtime,
    connection: PgConnection,
}

impl Sqlx {
    pub fn connect(place: &DatabaseAddress) -> Result<Self, Failure> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let options = PgConnectOptions::new_without_pgpass()
            .socket(&place.socket)
            .port(place.port)
            .username(&place.user)
            .database(&place.database);
        let connection = runtime.block_on(PgConnection::connect_with(&options))?;
        Ok(Self {
            runtime,
            connection,
        })
    }
}

async fn insert<'c>(
    on: impl Executor<'c, Database = sqlx::Postgres>,
    person: Person,
) -> sqlx::Result<Found> {
    let query = sqlx::query_as(INSERT)
        .bind(person.id)
        .bind(person.name)
        .bind(person.hair_color);
    query.fetch_one(on).await.map(Found)
}

impl Client for Sqlx {
    type Row = Found;

    fn name(&self) -> &'static str {
        "sqlx"
    }

    fn clear(&mut self) -> Result<(), Failure> {
        let work = self.connection.execute("TRUNCATE people");
        self.runtime.block_on(work)?;
        Ok(())
    }

    fn find(&mut self, id: i64) -> Result<Option<Found>, Failure> {
        let work = sqlx::query_as(FIND)
            .bind(id)
            .fetch_optional(&mut self.connection);
        Ok(self.runtime.block_on(work)?.map(Found))
    }

    fn all(&mut self) -> Result<Vec<Found>, Failure> {
        let work = sqlx::query_as(ALL).fetch_all(&mut self.connection);
        Ok(self
            .runtime
            .block_on(work)?
            .into_iter()
            .map(Found)
            .collect())
    }

    fn each(&mut self, take: &mut dyn FnMut(Found)) -> Result<(), Failure> {
        let connection = &mut self.connection;
        let work = async {
            let mut rows = sqlx::query_as(ALL).fetch(connection);
            while let Some(row) = rows.try_next().await? {
                take(Found(row));
            }
            Ok::<(), sqlx::Error>(())
        };
        Ok(self.runtime.block_on(work)?)
    }

    fn insert(&mut self, person: Person) -> Result<Found, Failure> {
        Ok(self
            .runtime
            .block_on(insert(&mut self.connection, person))?)
    }

    fn insert_in_transaction(&mut self, person: Person) -> Result<Found, Failure> {
        let connection = &mut self.connection;
        let work = async {
            let mut transaction = connection.begin().await?;
            let found = insert(&mut *transaction, person).await?;
            transaction.commit().await?;
            Ok::<Found, sqlx::Error>(found)
        };
        Ok(self.runtime.block_on(work)?)
    }

    fn insert_many(&mut self, people: Vec<Person>) -> Result<(), Failure> {
        let connection = &mut self.connection;
        let work = async {
            let mut transaction = connection.begin().await?;
            for chunk in people.chunks(1_000) {
                let mut insert = QueryBuilder::new("INSERT INTO people (id, name, hair_color) ");
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
