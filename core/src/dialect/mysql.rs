//! MySQL and MariaDB: what it can do, and how it writes names, constants and placeholders.

use super::{Capabilities, Flavour, IdentifierLimit, Spelling};

pub(super) const SPELLING: Spelling = Spelling {
    identifier_quote: '`',
    backslash_escapes: true,
    bytes_prefix: "X'",
    numbered_placeholders: false,
    no_values: " () VALUES ()",
};

pub(super) fn capabilities(flavour: Option<Flavour>) -> Capabilities {
    Capabilities {
        returning: flavour == Some(Flavour::Mariadb),
        identifier_limit: IdentifierLimit::Characters(64),
        // By lower_case_table_names of the server: a schema for all of them must not depend on it.
        folds_table_names: true,
        folds_column_names: true,
        max_parameters: 65_535,
        transactional_ddl: false,
        enum_types: false,
        arrays: false,
        partial_indexes: false,
        expression_indexes: flavour == Some(Flavour::Mysql),
        indexes_in_table: true,
        comments_in_table: true,
        index_names_per_table: true,
        adds_foreign_keys: true,
        deferrable_foreign_keys: false,
        deferrable_uniques: false,
        nulls_not_distinct: false,
        set_default: false,
        merges_equal_keys: false,
        set_null_needs_null: true,
        schemas: false,
        computed_not_null: flavour == Some(Flavour::Mysql),
        virtual_columns: true,
        on_update_now: true,
        counted_key_at_column: false,
        refers_to_keys_only: false,
        indexes_foreign_keys: true,
        counted_column_needs_key: true,
        periods: flavour != Some(Flavour::Mysql),
        changes_case_of_all_letters: true,
    }
}
