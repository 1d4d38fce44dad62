// An excerpt: UUIDs in columns of bytes and of text.
// …

/// Model `Account`, table `accounts`, on `default` and `m`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod accounts {
    // …

    /// UUIDs as MySQL keeps them.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Account<E: ::bindery::Engine = engine::Default> {
        /// `id`
        pub id: AccountId<E>,
        /// `public`
        pub public: ::bindery::types::Uuid,
        /// `token`
        pub token: ::core::option::Option<::bindery::types::Uuid>,
    }

    // …

    impl ::bindery::__private::ColumnSource for NewAccount {
        // …

        fn write(&self, params: &mut ::bindery::types::ParamWriter<'_>) {
            params.binary().push(&self.id);
            params.length(36).push(&self.public);
            params.binary().push(&self.token);
        }
    }

    // …

    impl ::bindery::generic::HasKey for model::Account {
        // …

        fn write_key<E: ::bindery::Engine>(
            key: &AccountId<E>,
            params: &mut ::bindery::types::ParamWriter<'_>,
        ) {
            params.binary().push(key);
        }

        // …
    }

    // …

    pub(super) static MYSQL: ::bindery::__private::TableSql = ::bindery::__private::TableSql {
        table: "`accounts`",
        columns: &["`id`", "`public`", "`token`"],
        key: &[0],
        writable: &[0, 1, 2],
        required: &[0, 1, 2],
        select: "SELECT `id`, `public`, `token` FROM `accounts`",
        first: "SELECT `id`, `public`, `token` FROM `accounts` ORDER BY `id` LIMIT 1",
        find: "SELECT `id`, `public`, `token` FROM `accounts` WHERE `id` = ?",
        count: "SELECT count(*) FROM `accounts`",
        exists: "SELECT 1 FROM `accounts` WHERE `id` = ?",
        insert: "INSERT INTO `accounts` (`id`, `public`, `token`) VALUES (?, ?, ?)",
        insert_row: "INSERT INTO `accounts` (`id`, `public`, `token`) VALUES (?, ?, ?)",
        save: "UPDATE `accounts` SET `public` = ?, `token` = ? WHERE `id` = ?",
        delete: "DELETE FROM `accounts` WHERE `id` = ?",
        uniques: &[
            ::bindery::__private::UniqueSql {
                columns: &[1],
                find: "SELECT `id`, `public`, `token` FROM `accounts` WHERE `public` = ?",
            },
            ::bindery::__private::UniqueSql {
                columns: &[2],
                find: "SELECT `id`, `public`, `token` FROM `accounts` WHERE `token` = ?",
            },
        ],
        referenced: &[::bindery::__private::ReferencedSql {
            from: ::core::option::Option::Some(&super::orders::MYSQL),
            reference: 0,
        }],
        ..::bindery::__private::TableSql::NOTHING
    };

    // …

    impl<E: ::bindery::Engine, A> AccountQueries<E>
        for ::bindery::Repository<'_, model::Account, E, A>
    {
        fn find_by_public(
            &mut self,
            public: ::bindery::types::Uuid,
        ) -> ::bindery::Result<::core::option::Option<Account<E>>> {
            self.find_by(0, &mut |params| params.push(&public))
        }

        // …

        fn find_by_token(
            &mut self,
            token: ::bindery::types::Uuid,
        ) -> ::bindery::Result<::core::option::Option<Account<E>>> {
            self.find_by(1, &mut |params| params.binary().push(&token))
        }

        // …
    }

    // …
}

/// Columns of `accounts`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod account {
    // …

    /// `id`
    pub const id: Column<model::Account, super::accounts::AccountId<RowEngine>> =
        ::bindery::query::column(0).binary();

    /// `public`
    pub const public: Column<model::Account, ::bindery::types::Uuid> =
        ::bindery::query::column(1).of_length(36);

    /// `token`
    pub const token: Column<model::Account, ::bindery::types::Uuid, Nullable> =
        ::bindery::query::column(2).binary();

    /// The rows of `orders` whose `account` refers to this one.
    pub const orders: HasMany<model::Account, model::Order> = HasMany::at(0);
}

// …

/// Columns of `orders`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod order {
    // …

    /// `account`
    pub const account: Column<
        model::Order,
        super::accounts::AccountId<RowEngine>,
        To<model::Account>,
    > = ::bindery::query::foreign_key(0, 0).binary();

    // …
}

// …
