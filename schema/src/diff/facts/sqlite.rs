//! SQLite.

use super::{
    Again, Columns, Computed, Facts, Hindered, Keyed, Names, Sequences, Servers, Tables, Triggers,
};
use crate::diff::{names, order, render};

pub(super) static FACTS: Facts = Facts {
    names: Names {
        fold: true,
        tables_fold: true,
        quotes_keep_case: false,
        schema: "schema",
    },
    tables: Tables {
        divided_by_option: false,
        sets_characters: false,
        options_are_assigned: false,
        changes_block: |_| false,
        change_in_turn: true,
        rename_names_schema: false,
    },
    columns: Columns {
        keys_take_null: true,
        usual_collation: None,
        keep_digits: true,
        computed_keeps_from: Computed::Nothing,
        counted_with_key: false,
        typed_expressions: false,
        is_converted: |_, _| true,
        keys_refuse: |_, _, _| false,
        is_made_anew: |_, _, _| false,
        have_checks: |_| false,
    },
    keys: Keyed {
        fill_names: names::keep_written,
        has_shared_name: |key| key.is_statement,
        name_space: |_| "",
        freed_by_rename: false,
        only_statements_renamed: true,
        constraints_made_anew: false,
        numbers_foreign: false,
        restrict_is_no_action: false,
        servers: Servers::None,
        hinder: Hindered::None,
        only_foreign_hinder: false,
        grouped: order::one_each,
    },
    sequences: Sequences {
        usual: "",
        usual_cache: "CACHE 1",
        no_cycle: "NO CYCLE",
    },
    triggers: Triggers {
        made_again: Again::All,
        first_stays: true,
        are_of_tables: false,
        follow_renames: false,
    },
    views_keep_stars: false,
    views_need_keys: false,
    locks: None,
    render: render::sqlite,
};
