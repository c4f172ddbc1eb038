//! Hyperlinks around paths and line numbers, as terminals know them (OSC 8): the format of `--hyperlink-format`, its
//! aliases, and the links themselves.

use std::path::Path;

use crate::core::registry::did_you_mean;

/// Formats by name, those that everybody can use first.
const ALIASES: [(&str, &str); 11] = [
    ("default", if cfg!(windows) { "file://{path}" } else { "file://{host}{path}" }),
    ("none", ""),
    ("cursor", "cursor://file{path}:{line}:{column}"),
    ("file", "file://{host}{path}"),
    ("grep+", "grep+://{path}:{line}"),
    ("kitty", "file://{host}{path}#{line}"),
    ("macvim", "mvim://open?url=file://{path}&line={line}&column={column}"),
    ("textmate", "txmt://open?url=file://{path}&line={line}&column={column}"),
    ("vscode", "vscode://file{path}:{line}:{column}"),
    ("vscode-insiders", "vscode-insiders://file{path}:{line}:{column}"),
    ("vscodium", "vscodium://file{path}:{line}:{column}"),
];

/// The names of formats.
pub(crate) fn names() -> [&'static str; ALIASES.len()] {
    ALIASES.map(|(name, _)| name)
}

const VARIABLES: [(&str, Part); 5] = [
    ("path", Part::Path),
    ("line", Part::Line),
    ("column", Part::Column),
    ("host", Part::Host),
    ("wslprefix", Part::WslPrefix),
];

/// A piece of a format.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Path,
    Line,
    Column,
    Host,
    WslPrefix,
}

/// A value of `--hyperlink-format`: text with variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Format {
    parts: Vec<Part>,
}

impl Format {
    /// Reads a format or the name of one. Braces are doubled to stand for themselves. Fails with what is missing.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = ALIASES.iter().find(|(name, _)| *name == text).map_or(text, |(_, format)| format);
        let mut parts: Vec<Part> = Vec::new();
        let mut literal = String::new();
        let mut rest = text.chars().peekable();
        while let Some(char) = rest.next() {
            match char {
                '{' | '}' if rest.next_if_eq(&char).is_some() => literal.push(char),
                '}' => return Err("a } without its {".to_string()),
                '{' => {
                    let mut name = String::new();
                    loop {
                        match rest.next() {
                            Some('}') => break,
                            Some(char) => name.push(char),
                            None => return Err("a { without its }".to_string()),
                        }
                    }
                    let known = VARIABLES.iter().find(|(known, _)| *known == name);
                    let Some((_, variable)) = known else {
                        return Err(format!(
                            "no variable is called '{name}': there are path, line, column, host, wslprefix"
                        ));
                    };
                    if !literal.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut literal)));
                    }
                    parts.push(variable.clone());
                }
                char => literal.push(char),
            }
        }
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        let format = Self { parts };
        format.check()?;
        Ok(format)
    }

    /// What a format needs to lead anywhere. An empty one is none.
    fn check(&self) -> Result<(), String> {
        let has = |part: &Part| self.parts.contains(part);
        if self.parts.is_empty() {
            return Ok(());
        }
        if !has(&Part::Path) {
            let names: Vec<&str> = ALIASES.iter().map(|(name, _)| *name).collect();
            if let [Part::Text(text)] = self.parts.as_slice()
                && let Some(hint) = did_you_mean(text, names.iter().copied())
            {
                return Err(hint);
            }
            return Err(format!("a format needs {{path}}; or name one of {}", names.join(", ")));
        }
        if has(&Part::Column) && !has(&Part::Line) {
            return Err("{column} needs {line}".to_string());
        }
        // A scheme as RFC 1738 has it.
        let scheme = match self.parts.first() {
            Some(Part::Text(text)) => text.split_once(':').map_or("", |(scheme, _)| scheme),
            _ => "",
        };
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        if scheme.is_empty() || !scheme.bytes().all(fits) {
            return Err("a format starts with a scheme, as file: does".to_string());
        }
        Ok(())
    }
}

