module completions {

  def "nu-complete mytools color" [] {
    [ "auto" "always" "ansi" "never" ]
  }

  def "nu-complete mytools error-format" [] {
    [ "text" "json" ]
  }

  # Search text and turn data files into answers
  export extern mytools [
    --help(-h)                # Print help: -h one screen, --help everything
    --version(-V)             # Print the version; --version says more
    --threads(-j): string     # Number of threads [default: one per core]
    --color: string@"nu-complete mytools color" # Colours: auto (default), always or never
    --error-format: string@"nu-complete mytools error-format" # Problems as text or as json lines
    --no-messages             # Keep quiet about files that cannot be read
    --debug                   # Print silent decisions on standard error
    --no-config               # Do not read the file that MYTOOLS_CONFIG_PATH names
  ]

  def "nu-complete mytools search engine" [] {
    [ "default" "pcre2" "auto" ]
  }

  def "nu-complete mytools search sort" [] {
    [ "path" "none" "modified" "accessed" "created" "size" "count" ]
  }

  def "nu-complete mytools search sortr" [] {
    [ "path" "none" "modified" "accessed" "created" "size" "count" ]
  }

  def "nu-complete mytools search format" [] {
    [ "json" "jsonl" "ndjson" "csv" "tsv" "tab" "yaml" "yml" "logfmt" "lines" "text" "table" "markdown" "md" "html" "vertical" "chart" ]
  }

  def "nu-complete mytools search progress" [] {
    [ "auto" "always" "never" ]
  }

  def "nu-complete mytools search color" [] {
    [ "auto" "always" "ansi" "never" ]
  }

  def "nu-complete mytools search error-format" [] {
    [ "text" "json" ]
  }

