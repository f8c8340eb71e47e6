//! Variants without fields are strings, and can be keys.

use backstitch::Push;

#[derive(Push, Clone, Copy)]
#[push(rename_all = "kebab-case")]
enum Colour {
    DarkRed,
    #[push(rename = "bleu")]
    Blue,
}

/// Nothing but the compiler tells one count from another.
#[derive(Push)]
enum Tone<const COATS: usize> {
    Light,
}

#[derive(Push)]
#[push(table = "paints", key = "colour")]
struct Paint {
    #[push(example = Colour::Blue)]
    colour: Colour,
    other: Option<Colour>,
    tone: Tone<2>,
}

fn main() {
    let mut body = backstitch::PushBody::json(1);
    body.push(&Paint { colour: Colour::Blue, other: Some(Colour::DarkRed), tone: Tone::Light }, 1).unwrap();
    let text = String::from_utf8(body.finish()).unwrap();
    assert!(text.contains(r#""data":{"colour":"bleu","other":"dark-red","tone":"Light"}"#), "{text}");
    assert_eq!(Paint::schema()["properties"]["colour"]["enum"], serde_json::json!(["dark-red", "bleu"]));
}
