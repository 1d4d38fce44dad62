//! UUIDs of the crate `uuid`.

use uuid::Uuid;

use super::{FromColumn, ToColumn};
use crate::error::Result;
use crate::value::{ParamWriter, RowReader};

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
