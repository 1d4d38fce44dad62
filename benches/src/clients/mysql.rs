//! MySQL and MariaDB through `mysql`.

use mysql::prelude::Queryable;
use mysql::{Conn, OptsBuilder, Statement, TxOpts, Value};

use super::sql::unnumbered as sql;
use crate::suite::DatabaseAddress;
use crate::{Client, Failure, Person};

/// A connection and its statements.
pub(crate) struct Mysql {
    connection: Conn,
    find: Statement,
    all: Statement,
    insert: Statement,
}

impl Mysql {
    /// Connects, and makes the table for all.
    pub(crate) fn connect(place: &DatabaseAddress) -> Result<Self, Failure> {
        let options = OptsBuilder::new()
            .socket(Some(&place.socket))
            .user(Some(&place.user))
            .pass(Some(place.password()))
            .db_name(Some(&place.database));
        let mut connection = Conn::new(options)?;
        connection.query_drop(
            "CREATE TABLE people (id bigint PRIMARY KEY, name varchar(40) NOT NULL, hair_color varchar(20))",
        )?;
        Ok(Self {
            find: connection.prep(sql::FIND)?,
            all: connection.prep(sql::ALL)?,
            insert: connection.prep(sql::INSERT)?,
            connection,
        })
    }
}

fn read((id, name, hair_color): (i64, String, Option<String>)) -> Person {
    Person {
        id,
        name,
        hair_color,
    }
}

fn insert(
    on: &mut impl Queryable,
    statements: [&Statement; 2],
    person: &Person,
) -> Result<Person, Failure> {
    let [insert, find] = statements;
    let Person {
        id,
        name,
        hair_color,
    } = person;
    on.exec_drop(insert, (id, name, hair_color))?;
    let row = on.exec_first(find, (id,))?;
    Ok(row.map(read).ok_or("the row that was inserted is gone")?)
}

impl Client for Mysql {
    type Row = Person;

    fn name(&self) -> &'static str {
        "mysql"
    }

    fn clear(&mut self) -> Result<(), Failure> {
        Ok(self.connection.query_drop("TRUNCATE people")?)
    }

    fn find(&mut self, id: i64) -> Result<Option<Person>, Failure> {
        Ok(self.connection.exec_first(&self.find, (id,))?.map(read))
    }

    fn all(&mut self) -> Result<Vec<Person>, Failure> {
        Ok(self.connection.exec_map(&self.all, (), read)?)
    }

    fn each(&mut self, take: &mut dyn FnMut(Person)) -> Result<(), Failure> {
        for row in self.connection.exec_iter(&self.all, ())? {
            take(read(mysql::from_row_opt(row?)?));
        }
        Ok(())
    }

    fn insert(&mut self, person: Person) -> Result<Person, Failure> {
        let Self {
            connection,
            insert: statement,
            find,
            ..
        } = self;
        insert(connection, [statement, find], &person)
    }

    fn insert_in_transaction(&mut self, person: Person) -> Result<Person, Failure> {
        let Self {
            connection,
            insert: statement,
            find,
            ..
        } = self;
        let mut transaction = connection.start_transaction(TxOpts::default())?;
        let row = insert(&mut transaction, [statement, find], &person)?;
        transaction.commit()?;
        Ok(row)
    }

    fn insert_many(&mut self, people: Vec<Person>) -> Result<(), Failure> {
        let mut transaction = self.connection.start_transaction(TxOpts::default())?;
        for chunk in people.chunks(1_000) {
            let values = chunk.iter().flat_map(|person| {
                let Person {
                    id,
                    name,
                    hair_color,
                } = person;
                [Value::from(id), Value::from(name), Value::from(hair_color)]
            });
            let values: Vec<Value> = values.collect();
            transaction.exec_drop(sql::insert_many(chunk.len()), values)?;
        }
        Ok(transaction.commit()?)
    }
}
