//! The parts of a URL (RFC 3986, appendix B), or of the target of a request, as they are written.

/// A URL in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Url<'a> {
    /// User, host and port.
    authority: Option<&'a [u8]>,
    /// The path.
    pub(super) path: &'a [u8],
    /// What stands between `?` and `#`.
    pub(super) query: Option<&'a [u8]>,
}

impl<'a> Url<'a> {
    /// Takes a text apart. Every text is a URL of some kind.
    pub(super) fn parse(text: &'a [u8]) -> Self {
        let text = text.trim_ascii();
        let end = memchr::memchr(b'#', text).unwrap_or(text.len());
        let text = text.get(..end).unwrap_or_default();
        let (text, query) = match memchr::memchr(b'?', text) {
            Some(mark) => (text.get(..mark).unwrap_or_default(), text.get(mark + 1..)),
            None => (text, None),
        };
        let colon = memchr::memchr(b':', text).filter(|colon| {
            let scheme = text.get(..*colon).unwrap_or_default();
            scheme.first().is_some_and(u8::is_ascii_alphabetic)
                && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
                && text.get(colon + 1) == Some(&b'/')
        });
        let rest = colon.and_then(|colon| text.get(colon + 1..)).unwrap_or(text);
        let Some(behind) = rest.strip_prefix(b"//") else { return Self { authority: None, path: rest, query } };
        let slash = memchr::memchr(b'/', behind).unwrap_or(behind.len());
        let (authority, path) = behind.split_at_checked(slash).unwrap_or_default();
        Self { authority: Some(authority), path, query }
    }

    /// The host, without the brackets of an IPv6 address.
    pub(super) fn host(&self) -> Option<&'a [u8]> {
        let authority = self.authority?;
        let host = match memchr::memrchr(b'@', authority) {
            Some(at) => authority.get(at + 1..)?,
            None => authority,
        };
        let host = match host.strip_prefix(b"[") {
            Some(inside) => inside.split(|byte| *byte == b']').next()?,
            None => host.split(|byte| *byte == b':').next()?,
        };
        Some(host).filter(|host| !host.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::Url;

    #[test]
    fn takes_urls_apart() {
        for (text, host, path, query) in [
            ("https://a.b:80/c?d#e", Some("a.b"), "/c", Some("d")),
            ("//cdn/x", Some("cdn"), "/x", None),
            ("/only/path?q=http://x/", None, "/only/path", Some("q=http://x/")),
            ("host.without.scheme/a", None, "host.without.scheme/a", None),
            ("ftp://u:p@[2001:db8::1]:21/", Some("2001:db8::1"), "/", None),
            ("http://a.b?x=1", Some("a.b"), "", Some("x=1")),
            ("file:///etc", None, "/etc", None),
            ("", None, "", None),
        ] {
            let url = Url::parse(text.as_bytes());
            let shown = |part: &[u8]| String::from_utf8_lossy(part).into_owned();
            assert_eq!(url.host().map(shown).as_deref(), host, "{text}");
            assert_eq!(shown(url.path), path, "{text}");
            assert_eq!(url.query.map(shown).as_deref(), query, "{text}");
        }
    }
}
