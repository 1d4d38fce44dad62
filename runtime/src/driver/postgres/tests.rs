//! A simulated server: its messages cut at every byte and changed at every byte. Whatever comes, an operation ends,
//! its report about itself is true, and no answer is ever taken for another's.

use std::time::Duration;

use super::message;
use super::played::{connection, requests};
use crate::driver::Physical;
use crate::driver::TransactionOptions;
use crate::driver::played::checks;
use crate::driver::played::checks::{IMPATIENT, Outcomes, PATIENT, is_lost, kind_of, pulled, rows};
use crate::driver::played::{TABLE, changed, play as serve};
use crate::error::{Applied, ErrorKind, Result};
use crate::value::ColumnSet;
use crate::value::ParamWriter;

/// The script of a simulated server, one piece for each request.
#[derive(Default)]
struct Script(Vec<Vec<u8>>);

impl Script {
    /// Begins the next piece.
    fn answer(mut self) -> Self {
        self.0.push(Vec::new());
        self
    }

    fn say(mut self, tag: u8, body: &[u8]) -> Self {
        let piece = self.0.last_mut().expect("a piece was begun");
        message::message(piece, tag, |out| out.extend_from_slice(body));
        self
    }

    fn ready(self, standing: u8) -> Self {
        self.say(b'Z', &[standing])
    }

    /// Of a statement with one parameter and the columns `id int8` and `name text`.
    fn described(self) -> Self {
        let column = |name: &[u8], number: u32, length: i16| {
            let mut out = [name, &[0; 7]].concat();
            out.extend_from_slice(&number.to_be_bytes());
            out.extend_from_slice(&length.to_be_bytes());
            out.extend_from_slice(&[255, 255, 255, 255, 0, 0]);
            out
        };
        let columns = [&[0, 2][..], &column(b"id", 20, 8), &column(b"name", 25, -1)].concat();
        self.say(b'1', b"")
            .say(b't', &[0, 1, 0, 0, 0, 20])
            .say(b'T', &columns)
    }

    fn row(self, id: i64, name: Option<&str>) -> Self {
        let mut body = vec![0, 2, 0, 0, 0, 8];
        body.extend_from_slice(&id.to_be_bytes());
        match name {
            Some(name) => {
                body.extend_from_slice(&(name.len() as i32).to_be_bytes());
                body.extend_from_slice(name.as_bytes());
            }
            None => body.extend_from_slice(&(-1_i32).to_be_bytes()),
        }
        self.say(b'D', &body)
    }
}

/// A select, an update three times in one go, rows by COPY; in a transaction the select again, the same with its rows
/// pulled, an insert that is refused, and the end; the select once more. In between what a server says unasked.
fn script() -> Vec<Vec<u8>> {
    Script::default()
        .answer()
        .described()
        .ready(b'I')
        .answer()
        .say(b'2', b"")
        .row(1, Some("Ann"))
        .say(b'N', b"SNOTICE\0C00000\0Mhello\0\0")
        .row(-2, None)
        .say(b'S', b"application_name\0other\0")
        .say(b'C', b"SELECT 2\0")
        .ready(b'I')
        .say(b'A', b"\0\0\0\x07news\0one\0")
        .answer()
        .say(b'1', b"")
        .say(b't', &[0, 1, 0, 0, 0, 20])
        .say(b'n', b"")
        .ready(b'I')
        .answer()
        .say(b'2', b"")
        .say(b'C', b"UPDATE 1\0")
        .say(b'2', b"")
        .say(b'C', b"UPDATE 0\0")
        .say(b'2', b"")
        .say(b'C', b"UPDATE 3\0")
        .ready(b'I')
        .answer()
        .described()
        .ready(b'I')
        .answer()
        .say(b'G', &[1, 0, 2, 0, 1, 0, 1])
        .answer()
        .say(b'C', b"COPY 2\0")
        .ready(b'I')
        .answer()
        .say(b'1', b"")
        .say(b'2', b"")
        .say(b'C', b"BEGIN\0")
        .say(b'2', b"")
        .row(3, Some("Bob"))
        .say(b'C', b"SELECT 1\0")
        .ready(b'T')
        .answer()
        .say(b'2', b"")
        .row(4, Some("Cyd"))
        .row(5, Some("Dan"))
        .say(b'C', b"SELECT 2\0")
        .ready(b'T')
        .answer()
        .say(b'E', b"SERROR\0C23505\0Mtaken\0ttable\0nunique\0\0")
        .ready(b'E')
        .answer()
        .say(b'C', b"ROLLBACK\0")
        .ready(b'I')
        .answer()
        .say(b'2', b"")
        .row(6, Some("Eve"))
        .say(b'C', b"SELECT 1\0")
        .ready(b'I')
        .0
}

