# SPDX-License-Identifier: GPL-2.0-only
# fish completion for pppctl(8)

# The words of the command line that are neither options nor what is being typed.
function __pppctl_words
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if contains -- $word -S --socket -o --columns -w --write --password-fd
            set skip 1
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end

# Whether those words are these.
function __pppctl_after
    set -l words (__pppctl_words)
    test "$words" = "$argv"
end

# Whether those words begin with these.
function __pppctl_within
    set -l words (__pppctl_words)
    test (count $words) -ge (count $argv); and test "$words[1..$(count $argv)]" = "$argv"
end

function __pppctl_last
    set -l words (__pppctl_words)
    test (count $words) -gt 0; and contains -- $words[-1] $argv
end

# Ask the daemon, by the socket on the command line; nobody waits for one that is busy or not there.
function __pppctl_ask
    set -l socket
    set -l words (commandline -opc)
    if set -l at (contains -i -- -S $words; or contains -i -- --socket $words)
        set socket -S $words[(math $at + 1)]
    end
    timeout 1 pppctl $socket $argv 2>/dev/null
end

# A column of a list: COLUMN WORD...
function __pppctl_column
    __pppctl_ask -br $argv[2..-1] list | awk -v n=$argv[1] '!seen[$n]++ { print $n }'
end

# What stands in a column, of some sessions.
function __pppctl_sessions
    __pppctl_ask -br session list -o $argv limit 1000 | awk '$1 != "-" && !seen[$1]++ { print $1 }'
end

function __pppctl_servers
    __pppctl_ask status | awk '$1 == "SERVER" { on = 1; next } !NF { on = 0 } on { print $1 }'
end

# Columns of lists of sessions; only those that have the mark $argv.
function __pppctl_columns
    pppctl session list -o help 2>/dev/null | awk -v mark=$argv 'index($0, mark) { print $1 }'
end

# Whether a filter is typed.
function __pppctl_filters
    __pppctl_within session list; or __pppctl_within session kill; or __pppctl_within top; or __pppctl_within user list; or __pppctl_within session stats
end

complete -c pppctl -f
complete -c pppctl -s j -l json -d 'JSON instead of text'
complete -c pppctl -s p -l pretty -d 'JSON over several lines'
complete -c pppctl -o br -l brief -d 'few columns and no headings'
complete -c pppctl -s o -l columns -x -a '(__fish_append , (__pppctl_columns ""))' -d 'columns of sessions'
complete -c pppctl -n '__pppctl_within session kill' -l dry-run -d 'show which sessions would be ended'
complete -c pppctl -n '__pppctl_within monitor' -l no-reconnect -d 'end with the daemon'
complete -c pppctl -l color -x -a 'auto always never' -d colours
complete -c pppctl -s s -l statistics -d 'traffic in full'
complete -c pppctl -s S -l socket -r -F -d 'socket of the daemon'
complete -c pppctl -s w -l write -r -F -d 'file of a capture'
complete -c pppctl -s V -l version -d version
complete -c pppctl -s h -l help -d help

complete -c pppctl -n '__pppctl_after ""' -a status -d 'the daemon, its servers and its pools'
complete -c pppctl -n '__pppctl_after ""' -a session -d 'sessions of the daemon'
complete -c pppctl -n '__pppctl_after ""' -a user -d 'users who are in'
complete -c pppctl -n '__pppctl_after ""' -a client -d 'servers that the daemon calls'
complete -c pppctl -n '__pppctl_after ""' -a pool -d 'pools of addresses'
complete -c pppctl -n '__pppctl_after ""' -a radius -d 'RADIUS servers that the daemon asks'
complete -c pppctl -n '__pppctl_after ""' -a database -d 'databases of users that the daemon asks'
complete -c pppctl -n '__pppctl_after ""' -a ban -d 'networks that may not connect'
complete -c pppctl -n '__pppctl_after ""' -a accounting -d 'records of sessions'
complete -c pppctl -n '__pppctl_after ""' -a diagnose -d 'why somebody cannot connect, and what to do'
complete -c pppctl -n '__pppctl_after ""' -a log -d 'levels of the log'
complete -c pppctl -n '__pppctl_after ""' -a monitor -d 'sessions up and down and logins refused, as they come'
complete -c pppctl -n '__pppctl_after ""' -a top -d 'the busiest sessions, again and again'
complete -c pppctl -n '__pppctl_after ""' -a init -d 'make the first configuration, and say what this host lacks'
complete -c pppctl -n '__pppctl_after ""' -a config -d 'the configuration of the daemon'
complete -c pppctl -n '__pppctl_after ""' -a drain -d 'let nobody new in, and end the others in time'
complete -c pppctl -n '__pppctl_after ""' -a undrain -d 'let users in again'
complete -c pppctl -n '__pppctl_after ""' -a hash -d 'make the NT hash of a password'
complete -c pppctl -n '__pppctl_after ""' -a token -d 'make a token for the page and for HTTP'
complete -c pppctl -n '__pppctl_after ""' -a reload -d 'let the daemon read its configuration again'
complete -c pppctl -n '__pppctl_after ""' -a kernel -d 'the kernel module, without the daemon'

