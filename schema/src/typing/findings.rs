//! Mistakes in statements, in words.

use crate::ast::Name;
use crate::diagnostic::Diagnostic;
use crate::name;
use crate::source::Span;
use bindery_core::dialect::Flavour;

/// `a`, `b` and 3 more.
fn listed(known: &[String]) -> String {
    const MOST: usize = 12;
    let shown: Vec<String> = (known.iter().take(MOST))
        .map(|name| format!("`{name}`"))
        .collect();
    let more = known.len().saturating_sub(MOST);
    if more > 0 {
        format!("{} and {more} more", shown.join(", "))
    } else {
        shown.join(", ")
    }
}

fn near(wanted: &str, known: &[String]) -> Option<String> {
    let near = name::suggest(wanted, known.iter().map(String::as_str));
    near.map(|near| format!("write `{near}`"))
}

/// A table that the schema does not have.
pub(super) fn unknown_table(wanted: &Name, known: &[String]) -> Diagnostic {
    let message = format!("there is no table `{}`", wanted.text);
    let help = near(&wanted.text, known).unwrap_or_else(|| {
        "write the name of a table or view of the schema, or of a query of `WITH`".to_owned()
    });
    Diagnostic::error("B0620", message)
        .at(wanted.span, "")
        .help(help)
}

/// A name before a point that is no table of the query.
pub(super) fn unknown_alias(wanted: &Name, known: &[String]) -> Diagnostic {
    let message = format!("the query reads nothing that is called `{}`", wanted.text);
    let help = near(&wanted.text, known).unwrap_or_else(|| {
        if known.is_empty() {
            "write `FROM` with the table, or remove the name before the point".to_owned()
        } else {
            format!("it reads {}", listed(known))
        }
    });
    Diagnostic::error("B0620", message)
        .at(wanted.span, "")
        .help(help)
}

/// A column that a table, or everything that is read, does not have.
pub(super) fn unknown_column(table: Option<&str>, wanted: &Name, known: &[String]) -> Diagnostic {
    let message = match table {
        Some(table) => format!("`{table}` has no column `{}`", wanted.text),
        None => format!("there is no column `{}`", wanted.text),
    };
    let help = near(&wanted.text, known).unwrap_or_else(|| {
        if known.is_empty() {
            "write `FROM` with the table that has it".to_owned()
        } else {
            format!("the columns are {}", listed(known))
        }
    });
    Diagnostic::error("B0621", message)
        .at(wanted.span, "")
        .help(help)
}

/// A text in the quotes of names.
pub(super) fn text_in_double_quotes(name: &Name) -> Diagnostic {
    let message = format!("there is no column `{}`", name.text);
    let help = format!(
        "write `'{}'` for a text: SQLite takes a name in double quotes that is none for a text, and other databases do not",
        name.text.replace('\'', "''")
    );
    Diagnostic::error("B0621", message)
        .at(name.span, "")
        .help(help)
}

/// A name that several tables have.
pub(super) fn ambiguous_column(column: &Name, tables: &[String]) -> Diagnostic {
    let message = format!("`{}` is a column of several tables", column.text);
    let first = tables.first().map_or("", String::as_str);
    let help = format!("write the table before it: `{first}.{}`", column.text);
    Diagnostic::error("B0622", message)
        .at(column.span, format!("of {}", listed(tables)))
        .help(help)
}

/// A function that nothing has.
pub(super) fn unknown_function(name: &str, near: Option<&str>, span: Span) -> Diagnostic {
    let message = format!("there is no function `{name}`");
    let help = match near {
        Some(near) => format!("write `{near}`"),
        None => "write a function of the database, or create it in the schema".to_owned(),
    };
    Diagnostic::error("B0623", message).at(span, "").help(help)
}

