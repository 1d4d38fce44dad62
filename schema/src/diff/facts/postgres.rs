//! PostgreSQL.

use super::{
    Again, Columns, Computed, Facts, Hindered, Keyed, Names, Sequences, Servers, Tables, Triggers,
};
use crate::diff::busy;
use crate::diff::change::ColumnChange;
use crate::diff::key::{Key, KeyKind};
use crate::diff::render::{is_compared_otherwise, is_converted, needs_using};
use crate::diff::{names, order, render};

pub(super) static FACTS: Facts = Facts {
    names: Names {
        fold: false,
        tables_fold: false,
        quotes_keep_case: true,
        schema: "schema",
    },
    tables: Tables {
        divided_by_option: false,
        sets_characters: false,
        options_are_assigned: false,
        // No index of a partitioned table is made `CONCURRENTLY`, nor before 18 a foreign key `NOT VALID`.
        changes_block: |table| table.native.partitioned,
        change_in_turn: false,
        rename_names_schema: false,
    },
    columns: Columns {
        keys_take_null: false,
        usual_collation: Some("default"),
        keep_digits: false,
        // Error 0A000.
        computed_keeps_from: Computed::Type,
        counted_with_key: false,
        typed_expressions: true,
        is_converted,
        keys_refuse: |from, to, changes| {
            changes.contains(&ColumnChange::Type) && is_compared_otherwise(from, to)
        },
        is_made_anew: |old, new, changes| {
            let has_others = changes.contains(&ColumnChange::Type) && needs_using(old, new);
            new.computed || has_others
        },
        have_checks: |_| false,
    },
    keys: Keyed {
        fill_names: names::postgres,
        has_shared_name: |key: &Key| match key.kind {
            KeyKind::PrimaryKey | KeyKind::Unique | KeyKind::Index | KeyKind::Exclusion => true,
            KeyKind::Check | KeyKind::ForeignKey => false,
        },
        // One may have the name of any constraint that is no index.
        name_space: |kind| match kind {
            KeyKind::Index => "index ",
            _ => "",
        },
        freed_by_rename: true,
        only_statements_renamed: false,
        constraints_made_anew: false,
        numbers_foreign: false,
        restrict_is_no_action: false,
        servers: Servers::UniqueKey,
        hinder: Hindered::Converted,
        only_foreign_hinder: false,
        grouped: order::one_each,
    },
    sequences: Sequences {
        usual: "as bigint",
        usual_cache: "CACHE 1",
        no_cycle: "NO CYCLE",
    },
    triggers: Triggers {
        made_again: Again::Bound,
        first_stays: false,
        are_of_tables: true,
        follow_renames: true,
    },
    views_keep_stars: true,
    views_need_keys: true,
    locks: Some(busy::POSTGRES),
    render: render::postgres,
};
