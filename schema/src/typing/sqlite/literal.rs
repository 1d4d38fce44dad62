//! Constants that columns take.

use crate::column_type::TypeClass;
use crate::model::TableId;
use crate::typing::checker::Checker;
use crate::typing::literal::{is_integer, number_of};

impl Checker<'_> {
    pub(in crate::typing) fn takes_text_of_sqlite(
        &self,
        text: &str,
        (id, at): (TableId, usize),
    ) -> bool {
        let number = number_of(text.trim());
        if self.takes_whole_numbers((id, at)) {
            return number.is_some_and(|number| number.fract() == 0.0);
        }
        let table = self.model.table(id);
        match table.columns[at].column_type.class() {
            TypeClass::Float { .. } if table.strict => number.is_some(),
            TypeClass::Bytes => !table.strict,
            _ => true,
        }
    }

    pub(in crate::typing) fn takes_number_of_sqlite(
        &self,
        number: f64,
        (id, at): (TableId, usize),
    ) -> bool {
        let table = self.model.table(id);
        if table.strict && table.columns[at].column_type.class() == TypeClass::Bytes {
            return false;
        }
        !self.takes_whole_numbers((id, at)) || number.fract() == 0.0
    }

    fn takes_whole_numbers(&self, (id, at): (TableId, usize)) -> bool {
        let table = self.model.table(id);
        self.is_row_id(id, at) || (table.strict && is_integer(&table.columns[at].column_type))
    }
}
