//! Archives made by the libraries' writers, and broken ones.

#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Read, Write};
use std::path::Path;

use super::{Archive, has_archive_name};

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (at, (name, content)) in members.iter().enumerate() {
        let methods = [::zip::CompressionMethod::Stored, ::zip::CompressionMethod::Deflated];
        let options = ::zip::write::SimpleFileOptions::default().compression_method(methods[at % 2]);
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Names and contents, and what went wrong.
fn members(bytes: &[u8]) -> (Vec<(String, Vec<u8>)>, Option<String>) {
    let mut found = Vec::new();
    let mut archive = match Archive::of_bytes(bytes).unwrap() {
        Ok(archive) => archive,
        Err(problem) => return (found, Some(problem.message)),
    };
    loop {
        match archive.next() {
            Ok(Some(member)) => {
                let mut content = Vec::new();
                if let Err(error) = archive.read(&member).unwrap().read_to_end(&mut content) {
                    return (found, Some(error.to_string()));
                }
                found.push((String::from_utf8(member.name).unwrap(), content));
            }
            Ok(None) => return (found, None),
            Err(problem) => return (found, Some(problem.message)),
        }
    }
}

#[test]
fn members_come_with_their_content() {
    let long = format!("{}/x.txt", "directory/".repeat(30));
    let files: [(&str, &[u8]); 4] = [("b.txt", b"two"), ("a/x", b""), (&long, &[b'x'; 5000]), ("a.txt", b"one")];
    let expected = |order: [usize; 4]| order.map(|at| (files[at].0.to_string(), files[at].1.to_vec())).to_vec();
    assert_eq!(members(&tar(&files)), (expected([0, 1, 2, 3]), None));
    assert_eq!(members(&zip(&files)), (expected([1, 3, 0, 2]), None));
}

#[test]
fn a_content_need_not_be_read() {
    let mut archive = Archive::of_bytes(&tar(&[("a", &[b'x'; 2000]), ("b", b"two")])).unwrap().unwrap();
    let first = archive.next().unwrap().unwrap();
    assert_eq!(archive.read(&first).unwrap().read(&mut [0; 10]).unwrap(), 10);
    let second = archive.next().unwrap().unwrap();
    let mut content = Vec::new();
    archive.read(&second).unwrap().read_to_end(&mut content).unwrap();
    assert_eq!(content, b"two");
}

#[test]
fn broken_archives_are_told() {
    let files: [(&str, &[u8]); 2] = [("a", &[b'x'; 2000]), ("b", b"two")];
    let whole = tar(&files);
    assert_eq!(members(&whole[..1000]).1.unwrap(), "the tar archive ends too early");
    assert_eq!(members(&whole[..2560]).0.len(), 1);
    let mut broken = whole.clone();
    broken[2560] ^= 1;
    let (found, failure) = members(&broken);
    assert_eq!((found.len(), failure.as_deref()), (1, Some("the tar archive is broken")));
    let whole = zip(&files);
    assert_eq!(members(&whole[..whole.len() - 30]).1.unwrap(), "the zip archive is broken");
    let mut broken = whole.clone();
    broken[100] ^= 1;
    assert_eq!(members(&broken).1.unwrap(), "this part of the zip archive is broken");
}

#[test]
fn what_is_no_archive_is_none() {
    assert!(Archive::of_bytes(b"PK is a name").is_none() && Archive::of_bytes(&[0; 600]).is_none());
    assert!(
        ["a.zip", "a.TGZ", "a.tar.gz", "b/a.tar.xz", "a.docx"].iter().all(|name| has_archive_name(Path::new(name)))
    );
    assert!(!["a.gz", "zip", "a.tar.md", "tar"].iter().any(|name| has_archive_name(Path::new(name))));
}
