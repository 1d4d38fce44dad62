//! Statements as they are written by hand.

pub(crate) const COUNTS: &str =
    "SELECT id, (SELECT count(*) FROM pets WHERE pets.owner_id = owners.id), '' FROM owners";
pub(crate) const LAST_OF_EACH: &str = "SELECT id, owner_id, name FROM \
     (SELECT id, owner_id, name, row_number() OVER (PARTITION BY owner_id ORDER BY id DESC) AS place FROM pets) AS ranked \
     WHERE place <= 3 ORDER BY owner_id, place";

/// For drivers with `$1`.
pub(super) mod numbered {
    pub(crate) const FIND: &str = "SELECT id, name, hair_color FROM people WHERE id = $1";
    pub(crate) const ALL: &str = "SELECT id, name, hair_color FROM people";
    pub(crate) const INSERT: &str = "INSERT INTO people (id, name, hair_color) VALUES ($1, $2, $3) \
         RETURNING id, name, hair_color";
    pub(crate) const FIND_WHERE: &str =
        "SELECT id, name, hair_color FROM people WHERE id = $1 AND name = $2";
    pub(crate) const FIND_LISTED: &str =
        "SELECT id, name, hair_color FROM people WHERE id = ANY($1)";
    pub(crate) const UPDATE: &str = "UPDATE people SET hair_color = $1 WHERE id = $2";
    pub(crate) const SAVE: &str = "UPDATE people SET name = $1, hair_color = $2 WHERE id = $3";
    pub(crate) const DELETE: &str = "DELETE FROM people WHERE id = $1";
    pub(crate) const INSERT_ONLY: &str =
        "INSERT INTO people (id, name, hair_color) VALUES ($1, $2, $3)";
    pub(crate) const INSERT_DEFAULTS: &str =
        "INSERT INTO members (name) VALUES ($1) RETURNING id, name, hair_color";
    pub(crate) const INSERT_GIVEN: &str = "INSERT INTO members (id, name, hair_color) VALUES ($1, $2, $3) \
         RETURNING id, name, hair_color";
    pub(crate) const UPSERT: &str = "INSERT INTO members (name, hair_color) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET hair_color = excluded.hair_color RETURNING id, name, hair_color";
    pub(crate) const UPSERT_MANY: &str = "INSERT INTO members (name, hair_color) \
         SELECT * FROM unnest($1::varchar[], $2::varchar[]) \
         ON CONFLICT (name) DO UPDATE SET hair_color = excluded.hair_color";
    pub(crate) const OWNERS: &str = "SELECT id, name FROM owners";
    pub(crate) const PETS: &str = "SELECT id, owner_id, name FROM pets WHERE owner_id = ANY($1)";
    pub(crate) const OF_QUERY: &str = "SELECT id, owner_id, name FROM pets \
         WHERE owner_id IN (SELECT id FROM owners WHERE id <= $1)";
    pub(crate) const INSERT_OWNER: &str = "INSERT INTO owners (id, name) VALUES ($1, $2)";
    pub(crate) const INSERT_PET: &str = "INSERT INTO pets (id, owner_id, name) VALUES ($1, $2, $3)";
    pub(crate) const COPY_IN: &str =
        "COPY people (id, name, hair_color) FROM STDIN (FORMAT binary)";
    pub(crate) const COPY_OUT: &str =
        "COPY people (id, name, hair_color) TO STDOUT (FORMAT binary)";
}

/// For drivers with `?`.
pub(super) mod unnumbered {
    pub(crate) const FIND: &str = "SELECT id, name, hair_color FROM people WHERE id = ?";
    pub(crate) const ALL: &str = super::numbered::ALL;
    pub(crate) const INSERT: &str = "INSERT INTO people (id, name, hair_color) VALUES (?, ?, ?)";
    pub(crate) const INSERT_RETURNING: &str = "INSERT INTO people (id, name, hair_color) VALUES (?, ?, ?) \
         RETURNING id, name, hair_color";

