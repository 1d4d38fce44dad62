//! Reads `ALTER TABLE`: the actions that change the model, over those that do not.

use crate::ast::{
    AlterAction, AlterTable, ColumnPosition, ColumnSetting, DroppedKey, Name, OtherChange,
    Partition, TableConstraint,
};
use crate::lists::IntoVec as _;
use crate::name::same_word;

use super::clauses::Clauses;
use crate::syntax::{Cursor, Read};

/// The actions of one element: none, one, or MySQL's `ADD (a, b)`.
type Actions = Vec<AlterAction>;

impl Cursor<'_> {
    /// After `ALTER TABLE`. `column_places` gets the tokens each added column spans, for its comments.
    pub(crate) fn alter_table(&mut self, column_places: &mut Vec<(u32, u32)>) -> Read<AlterTable> {
        let if_exists = self.eat(&["IF", "EXISTS"]);
        let only = self.eat(&["ONLY"]);
        let table = self.object_name("a table's name")?;
        self.eat_symbol("*");
        if self.grammar.tables.waiting && (self.eat(&["NOWAIT"]) || self.eat(&["WAIT"])) {
            self.advance(usize::from(!self.is_name(0)));
        }
        let (mut actions, mut passed_over) = (Vec::new(), false);
        let mut others = Vec::new();
        loop {
            let first = self.at;
            others.extend(self.other_change());
            let keeps = self.keeps_state();
            let found = self.action_list()?;
            passed_over |= found.is_empty() && !keeps;
            let columns = found
                .iter()
                .filter(|action| matches!(action, AlterAction::AddColumn { .. }))
                .count();
            if columns > 0 {
                let span = self.span_from(first);
                column_places.extend(std::iter::repeat_n((span.start, span.end), columns));
            }
            actions.extend(found);
            if !self.eat_symbol(",") {
                break;
            }
        }
        if !self.at_end() {
            return Err(self.unexpected("`,` or the statement's end"));
        }
        Ok(AlterTable {
            table,
            if_exists,
            only,
            actions,
            passed_over,
            others,
        })
    }

    /// A change that is passed over here, and that those who run the statement have to know of.
    fn other_change(&self) -> Option<OtherChange> {
        let enabled = self.is_word(0, "ENABLE");
        if self.is_words(&["DROP", "PARTITION"]) {
            Some(OtherChange::DropPartition)
        } else if self.is_words(&["TRUNCATE", "PARTITION"]) {
            Some(OtherChange::TruncatePartition)
        } else if self.is_words(&["SET", "TABLESPACE"]) {
            Some(OtherChange::SetTablespace)
        } else if self.is_any_word(0, &["ALGORITHM", "LOCK"]) {
            Some(OtherChange::Bound)
        } else if enabled || self.is_word(0, "DISABLE") {
            let mut cursor = self.clone();
            cursor.advance(1);
            let always = cursor.eat(&["ALWAYS"]);
            cursor.eat(&["REPLICA"]);
            let is_trigger = cursor.eat(&["TRIGGER"]);
            let all = cursor.is_any_word(0, &["ALL", "USER"]);
            let name = cursor.name("a trigger's name").ok().filter(|_| !all);
            is_trigger.then_some(OtherChange::Trigger {
                name,
                enabled,
                always,
            })
        } else {
            None
        }
    }

    /// Whether the action leaves the table as it is: a check of rows, or how another action is done.
    fn keeps_state(&self) -> bool {
        self.is_any_word(0, STATELESS)
            || self.is_words(&["WITH", "VALIDATION"])
            || self.is_words(&["WITHOUT", "VALIDATION"])
    }

    fn action_list(&mut self) -> Read<Actions> {
        if self.eat(&["ADD"]) {
            return self.add();
        }
        if self.eat(&["DROP"]) {
            return Ok(self.drop_action()?.into_iter().into_vec());
        }
        if self.eat(&["ALTER"]) {
            return Ok(self.alter_column()?.into_iter().into_vec());
        }
        if self.eat(&["RENAME"]) {
            return Ok(vec![self.rename()?]);
        }
        let grammar = &self.grammar.tables;
        if grammar.redefinitions && self.is_any_word(0, &["MODIFY", "CHANGE"]) {
            return Ok(vec![self.redefine()?]);
        }
        if self.eat(&["ATTACH", "PARTITION"]) {
            let name = self.object_name("a partition's name")?;
            let bound = self.partition_bound()?;
            // The table that is changed stands at the statement.
            let parent = name.clone();
            return Ok(vec![AlterAction::AttachPartition(Partition {
                name,
                parent,
                bound,
                own: None,
            })]);
        }
        if self.eat(&["DETACH", "PARTITION"]) {
            let name = self.object_name("a partition's name")?;
            self.skip_action()?;
            return Ok(vec![AlterAction::DetachPartition(name)]);
        }
        if self.eat(&["SET", "SCHEMA"]) {
            let schema = self.name("a schema's name")?;
            return Ok(vec![AlterAction::SetSchema(schema)]);
        }
        if grammar.comments && self.eat(&["COMMENT"]) {
            self.eat_symbol("=");
            return Ok(vec![AlterAction::Comment(self.text_constant()?)]);
        }
        let own = (Clauses::of(self.dialect).changes)(self)?;
        if !own.is_empty() {
            return Ok(own);
        }
        self.unmodelled()
    }

    /// Owners, statistics, storage engines, …: everything that changes no model, by its first word.
    fn unmodelled(&mut self) -> Read<Actions> {
        let option = self.is_name(0) && self.is_symbol(1, "=");
        if !option && !self.is_any_word(0, UNMODELLED) {
            return Err(self.unexpected("`ADD`, `ALTER`, `DROP`, `RENAME` or another change"));
        }
        // A list of columns, or of partitions, is the last change there is.
        if self.is_any_word(0, &["ORDER", "TRUNCATE"]) && self.is_name(1) {
            self.skip_to_end();
        }
        self.skip_action()?;
        Ok(Vec::new())
    }

    /// To the comma after this action.
    fn skip_action(&mut self) -> Read<()> {
        while !self.at_end() && !self.is_symbol(0, ",") {
            self.skip_one()?;
        }
        Ok(())
    }

    fn add(&mut self) -> Read<Actions> {
        let has_parts = self.grammar.sources.parts;
        let has_periods = self.grammar.tables.periods;
        if has_parts && self.eat(&["PARTITION"]) {
            return self.added_parts();
        }
        let first = self.at;
        if has_periods && self.eat(&["SYSTEM", "VERSIONING"]) {
            let mut option = self.table_option("SYSTEM VERSIONING".to_owned(), first);
            option.text.insert_str(0, "WITH ");
            return Ok(vec![AlterAction::Option(option)]);
        }
        let keyword = self.eat(&["COLUMN"]);
        if !keyword && self.at_table_constraint() {
            let constraint = self.table_constraint()?;
            self.eat(&["NOT", "VALID"]);
            let words = self.words_behind();
            let is_not_valid =
                |two: &[&str]| same_word(two[0], "VALID") && same_word(two[1], "NOT");
            let not_valid = words.windows(2).any(is_not_valid);
            let constraint = constraint.map(|constraint| TableConstraint {
                not_valid,
                ..constraint
            });
            return Ok(constraint
                .map(AlterAction::AddConstraint)
                .into_iter()
                .into_vec());
        }
        let if_not_exists = self.eat(&["IF", "NOT", "EXISTS"]);
        if self.grammar.tables.adds_several && self.is_symbol(0, "(") {
            return self.add_several();
        }
        let column = Box::new(self.column()?);
        Ok(vec![AlterAction::AddColumn {
            column,
            if_not_exists,
            position: self.position()?,
        }])
    }

    /// MySQL: `ADD (a INT, KEY (a))`.
    fn add_several(&mut self) -> Read<Actions> {
        self.expect_symbol("(")?;
        let mut actions = Vec::new();
        loop {
            if self.at_table_constraint() {
                actions.extend(self.table_constraint()?.map(AlterAction::AddConstraint));
            } else {
                let column = Box::new(self.column()?);
                actions.push(AlterAction::AddColumn {
                    column,
                    if_not_exists: false,
                    position: ColumnPosition::Unsaid,
                });
            }
            if !self.eat_symbol(",") {
                self.expect_symbol(")")?;
                return Ok(actions);
            }
        }
    }

    fn position(&mut self) -> Read<ColumnPosition> {
        if self.eat(&["FIRST"]) {
            return Ok(ColumnPosition::First);
        }
        if self.eat(&["AFTER"]) {
            return Ok(ColumnPosition::After(self.name("a column's name")?));
        }
        Ok(ColumnPosition::Unsaid)
    }

    fn drop_action(&mut self) -> Read<Option<AlterAction>> {
        if self.eat(&["PRIMARY", "KEY"]) {
            return Ok(Some(AlterAction::DropPrimaryKey));
        }
        let has_parts = self.grammar.sources.parts;
        let has_periods = self.grammar.tables.periods;
        if has_parts && self.eat(&["PARTITION"]) {
            return self.dropped_parts().map(Some);
        }
        if has_periods && self.eat(&["SYSTEM", "VERSIONING"]) {
            return Ok(Some(AlterAction::DropVersioning));
        }
        if has_periods && self.eat(&["PERIOD", "FOR"]) {
            let name = self.name("a period's name")?;
            return Ok(Some(AlterAction::DropPeriod(name)));
        }
        let constraint = self.dropped_key();
        if constraint.is_none() {
            self.eat(&["COLUMN"]);
        }
        let if_exists = self.eat(&["IF", "EXISTS"]);
        let name = self.name("the name of what is dropped")?;
        let cascade = self.eat(&["CASCADE"]);
        self.eat(&["RESTRICT"]);
        Ok(Some(match constraint {
            Some(kind) => AlterAction::DropConstraint {
                name,
                kind,
                cascade,
            },
            None => AlterAction::DropColumn {
                column: name,
                if_exists,
                cascade,
            },
        }))
    }

    fn dropped_key(&mut self) -> Option<DroppedKey> {
        if self.eat_any(&["KEY", "INDEX"]) {
            Some(DroppedKey::Index)
        } else if self.eat(&["FOREIGN", "KEY"]) {
            Some(DroppedKey::Foreign)
        } else {
            let is_any = self.eat_any(&["CONSTRAINT", "CHECK"]);
            is_any.then_some(DroppedKey::Any)
        }
    }

    /// After `ALTER TYPE name`: what is done to the attributes of a composite type; `None` for other changes.
    pub(super) fn alter_attributes(&mut self) -> Read<Option<Actions>> {
        let mut actions = Vec::new();
        loop {
            let Some(action) = self.alter_attribute()? else {
                return Ok(None);
            };
            actions.push(action);
            self.eat_any(&["CASCADE", "RESTRICT"]);
            if !self.eat_symbol(",") {
                return Ok(Some(actions));
            }
        }
    }

    fn alter_attribute(&mut self) -> Read<Option<AlterAction>> {
        const NAME: &str = "an attribute's name";
        Ok(Some(if self.eat(&["ADD", "ATTRIBUTE"]) {
            AlterAction::AddColumn {
                column: Box::new(self.column()?),
                if_not_exists: false,
                position: ColumnPosition::Unsaid,
            }
        } else if self.eat(&["DROP", "ATTRIBUTE"]) {
            let if_exists = self.eat(&["IF", "EXISTS"]);
            AlterAction::DropColumn {
                column: self.name(NAME)?,
                if_exists,
                cascade: false,
            }
        } else if self.eat(&["RENAME", "ATTRIBUTE"]) {
            let from = self.name(NAME)?;
            self.expect(&["TO"])?;
            AlterAction::RenameColumn {
                from,
                to: self.name(NAME)?,
            }
        } else if self.eat(&["ALTER", "ATTRIBUTE"]) {
            let column = self.name(NAME)?;
            self.eat(&["SET", "DATA"]);
            self.expect(&["TYPE"])?;
            let type_name = self.type_name()?;
            let collation = if self.eat(&["COLLATE"]) {
                Some(self.qualified_name("a collation")?)
            } else {
                None
            };
            AlterAction::SetType {
                column,
                type_name,
                collation,
            }
        } else {
            return Ok(None);
        }))
    }

    fn rename(&mut self) -> Read<AlterAction> {
        if self.eat_any(&["TO", "AS"]) {
            return Ok(AlterAction::RenameTable(self.object_name("the new name")?));
        }
        let constraint = self.eat_any(&["CONSTRAINT", "KEY", "INDEX"]);
        if !constraint {
            self.eat(&["COLUMN"]);
            if self.grammar.tables.bare_rename && !self.is_word(1, "TO") {
                return Ok(AlterAction::RenameTable(self.object_name("the new name")?));
            }
        }
        let from = self.name("the old name")?;
        self.expect(&["TO"])?;
        let to = self.name("the new name")?;
        Ok(if constraint {
            AlterAction::RenameConstraint { from, to }
        } else {
            AlterAction::RenameColumn { from, to }
        })
    }

    fn redefine(&mut self) -> Read<AlterAction> {
        let change = self.is_word(0, "CHANGE");
        self.advance(1);
        self.eat(&["COLUMN"]);
        self.eat(&["IF", "EXISTS"]);
        let column = self.name("a column's name")?;
        let name = if change {
            self.name("the column's new name")?
        } else {
            column.clone()
        };
        let definition = Box::new(self.column_named(name)?);
        Ok(AlterAction::Redefine {
            column,
            definition,
            position: self.position()?,
        })
    }

    fn alter_column(&mut self) -> Read<Option<AlterAction>> {
        if self.grammar.keys.deferrable && self.eat(&["CONSTRAINT"]) {
            let name = self.name("a constraint's name")?;
            let deferrable = self.deferrable();
            self.skip_action()?;
            return Ok(Some(AlterAction::DeferConstraint { name, deferrable }));
        }
        let key = self.grammar.keys.plain_keys && self.is_word(0, "KEY");
        if key || self.is_any_word(0, &["CONSTRAINT", "INDEX", "CHECK"]) {
            self.skip_action()?;
            return Ok(None);
        }
        self.eat(&["COLUMN"]);
        let column = self.name("a column's name")?;
        let action = if self.eat(&["SET", "DEFAULT"]) {
            let value = self.default_value()?;
            AlterAction::SetDefault { column, value }
        } else if self.eat(&["DROP", "DEFAULT"]) {
            AlterAction::DropDefault(column)
        } else if self.grammar.tables.redefinitions {
            self.expect(&["SET"])?;
            self.skip_action()?;
            return Ok(None);
        } else if self.eat(&["SET", "NOT", "NULL"]) {
            AlterAction::SetNotNull(column)
        } else if self.eat(&["DROP", "NOT", "NULL"]) {
            AlterAction::DropNotNull(column)
        } else if self.eat(&["TYPE"]) || self.eat(&["SET", "DATA", "TYPE"]) {
            let type_name = self.type_name()?;
            let collation = if self.eat(&["COLLATE"]) {
                Some(self.qualified_name("a collation")?)
            } else {
                None
            };
            self.skip_action()?;
            AlterAction::SetType {
                column,
                type_name,
                collation,
            }
        } else if self.eat(&["ADD", "GENERATED"]) {
            let always = self.eat(&["ALWAYS"]);
            while !self.at_end() && !self.is_symbol(0, ",") && !self.is_symbol(0, "(") {
                self.advance(1);
            }
            let options = self.identity_options()?;
            self.skip_action()?;
            AlterAction::AddIdentity {
                column,
                always,
                options,
            }
        } else if self.changes_identity() {
            self.identity_change(column)
        } else if self.eat(&["SET", "EXPRESSION", "AS"]) {
            let expression = self.parenthesized()?;
            AlterAction::SetExpression { column, expression }
        } else if self.eat(&["DROP", "IDENTITY"]) || self.eat(&["DROP", "EXPRESSION"]) {
            self.eat(&["IF", "EXISTS"]);
            AlterAction::DropGenerated(column)
        } else if self.eat(&["SET", "STORAGE"]) {
            self.column_setting(column, ColumnSetting::Storage)?
        } else if self.eat(&["SET", "COMPRESSION"]) {
            self.column_setting(column, ColumnSetting::Compression)?
        } else if self.is_any_word(0, &["SET", "RESET", "OPTIONS"]) {
            self.skip_action()?;
            return Ok(None);
        } else {
            return Err(self.unexpected("`SET`, `DROP` or another change of the column"));
        };
        Ok(Some(action))
    }

    fn column_setting(&mut self, column: Name, setting: ColumnSetting) -> Read<AlterAction> {
        let first = self.at;
        self.skip_action()?;
        let value = self.written(first);
        Ok(AlterAction::ColumnSetting {
            column,
            setting,
            value,
        })
    }

    /// `SET GENERATED`, `SET CYCLE`, `RESTART`: several of them may follow one another.
    fn changes_identity(&self) -> bool {
        const OPTIONS: [&str; 8] = [
            "GENERATED",
            "INCREMENT",
            "MINVALUE",
            "MAXVALUE",
            "NO",
            "START",
            "CACHE",
            "CYCLE",
        ];
        self.is_word(0, "RESTART")
            || self.is_words(&["SET", "RESTART"])
            || (self.is_word(0, "SET") && self.is_any_word(1, &OPTIONS))
    }

    fn identity_change(&mut self, column: Name) -> AlterAction {
        let (mut first, mut always) = (self.at, None);
        while !self.at_end() && !self.is_symbol(0, ",") {
            let is_first = self.at == first;
            if self.eat(&["SET", "GENERATED", "ALWAYS"]) {
                always = Some(true);
            } else if self.eat(&["SET", "GENERATED", "BY", "DEFAULT"]) {
                always = Some(false);
            } else {
                self.advance(1);
                continue;
            }
            // The kind is known, so only the options after it are kept as they are written.
            if is_first {
                first = self.at;
            }
        }
        AlterAction::ChangeIdentity {
            column,
            always,
            words: self.written(first),
        }
    }

    /// MySQL: `RENAME TABLE a TO b, c TO d`.
    pub(crate) fn rename_tables(&mut self) -> Read<Vec<AlterTable>> {
        let mut renames = Vec::new();
        loop {
            self.eat(&["IF", "EXISTS"]);
            let table = self.object_name("a table's name")?;
            if self.eat(&["WAIT"]) {
                self.advance(1);
            }
            self.eat(&["NOWAIT"]);
            self.expect(&["TO"])?;
            let actions = vec![AlterAction::RenameTable(self.object_name("the new name")?)];
            renames.push(AlterTable {
                table,
                if_exists: false,
                only: false,
                actions,
                passed_over: false,
                others: Vec::new(),
            });
            if !self.eat_symbol(",") {
                return Ok(renames);
            }
        }
    }

    /// `CREATE FULLTEXT INDEX` and its kin change a table as `ADD KEY` does.
    pub(crate) fn special_index(&mut self, method: &str) -> Read<AlterTable> {
        let first = self.at;
        let name = Some(self.name("an index's name")?);
        self.expect(&["ON"])?;
        let table = self.object_name("a table's name")?;
        let parts = self.key_parts()?;
        let (_, words) = self.key_options()?;
        let kind = crate::ast::TableConstraintKind::Index {
            parts,
            method: Some(method.to_owned()),
            words,
        };
        let constraint = TableConstraint {
            name,
            kind,
            not_valid: false,
            span: self.span_from(first),
        };
        Ok(AlterTable {
            table,
            if_exists: false,
            only: false,
            actions: vec![AlterAction::AddConstraint(constraint)],
            passed_over: false,
            others: Vec::new(),
        })
    }
}

