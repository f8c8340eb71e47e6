//! The requests and what became of them.

use std::time::Duration;

use backstitch_gate::Fault;
use serde_json::json;
use thirtyfour::Key;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::browser::{PUSH, TOKEN, browse, browse_with};

const SHOWN: &str = "[...document.querySelectorAll('#list li:not([hidden]) .status')].map((it) => it.textContent)";

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_shows_its_reason_and_its_body() {
    browse(async |page| {
        page.until("document.getElementById('health').dataset.state === 'running'").await;
        assert_eq!(page.push("customers", &[json!({"id": null, "name": "Finn"})]).await, 422);
        page.until("document.querySelector('#list .said')").await;
        page.until("document.getElementById('news').textContent === '1 new request, 1 refused'").await;
        let row = page.text("document.querySelector('#list summary').innerText").await;
        assert!(row.contains("422") && row.contains("data: keys cannot not be null in data"), "{row}");
        page.tab_to("it.localName === 'summary'").await;
        page.press(Key::Enter.value().to_string()).await;
        page.until("document.querySelectorAll('#list pre').length === 2").await;
        let answer = page.text("document.querySelector('#list pre').textContent").await;
        assert!(answer.contains("\"reason\": {\n"), "{answer}");
        let body = page.text("document.querySelectorAll('#list pre')[1].textContent").await;
        assert!(body.contains("\"name\": \"Finn\""), "{body}");
        // What comes next changes nothing of what is open.
        assert_eq!(page.push("customers", &[json!({"id": 1})]).await, 201);
        page.until("document.querySelectorAll('#list li').length === 2").await;
        assert_eq!(page.value("document.querySelectorAll('#list details[open]').length").await, json!(1));
        assert_eq!(page.value("document.activeElement.localName").await, json!("summary"));
        page.until("document.getElementById('news').textContent === '1 new request'").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_chosen_by_what_became_of_them_and_by_text() {
    browse(async |page| {
        page.push("t", &[json!({"id": 1})]).await;
        page.push("t", &[json!({})]).await;
        page.send("/v2/import/unknown", "[]").await;
        page.send_as(&format!("Bearer: {TOKEN}"), PUSH, "[]").await;
        page.until("document.querySelectorAll('#list li').length === 4").await;
        for (kind, statuses) in [
            ("refused", json!(["400", "404", "422"])),
            ("accepted", json!(["201"])),
            ("warned", json!(["400"])),
            ("rejected", json!([])),
            ("all", json!(["400", "404", "422", "201"])),
        ] {
            page.value(&format!("document.querySelector('[name=kind][value={kind}]').click()")).await;
            assert_eq!(page.value(SHOWN).await, statuses, "{kind}");
        }
        page.value("document.getElementById('search').focus()").await;
        page.press("Unknown").await;
        assert_eq!(page.value(SHOWN).await, json!(["404"]));
        page.press(" nothing").await;
        assert_eq!(page.value(SHOWN).await, json!([]));
        assert_eq!(page.value("document.getElementById('none').hidden").await, json!(false));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_records_are_seen_on_their_request() {
    browse(async |page| {
        page.push("t", &[json!({"id": 1}), json!({"id": 2, "a__b": 1, "a": {"b": 2}})]).await;
        page.push("t", &[json!({"id": 3})]).await;
        page.until("document.querySelectorAll('#list li').length === 2").await;
        page.value("document.querySelector('[name=kind][value=rejected]').click()").await;
        assert_eq!(page.value(SHOWN).await, json!(["201"]));
        let shown = "document.querySelector('#list li:not([hidden])')";
        assert_eq!(page.text(&format!("{shown}.querySelector('.said').textContent")).await, "1 rejected");
        page.value(&format!("{shown}.querySelector('summary').click()")).await;
        page.until(&format!("{shown}.querySelector('pre')?.textContent.includes('Batch Accepted!')")).await;
        page.value(&format!("{shown}.querySelector('dd a').click()")).await;
        page.until("document.getElementById('table-title').textContent === 'Rejected records'").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_answer_is_none_and_a_delay_is_no_alarm() {
    browse(async |page| {
        page.gate.fault(Fault::drop_reply()).expect("a fault");
        page.gate.fault(Fault::none().delay(Duration::from_millis(1_100))).expect("a fault");
        let mut stream = TcpStream::connect(page.gate.address()).await.expect("connected");
        let request = format!(
            "POST {PUSH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"
        );
        stream.write_all(request.as_bytes()).await.expect("sent");
        stream.read_to_end(&mut Vec::new()).await.expect_err("reset");
        assert_eq!(page.push("t", &[json!({"id": 1})]).await, 201);
        page.until("document.querySelectorAll('#list li').length === 2").await;
        assert_eq!(page.value(SHOWN).await, json!(["201", "no answer"]));
        let classes =
            "[...document.querySelectorAll('#list .said span')].map((it) => `${it.textContent} ${it.className}`)";
        assert_eq!(page.value(classes).await, json!(["fault: delay quiet", "fault: drop_reply bad"]));
        let took = page.text("document.querySelector('#list summary').innerText").await;
        assert!(took.contains(" s") && !took.contains(" ms"), "{took}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_others_reach_shows_nothing_without_a_token() {
    browse_with(
        |builder| builder.listen("0.0.0.0:0"),
        async |page| {
            page.push("secrets", &[json!({"id": 1})]).await;
            page.until("!document.getElementById('token').hidden").await;
            page.until("document.getElementById('health').textContent === 'a token is wanted'").await;
            assert!(!page.text("document.body.innerText").await.contains("secrets"));
            for (token, expression) in [
                ("at_wrong", "!document.getElementById('token').hidden"),
                (TOKEN, "document.querySelector('[data-table=secrets]')"),
            ] {
                page.until("!document.getElementById('token').hidden").await;
                page.until("document.activeElement.type === 'password'").await;
                page.press(token).await;
                page.press(Key::Enter.value().to_string()).await;
                page.until(expression).await;
            }
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_without_requests_says_how_to_send_one() {
    browse(async |page| {
        page.until("!document.getElementById('first').hidden").await;
        let command = page.text("document.getElementById('example').textContent").await;
        assert!(command.starts_with(&format!("curl {}/v2/import/push", page.origin())), "{command}");
        let body = command.split('\'').nth(1).expect("a body");
        assert_eq!(page.send(PUSH, body).await, 201);
        page.until("document.getElementById('first').hidden && document.querySelector('[data-table=customers]')").await;
    })
    .await;
}
