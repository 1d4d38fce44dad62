//! Reads table constraints, MySQL keys, references and the parts of an index.

use crate::ast::{
    Expression, KeyPart, Name, PartKey, Period, Reference, TableConstraint, TableConstraintKind,
};
use crate::ast::{KeyWords, ReferentialAction};
use bindery_core::dialect::Dialect;

use crate::syntax::{Cursor, Read};

/// The keys of `EXCLUDE`, each with its operator, and the condition.
pub(super) type Exclusion = (Vec<(Expression, String)>, Option<Expression>);

impl Cursor<'_> {
    /// Whether a constraint or key begins here, rather than a column.
    pub(crate) fn at_table_constraint(&self) -> bool {
        let grammar = &self.grammar.keys;
        let next_open = self.is_symbol(1, "(");
        self.is_word(0, "CONSTRAINT")
            || self.is_words(&["PRIMARY", "KEY"])
            || self.is_words(&["FOREIGN", "KEY"])
            || (self.is_word(0, "UNIQUE")
                && (next_open
                    || self.is_any_word(1, &["KEY", "INDEX", "NULLS", "USING"])
                    || grammar.plain_keys))
            || (self.is_word(0, "CHECK") && next_open)
            || (self.is_word(0, "EXCLUDE") && (next_open || self.is_word(1, "USING")))
            || self.at_plain_key()
            || (self.grammar.tables.periods && self.is_words(&["PERIOD", "FOR"]))
            || (grammar.not_null && self.is_words(&["NOT", "NULL"]))
    }

    /// A key that is not a constraint; `VECTOR` alone may be a column.
    fn at_plain_key(&self) -> bool {
        let key = self.is_any_word(0, &["KEY", "INDEX", "FULLTEXT", "SPATIAL"]);
        let vector = self.is_word(0, "VECTOR") && self.is_any_word(1, &["KEY", "INDEX"]);
        self.grammar.keys.plain_keys && (key || vector)
    }

    /// A constraint or key; `None` for one that means nothing to the model.
    pub(crate) fn table_constraint(&mut self) -> Read<Option<TableConstraint>> {
        let first = self.at;
        let mut name = None;
        let said = self.eat(&["CONSTRAINT"]);
        if said {
            self.eat(&["IF", "NOT", "EXISTS"]);
        }
        if said && !self.at_table_constraint() {
            name = Some(self.name("a constraint's name")?);
        }
        let ends = self.at_end() || self.is_symbol(0, ",") || self.is_symbol(0, ")");
        if self.grammar.keys.empty_constraint && name.is_some() && ends {
            return Ok(None);
        }
        let kind = self.constraint_kind(&mut name)?;
        Ok(Some(TableConstraint {
            name,
            kind,
            not_valid: false,
            span: self.span_from(first),
        }))
    }

    fn constraint_kind(&mut self, name: &mut Option<Name>) -> Read<TableConstraintKind> {
        let first = self.at;
        if self.eat(&["PERIOD", "FOR"]) {
            return self.period().map(TableConstraintKind::Period);
        }
        if self.eat(&["PRIMARY", "KEY"]) {
            return self.primary_key(name);
        }
        if self.eat(&["UNIQUE"]) {
            return self.unique(name);
        }
        if self.eat(&["FOREIGN", "KEY"]) {
            return self.foreign_key(name);
        }
        if self.eat(&["CHECK"]) {
            let condition = self.parenthesized()?;
            return Ok(TableConstraintKind::Check(condition, self.check_trailer()?));
        }
        if self.is_word(0, "EXCLUDE") && !self.grammar.keys.exclusions {
            let instead = "remove it";
            return Err(self.foreign(first, "`EXCLUDE`", Dialect::Postgres, instead));
        }
        if self.eat(&["EXCLUDE"]) {
            return self.exclude(first);
        }
        if self.grammar.keys.not_null && self.eat(&["NOT", "NULL"]) {
            let column = self.name("a column's name")?;
            self.check_trailer()?;
            return Ok(TableConstraintKind::NotNull(column));
        }
        if self.at_plain_key() {
            return self.plain_key(name);
        }
        Err(self.unexpected("`PRIMARY KEY`, `UNIQUE`, `FOREIGN KEY` or `CHECK`"))
    }

    fn primary_key(&mut self, name: &mut Option<Name>) -> Read<TableConstraintKind> {
        if self.eat(&["USING", "INDEX"]) {
            return self.using_index(true);
        }
        let method = self.key_head(name)?;
        let parts = self.key_parts()?;
        let (behind, mut words) = self.key_options()?;
        add_words(&mut words, self.key_trailer()?);
        add_method(&mut words, method.or(behind));
        Ok(TableConstraintKind::PrimaryKey {
            parts,
            deferrable: self.deferrable(),
            words,
        })
    }

    fn unique(&mut self, name: &mut Option<Name>) -> Read<TableConstraintKind> {
        if self.eat(&["USING", "INDEX"]) {
            return self.using_index(false);
        }
        let nulls_not_distinct = self.nulls_not_distinct();
        if self.grammar.keys.plain_keys {
            self.eat_any(&["KEY", "INDEX"]);
        }
        let method = self.key_head(name)?;
        let parts = self.key_parts()?;
        let (behind, mut words) = self.key_options()?;
        let mut options = self.unique_trailer()?;
        options.nulls_not_distinct |= nulls_not_distinct;
        add_method(&mut words, method.or(behind));
        add_words(&mut words, std::mem::take(&mut options.words));
        options.words = words;
        Ok(TableConstraintKind::Unique { parts, options })
    }

    fn using_index(&mut self, primary: bool) -> Read<TableConstraintKind> {
        let index = self.name("an index's name")?;
        let options = self.unique_trailer()?;
        Ok(TableConstraintKind::UsingIndex {
            primary,
            index,
            options,
        })
    }

    fn foreign_key(&mut self, name: &mut Option<Name>) -> Read<TableConstraintKind> {
        self.key_head(name)?;
        let columns = self.column_list()?;
        if !self.is_word(0, "REFERENCES") {
            return Err(self.unexpected("`REFERENCES`"));
        }
        Ok(TableConstraintKind::ForeignKey {
            columns,
            reference: self.reference()?,
        })
    }

    /// Everything from `EXCLUDE` on.
    fn exclude(&mut self, first: usize) -> Read<TableConstraintKind> {
        self.exclusion()?;
        self.deferrable();
        Ok(TableConstraintKind::Exclude(self.expression(first)))
    }

    /// The keys without their operators, and the condition.
    pub(super) fn exclusion(&mut self) -> Read<Exclusion> {
        if self.eat(&["USING"]) {
            self.name("an index method")?;
        }
        let open = self.clone();
        self.expect_symbol("(")?;
        let mut keys = Vec::new();
        while !self.eat_symbol(")") {
            if self.at_end() {
                return Err(self.unclosed(&open));
            }
            self.eat_symbol(",");
            let key = self.expression_until(|at| at.is_word(0, "WITH"))?;
            self.eat(&["WITH"]);
            keys.push((key, self.expression_until(|_| false)?.sql));
        }
        self.key_trailer()?;
        let has_condition = self.eat(&["WHERE"]);
        let condition = has_condition.then(|| self.parenthesized()).transpose()?;
        Ok((keys, condition))
    }

    fn plain_key(&mut self, name: &mut Option<Name>) -> Read<TableConstraintKind> {
        let special = ["FULLTEXT", "SPATIAL", "VECTOR"]
            .into_iter()
            .find(|word| self.eat(&[word]));
        self.eat_any(&["KEY", "INDEX"]);
        let method = self.key_head(name)?;
        let parts = self.key_parts()?;
        let (behind, words) = self.key_options()?;
        let method = special.map(str::to_lowercase).or(method).or(behind);
        Ok(TableConstraintKind::Index {
            parts,
            method,
            words,
        })
    }

    /// Of keys that are no constraints: `IF NOT EXISTS`, the key's name and `USING`, all of them optional. The method comes back.
    fn key_head(&mut self, name: &mut Option<Name>) -> Read<Option<String>> {
        if !self.grammar.keys.plain_keys {
            return Ok(None);
        }
        self.eat(&["IF", "NOT", "EXISTS"]);
        if !self.is_symbol(0, "(") && !self.is_word(0, "USING") {
            let own = self.name("a key's name or `(`")?;
            name.get_or_insert(own);
        }
        self.index_method()
    }

    /// Reads `USING btree`.
    pub(crate) fn index_method(&mut self) -> Read<Option<String>> {
        let found = self.eat(&["USING"]);
        if found {
            Ok(Some(self.name("an index method")?.text.to_lowercase()))
        } else {
            Ok(None)
        }
    }

    /// The options after the columns of a key that is no constraint, the method apart.
    pub(crate) fn key_options(&mut self) -> Read<(Option<String>, KeyWords)> {
        let (mut method, mut words) = (None, KeyWords::default());
        while self.grammar.keys.plain_keys {
            let first = self.at;
            if self.is_word(0, "USING") {
                method = self.index_method()?;
                continue;
            }
            if self.eat_any(&[
                "KEY_BLOCK_SIZE",
                "COMMENT",
                "DISTANCE",
                "M",
                "ENGINE_ATTRIBUTE",
                "SECONDARY_ENGINE_ATTRIBUTE",
            ]) {
                self.eat_symbol("=");
                self.advance(1);
            } else if self.eat(&["WITH", "PARSER"]) {
                self.advance(1);
            } else if !self.eat_any(&["VISIBLE", "INVISIBLE", "IGNORED"])
                && !self.eat(&["NOT", "IGNORED"])
            {
                break;
            }
            words.options.push(self.written(first));
        }
        Ok((method, words))
    }

    /// `REFERENCES table (columns) ON DELETE …`.
    pub(crate) fn reference(&mut self) -> Read<Reference> {
        let first = self.at;
        self.expect(&["REFERENCES"])?;
        let table = self.object_name("the referred table")?;
        let columns = if self.is_symbol(0, "(") {
            self.column_list()?
        } else {
            Vec::new()
        };
        let span = self.span_from(first);
        let no_action = ReferentialAction::NoAction;
        let mut reference = Reference {
            table,
            columns,
            on_delete: no_action,
            on_delete_columns: Vec::new(),
            on_update: no_action,
            matching: None,
            deferrable: None,
            span,
        };
        loop {
            if self.grammar.keys.on_insert && self.eat(&["ON", "INSERT"]) {
                self.action()?;
            } else if self.eat(&["ON", "DELETE"]) {
                reference.on_delete = self.action()?;
                if self.is_symbol(0, "(") {
                    reference.on_delete_columns = self.column_list()?;
                }
            } else if self.eat(&["ON", "UPDATE"]) {
                reference.on_update = self.action()?;
                if self.is_symbol(0, "(") {
                    self.column_list()?;
                }
            } else if self.eat(&["MATCH"]) {
                reference.matching = Some(self.name("`FULL` or `SIMPLE`")?.text.to_uppercase());
            } else if self.grammar.keys.deferrable
                && (self.is_any_word(0, &["DEFERRABLE", "INITIALLY"])
                    || self.is_words(&["NOT", "DEFERRABLE"]))
            {
                let before = self.at;
                reference.deferrable = self.deferrable();
                if self.at == before {
                    return Err(self.unexpected("`INITIALLY DEFERRED` or `INITIALLY IMMEDIATE`"));
                }
            } else if !self.eat(&["NOT", "VALID"])
                && !self.eat(&["NOT", "ENFORCED"])
                && !self.eat(&["ENFORCED"])
            {
                return Ok(reference);
            }
        }
    }

    fn action(&mut self) -> Read<ReferentialAction> {
        let action = if self.eat(&["NO", "ACTION"]) {
            ReferentialAction::NoAction
        } else if self.eat(&["RESTRICT"]) {
            ReferentialAction::Restrict
        } else if self.eat(&["CASCADE"]) {
            ReferentialAction::Cascade
        } else if self.eat(&["SET", "NULL"]) {
            ReferentialAction::SetNull
        } else if self.eat(&["SET", "DEFAULT"]) {
            ReferentialAction::SetDefault
        } else {
            return Err(
                self.unexpected("`NO ACTION`, `RESTRICT`, `CASCADE`, `SET NULL` or `SET DEFAULT`")
            );
        };
        Ok(action)
    }

    /// MariaDB, after `PERIOD FOR`.
    fn period(&mut self) -> Read<Period> {
        let name = self.name("a period's name")?;
        self.expect_symbol("(")?;
        let begin = self.name("the column where it begins")?;
        self.expect_symbol(",")?;
        let end = self.name("the column where it ends")?;
        self.expect_symbol(")")?;
        Ok(Period {
            name,
            columns: [begin, end],
        })
    }

    /// `(a, b DESC, lower(c))`.
    pub(crate) fn key_parts(&mut self) -> Read<Vec<KeyPart>> {
        let open = self.clone();
        self.expect_symbol("(")?;
        let mut parts = Vec::new();
        loop {
            parts.push(self.key_part()?);
            if self.eat_symbol(")") {
                return Ok(parts);
            }
            if self.at_end() {
                return Err(self.unclosed(&open));
            }
            self.expect_symbol(",")?;
        }
    }

    fn key_part(&mut self) -> Read<KeyPart> {
        let first = self.at;
        let mut prefix = None;
        let column = self.is_name(0) && self.plain_part_follows();
        let key = if column {
            let name = self.name("a column's name")?;
            prefix = self.prefix_length()?;
            PartKey::Column(name)
        } else {
            PartKey::Expression(self.expression_until(Self::at_part_option)?)
        };
        let span = self.span_from(first);
        let mut part = KeyPart {
            key,
            prefix,
            qualifier: None,
            descending: false,
            nulls_first: None,
            period: None,
            span,
        };
        self.part_options(&mut part)?;
        Ok(part)
    }

    /// After a plain column come its order, a collation, an operator class, or the part's end.
    fn plain_part_follows(&self) -> bool {
        let grammar = &self.grammar.keys;
        let prefix = grammar.prefixes && self.is_symbol(1, "(");
        let class = grammar.operator_classes && self.is_name(1);
        let ordered = self.is_any_word(1, &["ASC", "DESC", "COLLATE", "NULLS", "AUTOINCREMENT"]);
        let ends = self.is_symbol(1, ",") || self.is_symbol(1, ")") || self.rest() < 2;
        ends || prefix || class || ordered || self.overlaps_follow(1)
    }

    /// MariaDB: a period rather than a column. (PostgreSQL's are columns.)
    fn overlaps_follow(&self, at: usize) -> bool {
        let words = self.is_word(at, "WITHOUT") && self.is_word(at + 1, "OVERLAPS");
        self.grammar.tables.periods && words
    }

    fn at_part_option(&self) -> bool {
        let after_parenthesis = self.before(&[")"]);
        let class = self.grammar.keys.operator_classes && after_parenthesis && self.is_name(0);
        class || self.is_any_word(0, &["ASC", "DESC", "NULLS", "COLLATE"])
    }

    fn prefix_length(&mut self) -> Read<Option<u32>> {
        if !self.eat_symbol("(") {
            return Ok(None);
        }
        let length = self.piece(0).parse().ok();
        let length = length.ok_or_else(|| self.unexpected("a length"))?;
        self.advance(1);
        self.expect_symbol(")")?;
        Ok(Some(length))
    }

    /// Collation, operator class, order.
    fn part_options(&mut self, part: &mut KeyPart) -> Read<()> {
        let grammar = &self.grammar.keys;
        loop {
            let first = self.at;
            if self.overlaps_follow(0) {
                self.advance(2);
                self.qualify(part, first);
            } else if self.eat(&["COLLATE"]) {
                self.object_name("a collation")?;
                self.qualify(part, first);
            } else if self.eat(&["DESC"]) {
                part.descending = true;
            } else if grammar.auto_increment && self.eat(&["AUTOINCREMENT"]) {
                continue;
            } else if self.eat(&["NULLS"]) {
                part.nulls_first = Some(self.is_word(0, "FIRST"));
                self.advance(1);
            } else if grammar.operator_classes && self.is_name(0) && !self.is_word(0, "ASC") {
                self.object_name("an operator class")?;
                if self.is_symbol(0, "(") {
                    self.skip_one()?;
                }
                self.qualify(part, first);
            } else if !self.eat(&["ASC"]) {
                return Ok(());
            }
        }
    }

    /// Adds the tokens from `first` up to here.
    fn qualify(&self, part: &mut KeyPart, first: usize) {
        let written = self.expression(first).sql;
        part.qualifier = Some(match part.qualifier.take() {
            Some(before) => format!("{before} {written}"),
            None => written,
        });
    }
}

/// Words after others.
fn add_words(words: &mut KeyWords, more: KeyWords) {
    words.include.extend(more.include);
    words.options.extend(more.options);
}

/// The method of a key that has no place of its own for it.
fn add_method(words: &mut KeyWords, method: Option<String>) {
    words
        .options
        .extend(method.map(|method| format!("USING {method}")));
}
