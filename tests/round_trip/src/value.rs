//! A value of any column without its Rust type, so that everything else is compiled once and not for each model.

use std::str::FromStr;

use bindery::types::{
    AnyValue, BigDecimal, DateTime, Interval, JsonValue, NaiveDate, NaiveDateTime, NaiveTime,
    StringSet, Utc, Uuid, ZeroOr,
};
use bindery::{Key, StaticEngine};

/// A value of a column. Enums and sets are texts here.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// NULL.
    Null,
    /// true or false.
    Bool(bool),
    /// Any integer.
    Int(i128),
    /// IEEE 754, 32 bits.
    F32(f32),
    /// IEEE 754, 64 bits.
    F64(f64),
    /// An exact decimal.
    Decimal(BigDecimal),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A date.
    Date(NaiveDate),
    /// A time of day.
    Time(NaiveTime),
    /// Date and time.
    DateTime(NaiveDateTime),
    /// A point in time.
    Timestamp(DateTime<Utc>),
    /// A span of time.
    Interval(Interval),
    /// 128 bits.
    Uuid(Uuid),
    /// JSON.
    Json(JsonValue),
    /// An array.
    Array(Vec<Value>),
}

/// A Rust type that a field can have. `L` is a type of the crate that implements this for types of another crate.
pub trait Cell<L>: Sized {
    /// The value as this type; `None` for a value that is of another.
    fn from_value(value: &Value) -> Option<Self>;

    /// The value without its type.
    fn to_value(&self) -> Value;

    /// Several in one column: an array, and of `u8` bytes.
    fn many_from_value(value: &Value) -> Option<Vec<Self>> {
        match value {
            Value::Array(values) => values.iter().map(Self::from_value).collect(),
            _ => None,
        }
    }

    /// Several in one column.
    fn many_to_value(values: &[Self]) -> Value {
        Value::Array(values.iter().map(Self::to_value).collect())
    }
}

/// The field at a position.
pub fn get<L, T: Cell<L>>(values: &[Value], at: usize) -> Option<T> {
    T::from_value(values.get(at)?)
}

/// An enum of generated code, from its text.
pub fn parsed<T: FromStr>(value: &Value) -> Option<T> {
    match value {
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

impl<L, T: Cell<L>> Cell<L> for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }

    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_value)
    }
}

impl<L, T: Cell<L>> Cell<L> for Vec<T> {
    fn from_value(value: &Value) -> Option<Self> {
        T::many_from_value(value)
    }

    fn to_value(&self) -> Value {
        T::many_to_value(self)
    }
}

impl<L, M, E: StaticEngine, T: Cell<L>> Cell<L> for Key<M, E, T> {
    fn from_value(value: &Value) -> Option<Self> {
        T::from_value(value).map(Self::new)
    }

    fn to_value(&self) -> Value {
        self.value().to_value()
    }
}

/// The date of zeros is a text here.
impl<L, T: Cell<L>> Cell<L> for ZeroOr<T> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) if text.starts_with(ZERO_DATE) => Some(Self::Zero),
            value => T::from_value(value).map(Self::Value),
        }
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Zero => Value::Text(ZERO_DATE.to_owned()),
            Self::Value(value) => value.to_value(),
        }
    }
}

const ZERO_DATE: &str = "0000-00-00";

/// Each form is a value of its own kind here.
impl<L> Cell<L> for AnyValue {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Int(value) => i64::try_from(*value).ok().map(Self::Integer),
            Value::F64(value) => Some(Self::Real(*value)),
            Value::Text(value) => Some(Self::Text(value.clone())),
            Value::Bytes(value) => Some(Self::Blob(value.clone())),
            _ => None,
        }
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Integer(value) => Value::Int((*value).into()),
            Self::Real(value) => Value::F64(*value),
            Self::Text(value) => Value::Text(value.clone()),
            Self::Blob(value) => Value::Bytes(value.clone()),
        }
    }
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl<L> Cell<L> for $type {
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::Int(value) => (*value).try_into().ok(),
                    _ => None,
                }
            }

            fn to_value(&self) -> Value {
                Value::Int(i128::from(*self))
            }
        }
    )*};
}

integers!(i8, i16, i32, i64, u16, u32, u64);

impl<L> Cell<L> for u8 {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Int(value) => (*value).try_into().ok(),
            _ => None,
        }
    }

    fn to_value(&self) -> Value {
        Value::Int(i128::from(*self))
    }

    fn many_from_value(value: &Value) -> Option<Vec<Self>> {
        match value {
            Value::Bytes(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }

    fn many_to_value(values: &[Self]) -> Value {
        Value::Bytes(values.to_vec())
    }
}

macro_rules! wrapped {
    ($($type:ty: $variant:ident),*) => {$(
        impl<L> Cell<L> for $type {
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::$variant(value) => Some(value.clone()),
                    _ => None,
                }
            }

            fn to_value(&self) -> Value {
                Value::$variant(self.clone())
            }
        }
    )*};
}

wrapped!(
    bool: Bool, f32: F32, f64: F64, BigDecimal: Decimal, String: Text, NaiveDate: Date, NaiveTime: Time,
    NaiveDateTime: DateTime, DateTime<Utc>: Timestamp, Interval: Interval, Uuid: Uuid, JsonValue: Json
);

impl<L> Cell<L> for StringSet {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(names) => {
                let names = names.split(',').filter(|name| !name.is_empty());
                Some(names.collect())
            }
            _ => None,
        }
    }

    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
}
