//! Names of one word that say nothing where a reader meets them without their module or their type: functions `read`, `of` and
//! `text`, types `State` and `Kind`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{ItemEnum, ItemFn, ItemStruct, ItemTrait, ItemType, ItemUnion, UseName, UseRename};

/// The folders of the code that users run, with its unit tests.
const FOLDERS: &[&str] = &[
    "cli/src",
    "codegen/src",
    "core/src",
    "macros/src",
    "queues/src",
    "runtime-macros/src",
    "runtime/src",
    "schema/src",
    "testkit/src",
    "web/src",
    "xtask/src",
];

const FUNCTIONS: &[&str] = &["read", "of", "text"];

const TYPES: &[&str] = &["State", "Kind"];

const OF_FUNCTION: &str = "name it by its verb and object, such as `parse_column`; with its module written at each call, \
                           as in `manifest::read(…)`, it may stay if it is not private";

const OF_TYPE: &str = "say of what it is, as `PoolState` and `FunctionKind` do";

/// A name, its line, and how to name it instead.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct EmptyName {
    line: usize,
    name: String,
    help: &'static str,
}

impl EmptyName {
    fn new(name: &Ident, help: &'static str) -> Self {
        Self {
            line: name.span().start().line,
            name: name.to_string(),
            help,
        }
    }
}

/// The names in one file.
#[derive(Default)]
struct NamesOfFile {
    found: BTreeSet<EmptyName>,
    /// Functions that other modules may call by their paths.
    shared: BTreeSet<String>,
    /// Names that `use` brings in, of functions or of modules.
    imported: Vec<Ident>,
}

impl NamesOfFile {
    fn add_type(&mut self, name: &Ident) {
        if TYPES.iter().any(|word| name == word) {
            self.found.insert(EmptyName::new(name, OF_TYPE));
        }
    }

    fn add_import(&mut self, name: &Ident) {
        if FUNCTIONS.iter().any(|word| name == word) {
            self.imported.push(name.clone());
        }
    }
}

impl<'ast> Visit<'ast> for NamesOfFile {
    /// Free functions, also those within functions; methods are items of another kind.
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        let name = &function.sig.ident;
        if FUNCTIONS.iter().any(|word| name == word) {
            match function.vis {
                // No module but its own can call it, and there nothing stands before it.
                syn::Visibility::Inherited => {
                    self.found.insert(EmptyName::new(name, OF_FUNCTION));
                }
                syn::Visibility::Public(_) | syn::Visibility::Restricted(_) => {
                    self.shared.insert(name.to_string());
                }
            }
        }
        visit::visit_item_fn(self, function);
    }

    fn visit_use_name(&mut self, import: &'ast UseName) {
        self.add_import(&import.ident);
    }

    fn visit_use_rename(&mut self, import: &'ast UseRename) {
        self.add_import(&import.rename);
    }

    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        self.add_type(&item.ident);
    }

    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        self.add_type(&item.ident);
    }

    fn visit_item_union(&mut self, item: &'ast ItemUnion) {
        self.add_type(&item.ident);
    }

    fn visit_item_type(&mut self, item: &'ast ItemType) {
        self.add_type(&item.ident);
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        self.add_type(&item.ident);
        visit::visit_item_trait(self, item);
    }
}

/// Returns the empty names of a text of Rust.
fn empty_names(text: &str) -> BTreeSet<EmptyName> {
    let tokens: TokenStream = text.parse().expect("sources are Rust");
    let file = syn::parse2(tokens.clone()).expect("sources are Rust");
    let mut names = NamesOfFile::default();
    names.visit_file(&file);
    let mut uses = NameUses::default();
    uses.look(tokens);
    let is_module = |name: &&Ident| uses.paths.contains(&name.to_string());
    let functions = names.imported.iter().filter(|name| !is_module(name));
    let called = uses.called.iter();
    let called = called.filter(|name| names.shared.contains(&name.to_string()));
    let met_alone = functions.chain(called);
    names
        .found
        .extend(met_alone.map(|name| EmptyName::new(name, OF_FUNCTION)));
    names.found
}

/// Where the words of functions stand alone, also in the arguments of macros, which are no syntax yet.
#[derive(Default)]
struct NameUses {
    /// `word(…)` with nothing before it.
    called: Vec<Ident>,
    /// Those of `word::…`.
    paths: BTreeSet<String>,
}

impl NameUses {
    fn look(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.look(group.stream()),
                TokenTree::Ident(name) if FUNCTIONS.iter().any(|word| name == word) => {
                    let before = at.checked_sub(1).map(|before| &tokens[before]);
                    self.add(name, before, tokens.get(at + 1));
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    fn add(&mut self, name: &Ident, before: Option<&TokenTree>, after: Option<&TokenTree>) {
        let is_alone = match before {
            Some(TokenTree::Punct(sign)) => !matches!(sign.as_char(), '.' | ':'),
            Some(TokenTree::Ident(word)) => word != "fn",
            Some(TokenTree::Group(_) | TokenTree::Literal(_)) | None => true,
        };
        match after {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
                self.called.extend(is_alone.then(|| name.clone()));
            }
            Some(TokenTree::Punct(sign)) if sign.as_char() == ':' => {
                self.paths.insert(name.to_string());
            }
            Some(_) | None => {}
        }
    }
}

/// All files of Rust below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the workspace is there") {
        let path = entry.expect("the workspace can be read").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn no_name_of_one_word_is_met_alone() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut paths = Vec::new();
    for folder in FOLDERS {
        files(&workspace.join(folder), &mut paths);
    }
    paths.sort();
    assert!(paths.len() > 500, "the sources are there: {}", paths.len());
    let mut wrong = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).expect("code is UTF-8");
        let path = path.strip_prefix(&workspace).expect("it is below");
        wrong.extend(
            empty_names(&text)
                .into_iter()
                .map(|EmptyName { line, name, help }| {
                    let path = path.display();
                    format!(
                        "{path}:{line}: `{name}` says nothing where it is met alone\n  help: {help}"
                    )
                }),
        );
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn words_that_are_met_alone_are_found() {
    let found = |text: &str| -> Vec<(usize, String)> {
        let names = empty_names(text).into_iter();
        names.map(|name| (name.line, name.name)).collect()
    };
    let one = |line: usize, name: &str| vec![(line, name.to_owned())];
    assert_eq!(found("\nfn read() {}"), one(2, "read"));
    assert_eq!(found("fn outer() {\nfn of() {}\n}"), one(2, "of"));
    assert_eq!(found("mod inner {\nconst fn text() {}\n}"), one(2, "text"));
    assert_eq!(
        found("pub fn text() {}\nfn a() { show!(text()) }"),
        one(2, "text")
    );
    assert_eq!(
        found("use file::{other, read};\nfn a() { map(read) }"),
        one(1, "read")
    );
    assert_eq!(found("use file::load as of;"), one(1, "of"));
    assert_eq!(found("\nstruct State;"), one(2, "State"));
    assert_eq!(found("type Kind = u8;"), one(1, "Kind"));
    // With a module or a value before it, as a method, as a module, and as a local name, each says enough.
    assert_eq!(found("pub(crate) fn read() {}\nfn a() { b.read() }"), []);
    assert_eq!(found("fn a() { manifest::read() }"), []);
    assert_eq!(found("impl A { fn read() { Self::read() } }"), []);
    assert_eq!(found("use crate::text;\nfn a() { text::shown() }"), []);
    assert_eq!(found("fn a(text: &str) { b(text) }"), []);
    assert_eq!(found("struct PoolState;"), []);
}
