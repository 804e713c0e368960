"""Statements about the machine that the learner sits at: who may use the engine's socket.

They hold for the user and the log-in that run this check, whether or not the engine answers them.
"""

from __future__ import annotations

from checker.engine.machine import Socket, User, group_name
from checker.engine.view import View
from checker.language import say, verbatim
from checker.statements.findings import Findings, Stop


class Machine:
    """The learner's machine, with the engine's socket on it.

    Where the engine is elsewhere, where somebody else runs this check, or where no group opens the
    socket, the check ends with what to do.
    """

    def __init__(self, view: View, findings: Findings, *, at_home: bool) -> None:
        self._findings = findings
        self._path = view.reader.address.path
        self._socket = self._usual_socket(view, at_home=at_home)
        self._user: User = view.user()
        findings.note(
            "machine",
            self._path,
            user=self._user.name,
            group=self._socket.group,
            member=self._is_member,
            acts=self._acts,
        )

    @property
    def socket_group_names(self) -> tuple[str, str]:
        """The group that may use the socket: its name and its number."""
        self._require_a_group_to_join()
        return self._socket.group, str(self._socket.group_id)

    def socket_is_closed_to_others(self) -> None:
        """Only its owner and its group may use the socket."""
        self._findings.hold(
            "socket.closed",
            "socket.open-to-all",
            not self._socket.others_may_write,
            expected=say("only for root and the group {group}", group=self._socket.group),
            actual=say("for everyone on this machine")
            if self._socket.others_may_write
            else say("only for root and the group {group}", group=self._socket.group),
            claim=say("The socket is closed to everyone outside the group."),
            problem=say(
                "The socket is open to everyone on this machine: any program may become root."
            ),
            hint=say("Close it again: sudo chmod o-rw {path}", path=self._path),
        )

    def user_is_in_its_group(self) -> None:
        """The user database says so."""
        group = self._group_that_opens()
        names = sorted(group_name(number) for number in self._user.member_of)
        self._findings.hold(
            "user.member",
            "user.not-member",
            self._is_member,
            expected=say("{user} in the group {group}", user=self._user.name, group=group),
            actual=verbatim(", ".join(names)) if names else say("none"),
            claim=say("{user} is in the group {group}.", user=self._user.name, group=group),
            problem=say("{user} is not in the group {group}.", user=self._user.name, group=group),
            hint=say(
                "root may use the engine anyway. To see how it is done: "
                "usermod -a -G {group} {user}",
                group=group,
                user=self._user.name,
            )
            if self._user.id == 0
            else say("sudo usermod -a -G {group} {user}", group=group, user=self._user.name),
        )

    def login_has_its_group(self) -> None:
        """The log-in that runs this check has it: it began after the user joined."""
        group = self._group_that_opens()
        names = sorted(group_name(number) for number in self._user.acts_for)
        self._findings.hold(
            "login.has-group",
            "login.old" if self._is_member else "login.no-group",
            self._acts,
            expected=say("a log-in with the group {group}", group=group),
            actual=verbatim(", ".join(names)),
            claim=say("This log-in has the group {group}.", group=group),
            problem=say(
                "{user} is in the group {group}, but this log-in is older and does not have it.",
                user=self._user.name,
                group=group,
            )
            if self._is_member
            else say("This log-in does not have the group {group}.", group=group),
            hint=say(
                "Type newgrp {group}, and check again in the shell that it opens; or log out and "
                "in again. A notebook has it once JupyterLab was started anew.",
                group=group,
            )
            if self._is_member
            else say("Join the group first: dockdojo check group-member"),
        )

    @property
    def _is_member(self) -> bool:
        return self._socket.group_id in self._user.member_of

    @property
    def _acts(self) -> bool:
        return self._socket.group_id in self._user.acts_for

    def _group_that_opens(self) -> str:
        """The group's name. Where the socket has no group of its own, the check ends here."""
        if self._socket.group_id == 0 or not self._socket.group_may_write:
            self._findings.stop(
                "socket.no-group",
                expected=say("a socket that a group may use"),
                actual=verbatim(self._socket.group),
                problem=say("No group may use the engine's socket, only root."),
                hint=say(
                    "There was no group docker when the engine started. Make it (sudo groupadd "
                    "docker), then start the engine again (sudo service docker restart)."
                ),
            )
        self._require_a_group_to_join()
        return self._socket.group

    def _require_a_group_to_join(self) -> None:
        """The check ends here where the socket was given to a group that is the user alone."""
        if self._socket.group_id == self._user.own_group:
            self._findings.stop(
                "socket.own-group",
                expected=say("a socket that belongs to a group which users join"),
                actual=verbatim(self._socket.group),
                problem=say(
                    "The socket was given to {user}'s own group, which only {user} can ever be in: "
                    "so nobody joined anything.",
                    user=self._user.name,
                ),
                hint=say(
                    "Give it back (sudo chgrp docker {path}), and join the group docker.",
                    path=self._path,
                ),
            )

    def _usual_socket(self, view: View, *, at_home: bool) -> Socket:
        expected = say("an engine on the machine that you sit at")
        if view.reader.address.scheme != "unix" or not at_home:
            self._findings.unknown(
                "machine.elsewhere",
                expected=expected,
                problem=say(
                    "This is about the machine that the learner sits at, and can't be seen from "
                    "here."
                ),
                hint=say(
                    "Check it there, with the engine on that machine: "
                    "dockdojo check permissions --engine host"
                ),
            )
            raise Stop
        socket = view.socket()
        if socket is None:
            self._findings.unknown(
                "socket.missing",
                expected=expected,
                problem=say("There is no socket at {path}.", path=self._path),
                hint=say("Start the engine: dockdojo engine up, or sudo service docker start."),
            )
            raise Stop
        if socket.owner_id != 0:
            self._findings.unknown(
                "socket.not-roots",
                expected=say("a socket of root's"),
                problem=say(
                    "The socket at {path} belongs to {owner}, not to root: this engine is a "
                    "user's own (rootless, Docker Desktop, or a class's), and no group opens it.",
                    path=self._path,
                    owner=socket.owner,
                ),
                hint=say("Do this lesson on a Linux machine whose engine runs as root."),
            )
            raise Stop
        return socket
