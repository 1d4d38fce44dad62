//! The rows of a relation: owners and their pets, always the same.

use std::collections::HashMap;

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

/// The pets of each owner, grouped as by hand, and taken one after the other.
pub(crate) fn take_families(owners: Vec<Owner>, pets: Vec<Pet>, take: &mut dyn FnMut(Pet)) {
    let mut of_owners: HashMap<i64, Vec<Pet>> = HashMap::with_capacity(owners.len());
    for pet in pets {
        of_owners.entry(pet.owner_id).or_default().push(pet);
    }
    let mut families = Vec::with_capacity(owners.len());
    for owner in owners {
        let pets = of_owners.remove(&owner.id).unwrap_or_default();
        families.push((owner, pets));
    }
    for (_, pets) in families {
        pets.into_iter().for_each(&mut *take);
    }
}
