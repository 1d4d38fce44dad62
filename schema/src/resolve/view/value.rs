//! The type of a value, by the dialects' tables of constants, operators and functions.

use crate::ast::{Name, TypeName, Value};
use crate::column_type::{ColumnType, LobSize};
use crate::dialect::{Dialect, DialectRules as _};
use crate::model::{ColumnId, TableId};

use super::scope::{Scope, Tables};
use crate::typing::grammar::{Gives, Null, grammar, is_text, wider};

/// A type with what else is known of a value.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) column_type: ColumnType,
    pub(super) sql_type: String,
    pub(super) as_text: bool,
    pub(super) nullable: bool,
    pub(super) constant: Constant,
    /// The column it is, unchanged.
    pub(super) source: Option<(TableId, ColumnId)>,
}

/// Constants take the type of what stands beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Constant {
    No,
    Null,
    Text,
}

impl Typed {
    fn new(dialect: Dialect, column_type: ColumnType, nullable: bool) -> Self {
        Self {
            sql_type: dialect.rules().computed(&column_type).to_owned(),
            column_type,
            as_text: false,
            nullable,
            constant: Constant::No,
            source: None,
        }
    }

    /// Text of any length.
    pub(super) fn text(dialect: Dialect, nullable: bool) -> Self {
        Self::new(dialect, ColumnType::Text(LobSize::Unbounded), nullable)
    }

    fn constant(dialect: Dialect, constant: Constant) -> Self {
        Self {
            constant,
            ..Self::text(dialect, constant == Constant::Null)
        }
    }

    /// A bare `NULL`, which could be of any type.
    pub(super) fn is_untyped_null(&self) -> bool {
        self.constant == Constant::Null
    }

    /// A function keeps what kind of text or number it is, not how long.
    fn sizeless(self, dialect: Dialect) -> Self {
        if self.as_text || self.constant != Constant::No {
            return self;
        }
        if is_text(&self.column_type) {
            return Self::text(dialect, self.nullable);
        }
        if let ColumnType::Decimal(_) = self.column_type {
            return Self::new(dialect, ColumnType::Decimal(None), self.nullable);
        }
        self
    }

    /// Many of them, or NULL for none.
    fn into_array(self) -> Self {
        Self {
            sql_type: format!("{}[]", self.sql_type),
            column_type: ColumnType::Array(Box::new(self.column_type)),
            nullable: true,
            constant: Constant::No,
            source: None,
            ..self
        }
    }

    /// The same type of a value that is not a column any more.
    fn derived(self, nullable: bool) -> Self {
        Self {
            nullable,
            source: None,
            ..self
        }
    }
}

impl Tables<'_, '_> {
    /// The type of a value; `None` where it is not known. How deep values nest is bounded by the reader.
    pub(super) fn value(&self, value: &Value, scope: &Scope<'_>) -> Option<Typed> {
        let dialect = self.dialect();
        let grammar = grammar(dialect);
        match value {
            Value::Column(names) => self.column(names, scope)?.typed,
            Value::Null => Some(Typed::constant(dialect, Constant::Null)),
            Value::Text => Some(Typed::constant(dialect, Constant::Text)),
            Value::Number(written) => Some(Typed::new(dialect, (grammar.number)(written)?, false)),
            Value::Bool => Some(Typed::new(dialect, grammar.condition.clone(), false)),
            Value::Condition { nullable, .. } => {
                Some(Typed::new(dialect, grammar.condition.clone(), *nullable))
            }
            Value::Cast(inner, to) => {
                // The operand of a cast may be of a type that is not known.
                let inner = self.value(inner, scope);
                let nullable = inner.as_ref().is_none_or(|inner| inner.nullable);
                let cast =
                    self.cast(to, inner.map(|inner| inner.column_type).as_ref(), nullable)?;
                let nullable = nullable || (grammar.cast_gives_null)(&cast.column_type);
                Some(cast.derived(nullable))
            }
            Value::Negative(inner) => {
                let inner = self.value(inner, scope)?;
                let column_type =
                    (grammar.negative)(&inner.column_type).filter(|_| !inner.as_text)?;
                Some(Typed::new(dialect, column_type, inner.nullable))
            }
            Value::Call {
                name, arguments, ..
            } => self.call(name, arguments, scope),
            Value::Case(branches) => self.common_of_types(self.all(branches, scope)?),
            Value::Concatenation(parts) => {
                let parts = self.all(parts, scope)?;
                let texts = parts.iter().any(|part| is_text(&part.column_type));
                let nullable = parts.iter().any(|part| part.nullable);
                texts.then(|| Typed::text(dialect, nullable))
            }
            Value::Arithmetic(operands) => self.arithmetic(operands, scope),
            Value::Document(document) => Some(self.value(document, scope)?.derived(true)),
            Value::DocumentText(document) => {
                self.value(document, scope)?;
                grammar.document_text.then(|| Typed::text(dialect, true))
            }
            Value::Query(query) => {
                let relation = self.query(query, &scope.with, Some(scope)).ok()?;
                let typed = relation.columns.first()?.typed.clone()?;
                Some(typed.derived(true))
            }
            Value::Unknown => None,
        }
    }

