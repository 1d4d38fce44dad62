//! The effects of statements on PostgreSQL.

use super::{CheckNames, Effects, HeldViews};

pub(super) static EFFECTS: Effects = Effects {
    serial_types: &[
        "serial",
        "bigserial",
        "smallserial",
        "serial2",
        "serial4",
        "serial8",
    ],
    serial_is_unique: false,
    null_takes_back: false,
    json_is_checked_text: false,
    collations_only_order: true,
    numbers_foreign_keys: false,
    check_names: CheckNames::AfterColumn,
    changes_heirs: true,
    alters_others: true,
    renames_indexes_alone: false,
    default_keeps_type: true,
    keeps_needed_columns: false,
    shortens_keys: false,
    views: HeldViews::ByColumns,
    catalogue_tables: false,
};
