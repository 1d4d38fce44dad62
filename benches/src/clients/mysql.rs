//! MySQL and MariaDB through `mysql`.

use mysql::prelude::Queryable;
use mysql::{Conn, OptsBuilder, Statement, TxOpts, Value};

use super::by_hand::{in_order, take_families};
use super::sql::unnumbered as sql;
use super::sql::{COUNTS, LAST_OF_EACH};
use crate::family::{OF_QUERY, OWNERS};
use crate::suite::DatabaseAddress;
use crate::{Case, Client, Failure, FamilyQuery, Owner, Person, Pet};

pub(super) const GONE: &str = "the row that was inserted is gone";

/// A connection and its statements.
pub(crate) struct Mysql {
    pub(super) connection: Conn,
    find: Statement,
    all: Statement,
    insert: Statement,
    writes: Writes,
}

/// Statements of cases that only some clients have.
struct Writes {
    find_where: Statement,
    insert_defaults: Statement,
    insert_given: Statement,
    find_member: Statement,
    update: Statement,
    save: Statement,
    upsert: Statement,
    find_member_by_name: Statement,
    delete: Statement,
    owners: Statement,
    pets: Statement,
    counts: Statement,
    last_of_each: Statement,
    of_query: Statement,
}

impl Writes {
    fn prepare(connection: &mut Conn) -> Result<Self, mysql::Error> {
        Ok(Self {
            find_where: connection.prep(sql::FIND_WHERE)?,
            insert_defaults: connection.prep(sql::INSERT_DEFAULTS)?,
            insert_given: connection.prep(sql::INSERT_GIVEN)?,
            find_member: connection.prep(sql::FIND_MEMBER)?,
            update: connection.prep(sql::UPDATE)?,
            save: connection.prep(sql::SAVE)?,
            upsert: connection.prep(sql::UPSERT)?,
            find_member_by_name: connection.prep(sql::FIND_MEMBER_BY_NAME)?,
            delete: connection.prep(sql::DELETE)?,
            owners: connection.prep(sql::OWNERS)?,
            pets: connection.prep(sql::pets(OWNERS as usize))?,
            counts: connection.prep(COUNTS)?,
            last_of_each: connection.prep(LAST_OF_EACH)?,
            of_query: connection.prep(sql::OF_QUERY)?,
        })
    }
}

impl Mysql {
    /// Connects, and makes the table for all.
    pub(crate) fn connect(place: &DatabaseAddress) -> Result<Self, Failure> {
        let mut connection = connected(place)?;
        connection.query_drop(
            "CREATE TABLE people (id bigint PRIMARY KEY, name varchar(40) NOT NULL, hair_color varchar(20))",
        )?;
        connection.query_drop(
            "CREATE TABLE members (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(40) NOT NULL UNIQUE, \
             hair_color varchar(20) DEFAULT 'brown')",
        )?;
        make_families(&mut connection)?;
        Self::with(connection)
    }

    /// Connects; the tables are there.
    pub(super) fn of_tables(place: &DatabaseAddress) -> Result<Self, Failure> {
        Self::with(connected(place)?)
    }

    fn with(mut connection: Conn) -> Result<Self, Failure> {
        Ok(Self {
            find: connection.prep(sql::FIND)?,
            all: connection.prep(sql::ALL)?,
            insert: connection.prep(sql::INSERT)?,
            writes: Writes::prepare(&mut connection)?,
            connection,
        })
    }
}

fn connected(place: &DatabaseAddress) -> Result<Conn, Failure> {
    let options = OptsBuilder::new()
        .socket(Some(&place.socket))
        .user(Some(&place.user))
        .pass(Some(place.password()))
        .db_name(Some(&place.database));
    Ok(Conn::new(options)?)
}

fn make_families(connection: &mut Conn) -> Result<(), Failure> {
    connection
        .query_drop("CREATE TABLE owners (id bigint PRIMARY KEY, name varchar(40) NOT NULL)")?;
    connection.query_drop(
        "CREATE TABLE pets (id bigint PRIMARY KEY, owner_id bigint NOT NULL, name varchar(40) NOT NULL, \
         INDEX pets_owner (owner_id), FOREIGN KEY (owner_id) REFERENCES owners (id))",
    )?;
    let owners = Owner::all().map(|owner| (owner.id, owner.name));
    connection.exec_batch(sql::INSERT_OWNER, owners)?;
    let pets = Pet::all().map(|pet| (pet.id, pet.owner_id, pet.name));
    Ok(connection.exec_batch(sql::INSERT_PET, pets)?)
}

pub(super) fn read_person((id, name, hair_color): (i64, String, Option<String>)) -> Person {
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
    Ok(row.map(read_person).ok_or(GONE)?)
}

impl Client for Mysql {
    type Row = Person;

