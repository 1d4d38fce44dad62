//! A simulated server: its packets cut at every byte and changed at every byte. Whatever comes, an operation ends,
//! its report about itself is true, and no answer is ever taken for another's.

use std::time::Duration;

use super::played::{connection, requests};
use super::{Params, Values};
use crate::driver::Physical;
use crate::driver::TransactionOptions;
use crate::driver::played::checks;
use crate::driver::played::checks::{IMPATIENT, Outcomes, PATIENT, is_lost, kind_of, pulled, rows};
use crate::driver::played::{TABLE, changed, play as serve};
use crate::error::{Applied, ErrorKind, Result};
use crate::value::ColumnSet;
use crate::value::ParamTarget;
use crate::value::ParamWriter;
use crate::value::mysql::bytes::put_counted;

/// The script of a simulated server, one piece for each command.
#[derive(Default)]
struct Script {
    pieces: Vec<Vec<u8>>,
    number: u8,
}

impl Script {
    /// Begins the answer to a command.
    fn answer(mut self) -> Self {
        self.pieces.push(Vec::new());
        self.number = 1;
        self
    }

    fn say(mut self, payload: &[u8]) -> Self {
        // None of them is longer than 255 bytes.
        let piece = self.pieces.last_mut().expect("an answer was begun");
        piece.extend_from_slice(&[payload.len() as u8, 0, 0, self.number]);
        piece.extend_from_slice(payload);
        self.number += 1;
        self
    }

    /// OK, or the end of rows, with a status.
    fn done(self, mark: u8, status: u8) -> Self {
        self.say(&[mark, 1, 9, status, 0, 0, 0])
    }

    fn column(self, code: u8) -> Self {
        let mut payload = Vec::new();
        for name in ["def", "s", "t", "t", "c", "c"] {
            put_counted(&mut payload, name.as_bytes());
        }
        payload.extend_from_slice(&[12, 45, 0, 0, 0, 0, 0, code, 0, 0, 0, 0, 0]);
        self.say(&payload)
    }

    /// A statement of one parameter and the columns `bigint` and `varchar`.
    fn prepared(self) -> Self {
        self.answer()
            .say(&[0, 7, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0])
            .column(0xfd)
            .column(0x08)
            .column(0xfd)
    }

    /// Two rows of it.
    fn rows(self, first: i64, status: u8) -> Self {
        let one = [&[0, 0][..], &first.to_le_bytes(), b"\x03Ann"].concat();
        let other = [&[0, 0b1000][..], &(-first).to_le_bytes()].concat();
        self.answer()
            .say(&[2])
            .column(0x08)
            .column(0xfd)
            .say(&one)
            .say(&other)
            .done(0xfe, status)
    }
}

/// A select, rows in bulk; in a transaction the select again, the same with its rows pulled, an insert that is refused,
/// and the end; the select once more.
fn script() -> Vec<Vec<u8>> {
    Script::default()
        .prepared()
        .rows(1, 0)
        .answer()
        .say(&[0, 8, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0])
        .column(0xfd)
        .column(0xfd)
        .answer()
        .say(&[0, 2, 0, 0, 0, 0, 0])
        .answer()
        .done(0, 1)
        .rows(3, 1)
        .rows(4, 1)
        .answer()
        .say(b"\xff\x26\x04#23000Duplicate entry 'x' for key 'unique'")
        .answer()
        .done(0, 0)
        .rows(6, 0)
        .pieces
}

/// Which pieces each operation of [`play`] relies on: its own, and the description of its statement.
const RELIES_ON: [&[usize]; 8] = [
    &[0, 1],
    &[2, 3],
    &[4],
    &[0, 5],
    &[0, 6],
    &[7],
    &[8],
    &[0, 9],
];
/// Pieces that say whether a transaction is open.
const IN_TRANSACTION: std::ops::RangeInclusive<usize> = 4..=6;

