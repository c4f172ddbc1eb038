//! Input that means harm: deep, wide, long, packed, disguised. Each ends with the right answer or with an error that says
//! what is wrong, in bounded memory.

#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::harness::{Dir, MYTOOLS, Outcome, mytools};
#[cfg(target_os = "linux")]
use crate::terminal::Terminal;

/// Runs the binary with so many MiB of address space, which bounds its memory; past it, it would abort.
fn within(mib: usize, dir: &Dir, args: &[&str]) -> Outcome {
    let limit = format!("ulimit -v {} && exec \"$0\" \"$@\"", mib << 10);
    let mut command = Command::new("sh");
    command.args(["-c", &limit, MYTOOLS]).args(args).args(["-j", "2"]).current_dir(dir.path()).env_clear();
    let output = command.stdin(Stdio::null()).output().unwrap();
    Outcome { code: output.status.code().unwrap_or(-1), stdout: output.stdout, stderr: output.stderr }
}

/// Asserts that a run ended with an error that says so, not by a signal.
fn refused(run: &Outcome, said: &str) {
    assert_eq!(run.code, 2, "{}", run.errors());
    assert!(run.errors().contains(said), "{}", run.errors());
}

#[test]
fn values_nested_deeply_are_refused() {
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    let dir = Dir::new();
    dir.file("a.json", format!("{open}{close}"))
        .file("o.jsonl", format!("{}1{}", r#"{"a":"#.repeat(100_000), "}".repeat(100_000)))
        .file("a.yaml", format!("{open}{close}"))
        .file("a.toml", format!("a = {open}{close}"))
        .file("dots.toml", format!("{} = 1", vec!["a"; 100_000].join(".")));
    for (name, said) in [
        ("a.json", "more than 10000 levels"),
        ("o.jsonl", "more than 10000 levels"),
        ("a.yaml", "recursion limit"),
        ("a.toml", "recursion"),
        ("dots.toml", "recursion"),
    ] {
        refused(&within(200, &dir, &["process", name, "-f", "csv"]), said);
    }
    // What is just allowed goes through every format, and through the functions.
    dir.file("deep.jsonl", format!("{}1{}\n", r#"{"a":"#.repeat(2000), "}".repeat(2000)))
        .file("list.jsonl", format!(r#"{{"a":{}{}}}"#, "[".repeat(9000), "]".repeat(9000)));
    for name in ["deep.jsonl", "list.jsonl"] {
        for to in ["json", "jsonl", "csv", "yaml", "table", "html", "vertical", "logfmt", "markdown"] {
            let run = within(300, &dir, &["process", name, "-f", to]);
            assert_eq!((run.code, run.errors().as_str()), (0, ""), "{name} {to}");
        }
        let derive = "j = to_json(a), k = parse_json(to_json(a)), t = type(a), l = len(a), b = a == a, h = hash(a)";
        for args in [["--derive", derive], ["--sort", "a"], ["--describe", "-fcsv"], ["--freq", "a"]] {
            let run = within(300, &dir, &["process", name, args[0], args[1]]);
            assert_eq!(run.code, 0, "{name} {args:?} {}", run.errors());
        }
    }
}

#[test]
fn expressions_nested_deeply_are_refused() {
    let dir = Dir::new();
    dir.file("a.csv", "k,v\na,1\n");
    // One argument holds 128 KiB.
    let around = |open: &str, close: &str| format!("{}1{}", open.repeat(8000), close.repeat(8000));
    let deep = [
        around("(", ")"),
        around("abs(", ")"),
        around("-(", ")"),
        around("if(v > 0, 0, ", ")"),
        format!("{}v", "not ".repeat(20_000)),
        format!("{}v", "- ".repeat(20_000)),
        format!("v{}", "+1".repeat(20_000)),
        format!("v{}", "??1".repeat(20_000)),
        format!("v{}", "[0]".repeat(20_000)),
        format!("v{}", ".a".repeat(20_000)),
    ];
    for text in &deep {
        for args in [["--derive", &format!("x={text}")], ["-w", text], ["-a", &format!("x=sum({text})")]] {
            let run = within(200, &dir, &["process", "a.csv", args[0], args[1]]);
            assert_eq!(run.code, 2, "{} {}", args[0], &text[..10]);
            assert!(run.errors().starts_with("mytools: "), "{}", run.errors());
        }
    }
    let many = vec!["k == 'a'"; 5000].join(" and ");
    assert_eq!(within(200, &dir, &["process", "a.csv", "-w", &many, "-f", "csv"]).text(), "k,v\na,1\n");
}

#[test]
fn patterns_that_are_too_much_are_refused() {
    let dir = Dir::new();
    dir.file("a.txt", format!("x\n{}\n", "a".repeat(30))).file("a.csv", format!("k\n{}\n", "a".repeat(5000)));
    let nested = format!("{}a{}", "(".repeat(50_000), ")".repeat(50_000));
    refused(&within(300, &dir, &["search", &nested, "a.txt"]), "nest");
    refused(&within(300, &dir, &["search", "-P", &nested, "a.txt"]), "nest");
    refused(&within(300, &dir, &["process", "a.csv", "-w", &format!("k =~ '{nested}'")]), "nest");
    for large in [r"(\w{1000}){1000}", r"\w{1000000}", "((a{99}){99}){99}{99}"] {
        let run = within(1500, &dir, &["search", large, "a.txt"]);
        assert_eq!(run.code, 2, "{large}");
        refused(&within(1500, &dir, &["process", "a.csv", "-w", &format!("k =~ '{large}'")]), "mytools: ");
    }
    // Linear in the text, whatever the pattern; with -P a limit says which line was too hard.
    for evil in ["(a*)*b", "(a|aa)+$b", "(.*)*x$y", "(a+)+z"] {
        assert_eq!(within(200, &dir, &["search", evil, "a.txt"]).code, 1, "{evil}");
        assert_eq!(
            within(200, &dir, &["process", "a.csv", "-w", &format!("k =~ '{evil}'"), "-f", "csv"]).text(),
            "k\n"
        );
    }
    refused(&within(200, &dir, &["search", "-P", r"(a*)*\1b(?<=z)", "a.txt"]), "a.txt: the pattern took more than");
}

#[test]
fn a_hundred_thousand_columns_are_only_many() {
    let names: Vec<String> = (0..100_000).map(|number| format!("c{number}")).collect();
    let row: Vec<String> = (0..100_000).map(|number| number.to_string()).collect();
    let csv = format!("{}\n{}\n", names.join(","), row.join(","));
    let members: Vec<String> = names.iter().zip(&row).map(|(name, value)| format!("\"{name}\":{value}")).collect();
    let jsonl = format!("{{{}}}\n", members.join(","));
    let dir = Dir::new();
    dir.file("a.csv", &csv).file("a.jsonl", &jsonl);
    for (name, to, expected) in
        [("a.csv", "csv", &csv), ("a.csv", "jsonl", &jsonl), ("a.jsonl", "csv", &csv), ("a.jsonl", "jsonl", &jsonl)]
    {
        let run = within(400, &dir, &["process", name, "-f", to]);
        assert!(run.text() == *expected, "{name} to {to}: {}", run.errors());
    }
    for name in ["a.csv", "a.jsonl"] {
        let one = |args: &[&str]| within(400, &dir, &[&["process", name, "-f", "csv"], args].concat()).text();
        assert_eq!(one(&["-c", "c99999,c0"]), "c99999,c0\n99999,0\n");
        assert_eq!(one(&["-w", "c99999 > 5", "-g", "c7", "-a", "s=sum(c8)"]), "c7,s\n7,8\n");
        assert!(within(400, &dir, &["process", name, "-t"]).code == 0);
    }
}

/// Lines that are `mib` MiB together.
fn lines(mib: usize) -> impl Iterator<Item = Vec<u8>> {
    let piece = format!("{}\n", "x".repeat(1023)).into_bytes().repeat(1024);
    std::iter::repeat_n(piece, mib)
}

/// 160 MiB of [`lines`] in brotli, of which no encoder is at hand.
const BROTLI: &str = "\
    cbffff3f00a414f0aab1c70a01e1aeeefc9f03f8ffff078004401c1680eefd1fffffff00900088c302d0bdffe3ffff1f00120071\
    5800baf77ffcffff034002200e0b40f7fe8fffff7f004800c46101e8defff1ffff0f000980382c00ddfb3ffeffff012001108705\
    a07bffc7ffff3f002400e2b00074effff8ffff078004401c1680eefd1fffffff00900088c302d0bdffe3ffff1f001200715800ba\
    f77ffcffff034002200e0b40f7fe8fffff7f004800c46101e8defff1ffff0f000980382c00ddfb3ffeffff012001108705a07bff\
    c7ffff3f002400e2b00074effff8ffff078004401c1680eefd1fffffff00900088c302d0bdffe3ffff1f001200715800baf77f03";

/// Bytes from their digits.
fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
}

#[test]
fn what_unpacks_to_much_is_read_in_little_memory() {
    const MIB: usize = 160;
    let dir = Dir::new();
    let path = |name: &str| dir.path().join(name);
    let mut gzip = flate2::write::GzEncoder::new(fs::File::create(path("a.gz")).unwrap(), flate2::Compression::fast());
    let mut zstd = zstd::stream::write::Encoder::new(fs::File::create(path("a.zst")).unwrap(), 1).unwrap();
    let mut lz4 = lz4_flex::frame::FrameEncoder::new(fs::File::create(path("a.lz4")).unwrap());
    let mut bzip = bzip2::write::BzEncoder::new(fs::File::create(path("a.bz2")).unwrap(), bzip2::Compression::fast());
    let mut zip = zip::ZipWriter::new(fs::File::create(path("a.zip")).unwrap());
    zip.start_file("../../etc/x", zip::write::SimpleFileOptions::default()).unwrap();
    for piece in lines(MIB) {
        gzip.write_all(&piece).unwrap();
        zstd.write_all(&piece).unwrap();
        lz4.write_all(&piece).unwrap();
        zip.write_all(&piece).unwrap();
    }
    for piece in lines(4) {
        bzip.write_all(&piece).unwrap();
    }
    gzip.finish().unwrap();
    zstd.finish().unwrap();
    lz4.finish().unwrap();
    bzip.finish().unwrap();
    zip.finish().unwrap();
    let packed = fs::read(path("a.gz")).unwrap();
    let mut twice = flate2::write::GzEncoder::new(fs::File::create(path("b.gz")).unwrap(), flate2::Compression::best());
    twice.write_all(&packed).unwrap();
    twice.finish().unwrap();
    dir.file("a.br", unhex(BROTLI));
    for (name, mib) in [("a.gz", MIB), ("a.zst", MIB), ("a.lz4", MIB), ("a.bz2", 4), ("a.br", MIB)] {
        let count = format!("{}\n", mib * 1024);
        let found = within(150, &dir, &["search", "-z", "-c", "x", name]);
        assert_eq!((found.text(), found.errors()), (count.clone(), String::new()), "{name}");
        let counted = within(150, &dir, &["process", name, "--from", "lines", "--count", "-f", "csv"]);
        assert_eq!((counted.text(), counted.errors()), (format!("count\n{count}"), String::new()), "{name}");
    }
    // Only one layer is taken off, and members are only named, never written.
    assert_eq!(within(150, &dir, &["search", "-z", "-c", "x{1000}", "b.gz"]).code, 1);
    let member = within(150, &dir, &["search", "-z", "-c", "x", "a.zip"]);
    assert!(member.text().ends_with(&format!("../../etc/x:{}\n", MIB * 1024)), "{} {}", member.text(), member.errors());
}

#[test]
fn windows_that_memory_does_not_allow_are_refused() {
    let sum = |bytes: &[u8]| {
        let mut sum = flate2::Crc::new();
        sum.update(bytes);
        sum.sum().to_le_bytes()
    };
    let dir = Dir::new();
    // The header of a block that asks for a dictionary of 4 GiB (the .xz file format, 5.3.1).
    let (flags, block) = ([0, 1], [2, 0, 0x21, 1, 40, 0, 0, 0]);
    let xz = [b"\xFD7zXZ\0", &flags[..], &sum(&flags), &block, &sum(&block), &[0; 64]].concat();
    // 2 GiB in each: as four bytes in the header of lzma, as the exponent 21 of a zstd frame (RFC 8878, 3.1.1.1.2).
    let lzma = [&[0x5D, 0, 0, 0, 0x80][..], &[0xFF; 8], &[0; 64]].concat();
    let zstd = [&[0x28, 0xB5, 0x2F, 0xFD, 0, 21 << 3][..], &[0; 64]].concat();
    dir.file("a.xz", xz).file("a.lzma", lzma).file("a.zst", zstd);
    for name in ["a.xz", "a.lzma", "a.zst"] {
        let said = "data asks for more than";
        refused(&within(150, &dir, &["search", "-z", "x", name]), said);
        refused(&within(150, &dir, &["process", name, "--from", "lines"]), said);
    }
}

#[test]
fn archives_that_lie_are_refused() {
    let dir = Dir::new();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("a\x1b[31m\n.txt", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(&b"needle\n".repeat(100)).unwrap();
    let honest = zip.finish().unwrap().into_inner();
    dir.file("honest.zip", &honest);
    // The sizes stand behind their signatures: 18 bytes on in a local header, 20 in the directory.
    for size in [0_u32, 1, 5, 0x7FFF_FFFF, u32::MAX] {
        for (signature, by) in [(b"PK\x03\x04", 18), (b"PK\x01\x02", 20)] {
            for field in [0, 4] {
                let at = honest.windows(4).position(|four| four == signature).unwrap() + by + field;
                let mut lying = honest.clone();
                lying[at..at + 4].copy_from_slice(&size.to_le_bytes());
                dir.file("lying.zip", &lying);
                let run = within(150, &dir, &["search", "-z", "-c", "needle", "lying.zip"]);
                assert!((0..3).contains(&run.code), "{size} {by} {field}: {}", run.errors());
            }
        }
    }
    for cut in (0..honest.len()).step_by(7) {
        dir.file("lying.zip", &honest[..cut]);
        let run = within(150, &dir, &["search", "-z", "needle", "lying.zip"]);
        assert!((0..3).contains(&run.code), "{cut}: {}", run.errors());
    }
    // A member that says that it is long, in an archive that is not.
    let mut header = [0_u8; 512];
    header[..5].copy_from_slice(b"a.txt");
    header[124..136].copy_from_slice(b"77777777777\0");
    header[257..262].copy_from_slice(b"ustar");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    dir.file("long.tar", [&header[..], b"needle\n"].concat());
    let run = within(150, &dir, &["search", "-z", "needle", "long.tar"]);
    assert!(run.code == 2 && run.errors().contains("long.tar"), "{} {}", run.code, run.errors());
}

#[cfg(target_os = "linux")]
#[test]
fn paths_reach_pipes_as_they_are_and_terminals_in_the_clear() {
    let dir = Dir::new();
    let bad: [&[u8]; 4] = [b"a\nb.txt", b"esc\x1b]0;x\x07.txt", b"raw\x9b31m\xff.txt", "c1\u{9b}31m.txt".as_bytes()];
    let mut shown: Vec<String> = Vec::new();
    for name in bad {
        fs::write(dir.path().join(OsStr::from_bytes(name)), "needle\n").unwrap();
    }
    for args in
        [&["search", "needle"][..], &["search", "-l", "needle"], &["search", "-c", "needle"], &["search", "--files"]]
    {
        for extra in [&[][..], &["--color", "never"], &["--no-heading"], &["--heading", "--null"]] {
            let args = [args, extra].concat();
            let piped = mytools(&args).dir(dir.path()).run();
            for name in bad {
                assert!(piped.stdout.windows(name.len()).any(|at| at == name), "{args:?}");
            }
            let terminal = Terminal::new(80);
            let mut command = Command::new(MYTOOLS);
            command
                .args(&args)
                .current_dir(dir.path())
                .stdin(Stdio::null())
                .stdout(terminal.end())
                .stderr(terminal.end());
            command.env_clear().env("TERM", "xterm").status().unwrap();
            shown.push(terminal.screen(command));
        }
    }
    for screen in shown {
        for wanted in [r"a\nb.txt", r"esc\u{1b}]0;x\u{7}.txt", r"raw\x9b31m\xff.txt", r"c1\u{9b}31m.txt"] {
            assert!(screen.contains(wanted), "{screen:?}");
        }
        assert!(!screen.contains("\x1b]0;") && !screen.contains('\u{9b}') && !screen.contains('\x07'), "{screen:?}");
    }
    // Messages are for people, wherever they go.
    for args in
        [&["process", "esc\x1b]0;x\x07.txt", "--from", "json"][..], &["search", "x", "\x1b[31m\n"], &["\x1b[31m"]]
    {
        let errors = mytools(args).dir(dir.path()).run().errors();
        assert!(!errors.trim_end().contains(|char: char| char.is_control()), "{errors:?}");
    }
}

#[test]
fn links_that_go_round_or_out_do_no_harm() {
    let outside = Dir::new();
    outside.file("target.txt", "old\n");
    let dir = Dir::new();
    dir.file("tree/a.txt", "old\n").file("tree/sub/b.txt", "old\n");
    let link = |to: &Path, name: &str| symlink(to, dir.path().join(name)).unwrap();
    link(Path::new(".."), "tree/sub/up");
    link(Path::new("loop"), "tree/loop");
    link(Path::new("a.txt"), "tree/inside.txt");
    link(&outside.path().join("target.txt"), "tree/outside.txt");
    link(outside.path(), "tree/out");
    assert_eq!(mytools(["search", "-c", "old", "tree"]).dir(dir.path()).ok(), "tree/a.txt:1\ntree/sub/b.txt:1\n");
    let followed = mytools(["search", "-L", "-c", "old", "tree"]).dir(dir.path()).run();
    assert_eq!(followed.code, 2);
    assert!(
        followed.errors().contains("tree/sub/up") && followed.errors().contains("tree/loop"),
        "{}",
        followed.errors()
    );
    // Links that are met are no files to change; a link that is named changes what it stands for, and stays.
    let run = mytools(["search", "old", "-r", "new", "--write", "tree"]).dir(dir.path()).run();
    assert_eq!(run.code, 0, "{}", run.errors());
    assert_eq!(fs::read_to_string(outside.path().join("target.txt")).unwrap(), "old\n");
    assert_eq!(fs::read_to_string(dir.path().join("tree/sub/b.txt")).unwrap(), "new\n");
    let _ = mytools(["search", "old", "-r", "new", "--write", "tree/outside.txt"]).dir(dir.path()).run();
    assert!(fs::symlink_metadata(dir.path().join("tree/outside.txt")).unwrap().is_symlink());
}

#[test]
fn ten_thousand_empty_files_are_read() {
    let dir = Dir::new();
    for number in 0..100 {
        let below = dir.path().join(format!("d{number}"));
        fs::create_dir(&below).unwrap();
        for file in 0..100 {
            fs::write(below.join(format!("{file}.csv")), "").unwrap();
        }
    }
    let found = within(200, &dir, &["search", "x"]);
    assert_eq!((found.code, found.text(), found.errors()), (1, String::new(), String::new()));
    assert_eq!(within(200, &dir, &["search", "--files"]).text().lines().count(), 10_000);
    let run = within(300, &dir, &["process", ".", "--count"]);
    assert_eq!(run.code, 0, "{}", run.errors());
}

#[test]
fn numbers_out_of_all_bounds_are_refused_or_harmless() {
    let dir = Dir::new();
    dir.file("a.csv", "k,v\na,1\nb,2\n").file("a.txt", "a needle\nb\n");
    for value in
        ["0", "-1", "18446744073709551615", "18446744073709551616", "9223372036854775807", "4294967296", "1e9", "x", ""]
    {
        for flag in
            ["-n", "--skip", "--tail", "--top", "--sample", "-j", "--precision", "--indent", "--memory", "--skip-lines"]
        {
            let value = if flag == "--top" { format!("{value}:v") } else { value.to_string() };
            // A thread more or less is the system's affair.
            if flag == "-j" && value.len() > 6 {
                continue;
            }
            let run = mytools(["process", "a.csv", &format!("{flag}={value}")]).dir(dir.path()).run();
            assert!(run.code == 0 || run.code == 2, "{flag} {value}: {} {}", run.code, run.errors());
            assert!(!run.errors().contains("panicked"), "{flag} {value}: {}", run.errors());
        }
        for flag in [
            "-A",
            "-B",
            "-C",
            "-m",
            "--max-columns",
            "--max-depth",
            "--max-filesize",
            "--max-results",
            "--regex-size-limit",
            "--dfa-size-limit",
        ] {
            let run = mytools(["search", "needle", &format!("{flag}={value}")]).dir(dir.path()).run();
            assert!((0..3).contains(&run.code), "{flag} {value}: {} {}", run.code, run.errors());
            assert!(!run.errors().contains("panicked"), "{flag} {value}: {}", run.errors());
        }
    }
    refused(&mytools(["process", "a.csv", "-j", "100000"]).dir(dir.path()).run(), "100000 is not in 0..=256");
    for threads in ["0", "1", "256"] {
        assert_eq!(mytools(["process", "a.csv", "-j", threads, "-f", "csv"]).dir(dir.path()).ok(), "k,v\na,1\nb,2\n");
        assert_eq!(mytools(["search", "needle", "-j", threads]).dir(dir.path()).ok(), "a.txt:a needle\n");
    }
}

/// Values that functions and aggregates hardly expect, as JSON.
const ODD: [&str; 26] = [
    "null",
    "true",
    "0",
    "-0",
    "-0.0",
    "1",
    "-1",
    "1e999999999",
    "-1e-999999999",
    "9223372036854775808",
    "170141183460469231731687303715884105727",
    "-170141183460469231731687303715884105728",
    "0.00000000000000000000000000000000000001",
    "1e308",
    "\"\"",
    "\"NaN\"",
    "\"\\u0000\\ud83d\\ude00\\ud800é\"",
    "\"-9999-13-32T25:61:61Z\"",
    "\"9999-12-31T23:59:60.999999999+23:59\"",
    "\"300 years\"",
    "\"9223372036854775807s\"",
    "\"[[[\"",
    "\"%Q%99999Y%\"",
    "\"255.255.255.255/33\"",
    "[[],{},null]",
    "{\"\":{\"a\":[1]}}",
];

/// Runs a stage in this process; what was said.
fn said(path: &Path, stage: &str, value: &str) -> String {
    let run = mytools::Process::new([path.display().to_string()]).stage(stage, value).format("jsonl").threads(1).run();
    match run {
        Ok(report) => report.problems.join("\n"),
        Err(failure) => failure.to_string(),
    }
}

/// The names of a list.
fn listed(what: &str) -> Vec<String> {
    let lines = mytools(["list", what, "-f", "jsonl"]).ok();
    let name =
        |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["name"].as_str().unwrap().to_string();
    lines.lines().map(name).collect()
}

#[test]
fn no_function_and_no_aggregate_panics_whatever_it_is_given() {
    let dir = Dir::new();
    let path = dir.path().join("odd.jsonl");
    let digits = "7".repeat(400);
    let long = [digits.clone(), format!("-0.{digits}"), format!("\"{digits}.{digits}\"")];
    let all: Vec<&str> = ODD.into_iter().chain(long.iter().map(String::as_str)).collect();
    let mut rows = String::new();
    for (at, a) in all.iter().enumerate() {
        for (by, b) in all.iter().enumerate() {
            let c = all[(at * 7 + by * 3) % all.len()];
            rows.push_str(&format!("{{\"a\":{a},\"b\":{b},\"c\":{c}}}\n"));
        }
    }
    fs::write(&path, rows).unwrap();
    assert_eq!(said(&path, "where", "true"), "");
    let mut bound = 0;
    for name in listed("functions") {
        let arguments = [
            "",
            "a",
            "a, b",
            "a, b, c",
            "a, 'x', b",
            "a, -1, 1e30",
            "a, 0",
            "a, ''",
            "a, '%s'",
            "a, b, c, a",
            "'[', a",
            "a, '5m', 'Asia/Tokyo'",
        ];
        for arguments in arguments {
            let expression = format!("x = {name}({arguments})");
            let said = said(&path, "derive", &expression);
            assert!(!said.contains("defect") && !said.contains("panicked"), "{expression}: {said}");
            bound += usize::from(!said.contains(&name));
        }
    }
    for operator in ["+", "-", "*", "/", "//", "%", "++", "??", "==", "<", ">=", "=~", "and", "in"] {
        for expression in [format!("a {operator} b"), format!("date(a) {operator} b"), format!("a {operator} date(b)")]
        {
            let said = said(&path, "derive", &format!("x = {expression}"));
            assert!(!said.contains("defect"), "{expression}: {said}");
            bound += 1;
        }
    }
    for name in listed("aggregates").into_iter().chain(["p0", "p100", "p99999999999"].map(String::from)) {
        for arguments in
            ["a", "a, b", "a, 0.5", "a, 1", "a, 1e30", "a, '|'", "1, a", "2, a", "a > b", "a, b, 3", "0.1, a"]
        {
            let expression = format!("x = {name}({arguments})");
            let (whole, grouped) = (said(&path, "agg", &expression), said(&path, "window", &expression));
            assert!(!whole.contains("defect") && !grouped.contains("defect"), "{expression}: {whole} {grouped}");
            bound += 1;
        }
    }
    for cast in ["int", "float", "number", "str", "bool", "date", "time", "json"] {
        assert!(!said(&path, "cast", &format!("a:{cast}, b:{cast}")).contains("defect"), "{cast}");
    }
    for stage in ["sort", "freq", "distinct", "flatten", "unflatten", "describe", "fill-down"] {
        assert!(!said(&path, stage, "a,b").contains("defect"), "{stage}");
    }
    assert!(bound > 300, "{bound} calls were run");
}

#[test]
fn regexes_that_look_catastrophic_are_linear_or_refused() {
    let dir = Dir::new();
    dir.file("a.txt", format!("{}\n{}b\n", "a".repeat(50_000), "a".repeat(50_000)));
    let nested = ["+", "*", "?", "{2}", "{1,3}", "{0,9}"].map(|times| format!("a{}", times.repeat(60)));
    let others =
        ["(a*)*c", "(a|aa)+$", "(a+a+)+c", "(?:a?){64}a{64}", "((a{1,9}){1,9}){1,9}c", "^(([a-z])+.)+[A-Z]([a-z])+$"];
    for pattern in nested.iter().map(String::as_str).chain(others) {
        for flags in
            [&["-c"][..], &["-c", "-i"], &["-c", "-w"], &["-o", "--max-columns=9"], &["-r", "x", "--max-columns=9"]]
        {
            let run = mytools(["search", pattern, "a.txt"]).args(flags).dir(dir.path()).run();
            assert!((0..3).contains(&run.code), "{pattern} {flags:?}: {}", run.errors());
            assert!(!run.errors().contains("panicked"), "{pattern} {flags:?}: {}", run.errors());
        }
    }
}
