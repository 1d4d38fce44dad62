//! Functions, by the names each dialect has for them.

use super::{Carried, Carrier};
use crate::portable::{CastType, Function, Portable};
use crate::resolve::facts::Facts;
use crate::source::Span;
use crate::syntax::{Call, ExprKind};

/// Functions that all databases have under one name.
const EVERYWHERE: &[(&str, Function)] = &[
    ("abs", Function::Absolute),
    ("coalesce", Function::Coalesce),
    ("lower", Function::Lower),
    ("nullif", Function::NullIf),
    ("octet_length", Function::OctetLength),
    ("trim", Function::Trim),
    ("upper", Function::Upper),
];

impl Carrier<'_> {
    pub(super) fn call(&self, call: &Call, span: Span, depth: usize) -> Carried {
        let name = call.function().to_ascii_lowercase();
        if call.bare {
            let found = self.moment_word(&name);
            return found.ok_or_else(|| self.stopped(span.start));
        }
        let is_plain = !call.star && !call.distinct && call.filter.is_none() && call.over.is_none();
        if !is_plain || !call.order.is_empty() || !call.within.is_empty() {
            return Err(unknown(&name));
        }
        match name.as_str() {
            "extract" | "date_part" | "strftime" => self.unix_seconds(&name, call, depth),
            "concat" if Facts::of(self.dialect()).portable.concat => {
                self.arguments(call, depth).map(Portable::Concat)
            }
            "floor" if self.is_default => self.floor(call, depth),
            _ => self.plain_call(&name, call, depth),
        }
    }

    fn plain_call(&self, name: &str, call: &Call, depth: usize) -> Carried {
        let function = self.function(name).filter(|_| call.word.is_none());
        let function = function.ok_or_else(|| unknown(name))?;
        let arguments = self.arguments(call, depth)?;
        if takes(function, arguments.len()) {
            Ok(Portable::Call(function, arguments))
        } else {
            Err(unknown(name))
        }
    }

    fn function(&self, name: &str) -> Option<Function> {
        let facts = &Facts::of(self.dialect()).portable;
        let find = |names: &[(&str, Function)]| {
            let found = names.iter().find(|(known, _)| *known == name);
            found.map(|(_, function)| *function)
        };
        let in_default = || find(facts.in_defaults).filter(|_| self.is_default);
        find(EVERYWHERE)
            .or_else(|| find(facts.functions))
            .or_else(in_default)
    }

    fn arguments(&self, call: &Call, depth: usize) -> Result<Vec<Portable>, String> {
        let arguments = call.arguments.iter();
        let carried = arguments.map(|argument| {
            if argument.name.is_some() || argument.variadic {
                return Err(unknown(call.function()));
            }
            self.of(&argument.value, depth)
        });
        carried.collect()
    }

    /// `CURRENT_TIMESTAMP` and `CURRENT_DATE`.
    fn moment_word(&self, name: &str) -> Option<Portable> {
        let function = match name {
            "current_timestamp" | "localtimestamp" => Function::Now,
            "current_date" => Function::Today,
            _ => return None,
        };
        let found = Portable::Call(function, Vec::new());
        self.is_default.then_some(found)
    }

    /// `EXTRACT(epoch FROM now())`, `date_part('epoch', now())`, `strftime('%s', 'now')`.
    fn unix_seconds(&self, name: &str, call: &Call, depth: usize) -> Carried {
        let field = call
            .word
            .as_ref()
            .map(|word| word.text.to_ascii_lowercase());
        let mut arguments = call.arguments.iter().map(|argument| &argument.value);
        let field = field.or_else(|| {
            let mut first = arguments.next()?;
            while let ExprKind::Cast(cast) = &first.kind {
                first = &cast.operand;
            }
            match &first.kind {
                ExprKind::Text(text) => Some(text.to_ascii_lowercase()),
                _ => None,
            }
        });
        let wanted = if name == "strftime" { "%s" } else { "epoch" };
        let moment = arguments.next().filter(|_| arguments.next().is_none());
        let Some(moment) = moment.filter(|_| self.is_default && field.as_deref() == Some(wanted))
        else {
            return Err(unknown(name));
        };
        if is_now(&self.of(moment, depth)?) {
            Ok(Portable::Call(Function::UnixSeconds, Vec::new()))
        } else {
            Err(unknown(name))
        }
    }

    /// Whole seconds stay what they are.
    fn floor(&self, call: &Call, depth: usize) -> Carried {
        let arguments = self.arguments(call, depth)?;
        if arguments == [Portable::Call(Function::UnixSeconds, Vec::new())] {
            Ok(Portable::Call(Function::UnixSeconds, Vec::new()))
        } else {
            Err(unknown("floor"))
        }
    }
}

fn unknown(name: &str) -> String {
    format!("the function `{name}`")
}

/// `now()`, or the text that means it as a moment.
pub(super) fn is_now(moment: &Portable) -> bool {
    if let Portable::Cast(inner, CastType::Text(None)) = moment {
        return is_now(inner);
    }
    *moment == Portable::Call(Function::Now, Vec::new())
        || *moment == Portable::Text("now".to_owned())
}

/// Returns how many arguments a function takes.
fn takes(function: Function, count: usize) -> bool {
    match function {
        Function::Lower
        | Function::Upper
        | Function::CharLength
        | Function::OctetLength
        | Function::Trim
        | Function::Absolute => count == 1,
        Function::Coalesce => count >= 2,
        Function::NullIf => count == 2,
        Function::UnixSeconds | Function::Now | Function::Today => count == 0,
    }
}
