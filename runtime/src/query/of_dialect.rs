//! Operators that only engines of one dialect have. They do not compile on an engine of another; where the engine is chosen
//! at run time they are a typed error.

use super::column::Column;
use super::computed_on::On;
use super::condition::Condition;
use super::expression::{Expr, Term};
use super::nullability::Nullability;
use super::operand::{IsText, Writing};
use crate::error::{Error, ErrorKind, Result};
use crate::link::dialect::{Mysql, Postgres, Several, Sqlite};
use crate::link::engine::Engine;
use crate::value::types::{ArrayElement, DateTime, NaiveDateTime, ToColumn, Utc};
use bindery_core::dialect::Function;

/// Databases with `ILIKE`, arrays and keys of JSON objects: PostgreSQL.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not have this operator: PostgreSQL does",
    label = "the engine is one of `{Self}`",
    note = "in a function for several engines, bound the dialect: `E: bindery::Engine<Dialect = bindery::dialect::Postgres>`"
)]
pub trait HasPostgresOperators {}

#[diagnostic::do_not_recommend]
impl HasPostgresOperators for Postgres {}

/// Known when it is executed.
#[diagnostic::do_not_recommend]
impl HasPostgresOperators for Several {}

/// Databases with `GLOB`: SQLite.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not have this operator: SQLite does",
    label = "the engine is one of `{Self}`",
    note = "in a function for several engines, bound the dialect: `E: bindery::Engine<Dialect = bindery::dialect::Sqlite>`"
)]
pub trait HasSqliteOperators {}

#[diagnostic::do_not_recommend]
impl HasSqliteOperators for Sqlite {}

/// Known when it is executed.
#[diagnostic::do_not_recommend]
impl HasSqliteOperators for Several {}

/// Databases that search by regular expressions, within JSON values and for words: PostgreSQL, MySQL and MariaDB, each in
/// its own way.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not have this operator: PostgreSQL, MySQL and MariaDB do",
    label = "the engine is one of `{Self}`",
    note = "in a function for several engines, bound the dialect: `E: bindery::Engine<Dialect = bindery::dialect::Postgres>`"
)]
pub trait HasServerOperators {}

#[diagnostic::do_not_recommend]
impl HasServerOperators for Postgres {}

#[diagnostic::do_not_recommend]
impl HasServerOperators for Mysql {}

/// Known when it is executed.
#[diagnostic::do_not_recommend]
impl HasServerOperators for Several {}

/// Columns of JSON.
#[diagnostic::on_unimplemented(
    message = "this needs JSON, and the column or expression holds `{Self}`",
    label = "not a column of JSON"
)]
pub trait IsJson {}

#[cfg(feature = "json")]
impl IsJson for crate::value::types::JsonValue {}
#[cfg(feature = "json")]
impl<T> IsJson for crate::value::types::Json<T> {}

fn condition<M, T, K, E>(
    left: Expr<M, T, K>,
    right: &(impl ToColumn + ?Sized),
    function: Function,
) -> Condition<M, E> {
    let mut left = left;
    Writing::untyped(&mut left.predicate).value(right);
    Condition::new(left.call::<T, K>(function).predicate)
}

/// A pattern would end at its first NUL, and `*` before it match every text.
fn without_nul(pattern: &str) -> Result<()> {
    if pattern.contains('\0') {
        let why = "a pattern of GLOB ends at the character NUL: search by `contains` or `like`";
        return Err(Error::new(ErrorKind::UnsupportedValue(why.to_owned())));
    }
    Ok(())
}

/// The same methods for columns and expressions.
macro_rules! both {
    ($($methods:tt)*) => {
        impl<M, T, K: Nullability> Column<M, T, K> { $($methods)* }
        impl<M, T, K: Nullability> Expr<M, T, K> { $($methods)* }
    };
}