    /// The name that a column has without `AS`; `None` where the database makes one up.
    pub(super) fn name_of(&self, value: &Value, scope: &Scope<'_>) -> Option<String> {
        let names_calls = grammar(self.dialect()).names_calls;
        match value {
            Value::Column(names) => {
                let found = self.column(names, scope).and_then(|output| output.name);
                found.or_else(|| names.last().map(|name: &Name| name.text.clone()))
            }
            Value::Cast(inner, _) if names_calls => self.name_of(inner, scope),
            Value::Call { name, .. } if names_calls => Some(name.clone()),
            Value::Cast(..)
            | Value::Call { .. }
            | Value::Null
            | Value::Text
            | Value::Number(_)
            | Value::Bool
            | Value::Condition { .. }
            | Value::Negative(_)
            | Value::Case(_)
            | Value::Concatenation(_)
            | Value::Arithmetic(_)
            | Value::Document(_)
            | Value::DocumentText(_)
            | Value::Query(_)
            | Value::Unknown => None,
        }
    }

    fn cast(&self, to: &TypeName, of: Option<&ColumnType>, nullable: bool) -> Option<Typed> {
        let dialect = self.dialect();
        if let Some(column_type) = (grammar(dialect).cast)(to, of) {
            return Some(Typed::new(dialect, column_type, nullable));
        }
        let settled = self
            .resolver
            .type_named(dialect, self.view.table.file, to)?;
        Some(Typed {
            column_type: settled.column_type,
            sql_type: settled.sql_type,
            as_text: settled.as_text,
            nullable,
            constant: Constant::No,
            source: None,
        })
    }

    fn all(&self, values: &[Value], scope: &Scope<'_>) -> Option<Vec<Typed>> {
        values
            .iter()
            .map(|value| self.value(value, scope))
            .collect()
    }

    fn arithmetic(&self, operands: &[(char, Value)], scope: &Scope<'_>) -> Option<Typed> {
        let rule = grammar(self.dialect()).arithmetic;
        let mut operands = operands.iter();
        let (_, first) = operands.next()?;
        let first = self.value(first, scope)?;
        let (mut column_type, mut nullable) = (first.column_type, first.nullable);
        for (sign, operand) in operands {
            let operand = self.value(operand, scope)?;
            column_type = rule(&column_type, *sign, &operand.column_type)?;
            // A division by zero is NULL but in PostgreSQL, where it is an error.
            nullable |= operand.nullable || matches!(sign, '/' | '%');
        }
        Some(Typed::new(self.dialect(), column_type, nullable))
    }

