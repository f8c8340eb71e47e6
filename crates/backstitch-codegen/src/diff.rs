//! What changed between two versions of an API's definitions, and whether it breaks what was right
//! before: a request that was taken, or Rust code that compiled against the generated types.

use std::collections::BTreeMap;

use crate::model::{Additional, Api, Attribute, AttributeName, Endpoint, Object, Response, Standing};
use crate::rules::{Format, JsonType};

mod destination;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What changed, such as `Push.sequence`.
    pub what: String,
    /// How it changed.
    pub how: String,
    /// Whether something that was right before is wrong now.
    pub breaking: bool,
}

/// The changes from `old` to `new`, in the order of their names.
#[must_use]
pub fn changes(old: &Api, new: &Api) -> Vec<Change> {
    let mut changes = Changes(Vec::new());
    changes.pairs(&old.objects, &new.objects, |object| object.title.clone(), false, Changes::object);
    let endpoint = |endpoint: &Endpoint| format!("endpoint {}", endpoint.title);
    changes.pairs(&old.endpoints, &new.endpoints, endpoint, false, Changes::endpoint);
    changes.pairs(
        &old.responses,
        &new.responses,
        |response| format!("no call answer {}", response.name),
        false,
        Changes::response,
    );
    let limit = |limit: &crate::model::Limit| format!("limit {}", limit.name);
    changes.pairs(&old.limits, &new.limits, limit, false, |changes, name, old, new| {
        changes.differ(name, "", &old.value, &new.value, new.value < old.value);
    });
    let region = |region: &crate::model::Region| format!("region {}", region.id);
    changes.pairs(&old.regions, &new.regions, region, false, |changes, name, old, new| {
        changes.differ(name, "base URL", &old.url, &new.url, true);
    });
    changes.destination_rules(&old.destination_rules, &new.destination_rules);
    let destination = |destination: &crate::model::Destination| format!("destination {}", destination.key);
    changes.pairs(&old.destinations, &new.destinations, destination, false, Changes::destination);
    changes.0
}

struct Changes(Vec<Change>);

impl Changes {
    fn push(&mut self, what: &str, how: String, breaking: bool) {
        self.0.push(Change { what: what.to_owned(), how, breaking });
    }

    /// Reports a value that is another now.
    fn differ<T: PartialEq + std::fmt::Display>(&mut self, what: &str, part: &str, old: &T, new: &T, breaking: bool) {
        if old != new {
            let part = if part.is_empty() { String::new() } else { format!("{part}: ") };
            self.push(what, format!("{part}`{old}` became `{new}`"), breaking);
        }
    }

    /// Compares what has one name on both sides, and reports what has none.
    fn pairs<T>(
        &mut self,
        old: &[T],
        new: &[T],
        name: impl Fn(&T) -> String,
        added_breaks: bool,
        compare: impl Fn(&mut Self, &str, &T, &T),
    ) {
        let mut all: BTreeMap<String, (Option<&T>, Option<&T>)> = BTreeMap::new();
        for item in old {
            all.entry(name(item)).or_default().0 = Some(item);
        }
        for item in new {
            all.entry(name(item)).or_default().1 = Some(item);
        }
        for (name, pair) in all {
            match pair {
                (Some(old), Some(new)) => compare(self, &name, old, new),
                (Some(_), None) => self.push(&name, "removed".to_owned(), true),
                (None, _) => self.push(&name, "added".to_owned(), added_breaks),
            }
        }
    }

    fn object(&mut self, name: &str, old: &Object, new: &Object) {
        self.differ(name, "path", &old.path(), &new.path(), true);
        let methods = |object: &Object| {
            let methods: Vec<String> =
                object.methods.iter().map(|method| format!("{} {}", method.method, method.title)).collect();
            methods.join(", ")
        };
        self.differ(name, "methods", &methods(old), &methods(new), false);
        if old.description != new.description {
            self.push(name, "description changed".to_owned(), false);
        }
        let additional = |object: &Object| match object.additional {
            Additional::Unstated => "ignored",
            Additional::Allowed => "kept",
            Additional::Refused => "refused",
        };
        // What was kept has a field, and what was ignored was taken.
        let breaks = old.additional == Additional::Allowed || new.additional == Additional::Refused;
        self.differ(name, "other keys", &additional(old), &additional(new), breaks);
        self.attributes(name, &old.attributes, &new.attributes);
        let order = |object: &Object| object.on_the_wire().map(|attribute| attribute.name.clone()).collect::<Vec<_>>();
        let (before, after) = (order(old), order(new));
        let in_both = |names: &[AttributeName], other: &[AttributeName]| -> Vec<AttributeName> {
            names.iter().filter(|name| other.contains(name)).cloned().collect()
        };
        if in_both(&before, &after) != in_both(&after, &before) {
            self.push(name, "order on the wire changed".to_owned(), false);
        }
    }

    fn attributes(&mut self, name: &str, old: &[Attribute], new: &[Attribute]) {
        let attribute = |attribute: &Attribute| format!("{name}.{}", attribute.name);
        let added: Vec<&Attribute> = new.iter().filter(|new| old.iter().all(|old| old.name != new.name)).collect();
        let before = self.0.len();
        self.pairs(old, new, attribute, false, Changes::attribute);
        // Whether an attribute that was added breaks anything depends on whether it must be there.
        for change in self.0.iter_mut().skip(before).filter(|change| change.how == "added") {
            let is_required = added.iter().any(|new| attribute(new) == change.what && !new.may_be_absent());
            if is_required {
                change.how = "added, and must be there".to_owned();
                change.breaking = true;
            }
        }
    }

