//! Calls, operators, common types and casts at random, prepared on the server.

use std::fmt::Write;

use super::random::{Random, Types};
use super::*;

/// A statement with the answer that the server is to give.
struct Case {
    sql: String,
    expected: Expected,
}

#[derive(Debug, PartialEq, Eq)]
enum Expected {
    /// The types of the parameters, then of the result.
    Types(Vec<PgType>),
    /// One of these SQLSTATEs.
    Refused(&'static [&'static str]),
}

/// The text of arguments: `NULL::integer, $1`.
#[derive(Default)]
struct Text {
    parameters: usize,
    /// The places of the arguments that are parameters.
    places: Vec<usize>,
}

impl Text {
    fn argument(&mut self, place: usize, given: PgType, random: &mut Random) -> String {
        if given != PgType::UNKNOWN {
            return format!("NULL::{}", written(given));
        }
        if random.percent(20) {
            return "NULL".to_owned();
        }
        self.parameters += 1;
        self.places.push(place);
        format!("${}", self.parameters)
    }

    /// A statement of which the last parameter has the type of the expression.
    fn statement(&self, expression: &str) -> String {
        format!(
            "SELECT {expression} UNION ALL SELECT ${}",
            self.parameters + 1
        )
    }

    fn expected(&self, arguments: &[PgType], result: PgType) -> Expected {
        let mut types: Vec<_> = self.places.iter().map(|place| arguments[*place]).collect();
        if types.contains(&PgType::UNKNOWN) {
            return Expected::Refused(&["42P18"]);
        }
        types.push(result);
        Expected::Types(types)
    }
}

fn states(failure: &Failure) -> &'static [&'static str] {
    match failure {
        Failure::UnknownName(_) | Failure::NoneTakes(_) => &["42883"],
        Failure::Ambiguous(_) => &["42725"],
        // There is no type of arrays of arrays.
        Failure::Undetermined => &["42804", "42704"],
        Failure::Unlike => &["42804"],
    }
}

/// A call of a function like one of its overloads, with arguments of these types.
fn function(overload: &Overload, given: &[PgType], random: &mut Random) -> Option<Case> {
    let named = overload.arguments.iter().all(|it| !it.name.is_empty());
    let passed_by_name =
        match named && given.len() <= overload.arguments.len() && random.percent(15) {
            true => random.below(given.len() + 1),
            false => 0,
        };
    let positional = given.len() - passed_by_name;
    let names: Vec<&str> = (positional..given.len())
        .map(|at| overload.arguments[at].name.as_ref())
        .collect();
    let is_variadic = overload.is_variadic && !given.is_empty() && random.percent(15);
    let mut text = Text::default();
    let values = given.iter().enumerate();
    let values: Vec<_> = values
        .map(|(place, one)| text.argument(place, *one, random))
        .collect();
    let call = Call {
        arguments: given,
        names: &names,
        is_variadic: is_variadic && names.is_empty(),
        is_literal: values == ["NULL"],
    };
    let resolved = resolve_function(&overload.name, &call);
    if let Ok(function) = &resolved
        && std::mem::discriminant(&function.kind) != std::mem::discriminant(&overload.kind)
    {
        return None;
    }
    let mut arguments = Vec::new();
    for (place, value) in values.into_iter().enumerate() {
        let name = place.checked_sub(positional).map(|at| names[at]);
        let variadic = call.is_variadic && place + 1 == given.len();
        arguments.push(match name {
            Some(name) => format!("\"{name}\" => {value}"),
            None if variadic => format!("VARIADIC {value}"),
            None => value,
        });
    }
    let sql = text.statement(&called(overload, &arguments)?);
    let expected = match resolved {
        Ok(function) => text.expected(&function.arguments, function.result),
        Err(failure) => Expected::Refused(states(&failure)),
    };
    Some(Case { sql, expected })
}

/// The call in SQL; `None` where its kind has another form for such arguments.
fn called(overload: &Overload, arguments: &[String]) -> Option<String> {
    let name = format!("pg_catalog.\"{}\"", overload.name);
    let list = arguments.join(", ");
    Some(match overload.kind {
        FunctionKind::Aggregate if arguments.is_empty() => format!("{name}(*)"),
        FunctionKind::Scalar | FunctionKind::Aggregate => format!("{name}({list})"),
        FunctionKind::Window => format!("{name}({list}) OVER ()"),
        FunctionKind::Ordered { direct } if arguments.len() > direct => {
            let (direct, sorted) = arguments.split_at(direct);
            let (direct, sorted) = (direct.join(", "), sorted.join(", "));
            format!("{name}({direct}) WITHIN GROUP (ORDER BY {sorted})")
        }
        FunctionKind::Ordered { .. } | FunctionKind::Hypothetical { .. } => return None,
    })
}

