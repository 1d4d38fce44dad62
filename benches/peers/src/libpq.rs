//! PostgreSQL through libpq: prepared statements, parameters and results in binary form.

use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr;

use bindery_benches::{Client, Failure, Person};
use pq_sys as pq;

const FIND: &CStr = c"find";
const ALL: &CStr = c"all";
const INSERT: &CStr = c"insert";
const COPY_HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// A connection whose statements are prepared.
pub struct Libpq {
    connection: *mut pq::PGconn,
}

/// A result that is cleared.
struct Answer(*mut pq::PGresult);

impl Drop for Answer {
    fn drop(&mut self) {
        // SAFETY: made by libpq, cleared once.
        unsafe { pq::PQclear(self.0) }
    }
}

impl Drop for Libpq {
    fn drop(&mut self) {
        // SAFETY: made by libpq, finished once.
        unsafe { pq::PQfinish(self.connection) }
    }
}

impl Libpq {
    pub fn connect(url: &str) -> Result<Self, Failure> {
        let url = CString::new(url)?;
        // SAFETY: the text ends with NUL and outlives the call.
        let connection = unsafe { pq::PQconnectdb(url.as_ptr()) };
        let this = Self { connection };
        // SAFETY: a connection, good or bad.
        if unsafe { pq::PQstatus(connection) } != pq::ConnStatusType::CONNECTION_OK {
            return Err("libpq does not connect".into());
        }
        this.prepare(
            FIND,
            c"SELECT id, name, hair_color FROM people WHERE id = $1",
        )?;
        this.prepare(ALL, c"SELECT id, name, hair_color FROM people")?;
        this.prepare(
            INSERT,
            c"INSERT INTO people (id, name, hair_color) VALUES ($1, $2, $3) RETURNING id, name, hair_color",
        )?;
        Ok(this)
    }

    fn prepare(&self, name: &CStr, sql: &CStr) -> Result<(), Failure> {
        // SAFETY: both texts outlive the call; no types are given.
        let result =
            unsafe { pq::PQprepare(self.connection, name.as_ptr(), sql.as_ptr(), 0, ptr::null()) };
        self.checked(result).map(drop)
    }

    fn run(&self, sql: &CStr) -> Result<(), Failure> {
        // SAFETY: the text outlives the call.
        let result = unsafe { pq::PQexec(self.connection, sql.as_ptr()) };
        self.checked(result).map(drop)
    }

    fn ask(&self, name: &CStr, values: &[Option<&[u8]>]) -> Result<Answer, Failure> {
        let pointers: Vec<*const c_char> = values
            .iter()
            .map(|value| value.map_or(ptr::null(), |bytes| bytes.as_ptr().cast()))
            .collect();
        let lengths: Vec<c_int> = values
            .iter()
            .map(|value| value.map_or(0, |bytes| bytes.len() as c_int))
            .collect();
        let formats = vec![1; values.len()];
        // SAFETY: as many pointers, lengths and forms, which outlive the call.
        let result = unsafe {
            pq::PQexecPrepared(
                self.connection,
                name.as_ptr(),
                values.len() as c_int,
                pointers.as_ptr(),
                lengths.as_ptr(),
                formats.as_ptr(),
                1,
            )
        };
        self.checked(result)
    }

    fn checked(&self, result: *mut pq::PGresult) -> Result<Answer, Failure> {
        use pq::ExecStatusType::{
            PGRES_COMMAND_OK, PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_TUPLES_OK,
        };
        let answer = Answer(result);
        // SAFETY: a result, or NULL, which is an error too.
        let status = unsafe { pq::PQresultStatus(result) };
        let good = [
            PGRES_COMMAND_OK,
            PGRES_COPY_IN,
            PGRES_COPY_OUT,
            PGRES_TUPLES_OK,
        ];
        if good.contains(&status) {
            return Ok(answer);
        }
        // SAFETY: the text belongs to the connection and is copied immediately.
        let said = unsafe { CStr::from_ptr(pq::PQerrorMessage(self.connection)) };
        Err(said.to_string_lossy().into_owned().into())
    }

    fn insert_person(&self, person: &Person) -> Result<Person, Failure> {
        let id = person.id.to_be_bytes();
        let color = person.hair_color.as_ref().map(|color| color.as_bytes());
        let answer = self.ask(INSERT, &[Some(&id), Some(person.name.as_bytes()), color])?;
        answer.person(0)
    }

    /// The next row of COPY, `None` after the last.
    fn copied(&self) -> Result<Option<Copied>, Failure> {
        /// The value after the last row in place of its number of fields.
        const END: usize = 2;
        let mut bytes = ptr::null_mut();
        // SAFETY: libpq sets the pointer to bytes of the length that it gives, or says that there is none.
        let length = unsafe { pq::PQgetCopyData(self.connection, &mut bytes, 0) };
        match usize::try_from(length) {
            Ok(END) => {
                drop(Copied { bytes, length: END });
                self.copied()
            }
            Ok(length) => Ok(Some(Copied { bytes, length })),
            Err(_) if length == -1 => Ok(None),
            Err(_) => Err("COPY does not go on".into()),
        }
    }

    fn put(&self, bytes: &[u8]) -> Result<(), Failure> {
        // SAFETY: `bytes.len()` bytes, which are copied.
        let put = unsafe {
            pq::PQputCopyData(self.connection, bytes.as_ptr().cast(), bytes.len() as c_int)
        };
        if put == 1 {
            Ok(())
        } else {
            Err("COPY does not go on".into())
        }
    }
}

/// A row of COPY, which is freed.
struct Copied {
    bytes: *mut c_char,
    length: usize,
}

