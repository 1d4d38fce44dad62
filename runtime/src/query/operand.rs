//! The values that a column is set to, or that stand beside it.

use super::column::Column;
use super::computed_on::Anywhere;
use super::condition::Predicate;
use super::expression::Expr;
use super::nullability::{NotNull, Nullability};
use super::shape::{ColumnPath, op};
use super::together::Holds;
use crate::error::Result;
use crate::link::engine::Engine;
use crate::model::key::Key;
use crate::value::RowReader;
use crate::value::column_form::ColumnForm;
use crate::value::recorded::value_kind;
use crate::value::types::{FromColumn, ToColumn};
use bindery_core::dialect::Function;

/// In place of an engine in the type of a key column: the engine of the row, where the model lives on several.
#[derive(Debug, Clone, Copy)]
pub enum RowEngine {}

/// A value that stands for a `T` in a query of model `M` on engine `E`: a `T`, a `&T`, or a column or expression of the same
/// model with values of `T`, or with numbers that `T` holds all of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not stand for a `{T}`",
    label = "expected `{T}`, or a column or expression of the same model that holds it",
    note = "for a value that may be missing: `.set_or_null(value)`, `.eq_or_null(value)`, or `.filter_if(value, |value| …)` on the query",
    note = "convert a number of another type first, as in `i64::from(number)`, and a column of a wider one by `.cast::<i32>()`; a bare key by its type, as in `UserId::new(number)`"
)]
pub trait Operand<M, T, E: Engine> {
    /// Whether it may be NULL.
    #[doc(hidden)]
    type Nullability: Nullability;
    /// The engines that it can be computed on.
    #[doc(hidden)]
    type On;
    #[doc(hidden)]
    fn write(self, into: &mut Writing<'_>);
}

/// The condition that an operand is written to.
#[doc(hidden)]
pub struct Writing<'a> {
    predicate: &'a mut Predicate,
    form: ColumnForm,
    /// The database may not know the type of a value.
    is_typed: bool,
    /// The digits after the point that a column keeps, where the operand is one; `None` are all that its type can have.
    pub(super) source: Option<Option<u32>>,
}

impl<'a> Writing<'a> {
    /// An operand of this column.
    #[inline]
    pub(crate) fn of(predicate: &'a mut Predicate, column: ColumnPath) -> Self {
        Self {
            predicate,
            form: binary(column.is_binary()),
            is_typed: false,
            source: None,
        }
    }

    /// The value that a column of this form is set to.
    pub(crate) fn assigned(predicate: &'a mut Predicate, form: ColumnForm) -> Self {
        Self {
            predicate,
            form,
            is_typed: false,
            source: None,
        }
    }

    /// An operand of an operator that says the type of its value.
    pub(crate) fn untyped(predicate: &'a mut Predicate) -> Self {
        Self {
            predicate,
            form: ColumnForm::ANY,
            is_typed: false,
            source: None,
        }
    }

    /// An operand of an expression.
    pub(crate) fn typed(predicate: &'a mut Predicate, is_binary: bool) -> Self {
        Self {
            predicate,
            form: binary(is_binary),
            is_typed: true,
            source: None,
        }
    }

    #[inline]
    pub(crate) fn value<T: ToColumn + ?Sized>(&mut self, value: &T) {
        if self.is_typed {
            self.typed_value(value);
        } else {
            self.predicate.shape.push(op::VALUE);
            self.predicate.value(value, self.form);
        }
    }

    /// A function of the operand that was written last.
    pub(super) fn call(&mut self, function: Option<Function>) {
        self.predicate.call(function);
    }

    fn typed_value<T: ToColumn + ?Sized>(&mut self, value: &T) {
        let before = self.predicate.values.bytes().len();
        self.predicate.value(value, self.form);
        let kind = value_kind(&self.predicate.values.bytes()[before..]);
        self.predicate.shape.fixed([op::TYPED, kind as u8]);
    }

