//! SQLite through `rusqlite`: statements from its cache.

use rusqlite::{Connection, Row, params, params_from_iter};

use super::by_hand::{in_order, take_families};
use super::sql::unnumbered as sql;
use super::sql::{COUNTS, LAST_OF_EACH};
use crate::family::{OF_QUERY, OWNERS};
use crate::{Case, Client, Failure, FamilyQuery, Owner, Person, Pet};

/// Rows in one INSERT of many: more gain nothing.
pub(super) const ROWS_AT_A_TIME: usize = 100;

/// The table that bindery makes, as others would compare databases, not libraries.
pub const SQLITE_PEOPLE: &str = "CREATE TABLE people (id INTEGER NOT NULL, name VARCHAR(40) NOT NULL, hair_color VARCHAR(20), \
     PRIMARY KEY (id), CHECK (length(name) <= 40), CHECK (length(hair_color) <= 20))";

/// A database in memory.
pub(crate) struct Rusqlite {
    pub(super) connection: Connection,
    pets: String,
}

impl Rusqlite {
    /// Of this name, which is shared by all that open it.
    pub(crate) fn open(name: &str) -> Result<Self, Failure> {
        // The kind of memory that the connections of a pool share. Every statement takes its locks; that of one connection has
        // none.
        let connection = Connection::open(format!("file:/bindery-benches-{name}?vfs=memdb"))?;
        connection.execute_batch(SQLITE_PEOPLE)?;
        connection.execute_batch(
            "CREATE TABLE members (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(40) NOT NULL, \
             hair_color VARCHAR(20) DEFAULT 'brown', UNIQUE (name), CHECK (length(name) <= 40), \
             CHECK (length(hair_color) <= 20)); \
             CREATE TABLE owners (id INTEGER NOT NULL, name VARCHAR(40) NOT NULL, PRIMARY KEY (id), \
             CHECK (length(name) <= 40)); \
             CREATE TABLE pets (id INTEGER NOT NULL, owner_id BIGINT NOT NULL REFERENCES owners (id), \
             name VARCHAR(40) NOT NULL, PRIMARY KEY (id), CHECK (length(name) <= 40)); \
             CREATE INDEX pets_owner ON pets (owner_id)",
        )?;
        for Owner { id, name } in Owner::all() {
            connection.execute(sql::INSERT_OWNER, params![id, name])?;
        }
        for Pet { id, owner_id, name } in Pet::all() {
            connection.execute(sql::INSERT_PET, params![id, owner_id, name])?;
        }
        let pets = sql::pets(OWNERS as usize);
        Ok(Self { connection, pets })
    }
}

fn read_person(row: &Row<'_>) -> rusqlite::Result<Person> {
    Ok(Person {
        id: row.get(0)?,
        name: row.get(1)?,
        hair_color: row.get(2)?,
    })
}

fn insert(connection: &Connection, person: &Person) -> rusqlite::Result<Person> {
    let Person {
        id,
        name,
        hair_color,
    } = person;
    let mut statement = connection.prepare_cached(sql::INSERT_RETURNING)?;
    statement.query_row(params![id, name, hair_color], read_person)
}

impl Client for Rusqlite {
    type Row = Person;

