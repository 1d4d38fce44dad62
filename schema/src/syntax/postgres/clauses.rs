//! Clauses of PostgreSQL alone: samples of tables, `MERGE`.

use crate::syntax::cursor::Read;
use crate::syntax::reader::Reader;
use crate::syntax::tree::{
    Insert, InsertSource, Merge, MergeAction, MergeWhen, Source, SourceKind, With,
};

impl Reader<'_> {
    /// `TABLESAMPLE system (5) REPEATABLE (1)`.
    pub(in crate::syntax) fn sample(&mut self) -> Read<()> {
        if self.eat(&["TABLESAMPLE"]) {
            self.named()?;
            if self.eat(&["REPEATABLE"]) {
                self.enclosed(Self::expr)?;
            }
        }
        Ok(())
    }

    /// After `MERGE`.
    pub(in crate::syntax) fn merge(&mut self, with: Option<With>, first: usize) -> Read<Merge> {
        self.expect(&["INTO"])?;
        let into = self.written_table()?;
        self.expect(&["USING"])?;
        let using = self.joined()?;
        self.expect(&["ON"])?;
        let on = self.expr()?;
        let mut whens = Vec::new();
        while self.eat(&["WHEN"]) {
            whens.push(self.merge_when(&into)?);
        }
        if whens.is_empty() {
            return Err(self.unexpected("`WHEN`"));
        }
        Ok(Merge {
            with,
            into,
            using,
            on,
            whens,
            span: self.span_from(first),
        })
    }

    pub(in crate::syntax) fn merge_when(&mut self, into: &Source) -> Read<MergeWhen> {
        let matched = !self.eat(&["NOT"]);
        self.expect(&["MATCHED"])?;
        let condition = self.condition("AND")?;
        self.expect(&["THEN"])?;
        let action = if self.eat(&["DO", "NOTHING"]) {
            MergeAction::Nothing
        } else if matched && self.eat(&["DELETE"]) {
            MergeAction::Delete
        } else if matched {
            self.expect(&["UPDATE", "SET"])?;
            MergeAction::Update(self.list(Self::assignment)?)
        } else {
            MergeAction::Insert(Box::new(self.merge_insert(into)?))
        };
        Ok(MergeWhen {
            matched,
            condition,
            action,
        })
    }

    pub(in crate::syntax) fn merge_insert(&mut self, into: &Source) -> Read<Insert> {
        let SourceKind::Table(table) = &into.kind else {
            return Err(self.unexpected("a table before this"));
        };
        let first = self.at;
        self.expect(&["INSERT"])?;
        let columns = self.insert_columns()?;
        let overriding = self.overriding()?;
        let source = self.insert_source(!columns.is_empty())?;
        let is_one = match &source {
            InsertSource::Defaults => true,
            InsertSource::Values(values) => values.rows.len() == 1,
            InsertSource::Query(_) | InsertSource::Set(_) => false,
        };
        if !is_one {
            let help = "write one row: `INSERT (a, b) VALUES (1, 2)`";
            let message = "`MERGE` inserts one row for each that it finds nothing for";
            return Err(self.problem(self.span_from(first), message, help));
        }
        Ok(Insert {
            with: None,
            table: table.clone(),
            alias: None,
            columns,
            source,
            ignores: false,
            overriding,
            conflicts: Vec::new(),
            returning: Vec::new(),
            span: self.span_from(first),
        })
    }
}
