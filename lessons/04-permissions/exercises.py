"""Checks of the lesson "permissions": each reads like its task."""

from checker.course import exercise, question
from checker.language import say
from checker.statements.engine import Engine


@question("socket-group", points=1)
def socket_group(engine: Engine) -> None:
    names = engine.machine.socket_group_names
    engine.answer.is_one_of(
        names,
        say("the group of the engine's socket"),
        hint=say("ls -l shows two names: the owner first, then the group. Asked for: the group."),
    )


@exercise("group-member", points=2)
def group_member(engine: Engine) -> None:
    machine = engine.machine
    machine.user_is_in_its_group()
    machine.socket_is_closed_to_others()


@exercise("fresh-login", points=2)
def fresh_login(engine: Engine) -> None:
    machine = engine.machine
    machine.user_is_in_its_group()
    machine.login_has_its_group()
    machine.socket_is_closed_to_others()


@exercise("root-peek", points=2)
def root_peek(engine: Engine) -> None:
    box = engine.container("shadow")
    box.reads_of_the_machine("/etc/shadow")
    box.changes_nothing_of_the_machine()
    box.ended_well()
    box.logged_only_a_count()
