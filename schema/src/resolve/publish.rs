//! Rows of tables that are published derive the traits of serde, as events hold them in JSON.

use crate::derives::{Derives, ModelDerives};
use crate::lists::IntoVec as _;
use crate::model::Model;

const SERDE: [&str; 2] = ["serde::Serialize", "serde::Deserialize"];

/// Adds them, where the configuration does not have them already. Names of models are settled.
pub(super) fn derive(model: &mut Model) {
    let published = model.tables.iter().filter(|table| table.publish.is_some());
    let published: Vec<_> = published
        .map(|table| (table.model_name.clone(), table.span))
        .into_vec();
    for (name, span) in &published {
        let missing = |list: fn(&Derives) -> &[String]| {
            let there = model.derives.paths_for(name, list);
            lacking(&there)
        };
        let derives = Derives {
            rows: missing(|derives| &derives.rows),
            keys: missing(|derives| &derives.keys),
            ..Derives::default()
        };
        model.derives.models.push(ModelDerives {
            model: name.clone(),
            derives,
            span: *span,
        });
    }
    if published.is_empty() {
        return;
    }
    let there: Vec<&str> = model
        .derives
        .all
        .enums
        .iter()
        .map(String::as_str)
        .into_vec();
    let enums = lacking(&there);
    model.derives.all.enums.extend(enums);
}

fn lacking(there: &[&str]) -> Vec<String> {
    let is_there = |path: &&str| {
        let found = there.iter().map(|one| one.trim_start_matches("::"));
        found.into_iter().any(|one| one == *path)
    };
    let lacking = SERDE.iter().filter(|path| !is_there(path));
    lacking.map(|path| format!("::{path}")).into_vec()
}
