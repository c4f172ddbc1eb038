//! The trees that are searched: small, and each awkward in its own way.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::random::Random;
use crate::harness::Dir;

/// What is awkward about a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text of all sorts without a NUL, where every flag is defined to the last byte.
    Text,
    /// NULs early, late and between.
    Binary,
    /// Sizes around ripgrep's buffer of 64 KiB, and long lines.
    Large,
    /// UTF-16 and legacy encodings.
    Encoded,
    /// Ignore files of every kind, hidden files, links.
    Ignored,
    /// Files that `-z` decompresses.
    Compressed,
}

/// Kinds of the trees of one run.
pub(super) const KINDS: [Kind; 12] = [
    Kind::Text,
    Kind::Ignored,
    Kind::Binary,
    Kind::Text,
    Kind::Encoded,
    Kind::Ignored,
    Kind::Text,
    Kind::Large,
    Kind::Ignored,
    Kind::Text,
    Kind::Large,
    Kind::Compressed,
];

/// A tree on disk.
pub(super) struct Tree {
    pub(super) kind: Kind,
    /// Where it is; beside the tree itself, `root`, is the `home` of the user who has it.
    dir: Dir,
    /// Its files and directories, as paths below its root.
    pub(super) names: Vec<String>,
}

const WORDS: [&[u8]; 30] = [
    b"foo",
    b"bar",
    b"Foo",
    b"FOO",
    b"foobar",
    b"error",
    b"x",
    b"a",
    b"ab",
    b"12",
    b"2024",
    "\u{e9}t\u{e9}".as_bytes(),
    "\u{212a}".as_bytes(),
    "\u{17f}am".as_bytes(),
    b"\xff",
    b"sam",
    b"samwise",
    b"",
    b"foo-bar",
    b"-bar",
    b"ex",
    b"EX",
    b"eax",
    b"e.x",
    b"_foo_",
    b"\tfoo",
    b"(foo)",
    b"fooo",
    b"k",
    "\u{65e5}\u{672c}".as_bytes(),
];

fn line(random: &mut Random, text: &mut Vec<u8>, words: usize) {
    for at in 0..random.below(words) {
        if at > 0 {
            text.push(*random.pick(b"    \t,"));
        }
        text.extend_from_slice(random.pick::<&[u8]>(&WORDS));
    }
}

/// Text in lines, some of them with `\r\n`, the last one perhaps without an end.
fn text(random: &mut Random, lines: usize) -> Vec<u8> {
    let crlf = *random.pick(&[0, 0, 5, 50, 100]);
    let mut text = Vec::new();
    for _ in 0..lines {
        let words = *random.pick(&[1, 4, 4, 6, 6, 6, 12, 60]);
        line(random, &mut text, words);
        text.extend_from_slice(if random.chance(crlf) { b"\r\n" } else { b"\n" });
    }
    if random.chance(30) {
        line(random, &mut text, 4);
    }
    text
}

/// Text of about `size` bytes, which ends a few bytes before it, at it, or after it.
fn sized(random: &mut Random, size: usize) -> Vec<u8> {
    let mut text = Vec::new();
    while text.len() + 400 < size {
        let words = *random.pick(&[6, 40, 90]);
        line(random, &mut text, words);
        text.push(b'\n');
        if random.chance(1) {
            let length = random.below(3000);
            text.extend(std::iter::repeat_n(*random.pick(b"xo "), length));
        }
    }
    let end = (size - 4 + random.below(9)).max(text.len());
    let fill = end - text.len();
    text.extend(std::iter::repeat_n(b'.', fill));
    let tail: &[u8] = random.pick::<&[u8]>(&[b"foo\n", b"\nfoo", b"\r\nfoo\r\n", b"foo\nbar\n", b"\n", b"foo"]);
    text.extend_from_slice(tail);
    let lines = random.below(20);
    text.extend(self::text(random, lines));
    text
}

impl Tree {
    /// The `number`th tree of a seed.
    pub(super) fn new(seed: u64, number: usize) -> Self {
        let random = &mut Random::new(seed, 1_000_000 + number as u64);
        let kind = KINDS[number];
        let mut tree = Self { kind, dir: Dir::new(), names: Vec::new() };
        fs::create_dir_all(tree.home()).unwrap();
        tree.common(random);
        match kind {
            Kind::Text => tree.marked(random),
            Kind::Binary => tree.binary(random),
            Kind::Large => tree.large(random),
            Kind::Encoded => tree.encoded(random),
            Kind::Ignored => tree.ignored(random),
            Kind::Compressed => tree.compressed(random),
        }
        tree.dates(random);
        tree
    }

