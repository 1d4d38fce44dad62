//! The module `engine`: a type for each engine, and `Any` for one chosen at run time.

use bindery_schema::dialect::Dialect;
use bindery_schema::model::{Engine, Model};

use crate::emit::shape::derives_serde;
use crate::emit::text::UNUSED;
use crate::rust_writer::{RustWriter, Signature, string_literal};

/// The whole module.
pub(crate) fn module(w: &mut RustWriter, model: &Model) {
    w.item(|w| {
        w.doc("The engines of this program, as types.");
        w.line(UNUSED);
        w.block("pub mod engine", |w| {
            for (index, engine) in model.engines.iter().enumerate() {
                fixed(w, index, engine);
            }
            any(w, model);
            from_str(w, model);
            if derives_serde(model.derives.paths()) {
                serialize(w, model);
            }
        });
    });
}

/// Rows of models on several engines have one as their parameter.
fn serialize(w: &mut RustWriter, model: &Model) {
    w.item(|w| {
        let engines = model.engines.iter().map(|engine| engine.type_name.as_str());
        for engine in engines.chain(["Any"]) {
            w.line(&format!(
                "::bindery::__private::serialize_engine!({engine});"
            ));
        }
    });
}

fn dialect(engine: &Engine) -> String {
    match engine.flavour {
        Some(flavour) => format!("{}, {flavour:?}", engine.dialect),
        None => engine.dialect.to_string(),
    }
}

fn fixed(w: &mut RustWriter, index: usize, engine: &Engine) {
    let name = &engine.type_name;
    w.item(|w| {
        w.doc(&format!("Engine `{}` ({}).", engine.name, dialect(engine)));
        w.line("#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]");
        w.line(&format!("pub struct {name};"));
    });
    let literal = string_literal(&engine.name);
    implementation(w, name, &[engine], &index.to_string(), &literal);
    w.item(|w| w.block(&format!("impl ::bindery::StaticEngine for {name}"), |_| ()));
}

/// The constants of one engine or of all; the dialect is a constant where they have one in common.
fn implementation(w: &mut RustWriter, ty: &str, engines: &[&Engine], index: &str, name: &str) {
    let dialect = common_dialect(engines);
    let family = dialect.map_or("Several".to_owned(), |dialect| format!("{dialect:?}"));
    let value = match dialect {
        Some(dialect) => format!("::bindery::Dialect::{dialect:?}"),
        None => "super::PROGRAM.engines[self as usize].dialect".to_owned(),
    };
    w.item(|w| {
        w.block(&format!("impl ::bindery::Engine for {ty}"), |w| {
            w.item(|w| w.line(&format!("type Dialect = ::bindery::dialect::{family};")));
            w.item(|w| w.block("fn index(self) -> usize", |w| w.line(index)));
            w.item(|w| w.block("fn name(self) -> &'static str", |w| w.line(name)));
            w.item(|w| w.block("fn dialect(self) -> ::bindery::Dialect", |w| w.line(&value)));
        });
    });
}

fn any(w: &mut RustWriter, model: &Model) {
    w.item(|w| {
        w.doc("Any engine of this program, chosen at run time.");
        w.line("#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]");
        w.block("pub enum Any", |w| {
            for engine in &model.engines {
                w.doc(&format!("Engine `{}`.", engine.name));
                w.line(&format!("{},", engine.type_name));
            }
        });
    });
    let name = "super::PROGRAM.engines[self as usize].name";
    let engines: Vec<&Engine> = model.engines.iter().collect();
    implementation(w, "Any", &engines, "self as usize", name);
}

fn common_dialect(engines: &[&Engine]) -> Option<Dialect> {
    let first = engines.first()?.dialect;
    let is_same = engines.iter().all(|engine| engine.dialect == first);
    is_same.then_some(first)
}

fn from_str(w: &mut RustWriter, model: &Model) {
    w.item(|w| {
        w.block("impl ::core::str::FromStr for Any", |w| {
            w.item(|w| w.line("type Err = ::bindery::Error;"));
            w.item(|w| {
                let signature = Signature {
                    head: "fn from_str".to_owned(),
                    params: vec!["name: &str".to_owned()],
                    returns: Some("::bindery::Result<Self>".to_owned()),
                    bounds: Vec::new(),
                };
                w.function(&signature, |w| {
                    w.block("match name", |w| {
                        for engine in &model.engines {
                            let (name, ty) = (string_literal(&engine.name), &engine.type_name);
                            w.line(&format!(
                                "{name} => ::core::result::Result::Ok(Self::{ty}),"
                            ));
                        }
                        let unknown = "super::PROGRAM.unknown_engine(name)";
                        w.line(&format!("_ => ::core::result::Result::Err({unknown}),"));
                    });
                });
            });
        });
    });
}
