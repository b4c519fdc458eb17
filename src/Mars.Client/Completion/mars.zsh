#compdef mars
# TAB for mars in zsh, after compinit. For this shell: source <(./mars completion zsh)
_mars() {
    # What is completed, up to the cursor, without the program's name.
    local line="${(j: :)words[2,CURRENT]}" program=${words[1]/#\~/$HOME}
    local -a suggestions
    suggestions=("${(@f)$("$program" "[suggest:${#line}]" "$line" 2>/dev/null)}")
    suggestions=(${suggestions:#})
    # Where nothing is suggested: files, as sources and folders are.
    (( ${#suggestions} )) && compadd -a suggestions || _files
}
compdef _mars mars ./mars