both! {
    /// The text matches the pattern whatever the case of its letters (`ILIKE`); the pattern is one of [`like`](Self::like).
    /// PostgreSQL only.
    pub fn ilike<E: Engine>(self, pattern: impl AsRef<str>) -> Condition<M, E>
    where
        T: IsText,
        E::Dialect: HasPostgresOperators,
    {
        condition(self.term(), pattern.as_ref(), Function::Ilike)
    }

    /// The text matches the regular expression, in the database's own syntax: `~` on PostgreSQL, `REGEXP` on MySQL and MariaDB,
    /// where the collation decides over case.
    pub fn matches<E: Engine>(self, expression: impl AsRef<str>) -> Condition<M, E>
    where
        T: IsText,
        E::Dialect: HasServerOperators,
    {
        condition(self.term(), expression.as_ref(), Function::Matches)
    }

    /// The text matches the pattern of `GLOB`: `*`, `?` and `[…]`. SQLite only, which looks at a text up to the first NUL; a pattern
    /// with one is [`ErrorKind::UnsupportedValue`](crate::ErrorKind::UnsupportedValue) when the query is executed.
    pub fn glob<E: Engine>(self, pattern: impl AsRef<str>) -> Condition<M, E>
    where
        T: IsText,
        E::Dialect: HasSqliteOperators,
    {
        let mut matched = condition(self.term(), pattern.as_ref(), Function::Glob);
        matched.predicate.keep(without_nul(pattern.as_ref()));
        matched
    }

    /// The text has all words of the query: `to_tsvector('simple', …) @@ plainto_tsquery('simple', …)` on PostgreSQL; at least one of
    /// them: `MATCH … AGAINST` on MySQL and MariaDB, where the column needs a `FULLTEXT` index and its collation decides over case.
    pub fn matches_words<E: Engine>(self, words: impl AsRef<str>) -> Condition<M, E>
    where
        T: IsText,
        E::Dialect: HasServerOperators,
    {
        condition(self.term(), words.as_ref(), Function::MatchesWords)
    }

    /// The JSON value contains this one: `@>` on PostgreSQL, `JSON_CONTAINS` on MySQL and MariaDB.
    pub fn json_contains<E: Engine>(self, value: &T) -> Condition<M, E>
    where
        T: IsJson + ToColumn,
        E::Dialect: HasServerOperators,
    {
        condition(self.term(), value, Function::JsonContains)
    }

    /// The JSON object has this key, or the array this text. PostgreSQL only.
    pub fn json_has_key<E: Engine>(self, key: impl AsRef<str>) -> Condition<M, E>
    where
        T: IsJson,
        E::Dialect: HasPostgresOperators,
    {
        condition(self.term(), key.as_ref(), Function::JsonHasKey)
    }
}

/// The same methods for columns and expressions of arrays.
macro_rules! arrays {
    ($($methods:tt)*) => {
        impl<M, T: ArrayElement, K: Nullability> Column<M, Vec<T>, K> where Vec<T>: ToColumn { $($methods)* }
        impl<M, T: ArrayElement, K: Nullability> Expr<M, Vec<T>, K> where Vec<T>: ToColumn { $($methods)* }
    };
}

arrays! {
    /// The array has all of these elements (`@>`). PostgreSQL only.
    pub fn contains_all<E: Engine>(self, elements: &Vec<T>) -> Condition<M, E>
    where
        E::Dialect: HasPostgresOperators,
    {
        condition(self.term(), elements, Function::ArrayContains)
    }

    /// The array has at least one of these elements (`&&`). PostgreSQL only.
    pub fn overlaps<E: Engine>(self, elements: &Vec<T>) -> Condition<M, E>
    where
        E::Dialect: HasPostgresOperators,
    {
        condition(self.term(), elements, Function::ArrayOverlaps)
    }
}

/// The same methods for columns and expressions of points in time.
macro_rules! moments {
    ($($methods:tt)*) => {
        impl<M, K: Nullability> Column<M, DateTime<Utc>, K> { $($methods)* }
        impl<M, K: Nullability> Expr<M, DateTime<Utc>, K> { $($methods)* }
    };
}

moments! {
    /// The date and time of day that it is then in a time zone, as in `Europe/Berlin`, with the rules that the database has for it: its
    /// parts, days and months are those of that place. PostgreSQL only.
    ///
    /// ```
    /// # use bindery_cases::mixed::*;
    /// # fn hours(c: &mut bindery::Connection<engine::Default>) -> bindery::Result<Vec<i64>> {
    /// c.samples().select(sample::instant.at_time_zone("Europe/Berlin").hour()).all()
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it is executed: the database knows no such zone.
    pub fn at_time_zone<E: Engine>(self, zone: impl AsRef<str>) -> Expr<M, NaiveDateTime, K::Plain, On<E>>
    where
        E::Dialect: HasPostgresOperators,
    {
        let mut moment = self.term();
        Writing::untyped(&mut moment.predicate).value(zone.as_ref());
        Expr::new(moment.call::<NaiveDateTime, K>(Function::AtTimeZone).predicate, false)
    }
}
