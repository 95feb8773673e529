# SPDX-License-Identifier: GPL-2.0-only
# bash completion for pppctl(8)

_pppctl_sessions() {
	pppctl -br session list 2>/dev/null | awk -v n="$1" '{ print $n }'
}

# _pppctl_kernel PROGRAM: the output of that awk program, which reads the list of kernel sessions
_pppctl_kernel() {
	pppctl -br kernel session list 2>/dev/null | awk "$1"
}

_pppctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local word words=() skip=0 choices=

	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		if ((skip)); then
			skip=0
		elif [[ $word == -S || $word == --socket || $word == -w || $word == --write ]]; then
			skip=1
		elif [[ $word != -* ]]; then
			words+=("$word")
		fi
	done
	if [[ $prev == -S || $prev == --socket || $prev == -w || $prev == --write ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	fi
	if [[ ${words[0]} == init ]]; then
		case $prev in
		--output)
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
			;;
		--listen) choices="all $(ip -br link 2>/dev/null | awk '{ sub("@.*", "", $1); print $1 }')" ;;
		--pool|--dns|--user|--password-fd) ;;
		*)
			choices='--check --listen --pool --dns --user --password-fd --output --force --apply
				--yes --help'
			;;
		esac
	elif [[ $cur == -* ]]; then
		choices='-j --json -p --pretty -br --brief --color=auto --color=always --color=never
			-s --statistics -S --socket -w --write -V --version -h --help'
	else
		case "${words[*]}" in
		'') choices='status session client pool radius database ban accounting diagnose monitor top init config import
			hash drain undrain
			reload kernel' ;;
		session) choices='list show set kill trace capture' ;;
		'session list'*)
			case $prev in
			user) choices=$(_pppctl_sessions 2) ;;
			client) choices=$(pppctl -br client list 2>/dev/null | awk '{ print $1 }') ;;
			server) ;;
			*) choices='user server client' ;;
			esac
			;;
		'session kill user') choices=$(_pppctl_sessions 2) ;;
		'session kill user '*) ;;
		'session kill') choices="user $(_pppctl_sessions 1)" ;;
		'session trace user') choices=$(_pppctl_sessions 2) ;;
		'session capture user') choices=$(_pppctl_sessions 2) ;;
		'session capture') choices="user $(_pppctl_sessions 1)" ;;
		'session trace') choices="user next-from $(_pppctl_sessions 1)" ;;
		'session set') choices=$(_pppctl_sessions 1) ;;
		'session set '*)
			choices='rate-up= rate-down= burst-up= burst-down= session-timeout= idle-timeout='
			;;
		'session show'*|'session kill '*) choices=$(_pppctl_sessions 1) ;;
		client) choices='list show up down' ;;
		'client show'*|'client up'*|'client down'*)
			choices=$(pppctl -br client list 2>/dev/null | awk '{ print $1 }')
			;;
		pool) choices='list' ;;
		radius) choices='list show' ;;
		database) choices='list' ;;
		'radius show'*)
			choices=$(pppctl -br radius list 2>/dev/null | awk '!seen[$1]++ { print $1 }')
			;;
		ban) choices='list add remove' ;;
		'ban add '*) [[ $prev == for ]] || choices='for' ;;
		'ban remove') choices=$(pppctl -br ban list 2>/dev/null | awk '{ print $1 }') ;;
		top|'top '*)
			[[ $prev == interval || $prev == count ]] || choices='interval count'
			;;
		diagnose) choices='user peer client' ;;
		'diagnose user') choices=$(_pppctl_sessions 2) ;;
		'diagnose client') choices=$(pppctl -br client list 2>/dev/null | awk '{ print $1 }') ;;
		config) choices='check' ;;
		import) choices='pptpd accel-ppp chap-secrets routeros-export' ;;
		'config check' | 'import '*)
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
			;;
		drain|undrain)
			choices=$(pppctl status 2>/dev/null |
				awk '$1 == "SERVER" { on = 1; next } !NF { on = 0 } on { print $1 }')
			;;
		kernel) choices='status session' ;;
		'kernel session') choices='list show monitor' ;;
		'kernel session show') choices=$(_pppctl_kernel '{ print $1 }') ;;
		'kernel session show '*)
			[[ ${#words[@]} == 4 ]] &&
				choices=$(_pppctl_kernel "\$1 == \"${words[3]}\" { print \$2 }")
			;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$cur")
}

complete -F _pppctl pppctl
