//! The rules of the manual's chapter 10 by its own examples and those of `server_tests` that are worth a name.

use super::*;
use crate::column_type::ColumnType;
use crate::model::EnumId;

fn named(name: &str) -> PgType {
    PgType::named(name).unwrap_or_else(|| panic!("a type `{name}`"))
}

fn call(name: &str, arguments: &[&str]) -> Result<Function, Failure> {
    let arguments: Vec<_> = arguments.iter().map(|name| named(name)).collect();
    let call = Call {
        arguments: &arguments,
        ..Call::default()
    };
    resolve_function(name, &call)
}

/// As `f(integer, text) → text`.
fn shown(name: &str, arguments: &[&str]) -> String {
    match call(name, arguments) {
        Ok(function) => {
            let taken: Vec<_> = function.arguments.iter().map(|one| one.name()).collect();
            format!("{} -> {}", taken.join(", "), function.result.name())
        }
        Err(failure) => word(&failure).to_owned(),
    }
}

fn word(failure: &Failure) -> &'static str {
    match failure {
        Failure::UnknownName(_) => "unknown name",
        Failure::NoneTakes(_) => "none takes them",
        Failure::Ambiguous(_) => "ambiguous",
        Failure::Undetermined => "undetermined",
        Failure::Unlike => "unlike",
    }
}

fn operator(left: &str, symbol: &str, right: &str) -> String {
    match resolve_operator(symbol, Some(named(left)), named(right)) {
        Ok(operator) => {
            let left = operator.left.map_or(String::new(), PgType::name);
            let (right, result) = (operator.right.name(), operator.result.name());
            format!("{left} {symbol} {right} -> {result}")
        }
        Err(failure) => word(&failure).to_owned(),
    }
}

#[test]
fn types_have_the_names_of_sql_and_of_the_catalogue() {
    for (name, oid) in [
        ("int", 23),
        ("integer", 23),
        ("int4", 23),
        ("numeric(12,2)", 1700),
        ("decimal", 1700),
        ("character varying(40)", 1043),
        ("varchar", 1043),
        ("char", 1042),
        ("\"char\"", 18),
        ("timestamp(3) with time zone", 1184),
        ("timestamp without time zone", 1114),
        ("timestamp(3)", 1114),
        ("interval day to second", 1186),
        ("double precision", 701),
        ("integer[]", 1007),
        ("numeric(5,2)[][3]", 1231),
        ("bit(8)", 1560),
        ("int4range", 3904),
    ] {
        assert_eq!(named(name).oid(), Some(oid), "{name}");
        assert_eq!(named(&named(name).name()), named(name), "{name}");
    }
    assert_eq!(PgType::named("email"), None);
    assert_eq!(
        named("tsmultirange").range().map(PgType::name).as_deref(),
        Some("tsrange")
    );
    assert_eq!(named("tsrange").bound(), Some(PgType::TIMESTAMP));
    assert_eq!(named("tsrange").multirange(), Some(named("tsmultirange")));
}

#[test]
fn every_line_of_the_catalogue_is_read() {
    let firsts = |text: &'static str, end: char| {
        let lines = text.lines().skip(1);
        let mut firsts: Vec<_> = lines.filter_map(|line| line.split(end).next()).collect();
        let lines = firsts.len();
        firsts.dedup();
        (firsts, lines)
    };
    let (names, lines) = firsts(include_str!("functions.txt"), '|');
    assert_eq!(
        names
            .iter()
            .map(|name| overloads(name).len())
            .sum::<usize>(),
        lines
    );
    let (symbols, lines) = firsts(include_str!("operators.txt"), ' ');
    let operators = symbols
        .iter()
        .map(|symbol| catalog::operators(symbol).len());
    assert_eq!(operators.sum::<usize>(), lines);
}

#[test]
fn untyped_operands_have_the_type_that_the_server_infers() {
    for (left, symbol, right, expected) in [
        ("numeric", "=", "unknown", "numeric = numeric -> boolean"),
        ("varchar", "=", "unknown", "text = text -> boolean"),
        ("unknown", "*", "integer", "integer * integer -> integer"),
        (
            "unknown",
            "*",
            "interval",
            "double precision * interval -> interval",
        ),
        ("date", "-", "unknown", "date - date -> integer"),
        (
            "timestamp with time zone",
            "-",
            "unknown",
            "timestamp with time zone - timestamp with time zone -> interval",
        ),
        ("jsonb", "->", "unknown", "jsonb -> text -> jsonb"),
        (
            "integer[]",
            "@>",
            "unknown",
            "integer[] @> integer[] -> boolean",
        ),
        (
            "integer[]",
            "||",
            "unknown",
            "integer[] || integer[] -> integer[]",
        ),
        ("unknown", "||", "unknown", "text || text -> text"),
        ("integer", "+", "bigint", "integer + bigint -> bigint"),
        ("smallint", "+", "numeric", "numeric + numeric -> numeric"),
        ("integer", "||", "text", "integer || text -> text"),
        ("integer", "=", "text", "none takes them"),
        ("integer", "|/", "integer", "none takes them"),
        ("integer", "<=>", "integer", "unknown name"),
        ("unknown", "+", "unknown", "ambiguous"),
    ] {
        assert_eq!(operator(left, symbol, right), expected);
    }
    let factorial = resolve_operator("@", None, PgType::UNKNOWN).map(|it| it.right);
    assert_eq!(factorial, Ok(PgType::FLOAT8));
}

