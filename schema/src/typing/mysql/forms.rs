//! Calls whose result follows from words among their arguments, or from no class of theirs.

use crate::column_type::{ColumnType, TypeClass};
use crate::lists::IntoVec as _;
use crate::source::Span;
use crate::syntax::{Call, ExprKind};
use crate::typing::checker::Checker;
use crate::typing::findings;
use crate::typing::grammar;
use crate::typing::mysql::{Construct, function};
use crate::typing::value::{Constant, Ty, Value};

/// Functions of MySQL that take the number of digits of a second.
const TIMES_OF_DAY: [&str; 8] = [
    "current_time",
    "current_timestamp",
    "curtime",
    "localtime",
    "now",
    "sysdate",
    "utc_time",
    "utc_timestamp",
];

/// Whether a function that was measured takes this number of arguments, and such digits of a second.
pub(in crate::typing) fn takes_call(call: &Call, count: usize) -> bool {
    let name = call.function();
    if count == 1 && TIMES_OF_DAY.contains(&name) {
        let digits = call.arguments.first().map(|argument| &argument.value.kind);
        return !matches!(digits, Some(ExprKind::Number(digits)) if digits.as_str() > "6");
    }
    let has_default = matches!(name, "lag" | "lead") && count == 3;
    // `TRIM(LEADING a FROM b)`.
    let is_counted = !has_default && !call.star && name != "trim";
    !is_counted || function(name).is_none_or(|function| function.takes(count))
}

impl Checker<'_> {
    /// The result of such a call.
    pub(in crate::typing) fn form_of_mysql(
        &mut self,
        call: &Call,
        arguments: &[Value],
        span: Span,
    ) -> Option<Value> {
        let name = call.function();
        let any = arguments.iter().any(|value| value.nullable);
        Some(match name {
            "extract" => Value::new(Ty::Of(ColumnType::I64), true, span),
            "date_add" | "date_sub" | "adddate" | "subdate" => {
                let unit = match call.arguments.get(1).map(|one| &one.value.kind) {
                    Some(ExprKind::Interval(_, unit)) => &unit.text,
                    _ => "day",
                };
                self.moved_by(arguments.first()?, unit, span)
            }
            "timestampadd" => {
                let unit = call.word.as_ref().map_or("day", |unit| &unit.text);
                self.moved_by(arguments.get(1)?, unit, span)
            }
            "str_to_date" => {
                let format = arguments.get(1)?;
                let is_known = format.constant == Constant::Text;
                let ty = is_known.then(|| moment_of_format(self.text_at(format.span)))??;
                Value::new(Ty::Of(ty), true, span)
            }
            "unix_timestamp" => {
                let ty = match arguments.first().map(Value::column_type) {
                    None => ColumnType::I64,
                    Some(of) => seconds_of(of?),
                };
                Value::new(Ty::Of(ty), !arguments.is_empty(), span)
            }
            "from_unixtime" => {
                let ty = match arguments.len() {
                    1 => Ty::Of(ColumnType::DateTime(6)),
                    _ => self.text_type(),
                };
                Value::new(ty, true, span)
            }
            "mod" => {
                let operands = (arguments.first()?, "%", arguments.get(1)?);
                self.arithmetic(&grammar::MYSQL, operands, span)
            }
            "ceil" | "ceiling" | "floor" if is_whole_when_rounded(arguments.first()?) => {
                Value::new(Ty::Of(ColumnType::I64), any, span)
            }
            "greatest" | "least" if mixes_moments(arguments) => {
                self.greatest_moment(name, arguments, span)
            }
            "percentile_cont" | "percentile_disc" | "median" => {
                self.percentile(call, arguments, span)
            }
            "match" => {
                let text = self.text_type();
                for argument in arguments {
                    self.demand_type(argument, &text, None, span);
                }
                Value::new(Ty::Of(ColumnType::F64), any, span)
            }
            "values" => arguments.first()?.derived(true, span),
            _ => return None,
        })
    }

    fn greatest_moment(&mut self, name: &str, arguments: &[Value], span: Span) -> Value {
        self.of_product(Construct::MixedMoments(name), span);
        let moments: Vec<&Value> = arguments.iter().filter(|one| is_moment(one)).into_vec();
        let others = arguments.iter().filter(|one| !is_moment(one));
        let mut types = others.map(Value::column_type);
        if !types.all(|of| of.is_some_and(grammar::is_text)) {
            return Value::open(span);
        }
        self.common(&moments, &format!("`{name}`"), span)
            .derived(true, span)
    }

    fn percentile(&mut self, call: &Call, arguments: &[Value], span: Span) -> Value {
        let name = call.function();
        self.of_product(Construct::Percentile(name), span);
        if call.over.is_none() {
            self.report(findings::without_window(name, span));
        }
        if call.within.is_empty() && name != "median" {
            let takes = [format!("{name}(0.5) WITHIN GROUP (ORDER BY value) OVER ()")];
            self.report(findings::no_such_call(name, &takes, span));
        }
        let ty = match arguments.last().and_then(Value::column_type) {
            Some(of) if name == "percentile_disc" => of.clone(),
            _ => ColumnType::F64,
        };
        Value::new(Ty::Of(ty), true, span)
    }
}

/// The type of what `str_to_date` reads by a format.
fn moment_of_format(format: &str) -> Option<ColumnType> {
    let has = |letters: &str| {
        let mut letters = letters.chars();
        letters.any(|one| format.contains(&format!("%{one}")))
    };
    Some(
        match (has("YyMmDdbcejUuVvWwXx"), has("HhIiklpSsTr"), has("f")) {
            (true, false, false) => ColumnType::Date,
            (false, true, false) => ColumnType::Time(0),
            (false, _, true) => ColumnType::Time(6),
            (true, _, true) => ColumnType::DateTime(6),
            (true, true, false) => ColumnType::DateTime(0),
            (false, false, false) => return None,
        },
    )
}

/// The type of the seconds since 1970 of a value.
fn seconds_of(of: &ColumnType) -> ColumnType {
    match of {
        ColumnType::Date | ColumnType::DateTime(0) | ColumnType::Timestamp(0) => ColumnType::I64,
        _ => ColumnType::Decimal(None),
    }
}

/// Whether the next whole number of a value is an integer: of a number as it is written, and where its digits fit 64 bits.
fn is_whole_when_rounded(value: &Value) -> bool {
    match value.column_type() {
        Some(ColumnType::Decimal(None)) => value.constant == Constant::Number,
        Some(ColumnType::Decimal(Some(size))) => size.precision - size.scale < 18,
        _ => false,
    }
}

fn is_moment(value: &Value) -> bool {
    matches!(
        value.column_type().map(ColumnType::class),
        Some(TypeClass::Date | TypeClass::Time | TypeClass::DateTime | TypeClass::Timestamp)
    )
}

/// Whether there are dates or times and values of another type: MariaDB compares them as dates, MySQL as texts.
fn mixes_moments(arguments: &[Value]) -> bool {
    arguments.iter().any(is_moment) && !arguments.iter().all(is_moment)
}
