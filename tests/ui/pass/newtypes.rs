//! A struct with one field that has no name is written as the field, and is a key where that is one.

use backstitch::Push;

#[derive(Push)]
struct Id(i64);

#[derive(Push)]
struct Tags(Vec<String>);

#[derive(Push)]
struct Wrapped<T>(T);

#[derive(Push)]
struct Point(f64, f64);

#[derive(Push)]
#[push(table = "places", key = "id")]
struct Place {
    #[push(minimum = 1)]
    id: Id,
    #[push(max_items = 3)]
    tags: Tags,
    name: Wrapped<String>,
    point: Point,
}

fn main() {
    let place =
        Place { id: Id(1), tags: Tags(vec!["a".into()]), name: Wrapped("b".into()), point: Point(1.5, 2.5) };
    let mut body = backstitch::PushBody::json(1);
    body.push(&place, 1).unwrap();
    let text = String::from_utf8(body.finish()).unwrap();
    assert!(text.contains(r#""data":{"id":1,"tags":["a"],"name":"b","point":[1.5,2.5]}"#), "{text}");
    let bad = Place { id: Id(0), tags: Tags(vec![String::new(); 4]), name: Wrapped(String::new()), point: Point(0.0, 0.0) };
    let told: Vec<String> = bad.validate().unwrap_err().into_iter().map(|violation| violation.to_string()).collect();
    assert_eq!(told, ["/data/id must be at least 1 (minimum)", "/data/tags must have at most 3 elements (max_items)"]);
}