/// A function that is called with other arguments than it takes.
pub(super) fn no_such_call(call: &str, takes: &[String], span: Span) -> Diagnostic {
    let message = format!("no function takes these arguments: `{call}`");
    let shown: Vec<String> = takes.iter().take(4).map(|one| format!("`{one}`")).collect();
    let help = if shown.is_empty() {
        "give its arguments other types: `CAST(value AS type)`".to_owned()
    } else {
        format!("it is called as {}", shown.join(", "))
    };
    Diagnostic::error("B0623", message).at(span, "").help(help)
}

/// A call that may mean several functions.
pub(super) fn ambiguous_call(call: &str, span: Span) -> Diagnostic {
    let message = format!("`{call}` may mean several functions");
    Diagnostic::error("B0623", message)
        .at(span, "")
        .help("give its arguments types: `CAST(value AS type)`")
}

/// An operator between values that it does not take.
pub(super) fn no_such_operator(
    operator: &str,
    left: Option<&str>,
    right: &str,
    span: Span,
) -> Diagnostic {
    let message = match left {
        Some(left) => {
            format!("`{operator}` does not take a value of type {left} and one of type {right}")
        }
        None => format!("`{operator}` does not take a value of type {right}"),
    };
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("compare values of one kind, or change the type of one: `CAST(value AS type)`")
}

