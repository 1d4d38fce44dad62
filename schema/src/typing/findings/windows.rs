//! Mistakes in aggregates, groups and windows, in words.

use crate::ast::Name;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// A column outside of the groups.
pub(in crate::typing) fn not_grouped(column: &str, is_whole: bool, span: Span) -> Diagnostic {
    let message = if is_whole {
        format!(
            "`{column}` has a value for each row, and the aggregate beside it makes one of all rows"
        )
    } else {
        format!("`{column}` has a value for each row, and the query gives one row for each group")
    };
    let help = if is_whole {
        format!("write `GROUP BY {column}`, or an aggregate of it: `max({column})`")
    } else {
        format!("add `{column}` to `GROUP BY`, or write an aggregate of it: `max({column})`")
    };
    Diagnostic::error("B0626", message).at(span, "").help(help)
}

/// An aggregate where rows are not grouped yet.
pub(in crate::typing) fn aggregate_in(clause: &str, function: &str, span: Span) -> Diagnostic {
    let message = format!(
        "the aggregate `{function}` stands in {clause}, which is looked at before rows are grouped"
    );
    let help = if clause == "WHERE" {
        "write the condition in `HAVING`, which is looked at after it"
    } else {
        "compute it in a query of its own: `(SELECT …)`"
    };
    Diagnostic::error("B0627", message).at(span, "").help(help)
}

/// A window function where rows are not there yet.
pub(in crate::typing) fn window_in(clause: &str, function: &str, span: Span) -> Diagnostic {
    let message = format!(
        "the window function `{function}` stands in {clause}, which is computed before windows are"
    );
    Diagnostic::error("B0627", message)
        .at(span, "")
        .help("compute it in a query in `FROM`, and use its column")
}

/// A window function within another one, or within its window.
pub(in crate::typing) fn window_in_window(function: &str, span: Span) -> Diagnostic {
    let message = format!("the window function `{function}` stands within another one");
    Diagnostic::error("B0627", message)
        .at(span, "")
        .help("compute it in a query in `FROM`, and use its column")
}

/// A word of aggregates beside `OVER`.
pub(in crate::typing) fn word_over_window(word: &str, function: &str, span: Span) -> Diagnostic {
    let message = format!("`{word}` does not go with `OVER`, and `{function}` has both");
    Diagnostic::error("B0627", message)
        .at(span, "")
        .help(format!(
            "leave `{word}` out, or compute the value in a query in `FROM`"
        ))
}

/// An aggregate that the database computes over no window.
pub(in crate::typing) fn not_over_window(function: &str, span: Span) -> Diagnostic {
    let message = format!("`{function}` is computed of groups alone, and has `OVER`");
    Diagnostic::error("B0627", message)
        .at(span, "")
        .help("compute it in a query with `GROUP BY`, and join its rows")
}

/// The number of a row or of groups that is none.
pub(in crate::typing) fn no_place(function: &str, span: Span) -> Diagnostic {
    let message = format!("`{function}` counts from 1");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("write an integer from 1 on")
}

/// A bound of a frame that is no number of rows.
pub(in crate::typing) fn bound_of_frame(span: Span) -> Diagnostic {
    Diagnostic::error("B0624", "a bound of a frame is a number from 0 on")
        .at(span, "")
        .help("write `1 PRECEDING` or `1 FOLLOWING`: the word says the direction")
}

/// A function of several rows where one value is computed.
pub(in crate::typing) fn rows_in(clause: &str, function: &str, span: Span) -> Diagnostic {
    let message = format!("`{function}` gives rows, and stands in {clause}");
    Diagnostic::error("B0627", message)
        .at(span, "")
        .help(format!(
            "read it in `FROM`: `FROM {function}(…) AS one`, and use its column"
        ))
}

/// `WITH TIES` of rows that have no order.
pub(in crate::typing) fn ties_without_order(span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0626",
        "`WITH TIES` takes rows of equal order, and there is no order",
    )
    .at(span, "")
    .help("write `ORDER BY` before it, or `ONLY` instead of it")
}

/// A rank of rows that have no order.
pub(in crate::typing) fn window_without_order(function: &str, span: Span) -> Diagnostic {
    let message = format!("`{function}` is of rows in an order, and its window has none");
    Diagnostic::error("B0627", message)
        .at(span, "")
        .help("write `OVER (ORDER BY …)`")
}

/// An order in a window whose function takes none.
pub(in crate::typing) fn window_with_order(function: &str, span: Span) -> Diagnostic {
    let message =
        format!("`{function}` is of all rows of a partition, and its window has an order");
    Diagnostic::error("B0627", message)
        .at(span, "")
        .help("leave `ORDER BY` out of the window: `OVER (PARTITION BY …)`")
}

/// A window function that has no window.
pub(in crate::typing) fn without_window(function: &str, span: Span) -> Diagnostic {
    let message = format!("`{function}` is a window function and has no `OVER`");
    Diagnostic::error("B0627", message)
        .at(span, "")
        .help("write `OVER (ORDER BY …)` after it")
}

/// `FILTER` or `DISTINCT` of a function that is computed of one row.
pub(in crate::typing) fn no_aggregate(word: &str, function: &str, span: Span) -> Diagnostic {
    let message = format!("`{word}` is of aggregates, and `{function}` is none");
    Diagnostic::error("B0627", message)
        .at(span, "")
        .help(format!("leave `{word}` out, or write a `CASE`"))
}

