//! MySQL and MariaDB, as far as both run the same text; what one of them has alone is in `typing/mysql/products.rs`.

use super::{
    Aliases, Calls, Facts, Names, Qualifiers, Recursion, Selects, Sources, Steps, Tables, Values,
    Windows, Writes, WrittenViews,
};
use crate::column_type::{ColumnType, LobSize};
use crate::model::{IndexKey, Table};
use crate::typing::grammar;
use crate::typing::texts::is_path_of_mysql;
use crate::typing::value::Ty;

pub(super) static FACTS: Facts = Facts {
    grammar: Some(&grammar::MYSQL),
    values: Values {
        text: Ty::Of(ColumnType::Text(LobSize::Unbounded)),
        count: Ty::Of(ColumnType::I64),
        constant_text: Ty::Of(ColumnType::Text(LobSize::Unbounded)),
        untyped_column: None,
        bytes: Ty::Of(ColumnType::Blob(LobSize::Unbounded)),
        bits: Ty::Open,
        rows: false,
        arrays: false,
        logical: &["and", "or", "xor", "&&", "||"],
        negations: &["not", "!"],
        empty_escape: true,
        paths_are_typed: false,
        is_path: is_path_of_mysql,
        check_texts_of_call: |checker, call| checker.check_pattern_of(call),
        check_texts_beside: |_, _, _| {},
        check_match: |checker, matching, _, _| {
            let operator = &matching.operator.text;
            if operator.ends_with("regexp") || operator.ends_with("rlike") {
                checker.check_pattern(&matching.pattern);
            }
        },
    },
    names: Names {
        qualifiers: Qualifiers::Any,
        system_schemas: &["information_schema", "mysql", "performance_schema", "sys"],
        system_tables: &["dual"],
        system_prefixes: &["_bindery_"],
        empty_table: Some("dual"),
        columns_of_system: |_, _, _| None,
        hidden_column: |_, _| None,
        writes_hidden: |_, _| false,
        quoted_texts: false,
        named_after_values: false,
    },
    aliases: Aliases {
        in_conditions: false,
        in_group_by: true,
        in_having: true,
        in_windows: true,
        in_inner_queries: true,
        in_order_by: true,
        by_text: true,
    },
    sources: Sources {
        repeated_names: false,
        outer_side_sees_left: true,
        full_join_by_equality: false,
        conditions_see_all: false,
        merges_one_side: true,
        merged_in_place: false,
        uniques_are_indexes: true,
        may_name_index,
        distinct_columns: true,
        functions_need_alias: true,
        rows_of_call: |checker, call, (arguments, _), span| {
            checker.rows_of_mysql(call, arguments, span)
        },
    },
    selects: Selects {
        any_of_group: false,
        groups_by_uniques: true,
        grouping_function: false,
        null_beside_aggregates: true,
        having_needs_aggregate: false,
        distinct_orders_by_items: false,
        constant_order: true,
        computes_with_aggregates: false,
        computed_order_of_sets: true,
        order_by_any_part: false,
        locks_table_rows: false,
        limit_in_compared: false,
        negative_count: false,
        integer_count: true,
        with_names_all: true,
        numbered_values: false,
        decimals_beside_null: true,
    },
    recursion: Recursion {
        needs_word: true,
        steps: Steps::Any,
        orders: false,
        within_from: true,
        outer_joins: false,
        groups: true,
        windows: false,
    },
    calls: Calls {
        empty_count: false,
        aggregates_see_rows: false,
        least_of_arguments: false,
        distinct_of_one_row: false,
        distinct_takes_one: false,
        match_needs_index: true,
        of_search: &[],
        moved_by_interval: &["date_add", "date_sub"],
        words: &[
            ("nextval", 0),
            ("lastval", 0),
            ("setval", 0),
            ("get_format", 0),
        ],
        pairs: &[
            ("json_object", "'name', value"),
            ("json_set", "document, '$.name', value"),
            ("json_insert", "document, '$.name', value"),
            ("json_replace", "document, '$.name', value"),
        ],
        fractions: &[("percentile_cont", 0, false), ("percentile_disc", 0, false)],
    },
    windows: Windows {
        ordered_arguments: true,
        refused: &["group_concat"],
        // Of MariaDB.
        need_order: &[
            "cume_dist",
            "dense_rank",
            "lag",
            "lead",
            "percent_rank",
            "rank",
        ],
        refuse_order: &["median", "percentile_cont", "percentile_disc"],
        groups_need_order: false,
        rounds_bounds: false,
        columns_in_bounds: true,
        distances_of_numbers: true,
    },
    writes: Writes {
        null_is_default: true,
        null_in_key: false,
        sets_once: false,
        inserts_once: true,
        sets_rows: false,
        ignoring_changes_values: true,
        fewer_values: false,
        returning_sees_all: false,
        excluded_by_name: true,
        is_called_excluded: false,
        update_sees_query: true,
        numbers_rows: false,
        keeps_lengths: true,
        takes_text: |checker, text, column| checker.takes_text_of_mysql(text, column),
        takes_number: |checker, number, column| checker.takes_number_of_mysql(number, column),
        views: WrittenViews::OfJoins,
    },
    tables: Tables {
        defaults_see_columns: true,
        defaults_are_late: false,
        checks_constant_defaults: true,
    },
};

/// Indexes without a name are called after their first column, those of foreign keys after their reference.
fn may_name_index(table: &Table, name: &str) -> bool {
    let indexes = table.indexes.iter().filter(|index| index.name.is_none());
    let indexes = indexes.filter_map(|index| match index.parts.first()?.key {
        IndexKey::Column(id) => Some(id),
        IndexKey::Expression(_) => None,
    });
    let uniques = table.uniques.iter().filter(|unique| unique.name.is_none());
    let uniques = uniques.filter_map(|unique| unique.columns.first().copied());
    let mut columns = indexes.chain(uniques);
    columns.any(|id| name.starts_with(&*table.column(id).name))
        || name.eq_ignore_ascii_case("primary")
        || !table.foreign_keys.is_empty()
}
