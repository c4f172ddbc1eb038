//! Compressed files that are searched in chunks: at any number of threads, what is found is what is in the plain files,
//! whether the thread that reads a stream searches it or another does.

use std::fs;
use std::path::Path;

use crate::harness::{Dir, mytools};

/// Files in which lines of all lengths cross the ends of chunks, each as it is and as a zstd file of this level.
fn files(dir: &Path) {
    fs::create_dir(dir.join("plain")).unwrap();
    fs::create_dir(dir.join("packed")).unwrap();
    for file in 0..5_usize {
        let mut text = String::new();
        for line in 0.. {
            let length = (line * 7919 + file * 131) % 200 * if line % 977 == 0 { 2000 } else { 1 };
            let word = if line % 501 == file { "needle" } else { "straw" };
            text.push_str(&format!("{line} {word} {}\n", "x".repeat(length)));
            if text.len() > (2 + file) << 20 {
                break;
            }
        }
        let packed = zstd::encode_all(text.as_bytes(), [1, 3, 3, 1, 9][file]).unwrap();
        fs::write(dir.join(format!("plain/{file}.log")), text).unwrap();
        fs::write(dir.join(format!("packed/{file}.log.zst")), packed).unwrap();
    }
}

#[test]
fn many_streams_give_what_their_files_do() {
    let dir = Dir::new();
    files(dir.path());
    let search = |name: &str, threads: &str, args: &[&str]| {
        let run =
            mytools(["search", "-z", "--sort", "path", "-j", threads]).args(args).dir(&dir.path().join(name)).run();
        (run.code, run.text().replace(".zst", ""), run.errors())
    };
    let ways: [&[&str]; 9] = [
        &["needle"],
        &["-n", "-C", "2", "needle"],
        &["-c", "straw"],
        &["-vc", "straw"],
        &["-l", "needle"],
        &["-m", "3", "needle"],
        &["--max-results", "20", "needle"],
        &["-ob", "needle"],
        &["nowhere"],
    ];
    for args in ways {
        let plain = search("plain", "1", args);
        for threads in ["1", "2", "3", "8"] {
            assert!(search("packed", threads, args) == plain, "{args:?} with {threads} threads");
        }
    }
}

#[test]
fn a_stream_that_breaks_off_takes_nothing_from_the_others() {
    let dir = Dir::new();
    files(dir.path());
    let broken = dir.path().join("packed/2.log.zst");
    let bytes = fs::read(&broken).unwrap();
    fs::write(&broken, &bytes[..bytes.len() / 2]).unwrap();
    let search = |threads: &str| {
        let args = ["search", "-z", "--sort", "path", "-c", "needle", "packed", "-j", threads];
        let run = mytools(args).dir(dir.path()).run();
        (run.code, run.text(), run.errors())
    };
    let (code, text, errors) = search("1");
    assert_eq!(code, 2);
    assert_eq!(text.lines().count(), 4, "what broke off has no count");
    assert!(errors.contains("2.log.zst") && errors.contains("the zstd data ends too early"), "{errors}");
    for threads in ["2", "3", "8"] {
        assert_eq!(search(threads), (code, text.clone(), errors.clone()), "{threads} threads");
    }
}
