//! One type for several values: UNION, CASE, COALESCE, VALUES, ARRAY[…], GREATEST, IN (section 10.5 of the manual).

use super::coercion::{Context, can_cast};
use super::types::PgType;

/// Two types that have none in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unlike {
    pub(crate) left: PgType,
    pub(crate) right: PgType,
}

/// Returns the type that all values become. The order counts: a CASE has its ELSE first, an IN its left side, and a UNION of
/// three is one of two with the third.
///
/// # Errors
/// Values of two types that do not go together.
pub(crate) fn common_type(types: &[PgType]) -> Result<PgType, Unlike> {
    let common = choose(types)?;
    let refused = types
        .iter()
        .find(|one| !can_cast(**one, common, Context::Implicit));
    match refused {
        Some(&left) => Err(Unlike {
            left,
            right: common,
        }),
        None => Ok(common),
    }
}

fn choose(types: &[PgType]) -> Result<PgType, Unlike> {
    let known = types.iter().copied().filter(|one| *one != PgType::UNKNOWN);
    let mut chosen: Option<PgType> = None;
    for next in known {
        let Some(now) = chosen.filter(|now| *now != next) else {
            chosen = Some(next);
            continue;
        };
        if now.category() != next.category() {
            return Err(Unlike {
                left: now,
                right: next,
            });
        }
        let is_wider =
            can_cast(now, next, Context::Implicit) && !can_cast(next, now, Context::Implicit);
        if !now.is_preferred() && is_wider {
            chosen = Some(next);
        }
    }
    Ok(chosen.unwrap_or(PgType::TEXT))
}