    fn name(&self) -> &'static str {
        "rusqlite"
    }

    fn has(&self, case: Case) -> bool {
        case != Case::Checkout
    }

    fn clear(&mut self) -> Result<(), Failure> {
        self.connection.execute("DELETE FROM people", [])?;
        self.connection.execute("DELETE FROM members", [])?;
        Ok(())
    }

    fn find(&mut self, id: i64) -> Result<Option<Person>, Failure> {
        let mut statement = self.connection.prepare_cached(sql::FIND)?;
        let mut rows = statement.query([id])?;
        Ok(rows.next()?.map(read_person).transpose()?)
    }

    fn all(&mut self) -> Result<Vec<Person>, Failure> {
        let mut statement = self.connection.prepare_cached(sql::ALL)?;
        let rows = statement.query_map([], read_person)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn each(&mut self, take: &mut dyn FnMut(Person)) -> Result<(), Failure> {
        let mut statement = self.connection.prepare_cached(sql::ALL)?;
        for row in statement.query_map([], read_person)? {
            take(row?);
        }
        Ok(())
    }

    fn insert(&mut self, person: Person) -> Result<Person, Failure> {
        Ok(insert(&self.connection, &person)?)
    }

    fn insert_in_transaction(&mut self, person: Person) -> Result<Person, Failure> {
        let transaction = self.connection.transaction()?;
        let row = insert(&transaction, &person)?;
        transaction.commit()?;
        Ok(row)
    }

    fn inserts_in_transaction(
        &mut self,
        people: Vec<Person>,
        take: &mut dyn FnMut(Person),
    ) -> Result<(), Failure> {
        let transaction = self.connection.transaction()?;
        for person in people {
            take(insert(&transaction, &person)?);
        }
        Ok(transaction.commit()?)
    }

    fn insert_only(&mut self, person: Person) -> Result<(), Failure> {
        let Person {
            id,
            name,
            hair_color,
        } = person;
        let mut statement = self.connection.prepare_cached(sql::INSERT)?;
        statement.execute(params![id, name, hair_color])?;
        Ok(())
    }

    fn insert_many(&mut self, people: Vec<Person>) -> Result<(), Failure> {
        let transaction = self.connection.transaction()?;
        for chunk in people.chunks(ROWS_AT_A_TIME) {
            let mut statement = transaction.prepare_cached(&sql::insert_many(chunk.len()))?;
            let values = chunk.iter().flat_map(|person| {
                let color = &person.hair_color;
                let values: [&dyn rusqlite::ToSql; 3] = [&person.id, &person.name, color];
                values
            });
            statement.execute(params_from_iter(values))?;
        }
        Ok(transaction.commit()?)
    }

    fn find_where(&mut self, id: i64, name: &str) -> Result<Option<Person>, Failure> {
        let mut statement = self.connection.prepare_cached(sql::FIND_WHERE)?;
        let mut rows = statement.query(params![id, name])?;
        Ok(rows.next()?.map(read_person).transpose()?)
    }

    fn find_many(&mut self, ids: &[i64]) -> Result<Vec<Option<Person>>, Failure> {
        Ok(in_order(ids, self.find_listed(ids)?, |person| person.id))
    }

    fn find_listed(&mut self, ids: &[i64]) -> Result<Vec<Person>, Failure> {
        let mut found = Vec::new();
        for chunk in ids.chunks(sql::LISTED_AT_A_TIME) {
            let mut statement = self
                .connection
                .prepare_cached(&sql::find_listed(chunk.len()))?;
            for row in statement.query_map(params_from_iter(chunk), read_person)? {
                found.push(row?);
            }
        }
        Ok(found)
    }

    fn insert_defaults(&mut self, name: String) -> Result<Person, Failure> {
        let mut statement = self
            .connection
            .prepare_cached(sql::INSERT_DEFAULTS_RETURNING)?;
        Ok(statement.query_row([name], read_person)?)
    }

    fn insert_given(&mut self, person: Person) -> Result<Person, Failure> {
        let Person {
            id,
            name,
            hair_color,
        } = person;
        let mut statement = self
            .connection
            .prepare_cached(sql::INSERT_GIVEN_RETURNING)?;
        Ok(statement.query_row(params![id, name, hair_color], read_person)?)
    }

    fn update(&mut self, id: i64, hair_color: Option<String>) -> Result<bool, Failure> {
        let mut statement = self.connection.prepare_cached(sql::UPDATE)?;
        Ok(statement.execute(params![hair_color, id])? > 0)
    }

    fn save(&mut self, person: Person) -> Result<bool, Failure> {
        let mut statement = self.connection.prepare_cached(sql::SAVE)?;
        Ok(statement.execute(params![person.name, person.hair_color, person.id])? > 0)
    }

    fn upsert(&mut self, person: Person) -> Result<Person, Failure> {
        let mut statement = self.connection.prepare_cached(sql::UPSERT_RETURNING)?;
        Ok(statement.query_row(params![person.name, person.hair_color], read_person)?)
    }

    fn upsert_many(&mut self, people: Vec<Person>) -> Result<(), Failure> {
        let transaction = self.connection.transaction()?;
        let mut statement = transaction.prepare_cached(sql::UPSERT_ON_CONFLICT)?;
        for person in people {
            statement.execute(params![person.name, person.hair_color])?;
        }
        drop(statement);
        Ok(transaction.commit()?)
    }

    fn delete(&mut self, id: i64) -> Result<bool, Failure> {
        let mut statement = self.connection.prepare_cached(sql::DELETE)?;
        Ok(statement.execute([id])? > 0)
    }

    fn has_many(&mut self, take: &mut dyn FnMut(Pet)) -> Result<(), Failure> {
        let mut statement = self.connection.prepare_cached(sql::OWNERS)?;
        let owners = statement.query_map([], |row| {
            Ok(Owner {
                id: row.get(0)?,
                name: row.get(1)?,
            })
        })?;
        let owners = owners.collect::<Result<Vec<_>, _>>()?;
        let mut statement = self.connection.prepare_cached(&self.pets)?;
        let keys = params_from_iter(owners.iter().map(|owner| owner.id));
        let pets = statement.query_map(keys, |row| {
            Ok(Pet {
                id: row.get(0)?,
                owner_id: row.get(1)?,
                name: row.get(2)?,
            })
        })?;
        let pets = pets.collect::<Result<Vec<_>, _>>()?;
        take_families(owners, pets, take);
        Ok(())
    }

    fn family(&mut self, query: FamilyQuery, take: &mut dyn FnMut(Pet)) -> Result<(), Failure> {
        let (text, keys): (_, &[i64]) = match query {
            FamilyQuery::Counts => (COUNTS, &[]),
            FamilyQuery::LastOfEach => (LAST_OF_EACH, &[]),
            FamilyQuery::OfQuery => (sql::OF_QUERY, &[OF_QUERY]),
        };
        let mut statement = self.connection.prepare_cached(text)?;
        let pets = statement.query_map(params_from_iter(keys), |row| {
            Ok(Pet {
                id: row.get(0)?,
                owner_id: row.get(1)?,
                name: row.get(2)?,
            })
        })?;
        let pets = pets.collect::<Result<Vec<_>, _>>()?;
        pets.into_iter().for_each(take);
        Ok(())
    }
}
