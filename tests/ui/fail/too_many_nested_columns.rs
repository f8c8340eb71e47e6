use backstitch::Push;

#[derive(Push)]
struct Ten {
    a: i64,
    b: i64,
    c: i64,
    d: i64,
    e: i64,
    f: i64,
    g: i64,
    h: i64,
    i: i64,
    j: i64,
}

macro_rules! ten_of {
    ($name:ident, $inner:ty) => {
        #[derive(Push)]
        struct $name {
            a: $inner,
            b: $inner,
            c: $inner,
            d: $inner,
            e: $inner,
            f: $inner,
            g: $inner,
            h: $inner,
            i: $inner,
            j: $inner,
        }
    };
}

ten_of!(Hundred, Ten);
ten_of!(Thousand, Hundred);

#[derive(Push)]
#[push(table = "wide", key = "id", destination("postgres", "azure-synapse"))]
struct Wide {
    id: i64,
    thousand: Thousand,
    hundred: Hundred,
}

fn main() {}