    fn call(&self, name: &str, arguments: &[Value], scope: &Scope<'_>) -> Option<Typed> {
        let dialect = self.dialect();
        let Some(gives) = grammar(dialect).function(name) else {
            return self.own_function(name);
        };
        let argument = |at: usize| self.value(arguments.get(at)?, scope);
        let computed = |rule: fn(&ColumnType) -> Option<ColumnType>| {
            let argument = argument(0)?;
            let column_type = rule(&argument.column_type)?;
            Some((column_type, argument.nullable))
        };
        let aggregate =
            |(column_type, _): (ColumnType, bool)| Typed::new(dialect, column_type, true);
        match gives {
            Gives::Type(column_type, null) => {
                let nullable = self.result_is_nullable(*null, arguments, scope);
                Some(Typed::new(dialect, column_type.clone(), nullable))
            }
            Gives::Argument(at, null) => {
                let typed = argument(*at)?;
                let nullable = match null {
                    Null::Never => false,
                    Null::Argument => typed.nullable,
                    Null::Maybe => true,
                };
                Some(typed.derived(nullable).sizeless(dialect))
            }
            Gives::Truncated => {
                let typed = argument(1)?;
                Some(if typed.column_type == ColumnType::Date {
                    Typed::new(dialect, ColumnType::Timestamp(6), typed.nullable)
                } else {
                    let nullable = typed.nullable;
                    typed.derived(nullable).sizeless(dialect)
                })
            }
            Gives::Cased => {
                let typed = argument(0)?;
                let plain = is_text(&typed.column_type) && !typed.as_text;
                plain.then(|| Typed::text(dialect, typed.nullable))
            }
            Gives::Array => {
                // An element that is NULL has no place in a `Vec`.
                let typed = argument(0).filter(|typed| !typed.nullable && !typed.as_text)?;
                Some(typed.into_array())
            }
            Gives::Coalesced => {
                let types = self.all(arguments, scope)?;
                let nullable = types.iter().all(|typed| typed.nullable);
                Some(self.common_of_types(types)?.derived(nullable))
            }
            Gives::Common(from) => {
                let types = self.all(arguments.get(*from..)?, scope)?;
                self.common_of_types(types)
            }
            Gives::Sum => computed(grammar(dialect).sum).map(aggregate),
            Gives::Average => computed(grammar(dialect).average).map(aggregate),
            Gives::Rounded => computed(grammar(dialect).rounded)
                .map(|(column_type, nullable)| Typed::new(dialect, column_type, nullable)),
            Gives::Absolute => computed(grammar(dialect).absolute)
                .map(|(column_type, nullable)| Typed::new(dialect, column_type, nullable)),
        }
    }

    fn common_of_types(&self, types: Vec<Typed>) -> Option<Typed> {
        let mut types = types.into_iter();
        let first = types.next()?;
        let typed = types.try_fold(first, |one, other| common(one, other, self.dialect()))?;
        let nullable = typed.nullable;
        Some(typed.derived(nullable))
    }

    fn result_is_nullable(&self, null: Null, arguments: &[Value], scope: &Scope<'_>) -> bool {
        let may_be = |value: &Value| self.value(value, scope).is_none_or(|typed| typed.nullable);
        match null {
            Null::Never => false,
            Null::Argument => arguments.iter().any(may_be),
            Null::Maybe => true,
        }
    }

    /// A function that the schema defines says what it returns.
    fn own_function(&self, name: &str) -> Option<Typed> {
        let returns = self.resolver.draft.functions.get(name)?.as_ref()?;
        self.cast(returns, None, true)
    }
}

/// The type that holds values of both; `None` where there is none.
pub(super) fn common(one: Typed, other: Typed, dialect: Dialect) -> Option<Typed> {
    let nullable = one.nullable || other.nullable;
    let adapts = |typed: &Typed, to: &Typed| match typed.constant {
        Constant::No => false,
        Constant::Null => true,
        Constant::Text => {
            to.constant == Constant::No
                && (grammar(dialect).constants_adapt || is_text(&to.column_type))
        }
    };
    if adapts(&other, &one) {
        return Some(one.derived(nullable));
    }
    if adapts(&one, &other) {
        return Some(other.derived(nullable));
    }
    if one.column_type == other.column_type && one.as_text == other.as_text {
        return Some(one.derived(nullable));
    }
    let column_type = wider(&one.column_type, &other.column_type)?;
    (!one.as_text && !other.as_text).then(|| Typed::new(dialect, column_type, nullable))
}