/// A format with what does not change during a run.
#[derive(Debug, Clone)]
pub(crate) struct Hyperlinks {
    /// The format.
    pub(crate) format: Format,
    /// Name of this machine.
    pub(crate) host: String,
    /// What leads from Windows to this system's files, where it runs inside Windows.
    pub(crate) wsl_prefix: String,
}

impl Hyperlinks {
    /// Whether there are links at all.
    pub(crate) fn is_active(&self) -> bool {
        !self.format.parts.is_empty()
    }

    /// Whether a link leads to a line.
    pub(crate) fn knows_lines(&self) -> bool {
        self.format.parts.contains(&Part::Line)
    }

    /// Starts a link to a file, whose path is encoded, and a place in it.
    pub(crate) fn open(&self, target: &[u8], line: Option<u64>, column: Option<u64>, out: &mut Vec<u8>) {
        let mut digits = itoa::Buffer::new();
        out.extend_from_slice(b"\x1b]8;;");
        for part in &self.format.parts {
            out.extend_from_slice(match part {
                Part::Text(text) => text.as_bytes(),
                Part::Path => target,
                Part::Host => self.host.as_bytes(),
                Part::WslPrefix => self.wsl_prefix.as_bytes(),
                Part::Line => digits.format(line.unwrap_or(1)).as_bytes(),
                Part::Column => digits.format(column.unwrap_or(1)).as_bytes(),
            });
        }
        out.extend_from_slice(b"\x1b\\");
    }
}

/// Ends a link.
pub(crate) const CLOSE: &[u8] = b"\x1b]8;;\x1b\\";

/// The path of a file as it stands in a link: whole, and encoded as RFC 3986 asks for. None where it leads nowhere.
pub(crate) fn target(path: &Path) -> Option<Vec<u8>> {
    let path = if cfg!(windows) { std::path::absolute(path).ok()? } else { path.canonicalize().ok()? };
    let bytes = path.as_os_str().as_encoded_bytes();
    let mut encoded = Vec::with_capacity(bytes.len() + 1);
    if bytes.first() != Some(&b'/') {
        encoded.push(b'/');
    }
    for &byte in bytes {
        match byte {
            b'\\' if cfg!(windows) => encoded.push(b'/'),
            b'/' | b':' | b'-' | b'.' | b'_' | b'~' | 128.. => encoded.push(byte),
            byte if byte.is_ascii_alphanumeric() => encoded.push(byte),
            byte => encoded.extend_from_slice(format!("%{byte:02X}").as_bytes()),
        }
    }
    Some(encoded)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{ALIASES, Format, Hyperlinks};

    #[test]
    fn every_alias_is_a_format() {
        for (name, _) in ALIASES {
            Format::parse(name).unwrap();
        }
    }

    #[test]
    fn links_lead_to_a_place() {
        let format = Format::parse("x://{host}{path}:{line}:{column}{{}}").unwrap();
        let links = Hyperlinks { format, host: "here".into(), wsl_prefix: String::new() };
        let mut out = Vec::new();
        links.open(b"/a%20b", Some(7), None, &mut out);
        assert_eq!(out, b"\x1b]8;;x://here/a%20b:7:1{}\x1b\\");
    }

    #[test]
    fn mistakes_are_named() {
        for (format, word) in [
            ("vscod", "'vscode'"),
            ("nothing like it", "{path}"),
            ("file://{host}", "{path}"),
            ("file://{path}:{column}", "{line}"),
            ("{path}", "scheme"),
            ("://{path}", "scheme"),
            ("file://{path", "without its }"),
            ("file://}{path}", "without its {"),
            ("file://{paths}", "'paths'"),
        ] {
            let error = Format::parse(format).unwrap_err();
            assert!(error.contains(word), "{format}: {error}");
        }
    }
}
