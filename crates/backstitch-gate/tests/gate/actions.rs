//! What one of the API's own clients sends beyond the guide: versions of tables, and the switch to one.

use crate::client::{ACCEPTED, Fixture, record};

fn switch(more: &str) -> String {
    format!(r#"[{{"client_id":7723,"table_name":"t","sequence":2,"action":"switch_view","namespace":null{more}}}]"#)
}

#[tokio::test]
async fn a_switch_needs_neither_keys_nor_data() {
    let it = Fixture::start().await;
    for more in [r#","table_version":5"#, r#","table_version":0,"data":null,"key_names":[]"#, r#","table_version":-1"#]
    {
        it.push(&switch(more)).await.is(201, ACCEPTED);
    }
}

#[tokio::test]
async fn a_switch_needs_a_version() {
    let it = Fixture::start().await;
    for (more, said) in [
        ("", "can't be blank"),
        (r#","table_version":null"#, "can't be blank"),
        (r#","table_version":"5""#, r#"should be an integer","should be a number"#),
        (r#","table_version":5.0"#, r#"should be an integer","should be a number"#),
    ] {
        it.push(&switch(more)).await.refuses(&format!(r#"[{{"reason":{{"table_version":["{said}"]}}}}]"#));
    }
    let nameless = switch(r#","table_version":5"#).replace("\"t\"", "\" \"");
    it.push(&nameless).await.refuses(r#"[{"reason":{"table_name":["can't be blank"]}}]"#);
}

#[tokio::test]
async fn a_record_may_have_a_version_and_a_namespace() {
    let it = Fixture::start().await;
    let with =
        |more: &str| format!("[{}]", record(1, r#"{"id":1}"#).replace("\"action\"", &format!("{more},\"action\"")));
    for more in [r#""namespace":"n","table_version":0"#, r#""table_version":null"#, r#""table_version":7"#] {
        it.push(&with(more)).await.is(201, ACCEPTED);
    }
    it.push(&with(r#""table_version":"x""#))
        .await
        .refuses(r#"[{"reason":{"table_version":["should be an integer","should be a number"]}}]"#);
    it.push(&with(r#""table_version":9223372036854775808"#))
        .await
        .refuses(r#"[{"reason":{"table_version":["table_version can not be above 9223372036854775807"]}}]"#);
}

#[tokio::test]
async fn another_action_is_no_switch() {
    let it = Fixture::start().await;
    let body = switch(r#","table_version":5"#).replace("switch_view", "SWITCH_VIEW");
    it.push(&body).await.refuses(
        r#"[{"reason":{"action":["should be upsert"],"key_names":["can't be blank"],"key_properties":["unknown key"],"data":["can't be blank"]}}]"#,
    );
}
