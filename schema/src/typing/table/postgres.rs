//! Conditions and defaults of domains.

use super::{Mistakes, OwnTable, TablePart};
use crate::dialect::Dialect;
use crate::lists::IntoVec as _;
use crate::model::{Domain, Model};
use crate::syntax::{self, Expr};
use crate::typing::checker::{Checker, Clause};
use crate::typing::findings;
use crate::typing::postgres::{Context, PgType, can_cast};
use crate::typing::scope::{Common, Field, Scope};
use crate::typing::value::{Ty, Value};

/// Finds the mistakes of a domain's condition, or of its default.
pub(crate) fn mistakes_of_domain(
    model: &Model,
    own: &OwnTable,
    domain: &Domain,
    (part, sql): (DomainPart, &str),
) -> Mistakes {
    let found = syntax::look_at_expression(sql, Dialect::Postgres, |text, expr| {
        let mut checker = Checker::new(model, own, Dialect::Postgres, text.text);
        checker.clause = Clause::Table(TablePart::Check);
        checker.domain_part(domain, part, expr);
        let of_types = !own.is_extended;
        checker.findings.retain(|one| match one.code {
            "B0623" | "B0624" => of_types,
            code => code == "B0631",
        });
        Mistakes {
            unknown: checker.unknown.into_iter().map(|one| one.name).into_vec(),
            findings: checker.findings,
        }
    });
    found.unwrap_or_default()
}

/// The part of a domain that an expression is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DomainPart {
    Check,
    Default,
}

impl Checker<'_> {
    fn domain_part(&mut self, domain: &Domain, part: DomainPart, expr: &Expr) {
        let (of, sql_type) = (&domain.column_type, &domain.sql_type);
        let Some(own) = PgType::from_column(of, sql_type, domain.as_text) else {
            return;
        };
        let mut scope = Scope::of(&Common::default(), None);
        if part == DomainPart::Check {
            scope.items.push(Field {
                name: Some("value".to_owned()),
                value: Value::new(Ty::Postgres(own), true, expr.span),
            });
        }
        let value = self.expr(expr, &scope);
        if part == DomainPart::Check {
            return self.is_condition(&value);
        }
        self.check_constant(&value, own);
        let given = value.postgres().filter(|_| value.ty != Ty::Untyped);
        if given.is_some_and(|given| !can_cast(given, own, Context::Assignment)) {
            let (takes, given) = (own.name(), self.shown(&value));
            let finding = findings::unlike_column(&domain.name, &takes, &given, value.span);
            self.report(finding);
        }
    }
}
