//! The programs to compare with: where they are, and how they are installed.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// How to start each program; none where it was not found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Peers {
    /// Ours.
    pub(crate) ours: Vec<String>,
    /// ripgrep 15.2.0.
    pub(crate) ripgrep: Option<Vec<String>>,
    /// ugrep.
    pub(crate) ugrep: Option<Vec<String>>,
    /// xan.
    pub(crate) xan: Option<Vec<String>>,
    /// Miller.
    pub(crate) miller: Option<Vec<String>>,
    /// GNU datamash.
    pub(crate) datamash: Option<Vec<String>>,
    /// The shell of `DuckDB`, to which SQL is the last word.
    pub(crate) duckdb: Option<Vec<String>>,
    /// Python with Polars, to which a program is the last word.
    pub(crate) polars: Option<Vec<String>>,
}

/// Where the shell of `DuckDB` is that Python's package index has; its own starter costs the start of Python.
const DUCKDB: &str = "import duckdb_cli, os; print(os.path.join(os.path.dirname(duckdb_cli.__file__), 'duckdb'))";

impl Peers {
    /// Looks for them: in `RG` and `XAN`, below `target/peers`, in `PATH`.
    pub(crate) fn find() -> Self {
        let program = |variable: &str, name: &str| {
            let candidates = [
                std::env::var(variable).unwrap_or_default(),
                format!("{}/target/peers/bin/{name}", env!("CARGO_MANIFEST_DIR")),
                name.to_string(),
            ];
            let found = candidates.into_iter().find(|program| !program.is_empty() && answers(program, &["--version"]));
            found.map(|program| vec![program])
        };
        let shell = Command::new("python3").args(["-c", DUCKDB]).output().ok().filter(|output| output.status.success());
        let shell = shell.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_string());
        let shell = shell.or_else(|| answers("duckdb", &["--version"]).then(|| "duckdb".to_string()));
        Self {
            ours: vec![env!("CARGO_BIN_EXE_mytools").to_string()],
            ripgrep: program("RG", "rg"),
            ugrep: program("UGREP", "ugrep"),
            xan: program("XAN", "xan"),
            miller: program("MLR", "mlr"),
            datamash: program("DATAMASH", "datamash"),
            duckdb: shell.map(|shell| [shell.as_str(), "-csv", "-c"].map(String::from).to_vec()),
            polars: answers("python3", &["-c", "import polars"]).then(|| ["python3", "-c"].map(String::from).to_vec()),
        }
    }

    /// Says which were found, and their versions.
    pub(crate) fn describe(&self) -> Vec<String> {
        let version = |command: &Option<Vec<String>>, args: &[&str]| {
            let (program, _) = command.as_ref()?.split_first()?;
            let output = Command::new(program).args(args).output().ok()?;
            String::from_utf8_lossy(&output.stdout).lines().next().map(String::from)
        };
        let polars = version(&self.polars, &["-c", "import polars; print('polars', polars.__version__)"]);
        let duckdb = version(&self.duckdb, &["--version"]).map(|version| format!("duckdb {version}"));
        let others = [&self.ripgrep, &self.ugrep, &self.xan, &self.miller, &self.datamash];
        // One of them says its version without its name.
        let named = |version: String| {
            if version.starts_with(|first: char| first.is_ascii_digit()) { format!("xan {version}") } else { version }
        };
        others
            .into_iter()
            .filter_map(|peer| version(peer, &["--version"]).map(named))
            .chain(duckdb)
            .chain(polars)
            .collect()
    }
}

/// Installs what can be installed: crates below `target/peers`, Debian's packages, Python's packages.
pub(crate) fn install() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers");
    let root = root.to_string_lossy();
    let commands: [&[&str]; 4] = [
        &["cargo", "install", "ripgrep", "--version", "15.2.0", "--locked", "--root", &root],
        &["cargo", "install", "xan", "--locked", "--root", &root],
        &["apt-get", "install", "-y", "ugrep", "miller", "datamash", "zstd"],
        &["python3", "-m", "pip", "install", "duckdb-cli", "polars"],
    ];
    for command in commands {
        let Some((program, args)) = command.split_first() else { continue };
        println!("{}", command.join(" "));
        if !Command::new(program).args(args).status()?.success() {
            println!("that failed; the table will be without it");
        }
    }
    Ok(())
}

fn answers(program: &str, args: &[&str]) -> bool {
    let status = Command::new(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
