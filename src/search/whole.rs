//! Inputs that must be in memory as a whole, because a match may cross any of their lines.

use std::io::Read;

use crate::core::error::{Code, Problem, plain_io_message};
use crate::core::input::open::Source;
use crate::core::input::positional::read_full_at;
use crate::core::integer::to_index;

/// Reads an input of at most `limit` bytes to its end. Fails without naming the path.
pub(crate) fn read_whole(source: Source, limit: usize) -> Result<Vec<u8>, Problem> {
    let mut text = Vec::new();
    let read = match source {
        Source::File { file, len, start } => {
            let size = len.saturating_sub(start);
            if size > limit as u64 {
                return Err(too_large(limit));
            }
            text.resize(to_index(size), 0);
            read_full_at(&file, &mut text, start).map(|read| text.truncate(read))
        }
        // One byte more tells whether there is more.
        Source::Stream(reader) => reader.take(limit as u64 + 1).read_to_end(&mut text).map(drop),
    };
    read.map_err(|error| Problem::new(Code::Io, plain_io_message(&error)))?;
    if text.len() > limit {
        return Err(too_large(limit));
    }
    Ok(text)
}

fn too_large(limit: usize) -> Problem {
    Problem::new(Code::Limit, format!("larger than {} MiB, and -U has to read it whole", limit >> 20))
        .hint("a pattern that cannot match a line end, with no ^ and $ in it, is searched in pieces of any size")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::{Cursor, Write};

    use super::read_whole;
    use crate::core::error::Code;
    use crate::core::input::live::Stream;
    use crate::core::input::open::Source;

    #[test]
    fn an_input_is_read_whole_or_not_at_all() {
        let text = b"one\ntwo\n";
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text).unwrap();
        for (limit, fits) in [(7, false), (8, true), (9, true)] {
            let from_file = read_whole(Source::File { file: file.try_clone().unwrap(), len: 8, start: 0 }, limit);
            let from_stream = read_whole(Source::Stream(Stream::of(Cursor::new(text))), limit);
            for read in [from_file, from_stream] {
                assert_eq!(read.as_ref().map(Vec::as_slice).ok(), fits.then_some(text.as_slice()));
                assert!(fits || read.unwrap_err().code == Code::Limit);
            }
        }
    }
}
