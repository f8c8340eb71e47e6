//! Network addresses: strings.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use crate::check::Check;
use crate::encode::Encoder;
use crate::fit::Shape;
use crate::schema::{Schema, Types};
use crate::text::write_text;
use crate::value::{Key, Value};

/// The longest address of all, a socket's of version 6 with its scope, fits.
const LONGEST: usize = 72;

/// A documentation address (RFC 5737).
const V4: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

/// A documentation address (RFC 3849).
const V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);

macro_rules! addresses {
    ($($type:ty: $schema:expr, $sample:expr;)*) => {$(
        impl Value for $type {
            const SHAPE: &'static Shape = &Shape::Scalar;

            fn write<E: Encoder>(&self, encoder: &mut E) {
                write_text::<LONGEST, E>(self, encoder);
            }

            fn check(&self, check: &mut Check) {
                check.data_point();
            }

            /// An address that is set aside for documentation.
            fn sample() -> Self {
                $sample
            }

            fn value_schema(_types: &mut Types) -> Schema {
                $schema
            }
        }

        impl Key for $type {
            fn check_key(&self, _check: &mut Check) {}
        }
    )*};
}

addresses! {
    Ipv4Addr: Schema::text("ipv4"), V4;
    Ipv6Addr: Schema::text("ipv6"), V6;
    IpAddr: Schema::of("string"), IpAddr::V4(V4);
    SocketAddrV4: Schema::of("string"), SocketAddrV4::new(V4, 8080);
    SocketAddrV6: Schema::of("string"), SocketAddrV6::new(V6, 8080, 0, 0);
    SocketAddr: Schema::of("string"), SocketAddr::from((V4, 8080));
}

crate::__private::from_parsed! {
    Ipv4Addr, "an address as in `192.0.2.1`";
    Ipv6Addr, "an address as in `2001:db8::1`";
    IpAddr, "an address as in `192.0.2.1`";
    SocketAddrV4, "an address and a port as in `192.0.2.1:8080`";
    SocketAddrV6, "an address and a port as in `[2001:db8::1]:8080`";
    SocketAddr, "an address and a port as in `192.0.2.1:8080`";
}