    fn attribute(&mut self, name: &str, old: &Attribute, new: &Attribute) {
        let names = |types: &[JsonType]| {
            let mut types = types.to_vec();
            types.sort_unstable();
            JsonType::names(&types)
        };
        self.differ(name, "type", &names(&old.types), &names(&new.types), true);
        self.differ(name, "elements", &names(&old.items), &names(&new.items), true);
        let object = |attribute: &Attribute| attribute.object.clone().unwrap_or_else(|| "any".to_owned());
        self.differ(name, "object", &object(old), &object(new), true);
        let presence = |attribute: &Attribute| if attribute.may_be_absent() { "optional" } else { "required" };
        self.differ(name, "", &presence(old), &presence(new), true);
        let role = |attribute: &Attribute| match attribute.role {
            Some(role) => format!("{role:?}").to_lowercase(),
            None => "none".to_owned(),
        };
        self.differ(name, "role", &role(old), &role(new), true);
        let constant = |attribute: &Attribute| attribute.constant.clone().unwrap_or_else(|| "anything".to_owned());
        self.differ(name, "const", &constant(old), &constant(new), true);
        let (before, after) = (&old.limits, &new.limits);
        self.bound(name, "minimum", before.minimum, after.minimum, |old, new| new > old);
        self.bound(name, "maximum", before.maximum, after.maximum, |old, new| new < old);
        self.bound(name, "minLength", before.min_length, after.min_length, |old, new| new > old);
        self.bound(name, "maxLength", before.max_length, after.max_length, |old, new| new < old);
        self.bound(name, "minItems", before.min_items, after.min_items, |old, new| new > old);
        self.bound(name, "maxItems", before.max_items, after.max_items, |old, new| new < old);
        let format = |attribute: &Attribute| attribute.limits.format.map_or("any", Format::name);
        self.differ(name, "format", &format(old), &format(new), new.limits.format.is_some());
        for (word, standing) in Standing::ALL {
            match (old.standing.contains(standing), new.standing.contains(standing)) {
                (false, true) => self.push(name, format!("{word} from now on"), false),
                (true, false) => self.push(name, format!("{word} no more"), false),
                _ => {}
            }
        }
        if old.description != new.description {
            self.push(name, "description changed".to_owned(), false);
        }
    }

    /// A bound that is tighter than before, or new, breaks; a looser one does not.
    fn bound<T: Copy + PartialEq + std::fmt::Display>(
        &mut self,
        name: &str,
        word: &str,
        old: Option<T>,
        new: Option<T>,
        is_tighter: impl Fn(T, T) -> bool,
    ) {
        match (old, new) {
            (Some(old), Some(new)) => self.differ(name, word, &old, &new, is_tighter(old, new)),
            (Some(old), None) => self.push(name, format!("{word}: `{old}` is gone"), false),
            (None, Some(new)) => self.push(name, format!("{word}: `{new}` is new"), true),
            (None, None) => {}
        }
    }

    fn endpoint(&mut self, name: &str, old: &Endpoint, new: &Endpoint) {
        self.differ(name, "method", &old.method, &new.method, true);
        self.differ(name, "path", &old.path, &new.path, true);
        self.differ(name, "token needed", &old.authorization, &new.authorization, true);
        self.differ(name, "success", &old.success, &new.success, true);
        for content_type in &old.content_types {
            if !new.content_types.contains(content_type) {
                self.push(name, format!("content type `{content_type}` is gone"), true);
            }
        }
        for content_type in &new.content_types {
            if !old.content_types.contains(content_type) {
                self.push(name, format!("content type `{content_type}` is new"), false);
            }
        }
        let told = self.0.len();
        self.attributes(name, &old.arguments, &new.arguments);
        // What holds for the object that the call takes has been told of that.
        let object = new.request.as_deref().filter(|_| old.request == new.request);
        let (before, of_arguments) = self.0.split_at(told);
        let is_known = |change: &Change| {
            let (Some(object), Some(attribute)) = (object, change.what.strip_prefix(name)) else { return false };
            let same = |known: &Change| known.what == format!("{object}{attribute}") && known.how == change.how;
            before.iter().any(same)
        };
        let kept: Vec<Change> = of_arguments.iter().filter(|change| !is_known(change)).cloned().collect();
        self.0.truncate(told);
        self.0.extend(kept);
        self.attributes(name, &old.path_parameters, &new.path_parameters);
        let none = || "none".to_owned();
        self.differ(
            name,
            "takes",
            &old.request.clone().unwrap_or_else(none),
            &new.request.clone().unwrap_or_else(none),
            true,
        );
        self.differ(
            name,
            "gives",
            &old.response.clone().unwrap_or_else(none),
            &new.response.clone().unwrap_or_else(none),
            true,
        );
        let response = |response: &Response| format!("{name} answer {}", response.name);
        self.pairs(&old.responses, &new.responses, response, false, Changes::response);
    }

    fn response(&mut self, name: &str, old: &Response, new: &Response) {
        self.differ(name, "status", &old.status, &new.status, true);
        self.differ(name, "body", &old.body, &new.body, false);
    }
}
