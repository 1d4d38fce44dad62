//! Columns as values. Generated code has a constant for each: `post::title`.

use std::marker::PhantomData;

use super::comparable::Comparable;
use super::computed_on::ComputedOn;
use super::condition::{Condition, Predicate};
use super::nullability::{MayBeNull, NotNull, Nullability};
use super::operand::{IsText, Operand, Writing};
use super::order::Order;
use super::shape::{ColumnPath, op};
use crate::link::engine::Engine;
use crate::value::Buffer;
use crate::value::column_form::ColumnForm;
use crate::value::recorded::{RecordedValues, record_list, record_search};
use crate::value::text_search::ensure_pattern;
use bindery_core::dialect::{Function, TextSearch};

/// A column of model `M` with values of type `T`. `K` is [`NotNull`], [`Nullable`](super::Nullable) or a reference.
///
/// ```
/// # use bindery_cases::examples::*;
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// db.users().insert(NewUser::new("ann@example.org"))?;
/// let of_example = db.users().filter(user::email.ends_with("@example.org"));
/// assert_eq!(of_example.order_by(user::email.asc()).all()?.len(), 1);
/// assert!(!db.users().filter(user::email.in_list(["bob@example.org", "cyd@example.org"])).exists()?);
/// # Ok(())
/// # }
/// ```
pub struct Column<M, T, K = NotNull> {
    pub(crate) path: ColumnPath,
    pub(crate) link: LinkPlaces,
    /// The number of its reference, where it refers to a model.
    pub(crate) reference: u8,
    /// How it keeps its values.
    pub(crate) form: ColumnForm,
    /// Makes of a computed value one with as many digits after the point as the column keeps.
    pub(super) fitted: Option<Function>,
    marker: Marker<M, T, K>,
}

/// Where a link begins and ends, for a column that is one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LinkPlaces {
    /// The place of the column among those that are written.
    pub(crate) written: u16,
    /// The column that is referred to, where it is not the key.
    pub(crate) column: Option<u16>,
}

impl LinkPlaces {
    const NONE: Self = Self {
        written: 0,
        column: None,
    };
}

/// The values whose digits after the point a column limits. For generated code.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fraction {
    Decimal,
    Float,
    /// Dates with times, and points in time.
    Moment,
    /// Times of day.
    Time,
    /// Elements of an array: none are computed.
    Element,
}

impl Fraction {
    const fn fitted(self) -> Option<Function> {
        match self {
            Self::Decimal => Some(Function::RoundDecimal),
            Self::Float => Some(Function::RoundFloat),
            Self::Moment => Some(Function::CutMoment),
            Self::Time => Some(Function::CutTime),
            Self::Element => None,
        }
    }
}

pub(crate) type Marker<M, T, K> = PhantomData<fn() -> (M, T, K)>;

impl<M, T, K> Clone for Column<M, T, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T, K> Copy for Column<M, T, K> {}

impl<M, T, K> std::fmt::Debug for Column<M, T, K> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_tuple("Column").field(&self.path.index()).finish()
    }
}

/// The column at this position of the row. For generated code: rustc checks and evaluates one call of a plain function for a
/// constant faster than anything with a method.
#[doc(hidden)]
pub const fn column<M, T, K>(index: u16) -> Column<M, T, K> {
    Column {
        path: ColumnPath::own(index),
        link: LinkPlaces::NONE,
        reference: 0,
        form: ColumnForm::ANY,
        fitted: None,
        marker: PhantomData,
    }
}

/// The same of a column that is the reference of this number alone.
#[doc(hidden)]
pub const fn foreign_key<M, T, K>(index: u16, reference: u8) -> Column<M, T, K> {
    Column {
        path: ColumnPath::own(index),
        link: LinkPlaces::NONE,
        reference,
        form: ColumnForm::ANY,
        fitted: None,
        marker: PhantomData,
    }
}

impl<M, T, K> Column<M, T, K> {
    /// [`column`] of types that are written out. For generated code.
    #[doc(hidden)]
    pub const fn at(index: u16) -> Self {
        column(index)
    }

    /// With the number of the reference that the column is alone.
    pub(crate) const fn refers(mut self, reference: u8) -> Self {
        self.reference = reference;
        self
    }

