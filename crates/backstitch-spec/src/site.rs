//! All that the texts of a definition can name: its own keys, the object that it belongs to, the data.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use liquid_core::model::{KString, KStringRef, Object, Value, ValueView};

use crate::configuration::Configuration;
use crate::data::{self, Found};
use crate::document::{Document, Subject};
use crate::folder::Folder;
use crate::source::{Place, Source};

/// Values by their names.
pub(crate) type Roots<'a> = HashMap<KStringRef<'a>, &'a dyn ValueView>;

/// A folder of definitions, read.
pub(crate) struct Site {
    pub(crate) folder: Folder,
    pub(crate) configuration: Configuration,
    pub(crate) documents: Vec<Document>,
    /// The objects by product and endpoint, so that a call finds the one that it belongs to.
    objects: HashMap<(Option<String>, String), usize>,
    data: OnceCell<Object>,
    site: OnceCell<Object>,
}

/// Where a name ends.
pub(crate) enum Lookup<'a> {
    /// It is known, and holds nothing that could be looked at.
    Known,
    /// It leads to this list or mapping.
    Collection(&'a Arc<Source>, &'a crate::yaml::Node),
    /// It leads to this text.
    Scalar(&'a Arc<Source>, &'a crate::yaml::Node),
    /// It ends before its part number `at`.
    Missing(Missing),
}

/// Why a name leads nowhere.
pub(crate) struct Missing {
    /// The part of the name that is not there.
    pub(crate) at: usize,
    /// The names that are there.
    pub(crate) known: Vec<String>,
    /// The place that was looked at, if it is in a file.
    pub(crate) place: Option<Place>,
    /// The data file that would hold it, if none was looked at.
    pub(crate) file: Option<String>,
}

impl Site {
    pub(crate) fn new(folder: Folder, configuration: Configuration, documents: Vec<Document>) -> Self {
        let mut objects = HashMap::new();
        for (index, document) in documents.iter().enumerate() {
            if document.is_core_object()
                && let Some(endpoint) = document.key_text("endpoint")
            {
                let product = document.product().map(str::to_owned);
                objects.entry((product, endpoint.to_owned())).or_insert(index);
            }
        }
        Site { folder, configuration, documents, objects, data: OnceCell::new(), site: OnceCell::new() }
    }

    /// The object that a call belongs to.
    pub(crate) fn object_of(&self, document: &Document) -> Option<&Document> {
        let endpoint = document.key_text("endpoint")?;
        let key = (document.product().map(str::to_owned), endpoint.to_owned());
        self.objects.get(&key).and_then(|index| self.documents.get(*index))
    }

    /// The endpoints that objects of the same product belong to.
    pub(crate) fn endpoints<'a>(&'a self, document: &'a Document) -> impl Iterator<Item = &'a str> {
        let of_product = move |(product, _): &&(Option<String>, String)| product.as_deref() == document.product();
        let mut names: Vec<&str> = self.objects.keys().filter(of_product).map(|(_, name)| name.as_str()).collect();
        names.sort_unstable();
        names.into_iter()
    }

    /// The definition whose keys are named by `root` in the texts of `document`.
    fn front_matter<'a>(&'a self, document: &'a Document, root: &str) -> Option<&'a Document> {
        match (root, document.subject) {
            ("page", _) | ("endpoint", Subject::Endpoint) | ("object", Subject::Object) => Some(document),
            ("form-property", Subject::Object) => document.is_form().then_some(document),
            ("object", Subject::Endpoint) => self.object_of(document),
            _ => None,
        }
    }

    /// The path that the configured root `name` stands for in the texts of `document`.
    fn root(&self, document: &Document, name: &str) -> Option<Vec<String>> {
        let mut path = self.configuration.roots.get(name)?.clone();
        while let Some(start) = path.find('{') {
            let end = start + path[start..].find('}')?;
            let value = document.key_text(&path[start + 1..end])?.to_owned();
            path.replace_range(start..=end, &value);
        }
        Some(path.split('.').map(str::to_owned).collect())
    }

    /// Follows a name of a text of `document`.
    pub(crate) fn find<'a>(&'a self, document: &'a Document, path: &[&str]) -> Lookup<'a> {
        let Some((root, rest)) = path.split_first() else { return Lookup::Known };
        if *root == "site" {
            return self.find_in_site(rest);
        }
        if let Some(document) = self.front_matter(document, root) {
            return lookup(data::find_in(&document.source, &document.root, rest, 0), 1);
        }
        if let Some(mapped) = self.root(document, root) {
            let whole: Vec<&str> = mapped.iter().map(String::as_str).chain(rest.iter().copied()).collect();
            let within = whole.get(2..).unwrap_or_default();
            let file = |missing| Some(data_file(within, missing));
            return match lookup(self.folder.data.find(within), 0) {
                Lookup::Missing(mut missing) => {
                    missing.file = if missing.place.is_none() { file(missing.at) } else { None };
                    // The parts that the root stands for are not in the name.
                    missing.at = (missing.at + 3).saturating_sub(mapped.len());
                    Lookup::Missing(missing)
                }
                found => found,
            };
        }
        let product = document.product().filter(|product| self.folder.data.has(Some(product), root));
        match product {
            Some(product) => {
                let whole: Vec<&str> = [product].into_iter().chain(path.iter().copied()).collect();
                match lookup(self.folder.data.find(&whole), 0) {
                    Lookup::Missing(mut missing) => {
                        missing.file = missing.place.is_none().then(|| data_file(&whole, missing.at));
                        missing.at = missing.at.saturating_sub(1);
                        Lookup::Missing(missing)
                    }
                    found => found,
                }
            }
            None => self.find_data(path, 0),
        }
    }

