//! Domains of PostgreSQL as their statements leave them: migrations say by `ALTER DOMAIN` what a schema says by `CREATE DOMAIN`.

use std::collections::BTreeMap;

use crate::ast::{ColumnOptionKind, CreateDomain, DomainChange, Expression, Statement, TypeName};
use crate::dialect::Dialect;
use crate::diff::parsed::parse_texts;
use crate::diff::structure::ObjectShape;
use crate::name::implied::first_free;
use crate::parse::SingleStatement;
use crate::sql_writer::SqlWriter;
use crate::syntax::canonical::{normal_expression, token_texts};

const TEXTS: [&str; 5] = ["text", "character varying", "varchar", "character", "char"];

/// The parts of a domain that can change, beside the type that it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Domain {
    name: String,
    base: String,
    /// Over a type that the server casts to `text` by itself.
    is_text: bool,
    default: Option<Written>,
    not_null: bool,
    /// Its conditions by their names.
    checks: BTreeMap<String, Written>,
}

/// An expression as it is written. Two are equal that mean the same.
#[derive(Debug, Clone)]
struct Written {
    sql: String,
    /// The casts to texts, which count where the domain is over another type: `citext` compares in another way.
    casts: usize,
}

impl PartialEq for Written {
    fn eq(&self, other: &Self) -> bool {
        let normal = |one: &Self| normal_expression(&one.sql, Dialect::Postgres);
        self.casts == other.casts && normal(self) == normal(other)
    }
}

impl Eq for Written {}

/// Whether they differ in their statements alone.
pub(in crate::diff) fn is_same_domain(one: &ObjectShape, other: &ObjectShape) -> bool {
    let (one, other) = (Domain::read(one), Domain::read(other));
    one.is_some() && one == other
}

/// The statements that make one of the other; `None` where they are no domains over one type, or say more than is understood.
pub(in crate::diff) fn altered_domain(from: &ObjectShape, to: &ObjectShape) -> Option<Vec<String>> {
    let (old, new) = (Domain::read(from)?, Domain::read(to)?);
    if old.base != new.base {
        return None;
    }
    let altered = |change: &dyn Fn(&mut SqlWriter)| {
        let mut sql = SqlWriter::new(Dialect::Postgres);
        sql.push("ALTER DOMAIN ").table(&to.name).push(" ");
        change(&mut sql);
        sql.finish()
    };
    let differs = |checks: &BTreeMap<String, Written>, name: &str, condition: &Written| {
        checks.get(name) != Some(condition)
    };
    let mut statements = Vec::new();
    for (name, _) in old
        .checks
        .iter()
        .filter(|(name, one)| differs(&new.checks, name, one))
    {
        statements.push(altered(&|sql| {
            sql.push("DROP CONSTRAINT ").identifier(name);
        }));
    }
    if old.default != new.default {
        statements.push(altered(&|sql| {
            match &new.default {
                Some(value) => sql.push("SET DEFAULT ").push(&value.sql),
                None => sql.push("DROP DEFAULT"),
            };
        }));
    }
    if old.not_null != new.not_null {
        let word = if new.not_null { "SET" } else { "DROP" };
        statements.push(altered(&|sql| {
            sql.push(word).push(" NOT NULL");
        }));
    }
    for (name, check) in new
        .checks
        .iter()
        .filter(|(name, one)| differs(&old.checks, name, one))
    {
        statements.push(altered(&|sql| {
            sql.push("ADD CONSTRAINT ").identifier(name);
            sql.push(" CHECK (").push(&check.sql).push(")");
        }));
    }
    Some(statements)
}

impl Domain {
    fn read(object: &ObjectShape) -> Option<Self> {
        if object.kind != "DOMAIN" {
            return None;
        }
        let texts = object.create.iter().map(String::as_str);
        let mut domain = None;
        for (_, tree) in parse_texts(texts, Dialect::Postgres) {
            let SingleStatement::Schema(statements) = tree else {
                return None;
            };
            // A change has its words beside what is understood of it.
            let is_known = |one: &&Statement| !matches!(one, Statement::AlterObject(_));
            match statements.iter().find(is_known)? {
                Statement::CreateDomain(created) => {
                    domain = Some(Self::created(&object.name.name, created)?);
                }
                Statement::AlterDomain(alter) => domain.as_mut()?.change(&alter.change),
                _ => return None,
            }
        }
        domain
    }

