//! MariaDB through `mysql` as those write it who need no MySQL: INSERT gives the row back by RETURNING.

use mysql::prelude::Queryable;
use mysql::{Params, Statement, TxOpts};

use super::mysql::{GONE, Mysql, read_person};
use super::sql::unnumbered as sql;
use crate::suite::DatabaseAddress;
use crate::{Case, Client, Failure, Person};

/// A connection, and the statements that return rows.
pub(crate) struct Mariadb {
    inner: Mysql,
    insert: Statement,
    insert_defaults: Statement,
    insert_given: Statement,
    upsert: Statement,
}

impl Mariadb {
    /// Connects; the tables are there.
    pub(crate) fn connect(place: &DatabaseAddress) -> Result<Self, Failure> {
        let mut inner = Mysql::of_tables(place)?;
        let connection = &mut inner.connection;
        Ok(Self {
            insert: connection.prep(sql::INSERT_RETURNING)?,
            insert_defaults: connection.prep(sql::INSERT_DEFAULTS_RETURNING)?,
            insert_given: connection.prep(sql::INSERT_GIVEN_RETURNING)?,
            upsert: connection.prep(sql::UPSERT.to_owned() + " RETURNING id, name, hair_color")?,
            inner,
        })
    }
}

fn returned(
    on: &mut impl Queryable,
    statement: &Statement,
    values: impl Into<Params>,
) -> Result<Person, Failure> {
    let row = on.exec_first(statement, values)?;
    Ok(row.map(read_person).ok_or(GONE)?)
}

fn values(person: Person) -> (i64, String, Option<String>) {
    (person.id, person.name, person.hair_color)
}

impl Client for Mariadb {
    type Row = Person;

    fn name(&self) -> &'static str {
        "mysql, RETURNING"
    }

    fn has(&self, case: Case) -> bool {
        let alone = [
            Case::Insert,
            Case::InsertInTransaction,
            Case::InsertDefaults,
            Case::InsertGiven,
            Case::Upsert,
        ];
        alone.contains(&case) || matches!(case, Case::InsertsInTransaction(_))
    }

    fn clear(&mut self) -> Result<(), Failure> {
        self.inner.clear()
    }

    fn find(&mut self, id: i64) -> Result<Option<Person>, Failure> {
        self.inner.find(id)
    }

    fn all(&mut self) -> Result<Vec<Person>, Failure> {
        self.inner.all()
    }

    fn each(&mut self, take: &mut dyn FnMut(Person)) -> Result<(), Failure> {
        self.inner.each(take)
    }

    fn insert(&mut self, person: Person) -> Result<Person, Failure> {
        returned(&mut self.inner.connection, &self.insert, values(person))
    }

    fn insert_in_transaction(&mut self, person: Person) -> Result<Person, Failure> {
        let options = TxOpts::default();
        let mut transaction = self.inner.connection.start_transaction(options)?;
        let row = returned(&mut transaction, &self.insert, values(person))?;
        transaction.commit()?;
        Ok(row)
    }

    fn inserts_in_transaction(
        &mut self,
        people: Vec<Person>,
        take: &mut dyn FnMut(Person),
    ) -> Result<(), Failure> {
        let options = TxOpts::default();
        let mut transaction = self.inner.connection.start_transaction(options)?;
        for person in people {
            take(returned(&mut transaction, &self.insert, values(person))?);
        }
        Ok(transaction.commit()?)
    }

    fn insert_many(&mut self, people: Vec<Person>) -> Result<(), Failure> {
        self.inner.insert_many(people)
    }

    fn insert_defaults(&mut self, name: String) -> Result<Person, Failure> {
        returned(&mut self.inner.connection, &self.insert_defaults, (name,))
    }

    fn insert_given(&mut self, person: Person) -> Result<Person, Failure> {
        returned(
            &mut self.inner.connection,
            &self.insert_given,
            values(person),
        )
    }

    fn upsert(&mut self, person: Person) -> Result<Person, Failure> {
        let values = (person.name, person.hair_color);
        returned(&mut self.inner.connection, &self.upsert, values)
    }
}