    fn name(&self) -> &'static str {
        "mysql"
    }

    fn has(&self, case: Case) -> bool {
        case != Case::Checkout
    }

    fn clear(&mut self) -> Result<(), Failure> {
        self.connection.query_drop("TRUNCATE members")?;
        Ok(self.connection.query_drop("TRUNCATE people")?)
    }

    fn find(&mut self, id: i64) -> Result<Option<Person>, Failure> {
        Ok(self
            .connection
            .exec_first(&self.find, (id,))?
            .map(read_person))
    }

    fn all(&mut self) -> Result<Vec<Person>, Failure> {
        Ok(self.connection.exec_map(&self.all, (), read_person)?)
    }

    fn each(&mut self, take: &mut dyn FnMut(Person)) -> Result<(), Failure> {
        for row in self.connection.exec_iter(&self.all, ())? {
            take(read_person(mysql::from_row_opt(row?)?));
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

    fn inserts_in_transaction(
        &mut self,
        people: Vec<Person>,
        take: &mut dyn FnMut(Person),
    ) -> Result<(), Failure> {
        let statements = [&self.insert, &self.find];
        let mut transaction = self.connection.start_transaction(TxOpts::default())?;
        for person in people {
            take(insert(&mut transaction, statements, &person)?);
        }
        Ok(transaction.commit()?)
    }

    fn insert_only(&mut self, person: Person) -> Result<(), Failure> {
        let Person {
            id,
            name,
            hair_color,
        } = person;
        let values = (id, name, hair_color);
        Ok(self.connection.exec_drop(&self.insert, values)?)
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

    fn find_where(&mut self, id: i64, name: &str) -> Result<Option<Person>, Failure> {
        let statement = &self.writes.find_where;
        let row = self.connection.exec_first(statement, (id, name))?;
        Ok(row.map(read_person))
    }

    fn find_many(&mut self, ids: &[i64]) -> Result<Vec<Option<Person>>, Failure> {
        Ok(in_order(ids, self.find_listed(ids)?, |person| person.id))
    }

    fn find_listed(&mut self, ids: &[i64]) -> Result<Vec<Person>, Failure> {
        let mut found = Vec::new();
        for chunk in ids.chunks(sql::LISTED_AT_A_TIME) {
            let values: Vec<Value> = chunk.iter().map(|&id| Value::from(id)).collect();
            let statement = sql::find_listed(chunk.len());
            found.extend(self.connection.exec_map(statement, values, read_person)?);
        }
        Ok(found)
    }

    fn insert_defaults(&mut self, name: String) -> Result<Person, Failure> {
        let Self {
            connection, writes, ..
        } = self;
        connection.exec_drop(&writes.insert_defaults, (name,))?;
        let id = connection.last_insert_id();
        let row = connection.exec_first(&writes.find_member, (id,))?;
        Ok(row.map(read_person).ok_or(GONE)?)
    }

    fn insert_given(&mut self, person: Person) -> Result<Person, Failure> {
        let Self {
            connection, writes, ..
        } = self;
        insert(
            connection,
            [&writes.insert_given, &writes.find_member],
            &person,
        )
    }

    fn update(&mut self, id: i64, hair_color: Option<String>) -> Result<bool, Failure> {
        let statement = &self.writes.update;
        self.connection.exec_drop(statement, (hair_color, id))?;
        Ok(self.connection.info_str().starts_with("Rows matched: 1"))
    }

    fn save(&mut self, person: Person) -> Result<bool, Failure> {
        let values = (person.name, person.hair_color, person.id);
        self.connection.exec_drop(&self.writes.save, values)?;
        Ok(self.connection.info_str().starts_with("Rows matched: 1"))
    }

    fn upsert(&mut self, person: Person) -> Result<Person, Failure> {
        let Self {
            connection, writes, ..
        } = self;
        connection.exec_drop(&writes.upsert, (&person.name, &person.hair_color))?;
        let row = connection.exec_first(&writes.find_member_by_name, (&person.name,))?;
        Ok(row.map(read_person).ok_or(GONE)?)
    }

    fn upsert_many(&mut self, people: Vec<Person>) -> Result<(), Failure> {
        let text = sql::upsert_many(people.len());
        let values = people
            .into_iter()
            .flat_map(|person| [Value::from(person.name), Value::from(person.hair_color)]);
        let values: Vec<Value> = values.collect();
        Ok(self.connection.exec_drop(text, values)?)
    }

    fn delete(&mut self, id: i64) -> Result<bool, Failure> {
        self.connection.exec_drop(&self.writes.delete, (id,))?;
        Ok(self.connection.affected_rows() > 0)
    }

    fn has_many(&mut self, take: &mut dyn FnMut(Pet)) -> Result<(), Failure> {
        let Self {
            connection, writes, ..
        } = self;
        let owner = |(id, name)| Owner { id, name };
        let owners = connection.exec_map(&writes.owners, (), owner)?;
        let keys: Vec<Value> = owners.iter().map(|owner| Value::from(owner.id)).collect();
        let pet = |(id, owner_id, name)| Pet { id, owner_id, name };
        let pets = connection.exec_map(&writes.pets, keys, pet)?;
        take_families(owners, pets, take);
        Ok(())
    }

    fn family(&mut self, query: FamilyQuery, take: &mut dyn FnMut(Pet)) -> Result<(), Failure> {
        let Self {
            connection, writes, ..
        } = self;
        let (statement, keys): (_, Vec<Value>) = match query {
            FamilyQuery::Counts => (&writes.counts, Vec::new()),
            FamilyQuery::LastOfEach => (&writes.last_of_each, Vec::new()),
            FamilyQuery::OfQuery => (&writes.of_query, vec![OF_QUERY.into()]),
        };
        let pet = |(id, owner_id, name)| Pet { id, owner_id, name };
        let pets = connection.exec_map(statement, keys, pet)?;
        pets.into_iter().for_each(take);
        Ok(())
    }
}
