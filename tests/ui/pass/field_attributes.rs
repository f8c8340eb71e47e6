use backstitch::Push;

#[derive(Push)]
#[push(table = "events", key = "event-id")]
struct Event {
    #[push(rename = "event-id", example = -7)]
    id: i32,
    #[push(example = "start")]
    r#type: String,
    #[push(example = 'x')]
    letter: char,
    #[push(example = 3)]
    level: Option<u8>,
    #[push(example = Some(2.5))]
    ratio: Option<f32>,
    #[push(skip)]
    note: &'static str,
}

fn main() {
    let example = Event::example();
    assert_eq!((example.id, example.r#type.as_str(), example.letter), (-7, "start", 'x'));
    assert_eq!((example.level, example.ratio, example.note), (Some(3), Some(2.5), ""));
}
