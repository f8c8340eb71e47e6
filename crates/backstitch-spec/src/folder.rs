//! The files of a folder of definitions.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::data::DataTree;
use crate::diagnostic::{Code, Diagnostic, Report};
use crate::source::Source;

/// Folders whose YAML files are data for placeholders.
const DATA: &[&str] = &["_data", "data"];

/// Folders whose files can be included.
const INCLUDES: &[&str] = &["_includes", "includes"];

/// What a folder of definitions holds.
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    /// The Markdown files in the order of their paths.
    pub(crate) documents: Vec<Arc<Source>>,
    pub(crate) data: DataTree,
    /// The files that can be included, by their path within their folder.
    pub(crate) includes: BTreeMap<String, Arc<Source>>,
}

/// Reads all files of `folder`.
pub(crate) fn read(folder: &Path, report: &mut Report) -> Folder {
    let mut result =
        Folder { path: folder.to_owned(), documents: Vec::new(), data: DataTree::default(), includes: BTreeMap::new() };
    let mut found = files(folder, report);
    for name in [DATA[0], INCLUDES[0]] {
        // The usual layout of a site: the definitions in a folder of their own, the data beside it.
        if !found.iter().any(|(_, names)| names[..names.len() - 1].iter().any(|part| part == name))
            && let Some(beside) = folder.parent().map(|parent| parent.join(name)).filter(|path| path.is_dir())
        {
            let files = files(&beside, report).into_iter();
            found.extend(files.map(|(path, names)| (path, [name.to_owned()].into_iter().chain(names).collect())));
        }
    }
    for (path, names) in found {
        let part_after = |folders: &[&str]| {
            let at = names[..names.len() - 1].iter().position(|name| folders.contains(&name.as_str()))?;
            Some(names[at + 1..].to_vec())
        };
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if let Some(inner) = part_after(INCLUDES) {
            if let Some(source) = source(folder, &path, &names, report) {
                result.includes.insert(inner.join("/"), source);
            }
        } else if let Some(inner) = part_after(DATA) {
            if matches!(extension, "yml" | "yaml" | "json")
                && let Some(source) = source(folder, &path, &names, report)
            {
                result.data.add(&inner, &source, report);
            }
        } else if extension == "md"
            && let Some(source) = source(folder, &path, &names, report)
        {
            result.documents.push(source);
        }
    }
    result
}

/// All files below `folder`, but for hidden ones, in the order of their names.
fn files(folder: &Path, report: &mut Report) -> Vec<(PathBuf, Vec<String>)> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_owned(), Vec::<String>::new())];
    while let Some((path, names)) = open.pop() {
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) => {
                report.push(unreadable(&path, &error));
                continue;
            }
        };
        for entry in entries.filter_map(Result::ok) {
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with('.') {
                continue;
            }
            let names: Vec<String> = names.iter().cloned().chain([name]).collect();
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder {
                open.push((entry.path(), names));
            } else {
                found.push((entry.path(), names));
            }
        }
    }
    found.sort_by(|a, b| a.1.cmp(&b.1));
    found
}

fn source(root: &Path, path: &Path, names: &[String], report: &mut Report) -> Option<Arc<Source>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            report.push(unreadable(path, &error));
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => {
            Some(Arc::new(Source { path: names.join("/"), root: root.to_string_lossy().replace('\\', "/"), text }))
        }
        Err(error) => {
            let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count();
            report.push(Diagnostic::without_place(
                Code::NotUtf8,
                format!("{} is not UTF-8, at line {}", path.display(), line + 1),
                "save the file as UTF-8",
            ));
            None
        }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::without_place(
        Code::Unreadable,
        format!("can't read {}: {error}", path.display()),
        "check the path and its permissions",
    )
}
