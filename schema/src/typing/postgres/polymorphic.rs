//! Functions of any type: what `anyelement`, `anyarray`, `anycompatible` and the like stand for in a call
//! (`check_generic_type_consistency` and `enforce_generic_type_consistency` of the server's `parse_coerce.c`, section 38.2.5
//! of the manual).
//!
//! There are two families. Of the first all arguments have one type, of the `anycompatible` ones they become one.

use super::Failure;
use super::common::common_type;
use super::types::{Category, PgType};

/// The place of a polymorphic type in its family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PolymorphicPart {
    Element,
    Array,
    Range,
    Multirange,
}

/// Returns the part of the first family that a type is.
fn part_of_any(declared: PgType) -> Option<PolymorphicPart> {
    Some(match declared {
        PgType::ANY_ELEMENT | PgType::ANY_NON_ARRAY | PgType::ANY_ENUM => PolymorphicPart::Element,
        PgType::ANY_ARRAY => PolymorphicPart::Array,
        PgType::ANY_RANGE => PolymorphicPart::Range,
        PgType::ANY_MULTIRANGE => PolymorphicPart::Multirange,
        _ => return None,
    })
}

/// Returns the part of the second family that a type is.
fn part_of_compatible(declared: PgType) -> Option<PolymorphicPart> {
    Some(match declared {
        PgType::ANY_COMPATIBLE | PgType::ANY_COMPATIBLE_NON_ARRAY => PolymorphicPart::Element,
        PgType::ANY_COMPATIBLE_ARRAY => PolymorphicPart::Array,
        PgType::ANY_COMPATIBLE_RANGE => PolymorphicPart::Range,
        PgType::ANY_COMPATIBLE_MULTIRANGE => PolymorphicPart::Multirange,
        _ => return None,
    })
}

pub(super) fn is_polymorphic(declared: PgType) -> bool {
    part_of_any(declared).is_some() || part_of_compatible(declared).is_some()
}

/// Returns whether the arguments are of one type where they have to be.
pub(super) fn go_together(given: &[PgType], declared: &[PgType]) -> bool {
    Any::solve(given, declared).is_some() && Compatible::solve(given, declared).is_some()
}

/// The types of a call: of its arguments as they are passed, and the polymorphic ones of its result.
pub(super) struct Settled {
    pub(super) arguments: Vec<PgType>,
    any: Any,
    compatible: Compatible,
}

/// Settles the types of a call that [`go_together`] allows.
///
/// # Errors
/// No argument has a type.
pub(super) fn settle(given: &[PgType], declared: &[PgType]) -> Result<Settled, Failure> {
    let any = Any::solve(given, declared).ok_or(Failure::Unlike)?;
    let compatible = Compatible::solve(given, declared).ok_or(Failure::Unlike)?;
    let mut settled = Settled {
        arguments: Vec::new(),
        any,
        compatible,
    };
    for (given, declared) in given.iter().zip(declared) {
        let is_typed = *given != PgType::UNKNOWN;
        let keeps = *declared == PgType::ANY || is_typed && part_of_any(*declared).is_some();
        let passed = if keeps {
            *given
        } else {
            settled.result(*declared)?
        };
        settled.arguments.push(passed);
    }
    Ok(settled)
}

impl Settled {
    /// Returns the type that a declared one stands for.
    pub(super) fn result(&self, declared: PgType) -> Result<PgType, Failure> {
        if let Some(part) = part_of_any(declared) {
            return self.any.part(part).ok_or(Failure::Undetermined);
        }
        if let Some(part) = part_of_compatible(declared) {
            return self.compatible.part(part).ok_or(Failure::Undetermined);
        }
        Ok(declared)
    }
}

/// The types that the first family stands for, as far as arguments say so.
#[derive(Default)]
struct Any {
    element: Option<PgType>,
    array: Option<PgType>,
    range: Option<PgType>,
    multirange: Option<PgType>,
}

impl Any {
    fn solve(given: &[PgType], declared: &[PgType]) -> Option<Self> {
        let mut any = Self::default();
        for (given, declared) in given.iter().zip(declared) {
            let Some(part) = part_of_any(*declared) else {
                continue;
            };
            let slot = match part {
                PolymorphicPart::Element => &mut any.element,
                PolymorphicPart::Array => &mut any.array,
                PolymorphicPart::Range => &mut any.range,
                PolymorphicPart::Multirange => &mut any.multirange,
            };
            if *given != PgType::UNKNOWN {
                agree(slot, *given)?;
            }
        }
        if let Some(array) = any.array {
            agree(&mut any.element, array.element()?)?;
        }
        if let Some(multirange) = any.multirange {
            agree(&mut any.range, multirange.range()?)?;
        }
        if let Some(range) = any.range {
            agree(&mut any.element, range.bound()?)?;
        }
        any.is_of_kind(declared).then_some(any)
    }

    fn is_of_kind(&self, declared: &[PgType]) -> bool {
        let is_array = self.element.is_some_and(|one| one.element().is_some());
        let is_enum = self
            .element
            .is_some_and(|one| one.category() == Category::Enum);
        !(declared.contains(&PgType::ANY_NON_ARRAY) && is_array)
            && (is_enum || !declared.contains(&PgType::ANY_ENUM))
    }

    fn part(&self, part: PolymorphicPart) -> Option<PgType> {
        match part {
            PolymorphicPart::Element => self.element,
            PolymorphicPart::Array => self.array.or_else(|| self.element?.array()),
            PolymorphicPart::Range => self.range,
            PolymorphicPart::Multirange => self.multirange.or_else(|| self.range?.multirange()),
        }
    }
}

/// The types that the second family stands for.
struct Compatible {
    element: PgType,
    range: Option<PgType>,
}

impl Compatible {
    fn solve(given: &[PgType], declared: &[PgType]) -> Option<Self> {
        let mut elements = Vec::new();
        let (mut range, mut multirange) = (None, None);
        for (given, declared) in given.iter().zip(declared) {
            let Some(part) = part_of_compatible(*declared) else {
                continue;
            };
            if *given == PgType::UNKNOWN {
                continue;
            }
            match part {
                PolymorphicPart::Element => elements.push(*given),
                PolymorphicPart::Array => elements.push(given.element()?),
                PolymorphicPart::Range => agree(&mut range, *given)?,
                PolymorphicPart::Multirange => agree(&mut multirange, *given)?,
            }
        }
        if let Some(multirange) = multirange {
            agree(&mut range, PgType::range(multirange)?)?;
        }
        let bound = match range {
            Some(range) => Some(PgType::bound(range)?),
            None => None,
        };
        elements.extend(bound);
        let element = common_type(&elements).ok()?;
        let is_array =
            declared.contains(&PgType::ANY_COMPATIBLE_NON_ARRAY) && element.element().is_some();
        let is_bound = bound.is_none_or(|bound| bound == element);
        (is_bound && !is_array).then_some(Self { element, range })
    }

    fn part(&self, part: PolymorphicPart) -> Option<PgType> {
        match part {
            PolymorphicPart::Element => Some(self.element),
            PolymorphicPart::Array => self.element.array(),
            PolymorphicPart::Range => self.range,
            PolymorphicPart::Multirange => self.range?.multirange(),
        }
    }
}

/// Takes the type, where another has not been taken before.
fn agree(slot: &mut Option<PgType>, given: PgType) -> Option<()> {
    match slot.replace(given) {
        Some(before) if before != given => None,
        Some(_) | None => Some(()),
    }
}