    /// The top of the tree.
    pub(super) fn root(&self) -> PathBuf {
        self.dir.path().join("root")
    }

    /// The home of its user.
    pub(super) fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    /// Leaves it on the disk for a look.
    pub(super) fn keep(self) {
        std::mem::forget(self.dir);
    }

    fn file(&mut self, name: &str, bytes: impl AsRef<[u8]>) {
        self.dir.file(&format!("root/{name}"), bytes);
        self.names.push(name.to_string());
    }

    fn link(&mut self, name: &str, target: &str) {
        #[cfg(unix)]
        if std::os::unix::fs::symlink(target, self.root().join(name)).is_ok() {
            self.names.push(name.to_string());
        }
    }

    fn common(&mut self, random: &mut Random) {
        let names = ["a.txt", "b.rs", "d/c.txt", "d/e/f.md", "d+", "z.py", ".hid/x.txt", "ign.log", "d/k.txt", "d/.h"];
        for name in names {
            let lines = random.below(30);
            let bytes = text(random, lines);
            self.file(name, bytes);
        }
        self.file("empty", "");
        let bytes = text(random, 250);
        self.file("mid.txt", bytes);
        let bytes = [text(random, 9), b"foo end".to_vec()].concat();
        self.file("noeol", bytes);
        self.file(".ignore", "ign.log\n");
        // Patterns for `-f`, which is why no tree goes without.
        self.file("d/patterns", "foo\nb.r\n");
        self.names.extend([".", "d", "d/e", ".hid"].map(ToString::to_string));
    }

    /// Files with UTF-8 marks. ripgrep drops them and then decodes by `-E` all the same, so not where that is given.
    fn marked(&mut self, random: &mut Random) {
        let bytes = [b"\xef\xbb\xbffoo first\n".to_vec(), text(random, 9)].concat();
        self.file("bom.txt", bytes);
        self.file("only_bom", b"\xef\xbb\xbf");
        self.file("twice_bom", b"\xef\xbb\xbf\xef\xbb\xbffoo\n");
    }

    fn binary(&mut self, random: &mut Random) {
        let bytes = [text(random, 12), b"foo \0 bar\nfoo again\n".to_vec(), text(random, 5)].concat();
        self.file("d/nul.bin", bytes);
        let bytes = [b"\0".to_vec(), text(random, 9)].concat();
        self.file("first.bin", bytes);
        let bytes = [text(random, 9), b"\nfoo\0".to_vec()].concat();
        self.file("last.bin", bytes);
        let bytes = text(random, 40).iter().map(|byte| if *byte == b'\n' { 0 } else { *byte }).collect::<Vec<_>>();
        self.file("records.bin", bytes);
        let bytes = [text(random, 9_000), b"foo\0foo\nfoo\n".to_vec()].concat();
        self.file("late.bin", bytes);
    }

    fn large(&mut self, random: &mut Random) {
        for (name, size) in [("one.txt", 64 << 10), ("two.txt", 128 << 10), ("d/small.txt", 8 << 10)] {
            let bytes = sized(random, size);
            self.file(name, bytes);
        }
        let length = (64 << 10) - 2 + random.below(5);
        let bytes = [vec![b'o'; length], b"foo\nfoo bar\n".to_vec(), text(random, 9)].concat();
        self.file("long.txt", bytes);
        let bytes = [b"\xef\xbb\xbf".to_vec(), sized(random, 64 << 10)].concat();
        self.file("bom.txt", bytes);
    }

    fn encoded(&mut self, random: &mut Random) {
        let plain = "foo \u{fc}n\u{ef} \u{1f600}\r\nbar \u{e9}\n\nfoo\nend \u{65e5}";
        for (name, mark, big) in [("le.txt", true, false), ("be.txt", true, true), ("bare.txt", false, false)] {
            let text = format!("{}{}", if mark { "\u{feff}" } else { "" }, plain.repeat(1 + random.below(40)));
            let units = text.encode_utf16();
            let bytes: Vec<u8> = if big {
                units.flat_map(u16::to_be_bytes).collect()
            } else {
                units.flat_map(u16::to_le_bytes).collect()
            };
            let odd = usize::from(random.chance(30));
            self.file(name, bytes.get(..bytes.len() - odd).unwrap());
        }
        let units: Vec<u16> = [0xFEFF_u16, 0x66, 0x6F, 0x6F, 0xD800, 0x66, 0x6F, 0x6F, 0x0A, 0x66].to_vec();
        self.file("broken16.txt", units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<_>>());
        self.file("latin.txt", b"foo \xe9t\xe9\nbar \xa4\n");
        self.file("sjis.txt", b"foo \x93\xfa\x96\x7b\nbar \x83\x5c\n");
    }

