//! UUIDs of the crate `uuid`.

use uuid::Uuid;

use super::{FromColumn, ToColumn};
use crate::driver::{ParamWriter, RowReader};
use crate::error::Result;

impl ToColumn for Uuid {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.uuid(self.as_bytes());
    }
}

impl FromColumn for Uuid {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.uuid().map(Self::from_bytes)
    }
}
