//! SQL of the program's own within a condition, made by `sql_fragment!`: its columns are columns of the model, its values are
//! bound.

use super::column::Column;
use super::condition::{Condition, Predicate};
use super::shape::{ColumnPath, ShapeReader, op};
use super::tree::Piece;
use crate::link::engine::Engine;
use crate::value::column_form::ColumnForm;
use crate::value::types::ToColumn;
use std::marker::PhantomData;

/// A term that may stand in braces in [`sql_fragment!`](macro@crate::sql_fragment): a column of the queried model, or a value, which
/// is bound.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in an SQL fragment of a condition on `{M}`",
    label = "expected a column of the model that is queried, or a value",
    note = "a value is bound, so it is a `bindery::types::ToColumn`: a number, text, bytes, a date, a key, an `Option` of one",
    note = "conditions on the columns of another model need a join or raw SQL"
)]
pub trait FragmentPart<M, E: Engine> {
    #[doc(hidden)]
    fn write(&self, into: &mut FragmentWriter<'_>);
}

#[diagnostic::do_not_recommend]
impl<M, T, K, E: Engine> FragmentPart<M, E> for Column<M, T, K> {
    fn write(&self, into: &mut FragmentWriter<'_>) {
        into.column(self.path);
    }
}

#[diagnostic::do_not_recommend]
impl<M, V: ToColumn + ?Sized, E: Engine> FragmentPart<M, E> for V {
    fn write(&self, into: &mut FragmentWriter<'_>) {
        into.value(self);
    }
}

/// The condition that a part is written to.
#[doc(hidden)]
pub struct FragmentWriter<'a>(&'a mut Predicate);

impl FragmentWriter<'_> {
    fn column(&mut self, path: ColumnPath) {
        self.0.shape.push(op::COLUMN);
        path.write(&mut self.0.shape);
    }

    fn value<T: ToColumn + ?Sized>(&mut self, value: &T) {
        self.0.shape.push(op::VALUE);
        if let Some(engine) = value.key_engine() {
            self.0.keys.add(engine);
        }
        self.0.value(value, ColumnForm::ANY);
    }
}

/// A fragment that is being put together, for the macro.
#[doc(hidden)]
#[must_use]
pub struct Fragment<M, E> {
    predicate: Predicate,
    marker: PhantomData<fn() -> (M, E)>,
}

impl<M, E: Engine> Fragment<M, E> {
    /// One that begins with this text.
    pub fn new(text: &'static str) -> Self {
        let mut predicate = Predicate::new();
        predicate.shape.push(op::FRAGMENT);
        let begun = Self {
            predicate,
            marker: PhantomData,
        };
        begun.text(text)
    }

    /// Appends text of the program's source.
    pub fn text(mut self, text: &'static str) -> Self {
        let shape = &mut self.predicate.shape;
        shape.push(op::TEXT);
        shape.extend(&(text.len() as u32).to_le_bytes());
        shape.extend(text.as_bytes());
        self
    }

    /// Appends a column or a value.
    pub fn part<P: FragmentPart<M, E> + ?Sized>(mut self, part: &P) -> Self {
        part.write(&mut FragmentWriter(&mut self.predicate));
        self
    }

    /// The fragment as a condition, which can be combined with others.
    pub fn condition(mut self) -> Condition<M, E> {
        self.predicate.shape.push(op::END);
        Condition::new(self.predicate)
    }
}

/// Reads the parts of a fragment from a shape.
pub(super) fn read_pieces(reader: &mut ShapeReader<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    loop {
        pieces.push(match reader.byte() {
            op::TEXT => Piece::Text(reader.text()),
            op::VALUE => Piece::Value,
            op::COLUMN => Piece::Column(reader.path()),
            _ => return pieces,
        });
    }
}
