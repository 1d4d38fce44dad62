//! An expression in one form for all of its spellings, as its tree has it.

use crate::lists::IntoVec as _;
use bindery_core::dialect::Dialect;

use super::type_name::{cast, type_form};
use crate::syntax::grammar::Grammar;
use crate::syntax::precedence::{AND, OR};
use crate::syntax::{
    Between, Call, Case, Chain, Expr, ExprKind, In, InList, Is, IsWhat, Match, Quantified,
    Subscript, Text, has_more_words,
};

/// Writes the form of expressions of one text.
pub(super) struct Form<'t> {
    pub(super) text: &'t Text<'t>,
}

impl Form<'_> {
    /// How deep the expression nests is bounded by its reader.
    pub(super) fn of(&self, expr: &Expr) -> String {
        if has_more_words(self.text, expr) {
            return self.by_words(expr);
        }
        match &expr.kind {
            ExprKind::Null => "null".to_owned(),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Number(written) => written.to_lowercase(),
            ExprKind::Text(content) => literal(content),
            ExprKind::Column(names) => {
                let names = names.iter().map(|name| self.name(&name.text));
                names.into_vec().join(".")
            }
            ExprKind::Chain(chain) => self.chain(chain),
            ExprKind::Prefix(operator, operand) => self.prefix(&operator.text, operand),
            ExprKind::Is(is) => self.is(is),
            ExprKind::Between(between) => self.between(between),
            ExprKind::In(list) => self.in_list(list),
            ExprKind::Match(matching) => self.matching(matching),
            ExprKind::Quantified(quantified) => self.quantified(quantified),
            ExprKind::Array(values) => format!("array[{}]", self.list(values)),
            ExprKind::Row(values) => format!("({})", self.list(values)),
            ExprKind::Subscript(subscript) => self.subscript(subscript),
            ExprKind::Field(base, name) => format!("{}.{}", self.of(base), self.name(&name.text)),
            ExprKind::Cast(of) => cast(self.of(&of.operand), &type_form(&of.to)),
            ExprKind::Typed(of, content) => cast(literal(content), &type_form(of)),
            ExprKind::Collate(operand, name) => {
                format!("({} collate {})", self.of(operand), self.name(&name.text))
            }
            ExprKind::AtZone(value, zone) => match zone {
                Some(zone) => format!("({} at {})", self.of(value), self.of(zone)),
                None => format!("({} at local)", self.of(value)),
            },
            ExprKind::Case(case) => self.case(case),
            ExprKind::Call(call) => self.call(call),
            ExprKind::Interval(value, unit) => {
                format!("interval {} {}", self.of(value), unit.text.to_lowercase())
            }
            ExprKind::Bytes
            | ExprKind::Bits
            | ExprKind::Default
            | ExprKind::Variable
            | ExprKind::Parameter(_) => self.by_words(expr),
            ExprKind::Query(query) => format!("({})", self.query(query)),
            ExprKind::Exists(query) => format!("exists ({})", self.query(query)),
            ExprKind::ArrayOf(query) => format!("array ({})", self.query(query)),
        }
    }

    pub(super) fn grammar(&self) -> &'static Grammar {
        Grammar::of(self.text.dialect)
    }

    /// Names that are folded have a case of their own.
    pub(super) fn name(&self, name: &str) -> String {
        if self.grammar().names.folds {
            name_form(name, self.text.dialect)
        } else {
            name_form(&name.to_lowercase(), self.text.dialect)
        }
    }

    /// Functions may have the names of words.
    fn function_name(&self, name: &str) -> String {
        if self.grammar().names.folds {
            name.to_owned()
        } else {
            name.to_lowercase()
        }
    }

    pub(super) fn list(&self, values: &[Expr]) -> String {
        let values = values.iter().map(|value| self.of(value));
        values.into_vec().join(", ")
    }

    /// The word for an operator that has several.
    fn operator<'o>(&self, text: &'o str) -> &'o str {
        match (text, self.grammar().operators.rank_of_sign(text)) {
            (_, Some(OR)) => "or",
            (_, Some(AND)) => "and",
            ("==", _) => "=",
            ("!=", _) => "<>",
            (text, _) => text,
        }
    }

    fn chain(&self, chain: &Chain) -> String {
        let operators = || {
            chain
                .rest
                .iter()
                .map(|(operator, _)| self.operator(&operator.text))
        };
        let first = operators().next().unwrap_or_default();
        if matches!(first, "and" | "or") && operators().all(|other| other == first) {
            let mut parts = Vec::new();
            self.parts(first, &chain.first, &mut parts);
            for (_, right) in &chain.rest {
                self.parts(first, right, &mut parts);
            }
            return joined(first, &parts);
        }
        if let [(operator, right)] = chain.rest.as_slice() {
            return self.pair(&chain.first, self.operator(&operator.text), right);
        }
        // From the left: as many open before the first as there are operators.
        let mut form = "(".repeat(chain.rest.len());
        form.push_str(&self.of(&chain.first));
        for (operator, right) in &chain.rest {
            form += &format!(" {} {})", self.operator(&operator.text), self.of(right));
        }
        form
    }

    /// PostgreSQL writes `LIKE` as an operator.
    fn pair(&self, left: &Expr, operator: &str, right: &Expr) -> String {
        let (left, right) = (self.of(left), self.of(right));
        match operator {
            "~~" => format!("({left} like {right})"),
            "~~*" => format!("({left} ilike {right})"),
            "!~~" => not(&format!("({left} like {right})")),
            "!~~*" => not(&format!("({left} ilike {right})")),
            operator => format!("({left} {operator} {right})"),
        }
    }

    /// `a AND (b AND c)` is `(a AND b) AND c`.
    fn parts(&self, word: &str, part: &Expr, to: &mut Vec<String>) {
        match &part.kind {
            ExprKind::Chain(chain)
                if (chain.rest.iter()).all(|(other, _)| self.operator(&other.text) == word) =>
            {
                self.parts(word, &chain.first, to);
                for (_, right) in &chain.rest {
                    self.parts(word, right, to);
                }
            }
            ExprKind::Between(between) if word == "and" && is_plain(between) => {
                to.extend(self.bounds(between));
            }
            _ => to.push(self.of(part)),
        }
    }

    fn prefix(&self, operator: &str, operand: &Expr) -> String {
        let form = self.of(operand);
        match operator {
            "not" | "!" => not(&form),
            "+" => form,
            // Two of them would begin a comment.
            sign if form.starts_with(sign) => format!("{sign} {form}"),
            sign => format!("{sign}{form}"),
        }
    }

    fn is(&self, is: &Is) -> String {
        let operand = self.of(&is.operand);
        let not = if is.negated { " not" } else { "" };
        match &is.what {
            IsWhat::Null => format!("({operand} is{not} null)"),
            IsWhat::Truth(word) => format!("({operand} is{not} {word})"),
            IsWhat::Kind(words) => format!("({operand} is{not} {words})"),
            IsWhat::Distinct(other) => {
                format!("({operand} is{not} distinct from {})", self.of(other))
            }
            IsWhat::Other(other) => {
                let not = if is.negated { "" } else { " not" };
                format!("({operand} is{not} distinct from {})", self.of(other))
            }
        }
    }

    fn between(&self, between: &Between) -> String {
        let form = if between.symmetric {
            let [operand, low, high] =
                [&between.operand, &between.low, &between.high].map(|part| self.of(part));
            format!("({operand} between symmetric {low} and {high})")
        } else {
            joined("and", &self.bounds(between))
        };
        if between.negated { not(&form) } else { form }
    }

    fn bounds(&self, between: &Between) -> [String; 2] {
        let operand = self.of(&between.operand);
        [
            format!("({operand} >= {})", self.of(&between.low)),
            format!("({operand} <= {})", self.of(&between.high)),
        ]
    }

    fn in_list(&self, list: &In) -> String {
        let operand = self.of(&list.operand);
        let form = match &list.list {
            InList::Values(values) => format!("({operand} in ({}))", self.list(values)),
            InList::Query(query) => format!("({operand} in ({}))", self.query(query)),
            InList::Table(names) => {
                let names: Vec<String> = names.iter().map(|name| self.name(&name.text)).into_vec();
                format!("({operand} in {})", names.join("."))
            }
            InList::Parameter(..) => format!("({operand} in ?)"),
        };
        if list.negated { not(&form) } else { form }
    }

    fn matching(&self, matching: &Match) -> String {
        let (operand, pattern) = (self.of(&matching.operand), self.of(&matching.pattern));
        let (negated, word) = match matching.operator.text.strip_prefix("not ") {
            Some(word) => (true, word),
            None => (false, matching.operator.text.as_str()),
        };
        let word = if word == "rlike" { "regexp" } else { word };
        let form = match &matching.escape {
            Some(escape) => format!("({operand} {word} {pattern} escape {})", self.of(escape)),
            None => format!("({operand} {word} {pattern})"),
        };
        if negated { not(&form) } else { form }
    }

    /// `= ANY (ARRAY[…])` is how PostgreSQL writes IN, and `<> ALL (ARRAY[…])` NOT IN.
    fn quantified(&self, quantified: &Quantified) -> String {
        let operand = self.of(&quantified.operand);
        let operator = self.operator(&quantified.operator.text);
        match (
            &quantified.of.without_casts().kind,
            operator,
            quantified.all,
        ) {
            (ExprKind::Array(values), "=", false) => {
                format!("({operand} in ({}))", self.list(values))
            }
            (ExprKind::Array(values), "<>", true) => {
                not(&format!("({operand} in ({}))", self.list(values)))
            }
            _ => {
                let word = if quantified.all { "all" } else { "any" };
                format!("({operand} {operator} {word} {})", self.of(&quantified.of))
            }
        }
    }

    fn subscript(&self, subscript: &Subscript) -> String {
        let bound = |bound: &Option<Expr>| bound.as_ref().map_or(String::new(), |it| self.of(it));
        let base = self.of(&subscript.base);
        let (first, last) = (bound(&subscript.first), bound(&subscript.last));
        if subscript.slice {
            format!("{base}[{first}:{last}]")
        } else {
            format!("{base}[{first}]")
        }
    }

    fn case(&self, case: &Case) -> String {
        let mut form = "case".to_owned();
        let mut word = |word: &str, value: &Expr| {
            form = format!("{form}{word} {}", self.of(value));
        };
        if let Some(operand) = &case.operand {
            word("", operand);
        }
        for (when, then) in &case.branches {
            word(" when", when);
            word(" then", then);
        }
        if let Some(otherwise) = &case.otherwise {
            word(" else", otherwise);
        }
        form + " end"
    }

    fn call(&self, call: &Call) -> String {
        let names = call.name.iter().map(|name| self.function_name(&name.text));
        let mut names: Vec<String> = names.into_vec();
        if names.first().is_some_and(|schema| schema == "pg_catalog") {
            names.remove(0);
        }
        let name = names.join(".");
        let name = function(&name);
        if call.bare {
            return synonym(name).to_owned();
        }
        let mut arguments: Vec<String> = Vec::new();
        if call.star {
            arguments.push("*".to_owned());
        }
        for argument in &call.arguments {
            let name = argument.name.as_ref();
            let name = name.map_or(String::new(), |name| {
                format!("{} => ", self.name(&name.text))
            });
            let variadic = if argument.variadic { "variadic " } else { "" };
            arguments.push(format!("{variadic}{name}{}", self.of(&argument.value)));
        }
        let mut inside = arguments.join(", ");
        if let Some(word) = &call.word {
            inside = format!("{} {inside}", word.text.to_lowercase());
        }
        if call.distinct {
            inside = format!("distinct {inside}");
        }
        if let Some(order) = self.order(&call.order) {
            inside = format!("{inside} {order}");
        }
        if let Some(separator) = call.separator.as_ref().filter(|one| *one != ",") {
            inside = format!("{inside} separator {}", literal(separator));
        }
        let mut form = synonym(&format!("{name}({inside})")).to_owned();
        if let Some(order) = self.order(&call.within) {
            form += &format!(" within group ({order})");
        }
        if let Some(filter) = &call.filter {
            form += &format!(" filter (where {})", self.of(filter));
        }
        if let Some(window) = &call.over {
            form += &format!(" over ({})", self.window(window));
        }
        form
    }
}

/// Whether nothing but its bounds is compared.
fn is_plain(between: &Between) -> bool {
    !between.negated && !between.symmetric
}

fn not(form: &str) -> String {
    format!("(not {form})")
}

fn joined(word: &str, parts: &[String]) -> String {
    format!("<{word} {}>", parts.join(" "))
}

/// A name, in quotes where it is none without them.
pub(super) fn name_form(name: &str, dialect: Dialect) -> String {
    let is_word = |sign: char| sign.is_lowercase() || sign.is_ascii_digit() || "_$".contains(sign);
    let is_value = matches!(name, "null" | "true" | "false" | "default");
    if name.chars().all(is_word) && !is_value && !Grammar::of(dialect).names.is_reserved(name) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(super) fn literal(content: &str) -> String {
    format!("'{}'", content.replace('\'', "''"))
}

fn synonym(name: &str) -> &str {
    match name {
        "now()" | "current_timestamp()" | "current_timestamp" | "localtimestamp" => {
            "current_timestamp"
        }
        "current_date()" | "curdate()" => "current_date",
        other => other,
    }
}

/// MariaDB writes the names that it has known longest.
fn function(name: &str) -> &str {
    match name {
        "lcase" => "lower",
        "ucase" => "upper",
        other => other,
    }
}
