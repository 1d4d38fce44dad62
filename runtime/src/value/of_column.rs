//! A value of a column, of any type: for whatever records values, keeps them or shows them. The databases' own functions, which every
//! statement and every row goes through, take each type by itself.

use std::borrow::Cow;

use super::ParamWriter;
use super::recorded::replay;
use super::types::{AnyValue, Interval};

/// A value of a column.
#[derive(Debug, Clone)]
pub(crate) enum Value<'v> {
    Null,
    Integer(i64),
    Unsigned(u64),
    Boolean(bool),
    Single(f32),
    Double(f64),
    Text(&'v str),
    Bytes(&'v [u8]),
    /// Days since 1970-01-01.
    Date(i64),
    /// Microseconds since midnight.
    Time(i64),
    /// Microseconds since 1970-01-01 00:00.
    DateTime(i64),
    /// The same in UTC.
    Timestamp(i64),
    ZeroDate,
    /// Whether it is the negative one.
    #[cfg(feature = "data")]
    InfiniteMoment(bool),
    Vector(Cow<'v, [f32]>),
    Uuid(&'v [u8; 16]),
    Json(&'v str),
    Decimal(&'v str),
    Interval(Interval),
    /// The text of a value that has no other form: one that a database alone holds, or an array that is copied.
    #[cfg(feature = "data")]
    Written(&'v str),
    /// The number of elements, and those as they are recorded.
    Array(usize, &'v [u8]),
}

/// The value that a method of this name writes or reads, of a reference to what it takes or gives.
macro_rules! value {
    (null) => {
        $crate::value::of_column::Value::Null
    };
    (zero_date) => {
        $crate::value::of_column::Value::ZeroDate
    };
    (infinite_moment $value:expr) => {
        $crate::value::of_column::Value::InfiniteMoment(*$value)
    };
    (i64 $value:expr) => {
        $crate::value::of_column::Value::Integer(*$value)
    };
    (u64 $value:expr) => {
        $crate::value::of_column::Value::Unsigned(*$value)
    };
    (bool $value:expr) => {
        $crate::value::of_column::Value::Boolean(*$value)
    };
    (f32 $value:expr) => {
        $crate::value::of_column::Value::Single(*$value)
    };
    (f64 $value:expr) => {
        $crate::value::of_column::Value::Double(*$value)
    };
    (text $value:expr) => {
        $crate::value::of_column::Value::Text($value)
    };
    (bytes $value:expr) => {
        $crate::value::of_column::Value::Bytes($value)
    };
    (date $value:expr) => {
        $crate::value::of_column::Value::Date(*$value)
    };
    (time $value:expr) => {
        $crate::value::of_column::Value::Time(*$value)
    };
    (datetime $value:expr) => {
        $crate::value::of_column::Value::DateTime(*$value)
    };
    (timestamp $value:expr) => {
        $crate::value::of_column::Value::Timestamp(*$value)
    };
    (vector $value:expr) => {
        $crate::value::of_column::Value::Vector(::std::borrow::Cow::Borrowed($value))
    };
    (uuid $value:expr) => {
        $crate::value::of_column::Value::Uuid($value)
    };
    (json $value:expr) => {
        $crate::value::of_column::Value::Json($value)
    };
    (decimal $value:expr) => {
        $crate::value::of_column::Value::Decimal($value)
    };
    (interval $value:expr) => {
        $crate::value::of_column::Value::Interval(*$value)
    };
    (any $value:expr) => {
        $crate::value::of_column::Value::from($value)
    };
}
pub(super) use value;

impl<'v> From<&'v AnyValue> for Value<'v> {
    fn from(value: &'v AnyValue) -> Self {
        match value {
            AnyValue::Integer(value) => Self::Integer(*value),
            AnyValue::Real(value) => Self::Double(*value),
            AnyValue::Text(value) => Self::Text(value),
            AnyValue::Blob(value) => Self::Bytes(value),
        }
    }
}

impl Value<'_> {
    /// Writes it to the parameters of a statement.
    #[inline]
    pub(crate) fn write(&self, params: &mut ParamWriter<'_>) {
        match self {
            Self::Null => params.null(),
            Self::Integer(value) => params.i64(*value),
            Self::Unsigned(value) => params.u64(*value),
            Self::Boolean(value) => params.bool(*value),
            Self::Single(value) => params.f32(*value),
            Self::Double(value) => params.f64(*value),
            Self::Text(value) => params.text(value),
            Self::Bytes(value) => params.bytes(value),
            Self::Date(days) => params.date(*days),
            Self::Time(micros) => params.time(*micros),
            Self::DateTime(micros) => params.datetime(*micros),
            Self::Timestamp(micros) => params.timestamp(*micros),
            Self::ZeroDate => params.zero_date(),
            #[cfg(feature = "data")]
            Self::InfiniteMoment(is_negative) => params.infinite_moment(*is_negative),
            Self::Vector(values) => params.vector(values),
            Self::Uuid(value) => params.uuid(value),
            Self::Json(value) => params.json(value),
            Self::Decimal(value) => params.decimal(value),
            Self::Interval(value) => params.interval(*value),
            #[cfg(feature = "data")]
            Self::Written(text) => params.text(text),
            Self::Array(length, elements) => {
                params.array(*length, &mut |params| replay(elements, params));
            }
        }
    }
}

/// The value as the type that a column is read as; `None` where it is none.
impl<'v> Value<'v> {
    pub(crate) fn i64(&self) -> Option<i64> {
        match *self {
            Self::Integer(value) => Some(value),
            Self::Unsigned(value) => value.try_into().ok(),
            _ => None,
        }
    }

    pub(crate) fn u64(&self) -> Option<u64> {
        match *self {
            Self::Integer(value) => value.try_into().ok(),
            Self::Unsigned(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn bool(&self) -> Option<bool> {
        match *self {
            Self::Boolean(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn f32(&self) -> Option<f32> {
        match *self {
            Self::Single(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn f64(&self) -> Option<f64> {
        match *self {
            Self::Double(value) => Some(value),
            Self::Single(value) => Some(value.into()),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&'v str> {
        match *self {
            Self::Text(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn bytes(&self) -> Option<&'v [u8]> {
        match *self {
            Self::Bytes(value) => Some(value),
            Self::Text(value) => Some(value.as_bytes()),
            _ => None,
        }
    }

    pub(crate) fn uuid(&self) -> Option<[u8; 16]> {
        match *self {
            Self::Uuid(value) => Some(*value),
            Self::Bytes(value) => value.try_into().ok(),
            _ => None,
        }
    }

    pub(crate) fn json(&self) -> Option<Cow<'v, str>> {
        match *self {
            Self::Json(value) | Self::Text(value) => Some(Cow::Borrowed(value)),
            _ => None,
        }
    }

    pub(crate) fn any(&self) -> Option<AnyValue> {
        match *self {
            Self::Integer(value) => Some(AnyValue::Integer(value)),
            Self::Double(value) => Some(AnyValue::Real(value)),
            Self::Text(value) => Some(AnyValue::Text(value.to_owned())),
            Self::Bytes(value) => Some(AnyValue::Blob(value.to_owned())),
            _ => None,
        }
    }

    pub(crate) fn vector(&self) -> Option<Vec<f32>> {
        match self {
            Self::Vector(values) => Some(values.to_vec()),
            _ => None,
        }
    }

    pub(crate) fn decimal(&self) -> Option<String> {
        match *self {
            Self::Decimal(value) => Some(value.to_owned()),
            _ => None,
        }
    }

    pub(crate) fn interval(&self) -> Option<Interval> {
        match *self {
            Self::Interval(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn date(&self) -> Option<i64> {
        match *self {
            Self::Date(days) => Some(days),
            _ => None,
        }
    }

    pub(crate) fn time(&self) -> Option<i64> {
        match *self {
            Self::Time(micros) => Some(micros),
            _ => None,
        }
    }

    pub(crate) fn datetime(&self) -> Option<i64> {
        match *self {
            Self::DateTime(micros) | Self::Timestamp(micros) => Some(micros),
            _ => None,
        }
    }

    pub(crate) fn timestamp(&self) -> Option<i64> {
        self.datetime()
    }
}
