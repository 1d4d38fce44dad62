//! One prepared statement of SQLite: values bound, rows stepped through, columns read. A kept one is looked up by the
//! place of its text, not by the text, and each column is fetched once. Which statements are kept is `kept`'s.

#![allow(
    unsafe_code,
    reason = "`rusqlite` has no statement that can be kept beside its connection, and reads each column several times"
)]

use std::ffi::{CStr, c_char, c_int};
use std::marker::PhantomData;
use std::ptr::{self, NonNull};

use rusqlite::ffi;
use rusqlite::types::ValueRef;

use crate::value::utf8::utf8;

/// `SQLITE_UTF8` in the type that binding takes.
const UTF8: u8 = 1;
/// `SQLITE_UTF8_ZT`: a NUL follows the text. Without it SQLite copies each text that a function such as `length` takes.
const UTF8_AND_NUL: u8 = 16;
/// It is known from this version on; another than the bundled one may be linked.
const KNOWS_NUL: c_int = 3_054_000;
/// Bytes for each place of a statement that short texts are kept in while they are bound, and the least and most of all.
const ROOM_FOR_TEXT: usize = 32;
const LEAST_ROOM: usize = 64;
const MOST_ROOM: usize = 8 * 1_024;

/// A prepared statement. It is finalised when dropped; SQLite keeps what it needs of the connection until then.
pub(crate) struct Statement {
    raw: NonNull<ffi::sqlite3_stmt>,
    is_reader: bool,
    places: usize,
    /// It was stepped since the last reset.
    begun: bool,
    /// Texts or bytes are bound.
    holds_values: bool,
    /// How often it had been prepared anew when the names of its columns were last found to be those that are known.
    named: Option<c_int>,
    /// Short texts that are bound, each with a NUL after it. It never grows while one of them is bound.
    texts: Vec<u8>,
    encoding: u8,
}

// SAFETY: SQLite lets a statement move between threads with its connection as long as one thread at a time uses them.
// They are fields of one `SqliteConnection`, which is not `Sync`: it is used by the thread that has it.
unsafe impl Send for Statement {}

impl Statement {
    /// Prepares a statement that is meant to be used often. SQLite prepares it anew by itself when tables have changed.
    pub(crate) fn prepare(connection: &rusqlite::Connection, sql: &str) -> rusqlite::Result<Self> {
        let length = c_int::try_from(sql.len()).map_err(|_| failure(ffi::SQLITE_TOOBIG, None))?;
        let mut raw = ptr::null_mut();
        // SAFETY: the handle is that of an open connection, the text is as long as is said, and `raw` takes a pointer.
        let (handle, code) = unsafe {
            let handle = connection.handle();
            let flags = ffi::SQLITE_PREPARE_PERSISTENT;
            let text = sql.as_ptr().cast();
            let end = ptr::null_mut();
            let code = ffi::sqlite3_prepare_v3(handle, text, length, flags, &raw mut raw, end);
            (handle, code)
        };
        match NonNull::new(raw) {
            Some(raw) if code == ffi::SQLITE_OK => Ok(Self::new(raw)),
            // Nothing but spaces and comments.
            _ if code == ffi::SQLITE_OK => Err(failure(ffi::SQLITE_MISUSE, None)),
            // SAFETY: the handle is that of an open connection.
            _ => Err(failure(code, unsafe { message(handle) })),
        }
    }

    fn new(raw: NonNull<ffi::sqlite3_stmt>) -> Self {
        // SAFETY: it was prepared just now.
        let (is_reader, places, version) = unsafe {
            (
                ffi::sqlite3_stmt_readonly(raw.as_ptr()) != 0,
                ffi::sqlite3_bind_parameter_count(raw.as_ptr()),
                ffi::sqlite3_libversion_number(),
            )
        };
        let knows_nul = version >= KNOWS_NUL;
        Self {
            raw,
            is_reader,
            places: usize::try_from(places).unwrap_or(0),
            begun: false,
            holds_values: false,
            named: None,
            texts: Vec::new(),
            encoding: if knows_nul { UTF8_AND_NUL } else { UTF8 },
        }
    }

    #[inline]
    pub(crate) fn is_reader(&self) -> bool {
        self.is_reader
    }

    /// Returns how many values it takes.
    #[inline]
    pub(crate) fn places(&self) -> usize {
        self.places
    }

