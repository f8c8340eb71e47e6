use backstitch::Push;

#[derive(Push)]
#[push(table = "lines", key("line", "order"))]
struct Named {
    order: u64,
    line: u32,
}

#[derive(Push)]
#[push(table = "lines")]
struct Marked {
    #[push(key)]
    order: u64,
    #[push(key)]
    line: u32,
}

fn main() {
    assert_eq!(Named::KEY_NAMES, ["line", "order"]);
    assert_eq!(Marked::KEY_NAMES, ["order", "line"]);
    let _ = (Named { order: 1, line: 2 }, Marked { order: 1, line: 2 });
}
