//! Reads `SELECT AddGeometryColumn(…)`, by which dumps older than PostGIS 2 add their columns, and osmosis'
//! `pgsnapshot_schema_0.6.sql` does today.

use crate::ast::{AlterAction, AlterTable, ColumnDef, ColumnPosition, Name, Notes};
use bindery_core::dialect::Dialect;

use crate::parse::ddl::types::type_of;
use crate::syntax::{Cursor, Read};

impl Cursor<'_> {
    /// At a statement that adds such a column; its arguments are the place, the reference system, the type and the number
    /// of dimensions. `None` for any other.
    pub(crate) fn add_geometry_column(&mut self) -> Option<AlterTable> {
        if self.dialect != Dialect::Postgres || !self.eat(&["SELECT"]) {
            return None;
        }
        if self.is_symbol(1, ".") {
            self.advance(2);
        }
        if !self.eat(&["AddGeometryColumn"]) || !self.eat_symbol("(") {
            return None;
        }
        let first = self.at;
        self.geometry_column(first).ok().flatten()
    }

    fn geometry_column(&mut self, first: usize) -> Read<Option<AlterTable>> {
        let mut place = Vec::new();
        while self.is_text(0) {
            let span = self.here();
            place.push(Name {
                text: self.text_constant()?,
                span,
            });
            self.next_argument()?;
        }
        let system = self.written_argument()?;
        let kind = self.text_constant()?;
        self.next_argument()?;
        let dimensions = self.written_argument()?;
        let (Some(column), Some(table)) = (place.pop(), place.pop()) else {
            return Ok(None);
        };
        let more = match dimensions.as_str() {
            "3" if !kind.to_uppercase().ends_with('M') => "Z",
            "4" => "ZM",
            _ => "",
        };
        let system = system.parse().unwrap_or(0_u32);
        let Some(mut type_name) = type_of(
            &format!("geometry({kind}{more},{system})"),
            Dialect::Postgres,
        ) else {
            return Ok(None);
        };
        type_name.span = self.span_from(first);
        let schema = place.pop().map(|schema| schema.text);
        let schema = schema.filter(|schema| !schema.is_empty());
        self.skip_to_end();
        Ok(Some(AlterTable {
            table: self.qualified(schema, table),
            if_exists: false,
            only: false,
            actions: vec![AlterAction::AddColumn {
                column: Box::new(ColumnDef {
                    name: column,
                    type_name,
                    options: Vec::new(),
                    notes: Notes::default(),
                }),
                if_not_exists: false,
                position: ColumnPosition::Unsaid,
            }],
            passed_over: false,
            others: Vec::new(),
        }))
    }

    /// An argument as it is written.
    fn written_argument(&mut self) -> Read<String> {
        let first = self.at;
        while !(self.at_end() || self.is_symbol(0, ",") || self.is_symbol(0, ")")) {
            self.skip_one()?;
        }
        let written = self.written_between(first);
        self.eat_symbol(",");
        Ok(written)
    }

    /// Over a cast, to the next argument.
    fn next_argument(&mut self) -> Read<()> {
        self.written_argument().map(drop)
    }

    fn written_between(&self, first: usize) -> String {
        let span = self.span_from(first);
        let written = self.text.get(span.start as usize..span.end as usize);
        written.unwrap_or_default().trim().to_owned()
    }
}
