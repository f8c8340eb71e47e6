//! Names and values that are made to harm.

use serde_json::{Value, json};

use crate::browser::browse;

/// What would run if it were markup, a script or an address.
const HOSTILE: [&str; 6] = [
    "<img src=x onerror=\"window.harmed=1\">",
    "\"'><script>window.harmed=2</script>",
    "javascript:window.harmed=3",
    "</pre></td></table><svg onload='window.harmed=4'>",
    "{{window.harmed=5}}${window.harmed=6}",
    "&lt;b&gt;&amp;",
];

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_and_values_are_text_and_run_nothing() {
    browse(async |page| {
        for (id, text) in HOSTILE.iter().enumerate() {
            let data = json!({ "id": id, "value": text, *text: text });
            assert_eq!(page.push(text, &[data]).await, 201, "{text}");
            // Refused: the text is in the reason, the body and the path.
            page.send(&format!("/v2/import/push/{}", text.replace([' ', '"', '<', '>', '{', '}'], "_")), "[]").await;
            page.push(text, &[json!({ "id": [text] })]).await;
        }
        let listed = format!("document.querySelectorAll('#tables li').length === {}", HOSTILE.len());
        page.until(&listed).await;
        let names = page.value("[...document.querySelectorAll('#tables bdi')].map((it) => it.textContent)").await;
        for text in HOSTILE {
            assert!(names.as_array().is_some_and(|names| names.contains(&json!(text))), "{text}: {names}");
            page.value(&format!(
                "[...document.querySelectorAll('#tables a')].find((it) => it.title === {}).click()",
                json!(text)
            ))
            .await;
            page.until(&format!("document.getElementById('table-title').textContent === {}", json!(text))).await;
            page.until(&format!(
                "[...document.querySelectorAll('#table tbody td')].some((it) => it.textContent === {})",
                json!(text)
            ))
            .await;
            page.value("document.querySelector('#table [data-row]').click()").await;
            page.until(&format!(
                "[...document.querySelectorAll('#row dd')].some((it) => it.textContent === {})",
                json!(text)
            ))
            .await;
            page.value("document.getElementById('row').close()").await;
        }
        page.value("location.hash = '#requests'").await;
        page.value("document.querySelectorAll('#list summary').forEach((it) => it.click())").await;
        let opened =
            format!("document.querySelectorAll('#list pre[aria-label=Body]').length === {}", 2 * HOSTILE.len());
        page.until(&opened).await;
        let made = "document.querySelectorAll('main img, main svg, main script, main b, nav img, nav svg').length";
        assert_eq!(page.value(made).await, json!(0));
        assert_eq!(page.value("window.harmed ?? null").await, Value::Null);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_seen_is_named() {
    browse(async |page| {
        let data =
            json!({ "id": "a\u{202e}gpj.exe", "nul": "x\0y", "line": "1\n2", "lines": "1\r\n2", "right": "שלום" });
        assert_eq!(page.push("t\u{200b}", &[data]).await, 201);
        page.go("#table/t%E2%80%8B").await;
        page.until("document.querySelector('#table tbody tr')").await;
        let cells = "[...document.querySelectorAll('#table tbody td')].slice(1, 6).map((it) => it.textContent)";
        assert_eq!(page.value(cells).await, json!(["aU+202Egpj.exe", "xU+0000y", "1↵2", "1↵2", "שלום"]));
        assert_eq!(page.text("document.getElementById('table-title').textContent").await, "tU+200B");
        // The end of a line hides nothing, whichever it is.
        assert_eq!(page.value("document.querySelectorAll('#table tbody .unseen-character').length").await, json!(2));
        page.value("document.querySelector('#table [data-row]').click()").await;
        let values = "[...document.querySelectorAll('#row dd')].slice(0, 4).map((it) => it.textContent)";
        page.until("document.getElementById('row').open").await;
        assert_eq!(page.value(values).await, json!(["aU+202Egpj.exe", "xU+0000y", "1\n2", "1\r\n2"]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn spaces_of_a_name_are_seen() {
    browse(async |page| {
        for name in ["orders", "orders ", " two  words", "no\u{a0}break"] {
            assert_eq!(page.push(name, &[json!({"id": 1})]).await, 201, "{name:?}");
        }
        page.until("document.querySelectorAll('#tables li').length === 4").await;
        let names = "[...document.querySelectorAll('#tables bdi')].map((it) => it.textContent)";
        assert_eq!(page.value(names).await, json!(["␣two␣␣words", "noU+00A0break", "orders", "orders␣"]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_names_nothing_harms_nothing() {
    browse(async |page| {
        page.until("document.getElementById('health').dataset.state === 'running'").await;
        for (fragment, title) in [("#table/none", "none"), ("#table/..%2F..%2Frequests", "../../requests")] {
            page.value(&format!("location.hash = {}", json!(fragment))).await;
            page.until(&format!("document.getElementById('table-title').textContent === {}", json!(title))).await;
            page.until("document.getElementById('table-note').textContent === 'There is no such table.'").await;
        }
        page.value("location.hash = '#table/%FF'").await;
        page.until("!document.getElementById('requests-view').hidden").await;
        assert_eq!(page.value("document.getElementById('trouble').hidden").await, json!(true));
    })
    .await;
}
