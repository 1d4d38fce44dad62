//! Words of statements that only one of MariaDB and MySQL has. Where an engine's product is not named, neither's are taken.

use crate::lists::IntoVec as _;
use bindery_core::dialect::Flavour;

use super::Class;
use crate::dialect::Dialect;
use crate::model::{Engine, EngineId, Model, TableId};
use crate::source::Span;
use crate::syntax::{Call, Cast};
use crate::typing::checker::Checker;
use crate::typing::findings;

/// Something that a statement has of one product.
#[derive(Debug, Clone)]
pub(in crate::typing) struct OfProduct {
    what: String,
    flavour: Flavour,
    span: Span,
}

/// Returns the product that alone has the function, and the class of its results where that is known.
fn home_of(function: &str) -> Option<(Flavour, Option<Class>)> {
    let lines = include_str!("products.txt").lines();
    let mut lines = lines.filter(|line| !line.starts_with('#'));
    lines.find_map(|line| {
        let mut words = line.split(' ');
        let flavour = match words.next()? {
            "mariadb" => Flavour::Mariadb,
            _ => Flavour::Mysql,
        };
        (words.next()? == function).then(|| (flavour, words.next().and_then(Class::of)))
    })
}

/// A construct of one product.
#[derive(Debug, Clone, Copy)]
pub(in crate::typing) enum Construct<'n> {
    /// `ORDER BY` or `LIMIT` in an UPDATE of several tables.
    CutOfSeveral,
    FrameByInterval,
    Lateral,
    /// `FOR UPDATE OF name`.
    LockOf,
    MemberOf,
    /// `greatest` or `least` of dates and of texts.
    MixedMoments(&'n str),
    /// `INSERT … VALUES (…) AS new`.
    NameOfInserted,
    /// `(SELECT …) AS name (a, b)`.
    NamesOfColumns,
    /// A function that the other product computes of groups alone.
    OverWindow(&'n str),
    /// `->` or `->>`.
    PartOfDocument(&'n str),
    Percentile(&'n str),
    Returning,
    RowsOfValues,
    Table,
    ValuesWithoutRow,
    /// `WITH` before the statement of this word.
    WithBefore(&'n str),
}

impl Construct<'_> {
    fn product(self) -> Flavour {
        match self {
            Self::CutOfSeveral
            | Self::MixedMoments(_)
            | Self::Percentile(_)
            | Self::Returning
            | Self::ValuesWithoutRow => Flavour::Mariadb,
            Self::FrameByInterval
            | Self::Lateral
            | Self::LockOf
            | Self::MemberOf
            | Self::NameOfInserted
            | Self::NamesOfColumns
            | Self::OverWindow(_)
            | Self::PartOfDocument(_)
            | Self::RowsOfValues
            | Self::Table
            | Self::WithBefore(_) => Flavour::Mysql,
        }
    }

    /// The construct in a sentence.
    fn words(self) -> String {
        match self {
            Self::CutOfSeveral => "`ORDER BY` and `LIMIT` in `UPDATE` of several tables".into(),
            Self::FrameByInterval => "a bound of a frame by `INTERVAL`".into(),
            Self::Lateral => "`LATERAL`".into(),
            Self::LockOf => "`OF` of a lock".into(),
            Self::MemberOf => "`MEMBER OF`".into(),
            Self::MixedMoments(name) => format!("`{name}` of dates and of texts"),
            Self::NameOfInserted => "a name of the row that is inserted".into(),
            Self::NamesOfColumns => "names of columns behind the name of a query".into(),
            Self::OverWindow(name) => format!("`{name}` with `OVER`"),
            Self::PartOfDocument(word) | Self::Percentile(word) => format!("`{word}`"),
            Self::Returning => "`RETURNING`".into(),
            Self::RowsOfValues => "`VALUES ROW (…)`".into(),
            Self::Table => "`TABLE`".into(),
            Self::ValuesWithoutRow => "`VALUES (…)` without `ROW`".into(),
            Self::WithBefore(word) => format!("`WITH` before `{word}`"),
        }
    }
}

fn product_name(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::Mariadb => "MariaDB",
        Flavour::Mysql => "MySQL",
    }
}

impl Checker<'_> {
    /// Remembers a construct that one product alone has.
    pub(in crate::typing) fn of_product(&mut self, construct: Construct<'_>, span: Span) {
        if self.dialect == Dialect::Mysql {
            self.remember_words(construct.words(), construct.product(), span);
        }
    }

    /// Remembers words of one product, in a statement of this dialect.
    pub(in crate::typing) fn remember_words(
        &mut self,
        what: impl Into<String>,
        flavour: Flavour,
        span: Span,
    ) {
        self.of_products.push(OfProduct {
            what: what.into(),
            flavour,
            span,
        });
    }

    /// The product that alone has a function of this dialect, and the class of its results.
    pub(in crate::typing) fn home_of(&self, function: &str) -> Option<(Flavour, Option<Class>)> {
        (self.dialect == Dialect::Mysql).then(|| home_of(function))?
    }

    pub(in crate::typing) fn product_of_call(&mut self, call: &Call, span: Span) {
        if self.dialect != Dialect::Mysql {
            return;
        }
        let name = call.function();
        if let Some((flavour, _)) = home_of(name)
            && self.own_functions(name).is_empty()
        {
            self.remember_words(format!("`{name}`"), flavour, span);
        }
        if matches!(name, "lag" | "lead") && call.arguments.len() > 2 {
            self.remember_words(format!("`{name}` with a default"), Flavour::Mysql, span);
        }
        if name == "json_arrayagg" && (call.distinct || !call.order.is_empty()) {
            let what = "`json_arrayagg` with `DISTINCT` or `ORDER BY`";
            self.remember_words(what, Flavour::Mariadb, span);
        }
    }

    pub(in crate::typing) fn product_of_cast(&mut self, cast: &Cast) {
        let name = cast.to.name.as_str();
        let flavour = match name {
            _ if self.dialect != Dialect::Mysql => return,
            "json" | "real" | "year" => Flavour::Mysql,
            "inet6" | "int" | "integer" | "uuid" | "varchar" => Flavour::Mariadb,
            _ => return,
        };
        let is_plain = !cast.to.written.contains(char::is_whitespace);
        if is_plain {
            let what = format!("a cast to `{}`", cast.to.written);
            self.remember_words(what, flavour, cast.to.span);
        }
    }

    /// Reports the words that an engine among these does not have.
    pub(in crate::typing) fn check_products(&mut self, engines: &[EngineId]) {
        let wrong = |one: &OfProduct| {
            let mut engines = hosts(self.model, engines, &self.tables);
            let engine = engines.find(|engine| engine.flavour != Some(one.flavour))?;
            let found = findings::of_one_product(
                (&one.what, product_name(one.flavour)),
                (&engine.name, engine.flavour.map(product_name)),
                one.span,
            );
            Some(found)
        };
        let found: Vec<_> = self.of_products.iter().filter_map(wrong).into_vec();
        found.into_iter().for_each(|one| self.report(one));
    }
}

/// The engines of MySQL's dialect that host all of these tables.
fn hosts<'m>(
    model: &'m Model,
    engines: &'m [EngineId],
    tables: &'m [TableId],
) -> impl Iterator<Item = &'m Engine> {
    let has_all = |id: &&EngineId| {
        let mut tables = tables.iter();
        tables.all(|table| model.table(*table).engines.contains(id))
    };
    let engines = engines.iter().filter(has_all);
    let engines = engines.map(|id| model.engine(*id));
    engines.filter(|engine| engine.dialect == Dialect::Mysql)
}
