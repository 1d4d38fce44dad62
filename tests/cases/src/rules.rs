//! The rules of the cases `versions` and `hooks`, whose schemas have `@validate`.

use bindery::{Engine, Invalid, Validate};

use crate::{hooks, versions};

fn named(name: &str) -> Result<(), Invalid> {
    if name.starts_with('-') {
        return Err(Invalid::of("name", "must not begin with a hyphen"));
    }
    Ok(())
}

impl Validate for versions::model::Machine {
    fn new_row<E: Engine>(new: &versions::NewMachine) -> Result<(), Invalid> {
        named(&new.name)
    }

    fn patch<E: Engine>(_: &versions::MachinePatch) -> Result<(), Invalid> {
        Err(Invalid::new("a machine is never changed"))
    }

    fn row<E: Engine>(row: &versions::Machine<E>) -> Result<(), Invalid> {
        if row.version > 1_000 {
            return Err(Invalid::of("version", "must not be above 1000"));
        }
        named(row.name.value())
    }
}

impl Validate for hooks::model::Task {
    fn new_row<E: Engine>(new: &hooks::NewTask) -> Result<(), Invalid> {
        named(&new.title)
    }

    fn patch<E: Engine>(patch: &hooks::TaskPatch) -> Result<(), Invalid> {
        patch.title.as_deref().map_or(Ok(()), named)
    }
}
