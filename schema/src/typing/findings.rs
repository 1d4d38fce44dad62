//! Mistakes in statements, in words.

mod values;
mod windows;
mod writes;

use crate::ast::Name;
use crate::diagnostic::Diagnostic;
use crate::lists::IntoVec as _;
use crate::name;
use crate::source::Span;
pub(super) use values::*;
pub(super) use windows::*;
pub(super) use writes::*;

/// `a`, `b` and 3 more.
fn listed(known: &[String]) -> String {
    const MOST: usize = 12;
    let shown: Vec<String> = (known.iter().take(MOST))
        .map(|name| format!("`{name}`"))
        .into_vec();
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
pub(super) fn unknown_table(wanted: &Name, schema: Option<&str>, known: &[String]) -> Diagnostic {
    if let Some(schema) = schema.filter(|_| known.contains(&wanted.text)) {
        let message = format!("the schema `{schema}` has no table `{}`", wanted.text);
        return Diagnostic::error("B0620", message)
            .at(wanted.span, "")
            .help(format!("write `{}` without it", wanted.text));
    }
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
    let shown: Vec<String> = takes
        .iter()
        .take(4)
        .map(|one| format!("`{one}`"))
        .into_vec();
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

/// Two queries of WITH that have one name.
pub(super) fn common_twice(name: &Name) -> Diagnostic {
    let message = format!("two queries of `WITH` are called `{}`", name.text);
    Diagnostic::error("B0622", message)
        .at(name.span, "")
        .help(format!("give one of them another name: `{}_2`", name.text))
}

/// `LIMIT` in a query that a value is compared with.
pub(super) fn limit_within(span: Span) -> Diagnostic {
    Diagnostic::error("B0628", "`LIMIT` stands in a query of `IN`, `ANY` or `ALL`")
        .at(span, "")
        .help("put the query into `FROM` of another: `IN (SELECT id FROM (SELECT … LIMIT 3) AS first)`")
}

/// An index that the table does not have.
pub(super) fn unknown_index(wanted: &Name, known: &[String]) -> Diagnostic {
    let message = format!("the table has no index `{}`", wanted.text);
    let help = near(&wanted.text, known).unwrap_or_else(|| {
        if known.is_empty() {
            "leave `INDEXED BY` out, or create the index in the schema".to_owned()
        } else {
            format!("its indexes are {}", listed(known))
        }
    });
    Diagnostic::error("B0620", message)
        .at(wanted.span, "")
        .help(help)
}

/// Words of one of MariaDB and MySQL, on an engine that is the other, or of which nothing says what it is.
pub(super) fn of_one_product(
    (what, of): (&str, &str),
    (engine, is): (&str, Option<&str>),
    span: Span,
) -> Diagnostic {
    let word = of.to_lowercase();
    let (message, help) = match is {
        Some(is) => (
            format!("{what} is of {of} alone, and engine `{engine}` is {is}"),
            format!(
                "let the query run on engines that are {of}: `-- @engines name`, or write it in words of both"
            ),
        ),
        None => (
            format!("{what} is of {of} alone, and nothing says that engine `{engine}` is that"),
            format!("write `flavour = \"{word}\"` for engine `{engine}` in bindery.toml"),
        ),
    };
    Diagnostic::error("B0632", message).at(span, "").help(help)
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

/// A query of WITH that reads itself where it may not.
pub(super) fn recursion(message: &str, span: Span, help: &str) -> Diagnostic {
    Diagnostic::error("B0628", message).at(span, "").help(help)
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
