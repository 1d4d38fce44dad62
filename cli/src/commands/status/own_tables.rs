//! Tables of bindery's own that are not there, or of an earlier version.

use bindery::__private::OwnTableState;

use crate::health::level::Level;
use crate::health::{Look, Row};

const SECTION: &str = "own tables";

/// One row for those that are missing, one for those of an earlier version; none where all is well.
pub(super) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let own = look.engines.registry.own_tables(look.chosen())?;
    let tables_in = |state: OwnTableState| {
        let tables = own.iter().filter(move |own| own.state == state);
        tables
            .map(|own| format!("`{}`", own.table))
            .collect::<Vec<_>>()
    };
    let (missing, older) = (
        tables_in(OwnTableState::Missing),
        tables_in(OwnTableState::Older),
    );
    let hint = format!(
        "`bindery migrate run --engine {engine}` or `bindery create --engine {engine}` makes them and brings them up to date",
        engine = look.name()
    );
    let row = |tables: Vec<String>, what: &str| {
        (!tables.is_empty()).then(|| {
            Row::new(SECTION, format!("{} {what}", tables.join(", ")))
                .count(tables.len())
                .level(Level::Warning)
                .hint(hint.clone())
        })
    };
    let rows = [
        row(missing, "not there"),
        row(older, "of an earlier version of bindery"),
    ];
    Ok(rows.into_iter().flatten().collect())
}