    /// Keeps a copy of a short text with a NUL after it where there is room, and returns where. A copy of SQLite's own takes
    /// an allocation.
    #[inline]
    fn keep(&mut self, text: &[u8]) -> Option<*const c_char> {
        if self.texts.capacity() == 0 {
            let room = self.places * ROOM_FOR_TEXT;
            self.texts.reserve_exact(room.clamp(LEAST_ROOM, MOST_ROOM));
        }
        let at = self.texts.len();
        if text.len() >= self.texts.capacity() - at {
            return None;
        }
        self.texts.extend_from_slice(text);
        self.texts.push(0);
        Some(self.texts.as_ptr().wrapping_add(at).cast())
    }

    /// Binds a copy of a value to the place of this number, from 1.
    #[inline]
    pub(crate) fn bind(&mut self, place: usize, value: ValueRef<'_>) -> rusqlite::Result<()> {
        let raw = self.raw.as_ptr();
        let Ok(place) = c_int::try_from(place) else {
            return Err(failure(ffi::SQLITE_RANGE, None));
        };
        let kept = match value {
            ValueRef::Text(text) => self.keep(text),
            _ => None,
        };
        // SAFETY: the statement was prepared and is not finalised. SQLite checks the place, takes as many bytes as are
        // given with the pointer, and copies them; or it reads them where they are kept, which is for as long as they are
        // bound: `texts` neither grows nor is emptied before `reset` clears the bindings, and is dropped after the statement
        // is finalised.
        let code = unsafe {
            let copy = ffi::SQLITE_TRANSIENT();
            match value {
                ValueRef::Null => ffi::sqlite3_bind_null(raw, place),
                ValueRef::Integer(value) => ffi::sqlite3_bind_int64(raw, place, value),
                ValueRef::Real(value) => ffi::sqlite3_bind_double(raw, place, value),
                ValueRef::Text(text) => {
                    self.holds_values = true;
                    let length = text.len() as u64;
                    match kept {
                        Some(at) => {
                            let stays = ffi::SQLITE_STATIC();
                            ffi::sqlite3_bind_text64(raw, place, at, length, stays, self.encoding)
                        }
                        None => {
                            let at = text.as_ptr().cast();
                            ffi::sqlite3_bind_text64(raw, place, at, length, copy, UTF8)
                        }
                    }
                }
                // The pointer of an empty slice may lead nowhere, and SQLite would take that for NULL.
                ValueRef::Blob([]) => ffi::sqlite3_bind_zeroblob(raw, place, 0),
                ValueRef::Blob(bytes) => {
                    self.holds_values = true;
                    let (at, length) = (bytes.as_ptr().cast(), bytes.len() as u64);
                    ffi::sqlite3_bind_blob64(raw, place, at, length, copy)
                }
            }
        };
        self.check(code)
    }

    /// Goes to the next row; `false` where there is none.
    #[inline]
    pub(crate) fn step(&mut self) -> rusqlite::Result<bool> {
        self.begun = true;
        // SAFETY: the statement was prepared and is not finalised.
        match unsafe { ffi::sqlite3_step(self.raw.as_ptr()) } {
            ffi::SQLITE_ROW => Ok(true),
            ffi::SQLITE_DONE => Ok(false),
            code => self.check(code).map(|()| false),
        }
    }

    /// Ends the run, after which the statement can be run again. Whatever it says was said by `step`, unless rows were
    /// left: then a writing statement is finished here.
    #[inline]
    pub(crate) fn reset(&mut self) -> rusqlite::Result<()> {
        if !std::mem::take(&mut self.begun) {
            return Ok(());
        }
        let raw = self.raw.as_ptr();
        // SAFETY: the statement was prepared and is not finalised.
        let code = unsafe { ffi::sqlite3_reset(raw) };
        let outcome = self.check(code);
        // Kept until the next use, they would take the slots of the connection's lookaside memory, and every later cursor
        // and text would be allocated.
        if std::mem::take(&mut self.holds_values) {
            // SAFETY: as above.
            unsafe { ffi::sqlite3_clear_bindings(raw) };
            self.texts.clear();
        }
        outcome
    }

