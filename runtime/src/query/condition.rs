//! Conditions on rows, and their parts that do not depend on a type.

use std::marker::PhantomData;

use super::related::RelatedModel;
use super::shape::{ColumnPath, Shape, op};
use super::shared::{SharedKey, SharedQuery, ensure_shared};
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Result};
use crate::link::engine::Engine;
use crate::value::ParamWriter;
use crate::value::column_form::ColumnForm;
use crate::value::recorded::{RecordedValues, record_plain};
use crate::value::types::ToColumn;
use bindery_core::dialect::Function;

/// A condition on the rows of model `M` on engine `E`. It does nothing until a query is filtered by it.
///
/// ```
/// # use bindery_cases::examples::*;
/// use bindery::{Condition, Hosts};
///
/// /// Can be used on every engine that hosts blogs.
/// fn popular<E: Hosts<model::Blog>>() -> Condition<model::Blog, E> {
///     blog::stars.ge(5).and(blog::title.like("R%"))
/// }
///
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// assert_eq!(db.b()?.blogs().filter(popular()).count()?, 0);
/// assert_eq!(db.default()?.blogs().filter(!popular()).count()?, 0);
/// # Ok(())
/// # }
/// ```
#[must_use = "a condition does nothing until a query is filtered by it"]
pub struct Condition<M, E> {
    pub(crate) predicate: Predicate,
    marker: PhantomData<fn() -> (M, E)>,
}

/// The length of a shape from which on it is long: some 200 conditions.
const LONG: usize = 2_048;

/// A condition on any model.
#[derive(Clone)]
pub(crate) struct Predicate {
    pub(crate) shape: Shape,
    pub(crate) values: RecordedValues,
    pub(crate) keys: KeyEngine,
    checks: Option<Box<Checks>>,
    /// It is long, and not of one operator alone.
    is_deep: bool,
}

/// The checks that hardly any condition needs before it is executed.
#[derive(Clone, Default)]
struct Checks {
    /// The first error of building it.
    refused: Option<ErrorKind>,
    /// The column that was to be set to the refused value.
    column: Option<usize>,
    /// The models of its subqueries.
    related: Vec<RelatedModel>,
    /// The queries that it has by a name.
    shared: Vec<SharedKey>,
}

/// The engine that all keys of a query belong to, by its number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyEngine {
    engine: Option<u32>,
    is_mixed: bool,
}

impl KeyEngine {
    pub(crate) const NONE: Self = Self {
        engine: None,
        is_mixed: false,
    };

    #[inline]
    pub(crate) fn add(&mut self, engine: usize) {
        let engine = engine as u32;
        self.is_mixed |= self.engine.is_some_and(|other| other != engine);
        self.engine = Some(engine);
    }

    #[inline]
    pub(crate) fn join(&mut self, other: Self) {
        self.is_mixed |= other.is_mixed;
        if let Some(engine) = other.engine {
            self.add(engine as usize);
        }
    }

    /// Whether all keys belong to the engine of this number.
    #[inline]
    pub(crate) fn belong_to(self, engine: usize) -> bool {
        !self.is_mixed && self.engine.is_none_or(|of| of as usize == engine)
    }
}

