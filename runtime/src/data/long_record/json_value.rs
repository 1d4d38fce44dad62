//! JSON values of any kind and length, as they are written.

use super::input::RecordText;
use super::json_text::{Form, take_text};
use super::values::Values;
use crate::data::json_lines::malformed;
use crate::data::rows::BadRow;

/// Takes a value, and gives its JSON to the value at hand.
pub(super) fn take_value(
    record: &mut RecordText<'_>,
    values: &mut Values<'_>,
) -> Result<(), BadRow> {
    Json { record, values }.value()
}

pub(super) fn skip_space(record: &mut RecordText<'_>) -> Result<(), BadRow> {
    record.take_until(|byte| !is_space(byte), |_| Ok(()))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

struct Json<'a, 'r, 'v> {
    record: &'a mut RecordText<'r>,
    values: &'a mut Values<'v>,
}

impl Json<'_, '_, '_> {
    /// Not recursive: there is no limit on how deep values may be nested.
    fn value(&mut self) -> Result<(), BadRow> {
        // The brackets that close the open arrays and objects.
        let mut open = Vec::new();
        loop {
            if let Some(close) = self.begin()? {
                open.push(close);
                self.values.ensure_room(open.len())?;
                if !self.take_after_space(close)? {
                    self.name(close)?;
                    continue;
                }
                open.pop();
            }
            if self.is_closed(&mut open)? {
                return Ok(());
            }
        }
    }

    /// Takes the brackets after a value, and the comma before the next one; `true` where none is open any more.
    fn is_closed(&mut self, open: &mut Vec<u8>) -> Result<bool, BadRow> {
        while let Some(&close) = open.last() {
            if self.take_after_space(b',')? {
                self.name(close)?;
                return Ok(false);
            }
            self.expect(close)?;
            open.pop();
        }
        Ok(true)
    }

    /// Takes a value that holds no others, or the bracket of one that does, and returns the one that closes it.
    fn begin(&mut self) -> Result<Option<u8>, BadRow> {
        match self.record.peek()? {
            Some(b'[') => self.expect(b'[').map(|()| Some(b']')),
            Some(b'{') => self.expect(b'{').map(|()| Some(b'}')),
            Some(b'"') => self.text().map(|()| None),
            Some(b't') => self.word("true").map(|()| None),
            Some(b'f') => self.word("false").map(|()| None),
            Some(b'n') => self.word("null").map(|()| None),
            _ => self.number().map(|()| None),
        }
    }

    /// Takes the name before a value of an object, and the spaces before a value.
    fn name(&mut self, close: u8) -> Result<(), BadRow> {
        self.space()?;
        if close == b'}' {
            self.text()?;
            self.space()?;
            self.expect(b':')?;
            self.space()?;
        }
        Ok(())
    }

    fn text(&mut self) -> Result<(), BadRow> {
        self.expect(b'"')?;
        take_text(self.record, self.values, Form::Json)?;
        self.values.push_char('"')
    }

    fn word(&mut self, word: &str) -> Result<(), BadRow> {
        word.bytes().try_for_each(|byte| self.expect(byte))
    }

    fn number(&mut self) -> Result<(), BadRow> {
        self.take(b'-')?;
        if !self.take(b'0')? {
            self.digits()?;
        }
        if self.take(b'.')? {
            self.digits()?;
        }
        if self.take(b'e')? || self.take(b'E')? {
            let _has_sign = self.take(b'+')? || self.take(b'-')?;
            self.digits()?;
        }
        Ok(())
    }

    /// At least one.
    fn digits(&mut self) -> Result<(), BadRow> {
        let mut is_none = true;
        self.record.take_until(
            |byte| !byte.is_ascii_digit(),
            |part| {
                is_none &= part.is_empty();
                self.values.push(part)
            },
        )?;
        if is_none { Err(malformed()) } else { Ok(()) }
    }

    fn space(&mut self) -> Result<(), BadRow> {
        self.record
            .take_until(|byte| !is_space(byte), |part| self.values.push(part))
    }

    fn take_after_space(&mut self, wanted: u8) -> Result<bool, BadRow> {
        self.space()?;
        self.take(wanted)
    }

    fn take(&mut self, wanted: u8) -> Result<bool, BadRow> {
        let is_it = self.record.take(wanted)?;
        if is_it {
            self.values.push_char(char::from(wanted))?;
        }
        Ok(is_it)
    }

    fn expect(&mut self, wanted: u8) -> Result<(), BadRow> {
        if self.take(wanted)? {
            Ok(())
        } else {
            Err(malformed())
        }
    }
}
