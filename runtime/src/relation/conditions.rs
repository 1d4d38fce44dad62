//! Conditions on the rows that refer to a row, and paths along foreign keys of several columns.

use super::kinds::{BelongsTo, End, HasMany, HasOne, ManyToMany};
use crate::model::Model;
use crate::model::lives_on::Hosts;
use crate::query::{
    Column, ColumnPath, Condition, JoinPath, Joins, Nullability, Predicate, Related, RelatedModel,
};

impl<M, U, K: Nullability> BelongsTo<M, U, K> {
    /// A column of the row that this foreign key refers to, as a column of this model, as [`Column::to`].
    pub const fn to<T, L: Nullability>(
        self,
        column: Column<U, T, L>,
    ) -> Column<M, T, L::Behind<K::Plain>> {
        column.behind(ColumnPath::own(0), self.reference, K::NULLABLE)
    }
}

#[diagnostic::do_not_recommend]
impl<M, U: Model, K: Nullability> Joins<M> for BelongsTo<M, U, K> {
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
                let condition = Some(condition.predicate);
                Condition::new(referring::<C, E>(self.end, condition))
            }

            /// No row that refers to this one meets the condition.
            pub fn none<E: Hosts<C>>(self, condition: Condition<C, E>) -> Condition<M, E> {
                !self.any(condition)
            }

            /// A row refers to this one.
            pub fn exists<E: Hosts<C>>(self) -> Condition<M, E> {
                Condition::new(referring::<C, E>(self.end, None))
            }
        }
    };
}

conditions!(HasMany);
conditions!(HasOne);

impl<M: Model, J: Model, U: Model> ManyToMany<M, J, U> {
    /// A row that belongs to this one meets the condition.
    pub fn any<E: Hosts<J> + Hosts<U>>(self, condition: Condition<U, E>) -> Condition<M, E> {
        let model = RelatedModel::of::<U, E>();
        let far = Related::Referred(self.far);
        let far = Predicate::any(far, model, Some(condition.predicate));
        Condition::new(referring::<J, E>(self.near, Some(far)))
    }

    /// No row that belongs to this one meets the condition.
    pub fn none<E: Hosts<J> + Hosts<U>>(self, condition: Condition<U, E>) -> Condition<M, E> {
        !self.any(condition)
    }

    /// A row belongs to this one.
    pub fn exists<E: Hosts<J> + Hosts<U>>(self) -> Condition<M, E> {
        Condition::new(referring::<J, E>(self.near, None))
    }
}

/// A row that refers to this one meets the condition; without one, a row refers to it.
fn referring<C: Model, E: Hosts<C>>(end: End, condition: Option<Predicate>) -> Predicate {
    let (related, model) = near::<C, E>(end);
    Predicate::any(related, model, condition)
}

/// The step from a row to those that refer to it.
pub(super) fn near<C: Model, E: Hosts<C>>(end: End) -> (Related, RelatedModel) {
    let model = RelatedModel::of::<C, E>();
    let related = match end {
        End::Referenced(number) => Related::Referring(number),
        End::Reversed(number) => Related::ReferringBy(number, model.address()),
    };
    (related, model)
}
