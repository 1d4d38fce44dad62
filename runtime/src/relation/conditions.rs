//! Conditions on the rows that refer to a row, and paths along foreign keys of several columns.

use super::kinds::{BelongsTo, End, HasMany, HasOne, ManyToMany};
use crate::model::Model;
use crate::model::lives_on::Hosts;
use crate::query::{
    Column, ColumnPath, Condition, JoinPath, Joins, Kind, Predicate, Related, RelatedModel,
};

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
    ($name:ident<$($parameter:ident),*>, $row:ident, ($($engine:tt)*), $related:literal) => {
        impl<$($parameter: Model),*> $name<$($parameter),*> {
            #[doc = concat!("A row that ", $related, " this one meets the condition.")]
            pub fn any<E: $($engine)*>(self, condition: Condition<$row, E>) -> Condition<M, E> {
                Condition::new(self.related::<E>(Some(condition.predicate)))
            }

            #[doc = concat!("No row that ", $related, " this one meets the condition.")]
            pub fn none<E: $($engine)*>(self, condition: Condition<$row, E>) -> Condition<M, E> {
                !self.any(condition)
            }

            #[doc = concat!("A row ", $related, " this one.")]
            pub fn exists<E: $($engine)*>(self) -> Condition<M, E> {
                Condition::new(self.related::<E>(None))
            }
        }
    };
}

conditions!(HasMany<M, C>, C, (Hosts<C>), "refers to");
conditions!(HasOne<M, C>, C, (Hosts<C>), "refers to");
conditions!(ManyToMany<M, J, U>, U, (Hosts<J> + Hosts<U>), "belongs to");

impl<M, C: Model> HasMany<M, C> {
    fn related<E: Hosts<C>>(self, condition: Option<Predicate>) -> Predicate {
        referring::<C, E>(self.end, condition)
    }
}

impl<M, C: Model> HasOne<M, C> {
    fn related<E: Hosts<C>>(self, condition: Option<Predicate>) -> Predicate {
        referring::<C, E>(self.end, condition)
    }
}

impl<M, J: Model, U: Model> ManyToMany<M, J, U> {
    fn related<E: Hosts<J> + Hosts<U>>(self, condition: Option<Predicate>) -> Predicate {
        let far = condition.map(|condition| {
            let model = RelatedModel::of::<U, E>();
            Predicate::any(Related::Referred(self.far), model, Some(condition))
        });
        referring::<J, E>(self.near, far)
    }
}

fn referring<C: Model, E: Hosts<C>>(end: End, condition: Option<Predicate>) -> Predicate {
    let model = RelatedModel::of::<C, E>();
    let related = match end {
        End::Referenced(number) => Related::Referring(number),
        End::Reversed(number) => Related::ReferringBy(number, model.address()),
    };
    Predicate::any(related, model, condition)
}