#[test]
fn calls_mean_the_function_that_the_server_calls() {
    for (name, arguments, expected) in [
        (
            "round",
            &["integer", "integer"][..],
            "numeric, integer -> numeric",
        ),
        ("abs", &["unknown"], "double precision -> double precision"),
        ("length", &["unknown"], "text -> integer"),
        (
            "substring",
            &["text", "unknown", "unknown"],
            "text, text, text -> text",
        ),
        (
            "lag",
            &["integer", "unknown", "unknown"],
            "integer, integer, integer -> integer",
        ),
        (
            "concat",
            &["integer", "unknown"],
            "integer, unknown -> text",
        ),
        ("greatest", &["integer"], "unknown name"),
        ("lower", &["integer"], "none takes them"),
        ("array_agg", &["unknown"], "ambiguous"),
        ("array_to_json", &["unknown"], "undetermined"),
        (
            "array_append",
            &["integer[]", "bigint"],
            "bigint[], bigint -> bigint[]",
        ),
        (
            "array_position",
            &["text[]", "unknown"],
            "text[], text -> integer",
        ),
        (
            "percentile_cont",
            &["unknown", "integer"],
            "double precision, double precision -> double precision",
        ),
        ("date", &["unknown"], "timestamp with time zone -> date"),
        ("text", &["integer"], "text -> text"),
        ("sum", &["integer"], "integer -> bigint"),
        (
            "jsonb_set",
            &["jsonb", "unknown", "jsonb"],
            "jsonb, text[], jsonb -> jsonb",
        ),
        (
            "generate_series",
            &["integer", "bigint"],
            "bigint, bigint -> bigint",
        ),
        ("unnest", &["text[]"], "text[] -> text"),
        ("max", &["uuid"], "none takes them"),
    ] {
        assert_eq!(shown(name, arguments), expected, "{name}{arguments:?}");
    }
    let near = call("lenght", &["text"]).map_err(|failure| format!("{failure:?}"));
    assert_eq!(near, Err("UnknownName(Some(\"length\"))".to_owned()));
}

#[test]
fn arguments_may_have_names_and_defaults() {
    let arguments = [PgType::UNKNOWN, PgType::UNKNOWN];
    let call = Call {
        arguments: &arguments,
        names: &["days", "secs"],
        ..Call::default()
    };
    let function = resolve_function("make_interval", &call).map(|it| it.arguments);
    assert_eq!(function, Ok(vec![PgType::INT4, PgType::FLOAT8]));
    let call = Call {
        names: &["days", "days"],
        ..call
    };
    assert!(resolve_function("make_interval", &call).is_err());
}

#[test]
fn columns_of_functions_in_a_from_are_known() {
    let columns = |name: &str, arguments: &[&str]| {
        let function = call(name, arguments).unwrap_or_else(|failure| panic!("{failure:?}"));
        let columns = function.columns.iter();
        let columns: Vec<_> = columns
            .map(|(name, one)| format!("{name} {}", one.name()))
            .collect();
        columns.join(", ")
    };
    assert_eq!(columns("jsonb_each", &["jsonb"]), "key text, value jsonb");
    assert_eq!(columns("json_array_elements", &["json"]), "value json");
    assert_eq!(columns("unnest", &["text[]"]), "");
}

#[test]
fn several_values_have_one_type() {
    for (types, expected) in [
        (&["unknown", "unknown"][..], Some("text")),
        (&["integer", "unknown"], Some("integer")),
        (&["integer", "numeric"], Some("numeric")),
        (&["varchar", "text"], Some("character varying")),
        (&["double precision", "numeric"], Some("double precision")),
        (
            &["date", "timestamp", "timestamptz"],
            Some("timestamp with time zone"),
        ),
        (&["integer", "text"], None),
        (&["integer[]", "bigint[]"], Some("bigint[]")),
    ] {
        let types: Vec<_> = types.iter().map(|name| named(name)).collect();
        let common = common_type(&types).ok().map(PgType::name);
        assert_eq!(common.as_deref(), expected);
    }
}

