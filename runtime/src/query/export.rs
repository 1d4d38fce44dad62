//! The rows of a query as text: CSV, and JSON lines. One row is in memory at a time.

use std::io::{BufWriter, Write};

use super::statement::Query;
use crate::error::{Error, ErrorKind, Result, unquoted};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::value::cells::{Cell, Cells, push_json, push_json_text};

/// The form in which a row is written.
#[derive(Clone, Copy)]
enum Format {
    Csv,
    JsonLines,
}

impl<M: Model, E: Engine, A> Query<'_, M, E, A> {
    /// Writes the rows as CSV, and returns their number: a line with the names of the columns, then a line for each row, in
    /// the form of PostgreSQL's `COPY … CSV` and RFC 4180 with `\n`. NULL is nothing, an empty text is `""`.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let mut b = db.b()?;
    /// b.blogs().insert_many([NewBlog::new("one, two").content(""), NewBlog::new("three")])?;
    /// let mut csv = Vec::new();
    /// b.blogs().order_by(blog::id.asc()).write_csv(&mut csv)?;
    /// assert_eq!(String::from_utf8_lossy(&csv), "id,title,content,stars\n1,\"one, two\",\"\",0\n2,three,,0\n");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Output`] where `out` cannot be written; else as [`iter`](Self::iter). What was written before stays.
    #[track_caller]
    pub fn write_csv(self, mut out: impl Write) -> Result<u64> {
        self.export(Format::Csv, &mut out)
    }

    /// Writes the rows as JSON lines, and returns their number: an object for each row, with the names of the columns.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let mut b = db.b()?;
    /// b.blogs().insert(NewBlog::new("a \"b\""))?;
    /// let mut json = Vec::new();
    /// assert_eq!(b.blogs().query().write_json_lines(&mut json)?, 1);
    /// assert_eq!(String::from_utf8_lossy(&json), "{\"id\":1,\"title\":\"a \\\"b\\\"\",\"content\":null,\"stars\":0}\n");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`write_csv`](Self::write_csv).
    #[track_caller]
    pub fn write_json_lines(self, mut out: impl Write) -> Result<u64> {
        self.export(Format::JsonLines, &mut out)
    }

    #[track_caller]
    fn export(self, format: Format, out: &mut dyn Write) -> Result<u64> {
        let columns = self.repository.sql()?.columns;
        let names: Vec<String> = columns.iter().map(|name| unquoted(name)).collect();
        let mut rows = self.iter()?;
        let mut out = BufWriter::new(out);
        let (cells, mut line, mut count) = (Cells::default(), String::new(), 0);
        format.head(&names, &mut line);
        loop {
            let written = out.write_all(line.as_bytes());
            written.map_err(|error| rows.located(not_written(&error)))?;
            let read = rows.pull(|row, engine| M::read(&mut row.seen_by(&cells), engine).map(drop));
            let Some(read) = read else { break };
            read?;
            line.clear();
            format.row(&names, &cells.take(names.len()), &mut line);
            count += 1;
        }
        let flushed = out.flush();
        flushed.map_err(|error| rows.located(not_written(&error)))?;
        Ok(count)
    }
}

#[cold]
fn not_written(error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Output(error.kind()))
}

impl Format {
    fn head(self, names: &[String], line: &mut String) {
        match self {
            Self::Csv => {
                let names = names.iter().map(|name| Cell::Text(name.clone()));
                csv_line(&names.collect::<Vec<_>>(), line);
            }
            Self::JsonLines => {}
        }
    }

    fn row(self, names: &[String], cells: &[Cell], line: &mut String) {
        match self {
            Self::Csv => csv_line(cells, line),
            Self::JsonLines => json_line(names, cells, line),
        }
    }
}

fn csv_line(cells: &[Cell], line: &mut String) {
    for (at, cell) in cells.iter().enumerate() {
        line.push_str(if at == 0 { "" } else { "," });
        match cell {
            Cell::Null => {}
            Cell::Bare(text) => line.push_str(text),
            Cell::Text(text) | Cell::Json(text) => push_field(text, line),
        }
    }
    line.push('\n');
}

/// Quoted where it would be taken for something else. A single column of NULL is an empty line, as PostgreSQL writes it.
fn push_field(text: &str, line: &mut String) {
    let is_plain = !text.is_empty()
        && text != "\\."
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.contains(['"', ',', '\n', '\r']);
    if is_plain {
        return line.push_str(text);
    }
    line.push('"');
    line.push_str(&text.replace('"', "\"\""));
    line.push('"');
}

fn json_line(names: &[String], cells: &[Cell], line: &mut String) {
    line.push('{');
    for (at, (name, cell)) in names.iter().zip(cells).enumerate() {
        line.push_str(if at == 0 { "" } else { "," });
        push_json_text(name, line);
        line.push(':');
        push_json(cell, line);
    }
    line.push_str("}\n");
}
