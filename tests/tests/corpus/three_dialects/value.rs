//! A value of any column, written and read as generated code does it.

use bindery::Result;
use bindery::types::{
    BigDecimal, DateTime, Interval, JsonValue, NaiveDate, NaiveDateTime, NaiveTime, Utc, Uuid,
};
use bindery::types::{ParamWriter, RowReader};
use bindery_schema::column_type::ColumnType;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    I16(i16),
    I32(i32),
    I64(i64),
    U64(u64),
    F32(f32),
    F64(f64),
    Decimal(BigDecimal),
    Text(String),
    Bytes(Vec<u8>),
    Date(NaiveDate),
    Time(NaiveTime),
    DateTime(NaiveDateTime),
    Timestamp(DateTime<Utc>),
    Interval(Interval),
    Uuid(Uuid),
    Json(JsonValue),
}

impl Value {
    /// Writes the value of a column.
    pub(super) fn write(&self, column: &ColumnType, params: &mut ParamWriter<'_>) {
        let params = match column.fraction_digits() {
            Some(digits) => params.fraction(digits),
            None => params.column(),
        };
        match self {
            Self::Null => params.push(&None::<i64>),
            Self::Bool(value) => params.push(value),
            Self::I16(value) => params.push(value),
            Self::I32(value) => params.push(value),
            Self::I64(value) => params.push(value),
            Self::U64(value) => params.push(value),
            Self::F32(value) => params.push(value),
            Self::F64(value) => params.push(value),
            Self::Decimal(value) => params.push(value),
            Self::Text(value) => params.push(value),
            Self::Bytes(value) => params.push(value),
            Self::Date(value) => params.push(value),
            Self::Time(value) => params.push(value),
            Self::DateTime(value) => params.push(value),
            Self::Timestamp(value) => params.push(value),
            Self::Interval(value) => params.push(value),
            Self::Uuid(value) => params.push(value),
            Self::Json(value) => params.push(value),
        }
    }

    /// Reads the value of a column.
    pub(super) fn read(column: &ColumnType, row: &mut RowReader<'_>) -> Result<Self> {
        if row.skip_null() {
            return Ok(Self::Null);
        }
        match column {
            ColumnType::Bool => row.next().map(Self::Bool),
            ColumnType::I16 => row.next().map(Self::I16),
            ColumnType::I8 | ColumnType::U8 | ColumnType::U16 => row.i64().map(Self::I64),
            ColumnType::I24 | ColumnType::I32 => row.next().map(Self::I32),
            ColumnType::U24 | ColumnType::U32 | ColumnType::I64 => row.next().map(Self::I64),
            ColumnType::U64 | ColumnType::Bit(_) => row.next().map(Self::U64),
            ColumnType::Year => row.i64().map(Self::I64),
            ColumnType::F32 => row.next().map(Self::F32),
            ColumnType::F64 => row.next().map(Self::F64),
            ColumnType::Decimal(_) => row.next().map(Self::Decimal),
            ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_) => {
                row.next().map(Self::Bytes)
            }
            ColumnType::Date => row.next().map(Self::Date),
            ColumnType::Time(_) => row.next().map(Self::Time),
            ColumnType::DateTime(_) => row.next().map(Self::DateTime),
            ColumnType::Timestamp(_) => row.next().map(Self::Timestamp),
            ColumnType::Interval => row.next().map(Self::Interval),
            ColumnType::Uuid => row.next().map(Self::Uuid),
            ColumnType::Json { .. } => row.next().map(Self::Json),
            // Whatever else there is has a text form.
            _ => row.next().map(Self::Text),
        }
    }
}
