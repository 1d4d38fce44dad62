//! The surface of the crate `bindery`: how many names stand at its root, and that the page `docs/surface.md` has every public module.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Item, UseTree, Visibility};

/// What a reader of the index can take in. A new name at the root takes the place of another, or stands in the module of its task.
const MOST_AT_THE_ROOT: usize = 70;

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/src")
}

fn parsed(path: &Path) -> syn::File {
    let text = fs::read_to_string(path).expect("the source is there");
    syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Left out of the documentation, and so no part of the surface.
fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("doc")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|word| word == "hidden")
    })
}

/// The names that a `use` brings.
fn leaves(tree: &UseTree, found: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => leaves(&path.tree, found),
        UseTree::Name(name) => found.push(name.ident.to_string()),
        UseTree::Rename(rename) => found.push(rename.rename.to_string()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, found)),
        UseTree::Glob(_) => panic!("the names of the surface are written out"),
    }
}

/// The names that an item makes public; a module is one.
fn public_names(item: &Item) -> Vec<String> {
    let (visibility, attributes, name) = match item {
        Item::Use(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
            let mut found = Vec::new();
            leaves(&item.tree, &mut found);
            return found;
        }
        Item::Mod(item) => (&item.vis, &item.attrs, &item.ident),
        Item::Struct(item) => (&item.vis, &item.attrs, &item.ident),
        Item::Enum(item) => (&item.vis, &item.attrs, &item.ident),
        Item::Trait(item) => (&item.vis, &item.attrs, &item.ident),
        Item::Type(item) => (&item.vis, &item.attrs, &item.ident),
        Item::Const(item) => (&item.vis, &item.attrs, &item.ident),
        Item::Fn(item) => (&item.vis, &item.attrs, &item.sig.ident),
        _ => return Vec::new(),
    };
    match is_public(visibility) && !is_hidden(attributes) {
        true => vec![name.to_string()],
        false => Vec::new(),
    }
}

/// The macros that `macro_rules!` puts at the root, but those of generated code.
fn exported_macros() -> Vec<String> {
    let file = parsed(&sources().join("macros.rs"));
    let macros = file.items.into_iter().filter_map(|item| match item {
        Item::Macro(item) if !is_hidden(&item.attrs) => item.ident.map(|name| name.to_string()),
        _ => None,
    });
    macros.filter(|name| !name.starts_with("__")).collect()
}

/// Where a module's own names are written.
fn source_of(module: &str) -> PathBuf {
    let candidates = [
        format!("{module}/mod.rs"),
        format!("value/{module}/mod.rs"),
        format!("link/{module}.rs"),
    ];
    let paths = candidates.iter().map(|name| sources().join(name));
    paths
        .into_iter()
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("`{module}` has a source"))
}

/// The public modules of the root with their names.
fn modules() -> Vec<(String, BTreeSet<String>)> {
    let root = parsed(&sources().join("lib.rs"));
    let mut found: Vec<(String, BTreeSet<String>)> = root
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Mod(module) if !public_names(item).is_empty() => Some(module),
            _ => None,
        })
        .map(|module| {
            let name = module.ident.to_string();
            let names = match &module.content {
                Some((_, items)) => items.iter().flat_map(public_names).collect(),
                None => names_of_file(&source_of(&name)),
            };
            (name, names)
        })
        .collect();
    // Modules of deeper layers, which the root shows under their last name.
    for deeper in ["dialect", "types"] {
        found.push((deeper.to_owned(), names_of_file(&source_of(deeper))));
    }
    found.sort();
    found
}

fn names_of_file(path: &Path) -> BTreeSet<String> {
    let file = parsed(path);
    let mut names: BTreeSet<String> = file.items.iter().flat_map(public_names).collect();
    // The families of dialects are written by a macro of the module, each as `Name = …;`.
    for item in &file.items {
        if let Item::Macro(item) = item
            && item.ident.is_none()
        {
            let text = item.mac.tokens.to_string();
            let heads = text.split(';').filter_map(|one| one.rsplit_once('='));
            let words = heads.filter_map(|(head, _)| head.split_whitespace().next_back());
            names.extend(words.map(str::to_owned));
        }
    }
    names
}

/// Types, traits, functions, macros and modules: a derive and a trait of one name are two.
fn root_names() -> Vec<String> {
    let root = parsed(&sources().join("lib.rs"));
    let mut names: Vec<String> = root.items.iter().flat_map(public_names).collect();
    names.extend(exported_macros());
    names.sort();
    names
}

#[test]
fn the_root_has_few_names() {
    let names = root_names();
    assert!(
        names.len() <= MOST_AT_THE_ROOT,
        "{} names stand at the root: {names:?}",
        names.len()
    );
    for expected in [
        "Config",
        "Model",
        "databases",
        "include_schema",
        "query",
        "sql",
    ] {
        let count = names.iter().filter(|name| *name == expected).count();
        // `Model` is a trait and a derive, `query` a module and a macro.
        let expected_count = if matches!(expected, "Model" | "query") {
            2
        } else {
            1
        };
        assert_eq!(count, expected_count, "`{expected}` among {names:?}");
    }
}

/// What stands at the root is found there alone.
#[test]
fn a_name_of_the_root_stands_in_no_module() {
    let root: BTreeSet<String> = root_names().into_iter().collect();
    let twice: Vec<String> = modules()
        .into_iter()
        .flat_map(|(module, names)| {
            let both: Vec<String> = names.intersection(&root).cloned().collect();
            both.into_iter()
                .map(move |name| format!("{module}::{name}"))
        })
        .collect();
    assert!(twice.is_empty(), "{twice:?}");
}

/// The page has a line for every module, and the names that it gives are there.
#[test]
fn the_page_of_the_surface_has_every_module() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/surface.md");
    let page = fs::read_to_string(page).expect("the page is there");
    let lines: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains("`bindery::"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let modules = modules();
    assert_eq!(
        lines.len(),
        modules.len(),
        "a line for each module, and no other"
    );
    for (module, names) in modules {
        let written = format!("`bindery::{module}`");
        let line = lines.iter().find(|line| line[1] == written);
        let line = line.unwrap_or_else(|| panic!("the page has no line for {written}"));
        for name in line[2].split(", ").map(|name| name.trim_matches('`')) {
            assert!(
                names.contains(name),
                "`{name}` is not in {written}: {names:?}"
            );
        }
    }
}

/// A method whose name ends with `_if` takes an `Option` first, as the page says.
#[test]
fn methods_with_if_take_an_option() {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/public/bindery.txt");
    let list = fs::read_to_string(list).expect("the list is there");
    let named = list.lines().filter_map(|line| {
        let (before, parameters) = line.split_once('(')?;
        let name = before.rsplit("::").next()?;
        name.split('<')
            .next()?
            .ends_with("_if")
            .then_some((line, parameters))
    });
    let named: Vec<_> = named.collect();
    assert!(named.len() > 4, "{named:?}");
    for (line, parameters) in named {
        let own = ["self, ", "&mut self, ", "&self, "];
        let first = own.iter().find_map(|own| parameters.strip_prefix(own));
        assert!(
            first.is_some_and(|first| first.starts_with("core::option::Option<")),
            "{line}"
        );
    }
}