  # Find lines that match a pattern in files, trees, pipes
  export extern "mytools search" [
    --regexp(-e): string      # A pattern; may be given again, any of them matches
    --file(-f): path          # Patterns from a file, one per line, or - for standard input
    --fixed-strings(-F)       # Patterns are plain text
    --no-fixed-strings
    --ignore-case(-i)         # Ignore case
    --case-sensitive(-s)      # Do not ignore case
    --smart-case(-S)          # Ignore case where a pattern has no upper case letter
    --word-regexp(-w)         # Match whole words
    --line-regexp(-x)         # Match whole lines
    --invert-match(-v)        # Select the lines that do not match
    --no-invert-match
    --max-count(-m): string   # At most this many matching lines of a file
    --multiline(-U)           # Let matches cross lines
    --no-multiline
    --multiline-dotall        # With -U, let . match line ends too
    --no-multiline-dotall
    --stop-on-nonmatch        # Leave a file at the first line without a match, after one with
    --no-stop-on-nonmatch
    --pcre2(-P)               # Patterns with look-around and backreferences; slower
    --no-pcre2
    --engine: string@"nu-complete mytools search engine" # default; pcre2, the same as -P; auto, -P for patterns that need it
    --auto-hybrid-regex       # The same as --engine auto
    --no-auto-hybrid-regex
    --no-unicode              # ASCII only: in classes, letter case and word boundaries
    --unicode
    --no-pcre2-unicode        # The same as --no-unicode
    --pcre2-unicode
    --regex-size-limit: string # Most bytes of a compiled pattern: 500K, 100M (default), 1G
    --dfa-size-limit: string  # Most bytes of the automaton made while searching: 100M (default)
    --text(-a)                # Search binary files as if they were text
    --no-text
    --binary                  # Search binary files, but do not print their lines
    --no-binary
    --encoding(-E): string    # Files are in this encoding: latin1, utf-16, sjis, ...; or auto, none
    --no-encoding
    --crlf                    # Lines end with \n or \r\n; $ matches before both
    --no-crlf
    --null-data               # Lines end with a NUL byte
    --no-null-data
    --mmap                    # Look for NULs as ripgrep does with memory maps: where lines are printed
    --no-mmap                 # Look for NULs everywhere, also where a few files are named
    --and: string             # Only lines that match this too; may be given again
    --not: string             # No lines that match this; may be given again
    --and-file: string        # Only files with a line that matches this; may be given again
    --not-file: string        # No files with a line that matches this; may be given again
    --path(-p): path          # A file or directory to search, besides those behind the pattern
    --files-from: path        # Search the files listed in FILE, one per line; - for stdin
    --files0-from: path       # The same, with a NUL between paths, as by find -print0
    --hidden(-.)              # Hidden files and directories too, but for .git
    --no-hidden
    --unrestricted(-u)        # Ignored files too; -uu: hidden ones; -uuu: binary ones
    --follow(-L)              # Follow symbolic links
    --no-follow
    --max-depth(-d): string   # How deep to go: 1 is right in a directory
    --maxdepth: string        # How deep to go: 1 is right in a directory
    --max-filesize: string    # No files larger than this: bytes, 50K, 2M, 1G
    --one-file-system         # Stay on the file system of each directory given
    --no-one-file-system
    --max-results: string     # At most this many matching lines, or paths, of all files together
    --sort: string@"nu-complete mytools search sort" # path (default), none, modified, accessed, created, size, count
    --sortr: string@"nu-complete mytools search sortr" # The other way round
    --sort-files              # The same as --sort path
    --no-sort-files
    --glob(-g): string        # Only files that match; with a leading !, only others
    --iglob: string           # The same, where case does not matter
    --glob-case-insensitive   # Case does not matter in -g either
    --no-glob-case-insensitive
    --type(-t): string        # Only files of this type: rust, py, md, ...
    --type-not(-T): string    # No files of this type
    --type-add: string        # Another glob for a type, NAME:GLOB, for this run
    --type-clear: string      # Forget the globs of a type
    --type-list               # Print all types with their globs
    --ignore-file: path       # Respect the rules in this file too, after those found
    --ignore-file-case-insensitive # Case does not matter in ignore files that are found; in those of --ignore-file it does
    --no-ignore-file-case-insensitive
    --no-ignore               # Do not respect any ignore file but those of --ignore-file
    --ignore
    --no-ignore-dot           # No .ignore and .rgignore files
    --ignore-dot
    --no-ignore-vcs           # No rules of git; with --hidden, look into .git
    --ignore-vcs
    --no-ignore-exclude       # No .git/info/exclude
    --ignore-exclude
    --no-ignore-global        # No excludes of your git configuration
    --ignore-global
    --no-ignore-parent        # No ignore files of directories above
    --ignore-parent
    --no-ignore-messages      # Keep quiet about mistakes in ignore files
    --ignore-messages
    --no-require-git          # Respect .gitignore outside of git repositories too
    --require-git
    --no-ignore-files         # Forget the files of --ignore-file
    --ignore-files
    --search-zip(-z)          # Search in compressed files and archives
    --no-search-zip
    --pre: path               # Search what COMMAND PATH prints instead of each file
    --no-pre
    --pre-glob: string        # Only for files that match; others are read as they are
    --line-number(-n)         # Print line numbers
    --no-line-number(-N)      # No line numbers
    --with-filename(-H)       # Print paths
    --no-filename(-I)         # No paths
    --heading                 # Print the path above its lines, as on a terminal
    --no-heading              # Print the path on each line, as in a pipe
    --column                  # Print the column of the first match, in bytes from 1
    --no-column
    --byte-offset(-b)         # Print the offset of each line; with -o, of each match
    --no-byte-offset
    --vimgrep                 # Print each match on a line: path:line:column:text
    --pretty                  # Colours, headings and line numbers, also in a pipe
    --after-context(-A): string # Lines after each match
    --before-context(-B): string # Lines before each match
    --context(-C): string     # Lines before and after each match
    --passthru                # Print the lines that do not match too
    --show-function           # Print the line that starts what a match is in
    --only-matching(-o)       # Print the matches alone
    --replace(-r): string     # Print matches replaced; $1, $name, ${1}x are groups
    --trim                    # Leave out blanks at the start of lines
    --no-trim
    --max-columns(-M): string # Do not print lines of more bytes; 0: print all
    --max-columns-preview     # Of longer lines print the start
    --no-max-columns-preview
    --max-columns-centered    # Of longer lines print what is around the first match
    --no-max-columns-centered
    --colors: string          # Change a colour: match:fg:red, path:style:bold, line:none
    --hyperlink-format: string # Make paths links, in colour: default, vscode, kitty, ...
    --null(-0)                # Print a NUL behind paths
    --context-separator: string # Between groups of lines [default: --]; \x00 and \t are known
    --no-context-separator
    --field-match-separator: string # Between the fields of a line that matches [default: :]
    --field-context-separator: string # Between the fields of a line of context [default: -]
    --path-separator: string  # Between the parts of printed paths
    --line-buffered           # Print each line at once, for `tail -f app.log | mytools search ... | ...`
    --no-line-buffered
    --block-buffered          # Print many lines at once, also on a terminal
    --no-block-buffered
    --count(-c)               # Print how many lines of each file match
    --count-matches           # Print the number of matches of each file
    --count-total             # Print one number: all matching lines, or matches with --count-matches
    --include-zero            # Count files without a match too
    --no-include-zero
    --files-with-matches(-l)  # Print the paths of files that match
    --files-without-match     # Print the paths of files that do not match
    --json                    # Print JSON events, as ripgrep does
    --no-json
    --json-captures           # Print JSON events with the groups of each match
    --files                   # Print the paths that would be searched
    --quiet(-q)               # Print nothing; the exit code tells
    --stats                   # Print how much was searched and found at the end
    --no-stats
    --format: string@"nu-complete mytools search format" # Print records: jsonl, json, csv, tsv, table, ...
    --diff                    # Print what -r would change as a unified diff
    --write                   # Change the files as -r says, each at once or not at all
    --progress: string@"nu-complete mytools search progress" # Show how far the run is: auto (default), always, never
    --help(-h)                # Print help: -h one screen, --help everything
    --threads(-j): string     # Number of threads [default: one per core]
    --color: string@"nu-complete mytools search color" # Colours: auto (default), always or never
    --error-format: string@"nu-complete mytools search error-format" # Problems as text or as json lines
    --no-messages             # Keep quiet about files that cannot be read
    --debug                   # Print silent decisions on standard error
    --no-config               # Do not read the file that MYTOOLS_CONFIG_PATH names
    ...positional: string     # A regular expression, then files and directories, or - for standard input
  ]

