//! Files that are compressed.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::Place;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn lines(ids: std::ops::Range<u32>) -> String {
    // Texts that don't compress to nothing, so that a file that is cut has lost lines.
    ids.map(|id| format!("{{\"id\":{id},\"text\":\"{:x}\"}}\n", u64::from(id).wrapping_mul(0x9e37_79b9_7f4a_7c15)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_says_how_a_file_is_compressed() {
    let place = Place::new().await;
    place.write("a.jsonl.gz", [gzip(lines(0..10).as_bytes()), gzip(lines(10..20).as_bytes())].concat());
    place.write("b.jsonl.zst", zstd::encode_all(lines(20..30).as_bytes(), 3).unwrap());
    let said = place.run("push a.jsonl.gz b.jsonl.zst -t orders -k id");
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "30 records accepted\n"), "{said:?}");
    assert_eq!(place.count("orders").await, 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_standard_input_is_compressed_as_is_said() {
    let place = Place::new().await;
    let said = place.run_with("push - -t orders -k id --compression gzip", &gzip(lines(0..10).as_bytes()));
    assert_eq!(said.code, Some(0), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_before_the_cut_of_a_file_is_sent_and_the_rest_is_told() {
    let place = Place::new().await;
    let whole = lines(0..30_000);
    for (name, bytes) in [
        ("orders.jsonl.gz", gzip(whole.as_bytes())),
        ("orders.jsonl.zst", zstd::encode_all(whole.as_bytes(), 3).unwrap()),
    ] {
        place.write(name, &bytes[..bytes.len() / 2]);
        let said = place.run(&format!("push {name} -t {} -k id", &name[13..]));
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.stderr.contains("data is cut short: get the file once more"), "{said:?}");
        let rows = place.count(&name[13..]).await;
        // The line that is told is the one after the last that was sent.
        assert!(said.stderr.contains(&format!("{name}:{}: ", rows + 1)) && rows > 5_000, "{rows} rows: {said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_compressed_as_its_name_says_is_told() {
    let place = Place::new().await;
    for name in ["a.jsonl.gz", "a.jsonl.zst"] {
        place.write(name, lines(0..10));
        let said = place.run(&format!("push {name} -t orders -k id"));
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.stderr.contains(name) && said.stderr.contains("--compression"), "{said:?}");
        assert_eq!(place.run(&format!("push {name} -t orders -k id --compression none")).code, Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_name_says_nothing_the_first_bytes_do() {
    let place = Place::new().await;
    place.write("a.jsonl", gzip(lines(0..10).as_bytes()));
    place.write("b.csv", zstd::encode_all(b"id\n10\n".as_slice(), 3).unwrap());
    let said = place.run("push a.jsonl b.csv -t orders -k id --types infer");
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "11 records accepted\n"), "{said:?}");
    let said = place.run_with("push - -t orders -k id", &gzip(b"{\"id\":11}"));
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "1 record accepted\n"), "{said:?}");
    assert_eq!(place.run("push a.jsonl -t orders -k id --compression none").code, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn zeros_behind_gzip_are_passed_over_and_nothing_else() {
    let place = Place::new().await;
    let (one, zeros, other) = (gzip(lines(0..10).as_bytes()), vec![0; 100_000], gzip(lines(10..20).as_bytes()));
    place.write("a.jsonl.gz", [one.clone(), zeros.clone(), other, zeros.clone()].concat());
    let said = place.run("push a.jsonl.gz -t orders -k id");
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "20 records accepted\n"), "{said:?}");
    place.write("a.jsonl.gz", [one, zeros, b"something else".to_vec()].concat());
    let said = place.run("push a.jsonl.gz -t orders -k id");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stderr.contains("a.jsonl.gz:11: this is no gzip data, or it is damaged"), "{said:?}");
}
