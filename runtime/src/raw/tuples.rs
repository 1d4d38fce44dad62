//! Rows read into tuples, by position.

use super::{FromRow, RowColumns};
use crate::error::Result;
use crate::link::engine::Engine;
use crate::value::RowReader;
use crate::value::types::FromColumn;

macro_rules! tuples {
    ($($count:literal: $($name:ident)+;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<Q: Engine, $($name: FromColumn),+> FromRow<Q> for ($($name,)+) {
            const COLUMNS: RowColumns = RowColumns::Positions($count);

            fn read_row(row: &mut RowReader<'_>, _: Q) -> Result<Self> {
                Ok(($(row.next::<$name>()?,)+))
            }

            fn is_of(engine: usize) -> bool {
                $($name::is_of(engine))&&+
            }
        }
    )*};
}

tuples! {
    1: A;
    2: A B;
    3: A B C;
    4: A B C D;
    5: A B C D E;
    6: A B C D E F;
    7: A B C D E F G;
    8: A B C D E F G H;
    9: A B C D E F G H I;
    10: A B C D E F G H I J;
    11: A B C D E F G H I J K;
    12: A B C D E F G H I J K L;
    13: A B C D E F G H I J K L M;
    14: A B C D E F G H I J K L M N;
    15: A B C D E F G H I J K L M N O;
    16: A B C D E F G H I J K L M N O P;
}
