//! Spans whose metadata name no place. The macros of `tracing` put their own file and line there, which a layer for OpenTelemetry
//! exports as `code.file.path` and `code.line.number`: a place in bindery beside the program's own, under the same names.

use tracing::callsite::{Callsite as _, DefaultCallsite};
use tracing::level_filters::STATIC_MAX_LEVEL;
use tracing::{Level, dispatcher};

/// The level of all spans.
pub(super) const LEVEL: Level = Level::DEBUG;

/// Whether a subscriber wants spans of this kind.
pub(super) fn is_wanted(callsite: &'static DefaultCallsite) -> bool {
    let interest = callsite.interest();
    let is_enabled = || dispatcher::get_default(|current| current.enabled(callsite.metadata()));
    LEVEL <= STATIC_MAX_LEVEL && !interest.is_never() && (interest.is_always() || is_enabled())
}

/// As `tracing::debug_span!`, without a place. A field is `name = value`.
macro_rules! unplaced_span {
    (target: $target:literal, $name:literal, $($($field:ident).+ = $value:expr),+ $(,)?) => {{
        use tracing::callsite::{DefaultCallsite, Identifier};
        use tracing::field::{FieldSet, Value};
        use tracing::metadata::{Kind, Metadata};
        use $crate::observe::unplaced::{LEVEL, is_wanted};
        static CALLSITE: DefaultCallsite = DefaultCallsite::new(&METADATA);
        static METADATA: Metadata<'static> = Metadata::new(
            $name,
            $target,
            LEVEL,
            None,
            None,
            None,
            FieldSet::new(&[$(stringify!($($field).+)),+], Identifier(&CALLSITE)),
            Kind::SPAN,
        );
        if is_wanted(&CALLSITE) {
            let mut fields = METADATA.fields().iter();
            let mut next = || fields.next().expect("each value has a field");
            tracing::Span::new(
                &METADATA,
                &METADATA.fields().value_set(&[$((&next(), Some(&$value as &dyn Value))),+]),
            )
        } else {
            tracing::Span::none()
        }
    }};
}
pub(super) use unplaced_span;