impl Drop for Copied {
    fn drop(&mut self) {
        // SAFETY: made by libpq, freed once.
        unsafe { pq::PQfreemem(self.bytes.cast()) }
    }
}

impl Copied {
    /// The head of it all comes with the first row.
    fn person(&self) -> Result<Person, Failure> {
        // SAFETY: `length` bytes, which live as long as this.
        let bytes = unsafe { std::slice::from_raw_parts(self.bytes.cast::<u8>(), self.length) };
        let mut rest = match bytes.strip_prefix(COPY_HEAD) {
            Some(row) => row,
            None => bytes,
        };
        rest = rest.get(2..).ok_or("no row")?;
        let id = field(&mut rest)?.ok_or("no key")?;
        let mut next_text = || -> Result<Option<String>, Failure> {
            let text = field(&mut rest)?.map(std::str::from_utf8).transpose()?;
            Ok(text.map(str::to_owned))
        };
        Ok(Person {
            id: i64::from_be_bytes(id.try_into()?),
            name: next_text()?.ok_or("no name")?,
            hair_color: next_text()?,
        })
    }
}

/// The next field of a row of COPY.
fn field<'b>(rest: &mut &'b [u8]) -> Result<Option<&'b [u8]>, Failure> {
    let (length, behind) = rest.split_first_chunk::<4>().ok_or("no length")?;
    let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
        *rest = behind;
        return Ok(None);
    };
    let (value, behind) = behind.split_at_checked(length).ok_or("no value")?;
    *rest = behind;
    Ok(Some(value))
}

impl Answer {
    fn rows(&self) -> c_int {
        // SAFETY: a result.
        unsafe { pq::PQntuples(self.0) }
    }

    fn field(&self, row: c_int, column: c_int) -> Option<&[u8]> {
        // SAFETY: row and column are within the result; the bytes live as long as it does.
        unsafe {
            if pq::PQgetisnull(self.0, row, column) == 1 {
                return None;
            }
            let length = pq::PQgetlength(self.0, row, column) as usize;
            Some(std::slice::from_raw_parts(
                pq::PQgetvalue(self.0, row, column).cast(),
                length,
            ))
        }
    }

    fn person(&self, row: c_int) -> Result<Person, Failure> {
        let text_of_column = |column| -> Result<Option<String>, Failure> {
            let field = self.field(row, column);
            Ok(field
                .map(|bytes| std::str::from_utf8(bytes).map(str::to_owned))
                .transpose()?)
        };
        Ok(Person {
            id: i64::from_be_bytes(self.field(row, 0).ok_or("no key")?.try_into()?),
            name: text_of_column(1)?.ok_or("no name")?,
            hair_color: text_of_column(2)?,
        })
    }
}

impl Client for Libpq {
    type Row = Person;

    fn name(&self) -> &'static str {
        "libpq"
    }

    fn clear(&mut self) -> Result<(), Failure> {
        self.run(c"TRUNCATE people")
    }

    fn find(&mut self, id: i64) -> Result<Option<Person>, Failure> {
        let answer = self.ask(FIND, &[Some(&id.to_be_bytes())])?;
        (answer.rows() > 0).then(|| answer.person(0)).transpose()
    }

    fn all(&mut self) -> Result<Vec<Person>, Failure> {
        let answer = self.ask(ALL, &[])?;
        (0..answer.rows()).map(|row| answer.person(row)).collect()
    }

    /// libpq's own way of single rows takes longer than all in one result.
    fn each(&mut self, take: &mut dyn FnMut(Person)) -> Result<(), Failure> {
        let answer = self.ask(ALL, &[])?;
        for row in 0..answer.rows() {
            take(answer.person(row)?);
        }
        Ok(())
    }

    fn export(&mut self, take: &mut dyn FnMut(Person)) -> Result<(), Failure> {
        self.run(c"COPY people (id, name, hair_color) TO STDOUT (FORMAT binary)")?;
        while let Some(row) = self.copied()? {
            take(row.person()?);
        }
        // SAFETY: the results are read to their end.
        unsafe {
            self.checked(pq::PQgetResult(self.connection))?;
            while !pq::PQgetResult(self.connection).is_null() {}
        }
        Ok(())
    }

    fn insert(&mut self, person: Person) -> Result<Person, Failure> {
        self.insert_person(&person)
    }

    fn insert_in_transaction(&mut self, person: Person) -> Result<Person, Failure> {
        self.run(c"BEGIN")?;
        let stored = self.insert_person(&person)?;
        self.run(c"COMMIT")?;
        Ok(stored)
    }

    fn insert_many(&mut self, people: Vec<Person>) -> Result<(), Failure> {
        self.run(c"COPY people (id, name, hair_color) FROM STDIN (FORMAT binary)")?;
        let mut bytes = COPY_HEAD.to_vec();
        let put = |bytes: &mut Vec<u8>, value: Option<&[u8]>| {
            let length = value.map_or(-1, |value| value.len() as i32);
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(value.unwrap_or_default());
        };
        for person in &people {
            bytes.extend_from_slice(&3_i16.to_be_bytes());
            put(&mut bytes, Some(&person.id.to_be_bytes()));
            put(&mut bytes, Some(person.name.as_bytes()));
            put(
                &mut bytes,
                person.hair_color.as_ref().map(|color| color.as_bytes()),
            );
        }
        bytes.extend_from_slice(&(-1_i16).to_be_bytes());
        bytes
            .chunks(64 * 1024)
            .try_for_each(|chunk| self.put(chunk))?;
        // SAFETY: no message; the results are read to their end.
        unsafe {
            pq::PQputCopyEnd(self.connection, ptr::null());
            self.checked(pq::PQgetResult(self.connection))?;
            while !pq::PQgetResult(self.connection).is_null() {}
        }
        Ok(())
    }
}
