//! IP networks in the operator's notation.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// A network whose members are trusted proxies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrustedNetwork(IpNet);

/// A text that is not a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an IP address or network such as 10.0.0.0/8")]
pub struct InvalidNetwork;

impl FromStr for TrustedNetwork {
    type Err = InvalidNetwork;
    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| InvalidNetwork)?;
        let Some(prefix) = prefix else { return Ok(Self(address.into())) };
        let prefix = prefix.trim().parse().map_err(|_| InvalidNetwork)?;
        IpNet::new(address, prefix).map(Self).map_err(|_| InvalidNetwork)
    }
}

impl TrustedNetwork {
    /// Whether an address lies inside. IPv4 peers of an IPv6 socket count as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
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
    #[case("10.9.8.7/8", "10.200.3.4", true)]
    #[case("127.0.0.1", "127.0.0.1", true)]
    #[case("127.0.0.1", "127.0.0.2", false)]
    #[case("0.0.0.0/0", "8.8.8.8", true)]
    #[case("0.0.0.0/0", "::1", false)]
    #[case("fd00::/8", "fd12::1", true)]
    #[case("::1", "::1", true)]
    #[case("::1", "::2", false)]
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
