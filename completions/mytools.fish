# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_mytools_global_optspecs
    string join \n h/help j/threads= color= error-format= no-messages debug V/version
end

function __fish_mytools_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_mytools_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_mytools_using_subcommand
    set -l cmd (__fish_mytools_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c mytools -n "__fish_mytools_needs_command" -s j -l threads -d 'Number of threads [default: one per core]' -r
complete -c mytools -n "__fish_mytools_needs_command" -l color -d 'auto (default), always or never' -r -f -a "auto\t''
always\t''
ansi\t''
never\t''"
complete -c mytools -n "__fish_mytools_needs_command" -l error-format -d 'Problems as text or as json lines' -r -f -a "text\t''
json\t''"
complete -c mytools -n "__fish_mytools_needs_command" -s h -l help -d 'Print help: -h on one screen, --help with details and examples'
complete -c mytools -n "__fish_mytools_needs_command" -l no-messages -d 'Keep quiet about files that cannot be read'
complete -c mytools -n "__fish_mytools_needs_command" -l debug -d 'Print silent decisions on standard error'
complete -c mytools -n "__fish_mytools_needs_command" -s V -l version -d 'Print version'
complete -c mytools -n "__fish_mytools_needs_command" -f -a "search" -d 'Find lines that match a pattern, in files, trees and pipes'
complete -c mytools -n "__fish_mytools_needs_command" -f -a "s" -d 'Find lines that match a pattern, in files, trees and pipes'
complete -c mytools -n "__fish_mytools_needs_command" -f -a "process" -d 'Turn data files into other formats and into answers'
complete -c mytools -n "__fish_mytools_needs_command" -f -a "p" -d 'Turn data files into other formats and into answers'
complete -c mytools -n "__fish_mytools_needs_command" -f -a "list" -d 'List formats, what is lost between them, stages, functions, aggregates or file types'
complete -c mytools -n "__fish_mytools_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c mytools -n "__fish_mytools_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c mytools -n "__fish_mytools_using_subcommand search" -s e -l regexp -d 'A pattern; may be given again, any of them matches' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -s f -l file -d 'Patterns from a file, one per line, or - for standard input' -r -F
complete -c mytools -n "__fish_mytools_using_subcommand search" -s m -l max-count -d 'At most this many matching lines of a file' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l and -d 'Only lines that match this too; may be given again' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l not -d 'No lines that match this; may be given again' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l and-file -d 'Only files with a line that matches this; may be given again' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l not-file -d 'No files with a line that matches this; may be given again' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -s p -l path -d 'A file or directory to search, besides those behind the pattern' -r -F
complete -c mytools -n "__fish_mytools_using_subcommand search" -l files-from -d 'Search the files listed in FILE, one per line; - for stdin' -r -F
complete -c mytools -n "__fish_mytools_using_subcommand search" -l files0-from -d 'The same, with a NUL between paths, as by find -print0' -r -F
complete -c mytools -n "__fish_mytools_using_subcommand search" -s d -l max-depth -l maxdepth -d 'How deep to go: 1 is right in a directory' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l max-filesize -d 'No files larger than this: bytes, 50K, 2M, 1G' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l sort -d 'path (default), none, modified, accessed, created, size, count' -r -f -a "path\t''
none\t''
modified\t''
accessed\t''
created\t''
size\t''
count\t''"
complete -c mytools -n "__fish_mytools_using_subcommand search" -l sortr -d 'The other way round' -r -f -a "path\t''
none\t''
modified\t''
accessed\t''
created\t''
size\t''
count\t''"
complete -c mytools -n "__fish_mytools_using_subcommand search" -s g -l glob -d 'Only files that match; with a leading !, only others' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l iglob -d 'The same, where case does not matter' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -s t -l type -d 'Only files of this type: rust, py, md, ...' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -s T -l type-not -d 'No files of this type' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l type-add -d 'Another glob for a type, NAME:GLOB, for this run' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l type-clear -d 'Forget the globs of a type' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l ignore-file -d 'Respect the rules in this file too, after those found' -r -F
complete -c mytools -n "__fish_mytools_using_subcommand search" -s A -l after-context -d 'Lines after each match' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -s B -l before-context -d 'Lines before each match' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -s C -l context -d 'Lines before and after each match' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -s r -l replace -d 'Print matches replaced: $1, $name, ${1}x; no file is changed' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -s M -l max-columns -d 'Do not print lines of more bytes; 0: print all' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l colors -d 'Change a colour: match:fg:red, path:style:bold, line:none' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l hyperlink-format -d 'Make paths links, in colour: default, vscode, kitty, ...' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l context-separator -d 'Between groups of lines [default: --]; \\x00 and \\t are known' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l field-match-separator -d 'Between the fields of a line that matches [default: :]' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l field-context-separator -d 'Between the fields of a line of context [default: -]' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l path-separator -d 'Between the parts of printed paths' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l format -d 'Print a record for each match: jsonl, json, csv, tsv, table, ...' -r -f -a "json\t''
jsonl\t''
ndjson\t''
csv\t''
tsv\t''
tab\t''
yaml\t''
yml\t''
logfmt\t''
lines\t''
text\t''
table\t''
markdown\t''
md\t''
html\t''
vertical\t''
chart\t''"
complete -c mytools -n "__fish_mytools_using_subcommand search" -s j -l threads -d 'Number of threads [default: one per core]' -r
complete -c mytools -n "__fish_mytools_using_subcommand search" -l color -d 'auto (default), always or never' -r -f -a "auto\t''
always\t''
ansi\t''
never\t''"
complete -c mytools -n "__fish_mytools_using_subcommand search" -l error-format -d 'Problems as text or as json lines' -r -f -a "text\t''
json\t''"
complete -c mytools -n "__fish_mytools_using_subcommand search" -s F -l fixed-strings -d 'Patterns are plain text'
complete -c mytools -n "__fish_mytools_using_subcommand search" -s i -l ignore-case -d 'Ignore case'
complete -c mytools -n "__fish_mytools_using_subcommand search" -s s -l case-sensitive -d 'Do not ignore case'
complete -c mytools -n "__fish_mytools_using_subcommand search" -s S -l smart-case -d 'Ignore case where a pattern has no upper case letter'
complete -c mytools -n "__fish_mytools_using_subcommand search" -s w -l word-regexp -d 'Match whole words'
complete -c mytools -n "__fish_mytools_using_subcommand search" -s x -l line-regexp -d 'Match whole lines'
complete -c mytools -n "__fish_mytools_using_subcommand search" -s v -l invert-match -d 'Select the lines that do not match'
complete -c mytools -n "__fish_mytools_using_subcommand search" -s a -l text -d 'Search binary files as if they were text'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-text
complete -c mytools -n "__fish_mytools_using_subcommand search" -l binary -d 'Search binary files, but do not print their lines'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-binary
complete -c mytools -n "__fish_mytools_using_subcommand search" -l crlf -d 'Lines end with \\n or \\r\\n; $ matches before both'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-crlf
complete -c mytools -n "__fish_mytools_using_subcommand search" -l null-data -d 'Lines end with a NUL byte'
complete -c mytools -n "__fish_mytools_using_subcommand search" -s . -l hidden -d 'Hidden files and directories too, but for .git'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-hidden
complete -c mytools -n "__fish_mytools_using_subcommand search" -s u -l unrestricted -d 'What is ignored too; -uu: hidden files; -uuu: binary files'
complete -c mytools -n "__fish_mytools_using_subcommand search" -s L -l follow -d 'Follow symbolic links'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-follow
complete -c mytools -n "__fish_mytools_using_subcommand search" -l one-file-system -d 'Stay on the file system of each directory given'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-one-file-system
complete -c mytools -n "__fish_mytools_using_subcommand search" -l sort-files -d 'The same as --sort path'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-sort-files
complete -c mytools -n "__fish_mytools_using_subcommand search" -l glob-case-insensitive -d 'Case does not matter in -g either'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-glob-case-insensitive
complete -c mytools -n "__fish_mytools_using_subcommand search" -l type-list -d 'Print all types with their globs'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l ignore-file-case-insensitive -d 'Case does not matter in ignore files'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-ignore-file-case-insensitive
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-ignore -d 'Do not respect any ignore file but those of --ignore-file'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l ignore
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-ignore-dot -d 'No .ignore and .rgignore files'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l ignore-dot
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-ignore-vcs -d 'No rules of git; with --hidden, look into .git'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l ignore-vcs
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-ignore-exclude -d 'No .git/info/exclude'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l ignore-exclude
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-ignore-global -d 'No excludes of your git configuration'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l ignore-global
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-ignore-parent -d 'No ignore files of directories above'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l ignore-parent
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-ignore-messages -d 'Keep quiet about mistakes in ignore files'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l ignore-messages
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-require-git -d 'Respect .gitignore outside of git repositories too'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l require-git
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-ignore-files -d 'Forget the files of --ignore-file'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l ignore-files
complete -c mytools -n "__fish_mytools_using_subcommand search" -s z -l search-zip -d 'Search in compressed files, known by their content'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-search-zip
complete -c mytools -n "__fish_mytools_using_subcommand search" -s n -l line-number -d 'Print line numbers'
complete -c mytools -n "__fish_mytools_using_subcommand search" -s N -l no-line-number -d 'No line numbers'
complete -c mytools -n "__fish_mytools_using_subcommand search" -s H -l with-filename -d 'Print paths'
complete -c mytools -n "__fish_mytools_using_subcommand search" -s I -l no-filename -d 'No paths'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l heading -d 'Print the path above its lines, as on a terminal'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-heading -d 'Print the path on each line, as in a pipe'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l column -d 'Print the column of the first match, in bytes from 1'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-column
complete -c mytools -n "__fish_mytools_using_subcommand search" -s b -l byte-offset -d 'Print the offset of each line; with -o, of each match'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-byte-offset
complete -c mytools -n "__fish_mytools_using_subcommand search" -l vimgrep -d 'Print each match on a line: path:line:column:text'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l pretty -d 'Colours, headings and line numbers, also in a pipe'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l passthru -d 'Print the lines that do not match too'
complete -c mytools -n "__fish_mytools_using_subcommand search" -s o -l only-matching -d 'Print the matches alone'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l trim -d 'Leave out blanks at the start of lines'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-trim
complete -c mytools -n "__fish_mytools_using_subcommand search" -l max-columns-preview -d 'Of longer lines print the start'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-max-columns-preview
complete -c mytools -n "__fish_mytools_using_subcommand search" -l max-columns-centered -d 'Of longer lines print what is around the first match'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-max-columns-centered
complete -c mytools -n "__fish_mytools_using_subcommand search" -s 0 -l null -d 'Print a NUL behind paths'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-context-separator
complete -c mytools -n "__fish_mytools_using_subcommand search" -l line-buffered -d 'Print each line at once, for `tail -f app.log | mytools search ... | ...`'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-line-buffered
complete -c mytools -n "__fish_mytools_using_subcommand search" -l block-buffered -d 'Print many lines at once, also on a terminal'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-block-buffered
complete -c mytools -n "__fish_mytools_using_subcommand search" -s c -l count -d 'Print the number of matching lines of each file; with -o, of matches'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l count-matches -d 'Print the number of matches of each file'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l count-total -d 'Print one number: all matching lines, or matches with --count-matches'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l include-zero -d 'Count files without a match too'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-include-zero
complete -c mytools -n "__fish_mytools_using_subcommand search" -s l -l files-with-matches -d 'Print the paths of files that match'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l files-without-match -d 'Print the paths of files that do not match'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l json -d 'Print JSON events, as ripgrep does'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-json
complete -c mytools -n "__fish_mytools_using_subcommand search" -l files -d 'Print the paths that would be searched'
complete -c mytools -n "__fish_mytools_using_subcommand search" -s q -l quiet -d 'Print nothing; the exit code tells'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l stats -d 'Print how much was searched and found at the end'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-stats
complete -c mytools -n "__fish_mytools_using_subcommand search" -s h -l help -d 'Print help: -h on one screen, --help with details and examples'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l no-messages -d 'Keep quiet about files that cannot be read'
complete -c mytools -n "__fish_mytools_using_subcommand search" -l debug -d 'Print silent decisions on standard error'
complete -c mytools -n "__fish_mytools_using_subcommand s" -s e -l regexp -d 'A pattern; may be given again, any of them matches' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -s f -l file -d 'Patterns from a file, one per line, or - for standard input' -r -F
complete -c mytools -n "__fish_mytools_using_subcommand s" -s m -l max-count -d 'At most this many matching lines of a file' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l and -d 'Only lines that match this too; may be given again' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l not -d 'No lines that match this; may be given again' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l and-file -d 'Only files with a line that matches this; may be given again' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l not-file -d 'No files with a line that matches this; may be given again' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -s p -l path -d 'A file or directory to search, besides those behind the pattern' -r -F
complete -c mytools -n "__fish_mytools_using_subcommand s" -l files-from -d 'Search the files listed in FILE, one per line; - for stdin' -r -F
complete -c mytools -n "__fish_mytools_using_subcommand s" -l files0-from -d 'The same, with a NUL between paths, as by find -print0' -r -F
complete -c mytools -n "__fish_mytools_using_subcommand s" -s d -l max-depth -l maxdepth -d 'How deep to go: 1 is right in a directory' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l max-filesize -d 'No files larger than this: bytes, 50K, 2M, 1G' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l sort -d 'path (default), none, modified, accessed, created, size, count' -r -f -a "path\t''
none\t''
modified\t''
accessed\t''
created\t''
size\t''
count\t''"
complete -c mytools -n "__fish_mytools_using_subcommand s" -l sortr -d 'The other way round' -r -f -a "path\t''
none\t''
modified\t''
accessed\t''
created\t''
size\t''
count\t''"
complete -c mytools -n "__fish_mytools_using_subcommand s" -s g -l glob -d 'Only files that match; with a leading !, only others' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l iglob -d 'The same, where case does not matter' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -s t -l type -d 'Only files of this type: rust, py, md, ...' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -s T -l type-not -d 'No files of this type' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l type-add -d 'Another glob for a type, NAME:GLOB, for this run' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l type-clear -d 'Forget the globs of a type' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l ignore-file -d 'Respect the rules in this file too, after those found' -r -F
complete -c mytools -n "__fish_mytools_using_subcommand s" -s A -l after-context -d 'Lines after each match' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -s B -l before-context -d 'Lines before each match' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -s C -l context -d 'Lines before and after each match' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -s r -l replace -d 'Print matches replaced: $1, $name, ${1}x; no file is changed' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -s M -l max-columns -d 'Do not print lines of more bytes; 0: print all' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l colors -d 'Change a colour: match:fg:red, path:style:bold, line:none' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l hyperlink-format -d 'Make paths links, in colour: default, vscode, kitty, ...' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l context-separator -d 'Between groups of lines [default: --]; \\x00 and \\t are known' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l field-match-separator -d 'Between the fields of a line that matches [default: :]' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l field-context-separator -d 'Between the fields of a line of context [default: -]' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l path-separator -d 'Between the parts of printed paths' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l format -d 'Print a record for each match: jsonl, json, csv, tsv, table, ...' -r -f -a "json\t''
jsonl\t''
ndjson\t''
csv\t''
tsv\t''
tab\t''
yaml\t''
yml\t''
logfmt\t''
lines\t''
text\t''
table\t''
markdown\t''
md\t''
html\t''
vertical\t''
chart\t''"
complete -c mytools -n "__fish_mytools_using_subcommand s" -s j -l threads -d 'Number of threads [default: one per core]' -r
complete -c mytools -n "__fish_mytools_using_subcommand s" -l color -d 'auto (default), always or never' -r -f -a "auto\t''
always\t''
ansi\t''
never\t''"
complete -c mytools -n "__fish_mytools_using_subcommand s" -l error-format -d 'Problems as text or as json lines' -r -f -a "text\t''
json\t''"
complete -c mytools -n "__fish_mytools_using_subcommand s" -s F -l fixed-strings -d 'Patterns are plain text'
complete -c mytools -n "__fish_mytools_using_subcommand s" -s i -l ignore-case -d 'Ignore case'
complete -c mytools -n "__fish_mytools_using_subcommand s" -s s -l case-sensitive -d 'Do not ignore case'
complete -c mytools -n "__fish_mytools_using_subcommand s" -s S -l smart-case -d 'Ignore case where a pattern has no upper case letter'
complete -c mytools -n "__fish_mytools_using_subcommand s" -s w -l word-regexp -d 'Match whole words'
complete -c mytools -n "__fish_mytools_using_subcommand s" -s x -l line-regexp -d 'Match whole lines'
complete -c mytools -n "__fish_mytools_using_subcommand s" -s v -l invert-match -d 'Select the lines that do not match'
complete -c mytools -n "__fish_mytools_using_subcommand s" -s a -l text -d 'Search binary files as if they were text'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-text
complete -c mytools -n "__fish_mytools_using_subcommand s" -l binary -d 'Search binary files, but do not print their lines'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-binary
complete -c mytools -n "__fish_mytools_using_subcommand s" -l crlf -d 'Lines end with \\n or \\r\\n; $ matches before both'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-crlf
complete -c mytools -n "__fish_mytools_using_subcommand s" -l null-data -d 'Lines end with a NUL byte'
complete -c mytools -n "__fish_mytools_using_subcommand s" -s . -l hidden -d 'Hidden files and directories too, but for .git'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-hidden
complete -c mytools -n "__fish_mytools_using_subcommand s" -s u -l unrestricted -d 'What is ignored too; -uu: hidden files; -uuu: binary files'
complete -c mytools -n "__fish_mytools_using_subcommand s" -s L -l follow -d 'Follow symbolic links'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-follow
complete -c mytools -n "__fish_mytools_using_subcommand s" -l one-file-system -d 'Stay on the file system of each directory given'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-one-file-system
complete -c mytools -n "__fish_mytools_using_subcommand s" -l sort-files -d 'The same as --sort path'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-sort-files
complete -c mytools -n "__fish_mytools_using_subcommand s" -l glob-case-insensitive -d 'Case does not matter in -g either'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-glob-case-insensitive
complete -c mytools -n "__fish_mytools_using_subcommand s" -l type-list -d 'Print all types with their globs'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l ignore-file-case-insensitive -d 'Case does not matter in ignore files'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-ignore-file-case-insensitive
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-ignore -d 'Do not respect any ignore file but those of --ignore-file'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l ignore
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-ignore-dot -d 'No .ignore and .rgignore files'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l ignore-dot
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-ignore-vcs -d 'No rules of git; with --hidden, look into .git'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l ignore-vcs
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-ignore-exclude -d 'No .git/info/exclude'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l ignore-exclude
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-ignore-global -d 'No excludes of your git configuration'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l ignore-global
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-ignore-parent -d 'No ignore files of directories above'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l ignore-parent
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-ignore-messages -d 'Keep quiet about mistakes in ignore files'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l ignore-messages
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-require-git -d 'Respect .gitignore outside of git repositories too'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l require-git
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-ignore-files -d 'Forget the files of --ignore-file'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l ignore-files
complete -c mytools -n "__fish_mytools_using_subcommand s" -s z -l search-zip -d 'Search in compressed files, known by their content'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-search-zip
complete -c mytools -n "__fish_mytools_using_subcommand s" -s n -l line-number -d 'Print line numbers'
complete -c mytools -n "__fish_mytools_using_subcommand s" -s N -l no-line-number -d 'No line numbers'
complete -c mytools -n "__fish_mytools_using_subcommand s" -s H -l with-filename -d 'Print paths'
complete -c mytools -n "__fish_mytools_using_subcommand s" -s I -l no-filename -d 'No paths'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l heading -d 'Print the path above its lines, as on a terminal'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-heading -d 'Print the path on each line, as in a pipe'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l column -d 'Print the column of the first match, in bytes from 1'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-column
complete -c mytools -n "__fish_mytools_using_subcommand s" -s b -l byte-offset -d 'Print the offset of each line; with -o, of each match'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-byte-offset
complete -c mytools -n "__fish_mytools_using_subcommand s" -l vimgrep -d 'Print each match on a line: path:line:column:text'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l pretty -d 'Colours, headings and line numbers, also in a pipe'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l passthru -d 'Print the lines that do not match too'
complete -c mytools -n "__fish_mytools_using_subcommand s" -s o -l only-matching -d 'Print the matches alone'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l trim -d 'Leave out blanks at the start of lines'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-trim
complete -c mytools -n "__fish_mytools_using_subcommand s" -l max-columns-preview -d 'Of longer lines print the start'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-max-columns-preview
complete -c mytools -n "__fish_mytools_using_subcommand s" -l max-columns-centered -d 'Of longer lines print what is around the first match'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-max-columns-centered
complete -c mytools -n "__fish_mytools_using_subcommand s" -s 0 -l null -d 'Print a NUL behind paths'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-context-separator
complete -c mytools -n "__fish_mytools_using_subcommand s" -l line-buffered -d 'Print each line at once, for `tail -f app.log | mytools search ... | ...`'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-line-buffered
complete -c mytools -n "__fish_mytools_using_subcommand s" -l block-buffered -d 'Print many lines at once, also on a terminal'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-block-buffered
complete -c mytools -n "__fish_mytools_using_subcommand s" -s c -l count -d 'Print the number of matching lines of each file; with -o, of matches'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l count-matches -d 'Print the number of matches of each file'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l count-total -d 'Print one number: all matching lines, or matches with --count-matches'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l include-zero -d 'Count files without a match too'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-include-zero
complete -c mytools -n "__fish_mytools_using_subcommand s" -s l -l files-with-matches -d 'Print the paths of files that match'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l files-without-match -d 'Print the paths of files that do not match'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l json -d 'Print JSON events, as ripgrep does'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-json
complete -c mytools -n "__fish_mytools_using_subcommand s" -l files -d 'Print the paths that would be searched'
complete -c mytools -n "__fish_mytools_using_subcommand s" -s q -l quiet -d 'Print nothing; the exit code tells'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l stats -d 'Print how much was searched and found at the end'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-stats
complete -c mytools -n "__fish_mytools_using_subcommand s" -s h -l help -d 'Print help: -h on one screen, --help with details and examples'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l no-messages -d 'Keep quiet about files that cannot be read'
complete -c mytools -n "__fish_mytools_using_subcommand s" -l debug -d 'Print silent decisions on standard error'
complete -c mytools -n "__fish_mytools_using_subcommand process" -s w -l where -d 'Keep the records for which a condition holds' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l derive -d 'Compute columns' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -s c -l select -d 'Keep these columns, in this order' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l drop -d 'Remove these columns' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l rename -d 'Give columns other names' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -s g -l group-by -d 'One record per group, in order of first appearance' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -s a -l agg -d 'Aggregate the groups of the -g directly before' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l freq -d 'How often each value occurs, the most frequent first' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -s s -l sort -d 'Sort by columns' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l top -d 'Keep the N records with the largest values' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -s n -l limit -d 'Keep the first N records, or the first N of each group' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l skip -d 'Leave out the first N records' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l distinct -d 'Keep one record for each value of the columns' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l keep -d 'Belongs to the --distinct directly before it' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l from -d 'Read this format [default: by name, then by content]' -r -f -a "json\t''
jsonl\t''
ndjson\t''
csv\t''
tsv\t''
tab\t''
logfmt\t''
syslog\t''
common\t''
clf\t''
combined\t''
access\t''
regex\t''
spaces\t''
columns\t''
lines\t''
text\t''"
complete -c mytools -n "__fish_mytools_using_subcommand process" -l root -d 'Stream the array at this path of a JSON document: data.items' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -s d -l delimiter -d 'Between cells: a character, or tab' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l quote -d 'Around cells, in input and output' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l header -d 'Names instead of those in the header: a,b,c' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l ragged -d 'Short or long records: error, pad, skip' -r -f -a "error\t''
pad\t''
skip\t''"
complete -c mytools -n "__fish_mytools_using_subcommand process" -l rejects -d 'Keep records that break the rules of their format in this file and go on' -r -F
complete -c mytools -n "__fish_mytools_using_subcommand process" -l skip-lines -d 'Pass over so many lines first' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l pattern -d 'Read lines by this; its named groups are the columns (--from regex)' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -s f -l format -l to -d 'Write this format [default: as -o says, or json]' -r -f -a "json\t''
jsonl\t''
ndjson\t''
csv\t''
tsv\t''
tab\t''
yaml\t''
yml\t''
logfmt\t''
lines\t''
text\t''
table\t''
markdown\t''
md\t''
html\t''
vertical\t''
chart\t''
same\t''"
complete -c mytools -n "__fish_mytools_using_subcommand process" -s o -l output -d 'Write this file whole; it may be an input' -r -F
complete -c mytools -n "__fish_mytools_using_subcommand process" -l out-delimiter -d 'Between the cells of delimited output' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l quoting -d 'keep, minimal, all, nonnumeric or never' -r -f -a "keep\t''
minimal\t''
all\t''
nonnumeric\t''
never\t''"
complete -c mytools -n "__fish_mytools_using_subcommand process" -l indent -d 'Spaces per level of JSON' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l progress -d 'Show how far the run is: auto (default), always, never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mytools -n "__fish_mytools_using_subcommand process" -l null-value -d 'Text that stands for null, in input and output' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l infer -d 'What cells become in JSON: number, none, bool' -r -f -a "number\t''
none\t''
bool\t''"
complete -c mytools -n "__fish_mytools_using_subcommand process" -l schema -d 'Columns that stay text in JSON: zip:str,id:str' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l precision -d 'Digits after the point of computed numbers' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l tz -d 'The zone of times without one [default: UTC]' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l arg -d 'A value for expressions, as arg(\'NAME\')' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l memory -d 'Memory for sorting, grouping, joining: 512M, 4G, 25% [default: 25%]' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l temp-dir -d 'Where temporary files go [default: TMPDIR, or as the system has it]' -r -F
complete -c mytools -n "__fish_mytools_using_subcommand process" -s j -l threads -d 'Number of threads [default: one per core]' -r
complete -c mytools -n "__fish_mytools_using_subcommand process" -l color -d 'auto (default), always or never' -r -f -a "auto\t''
always\t''
ansi\t''
never\t''"
complete -c mytools -n "__fish_mytools_using_subcommand process" -l error-format -d 'Problems as text or as json lines' -r -f -a "text\t''
json\t''"
complete -c mytools -n "__fish_mytools_using_subcommand process" -l count -d 'The number of records'
complete -c mytools -n "__fish_mytools_using_subcommand process" -l no-header -d 'The first record is data: columns are c1, c2, ...'
complete -c mytools -n "__fish_mytools_using_subcommand process" -s t -d 'Write a table, as -f table'
complete -c mytools -n "__fish_mytools_using_subcommand process" -l crlf -d 'End the records of delimited output with CR LF'
complete -c mytools -n "__fish_mytools_using_subcommand process" -l bom -d 'Begin with a byte order mark, for spreadsheets'
complete -c mytools -n "__fish_mytools_using_subcommand process" -l explain -d 'Print the numbered plan instead of running it'
complete -c mytools -n "__fish_mytools_using_subcommand process" -l exit-status -d 'Exit with 1 where no rows come out'
complete -c mytools -n "__fish_mytools_using_subcommand process" -l strict -d 'A value that is not the number it should be is an error'
complete -c mytools -n "__fish_mytools_using_subcommand process" -s h -l help -d 'Print help: -h on one screen, --help with details and examples'
complete -c mytools -n "__fish_mytools_using_subcommand process" -l no-messages -d 'Keep quiet about files that cannot be read'
complete -c mytools -n "__fish_mytools_using_subcommand process" -l debug -d 'Print silent decisions on standard error'
complete -c mytools -n "__fish_mytools_using_subcommand p" -s w -l where -d 'Keep the records for which a condition holds' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l derive -d 'Compute columns' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -s c -l select -d 'Keep these columns, in this order' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l drop -d 'Remove these columns' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l rename -d 'Give columns other names' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -s g -l group-by -d 'One record per group, in order of first appearance' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -s a -l agg -d 'Aggregate the groups of the -g directly before' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l freq -d 'How often each value occurs, the most frequent first' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -s s -l sort -d 'Sort by columns' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l top -d 'Keep the N records with the largest values' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -s n -l limit -d 'Keep the first N records, or the first N of each group' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l skip -d 'Leave out the first N records' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l distinct -d 'Keep one record for each value of the columns' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l keep -d 'Belongs to the --distinct directly before it' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l from -d 'Read this format [default: by name, then by content]' -r -f -a "json\t''
jsonl\t''
ndjson\t''
csv\t''
tsv\t''
tab\t''
logfmt\t''
syslog\t''
common\t''
clf\t''
combined\t''
access\t''
regex\t''
spaces\t''
columns\t''
lines\t''
text\t''"
complete -c mytools -n "__fish_mytools_using_subcommand p" -l root -d 'Stream the array at this path of a JSON document: data.items' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -s d -l delimiter -d 'Between cells: a character, or tab' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l quote -d 'Around cells, in input and output' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l header -d 'Names instead of those in the header: a,b,c' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l ragged -d 'Short or long records: error, pad, skip' -r -f -a "error\t''
pad\t''
skip\t''"
complete -c mytools -n "__fish_mytools_using_subcommand p" -l rejects -d 'Keep records that break the rules of their format in this file and go on' -r -F
complete -c mytools -n "__fish_mytools_using_subcommand p" -l skip-lines -d 'Pass over so many lines first' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l pattern -d 'Read lines by this; its named groups are the columns (--from regex)' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -s f -l format -l to -d 'Write this format [default: as -o says, or json]' -r -f -a "json\t''
jsonl\t''
ndjson\t''
csv\t''
tsv\t''
tab\t''
yaml\t''
yml\t''
logfmt\t''
lines\t''
text\t''
table\t''
markdown\t''
md\t''
html\t''
vertical\t''
chart\t''
same\t''"
complete -c mytools -n "__fish_mytools_using_subcommand p" -s o -l output -d 'Write this file whole; it may be an input' -r -F
complete -c mytools -n "__fish_mytools_using_subcommand p" -l out-delimiter -d 'Between the cells of delimited output' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l quoting -d 'keep, minimal, all, nonnumeric or never' -r -f -a "keep\t''
minimal\t''
all\t''
nonnumeric\t''
never\t''"
complete -c mytools -n "__fish_mytools_using_subcommand p" -l indent -d 'Spaces per level of JSON' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l progress -d 'Show how far the run is: auto (default), always, never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c mytools -n "__fish_mytools_using_subcommand p" -l null-value -d 'Text that stands for null, in input and output' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l infer -d 'What cells become in JSON: number, none, bool' -r -f -a "number\t''
none\t''
bool\t''"
complete -c mytools -n "__fish_mytools_using_subcommand p" -l schema -d 'Columns that stay text in JSON: zip:str,id:str' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l precision -d 'Digits after the point of computed numbers' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l tz -d 'The zone of times without one [default: UTC]' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l arg -d 'A value for expressions, as arg(\'NAME\')' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l memory -d 'Memory for sorting, grouping, joining: 512M, 4G, 25% [default: 25%]' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l temp-dir -d 'Where temporary files go [default: TMPDIR, or as the system has it]' -r -F
complete -c mytools -n "__fish_mytools_using_subcommand p" -s j -l threads -d 'Number of threads [default: one per core]' -r
complete -c mytools -n "__fish_mytools_using_subcommand p" -l color -d 'auto (default), always or never' -r -f -a "auto\t''
always\t''
ansi\t''
never\t''"
complete -c mytools -n "__fish_mytools_using_subcommand p" -l error-format -d 'Problems as text or as json lines' -r -f -a "text\t''
json\t''"
complete -c mytools -n "__fish_mytools_using_subcommand p" -l count -d 'The number of records'
complete -c mytools -n "__fish_mytools_using_subcommand p" -l no-header -d 'The first record is data: columns are c1, c2, ...'
complete -c mytools -n "__fish_mytools_using_subcommand p" -s t -d 'Write a table, as -f table'
complete -c mytools -n "__fish_mytools_using_subcommand p" -l crlf -d 'End the records of delimited output with CR LF'
complete -c mytools -n "__fish_mytools_using_subcommand p" -l bom -d 'Begin with a byte order mark, for spreadsheets'
complete -c mytools -n "__fish_mytools_using_subcommand p" -l explain -d 'Print the numbered plan instead of running it'
complete -c mytools -n "__fish_mytools_using_subcommand p" -l exit-status -d 'Exit with 1 where no rows come out'
complete -c mytools -n "__fish_mytools_using_subcommand p" -l strict -d 'A value that is not the number it should be is an error'
complete -c mytools -n "__fish_mytools_using_subcommand p" -s h -l help -d 'Print help: -h on one screen, --help with details and examples'
complete -c mytools -n "__fish_mytools_using_subcommand p" -l no-messages -d 'Keep quiet about files that cannot be read'
complete -c mytools -n "__fish_mytools_using_subcommand p" -l debug -d 'Print silent decisions on standard error'
complete -c mytools -n "__fish_mytools_using_subcommand list" -s f -l format -l to -d 'Write this format' -r -f -a "json\t''
jsonl\t''
ndjson\t''
csv\t''
tsv\t''
tab\t''
yaml\t''
yml\t''
logfmt\t''
lines\t''
text\t''
table\t''
markdown\t''
md\t''
html\t''
vertical\t''
chart\t''"
complete -c mytools -n "__fish_mytools_using_subcommand list" -s j -l threads -d 'Number of threads [default: one per core]' -r
complete -c mytools -n "__fish_mytools_using_subcommand list" -l color -d 'auto (default), always or never' -r -f -a "auto\t''
always\t''
ansi\t''
never\t''"
complete -c mytools -n "__fish_mytools_using_subcommand list" -l error-format -d 'Problems as text or as json lines' -r -f -a "text\t''
json\t''"
complete -c mytools -n "__fish_mytools_using_subcommand list" -s h -l help -d 'Print help: -h on one screen, --help with details and examples'
complete -c mytools -n "__fish_mytools_using_subcommand list" -l no-messages -d 'Keep quiet about files that cannot be read'
complete -c mytools -n "__fish_mytools_using_subcommand list" -l debug -d 'Print silent decisions on standard error'
complete -c mytools -n "__fish_mytools_using_subcommand completions" -s j -l threads -d 'Number of threads [default: one per core]' -r
complete -c mytools -n "__fish_mytools_using_subcommand completions" -l color -d 'auto (default), always or never' -r -f -a "auto\t''
always\t''
ansi\t''
never\t''"
complete -c mytools -n "__fish_mytools_using_subcommand completions" -l error-format -d 'Problems as text or as json lines' -r -f -a "text\t''
json\t''"
complete -c mytools -n "__fish_mytools_using_subcommand completions" -s h -l help -d 'Print help: -h on one screen, --help with details and examples'
complete -c mytools -n "__fish_mytools_using_subcommand completions" -l no-messages -d 'Keep quiet about files that cannot be read'
complete -c mytools -n "__fish_mytools_using_subcommand completions" -l debug -d 'Print silent decisions on standard error'
complete -c mytools -n "__fish_mytools_using_subcommand help; and not __fish_seen_subcommand_from search process list completions help" -f -a "search" -d 'Find lines that match a pattern, in files, trees and pipes'
complete -c mytools -n "__fish_mytools_using_subcommand help; and not __fish_seen_subcommand_from search process list completions help" -f -a "process" -d 'Turn data files into other formats and into answers'
complete -c mytools -n "__fish_mytools_using_subcommand help; and not __fish_seen_subcommand_from search process list completions help" -f -a "list" -d 'List formats, what is lost between them, stages, functions, aggregates or file types'
complete -c mytools -n "__fish_mytools_using_subcommand help; and not __fish_seen_subcommand_from search process list completions help" -f -a "completions" -d 'Print the completion script of a shell'
complete -c mytools -n "__fish_mytools_using_subcommand help; and not __fish_seen_subcommand_from search process list completions help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
