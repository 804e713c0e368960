# Read by the shell that starts the dockerd of a class engine, in dockerd's own mount namespace.
# Set before: everyone, engines (folders of all learners), disk, run (this one's part of them),
# home, sample, python.

mounts=$(cut -d ' ' -f 5 /proc/self/mountinfo | tac) # the innermost first
while read -r point; do
    point=$(printf '%b' "$point") # a blank is written \040
    case $disk/ in "$point"/*) continue ;; esac
    case $point in
        "$disk" | "$disk"/* | "$run"/*) ;;
        "$everyone"/* | "$engines"/*) umount --lazy "$point" ;;
    esac
done <<MOUNTS
$mounts
MOUNTS

# All of the home, so that the work folder itself can't be a link. Its parent is root's.
mount --bind "$home" "$home"
"$python" -P -m checker.sandbox.plain_mount "$home"

if [ -e /etc/shadow ]; then
    mount --bind "$sample" /etc/shadow
    mount -o remount,bind,ro /etc/shadow
fi

mount -t tmpfs -o mode=700 dockdojo /run/docker
