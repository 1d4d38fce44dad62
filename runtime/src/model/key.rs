//! Typed keys: a value that knows its model and its engine.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use crate::error::Result;
use crate::link::engine::{Engine, StaticEngine};
use crate::value::types::{FromColumn, PlainValue, ToColumn};
use crate::value::{ParamWriter, ReadKey, RowReader};

/// The key of a row of model `M` on engine `E`. As large as its value when the engine is static.
///
/// ```
/// # use bindery_cases::examples::*;
/// # fn main() -> bindery::Result<()> {
/// let id: BlogId<engine::B> = "7".parse().unwrap();
/// assert_eq!(id, BlogId::new(7));
/// assert_eq!((id.value(), id.to_string().as_str()), (&7, "7"));
/// assert_eq!(format!("{id:?}"), "7@b");
///
/// // The same number on another engine is a key of another type.
/// let other: BlogId<engine::Default> = id.to_engine();
/// assert_eq!(format!("{other:?}"), "7@default");
/// assert_eq!(size_of_val(&id), size_of::<i64>());
/// # Ok(())
/// # }
/// ```
pub struct Key<M, E, T> {
    value: T,
    engine: E,
    model: PhantomData<fn() -> M>,
}

impl<M, E: Engine, T> Key<M, E, T> {
    /// The key with this value on the given engine.
    pub const fn on(engine: E, value: T) -> Self {
        Self {
            value,
            engine,
            model: PhantomData,
        }
    }

    /// The engine the row is on.
    pub fn engine(&self) -> E {
        self.engine
    }

    /// The bare value.
    pub const fn value(&self) -> &T {
        &self.value
    }

    /// The bare value, by value.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The same value as the key of a row on another engine. Whether there is such a row is another matter.
    pub fn to_engine<F: StaticEngine>(self) -> Key<M, F, T> {
        Key::on(F::default(), self.value)
    }
}

impl<M, E: StaticEngine, T> Key<M, E, T> {
    /// The key with this value, on the engine its type says.
    pub fn new(value: T) -> Self {
        Self::on(E::default(), value)
    }
}

impl<M, E: StaticEngine, T> From<T> for Key<M, E, T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<M, E: Engine, T: ToColumn> ToColumn for Key<M, E, T> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        self.value.write(params);
    }

    #[inline]
    fn plain(&self) -> Option<PlainValue<'_>> {
        self.value.plain()
    }

    fn key_engine(&self) -> Option<usize> {
        Some(self.engine.index())
    }
}

impl<M, E: StaticEngine, T: FromColumn> FromColumn for Key<M, E, T> {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        T::read(row).map(Self::new)
    }

    fn is_of(engine: usize) -> bool {
        E::default().index() == engine && T::is_of(engine)
    }
}

impl<M, E: Copy, T: Clone> Clone for Key<M, E, T> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            engine: self.engine,
            model: PhantomData,
        }
    }
}

impl<M, E: Copy, T: Copy> Copy for Key<M, E, T> {}

impl<M, E: PartialEq, T: PartialEq> PartialEq for Key<M, E, T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value && self.engine == other.engine
    }
}

impl<M, E: Eq, T: Eq> Eq for Key<M, E, T> {}

impl<M, E: Ord, T: Ord> PartialOrd for Key<M, E, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<M, E: Ord, T: Ord> Ord for Key<M, E, T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value
            .cmp(&other.value)
            .then_with(|| self.engine.cmp(&other.engine))
    }
}

impl<M, E: Hash, T: Hash> Hash for Key<M, E, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
        self.engine.hash(state);
    }
}

impl<M, E: Engine, T: fmt::Debug> fmt::Debug for Key<M, E, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}@{}", self.value, self.engine.name())
    }
}

impl<M, E, T: fmt::Display> fmt::Display for Key<M, E, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(out)
    }
}

impl<M, E: StaticEngine, T: FromStr> FromStr for Key<M, E, T> {
    type Err = T::Err;

    fn from_str(text: &str) -> std::result::Result<Self, T::Err> {
        text.parse().map(Self::new)
    }
}

/// As its bare value.
#[cfg(feature = "serde")]
impl<M, E, T: serde::Serialize> serde::Serialize for Key<M, E, T> {
    fn serialize<S: serde::Serializer>(&self, out: S) -> std::result::Result<S::Ok, S::Error> {
        self.value.serialize(out)
    }
}

/// From the bare value, on the engine its type says. A key of an engine chosen at run time cannot be read: its value
/// alone does not show which engine it is of.
#[cfg(feature = "serde")]
impl<'de, M, E: StaticEngine, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Key<M, E, T> {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> std::result::Result<Self, D::Error> {
        T::deserialize(input).map(Self::new)
    }
}

impl<M, E: Engine, T: FromColumn> ReadKey<E> for Key<M, E, T> {
    fn read_on(row: &mut RowReader<'_>, engine: E) -> Result<Self> {
        T::read(row).map(|value| Self::on(engine, value))
    }
}

#[cfg(all(test, feature = "serde", feature = "json"))]
mod serde_tests {
    use crate::value::types::{Interval, StringSet};
    use crate::{Engine, Key, StaticEngine};

    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    struct Only;

    impl Engine for Only {
        type Dialect = crate::link::dialect::Sqlite;

        fn index(self) -> usize {
            0
        }

        fn name(self) -> &'static str {
            "only"
        }

        fn dialect(self) -> crate::Dialect {
            crate::Dialect::Sqlite
        }
    }

    impl StaticEngine for Only {}

    fn there_and_back<T>(value: &T, json: &str)
    where
        T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        let written = serde_json::to_string(value).expect("it can be written");
        assert_eq!(written, json);
        assert_eq!(
            &serde_json::from_str::<T>(json).expect("it can be read"),
            value
        );
    }

    #[test]
    fn keys_are_their_bare_values() {
        there_and_back(&Key::<(), Only, i64>::new(7), "7");
        there_and_back(&Key::<(), Only, String>::new("tea".to_owned()), "\"tea\"");
        there_and_back(&Some(Key::<(), Only, i64>::new(7)), "7");
        assert!(serde_json::from_str::<Key<(), Only, i64>>("\"tea\"").is_err());
    }

    #[test]
    fn values_of_our_own_types() {
        there_and_back(
            &["red", "blue"].into_iter().collect::<StringSet>(),
            "[\"blue\",\"red\"]",
        );
        let span = Interval {
            months: 1,
            days: -2,
            microseconds: 3,
        };
        there_and_back(&span, "{\"months\":1,\"days\":-2,\"microseconds\":3}");
    }
}
