# TAB for mars in fish. For this shell: ./mars completion fish | source
function __mars_suggest
    # What is completed, up to the cursor, without the program's name.
    set -l words (commandline --tokenize --cut-at-cursor) (commandline --current-token --cut-at-cursor)
    set -l line (string join ' ' -- $words[2..])
    set -l program (string replace --regex '^~' $HOME -- $words[1])
    $program "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
end
complete --command mars --arguments '(__mars_suggest)'
