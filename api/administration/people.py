"""What an administrator does about people. Whoever's rights or password change has to sign in again."""

import secrets
from uuid import UUID

from sqlalchemy import select, text

from api.access import sign_in_door
from api.administration.acts import Acting
from api.credentials import accounts
from api.credentials.security import Account
from api.credentials.strength import check_password
from dispatch.errors import Conflict, InvalidInput, NotAllowed, UnknownId
from dispatch.vocabulary import AdministrativeAct as Act
from geo_data.stores import session_store
from geo_data.tables.schema import users

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are taken for each other: 16 of them are 79 bits
GROUPS, GROUP = 4, 4
LONGEST_NAME = 64
_OTHERS = text("""
SELECT count(*) FROM users JOIN organisations o ON o.id = organisation_id
WHERE role = 'administrator' AND kind = 'insurer' AND users.disabled_at IS NULL AND users.name <> :name
""")


def new_password() -> str:
    """A password to be read out over the telephone."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


class People(Acting):
    """Accounts and their sessions."""

    def add(self, who: Account, password: str) -> None:
        """Add an account.

        Raises
        ------
        Conflict
            Where the name is taken.
        InvalidInput, UnknownId
            For a name or a password that will not do; else as `accounts.save`.
        """
        _check(who.username, password)
        if self._found(who.username):
            raise Conflict(f"账号 {who.username} 已存在:请修改它,或换一个名字。(The name is taken.)")
        accounts.save(self.connection, who, password)
        self.note(Act.PERSON_ADDED, who.username, _seat(who))

    def put(self, who: Account, password: str) -> None:
        """Add an account; give one that exists this role, organisation and password, and let it sign in again."""
        before = self._found(who.username)
        if before is None:
            return self.add(who, password)
        self._change(before[0], who)
        self.reset_password(who.username, password)
        if before[1]:
            self.enable(who.username)
        return None

    def change(self, who: Account) -> None:
        """Give an account another role, organisation or unit, and end its sessions; nothing where it has them already."""
        before, _ = self._known(who.username)
        self._change(before, who)

    def disable(self, name: str) -> None:
        """Shut an account out at once, with its sessions; raises `NotAllowed` for oneself, `Conflict` for the last."""
        before, disabled = self._known(name)
        if disabled:
            return
        self._keep_an_administrator(before)
        accounts.disable(self.connection, name, self.now)
        self.note(Act.PERSON_DISABLED, name)

    def enable(self, name: str) -> None:
        """Let an account sign in again."""
        _, disabled = self._known(name)
        if disabled:
            self.connection.execute(users.update().where(users.c.name == name).values(disabled_at=None))
            self.note(Act.PERSON_ENABLED, name)

    def reset_password(self, name: str, password: str) -> None:
        """Give an account another password, end its sessions and forget wrong tries."""
        self._known(name)
        _check(name, password)
        accounts.set_password(self.connection, name, password)
        session_store.end_all(self.connection, name, self.now)
        sign_in_door.unlock(self.connection, name)
        self.note(Act.PASSWORD_RESET, name)

    def change_own_password(self, password: str, session: UUID) -> None:
        """Give whoever acts another password, and end all their sessions but the one they act in."""
        check_password(password, self.by)
        accounts.set_password(self.connection, self.by, password)
        session_store.end_others(self.connection, self.by, session, self.now)
        self.note(Act.PASSWORD_CHANGED, self.by)

    def unlock(self, name: str) -> None:
        """Forget the wrong passwords, so that the account need not wait."""
        self._known(name)
        sign_in_door.unlock(self.connection, name)
        self.note(Act.PERSON_UNLOCKED, name)

    def end_session(self, session_id: UUID) -> None:
        """End one session; one that has ended stays so. Raises `UnknownId`."""
        account = session_store.account_of(self.connection, session_id)
        if account is None:
            raise UnknownId("没有此会话:请刷新。(No such session: reload.)")
        if session_store.end(self.connection, session_id, account, self.now):
            self.note(Act.SESSION_ENDED, account)

    def end_sessions(self, name: str) -> None:
        """End every session of an account."""
        self._known(name)
        session_store.end_all(self.connection, name, self.now)
        self.note(Act.SESSIONS_ENDED, name)

    def _change(self, before: Account, who: Account) -> None:
        accounts.check(self.connection, who)
        if _seat(before) == _seat(who):
            return
        if before.role == "administrator" and who.role != "administrator":
            self._keep_an_administrator(before)
        accounts.place(self.connection, who)
        session_store.end_all(self.connection, who.username, self.now)
        self.note(Act.PERSON_CHANGED, who.username, f"{_seat(before)} → {_seat(who)}")

    def _keep_an_administrator(self, who: Account) -> None:
        if who.username == self.by:
            raise NotAllowed(
                "不能停用自己,也不能取消自己的管理员角色:请另一位管理员操作。"
                "(Not your own account: ask another administrator.)"
            )
        others = self.connection.execute(_OTHERS, {"name": who.username}).scalar_one()
        if who.role == "administrator" and others == 0:
            raise Conflict("这是最后一个管理员:请先添加另一位。(The last administrator: add another one first.)")

    def _found(self, name: str) -> tuple[Account, bool] | None:
        query = select(users.c.name, users.c.role, users.c.unit_id, users.c.organisation_id, users.c.disabled_at)
        row = self.connection.execute(query.where(users.c.name == name)).first()
        return (Account(*row[:4]), row.disabled_at is not None) if row else None

    def _known(self, name: str) -> tuple[Account, bool]:
        found = self._found(name)
        if found is None:
            raise UnknownId(f"没有账号 {name}。(No such account.)")
        return found


def _seat(who: Account) -> str:
    return " · ".join(filter(None, (who.role, who.organisation_id, who.unit_id)))


def _check(name: str, password: str) -> None:
    wrong = not name or len(name) > LONGEST_NAME or name != name.strip() or "/" in name or not name.isprintable()
    if wrong or not name.strip("."):
        raise InvalidInput(
            f"用户名为 1 至 {LONGEST_NAME} 个字符,不含斜杠。(A user name has 1 to {LONGEST_NAME} characters and no slash.)"
        )
    check_password(password, name)
