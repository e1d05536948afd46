//! Webhooks: where events are sent to, and how such a message stands.

use std::{fmt, str::FromStr};

use crate::{event::EventKind, text::worded_enum};

/// What people call a webhook: 1 to 63 letters, digits, dots, hyphens and underscores, beginning
/// with a letter or digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookName(String);

/// A text that is no webhook's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a webhook's name is 1 to 63 letters, digits, dots, hyphens or underscores and begins with a \
     letter or digit"
)]
pub struct NotAWebhookName;

impl fmt::Display for WebhookName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for WebhookName {
    type Err = NotAWebhookName;

    fn from_str(text: &str) -> Result<Self, NotAWebhookName> {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let sound = (1..=63).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_alphanumeric())
            && text.bytes().all(letter);
        sound.then(|| Self(text.to_owned())).ok_or(NotAWebhookName)
    }
}

/// Where a webhook's messages go: an `http` or `https` address without a login or a fragment, at
/// most 2000 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookUrl(String);

/// Why a text is no address of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAWebhookUrl {
    /// It is not made of what addresses are made of.
    #[error("a webhook's URL is at most 2000 visible ASCII characters; encode others as %XX")]
    Characters,
    /// It is of another kind.
    #[error("a webhook's URL begins with http:// or https://")]
    Scheme,
    /// A login in it would be shown to whoever may see the webhook.
    #[error("a webhook's URL holds no login; its receiver knows us by the signature")]
    Login,
    /// It names no host, or no port that there is.
    #[error("a webhook's URL has a host, and a port of 1 to 65535 if any")]
    Host,
    /// A part that is never sent.
    #[error("a webhook's URL has no part after #, which is never sent")]
    Fragment,
}

const LONGEST: usize = 2000;

impl WebhookUrl {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for WebhookUrl {
    type Err = NotAWebhookUrl;

    fn from_str(text: &str) -> Result<Self, NotAWebhookUrl> {
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
        if text.len() > LONGEST || !text.bytes().all(plain) {
            return Err(NotAWebhookUrl::Characters);
        }
        let rest = ["http://", "https://"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme));
        let rest = rest.ok_or(NotAWebhookUrl::Scheme)?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(NotAWebhookUrl::Login);
        }
        if rest.contains('#') {
            return Err(NotAWebhookUrl::Fragment);
        }
        is_host(authority).map(|()| Self(text.to_owned()))
    }
}

/// Stands for the port of an address that names none.
const ANY_PORT: &str = "80";

/// A name or an IPv4 address, or an IPv6 address in brackets, and a port.
fn is_host(authority: &str) -> Result<(), NotAWebhookUrl> {
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        let (host, port) = rest.split_once(']').ok_or(NotAWebhookUrl::Host)?;
        let sound = host.parse::<std::net::Ipv6Addr>().is_ok();
        let port = port
            .strip_prefix(':')
            .or(port.is_empty().then_some(ANY_PORT));
        (sound, port)
    } else {
        let (host, port) = authority.split_once(':').unwrap_or((authority, ANY_PORT));
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        (!host.is_empty() && host.bytes().all(letter), Some(port))
    };
    let port = port.filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    let port = port.and_then(|port| port.parse::<u16>().ok());
    let sound = host && port.is_some_and(|port| port > 0);
    sound.then_some(()).ok_or(NotAWebhookUrl::Host)
}

worded_enum! {
    /// How a message to a webhook stands.
    pub enum DeliveryStatus {
        /// It is sent when its turn comes, or when it is tried next.
        Waiting = "waiting",
        /// Its receiver has it.
        Delivered = "delivered",
        /// It was given up; it can be sent again by hand.
        Failed = "failed",
    }
}

/// What a message to a webhook tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// An event.
    Event(EventKind),
    /// Events were forgotten before they could be sent.
    Gap,
    /// Nothing but that the webhook works.
    Test,
}

const GAP: &str = "gap";
const TEST: &str = "test";

impl MessageKind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Event(kind) => kind.as_str(),
            Self::Gap => GAP,
            Self::Test => TEST,
        }
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for MessageKind {
    type Err = crate::text::UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            GAP => Ok(Self::Gap),
            TEST => Ok(Self::Test),
            event => event.parse().map(Self::Event),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        let events = EventKind::ALL.iter().copied().map(MessageKind::Event);
        for kind in events.chain([MessageKind::Gap, MessageKind::Test]) {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        for &status in DeliveryStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
    }

    #[test]
    fn names_are_plain() {
        for good in ["chat", "2nd.pager_eu-1"] {
            let name: Result<WebhookName, _> = good.parse();
            assert_eq!(name.map(|name| name.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", "-x", "a b", "a/b", "ö", &"x".repeat(64)] {
            assert_eq!(bad.parse::<WebhookName>(), Err(NotAWebhookName), "{bad:?}");
        }
    }

    #[test]
    fn addresses_that_can_be_posted_to() {
        for good in [
            "http://127.0.0.1:8080/hook",
            "https://hooks.example.org/a/b?token=x%20y&z=1",
            "https://example.org",
            "http://[::1]:9/",
            "http://[2001:db8::1]",
        ] {
            let url: Result<WebhookUrl, _> = good.parse();
            assert_eq!(url.map(|url| url.to_string()), Ok(good.to_owned()));
        }
    }

    #[test]
    fn others_are_refused_for_a_reason() {
        use NotAWebhookUrl as Not;
        let long = format!("https://h/{}", "x".repeat(2000));
        for (bad, why) in [
            ("", Not::Scheme),
            ("ftp://h/", Not::Scheme),
            ("file:///etc/passwd", Not::Scheme),
            ("HTTP://h/", Not::Scheme),
            ("http:h", Not::Scheme),
            ("http://", Not::Host),
            ("http:///path", Not::Host),
            ("http://h:0/", Not::Host),
            ("http://h:/", Not::Host),
            ("http://h:+1/", Not::Host),
            ("http://h:65536/", Not::Host),
            ("http://[::1/", Not::Host),
            ("http://[nonsense]/", Not::Host),
            ("http://[::1]x/", Not::Host),
            ("http://a%41/", Not::Host),
            ("http://user:secret@h/", Not::Login),
            ("http://h/#part", Not::Fragment),
            ("http://h/\r\nX: y", Not::Characters),
            ("http://h/ö", Not::Characters),
            (&long, Not::Characters),
        ] {
            assert_eq!(bad.parse::<WebhookUrl>(), Err(why), "{bad:?}");
        }
    }
}
