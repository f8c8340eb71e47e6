//! What becomes of accepted records.

use backstitch_gate::Cell;

use crate::client::{ACCEPTED, Fixture, PUSH, exchange, record, record_of, request};

crate::store::on_each_store! {
    a_row_has_its_data_and_the_system_columns,
    a_greater_sequence_replaces_and_a_lesser_does_not,
    of_equal_sequences_across_requests_the_first_stays,
    of_equal_sequences_within_a_request_the_last_wins,
    within_a_request_the_greatest_sequence_wins_wherever_it_stands,
    a_record_replaces_its_row_whole,
    a_new_column_is_appended_and_older_rows_have_none,
    a_column_that_is_always_null_is_not_created,
    objects_are_flattened,
    names_of_columns_are_transformed_as_postgresql_has_them,
    integers_are_exact,
    strings_are_never_read_as_anything_else,
    rows_are_shown_in_the_order_of_their_keys,
    tables_of_one_request_may_be_mixed,
    a_table_or_column_that_someone_dropped_is_created_again,
    concurrent_clients_end_at_the_greatest_sequences,
}

async fn a_row_has_its_data_and_the_system_columns(it: Fixture) {
    it.load(&[record(17, r#"{"id":1,"name":"Finn","age":15,"score":3.5,"alive":true}"#)]).await;
    let view = it.table("t").await;
    assert_eq!(
        view.columns,
        [
            "id",
            "name",
            "age",
            "score",
            "alive",
            "_sdc_received_at",
            "_sdc_batched_at",
            "_sdc_sequence",
            "_sdc_table_version"
        ]
    );
    assert_eq!(view.rows[0][..5], [Cell::from(1), "Finn".into(), Cell::from(15), Cell::from(3.5), Cell::from(true)]);
    assert_eq!(view.cell(0, "_sdc_sequence"), Some(&Cell::from(17)));
    let received = view.cell(0, "_sdc_received_at").expect("a time").to_string();
    assert!(received.ends_with('Z') && received.as_bytes()[10] == b'T', "{received}");
    assert!(received <= view.cell(0, "_sdc_batched_at").expect("a time").to_string());
}

async fn a_greater_sequence_replaces_and_a_lesser_does_not(it: Fixture) {
    it.load(&[record(10, r#"{"id":1,"v":"ten"}"#)]).await;
    it.load(&[record(9, r#"{"id":1,"v":"nine"}"#)]).await;
    assert_eq!(it.shows("t").await.1, [r#"Integer(1) Text("ten")"#]);
    it.load(&[record(11, r#"{"id":1,"v":"eleven"}"#)]).await;
    assert_eq!(it.shows("t").await.1, [r#"Integer(1) Text("eleven")"#]);
}

async fn of_equal_sequences_across_requests_the_first_stays(it: Fixture) {
    it.load(&[record(10, r#"{"id":1,"v":"first"}"#)]).await;
    it.load(&[record(10, r#"{"id":1,"v":"second"}"#)]).await;
    assert_eq!(it.shows("t").await.1, [r#"Integer(1) Text("first")"#]);
}

async fn of_equal_sequences_within_a_request_the_last_wins(it: Fixture) {
    it.load(&[record(10, r#"{"id":1,"v":"first"}"#), record(10, r#"{"id":1,"v":"last"}"#)]).await;
    assert_eq!(it.shows("t").await.1, [r#"Integer(1) Text("last")"#]);
}

async fn within_a_request_the_greatest_sequence_wins_wherever_it_stands(it: Fixture) {
    it.load(&[
        record(2, r#"{"id":1,"v":"two"}"#),
        record(3, r#"{"id":1,"v":"three"}"#),
        record(1, r#"{"id":1,"v":"one"}"#),
    ])
    .await;
    assert_eq!(it.shows("t").await.1, [r#"Integer(1) Text("three")"#]);
}

async fn a_record_replaces_its_row_whole(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"a":"x","b":"y"}"#)]).await;
    it.load(&[record(2, r#"{"id":1,"b":"z"}"#)]).await;
    assert_eq!(it.shows("t").await.1, [r#"Integer(1) Null Text("z")"#]);
}

async fn a_new_column_is_appended_and_older_rows_have_none(it: Fixture) {
    it.load(&[record(1, r#"{"id":1}"#)]).await;
    it.load(&[record(1, r#"{"id":2,"b":"y","a":"x"}"#)]).await;
    let (columns, rows) = it.shows("t").await;
    assert_eq!(columns, ["id", "b", "a"]);
    assert_eq!(rows, ["Integer(1) Null Null", r#"Integer(2) Text("y") Text("x")"#]);
}

async fn a_column_that_is_always_null_is_not_created(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"a":null,"b":{"c":null}}"#)]).await;
    assert_eq!(it.shows("t").await.0, ["id"]);
    it.load(&[record(2, r#"{"id":1,"a":1}"#)]).await;
    assert_eq!(it.shows("t").await.0, ["id", "a"]);
}

async fn objects_are_flattened(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"address":{"city":"Ooo","geo":{"lat":1.5}},"empty":{}}"#)]).await;
    let (columns, rows) = it.shows("t").await;
    assert_eq!(columns, ["id", "address__city", "address__geo__lat"]);
    assert_eq!(rows, [r#"Integer(1) Text("Ooo") Double(1.5)"#]);
}

async fn names_of_columns_are_transformed_as_postgresql_has_them(it: Fixture) {
    let data = r#"{"!id":1,"CuStOmEr ID!":2,"123a":3,"_987A":4,"a-b":{"c.d":5},"e#":[6]}"#;
    it.load(&[record_of("t-1", r#"["!id"]"#, 1, data)]).await;
    assert_eq!(it.shows("t-1").await.0, ["id", "CuStOmEr ID", "a", "_987A", "ab__cd"]);
    let view = it.table("t-1__e").await;
    assert_eq!(view.cell(0, "_sdc_source_key_id"), Some(&Cell::from(1)));
    it.load(&[record_of("t-1", r#"["id"]"#, 2, r#"{"id":1,"a":7}"#)]).await;
    assert_eq!(it.shows("t-1").await.1, ["Integer(1) Null Integer(7) Null Null"]);
}

async fn integers_are_exact(it: Fixture) {
    it.load(&[record(9_007_199_254_740_993, r#"{"id":9007199254740993,"min":-9223372036854775808,"max":9223372036854775807,"big":123456789012345678901234567890}"#)]).await;
    let view = it.table("t").await;
    assert_eq!(
        view.rows[0][..4],
        [
            Cell::Integer(9_007_199_254_740_993),
            Cell::Integer(i64::MIN),
            Cell::Integer(i64::MAX),
            Cell::Decimal("123456789012345678901234567890".to_owned())
        ]
    );
    assert_eq!(view.cell(0, "_sdc_sequence"), Some(&Cell::Integer(9_007_199_254_740_993)));
}

async fn strings_are_never_read_as_anything_else(it: Fixture) {
    it.load(&[record(1, r#"{"id":"001","a":"1.00","b":"true","c":"2020-01-13T21:25:03+0000","d":""}"#)]).await;
    assert_eq!(
        it.shows("t").await.1,
        [r#"Text("001") Text("1.00") Text("true") Text("2020-01-13T21:25:03+0000") Text("")"#]
    );
}

async fn rows_are_shown_in_the_order_of_their_keys(it: Fixture) {
    for (a, b) in [(2, "a"), (1, "b"), (1, "a"), (10, "a")] {
        it.load(&[record_of("c", r#"["a","b"]"#, 1, &format!(r#"{{"v":0,"b":"{b}","a":{a}}}"#))]).await;
    }
    let (columns, rows) = it.shows("c").await;
    assert_eq!(columns, ["v", "b", "a"]);
    assert_eq!(
        rows,
        [
            r#"Integer(0) Text("a") Integer(1)"#,
            r#"Integer(0) Text("b") Integer(1)"#,
            r#"Integer(0) Text("a") Integer(2)"#,
            r#"Integer(0) Text("a") Integer(10)"#
        ]
    );
    let view = it.gate.table("c", 2).await.expect("a table");
    assert_eq!((view.rows.len(), view.count), (2, 4));
}

async fn tables_of_one_request_may_be_mixed(it: Fixture) {
    it.load(&[
        record_of("b", "[\"id\"]", 1, r#"{"id":1}"#),
        record(1, r#"{"id":1}"#),
        record_of("b", "[\"id\",\"id\"]", 1, r#"{"id":2}"#),
    ])
    .await;
    let tables: Vec<(String, u64)> =
        it.gate.tables().await.expect("tables").into_iter().map(|table| (table.name, table.count)).collect();
    assert_eq!(tables, [("_sdc_rejected".to_owned(), 0), ("b".to_owned(), 2), ("t".to_owned(), 1)]);
}

#[tokio::test]
async fn the_database_has_the_constraint_and_types_of_postgresql() {
    let it = Fixture::start().await;
    it.load(&[record(1, r#"{"id":1,"a":1.5,"b":true,"c":"x","d":99999999999999999999}"#)]).await;
    let sql: String =
        it.sqlite().query_row("SELECT sql FROM sqlite_master WHERE name = 't'", [], |row| row.get(0)).expect("a table");
    assert!(
        sql.starts_with(
            r#"CREATE TABLE "t" ("id" BIGINT NOT NULL, "a" DOUBLE PRECISION, "b" BOOLEAN, "c" TEXT, "d" DECIMAL_TEXT, "#
        ),
        "{sql}"
    );
    assert!(sql.ends_with(r#"CONSTRAINT "t_pkey" PRIMARY KEY ("id"))"#), "{sql}");
}

async fn a_table_or_column_that_someone_dropped_is_created_again(it: Fixture) {
    it.load(&[record(1, r#"{"id":1,"a":1}"#)]).await;
    it.execute("ALTER TABLE t DROP COLUMN a").await;
    it.load(&[record(2, r#"{"id":1,"a":2}"#)]).await;
    assert_eq!(it.shows("t").await.1, ["Integer(1) Integer(2)"]);
    it.execute("DROP TABLE t; DROP TABLE _sdc_rejected").await;
    it.load(&[record(1, r#"{"id":1,"a":1}"#), record(1, r#"{"id":1,"a__bi":1}"#)]).await;
    assert_eq!(it.shows("t").await.1, ["Integer(1) Integer(1)"]);
    assert_eq!(it.reasons().await.len(), 1);
}

async fn concurrent_clients_end_at_the_greatest_sequences(it: Fixture) {
    const CLIENTS: u64 = 8;
    const REQUESTS: u64 = 25;
    const KEYS: u64 = 40;
    let mut greatest = vec![0_u64; usize::try_from(KEYS).expect("small")];
    let mut bodies: Vec<Vec<String>> = Vec::new();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for _ in 0..CLIENTS {
        let mut requests = Vec::new();
        for _ in 0..REQUESTS {
            let mut records = Vec::new();
            for _ in 0..10 {
                let (key, sequence) = (random() % KEYS, random() % 1_000_000_007);
                let slot = &mut greatest[usize::try_from(key).expect("small")];
                *slot = sequence.max(*slot);
                let data = format!(r#"{{"id":{key},"v":{sequence}}}"#);
                records.push(record(i64::try_from(sequence).expect("small"), &data));
            }
            requests.push(format!("[{}]", records.join(",")));
        }
        bodies.push(requests);
    }
    let clients = bodies.iter().map(async |requests: &Vec<String>| {
        for body in requests {
            exchange(&it.gate, &request(PUSH, body.as_bytes())).await.is(201, ACCEPTED);
        }
    });
    join_all(clients).await;
    let view = it.table("t").await;
    for row in 0..view.rows.len() {
        let Some(Cell::Integer(key)) = view.cell(row, "id") else { panic!("no key") };
        let expected = i64::try_from(greatest[usize::try_from(*key).expect("small")]).expect("small");
        assert_eq!(view.cell(row, "v"), Some(&Cell::Integer(expected)));
        assert_eq!(view.cell(row, "_sdc_sequence"), Some(&Cell::Integer(expected)));
    }
    assert_eq!(view.rows.len(), greatest.iter().filter(|sequence| **sequence > 0).count());
}

/// Polls all futures until all are ready.
async fn join_all<F: Future<Output = ()>>(futures: impl Iterator<Item = F>) {
    let mut futures: Vec<_> = futures.map(Box::pin).collect();
    std::future::poll_fn(|context| {
        futures.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if futures.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}