  def "nu-complete mytools process from" [] {
    [ "json" "jsonl" "ndjson" "csv" "tsv" "tab" "yaml" "yml" "toml" "xlsx" "xlsm" "xlsb" "xls" "ods" "workbook" "logfmt" "syslog" "common" "clf" "combined" "access" "regex" "spaces" "columns" "lines" "text" ]
  }

  def "nu-complete mytools process ragged" [] {
    [ "error" "pad" "skip" ]
  }

  def "nu-complete mytools process format" [] {
    [ "json" "jsonl" "ndjson" "csv" "tsv" "tab" "yaml" "yml" "logfmt" "lines" "text" "table" "markdown" "md" "html" "vertical" "chart" "same" ]
  }

  def "nu-complete mytools process quoting" [] {
    [ "keep" "minimal" "all" "nonnumeric" "never" ]
  }

  def "nu-complete mytools process infer" [] {
    [ "number" "none" "bool" "column" ]
  }

  def "nu-complete mytools process progress" [] {
    [ "auto" "always" "never" ]
  }

  def "nu-complete mytools process color" [] {
    [ "auto" "always" "ansi" "never" ]
  }

  def "nu-complete mytools process error-format" [] {
    [ "text" "json" ]
  }

  # Turn data files into other formats and into answers
  export extern "mytools process" [
    --where(-w): string       # Keep the records for which a condition holds
    --sort(-s): string        # Sort by columns
    --top: string             # Keep the N records with the largest values
    --limit(-n): string       # Keep the first N records
    --skip: string            # Leave out the first N records
    --tail: string            # Keep the last N records, or the last N of each group
    --sample: string          # Pick N records or a share at random, the same each time
    --distinct: string        # Keep one record for each value of the columns
    --keep: string            # Which record of equal ones: first (default) or last
    --select(-c): string      # Keep these columns, in this order
    --drop: string            # Remove these columns
    --rename: string          # Give columns other names
    --derive: string          # Compute columns
    --cast: string            # Give columns a type
    --fill: string            # Put values where columns are null or missing
    --fill-down: string       # Put the value of the record above where columns are null
    --window: string          # Compute columns along the records, of all or of each group
    --parse: string           # Read a column as json, logfmt, csv or a log
    --extract: string         # Make columns of the named groups of a regex
    --flatten                 # Spread objects over columns named a.b
    --unflatten               # Gather columns named a.b into an object a
    --explode: string         # One record for each element of a list
    --pivot: string           # Make columns of a column's values
    --unpivot: string         # One record for each of these columns
    --group-by(-g): string    # One record per group, in order of first appearance
    --agg(-a): string         # Aggregate the groups of the -g directly before
    --count                   # The number of records
    --freq: string            # How often each value occurs, the most frequent first
    --describe                # One record per column: type, nulls, range, mean, quartiles, top values
    --join: string            # Add the columns of another file's rows
    --on: string              # The columns that must be equal: id, or this=other where names differ
    --kind: string            # inner (default), left, right, full, semi, anti or asof
    --tolerance: string       # How far apart asof joins: 5m, 10
    --union: string           # Put another file's records behind these
    --diff: string            # What changed since an old file
    --validate: string        # Tell records that break a rule and leave them out
    --from: string@"nu-complete mytools process from" # Read this format [default: by name, then by content]
    --root: string            # Stream the array at this path of a JSON document: data.items
    --delimiter(-d): string   # Between cells: a character, or tab
    --quote: string           # Around cells, in input and output
    --no-header               # The first record is data: columns are c1, c2, ...
    --header: string          # Names instead of those in the header: a,b,c
    --ragged: string@"nu-complete mytools process ragged" # Short or long records: error, pad, skip
    --rejects: path           # Keep records that break the rules of their format in this file and go on
    --skip-lines: string      # Pass over so many lines first
    --comment: string         # Lines of delimited text that start with this are comments
    --escape: string          # Takes the meaning from the character behind it, in delimited text
    --encoding: string        # The encoding of text that is not UTF-8: latin1, windows-1252, shift_jis
    --files-from: path        # Read the files listed in FILE too, one per line; - for stdin
    --files0-from: path       # The same, with a NUL between paths, as by find -print0
    --source-col: string      # Add a first column of this name: the file each record came from
    --sheet: string           # The sheet of a workbook, by name or number [default: the first]
    --pattern: string         # Read lines by this; its named groups are the columns (--from regex)
    --format(-f): string@"nu-complete mytools process format" # Write this format [default: json]
    --to: string@"nu-complete mytools process format" # Write this format [default: json]
    -t                        # Write a table, as -f table
    --output(-o): path        # Write this file whole; it may be an input
    --split-by: string        # A file per value, as -o '{col}.csv'
    --split-rows: string      # A file per N records, as -o 'part{}.csv'
    --out-delimiter: string   # Between the cells of delimited output
    --quoting: string@"nu-complete mytools process quoting" # keep, minimal, all, nonnumeric or never
    --crlf                    # End the records of delimited output with CR LF
    --bom                     # Begin with a byte order mark, for spreadsheets
    --escape-formulas         # Put ' before cells that spreadsheets would run as formulas
    --indent: string          # Spaces per level of JSON
    --explain                 # Print the numbered plan instead of running it
    --quiet(-q)               # Write nothing; exit with 0 at the first row, with 1 where there is none
    --line-buffered           # Hand over each line at once, as on a terminal
    --exit-status             # Exit with 1 where no rows come out
    --null-value: string      # Text that stands for null, in input and output
    --infer: string@"nu-complete mytools process infer" # What cells become in JSON: number, none, bool, column
    --schema: string          # Columns that stay text in JSON: zip:str,id:str
    --precision: string       # Digits after the point of computed numbers
    --strict                  # A value that is not the number it should be is an error
    --tz: string              # The zone of times without one [default: UTC]
    --seed: string            # What --sample picks by: the same seed, the same records [default: 0]
    --arg: string             # A value for expressions, as arg('NAME')
    --memory: string          # Memory for sorting, grouping, joining: 512M, 4G, 25% [default: 25%]
    --temp-dir: path          # Where temporary files go [default: TMPDIR, or as the system has it]
    --progress: string@"nu-complete mytools process progress" # Show how far the run is: auto (default), always, never
    --help(-h)                # Print help: -h one screen, --help everything
    --threads(-j): string     # Number of threads [default: one per core]
    --color: string@"nu-complete mytools process color" # Colours: auto (default), always or never
    --error-format: string@"nu-complete mytools process error-format" # Problems as text or as json lines
    --no-messages             # Keep quiet about files that cannot be read
    --debug                   # Print silent decisions on standard error
    --no-config               # Do not read the file that MYTOOLS_CONFIG_PATH names
    ...input: string          # Files, directories, globs or - (standard input)
  ]

