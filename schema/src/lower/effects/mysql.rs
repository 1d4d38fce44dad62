//! The effects of statements on MySQL and MariaDB.

use super::{CheckNames, Effects, HeldViews};

pub(super) static EFFECTS: Effects = Effects {
    serial_types: &["serial"],
    serial_is_unique: true,
    null_takes_back: true,
    json_is_checked_text: true,
    collations_only_order: false,
    numbers_foreign_keys: true,
    check_names: CheckNames::Numbered,
    changes_heirs: false,
    alters_others: false,
    renames_indexes_alone: true,
    default_keeps_type: false,
    keeps_needed_columns: false,
    shortens_keys: true,
    views: HeldViews::ByNames,
    catalogue_tables: false,
};
