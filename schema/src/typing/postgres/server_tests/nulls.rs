//! Every function, operator and cast that is said to give NULL for NULL alone, called with samples that are not NULL.

use super::random::Random;
use super::*;
use crate::typing::postgres::nulls::{of_function, of_operator};

/// Values of each type, as the server reads them: usual ones and those at an edge (empty, zero, without an end).
const SAMPLES: &[(&str, &[&str])] = &[
    ("bit", &["1", "0"]),
    ("bool", &["true", "false"]),
    ("box", &["(1,1),(0,0)", "(0,0),(0,0)"]),
    ("bpchar", &["a", "", "12"]),
    ("bytea", &["abc", "", "\\x00"]),
    ("char", &["a", ""]),
    ("cidr", &["10.0.0.0/8", "::/0"]),
    ("circle", &["<(1,1),2>", "<(0,0),0>"]),
    ("date", &["2026-11-27", "infinity"]),
    ("float4", &["1.5", "0", "NaN"]),
    ("float8", &["0.5", "0", "2", "NaN", "-Infinity"]),
    ("inet", &["10.0.0.1/8", "::1"]),
    ("int2", &["2", "0", "-1"]),
    ("int4", &["2", "0", "-1", "1"]),
    ("int8", &["2", "0", "-1", "1"]),
    ("interval", &["1 day", "0", "-1 month"]),
    (
        "json",
        &["{\"a\": null}", "[1, null]", "null", "[]", "{}", "1"],
    ),
    (
        "jsonb",
        &["{\"a\": null}", "[1, null]", "null", "[]", "{}", "1"],
    ),
    ("jsonpath", &["$.a", "$[*]", "$ ? (@ > 1)"]),
    ("line", &["{1,2,3}", "{0,1,0}"]),
    ("lseg", &["(0,0),(1,1)", "(0,0),(0,0)"]),
    ("macaddr", &["08:00:2b:01:02:03"]),
    ("macaddr8", &["08:00:2b:ff:fe:01:02:03"]),
    ("money", &["1.50", "0"]),
    ("mood", &["sad", "glad"]),
    ("name", &["a", "", "mood"]),
    ("numeric", &["1.50", "0", "-2", "NaN"]),
    ("oid", &["0", "1259", "99999"]),
    ("path", &["[(0,0),(1,1)]", "((0,0),(1,1),(2,0))"]),
    ("pg_lsn", &["16/B374D848"]),
    ("point", &["(1,2)", "(0,0)"]),
    ("polygon", &["((0,0),(1,1),(2,0))"]),
    ("regclass", &["pg_class", "99999"]),
    ("regconfig", &["english"]),
    ("regtype", &["integer"]),
    (
        "text",
        &[
            "a", "", "12", "a b", "(", "UTC", "year", "day", "$.a", "hex",
        ],
    ),
    ("time", &["04:05:06", "24:00"]),
    ("timestamp", &["2026-11-27 01:02:03", "infinity"]),
    ("timestamptz", &["2026-11-27 01:02:03+02", "-infinity"]),
    ("timetz", &["04:05:06+02"]),
    ("tsquery", &["a & b", ""]),
    ("tsvector", &["a:1 b:2", ""]),
    ("uuid", &["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]),
    ("varbit", &["101", ""]),
    ("varchar", &["a", "", "12"]),
    ("xml", &["<a>1</a>", "b"]),
];

/// The values of a type as literals; of ranges and arrays also the empty one, and such with NULL within.
fn samples(pg_type: PgType) -> Vec<String> {
    let name = written(pg_type);
    let plain = |one: PgType| {
        let known = |(named, _): &&(&str, &[&str])| match *named {
            "mood" => one == MOOD,
            named => PgType::of_catalogue(named) == Some(one),
        };
        SAMPLES
            .iter()
            .find(known)
            .map_or(&[][..], |(_, values)| *values)
    };
    let texts: Vec<String> = if let Some(element) = pg_type.element() {
        let values = plain(element);
        let quoted: Vec<_> = values
            .iter()
            .take(2)
            .map(|one| format!("\"{}\"", one.replace('"', "\\\"")))
            .collect();
        match values {
            [] => Vec::new(),
            _ => [
                "{}".to_owned(),
                format!("{{{}}}", quoted.join(",")),
                "{NULL}".to_owned(),
            ]
            .into(),
        }
    } else if let Some(bound) = pg_type.bound() {
        let first = plain(bound).first().copied().unwrap_or_default();
        [
            "empty".to_owned(),
            "(,)".to_owned(),
            format!("[\"{first}\",\"{first}\"]"),
        ]
        .into()
    } else if pg_type.range().is_some() {
        ["{}", "{(,)}"].map(str::to_owned).into()
    } else if pg_type == PgType::RECORD {
        return [
            "(SELECT row FROM (SELECT 1) AS row)",
            "(SELECT row FROM (SELECT 1, NULL) AS row)",
        ]
        .map(str::to_owned)
        .into();
    } else {
        plain(pg_type).iter().map(|one| (*one).to_owned()).collect()
    };
    texts
        .iter()
        .map(|text| format!("'{}'::{name}", text.replace('\'', "''")))
        .collect()
}

/// Types for the polymorphic ones.
fn concrete(declared: PgType, element: &str) -> Option<PgType> {
    let one = PgType::of_catalogue(element).unwrap_or(MOOD);
    Some(match declared {
        PgType::ANY_RANGE | PgType::ANY_COMPATIBLE_RANGE => PgType::of_catalogue("int4range")?,
        PgType::ANY_MULTIRANGE | PgType::ANY_COMPATIBLE_MULTIRANGE => {
            PgType::of_catalogue("int4multirange")?
        }
        PgType::ANY_ARRAY | PgType::ANY_COMPATIBLE_ARRAY => one.array()?,
        PgType::ANY_ENUM => MOOD,
        declared if polymorphic::is_polymorphic(declared) || declared == PgType::ANY => one,
        other => other,
    })
}

/// Some lists of values for arguments of these types: the first of each, then others at random.
fn arguments(declared: &[PgType], rounds: usize, random: &mut Random) -> Vec<Vec<String>> {
    let mut lists = Vec::new();
    for round in 0..rounds {
        let element = ["int4", "text", "mood"][round % 3];
        let value = |declared: &PgType| {
            let values = samples(concrete(*declared, element)?);
            let at = random.below(values.len());
            values.into_iter().nth(at)
        };
        lists.extend(declared.iter().map(value).collect::<Option<Vec<_>>>());
    }
    lists
}

/// Functions that wait, or reach beyond the database.
fn is_quiet(name: &str) -> bool {
    let loud = [
        "pg_",
        "lo_",
        "lo",
        "binary_",
        "xml",
        "query_to",
        "cursor_to",
        "table_to",
        "schema_to",
        "database_to",
        "setval",
        "nextval",
        "set_config",
        "currtid2",
        "ts_stat",
        "ts_rewrite",
    ];
    !loud.iter().any(|start| name.starts_with(start)) || name.starts_with("lower")
}

/// A query that counts the NULLs among what a call gives.
fn counted(overload: &Overload, values: &[String]) -> Option<String> {
    let call = format!("pg_catalog.\"{}\"({})", overload.name, values.join(", "));
    let is_row = overload.result == PgType::RECORD;
    match overload.kind {
        FunctionKind::Scalar if is_row && overload.columns.is_empty() => None,
        FunctionKind::Scalar if is_row => {
            let columns: Vec<_> = overload
                .columns
                .iter()
                .map(|(name, _)| format!("\"{name}\""))
                .collect();
            Some(format!(
                "SELECT sum(num_nulls({})) FROM (SELECT * FROM {call} LIMIT 50) AS called",
                columns.join(", ")
            ))
        }
        FunctionKind::Scalar => Some(format!(
            "SELECT sum(num_nulls(value)) FROM (SELECT {call} AS value LIMIT 50) AS called"
        )),
        FunctionKind::Aggregate if values.is_empty() => Some(format!(
            "SELECT num_nulls(pg_catalog.\"{}\"(*))",
            overload.name
        )),
        FunctionKind::Aggregate => Some(format!(
            "SELECT num_nulls({call}) FROM generate_series(1, 1)"
        )),
        FunctionKind::Window => Some(format!(
            "SELECT sum(num_nulls(value)) FROM (SELECT {call} OVER () AS value FROM generate_series(1, 3)) AS called"
        )),
        FunctionKind::Ordered { .. } | FunctionKind::Hypothetical { .. } => None,
    }
}

fn functions(random: &mut Random) -> Vec<(String, String)> {
    let mut names: Vec<_> = catalog::function_names()
        .filter(|name| is_quiet(name))
        .collect();
    names.dedup();
    let mut calls = Vec::new();
    for overload in names.into_iter().flat_map(overloads) {
        let mut declared: Vec<_> = overload.arguments.iter().map(|it| it.arg_type).collect();
        if overload.is_variadic
            && let Some(last) = declared.last_mut()
        {
            *last = last.element().unwrap_or(*last);
        }
        let null = of_function(overload, declared.len());
        if null == Null::Maybe || declared.len() > 5 {
            continue;
        }
        for mut values in arguments(&declared, 30, random) {
            if null == Null::Never
                && overload.kind == FunctionKind::Scalar
                && let Some(first) = values.first_mut()
            {
                "NULL".clone_into(first);
            }
            calls.extend(counted(overload, &values).map(|sql| (overload.signature(), sql)));
        }
    }
    calls
}

fn operators(random: &mut Random) -> Vec<(String, String)> {
    let lines = include_str!("../operators.txt").lines().skip(1);
    let mut symbols: Vec<_> = lines.filter_map(|line| line.split(' ').next()).collect();
    symbols.dedup();
    let mut calls = Vec::new();
    for symbol in symbols {
        for row in catalog::operators(symbol) {
            if of_operator(symbol, row) == Null::Maybe {
                continue;
            }
            let declared: Vec<_> = row.left.into_iter().chain([row.right]).collect();
            for values in arguments(&declared, 20, random) {
                let (right, left) = values.split_last().expect("an operator has an operand");
                let sql = format!(
                    "SELECT num_nulls({} OPERATOR(pg_catalog.{symbol}) {right})",
                    left.join("")
                );
                calls.push((row.signature(symbol), sql));
            }
        }
    }
    calls
}

fn casts(random: &mut Random) -> Vec<(String, String)> {
    let lines = include_str!("../casts.txt").lines().skip(1);
    let types = |line: &str| {
        let mut words = line.split(' ').filter_map(PgType::of_catalogue);
        Some((words.next()?, words.next()?))
    };
    let mut calls = Vec::new();
    for (from, to) in lines.filter_map(types) {
        if cast_null(from, to) == Null::Maybe {
            continue;
        }
        for values in arguments(&[from], 6, random) {
            let name = to.name();
            let sql = format!("SELECT num_nulls(CAST({} AS {name}))", values.join(""));
            calls.push((format!("{} to {name}", from.name()), sql));
        }
    }
    calls
}

const RUN: &str = "
SET client_min_messages = error;
DO $$
DECLARE one record; nulls bigint;
BEGIN
  FOR one IN SELECT * FROM calls ORDER BY id LOOP
    BEGIN
      EXECUTE one.sql INTO nulls;
      INSERT INTO answers VALUES (one.id, nulls);
    EXCEPTION WHEN OTHERS THEN
      INSERT INTO answers VALUES (one.id, -1);
    END;
  END LOOP;
END $$;
SELECT coalesce(nulls, 0) FROM answers ORDER BY id;
";

#[test]
fn what_is_said_to_give_no_null_gives_none() {
    let Some(database) = database() else {
        return;
    };
    let mut random = Random(2);
    let mut calls = functions(&mut random);
    calls.extend(operators(&mut random));
    calls.extend(casts(&mut random));
    let lines = calls.iter().enumerate();
    let lines = lines.map(|(id, (_, sql))| format!("{id}\t{}", sql.replace('\\', "\\\\")));
    let script = format!(
        "CREATE TABLE calls (id integer, sql text);\nCREATE TABLE answers (id integer, nulls bigint);\n{}{RUN}",
        copy("calls", lines)
    );
    let answers = answer(&database, &script);
    let answers: Vec<i64> = answers
        .lines()
        .filter_map(|line| line.parse().ok())
        .collect();
    assert_eq!(answers.len(), calls.len(), "an answer for each call");
    let called = answers.iter().filter(|nulls| **nulls >= 0).count();
    assert!(
        called > calls.len() / 2,
        "{called} of {} are called",
        calls.len()
    );
    let found = calls.iter().zip(&answers).filter(|(_, nulls)| **nulls > 0);
    let found: Vec<_> = found
        .map(|((named, sql), _)| format!("{named}: {sql}"))
        .collect();
    assert!(
        found.is_empty(),
        "{} of {} give NULL:\n{}",
        found.len(),
        called,
        found.join("\n")
    );
}