impl Predicate {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self {
            shape: Shape::new(),
            values: RecordedValues::new(),
            keys: KeyEngine::NONE,
            checks: None,
            is_deep: false,
        }
    }

    #[inline]
    pub(crate) fn column(path: ColumnPath) -> Self {
        let mut predicate = Self::new();
        predicate.push_column(path);
        predicate
    }

    #[inline]
    pub(crate) fn push_column(&mut self, path: ColumnPath) {
        path.write_column(&mut self.shape);
    }

    /// A function of what was written last, if there is one.
    #[inline]
    pub(crate) fn call(&mut self, function: Option<Function>) {
        if let Some(function) = function {
            self.shape.fixed([op::CALL, function as u8]);
        }
    }

    /// A condition of a column alone.
    #[inline]
    pub(crate) fn leaf(code: u8, path: ColumnPath) -> Self {
        let mut predicate = Self::column(path);
        predicate.shape.push(code);
        predicate
    }

    /// Records the value of one operand.
    #[inline]
    pub(crate) fn value<T: ToColumn + ?Sized>(&mut self, value: &T, form: ColumnForm) {
        match value.plain() {
            Some(plain) if form.keeps_plain_values() => {
                let outcome = record_plain(&mut self.values, plain);
                self.keep(outcome);
            }
            Some(_) | None => self.record(form, &mut |params| value.write(params)),
        }
    }

    #[inline(never)]
    fn record(&mut self, form: ColumnForm, write: &mut dyn FnMut(&mut ParamWriter<'_>)) {
        let mut params = ParamWriter::recording(&mut self.values);
        params.column().form(form).with(|params| write(params));
        let outcome = params.finish_recording();
        self.keep(outcome);
    }

    /// Keeps the first error of recording: it is returned when the query is executed.
    #[inline]
    pub(crate) fn keep(&mut self, outcome: Result<()>) {
        if let Err(error) = outcome {
            self.keep_error(&error);
        }
    }

    #[cold]
    fn keep_error(&mut self, error: &Error) {
        let refused = &mut self.checks.get_or_insert_default().refused;
        refused.get_or_insert_with(|| error.kind().clone());
    }

    /// Notes that the value that was refused is one of this column.
    pub(super) fn refused_for(&mut self, column: usize) {
        if let Some(checks) = &mut self.checks
            && checks.refused.is_some()
        {
            checks.column.get_or_insert(column);
        }
    }

    /// Refuses an operand, written from this byte of the shape on, that is not a value.
    #[inline]
    pub(crate) fn ensure_value(&mut self, from: usize) {
        if !matches!(self.shape.bytes()[from], op::VALUE | op::TYPED) {
            let why = "a list holds values: compare with a column by `eq`";
            self.keep(Err(Error::new(ErrorKind::Unsupported(why))));
        }
    }

    /// A condition that no row meets.
    pub(crate) fn never() -> Self {
        let mut predicate = Self::new();
        predicate.shape.push(op::NEVER);
        predicate
    }

    /// Whether there is nothing in it, and nothing to be checked.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.shape.is_empty() && self.checks.is_none() && self.keys.engine.is_none()
    }

    /// The models of its subqueries.
    pub(super) fn related(&self) -> &[RelatedModel] {
        self.checks.as_ref().map_or(&[], |checks| &checks.related)
    }

    /// It has a subquery of this model.
    pub(super) fn relate(&mut self, model: RelatedModel) {
        self.checks.get_or_insert_default().related.push(model);
    }

    /// It has a query by this name.
    pub(super) fn share(&mut self, key: SharedKey) {
        self.checks.get_or_insert_default().shared.push(key);
    }

    /// Returns what was refused while it was built, and refuses keys of another engine and models that are not on this one.
    #[inline]
    pub(crate) fn ensure(&self, engine: impl Engine) -> Result<()> {
        self.ensure_with(engine, &[])
    }

    /// The same where these queries have names.
    #[inline]
    pub(super) fn ensure_with(&self, engine: impl Engine, shared: &[SharedQuery]) -> Result<()> {
        if let Some(checks) = &self.checks {
            checks.ensure(engine, shared)?;
        }
        if self.keys.belong_to(engine.index()) {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::WrongEngine))
        }
    }

    /// The same for assignments to columns of a table: the error names the column.
    pub(crate) fn ensure_assigned(&self, engine: impl Engine, sql: &TableSql) -> Result<()> {
        self.ensure(engine).map_err(|error| {
            let column = self.checks.as_ref().and_then(|checks| checks.column);
            match column {
                Some(column) => error.of_column(sql.table, sql.columns, column),
                None => error,
            }
        })
    }

    /// Both, joined by AND or OR. A long one that both operators join comes last, as it is written (`deep`); one of a single
    /// operator stays where it is, so that each of its conditions is moved once.
    pub(crate) fn join(&mut self, mut other: Self, code: u8) {
        let own = self.shape.bytes();
        let is_longer = own.len() > LONG.max(other.shape.bytes().len());
        let is_deep = self.is_deep || own.last() != Some(&code);
        if is_longer && is_deep {
            std::mem::swap(self, &mut other);
            other.is_deep = true;
        }
        self.is_deep |= other.is_deep;
        self.append(&other);
        self.shape.push(code);
    }

    /// Appends another condition, without an operator.
    #[inline]
    pub(crate) fn append(&mut self, other: &Self) {
        self.shape.extend(other.shape.bytes());
        self.values.extend(other.values.bytes());
        self.join_checks(other);
    }

    /// Keeps what is to be checked of another one.
    #[inline]
    pub(crate) fn join_checks(&mut self, other: &Self) {
        self.keys.join(other.keys);
        if let Some(other) = &other.checks {
            self.checks.get_or_insert_default().join(other);
        }
    }
}

impl Checks {
    #[cold]
    fn join(&mut self, other: &Self) {
        self.related.extend_from_slice(&other.related);
        self.shared.extend_from_slice(&other.shared);
        if let Some(refused) = &other.refused {
            if self.refused.is_none() {
                self.column = other.column;
            }
            self.refused.get_or_insert_with(|| refused.clone());
        }
    }

    #[track_caller]
    fn ensure(&self, engine: impl Engine, shared: &[SharedQuery]) -> Result<()> {
        if let Some(refused) = &self.refused {
            return Err(Error::new(refused.clone()));
        }
        ensure_shared(&self.shared, shared)?;
        let mut models = self.related.iter();
        models.try_for_each(|model| model.ensure(engine))
    }
}

impl<M, E> Condition<M, E> {
    #[inline]
    pub(crate) const fn new(predicate: Predicate) -> Self {
        Self {
            predicate,
            marker: PhantomData,
        }
    }

    /// Both conditions hold.
    #[inline]
    pub fn and(mut self, other: Self) -> Self {
        self.predicate.join(other.predicate, op::AND);
        self
    }

    /// At least one of them holds.
    #[inline]
    pub fn or(mut self, other: Self) -> Self {
        self.predicate.join(other.predicate, op::OR);
        self
    }
}

/// The condition does not hold. A row with NULL in a compared column meets neither the condition nor its opposite.
impl<M, E> std::ops::Not for Condition<M, E> {
    type Output = Self;

    fn not(mut self) -> Self {
        self.predicate.shape.push(op::NOT);
        self
    }
}

impl<M, E> Clone for Condition<M, E> {
    fn clone(&self) -> Self {
        Self::new(self.predicate.clone())
    }
}

impl<M, E> std::fmt::Debug for Condition<M, E> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values stay hidden.
        out.debug_struct("Condition").finish_non_exhaustive()
    }
}
