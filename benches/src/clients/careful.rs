//! SQLite through `rusqlite` as those write it who have measured: values bound by place, texts of statements kept, rows read where SQLite
//! has them, and in place of RETURNING an INSERT and a query of the row by its number.

use rusqlite::{CachedStatement, Row, Rows};

use super::by_hand::in_order;
use super::rusqlite::{ROWS_AT_A_TIME, Rusqlite};
use super::sql::unnumbered as sql;
use crate::{Case, Client, Failure, Person};

/// The keys of the list whose text is kept.
const KEYS: usize = 100;

/// A database in memory.
pub(crate) struct Careful {
    inner: Rusqlite,
    listed: String,
    many: String,
}

impl Careful {
    pub(crate) fn open() -> Result<Self, Failure> {
        Ok(Self {
            inner: Rusqlite::open("careful")?,
            listed: sql::find_listed(KEYS),
            many: sql::insert_many(ROWS_AT_A_TIME),
        })
    }

    fn prepared(&self, text: &str) -> rusqlite::Result<CachedStatement<'_>> {
        self.inner.connection.prepare_cached(text)
    }

    fn write(&self, person: &Person) -> rusqlite::Result<()> {
        let mut insert = self.prepared(sql::INSERT)?;
        bind_person(&mut insert, 0, person)?;
        insert.raw_execute().map(drop)
    }

    fn write_and_read(&self, person: &Person) -> Result<Person, Failure> {
        self.write(person)?;
        let mut find = self.prepared(sql::FIND)?;
        find.raw_bind_parameter(1, self.inner.connection.last_insert_rowid())?;
        Ok(one(find.raw_query())?.ok_or("the row is not there")?)
    }
}

fn bind_person(
    statement: &mut CachedStatement<'_>,
    row: usize,
    person: &Person,
) -> rusqlite::Result<()> {
    let first = row * 3 + 1;
    statement.raw_bind_parameter(first, person.id)?;
    statement.raw_bind_parameter(first + 1, &person.name)?;
    statement.raw_bind_parameter(first + 2, &person.hair_color)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Person> {
    let color = row.get_ref(2)?.as_str_or_null()?;
    Ok(Person {
        id: row.get_ref(0)?.as_i64()?,
        name: row.get_ref(1)?.as_str()?.to_owned(),
        hair_color: color.map(str::to_owned),
    })
}

fn one(mut rows: Rows<'_>) -> rusqlite::Result<Option<Person>> {
    rows.next()?.map(read).transpose()
}

impl Client for Careful {
    type Row = Person;

    fn name(&self) -> &'static str {
        "rusqlite, with care"
    }

    fn has(&self, case: Case) -> bool {
        match case {
            Case::InsertsInTransaction(_) | Case::InsertOnly => true,
            Case::Update | Case::Save | Case::Delete => true,
            _ => !case.is_optional(),
        }
    }

    fn clear(&mut self) -> Result<(), Failure> {
        self.inner.clear()
    }

    fn find(&mut self, id: i64) -> Result<Option<Person>, Failure> {
        let mut find = self.prepared(sql::FIND)?;
        find.raw_bind_parameter(1, id)?;
        Ok(one(find.raw_query())?)
    }

    fn find_many(&mut self, ids: &[i64]) -> Result<Vec<Option<Person>>, Failure> {
        if ids.len() != KEYS {
            return self.inner.find_many(ids);
        }
        let mut find = self.prepared(&self.listed)?;
        for (at, id) in ids.iter().enumerate() {
            find.raw_bind_parameter(at + 1, id)?;
        }
        let (mut rows, mut found) = (find.raw_query(), Vec::with_capacity(KEYS));
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(in_order(ids, found, |person| person.id))
    }

    fn all(&mut self) -> Result<Vec<Person>, Failure> {
        let mut all = Vec::new();
        self.each(&mut |person| all.push(person))?;
        Ok(all)
    }

    fn each(&mut self, take: &mut dyn FnMut(Person)) -> Result<(), Failure> {
        let mut all = self.prepared(sql::ALL)?;
        let mut rows = all.raw_query();
        while let Some(row) = rows.next()? {
            take(read(row)?);
        }
        Ok(())
    }

    fn insert(&mut self, person: Person) -> Result<Person, Failure> {
        self.write_and_read(&person)
    }

    fn insert_in_transaction(&mut self, person: Person) -> Result<Person, Failure> {
        self.prepared("BEGIN IMMEDIATE")?.raw_execute()?;
        let row = self.write_and_read(&person)?;
        self.prepared("COMMIT")?.raw_execute()?;
        Ok(row)
    }

    fn inserts_in_transaction(
        &mut self,
        people: Vec<Person>,
        take: &mut dyn FnMut(Person),
    ) -> Result<(), Failure> {
        self.prepared("BEGIN IMMEDIATE")?.raw_execute()?;
        for person in people {
            take(self.write_and_read(&person)?);
        }
        self.prepared("COMMIT")?.raw_execute()?;
        Ok(())
    }

    fn insert_only(&mut self, person: Person) -> Result<(), Failure> {
        Ok(self.write(&person)?)
    }

    fn insert_many(&mut self, people: Vec<Person>) -> Result<(), Failure> {
        self.prepared("BEGIN IMMEDIATE")?.raw_execute()?;
        let (chunks, rest) = people.as_chunks::<ROWS_AT_A_TIME>();
        for chunk in chunks {
            let mut insert = self.prepared(&self.many)?;
            for (row, person) in chunk.iter().enumerate() {
                bind_person(&mut insert, row, person)?;
            }
            insert.raw_execute()?;
        }
        for person in rest {
            self.write(person)?;
        }
        self.prepared("COMMIT")?.raw_execute()?;
        Ok(())
    }

    fn update(&mut self, id: i64, hair_color: Option<String>) -> Result<bool, Failure> {
        let mut update = self.prepared(sql::UPDATE)?;
        update.raw_bind_parameter(1, hair_color)?;
        update.raw_bind_parameter(2, id)?;
        Ok(update.raw_execute()? > 0)
    }

    fn save(&mut self, person: Person) -> Result<bool, Failure> {
        let mut save = self.prepared(sql::SAVE)?;
        save.raw_bind_parameter(1, &person.name)?;
        save.raw_bind_parameter(2, &person.hair_color)?;
        save.raw_bind_parameter(3, person.id)?;
        Ok(save.raw_execute()? > 0)
    }

    fn delete(&mut self, id: i64) -> Result<bool, Failure> {
        let mut delete = self.prepared(sql::DELETE)?;
        delete.raw_bind_parameter(1, id)?;
        Ok(delete.raw_execute()? > 0)
    }
}
