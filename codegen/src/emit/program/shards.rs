//! Sets of shards: for each `[shards.NAME]` the methods of `Databases` that lead to one of them. The type of their engines is in the module
//! `engine`, beside those of single ones.

use std::iter;

use bindery_schema::column_type::TypeClass;
use bindery_schema::config::{AtomicGroup, ShardSet};
use bindery_schema::lists::IntoVec as _;
use bindery_schema::model::Model;

use crate::emit::shape::Surroundings;
use crate::emit::text::{TRACKED, UNUSED};
use crate::rust_writer::{RustWriter, Signature, string_literal};

/// All sets; nothing where there are none, and none of a schema without tables, which has no column for them.
pub(crate) fn sets(w: &mut RustWriter, model: &Model, around: &Surroundings<'_>) {
    let sets = model.shards.iter();
    for set in sets.filter(|set| model.sharded_by(set).next().is_some()) {
        let engine = format!("{}::{}", around.scope.engine, set.type_name());
        described(w, model, set, &engine);
        units(w, model, set, &engine);
        w.item(|w| {
            w.line(UNUSED);
            w.block("impl Databases", |w| {
                all(w, set, &engine);
                one(w, model, set, &engine);
            });
        });
    }
}

fn described(w: &mut RustWriter, model: &Model, set: &ShardSet, engine: &str) {
    let engines = set.engines.iter().map(|id| &model.engine(*id).type_name);
    let engines: Vec<String> = engines.map(|name| format!("Self::{name}")).into_vec();
    w.item(|w| {
        w.block(&format!("impl ::bindery::shards::Sharded for {engine}"), |w| {
            w.line("const SET: &'static ::bindery::__private::ShardSet<'static> = &::bindery::__private::ShardSet {");
            w.indented(|w| {
                w.line(&format!("name: {},", string_literal(&set.name)));
                w.line(&format!("map: {},", set.map.0));
                w.line(&format!("slots: {},", set.slots));
            });
            w.line("};");
            w.line(&format!("type Key<'k> = {};", key(model, set, "'k ")));
            w.line(&format!("const ALL: &'static [Self] = &[{}];", engines.join(", ")));
        });
    });
}

/// The units of work that may use every shard: sessions, and groups that have them all.
fn units(w: &mut RustWriter, model: &Model, set: &ShardSet, engine: &str) {
    let groups = model.groups.iter();
    let groups = groups.filter(|group| set.engines.iter().all(|id| group.engines.contains(id)));
    let units = iter::once("DatabaseSession".to_owned()).chain(groups.map(AtomicGroup::type_name));
    let returns = format!("::bindery::Result<&mut ::bindery::Connection<{engine}>>");
    let engine_of = format!("engine: {engine}");
    let signature = Signature::new("fn shard", &["&mut self", &engine_of], &returns);
    for unit in units {
        let head = format!("impl ::bindery::shards::HasShards<{engine}> for {unit}");
        w.item(|w| {
            w.block(&head, |w| {
                w.function(&signature, |w| w.line("self.0.connection(engine)"));
            });
        });
    }
}

fn all(w: &mut RustWriter, set: &ShardSet, engine: &str) {
    w.item(|w| {
        w.doc(&format!(
            "The shards `{}`: their map, and work on all of them.",
            set.name
        ));
        let returns = format!("::bindery::shards::Shards<'_, {engine}>");
        let signature =
            Signature::new(&format!("pub fn {}_shards", set.name), &["&self"], &returns);
        w.function(&signature, |w| {
            w.line("::bindery::shards::Shards::of(&self.0)")
        });
    });
}

fn one(w: &mut RustWriter, model: &Model, set: &ShardSet, engine: &str) {
    let (name, by) = (&set.name, &set.by.0);
    let ty = key(model, set, "");
    w.item(|w| {
        w.docs([
            format!("A connection of the shard that has the rows of this `{by}`."),
            String::new(),
            "# Errors".to_owned(),
            "No shard has its slot, or that shard or the engine with the map cannot be reached."
                .to_owned(),
        ]);
        w.line(TRACKED);
        let returns = format!("::bindery::Result<::bindery::Connection<{engine}>>");
        let key = format!("key: {ty}");
        let signature = Signature::new(&format!("pub fn {name}_shard"), &["&self", &key], &returns);
        w.function(&signature, |w| {
            w.line(&format!("self.{name}_shards().connect(key)"))
        });
    });
}

/// The type of a key, with the lifetime of what it refers to.
fn key(model: &Model, set: &ShardSet, lifetime: &str) -> String {
    let mut columns = model.sharded_by(set).map(|(_, column)| &column.column_type);
    let column = columns
        .next()
        .expect("a set without such a column has no methods");
    match column.class() {
        TypeClass::Text => format!("&{lifetime}str"),
        TypeClass::Integer(_) => column.facts().rust.path.to_owned(),
        _ => format!("&{lifetime}{}", column.facts().rust.path),
    }
}
