//! Which change of a type loses what rows hold.

use super::structure::ColumnShape;
use crate::column_type::TypeClass;

/// Whether the new type may keep less of a value without the database refusing it.
pub(super) fn loses(from: &ColumnShape, to: &ColumnShape) -> bool {
    let (old, new) = (from.column_type.class(), to.column_type.class());
    let is_fractional = |class| matches!(class, TypeClass::Decimal | TypeClass::Float { .. });
    if old == new {
        let digits = |column: &ColumnShape| column.column_type.fraction_digits();
        return match (digits(from), digits(to)) {
            (Some(before), Some(after)) => after < before,
            (None, Some(_)) => is_fractional(old) || old != TypeClass::Text,
            (Some(_) | None, None) => false,
        };
    }
    let to_integer = new.integer().is_some() || new == TypeClass::Boolean;
    let is_moment = matches!(old, TypeClass::DateTime | TypeClass::Timestamp);
    (is_fractional(old) && to_integer)
        || (old.integer().is_some() && new == TypeClass::Boolean)
        || (old == TypeClass::Float { bits: 64 } && new == TypeClass::Float { bits: 32 })
        || (old == TypeClass::Decimal && is_fractional(new))
        || (is_moment && matches!(new, TypeClass::Date | TypeClass::Time))
}
