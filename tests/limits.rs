//! What is too big is refused with an error, in bounded memory.

use std::fs::File;

use crate::harness::{Dir, mytools};

#[test]
fn a_line_past_every_limit_is_an_error_and_other_files_go_on() {
    let dir = Dir::new();
    dir.file("after.txt", b"a needle\n");
    // A sparse file: NULs without a line end.
    File::create(dir.path().join("a.bin")).unwrap().set_len(5 << 30).unwrap();
    for threads in ["1", "3"] {
        let named = mytools(["search", "-j", threads, "needle", "a.bin", "after.txt"]).dir(dir.path()).run();
        assert_eq!(named.errors(), "mytools: a.bin: a line is longer than 1024 MiB\n");
        assert_eq!((named.text().as_str(), named.code), ("after.txt:a needle\n", 2));
        let counted = mytools(["search", "-j", threads, "-c", "needle", "a.bin"]).dir(dir.path()).run();
        assert_eq!((counted.text().as_str(), counted.code), ("", 2));
        // Found on the way, it is binary, whatever its lines are.
        let found = mytools(["search", "-j", threads, "needle"]).dir(dir.path()).ok();
        assert_eq!(found, "after.txt:a needle\n");
    }
}