/// Which pieces each operation of [`play`] relies on: its own, and the description of its statement.
const RELIES_ON: [&[usize]; 9] = [
    &[0, 1],
    &[2, 3],
    &[4, 5, 6],
    &[],
    &[0, 7],
    &[0, 8],
    &[9],
    &[10],
    &[0, 11],
];

/// The program's part.
fn play(said: Vec<Vec<u8>>, patience: Duration) -> (Outcomes, bool) {
    let connection = connection(serve(said, patience, requests));
    let mut connection = Physical::from(Box::new(connection));
    let outcomes = vec![
        rows(&mut connection),
        updated(&mut connection),
        copied(&mut connection),
        connection
            .begin_with(&TransactionOptions::new())
            .map(|()| String::new()),
        rows(&mut connection),
        pulled(&mut connection),
        connection.batch("INSERT").map(|()| "done".to_owned()),
        connection.commit().map(|()| "committed".to_owned()),
        rows(&mut connection),
    ];
    (outcomes, connection.is_broken())
}

fn updated(connection: &mut Physical) -> Result<String> {
    let mut counts = Vec::new();
    let write = &mut |at: usize, params: &mut ParamWriter<'_>| params.i64(at as i64);
    connection.execute_each("UPDATE", 3, write, &mut |_, rows| counts.push(rows))?;
    Ok(format!("{counts:?}"))
}

fn copied(connection: &mut Physical) -> Result<String> {
    let columns = ColumnSet::new().with(0).with(1);
    let write = &mut |at: usize, params: &mut ParamWriter<'_>| {
        params.i64(at as i64);
        params.text("x");
    };
    let rows = connection.insert_rows(&TABLE, &columns, 2, write)?;
    Ok(rows.to_string())
}

#[test]
fn a_played_session_is_read_as_it_was_meant() {
    let (outcomes, broken) = play(script(), PATIENT);
    let texts: Vec<_> = outcomes
        .iter()
        .map(|outcome| outcome.as_deref().ok())
        .collect();
    assert_eq!(
        texts[..3],
        [Some("1Ann -2- "), Some("[1, 0, 3]"), Some("2")]
    );
    assert_eq!(texts[4..6], [Some("3Bob "), Some("4Cyd 5Dan ")]);
    assert_eq!(texts[8], Some("6Eve "));
    let refused = outcomes[6].as_ref().expect_err("it is taken");
    assert!(refused.is_unique_violation(), "{refused:?}");
    assert_eq!(refused.told().name.as_deref(), Some("unique"));
    assert_eq!(kind_of(&outcomes[7]), Some(&ErrorKind::TransactionAborted));
    assert!(!broken);
}

#[test]
fn a_session_cut_at_any_byte_gives_what_came_whole_and_then_nothing() {
    checks::cut_anywhere(&script(), play);
}

/// Changes one byte of an answer: only results that rely on that answer may differ; whatever comes after
/// it is as it was meant, or there is nothing any more.
#[test]
fn a_change_in_one_answer_shows_in_no_other() {
    let script = script();
    let (whole, _) = play(script.clone(), PATIENT);
    for place in 0..script.concat().len() {
        for change in [1, 0x80] {
            let (piece, said) = changed(&script, place, change);
            let (outcomes, broken) = play(said, IMPATIENT);
            let mut lost = false;
            for (at, (outcome, meant)) in outcomes.iter().zip(&whole).enumerate() {
                let same = format!("{outcome:?}") == format!("{meant:?}");
                let fine = is_lost(outcome) || (!lost && (same || RELIES_ON[at].contains(&piece)));
                assert!(
                    fine,
                    "byte {place} by {change}, operation {at}: {outcome:?}"
                );
                lost |= is_lost(outcome);
                // Where it requested less, or more, the pieces go to others from here on.
                if !same && !lost && RELIES_ON[at].last() != Some(&piece) {
                    break;
                }
            }
            assert!(broken || !lost, "byte {place} by {change}");
        }
    }
}