complete -c pppctl -n '__pppctl_after session' -a list -d 'all sessions'
complete -c pppctl -n '__pppctl_after session' -a show -d 'everything about a session'
complete -c pppctl -n '__pppctl_after session' -a stats -d 'what the kernel counts of sessions, together'
complete -c pppctl -n '__pppctl_after session' -a set -d 'change limits of a session'
complete -c pppctl -n '__pppctl_after session' -a kill -d 'end sessions'
complete -c pppctl -n '__pppctl_after session' -a trace -d 'what a session and its peer say to each other'
complete -c pppctl -n '__pppctl_after session' -a capture -d 'its packets, in a file for Wireshark'
set -l filters user role server client peer address interface state search idle uptime rate
set -l valued $filters sort limit interval count
complete -c pppctl -n "__pppctl_filters; and not __pppctl_last $valued; and not __pppctl_within session kill all" -a "$filters"
complete -c pppctl -n "__pppctl_within session list; and not __pppctl_last $valued" -a 'sort limit'
complete -c pppctl -n '__pppctl_filters; and __pppctl_last user' -a '(__pppctl_sessions user)'
complete -c pppctl -n '__pppctl_filters; and __pppctl_last peer' -a '(__pppctl_sessions peer)'
complete -c pppctl -n '__pppctl_filters; and __pppctl_last address' -a '(__pppctl_sessions remote)'
complete -c pppctl -n '__pppctl_filters; and __pppctl_last interface' -a '(__pppctl_sessions interface)'
complete -c pppctl -n '__pppctl_filters; and __pppctl_last role' -a 'server client'
complete -c pppctl -n '__pppctl_filters; and __pppctl_last server' -a '(__pppctl_servers)'
complete -c pppctl -n '__pppctl_filters; and __pppctl_last client' -a '(__pppctl_column 1 client)'
complete -c pppctl -n '__pppctl_filters; and __pppctl_last state' -a 'up establish authenticate network'
complete -c pppctl -n '__pppctl_within session list; and __pppctl_last sort' \
    -a '(__pppctl_columns "(sort)" | awk \'{ print $1; print "-" $1 }\')'
complete -c pppctl -n '__pppctl_within session show' -a '(__pppctl_sessions id)'
complete -c pppctl -n '__pppctl_after session stats' -a 'all (__pppctl_sessions id)'
complete -c pppctl -n "__pppctl_within session stats; and not __pppctl_last $valued" -a 'interval count'
complete -c pppctl -n '__pppctl_after session set' -a '(__pppctl_sessions id)'
complete -c pppctl -n '__pppctl_within session set; and not __pppctl_last set' \
    -a 'rate-up= rate-down= burst-up= burst-down= session-timeout= idle-timeout='
complete -c pppctl -n '__pppctl_after session kill' -a 'all (__pppctl_sessions id)'
complete -c pppctl -n '__pppctl_after session capture' -a 'user next-from (__pppctl_sessions id)'
complete -c pppctl -n '__pppctl_after session trace' -a 'user next-from (__pppctl_sessions id)'
complete -c pppctl -n '__pppctl_after session trace user; or __pppctl_after session capture user' -a '(__pppctl_sessions user)'

complete -c pppctl -n '__pppctl_after user' -a 'list show kill'
complete -c pppctl -n "__pppctl_within user list; and not __pppctl_last $valued" -a 'sort limit'
complete -c pppctl -n '__pppctl_within user list; and __pppctl_last sort' \
    -a 'user sessions uptime idle rx tx rx-rate tx-rate rate -user -sessions -uptime -idle -rx -tx -rx-rate -tx-rate -rate'
complete -c pppctl -n '__pppctl_within user show; or __pppctl_within user kill' -a '(__pppctl_column 1 user)'
complete -c pppctl -n '__pppctl_within user kill' -l dry-run -d 'show which sessions would be ended'

complete -c pppctl -n '__pppctl_after client' -a 'list show up down add remove'
complete -c pppctl -n '__pppctl_within client add; and not __pppctl_last add' \
    -a 'server= user= secret-file= port= auth= mppe= mppe-bits= mppe-mode= eap= phone= source-address= local-address= interface= mtu= mru= vrf= masquerade= resolver= routes= default-route= metric= connect= reconnect= idle-timeout= login-timeout='
