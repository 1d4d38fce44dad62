//! MariaDB has no catalogue of what its functions take and give: each is called with columns of every class, and the rule that
//! all the answers follow is written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use bindery_testkit::FreshDatabase;

use crate::Failure;

/// The classes of columns, in the order of the tables.
const CLASSES: [&str; 12] = [
    "int",
    "uint",
    "decimal",
    "double",
    "text",
    "bytes",
    "date",
    "time",
    "datetime",
    "timestamp",
    "year",
    "enum",
];
const TEXT: usize = 4;
const BYTES: usize = 5;

/// More arguments are not measured: a function that takes these takes more.
const MOST: usize = 7;

/// Functions that the server's own list lacks.
const UNLISTED: &str = "avg char date day hour if insert left minute month now repeat replace right second time timestamp truncate \
    user utc_date utc_time utc_timestamp localtime localtimestamp current_date current_time current_timestamp current_user year";

/// Functions that wait, lock, read files, or are of replication or of another mode; `REPEAT` loops for hours over an empty text.
const PASSED_OVER: &str = "benchmark binlog_gtid_pos default get_lock is_free_lock is_used_lock load_file name_const \
    release_all_locks release_lock repeat sleep values";

const AGGREGATES: &str = "avg bit_and bit_or bit_xor count group_concat json_arrayagg json_objectagg max min std stddev stddev_pop \
    stddev_samp sum var_pop var_samp variance";

const WINDOWS: &str = "cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number";

/// Functions that give NULL for reasons that no argument shows: no database, a frame without a row.
const MAYBE: [&str; 4] = ["database", "first_value", "last_value", "schema"];

/// A call with the classes of its arguments.
struct Call {
    name: String,
    classes: Vec<usize>,
    /// The arguments that are NULL.
    nulls: Vec<usize>,
    /// The number of tables that are joined; 0: one without a row, -1: one with a row.
    rows: i32,
}

/// The class of the result, and whether some was NULL where that is known; `None` where the call is refused.
type Answer = Option<(String, Option<bool>)>;

/// Returns the texts of `functions.txt` and `merges.txt`, without heads.
pub(super) fn tables(database: &FreshDatabase, measure: &str) -> Result<(String, String), Failure> {
    database.run_script(measure)?;
    let merges = merges(database)?;
    let mut text = String::new();
    for (left, right, merged) in &merges {
        writeln!(text, "{} {} {merged}", CLASSES[*left], CLASSES[*right])?;
    }
    let merged: BTreeMap<_, _> = merges
        .into_iter()
        .map(|(left, right, one)| ((left, right), one))
        .collect();
    let mut lines = String::new();
    for (name, measured) in measured(database)? {
        if let Some(line) = function_line(&name, &measured, &merged) {
            writeln!(lines, "{line}")?;
        }
    }
    Ok((lines, text))
}

fn names(database: &FreshDatabase) -> Result<BTreeSet<String>, Failure> {
    let listed =
        database.answer("SELECT LOWER(FUNCTION) FROM information_schema.SQL_FUNCTIONS;")?;
    let all = listed.split_whitespace().chain(UNLISTED.split_whitespace());
    let is_meant = |name: &&str| {
        let other =
            name.starts_with("master_") || name.starts_with("wsrep_") || name.ends_with("_oracle");
        !other && !is_of(PASSED_OVER, name)
    };
    Ok(all.filter(is_meant).map(str::to_owned).collect())
}

fn merges(database: &FreshDatabase) -> Result<Vec<(usize, usize, String)>, Failure> {
    let pairs =
        || (0..CLASSES.len()).flat_map(|left| (0..CLASSES.len()).map(move |right| (left, right)));
    let calls: Vec<_> = pairs()
        .map(|(left, right)| call("ifnull", vec![left, right]))
        .collect();
    let answers = answers(database, &calls)?;
    let merged = |((left, right), answer): ((usize, usize), Answer)| Some((left, right, answer?.0));
    Ok(pairs().zip(answers).filter_map(merged).collect())
}

fn call(name: &str, classes: Vec<usize>) -> Call {
    Call {
        name: name.to_owned(),
        rows: i32::try_from(classes.len().clamp(1, 4)).unwrap_or(4),
        classes,
        nulls: Vec::new(),
    }
}

/// Calls each function with each number of arguments that it takes.
fn measured(database: &FreshDatabase) -> Result<BTreeMap<String, Vec<(Call, Answer)>>, Failure> {
    let mut tried = Vec::new();
    for name in names(database)? {
        for count in 0..=MOST {
            let same =
                ["text", "int", "date"].map(|class| CLASSES.iter().position(|one| *one == class));
            tried.extend(
                same.into_iter()
                    .flatten()
                    .map(|class| call(&name, vec![class; count])),
            );
        }
    }
    let taken = tried.iter().zip(answers(database, &tried)?);
    let taken =
        taken.filter_map(|(call, answer)| answer.map(|_| (call.name.clone(), call.classes.len())));
    let taken: BTreeSet<_> = taken.collect();
    let calls: Vec<_> = taken
        .iter()
        .flat_map(|(name, count)| variants(name, *count))
        .collect();
    let mut measured: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (call, answer) in answers(database, &calls)?
        .into_iter()
        .zip(calls)
        .map(|(answer, call)| (call, answer))
    {
        measured
            .entry(call.name.clone())
            .or_default()
            .push((call, answer));
    }
    Ok(measured)
}

