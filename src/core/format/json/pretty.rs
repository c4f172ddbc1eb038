//! Rewrites the blanks of valid JSON text: none at all, or a line per member and element.

/// Appends the text without the blanks between its tokens.
pub(crate) fn compact(json: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(token) = token(json, &mut at) {
        out.extend_from_slice(token);
    }
}

/// Appends the text with `indent` spaces per level, its first level being `level`.
pub(crate) fn indented(json: &[u8], indent: usize, level: usize, out: &mut Vec<u8>) {
    let mut level = level;
    let mut at = 0;
    let mut opened = false;
    while let Some(token) = token(json, &mut at) {
        match token.first() {
            Some(b'}' | b']') => {
                level = level.saturating_sub(1);
                if !opened {
                    newline(indent * level, out);
                }
            }
            _ if opened => newline(indent * level, out),
            _ => {}
        }
        opened = false;
        out.extend_from_slice(token);
        match token.first() {
            Some(b'{' | b'[') => {
                level += 1;
                opened = true;
            }
            Some(b',') => newline(indent * level, out),
            Some(b':') => out.push(b' '),
            _ => {}
        }
    }
}

fn newline(spaces: usize, out: &mut Vec<u8>) {
    out.push(b'\n');
    out.resize(out.len() + spaces, b' ');
}

/// The next token: a bracket, comma or colon, a string, or a run of other bytes.
fn token<'a>(json: &'a [u8], at: &mut usize) -> Option<&'a [u8]> {
    let rest = json.get(*at..)?;
    let blank = rest.iter().position(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t'))?;
    let rest = rest.get(blank..)?;
    let length = match rest.first()? {
        b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
        b'"' => string(rest),
        _ => rest
            .iter()
            .position(|byte| {
                matches!(byte, b'{' | b'}' | b'[' | b']' | b',' | b':' | b'"' | b' ' | b'\n' | b'\r' | b'\t')
            })
            .unwrap_or(rest.len()),
    };
    *at += blank + length;
    rest.get(..length)
}

/// Length of the string literal that the text starts with.
fn string(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', text.get(at..).unwrap_or_default()) {
        at += found + 1;
        if text.get(at - 1) == Some(&b'"') {
            return at;
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{compact, indented};

    #[test]
    fn rewrites_as_serde_does() {
        let json = r#" { "a" : [ 1 , {"b": "x \" ,: y" } , [ ] ] , "c" : { } , "d":null } "#;
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        let (mut short, mut long) = (Vec::new(), Vec::new());
        compact(json.as_bytes(), &mut short);
        indented(json.as_bytes(), 2, 0, &mut long);
        assert_eq!(String::from_utf8(short).unwrap(), serde_json::to_string(&value).unwrap());
        assert_eq!(String::from_utf8(long).unwrap(), serde_json::to_string_pretty(&value).unwrap());
    }
}
