//! The Common Log Format: [`combined`](super::combined) without referer and user agent.

use crate::core::format::combined::{Access, Extra, Layout, reader, sniff};
use crate::core::format::{Format, line};
use crate::core::registry::{Example, Row};

/// The table row.
pub(crate) const ROW: Row<Format> = Row {
    name: "common",
    aliases: &["clf"],
    usage: "common",
    summary: "Access logs without referer and user agent: the Common Log Format",
    examples: &[Example {
        input: "192.0.2.7 - - [14/Mar/2026:09:00:07 +0000] \"GET /a HTTP/1.1\" 304 -\n",
        output: "{\"remote_host\":\"192.0.2.7\",\"ident\":null,\"user\":null,\"time\":\"14/Mar/2026:09:00:07 +0000\",\
                 \"method\":\"GET\",\"path\":\"/a\",\"protocol\":\"HTTP/1.1\",\"status\":304,\"bytes\":null}\n",
    }],
    item: Format {
        reader: Some(|options| reader(options, Layout::Common)),
        sniff: Some(|head| sniff(head, Layout::Common)),
        parser: Some(|_| Ok(Box::new(Access { layout: Layout::Common, extra: Extra::Column }))),
        read_flags: line::FLAGS,
        ..Format::NONE
    },
};