#[test]
fn an_answer_to_nothing_ends_the_connection() {
    checks::answered_twice(script(), "1Ann -2- ", play);
}

/// A script that describes a statement and answers it with this much and ReadyForQuery.
fn answered(answer: &[(u8, &[u8])]) -> Vec<Vec<u8>> {
    let script = Script::default().answer().described().ready(b'I');
    let say = |script: Script, (tag, body): &(u8, &[u8])| script.say(*tag, body);
    answer.iter().fold(script.answer(), say).ready(b'I').0
}

/// One operation on a server that says this; whether the connection can be used after it.
fn once(said: Vec<Vec<u8>>, run: Operation) -> (Result<String>, bool) {
    let connection = connection(serve(said, PATIENT, requests));
    let mut connection = Physical::from(Box::new(connection));
    let outcome = run(&mut connection);
    (outcome, !connection.is_broken())
}

type Operation = fn(&mut Physical) -> Result<String>;

fn returned(connection: &mut Physical) -> Result<String> {
    let mut rows = 0;
    let write = &mut |params: &mut ParamWriter<'_>| params.i64(7);
    connection.returning("INSERT", write, &mut |_| {
        rows += 1;
        Ok(true)
    })?;
    Ok(rows.to_string())
}

fn executed(connection: &mut Physical) -> Result<String> {
    let write = &mut |params: &mut ParamWriter<'_>| params.i64(7);
    connection
        .execute("UPDATE", write)
        .map(|rows| rows.to_string())
}

fn found_each(connection: &mut Physical) -> Result<String> {
    let mut found = Vec::new();
    let write = &mut |at: usize, params: &mut ParamWriter<'_>| params.i64(at as i64);
    connection.query_each("SELECT", 2, write, &mut |at, _| {
        found.push(at);
        Ok(())
    })?;
    Ok(format!("{found:?}"))
}

