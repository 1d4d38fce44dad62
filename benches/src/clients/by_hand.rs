//! Work of programs by hand where a library leaves it to them.

use std::collections::HashMap;

use crate::{Owner, Pet};

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

/// The rows of a list in the order of their keys, as a program puts them by hand.
pub fn in_order<R>(ids: &[i64], rows: Vec<R>, id_of: impl Fn(&R) -> i64) -> Vec<Option<R>> {
    let mut by_id: HashMap<i64, R> = rows.into_iter().map(|row| (id_of(&row), row)).collect();
    ids.iter().map(|id| by_id.remove(id)).collect()
}
