//! Models of the sample.

use std::sync::LazyLock;

use bindery::__private::{ColumnSet, ColumnSource, NoKey, TableSql};
use bindery::generic::{HasKey, LivesOn, Writable};
use bindery::raw::RowColumns;
use bindery::types::{Nullable, ParamWriter, RowReader};
use bindery::{Dialect, Engine, FromRow, Hosts, Key, Model, Result};

use super::engine;
use super::statements::{Spec, Style};

/// Tags of the models.
pub mod tag {
    #[derive(Debug, Clone, Copy)]
    pub struct Blog;
    #[derive(Debug, Clone, Copy)]
    pub struct Member;
    #[derive(Debug, Clone, Copy)]
    pub struct OrderLine;
    #[derive(Debug, Clone, Copy)]
    pub struct Log;
}

/// Statements of one table in the styles of the engines.
struct Styles {
    sqlite: TableSql,
    postgres: TableSql,
    mysql: TableSql,
    mariadb: TableSql,
}

impl Styles {
    fn of(spec: &Spec) -> Self {
        let sql = |dialect, returning| spec.sql(Style { dialect, returning });
        Self {
            sqlite: sql(Dialect::Sqlite, true),
            postgres: sql(Dialect::Postgres, true),
            mysql: sql(Dialect::Mysql, false),
            mariadb: sql(Dialect::Mysql, true),
        }
    }

    fn on(&'static self, engine: engine::Any) -> &'static TableSql {
        match engine {
            engine::Any::B | engine::Any::Default | engine::Any::Test => &self.sqlite,
            engine::Any::Postgres => &self.postgres,
            engine::Any::Mysql => &self.mysql,
            engine::Any::Mariadb => &self.mariadb,
        }
    }
}

macro_rules! lives_on {
    ($tag:ident: $($engine:ident)*; $spec:expr) => {
        impl LivesOn<engine::Any> for tag::$tag {
            fn sql(engine: engine::Any) -> Option<&'static TableSql> {
                static STYLES: LazyLock<Styles> = LazyLock::new(|| Styles::of(&$spec));
                match engine {
                    $(engine::Any::$engine)|* => Some(STYLES.on(engine)),
                    #[allow(unreachable_patterns)]
                    _ => None,
                }
            }
        }

        $(impl LivesOn<engine::$engine> for tag::$tag {
            fn sql(_: engine::$engine) -> Option<&'static TableSql> {
                <Self as LivesOn<engine::Any>>::sql(engine::Any::$engine)
            }
        })*
    };
}