/// A ReadyForQuery is not an answer by itself, an end comes once, and rows are as many as the end says. Else it is not
/// known what was done: the connection is abandoned, and what was written is unknown.
#[test]
fn an_answer_without_its_end_or_its_rows_is_none() {
    let row: (u8, &[u8]) = (b'D', &[0, 2, 255, 255, 255, 255, 255, 255, 255, 255]);
    let bound: (u8, &[u8]) = (b'2', b"");
    let one: (u8, &[u8]) = (b'C', b"SELECT 1\0");
    let none: (u8, &[u8]) = (b'C', b"SELECT 0\0");
    let inserted: (u8, &[u8]) = (b'C', b"INSERT 0 1\0");
    let updated: (u8, &[u8]) = (b'C', b"UPDATE 1\0");
    type Answer<'a> = &'a [(u8, &'a [u8])];
    let wrong: [(Operation, bool, &[Answer<'_>]); 6] = [
        (rows, false, &[&[], &[bound], &[bound, row], &[bound, one]]),
        (pulled, false, &[&[], &[bound], &[bound, none, none]]),
        (returned, true, &[&[], &[bound], &[bound, inserted]]),
        (executed, true, &[&[], &[bound], &[bound, updated, updated]]),
        (found_each, false, &[&[], &[one], &[one, one], &[none; 3]]),
        (updated_each, true, &[&[], &[updated], &[updated; 4]]),
    ];
    for (at, (run, writes, answers)) in wrong.into_iter().enumerate() {
        for answer in answers {
            let (outcome, usable) = once(answered(answer), run);
            let error = outcome.expect_err("no answer");
            assert!(!usable, "operation {at}, {answer:?}");
            let applied = if writes {
                Applied::Unknown
            } else {
                Applied::No
            };
            assert_eq!(error.applied(), applied, "{at}, {answer:?}: {error:?}");
        }
    }
}

/// As many as requested and no more are taken, whatever comes: the place of another is never searched.
#[test]
fn rows_of_statements_that_nobody_asked_for_are_not_given() {
    let row: (u8, &[u8]) = (b'D', &[0, 2, 255, 255, 255, 255, 255, 255, 255, 255]);
    let one: (u8, &[u8]) = (b'C', b"SELECT 1\0");
    let answer = [row, one].repeat(3);
    let (outcome, usable) = once(answered(&answer), |connection| {
        let mut found = [false; 2];
        let write = &mut |at: usize, params: &mut ParamWriter<'_>| params.i64(at as i64);
        connection.query_each("SELECT", 2, write, &mut |at, _| {
            found[at] = true;
            Ok(())
        })?;
        Ok(String::new())
    });
    assert!(is_lost(&outcome) && !usable, "{outcome:?}");
}

fn updated_each(connection: &mut Physical) -> Result<String> {
    let write = &mut |at: usize, params: &mut ParamWriter<'_>| params.i64(at as i64);
    connection.execute_each("UPDATE", 3, write, &mut |_, _| ())?;
    Ok(String::new())
}

/// Text without parameters is answered by at least one end, or an error.
#[test]
fn a_text_without_an_end_is_not_answered() {
    let said = Script::default().answer().ready(b'I').0;
    let (outcome, usable) = once(said, |connection| {
        connection
            .define("CREATE TABLE t ()")
            .map(|()| String::new())
    });
    let error = outcome.expect_err("no end");
    assert_eq!(error.applied(), Applied::Unknown, "{error:?}");
    assert!(!usable);
}

/// A length that the peer made up costs neither memory nor time.
#[test]
fn a_length_that_is_not_true_costs_nothing() {
    for length in [
        [0x3f, 0xff, 0xff, 0xff],
        [0x7f, 0xff, 0xff, 0xff],
        [0xff; 4],
        [0; 4],
    ] {
        for tag in [b'D', b'N', b'E', b'T', b'Z'] {
            let mut said = script();
            said.truncate(1);
            said[0].splice(0..0, [&[tag][..], &length, b"abc"].concat());
            let before = peak_kb();
            let (outcomes, broken) = play(said, PATIENT);
            assert!(broken && outcomes.iter().all(is_lost), "{outcomes:?}");
            assert!(peak_kb() - before < 512 * 1024);
        }
    }
}

/// The most address space that this process ever had; 0 where the system does not report it.
fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmPeak:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// A row that does not hold its columns: the next statement would be answered by what is left of this one.
#[test]
fn a_broken_row_ends_its_connection_also_when_rows_are_pulled() {
    let said = Script::default()
        .answer()
        .described()
        .ready(b'I')
        .answer()
        .say(b'2', b"")
        .say(b'D', &[0, 2, 0, 0, 0, 8, 1])
        .say(b'C', b"SELECT 1\0")
        .ready(b'I')
        .0;
    let mut connection = connection(serve(said, PATIENT, requests));
    let write = &mut |params: &mut ParamWriter<'_>| params.i64(7);
    let mut cursor = connection.cursor("SELECT", write).expect("it was sent");
    let error = cursor.next().map(drop).expect_err("no row");
    assert_eq!(error.kind(), &ErrorKind::ConnectionLost);
    drop(cursor);
    assert!(connection.is_broken());
}

/// As many answers as statements, neither more nor fewer.
#[test]
fn a_group_with_another_number_of_answers_ends_the_connection() {
    for answers in [0, 2, 4] {
        let mut said = script();
        said.truncate(3);
        let mut group = Script(said).answer();
        for _ in 0..answers {
            group = group.say(b'2', b"").say(b'C', b"UPDATE 1\0");
        }
        let (outcomes, broken) = play(group.ready(b'I').0, PATIENT);
        assert!(broken && is_lost(&outcomes[1]), "{answers}: {outcomes:?}");
    }
}

#[test]
fn noise_is_an_error() {
    checks::noise(play);
}

/// A connection that rests does not keep the memory of a large statement.
#[test]
fn memory_of_a_large_statement_is_given_back() {
    let said = Script::default()
        .answer()
        .say(b'C', b"SELECT 1\0")
        .ready(b'I')
        .0;
    let mut connection = connection(serve(said, PATIENT, requests));
    connection.batch(&"x".repeat(4 << 20)).expect("an answer");
    assert!(connection.session.kept() <= 1 << 20);
}
