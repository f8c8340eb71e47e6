//! The tables and their rows.

use serde_json::json;
use thirtyfour::Key;

use crate::browser::{CLIENT, PUSH, browse, browse_with};

#[tokio::test(flavor = "multi_thread")]
async fn tables_appear_and_their_counts_change_as_records_come() {
    browse(async |page| {
        page.until("!document.getElementById('no-tables').hidden").await;
        // It would be gone with another page.
        page.value("window.same = true").await;
        assert_eq!(page.push("customers", &[json!({"id": 1}), json!({"id": 2})]).await, 201);
        page.until("document.querySelector('[data-table=customers] .count')?.firstChild.data === '2'").await;
        page.value("location.hash = '#table/customers'").await;
        page.until("document.querySelectorAll('#table tbody tr').length === 2").await;
        assert_eq!(page.push("customers", &[json!({"id": 3, "name": "Finn"})]).await, 201);
        page.until("document.querySelector('[data-table=customers] .count').firstChild.data === '3'").await;
        page.until("document.querySelectorAll('#table tbody tr').length === 3").await;
        page.until("[...document.querySelectorAll('#table th bdi')].some((it) => it.textContent === 'name')").await;
        assert_eq!(page.value("window.same").await, json!(true));
        assert_eq!(page.text("document.getElementById('requests-count').textContent").await, "2");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_chosen_with_the_keyboard_alone() {
    browse(async |page| {
        let long = "long ".repeat(200);
        page.push("orders", &[json!({"id": 1, "paid": true, "total": 2.5, "note": long})]).await;
        page.until("document.querySelector('[data-table=orders]')").await;
        page.tab_to("it.parentElement?.dataset.table === 'orders'").await;
        let outline = page.text("getComputedStyle(document.activeElement).outlineStyle").await;
        assert_eq!(outline, "solid", "where the focus is can be seen");
        page.press(Key::Enter.value().to_string()).await;
        page.until("document.getElementById('table-title').textContent === 'orders'").await;
        page.until("document.querySelector('#table tbody tr')").await;
        assert_eq!(page.value("document.activeElement.getAttribute('aria-current')").await, json!("page"));
        let head =
            "[...document.querySelectorAll('#table th')].slice(1, 5).map((it) => it.innerText.replaceAll('\\n', ' '))";
        assert_eq!(
            page.value(head).await,
            json!(["id BIGINT key", "paid BOOLEAN", "total DOUBLE PRECISION", "note TEXT"])
        );
        let cells = "[...document.querySelectorAll('#table tbody td')].slice(1, 4).map((it) => it.textContent)";
        assert_eq!(page.value(cells).await, json!(["1", "true", "2.5"]));
        // All of the row, and back to where the focus was.
        page.tab_to("it.dataset.row === '0'").await;
        page.press(Key::Enter.value().to_string()).await;
        page.until("document.getElementById('row').open").await;
        let values = page.value("[...document.querySelectorAll('#row dd')].map((it) => it.textContent)").await;
        assert_eq!(values[3], json!(long));
        page.press(Key::Escape.value().to_string()).await;
        page.until("!document.getElementById('row').open && document.activeElement.dataset.row === '0'").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_digit_of_a_number_is_shown() {
    browse(async |page| {
        let body = r#"[{"client_id":7723,"table_name":"t","sequence":1,"action":"upsert","key_names":["id"],
            "data":{"id":9223372036854775807,"large":123456789012345678901234567890,"small":1e-300}}]"#;
        assert_eq!(page.send(crate::browser::PUSH, body).await, 201);
        page.go("#table/t").await;
        page.until("document.querySelector('#table tbody tr')").await;
        let cells = "[...document.querySelectorAll('#table tbody td')].slice(1, 3).map((it) => it.textContent)";
        assert_eq!(page.value(cells).await, json!(["9223372036854775807", "123456789012345678901234567890"]));
        page.value("location.hash = '#requests'").await;
        page.until("document.querySelector('#list summary')").await;
        page.value("document.querySelector('#list summary').click()").await;
        page.until("document.querySelector('#list pre[aria-label=Body]')?.textContent.includes('123456789012345678901234567890')").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_records_are_shown_with_their_reasons() {
    browse(async |page| {
        page.until("document.getElementById('rejected-count').textContent === '0'").await;
        assert_eq!(page.push("t", &[json!({"id": 1}), json!({"id": 2, "a__b": 1, "a": {"b": 2}})]).await, 201);
        page.until("document.getElementById('rejected-count').textContent === '1'").await;
        page.value("document.getElementById('to-rejected').click()").await;
        page.until("document.querySelector('#table tbody')?.innerText.includes('Field collision on a__b')").await;
        assert_eq!(page.value("document.getElementById('about-rejected').hidden").await, json!(false));
        page.value("document.querySelector('#table [data-row]').click()").await;
        page.until("document.querySelector('#row dl').innerText.includes('\"a__b\": 1')").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_that_cannot_be_read_are_not_said_to_be_none() {
    browse(async |page| {
        page.push("t", &[json!({"id": 1})]).await;
        page.until("document.querySelector('[data-table=t]')").await;
        let file = page.gate.databases().next().expect("a database").1.to_owned();
        let beside = rusqlite::Connection::open(file).expect("the database");
        // A table that only a program with a module of its own can read.
        beside
            .execute_batch(
                "PRAGMA writable_schema = ON;
                 INSERT INTO sqlite_master VALUES ('table', 'odd', 'odd', 0, 'CREATE VIRTUAL TABLE odd USING nothing');
                 PRAGMA schema_version = 1000;",
            )
            .expect("a table");
        page.until("document.getElementById('no-tables').innerText.startsWith('The tables cannot be read.')").await;
        page.until("document.getElementById('no-tables').innerText.includes('nothing')").await;
        page.value("location.hash = '#table/odd'").await;
        page.until("document.getElementById('table-title').textContent === 'odd'").await;
        page.until("document.getElementById('table-note').textContent.startsWith('It cannot be read.')").await;
        // What can be read is shown.
        page.value("location.hash = '#requests'").await;
        page.until("document.querySelector('#list summary')?.checkVisibility()").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_chosen_is_shown_and_emptied_alone() {
    browse_with(
        |builder| builder.token("at_other", 1),
        async |page| {
            page.push("ours", &[json!({"id": 1})]).await;
            let theirs = r#"[{"client_id":1,"table_name":"theirs","sequence":1,"action":"upsert","key_names":["id"],"data":{"id":1}}]"#;
            assert_eq!(page.send_as("Bearer at_other", PUSH, theirs).await, 201);
            assert_eq!(page.send_as("Bearer at_mistyped", PUSH, theirs).await, 401);
            let rows = "[...document.querySelectorAll('#list summary .said')].map((it) => it.lastChild.textContent).join()";
            page.until(&format!("{rows} === 'no client,client {CLIENT}'")).await;
            page.value("(() => { const it = document.querySelector('#clients select'); it.value = '1'; it.dispatchEvent(new Event('change', { bubbles: true })); })()").await;
            page.until(&format!("{rows} === 'no client,client 1'")).await;
            page.until("document.querySelector('[data-table=theirs]')").await;
            page.value("document.getElementById('reset').click()").await;
            page.until("document.getElementById('sure').innerText.includes('Those of other clients stay')").await;
            assert_eq!(page.text("document.getElementById('sure-title').textContent").await, "Empty what is of client 1?");
            page.value("document.getElementById('sure-yes').click()").await;
            page.until("!document.querySelector('[data-table=theirs]')").await;
            assert_eq!(page.gate.tables_of(1).await.expect("tables").len(), 1);
            assert_eq!(page.gate.tables().await.expect("tables").len(), 2);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_is_emptied_only_when_that_is_meant() {
    browse(async |page| {
        page.push("t", &[json!({"id": 1})]).await;
        page.until("document.querySelector('[data-table=t]')").await;
        page.value("document.getElementById('reset').click()").await;
        page.until("document.activeElement.value === 'no'").await;
        page.press(Key::Enter.value().to_string()).await;
        page.until("!document.getElementById('sure').open").await;
        assert_eq!(page.gate.tables().await.expect("tables").len(), 2);
        page.value("document.getElementById('reset').click()").await;
        page.tab_to("it.value === 'yes'").await;
        page.press(Key::Enter.value().to_string()).await;
        page.until("!document.querySelector('[data-table=t]') && !document.querySelector('#list li')").await;
        assert_eq!(page.gate.tables().await.expect("tables").len(), 1);
    })
    .await;
}