/// A model whose key is an `id` that the database counts.
macro_rules! counted_model {
    (
        $tag:ident $key:ident $new:ident $changes:ident on $engines:tt
        required { $($required:ident: $required_type:ty = $r:literal,)* }
        nullable { $($nullable:ident: $nullable_type:ty = $n:literal,)* }
        default { $($default:ident: $default_type:ty = $d:literal,)* }
    ) => {
        pub type $key<E> = Key<tag::$tag, E, i64>;

        #[derive(Debug, Clone, PartialEq)]
        pub struct $tag<E: Engine> {
            pub id: $key<E>,
            $(pub $required: $required_type,)*
            $(pub $nullable: Option<$nullable_type>,)*
            $(pub $default: $default_type,)*
        }

        #[derive(Debug, Clone, PartialEq)]
        pub struct $new {
            pub id: Option<i64>,
            $(pub $required: $required_type,)*
            $(pub $nullable: Option<Option<$nullable_type>>,)*
            $(pub $default: Option<$default_type>,)*
        }

        impl $new {
            $(pub fn $nullable(mut self, $nullable: impl Nullable<$nullable_type>) -> Self {
                self.$nullable = Some($nullable.into_nullable());
                self
            })*
        }

        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $changes {
            $(pub $required: Option<$required_type>,)*
            $(pub $nullable: Option<Option<$nullable_type>>,)*
            $(pub $default: Option<$default_type>,)*
        }

        impl ColumnSource for $new {
            fn columns(&self) -> ColumnSet {
                let columns = ColumnSet::new().with_if(self.id.is_some(), 0);
                $(let columns = columns.with($r);)*
                $(let columns = columns.with($n);)*
                $(let columns = columns.with_if(self.$default.is_some(), $d);)*
                columns
            }

            fn given(&self) -> ColumnSet {
                let columns = self.columns();
                $(let columns = columns.without_if(self.$nullable.is_none(), $n);)*
                columns
            }

            fn write(&self, params: &mut ParamWriter<'_>) {
                params.given(&self.id);
                $(params.push(&self.$required);)*
                $(params.push(&self.$nullable);)*
                $(params.given(&self.$default);)*
            }
        }

        impl ColumnSource for $changes {
            fn columns(&self) -> ColumnSet {
                let columns = ColumnSet::new();
                $(let columns = columns.with_if(self.$required.is_some(), $r);)*
                $(let columns = columns.with_if(self.$nullable.is_some(), $n);)*
                $(let columns = columns.with_if(self.$default.is_some(), $d);)*
                columns
            }

            fn write(&self, params: &mut ParamWriter<'_>) {
                $(params.given(&self.$required);)*
                $(params.given(&self.$nullable);)*
                $(params.given(&self.$default);)*
            }
        }

        impl Model for tag::$tag {
            const NAME: &'static str = stringify!($tag);
            const ENGINES: &'static [&'static str] = &$engines;

            type Row<E: Engine> = $tag<E>;
            type Key<E: Engine> = $key<E>;
            type New<E: Engine> = $new;
            type Patch<E: Engine> = $changes;
            type Inserted<E: Engine> = $tag<E>;

            fn read<E: Engine>(row: &mut RowReader<'_>, engine: E) -> Result<$tag<E>> {
                Ok($tag {
                    id: row.next_key(engine)?,
                    $($required: row.next()?,)*
                    $($nullable: row.next()?,)*
                    $($default: row.next()?,)*
                })
            }

            fn inserted<E: Engine>(row: Option<$tag<E>>) -> Option<$tag<E>> {
                row
            }

            fn write_row<E: Engine>(row: &$tag<E>, params: &mut ParamWriter<'_>) {
                params.push(&row.id);
                Self::write_saved(row, params);
            }

            fn row_belongs_to<E: Engine>(row: &$tag<E>, engine: E) -> bool {
                row.id.engine() == engine
            }
        }

        impl<E: Hosts<tag::$tag>> FromRow<E> for $tag<E> {
            const COLUMNS: RowColumns = RowColumns::Named {
                row: stringify!($tag),
                names: &["id", $(stringify!($required),)* $(stringify!($nullable),)* $(stringify!($default),)*],
                lives_on: Some(&$engines),
            };

            fn read_row(row: &mut RowReader<'_>, engine: E) -> Result<Self> {
                <tag::$tag as Model>::read(row, engine)
            }
        }

        impl Writable for tag::$tag {}

        impl HasKey for tag::$tag {
            fn key<E: Engine>(row: &$tag<E>) -> $key<E> {
                row.id
            }

            fn write_key<E: Engine>(key: &$key<E>, params: &mut ParamWriter<'_>) {
                params.push(key);
            }

            fn write_saved<E: Engine>(row: &$tag<E>, params: &mut ParamWriter<'_>) {
                $(params.push(&row.$required);)*
                $(params.push(&row.$nullable);)*
                $(params.push(&row.$default);)*
            }

            fn key_belongs_to<E: Engine>(key: &$key<E>, engine: E) -> bool {
                key.engine() == engine
            }
        }
    };
}

counted_model! {
    Blog BlogId NewBlog BlogPatch on ["default", "b", "x_mysql", "x_postgres", "y_mariadb"]
    required { title: String = 1, }
    nullable { content: String = 2, }
    default { stars: i64 = 3, }
}

lives_on! {
    Blog: B Default Mysql Postgres Mariadb;
    Spec { table: "blogs", columns: &["id", "title", "content", "stars"], key: &[0], required: &[1, 2], counted: Some(0), uniques: &[] }
}

impl<E: Engine> Blog<E> {
    pub fn to_engine<F: bindery::StaticEngine>(&self) -> Blog<F> {
        Blog {
            id: self.id.to_engine(),
            title: self.title.clone(),
            content: self.content.clone(),
            stars: self.stars,
        }
    }
}

impl NewBlog {
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            id: None,
            title: title.into(),
            content: None,
            stars: None,
        }
    }
}

counted_model! {
    Member MemberId NewMember MemberPatch on ["default", "x_mysql", "x_postgres", "y_mariadb"]
    required { user_id: i64 = 1, email: String = 2, }
    nullable { nick: String = 3, }
    default { }
}

lives_on! {
    Member: Default Mysql Postgres Mariadb;
    Spec { table: "members", columns: &["id", "user_id", "email", "nick"], key: &[0], required: &[1, 2, 3], counted: Some(0), uniques: &[&[1], &[2]] }
}

