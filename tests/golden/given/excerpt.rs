// An excerpt: what was given to a new row or a patch, and setters with names that something else has.
// …

/// Model `Member`, table `members`, on `default`, `p`, `lite` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod members {
    // …

    impl<E: ::bindery::Engine> ::bindery::__private::ColumnSource for NewMember<E> {
        // …

        fn given(&self) -> ::bindery::__private::ColumnSet {
            ::bindery::__private::ColumnSource::columns(self)
                .without_if(self.name.is_none(), 2)
                .without_if(self.born.is_none(), 3)
                .without_if(self.height.is_none(), 4)
                .without_if(self.card.is_none(), 5)
                .without_if(self.brought_by.is_none(), 6)
        }

        // …
    }

    // …
}

// …

/// Model `Word`, table `words`, on `default`, `p`, `lite` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod words {
    // …

    #[allow(clippy::wrong_self_convention, clippy::should_implement_trait)]
    impl NewWord {
        /// A new row with what it must have.
        pub fn new() -> Self {
            Self {
                id: ::core::option::Option::None,
                new: ::core::option::Option::None,
                clone: ::core::option::Option::None,
                default: ::core::option::Option::None,
                into: ::core::option::Option::None,
                self_: ::core::option::Option::None,
                r#type: ::core::option::Option::None,
                columns: ::core::option::Option::None,
                given: ::core::option::Option::None,
                write: ::core::option::Option::None,
                is_open: ::core::option::Option::None,
                to_day: ::core::option::Option::None,
                sub: ::core::option::Option::None,
            }
        }

        // …

        /// Sets `new`; `None` is NULL.
        pub fn new_(mut self, new: impl ::bindery::types::Nullable<i32>) -> Self {
            self.new = ::core::option::Option::Some(new.into_nullable());
            self
        }

        /// Sets `clone`; `None` is NULL.
        pub fn clone(mut self, clone: impl ::bindery::types::Nullable<i32>) -> Self {
            self.clone = ::core::option::Option::Some(clone.into_nullable());
            self
        }

        // …

        /// Sets `self`; `None` is NULL.
        pub fn self_(mut self, self_: impl ::bindery::types::Nullable<i32>) -> Self {
            self.self_ = ::core::option::Option::Some(self_.into_nullable());
            self
        }

        /// Sets `type`.
        pub fn r#type(mut self, r#type: i32) -> Self {
            self.r#type = ::core::option::Option::Some(r#type);
            self
        }

        // …
    }

    // …

    #[allow(clippy::wrong_self_convention, clippy::should_implement_trait)]
    impl WordPatch {
        /// Nothing to be changed, until a column is set.
        pub fn new() -> Self {
            ::core::default::Default::default()
        }

        /// Sets `new`; `None` is NULL.
        pub fn new_(mut self, new: impl ::bindery::types::Nullable<i32>) -> Self {
            self.new = ::core::option::Option::Some(new.into_nullable());
            self
        }

        // …

        /// Sets `default`; `None` is NULL.
        pub fn default_(mut self, default: impl ::bindery::types::Nullable<i32>) -> Self {
            self.default = ::core::option::Option::Some(default.into_nullable());
            self
        }

        // …
    }

    // …
}

// …

/// Model `Setting`, table `settings`, on `default`, `p`, `lite` and `proper`.
#[allow(dead_code, unreachable_pub, clippy::pedantic)]
pub mod settings {
    // …

    impl<E: ::bindery::Engine> Setting<E> {
        /// Inserts the row on another engine, with the same key.
        ///
        /// # Errors
        /// The key is taken there, another constraint is violated, or the database fails.
        #[track_caller]
        pub fn copy_to<F>(&self, to: &mut ::bindery::Connection<F>) -> ::bindery::Result<Setting<F>>
        where
            F: ::bindery::StaticEngine + ::bindery::Hosts<model::Setting>,
        {
            let row = ::core::clone::Clone::clone(self).to_engine::<F>();
            let target = ::bindery::generic::ReadRoute::<model::Setting>::target(to);
            ::bindery::Repository::new(target).insert_row(&row)?;
            ::core::result::Result::Ok(row)
        }

        // …
    }

    // …

    pub(super) static MYSQL_AS_MYSQL: ::bindery::__private::TableSql =
        ::bindery::__private::TableSql {
            table: "`settings`",
            columns: &["`name`", "`value`", "`note`", "`changes`"],
            key: &[0],
            writable: &[0, 1, 2, 3],
            required: &[0, 1, 2],
            select: "SELECT `name`, `value`, `note`, `changes` FROM `settings`",
            first: r#"SELECT `name`, `value`, `note`, `changes`
            FROM `settings`
            ORDER BY `name` LIMIT 1"#,
            find: r#"SELECT `name`, `value`, `note`, `changes`
            FROM `settings`
            WHERE `name` = ?"#,
            count: "SELECT count(*) FROM `settings`",
            exists: "SELECT 1 FROM `settings` WHERE `name` = ?",
            insert: "INSERT INTO `settings` (`name`, `value`, `note`) VALUES (?, ?, ?)",
            insert_row: r#"INSERT INTO `settings` (`name`, `value`, `note`, `changes`)
            VALUES (?, ?, ?, ?)"#,
            save: r#"UPDATE `settings`
            SET `value` = ?, `note` = ?, `changes` = `settings`.`changes` + 1
            WHERE `name` = ? AND `changes` = ?"#,
            version: ::core::option::Option::Some(3),
            touched: &[3],
            touch: "`changes` = `settings`.`changes` + 1",
            delete: "DELETE FROM `settings` WHERE `name` = ?",
            ..::bindery::__private::TableSql::NOTHING
        };

    // …
}

// …
