//! A long record of JSON lines.

use super::input::RecordText;
use super::json_text::{Form, take_text};
use super::json_value::{skip_space, take_value};
use super::values::Values;
use crate::data::json_lines::{ensure_known, find_column, malformed, take_field};
use crate::data::reader::MOST_UNKNOWN;
use crate::data::rows::{BadRow, Field, Written};
use crate::data::table::ValueType;

/// Reads an object; `found` gets a field for each column, where there is one.
pub(super) fn read(
    record: &mut RecordText<'_>,
    values: &mut Values<'_>,
    found: &mut Vec<Option<Field>>,
) -> Result<(), BadRow> {
    found.clear();
    found.resize(values.columns().len(), None);
    let mut object = Object {
        record,
        values,
        found,
        unknown: Vec::new(),
        next: 0,
    };
    object.read()?;
    ensure_known(object.unknown)
}

struct Object<'a, 'r, 'v> {
    record: &'a mut RecordText<'r>,
    values: &'a mut Values<'v>,
    found: &'a mut Vec<Option<Field>>,
    unknown: Vec<String>,
    /// The column that comes next where they are in their order.
    next: usize,
}

impl Object<'_, '_, '_> {
    fn read(&mut self) -> Result<(), BadRow> {
        self.expect(b'{')?;
        if !self.take(b'}')? {
            self.member()?;
            while self.take(b',')? {
                self.member()?;
            }
            self.expect(b'}')?;
        }
        skip_space(self.record)?;
        match self.record.is_at_end()? {
            true => Ok(()),
            false => Err(malformed()),
        }
    }

    /// Takes the next character after spaces where it is this one.
    fn take(&mut self, wanted: u8) -> Result<bool, BadRow> {
        skip_space(self.record)?;
        self.record.take(wanted)
    }

    fn expect(&mut self, wanted: u8) -> Result<(), BadRow> {
        match self.take(wanted)? {
            true => Ok(()),
            false => Err(malformed()),
        }
    }

    fn member(&mut self) -> Result<(), BadRow> {
        self.expect(b'"')?;
        self.values.begin_kept();
        take_text(self.record, self.values, Form::Content)?;
        let name = self.values.cut();
        self.expect(b':')?;
        skip_space(self.record)?;
        match find_column(self.values.columns(), self.next, &name) {
            Some(at) => self.value(at),
            None => self.unknown_value(name),
        }
    }

    fn value(&mut self, at: usize) -> Result<(), BadRow> {
        if self.found[at].is_some() {
            return Err(malformed());
        }
        let is_json = self.values.columns()[at].value == ValueType::Json;
        let field = if !is_json && self.record.take(b'"')? {
            self.values.begin(at);
            take_text(self.record, self.values, Form::Content)?;
            self.values.end(Written::Quoted)?
        } else {
            self.values.begin_kept();
            take_value(self.record, self.values)?;
            let raw = self.values.cut();
            take_field(&raw, is_json, self.values.text).map_err(|_| malformed())?
        };
        self.found[at] = Some(field);
        self.next = at + 1;
        Ok(())
    }

    fn unknown_value(&mut self, name: String) -> Result<(), BadRow> {
        if self.unknown.len() < MOST_UNKNOWN {
            self.values.keep_beside(name.len());
            self.unknown.push(name);
        }
        self.values.begin_skipped();
        take_value(self.record, self.values)
    }
}