impl NewMember {
    pub fn new(user_id: i64, email: impl Into<String>) -> Self {
        Self {
            id: None,
            user_id,
            email: email.into(),
            nick: None,
        }
    }
}

/// The key's columns are not in the order of the table's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderLineId {
    pub line: i64,
    pub order_id: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct OrderLine {
    pub order_id: i64,
    pub line: i64,
    pub what: String,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct OrderLinePatch {
    pub what: Option<String>,
}

impl ColumnSource for OrderLine {
    fn columns(&self) -> ColumnSet {
        ColumnSet::new().with(0).with(1).with(2)
    }

    fn write(&self, params: &mut ParamWriter<'_>) {
        params.push(&self.order_id);
        params.push(&self.line);
        params.push(&self.what);
    }
}

impl ColumnSource for OrderLinePatch {
    fn columns(&self) -> ColumnSet {
        ColumnSet::new().with_if(self.what.is_some(), 2)
    }

    fn write(&self, params: &mut ParamWriter<'_>) {
        params.given(&self.what);
    }
}

impl Model for tag::OrderLine {
    const NAME: &'static str = "OrderLine";
    const ENGINES: &'static [&'static str] = &["default", "x_mysql", "x_postgres", "y_mariadb"];

    type Row<E: Engine> = OrderLine;
    type Key<E: Engine> = OrderLineId;
    type New<E: Engine> = OrderLine;
    type Patch<E: Engine> = OrderLinePatch;
    type Inserted<E: Engine> = OrderLine;

    fn read<E: Engine>(row: &mut RowReader<'_>, _: E) -> Result<OrderLine> {
        Ok(OrderLine {
            order_id: row.next()?,
            line: row.next()?,
            what: row.next()?,
        })
    }

    fn inserted<E: Engine>(row: Option<OrderLine>) -> Option<OrderLine> {
        row
    }

    fn write_row<E: Engine>(row: &OrderLine, params: &mut ParamWriter<'_>) {
        row.write(params);
    }
}

impl Writable for tag::OrderLine {}

impl HasKey for tag::OrderLine {
    fn key<E: Engine>(row: &OrderLine) -> OrderLineId {
        OrderLineId {
            line: row.line,
            order_id: row.order_id,
        }
    }

    fn write_key<E: Engine>(key: &OrderLineId, params: &mut ParamWriter<'_>) {
        params.push(&key.line);
        params.push(&key.order_id);
    }

    fn write_saved<E: Engine>(row: &OrderLine, params: &mut ParamWriter<'_>) {
        params.push(&row.what);
    }
}

lives_on! {
    OrderLine: Default Mysql Postgres Mariadb;
    Spec { table: "order_lines", columns: &["order_id", "line", "what"], key: &[1, 0], required: &[0, 1, 2], counted: None, uniques: &[] }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Log {
    pub text: String,
}

impl ColumnSource for Log {
    fn columns(&self) -> ColumnSet {
        ColumnSet::new().with(0)
    }

    fn write(&self, params: &mut ParamWriter<'_>) {
        params.push(&self.text);
    }
}

/// Nothing can be changed in a table without a key.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LogPatch {}

impl ColumnSource for LogPatch {
    fn columns(&self) -> ColumnSet {
        ColumnSet::new()
    }

    fn write(&self, _: &mut ParamWriter<'_>) {}
}

impl Writable for tag::Log {}

impl Model for tag::Log {
    const NAME: &'static str = "Log";
    const ENGINES: &'static [&'static str] = &["default", "x_mysql", "x_postgres", "y_mariadb"];

    type Row<E: Engine> = Log;
    type Key<E: Engine> = NoKey;
    type New<E: Engine> = Log;
    type Patch<E: Engine> = LogPatch;
    type Inserted<E: Engine> = ();

    fn read<E: Engine>(row: &mut RowReader<'_>, _: E) -> Result<Log> {
        Ok(Log { text: row.next()? })
    }

    fn inserted<E: Engine>(_: Option<Log>) -> Option<()> {
        Some(())
    }

    fn write_row<E: Engine>(row: &Log, params: &mut ParamWriter<'_>) {
        row.write(params);
    }
}

lives_on! {
    Log: Default Mysql Postgres Mariadb;
    Spec { table: "logs", columns: &["text"], key: &[], required: &[0], counted: None, uniques: &[] }
}
