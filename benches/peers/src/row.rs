//! Rows of types that libraries derive their traits for.

/// Converts a type of the fields of a person to one, and back.
macro_rules! person_row {
    ($row:ty) => {
        impl From<$row> for bindery_benches::Person {
            fn from(row: $row) -> Self {
                Self {
                    id: row.id,
                    name: row.name,
                    hair_color: row.hair_color,
                }
            }
        }

        impl From<bindery_benches::Person> for $row {
            fn from(person: bindery_benches::Person) -> Self {
                Self {
                    id: person.id,
                    name: person.name,
                    hair_color: person.hair_color,
                }
            }
        }
    };
}

pub(crate) use person_row;
