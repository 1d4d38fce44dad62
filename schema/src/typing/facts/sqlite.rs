//! SQLite.

use super::{
    Aliases, Calls, Facts, Names, Qualifiers, Recursion, Selects, Sources, Steps, Tables, Values,
    Windows, Writes, WrittenViews,
};
use crate::column_type::{ColumnType, LobSize};
use crate::model::Table;
use crate::source::Span;
use crate::syntax::{ExprKind, Match};
use crate::typing::checker::Checker;
use crate::typing::findings;
use crate::typing::grammar;
use crate::typing::scope::Scope;
use crate::typing::texts::is_path_of_sqlite;
use crate::typing::value::Ty;

pub(super) static FACTS: Facts = Facts {
    grammar: Some(&grammar::SQLITE),
    values: Values {
        text: Ty::Of(ColumnType::Text(LobSize::Unbounded)),
        count: Ty::Of(ColumnType::I64),
        constant_text: Ty::Of(ColumnType::Text(LobSize::Unbounded)),
        untyped_column: Some(Ty::Of(ColumnType::Any)),
        bytes: Ty::Of(ColumnType::Blob(LobSize::Unbounded)),
        bits: Ty::Of(ColumnType::Blob(LobSize::Unbounded)),
        rows: false,
        arrays: false,
        logical: &["and", "or"],
        negations: &["not"],
        empty_escape: false,
        paths_are_typed: false,
        is_path: is_path_of_sqlite,
        check_texts_of_call: |checker, call| checker.check_documents(call),
        check_texts_beside: |checker, (left, right), operator| {
            if matches!(&*operator.text, "->" | "->>") {
                checker.check_document(left);
                if matches!(&right.kind, ExprKind::Text(text) if text.starts_with('$')) {
                    checker.check_path(right);
                }
            }
        },
        check_match,
    },
    names: Names {
        qualifiers: Qualifiers::Attached,
        system_schemas: &[],
        system_tables: &["dbstat", "generate_series", "json_each", "json_tree"],
        system_prefixes: &["sqlite_", "pragma_", "_bindery_"],
        empty_table: None,
        columns_of_system: |checker, name, span| checker.rows_of_database(name, span),
        hidden_column,
        writes_hidden,
        quoted_texts: true,
        named_after_values: false,
    },
    aliases: Aliases {
        in_conditions: true,
        in_group_by: true,
        in_having: false,
        in_windows: false,
        in_inner_queries: false,
        in_order_by: true,
        by_text: false,
    },
    sources: Sources {
        repeated_names: true,
        outer_side_sees_left: true,
        full_join_by_equality: false,
        conditions_see_all: true,
        merges_one_side: false,
        merged_in_place: true,
        uniques_are_indexes: false,
        may_name_index: |table, name| {
            let made = format!("sqlite_autoindex_{}_", table.name.name);
            table.unmanaged || name.starts_with(&made)
        },
        distinct_columns: false,
        functions_need_alias: false,
        rows_of_call: |checker, call, (arguments, _), span| {
            checker.rows_of_sqlite(call.function(), arguments, span)
        },
    },
    selects: Selects {
        any_of_group: true,
        groups_by_uniques: false,
        grouping_function: false,
        null_beside_aggregates: true,
        having_needs_aggregate: true,
        distinct_orders_by_items: false,
        constant_order: true,
        computes_with_aggregates: true,
        computed_order_of_sets: true,
        order_by_any_part: true,
        locks_table_rows: false,
        limit_in_compared: true,
        negative_count: true,
        integer_count: false,
        with_names_all: true,
        numbered_values: true,
        decimals_beside_null: false,
    },
    recursion: Recursion {
        needs_word: false,
        steps: Steps::Unions,
        orders: true,
        within_from: false,
        outer_joins: true,
        groups: false,
        windows: false,
    },
    calls: Calls {
        empty_count: true,
        aggregates_see_rows: false,
        least_of_arguments: true,
        distinct_of_one_row: true,
        distinct_takes_one: true,
        match_needs_index: false,
        of_search: &["bm25", "highlight", "offsets", "snippet"],
        moved_by_interval: &[],
        words: &[],
        pairs: &[
            ("json_object", "'name', value"),
            ("json_set", "document, '$.name', value"),
            ("json_insert", "document, '$.name', value"),
            ("json_replace", "document, '$.name', value"),
        ],
        fractions: &[("likelihood", 1, true)],
    },
    windows: Windows {
        ordered_arguments: true,
        refused: &[],
        need_order: &[],
        refuse_order: &[],
        groups_need_order: false,
        rounds_bounds: false,
        columns_in_bounds: true,
        distances_of_numbers: false,
    },
    writes: Writes {
        null_is_default: false,
        null_in_key: true,
        sets_once: false,
        inserts_once: false,
        sets_rows: false,
        ignoring_changes_values: false,
        fewer_values: false,
        returning_sees_all: false,
        excluded_by_name: true,
        is_called_excluded: true,
        update_sees_query: false,
        numbers_rows: true,
        keeps_lengths: false,
        takes_text: |checker, text, column| checker.takes_text_of_sqlite(text, column),
        takes_number: |checker, number, column| checker.takes_number_of_sqlite(number, column),
        views: WrittenViews::None,
    },
    tables: Tables {
        defaults_see_columns: false,
        defaults_are_late: true,
        checks_constant_defaults: false,
    },
};

/// `REGEXP` calls a function of the program's own; `MATCH` is of full-text tables.
fn check_match(checker: &mut Checker<'_>, matching: &Match, scope: &Scope<'_>, span: Span) {
    let operator = &matching.operator;
    if operator.text.ends_with("regexp") {
        let name = operator.text.trim_start_matches("not ");
        if checker.own_functions(name).is_empty() {
            let finding = findings::unknown_function(name, Some("glob"), operator.span);
            checker.report(finding);
        }
    }
    if operator.text.ends_with("match") {
        checker.check_search(matching, scope, span);
    }
}

/// The number of the row; of the full-text search, the column that is called as its table, and how well a row fits.
fn hidden_column(table: &Table, name: &str) -> Option<(Ty, bool)> {
    match name {
        "rowid" | "oid" | "_rowid_" => {
            let has_none = table.without_rowid || table.view.is_some();
            (!has_none).then_some((Ty::Of(ColumnType::I64), false))
        }
        _ if table.unmanaged && name == table.name.name.to_lowercase() => Some((Ty::Open, true)),
        "rank" if table.unmanaged => Some((Ty::Of(ColumnType::F64), true)),
        _ => None,
    }
}

/// A row takes its number, and a full-text table commands by the column that is called as it.
fn writes_hidden(table: &Table, name: &str) -> bool {
    let is = |own: &str| own.eq_ignore_ascii_case(name);
    let numbers = ["rowid", "oid", "_rowid_"].into_iter().any(is) && !table.without_rowid;
    let commands = table.unmanaged && is(&table.name.name);
    numbers || commands
}
