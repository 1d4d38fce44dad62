//! The text of one record, part by part.

use std::io::{BufRead, ErrorKind};

use memchr::memchr;

use crate::data::reader::text_of;
use crate::data::rows::BadRow;
use crate::data::{DataFormat, csv};
use crate::error::DataProblem;
use crate::value::utf8::whole_characters;

/// A record that is read from where it begins to its end, without the end of its last line.
pub(in crate::data) struct RecordText<'a> {
    /// The begin of the record, which was read before; the record does not end in it but with its last byte.
    head: &'a [u8],
    input: &'a mut dyn BufRead,
    /// The bytes that are read at a time.
    size: usize,
    end: End,
    is_read: bool,
    /// Bytes that are not text yet: a part of a character, or a `\r` that may belong to the end of the record.
    bytes: Vec<u8>,
    /// The text at hand, of which the bytes before `position` are taken.
    text: String,
    position: usize,
}

impl<'a> RecordText<'a> {
    pub(in crate::data) fn new(
        head: &'a [u8],
        input: &'a mut dyn BufRead,
        format: DataFormat,
        size: usize,
    ) -> Self {
        Self {
            head,
            input,
            size,
            end: End::new(format),
            is_read: false,
            bytes: Vec::new(),
            text: String::new(),
            position: 0,
        }
    }

    /// The lines that were read.
    pub(in crate::data) fn lines(&self) -> u64 {
        self.end.lines + u64::from(self.end.is_in_line)
    }

    /// Reads the rest of the record.
    pub(super) fn skip(&mut self) -> Result<(), BadRow> {
        let mut outcome = Ok(());
        while !self.is_read {
            match self.fill() {
                Err(bad) if bad.ends_reading() => return Err(bad),
                Err(bad) => outcome = Err(bad),
                Ok(()) => {}
            }
        }
        outcome
    }

    pub(super) fn is_at_end(&mut self) -> Result<bool, BadRow> {
        Ok(self.rest()?.is_empty())
    }

    /// The first byte of the rest, none at the end of the record.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, BadRow> {
        Ok(self.rest()?.bytes().next())
    }

    /// Takes the next character where it is an ASCII character, and leaves any other.
    pub(super) fn take_ascii(&mut self) -> Result<Option<u8>, BadRow> {
        let byte = self.peek()?.filter(u8::is_ascii);
        self.position += usize::from(byte.is_some());
        Ok(byte)
    }

    /// Takes the next character where it is this one, of ASCII.
    pub(super) fn take(&mut self, wanted: u8) -> Result<bool, BadRow> {
        let is_it = self.peek()? == Some(wanted);
        self.position += usize::from(is_it);
        Ok(is_it)
    }

    /// Takes the text before the next character that `is_stop` holds for, which may be those of ASCII alone, or before the end, and
    /// gives it in parts.
    pub(super) fn take_until(
        &mut self,
        is_stop: impl Fn(u8) -> bool,
        give: impl FnMut(&str) -> Result<(), BadRow>,
    ) -> Result<(), BadRow> {
        self.take_to(|text| text.iter().position(|&byte| is_stop(byte)), give)
    }

    /// The same for long texts: `find` looks at many bytes at a time.
    pub(super) fn take_to(
        &mut self,
        find: impl Fn(&[u8]) -> Option<usize>,
        mut give: impl FnMut(&str) -> Result<(), BadRow>,
    ) -> Result<(), BadRow> {
        loop {
            let rest = self.rest()?;
            let stop = find(rest.as_bytes());
            let length = stop.unwrap_or(rest.len());
            give(&rest[..length])?;
            self.position += length;
            if stop.is_some() || length == 0 {
                return Ok(());
            }
        }
    }

    /// The rest of the text at hand, which is empty at the end of the record alone.
    fn rest(&mut self) -> Result<&str, BadRow> {
        while self.position == self.text.len() && !self.is_read {
            self.fill()?;
        }
        Ok(&self.text[self.position..])
    }

    /// Has the next part at hand, which may be empty. After bytes that are not text it goes on with those that follow them.
    fn fill(&mut self) -> Result<(), BadRow> {
        self.text.clear();
        self.position = 0;
        self.read_part()?;
        let text = if self.is_read {
            for end in [b'\n', b'\r'] {
                self.bytes.pop_if(|last| *last == end);
            }
            text_of(&self.bytes)
        } else {
            whole_characters(&self.bytes)
                .map(|text| text.strip_suffix('\r').unwrap_or(text))
                .map_or_else(|| text_of(&self.bytes), Ok)
        };
        match text {
            Ok(text) => {
                self.text.push_str(text);
                self.bytes.drain(..self.text.len());
                Ok(())
            }
            Err(bad) => {
                self.bytes.clear();
                Err(bad)
            }
        }
    }

    fn read_part(&mut self) -> Result<(), BadRow> {
        let is_head = !self.head.is_empty();
        let part = if is_head {
            Ok(self.head)
        } else {
            self.input.fill_buf()
        };
        let part = match part {
            Ok(part) => part,
            // By a signal: the next call reads on.
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(()),
            Err(error) => return Err(BadRow::new(DataProblem::Input(error.kind()))),
        };
        let (length, is_end) = self.end.find(&part[..part.len().min(self.size)]);
        self.bytes.extend_from_slice(&part[..length]);
        self.is_read = is_end || length == 0;
        if is_head {
            self.head = &self.head[length..];
        } else {
            self.input.consume(length);
        }
        Ok(())
    }
}

/// Finds the end of a record: of a line, in CSV of one at whose end no quote is open.
struct End {
    is_csv: bool,
    is_in_quotes: bool,
    /// Lines that ended.
    lines: u64,
    is_in_line: bool,
}

impl End {
    fn new(format: DataFormat) -> Self {
        Self {
            is_csv: format == DataFormat::Csv,
            is_in_quotes: false,
            lines: 0,
            is_in_line: false,
        }
    }

    /// Returns the number of bytes of the part that belong to the record, and whether it ends with them.
    fn find(&mut self, part: &[u8]) -> (usize, bool) {
        let mut length = 0;
        while length < part.len() {
            let line = &part[length..];
            let line = memchr(b'\n', line).map_or(line, |end| &line[..=end]);
            length += line.len();
            self.is_in_quotes ^= self.is_csv && csv::quotes(line) % 2 == 1;
            self.is_in_line = !line.ends_with(b"\n");
            self.lines += u64::from(!self.is_in_line);
            if !self.is_in_line && !self.is_in_quotes {
                return (length, true);
            }
        }
        (length, false)
    }
}