    pub(crate) const FIND_WHERE: &str =
        "SELECT id, name, hair_color FROM people WHERE id = ? AND name = ?";
    pub(crate) const UPDATE: &str = "UPDATE people SET hair_color = ? WHERE id = ?";
    pub(crate) const SAVE: &str = "UPDATE people SET name = ?, hair_color = ? WHERE id = ?";
    pub(crate) const DELETE: &str = "DELETE FROM people WHERE id = ?";
    pub(crate) const INSERT_DEFAULTS: &str = "INSERT INTO members (name) VALUES (?)";
    pub(crate) const INSERT_DEFAULTS_RETURNING: &str =
        "INSERT INTO members (name) VALUES (?) RETURNING id, name, hair_color";
    pub(crate) const INSERT_GIVEN: &str =
        "INSERT INTO members (id, name, hair_color) VALUES (?, ?, ?)";
    pub(crate) const INSERT_GIVEN_RETURNING: &str = "INSERT INTO members (id, name, hair_color) VALUES (?, ?, ?) \
         RETURNING id, name, hair_color";
    pub(crate) const UPSERT: &str = "INSERT INTO members (name, hair_color) VALUES (?, ?) \
         ON DUPLICATE KEY UPDATE hair_color = VALUES(hair_color)";
    pub(crate) const UPSERT_RETURNING: &str = "INSERT INTO members (name, hair_color) VALUES (?, ?) \
         ON CONFLICT (name) DO UPDATE SET hair_color = excluded.hair_color RETURNING id, name, hair_color";
    pub(crate) const UPSERT_ON_CONFLICT: &str = "INSERT INTO members (name, hair_color) VALUES (?, ?) \
         ON CONFLICT (name) DO UPDATE SET hair_color = excluded.hair_color";
    pub(crate) const FIND_MEMBER: &str = "SELECT id, name, hair_color FROM members WHERE id = ?";
    pub(crate) const FIND_MEMBER_BY_NAME: &str =
        "SELECT id, name, hair_color FROM members WHERE name = ?";

    pub(crate) const OWNERS: &str = super::numbered::OWNERS;
    pub(crate) const OF_QUERY: &str = "SELECT id, owner_id, name FROM pets \
         WHERE owner_id IN (SELECT id FROM owners WHERE id <= ?)";
    pub(crate) const INSERT_OWNER: &str = "INSERT INTO owners (id, name) VALUES (?, ?)";
    pub(crate) const INSERT_PET: &str = "INSERT INTO pets (id, owner_id, name) VALUES (?, ?, ?)";

    /// The pets of this number of owners.
    pub(crate) fn pets(owners: usize) -> String {
        let values = vec!["?"; owners].join(", ");
        format!("SELECT id, owner_id, name FROM pets WHERE owner_id IN ({values})")
    }

    /// The most keys of one statement: SQLite takes 32,766 values, MySQL 65,535.
    pub(crate) const LISTED_AT_A_TIME: usize = 30_000;

    /// The people of a list of keys.
    pub(crate) fn find_listed(keys: usize) -> String {
        let values = vec!["?"; keys].join(", ");
        format!("SELECT id, name, hair_color FROM people WHERE id IN ({values})")
    }

    /// Many rows in one statement.
    /// Up to 32,767 rows, which is all that a statement has places for.
    pub(crate) fn upsert_many(rows: usize) -> String {
        let values = vec!["(?, ?)"; rows].join(", ");
        format!(
            "INSERT INTO members (name, hair_color) VALUES {values} \
             ON DUPLICATE KEY UPDATE hair_color = VALUES(hair_color)"
        )
    }

    pub(crate) fn insert_many(rows: usize) -> String {
        let values = vec!["(?, ?, ?)"; rows].join(", ");
        format!("INSERT INTO people (id, name, hair_color) VALUES {values}")
    }
}