    /// The column stores its values as bytes. For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn binary(mut self) -> Self {
        self.path = self.path.binary();
        self.form.is_binary = true;
        self
    }

    /// The column keeps this number of digits after the point of values of this kind. For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn of_fraction(mut self, digits: u8, of: Fraction) -> Self {
        self.form.fraction = Some(digits as u32);
        self.fitted = of.fitted();
        self
    }

    /// A number of the column may have this number of digits in all. For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn of_digits(mut self, digits: u32) -> Self {
        self.form.digits = Some(digits);
        self
    }

    /// A text of the column may have this number of characters. For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn of_length(mut self, characters: u32) -> Self {
        self.form.length = Some(characters);
        self
    }

    /// The column is a `YEAR`. For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn of_years(mut self) -> Self {
        self.form.is_year = true;
        self
    }

    /// The column links to a row by its key; it is the one at this place among those that are written. For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn links(mut self, written: u16) -> Self {
        self.link.written = written;
        self
    }

    /// The column links to a row by this column of it. For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn links_to(mut self, written: u16, column: u16) -> Self {
        self.link = LinkPlaces {
            written,
            column: Some(column),
        };
        self
    }

    /// The column as one of another type, with the same values in the database.
    pub(super) const fn of_type<U>(self) -> Column<M, U, K> {
        Column {
            path: self.path,
            link: self.link,
            reference: self.reference,
            form: self.form,
            fitted: self.fitted,
            marker: PhantomData,
        }
    }

    pub(crate) const fn of_path(path: ColumnPath) -> Self {
        Self {
            path,
            link: LinkPlaces::NONE,
            reference: 0,
            form: ColumnForm::ANY,
            fitted: None,
            marker: PhantomData,
        }
    }

    /// The column equals this value, or another column or expression of the model.
    #[inline]
    pub fn eq<E: Engine>(
        self,
        value: impl Comparable<M, T, E, On: ComputedOn<E>>,
    ) -> Condition<M, E> {
        self.compare(op::EQ, value)
    }

    /// The column has another value. A row where it is NULL does not meet this.
    #[inline]
    pub fn ne<E: Engine>(
        self,
        value: impl Comparable<M, T, E, On: ComputedOn<E>>,
    ) -> Condition<M, E> {
        self.compare(op::NE, value)
    }

    /// The column is less than this.
    #[inline]
    pub fn lt<E: Engine>(
        self,
        value: impl Comparable<M, T, E, On: ComputedOn<E>>,
    ) -> Condition<M, E> {
        self.compare(op::LT, value)
    }

    /// The column is less than this, or equal.
    #[inline]
    pub fn le<E: Engine>(
        self,
        value: impl Comparable<M, T, E, On: ComputedOn<E>>,
    ) -> Condition<M, E> {
        self.compare(op::LE, value)
    }

    /// The column is greater than this.
    #[inline]
    pub fn gt<E: Engine>(
        self,
        value: impl Comparable<M, T, E, On: ComputedOn<E>>,
    ) -> Condition<M, E> {
        self.compare(op::GT, value)
    }

    /// The column is greater than this, or equal.
    #[inline]
    pub fn ge<E: Engine>(
        self,
        value: impl Comparable<M, T, E, On: ComputedOn<E>>,
    ) -> Condition<M, E> {
        self.compare(op::GE, value)
    }

    #[inline]
    fn compare<E: Engine, O: Comparable<M, T, E, On: ComputedOn<E>>>(
        self,
        code: u8,
        value: O,
    ) -> Condition<M, E> {
        let mut predicate = Predicate::column(self.path);
        predicate.call(O::AS);
        value.write(&mut Writing::of(&mut predicate, self.path));
        predicate.shape.push(code);
        Condition::new(predicate)
    }

    /// The column is within these bounds, both included.
    pub fn between<E: Engine>(
        self,
        low: impl Operand<M, T, E, On: ComputedOn<E>>,
        high: impl Operand<M, T, E, On: ComputedOn<E>>,
    ) -> Condition<M, E> {
        let mut predicate = Predicate::column(self.path);
        low.write(&mut Writing::of(&mut predicate, self.path));
        high.write(&mut Writing::of(&mut predicate, self.path));
        predicate.shape.push(op::BETWEEN);
        Condition::new(predicate)
    }

    /// The column equals one of these values; no row meets an empty list.
    pub fn in_list<E: Engine, I>(self, values: I) -> Condition<M, E>
    where
        I: IntoIterator,
        I::Item: Operand<M, T, E>,
    {
        let mut items = Predicate::new();
        let mut count = 0_u64;
        for value in values {
            let before = items.shape.bytes().len();
            value.write(&mut Writing::of(&mut items, self.path));
            items.ensure_value(before);
            count += 1;
        }
        Condition::new(in_list(Predicate::column(self.path), count, items))
    }

    /// The column is NULL.
    pub fn is_null<E: Engine>(self) -> Condition<M, E>
    where
        K: MayBeNull,
    {
        Condition::new(Predicate::leaf(op::IS_NULL, self.path))
    }

    /// The column has a value.
    pub fn is_not_null<E: Engine>(self) -> Condition<M, E>
    where
        K: MayBeNull,
    {
        Condition::new(Predicate::leaf(op::IS_NOT_NULL, self.path))
    }

    /// The column equals the value, or is NULL where there is none.
    pub fn eq_or_null<E: Engine>(
        self,
        value: Option<impl Comparable<M, T, E, On: ComputedOn<E>>>,
    ) -> Condition<M, E>
    where
        K: MayBeNull,
    {
        match value {
            Some(value) => self.eq(value),
            None => self.is_null(),
        }
    }

    /// The text matches the pattern, by case: `%` stands for any text, `_` for any character, and `|` before one of the three
    /// for that character itself.
    pub fn like<E: Engine>(self, pattern: impl AsRef<str>) -> Condition<M, E>
    where
        T: IsText,
    {
        Condition::new(searched(
            Predicate::column(self.path),
            TextSearch::Pattern,
            pattern.as_ref(),
        ))
    }

    /// The text contains this one, by case. No character has a special meaning.
    pub fn contains<E: Engine>(self, text: impl AsRef<str>) -> Condition<M, E>
    where
        T: IsText,
    {
        Condition::new(searched(
            Predicate::column(self.path),
            TextSearch::Part,
            text.as_ref(),
        ))
    }

    /// The text starts with this one, by case. An index of the column is used where its order is that of bytes.
    pub fn starts_with<E: Engine>(self, text: impl AsRef<str>) -> Condition<M, E>
    where
        T: IsText,
    {
        Condition::new(searched(
            Predicate::column(self.path),
            TextSearch::Start,
            text.as_ref(),
        ))
    }

    /// The text ends with this one, by case.
    pub fn ends_with<E: Engine>(self, text: impl AsRef<str>) -> Condition<M, E>
    where
        T: IsText,
    {
        Condition::new(searched(
            Predicate::column(self.path),
            TextSearch::End,
            text.as_ref(),
        ))
    }
}

