//! Whether an IP address is in a network.

use std::net::IpAddr;

use super::super::node::Type;
use super::Function;
use super::MANY;
use crate::core::data::value::Value;
use crate::core::registry::{Example, Row};

/// `ip_in(ip, 'network')`
pub(super) const ROW: Row<Function> = Row {
    name: "ip_in",
    aliases: &[],
    usage: "ip_in(ip, 'network')",
    summary: "Whether an IP address is in a network written as CIDR, or in one of several",
    examples: &[
        Example { input: "ip_in('10.1.2.3', '10.0.0.0/8')", output: "true" },
        Example { input: "ip_in('2001:db8::1', '10.0.0.0/8', '2001:db8::/32')", output: "true" },
        Example { input: "ip_in('11.0.0.1', '10.0.0.0/8')", output: "false" },
    ],
    item: Function {
        arity: (2, MANY),
        regex: None,
        bind: |args| {
            let mut networks = Vec::new();
            for index in 1..args.nodes.len() {
                let text = args.constant_text(index, "a network")?;
                let network = Network::parse(&text).ok_or_else(|| {
                    args.problem(index, format!("'{text}' is no network"))
                        .hint("write it like 10.0.0.0/8 or 2001:db8::/32")
                })?;
                networks.push(network);
            }
            Ok(args.each(
                Type::Bool,
                Box::new(move |call| {
                    let address = call
                        .text(0)
                        .and_then(|text| std::str::from_utf8(text.trim_ascii()).ok()?.parse::<IpAddr>().ok());
                    Value::Bool(address.is_some_and(|address| networks.iter().any(|network| network.contains(address))))
                }),
            ))
        },
    },
};

/// A network: its first address and the length of its prefix, both as if of 128 bits.
#[derive(Debug, Clone, Copy)]
struct Network {
    bits: u128,
    prefix: u32,
    v4: bool,
}

impl Network {
    /// Reads `10.0.0.0/8`; an address alone is a network of one.
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u32>().ok()?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(width);
        (prefix <= width).then_some(Self { bits: bits(address), prefix, v4: address.is_ipv4() })
    }

    fn contains(self, address: IpAddr) -> bool {
        // An IPv4 address may be written as an IPv6 one.
        let address = address.to_canonical();
        let difference = bits(address) ^ self.bits;
        address.is_ipv4() == self.v4 && (self.prefix == 0 || difference >> (128 - self.prefix) == 0)
    }
}

/// An address with its first bit highest.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()) << 96,
        IpAddr::V6(address) => address.to_bits(),
    }
}
