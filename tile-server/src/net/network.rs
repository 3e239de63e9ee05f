//! IP networks in the operator's notation.

use std::net::IpAddr;
use std::str::FromStr;

/// A network whose members are trusted proxies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrustedNetwork {
    address: IpAddr,
    bits: u8,
}

/// A text that is not a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an IP address or network such as 10.0.0.0/8")]
pub struct InvalidNetwork;

impl FromStr for TrustedNetwork {
    type Err = InvalidNetwork;
    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| InvalidNetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.trim().parse().map_err(|_| InvalidNetwork)?,
            None => most,
        };
        if bits > most {
            return Err(InvalidNetwork);
        }
        Ok(Self { address, bits })
    }
}

impl TrustedNetwork {
    /// Whether an address lies inside. IPv4 peers of an IPv6 socket count as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let bits = u32::from(self.bits);
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differing = own.to_bits() ^ other.to_bits();
                differing.checked_shr(32 - bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differing = own.to_bits() ^ other.to_bits();
                differing.checked_shr(128 - bits).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("10.0.0.0/8", "10.200.3.4", true)]
    #[case("10.0.0.0/8", "11.0.0.0", false)]
    #[case("10.0.0.0/8", "::ffff:10.1.1.1", true)]
    #[case("127.0.0.1", "127.0.0.1", true)]
    #[case("127.0.0.1", "127.0.0.2", false)]
    #[case("0.0.0.0/0", "8.8.8.8", true)]
    #[case("0.0.0.0/0", "::1", false)]
    #[case("fd00::/8", "fd12::1", true)]
    #[case("::/0", "fd12::1", true)]
    #[case("fd00::/8", "fe80::1", false)]
    fn networks(#[case] network: &str, #[case] address: &str, #[case] expected: bool) {
        let network: TrustedNetwork = network.parse().unwrap();
        assert_eq!(network.contains(address.parse().unwrap()), expected);
    }

    #[test]
    fn bad_networks_are_refused() {
        for text in ["", "10.0.0.0/33", "::/129", "proxy", "10.0.0/8", "10.0.0.0/-1"] {
            assert!(text.parse::<TrustedNetwork>().is_err(), "{text}");
        }
    }
}
