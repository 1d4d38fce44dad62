//! Expressions of the schema in another dialect: as they are, from what they mean, or not at all.

mod constant;
mod kind;

use self::kind::ValueKind;
use super::{Dialect, Moment, Refusal};
use crate::dialect::DialectRules as _;
use crate::model::{Expression, Model, Table};
use crate::portable::{CastType, Function, IsTest, Operator, Portable};
use crate::sql_writer::SqlWriter;

/// The text of an expression of a table in `dialect`, without outer parentheses. `what` names it: ``the check of `a` ``.
pub(crate) fn expression_sql(
    expression: &Expression,
    model: &Model,
    table: &Table,
    dialect: Dialect,
    what: &str,
) -> Result<String, Refusal> {
    let source = table.source_dialect;
    if source == dialect {
        return Ok(expression.sql.clone());
    }
    let mut writer = Writer {
        model,
        table,
        sql: SqlWriter::new(dialect),
    };
    let written = match &expression.portable {
        Ok(portable) => writer.write(portable),
        Err(foreign) => Err(foreign.clone()),
    };
    written.map_err(|foreign| {
        let to = dialect.product();
        let message = format!("{what} cannot be translated to {to}: it has no equivalent for {foreign}");
        let help = "use columns, constants, comparisons, AND, OR, NOT, IN, BETWEEN, IS NULL, LIKE, + - *, lower, upper, \
                    trim, char_length, octet_length, abs, coalesce, nullif only; or let the table live on engines of one \
                    dialect";
        Refusal::new("B0212", message, help)
    })?;
    Ok(writer.sql.finish())
}

/// Returns the warning about an expression that means less in `dialect` than on another engine of its table.
pub(crate) fn expression_remark(
    expression: &Expression,
    model: &Model,
    table: &Table,
    dialect: Dialect,
) -> Option<Refusal> {
    let portable = expression.portable.as_ref().ok()?;
    let changes_all = |dialect: Dialect| dialect.capabilities(None).changes_case_of_all_letters;
    let mut engines = table.engines.iter();
    let differs =
        !changes_all(dialect) && engines.any(|engine| changes_all(model.engine(*engine).dialect));
    if !differs || !portable.calls(&[Function::Lower, Function::Upper]) {
        return None;
    }
    let message = format!(
        "`lower` and `upper` change the letters A to Z only on {}",
        dialect.product()
    );
    let help = "keep other letters out of such texts, or change their case in the program";
    Some(Refusal::new("B0403", message, help))
}

/// The construct that has no equivalent in the dialect that is written.
type Written = Result<(), String>;

struct Writer<'m> {
    model: &'m Model,
    table: &'m Table,
    sql: SqlWriter,
}