/// A query, an aggregate or a window function in an expression of a table.
pub(in crate::typing) fn of_several_rows(part: &str, what: &str, span: Span) -> Diagnostic {
    let message = format!("{what} stands in {part}, which is computed from one row alone");
    Diagnostic::error("B0631", message)
        .at(span, "")
        .help("compute it in a view or a query; a trigger can refuse rows by others")
}

/// Reports an ORDER BY that does not begin with the values of DISTINCT ON.
pub(in crate::typing) fn order_of_distinct_on(span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0626",
        "`DISTINCT ON` takes rows by other values than `ORDER BY` begins with",
    )
    .at(span, "")
    .help("let `ORDER BY` begin with the values of `DISTINCT ON`")
}

/// Reports a value that rows of DISTINCT are ordered by and do not have.
pub(in crate::typing) fn order_of_distinct(written: &str, span: Span) -> Diagnostic {
    let message = format!("`{written}` orders rows of `DISTINCT`, which do not have it");
    Diagnostic::error("B0626", message)
        .at(span, "")
        .help(format!("select it, too: `SELECT DISTINCT …, {written}`"))
}

/// `HAVING` where nothing is grouped.
pub(in crate::typing) fn having_alone(span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0626",
        "`HAVING` stands in a query that neither groups nor selects an aggregate",
    )
    .at(span, "")
    .help("write the condition in `WHERE`, or add `GROUP BY`")
}

/// The name of an aggregate within a value that rows are ordered by.
pub(in crate::typing) fn name_of_aggregate(name: &Name) -> Diagnostic {
    let message = format!(
        "`{}` is an aggregate, of which `ORDER BY` computes nothing",
        name.text
    );
    Diagnostic::error("B0627", message)
        .at(name.span, "")
        .help(format!(
            "order by `{}` alone, or write the aggregate itself",
            name.text
        ))
}

/// A window that the query does not name.
pub(in crate::typing) fn unknown_window(name: &Name, known: &[String]) -> Diagnostic {
    let message = format!("the query has no window `{}`", name.text);
    let near = crate::name::suggest(&name.text, known.iter().map(String::as_str));
    let help = match near {
        Some(near) => format!("write `{near}`"),
        None => format!(
            "name it behind `HAVING`: `WINDOW {} AS (ORDER BY …)`",
            name.text
        ),
    };
    Diagnostic::error("B0620", message)
        .at(name.span, "")
        .help(help)
}

/// Words of a window that it has from the one that it begins with.
pub(in crate::typing) fn window_again(name: &Name, again: &str) -> Diagnostic {
    let message = format!(
        "the window that begins with `{}` has {again}, too",
        name.text
    );
    Diagnostic::error("B0628", message)
        .at(name.span, "")
        .help("write the whole window in its parentheses, without the name")
}

/// A frame whose unit needs values that rows are ordered by.
pub(in crate::typing) fn order_of_frame(unit: &str, span: Span) -> Diagnostic {
    let message = format!("a frame of {unit} is in a window of another order");
    Diagnostic::error("B0628", message)
        .at(span, "")
        .help("order the window by one value, `ORDER BY day`, or count rows: `ROWS`")
}

/// A frame without rows: its bounds are out of order.
pub(in crate::typing) fn frame_backward(span: Span) -> Diagnostic {
    Diagnostic::error("B0628", "the frame begins behind its end")
        .at(span, "")
        .help("write the earlier bound first: `ROWS BETWEEN 1 PRECEDING AND CURRENT ROW`")
}

/// A bound of a frame that differs from row to row.
pub(in crate::typing) fn column_in_frame(span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0624",
        "a bound of a frame is the same for all rows, and this is a column",
    )
    .at(span, "")
    .help("write a number or a parameter")
}

/// `RANGE` over values that have no distances.
pub(in crate::typing) fn no_distance(ordered: &str, span: Span) -> Diagnostic {
    let message = format!("`RANGE` measures no distance between values of type {ordered}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("count rows: `ROWS BETWEEN 1 PRECEDING AND CURRENT ROW`")
}

/// A bound of `RANGE` of a type that is no distance between the values of the order.
pub(in crate::typing) fn unlike_distance(ordered: &str, given: &str, span: Span) -> Diagnostic {
    let message =
        format!("values of type {ordered} are at no distance of type {given} from each other");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("write a distance: a number between numbers, `interval '1 day'` between dates")
}

/// An argument of `grouping` that the query does not group by.
pub(in crate::typing) fn no_group(span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0626",
        "`grouping` is of values of `GROUP BY`, and this is none",
    )
    .at(span, "")
    .help("write a value of `GROUP BY` as it stands there")
}

/// A constant that rows are ordered or grouped by and that stands for no column.
pub(in crate::typing) fn constant_order(span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0626",
        "this is the same for all rows, and no number of a column",
    )
    .at(span, "")
    .help("write the column without quotes, or its number: `ORDER BY 1`")
}

/// A computed value that rows of several queries are ordered by.
pub(in crate::typing) fn computed_order(span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0626",
        "rows of several queries are ordered by their columns alone",
    )
    .at(span, "")
    .help("put the queries into `FROM`: `SELECT * FROM (… UNION …) AS rows ORDER BY id + 1`")
}
