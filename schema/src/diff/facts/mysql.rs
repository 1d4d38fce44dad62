//! MySQL and MariaDB.

use super::{
    Again, Columns, Computed, Facts, Hindered, Keyed, Names, Sequences, Servers, Tables, Triggers,
};
use crate::dialect::Flavour;
use crate::diff::busy;
use crate::diff::change::ColumnChange;
use crate::diff::key::KeyKind;
use crate::diff::structure::ColumnShape;
use crate::diff::{names, order, render};

pub(super) static FACTS: Facts = Facts {
    names: Names {
        fold: true,
        tables_fold: false,
        quotes_keep_case: false,
        schema: "database",
    },
    tables: Tables {
        divided_by_option: true,
        sets_characters: true,
        options_are_assigned: true,
        changes_block: |table| {
            let storage = table.storage_engine.as_ref();
            storage.is_some_and(|engine| !engine.is_innodb())
        },
        change_in_turn: false,
        rename_names_schema: true,
    },
    columns: Columns {
        keys_take_null: false,
        usual_collation: None,
        keep_digits: false,
        // Error 1054.
        computed_keeps_from: Computed::Drop,
        // Error 1075.
        counted_with_key: true,
        typed_expressions: false,
        is_converted: |_, _| true,
        keys_refuse: |_, _, changes| {
            changes.contains(&ColumnChange::Type) || changes.contains(&ColumnChange::Collation)
        },
        is_made_anew: |old, new, _| {
            let is_stored = |column: &ColumnShape| column.generated.ends_with(" stored");
            !(old.computed && new.computed && is_stored(old) == is_stored(new))
        },
        have_checks: |flavour| flavour != Some(Flavour::Mysql),
    },
    keys: Keyed {
        fill_names: names::mysql,
        has_shared_name: |key| key.kind == KeyKind::ForeignKey,
        // An index may have the name of one.
        name_space: |kind| match kind {
            KeyKind::ForeignKey => "foreign key ",
            _ => "",
        },
        freed_by_rename: false,
        only_statements_renamed: false,
        constraints_made_anew: true,
        numbers_foreign: true,
        restrict_is_no_action: true,
        // Error 1553.
        servers: Servers::Indexes,
        hinder: Hindered::Retyped,
        only_foreign_hinder: true,
        grouped: order::grouped_by_key,
    },
    sequences: Sequences {
        usual: "",
        usual_cache: "CACHE 1000",
        no_cycle: "NOCYCLE",
    },
    triggers: Triggers {
        made_again: Again::None,
        first_stays: false,
        are_of_tables: false,
        follow_renames: false,
    },
    views_keep_stars: true,
    views_need_keys: false,
    locks: Some(busy::MYSQL),
    render: render::mysql,
};
