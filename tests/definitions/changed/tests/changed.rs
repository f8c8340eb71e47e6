use backstitch::{Push as _, PushBody, PushRecord as _};
use backstitch_gate::Gate;
use changed::{Customer, CustomerUpsert};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

#[test]
fn the_typed_record_has_the_attributes_of_the_definition() {
    let mut record = CustomerUpsert::new(7723, 5, Customer { id: 1 });
    assert_eq!(record.destination_table, "customers");
    assert_eq!(record.table_version, None);
    let bytes = |record: &CustomerUpsert| {
        let mut body = PushBody::json(7723);
        body.push_record(record).unwrap();
        String::from_utf8(body.finish()).unwrap()
    };
    assert_eq!(
        bytes(&record),
        r#"[{"client_id":7723,"destination_table":"customers","sequence":5,"data":{"id":1},"key_names":["id"],"action":"upsert"}]"#
    );
    record.table_version = Some(3);
    assert_eq!(
        bytes(&record),
        r#"[{"client_id":7723,"destination_table":"customers","sequence":5,"data":{"id":1},"key_names":["id"],"action":"upsert","table_version":3}]"#
    );
    record.table_version = Some(-1);
    let violations = record.validate().unwrap_err();
    assert_eq!(violations.as_slice()[0].pointer, "/table_version");
}

#[tokio::test]
async fn the_gate_checks_what_the_definition_says() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("gate.db").display());
    let gate = Gate::builder().database(database).token("at_test", 7723).start().await.unwrap();
    let mut body = PushBody::json(7723);
    body.push(&Customer { id: 1 }, 5).unwrap();
    let (status, _) = send(&gate, &String::from_utf8(body.finish()).unwrap()).await;
    assert_eq!(status, 201);
    assert_eq!(gate.table("customers", 1).await.unwrap().count, 1);

    let old = r#"[{"client_id":7723,"table_name":"customers","sequence":6,"data":{"id":1},"key_names":["id"],"action":"upsert"}]"#;
    let (status, body) = send(&gate, old).await;
    assert_eq!(status, 422);
    assert!(body.contains(r#""destination_table":["must be there"]"#), "{body}");
    let wrong = r#"[{"client_id":7723,"destination_table":"customers","sequence":6,"data":{"id":1},"key_names":["id"],"action":"upsert","table_version":"x"}]"#;
    let (status, body) = send(&gate, wrong).await;
    assert_eq!(status, 422);
    assert!(body.contains("table_version"), "{body}");
    let long = r#"[{"client_id":7723,"destination_table":"t","sequence":6,"data":{"id":"123456789"},"key_names":["id"],"action":"upsert"}]"#;
    let (status, body) = send(&gate, long).await;
    assert_eq!(status, 422);
    assert!(body.contains("String keys cannot be longer than 8 characters"), "{body}");
    let answer = send(&gate, "{}").await;
    assert_eq!(answer, (400, r#"{"status":"ERROR","message":"A list of records is expected"}"#.to_owned()));
    let other = r#"[{"client_id":1,"destination_table":"t","sequence":6,"data":{"id":1},"key_names":["id"],"action":"upsert"}]"#;
    let (status, body) = send(&gate, other).await;
    assert_eq!(status, 409, "{body}");
    gate.shutdown().await;
}

#[test]
fn calls_take_what_the_definitions_of_their_objects_say() {
    use backstitch::api::{Presence, endpoints, generated::Batch};

    assert_eq!(endpoints::PUSH.arguments[1].name, "destination_table");
    let keys = endpoints::BATCH.arguments.iter().find(|argument| argument.name == "key_names").unwrap();
    assert_eq!(keys.presence, Presence::Required);
    let batch = r#"{"table_name":"t","schema":{},"messages":[{"action":"upsert","sequence":1,"data":{}}]}"#;
    let error = serde_json::from_str::<Batch>(batch).unwrap_err();
    assert!(error.to_string().contains("key_names"), "{error}");
}

#[test]
fn the_client_knows_the_limits_and_the_paths_of_the_definition() {
    assert_eq!(backstitch::api::endpoints::PUSH.path, "/v2/import/records");
    let violations = Named { name: "123456789".into() }.validate().unwrap_err();
    assert_eq!(violations.to_string(), "/data/name must have at most 8 characters, since it is part of a key (key_length)");
}

#[derive(backstitch::Push)]
#[push(table = "names", key = "name")]
struct Named {
    name: String,
}

/// Pushes a body; the answer's status and body.
async fn send(gate: &Gate, body: &str) -> (u16, String) {
    let mut socket = tokio::net::TcpStream::connect(gate.address()).await.unwrap();
    let head = format!(
        "POST /v2/import/records HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer at_test\r\nContent-Type: \
         application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}
