//! The keys of elements of lists: an unknown one is told with the nearest that is known.

use std::sync::Arc;

use backstitch_codegen::name::nearest;

use crate::diagnostic::{Code, Diagnostic};
use crate::object::Reader;
use crate::source::{Place, Source};
use crate::yaml::Node;

/// Keys that an element of any list may have: a site shows them, and not all are read.
const COMMON: &[&str] =
    &["description", "header", "id", "language", "method", "name", "request-url", "short", "title", "url", "version"];

/// The keys `own`, and those that an element of any list may have.
pub(crate) fn with_common<'a>(own: &[&'a str]) -> Vec<&'a str> {
    own.iter().chain(COMMON).copied().collect()
}

impl Reader<'_, '_> {
    /// Warns of the keys of `node` that are not `known`; `what` is what has them, with its article.
    pub(crate) fn known_keys_of(&mut self, source: &Arc<Source>, node: &Node, what: &str, known: &[&str]) {
        for (key, _) in node.mapping().unwrap_or_default() {
            let name = key.text().unwrap_or_default();
            if known.contains(&name) {
                continue;
            }
            let help = match nearest(name, known.iter().copied()) {
                Some(near) => format!("write `{near}`"),
                None => "remove it, or say it in the `description`".to_owned(),
            };
            self.report.push(
                Diagnostic::warning(
                    Code::UnknownKey,
                    Place::new(source, key.span.clone()),
                    format!("unknown key `{name}` of {what}"),
                )
                .label("not read")
                .help(help),
            );
        }
    }
}

/// The key of `node` that was most likely meant to be `wanted`.
pub(crate) fn slip_of<'a>(node: &'a Node, wanted: &str, known: &[&str]) -> Option<&'a Node> {
    let entries = node.mapping()?;
    let is_slip = |key: &&Node| {
        key.text().is_some_and(|name| !known.contains(&name) && nearest(name, known.iter().copied()) == Some(wanted))
    };
    entries.iter().map(|(key, _)| key).find(is_slip)
}
