//! Functions that go with the types of their arguments or results.

use crate::dialect::Dialect;
use crate::diff::render::{Context, quoted_table};
use crate::diff::structure::Structure;
use crate::model::{NativeObject, ObjectKind, TableName};
use crate::syntax::{SiteKind, sites_of_definition};

/// Returns the statements that drop the functions of a type that goes. Other functions stay, as others may call them.
pub(super) fn of_type(context: &Context<'_>, name: &TableName) -> Vec<String> {
    let stays = |one: &NativeObject| functions(context.to).any(|other| other.name == one.name);
    let gone =
        functions(context.from).filter(|one| names_type(&one.definition, name) && !stays(one));
    let names = gone.map(|one| quoted_table(&one.name, Dialect::Postgres));
    names
        .map(|name| format!("DROP FUNCTION IF EXISTS {name}"))
        .collect()
}

/// Those that no table needs any more, too.
fn functions(structure: &Structure) -> impl Iterator<Item = &NativeObject> {
    let objects = structure.model().objects.iter();
    objects.filter(|one| one.kind == ObjectKind::Function)
}

/// Whether an argument or the result of the function is of this type.
fn names_type(definition: &str, name: &TableName) -> bool {
    let sites = sites_of_definition(definition).into_iter();
    let mut types = sites.filter(|site| site.kind == SiteKind::Type);
    types.any(|site| site.text == name.name)
}
