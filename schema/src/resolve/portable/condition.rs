//! Conditions of words, and comparisons.

use super::{Carried, Carrier};
use crate::portable::{IsTest, Operator as Comparison, Portable};
use crate::syntax::{Between, Expr, ExprKind, In, InList, Is, IsWhat, Match, Operator, Quantified};

impl Carrier<'_> {
    pub(super) fn is(&self, is: &Is, depth: usize) -> Carried {
        let state = match &is.what {
            IsWhat::Null => IsTest::Null,
            IsWhat::Truth("true") => IsTest::True,
            IsWhat::Truth("false") => IsTest::False,
            IsWhat::Truth(word) => return Err(format!("the word `{word}`")),
            IsWhat::Distinct(_) => return Err("`IS DISTINCT FROM`".to_owned()),
            IsWhat::Other(other) => match other.kind {
                ExprKind::Bool(true) => IsTest::True,
                ExprKind::Bool(false) => IsTest::False,
                _ => return Err(self.stopped(other.span.start)),
            },
            IsWhat::Kind(words) => return Err(format!("`IS {}`", words.to_uppercase())),
        };
        Ok(Portable::Is {
            value: Box::new(self.of(&is.operand, depth)?),
            state,
            negated: is.negated,
        })
    }

    pub(super) fn between(&self, between: &Between, depth: usize) -> Carried {
        if between.symmetric {
            return Err("`SYMMETRIC`".to_owned());
        }
        let low = self.of(&between.low, depth)?;
        Ok(Portable::Between {
            value: Box::new(self.of(&between.operand, depth)?),
            ends: Box::new((low, self.of(&between.high, depth)?)),
            negated: between.negated,
        })
    }

    pub(super) fn in_list(&self, list: &In, depth: usize) -> Carried {
        let value = self.of(&list.operand, depth)?;
        match &list.list {
            InList::Values(values) if !values.is_empty() => {
                Ok(one_of(value, self.all(values, depth)?, list.negated))
            }
            InList::Values(_) => Err("an empty list".to_owned()),
            InList::Query(_) | InList::Table(_) | InList::Parameter(..) => {
                Err("a query".to_owned())
            }
        }
    }

    pub(super) fn matching(&self, matching: &Match, depth: usize) -> Carried {
        let negated = match matching.operator.text.as_str() {
            "like" => false,
            "not like" => true,
            _ => return Err(self.stopped(matching.operator.span.start)),
        };
        if matching.escape.is_some() {
            return Err("`LIKE`".to_owned());
        }
        let value = self.of(&matching.operand, depth)?;
        self.like(value, &matching.pattern, negated, depth)
    }

    /// Where LIKE makes no difference between `a` and `A`, the pattern needs to be known for that of others.
    fn like(&self, value: Portable, pattern: &Expr, negated: bool, depth: usize) -> Carried {
        let pattern = constant(self.of(pattern, depth)?);
        let pattern = pattern.ok_or("a pattern of LIKE that is not a constant")?;
        let folds_case = self.dialect().query_syntax().like_folds_case;
        if folds_case && pattern.bytes().any(|byte| byte.is_ascii_alphabetic()) {
            return Err("`LIKE`".to_owned());
        }
        let pattern = if folds_case {
            pattern.replace('\\', "\\\\")
        } else {
            pattern
        };
        Ok(Portable::Like {
            value: Box::new(value),
            pattern,
            negated,
        })
    }

    /// `None`: the operator compares nothing.
    pub(super) fn comparison(
        &self,
        left: &Expr,
        operator: &Operator,
        right: &Expr,
        depth: usize,
    ) -> Option<Carried> {
        let comparison = match operator.text.as_str() {
            "=" | "==" => Comparison::Equal,
            "<>" | "!=" => Comparison::NotEqual,
            "<=" => Comparison::AtMost,
            "<" => Comparison::Less,
            ">=" => Comparison::AtLeast,
            ">" => Comparison::Greater,
            "~~" | "!~~" => {
                let negated = operator.text == "!~~";
                let value = self.of(left, depth);
                return Some(value.and_then(|value| self.like(value, right, negated, depth)));
            }
            _ => return None,
        };
        let both = self.of(left, depth).and_then(|left| {
            let right = self.of(right, depth)?;
            Ok(Portable::Binary(
                comparison,
                Box::new(left),
                Box::new(right),
            ))
        });
        Some(both)
    }

    /// `= ANY (ARRAY[…])` as PostgreSQL prints `IN (…)`, and `<> ALL (ARRAY[…])`.
    pub(super) fn quantified(&self, quantified: &Quantified, depth: usize) -> Carried {
        let negated = match (quantified.operator.text.as_str(), quantified.all) {
            ("=", false) => false,
            ("<>" | "!=", true) => true,
            _ => return Err("a comparison with an array".to_owned()),
        };
        let mut of = &quantified.of;
        while let ExprKind::Cast(cast) = &of.kind {
            of = &cast.operand;
        }
        let ExprKind::Array(values) = &of.kind else {
            return Err("a comparison with an array".to_owned());
        };
        let value = self.of(&quantified.operand, depth)?;
        Ok(one_of(value, self.all(values, depth)?, negated))
    }
}

/// A text, with or without a cast.
fn constant(value: Portable) -> Option<String> {
    match value {
        Portable::Text(text) => Some(text),
        Portable::Cast(inner, _) => constant(*inner),
        _ => None,
    }
}

fn one_of(value: Portable, list: Vec<Portable>, negated: bool) -> Portable {
    Portable::In {
        value: Box::new(value),
        list,
        negated,
    }
}
