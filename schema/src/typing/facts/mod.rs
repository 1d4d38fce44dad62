//! The facts in which databases type the same words differently, one table a dialect: the rules of `typing` consult them and know no
//! dialect. There is no default: a new fact must be answered for every dialect.

mod mysql;
mod postgres;
mod sqlite;

use super::checker::Checker;
use super::grammar::Grammar;
use super::scope::{Field, Scope};
use super::value::Ty;
use crate::dialect::Dialect;
use crate::model::{Table, TableId};
use crate::source::Span;
use crate::syntax::{Call, Expr, Match, Operator};

/// The facts of a dialect.
pub(super) struct Facts {
    /// The rules for types of expressions; `None`: functions, operators and casts are found in a catalogue, by the types of
    /// their arguments.
    pub(super) grammar: Option<&'static Grammar>,
    pub(super) values: Values,
    pub(super) names: Names,
    pub(super) aliases: Aliases,
    pub(super) sources: Sources,
    pub(super) selects: Selects,
    pub(super) recursion: Recursion,
    pub(super) calls: Calls,
    pub(super) windows: Windows,
    pub(super) writes: Writes,
    pub(super) tables: Tables,
}

/// Values and operators.
pub(super) struct Values {
    pub(super) text: Ty,
    /// Of numbers of rows.
    pub(super) count: Ty,
    /// Of a constant text: one that is untyped becomes whatever stands beside it.
    pub(super) constant_text: Ty,
    /// The type of a column whose value is untyped; `None`: it has none.
    pub(super) untyped_column: Option<Ty>,
    /// Of a constant of bytes, and of one of bits.
    pub(super) bytes: Ty,
    pub(super) bits: Ty,
    /// A row is a value: `(a, b)`, the name of a table, a function of its row as a column of it.
    pub(super) rows: bool,
    /// `ANY` and `ALL` take an array beside a query.
    pub(super) arrays: bool,
    /// Operators between conditions.
    pub(super) logical: &'static [&'static str],
    /// Operators before a condition.
    pub(super) negations: &'static [&'static str],
    /// `LIKE … ESCAPE ''` is taken: no character escapes.
    pub(super) empty_escape: bool,
    /// Paths into documents are values of a type of their own.
    pub(super) paths_are_typed: bool,
    /// Whether a text is a path into a document, as far as its brackets and its end show that.
    pub(super) is_path: fn(&str) -> bool,
    /// Checks the constant texts of a call.
    pub(super) check_texts_of_call: fn(&mut Checker<'_>, &Call),
    /// Checks the constant texts beside an operator.
    pub(super) check_texts_beside: fn(&mut Checker<'_>, (&Expr, &Expr), &Operator),
    /// Checks `REGEXP` and `MATCH`, where they are more than functions of texts.
    pub(super) check_match: fn(&mut Checker<'_>, &Match, &Scope<'_>, Span),
}

/// The schemas that may stand before a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Qualifiers {
    /// Those that hold something of the model.
    OfModel,
    /// Files that are attached under the names that the model has, the main one, and that of temporary tables.
    Attached,
    /// Any: a database of the server that the model knows nothing of.
    Any,
}

/// Names of tables and columns.
pub(super) struct Names {
    pub(super) qualifiers: Qualifiers,
    /// Schemas whose tables every database has.
    pub(super) system_schemas: &'static [&'static str],
    /// Tables that every database has, and how the names of others begin.
    pub(super) system_tables: &'static [&'static str],
    pub(super) system_prefixes: &'static [&'static str],
    /// A table without columns, for queries that read none.
    pub(super) empty_table: Option<&'static str>,
    /// The columns of a table that every database has, as far as they are known.
    pub(super) columns_of_system: fn(&Checker<'_>, &str, Span) -> Option<Vec<Field>>,
    /// The type of a column, by its name in lower case, that a table has and `*` does not give, and whether it may be NULL.
    pub(super) hidden_column: fn(&Table, &str) -> Option<(Ty, bool)>,
    /// Whether a row may be given a value for such a column.
    pub(super) writes_hidden: fn(&Table, &str) -> bool,
    /// A name in double quotes that stands for nothing is a text.
    pub(super) quoted_texts: bool,
    /// A column without `AS` has the name of the function or column that it is made of.
    pub(super) named_after_values: bool,
}

/// Where the names of items of `SELECT` stand for their values.
pub(super) struct Aliases {
    /// In the conditions of joins and of `WHERE`.
    pub(super) in_conditions: bool,
    pub(super) in_group_by: bool,
    pub(super) in_having: bool,
    pub(super) in_windows: bool,
    /// In queries within an expression.
    pub(super) in_inner_queries: bool,
    /// Within the expressions of `ORDER BY`, and of HAVING as columns of the rows.
    pub(super) in_order_by: bool,
    /// An item without `AS` is called by its text, too.
    pub(super) by_text: bool,
}