    fn created(name: &str, created: &CreateDomain) -> Option<Self> {
        let mut domain = Self {
            name: name.to_owned(),
            base: base(&created.base),
            is_text: TEXTS.contains(&created.base.name.as_str()),
            default: None,
            not_null: false,
            checks: BTreeMap::new(),
        };
        for option in &created.options {
            let name = option.name.as_ref().map(|name| name.text.as_str());
            match &option.kind {
                ColumnOptionKind::NotNull(_) => domain.not_null = true,
                ColumnOptionKind::Null => {}
                ColumnOptionKind::Default(value) => domain.default = Some(domain.written(value)),
                ColumnOptionKind::Check(condition, words) if words.is_empty() => {
                    domain.add(name, condition);
                }
                _ => return None,
            }
        }
        Some(domain)
    }

    fn change(&mut self, change: &DomainChange) {
        match change {
            DomainChange::NotNull(not_null) => self.not_null = *not_null,
            DomainChange::Default(value) => {
                self.default = value.as_ref().map(|value| self.written(value));
            }
            DomainChange::AddCheck {
                name, condition, ..
            } => {
                self.add(name.as_ref().map(|name| name.text.as_str()), condition);
            }
            DomainChange::DropConstraint(name) => drop(self.checks.remove(&name.text)),
        }
    }

    fn written(&self, expression: &Expression) -> Written {
        let words = match self.is_text {
            true => Vec::new(),
            false => token_texts(&expression.sql, Dialect::Postgres),
        };
        Written {
            sql: expression.sql.clone(),
            casts: words.iter().filter(|word| *word == "::").count(),
        }
    }

    /// One without a name gets it from the server.
    fn add(&mut self, name: Option<&str>, condition: &Expression) {
        let name = name.map_or_else(
            || {
                first_free(&self.name, &[], "check", |name| {
                    self.checks.contains_key(name)
                })
            },
            str::to_owned,
        );
        self.checks.insert(name, self.written(condition));
    }
}

fn base(name: &TypeName) -> String {
    let (arguments, suffix) = (&name.arguments, &name.suffix);
    format!(
        "{:?} {} {arguments:?} {suffix} {}",
        name.schema, name.name, name.array
    )
}

#[cfg(test)]
mod tests {
    use crate::dialect::Dialect;
    use crate::diff::tests::statements;

    const TABLE: &str = "CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a d);";

    #[test]
    fn a_domain_gets_other_checks_and_its_statements_are_equal_to_it() {
        let old = format!(
            "CREATE DOMAIN d AS text DEFAULT 'a' CONSTRAINT long CHECK (length(VALUE) > 1) CONSTRAINT kept CHECK (VALUE <> '') CHECK (VALUE <> '?'); {TABLE}"
        );
        let new = format!(
            "CREATE DOMAIN d AS text NOT NULL CONSTRAINT kept CHECK ( VALUE <> '' ) CONSTRAINT long CHECK (length(VALUE) > 2) CONSTRAINT d_check CHECK (VALUE <> '?'); {TABLE}"
        );
        let altered = statements(&old, &new, Dialect::Postgres);
        let expected = [
            "ALTER DOMAIN \"d\" DROP CONSTRAINT \"long\"",
            "ALTER DOMAIN \"d\" DROP DEFAULT",
            "ALTER DOMAIN \"d\" SET NOT NULL",
            "ALTER DOMAIN \"d\" ADD CONSTRAINT \"long\" CHECK (length(VALUE) > 2)",
        ];
        assert_eq!(altered, expected);
        let chain = format!("{old}{};", altered.join(";"));
        assert!(statements(&chain, &new, Dialect::Postgres).is_empty());
    }

    #[test]
    fn a_cast_to_text_counts_over_a_type_that_compares_in_another_way() {
        let schema = |base: &str, value: &str| {
            format!(
                "CREATE EXTENSION citext; CREATE DOMAIN d AS {base} CONSTRAINT c CHECK ({value} <> ''); {TABLE}"
            )
        };
        let changes = |base: &str| {
            let (old, new) = (schema(base, "VALUE"), schema(base, "VALUE::text"));
            statements(&old, &new, Dialect::Postgres).len()
        };
        assert_eq!([changes("varchar(9)"), changes("citext")], [0, 2]);
    }

    /// The new check calls a function that comes with it, and the old one another that goes.
    #[test]
    fn functions_come_before_a_check_and_go_after_it() {
        let made = |name: &str| {
            let returns = "RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'";
            format!(
                "CREATE FUNCTION {name}(text) {returns}; CREATE DOMAIN d AS text CONSTRAINT c CHECK ({name}(VALUE)); {TABLE}"
            )
        };
        let altered = statements(&made("old_one"), &made("new_one"), Dialect::Postgres);
        let words: Vec<&str> = altered
            .iter()
            .filter_map(|sql| sql.split(" \"").next())
            .collect();
        let expected = [
            "CREATE OR REPLACE FUNCTION",
            "ALTER DOMAIN",
            "ALTER DOMAIN",
            "DROP FUNCTION IF EXISTS",
        ];
        assert_eq!(words, expected);
    }
}