    /// The value of a column of the current row; NULL where there is no such column.
    #[inline(always)]
    pub(crate) fn column(&self, column: usize) -> Stored<'_> {
        let column = c_int::try_from(column).unwrap_or(-1);
        // SAFETY: the statement was prepared and is not finalised. SQLite gives a value for any number of a column, and
        // for a statement without a row. The value is good until the next `step` or `reset`, which need `&mut self`.
        let (value, kind) = unsafe {
            let value = ffi::sqlite3_column_value(self.raw.as_ptr(), column);
            (value, ffi::sqlite3_value_type(value))
        };
        Stored {
            value,
            kind,
            row: PhantomData,
        }
    }

    /// The names of the columns.
    pub(crate) fn column_names(&self) -> Vec<Box<str>> {
        let raw = self.raw.as_ptr();
        // SAFETY: the statement was prepared and is not finalised.
        let count = unsafe { ffi::sqlite3_column_count(raw) };
        (0..count)
            .map(|column| self.column_name(column).to_string_lossy().into())
            .collect()
    }

    fn column_name(&self, column: c_int) -> &CStr {
        // SAFETY: the statement was prepared and is not finalised; the name ends with NUL and stays until it is requested
        // again or the statement is prepared anew, which needs `&mut self`.
        unsafe {
            let name = ffi::sqlite3_column_name(self.raw.as_ptr(), column);
            NonNull::new(name.cast_mut()).map_or(c"", |name| CStr::from_ptr(name.as_ptr()))
        }
    }

    /// Whether these are the names of the columns, which are always the same names for one statement. Preparing anew, as `step` does after
    /// tables have changed, may change them; else they are not compared again.
    pub(crate) fn has_columns(&mut self, names: &[Box<str>]) -> bool {
        let prepared_anew = self.prepared_anew();
        if self.named == Some(prepared_anew) {
            return true;
        }
        let raw = self.raw.as_ptr();
        // SAFETY: the statement was prepared and is not finalised.
        let count = unsafe { ffi::sqlite3_column_count(raw) };
        let are_same = usize::try_from(count) == Ok(names.len())
            && names
                .iter()
                .zip(0..)
                .all(|(name, column)| self.column_name(column).to_bytes() == name.as_bytes());
        self.named = are_same.then_some(prepared_anew);
        are_same
    }

    /// How often SQLite had to prepare it anew.
    pub(crate) fn prepared_anew(&self) -> c_int {
        // SAFETY: the statement was prepared and is not finalised.
        unsafe {
            let status = ffi::SQLITE_STMTSTATUS_REPREPARE;
            ffi::sqlite3_stmt_status(self.raw.as_ptr(), status, 0)
        }
    }

    #[inline]
    fn check(&self, code: c_int) -> rusqlite::Result<()> {
        if code == ffi::SQLITE_OK {
            return Ok(());
        }
        // SAFETY: the statement was prepared and is not finalised, so its connection is there.
        let text = unsafe { message(ffi::sqlite3_db_handle(self.raw.as_ptr())) };
        Err(failure(code, text))
    }
}

/// A value of the current row of a statement, where SQLite has it.
///
/// It is never read in another form than its own, so that SQLite converts nothing. No other thread uses the connection
/// meanwhile, which such an "unprotected" value needs: that is not `Sync`, and neither is the statement.
#[derive(Clone, Copy)]
pub(crate) struct Stored<'r> {
    value: *mut ffi::sqlite3_value,
    kind: c_int,
    row: PhantomData<&'r Statement>,
}

impl<'r> Stored<'r> {
    /// In place of a value.
    pub(crate) const NULL: Self = Self {
        value: ptr::null_mut(),
        kind: ffi::SQLITE_NULL,
        row: PhantomData,
    };

    #[inline]
    pub(crate) fn is_null(self) -> bool {
        self.kind == ffi::SQLITE_NULL
    }

    #[inline]
    pub(crate) fn integer(self) -> Option<i64> {
        // SAFETY: a value of the current row, of this kind; the same in the other methods.
        (self.kind == ffi::SQLITE_INTEGER).then(|| unsafe { ffi::sqlite3_value_int64(self.value) })
    }

    /// A text; `None` also where it is not UTF-8.
    #[inline]
    pub(crate) fn text(self) -> Option<&'r str> {
        if self.kind == ffi::SQLITE_TEXT {
            utf8(self.text_bytes())
        } else {
            None
        }
    }

    #[inline]
    fn text_bytes(self) -> &'r [u8] {
        // SAFETY: as above. The bytes stay as long as the value.
        let found = unsafe {
            let at = ffi::sqlite3_value_text(self.value);
            bytes(at, ffi::sqlite3_value_bytes(self.value))
        };
        // No memory: a text that is not UTF-8 is an error for its reader.
        found.unwrap_or(&[0xff])
    }

    /// The value, whatever its kind.
    pub(crate) fn get(self) -> ValueRef<'r> {
        match self.kind {
            // SAFETY: as above.
            ffi::SQLITE_INTEGER => {
                ValueRef::Integer(unsafe { ffi::sqlite3_value_int64(self.value) })
            }
            // SAFETY: as above.
            ffi::SQLITE_FLOAT => ValueRef::Real(unsafe { ffi::sqlite3_value_double(self.value) }),
            ffi::SQLITE_TEXT => ValueRef::Text(self.text_bytes()),
            ffi::SQLITE_BLOB => {
                // SAFETY: as above. The bytes stay as long as the value.
                let found = unsafe {
                    let at = ffi::sqlite3_value_blob(self.value);
                    bytes(at.cast(), ffi::sqlite3_value_bytes(self.value))
                };
                ValueRef::Blob(found.unwrap_or(&[]))
            }
            _ => ValueRef::Null,
        }
    }
}

