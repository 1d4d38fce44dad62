//! Rows from one engine to another through a pipe: neither files nor whole tables in memory.

use std::io::{self, BufReader};
use std::thread;

use bindery::ErrorKind;
use bindery::data::{DataFormat, Loading, RowsSource, Snapshot};

use super::pairs::Pair;
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
        let (reader, mut writer) =
            io::pipe().map_err(|error| Failure::new(format!("no pipe: {error}")))?;
        let from = &pair.from.data;
        let written =
            scope.spawn(move || snapshot.write(from, DataFormat::Csv, &mut writer, &mut |_| ()));
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

/// Waits for a thread, and passes its panic on.
pub(super) fn joined<T>(work: thread::ScopedJoinHandle<'_, T>) -> T {
    let joined = work.join();
    joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The failure with what to type next.
pub(super) fn explained(error: &bindery::Error, pair: &Pair<'_>) -> Failure {
    let shown = failure(error);
    match (error.kind(), error.engine()) {
        (ErrorKind::SchemaMismatch, Some(engine)) => shown.help(format!(
            "table `{}` may not be there: `bindery create --engine {engine}` makes what is missing",
            pair.name()
        )),
        _ => shown,
    }
}
