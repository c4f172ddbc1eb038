//! Tab in real shells: bash through its completion variables, fish through `complete -C`, zsh in a pseudo-terminal of its
//! own making. Each must offer the same words.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::harness::{Dir, MYTOOLS, mytools, repository, skip};

/// What is typed, and what the last word may become, without the shell's quotes.
const CASES: &[(&str, &[&str])] = &[
    ("mytools pro", &["process"]),
    ("mytools completions zs", &["zsh"]),
    ("mytools process --fro", &["--from"]),
    ("mytools process ev", &["events.csv"]),
    ("mytools process my", &["my data.csv"]),
    ("mytools process su", &["sub/"]),
    ("mytools process events.csv -g re", &["region"]),
    ("mytools process events.csv -gre", &["-gregion"]),
    ("mytools process events.csv --group-by=re", &["--group-by=region"]),
    ("mytools process events.csv -g region,stat", &["region,status"]),
    ("mytools process events.csv -c un", &["unit price"]),
    ("mytools process events.csv -c 'un", &["unit price"]),
    ("mytools process events.csv -c region,un", &["region,`unit price`"]),
    ("mytools process events.csv -c sta", &["status", "sta*r"]),
    ("mytools process events.csv -w 'status >= 500 and regi", &["status >= 500 and region"]),
    ("mytools process events.csv -w \"upper(regi", &["upper(region"]),
    ("mytools process events.csv -a 'n=count, m=medi", &["n=count, m=median("]),
    ("mytools process events.csv -s status:d", &["status:desc"]),
    ("mytools process events.csv --top '10:status by reg", &["10:status by region"]),
    ("mytools process events.csv -n '10 by reg", &["10 by region"]),
    ("mytools process events.csv --derive 'rate=status/2' -s ra", &["rate"]),
    ("mytools process events.csv --drop region -c reg", &[]),
    ("mytools process nested.jsonl -g user.na", &["user.name"]),
    ("mytools process data.csv.gz -g al", &["alpha"]),
    ("mytools process my\\ data.csv -g al", &["alpha"]),
    ("mytools process 'my data.csv' -g be", &["beta"]),
    ("mytools process sub -g gam", &["gamma"]),
    ("mytools process wait.csv -c re", &[]),
    ("mytools process - -c re", &[]),
    ("mytools process -c re", &[]),
    ("mytools process events.csv -f jsonl", &["jsonl"]),
    ("mytools process events.csv --from=logf", &["--from=logfmt"]),
    ("mytools process events.csv --ragged sk", &["skip"]),
    ("mytools process events.csv --join ne", &["nested.jsonl"]),
    ("mytools process events.csv --union=ne", &["--union=nested.jsonl"]),
    ("mytools process events.csv --join nested.jsonl --on user_id=us", &["user_id=user"]),
    ("mytools process events.csv --join nested.jsonl --on ts --kind an", &["anti"]),
    ("mytools process events.csv --distinct ts --keep la", &["last"]),
    ("mytools process events.csv --cast status:fl", &["status:float"]),
    ("mytools process events.csv --parse 'status as logf", &["status as logfmt"]),
    ("mytools process events.csv --window 'd=la", &["d=lag("]),
    ("mytools process events.csv --validate 'user_id uni", &["user_id unique"]),
    ("mytools process events.csv -w 'status > 1 an", &["status > 1 and"]),
    ("mytools process -c re -- ev", &["events.csv"]),
    ("mytools process --unpi", &["--unpivot"]),
    ("mytools help express", &["expressions"]),
    ("mytools list aggr", &["aggregates"]),
    ("mytools man su", &["sub/"]),
    ("mytools search -t rus", &["rust"]),
    ("mytools search --type=rus", &["--type=rust"]),
    ("mytools search --type-add 'src:include:rus", &["src:include:rust"]),
    ("mytools search -E lat", &["latin1"]),
    ("mytools search --encoding=macin", &["--encoding=macintosh"]),
    ("mytools search --sort mod", &["modified"]),
    ("mytools search --sortr=acc", &["--sortr=accessed"]),
    ("mytools search --color=nev", &["--color=never"]),
    ("mytools search --colors match:fg:r", &["match:fg:red"]),
    ("mytools search --colors=path:style:nob", &["--colors=path:style:nobold"]),
    ("mytools search --engine pc", &["pcre2"]),
    ("mytools search --hyperlink-format=textm", &["--hyperlink-format=textmate"]),
    ("mytools search --format=vert", &["--format=vertical"]),
    ("mytools search --json-c", &["--json-captures"]),
    ("mytools search foo su", &["sub/"]),
];