impl Writer<'_> {
    fn dialect(&self) -> Dialect {
        self.sql.dialect()
    }

    fn write(&mut self, portable: &Portable) -> Written {
        match portable {
            Portable::Column(name) => {
                self.sql.identifier(name);
                Ok(())
            }
            Portable::Text(text) => self.text(text),
            Portable::Number(number) => self.word(number),
            Portable::Bool(value) => self.word(self.dialect().rules().bool_literal(*value)),
            Portable::Null => self.word("NULL"),
            Portable::Not(inner) => {
                self.sql.push("NOT ");
                self.condition(inner)
            }
            Portable::Negative(inner) => {
                self.sql.push("- ");
                self.operand(inner)
            }
            Portable::All(parts) => self.conditions(parts, " AND "),
            Portable::Any(parts) => self.conditions(parts, " OR "),
            Portable::Binary(operator, left, right) => self.binary(*operator, left, right),
            Portable::Concat(parts) => self.concatenation(parts),
            Portable::Is {
                value,
                state,
                negated,
            } => self.state(value, *state, *negated),
            Portable::In {
                value,
                list,
                negated,
            } => self.one_of(value, list, *negated),
            Portable::Between {
                value,
                ends,
                negated,
            } => self.between(value, ends, *negated),
            Portable::Like {
                value,
                pattern,
                negated,
            } => self.like(value, pattern, *negated),
            Portable::Call(function, arguments) => self.call(*function, arguments),
            Portable::Cast(inner, to) => self.cast(inner, to),
        }
    }

    fn word(&mut self, word: &str) -> Written {
        self.sql.push(word);
        Ok(())
    }

    fn text(&mut self, text: &str) -> Written {
        if text.contains('\0') {
            return Err("a NUL character".to_owned());
        }
        self.sql.text_literal(text);
        Ok(())
    }

    /// In parentheses unless it is one word.
    fn operand(&mut self, portable: &Portable) -> Written {
        if is_single(portable) {
            return self.write(portable);
        }
        self.sql.push("(");
        self.write(portable)?;
        self.word(")")
    }

    /// PostgreSQL takes booleans only where the other two take numbers too.
    fn condition(&mut self, portable: &Portable) -> Written {
        if self.kind(portable) == ValueKind::Number {
            self.operand(portable)?;
            return self.word(" <> 0");
        }
        self.operand(portable)
    }

    fn conditions(&mut self, parts: &[Portable], between: &str) -> Written {
        for (number, part) in parts.iter().enumerate() {
            self.sql.push(if number > 0 { between } else { "" });
            self.condition(part)?;
        }
        Ok(())
    }

    fn binary(&mut self, operator: Operator, left: &Portable, right: &Portable) -> Written {
        self.beside(left, right)?;
        self.sql.push(" ").push(operator.sign()).push(" ");
        self.beside(right, left)
    }

    /// One side of a comparison; a constant is written as the other side holds such values.
    fn beside(&mut self, portable: &Portable, other: &Portable) -> Written {
        let kind = self.kind(other);
        match constant::beside(portable, kind)? {
            Some(constant) => self.write(&constant),
            None => {
                self.same_kind(self.kind(portable), kind)?;
                self.operand(portable)
            }
        }
    }

    /// Only SQLite and MySQL compare a text with a number, and they disagree about how.
    fn same_kind(&self, one: ValueKind, other: ValueKind) -> Written {
        let known = one != ValueKind::Other && other != ValueKind::Other;
        if known && one != other {
            return Err(format!("a comparison of {one} with {other}"));
        }
        Ok(())
    }

    fn concatenation(&mut self, parts: &[Portable]) -> Written {
        let (open, between, close) = self.dialect().rules().concatenation();
        self.sql.push(open);
        for (number, part) in parts.iter().enumerate() {
            self.sql.push(if number > 0 { between } else { "" });
            let is_text = matches!(part, Portable::Text(_)) || self.kind(part) == ValueKind::Text;
            if !is_text {
                return Err("`||` with a non-text operand".to_owned());
            }
            self.operand(part)?;
        }
        self.word(close)
    }

    fn state(&mut self, value: &Portable, state: IsTest, negated: bool) -> Written {
        self.operand(value)?;
        self.sql.push(if negated { " IS NOT " } else { " IS " });
        self.word(match state {
            IsTest::Null => "NULL",
            IsTest::True => "TRUE",
            IsTest::False => "FALSE",
        })
    }

    fn one_of(&mut self, value: &Portable, list: &[Portable], negated: bool) -> Written {
        self.operand(value)?;
        self.sql.push(if negated { " NOT IN (" } else { " IN (" });
        for (number, part) in list.iter().enumerate() {
            self.sql.push(if number > 0 { ", " } else { "" });
            self.beside(part, value)?;
        }
        self.word(")")
    }

    fn between(
        &mut self,
        value: &Portable,
        (low, high): &(Portable, Portable),
        negated: bool,
    ) -> Written {
        self.operand(value)?;
        let word = if negated {
            " NOT BETWEEN "
        } else {
            " BETWEEN "
        };
        self.sql.push(word);
        self.beside(low, value)?;
        self.sql.push(" AND ");
        self.beside(high, value)
    }

    fn like(&mut self, value: &Portable, pattern: &str, negated: bool) -> Written {
        let (operator, pattern) = self.dialect().rules().like(pattern);
        self.operand(value)?;
        self.sql
            .push(if negated { " NOT " } else { " " })
            .push(operator)
            .push(" ");
        self.text(&pattern)
    }

    fn call(&mut self, function: Function, arguments: &[Portable]) -> Written {
        let rules = self.dialect().rules();
        match function {
            Function::Now => return self.word(&rules.now(Moment::DateTime(6))),
            Function::Today => return self.word(&rules.now(Moment::Date)),
            Function::Lower
            | Function::Upper
            | Function::CharLength
            | Function::OctetLength
            | Function::Trim
            | Function::Absolute
            | Function::Coalesce
            | Function::NullIf
            | Function::UnixSeconds => {}
        }
        let (open, close) = rules.function(self.meant(function, arguments)?);
        self.sql.push(open);
        for (number, argument) in arguments.iter().enumerate() {
            self.sql.push(if number > 0 { ", " } else { "" });
            self.write(argument)?;
        }
        self.word(close)
    }

    /// `length` of bytes counts bytes; what is for texts takes nothing else.
    fn meant(&self, function: Function, arguments: &[Portable]) -> Result<Function, String> {
        let kind = arguments
            .first()
            .map_or(ValueKind::Other, |first| self.kind(first));
        match (function, kind) {
            (Function::CharLength, ValueKind::Bytes) => Ok(Function::OctetLength),
            (
                Function::Lower
                | Function::Upper
                | Function::Trim
                | Function::CharLength
                | Function::OctetLength,
                ValueKind::Text,
            )
            | (Function::OctetLength, ValueKind::Bytes)
            | (Function::Absolute, ValueKind::Number)
            | (Function::Coalesce | Function::NullIf | Function::UnixSeconds, _) => Ok(function),
            (_, kind) => Err(format!("a function of {kind}")),
        }
    }

    /// Writes a cast. A value that needs no conversion here loses its cast; the day of a moment has a function of its
    /// own.
    fn cast(&mut self, inner: &Portable, to: &CastType) -> Written {
        if let Some(constant) = constant::cast(inner, to, self.model)? {
            return self.write(&constant);
        }
        let from = self.kind(inner);
        match to {
            CastType::Text(None) if from == ValueKind::Text => self.write(inner),
            CastType::Integer | CastType::Decimal if self.is_whole(inner) => self.write(inner),
            CastType::Date if from == ValueKind::Date => self.write(inner),
            CastType::DateTime if from == ValueKind::DateTime => self.write(inner),
            CastType::Date if from == ValueKind::DateTime => {
                let (open, close) = self.dialect().rules().day_of();
                self.sql.push(open);
                self.write(inner)?;
                self.word(close)
            }
            CastType::Text(_)
            | CastType::Integer
            | CastType::Decimal
            | CastType::Bool
            | CastType::Date
            | CastType::DateTime
            | CastType::Named(_) => Err(format!("a cast to `{}`", constant::type_name(to))),
        }
    }
}

/// Whether it stays together without parentheses around it.
fn is_single(portable: &Portable) -> bool {
    match portable {
        Portable::Column(_)
        | Portable::Text(_)
        | Portable::Number(_)
        | Portable::Bool(_)
        | Portable::Null
        | Portable::Call(..) => true,
        Portable::Cast(inner, _) => is_single(inner),
        Portable::Not(_)
        | Portable::Negative(_)
        | Portable::All(_)
        | Portable::Any(_)
        | Portable::Binary(..)
        | Portable::Concat(_)
        | Portable::Is { .. }
        | Portable::In { .. }
        | Portable::Between { .. }
        | Portable::Like { .. } => false,
    }
}
