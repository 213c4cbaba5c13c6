"""Which passwords will do: long enough, and not among those that guessers try first."""

from unicodedata import category

from zxcvbn import zxcvbn

from api.credentials.security import in_one_form
from dispatch.errors import InvalidInput

SHORTEST = 10
LONGEST_LOOKED_AT = 72  # what comes after makes none easier to guess, and every letter looked at takes time
UNSEEN = ("Cc", "Cf")  # control characters and such as take no room: a guesser leaves them out
SAFE = 3  # "safely unguessable" of zxcvbn (Wheeler, USENIX Security 2016): more than 10⁸ guesses
KNOWN = ("guangzhou", "gzdispatch", "dispatch")  # what a guesser knows of every account here
TOO_SHORT = f"密码至少 {SHORTEST} 个字符。(A password has at least {SHORTEST} characters.)"
TOO_EASY = "密码太容易猜到:请换一个,例如几个互不相关的词。(The password is easy to guess: take some unrelated words.)"


def check_password(password: str, name: str) -> None:
    """Refuse, with `InvalidInput`, a password that is short or easy to guess for whoever knows the name it belongs to."""
    letters = "".join(one for one in in_one_form(password) if category(one) not in UNSEEN)
    if len(letters.strip()) < SHORTEST:
        raise InvalidInput(TOO_SHORT)
    if zxcvbn(letters[:LONGEST_LOOKED_AT], user_inputs=[name, *KNOWN])["score"] < SAFE:
        raise InvalidInput(TOO_EASY)
