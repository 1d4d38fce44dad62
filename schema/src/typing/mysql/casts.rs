//! The types of casts, as they are written.

use crate::ast::TypeArgument;
use crate::dialect::Dialect;
use crate::syntax::Cast;
use crate::typing::checker::Checker;
use crate::typing::findings;

impl Checker<'_> {
    /// MySQL's decimals have at most 65 digits, and no more of them behind the point.
    pub(in crate::typing) fn check_digits(&mut self, cast: &Cast) {
        if self.dialect != Dialect::Mysql {
            return;
        }
        let numbers = cast.to.arguments.iter().map(|argument| match argument {
            TypeArgument::Number(number) => number.parse().ok(),
            TypeArgument::Text(_) | TypeArgument::Word(_) => None,
        });
        let numbers: Vec<u32> = numbers.collect::<Option<_>>().unwrap_or_default();
        let is_decimal = matches!(
            cast.to.name.as_str(),
            "decimal" | "dec" | "numeric" | "fixed"
        );
        let is_wrong = match numbers.as_slice() {
            [all] => *all > 65,
            [all, behind] => *all > 65 || behind > all,
            _ => false,
        };
        if is_decimal && is_wrong {
            self.report(findings::no_digits(cast.to.span));
        }
        let is_whole = matches!(
            cast.to.name.as_str(),
            "date" | "int" | "integer" | "signed" | "unsigned"
        );
        if is_whole && !cast.to.arguments.is_empty() {
            self.report(findings::no_length(&cast.to.name, cast.to.span));
        }
    }
}
