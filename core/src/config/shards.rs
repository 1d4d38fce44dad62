//! Sets of shards: `[shards.<name>]`, engines of one schema that share the rows of its models by the value of a column.

use super::findings::{undefined_engine, unusable_shards};
use super::{Config, EngineId};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lists::IntoVec as _;
use crate::name::{engine_type_name, is_valid_engine_name};
use crate::sorting::sort_by;
use crate::source::Span;

/// One entry of `[shards]`, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardsConfig {
    /// The first part of the names of its methods of `Databases`.
    pub name: String,
    /// Its engines, each with its place.
    pub engines: Vec<(String, Span)>,
    /// The column by whose value a row is on one of them, where written.
    pub by: Option<(String, Span)>,
    /// The engine that keeps the map, where written.
    pub map: Option<(String, Span)>,
    /// The number of slots, where written.
    pub slots: Option<u32>,
    /// Its name in the file.
    pub span: Span,
}

/// A set of shards as it is compiled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardSet {
    /// The first part of the names of its methods of `Databases`.
    pub name: String,
    /// In the order of their names.
    pub engines: Vec<EngineId>,
    /// The column by whose value a row is on one of them.
    pub by: (String, Span),
    /// The engine that keeps the map.
    pub map: EngineId,
    /// The number of slots: values of the column are spread over them, and each is on one engine.
    pub slots: u32,
    /// Its name in the file.
    pub span: Span,
}

/// As many as anyone moves, and few enough to be listed.
const SLOTS: u32 = 1024;
/// A map is read whole.
const MOST_SLOTS: u32 = 65_536;

impl ShardSet {
    /// `CustomersShard` for the set `customers`: the type of an engine that is one of its shards.
    pub fn type_name(&self) -> String {
        type_name(&self.name)
    }

    /// Whether a model that lives on these engines is one of the set: it is on each of its shards.
    pub fn has_model_on(&self, engines: &[EngineId]) -> bool {
        self.engines.iter().all(|id| engines.contains(id))
    }
}

fn type_name(set: &str) -> String {
    format!("{}Shard", engine_type_name(set))
}

impl Config {
    /// The sets with their engines. Those that cannot be are refused, each with the reason.
    pub fn shard_sets(&self, diagnostics: &mut Diagnostics) -> Vec<ShardSet> {
        let sets = self.shards.iter().filter_map(|set| {
            let found = self.shard_set(set);
            found.map_err(|finding| diagnostics.push(finding)).ok()
        });
        sets.into_vec()
    }

    fn shard_set(&self, set: &ShardsConfig) -> Result<ShardSet, Diagnostic> {
        self.usable_shards_name(set)?;
        let mut engines = Vec::new();
        for (name, span) in &set.engines {
            let id = self.defined(name, *span)?;
            if engines.contains(&id) {
                let finding = refused(set, &format!("`{name}` is named twice"), *span);
                return Err(finding.help("name each engine once"));
            }
            engines.push(id);
        }
        if engines.is_empty() {
            let help = "name its engines: `engines = [\"s0\", \"s1\"]`; the second has `models-of = \"s0\"`";
            return Err(refused(set, "it has no engines", set.span).help(help));
        }
        sort_by(&mut engines, Ord::cmp);
        let by = set.by.clone().ok_or_else(|| {
            let help =
                "name the column by whose value a row is on one of them: `by = \"tenant_id\"`";
            refused(set, "it has no column", set.span).help(help)
        })?;
        let (map, map_span) = set.map.as_ref().ok_or_else(|| {
            let help = format!(
                "name the engine that keeps which slot is where: `map = \"{}\"`",
                self.engines[0].name
            );
            refused(set, "no engine keeps its map", set.span).help(help)
        })?;
        let slots = set.slots.unwrap_or(SLOTS);
        if slots > MOST_SLOTS {
            let why = format!("it has {slots} slots");
            let help = format!("write at most {MOST_SLOTS}: the map is read whole");
            return Err(refused(set, &why, set.span).help(help));
        }
        Ok(ShardSet {
            name: set.name.clone(),
            engines,
            by,
            map: self.defined(map, *map_span)?,
            slots,
            span: set.span,
        })
    }

    /// The engine of this name.
    fn defined(&self, name: &str, span: Span) -> Result<EngineId, Diagnostic> {
        let known = || self.engines.iter().map(|engine| engine.name.as_str());
        let at = self.position(name);
        let at = at.ok_or_else(|| undefined_engine(name, &known().into_vec(), span))?;
        Ok(EngineId(at as u32))
    }

    /// B0373: the name is part of those of methods, and of a type among those of engines.
    fn usable_shards_name(&self, set: &ShardsConfig) -> Result<(), Diagnostic> {
        let (name, ty) = (set.name.as_str(), type_name(&set.name));
        let methods = [format!("{name}_shard"), format!("{name}_shards")];
        let mut engines = self.engines.iter().map(|engine| engine.name.as_str());
        let mut groups = self.atomic.iter().map(|group| group.name.as_str());
        let is_same = |other: &str| {
            methods.iter().any(|method| method == other) || engine_type_name(other) == ty
        };
        let why = if !is_valid_engine_name(name) {
            "it becomes part of the names of methods".to_owned()
        } else if let Some(engine) = engines.find(|other| is_same(other)) {
            format!("the engine `{engine}` has a name that the set needs")
        } else if let Some(group) =
            groups.find(|other| methods.iter().any(|method| method == other))
        {
            format!("the atomic group `{group}` has a name that the set needs")
        } else {
            return Ok(());
        };
        Err(unusable_shards(name, set.span, &why))
    }
}

/// B0372: a set of shards that cannot be one.
fn refused(set: &ShardsConfig, why: &str, span: Span) -> Diagnostic {
    let message = format!("the shards `{}` cannot be a set: {why}", set.name);
    Diagnostic::error("B0372", message).at(span, "")
}