/// The declared types of a call: some that have defaults are left out, of the last of VARIADIC there are several.
fn declared(overload: &Overload, random: &mut Random) -> Vec<PgType> {
    let mut types: Vec<_> = overload.arguments.iter().map(|it| it.arg_type).collect();
    let defaults = overload
        .arguments
        .iter()
        .filter(|it| it.has_default)
        .count();
    types.truncate(types.len() - random.below(defaults + 1));
    if overload.is_variadic
        && let Some(last) = types.pop()
    {
        let element = last.element().unwrap_or(last);
        let element = if last == PgType::ANY_ARRAY {
            PgType::ANY_ELEMENT
        } else {
            element
        };
        types.resize(types.len() + random.below(3), element);
    }
    types
}

fn functions(known: &Known, types: &Types, random: &mut Random) -> Vec<Case> {
    let names: Vec<_> = catalog::function_names()
        .filter(|name| known.has(name))
        .collect();
    let mut cases = Vec::new();
    for name in names {
        for overload in overloads(name) {
            let exact = types.exact(&declared(overload, random), random);
            cases.extend(function(overload, &exact, random));
            for _ in 0..3 {
                let near = types.near(&declared(overload, random), random);
                cases.extend(function(overload, &near, random));
            }
            let any = types.any(overload.arguments.len(), random);
            cases.extend(function(overload, &any, random));
        }
    }
    cases
}

fn operator(symbol: &str, left: Option<PgType>, right: PgType, random: &mut Random) -> Case {
    let mut text = Text::default();
    let mut expression = String::new();
    let operands: Vec<_> = left.into_iter().chain([right]).collect();
    for (place, one) in operands.iter().enumerate() {
        if place + 1 == operands.len() {
            let _ = write!(expression, " OPERATOR(pg_catalog.{symbol}) ");
        }
        expression.push_str(&text.argument(place, *one, random));
    }
    let sql = text.statement(&expression);
    let expected = match resolve_operator(symbol, left, right) {
        Ok(found) => {
            let operands: Vec<_> = found.left.into_iter().chain([found.right]).collect();
            text.expected(&operands, found.result)
        }
        Err(failure) => Expected::Refused(states(&failure)),
    };
    Case { sql, expected }
}

fn operators(known: &Known, types: &Types, random: &mut Random) -> Vec<Case> {
    let lines = include_str!("../operators.txt").lines().skip(1);
    let mut symbols: Vec<_> = lines.filter_map(|line| line.split(' ').next()).collect();
    symbols.dedup();
    let mut cases = Vec::new();
    for symbol in symbols.into_iter().filter(|symbol| known.has(symbol)) {
        for row in catalog::operators(symbol) {
            let declared: Vec<_> = row.left.into_iter().chain([row.right]).collect();
            for variant in 0..5 {
                let given = match variant {
                    0 => types.exact(&declared, random),
                    1 => types.any(declared.len(), random),
                    _ => types.near(&declared, random),
                };
                let (right, left) = given.split_last().expect("an operator has an operand");
                cases.push(operator(symbol, left.first().copied(), *right, random));
            }
        }
    }
    cases
}

fn common(types: &Types, random: &mut Random) -> Case {
    let count = 2 + random.below(3);
    let first = random.one_of(&types.usual);
    let mut given = types.near(&vec![first; count], random);
    if given.iter().all(|one| *one == PgType::UNKNOWN) {
        given[0] = first;
    }
    let mut text = Text::default();
    let values = given.iter().enumerate();
    let values: Vec<_> = values
        .map(|(at, one)| text.argument(at, *one, random))
        .collect();
    let expected = match common_type(&given) {
        Ok(common) => text.expected(&vec![common; count], common),
        Err(Unlike { left, right }) if left.category() == right.category() => {
            Expected::Refused(&["42846"])
        }
        Err(_) => Expected::Refused(&["42804"]),
    };
    let sql = text.statement(&format!("COALESCE({})", values.join(", ")));
    Case { sql, expected }
}