    fn find_in_site(&self, path: &[&str]) -> Lookup<'_> {
        match path {
            [] | ["data"] => Lookup::Known,
            ["data", rest @ ..] => self.find_data(rest, 2),
            [name, ..] => match (&self.configuration.site, &self.folder.site) {
                (Some(node), Some(source)) if node.get(name).is_some() => {
                    lookup(data::find_in(source, node, path, 0), 1)
                }
                _ if ALWAYS_IN_SITE.contains(name) => Lookup::Known,
                (Some(node), Some(source)) => lookup(data::find_in(source, node, path, 0), 1),
                _ => Lookup::Missing(Missing {
                    at: 1,
                    known: ["baseurl", "data", "url"].map(str::to_owned).into(),
                    place: None,
                    file: None,
                }),
            },
        }
    }

    fn find_data(&self, path: &[&str], skipped: usize) -> Lookup<'_> {
        match lookup(self.folder.data.find(path), skipped) {
            Lookup::Missing(mut missing) => {
                missing.file = missing.place.is_none().then(|| data_file(path, missing.at - skipped));
                Lookup::Missing(missing)
            }
            found => found,
        }
    }

    fn data(&self) -> &Object {
        self.data.get_or_init(|| self.folder.data.to_liquid())
    }

    /// What `site` is.
    pub(crate) fn site(&self) -> Roots<'_> {
        let own = self.site.get_or_init(|| {
            let mut site = match self.configuration.site.as_ref().map(data::to_value) {
                Some(Value::Object(site)) => site,
                _ => Object::new(),
            };
            for name in ALWAYS_IN_SITE {
                if !site.contains_key(*name) {
                    site.insert(KString::from_static(name), Value::scalar(""));
                }
            }
            site
        });
        let mut site: Roots<'_> = own.iter().map(|(name, value)| (name.as_ref(), value as &dyn ValueView)).collect();
        site.insert(KStringRef::from_static("data"), self.data());
        site
    }

    /// Every root that a text of `document` can name, with its value; `site` is what [`Site::site`] gave.
    pub(crate) fn globals<'a>(&'a self, document: &'a Document, site: &'a Roots<'a>) -> Roots<'a> {
        let data = self.data();
        let mut globals = Roots::with_capacity(data.len() + 8);
        for (name, value) in data {
            globals.insert(name.as_ref(), value as &dyn ValueView);
        }
        if let Some(Value::Object(product)) = document.product().and_then(|product| data.get(product)) {
            globals.extend(product.iter().map(|(name, value)| (name.as_ref(), value as &dyn ValueView)));
        }
        for name in self.configuration.roots.keys() {
            let mapped = self.root(document, name).unwrap_or_default();
            let mut parts = mapped.iter().skip(2);
            let first = parts.next().and_then(|part| data.get(part.as_str()));
            let value = parts.fold(first, |value, part| match value {
                Some(Value::Object(object)) => object.get(part.as_str()),
                _ => None,
            });
            if let Some(value) = value {
                globals.insert(KStringRef::from_ref(name), value);
            }
        }
        for root in ["page", "endpoint", "object", "form-property"] {
            if let Some(document) = self.front_matter(document, root) {
                globals.insert(KStringRef::from_static(root), document.value());
            }
        }
        globals.insert(KStringRef::from_static("site"), site);
        globals
    }
}

/// Keys that a site has whether it is configured or not.
const ALWAYS_IN_SITE: &[&str] = &["baseurl", "time", "url"];

fn lookup(found: Found<'_>, skipped: usize) -> Lookup<'_> {
    match found {
        Found::Folder => Lookup::Known,
        Found::Collection(source, node) => Lookup::Collection(source, node),
        Found::Scalar(source, node) => Lookup::Scalar(source, node),
        Found::Missing { missing, known, file: place } => {
            Lookup::Missing(Missing { at: missing + skipped, known, place, file: None })
        }
    }
}

/// The data file that a path most likely means, where its name at `missing` is not there: the last
/// two names are a key and its attribute, what stands before them is the file.
fn data_file(path: &[&str], missing: usize) -> String {
    let file = path.len().saturating_sub(2).max(missing + 1).min(path.len());
    format!("_data/{}.yml", path[..file].join("/"))
}
