//! SeaORM, in a blocking program: a runtime on the calling thread. One type is a connection to any database.

use bindery_benches::{Client, Failure, Person, in_order};
use futures_util::TryStreamExt;
use sea_orm::{
    ColumnTrait, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr,
    EntityTrait, Insert, QueryFilter, TransactionTrait,
};
use tokio::runtime::{Builder, Runtime};

use self::people::{ActiveModel, Column, Entity, Model};
use crate::row::person_row;

mod people {
    use sea_orm::entity::prelude::*;

    /// A person, as SeaORM reads and writes it.
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "people")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub name: String,
        pub hair_color: Option<String>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

person_row!(Model);

/// A pool of one connection and what drives it.
pub struct SeaOrm {
    runtime: Runtime,
    connection: DatabaseConnection,
}

impl SeaOrm {
    pub fn connect(url: &str) -> Result<Self, Failure> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let mut options = ConnectOptions::new(url);
        // The other libraries' connections are not tested before each statement either. A database in memory is gone when
        // its connection is.
        options
            .max_connections(1)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .sqlx_logging(false);
        let connection = runtime.block_on(Database::connect(options))?;
        Ok(Self {
            runtime,
            connection,
        })
    }

    pub fn execute(&mut self, sql: &str) -> Result<(), Failure> {
        self.runtime
            .block_on(self.connection.execute_unprepared(sql))?;
        Ok(())
    }
}

async fn insert(on: &impl ConnectionTrait, person: Person) -> Result<Model, DbErr> {
    Insert::<ActiveModel>::one(Model::from(person))
        .exec_with_returning(on)
        .await
}

impl Client for SeaOrm {
    type Row = Model;

    fn name(&self) -> &'static str {
        "sea-orm"
    }

    fn clear(&mut self) -> Result<(), Failure> {
        self.execute("DELETE FROM people")
    }

    fn find(&mut self, id: i64) -> Result<Option<Model>, Failure> {
        let work = Entity::find_by_id(id).one(&self.connection);
        Ok(self.runtime.block_on(work)?)
    }

    fn find_many(&mut self, ids: &[i64]) -> Result<Vec<Option<Model>>, Failure> {
        let keys = ids.iter().copied();
        let is_listed = match self.connection.get_database_backend() {
            DbBackend::Postgres => Column::Id.eq_any(keys),
            _ => Column::Id.is_in(keys),
        };
        let work = Entity::find().filter(is_listed).all(&self.connection);
        let rows = self.runtime.block_on(work)?;
        Ok(in_order(ids, rows, |row| row.id))
    }

    fn all(&mut self) -> Result<Vec<Model>, Failure> {
        Ok(self
            .runtime
            .block_on(Entity::find().all(&self.connection))?)
    }

    fn each(&mut self, take: &mut dyn FnMut(Model)) -> Result<(), Failure> {
        let work = async {
            let mut rows = Entity::find().stream(&self.connection).await?;
            while let Some(row) = rows.try_next().await? {
                take(row);
            }
            Ok::<(), DbErr>(())
        };
        Ok(self.runtime.block_on(work)?)
    }

    fn insert(&mut self, person: Person) -> Result<Model, Failure> {
        Ok(self.runtime.block_on(insert(&self.connection, person))?)
    }

    fn insert_in_transaction(&mut self, person: Person) -> Result<Model, Failure> {
        let work = async {
            let transaction = self.connection.begin().await?;
            let row = insert(&transaction, person).await?;
            transaction.commit().await?;
            Ok::<Model, DbErr>(row)
        };
        Ok(self.runtime.block_on(work)?)
    }

    fn insert_many(&mut self, people: Vec<Person>) -> Result<(), Failure> {
        let work = async {
            let transaction = self.connection.begin().await?;
            for chunk in people.chunks(1_000) {
                let rows = chunk.iter().cloned().map(Model::from);
                Insert::<ActiveModel>::many(rows)
                    .exec_without_returning(&transaction)
                    .await?;
            }
            transaction.commit().await
        };
        Ok(self.runtime.block_on(work)?)
    }
}