  def "nu-complete mytools list what" [] {
    [ "formats" "losses" "stages" "functions" "aggregates" "types" ]
  }

  def "nu-complete mytools list format" [] {
    [ "json" "jsonl" "ndjson" "csv" "tsv" "tab" "yaml" "yml" "logfmt" "lines" "text" "table" "markdown" "md" "html" "vertical" "chart" ]
  }

  def "nu-complete mytools list color" [] {
    [ "auto" "always" "ansi" "never" ]
  }

  def "nu-complete mytools list error-format" [] {
    [ "text" "json" ]
  }

  # List formats, losses, stages, functions, aggregates or file types
  export extern "mytools list" [
    --format(-f): string@"nu-complete mytools list format" # Write this format
    --to: string@"nu-complete mytools list format" # Write this format
    --help(-h)                # Print help: -h one screen, --help everything
    --threads(-j): string     # Number of threads [default: one per core]
    --color: string@"nu-complete mytools list color" # Colours: auto (default), always or never
    --error-format: string@"nu-complete mytools list error-format" # Problems as text or as json lines
    --no-messages             # Keep quiet about files that cannot be read
    --debug                   # Print silent decisions on standard error
    --no-config               # Do not read the file that MYTOOLS_CONFIG_PATH names
    what: string@"nu-complete mytools list what" # What to list: formats, losses, stages, functions, aggregates, types
  ]

