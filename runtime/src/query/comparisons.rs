//! The six comparisons of expressions and aggregates. Those of columns are written out, so that rustc has little to say about a
//! wrong value.

/// Gives a type the comparisons, each by its method `compare`, on the engines that it is computed on.
macro_rules! comparisons {
    ($type:ident<$($parameter:ident),+> gives $condition:ident, where $on:ident) => {
        impl<$($parameter),+> $type<$($parameter),+> {
            $crate::query::comparisons::comparisons! { @$condition $on
                /// It equals this value, or another column or expression of the model.
                eq EQ;
                /// It has another value. A row where it is NULL does not meet this.
                ne NE;
                /// It is less than this.
                lt LT;
                /// It is less than this, or equal.
                le LE;
                /// It is greater than this.
                gt GT;
                /// It is greater than this, or equal.
                ge GE;
            }
        }
    };
    (@$condition:ident $on:ident $($(#[$doc:meta])* $method:ident $code:ident;)+) => {
        $($crate::query::comparisons::comparisons! { @@$condition $on $(#[$doc])* $method $code })+
    };
    (@@$condition:ident $on:ident $(#[$doc:meta])* $method:ident $code:ident) => {
        $(#[$doc])*
        #[inline]
        pub fn $method<E: Engine>(
            self,
            value: impl Comparable<M, T, E, On: ComputedOn<E>>,
        ) -> $condition<M, E>
        where
            $on: ComputedOn<E>,
        {
            self.compare(op::$code, value)
        }
    };
}

pub(super) use comparisons;