fn files() -> Dir {
    let dir = Dir::new();
    dir.file("events.csv", "ts,user_id,region,unit price,status,sta*r\n1,a,eu,2,200,x\n");
    dir.file("my data.csv", "alpha,beta\n1,2\n").file("notes.txt", "x\n").file("sub/inner.csv", "gamma\n1\n");
    dir.file("nested.jsonl", "{\"user\":{\"name\":\"ann\",\"id\":1},\"ms\":3}\n");
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(b"alpha,beta\n1,2\n").unwrap();
    dir.file("data.csv.gz", gz.finish().unwrap());
    let made = Command::new("mkfifo").arg(dir.path().join("wait.csv")).status().unwrap();
    assert!(made.success());
    dir
}

/// A command in the directory, with our program in front of the path.
fn shell(name: &str, dir: &Dir) -> Command {
    let bin = Path::new(MYTOOLS).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new(name);
    command.current_dir(dir.path()).env("PATH", path).env("HOME", dir.path()).env("TERM", "dumb").stdin(Stdio::null());
    command
}

fn is_there(name: &str) -> bool {
    Command::new(name).arg("--version").output().is_ok()
}

fn script(name: &str) -> String {
    repository().join("completions").join(name).display().to_string()
}

fn sorted(words: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut words: Vec<String> = words.into_iter().collect();
    words.sort();
    words
}