    fn ignored(&mut self, random: &mut Random) {
        for directory in ["d/e/g", "src", "src/target", "target", "d/build", "node+x", "repo/sub", ".cfg"] {
            for name in ["a.txt", "b.log", "main.rs", "Makefile", "x.foo", "T.TXT"] {
                if random.chance(55) {
                    let lines = random.below(4);
                    let bytes = text(random, lines);
                    self.file(&format!("{directory}/{name}"), bytes);
                }
            }
            self.names.push(directory.to_string());
        }
        for directory in ["", "d/", "src/", "d/e/", "repo/", ".cfg/"] {
            for name in [".ignore", ".gitignore", ".rgignore"] {
                if random.chance(45) {
                    let rules = rules(random);
                    self.file(&format!("{directory}{name}"), rules);
                }
            }
        }
        // An empty directory is enough of a repository, and has nothing that `--hidden` would show in ripgrep only.
        for (percent, name) in [(70, ".git"), (30, "repo/.git"), (10, "src/.jj"), (10, "d/e/.git")] {
            if random.chance(percent) {
                fs::create_dir_all(self.root().join(name)).unwrap();
            }
        }
        let excludes = rules(random);
        self.dir.file("home/excludes", excludes);
        let path = self.home().join("excludes");
        self.dir.file("home/.gitconfig", format!("[core]\n\texcludesFile = {}\n", path.display()));
        let more = rules(random);
        self.file("more.rules", more);
        self.link("link.txt", "a.txt");
        self.link("linked", "d/e");
        self.link("d/up", "..");
        self.link("broken", "nowhere");
    }

    fn compressed(&mut self, random: &mut Random) {
        for name in ["a.gz", "d/t.txt.gz", "empty.gz"] {
            let lines = if name == "empty.gz" { 0 } else { random.below(80) };
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&text(random, lines)).unwrap();
            self.file(name, encoder.finish().unwrap());
        }
    }

    /// Gives each file a date of its own, for `--sort modified`.
    fn dates(&self, random: &mut Random) {
        for (at, name) in self.names.iter().enumerate() {
            let path = self.root().join(name);
            if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file()) {
                let seconds = 1_000_000 * random.below(1000) + at;
                let date = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds as u64);
                File::options().append(true).open(&path).unwrap().set_modified(date).unwrap();
            }
        }
    }
}

/// An ignore file. None has a bad glob, for which ripgrep sometimes ends with code 2 and sometimes not.
fn rules(random: &mut Random) -> String {
    let rules = [
        "*.log",
        "!*.log",
        "/a.txt",
        "a.txt",
        "!a.txt",
        "target/",
        "target",
        "/target/",
        "d/",
        "d/**",
        "**/e",
        "**/e/**",
        "d/**/a.txt",
        "e/g",
        "/d/e",
        "*",
        "!*/",
        "!*.rs",
        "!main.rs",
        "# comment",
        "\\#x",
        "",
        "   ",
        "*.txt ",
        "*.txt\\ ",
        "[ab].*",
        "*.{rs,foo}",
        "!/src/",
        "src/*",
        "!src/main.rs",
        "build/",
        "**/build",
        "node+x",
        ".hid",
        "!.hid",
        "!.cfg/",
        "!.*",
        "Makefile",
        "x.foo/",
        "T.txt",
        "a**b",
        "\u{feff}a.txt",
        "repo/sub",
        "sub/",
        "/**/b.log",
        "*.TXT",
        "foo\\/",
    ];
    let mut text = String::new();
    if random.chance(8) {
        text.push('\u{feff}');
    }
    for _ in 0..=random.below(4) {
        text.push_str(random.pick::<&str>(&rules));
        text.push_str(if random.chance(10) { "\r\n" } else { "\n" });
    }
    text
}
