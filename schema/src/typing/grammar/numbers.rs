//! Numbers and texts among the types of columns.

use crate::column_type::{ColumnType, Integer, LobSize, TypeClass};

pub(crate) fn is_text(column_type: &ColumnType) -> bool {
    matches!(
        column_type,
        ColumnType::Char(_) | ColumnType::VarChar(_) | ColumnType::Text(_)
    )
}

/// Numbers widen, texts become text of any length.
pub(crate) fn wider(one: &ColumnType, other: &ColumnType) -> Option<ColumnType> {
    if is_text(one) && is_text(other) {
        return Some(ColumnType::Text(LobSize::Unbounded));
    }
    let widest = rank(one)?.max(rank(other)?);
    Some(match widest {
        Rank::I16 => ColumnType::I16,
        Rank::I32 => ColumnType::I32,
        Rank::I64 => ColumnType::I64,
        Rank::Decimal => ColumnType::Decimal(None),
        Rank::F64 => ColumnType::F64,
    })
}

/// Kinds of numbers, each of which holds those before it, the last nearly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    I16,
    I32,
    I64,
    Decimal,
    F64,
}

/// `None` for values that are not numbers.
pub(crate) fn rank(column_type: &ColumnType) -> Option<Rank> {
    let class = column_type.class();
    if class == TypeClass::Decimal {
        return Some(Rank::Decimal);
    }
    if let TypeClass::Float { .. } = class {
        return Some(Rank::F64);
    }
    let Integer { bits, signed } = class.integer()?;
    Some(match (signed, bits) {
        (true, ..=16) | (false, ..=8) => Rank::I16,
        (true, ..=32) | (false, ..=24) => Rank::I32,
        (true, _) | (false, ..=32) => Rank::I64,
        (false, _) => Rank::Decimal,
    })
}
