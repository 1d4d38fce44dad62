//! Conditions on the rows that refer to a row, and paths along foreign keys of several columns.

use super::kinds::{BelongsTo, End, HasMany, HasOne};
use crate::error::{Error, ErrorKind};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::model::lives_on::Hosts;
use crate::query::{Column, ColumnPath, Condition, JoinPath, Joins, Kind, Predicate, op};

impl<M, U, K: Kind> BelongsTo<M, U, K> {
    /// A column of the row that this foreign key refers to, as a column of this model, as [`Column::to`].
    pub const fn to<T, L: Kind>(
        self,
        column: Column<U, T, L>,
    ) -> Column<M, T, L::Behind<K::Plain>> {
        column.behind(ColumnPath::own(0), self.reference, K::NULLABLE)
    }
}

#[diagnostic::do_not_recommend]
impl<M, U: Model, K: Kind> Joins<M> for BelongsTo<M, U, K> {
    type Model = U;

    fn path(self) -> JoinPath {
        JoinPath::by(ColumnPath::own(0), self.reference, K::NULLABLE)
    }
}

macro_rules! conditions {
    ($name:ident) => {
        impl<M: Model, C: Model> $name<M, C> {
            /// A row that refers to this one meets the condition.
            pub fn any<E: Hosts<C>>(self, condition: Condition<C, E>) -> Condition<M, E> {
                any(self.end, Some(condition.predicate))
            }

            /// No row that refers to this one meets the condition.
            pub fn none<E: Hosts<C>>(self, condition: Condition<C, E>) -> Condition<M, E> {
                !self.any(condition)
            }

            /// A row refers to this one.
            pub fn exists<E: Hosts<C>>(self) -> Condition<M, E> {
                any(self.end, None)
            }
        }
    };
}

conditions!(HasMany);
conditions!(HasOne);

fn any<M, E: Engine>(end: End, condition: Option<Predicate>) -> Condition<M, E> {
    let takes = condition.is_some();
    let mut predicate = condition.unwrap_or_else(Predicate::new);
    match end {
        End::Referenced(number) => {
            let [low, high] = number.to_le_bytes();
            predicate.shape.fixed([op::ANY, low, high, takes.into()]);
        }
        End::Reversed(_) => {
            let why = "a condition on rows by a reversed relation: use the constant of the model that they refer to";
            predicate = Predicate::never();
            predicate.keep(Err(Error::new(ErrorKind::Unsupported(why))));
        }
    }
    Condition::new(predicate)
}
