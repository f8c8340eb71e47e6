//! The data that placeholders name: YAML files in a `_data` folder, by their paths.

use std::collections::btree_map::Entry as MapEntry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use liquid_core::model::{KString, KStringCow, Object, ObjectView, Value, ValueView};

use crate::diagnostic::{Code, Diagnostic, Report};
use crate::source::{Place, Source};
use crate::yaml::{self, Kind, Node};

/// A folder of data, a file of it, or a part of a file.
#[derive(Debug)]
enum Entry {
    Folder(BTreeMap<String, Entry>),
    File(Arc<Source>, Node),
}

/// All data files.
#[derive(Debug)]
pub(crate) struct DataTree {
    root: Entry,
}

impl Default for DataTree {
    fn default() -> Self {
        DataTree { root: Entry::Folder(BTreeMap::new()) }
    }
}

/// Where looking a path up ended.
pub(crate) enum Found<'a> {
    /// The path leads to a folder of data.
    Folder,
    /// The path leads to this collection.
    Collection(&'a Arc<Source>, &'a Node),
    /// The path leads to this text.
    Scalar(&'a Arc<Source>, &'a Node),
    /// The path ends before `missing`, the index of the first name that is not there.
    Missing { missing: usize, known: Vec<String>, file: Option<Place> },
}

impl DataTree {
    /// Adds the file at `path` within the data folder.
    pub(crate) fn add(&mut self, path: &[String], source: &Arc<Source>, report: &mut Report) {
        let Some(node) = yaml::parse(source, 0..source.text.len(), report) else {
            return;
        };
        let Some((name, folders)) = path.split_last() else {
            return;
        };
        let mut entry = &mut self.root;
        for folder in folders {
            let Entry::Folder(entries) = entry else {
                let place = Place::new(source, 0..0);
                report.push(
                    Diagnostic::error(
                        Code::DuplicateName,
                        place,
                        format!("a data file is called as the folder `{folder}` is"),
                    )
                    .help("rename one of them"),
                );
                return;
            };
            entry = entries.entry(folder.clone()).or_insert_with(|| Entry::Folder(BTreeMap::new()));
        }
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned();
        let Entry::Folder(entries) = entry else {
            let place = Place::new(source, 0..0);
            report.push(
                Diagnostic::error(Code::DuplicateName, place, "a data file has the name of this file's folder")
                    .help("rename one of them"),
            );
            return;
        };
        match entries.entry(stem) {
            MapEntry::Vacant(place) => {
                place.insert(Entry::File(Arc::clone(source), node));
            }
            MapEntry::Occupied(taken) => {
                let message = format!("two data files or folders are called `{}`", taken.key());
                let mut diagnostic =
                    Diagnostic::error(Code::DuplicateName, Place::new(source, 0..0), message).label("the second");
                if let Entry::File(first, _) = taken.get() {
                    diagnostic = diagnostic.mark(Place::new(first, 0..0), "the first");
                }
                report.push(diagnostic.help("rename one of them"));
            }
        }
    }

    /// Whether the tree has `name` at its root, or in the folder `within`.
    pub(crate) fn has(&self, within: Option<&str>, name: &str) -> bool {
        let Entry::Folder(entries) = &self.root else { return false };
        match within {
            None => entries.contains_key(name),
            Some(folder) => match entries.get(folder) {
                Some(Entry::Folder(entries)) => entries.contains_key(name),
                _ => false,
            },
        }
    }

    /// Follows `path` from the root.
    pub(crate) fn find(&self, path: &[&str]) -> Found<'_> {
        let mut entry = &self.root;
        for (index, name) in path.iter().enumerate() {
            match entry {
                Entry::Folder(entries) => match entries.get(*name) {
                    Some(next) => entry = next,
                    None => {
                        return Found::Missing { missing: index, known: entries.keys().cloned().collect(), file: None };
                    }
                },
                Entry::File(source, node) => return find_in(source, node, path, index),
            }
        }
        match entry {
            Entry::File(source, node) => find_in(source, node, &[], 0),
            Entry::Folder(_) => Found::Folder,
        }
    }

    /// The tree as templates see it.
    pub(crate) fn to_liquid(&self) -> Object {
        match &self.root {
            Entry::Folder(entries) => {
                entries.iter().map(|(name, entry)| (name.clone().into(), entry_value(entry))).collect()
            }
            Entry::File(..) => Object::new(),
        }
    }
}

/// Follows `path` from its name `from` on into `node`.
pub(crate) fn find_in<'a>(source: &'a Arc<Source>, node: &'a Node, path: &[&str], from: usize) -> Found<'a> {
    let mut node = node;
    for (index, name) in path.iter().enumerate().skip(from) {
        let next = match &node.kind {
            Kind::Mapping(_) => node.get(name),
            Kind::Sequence(elements) => match *name {
                "first" => elements.first(),
                "last" => elements.last(),
                "size" => return Found::Folder,
                _ => name.parse::<usize>().ok().and_then(|index| elements.get(index)),
            },
            Kind::Scalar { .. } => None,
        };
        match next {
            Some(next) => node = next,
            None => {
                let known = node
                    .mapping()
                    .map(|entries| entries.iter().filter_map(|(key, _)| key.text().map(str::to_owned)).collect())
                    .unwrap_or_default();
                let span = node.span.start..node.span.start;
                return Found::Missing { missing: index, known, file: Some(Place::new(source, span)) };
            }
        }
    }
    if node.text().is_some() { Found::Scalar(source, node) } else { Found::Collection(source, node) }
}

fn entry_value(entry: &Entry) -> Value {
    match entry {
        Entry::Folder(entries) => {
            Value::Object(entries.iter().map(|(name, entry)| (name.clone().into(), entry_value(entry))).collect())
        }
        Entry::File(_, node) => to_value(node),
    }
}

/// A node as templates see it: plain scalars by their type, everything else as text.
pub(crate) fn to_value(node: &Node) -> Value {
    match &node.kind {
        Kind::Scalar { text, plain } => {
            if node.is_null() {
                Value::Nil
            } else if let Some(boolean) = node.boolean() {
                Value::scalar(boolean)
            } else if let (true, Ok(integer)) = (plain, text.parse::<i64>()) {
                Value::scalar(integer)
            } else {
                Value::scalar(text.clone())
            }
        }
        Kind::Sequence(elements) => Value::Array(alike(elements.iter().map(to_value).collect())),
        Kind::Mapping(entries) => Value::Object(
            entries.iter().filter_map(|(key, value)| Some((key.text()?.to_owned().into(), to_value(value)))).collect(),
        ),
    }
}

/// Gives every mapping of a list the keys of its neighbours, with nothing for a value: what one element lacks
/// is empty where a loop writes it, as it is in the site's own engine.
fn alike(mut elements: Vec<Value>) -> Vec<Value> {
    let mut keys: BTreeSet<KString> = BTreeSet::new();
    for element in &elements {
        keys.extend(element.as_object().into_iter().flat_map(ObjectView::keys).map(KStringCow::into_owned));
    }
    for element in &mut elements {
        if let Value::Object(object) = element
            && object.len() < keys.len()
        {
            for key in &keys {
                if !object.contains_key(key.as_str()) {
                    object.insert(key.clone(), Value::Nil);
                }
            }
        }
    }
    elements
}
