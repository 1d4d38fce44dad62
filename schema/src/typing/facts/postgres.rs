//! PostgreSQL.

use super::{
    Aliases, Calls, Facts, Names, Qualifiers, Recursion, Selects, Sources, Steps, Tables, Values,
    Windows, Writes, WrittenViews,
};
use crate::typing::postgres::PgType;
use crate::typing::texts::is_jsonpath;
use crate::typing::value::Ty;

pub(super) static FACTS: Facts = Facts {
    grammar: None,
    values: Values {
        text: Ty::Postgres(PgType::TEXT),
        count: Ty::Postgres(PgType::INT8),
        constant_text: Ty::Untyped,
        untyped_column: Some(Ty::Postgres(PgType::TEXT)),
        bytes: Ty::Postgres(PgType::BIT),
        bits: Ty::Postgres(PgType::BIT),
        rows: true,
        arrays: true,
        logical: &["and", "or"],
        negations: &["not"],
        empty_escape: true,
        paths_are_typed: true,
        is_path: is_jsonpath,
        check_texts_of_call: |checker, call| checker.check_texts_of_postgres(call),
        check_texts_beside: |checker, (_, right), operator| {
            if matches!(&*operator.text, "~" | "!~" | "~*" | "!~*") {
                checker.check_pattern(right);
            }
        },
        check_match: |_, _, _, _| {},
    },
    names: Names {
        qualifiers: Qualifiers::OfModel,
        system_schemas: &["pg_catalog", "information_schema"],
        system_tables: &[],
        system_prefixes: &["pg_", "_bindery_"],
        empty_table: None,
        columns_of_system: |_, _, _| None,
        hidden_column: |_, name| {
            let ty = match name {
                "tableoid" => "oid",
                "ctid" => "tid",
                "xmin" | "xmax" => "xid",
                "cmin" | "cmax" => "cid",
                _ => return None,
            };
            Some((PgType::named(ty).map_or(Ty::Open, Ty::Postgres), false))
        },
        writes_hidden: |_, _| false,
        quoted_texts: false,
        named_after_values: true,
    },
    aliases: Aliases {
        in_conditions: false,
        in_group_by: false,
        in_having: false,
        in_windows: false,
        in_inner_queries: false,
        in_order_by: false,
        by_text: false,
    },
    sources: Sources {
        repeated_names: false,
        outer_side_sees_left: false,
        full_join_by_equality: true,
        conditions_see_all: false,
        merges_one_side: false,
        merged_in_place: false,
        uniques_are_indexes: false,
        may_name_index: |table, _| table.unmanaged,
        distinct_columns: false,
        functions_need_alias: false,
        rows_of_call: |checker, call, (arguments, scope), span| {
            checker.rows_of_postgres(call, arguments, scope, span)
        },
    },
    selects: Selects {
        any_of_group: false,
        groups_by_uniques: false,
        grouping_function: true,
        null_beside_aggregates: false,
        having_needs_aggregate: false,
        distinct_orders_by_items: true,
        constant_order: false,
        computes_with_aggregates: true,
        computed_order_of_sets: false,
        order_by_any_part: false,
        locks_table_rows: true,
        limit_in_compared: true,
        negative_count: false,
        integer_count: false,
        with_names_all: false,
        numbered_values: true,
        decimals_beside_null: false,
    },
    recursion: Recursion {
        needs_word: true,
        steps: Steps::Last,
        orders: false,
        within_from: true,
        outer_joins: false,
        groups: true,
        windows: true,
    },
    calls: Calls {
        empty_count: false,
        aggregates_see_rows: true,
        least_of_arguments: false,
        distinct_of_one_row: false,
        distinct_takes_one: false,
        match_needs_index: false,
        of_search: &[],
        moved_by_interval: &[],
        words: &[("normalize", 1)],
        pairs: &[
            ("json_build_object", "'name', value"),
            ("jsonb_build_object", "'name', value"),
        ],
        fractions: &[("percentile_cont", 0, false), ("percentile_disc", 0, false)],
    },
    windows: Windows {
        ordered_arguments: false,
        refused: &[],
        need_order: &[],
        refuse_order: &[],
        groups_need_order: true,
        rounds_bounds: true,
        columns_in_bounds: false,
        distances_of_numbers: false,
    },
    writes: Writes {
        null_is_default: false,
        null_in_key: false,
        sets_once: true,
        inserts_once: true,
        sets_rows: true,
        ignoring_changes_values: false,
        fewer_values: true,
        returning_sees_all: true,
        excluded_by_name: false,
        is_called_excluded: true,
        update_sees_query: false,
        numbers_rows: false,
        keeps_lengths: true,
        takes_text: |_, _, _| true,
        takes_number: |checker, number, column| checker.takes_number_in_range(number, column),
        views: WrittenViews::OfOneTable,
    },
    tables: Tables {
        defaults_see_columns: false,
        defaults_are_late: false,
        checks_constant_defaults: false,
    },
};