/// The tables that `FROM` reads.
pub(super) struct Sources {
    /// Two tables may have one name: a column of theirs is ambiguous where it is named.
    pub(super) repeated_names: bool,
    /// The right side of a join that gives its rows in any case sees the tables before it.
    pub(super) outer_side_sees_left: bool,
    /// A full join finds rows by values that are equal.
    pub(super) full_join_by_equality: bool,
    /// The condition of a join sees the tables before the last comma, too.
    pub(super) conditions_see_all: bool,
    /// A column that USING merges of unlike types is that of one side, not of the type of both.
    pub(super) merges_one_side: bool,
    /// Merged columns stand in `*` where the first of them does, not before all others.
    pub(super) merged_in_place: bool,
    /// Unique constraints are indexes under their names.
    pub(super) uniques_are_indexes: bool,
    /// Whether a table may have an index of this name that the database has named.
    pub(super) may_name_index: fn(&Table, &str) -> bool,
    /// The columns of a query in `FROM` differ in their names.
    pub(super) distinct_columns: bool,
    pub(super) functions_need_alias: bool,
    /// The columns of a function's rows; `None` where they are not known.
    pub(super) rows_of_call: RowsOfCall,
}

/// See [`Sources::rows_of_call`].
pub(super) type RowsOfCall =
    fn(&mut Checker<'_>, &Call, (&[super::value::Value], &Scope<'_>), Span) -> Option<Vec<Field>>;

/// Queries: groups, orders and limits.
pub(super) struct Selects {
    /// A column beside groups that has several values in one is any of them.
    pub(super) any_of_group: bool,
    /// Columns follow from a group by a unique key without NULL and by equality, too, not by the primary key alone.
    pub(super) groups_by_uniques: bool,
    /// `grouping(a)`.
    pub(super) grouping_function: bool,
    /// A column beside an aggregate of all rows is NULL where there are none.
    pub(super) null_beside_aggregates: bool,
    /// HAVING without groups needs an aggregate among the items.
    pub(super) having_needs_aggregate: bool,
    /// Rows of `DISTINCT` are ordered by what they have.
    pub(super) distinct_orders_by_items: bool,
    /// A constant that is no number of a column may stand in GROUP BY and ORDER BY.
    pub(super) constant_order: bool,
    /// ORDER BY may compute with the name of an aggregate.
    pub(super) computes_with_aggregates: bool,
    /// Rows of several queries are ordered by values that are computed.
    pub(super) computed_order_of_sets: bool,
    /// Rows of several queries are ordered by names of any of them, not of the first alone.
    pub(super) order_by_any_part: bool,
    /// A lock is of rows of tables: not of groups, distinct rows or several queries.
    pub(super) locks_table_rows: bool,
    /// LIMIT may stand in a query with each row of which a value is compared.
    pub(super) limit_in_compared: bool,
    /// A negative number of rows is none.
    pub(super) negative_count: bool,
    /// A number of rows is of an integer type; else a constant that can be one will do.
    pub(super) integer_count: bool,
    /// WITH names all columns of a query, or none.
    pub(super) with_names_all: bool,
    /// The columns of VALUES are `column1` and so on.
    pub(super) numbered_values: bool,
    /// Integers without a sign become decimals beside NULL in another part of a UNION.
    pub(super) decimals_beside_null: bool,
}

/// The parts of a recursive query that may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Steps {
    /// One `UNION` at the end.
    Last,
    /// Any number of `UNION` after the first part.
    Unions,
    Any,
}

/// Recursive queries of WITH.
pub(super) struct Recursion {
    /// A query that reads itself needs the word `RECURSIVE`.
    pub(super) needs_word: bool,
    pub(super) steps: Steps,
    /// Its rows may be ordered and limited.
    pub(super) orders: bool,
    /// It may be read in a query of `FROM`, and in the outer side of a join.
    pub(super) within_from: bool,
    pub(super) outer_joins: bool,
    /// Its steps may make groups, and compute over windows.
    pub(super) groups: bool,
    pub(super) windows: bool,
}