impl Drop for Statement {
    fn drop(&mut self) {
        // SAFETY: the statement is not used any more.
        unsafe { ffi::sqlite3_finalize(self.raw.as_ptr()) };
    }
}

/// # Safety
/// A pointer that is not NULL leads to `length` bytes, which stay there for `'a`.
unsafe fn bytes<'a>(at: *const u8, length: c_int) -> Option<&'a [u8]> {
    let length = usize::try_from(length).ok()?;
    let at = NonNull::new(at.cast_mut())?;
    // SAFETY: the caller's.
    Some(unsafe { std::slice::from_raw_parts(at.as_ptr(), length) })
}

/// Returns SQLite's text of its last error.
///
/// # Safety
/// The handle is that of an open connection.
#[cold]
unsafe fn message(handle: *mut ffi::sqlite3) -> Option<String> {
    // SAFETY: the caller's; the text ends with NUL and stays until the next call, which comes after it is copied.
    unsafe {
        let text = NonNull::new(ffi::sqlite3_errmsg(handle).cast_mut())?;
        Some(CStr::from_ptr(text.as_ptr()).to_string_lossy().into_owned())
    }
}

#[cold]
fn failure(code: c_int, message: Option<String>) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(code), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The slots of the connection's lookaside memory that are taken.
    fn slots_taken(connection: &rusqlite::Connection) -> c_int {
        let (mut taken, mut most) = (0, 0);
        let status = ffi::SQLITE_DBSTATUS_LOOKASIDE_USED;
        // SAFETY: the connection is open, and both pointers lead to a number.
        let code = unsafe {
            ffi::sqlite3_db_status(
                connection.handle(),
                status,
                &raw mut taken,
                &raw mut most,
                0,
            )
        };
        assert_eq!(code, ffi::SQLITE_OK);
        taken
    }

    #[test]
    fn a_kept_statement_holds_no_copies_of_values() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let mut kept: Vec<Statement> = (0..20)
            .map(|_| Statement::prepare(&connection, "SELECT ?, ?, ?").unwrap())
            .collect();
        let before = slots_taken(&connection);
        for statement in &mut kept {
            statement.bind(1, ValueRef::Text(b"a short text")).unwrap();
            statement.bind(2, ValueRef::Blob(&[7; 60])).unwrap();
            statement.bind(3, ValueRef::Integer(7)).unwrap();
            assert!(statement.step().unwrap());
            assert_eq!(statement.column(0).get(), ValueRef::Text(b"a short text"));
            statement.reset().unwrap();
        }
        assert_eq!(slots_taken(&connection), before);
    }

    #[test]
    fn texts_are_bound_whole_whether_there_is_room_for_them_or_not() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let sql = "SELECT ?1, ?2, length(?1), ?1 || ?2";
        let mut statement = Statement::prepare(&connection, sql).unwrap();
        for length in (0..=2 * LEAST_ROOM).chain([MOST_ROOM, 3]) {
            let (one, other) = ("a".repeat(length), "b\0c");
            // Bound twice, as after an error before the first step.
            for _ in 0..2 {
                statement.bind(2, ValueRef::Text(one.as_bytes())).unwrap();
            }
            statement.bind(1, ValueRef::Text(one.as_bytes())).unwrap();
            statement.bind(2, ValueRef::Text(other.as_bytes())).unwrap();
            assert!(statement.step().unwrap());
            assert_eq!(statement.column(0).get(), ValueRef::Text(one.as_bytes()));
            assert_eq!(statement.column(1).get(), ValueRef::Text(other.as_bytes()));
            assert_eq!(statement.column(2).get(), ValueRef::Integer(length as i64));
            let both = one + other;
            assert_eq!(statement.column(3).get(), ValueRef::Text(both.as_bytes()));
            statement.reset().unwrap();
        }
    }
}
