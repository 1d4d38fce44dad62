//! Words of statements that only one of MariaDB and MySQL has. Where an engine's product is not named, neither's are taken.

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
pub(in crate::typing) fn home_of(function: &str) -> Option<(Flavour, Option<Class>)> {
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

impl Checker<'_> {
    /// Remembers words of one product.
    pub(in crate::typing) fn of_product(
        &mut self,
        what: impl Into<String>,
        flavour: Flavour,
        span: Span,
    ) {
        if self.dialect == Dialect::Mysql {
            let what = what.into();
            self.of_products.push(OfProduct {
                what,
                flavour,
                span,
            });
        }
    }

    pub(in crate::typing) fn product_of_call(&mut self, call: &Call, span: Span) {
        let name = call.function();
        if let Some((flavour, _)) = home_of(name)
            && self.own_functions(name).is_empty()
        {
            self.of_product(format!("`{name}`"), flavour, span);
        }
        if matches!(name, "lag" | "lead") && call.arguments.len() > 2 {
            self.of_product(format!("`{name}` with a default"), Flavour::Mysql, span);
        }
        if name == "json_arrayagg" && (call.distinct || !call.order.is_empty()) {
            let what = "`json_arrayagg` with `DISTINCT` or `ORDER BY`";
            self.of_product(what, Flavour::Mariadb, span);
        }
    }

    pub(in crate::typing) fn product_of_cast(&mut self, cast: &Cast) {
        let name = cast.to.name.as_str();
        let flavour = match name {
            "json" | "real" | "year" => Flavour::Mysql,
            "inet6" | "int" | "integer" | "uuid" | "varchar" => Flavour::Mariadb,
            _ => return,
        };
        let is_plain = !cast.to.written.contains(char::is_whitespace);
        if is_plain {
            let what = format!("a cast to `{}`", cast.to.written);
            self.of_product(what, flavour, cast.to.span);
        }
    }

    /// Reports the words that an engine among these does not have.
    pub(in crate::typing) fn check_products(&mut self, engines: &[EngineId]) {
        let wrong = |one: &OfProduct| {
            let mut engines = hosts(self.model, engines, &self.tables);
            let engine = engines.find(|engine| engine.flavour != Some(one.flavour))?;
            let found = findings::of_one_product(
                (&one.what, one.flavour),
                (&engine.name, engine.flavour),
                one.span,
            );
            Some(found)
        };
        let found: Vec<_> = self.of_products.iter().filter_map(wrong).collect();
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
