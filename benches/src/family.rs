//! The rows of a relation: owners and their pets, always the same.

use crate::Person;

/// The number of owners.
pub(crate) const OWNERS: i64 = 100;
/// The number of pets of each.
pub(crate) const PETS: i64 = 10;

/// The number of pets of each that a query of the last ones is of.
pub(crate) const LAST: u64 = 3;
/// The owners up to this one are those of a query within another.
pub(crate) const OF_QUERY: i64 = 50;

/// The side of the relation that has many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The key.
    pub id: i64,
    /// About sixteen characters.
    pub name: String,
}

/// Its other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pet {
    /// The key.
    pub id: i64,
    /// The owner's key.
    pub owner_id: i64,
    /// About sixteen characters.
    pub name: String,
}

impl Owner {
    /// All of them.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (1..=OWNERS).map(|id| Self {
            id,
            name: format!("owner number {id}"),
        })
    }
}

impl Pet {
    /// All of them; those of an owner are not side by side.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (1..=OWNERS * PETS).map(|id| Self {
            id,
            owner_id: id % OWNERS + 1,
            name: format!("pet number {id}"),
        })
    }
}

impl From<Pet> for Person {
    fn from(pet: Pet) -> Self {
        Self {
            id: pet.id,
            name: pet.name,
            hair_color: Some(pet.owner_id.to_string()),
        }
    }
}
