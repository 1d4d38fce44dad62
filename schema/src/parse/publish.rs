//! Reads `@publish`: which changes of a table have events, and which of these hold the row as it was before.

use crate::ast::{ChangeKind, PublishTag, PublishedEvent};
use crate::lists::IntoVec as _;
use crate::name;
use crate::sorting::sort_by;

use super::annotation::{Reader, Tag};

const HELP: &str = "write for example `@publish`, `@publish created, deleted` or `@publish created, updated with before, deleted`";

impl<'a> Reader<'a> {
    /// Without a list, all changes have events.
    pub(super) fn publish(&mut self, tag: &Tag<'a>) -> Option<PublishTag> {
        let span = self.whole(tag);
        let mut events: Vec<PublishedEvent> = Vec::new();
        if tag.rest.is_empty() {
            events.extend(ChangeKind::ALL.map(|kind| PublishedEvent {
                kind,
                before: false,
            }));
            return Some(PublishTag { events, span });
        }
        for part in tag.rest.split(',') {
            let event = self.published_event(tag, part)?;
            if events.iter().any(|known| known.kind == event.kind) {
                let message = format!("`@publish` names `{}` twice", event.kind.word());
                self.malformed(tag, message, "name each change once".to_owned());
                return None;
            }
            events.push(event);
        }
        sort_by(&mut events, |one, other| one.kind.cmp(&other.kind));
        Some(PublishTag { events, span })
    }

    /// `updated with before`.
    fn published_event(&mut self, tag: &Tag<'a>, part: &str) -> Option<PublishedEvent> {
        let words: Vec<&str> = part.split_whitespace().into_vec();
        let (first, before) = match words.as_slice() {
            [first] => (*first, false),
            [first, "with", "before"] => (*first, true),
            _ => {
                let message = "`@publish` needs a list of changes".to_owned();
                self.malformed(tag, message, HELP.to_owned());
                return None;
            }
        };
        let kinds = ChangeKind::ALL;
        let Some(kind) = kinds.into_iter().find(|kind| kind.word() == first) else {
            let help = match name::suggest(first, kinds.map(ChangeKind::word)) {
                Some(near) => format!("write `{near}`"),
                None => HELP.to_owned(),
            };
            self.malformed(tag, format!("`@publish` knows no change `{first}`"), help);
            return None;
        };
        if kind == ChangeKind::Created && before {
            let message = "a row that is created has no values before".to_owned();
            self.malformed(tag, message, "write `created` alone".to_owned());
            return None;
        }
        Some(PublishedEvent { kind, before })
    }
}