/// Arguments of one class, of one and another at each place, and mixed; then with each NULL, and all.
fn variants(name: &str, count: usize) -> Vec<Call> {
    let classes = 0..CLASSES.len();
    let mut calls: Vec<_> = classes
        .clone()
        .map(|class| call(name, vec![class; count]))
        .collect();
    for place in 0..count.min(4) {
        for class in classes.clone() {
            for base in [TEXT, 0] {
                let mut mixed = vec![base; count];
                mixed[place] = class;
                calls.push(call(name, mixed));
            }
        }
    }
    let mut state = 1_usize;
    for _ in 0..12 * count.saturating_sub(1) {
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % CLASSES.len()
        };
        calls.push(call(name, (0..count).map(|_| next()).collect()));
    }
    let alone = (0..count).map(|place| vec![place]);
    for nulls in alone
        .chain([(0..count).collect()])
        .filter(|nulls: &Vec<_>| !nulls.is_empty())
    {
        for class in [TEXT, 0] {
            calls.push(Call {
                nulls: nulls.clone(),
                ..call(name, vec![class; count])
            });
        }
    }
    if is_of(AGGREGATES, name) {
        let class = vec![0; count];
        calls.push(Call {
            rows: -1,
            ..call(name, class.clone())
        });
        let nulls = (0..count).collect();
        calls.push(Call {
            rows: 0,
            nulls,
            ..call(name, class)
        });
    }
    calls
}

fn answers(database: &FreshDatabase, calls: &[Call]) -> Result<Vec<Answer>, Failure> {
    let mut script = "SET autocommit = 0;\nDELETE FROM calls; DELETE FROM answers;\n".to_owned();
    for (id, call) in calls.iter().enumerate() {
        let (expression, rows) = (expression(call), call.rows);
        writeln!(
            script,
            "INSERT INTO calls VALUES ({id}, '{expression}', {rows});"
        )?;
    }
    script.push_str("CALL measure();\nSELECT type, nulls FROM answers ORDER BY id;\n");
    let answers = database.answer(&script)?;
    let read = |line: &str| {
        let (written, nulls) = line.split_once('\t')?;
        let is_null = (nulls != "-1").then_some(nulls != "0");
        Some((class(written)?.to_owned(), is_null))
    };
    let read: Vec<_> = answers.lines().map(read).collect();
    if read.len() == calls.len() {
        Ok(read)
    } else {
        Err(format!("{} answers to {} calls", read.len(), calls.len()).into())
    }
}

fn expression(call: &Call) -> String {
    let argument = |(place, class): (usize, &usize)| {
        let column = format!("x{}.c_{}", place.min(3) + 1, CLASSES[*class]);
        match call.nulls.contains(&place) {
            true => format!("NULLIF({column}, {column})"),
            false => column,
        }
    };
    let arguments: Vec<_> = call.classes.iter().enumerate().map(argument).collect();
    let over = match is_of(WINDOWS, &call.name) {
        true => " OVER (ORDER BY x1.c_int)",
        false => "",
    };
    format!("{}({}){over}", call.name, arguments.join(", "))
}

fn is_of(list: &str, name: &str) -> bool {
    list.split_whitespace().any(|one| one == name)
}

/// The class of a column's type: `bigint(20) unsigned` is `uint`.
fn class(written: &str) -> Option<&'static str> {
    let name = written.split(['(', ' ']).next()?;
    Some(match name {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" if written.contains("unsigned") => {
            "uint"
        }
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => "int",
        "decimal" => "decimal",
        "float" | "double" => "double",
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => "text",
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => "bytes",
        "date" => "date",
        "time" => "time",
        "datetime" => "datetime",
        "timestamp" => "timestamp",
        "year" => "year",
        "enum" => "enum",
        "uuid" => "uuid",
        _ => return None,
    })
}

/// The line of a function: `name counts kind null result`; `None` where no rule fits.
fn function_line(
    name: &str,
    measured: &[(Call, Answer)],
    merged: &BTreeMap<(usize, usize), String>,
) -> Option<String> {
    let plain = || measured.iter().filter(|(call, _)| call.nulls.is_empty());
    let known: Vec<_> = plain()
        .filter_map(|(call, answer)| Some((&*call.classes, answer.as_ref()?.0.as_str())))
        .collect();
    let counts: BTreeSet<_> = known.iter().map(|(classes, _)| classes.len()).collect();
    let written: Vec<_> = counts.iter().map(usize::to_string).collect();
    let more = if counts.contains(&MOST) { "+" } else { "" };
    let null = null(name, measured);
    let kind = match name {
        name if is_of(AGGREGATES, name) => "aggregate",
        name if is_of(WINDOWS, name) => "window",
        _ => "scalar",
    };
    let rule = rule(&known, merged)?;
    Some(format!(
        "{name} {}{more} {kind} {null} {rule}",
        written.join(",")
    ))
}

