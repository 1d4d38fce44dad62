//! Values for the placeholders of a statement.

use crate::value::ParamWriter;
use crate::value::types::ToColumn;

/// The values of a statement's placeholders, in their order: `()` for none, a tuple of up to 16, or an array, slice or `Vec`
/// of one type. One value alone is a tuple, too: `(id,)`.
///
/// Each is bound and never part of the text. Everything that a column can hold can be given, `Option`s included; a
/// [`Key`](crate::Key) of another engine is refused before anything is sent.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of parameters",
    label = "expected `()`, a tuple such as `(id, name)`, or a slice",
    note = "one value alone is a tuple, too: `(id,)`",
    note = "every value is a `bindery::types::ToColumn`: numbers, text, bytes, dates, keys, `Option`s of them"
)]
pub trait Params {
    /// Writes them in their order.
    #[doc(hidden)]
    fn write(&self, params: &mut ParamWriter<'_>);

    /// Whether every key among them is one of this engine.
    #[doc(hidden)]
    fn belong_to(&self, engine: usize) -> bool;
}

impl Params for () {
    fn write(&self, _: &mut ParamWriter<'_>) {}

    fn belong_to(&self, _: usize) -> bool {
        true
    }
}

impl<T: ToColumn> Params for [T] {
    fn write(&self, params: &mut ParamWriter<'_>) {
        self.iter().for_each(|value| params.push(value));
    }

    fn belong_to(&self, engine: usize) -> bool {
        self.iter().all(|value| value.belongs_to(engine))
    }
}

impl<T: Params + ?Sized> Params for &T {
    fn write(&self, params: &mut ParamWriter<'_>) {
        (**self).write(params);
    }

    fn belong_to(&self, engine: usize) -> bool {
        (**self).belong_to(engine)
    }
}

impl<T: ToColumn, const N: usize> Params for [T; N] {
    fn write(&self, params: &mut ParamWriter<'_>) {
        self.as_slice().write(params);
    }

    fn belong_to(&self, engine: usize) -> bool {
        self.as_slice().belong_to(engine)
    }
}

impl<T: ToColumn> Params for Vec<T> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        self.as_slice().write(params);
    }

    fn belong_to(&self, engine: usize) -> bool {
        self.as_slice().belong_to(engine)
    }
}

macro_rules! tuples {
    ($($($name:ident)+;)*) => {$(
        #[allow(non_snake_case, reason = "a value has the name of its type")]
        impl<$($name: ToColumn),+> Params for ($($name,)+) {
            fn write(&self, params: &mut ParamWriter<'_>) {
                let ($($name,)+) = self;
                $(params.push($name);)+
            }

            fn belong_to(&self, engine: usize) -> bool {
                let ($($name,)+) = self;
                $($name.belongs_to(engine))&&+
            }
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
    A B C D E F G H I J K;
    A B C D E F G H I J K L;
    A B C D E F G H I J K L M;
    A B C D E F G H I J K L M N;
    A B C D E F G H I J K L M N O;
    A B C D E F G H I J K L M N O P;
}
