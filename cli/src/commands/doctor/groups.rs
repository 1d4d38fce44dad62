//! Checks the requirements of atomic groups: prepared transactions, and settings without which a crash would lose them.

use super::fine;
use crate::database;
use crate::health::level::Level;
use crate::health::{Look, Row};
use crate::program::AtomicGroups;

const SECTION: &str = "atomic groups";

pub(super) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let groups = AtomicGroups::of(&look.project.input);
    let groups = groups.described();
    let at = look.position();
    let mut rows = Vec::new();
    for group in groups.iter().filter(|group| group.engines.contains(&at)) {
        rows.extend(match look.engines.registry.check_group(group, at) {
            Ok(()) => fine(SECTION, format!("group `{}` can rely on it", group.name)),
            Err(error) => {
                let why = database::failure(&error).message();
                let row = Row::new(SECTION, format!("group `{}`: {why}", group.name));
                vec![row.level(Level::Error).count(1)]
            }
        });
    }
    Ok(rows)
}
