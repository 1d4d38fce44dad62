//! The form in which a column keeps its values, where that is not the same for all values of a type, and the writer to
//! such a column.

use super::ParamWriter;
use super::types::{Now, ToColumn};

/// The effect of a column on values that a writer has to know beforehand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ColumnForm {
    /// Digits that a value may have after its point.
    pub(crate) fraction: Option<u32>,
    /// Digits that a number may have in all.
    pub(crate) digits: Option<u32>,
    /// Characters that a text may have.
    pub(crate) length: Option<u32>,
    /// A column of bytes.
    pub(crate) is_binary: bool,
    /// A column of years.
    pub(crate) is_year: bool,
}

impl ColumnForm {
    /// A column that keeps every value of its type as it is.
    pub(crate) const ANY: Self = Self {
        fraction: None,
        digits: None,
        length: None,
        is_binary: false,
        is_year: false,
    };

    /// Whether it keeps every integer and text as it is.
    pub(crate) const fn keeps_plain_values(self) -> bool {
        self.length.is_none() && !self.is_year
    }
}

/// Writes the value of one column, in the form that the column keeps.
#[must_use = "nothing is written before a value is pushed"]
pub struct ColumnWriter<'w, 'a> {
    params: &'w mut ParamWriter<'a>,
    form: ColumnForm,
}

impl<'w, 'a> ColumnWriter<'w, 'a> {
    pub(super) fn new(params: &'w mut ParamWriter<'a>) -> Self {
        Self {
            params,
            form: ColumnForm::ANY,
        }
    }

    /// The column has this form.
    pub(crate) fn form(mut self, form: ColumnForm) -> Self {
        self.form = form;
        self
    }

    /// The column keeps this number of digits after the point, of a number or of seconds. A finer time is cut to them; a finer
    /// number, which databases would round silently, is refused.
    pub fn fraction(mut self, digits: u32) -> Self {
        self.form.fraction = Some(digits);
        self
    }

    /// A number of the column may have this number of digits in all. SQLite would make a float of a longer one.
    pub fn digits(mut self, digits: u32) -> Self {
        self.form.digits = Some(digits);
        self
    }

    /// A text of the column may have this number of characters. PostgreSQL would report a longer one without its column.
    pub fn length(mut self, characters: u32) -> Self {
        self.form.length = Some(characters);
        self
    }

    /// The column holds bytes, so that a UUID is written as its 16.
    pub fn binary(mut self) -> Self {
        self.form.is_binary = true;
        self
    }

    /// The column is a `YEAR`, which MySQL fills with 1970 for 70 and refuses past 2155.
    pub fn year(mut self) -> Self {
        self.form.is_year = true;
        self
    }

    /// A value of the column.
    pub fn push<T: ToColumn + ?Sized>(self, value: &T) {
        self.with(|params| value.write(params));
    }

    /// Runs `write`, which writes the value of the column.
    pub(crate) fn with(self, write: impl FnOnce(&mut ParamWriter<'_>)) {
        self.params.form = self.form;
        write(self.params);
        self.params.form = ColumnForm::ANY;
    }

    /// A value if there is one, and nothing at all otherwise: for columns that may be left out.
    pub fn given<T: ToColumn>(self, value: &Option<T>) {
        if let Some(value) = value {
            self.push(value);
        }
    }

    /// A value if there is one, else the current time: for new rows, where the database has no default.
    pub fn given_or_now<T: ToColumn + Now>(self, value: &Option<T>) {
        match value {
            Some(value) => self.push(value),
            None => {
                let now = T::now(self.form.fraction.unwrap_or(6));
                self.push(&now);
            }
        }
    }
}
