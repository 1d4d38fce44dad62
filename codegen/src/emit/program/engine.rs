//! The module `engine`: a type for each engine, one for each set of shards, and `Any` for one chosen at run time.

use bindery_schema::config::ShardSet;
use bindery_schema::dialect::Dialect;
use bindery_schema::lists::IntoVec as _;
use bindery_schema::model::{Engine, EngineId, Model};

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
            let engines: Vec<(usize, &Engine)> = model.engines.iter().enumerate().into_vec();
            chosen(
                w,
                "Any",
                "Any engine of this program, chosen at run time.",
                &engines,
            );
            for set in &model.shards {
                let engines = engines
                    .iter()
                    .filter(|(at, _)| set.engines.contains(&EngineId(*at as u32)));
                let about = format!(
                    "An engine among the shards `{}`, chosen at run time.",
                    set.name
                );
                chosen(w, &set.type_name(), &about, &engines.copied().into_vec());
            }
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
        let sets = model.shards.iter().map(ShardSet::type_name);
        let chosen = ["Any".to_owned()].into_iter().chain(sets);
        for engine in engines.map(str::to_owned).chain(chosen) {
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

/// One of several engines. Each has its place among those of the program as its number.
fn chosen(w: &mut RustWriter, ty: &str, about: &str, engines: &[(usize, &Engine)]) {
    w.item(|w| {
        w.doc(about);
        w.line("#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]");
        w.block(&format!("pub enum {ty}"), |w| {
            for (next, (at, engine)) in engines.iter().enumerate() {
                w.doc(&format!("Engine `{}`.", engine.name));
                let name = &engine.type_name;
                match *at == next {
                    true => w.line(&format!("{name},")),
                    false => w.line(&format!("{name} = {at},")),
                }
            }
        });
    });
    let name = "super::PROGRAM.engines[self as usize].name()";
    let engines: Vec<&Engine> = engines.iter().map(|(_, engine)| *engine).into_vec();
    implementation(w, ty, &engines, "self as usize", name);
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
                        let unknown = "::bindery::__private::unknown_engine(&super::PROGRAM, name)";
                        w.line(&format!("_ => ::core::result::Result::Err({unknown}),"));
                    });
                });
            });
        });
    });
}