impl<M, T, K: Nullability> Column<M, T, K> {
    /// Orders by the column, least first. NULL is less than every value.
    pub const fn asc(self) -> Order<M> {
        Order::new(self.path, false, K::NULLABLE)
    }

    /// Orders by the column, greatest first. NULL is less than every value.
    pub const fn desc(self) -> Order<M> {
        Order::new(self.path, true, K::NULLABLE)
    }
}

/// This is looked for in the text on the left.
pub(crate) fn searched(left: Predicate, search: TextSearch, text: &str) -> Predicate {
    let mut predicate = left;
    let has_nul = text.contains('\0');
    predicate
        .shape
        .fixed([op::SEARCH, search as u8, has_nul.into()]);
    let recorded = record_search(&mut predicate.values, search, text);
    predicate.keep(recorded);
    if search == TextSearch::Pattern {
        predicate.keep(ensure_pattern(text));
    }
    predicate
}

/// The left side is in a list whose values were written to a predicate of their own.
pub(crate) fn in_list(left: Predicate, count: u64, mut items: Predicate) -> Predicate {
    if count == 0 {
        return Predicate::never();
    }
    let mut predicate = left;
    let values = std::mem::replace(&mut items.values, RecordedValues::new());
    let kind = record_list(&mut predicate.values, count, &values);
    let power = count.next_power_of_two().trailing_zeros() as u8;
    predicate.shape.fixed([op::IN, kind as u8, power]);
    items.shape = Buffer::new();
    predicate.append(&items);
    predicate
}
