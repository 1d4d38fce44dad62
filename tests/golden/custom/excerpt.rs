// An excerpt: columns with types of the program's own.
// …

/// Types of columns that the schema names.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
mod column_types {
    pub(super) use crate::Listed; // `goods.tags` (schema.sql:6)

    /// The type of `goods.code` (schema.sql:3).
    pub(super) type Code = crate::Code; // `goods.code` (schema.sql:3)

    pub(super) fn read_code(row: &mut ::bindery::types::RowReader<'_>) -> ::bindery::Result<Code> {
        ::bindery::types::FromColumn::read(row) // `goods.code` (schema.sql:3)
    }

    pub(super) fn write_code(value: &Code, params: &mut ::bindery::types::ParamWriter<'_>) {
        ::bindery::types::ToColumn::write(value, params); // `goods.code` (schema.sql:3)
    }

    /// The type of `goods.tags` (schema.sql:6).
    pub(super) type ListedCode = Listed<Code>; // `goods.tags` (schema.sql:6)

    pub(super) fn read_listed_code(
        row: &mut ::bindery::types::RowReader<'_>,
    ) -> ::bindery::Result<ListedCode> {
        ::bindery::types::FromColumn::read(row) // `goods.tags` (schema.sql:6)
    }

    pub(super) fn write_listed_code(
        value: &ListedCode,
        params: &mut ::bindery::types::ParamWriter<'_>,
    ) {
        ::bindery::types::ToColumn::write(value, params); // `goods.tags` (schema.sql:6)
    }

    /// The type of `goods.cents` (schema.sql:4) and `goods.discount` (schema.sql:5).
    pub(super) type Money = crate::Money; // `goods.cents` (schema.sql:4)

    pub(super) fn read_money(
        row: &mut ::bindery::types::RowReader<'_>,
    ) -> ::bindery::Result<Money> {
        ::bindery::types::FromColumn::read(row) // `goods.cents` (schema.sql:4)
    }

    pub(super) fn write_money(value: &Money, params: &mut ::bindery::types::ParamWriter<'_>) {
        ::bindery::types::ToColumn::write(value, params); // `goods.cents` (schema.sql:4)
    }
}

/// Model `Goods`, table `goods`, on `default`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod goods_ {
    // …

    /// Key of [`Goods`].
    pub type GoodsId = ::bindery::Key<model::Goods, engine::Default, super::column_types::Code>;

    // …

    /// Columns whose values have types of the program's own.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Goods {
        /// `code`
        pub code: GoodsId,
        /// `cents`
        pub cents: super::column_types::Money,
        /// `discount`
        pub discount: ::core::option::Option<super::column_types::Money>,
        /// `tags`
        pub tags: super::column_types::ListedCode,
        /// `replaced_by`
        pub replaced_by: ::core::option::Option<GoodsId>,
    }

    // …

    impl ::bindery::__private::ColumnSource for NewGoods {
        // …

        fn write(&self, params: &mut ::bindery::types::ParamWriter<'_>) {
            params.push(&::bindery::__private::Through(
                &self.code,
                super::column_types::write_code,
            ));
            params.push(&::bindery::__private::Through(
                &self.cents,
                super::column_types::write_money,
            ));
            params.push(&::bindery::__private::Through(
                &self.discount,
                super::column_types::write_money,
            ));
            params.given(&self.tags.as_ref().map(|value| {
                ::bindery::__private::Through(value, super::column_types::write_listed_code)
            }));
            params.push(&::bindery::__private::Through(
                &self.replaced_by,
                super::column_types::write_code,
            ));
        }
    }

    // …

    impl ::bindery::__private::ColumnSource for GoodsPatch {
        // …

        fn write(&self, params: &mut ::bindery::types::ParamWriter<'_>) {
            params.given(&self.cents.as_ref().map(|value| {
                ::bindery::__private::Through(value, super::column_types::write_money)
            }));
            params.given(&self.discount.as_ref().map(|value| {
                ::bindery::__private::Through(value, super::column_types::write_money)
            }));
            params.given(&self.tags.as_ref().map(|value| {
                ::bindery::__private::Through(value, super::column_types::write_listed_code)
            }));
            params.given(&self.replaced_by.as_ref().map(|value| {
                ::bindery::__private::Through(value, super::column_types::write_code)
            }));
        }
    }

    // …

    impl ::bindery::Model for model::Goods {
        // …

        fn read<E: ::bindery::Engine>(
            row: &mut ::bindery::types::RowReader<'_>,
            _: E,
        ) -> ::bindery::Result<Goods> {
            ::core::result::Result::Ok(Goods {
                code: ::bindery::__private::read_through(row, super::column_types::read_code)?,
                cents: ::bindery::__private::read_through(row, super::column_types::read_money)?,
                discount: ::bindery::__private::read_through(row, super::column_types::read_money)?,
                tags: ::bindery::__private::read_through(
                    row,
                    super::column_types::read_listed_code,
                )?,
                replaced_by: ::bindery::__private::read_through(
                    row,
                    super::column_types::read_code,
                )?,
            })
        }

        // …
    }

    // …

    impl ::bindery::generic::HasKey for model::Goods {
        // …

        fn write_key<E: ::bindery::Engine>(
            key: &GoodsId,
            params: &mut ::bindery::types::ParamWriter<'_>,
        ) {
            params.push(&::bindery::__private::Through(
                key,
                super::column_types::write_code,
            ));
        }

        // …
    }

    // …

    impl<E: ::bindery::Engine, A> GoodsQueries for ::bindery::Repository<'_, model::Goods, E, A> {
        fn find_by_replaced_by(
            &mut self,
            replaced_by: &GoodsId,
        ) -> ::bindery::Result<::core::option::Option<Goods>> {
            self.find_by(0, &mut |params| {
                params.push(&::bindery::__private::Through(
                    replaced_by,
                    super::column_types::write_code,
                ))
            })
        }

        // …
    }

    // …
}

/// Columns of `goods`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod goods {
    // …

    /// `code`
    pub const code: Column<model::Goods, super::goods_::GoodsId> = ::bindery::query::column(0);

    // …

    /// `discount`
    pub const discount: Column<model::Goods, super::column_types::Money, Nullable> =
        ::bindery::query::column(2);

    /// `tags`
    pub const tags: Column<model::Goods, super::column_types::ListedCode> =
        ::bindery::query::column(3);

    // …
}

// …
