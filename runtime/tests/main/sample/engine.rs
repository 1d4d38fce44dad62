//! Engines of the sample: three on SQLite, and one for each kind of server.

macro_rules! engines {
    ($($index:literal $type:ident $name:literal $dialect:ident;)*) => {
        $(
            #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $type;

            impl bindery::Engine for $type {
                type Dialect = bindery::dialect::$dialect;

                fn index(self) -> usize {
                    $index
                }

                fn name(self) -> &'static str {
                    $name
                }

                fn dialect(self) -> bindery::Dialect {
                    bindery::Dialect::$dialect
                }
            }

            impl bindery::StaticEngine for $type {}
        )*

        /// Any engine, chosen at run time.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Any {
            $($type,)*
        }

        impl bindery::Engine for Any {
            type Dialect = bindery::dialect::Several;

            fn index(self) -> usize {
                self as usize
            }

            fn name(self) -> &'static str {
                match self {
                    $(Self::$type => $name,)*
                }
            }

            fn dialect(self) -> bindery::Dialect {
                match self {
                    $(Self::$type => bindery::Dialect::$dialect,)*
                }
            }
        }

        impl std::str::FromStr for Any {
            type Err = bindery::Error;

            fn from_str(name: &str) -> bindery::Result<Self> {
                match name {
                    $($name => Ok(Self::$type),)*
                    _ => Err(super::PROGRAM.unknown_engine(name)),
                }
            }
        }
    };
}

engines! {
    0 B "b" Sqlite;
    1 Default "default" Sqlite;
    2 Test "test" Sqlite;
    3 Mysql "x_mysql" Mysql;
    4 Postgres "x_postgres" Postgres;
    5 Mariadb "y_mariadb" Mysql;
}
