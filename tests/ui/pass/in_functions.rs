//! Two structs of one name in two functions, and one within a block.

use backstitch::Push;

fn first() -> Vec<u8> {
    #[derive(Push)]
    #[push(table = "first", key = "id")]
    struct Customer {
        id: i64,
    }
    let mut body = backstitch::PushBody::json(1);
    body.push(&Customer { id: 1 }, 1).unwrap();
    body.finish()
}

fn second() -> Vec<u8> {
    #[derive(Push)]
    #[push(table = "second", key = "id")]
    struct Customer {
        id: String,
    }
    let mut body = backstitch::PushBody::json(1);
    body.push(&Customer { id: "a".into() }, 1).unwrap();
    body.finish()
}

fn main() {
    const _: () = {
        #[derive(Push)]
        #[push(table = "third", key = "id")]
        struct Customer {
            id: u8,
        }
    };
    assert!(first().windows(8).any(|bytes| bytes == br#"{"id":1}"#));
    assert!(second().windows(10).any(|bytes| bytes == br#"{"id":"a"}"#));
}
