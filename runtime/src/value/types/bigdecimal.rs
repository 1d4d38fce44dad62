//! Decimals of the crate `bigdecimal`. Two are equal if their numbers are: 1.5 and 1.50.

use std::str::FromStr;

use bigdecimal::BigDecimal;

use super::{FromColumn, ToColumn};
use crate::error::Result;
use crate::value::{ParamWriter, RowReader};

/// More zeros than any database takes; a short text can stand for a number that would fill the memory.
const MOST_ZEROS: i64 = 200_000;

impl ToColumn for BigDecimal {
    fn write(&self, params: &mut ParamWriter<'_>) {
        if self.fractional_digit_count().unsigned_abs() > MOST_ZEROS.unsigned_abs() {
            params.refuse("a decimal with more than 200,000 digits cannot be stored");
        } else {
            params.decimal(&self.to_plain_string());
        }
    }
}

impl FromColumn for BigDecimal {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        let text = row.decimal()?;
        Self::from_str(&text).map_err(|_| row.mismatch("decimal"))
    }
}
