//! What a program does with a connection.

use super::TABLE;
use crate::driver::{ParamWriter, Physical, RowReader};
use crate::error::Result;
use crate::model::ColumnSet;
use crate::transaction::TransactionOptions;

/// One operation after the other, whatever becomes of them.
pub(super) fn up(mut physical: Physical) {
    let operations: [fn(&mut Physical) -> Result<()>; 9] = [
        |it| it.query("SELECT", &mut |params| params.i64(7), &mut |row| read(row)),
        update_each,
        insert,
        |it| it.begin_with(&TransactionOptions::new()),
        |it| it.query("SELECT", &mut |params| params.i64(7), &mut |row| read(row)),
        pull,
        |it| it.batch("INSERT"),
        Physical::commit,
        |it| it.query("SELECT", &mut |params| params.i64(7), &mut |row| read(row)),
    ];
    for operation in operations {
        let was_broken = physical.is_broken();
        let outcome = operation(&mut physical);
        assert!(
            !was_broken || outcome.is_err(),
            "a broken connection is used"
        );
    }
}

fn read(row: &mut RowReader<'_>) -> Result<bool> {
    if !row.skip_null() {
        row.i64()?;
    }
    if !row.skip_null() {
        row.text()?;
    }
    Ok(true)
}

fn pull(physical: &mut Physical) -> Result<()> {
    let mut cursor = physical.cursor("SELECT", &mut |params| params.i64(7))?;
    while let Some(mut row) = cursor.next()? {
        read(&mut row)?;
    }
    Ok(())
}

fn update_each(physical: &mut Physical) -> Result<()> {
    let write = &mut |at: usize, params: &mut ParamWriter<'_>| params.i64(at as i64);
    physical.execute_each("UPDATE", 3, write, &mut |_, _| ())
}

fn insert(physical: &mut Physical) -> Result<()> {
    let columns = ColumnSet::new().with(0).with(1);
    let write = &mut |at: usize, params: &mut ParamWriter<'_>| {
        params.i64(at as i64);
        params.text("x");
    };
    physical.insert_rows(&TABLE, &columns, 2, write).map(drop)
}
