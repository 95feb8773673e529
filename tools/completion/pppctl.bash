# SPDX-License-Identifier: GPL-2.0-only
# bash completion for pppctl(8)

# The daemon is asked for names, by the socket on the command line; nobody waits for one that is busy or not there.
_pppctl_ask() {
	timeout 1 pppctl "${socket[@]}" "$@" 2>/dev/null
}

# _pppctl_sessions COLUMN: what stands there, of some sessions
_pppctl_sessions() {
	_pppctl_ask -br session list -o "$1" limit 1000 | awk '$1 != "-" && !seen[$1]++ { print $1 }'
}

_pppctl_users() {
	_pppctl_ask -br user list limit 1000 | awk '{ print $1 }'
}

# What lists of users can be sorted by.
_pppctl_orders() {
	printf '%s\n' {,-}{user,sessions,uptime,idle,rx,tx,rx-rate,tx-rate,rate}
}

_pppctl_clients() {
	_pppctl_ask -br client list | awk '{ print $1 }'
}

_pppctl_servers() {
	_pppctl_ask status | awk '$1 == "SERVER" { on = 1; next } !NF { on = 0 } on { print $1 }'
}

# _pppctl_columns MARK: columns of lists of sessions; only those that have the mark, if there is one
_pppctl_columns() {
	pppctl session list -o help 2>/dev/null | awk -v mark="$1" 'index($0, mark) { print $1 }'
}

# _pppctl_filter WORD OTHERS: what can follow WORD in a filter: its values, or another word or one of OTHERS
_pppctl_filter() {
	case $1 in
	user|interface) _pppctl_sessions "$1" ;;
	peer) _pppctl_sessions peer ;;
	address) _pppctl_sessions remote ;;
	role) echo server client ;;
	server) _pppctl_servers ;;
	client) _pppctl_clients ;;
	state) echo up establish authenticate network ;;
	search|idle|uptime|rate|limit|interval|count) ;;
	*) echo user role server client peer address interface state search idle uptime rate "$2" ;;
	esac
}

# The options of a section "client", but for programs and tunables that nobody types.
_pppctl_client_options='server= user= secret-file= port= auth= mppe= mppe-bits= mppe-mode= eap= phone= source-address=
	local-address= interface= mtu= mru= vrf= masquerade= resolver= routes= default-route= metric= connect= reconnect=
	idle-timeout= login-timeout='

# _pppctl_kernel PROGRAM: the output of that awk program, which reads the list of kernel sessions
_pppctl_kernel() {
	timeout 1 pppctl -br kernel session list 2>/dev/null | awk "$1"
}

_pppctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local word words=() socket=() skip=0 choices=

	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		if [[ $skip == 2 ]]; then
			socket=(-S "$word")
			skip=0
		elif ((skip)); then
			skip=0
		elif [[ $word == -S || $word == --socket ]]; then
			skip=2
		elif [[ $word == -o || $word == --columns || $word == -w || $word == --write || $word == --password-fd ]]; then
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
	elif [[ $prev == -o || $prev == --columns ]]; then
		# Columns are separated by commas: the last one is completed.
		[[ $cur == *,* ]] && word=${cur%,*}, || word=
		choices=$(_pppctl_columns '' | awk -v before="$word" '{ print before $1 }')
	elif [[ $prev == sort && ${words[*]} == 'session list '* ]]; then
		choices=$(_pppctl_columns '(sort)' | awk '{ print $1; print "-" $1 }')
	elif [[ $cur == -* ]]; then
		choices='-j --json -p --pretty -br --brief -o --columns --color=auto --color=always --color=never
			-s --statistics -S --socket -w --write -V --version -h --help'
		case "${words[*]}" in
		'session kill'* | 'user kill'*) choices+=' --dry-run' ;;
		monitor*) choices+=' --no-reconnect' ;;
		'client add'*) choices+=' --wait --password-fd' ;;
		esac
	else
		case "${words[*]}" in
		'') choices='status session user client pool radius database ban accounting diagnose log monitor top init config import
			hash token drain undrain
			reload kernel' ;;
		session) choices='list show stats set kill trace capture' ;;
		'session stats') choices="$(_pppctl_filter stats all) $(_pppctl_sessions id)" ;;
		'session stats '[0-9]*|'session stats all'*) [[ $prev == interval || $prev == count ]] || choices='interval count' ;;
		'session stats '*) choices=$(_pppctl_filter "$prev" 'interval count') ;;
		'session list'*) choices=$(_pppctl_filter "$prev" 'sort limit') ;;
		'session kill') choices="$(_pppctl_filter kill all) $(_pppctl_sessions id)" ;;
		'session kill '[0-9]*) choices=$(_pppctl_sessions id) ;;
		'session kill all') ;;
		'session kill '*) choices=$(_pppctl_filter "$prev") ;;
		'session set') choices=$(_pppctl_sessions id) ;;
		'session trace user' | 'session capture user') choices=$(_pppctl_users) ;;
		'session trace' | 'session capture') choices="user next-from $(_pppctl_sessions id)" ;;
		'session set '*)
			choices='rate-up= rate-down= burst-up= burst-down= session-timeout= idle-timeout='
			;;
		'session show'*) choices=$(_pppctl_sessions id) ;;
		user) choices='list show kill' ;;
		'user list'*)
			[[ $prev == sort ]] && choices=$(_pppctl_orders) ||
				choices=$(_pppctl_filter "$prev" 'sort limit')
			;;
		'user show'*|'user kill'*) choices=$(_pppctl_users) ;;
		client) choices='list show up down add remove' ;;
		'client show'*|'client up'*|'client down'*|'client remove'*)
			choices=$(_pppctl_clients)
			;;
		'client add '*)
			choices=$_pppctl_client_options
			compopt -o nospace 2>/dev/null
			;;
		'token '*) choices='read write capture' ;;
		pool) choices='list' ;;
		radius) choices='list show' ;;
		database) choices='list' ;;
		'radius show'*)
			choices=$(_pppctl_ask -br radius list | awk '!seen[$1]++ { print $1 }')
			;;
		ban) choices='list add remove' ;;
		'ban add '*) [[ $prev == for ]] || choices='for' ;;
		'ban remove') choices=$(_pppctl_ask -br ban list | awk '{ print $1 }') ;;
		top|'top '*) choices=$(_pppctl_filter "$prev" 'interval count') ;;
		diagnose) choices='user peer client' ;;
		'diagnose user') choices=$(_pppctl_sessions user) ;;
		'diagnose client') choices=$(_pppctl_ask -br client list | awk '{ print $1 }') ;;
		log) choices='list set unset' ;;
		'log set'*|'log unset'*)
			case $prev in
			user) choices=$(_pppctl_users) ;;
			session) choices=$(_pppctl_sessions id) ;;
			peer) choices=$(_pppctl_sessions peer) ;;
			server) choices=$(_pppctl_servers) ;;
			client) choices=$(_pppctl_clients) ;;
			error|warning|notice|info|debug) choices='for' ;;
			for|all) ;;
			set) choices='user session peer server client error warning notice info debug' ;;
			unset) choices='all user session peer server client' ;;
			*)
				choices='user session peer server client'
				[[ ${words[1]} == set ]] && choices+=' error warning notice info debug'
				;;
			esac
			;;
		config) choices='show diff dump-defaults check' ;;
		'config show'*)
			((${#words[@]} > 4)) || choices='log control pool profile server client user abuse nas database radius
				radius-group realm accounting state coa coa-client hooks web'
			[[ ${#words[@]} == 2 ]] && choices+=' all'
			[[ $prev == server ]] && choices=$(_pppctl_servers)
			[[ $prev == client ]] && choices=$(_pppctl_clients)
			;;
		import) choices='pptpd accel-ppp chap-secrets routeros-export' ;;
		'config check' | 'import '*)
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
			;;
		drain|undrain) choices=$(_pppctl_servers) ;;
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
