/** Needs nothing but bash 4: no `bash-completion`. What was typed is handed over as one text, unevaluated. */
const bash = `# bash completion for polyctl
_polyctl() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :0) compopt -o default -o bashdefault 2>/dev/null ;;
      :4) ;;
      *) COMPREPLY+=("$line") ;;
    esac
  done < <("\${COMP_WORDS[0]}" complete --line "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null </dev/null)
}
complete -F _polyctl polyctl
`

const zsh = `#compdef polyctl
# zsh completion for polyctl
_polyctl() {
  local line files
  local -a values shown before
  before=("\${(@Q)words[2,CURRENT-1]}")
  local option=
  if [[ $PREFIX == --*=* ]]; then
    option="\${PREFIX%%=*}="
    compset -P 1 '*='
  elif [[ $PREFIX == -* ]]; then
    option="$PREFIX"
  fi
  while IFS= read -r line; do
    case "$line" in
      :0) files=1 ;;
      :4) ;;
      *)
        line="\${line#--*=}"
        values+=("\${line%%$'\\t'*}")
        shown+=("\${line%%$'\\t'*}  \${line#*$'\\t'}")
        ;;
    esac
  done < <(command polyctl complete -- "\${before[@]}" "$option" 2>/dev/null </dev/null)
  if (( \${#values} )); then compadd -l -d shown -a values; fi
  if [[ -n $files ]]; then _files; fi
}
if [[ "\${funcstack[1]}" == _polyctl ]]; then _polyctl "$@"; else compdef _polyctl polyctl; fi
`

const fish = `# fish completion for polyctl
function __polyctl_complete
  set -l before (commandline -opc)
  set -l current (commandline -ct)
  set -l option (string match -r -- '^--[^=]*=|^-.*' $current)
  for line in (command polyctl complete -- $before[2..-1] "$option[1]" 2>/dev/null </dev/null)
    switch $line
      case ':0'
        __fish_complete_path (string replace -r -- '^--[^=]*=' '' $current)
      case ':4'
      case '*'
        printf '%s\\n' $line
    end
  end
end
complete -c polyctl -e
complete -c polyctl -f -a '(__polyctl_complete)'
`

/** The scripts that are our own, by their shells. */
export const scripts: ReadonlyMap<string, string> = new Map(Object.entries({ bash, zsh, fish }))
