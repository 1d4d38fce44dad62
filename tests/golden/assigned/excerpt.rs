// An excerpt: the checks of length, digits and fractions of a second, where values are written and compared.
// …

/// Model `Reading`, table `readings`, on `default`, `p`, `lite` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod readings {
    // …

    impl ::bindery::__private::ColumnSource for NewReading {
        // …

        fn write(&self, params: &mut ::bindery::types::ParamWriter<'_>) {
            params.given(&self.id);
            params.length(40).push(&self.code);
            params.digits(15).fraction(2).push(&self.total);
            params.digits(15).fraction(2).push(&self.whole);
            params.fraction(0).push(&self.at_second);
            params.fraction(3).push(&self.at_milli);
            params.fraction(0).push(&self.at_zone);
            params.fraction(0).push(&self.hour);
            params.length(5).push(&self.word);
            params.digits(15).fraction(4).push(&self.fine);
            params.push(&self.moment);
            params.push(&self.zoned);
            params.push(&self.clock);
            params.push(&self.doc);
        }
    }

    // …

    impl ::bindery::__private::ColumnSource for ReadingPatch {
        // …

        fn write(&self, params: &mut ::bindery::types::ParamWriter<'_>) {
            params.length(40).given(&self.code);
            params.digits(15).fraction(2).given(&self.total);
            params.digits(15).fraction(2).given(&self.whole);
            params.fraction(0).given(&self.at_second);
            params.fraction(3).given(&self.at_milli);
            params.fraction(0).given(&self.at_zone);
            params.fraction(0).given(&self.hour);
            params.length(5).given(&self.word);
            params.digits(15).fraction(4).given(&self.fine);
            params.given(&self.moment);
            params.given(&self.zoned);
            params.given(&self.clock);
            params.given(&self.doc);
        }
    }

    // …

    impl ::bindery::Model for model::Reading {
        // …

        fn write_row<E: ::bindery::Engine>(
            row: &Reading<E>,
            params: &mut ::bindery::types::ParamWriter<'_>,
        ) {
            params.push(&row.id);
            params.length(40).push(&row.code);
            params.digits(15).fraction(2).push(&row.total);
            params.digits(15).fraction(2).push(&row.whole);
            params.fraction(0).push(&row.at_second);
            params.fraction(3).push(&row.at_milli);
            params.fraction(0).push(&row.at_zone);
            params.fraction(0).push(&row.hour);
            params.length(5).push(&row.word);
            params.digits(15).fraction(4).push(&row.fine);
            params.push(&row.moment);
            params.push(&row.zoned);
            params.push(&row.clock);
            params.push(&row.doc);
        }

        // …
    }

    // …
}

/// Columns of `readings`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod reading {
    // …

    /// `code`
    pub const code: Column<model::Reading, ::std::string::String> =
        ::bindery::query::column(1).of_length(40);

    /// `total`
    pub const total: Column<model::Reading, ::bindery::types::BigDecimal, Nullable> =
        ::bindery::query::column(2)
            .of_digits(15)
            .of_fraction(2, ::bindery::query::Fraction::Decimal);

    /// `whole`
    pub const whole: Column<model::Reading, ::bindery::types::BigDecimal, Nullable> =
        ::bindery::query::column(3)
            .of_digits(15)
            .of_fraction(2, ::bindery::query::Fraction::Decimal);

    /// `at_second`
    pub const at_second: Column<model::Reading, ::bindery::types::NaiveDateTime, Nullable> =
        ::bindery::query::column(4).of_fraction(0, ::bindery::query::Fraction::Moment);

    /// `at_milli`
    pub const at_milli: Column<model::Reading, ::bindery::types::NaiveDateTime, Nullable> =
        ::bindery::query::column(5).of_fraction(3, ::bindery::query::Fraction::Moment);

    /// `at_zone`
    pub const at_zone: Column<
        model::Reading,
        ::bindery::types::DateTime<::bindery::types::Utc>,
        Nullable,
    > = ::bindery::query::column(6).of_fraction(0, ::bindery::query::Fraction::Moment);

    /// `hour`
    pub const hour: Column<model::Reading, ::bindery::types::NaiveTime, Nullable> =
        ::bindery::query::column(7).of_fraction(0, ::bindery::query::Fraction::Time);

    /// `word`
    pub const word: Column<model::Reading, ::std::string::String, Nullable> =
        ::bindery::query::column(8).of_length(5);

    // …

    /// `doc`
    pub const doc: Column<model::Reading, ::bindery::types::JsonValue, Nullable> =
        ::bindery::query::column(13);
}

// …
