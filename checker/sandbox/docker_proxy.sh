#!/bin/bash
# dockerd's port proxy (its --userland-proxy-path) for an engine in its own network namespace.
#
# dockerd starts it once per published port, inside the namespace, with docker-proxy's arguments,
# and reads from file descriptor 3 whether the port could be had: "0", or "1" and the reason.
# Here one port is served in both places:
#
#   inside    docker-proxy as dockerd meant it: dockerd itself dials localhost:5001 to push there
#   outside   on the machine's side, for the learner: hands on to the same port inside
#
# A port that is taken on the machine thus gives Docker's usual error. If any of the processes ends,
# all of them do; `dockdojo engine up` sees that and mends it.

folder=${0%/*}
read -r engine_end <"$folder/engine-end"

for ((i = 1; i < $#; i++)); do
  next=$((i + 1))
  case ${!i} in
    -proto) proto=${!next} ;;
    -host-ip) host_ip=${!next} ;;
    -host-port) host_port=${!next} ;;
    -container-ip) container_ip=${!next} ;;
    -container-port) container_port=${!next} ;;
  esac
done

proxies=()
# The port is free again when this script has ended: dockerd waits for that, and so does it.
end() {
  trap '' INT TERM
  kill -TERM "${proxies[@]}" $! 2>/dev/null
  wait
  exit "$1"
}
trap 'end 0' INT TERM

# A pipe of our own, to hear from a proxy what dockerd would hear.
exec {ready}<> <(:)

# start PROXY-COMMAND...: starts it, and passes its complaint on to dockerd if it has one.
start() {
  setpriv --pdeathsig TERM "$@" 3>&"$ready" &
  proxies+=($!)
  local word='' reason=''
  read -r -t 10 -u "$ready" word
  [[ $word == 0 ]] && return
  read -r -t 0.2 -d '' -u "$ready" reason
  printf '1\n%s' "${reason:-the port proxy did not start}" >&3
  end 1
}

start docker-proxy "$@"

# A port published on one address only does not listen on our end of the cable: make it.
case $host_ip in
  0.0.0.0 | ::) ;;
  *)
    start docker-proxy -proto "$proto" -host-ip "$engine_end" -host-port "$host_port" \
      -container-ip "$container_ip" -container-port "$container_port"
    ;;
esac

# Newer dockerds open the port themselves (inside) and hand it over as descriptor 4: not for this.
start nsenter --net="$folder/machine-net" docker-proxy -proto "$proto" \
  -host-ip "$host_ip" -host-port "$host_port" \
  -container-ip "$engine_end" -container-port "$host_port" 4>&-

printf '0\n' >&3
exec 3>&-
wait -n
end 1
