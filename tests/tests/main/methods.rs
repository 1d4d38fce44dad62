//! The methods of the generated `Databases`: its own, which are few, and none of what it is made around. And the names that no engine and no table
//! can have because of methods: those that there are, and no others.

use std::collections::BTreeSet;
use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use bindery_cases::examples::Databases;
use bindery_schema::name::{CONNECTION_METHODS, DATABASES_METHODS, OUTBOX_METHODS};
use syn::{ImplItem, Item, ItemImpl, Type, Visibility};

/// What a reader of an editor's list can take in, beside the engines and models of the program. A new method takes the place of another, or is one
/// of `Registry`.
const MOST_METHODS: usize = 52;

/// Methods of traits that are always in scope. Such a name would be ambiguous, or call the trait's method.
const OF_TRAITS: [&str; 4] = ["clone", "into", "to_owned", "try_into"];

/// Traits that are in scope with those of connections: `ReadRoute`, whose method the accessors call, and `Drop`.
const OF_CONNECTION_TRAITS: [&str; 2] = ["drop", "target"];

/// Names that no engine can have for another reason: a type stands for all engines, and a constructor is called so.
const OF_NO_METHOD: [&str; 2] = ["any", "new"];

type Names = BTreeSet<String>;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read_source(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn names(names: &[&str]) -> Names {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// The sources below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    let below = paths.flat_map(|path| match path.is_dir() {
        true => sources(&path),
        false => vec![path],
    });
    below
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .collect()
}

/// The type of an `impl` without a trait.
fn inherent(item: &ItemImpl) -> Option<String> {
    let Type::Path(ty) = &*item.self_ty else {
        return None;
    };
    let last = ty.path.segments.last()?;
    item.trait_.is_none().then(|| last.ident.to_string())
}

/// The public functions of a type in a file; hidden ones are methods too.
fn functions_of(file: &syn::File, ty: &str) -> Names {
    let impls = file.items.iter().filter_map(|item| match item {
        Item::Impl(item) if inherent(item).as_deref() == Some(ty) => Some(item),
        _ => None,
    });
    let functions = impls.flat_map(|item| &item.items);
    functions
        .filter_map(|item| match item {
            ImplItem::Fn(function) if matches!(function.vis, Visibility::Public(_)) => {
                Some(function.sig.ident.to_string())
            }
            _ => None,
        })
        .collect()
}

/// The public functions that the macros of generated code write into `impl $type`.
fn functions_of_macros(file: &str, ty: &str) -> Names {
    let text = read_source(&repository().join("runtime/src").join(file));
    let head = format!("impl ${ty} {{");
    let bodies = text.split(&head).skip(1);
    let bodies = bodies.map(|after| after.split("\n        }\n").next().unwrap_or(after));
    let heads = bodies.flat_map(|body| body.split("pub fn ").skip(1));
    let names = heads.filter_map(|head| head.split(['(', '<']).next());
    names
        .filter(|name| !name.starts_with('$'))
        .map(str::to_owned)
        .collect()
}

/// The methods of every program's `Databases`, whatever its schema and the features of the crate.
fn own_methods() -> Names {
    let code = read_source(&repository().join("tests/golden/first/bindery.rs"));
    let code = syn::parse_file(&code).expect("it is Rust");
    let mut found = functions_of(&code, "Databases");
    for of_the_schema in ["default", "notes"] {
        assert!(found.remove(of_the_schema), "{of_the_schema}");
    }
    for file in ["macros.rs", "macros/registry.rs", "macros/session.rs"] {
        found.extend(functions_of_macros(file, "databases"));
    }
    found
}

trait DerefsToNothing<Case> {
    const HOLDS: bool = true;
}

struct OrDerefs;

impl<T> DerefsToNothing<()> for T {}

impl<T: Deref> DerefsToNothing<OrDerefs> for T {}

/// Compiled only where one of the two above is meant: for a type that derefs it is ambiguous.
const _: () = assert!(<Databases as DerefsToNothing<_>>::HOLDS);

#[test]
fn databases_have_few_methods_of_their_own() {
    let own = own_methods();
    assert!(own.contains("registry"), "{own:?}");
    assert!(own.len() <= MOST_METHODS, "{}: {own:?}", own.len());
}

/// An engine is a method of `Databases` and of sessions, and a model is one, too.
#[test]
fn no_engine_has_the_name_of_a_method_and_every_other_is_free() {
    let mut taken = own_methods();
    taken.extend(functions_of_macros("macros/session.rs", "session"));
    // Where there are atomic groups.
    taken.extend(functions_of_macros("macros/atomic.rs", "databases"));
    taken.extend(names(&OF_TRAITS));
    taken.extend(names(&OF_NO_METHOD));
    assert_eq!(names(DATABASES_METHODS), taken);
}

/// Where an engine has an outbox or an inbox.
#[test]
fn no_table_has_the_name_of_a_method_of_workers() {
    let mut taken = functions_of_macros("macros/outbox.rs", "databases");
    taken.extend(functions_of_macros("macros/messages.rs", "databases"));
    taken.extend(names(&["tasks"]));
    assert_eq!(names(OUTBOX_METHODS), taken);
}

/// A table is a method beside those of connections and transactions, which would be called in its place.
#[test]
fn no_table_has_the_name_of_a_method_of_connections_and_every_other_is_free() {
    let mut taken = names(&OF_TRAITS);
    taken.extend(names(&OF_CONNECTION_TRAITS));
    for path in sources(&repository().join("runtime/src")) {
        if path.components().any(|part| part.as_os_str() == "driver") {
            continue;
        }
        let file = syn::parse_file(&read_source(&path)).expect("it is Rust");
        for ty in ["Connection", "ReadConnection", "Transaction"] {
            taken.extend(functions_of(&file, ty));
        }
    }
    // Where an engine has an outbox: with the methods of workers.
    assert!(taken.remove("tasks"));
    assert_eq!(names(CONNECTION_METHODS), taken);
}
