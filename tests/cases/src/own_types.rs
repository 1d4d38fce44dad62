//! Types of a program's own, for the cases `custom` and `types`.

use bindery::Result;
use bindery::types::{FromColumn, ParamWriter, RowReader, ToColumn};

/// Cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money(pub i64);

/// A short text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code(pub String);

/// Several, with commas between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T>(pub Vec<T>);

/// An address.
#[derive(Debug, Clone, PartialEq, Eq, bindery::Value)]
pub struct Email(pub String);

/// Kept as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, bindery::DatabaseEnum)]
#[value(rename_all = "kebab-case")]
pub enum State {
    /// Not sent.
    Open,
    /// Sent.
    InTransit,
    /// There.
    #[value(rename = "closed for good")]
    Closed,
}

/// Kept as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, bindery::DatabaseEnum)]
#[repr(i16)]
pub enum Level {
    /// Below.
    Low = -1,
    /// The usual one.
    Usual,
    /// Above.
    High = 300,
}

/// Reads a value, and writes what is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odd<T>(pub T);

impl ToColumn for Odd<State> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.text("secret");
    }
}

impl ToColumn for Odd<Level> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.i64(4711);
    }
}

impl<T: FromColumn> FromColumn for Odd<T> {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        T::read(row).map(Self)
    }
}

impl ToColumn for Money {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.i64(self.0);
    }
}

impl FromColumn for Money {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.i64().map(Self)
    }
}

impl ToColumn for Code {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.text(&self.0);
    }
}

impl FromColumn for Code {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.text().map(|text| Self(text.to_owned()))
    }
}

impl ToColumn for Listed<Code> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        let texts: Vec<&str> = self.0.iter().map(|code| code.0.as_str()).collect();
        params.text(&texts.join(","));
    }
}

impl FromColumn for Listed<Code> {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        let text = row.text()?;
        let codes = text.split(',').filter(|code| !code.is_empty());
        Ok(Self(codes.map(|code| Code(code.to_owned())).collect()))
    }
}