#[test]
fn casts_have_contexts() {
    use Context::{Assignment, Explicit, Implicit};
    for (from, to, least) in [
        ("integer", "bigint", Some(Implicit)),
        ("bigint", "integer", Some(Assignment)),
        ("integer", "text", Some(Assignment)),
        ("text", "integer", Some(Explicit)),
        ("unknown", "date", Some(Implicit)),
        ("boolean", "date", None),
        ("integer[]", "numeric[]", Some(Implicit)),
        ("text[]", "integer[]", Some(Explicit)),
    ] {
        let allowed = |context: &Context| can_cast(named(from), named(to), *context);
        let found = [Implicit, Assignment, Explicit].into_iter().find(allowed);
        assert_eq!(found, least, "{from} to {to}");
    }
}

#[test]
fn enums_of_the_schema_are_types_like_others() {
    let (one, other) = (PgType::Enum(EnumId(0)), PgType::Enum(EnumId(1)));
    let equal =
        |left, right| resolve_operator("=", Some(left), right).map(|it| (it.left, it.right));
    assert_eq!(equal(one, PgType::UNKNOWN), Ok((Some(one), one)));
    assert!(equal(one, other).is_err() && equal(one, PgType::TEXT).is_err());
    assert!(can_cast(one, PgType::TEXT, Context::Assignment));
    assert!(!can_cast(PgType::TEXT, one, Context::Assignment));
    let arguments = [one];
    let call = Call {
        arguments: &arguments,
        ..Call::default()
    };
    let result = resolve_function("array_agg", &call).map(|it| it.result);
    assert_eq!(result, Ok(PgType::EnumArray(EnumId(0))));
}

#[test]
fn types_of_columns_go_there_and_back() {
    let mut names = 0;
    for line in include_str!("types.txt")
        .lines()
        .filter(|line| !line.starts_with("# "))
    {
        let name = line.split(' ').nth(2).unwrap_or_default();
        let pg_type = PgType::of_catalogue(name).unwrap_or_else(|| panic!("`{name}`"));
        for one in [Some(pg_type), pg_type.array()].into_iter().flatten() {
            if let Some((column, written, is_as_text)) = one.to_column() {
                assert_eq!(
                    PgType::from_column(&column, &written, is_as_text),
                    Some(one)
                );
                names += 1;
            }
        }
    }
    assert!(names > 100, "{names}");
    let domain = PgType::from_column(&ColumnType::I32, "app.stars", false);
    assert_eq!(domain, Some(PgType::INT4));
    let vector = PgType::from_column(&ColumnType::VarChar(None), "vector(3)", true);
    assert_eq!(vector, None);
}

#[test]
fn null_comes_from_arguments_unless_it_is_said() {
    let null = |name: &str, arguments: &[&str]| call(name, arguments).map(|it| it.null);
    assert_eq!(null("lower", &["text"]), Ok(Null::Argument));
    assert_eq!(null("concat", &["text"]), Ok(Null::Never));
    assert_eq!(null("count", &["text"]), Ok(Null::Never));
    assert_eq!(null("sum", &["integer"]), Ok(Null::NoRows));
    assert_eq!(null("stddev", &["integer"]), Ok(Null::Maybe));
    assert_eq!(
        null("array_length", &["integer[]", "integer"]),
        Ok(Null::Maybe)
    );
    assert_eq!(null("lag", &["integer"]), Ok(Null::Maybe));
    assert_eq!(
        null("lag", &["integer", "integer", "integer"]),
        Ok(Null::Argument)
    );
    let arrow = resolve_operator("->", Some(PgType::JSONB), PgType::TEXT).map(|it| it.null);
    assert_eq!(arrow, Ok(Null::Maybe));
}

#[test]
fn what_is_listed_for_null_is_in_the_catalogue() {
    let listed = nulls::STRICT_BUT_NULL.iter().map(|(name, _)| *name);
    let lists = [nulls::NEVER, nulls::COUNTS, nulls::OF_ROWS].concat();
    for entry in listed.chain(lists) {
        let name = entry.split('(').next().unwrap_or_default();
        let of_name = overloads(name);
        let is_there = |it: &Overload| entry == name || it.signature() == entry;
        assert!(of_name.iter().any(is_there), "{entry}");
    }
    for (entry, _) in nulls::OPERATORS_BUT_NULL {
        let symbol = entry.split(' ').nth(1).unwrap_or(entry);
        let rows = catalog::operators(symbol);
        let is_there =
            |row: &catalog::OperatorRow| *entry == symbol || row.signature(symbol) == *entry;
        assert!(rows.iter().any(is_there), "{entry}");
    }
}