/// Values that have no type in common.
pub(super) fn unlike(what: &str, left: &str, right: &str, span: Span) -> Diagnostic {
    let message = format!("{what} has values of type {left} and of type {right}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("give them one type: `CAST(value AS type)`")
}

/// A cast that the database does not have.
pub(super) fn no_such_cast(from: &str, to: &str, span: Span) -> Diagnostic {
    let message = format!("a value of type {from} cannot be cast to {to}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("cast it to a type between, as text, or compute the value by a function")
}

/// A parameter that is used as values of two types.
pub(super) fn parameter_of_two_types(
    parameter: &str,
    (first, first_at): (&str, Span),
    (second, second_at): (&str, Span),
) -> Diagnostic {
    let message = format!(
        "the parameter `{parameter}` is of type {first}, and is used with a value of type {second}"
    );
    Diagnostic::error("B0624", message)
        .at(second_at, format!("{second} here"))
        .at(first_at, format!("{first} here"))
        .help(format!(
            "use two parameters, or cast one use of it: `CAST(:{parameter} AS {second})`"
        ))
}

/// A value that its column does not take.
pub(super) fn unlike_column(column: &str, takes: &str, given: &str, span: Span) -> Diagnostic {
    let message =
        format!("the column `{column}` is of type {takes}, and the value of type {given}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help(format!(
            "write a value of that type, or `CAST(value AS {takes})`"
        ))
}

/// A condition that is none.
pub(super) fn no_condition(given: &str, span: Span) -> Diagnostic {
    let message = format!("a condition is expected, and this is of type {given}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("compare it with a value: `a = 1`, `a IS NOT NULL`")
}

/// `a = NULL`.
pub(super) fn compared_with_null(operator: &str, span: Span) -> Diagnostic {
    let message = format!("`{operator} NULL` is never true");
    let help = if matches!(operator, "<>" | "!=") {
        "write `IS NOT NULL`"
    } else {
        "write `IS NULL`"
    };
    Diagnostic::error("B0625", message).at(span, "").help(help)
}

/// A column outside of the groups.
pub(super) fn not_grouped(column: &str, is_whole: bool, span: Span) -> Diagnostic {
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
pub(super) fn aggregate_in(clause: &str, function: &str, span: Span) -> Diagnostic {
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
pub(super) fn window_in(clause: &str, function: &str, span: Span) -> Diagnostic {
    let message = format!(
        "the window function `{function}` stands in {clause}, which is computed before windows are"
    );
    Diagnostic::error("B0627", message)
        .at(span, "")
        .help("compute it in a query in `FROM`, and use its column")
}

/// A window function that has no window.
pub(super) fn without_window(function: &str, span: Span) -> Diagnostic {
    let message = format!("`{function}` is a window function and has no `OVER`");
    Diagnostic::error("B0627", message)
        .at(span, "")
        .help("write `OVER (ORDER BY …)` after it")
}

/// `FILTER` or `DISTINCT` of a function that is computed of one row.
pub(super) fn no_aggregate(word: &str, function: &str, span: Span) -> Diagnostic {
    let message = format!("`{word}` is of aggregates, and `{function}` is none");
    Diagnostic::error("B0627", message)
        .at(span, "")
        .help(format!("leave `{word}` out, or write a `CASE`"))
}

/// Words of one of MariaDB and MySQL, on an engine that is the other, or of which nothing says what it is.
pub(super) fn of_one_product(
    (what, of): (&str, Flavour),
    (engine, is): (&str, Option<Flavour>),
    span: Span,
) -> Diagnostic {
    let product = |flavour| match flavour {
        Flavour::Mariadb => "MariaDB",
        Flavour::Mysql => "MySQL",
    };
    let word = product(of).to_lowercase();
    let (message, help) = match is {
        Some(is) => (
            format!(
                "{what} is of {} alone, and engine `{engine}` is {}",
                product(of),
                product(is)
            ),
            format!(
                "let the query run on engines that are {}: `-- @engines name`, or write it in words of both",
                product(of)
            ),
        ),
        None => (
            format!(
                "{what} is of {} alone, and nothing says that engine `{engine}` is that",
                product(of)
            ),
            format!("write `flavour = \"{word}\"` for engine `{engine}` in bindery.toml"),
        ),
    };
    Diagnostic::error("B0632", message).at(span, "").help(help)
}

/// A query, an aggregate or a window function in an expression of a table.
pub(super) fn of_several_rows(part: &str, what: &str, span: Span) -> Diagnostic {
    let message = format!("{what} stands in {part}, which is computed from one row alone");
    Diagnostic::error("B0631", message)
        .at(span, "")
        .help("compute it in a view or a query; a trigger can refuse rows by others")
}

/// `DEFAULT NULL` of a column that is NOT NULL.
pub(super) fn null_default(column: &str, span: Span) -> Diagnostic {
    let message = format!("`{column}` is NOT NULL, and its default is NULL");
    Diagnostic::error("B0629", message)
        .at(span, "")
        .help("remove `DEFAULT NULL`, or `NOT NULL`")
}

/// A number of values that is not that of the columns.
pub(super) fn number_of_values(columns: usize, values: usize, span: Span) -> Diagnostic {
    let plural = |count: usize, word: &str| {
        if count == 1 {
            format!("1 {word}")
        } else {
            format!("{count} {word}s")
        }
    };
    let message = format!(
        "{} for {}",
        plural(values, "value"),
        plural(columns, "column")
    );
    Diagnostic::error("B0628", message)
        .at(span, "")
        .help("write one value for each column, in their order")
}

/// Queries of a set operator that give different numbers of columns.
pub(super) fn number_of_columns(
    operator: &str,
    left: usize,
    right: usize,
    span: Span,
) -> Diagnostic {
    let message = format!(
        "`{}` joins queries of {left} and of {right} columns",
        operator.to_uppercase()
    );
    Diagnostic::error("B0628", message)
        .at(span, "")
        .help("select the same number of columns in both, of the same types")
}

/// A subquery of several columns where one value is expected.
pub(super) fn several_columns(columns: usize, span: Span) -> Diagnostic {
    let message = format!("the query gives {columns} columns, and one is expected here");
    Diagnostic::error("B0628", message)
        .at(span, "")
        .help("select one column")
}

/// Several values in parentheses where one is expected.
pub(super) fn several_values(values: usize, span: Span) -> Diagnostic {
    let message = format!("{values} values stand in parentheses, and one is expected here");
    Diagnostic::error("B0628", message)
        .at(span, "")
        .help("write one value")
}

/// Reports an ORDER BY that does not begin with the values of DISTINCT ON.
pub(super) fn order_of_distinct_on(span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0626",
        "`DISTINCT ON` takes rows by other values than `ORDER BY` begins with",
    )
    .at(span, "")
    .help("let `ORDER BY` begin with the values of `DISTINCT ON`")
}

/// Two columns of one name that a query in FROM gives.
pub(super) fn two_of_one_name(column: &str, span: Span) -> Diagnostic {
    let message = format!("the query in `FROM` gives two columns `{column}`");
    Diagnostic::error("B0622", message)
        .at(span, "")
        .help(format!("give one of them another name: `AS {column}_2`"))
}

/// Two tables of one name that a query reads.
pub(super) fn table_twice(table: &str, span: Span) -> Diagnostic {
    let message = format!("two tables of the query are called `{table}`");
    Diagnostic::error("B0622", message)
        .at(span, "")
        .help(format!("give one of them another name: `AS {table}_2`"))
}

/// A number that stands for a column of the rows, which have fewer.
pub(super) fn no_such_place(number: &str, columns: usize, span: Span) -> Diagnostic {
    let message = format!("`{number}` stands for a column, and the query gives {columns}");
    Diagnostic::error("B0628", message)
        .at(span, "")
        .help("write a number from 1 to that, or the column's name")
}

/// Values of no order and no equality.
pub(super) fn not_comparable(type_name: &str, span: Span) -> Diagnostic {
    let message = format!("values of type {type_name} cannot be compared");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("cast it: `::jsonb`, `::text`")
}

/// A target of ON CONFLICT that no unique key is of.
pub(super) fn no_such_key(table: &str, span: Span) -> Diagnostic {
    let message =
        format!("no primary key and no unique constraint of `{table}` is of these columns");
    Diagnostic::error("B0628", message)
        .at(span, "")
        .help("name all columns of one, or leave the target out: `ON CONFLICT DO NOTHING`")
}

/// A text that is none of an enum's values.
pub(super) fn no_enum_value(value: &str, of: &str, known: &[&str], span: Span) -> Diagnostic {
    let message = format!("`{value}` is not a value of the enum `{of}`");
    let near = crate::name::suggest(value, known.iter().copied());
    let help = near.map_or_else(
        || format!("write one of: {}", known.join(", ")),
        |near| format!("did you mean '{near}'?"),
    );
    Diagnostic::error("B0624", message).at(span, "").help(help)
}

/// A column of a recursive query whose steps have another type than its base.
pub(super) fn recursive_type(column: &str, base: &str, step: &str, span: Span) -> Diagnostic {
    let message = format!(
        "the column `{column}` is {base} in the first part of the recursive query and {step} with the others"
    );
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help(format!("cast it in the first part: `::{step}`"))
}

/// A column that is written twice.
pub(super) fn column_twice(column: &Name) -> Diagnostic {
    let message = format!("`{}` is among the columns twice", column.text);
    Diagnostic::error("B0628", message)
        .at(column.span, "")
        .help("name each column once, and write one value for it")
}

/// Columns that have to be written and are not.
pub(super) fn left_out(table: &str, columns: &[String], span: Span) -> Diagnostic {
    let message = if let [column] = columns {
        format!("`{column}` of `{table}` is left out: it is NOT NULL and has no default")
    } else {
        format!(
            "{} of `{table}` are left out: they are NOT NULL and have no default",
            listed(columns)
        )
    };
    Diagnostic::error("B0629", message)
        .at(span, "")
        .help(format!("add {} with a value", listed(columns)))
}

/// A column that the database computes.
pub(super) fn computed_column(column: &Name) -> Diagnostic {
    let message = format!(
        "`{}` is computed by the database and cannot be written",
        column.text
    );
    Diagnostic::error("B0630", message)
        .at(column.span, "")
        .help("remove it from the columns that are written")
}

/// An identity that the database refuses.
pub(super) fn given_identity(column: &Name) -> Diagnostic {
    let message = format!("`{}` is always given by the database", column.text);
    Diagnostic::error("B0630", message)
        .at(column.span, "")
        .help("remove it from the columns, or write `OVERRIDING SYSTEM VALUE` before `VALUES`")
}

/// NULL for a column that has none.
pub(super) fn null_for(column: &str, span: Span) -> Diagnostic {
    let message = format!("`{column}` is NOT NULL, and NULL is written to it");
    Diagnostic::error("B0629", message)
        .at(span, "")
        .help("write a value, or `DEFAULT`")
}

/// A parameter whose type nothing gives; `written` as it stands in the text.
pub(super) fn parameter_without_type(parameter: &str, written: &str, span: Span) -> Diagnostic {
    let message = format!("the type of the parameter `{parameter}` is not known");
    let help = if parameter == "?" {
        "give it a name and write its type: `CAST(:name AS type)`".to_owned()
    } else {
        format!(
            "write its type: `CAST({written} AS type)`, or below the query's name `-- @param {parameter}: bigint`"
        )
    };
    Diagnostic::error("B0608", message).at(span, "").help(help)
}

/// A parameter that is a list at one place and a value at another.
pub(super) fn list_and_value(parameter: &str, list: Span, value: Span) -> Diagnostic {
    let message =
        format!("the parameter `{parameter}` is a list at one place and a value at another");
    Diagnostic::error("B0608", message)
        .at(value, "a value")
        .at(list, "a list")
        .help("give each place a parameter of its own")
}

/// A value whose type nothing gives.
pub(super) fn type_not_known(what: &str, span: Span) -> Diagnostic {
    let message = format!("the type of {what} is not known");
    Diagnostic::error("B0609", message)
        .at(span, "")
        .help("write it: `CAST(value AS type) AS name`")
}

/// A row as one value.
pub(super) fn whole_row(what: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0609",
        format!("{what} is a whole row, which no value of Rust is"),
    )
    .at(span, "")
    .help("write its columns, `name.*`, or make a document of it: `to_jsonb(name)`")
}

/// An array whose elements may be NULL.
pub(super) fn elements_of_null(what: &str, span: Span) -> Diagnostic {
    let message = format!("elements of {what} may be NULL, and a `Vec` has no place for them");
    let help = "leave them out, `array_agg(a) FILTER (WHERE a IS NOT NULL)`, or give each a value, `coalesce(a, '')`";
    Diagnostic::error("B0609", message).at(span, "").help(help)
}

/// A number of rows that is none.
pub(super) fn no_count(given: &str, span: Span) -> Diagnostic {
    let message = format!("a number of rows is expected, and this is of type {given}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("write an integer: `LIMIT 10`")
}

/// A text that a type does not take.
pub(super) fn no_value_of(type_name: &str, span: Span) -> Diagnostic {
    let message = format!("the text is not a value of type {type_name}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("write a value of the type that stands beside it, or cast that to text: `CAST(value AS text)`")
}

/// The right side of `ANY` that is no array.
pub(super) fn no_array(given: &str, span: Span) -> Diagnostic {
    let message = format!("an array or a query is expected, and this is of type {given}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("write `= value`, or an array: `= ANY (ARRAY[value])`")
}

/// Reports a value that rows of DISTINCT are ordered by and do not have.
pub(super) fn order_of_distinct(written: &str, span: Span) -> Diagnostic {
    let message = format!("`{written}` orders rows of `DISTINCT`, which do not have it");
    Diagnostic::error("B0626", message)
        .at(span, "")
        .help(format!("select it, too: `SELECT DISTINCT …, {written}`"))
}

/// An `INTERVAL` that moves no date.
pub(super) fn interval_alone(span: Span) -> Diagnostic {
    Diagnostic::error("B0624", "`INTERVAL` stands beside no date")
        .at(span, "")
        .help("add it to a date or take it from one: `added + INTERVAL 1 DAY`")
}

/// `HAVING` where nothing is grouped.
pub(super) fn having_alone(span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0626",
        "`HAVING` stands in a query that neither groups nor selects an aggregate",
    )
    .at(span, "")
    .help("write the condition in `WHERE`, or add `GROUP BY`")
}

/// The name of an aggregate within a value that rows are ordered by.
pub(super) fn name_of_aggregate(name: &Name) -> Diagnostic {
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

/// `DEFAULT` that is no whole value of a column.
pub(super) fn default_of_no_column(span: Span) -> Diagnostic {
    Diagnostic::error("B0624", "`DEFAULT` stands for no column here")
        .at(span, "")
        .help("write it as the whole value of a column: `VALUES (DEFAULT)`, `SET title = DEFAULT`")
}

/// A window that the query does not name.
pub(super) fn unknown_window(name: &Name, known: &[String]) -> Diagnostic {
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
pub(super) fn window_again(name: &Name, again: &str) -> Diagnostic {
    let message = format!(
        "the window that begins with `{}` has {again}, too",
        name.text
    );
    Diagnostic::error("B0628", message)
        .at(name.span, "")
        .help("write the whole window in its parentheses, without the name")
}

/// A frame whose unit needs values that rows are ordered by.
pub(super) fn order_of_frame(unit: &str, span: Span) -> Diagnostic {
    let message = format!("a frame of {unit} is in a window of another order");
    Diagnostic::error("B0628", message)
        .at(span, "")
        .help("order the window by one value, `ORDER BY day`, or count rows: `ROWS`")
}

/// A frame without rows: its bounds are out of order.
pub(super) fn frame_backward(span: Span) -> Diagnostic {
    Diagnostic::error("B0628", "the frame begins behind its end")
        .at(span, "")
        .help("write the earlier bound first: `ROWS BETWEEN 1 PRECEDING AND CURRENT ROW`")
}

/// A bound of a frame that differs from row to row.
pub(super) fn column_in_frame(span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0624",
        "a bound of a frame is the same for all rows, and this is a column",
    )
    .at(span, "")
    .help("write a number or a parameter")
}

/// `RANGE` over values that have no distances.
pub(super) fn no_distance(ordered: &str, span: Span) -> Diagnostic {
    let message = format!("`RANGE` measures no distance between values of type {ordered}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("count rows: `ROWS BETWEEN 1 PRECEDING AND CURRENT ROW`")
}

/// A bound of `RANGE` of a type that is no distance between the values of the order.
pub(super) fn unlike_distance(ordered: &str, given: &str, span: Span) -> Diagnostic {
    let message =
        format!("values of type {ordered} are at no distance of type {given} from each other");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("write a distance: a number between numbers, `interval '1 day'` between dates")
}

/// A lock of rows that are none of a table.
pub(super) fn lock_of(what: &str, span: Span) -> Diagnostic {
    let message = format!("`FOR UPDATE` locks rows of tables, and not {what}");
    Diagnostic::error("B0626", message)
        .at(span, "")
        .help("lock them in a query of their own, and read its rows: `FROM (SELECT … FOR UPDATE) AS locked`")
}

/// A query of WITH that reads itself where it may not.
pub(super) fn recursion(message: &str, span: Span, help: &str) -> Diagnostic {
    Diagnostic::error("B0628", message).at(span, "").help(help)
}

/// A word that is no part of a date or time.
pub(super) fn no_part(word: &str, near: Option<&str>, span: Span) -> Diagnostic {
    let message = format!("`{word}` is no part of a date or time");
    let help = near.map_or_else(
        || "write a part: `year`, `month`, `day`, `hour`".to_owned(),
        |near| format!("write `{near}`"),
    );
    Diagnostic::error("B0624", message).at(span, "").help(help)
}

/// A constant that a column refuses.
pub(super) fn not_taken(written: &str, column: &str, sql_type: &str, span: Span) -> Diagnostic {
    let message =
        format!("the column `{column}` is of type {sql_type} and does not take {written}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("write a value of the column's type, within its bounds")
}

/// Several columns that are set to what is no row.
pub(super) fn no_row(columns: usize, span: Span) -> Diagnostic {
    let help = if columns == 1 {
        "write the column without parentheses: `SET a = 1`"
    } else {
        "write a value for each column: `SET (a, b) = (1, 2)`, or a query in parentheses"
    };
    Diagnostic::error(
        "B0628",
        "columns in parentheses are set to a row, and this is one value",
    )
    .at(span, "")
    .help(help)
}

/// A view whose rows cannot be written.
pub(super) fn written_view(view: &str, why: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0630",
        format!("the view `{view}` cannot be written: {why}"),
    )
    .at(span, "")
    .help("write the tables that it reads, or create a trigger that does: `INSTEAD OF`")
}

/// An argument of `grouping` that the query does not group by.
pub(super) fn no_group(span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0626",
        "`grouping` is of values of `GROUP BY`, and this is none",
    )
    .at(span, "")
    .help("write a value of `GROUP BY` as it stands there")
}

/// `MATCH` of columns that no full-text index is of.
pub(super) fn no_full_text(table: &str, span: Span) -> Diagnostic {
    let message = format!("no `FULLTEXT` index of `{table}` is of exactly these columns");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("name all columns of one, or add it to the table: `FULLTEXT KEY (title, body)`")
}

/// `ESCAPE` of more than one character.
pub(super) fn several_characters(span: Span) -> Diagnostic {
    Diagnostic::error("B0624", "`ESCAPE` is one character")
        .at(span, "")
        .help("write one: `LIKE '10!%' ESCAPE '!'`")
}

/// A type in an annotation that is none.
pub(crate) fn no_type(written: &str, span: Span) -> Diagnostic {
    let message = format!("`{written}` is not a type of the database");
    Diagnostic::error("B0603", message)
        .at(span, "")
        .help("write a type as a column has it: `bigint`, `varchar(40)`")
}

/// An annotation that gives a column another type than it has, `(found, given)`.
pub(super) fn other_type(column: &Name, (found, given): (&str, &str), span: Span) -> Diagnostic {
    let name = &column.text;
    Diagnostic::error(
        "B0603",
        format!("the column `{name}` is {found}, and `@column` says {given}"),
    )
    .at(column.span, "")
    .at(span, found)
    .help(format!(
        "leave out the annotation, or cast the value: `CAST(value AS type) AS {name}`"
    ))
}

/// An annotation of a column that the rows do not have.
pub(super) fn annotated_nothing(column: &Name, known: &[String]) -> Diagnostic {
    let near = crate::name::suggest(&column.text, known.iter().map(String::as_str));
    let help = match near {
        Some(near) => format!("write `{near}`"),
        None => "remove the annotation, or give a column this name: `AS name`".to_owned(),
    };
    Diagnostic::error(
        "B0603",
        format!("the rows have no column `{}`", column.text),
    )
    .at(column.span, "")
    .help(help)
}

/// An annotation of a model that the rows do not have.
pub(super) fn embedded_nowhere(table: &Name) -> Diagnostic {
    let name = &table.text;
    Diagnostic::error(
        "B0610",
        format!("the rows do not have all columns of `{name}`"),
    )
    .at(table.span, "")
    .help(format!(
        "write `{name}.*` among the columns, or remove the annotation"
    ))
}

/// A model of columns that are none of a table, or not as the table has them.
pub(super) fn embedded_nothing(table: &Name) -> Diagnostic {
    let name = &table.text;
    let message = format!("the columns of `{name}` are not those of a row of a table");
    Diagnostic::error("B0610", message)
        .at(table.span, "")
        .help(format!("write the columns that are needed: `{name}.id`; a model is read from a table or a view with all its columns"))
}

/// A model in a query of several parts.
pub(super) fn embedded_in_set(table: &Name) -> Diagnostic {
    let name = &table.text;
    let message = format!("`{name}` is a row in one part of the query alone");
    Diagnostic::error("B0610", message)
        .at(table.span, "")
        .help(format!("write its columns in each part: `{name}.id`"))
}

/// Something that is not read so far.
pub(super) fn not_checked(what: &str, span: Span, help: &str) -> Diagnostic {
    let message = format!("{what} is not checked so far");
    Diagnostic::error("B0609", message).at(span, "").help(help)
}
