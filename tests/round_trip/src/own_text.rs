//! Values of types that bindery reads and writes as their own text, spelled as the database itself spells them.

use bindery::Dialect;

use crate::value::Value;

/// Some values of a type by its name; plain words for one that is not known here.
pub(crate) fn forms(sql_type: &str, dialect: Dialect) -> Vec<Value> {
    let (name, arguments) = split(sql_type);
    let texts = match dialect {
        Dialect::Postgres if sql_type.ends_with("[]") => {
            let elements = postgres(&name, arguments);
            let array = |text: &String| {
                format!(
                    "{{\"{}\"}}",
                    text.replace('\\', "\\\\").replace('"', "\\\"")
                )
            };
            std::iter::once("{}".to_owned())
                .chain(elements.iter().map(array))
                .collect()
        }
        Dialect::Postgres => postgres(&name, arguments),
        Dialect::Mysql => owned(&[
            "POINT(1 2)",
            "LINESTRING(0 0,1 1)",
            "POLYGON((0 0,1 0,1 1,0 0))",
            "a",
        ]),
        Dialect::Sqlite => owned(&["a", "'\"\\ä漢😀", ""]),
    };
    texts.into_iter().map(Value::Text).collect()
}

/// Name and first argument: `vector(3)`, `public.ltree`.
fn split(sql_type: &str) -> (String, Option<usize>) {
    let spelled = sql_type.trim_end_matches("[]");
    let (name, rest) = spelled.split_once('(').unwrap_or((spelled, ""));
    let argument = rest
        .split([',', ')'])
        .next()
        .and_then(|number| number.trim().parse().ok());
    let after = rest.split_once(')').map_or("", |(_, after)| after);
    let name = name.rsplit('.').next().unwrap_or(name).trim();
    (format!("{name}{after}").to_lowercase(), argument)
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn postgres(name: &str, argument: Option<usize>) -> Vec<String> {
    let texts: &[&str] = match name {
        "inet" => &["255.255.255.255", "::1", "10.0.0.0/8"],
        "cidr" => &["10.0.0.0/8", "::/0"],
        "macaddr" => &["08:00:2b:01:02:03"],
        "macaddr8" => &["08:00:2b:01:02:03:04:05"],
        "tsvector" => &["'a':1 'b':2", ""],
        "tsquery" => &["'a' & 'b'"],
        "point" => &["(1.5,-2.5)"],
        "line" => &["{1,2,3}"],
        "lseg" => &["[(0,0),(1,1)]"],
        "box" => &["(1,1),(0,0)"],
        "path" => &["((0,0),(1,1))"],
        "polygon" => &["((0,0),(1,1),(1,0))"],
        "circle" => &["<(0,0),1>"],
        "geometry" | "geography" => &[POINT, POLYGON],
        "cube" => &["(1, 2, 3)", "(0)"],
        "ltree" => &["a.b.c"],
        "hstore" => &["\"a\"=>\"1\"", ""],
        "int4range" | "int8range" => &["[1,10)", "empty", "(,)"],
        "numrange" => &["[1.5,2.5]", "empty"],
        "daterange" => &["[2020-01-01,2021-01-01)", "empty"],
        "tsrange" => &["[\"2020-01-01 00:00:00\",\"2021-01-01 00:00:00\")", "empty"],
        "tstzrange" => &[
            "[\"2020-01-01 00:00:00+00\",\"2021-01-01 00:00:00+00\")",
            "empty",
        ],
        "money" => &["$1.00"],
        "xml" => &["<a/>"],
        "oid" | "xid" | "cid" => &["1"],
        "pg_lsn" => &["0/1"],
        "time with time zone" | "timetz" => &["12:30:15+00", "23:59:59.999999-12"],
        "jsonpath" => &["$.\"a\""],
        "bit" => {
            return vec![
                "1".repeat(argument.unwrap_or(1)),
                "0".repeat(argument.unwrap_or(1)),
            ];
        }
        "bit varying" | "varbit" => &["101", ""],
        "vector" => return vec![format!("[{}]", vec!["1"; argument.unwrap_or(3)].join(","))],
        _ => return unknown(),
    };
    owned(texts)
}

/// Words, numbers, and what a range or a composite type of the schema's own may take: it has as many fields as it has.
fn unknown() -> Vec<String> {
    let words = ["a", "1", "b", "'\"\\ä漢😀", "", "empty", "[1,2)", "(,)"];
    let composites = (1..=FIELDS).flat_map(|fields| {
        let of = |field: &str| format!("({})", vec![field; fields].join(","));
        [of(""), of("1"), of("\"a \"\"b\"\" \\\\ 漢\"")]
    });
    owned(&words).into_iter().chain(composites).collect()
}

/// Composite types with more are not tried.
const FIELDS: usize = 8;

/// `POINT(1 2)` of the surface of the earth (4326), as PostGIS writes it out.
const POINT: &str = "0101000020E6100000000000000000F03F0000000000000040";

/// `POLYGON((0 0,1 0,1 1,0 0))` likewise.
const POLYGON: &str = "0103000020E6100000010000000400000000000000000000000000000000000000000000000000F03F000000000000000000\
    0000000000F03F000000000000F03F00000000000000000000000000000000";

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(sql_type: &str) -> Vec<String> {
        let as_text = |value: Value| match value {
            Value::Text(text) => text,
            other => panic!("{other:?}"),
        };
        forms(sql_type, Dialect::Postgres)
            .into_iter()
            .map(as_text)
            .collect()
    }

    #[test]
    fn names_have_arguments_schemas_and_elements() {
        assert_eq!(texts("bit(3)"), ["111", "000"]);
        assert_eq!(texts("public.vector(2)"), ["[1,1]"]);
        assert_eq!(texts("time(3) with time zone"), texts("timetz"));
        assert_eq!(texts("tsvector[]"), ["{}", "{\"'a':1 'b':2\"}", "{\"\"}"]);
        for text in ["a", "(,)", "(1,1,1)", "[1,2)"] {
            assert!(texts("something new").contains(&text.to_owned()), "{text}");
        }
    }
}
