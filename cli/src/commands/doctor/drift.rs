//! The tables beside the schema, as `validate` compares them.

use bindery::drift::RecordedSchema;
use bindery_schema::model::CheckedModel;

use crate::comparison;
use crate::health::level::Level;
use crate::health::{Look, Row};
use crate::text::count;

const SECTION: &str = "tables";

pub(super) fn row(look: &Look<'_>, model: &CheckedModel) -> Row {
    let engine = look.name();
    match comparison::of_engine((look.engines, look.position(), &|_| ()), model, look.id) {
        Err(why) => Row::new(
            SECTION,
            format!("they cannot be compared: {}", why.message()),
        )
        .level(Level::Warning)
        .hint(format!("`bindery validate --engine {engine}`")),
        Ok(compared) => {
            let found = compared.comparison;
            let differences = found.differences.len();
            let tables = count(found.tables, "table");
            let text = match differences {
                0 => format!("{tables} as the schema says"),
                number => format!("{} from the schema", count(number, "difference")),
            };
            Row::new(SECTION, text)
                .count(differences)
                .level(Level::Ok.or(Level::Error, differences > 0))
                .hint(format!(
                    "`bindery validate --engine {engine}` lists them; `bindery create --engine {engine}` makes tables that are missing"
                ))
        }
    }
}

/// A row where it is recorded that the tables were made for another schema, which each program logs, or refuses.
pub(super) fn record_rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let engine = look.name();
    let other = look.engines.registry.made_for_another(look.chosen())?;
    let row = |other: RecordedSchema| {
        Row::new(SECTION, other.to_string())
            .count(1)
            .level(Level::Warning.or(Level::Error, look.refuses_other_schemas()))
            .hint(format!(
                "`bindery migrate run --engine {engine}` or `bindery create --engine {engine}` records this schema where the tables fit it"
            ))
    };
    Ok(other.map(row).into_iter().collect())
}