/// The program's part.
fn play(said: Vec<Vec<u8>>, patience: Duration) -> (Outcomes, bool) {
    let connection = connection(serve(said, patience, requests));
    let mut connection = Physical::from(Box::new(connection));
    let outcomes = vec![
        rows(&mut connection),
        inserted(&mut connection),
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

fn inserted(connection: &mut Physical) -> Result<String> {
    let columns = ColumnSet::new().with(0).with(1);
    let write = &mut |at: usize, params: &mut ParamWriter<'_>| {
        params.i64(at as i64);
        params.null();
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
    assert_eq!(texts[..2], [Some("1Ann -1- "), Some("2")]);
    assert_eq!(texts[3..5], [Some("3Ann -3- "), Some("4Ann -4- ")]);
    assert_eq!(texts[6..], [Some("committed"), Some("6Ann -6- ")]);
    let refused = outcomes[5].as_ref().expect_err("it is taken");
    assert!(refused.is_unique_violation(), "{refused:?}");
    assert_eq!(refused.told().name.as_deref(), Some("unique"));
    assert!(!broken);
}

#[test]
fn a_session_cut_at_any_byte_gives_what_came_whole_and_then_nothing() {
    checks::cut_anywhere(&script(), play);
}

/// Changes one byte of an answer: only results that rely on that answer may differ; whatever comes after
/// it is as it was meant, or there is nothing any more. A status that says that the transaction is over ends it.
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
                let ended = IN_TRANSACTION.contains(&piece)
                    && kind_of(outcome) == Some(&ErrorKind::TransactionAborted);
                let may_differ = ended || RELIES_ON[at].contains(&piece);
                let fine = is_lost(outcome) || (!lost && (same || may_differ));
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
    checks::answered_twice(script(), "1Ann -1- ", play);
}

/// Rows were announced: an OK in their place is not taken for none.
#[test]
fn an_end_in_place_of_rows_is_no_answer() {
    for (run, applied) in [
        (rows as fn(&mut Physical) -> Result<String>, Applied::No),
        (pulled, Applied::No),
        (returned, Applied::Unknown),
    ] {
        let said = Script::default().prepared().answer().done(0, 0).pieces;
        let connection = connection(serve(said, PATIENT, requests));
        let mut connection = Physical::from(Box::new(connection));
        let error = run(&mut connection).expect_err("no rows");
        assert_eq!(error.applied(), applied, "{error:?}");
        assert!(connection.is_broken());
    }
}

fn returned(connection: &mut Physical) -> Result<String> {
    let write = &mut |params: &mut ParamWriter<'_>| params.i64(7);
    connection.returning("SELECT", write, &mut |_| Ok(true))?;
    Ok(String::new())
}

/// A row longer than a packet is put together from the pieces that come, and no more is kept for one that does not.
#[test]
fn a_length_that_is_not_true_costs_nothing() {
    for packets in [1, 3] {
        let mut said = script();
        said.truncate(2);
        said[1].truncate(5);
        // The number of columns was said; a packet of the greatest length begins.
        for _ in 0..packets {
            said[1].extend_from_slice(&[0xff, 0xff, 0xff, 2, 1, 2, 3]);
        }
        let (outcomes, broken) = play(said, PATIENT);
        assert!(broken && outcomes.iter().all(is_lost), "{outcomes:?}");
    }
}

#[test]
fn noise_is_an_error() {
    checks::noise(play);
}

#[test]
fn values_that_are_put_together_keep_their_places() {
    let (mut all, mut row) = (Values::default(), Values::default());
    for number in 0..11_i64 {
        row.clear();
        let mut params = ParamWriter::new(ParamTarget::Mysql(Params::new(&mut row)));
        params.i64(number);
        if number % 3 == 0 {
            params.null();
        } else {
            params.text("x");
        }
        params.finish().expect("nothing is refused");
        all.append(&row);
    }
    let mut out = Vec::new();
    all.write(&mut out);
    assert_eq!(all.count(), 22);
    // Bits 1, 7, 13 and 19: the second value of rows 0, 3, 6 and 9.
    assert_eq!(out[..3], [0b1000_0010, 0b0010_0000, 0b0000_1000]);
    assert_eq!(out.len(), 3 + 1 + 2 * 22 + 11 * 8 + 7 * 2);
}

/// A connection that rests does not keep the memory of a large statement.
#[test]
fn memory_of_a_large_statement_is_given_back() {
    let said = Script::default().answer().done(0, 2).pieces;
    let mut connection = connection(serve(said, PATIENT, requests));
    connection.batch(&"x".repeat(4 << 20)).expect("an answer");
    assert!(connection.session.kept() <= 1 << 20);
}
