use backstitch::{Push, PushBody};

#[derive(Push)]
#[push(table = "rows", key = "id")]
struct Row {
    id: i64,
}

// Literals beyond 32 bits need no suffix.
fn main() {
    let mut body = PushBody::json(7723);
    body.push(&Row { id: 1 }, 1565880017123).unwrap();
    body.push(&Row { id: 2 }, 1565880017123456789i64).unwrap();
    body.push(&Row { id: 3 }, backstitch::Sequence::try_from(7_u64).unwrap()).unwrap();
    assert_eq!(body.records(), 3);
}
