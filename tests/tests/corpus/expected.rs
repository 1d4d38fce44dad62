//! The known differences, each with its reason.

/// Schema, the start of a difference, why it is there.
const KNOWN: &[(&str, &str, &str)] = &[];

/// The differences that nothing explains.
pub(crate) fn unexpected(schema: &str, differences: Vec<String>) -> Vec<String> {
    let is_known = |difference: &String| {
        KNOWN
            .iter()
            .any(|(name, start, _reason)| *name == schema && difference.starts_with(start))
    };
    let mut unexpected = differences;
    unexpected.retain(|difference| !is_known(difference));
    unexpected
}
