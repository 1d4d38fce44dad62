//! Sources of queries: tables out of documents, hints of indexes.

use crate::ast::name::{Name, TypeName};
use crate::syntax::call::{empty, plain};
use crate::syntax::cursor::Read;
use crate::syntax::reader::Reader;
use crate::syntax::tree::{ExprKind, SourceKind};

impl Reader<'_> {
    /// MySQL's `JSON_TABLE(document, path COLUMNS (…))`: a function whose rows have columns of written types.
    pub(in crate::syntax) fn table_of_document(
        &mut self,
        columns: &mut Vec<(Name, TypeName)>,
    ) -> Read<SourceKind> {
        let first = self.here();
        let name = self.own_name("a function")?;
        let call = self.enclosed(|reader| {
            let mut call = empty(vec![name]);
            call.arguments.push(plain(reader.expr()?));
            reader.expect_symbol(",")?;
            call.arguments.push(plain(reader.expr()?));
            reader.columns_of_document(columns)?;
            Ok(call)
        })?;
        let call = self.node(first, ExprKind::Call(Box::new(call)));
        Ok(SourceKind::Functions(vec![call], false))
    }

    /// `COLUMNS (n FOR ORDINALITY, a INT PATH '$.a', NESTED PATH '$.b' COLUMNS (…))`.
    pub(in crate::syntax) fn columns_of_document(
        &mut self,
        columns: &mut Vec<(Name, TypeName)>,
    ) -> Read<()> {
        self.expect(&["COLUMNS"])?;
        self.enclosed(|reader| {
            reader.list(|reader| {
                if reader.is_word(0, "NESTED") && !reader.is_words(&["NESTED", "FOR"]) {
                    reader.advance(1);
                    reader.eat(&["PATH"]);
                    reader.expr()?;
                    return reader.columns_of_document(columns);
                }
                let column = reader.column_of_document()?;
                columns.push(column);
                Ok(())
            })
        })?;
        Ok(())
    }

    pub(in crate::syntax) fn column_of_document(&mut self) -> Read<(Name, TypeName)> {
        let name = self.own_name("a column's name")?;
        if self.eat(&["FOR", "ORDINALITY"]) {
            let number = TypeName {
                name: "int".to_owned(),
                written: "int".to_owned(),
                span: name.span,
                schema: None,
                path: None,
                arguments: Vec::new(),
                suffix: String::new(),
                array: false,
            };
            return Ok((name, number));
        }
        let written = self.type_name()?;
        self.eat(&["EXISTS"]);
        self.expect(&["PATH"])?;
        self.expr()?;
        while self.is_any_word(0, &["NULL", "ERROR", "DEFAULT"]) {
            let has_value = self.is_word(0, "DEFAULT");
            self.advance(1);
            if has_value {
                self.expr()?;
            }
            self.expect(&["ON"])?;
            if !self.eat_any(&["EMPTY", "ERROR"]) {
                return Err(self.unexpected("`EMPTY` or `ERROR`"));
            }
        }
        Ok((name, written))
    }

    /// `USE INDEX FOR JOIN (a, b)`.
    pub(in crate::syntax) fn index_hints(&mut self, named: &mut Vec<Name>) -> Read<()> {
        while self.is_any_word(0, &["USE", "FORCE", "IGNORE"])
            && self.is_any_word(1, &["INDEX", "KEY"])
        {
            self.advance(2);
            if self.eat(&["FOR"]) {
                let known =
                    self.eat(&["JOIN"]) || self.eat(&["ORDER", "BY"]) || self.eat(&["GROUP", "BY"]);
                if !known {
                    return Err(self.unexpected("`JOIN`, `ORDER BY` or `GROUP BY`"));
                }
            }
            let names = self.enclosed(|reader| {
                if reader.is_symbol(0, ")") {
                    return Ok(Vec::new());
                }
                reader.list(|reader| reader.name_behind_point("an index"))
            })?;
            named.extend(names);
            self.eat_symbol(",");
        }
        Ok(())
    }
}
