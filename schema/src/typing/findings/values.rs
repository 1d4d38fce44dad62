//! Mistakes in values and their types, in words.

use crate::ast::Name;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// An operator between values that it does not take.
pub(in crate::typing) fn no_such_operator(
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
pub(in crate::typing) fn unlike(what: &str, left: &str, right: &str, span: Span) -> Diagnostic {
    let message = format!("{what} has values of type {left} and of type {right}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("give them one type: `CAST(value AS type)`")
}

/// A cast that the database does not have.
pub(in crate::typing) fn no_such_cast(from: &str, to: &str, span: Span) -> Diagnostic {
    let message = format!("a value of type {from} cannot be cast to {to}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("cast it to a type between, as text, or compute the value by a function")
}

/// A parameter that is used as values of two types.
pub(in crate::typing) fn parameter_of_two_types(
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

/// A condition that is none.
pub(in crate::typing) fn no_condition(given: &str, span: Span) -> Diagnostic {
    let message = format!("a condition is expected, and this is of type {given}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("compare it with a value: `a = 1`, `a IS NOT NULL`")
}

/// `a = NULL`.
pub(in crate::typing) fn compared_with_null(operator: &str, span: Span) -> Diagnostic {
    let message = format!("`{operator} NULL` is never true");
    let help = if matches!(operator, "<>" | "!=") {
        "write `IS NOT NULL`"
    } else {
        "write `IS NULL`"
    };
    Diagnostic::error("B0625", message).at(span, "").help(help)
}

/// A negative number of rows.
pub(in crate::typing) fn negative_count(span: Span) -> Diagnostic {
    Diagnostic::error("B0624", "a number of rows is negative")
        .at(span, "")
        .help("write a number from 0 on; without `LIMIT` the query gives all rows")
}

/// A value that full-text search looks for and that differs from row to row.
pub(in crate::typing) fn column_in_search(span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0624",
        "`AGAINST` takes a text that is the same for all rows",
    )
    .at(span, "")
    .help("write a text or a parameter, or compare columns by `LIKE`")
}

/// `MATCH` of a column that no full-text table has.
pub(in crate::typing) fn no_search(span: Span) -> Diagnostic {
    Diagnostic::error("B0624", "`MATCH` finds rows of full-text tables alone")
        .at(span, "")
        .help("write `LIKE '%word%'`, or create a table `USING fts5`")
}

/// A text that is no path into a document.
pub(in crate::typing) fn no_path(span: Span) -> Diagnostic {
    Diagnostic::error("B0624", "the text is not a path into a document")
        .at(span, "")
        .help("write it from the root, with its brackets and quotes closed: `'$.name'`, `'$[0]'`")
}

/// A name in a document that is no text.
pub(in crate::typing) fn no_name_in_document(span: Span) -> Diagnostic {
    Diagnostic::error("B0624", "names in a document are texts")
        .at(span, "")
        .help("write the name in quotes: `json_object('name', value)`")
}

/// A search that the server does not read.
pub(in crate::typing) fn no_search_text(help: &str, span: Span) -> Diagnostic {
    Diagnostic::error("B0624", "the text is not a full-text search")
        .at(span, "")
        .help(help)
}

/// A configuration of the text search that the server does not have.
pub(in crate::typing) fn no_configuration(
    name: &str,
    near: Option<&str>,
    span: Span,
) -> Diagnostic {
    let help = match near {
        Some(near) => format!("write `'{near}'`"),
        None => "write one of the server, `'english'` or `'simple'`, or create it in the schema: `CREATE TEXT SEARCH CONFIGURATION`".to_owned(),
    };
    let message = format!("there is no configuration `{name}` of the text search");
    Diagnostic::error("B0624", message).at(span, "").help(help)
}

/// A sequence that the schema does not have.
pub(in crate::typing) fn no_sequence(name: &str, known: &[String], span: Span) -> Diagnostic {
    let help = super::near(name, known).unwrap_or_else(|| {
        format!("create it in the schema: `CREATE SEQUENCE {name}`, or write the name of one")
    });
    Diagnostic::error("B0624", format!("there is no sequence `{name}`"))
        .at(span, "")
        .help(help)
}

/// A text that is to be JSON and is not.
pub(in crate::typing) fn no_document(span: Span) -> Diagnostic {
    Diagnostic::error("B0624", "the text is not JSON")
        .at(span, "")
        .help("close its brackets and quotes, and write names in double quotes: `'{\"a\": [1]}'`")
}

/// A weight of words in a search that there is not.
pub(in crate::typing) fn no_weight(span: Span) -> Diagnostic {
    Diagnostic::error("B0624", "words in a search have the weight A, B, C or D")
        .at(span, "")
        .help("write one of these letters: `'A'`")
}

/// A time zone that the server does not have.
pub(in crate::typing) fn no_zone(zone: &str, near: Option<&str>, span: Span) -> Diagnostic {
    let help = match near {
        Some(near) => format!("write `'{near}'`"),
        None => "write a zone of the tz database: `'Europe/Berlin'`, `'UTC'`".to_owned(),
    };
    Diagnostic::error("B0624", format!("there is no time zone `{zone}`"))
        .at(span, "")
        .help(help)
}

/// A regular expression that the server does not read.
pub(in crate::typing) fn no_pattern(span: Span) -> Diagnostic {
    let message = "the text is not a regular expression: a parenthesis, a bracket or a quantifier stands alone";
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("close what is open, or put the character into brackets: `'[(]'`")
}

/// A range whose bounds are out of order.
pub(in crate::typing) fn range_backward(span: Span) -> Diagnostic {
    Diagnostic::error("B0624", "the range begins after its end")
        .at(span, "")
        .help("write the lower bound first")
}

/// The bounds of a range that are of no kind.
pub(in crate::typing) fn no_bounds(span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0624",
        "the text does not say which bounds are in the range",
    )
    .at(span, "")
    .help("write `'[)'`, `'[]'`, `'(]'` or `'()'`")
}

/// A database that the connection does not have.
pub(in crate::typing) fn no_database(database: &str, table: &Name) -> Diagnostic {
    let message = format!("there is no database `{database}`");
    Diagnostic::error("B0620", message)
        .at(table.span, "")
        .help(format!("write the table alone: `{}`", table.text))
}

/// A condition of a full join by which no rows are found.
pub(in crate::typing) fn full_join(span: Span) -> Diagnostic {
    let message =
        "`FULL JOIN` finds rows by values that are equal, and the condition compares none";
    Diagnostic::error("B0628", message)
        .at(span, "")
        .help("compare a column of each side by `=`, or write a `LEFT JOIN` and a `UNION ALL` of the other rows")
}

/// A chance that is none.
pub(in crate::typing) fn no_chance(function: &str, span: Span) -> Diagnostic {
    let message = format!("`{function}` takes a number from 0.0 to 1.0");
    let help = match function {
        "likelihood" => "write it as a number: `likelihood(a = 1, 0.1)`",
        _ => "write the part of all rows: `0.5` for the one in the middle",
    };
    Diagnostic::error("B0624", message).at(span, "").help(help)
}

/// Values of no order and no equality.
pub(in crate::typing) fn not_comparable(type_name: &str, span: Span) -> Diagnostic {
    let message = format!("values of type {type_name} cannot be compared");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("cast it: `::jsonb`, `::text`")
}

/// A text that is none of an enum's values.
pub(in crate::typing) fn no_enum_value(
    value: &str,
    of: &str,
    known: &[&str],
    span: Span,
) -> Diagnostic {
    let message = format!("`{value}` is not a value of the enum `{of}`");
    let near = crate::name::suggest(value, known.iter().copied());
    let help = near.map_or_else(
        || format!("write one of: {}", known.join(", ")),
        |near| format!("did you mean '{near}'?"),
    );
    Diagnostic::error("B0624", message).at(span, "").help(help)
}

/// A column of a recursive query whose steps have another type than its base.
pub(in crate::typing) fn recursive_type(
    column: &str,
    base: &str,
    step: &str,
    span: Span,
) -> Diagnostic {
    let message = format!(
        "the column `{column}` is {base} in the first part of the recursive query and {step} with the others"
    );
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help(format!("cast it in the first part: `::{step}`"))
}

/// A value whose type nothing gives.
pub(in crate::typing) fn type_not_known(what: &str, span: Span) -> Diagnostic {
    let message = format!("the type of {what} is not known");
    Diagnostic::error("B0609", message)
        .at(span, "")
        .help("write it: `CAST(value AS type) AS name`")
}

/// A row as one value.
pub(in crate::typing) fn whole_row(what: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0609",
        format!("{what} is a whole row, which no value of Rust is"),
    )
    .at(span, "")
    .help("write its columns, `name.*`, or make a document of it: `to_jsonb(name)`")
}

/// An array whose elements may be NULL.
pub(in crate::typing) fn elements_of_null(what: &str, span: Span) -> Diagnostic {
    let message = format!("elements of {what} may be NULL, and a `Vec` has no place for them");
    let help = "leave them out, `array_agg(a) FILTER (WHERE a IS NOT NULL)`, or give each a value, `coalesce(a, '')`";
    Diagnostic::error("B0609", message).at(span, "").help(help)
}

/// A number of rows that is none.
pub(in crate::typing) fn no_count(given: &str, span: Span) -> Diagnostic {
    let message = format!("a number of rows is expected, and this is of type {given}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("write an integer: `LIMIT 10`")
}

/// A text that a type does not take.
pub(in crate::typing) fn no_value_of(type_name: &str, span: Span) -> Diagnostic {
    let message = format!("the text is not a value of type {type_name}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("write a value of the type that stands beside it, or cast that to text: `CAST(value AS text)`")
}

/// The right side of `ANY` that is no array.
pub(in crate::typing) fn no_array(given: &str, span: Span) -> Diagnostic {
    let message = format!("an array or a query is expected, and this is of type {given}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("write `= value`, or an array: `= ANY (ARRAY[value])`")
}

/// An `INTERVAL` that moves no date.
pub(in crate::typing) fn interval_alone(span: Span) -> Diagnostic {
    Diagnostic::error("B0624", "`INTERVAL` stands beside no date")
        .at(span, "")
        .help("add it to a date or take it from one: `added + INTERVAL 1 DAY`")
}

/// A word that is no part of a date or time.
pub(in crate::typing) fn no_part(word: &str, near: Option<&str>, span: Span) -> Diagnostic {
    let message = format!("`{word}` is no part of a date or time");
    let help = near.map_or_else(
        || "write a part: `year`, `month`, `day`, `hour`".to_owned(),
        |near| format!("write `{near}`"),
    );
    Diagnostic::error("B0624", message).at(span, "").help(help)
}

/// `MATCH` of columns that no full-text index is of.
pub(in crate::typing) fn no_full_text(table: &str, span: Span) -> Diagnostic {
    let message = format!("no `FULLTEXT` index of `{table}` is of exactly these columns");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("name all columns of one, or add it to the table: `FULLTEXT KEY (title, body)`")
}

/// `ESCAPE` of more than one character.
pub(in crate::typing) fn several_characters(span: Span) -> Diagnostic {
    Diagnostic::error("B0624", "`ESCAPE` is one character")
        .at(span, "")
        .help("write one: `LIKE '10!%' ESCAPE '!'`")
}

/// A format of `encode` that PostgreSQL does not have.
pub(in crate::typing) fn no_encoding(written: &str, span: Span) -> Diagnostic {
    let message = format!("bytes are not encoded as `{written}`");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("write `'base64'`, `'hex'` or `'escape'`")
}

/// A value that is no query behind MySQL's `ANY` or `ALL`.
pub(in crate::typing) fn no_query(given: &str, span: Span) -> Diagnostic {
    let message = format!("a query is expected behind `ANY` or `ALL`, and this is of type {given}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("write `= value`, `IN (1, 2)`, or a query: `= ANY (SELECT …)`")
}

/// `COLLATE` of what is no text.
pub(in crate::typing) fn not_collated(given: &str, span: Span) -> Diagnostic {
    let message = format!("`COLLATE` is of texts, and this is of type {given}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("leave it out, or cast the value: `CAST(value AS text)`")
}

/// A collation or a character set that no database has.
pub(in crate::typing) fn no_collation(name: &Name) -> Diagnostic {
    let message = format!("`{}` is of no character set", name.text);
    Diagnostic::error("B0624", message)
        .at(name.span, "")
        .help("write one of the database: `utf8mb4`, `utf8mb4_general_ci`")
}

/// A collation of another character set than the text has.
pub(in crate::typing) fn collation_of_another_set(
    collation: &Name,
    set: &str,
    span: Span,
) -> Diagnostic {
    let message = format!(
        "the collation `{}` is of the character set {set}, and the text is not",
        collation.text
    );
    Diagnostic::error("B0624", message)
        .at(collation.span, "")
        .at(span, "")
        .help(format!(
            "write a collation of the text's own set, or convert it: `CONVERT(value USING {set})`"
        ))
}

/// A length of a type that is cast to and has none.
pub(in crate::typing) fn no_length(type_name: &str, span: Span) -> Diagnostic {
    let message = format!("a cast to `{type_name}` has no length");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help(format!("write `{type_name}` alone"))
}

/// A function of full-text tables that is called with something else.
pub(in crate::typing) fn no_search_table(function: &str, span: Span) -> Diagnostic {
    let message = format!("`{function}` takes the name of a full-text table that the query reads");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help(format!(
            "write the table's name first: `{function}(posts_fts)`"
        ))
}

/// A decimal of more digits than there are.
pub(in crate::typing) fn no_digits(span: Span) -> Diagnostic {
    let message = "a decimal has at most 65 digits, and no more than these behind the point";
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("write the number of all digits first: `DECIMAL(10,2)`")
}

/// The parameter `$0`.
pub(in crate::typing) fn parameter_zero(span: Span) -> Diagnostic {
    Diagnostic::error("B0624", "parameters are counted from 1")
        .at(span, "")
        .help("write `$1`, or a name: `:id`")
}

/// MySQL's `JSON_TABLE` without a name after it.
pub(in crate::typing) fn function_without_name(span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0620",
        "a function in `FROM` has no name, and MySQL needs one",
    )
    .at(span, "")
    .help("write a name after it: `JSON_TABLE (…) AS t`")
}