fn cast(types: &Types, random: &mut Random) -> [Case; 2] {
    // The last is a row, of which there are no columns.
    let (from, to) = (
        random.below(types.all.len()),
        random.below(types.all.len() - 1),
    );
    let (given, column) = (types.all[from], types.all[to]);
    let cast = |sql: String, context: Context, states: &'static [&'static str]| Case {
        sql,
        expected: match can_cast(given, column, context) {
            true => Expected::Types(Vec::new()),
            false => Expected::Refused(states),
        },
    };
    let (value, column) = (written(given), written(column));
    [
        cast(
            format!("SELECT CAST(NULL::{value} AS {column})"),
            Context::Explicit,
            &["42846"],
        ),
        cast(
            format!("INSERT INTO every (c{to}) VALUES (NULL::{value})"),
            Context::Assignment,
            &["42804"],
        ),
    ]
}

const PREPARE: &str = "
DO $$
DECLARE one record;
BEGIN
  FOR one IN SELECT * FROM calls ORDER BY id LOOP
    BEGIN
      EXECUTE 'PREPARE p AS ' || one.sql;
      INSERT INTO answers SELECT one.id, '', parameter_types::oid[]::text, '' FROM pg_prepared_statements WHERE name = 'p';
      EXECUTE 'DEALLOCATE p';
    EXCEPTION WHEN OTHERS THEN
      INSERT INTO answers VALUES (one.id, SQLSTATE, '', SQLERRM);
    END;
  END LOOP;
END $$;
SELECT 'mood'::regtype::oid || ' ' || 'mood[]'::regtype::oid;
SELECT concat_ws('|', state, types, message) FROM answers ORDER BY id;
";

fn script(cases: &[Case], types: &Types) -> String {
    let columns = types.all.iter().enumerate();
    let columns: Vec<_> = columns
        .filter(|(_, one)| **one != PgType::RECORD)
        .map(|(at, one)| format!("c{at} {}", written(*one)))
        .collect();
    let calls = cases.iter().enumerate();
    let calls = calls.map(|(id, case)| format!("{id}\t{}", case.sql));
    format!(
        "CREATE TABLE every ({});\nCREATE TABLE calls (id integer, sql text);\n\
         CREATE TABLE answers (id integer, state text, types text, message text);\n{}{PREPARE}",
        columns.join(", "),
        copy("calls", calls)
    )
}

/// Differences of the server from the expected answers, as a reader has them.
fn differences(cases: &[Case], answers: &str) -> Vec<String> {
    let mut lines = answers.lines();
    let moods = lines.next().unwrap_or_default().split(' ');
    let moods: Vec<u32> = moods.filter_map(|oid| oid.parse().ok()).collect();
    let oid = |one: &PgType| match *one {
        MOOD => moods[0].to_string(),
        MOODS => moods[1].to_string(),
        known => known.oid().unwrap_or_default().to_string(),
    };
    let lines: Vec<_> = lines.collect();
    assert_eq!(lines.len(), cases.len(), "an answer for each statement");
    let differs = |(case, line): (&Case, &&str)| {
        let is_same = match &case.expected {
            Expected::Refused(states) => states.iter().any(|state| line.starts_with(state)),
            Expected::Types(types) => {
                let oids: Vec<_> = types.iter().map(oid).collect();
                *line == format!("|{{{}}}|", oids.join(","))
            }
        };
        // Which types can be sorted is for the clause.
        let is_sorted = line.contains("could not identify an ordering operator");
        (!is_same && !is_sorted).then(|| {
            format!(
                "{}\n    server: {line}\n    here:   {:?}",
                case.sql, case.expected
            )
        })
    };
    cases.iter().zip(&lines).filter_map(differs).collect()
}

#[test]
fn calls_have_the_types_that_the_server_gives_them() {
    let Some(database) = database() else {
        return;
    };
    let known = Known::read(&database);
    let types = Types::read();
    let mut random = Random(1);
    let mut cases = functions(&known, &types, &mut random);
    cases.extend(operators(&known, &types, &mut random));
    for _ in 0..1_000 {
        cases.push(common(&types, &mut random));
        cases.extend(cast(&types, &mut random));
    }
    assert!(cases.len() > 8_000, "{} statements", cases.len());
    let refused = cases
        .iter()
        .filter(|case| matches!(case.expected, Expected::Refused(_)));
    let refused = refused.count();
    assert!(
        refused > 1_000 && refused < cases.len() / 2,
        "{refused} of {} are refused",
        cases.len()
    );
    let answers = answer(&database, &script(&cases, &types));
    let differences = differences(&cases, &answers);
    assert!(
        differences.is_empty(),
        "{} of {} differ:\n{}",
        differences.len(),
        cases.len(),
        differences.join("\n")
    );
}
