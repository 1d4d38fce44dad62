//! Large input: it has bounds, is read in proportional time and refused in little memory.

use bindery_schema::dialect::Dialect;

use crate::hostile::for_all;
use crate::support;

/// Many of one thing, and the codes of what is wrong with them.
type Many = (fn(usize) -> String, &'static [&'static str]);

const MANY: [Many; 7] = [
    (linked_tables, &[]),
    (|size| "/**/".repeat(20 * size), &[]),
    (|size| "-- @model X\n".repeat(4 * size), &["B0052"]),
    (|size| "-- prose\n".repeat(40 * size), &[]),
    (
        |size| format!("CREATE TABLE t (a INTEGER, {});", "1 b, ".repeat(4 * size)),
        &["B0006"],
    ),
    (
        |size| "CREATE TABLE t (a INTEGER);\n".repeat(size),
        &["B0101"],
    ),
    (
        |size| "ALTER TABLE t RENAME TO u;\n".repeat(size),
        &["B0010"],
    ),
];

fn linked_tables(size: usize) -> String {
    let table = |at: usize| {
        let next = (at + 1) % size;
        format!(
            "CREATE TABLE t{at} (id INTEGER PRIMARY KEY, next INTEGER REFERENCES t{next} (id));\n"
        )
    };
    (0..size).map(table).collect()
}

#[test]
fn long_files_are_read_to_their_end() {
    for (many, expected) in MANY {
        for_all(many(2_000).as_bytes(), expected);
    }
}

/// Twice the text takes twice the time: with its square it would be four times. Of several attempts the best one counts, as
/// other programs are at work too.
///
/// Covers COMP-2.
#[cfg(target_os = "linux")]
#[test]
fn long_files_take_time_in_proportion() {
    for (at, (many, _)) in MANY.into_iter().enumerate() {
        let dialect = Dialect::ALL[at % 3];
        let (one, two) = (many(2_500), many(5_000));
        let ratio = || processor_time(&two, dialect) / processor_time(&one, dialect);
        // The least of five is looked at: a machine that does something else makes the others larger.
        let mut ratios = Vec::new();
        while ratios.last().is_none_or(|last| *last >= 2.7) {
            assert!(ratios.len() < 5, "{at}: {ratios:?}");
            ratios.push(ratio());
        }
    }
}

/// Seconds of this thread alone that reading takes.
#[cfg(target_os = "linux")]
fn processor_time(sql: &str, dialect: Dialect) -> f64 {
    let now = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux has it");
        let nanoseconds = text
            .split(' ')
            .next()
            .and_then(|text| text.parse::<f64>().ok());
        nanoseconds.expect("a number") / 1e9
    };
    let before = now();
    drop(support::compile(sql.as_bytes(), dialect));
    now() - before
}

/// Returns inputs far past a bound, each with its code.
fn far_too_much() -> Vec<(String, &'static str)> {
    let tables = "CREATE TABLE t(a INT);".repeat(800_000);
    let numbered = |at| format!("CREATE TABLE t{at}(a INTEGER PRIMARY KEY);");
    let columns: String = (0..1_000_000).map(|at| format!(",c{at} INT")).collect();
    let long = "x".repeat(64 << 20);
    vec![
        (tables, "B0003"),
        ((0..20_000).map(numbered).collect(), "B0007"),
        (
            format!("CREATE TABLE t(a INTEGER PRIMARY KEY{columns});"),
            "B0007",
        ),
        (
            format!("/*{long}*/ CREATE TABLE t (id INTEGER PRIMARY KEY);"),
            "B0003",
        ),
        (
            format!("CREATE TABLE {long} (id INTEGER PRIMARY KEY);"),
            "B0003",
        ),
    ]
}

#[test]
fn long_comments_and_names_are_read() {
    let long = "x".repeat(1 << 20);
    for_all(
        format!("/*{long}*/ CREATE TABLE t (id INTEGER PRIMARY KEY);").as_bytes(),
        &[],
    );
    for_all(
        format!("CREATE TABLE {long} (id INTEGER PRIMARY KEY);").as_bytes(),
        &[],
    );
}

/// Set in the inner process: memory is a process's.
#[cfg(target_os = "linux")]
const INNER: &str = "BINDERY_SIZE_INNER";

/// Does nothing among the other tests: it is started by the one below.
#[cfg(target_os = "linux")]
#[test]
fn the_program_that_reads_too_much() {
    if std::env::var_os(INNER).is_none() {
        return;
    }
    let mut refused = 0;
    for (sql, code) in far_too_much() {
        for_all(sql.as_bytes(), &[code]);
        refused += 1;
    }
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!(
        "\nrefused {refused} with {}",
        most.expect("its most memory").trim()
    );
}

/// Covers COMP-2.
#[cfg(target_os = "linux")]
#[test]
fn too_much_is_refused_in_little_memory() {
    let inner = std::process::Command::new(std::env::current_exe().expect("a program has a path"))
        .args([
            "--exact",
            "size::the_program_that_reads_too_much",
            "--nocapture",
        ])
        .env(INNER, "1")
        .output()
        .expect("this program can be started again");
    let told = String::from_utf8_lossy(&inner.stdout).into_owned();
    let line = told
        .lines()
        .find_map(|line| line.strip_prefix("refused 5 with "));
    let line = line.unwrap_or_else(|| panic!("{inner:?}"));
    let kibibytes = line
        .strip_suffix(" kB")
        .and_then(|number| number.parse::<u64>().ok());
    assert!(kibibytes.expect("a number") < 512 << 10, "{line}");
}
