//! The columns that `bindery dump --redact` replaces the values of.

use bindery_schema::model::{CheckedModel, EngineId};

use super::DumpArguments;
use crate::data::{redact, tables};
use crate::failure::Failure;
use crate::output::Output;

/// The columns of each engine whose values are replaced. With `--redact` there have to be some; without it is said that there are.
pub(super) fn columns(
    arguments: &DumpArguments,
    (model, chosen): (&CheckedModel, &[EngineId]),
    output: &Output,
) -> Result<Vec<Vec<String>>, Failure> {
    let of_engine = |id: &EngineId| -> Result<Vec<String>, Failure> {
        let tables = tables::chosen(model, *id, &arguments.table)?;
        redact::names(model, &tables)
    };
    let all = chosen
        .iter()
        .map(of_engine)
        .collect::<Result<Vec<_>, _>>()?;
    if arguments.redact {
        if all.iter().all(Vec::is_empty) {
            let failure = Failure::new(
                "no column of these tables has `@redact`, so nothing would be replaced",
            );
            return Err(failure.help("write `-- @redact hash`, `null` or `fake` above columns of the schema, or leave `--redact` out"));
        }
        return Ok(all);
    }
    for (id, names) in chosen
        .iter()
        .zip(&all)
        .filter(|(_, names)| !names.is_empty())
    {
        output.message(&format!(
            "note: {}: original values of {}; `--redact` replaces them\n",
            model.engine(*id).name,
            names.join(", ")
        ));
    }
    Ok(vec![Vec::new(); chosen.len()])
}
