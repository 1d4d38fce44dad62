//! Names: columns, and calls of functions with all that may stand in and after their parentheses.

use super::cursor::Read;
use super::grammar::{BareParentheses, WithinGroup};
use super::reader::Reader;
use super::tree::{Argument, Call, Expr, ExprKind};
use crate::ast::name::Name;
use bindery_core::statements::lex::TokenKind;

impl Reader<'_> {
    /// A column or a call.
    pub(super) fn named(&mut self) -> Read<Expr> {
        let first = self.here();
        if let Some(call) = self.bare_call()? {
            return Ok(call);
        }
        let is_call = self.is_symbol(1, "(");
        if is_call && self.is_reserved_function() {
            return Err(self.unexpected("a value"));
        }
        if (!is_call && self.is_reserved(0)) || !self.is_plain_name(0) {
            return Err(self.unexpected("a value"));
        }
        let mut names = vec![self.function_name()?];
        while self.is_symbol(0, ".") && !self.is_symbol(1, "*") {
            self.advance(1);
            names.push(self.name_behind_point("a column's name")?);
            if names.len() > self.grammar.names.most_parts {
                return Err(self.unexpected("a value"));
            }
        }
        if self.is_symbol(0, "(") {
            self.check_call(&names)?;
            let call = self.call(names)?;
            return Ok(self.node(first, call));
        }
        let value = self.node(first, ExprKind::Column(names));
        if self.is_symbol(0, "[") {
            return self.behind_operand(value);
        }
        Ok(value)
    }

    /// Some names are functions only where the parenthesis follows directly, and functions may be in no schema.
    fn check_call(&self, names: &[Name]) -> Read<()> {
        let grammar = &self.grammar.calls;
        let [name] = names else {
            if !grammar.schemas && names[0].text != "sqlc" {
                return Err(self.unexpected("a value"));
            }
            return Ok(());
        };
        let close = grammar.adjacent.binary_search(&name.text.as_str()).is_ok();
        if close && !self.is_adjacent(0) {
            let message = format!("a blank stands between `{}` and its parenthesis", name.text);
            let product = self.dialect.product();
            let help = format!(
                "write `{}(`: {product} takes it for a name otherwise",
                name.text
            );
            return Err(self.problem(self.here(), &message, &help));
        }
        Ok(())
    }

    pub(super) fn is_reserved_function(&self) -> bool {
        self.token(0).is_some_and(|token| {
            token.kind == TokenKind::Word && !self.grammar.names.may_be_function(self.raw(token))
        })
    }

    /// In lower case unless it is quoted.
    fn function_name(&mut self) -> Read<Name> {
        let is_call = self.is_symbol(1, "(");
        let bare = self
            .token(0)
            .is_some_and(|token| token.kind == TokenKind::Word);
        let mut name = self.name("a name")?;
        if is_call && bare {
            name.text = name.text.to_lowercase();
        }
        Ok(name)
    }

    /// Whether a function stands here that is called without parentheses.
    pub(super) fn is_bare_function(&self) -> bool {
        self.is_any_word(0, self.grammar.calls.bare)
    }

    /// `CURRENT_DATE`.
    fn bare_call(&mut self) -> Read<Option<Expr>> {
        let first = self.here();
        if !self.is_bare_function() {
            return Ok(None);
        }
        let mut name = self.name("a name")?;
        name.text = name.text.to_lowercase();
        let mut call = empty(vec![name]);
        call.bare = true;
        let parentheses = self.grammar.calls.bare_parentheses;
        if parentheses == BareParentheses::Digits && self.is_symbol(0, "(") {
            self.check_digits_of_bare(call.function())?;
        }
        if parentheses != BareParentheses::Never && self.eat_symbol("(") {
            if !self.is_symbol(0, ")") {
                call.arguments.push(plain(self.expr()?));
            }
            self.expect_symbol(")")?;
        }
        Ok(Some(self.node(first, ExprKind::Call(Box::new(call)))))
    }

    /// In the parentheses behind such a function stands a number of digits, or there are none.
    fn check_digits_of_bare(&self, name: &str) -> Read<()> {
        let is_empty = self.is_symbol(1, ")");
        let fits = match name {
            "current_schema" => is_empty,
            "current_time" | "current_timestamp" | "localtime" | "localtimestamp" => !is_empty,
            _ => false,
        };
        if fits {
            return Ok(());
        }
        let message = format!("`{name}` is called without parentheses");
        let help = format!("write `{name}`");
        Err(self.problem(self.here(), &message, &help))
    }

    /// From the opening parenthesis on.
    fn call(&mut self, names: Vec<Name>) -> Read<ExprKind> {
        let mut call = empty(names);
        let special = self.special(&mut call)?;
        if !special {
            let mut inner = call;
            call = self.enclosed(|reader| {
                reader.arguments(&mut inner)?;
                Ok(inner)
            })?;
        }
        self.beside(&mut call)?;
        Ok(ExprKind::Call(Box::new(call)))
    }

    fn arguments(&mut self, call: &mut Call) -> Read<()> {
        if self.is_symbol(0, ")") {
            return Ok(());
        }
        if self.is_symbol(0, "*") && self.is_symbol(1, ")") {
            call.star = true;
            self.advance(1);
            return Ok(());
        }
        let grammar = &self.grammar.calls;
        if self.eat(&["DISTINCT"]) {
            call.distinct = true;
        } else if self.eat(&["ALL"]) && grammar.all_of_nothing && self.is_symbol(0, ")") {
            return Ok(());
        }
        call.arguments = self.list(Self::argument)?;
        if self.eat(&["ORDER", "BY"]) {
            call.order = self.list(Self::sort)?;
        }
        if grammar.separator && self.eat(&["SEPARATOR"]) {
            call.separator = Some(match self.token(0) {
                Some(token) if token.kind == TokenKind::Hex => {
                    self.advance(1);
                    self.raw(token).to_owned()
                }
                _ => self.text_constant()?,
            });
        }
        if grammar.separator && self.eat(&["LIMIT"]) {
            self.expr()?;
        }
        Ok(())
    }

    fn argument(&mut self) -> Read<Argument> {
        let grammar = &self.grammar.calls;
        let named = grammar.named_arguments
            && self.is_plain_name(0)
            && self.is_adjacent(2)
            && ((self.is_symbol(1, "=") && self.is_symbol(2, ">"))
                || (self.is_symbol(1, ":") && self.is_symbol(2, "=")));
        let name = if named {
            let name = self.name("a name")?;
            self.advance(2);
            Some(name)
        } else {
            None
        };
        let variadic = grammar.named_arguments && self.eat(&["VARIADIC"]);
        let value = self.whole_row_or_expr()?;
        Ok(Argument {
            name,
            variadic,
            value,
        })
    }

    /// `count(t.*)`, `row_to_json(t.*)`: the whole row of a table is its name.
    fn whole_row_or_expr(&mut self) -> Read<Expr> {
        let first = self.here();
        let mut ahead = 0;
        while self.is_plain_name(ahead) && self.is_symbol(ahead + 1, ".") {
            ahead += 2;
        }
        if ahead > 0 && self.is_symbol(ahead, "*") && self.grammar.operands.composites {
            let mut names = Vec::new();
            while self.is_plain_name(0) {
                names.push(self.name("a name")?);
                self.advance(1);
            }
            self.advance(1);
            return Ok(self.node(first, ExprKind::Column(names)));
        }
        self.expr()
    }

    /// After the parentheses: `WITHIN GROUP`, `FILTER`, `OVER`.
    fn beside(&mut self, call: &mut Call) -> Read<()> {
        let grammar = &self.grammar.calls;
        let is_ordered = match grammar.within_group {
            WithinGroup::Never => false,
            WithinGroup::Percentiles => {
                matches!(call.function(), "percentile_cont" | "percentile_disc")
            }
            WithinGroup::Every => true,
        };
        if is_ordered && self.eat(&["WITHIN", "GROUP"]) {
            call.within = self.enclosed(|reader| {
                reader.expect(&["ORDER", "BY"])?;
                reader.list(Self::sort)
            })?;
        }
        let filters = self.is_word(0, "FILTER") && self.is_symbol(1, "(");
        if filters && grammar.filter {
            self.advance(1);
            call.filter = Some(self.enclosed(|reader| {
                reader.expect(&["WHERE"])?;
                reader.expr()
            })?);
        }
        if self.is_any_word(0, &["IGNORE", "RESPECT"]) && self.is_word(1, "NULLS") {
            self.advance(2);
        }
        let over = self.is_word(0, "OVER") && (self.is_symbol(1, "(") || self.is_plain_name(1));
        if over {
            self.advance(1);
            call.over = Some(self.over()?);
        }
        Ok(())
    }
}

pub(super) fn empty(name: Vec<Name>) -> Call {
    Call {
        name,
        arguments: Vec::new(),
        star: false,
        distinct: false,
        order: Vec::new(),
        separator: None,
        filter: None,
        within: Vec::new(),
        over: None,
        word: None,
        bare: false,
    }
}

pub(super) fn plain(value: Expr) -> Argument {
    Argument {
        name: None,
        variadic: false,
        value,
    }
}
