//! Reads the functions of PostgreSQL as far as those need them who call or drop them: names, arguments, results.

use crate::ast::{
    ArgumentMode, CreateFunction, DropFunction, FunctionArgument, Returns, TypeName, inputs,
};
use crate::lists::IntoVec as _;
use bindery_core::dialect::Dialect;

use crate::syntax::{Cursor, Text, tokens_of};

/// The types that distinguish a function from others of its name: what follows the name in its declaration begins with them. `None` where
/// one is not understood.
pub(crate) fn input_types(definition: &str) -> Option<Vec<TypeName>> {
    let tokens = tokens_of(definition, Dialect::Postgres);
    let mut cursor = Text::of(definition, &tokens, Dialect::Postgres).cursor();
    cursor.input_types()
}

impl Cursor<'_> {
    /// From `FUNCTION` or `AGGREGATE` on: `None` where it does not say plainly which single value it gives.
    pub(crate) fn create_function(&mut self) -> Option<CreateFunction> {
        let is_aggregate = self.is_word(0, "AGGREGATE");
        self.advance(1);
        self.eat(&["IF", "NOT", "EXISTS"]);
        let name = self.object_name("a function's name").ok()?;
        let arguments = self.arguments_in_parentheses();
        let returns = if is_aggregate {
            self.result_of_aggregate()?
        } else {
            self.returns()?
        };
        Some(CreateFunction {
            name,
            arguments: arguments?,
            returns,
            is_aggregate,
            kind: self.kind.to_owned(),
        })
    }

    /// `STYPE = numeric`, where no other function has the last word.
    fn result_of_aggregate(&mut self) -> Option<Returns> {
        let mut inner = self.inside()?;
        while !inner.at_end() && !inner.is_word(0, "STYPE") {
            if inner.is_word(0, "FINALFUNC") {
                return None;
            }
            inner.advance(1);
        }
        inner.advance(1);
        inner.eat_symbol("=").then_some(())?;
        inner.type_name().ok().map(Returns::Value)
    }

    /// After the arguments.
    fn returns(&mut self) -> Option<Returns> {
        if !self.eat(&["RETURNS"]) {
            return Some(Returns::Nothing);
        }
        if self.is_word(0, "TRIGGER") {
            return None;
        }
        if self.eat(&["TABLE"]) {
            let mut inner = self.inside()?;
            let mut columns = Vec::new();
            while !inner.at_end() {
                columns.push((inner.name("a column's name").ok()?, inner.type_name().ok()?));
                if !inner.eat_symbol(",") && !inner.at_end() {
                    return None;
                }
            }
            return Some(Returns::Rows(columns));
        }
        if self.eat(&["SETOF"]) {
            return self.type_name().ok().map(Returns::Set);
        }
        self.type_name().ok().map(Returns::Value)
    }

    fn input_types(&mut self) -> Option<Vec<TypeName>> {
        let arguments = self.arguments_in_parentheses()?;
        Some(inputs(&arguments).cloned().into_vec())
    }

    fn arguments_in_parentheses(&mut self) -> Option<Vec<FunctionArgument>> {
        let inner = self.inside();
        inner.map_or(Some(Vec::new()), |mut inner| inner.function_arguments())
    }

    /// The arguments that are all there is; `None` where one is not understood.
    fn function_arguments(&mut self) -> Option<Vec<FunctionArgument>> {
        let mut arguments = Vec::new();
        while !self.at_end() {
            arguments.push(self.function_argument()?);
            if !self.eat_symbol(",") && !self.at_end() {
                return None;
            }
        }
        Some(arguments)
    }

    /// `IN name type DEFAULT value`, of which the type alone is needed.
    fn function_argument(&mut self) -> Option<FunctionArgument> {
        let modes = [
            ("INOUT", ArgumentMode::InOut),
            ("IN", ArgumentMode::In),
            ("OUT", ArgumentMode::Out),
            ("VARIADIC", ArgumentMode::Variadic),
        ];
        let mode = modes.into_iter().find(|(word, _)| self.eat(&[word]));
        let mode = mode.map_or(ArgumentMode::In, |(_, mode)| mode);
        let first = self.at;
        let alone = self.type_name().ok().filter(|_| self.argument_ends());
        let (name, type_name) = match alone {
            Some(type_name) => (None, type_name),
            None => {
                self.at = first;
                let name = self.name("an argument's name").ok()?;
                (Some(name), self.type_name().ok()?)
            }
        };
        let has_default = self.eat(&["DEFAULT"]) || self.eat_symbol("=");
        while has_default && !self.at_end() && !self.is_symbol(0, ",") {
            self.skip_one().ok()?;
        }
        Some(FunctionArgument {
            name,
            mode,
            type_name,
            has_default,
        })
    }

    fn argument_ends(&self) -> bool {
        let ends = self.is_symbol(0, ",") || self.is_symbol(0, "=");
        self.at_end() || ends || self.is_word(0, "DEFAULT")
    }

    /// After `DROP FUNCTION`: `None` where one of them is not understood, or others that need it go too.
    pub(crate) fn dropped_functions(&mut self) -> Option<Vec<DropFunction>> {
        self.eat(&["IF", "EXISTS"]);
        let mut dropped = Vec::new();
        loop {
            let name = self.object_name("a function's name").ok()?;
            let has_types = self.is_symbol(0, "(");
            let types = has_types.then(|| self.input_types());
            dropped.push(DropFunction {
                name,
                types: types.map_or(Some(None), |types| types.map(Some))?,
            });
            if !self.eat_symbol(",") {
                break;
            }
        }
        self.eat(&["RESTRICT"]);
        self.at_end().then_some(dropped)
    }
}

#[cfg(test)]
mod tests {
    use super::input_types;

    #[track_caller]
    fn check(definition: &str, wanted: &[&str]) {
        let types = input_types(definition).expect("arguments");
        let identities: Vec<String> = types.iter().map(|one| one.identity()).collect();
        assert_eq!(identities, wanted, "{definition}");
    }

    #[test]
    fn functions_are_known_by_the_types_of_what_goes_in() {
        check("() RETURNS int", &[]);
        check(
            "(a int4, IN b varchar(10) DEFAULT ',', OUT c text, INOUT d double precision = 1)",
            &["integer", "character varying", "double precision"],
        );
        check(
            "(int, pg_catalog.int8, public.mood, shop.\"Mood\"[], VARIADIC text[])",
            &["integer", "bigint", "mood", "shop.Mood[]", "text[]"],
        );
        check(
            "(t timestamptz, timestamp(3) without time zone, time with time zone)",
            &[
                "timestamp with time zone",
                "timestamp without time zone",
                "time with time zone",
            ],
        );
        assert!(input_types("(a t.c%TYPE)").is_none());
    }
}
