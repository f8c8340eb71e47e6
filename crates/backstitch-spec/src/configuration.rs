//! How the definitions of a folder are read: the file `backstitch.yml`, beside them or in them.
//!
//! Its only key, `roots`, says where a name leads that is neither data of the product nor a data file:
//!
//! ```yaml
//! roots:
//!   link: "site.data.urls"
//!   api: "site.data.{product-type}.api"
//! ```
//!
//! What stands in braces is a key of the definition's front matter. Without the file, `link` leads to
//! `site.data.urls`, as it does on the vendor's own site, where there is such data and none called `link`.

use std::collections::BTreeMap;

use backstitch_codegen::name::nearest;

use crate::diagnostic::{Code, Diagnostic, Report};
use crate::folder::Folder;
use crate::source::Place;
use crate::yaml::{self, Node};

/// Where names lead.
#[derive(Debug, Default)]
pub(crate) struct Configuration {
    /// The path that each root stands for, with the keys of front matter in braces.
    pub(crate) roots: BTreeMap<String, String>,
    /// The site's own configuration, where there is one.
    pub(crate) site: Option<Node>,
}

/// Where names lead unless the file says otherwise.
const USUAL: &[(&str, &str)] = &[("link", "urls")];

/// The keys of the file.
const KEYS: &[&str] = &["roots"];

/// Reads the two configurations of a folder.
pub(crate) fn read(folder: &Folder, report: &mut Report) -> Configuration {
    let mut configuration = Configuration::default();
    if let Some(source) = &folder.site {
        configuration.site = yaml::parse(source, 0..source.text.len(), report);
    }
    for (name, file) in USUAL {
        if folder.data.has(None, file) && !folder.data.has(None, name) {
            configuration.roots.insert((*name).to_owned(), format!("site.data.{file}"));
        }
    }
    let Some(source) = &folder.configuration else { return configuration };
    let Some(root) = yaml::parse(source, 0..source.text.len(), report) else { return configuration };
    let mut refuse = |node: &Node, message: String, help: String| {
        report.push(Diagnostic::error(Code::Configuration, Place::new(source, node.span.clone()), message).help(help));
    };
    let Some(entries) = root.mapping() else {
        if !root.is_null() {
            let help = "write `roots:`, and under it a line `name: \"site.data.…\"` for each".to_owned();
            refuse(&root, format!("the configuration is {}, not a mapping", root.kind_name()), help);
        }
        return configuration;
    };
    for (key, value) in entries {
        let name = key.text().unwrap_or_default();
        if name != "roots" {
            let help = match nearest(name, KEYS.iter().copied()) {
                Some(near) => format!("write `{near}`"),
                None => format!("use one of `{}`", KEYS.join("`, `")),
            };
            refuse(key, format!("unknown key `{name}` of the configuration"), help);
            continue;
        }
        let Some(roots) = value.mapping() else {
            refuse(
                value,
                format!("`roots` is {}, not a mapping", value.kind_name()),
                "write `name: \"site.data.…\"`".to_owned(),
            );
            continue;
        };
        for (name, path) in roots {
            match (name.text(), path.text().filter(|path| path.starts_with("site.data."))) {
                (Some(name), Some(path)) => {
                    configuration.roots.insert(name.to_owned(), path.to_owned());
                }
                (Some(name), None) => {
                    let help = "write a path such as `site.data.urls` or `site.data.{product-type}.api`".to_owned();
                    refuse(path, format!("the root `{name}` does not lead into the data"), help);
                }
                (None, _) => {
                    refuse(name, "this root has no name".to_owned(), "write `name: \"site.data.…\"`".to_owned());
                }
            }
        }
    }
    configuration
}
