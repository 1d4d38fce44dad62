//! The edits that the authors of each schema have to make so that its PostgreSQL file is a model for three dialects.

use super::Spoken;

/// One change to the file.
pub(super) enum Edit {
    /// A line of the file's head.
    Head(&'static str),
    /// Every place of a text, and what is written there instead.
    Replace(&'static str, &'static str),
}

/// A schema that its authors ship for three databases.
pub(super) struct Schema {
    /// Of the PostgreSQL file.
    pub(super) name: &'static str,
    /// The edits besides the tag, each with a reason.
    pub(super) edits: &'static [Edit],
    /// Rows of tables that refer to each other in a circle, which no single INSERT can begin: they are there before.
    pub(super) first_rows: &'static str,
    /// The dialect its rows are tried with; it compiles with either.
    pub(super) run_as: Spoken,
}

/// MySQL needs to know how long the texts of keys become. One line says so for all of them; where a key has five texts, as
/// in ejabberd, less than 191 characters are left for each.
pub(super) const SCHEMAS: &[Schema] = &[
    Schema {
        name: "chinook",
        edits: &[],
        first_rows: "",
        run_as: Spoken::Own,
    },
    Schema {
        name: "ejabberd",
        edits: &[
            Edit::Head("@length 150"),
            // MySQL's decimals have a largest size.
            Edit::Replace("ord NUMERIC NOT NULL", "ord NUMERIC(20, 0) NOT NULL"),
        ],
        first_rows: "",
        run_as: Spoken::Common,
    },
    Schema {
        name: "freeradius",
        edits: &[Edit::Head("@length 191")],
        first_rows: "",
        run_as: Spoken::Own,
    },
    Schema {
        name: "powerdns",
        edits: &[],
        first_rows: "",
        run_as: Spoken::Common,
    },
    Schema {
        name: "roundcube",
        edits: &[],
        first_rows: "",
        run_as: Spoken::Own,
    },
    Schema {
        name: "sakila",
        edits: &[
            // Only PostgreSQL has arrays.
            Edit::Replace("special_features text[]", "special_features jsonb"),
        ],
        first_rows: "INSERT INTO staff (staff_id, first_name, last_name, address_id, store_id, username) \
                     VALUES (1, 'Ann', 'B', 1, 1, 'ann'); \
                     INSERT INTO store (store_id, manager_staff_id, address_id) VALUES (1, 1, 1);",
        run_as: Spoken::Common,
    },
    Schema {
        name: "synapse",
        edits: &[
            Edit::Head("@length 191"),
            Edit::Replace("keys text[]", "keys jsonb"),
            // Unique for some of the rows only: without the rest such an index would mean something else.
            Edit::Replace(
                "CREATE TABLE receipts_graph",
                "-- @engines default, c\nCREATE TABLE receipts_graph",
            ),
            Edit::Replace(
                "CREATE TABLE receipts_linearized",
                "-- @engines default, c\nCREATE TABLE receipts_linearized",
            ),
        ],
        first_rows: "",
        run_as: Spoken::Own,
    },
];

/// With the dialect beside them, engines are certain to be the whole file's.
const TAG: &str = "-- @engines default, b, c\n-- @dialect postgres\n";

impl Schema {
    /// The file with its tag and nothing else.
    pub(super) fn tagged(&self, script: &str) -> String {
        format!("{TAG}\n{script}")
    }

    /// With the changes.
    pub(super) fn edited(&self, script: &str) -> String {
        let mut head = TAG.to_owned();
        let mut text = script.to_owned();
        for edit in self.edits {
            match edit {
                Edit::Head(line) => head += &format!("-- {line}\n"),
                Edit::Replace(from, to) => {
                    assert!(text.contains(from), "{}: no `{from}`", self.name);
                    text = text.replace(from, to);
                }
            }
        }
        format!("{head}\n{text}")
    }
}
