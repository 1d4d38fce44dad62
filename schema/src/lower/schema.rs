//! Schemas, and MySQL's databases, as a whole: dropped or renamed with everything in them.

use crate::ast::{FileAst, ObjectName};
use crate::lists::IntoVec as _;

use super::Fold;

impl Fold<'_> {
    /// Everything that was made in it is gone.
    pub(super) fn drop_schema(&mut self, file: &FileAst, schema: Option<&str>) {
        let inside = |name: &ObjectName| name.schema.as_deref() == schema;
        let tables: Vec<ObjectName> = (self.tables.iter().flatten())
            .filter(|table| table.file == file.file && inside(&table.name))
            .map(|table| table.name.clone())
            .into_vec();
        for table in &tables {
            self.drop_what_refers_to(file, table);
            self.drop_table(file, table);
        }
        for view in &mut self.views {
            let gone =
                |table: &crate::draft::DraftTable| table.file == file.file && inside(&table.name);
            *view = view.take().filter(|view| !gone(&view.table));
        }
        let types: Vec<ObjectName> = (self.objects.iter())
            .filter(|object| object.file == file.file && inside(&object.name))
            .map(|object| object.name.clone())
            .into_vec();
        for name in &types {
            self.drop_type(file, name);
        }
    }

    /// Everything in it is in another one now.
    pub(super) fn rename_schema(
        &mut self,
        file: &FileAst,
        from: &Option<String>,
        to: &Option<String>,
    ) {
        let tables = self.tables.iter_mut().flatten();
        let tables = tables.filter(|table| table.file == file.file);
        let mut types = Vec::new();
        let mut names = Vec::new();
        for table in tables {
            types.extend(
                table
                    .columns
                    .iter_mut()
                    .map(|column| &mut column.type_name.schema),
            );
            names.push(&mut table.name.schema);
        }
        let views = self.views.iter_mut().flatten();
        let views = views.filter(|view| view.table.file == file.file);
        names.extend(views.map(|view| &mut view.table.name.schema));
        let enums = self.enums.iter_mut().filter(|one| one.file == file.file);
        names.extend(enums.map(|one| &mut one.name.schema));
        let domains = self.domains.iter_mut().filter(|one| one.file == file.file);
        names.extend(domains.map(|one| &mut one.name.schema));
        self.objects.rename_schema(file.file, from, to);
        let said = types.into_iter().filter(|schema| schema.is_some());
        for schema in names.into_iter().chain(said) {
            if schema == from {
                schema.clone_from(to);
            }
        }
    }
}