/// First words of those that leave the table as it is.
const STATELESS: &[&str] = &[
    "VALIDATE",
    "ALGORITHM",
    "LOCK",
    "ANALYZE",
    "CHECK",
    "OPTIMIZE",
    "REBUILD",
    "REPAIR",
];

/// First words of changes that concern no model.
const UNMODELLED: &[&str] = &[
    "OWNER",
    "ENABLE",
    "DISABLE",
    "FORCE",
    "NO",
    "CLUSTER",
    "SET",
    "RESET",
    "INHERIT",
    "VALIDATE",
    "REPLICA",
    "NOT",
    "OF",
    "ENGINE",
    "DEFAULT",
    "CHARACTER",
    "CHARSET",
    "COLLATE",
    "CONVERT",
    "AUTO_INCREMENT",
    "ORDER",
    "ROW_FORMAT",
    "TABLESPACE",
    "IMPORT",
    "DISCARD",
    "TRUNCATE",
    "COALESCE",
    "ANALYZE",
    "CHECK",
    "OPTIMIZE",
    "REBUILD",
    "REPAIR",
    "REMOVE",
    "EXCHANGE",
    "ALGORITHM",
    "LOCK",
    "WITHOUT",
    "WITH",
    "UPGRADE",
    "PARTITION",
    "DEPENDS",
    "OPTIONS",
    "EXECUTE",
    "SECONDARY_LOAD",
    "SECONDARY_UNLOAD",
];