#[test]
#[cfg(unix)]
fn tab_in_bash() {
    if !is_there("bash") {
        return skip("bash");
    }
    let dir = files();
    let driver = r#"
source "$1"; compopt() { :; }
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
COMP_LINE="$2"; COMP_POINT=${#COMP_LINE}
_mytools mytools
printf '%s\n' "${COMPREPLY[@]}"
"#;
    for (typed, expected) in CASES {
        let args = ["--norc", "-c", driver, "bash", &script("mytools.bash"), typed];
        let output = shell("bash", &dir).args(args).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let found = sorted(text.lines().filter(|line| !line.is_empty()).map(|line| line.replace('\\', "")));
        assert_eq!(found.len(), expected.len(), "{typed}: {found:?} {}", String::from_utf8_lossy(&output.stderr));
        for (word, whole) in found.iter().zip(sorted(expected.iter().map(ToString::to_string))) {
            assert!(whole.ends_with(word.as_str()), "{typed}: {word} is not the end of {whole}");
        }
    }
}

#[test]
#[cfg(unix)]
fn tab_in_fish() {
    if !is_there("fish") {
        return skip("fish");
    }
    let dir = files();
    let driver = "source $argv[1]; complete -C $argv[2]";
    for (typed, expected) in CASES {
        let args = ["--no-config", "-c", driver, &script("mytools.fish"), typed];
        let output = shell("fish", &dir).args(args).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let found = sorted(text.lines().map(|line| line.split('\t').next().unwrap_or_default().to_string()));
        let expected = sorted(expected.iter().map(ToString::to_string));
        assert_eq!(found, expected, "{typed}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// What a line reads as without the shell's quotes.
fn plain(line: &str) -> String {
    line.replace(['\\', '\'', '"'], "").trim_end().to_string()
}

#[test]
#[cfg(unix)]
fn tab_in_zsh() {
    if !is_there("zsh") {
        return skip("zsh");
    }
    let dir = files();
    // A widget writes the line into a file, so that no screen has to be read.
    let rc = r#"
unsetopt zle_bracketed_paste 2>/dev/null; PS1='' PS2='' RPS1=''
autoload -Uz compinit; compinit -u -D
source "$SCRIPT"
dump() { print -r -- "$BUFFER" >> "$LINES_FILE"; BUFFER='' }
zle -N dump; bindkey '^X' dump; bindkey '^I' complete-word
print ready >> "$LINES_FILE"
"#;
    dir.file("rc", rc);
    let mut driver = String::from(
        "zmodload zsh/zpty\nzpty -b z zsh -f -i\nwait_for() { local i; for i in {1..1000}; do \
         [[ -f lines ]] && (( $(wc -l < lines) >= $1 )) && return; while zpty -rt z junk 2>/dev/null; do :; done; \
         sleep 0.01; done; exit 3 }\nzpty -w z 'source ./rc'\nwait_for 1\n",
    );
    let unique: Vec<_> = CASES.iter().filter(|(_, expected)| expected.len() < 2).collect();
    for (at, (typed, _)) in unique.iter().enumerate() {
        let typed = typed.replace('\'', r"'\''");
        driver.push_str(&format!("zpty -w -n z '{typed}'$'\\t''\x18'\nwait_for {}\n", at + 2));
    }
    driver.push_str("zpty -d z\n");
    let mut command = shell("zsh", &dir);
    command.env("SCRIPT", script("_mytools")).env("LINES_FILE", dir.path().join("lines"));
    let output = command.args(["-f", "-c", &driver]).output().unwrap();
    let lines = fs::read_to_string(dir.path().join("lines")).unwrap_or_default();
    assert!(output.status.success(), "{lines} {}", String::from_utf8_lossy(&output.stderr));
    for ((typed, expected), line) in unique.iter().zip(lines.lines().skip(1)) {
        let word = typed.rsplit_once(' ').map_or("", |(_, word)| word);
        let quoted = typed.rfind(['\'', '"']).filter(|_| typed.matches(['\'', '"']).count() % 2 == 1);
        let front = &typed[..quoted.unwrap_or(typed.len() - word.len())];
        let expected = expected.first().map_or_else(|| plain(typed), |word| plain(&format!("{front}{word}")));
        assert_eq!(plain(line), expected, "{typed}");
    }
}

/// What the program itself says to a script, and on standard error.
fn asked(dir: &Dir, shell: &str, args: &[&str]) -> crate::harness::Outcome {
    mytools(["--"]).args(args).dir(dir.path()).env("MYTOOLS_COMPLETE", shell).env("HOME", "/nowhere").run()
}

#[test]
#[cfg(unix)]
fn tab_never_prints_an_error() {
    let dir = files();
    dir.file("broken.csv.gz", b"\x1f\x8b\x08 no gzip").file("latin.csv", b"caf\xe9,b\n1,2\n").file("empty.csv", "");
    dir.file("new\nline.csv", "x\n1\n").file("cells.csv", "\"a\nb\",c\n1,2\n").file("bad.json", "{\"a\":");
    std::os::unix::fs::symlink("/dev/zero", dir.path().join("zero.csv")).unwrap();
    let lines = [
        "",
        "mytools",
        "mytools ",
        "mytools process 'no end",
        "mytools process \\",
        "mytools process missing.csv -c ",
        "mytools process broken.csv.gz -c ",
        "mytools process latin.csv -c ",
        "mytools process empty.csv -c ",
        "mytools process bad.json -c ",
        "mytools process zero.csv -c ",
        "mytools process wait.csv sub . - -c ",
        "mytools process /proc/self/mem /root /dev/stdin -c ",
        "mytools process cells.csv -c ",
        "mytools process events.csv -s '' -a -w 'region ==' --nothing -c ",
        "mytools process events.csv --on =",
        "mytools search --colors :::",
        "mytools unknown --thing ",
        "mytools process ne",
        "mytools process é日本 -c \u{1F600}",
    ];
    for line in lines {
        let (count, words) = (line.chars().count().to_string(), line.split(' ').collect::<Vec<_>>());
        let last = (words.len() - 1).to_string();
        for (shell, args) in [
            ("bash", vec![line, "", "=:"]),
            ("fish", vec![line, count.as_str()]),
            ("zsh", [&[last.as_str()], words.as_slice()].concat()),
        ] {
            let outcome = asked(&dir, shell, &args);
            assert_eq!((outcome.code, outcome.errors().as_str()), (0, ""), "{shell}: {line}");
        }
    }
    // Names with line ends would come out as two; they are left out.
    let columns = asked(&dir, "fish", &["mytools process cells.csv -c ", "99"]);
    assert_eq!(columns.text(), "c\tcolumn\n");
    assert!(asked(&dir, "fish", &["mytools process ne", "99"]).text().starts_with("nested.jsonl\t"));
    // Neither does it fail without words, nor in shells that it does not know.
    assert_eq!(asked(&dir, "bash", &[]).errors(), "");
    assert_eq!(asked(&dir, "tcsh", &["mytools "]).errors(), "");
}

#[test]
#[cfg(unix)]
fn tab_knows_variables_and_the_file_of_arguments() {
    let dir = files();
    dir.file("semi.csv", "alpha;beta\n1;2\n").file("config", "[process]\n-d\n;\n");
    let place = dir.path().display().to_string();
    let ask = |shell: &str, args: &[&str]| {
        let config = dir.path().join("config");
        let run = mytools(["--"]).args(args).dir(Path::new("/")).env("MYTOOLS_COMPLETE", shell);
        run.env("PLACE", &place).env("HOME", &place).env("MYTOOLS_CONFIG_PATH", config).ok()
    };
    assert_eq!(ask("fish", &["mytools process $PLACE/semi.csv -c al", "99"]), "alpha\tcolumn\n");
    assert_eq!(ask("fish", &["mytools process ~/semi.csv -c al", "99"]), "alpha\tcolumn\n");
    assert_eq!(ask("fish", &["mytools process ${PLACE}/sem", "99"]), "${PLACE}/semi.csv\t\n");
    assert_eq!(ask("bash", &["mytools process $PLACE/my", "", ""]), "-$PLACE/my\\ data.csv\n");
    assert_eq!(ask("zsh", &["2", "mytools", "process", "$PLACE/my"]), format!("-{place}/my data.csv\tmy data.csv\t\n"));
    assert_eq!(ask("bash", &["mytools process -c al", " -- ~/semi.csv", ""]), "+alpha\n", "a file behind the cursor");
}

/// Bytes that a Tab reads, by what the system counted for the program.
#[cfg(target_os = "linux")]
fn read_at(dir: &Dir, typed: &str) -> u64 {
    let driver = "\"$1\" -- \"$2\" 999; grep rchar /proc/$$/io";
    let mut command = Command::new("sh");
    command.args(["-c", driver, "sh", MYTOOLS, typed]).current_dir(dir.path()).env("MYTOOLS_COMPLETE", "fish");
    let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let (word, read) = text.split_once("\tcolumn\nrchar: ").unwrap_or_else(|| panic!("{typed}: {text}"));
    assert_eq!(word, "region");
    read.trim().parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn tab_reads_no_more_of_a_large_file() {
    let dir = Dir::new();
    for (name, head) in
        [("a.csv", "region,n\neu,1\n"), ("a.jsonl", "{\"region\":\"eu\"}\n"), ("a.log", "region=eu n=1\n")]
    {
        dir.file(name, head).file(&format!("large-{name}"), head.repeat(300_000));
        // The rest is a hole, which would be read as any other bytes.
        let large = fs::OpenOptions::new().write(true).open(dir.path().join(format!("large-{name}"))).unwrap();
        large.set_len(1 << 40).unwrap();
        let from = if name == "a.log" { "--from logfmt " } else { "" };
        let small = read_at(&dir, &format!("mytools process {name} {from}-c reg"));
        let much = read_at(&dir, &format!("mytools process large-{name} {from}-c reg"));
        assert!(much < small + (1 << 20), "{name}: {much} bytes of the large file, {small} of the small one");
    }
}
