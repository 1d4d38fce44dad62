//! How far a mirror is, as its copy knows. A source that was restored from a backup knows an earlier position, and not that the copy
//! has rows of a time that is gone.

use super::located;
use super::position::ChangePosition;
use crate::databases::Registry;
use crate::databases::kept::{self, OF_MIRRORS};
use crate::driver::Physical;
use crate::error::Result;
use crate::link::engine::Engine;
use crate::sync::run::on_physical;
use crate::sync::store::{execute, query};
use crate::value::ParamWriter;

impl Registry {
    /// The last position of a table that the copy has; `None` where it has saved none.
    ///
    /// # Errors
    /// The engine cannot be reached.
    #[doc(hidden)]
    pub fn mirrored<E: Engine>(
        &self,
        copy: E,
        place: (&str, &str),
    ) -> Result<Option<ChangePosition>> {
        let mut copy = self.connect(copy)?;
        on_physical(&mut copy, |physical| read_position(physical, place)).map_err(located)
    }

    /// Saves positions of tables in the copy, which makes the table for them.
    ///
    /// # Errors
    /// The engine cannot be reached.
    #[doc(hidden)]
    pub fn save_mirrored<E: Engine>(
        &self,
        copy: E,
        mirror: &str,
        positions: &[(String, ChangePosition)],
    ) -> Result<()> {
        let mut copy = self.connect(copy)?;
        let made = on_physical(&mut copy, |physical| kept::ensure_all(physical, OF_MIRRORS));
        let saved = made.and_then(|()| {
            copy.transaction(|tx| {
                on_physical(tx, |physical| {
                    let mut each = positions.iter();
                    each.try_for_each(|(table, position)| save(physical, (mirror, table), position))
                })
            })
        });
        saved.map_err(located)
    }
}

fn read_position(
    physical: &mut Physical,
    (mirror, table): (&str, &str),
) -> Result<Option<ChangePosition>> {
    let mut found = None;
    if !physical.table_exists(None, "_bindery_mirrors")? {
        return Ok(found);
    }
    let sql = "SELECT position FROM _bindery_mirrors WHERE mirror = ? AND table_name = ?";
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(mirror);
        params.text(table);
    };
    query(physical, sql, write, &mut |row| {
        // A position that cannot be read is not one that was never saved: changes may have been missed since.
        let written: String = row.next()?;
        found = Some(written.parse().unwrap_or(ChangePosition::LOST));
        Ok(true)
    })?;
    Ok(found)
}

fn save(
    physical: &mut Physical,
    (mirror, table): (&str, &str),
    position: &ChangePosition,
) -> Result<()> {
    let sql = "DELETE FROM _bindery_mirrors WHERE mirror = ? AND table_name = ?";
    execute(physical, sql, &mut |params| {
        params.text(mirror);
        params.text(table);
    })?;
    let sql = "INSERT INTO _bindery_mirrors (position, mirror, table_name) VALUES (?, ?, ?)";
    execute(physical, sql, &mut |params| {
        params.text(&position.to_string());
        params.text(mirror);
        params.text(table);
    })
    .map(drop)
}
