//! The page of a gate, at `/`: what its script asks for is under `/_gate` too.

use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::reply::Trouble;

/// Where the files of the page are, which tell nothing of requests or tables.
pub(crate) const PREFIX: &str = "/_gate/console/";

const PAGE: &str = include_str!("../../console/index.html");
const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The files, each with its type.
const FILES: [(&str, &str, &str); 6] = [
    ("console.css", STYLE, include_str!("../../console/console.css")),
    ("console.js", SCRIPT, include_str!("../../console/console.js")),
    ("element.js", SCRIPT, include_str!("../../console/element.js")),
    ("gate.js", SCRIPT, include_str!("../../console/gate.js")),
    ("requests.js", SCRIPT, include_str!("../../console/requests.js")),
    ("tables.js", SCRIPT, include_str!("../../console/tables.js")),
];

pub(crate) async fn page() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], PAGE)
}

/// A file of the page.
pub(crate) async fn file(Path(name): Path<String>) -> Result<Response, Trouble> {
    let found = FILES.iter().find(|(known, ..)| *known == name);
    let (_, kind, text) = found.ok_or_else(|| Trouble::Missing("the page has no such file".to_owned()))?;
    Ok(([(CONTENT_TYPE, *kind)], *text).into_response())
}
