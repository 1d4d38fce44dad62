//! PostgreSQL through `tokio-postgres`, in a blocking program: a runtime of its own on the calling thread, and a time limit
//! for each operation, as bindery has.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::TryStreamExt;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::binary_copy::{BinaryCopyInWriter, BinaryCopyOutStream};
use tokio_postgres::types::Type;
use tokio_postgres::{Client as Connection, Config, NoTls, Row, Statement};

use super::sql::numbered as sql;
use crate::suite::DatabaseAddress;
use crate::{Client, Failure, Person};

const LIMIT: Duration = Duration::from_secs(30);

/// The column types that COPY needs.
const COLUMNS: [Type; 3] = [Type::INT8, Type::VARCHAR, Type::VARCHAR];

type Driver = tokio_postgres::Connection<tokio_postgres::Socket, tokio_postgres::tls::NoTlsStream>;

/// A connection and its statements.
pub(crate) struct TokioPostgres {
    runtime: Runtime,
    connection: Connection,
    driver: Driver,
    statements: Option<[Statement; 3]>,
}

/// Runs a future and the connection's own work, until the future is done or time is over.
fn run<T>(
    runtime: &Runtime,
    driver: &mut Driver,
    work: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, Failure> {
    runtime.block_on(async {
        let mut work = pin!(work);
        let both = std::future::poll_fn(|context| {
            while let Poll::Ready(Some(Ok(_))) = driver.poll_message(context) {}
            let outcome = work.as_mut().poll(context);
            // The requests of the work go out before anything is waited for.
            while let Poll::Ready(Some(Ok(_))) = driver.poll_message(context) {}
            outcome
        });
        Ok(tokio::time::timeout(LIMIT, both).await??)
    })
}

impl TokioPostgres {
    pub(crate) fn connect(place: &DatabaseAddress) -> Result<Self, Failure> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let mut config = Config::new();
        config.host(&place.socket).port(place.port);
        config.user(&place.user).dbname(&place.database);
        let (connection, driver) = runtime.block_on(config.connect(NoTls))?;
        Ok(Self {
            runtime,
            connection,
            driver,
            statements: None,
        })
    }

    /// The table is there only after another client has connected.
    fn prepare(&mut self) -> Result<[Statement; 3], Failure> {
        if let Some(statements) = &self.statements {
            return Ok(statements.clone());
        }
        let Self {
            runtime,
            connection,
            driver,
            ..
        } = self;
        let mut prepare = |sql| run(runtime, driver, connection.prepare(sql));
        let statements = [
            prepare(sql::FIND)?,
            prepare(sql::ALL)?,
            prepare(sql::INSERT)?,
        ];
        self.statements = Some(statements.clone());
        Ok(statements)
    }
}

fn read_person(row: &Row) -> Result<Person, tokio_postgres::Error> {
    Ok(Person {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        hair_color: row.try_get(2)?,
    })
}

impl Client for TokioPostgres {
    type Row = Person;

    fn name(&self) -> &'static str {
        "tokio-postgres"
    }

    fn clear(&mut self) -> Result<(), Failure> {
        let work = self.connection.batch_execute("TRUNCATE people");
        run(&self.runtime, &mut self.driver, work)
    }

    fn find(&mut self, id: i64) -> Result<Option<Person>, Failure> {
        let [find, ..] = self.prepare()?;
        let params: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&id];
        let work = self.connection.query_opt(&find, &params);
        let row = run(&self.runtime, &mut self.driver, work)?;
        Ok(row.as_ref().map(read_person).transpose()?)
    }

    fn all(&mut self) -> Result<Vec<Person>, Failure> {
        let [_, all, _] = self.prepare()?;
        let work = self.connection.query(&all, &[]);
        let rows = run(&self.runtime, &mut self.driver, work)?;
        Ok(rows.iter().map(read_person).collect::<Result<_, _>>()?)
    }

    fn each(&mut self, take: &mut dyn FnMut(Person)) -> Result<(), Failure> {
        let [_, all, _] = self.prepare()?;
        let connection = &self.connection;
        let work = async {
            let none: [i64; 0] = [];
            let mut rows = pin!(connection.query_raw(&all, none).await?);
            while let Some(row) = rows.try_next().await? {
                take(read_person(&row)?);
            }
            Ok(())
        };
        run(&self.runtime, &mut self.driver, work)
    }

    fn export(&mut self, take: &mut dyn FnMut(Person)) -> Result<(), Failure> {
        let connection = &self.connection;
        let work = async {
            let stream = connection.copy_out(sql::COPY_OUT).await?;
            let mut rows = pin!(BinaryCopyOutStream::new(stream, &COLUMNS));
            while let Some(row) = rows.try_next().await? {
                take(Person {
                    id: row.try_get(0)?,
                    name: row.try_get(1)?,
                    hair_color: row.try_get(2)?,
                });
            }
            Ok(())
        };
        run(&self.runtime, &mut self.driver, work)
    }

    fn insert(&mut self, person: Person) -> Result<Person, Failure> {
        let [_, _, insert] = self.prepare()?;
        let Person {
            id,
            name,
            hair_color,
        } = &person;
        let params: [&(dyn tokio_postgres::types::ToSql + Sync); 3] = [id, name, hair_color];
        let work = self.connection.query_one(&insert, &params);
        let row = run(&self.runtime, &mut self.driver, work)?;
        Ok(read_person(&row)?)
    }

    fn insert_in_transaction(&mut self, person: Person) -> Result<Person, Failure> {
        let [_, _, insert] = self.prepare()?;
        let Person {
            id,
            name,
            hair_color,
        } = &person;
        let params: [&(dyn tokio_postgres::types::ToSql + Sync); 3] = [id, name, hair_color];
        let Self {
            runtime,
            connection,
            driver,
            ..
        } = self;
        let work = async {
            let transaction = connection.transaction().await?;
            let row = transaction.query_one(&insert, &params).await?;
            transaction.commit().await?;
            Ok(row)
        };
        let row = run(runtime, driver, work)?;
        Ok(read_person(&row)?)
    }

    fn insert_many(&mut self, people: Vec<Person>) -> Result<(), Failure> {
        if people.is_empty() {
            return Ok(());
        }
        let connection = &self.connection;
        let work = async {
            let mut writer = pin!(BinaryCopyInWriter::new(
                connection.copy_in(sql::COPY_IN).await?,
                &COLUMNS
            ));
            for person in &people {
                let values: [&(dyn tokio_postgres::types::ToSql + Sync); 3] =
                    [&person.id, &person.name, &person.hair_color];
                writer.as_mut().write(&values).await?;
            }
            writer.as_mut().finish().await.map(drop)
        };
        run(&self.runtime, &mut self.driver, work)
    }
}
