//! Which columns a destination has for which types.

use backstitch_codegen::destination::StitchType;
use backstitch_codegen::model::ColumnType;
use backstitch_codegen::name::nearest;

use crate::diagnostic::{Code, Diagnostic};
use crate::object::Reader;
use crate::yaml::Node;

/// What stands for a type whose values are rejected.
const UNSUPPORTED: &str = "unsupported";

/// The keys of a type.
const KEYS: &[&str] = &["note", "suffix", "type"];

impl Reader<'_, '_> {
    /// The columns for each type, and the types that are rejected.
    pub(super) fn column_types(&mut self) -> (Vec<ColumnType>, Vec<StitchType>) {
        let (mut types, mut unsupported) = (Vec::new(), Vec::new());
        for (key, value) in self.entries("types") {
            let Some(of) = self.stitch_type(&key) else { continue };
            if value.text() == Some(UNSUPPORTED) {
                unsupported.push(of);
                continue;
            }
            let Some(entries) = value.mapping() else {
                self.wrong_kind(&value, "a `type` with its `suffix`, or `unsupported`");
                continue;
            };
            for (name, _) in entries {
                let text = name.text().unwrap_or_default();
                if !KEYS.contains(&text) {
                    self.report.push(
                        Diagnostic::warning(
                            Code::UnknownKey,
                            self.document.place(name),
                            format!("unknown key `{text}` of a type"),
                        )
                        .label("not read")
                        .help(match nearest(text, KEYS.iter().copied()) {
                            Some(near) => format!("write `{near}`"),
                            None => format!("use one of `{}`", KEYS.join("`, `")),
                        }),
                    );
                }
            }
            let name = self.type_part(&key, &value, "type", "integer");
            let suffix = self.type_part(&key, &value, "suffix", "it");
            let note = self.text(value.get("note").filter(|node| !node.is_null()));
            if let (Some(name), Some(suffix)) = (name, suffix) {
                types.push(ColumnType { of, name, suffix, note });
            }
        }
        (types, unsupported)
    }

    /// The types that are stored as another one.
    pub(super) fn type_fallbacks(&mut self) -> Vec<(StitchType, StitchType)> {
        let mut fallbacks = Vec::new();
        for (key, value) in self.entries("type-fallbacks") {
            // Both are read, so that both are told.
            let (of, otherwise) = (self.stitch_type(&key), self.stitch_type(&value));
            fallbacks.extend(of.zip(otherwise));
        }
        fallbacks
    }

    /// The entries of a mapping in the front matter.
    fn entries(&mut self, key: &str) -> Vec<(Node, Node)> {
        let Some(node) = self.document.get(key) else { return Vec::new() };
        let entries = node.mapping();
        if entries.is_none() {
            self.wrong_kind(node, "a mapping");
        }
        entries.unwrap_or_default().to_vec()
    }

    fn stitch_type(&mut self, node: &Node) -> Option<StitchType> {
        let Some(name) = node.text() else {
            self.wrong_kind(node, "the name of a type");
            return None;
        };
        let known = StitchType::ALL.iter().find(|(known, _)| *known == name);
        if known.is_none() {
            let names: Vec<&str> = StitchType::ALL.iter().map(|(name, _)| *name).collect();
            self.report.push(
                Diagnostic::error(Code::UnknownType, self.document.place(node), format!("unknown type `{name}`")).help(
                    match nearest(name, names.iter().copied()) {
                        Some(near) => format!("write `{near}`"),
                        None => format!("use one of {}", names.join(", ")),
                    },
                ),
            );
        }
        known.map(|(_, of)| *of)
    }

    /// A key that every type needs.
    fn type_part(&mut self, of: &Node, value: &Node, key: &str, example: &str) -> Option<String> {
        let part = value.get(key).and_then(Node::text).filter(|text| !text.is_empty());
        if part.is_none() {
            self.report.push(
                Diagnostic::error(
                    Code::MissingKey,
                    self.document.place(of),
                    format!("the type `{}` has no `{key}`", of.text().unwrap_or_default()),
                )
                .help(format!("add `{key}: \"{example}\"`")),
            );
        }
        part.map(str::to_owned)
    }
}
