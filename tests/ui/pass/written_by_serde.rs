//! Fields that are written by serde: as their types serialize, and by a function.

use backstitch::Push;

mod hex {
    pub fn serialize<S: serde::Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{value:x}"))
    }
}

#[derive(serde::Serialize)]
enum Shape {
    Circle { radius: f64 },
}

#[derive(Push)]
#[push(table = "shapes", key = "id")]
struct Row {
    id: i64,
    #[push(serde, example = Shape::Circle { radius: 1.5 })]
    shape: Shape,
    #[push(with = hex, example = 255)]
    code: u64,
    #[serde(serialize_with = "hex::serialize")]
    #[push(example = 16)]
    other: u64,
}

fn main() {
    let mut body = backstitch::PushBody::json(1);
    body.push(&Row::example(), 1).unwrap();
    let text = String::from_utf8(body.finish()).unwrap();
    assert!(
        text.contains(r#""data":{"id":1,"shape":{"Circle":{"radius":1.5}},"code":"ff","other":"10"}"#),
        "{text}"
    );
}
