use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use backstitch::Push;

#[derive(Push)]
struct Inner {
    value: Option<i128>,
}

#[derive(Push)]
#[push(table = "everything", key("key", "flag", "text"))]
struct Everything {
    key: u64,
    flag: bool,
    text: Arc<str>,
    tiny: i8,
    size: usize,
    float: f32,
    borrowed: &'static str,
    either: Cow<'static, str>,
    boxed: Box<Inner>,
    shared: Rc<Inner>,
    list: Vec<Option<Inner>>,
    array: [u16; 3],
    slice: &'static [bool],
    sorted: BTreeMap<String, Inner>,
    hashed: HashMap<&'static str, Vec<f64>>,
    next: Option<Box<Everything>>,
}

fn main() {
    assert!(Everything::example().validate().is_ok());
}