complete -c pppctl -n '__pppctl_within client add' -l wait -d 'wait until the client is up, or has failed'
complete -c pppctl -n '__pppctl_within client add' -l password-fd -x -d 'where the password is read'
complete -c pppctl -n '__pppctl_after client show; or __pppctl_after client up; or __pppctl_after client down; or __pppctl_after client remove' \
    -a '(__pppctl_column 1 client)'
complete -c pppctl -n '__pppctl_after diagnose' -a 'user peer client'
complete -c pppctl -n '__pppctl_after diagnose user' -a '(__pppctl_sessions user)'
complete -c pppctl -n '__pppctl_after diagnose client' -a '(__pppctl_column 1 client)'
complete -c pppctl -n '__pppctl_after log' -a 'list set unset'
function __pppctl_levels
    __pppctl_within log set; or __pppctl_within log unset
end
set -l levels error warning notice info debug
complete -c pppctl -n "__pppctl_levels; and not __pppctl_last user session peer server client for all $levels" \
    -a 'user session peer server client'
complete -c pppctl -n "__pppctl_within log set; and not __pppctl_last user session peer server client for $levels" \
    -a "$levels"
complete -c pppctl -n "__pppctl_within log set; and __pppctl_last $levels" -a for
complete -c pppctl -n '__pppctl_after log unset' -a all
complete -c pppctl -n '__pppctl_levels; and __pppctl_last user' -a '(__pppctl_column 1 user)'
complete -c pppctl -n '__pppctl_levels; and __pppctl_last session' -a '(__pppctl_sessions id)'
complete -c pppctl -n '__pppctl_levels; and __pppctl_last peer' -a '(__pppctl_sessions peer)'
complete -c pppctl -n '__pppctl_levels; and __pppctl_last server' -a '(__pppctl_servers)'
complete -c pppctl -n '__pppctl_levels; and __pppctl_last client' -a '(__pppctl_column 1 client)'
complete -c pppctl -n '__pppctl_after pool' -a list
complete -c pppctl -n '__pppctl_after radius' -a 'list show'
complete -c pppctl -n '__pppctl_after radius show' -a '(__pppctl_column 1 radius)'
complete -c pppctl -n '__pppctl_after database' -a list
complete -c pppctl -n '__pppctl_after ban' -a 'list add remove'
complete -c pppctl -n '__pppctl_after ban remove' -a '(__pppctl_column 1 ban)'
complete -c pppctl -n '__pppctl_within ban add; and not __pppctl_last add for' -a for
complete -c pppctl -n "__pppctl_within top; and not __pppctl_last $valued" -a 'interval count'
complete -c pppctl -n '__pppctl_within init' -l check -d 'only say what this host lacks'
complete -c pppctl -n '__pppctl_within init' -l listen -x -d 'where users call'
complete -c pppctl -n '__pppctl_within init' -l pool -x -d 'addresses for users'
complete -c pppctl -n '__pppctl_within init' -l dns -x -d 'name servers that users are told'
complete -c pppctl -n '__pppctl_within init' -l user -x -d 'the first user'
complete -c pppctl -n '__pppctl_within init' -l password-fd -x -d 'where his password is read'
complete -c pppctl -n '__pppctl_within init' -l output -r -F -d 'the configuration'
complete -c pppctl -n '__pppctl_within init' -l force -d 'replace a configuration'
complete -c pppctl -n '__pppctl_within init' -l apply -d 'also do what is safe to be done'
complete -c pppctl -n '__pppctl_within init' -l yes -d 'ask nothing'
complete -c pppctl -n '__pppctl_after config' -a 'show diff dump-defaults check'
complete -c pppctl -n '__pppctl_after config show' -a all
complete -c pppctl -n '__pppctl_after config show; or __pppctl_after config show all' \
    -a 'log control pool profile server client user abuse nas database radius radius-group realm accounting state coa coa-client hooks web'
complete -c pppctl -n '__pppctl_within config show; and __pppctl_last server' -a '(__pppctl_servers)'
complete -c pppctl -n '__pppctl_within config show; and __pppctl_last client' -a '(__pppctl_column 1 client)'
complete -c pppctl -n '__pppctl_after config check' -F
complete -c pppctl -n '__pppctl_after drain; or __pppctl_after undrain' -a '(__pppctl_servers)'
complete -c pppctl -n '__pppctl_after kernel' -a 'status session'
complete -c pppctl -n '__pppctl_after kernel session' -a 'list show monitor'
complete -c pppctl -n '__pppctl_after kernel session show' -a '(__pppctl_column 1 kernel session)'
