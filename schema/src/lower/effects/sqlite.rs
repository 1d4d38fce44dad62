//! The effects of statements on SQLite.

use super::{CheckNames, Effects, HeldViews};

pub(super) static EFFECTS: Effects = Effects {
    serial_types: &[],
    serial_is_unique: false,
    null_takes_back: false,
    json_is_checked_text: false,
    collations_only_order: false,
    numbers_foreign_keys: false,
    check_names: CheckNames::None,
    changes_heirs: false,
    alters_others: false,
    renames_indexes_alone: false,
    default_keeps_type: false,
    keeps_needed_columns: true,
    shortens_keys: false,
    views: HeldViews::AsTexts,
    catalogue_tables: true,
};