    /// An expression of columns, or of groups.
    pub(super) fn expression(&mut self, expression: &Predicate) {
        self.predicate.append(expression);
    }

    #[inline]
    fn key<M, E: Engine, V: ToColumn>(&mut self, key: &Key<M, E, V>) {
        self.predicate.keys.add(key.engine().index());
        self.value(key);
    }
}

/// The form of a column of bytes, or of any other.
const fn binary(is_binary: bool) -> ColumnForm {
    ColumnForm {
        is_binary,
        ..ColumnForm::ANY
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: ToColumn, E: Engine> Operand<M, T, E> for T {
    type Nullability = NotNull;
    type On = Anywhere;

    #[inline]
    fn write(self, into: &mut Writing<'_>) {
        into.value(&self);
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: ToColumn, E: Engine> Operand<M, T, E> for &T {
    type Nullability = NotNull;
    type On = Anywhere;

    #[inline]
    fn write(self, into: &mut Writing<'_>) {
        into.value(self);
    }
}

#[diagnostic::do_not_recommend]
impl<M, E: Engine> Operand<M, String, E> for &str {
    type Nullability = NotNull;
    type On = Anywhere;

    #[inline]
    fn write(self, into: &mut Writing<'_>) {
        into.value(self);
    }
}

#[diagnostic::do_not_recommend]
impl<M, E: Engine> Operand<M, Vec<u8>, E> for &[u8] {
    type Nullability = NotNull;
    type On = Anywhere;

    #[inline]
    fn write(self, into: &mut Writing<'_>) {
        into.value(self);
    }
}

#[diagnostic::do_not_recommend]
impl<M, U, V: ToColumn, E: Engine> Operand<M, Key<U, RowEngine, V>, E> for Key<U, E, V> {
    type Nullability = NotNull;
    type On = Anywhere;

    #[inline]
    fn write(self, into: &mut Writing<'_>) {
        into.key(&self);
    }
}

#[diagnostic::do_not_recommend]
impl<M, U, V: ToColumn, E: Engine> Operand<M, Key<U, RowEngine, V>, E> for &Key<U, E, V> {
    type Nullability = NotNull;
    type On = Anywhere;

    #[inline]
    fn write(self, into: &mut Writing<'_>) {
        into.key(self);
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: Holds<U>, U, K: Nullability, E: Engine> Operand<M, T, E> for Column<M, U, K> {
    type Nullability = K;
    type On = Anywhere;

    fn write(self, into: &mut Writing<'_>) {
        into.predicate.push_column(self.path);
        into.source = Some(self.form.fraction);
        into.call(T::WIDENED);
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: Holds<U>, U, K: Nullability, R, E: Engine> Operand<M, T, E> for Expr<M, U, K, R> {
    type Nullability = K;
    type On = R;

    fn write(self, into: &mut Writing<'_>) {
        into.predicate.append(&self.predicate);
        into.call(T::WIDENED);
    }
}

/// Columns of text.
#[diagnostic::on_unimplemented(
    message = "this needs text, and the column or expression holds `{Self}`",
    label = "not a column or expression of text"
)]
pub trait IsText {}

impl IsText for String {}

/// A type of column values, as it is read on an engine.
pub trait ColumnType<E: Engine>: 'static {
    /// The Rust value.
    type Value;
    #[doc(hidden)]
    fn read_on(row: &mut RowReader<'_>, engine: E) -> Result<Self::Value>;
}

impl<E: Engine, T: FromColumn + 'static> ColumnType<E> for T {
    type Value = T;

    fn read_on(row: &mut RowReader<'_>, _: E) -> Result<T> {
        T::read(row)
    }
}

impl<E: Engine, U: 'static, V: FromColumn + 'static> ColumnType<E> for Key<U, RowEngine, V> {
    type Value = Key<U, E, V>;

    fn read_on(row: &mut RowReader<'_>, engine: E) -> Result<Self::Value> {
        V::read(row).map(|value| Key::on(engine, value))
    }
}
