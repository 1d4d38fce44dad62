//! The operations of a way to reach a database.

use crate::Person;

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

    /// Inserts all rows or none.
    ///
    /// # Errors
    /// The database fails.
    fn insert_many(&mut self, people: Vec<Person>) -> Result<(), Failure>;
}
