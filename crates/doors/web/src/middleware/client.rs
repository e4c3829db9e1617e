use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

/// Address of whoever asks. Behind one proxy of ours, it is the last of `X-Forwarded-For`, the only
/// one that the proxy wrote itself; those before it are whatever the client claimed.
pub fn client_address(peer: SocketAddr, headers: &HeaderMap, behind_proxy: bool) -> IpAddr {
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    let last = forwarded.and_then(|list| list.rsplit(',').next()).and_then(|address| address.trim().parse().ok());
    last.filter(|_| behind_proxy).unwrap_or(peer.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_proxy_is_believed() {
        let peer: SocketAddr = "10.0.0.1:4000".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "1.1.1.1, 2.2.2.2".parse().unwrap());
        headers.append("x-forwarded-for", "3.3.3.3, 2001:db8::7".parse().unwrap());
        assert_eq!(client_address(peer, &headers, false), peer.ip());
        assert_eq!(client_address(peer, &headers, true).to_string(), "2001:db8::7");
        assert_eq!(client_address(peer, &HeaderMap::new(), true), peer.ip());
    }
}
