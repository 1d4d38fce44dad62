//! Statements as they are written by hand.

/// For drivers with `$1`.
pub(super) mod numbered {
    pub(crate) const FIND: &str = "SELECT id, name, hair_color FROM people WHERE id = $1";
    pub(crate) const ALL: &str = "SELECT id, name, hair_color FROM people";
    pub(crate) const INSERT: &str = "INSERT INTO people (id, name, hair_color) VALUES ($1, $2, $3) \
         RETURNING id, name, hair_color";
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

    /// Many rows in one statement.
    pub(crate) fn insert_many(rows: usize) -> String {
        let values = vec!["(?, ?, ?)"; rows].join(", ");
        format!("INSERT INTO people (id, name, hair_color) VALUES {values}")
    }
}
