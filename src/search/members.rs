//! The members of an archive, which `-z` searches as `archive:member`, each by the globs and types, with its own encoding
//! and its own rule for NULs.
//!
//! One thread at a time reads an archive and hands on the texts of small members, several at once, to whoever is free; a
//! large member becomes a stream of chunks, after which the archive is read on. So an archive never has more than a few
//! megabytes in memory.

use std::path::PathBuf;

use crate::core::error::{Code, Error, Problem, Result, plain_io_message};
use crate::core::exec::ordered::Step;
use crate::core::input::archive::{Archive, Member};
use crate::core::input::open::{Opened, Small, open_stream, read_opened};
use crate::search::quota::Again;
use crate::search::searcher::{Claim, Output, Searcher, Worker};
use crate::search::whole::read_whole;

/// Bytes of text that are searched in one piece.
const PIECE: usize = 256 << 10;

/// Pieces that are read at once.
const PIECES: usize = 8;

/// An archive on its way through the search.
pub(crate) struct Members {
    archive: Archive,
    /// The path of the archive as printed, with a colon.
    prefix: Vec<u8>,
}

/// The texts of some members, in order, with what kept others from being read.
pub(crate) type Texts = Vec<Result<Text, Box<Problem>>>;

/// The text of a member.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    path: Vec<u8>,
    bytes: Vec<u8>,
}

impl Searcher<'_, '_> {
    /// What is to be done with an archive.
    pub(super) fn archive(archive: Archive, path: &[u8]) -> Vec<Claim> {
        let prefix = [path, b":"].concat();
        let parts = archive.split().into_iter();
        parts.map(|archive| Claim::Members(Box::new(Members { archive, prefix: prefix.clone() }))).collect()
    }

    /// Reads members and leaves them to whoever is free.
    pub(super) fn members(&self, worker: &mut Worker<'_>, mut members: Box<Members>) -> Result<Step<Claim, Output>> {
        let mut rest = Vec::new();
        let mut texts: Texts = Vec::new();
        let mut held = 0;
        while rest.len() < PIECES {
            match self.next_text(&mut worker.small, &mut members) {
                Ok(None) => {
                    rest.push(Claim::Texts(texts));
                    return Ok(Step::Split(Output::default(), rest));
                }
                Ok(Some(Found::Text(text))) => {
                    held += text.bytes.len() + text.path.len();
                    texts.push(Ok(text));
                }
                Ok(Some(Found::Failed(problem))) => texts.push(Err(problem)),
                Ok(Some(Found::Large(path, opened))) if self.plan.matcher.crosses() => {
                    let named = |problem: Problem| problem.at_path(String::from_utf8_lossy(&path));
                    let bytes =
                        read_whole(opened.source, self.plan.config.longest).map_err(|problem| Box::new(named(problem)));
                    texts.push(bytes.map(|bytes| Text { path: path.clone(), bytes }));
                }
                Ok(Some(Found::Large(path, opened))) => {
                    let name = path.clone();
                    match self.parts(&mut worker.reporter, opened, path, self.plan.member_rule()) {
                        Ok(Some(parts)) => {
                            rest.push(Claim::Texts(texts));
                            rest.extend(parts.claims(Some(members)));
                            return Ok(Step::Split(Output::default(), rest));
                        }
                        Ok(None) => {}
                        Err(Error::Problem(problem)) => {
                            texts.push(Err(Box::new(problem.at_path(String::from_utf8_lossy(&name)))));
                        }
                        Err(error) => return Err(error),
                    }
                }
                Err(problem) => {
                    let path = String::from_utf8_lossy(members.prefix.strip_suffix(b":").unwrap_or(&members.prefix));
                    texts.push(Err(Box::new(problem.at_path(path))));
                    rest.push(Claim::Texts(texts));
                    return Ok(Step::Split(Output::default(), rest));
                }
            }
            if held >= PIECE || texts.len() >= PIECE / 128 {
                rest.push(Claim::Texts(std::mem::take(&mut texts)));
                held = 0;
            }
        }
        rest.push(Claim::Members(members));
        Ok(Step::Split(Output::default(), rest))
    }

    /// The next member that is wanted. Fails where the archive cannot be read on.
    fn next_text(&self, buffer: &mut Vec<u8>, members: &mut Members) -> Result<Option<Found>, Problem> {
        loop {
            let Some(member) = members.archive.next()? else { return Ok(None) };
            let name = name(&member);
            if !self.walk.wants_member(&name) {
                continue;
            }
            let path = [members.prefix.as_slice(), &member.name].concat();
            let failed = |problem: Problem| Found::Failed(Box::new(problem.at_path(String::from_utf8_lossy(&path))));
            let stream = match members.archive.read(&member) {
                Ok(stream) => stream,
                Err(problem) => return Ok(Some(failed(problem))),
            };
            let opened = match open_stream(stream, &name, self.plan.open_options()) {
                Ok(opened) => opened,
                Err(error) => return Ok(Some(failed(Problem::new(Code::Io, plain_io_message(&error))))),
            };
            buffer.resize(self.small(), 0);
            return Ok(Some(match read_opened(opened, buffer) {
                Small::Whole { start, end, .. } => {
                    let bytes = buffer.get(start..end).unwrap_or_default().to_vec();
                    Found::Text(Text { path, bytes })
                }
                Small::Opened(opened) => Found::Large(path, opened),
            }));
        }
    }

    /// Searches the texts of members.
    pub(super) fn texts(&self, worker: &mut Worker<'_>, texts: Texts) -> Result<Output> {
        let mut output = Output::default();
        let again = self.has_quota().then(|| Again::Texts(texts.clone()));
        for text in texts {
            self.text(worker, text, &mut output)?;
        }
        self.hand_over(Output { again, ..output })
    }

    /// Searches the text of a member.
    pub(super) fn text(
        &self,
        worker: &mut Worker<'_>,
        text: Result<Text, Box<Problem>>,
        output: &mut Output,
    ) -> Result<()> {
        match text {
            Ok(mut text) => {
                let rule = self.plan.member_rule();
                self.whole(&mut worker.reporter, &text.path, rule, &mut text.bytes, output)
            }
            Err(problem) => {
                output.problems.push(*problem);
                Ok(())
            }
        }
    }
}

/// What became of a member.
enum Found {
    /// Its text.
    Text(Text),
    /// It is large, or fails further on: its path, and what there is of it.
    Large(Vec<u8>, Opened),
    /// It cannot be read.
    Failed(Box<Problem>),
}

/// The name of a member as a path.
#[cfg(unix)]
fn name(member: &Member) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(&member.name))
}

/// The name of a member as a path.
#[cfg(not(unix))]
fn name(member: &Member) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(&member.name).into_owned())
}
