//! Queries, their sources and windows.

/// Queries.
pub(crate) struct Queries {
    /// A query may stand in parentheses of its own: `(SELECT 1) UNION …`, `((SELECT 1))`.
    pub(crate) parentheses: bool,
    /// `TABLE t` is a query.
    pub(crate) table: bool,
    /// `VALUES ROW(1, 2)`.
    pub(crate) values_of_rows: bool,
    /// `WITH a AS MATERIALIZED (…)`.
    pub(crate) materialized: bool,
    /// `WITH a AS (INSERT …)`.
    pub(crate) with_writes: bool,
    /// `CYCLE a RESTRICT`, rather than `CYCLE a SET b USING c`.
    pub(crate) cycle_restricts: bool,
    /// `INTERSECT` binds tighter than `UNION` and `EXCEPT`.
    pub(crate) intersect_binds_tighter: bool,
    /// Every set operator takes `ALL` and `DISTINCT`; else `UNION` takes `ALL`.
    pub(crate) set_quantifiers: bool,
    /// Words between `SELECT` and its items, in any order, `DISTINCT` among them.
    pub(crate) modifiers: &'static [&'static str],
    /// `SELECT DISTINCT ON (a)`.
    pub(crate) distinct_on: bool,
    /// `SELECT FROM t`.
    pub(crate) no_items: bool,
    /// `GROUP BY GROUPING SETS (…)`, `ROLLUP (…)`, `CUBE (…)`, `()`, `GROUP BY DISTINCT a`.
    pub(crate) grouping_sets: bool,
    /// `GROUP BY a DESC`, `GROUP BY a WITH ROLLUP`.
    pub(crate) group_order: bool,
    /// `LIMIT ALL`.
    pub(crate) limit_all: bool,
    /// The offset is a part of `LIMIT`: `LIMIT 20, 10`, `LIMIT 10 OFFSET 20`.
    pub(crate) offset_in_limit: bool,
    /// `OFFSET 20 ROWS FETCH FIRST 10 ROWS ONLY`.
    pub(crate) fetch: bool,
    /// `OFFSET` alone needs `ROWS`.
    pub(crate) offset_needs_rows: bool,
    /// A limit may be computed: `LIMIT 5 + 5`.
    pub(crate) computed_limits: bool,
    /// The words that lock rows.
    pub(crate) locks: &'static [&'static [&'static str]],
    /// `FOR UPDATE WAIT 5`.
    pub(crate) lock_wait: bool,
}

/// The sources of a query.
pub(crate) struct Sources {
    /// `a STRAIGHT_JOIN b`.
    pub(crate) straight_join: bool,
    /// `FULL JOIN`.
    pub(crate) full_join: bool,
    /// The words before `JOIN` stand in any order: `OUTER LEFT NATURAL JOIN`.
    pub(crate) join_words_in_any_order: bool,
    pub(crate) join_condition: JoinCondition,
    /// `CROSS JOIN b ON …`.
    pub(crate) cross_join_condition: bool,
    /// `CROSS JOIN` reads its tables in the order in which they are written.
    pub(crate) cross_join_keeps_order: bool,
    /// `USING (a) AS t`.
    pub(crate) using_alias: bool,
    /// `LATERAL`.
    pub(crate) lateral: bool,
    pub(crate) functions: SourceFunctions,
    /// A query needs a name.
    pub(crate) query_needs_name: bool,
    /// `ONLY t`, `t *`: a table has the rows of those that inherit from it.
    pub(crate) heirs: bool,
    /// `DUAL`, which is no table.
    pub(crate) dual: bool,
    /// `t PARTITION (p)`.
    pub(crate) parts: bool,
    /// `t AS a (b, c)`.
    pub(crate) column_names: bool,
    /// `f() AS (a int)`.
    pub(crate) columns_without_name: bool,
    pub(crate) tail: SourceTail,
}

/// The joins that need `ON` or `USING`.
#[derive(Clone, Copy)]
pub(crate) enum JoinCondition {
    Always,
    OfOuterJoins,
    Never,
}

/// The functions that a query may read from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SourceFunctions {
    Every,
    /// `JSON_TABLE(…)`.
    TablesOfDocuments,
}

/// The words after the alias of a table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SourceTail {
    /// `TABLESAMPLE system (5)`.
    Sample,
    /// `INDEXED BY a`.
    Index,
    /// `USE INDEX (a, b)`.
    IndexHints,
}

/// Windows, and values that rows are ordered by.
pub(crate) struct Windows {
    /// Frames of `GROUPS`.
    pub(crate) groups: bool,
    /// `EXCLUDE CURRENT ROW`.
    pub(crate) exclude: bool,
    /// The bound of a frame may be a column.
    pub(crate) bound_of_column: bool,
    /// `ORDER BY a USING <`.
    pub(crate) order_by_operator: bool,
    /// `NULLS FIRST`.
    pub(crate) nulls: bool,
}
