//! The values that a nullable column of a new row takes.

use std::borrow::Cow;

/// A value of type `T` or NULL: setters of a generated `New…` take a `T`, an `Option<T>` or `None`, and a text as `&str` too.
///
/// ```
/// use bindery::types::Nullable;
///
/// fn name(name: impl Nullable<String>) -> Option<String> {
///     name.into_nullable()
/// }
///
/// fn age(age: impl Nullable<u8>) -> Option<u8> {
///     age.into_nullable()
/// }
///
/// assert_eq!(name("Ann").as_deref(), Some("Ann"));
/// assert_eq!(name(format!("{}n", "An")).as_deref(), Some("Ann"));
/// assert_eq!(name(Some("Ann".to_owned())).as_deref(), Some("Ann"));
/// assert_eq!(name(None), None);
/// assert_eq!([age(42), age(Some(42)), age(None)], [Some(42), Some(42), None]);
/// ```
#[diagnostic::on_unimplemented(
    message = "a nullable column of `{T}` takes no `{Self}`",
    label = "expected `{T}`, `Option<{T}>` or `None`",
    note = "an `Option` of another type becomes one by `.map({T}::from)`"
)]
pub trait Nullable<T> {
    /// The value, or `None` for NULL.
    fn into_nullable(self) -> Option<T>;
}

impl<T> Nullable<T> for T {
    fn into_nullable(self) -> Option<T> {
        Some(self)
    }
}

// No other `Option`, so that the type of `None` is known.
impl<T> Nullable<T> for Option<T> {
    fn into_nullable(self) -> Option<T> {
        self
    }
}

macro_rules! texts {
    ($($text:ty),+) => {
        $(impl Nullable<String> for $text {
            fn into_nullable(self) -> Option<String> {
                Some(self.into())
            }
        })+
    };
}

texts!(&str, &String, Box<str>, Cow<'_, str>, char);
