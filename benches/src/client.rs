//! The operations of a way to reach a database.

use crate::{Case, FamilyQuery, Person, Pet};

/// Why a measurement cannot be made.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// One connection to a database through one library, used as its documentation says it is fast.
pub trait Client {
    /// The type that it reads rows into: owned values, whatever their type.
    type Row: Into<Person>;

    /// The library's name.
    fn name(&self) -> &'static str;

    /// Removes every row.
    ///
    /// # Errors
    /// The database fails, as in all other methods.
    fn clear(&mut self) -> Result<(), Failure>;

    /// One row by its key.
    ///
    /// # Errors
    /// The database fails.
    fn find(&mut self, id: i64) -> Result<Option<Self::Row>, Failure>;

    /// Rows by their keys, in the order of the keys. One by one where the library has nothing better.
    ///
    /// # Errors
    /// The database fails.
    fn find_many(&mut self, ids: &[i64]) -> Result<Vec<Option<Self::Row>>, Failure> {
        ids.iter().map(|&id| self.find(id)).collect()
    }

    /// All rows in one call.
    ///
    /// # Errors
    /// The database fails.
    fn all(&mut self) -> Result<Vec<Self::Row>, Failure>;

    /// All rows one after the other, without holding them all.
    ///
    /// # Errors
    /// The database fails.
    fn each(&mut self, take: &mut dyn FnMut(Self::Row)) -> Result<(), Failure>;

    /// The same by what the database has for whole tables, where the library reaches it by hand.
    ///
    /// # Errors
    /// The database fails.
    fn export(&mut self, take: &mut dyn FnMut(Self::Row)) -> Result<(), Failure> {
        self.each(take)
    }

    /// Inserts a row, and gives it back as stored.
    ///
    /// # Errors
    /// The database fails.
    fn insert(&mut self, person: Person) -> Result<Self::Row, Failure>;

    /// The same in a transaction of its own: begun, and committed.
    ///
    /// # Errors
    /// The database fails.
    fn insert_in_transaction(&mut self, person: Person) -> Result<Self::Row, Failure>;

    /// The same in a unit of work that takes its connection with the first statement, where the library has one.
    ///
    /// # Errors
    /// The database fails.
    fn insert_in_session(&mut self, person: Person) -> Result<Self::Row, Failure> {
        self.insert_in_transaction(person)
    }

    /// Inserts rows in one transaction, one after the other, and hands over each as stored.
    ///
    /// # Errors
    /// The database fails.
    fn inserts_in_transaction(
        &mut self,
        people: Vec<Person>,
        take: &mut dyn FnMut(Self::Row),
    ) -> Result<(), Failure> {
        let _ = (people, take);
        Err(missing())
    }

    /// Inserts a row, and does not read it.
    ///
    /// # Errors
    /// The database fails.
    fn insert_only(&mut self, person: Person) -> Result<(), Failure> {
        let _ = person;
        Err(missing())
    }

    /// Inserts all rows or none.
    ///
    /// # Errors
    /// The database fails.
    fn insert_many(&mut self, people: Vec<Person>) -> Result<(), Failure>;

    /// Does it have the method of this case?
    fn has(&self, case: Case) -> bool {
        !case.is_optional()
    }

    /// One row by its key and its name.
    ///
    /// # Errors
    /// The database fails.
    fn find_where(&mut self, id: i64, name: &str) -> Result<Option<Self::Row>, Failure> {
        let _ = (id, name);
        Err(missing())
    }

    /// One row by its key, with a statement that was checked when the program was built where the library has such.
    ///
    /// # Errors
    /// The database fails.
    fn find_checked(&mut self, id: i64) -> Result<Option<Self::Row>, Failure> {
        self.find(id)
    }

    /// All rows in one call, likewise.
    ///
    /// # Errors
    /// The database fails.
    fn all_checked(&mut self, take: &mut dyn FnMut(Self::Row)) -> Result<(), Failure> {
        self.all()?.into_iter().for_each(take);
        Ok(())
    }

    /// The rows whose key is in a list.
    ///
    /// # Errors
    /// The database fails.
    fn find_listed(&mut self, ids: &[i64]) -> Result<Vec<Self::Row>, Failure> {
        let _ = ids;
        Err(missing())
    }

    /// One row by its key, over a connection that is taken for it where the library has a pool.
    ///
    /// # Errors
    /// The database fails.
    fn find_pooled(&mut self, id: i64) -> Result<Option<Self::Row>, Failure> {
        self.find(id)
    }

    /// Inserts a member with this name, and gives it back as stored.
    ///
    /// # Errors
    /// The database fails.
    fn insert_defaults(&mut self, name: String) -> Result<Self::Row, Failure> {
        let _ = name;
        Err(missing())
    }

    /// Inserts a member with all values, and gives it back as stored.
    ///
    /// # Errors
    /// The database fails.
    fn insert_given(&mut self, person: Person) -> Result<Self::Row, Failure> {
        let _ = person;
        Err(missing())
    }

    /// Sets the colour of a row; `false` where there is none.
    ///
    /// # Errors
    /// The database fails.
    fn update(&mut self, id: i64, hair_color: Option<String>) -> Result<bool, Failure> {
        let _ = (id, hair_color);
        Err(missing())
    }

    /// The same over a connection that is taken for it where the library has a pool.
    ///
    /// # Errors
    /// The database fails.
    fn update_pooled(&mut self, id: i64, hair_color: Option<String>) -> Result<bool, Failure> {
        self.update(id, hair_color)
    }

    /// Sets all columns of a row; `false` where there is none.
    ///
    /// # Errors
    /// The database fails.
    fn save(&mut self, person: Person) -> Result<bool, Failure> {
        let _ = person;
        Err(missing())
    }

    /// Gives the member of this name the colour, inserts it where there is none, and gives it back as stored.
    ///
    /// # Errors
    /// The database fails.
    fn upsert(&mut self, person: Person) -> Result<Self::Row, Failure> {
        let _ = person;
        Err(missing())
    }

    /// The same of many, all or none; they do not come back.
    ///
    /// # Errors
    /// The database fails.
    fn upsert_many(&mut self, people: Vec<Person>) -> Result<(), Failure> {
        let _ = people;
        Err(missing())
    }

    /// Deletes a row; `false` where there is none.
    ///
    /// # Errors
    /// The database fails.
    fn delete(&mut self, id: i64) -> Result<bool, Failure> {
        let _ = id;
        Err(missing())
    }

    /// All owners with their pets: each pet is taken, those of the first owner first, when all have been read.
    ///
    /// # Errors
    /// The database fails.
    fn has_many(&mut self, take: &mut dyn FnMut(Pet)) -> Result<(), Failure> {
        let _ = take;
        Err(missing())
    }

    /// The rows of one statement over owners and pets; a count is in place of an owner's key.
    ///
    /// # Errors
    /// The database fails.
    fn family(&mut self, query: FamilyQuery, take: &mut dyn FnMut(Pet)) -> Result<(), Failure> {
        let _ = (query, take);
        Err(missing())
    }

    /// Takes a connection from a pool and gives it back.
    ///
    /// # Errors
    /// None is free.
    fn checkout(&mut self) -> Result<(), Failure> {
        Err(missing())
    }
}

/// `has` is asked before.
fn missing() -> Failure {
    "the client has no such method".into()
}
