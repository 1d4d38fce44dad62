//! Rows from one engine to another, and beside those of another, through pipes: neither files nor whole tables in memory.

use std::io::{self, BufReader, PipeReader};
use std::thread;

use bindery::ErrorKind;
use bindery::data::{DataFormat, DataTable, Loading, RowsSource, Snapshot};

use super::pairs::Pair;
use crate::data::lines::{Found, Held, Lines, compare};
use crate::database::failure;
use crate::failure::Failure;

/// Bytes that are read from a pipe at a time.
const BUFFER: usize = 256 * 1024;

/// Copies the rows of a table, and returns their number.
pub(crate) fn copy(
    snapshot: &mut Snapshot,
    loading: &mut Loading,
    pair: &Pair<'_>,
    told: &mut dyn FnMut(u64),
) -> Result<u64, Failure> {
    let (loaded, written) = thread::scope(|scope| {
        let (reader, written) = rows(scope, snapshot, &pair.from.data, DataFormat::Csv)?;
        let mut input = BufReader::with_capacity(BUFFER, reader);
        let source = RowsSource::new(&mut input, DataFormat::Csv);
        let loaded = loading.load(&pair.to.data, source, None, told);
        // Where the loading failed, the writer must not wait for a reader.
        drop(input);
        Ok::<_, Failure>((loaded, joined(written)))
    })?;
    // An error of the writer ends the reader, unless it was the other way round.
    let written = match written {
        Err(error) if !matches!(error.kind(), ErrorKind::Output(_)) => {
            return Err(explained(&error, pair));
        }
        written => written,
    };
    let loaded = loaded.map_err(|error| explained(&error, pair))?;
    written.map_err(|error| explained(&error, pair))?;
    Ok(loaded.rows)
}

/// Compares the rows of a table on both engines.
pub(crate) fn compare_rows(
    (from, to): (&mut Snapshot, &mut Snapshot),
    pair: &Pair<'_>,
    held: Held,
) -> Result<Found, Failure> {
    thread::scope(|scope| {
        let form = DataFormat::JsonLines;
        let (here, from) = rows(scope, from, &pair.from.data, form)?;
        let (there, to) = rows(scope, to, &pair.to.data, form)?;
        let sides = (
            Lines::new(BufReader::with_capacity(BUFFER, here)),
            Lines::new(BufReader::with_capacity(BUFFER, there)),
        );
        let found = compare(sides, pair, held);
        let (from, to) = (joined(from), joined(to));
        for written in [from, to] {
            match written {
                Err(error) if !matches!(error.kind(), ErrorKind::Output(_)) => {
                    return Err(explained(&error, pair));
                }
                _ => {}
            }
        }
        found
    })
}

type Written<'s> = thread::ScopedJoinHandle<'s, bindery::Result<u64>>;

/// Writes the rows of a table to a pipe, on a thread of its own.
fn rows<'s, 'e>(
    scope: &'s thread::Scope<'s, 'e>,
    snapshot: &'s mut Snapshot,
    table: &'s DataTable,
    form: DataFormat,
) -> Result<(PipeReader, Written<'s>), Failure> {
    let (reader, mut writer) =
        io::pipe().map_err(|error| Failure::new(format!("no pipe: {error}")))?;
    let written = scope.spawn(move || snapshot.write(table, form, &mut writer, &mut |_| ()));
    Ok((reader, written))
}

fn joined(written: Written<'_>) -> bindery::Result<u64> {
    let joined = written.join();
    joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The failure with what to type next.
fn explained(error: &bindery::Error, pair: &Pair<'_>) -> Failure {
    let shown = failure(error);
    match (error.kind(), error.engine()) {
        (ErrorKind::SchemaMismatch, Some(engine)) => shown.help(format!(
            "table `{}` may not be there: `bindery create --engine {engine}` makes what is missing",
            pair.name()
        )),
        _ => shown,
    }
}
