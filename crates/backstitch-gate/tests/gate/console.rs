//! The page, as far as it can be told without a browser.

use crate::ask::{ask, ask_with, read};
use crate::client::{CLIENT, Fixture, TOKEN, builder};

const CONSOLE: &str = "/_gate/console/console.js";

/// The paths of the page's scripts: the first, and those that it imports.
async fn scripts(it: &Fixture) -> Vec<String> {
    let first = ask(&it.gate, &format!("GET {CONSOLE}"), "").await.body;
    let imported = first.split("from \"./").skip(1).filter_map(|rest| rest.split('"').next());
    let paths: Vec<String> =
        imported.map(|name| format!("/_gate/console/{name}")).chain([CONSOLE.to_owned()]).collect();
    assert!(paths.len() > 3, "{paths:?}");
    paths
}

#[tokio::test]
async fn the_page_and_all_that_it_needs_come_from_the_gate() {
    let it = Fixture::start().await;
    let page = ask(&it.gate, "GET /", "").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let links: Vec<&str> = ["src=\"", "href=\""]
        .iter()
        .flat_map(|start| page.body.split(start).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(links.contains(&CONSOLE) && links.contains(&"/_gate/console/console.css"), "{links:?}");
    for link in links.into_iter().filter(|link| !link.starts_with('#') && *link != "data:,") {
        assert!(link.starts_with("/_gate/"), "{link}");
        assert_eq!(ask(&it.gate, &format!("GET {link}"), "").await.status, 200, "{link}");
    }
    assert_eq!(ask(&it.gate, "GET /_gate/console/none.js", "").await.status, 404);
}

#[tokio::test]
async fn the_page_has_no_script_of_its_own_within_it() {
    let it = Fixture::start().await;
    let page = ask(&it.gate, "GET /", "").await;
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe-inline"), "{policy}");
    assert!(!page.body.contains("<style") && !page.body.contains(" style="));
    let handlers = page.body.split(" on").skip(1);
    let handlers = handlers.filter(|rest| rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('='));
    assert_eq!(handlers.count(), 0);
    assert!(page.body.split("<script").skip(1).all(|rest| rest.contains("src=") && rest.contains("></script>")));
    for path in scripts(&it).await {
        let script = ask(&it.gate, &format!("GET {path}"), "").await;
        assert_eq!(
            (script.status, script.header("content-type")),
            (200, Some("text/javascript; charset=utf-8")),
            "{path}"
        );
        // Names and values are text: nothing of the script makes markup of them.
        for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("] {
            assert!(!script.body.contains(way), "{path}: {way}");
        }
    }
}

#[tokio::test]
async fn another_host_does_not_get_the_page() {
    let it = Fixture::start().await;
    assert_eq!(ask_with(&it.gate, "GET /", "Host: evil.test\r\n", "").await.status, 403);
    assert_eq!(ask_with(&it.gate, "POST /", "Host: evil.test\r\n", "").await.status, 404);
}

#[tokio::test]
async fn the_page_comes_without_a_token_and_shows_nothing_without_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = builder(&folder).listen("0.0.0.0:0").token("at_other", 1).start().await.expect("a gate");
    for path in ["/", CONSOLE, "/_gate/console/console.css"] {
        assert_eq!(ask(&gate, &format!("GET {path}"), "").await.status, 200, "{path}");
    }
    assert_eq!(ask(&gate, "GET /_gate/clients", "").await.status, 401);
    let headers = format!("Host: localhost\r\nAuthorization: Bearer {TOKEN}\r\n");
    ask_with(&gate, "GET /_gate/clients", &headers, "").await.is(200, &format!("[{CLIENT}]"));
}

#[tokio::test]
async fn the_clients_are_listed() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = builder(&folder).token("at_other", 1).start().await.expect("a gate");
    assert_eq!(read(&gate, "/_gate/clients").await, serde_json::json!([CLIENT, 1]));
}
