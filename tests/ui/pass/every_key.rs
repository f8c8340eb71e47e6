//! Every scalar that is never null can be a key, also behind a pointer.

use std::borrow::Cow;
use std::num::NonZeroU64;
use std::rc::Rc;
use std::sync::Arc;

use backstitch::Push;

#[derive(Push)]
struct Id(Arc<str>);

#[derive(Push)]
#[push(table = "keys", key("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"))]
struct Keys<'a> {
    a: u8,
    b: i64,
    c: bool,
    d: char,
    e: &'a str,
    f: Cow<'a, str>,
    g: Box<str>,
    h: Rc<String>,
    i: NonZeroU64,
    j: Id,
}

fn main() {
    let keys = Keys {
        a: 1,
        b: -2,
        c: true,
        d: 'd',
        e: "e",
        f: Cow::Borrowed("f"),
        g: "g".into(),
        h: Rc::new("h".to_owned()),
        i: NonZeroU64::MIN,
        j: Id("j".into()),
    };
    let mut body = backstitch::PushBody::json(1);
    body.push(&keys, 1).unwrap();
    let text = String::from_utf8(body.finish()).unwrap();
    assert!(text.contains(r#""data":{"a":1,"b":-2,"c":true,"d":"d","e":"e","f":"f","g":"g","h":"h","i":1,"j":"j"}"#), "{text}");
    assert!(text.contains(r#""key_names":["a","b","c","d","e","f","g","h","i","j"]"#), "{text}");
    // A key has so many characters at most, whatever holds them.
    let long = "x".repeat(100_000);
    let keys = Keys { e: &long, f: Cow::Borrowed(&long), g: long.as_str().into(), h: Rc::new(long.clone()), j: Id(long.as_str().into()), ..keys };
    let told: Vec<String> =
        keys.validate().unwrap_err().into_iter().map(|violation| violation.pointer.into()).collect();
    assert_eq!(told, ["/data/e", "/data/f", "/data/g", "/data/h", "/data/j"]);
}
