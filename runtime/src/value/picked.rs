//! Some of the values of a row, where all of them are written.

use super::of_column::Value;
use super::writer::ParamTarget;
use super::{ColumnSet, ParamWriter};
use crate::error::{Error, Result};
use bindery_core::dialect::Dialect;

/// Hands on the values that are wanted, and passes over the others.
pub(crate) struct Picked<'a> {
    /// Whether each of the values that come, in order, is wanted.
    wanted: &'a [bool],
    next: usize,
    into: &'a mut (dyn TakesValues + 'a),
    pub(super) dialect: Dialect,
}

/// A writer, whatever it writes to.
trait TakesValues {
    fn value(&mut self, value: Value<'_>);
    fn array(&mut self, length: usize, write: &mut dyn FnMut(&mut ParamWriter<'_>));
    fn refused(&mut self, error: Error);
}

impl TakesValues for ParamWriter<'_> {
    fn value(&mut self, value: Value<'_>) {
        value.write(self);
    }

    fn array(&mut self, length: usize, write: &mut dyn FnMut(&mut ParamWriter<'_>)) {
        self.array(length, write);
    }

    fn refused(&mut self, error: Error) {
        self.refuse_with(error);
    }
}

impl Picked<'_> {
    /// Asked once for each value.
    #[inline]
    fn is_wanted(&mut self) -> bool {
        let wanted = self.wanted.get(self.next);
        self.next += 1;
        wanted == Some(&true)
    }

    #[inline]
    pub(super) fn put(&mut self, value: Value<'_>) -> Result<()> {
        if self.is_wanted() {
            self.into.value(value);
        }
        Ok(())
    }

    pub(super) fn array(
        &mut self,
        length: usize,
        write: &mut dyn FnMut(&mut ParamWriter<'_>),
    ) -> Result<()> {
        if self.is_wanted() {
            self.into.array(length, write);
        }
        Ok(())
    }

    /// In place of a value.
    #[cold]
    pub(super) fn refuse(&mut self, error: Error) {
        if self.is_wanted() {
            self.into.refused(error);
        }
    }
}

impl ParamWriter<'_> {
    /// Runs `write`, which writes the columns of `given`, and takes only those of `wanted`, in ascending order.
    pub(crate) fn pick(
        &mut self,
        given: &ColumnSet,
        wanted: &ColumnSet,
        write: impl FnOnce(&mut ParamWriter<'_>),
    ) {
        let wanted: Vec<bool> = given.iter().map(|column| wanted.contains(column)).collect();
        self.pick_given(&wanted, write);
    }

    /// The same where it is known which of the written values are wanted.
    pub(crate) fn pick_given(&mut self, wanted: &[bool], write: impl FnOnce(&mut ParamWriter<'_>)) {
        let dialect = self.dialect();
        write(&mut ParamWriter::new(ParamTarget::Picked(Picked {
            wanted,
            next: 0,
            into: self,
            dialect,
        })));
    }
}