/// When the result is NULL: `maybe` for arguments that are not, `maybe:1.text` where these include a text as the first,
/// `argument` where an argument is, or an aggregate has no row; or `never`.
fn null(name: &str, measured: &[(Call, Answer)]) -> String {
    let known = measured
        .iter()
        .filter_map(|(call, answer)| Some((call, answer.as_ref()?.1?)));
    let (plain, of_null): (Vec<_>, Vec<_>) = known.partition(|(call, _)| call.nulls.is_empty());
    if MAYBE.contains(&name) || plain.is_empty() {
        return "maybe".to_owned();
    }
    let pairs = |call: &Call| call.classes.iter().copied().enumerate().collect::<Vec<_>>();
    let mut guilty: BTreeSet<_> = plain.iter().flat_map(|(call, _)| pairs(call)).collect();
    for (call, _) in plain.iter().filter(|(_, is_null)| !is_null) {
        for pair in pairs(call) {
            guilty.remove(&pair);
        }
    }
    let mut of_values = plain.iter().filter(|(_, is_null)| *is_null);
    if !of_values
        .clone()
        .all(|(call, _)| pairs(call).iter().any(|pair| guilty.contains(pair)))
    {
        return "maybe".to_owned();
    }
    if of_values.next().is_some() {
        let guilty: Vec<_> = guilty
            .iter()
            .map(|(place, class)| format!("{}.{}", place + 1, CLASSES[*class]))
            .collect();
        return format!("maybe:{}", guilty.join(","));
    }
    match of_null.iter().any(|(_, is_null)| *is_null) {
        true => "argument".to_owned(),
        false => "never".to_owned(),
    }
}

/// The rule that all answers follow: one class; text, or bytes where one of some arguments is; the class by one argument;
/// or the one that some arguments have in common.
fn rule(known: &[(&[usize], &str)], merged: &BTreeMap<(usize, usize), String>) -> Option<String> {
    let (_, first) = known.first()?;
    if known.iter().all(|(_, result)| result == first) {
        return Some((*first).to_owned());
    }
    let most = known.iter().map(|(classes, _)| classes.len()).max()?;
    as_text(known, most)
        .or_else(|| in_common(known, most, merged))
        .or_else(|| (0..most).find_map(|place| by_argument(known, place)))
}

fn by_argument(known: &[(&[usize], &str)], place: usize) -> Option<String> {
    let mut by_class: BTreeMap<usize, &str> = BTreeMap::new();
    for (classes, result) in known {
        let before = by_class.insert(*classes.get(place)?, result);
        if before.is_some_and(|before| before != *result) {
            return None;
        }
    }
    let classes: Vec<_> = by_class
        .iter()
        .map(|(class, result)| format!("{}={result}", CLASSES[*class]))
        .collect();
    Some(format!("by:{} {}", place + 1, classes.join(" ")))
}

/// The places that are given in `classes` by a list: `1,2`, `2+` (the second and those after).
fn places(list: &str, classes: &[usize]) -> Vec<usize> {
    let is_in = |place: usize| match list.strip_suffix('+') {
        Some(from) => from.parse().is_ok_and(|from: usize| place + 1 >= from),
        None => list.split(',').any(|one| one.parse() == Ok(place + 1)),
    };
    (0..classes.len())
        .filter(|place| is_in(*place))
        .map(|place| classes[place])
        .collect()
}

fn lists(most: usize) -> impl Iterator<Item = String> {
    let tails = (1..=most.min(3)).map(|from| format!("{from}+"));
    let ones = (1..=most.min(4)).map(|place| place.to_string());
    let pairs = ["1,2", "1,3", "1,4", "2,3", "1,2,3"].map(str::to_owned);
    ones.chain(tails).chain(pairs)
}

fn as_text(known: &[(&[usize], &str)], most: usize) -> Option<String> {
    let fits = |list: &String| {
        known.iter().all(|(classes, result)| {
            let is_bytes = places(list, classes).contains(&BYTES);
            *result == if is_bytes { "bytes" } else { "text" }
        })
    };
    lists(most).find(fits).map(|list| format!("text:{list}"))
}

fn in_common(
    known: &[(&[usize], &str)],
    most: usize,
    merged: &BTreeMap<(usize, usize), String>,
) -> Option<String> {
    let fits = |list: &String| {
        known.iter().all(|(classes, result)| {
            let of = places(list, classes);
            let mut common = of.first().copied();
            for next in of.iter().skip(1) {
                let class = common.and_then(|common| merged.get(&(common, *next)));
                common = class.and_then(|class| CLASSES.iter().position(|one| one == class));
            }
            // Alone, too, a value is of the class that it has with itself.
            let common = common.and_then(|common| merged.get(&(common, common)));
            common.is_some_and(|common| common == result)
        })
    };
    lists(most).find(fits).map(|list| format!("common:{list}"))
}