/// Calls of functions.
pub(super) struct Calls {
    /// `count()` counts rows.
    pub(super) empty_count: bool,
    /// The arguments of an aggregate are those of rows, before groups make NULL of them.
    pub(super) aggregates_see_rows: bool,
    /// `min` and `max` of several arguments make no value of many rows.
    pub(super) least_of_arguments: bool,
    /// DISTINCT before the argument of a function of one row means nothing.
    pub(super) distinct_of_one_row: bool,
    /// DISTINCT takes one argument.
    pub(super) distinct_takes_one: bool,
    /// `MATCH (a, b) AGAINST (…)` needs an index of its columns.
    pub(super) match_needs_index: bool,
    /// Functions that take a full-text table by its name first.
    pub(super) of_search: &'static [&'static str],
    /// Functions whose second argument is an `INTERVAL`.
    pub(super) moved_by_interval: &'static [&'static str],
    /// Arguments that are words, by their places.
    pub(super) words: &'static [(&'static str, usize)],
    /// Functions whose arguments stand in pairs, as a call of them shows them.
    pub(super) pairs: &'static [(&'static str, &'static str)],
    /// Arguments between 0 and 1, by their places, and whether they are constants.
    pub(super) fractions: &'static [(&'static str, usize, bool)],
}

/// Windows.
pub(super) struct Windows {
    /// ORDER BY may stand among the arguments of what is computed over a window.
    pub(super) ordered_arguments: bool,
    /// Aggregates that are not computed over a window.
    pub(super) refused: &'static [&'static str],
    /// Functions whose window is ordered.
    pub(super) need_order: &'static [&'static str],
    /// Functions whose window is not ordered.
    pub(super) refuse_order: &'static [&'static str],
    /// `GROUPS` needs an order.
    pub(super) groups_need_order: bool,
    /// The bound of a frame of rows may be a fraction, which is rounded.
    pub(super) rounds_bounds: bool,
    /// The bound of a frame may name columns.
    pub(super) columns_in_bounds: bool,
    /// Values of a RANGE with a distance are numbers; else of any type.
    pub(super) distances_of_numbers: bool,
}

/// The views whose rows can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WrittenViews {
    None,
    OfOneTable,
    /// Of joins, too, but for what would write several tables.
    OfJoins,
}

/// Statements that write rows.
pub(super) struct Writes {
    /// NULL for a column that fills itself is its default.
    pub(super) null_is_default: bool,
    /// NULL may be written to a column of a key that is NOT NULL.
    pub(super) null_in_key: bool,
    /// A column is set once in an UPDATE; else the last value counts.
    pub(super) sets_once: bool,
    /// A column is named once in an INSERT.
    pub(super) inserts_once: bool,
    /// `SET (a, b) = value`: the value is a row.
    pub(super) sets_rows: bool,
    /// An INSERT that ignores errors changes values that a column does not take.
    pub(super) ignoring_changes_values: bool,
    /// VALUES without names of columns may have fewer values than the table has columns, computed ones among them.
    pub(super) fewer_values: bool,
    /// RETURNING sees all tables of the statement.
    pub(super) returning_sees_all: bool,
    /// The columns of the row that could not be inserted are named by it alone.
    pub(super) excluded_by_name: bool,
    /// The row that could not be inserted is called `excluded`; else by the name that the statement gives it.
    pub(super) is_called_excluded: bool,
    /// The assignments to a row that is there see the tables of the query that is inserted.
    pub(super) update_sees_query: bool,
    /// The key that is one INTEGER is the number of the row.
    pub(super) numbers_rows: bool,
    /// Longer texts than a column's length are refused.
    pub(super) keeps_lengths: bool,
    /// Whether a column takes a constant text.
    pub(super) takes_text: fn(&Checker<'_>, &str, (TableId, usize)) -> bool,
    /// Whether a column takes a constant number.
    pub(super) takes_number: fn(&Checker<'_>, f64, (TableId, usize)) -> bool,
    pub(super) views: WrittenViews,
}

/// Expressions of tables.
pub(super) struct Tables {
    /// A DEFAULT may name columns.
    pub(super) defaults_see_columns: bool,
    /// A DEFAULT is looked at when a row needs it, not when the table is made.
    pub(super) defaults_are_late: bool,
    /// A constant default that its column does not take is refused when the table is made.
    pub(super) checks_constant_defaults: bool,
}

impl Facts {
    /// Returns the facts of a dialect.
    pub(super) fn of(dialect: Dialect) -> &'static Self {
        match dialect {
            Dialect::Sqlite => &sqlite::FACTS,
            Dialect::Postgres => &postgres::FACTS,
            Dialect::Mysql => &mysql::FACTS,
        }
    }

    /// Functions, operators and casts are found in a catalogue, by the types of their arguments.
    pub(super) fn have_catalogue(&self) -> bool {
        self.grammar.is_none()
    }

    /// A constant text becomes whatever stands beside it.
    pub(super) fn have_untyped_texts(&self) -> bool {
        self.values.constant_text == Ty::Untyped
    }
}