  def "nu-complete mytools completions shell" [] {
    [ "bash" "zsh" "fish" "elvish" "powershell" "nushell" ]
  }

  def "nu-complete mytools completions color" [] {
    [ "auto" "always" "ansi" "never" ]
  }

  def "nu-complete mytools completions error-format" [] {
    [ "text" "json" ]
  }

  # Print the completion script of a shell
  export extern "mytools completions" [
    --help(-h)                # Print help: -h one screen, --help everything
    --threads(-j): string     # Number of threads [default: one per core]
    --color: string@"nu-complete mytools completions color" # Colours: auto (default), always or never
    --error-format: string@"nu-complete mytools completions error-format" # Problems as text or as json lines
    --no-messages             # Keep quiet about files that cannot be read
    --debug                   # Print silent decisions on standard error
    --no-config               # Do not read the file that MYTOOLS_CONFIG_PATH names
    shell: string@"nu-complete mytools completions shell" # bash, zsh, fish, elvish, powershell or nushell
  ]

  def "nu-complete mytools man color" [] {
    [ "auto" "always" "ansi" "never" ]
  }

  def "nu-complete mytools man error-format" [] {
    [ "text" "json" ]
  }

  # Write manual pages into a directory
  export extern "mytools man" [
    --help(-h)                # Print help: -h one screen, --help everything
    --threads(-j): string     # Number of threads [default: one per core]
    --color: string@"nu-complete mytools man color" # Colours: auto (default), always or never
    --error-format: string@"nu-complete mytools man error-format" # Problems as text or as json lines
    --no-messages             # Keep quiet about files that cannot be read
    --debug                   # Print silent decisions on standard error
    --no-config               # Do not read the file that MYTOOLS_CONFIG_PATH names
    directory: directory      # Where to write them; it is made if it is not there
  ]

  def "nu-complete mytools help topic" [] {
    [ "expressions" "functions" "aggregates" "stages" "formats" "types" "ignore" "exit-codes" "errors" "environment" "search" "process" "list" "completions" "man" ]
  }

  def "nu-complete mytools help color" [] {
    [ "auto" "always" "ansi" "never" ]
  }

  def "nu-complete mytools help error-format" [] {
    [ "text" "json" ]
  }

  # Print the help of a command, or about a topic
  export extern "mytools help" [
    --help(-h)                # Print help: -h one screen, --help everything
    --threads(-j): string     # Number of threads [default: one per core]
    --color: string@"nu-complete mytools help color" # Colours: auto (default), always or never
    --error-format: string@"nu-complete mytools help error-format" # Problems as text or as json lines
    --no-messages             # Keep quiet about files that cannot be read
    --debug                   # Print silent decisions on standard error
    --no-config               # Do not read the file that MYTOOLS_CONFIG_PATH names
    topic?: string@"nu-complete mytools help topic" # A command or a topic
  ]

}

export use completions *
