//! Reads a column: name, type and the options behind it.

use crate::ast::{
    ColumnDef, ColumnOption, ColumnOptionKind, Expression, Name, Notes, UniqueOptions,
};
use crate::dialect::Dialect;

use super::cursor::{Cursor, Read};

/// What one step over the options gave.
enum Step {
    /// An option worth keeping.
    Option(ColumnOptionKind),
    /// Something without meaning for the model.
    Nothing,
    /// No option starts here.
    End,
}

impl Cursor<'_> {
    /// A column up to the comma or parenthesis behind it.
    pub(crate) fn column(&mut self) -> Read<ColumnDef> {
        let name = self.name("a column's name")?;
        self.column_named(name)
    }

    /// A column's definition behind its name.
    pub(crate) fn column_named(&mut self, name: Name) -> Read<ColumnDef> {
        let type_name = self.type_name()?;
        let mut options = Vec::new();
        loop {
            let constraint = if self.eat(&["CONSTRAINT"]) {
                Some(self.name("a constraint's name")?)
            } else {
                None
            };
            let first = self.at;
            match self.column_option()? {
                Step::Option(kind) => options.push(ColumnOption {
                    name: constraint,
                    kind,
                    span: self.span_from(first),
                }),
                Step::Nothing => {}
                Step::End => break,
            }
        }
        Ok(ColumnDef {
            name,
            type_name,
            options,
            notes: Notes::default(),
        })
    }

    fn column_option(&mut self) -> Read<Step> {
        if self.at_end() || self.is_symbol(0, ",") || self.is_symbol(0, ")") {
            return Ok(Step::End);
        }
        if let Some(kind) = self.plain_option()? {
            return Ok(Step::Option(kind));
        }
        if let Some(kind) = self.key_option()? {
            return Ok(Step::Option(kind));
        }
        self.skipped_option()
    }

    fn plain_option(&mut self) -> Read<Option<ColumnOptionKind>> {
        let kind = if self.eat(&["NOT", "NULL"]) {
            self.conflict_clause()?;
            self.eat(&["NO", "INHERIT"]);
            ColumnOptionKind::NotNull
        } else if self.eat(&["NULL"]) {
            ColumnOptionKind::Null
        } else if self.eat(&["DEFAULT"]) {
            ColumnOptionKind::Default(self.default_value()?)
        } else if self.eat(&["COLLATE"]) {
            self.eat_symbol("=");
            ColumnOptionKind::Collate(self.object_name("a collation")?.name.text)
        } else if self.eat(&["COMMENT"]) {
            self.eat_symbol("=");
            ColumnOptionKind::Comment(self.text_constant()?)
        } else if self.eat_any(&["AUTO_INCREMENT", "AUTOINCREMENT"]) {
            ColumnOptionKind::AutoIncrement
        } else if self.eat(&["ON", "UPDATE"]) {
            self.expression_until(Self::at_option)?;
            ColumnOptionKind::OnUpdateNow
        } else {
            return Ok(None);
        };
        Ok(Some(kind))
    }

    fn key_option(&mut self) -> Read<Option<ColumnOptionKind>> {
        let kind = if self.eat(&["PRIMARY", "KEY"])
            || (self.dialect == Dialect::Mysql && self.eat(&["KEY"]))
        {
            let descending = !self.eat(&["ASC"]) && self.eat(&["DESC"]);
            self.key_trailer()?;
            ColumnOptionKind::PrimaryKey { descending }
        } else if self.eat(&["UNIQUE"]) {
            self.eat(&["KEY"]);
            ColumnOptionKind::Unique(self.unique_trailer()?)
        } else if self.eat(&["CHECK"]) {
            let condition = self.parenthesized()?;
            self.check_trailer()?;
            ColumnOptionKind::Check(condition)
        } else if self.is_word(0, "REFERENCES") {
            ColumnOptionKind::References(self.reference()?)
        } else if self.eat(&["GENERATED"]) {
            return self.generated();
        } else if self.is_word(0, "AS") && self.is_symbol(1, "(") {
            self.advance(1);
            self.computed()?
        } else {
            return Ok(None);
        };
        Ok(Some(kind))
    }

    /// Behind `GENERATED`: identity, computed, or a column of MariaDB's system versioning.
    fn generated(&mut self) -> Read<Option<ColumnOptionKind>> {
        let always = self.eat(&["ALWAYS"]);
        if !always {
            self.expect(&["BY", "DEFAULT"])?;
            self.eat(&["ON", "NULL"]);
        }
        self.expect(&["AS"])?;
        if self.eat(&["IDENTITY"]) {
            if self.is_symbol(0, "(") {
                self.skip_one()?;
            }
            return Ok(Some(ColumnOptionKind::Identity { always }));
        }
        if self.eat(&["ROW", "START"]) || self.eat(&["ROW", "END"]) {
            let (sql, span) = ("ROW".to_owned(), self.here());
            let expression = Expression {
                sql,
                tokens: Vec::new(),
                span,
            };
            return Ok(Some(ColumnOptionKind::Computed {
                expression,
                stored: true,
            }));
        }
        self.computed().map(Some)
    }

    fn computed(&mut self) -> Read<ColumnOptionKind> {
        let expression = self.parenthesized()?;
        let stored = self.eat_any(&["STORED", "PERSISTENT"]);
        if !stored {
            self.eat(&["VIRTUAL"]);
        }
        Ok(ColumnOptionKind::Computed { expression, stored })
    }

    /// A default: up to the next option. In parentheses it is exactly what stands in them.
    pub(crate) fn default_value(&mut self) -> Read<Expression> {
        self.expression_until(Self::at_option)
    }

    /// Does an option of a column begin here?
    fn at_option(&self) -> bool {
        const STARTS: &[&str] = &[
            "CONSTRAINT",
            "NULL",
            "PRIMARY",
            "UNIQUE",
            "CHECK",
            "REFERENCES",
            "GENERATED",
            "COLLATE",
            "DEFAULT",
            "AUTO_INCREMENT",
            "AUTOINCREMENT",
            "COMMENT",
            "ON",
            "KEY",
            "INVISIBLE",
            "VISIBLE",
            "STORAGE",
            "COMPRESSION",
            "DEFERRABLE",
            "INITIALLY",
            "FIRST",
            "AFTER",
            "COLUMN_FORMAT",
            "AS",
            "FOREIGN",
        ];
        let charset =
            self.dialect == Dialect::Mysql && self.is_any_word(0, &["CHARACTER", "CHARSET"]);
        charset
            || self.is_any_word(0, STARTS)
            || self.is_words(&["NOT", "NULL"])
            || self.is_words(&["NOT", "DEFERRABLE"])
    }

    fn skipped_option(&mut self) -> Read<Step> {
        const ALONE: &[&str] = &[
            "INVISIBLE",
            "VISIBLE",
            "BINARY",
            "ASCII",
            "UNICODE",
            "COMPRESSED",
            "DEFERRABLE",
            "STORED",
            "VIRTUAL",
            "BYTE",
        ];
        const WITH_VALUE: &[&str] = &[
            "CHARSET",
            "COLUMN_FORMAT",
            "STORAGE",
            "SRID",
            "COMPRESSION",
            "INITIALLY",
            "ENGINE_ATTRIBUTE",
            "REF_SYSTEM_ID",
        ];
        if self.eat_any(ALONE) || self.eat(&["NOT", "DEFERRABLE"]) {
            return Ok(Step::Nothing);
        }
        if self.eat(&["CHARACTER", "SET"]) || self.eat(&["CHAR", "SET"]) || self.eat_any(WITH_VALUE)
        {
            self.eat_symbol("=");
            self.advance(1);
            return Ok(Step::Nothing);
        }
        let versioning = self.eat(&["WITH", "SYSTEM", "VERSIONING"])
            || self.eat(&["WITHOUT", "SYSTEM", "VERSIONING"]);
        if versioning
            || self.eat(&["NO", "INHERIT"])
            || self.eat(&["NOT", "ENFORCED"])
            || self.eat(&["ENFORCED"])
        {
            return Ok(Step::Nothing);
        }
        if self.is_word(0, "OPTIONS") && self.is_symbol(1, "(") {
            self.advance(1);
            self.skip_one()?;
            return Ok(Step::Nothing);
        }
        for (word, next) in [("NOT", "`NULL`"), ("PRIMARY", "`KEY`")] {
            if self.eat(&[word]) {
                return Err(self.unexpected(next));
            }
        }
        Ok(Step::End)
    }

    /// SQLite's `ON CONFLICT …`.
    pub(crate) fn conflict_clause(&mut self) -> Read<()> {
        if !self.eat(&["ON", "CONFLICT"]) {
            return Ok(());
        }
        let found = self.eat_any(&["ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"]);
        if found {
            Ok(())
        } else {
            Err(self.unexpected("what to do on a conflict: `ABORT`, `IGNORE`, `REPLACE`, …"))
        }
    }

    /// Behind a key: how its index is kept.
    pub(crate) fn key_trailer(&mut self) -> Read<()> {
        self.conflict_clause()?;
        loop {
            if self.eat(&["USING", "INDEX", "TABLESPACE"]) {
                self.name("a tablespace")?;
            } else if self.eat_any(&["USING"]) {
                self.name("`BTREE` or `HASH`")?;
            } else if self.is_any_word(0, &["WITH", "INCLUDE"]) && self.is_symbol(1, "(") {
                self.advance(1);
                self.skip_one()?;
            } else {
                return Ok(());
            }
        }
    }

    pub(crate) fn unique_trailer(&mut self) -> Read<UniqueOptions> {
        let mut options = UniqueOptions {
            nulls_not_distinct: self.nulls_not_distinct(),
            deferrable: false,
        };
        self.key_trailer()?;
        options.deferrable = self.deferrable().is_some();
        Ok(options)
    }

    pub(crate) fn nulls_not_distinct(&mut self) -> bool {
        let found = self.eat(&["NULLS", "NOT", "DISTINCT"]);
        if !found {
            self.eat(&["NULLS", "DISTINCT"]);
        }
        found
    }

    pub(crate) fn check_trailer(&mut self) -> Read<()> {
        self.conflict_clause()?;
        while self.eat(&["NO", "INHERIT"])
            || self.eat(&["NOT", "VALID"])
            || self.eat(&["NOT", "ENFORCED"])
            || self.eat(&["ENFORCED"])
        {}
        Ok(())
    }

    /// `[NOT] DEFERRABLE [INITIALLY DEFERRED | IMMEDIATE]`: whether, and whether at first.
    pub(crate) fn deferrable(&mut self) -> Option<bool> {
        let not = self.eat(&["NOT", "DEFERRABLE"]);
        let mut found = (!not && self.eat(&["DEFERRABLE"])).then_some(false);
        if self.eat(&["INITIALLY", "DEFERRED"]) {
            found = Some(true);
        } else {
            self.eat(&["INITIALLY", "IMMEDIATE"]);
        }
        if !not && found.is_some() {
            self.eat(&["DEFERRABLE"]);
        }
        found
    }
}
